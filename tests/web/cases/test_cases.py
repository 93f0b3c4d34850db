"""The desk and the page of a case: who sees what, what may be done and why not, and that nothing typed is lost."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from jinzhi.apps.cases.actions import open_case, take
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.evidence.models import Attachment, Event
from jinzhi.apps.units.models import Unit

ORDER = {"title": "加快推进", "demand": "限期完成", "due": "2026-11-20"}
COMPLAINT = {
    "title": "购机纠纷",
    "channel": "platform",
    "complainant": "张三丰",
    "contact": "13800001111",
    "respondent": "某商行",
    "facts": "要求退货",
}


def issue(above, unit: Unit, due: str = "2026-11-20", **more) -> Case:
    return open_case(
        "supervision-order", "issue", {**ORDER, "due": due, **more}, who=above.acting, unit=unit, on=date(2026, 11, 2)
    )


@pytest.fixture
def order(above, district) -> Case:
    return issue(above, district.acting.unit)


@pytest.fixture
def handler(make_person):
    return make_person("handler", "tj-binhai", "case-handler", "承办人")


@pytest.fixture
def complaint(handler) -> Case:
    return open_case("complaint", "open", COMPLAINT, who=handler.acting, unit=handler.acting.unit)


def text(response) -> str:
    return response.content.decode()


def hidden(response, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', text(response))[1]


# ── the desk ─────────────────────────────────────────────────────────────────────────────────────────────


def test_three_people_see_their_own_cases(order, district, above, elsewhere):
    for person, sees in ((district, True), (above, True), (elsewhere, False)):
        page = person.client.get(reverse("cases"))
        assert page.status_code == 200
        assert (order.number in text(page)) is sees


def test_another_unit_does_not_find_the_case(order, elsewhere):
    for name, args in (("case", [order.pk]), ("case-svg", [order.pk]), ("case-correct", [order.pk, 1])):
        assert elsewhere.client.get(reverse(name, args=args)).status_code in (403, 404)
    assert elsewhere.client.post(reverse("case-step", args=[order.pk, "sign"])).status_code == 404


def test_cases_are_grouped_by_urgency(above, district):
    for due in ("2026-11-20", "2026-11-24", "2026-11-30", "2027-03-01"):
        case = issue(above, district.acting.unit, due)
        take(case, "sign", {}, who=district.acting, on=date(2026, 11, 3))
    page = text(district.client.get(reverse("cases")))
    where = [page.index(word) for word in ("已超期</span>", "3日内到期</span>", "10日内到期</span>", "充裕</span>")]
    assert where == sorted(where)


def test_mine_is_what_waits_for_me(order, district, above, elsewhere):
    def mine(person) -> bool:
        return order.number in text(person.client.get(reverse("cases"), {"view": "mine"}))

    # the office may still withdraw it, but it does not wait for that
    assert (mine(district), mine(above), mine(elsewhere)) == (True, False, False)
    take(order, "answer", {"answer": "好"}, who=district.acting)
    assert (mine(district), mine(above)) == (False, True)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"procedure": "supervision-order"}, True),
        ({"procedure": "complaint"}, False),
        ({"state": "supervision-order.issued"}, True),
        ({"state": "supervision-order.closed"}, False),
        ({"due": "overdue"}, True),
        ({"due": "10"}, False),
        ({"unit": "tj-binhai"}, True),
        ({"unit": "tj-dongli"}, False),
        ({"q": "加快"}, True),
        ({"q": "没有这样的"}, False),
        ({"view": "closed"}, False),
        ({"view": "office"}, True),
    ],
)
def test_a_filter_narrows_the_list(order, above, query, found):
    page = above.client.get(reverse("cases"), query)
    assert page.status_code == 200
    assert (f'/cases/{order.pk}/"' in text(page)) is found


@pytest.mark.parametrize(
    "query", [{"sort": "nonsense"}, {"view": "x"}, {"procedure": "x"}, {"due": "x"}, {"page": "x"}]
)
def test_a_wrong_address_is_a_clear_400(above, query):
    assert above.client.get(reverse("cases"), query).status_code == 400


@pytest.mark.parametrize("sort", ["due", "-due", "number", "-title", "procedure", "state", "unit", "-opened"])
def test_every_sort_shows_the_list(order, above, sort):
    assert order.number in text(above.client.get(reverse("cases"), {"sort": sort}))


def test_the_list_takes_the_same_queries_however_long(above, district, django_assert_max_num_queries):
    issue(above, district.acting.unit)
    with django_assert_max_num_queries(13):
        above.client.get(reverse("cases"))
    for _ in range(12):
        issue(above, district.acting.unit)
    with django_assert_max_num_queries(13):
        above.client.get(reverse("cases"))


def test_excel_holds_every_row_of_the_filter_and_says_how(order, above, district):
    for i in range(60):
        issue(above, district.acting.unit, title=f"=1+{i}")
    got = above.client.get(reverse("case-export"), {"q": "1+", "procedure": "supervision-order"})
    book = load_workbook(BytesIO(got.content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 61
    assert all(c.data_type != "f" for row in book.worksheets[0].iter_rows() for c in row)
    notes = {a: str(b) for a, b in book["说明"].iter_rows(values_only=True, max_col=2)}
    assert notes["检索词"] == "1+"
    assert notes["事项"] == "督办单"
    assert notes["数据截至"] == "2026-11-22"


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────


def words(page: str) -> str:
    """What a reader of a page reads, in its order."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<main") :]))


