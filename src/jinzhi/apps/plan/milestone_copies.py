"""Milestones of one year copied to another year, of the same plan or from another plan.

Each milestone of the first year is proposed with its day moved by the years; what is there already, what has no place
in the plan and what falls on a unit that no longer answers for the row is listed with the reason. A target is never
invented: the one of before is shown, and a copy has the target that somebody gave. All copies are made or none, each
with its event, which names the milestone that it was copied from; so a second time copies nothing.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.actions import part_key
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.actions import MilestoneRefused, add_milestone
from jinzhi.apps.plan.milestone_sheet import GivenLine, LinesRefused, RefusedLine, parsed, unsound
from jinzhi.apps.plan.models import Duty, Milestone, Release, Row
from jinzhi.apps.plan.queries import years
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import within
from jinzhi.kernel.streams import MILESTONE
from jinzhi.kernel.text import Words

#: what a copy may be given otherwise than its source has it; the rest is taken over
GIVEN = ("title", "due", "target", "unit")


@dataclass(frozen=True)
class CopyRemark:
    """Something to know of a proposed copy: what (``there``, ``no-row``, ``no-duty``, ``closed``, ``outside``,
    ``day``, ``title``), Chinese, English."""

    id: str
    zh: str
    en: str


#: with one of these nothing can be copied
BARS = frozenset({"there", "no-row"})
#: with one of these it is copied only where somebody says so
DOUBTS = frozenset({"no-duty", "closed", "outside"})


@dataclass(frozen=True)
class Proposal:
    """A milestone of the first year, its row in the plan (None: there is none), the day as moved, what to know."""

    source: Milestone
    row: Row | None
    due: date
    units: tuple[Unit, ...]
    remarks: tuple[CopyRemark, ...] = ()
    there: str = ""

    @property
    def barred(self) -> bool:
        return any(r.id in BARS for r in self.remarks)

    @property
    def doubtful(self) -> bool:
        return any(r.id in DOUBTS for r in self.remarks)


@dataclass(frozen=True)
class WantedCopy:
    """A copy as asked for: its number in the list, the code of its source, the values of ``GIVEN`` as text.

    A title, day or unit left out is the proposed one; a target left out is refused.
    """

    number: int
    source: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Copied:
    """Codes of the copies, and the sources that were there already."""

    codes: tuple[str, ...] = ()
    there: tuple[str, ...] = ()


def told(p: Proposal) -> dict[str, object]:
    """A proposal as programs read it. ``offered``: whether it is copied where nobody says otherwise."""
    m = p.source
    return {
        "source": m.code, "row": p.row.key if p.row else None, "unit": m.unit.code, "title": m.title,
        "due": p.due.isoformat(), "previous_target": f"{m.target:f}", "measured_in": m.measured_in,
        "direction": m.direction, "units": [u.code for u in p.units], "offered": not (p.barred or p.doubtful),
        "there": p.there or None, "remarks": [{"id": r.id, "zh": r.zh, "en": r.en} for r in p.remarks],
    }  # fmt: skip


def moved(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes the 28th where the year has none."""
    year = day.year + years
    last = calendar.monthrange(year, day.month)[1]
    return date(year, day.month, min(day.day, last))


def unfit(source: Release, year: int, plan: Release, to_year: int) -> Words | None:
    """Why nothing can be copied between these years; None where it can."""
    if year == to_year and source.plan == plan.plan:
        return Words(f"同一规划不能从 {year} 年复制到同一年", "within one plan the two years must differ")
    for release, asked in ((source, year), (plan, to_year)):
        if asked not in years(release):
            zh = f"“{release.title}”的规划期是 {release.starts} 至 {release.ends}，没有 {asked} 年"
            return Words(zh, f"{release.title!r} runs from {release.starts} to {release.ends}, without {asked}")
    return None


def proposals(source: Release, year: int, plan: Release, to_year: int, who: Acting | None) -> list[Proposal]:
    """Every milestone of ``source`` due in ``year`` that ``who`` sees, as it would stand in ``plan`` in ``to_year``."""
    of_year = _seen(who).filter(plan=source.plan, dropped_on=None, due__year=year).select_related("unit")
    found = list(of_year.order_by("row_key", "unit__path", "due", "pk"))
    places, duties = _places(source, plan), _duties(plan)
    standing = _seen(None).filter(plan=plan.plan, dropped_on=None)
    taken = {(m.row_key, m.unit_id, m.title, m.due): m.code for m in standing}
    known = dict(standing.values_list("code", "due"))
    made = _made_of([m.code for m in found], known, to_year)
    out = []
    for m in found:
        row, due = places.get(m.row_key), moved(m.due, to_year - year)
        units = tuple(duties.get(row.key, ())) if row else ()
        there = made.get(m.code) or (taken.get((row.key, m.unit_id, m.title, due), "") if row else "")
        remarks = _remarks(m, row, due, units, there, plan, year)
        out.append(Proposal(m, row, due, units, tuple(remarks), there))
    return out


