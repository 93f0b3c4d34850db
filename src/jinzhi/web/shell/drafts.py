"""A form that is handed in after the session ended keeps its text: for its author, who signs in and goes on."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from jinzhi.apps.accounts.drafts import KEPT, drop, keep, worth_keeping
from jinzhi.apps.accounts.models import User

#: who signed in last in this browser, signed: it lets a draft be put away for that person, never be read
COOKIE = "jz_author"


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
    """The sign-in page, which leads back to where the reader was; what was typed is kept as a draft."""
    if request.method != "POST":
        return redirect_to_login(request.get_full_path())
    who, page = author(request), form_page(request)
    if who is not None:
        keep(who, request.get_full_path(), page, worth_keeping(dict(request.POST.lists())))
    return redirect_to_login(page)


class DraftsMiddleware:
    """Throws a draft away once its form is handed in, and remembers who writes in this browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        signed_in = request.method == "POST" and request.user.is_authenticated
        writer = request.user if signed_in else None
        response = self.get_response(request)
        if writer is not None and response.status_code in (302, 303) and not request.path.startswith("/drafts/"):
            drop(writer, request.get_full_path())
        if request.method == "POST" and request.user.is_authenticated:
            response.set_signed_cookie(
                COOKIE, str(request.user.pk), salt=COOKIE, max_age=int(KEPT.total_seconds()), httponly=True,
                samesite="Lax", secure=settings.HTTPS,
            )  # fmt: skip
        return response
