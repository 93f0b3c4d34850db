"""Tokens of a text: one per Han character, one per Latin word or number, with where each stands.

Case and width do not matter (NFKC, case-folded). Kana count as Han characters, since neither is written with spaces.
Everything else (punctuation, space) is no token, but it ends a run: a run is Han characters written without anything
between them. Sentences end at 。；！？ and at a full stop before a space, paragraphs where the text's list says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

#: Han characters with their extensions and compatibility forms, 〇 々, Kana
HAN_RANGES = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
)
HAN = re.compile(f"[{HAN_RANGES}]")
TOKEN = re.compile(f"[{HAN_RANGES}]|[^\\W_{HAN_RANGES}]+")
#: marks that join the character before them, half-width voicing marks included (their combining class is 0)
VOICING = "\uff9e\uff9f"
ENDS = frozenset("。；！？｡")


def fold(text: str) -> str:
    """The form in which texts and queries are compared: NFKC and case-folded."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def is_han(character: str) -> bool:
    """Whether the character is a token by itself (Han, Kana)."""
    return bool(HAN.match(character))


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one field in reading order, in parallel tuples; positions are indexes into them.

    ``starts`` and ``ends`` are offsets of characters in the paragraph named by ``paragraphs``. ``runs`` numbers the
    runs of Han characters; a Latin word or number stands in run -1.
    """

    texts: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[int, ...]
    paragraphs: tuple[int, ...]
    runs: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.texts)


EMPTY = Tokens((), (), (), (), (), ())


def folded(text: str) -> tuple[str, list[int] | None]:
    """The text folded, and for each of its characters the offset in the original (None: the same offsets)."""
    if text.isascii():
        return text.lower(), None
    whole = fold(text)
    if len(whole) == len(text) and all(old == new or fold(old) == new for old, new in zip(text, whole, strict=True)):
        return whole, None
    pieces: list[str] = []
    offsets: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and (unicodedata.combining(text[end]) or text[end] in VOICING):
            end += 1
        piece = fold(text[at:end])
        pieces.append(piece)
        offsets += [at] * len(piece)
        at = end
    return "".join(pieces), [*offsets, len(text)]


def sentence_ends(text: str) -> Iterator[int]:
    """Offsets after which a new sentence begins."""
    for at, character in enumerate(text):
        if character in ENDS or (character == "." and text[at + 1 : at + 2].isspace()):
            yield at + 1


def tokenise(paragraphs: Iterable[str]) -> Tokens:
    """The tokens of a field whose text is the paragraphs. Costs time and memory in proportion to its length."""
    texts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    sentences: list[int] = []
    numbers: list[int] = []
    runs: list[int] = []
    sentence = run = -1
    for number, paragraph in enumerate(paragraphs):
        sentence += 1
        whole, offsets = folded(paragraph)
        breaks = sentence_ends(paragraph)
        next_break = next(breaks, len(paragraph) + 1)
        last_end = -1
        for found in TOKEN.finditer(whole):
            start, end = found.span()
            if offsets is None:
                first, after = start, end
            else:
                # one character may fold to several, and a token may end among them
                first, beyond = offsets[start], end
                while offsets[beyond] == offsets[end - 1]:
                    beyond += 1
                after = offsets[beyond]
            while first >= next_break:
                sentence += 1
                next_break = next(breaks, len(paragraph) + 1)
            text = found[0]
            if is_han(text):
                if start != last_end:
                    run += 1
                last_end = end
                runs.append(run)
            else:
                runs.append(-1)
            texts.append(text)
            starts.append(first)
            ends.append(after)
            sentences.append(sentence)
            numbers.append(number)
    return Tokens(tuple(texts), tuple(starts), tuple(ends), tuple(sentences), tuple(numbers), tuple(runs))


def words(text: str) -> list[tuple[str, ...]]:
    """The tokens of a short text, grouped into what stands together: each run of Han, each Latin word by itself."""
    tokens = tokenise([text])
    groups = groupby(range(len(tokens)), key=lambda i: tokens.runs[i] if tokens.runs[i] >= 0 else -1 - i)
    return [tuple(tokens.texts[i] for i in group) for _, group in groups]
