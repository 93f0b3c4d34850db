"""The native language: text to a query. An LALR grammar with a contextual lexer; errors name the place and the way out.

Full-width signs are read as their ASCII form, so positions stay those of the text as typed. Operators stand between
spaces, brackets or quotes: 或门 is a word. AND, OR, NOT, XOR are read in any case, WITH, SAME, NEAR, ADJ in capitals
or with a number, because small they are words of English titles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from lark import Token, Tree
from lark.exceptions import UnexpectedInput

from jinzhi.engines.query_language.grammar import (
    AS_WRITTEN,
    EDITION,
    ENDPOINT,
    FOREIGN_COMMAND,
    PRINTED_CLASS,
    READER,
    SIGNS,
)
from jinzhi.engines.query_language.mistakes import LIKE_OPERATORS, check_brackets, check_depth, explained
from jinzhi.engines.query_language.typed import COMPARISONS, numbers_in, quoted, refuse_class_range
from jinzhi.kernel.query import (
    BELOW,
    MAX_LENGTH,
    MAX_WORDS,
    Freq,
    History,
    Kind,
    Near,
    Node,
    Notice,
    Prox,
    Query,
    QueryError,
    QueryField,
    QueryNot,
    QueryTerm,
    Range,
    Saved,
    Semantic,
    TooWide,
    all_of,
    any_of,
    check,
    date_bounds,
    find_field,
    get_field,
    one_of,
    open_ended,
    stored_fields,
    unknown_field,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What stands around a leaf: its fields and comparison, and whether classes mean what is below them too."""

    fields: tuple[str, ...] = ()
    op: str = "="
    below: bool = False
    as_written: bool = False

    @property
    def lists_numbers(self) -> bool:
        """Whether words next to each other are alternatives."""
        return bool(self.fields) and all(get_field(code).kind is Kind.NUMBER for code in self.fields)

    @property
    def spans(self) -> bool:
        """Whether what stands there may be a range."""
        return bool(self.fields) and all(get_field(code).kind in (Kind.DATE, Kind.COUNT) for code in self.fields)


def parse(text: str) -> Query:
    """The query of a text. Raises QueryError with the place, and TooWide for more than the stated budgets."""
    if len(text) > MAX_LENGTH:
        raise TooWide("检索式的长度", "characters in the query", len(text), MAX_LENGTH)
    plain = quoted(text.translate(SIGNS))
    if not plain.strip():
        raise QueryError(
            "检索式是空的：请输入检索词，如 ti=锂电池", "the query is empty: write words, such as ti=锂电池", 0
        )
    words = len(re.findall(r"[^\s()\[\]{},;]+", plain))
    if words > MAX_WORDS:
        raise TooWide(
            "检索词的个数（大批号码请用号码批量检索）", "words (many numbers: search a batch)", words, MAX_WORDS
        )
    if command := FOREIGN_COMMAND.match(plain):
        raise QueryError(
            f"“{command[1]}”是其他系统的命令：请去掉它，或在检索框选择该系统（如 CPRS、Orbit）",
            f"“{command[1]}” is another system's command: leave it out, or choose that system at the box (CPRS, Orbit)",
            command.start(1),
            command.end(1),
        )
    check_brackets(plain)
    try:
        tree = READER.parse(plain)
    except UnexpectedInput as error:
        raise explained(error, plain) from None
    builder = Builder()
    root = builder.node(tree.children[0], Scope())
    check_depth(root)
    check(root)
    if open_ended(root):
        builder.notice(
            "complement",
            "结果是“不含……”的补集，会包括库中其余全部文献，请确认",
            "the result is everything but what is excluded: please confirm",
        )
    return Query(root, tuple(builder.notices), text)


# --- operators ------------------------------------------------------------------------------------------------

LETTERS = {"W": Near.W, "D": Near.D, "N": Near.D, "A": Near.D, "S": Near.S, "P": Near.P, "F": Near.F, "L": Near.F}
WORDS = {
    "ADJ": Near.W,
    "PRE": Near.W,
    "$PRE": Near.W,
    "NEAR": Near.D,
    "$W": Near.D,
    "EQU": Near.EQU,
    "WITH": Near.S,
    "$SEN": Near.S,
    "$WS": Near.S,
    "SAME": Near.P,
    "$PARA": Near.P,
}


