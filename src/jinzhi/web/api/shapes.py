"""What the API answers: each shape once, with what its members mean."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field


class Strict(Schema):
    """A body: a member that nobody knows is refused."""

    model_config = ConfigDict(extra="forbid")


class WrongOut(Schema):
    field: str = Field(description="The field, parameter or header.")
    zh: str
    en: str


class PositionOut(Schema):
    """A place in the query, in characters from 0; `end` is the first one after it."""

    at: int
    end: int


class ProblemOut(Schema):
    """An error after RFC 9457, as `application/problem+json`."""

    type: str = Field(description="Address of the kind of problem.")
    title: str
    status: int
    detail: str = Field(description="What happened and the way out, in the language of Accept-Language.")
    instance: str = Field(description="The path that was asked.")
    zh: str
    en: str
    errors: list[WrongOut]
    position: PositionOut | None = Field(None, description="Of the type query: what of the query is wrong.")


class KindOut(Schema):
    kind: str
    count: int
    href: str


class Kinds(Schema):
    items: list[KindOut]


class DeclaredOut(Schema):
    id: str
    zh: str
    en: str
    serves: list[str] = Field(description="Rows of the plan that it works for.")
    href: str


class DeclaredList(Schema):
    items: list[DeclaredOut]


class UnitOut(Schema):
    code: str
    zh: str
    en: str
    short: str
    level: str = Field(description="city, department, district, bureau, street or external")
    parent: str | None = Field(description="Code of the unit above.")
    contact: str
    active: bool = Field(description="Whether the unit existed on the day of `as_of`.")
    since: date | None = Field(description="The first day of the unit; null: from before the platform.")
    until: date | None = Field(description="Its last day; null: it still exists.")
    successor: str | None = Field(description="Code of the unit that it was merged into.")


class Units(Schema):
    as_of: date = Field(description="The day whose names and units these are.")
    items: list[UnitOut]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class RegisterOut(Schema):
    id: str
    zh: str
    en: str
    entries: str = Field(description="Address of its entries.")
    schema_: str = Field(alias="schema", description="Address of the JSON Schema of an entry's values.")
    may_write: bool


class RegisterList(Schema):
    items: list[RegisterOut]


class EntryOut(Schema):
    id: int
    register_: str = Field(alias="register")
    number: str
    title: str
    unit: str = Field(description="Code of the unit that keeps it.")
    state: str = Field(description="active or closed")
    seq: int = Field(description="Its version: the number of its events, also its ETag.")
    created_at: datetime
    updated_at: datetime
    values: dict[str, Any] = Field(description="The declared fields that have a value.")
    hidden: list[str] = Field(description="Fields with personal data that the caller's role may not see.")
    unrecorded: bool = Field(
        False,
        description="Personal data are left out because nothing can be written now, and showing them must be recorded: "
        "ask again later. Such an answer has no ETag.",
    )


class Entries(Schema):
    items: list[EntryOut]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class CaseOut(Schema):
    id: int
    procedure: str
    number: str
    title: str
    state: str
    unit: str = Field(description="Code of the unit whose case it is.")
    office: str = Field(description="Code of the unit that issued it.")
    subject: str
    parent: int | None
    opened_on: date
    closed_on: date | None
    next_due: date | None
    next_due_at: datetime | None = Field(description="The minute, for a term in hours.")
    next_clock: str
    provisional: bool = Field(description="The due date lies beyond the last published holiday notice.")
    seq: int = Field(description="Its version: the number of its events, also its ETag.")
    corrected: int = Field(description="How many corrections of its records stand.")
    corrections_asked: int = Field(description="How many corrections wait for a second person.")
    late_entries: int = Field(description="How many events were recorded long after their legal day.")


class CaseList(Schema):
    items: list[CaseOut]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class WithoutOut(Schema):
    status: str
    started: date
    due: date | None
    stopped: date | None


class ClockOut(Schema):
    id: str
    zh: str
    en: str
    status: str = Field(
        description="running, paused, met, late or expired; undated (no date can be computed) or none (the law sets no "
        "such term), with the reason"
    )
    started: date
    due: date | None
    due_at: datetime | None = Field(description="The minute of the end, for lengths in hours; local time.")
    stopped: date | None
    told: date | None = Field(
        description="The day that a party was told. It holds against later notices and laws, not against what was "
        "recorded in the case afterwards."
    )
    tell_again: bool = Field(description="The told day no longer holds: `due` does, and is to be told.")
    length: str | None = Field(description="The length that is counted, before extensions, in Chinese.")
    length_en: str | None
    extended: list[str] = Field(description="The lengths by which it was extended.")
    why_zh: str = Field(description="Why there is no date, or what of it is not sure.")
    why_en: str
    without_corrections: WithoutOut | None = Field(
        description="How it would stand without the corrections; null where they change nothing of it."
    )
    provisional: bool
    basis: str | None
    verified: bool


class OfferOut(Schema):
    step: str
    zh: str
    en: str
    allowed: bool
    why_not_zh: str
    why_not_en: str
    asks_time: bool = Field(description="A term in hours hangs on the step: `time` is required.")
    inputs: dict[str, Any] = Field(description="JSON Schema of what the step asks for.")


class CaseEventOut(Schema):
    seq: int
    step: str
    on: date = Field(description="The legal day.")
    at: datetime = Field(description="The moment of recording.")
    actor: str
    role: str
    unit: str | None
    basis: list[str]
    data: dict[str, Any]
    hidden: list[str] = Field(description="Inputs with personal data that the caller's role may not see.")
    erased: list[str] = Field(description="Paths in `data` of personal values that were erased by law.")
    sha256: str
    sm3: str


class StrangeOut(Schema):
    """An event that does not fit the procedure as it is declared today: kept, followed as far as it says where."""

    seq: int
    step: str
    zh: str
    en: str


class CaseFull(CaseOut):
    """A case as the fold of its events: state, clocks, what may be done next and why not, and what happened."""

    state_zh: str
    state_en: str
    clocks: list[ClockOut]
    offers: list[OfferOut]
    events: list[CaseEventOut]
    strange: list[StrangeOut] = Field(description="Events that do not fit the procedure as it is declared today.")
    unrecorded: bool = Field(
        False,
        description="Personal data are left out because nothing can be written now, and showing them must be recorded: "
        "ask again later. Such an answer has no ETag.",
    )


class OpenIn(Strict):
    """Opens a case by one of the procedure's opening steps."""

    step: str
    unit: str = Field("", description="Code of the unit whose case it is; the caller's own where it is left out.")
    inputs: dict[str, Any] = Field(default_factory=dict, description="What the step asks for.")
    on: date | None = Field(
        None,
        description="The legal day, where the law gives it to the step; other steps count on the day of recording. "
        "Today where it is left out.",
    )
    proof: str = Field("", max_length=300, description="What proves a day before today.")
    late: str = Field("", max_length=500, description="Why it is recorded long after its day.")
    time: str | None = Field(
        None, max_length=8, description="The local time of day (09:30), for a step that asks for it (`asks_time`)."
    )
    parent: int | None = Field(None, description="The case that this one belongs to.")


