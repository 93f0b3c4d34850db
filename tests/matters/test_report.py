"""Reports: what is repeated is merged or starts the term anew only where it may; who reports stays sealed; in time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from jinzhi.apps.cases.actions import StepRefused, open_case, take
from jinzhi.apps.cases.queries import view
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.catalogue.sources_registry import EVERYTHING
from jinzhi.apps.indicators.queries import values
from jinzhi.kernel.indicator import Indicator

PLANTED = "慕容植名"


@pytest.fixture
def handler(make_person, settings, db):
    settings.JINZHI_TODAY = "2026-09-08"
    return make_person("handler", "tj-binhai", "case-handler")


@pytest.fixture
def head(make_person, db):
    return make_person("head", "tianjin", "approver")


def opened(handler, **data: object):
    said = {
        "title": "涉嫌销售假冒注册商标的商品", "channel": "counter", "named": True, "reporter": f"{PLANTED} 022-1",
        "respondent": "某商行", "act": "柜台出售标识可疑的电池", **data,
    }  # fmt: skip
    return open_case("report", "open", said, who=handler.acting, unit=handler.acting.unit)


def due(case) -> date:
    return next(c.due for c in view(case, date(2026, 9, 22)).clocks if c.clock.id == "verify")


def test_new_facts_start_the_term_anew(handler, settings):
    case = opened(handler)
    assert due(case) == date(2026, 9, 29)
    settings.JINZHI_TODAY = "2026-09-22"
    take(case, "supplemented", {"facts": "另有一处仓库", "new": True}, who=handler.acting)
    assert due(case) == date(2026, 10, 20)


def test_the_same_facts_again_do_not(handler, settings):
    case = opened(handler)
    settings.JINZHI_TODAY = "2026-09-22"
    with pytest.raises(StepRefused, match="相同的不重新起算"):
        take(case, "supplemented", {"facts": "柜台出售标识可疑的电池", "new": False}, who=handler.acting)
    assert due(case) == date(2026, 9, 29)


@pytest.mark.parametrize(
    ("same", "facts", "said"), [(False, True, "已核对为同一举报人"), (True, False, "同一被举报人、同一事实")]
)
def test_another_person_or_other_facts_are_not_merged(handler, same, facts, said):
    first, second = opened(handler), opened(handler)
    with pytest.raises(StepRefused, match=said):
        take(second, "merge", {"into": first.number, "same": same, "same_facts": facts}, who=handler.acting)
    assert second.state == "opened"


def test_a_report_checked_in_time_counts_and_a_merged_one_does_not(handler, head, settings):
    first, second, third = opened(handler), opened(handler), opened(handler)
    take(second, "merge", {"into": first.number, "same": True, "same_facts": True}, who=handler.acting)
    assert second.state == "merged"
    settings.JINZHI_TODAY = "2026-09-29"
    take(first, "file", {"decision": "立〔2026〕1号"}, who=head.acting)
    settings.JINZHI_TODAY = "2026-09-30"
    take(third, "file", {"decision": "立〔2026〕2号"}, who=head.acting)
    found = catalogue().get(Indicator, "reports-verified-in-time")
    assert values([found], EVERYTHING, date(2026, 11, 22))[found.id].number == Decimal(50)


def test_only_a_reports_officer_reads_on_the_page_who_reported(handler, make_person):
    case = opened(handler)
    colleague = make_person("colleague", "tj-binhai", "case-handler").client.get(f"/cases/{case.pk}/")
    officer = make_person("officer", "tj-binhai", "reports-officer").client.get(f"/cases/{case.pk}/")
    assert "某商行" in colleague.content.decode()
    assert PLANTED not in colleague.content.decode()
    assert PLANTED in officer.content.decode()
