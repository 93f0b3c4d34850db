"""Reading the plan: the release in force, its rows with their lights, what a unit answers for, reports."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import F, Prefetch, Q, QuerySet

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.evidence.models import Attachment
from jinzhi.apps.plan.models import Duty, Figure, Measure, Milestone, Period, Release, Report, Row, RowNote
from jinzhi.apps.plan.plans import in_force
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.declare import Catalogue, Declaration
from jinzhi.kernel.indicator import Indicator
from jinzhi.kernel.procedure import Procedure
from jinzhi.kernel.register import Register

DUTY_KINDS = {
    "alone": ("单独负责", "alone"),
    "divided": ("按职责分工负责", "by division of duties"),
    "led": ("牵头", "leads"),
    "support": ("配合", "supports"),
}


def current(plan: str = "") -> Release | None:
    """The release in force of a plan; of the main plan (see plans.in_force), where none is named. None before one."""
    if plan:
        return Release.objects.filter(in_force=True, plan=plan).first()
    return next(iter(in_force()), None)


def rows_of(release: Release) -> QuerySet[Row]:
    """The rows of a release with measures and duties, in two further queries each."""
    duties = Duty.objects.select_related("unit", "group").prefetch_related("units")
    return release.rows.prefetch_related("measures", Prefetch("duties", queryset=duties))


def sections(release: Release) -> list[str]:
    """The headings under which the rows stand, in order."""
    out: list[str] = []
    for row in release.rows.all():
        if row.heading not in out:
            out.append(row.heading)
    return out


def responsible(release: Release) -> dict[int, set[str]]:
    """For each unit (by primary key) the keys of the rows that it answers for."""
    out: dict[int, set[str]] = defaultdict(set)
    pairs = Duty.units.through.objects.filter(duty__row__release=release)
    for unit_id, key in pairs.values_list("unit_id", "duty__row__key"):
        out[unit_id].add(key)
    return dict(out)


def asked(release: Release) -> set[int]:
    """The units (by primary key) that report: who answers for a row, or still has a milestone that counts."""
    open_ = Milestone.objects.unrestricted("a round goes to all units").filter(plan=release.plan, dropped_on=None)
    return set(responsible(release)) | set(open_.filter(met_on=None).values_list("unit_id", flat=True))


def duties_of(release: Release, unit: Unit) -> list[Duty]:
    """The duties that a unit has in a release, in the order of the rows."""
    found = Duty.objects.filter(row__release=release, units=unit).select_related("row", "group", "unit")
    return list(found.order_by("row__position", "position"))


def years(release: Release) -> list[int]:
    return list(range(release.starts.year, release.ends.year + 1))


def milestones(who: Acting, release: Release, **where: object) -> QuerySet[Milestone]:
    """The milestones of a plan that ``who`` sees."""
    found = Milestone.objects.visible_to(who).filter(plan=release.plan, dropped_on=None, **where)
    return found.select_related("unit").order_by("due", "unit__position", "pk")


def reports(who: Acting, plan: str) -> QuerySet[Report]:
    """The reports of a plan that ``who`` sees, newest period first."""
    found = Report.objects.visible_to(who).filter(plan=plan)
    return found.select_related("unit", "period", "case").order_by("-period__starts", "unit__path")


@dataclass
class ReportedMilestone:
    """A milestone in a report: what was approved before, and what this report says."""

    milestone: Milestone
    before: Decimal
    figure: Figure | None
    required: bool


@dataclass
class ReportRow:
    """A row of a report: the row, the unit's duty, its note and the lines of its milestones."""

    row: Row
    duty: Duty | None
    note: RowNote | None
    lines: list[ReportedMilestone] = field(default_factory=list)


def reported_milestones(report: Report) -> QuerySet[Milestone]:
    """The milestones that a report asks for: the unit's own, of this year or before, not met before the period.

    A milestone that this very report (once approved) met stays in it, and so does one that the report speaks of and
    that another unit answers for since.
    """
    period = report.period
    found = Milestone.objects.unrestricted("the report itself was read by somebody who sees it")
    found = found.filter(Q(unit_id=report.unit_id) | Q(figures__report=report))
    found = found.filter(plan=report.plan, due__year__lte=period.year)
    found = found.filter(Q(dropped_on=None) | Q(dropped_on__gt=period.ends))
    return found.filter(Q(met_on=None) | Q(met_on__gte=period.starts) | Q(figures__report=report)).distinct()


def content(report: Report, release: Release) -> list[ReportRow]:
    """Everything a report shows and asks for, by row."""
    duties = {d.row.key: d for d in duties_of(release, report.unit)}
    rows = {r.key: r for r in release.rows.all()}
    notes = {n.row_key: n for n in report.notes.all()}
    files = Attachment.objects.unrestricted("files of a report that its reader sees")
    figures = {f.milestone_id: f for f in report.figures.prefetch_related(Prefetch("attachments", queryset=files))}
    before = approved_before(report)
    out: dict[str, ReportRow] = {}
    for key in [k for k in rows if k in duties or k in notes]:
        out[key] = ReportRow(rows[key], duties.get(key), notes.get(key))
    for m in reported_milestones(report).order_by("due", "pk"):
        if m.row_key not in out:
            if m.row_key not in rows:
                continue
            out[m.row_key] = ReportRow(rows[m.row_key], None, notes.get(m.row_key))
        line = ReportedMilestone(m, before.get(m.pk, Decimal(0)), figures.get(m.pk), m.due <= report.period.ends)
        out[m.row_key].lines.append(line)
    return sorted(out.values(), key=lambda r: r.row.position)


