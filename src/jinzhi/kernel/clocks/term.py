"""The length of a run, or its last day: from a literal, the law of the case, or an expression."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jinzhi.kernel.clock import RuledBy
from jinzhi.kernel.clocks.run import Known, Run
from jinzhi.kernel.clocks.said import TermOnCase
from jinzhi.kernel.declare import Citation
from jinzhi.kernel.expression import Missing
from jinzhi.kernel.law import NO_TERM, UNSET, Dated, NoRuleInForce, Regime, Silence, Term, Version
from jinzhi.kernel.period import Length
from jinzhi.kernel.text import Words

NO_WORDS = Words()


@dataclass(frozen=True, slots=True)
class Ruled:
    """The term that a run is under: its length, where it stands, and why there is none."""

    length: Length | None
    extended: tuple[Length, ...] = ()
    citation: Citation | None = None
    verified: bool = True
    no_such_term: bool = False
    why: Words = NO_WORDS
    roll: bool | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """What a length is looked up by: the day whose rule holds, the day of looking, the law, what the case says."""

    ruling: date
    day: date
    law: Regime | None
    said: TermOnCase

    @property
    def law_id(self) -> str:
        """The id of the law that the case is under; empty where the procedure names none for that day."""
        found = self.law.find_law(self.ruling, self.day, self.said.chosen) if self.law else None
        return found.id if found else ""

    def version(self, term: Dated[Length]) -> Version[Length]:
        """What a term sets here. Raises NoRuleInForce."""
        under = term.find_under(self.law_id) if isinstance(term, Term) and self.law else None
        return under or term.for_case(self.ruling, self.day)

    def length(self, value: object) -> Version[Length] | Length | Missing | Silence:
        """What a value comes to as a length. Raises NoRuleInForce, TypeError where it is no length at all."""
        if isinstance(value, Dated):
            return self.version(value)
        if isinstance(value, Length | Missing | Silence):
            return value
        raise TypeError(f"{value!r} is no length of time")


def bench_of(run: Run, opened: date, on: date, law: Regime | None, said: TermOnCase) -> Bench:
    """Where a run looks up its length."""
    ruling = run.began if run.clock.ruled_by == RuledBy.START else opened
    return Bench(ruling, min(on, run.stopped or on), law, said)


def ruled(bench: Bench, known: Known) -> Ruled:
    """The length that a run counts, and what extended it."""
    try:
        found = bench.length(known.said.length)
        more = [bench.length(g.length or g.extension.up_to) for g in known.granted]
    except NoRuleInForce as e:
        return Ruled(None, why=Words(f"{bench.ruling} 没有可适用的规定版本，无法计算", str(e)))
    except TypeError as e:
        return Ruled(None, why=Words("期限长度不是时间长度，无法计算", str(e)))
    values = [x.value if isinstance(x, Version) else x for x in more]
    if not all(isinstance(x, Length) for x in values):
        return Ruled(None, why=Words("延长的长度尚不明确，无法计算", "how long it was extended is not known"))
    extended = tuple(x for x in values if isinstance(x, Length))
    if isinstance(found, Length):
        return Ruled(found, extended)
    if isinstance(found, Version):
        return _versioned(found, extended)
    if found is NO_TERM:
        return Ruled(None, no_such_term=True, why=Words("不设此期限", "no such term is set"))
    return Ruled(None, why=Words("期限长度所依据的内容尚不明确", "what its length depends on is not known"))


def _versioned(found: Version[Length], extended: tuple[Length, ...]) -> Ruled:
    note_zh, note_en = (f"（{found.note}）", f" ({found.note})") if found.note else ("", "")
    if isinstance(found.value, Length):
        return Ruled(found.value, extended, found.cite, found.verified, roll=found.roll)
    if found.value is UNSET:
        zh = f"{found.since} 起的期限长度待核实{note_zh}"
        why = Words(zh, f"its length from {found.since} is to be confirmed{note_en}")
        return Ruled(None, (), found.cite, False, why=why)
    zh, en = f"{found.since} 起的规定不再设此期限", f"the rule in force from {found.since} sets no such term"
    why = Words(zh + note_zh, en + note_en)
    return Ruled(None, (), found.cite, found.verified, no_such_term=True, why=why)
