"""A form that is handed in after the session ended keeps its text: for its author, who signs in and goes on."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.drafts import KEPT, drop, keep, worth_keeping
from jinzhi.apps.accounts.models import User

#: who signed in last in this browser, signed: it lets a draft be put away for that person, never be read
COOKIE = "jz_author"
#: set by the script where a visitor sent a form, taken away once it was accepted: then the device forgets its draft
SENT = "jz_sent"


def form_page(request: HttpRequest) -> str:
    """The page on which a form stands: where it was sent from, if that is on this site."""
    sent_from = request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(sent_from, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(sent_from)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.get_full_path()


def author(request: HttpRequest) -> User | None:
    """Who wrote what comes in: the person signed in, or, once the session has ended, who was."""
    if request.user.is_authenticated:
        return request.user
    pk = request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=KEPT)
    return User.objects.filter(pk=pk, is_active=True).first() if pk else None


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page, which leads back to where the reader was; what was typed is kept as a draft.

    Where it cannot be kept (nobody knows whose it is, or it is too long), it is shown instead of being lost.
    """
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    who, page = author(request), form_page(request)
    fields = worth_keeping(dict(request.POST.lists()))
    files = [f.name or "" for field in request.FILES for f in request.FILES.getlist(field)]
    if not fields or (who is None and "_key" not in request.POST):  # a button, not a form that somebody wrote
        return redirect_to_login(page)
    seq = request.POST.get("_seq", "")
    if who is None or not keep(who, request.get_full_path(), page, fields, seq=seq, files=files):
        typed = [(name, value) for name, values in fields.items() for value in values]
        context = {"typed": typed, "files": files, "back": page}
        return render(request, "account/not_kept.html", context, status=401)
    messages.info(request, _("登录已结束，您填写的内容已存为草稿，登录后回到表单"))
    if files:
        messages.warning(request, _("选过的附件没有保留，请重新选择：%(names)s") % {"names": "、".join(files)})
    return redirect_to_login(page)


class DraftsMiddleware:
    """Throws a draft away once its form is handed in, and remembers who writes in this browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self.get_response(request)
        writer = request.user if request.user.is_authenticated else None
        response = self.get_response(request)
        accepted = response.status_code in (302, 303)
        if writer is not None and accepted and not request.path.startswith("/drafts/"):
            drop(writer, request.get_full_path())
        if writer is None and accepted and _sent_from_a_device(request) and not _asks_to_sign_in(response):
            response.delete_cookie(SENT, samesite="Lax")
        if request.user.is_authenticated:
            response.set_signed_cookie(
                COOKIE, str(request.user.pk), salt=COOKIE, max_age=int(KEPT.total_seconds()), httponly=True,
                samesite="Lax", secure=settings.HTTPS,
            )  # fmt: skip
        elif writer is not None:
            # who signs out leaves nothing behind: what the next one types on this device is not for them
            response.delete_cookie(COOKIE, samesite="Lax")
        return response


def _sent_from_a_device(request: HttpRequest) -> bool:
    """Whether this is the very form that the script noted as sent; signing in on the way is another."""
    return unquote(request.COOKIES.get(SENT, "")) == request.get_full_path()


def _asks_to_sign_in(response: HttpResponse) -> bool:
    return urlsplit(response["Location"]).path == reverse("account_login")
