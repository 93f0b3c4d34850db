"""Contents that custody keeps in the store: those of items not disposed of, and of uploads not yet taken in."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from jinzhi.apps.custody.models import Upload, Version
from jinzhi.apps.evidence.store.holdings import holding


@holding("evidence")
def evidence() -> QuerySet[Any, str]:
    return Version.objects.filter(erased_on=None).values_list("sha256", flat=True)


@holding("uploads")
def uploads() -> QuerySet[Any, str]:
    return Upload.objects.filter(complete=True).values_list("sha256", flat=True)
