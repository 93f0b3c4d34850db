"""What somebody sees who guessed too often."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def username(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """The name under which attempts are counted; Zhang and zhang are one, as for whoever guesses."""
    if credentials:
        for key in ("username", "login", "email"):
            if credentials.get(key):
                return str(credentials[key]).strip().lower()
    return request.POST.get("login", "").strip().lower() if request is not None else ""


def minutes() -> int:
    """How long the door stays shut."""
    return round(float(settings.AXES_COOLOFF_TIME) * 60)


def locked_out(request: HttpRequest, credentials: dict[str, Any] | None = None, *args: Any) -> HttpResponse:
    context = {"minutes": minutes(), "limit": settings.AXES_FAILURE_LIMIT}
    response = render(request, "account/locked.html", context, status=429)
    response["Retry-After"] = str(minutes() * 60)
    return response
