"""A search query as a value: fields, the tree of what was asked, patterns of tokens, and what can be wrong with it.

The parser (``engines/query_language``) makes these values, ``engines/search_memory`` defines what they mean, and every
other engine returns the same documents. Positions (``at``) are offsets of characters in the query's text; they serve
messages and are no part of a query's equality.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from functools import cache, lru_cache
from typing import Protocol, runtime_checkable

from jinzhi.kernel.tokens import fold, is_han, tokenise

#: past these a query fails and says the number; nothing is ever cut short
MAX_LENGTH = 300_000
MAX_WORDS = 20_000
MAX_WORD_LENGTH = 2000
MAX_DEPTH = 30
MAX_BRANCHES = 4096
MAX_SLOP_WORDS = 8
MAX_REFERENCES = 12
MAX_LEAVES = 50_000


class QueryError(ValueError):
    """A query that cannot be understood or run. ``at`` and ``end`` bound the place in its text (None: the whole)."""

    def __init__(self, zh: str, en: str, at: int | None = None, end: int | None = None):
        self.zh, self.en, self.at = zh, en, at
        self.end = end if end is not None else (None if at is None else at + 1)
        super().__init__(self.say("zh"))

    def say(self, language: str = "zh") -> str:
        """The message with the place, in Chinese (zh) or English (any other)."""
        if language.startswith("zh"):
            return self.zh if self.at is None else f"第 {self.at + 1} 个字符：{self.zh}"
        return self.en if self.at is None else f"character {self.at + 1}: {self.en}"


class TooWide(QueryError):
    """A query that needs more than the stated budget: ``needed`` of at most ``budget``."""

    def __init__(self, what_zh: str, what_en: str, needed: int, budget: int, at: int | None = None):
        self.needed, self.budget = needed, budget
        super().__init__(
            f"{what_zh}：需要 {needed}，上限 {budget}。请加限定词或缩小范围；系统不会截断结果",
            f"{what_en}: {needed} needed, {budget} allowed. Narrow the query; nothing is ever cut short",
            at,
        )


@dataclass(frozen=True, slots=True)
class Notice:
    """What the searcher should know about how the query was read; ``kind`` is a short id for tests and icons."""

    kind: str
    zh: str
    en: str
    at: int = 0


# --- fields -------------------------------------------------------------------------------------------------


class Kind(StrEnum):
    """How a field compares. TEXT and NAME by tokens, the others by whole values."""

    TEXT = "text"
    #: token by token as TEXT, but within one value (one applicant, one address)
    NAME = "name"
    KEY = "key"
    CLASS = "class"
    NUMBER = "number"
    DATE = "date"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Field:
    """A field that can be searched. ``members``: the stored fields it stands for, each sought by itself.

    ``below``: the value stands for itself and everything below it in the class tree; ``whole``: for itself only.
    """

    code: str
    zh: str
    en: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    below: bool = False
    whole: bool = False
    help_zh: str = ""
    help_en: str = ""

    @property
    def stored(self) -> tuple[str, ...]:
        """The codes under which documents keep what this field searches."""
        return self.members or (self.code,)


DESCRIPTION = ("desc", "desc_f", "desc_b", "desc_s", "desc_d", "desc_e")
ANY_NUMBER = ("pn", "an", "pr", "fam")
#: where a word without a field is sought, in each by itself
DEFAULT = "tac"

FIELDS: tuple[Field, ...] = (
    Field("ti", "名称", "Title", Kind.TEXT, ("ttl", "标题", "发明名称", "题名", "专利名称")),
    Field("ab", "摘要", "Abstract", Kind.TEXT, ("abs", "abst")),
    Field("clm", "权利要求", "Claims", Kind.TEXT, ("cl", "claims", "权利要求书")),
    Field("iclm", "独立权利要求", "Independent claims", Kind.TEXT, ("icl", "独权")),
    Field("desc", "说明书", "Description", Kind.TEXT, ("ft", "txt", "description"), DESCRIPTION),
    Field("desc_f", "技术领域", "Technical field", Kind.TEXT),
    Field("desc_b", "背景技术", "Background art", Kind.TEXT),
    Field("desc_s", "发明内容", "Summary of the invention", Kind.TEXT),
    Field("desc_d", "附图说明", "Description of drawings", Kind.TEXT),
    Field("desc_e", "具体实施方式", "Embodiments", Kind.TEXT),
    Field("ta", "名称摘要", "Title, abstract", Kind.TEXT, ("tiab", "bi", "名称/摘要"), ("ti", "ab")),
    Field(
        "tac",
        "名称摘要权利要求",
        "Title, abstract, claims",
        Kind.TEXT,
        ("名称/摘要/权利要求",),
        ("ti", "ab", "clm"),
        help_zh="不写字段时即检索此三项，各自独立匹配",
        help_en="where a word without a field is sought, in each by itself",
    ),
    Field("tacd", "全文", "Full text", Kind.TEXT, ("ftxt",), ("ti", "ab", "clm", *DESCRIPTION)),
    Field("pa", "申请人", "Applicant", Kind.NAME, ("ap", "asg", "申请（专利权）人", "申请(专利权)人")),
    Field("in", "发明人", "Inventor", Kind.NAME, ("inv", "设计人", "发明（设计）人", "发明(设计)人")),
    Field("ag", "代理机构", "Agency", Kind.NAME, ("agc", "专利代理机构")),
    Field("agt", "代理人", "Agent", Kind.NAME, ("专利代理师", "代理师")),
    Field(
        "own",
        "权利人",
        "Holder",
        Kind.NAME,
        ("专利权人", "当前权利人", "当前专利权人", "当前申请（专利权）人", "当前申请(专利权)人"),
    ),
    Field(
        "pan",
        "申请人（标准化/集团）",
        "Applicant (standardised, group)",
        Kind.KEY,
        ("owner", "std", "标准化申请人", "申请人(标准化/集团)", "申请人（标准化）", "申请人(标准化)"),
        help_zh="与全名整体相等，可用截词符",
        help_en="equals the whole name; wildcards allowed",
    ),
    Field("addr", "地址", "Address", Kind.NAME, ("ar", "dz")),
    Field("prov", "省市代码", "Province code", Kind.KEY, ("co", "国省代码", "省市")),
    Field("city", "城市", "City", Kind.NAME, ("市县",)),
    Field(
        "area", "地区", "Region", Kind.NAME,
        ("区域", "区县", "行政区", "所在地", "申请人地区", "region", "district"), ("city", "addr"),
        help_zh="申请人所在的省市区县，或地址中写到的；各自独立匹配",
        help_en="province, city or district of an applicant, or what its address names, each by itself",
    ),
    Field("pc", "邮编", "Postcode", Kind.KEY, ("邮政编码", "zip")),
    Field("pn", "公开（公告）号", "Publication number", Kind.NUMBER, ("spn", "公开号", "公告号", "公开(公告)号")),
    Field("an", "申请号", "Application number", Kind.NUMBER, ("apno", "专利号")),
    Field("pr", "优先权号", "Priority number", Kind.NUMBER, ("prno", "优先权")),
    Field("fam", "同族号", "Family number", Kind.NUMBER, ("fa",)),
    Field("num", "任一号码", "Any number", Kind.NUMBER, ("号码",), ANY_NUMBER),
    Field("ad", "申请日", "Filing date", Kind.DATE, ("apd", "申请日期", "申请年")),
    Field(
        "pd",
        "公开日",
        "Publication date",
        Kind.DATE,
        ("公开（公告）日", "公开(公告)日", "公告日", "公开日期", "公开年"),
    ),
    Field("gd", "授权日", "Grant date", Kind.DATE, ("ipd", "授权公告日", "授权年")),
    Field("prd", "优先权日", "Priority date", Kind.DATE),
    Field("led", "事件日", "Legal event date", Kind.DATE, ("法律事件日",)),
    Field("ipc", "分类号", "IPC", Kind.CLASS, ("ic", "sic", "国际分类号", "IPC分类号")),
    Field("ipcm", "主分类号", "Main IPC", Kind.CLASS, ("pic",)),
    Field("cpc", "CPC分类号", "CPC", Kind.CLASS, ("cl-cpc",)),
    Field("loc", "洛迦诺", "Locarno", Kind.CLASS, ("洛迦诺分类号", "外观设计分类号", "locarno")),
    Field("fi", "FI分类号", "FI", Kind.CLASS),
    Field("ipclow", "分类号（含下位）", "IPC and below", Kind.CLASS, ("ipc-low", "ipc_low"), ("ipc",), below=True),
    Field("ipcmlow", "主分类号（含下位）", "Main IPC and below", Kind.CLASS, ("ipcm-low",), ("ipcm",), below=True),
    Field("cpclow", "CPC（含下位）", "CPC and below", Kind.CLASS, ("cpc-low", "cpc_low"), ("cpc",), below=True),
    Field("ipcx", "分类号（仅本级）", "IPC, this place only", Kind.CLASS, ("ic_ex", "ipc-ex"), ("ipc",), whole=True),
    Field(
        "nic", "国民经济行业", "Industry (GB/T 4754)", Kind.CLASS, ("国民经济行业分类",),
        help_zh="需要专利分类与行业的对照表；没有对照数据时不能检索",
        help_en="needs a concordance of patent classes with industries; refused where none is kept",
    ),
    Field(
        "sei", "战略性新兴产业", "Strategic emerging industry", Kind.CLASS, ("战新分类", "战新产业"),
        help_zh="需要专利分类与产业的对照表；没有对照数据时不能检索",
        help_en="needs a concordance of patent classes with industries; refused where none is kept",
    ),
    Field("kd", "文献种类", "Kind of document", Kind.KEY, ("kind", "文献种类代码")),
    Field("typ", "专利类型", "Kind of right", Kind.KEY, ("type", "类型")),
    Field("cc", "国别", "Country", Kind.KEY, ("pnctry", "国家", "公开国别")),
    Field("st", "有效性", "In force or not", Kind.KEY, ("status", "当前有效性")),
    Field("ls", "法律状态", "Legal status", Kind.KEY, ("lstext", "当前法律状态")),
    Field("le", "法律事件", "Legal event", Kind.KEY, ("event",)),
    Field("ct", "引证", "Cites", Kind.NUMBER, ("rf", "引证文献")),
    Field("citing", "被引", "Cited by", Kind.NUMBER, ("pcit", "施引", "被引证")),
    Field("ncit", "非专利引证次数", "Non-patent citations", Kind.COUNT, ("非专利引证数",)),
    Field("nfwd", "被引次数", "Times cited", Kind.COUNT, ("被引证次数",)),
    Field("nbwd", "引证次数", "Citations made", Kind.COUNT, ("引证数",)),
    Field("nclm", "权利要求数", "Number of claims", Kind.COUNT, ("权利要求项数",)),
    Field("nfam", "同族数", "Family size", Kind.COUNT, ("同族成员数",)),
    Field(
        "tag", "标引", "Tag", Kind.KEY, ("标签",),
        help_zh="您能看到的标引：本单位和下级单位的", help_en="tags that you may see: your unit's and those below",
    ),
    Field(
        "topic", "专题", "Topic collection", Kind.KEY, ("专题库",),
        help_zh="专题的名称或路径，含下级专题", help_en="name or path of a topic, with those below it",
    ),
    Field(
        "note", "备注", "Note", Kind.NAME, ("批注",),
        help_zh="您能看到的备注，按词检索", help_en="notes that you may see, word by word",
    ),
)  # fmt: skip

#: which field says "and below" for another
BELOW = {"ipc": "ipclow", "ipcm": "ipcmlow", "cpc": "cpclow", "ipclow": "ipclow", "cpclow": "cpclow"}


@cache
def field_names() -> Mapping[str, Field]:
    """Every code, Chinese name and alias, folded, to its field. Two fields with one name is a mistake of ours."""
    names: dict[str, Field] = {}
    for one in FIELDS:
        for name in (one.code, one.zh, *one.aliases):
            if names.setdefault(fold(name), one) is not one:
                raise ValueError(f"{name} names both {names[fold(name)].code} and {one.code}")
    return names


@cache
def field_by_code() -> Mapping[str, Field]:
    """Every field by its code."""
    return {one.code: one for one in FIELDS}


def get_field(code: str) -> Field:
    """The field of a code (no aliases). Raises KeyError."""
    return field_by_code()[code]


def find_field(name: str) -> Field | None:
    """The field of a code, Chinese name or alias in any case or width, or None."""
    return field_names().get(fold(name.strip()))


def nearest_fields(name: str, at_most: int = 4) -> tuple[Field, ...]:
    """Fields whose names look like the name, nearest first."""
    found = get_close_matches(fold(name), list(field_names()), n=at_most * 2, cutoff=0.45)
    return tuple(dict.fromkeys(field_names()[one] for one in found))[:at_most]


def unknown_field(name: str, at: int) -> QueryError:
    """The error for a name that is no field, with the nearest that are."""
    near = nearest_fields(name)
    zh = "、".join(f"{one.code}（{one.zh}）" for one in near) or "ti（名称）、pa（申请人）、ipc（分类号）"
    en = ", ".join(f"{one.code} ({one.en})" for one in near) or "ti (Title), pa (Applicant), ipc (IPC)"
    return QueryError(
        f"没有字段“{name}”，是否为：{zh}",
        f"there is no field “{name}”; did you mean {en}?",
        at,
        at + len(name),
    )


# --- documents as engines see them --------------------------------------------------------------------------


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


# --- the tree -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Term:
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
class Not:
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


Node = Term | Range | History | Saved | Semantic | Ids | Prox | Freq | Not | And | Or | Xor
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
        case Not() | Freq():
            return (node.inner,)
        case Prox():
            return (node.left, node.right)
        case _:
            return ()


def leaves(node: Node) -> Iterator[Term | Range | History | Saved | Semantic | Ids]:
    """The leaves from left to right; their order numbers the colours of highlighting."""
    if isinstance(node, (Term, Range, History, Saved, Semantic, Ids)):
        yield node
    for child in children(node):
        yield from leaves(child)


def open_ended(node: Node) -> bool:
    """Whether a document may be found for nothing that it holds."""
    match node:
        case Not():
            return not open_ended(node.inner)
        case And():
            return all(open_ended(item) for item in node.items)
        case Or():
            return any(open_ended(item) for item in node.items)
        case Xor():
            return any(open_ended(item) for item in node.items)
        case _:
            return False


def stored_fields(node: Term | Range) -> tuple[str, ...]:
    """The stored fields in which a leaf is sought, each once."""
    fields = node.fields or (DEFAULT,)
    return tuple(dict.fromkeys(stored for code in fields for stored in get_field(code).stored))


# --- patterns of tokens -------------------------------------------------------------------------------------

WILDCARDS = frozenset("*?#")


@dataclass(frozen=True, slots=True)
class Char:
    """One Han character. ``glued``: in the same run as what stood before it."""

    text: str
    glued: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """One token; ``wild``: its text holds wildcards (``wildcard_test``, ``wildcard_regex``) for the whole token."""

    text: str
    wild: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """From ``least`` to ``most`` (None: any number of) Han characters of the run of the character beside it.

    ``glued``: directly behind what stood before it, so in its run if that was a Han character.
    """

    least: int
    most: int | None
    glued: bool


Step = Char | Piece | Gap
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


def gap_of(signs: str, glued: bool) -> Gap:
    """The gap that signs beside a Han character mean together: ``?#`` is one or two characters."""
    least = signs.count("#")
    return Gap(least, None if "*" in signs else least + signs.count("?"), glued)


