"""Progress of the plan on a day: milestones summed into cells (unit × row), cells into lights.

A snapshot of the cells is computed once a day and year and thrown away by every write that changes them.
Weights are kept in ten-thousandths as whole numbers, so sums are exact; the share of a milestone partly reached
is rounded to that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.catalogue.strain import while_reading
from jinzhi.apps.plan.models import Milestone, Snapshot
from jinzhi.apps.plan.past import changed_after
from jinzhi.apps.units.guard import Sees
from jinzhi.apps.units.succession import held_on
from jinzhi.kernel.access import within
from jinzhi.kernel.status import LATE, DueProgress, LightRule, Status, Tone, share_done
from jinzhi.kernel.streams import MILESTONE

SCALE = 10_000
#: what a snapshot is made from; another word wherever its cells come to mean something else
BASIS = "milestones as asked that day, carried, grace, counts"
K = TypeVar("K", bound=Hashable)

MET = Status("met", "已完成", "Met", Tone.DONE)
MET_LATE = Status("met-late", "逾期完成", "Met late", Tone.DONE)
OPEN = Status("open", "未到期", "Not yet due", Tone.OPEN)
PARTLY = Status("partly", "部分完成", "Partly met", Tone.RISK)
NOT_MET = Status("not-met", "未完成", "Not met", Tone.LATE)
MILESTONE_STATES = (NOT_MET, PARTLY, OPEN, MET, MET_LATE)


def milestone_status(milestone: Milestone, day: date) -> Status:
    """Due, met, met late, partly met, not met: from its date and what approved reports say."""
    if milestone.met_on is not None:
        return MET if milestone.met_on <= milestone.due else MET_LATE
    if milestone.due >= day:
        return OPEN
    return PARTLY if milestone.achieved > 0 and not milestone.lower else NOT_MET


def of_year(year: int, day: date) -> Q:
    """The milestones that count in a year, seen on a day: due in it, or due before and not met when it began.

    What a year left undone is work of the next one; else it would be seen by nobody once the year is over. Of a year
    that has not begun nobody knows yet what the years before will leave undone.
    """
    begins = date(year, 1, 1)
    if begins > day:
        return Q(due__year=year)
    return Q(due__year=year) | (Q(due__lt=begins) & (Q(met_on=None) | Q(met_on__gte=begins)))


def in_year(year: int, day: date, due: date, met_on: date | None) -> bool:
    """What ``of_year`` says, for a milestone in hand."""
    begins = date(year, 1, 1)
    carried = begins <= day and due < begins and (met_on is None or met_on >= begins)
    return due.year == year or carried


def grace_days(day: date) -> int:
    """By how many days a milestone may be late before its row is behind; 0 where no rule is in force."""
    try:
        return light_rule(day).late_after_days
    except LookupError:
        return 0


def light_rule(day: date) -> LightRule:
    """The rule of the lights in force on a day. Raises LookupError before the first one."""
    rules = [r for r in catalogue().all(LightRule) if r.since <= day]
    if not rules:
        raise LookupError(f"no rule of the lights is in force on {day}")
    return max(rules, key=lambda r: r.since)


@dataclass(frozen=True, slots=True)
class ProgressCell:
    """What one unit has to reach for one row; weights in ten-thousandths. ``firm``: due beyond the days of grace.

    ``due_n`` counts the milestones that fell due (one due today as soon as it is met), ``met_n`` those of them that are
    met, ``early_n`` those met that are not due yet, ``adjusted`` those that an approved adjustment changed.
    """

    unit_id: int
    unit_path: str
    row_key: str
    done: int
    planned: int
    total: int
    overdue_since: date | None
    next_due: date | None
    firm: int = 0
    due_n: int = 0
    met_n: int = 0
    early_n: int = 0
    adjusted: int = 0


def _share(achieved: Decimal, target: Decimal, weight: Decimal, lower: bool) -> int:
    """What a milestone not met counts. Where less is better, 0 means that nothing was reported yet."""
    if lower:
        share = share_done(achieved, target, lower=True) if achieved > target else Decimal(0)
    else:
        share = share_done(achieved, target)
    return int((share * weight * SCALE).to_integral_value(ROUND_HALF_EVEN))


def compute(plan: str, day: date, year: int | None) -> list[ProgressCell]:
    """The cells of a plan on a day, from its milestones: those that count in ``year`` (see of_year), or all."""
    found = Milestone.objects.unrestricted("the snapshot holds all units; readers see theirs").filter(plan=plan)
    found = found.exclude(dropped_on__lte=day)
    rows = list(_asked_on(plan, found, day)) if day < today() else _plain(found, year, day)
    grace = timedelta(days=grace_days(day))
    sums: dict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0] * 8)
    overdue: dict[tuple[int, str, str], date] = {}
    coming: dict[tuple[int, str, str], date] = {}
    for unit_id, path, row, due, target, weight, achieved, met_on, way, adjusted in rows:
        if year is not None and not in_year(year, day, due, met_on):
            continue
        key = (unit_id, path, row)
        whole = int(weight * SCALE)
        done = whole if met_on else _share(achieved, target, weight, way == "down")
        sums[key][0] += done
        # a due day that is not over asks for no more than what is there
        sums[key][1] += whole if due < day else done if due == day else 0
        sums[key][2] += whole
        sums[key][3] += whole if due + grace < day else 0
        fell_due = due < day or (due == day and met_on is not None)
        sums[key][4] += fell_due
        sums[key][5] += fell_due and met_on is not None
        sums[key][6] += not fell_due and met_on is not None
        sums[key][7] += adjusted is not None
        if met_on is None:
            where = overdue if due < day else coming
            where[key] = min(due, where.get(key, due))
    return [
        ProgressCell(*key, done, planned, total, overdue.get(key), coming.get(key), *more)
        for key, (done, planned, total, *more) in sorted(sums.items())
    ]


COLUMNS = (
    "unit_id",
    "unit_path",
    "row_key",
    "due",
    "target",
    "weight",
    "achieved",
    "met_on",
    "direction",
    "adjusted_by",
)


def _plain(found: QuerySet[Milestone], year: int | None, day: date) -> Iterable[tuple[Any, ...]]:
    """What milestones ask for now and have reached."""
    if year is not None:
        found = found.filter(of_year(year, day))
    return found.values_list(*COLUMNS).iterator(5000)


def _asked_on(plan: str, found: QuerySet[Milestone], day: date) -> Iterable[tuple[Any, ...]]:
    """The same with what they asked for on a day gone by: a milestone moved since is due on its old day, and one that
    was handed over since is that of the unit that held it."""
    then = changed_after(plan, day)
    held = held_on(day, "milestone:")
    for pk, code, *row in found.values_list("pk", "code", *COLUMNS).iterator(5000):
        stood: dict[str, object] = {**then[code], "adjusted_by": None} if code in then else {}
        if giver := held.get(MILESTONE.of(pk)):
            stood |= {"unit_id": giver.pk, "unit_path": giver.path}
        yield tuple(stood.get(name, value) for name, value in zip(COLUMNS, row, strict=True))


def pack(cells: Iterable[ProgressCell]) -> list[list[object]]:
    return [
        [c.unit_id, c.unit_path, c.row_key, c.done, c.planned, c.total,
         c.overdue_since.isoformat() if c.overdue_since else None, c.next_due.isoformat() if c.next_due else None,
         c.firm, c.due_n, c.met_n, c.early_n, c.adjusted]
        for c in cells
    ]  # fmt: skip


def unpack(rows: list[list[Any]]) -> list[ProgressCell]:
    iso = date.fromisoformat
    return [
        ProgressCell(
            unit, path, key, done, planned, total, iso(late) if late else None, iso(due) if due else None, *counts
        )
        for unit, path, key, done, planned, total, late, due, *counts in rows
    ]


@transaction.atomic
def _kept(plan: str, day: date, year: int | None) -> list[ProgressCell]:
    made = compute(plan, day, year)
    Snapshot.objects.update_or_create(plan=plan, day=day, year=year or 0, defaults={"basis": BASIS, "data": pack(made)})
    return made


def cells(plan: str, day: date, year: int | None) -> list[ProgressCell]:
    """The cells of a plan on a day, from the snapshot of that day, made if it is not there."""
    kept = Snapshot.objects.filter(plan=plan, day=day, year=year or 0, basis=BASIS).first()
    if kept is None:
        with while_reading("the snapshot of a plan"):
            return _kept(plan, day, year)
        return compute(plan, day, year)
    return unpack(kept.data)


def visible_cells(plan: str, day: date, year: int | None, who: Sees) -> list[ProgressCell]:
    """The cells of the units that ``who`` sees."""
    return [c for c in cells(plan, day, year) if within(who.path, who.reach, c.unit_path)]


def forget(plan: str) -> None:
    """Throw the snapshots of a plan away: called by every write that changes a milestone."""
    Snapshot.objects.filter(plan=plan).delete()


def combine(parts: Iterable[ProgressCell], day: date) -> DueProgress:
    """The progress of several cells together."""
    done = planned = total = firm = 0
    overdue: date | None = None
    coming: date | None = None
    for c in parts:
        done, planned, total, firm = done + c.done, planned + c.planned, total + c.total, firm + c.firm
        if c.overdue_since and (overdue is None or c.overdue_since < overdue):
            overdue = c.overdue_since
        if c.next_due and (coming is None or c.next_due < coming):
            coming = c.next_due
    scale = Decimal(SCALE)
    return DueProgress(
        done / scale, planned / scale, total / scale,
        (day - overdue).days if overdue else 0, (coming - day).days if coming else None, firm / scale,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """Progress with its light and the reason, ready to show. ``parts``: how many cells, ``late``: how many behind.

    ``due_n``, ``met_n``, ``early_n``: milestones as a Cell counts them.
    """

    progress: DueProgress
    light: Status
    why_zh: str
    why_en: str
    parts: int
    late: int
    due_n: int = 0
    met_n: int = 0
    early_n: int = 0

    @property
    def missing(self) -> int:
        """How many milestones fell due and are not met."""
        return self.due_n - self.met_n

    @property
    def percent(self) -> int | None:
        """Done of all, in whole per cent (rounded half to even); None where nothing is planned."""
        ratio = self.progress.ratio
        return None if ratio is None else int((ratio * 100).to_integral_value(ROUND_HALF_EVEN))


def judge(parts: list[ProgressCell], day: date, rule: LightRule) -> Judged:
    """The light of one cell, or of many together."""
    whole = combine(parts, day)
    counts = (sum(c.due_n for c in parts), sum(c.met_n for c in parts), sum(c.early_n for c in parts))
    if len(parts) == 1:
        light, zh, en = rule.judge(whole)
        return Judged(whole, light, zh, en, 1, int(light is LATE), *counts)
    late = sum(rule.light(combine([c], day)) is LATE for c in parts)
    light, zh, en = rule.judge_many(whole, late, len(parts))
    return Judged(whole, light, zh, en, len(parts), late, *counts)


def judged_by(
    parts: Iterable[ProgressCell], key: Callable[[ProgressCell], K | None], day: date, rule: LightRule
) -> dict[K, Judged]:
    """Cells grouped by a key (row, unit, unit and section …), each group with its light."""
    groups: dict[K, list[ProgressCell]] = defaultdict(list)
    for c in parts:
        k = key(c)
        if k is not None:
            groups[k].append(c)
    return {k: judge(group, day, rule) for k, group in groups.items()}
