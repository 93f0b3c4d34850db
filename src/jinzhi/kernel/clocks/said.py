"""What the expressions of a clock come to on the record of a case: its length, its last day, where it counts from."""

from __future__ import annotations

from dataclasses import dataclass

from jinzhi.kernel.clock import Clock
from jinzhi.kernel.expression import Inside, Missing, RecordView, value_of
from jinzhi.kernel.law import Dated, Regime
from jinzhi.kernel.period import Length

#: the path, inside an element of a list, of its key
ITEM = "item"


@dataclass(frozen=True, slots=True)
class TermOnCase:
    """What a clock says of a case as it stands: each a value, or why there is none. ``chosen``: the id of the law that
    a party chose."""

    length: object = None
    due: object = None
    counts_from: object = None
    chosen: str = ""


NOTHING = TermOnCase()


def reads_case(clock: Clock, law: Regime | None) -> bool:
    """Whether what a clock says depends on the case."""
    expressions = (clock.due, clock.counts_from, None if isinstance(clock.length, Length | Dated) else clock.length)
    return any(e is not None for e in expressions) or bool(law and law.chosen_by)


def said_by(clock: Clock, law: Regime | None, record: RecordView | None, item: str) -> TermOnCase:
    """What a clock says, of the element of a key where it runs for one."""
    if record is None or not reads_case(clock, law):
        return TermOnCase(clock.length, clock.due, clock.counts_from)
    here = inside(record, clock.per, item)
    chosen = record.value(law.chosen_by) if law and law.chosen_by else ""
    return TermOnCase(
        None if clock.length is None else value_of(clock.length, here),
        None if clock.due is None else value_of(clock.due, here),
        None if clock.counts_from is None else value_of(clock.counts_from, here),
        chosen if isinstance(chosen, str) else "",
    )


def element_keys(record: RecordView | None, over: str) -> tuple[str, ...]:
    """The keys of the elements of a list, in its order; none where there is no such list."""
    return tuple(str(element.value(ITEM)) for element in _elements(record, over))


def inside(record: RecordView, over: str, item: str) -> RecordView:
    """The record as the element of this key sees it; the record itself where a clock runs for the whole case."""
    for element in _elements(record, over) if item else ():
        if str(element.value(ITEM)) == item:
            return Inside(element, record)
    return record


def _elements(record: RecordView | None, over: str) -> tuple[RecordView, ...]:
    if record is None or not over:
        return ()
    found = record.elements(over)
    return () if isinstance(found, Missing) else tuple(found.records)
