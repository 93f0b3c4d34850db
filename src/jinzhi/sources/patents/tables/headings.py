"""Column headings of the systems that people export from, and the field of the model that each names.

A heading is known as a whole, without what stands in brackets, or by that alone; a class scheme that it names (CPC,
IPC, FI, 洛迦诺 …) decides whatever else it says, since the values of one scheme look like those of another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

#: field of the model ← headings, compared without white space, punctuation and case
HEADINGS: dict[str, Sequence[str]] = {
    "publication_number": (
        [
            "公开公告文献号",
            "文献番号",
            "公开番号",
            "公报番号",
            "publicationnumberwithkindcode",
            "veröffentlichungsnummer",
            "numérodepublication",
            "公开公告号码",
            "publicationnumber",
            "公开公告号",
            "公开号",
            "公告号",
            "公开号码",
            "公告号码",
            "公布号",
            "公布公告号",
            "授权号",
            "documentid",
            "documentpatentnumber",
            "publicationnumbers",
            "publicationnumberdocdb",
            "displaykey",
            "docdbnumber",
            "id",
            "授权公告号",
            "公开公告号码",
            "文献号",
            "专利号公开",
            "pn",
            "pubno",
            "publicationno",
            "patentnumber",
        ]
    ),
    "application_number": [
        "出愿番号",
        "applicationnumbers",
        "applicationnumberdocdb",
        "anmeldenummer",
        "aktenzeichen",
        "applicationnumber",
        "申请号",
        "申请号码",
        "专利申请号",
        "专利号",
        "an",
        "apno",
        "applicationno",
        "appno",
        "申请编号",
        "申请专利号",
    ],
    "filing_date": [
        "出愿日",
        "1stapplicationdate",
        "anmeldetag",
        "applicationdates",
        "filingdates",
        "申请日年月日",
        "filingdate",
        "申请日",
        "申请日期",
        "申请时间",
        "递交日",
        "applicationdate",
        "filingcreationdate",
        "appdate",
        "dateoffiling",
        "filed",
        "ad",
        "apd",
    ],
    "publication_date": [
        "publicationdates",
        "公知日",
        "公开年月日",
        "veröffentlichungsdatum",
        "发行日",
        "publicationdate",
        "公开公告日",
        "公开日",
        "公告日",
        "公开日期",
        "公告日期",
        "公开公告日期",
        "pd",
        "pubdate",
        "datepublished",
        "dateofpublication",
        "公布日",
        "公布公告日",
        "公开时间",
        "公告时间",
    ],
    "grant_date": [
        "grantdate",
        "授权日",
        "授权公告日",
        "授权日期",
        "授权公告日期",
        "授权时间",
        "issuedate",
        "dateofgrant",
        "gd",
    ],
    "title": [
        "发明の名称",
        "titel",
        "titre",
        "title",
        "title",
        "名称",
        "发明名称",
        "专利名称",
        "标题",
        "题名",
        "标题中文",
        "专利标题",
        "发明创造名称",
        "专利题名",
        "题目",
        "发明标题",
        "原始标题",
        "标题原文",
        "titleoriginal",
        "inventiontitle",
        "titleofinvention",
        "ti",
    ],
    "title_en": ["标题英文", "英文标题", "titleenglish", "englishtitle", "titleen", "英文名称", "标题译文"],
    "abstract": [
        "abstract",
        "摘要",
        "摘要中文",
        "文摘",
        "原始摘要",
        "摘要原文",
        "摘要内容",
        "abstracttext",
        "abstractoriginal",
        "ab",
    ],
    "abstract_en": ["摘要英文", "英文摘要", "摘要译文", "abstractenglish", "englishabstract", "abstracten"],
    "claims": [
        "首权",
        "首项权利要求内容",
        "claims",
        "权利要求",
        "权利要求书",
        "全部权利要求",
        "首项权利要求",
        "第一项权利要求",
        "独立权利要求",
        "主权项",
        "clm",
    ],
    "ipc": [
        "ipc",
        "ipc分类号",
        "国际分类号",
        "ipc分类",
        "分类号",
        "ipc主分类号",
        "主分类号",
        "主分类",
        "国际专利分类号",
        "ic",
    ],
    "cpc": ["cpc", "cpc分类号", "cpc分类", "联合专利分类", "联合专利分类号"],
    "fi": ["fi", "fi分类号"],
    "f_term": ["fterm", "ft", "f术语"],
    "uspc": ["uspc", "美国分类号"],
    "ecla": ["ecla", "ec"],
    "locarno": ["locarno", "洛迦诺分类号", "外观设计洛迦诺分类号", "loc", "洛迦诺分类", "外观分类号"],
    "applicants": (
        [
            "出愿人",
            "出愿人权利者",
            "当前申请人",
            "anmelder",
            "déposant",
            "currentassigneesapplicants",
            "申请专利权人名称",
            "申请人姓名或名称",
            "applicants",
            "applicant",
            "申请人",
            "申请专利权人",
            "当前申请专利权人",
            "原始申请专利权人",
            "申请人名称",
            "标准申请人",
            "pa",
            "申请权利人",
            "专利申请人",
            "申请人专利权人",
            "申请机构",
            "applicantname",
            "applicantnames",
            "applicantsname",
            "applicantsnames",
            "assigneeapplicant",
        ]
    ),
    "assignees": [
        "currentassignees",
        "currentassignee",
        "standardizedcurrentassignee",
        "当前专利权利人",
        "assignees",
        "assignee",
        "assigneename",
        "assigneenames",
        "owners",
        "owner",
        "专利权人",
        "权利人",
        "当前权利人",
        "当前专利权人",
        "专利权人名称",
    ],
    "inventors": [
        "erfinder",
        "inventeur",
        "发明者",
        "发明人姓名",
        "inventors",
        "inventor",
        "inventorname",
        "inventornames",
        "inventorauthor",
        "发明人设计人",
        "全部发明人",
        "发明人",
        "设计人",
        "发明设计人",
        "发明人名称",
        "当前发明人",
        "in",
    ],
    "agencies": ["agencies", "agency", "代理机构", "专利代理机构", "代理机构名称", "agc"],
    "agents": ["agents", "agent", "代理人", "专利代理师", "代理师", "agt"],
    "address": ["address", "申请人地址", "地址", "第一申请人地址", "当前申请专利权人地址", "权利人地址", "ar"],
    "place": [
        "place",
        "地区",
        "省市",
        "申请人省市代码",
        "国省代码",
        "申请人所在地",
        "所在地区",
        "申请人地区",
        "区县",
        "申请人区县",
    ],
    "application_type": ["applicationtype", "专利类型", "类型", "申请类型", "公开类型", "专利种类"],
    "kind": ["kind", "kindcode", "documentkind", "文献种类", "文献类型", "公开种类代码", "公布级别"],
    "country": ["country", "jurisdiction", "国别", "国家", "公开国", "公开国别", "公开国家", "受理局", "专利局"],
    "priorities": [
        "priorities",
        "priority",
        "prioritynumber",
        "prioritynumbers",
        "优先权",
        "优先权号",
        "优先权信息",
        "优先权号码",
        "pr",
    ],
    "citations": ["citations", "引证专利", "引用专利", "引证", "引证文献", "引用文献", "ct"],
    "family": ["family", "同族", "同族专利", "简单同族", "inpadoc同族", "同族号", "fam"],
}


#: what a heading must hold to name a class scheme, the more special first; the words are compared as `plain` makes them
_SCHEMES = (
    ("cpc", re.compile(r"cpc|联合专利分类|联合分类|合作专利分类|cooperative(?:patent)?class")),
    ("locarno", re.compile(r"locarno|洛迦诺|洛加诺|外观设计?分类")),
    ("fi", re.compile(r"^fi(?:分类号?|class\w*|codes?|symbols?)?$|日本分类|fi分类")),
    ("f_term", re.compile(r"fterms?|ft主题|f主题")),
    ("uspc", re.compile(r"uspc|美国专?利?分类|usclass")),
    ("ecla", re.compile(r"ecla|欧洲专?利?分类")),
    ("ipc", re.compile(r"ipc|国际专?利?分类|internationalpatentclass|internationalclass")),
)
#: a heading that names how much or how often, not which, holds no symbols
_COUNTS = re.compile(r"数量?$|个数|count|number of|版本?$|说明|含义|释义|description|小类名|名称$")

_BY_HEADING: dict[str, str] = {}
#: the traditional and Japanese characters of headings
_SIMPLIFIED = str.maketrans(
    "開號標題申請發權關國際優報書類別區種項師構碼華稱際專歐設計層級縣時間類準請點質當創讓範圍證會號出願発権公報類対国際優",
    "开号标题申请发权关国际优报书类别区种项师构码华称际专欧设计层级县时间类准请点质当创让范围证会号出愿发权公报类对国际优",
)


def plain(heading: str) -> str:
    """A heading without white space, punctuation and case."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", heading)).casefold()


