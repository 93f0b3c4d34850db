"""The collection of patents as rows.

Patents are public: no row here is owned by a unit, and everybody who may open the pages sees all of them. What units
write about patents (saved queries, topics, tags, notes) is theirs: those rows are guarded.

A document is kept whole as the canonical JSON of ``jinzhi.kernel.patent.PatentDocument``, compressed; the columns
beside it are what lists, links and status need, and are made from it by ``jinzhi.apps.patents.store.storing``.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from jinzhi.apps.units.guard import UnitOwned
from jinzhi.kernel import patent
from jinzhi.kernel.streams import PATENT_NOTE, SAVED_QUERY, TOPIC


def pack(text: str) -> bytes:
    """A text as it is kept."""
    return zlib.compress(text.encode(), 6)


def unpack(body: bytes | memoryview) -> bytes:
    """The inverse of ``pack``, as UTF-8."""
    return zlib.decompress(bytes(body))


class Batch(models.Model):
    """One run of the importer over named files. ``finished`` is empty while it runs, or when it was cut off."""

    source = models.CharField(max_length=80)
    paths = models.JSONField(default=list)
    started = models.DateTimeField()
    finished = models.DateTimeField(null=True)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.source} #{self.pk}"


class Item(models.Model):
    """One file of a batch, by content: the same bytes are read once, whatever they are called.

    ``members``: how many files within it are in the store whole; ``within``: how many records of the next one. A file
    whose reading was cut off goes on there. ``records`` counts all. ``rest``: what its documents hold and the model
    lacks, by path, counted.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="items")
    source = models.CharField(max_length=80)
    name = models.CharField(max_length=400)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    members = models.PositiveIntegerField(default=0)
    within = models.PositiveIntegerField(default=0)
    records = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    events = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    rest = models.JSONField(default=dict)
    asked = models.JSONField(default=list)
    finished = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "sha256"], name="patent_item_once")]

    def __str__(self) -> str:
        return self.name


class ColumnAnswer(models.Model):
    """What a person said that columns of this heading hold in the tables of a source; no ``field`` leaves them out."""

    source = models.CharField(max_length=80, blank=True)
    heading = models.CharField(max_length=200)
    field = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "heading"], name="patent_column_once")]

    def __str__(self) -> str:
        return f"{self.heading} → {self.field or '—'}"


class Refusal(models.Model):
    """A record that could not be read: where it stood, why, and its bytes in the store (``sha256``) where kept."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="refusals")
    name = models.CharField(max_length=400)
    position = models.PositiveIntegerField()
    reason_zh = models.TextField()
    reason_en = models.TextField()
    excerpt = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "position"], name="patent_refusal_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.reason_zh}"


class LegalState(models.TextChoices):
    """The plain layer of legal status."""

    IN_FORCE = "in-force", "有效"
    PENDING = "pending", "审中"
    ENDED = "ended", "失效"
    UNCONFIRMED = "unconfirmed", "未确认"


STATES_EN = {"in-force": "In force", "pending": "Pending", "ended": "Not in force", "unconfirmed": "Unconfirmed"}


class Document(models.Model):
    """A published document. ``key``: country and digits without kind code, by which citations find it.

    ``revision`` counts what the index would show anew; ``indexed`` is the revision that the index holds (0: none).
    ``simple`` and ``extended`` name its families (see ``families``).
    """

    number = models.CharField(max_length=40, unique=True)
    key = models.CharField(max_length=40, db_index=True)
    application = models.CharField(max_length=40, db_index=True, blank=True)
    country = models.CharField(max_length=4)
    kind = models.CharField(max_length=8)
    type = models.CharField(max_length=16, blank=True)
    filed = models.DateField(null=True)
    published = models.DateField(null=True)
    granted = models.DateField(null=True)
    title = models.TextField(blank=True)
    title_en = models.TextField(blank=True)
    applicants = models.TextField(blank=True)
    inventors = models.TextField(blank=True)
    ipc = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=200, blank=True)
    district = models.CharField(max_length=80, blank=True, db_index=True)
    claims = models.PositiveIntegerField(default=0)
    simple = models.CharField(max_length=64, blank=True, db_index=True)
    extended = models.CharField(max_length=64, blank=True, db_index=True)
    state = models.CharField(max_length=12, choices=LegalState.choices, default=LegalState.UNCONFIRMED)
    state_on = models.DateField(null=True)
    state_why = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=80)
    file = models.CharField(max_length=400, blank=True)
    digest = models.CharField(max_length=64)
    body = models.BinaryField()
    version = models.PositiveIntegerField(default=1)
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="documents")
    demo = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=1)
    indexed = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["published", "number"]),
            models.Index(fields=["source", "country", "published"]),
            models.Index(fields=["id"], name="patent_to_index", condition=~Q(indexed=F("revision"))),
        ]

    def __str__(self) -> str:
        return self.number

    @cached_property
    def content(self) -> patent.PatentDocument:
        """The document as its source gave it."""
        told = patent.PatentDocument.from_json(unpack(self.body))
        return replace(told, source=patent.Source(self.source, self.file))

    @property
    def state_en(self) -> str:
        return STATES_EN[self.state]


class Mark(models.Model):
    """A number that changes with every change of a table (``marks``)."""

    name = models.CharField(max_length=20, primary_key=True)
    value = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


class Version(models.Model):
    """What a document was before a source gave it anew."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    body = models.BinaryField()
    source = models.CharField(max_length=80)
    file = models.CharField(max_length=400, blank=True)
    replaced = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "version"], name="patent_version_once")]

    def __str__(self) -> str:
        return f"{self.document_id} v{self.version}"

    @cached_property
    def content(self) -> patent.PatentDocument:
        """The document as it was."""
        return patent.PatentDocument.from_json(unpack(self.body))


