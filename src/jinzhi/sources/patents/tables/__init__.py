"""Tables: the gazette's csv and exports of commercial systems, csv or xlsx, with whatever headings they have.

What a column means is proposed by its heading (synonyms in Chinese and English) and checked against its values; a
column that fits nothing is reported, and counted in `Document.rest`, never dropped in silence. A person may correct
the proposal and read again with it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO, TextIO

from openpyxl import load_workbook

from jinzhi.kernel.patent import Citation, Claim, Document, Party, Priority, Source, Symbol, Text
from jinzhi.sources.patents.claims import claim
from jinzhi.sources.patents.parts import day, ipc_symbol, partial
from jinzhi.sources.patents.refused import Refused, Unreadable
from jinzhi.standards import ipc, locarno
from jinzhi.standards.cn_numbers import Number, NumberError, normalise, standard
from jinzhi.standards.st16 import is_grant

NAME = "table"
#: how many rows are looked at for a proposal
SAMPLE = 200
LONGEST_CELL = 1 << 20
MOST_COLUMNS = 512
MOST_UNPACKED = 512 << 20

#: field of the model ← headings, compared without white space, punctuation and case
HEADINGS: dict[str, tuple[str, ...]] = {
    "publication_number": (
        [
            "publicationnumber",
            "公开公告号",
            "公开号",
            "公告号",
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
        "applicationnumber",
        "申请号",
        "申请号码",
        "专利申请号",
        "专利号",
        "an",
        "apno",
        "applicationno",
        "appno",
    ],
    "filing_date": ["filingdate", "申请日", "申请日期", "申请时间", "applicationdate", "ad", "apd"],
    "publication_date": [
        "publicationdate",
        "公开公告日",
        "公开日",
        "公告日",
        "公开日期",
        "公告日期",
        "公开公告日期",
        "pd",
        "pubdate",
    ],
    "grant_date": ["grantdate", "授权日", "授权公告日", "授权日期", "授权公告日期", "gd"],
    "title": ["title", "名称", "发明名称", "专利名称", "标题", "题名", "标题中文", "专利标题", "发明创造名称", "ti"],
    "title_en": ["标题英文", "英文标题", "titleenglish", "英文名称", "标题译文"],
    "abstract": ["abstract", "摘要", "摘要中文", "文摘", "ab"],
    "abstract_en": ["摘要英文", "英文摘要", "摘要译文", "abstractenglish"],
    "claims": [
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
    "cpc": ["cpc", "cpc分类号", "cpc分类", "联合专利分类"],
    "locarno": ["locarno", "洛迦诺分类号", "外观设计洛迦诺分类号", "loc", "洛迦诺分类", "外观分类号"],
    "applicants": (
        [
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
        ]
    ),
    "assignees": ["assignees", "assignee", "专利权人", "权利人", "当前权利人", "当前专利权人", "专利权人名称"],
    "inventors": ["inventors", "inventor", "发明人", "设计人", "发明设计人", "发明人名称", "当前发明人", "in"],
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
    "kind": ["kind", "kindcode", "文献种类", "文献类型", "公开种类代码", "公布级别"],
    "country": ["country", "国别", "公开国别", "公开国家", "受理局", "专利局"],
    "priorities": ["priorities", "priority", "优先权", "优先权号", "优先权信息", "优先权号码", "pr"],
    "citations": ["citations", "引证专利", "引用专利", "引证", "引证文献", "引用文献", "ct"],
    "family": ["family", "同族", "同族专利", "简单同族", "inpadoc同族", "同族号", "fam"],
}

_SEPARATORS = re.compile(r"\s*[;；|\n]\s*")
_NUMBER_SEPARATORS = re.compile(r"\s*[;；|,，、\n]\s*")
_MANY = ("applicants", "assignees", "inventors", "agencies", "agents")
_TYPES = {
    "发明": "invention",
    "实用新型": "utility-model",
    "外观": "design",
    "invention": "invention",
    "utility": "utility-model",
    "design": "design",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a proposal. field: of the model, empty where nothing fits; why: heading, values, or why not."""

    heading: str
    field: str
    why_zh: str
    why_en: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal for a table, to be shown, corrected and used. unmapped: headings that fit nothing."""

    columns: tuple[Column, ...]

    @property
    def fields(self) -> dict[int, str]:
        return {i: c.field for i, c in enumerate(self.columns) if c.field}

    @property
    def unmapped(self) -> tuple[str, ...]:
        return tuple(c.heading for c in self.columns if not c.field)

    def corrected(self, changes: Mapping[str, str]) -> Proposal:
        """With other fields for some headings; an empty field leaves a column out. Raises ValueError on unknown."""
        wrong = [f for f in changes.values() if f and f not in HEADINGS]
        missing = [h for h in changes if h not in {c.heading for c in self.columns}]
        if wrong or missing:
            raise ValueError(f"没有这样的字段或列：{'、'.join(wrong + missing)}")
        return Proposal(
            tuple(
                Column(c.heading, changes[c.heading], "人工指定", "set by hand", c.samples)
                if c.heading in changes
                else c
                for c in self.columns
            )
        )


# ------------------------------------------------------------------------------------------------ proposing


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", heading)).casefold()


_BY_HEADING = {_plain(h): field for field, headings in HEADINGS.items() for h in headings}


_BRACKETS = re.compile(r"[(（\[【<]([^)）\]】>]*)[)）\]】>]")


def _field(heading: str) -> str:
    """The field of a heading: as a whole, without what stands in brackets, or by that alone (``申请号 (AN)``)."""
    tries = (heading, _BRACKETS.sub("", heading), *_BRACKETS.findall(heading))
    return next((f for t in tries if (f := _BY_HEADING.get(_plain(t), ""))), "")


def _headed(rows: Iterator[list[str]]) -> tuple[list[str], list[list[str]], int]:
    """The row of headings, the rows behind it that were looked at, and how many stand above it.

    Exports put a title or a date above their table: of the first six rows the one with most known headings is taken.
    """
    first = list(itertools.islice(rows, 6))
    if not first:
        raise Unreadable("表格是空的", "the table is empty")
    best = max(range(len(first)), key=lambda i: (sum(1 for c in first[i] if _field(c)), -i))
    return first[best], first[best + 1 :], best


def _is(kind: str) -> Callable[[str], bool]:
    def test(value: str) -> bool:
        try:
            return normalise(value, kind="" if kind else kind).kind == kind
        except NumberError:
            return False

    return test


def _is_ipc(value: str) -> bool:
    try:
        return all(ipc.parse(v).group for v in _SEPARATORS.split(value) if v)
    except ipc.SymbolError:
        return False


_BY_VALUE: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("publication_number", _is("publication")),
    ("application_number", _is("application")),
    ("ipc", _is_ipc),
)
_DATES = ("filing_date", "publication_date", "grant_date")


def propose(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Proposal:
    """What each column means. A heading that fits is checked against the values; no two columns get one field."""
    sample = [list(r) for r in itertools.islice(rows, SAMPLE)]
    taken: set[str] = set()
    columns: list[Column] = []
    for i, heading in enumerate(headings):
        values = [v for r in sample if i < len(r) and (v := r[i].strip())]
        shown = tuple(v[:40] for v in values[:3])
        field = _field(heading)
        why = ("按列名", "by its heading")
        if field and field in taken:
            field, why = "", (f"与另一列同为“{field}”", f"another column is already {field}")
        elif field and (problem := _doubt(field, values)):
            field, why = "", problem
        columns.append(Column(heading, field, *(why if field or heading else ("", "")), shown))
        if field:
            taken.add(field)
    for i, column in enumerate(columns):
        if column.field:
            continue
        values = [v for r in sample if i < len(r) and (v := r[i].strip())]
        for field, test in _BY_VALUE:
            if field not in taken and len(values) >= 3 and all(test(v) for v in values[:50]):
                taken.add(field)
                columns[i] = Column(column.heading, field, "按取值", "by its values", column.samples)
                break
        else:
            if not column.why_zh or column.why_zh == "按列名":
                columns[i] = Column(
                    column.heading, "", "列名和取值都对不上", "neither heading nor values fit", column.samples
                )
    return Proposal(tuple(columns))


def _doubt(field: str, values: list[str]) -> tuple[str, str] | None:
    """Why the values cannot be of a field, though the heading says so."""
    if not values:
        return None
    if field in _DATES:
        bad = next((v for v in values if not partial(v)), None)
    elif field in ("publication_number", "application_number"):
        good = sum(1 for v in values if re.search(r"\d{4}", v))
        bad = None if good * 2 >= len(values) else next(v for v in values if not re.search(r"\d{4}", v))
    else:
        return None
    return None if bad is None else (f"取值不像：{bad[:30]}", f"its values do not look like it: {bad[:30]}")


# ------------------------------------------------------------------------------------------------ reading


def rows_of(stream: BinaryIO, name: str) -> Iterator[list[str]]:
    """The rows of a csv (UTF-8 or GB 18030; comma, tab or semicolon) or of the first sheet of an xlsx, as text.

    Raises Unreadable.
    """
    start = stream.read(4)
    if start[:2] == b"PK":
        yield from _sheet(start + stream.read(), name)
        return
    head = start + stream.read(1 << 16)
    encoding = _encoding(head)
    text = io.TextIOWrapper(io.BufferedReader(_Raw(head, stream)), encoding=encoding, newline="")
    yield from _csv(text)


class _Raw(io.RawIOBase):
    """A readable raw stream with bytes put back in front."""

    def __init__(self, start: bytes, stream: BinaryIO) -> None:
        self._start, self._stream = start, stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def, override]
        data = self._start[: len(buffer)]
        self._start = self._start[len(data) :]
        if not data:
            data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _encoding(head: bytes) -> str:
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if b"\x00" in head:
        raise Unreadable("不是文本表格（含二进制内容）", "it is no table of text: it holds binary data")
    try:
        head[: len(head) - 4 if len(head) > 4096 else None].decode("utf-8")
    except UnicodeDecodeError as e:
        return "utf-8" if e.start >= len(head) - 8 else "gb18030"
    return "utf-8"


def _csv(text: TextIO) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        first = text.readline(LONGEST_CELL)
        delimiter = max(",\t;|", key=first.count)
        for row in csv.reader(itertools.chain([first], text), delimiter=delimiter):
            if len(row) > MOST_COLUMNS:
                raise Unreadable(f"多于 {MOST_COLUMNS} 列", f"more than {MOST_COLUMNS} columns")
            yield row
    except csv.Error as e:
        raise Unreadable(f"表格读不下去：{e}", f"the table cannot be read on: {e}") from e
    except UnicodeError as e:
        raise Unreadable("表格的字符编码既不是 UTF-8 也不是 GB 18030", "the table is neither UTF-8 nor GB 18030") from e


def _sheet(data: bytes, name: str) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(i.file_size for i in archive.infolist()) > MOST_UNPACKED:
                raise Unreadable("xlsx 展开后过大", "the xlsx is too large unpacked")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for row in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS):
            yield [_cell(v) for v in row]
    except Unreadable:
        raise
    except Exception as e:  # openpyxl raises whatever its parts meet: KeyError, BadZipFile, ParseError, …
        raise Unreadable(f"{name} 不是能打开的 xlsx", f"{name} is no xlsx that can be opened") from e


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.date().isoformat() if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def mapping_of(stream: BinaryIO, name: str) -> Proposal:
    """The proposal for a table, from its first rows. Raises Unreadable."""
    rows = rows_of(stream, name)
    headings, behind, _ = _headed(rows)
    return propose(headings, itertools.chain(behind, rows))


def read(stream: BinaryIO, name: str, mapping: Proposal | None = None) -> Iterator[Document | Refused]:
    """One document a row. Without a mapping the proposal is used. Never raises for what the table holds."""
    try:
        rows = rows_of(stream, name)
        headings, behind, above = _headed(rows)
        first = [*behind, *itertools.islice(rows, SAMPLE)]
        mapping = mapping or propose(headings, first)
        fields = mapping.fields
        if not {"publication_number", "application_number"} & set(fields.values()):
            raise Unreadable(
                f"找不到公开号或申请号列；列名是：{'、'.join(headings)[:150]}",
                f"no column of publication or application numbers; the headings are: {', '.join(headings)[:150]}",
            )
        for n, row in enumerate(itertools.chain(first, rows), above + 2):
            if not any(c.strip() for c in row):
                continue
            label = f"{name}#{n}"
            try:
                yield _document(row, fields, headings, label)
            except (NumberError, Unreadable) as e:
                english = e.en if isinstance(e, Unreadable) else e.english
                yield Unreadable(f"第 {n} 行：{e}", f"row {n}: {english}").refused(label, " | ".join(row))
    except Unreadable as e:
        yield e.refused(name)


def _document(row: Sequence[str], fields: Mapping[int, str], headings: Sequence[str], label: str) -> Document:
    got = {field: v for i, field in fields.items() if i < len(row) and (v := row[i].strip())}
    rest = {
        (headings[i] if i < len(headings) else f"第 {i + 1} 列"): 1
        for i, v in enumerate(row)
        if i not in fields and v.strip()
    }
    number = _publication(got)
    published = day(got.get("publication_date", ""))
    for field in _DATES:
        if field in got and day(got[field]) is None:
            rest[f"{field}（认不出的日期）"] = 1
    application = Number("", "", "")
    if written := got.get("application_number"):
        try:
            application = normalise(written, country=got_country(got, number), kind="application")
        except NumberError:
            rest["申请号（认不出）"] = 1
            application = Number("application", "", written)
        if application.written:
            rest["申请号（校验位不对）"] = 1
    if number is None and not application.digits:
        raise Unreadable("没有公开号和申请号", "it has neither publication nor application number")
    kind = number.code if number else ""
    typed = next((t for k, t in _TYPES.items() if k in got.get("application_type", "").casefold()), "")
    granted = number is not None and is_grant(number.country, kind, published.year if published else None)
    language = "zh" if re.search(r"[\u4e00-\u9fff]", got.get("title", "")) else ""
    titles = [Text(language, got["title"])] if "title" in got else []
    titles += [Text("en", got["title_en"])] if "title_en" in got else []
    abstracts = [Text(language, got["abstract"])] if "abstract" in got else []
    abstracts += [Text("en", got["abstract_en"])] if "abstract_en" in got else []
    people = {f: tuple(Party(n) for n in _SEPARATORS.split(got.get(f, "")) if n) for f in _MANY}
    applicants = people["applicants"]
    if applicants and "address" in got:
        first = applicants[0]
        applicants = (Party(first.name, address=_SEPARATORS.split(got["address"])[0]), *applicants[1:])
    country = number.country if number else application.country or "CN"
    return Document(
        country=country,
        doc_number=number.digits if number else "",
        kind=kind,
        publication_number=number.text if number else "",
        publication_date=published,
        application_number=application.text if application.digits else "",
        application_type=typed or application.application_type,
        filing_date=day(got.get("filing_date", "")),
        grant_date=day(got.get("grant_date", "")) or (published if granted else None),
        language=language,
        titles=tuple(titles),
        abstracts=tuple(abstracts),
        claims=_claims(got.get("claims", ""), language),
        ipc=tuple(
            ipc_symbol(v, main=i == 0) for i, v in enumerate(v for v in _SEPARATORS.split(got.get("ipc", "")) if v)
        ),
        cpc=tuple(
            Symbol("cpc", "".join(v.split()), main=i == 0)
            for i, v in enumerate(v for v in _SEPARATORS.split(got.get("cpc", "")) if v)
        ),
        locarno=tuple(Symbol("locarno", v, main=i == 0) for i, v in enumerate(locarno.all_in(got.get("locarno", "")))),
        applicants=applicants,
        inventors=people["inventors"],
        agents=people["agents"],
        agencies=people["agencies"],
        assignees=people["assignees"],
        priorities=tuple(_priorities(got.get("priorities", ""))),
        citations=tuple(
            Citation(standard(v, kind="publication")) for v in _NUMBER_SEPARATORS.split(got.get("citations", "")) if v
        ),
        family=tuple(standard(v, kind="publication") for v in _NUMBER_SEPARATORS.split(got.get("family", "")) if v),
        place=got.get("place", ""),
        source=Source(NAME, label, hashlib.sha256("\x1f".join(row).encode("utf-8", "surrogatepass")).hexdigest()),
        rest=tuple(sorted(rest.items())),
    )


def got_country(got: Mapping[str, str], number: Number | None) -> str:
    """The country an application number without one belongs to: that of the publication."""
    return number.country if number and not got["application_number"][:2].isalpha() else ""


def _publication(got: Mapping[str, str]) -> Number | None:
    written = got.get("publication_number")
    if not written:
        return None
    kind = got.get("kind", "")
    if kind and re.fullmatch(r"[A-Z]\d?", kind) and not written.endswith(kind):
        written += kind
    return normalise(written, kind="publication")


def _claims(written: str, language: str) -> tuple[Claim, ...]:
    if not written:
        return ()
    pieces = [p for p in re.split(r"(?m)(?:^|\n|(?<=。))\s*(?=\d{1,3}\s*[.．、]\s*\S)", written) if p.strip()]
    return tuple(claim(p.strip(), i, language) for i, p in enumerate(pieces, 1))


def _priorities(written: str) -> Iterator[Priority]:
    for piece in _SEPARATORS.split(written):
        if m := re.match(
            r"\s*([A-Z]{2})?\s*([\w./-]+?)\s*(?:[, (（]\s*(\d{4}[-./]?\d{2}[-./]?\d{2})[)）]?)?\s*$", piece
        ):
            country = m[1] or ""
            yield Priority(country, standard(m[2], country=country, kind="application"), partial(m[3] or ""))