_BY_HEADING.update({plain(h): field for field, headings in HEADINGS.items() for h in headings})
#: what a system puts before a heading to say which form its values have: ``[标]申请人``
_MARK = re.compile(r"^\s*[\[【(（][^\])】）]*[\])】）]\s*")
_BRACKETS = re.compile(r"[(（\[【<]([^)）\]】>]*)[)）\]】>]")


#: a heading in two languages: what stands on either side of the change
_PARTS = re.compile(r"[/\n|]|(?<=[\u3400-\u9fff）)])\s*(?=[A-Za-z])|(?<=[A-Za-z.])\s*(?=[\u3400-\u9fff])")
#: what a heading says of the language of its values
_ENGLISH = re.compile(r"[(（\[【](?:英文?|en|english|译文?|翻译)[)）\]】]", re.IGNORECASE)
_CHINESE = re.compile(r"[(（\[【](?:中文?|zh|cn|chinese|原文?)[)）\]】]", re.IGNORECASE)


def _named(heading: str) -> str:
    found = _BY_HEADING.get(plain(heading), "")
    if not found and (m := _ENGLISH.search(heading)):
        found = {"title": "title_en", "abstract": "abstract_en"}.get(_named(heading.replace(m[0], "")), "")
    return found


@lru_cache(maxsize=4096)
def field_of(heading: str) -> str:
    """The field that a heading names; empty where it names none.

    A heading in two languages (``公开号 Publication No.``) names a field where all its parts name the same.
    """
    heading = heading.translate(_SIMPLIFIED)
    if found := _one(heading):
        return found
    parts = [p for p in _PARTS.split(heading) if plain(p)]
    named = {_one(p) for p in parts}
    return named.pop() if len(parts) > 1 and len(named) == 1 else ""


def _one(heading: str) -> str:
    heading = _CHINESE.sub("", heading)
    whole = plain(heading)
    if found := _named(heading):
        return found
    scheme = next((field for field, pattern in _SCHEMES if pattern.search(whole)), "")
    if scheme:
        return "" if _COUNTS.search(heading.strip().casefold()) else scheme
    if _ENGLISH.search(heading):
        return ""  # names in another language are not those of the document
    tries = (_MARK.sub("", heading), _BRACKETS.sub("", heading), *_BRACKETS.findall(heading))
    return next((f for t in tries if (f := _BY_HEADING.get(plain(t), ""))), "")


def names_a_main_class(heading: str) -> bool:
    """Whether a column of classes holds the main one: it stands first, whichever column came first."""
    return bool(re.search(r"主|main|first|primary", plain(heading)))
