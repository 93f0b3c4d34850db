"""Rows, milestones, the matrix and a unit's part of the plan: filters, links, who sees what, who writes what."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html import unescape
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.catalogue.sources_registry import EVERYTHING, UnknownSource, records
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.evidence.store.store import attach_bytes
from jinzhi.apps.plan.models import Duty, Figure, Measure, Milestone, Release, Report, Row, RowNote
from jinzhi.apps.plan.progress import MILESTONE_STATES, milestone_status
from jinzhi.apps.plan.queries import find_measures, in_state, served, spans_of
from jinzhi.apps.units.models import Unit
from jinzhi.web.plan.board import marked
from jinzhi.web.plan.rows.list import excerpt
from tests.web.plan.city import MILESTONES, PLAN, ROWS, order, plan_city, reports_of

TODAY = date(2026, 11, 22)
SECTION = "高效益促进知识产权运用"
EVERYBODY = "every milestone of the test"


@pytest.fixture
def release(city) -> Release:
    return plan_city()


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


def get(person, url: str, status: int = 200) -> str:
    response = person.client.get(url)
    assert response.status_code == status, f"{url}: {response.status_code}"
    return response.content.decode()


def keys(page: str) -> list[str]:
    return re.findall(r'data-item.*?data-label="编号">\s*([^<\s]+)\s*</td>', page, re.S)


def milestone(code: str) -> Milestone:
    return Milestone.objects.unrestricted(EVERYBODY).get(code=code)


# --- list ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["C1", "C2", "U1", "U2", "K1", "9.9"]),
        (f"section={SECTION}", ["U1", "U2"]),
        ("unit=tj-binhai", ["C1", "U1"]),
        ("unit=tj-binhai-ip", ["U1"]),
        ("unit=tj-binhai&below=1", ["C1", "U1"]),
        ("unit=tianjin&below=1", ["C1", "C2", "U1", "U2", "K1", "9.9"]),
        ("unit=tianjin", []),
        ("light=late", ["9.9"]),
        ("light=no-data", ["U2", "K1"]),
        ("year=2027&light=no-data", ["C1", "U1", "K1", "9.9"]),
        ("q=企业", ["C1", "U2", "9.9"]),
        ("q=企业 台账", ["C1"]),
        ("q=ai", ["C1"]),
        ("q=k1", ["K1"]),
        ("q=运营体系", ["U1"]),
        ("q=不存在的词", []),
        ("bound=no", ["9.9"]),
        ("bound=yes", ["C1", "C2", "U1", "U2", "K1"]),
        ("sort=-key", ["9.9", "K1", "U2", "U1", "C2", "C1"]),
        ("sort=light&q=企业", ["9.9", "C1", "U2"]),
    ],
)
def test_each_filter_narrows_the_list(release, above, query, expected):
    assert keys(get(above, f"/plan/rows/?{query}")) == expected


def test_a_list_sorted_by_due_date_has_the_oldest_day_first(release, above):
    page = get(above, "/plan/rows/?sort=due")
    days = re.findall(r'<time datetime="([\d-]+)"', page[page.index("<tbody") :])
    assert days == sorted(days)
    assert keys(page)[0] == "9.9"


@pytest.mark.parametrize("query", ["light=red", "sort=size", "bound=maybe", "year=1066"])
def test_a_wrong_filter_is_a_clear_400(release, above, query):
    assert "不在可选范围内" in get(above, f"/plan/rows/?{query}", 400)


def test_chosen_filters_are_chips_to_take_away(release, above):
    page = get(above, f"/plan/rows/?q=企业&section={'高质量推进知识产权创造'}&light=risk")
    chips = text_of(re.search(r'<ul class="chips".*?</ul>', page, re.S)[0])
    assert "任务和措施中的词：企业" in chips
    assert "状态：有风险" in chips


def test_hits_are_marked_and_everything_else_is_escaped(release, above):
    page = get(above, "/plan/rows/?q=试点")
    assert "&lt;<mark>试点</mark>&gt;" in page
    assert "<试点>" not in page


def test_nothing_found_says_why_and_offers_the_way_out(release, above):
    page = get(above, f"/plan/rows/?q=不存在&section={SECTION}")
    assert "没有找到任务" in page
    assert "去掉检索词" in page


def test_a_row_nobody_in_reach_answers_for_is_listed_without_a_light(release, district):
    page = get(district, "/plan/rows/")
    assert keys(page) == [r[0] for r in ROWS]
    assert re.search(r"C2.*?不涉及", text_of(page))


def test_each_light_is_counted_by_the_list_it_opens(release, above):
    page = get(above, "/plan/rows/")
    links = re.findall(r'class="light-count" href="([^"]+)">(?:(?!</a>).)*</span>\s*(\d+)</a>', page, re.S)
    assert sum(int(n) for _href, n in links) == 6
    for href, n in links:
        assert len(keys(get(above, f"/plan/rows/{unescape(href)}"))) == int(n)


def test_the_workbook_holds_all_rows_of_the_filter_and_their_measures(release, above):
    book = load_workbook(BytesIO(above.client.get("/plan/rows/export.xlsx?q=企业").content))
    assert [r[0].value for r in book["任务"].iter_rows(min_row=2)] == ["C1", "U2", "9.9"]
    assert book["措施"].max_row == 1 + 2 + 1 + 1
    assert {r[0].value: r[1].value for r in book["说明"].iter_rows()}["检索词"] == "企业"


# --- words --------------------------------------------------------------------------------------------------
def test_measures_are_found_in_the_order_of_the_document(release):
    assert [(h.row.key, h.measure.position) for h in find_measures(release, "企业")] == [
        ("C1", 0), ("C1", 1), ("U2", 0), ("9.9", 0),
    ]  # fmt: skip
    assert find_measures(release, "   ") == []


@given(st.text(max_size=60), st.text(max_size=8))
def test_spans_lie_in_the_text_and_do_not_touch(text, q):
    spans = spans_of(text, q)
    if spans is None:
        return
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(spans[i][1] < spans[i + 1][0] for i in range(len(spans) - 1))


@given(st.text(min_size=1, max_size=60), st.integers(0, 59), st.integers(1, 6))
def test_a_part_of_a_text_is_found_in_it(text, start, length):
    part = text[start : start + length]
    if part.split() == [part]:
        spans = spans_of(text, part)
        assert spans
        assert any((a <= start and start + len(part) <= b) or text[a:b] for a, b in spans)


@given(st.text(max_size=40), st.text(alphabet="<>&企业a", max_size=3))
def test_marking_changes_no_character(text, q):
    spans = spans_of(text, q) or ()
    assert unescape(re.sub(r"</?mark>", "", marked(text, spans))) == unescape(str(marked(text, ())))


@given(st.text(alphabet="企业台账乙丙", min_size=100, max_size=400))
def test_an_excerpt_keeps_its_first_hit(text):
    spans = spans_of(text, "企")
    if spans:
        assert "<mark>企" in excerpt(text, spans)


# --- page of a row ------------------------------------------------------------------------------------------
def test_a_row_shows_measures_units_and_neighbours(release, above):
    page = get(above, "/plan/rows/C1/")
    words = text_of(page)
    assert "为企业建立台账。" in words
    assert "◎ 牵头" in words
    assert "△ 配合" in words
    assert 'rel="next" href="/plan/rows/C2/?year=2026"' in page
    assert 'rel="prev"' not in page
    assert 'rel="next"' not in get(above, "/plan/rows/9.9/")


def test_a_row_without_any_system_says_so(release, above):
    row = release.rows.get(key="9.9")
    assert served(catalogue(), row) == []
    assert "尚无系统" in get(above, "/plan/rows/9.9/")
    assert "没有绑定已声明的规划任务" in get(above, "/plan/rows/9.9/")


def test_a_row_names_what_serves_it(release, above):
    row = release.rows.get(key="K1")
    found = served(catalogue(), row)
    assert "supervision-order" in {d.id for d in found}
    page = get(above, "/plan/rows/K1/")
    assert '<a href="/procedures/supervision-order/">督办单</a>' in page
    for declared in found:
        assert declared.zh in page


def test_a_group_is_named_where_a_unit_answers_through_it(release, above):
    assert re.search(r"东丽区政府.*?有关区政府", text_of(get(above, "/plan/rows/U1/")))


def test_milestones_of_a_row_show_their_state(release, above):
    words = text_of(get(above, "/plan/rows/U1/"))
    assert "滨海新区政府：1 个里程碑" in words
    assert "部分完成 1" in words
    assert "已完成 1" in words


def test_a_reader_sees_the_duties_of_all_and_the_milestones_of_its_own(release, district, elsewhere):
    words = text_of(get(elsewhere, "/plan/rows/U1/"))
    assert "滨海新区政府" in words
    assert "不在可见范围" in words
    assert "滨海新区政府：" not in words
    assert "东丽区政府：2 个里程碑" in words
    assert "东丽区政府：" not in text_of(get(district, "/plan/rows/U1/"))


def test_orders_of_a_row_are_seen_by_its_unit_and_above(release, above, district, elsewhere):
    case = order(above.acting, "tj-binhai", "U1")
    assert case.number in get(above, "/plan/rows/U1/")
    assert case.number in get(district, "/plan/rows/U1/")
    assert case.number not in get(elsewhere, "/plan/rows/U1/")
    assert case.number not in get(above, "/plan/rows/C1/")


def test_who_may_issue_an_order_is_led_to_a_form_that_knows_the_row(release, above, district):
    page = get(above, "/plan/rows/C1/")
    assert "/procedures/supervision-order/open/?subject=row%3AC1&amp;subject_title=C1" in page
    assert "/procedures/plan-adjustment/open/?subject=row%3AC1" in page
    page = get(district, "/plan/rows/C1/")
    assert "/procedures/supervision-order/open/" not in page
    assert "/procedures/plan-adjustment/open/" in page


def approved(release, above, code: str = "tj-binhai") -> Report:
    """A report with a note, a figure and a file, approved (its steps are proved in tests/apps)."""
    report = reports_of(release, above.acting)[code]
    Report.objects.unrestricted("test").filter(pk=report.pk).update(state="approved", approved_on=date(2026, 10, 22))
    RowNote.objects.create(report=report, row_key="U1", progress="平台已上线", difficulty="资金不足")
    m = milestone(f"{PLAN}-U1-{code}-1")
    figure = Figure.objects.create(report=report, milestone=m, achieved=Decimal(7), note="另一家在建")
    unit = Unit.objects.get(code=code)
    file = attach_bytes(
        b"proof", name="证明.pdf", media_type="application/pdf", unit=unit, stream=f"report:{report.pk}", user=None
    )
    figure.attachments.add(file)
    return report


def test_accounts_of_approved_reports_are_shown_with_figures_and_files(release, above, elsewhere):
    report = approved(release, above)
    words = text_of(get(above, "/plan/rows/U1/"))
    assert "平台已上线" in words
    assert "7 项 · 另一家在建" in words
    assert "证明.pdf" in words
    assert "2026Q3" in words
    assert "平台已上线" not in get(elsewhere, "/plan/rows/U1/")
    Report.objects.unrestricted("test").filter(pk=report.pk).update(state="submitted")
    assert "平台已上线" not in get(above, "/plan/rows/U1/")


def test_an_unknown_row_is_a_clear_404(release, above):
    assert "没有编号为“Z9”的任务" in get(above, "/plan/rows/Z9/", 404)


def revise(release: Release) -> Release:
    """A second release: C1 with another measure, C2 gone."""
    Release.objects.filter(pk=release.pk).update(in_force=False)
    new = Release.objects.create(
        plan=PLAN,
        number=2,
        title="修订后的规划",
        starts=release.starts,
        ends=release.ends,
        in_force=True,
        stored_at=now(),
    )
    for row in release.rows.exclude(key="C2"):
        copy = Row.objects.create(
            release=new, key=row.key, bound=row.bound, position=row.position, part=row.part, section=row.section,
            number=row.number, title=row.title,
        )  # fmt: skip
        text = "修改后的措施。" if row.key == "C1" else "；".join(m.text for m in row.measures.all())
        Measure.objects.create(row=copy, position=0, text=text)
        for duty in row.duties.all():
            units = list(duty.units.all())
            duty.pk = None
            duty.row = copy
            duty.save()
            duty.units.set(units)
    return new


def test_the_releases_in_which_a_row_changed_are_named(release, above):
    revise(release)
    words = text_of(get(above, "/plan/rows/C1/"))
    assert "第 2 次发布 修改：措施" in words
    assert "第 1 次发布 首次出现" in words
    assert "第 2 次发布 未变" in text_of(get(above, "/plan/rows/K1/"))
    assert Duty.objects.filter(row__release__number=2).exists()


def test_an_older_wording_can_be_read_and_says_that_it_is_not_in_force(release, above):
    revise(release)
    old = text_of(get(above, "/plan/rows/C1/?release=1"))
    assert "不是现行规划" in old
    assert "为企业建立台账。" in old
    gone = text_of(get(above, "/plan/rows/C2/"))
    assert "这是第 1 次发布中的文字" in gone
    assert "没有第 7 次发布" in get(above, "/plan/rows/C1/?release=7", 404)


# --- milestones: list ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", [s.id for s in MILESTONE_STATES])
def test_a_state_in_the_database_is_the_state_on_the_page(release, state):
    for day in (date(2026, 3, 31), date(2026, 9, 30), TODAY, date(2027, 12, 31)):
        found = Milestone.objects.unrestricted(EVERYBODY)
        expected = {m.pk for m in found if milestone_status(m, day).id == state}
        assert set(found.filter(in_state(state, day)).values_list("pk", flat=True)) == expected


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("", 9),
        ("year=all", 11),
        ("year=2027", 2),
        ("state=met", 2),
        ("state=met-late", 1),
        ("state=partly", 2),
        ("state=not-met", 1),
        ("state=open", 3),
        ("unit=tj-binhai", 2),
        ("unit=tj-binhai&below=1", 3),
        ("row=U1", 4),
        (f"section={SECTION}&year=all", 5),
        ("since=2026-06-30&until=2026-09-30", 3),
        ("year=all&since=2027-01-01", 2),
        ("row=nothing", 0),
    ],
)
def test_each_filter_narrows_the_milestones(release, above, query, n):
    page = get(above, f"/plan/milestones/?{query}")
    assert page.count("<tr data-item") == n
    assert f"共 {n} 个里程碑" in page
    book = load_workbook(BytesIO(above.client.get(f"/plan/milestones/export.xlsx?{query}").content))
    assert book["里程碑"].max_row == n + 1


def test_the_years_of_the_fixture_are_counted_right():
    assert sum(m[2].year == 2026 for m in MILESTONES) == 9


def test_milestones_are_seen_by_their_unit_and_above(release, district, elsewhere, above):
    def count(person):
        return get(person, "/plan/milestones/?year=all").count("<tr data-item")

    assert (count(district), count(elsewhere), count(above)) == (3, 3, 11)


def test_a_day_that_is_none_is_a_clear_400(release, above):
    assert "应为日期" in get(above, "/plan/milestones/?since=gestern", 400)


# --- milestones: one, and writing ---------------------------------------------------------------------------
CODE = f"{PLAN}-U1-tj-binhai-1"
NEW = {
    "unit": "tj-binhai", "title": "新里程碑", "due": "2027-03-31", "target": "5", "measured_in": "项", "weight": "2",
    "_key": "k-1",
}  # fmt: skip


def test_a_milestone_page_is_seen_by_its_unit_and_above(release, above, district, elsewhere):
    for person in (above, district):
        assert "7 / 8 项" in get(person, f"/plan/milestones/{CODE}/")
    assert "不在您可见的范围内" in get(elsewhere, f"/plan/milestones/{CODE}/", 404)


def test_figures_of_every_period_are_on_the_milestone_page(release, above, elsewhere):
    report = approved(release, above)
    words = text_of(get(above, f"/plan/milestones/{CODE}/"))
    assert f"{report.period.code} 7 项 — 另一家在建" in words


@pytest.mark.parametrize("path", [f"milestones/{CODE}/change/", f"milestones/{CODE}/drop/", "rows/U1/milestones/new/"])
def test_only_the_plan_office_writes_milestones(release, above, district, elsewhere, path):
    assert get(above, f"/plan/{path}")
    for person in (district, elsewhere):
        assert "plan.edit" in get(person, f"/plan/{path}", 403)
        assert person.client.post(f"/plan/{path}", NEW).status_code == 403
    assert Milestone.objects.unrestricted(EVERYBODY).count() == len(MILESTONES)


def test_a_milestone_is_added_once_however_often_the_form_is_sent(release, above):
    for _again in range(2):
        response = above.client.post("/plan/rows/U1/milestones/new/", NEW)
        assert response.status_code == 302
    made = milestone(f"{PLAN}-U1-tj-binhai-2")
    assert (made.title, made.due, made.target, made.weight) == ("新里程碑", date(2027, 3, 31), Decimal(5), Decimal(2))
    assert Event.objects.filter(stream=made.stream).count() == 1
    assert "设立" in get(above, f"/plan/milestones/{made.code}/")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("due", "2031-01-01", "应在规划期"),
        ("due", "morgen", "不是日期"),
        ("target", "0", "不能小于"),
        ("weight", "-1", "不能小于"),
        ("title", "", "必填"),
        ("unit", "nowhere", "不在您可见的单位之内"),
    ],
)
def test_a_wrong_value_is_named_and_what_was_typed_stays(release, above, field, value, said):
    response = above.client.post("/plan/rows/U1/milestones/new/", {**NEW, field: value, "measured_in": "件次"})
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert 'value="件次"' in page
    assert 'value="k-1"' in page
    assert Milestone.objects.unrestricted(EVERYBODY).count() == len(MILESTONES)


CHANGE = {"title": "U1 到 2026-11", "due": "2026-12-10", "target": "8.00", "measured_in": "项", "weight": "1"}


def test_a_change_needs_a_reason_and_leaves_both_wordings(release, above):
    url = f"/plan/milestones/{CODE}/change/"
    assert above.client.post(url, {**CHANGE, "_seq": "1"}).status_code == 422
    done = above.client.post(url, {**CHANGE, "reason": "平台延期", "_seq": "1"})
    assert done.status_code == 302
    assert milestone(CODE).due == date(2026, 12, 10)
    words = text_of(get(above, f"/plan/milestones/{CODE}/"))
    assert "完成期限：2026-11-10 → 2026-12-10" in words
    assert "平台延期" in words
    event = Event.objects.get(stream=f"milestone:{CODE}", seq=2)
    assert event.data["after"] == {"due": "2026-12-10"}  # 8 and 8.00 are the same


def test_a_change_that_changes_nothing_says_so(release, above):
    same = {**CHANGE, "due": "2026-11-10", "reason": "没有", "_seq": "1"}
    response = above.client.post(f"/plan/milestones/{CODE}/change/", same)
    assert response.status_code == 422
    assert "没有改动任何内容" in response.content.decode()


def test_a_stale_form_meets_the_conflict_page(release, above):
    url = f"/plan/milestones/{CODE}/change/"
    above.client.post(url, {**CHANGE, "reason": "甲", "_seq": "1"})
    late = above.client.post(url, {**CHANGE, "due": "2026-12-31", "reason": "乙", "_seq": "1"})
    assert late.status_code == 409
    assert "2026-12-31" in late.content.decode()
    assert milestone(CODE).due == date(2026, 12, 10)
    assert above.client.post(url, {**CHANGE, "reason": "丙"}).status_code == 400


def test_a_dropped_milestone_is_asked_once_more_and_leaves_the_lists(release, above):
    url = f"/plan/milestones/{CODE}/drop/"
    assert "取消后不能恢复" in get(above, url)
    assert above.client.post(url, {"reason": "", "_seq": "1"}).status_code == 422
    assert above.client.post(url, {"reason": "并入另一任务", "_seq": "1"}).status_code == 302
    assert milestone(CODE).dropped_on == TODAY
    assert get(above, "/plan/milestones/?row=U1").count("<tr data-item") == 3
    page = get(above, f"/plan/milestones/{CODE}/")
    assert "已取消" in page
    assert f"{CODE}/change/" not in page
    assert "里程碑已取消" in get(above, f"/plan/milestones/{CODE}/change/", 404)


# --- matrix -------------------------------------------------------------------------------------------------
def test_the_matrix_shows_the_duty_by_symbol_and_word_and_the_light(release, above):
    page = get(above, "/plan/matrix/")
    assert len(re.findall(r'<a class="duty', page)) == sum(len(r[4]) for r in ROWS)
    words = text_of(page)
    assert "C1 市知识产权局： ◎ 牵头" in words
    assert "C1 滨海新区政府： △ 配合 ■ 滞后 0/1" in words
    assert 'role="region" tabindex="0"' in page


def test_the_matrix_shows_all_duties_and_only_the_lights_in_reach(release, elsewhere):
    words = text_of(get(elsewhere, "/plan/matrix/"))
    assert "C1 滨海新区政府： △ 配合" in words
    assert "C1 滨海新区政府： △ 配合 ■" not in words
    assert "9.9 东丽区政府： ★ 单独 ■ 滞后" in words


@pytest.mark.parametrize(
    ("query", "n"),
    [("kind=support", 1), ("kind=alone", 4), (f"section={SECTION}", 4), ("unit=tj-binhai", 2),
     ("unit=tj-binhai&below=1", 3), ("unit=tj-binhai&kind=led", 0)],
)  # fmt: skip
def test_each_filter_narrows_the_matrix(release, above, query, n):
    assert len(re.findall(r'<a class="duty', get(above, f"/plan/matrix/?{query}"))) == n


def heads_of(page: str) -> list[str]:
    return re.findall(r'<th scope="col"[^>]*><a href="[^"]*">([^<]*)', page)


def test_the_matrix_hides_what_is_empty_unless_asked(release, above):
    narrow = heads_of(get(above, "/plan/matrix/?kind=alone"))
    assert narrow == ["市知识产权局", "市科技局", "东丽区政府"]
    assert len(heads_of(get(above, "/plan/matrix/?kind=alone&empty=1"))) == 5


def test_the_matrix_is_turned_round_with_the_same_cells(release, above):
    upright, turned = get(above, "/plan/matrix/"), get(above, "/plan/matrix/?flip=1")
    cells = re.compile(r'<a class="duty[^>]*href="([^"]+)"')
    assert sorted(cells.findall(upright)) == sorted(cells.findall(turned))
    assert heads_of(turned) == [key for key, *_rest in ROWS]
    assert "激发高校院所创造活力" in turned


def test_the_matrix_shows_one_group_of_units(release, above):
    assert heads_of(get(above, "/plan/matrix/?level=district")) == ["东丽区政府", "滨海新区政府"]
    page = get(above, "/plan/matrix/")
    assert 'scope="colgroup"' in page
    assert 'data-full="matrix"' in page
    assert above.client.get("/plan/matrix/", {"level": "planet"}).status_code == 400


def test_the_matrix_as_a_workbook_has_a_column_for_every_unit(release, above):
    sheet = load_workbook(BytesIO(above.client.get("/plan/matrix/export.xlsx").content))["责任矩阵"]
    heads = [c.value for c in sheet[1]]
    assert heads[:3] == ["编号", "任务", "市知识产权局"]
    assert len(heads) == 2 + 5
    assert sheet.cell(2, heads.index("滨海新区政府") + 1).value == "配合 ■滞后 0/1"


# --- a unit's part ------------------------------------------------------------------------------------------
def test_a_units_page_shows_its_rows_what_is_due_and_its_reports(release, above, district):
    reports_of(release, above.acting)
    order(above.acting, "tj-binhai", "C1")
    for person in (above, district):
        words = text_of(get(person, "/units/tj-binhai/"))
        assert "C1 提升企业知识产权创造水平" in words
        assert "C1 到 2026-09" in words
        assert "2026Q3" in words
        assert "加快推进 C1" in words


def test_a_unit_elsewhere_shows_its_duties_but_nothing_of_its_work(release, above, elsewhere):
    reports_of(release, above.acting)
    order(above.acting, "tj-binhai", "C1")
    words = text_of(get(elsewhere, "/units/tj-binhai/"))
    assert "C1 提升企业知识产权创造水平" in words
    assert "不在可见范围" in words
    assert "只对本单位和上级单位可见" in words
    for hidden in ("C1 到 2026-09", "2026Q3", "加快推进"):
        assert hidden not in words


def test_a_units_page_without_a_plan_has_no_part_of_it(city, above):
    assert "承担的规划任务" not in get(above, "/units/tj-binhai/")


# --- records for indicators ---------------------------------------------------------------------------------
def test_milestones_are_records_as_they_were_on_a_day(release, above):
    found = {r.fields["code"]: r for r in records("plan:milestones", EVERYTHING, date(2026, 6, 15))}
    assert len(found) == len(MILESTONES)
    met = found[f"{PLAN}-C1-tj-ip-office-1"]
    assert (met.fields["met_on"], met.fields["state"], met.unit) == (date(2026, 6, 1), "met", "tj-ip-office")
    assert found[f"{PLAN}-U1-tj-dongli-1"].fields["met_on"] is None  # met on 30 June
    for record in found.values():
        assert above.client.get(record.url).status_code == 200


def test_reports_and_rows_are_records_of_who_sees_them(release, above, district, elsewhere):
    reports_of(release, above.acting)
    for person, reports, rows in ((above, 5, 9), (district, 2, 3), (elsewhere, 1, 2)):
        assert len(records("plan:reports", person.acting, TODAY)) == reports
        assert len(records("plan:rows", person.acting, TODAY)) == rows
    [own] = records("plan:reports", elsewhere.acting, TODAY)
    assert (own.fields["period"], own.fields["state"], own.fields["due"]) == ("2026Q3", "draft", date(2026, 10, 20))
    assert elsewhere.client.get(own.url).status_code == 200


def test_a_report_counts_as_on_the_day_asked_for(release, above):
    report = approved(release, above)
    Report.objects.unrestricted("test").filter(pk=report.pk).update(submitted_on=date(2026, 10, 15))
    for day, state in ((date(2026, 10, 14), "draft"), (date(2026, 10, 15), "submitted"), (TODAY, "approved")):
        found = {r.id: r for r in records("plan:reports", EVERYTHING, day)}
        assert found[f"report:{report.pk}"].fields["state"] == state


def test_records_make_a_fixed_number_of_queries(release, above, django_assert_max_num_queries):
    reports_of(release, above.acting)
    for name, most in (("milestones", 3), ("reports", 3), ("rows", 4)):  # one of them: the units and their successors
        with django_assert_max_num_queries(most):
            records(f"plan:{name}", EVERYTHING, TODAY)


def test_an_unknown_source_of_the_plan_is_named(city):
    with pytest.raises(UnknownSource, match="plan:nothing"):
        records("plan:nothing", EVERYTHING, TODAY)
    assert records("plan:rows", EVERYTHING, TODAY) == ()


# --- queries, addresses -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("url", "most"),
    [
        ("/plan/rows/", 14),
        ("/plan/rows/?q=企业", 15),
        ("/plan/rows/U1/", 31),
        ("/plan/milestones/", 16),
        ("/plan/matrix/", 14),
        ("/units/tj-binhai/", 28),
    ],
)
def test_the_number_of_queries_is_pinned(release, above, django_assert_max_num_queries, url, most):
    approved(release, above)
    order(above.acting, "tj-binhai", "U1")
    get(above, url)
    with django_assert_max_num_queries(most):
        get(above, url)


@pytest.mark.parametrize("url", ["/plan/rows/", "/plan/rows/C1/", "/plan/milestones/", "/plan/matrix/", "/plan/"])
def test_nobody_signed_in_is_led_to_the_sign_in_page(release, client, url):
    response = client.get(url)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("url", ["/plan/rows/", "/plan/matrix/", "/plan/milestones/"])
def test_without_a_plan_the_lists_say_what_to_do(above, url):
    assert "还没有规划" in get(above, url)


@pytest.mark.parametrize("name", ["rows", "matrix", "milestones"])
def test_without_a_plan_there_is_nothing_to_export(above, name):
    assert "还没有规划" in get(above, f"/plan/{name}/export.xlsx", 404)


def test_pages_speak_english(release, above):
    above.client.cookies["jz_language"] = "en"
    for url in (
        "/plan/",
        "/plan/rows/",
        "/plan/rows/C1/",
        "/plan/matrix/",
        "/plan/milestones/",
        f"/plan/milestones/{CODE}/",
    ):
        assert '<html lang="en"' in get(above, url)
    assert "Behind" in get(above, "/plan/rows/")


def test_a_file_of_the_test_is_what_it_says(release, above):
    """The helper above keeps real bytes: the link on the page leads to them."""
    approved(release, above)
    href = re.search(r'href="(/attachments/[^"/]+/)"', get(above, "/plan/rows/U1/"))[1]
    response = above.client.get(href)
    assert (
        ContentFile(b"".join(response.streaming_content) if response.streaming else response.content).read() == b"proof"
    )
