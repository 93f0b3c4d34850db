"""What each column of a table means: proposed by its heading, judged by the share of its values, doubtful ones asked.

A column is sure where its heading is known and nearly all its values are what the heading says: a few odd values are
counted one by one and cost the column nothing. Where fewer fit, the column is asked about; what fits is used. Where
none fits, or only the values speak and another scheme would look the same, the column waits for the answer.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from jinzhi.sources.patents.parts import SHORT, partial
from jinzhi.sources.patents.tables.cells import ProposedColumn, nothing, unescaped
from jinzhi.sources.patents.tables.headings import HEADINGS, field_of
from jinzhi.sources.patents.tables.names import PARTIES, SEPARATORS, separated
from jinzhi.standards import ipc
from jinzhi.standards.cn_numbers import PatentNumberError, normalise

#: how many rows are looked at for a proposal
SAMPLE = 200
#: share of values from which a column is sure
SURE = 0.8
#: share of cells with a symbol of the CPC alone from which a column is of the CPC: of the CPC's own a third have one
FOREIGN = 0.1
#: how many values must speak where no heading does
FEW = 3

DATES = ("filing_date", "publication_date", "grant_date")
#: fields that hold several values: more than one column may give them
LISTS = ("ipc", "cpc", "fi", "f_term", "uspc", "ecla", "locarno", "priorities", "citations", "family")
#: what makes a document of a number
SUBSTANCE = ("title", "title_en", "abstract", "abstract_en", "claims")


@dataclass(frozen=True, slots=True)
class ColumnProposal:
    """A proposal for a table, to be shown, corrected and used. unmapped: headings that fit nothing.

    headless: the table has no row of headings, its columns are numbered.
    """

    columns: tuple[ProposedColumn, ...]
    headless: bool = False

    @property
    def fields(self) -> dict[int, str]:
        return {i: c.field for i, c in enumerate(self.columns) if c.field}

    @property
    def used(self) -> dict[int, ProposedColumn]:
        """The columns that are read before anybody has answered."""
        return {i: c for i, c in enumerate(self.columns) if c.field and not c.held}

    @property
    def unmapped(self) -> tuple[str, ...]:
        return tuple(c.heading for c in self.columns if not c.field)

    @property
    def asked(self) -> tuple[ProposedColumn, ...]:
        """The columns that a person should confirm or correct."""
        return tuple(c for c in self.columns if c.asked)

    def corrected(self, changes: Mapping[str, str]) -> ColumnProposal:
        """With other fields for some headings; an empty field leaves a column out. Raises ValueError on unknown."""
        wrong = [f for f in changes.values() if f and f not in HEADINGS]
        missing = [h for h in changes if h not in {c.heading for c in self.columns}]
        if wrong or missing:
            raise ValueError(f"没有这样的字段或列：{'、'.join(wrong + missing)}")
        return self.answered(changes)

    def answered(self, answers: Mapping[str, str]) -> ColumnProposal:
        """With what a person said before of headings like these; other answers are passed over."""
        return replace(
            self, columns=tuple(_answered(c, answers[c.heading]) if c.heading in answers else c for c in self.columns)
        )


def _answered(column: ProposedColumn, field: str) -> ProposedColumn:
    # a date that may be read two ways stays asked until its heading's answer says which, as ``filing_date:day``
    field, _, first = field.partition(":")
    told = first in SEPARATORS
    return replace(
        column, field=field, why_zh="人工指定", why_en="set by hand", asked=False, held=False, suggested="",
        first=column.first if told else first or column.first,
        told=told, separator=first if told else column.separator,
    )  # fmt: skip


def answers_of(field: str) -> tuple[str, ...]:
    """What may stand behind a field and a colon in an answer: ``filing_date:day``, ``inventors:|``."""
    return ("day", "month", "serial") if field in DATES else tuple(SEPARATORS) if field in PARTIES else ()


# ------------------------------------------------------------------------------------------------ values

_SPLIT = re.compile(r"\s*[;；|\n]\s*|\s*[,，、]\s*(?=[A-HY]\d\d[A-Z])|\s+(?=[A-HY]\d\d[A-Z]\s*-?\d{1,4}/\d\d)")
_INT_CL = re.compile(r"(?<![A-Za-z])(?:int\.?\s*cl\.?|ipc|cpc)[\s.:：\d]*(?=[A-HY]\d\d[A-Z])", re.IGNORECASE)


def symbols_in(cell: str) -> list[str]:
    """The class symbols of a cell, each as written; blanks part them where a whole symbol follows."""
    if not cell:
        return []
    return [v for v in _SPLIT.split(_INT_CL.sub("", cell).strip()) if v and not nothing(v)]


def is_number(kind: str) -> Callable[[str], bool]:
    """A test whether a value is a number of this kind."""

    def test(value: str) -> bool:
        try:
            return normalise(value, kind="").kind == kind
        except PatentNumberError:
            return False

    return test


def is_symbol(value: str) -> bool:
    """Whether a cell holds symbols of the IPC or the CPC down to a group; their forms are the same."""
    try:
        pieces = symbols_in(value)
        return bool(pieces) and all(ipc.parse(v).group for v in pieces)
    except ipc.IpcSymbolError:
        return False


def cpc_alone(symbol: str) -> bool:
    """Whether a symbol can be of the CPC only: section Y, or a main group of its series from 2000 on."""
    try:
        parsed = ipc.parse(symbol)
    except ipc.IpcSymbolError:
        return False
    return parsed.section == "Y" or (parsed.group.isdecimal() and int(parsed.group) >= 2000)


def _foreign(value: str) -> bool:
    """Whether a cell holds a symbol of the CPC alone."""
    return any(cpc_alone(p) for p in symbols_in(value))


def _symbols(value: str) -> bool:
    """Whether a cell under a heading of classes holds one, be it a subclass only."""
    try:
        pieces = symbols_in(value)
        return bool(pieces) and all(ipc.parse(v).main_class for v in pieces)
    except ipc.IpcSymbolError:
        return False


def _dated(value: str) -> bool:
    return all(bool(partial(v, first="day") or partial(v, first="month")) for v in days_in(value))


_DAYS = re.compile(r"\s*[;；|\n]\s*|(?<=\d)\s+(?=\d{4}[-./]\d{1,2}[-./]\d)")
#: the numbers of Excel's days from 1954 to 2064
_SERIAL = re.compile(r"[2-5]\d{4}(?:\.\d+)?")


def days_in(cell: str) -> list[str]:
    """The days that a cell holds, as written: one for each publication where a row is a family."""
    return [v for v in _DAYS.split(cell.strip()) if v]


def serial_day(value: str) -> date | None:
    """The day that a number of Excel's is, counted from 30 December 1899."""
    return date(1899, 12, 30) + timedelta(days=int(float(value))) if _SERIAL.fullmatch(value) else None


