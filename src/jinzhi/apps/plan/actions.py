"""Writing the plan at work: milestones, rounds of reports, the content of a report. Each verb leaves an event.

The steps of a report (submit, return, approve …) are steps of its case, taken through ``cases.actions.take``;
``projections`` carries an approval over to the milestones in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.actions import open_case
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.events.verb import Call, verb
from jinzhi.apps.evidence.log.entries import Actor
from jinzhi.apps.evidence.models import Attachment, Event
from jinzhi.apps.plan.milestone_fields import CHANGED
from jinzhi.apps.plan.models import Figure, Milestone, Period, Release, Report, RowNote
from jinzhi.apps.plan.past import CHANGE, parsed
from jinzhi.apps.plan.progress import forget
from jinzhi.apps.plan.queries import ReportRow, approved_before, asked, content, current
from jinzhi.apps.units.locking import NotYours, fresh_row, lock_row, needs, not_stale
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import within
from jinzhi.kernel.fields import Field, FieldError, Type, parse_all
from jinzhi.kernel.streams import MILESTONE

ACHIEVED = Field(id="achieved", zh="本期累计", en="Reached in all", type=Type.DECIMAL, required=False, min=Decimal(0))
REACHED_ON = Field(id="reached_on", zh="完成日期", en="Reached on", type=Type.DATE, required=False)
FIGURE_NOTE = Field(id="note", zh="说明", en="Account", required=False, max_length=500)
PROGRESS = Field(id="progress", zh="进展情况", en="Progress", type=Type.LONG, required=False)
DIFFICULTY = Field(id="difficulty", zh="存在问题", en="Difficulties", type=Type.LONG, required=False)
NEXT = Field(id="next", zh="下一步打算", en="What comes next", type=Type.LONG, required=False)
NOTE_FIELDS = (PROGRESS, DIFFICULTY, NEXT)


DIRECTIONS = ("up", "down")


class Locked(Exception):
    """The content of a report that is submitted or approved cannot be changed."""


@dataclass(frozen=True)
class WrongFigure:
    """A refused value of a report: where (row key, milestone code or ""), the field, and why."""

    row_key: str
    milestone: str
    field: str
    zh: str
    en: str


class ContentRefused(Exception):
    """A report was not saved; every error is listed and nothing was half-saved."""

    def __init__(self, errors: list[WrongFigure]):
        self.errors = errors
        super().__init__("；".join(f"{e.row_key} {e.milestone} {e.zh}" for e in errors))


class MilestoneRefused(ValueError):
    """A milestone that cannot be: ``args[0]`` says why, in Chinese; ``en`` in English where that is known."""

    def __init__(self, zh: str, en: str = ""):
        self.zh, self.en = zh, en or zh
        super().__init__(zh)


# milestones


def _sound(starts: date, ends: date, due: date, target: Decimal, weight: Decimal, direction: str) -> None:
    if _decimals(target) > 2 or _decimals(weight) > 2:
        raise MilestoneRefused("目标值和权重最多两位小数")
    if not starts <= due <= ends:
        raise MilestoneRefused(f"期限 {due} 不在规划期 {starts} 至 {ends} 之内")
    if direction not in DIRECTIONS:
        raise MilestoneRefused(f"方向“{direction}”应为 up（越大越好）或 down（越小越好）")
    if weight <= 0 or target < 0 or (target == 0 and direction == "up"):
        raise MilestoneRefused("目标值和权重应大于 0（越小越好的目标值可以为 0）")


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.normalize().as_tuple().exponent))


def unsound(milestone: Milestone, wanted: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What speaks against a day or a target of a milestone: (name, Chinese, English)."""
    release, out = current(milestone.plan), []
    due, target = wanted.get("due"), wanted.get("target")
    if release and due and not release.starts <= due <= release.ends:
        zh = f"应在规划期 {release.starts} 至 {release.ends} 之内"
        out.append(("due", zh, f"must lie within the plan's term, {release.starts} to {release.ends}"))
    if target is not None and target <= 0 and not (target == 0 and milestone.lower):
        out.append(("target", "应大于 0（越小越好的目标值可以为 0）", "must be above 0, unless less is better"))
    if target is not None and _decimals(target) > 2:
        out.append(("target", "最多两位小数", "at most two decimals"))
    return out


