"""Events, append-only, each sealed by two digests that also cover its forerunner; and attached files."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from jinzhi.apps.units.guard import UnitOwned
from jinzhi.apps.units.models import Unit


class Event(models.Model):
    """What somebody did to one object (``stream``), as its ``seq``-th event.

    ``on`` is the legal day, ``at`` the moment of recording. The digests are of the canonical JSON of
    :func:`jinzhi.apps.evidence.actions.sealed`, which holds those of the forerunner in the stream. The database
    refuses to change or delete a row.
    """

    stream = models.CharField(max_length=120)
    seq = models.PositiveIntegerField()
    verb = models.CharField(max_length=80)
    on = models.DateField()
    at = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField(max_length=120)
    role = models.CharField(max_length=80)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    basis = models.JSONField(default=list)
    data = models.JSONField(default=dict)
    key = models.CharField(max_length=80, null=True, unique=True)
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    prev_sha256 = models.CharField(max_length=64, blank=True)
    prev_sm3 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="event_in_stream")]
        indexes = [models.Index(fields=["at"]), models.Index(fields=["verb", "on"])]
        ordering = ["stream", "seq"]

    def __str__(self) -> str:
        return f"{self.stream} #{self.seq} {self.verb}"


class Attachment(UnitOwned):
    """A file, kept under its SHA-256 in the store; two uploads of the same bytes share them."""

    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    sm3 = models.CharField(max_length=64)
    stream = models.CharField(max_length=120, db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
