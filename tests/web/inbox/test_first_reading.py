"""An order that nobody of its unit opens: after one working day it is the approver's, and the issuer sees it."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from jinzhi.apps.cases.actions import open_case, take
from jinzhi.apps.cases.models import Case
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.period import Calendar, workdays
from jinzhi.kernel.reading import FirstReading
from tests.apps.plan_fixtures import small_plan

INBOX, LIST = "/inbox/", "/plan/orders/"


@pytest.fixture
def chief(city, make_person):
    """The approver of Binhai."""
    return make_person("chief", "tj-binhai", "approver")


@pytest.fixture
def issued(city, above, settings):
    """Issued on Thursday 19 November; Friday is the working day within which it is to be opened."""
    small_plan()
    settings.JINZHI_TODAY = "2026-11-19"
    raw = {"title": "加快推进", "demand": "说明原因", "grounds": "超期", "due": "2026-12-20"}
    return open_case("supervision-order", "issue", raw, who=above.acting, unit=Unit.objects.get(code="tj-binhai"))


def said(person) -> list[str]:
    """What the inbox says in the column 未读 of each thing."""
    rows = person.client.get(INBOX).context["table"].rows
    return [r.cells[1].tag.zh if r.cells[1] else "" for r in rows if hasattr(r, "cells")]


def unread(person) -> list[str]:
    """The orders marked ◆未读 in the list; the filter finds the same."""
    rows = person.client.get(LIST).context["table"].rows
    marked = [r.cells[1].value for r in rows if r.cells[3].sub == "◆未读"]
    filtered = person.client.get(LIST, {"state": "unread"}).context["table"].rows
    assert [r.cells[1].value for r in filtered] == marked
    return marked


def number(person) -> int:
    return person.client.get(INBOX).context["inbox"]()["n"]


@pytest.mark.parametrize(
    ("day", "late"),
    [("2026-11-19", False), ("2026-11-20", False), ("2026-11-21", True), ("2026-11-23", True)],
)
def test_after_one_working_day_the_approver_has_it_and_the_issuer_sees_it(issued, above, chief, settings, day, late):
    settings.JINZHI_TODAY = day
    assert said(chief) == (["单位未读"] if late else ["新"])
    assert unread(above) == (["加快推进"] if late else [])


def test_days_off_do_not_count(city):
    rule = FirstReading(since=date(2021, 1, 1), length=workdays(1), to="approver")
    days = Calendar.of(())
    friday = date(2026, 11, 20)
    assert not rule.overdue(friday, date(2026, 11, 23), days)
    assert rule.overdue(friday, date(2026, 11, 24), days)
    assert rule.opened_by(date(2026, 11, 23), days) == date(2026, 11, 19)
    assert rule.opened_by(date(2026, 11, 24), days) == date(2026, 11, 22)
    assert not rule.overdue(date(2020, 12, 1), date(2026, 11, 24), days)


@pytest.mark.parametrize("reader", ["district", "chief"])
@pytest.mark.parametrize("way", ["/cases/{pk}/", "/plan/orders/{pk}/order.docx", "/plan/orders/orders.docx"])
def test_whoever_of_the_unit_opens_it_ends_that(issued, above, request, chief, settings, reader, way):
    settings.JINZHI_TODAY = "2026-11-23"
    request.getfixturevalue(reader).client.get(way.format(pk=issued.pk))
    assert unread(above) == []
    assert "单位未读" not in said(chief)


def test_neither_another_unit_nor_the_issuer_opens_it_for_the_unit(issued, above, chief, elsewhere, settings):
    settings.JINZHI_TODAY = "2026-11-23"
    for person in (above, elsewhere):
        person.client.get(f"/cases/{issued.pk}/")
    assert unread(above) == ["加快推进"]
    assert said(chief) == ["单位未读"]


def test_to_say_that_all_is_read_is_not_to_open_it(issued, above, chief, district, settings):
    for person in (district, chief):
        person.client.post("/inbox/seen/")
    assert number(chief) == 0
    settings.JINZHI_TODAY = "2026-11-23"
    assert unread(above) == ["加快推进"]
    assert (number(chief), number(district)) == (1, 0)
    chief.client.post("/inbox/seen/")
    assert number(chief) == 1
    panel = chief.client.get("/plan/").context["today_panel"]
    assert [t.lifted for t in panel.things] == [True]


def test_what_the_unit_acted_on_was_read(issued, above, chief, district, settings):
    take(Case.objects.unrestricted("test").get(pk=issued.pk), "sign", {}, who=district.acting)
    settings.JINZHI_TODAY = "2026-11-23"
    assert unread(above) == []
    assert "单位未读" not in said(chief)


def test_only_the_approver_of_the_unit_itself_gets_it(issued, district, make_person, settings):
    settings.JINZHI_TODAY = "2026-11-23"
    other = make_person("other", "tj-dongli", "approver")
    assert said(other) == []
    assert said(district) == ["新"]


def test_the_sheet_of_orders_says_it_too(issued, above, settings):
    settings.JINZHI_TODAY = "2026-11-23"
    sheet = load_workbook(BytesIO(above.client.get(f"{LIST}export.xlsx").content)).worksheets[0]
    heads = [c.value for c in sheet[1]]
    assert sheet.cell(row=2, column=heads.index("单位未读") + 1).value == "是"
