"""Events, append-only, each sealed by two digests that also cover its forerunner; the log over them; attached files."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models

from jinzhi.apps.units.guard import UnitOwned
from jinzhi.apps.units.models import Unit


class Event(models.Model):
    """What somebody did to one object (``stream``), as its ``seq``-th event.

    ``on`` is the legal day, ``at`` the moment of recording. The digests are of the canonical JSON of
    :func:`jinzhi.apps.evidence.events.actions.sealed`, which holds those of the forerunner in the stream. The database
    refuses to change or delete a row. ``asked``: what came with the key (see ``jinzhi.apps.evidence.events.verb``).
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
    asked = models.CharField(max_length=64, null=True)
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    prev_sha256 = models.CharField(max_length=64, blank=True)
    prev_sm3 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="event_in_stream")]
        indexes = [models.Index(fields=["at"]), models.Index(fields=["verb", "on"])]
        ordering = ["stream", "seq"]

    #: whether ``record`` found it made before under the same key
    replayed: bool = False
    #: what ``personal.reveal`` put aside: the data as sealed, and the paths whose values were erased
    sealed: dict[str, object] | None = None
    erased: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.stream} #{self.seq} {self.verb}"

    @property
    def sealed_data(self) -> dict[str, object]:
        """The data that the digests cover, with markers in the place of personal values."""
        data: dict[str, object] = self.data
        return data if self.sealed is None else self.sealed


class Personal(models.Model):
    """A personal value that an event holds by its salted digests only (see ``jinzhi.apps.evidence.events.personal``).

    Value and salt may be emptied, with the moment and the legal day; nothing else of a row changes.
    """

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="personal")
    path = models.CharField(max_length=120)
    salt = models.BinaryField(max_length=32, null=True)
    value = models.JSONField(null=True)
    erased_at = models.DateTimeField(null=True)
    erased_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "path"], name="personal_once")]

    def __str__(self) -> str:
        return f"{self.event} {self.path}"


def new_token() -> str:
    """An address that cannot be guessed: 128 bits."""
    return secrets.token_hex(16)


class Attachment(UnitOwned):
    """A file, kept under its SHA-256 in the store; two uploads of the same bytes share them.

    ``token`` is its address: nobody finds another file by counting. ``erased_at``: its content was erased with the
    personal data in it; digests and size stay.
    """

    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    sm3 = models.CharField(max_length=64)
    stream = models.CharField(max_length=120, db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Shard(models.Model):
    """One year of the log. At most one is open; its ``size`` only grows, and stands still once it is closed.

    ``origin`` begins the origin lines of its checkpoints: it is fixed when the shard is made, so that a renamed
    installation does not become another log.
    """

    year = models.PositiveSmallIntegerField(unique=True)
    origin = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField(default=0)
    closed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["closed"], condition=models.Q(closed=False), name="one_open_shard")
        ]

    def __str__(self) -> str:
        return f"{self.origin}/{self.year}"


class Entry(models.Model):
    """A line of the log: ``body`` is the canonical JSON that both trees hash as a leaf.

    It is written in the transaction of what it tells of, still without a number (queued);
    :func:`jinzhi.apps.evidence.log.log.sequence` gives it shard and index, once. Nothing else is ever changed.
    """

    shard = models.ForeignKey(Shard, null=True, on_delete=models.PROTECT, related_name="entries", db_index=False)
    index = models.PositiveBigIntegerField(null=True)
    kind = models.CharField(max_length=40)
    object = models.CharField(max_length=200)
    event = models.OneToOneField(Event, null=True, on_delete=models.PROTECT, related_name="entry")
    body = models.TextField()
    leaf_sha256 = models.BinaryField(max_length=32)
    leaf_sm3 = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shard", "index"], name="entry_in_shard"),
            models.CheckConstraint(
                condition=models.Q(shard__isnull=True, index__isnull=True)
                | models.Q(shard__isnull=False, index__isnull=False),
                name="entry_queued_or_numbered",
            ),
        ]
        indexes = [
            models.Index(fields=["object", "id"], name="entry_of_object"),
            models.Index(fields=["id"], condition=models.Q(shard__isnull=True), name="entry_queue"),
        ]

    def __str__(self) -> str:
        return self.number or f"queued {self.pk}"

    @property
    def number(self) -> str:
        """The printed id, year and index ("2026-17"); empty while the entry is queued."""
        return f"{self.shard.year}-{self.index}" if self.shard is not None else ""


