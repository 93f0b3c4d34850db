"""What a unit holds in custody stays with it: it changes hands only from person to person, on record."""

from __future__ import annotations

from datetime import date

from jinzhi.apps.custody.models import Item
from jinzhi.apps.units.following import Following, follows
from jinzhi.apps.units.models import Unit


def _count(unit: Unit, _day: date) -> int:
    return Item.objects.unrestricted("how many items a unit holds").filter(unit=unit).count()


follows(Following("custody", "保管的物证和存证", "items in custody", _count, blocks=False, order=80))
