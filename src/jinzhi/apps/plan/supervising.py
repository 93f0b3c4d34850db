"""Supervision orders from the plan: which rows of which units are late, and one order for each of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.actions import open_case, refused
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.actions import part_key
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.models import Milestone, Release, Row
from jinzhi.apps.plan.plans import first_plan, row_of_subject, subject_of
from jinzhi.apps.plan.progress import Judged, cells, judge, light_rule, visible_cells
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import within
from jinzhi.kernel.fields import FieldError
from jinzhi.kernel.procedure import CaseView, Procedure
from jinzhi.kernel.recording import Said
from jinzhi.kernel.status import AHEAD, LATE, NORMAL, RISK, Status

ORDER = "supervision-order"
#: the lights ▲ and ●: an order for such a row must say why
ON_TRACK = (AHEAD, NORMAL)
GROUNDS = "grounds"
#: how many overdue milestones the grounds of an order name
NAMED = 5


@dataclass(frozen=True)
class Pair:
    """A row of a unit. ``overdue``: its milestones past their day; ``running``: orders for it that are not closed."""

    row: Row
    unit: Unit
    judged: Judged | None
    overdue: tuple[Milestone, ...]
    running: tuple[Case, ...]

    @property
    def key(self) -> str:
        return f"{self.row.key}:{self.unit.code}"

    @property
    def on_track(self) -> bool:
        """Whether its light says that nothing is behind; where nothing is known, this is not said."""
        return self.judged is not None and self.judged.light in ON_TRACK and not self.overdue

    @property
    def title(self) -> str:
        return f"加快推进“{self.row.title}”"[:200]

    @property
    def grounds(self) -> str:
        """Why an order is due, from the dates and the light: nobody types it. Nothing where the row is on track."""
        if self.on_track:
            return ""
        parts = [f"里程碑“{m.title}”应于 {m.due.isoformat()} 完成，至今未完成" for m in self.overdue[:NAMED]]
        if len(self.overdue) > NAMED:
            parts.append(f"另有 {len(self.overdue) - NAMED} 项里程碑超期")
        if not parts and self.judged:
            parts = [self.judged.why_zh]
        return "；".join(parts) + "。" if parts else ""


def pairs(release: Release, who: Acting, day: date, *, wanted: Sequence[str] = ()) -> tuple[list[Pair], list[str]]:
    """The pairs ``row:unit`` asked for, or, where none is, all that are behind or at risk; and those not found.

    Only units that ``who`` sees are found.
    """
    rows = {r.key: r for r in release.rows.all()}
    rule = light_rule(day)
    judged = {(c.row_key, c.unit_id): judge([c], day, rule) for c in visible_cells(release.plan, day, None, who)}
    seen = Milestone.objects.visible_to(who).filter(plan=release.plan, dropped_on=None, met_on=None, due__lt=day)
    overdue: dict[tuple[str, int], list[Milestone]] = {}
    for m in seen.order_by("due", "pk"):
        overdue.setdefault((m.row_key, m.unit_id), []).append(m)
    running: dict[tuple[str, int], list[Case]] = {}
    first = first_plan(release)
    for case in Case.objects.visible_to(who).filter(procedure=ORDER, closed_on=None):
        plan, key = row_of_subject(case.subject, first)
        if plan == release.plan:
            running.setdefault((key, case.unit_id), []).append(case)
    units = {u.code: u for u in Unit.objects.filter(active=True) if within(who.path, who.reach, u.path)}
    by_id = {u.pk: u for u in units.values()}

    def pair(row: Row, unit: Unit) -> Pair:
        at = (row.key, unit.pk)
        return Pair(row, unit, judged.get(at), tuple(overdue.get(at, ())), tuple(running.get(at, ())))

    if wanted:
        out: list[Pair] = []
        unknown: list[str] = []
        for text in dict.fromkeys(wanted):
            key, _, code = text.partition(":")
            if key in rows and code in units:
                out.append(pair(rows[key], units[code]))
            else:
                unknown.append(text)
        return out, unknown
    behind = [at for at, j in judged.items() if j.light in (LATE, RISK) and at[0] in rows and at[1] in by_id]
    found = [pair(rows[key], by_id[unit]) for key, unit in behind]

    def worst_first(p: Pair) -> tuple[bool, str, int]:
        return (p.judged is None or p.judged.light is not LATE, p.unit.path, p.row.position)

    return sorted(found, key=worst_first), []


@transaction.atomic
def issue_orders(
    chosen: Sequence[Pair], *, demand: str, grounds: str, due: date, who: Acting, key: str = ""
) -> list[Case]:
    """One order for each pair, all or none. The same key issues them once. Raises StepRefused."""
    return [
        open_case(
            ORDER, "issue",
            {"title": p.title, "demand": demand, "grounds": grounds or p.grounds, "due": due.isoformat()},
            who=who, unit=p.unit, subject=subject_of(p.row.release.plan, p.row.key), subject_title=p.row.title,
            said=Said(), key=part_key(key, n),
        )
        for n, p in enumerate(chosen)
    ]  # fmt: skip


def track_of(subject: str, unit: Unit, day: date) -> Status | None:
    """The light ▲ or ● of the row that a subject names, for a unit; None where it is another one or none is known."""
    plan, key = row_of_subject(subject)
    if not key:
        return None
    found = [c for c in cells(plan, day, None) if c.row_key == key and c.unit_id == unit.pk]
    light = judge(found, day, light_rule(day)).light if found else None
    late = Milestone.objects.unrestricted("only whether one is late").filter(
        plan=plan, row_key=key, unit=unit, dropped_on=None, met_on=None, due__lt=day
    )
    return light if light in ON_TRACK and not late.exists() else None


def say_why(case: Case, view: CaseView, event: Event) -> None:
    """An order for a row that is on track is refused unless its grounds are given; they stay with the order."""
    if event.verb != "issue" or str(event.data.get(GROUNDS) or "").strip():
        return
    light = track_of(case.subject, case.unit, event.on)
    if light is not None:
        field = next(f for f in catalogue().get(Procedure, ORDER).step("issue").inputs if f.id == GROUNDS)
        zh = f"此任务当前为“{light.zh}”，没有超期里程碑；仍要督办的，请写明缘由"
        raise refused([FieldError(field, zh, f"this row is {light.en.lower()}: say why an order is due all the same")])
