"""What is like a document or a text, and why: shared words, classes, citations, family, each with its weight.

Nothing is trained and nothing is stored: the index that answers queries is asked which documents hold a word, class
or number, so likeness is of the same moment as search, with either engine. For a subject s and a document d

    words      Σ over chosen words t of  w(t) · (1 if t is in title, abstract or claims of d + TITLE if in its title)
               / the same sum for s itself;   w(t) = frequency of t in s by field · idf(t)²
    classes    Σ over classes c of s of  idf(c) · (1 same place, 0.6 same main group, 0.3 same subclass) / Σ idf(c)
    citations  DIRECT where one cites the other + bibliographic coupling: Σ over what both cite of idf / Σ over what
               s cites + co-citation: the same of the documents that cite both; at most 1
    family     1 where d is of the simple family of s
    score      Σ of WEIGHTS · part, over the weights of the parts that s can have

Words are Han bigrams within a run and Latin words (``kernel.tokens``): of the CONSIDERED most frequent the TERMS with
the highest weight. A word in more than COMMON of all documents, and in more than FEW, says nothing. Ties stand by id.
``blended`` mixes in how near vectors lie, where an operator has given a model (``engines.vectors``).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from jinzhi.engines.patience import check
from jinzhi.kernel.query import Doc, Node, QueryError, QueryTerm, class_symbol
from jinzhi.kernel.tokens import is_han, tokenise

CONSIDERED, TERMS, COMMON, FEW, TITLE = 160, 40, 0.2, 50, 0.5
DIRECT = 1.0
#: a class, its main group, its subclass
LEVELS = (1.0, 0.6, 0.3)
#: how much a word counts by where the subject has it
FIELDS = {"ti": 5.0, "ab": 2.0, "iclm": 2.0, "clm": 1.0, "desc": 0.3, "desc_f": 0.5, "desc_b": 0.3, "desc_s": 0.5,
          "desc_d": 0.3, "desc_e": 0.2}  # fmt: skip
#: citations of a subject that are asked for, and documents citing it, the first ones; the reason says the number
CITED = 200
#: words that claims and descriptions are made with; they stand in most documents of the kind
_FORMAL = """
所述 其特 特征 征在 在于 根据 据权 权利 利要 要求 求所 述的 一种 包括 本发 发明 明公 公开 开了 实用 用新 新型
其中 以及 进行 用于 具有 设置 置有 通过
the of and to in for is are an on by with wherein said comprising according claim method
"""
FORMAL = frozenset(_FORMAL.split())
#: characters that join words and belong to none
JOINING = frozenset("的了和与及或其之并而且该为以于在由")

#: asks the index: the ids of the documents that a node finds
Find = Callable[[Node], Sequence[int]]
Array = np.ndarray


class Why(StrEnum):
    """Kinds of reasons."""

    WORDS = "words"
    CLASSES = "classes"
    CITATIONS = "citations"
    FAMILY = "family"
    VECTORS = "vectors"


WEIGHTS: Mapping[Why, float] = {Why.WORDS: 0.5, Why.CLASSES: 0.2, Why.CITATIONS: 0.25, Why.FAMILY: 0.05}


@dataclass(frozen=True, slots=True)
class SimilarityReason:
    """Why a document is like the subject: the part's value from 0 to 1, what it adds to the score, what is shared.

    ``shared``: words, class symbols, or numbers of documents; of citations each with ``cites``, ``cited-by``,
    ``both-cite`` or ``cited-together`` before a colon.
    """

    why: Why
    value: float
    adds: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Similar:
    """A document like the subject. ``score`` is from 0 to 1 and the sum of what its reasons add."""

    id: int
    score: float
    reasons: tuple[SimilarityReason, ...]


@dataclass(frozen=True)
class Subject:
    """What to find the like of: fields of text, and of a document its classes, citations and numbers."""

    text: Mapping[str, Sequence[str]]
    id: int | None = None
    number: str = ""
    classes: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    citing: tuple[str, ...] = ()
    family: bool = False

    @classmethod
    def of(cls, doc: Doc) -> Subject:
        """A document as engines see it."""
        keys = doc.keys
        classes = tuple(dict.fromkeys(class_symbol(one) for one in keys.get("ipc", ())))
        return cls(doc.text, doc.id, doc.number, classes, keys.get("ct", ()), keys.get("citing", ()), True)

    @classmethod
    def of_text(cls, text: str) -> Subject:
        """A text of any length: its first line counts as a title where more follow."""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return cls({"ti": lines[:1], "ab": lines[1:]} if len(lines) > 1 else {"ab": lines})

    @property
    def plain(self) -> str:
        """Title and abstract, or the first claim where there is no abstract: what a vector is made of."""
        parts = [*self.text.get("ti", ())[:1], *(self.text.get("ab") or self.text.get("clm", ()))[:1]]
        return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A word of the subject with its weight, and the documents that hold it: anywhere, and in the title."""

    text: str
    weight: float
    ids: Array
    titled: Array