def pattern_of(text: str, at: int = 0) -> tuple[Word, ...]:
    """The words of a text that may hold wildcards; spaces part words. Raises QueryError where nothing is left."""
    if len(text) > MAX_WORD_LENGTH:
        raise TooWide("一个检索词的字符", "characters in one word", len(text), MAX_WORD_LENGTH, at)
    found = tuple(word for part in text.split() if (word := _word(part)))
    if not any(isinstance(step, Char) or (isinstance(step, Piece) and _solid(step)) for word in found for step in word):
        raise QueryError(
            f"“{text}”里没有可检索的字词：标点不参与检索，截词符（* ? #）须与字词同用；"
            "其他系统的检索式（如以 % + $ 截词、以 + 表示或）请在检索框选择该系统",
            f"“{text}” holds nothing to search: punctuation is not searched, and a wildcard (* ? #) needs a letter"
            " beside it; for a query of another system (% + $ as wildcards, + for or) choose that system at the box",
            at,
            at + max(1, len(text)),
        )
    return found


def _solid(piece: Piece) -> bool:
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
            steps.append(Piece(token, bool(set(token) & WILDCARDS)))
            glue = False
        index += 1
    return tuple(steps)


def _beside(kinds: list[tuple[str, str, bool]], index: int) -> str:
    """What touches an item on its right."""
    return kinds[index + 1][0] if index + 1 < len(kinds) and kinds[index + 1][2] else ""


