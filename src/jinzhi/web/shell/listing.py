"""What the address of a list says: page, sort, choices, whole numbers. A wrong value is a clear 400 or 404."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.core.paginator import EmptyPage, Page, Paginator
from django.http import Http404, HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

PAGE_SIZE = 50


def whole(request: HttpRequest, name: str, default: int | None = None) -> int | None:
    """A whole number from the address; a wrong one is a clear 400, not ignored."""
    raw = request.GET.get(name, "").strip()
    if not raw:
        return default
    if not raw.isdecimal() or len(raw) > 9:
        raise BadRequest(_("地址参数 %(name)s=“%(raw)s” 应为整数") % {"name": name, "raw": raw})
    return int(raw)


def choice(request: HttpRequest, name: str, allowed: Any, default: str = "") -> str:
    """One of the allowed values from the address; another one is a clear 400."""
    raw = request.GET.get(name, "").strip()
    if not raw:
        return default
    if raw not in allowed:
        raise BadRequest(_("地址参数 %(name)s=“%(raw)s” 不在可选范围内") % {"name": name, "raw": raw})
    return raw


def paged(request: HttpRequest, rows: Any, size: int = PAGE_SIZE) -> Page[Any]:
    """The page that the address asks for; a number beyond the end is a clear 404, not another page."""
    pages = Paginator(rows, size)
    number = whole(request, "page", 1)
    try:
        return pages.page(1 if number is None else number)
    except EmptyPage:
        reason = _("没有第 %(n)s 页：这份清单共 %(all)s 页") % {"n": number, "all": pages.num_pages}
        raise Http404(reason) from None


def sort_of(request: HttpRequest, allowed: dict[str, str], default: str) -> tuple[str, str]:
    """(key as in the address, ORM expression) of the sort asked for; ``-`` in front sorts downward."""
    raw = choice(request, "sort", {*allowed, *(f"-{k}" for k in allowed)}, default)
    key = raw.lstrip("-")
    return raw, ("-" if raw.startswith("-") else "") + allowed[key]


def back(request: HttpRequest, default: str = "/") -> str:
    """The page to return to: ``next`` of the form if it is on this site, else the default."""
    wanted = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if here else default
