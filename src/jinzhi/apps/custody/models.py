"""Items of evidence with their versions, holds and hand-overs; folders; uploads on their way in.

Every column is a projection of the events of the item's stream ``custody:<number>``. Contents lie in the store of
files under their SHA-256; the rows hold only digests.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from jinzhi.apps.cases.models import Case
from jinzhi.apps.units.guard import UnitOwned
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.streams import CUSTODY, CUSTODY_FOLDER

#: folders stand at most so deep
DEPTH = 6


class Folder(UnitOwned):
    """A place in the tree of folders that a unit keeps for itself. ``path`` is its full name, parts divided by ／."""

    name = models.CharField(max_length=60)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=500)
    seq = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "path"], name="folder_once")]
        ordering = ["unit_path", "path"]

    def __str__(self) -> str:
        return self.path

    @property
    def stream(self) -> str:
        return CUSTODY_FOLDER.of(self.pk)


class Item(UnitOwned):
    """An item of evidence. ``name``, ``media_type``, ``size`` and the digests are those of its newest version.

    ``holder`` is the person in whose hands it is, at ``unit``. ``state``: kept, offered (a hand-over waits for its
    taker) or disposed (the content is erased, the record stays). ``words`` is what a search looks through.
    """

    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    kind = models.SlugField(max_length=40)
    way = models.SlugField(max_length=40)
    captured_at = models.DateTimeField()
    folder = models.ForeignKey(Folder, null=True, on_delete=models.PROTECT, related_name="items")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    sm3 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, default="kept")
    held = models.BooleanField(default=False)
    expires_on = models.DateField(null=True)
    disposed_on = models.DateField(null=True)
    cases = models.ManyToManyField(Case, related_name="evidence")
    seq = models.PositiveIntegerField(default=0)
    words = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "unit_path"]), models.Index(fields=["captured_at"])]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def stream(self) -> str:
        return CUSTODY.of(self.number)


class Version(models.Model):
    """One content of an item. ``data`` holds the declared facts of its capture as they stand after corrections."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="versions")
    n = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    sm3 = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    note = models.CharField(max_length=500, blank=True)
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()
    erased_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "n"], name="version_of_item")]
        ordering = ["item", "n"]

    def __str__(self) -> str:
        return f"{self.item.number} v{self.n}"


class Hold(models.Model):
    """A legal hold: while one is open the item is not disposed of, whatever its retention says."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="holds")
    n = models.PositiveIntegerField()
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=120)
    since = models.DateField()
    lifted_on = models.DateField(null=True)
    lifted_by = models.CharField(max_length=120, blank=True)
    lift_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "n"], name="hold_of_item")]
        ordering = ["item", "n"]

    def __str__(self) -> str:
        return f"{self.item.number} hold {self.n}"


class HandOver(models.Model):
    """An item on its way from one person to another; it changes hands when the taker confirms what they received."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="handovers")
    n = models.PositiveIntegerField()
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    giver_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taker_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=12, default="offered")  # offered | accepted | refused | withdrawn
    sha256 = models.CharField(max_length=64)
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "n"], name="handover_of_item"),
            models.UniqueConstraint(
                fields=["item"], condition=models.Q(state="offered"), name="one_open_handover_of_item"
            ),
        ]
        indexes = [models.Index(fields=["taker", "state"]), models.Index(fields=["giver", "state"])]
        ordering = ["-offered_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.item.number} hand-over {self.n}"


class Upload(models.Model):
    """A file on its way in, announced with its digests; its pieces lie in the store's folder until it is complete.

    Complete, its content is in the store; an item takes it in, or it is thrown away after some days.
    """

    token = models.CharField(max_length=40, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    sm3 = models.CharField(max_length=64)
    received = models.PositiveBigIntegerField(default=0)
    complete = models.BooleanField(default=False)
    #: whether the digests were given by the person's browser or program, before anything was sent
    announced = models.BooleanField(default=True)
    touched_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["touched_at"])]

    def __str__(self) -> str:
        return f"{self.name} {self.received}/{self.size}"