def _joins(kinds: list[tuple[str, str, bool]], index: int) -> bool:
    """Whether an item belongs to the token before it: letters, or signs that touch no Han character."""
    return kinds[index][0] == "token" or (kinds[index][0] == "signs" and _beside(kinds, index) != "han")


# --- values of fields ---------------------------------------------------------------------------------------

DATE = re.compile(r"(\d{4})(?:[-./年]?(\d{1,2})(?:[-./月]?(\d{1,2}))?)?[年月日]?\Z")


def date_bounds(text: str, at: int = 0) -> tuple[int, int]:
    """First and last day (yyyymmdd) of a year, month or day: 2017, 201703, 20170315, 2017-03-15, 2017年3月15日."""
    found = DATE.match(fold(text).strip())
    wrong = QueryError(
        f"“{text}”不是日期，请写成 2017、201703 或 20170315（可用 - . / 分隔）",
        f"“{text}” is no date: write 2017, 201703 or 20170315 (with - . / between, if you like)",
        at,
        at + len(text),
    )
    if not found:
        raise wrong
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    try:
        first = date(year, month or 1, day or 1)
        last_month = month or 12
        last = date(year, last_month, day or monthrange(year, last_month)[1])
    except ValueError as error:
        raise wrong from error
    return int(first.strftime("%Y%m%d").zfill(8)), int(last.strftime("%Y%m%d").zfill(8))