@dataclass
class SimilarDocuments:
    """What is like the subject, best first, and the words it was sought by: with weights, and as people read them."""

    found: list[Similar]
    terms: tuple[tuple[str, float], ...] = ()
    phrases: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)


# --- words --------------------------------------------------------------------------------------------------------


def words(paragraphs: Iterable[str]) -> Iterator[str]:
    """The words of a field: Han bigrams within runs, Latin words and numbers with letters, formal words left out."""
    tokens = tokenise(paragraphs)
    texts, runs = tokens.texts, tokens.runs
    pairs = ["".join(texts[at : at + 2]) if runs[at] == runs[at + 1] >= 0 else "" for at in range(len(texts) - 1)]
    # neither a formal word nor what overlaps one: 所述 of 所述隔膜 takes 述隔 along
    formal = {place for at, pair in enumerate(pairs) if pair in FORMAL for place in (at, at + 1)}
    formal |= {at for at, text in enumerate(texts) if text in JOINING}
    for at, text in enumerate(texts):
        if is_han(text):
            if at < len(pairs) and pairs[at] and not formal & {at, at + 1}:
                yield pairs[at]
        elif len(text) > 1 and not text.isdigit() and text not in FORMAL:
            yield text


def frequent(subject: Subject) -> list[tuple[str, float]]:
    """The CONSIDERED most frequent words of a subject with their frequency by field."""
    counts: dict[str, float] = {}
    for code, paragraphs in subject.text.items():
        # independent claims stand among the claims as well
        weight = FIELDS.get(code, 0.0)
        for word, times in Counter(words(paragraphs)).items():
            counts[word] = counts.get(word, 0.0) + weight * (1 + math.log(times))
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return ordered[:CONSIDERED]


def idf(held: int, total: int) -> float:
    """How rare something is that so many of all documents have."""
    return math.log(1 + (total - held + 0.5) / (held + 0.5))


def chosen(subject: Subject, find: Find, total: int) -> list[Weighed]:
    """The words by which to seek, the weightiest first."""
    ranked = []
    for word, frequency in frequent(subject):
        check()
        ids = np.asarray(find(QueryTerm(word)), dtype=np.int64)
        if len(ids) and len(ids) <= max(FEW, COMMON * total):
            ranked.append((frequency * idf(len(ids), total) ** 2, word, ids))
    ranked.sort(key=lambda one: (-one[0], one[1]))
    return [
        Weighed(word, weight, ids, np.asarray(find(QueryTerm(word, ("ti",))), dtype=np.int64))
        for weight, word, ids in ranked[:TERMS]
    ]


