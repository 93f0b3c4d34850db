"""The days that a party was told in a case: what was told, what may be told now, and recording that it was."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Body, Router

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import events_of, procedure_of, view
from jinzhi.apps.cases.telling import Telling, may_tell_of, tell, tellings
from jinzhi.apps.catalogue.clock import today
from jinzhi.kernel.procedure import TELL, ClockView
from jinzhi.web.api.caller import caller, only, submission, tagged, unchanged, version
from jinzhi.web.api.cases import READ, visible
from jinzhi.web.api.shapes import ToldIn, ToldList
from jinzhi.web.shell.problems import Problem, Wrong, invalid

router = Router(tags=["cases"], by_alias=True)


def told_shown(said: Telling) -> dict[str, Any]:
    """A telling; a stored value that names no day (of an old declaration) is left to the history of the case."""
    e, moment = said.event, datetime.fromisoformat(said.day)
    return {
        "seq": e.seq,
        "clock": said.clock,
        "day": moment.date(),
        "day_at": moment if "T" in said.day else None,
        "how": said.how,
        "step": said.with_step or None,
        "on": e.on,
        "at": e.at,
        "actor": e.actor,
        "role": e.role,
        "unit": e.unit.code if e.unit else None,
    }


def names_a_day(said: Telling) -> bool:
    try:
        datetime.fromisoformat(said.day)
    except ValueError:
        return False
    return True


def may_be_told(case: Case, clock: ClockView, who: Acting) -> bool:
    """The same rule as the page's: a clock that runs, with a day not told yet or told differently."""
    open_now = clock.open and clock.due is not None and (clock.told is None or clock.tell_again)
    return who.user is not None and open_now and may_tell_of(case, clock.clock, who)


def full(case: Case, who: Acting) -> dict[str, Any]:
    events = events_of(case)
    folded = view(case, today(), events)
    return {
        "items": [told_shown(t) for t in tellings(folded.procedure, events) if names_a_day(t)],
        "open": [
            {"clock": c.clock.id, "zh": c.clock.zh, "en": c.clock.en, "due": c.due, "again": c.tell_again}
            for c in folded.clocks
            if may_be_told(case, c, who)
        ],
        "seq": case.seq,
    }


def named_clock(case: Case, body: ToldIn) -> str:
    """The id of the clock that is named, also by a name of the past. Raises a 422 that lists those there are."""
    procedure = procedure_of(case)
    found = procedure.find_clock(body.clock)
    if found is None:
        known = ", ".join(c.id for c in procedure.clocks) or "–"
        raise invalid(Wrong("clock", f"没有这一期限；可用：{known}", f"is no clock; known: {known}"))
    return found.id


@router.get(
    "/cases/{int:pk}/told",
    response={200: ToldList, 304: None},
    summary="The days that a party was told in a case",
    openapi_extra=READ,
)
def list_told(request: HttpRequest, response: HttpResponse, pk: int) -> Any:
    who = caller(request, "case.read")
    only(request)
    case = visible(pk, who)
    if unchanged(request, case.seq):
        return HttpResponse(status=304, headers={"ETag": f'"{case.seq}"'})
    tagged(request, response, case.seq)
    return full(case, who)


@router.post(
    "/cases/{int:pk}/told",
    response={201: ToldList},
    summary="Record that a party was told the last day of a clock",
    description="Needs `If-Match` with the ETag that was read: 428 without it, 412 where somebody was faster. With "
    "`Idempotency-Key` a telling sent twice is recorded once. Whoever a clock measures does not fix its day by telling "
    "it to itself.",
    openapi_extra={"x-scope": "case.{procedure}.told"},
)
def record_told(
    request: HttpRequest, response: HttpResponse, pk: int, body: Annotated[ToldIn, Body(...)]
) -> dict[str, Any]:
    who = caller(request, "case.read")
    only(request)
    case = visible(pk, who)
    expected, key = version(request), submission(request)
    scope = f"case.{case.procedure}.{TELL}"
    if not who.may(scope):
        said = ("当前身份或令牌不能记录告知", "role or token may not record what was told")
        raise Problem("forbidden", *said, scope=scope)
    tell(case, named_clock(case, body), body.day, how=body.how, who=who, expected=expected, key=key)
    case = visible(pk, who)
    tagged(request, response, case.seq)
    return full(case, who)
