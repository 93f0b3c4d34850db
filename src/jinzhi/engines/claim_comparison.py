"""Claims of two documents side by side: which answers to which, and where their words differ.

Likeness is Dice's coefficient over pairs of neighbouring tokens (Han characters, Latin words), counted with repeats:
1 for the same wording, 0 where no two neighbours are shared. It measures words, not scope: whether a claim is
anticipated or infringed is for people to say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, pairwise

from jinzhi.kernel.tokens import HAN_RANGES, tokenise

#: below this two claims are not said to answer to each other
LEAST = 0.2
#: more pieces than this on one side are compared clause by clause, since the finest comparison takes their square
FINEST = 4000
PIECE = re.compile(rf"[{HAN_RANGES}]|[^\W_{HAN_RANGES}]+|\s+|.", re.S)
CLAUSE = re.compile(r"[^，。；：、,;]*[，。；：、,;]?", re.S)


@dataclass(frozen=True, slots=True)
class ClaimPair:
    """A claim on each side by its place (None: nothing answers to it) and how alike they are."""

    a: int | None
    b: int | None
    likeness: float


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A stretch of a text: ``same`` on both sides, or only on this one."""

    text: str
    same: bool


@dataclass(frozen=True, slots=True)
class TextDifference:
    """Two texts cut into stretches, each side whole. ``fine`` is False where they were compared by clauses."""

    a: tuple[TextPiece, ...]
    b: tuple[TextPiece, ...]
    fine: bool

    @property
    def same(self) -> bool:
        return all(one.same for one in (*self.a, *self.b))


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Pairs of neighbouring tokens with their counts; of a text of one token that token."""
    tokens = tokenise([text]).texts
    return Counter(pairwise(tokens)) if len(tokens) > 1 else Counter([tokens] if tokens else [])


def likeness(a: Counter[tuple[str, ...]], b: Counter[tuple[str, ...]]) -> float:
    """Dice's coefficient of two counts of shingles, from 0 to 1."""
    both = a.total() + b.total()
    return 2 * (a & b).total() / both if both else 0.0


def align(a: Sequence[str], b: Sequence[str], least: float = LEAST) -> list[ClaimPair]:
    """Each text once: the most alike are paired first, equally alike ones in their order. In the order of ``a``,
    then what only ``b`` has."""
    left, right = [shingles(text) for text in a], [shingles(text) for text in b]
    scored = ((likeness(x, y), i, j) for i, x in enumerate(left) for j, y in enumerate(right))
    by_likeness = sorted((one for one in scored if one[0] >= least), key=lambda one: (-one[0], one[1], one[2]))
    taken_a: dict[int, ClaimPair] = {}
    taken_b: set[int] = set()
    for score, i, j in by_likeness:
        if i not in taken_a and j not in taken_b:
            taken_a[i] = ClaimPair(i, j, score)
            taken_b.add(j)
    found = [taken_a.get(i, ClaimPair(i, None, 0.0)) for i in range(len(a))]
    return found + [ClaimPair(None, j, 0.0) for j in range(len(b)) if j not in taken_b]


def difference(a: str, b: str) -> TextDifference:
    """Where two texts differ, character by character (Latin: word by word)."""
    left, right = PIECE.findall(a), PIECE.findall(b)
    fine = max(len(left), len(right)) <= FINEST
    if not fine:
        left, right = ([one for one in CLAUSE.findall(text) if one] for text in (a, b))
    codes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    out_a: list[tuple[str, bool]] = []
    out_b: list[tuple[str, bool]] = []
    for at, (tag, i1, i2, j1, j2) in enumerate(codes):
        # one character between two changes is chance: shown as same it would only tear words apart
        island = fine and tag == "equal" and i2 - i1 == 1 and 0 < at < len(codes) - 1
        same = tag == "equal" and not island
        out_a.append(("".join(left[i1:i2]), same))
        out_b.append(("".join(right[j1:j2]), same))
    return TextDifference(_joined(out_a), _joined(out_b), fine)


def _joined(pieces: Iterable[tuple[str, bool]]) -> tuple[TextPiece, ...]:
    """Neighbours of a kind in one stretch, empty ones left out."""
    kept = ((text, same) for text, same in pieces if text)
    return tuple(
        TextPiece("".join(text for text, _ in group), same) for same, group in groupby(kept, lambda one: one[1])
    )
