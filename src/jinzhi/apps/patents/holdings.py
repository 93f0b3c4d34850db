"""The store keeps the records of patent offices that could not be read, as they came."""

from __future__ import annotations

from django.db.models import QuerySet

from jinzhi.apps.evidence.holdings import holding
from jinzhi.apps.patents.models import Refusal


@holding("rejected-records")
def rejected() -> QuerySet:
    return Refusal.objects.exclude(sha256="").values_list("sha256", flat=True)
