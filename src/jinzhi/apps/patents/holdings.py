"""What patents need of the store: records that could not be read, as they came, and the images of figures."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from jinzhi.apps.evidence.store.holdings import holding
from jinzhi.apps.patents.models import Picture, Refusal, Staged


@holding("rejected-records")
def rejected() -> QuerySet[Any, str]:
    return Refusal.objects.exclude(sha256="").values_list("sha256", flat=True)


@holding("drawings")
def drawings() -> QuerySet[Any, str]:
    return Picture.objects.order_by().values_list("sha256", flat=True)


@holding("drawings-arriving")
def arriving() -> QuerySet[Any, str]:
    return Staged.objects.exclude(sha256="").values_list("sha256", flat=True)
