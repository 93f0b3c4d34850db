"""The plan in force: its rows with their lights, and the reports of the units."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.plan.actions import MilestoneRefused
from jinzhi.apps.plan.adjusting import adjusted
from jinzhi.apps.plan.milestone_copies import GIVEN, WantedCopy, copy_over, proposals, told, unfit
from jinzhi.apps.plan.milestone_sheet import GivenLine, LinesRefused, planned, take_in
from jinzhi.apps.plan.models import Milestone, Release, Report, Row
from jinzhi.apps.plan.more_time import MoreTime, all_granted
from jinzhi.apps.plan.plans import in_force
from jinzhi.apps.plan.progress import Judged, judged_by, light_rule, visible_cells
from jinzhi.apps.plan.queries import current, milestones, rows_of
from jinzhi.kernel.status import NO_DATA
from jinzhi.web.api.caller import caller, only, submission
from jinzhi.web.api.paging import Cursor, Limit, page_of
from jinzhi.web.api.shapes import (
    CopiesDone,
    CopiesOffered,
    CopyLines,
    MilestoneAlone,
    MilestoneLines,
    Milestones,
    MilestonesDone,
    Plans,
    Reports,
    RowFull,
    Rows,
)
from jinzhi.web.plan.adjusted import shown as adjustment_shown
from jinzhi.web.plan.titles import english_title
from jinzhi.web.shell.problems import Wrong, invalid, missing

router = Router(tags=["plan"], by_alias=True)


Plan = Annotated[str, Query("", max_length=60, description="Slug of a plan in force; left out: the main plan.")]


def plan_asked_for(plan: str) -> Release | None:
    """The plan of the address, else the main one. Raises the problem where it is not in force."""
    release = current(plan)
    if plan and release is None:
        raise missing(f"没有代号为“{plan}”的现行规划", f"no plan {plan!r} is in force")
    return release


@router.get("/plan/plans", response=Plans, summary="The plans in force", openapi_extra={"x-scope": "plan.read"})
def list_plans(request: HttpRequest) -> dict[str, Any]:
    """All plans in force, the main one (which is meant where no plan is named) first."""
    caller(request, "plan.read")
    only(request)
    return {"items": [release_shown(r) for r in in_force()], "as_of": today()}


def release_shown(release: Release) -> dict[str, Any]:
    names = ("plan", "number", "title", "issued_by", "issued_on", "starts", "ends")
    return {n: getattr(release, n) for n in names}


def lights(release: Release, who: Acting, day: date) -> dict[str, Judged]:
    """The light of each row, over the units that the caller sees."""
    cells = visible_cells(release.plan, day, None, who)
    return judged_by(cells, lambda c: c.row_key, day, light_rule(day))


def row_shown(row: Row, judged: Judged | None) -> dict[str, Any]:
    names = ("key", "bound", "part", "section", "number", "title", "time_limit")
    duties = [
        {
            "kind": d.kind,
            "raw": d.raw,
            "unit": d.unit.code if d.unit else None,
            "group": d.group.code if d.group else None,
            "units": [u.code for u in d.units.all()],
        }
        for d in row.duties.all()
    ]
    return {
        **{n: getattr(row, n) for n in names},
        "title_en": english_title(row),
        "measures": [m.text for m in row.measures.all()],
        "duties": duties,
        "light": judged.light.id if judged else NO_DATA.id,
        "why_zh": judged.why_zh if judged else "尚未设置里程碑",
        "why_en": judged.why_en if judged else "no milestones yet",
        "percent": judged.percent if judged else None,
    }


@router.get(
    "/plan/rows", response=Rows, summary="The rows of the plan in force", openapi_extra={"x-scope": "plan.read"}
)
def list_rows(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    who = caller(request, "plan.read")
    only(request, "plan")
    release, day = plan_asked_for(plan), today()
    if release is None:
        return {"release": None, "as_of": day, "items": []}
    judged = lights(release, who, day)
    items = [row_shown(row, judged.get(row.key)) for row in rows_of(release)]
    return {"release": release_shown(release), "as_of": day, "items": items}


@router.get(
    "/plan/rows/{slug:key}",
    response=RowFull,
    summary="A row of the plan in force, with the milestones that the caller sees",
    openapi_extra={"x-scope": "plan.read"},
)
def get_row(request: HttpRequest, key: str, plan: Plan) -> dict[str, Any]:
    who = caller(request, "plan.read")
    only(request, "plan")
    release, day = plan_asked_for(plan), today()
    row = rows_of(release).filter(key__iexact=key).first() if release else None
    if release is None or row is None:
        raise missing(f"现行规划没有编号为“{key}”的任务", f"the plan in force has no row {key!r}")
    kept = list(milestones(who, release, row_key=row.key))
    moved = adjusted(kept)
    found = [
        {
            "code": m.code,
            "title": m.title,
            "unit": m.unit.code,
            "due": m.due,
            "target": f"{m.target:f}",
            "achieved": f"{m.achieved:f}",
            "measured_in": m.measured_in,
            "direction": m.direction,
            "met_on": m.met_on,
            "adjusted": adjustment_shown(moved.get(m.pk)),
        }
        for m in kept
    ]
    judged = lights(release, who, day).get(row.key)
    return {**row_shown(row, judged), "plan": release.plan, "milestones": found, "as_of": day}


@router.get(
    "/plan/milestones",
    response=Milestones,
    summary="The milestones of a plan that the caller sees",
    openapi_extra={"x-scope": "plan.read"},
)
def list_milestones(request: HttpRequest, limit: Limit, cursor: Cursor, plan: Plan) -> dict[str, Any]:
    who = caller(request, "plan.read")
    only(request, "limit", "cursor", "plan")
    release = plan_asked_for(plan)
    if release is None:
        return {"plan": "", "items": [], "next": None}
    rows = Milestone.objects.visible_to(who).filter(plan=release.plan, dropped_on=None).select_related("unit")
    found, after = page_of(rows, limit, cursor)
    return {"plan": release.plan, "items": [milestone_shown(m) for m in found], "next": after}


def milestone_shown(m: Milestone) -> dict[str, Any]:
    return {
        "code": m.code, "row": m.row_key, "title": m.title, "unit": m.unit.code, "due": m.due,
        "target": f"{m.target:f}", "achieved": f"{m.achieved:f}", "measured_in": m.measured_in,
        "direction": m.direction, "weight": f"{m.weight:f}", "met_on": m.met_on,
    }  # fmt: skip


@router.get(
    "/plan/milestones/{code}",
    response=MilestoneAlone,
    summary="A milestone, and the adjustment that changed it last",
    openapi_extra={"x-scope": "plan.read"},
)
def get_milestone(request: HttpRequest, code: str) -> dict[str, Any]:
    who = caller(request, "plan.read")
    only(request)
    found = Milestone.objects.visible_to(who).filter(code=code).select_related("unit").first()
    if found is None:
        raise missing(
            f"没有代码为“{code[:60]}”的里程碑，或不在可见范围", f"no milestone {code[:60]!r}, or you do not see it"
        )
    moved = adjusted([found]).get(found.pk)
    return {**milestone_shown(found), "dropped_on": found.dropped_on, "adjusted": adjustment_shown(moved)}


@router.post(
    "/plan/milestones",
    response=MilestonesDone,
    summary="Add and change milestones, all or none",
    description="The lines as `GET /plan/milestones` gives them, without `achieved` and `met_on`. Every refused line "
    "is named as `items[n].field`; nothing is written then. The same lines again change nothing.",
    openapi_extra={"x-scope": "plan.edit"},
)
def bring_milestones(request: HttpRequest, plan: Plan, body: MilestoneLines) -> dict[str, Any]:
    who = caller(request, "plan.edit")
    only(request, "plan")
    release = plan_asked_for(plan)
    if release is None:
        raise missing("还没有现行规划", "no plan is in force")
    lines = [GivenLine(n, item.dict()) for n, item in enumerate(body.items)]
    try:
        if body.dry_run:
            done = planned(release, lines, who)
            if done.errors:
                raise LinesRefused(done.errors)
        else:
            done = take_in(release, lines, reason=body.reason, who=who, key=submission(request))
    except LinesRefused as e:
        places = [(f"items[{x.number}]" + (f".{x.field}" if x.field else ""), x) for x in e.errors]
        raise invalid(*(Wrong(place, x.zh, x.en) for place, x in places)) from None
    except MilestoneRefused as e:
        raise invalid(
            Wrong("reason", str(e), "give the reason: of changes, or of a milestone that is due already")
        ) from None
    changes = [
        {
            "code": c.milestone.code,
            "before": {k: old for k, (old, _new) in c.values.items()},
            "after": {k: new for k, (_old, new) in c.values.items()},
        }
        for c in done.changed
    ]
    return {
        "dry_run": body.dry_run, "added": done.codes, "to_add": len(done.added), "changed": changes, "same": done.same,
    }  # fmt: skip


FromPlan = Annotated[str, Query("", max_length=60, description="Slug of the plan to copy from; left out: the same.")]
FromYear = Annotated[int | None, Query(None, alias="from", description="The year to copy from; left out: this one.")]
ToYear = Annotated[int | None, Query(None, alias="to", description="The year to copy to; left out: the one after.")]


def copied_between(
    plan: str, from_plan: str, from_year: int | None, to_year: int | None
) -> tuple[Release, int, Release, int]:
    """The plan and year to copy from, and those to copy to. Raises the problem where the years do not fit."""
    release = plan_asked_for(plan)
    if release is None:
        raise missing("还没有现行规划", "no plan is in force")
    source = plan_asked_for(from_plan or release.plan) or release
    year = today().year if from_year is None else from_year
    to = year + 1 if to_year is None else to_year
    if said := unfit(source, year, release, to):
        raise invalid(Wrong("to", *said))
    return source, year, release, to


@router.get(
    "/plan/milestone-copies",
    response=CopiesOffered,
    summary="What copying the milestones of a year to another would make",
    openapi_extra={"x-scope": "plan.read"},
)
def offer_copies(
    request: HttpRequest, plan: Plan, from_plan: FromPlan, year: FromYear, to_year: ToYear
) -> dict[str, Any]:
    who = caller(request, "plan.read")
    only(request, "plan", "from_plan", "from", "to")
    release = plan_asked_for(plan)
    if to_year is None and (release is None or (year or today().year) >= release.ends.year):
        # nobody asked for a year, and the plan has none after this one
        return {"plan": plan, "to": None, "from_plan": from_plan or plan, "from": year or today().year, "items": []}
    source, first, release, second = copied_between(plan, from_plan, year, to_year)
    items = [told(p) for p in proposals(source, first, release, second, who)]
    return {"plan": release.plan, "to": second, "from_plan": source.plan, "from": first, "items": items}


@router.post(
    "/plan/milestone-copies",
    response=CopiesDone,
    summary="Copy milestones of a year to another, all or none",
    description="Every refused line is named as `items[n].field`; nothing is written then. What is there already is "
    "left as it is and named in `there`; the same lines again make nothing.",
    openapi_extra={"x-scope": "plan.edit"},
)
def make_copies(
    request: HttpRequest, plan: Plan, from_plan: FromPlan, year: FromYear, to_year: ToYear, body: CopyLines
) -> dict[str, Any]:
    who = caller(request, "plan.edit")
    only(request, "plan", "from_plan", "from", "to")
    source, first, release, second = copied_between(plan, from_plan, year, to_year)
    wanted = [WantedCopy(n, i.source, {k: getattr(i, k) for k in GIVEN}) for n, i in enumerate(body.items)]
    try:
        done = copy_over(
            source, first, release, second, wanted,
            who=who, reason=body.reason, key=submission(request), dry_run=body.dry_run,
        )  # fmt: skip
    except LinesRefused as e:
        raise invalid(*(Wrong(f"items[{x.number}].{x.field}", x.zh, x.en) for x in e.errors)) from None
    except MilestoneRefused as e:
        raise invalid(Wrong("items", str(e), "the copies were refused")) from None
    return {"dry_run": body.dry_run, "added": list(done.codes), "there": list(done.there)}


@router.get(
    "/plan/reports",
    response=Reports,
    summary="The progress reports that the caller sees",
    openapi_extra={"x-scope": "report.read"},
)
def list_reports(
    request: HttpRequest,
    limit: Limit,
    cursor: Cursor,
    plan: Plan,
    period: Annotated[str, Query("", max_length=20, description="Code of a period, such as 2026Q3.")],
    unit: Annotated[str, Query("", max_length=80, description="Code of a unit.")],
    state: Annotated[str, Query("", max_length=20, description="draft, submitted, returned, approved …")],
) -> dict[str, Any]:
    who = caller(request, "report.read")
    only(request, "limit", "cursor", "plan", "period", "unit", "state")
    rows = Report.objects.visible_to(who).select_related("unit", "period", "case")
    if plan:
        plan_asked_for(plan)
    for name, value in (("plan", plan), ("period__code", period), ("unit__code", unit), ("state", state)):
        if value:
            rows = rows.filter(**{name: value})
    found, after = page_of(rows, limit, cursor)
    more = all_granted(found)
    items = [
        {
            "id": r.pk,
            "case": r.case_id,
            "plan": r.plan,
            "period": r.period.code,
            "unit": r.unit.code,
            "state": r.state,
            "version": r.version,
            "due": r.due,
            "period_due": r.period.due,
            "more_time": more_shown(more.get(r.pk)),
            "submitted_on": r.submitted_on,
            "approved_on": r.approved_on,
        }
        for r in found
    ]
    return {"items": items, "next": after}


def more_shown(more: MoreTime | None) -> dict[str, Any] | None:
    if more is None:
        return None
    return {
        "until": more.until, "was": more.was, "granted_on": more.on, "granted_by": more.by, "office": more.office,
        "reason": more.reason, "afterwards": more.afterwards,
    }  # fmt: skip
