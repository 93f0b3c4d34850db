"""Tables: the gazette's csv and exports of commercial systems, csv, xlsx or xls, with whatever headings they have.

What a column means is proposed by its heading (synonyms in Chinese and English) and judged by the share of its values
(``columns``); a column that fits nothing is reported, and counted in `PatentDocument.rest`, never dropped in silence. A
person may correct the proposal and read again with it. A table that yields nothing, and a row that has a number and
nothing that makes a document, are refused with the reason.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import BinaryIO

from jinzhi.kernel.patent import Claim, PatentCitation, PatentDocument, PatentParty, Priority, Source, Symbol, Text
from jinzhi.sources.patents.claims import claim
from jinzhi.sources.patents.parts import day, ipc_symbol, partial
from jinzhi.sources.patents.refused import RefusedRecord, Unreadable
from jinzhi.sources.patents.tables.cells import FORMULA, ProposedColumn, nothing, unescaped
from jinzhi.sources.patents.tables.columns import (
    DATES,
    LISTS,
    SAMPLE,
    SUBSTANCE,
    ColumnProposal,
    answers_of,
    cpc_alone,
    days_in,
    is_number,
    propose,
    serial_day,
    symbols_in,
)
from jinzhi.sources.patents.tables.headings import HEADINGS, field_of, names_a_main_class
from jinzhi.sources.patents.tables.names import AND_OTHERS, PARTIES, SEPARATORS, names_of
from jinzhi.sources.patents.tables.sheets import HEAD_ROWS, LONGEST_CELL, MOST_COLUMNS, ReadSheet, sheets_of
from jinzhi.standards import ipc, locarno
from jinzhi.standards.cn_numbers import Number, PatentNumberError, normalise, standard
from jinzhi.standards.st3 import find_code
from jinzhi.standards.st16 import is_grant

__all__ = [
    "HEADINGS", "LONGEST_CELL", "MOST_COLUMNS", "SEPARATORS", "ColumnProposal", "ProposedColumn", "answers_of",
    "mapping_of", "propose", "read", "rows_of",
]  # fmt: skip

NAME = "table"

_SEPARATORS = re.compile(r"\s*(?:;;|[;；|\n])\s*")
_NUMBER_SEPARATORS = re.compile(r"\s*[;；|,，、\n]\s*")
_COUNTRY = re.compile(r"(.*\S)\s*\[([A-Z]{2})\]")
_MANY = ("applicants", "assignees", "inventors", "agencies", "agents")
_TYPES = {
    "发明": "invention",
    "实用新型": "utility-model",
    "外观": "design",
    "invention": "invention",
    "utility": "utility-model",
    "design": "design",
}
#: what a title may stand in for: tables of these complete documents that are known
_COMPLETING = (
    "applicants", "assignees", "inventors", "agencies", "agents", "ipc", "cpc", "fi", "f_term", "uspc", "ecla",
    "locarno", "priorities", "citations", "family", "address", "place", "application_type",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Table:
    """A sheet whose columns are understood. above: rows before the first of data."""

    sheet: ReadSheet
    headings: list[str]
    rows: Iterator[list[str]]
    proposal: ColumnProposal
    above: int
    filled: int


def rows_of(stream: BinaryIO, name: str) -> Iterator[list[str]]:
    """The rows of the first sheet, as text. Raises Unreadable."""
    yield from next(sheets_of(stream, name)).rows


def _data(cell: str) -> bool:
    """Whether a cell is a number of a document: no heading is."""
    return is_number("publication")(cell) or is_number("application")(cell)


def _table(sheet: ReadSheet) -> _Table | None:
    """The row of headings and what stands behind it; None for an empty sheet.

    Exports put a title, a date or the query above their table: of the first rows the one with most known headings is
    taken. A table whose first row already holds a document's number has none; its columns are numbered.
    """
    first = list(itertools.islice(sheet.rows, HEAD_ROWS))
    if not any(c.strip() for row in first for c in row):
        return None
    known = [sum(1 for c in row if field_of(c)) for row in first]
    best = max(range(len(first)), key=lambda i: (known[i], any(first[i]), -i))
    numbered = next((i for i, row in enumerate(first) if any(_data(c) for c in row)), None)
    headless = numbered is not None and (numbered <= best or (known[best] == 0 and not any(first[best])))
    if headless:
        assert numbered is not None
        # rows above the first number are no headings that are known: they are looked past, not lost as a document
        best = numbered - 1
    behind = first[best + 1 :]
    sample = [*behind, *itertools.islice(sheet.rows, SAMPLE)]
    told = [row for row in sample if headless or not _repeats(row, first[best])]
    width = max((len(r) for r in sample), default=0)
    headings = [f"第 {i + 1} 列" for i in range(width)] if headless else first[best]
    proposal = propose(headings, told, headless=headless)
    filled = sum(1 for i in range(width) if any(i < len(r) and r[i].strip() for r in sample))
    return _Table(sheet, headings, itertools.chain(sample, sheet.rows), proposal, best + 1, filled)


def mapping_of(stream: BinaryIO, name: str) -> ColumnProposal:
    """The proposal for a table, from its first rows: of the first sheet that holds documents. Raises Unreadable."""
    found = [t.proposal for t in map(_table, sheets_of(stream, name)) if t is not None]
    if not found:
        raise Unreadable("表格是空的", "the table is empty")
    return next((p for p in found if _numbers(p.fields.values())), found[0])


def _numbers(fields: object) -> bool:
    return bool({"publication_number", "application_number"} & set(fields))  # type: ignore[call-overload]


def read(
    stream: BinaryIO, name: str, mapping: ColumnProposal | None = None, answers: Mapping[str, str] | None = None
) -> Iterator[PatentDocument | RefusedRecord]:
    """One document a row, of all sheets. Without a mapping the proposal is used, with what was answered before.

    Never raises for what the table holds.
    """
    try:
        tables, empty = 0, True
        refused: list[RefusedRecord] = []
        for sheet in sheets_of(stream, name):
            label = f"{name}!{sheet.name}" if sheet.name else name
            table = _table(sheet)
            if table is None:
                continue
            empty = False
            proposal = mapping or table.proposal.answered(answers or {})
            try:
                _check(table, proposal)
            except Unreadable as e:
                # a cover page beside the tables (the query, the day) is no table; alone it is what was asked to read
                if table.filled > 2 or not sheet.name:
                    yield e.refused(label)
                else:
                    refused.append(e.refused(label))
                continue
            tables += 1
            yield from _documents(table, proposal, label)
        if not tables:
            yield from refused
        if empty:
            raise Unreadable("表格是空的", "the table is empty")
    except Unreadable as e:
        yield e.refused(name)


def _check(table: _Table, proposal: ColumnProposal) -> None:
    """Raises Unreadable where the columns make no document."""
    fields = {c.field for c in proposal.used.values()}
    said = "、".join(table.headings)[:150]
    english = ", ".join(table.headings)[:150]
    how = "用 jinzhi patents columns 查看各列并指定"
    if not _numbers(fields):
        doubtful = next((c for c in proposal.asked if c.suggested.endswith("_number")), None)
        why = f"“{doubtful.heading}”{doubtful.why_zh}；" if doubtful else ""
        raise Unreadable(
            f"找不到公开号或申请号列；{why}列名是：{said}。{how}",
            f"no column of publication or application numbers; the headings are: {english}; "
            "see and set them with jinzhi patents columns",
        )
    if fields & set(SUBSTANCE) or (fields & set(_COMPLETING) and not proposal.headless):
        return
    if proposal.headless:
        raise Unreadable(
            f"表格没有列名，按取值也认不出名称列，整表不读；请在第一行加上列名，或{how}",
            "the table has no headings and its titles cannot be told by their values: add a row of headings, "
            "or set the columns with jinzhi patents columns",
        )
    raise Unreadable(
        f"只有号码，没有名称、摘要、权利要求等任何内容列；列名是：{said}。{how}",
        f"numbers alone, no column of titles, abstracts, claims or other content; the headings are: {english}; "
        "see and set them with jinzhi patents columns",
    )


def _documents(table: _Table, proposal: ColumnProposal, label: str) -> Iterator[PatentDocument | RefusedRecord]:
    used = proposal.used
    whole = {c.field for c in used.values()} & set(SUBSTANCE)
    seen = False
    for n, row in enumerate(table.rows, table.above + 1):
        if not any(c.strip() for c in row):
            continue
        if _repeats(row, table.headings):
            continue
        seen = True
        place = f"{label}#{n}"
        try:
            if table.sheet.text and not proposal.headless and len(row) > len(table.headings):
                raise Unreadable(
                    f"有 {len(row)} 格，列名只有 {len(table.headings)} 个，各格可能错位（单元格里的分隔符没有加引号）",
                    f"{len(row)} cells under {len(table.headings)} headings: they may be shifted",
                )
            if table.sheet.text and (swallowed := _swallowed(row)):
                raise Unreadable(
                    f"引号没有结束，后面 {swallowed} 行被并成了一格：请补上引号再导入",
                    f"a quotation does not end, {swallowed} rows after it became one cell: add the quote",
                )
            document = _document(row, used, table.headings, place)
            if whole and not (document.titles or document.abstracts or document.claims):
                raise Unreadable("只有号码，没有名称、摘要和权利要求", "a number without title, abstract and claims")
            yield document
        except (PatentNumberError, Unreadable) as e:
            english = e.en if isinstance(e, Unreadable) else e.english
            yield Unreadable(f"第 {n} 行：{e}", f"row {n}: {english}").refused(place, " | ".join(row))
    if not seen:
        raise Unreadable("只有列名，没有数据行", "headings only, no row of data")


def _swallowed(row: Sequence[str]) -> int:
    """How many rows stand within a cell, each with its number and further cells: a quote that does not end."""
    lines = [re.split(r"[,\t;|]", line) for c in row if "\n" in c for line in c.split("\n")[1:]]
    return sum(1 for parts in lines if len(parts) > 2 and any(map(_data, parts[:3])))


_FOUR_DIGITS = re.compile(r"\d{4}")


def _repeats(row: Sequence[str], headings: Sequence[str]) -> bool:
    """Whether a row is headings once more: the same on a new page, or in a second language."""
    cells = [c for c in row if c.strip()]
    if any(map(_FOUR_DIGITS.search, cells)):
        return False
    if [c.strip() for c in row] == [h.strip() for h in headings]:
        return True
    known = sum(1 for c in cells if field_of(c))
    return known > 1 and known * 2 > len(cells) and not any(map(_data, cells))


def asked(
    stream: BinaryIO, name: str, answers: Mapping[str, str] | None = None
) -> list[tuple[ProposedColumn, ColumnProposal]]:
    """The columns of a table that nobody has answered for, each with the proposal that it stands in. Never raises."""
    found: list[tuple[ProposedColumn, ColumnProposal]] = []
    try:
        for table in map(_table, sheets_of(stream, name)):
            if table is not None:
                proposal = table.proposal.answered(answers or {})
                if _numbers(proposal.fields.values()) or any(c.suggested.endswith("_number") for c in proposal.asked):
                    found.extend((c, proposal) for c in proposal.asked)
    except Unreadable:
        return found
    return found


# ------------------------------------------------------------------------------------------------ one row


def _cells(
    row: Sequence[str], used: Mapping[int, ProposedColumn], headings: Sequence[str]
) -> tuple[dict[str, str], dict[str, ProposedColumn], Counter[str]]:
    """The texts by field, the column of each, and what stands in no field."""
    got: dict[str, str] = {}
    columns: dict[str, ProposedColumn] = {}
    rest: Counter[str] = Counter()
    for i, cell in enumerate(row):
        value = unescaped(cell)
        if not value:
            continue
        heading = headings[i] if i < len(headings) else f"第 {i + 1} 列"
        column = used.get(i)
        if column is None:
            rest[heading] += 1
        elif nothing(value):
            continue
        elif FORMULA.match(value):
            raise Unreadable(
                f"“{heading}”是公式，文件里没有保存计算结果：请用 Excel 或 WPS 打开并保存一次，或粘贴为数值",
                f"“{heading}” is a formula without its result: open and save the file once, or paste values",
            )
        elif column.field not in got:
            got[column.field], columns[column.field] = value, column
        elif column.field in LISTS:
            first, second = got[column.field], value
            if names_a_main_class(column.heading):
                first, second = second, first
            got[column.field] = f"{first};{second}"
        elif value != got[column.field]:
            rest[heading] += 1
    return got, columns, rest


def _document(
    row: Sequence[str], used: Mapping[int, ProposedColumn], headings: Sequence[str], label: str
) -> PatentDocument:
    got, columns, rest = _cells(row, used, headings)
    number = _publication(got, rest)
    days = {f: _day(got[f], columns[f].first) for f in DATES if f in got}
    rest.update(f"{columns[f].heading}（认不出的日期：{got[f][:20]}）" for f, d in days.items() if d is None)
    published = days.get("publication_date")
    application = Number("", "", "")
    if written := _application(got, rest, whole=number is None):
        try:
            application = normalise(written, country=got_country(got, number), kind="application")
        except PatentNumberError:
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
    rest.update(f"{columns[f].heading}（来源未列全）" for f in PARTIES if f in got and AND_OTHERS.search(got[f]))
    people = {f: tuple(map(_party, names_of(got[f], columns[f]))) if f in got else () for f in _MANY}
    ipcs = _classes(got, "ipc")
    if foreign := [v for v in ipcs if cpc_alone(v)]:
        rest[f"{columns['ipc'].heading}（只属于 CPC 的分类号）"] += len(foreign)
    applicants = people["applicants"]
    if applicants and "address" in got:
        first = applicants[0]
        applicants = (replace(first, address=_SEPARATORS.split(got["address"])[0]), *applicants[1:])
    country = number.country if number else application.country or "CN"
    return PatentDocument(
        country=country,
        doc_number=number.digits if number else "",
        kind=kind,
        publication_number=number.text if number else "",
        publication_date=published,
        application_number=application.text if application.digits else "",
        application_type=typed or application.application_type,
        filing_date=days.get("filing_date"),
        grant_date=days.get("grant_date") or (published if granted else None),
        language=language,
        titles=tuple(titles),
        abstracts=tuple(abstracts),
        claims=_claims(got.get("claims", ""), language),
        ipc=tuple(_once(ipc_symbol(v, main=i == 0) for i, v in enumerate(v for v in ipcs if not cpc_alone(v)))),
        cpc=tuple(_once(_cpc_symbol(v, main=i == 0) for i, v in enumerate(_classes(got, "cpc")))),
        fi=tuple(Symbol("fi", v, main=i == 0) for i, v in enumerate(_classes(got, "fi"))),
        other_classes=tuple(
            Symbol(scheme.replace("_", "-"), v, main=i == 0)
            for scheme in ("f_term", "uspc", "ecla")
            for i, v in enumerate(_classes(got, scheme))
        ),
        locarno=tuple(Symbol("locarno", v, main=i == 0) for i, v in enumerate(locarno.all_in(got.get("locarno", "")))),
        applicants=applicants,
        inventors=people["inventors"],
        agents=people["agents"],
        agencies=people["agencies"],
        assignees=people["assignees"],
        priorities=tuple(_priorities(got.get("priorities", ""))),
        citations=tuple(
            PatentCitation(standard(v, kind="publication"))
            for v in _NUMBER_SEPARATORS.split(got.get("citations", ""))
            if v
        ),
        family=tuple(standard(v, kind="publication") for v in _NUMBER_SEPARATORS.split(got.get("family", "")) if v),
        place=got.get("place", ""),
        source=Source(NAME, label, hashlib.sha256("\x1f".join(row).encode("utf-8", "surrogatepass")).hexdigest()),
        rest=tuple(sorted(rest.items())),
    )


#: what stands for no day at all: Excel's zero, and the ends of time
_NO_DAY = frozenset({date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1, 1, 1), date(9999, 12, 31)})


def _day(cell: str, first: str) -> date | None:
    """The first day of a cell; None where there is none that can be."""
    written = next(iter(days_in(cell)), "")
    found = (serial_day(written) if first == "serial" else None) or day(
        written, first="" if first == "serial" else first
    )
    return None if found in _NO_DAY else found


def _classes(got: Mapping[str, str], field: str) -> list[str]:
    """The symbols of a list, each once."""
    return list(dict.fromkeys(symbols_in(got.get(field, ""))))


def _once(symbols: Iterable[Symbol]) -> Iterator[Symbol]:
    """Each symbol once, however often and in whatever forms it was written."""
    seen: set[str] = set()
    for one in symbols:
        if one.symbol not in seen:
            seen.add(one.symbol)
            yield one


def _cpc_symbol(text: str, *, main: bool) -> Symbol:
    """A symbol of the CPC with its office and edition apart (``G08G5/0008 (US)``); what is none stays as written."""
    office = m[1] if (m := re.search(r"[(\[]([A-Z]{2})[)\]]\s*$", text)) else ""
    try:
        parsed = ipc.parse(text)
    except ipc.IpcSymbolError:
        return Symbol("cpc", "".join(text.split()), main=main)
    edition = re.search(r"\((\d{4})\.?(\d{2})", text)
    return Symbol("cpc", parsed.short, f"{edition[1]}.{edition[2]}" if edition else parsed.version, main, office)


_SINCE = re.compile(r"(.*\S)\s*\(\d{4}-\d{2}-\d{2}\)")


def _party(name: str) -> PatentParty:
    """A name, without the country or the day that some systems put behind it (``DOE JANE [US]``)."""
    if m := _SINCE.fullmatch(name):
        return PatentParty(m[1], original=name)
    if m := _COUNTRY.fullmatch(name):
        return PatentParty(m[1], country=m[2], original=name)
    return PatentParty(name)


def got_country(got: Mapping[str, str], number: Number | None) -> str:
    """The country an application number without one belongs to: that of the publication."""
    return number.country if number and not got["application_number"][:2].isalpha() else ""


#: what Orbit puts around a number (``EP3456789 A1 20190320 [EP3456789]``), and remarks in brackets behind one
_AROUND = re.compile(r"(?:\s+(?:19|20)\d{6}|\s+\d{4}-\d{2}-\d{2})?\s*(?:[\[(（【][^\])）】]*[\])）】])?\s*$")
_SCIENTIFIC = re.compile(r"[A-Z]{0,2}\d(?:\.\d+E\+?|E\+)\d+", re.IGNORECASE)


def _whole(written: str) -> str:
    """A number that Excel has not cut. Raises Unreadable."""
    if _SCIENTIFIC.fullmatch(written.strip()):
        raise Unreadable(
            f"号码“{written}”被 Excel 改成了科学计数法，末几位已经丢失：请重新导出，或先把该列设为文本",
            f"Excel turned “{written}” into an exponent and cut its last digits: export it again",
        )
    return written


def _publication(got: dict[str, str], rest: Counter[str]) -> Number | None:
    # one row for a family: its first publication is the document, the others are said
    written, *others = re.split(r"\s*[;；|\n]\s*", got.get("publication_number", ""))
    written = _AROUND.sub("", _whole(written))
    if not written:
        return None
    if others:
        rest["公开号（同一行的其他公开号）"] += len([n for n in others if n])
    kind = got.get("kind", "")
    if kind and re.fullmatch(r"[A-Z]\d?", kind) and not written.endswith(kind):
        written += kind
    country = find_code(got.get("country", "")) if not written[:2].isalpha() else ""
    number = normalise(written, country=country, kind="publication")
    if number.kind == "application":
        # ZL201710119193.6 under 公开号 is the number of the application
        rest["公开号（实为申请号）"] += 1
        got.setdefault("application_number", written)
        return None
    if not country and not re.match(r"[A-Z]{2}", written.upper()) and not number.code and len(number.digits) < 9:
        rest["公开号（没有国别，按中国）"] += 1
    return number


_ORBIT_US = re.compile(r"\d{4}US-?(\d{8})(?:\s+\d{4}-\d{2}-\d{2})?")  # 2019US-16557608 2019-08-30


def _application(got: Mapping[str, str], rest: Counter[str], *, whole: bool) -> str:
    """The application's number as written, without what stands around it. whole: no other number says which it is."""
    written = got.get("application_number", "")
    if _SCIENTIFIC.fullmatch(written.strip()):
        if whole:
            _whole(written)
        rest["申请号（科学计数法，末几位已丢失）"] += 1
        return ""
    written, *others = re.split(r"\s*[;；|\n]\s*", written)
    if others:
        rest["申请号（同一行的其他申请号）"] += len([n for n in others if n])
    written = re.sub(r"^[^0-9A-Za-z]*[:：]\s*", "", written) if re.search(r"[:：]", written) else written
    if m := _ORBIT_US.fullmatch(written.strip()):
        return f"US{m[1]}"
    return _AROUND.sub("", written)


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
