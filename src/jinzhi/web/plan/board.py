"""What the pages of the plan read once and show in many ways: release, rows, duties, units and cells in reach.

A board holds the cells (unit × row) of one snapshot that the reader sees. Every figure of the cockpit, of the list
of rows, of the matrix and of a unit's page is a sum over some of them, so a figure and the list behind it agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import installation, now, today
from jinzhi.apps.plan.models import Duty, Milestone, Release, Row
from jinzhi.apps.plan.progress import Judged, ProgressCell, judge, light_rule, visible_cells
from jinzhi.apps.plan.queries import DUTY_KINDS, years
from jinzhi.apps.units.models import Unit
from jinzhi.engines import spreadsheet
from jinzhi.kernel.access import Reach, within
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.organisation import LEVELS
from jinzhi.kernel.status import LIGHTS, NO_DATA, NONE, LightRule, Status
from jinzhi.kernel.text import Words
from jinzhi.web.plan.titles import heading_name, heading_of, title_of
from jinzhi.web.shell.listing import choice
from jinzhi.web.shell.plan_choice import release_shown
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.language import english, labelled, named, page_language, speak
from jinzhi.web.ui.tables import Cell as UiCell
from jinzhi.web.ui.tables import Column

EVERY = "all"
#: what shows first where a unit has several duties for one row
RANK = {kind: n for n, kind in enumerate(("alone", "led", "divided", "support"))}
#: one character for narrow cells and print; the word stands beside it or in the legend
DUTY_SYMBOLS = {"alone": "★", "led": "◎", "divided": "◇", "support": "△"}
#: the words for narrow cells
SHORT_DUTIES = {
    "alone": ("单独", "alone"),
    "led": ("牵头", "leads"),
    "divided": ("分工", "shares"),
    "support": ("配合", "supports"),
}
LIGHT_IDS = (*(s.id for s in LIGHTS), NO_DATA.id, NONE.id)


@dataclass(frozen=True)
class PlanNamed:
    """A duty as the document names it: the unit or group, its kind; ``en``: our own name of it, where it is known."""

    raw: str
    kind: str
    en: str = ""

    @property
    def shown(self) -> str:
        """The words of the document, or on an English page the English name."""
        return self.en if self.en and english() else self.raw


@dataclass(frozen=True)
class Board:
    """The plan on a day for one reader, with the filters of the address.

    ``cells`` are those in reach whose row is in the release; ``orphans`` counts the others. ``duties`` maps (unit,
    row key) to the kind of the duty. ``unit`` with ``below`` and ``section`` narrow (see ``picked``).
    """

    who: Acting
    release: Release
    day: date
    year: int | None
    rule: LightRule
    rows: dict[str, Row]
    units: dict[int, Unit]
    duties: dict[tuple[int, str], str]
    named: dict[str, list[PlanNamed]]
    cells: tuple[ProgressCell, ...]
    orphans: int
    unit: Unit | None = None
    below: bool = False
    section: str = ""
    _by_row: dict[str, list[ProgressCell]] = field(default_factory=dict)
    _rows_of_unit: dict[int, set[str]] = field(default_factory=dict)

    # reading

    @property
    def sections(self) -> list[str]:
        return list(dict.fromkeys(r.heading for r in self.rows.values()))

    def sees(self, unit: Unit) -> bool:
        return within(self.who.path, self.who.reach, unit.path)

    def meant(self, path: str) -> bool:
        """Whether a unit's path is within the chosen unit (with those below it, where asked for)."""
        if self.unit is None:
            return True
        return path.startswith(self.unit.path) if self.below else path == self.unit.path

    @property
    def picked(self) -> list[ProgressCell]:
        """The cells of the chosen unit and section."""
        return [
            c for c in self.cells
            if self.meant(c.unit_path) and (not self.section or self.rows[c.row_key].heading == self.section)
        ]  # fmt: skip

    def judge(self, cells: Iterable[ProgressCell]) -> Judged:
        return judge(list(cells), self.day, self.rule)

    def cells_of(self, row_key: str) -> list[ProgressCell]:
        """The cells of a row within the chosen unit."""
        return self._by_row.get(row_key, [])

    def rows_of_unit(self, unit: Unit) -> set[str]:
        """The keys of the rows that a unit answers for, or has milestones for."""
        return self._rows_of_unit.get(unit.pk, set())

    def involved(self, row_key: str) -> list[Unit]:
        """The units in reach and within the chosen unit that answer for a row, in the order of the tree."""
        return [
            u for u in self.units.values()
            if row_key in self.rows_of_unit(u) and self.meant(u.path) and self.sees(u)
        ]  # fmt: skip

    @property
    def involved_rows(self) -> set[str]:
        """The keys of the rows for which some unit in reach and within the chosen unit answers."""
        return {
            key
            for pk, keys in self._rows_of_unit.items()
            if pk in self.units and self.meant(self.units[pk].path) and self.sees(self.units[pk])
            for key in keys
        }

    def chosen_rows(self) -> list[Row]:
        """The rows of the filters: of the section, and, where a unit is chosen, those it answers for."""
        wanted = self.involved_rows if self.unit else None
        return [
            r for r in self.rows.values()
            if (not self.section or r.heading == self.section) and (wanted is None or r.key in wanted)
        ]  # fmt: skip

    def leads(self, row_key: str) -> list[str]:
        """Who leads a row, as it is named on this page; where nobody leads, all that share it."""
        found = self.named.get(row_key, [])
        leading = [n.shown for n in found if n.kind in ("alone", "led")]
        return leading or [n.shown for n in found if n.kind != "support"] or [n.shown for n in found]

    # saying

    @property
    def year_word(self) -> str:
        return _("%(year)s 年") % {"year": self.year} if self.year else _("全部年度")

    @property
    def year_value(self) -> str:
        return str(self.year) if self.year else EVERY

    def rows_url(self, unit: Unit | None = None, below: bool = False, section: str = "", **more: str) -> str:
        """The list of rows for a unit and section, in this board's year."""
        query = {"year": self.year_value, **more}
        if unit is not None:
            query["unit"] = unit.code
            if below:
                query["below"] = "1"
        if section:
            query["section"] = section
        return f"{reverse('rows')}?{urlencode(query)}"

    def facts(self) -> list[tuple[str, str]]:
        """The filters in words."""
        unit = self.unit.name if self.unit else _("全部可见单位")
        if self.unit and self.below:
            unit = _("%(unit)s及下级单位") % {"unit": unit}
        return [
            (_("规划"), self.release.title),
            (_("年度"), self.year_word),
            (_("单位"), unit),
            (_("章节"), heading_name(self.section) or _("全部")),
        ]


