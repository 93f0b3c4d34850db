"""The plain layer of legal status: what the announced events, placed by ST.27, come to.

Nothing is claimed that no source says: a grant without any legal-status record since is 未确认, since fees may have
lapsed; 专利权的终止 without a reason has ended the right and says nothing about fees. No right outlives its term: past
the day that the law gives it is 失效, said as 届满（推算）, since no announcement says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from jinzhi.apps.patents.models import Event, LegalState
from jinzhi.standards.cn_terms import PatentTerm

#: events that say nothing about whether a right stands
_SILENT = frozenset("PQRSTUW")


@dataclass(frozen=True, slots=True)
class PlainState:
    """The plain state, since when, and why in Chinese; the source names the record it rests on."""

    state: LegalState
    on: date | None
    why: str


def plain(
    events: Iterable[Event],
    *,
    published: date | None,
    granted: date | None,
    limit: PatentTerm | None = None,
    day: date | None = None,
) -> PlainState:
    """The state that the events of one application come to, in the order of their days.

    ``limit`` and ``day``: the term of the right, and the day on which it is asked whether that is over.
    """
    now = _announced(events, published, granted)
    stands = now.state in (LegalState.IN_FORCE, LegalState.UNCONFIRMED)
    if granted and stands and limit is not None and day is not None and limit.ends <= day:
        return PlainState(LegalState.ENDED, limit.ends, limit.why)
    return now


def _announced(events: Iterable[Event], published: date | None, granted: date | None) -> PlainState:
    told = sorted(events, key=lambda e: (e.on or date.min, e.pk or 0))
    if not told:
        return _untold(published, granted)
    now = (
        PlainState(LegalState.IN_FORCE, granted, "授权公告")
        if granted
        else PlainState(LegalState.PENDING, published, "申请公布")
    )
    before = now
    for event in told:
        after = _after(now, before, event)
        if after.state != now.state:
            before = now
        now = after
    return now


def _untold(published: date | None, granted: date | None) -> PlainState:
    if granted:
        return PlainState(LegalState.UNCONFIRMED, granted, "已授权，库中没有此后的法律状态记录")
    return PlainState(LegalState.UNCONFIRMED, published, "已公布，库中没有此后的法律状态记录")


def _after(now: PlainState, before: PlainState, event: Event) -> PlainState:
    why = f"{event.name}（{event.source}）"[:300]
    match event.effect:
        case "grants":
            return PlainState(LegalState.IN_FORCE, event.on, why)
        case "ends":
            return PlainState(LegalState.ENDED, event.on, why)
        case "restores" if event.category == "K":
            return PlainState(LegalState.IN_FORCE, event.on, why)
        case "restores" if event.category == "C":
            return PlainState(LegalState.PENDING, event.on, why)
        case "restores":
            return PlainState(before.state if now.state == LegalState.ENDED else now.state, event.on, why)
        case "pending" if event.category in ("D", "Q"):
            return now if now.state == LegalState.IN_FORCE else PlainState(LegalState.PENDING, event.on, why)
        case "pending":
            return PlainState(LegalState.UNCONFIRMED, event.on, why)
    if event.category in _SILENT and event.category:
        return now
    return PlainState(LegalState.UNCONFIRMED, event.on, f"{event.why}：{why}"[:300])