def test_the_page_says_which_steps_are_on_offer_and_why_not(order, district):
    page = text(district.client.get(reverse("case", args=[order.pk])))
    for step in ("签收", "答复"):
        assert f'type="submit">{step}</button>' in page
    assert "延期 ■ 还不能 您的角色不能办理此步骤" in words(page)


def test_what_can_be_done_stands_above_chart_and_history_with_whose_turn_it_is(order, district, above):
    mine = text(district.client.get(reverse("case", args=[order.pk])))
    assert mine.index('id="steps"') < mine.index('id="flow"') < mine.index('id="timeline"')
    assert "现在能办 轮到您办理" in words(mine)
    other = words(text(above.client.get(reverse("case", args=[order.pk]))))
    assert "等待滨海新区政府（填报人" in other or "轮到您办理" in other
    assert "经办人 规划办" in other


def test_after_a_step_the_page_says_what_comes_next(order, district):
    url = reverse("case-step", args=[order.pk, "sign"])
    answer = district.client.post(url, {"_seq": "1", "_key": "k1"}, follow=True)
    assert "已办理“签收”。接下来您可以：答复" in text(answer)


def test_a_visitor_is_led_from_the_steps_to_the_sign_in_and_back(order):
    Installation.objects.update(demo=True)
    page = text(Client().get(reverse("case", args=[order.pk])))
    assert f"/accounts/login/?next=%2Fcases%2F{order.pk}%2F" in page
    assert "登录后办理" in page


def test_the_page_shows_the_working_and_leads_to_both_digests(order, district):
    page = text(district.client.get(reverse("case", args=[order.pk])))
    event = Event.objects.get(stream=order.stream)
    assert "逐日算法" in page
    assert "事件发生当日，不计入" in page
    chain = text(district.client.get(reverse("log-object", args=[order.stream])))
    assert event.sha256 in chain
    assert event.sm3 in chain
    assert "平台工作期限，非法定期限" in page


def test_a_clock_of_law_names_its_article(complaint, handler):
    page = text(handler.client.get(reverse("case", args=[complaint.pk])))
    assert "《市场监督管理投诉举报处理办法》第15条" in page
    assert "暂行办法" not in page  # repealed before the case was opened


def test_a_step_is_taken_by_its_form(order, district):
    page = district.client.get(reverse("case", args=[order.pk]))
    form = {"_seq": hidden(page, "_seq"), "_key": hidden(page, "_key")}
    done = district.client.post(reverse("case-step", args=[order.pk, "sign"]), form)
    assert done.status_code == 302
    order.refresh_from_db()
    assert order.state == "accepted"
    again = district.client.post(reverse("case-step", args=[order.pk, "sign"]), form)
    assert again.status_code == 302  # a double click
    order.refresh_from_db()
    assert order.seq == 2


def test_a_refused_form_keeps_what_was_typed(order, district):
    form = {"_seq": "1", "answer": "", "file": ""}
    page = district.client.post(reverse("case-step", args=[order.pk, "answer"]), form)
    assert page.status_code == 422
    assert 'href="#s-answer-answer"' in text(page)
    assert Event.objects.filter(stream=order.stream).count() == 1


def test_a_day_that_is_no_day_is_given_back_to_be_mended(complaint, handler):
    page = handler.client.post(reverse("case-step", args=[complaint.pk, "accept"]), {"_seq": "1", "_on": "没有这一天"})
    assert page.status_code == 422
    assert 'value="没有这一天"' in text(page)


def test_a_day_in_the_future_is_refused(order, district):
    page = district.client.post(reverse("case-step", args=[order.pk, "sign"]), {"_seq": "1", "_on": "2026-12-01"})
    assert page.status_code == 422
    assert "日期不能晚于今天" in text(page)


