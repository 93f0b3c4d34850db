"""A number that is cumulated within the year is no line that falls to nothing each January."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.kernel.indicator import Indicator
from jinzhi.web.plan.cockpit.kpis import trend_of
from jinzhi.web.ui.figures import sparkline

DAYS = (date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30))
NUMBERS = (Decimal(7), Decimal(9), Decimal(0), Decimal(3))
YEARLY = [i.id for i in catalogue().all(Indicator) if i.within_year]


def test_what_is_counted_by_its_date_begins_again_each_year_and_what_stands_does_not():
    assert {"service-points-opened", "typical-cases-published"} <= set(YEARLY)
    assert not {"service-points-open", "evidence-kept", "budget-spent"} & set(YEARLY)


def test_the_line_of_a_tile_has_a_gap_after_december_and_keeps_a_nought():
    assert trend_of(DAYS, NUMBERS, within_year=True) == [7, 9, None, 0, 3]
    assert trend_of(DAYS, (Decimal(7), None, Decimal(0), Decimal(3)), within_year=False) == [7, None, 0, 3]
    assert sparkline(trend_of(DAYS, NUMBERS, within_year=True)).count("<polyline") == 2
    assert sparkline(trend_of(DAYS, NUMBERS, within_year=False)).count("<polyline") == 1


@pytest.mark.parametrize("id", YEARLY)
def test_no_line_of_the_chart_crosses_a_new_year(city, above, id):
    option = above.client.get(f"/indicators/{id}/chart.json").json()
    days = option["xAxis"]["data"]
    assert len({d[:4] for d in days}) > 1
    assert len(option["series"]) == len({d[:4] for d in days})
    for line in option["series"]:
        drawn = {day[:4] for day, n in zip(days, line["data"], strict=True) if n is not None}
        assert len(drawn) <= 1
    page = above.client.get(f"/indicators/{id}/").content.decode()
    assert "年内累计" in page
    assert "年内累计" in above.client.get(f"/indicators/{id}/series.csv").content.decode()


def test_a_number_that_stands_keeps_one_line(city, above):
    option = above.client.get("/indicators/service-points-open/chart.json").json()
    assert len(option["series"]) == 1
    assert "年内累计" not in above.client.get("/indicators/service-points-open/").content.decode()