class Picture(models.Model):
    """The image of a figure that a document names. ``position``: its place among the document's drawings, from 1."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="pictures")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=20)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["document", "position"], name="patent_picture_once")]

    def __str__(self) -> str:
        return self.name


class Staged(models.Model):
    """An image met by an import that has not ended, by folder and name (``jinzhi.apps.patents.store.pictures``).

    ``item``: the archive that it lay in, none for one in a plain folder. Without ``sha256`` it could not be kept.
    """

    item = models.ForeignKey(Item, null=True, on_delete=models.CASCADE, related_name="+")
    folder = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    label = models.CharField(max_length=400)
    media_type = models.CharField(max_length=20, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    reason_zh = models.TextField(blank=True)
    reason_en = models.TextField(blank=True)
    used = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["folder", "label"], name="patent_staged_once")]
        indexes = [models.Index(fields=["folder", "name"])]

    def __str__(self) -> str:
        return self.label


class Wanted(models.Model):
    """A document with figures, met by an import that has not ended: where images for it may lie."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    folder = models.CharField(max_length=64)
    number = models.CharField(max_length=40)
    figures = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.number


class Event(models.Model):
    """An announced event of a right: as announced, and placed by ST.27 (``category``, ``cause``, ``effect``)."""

    application = models.CharField(max_length=40, db_index=True)
    number = models.CharField(max_length=40, blank=True)
    country = models.CharField(max_length=4)
    on = models.DateField(null=True)
    code = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    category = models.CharField(max_length=1, blank=True)
    cause = models.CharField(max_length=20, blank=True)
    effect = models.CharField(max_length=12, blank=True)
    why = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=80)
    file = models.CharField(max_length=400, blank=True)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["on", "id"]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"


class Citation(models.Model):
    """A citation of a document in the store. ``cited`` is the number as standardised, empty for other literature."""

    citing = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="citations")
    position = models.PositiveIntegerField()
    cited = models.CharField(max_length=40, blank=True)
    cited_key = models.CharField(max_length=40, blank=True, db_index=True)
    text = models.TextField(blank=True)
    phase = models.CharField(max_length=40, blank=True)
    category = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["citing", "position"], name="patent_citation_once")]

    def __str__(self) -> str:
        return self.cited or self.text


class Earlier(models.Model):
    """An application on which a document's family rests: a priority, or its own application (``own``)."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="earlier")
    number = models.CharField(max_length=40, db_index=True)
    own = models.BooleanField(default=False)
    on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="patent_earlier_once")]

    def __str__(self) -> str:
        return self.number


class Applicant(models.Model):
    """One person or organisation behind the names that documents print. Only people of the office join names."""

    name = models.CharField(max_length=300, unique=True)
    district = models.CharField(max_length=80, blank=True)
    demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class AliasKind(models.TextChoices):
    """Why another name is meant to be the same."""

    FORMER = "former", "曾用名"
    WRITTEN = "written", "异写"
    TRANSLATION = "translation", "译名"
    SHORT = "short", "简称"
    BRANCH = "branch", "分支机构"
    GROUP = "group", "集团成员"


class Alias(models.Model):
    """Another name of an applicant, of a stated kind and time. Never derived by cutting suffixes off names."""

    applicant = models.ForeignKey(Applicant, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=300, db_index=True)
    kind = models.CharField(max_length=12, choices=AliasKind.choices)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    basis = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["applicant", "name", "kind"], name="patent_alias_once")]

    def __str__(self) -> str:
        return f"{self.name} = {self.applicant_id}"


class Named(models.Model):
    """A name under which a document names an applicant."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="named")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=300, db_index=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["document", "position"], name="patent_named_once")]

    def __str__(self) -> str:
        return self.name


