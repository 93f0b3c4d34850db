"""A patent document in WIPO's terms: the one bibliographic model every source maps to. Standard library only.

Names follow WIPO ST.9 (the INID codes, see `jinzhi.standards.st9`) and ST.96. Numbers are in the written form of
`jinzhi.standards.cn_numbers.normalise`: ``CN104751825B`` for a publication, ``CN201510163325.6`` for a Chinese
application, country ‖ digits for the others. A field that a source does not hold is empty, never guessed; what a
source holds and the model lacks is kept in `PatentDocument.rest`, by path and count.

Dates of the document itself are `datetime.date`. Dates that offices print without a day or month (citations of
US grants) are ISO text as far as they go: ``1993``, ``1993-04``, ``1993-04-06``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from types import NoneType, UnionType
from typing import Any, Self, Union, get_args, get_origin, get_type_hints

from jinzhi.kernel.canonical import canonical

#: kinds of a description's parts, in the order of a Chinese specification
PART_KINDS = ("field", "background", "disclosure", "drawings", "mode", "other")

#: what `PatentDocument.application_type` may say; empty where the source does not say
APPLICATION_TYPES = ("invention", "utility-model", "design", "plant", "reissue", "other", "")


class ModelError(ValueError):
    """A JSON text that is not a document of this model; the message says where."""


class _Json:
    """Exact JSON of a frozen dataclass: canonical (RFC 8785), fields at their default left out."""

    __slots__ = ()

    def to_data(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and integers; fields that hold their default are left out."""
        data: dict[str, Any] = {}
        for name, default, encode, _ in _plan(type(self)):
            value = getattr(self, name)
            if value != default or type(value) is not type(default):
                data[name] = encode(value)
        return data

    def to_json(self) -> str:
        """Canonical JSON text: equal documents give equal bytes."""
        return canonical(self.to_data())

    @classmethod
    def from_data(cls, data: object, where: str = "$") -> Self:
        """The inverse of `to_data`. Raises ModelError on unknown keys, missing fields and foreign types."""
        if not isinstance(data, Mapping):
            raise ModelError(f"{where}: an object is expected, not {type(data).__name__}")
        left = dict(data)
        values: dict[str, Any] = {}
        for name, default, _, decode in _plan(cls):
            if name in left:
                values[name] = decode(left.pop(name), f"{where}.{name}")
            elif default is MISSING:
                raise ModelError(f"{where}: {name} is missing")
        if left:
            raise ModelError(f"{where}: unknown: {', '.join(sorted(map(str, left)))}")
        return cls(**values)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The inverse of `to_json`. Raises ModelError where the text is not JSON of this class."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as e:
            raise ModelError(f"$: not JSON: {e}") from e
        return cls.from_data(data)


@dataclass(frozen=True, slots=True)
class Text(_Json):
    """A title or abstract in one language (ISO 639-1, lower case; empty where the source does not say)."""

    lang: str
    text: str


