"""Running numbers: each name and year counts from 1, without gaps inside a transaction that commits."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from jinzhi.apps.catalogue.models import Counter


@transaction.atomic
def next_number(name: str, year: int) -> int:
    """Give out the next number of a name in a year."""
    Counter.objects.get_or_create(name=name, year=year)
    Counter.objects.filter(name=name, year=year).update(value=F("value") + 1)
    return Counter.objects.values_list("value", flat=True).get(name=name, year=year)
