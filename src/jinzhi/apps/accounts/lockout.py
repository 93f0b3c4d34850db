"""What somebody sees who guessed too often."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def username(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """The name under which attempts are counted."""
    if credentials:
        for key in ("username", "login", "email"):
            if credentials.get(key):
                return str(credentials[key])
    return request.POST.get("login", "") if request is not None else ""


def locked_out(request: HttpRequest, credentials: dict[str, Any] | None = None, *args: Any) -> HttpResponse:
    return render(request, "account/locked.html", status=429)
