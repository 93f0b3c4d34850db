"""What stands in the inverted index for tokens and values; the same functions write it and ask it.

A text field is indexed twice. ``ti``, with positions: one term for each token, so that positions are those of tokens;
for a Han character the bigram with its follower in the run (the last of a run stands alone), for a Latin word the
word; between paragraphs a separator that no query holds. ``ti.1``, without positions: every single Han character.
A phrase of Han runs and Latin words is thus a phrase of terms, exactly. Han characters stand in it simplified, as they
are compared; the forward index has them as written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

import tantivy

from jinzhi.engines.characters import simplified
from jinzhi.engines.search_index.store import COUNTS, DATES, TEXTS, WHOLE_VALUES
from jinzhi.kernel.query import GROUP, Char, Doc, Kind, Numbers, PatternGap, PatternPiece, Word, class_symbol, get_field
from jinzhi.kernel.tokens import Tokens, fold

#: between paragraphs; punctuation is never a token
SEPARATOR = "|"
#: begins the terms that stand for everything below a class; no symbol begins so
UNDER = "\x02"
#: begins the terms of keys as written, beside those with simplified characters
WRITTEN = "\x03"
#: longer strings are indexed by their digest, since the index drops what is longer than 65,530 bytes
LONGEST = 1000


def shortened(text: str) -> str:
    """A term for a string of any length."""
    if len(text) <= LONGEST:
        return text
    return "\x01" + sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def schema() -> tantivy.Schema:
    """The fields of the inverted index. Nothing is stored in it: rows lead to the forward index."""
    made = tantivy.SchemaBuilder()
    made.add_unsigned_field("row", indexed=True, fast=True)
    made.add_unsigned_field("id", indexed=True)
    for code in TEXTS:
        made.add_text_field(code, tokenizer_name="whitespace", index_option="position")
        made.add_text_field(f"{code}.1", tokenizer_name="whitespace", index_option="basic")
    for code in WHOLE_VALUES:
        made.add_text_field(code, tokenizer_name="raw", index_option="basic")
    for code in (*DATES, *COUNTS):
        made.add_integer_field(code, indexed=True, fast=True)
    return made.build()


def text_terms(tokens: Tokens) -> tuple[str, str]:
    """The terms of a text in order and its single characters, each joined by spaces."""
    texts, runs, places = tuple(map(simplified, tokens.texts)), tokens.runs, tokens.paragraphs
    last = len(texts) - 1
    terms: list[str] = []
    singles: set[str] = set()
    place = places[0] if places else 0
    for index, text in enumerate(texts):
        if places[index] != place:
            place = places[index]
            terms.append(SEPARATOR)
        if runs[index] < 0:
            terms.append(shortened(text))
        else:
            singles.add(text)
            terms.append(text + texts[index + 1] if index < last and runs[index + 1] == runs[index] else text)
    return " ".join(terms), " ".join(singles)


def value_terms(code: str, value: str, numbers: Numbers) -> Iterator[str]:
    """The terms under which one value of a KEY, CLASS or NUMBER field is found."""
    match get_field(code).kind:
        case Kind.CLASS:
            symbol = class_symbol(value)
            yield shortened(symbol)
            for length in (1, 3, 4):
                if len(symbol) >= length:
                    yield UNDER + symbol[:length]
            yield shortened(UNDER + symbol.split("/")[0])
        case Kind.NUMBER:
            yield from map(shortened, numbers.keys(value, code))
        case _:
            plain = fold(value).strip()
            yield shortened(simplified(plain))
            yield shortened(WRITTEN + plain)


def class_term(symbol: str) -> str | None:
    """The one term for everything at or under a symbol as asked for (``class_begins``), where there is one."""
    if "/" in symbol:
        return shortened(symbol)
    if GROUP.match(symbol):
        return shortened(UNDER + symbol)
    if len(symbol) in (1, 3, 4) and not set(symbol) & set(".-"):
        return UNDER + symbol
    return None


def document(row: int, doc: Doc, texts: Mapping[str, Tokens], numbers: Numbers) -> tantivy.Document:
    """A document of the inverted index."""
    made = tantivy.Document()
    made.add_unsigned("row", row)
    made.add_unsigned("id", doc.id)
    for code, tokens in texts.items():
        if len(tokens):
            terms, singles = text_terms(tokens)
            made.add_text(code, terms)
            if singles:
                made.add_text(f"{code}.1", singles)
    for code, values in doc.keys.items():
        if get_field(code).kind is not Kind.NAME:
            for term in {term for value in values for term in value_terms(code, value, numbers)}:
                made.add_text(code, term)
    for code, value in (*doc.dates.items(), *doc.numbers.items()):
        made.add_integer(code, value)
    return made


@dataclass(frozen=True, slots=True)
class Outline:
    """What the index can say of a word or phrase: stretches of (offset, term), single characters, wildcards.

    ``exact``: a document with the one stretch (or character, or token of the wildcard) holds the phrase.
    """

    stretches: tuple[tuple[tuple[int, str], ...], ...]
    singles: tuple[str, ...]
    wild: tuple[str, ...]
    exact: bool


def outline(steps: Word) -> Outline:
    """The outline of steps, to find documents that may hold them (or, where exact, that do).

    A step stands for all characters that are one with it: of steps to be found as written it is never too little.
    """
    steps = tuple(Char(simplified(one.text), one.glued) if isinstance(one, Char) else one for one in steps)
    # a gap that may be empty at either end of a phrase changes where it stands, not whether
    while isinstance(steps[0], PatternGap) and steps[0].least == 0:
        steps = steps[1:]
    while isinstance(steps[-1], PatternGap) and steps[-1].least == 0:
        steps = steps[:-1]
    stretches: list[tuple[tuple[int, str], ...]] = []
    singles: list[str] = []
    wild: list[str] = []
    stretch: list[tuple[int, str]] = []
    gaps = False
    for index, step in enumerate(steps):
        if isinstance(step, PatternGap):
            gaps = True
            if stretch:
                stretches.append(tuple(stretch))
                stretch = []
        elif isinstance(step, PatternPiece):
            if step.wild:
                wild.append(step.text)
            else:
                stretch.append((index, shortened(step.text)))
        else:
            after = steps[index + 1] if index + 1 < len(steps) else None
            before = steps[index - 1] if index else None
            if isinstance(after, Char) and after.glued:
                stretch.append((index, step.text + after.text))
            elif not (step.glued and isinstance(before, Char)):
                singles.append(step.text)
    if stretch:
        stretches.append(tuple(stretch))
    alone = len(steps) == 1 and not gaps
    exact = alone or (len(stretches) == 1 and not singles and not wild and not gaps)
    return Outline(tuple(stretches), tuple(singles), tuple(wild), exact)