class Node(models.Model):
    """The hashes of a complete subtree, kept at levels 8, 16 and 24 only: the others follow from these."""

    shard = models.ForeignKey(Shard, on_delete=models.PROTECT, related_name="nodes", db_index=False)
    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    sha256 = models.BinaryField(max_length=32)
    sm3 = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shard", "level", "index"], name="node_in_shard")]

    def __str__(self) -> str:
        return f"{self.shard_id}: {self.level}/{self.index}"


class Checkpoint(models.Model):
    """What the log said it was: size and both roots of a shard, as two signed notes (C2SP tlog-checkpoint).

    ``token`` is the RFC 3161 answer over the SHA-256 of both notes; it is asked for after the checkpoint is kept and
    may be set once. A later checkpoint of the same size is a sign of life with a token of its own.
    """

    shard = models.ForeignKey(Shard, on_delete=models.PROTECT, related_name="checkpoints", db_index=False)
    size = models.PositiveBigIntegerField()
    root_sha256 = models.BinaryField(max_length=32)
    root_sm3 = models.BinaryField(max_length=32)
    note_sha256 = models.TextField()
    note_sm3 = models.TextField()
    at = models.DateTimeField()
    token = models.BinaryField(null=True)

    class Meta:
        indexes = [models.Index(fields=["shard", "size", "id"], name="checkpoint_by_size")]

    def __str__(self) -> str:
        return f"{self.shard} {self.size}"


class LogKey(models.Model):
    """A pair of keys that has signed this log: the verifier keys, so that they are known when the files are lost.

    ``event``: the rotation that named this pair; None for the first one. Under another name of the log the same keys
    have other verifier keys, and a row of their own.
    """

    name = models.CharField(max_length=255)
    ed25519 = models.CharField(max_length=400)
    sm2 = models.CharField(max_length=500)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ed25519", "sm2"], name="one_row_for_a_pair")]

    def __str__(self) -> str:
        return f"{self.name} {self.vkeys[0]}"

    @property
    def vkeys(self) -> tuple[str, str]:
        """Both verifier keys."""
        return self.ed25519, self.sm2


class Cosignature(models.Model):
    """A witness's line under a checkpoint (C2SP tlog-cosignature), given after it had checked consistency."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="cosignatures", db_index=False)
    family = models.CharField(max_length=10)
    witness = models.CharField(max_length=120)
    line = models.TextField()
    moment = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "family", "witness", "moment"], name="one_cosignature")
        ]

    def __str__(self) -> str:
        return f"{self.witness} {self.checkpoint_id} {self.family}"


class Deposit(models.Model):
    """A file that was put into the log by itself, from the console or the interface: the content behind an entry."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="deposit")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    sm3 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name


class Witnessed(models.Model):
    """The largest state of somebody else's tree that this installation cosigned; ``note`` carries the cosignature.

    ``hash`` is the SHA-256 of the origin line, as addresses have it. The database refuses to let a size shrink, or a
    root change at one size.
    """

    origin = models.CharField(max_length=255, unique=True)
    hash = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.origin} {self.size}"


class RefusedCheckpoint(models.Model):
    """What a log signed and this installation would not cosign, beside the note that it had cosigned before.

    ``forked``: both are of one size with two roots, so that the two notes alone prove it. Otherwise the sender showed
    no proof that held, which may have been anybody who had the signed note.
    """

    origin = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    root = models.BinaryField(max_length=32)
    old = models.PositiveBigIntegerField()
    note = models.TextField()
    before = models.TextField(blank=True)
    forked = models.BooleanField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["origin", "size", "root", "forked"], name="one_refused_checkpoint")
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.size}"


class CosignTrouble(models.Model):
    """Why a witness did not cosign a tree of this log: one row for each kind of reason, with the first and last time.

    ``state``: "unreachable", "refused" or "contradicts". Only the last says something of the log: the witness has
    cosigned ``known`` entries that are not those kept here. ``note`` is the witness's note that shows it, signed by
    the witness and by this log's own key; without one nobody is accused. ``answer``: what was found out when it was
    looked into; another note opens it again.
    """

    shard = models.ForeignKey(Shard, on_delete=models.PROTECT, related_name="+", db_index=False)
    family = models.CharField(max_length=10)
    witness = models.CharField(max_length=120)
    state = models.CharField(max_length=20)
    size = models.PositiveBigIntegerField()
    known = models.PositiveBigIntegerField(null=True)
    said = models.TextField()
    note = models.TextField(blank=True)
    first = models.DateTimeField()
    last = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shard", "family", "witness", "state"], name="one_trouble_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.witness} {self.state} {self.shard} {self.family}"