def near_of(sign: str) -> tuple[Near, int, bool]:
    """How a sign of proximity is read: the kind, n, and whether it is negated."""
    plain = re.sub(r"\s+", " ", sign.upper()).strip("() ")
    negated = plain.startswith("NOT ")
    plain = plain.removeprefix("NOT ").replace(" ", "")
    found = re.fullmatch(r"(\d*)([A-Z]+)|(\$?[A-Z]+)/?(\d*)", plain)
    assert found, sign
    if found[2]:
        near = LETTERS.get(found[2]) or WORDS[found[2]]
        return near, int(found[1] or 0), negated
    near = WORDS.get(found[3]) or LETTERS[found[3]]
    return near, int(found[4] or 0), negated


def near_meaning(near: Near, n: int, negated: bool) -> tuple[str, str]:
    """What an operator of proximity asks, in Chinese and English."""
    count_zh = f"其间最多 {n} 个词（汉字每字、西文每词算一个）" if n else "紧邻"
    count_en = f"at most {n} tokens between (a Han character or a Latin word is one)" if n else "adjacent"
    zh, en = {
        Near.W: (f"按先后次序，{count_zh}", f"in this order, {count_en}"),
        Near.D: (f"不分先后，{count_zh}", f"in either order, {count_en}"),
        Near.EQU: (f"按先后次序，其间恰好 {n} 个词", f"in this order, exactly {n} tokens between"),
        Near.S: (
            f"相距不超过 {n} 句" if n else "在同一句中",
            f"at most {n} sentences apart" if n else "in the same sentence",
        ),
        Near.P: (
            f"相距不超过 {n} 段（项）" if n else "在同一段（同一项权利要求）中",
            f"at most {n} paragraphs or claims apart" if n else "in the same paragraph or claim",
        ),
        Near.F: ("在同一字段中", "in the same field"),
    }[near]
    if negated:
        return f"前者至少有一处，其附近没有后者（附近指：{zh}）", f"left somewhere without right near it ({en})"
    return zh, en


SIGN_MEANINGS = {
    "*": ("“*”代表任意个字符（可为零个）", "“*” stands for any number of characters, or none"),
    "?": (
        "“?”代表零个或一个字符（在 PatSnap、CNIPR 中“?”是恰好一个）",
        "“?” stands for no character or one (in PatSnap and CNIPR it is exactly one)",
    ),
    "#": (
        "“#”代表恰好一个字符（在 PatSnap 中“#”是零个或一个）",
        "“#” stands for exactly one character (in PatSnap it is none or one)",
    ),
}


# --- the tree -------------------------------------------------------------------------------------------------


