"""Who stands in front: behind trusted proxies the client's address is the one that they say, and nobody else's word
counts.

``X-Forwarded-For`` is read from its right end, over addresses of trusted proxies, to the first that is none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

Network = IPv4Network | IPv6Network
FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
)


def networks(text: str) -> tuple[Network, ...]:
    """The networks that a setting names. Raises ImproperlyConfigured."""
    out = []
    for part in (p.strip() for p in text.split(",")):
        if part:
            try:
                out.append(ip_network(part))
            except ValueError:
                message = f"JINZHI_PROXIES: {part!r} is no address or network; write 10.0.0.5 or 10.0.0.0/24"
                raise ImproperlyConfigured(message) from None
    return tuple(out)


def trusted(address: str, proxies: Sequence[Network]) -> bool:
    try:
        return any(ip_address(address) in network for network in proxies)
    except ValueError:
        return False


def client_of(remote: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """The client's address: what the nearest trusted proxies say, up to the first that is not trusted."""
    client = remote
    for said in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if not trusted(client, proxies):
            break
        try:
            client = str(ip_address(said))
        except ValueError:
            break
    return client


class Proxies:
    """Puts the client's address where everything looks for it, and takes away what a stranger claims."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        proxies: tuple[Network, ...] = settings.JINZHI_PROXIES
        if proxies:
            remote = request.META.get("REMOTE_ADDR", "")
            if trusted(remote, proxies):
                forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
                request.META["REMOTE_ADDR"] = client_of(remote, forwarded, proxies)
            else:
                for name in FORWARDED:
                    request.META.pop(name, None)
        request.META.pop("HTTP_X_FORWARDED_FOR", None)
        return self.get_response(request)
