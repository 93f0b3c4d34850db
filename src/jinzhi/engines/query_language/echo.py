"""The echo under the search box: the query as understood, in words. What it says is what the engines do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jinzhi.engines.characters import table, variants
from jinzhi.engines.query_language.parse import near_meaning
from jinzhi.engines.query_language.unparse import unparse
from jinzhi.kernel.query import (
    SEMANTIC_TOP,
    WILDCARDS,
    And,
    Freq,
    History,
    Ids,
    Kind,
    Node,
    Notice,
    Or,
    Prox,
    Query,
    QueryNot,
    QueryTerm,
    Range,
    Saved,
    Semantic,
    Xor,
    class_symbol,
    get_field,
    leaves,
    stored_fields,
)
from jinzhi.kernel.tokens import fold

COMPARISONS = {
    ">": ("大于（晚于）", ">"),
    "<": ("小于（早于）", "<"),
    ">=": ("不小于（不早于）", "≥"),
    "<=": ("不大于（不晚于）", "≤"),
}
#: how many symbols lie below a class; None where it is unknown
SubgroupCount = Callable[[str, str], int | None]


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of the query that stands by itself: its canonical text and its meaning, for counts of hits."""

    node: Node
    native: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Echo:
    """The query in words, its canonical text, the notices, and its clauses."""

    zh: str
    en: str
    native: str
    notices: tuple[Notice, ...]
    clauses: tuple[Clause, ...]


def echo(query: Query, subgroups: SubgroupCount | None = None) -> Echo:
    """The query as understood. ``subgroups(scheme, symbol)`` adds to a class "and below" how many symbols that is."""
    words = {language: in_words(query.root, language, subgroups) for language in ("zh", "en")}
    return Echo(
        f"系统理解为：{words['zh']}",
        f"Understood as: {words['en']}",
        unparse(query),
        (*query.notices, *characters(query.root)),
        tuple(
            Clause(node, unparse(node), in_words(node, "zh", subgroups), in_words(node, "en", subgroups))
            for node in clauses(query)
        ),
    )


#: the notice that traditional and simplified characters are taken for one, which pages offer to switch off
VARIANTS = "variants"


def characters(root: Node) -> tuple[Notice, ...]:
    """That other forms of characters are found too, where there are any; nothing where only the written ones are."""
    sought = [leaf for leaf in leaves(root) if isinstance(leaf, QueryTerm) and not leaf.as_written]
    kinds = (Kind.TEXT, Kind.NAME, Kind.KEY)
    texts = [leaf for leaf in sought if any(get_field(code).kind in kinds for code in stored_fields(leaf))]
    found = {one: (others, leaf.at) for leaf in reversed(texts) for one, others in variants(fold(leaf.text))}
    if not found:
        return ()
    typed = {one: pair for one, pair in found.items() if one in table()}
    shown = typed or dict([next(reversed(found.items()))])
    pairs = [f"{one}={table()[one] if one in table() else ''.join(others)}" for one, (others, _at) in shown.items()]
    at = min(at for _others, at in found.values())
    return (
        Notice(
            VARIANTS,
            f"繁体、简体按同一字检索（{'' if typed else '如 '}{'、'.join(pairs)}）；只要所写的字，请在词后写 /asis",
            f"traditional and simplified characters are one ({'' if typed else 'such as '}{', '.join(pairs)});"
            " write /asis after a word for just the characters written",
            at,
        ),
    )


def clauses(query: Query) -> tuple[Node, ...]:
    """The parts that the outermost operator joins; the whole where there is none."""
    root = query.root
    return root.items if isinstance(root, (And, Or, Xor)) else (root,)


def in_words(node: Node, language: str = "zh", subgroups: SubgroupCount | None = None) -> str:
    """A node in words: zh or en."""
    return _Words(language == "zh", subgroups).of(node)


