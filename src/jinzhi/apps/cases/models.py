"""A case is the fold of its events; the columns here are projections of that fold and can be rebuilt."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from jinzhi.apps.catalogue.reading import closed_procedures
from jinzhi.apps.units.guard import UnitOwned
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Role
from jinzhi.kernel.streams import CASE


class Case(UnitOwned):
    """One case of a procedure.

    ``unit`` is the unit whose case it is (that answers, reports, handles); ``office`` the unit that issued it.
    ``subject`` is the address of what it is about ("row:12"). ``state``, ``seq``, ``next_due``, ``next_clock``,
    ``closed_on`` are projections, and so are ``corrected`` (corrections that stand), ``asked`` (corrections that wait
    to be decided on) and ``late_entries`` (events recorded long after their legal day).
    ``next_due_at`` is the minute, for a term in hours; ``moves``: the due date moves from day to day; ``projected_on``
    and ``projected_under`` say for which day and under which names, rules and holidays (see ``projecting``).
    """

    procedure = models.SlugField(max_length=80, db_index=True)
    number = models.CharField(max_length=80, unique=True)
    title = models.CharField(max_length=300)
    office = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=120, blank=True, db_index=True)
    subject_title = models.CharField(max_length=300, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    opened_on = models.DateField()
    state = models.SlugField(max_length=60)
    closed_on = models.DateField(null=True, blank=True)
    seq = models.PositiveIntegerField(default=0)
    next_due = models.DateField(null=True, blank=True, db_index=True)
    next_due_at = models.DateTimeField(null=True, blank=True)
    next_clock = models.CharField(max_length=60, blank=True)
    provisional = models.BooleanField(default=False)
    corrected = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    late_entries = models.PositiveIntegerField(default=0)
    moves = models.BooleanField(default=False)
    projected_on = models.DateField(null=True, blank=True)
    projected_under = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["procedure", "state"]),
            models.Index(fields=["procedure", "closed_on", "next_due"]),
            models.Index(
                fields=["procedure", "state", "unit_path"], condition=models.Q(closed_on=None), name="case_open"
            ),
        ]
        ordering = ["-opened_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def stream(self) -> str:
        return CASE.of(self.pk)

    @classmethod
    def kept_from(cls, role: Role | None) -> models.Q | None:
        closed = closed_procedures(role)
        return models.Q(procedure__in=closed) if closed else None


class CaseLink(models.Model):
    """How two cases stand to each other, as a step of ``case`` made it: ``other`` is below it, follows it, stands
    beside it, or is the same matter elsewhere. ``seq`` is the number of the event of ``case``."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="linked_by")
    link = models.CharField(max_length=12)
    seq = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "other", "link"], name="one_link")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.case} {self.link} {self.other}"

    def beside(self, case: Case) -> Case:
        """The case at the other end of the link."""
        return self.other if self.case_id == case.pk else self.case


class Seen(models.Model):
    """How much of a case a person has looked at: ``seq`` is the number of its events that the page showed.

    It is no record of receipt (签收 is a step of the case) and no evidence; it only keeps the number of the inbox.
    ``opened``: the person had the case before them, and did not only say that all of the inbox is read.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    seq = models.PositiveIntegerField()
    opened = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "case"], name="one_look")]

    def __str__(self) -> str:
        return f"{self.user} {self.case}: {self.seq}"


class Watch(models.Model):
    """Something that a person follows: by its kind and its name (``case`` 12, ``milestone`` code, ``row`` plan/key).

    ``event`` is the last event that the person has seen of it. What may be seen of it is asked anew at every look:
    the row says what somebody wishes to follow, never that they may.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    ref = models.CharField(max_length=120)
    event = models.PositiveBigIntegerField()
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "ref"], name="one_watch")]
        ordering = ["-since", "-pk"]

    def __str__(self) -> str:
        return f"{self.user}: {self.kind} {self.ref}"
