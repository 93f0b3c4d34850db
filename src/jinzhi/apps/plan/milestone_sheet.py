"""Milestones brought in as lines, from a sheet or by API: what is exported is what is imported.

A line with a code changes that milestone; one without adds a milestone, unless the unit has one of that title and day
for the row already: so the same lines twice do nothing the second time. Every wrong line is named, and nothing is taken
in before all hold. What is not in the lines stays as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.db import transaction

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.actions import part_key
from jinzhi.apps.plan.actions import MilestoneRefused, add_milestone, change_milestone
from jinzhi.apps.plan.milestone_fields import CHANGED, DIRECTION
from jinzhi.apps.plan.models import Milestone, Release
from jinzhi.apps.units.models import Unit
from jinzhi.apps.units.naming import other_names
from jinzhi.engines.spreadsheet import CellError, SheetColumn, read
from jinzhi.kernel.access import within
from jinzhi.kernel.fields import Field, Type, parse_all

CODE = Field(id="code", zh="代码", en="Code", required=False, max_length=60, help_zh="新设的留空", help_en="empty: new")
ROW = Field(id="row", zh="任务编号", en="Row", max_length=40)
UNIT = Field(id="unit", zh="单位", en="Unit", help_zh="代码或名称", help_en="code or name", max_length=200)
#: two heads are shorter in the exported sheet than on the form
HEADS = {"due": "期限", "target": "目标"}
#: what a line says; a direction left out is "the more the better"
ASKED = (CODE, ROW, UNIT, *(replace(f, zh=HEADS.get(f.id, f.zh)) for f in CHANGED))
#: columns of the exported sheet that are shown and never read back
SHOWN = tuple(
    Field(id=id, zh=zh, en=en, required=False, max_length=2000)
    for id, zh, en in (
        ("row_title", "任务", "Row title"), ("achieved", "累计", "Reached"), ("state", "状态", "State"),
        ("met_on", "完成日期", "Met on"),
    )
)  # fmt: skip
MOST = 2000


@dataclass(frozen=True)
class GivenLine:
    """A line as given: its number (row of the sheet, or place from 1), the values by field."""

    number: int
    values: Mapping[str, object]


@dataclass(frozen=True)
class RefusedLine:
    """What is wrong with a line: number, field (empty: the line), Chinese, English."""

    number: int
    field: str
    zh: str
    en: str


class LinesRefused(ValueError):
    """Lines that were not taken in; ``errors`` names each."""

    def __init__(self, errors: Sequence[RefusedLine]):
        self.errors = tuple(errors)
        super().__init__("；".join(f"第 {e.number} 行 {e.field} {e.zh}" for e in errors))


@dataclass(frozen=True)
class SheetMilestoneChange:
    """A milestone that a line changes, and the values that differ, as text (old, new)."""

    milestone: Milestone
    values: Mapping[str, tuple[str, str]]


@dataclass
class PlannedChanges:
    """What lines would do."""

    added: list[tuple[GivenLine, Unit]] = field(default_factory=list)
    changed: list[SheetMilestoneChange] = field(default_factory=list)
    same: int = 0
    errors: list[RefusedLine] = field(default_factory=list)
    #: codes of what was added, once it was
    codes: list[str] = field(default_factory=list)


def lines_of(content: bytes) -> tuple[list[GivenLine], list[CellError], list[tuple[str, str]]]:
    """The lines of a sheet, wrong cells, and what a person should know. Raises SpreadsheetError."""
    columns = [SheetColumn(field=f) for f in (*ASKED, *SHOWN)]
    table = read(content, columns, max_rows=MOST)
    bad = {e.row for e in table.errors}
    lines = [GivenLine(r.number, {f.id: r.values.get(f.id) for f in ASKED}) for r in table.rows if r.number not in bad]
    return lines, list(table.errors), list(table.notes)


def planned(release: Release, given: Sequence[GivenLine], who: Acting) -> PlannedChanges:
    """What the lines would do, with every error. Nothing is written."""
    found, plan = _KnownRows(release, who), PlannedChanges()
    taken: dict[object, int] = {}
    for line in given:
        values, errors = parsed(line)
        unit, wrong = found.unit(values)
        errors = [*errors, *([RefusedLine(line.number, "unit", *wrong)] if wrong else [])]
        if "row" in values and str(values["row"]) not in found.rows:
            zh, en = f"现行规划没有编号为“{values['row']}”的任务", f"the plan in force has no row {values['row']!r}"
            errors.append(RefusedLine(line.number, "row", zh, en))
        errors += unsound(line.number, values, release)
        if errors or unit is None:
            plan.errors += errors
            continue
        there, wrong_line = found.milestone(values, unit)
        if wrong_line:
            plan.errors.append(RefusedLine(line.number, "code", *wrong_line))
            continue
        same: object = there.pk if there else (str(values["row"]), unit.pk, values["title"], values["due"])
        if same in taken:
            zh, en = f"与第 {taken[same]} 行是同一个里程碑", f"is the same milestone as line {taken[same]}"
            plan.errors.append(RefusedLine(line.number, "", zh, en))
            continue
        taken[same] = line.number
        if there is None:
            plan.added.append((GivenLine(line.number, values), unit))
        elif differing := _differing(there, values):
            plan.changed.append(SheetMilestoneChange(there, differing))
        else:
            plan.same += 1
    return plan


def parsed(line: GivenLine) -> tuple[dict[str, object], list[RefusedLine]]:
    """The values of a line by the fields of a milestone, and what is wrong with each."""
    unknown = sorted(set(line.values) - {f.id for f in ASKED})
    wrong = [RefusedLine(line.number, k, "没有这一栏", "is no field of a milestone") for k in unknown]
    values, errors = parse_all(ASKED, line.values)
    wrong += [RefusedLine(line.number, e.field.id, e.zh, e.en) for e in errors]
    out: dict[str, object] = dict(values)
    if out.get("direction", "") is None:
        out["direction"] = ""
    return out, wrong


def unsound(number: int, values: Mapping[str, object], release: Release) -> list[RefusedLine]:
    """A day outside the plan's term, a target of nothing."""
    out = []
    if "due" in values and not release.starts <= date.fromisoformat(str(values["due"])) <= release.ends:
        zh = f"应在规划期 {release.starts} 至 {release.ends} 之内"
        en = f"must lie within the plan's term, {release.starts} to {release.ends}"
        out.append(RefusedLine(number, "due", zh, en))
    if "target" in values and Decimal(str(values["target"])) == 0 and values.get("direction") != "down":
        zh, en = "应大于 0（越小越好的目标值可以为 0）", "must be above 0, unless less is better"
        out.append(RefusedLine(number, "target", zh, en))
    return out


