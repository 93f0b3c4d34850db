"""The tree of what was asked, and the record as engines see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from enum import StrEnum

from jinzhi.kernel.query.fields import DEFAULT, get_field
from jinzhi.kernel.query.limits import Notice


@dataclass(frozen=True)
class Doc:
    """One record as engines see it. ``text`` holds paragraphs (claims: one a claim), ``dates`` hold yyyymmdd.

    NAME, KEY, CLASS and NUMBER fields stand in ``keys``, COUNT fields in ``numbers``.
    """

    id: int
    number: str
    text: Mapping[str, Sequence[str]] = dataclass_field(default_factory=dict)
    keys: Mapping[str, tuple[str, ...]] = dataclass_field(default_factory=dict)
    dates: Mapping[str, int] = dataclass_field(default_factory=dict)
    numbers: Mapping[str, int] = dataclass_field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A word, number, class or phrase sought in the fields (codes; none: the default fields).

    ``slop``: the words of a phrase in any order with at most so many tokens between them. ``op`` compares dates and
    counts: = < > <= >=. ``as_written``: traditional and simplified characters are not taken for one.
    """

    text: str
    fields: tuple[str, ...] = ()
    phrase: bool = False
    slop: int | None = None
    op: str = "="
    as_written: bool = False
    at: int = dataclass_field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low`` to ``high`` (``*``: open) of a date or count, each end counted in or not."""

    low: str
    high: str
    fields: tuple[str, ...] = ()
    low_in: bool = True
    high_in: bool = True
    at: int = dataclass_field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class History:
    """The query that history keeps under a number."""

    number: int
    at: int = dataclass_field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Saved:
    """The query saved under a name."""

    name: str
    at: int = dataclass_field(default=0, compare=False)


#: documents that ``~"text"`` finds at most where it names no number
SEMANTIC_TOP = 100


@dataclass(frozen=True, slots=True)
class Semantic:
    """What is like the text, the nearest ``top`` documents (None: SEMANTIC_TOP). The echo always says how many."""

    text: str
    top: int | None = None
    at: int = dataclass_field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Ids:
    """Just these documents: what ``asked`` came to where engines do not hold its fields (see ``Keeper``)."""

    ids: frozenset[int]
    asked: Node
    at: int = dataclass_field(default=0, compare=False)


class Near(StrEnum):
    """How two operands must stand. The letters are those of the language."""

    #: ordered, at most n tokens between
    W = "W"
    #: either order, at most n tokens between
    D = "D"
    #: ordered, exactly n tokens between
    EQU = "EQU"
    #: at most n sentences apart (0: the same)
    S = "S"
    #: at most n paragraphs or claims apart (0: the same)
    P = "P"
    #: the same field
    F = "F"


@dataclass(frozen=True, slots=True)
class Prox:
    """Left and right near each other; ``negated``: occurrences of left with no right near."""

    left: Node
    right: Node
    near: Near
    n: int = 0
    negated: bool = False
    at: int = dataclass_field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Freq:
    """At least ``least`` occurrences of the inner within one field."""

    inner: Node
    least: int
    at: int = dataclass_field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class QueryNot:
    """Every document that the inner does not find."""

    inner: Node
    at: int = dataclass_field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """Documents that all items find; two items or more, none of them an And."""

    items: tuple[Node, ...]
    at: int = dataclass_field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """Documents that some item finds; two items or more, none of them an Or."""

    items: tuple[Node, ...]
    at: int = dataclass_field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Xor:
    """Documents that an odd number of items find; two items or more, none of them an Xor."""

    items: tuple[Node, ...]
    at: int = dataclass_field(default=0, compare=False)


Node = QueryTerm | Range | History | Saved | Semantic | Ids | Prox | Freq | QueryNot | And | Or | Xor
Group = And | Or | Xor


@dataclass(frozen=True, slots=True)
class Query:
    """A query as read: its tree, what to tell the searcher, and the text it was read from."""

    root: Node
    notices: tuple[Notice, ...] = dataclass_field(default=(), compare=False)
    text: str = dataclass_field(default="", compare=False)

    @property
    def complement(self) -> bool:
        """Whether the result holds documents only for what they lack: the searcher should confirm it."""
        return open_ended(self.root)


def all_of(items: Sequence[Node], at: int = 0) -> Node:
    """And of the items, with nested Ands opened."""
    flat = tuple(inner for item in items for inner in (item.items if isinstance(item, And) else (item,)))
    return flat[0] if len(flat) == 1 else And(flat, at)


def any_of(items: Sequence[Node], at: int = 0) -> Node:
    """Or of the items, with nested Ors opened."""
    flat = tuple(inner for item in items for inner in (item.items if isinstance(item, Or) else (item,)))
    return flat[0] if len(flat) == 1 else Or(flat, at)


def one_of(items: Sequence[Node], at: int = 0) -> Node:
    """Xor of the items, with nested Xors opened."""
    flat = tuple(inner for item in items for inner in (item.items if isinstance(item, Xor) else (item,)))
    return flat[0] if len(flat) == 1 else Xor(flat, at)


def children(node: Node) -> tuple[Node, ...]:
    """What stands directly below a node, left to right."""
    match node:
        case And() | Or() | Xor():
            return node.items
        case QueryNot() | Freq():
            return (node.inner,)
        case Prox():
            return (node.left, node.right)
        case _:
            return ()


def leaves(node: Node) -> Iterator[QueryTerm | Range | History | Saved | Semantic | Ids]:
    """The leaves from left to right; their order numbers the colours of highlighting."""
    if isinstance(node, (QueryTerm, Range, History, Saved, Semantic, Ids)):
        yield node
    for child in children(node):
        yield from leaves(child)


def open_ended(node: Node) -> bool:
    """Whether a document may be found for nothing that it holds."""
    match node:
        case QueryNot():
            return not open_ended(node.inner)
        case And():
            return all(open_ended(item) for item in node.items)
        case Or():
            return any(open_ended(item) for item in node.items)
        case Xor():
            return any(open_ended(item) for item in node.items)
        case _:
            return False


def stored_fields(node: QueryTerm | Range) -> tuple[str, ...]:
    """The stored fields in which a leaf is sought, each once."""
    fields = node.fields or (DEFAULT,)
    return tuple(dict.fromkeys(stored for code in fields for stored in get_field(code).stored))
