"""States as people see them: a symbol, a word and a tone, never a colour alone; and the rule of the lights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from jinzhi.kernel.declare import Catalogue, Declaration
from jinzhi.kernel.text import Words


class Tone(StrEnum):
    """How a state is meant: what its colour and its symbol stand for."""

    AHEAD = "ahead"
    NORMAL = "normal"
    RISK = "risk"
    LATE = "late"
    DONE = "done"
    OPEN = "open"
    CLOSED = "closed"
    NEUTRAL = "neutral"

    @property
    def symbol(self) -> str:
        return _SYMBOLS[self]


_SYMBOLS = {
    Tone.AHEAD: "▲",
    Tone.NORMAL: "●",
    Tone.RISK: "◆",
    Tone.LATE: "■",
    Tone.DONE: "✓",
    Tone.OPEN: "●",
    Tone.CLOSED: "✓",
    Tone.NEUTRAL: "○",
}


@dataclass(frozen=True, slots=True)
class Status:
    """A state to show: ``symbol`` + word + tone."""

    id: str
    zh: str
    en: str
    tone: Tone

    def __post_init__(self) -> None:
        # a word of the list is taken too; a ValueError names what is none
        object.__setattr__(self, "tone", Tone(self.tone))

    @property
    def symbol(self) -> str:
        return self.tone.symbol


AHEAD = Status("ahead", "超前", "Ahead", Tone.AHEAD)
NORMAL = Status("normal", "正常", "On track", Tone.NORMAL)
RISK = Status("risk", "有风险", "At risk", Tone.RISK)
LATE = Status("late", "滞后", "Behind", Tone.LATE)
NONE = Status("none", "不涉及", "Not involved", Tone.NEUTRAL)
NO_DATA = Status("no-data", "无里程碑", "No milestones", Tone.NEUTRAL)
GAP_RISK = Status("gap", "有缺", "Some missing", Tone.RISK)
GAP_LATE = Status("gap-late", "缺得多", "Much missing", Tone.LATE)
LIGHTS = (AHEAD, NORMAL, RISK, LATE)


@dataclass(frozen=True, slots=True)
class DueProgress:
    """What a light is computed from.

    ``done``: weight achieved; ``planned``: weight of what was due by the day (on the due day itself only what is
    done of it: the day is not over); ``total``: weight of all; ``overdue_days``: days by which the oldest milestone
    not met is late (0 if none); ``next_due_days``: days to the next milestone not met, None where there is none.
    ``firm``: weight of what was due so long ago that the days of grace of the rule are over; None: all of ``planned``.
    """

    done: Decimal
    planned: Decimal
    total: Decimal
    overdue_days: int = 0
    next_due_days: int | None = None
    firm: Decimal | None = None

    @property
    def ratio(self) -> Decimal | None:
        """Share of all that is done, 0 to 1 (more where targets are passed); None where nothing is planned."""
        return self.done / self.total if self.total else None

    @property
    def pace(self) -> Decimal | None:
        """Done against what was due by now; None where nothing was due yet."""
        return self.done / self.planned if self.planned else None

    @property
    def firm_pace(self) -> Decimal | None:
        """Done against what is past its days of grace; None where nothing is."""
        firm = self.planned if self.firm is None else self.firm
        return self.done / firm if firm else None


def reaches(achieved: Decimal, target: Decimal, *, lower: bool = False) -> bool:
    """Whether a figure reaches its target; ``lower``: the smaller the better, so that 7 does not reach 4."""
    return achieved <= target if lower else achieved >= target


def share_done(achieved: Decimal, target: Decimal, *, lower: bool = False) -> Decimal:
    """How much of a target not yet reached is done, 0 … 1. Where less is better, 8 of at most 4 is half way."""
    if reaches(achieved, target, lower=lower):
        return Decimal(1)
    if lower:
        return target / achieved
    return max(achieved / target, Decimal(0))


def percent(share: Decimal, below: Decimal | None = None) -> str:
    """A share in whole percent; with as many places as it takes to read less than ``below``, which it is less than.

    So 89.7% is not said as “90% (below 90%)”.
    """
    places = 0
    while below is not None and round(share * 100, places) >= below * 100 and places < 12:
        places += 1
    return f"{round(share * 100, places):f}%"


def threshold(share: Decimal) -> str:
    """A declared share in percent, with the places it was declared with: 0.90 is 90%, 0.875 is 87.5%."""
    return f"{(share * 100).normalize():f}%"


@dataclass(frozen=True, kw_only=True)
class LightRule(Declaration):
    """The published rule of the lights ▲超前 ●正常 ◆有风险 ■滞后, by date.

    Of one unit's row (``judge``). Behind: a milestone is overdue by more than ``late_after_days``, or less than
    ``risk_from`` is done of what was due longer ago than that.
    At risk: a milestone is overdue at all, or pace is below ``normal_from``, or a milestone falls due within
    ``soon_days`` and is not met. Ahead: pace is ``ahead_from`` or more, or work is done before anything was due.
    ``gap_late_from``: from which share of the milestones due but not met a cell of the heat table is shaded as badly
    lacking.
    """

    kind: ClassVar[str] = "light-rule"

    since: date
    ahead_from: Decimal
    normal_from: Decimal
    risk_from: Decimal
    late_after_days: int
    soon_days: int
    gap_late_from: Decimal = Decimal("0.25")

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        yield from super().problems(catalogue)
        if not self.ahead_from >= self.normal_from >= self.risk_from >= 0:
            yield "thresholds must fall: ahead_from ≥ normal_from ≥ risk_from ≥ 0"
        if not 0 < self.gap_late_from <= 1:
            yield "gap_late_from is a share above 0, at most 1"

    def gap(self, due: int, met: int) -> Status | None:
        """How a cell that says ``met / due`` is shaded: not at all where nothing that fell due is missing."""
        if met >= due:
            return None
        return GAP_LATE if Decimal(due - met) / due >= self.gap_late_from else GAP_RISK

    def light(self, progress: DueProgress) -> Status:
        return self.judge(progress)[0]

    def judge(self, p: DueProgress) -> tuple[Status, str, str]:
        """The light and the reason in one sentence, Chinese and English."""
        if not p.total:
            return NO_DATA, "尚未设置里程碑", "no milestones yet"
        pace, firm = p.pace, p.firm_pace
        if p.overdue_days > self.late_after_days:
            return (
                LATE,
                f"有里程碑超期 {p.overdue_days} 天（超过 {self.late_after_days} 天）",
                f"a milestone is {p.overdue_days} days overdue (more than {self.late_after_days})",
            )
        if firm is not None and firm < self.risk_from:
            return self._behind(p, firm)
        if p.overdue_days > 0:
            return (
                RISK,
                f"有里程碑超期 {p.overdue_days} 天",
                f"a milestone is {p.overdue_days} days overdue",
            )
        if pace is not None and pace < self.normal_from:
            return RISK, *self._short(pace, self.normal_from)
        if p.next_due_days == 0:
            return RISK, "有里程碑今天到期尚未完成", "a milestone not yet met is due today"
        if p.next_due_days is not None and p.next_due_days <= self.soon_days:
            return (
                RISK,
                f"{p.next_due_days} 天内有里程碑到期尚未完成",
                f"a milestone not yet met is due in {p.next_due_days} days",
            )
        return self._pace(p)

    def judge_many(self, p: DueProgress, late: int, parts: int) -> tuple[Status, str, str]:
        """The light of many (a section, a unit, a row of several units): by pace; one that is behind shows.

        ``late``: how many of the ``parts`` are themselves behind. One overdue milestone does not make a whole
        section red, but it cannot be on track either.
        """
        if not p.total:
            return NO_DATA, "尚未设置里程碑", "no milestones yet"
        pace, firm = p.pace, p.firm_pace
        if firm is not None and firm < self.risk_from:
            return self._behind(p, firm)
        if late and late == parts:
            return LATE, f"{parts} 项均滞后", f"all {parts} are behind"
        if pace is not None and pace < self.normal_from:
            return RISK, *self._short(pace, self.normal_from)
        if late:
            return RISK, f"{parts} 项中有 {late} 项滞后", f"{late} of {parts} are behind"
        return self._pace(p)

    def _behind(self, p: DueProgress, pace: Decimal) -> tuple[Status, str, str]:
        """Behind by pace; said whether the days of grace were left out."""
        zh, en = "应完成的", "what was due"
        if p.firm is not None and p.firm != p.planned:
            zh = f"到期超过 {self.late_after_days} 天的应完成数的"
            en = f"what was due more than {self.late_after_days} days ago"
        return LATE, *self._short(pace, self.risk_from, zh, en)

    def _short(self, pace: Decimal, limit: Decimal, zh: str = "应完成的", en: str = "what was due") -> Words:
        """That pace is below a limit."""
        said, of = percent(pace, limit), threshold(limit)
        return Words(f"完成进度为{zh} {said}（低于 {of}）", f"done is {said} of {en} (below {of})")

    def _pace(self, p: DueProgress) -> tuple[Status, str, str]:
        """Ahead or on track, where nothing is behind or at risk."""
        pace = p.pace
        if pace is None and p.done > 0:
            return AHEAD, "尚无到期任务，已有完成", "nothing is due yet and something is done"
        if pace is None:
            return NORMAL, "尚无到期里程碑", "nothing is due yet"
        status = AHEAD if pace >= self.ahead_from else NORMAL
        said = percent(pace, self.ahead_from if status is NORMAL else None)
        return status, f"完成进度为应完成的 {said}", f"done is {said} of what was due"
