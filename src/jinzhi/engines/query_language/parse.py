"""The native language: text to a query. An LALR grammar with a contextual lexer; errors name the place and the way out.

Full-width signs are read as their ASCII form, so positions stay those of the text as typed. Operators stand between
spaces, brackets or quotes: 或门 is a word. AND, OR, NOT, XOR are read in any case, WITH, SAME, NEAR, ADJ in capitals
or with a number, because small they are words of English titles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from jinzhi.engines.query_language.typed import COMPARISONS, numbers_in, quoted, refuse_class_range
from jinzhi.kernel.query import (
    BELOW,
    FIELDS,
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_WORDS,
    Field,
    Freq,
    History,
    Kind,
    Near,
    Node,
    Not,
    Notice,
    Prox,
    Query,
    QueryError,
    Range,
    Saved,
    Semantic,
    Term,
    TooWide,
    all_of,
    any_of,
    check,
    date_bounds,
    field_names,
    find_field,
    get_field,
    one_of,
    open_ended,
    stored_fields,
    unknown_field,
)
from jinzhi.kernel.query import children as inner_nodes

#: signs read as others, one for one: full-width forms by their distance, and the quotes and stops of Chinese text
SIGNS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(old): ord(new) for old, new in zip("　“”„「」『』、", ' """"""",', strict=True)
}

EDGE = r"[\s()\"]"
START, END = r"(?<![^\s()\"])", rf"(?=$|{EDGE})"
KNOWN = sorted({name for one in FIELDS for name in (one.zh, *one.aliases)} | set(field_names()), key=len, reverse=True)
SPECIAL = [
    name.translate(SIGNS) for name in KNOWN if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*|[\u4e00-\u9fff]{2,}", name)
]
NAME = (
    "(?:"
    + "|".join(re.escape(name).replace("/", r"\/") for name in SPECIAL)
    + r"|[A-Za-z][A-Za-z0-9_-]*|[\u4e00-\u9fff]{2,})"
)
BOOLEAN = r"(?:AND|ANDNOT|OR|XOR|NOT|与|且|&|或|\||异或|非)"
SPOKEN = (
    r"(?:(?-i:ADJ|NEAR|WITH|SAME)|(?:ADJ|NEAR|WITH|SAME)\/?\d{1,2}|(?:PRE|EQU|W|N)\/\d{1,2}"
    r"|\$(?:W|PRE)\d{1,2}|\$WS|\$SEN|\$PARA)"
)

NEAR = r"(?:NOT\s+)?(?:\d{0,2}\s*[WDNA]|[SPFL])"
#: an operator by itself, which no word may be
OPERATOR = rf"(?:{BOOLEAN}|{SPOKEN}|\$FREQ\d*)(?=$|[\s()\"\/])"
#: a comma within a word: 1,4-丁二醇, N,N-二甲基, 2,2'-联吡啶
LOCANT = r"(?<=\d),(?=\d)|(?<=\b[NOSP]),(?=[NOSP]\b)|(?<=[0-9NOSP]['′]),(?=[0-9NOSP])|(?<=[α-ω]),(?=[α-ω])"
SIGN = rf"(?:[^\s()\[\]{{}}\"=<>:,;\/]|\/(?=[\d*?#])|{LOCANT})"
#: a bracket that belongs to the word it touches, as in 某某（上海）有限公司; what holds an operator is none
GLUED = rf"\((?!\s*{NEAR}\s*\)){SIGN}+\)"
TAIL = rf"(?:{GLUED}(?:(?!{OPERATOR}){SIGN}+)?)*"
#: a bracket before the word is part of it only where it is short, as in （株）某某
PLAIN_WORD = rf"(?:{SIGN}+|\((?!\s*{NEAR}\s*\)){SIGN}{{1,6}}\)(?!{OPERATOR}){SIGN}+){TAIL}"
EDITION = r"\(\d{4}\.\d{2}\)(?:\s?[A-Z](?![A-Za-z\d]))?"
#: a class as documents print it, with a space or its edition: H01M 10/05 (2006.01)
PRINTED_CLASS = (
    rf"[A-HY]\d\d[A-Z](?:\s+\d{{1,4}}\/\d{{2,6}}(?![\w*?#.\-])(?:\s*{EDITION})?|\d{{1,4}}\/\d{{2,6}}\s*{EDITION})"
)


def behind(kind: Kind) -> str:
    """A place right behind a field of a kind and its sign."""
    names = {n.translate(SIGNS) for one in FIELDS if one.kind is kind for n in (one.code, one.zh, *one.aliases)}
    found = (rf"(?<={start}{re.escape(n)}[=:])" for n in sorted(names) for start in (r"\A", r"[\s(]"))
    return f"(?:{'|'.join(found)})".replace("/", r"\/")


#: a number or a class with blanks within, right behind its field: pn=EP 1 234 567 B1, ipc=H01M 10
SPACED = (
    rf"(?:{behind(Kind.NUMBER)}[A-Z]{{2}}(?:\s\d{{1,9}}){{1,4}}(?:\s?[A-Z]\d?)?"
    rf"|{behind(Kind.CLASS)}[A-HY]\d\d[A-Z]\s\d{{1,4}}(?:\/\d{{2,6}})?[*?#]?)(?=$|[\s()])"
)
WORD = rf"(?!{START}{OPERATOR})(?:{PRINTED_CLASS}|{SPACED}|{PLAIN_WORD})"
#: from one day or number to another, without brackets: 20170101至20171231, 2017 to 2018
ENDPOINT = r"\d(?:[\d\-.\/年月日]*[\d年月日])?"
SPAN = rf"{ENDPOINT}(?:\s*(?:[至到~—–]+)\s*|\s+to\s+){ENDPOINT}(?=$|[\s()])"
#: suffixes that say how the words before them are read, beside those that name fields
AS_WRITTEN = frozenset({"asis", "原字"})
#: what begins a line of another system's console
FOREIGN_COMMAND = re.compile(r"\s*(\.\.[A-Za-z]+|F\s+XX(?=[\s(]))", re.IGNORECASE)
#: a text that is read as one word by itself
ONE_WORD = re.compile(rf"(?!#\d+\Z|##){WORD}\Z", re.IGNORECASE)

GRAMMAR = rf"""
start: or
?or: xor (OR xor)*
?xor: and (XOR and)*
?and: first (AND first | SEP not | not)*
?first: prox (NOT prox)* | (NOT prox)+  -> complement
?not: prox (NOT prox)*
?prox: suf (PROX suf)*
?suf: prim (SUFFIX | FREQ)*
?prim: FIELDOP value -> scoped | "(" or ")" -> group | atom
?value: "(" or ")" -> group | atom
?atom: range | SPAN | PHRASE | HISTORY | SAVED | SEMANTIC | WORD
range: (LSQB | LBRACE) RV TO RV (RSQB | RBRACE)