_TESTS: dict[str, Callable[[str], bool]] = {
    **dict.fromkeys(DATES, _dated),
    **dict.fromkeys(("publication_number", "application_number"), lambda v: sum(c.isdecimal() for c in v) >= 4),
    "ipc": _symbols,
    "cpc": _symbols,
    # a count of claims is no claim
    "claims": lambda v: not v.isdecimal(),
    "title": lambda v: not v.replace(".", "").isdecimal(),
}


def _share(test: Callable[[str], bool], values: Sequence[str]) -> float:
    return sum(1 for v in values if test(v)) / len(values) if values else 0.0


# ------------------------------------------------------------------------------------------------ proposing


def propose(headings: Sequence[str], rows: Iterable[Sequence[str]], *, headless: bool = False) -> ColumnProposal:
    """What each column means. A heading that fits is checked against the values; see the module."""
    sample = [list(r) for r in itertools.islice(rows, SAMPLE)]
    values = [
        [v for r in sample if i < len(r) and (v := unescaped(r[i])) and not nothing(v)] for i in range(len(headings))
    ]
    columns = [
        ProposedColumn(h, *_UNKNOWN, _shown(vs)) if headless else _by_heading(h, vs)
        for h, vs in zip(headings, values, strict=True)
    ]
    columns = _once(columns)
    columns = _by_values(columns, values, headless)
    if headless:
        columns = _by_content(columns, values)
    return ColumnProposal(tuple(separated(c, vs) for c, vs in zip(columns, values, strict=True)), headless)


_UNKNOWN = ("", "列名和取值都对不上", "neither heading nor values fit")


def _shown(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(v[:40] for v in values[:3])


def _by_heading(heading: str, values: Sequence[str]) -> ProposedColumn:
    field, shown = field_of(heading), _shown(values)
    if not field:
        return ProposedColumn(heading, *_UNKNOWN, shown)
    column = ProposedColumn(heading, field, "按列名", "by its heading", shown)
    test = _TESTS.get(field)
    if test is None or not values:
        return column
    share = _share(test, values)
    serials = [v for v in values if _SERIAL.fullmatch(v)] if field in DATES else []
    if serials and len(serials) >= SURE * len(values):
        found = serial_day(serials[0])
        return replace(
            column, asked=True, held=True, suggested=field,
            why_zh=f"像 Excel 的日期序号：{serials[0]}（即 {found}？若是请答 {field}:serial）",
            why_en=f"like the numbers Excel keeps for days: {serials[0]} ({found}? then answer {field}:serial)",
        )  # fmt: skip
    if share == 0:
        bad = values[0][:30]
        return replace(
            column, field="", suggested=field, asked=True, held=True,
            why_zh=f"取值不像：{bad}", why_en=f"its values do not look like it: {bad}",
        )  # fmt: skip
    if share < SURE:
        bad = next(v for v in values if not test(v))[:30]
        column = replace(
            column, asked=True, why_zh=f"按列名，但只有 {share:.0%} 的取值像，如：{bad}",
            why_en=f"by its heading, but only {share:.0%} of its values look like it, not: {bad}",
        )  # fmt: skip
    if field in DATES:
        column = _ordered(column, values)
    if field == "ipc" and _share(_foreign, values) >= FOREIGN:
        column = replace(
            column, field="cpc", asked=True, suggested="cpc",
            why_zh="取值里有只属于 CPC 的分类号", why_en="it holds symbols of the CPC alone",
        )  # fmt: skip
    return column


def _ordered(column: ProposedColumn, values: Sequence[str]) -> ProposedColumn:
    """Which of two short numbers is the month, as the values of the column tell together."""
    short = [m for v in values for d in days_in(v) if (m := SHORT.match(d)) and m[2] != "."]
    if not short:
        return column
    days = any(int(m[1]) > 12 for m in short)
    months = any(int(m[3]) > 12 for m in short)
    if days != months:
        return replace(column, first="day" if days else "month")
    return replace(
        column, asked=True, held=True, suggested=column.field,
        why_zh=f"日期写法分不出月和日：{short[0][0]}（答 {column.field}:day 或 {column.field}:month）",
        why_en=f"day and month cannot be told: {short[0][0]} (answer {column.field}:day or {column.field}:month)",
    )  # fmt: skip


def _once(columns: Sequence[ProposedColumn]) -> list[ProposedColumn]:
    """No two columns for one field, except numbers and dates (公开号 and 公告号 fill each other's gaps) and lists."""
    found: list[ProposedColumn] = []
    taken: set[str] = set()
    for column in columns:
        if column.field in taken and column.field not in (*LISTS, *DATES, "publication_number"):
            column = replace(
                column, field="", suggested="", asked=False, held=False,
                why_zh=f"与另一列同为“{column.field}”", why_en=f"another column is already {column.field}",
            )  # fmt: skip
        if column.field:
            taken.add(column.field)
        found.append(column)
    # a heading that no value bears out is no question where another column holds the field
    return [replace(c, asked=False, suggested="") if c.suggested in taken and not c.field else c for c in found]


_BY_VALUE: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("publication_number", is_number("publication")),
    ("application_number", is_number("application")),
    ("ipc", is_symbol),
)


