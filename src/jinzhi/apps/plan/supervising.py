"""Supervision orders from the plan: which rows of which units are late, and one order for each of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.actions import open_case
from jinzhi.apps.cases.models import Case
from jinzhi.apps.plan.models import Milestone, Release, Row
from jinzhi.apps.plan.plans import first_plan, row_of_subject, subject_of
from jinzhi.apps.plan.progress import Judged, judge, light_rule, visible_cells
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import within
from jinzhi.kernel.status import LATE, RISK

ORDER = "supervision-order"
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
    def title(self) -> str:
        return f"加快推进“{self.row.title}”"[:200]

    @property
    def grounds(self) -> str:
        """Why an order is due, from the dates and the light: nobody types it."""
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
            key=f"{key}.{n}" if key else "",
        )
        for n, p in enumerate(chosen)
    ]  # fmt: skip
