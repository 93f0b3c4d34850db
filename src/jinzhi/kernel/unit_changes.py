"""What may be changed of a unit from a day on: rules over its days, names and successors. No clock, no I/O.

A unit lives from ``since`` (None: from before anybody counted) to its last day ``until`` (None: still). Where it was
merged, ``successor`` answers for it from the day after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Life:
    """The days of a unit, and the code of the one that answers for it afterwards, if any."""

    code: str
    since: date | None = None
    until: date | None = None
    successor: str = ""

    def on(self, day: date) -> bool:
        """Whether the unit exists on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class WrongChange:
    """Why a change cannot be: the field, Chinese, English."""

    field: str
    zh: str
    en: str


def heir(code: str, day: date, lives: Mapping[str, Life]) -> str:
    """The code of the unit that answers on a day for what a unit kept: itself, or its successor's, and so on."""
    seen: set[str] = set()
    while code in lives and code not in seen:
        seen.add(code)
        life = lives[code]
        if not life.successor or life.until is None or day <= life.until:
            break
        code = life.successor
    return code


def wrong_name(life: Life, day: date, last_named: date | None) -> WrongChange | None:
    """Why a unit cannot bear another name from a day on. ``last_named``: the day from which it bears the last one."""
    if life.since is not None and day <= life.since:
        return WrongChange("day", f"应晚于设立之日 {life.since}", f"must come after {life.since}, when the unit began")
    if life.until is not None:
        return WrongChange("day", f"该单位只到 {life.until}，不能更名", f"the unit ends on {life.until}: no new name")
    if last_named is not None and day <= last_named:
        zh = f"现名自 {last_named} 起使用，新名应从更晚的一天起"
        return WrongChange("day", zh, f"the last name holds from {last_named}: the next one must begin later")
    return None


def wrong_end(life: Life, day: date, last_named: date | None, last_used: date | None) -> WrongChange | None:
    """Why a unit cannot end so that ``day`` is the first day without it. ``last_used``: the last day of its records."""
    if life.until is not None:
        return WrongChange("day", f"该单位已定于 {life.until} 为最后一天", f"the unit ends on {life.until} already")
    if life.since is not None and day <= life.since:
        return WrongChange("day", f"应晚于设立之日 {life.since}", f"must come after {life.since}, when the unit began")
    if last_named is not None and day <= last_named:
        return WrongChange(
            "day", f"应晚于现名启用之日 {last_named}", f"must come after {last_named}, when its name began"
        )
    if last_used is not None and day <= last_used:
        zh = f"该单位 {last_used} 还有办理记录，只能从更晚的一天起"
        return WrongChange("day", zh, f"the unit recorded something on {last_used}: it can end only after that")
    return None


def wrong_merger(unit: str, into: str, day: date, lives: Mapping[str, Life]) -> WrongChange | None:
    """Why a unit cannot go into another from a day on: the other is gone or not yet there, or it leads in a circle."""
    if unit == into:
        return WrongChange("into", "不能并入自己", "a unit cannot go into itself")
    seen, at = {unit}, into
    while at:
        if at in seen:
            return WrongChange("into", "并入关系会绕成一圈", "the mergers would lead in a circle")
        seen.add(at)
        at = lives[at].successor if at in lives else ""
    if not lives[into].on(day):
        zh = f"{day} 没有这个单位（它不在设立之前、也不在撤销之后接收）"
        return WrongChange("into", zh, f"the unit does not exist on {day}")
    return None


def waiting(unit: str, day: date, lives: Iterable[Life]) -> Life | None:
    """A unit that is to go into this one on a later day than ``day``: this one cannot end before."""
    return next((x for x in lives if x.successor == unit and x.until is not None and first_after(x) >= day), None)


def first_after(life: Life) -> date:
    """The first day without the unit."""
    if life.until is None:
        raise ValueError(f"the unit {life.code} has no last day")
    return life.until + timedelta(days=1)
