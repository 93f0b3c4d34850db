"""The plan: rows, milestones, reports."""

from __future__ import annotations

from datetime import date

from ninja import Schema
from pydantic import Field

from jinzhi.web.api.shapes.problems import Strict


class DutyOut(Schema):
    kind: str = Field(description="alone, divided, led or support")
    raw: str = Field(description="The unit as the document writes it.")
    unit: str | None
    group: str | None
    units: list[str] = Field(description="Codes of the units that are meant.")


class RowOut(Schema):
    key: str
    bound: str = Field(description="The declared row that it was matched with; empty if none.")
    part: str
    section: str
    number: int
    title: str
    title_en: str = Field(description="The English name of the declared row; empty if none.")
    time_limit: str
    measures: list[str]
    duties: list[DutyOut]
    light: str = Field(description="ahead, normal, risk, late or no-data, over what the caller sees.")
    why_zh: str
    why_en: str
    percent: int | None = Field(description="Done of all, in whole per cent.")


class ReleaseOut(Schema):
    plan: str
    number: int
    title: str
    issued_by: str
    issued_on: date | None
    starts: date
    ends: date


class Rows(Schema):
    release: ReleaseOut | None = Field(description="The release in force; null before the first.")
    as_of: date
    items: list[RowOut]


class MilestoneOut(Schema):
    code: str
    title: str
    unit: str
    due: date
    target: str
    achieved: str
    measured_in: str
    direction: str = Field(description="up: met at the target or above; down: met at the target or below.")
    met_on: date | None


class AdjustedOut(Schema):
    case: str = Field(description="Number of the adjustment whose approval changed the milestone.")
    on: date
    before: dict[str, str]
    after: dict[str, str]


class MilestoneOfRow(MilestoneOut):
    adjusted: AdjustedOut | None = Field(description="The adjustment that changed it last, where one did.")


class MilestoneFull(MilestoneOut):
    """A milestone with everything that a line brings in: what is read here is what is sent."""

    row: str
    weight: str


class MilestoneAlone(MilestoneFull):
    dropped_on: date | None
    adjusted: AdjustedOut | None = Field(description="The adjustment that changed it last, where one did.")


class Milestones(Schema):
    plan: str
    items: list[MilestoneFull]
    next: str | None


class MilestoneLine(Strict):
    """A milestone to add (`code` left out) or to change. A line that is there already changes nothing."""

    code: str = ""
    row: str
    unit: str = Field(description="Code or name of the unit.")
    title: str
    due: str = Field(description="A day, such as 2026-12-20.")
    target: str = "1"
    measured_in: str = "项"
    direction: str = "up"
    weight: str = "1"


class MilestoneLines(Strict):
    items: list[MilestoneLine] = Field(max_length=2000)
    reason: str = Field(
        "",
        description="Why milestones change; needed where one does, or where a new one is due already.",
        max_length=1000,
    )
    dry_run: bool = Field(False, description="Say what would be done, and write nothing.")


class MilestoneChange(Schema):
    code: str
    before: dict[str, str]
    after: dict[str, str]


class MilestonesDone(Schema):
    dry_run: bool
    added: list[str] = Field(description="Codes of the milestones added; empty in a dry run.")
    to_add: int
    changed: list[MilestoneChange]
    same: int = Field(description="Lines that are there already as they are.")


class Remark(Schema):
    id: str
    zh: str
    en: str


class CopyOffered(Schema):
    """A milestone of the first year as it would stand in the second. It has no target before somebody gives one."""

    source: str = Field(description="Code of the milestone that would be copied.")
    row: str | None = Field(description="Key of the row in the plan; null where the plan has no such row.")
    unit: str
    title: str
    due: date = Field(description="The day moved by the years.")
    previous_target: str
    measured_in: str
    direction: str
    units: list[str] = Field(description="Codes of the units that answer for the row now.")
    offered: bool = Field(description="False where it is there already, has no row, or its unit or day is in doubt.")
    there: str | None = Field(description="Code of the milestone that is there already.")
    remarks: list[Remark]


class CopiesOffered(Schema):
    plan: str
    to: int | None = Field(description="The year to copy to; null: none was named and the plan has none after.")
    from_plan: str
    from_: int = Field(alias="from", description="The year to copy from.")
    items: list[CopyOffered]


class CopyLine(Strict):
    """A copy to make. What is left out is taken over, except the target, which must be given."""

    source: str = Field(description="Code of the milestone to copy.")
    target: str = ""
    title: str = ""
    due: str = Field("", description="A day of the second year; left out: the day moved by the years.")
    unit: str = Field("", description="Code of a unit.")


class CopyLines(Strict):
    items: list[CopyLine] = Field(max_length=2000)
    reason: str = Field("", description="Needed where a unit does not answer for the row.", max_length=1000)
    dry_run: bool = Field(False, description="Say what is wrong, and write nothing.")


class CopiesDone(Schema):
    dry_run: bool
    added: list[str] = Field(description="Codes of the copies; empty in a dry run.")
    there: list[str] = Field(description="Sources whose copy is there already; nothing was changed.")


class Plans(Schema):
    items: list[ReleaseOut]
    as_of: date


class RowFull(RowOut):
    plan: str = Field(description="The plan that the row belongs to.")
    milestones: list[MilestoneOfRow]
    as_of: date


class MoreTimeOut(Schema):
    until: date
    was: date = Field(description="The due date before it was granted.")
    granted_on: date
    granted_by: str
    office: str
    reason: str
    afterwards: bool = Field(description="Granted only once the due date before it had passed.")


class ReportOut(Schema):
    id: int
    case: int
    plan: str
    period: str
    unit: str
    state: str
    version: int
    due: date = Field(description="The unit's own due date, by which it is judged.")
    period_due: date = Field(description="The due date of the period.")
    more_time: MoreTimeOut | None = Field(description="More time granted to the unit, where it was.")
    submitted_on: date | None
    approved_on: date | None


class Reports(Schema):
    items: list[ReportOut]
    next: str | None = Field(description="Cursor of the next page; null on the last.")
