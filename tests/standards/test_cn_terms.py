"""专利权的期限: the day from which a patent cannot stand, computed from the law."""

from __future__ import annotations

from datetime import date

import pytest

from jinzhi.standards.cn_terms import term


@pytest.mark.parametrize(
    ("kind", "filed", "years", "ends"),
    [
        ("invention", date(2005, 3, 1), 20, date(2025, 3, 1)),
        ("utility-model", date(1999, 9, 6), 10, date(2009, 9, 6)),
        ("utility-model", date(2016, 10, 1), 10, date(2026, 10, 1)),
        ("utility-model", date(2016, 2, 29), 10, date(2026, 2, 28)),
        ("design", date(2021, 5, 31), 10, date(2031, 5, 31)),
        ("design", date(2021, 6, 1), 15, date(2036, 6, 1)),
        ("design", date(2012, 7, 4), 10, date(2022, 7, 4)),
    ],
)
def test_the_term_by_kind_and_filing_date(kind: str, filed: date, years: int, ends: date) -> None:
    found = term("CN", kind, filed)
    assert found is not None and (found.years, found.ends) == (years, ends)
    assert found.why.startswith("届满（推算）") and "第四十二条" in found.why


def test_the_reason_says_what_is_still_to_be_checked() -> None:
    old, new = term("CN", "design", date(2012, 7, 4)), term("CN", "invention", date(2005, 3, 1))
    assert old is not None and new is not None
    assert "待核实" in old.why and "公告第 423 号" in old.why
    assert "待核实" in new.why and "节假日" in new.why and "423" not in new.why


@pytest.mark.parametrize(
    ("country", "kind", "filed"),
    [
        ("US", "invention", date(2005, 3, 1)),
        ("CN", "", date(2005, 3, 1)),
        ("CN", "design", None),
        ("CN", "plant", date(2005, 3, 1)),
    ],
)
def test_what_the_law_here_does_not_say_has_no_term(country: str, kind: str, filed: date | None) -> None:
    assert term(country, kind, filed) is None