class Builder:
    """Walks the parse tree with the scope of each place, and collects what to tell the searcher."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self._told: set[tuple[str, str]] = set()

    def notice(self, kind: str, zh: str, en: str, at: int = 0) -> None:
        """Tell once."""
        if (kind, zh) not in self._told:
            self._told.add((kind, zh))
            self.notices.append(Notice(kind, zh, en, at))

    def node(self, tree: Tree[Token] | Token, scope: Scope) -> Node:
        """The node of a subtree or token."""
        if isinstance(tree, Token):
            return self._leaf(tree, scope)
        match tree.data:
            case "or":
                return self._or(tree, scope)
            case "xor":
                items = [child for child in tree.children if not operator(child)]
                if len(items) > 1:
                    self._heard(tree.children)
                    self._mixed(items, scope, "XOR")
                return one_of([self.node(child, scope) for child in items], place(tree))
            case "and":
                return self._and(tree, scope)
            case "first" | "not" | "complement":
                return self._not(tree, scope)
            case "prox":
                return self._prox(tree, scope)
            case "suf":
                return self._suf(tree, scope)
            case "group":
                return self.node(tree.children[0], scope)
            case "scoped":
                return self._scoped(tree, scope)
            case "range":
                return self._range(tree, scope)
            case _:
                raise AssertionError(tree.data)

    # --- boolean

    def _heard(self, children: Iterable[Tree[Token] | Token]) -> None:
        for child in children:
            if operator(child) and isinstance(child, Token) and child.islower() and child.isascii() and child.isalpha():
                self.notice(
                    "lower",
                    f"“{child}”读作算符；要检索这个词本身请加引号",
                    f"“{child}” is read as an operator; quote it to search the word",
                    child.start_pos or 0,
                )

    def _mixed(self, items: list[Tree[Token] | Token], scope: Scope, by: str) -> None:
        if any(isinstance(item, Tree) and binds(item) for item in items):
            self.notice(
                "mixed",
                f"AND/NOT 与 {by} 混用而没有括号：按 位置算符 > NOT > AND > XOR > OR 的次序计算，建议加括号",
                f"AND or NOT with {by} and no brackets: proximity binds first, then NOT, AND, XOR, OR; add brackets",
                place(items[0]),
            )

    def _or(self, tree: Tree[Token], scope: Scope) -> Node:
        items = [child for child in tree.children if not operator(child)]
        if len(items) > 1:
            self._heard(tree.children)
            self._mixed(items, scope, "OR")
        return any_of([self.node(child, scope) for child in items], place(tree))

    def _and(self, tree: Tree[Token], scope: Scope) -> Node:
        groups: list[list[Tree[Token] | Token]] = [[]]
        beside = False
        for child in tree.children:
            if isinstance(child, Token) and child.type == "AND":
                groups.append([])
            elif isinstance(child, Token) and child.type == "SEP":
                if not scope.lists_numbers:
                    raise QueryError(
                        f"这里不能用“{child}”：逗号和分号只用于号码列表（如 pn=(A, B)）；并列检索词请写 AND 或 OR，"
                        '名称里有空格或标点请给整个名称加引号（如 pa="A Co., Ltd."）',
                        f"“{child}” cannot stand here: it parts numbers (pn=(A, B)); write AND or OR between words, and"
                        ' quote a whole name with spaces or punctuation (pa="A Co., Ltd.")',
                        child.start_pos,
                        child.end_pos,
                    )
            else:
                beside = beside or bool(groups[-1])
                groups[-1].append(child)
        self._heard(tree.children)
        join = any_of if scope.lists_numbers else all_of
        if beside:
            self._beside(tree, scope, mixed=len(groups) > 1)
        at = place(tree)
        return all_of([join([self.node(child, scope) for child in group], at) for group in groups], at)

    def _beside_numbers(self, at: int) -> None:
        self.notice("or", "号码之间未写算符：按 OR（任一）", "numbers next to each other are alternatives (OR)", at)

    def _beside(self, tree: Tree[Token], scope: Scope, mixed: bool) -> None:
        if scope.lists_numbers:
            self._beside_numbers(place(tree))
            if mixed:
                self.notice(
                    "mixed",
                    "号码列表中并列与 AND 混用：先合并并列的号码，再计算 AND",
                    "numbers next to each other are joined by OR before AND is applied",
                    place(tree),
                )
        else:
            self.notice(
                "and", "检索词之间未写算符：按 AND（同时）", "words next to each other are joined by AND", place(tree)
            )
            for child in tree.children:
                if isinstance(child, Token) and (meant := LIKE_OPERATORS.get(re.sub(r"\d", "", child.upper()))):
                    self.notice(
                        f"like-{child}",
                        f"“{child}”按检索词处理，不是算符；若是算符请写 {meant}",
                        f"“{child}” is sought as a word and is no operator; for the operator write {meant}",
                        child.start_pos or 0,
                    )

    def _not(self, tree: Tree[Token], scope: Scope) -> Node:
        items: list[Node] = []
        negated = False
        self._heard(tree.children)
        for child in tree.children:
            if isinstance(child, Token) and child.type == "NOT":
                negated = True
                continue
            inner = self.node(child, scope)
            items.append(QueryNot(inner, place(child)) if negated else inner)
            negated = False
        return all_of(items, place(tree))

    # --- proximity and suffixes

    def _prox(self, tree: Tree[Token], scope: Scope) -> Node:
        left = self.node(tree.children[0], scope)
        for sign, right in zip(tree.children[1::2], tree.children[2::2], strict=True):
            assert isinstance(sign, Token)
            near, n, negated = near_of(sign)
            zh, en = near_meaning(near, n, negated)
            self.notice("near", f"{sign}：{zh}", f"{sign}: {en}", sign.start_pos or 0)
            left = Prox(left, self.node(right, scope), near, n, negated, sign.start_pos or 0)
        return left

    def _suf(self, tree: Tree[Token], scope: Scope) -> Node:
        frequencies: list[Token] = []
        named = False
        for sign in tree.children[1:]:
            assert isinstance(sign, Token)
            if sign.type == "FREQ":
                frequencies.append(sign)
            elif sign[1:].strip().lower() == "low":
                scope = replace(scope, below=True)
            elif sign[1:].strip().lower() in AS_WRITTEN:
                scope = replace(scope, as_written=True)
            elif named:
                raise QueryError(
                    f"“{sign}”：一个检索词只能有一组字段后缀，多个字段请写 /TI,AB",
                    f"“{sign}”: one suffix of fields is enough; write /TI,AB for several",
                    sign.start_pos,
                    sign.end_pos,
                )
            else:
                named = True
                scope = replace(scope, fields=suffix_fields(sign), op="=")
        node = self.node(tree.children[0], scope)
        for sign in frequencies:
            least = int(sign[5:][:9])
            if least < 1 or len(sign) > 12:
                raise QueryError(
                    f"{sign}：词频至少为 1，如 $FREQ3",
                    f"{sign}: a frequency is 1 or more, such as $FREQ3",
                    sign.start_pos,
                    sign.end_pos,
                )
            self.notice(
                "freq",
                f"{sign}：在同一字段中至少出现 {least} 次",
                f"{sign}: at least {least} times within one field",
                sign.start_pos or 0,
            )
            node = Freq(node, least, sign.start_pos or 0)
        return node

    def _scoped(self, tree: Tree[Token], scope: Scope) -> Node:
        sign, value = tree.children
        assert isinstance(sign, Token)
        fields, op = fields_of(sign)
        inner = replace(scope, fields=fields, op="=" if op in (":", "!=") else op)
        node = self.node(value, inner)
        if op == "!=":
            self.notice(
                "not-equal",
                f"{sign.strip()} 表示不等于，结果包括没有该字段的文献",
                f"{sign.strip()} finds everything else, documents without the field included",
                sign.start_pos or 0,
            )
            return QueryNot(node, sign.start_pos or 0)
        return node

    # --- leaves

    def _range(self, tree: Tree[Token], scope: Scope) -> Node:
        opening, low, _, high, closing = (str(token) for token in tree.children)
        at = place(tree)
        if not scope.fields:
            raise QueryError(
                "范围要写在字段后面，如 ad=[2016 TO 2017]", "a range needs its field, such as ad=[2016 TO 2017]", at
            )
        if scope.op != "=":
            raise QueryError(f"范围前面要用 =，不能用 {scope.op}", f"before a range write =, not {scope.op}", at)
        return self._placed(Range(low, high, scope.fields, opening == "[", closing == "]", at), scope)

    def _leaf(self, token: Token, scope: Scope) -> Node:
        at = token.start_pos or 0
        match token.type:
            case "HISTORY":
                number = token[1:]
                if len(number) > 9:
                    raise QueryError(f"没有检索历史 {token}", f"there is no {token} in history", at, at + len(token))
                return History(int(number), at)
            case "SAVED":
                return Saved(token[2:].strip('"').strip(), at)
            case "SEMANTIC":
                top, text = token[1:-1].split('"', 1)
                if not text.strip() or len(top) > 6 or top.strip("0") == "" != top:
                    raise QueryError(
                        '语义检索写作 ~"文字" 或 ~50"文字"（前 50 篇）',
                        'a semantic search is ~"text", or ~50"text" for the first 50',
                        at,
                        at + len(token),
                    )
                self.notice(
                    "semantic",
                    f"语义检索：只保留最相近的{f'前 {int(top)} 篇' if top else '文献'}，并参与排序",
                    f"semantic search: keeps the nearest {int(top) if top else 'documents'} only, and ranks them",
                    at,
                )
                return Semantic(text.strip(), int(top) if top else None, at)
            case "PHRASE":
                text, slop = token[1:].rsplit('"', 1)
                if len(slop) > 4:
                    raise QueryError("“~”后面的数最多三位", "the number after “~” has at most three digits", at)
                term = QueryTerm(text.strip(), scope.fields, True, int(slop[1:]) if slop else None, scope.op, at=at)
                if slop:
                    self.notice(
                        "slop",
                        f"“…”{slop}：引号内各词不分先后，其间总共最多 {int(slop[1:])} 个其他词",
                        f"“…”{slop}: the words in any order, at most {int(slop[1:])} other tokens between in all",
                        at,
                    )
            case "SPAN":
                return self._span(token, scope)
            case _:
                if (made := self._special(token, scope)) is not None:
                    return made
                term = QueryTerm(str(token), scope.fields, False, None, scope.op, at=at)
        self._unsearched(term, str(token))
        for sign in "*?#":
            if sign in term.text:
                self.notice(f"sign-{sign}", *SIGN_MEANINGS[sign], at + token.index(sign))
        return self._placed(term, scope)

    def _span(self, token: Token, scope: Scope) -> Node:
        """From one day or number to another; in other fields its words."""
        at = token.start_pos or 0
        found = re.fullmatch(rf"({ENDPOINT})(?:\s*[至到~—–]+\s*|\s+to\s+)({ENDPOINT})", token, re.I)
        assert found
        if scope.spans:
            if scope.op != "=":
                raise QueryError(f"范围前面要用 =，不能用 {scope.op}", f"before a range write =, not {scope.op}", at)
            return self._placed(Range(found[1], found[2], scope.fields, at=at), scope)
        words = token.split()
        if len(words) > 1:
            self.notice("and", "检索词之间未写算符：按 AND（同时）", "words next to each other are joined by AND", at)
        return all_of([self._placed(QueryTerm(word, scope.fields, op=scope.op, at=at), scope) for word in words], at)

    def _special(self, token: Token, scope: Scope) -> Node | None:
        """A word whose field says how its commas, hyphens, spaces and brackets are meant; None: a word like others."""
        at, text = token.start_pos or 0, str(token)
        if scope.lists_numbers and re.search(r"[,\s]", text):
            each = numbers_in(text)
            if len(each) > 1:
                self._beside_numbers(at)
            return any_of([self._placed(QueryTerm(one, scope.fields, at=at), scope) for one in each], at)
        if scope.spans and scope.op == "=" and (ends := hyphened(text)) is not None:
            self.notice("span", f"“{text}”读作从 {ends[0]} 到 {ends[1]}", f"“{text}”: from {ends[0]} to {ends[1]}", at)
            return self._placed(Range(*ends, scope.fields, at=at), scope)
        printed = re.fullmatch(PRINTED_CLASS, text, re.I)
        if scope.fields and all(get_field(code).kind is Kind.CLASS for code in scope.fields):
            refuse_class_range(text, at)
            text = re.sub(rf"\s+|{EDITION}\Z", "", text, flags=re.I)
            text = re.sub(r"(?<=^[A-HYa-hy]\d\d[A-Za-z])-?0*(?=[1-9]\d*/)", "", text)
            return self._placed(QueryTerm(text, scope.fields, op=scope.op, at=at), scope) if text != token else None
        if printed:
            symbol = re.sub(r"\s+", "", text)
            self.notice(
                "class-like",
                f"“{text}”在文字中检索（各词相邻）；要检索分类号请写 ipc={symbol}",
                f"“{text}” is sought in the text, word by word; for the class write ipc={symbol}",
                at,
            )
            return self._placed(QueryTerm(re.sub(r"[()]", " ", text), scope.fields, True, op=scope.op, at=at), scope)
        if "(" in text:
            self.notice(
                "bracket",
                f"“{text}”：紧贴文字的括号读作名称的一部分；作算式的括号请在前后加空格",
                f"“{text}”: a bracket that touches the word belongs to it; put spaces around one that groups",
                at,
            )
        return None

    def _unsearched(self, term: QueryTerm, token: str) -> None:
        """Tell which signs of a word are not searched, where another system gives them a meaning."""
        if not all(get_field(code).kind in (Kind.TEXT, Kind.NAME) for code in stored_fields(term)):
            return
        signs = "".join(dict.fromkeys(sign for sign in term.text if sign in "+%$!^@&|\\"))
        if re.match(r"[-−]\w", term.text) and not term.phrase:
            self.notice(
                "hyphen",
                f"“{term.text}”前面的“-”不是排除；要排除请写 NOT {term.text[1:]}",
                f"the “-” before “{term.text[1:]}” does not exclude; to exclude write NOT {term.text[1:]}",
                term.at,
            )
        if signs:
            self.notice(
                f"unsearched-{signs}",
                f"“{term.text}”里的“{signs}”不参与检索，只检索其余字词；"
                "截词请用 * ? #，其他系统的检索式请在检索框选择其名称",
                f"“{signs}” in “{term.text}” is not searched, only what stands beside it; wildcards are * ? #, and a"
                " query of another system is read once that system is chosen at the box",
                term.at + max(0, token.find(signs[0])),
            )

    def _placed(self, leaf: QueryTerm | Range, scope: Scope) -> Node:
        """The leaf with /low applied to its classes, and /asis to its words."""
        if scope.as_written and isinstance(leaf, QueryTerm):
            kinds = {get_field(code).kind for code in stored_fields(leaf)}
            leaf = replace(leaf, as_written=bool(kinds & {Kind.TEXT, Kind.NAME, Kind.KEY}))
        if isinstance(leaf, Range) and scope.spans and reversed_range(leaf):
            self.notice(
                "reversed", f"范围的起点 {leaf.low} 在终点 {leaf.high} 之后，不会有结果",
                f"the range begins at {leaf.low}, after its end {leaf.high}: nothing can match", leaf.at,
            )  # fmt: skip
        if not scope.below:
            return leaf
        fields = tuple(BELOW.get(code, "") for code in leaf.fields)
        if not fields or "" in fields:
            raise QueryError(
                "“/low”（含下位）只用于分类号，如 ipc=H04L9/00/low",
                "“/low” (and below) is for classes, such as ipc=H04L9/00/low",
                leaf.at,
            )
        return replace(leaf, fields=fields)


def operator(child: Tree[Token] | Token) -> bool:
    """Whether a child is a boolean sign."""
    return isinstance(child, Token) and child.type in ("AND", "OR", "XOR", "NOT", "SEP")


def binds(tree: Tree[Token]) -> bool:
    """Whether a part of OR or XOR joins by a tighter operator without brackets."""
    if tree.data in ("or", "xor", "and", "first", "not"):
        return len(tree.children) > 1 or any(isinstance(child, Tree) and binds(child) for child in tree.children)
    return False


def reversed_range(leaf: Range) -> bool:
    """Whether a range begins after its end."""
    if "*" in (leaf.low, leaf.high):
        return False
    if all(get_field(code).kind is Kind.DATE for code in leaf.fields):
        return date_bounds(leaf.low, leaf.at)[0] > date_bounds(leaf.high, leaf.at)[1]
    return leaf.low.isdecimal() and leaf.high.isdecimal() and int(leaf.low) > int(leaf.high)


def hyphened(text: str) -> tuple[str, str] | None:
    """The ends of a range written with a hyphen, where it is no day by itself: 20170101-20171231, 2016-2017, 5-10."""
    ends = text.split("-")
    if len(ends) == 2 and all(re.fullmatch(r"\d{1,9}|\d{4}(?:[./]\d{1,2}){1,2}", end) for end in ends):
        try:
            date_bounds(text)
        except QueryError:
            return ends[0], ends[1]
    return None


def place(tree: Tree[Token] | Token) -> int:
    """The offset at which a subtree begins."""
    if isinstance(tree, Token):
        return tree.start_pos or 0
    return getattr(tree.meta, "start_pos", 0)


def fields_of(sign: Token) -> tuple[tuple[str, ...], str]:
    """The fields and the comparison of ``ti,ab=``. Raises QueryError for a name that is no field."""
    found = re.fullmatch(r"(.*?)\s*(!=|>=|<=|[=:<>≥≤≠])", sign, re.DOTALL)
    assert found
    return named_fields(found[1], sign.start_pos or 0), COMPARISONS.get(found[2], found[2])


def suffix_fields(sign: Token) -> tuple[str, ...]:
    """The fields of ``/TI,AB``."""
    try:
        return named_fields(sign[1:], (sign.start_pos or 0) + 1)
    except QueryError as error:
        raise QueryError(
            f"{error.zh}；若“{sign}”是检索词的一部分，请给整个词加引号",
            f"{error.en}; if “{sign}” belongs to the word, quote the whole word",
            error.at,
            error.end,
        ) from None


def named_fields(names: str, at: int) -> tuple[str, ...]:
    """Codes of the fields named with commas between, each once."""
    found: dict[str, QueryField] = {}
    # names in brackets hold no commas, so a plain split is enough
    for part in re.finditer(r"[^,]+", names):
        name = part[0].strip()
        one = find_field(name)
        if one is None:
            raise unknown_field(name, at + part.start() + part[0].index(name))
        found[one.code] = one
    return tuple(found)