def _plans(call: Call) -> None:
    if call.who is not None and not call.who.may("plan.edit"):
        raise MilestoneRefused(
            f"您的角色“{call.who.role.zh}”不能设立或修改里程碑", f"the role {call.who.role.en} does not keep milestones"
        )


def _plans_for(call: Call) -> None:
    """A new milestone is of a unit within reach."""
    _plans(call)
    who, unit = call.who, call.arguments["unit"]
    if who is not None and not within(who.path, who.reach, unit.path):
        raise MilestoneRefused(f"{unit.zh} 不在您可管理的单位之内", f"{unit.en} is no unit that you answer for")


def _locked_milestone(call: Call) -> Milestone:
    refusal = MilestoneRefused("此里程碑不在您的可见范围之内", "this milestone is not one that you see")
    milestone: Milestone = lock_row(call, call.subject, refusal, "unit")
    return milestone


def _same_milestone(call: Call, event: Event) -> Milestone:
    rows = Milestone.objects.unrestricted("the caller's own earlier submission")
    return rows.get(code=MILESTONE.key(event.stream))


def _nothing(call: Call, event: Event) -> None:
    return None


def _reasoned(reason: str) -> str:
    if not reason.strip():
        raise MilestoneRefused("请写明理由", "give the reason")
    return reason.strip()


def _values(given: Mapping[str, object]) -> dict[str, str]:
    """The values of a change as text, parsed by the fields of a milestone; another name is refused."""
    fields = {f.id: f for f in CHANGED}
    if unknown := [k for k in given if k not in fields]:
        raise MilestoneRefused(f"里程碑没有可以修改的“{'、'.join(unknown)}”；可以修改：{'、'.join(fields)}")
    values, errors = parse_all([replace(fields[k], required=True) for k in given], given)
    if errors:
        raise MilestoneRefused("；".join(str(e) for e in errors))
    return {k: str(v) for k, v in values.items()}


@verb("plan", "add-milestone", right=_plans_for, again=_same_milestone, recorded=lambda call: "add")
def add_milestone(
    release: Release,
    row_key: str,
    unit: Unit,
    *,
    title: str,
    due: date,
    who: Acting | None,
    target: Decimal = Decimal(1),
    measured_in: str = "项",
    weight: Decimal = Decimal(1),
    direction: str = "up",
    key: str = "",
    on: date | None = None,
    origin: Mapping[str, str] | None = None,
) -> Milestone:
    """A new milestone of a unit for a row. Its code is <row>-<unit>-<number>.

    ``origin``: where it comes from, said by the event as well (``copied_from``, ``reason``). Raises MilestoneRefused
    where it lies outside the plan's term, has nothing to reach, or is due already and nobody says why it is set now.
    """
    _values({"title": title, "measured_in": measured_in, "target": f"{target:f}", "weight": f"{weight:f}"})
    if not release.rows.filter(key=row_key).exists():
        raise MilestoneRefused(f"规划发布“{release}”没有编号为 {row_key} 的任务")
    _sound(release.starts, release.ends, due, target, weight, direction)
    if who is not None and due < (on or today()) and not (origin or {}).get("reason", "").strip():
        raise MilestoneRefused(f"期限 {due} 已经过去，设立后即为超期：请写明理由")
    taken = Milestone.objects.unrestricted("codes are unique over all units").filter(plan=release.plan, row_key=row_key)
    begin = f"{release.plan}-{row_key}-{unit.code}-"
    given = set(taken.filter(code__startswith=begin).values_list("code", flat=True))
    number = taken.filter(unit=unit).count() + 1
    # what came over from a unit that was merged is counted and has another code; it may have gone back since
    while f"{begin}{number}" in given:
        number += 1
    code = f"{begin}{number}"
    record(
        MILESTONE.of(code),
        "add",
        {"row": row_key, "unit": unit.code, "title": title, "due": due.isoformat(), "target": f"{target:f}",
         "measured_in": measured_in, "weight": f"{weight:f}",
         **({"direction": direction} if direction != "up" else {}), **(origin or {})},
        who=who, on=on or today(), key=key,
    )  # fmt: skip
    made = Milestone.objects.create(
        plan=release.plan, code=code, row_key=row_key, unit=unit, unit_path=unit.path, title=title, due=due,
        target=target, measured_in=measured_in, weight=weight, direction=direction,
    )  # fmt: skip
    forget(release.plan)
    return made


@verb("plan", "change-milestone", right=_plans, lock=_locked_milestone, again=_same_milestone,
      recorded=lambda call: CHANGE)  # fmt: skip