def _seen(who: Acting | None) -> QuerySet[Milestone]:
    rows = Milestone.objects
    return rows.visible_to(who) if who else rows.unrestricted("the console, or what is taken by anybody")


def _places(source: Release, plan: Release) -> dict[str, Row]:
    """Which row of the plan each row of the source is: of one plan the same key; of two, bound to the same declared
    row, or called the same."""
    rows = {r.key: r for r in plan.rows.all()}
    if source.plan == plan.plan:
        return rows
    bound = {r.bound: r for r in rows.values() if r.bound}
    titles = {r.title: r for r in rows.values()}
    pairs = ((r.key, bound.get(r.bound) or titles.get(r.title)) for r in source.rows.all())
    return {key: row for key, row in pairs if row is not None}


def _duties(plan: Release) -> dict[str, list[Unit]]:
    """The units that answer for each row of a plan, in the order of its duties."""
    out: dict[str, list[Unit]] = {}
    for duty in Duty.objects.filter(row__release=plan).select_related("row").prefetch_related("units"):
        held = out.setdefault(duty.row.key, [])
        held += [u for u in duty.units.all() if u not in held and u.active]
    return out


def _made_of(codes: Sequence[str], known: Mapping[str, date], to_year: int) -> dict[str, str]:
    """The copies of these milestones in the year that stand still, by the code of their source."""
    events = Event.objects.filter(verb="add", stream__startswith="milestone:", data__copied_from__in=list(codes))
    pairs = ((e.data["copied_from"], MILESTONE.key(e.stream)) for e in events)
    return {of: code for of, code in pairs if code in known and known[code].year == to_year}


def _remarks(
    m: Milestone, row: Row | None, due: date, units: Sequence[Unit], there: str, plan: Release, year: int
) -> list[CopyRemark]:
    out = []
    if row is None:
        out.append(CopyRemark("no-row", f"“{plan.title}”没有这项任务", f"the plan {plan.title!r} has no such row"))
    if there:
        out.append(CopyRemark("there", f"已有同一里程碑 {there}", f"is there already: {there}"))
    if not m.unit.active:
        out.append(CopyRemark("closed", f"{m.unit.label} 已停用", f"{m.unit.en} was closed"))
    elif row is not None and m.unit not in units:
        zh, en = f"{m.unit.label} 已不在这项任务的现行分工内", f"{m.unit.en} no longer answers for the row"
        out.append(CopyRemark("no-duty", zh, en))
    if not plan.starts <= due <= plan.ends:
        zh = f"期限 {due} 不在规划期 {plan.starts} 至 {plan.ends} 之内"
        out.append(CopyRemark("outside", zh, f"{due} lies outside the plan's term, {plan.starts} to {plan.ends}"))
    if (due.month, due.day) != (m.due.month, m.due.day):
        out.append(CopyRemark("day", f"原期限 {m.due}，当年没有这一天", f"was due on {m.due}, a day that year has not"))
    if re.search(rf"(?<!\d){year}(?!\d)", m.title):
        out.append(CopyRemark("title", f"名称中有 {year}，请核对", f"the title names {year}: look at it"))
    return out


@transaction.atomic
def copy_over(
    source: Release,
    year: int,
    plan: Release,
    to_year: int,
    wanted: Sequence[WantedCopy],
    *,
    who: Acting | None,
    reason: str = "",
    key: str = "",
    dry_run: bool = False,
) -> Copied:
    """Make the copies asked for, all or none; what is there already is told and left as it is.

    ``reason`` is needed where a copy falls on a unit that does not answer for the row. Raises LinesRefused with every
    error, MilestoneRefused. The same ``key`` makes nothing more.
    """
    if who is not None and not who.may("plan.edit"):
        raise MilestoneRefused(f"您的角色“{who.role.zh}”不能设立里程碑")
    if said := unfit(source, year, plan, to_year):
        raise MilestoneRefused(said[0])
    # locked, so that of two who copy at once the second finds what the first made
    plan = Release.objects.select_for_update().get(pk=plan.pk)
    if key and (before := _made_with(key)):
        return Copied(codes=before)
    found = {p.source.code: p for p in proposals(source, year, plan, to_year, who)}
    lines, errors, there = _checked(found, wanted, plan, to_year, reason, who)
    if errors:
        raise LinesRefused(errors)
    codes = []
    for (line, unit), proposal in lines if not dry_run else ():
        v, m = line.values, proposal.source
        origin = {"copied_from": m.code, **({"reason": reason.strip()} if reason.strip() else {})}
        made = add_milestone(
            plan, str(v["row"]), unit, title=str(v["title"]), due=date.fromisoformat(str(v["due"])), who=who,
            target=Decimal(str(v["target"])), measured_in=m.measured_in, weight=m.weight, direction=m.direction,
            key=part_key(key, m.code), origin=origin,
        )  # fmt: skip
        codes.append(made.code)
    return Copied(tuple(codes), tuple(there))