def chosen_year(request: PageRequest, release: Release, day: date) -> int | None:
    """The year of the address; the current one (or the nearest of the plan) by default; None for ``all``."""
    every = years(release)
    raw = choice(request, "year", {EVERY, *map(str, every)})
    if raw == EVERY:
        return None
    return int(raw) if raw else default_year(release, day)


def default_year(release: Release, day: date) -> int:
    return min(max(day.year, release.starts.year), release.ends.year)


def read_board(request: PageRequest, unit: Unit | None = None) -> Board | None:
    """The board of a request; None before the first release. ``unit`` fixes the unit whatever the address says."""
    release = release_shown(request)
    return None if release is None else board_of(request, release, unit)


def board_of(request: PageRequest, release: Release, unit: Unit | None = None) -> Board:
    """The board of a request for one release."""
    who: Acting = request.acting
    day = today()
    year = chosen_year(request, release, day)
    rows = {r.key: r for r in release.rows.all()}
    # a unit that was closed keeps its milestones, so it is read as well
    units = {u.pk: u for u in Unit.objects.order_by("path")}
    below = choice(request, "below", ("1",)) == "1" if unit is None else False
    section = choice(request, "section", {r.heading for r in rows.values()})
    code = request.GET.get("unit", "").strip() if unit is None else ""
    if code:
        unit = next((u for u in units.values() if u.code == code and within(who.path, who.reach, u.path)), None)
        if unit is None:
            raise Http404(_("没有代码为“%(code)s”的单位，或者它不在您可见的范围内") % {"code": code[:80]})
    duties, named_by = _duties(release)
    seen = visible_cells(release.plan, day, year, who)
    cells = tuple(c for c in seen if c.row_key in rows)
    board = Board(
        who, release, day, year, light_rule(day), rows, units, duties, named_by, cells, len(seen) - len(cells),
        unit, below, section,
    )  # fmt: skip
    for pk, key in duties:
        board._rows_of_unit.setdefault(pk, set()).add(key)
    for c in cells:
        board._rows_of_unit.setdefault(c.unit_id, set()).add(c.row_key)
        if board.meant(c.unit_path):
            board._by_row.setdefault(c.row_key, []).append(c)
    return board