def change_milestone(
    milestone: Milestone, changes: Mapping[str, str], *, reason: str, who: Acting, expected: int | None, key: str = ""
) -> Milestone:
    """Change title, due, target, measured_in, direction or weight of a milestone, with a reason. Values as text.

    Raises MilestoneRefused on any other name, a value that is none, a day outside the plan's term, a dropped one.
    """
    return _change(milestone, changes, {"reason": _reasoned(reason)}, who=who, on=today(), expected=expected, key=key)


@transaction.atomic
def adjust_milestone(
    milestone: Milestone, changes: Mapping[str, str], *, case: Case, reason: str, who: Actor, on: date, at: datetime
) -> Milestone:
    """Change a milestone because an adjustment was approved: the right to decide the case is the right to this change.

    The event names the case. Raises MilestoneRefused like change_milestone.
    """
    said = {"reason": reason.strip(), "case": case.number}
    return _change(milestone, changes, said, who=who, on=on, at=at, adjusted_by=case)


def _change(
    milestone: Milestone,
    changes: Mapping[str, str],
    said: Mapping[str, str],
    *,
    who: Actor,
    on: date,
    at: datetime | None = None,
    expected: int | None = None,
    key: str = "",
    adjusted_by: Case | None = None,
) -> Milestone:
    after = _values(changes)
    before = {k: str(getattr(milestone, k)) for k in after}
    if before == after:
        return milestone
    if milestone.dropped_on:
        raise MilestoneRefused("里程碑已取消，不能修改")
    release = current(milestone.plan)
    if release is None:
        raise MilestoneRefused(f"规划 {milestone.plan} 没有现行发布")
    wanted: dict[str, Any] = {
        name: parsed(name, after.get(name, str(getattr(milestone, name)))) for name in (f.id for f in CHANGED)
    }
    _sound(release.starts, release.ends, wanted["due"], wanted["target"], wanted["weight"], wanted["direction"])
    record(
        milestone.stream, CHANGE, {"before": before, "after": after, **said},
        who=who, on=on, expected=expected, key=key, at=at,
    )  # fmt: skip
    for name in after:
        setattr(milestone, name, wanted[name])
    milestone.adjusted_by = adjusted_by or milestone.adjusted_by
    milestone.save()
    _settle(milestone)
    forget(milestone.plan)
    return milestone


@verb("plan", "drop-milestone", right=_plans, lock=_locked_milestone, again=_nothing, recorded=lambda call: "drop")
def drop_milestone(
    milestone: Milestone, *, reason: str, who: Acting | None, expected: int | None, key: str = ""
) -> None:
    """Take a milestone out of the plan from today on; what was reported of it stays. Raises MilestoneRefused."""
    _reasoned(reason)
    record(milestone.stream, "drop", {"reason": reason}, who=who, on=today(), expected=expected, key=key)
    milestone.dropped_on = today()
    milestone.save()
    forget(milestone.plan)


def _settle(milestone: Milestone) -> None:
    """Bring what a milestone has reached in line with the approved figures, the latest period last."""
    found = Figure.objects.filter(milestone=milestone, report__state="approved", achieved__isnull=False)
    achieved, met_on = Decimal(0), None
    for figure in found.select_related("report__period").order_by("report__period__starts"):
        if figure.achieved is None:
            continue
        achieved = figure.achieved
        reached = milestone.reached_by(achieved)
        met_on = (met_on or figure.reached_on or figure.report.period.ends) if reached else None
    if (milestone.achieved, milestone.met_on) != (achieved, met_on):
        milestone.achieved, milestone.met_on = achieved, met_on
        milestone.save(update_fields=["achieved", "met_on"])


def reckon(report: Report) -> None:
    """Reckon the milestones of a report anew: it was approved, or its approval was undone."""
    figures = report.figures.filter(achieved__isnull=False).select_related("milestone")
    for figure in figures:
        _settle(figure.milestone)
    forget(report.plan)


# rounds of reports


