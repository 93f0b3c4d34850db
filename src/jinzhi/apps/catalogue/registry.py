"""The declarations of this installation, found once and kept."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from jinzhi.kernel.declare import Catalogue, collect
from jinzhi.kernel.period import Calendar, HolidayNotice


@cache
def _collected(packages: tuple[str, ...]) -> Catalogue:
    return collect(packages)


def catalogue() -> Catalogue:
    """Every declaration of the packages named by JINZHI_MATTERS."""
    return _collected(tuple(settings.JINZHI_MATTERS))


@cache
def _calendar(packages: tuple[str, ...]) -> Calendar:
    return Calendar.of(_collected(packages).all(HolidayNotice))


def calendar() -> Calendar:
    """The calendar of working days after the declared holiday notices."""
    return _calendar(tuple(settings.JINZHI_MATTERS))
