"""Entries of registers stay under the unit that keeps them."""

from __future__ import annotations

from datetime import date

from jinzhi.apps.registers.models import Entry
from jinzhi.apps.units.following import Following, follows
from jinzhi.apps.units.models import Unit


def _count(unit: Unit, _day: date) -> int:
    return Entry.objects.unrestricted("how many entries a unit keeps").filter(unit=unit, state="active").count()


follows(Following("entries", "在册的登记条目", "register entries", _count, blocks=False, order=70))