def _duties(release: Release) -> tuple[dict[tuple[int, str], str], dict[str, list[PlanNamed]]]:
    """The kind of duty of each unit for each row, and the duties of each row as the document names them."""
    kinds: dict[tuple[int, str], str] = {}
    names: dict[str, list[PlanNamed]] = defaultdict(list)
    found = Duty.objects.filter(row__release=release).order_by("row__position", "position", "pk")
    last = None
    wanted = ("pk", "row__key", "kind", "raw", "units__id", "unit__en", "group__en")
    for pk, key, kind, raw, unit_id, unit_en, group_en in found.values_list(*wanted):
        duty = PlanNamed(raw, kind, unit_en or group_en or "")
        if pk != last and duty not in names[key]:
            names[key].append(duty)
        last = pk
        if unit_id is not None:
            before = kinds.get((unit_id, key))
            if before is None or RANK.get(kind, 9) < RANK.get(before, 9):
                kinds[unit_id, key] = kind
    return kinds, dict(names)


def unit_order(unit: Unit) -> tuple[int, int, str]:
    """The departments first, then the districts, as offices list them."""
    level = LEVELS.index(unit.level) if unit.level in LEVELS else len(LEVELS)
    return (level, unit.position, unit.path)


# --- words ------------------------------------------------------------------------------------------------
def duty_word(kind: str) -> str:
    zh, en = DUTY_KINDS.get(kind, (kind, kind))
    return speak(Words(zh, en))


def amount(value: Decimal | None) -> str:
    """A figure without needless zeros; — where there is none."""
    return "—" if value is None else f"{value.normalize():f}"


def measured(m: Milestone) -> str:
    """What a milestone has reached, of what."""
    return f"{amount(m.achieved)} / {m.at_most}{amount(m.target)} {m.measured_in}"


def short_duty(kind: str) -> str:
    zh, en = SHORT_DUTIES.get(kind, (kind, kind))
    return speak(Words(zh, en))


def why(judged: Judged) -> str:
    return speak(Words(judged.why_zh, judged.why_en))


def percent(judged: Judged | None) -> str:
    return "" if judged is None or judged.percent is None else f"{judged.percent}%"


def due_and_done(judged: Judged) -> str:
    """Milestones met of those that fell due, as 7/8; 未到期 where nothing did."""
    return f"{judged.met_n}/{judged.due_n}" if judged.due_n else _("未到期")


def done_of_year(judged: Judged, year: int | None) -> str:
    """What of the whole year (or plan) is done, by weight: what is done in part and before its day counts too."""
    words = _("全年进度 %(share)s") if year else _("规划期进度 %(share)s")
    return words % {"share": percent(judged)} if judged.percent is not None else ""


def done_cell(judged: Judged | None, year: int | None) -> UiCell:
    """Met of those due, and below it the progress of the year: the two figures that a light is judged by."""
    return UiCell(due_and_done(judged), sub=done_of_year(judged, year)) if judged else UiCell("—")


def done_column(sort: str = "") -> Column:
    """The head of a column of ``done_cell``."""
    said = _("到今天应完成的里程碑中完成了几个，含往年未完成的；进度按权重计，部分完成和提前完成也算。")
    return Column(_("已完成 / 应完成"), sort, numeric=True, help=said)


def met_share(judged: Judged | None) -> tuple[float, float]:
    """What lists are sorted by where they show ``done_cell``."""
    if judged is None:
        return (-1.0, -1.0)
    return (judged.met_n / judged.due_n if judged.due_n else 1.0, float(judged.progress.ratio or 0))


def light_of(judged: Judged | None, involved: bool) -> Status:
    """The light of a group of cells; without cells 无里程碑 where somebody answers for it, else 不涉及."""
    if judged is not None:
        return judged.light
    return NO_DATA if involved else NONE


def marked(text: str, spans: Sequence[tuple[int, int]]) -> SafeString:
    """The text with its spans in <mark>, everything escaped."""
    parts: list[SafeString] = []
    at = 0
    for start, end in spans:
        parts += [format_html("{}", text[at:start]), format_html("<mark>{}</mark>", text[start:end])]
        at = end
    return format_html_join("", "{}", [(p,) for p in [*parts, format_html("{}", text[at:])]])


def light_text(light: Status) -> str:
    return f"{light.symbol}{named(light)}"


# --- rows -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class RowView:
    """A row with what the filters of a board make of it. ``due``: the oldest day missed, else the next to come.

    ``found``: where the words of a search stand in its title or, with the measure, in a measure.
    """

    row: Row
    judged: Judged | None
    light: Status
    due: date | None
    leads: tuple[str, ...]
    found: SafeString | str = ""


def row_views(board: Board) -> list[RowView]:
    """The rows of the filters, in the order of the document."""
    involved = board.involved_rows
    out = []
    for row in board.chosen_rows():
        cells = board.cells_of(row.key)
        judged = board.judge(cells) if cells else None
        missed = [c.overdue_since for c in cells if c.overdue_since]
        coming = [c.next_due for c in cells if c.next_due]
        due = min(missed or coming, default=None)
        out.append(RowView(row, judged, light_of(judged, row.key in involved), due, tuple(board.leads(row.key))))
    return out


