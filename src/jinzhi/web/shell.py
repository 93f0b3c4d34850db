"""What views share: who may see a page, what a form hands over, how a list is sorted, paged and filtered."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import EmptyPage, Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.accounts.middleware import acting
from jinzhi.web.drafts import to_sign_in
from jinzhi.web.submissions import content_of, keyed

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
PAGE_SIZE = 50


def page(nav: str, scope: str, *, reads: bool = False) -> Callable[[View[P]], View[P]]:
    """A view that somebody may see whose role allows ``scope``; ``nav`` is the entry of the top bar it belongs to.

    The view reads who acts from ``request.acting``. Nobody signed in: the sign-in page; a role that does not allow
    it: 403 with the reason. A write by a visitor of the demonstration also leads to the sign-in page. ``reads``: what
    is posted here is only too long for an address and nothing is written, so visitors may post it.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            who = acting(request)
            anonymous = not request.user.is_authenticated
            if who is None:
                if anonymous:
                    return to_sign_in(request)
                raise PermissionDenied(_("您的账号还没有任职，请联系管理员分配单位和角色"))
            if not who.may(scope) or (anonymous and not reads and request.method not in ("GET", "HEAD")):
                if anonymous:
                    return to_sign_in(request)
                raise PermissionDenied(
                    _("角色“%(role)s”不能进行此操作（需要权限 %(scope)s）") % {"role": named(who.role), "scope": scope}
                )
            request.acting = who
            return view(request, *args, **kwargs)

        guarded.nav = nav
        return guarded

    return decorate


def require(who: Acting, scope: str) -> None:
    """Raise PermissionDenied, with the reason, where ``who`` may not."""
    if not who.may(scope):
        raise PermissionDenied(
            _("角色“%(role)s”不能进行此操作（需要权限 %(scope)s）") % {"role": named(who.role), "scope": scope}
        )


def english() -> bool:
    return (get_language() or "").startswith("en")


def named(thing: Any) -> str:
    """The name of a declaration, state, field … in the language of the page."""
    return thing.en if english() else thing.zh


def enumerated(words: Iterable[str]) -> str:
    """Words one after the other, with the mark of the language of the page between them: 甲、乙 or A, B."""
    return (", " if english() else "、").join(words)


def form_key() -> str:
    """A new idempotency key for the hidden field ``_key`` of a form."""
    return secrets.token_urlsafe(12)


def one_tongue(said: tuple[str, str] | None) -> str:
    """Of a sentence in Chinese and English the one that the page speaks; empty where nothing is said."""
    return "" if said is None else said[1] if english() else said[0]


def submitted(request: HttpRequest) -> tuple[int | None, str]:
    """The optimistic lock and the idempotency key that a form hands over (hidden fields ``_seq`` and ``_key``).

    Raises KeyReused where the same form was sent before with another content.
    """
    raw = request.POST.get("_seq", "")
    if raw and not raw.isdecimal():
        raise BadRequest(_("表单的版本号无效，请刷新页面后重试"))
    given = request.POST.get("_key", "")
    return (int(raw) if raw else None), keyed(f"page:{request.user.pk}:{given}", content_of(request)) if given else ""


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


def paged(request: HttpRequest, rows: Any, size: int = PAGE_SIZE) -> Page:
    """The page that the address asks for; a number beyond the end is a clear 404, not another page."""
    pages = Paginator(rows, size)
    number = whole(request, "page", 1)
    try:
        return pages.page(number)
    except EmptyPage:
        reason = _("没有第 %(n)s 页：这份清单共 %(all)s 页") % {"n": number, "all": pages.num_pages}
        raise Http404(reason) from None


def sort_of(request: HttpRequest, allowed: dict[str, str], default: str) -> tuple[str, str]:
    """(key as in the address, ORM expression) of the sort asked for; ``-`` in front sorts downward."""
    raw = choice(request, "sort", {*allowed, *(f"-{k}" for k in allowed)}, default)
    key = raw.lstrip("-")
    return raw, ("-" if raw.startswith("-") else "") + allowed[key]
