"""Moments of the demonstration: always the same for the same names."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from django.utils import timezone

Choice = TypeVar("Choice")


def pick(choices: Sequence[Choice], *names: str) -> Choice:
    """One of the choices, always the same for the same names."""
    digest = hashlib.sha256("/".join(names).encode()).digest()
    return choices[int.from_bytes(digest[:4], "big") % len(choices)]


def at(day: date, *names: str, since: datetime | None = None) -> datetime:
    """A moment of the working day, always the same for the same names; later than what it follows upon."""
    hour, minute = pick(range(9, 17), "hour", *names), pick(range(60), "minute", *names)
    moment = timezone.make_aware(datetime.combine(day, time(hour, minute)))
    return moment if since is None or since < moment else since + timedelta(minutes=5 + minute % 20)
