"""What a step does to other cases: opened and linked in its own transaction, or nothing at all."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from jinzhi.apps.cases.actions import StepRefused, open_case, take
from jinzhi.apps.cases.models import Case, CaseLink
from jinzhi.apps.cases.queries import events_of, view
from tests.apps.test_corrections import COMPLAINT

pytestmark = pytest.mark.django_db


@pytest.fixture
def handler(make_person, settings):
    settings.JINZHI_TODAY = "2026-09-22"
    return make_person("handler", "tj-binhai", "case-handler")


@pytest.fixture
def complaint(handler) -> Case:
    who = handler.acting
    return open_case("complaint", "open", COMPLAINT, who=who, unit=who.unit, on=date(2026, 9, 16))


def test_a_lead_opens_a_report_whose_term_counts_from_the_day_it_was_found(complaint, handler):
    take(complaint, "lead", {"act": "出售假冒商品"}, who=handler.acting, on=date(2026, 9, 17))
    link = CaseLink.objects.get(case=complaint)
    report = link.other
    assert (report.procedure, report.unit, link.link, link.seq) == ("report", complaint.unit, "sibling", 2)
    (event,) = events_of(report)
    assert event.data["_because"] == f"{complaint.stream}#2"
    assert event.data["act"] == "出售假冒商品"
    # from 17 September: 18, Sunday 20 worked, 21–24, 28–30; October 8–10, 12, 13, 14
    assert view(report, date(2026, 9, 22)).next_due.due == date(2026, 10, 14)


def test_nothing_of_the_complainant_goes_into_the_report(complaint, handler):
    take(complaint, "lead", {"act": "出售假冒商品"}, who=handler.acting, on=date(2026, 9, 17))
    report = CaseLink.objects.get(case=complaint).other
    said = str([e.data for e in events_of(report)])
    assert COMPLAINT["complainant"] not in said
    assert COMPLAINT["contact"] not in said


def test_the_same_submission_opens_one_report(complaint, handler):
    for _ in range(2):
        take(complaint, "lead", {"act": "甲"}, who=handler.acting, on=date(2026, 9, 17), key="page:1:x")
    assert Case.objects.unrestricted("a test").filter(procedure="report").count() == 1


def test_what_the_other_case_cannot_be_given_refuses_the_step_whole(complaint, handler, monkeypatch):
    step = complaint_step("lead")
    monkeypatch.setitem(step.effects[0].carry, "channel", "pigeon")
    with pytest.raises(StepRefused, match="不能发起“举报处理”"):
        take(complaint, "lead", {"act": "甲"}, who=handler.acting, on=date(2026, 9, 17))
    assert [e.verb for e in events_of(complaint)] == ["open"]
    assert not CaseLink.objects.exists()
    assert not Case.objects.unrestricted("a test").filter(procedure="report").exists()


def complaint_step(id: str):
    from jinzhi.apps.catalogue.registry import catalogue
    from jinzhi.kernel.procedure import Procedure

    return catalogue().get(Procedure, "complaint").step(id)


def test_both_pages_name_the_other_and_a_stranger_sees_its_number_alone(complaint, handler, make_person):
    take(complaint, "lead", {"act": "甲"}, who=handler.acting, on=date(2026, 9, 17))
    report = CaseLink.objects.get(case=complaint).other
    page = handler.client.get(reverse("case", args=[complaint.pk])).content.decode()
    assert reverse("case", args=[report.pk]) in page
    back = handler.client.get(reverse("case", args=[report.pk])).content.decode()
    assert reverse("case", args=[complaint.pk]) in back
    # the report goes to another district: whoever reads the complaint knows its number, not what it says
    other = make_person("other", "tj-dongli", "case-handler").acting.unit
    Case.objects.unrestricted("a test").filter(pk=report.pk).update(unit=other, unit_path=other.path)
    page = handler.client.get(reverse("case", args=[complaint.pk])).content.decode()
    assert report.number in page
    assert reverse("case", args=[report.pk]) not in page