def test_a_stale_form_is_a_conflict(order, district):
    take(order, "sign", {}, who=district.acting)
    form = {"_seq": "1", "_on": "2026-11-22", "answer": "写了很久的话"}
    page = district.client.post(reverse("case-step", args=[order.pk, "answer"]), form)
    assert page.status_code == 409
    assert "写了很久的话" in text(page)
    # the way out of that page leads to the case
    assert district.client.get(reverse("case-step", args=[order.pk, "answer"])).status_code == 302


def test_harm_asks_twice(order, above):
    form = {"_seq": "1", "_on": "2026-11-22", "reason": "重复下达"}
    url = reverse("case-step", args=[order.pk, "withdraw"])
    page = above.client.post(url, form)
    assert page.status_code == 422
    assert "请勾选确认" in text(page)
    assert above.client.post(url, {**form, "_confirm": "on"}).status_code == 302


def test_a_role_without_the_step_is_refused(order, district):
    assert district.client.post(reverse("case-step", args=[order.pk, "close"]), {"_seq": "1"}).status_code == 422


def test_a_file_goes_under_the_case_and_comes_back(order, district, elsewhere):
    file = SimpleUploadedFile("佐证.txt", "已完成".encode(), "text/plain")
    form = {"_seq": "1", "_on": "2026-11-22", "answer": "见附件", "file": file}
    assert district.client.post(reverse("case-step", args=[order.pk, "answer"]), form).status_code == 302
    kept = Attachment.objects.unrestricted("test").get()
    assert kept.stream == order.stream
    assert Event.objects.get(stream=order.stream, seq=2).data["file"] == str(kept.pk)
    got = district.client.get(reverse("attachment", args=[kept.token]))
    assert got.content == "已完成".encode()
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert elsewhere.client.get(reverse("attachment", args=[kept.token])).status_code == 404
    assert "佐证.txt" in text(district.client.get(reverse("case", args=[order.pk])))


def test_a_refused_step_keeps_no_file(order, district):
    file = SimpleUploadedFile("佐证.txt", b"x", "text/plain")
    form = {"_seq": "1", "_on": "2027-01-01", "answer": "见附件", "file": file}
    assert district.client.post(reverse("case-step", args=[order.pk, "answer"]), form).status_code == 422
    assert not Attachment.objects.unrestricted("test").exists()


def test_the_picture_lights_the_present_state(order, district):
    got = district.client.get(reverse("case-svg", args=[order.pk]))
    assert got.headers["Content-Type"].startswith("image/svg+xml")
    assert 'data-state="issued" data-kind="doing"' in text(got)


# ── opening and correcting ───────────────────────────────────────────────────────────────────────────────


def test_a_case_is_opened_with_its_subject(above):
    url = reverse("case-open", args=["supervision-order"])
    page = above.client.get(url, {"subject": "row:C1", "subject_title": "C1 制度", "unit": "tj-dongli"})
    assert "C1 制度" in text(page)
    form = {
        "_step": "issue", "_key": hidden(page, "_key"), "_subject": "row:C1", "_subject_title": "C1 制度",
        "_unit": "tj-dongli", "_on": "2026-11-22", **ORDER,
    }  # fmt: skip
    past = above.client.post(url, {**form, "due": "2026-11-21"})
    assert past.status_code == 422
    assert "不能早于办理当日 2026-11-22" in text(past)
    form["due"] = "2026-12-20"
    done = [above.client.post(url, form) for _ in range(2)]
    assert [d.status_code for d in done] == [302, 302]
    case = Case.objects.unrestricted("test").get()
    assert (case.subject, case.unit.code) == ("row:C1", "tj-dongli")
    assert done[0].url == done[1].url == reverse("case", args=[case.pk])


def test_a_file_given_with_the_opening_lies_under_the_new_case(handler):
    file = SimpleUploadedFile("投诉书.pdf", b"%PDF-1.7", "application/pdf")
    form = {"_step": "open", "_key": "k", "_unit": "tj-binhai", "_on": "2026-11-20", "_proof": "邮戳", **COMPLAINT,
            "file": file}  # fmt: skip
    assert handler.client.post(reverse("case-open", args=["complaint"]), form).status_code == 302
    case = Case.objects.unrestricted("test").get()
    kept = Attachment.objects.unrestricted("test").get()
    assert kept.stream == case.stream
    assert Event.objects.get(stream=case.stream).data["file"] == str(kept.pk)


def test_who_may_not_open_is_told(district):
    page = district.client.get(reverse("case-open", args=["supervision-order"]))
    assert "您的角色不能发起此事项" in text(page)
    assert district.client.post(reverse("case-open", args=["supervision-order"]), ORDER).status_code in (403, 422)


