"""Puts ``request.acting`` on every request: the post in whose name it is made, or None."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from jinzhi.apps.accounts.acting import Acting, acting_as, anybody, memberships
from jinzhi.apps.catalogue.clock import standing_on

SESSION_KEY = "membership"
#: the attribute of a request that holds who makes it
HOLDER = "get_acting"


def find_acting(request: HttpRequest) -> Acting | None:
    """The chosen post of a signed-in person (the first, if none was chosen), or whoever reads without signing in."""
    if not request.user.is_authenticated:
        return anybody()
    held = memberships(request.user)
    if not held:
        return None
    chosen = request.session.get(SESSION_KEY)
    post = next((m for m in held if m.pk == chosen), held[0])
    return acting_as(post)


class ActingMiddleware:
    """Who acts, and one day for the whole request, though it pass midnight."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        setattr(request, HOLDER, SimpleLazyObject(lambda: _Holder(find_acting(request))))
        with standing_on():
            return self.get_response(request)


class _Holder:
    """Holds what was found, so that it is looked up once a request, and None can be held too."""

    def __init__(self, acting: Acting | None):
        self.acting = acting


def acting(request: HttpRequest) -> Acting | None:
    """In whose name this request is made."""
    holder: _Holder = getattr(request, HOLDER)
    return holder.acting
