"""A report while it is filled in and read: what it lacks, what changed, its files; calling for a round of reports.

The content itself is saved by :func:`jinzhi.apps.plan.actions.save_content`; here stands what a form adds to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.events.verb import Call, event_of, verb
from jinzhi.apps.evidence.models import Attachment, Event
from jinzhi.apps.evidence.store.store import attach
from jinzhi.apps.plan.actions import open_report, open_round, reports, save_content
from jinzhi.apps.plan.models import Figure, Milestone, Period, Release, Report
from jinzhi.apps.plan.queries import asked
from jinzhi.apps.units.locking import needs
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.numbers import NumberError, number_of

PERIOD_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,19}\Z")
EDITABLE = ("draft", "returned")

Content = Mapping[str, Mapping[str, object]]
Changes = dict[str, dict[str, list[str | None]]]


def neighbours(report: Report, who: Acting) -> tuple[Report | None, Report | None]:
    """The same unit's reports of the period before and after, as far as ``who`` sees them."""
    seen = Report.objects.visible_to(who).filter(plan=report.plan, unit_id=report.unit_id).select_related("period")
    before = seen.filter(period__starts__lt=report.period.starts).order_by("-period__starts").first()
    after = seen.filter(period__starts__gt=report.period.starts).order_by("period__starts").first()
    return before, after


def first_submitted(reports: QuerySet[Report]) -> QuerySet[Report]:
    """Reports with ``own_stream`` and ``first_submit``: the day of the first submission, whatever came after."""
    stream = Concat(Value("case:"), Cast("case_id", CharField()))
    found = Event.objects.filter(stream=OuterRef("own_stream"), verb="submit").order_by("seq")
    return reports.annotate(own_stream=stream).annotate(first_submit=Subquery(found.values("on")[:1]))


# changes since a version


def since(report: Report, version: int) -> list[Event]:
    """What was saved of a report after a version, oldest first."""
    found = Event.objects.filter(stream=report.stream, seq__gt=version)
    return list(found.select_related("unit").order_by("seq"))


def changed_since(events: Iterable[Event]) -> Changes:
    """By row key or milestone code, then field: the value at the version, and the value now."""
    out: Changes = {}
    for event in events:
        for place, fields in event.data.get("changes", {}).items():
            kept = out.setdefault(place, {})
            for name, (old, new) in fields.items():
                kept[name] = [kept[name][0] if name in kept else old, new]
    return out


@dataclass(frozen=True)
class Merged:
    """A form that was made from an older version, brought onto the present one.

    ``notes`` and ``figures`` hold what the person typed, and what others saved where the person had typed nothing
    new. ``clashes`` are the places where both did, as (place, field).
    """

    notes: dict[str, dict[str, object]]
    figures: dict[str, dict[str, object]]
    clashes: frozenset[tuple[str, str]]
    taken: frozenset[tuple[str, str]]


def merge(notes: Content, figures: Content, changes: Changes) -> Merged:
    """Three-way: a field that the person left as it was takes what others saved; one that both changed clashes."""
    clashes: set[tuple[str, str]] = set()
    taken: set[tuple[str, str]] = set()

    def merged(content: Content) -> dict[str, dict[str, object]]:
        out: dict[str, dict[str, object]] = {}
        for place, fields in content.items():
            out[place] = dict(fields)
            for name, typed in fields.items():
                if name not in changes.get(place, {}):
                    continue
                old, new = changes[place][name]
                if _same(typed, new):
                    continue
                if _same(typed, old):
                    out[place][name] = new or ""
                    taken.add((place, name))
                else:
                    clashes.add((place, name))
        return out

    return Merged(merged(notes), merged(figures), frozenset(clashes), frozenset(taken))


def _same(typed: object, kept: str | None) -> bool:
    a, b = str(typed or "").strip().replace("\r\n", "\n"), (kept or "").strip()
    if a == b:
        return True
    try:
        return bool(a and b) and number_of(a) == number_of(b)
    except NumberError:
        return False


# saving


@dataclass(frozen=True)
class SavedReport:
    """``changes`` as recorded; how many files came and went."""

    changes: Mapping[str, object] = field(default_factory=dict)
    attached: int = 0
    removed: int = 0

    def __bool__(self) -> bool:
        return bool(self.changes or self.attached or self.removed)


def seen_before(report: Report, key: str) -> bool:
    """Whether this very form was saved already (a double click)."""
    before = event_of(key)
    return before is not None and before.stream == report.stream