class ClassSymbol(models.Model):
    """A place in one edition of a classification, in the order of the scheme."""

    scheme = models.CharField(max_length=12)
    edition = models.CharField(max_length=20, blank=True)
    symbol = models.CharField(max_length=40)
    parent = models.CharField(max_length=40, blank=True)
    dots = models.PositiveSmallIntegerField(null=True)
    position = models.PositiveIntegerField()
    zh = models.TextField(blank=True)
    en = models.TextField(blank=True)

    class Meta:
        ordering = ["scheme", "edition", "position"]
        constraints = [models.UniqueConstraint(fields=["scheme", "edition", "symbol"], name="patent_class_once")]
        indexes = [models.Index(fields=["scheme", "edition", "parent"])]

    def __str__(self) -> str:
        return self.symbol


# --- what people keep about searches ----------------------------------------------------------------------------


class Searcher(models.Model):
    """How a person searches: the language they type in (empty: the native one), the last number of their history."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="searcher")
    dialect = models.CharField(max_length=12, blank=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"searcher {self.user_id}"


class HistoryEntry(models.Model):
    """A search that a person ran, ``#number`` of theirs. ``text`` is native; ``typed`` what was typed in a dialect.

    ``count``: what the query found then, without the conditions (``conditions``: the address with them).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    text = models.TextField()
    typed = models.TextField(blank=True)
    dialect = models.CharField(max_length=12, blank=True)
    conditions = models.TextField(blank=True)
    count = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["user", "number"], name="patent_history_once")]

    def __str__(self) -> str:
        return f"#{self.number} {self.text}"


class SavedQuery(UnitOwned):
    """A query under a name: one person's own, or shared with the unit. Removed ones can be restored."""

    name = models.CharField(max_length=80)
    text = models.TextField()
    about = models.TextField(blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    shared = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], condition=Q(removed_at=None), name="patent_saved_own"),
            models.UniqueConstraint(
                fields=["unit", "name"], condition=Q(removed_at=None, shared=True), name="patent_saved_shared"
            ),
        ]

    def __str__(self) -> str:
        return f"##{self.name}"

    @property
    def stream(self) -> str:
        return SAVED_QUERY.of(self.pk)


class WatchInterval(models.TextChoices):
    """How often an alert is compared."""

    CHANGE = "change", "库有更新就比较"
    DAY = "day", "每天"
    WEEK = "week", "每周"


EVERY_EN = {"change": "Whenever the collection changes", "day": "Daily", "week": "Weekly"}


class Alert(models.Model):
    """A person watches a saved query. ``base``: what it found at the last look, ``seen``: at the last comparison.

    Both are sorted lines of publication number and status, compressed. ``text``: the query as compared last;
    ``base_text``: as looked at. ``version`` changes with every comparison and every look.
    """

    saved = models.ForeignKey(SavedQuery, on_delete=models.CASCADE, related_name="alerts")
    membership = models.ForeignKey("accounts.Membership", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    every = models.CharField(max_length=8, choices=WatchInterval.choices, default=WatchInterval.CHANGE)
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    base = models.BinaryField(null=True)
    base_at = models.DateTimeField(null=True)
    base_text = models.TextField(blank=True)
    seen = models.BinaryField(null=True)
    seen_at = models.DateTimeField(null=True)
    text = models.TextField(blank=True)
    stamp = models.CharField(max_length=80, blank=True)
    count = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    error_zh = models.TextField(blank=True)
    error_en = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["user", "saved"], name="patent_alert_once")]

    def __str__(self) -> str:
        return f"alert {self.pk} on {self.saved_id}"

    @property
    def every_en(self) -> str:
        return EVERY_EN[self.every]

    @property
    def differences(self) -> int:
        return self.new + self.changed + self.gone


class Topic(UnitOwned):
    """A node of a unit's collection of topics: what a shared query finds (``saved``), or documents picked by hand."""

    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(max_length=60)
    about = models.TextField(blank=True)
    saved = models.ForeignKey(SavedQuery, null=True, on_delete=models.PROTECT, related_name="topics")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"], condition=Q(removed_at=None, parent=None), name="patent_topic_root_name"
            ),
            models.UniqueConstraint(fields=["parent", "name"], condition=Q(removed_at=None), name="patent_topic_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        return TOPIC.of(self.pk)


class TopicItem(models.Model):
    """A document picked by hand into a topic."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="items")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["topic", "document"], name="patent_topic_item_once")]

    def __str__(self) -> str:
        return f"{self.topic_id}: {self.document_id}"


class Tagging(UnitOwned):
    """A tag that a unit put on a document. ``key``: the name as it is compared."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    key = models.CharField(max_length=60)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["unit", "document", "key"], name="patent_tag_once")]
        indexes = [models.Index(fields=["key", "unit_path"])]

    def __str__(self) -> str:
        return self.name


class Note(UnitOwned):
    """What somebody wrote about a document, for their unit. Removed ones can be restored."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.text[:40]

    @property
    def stream(self) -> str:
        return PATENT_NOTE.of(self.pk)
