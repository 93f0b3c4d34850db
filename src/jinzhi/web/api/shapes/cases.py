"""Cases: what happened, what may be done, the terms."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from jinzhi.web.api.shapes.problems import Strict


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


class AsideOut(Schema):
    """Something that stands beside the state of a case since a day."""

    id: str
    zh: str
    en: str
    since: date
    item: str = Field(description="The element of a list that it is about; empty where it is the whole case.")


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
    items: list[str] = Field(description="Keys of the elements for which it may be taken, where it is one for each.")
    attests: list[str] = Field(description="Checks that what is held cannot tell: say in `attest` where you looked.")
    clear_of: list[str] = Field(description="Paths of those with whom a conflict is asked: say in `free`.")
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


class LinkedCaseOut(Schema):
    """A case that stands beside one. `case` is null where the caller may not read it."""

    case: int | None
    number: str
    procedure: str
    link: str = Field(description="child, successor, sibling or partner.")
    made_here: bool = Field(description="Whether a step of this case made the link.")


class CaseFull(CaseOut):
    """A case as the fold of its events: state, clocks, what may be done next and why not, and what happened."""

    state_zh: str
    state_en: str
    asides: list[AsideOut] = Field(description="What stands beside the state, such as an appraisal.")
    clocks: list[ClockOut]
    offers: list[OfferOut]
    links: list[LinkedCaseOut]
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
    attest: dict[str, str] = Field(
        default_factory=dict,
        description="For a check that what is held cannot tell: where and when it was looked up, by the check's id.",
    )


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
    item: str = Field("", max_length=80, description="The key of the element that it is about (see `items`).")
    attest: dict[str, str] = Field(
        default_factory=dict,
        description="For a check that what is held cannot tell: where and when it was looked up, by the check's id.",
    )
    free: dict[str, str] = Field(
        default_factory=dict,
        description="Whether the caller is free of conflict with those at a path: yes, no or unknown.",
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