def _made_with(key: str) -> tuple[str, ...]:
    """The milestones that an earlier submission with this key made."""
    events = Event.objects.filter(key__startswith=f"{key}.", verb="add", stream__startswith="milestone:")
    return tuple(MILESTONE.key(s) for s in events.order_by("pk").values_list("stream", flat=True))


def _checked(
    found: Mapping[str, Proposal], wanted: Sequence[WantedCopy], plan: Release, to_year: int, reason: str,
    who: Acting | None,
) -> tuple[list[tuple[tuple[GivenLine, Unit], Proposal]], list[RefusedLine], list[str]]:  # fmt: skip
    """The copies to make, every error, and the sources whose copy is there already."""
    open_ = Unit.objects.filter(active=True)
    units = {u.code: u for u in open_ if who is None or within(who.path, who.reach, u.path)}
    standing = _seen(None).filter(plan=plan.plan, dropped_on=None)
    taken = {(m.row_key, m.unit_id, m.title, m.due.isoformat()): m.code for m in standing}
    errors: list[RefusedLine] = []
    lines: list[tuple[tuple[GivenLine, Unit], Proposal]] = []
    there: list[str] = []
    seen: dict[str, int] = {}
    for w in wanted:
        p = found.get(w.source)
        if p is None:
            zh, en = f"该年度没有代码为“{w.source}”的里程碑", f"no milestone {w.source!r} is due in that year"
            errors.append(RefusedLine(w.number, "source", zh, en))
        elif w.source in seen:
            zh, en = f"与第 {seen[w.source]} 行是同一个里程碑", f"is the same milestone as line {seen[w.source]}"
            errors.append(RefusedLine(w.number, "source", zh, en))
        elif p.there:
            there.append(w.source)
        elif p.row is None:
            errors.append(RefusedLine(w.number, "source", p.remarks[0].zh, p.remarks[0].en))
        else:
            line, wrong = _line(p, p.row, w)
            wrong += unsound(w.number, line.values, plan) + _day(line, to_year, reason)
            unit = units.get(str(line.values.get("unit", "")))
            wrong += _unit(line, unit, p, p.row, reason)
            place = (p.row.key, unit.pk if unit else 0, str(line.values.get("title")), str(line.values.get("due")))
            if place in taken:
                zh, en = f"与 {taken[place]} 是同一个里程碑", f"is the same milestone as {taken[place]}"
                wrong.append(RefusedLine(w.number, "title", zh, en))
            errors += wrong
            if unit is not None and not wrong:
                taken[place] = w.source
                lines.append(((line, unit), p))
        seen.setdefault(w.source, w.number)
    return lines, errors, there


def _unit(line: GivenLine, unit: Unit | None, p: Proposal, row: Row, reason: str) -> list[RefusedLine]:
    if unit is None:
        code = line.values.get("unit", "")
        zh, en = f"没有代码为“{code}”的单位，或已停用、不在您的可见范围", f"no open unit {code!r} in your reach"
        return [RefusedLine(line.number, "unit", zh, en)]
    if unit in p.units or reason.strip():
        return []
    zh = f"{unit.label} 不在任务 {row.key} 的现行分工内；仍要复制的，请写明理由，或换一个单位"
    en = f"{unit.en} does not answer for row {row.key}: give the reason, or another unit"
    return [RefusedLine(line.number, "unit", zh, en)]


def _line(p: Proposal, row: Row, w: WantedCopy) -> tuple[GivenLine, list[RefusedLine]]:
    """A copy as a line of the plan, and what is wrong with it."""
    m, given = p.source, {k: v for k, v in w.values.items() if str(v).strip()}
    values = {
        "row": row.key, "unit": m.unit.code, "title": m.title, "due": p.due.isoformat(), "target": "",
        "measured_in": m.measured_in, "direction": m.direction, "weight": f"{m.weight:f}", **given,
    }  # fmt: skip
    read, wrong = parsed(GivenLine(w.number, {k: v for k, v in values.items() if k != "target" or v}))
    if not values["target"]:
        wrong = [e for e in wrong if e.field != "target"]
        zh, en = f"请给出目标值（原来是 {m.target:f} {m.measured_in}）", f"give the target (it was {m.target:f})"
        wrong.append(RefusedLine(w.number, "target", zh, en))
    return GivenLine(w.number, read), wrong


def _day(line: GivenLine, to_year: int, reason: str) -> list[RefusedLine]:
    """A day outside the year, or one that is past already and has no reason."""
    due = str(line.values.get("due") or "")
    if due and due[:4] != str(to_year):
        return [RefusedLine(line.number, "due", f"期限应在 {to_year} 年之内", f"must lie in {to_year}")]
    if due and date.fromisoformat(due) < today() and not reason.strip():
        zh = "期限已经过去，设立后即为超期：请写明理由"
        return [RefusedLine(line.number, "due", zh, "is past, so the copy is overdue at once: give the reason")]
    return []
