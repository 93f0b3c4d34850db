"""The tree of units 市 / 区 / 街镇, as declared and as grown since."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import get_language
from treebeard.mp_tree import MP_Node

from jinzhi.kernel.text import Words


class NamedUnit:
    """What bears a unit's names: the unit with today's, or a name that it once had."""

    zh: Any
    en: Any
    short: Any

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return Words(self.zh, self.en).say(get_language() or "zh")

    @property
    def label(self) -> str:
        """The short name in the language of the page."""
        return Words(self.short or self.zh, self.en).say(get_language() or "zh")


class Unit(NamedUnit, MP_Node):
    """A unit. ``code`` is the permanent id of its declaration; a unit added by hand has one of its own.

    It exists from ``since`` (None: from before the platform) to its last day ``until`` (None: still); afterwards
    ``successor`` answers for what it kept. ``zh``, ``en``, ``short`` and ``active`` are today's; once a unit was
    renamed, ``names`` holds each name with its days.
    """

    node_order_by: list[str] = []

    code = models.SlugField(max_length=80, unique=True)
    zh = models.CharField(max_length=120)
    en = models.CharField(max_length=160)
    short = models.CharField(max_length=60, blank=True)
    level = models.CharField(max_length=20)
    contact = models.CharField(max_length=120, blank=True)
    active = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")

    def __str__(self) -> str:
        return str(self.zh)

    def named_on(self, day: date) -> Unit | UnitName:
        """What bears the unit's name of a day: the unit itself, or the name that it had then."""
        return next((n for n in self.names.all() if n.on(day)), self)


class UnitName(NamedUnit, models.Model):
    """A name of a unit from ``since`` (None: from its beginning) to its last day ``until`` (None: still)."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="names")
    zh = models.CharField(max_length=120)
    en = models.CharField(max_length=160)
    short = models.CharField(max_length=60, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["unit", models.F("since").asc(nulls_first=True)]

    def __str__(self) -> str:
        return self.zh

    def on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Handed(models.Model):
    """Something open that went from one unit to another when they were merged: ``thing`` is the id under which
    indicators know it (``milestone:7``, ``case:12``), ``on`` the first day with the taker."""

    thing = models.CharField(max_length=60, db_index=True)
    giver = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(db_index=True)

    def __str__(self) -> str:
        return f"{self.thing}: {self.giver} → {self.taker} {self.on}"


class Group(models.Model):
    """A name that stands for many units (各区人民政府)."""

    code = models.SlugField(max_length=80, unique=True)
    zh = models.CharField(max_length=120)
    en = models.CharField(max_length=160)
    members = models.ManyToManyField(Unit, related_name="groups")

    def __str__(self) -> str:
        return self.zh