def joined(subject: Subject, shared: Mapping[str, float]) -> list[tuple[str, float]]:
    """Shared words as people read them: bigrams that overlap in the subject drawn together, the weightiest first."""
    found: dict[str, float] = {}
    for code in ("ti", "ab", "clm", "desc_f", "desc_s", "desc_b", "desc_e", "desc_d", "desc"):
        tokens = tokenise(subject.text.get(code, ()))
        at = 0
        while at < len(tokens):
            text, weight, end = tokens.texts[at], 0.0, at + 1
            if not is_han(text):
                weight = shared.get(text, 0.0)
            else:
                while (
                    end < len(tokens)
                    and tokens.runs[end] == tokens.runs[at]
                    and (pair := tokens.texts[end - 1] + tokens.texts[end]) in shared
                ):
                    text += tokens.texts[end]
                    weight += shared[pair]
                    end += 1
            if weight:
                found.setdefault(text, weight)
            # the last character of a stretch may begin the next
            at = max(at + 1, end - 1) if weight and is_han(tokens.texts[at]) else at + 1
        if sum(len(one) for one in found) > 200:
            break
    ordered = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    kept: list[tuple[str, float]] = []
    for text, weight in ordered:
        if not any(text in other for other, _ in kept):
            kept.append((text, weight))
    return kept


# --- parts --------------------------------------------------------------------------------------------------------


class PartValues:
    """The value of one part for each document, and what each shares."""

    def __init__(self) -> None:
        self.pieces: list[tuple[Array, float, str]] = []

    def add(self, ids: Sequence[int] | Array, value: float, what: str) -> None:
        """Documents that share something of a value."""
        if len(ids) and value > 0:
            self.pieces.append((np.asarray(ids, dtype=np.int64), value, what))

    @property
    def ids(self) -> Array:
        return np.concatenate([ids for ids, _, _ in self.pieces]) if self.pieces else np.zeros(0, dtype=np.int64)

    def values(self, ids: Array) -> Array:
        """The sum for each of some ids, in their order."""
        out = np.zeros(len(ids))
        for held, value, _ in self.pieces:
            out[np.isin(ids, held)] += value
        return out

    def shared(self, one: int) -> list[tuple[str, float]]:
        """What one document shares, the weightiest first, each once."""
        found: dict[str, float] = {}
        for held, value, what in self.pieces:
            if one in held:
                found[what] = found.get(what, 0.0) + value
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def words_part(terms: Sequence[Weighed], own: int | None) -> PartValues:
    part = PartValues()
    whole = sum(t.weight * (1 + (TITLE if own is None or own in t.titled else 0.0)) for t in terms)
    for term in terms:
        part.add(term.ids, term.weight / whole, term.text)
        part.add(term.titled, TITLE * term.weight / whole, term.text)
    return part


def classes_part(subject: Subject, find: Find, total: int) -> PartValues:
    part = PartValues()
    steps = []
    for symbol in subject.classes:
        levels = list(dict.fromkeys((symbol, symbol.partition("/")[0], symbol[:4])))
        try:
            held = [np.asarray(find(QueryTerm(level, ("ipc",))), dtype=np.int64) for level in levels]
        except QueryError:
            continue  # a symbol that no query can name says nothing
        steps.append((symbol, idf(len(held[0]), total), levels, held))
    whole = sum(weight for _, weight, _, _ in steps)
    for _symbol, weight, levels, held in steps:
        before: Array = np.zeros(0, dtype=np.int64)
        # a level is worth what it adds to the one below it, so that the nearest level counts once
        for level, ids, value in zip(levels, held, LEVELS[-len(levels) :], strict=True):
            fresh = np.setdiff1d(ids, before, assume_unique=False)
            part.add(fresh, value * weight / whole, level)
            before = ids
    return part


def citations_part(subject: Subject, find: Find, total: int) -> PartValues:
    """Direct links, what both cite, and what cites both."""
    part = PartValues()
    cites, citing = subject.cites[:CITED], subject.citing[:CITED]
    if subject.number:
        part.add(find(QueryTerm(subject.number, ("ct",))), DIRECT, "cited-by:")
        part.add(find(QueryTerm(subject.number, ("citing",))), DIRECT, "cites:")
    for numbers, field_code, name in ((cites, "ct", "both-cite"), (citing, "citing", "cited-together")):
        steps = []
        for number in numbers:
            check()
            ids = np.asarray(find(QueryTerm(number, (field_code,))), dtype=np.int64)
            steps.append((number, idf(len(ids), total), ids))
        whole = sum(weight for _, weight, _ in steps)
        for number, weight, ids in steps:
            part.add(ids, weight / whole, f"{name}:{number}")
    return part


