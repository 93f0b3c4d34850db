"""The cockpit: sums that agree with the progress functions and with the lists they open, for three readers."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from io import BytesIO
from itertools import product

import pytest
from django.test import RequestFactory
from openpyxl import load_workbook

from jinzhi.apps.cases.actions import take
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.indicators.actions import freeze
from jinzhi.apps.indicators.queries import values
from jinzhi.apps.plan.models import Milestone, Release
from jinzhi.apps.plan.progress import compute, judge, light_rule, visible_cells
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Reach, within
from jinzhi.kernel.status import LightRule
from jinzhi.kernel.tilemap import TileMap
from jinzhi.web.plan.board import Board, read_board
from jinzhi.web.plan.cockpit.attention import attention, counted, folded
from jinzhi.web.plan.cockpit.heat import heat_cell, heat_table
from jinzhi.web.plan.cockpit.kpis import headline, kpis, shown
from jinzhi.web.plan.cockpit.lights import examples
from jinzhi.web.plan.cockpit.page import passed
from jinzhi.web.plan.cockpit.wall import LINES, fitting
from tests.web.plan.city import order, plan_city, reports_of

TODAY = date(2026, 11, 22)
SECTION = "高效益促进知识产权运用"


@pytest.fixture
def release(city) -> Release:
    return plan_city()


def board_of(person, query: str = ""):
    request = RequestFactory().get(f"/plan/?{query}")
    request.acting = person.acting
    return read_board(request)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


def get(person, url: str, status: int = 200) -> str:
    response = person.client.get(url)
    assert response.status_code == status, f"{url}: {response.status_code}"
    return response.content.decode()


def keys_of(page: str) -> list[str]:
    return re.findall(r'data-item.*?data-label="编号">\s*([^<\s]+)\s*</td>', page, re.S)


# --- before there is a plan ---------------------------------------------------------------------------------
def test_without_a_plan_the_page_says_what_to_do_next(above, district):
    assert "/plan/import/" in get(above, "/plan/")
    page = get(district, "/plan/")
    assert "/plan/import/" not in page
    assert "请规划办导入任务分工文件" in page


# --- heat table ---------------------------------------------------------------------------------------------
QUERIES = ("", "year=all", "year=2027", f"section={SECTION}", "unit=tj-binhai&below=1")
READERS = [(w, q) for w in ("above", "district") for q in QUERIES] + [("elsewhere", q) for q in QUERIES[:-1]]


@pytest.mark.parametrize(("who", "query"), READERS)
def test_every_sum_is_that_of_the_progress_functions(release, request, who, query):
    person = request.getfixturevalue(who)
    board = board_of(person, query)
    table = heat_table(board)
    year = {"year=all": None, "year=2027": 2027}.get(query, 2026)
    rule = light_rule(TODAY)
    section_of = {r.key: r.heading for r in release.rows.all()}
    seen = [
        c for c in compute(release.plan, TODAY, year)
        if within(person.acting.path, person.acting.reach, c.unit_path) and section_of[c.row_key] in table.sections
    ]  # fmt: skip
    lines = [*range(len(table.lines)), None]
    for n, section in product(lines, [*table.sections, None]):
        expected = [
            c for c in seen
            if (section is None or section_of[c.row_key] == section)
            and (table.lines[n].holds(c.unit_path) if n is not None else board.meant(c.unit_path))
        ]  # fmt: skip
        got = table.judged.get((n, section))
        assert (got is None) == (not expected), (n, section)
        if got is not None:
            assert got == judge(expected, TODAY, rule), (n, section)


@pytest.mark.parametrize("query", ["", "year=all", f"section={SECTION}", "unit=tj-binhai&below=1"])
@pytest.mark.parametrize("who", ["above", "district"])
def test_a_cell_opens_exactly_the_rows_that_make_it(release, request, who, query):
    person = request.getfixturevalue(who)
    board = board_of(person, query)
    table = heat_table(board)
    section_of = {r.key: r.heading for r in release.rows.all()}
    opened = 0
    for n, section in product([*range(len(table.lines)), None], [*table.sections, None]):
        cell = heat_cell(board, table, n, section)
        if not cell.href:
            assert (n, section) not in table.judged
            continue
        page = get(person, cell.href)
        keys = set(keys_of(page))
        line = table.lines[n] if n is not None else None
        units = [u for u in board.units.values() if (line.holds(u.path) if line else board.meant(u.path))]
        expected = {
            key for u in units if board.sees(u) for key in board.rows_of_unit(u)
            if section_of[key] in ((section,) if section else table.sections)
        }  # fmt: skip
        if line is None and board.unit is None:  # the whole list: also what nobody in reach answers for
            expected = {r for r in section_of if section_of[r] in ((section,) if section else table.sections)}
        assert keys == expected, (n, section, cell.href)
        if (n, section) in table.judged:
            head = text_of(re.search(r'id="rows">(.*?)</div>', page, re.S)[1])
            met, _bar, due = cell.value.partition("/")
            said = f"到今天应完成 {due} 个里程碑，已完成 {met} 个" if due else "还没有里程碑到期"
            assert said in head, cell.href
            assert cell.word in head, cell.href
        opened += 1
    assert opened > 3


def test_a_district_stands_with_the_offices_below_it(release, above):
    table = heat_table(board_of(above))
    binhai = next(line for line in table.lines if line.unit.code == "tj-binhai")
    assert binhai.below
    assert "tj-binhai-ip" not in {line.unit.code for line in table.lines}
    inside = heat_table(board_of(above, "unit=tj-binhai&below=1"))
    assert [(line.unit.code, line.below) for line in inside.lines] == [("tj-binhai", False), ("tj-binhai-ip", False)]


def test_a_unit_that_was_closed_keeps_its_line(release, above):
    Unit.objects.filter(code="tj-science").update(active=False)
    assert "市科技局" in text_of(get(above, "/plan/"))
    assert "市科技局" in text_of(get(above, "/plan/matrix/"))
    assert keys_of(get(above, "/plan/rows/?unit=tj-science")) == ["C2"]


def test_departments_come_before_districts(release, above):
    codes = [line.unit.code for line in heat_table(board_of(above)).lines]
    assert codes == ["tj-ip-office", "tj-science", "tj-dongli", "tj-binhai"]


def test_who_answers_for_nothing_is_blank_and_not_a_link(release, above):
    page = get(above, "/plan/")
    assert page.count("heat-none") == 4  # Science 2, Dongli 1, Binhai 1
    assert not re.search(r'<a class="heat heat-none', page)


def test_a_unit_with_a_duty_and_no_milestone_says_so(release, above):
    assert "无里程碑" in text_of(get(above, f"/plan/?section={'实施保障'}"))


def test_a_reader_of_a_unit_sees_no_other_unit(release, district, elsewhere):
    assert "东丽" not in text_of(get(district, "/plan/"))
    page = text_of(get(elsewhere, "/plan/"))
    assert "东丽区政府" in page
    assert "滨海" not in page
    assert "科技局" not in page


def test_a_unit_out_of_reach_cannot_be_asked_for(release, district, elsewhere):
    assert "不在您可见的范围内" in get(elsewhere, "/plan/?unit=tj-binhai", 404)
    get(district, "/plan/?unit=tj-binhai")


@pytest.mark.parametrize("query", ["year=1999", "year=x", "section=没有", "tab=x", "view=x", "below=2"])
def test_a_wrong_address_is_a_clear_400(release, above, query):
    assert "地址参数" in get(above, f"/plan/?{query}", 400)


def test_milestones_of_rows_that_left_the_plan_are_said_to_be_left_out(release, above):
    release.rows.get(key="9.9").delete()
    page = text_of(get(above, "/plan/"))
    assert "另有 1 组里程碑所属的任务已不在现行规划中" in page


# --- head ---------------------------------------------------------------------------------------------------
def test_the_head_counts_rows_units_and_the_share_of_the_year(release, above):
    lead = text_of(re.search(r'class="lead">(.*?)</span>', get(above, "/plan/"), re.S)[1])
    assert lead.startswith("6 项任务 · 5 个单位")
    assert lead.endswith("全年已过 89%")


def test_the_share_of_a_year_is_between_nothing_and_all(release, above):
    assert passed(2026, board_of(above)) == 89
    assert passed(2027, board_of(above)) == 0
    assert passed(None, board_of(above)) == 30  # 326 of 1,096 days


# --- headline indicators ------------------------------------------------------------------------------------
def test_each_headline_indicator_is_a_tile_that_opens_its_page(release, above, elsewhere):
    assert headline()
    for person in (above, elsewhere):
        tiles = re.search(r'<ul class="kpis">.*?</ul>', get(person, "/plan/"), re.S)[0]
        for indicator in headline():
            assert f'<a href="/indicators/{indicator.id}/">{indicator.zh}</a>' in tiles


def test_a_tile_shows_the_value_of_who_looks_and_its_frozen_past(release, above, elsewhere):
    freeze(date(2026, 6, 30))
    freeze(date(2026, 9, 30))
    for person in (above, elsewhere):
        board = board_of(person)
        now = values(headline(), person.acting, TODAY)
        for indicator, tile in zip(headline(), kpis(board), strict=True):
            number = now[indicator.id].number
            assert tile.value == shown(number, indicator)
            assert tile.trend[-1] == (None if number is None else float(number))
    on_time = next(t for i, t in zip(headline(), kpis(board_of(above)), strict=True) if i.id == "milestones-on-time")
    assert sum(v is not None for v in on_time.trend) == 3


# --- attention ----------------------------------------------------------------------------------------------
def test_what_needs_attention_is_what_the_rule_says_late_first(release, above):
    board = board_of(above)
    items = attention(board)
    rule = light_rule(TODAY)
    expected = {(board.units[c.unit_id].label, c.row_key): judge([c], TODAY, rule).light.id for c in board.cells}
    for item in items:
        assert expected[item.unit, item.number] == {"late": "late", "risk": "risk"}.get(
            item.group, expected[item.unit, item.number]
        )
    listed = {(i.unit, i.number) for i in items}
    assert {k for k, light in expected.items() if light in ("late", "risk")} <= listed
    assert [i.group for i in items] == sorted((i.group for i in items), key=["late", "risk", "soon"].index)
    assert [(i.number, i.unit) for i in items if i.group == "late"] == [("9.9", "东丽区政府"), ("C1", "滨海新区政府")]


def test_an_overdue_order_and_a_late_report_need_attention(release, above, district, elsewhere):
    reports_of(release, above.acting)
    case = order(above.acting, "tj-binhai")
    groups = counted(attention(board_of(above)))
    assert (groups["orders"], groups["reports"]) == (1, 5)
    page = text_of(get(above, "/plan/"))
    assert "超期的督办单：1 项" in page
    assert case.number in page
    assert "逾期 33 天未提交" in page
    assert counted(attention(board_of(district)))["reports"] == 2  # its own and that of its office
    assert counted(attention(board_of(elsewhere)))["orders"] == 0
    assert case.number not in get(elsewhere, "/plan/?tab=attention")


def test_the_filters_also_hold_for_orders_and_reports(release, above):
    reports_of(release, above.acting)
    order(above.acting, "tj-binhai", "C1")
    assert counted(attention(board_of(above, f"section={SECTION}")))["orders"] == 0
    assert counted(attention(board_of(above, "unit=tj-dongli")))["reports"] == 1
    assert counted(attention(board_of(above, "year=2027")))["reports"] == 0


def test_all_that_needs_attention_is_on_its_own_page(release, above):
    reports_of(release, above.acting)
    page = get(above, "/plan/?tab=attention")
    board = board_of(above)
    lines = folded(attention(board))
    assert page.count("<tr data-item") == len(lines)
    assert f"共 {len(lines)} 项" in text_of(page)


def test_a_row_stands_once_with_its_units_inside_worst_first(release, above):
    board = board_of(above)
    lines = folded(attention(board))
    numbers = [line.worst.number for line in lines]
    assert len(numbers) == len(set(numbers))
    assert {(i.number, i.unit) for line in lines for i in line.units} == {(i.number, i.unit) for i in attention(board)}
    order_of = ["late", "risk", "soon"].index
    for line in lines:
        assert [i.group for i in line.units] == sorted((i.group for i in line.units), key=order_of)
    assert [line.group for line in lines] == sorted((line.group for line in lines), key=order_of)
    several = next(line for line in lines if line.others)
    page = text_of(get(above, "/plan/?tab=attention"))
    assert f"{several.worst.unit} 等 {len(several.units)} 家" in page
    assert all(i.unit in page for i in several.others)


# --- latest reports, wall, districts ------------------------------------------------------------------------
def test_the_latest_reports_say_who_and_when(release, above, district, elsewhere):
    reports = reports_of(release, above.acting)
    assert "还没有提交的报告" in text_of(get(above, "/plan/"))
    take(reports["tj-binhai"].case, "cancel", {"reason": "重复"}, who=above.acting)
    page = text_of(get(above, "/plan/"))
    assert "滨海新区政府 2026Q3 进展报告" in page
    assert "已撤销" in page
    assert "2026Q3 进展报告" in text_of(get(district, "/plan/"))
    assert "滨海" not in text_of(get(elsewhere, "/plan/"))


def cell_of(board: Board, unit: str, section: str | None):
    table = heat_table(board)
    n = next(i for i, line in enumerate(table.lines) if line.unit.code == unit)
    return heat_cell(board, table, n, section)


def test_a_cell_says_what_is_met_of_what_fell_due_and_is_shaded_where_something_lacks(release, above):
    board = board_of(above)
    whole = cell_of(board, "tj-ip-office", None)
    assert (whole.value, whole.tone, whole.symbol) == ("1/1", "plain", "")  # one of June met, December not yet due
    lacking = cell_of(board, "tj-dongli", None)
    assert (lacking.value, lacking.tone, str(lacking.word)) == ("1/2", "late", "缺得多")
    assert cell_of(board_of(above, "year=2027"), "tj-ip-office", None).value == "未到期"


def test_a_quarter_is_the_share_from_which_a_cell_is_badly_lacking(release):
    rule = light_rule(TODAY)
    assert rule.gap(4, 4) is None
    assert rule.gap(0, 0) is None
    assert rule.gap(5, 4).tone == "risk"
    assert rule.gap(4, 3).tone == "late"


def test_the_wall_is_one_screen_with_counts_the_worst_ten_and_a_clock(release, above):
    page = get(above, "/plan/?view=wall")
    words = text_of(page)
    board = board_of(above)
    items = folded(attention(board))
    assert page.count('<li class="tone-') == min(10, len(items))
    assert items[0].worst.title in words
    assert f"{len(board.rows)} 项任务" in words
    assert "data-clock" in page
    assert 'hx-trigger="every 300s"' in page
    assert "<select" not in page
    assert 'href="/plan/"' in page or "退出大屏" in page


def test_of_many_lines_the_wall_shows_those_that_lack_most_and_says_so():
    lines = [{"name": str(n), "missing": n % 7, "cells": []} for n in range(40)]
    shown = fitting([*lines, {"name": "合计", "missing": 0, "cells": [], "total": True}])
    assert len(shown) == LINES + 1
    assert min(line["missing"] for line in shown[:-1]) >= max(line["missing"] for line in lines if line not in shown)
    assert shown[-1]["name"] == "合计"
    assert fitting(lines[:LINES]) == lines[:LINES]


def test_the_wall_shows_the_same_content_without_controls(release, above):
    plain, wall = get(above, "/plan/"), get(above, "/plan/?view=wall")
    assert 'data-view="wall"' in wall
    heat = re.compile(r"<tbody>.*?</tbody>", re.S)
    assert text_of(heat.search(plain)[0]) == text_of(heat.search(wall)[0])


def test_tiles_and_ranking_show_the_same_share_of_a_district(release, above):
    page = get(above, "/plan/?tab=districts")
    cells = visible_cells(release.plan, TODAY, 2026, above.acting)
    binhai = Unit.objects.get(code="tj-binhai")
    judged = judge([c for c in cells if c.unit_path.startswith(binhai.path)], TODAY, light_rule(TODAY))
    assert judged.due_n
    tiles = text_of(re.search(r'<ul class="tiles".*?</ul>', page, re.S)[0])
    ranking = text_of(re.search(r'id="ranking".*?</table>', page, re.S)[0])
    assert f"滨海新区 {judged.met_n}/{judged.due_n} " in tiles
    assert f"滨海新区 {judged.met_n}/{judged.due_n} 全年进度 {judged.percent}%" in ranking


def test_what_is_behind_in_a_district_is_counted_by_the_list_it_opens(release, above):
    page = get(above, "/plan/?tab=districts")
    row = re.search(r"<tr data-item>(?:(?!</tr>).)*滨海新区.*?</tr>", page, re.S)[0]
    href, n = re.findall(r'href="([^"]+)">(\d+)</a>', row)[-1]
    assert f"滞后的任务：{n} 项" in text_of(get(above, unescape(href)))


def test_a_district_sees_only_its_own_tile(release, elsewhere):
    page = get(elsewhere, "/plan/?tab=districts")
    assert page.count('class="tile') - page.count('class="tiles"') == 1
    assert "滨海" not in text_of(page)


def test_a_tile_map_names_every_district_once(city):
    [declared] = catalogue().all(TileMap)
    assert set(declared.tiles) == set(Unit.objects.filter(level="district").values_list("code", flat=True))
    assert list(declared.problems(catalogue())) == []


def test_a_tile_off_the_map_or_shared_is_a_problem(city):
    wrong = TileMap(id="x", zh="图", en="Map", tiles={"tj-binhai": (9, 0), "nowhere": (0, 0), "tj-dongli": (0, 0)})
    said = " ".join(wrong.problems(catalogue()))
    assert "off the map" in said
    assert "'nowhere', which is not declared" in said
    assert "same tile" in said


# --- export, rule -------------------------------------------------------------------------------------------
def test_the_workbook_holds_the_table_the_list_and_what_it_is(release, above):
    content = above.client.get(f"/plan/export.xlsx?section={SECTION}").content
    book = load_workbook(BytesIO(content))
    assert book.sheetnames == ["热力表", "需要关注", "任务", "说明"]
    assert [c.value for c in book["热力表"][1]] == ["责任单位", SECTION, "合计"]
    assert [r[0].value for r in book["任务"].iter_rows(min_row=2)] == ["U1", "U2"]
    notes = {r[0].value: r[1].value for r in book["说明"].iter_rows()}
    assert notes["章节"] == SECTION
    assert notes["截至"] == "2026-11-22"
    assert notes["导出人"].startswith("规划办")


def test_the_workbook_holds_only_what_the_reader_sees(release, elsewhere):
    book = load_workbook(BytesIO(elsewhere.client.get("/plan/export.xlsx").content))
    words = " ".join(str(c.value) for sheet in ("热力表", "需要关注") for row in book[sheet] for c in row if c.value)
    assert "东丽" in words
    assert "滨海" not in words


def test_the_published_rule_shows_each_light_and_since_when(release, district):
    rule = light_rule(TODAY)
    lights = {rule.judge(progress)[0].id for _text, progress in examples(rule)}
    assert lights == {"ahead", "normal", "risk", "late", "no-data"}
    page = text_of(get(district, "/plan/lights/"))
    assert "2021-01-01" in page
    for _text, progress in examples(rule):
        assert rule.judge(progress)[1] in page


def test_the_examples_lie_on_the_thresholds_of_the_rule(city):
    rule = catalogue().get(LightRule, "lights-2021")
    by_text = {text: rule.judge(progress)[0].id for text, progress in examples(rule)}
    assert by_text["应完成 10，已完成 10；有里程碑超期 30 天"] == "risk"
    assert by_text["应完成 10，已完成 10；有里程碑超期 31 天"] == "late"


# --- queries ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("url", "most"),
    [("/plan/", 22), ("/plan/?tab=attention", 16), ("/plan/?tab=districts", 16), ("/plan/lights/", 9)],
)
def test_the_number_of_queries_does_not_grow(release, above, django_assert_max_num_queries, url, most):
    reports_of(release, above.acting)
    order(above.acting, "tj-binhai")
    get(above, url)  # the snapshot of the day is made once
    with django_assert_max_num_queries(most):
        get(above, url)
    for n in range(3):
        order(above.acting, "tj-dongli", "C1", f"2026-11-1{n}")
    get(above, url)
    with django_assert_max_num_queries(most):
        get(above, url)


def test_a_second_reader_computes_nothing_again(release, above, elsewhere, django_assert_num_queries):
    get(above, "/plan/?tab=districts")
    Milestone.objects.unrestricted("to see that the snapshot is read").update(achieved=0, met_on=None)
    page = text_of(get(elsewhere, "/plan/?tab=districts"))
    assert "东丽区" in page
    assert elsewhere.acting.reach is Reach.BELOW
