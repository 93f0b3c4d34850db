"""Patterns of tokens: the words of a query with what their wildcards mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jinzhi.kernel.query.limits import MAX_WORD_LENGTH, QueryError, TooWide
from jinzhi.kernel.tokens import is_han, tokenise

WILDCARDS = frozenset("*?#")


@dataclass(frozen=True, slots=True)
class Char:
    """One Han character. ``glued``: in the same run as what stood before it."""

    text: str
    glued: bool


@dataclass(frozen=True, slots=True)
class PatternPiece:
    """One token; ``wild``: its text holds wildcards (``wildcard_test``, ``wildcard_regex``) for the whole token."""

    text: str
    wild: bool = False


@dataclass(frozen=True, slots=True)
class PatternGap:
    """From ``least`` to ``most`` (None: any number of) Han characters of the run of the character beside it.

    ``glued``: directly behind what stood before it, so in its run if that was a Han character.
    """

    least: int
    most: int | None
    glued: bool


Step = Char | PatternPiece | PatternGap
#: one word of a query: the steps must follow each other, token by token
Word = tuple[Step, ...]


def _sign_groups(text: str) -> Iterator[str | tuple[int, int | None]]:
    """A text cut into single characters and what its wildcards mean together: from so many to so many characters."""
    for part in re.split(r"([*?#]+)", text):
        if part and part[0] in WILDCARDS:
            least = part.count("#")
            yield least, None if "*" in part else least + part.count("?")
        else:
            yield from part


def wildcard_regex(text: str) -> str:
    """A regular expression for a whole token or value: ``*`` any, ``?`` none or one, ``#`` exactly one character."""
    return "".join(
        re.escape(one) if isinstance(one, str) else f".{{{one[0]},{'' if one[1] is None else one[1]}}}"
        for one in _sign_groups(text)
    )


#: up to so many wildcards and characters Python's regular expressions are surely quick enough
QUICK_WILDCARDS, QUICK_LENGTH = 2, 1000


def wildcard_test(text: str) -> Callable[[str], bool]:
    """Whether a whole token or value is what the text with wildcards asks for.

    The cost grows with the product of the lengths at worst, whatever the wildcards: backtracking is used only where
    there is little to go back to.
    """
    groups = list(_sign_groups(text))
    steps: list[tuple[str, bool]] = []  # (the character, or "" for any; whether it may be missing)
    loops = 0  # bit i: any number of characters may be read before step i
    for one in groups:
        if isinstance(one, str):
            steps.append((one, False))
            continue
        least, most = one
        steps += [("", False)] * least
        if most is None:
            loops |= 1 << len(steps)
        else:
            steps += [("", True)] * (most - least)
    masks: dict[str, int] = {}
    anything = optional = 0
    for index, (one, may_miss) in enumerate(steps):
        if one:
            masks[one] = masks.get(one, 0) | 1 << index
        else:
            anything |= 1 << index
        if may_miss:
            optional |= 1 << index
    goal = 1 << len(steps)

    def skipped(state: int) -> int:
        while (more := state | (state & optional) << 1) != state:
            state = more
        return state

    def stepwise(whole: str) -> bool:
        state = skipped(1)
        for one in whole:
            state = skipped((state & (masks.get(one, 0) | anything)) << 1 | state & loops)
            if not state:
                return False
        return bool(state & goal)

    if sum(not isinstance(one, str) for one in groups) > QUICK_WILDCARDS:
        return stepwise
    quick = re.compile(wildcard_regex(text), re.DOTALL)
    return lambda whole: bool(quick.fullmatch(whole)) if len(whole) <= QUICK_LENGTH else stepwise(whole)


def gap_of(signs: str, glued: bool) -> PatternGap:
    """The gap that signs beside a Han character mean together: ``?#`` is one or two characters."""
    least = signs.count("#")
    return PatternGap(least, None if "*" in signs else least + signs.count("?"), glued)


def pattern_of(text: str, at: int = 0) -> tuple[Word, ...]:
    """The words of a text that may hold wildcards; spaces part words. Raises QueryError where nothing is left."""
    if len(text) > MAX_WORD_LENGTH:
        raise TooWide("一个检索词的字符", "characters in one word", len(text), MAX_WORD_LENGTH, at)
    found = tuple(word for part in text.split() if (word := _word(part)))
    if not any(
        isinstance(step, Char) or (isinstance(step, PatternPiece) and _solid(step)) for word in found for step in word
    ):
        raise QueryError(
            f"“{text}”里没有可检索的字词：标点不参与检索，截词符（* ? #）须与字词同用；"
            "其他系统的检索式（如以 % + $ 截词、以 + 表示或）请在检索框选择该系统",
            f"“{text}” holds nothing to search: punctuation is not searched, and a wildcard (* ? #) needs a letter"
            " beside it; for a query of another system (% + $ as wildcards, + for or) choose that system at the box",
            at,
            at + max(1, len(text)),
        )
    return found


def _solid(piece: PatternPiece) -> bool:
    return bool(set(piece.text) - WILDCARDS)


def _word(part: str) -> Word:
    """The steps of one word: Han characters, gaps beside them, tokens with wildcards within them."""
    # the signs must survive folding and tokenising, so the text is cut at them first
    pieces = [piece for piece in re.split(r"([*?#]+)", part) if piece]
    kinds: list[tuple[str, str, bool]] = []  # (what, text, touches what stood before)
    for piece in pieces:
        if piece[0] in WILDCARDS:
            kinds.append(("signs", piece, True))
            continue
        tokens = tokenise([piece])
        last = 0
        for index, text in enumerate(tokens.texts):
            kinds.append(("han" if is_han(text) else "token", text, tokens.starts[index] == last))
            last = tokens.ends[index]
        if last < len(piece):
            kinds.append(("break", "", False))
    steps: list[Step] = []
    glue = False
    index = 0
    while index < len(kinds):
        what, text, touches = kinds[index]
        before = kinds[index - 1][0] if index and touches else ""
        if what == "break":
            glue = False
        elif what == "han":
            steps.append(Char(text, glue and touches))
            glue = True
        elif what == "signs" and ("han" in (before, _beside(kinds, index))):
            steps.append(gap_of(text, touches and bool(steps)))
            # what follows must stand in the run of the gap, or directly behind it where the gap is empty
            glue = True
        else:
            token = text
            while index + 1 < len(kinds) and kinds[index + 1][2] and _joins(kinds, index + 1):
                index += 1
                token += kinds[index][1]
            steps.append(PatternPiece(token, bool(set(token) & WILDCARDS)))
            glue = False
        index += 1
    return tuple(steps)


def _beside(kinds: list[tuple[str, str, bool]], index: int) -> str:
    """What touches an item on its right."""
    return kinds[index + 1][0] if index + 1 < len(kinds) and kinds[index + 1][2] else ""


def _joins(kinds: list[tuple[str, str, bool]], index: int) -> bool:
    """Whether an item belongs to the token before it: letters, or signs that touch no Han character."""
    return kinds[index][0] == "token" or (kinds[index][0] == "signs" and _beside(kinds, index) != "han")
