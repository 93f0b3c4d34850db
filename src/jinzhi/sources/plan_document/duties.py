"""What an area of duties says: the words are cut into units and what each has to do.

The longest declared name that fits is taken; what nobody declared is cut at separators and words of duty, and is
kept as a name only if it is shaped like one. The rest are remarks, which are kept as such.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from jinzhi.kernel.organisation import NameBook
from jinzhi.sources.plan_document.flow import fold
from jinzhi.sources.plan_document.wording import (
    ALONE,
    BELOW,
    DIVIDED,
    FIRST_LEADS,
    HARD_JOIN,
    JOIN,
    LABEL,
    LED,
    LIST_SIGN,
    MANY,
    OWED_BELOW,
    REMARK,
    STARS,
    SUPPORT,
    TIME,
    UNIT_START,
    WITH,
    ends_like_unit,
    like_unit,
)

_VERBS = (DIVIDED, LED, SUPPORT, ALONE, WITH)


@dataclass(slots=True)
class FoundUnit:
    """One unit in an area: its name's place in the stream, its duty and the words of it.

    ``below`` says that the rows below owe it too."""

    start: int
    end: int
    duty: str = ""
    wording: str = ""
    key: str = ""
    below: bool = False
    starred: bool = False


@dataclass(slots=True)
class AreaReading:
    """What an area says. ``remarks`` are stretches that name neither unit nor time; ``first_leads`` says that who is
    named first leads, ``below`` that something said here holds for the rows below."""

    units: list[FoundUnit] = field(default_factory=list)
    time_limit: str = ""
    verbs: int = 0
    unknown: int = 0
    remarks: list[tuple[int, int]] = field(default_factory=list)
    first_leads: bool = False
    below: bool = False
    #: those of the remarks that might be names after all
    maybe: list[tuple[int, int]] = field(default_factory=list)


class Lexicon:
    """Known names of units, to cut lists by: the longest name that fits is taken, so 文化和旅游 stays whole."""

    def __init__(self, names: NameBook) -> None:
        self.city = fold(names.city)
        self.by_first: dict[str, list[str]] = {}
        for key in names.lexicon():
            shape = fold(key)
            self.by_first.setdefault(shape[0], []).append(shape)

    def at(self, chars: str, p: int, end: int) -> int:
        """Where a known name that begins at ``p`` ends, or ``p``."""
        best = self._at(chars, p, end)
        if best == p and self.city and chars.startswith(self.city, p):
            # 天津市教委 is known as 市教委, 天津市滨海新区政府 as 滨海新区政府
            for cut in (len(self.city) - 1, len(self.city)):
                reached = self._at(chars, p + cut, end)
                if reached > p + cut:
                    return reached
        return best

    def _at(self, chars: str, p: int, end: int) -> int:
        if p >= end:
            return p
        for name in self.by_first.get(chars[p], ()):
            if len(name) >= 2 and chars.startswith(name, p) and p + len(name) <= end:
                return p + len(name)
        return p


def read_area(
    chars: str, start: int, end: int, lexicon: Lexicon, label: str = "who", breaks: frozenset[int] = frozenset()
) -> AreaReading:
    """Cut an area's words into units and duties. ``label`` is the area's own: who, led, support, person or time;
    plain where it has none.

    At ``breaks`` (lines of a cell) a name that nobody declared ends.
    """
    return _Cutter(chars, start, end, lexicon, label, breaks).read()


class _Cutter:
    def __init__(self, chars: str, start: int, end: int, lexicon: Lexicon, label: str, breaks: frozenset[int]) -> None:
        self.chars, self.start, self.end, self.lexicon = chars, start, end, lexicon
        self.label, self.mode, self.breaks = label, label, breaks
        self.said = AreaReading()
        self.pending: list[FoundUnit] = []
        #: 会同 has been met: those before it lead
        self.lead_waits = False
        #: a star has been met: the next unit bears it
        self.star_waits = False
        self.labelled_at = start
        self.p = start

    def read(self) -> AreaReading:
        steps: tuple[Callable[[], bool], ...] = (
            self._standing, self._labelled, self._timed, self._moment, self._many, self._known, self._verb, self._joint,
        )  # fmt: skip
        while self.p < self.end:
            if not any(step() for step in steps):
                self._unknown()
        self._settle()
        led = any(u.duty == "led" for u in self.said.units)
        for unit in self.said.units:
            # beside a lead nobody is responsible alone
            if led and unit.duty == "alone":
                unit.duty = "divided"
        bare = [u for u in self.said.units if u.duty == "alone" and not u.wording]
        if len(bare) > 1:
            # 甲局;乙局: nobody of several is responsible alone
            for unit in bare:
                unit.duty = "divided"
        if self.said.first_leads:
            lead_by_order(self.said.units)
        return self.said

    # -- duties for those who wait ------------------------------------------------------------------------------

    def _give(self, duty: str, wording: str) -> None:
        for unit in self.pending:
            if not unit.duty:
                unit.duty, unit.wording = duty, wording
        self.pending.clear()

    def _settle(self) -> None:
        """Units for whom no words of duty came: the label speaks for them."""
        bare = [u for u in self.pending if not u.duty]
        if self.mode == "led":
            self._give("led", "牵头")
        elif self.mode == "support":
            self._give("support", "配合")
        else:
            self._give("divided" if len(bare) > 1 else "alone", "")
        self.lead_waits = False

    # -- one step each ------------------------------------------------------------------------------------------

    def _standing(self) -> bool:
        """What holds by order, or for the rows below."""
        chars, p, end = self.chars, self.p, self.end
        first = FIRST_LEADS.match(chars, p, end)
        if first:
            self.said.first_leads = True
            self._remark(p, first.end())
            return True
        below = BELOW.match(chars, p, end)
        if below:
            self.said.below = True
            self._remark(p, below.end())
            return True
        owed = OWED_BELOW.match(chars, p, end)
        if owed is None or not (owed["tail"] or (owed["all"] and chars.startswith(("以下", "下列", "下述"), p))):
            return False
        inner = read_area(chars, owed.start("who"), owed.end("who"), self.lexicon)
        if not inner.units:
            return False
        self._settle()
        for unit in inner.units:
            unit.duty, unit.wording, unit.below = "divided", chars[p : owed.end("verb")], True
        self.said.units += inner.units
        self.said.unknown += inner.unknown
        self.said.below = True
        self._remark(p, owed.end())
        return True

    def _remark(self, start: int, stop: int) -> None:
        self.said.remarks.append((start, stop))
        self.p = stop

    def _labelled(self) -> bool:
        named = self._label(self.p)
        if named is None:
            return False
        self._settle()
        self.mode = str(named.lastgroup)
        self.p = named.end()
        said = self.chars.startswith(("为", "是"), self.p)
        if said and (
            self.lexicon.at(self.chars, self.p + 1, self.end) > self.p + 1 or UNIT_START.match(self.chars, self.p + 1)
        ):
            # 牵头单位为市统计局
            self.p += 1
        self.labelled_at = named.start()
        return True

    def _label(self, p: int) -> re.Match[str] | None:
        """The label at ``p``: with its colon, or, at a beginning, right before a unit or a time."""
        named = LABEL.match(self.chars, p, self.end)
        if named is None or p == self.start or self.chars[named.end() : named.end() + 1] in (":", ")", ""):
            return named
        fresh = self.chars[p - 1] in ",;。、:)"
        stop = named.end() + self.chars.startswith(("为", "是"), named.end())
        says = self.lexicon.at(self.chars, stop, self.end) > stop or TIME.match(self.chars, stop, self.end)
        return named if fresh and says else None

    def _timed(self) -> bool:
        """The words after 完成时限: or 责任人: up to the next label."""
        if self.mode not in ("time", "person", "watch"):
            return False
        chars, p, end = self.chars, self.p, self.end
        stop = p
        while stop < end and chars[stop] not in ";。" and self._label(stop) is None:
            stop += 1
        words = chars[p:stop].strip(":,()、")
        if words and self.mode == "time":
            self.said.time_limit = self.said.time_limit or words
        elif words and self.mode == "watch":
            # 督办单位:… looks on and owes nothing
            self.said.remarks.append((self.labelled_at, stop))
        elif words:
            self._people(p, stop)
        self.p = max(stop, p)
        if self.p < end and chars[self.p] in ";。":
            self.p += 1
            self.mode = self.label if self.label not in ("time", "person", "watch") else "who"
        elif self.p < end and self._label(self.p) is None:
            self.p += 1
        return True

    def _people(self, p: int, stop: int) -> None:
        """责任人 may name a unit; a person is a remark."""
        first = p
        while first < stop and self.chars[first] in ":,、()":
            first += 1
        inner = read_area(self.chars, first, stop, self.lexicon)
        if inner.units and inner.unknown == 0 and not inner.remarks:
            for unit in inner.units:
                unit.wording = unit.wording or "责任人"
            self.said.units += inner.units
            return
        self.said.remarks.append((first, stop))

    def _moment(self) -> bool:
        moment = TIME.match(self.chars, self.p, self.end)
        if not moment or moment.end() <= self.p or len(moment.group()) < 2:
            return False
        if self.lexicon.at(self.chars, self.p, self.end) > moment.end():
            return False
        said = self.said.time_limit
        if moment.group() not in said:
            # 每年4月、10月: the second is a limit too
            self.said.time_limit = f"{said}、{moment.group()}" if said else moment.group()
        self.p = moment.end()
        return True

    def _many(self) -> bool:
        many = MANY.match(self.chars, self.p, self.end)
        if not many or self.lexicon.at(self.chars, self.p, self.end) >= many.end():
            return False
        if not self._ends_here(many.end()):
            return False
        self._found(many.end(), known=False)
        return True

    def _known(self) -> bool:
        chars, end = self.chars, self.end
        reached = self.lexicon.at(chars, self.p, end)
        if reached <= self.p or not self._ends_here(reached):
            return False
        inside = self._bracket(reached)
        if inside and not self._says_duty(reached, inside):
            if not self._ends_here(inside):
                return False  # 各区(园区)管委会: the name goes on after the bracket
            if self._names_unit(reached + 1, inside - 1):
                reached = inside
            else:
                # 市科技局(陈某): said of the unit, no part of its name
                self._found(reached, known=True)
                self._remark(reached + 1, inside - 1)
                self.p = inside
                return True
        self._found(reached, known=True)
        return True

    def _found(self, reached: int, *, known: bool) -> None:
        found = FoundUnit(self.p, reached, "support" if self.lead_waits else "", "会同" if self.lead_waits else "")
        found.starred, self.star_waits = self.star_waits, False
        self.said.units.append(found)
        self.said.unknown += not known
        self.pending.append(found)
        self.p = reached
        close = self._bracket(reached)
        if close and self._says_duty(reached, close):
            # 市科技局(牵头): the bracket speaks of this unit alone
            inside = self.chars[reached + 1 : close - 1]
            self.said.verbs += 1
            lead, helps = LED.search(inside), SUPPORT.search(inside)
            found.duty = "led" if lead else "support" if helps else "alone"
            found.wording = inside
            self.pending.remove(found)
            self.p = close

    def _bracket(self, p: int) -> int:
        """Where a short bracket that opens at ``p`` has closed, or 0."""
        if not self.chars.startswith("(", p):
            return 0
        close = self.chars.find(")", p, min(self.end, p + 28))
        return close + 1 if close > 0 and "(" not in self.chars[p + 1 : close] else 0

    def _names_unit(self, p: int, end: int) -> bool:
        """Whether a bracket holds another name of the unit, or a part of it (市委宣传部(市版权局))."""
        return self.lexicon.at(self.chars, p, end) > p or like_unit(self.chars[p:end])

    def _says_duty(self, p: int, close: int) -> bool:
        inside = self.chars[p + 1 : close - 1]
        return len(inside) <= 10 and any(v.match(inside) for v in (LED, SUPPORT, ALONE))

    def _verb(self) -> bool:
        chars, p, end = self.chars, self.p, self.end
        pending = self.pending
        verb = DIVIDED.match(chars, p, end)
        if verb:
            helped = any(u.duty == "support" for u in pending)
            duty = "support" if re.search("配合|参与", verb.group()) else "divided"
            if "牵头" in verb.group() or (helped and duty == "divided"):
                duty = "led"
            self._give(duty, verb.group())
        elif verb := LED.match(chars, p, end):
            if pending:
                self._give("led", verb.group())
            else:
                self.mode = "led"
        elif (verb := SUPPORT.match(chars, p, end)) and (pending or p > self.start):
            if any(not u.duty for u in pending):
                self._give("support", verb.group())
            else:
                self.lead_waits = True
        elif verb := ALONE.match(chars, p, end):
            bare = [u for u in pending if not u.duty]
            helped = any(u.duty == "support" for u in pending)
            self._give("led" if helped else "alone" if len(bare) == 1 else "divided", verb.group())
            self.lead_waits = False
        elif verb := WITH.match(chars, p, end):
            self.lead_waits = True
            self.p = verb.end()
            return True
        if not verb:
            return False
        self.said.verbs += 1
        self.p = verb.end()
        return True

    def _joint(self) -> bool:
        chars, p = self.chars, self.p
        joint = JOIN.match(chars, p, self.end)
        listed = LIST_SIGN.match(chars, p, self.end)
        if listed and (p == self.start or p in self.breaks or JOIN.match(chars[p - 1])):
            self.p = listed.end()
            return True
        if chars[p] in STARS:
            self._star(p)
            return True
        if joint:
            if joint.group() in (";", "。"):
                self._settle()
            self.p = joint.end()
            return True
        if chars[p] in "()“”\"'" or chars.startswith(("共同", "分别", "具体"), p):
            self.p += 1 if chars[p] in "()“”\"'" else 2
            return True
        return False

    def _star(self, p: int) -> None:
        """A star before a unit, or right after it."""
        units = self.said.units
        if units and units[-1].end == p and p not in self.breaks:
            units[-1].starred = True
        else:
            self.star_waits = True
        self.p = p + 1

    def _unknown(self) -> None:
        """A name nobody declared: up to the next separator, or to the words of a duty."""
        chars, p, end = self.chars, self.p, self.end
        stop = p + 1
        while stop < end and stop not in self.breaks:
            close = self._bracket(stop)
            if close and not self._says_duty(stop, close):
                stop = close
                continue
            if chars[stop] in STARS or chars[stop] == "(" or HARD_JOIN.match(chars, stop, end):
                break
            if any(x.match(chars, stop, end) for x in _VERBS) or self._label_at(stop):
                break
            if chars[stop] in "和与等" and ends_like_unit(chars[p:stop]):
                break
            stop += 1
        words = chars[p:stop]
        if words in ("单位", "部门", "机构") and self.said.units:
            # 国务院相关部门、单位: one name in two words
            self.said.units[-1].end = stop
            self.p = stop
            return
        if REMARK.search(words) and not (like_unit(words) and self.lexicon.at(chars, p, end) > p):
            self._remark(p, stop)
            return
        if self.label == "plain" and not like_unit(words) and chars[stop : stop + 1] in (",", ";", ":"):
            # (重大工程,市委宣传部牵头): said before the units, and shaped like none
            self.said.maybe.append((p, stop))
            self._remark(p, stop)
            return
        self._found(stop, known=False)

    def _label_at(self, p: int) -> bool:
        """Whether a label and its colon stand at ``p``: the next list begins."""
        named = LABEL.match(self.chars, p, self.end)
        return named is not None and self.chars.startswith((":", "):"), named.end())

    def _ends_here(self, p: int) -> bool:
        chars, end = self.chars, self.end
        if p >= end or self._label_at(p) or p in self.breaks:
            return True
        if any(x.match(chars, p, end) for x in (JOIN, *_VERBS, TIME)):
            return True
        return (
            chars[p] in "()"
            or chars[p] in STARS
            or chars.startswith(("共同", "分别", "具体"), p)
            or self.lexicon.at(chars, p, end) > p
        )


def lead_by_order(units: list[FoundUnit]) -> None:
    """列第一位的为牵头单位: the first of those whom no words of duty set apart leads, the others help."""
    own = [u for u in units if not u.below]
    if len(own) < 2 or any(u.duty == "led" for u in own):
        return
    own[0].duty, own[0].wording = "led", own[0].wording or "列第一位"
    for unit in own[1:]:
        if not unit.wording and unit.duty in ("alone", "divided"):
            unit.duty = "support"
