"""Pages of indicators: what three people see, the year and unit in the address, charts, records, exports."""

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from django.core.cache import cache
from django.urls import reverse
from openpyxl import load_workbook

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.log import log
from jinzhi.apps.indicators.actions import freeze
from jinzhi.apps.indicators.models import Snapshot
from jinzhi.apps.registers.actions import create
from jinzhi.kernel.counted import FIXED
from jinzhi.kernel.declare import Catalogue, Found
from jinzhi.kernel.expression import AtMost
from jinzhi.kernel.indicator import TODAY, Count, Indicator, Ratio
from jinzhi.web.indicators.words import SourceWords, definition

POINT = {
    "name": "甲站", "kind": "workstation", "unit": "tj-binhai", "address": "一号", "telephone": "022-1",
    "opened_on": "2024-04-26", "online": "true", "contact": "王某某",
}  # fmt: skip
BUDGET = {
    "project": "网点建设", "row": "S2", "unit": "tj-binhai", "year": "2026", "source": "district", "budget": "100",
    "spent": "40", "as_of": "2026-10-31",
}  # fmt: skip
OPEN = "/indicators/service-points-open/"


def text(response):
    return response.content.decode()


def value_on(page):
    return re.search(r'class="kpi-value"><b>([^<]*)</b>', page)[1]


@pytest.fixture
def points(district, elsewhere):
    return (
        create("service-points", POINT, who=district.acting),
        create("service-points", {**POINT, "unit": "tj-dongli", "opened_on": "2026-03-01"}, who=elsewhere.acting),
    )


@pytest.mark.parametrize("declared", catalogue().all(Indicator), ids=lambda i: i.id)
def test_every_indicator_has_its_page_picture_and_files(declared, above):
    page = text(above.client.get(reverse("indicator", args=[declared.id])))
    assert declared.zh in page and declared.why in page and declared.authored_by in page
    assert declared.zh in text(above.client.get("/indicators/"))
    svg = above.client.get(reverse("indicator-chart", args=[declared.id, "svg"]))
    assert svg.headers["Content-Type"] == "image/svg+xml" and text(svg).startswith("<svg")
    assert above.client.get(reverse("indicator-csv", args=[declared.id])).status_code == 200
    assert above.client.get(reverse("indicator-records", args=[declared.id])).status_code == 200


@pytest.mark.parametrize("declared", catalogue().all(Indicator), ids=lambda i: i.id)
def test_every_definition_is_in_words_not_in_names_of_columns(declared, db):
    said = "".join(line for _label, line in definition(declared))
    assert not re.search(r"[a-z]+_[a-z]+", said), said
    assert ("分子" in dict(definition(declared))) == isinstance(declared.measure, Ratio)


@pytest.mark.parametrize("source", FIXED)
def test_every_source_and_field_that_may_be_counted_has_a_name(source, db):
    words = SourceWords(source)
    assert words.name() != source
    assert [field for field in FIXED[source] if words.field(field) == field] == []


def test_three_people_see_the_value_of_what_they_see(points, district, above, elsewhere):
    got = [value_on(text(p.client.get(OPEN))) for p in (district, above, elsewhere)]
    assert got == ["1", "2", "1"]
    titles = [text(p.client.get(OPEN)).count("甲站") for p in (district, above, elsewhere)]
    assert titles == [1, 2, 1]


def test_a_unit_out_of_sight_is_not_there(points, district, above):
    assert value_on(text(above.client.get(OPEN + "?unit=tj-dongli"))) == "1"
    assert district.client.get(OPEN + "?unit=tj-dongli").status_code == 404
    assert district.client.get("/indicators/?unit=tj-dongli").status_code == 404
    assert above.client.get(OPEN + "?unit=nothing").status_code == 404


def test_a_year_gone_by_is_as_of_its_last_day(points, above):
    page = text(above.client.get(OPEN + "?year=2025"))
    assert value_on(page) == "1" and "2025-12-31" in page
    assert above.client.get(OPEN + "?year=1999").status_code == 404
    assert above.client.get(OPEN + "?year=abc").status_code == 400


def test_the_page_of_a_past_value_that_cannot_be_known_says_so(above):
    page = text(above.client.get("/indicators/units-with-contact/?year=2025"))
    assert "2025-12-31 的数值无法得知" in page
    said = above.client.get("/api/v1/indicators/units-with-contact?year=2025").json()
    assert (said["number"], said["record_count"]) == (None, 0)
    assert "cannot be known" in said["why_none_en"]


def test_each_record_is_linked_and_each_unit_opens_its_value(points, above):
    page = text(above.client.get(OPEN))
    for entry in points:
        assert f'href="/registers/service-points/{entry.pk}/"' in page
    assert f'href="{OPEN}?unit=tj-binhai"' in page


def test_a_ratio_shows_top_and_bottom_and_the_mean_of_amounts(district, above):
    create("budget-items", BUDGET, who=district.acting)
    create("budget-items", {**BUDGET, "project": "乙", "budget": "300", "spent": "0"}, who=district.acting)
    page = text(above.client.get("/indicators/budget-spent/"))
    assert value_on(page) == "10.0"
    assert "分子" in page and "分母" in page
    by = text(above.client.get("/indicators/budget-spent/?by=source"))
    assert "区级财政" in by
    assert above.client.get("/indicators/budget-spent/?by=note").status_code == 400