def approved_before(report: Report) -> dict[int, Decimal]:
    """For each milestone the figure approved last in an earlier period, also of the unit that answered for it then."""
    own = Q(report__unit_id=report.unit_id) | Q(milestone__unit_id=report.unit_id)
    earlier = Figure.objects.filter(
        own, report__plan=report.plan, report__state="approved", report__period__starts__lt=report.period.starts,
        achieved__isnull=False,
    )  # fmt: skip
    pairs = earlier.order_by("report__period__starts").values_list("milestone_id", "achieved")
    return {pk: achieved for pk, achieved in pairs if achieved is not None}


@dataclass(frozen=True)
class Lack:
    """Something a report needs before it can be submitted: the progress of a row, or the figure of a milestone."""

    row: Row
    milestone: Milestone | None


def lacking(rows: Iterable[ReportRow]) -> list[Lack]:
    """What the content of a report lacks before it can be submitted."""
    out: list[Lack] = []
    for r in rows:
        if not (r.note and r.note.progress.strip()):
            out.append(Lack(r.row, None))
        out += [
            Lack(r.row, line.milestone)
            for line in r.lines
            if line.required and (line.figure is None or line.figure.achieved is None)
        ]
    return out


def missing(report: Report, release: Release) -> list[Lack]:
    """What a report lacks, where its content has not been read yet."""
    return lacking(content(report, release))


def children_open(report: Report) -> QuerySet[Report]:
    """Reports of the same period of units below, that are neither approved nor cancelled."""
    below = Report.objects.unrestricted("a fact of the tree, shown only as yes or no").filter(
        plan=report.plan, period_id=report.period_id, unit_path__startswith=report.unit_path
    )
    return below.exclude(pk=report.pk).exclude(state__in=("approved", "cancelled"))


def above_approved(report: Report) -> QuerySet[Report]:
    """Approved reports of the same period of units above: they were approved because those below were."""
    found = Report.objects.unrestricted("a fact of the tree, shown only as yes or no").filter(
        plan=report.plan, period_id=report.period_id, state="approved", unit__depth__lt=report.unit.depth
    )
    above = [r.pk for r in found.only("pk", "unit_path") if report.unit_path.startswith(r.unit_path)]
    return found.filter(pk__in=above)


def period_on(plan: str, day: date) -> Period | None:
    """The last period that has ended by a day, or the first there is."""
    found = Period.objects.filter(plan=plan)
    return found.filter(ends__lte=day).order_by("-ends").first() or found.order_by("starts").first()


def served(known: Catalogue, row: Row) -> list[Declaration]:
    """The procedures, registers and indicators that work for a row; none where it is bound to no declared row."""
    if not row.bound:
        return []
    return [d for d in known.serving(row.bound) if isinstance(d, (Procedure, Register, Indicator))]


def in_state(state: str, day: date) -> Q:
    """The condition under which a milestone is in a state on a day: what ``progress.milestone_status`` says."""
    missed = Q(met_on=None, due__lt=day)
    return {
        "met": Q(met_on__lte=F("due")),
        "met-late": Q(met_on__gt=F("due")),
        "open": Q(met_on=None, due__gte=day),
        "partly": missed & Q(achieved__gt=0) & ~Q(direction="down"),
        "not-met": missed & (Q(achieved__lte=0) | Q(direction="down")),
    }[state]


def _folded(text: str) -> str:
    """The text for comparison, character for character: half width and lower case where that keeps the length."""
    made = (unicodedata.normalize("NFKC", c).lower() for c in text)
    return "".join(new if len(new) == 1 else old for new, old in zip(made, text, strict=True))


def spans_of(text: str, q: str) -> tuple[tuple[int, int], ...] | None:
    """Where the words of ``q`` stand in a text, merged and in order; None where a word is missing.

    Words are divided by white space and all must occur. Full and half width, upper and lower case are one.
    """
    folded = _folded(text)
    found: list[tuple[int, int]] = []
    for word in {_folded(w) for w in q.split()}:
        at = folded.find(word)
        if at < 0:
            return None
        while at >= 0:
            found.append((at, at + len(word)))
            at = folded.find(word, at + len(word))
    out: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)


@dataclass(frozen=True)
class MeasureHit:
    """A measure that holds every word of a search, with the places of the words in its text."""

    row: Row
    measure: Measure
    spans: tuple[tuple[int, int], ...]


def find_measures(release: Release, q: str) -> list[MeasureHit]:
    """The measures of a release that hold every word of ``q``, in the order of the document; none for no words."""
    if not q.split():
        return []
    out: list[MeasureHit] = []
    found = Measure.objects.filter(row__release=release).select_related("row")
    for measure in found.order_by("row__position", "position"):
        spans = spans_of(measure.text, q)
        if spans:
            out.append(MeasureHit(measure.row, measure, spans))
    return out