def count_of(text: str, at: int = 0) -> int:
    """A whole number. Raises QueryError."""
    plain = fold(text).strip()
    if not re.fullmatch(r"\d{1,9}", plain):
        raise QueryError(
            f"“{text}”不是整数，请写成 5 或 [5 TO 10]",
            f"“{text}” is no whole number: write 5 or [5 TO 10]",
            at,
            at + len(text),
        )
    return int(plain)


LONG_SYMBOL = re.compile(r"([A-HY]\d\d[A-Z])(\d{4})(\d{6})\Z")
SYMBOL = re.compile(r"([A-HY]\d\d[A-Z])0*(\d+)(?:/(.*))?\Z")
GROUP = re.compile(r"[A-HY]\d\d[A-Z]\d+\Z")


@lru_cache(maxsize=1 << 16)
def class_symbol(text: str) -> str:
    """A class symbol as it is compared: upper case, no spaces, no edition.

    H04L9/32 also for H04L0009320000, H04L 009/32 and H04L9/32 (2006.01).
    """
    plain = re.sub(r"\s+|\(\d{4}\.\d\d\)[A-Za-z]?\Z", "", fold(text)).upper()
    if long := LONG_SYMBOL.match(plain):
        group, sub = str(int(long[2])), long[3].rstrip("0")
        return f"{long[1]}{group}/{sub.ljust(2, '0')}"
    if found := SYMBOL.match(plain):
        return f"{found[1]}{found[2]}" + ("" if found[3] is None else f"/{found[3]}")
    return plain


