"""Units as people write them: by id, by name, by a name that they had before."""

from __future__ import annotations

from django.db.models import Q

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.organisation import OrgUnit


def resolve_unit(text: str) -> Unit | None:
    """The unit of this id, or of this name, short name or other declared name."""
    unit = Unit.objects.filter(code=text).first()
    if unit is not None:
        return unit
    named = list(Unit.objects.filter(Q(zh=text) | Q(short=text) | Q(en=text), active=True)[:2])
    if len(named) == 1:
        return named[0]
    declared = [u for u in catalogue().all(OrgUnit) if text in u.names()]
    return Unit.objects.filter(code=declared[0].id).first() if len(declared) == 1 else None
