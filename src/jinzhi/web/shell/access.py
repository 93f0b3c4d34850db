"""Who may see a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.accounts.middleware import acting
from jinzhi.web.shell.drafts import to_sign_in
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.language import named

P = ParamSpec("P")


View = Callable[Concatenate[PageRequest, P], HttpResponseBase]


def page(nav: str, scope: str, *, reads: bool = False) -> Callable[[View[P]], View[P]]:
    """A view that somebody may see whose role allows ``scope``; ``nav`` is the entry of the top bar it belongs to.

    The view reads who acts from ``request.acting``. Nobody signed in: the sign-in page; a role that does not allow
    it: 403 with the reason. A write by a visitor of the demonstration also leads to the sign-in page. ``reads``: what
    is posted here is only too long for an address and nothing is written, so visitors may post it.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
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

        vars(guarded)["nav"] = nav
        return guarded

    return decorate


def require(who: Acting, scope: str) -> None:
    """Raise PermissionDenied, with the reason, where ``who`` may not."""
    if not who.may(scope):
        raise PermissionDenied(
            _("角色“%(role)s”不能进行此操作（需要权限 %(scope)s）") % {"role": named(who.role), "scope": scope}
        )
