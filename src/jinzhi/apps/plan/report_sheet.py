"""A unit's report as a workbook, filled in and read back: Excel out = Excel in.

Two sheets to fill in (a line for each row of the plan, a line for each milestone), 说明, and a hidden sheet that
says which report and which version of it the workbook was made from. The first column of each sheet is a hidden
key; what is given is grey and locked. On reading, every wrong cell is named by sheet, row and column letter, all
at once, and nothing is taken in before all holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.plan.actions import (
    ACHIEVED,
    DIFFICULTY,
    FIGURE_NOTE,
    NEXT,
    PROGRESS,
    REACHED_ON,
    ContentRefused,
)
from jinzhi.apps.plan.models import Release, Report
from jinzhi.apps.plan.queries import ReportRow, content
from jinzhi.apps.plan.reporting import would_change
from jinzhi.engines.spreadsheet import (
    CellError,
    Sheet,
    SheetColumn,
    SheetRow,
    SheetTable,
    SpreadsheetError,
    read,
    write,
)
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.numbers import NumberError, number_of

MILESTONES, ROWS, MADE_FROM = "里程碑", "任务进展", "_报告"
KEY = Field(id="key", zh="标识", en="Key")
ROW = Field(id="row", zh="任务编号", en="Row", required=False)
TITLE = Field(id="title", zh="任务", en="Task", required=False)
DUTY = Field(id="duty", zh="职责", en="Duty", required=False)
NAME = Field(id="name", zh="里程碑名称", en="Milestone", required=False)
DUE = Field(id="due", zh="期限", en="Due", type=Type.DATE, required=False)
TARGET = Field(id="target", zh="目标", en="Target", type=Type.DECIMAL, required=False)
UNIT = Field(id="unit", zh="计量单位", en="Measured in", required=False)
BEFORE = Field(id="before", zh="上期累计", en="Reached before", type=Type.DECIMAL, required=False)

MILESTONE_COLUMNS = (
    SheetColumn(field=KEY, locked=True), SheetColumn(field=ROW, locked=True, width=10),
    SheetColumn(field=NAME, locked=True, width=44), SheetColumn(field=DUE, locked=True, width=12),
    SheetColumn(field=TARGET, locked=True, width=9), SheetColumn(field=UNIT, locked=True, width=9),
    SheetColumn(field=BEFORE, locked=True, width=10), SheetColumn(field=ACHIEVED, width=12),
    SheetColumn(field=REACHED_ON, width=14), SheetColumn(field=FIGURE_NOTE, width=40),
)  # fmt: skip
ROW_COLUMNS = (
    SheetColumn(field=KEY, locked=True), SheetColumn(field=ROW, locked=True, width=10),
    SheetColumn(field=TITLE, locked=True, width=36), SheetColumn(field=DUTY, locked=True, width=18),
    SheetColumn(field=PROGRESS, width=48), SheetColumn(field=DIFFICULTY, width=36), SheetColumn(field=NEXT, width=36),
)  # fmt: skip
#: locked columns whose words must still be those of the line, so that a shifted sort is noticed
GUARDS = {MILESTONES: (ROW, NAME, TARGET), ROWS: (ROW, TITLE)}
HEADS_WITHIN = 20


@dataclass(frozen=True)
class Origin:
    """Which report a workbook was made from, and from which version of it."""

    report: int
    plan: str
    period: str
    unit: str
    version: int


@dataclass(frozen=True)
class SheetReading:
    """A workbook as read: what it says, every error, what a person should know.

    ``changes`` (old → new, as save_content gives them) is empty where there are errors or nothing differs.
    """

    origin: Origin
    notes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    figures: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    changes: Mapping[str, Mapping[str, Sequence[str | None]]] = field(default_factory=dict)
    errors: tuple[CellError, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()


class WrongSheet(SpreadsheetError):
    """A workbook of another report."""


class StaleSheet(SpreadsheetError):
    """A workbook made from an older version: others have saved since. ``origin`` says from which."""

    def __init__(self, origin: Origin, version: int):
        self.origin = origin
        super().__init__(
            f"这张表是第 {origin.version} 版导出的，报告现在是第 {version} 版；没有读入任何内容。"
            "请重新导出，把您的修改填到新表里",
            f"this sheet was made from version {origin.version}, the report is now at version {version}; "
            "nothing was read: export it again",
        )


# --- out ----------------------------------------------------------------------------------------------------
def as_workbook(report: Report, release: Release, *, demo: bool = False) -> bytes:
    """The workbook of a report, ready to be filled in. Raises SpreadsheetError where a text fits no cell."""
    rows = content(report, release)
    sheets = [
        Sheet(title=MILESTONES, columns=MILESTONE_COLUMNS, rows=_milestone_lines(rows)),
        Sheet(title=ROWS, columns=ROW_COLUMNS, rows=_row_lines(rows)),
    ]
    book = load_workbook(BytesIO(write(sheets, _guide(report, release, demo))))
    for name in (MILESTONES, ROWS):
        page = book[name]
        page.column_dimensions["A"].hidden = True
        page.protection.formatColumns = True  # else the hidden key is a click away
        page.freeze_panes = "D2"
    _day_rule(book[MILESTONES])
    origin = book.create_sheet(MADE_FROM)
    origin.sheet_state = "veryHidden"
    origin.append(["report", report.pk])
    origin.append(["plan", report.plan])
    origin.append(["period", report.period.code])
    origin.append(["unit", report.unit.code])
    origin.append(["version", report.version])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _day_rule(page: Worksheet) -> None:
    """A day in the future is refused while it is typed."""
    if page.max_row < 2:
        return
    letter = get_column_letter([c.key for c in MILESTONE_COLUMNS].index(REACHED_ON.id) + 1)
    last = today()
    rule = DataValidation(
        type="date", operator="lessThanOrEqual", formula1=f"DATE({last.year},{last.month},{last.day})", allow_blank=True
    )
    rule.errorTitle, rule.error = "日期不对", f"请填不晚于 {last.isoformat()} 的日期"
    rule.promptTitle, rule.prompt = "完成日期", "达到目标的那一天；没有达到就留空"
    rule.showErrorMessage = rule.showInputMessage = True
    rule.add(f"{letter}2:{letter}{page.max_row}")
    page.add_data_validation(rule)


def _milestone_lines(rows: Sequence[ReportRow]) -> list[dict[str, object]]:
    out: list[dict[str, object]] = []
    for r in rows:
        for line in r.lines:
            m, f = line.milestone, line.figure
            out.append({
                "key": m.code, "row": r.row.key, "name": m.title, "due": m.due, "target": _plain(m.target),
                "unit": f"{m.measured_in}（不高于目标）" if m.lower else m.measured_in, "before": _plain(line.before),
                "achieved": _plain(f.achieved) if f and f.achieved is not None else None,
                "reached_on": f.reached_on if f else None, "note": f.note if f else None,
            })  # fmt: skip
    return out


def _row_lines(rows: Sequence[ReportRow]) -> list[dict[str, object]]:
    return [
        {
            "key": r.row.key, "row": r.row.key, "title": r.row.title, "duty": r.duty.raw if r.duty else "",
            "progress": r.note.progress if r.note else "", "difficulty": r.note.difficulty if r.note else "",
            "next": r.note.next if r.note else "",
        }
        for r in rows
    ]  # fmt: skip


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _guide(report: Report, release: Release, demo: bool) -> list[tuple[str, object]]:
    marked = [("数据性质", "演示数据，非官方统计")] if demo else []
    return [
        ("内容", "进展报告填报表"),
        *marked,
        ("规划", release.title),
        ("单位", report.unit.zh),
        ("报告期", f"{report.period.code}（{report.period.starts} 至 {report.period.ends}）"),
        (
            "截止日",
            report.due.isoformat() + (f"（原定 {report.period.due}）" if report.due != report.period.due else ""),
        ),
        ("报告编号", report.case.number),
        ("版本", f"第 {report.version} 版"),
        ("导出日期", today().isoformat()),
        ("怎样填", "黄色单元格由您填写，灰色单元格已锁定，请不要改动、增删行列。"),
        ("本期累计", "填到本期末为止的累计数，不是本期增加数；与“目标”用同一计量单位。"),
        ("完成日期", "本期累计达到目标时必填，写成 2026-11-22；没有达到就留空。"),
        ("说明", "最多 500 字；本期累计小于上期时必须写明原因。"),
        ("任务进展", "“进展情况”必填，“存在问题”“下一步打算”如有请填，每格最多 2000 字。"),
        ("怎样交", "填好后在报告页面选择“导入 Excel”，核对差异后确认；之后再点“提交”。"),
        ("请注意", "有人在您填表期间改动过报告的，系统会提示并请您重新导出。"),
    ]


# --- in -----------------------------------------------------------------------------------------------------
def from_workbook(uploaded: bytes, report: Report, release: Release, *, who: Acting) -> SheetReading:
    """What a workbook says of a report; nothing is saved.

    Raises SpreadsheetError where the file is no such workbook, WrongSheet where it is of another unit or period,
    StaleSheet where others have saved since, Locked where the report can no longer be changed.
    """
    tables = {
        MILESTONES: read(uploaded, MILESTONE_COLUMNS, sheet=MILESTONES),
        ROWS: read(uploaded, ROW_COLUMNS, sheet=ROWS),
    }
    book = load_workbook(BytesIO(uploaded), data_only=False, keep_links=False)  # read() has checked the package
    origin = _origin(book)
    _same_report(origin, report)
    if origin.version != report.version:
        raise StaleSheet(origin, report.version)
    rows = content(report, release)
    given = {MILESTONES: _milestone_lines(rows), ROWS: _row_lines(rows)}
    columns = {MILESTONES: MILESTONE_COLUMNS, ROWS: ROW_COLUMNS}
    errors: list[CellError] = []
    remarks: list[tuple[str, str]] = []
    letters: dict[str, dict[str, str]] = {}
    taken: dict[str, dict[str, tuple[SheetRow, dict[str, object]]]] = {}
    for name, table in tables.items():
        letters[name] = _letters(book[name], columns[name])
        _columns_there(name, table, columns[name])
        remarks += [(f"工作表“{name}”：{zh}", f"sheet “{name}”: {en}") for zh, en in table.notes]
        remarks += _moved(name, letters[name], columns[name])
        errors += table.errors
        wanted = {str(line["key"]): line for line in given[name]}
        taken[name] = _lines(name, table, wanted, letters[name], columns[name], errors)
        left = [k for k in wanted if k not in taken[name] and not _refused(wanted[k], table)]
        if left:
            remarks.append((
                f"工作表“{name}”缺少 {len(left)} 行（{_some(left)}），这些行保持原值",
                f"sheet “{name}” lacks {len(left)} lines, which stay as they were",
            ))  # fmt: skip
    figures = {k: values for k, (_, values) in taken[MILESTONES].items()}
    notes = {k: values for k, (_, values) in taken[ROWS].items()}
    changes: Mapping[str, object] = {}
    try:
        changes = would_change(report, release, notes=notes, figures=figures, who=who)
    except ContentRefused as refused:
        for wrong in refused.errors:
            name, key = (MILESTONES, wrong.milestone) if wrong.milestone else (ROWS, wrong.row_key)
            line = taken[name].get(key)
            column = next((c for c in columns[name] if c.key == wrong.field), None)
            errors.append(CellError(
                name, line[0].number if line else 0, letters[name].get(wrong.field, ""),
                column.head() if column else "", wrong.zh, wrong.en,
            ))  # fmt: skip
    order = {MILESTONES: 0, ROWS: 1}
    errors.sort(key=lambda e: (order.get(e.sheet, 2), e.row, len(e.column), e.column))
    return SheetReading(origin, notes, figures, {} if errors else changes, tuple(errors), tuple(remarks))  # type: ignore[arg-type]


def _some(keys: Sequence[str]) -> str:
    return "、".join(keys[:5]) + ("…" if len(keys) > 5 else "")


def _refused(line: Mapping[str, object], table: SheetTable) -> bool:
    """Whether the line stands in the sheet, but with wrong cells (it is named there, so not called missing)."""
    bad = {e.row for e in table.errors}
    return any(r.values.get("key") == line["key"] and r.number in bad for r in table.rows)


def _origin(book: Workbook) -> Origin:
    if MADE_FROM not in book.sheetnames:
        raise WrongSheet(
            "这不是从报告页面导出的填报表（没有标识页），请用“导出 Excel”得到的表填写",
            "this is not a sheet exported from a report: fill in the exported one",
        )
    told = {str(a.value): b.value for a, b in book[MADE_FROM].iter_rows(max_col=2, max_row=10)}
    try:
        return Origin(
            int(str(told["report"])), str(told["plan"]), str(told["period"]), str(told["unit"]),
            int(str(told["version"])),
        )  # fmt: skip
    except (KeyError, ValueError):
        raise WrongSheet(
            "填报表的标识页被改动过，无法确认是哪份报告，请重新导出",
            "the page that says which report this is was changed: export it again",
        ) from None


def _same_report(origin: Origin, report: Report) -> None:
    if origin.unit != report.unit.code:
        raise WrongSheet(
            f"这是另一个单位（{origin.unit}）的填报表，本报告的单位是{report.unit.zh}",
            f"this is the sheet of another unit ({origin.unit}), not of {report.unit.en}",
        )
    if (origin.plan, origin.period) != (report.plan, report.period.code):
        raise WrongSheet(
            f"这是另一个报告期（{origin.period}）的填报表，本报告的报告期是 {report.period.code}",
            f"this is the sheet of another period ({origin.period}), not of {report.period.code}",
        )
    if origin.report != report.pk or origin.version > report.version:
        raise WrongSheet(
            "这张填报表不是从本系统的这份报告导出的，请重新导出",
            "this sheet was not exported from this report here: export it again",
        )


def _letters(page: Worksheet, columns: Sequence[SheetColumn]) -> dict[str, str]:
    """The letter of each column, by key, from the row that has most of the heads (as the reader finds it)."""
    best: dict[str, str] = {}
    for row in page.iter_rows(min_row=1, max_row=HEADS_WITHIN):
        found: dict[str, str] = {}
        for cell in row:
            text = str(cell.value or "").strip()
            key = next((c.key for c in columns if text in (c.head("zh"), c.head("en"), c.key)), None)
            if key:
                found[key] = cell.column_letter
        if len(found) > len(best):
            best = found
    return best


def _columns_there(name: str, table: SheetTable, columns: Sequence[SheetColumn]) -> None:
    gone = [c for c in columns if c.key not in table.present]
    if gone:
        raise SpreadsheetError(
            f"工作表“{name}”缺少列：{'、'.join(c.head() for c in gone)}；没有读入任何内容，请用导出的表填写",
            f"sheet “{name}” lacks the columns {', '.join(c.head('en') for c in gone)}; nothing was read",
        )


def _moved(name: str, letters: Mapping[str, str], columns: Sequence[SheetColumn]) -> list[tuple[str, str]]:
    moved = [c for i, c in enumerate(columns, 1) if letters.get(c.key) not in (None, get_column_letter(i))]
    if not moved:
        return []
    shown = "、".join(f"{c.head()}（现在 {letters[c.key]} 列）" for c in moved)
    return [
        (
            f"工作表“{name}”的列移动过：{shown}；已按表头读入",
            f"columns of sheet “{name}” were moved; read by their heads",
        )
    ]


def _lines(
    name: str,
    table: SheetTable,
    wanted: Mapping[str, Mapping[str, object]],
    letters: Mapping[str, str],
    columns: Sequence[SheetColumn],
    errors: list[CellError],
) -> dict[str, tuple[SheetRow, dict[str, object]]]:
    """The lines of a sheet by key, with the values of the open cells; what does not belong is an error."""
    heads = {c.key: c.head() for c in columns}
    open_keys = [c.key for c in columns if not c.locked]
    bad_rows = {e.row for e in table.errors}
    out: dict[str, tuple[SheetRow, dict[str, object]]] = {}

    def wrong(row: int, column: str, zh: str, en: str) -> None:
        errors.append(CellError(name, row, letters.get(column, ""), heads[column], zh, en))

    first: dict[str, int] = {}
    for row in table.rows:
        key = str(row.values.get("key") or "")
        if not key:
            continue  # the reader has named the empty key already
        if key not in wanted:
            wrong(row.number, "key", f"本期报告没有“{key}”这一行，请不要增加行", f"this report has no line “{key}”")
            continue
        if key in first:
            wrong(row.number, "key", f"与第 {first[key]} 行重复，请删去一行", f"is the same line as row {first[key]}")
            continue
        first[key] = row.number
        shifted = False
        for guard in GUARDS[name]:
            if guard.id in row.values and not _agrees(row.values[guard.id], wanted[key][guard.id]):
                shifted = True
                zh = f"与系统中的“{wanted[key][guard.id]}”不一致，可能排序时错了行；请重新导出，不要改动灰色单元格"
                wrong(row.number, guard.id, zh, f"is not “{wanted[key][guard.id]}”: was only a part sorted?")
        if not shifted and row.number not in bad_rows:
            out[key] = (row, {k: row.values.get(k) for k in open_keys})
    return out


def _agrees(read_value: object, kept: object) -> bool:
    a, b = str(read_value or ""), str(kept or "")
    if "".join(a.split()) == "".join(b.split()):
        return True
    try:
        return bool(a and b) and number_of(a) == number_of(b)
    except NumberError:
        return False
