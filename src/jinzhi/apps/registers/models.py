"""Entries of every declared register: one table, the declared fields in JSON, the history in the events."""

from __future__ import annotations

from django.db import models

from jinzhi.apps.catalogue.reading import closed_registers
from jinzhi.apps.units.guard import UnitOwned
from jinzhi.kernel.access import Role
from jinzhi.kernel.streams import ENTRY


class Entry(UnitOwned):
    """One entry of a register. Every column but the address is a projection of the events of its stream.

    ``data`` holds the stored values of the declared fields, without those that are empty. ``key_digest`` is the
    SHA-256 of the declared key fields: the database lets it occur once in a register. ``words`` is what a search
    looks through: the searchable fields that are not personal data.
    """

    register = models.SlugField(max_length=80)
    number = models.CharField(max_length=80, unique=True)
    title = models.CharField(max_length=300)
    data = models.JSONField(default=dict)
    key_digest = models.CharField(max_length=64, null=True)
    words = models.TextField(blank=True)
    seq = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=20, default="active")  # active | closed
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "key_digest"], name="entry_key_once")]
        indexes = [models.Index(fields=["register", "state", "unit_path"])]
        ordering = ["register", "number"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def stream(self) -> str:
        return ENTRY.of(self.pk)

    @classmethod
    def kept_from(cls, role: Role | None) -> models.Q | None:
        closed = closed_registers(role)
        return models.Q(register__in=closed) if closed else None