def _by_values(columns: list[ProposedColumn], values: Sequence[Sequence[str]], headless: bool) -> list[ProposedColumn]:
    """Fields for columns that no heading names."""
    taken = {c.field for c in columns}
    for i, column in enumerate(columns):
        if (
            column.field
            or column.suggested
            or column.why_zh.startswith("与另一列")
            or len(values[i]) < (1 if headless else FEW)
        ):
            continue
        for field, test in _BY_VALUE:
            if field in taken or _share(test, values[i][:50]) < 0.9:
                continue
            if field == "ipc" and _share(_foreign, values[i]) >= FOREIGN:
                field = "cpc"
                if field in taken:
                    continue
            taken.add(field)
            # the values of one class scheme look like those of another: under a heading that is not known they wait
            doubt = field in ("ipc", "cpc")
            columns[i] = replace(
                column, field=field, why_zh="按取值", why_en="by its values", asked=doubt or headless,
                held=doubt and not headless, suggested=field if doubt else "",
            )  # fmt: skip
            break
    return columns


_TITLE = re.compile(
    r"一种|方法|装置|系统|设备|结构|组合物|制备|用途|应用|及其|机构|工艺|材料|电路|芯片|method|apparatus|system|device|composition|"
    r"process",
    re.IGNORECASE,
)
_HOLDER = re.compile(
    r"公司|大学|学院|研究院|研究所|集团|工厂|医院|中心|学校|企业|合作社|事务所|银行|\b(?:inc|ltd|llc|corp|gmbh|co|university|ag|sa|"
    r"bv|kk)\b\.?",
    re.IGNORECASE,
)
_PLACE = re.compile(r"(?:[一-龥]{2,8}(?:省|自治区|市|行政区))")


def _by_content(columns: list[ProposedColumn], values: Sequence[Sequence[str]]) -> list[ProposedColumn]:
    """Dates, titles, holders and places of a table without headings; all of it is asked about."""
    columns = _dates(columns, values)
    for field, pattern, least in (("place", _PLACE, 0.8), ("applicants", _HOLDER, 0.5), ("title", _TITLE, 0.5)):
        scores = {
            i: share
            for i, c in enumerate(columns)
            if not c.field and (share := _share(lambda v, p=pattern: bool(p.search(v)), values[i])) >= least  # type: ignore[misc]
        }
        if scores:
            best = max(scores, key=lambda i: scores[i])
            columns[best] = _guessed(columns[best], field)
    return columns


def _guessed(column: ProposedColumn, field: str) -> ProposedColumn:
    return replace(column, field=field, why_zh="没有列名，按取值推断", why_en="no heading: by its values", asked=True)


def _dates(columns: list[ProposedColumn], values: Sequence[Sequence[str]]) -> list[ProposedColumn]:
    """The earlier of two columns of days is the filing, the later the publication; of more none is named."""
    days = {
        i: min(partial(v) for v in vs if partial(v))
        for i, vs in enumerate(values)
        if not columns[i].field and len(vs) >= 1 and _share(lambda v: len(partial(v)) == 10, vs) >= SURE
    }
    if len(days) == 2:
        (a, first), (b, second) = days.items()
        if first != second:
            early, late = (a, b) if first < second else (b, a)
            columns[early] = _guessed(columns[early], "filing_date")
            columns[late] = _guessed(columns[late], "publication_date")
    return columns