def would_change(
    report: Report, release: Release, *, notes: Content, figures: Content, who: Acting
) -> Mapping[str, object]:
    """What saving would change (old → new); nothing is written. Raises what save_content raises."""
    with transaction.atomic():
        changes = save_content(report, release, notes=notes, figures=figures, who=who, expected=report.version)
        transaction.set_rollback(True)
    return changes


def _asked(call: Call) -> dict[str, object]:
    """What a form of a report asks; a file is the same where its bytes are."""
    files = []
    for milestone, file in call.arguments["files"]:
        file.seek(0)
        files.append((milestone, file.name, file.read()))
        file.seek(0)
    return call.given() | {"files": files}


def _saved_before(call: Call, event: Event) -> SavedReport:
    return SavedReport()


@verb("plan", "save-report", right=reports, lock=open_report, again=_saved_before, content=_asked,
      recorded=lambda call: "save")  # fmt: skip
def save_report(
    report: Report,
    release: Release,
    *,
    notes: Content,
    figures: Content,
    files: Sequence[tuple[Milestone, UploadedFile[bytes]]] = (),
    remove: Sequence[tuple[Figure, Attachment]] = (),
    who: Acting,
    expected: int,
    source: str = "form",
    key: str = "",
) -> SavedReport:
    """Save a report's content and its files in one go. Raises Locked, Conflict, ContentRefused, FileRefused."""
    changes = save_content(
        report, release, notes=notes, figures=figures, who=who, expected=expected, source=source, key=key
    )
    fresh = Report.objects.unrestricted("read again after its content was saved").get(pk=report.pk)
    seq, once = fresh.version, "" if changes else key

    def note(name: str, milestone: Milestone, kept: Attachment) -> None:
        nonlocal seq, once
        data = {"milestone": milestone.code, "name": kept.name, "sha256": kept.sha256, "sm3": kept.sm3}
        seq = record(report.stream, name, data, who=who, on=today(), expected=seq, key=once).seq
        once = ""

    for milestone, file in files:
        figure, _ = Figure.objects.get_or_create(report=fresh, milestone=milestone)
        kept = attach(file, unit=report.unit, stream=report.stream, user=who.user)
        note("attach", milestone, kept)
        figure.attachments.add(kept)
    for figure, kept in remove:
        note("detach", figure.milestone, kept)
        figure.attachments.remove(kept)
    if seq != fresh.version:
        Report.objects.unrestricted("the report just changed").filter(pk=report.pk).update(version=seq)
    return SavedReport(changes, len(files), len(remove))


# rounds


@dataclass(frozen=True)
class Round:
    """A period for which reports are to be called: an existing one, or one to be made."""

    code: str
    starts: date
    ends: date
    due: date


def round_errors(release: Release, wanted: Round) -> list[tuple[str, str, str]]:
    """What speaks against a round: (field, Chinese, English)."""
    out: list[tuple[str, str, str]] = []
    if not PERIOD_CODE.match(wanted.code):
        out.append(
            ("code", "只能用字母、数字和连字符，最多 20 个，如 2026Q4", "letters, digits and hyphens, at most 20")
        )
    if wanted.ends < wanted.starts:
        out.append(("ends", "不能早于开始日期", "must not be before the first day"))
    if wanted.due < wanted.starts:
        out.append(("due", "不能早于报告期开始日期", "must not be before the first day of the period"))
    if wanted.starts < release.starts or wanted.starts > release.ends:
        zh = f"不在规划期 {release.starts.isoformat()} 至 {release.ends.isoformat()} 之内"
        out.append(("starts", zh, f"is outside the plan's time {release.starts} to {release.ends}"))
    periods = list(Period.objects.filter(plan=release.plan))
    known = next((p for p in periods if p.code == wanted.code), None)
    if known and (known.starts, known.ends, known.due) != (wanted.starts, wanted.ends, wanted.due):
        zh = f"报告期 {known.code} 已存在（{known.starts} 至 {known.ends}，截止 {known.due}），请从已有报告期中选择"
        out.append(("code", zh, f"period {known.code} exists with other days: choose it from the list"))
    for p in periods:
        if p is not known and p.starts <= wanted.ends and wanted.starts <= p.ends:
            zh = f"与报告期 {p.code}（{p.starts} 至 {p.ends}）重叠"
            out.append(("starts", zh, f"overlaps the period {p.code} ({p.starts} to {p.ends})"))
    return out