SPAN.7: /{SPAN}/i
PROX.6: /\(\s*{NEAR}\s*\)|{START}(?:NOT\s+)?{SPOKEN}{END}/i
FREQ.6: /\$FREQ\d+(?=$|[\s()"\/])/i
FIELDOP.5: /{NAME}(?:\s*,\s*{NAME}){{0,20}}\s*(?:!=|>=|<=|[=:<>≥≤≠])/i
AND.4: /{START}(?:AND|与|且|&){END}/i
XOR.4: /{START}(?:XOR|异或){END}/i
OR.4: /{START}(?:OR|或|\|){END}/i
NOT.4: /{START}(?:NOT|ANDNOT|非){END}/i
SEMANTIC.5: /~\d*"[^"]*"/
PHRASE.5: /"[^"]*"(?:~\d+)?/
SAVED.5: /##(?:"[^"]+"|[^\s()\[\]{{}}"=<>:,;]+)/
HISTORY.5: /#\d+{END}/
SUFFIX.5: /\/(?![\d*?#])[^\s()\[\]{{}}"=<>:,;\/$]+(?:\s*,\s*[^\s()\[\]{{}}"=<>:,;\/$]+)*/
LSQB: "["
LBRACE: "{{"
RSQB: "]"
RBRACE: "}}"
SEP: /[,;]/
TO.5: /TO(?=\s)|至|到/i
RV: /[^\s()\[\]{{}}"=<>:,;至到]+/
WORD: /{WORD}/i
%ignore /\s+/
"""

READER = Lark(GRAMMAR, parser="lalr", lexer="contextual", propagate_positions=True, maybe_placeholders=False)

#: words beside others that may be meant as operators, and how these are written
LIKE_OPERATORS = {
    **dict.fromkeys(("和", "及", "并且"), "AND 或 与"),
    **dict.fromkeys(("W", "/W"), "(5W)"),
    **dict.fromkeys(("D", "N", "/D"), "(5D)"),
    "或者": "OR 或 或",
    "不含": "NOT 或 非",
}

OPERANDS = {"WORD", "PHRASE", "FIELDOP", "LPAR", "HISTORY", "SAVED", "SEMANTIC", "LSQB", "LBRACE", "SPAN"}


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


def check_brackets(plain: str) -> None:
    """Raises QueryError for a bracket without its partner, a quote without its end, or nesting past the limit."""
    closing = {"(": ")", "[": "]}", "{": "]}"}
    stack: list[tuple[str, int]] = []
    quote = -1
    for at, sign in enumerate(plain):
        if sign == '"':
            quote = at if quote < 0 else -1
        elif quote >= 0:
            continue
        elif sign in closing:
            stack.append((sign, at))
            if len(stack) > MAX_DEPTH:
                raise TooWide("括号的层数", "levels of brackets", len(stack), MAX_DEPTH, at)
        elif sign in ")]}":
            if not stack or sign not in closing[stack[-1][0]]:
                raise QueryError(
                    f"多出的“{sign}”：没有与它配对的左括号", f"“{sign}” has no opening bracket before it", at
                )
            stack.pop()
    if quote >= 0:
        raise QueryError("引号没有结束：请补上另一半引号", "the quotation has no end: add the other quote", quote)
    if stack:
        sign, at = stack[-1]
        raise QueryError(
            f"“{sign}”没有配对的右括号：请补上“{closing[sign][0]}”",
            f"“{sign}” is not closed: add “{closing[sign][0]}”",
            at,
        )


def check_depth(root: Node) -> None:
    """Raises TooWide for a tree deeper than the limit, such as a very long chain of proximity."""
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            at = next((one.at for one in level), 0)
            raise TooWide("检索式的层数", "levels of the query", depth, MAX_DEPTH, at)
        level = [child for one in level for child in inner_nodes(one)]


def explained(error: UnexpectedInput, plain: str) -> QueryError:
    """What is wrong, in the searcher's words."""
    at = error.pos_in_stream if error.pos_in_stream is not None else len(plain)
    expected = set(getattr(error, "expected", None) or getattr(error, "accepts", None) or ())
    if isinstance(error, UnexpectedCharacters):
        expected = set(error.allowed or ())
    sign = ""
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        sign = str(error.token)
    elif isinstance(error, UnexpectedCharacters):
        sign = re.match(rf"{SPOKEN}|{BOOLEAN}(?={EDGE}|$)|\S", plain[at:], re.I)[0]  # type: ignore[index]
    elif isinstance(error, (UnexpectedEOF, UnexpectedToken)):
        at = len(plain.rstrip())
    end = at + max(1, len(sign))
    if expected & {"RV", "TO"} or expected <= {"RSQB", "RBRACE"}:
        return QueryError(
            "范围没有写完整：请写成 [2016 TO 2017] 或 [2016 至 2017]，一端不限写 *",
            "the range is not complete: write [2016 TO 2017], with * for an open end",
            at,
            end,
        )
    if not sign:
        last = plain[:at].split()[-1] if plain[:at].split() else ""
        return QueryError(
            f"“{last}”之后缺少检索词", f"something to search is missing after “{last}”", max(0, at - 1), at
        )
    if sign in "=<>:":
        return QueryError(
            f"“{sign}”前面不是字段名：字段写作 ti=、申请人=；要检索符号本身请加引号",
            f"no field name stands before “{sign}”: write ti= or pa=; quote the sign to search it",
            at,
            end,
        )
    if sign == ")":
        return QueryError("括号里缺少检索词", "something to search is missing before the closing bracket", at, end)
    if sign[0] in ",;":
        return QueryError(
            f"这里不能用“{sign}”：逗号和分号只用于号码列表（如 pn=(A, B)）和并列字段（如 ti,ab=）",
            f"“{sign}” cannot stand here: commas and semicolons part numbers (pn=(A, B)) and fields (ti,ab=)",
            at,
            end,
        )
    if sign[0] == "/":
        return QueryError(
            "“/”后面要写字段代码（如 /TI）或接数字（如 H04L9/32）；要检索符号本身请加引号",
            "after “/” comes a field (/TI) or a digit (H04L9/32); quote the words to search the sign itself",
            at,
            end,
        )
    if expected & OPERANDS:
        return QueryError(
            f'“{sign}”是算符，它前面缺少检索词；要检索这个词本身请加引号："{sign}"',
            f'“{sign}” is an operator and needs something before it; to search the word, quote it: "{sign}"',
            at,
            end,
        )
    return QueryError(f"这里不应出现“{sign}”", f"“{sign}” cannot stand here", at, end)


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
            items.append(Not(inner, place(child)) if negated else inner)
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
            return Not(node, sign.start_pos or 0)
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
                term = Term(text.strip(), scope.fields, True, int(slop[1:]) if slop else None, scope.op, at=at)
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
                term = Term(str(token), scope.fields, False, None, scope.op, at=at)
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
        return all_of([self._placed(Term(word, scope.fields, op=scope.op, at=at), scope) for word in words], at)

    def _special(self, token: Token, scope: Scope) -> Node | None:
        """A word whose field says how its commas, hyphens, spaces and brackets are meant; None: a word like others."""
        at, text = token.start_pos or 0, str(token)
        if scope.lists_numbers and re.search(r"[,\s]", text):
            each = numbers_in(text)
            if len(each) > 1:
                self._beside_numbers(at)
            return any_of([self._placed(Term(one, scope.fields, at=at), scope) for one in each], at)
        if scope.spans and scope.op == "=" and (ends := hyphened(text)) is not None:
            self.notice("span", f"“{text}”读作从 {ends[0]} 到 {ends[1]}", f"“{text}”: from {ends[0]} to {ends[1]}", at)
            return self._placed(Range(*ends, scope.fields, at=at), scope)
        printed = re.fullmatch(PRINTED_CLASS, text, re.I)
        if scope.fields and all(get_field(code).kind is Kind.CLASS for code in scope.fields):
            refuse_class_range(text, at)
            text = re.sub(rf"\s+|{EDITION}\Z", "", text, flags=re.I)
            text = re.sub(r"(?<=^[A-HYa-hy]\d\d[A-Za-z])-?0*(?=[1-9]\d*/)", "", text)
            return self._placed(Term(text, scope.fields, op=scope.op, at=at), scope) if text != token else None
        if printed:
            symbol = re.sub(r"\s+", "", text)
            self.notice(
                "class-like",
                f"“{text}”在文字中检索（各词相邻）；要检索分类号请写 ipc={symbol}",
                f"“{text}” is sought in the text, word by word; for the class write ipc={symbol}",
                at,
            )
            return self._placed(Term(re.sub(r"[()]", " ", text), scope.fields, True, op=scope.op, at=at), scope)
        if "(" in text:
            self.notice(
                "bracket",
                f"“{text}”：紧贴文字的括号读作名称的一部分；作算式的括号请在前后加空格",
                f"“{text}”: a bracket that touches the word belongs to it; put spaces around one that groups",
                at,
            )
        return None

    def _unsearched(self, term: Term, token: str) -> None:
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

    def _placed(self, leaf: Term | Range, scope: Scope) -> Node:
        """The leaf with /low applied to its classes, and /asis to its words."""
        if scope.as_written and isinstance(leaf, Term):
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
    found: dict[str, Field] = {}
    # names in brackets hold no commas, so a plain split is enough
    for part in re.finditer(r"[^,]+", names):
        name = part[0].strip()
        one = find_field(name)
        if one is None:
            raise unknown_field(name, at + part.start() + part[0].index(name))
        found[one.code] = one
    return tuple(found)
