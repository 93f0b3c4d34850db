"""The plan as kept: releases of its text, the rows with their duties, milestones, periods and reports.

A release is never changed once it is in force; a revision is a new release. What units report hangs on the
row's permanent ``key`` and the milestone's ``code``, so that it carries over from one release to the next.
"""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models

from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.reading import closed_procedures
from jinzhi.apps.evidence.models import Attachment
from jinzhi.apps.units.guard import UnitOwned
from jinzhi.apps.units.models import Group, Unit
from jinzhi.kernel.access import Role
from jinzhi.kernel.status import reaches
from jinzhi.kernel.streams import MILESTONE, PLAN_IMPORT, PLAN_RELEASE, REPORT


class Import(UnitOwned):
    """A document that somebody uploaded, and its parse, while it is reviewed and mended; stored on demand.

    ``parse`` is the JSON of the parse as it came; ``mended`` the same shape as a person left it.
    """

    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    text = models.TextField()
    parse = models.JSONField()
    mended = models.JSONField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=20, default="review")  # review | stored | discarded
    seq = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.filename

    @property
    def stream(self) -> str:
        return PLAN_IMPORT.of(self.pk)


class Release(models.Model):
    """One wording of a plan, as issued. ``plan`` names the plan across its releases; one release is in force."""

    plan = models.SlugField(max_length=60)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    issued_by = models.CharField(max_length=200, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    starts = models.DateField()
    ends = models.DateField()
    in_force = models.BooleanField(default=False)
    source = models.ForeignKey(Import, null=True, blank=True, on_delete=models.PROTECT, related_name="releases")
    stored_at = models.DateTimeField()
    seq = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="release_number"),
            models.UniqueConstraint(fields=["plan"], condition=models.Q(in_force=True), name="one_release_in_force"),
        ]
        ordering = ["plan", "-number"]

    def __str__(self) -> str:
        return self.title

    @property
    def stream(self) -> str:
        return PLAN_RELEASE.of(self.pk)