def _differing(there: Milestone, values: Mapping[str, object]) -> dict[str, tuple[str, str]]:
    """The values of a line that are not those of the milestone; 1 and 1.00 are the same, a field left empty stays."""
    out = {}
    for f in CHANGED:
        if values[f.id] in (None, ""):
            continue
        old, new = getattr(there, f.id), str(values[f.id])
        if (old != Decimal(new)) if f.type is Type.DECIMAL else (str(old) != new):
            out[f.id] = (f"{old.normalize():f}" if isinstance(old, Decimal) else str(old), new)
    return out


class _KnownRows:
    """The rows, units and milestones that lines may name, read once."""

    def __init__(self, release: Release, who: Acting):
        self.rows = set(release.rows.values_list("key", flat=True))
        self.names: dict[str, list[Unit]] = defaultdict(list)
        units = [u for u in Unit.objects.filter(active=True) if within(who.path, who.reach, u.path)]
        for u in units:
            for name in {u.code, u.zh, u.en, u.short, u.label} - {""}:
                self.names[name].append(u)
        # an earlier or other name, where nobody bears it now
        borne = set(self.names)
        for pk, others in other_names(units).items():
            for name in others - borne:
                self.names[name].append(next(u for u in units if u.pk == pk))
        seen = Milestone.objects.visible_to(who).filter(plan=release.plan).select_related("unit")
        self.by_code = {m.code: m for m in seen}
        self.by_place = {(m.row_key, m.unit_id, m.title, m.due.isoformat()): m for m in seen if not m.dropped_on}

    def unit(self, values: Mapping[str, object]) -> tuple[Unit | None, tuple[str, str] | None]:
        """The unit that a line names; of several called so, the one that has the line's milestone."""
        name, there = values.get("unit"), self.by_code.get(str(values.get("code") or ""))
        if not name:
            return None, None  # the field has said so
        found = self.names.get(str(name), [])
        if there and there.unit in found:
            return there.unit, None
        if len(found) == 1:
            return found[0], None
        if not found:
            zh = f"没有名为“{name}”的单位，或不在您的可见范围"
            return None, (zh, f"no unit is called {name!r}, or you do not see it")
        codes = "、".join(sorted(u.code for u in found))
        zh = f"有多个单位叫“{name}”，请写代码：{codes}"
        return None, (zh, f"several units are called {name!r}, give the code: {codes}")

    def milestone(self, values: Mapping[str, object], unit: Unit) -> tuple[Milestone | None, tuple[str, str] | None]:
        code = str(values.get("code") or "")
        if not code:
            return self.by_place.get((str(values["row"]), unit.pk, str(values["title"]), str(values["due"]))), None
        there = self.by_code.get(code)
        if there is None:
            zh = f"没有代码为“{code}”的里程碑；新设的请留空"
            return None, (zh, f"no milestone {code!r}; leave the code empty for a new one")
        if there.dropped_on:
            return None, (f"里程碑 {code} 已取消，不能修改", f"the milestone {code} was dropped")
        if (there.row_key, there.unit_id) != (str(values["row"]), unit.pk):
            return None, (
                f"里程碑 {code} 属于任务 {there.row_key}、单位 {there.unit.label}；要换任务或单位，请取消后另设",
                f"the milestone {code} belongs to row {there.row_key} and {there.unit.en}: drop it and add another",
            )
        return there, None