def class_begins(symbol: str, asked: str) -> bool:
    """Whether a class symbol lies at or under the written prefix asked for; both in their compared form.

    H04L is every H04L…, H04L9 the main group 9 (not 99), H04L9/32 that symbol only.
    """
    if symbol == asked:
        return True
    if not symbol.startswith(asked) or "/" in asked:
        return False
    if GROUP.match(asked):
        return symbol[len(asked)] == "/"
    return not (asked[-1:].isdigit() and symbol[len(asked)].isdigit() and set(asked) & set(".-"))


def plain_number(text: str, code: str = "") -> str:
    """A document number without what writing varies: case, width, spaces, dots, dashes, slashes, commas, brackets."""
    return re.sub(r"[\s.,/\-()（）]+", "", fold(text)).upper()


def plain_number_keys(text: str, code: str = "") -> frozenset[str]:
    """Under what a stored number answers: as written, and without its kind code (CN103081473B8: CN103081473)."""
    whole = plain_number(text)
    return frozenset({whole, re.sub(r"(?<=\d)[A-Z]\d?\Z", "", whole)})


class ClassTree(Protocol):
    """The hierarchy of a classification by dots, handed to engines."""

    def subtree(self, scheme: str, symbol: str) -> frozenset[str] | None:
        """The symbol with all below it, in the form of ``class_symbol``; None where the scheme lacks the symbol."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """How document numbers compare: what is asked for must be among the keys of what is stored.

    Both functions take the text and the code of the stored field (pn, an …).
    """

    asked: Callable[[str, str], str] = plain_number
    keys: Callable[[str, str], frozenset[str]] = plain_number_keys


class Resolver(Protocol):
    """What a query may refer to."""

    def history(self, number: int) -> Query | None:
        """The query of that number in the searcher's history."""

    def saved(self, name: str) -> Query | None:
        """The query saved under that name, as far as the searcher may see it."""