def test_nobody_opens_a_case_for_a_unit_they_do_not_see(handler):
    form = {"_step": "open", "_unit": "tj-dongli", "_on": "2026-11-22", **COMPLAINT}
    page = handler.client.post(reverse("case-open", args=["complaint"]), form)
    assert page.status_code == 422
    assert "不在您可见的单位之内" in text(page)


def test_a_day_before_any_rule_is_said_at_the_day(handler):
    form = {
        "_step": "open",
        "_unit": "tj-binhai",
        "_on": "2019-05-06",
        "_proof": "邮戳",
        "_late": "补录旧档",
        **COMPLAINT,
    }
    page = handler.client.post(reverse("case-open", args=["complaint"]), form)
    assert page.status_code == 422
    assert "没有可以适用的规定版本" in text(page)
    assert not Case.objects.unrestricted("test").exists()


def test_a_correction_is_a_new_event(order, above):
    url = reverse("case-correct", args=[order.pk, 1])
    page = above.client.get(url)
    form = {
        "_seq": hidden(page, "_seq"),
        "_key": hidden(page, "_key"),
        "_reason": "笔误",
        **ORDER,
        "demand": "限期办结",
    }
    assert above.client.post(url, form).status_code == 302
    shown = text(above.client.get(reverse("case", args=[order.pk])))
    assert "更正第 1 条“下达”" in shown
    assert "已被更正" in shown
    assert "原督办要求" in shown
    assert "已更正 1 处" in text(above.client.get(reverse("cases"), {"view": "marked"}))
    assert Event.objects.get(stream=order.stream, seq=1).data["demand"] == "限期完成"


def test_a_correction_that_changes_nothing_is_refused(order, above):
    page = above.client.post(reverse("case-correct", args=[order.pk, 1]), {"_seq": "1", "_reason": "无", **ORDER})
    assert page.status_code == 422
    assert "没有改动" in text(page)


def test_the_unit_under_an_order_neither_sees_nor_reaches_a_way_to_correct_it(order, district):
    url = reverse("case-correct", args=[order.pk, 1])
    assert url not in text(district.client.get(reverse("case", args=[order.pk])))
    form = {"_seq": "1", "_reason": "改宽", **ORDER, "due": "2027-12-31", "demand": "不必完成"}
    assert district.client.post(url, form).status_code == 403
    assert Event.objects.filter(stream=order.stream).count() == 1


def test_a_moved_clock_says_how_it_would_stand_without_the_correction(order, district, above):
    take(order, "sign", {}, who=district.acting)
    form = {"_seq": "2", "_key": "k", "_reason": "日期录错", **ORDER, "due": "2026-11-30"}
    assert above.client.post(reverse("case-correct", args=[order.pk, 1]), form).status_code == 302
    page = text(district.client.get(reverse("case", args=[order.pk])))
    assert "不计更正" in page
    assert "期限 2026-11-20" in page


def test_a_correction_of_a_measured_day_waits_for_the_unit_above(complaint, handler, make_person):
    chief = make_person("chief", "tianjin", "approver", "市级审核人")
    url = reverse("case-correct", args=[complaint.pk, 1])
    given = {**COMPLAINT, "_reason": "收文日录错", "_on": "2026-11-19"}
    asked = handler.client.post(url, {"_seq": "1", "_key": "k", **given})
    assert asked.status_code == 422
    assert "请写明证明新日期的凭证" in text(asked)
    assert handler.client.post(url, {"_seq": "1", "_key": "k", "_proof": "邮戳 11-19", **given}).status_code == 302
    page = text(chief.client.get(reverse("case", args=[complaint.pk])))
    assert "邮戳 11-19" in page
    decide = reverse("case-decide", args=[complaint.pk, 2])
    assert "待另一人决定" in page
    assert decide in page
    assert decide not in text(handler.client.get(reverse("case", args=[complaint.pk])))
    assert handler.client.post(decide, {"_seq": "2", "_reason": "x", "_agree": "yes"}).status_code == 403
    assert chief.client.get(decide).status_code == 200
    assert chief.client.post(decide, {"_seq": "2", "_reason": "邮戳在卷", "_agree": "yes"}).status_code == 302
    assert "不计更正" in text(handler.client.get(reverse("case", args=[complaint.pk])))


# ── the day of a step ────────────────────────────────────────────────────────────────────────────────────


def test_the_form_of_a_step_of_the_platform_asks_for_no_day(order, district, complaint, handler):
    assert 'name="_on"' not in text(district.client.get(reverse("case", args=[order.pk])))
    assert 'name="_on"' in text(handler.client.get(reverse("case", args=[complaint.pk])))