@dataclass(frozen=True, slots=True)
class Claim(_Json):
    """A claim. `refers_to` names the claims its text refers to; an independent claim may refer (a use of claim 1)."""

    number: int
    text: str
    refers_to: tuple[int, ...] = ()
    independent: bool = True
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph(_Json):
    """A paragraph of the description. `number` is the printed one (0001), empty where none; headings have none."""

    text: str
    number: str = ""
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Part(_Json):
    """A part of the description: one of PART_KINDS."""

    kind: str
    paragraphs: tuple[Paragraph, ...]
    lang: str = ""

    @property
    def text(self) -> str:
        return "\n".join(p.text for p in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Symbol(_Json):
    """A class symbol in its short written form (``G09G5/10``, Locarno ``14-02``).

    scheme: ipc, cpc, locarno, fi, f-term, ecla, uspc, … ; version: ``2006.01`` or an edition, empty if unsaid;
    value: ``I`` inventive, ``A`` additional, empty if unsaid; office: who assigned it, an ST.3 code.
    """

    scheme: str
    symbol: str
    version: str = ""
    main: bool = False
    office: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class PatentParty(_Json):
    """A person or organisation as one document names it. Address levels only where the source tells them apart.

    county: in a municipality (直辖市) the district stands here and `city` says 市辖区. code: an agency's number.
    original: the name as printed where `name` was cleaned of a trailing code or reordered.
    """

    name: str
    lang: str = ""
    address: str = ""
    province: str = ""
    city: str = ""
    county: str = ""
    postcode: str = ""
    country: str = ""
    original: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Priority(_Json):
    """A priority claimed: the earlier application. kind: national, regional, international, or as the source says.

    number: with its country (``JP2008148514``), in the standard form, so that families can be told by it.
    """

    country: str
    number: str
    filing_date: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class PatentCitation(_Json):
    """A document cited. Patent literature has a `number` in standard form; other literature has `text`.

    phase: who cited and when, as the source codes it (SEA search, examiner, applicant, …); category: X, Y, A, …
    """

    number: str = ""
    text: str = ""
    phase: str = ""
    category: str = ""
    date: str = ""
    name: str = ""
    claims: str = ""

    @property
    def patent(self) -> bool:
        return bool(self.number)


@dataclass(frozen=True, slots=True)
class Related(_Json):
    """Another document of the same right: division, continuation, pct-application, pct-publication, reissue, …"""

    relation: str
    number: str
    date: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Drawing(_Json):
    """A figure: the file's name as the source gives it, its printed number, size as printed (no unit assumed)."""

    file: str
    number: str = ""
    width: str = ""
    height: str = ""
    abstract: bool = False


@dataclass(frozen=True, slots=True)
class Source(_Json):
    """Where a document was read: the reader's name, the file (member of a batch), SHA-256 of what was read."""

    name: str
    file: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class PatentDocument(_Json):
    """One published patent document, or what one source says of it.

    `publication_number` identifies it, e.g. ``CN104751825B``. Readers of partial answers (claims alone) fill in
    what they have; the store puts them together.
    """

    country: str
    doc_number: str
    kind: str
    publication_number: str
    publication_date: date | None = None
    application_number: str = ""
    application_type: str = ""
    filing_date: date | None = None
    grant_date: date | None = None
    language: str = ""
    titles: tuple[Text, ...] = ()
    abstracts: tuple[Text, ...] = ()
    claims: tuple[Claim, ...] = ()
    description: tuple[Part, ...] = ()
    ipc: tuple[Symbol, ...] = ()
    cpc: tuple[Symbol, ...] = ()
    locarno: tuple[Symbol, ...] = ()
    fi: tuple[Symbol, ...] = ()
    other_classes: tuple[Symbol, ...] = ()
    applicants: tuple[PatentParty, ...] = ()
    inventors: tuple[PatentParty, ...] = ()
    agents: tuple[PatentParty, ...] = ()
    agencies: tuple[PatentParty, ...] = ()
    assignees: tuple[PatentParty, ...] = ()
    examiners: tuple[PatentParty, ...] = ()
    priorities: tuple[Priority, ...] = ()
    citations: tuple[PatentCitation, ...] = ()
    related: tuple[Related, ...] = ()
    family_id: str = ""
    family: tuple[str, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    place: str = ""
    source: Source = Source("")
    rest: tuple[tuple[str, int], ...] = ()

    @property
    def title(self) -> str:
        """The title in the document's language, else the first; empty if there is none."""
        return _preferred(self.titles, self.language)

    @property
    def abstract(self) -> str:
        return _preferred(self.abstracts, self.language)

    @property
    def main_ipc(self) -> str:
        """The first class: marked as main, else the one printed first."""
        return next((s.symbol for s in self.ipc if s.main), self.ipc[0].symbol if self.ipc else "")

    @property
    def independent_claims(self) -> tuple[Claim, ...]:
        return tuple(c for c in self.claims if c.independent)


@dataclass(frozen=True, slots=True)
class LegalEvent(_Json):
    """One announced event of a right. `category` is an ST.27 category letter, empty when unknown and `why` says so.

    number: the publication or patent number where the record names one.
    """

    application_number: str
    code: str
    name: str
    publication_date: date | None = None
    text: str = ""
    category: str = ""
    why: str = ""
    number: str = ""
    country: str = "CN"
    source: Source = Source("")
    rest: tuple[tuple[str, int], ...] = ()


def _preferred(texts: tuple[Text, ...], lang: str) -> str:
    return next((t.text for t in texts if t.lang == lang), texts[0].text if texts else "")


# ---------------------------------------------------------------------------------------------------- the codec

Encode = Callable[[Any], Any]
Decode = Callable[[Any, str], Any]


def _same(value: Any) -> Any:
    return value


def _exactly(kind: type) -> Decode:
    def decode(value: Any, where: str) -> Any:
        if type(value) is not kind:
            raise ModelError(f"{where}: {kind.__name__} is expected, not {type(value).__name__}")
        return value

    return decode


def _day(value: Any, where: str) -> date:
    try:
        if not isinstance(value, str):
            raise TypeError
        return date.fromisoformat(value)
    except (ValueError, TypeError) as e:
        raise ModelError(f"{where}: a date YYYY-MM-DD is expected, not {value!r}") from e


def _items(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise ModelError(f"{where}: a list is expected, not {type(value).__name__}")
    return value


def _codec(hint: Any) -> tuple[Encode, Decode]:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        inner = next(a for a in args if a is not NoneType)
        encode, decode = _codec(inner)
        return (lambda v: None if v is None else encode(v)), (lambda v, w: None if v is None else decode(v, w))
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        encode, decode = _codec(args[0])
        return (
            lambda v: [encode(x) for x in v],
            lambda v, w: tuple(decode(x, f"{w}[{i}]") for i, x in enumerate(_items(v, w))),
        )
    if origin is tuple:
        parts = [_codec(a) for a in args]

        def row(value: Any, where: str) -> Any:
            if len(_items(value, where)) != len(parts):
                raise ModelError(f"{where}: {len(parts)} items are expected, not {len(value)}")
            return tuple(d(x, f"{where}[{i}]") for i, ((_, d), x) in enumerate(zip(parts, value, strict=True)))

        return (lambda v: [e(x) for (e, _), x in zip(parts, v, strict=True)]), row
    if hint is date:
        return date.isoformat, _day
    if issubclass(hint, _Json):
        return hint.to_data, hint.from_data
    return _same, _exactly(hint)


Plan = tuple[tuple[str, Any, Encode, Decode], ...]
_PLANS: dict[type, Plan] = {}


def _plan(cls: type) -> Plan:
    """Name, default and codec of each field of a class, worked out once."""
    if cls not in _PLANS:
        hints = get_type_hints(cls)
        _PLANS[cls] = tuple((f.name, f.default, *_codec(hints[f.name])) for f in fields(cls))
    return _PLANS[cls]