class Row(models.Model):
    """A row of a release. ``key``: its address in URLs (C1, or the place where unbound); ``bound``: the declared
    plan-row that it was matched with, empty if none."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="rows")
    key = models.CharField(max_length=40)
    bound = models.CharField(max_length=10, blank=True)
    position = models.PositiveIntegerField()
    part = models.CharField(max_length=100, blank=True)
    section = models.CharField(max_length=200, blank=True)
    number = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=300)
    time_limit = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "key"], name="row_key")]
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"

    @property
    def heading(self) -> str:
        """What the row is grouped under on pages: its section, or its part where it has none."""
        return self.section or self.part


class Measure(models.Model):
    """A sentence of a row, in order."""

    row = models.ForeignKey(Row, on_delete=models.CASCADE, related_name="measures")
    position = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["row", "position"]

    def __str__(self) -> str:
        return self.text


class Duty(models.Model):
    """A unit (or a group of them) answers for a row: ``kind`` alone | divided | led | support; ``raw`` as written.

    ``units`` are the units meant: the unit itself, or the members of the group on the day of storing. ``measure``
    is the position of the one measure that the duty is for; None: the whole row.
    """

    row = models.ForeignKey(Row, on_delete=models.CASCADE, related_name="duties")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    raw = models.CharField(max_length=200)
    wording = models.CharField(max_length=200, blank=True)
    time_limit = models.CharField(max_length=100, blank=True)
    measure = models.PositiveIntegerField(null=True, blank=True)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="duties")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.PROTECT, related_name="duties")
    units = models.ManyToManyField(Unit, related_name="all_duties")

    class Meta:
        ordering = ["row", "position"]

    def __str__(self) -> str:
        return f"{self.raw} ({self.kind})"


class Milestone(UnitOwned):
    """Something that a unit has to reach for a row by a day. ``target`` in ``measured_in`` (1 项: done or not).

    ``code`` is permanent over releases. ``weight`` says how much it counts in ratios. ``direction`` "down": the
    smaller the better (days, complaints), reached at the target or below.
    """

    plan = models.SlugField(max_length=60)
    code = models.CharField(max_length=60, unique=True)
    row_key = models.CharField(max_length=40, db_index=True)
    title = models.CharField(max_length=300)
    due = models.DateField(db_index=True)
    target = models.DecimalField(max_digits=16, decimal_places=2, default=1)
    measured_in = models.CharField(max_length=20, default="项")
    direction = models.CharField(max_length=4, default="up")
    weight = models.DecimalField(max_digits=8, decimal_places=2, default=1)
    dropped_on = models.DateField(null=True, blank=True)
    #: projections of approved reports
    achieved = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    met_on = models.DateField(null=True, blank=True)
    #: projection of its events: the approved adjustment that changed it last
    adjusted_by = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="adjusted")

    class Meta:
        ordering = ["due", "pk"]
        indexes = [models.Index(fields=["plan", "row_key", "due"])]

    def __str__(self) -> str:
        return f"{self.row_key} {self.title}"

    @property
    def stream(self) -> str:
        return MILESTONE.of(self.code)

    @property
    def lower(self) -> bool:
        return self.direction == "down"

    @property
    def at_most(self) -> str:
        """What stands before the target where less is better."""
        return "≤ " if self.lower else ""

    def reached_by(self, achieved: Decimal) -> bool:
        return reaches(achieved, self.target, lower=self.lower)


class Period(models.Model):
    """A period for which units report. ``code`` such as 2026Q3."""

    plan = models.SlugField(max_length=60)
    code = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    starts = models.DateField()
    ends = models.DateField()
    due = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="period_code")]
        ordering = ["starts"]

    def __str__(self) -> str:
        return self.code


class Report(UnitOwned):
    """A unit's report of a period: its steps and clocks are a case of ``progress-report``."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="report")
    plan = models.SlugField(max_length=60)
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="reports")
    #: how often the content was saved: the optimistic lock of the form
    version = models.PositiveIntegerField(default=0)
    #: projections of the case; ``due``: the unit's own last day, that of the period unless more time was granted
    state = models.CharField(max_length=20, default="draft")
    due = models.DateField(db_index=True)
    submitted_on = models.DateField(null=True, blank=True)
    approved_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "period", "unit"], name="one_report_a_period")]
        ordering = ["-period__starts", "unit__position"]

    def __str__(self) -> str:
        return f"{self.unit} {self.period}"

    @property
    def stream(self) -> str:
        """The stream of its content; the steps are those of its case."""
        return REPORT.of(self.pk)

    @property
    def locked(self) -> bool:
        return self.state not in ("draft", "returned")

    @classmethod
    def kept_from(cls, role: Role | None) -> models.Q | None:
        closed = closed_procedures(role)
        return models.Q(case__procedure__in=closed) if closed else None


class RowNote(models.Model):
    """What a report says of a row: progress, difficulties, what comes next."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="notes")
    row_key = models.CharField(max_length=40)
    progress = models.TextField(blank=True)
    difficulty = models.TextField(blank=True)
    next = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "row_key"], name="one_note_a_row")]

    def __str__(self) -> str:
        return f"{self.report} {self.row_key}"


class Figure(models.Model):
    """What a report says a milestone has reached by the end of the period, all told. None: not yet filled in.

    ``reached_on``: the day the target was reached, where it was.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="figures")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="figures")
    achieved = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    reached_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    attachments = models.ManyToManyField(Attachment, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "milestone"], name="one_figure_a_milestone")]

    def __str__(self) -> str:
        return f"{self.milestone}: {self.achieved}"


class Snapshot(models.Model):
    """What the cockpit shows for a day, computed once (see progress.compute). ``year`` 0: all years."""

    plan = models.SlugField(max_length=60)
    day = models.DateField()
    year = models.PositiveSmallIntegerField(default=0)
    basis = models.CharField(max_length=64)
    data = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "day", "year"], name="one_snapshot")]

    def __str__(self) -> str:
        return f"{self.plan} {self.day} {self.year or '—'}"
