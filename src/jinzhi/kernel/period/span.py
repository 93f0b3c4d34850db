"""Days on which a clock stands still, and both kinds of them as disjoint pieces in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jinzhi.kernel.period.calendar import ONE_DAY


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which a clock stands still, first and last included; ``last`` is None while it still stands."""

    first: date
    last: date | None
    reason: str

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise ValueError(f"the span {self.reason!r} ends on {self.last}, before it begins ({self.first})")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch taken out, after overlaps were settled. ``last`` is date.max while it is open."""

    first: date
    last: date
    reason: str
    suspends: bool

    @property
    def open(self) -> bool:
        return self.last == date.max

    @property
    def zh(self) -> str:
        return f"{'中止' if self.suspends else '不计入'}：{self.reason}"

    @property
    def en(self) -> str:
        return f"{'suspended' if self.suspends else 'does not count'}: {self.reason}"


def merge_spans(spans: Sequence[Span], suspends: bool) -> list[Piece]:
    """Overlapping and touching spans of one kind as one, their reasons joined."""
    out: list[Piece] = []
    for span in sorted(spans, key=lambda s: (s.first, s.last or date.max)):
        last = span.last or date.max
        if out and (out[-1].open or span.first <= out[-1].last + ONE_DAY):
            before = out.pop()
            reasons = before.reason.split("；")
            reason = before.reason if span.reason in reasons else f"{before.reason}；{span.reason}"
            out.append(Piece(before.first, max(before.last, last), reason, suspends))
        else:
            out.append(Piece(span.first, last, span.reason, suspends))
    return out


def find_pieces(suspended: Sequence[Span], excluded: Sequence[Span]) -> list[Piece]:
    """Both kinds as disjoint pieces in order; an excluded day inside a suspension belongs to the latter."""
    stops = merge_spans(suspended, True)
    out = list(stops)
    for piece in merge_spans(excluded, False):
        first: date | None = piece.first
        for stop in stops:
            if first is None or stop.first > piece.last:
                break
            if stop.last < first:
                continue
            if stop.first > first:
                out.append(Piece(first, stop.first - ONE_DAY, piece.reason, False))
            first = None if stop.open or stop.last >= piece.last else stop.last + ONE_DAY
        if first is not None:
            out.append(Piece(first, piece.last, piece.reason, False))
    return sorted(out, key=lambda p: p.first)