@runtime_checkable
class Keeper(Resolver, Protocol):
    """A resolver that also answers for fields that no engine holds, since what they hold differs by who asks.

    ``kept`` gives for a leaf of one such field, or proximity within them, a tree that stands for it: ``Ids``, or a
    tree with references of its own. It raises QueryError where the field cannot be asked.
    """

    @property
    def fields(self) -> frozenset[str]:
        """The stored fields it answers for."""

    def kept(self, node: Term | Prox | Freq) -> Node:
        """What stands for the node."""


# --- what a leaf may be ---------------------------------------------------------------------------------------


def check_leaf(leaf: Term | Range) -> None:
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


def _check_range(leaf: Range, one: Field) -> None:
    for end in (leaf.low, leaf.high):
        if end != "*":
            date_bounds(end, leaf.at) if one.kind is Kind.DATE else count_of(end, leaf.at)
    if leaf.low == leaf.high == "*":
        raise QueryError(
            "范围两端都是 *，没有限定：请至少写一端", "both ends of the range are *: write at least one", leaf.at
        )


def _wrong_kind(leaf: Term | Range, one: Field, zh: str, en: str, way_zh: str, way_en: str) -> QueryError:
    return QueryError(
        f"{one.zh}（{one.code}）不能用{zh}；{zh}只用于{way_zh}",
        f"{one.en} ({one.code}) cannot take {en}, which is for {way_en}",
        leaf.at,
    )


def text_fields(node: Node) -> frozenset[str]:
    """The stored text fields in which an operand of proximity can have occurrences."""
    match node:
        case Term():
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
        if isinstance(leaf, (Term, Range)):
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


# --- forms of a tree ----------------------------------------------------------------------------------------


def resolved(node: Node, resolver: Resolver | None) -> Node:
    """The tree with history and saved queries put in. Raises QueryError for what is not there or holds itself.

    A query that refers to queries that refer to queries … may grow without end: TooWide past ``MAX_LEAVES`` leaves.
    """
    return _Resolving(resolver).put_in(node, ())


class _Circle(QueryError):
    """A query that refers to itself; the message names the whole circle."""


