"""On paper: page counts of A4, the facts in the head, no controls, tables that repeat their heads."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from tests.journeys.site import Site

A4 = (595, 842)
REPORT = """
    SELECT r.id FROM plan_report r JOIN units_unit u ON u.id = r.unit_id
    WHERE u.code = 'tj-binhai' AND r.state = 'approved' ORDER BY r.id DESC LIMIT 1
"""


def printed(page, link: str, tmp_path: Path) -> pypdfium2.PdfDocument:
    """The page as Chromium prints it, by the page's own @page rules."""
    page.goto(link)
    file = tmp_path / "print.pdf"
    page.pdf(path=file, prefer_css_page_size=True, print_background=True)
    return pypdfium2.PdfDocument(file)


def size(pdf: pypdfium2.PdfDocument) -> tuple[int, int]:
    width, height = pdf[0].get_size()
    return round(width), round(height)


def words(pdf: pypdfium2.PdfDocument, n: int = 0) -> str:
    return pdf[n].get_textpage().get_text_bounded()


@pytest.fixture
def page(window):
    return window("demo-office")


def test_the_cockpit_fits_three_pages(page, tmp_path):
    pdf = printed(page, "/plan/", tmp_path)
    assert len(pdf) <= 3
    first = words(pdf)
    assert "规划推进情况" in first
    assert "2026-11-22" in first, "the head says the day"
    assert "筛选" not in first, "controls are not printed"
    assert words(pdf, len(pdf) - 1).strip(), "no empty last page"


def test_a_row_fits_four_pages(page, tmp_path):
    pdf = printed(page, "/plan/rows/C1/", tmp_path)
    assert len(pdf) <= 4
    assert size(pdf) == A4


def test_a_report_of_a_district_fits_three_pages(page, site: Site, tmp_path):
    pdf = printed(page, f"/plan/reports/{site.one(REPORT)}/", tmp_path)
    assert len(pdf) <= 3
    assert "滨海新区" in words(pdf)
    assert size(pdf) == A4


def test_a_case_fits_two_pages(page, site: Site, tmp_path):
    pk = site.one("SELECT id FROM cases_case WHERE procedure = 'supervision-order' AND state = 'closed' LIMIT 1")
    pdf = printed(page, f"/cases/{pk}/", tmp_path)
    assert len(pdf) <= 2
    assert size(pdf) == A4


def test_the_list_of_orders_fits_two_pages(page, tmp_path):
    pdf = printed(page, "/plan/orders/", tmp_path)
    assert len(pdf) <= 2


def test_the_matrix_is_printed_across(page, tmp_path):
    pdf = printed(page, "/plan/matrix/", tmp_path)
    width, height = size(pdf)
    assert width > height
    assert len(pdf) <= 2
    assert words(pdf, len(pdf) - 1).strip()


def test_the_filters_stand_in_the_head(page, tmp_path):
    pdf = printed(page, "/plan/?unit=tj-binhai", tmp_path)
    assert "滨海新区" in words(pdf)
