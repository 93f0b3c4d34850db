"""The fields that can be searched: codes, names, aliases, and what each stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache

from jinzhi.kernel.query.limits import QueryError
from jinzhi.kernel.text import Words
from jinzhi.kernel.tokens import fold


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
class QueryField:
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
    def help(self) -> Words:
        """What is said beside it; false where nothing is."""
        return Words(self.help_zh, self.help_en)

    @property
    def stored(self) -> tuple[str, ...]:
        """The codes under which documents keep what this field searches."""
        return self.members or (self.code,)


DESCRIPTION = ("desc", "desc_f", "desc_b", "desc_s", "desc_d", "desc_e")
ANY_NUMBER = ("pn", "an", "pr", "fam")
#: where a word without a field is sought, in each by itself
DEFAULT = "tac"

FIELDS: tuple[QueryField, ...] = (
    QueryField("ti", "名称", "Title", Kind.TEXT, ("ttl", "标题", "发明名称", "题名", "专利名称")),
    QueryField("ab", "摘要", "Abstract", Kind.TEXT, ("abs", "abst")),
    QueryField("clm", "权利要求", "Claims", Kind.TEXT, ("cl", "claims", "权利要求书")),
    QueryField("iclm", "独立权利要求", "Independent claims", Kind.TEXT, ("icl", "独权")),
    QueryField("desc", "说明书", "Description", Kind.TEXT, ("ft", "txt", "description"), DESCRIPTION),
    QueryField("desc_f", "技术领域", "Technical field", Kind.TEXT),
    QueryField("desc_b", "背景技术", "Background art", Kind.TEXT),
    QueryField("desc_s", "发明内容", "Summary of the invention", Kind.TEXT),
    QueryField("desc_d", "附图说明", "Description of drawings", Kind.TEXT),
    QueryField("desc_e", "具体实施方式", "Embodiments", Kind.TEXT),
    QueryField("ta", "名称摘要", "Title, abstract", Kind.TEXT, ("tiab", "bi", "名称/摘要"), ("ti", "ab")),
    QueryField(
        "tac",
        "名称摘要权利要求",
        "Title, abstract, claims",
        Kind.TEXT,
        ("名称/摘要/权利要求",),
        ("ti", "ab", "clm"),
        help_zh="不写字段时即检索此三项，各自独立匹配",
        help_en="where a word without a field is sought, in each by itself",
    ),
    QueryField("tacd", "全文", "Full text", Kind.TEXT, ("ftxt",), ("ti", "ab", "clm", *DESCRIPTION)),
    QueryField("pa", "申请人", "Applicant", Kind.NAME, ("ap", "asg", "申请（专利权）人", "申请(专利权)人")),
    QueryField("in", "发明人", "Inventor", Kind.NAME, ("inv", "设计人", "发明（设计）人", "发明(设计)人")),
    QueryField("ag", "代理机构", "Agency", Kind.NAME, ("agc", "专利代理机构")),
    QueryField("agt", "代理人", "Agent", Kind.NAME, ("专利代理师", "代理师")),
    QueryField(
        "own",
        "权利人",
        "Holder",
        Kind.NAME,
        ("专利权人", "当前权利人", "当前专利权人", "当前申请（专利权）人", "当前申请(专利权)人"),
    ),
    QueryField(
        "pan",
        "申请人（标准化/集团）",
        "Applicant (standardised, group)",
        Kind.KEY,
        ("owner", "std", "标准化申请人", "申请人(标准化/集团)", "申请人（标准化）", "申请人(标准化)"),
        help_zh="与全名整体相等，可用截词符",
        help_en="equals the whole name; wildcards allowed",
    ),
    QueryField("addr", "地址", "Address", Kind.NAME, ("ar", "dz")),
    QueryField("prov", "省市代码", "Province code", Kind.KEY, ("co", "国省代码", "省市")),
    QueryField("city", "城市", "City", Kind.NAME, ("市县",)),
    QueryField(
        "area", "地区", "Region", Kind.NAME,
        ("区域", "区县", "行政区", "所在地", "申请人地区", "region", "district"), ("city", "addr"),
        help_zh="申请人所在的省市区县，或地址中写到的；各自独立匹配",
        help_en="province, city or district of an applicant, or what its address names, each by itself",
    ),
    QueryField("pc", "邮编", "Postcode", Kind.KEY, ("邮政编码", "zip")),
    QueryField("pn", "公开（公告）号", "Publication number", Kind.NUMBER, ("spn", "公开号", "公告号", "公开(公告)号")),
    QueryField("an", "申请号", "Application number", Kind.NUMBER, ("apno", "专利号")),
    QueryField("pr", "优先权号", "Priority number", Kind.NUMBER, ("prno", "优先权")),
    QueryField("fam", "同族号", "Family number", Kind.NUMBER, ("fa",)),
    QueryField("num", "任一号码", "Any number", Kind.NUMBER, ("号码",), ANY_NUMBER),
    QueryField("ad", "申请日", "Filing date", Kind.DATE, ("apd", "申请日期", "申请年")),
    QueryField(
        "pd",
        "公开日",
        "Publication date",
        Kind.DATE,
        ("公开（公告）日", "公开(公告)日", "公告日", "公开日期", "公开年"),
    ),
    QueryField("gd", "授权日", "Grant date", Kind.DATE, ("ipd", "授权公告日", "授权年")),
    QueryField("prd", "优先权日", "Priority date", Kind.DATE),
    QueryField("led", "事件日", "Legal event date", Kind.DATE, ("法律事件日",)),
    QueryField("ipc", "分类号", "IPC", Kind.CLASS, ("ic", "sic", "国际分类号", "IPC分类号")),
    QueryField("ipcm", "主分类号", "Main IPC", Kind.CLASS, ("pic",)),
    QueryField("cpc", "CPC分类号", "CPC", Kind.CLASS, ("cl-cpc",)),
    QueryField("loc", "洛迦诺", "Locarno", Kind.CLASS, ("洛迦诺分类号", "外观设计分类号", "locarno")),
    QueryField("fi", "FI分类号", "FI", Kind.CLASS),
    QueryField("ipclow", "分类号（含下位）", "IPC and below", Kind.CLASS, ("ipc-low", "ipc_low"), ("ipc",), below=True),
    QueryField("ipcmlow", "主分类号（含下位）", "Main IPC and below", Kind.CLASS, ("ipcm-low",), ("ipcm",), below=True),
    QueryField("cpclow", "CPC（含下位）", "CPC and below", Kind.CLASS, ("cpc-low", "cpc_low"), ("cpc",), below=True),
    QueryField(
        "ipcx", "分类号（仅本级）", "IPC, this place only", Kind.CLASS, ("ic_ex", "ipc-ex"), ("ipc",), whole=True,
    ),
    QueryField(
        "nic", "国民经济行业", "Industry (GB/T 4754)", Kind.CLASS, ("国民经济行业分类",),
        help_zh="需要专利分类与行业的对照表；没有对照数据时不能检索",
        help_en="needs a concordance of patent classes with industries; refused where none is kept",
    ),
    QueryField(
        "sei", "战略性新兴产业", "Strategic emerging industry", Kind.CLASS, ("战新分类", "战新产业"),
        help_zh="需要专利分类与产业的对照表；没有对照数据时不能检索",
        help_en="needs a concordance of patent classes with industries; refused where none is kept",
    ),
    QueryField("kd", "文献种类", "Kind of document", Kind.KEY, ("kind", "文献种类代码")),
    QueryField("typ", "专利类型", "Kind of right", Kind.KEY, ("type", "类型")),
    QueryField("cc", "国别", "Country", Kind.KEY, ("pnctry", "国家", "公开国别")),
    QueryField("st", "有效性", "In force or not", Kind.KEY, ("status", "当前有效性")),
    QueryField("ls", "法律状态", "Legal status", Kind.KEY, ("lstext", "当前法律状态")),
    QueryField("le", "法律事件", "Legal event", Kind.KEY, ("event",)),
    QueryField("ct", "引证", "Cites", Kind.NUMBER, ("rf", "引证文献")),
    QueryField("citing", "被引", "Cited by", Kind.NUMBER, ("pcit", "施引", "被引证")),
    QueryField("ncit", "非专利引证次数", "Non-patent citations", Kind.COUNT, ("非专利引证数",)),
    QueryField("nfwd", "被引次数", "Times cited", Kind.COUNT, ("被引证次数",)),
    QueryField("nbwd", "引证次数", "Citations made", Kind.COUNT, ("引证数",)),
    QueryField("nclm", "权利要求数", "Number of claims", Kind.COUNT, ("权利要求项数",)),
    QueryField("nfam", "同族数", "Family size", Kind.COUNT, ("同族成员数",)),
    QueryField(
        "tag", "标引", "Tag", Kind.KEY, ("标签",),
        help_zh="您能看到的标引：本单位和下级单位的", help_en="tags that you may see: your unit's and those below",
    ),
    QueryField(
        "topic", "专题", "Topic collection", Kind.KEY, ("专题库",),
        help_zh="专题的名称或路径，含下级专题", help_en="name or path of a topic, with those below it",
    ),
    QueryField(
        "note", "备注", "Note", Kind.NAME, ("批注",),
        help_zh="您能看到的备注，按词检索", help_en="notes that you may see, word by word",
    ),
)  # fmt: skip

#: which field says "and below" for another
BELOW = {"ipc": "ipclow", "ipcm": "ipcmlow", "cpc": "cpclow", "ipclow": "ipclow", "cpclow": "cpclow"}


@cache
def field_names() -> Mapping[str, QueryField]:
    """Every code, Chinese name and alias, folded, to its field. Two fields with one name is a mistake of ours."""
    names: dict[str, QueryField] = {}
    for one in FIELDS:
        for name in (one.code, one.zh, *one.aliases):
            if names.setdefault(fold(name), one) is not one:
                raise ValueError(f"{name} names both {names[fold(name)].code} and {one.code}")
    return names


@cache
def field_by_code() -> Mapping[str, QueryField]:
    """Every field by its code."""
    return {one.code: one for one in FIELDS}


def get_field(code: str) -> QueryField:
    """The field of a code (no aliases). Raises KeyError."""
    return field_by_code()[code]


def find_field(name: str) -> QueryField | None:
    """The field of a code, Chinese name or alias in any case or width, or None."""
    return field_names().get(fold(name.strip()))


def nearest_fields(name: str, at_most: int = 4) -> tuple[QueryField, ...]:
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