def rows_sheet(views: Iterable[RowView]) -> spreadsheet.Sheet:
    """Rows with their lights as a sheet."""
    columns = (
        column("key", "编号", "Key", width=10),
        column("part", "部分", "Part", width=14),
        column("section", "章节", "Section", width=28),
        column("title", "任务", "Row", width=40),
        column("leads", "责任单位", "Units", width=40),
        column("due", "最近期限", "Due", Type.DATE),
        column("counted", "已完成/应完成", "Done of due"),
        column("share", "进度（按权重）", "Progress (weighted)"),
        column("light", "状态", "Light"),
        column("why", "原因", "Reason", width=44),
    )
    rows = [
        {
            "key": v.row.key,
            "part": heading_name(v.row.part),
            "section": heading_name(v.row.section),
            "title": title_of(v.row)[0],
            "leads": "、".join(v.leads),
            "due": v.due.isoformat() if v.due else None,
            "counted": due_and_done(v.judged) if v.judged else "",
            "share": percent(v.judged),
            "light": light_text(v.light),
            "why": why(v.judged) if v.judged else "",
        }
        for v in views
    ]
    return spreadsheet.Sheet(title=_("任务"), columns=columns, rows=rows, language=language())


# --- filters ----------------------------------------------------------------------------------------------
def unit_options(board: Board) -> list[Option]:
    """The units in reach that have something in the plan, and those above them, indented as in the tree."""
    busy = [u for u in board.units.values() if board.sees(u) and board.rows_of_unit(u)]
    above = {u.path[:n] for u in busy for n in range(Unit.steplen, len(u.path) + 1, Unit.steplen)}
    shown = [u for u in board.units.values() if u.path in above and board.sees(u)]
    top = min((u.depth for u in shown), default=1)
    return [Option(u.code, "\u3000" * (u.depth - top) + u.label) for u in shown]


def plan_filters(board: Board) -> list[Filter]:
    """Year, section and unit: the filters that all pages of the plan share."""
    default = default_year(board.release, board.day)
    year_options = [Option(str(y), str(y)) for y in years(board.release) if y != default]
    sections = [(s, heading_of(s)) for s in board.sections]
    out = [
        Filter("year", _("年度"), options=[*year_options, Option(EVERY, _("全部年度"))], any_label=str(default)),
        Filter("section", _("章节"), options=[Option(s, t, lang=lang) for s, (t, lang) in sections]),
    ]
    options = unit_options(board)
    if board.who.reach is not Reach.OWN:
        out.append(Filter("unit", _("单位"), options=options))
        out.append(Filter("below", _("含下级"), kind="check"))
    return out


# --- Excel ------------------------------------------------------------------------------------------------
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def column(
    id: str, zh: str, en: str, type: Type = Type.TEXT, width: float = 16, unit: str = ""
) -> spreadsheet.SheetColumn:
    return spreadsheet.SheetColumn(field=Field(id=id, zh=zh, en=en, type=type, required=False, unit=unit), width=width)


def workbook(
    name: str, who: Acting, sheets: Sequence[spreadsheet.Sheet], facts: Iterable[tuple[str, Any]]
) -> HttpResponse:
    """A workbook to download, with a last sheet 说明 that says what it holds, of when, made when and by whom."""
    here = installation()
    day = today()
    notes = [
        (_("城市"), speak(Words(here.city_zh, here.city_en)) if here else ""),
        *facts,
        *((_("行数：%(sheet)s") % {"sheet": s.title}, len(s.rows)) for s in sheets),
        (_("截至"), day.isoformat()),
        (_("导出时间"), f"{now():%Y-%m-%d %H:%M}"),
        (_("导出人"), f"{who.name} · {who.unit.name} · {named(who.role)}"),
    ]
    if here and here.demo:
        notes.append((_("说明"), _("演示数据，非官方统计")))
    response = HttpResponse(spreadsheet.write(sheets, notes, notes_title=_("说明")), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}-{day.isoformat()}.xlsx"'
    return response


def language() -> str:
    return page_language()


def print_facts(pairs: Iterable[tuple[str, str]]) -> str:
    return " · ".join(labelled(label, value) for label, value in pairs if value)


def no_plan(who: Acting) -> list[PageLink]:
    """The next steps where there is no plan yet, as far as the role allows them."""
    return [PageLink(_("导入规划分工文件"), reverse("plan_import"))] if who.may("plan.import") else []