@transaction.atomic
def open_round(
    release: Release,
    period: Period,
    *,
    who: Acting,
    units: Collection[int] | None = None,
    on: date | None = None,
    at: datetime | None = None,
) -> list[Report]:
    """Call for the report of a period from every unit that is asked (see ``asked``) and has none yet.

    ``units``: the primary keys of those to call, where it is not all.
    """
    answering = asked(release) if units is None else asked(release) & set(units)
    has = set(
        Report.objects.unrestricted("a round goes to all units")
        .filter(plan=release.plan, period=period)
        .values_list("unit_id", flat=True)
    )
    made: list[Report] = []
    for unit in Unit.objects.filter(pk__in=answering - has, active=True).order_by("path"):
        case = open_case(
            "progress-report", "open", {"period": period.code, "due": period.due.isoformat()},
            who=who, unit=unit, on=on, at=at, title=f"{unit.zh} {period.code} 进展报告",
            subject=f"period:{period.code}", subject_title=release.title,
        )  # fmt: skip
        made.append(
            Report.objects.create(
                case=case, plan=release.plan, period=period, unit=unit, unit_path=unit.path, due=period.due
            )
        )
    return made


# content of a report


def reports(call: Call) -> None:
    """Somebody of the unit itself fills in its report."""
    needs("report.write")(call)
    report: Report = call.subject
    if report.unit_id != call.who.unit.pk:
        raise NotYours(
            f"只有本单位（{report.unit.label}）可以填报这份报告", f"only {report.unit.en} itself fills in this report"
        )


def open_report(call: Call) -> Report:
    """The report as it is now, for one writer at a time. Raises Locked where it was handed in, Conflict."""
    report: Report = call.subject
    refusal = NotYours("此报告不在您的可见范围之内", "this report is not one that you see")
    report = fresh_row(call, report, refusal, "period", "unit", "case")
    if report.locked:
        raise Locked(report.state)
    not_stale(call, report.stream, report.version)
    return report


def _no_changes(call: Call, event: Event) -> dict[str, object]:
    return {}


def _figures(
    report: Report, rows: list[ReportRow], given: Mapping[str, Mapping[str, object]], day: date
) -> tuple[dict[str, dict[str, object]], list[WrongFigure]]:
    """The figures of a report after a change, by milestone code, and every error."""
    before = approved_before(report)
    values: dict[str, dict[str, object]] = {}
    errors: list[WrongFigure] = []
    known = {line.milestone.code: (r.row.key, line) for r in rows for line in r.lines}
    for code, raw in given.items():
        if code not in known:
            errors.append(WrongFigure("", code, "", "本期报告没有这一里程碑", "this report has no such milestone"))
            continue
        row_key, line = known[code]
        got: dict[str, object] = {}
        for f in (ACHIEVED, REACHED_ON, FIGURE_NOTE):
            try:
                got[f.id] = f.parse(raw.get(f.id))
            except FieldError as e:
                errors.append(WrongFigure(row_key, code, f.id, e.zh, e.en))
        if len(got) == 3:
            errors += [WrongFigure(row_key, code, *e) for e in _odd(got, line.milestone, before, day)]
            values[code] = got
    return values, errors


def _odd(
    got: Mapping[str, object], milestone: Milestone, before: Mapping[int, Decimal], day: date
) -> list[tuple[str, str, str]]:
    """What does not fit together in a figure: (field, Chinese, English)."""
    out: list[tuple[str, str, str]] = []
    achieved = Decimal(str(got["achieved"])) if got["achieved"] is not None else None
    exponent = achieved.as_tuple().exponent if achieved is not None else 0
    if isinstance(exponent, int) and exponent < -2:
        out.append(("achieved", "最多两位小数", "at most two decimals"))
    earlier = before.get(milestone.pk, Decimal(0))
    # where less is better, a smaller figure is an improvement and needs no word
    if achieved is not None and achieved < earlier and not milestone.lower and not got["note"]:
        zh = f"本期累计 {achieved} 小于上期已审核的 {earlier}，如确需调减请在说明中写明原因"
        out.append(("achieved", zh, f"is below the {earlier} approved before: give the reason in the account"))
    reached = achieved is not None and milestone.reached_by(achieved)
    if reached and not got["reached_on"]:
        out.append(("reached_on", "已达到目标，请填写完成日期", "the target is reached: give the day"))
    if got["reached_on"] and not reached:
        out.append(("reached_on", "尚未达到目标，完成日期应留空", "the target is not reached: leave the day empty"))
    if got["reached_on"] and str(got["reached_on"]) > day.isoformat():
        out.append(("reached_on", "完成日期不能晚于今天", "the day must not lie in the future"))
    return out