# --- the answer ---------------------------------------------------------------------------------------------------


def similar(
    subject: Subject,
    find: Find,
    total: int,
    *,
    top: int | None = None,
    weights: Mapping[Why, float] = WEIGHTS,
    family: bool = True,
) -> SimilarDocuments:
    """The documents like the subject, best first, itself left out. ``top``: so many (None: all that share anything).

    ``family`` False leaves out the members of its simple family, which are the same invention.
    """  # fmt: skip
    terms = chosen(subject, find, total)
    parts = {Why.WORDS: words_part(terms, subject.id)}
    if subject.classes:
        parts[Why.CLASSES] = classes_part(subject, find, total)
    if subject.number:
        parts[Why.CITATIONS] = citations_part(subject, find, total)
    kin: Sequence[int] = find(QueryTerm(subject.number, ("fam",))) if subject.family else ()
    if subject.family:
        parts[Why.FAMILY] = PartValues()
        parts[Why.FAMILY].add(kin, 1.0, "")
    # classes alone make no candidate below the same place: a subclass may hold a tenth of the collection
    near = [part.ids for why, part in parts.items() if why is not Why.CLASSES]
    if Why.CLASSES in parts:
        near += [ids for ids, _value, what in parts[Why.CLASSES].pieces if "/" in what]
    ids = np.unique(np.concatenate(near)) if near else np.zeros(0, dtype=np.int64)
    left_out = [subject.id] if subject.id is not None else []
    if not family:
        left_out += list(kin)
    ids = np.setdiff1d(ids, np.asarray(left_out, dtype=np.int64))
    able = {why: weights.get(why, 0.0) for why, part in parts.items() if part.pieces}
    whole = sum(able.values()) or 1.0
    values = {why: np.minimum(1.0, parts[why].values(ids)) for why in able}
    score = sum((able[why] / whole * values[why] for why in able), np.zeros(len(ids)))
    order = np.lexsort((ids, -score))
    order = order[: len(order) if top is None else top]
    found = []
    for at in order.tolist():
        reasons = tuple(
            SimilarityReason(why, float(values[why][at]), float(able[why] / whole * values[why][at]),
                   _shared(why, parts[why], int(ids[at]), subject))
            for why in able
            if values[why][at] > 0
        )  # fmt: skip
        if reasons:
            found.append(Similar(int(ids[at]), float(score[at]), reasons))
    weighed = tuple((t.text, t.weight) for t in terms)
    return SimilarDocuments(found, weighed, tuple(text for text, _ in joined(subject, dict(weighed))))


def _shared(why: Why, part: PartValues, one: int, subject: Subject) -> tuple[str, ...]:
    held = part.shared(one)
    if why is Why.WORDS:
        return tuple(text for text, _ in joined(subject, dict(held)))
    return tuple(what for what, _ in held if what)


def ranked(subject: Subject, find: Find, total: int, top: int) -> tuple[int, ...]:
    """The ids of the ``top`` documents most like the subject, best first."""
    return tuple(one.id for one in similar(subject, find, total, top=top).found)


def blended(answer: SimilarDocuments, near: Mapping[int, float], weight: float, name: str) -> SimilarDocuments:
    """The answer with a further reason: how near vectors lie (cosine, below 0 is 0), and the order that follows."""
    found = []
    for one in answer.found:
        value = max(0.0, near.get(one.id, 0.0))
        rest = tuple(replace(reason, adds=(1 - weight) * reason.adds) for reason in one.reasons)
        own = (SimilarityReason(Why.VECTORS, value, weight * value, (name,)),) if value else ()
        found.append(Similar(one.id, (1 - weight) * one.score + weight * value, rest + own))
    return replace(answer, found=sorted(found, key=lambda one: (-one.score, one.id)))
