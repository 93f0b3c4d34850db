"""Waiting after wrong passwords (see ``kernel.patience``), and what somebody sees who must wait.

django-axes keeps the attempts; how long they hold back is said here.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from jinzhi.kernel.patience import ACCOUNT, ADDRESS, PAIR

COUNTED = timedelta(days=1)
#: how long a sign-in makes an address known for an account
KNOWN = timedelta(days=90)


def username(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """The name under which attempts are counted; Zhang and zhang are one, as for whoever guesses."""
    if credentials:
        for key in ("username", "login", "email"):
            if credentials.get(key):
                return str(credentials[key]).strip().lower()
    return request.POST.get("login", "").strip().lower() if request is not None else ""


def address(request: HttpRequest) -> str:
    """Whom a request comes from; ``config.proxies`` has put the client there where a trusted proxy stands between."""
    return str(request.META.get("REMOTE_ADDR", ""))


def _count(attempts: QuerySet[AccessAttempt]) -> tuple[int, datetime | None]:
    found = attempts.aggregate(n=Sum("failures_since_start"), last=Max("attempt_time"))
    return found["n"] or 0, found["last"]


def waiting(name: str, where: str) -> timedelta:
    """How long this account must wait at this address."""
    now = timezone.now()
    recent = AccessAttempt.objects.filter(attempt_time__gt=now - COUNTED)
    at_address = {"ip_address": where or None}
    wait = PAIR.wait(*_count(recent.filter(username=name, **at_address)), now)
    since = {"attempt_time__gt": now - KNOWN}
    if AccessLog.objects.filter(username__iexact=name, **at_address, **since).exists():
        return wait
    return max(
        wait,
        ADDRESS.wait(*_count(recent.filter(**at_address)), now),
        ACCOUNT.wait(*_count(recent.filter(username=name)), now),
    )


class Waiting(AxesDatabaseHandler):
    """Axes' own keeping of attempts, with a delay that grows instead of a lock."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        return bool(waiting(username(request, credentials), address(request)))

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        return int(settings.AXES_FAILURE_LIMIT) if self.is_locked(request, credentials) else 0


def locked_out(request: HttpRequest, credentials: dict[str, Any] | None = None, *args: Any) -> HttpResponse:
    seconds = math.ceil(waiting(username(request, credentials), address(request)).total_seconds()) or 1
    context = {"minutes": math.ceil(seconds / 60), "seconds": seconds}
    response = render(request, "account/locked.html", context, status=429)
    response["Retry-After"] = str(seconds)
    return response