def _texts(
    keys: Collection[str], notes: Mapping[str, Mapping[str, object]]
) -> tuple[dict[str, dict[str, str]], list[WrongFigure]]:
    """The notes of a report after a change, by row key, and every error."""
    texts: dict[str, dict[str, str]] = {}
    errors: list[WrongFigure] = []
    for row_key, raw in notes.items():
        if row_key not in keys:
            errors.append(WrongFigure(row_key, "", "", "本单位的报告没有这一任务", "this report has no such row"))
            continue
        texts[row_key] = {}
        for f in NOTE_FIELDS:
            if f.id in raw:
                try:
                    texts[row_key][f.id] = str(f.parse(raw[f.id]) or "")
                except FieldError as e:
                    errors.append(WrongFigure(row_key, "", f.id, e.zh, e.en))
    return texts, errors


@verb("plan", "save", right=reports, lock=open_report, again=_no_changes)
def save_content(
    report: Report,
    release: Release,
    *,
    notes: Mapping[str, Mapping[str, object]],
    figures: Mapping[str, Mapping[str, object]],
    who: Acting,
    expected: int,
    source: str = "form",
    key: str = "",
    on: date | None = None,
    at: datetime | None = None,
) -> dict[str, object]:
    """Save what a report says: notes by row key, figures by milestone code; what is not given stays.

    Returns the changes (old → new) that were recorded, empty if nothing changed. Raises Locked, Conflict (somebody
    saved in between), ContentRefused with every error; nothing is saved then.
    """
    rows = content(report, release)
    values, errors = _figures(report, rows, figures, on or today())
    texts, wrong = _texts({r.row.key for r in rows}, notes)
    if errors := [*errors, *wrong]:
        raise ContentRefused(errors)
    changes = {**_write_notes(report, rows, texts), **_write_figures(report, rows, values)}
    if changes:
        event = record(
            report.stream, "save", {"source": source, "changes": changes},
            who=who, on=on or today(), expected=expected, key=key, at=at,
        )  # fmt: skip
        Report.objects.unrestricted("the report just saved").filter(pk=report.pk).update(version=event.seq)
    return changes


def _write_notes(report: Report, rows: list[ReportRow], texts: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    kept = {r.row.key: r.note for r in rows}
    changes: dict[str, object] = {}
    for row_key, new in texts.items():
        note = kept[row_key] or RowNote(report=report, row_key=row_key)
        changed = {k: [getattr(note, k), v] for k, v in new.items() if getattr(note, k) != v}
        if changed:
            for name, (_, value) in changed.items():
                setattr(note, name, value)
            note.save()
            changes[row_key] = changed
    return changes


def _write_figures(
    report: Report, rows: list[ReportRow], values: Mapping[str, Mapping[str, object]]
) -> dict[str, object]:
    lines = {line.milestone.code: line for r in rows for line in r.lines}
    changes: dict[str, object] = {}
    for code, new in values.items():
        line = lines[code]
        figure = line.figure or Figure(report=report, milestone=line.milestone)
        achieved = Decimal(str(new["achieved"])) if new["achieved"] is not None else None
        reached_on = date.fromisoformat(str(new["reached_on"])) if new["reached_on"] else None
        wanted = {"achieved": achieved, "reached_on": reached_on, "note": new["note"] or ""}
        changed = {k: [_said(getattr(figure, k)), _said(v)] for k, v in wanted.items() if getattr(figure, k) != v}
        if changed:
            for name, value in wanted.items():
                setattr(figure, name, value)
            figure.save()
            changes[code] = changed
    return changes


def _said(value: object) -> str | None:
    if value is None:
        return None
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _same_figure(call: Call, event: Event) -> Figure:
    return Figure.objects.get(report=call.subject, milestone__code=event.data["milestone"])


@verb("plan", "attach", right=reports, lock=open_report, again=_same_figure)
def attach_to_figure(
    report: Report, milestone: Milestone, attachment: Attachment, *, who: Acting, expected: int, key: str = ""
) -> Figure:
    """Hang a kept file on a milestone of a report. Raises Locked, Conflict."""
    figure, _ = Figure.objects.get_or_create(report=report, milestone=milestone)
    event = record(
        report.stream, "attach",
        {"milestone": milestone.code, "name": attachment.name, "sha256": attachment.sha256, "sm3": attachment.sm3},
        who=who, on=today(), expected=expected, key=key,
    )  # fmt: skip
    figure.attachments.add(attachment)
    Report.objects.unrestricted("the report just changed").filter(pk=report.pk).update(version=event.seq)
    return figure