class _Words:
    def __init__(self, zh: bool, subgroups: SubgroupCount | None):
        self.zh = zh
        self.subgroups = subgroups
        self.scope: tuple[str, ...] | None = None

    def pick(self, zh: str, en: str) -> str:
        return zh if self.zh else en

    def of(self, node: Node) -> str:
        """A node in words; fields that all its words share are said once, before it."""
        shared = self._shared(node)
        if shared is None or shared == self.scope:
            return self._of(node)
        before, self.scope = self.scope, shared
        inner = self._of(node)
        self.scope = before
        where = self._names(shared or stored_fields(QueryTerm("")))
        return self.pick(f"在{where}中〔{inner}〕", f"in {where}: ({inner})")

    def _shared(self, node: Node) -> tuple[str, ...] | None:
        found = list(leaves(node))
        if len(found) < 2 or not all(isinstance(leaf, QueryTerm) and leaf.op == "=" for leaf in found):
            return None
        fields = {leaf.fields for leaf in found if isinstance(leaf, QueryTerm)}
        return fields.pop() if len(fields) == 1 else None

    def _of(self, node: Node) -> str:
        match node:
            case QueryTerm() | Range():
                return self._leaf(node)
            case History():
                return self.pick(f"检索历史 #{node.number}", f"history #{node.number}")
            case Saved():
                return self.pick(f"已存检索“{node.name}”", f"saved query “{node.name}”")
            case Semantic():
                top = node.top or SEMANTIC_TOP
                return self.pick(
                    f"与“{node.text}”用词最相近的前 {top} 篇", f"the {top} documents most like “{node.text}” in words"
                )
            case Ids():
                return self.of(node.asked)
            case QueryNot():
                return self.pick(f"不含〔{self.of(node.inner)}〕", f"not ({self.of(node.inner)})")
            case And():
                return self._and(node)
            case Or():
                return self.pick(" 或 ", " or ").join(self._part(item, (And, Xor)) for item in node.items)
            case Xor():
                joined = self.pick("、", ", ").join(self._part(item, (And, Or)) for item in node.items)
                if len(node.items) == 2:
                    return self.pick(f"以下恰好满足一项：{joined}", f"exactly one of: {joined}")
                return self.pick(f"以下满足奇数项：{joined}", f"an odd number of: {joined}")
            case Freq():
                return self.pick(
                    f"〔{self.of(node.inner)}〕在同一字段出现至少 {node.least} 次",
                    f"({self.of(node.inner)}) at least {node.least} times in one field",
                )
            case Prox():
                zh, en = near_meaning(node.near, node.n, node.negated)
                left, right = self.of(node.left), self.of(node.right)
                return self.pick(f"〔{left}〕与〔{right}〕{zh}", f"({left}) and ({right}) {en}")

    def _part(self, node: Node, bracketed: tuple[type, ...]) -> str:
        text = self.of(node)
        return self.pick(f"〔{text}〕", f"({text})") if isinstance(node, bracketed) else text

    def _and(self, node: And) -> str:
        text = ""
        for item in node.items:
            if isinstance(item, QueryNot) and text:
                text += self.pick(f"，但{self.of(item)}", f", but {self.of(item)}")
            else:
                part = self._part(item, (Or, Xor))
                text += self.pick(" 且 ", " and ") + part if text else part
        return text

    def _names(self, codes: tuple[str, ...]) -> str:
        names = [self.pick(get_field(code).zh, get_field(code).en) for code in codes]
        if len(names) == 1:
            return names[0]
        return self.pick("、".join(names) + "（任一）", "any of " + ", ".join(names))

    def _where(self, leaf: QueryTerm | Range) -> str:
        """The leaf's fields with what joins them to the value; nothing where they were said before."""
        if leaf.fields == self.scope:
            return ""
        return self._names(leaf.fields or stored_fields(leaf))

    def _leaf(self, leaf: QueryTerm | Range) -> str:
        where = self._where(leaf)
        if isinstance(leaf, Range):
            return where + self._range(leaf)
        if leaf.op != "=":
            return f"{where} {self.pick(*COMPARISONS[leaf.op])} {leaf.text}"
        kinds = {get_field(code).kind for code in stored_fields(leaf)}
        if kinds <= {Kind.TEXT, Kind.NAME}:
            has = f"{where}{self.pick('含', ' has ')}" if where else ""
            if leaf.slop is None:
                return f"{has}“{leaf.text}”{self._as_written(leaf)}"
            return (
                has
                + self.pick(
                    f"“{leaf.text}”各词（不分先后，其间总共最多 {leaf.slop} 个其他词）",
                    f"the words of “{leaf.text}” (in any order, at most {leaf.slop} other tokens between in all)",
                )
                + self._as_written(leaf)
            )
        return f"{where}{'' if self.zh or not where else ' '}{self._value(leaf, kinds)}"

    def _value(self, leaf: QueryTerm, kinds: set[Kind]) -> str:
        if kinds == {Kind.CLASS}:
            return self._class(leaf)
        if kinds == {Kind.DATE}:
            return self.pick(f"在 {leaf.text}", f"in {leaf.text}")
        if kinds == {Kind.COUNT}:
            return f"= {leaf.text}"
        return self.pick(f"为 {leaf.text}", f"is {leaf.text}") + self._as_written(leaf)

    def _as_written(self, leaf: QueryTerm) -> str:
        return self.pick("（仅所写的字）", " (just these characters)") if leaf.as_written else ""

    def _class(self, leaf: QueryTerm) -> str:
        symbol = class_symbol(leaf.text)
        asked = [get_field(code) for code in leaf.fields]
        if any(one.below for one in asked) and "/" in symbol:
            count = self.subgroups(asked[0].stored[0], symbol) if self.subgroups else None
            number = "" if count is None else self.pick(f"（共 {count} 个）", f" ({count} places)")
            return self.pick(f"为 {symbol} 及分类表中其下位{number}", f"is {symbol} or below it in the scheme{number}")
        if WILDCARDS & set(symbol):
            return self.pick(f"形如 {symbol}", f"looks like {symbol}")
        if any(one.whole for one in asked) or "/" in symbol:
            return self.pick(f"恰为 {symbol}", f"is exactly {symbol}")
        return self.pick(f"以 {symbol} 开头", f"begins with {symbol}")

    def _range(self, leaf: Range) -> str:
        low = "" if leaf.low == "*" else leaf.low + ("" if leaf.low_in else self.pick("（不含）", " (excluded)"))
        high = "" if leaf.high == "*" else leaf.high + ("" if leaf.high_in else self.pick("（不含）", " (excluded)"))
        if not low:
            return self.pick(f" 至 {high} 止", f" up to {high}")
        if not high:
            return self.pick(f" 自 {low} 起", f" from {low}")
        return self.pick(f" 从 {low} 到 {high}", f" from {low} to {high}")