class _Resolving:
    """One walk over a tree, counting the leaves it makes."""

    def __init__(self, resolver: Resolver | None):
        self.resolver = resolver
        self.fields = resolver.fields if isinstance(resolver, Keeper) else frozenset()
        self.made = 0

    def put_in(self, node: Node, seen: tuple[str, ...]) -> Node:
        match node:
            case History() | Saved():
                return self._referred(node, seen)
            case Term() | Prox() | Freq() if self.fields and self.fields & _sought(node):
                return self._kept(node, seen)
            case And():
                return all_of([self.put_in(item, seen) for item in node.items], node.at)
            case Or():
                return any_of([self.put_in(item, seen) for item in node.items], node.at)
            case Xor():
                return one_of([self.put_in(item, seen) for item in node.items], node.at)
            case Not():
                return replace(node, inner=self.put_in(node.inner, seen))
            case Freq():
                return replace(node, inner=self.put_in(node.inner, seen))
            case Prox():
                return replace(node, left=self.put_in(node.left, seen), right=self.put_in(node.right, seen))
            case _:
                self.made += 1
                if self.made > MAX_LEAVES:
                    raise TooWide("引用展开后的检索词", "words after references", self.made, MAX_LEAVES, node.at)
                return node

    def _referred(self, node: History | Saved, seen: tuple[str, ...]) -> Node:
        name = f"#{node.number}" if isinstance(node, History) else f"##{node.name}"
        self._enter(name, node, seen)
        found = None
        if self.resolver is not None:
            try:
                found = (
                    self.resolver.history(node.number) if isinstance(node, History) else self.resolver.saved(node.name)
                )
            except QueryError as error:
                raise _moved(error, name, node, inside=error.at is not None) from None
        if found is None:
            what = ("检索历史", "history") if isinstance(node, History) else ("已存检索", "the saved queries")
            raise QueryError(
                f"{what[0]}里没有 {name}", f"there is no {name} in {what[1]}", node.at, node.at + len(name)
            )
        return self._inside(found.root, name, node, seen)

    def _enter(self, name: str, node: Node, seen: tuple[str, ...]) -> None:
        if name in seen:
            circle = " → ".join([*seen, name])
            raise _Circle(f"{name} 引用了自身：{circle}", f"{name} refers to itself: {circle}", node.at)
        if len(seen) >= MAX_REFERENCES:
            raise TooWide("引用的层数", "levels of references", len(seen) + 1, MAX_REFERENCES, node.at)

    def _inside(self, root: Node, name: str, node: Node, seen: tuple[str, ...]) -> Node:
        """What a reference stands for. Its places are those of the reference: its own text is not before the reader."""
        try:
            return _placed(self.put_in(root, (*seen, name)), node.at)
        except QueryError as error:
            raise _moved(error, name, node, inside=not isinstance(error, _Circle)) from None

    def _kept(self, node: Term | Prox | Freq, seen: tuple[str, ...]) -> Node:
        """A node in fields that the resolver answers for; a word in others too is sought in each by itself."""
        keeper = self.resolver
        assert isinstance(keeper, Keeper)
        if not isinstance(node, Term):
            if _sought(node) <= self.fields:
                return self._stands_for(keeper.kept(node), "", node, seen)
            raise QueryError(
                "位置算式和词频算式里不能既有标引、专题、备注，又有其他字段：请分开写，用 AND 或 OR 连接",
                "proximity cannot mix tags, topics and notes with other fields: write them apart, joined by AND or OR",
                node.at,
            )
        parts: list[Node] = []
        for code in (code for code in node.fields if code in self.fields):
            alone = replace(node, fields=(code,))
            name = f"{code}={node.text}"
            self._enter(name, node, seen)
            parts.append(self._stands_for(keeper.kept(alone), name, alone, seen))
        others = tuple(code for code in node.fields if code not in self.fields)
        if others:
            parts.append(self.put_in(replace(node, fields=others), seen))
        return any_of(parts, node.at)

    def _stands_for(self, found: Node, name: str, node: Node, seen: tuple[str, ...]) -> Node:
        return found if isinstance(found, Ids) else self._inside(found, name, node, seen)


def _sought(node: Node) -> frozenset[str]:
    """The stored fields of all words of a node."""
    return frozenset(code for leaf in leaves(node) if isinstance(leaf, Term) for code in stored_fields(leaf))