def _due_of(line: GivenLine) -> date:
    return date.fromisoformat(str(line.values["due"]))


def due_already(plan: PlannedChanges) -> list[GivenLine]:
    """The new milestones whose day is past: overdue as soon as they are set, so somebody says why."""
    return [line for line, _unit in plan.added if _due_of(line) < today()]


@transaction.atomic
def take_in(release: Release, given: Sequence[GivenLine], *, reason: str, who: Acting, key: str = "") -> PlannedChanges:
    """Add and change milestones after the lines, all or none. Raises LinesRefused, MilestoneRefused.

    ``reason`` stands beside each change, and beside each new milestone that is due already. The same lines again, or
    the same ``key``, do nothing more.
    """
    if not who.may("plan.edit"):
        raise MilestoneRefused(f"您的角色“{who.role.zh}”不能设立或修改里程碑")
    # locked, so that of two who bring the same lines the second finds what the first made
    release = Release.objects.select_for_update().get(pk=release.pk)
    plan = planned(release, given, who)
    if plan.errors:
        raise LinesRefused(plan.errors)
    if plan.changed and not reason.strip():
        raise MilestoneRefused("有里程碑被修改，请写明理由")
    past = due_already(plan)
    if past and not reason.strip():
        numbers = "、".join(str(line.number) for line in past[:5])
        raise MilestoneRefused(f"有 {len(past)} 个里程碑的期限已经过去（第 {numbers} 行），设立后即为超期：请写明理由")
    for line, unit in plan.added:
        v = line.values
        made = add_milestone(
            release, str(v["row"]), unit, title=str(v["title"]), due=_due_of(line), who=who,
            target=Decimal(str(v["target"])), measured_in=str(v["measured_in"]), weight=Decimal(str(v["weight"])),
            direction=str(v["direction"] or "up"), key=part_key(key, line.number),
            origin={"reason": reason.strip()} if line in past else None,
        )  # fmt: skip
        plan.codes.append(made.code)
    for change in plan.changed:
        new = {name: after for name, (_before, after) in change.values.items()}
        change_milestone(
            change.milestone, new, reason=reason, who=who, expected=None,
            key=part_key(key, change.milestone.code),
        )  # fmt: skip
    return plan


def told(values: Mapping[str, tuple[str, str]], language: str) -> list[tuple[str, str, str]]:
    """A change in words: (field, old, new)."""
    fields = {f.id: f for f in CHANGED}
    return [
        (fields[k].zh if language == "zh" else fields[k].en, _shown(k, old, language), _shown(k, new, language))
        for k, (old, new) in values.items()
    ]


def _shown(name: str, value: str, language: str) -> str:
    return DIRECTION.show(value, language) if name == DIRECTION.id else value