def to_be_asked(release: Release, code: str) -> tuple[list[Unit], list[Unit]]:
    """The units that a round would ask, and those that have a report of the period already."""
    answering = asked(release)
    has = set(
        Report.objects.unrestricted("a round goes to all units")
        .filter(plan=release.plan, period__code=code)
        .values_list("unit_id", flat=True)
    )
    units = list(Unit.objects.filter(pk__in=answering, active=True).order_by("path"))
    return [u for u in units if u.pk not in has], [u for u in units if u.pk in has]


class RoundRefused(ValueError):
    """A round that cannot be opened; ``errors`` as from round_errors."""

    def __init__(self, errors: list[tuple[str, str, str]]):
        self.errors = errors
        super().__init__("；".join(e[1] for e in errors))


def _not_callable(units: Sequence[str], known: set[str]) -> list[tuple[str, str, str]]:
    """A round of some units needs some, and only those that answer for a row or have a milestone."""
    if not units:
        return [("code", "请至少选择一个单位", "choose at least one unit")]
    unknown = [u for u in units if u not in known]
    if not unknown:
        return []
    shown = "、".join(unknown[:5])
    return [("code", f"这些单位在本规划中没有任务，不用填报：{shown}", f"have nothing to report in this plan: {shown}")]


def _above_approved(release: Release, code: str, units: Sequence[Unit]) -> list[tuple[str, str, str]]:
    """A report above was approved because those below were: no unit below is called afterwards."""
    found = Report.objects.unrestricted("a round goes to all units").filter(
        plan=release.plan, period__code=code, state="approved"
    )
    above = list(found.values_list("unit_path", flat=True))
    late = [u for u in units if any(u.path.startswith(p) for p in above)]
    if not late:
        return []
    shown = "、".join(u.zh for u in late[:5])
    zh = f"上级单位的本期报告已审核通过，不能再向下级布置：{shown}；请先撤销对上级报告的审核"
    return [("code", zh, f"the report above is approved, undo that first: {', '.join(u.en for u in late[:5])}")]


def _called(release: Release, wanted: Round, units: Sequence[str] | None, reason: str) -> list[Unit]:
    """The units that a round calls. Raises RoundRefused with everything that speaks against it."""
    errors = round_errors(release, wanted)
    without, has = to_be_asked(release, wanted.code)
    chosen = without if units is None else [u for u in without if u.code in units]
    if units is not None:
        errors += _not_callable(units, {u.code for pair in (without, has) for u in pair})
    errors += _above_approved(release, wanted.code, chosen)
    if chosen and wanted.due < today() and not reason.strip():
        zh = f"截止日 {wanted.due} 已经过去，布置后即为逾期：请写明理由"
        errors.append(("reason", zh, f"{wanted.due} is past and the reports are overdue at once: say why"))
    if errors:
        raise RoundRefused(errors)
    return chosen


def _period_of(call: Call, event: Event) -> tuple[Period, list[Report]]:
    return Period.objects.get(plan=call.subject.plan, code=call.arguments["wanted"].code), []


@verb("plan", "call", right=needs("case.progress-report.open"), again=_period_of)
def call_round(
    release: Release,
    wanted: Round,
    *,
    who: Acting,
    units: Sequence[str] | None = None,
    reason: str = "",
    key: str = "",
) -> tuple[Period, list[Report]]:
    """Make the period where it is new, and call for a report from every unit that has none. Raises RoundRefused.

    ``units``: the codes of the units to call, where it is not all; the others may be called later. ``reason``: why
    reports are called whose day is past, so that they are overdue at once; it stands on record.
    Units that were asked already are not asked again, so doing it twice does no harm.
    """
    chosen = _called(release, wanted, units, reason)
    period, _ = Period.objects.get_or_create(
        plan=release.plan, code=wanted.code,
        defaults={"year": wanted.starts.year, "starts": wanted.starts, "ends": wanted.ends, "due": wanted.due},
    )  # fmt: skip
    made = open_round(release, period, who=who, units=[u.pk for u in chosen])
    data = {
        "starts": wanted.starts.isoformat(), "ends": wanted.ends.isoformat(), "due": wanted.due.isoformat(),
        "units": [r.unit.code for r in made], **({"reason": reason.strip()} if reason.strip() else {}),
    }  # fmt: skip
    record(f"period:{release.plan}:{wanted.code}", "call", data, who=who, on=today(), key=key)
    return period, made
