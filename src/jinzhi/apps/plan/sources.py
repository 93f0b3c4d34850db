"""The plan as records of indicators: sources ``plan:milestones``, ``plan:reports`` and ``plan:rows``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.catalogue.sources_registry import SeesRecords, UnknownSource, provides
from jinzhi.apps.plan.models import Duty, Milestone, Release, Report
from jinzhi.apps.plan.more_time import due_on
from jinzhi.apps.plan.past import changed_after, take_back
from jinzhi.apps.plan.progress import milestone_status
from jinzhi.apps.plan.queries import current, served
from jinzhi.kernel.access import within
from jinzhi.kernel.indicator import Record


@provides(
    "plan",
    today_only={
        "plan:milestones": ("achieved", "state"),
        "plan:reports": ("state",),
        "plan:rows": ("*",),
    },
)
def plan_records(name: str, who: SeesRecords, on: date) -> Iterable[Record]:
    """The records of the main plan; ``milestones@slug`` names another one. None before the first release.

    Each record says its plan: numbers of two plans are never summed without a word.
    """
    name, _at, plan = name.partition("@")
    kinds = {"milestones": _milestones, "reports": _reports, "rows": _rows}
    if name not in kinds:
        raise UnknownSource(f"plan:{name}")
    release = current(plan)
    return kinds[name](release, who, on) if release else ()


def _milestones(release: Release, who: SeesRecords, on: date) -> Iterator[Record]:
    """Milestones that are or were in the plan. ``met_on`` and ``dropped_on`` are None where they lie after ``on``.

    What a milestone asks for (``due``, ``target``, ``weight``) is what it asked for on that day.
    ``achieved`` is what is approved by now: figures are said per period, not per day. ``state`` is that of the page.
    """
    found = Milestone.objects.visible_to(who).filter(plan=release.plan).select_related("unit")
    then = changed_after(release.plan, on) if on < today() else {}
    for m in found.order_by("due", "pk").iterator(chunk_size=2000):
        take_back(m, then.get(m.code, {}))
        m.met_on = m.met_on if m.met_on and m.met_on <= on else None
        yield Record(
            id=f"milestone:{m.pk}",
            title=f"{m.row_key} {m.title}",
            url=f"/plan/milestones/{m.code}/",
            unit=m.unit.code,
            fields={
                "plan": m.plan,
                "row_key": m.row_key, "code": m.code, "title": m.title, "due": m.due, "met_on": m.met_on,
                "dropped_on": m.dropped_on if m.dropped_on and m.dropped_on <= on else None,
                "target": m.target, "achieved": m.achieved, "weight": m.weight, "measured_in": m.measured_in,
                "state": milestone_status(m, on).id,
            },
        )  # fmt: skip


def _reports(release: Release, who: SeesRecords, on: date) -> Iterator[Record]:
    """Reports of periods that had begun by ``on``, with their state on that day where its days are kept.

    ``due`` is the unit's own last day as it stood then: more time granted later is not known on that day.
    A report that was sent back by now and has no such day left is given in its present state.
    """
    found = Report.objects.visible_to(who).filter(plan=release.plan, period__starts__lte=on)
    reports = list(found.select_related("unit", "period", "case").order_by("period__starts", "pk"))
    dues = due_on(reports, on)
    for r in reports:
        submitted = r.submitted_on if r.submitted_on and r.submitted_on <= on else None
        approved = r.approved_on if r.approved_on and r.approved_on <= on else None
        state = r.state
        if state in ("submitted", "approved"):
            state = "approved" if approved else "submitted" if submitted else "draft"
        yield Record(
            id=f"report:{r.pk}",
            title=r.case.title,
            url=f"/plan/reports/{r.pk}/",
            unit=r.unit.code,
            fields={
                "plan": r.plan, "period": r.period.code, "year": r.period.year, "due": dues[r.pk], "state": state,
                "submitted_on": submitted, "approved_on": approved,
            },
        )  # fmt: skip


def _rows(release: Release, who: SeesRecords, on: date) -> Iterator[Record]:
    """One record for each row and each unit in reach that answers for it.

    ``row_key`` counted apart gives rows; ``served``: a procedure, register or indicator works for the row.
    """
    rows = {row.pk: row for row in release.rows.all()}
    duties = Duty.objects.filter(row__release=release, units__active=True)
    seen: dict[tuple[int, str], set[str]] = defaultdict(set)
    for row_id, kind, code, path in duties.values_list("row_id", "kind", "units__code", "units__path"):
        if within(who.path, who.reach, path):
            seen[row_id, code].add(kind)
    known = catalogue()
    named = f"?plan={release.plan}" if getattr(release, "several", True) else ""
    for (pk, code), duty in sorted(seen.items(), key=lambda item: (rows[item[0][0]].position, item[0][1])):
        row = rows[pk]
        yield Record(
            id=f"row:{row.key}:{code}",
            title=f"{row.key} {row.title}",
            url=f"/plan/rows/{row.key}/{named}",
            unit=code,
            fields={
                "plan": release.plan,
                "row_key": row.key, "bound": row.bound or None, "part": row.part, "section": row.section,
                "leads": bool(duty & {"alone", "led"}), "served": bool(served(known, row)),
            },
        )  # fmt: skip