def _placed(node: Node, at: int) -> Node:
    """The tree with every place at one place."""
    match node:
        case And() | Or() | Xor():
            return replace(node, items=tuple(_placed(item, at) for item in node.items), at=at)
        case Not() | Freq():
            return replace(node, inner=_placed(node.inner, at), at=at)
        case Prox():
            return replace(node, left=_placed(node.left, at), right=_placed(node.right, at), at=at)
        case _:
            return replace(node, at=at)


def _moved(error: QueryError, name: str, node: Node, inside: bool) -> QueryError:
    """An error of a query referred to, told at the reference to it."""
    error.at, error.end = node.at, node.at + max(1, len(name))
    if inside:
        error.zh, error.en = f"{name} 之内：{error.zh}", f"within {name}: {error.en}"
    error.args = (error.say("zh"),)
    return error


def distributed(node: Node) -> Node:
    """The tree with every AND inside an operand of proximity drawn out: (a AND b) (5W) c = a (5W) c AND b (5W) c.

    This is the form engines evaluate. Raises QueryError for what cannot stand in an operand (NOT, XOR, dates, counts,
    classes, history …) and TooWide where drawing out would make too many branches.
    """
    match node:
        case And():
            return all_of([distributed(item) for item in node.items], node.at)
        case Or():
            return any_of([distributed(item) for item in node.items], node.at)
        case Xor():
            return one_of([distributed(item) for item in node.items], node.at)
        case Not():
            return replace(node, inner=distributed(node.inner))
        case Prox() | Freq():
            return all_of(_alternatives(node), node.at)
        case _:
            return node


def _alternatives(node: Node) -> list[Node]:
    """The branches of an operand that must all be found, each free of And."""
    match node:
        case Term():
            if not all(get_field(code).kind in (Kind.TEXT, Kind.NAME) for code in stored_fields(node)):
                raise _no_operand(node, "号码、分类、日期、次数等字段", "a number, class, date, key or count")
            return [node]
        case And():
            return _bounded([one for item in node.items for one in _alternatives(item)], node.at)
        case Or():
            branches = [_alternatives(item) for item in node.items]
            if all(len(branch) == 1 for branch in branches):
                return [any_of([branch[0] for branch in branches], node.at)]
            # (a AND b) OR c, as one operand: (a OR c) AND (b OR c)
            chosen: list[list[Node]] = [[]]
            for branch in branches:
                _bounded_count(len(chosen) * len(branch), node.at)
                chosen = [[*one, other] for one in chosen for other in branch]
            return [any_of(one, node.at) for one in chosen]
        case Prox():
            lefts, rights = _alternatives(node.left), _alternatives(node.right)
            _bounded_count(len(lefts) * len(rights), node.at)
            return [replace(node, left=left, right=right) for left in lefts for right in rights]
        case Freq():
            return [replace(node, inner=inner) for inner in _alternatives(node.inner)]
        case Not():
            raise _no_operand(node, "NOT", "NOT", "；请把 NOT 移到位置算符之外，或用 NOT (nW) 等否定位置算符")
        case Xor():
            raise _no_operand(node, "XOR", "XOR")
        case Range():
            raise _no_operand(node, "范围", "a range")
        case History() | Saved():
            raise _no_operand(node, "历史或已存检索", "a query of history or a saved one")
        case Semantic():
            raise _no_operand(node, "语义检索", "a semantic search")
        case Ids():
            raise _no_operand(node, "标引、专题或备注", "a tag, topic or note")


def _bounded(branches: list[Node], at: int) -> list[Node]:
    _bounded_count(len(branches), at)
    return branches


def _bounded_count(count: int, at: int) -> None:
    if count > MAX_BRANCHES:
        raise TooWide("位置算符内的 AND 展开后的分支", "branches of AND inside proximity", count, MAX_BRANCHES, at)


def _no_operand(node: Node, zh: str, en: str, way: str = "") -> QueryError:
    return QueryError(
        f"位置算符和词频算符两边只能是文本字段的词，不能是{zh}{way}",
        f"proximity and frequency take words of text fields, not {en}"
        + ("; move NOT outside, or use NOT (nW)" if isinstance(node, Not) else ""),
        node.at,
    )
