"""Whether a tree can be run at all, whatever the documents; if not, what would."""

from __future__ import annotations

from jinzhi.kernel.query.distribute import distributed
from jinzhi.kernel.query.fields import Kind, QueryField, get_field
from jinzhi.kernel.query.limits import MAX_SLOP_WORDS, QueryError
from jinzhi.kernel.query.nodes import Freq, Node, Or, Prox, QueryTerm, Range, children, leaves, stored_fields
from jinzhi.kernel.query.patterns import WILDCARDS, pattern_of
from jinzhi.kernel.query.values import count_of, date_bounds, plain_number


def check_leaf(leaf: QueryTerm | Range) -> None:
    """Raises QueryError where a leaf makes no sense in one of its fields; says what would."""
    for code in stored_fields(leaf):
        one = get_field(code)
        if isinstance(leaf, Range):
            if one.kind not in (Kind.DATE, Kind.COUNT):
                raise _wrong_kind(
                    leaf, one, "范围", "a range", "日期或次数字段，如 ad=[2016 TO 2017]", "ad=[2016 TO 2017]"
                )
            _check_range(leaf, one)
            continue
        if leaf.op != "=" and one.kind not in (Kind.DATE, Kind.COUNT):
            raise _wrong_kind(leaf, one, leaf.op, leaf.op, "日期或次数字段，如 ad>=2017、ncit>5", "ad>=2017 or ncit>5")
        if leaf.slop is not None and one.kind not in (Kind.TEXT, Kind.NAME):
            raise _wrong_kind(leaf, one, "“~n”", "“~n”", "文本字段", "a text field")
        match one.kind:
            case Kind.DATE:
                date_bounds(leaf.text, leaf.at)
            case Kind.COUNT:
                count_of(leaf.text, leaf.at)
            case Kind.TEXT | Kind.NAME:
                words = pattern_of(leaf.text, leaf.at)
                if leaf.slop is not None and not 2 <= len(words) <= MAX_SLOP_WORDS:
                    raise QueryError(
                        f"“…”~n 要用空格分开 2 至 {MAX_SLOP_WORDS} 个词，这里有 {len(words)} 个",
                        f"“…”~n takes 2 to {MAX_SLOP_WORDS} words with spaces between; here are {len(words)}",
                        leaf.at,
                        leaf.at + len(leaf.text) + 2,
                    )
            case _:
                if not set(plain_number(leaf.text)) - WILDCARDS:
                    raise QueryError(
                        f"{one.zh}（{one.code}）的值是空的或只有截词符",
                        f"the value for {one.en} ({one.code}) is empty or only wildcards",
                        leaf.at,
                        leaf.at + max(1, len(leaf.text)),
                    )


def _check_range(leaf: Range, one: QueryField) -> None:
    for end in (leaf.low, leaf.high):
        if end != "*":
            date_bounds(end, leaf.at) if one.kind is Kind.DATE else count_of(end, leaf.at)
    if leaf.low == leaf.high == "*":
        raise QueryError(
            "范围两端都是 *，没有限定：请至少写一端", "both ends of the range are *: write at least one", leaf.at
        )


def _wrong_kind(leaf: QueryTerm | Range, one: QueryField, zh: str, en: str, way_zh: str, way_en: str) -> QueryError:
    return QueryError(
        f"{one.zh}（{one.code}）不能用{zh}；{zh}只用于{way_zh}",
        f"{one.en} ({one.code}) cannot take {en}, which is for {way_en}",
        leaf.at,
    )


def text_fields(node: Node) -> frozenset[str]:
    """The stored text fields in which an operand of proximity can have occurrences."""
    match node:
        case QueryTerm():
            return frozenset(code for code in stored_fields(node) if get_field(code).kind in (Kind.TEXT, Kind.NAME))
        case Or():
            return frozenset().union(*(text_fields(item) for item in node.items))
        case Prox():
            # an occurrence of left in a field where right is not sought has no right near it
            return text_fields(node.left) if node.negated else text_fields(node.left) & text_fields(node.right)
        case Freq():
            return text_fields(node.inner)
        case _:
            return frozenset()


def check(node: Node) -> None:
    """Raises QueryError or TooWide where a tree cannot be run, whatever the documents."""
    for leaf in leaves(node):
        if isinstance(leaf, (QueryTerm, Range)):
            check_leaf(leaf)
    _check_near(distributed(node))


def _check_near(node: Node) -> None:
    if isinstance(node, Prox) and not text_fields(node.left) & text_fields(node.right):
        raise QueryError(
            "位置算符两边没有共同的字段，永远不会命中；请放进同一字段，如 ti=(a (3W) b)",
            "the two sides of the proximity share no field, so nothing can match; write ti=(a (3W) b)",
            node.at,
        )
    for child in children(node):
        _check_near(child)
