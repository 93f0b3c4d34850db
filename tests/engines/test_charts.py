"""Charts: drawn the same every time, read back as the table that a reader without pictures gets."""

from __future__ import annotations

import csv
import io
import json
import threading
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhi.engines import charts

YEARS = ["2023年", "2024年", "2025年"]
LINE = charts.line({"有效发明": [59000, 66000, 74000], "高价值": [23400, 26800, None]}, YEARS, unit="件", name="年份")


def chart(option=LINE, **changes) -> charts.Chart:
    values = {
        "id": "patents", "title": "有效发明专利拥有量", "option": option, "unit": "件", "as_of": date(2025, 12, 31),
        "source": "演示数据", "conclusion": "三年增长四分之一",
    }  # fmt: skip
    return charts.Chart(**{**values, **changes})


@pytest.mark.parametrize(
    "option",
    [
        LINE,
        charts.bar({"完成": [3, 4, 5]}, YEARS, unit="项", labels=True),
        charts.bar({"超前": [1, 2, 3], "滞后": [2, 1, 0]}, YEARS, stacked=True, horizontal=True),
        charts.heat(["保护", "运用"], ["市知识产权局", "天津海关"], [[72, None], [97, 30]], unit="%"),
        charts.sparkline([1, None, 3]),
    ],
)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_helper_draws_well_formed_svg_of_the_size_asked_for(option, theme):
    root = ElementTree.fromstring(charts.svg(option, 500, 260, theme=theme))
    assert root.tag.endswith("svg")
    assert (root.get("width"), root.get("height")) == ("500", "260")


def test_the_words_of_a_chart_are_text_in_the_picture():
    picture = charts.svg(LINE, 640, 320)
    assert ">2024年<" in picture
    assert ">有效发明<" in picture


def test_the_same_option_gives_the_same_bytes_in_a_used_engine():
    first = charts.svg(LINE, 640, 320)
    charts.svg(charts.bar({"a": [1]}, ["x"]), 300, 200)
    charts._draw.cache_clear()
    assert charts.svg(LINE, 640, 320) == first


def test_dark_is_another_picture():
    assert charts.svg(LINE, 640, 320, theme="dark") != charts.svg(LINE, 640, 320)


def test_a_chart_does_not_move_and_has_patterns_for_grey_print():
    option = charts.complete(LINE)
    assert option["animation"] is False
    assert option["aria"]["decal"]["show"] is True
    assert "Noto Sans CJK SC" in option["textStyle"]["fontFamily"]
    assert "<animate" not in charts.svg(LINE, 640, 320)


def test_threads_take_turns_and_all_get_the_right_picture():
    wanted = {n: charts.svg(charts.bar({"a": [n]}, [f"第{n}项"]), 300, 200) for n in range(6)}
    charts._draw.cache_clear()
    got: dict[int, str] = {}

    def draw(n: int) -> None:
        got[n] = charts.svg(charts.bar({"a": [n]}, [f"第{n}项"]), 300, 200)

    threads = [threading.Thread(target=draw, args=(n,)) for n in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == wanted


def test_without_the_bundle_the_error_says_how_to_build_it(monkeypatch, tmp_path):
    monkeypatch.setattr(charts, "BUNDLE", tmp_path / "echarts-ssr.js")
    monkeypatch.setattr(charts, "_engine", charts._Engine())
    charts._draw.cache_clear()
    with pytest.raises(charts.ChartError, match="npm run build"):
        charts.svg(LINE, 640, 320)


@pytest.mark.parametrize(("width", "height"), [(0, 100), (100, 5000)])
def test_an_absurd_size_is_refused(width, height):
    with pytest.raises(charts.ChartError, match="pixels"):
        charts.svg(LINE, width, height)


def test_what_is_not_json_is_refused():
    with pytest.raises(charts.ChartError, match="plain JSON"):
        charts.svg({"series": [{"data": [float("nan")]}]}, 300, 200)


def test_the_table_of_a_line_chart_keeps_the_gap():
    assert chart().table() == (
        ["年份", "有效发明", "高价值"],
        [["2023年", 59000, 23400], ["2024年", 66000, 26800], ["2025年", 74000, None]],
    )


def test_the_table_of_a_heat_map_has_its_rows_and_empty_cells():
    option = charts.heat(["保护", "运用"], ["市知识产权局", "天津海关"], [[72, None], [97, 30]], name="单位")
    assert charts.table(option) == (["单位", "保护", "运用"], [["市知识产权局", 72, None], ["天津海关", 97, 30]])


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.text(min_size=1, max_size=6), st.lists(st.one_of(st.none(), st.integers(-9, 9)), min_size=3, max_size=3),
        min_size=1, max_size=4,
    ),
    st.booleans(),
)  # fmt: skip
def test_the_table_gives_back_every_figure_that_went_in(series, horizontal):
    head, rows = charts.table(charts.bar(series, YEARS, horizontal=horizontal))
    assert head[1:] == list(series)
    assert [row[0] for row in rows] == YEARS
    assert {name: [row[i] for row in rows] for i, name in enumerate(head) if i} == series


def test_a_chart_whose_table_is_unknown_says_so():
    with pytest.raises(charts.ChartError, match="sankey"):
        charts.table({"series": [{"type": "sankey", "data": []}]})


def test_a_series_of_the_wrong_length_is_refused():
    with pytest.raises(charts.ChartError, match="2 values for 3"):
        charts.line({"a": [1, 2]}, YEARS)


def test_a_year_that_is_not_complete_is_shaded_even_when_it_is_the_last():
    shaded = charts.svg(charts.line({"a": [1, 2, 3]}, YEARS, incomplete_from="2025年"), 640, 320)
    assert "rgb(132,148,165)" in shaded
    with pytest.raises(charts.ChartError, match="2031年"):
        charts.line({"a": [1, 2, 3]}, YEARS, incomplete_from="2031年")


def test_the_csv_says_unit_day_and_source_and_opens_in_office_programs():
    text = chart().csv()
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert rows[0] == ["年份", "有效发明", "高价值"]
    assert rows[3] == ["2025年", "74000", ""]
    assert ["单位", "件"] in rows
    assert ["截至", "2025-12-31"] in rows
    assert ["来源", "演示数据"] in rows


def test_a_name_that_looks_like_a_formula_stays_a_name():
    text = chart(charts.bar({"=1+1": [-2]}, ["@x"])).csv()
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert rows[0][1] == "'=1+1"
    assert rows[1] == ["'@x", "-2"]


def test_the_browser_gets_the_option_that_the_server_draws():
    content_type, body = chart().file("json")
    assert content_type == "application/json"
    assert json.loads(body) == charts.complete(LINE)
    assert chart().file("svg")[0] == "image/svg+xml"
    with pytest.raises(charts.ChartError, match="gif"):
        chart().file("gif")