def test_an_answer_counts_on_the_day_of_recording_whatever_was_sent(order, district):
    form = {"_seq": "1", "_on": "2026-11-19", "answer": "早已完成"}
    page = district.client.post(reverse("case-step", args=[order.pk, "answer"]), form)
    assert page.status_code == 422
    assert "以登记当日 2026-11-22 为准" in text(page)
    assert "早已完成" in text(page)
    assert Event.objects.filter(stream=order.stream).count() == 1


def test_a_day_of_the_law_is_taken_with_its_proof_and_a_long_gap_is_listed(handler, make_person):
    form = {"_step": "open", "_unit": "tj-binhai", "_on": "2026-11-12", **COMPLAINT}
    url = reverse("case-open", args=["complaint"])
    page = handler.client.post(url, form)
    assert page.status_code == 422
    assert "请写明日期凭证" in text(page)
    assert "请写明晚录理由" in text(page)
    assert "超过 3 日（平台工作期限，非法定期限）" in text(page)
    done = handler.client.post(url, {**form, "_key": "n", "_proof": "邮戳 11 月 12 日", "_late": "收发室积压"})
    assert done.status_code == 302
    case = Case.objects.unrestricted("test").get()
    assert (case.opened_on, case.late_entries) == (date(2026, 11, 12), 1)
    page = text(handler.client.get(done.url))
    for words in ("邮戳 11 月 12 日", "收发室积压", "登记于", "晚录"):
        assert words in page
    leader = make_person("lead", "tj-binhai", "leader", "分管领导")
    assert case.number in text(leader.client.get(reverse("cases"), {"view": "marked"}))


# ── personal data ────────────────────────────────────────────────────────────────────────────────────────


def test_personal_data_are_shown_to_a_role_that_needs_them_and_the_viewing_is_kept(complaint, handler, district):
    page = text(handler.client.get(reverse("case", args=[complaint.pk])))
    assert "13800001111" in page
    seen = Event.objects.get(stream=f"viewing:{complaint.stream}")
    assert (seen.user, seen.data["fields"]) == (handler.user, ["complainant", "contact"])
    other = text(district.client.get(reverse("case", args=[complaint.pk])))
    assert "13800001111" not in other
    assert "张三丰" not in other
    assert "个人信息，当前角色不显示" in other
    assert Event.objects.filter(stream=f"viewing:{complaint.stream}").count() == 1


def test_the_correction_form_hides_personal_data_too(complaint, make_person):
    approver = make_person("approver", "tj-binhai", "approver")
    page = text(approver.client.get(reverse("case-correct", args=[complaint.pk, 1])))
    assert "购机纠纷" in page
    assert "13800001111" not in page


def test_the_card_of_a_clock_names_the_length_and_the_law_that_it_counts(handler):
    """Received under Order 20, accepted on the first day of Order 121: 60 days, not 45 working days."""
    old = open_case("complaint", "open", COMPLAINT, who=handler.acting, unit=handler.acting.unit, on=date(2026, 4, 13))
    take(old, "accept", {}, who=handler.acting, on=date(2026, 4, 15))
    page = text(handler.client.get(reverse("case", args=[old.pk])))
    card = page.split("调解期限</h2>")[1].split("</section>")[0]
    assert "60 日" in card
    assert "45 个工作日" not in card
    assert "投诉举报处理办法" in card
    assert "暂行" not in card
    assert "2026-06-15" in card


def test_what_stands_beside_the_state_is_shown_with_what_it_does_to_the_terms(handler):
    case = open_case("complaint", "open", COMPLAINT, who=handler.acting, unit=handler.acting.unit, on=date(2026, 11, 2))
    address = reverse("case", args=[case.pk])
    assert 'id="asides"' not in text(handler.client.get(address))
    take(case, "accept", {}, who=handler.acting, on=date(2026, 11, 3))
    take(case, "appraise", {"body": "鉴定所", "object": "真伪"}, who=handler.acting, on=date(2026, 11, 10))
    take(case, "suspend", {"reason": "申请回避"}, who=handler.acting, on=date(2026, 11, 12))
    page = text(handler.client.get(address))
    assert "自 2026-11-10 起，其间不计入调解期限" in page
    assert "自 2026-11-12 起，各期限照常计算" in page
    said = handler.client.get(f"/api/v1/cases/{case.pk}").json()
    assert [(a["id"], a["since"]) for a in said["asides"]] == [
        ("appraisal", "2026-11-10"), ("suspended", "2026-11-12"),
    ]  # fmt: skip
