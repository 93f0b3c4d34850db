"""The one place that says what day it is: a setting, the demonstration's fixed day, or the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, time

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from jinzhi.apps.catalogue.models import Installation


def installation() -> Installation | None:
    """This installation's row, or None before ``jinzhi demo`` or ``jinzhi setup`` made it."""
    return Installation.objects.filter(pk=1).first()


@dataclass
class _Held:
    """The day of a block, once somebody asked."""

    day: date | None = None


_standing: ContextVar[_Held | None] = ContextVar("standing", default=None)


@contextmanager
def standing_on(day: date | None = None) -> Iterator[None]:
    """Let every question for today in this block be answered with ``day``, or with the first answer given in it."""
    token = _standing.set(_Held(day))
    try:
        yield
    finally:
        _standing.reset(token)


def today() -> date:
    """Today in this installation."""
    held = _standing.get()
    if held is None:
        return _asked()
    if held.day is None:
        held.day = _asked()
    return held.day


def _asked() -> date:
    if settings.JINZHI_TODAY:
        try:
            return date.fromisoformat(settings.JINZHI_TODAY)
        except ValueError:
            raise ImproperlyConfigured(
                f"JINZHI_TODAY={settings.JINZHI_TODAY!r}: write a date like 2026-11-22"
            ) from None
    here = installation()
    if here and here.today:
        return here.today
    return timezone.localdate()


def now() -> datetime:
    """The moment to record; in a demonstration with a fixed day, the real time of day on that day."""
    real = timezone.localtime()
    day = today()
    if day == real.date():
        return real
    return timezone.make_aware(datetime.combine(day, time(real.hour, real.minute, real.second, real.microsecond)))
