"""The tree of units 市 / 区 / 街镇, as declared and as grown since."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from treebeard.mp_tree import MP_Node


class Unit(MP_Node):
    """A unit. ``code`` is the permanent id of its declaration; a unit added by hand has one of its own."""

    node_order_by: list[str] = []

    code = models.SlugField(max_length=80, unique=True)
    zh = models.CharField(max_length=120)
    en = models.CharField(max_length=160)
    short = models.CharField(max_length=60, blank=True)
    level = models.CharField(max_length=20)
    contact = models.CharField(max_length=120, blank=True)
    active = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.zh

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return self.en if (get_language() or "").startswith("en") else self.zh

    @property
    def label(self) -> str:
        """The short name in the language of the page."""
        return self.en if (get_language() or "").startswith("en") else (self.short or self.zh)


class Group(models.Model):
    """A name that stands for many units (各区人民政府)."""

    code = models.SlugField(max_length=80, unique=True)
    zh = models.CharField(max_length=120)
    en = models.CharField(max_length=160)
    members = models.ManyToManyField(Unit, related_name="groups")

    def __str__(self) -> str:
        return self.zh