def test_the_target_lies_within_the_picture(above):
    assert "目标 100" in text(above.client.get("/indicators/units-with-contact/chart.svg"))
    option = above.client.get("/indicators/units-with-contact/chart.json").json()
    assert option["yAxis"]["max"] == 100


def test_no_value_says_why_and_has_no_light(above):
    page = text(above.client.get("/indicators/orders-in-time/"))
    assert value_on(page) == "—" and "分母为零" in page and "无数据" in page


def test_the_list_narrows_by_row_and_light(points, above):
    page = text(above.client.get("/indicators/?row=K4"))
    assert "知识产权资金执行率" in page and "公共服务网点数" not in page
    assert "没有符合条件的指标" in text(above.client.get("/indicators/?light=ahead&row=K4"))
    assert above.client.get("/indicators/?row=Z9").status_code == 400


def test_frozen_and_computed_values_are_told_apart(points, above):
    freeze(date(2026, 9, 30))
    csv = text(above.client.get("/indicators/service-points-open/series.csv"))
    assert "2026-09-30,2,当日冻结" in csv
    assert "2026-06-30,2,按现有记录计算" in csv
    contacts = text(above.client.get("/indicators/units-with-contact/series.csv"))
    assert "2026-06-30,,当日没有冻结，不能推算" in contacts


def test_the_workbook_holds_the_records_the_parts_and_the_meaning(points, above):
    book = load_workbook(io.BytesIO(above.client.get(OPEN + "records.xlsx").content))
    assert book.sheetnames == ["背后的记录", "按单位", "说明"]
    assert book["背后的记录"].max_row == 3
    assert [row[1].value for row in book["按单位"].iter_rows(min_row=2)] == [1, 1]
    said = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert "公共服务网点" in said["算法"] and said["数值"] == "2 个"
    assert "王某某" not in str([[c.value for c in r] for r in book["背后的记录"].iter_rows()])


def test_the_list_as_excel_holds_numbers(points, above):
    book = load_workbook(io.BytesIO(above.client.get("/indicators/export.xlsx?row=S2").content))
    rows = {r[0].value: r[1].value for r in book.worksheets[0].iter_rows(min_row=2)}
    assert rows == {"公共服务网点数": 2, "当年新增公共服务网点": 1}


def test_the_english_page_speaks_english_where_the_declaration_does(points, above):
    page = text(above.client.get(OPEN, headers={"Accept-Language": "en"}))
    assert "Service points open" in page


def test_nobody_without_a_role_sees_a_value(client, city):
    assert client.get(OPEN).status_code == 302


def test_the_list_costs_a_fixed_number_of_queries(points, above, district, django_assert_max_num_queries):
    for n in range(30):
        create("service-points", {**POINT, "name": f"站 {n}"}, who=district.acting)
    # whatever is kept: each procedure that an indicator counts costs two
    with django_assert_max_num_queries(44) as first:
        above.client.get("/indicators/")
    with django_assert_max_num_queries(14) as second:
        above.client.get("/indicators/")
    assert len(second) < len(first), "the first look computes, the second takes what was kept"


def test_a_page_costs_the_same_whatever_the_number_of_records(points, above, district, django_assert_max_num_queries):
    for n in range(60):
        create("service-points", {**POINT, "name": f"站 {n}"}, who=district.acting)
    with django_assert_max_num_queries(22):
        page = text(above.client.get(OPEN))
    assert "第 1–50 条，共 62 条" in page


def test_a_frozen_value_is_held_against_the_log(points, above):
    freeze(date(2026, 9, 30))
    log.checkpoint()
    assert "已核验" in text(above.client.get("/indicators/service-points-open/"))
    kept = Snapshot.objects.unrestricted("somebody with the password of the database")
    kept.filter(indicator="service-points-open").update(number="3")
    cache.clear()
    page = text(above.client.get("/indicators/service-points-open/"))
    assert "核验不符" in page
    assert "冻结的值与日志所记不符" in page


def test_a_page_says_of_how_many_records_it_is_not_known_whether_they_count(above, monkeypatch):
    policy = {"title": "某办法", "level": "policy", "issued_by": "tj-ip-office", "issued_on": "2026-01-05"}
    create("policy-documents", {**policy, "in_force_from": "2026-02-01"}, who=above.acting)
    declared = catalogue()
    expired = replace(
        declared.get(Indicator, "policies-in-force"),
        measure=Count("register:policy-documents", AtMost("expires_on", TODAY)),
    )
    kinds = {**declared.found["indicator"], expired.id: Found(expired, "test", "expired")}
    changed = Catalogue({**declared.found, "indicator": kinds})
    monkeypatch.setattr("jinzhi.web.indicators.asked.catalogue", lambda: changed)
    page = text(above.client.get("/indicators/policies-in-force/"))
    assert value_on(page) == "0"
    assert "另有 1 条数据不足" in page
