"""The thresholds of the 2025 interpretation on worked figures, and what a transfer needs."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from jinzhi.apps.cases.actions import StepRefused, open_case, take
from jinzhi.apps.catalogue.registry import calendar, catalogue
from jinzhi.kernel.expression import went_through
from jinzhi.kernel.procedure import Event, Procedure, fold

FIGURES = {
    "title": "案", "suspects": "某甲", "team_of_two": True, "team": "甲、乙", "repeat": "no", "several": "no",
}  # fmt: skip


def answers(kind: str, **figures: object) -> dict[str, str]:
    """What both checklists come to on the figures of a case; what is not given is blank."""
    procedure = catalogue().get(Procedure, "crime-transfer")
    data = {**FIGURES, "kind": kind, **figures}
    view = fold(procedure, [Event(1, "open", date(2026, 9, 24), data)], calendar(), date(2026, 9, 24))
    lists = procedure.step("open").shows
    return {one.id: str(went_through(one, view.record)[0].answer) for one in lists}


#: every measure that is not the point of a case, counted and found to be nothing
NONE = dict.fromkeys(
    ("gain", "gain_services", "turnover", "unsold", "loss", "pieces", "unsold_pieces", "copies", "works", "downloads",
     "clicks", "members"), "0",
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "figures", "crime"),
    [
        ("mark-goods", {"gain": "30000"}, "yes"),
        ("mark-goods", {"gain": "29999.99", "turnover": "49999.99"}, "no"),
        ("mark-goods", {"gain": "20000", "several": "yes"}, "yes"),
        ("mark-goods", {"turnover": "30000", "repeat": "yes"}, "yes"),
        # 18,000 on goods and 13,000 on services: 31,000 against the 50,000 for services
        ("mark-services", {"gain": "18000", "gain_services": "13000"}, "no"),
        ("mark-services", {"gain": "18000", "gain_services": "32000"}, "yes"),
        ("mark-services", {"gain": "18000", "gain_services": "13000", "repeat": "yes"}, "yes"),
        # sold and unsold together: three times the figure of sales, not of gain
        ("mark-sale", {"turnover": "30000", "unsold": "125000"}, "yes"),
        ("mark-sale", {"turnover": "20000", "unsold": "129999"}, "no"),
        ("mark-sale", {"turnover": "20000", "unsold": "129999", "repeat": "yes"}, "yes"),
        ("mark-sale", {"unsold": "90000", "several": "yes"}, "no"),
        ("labels", {"pieces": "52000"}, "yes"),
        ("labels", {"pieces": "9999"}, "no"),
        ("labels", {"pieces": "5000", "several": "yes"}, "yes"),
        ("labels", {"unsold_pieces": "30000"}, "yes"),
        ("patent", {"turnover": "200000"}, "yes"),
        ("patent", {"turnover": "199999"}, "no"),
        ("patent", {"gain": "50000", "several": "yes"}, "yes"),
        ("patent", {"loss": "300000"}, "yes"),
        # two measures, each at half of its figure
        ("copyright", {"works": "260", "clicks": "52000"}, "yes"),
        ("copyright", {"works": "240", "clicks": "90000"}, "no"),
        ("copyright", {"copies": "500"}, "yes"),
        ("copies-sale", {"copies": "1000"}, "yes"),
        ("copies-sale", {"turnover": "50000", "repeat": "yes"}, "yes"),
        ("copies-sale", {"unsold": "299999"}, "no"),
        ("copies-sale", {"unsold": "300000"}, "yes"),
        ("secret", {"loss": "300000"}, "yes"),
        ("secret", {"loss": "100000", "repeat": "yes"}, "yes"),
        ("secret", {"loss": "100000"}, "no"),
    ],
)
def test_the_threshold_on_worked_figures(kind, figures, crime):
    assert answers(kind, **{**NONE, **figures})["crime"] == crime


def test_a_figure_that_nobody_has_found_leaves_the_answer_open():
    known = {**NONE, "works": "240", "clicks": "90000"}
    assert answers("copyright", **known)["crime"] == "no"
    assert answers("copyright", **{**known, "downloads": ""})["crime"] == "unknown"
    assert answers("mark-goods", gain="30000")["crime"] == "yes", "one measure reached needs no other"
    assert answers("mark-goods", gain="100")["crime"] == "unknown", "the turnover was not looked at"
    assert answers("mark-goods", **{**NONE, "gain": "25000", "repeat": "unknown"})["crime"] == "unknown"


@pytest.mark.parametrize(
    ("kind", "figures", "grave"),
    [
        ("labels", {"pieces": "50000"}, "yes"),
        ("labels", {"pieces": "49999"}, "no"),
        ("mark-goods", {"turnover": "500000"}, "yes"),
        ("mark-goods", {"turnover": "499999", "gain": "299999"}, "no"),
        ("copyright", {"copies": "5000"}, "yes"),
        ("secret", {"loss": "3000000"}, "yes"),
        # no heavier band
        ("patent", {"turnover": "100000000"}, "no"),
        ("copies-sale", {"turnover": "100000000"}, "no"),
    ],
)
def test_the_heavier_band_is_five_times_for_labels_ten_for_others_and_none_for_two_kinds(kind, figures, grave):
    assert answers(kind, **{**NONE, **figures})["grave"] == grave


@pytest.fixture
def officers(make_person, settings, db):
    settings.JINZHI_TODAY = "2026-09-24"
    return make_person("handler", "tj-binhai", "case-handler"), make_person("head", "tianjin", "leader")


def opened(handler, **figures: object):
    data = {**FIGURES, "kind": "mark-goods", "_at": "00:10", **figures}
    data.pop("_at")
    return open_case("crime-transfer", "open", data, who=handler.acting, unit=handler.acting.unit)


def test_a_team_of_one_is_refused(officers):
    with pytest.raises(StepRefused, match="专案组不少于二人"):
        opened(officers[0], team_of_two=False)


def test_suspicion_is_enough_below_the_threshold(officers):
    handler, head = officers
    case = opened(handler, **NONE, suspicion="账册被毁，现场查获标识三箱，须由公安机关查证销售额")
    take(case, "approve", {"decided_by": "某局长", "_at": "00:20"}, who=head.acting)
    assert case.state == "approved"


def test_below_the_threshold_and_without_suspicion_it_is_not_approved(officers):
    handler, head = officers
    case = opened(handler, **NONE)
    with pytest.raises(StepRefused, match="达到追诉标准"):
        take(case, "approve", {"decided_by": "某局长", "_at": "00:20"}, who=head.acting)


def test_the_hand_over_wants_a_minute_and_the_papers(officers):
    handler, head = officers
    case = opened(handler, gain="30000")
    take(case, "approve", {"decided_by": "某局长", "_at": "00:20"}, who=head.acting)
    said = {"police": "某分局", "received_on": "2026-09-24", "receipt": "1", "p1": True, "p2": True, "p3": False}
    with pytest.raises(StepRefused, match="办理时刻"):
        take(case, "hand-over", said, who=handler.acting)
    with pytest.raises(StepRefused, match="涉案物品清单"):
        take(case, "hand-over", said | {"_at": "00:30"}, who=handler.acting)
    take(case, "hand-over", said | {"_at": "00:30", "p3": True}, who=handler.acting)
    assert case.state == "handed-over"


def test_the_page_shows_each_line_with_its_answer_and_article(officers):
    handler, _head = officers
    case = opened(handler, gain="30000")
    page = handler.client.get(reverse("case", args=[case.pk])).content.decode()
    assert 'id="checklist-crime"' in page
    assert "是否达到刑事立案追诉标准" in page
    assert "情节特别严重" in page