class StepIn(Strict):
    """Takes a step that is on offer."""

    step: str
    inputs: dict[str, Any] = Field(default_factory=dict, description="What the step asks for.")
    on: date | None = Field(
        None,
        description="The legal day, where the law gives it to the step; other steps count on the day of recording. "
        "Today where it is left out.",
    )
    proof: str = Field("", max_length=300, description="What proves a day before today.")
    late: str = Field("", max_length=500, description="Why it is recorded long after its day.")
    time: str | None = Field(
        None, max_length=8, description="The local time of day (09:30), for a step that asks for it (`asks_time`)."
    )
    content: int | None = Field(
        None,
        ge=0,
        description="For a step that hands a report in: the `version` of the report (`GET /plan/reports`) that was "
        "looked over. Only that is handed in.",
    )


class ToldOut(Schema):
    """That a party was told the last day of a clock."""

    seq: int = Field(description="The event that says so.")
    clock: str = Field(description="Id of the clock.")
    day: date = Field(description="The last day, as it was told.")
    day_at: datetime | None = Field(description="The minute, where one was told; local time.")
    how: str = Field(description="How the party was told; empty where a step told it.")
    step: str | None = Field(description="The step that told it; null where the telling is an event of its own.")
    on: date
    at: datetime = Field(description="The moment of recording.")
    actor: str
    role: str
    unit: str | None


class TellableOut(Schema):
    """A clock whose last day may be told now by the caller."""

    clock: str
    zh: str
    en: str
    due: date = Field(description="The last day as computed: the only one that can be told.")
    again: bool = Field(description="A day that was told no longer holds.")


class ToldList(Schema):
    items: list[ToldOut] = Field(description="What was told, oldest first.")
    open: list[TellableOut] = Field(description="What the caller may record as told now.")
    seq: int = Field(description="The version of the case, also its ETag.")


class ToldIn(Strict):
    """Records that a party was told the last day of a clock; it counts on the day of recording."""

    clock: str = Field(max_length=80, description="Id of a clock that runs.")
    day: date = Field(description="The day that was told: the last day as computed.")
    how: str = Field(max_length=200, description="How the party was told.")


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


class IndicatorOut(Schema):
    id: str
    zh: str
    en: str
    number: str | None = Field(description="The value as a plain decimal; null where there is nothing to compute.")
    unit_of_measure: str
    as_of: date
    target: str | None = Field(description="Target of the year.")
    light: str | None = Field(description="ahead, normal, risk or late; null without a target.")
    why_zh: str
    why_en: str
    why_none_zh: str
    why_none_en: str
    corrected: int = Field(description="How many of the records behind it were corrected.")
    uncorrected: str | None = Field(description="The number without the corrections; null where there are none.")
    left_out: int = Field(description="Records that could not be read as declared, and so were not counted.")
    parts: list[str | None] = Field(description="The number; for a ratio its top and its bottom.")
    record_count: int


class IndicatorList(Schema):
    items: list[IndicatorOut]


class RecordOut(Schema):
    id: str
    title: str
    url: str
    unit: str
    parts: list[int] = Field(description="Which parts of the measure count it: 0 the top, 1 the bottom.")


class RecordList(Schema):
    as_of: date
    count: int
    items: list[RecordOut]
    next: str | None = Field(description="Cursor of the next page; null on the last.")
