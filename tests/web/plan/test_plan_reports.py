"""Reports in the browser: the list, a round, the form, the steps, Excel and Word; as a unit, the one above, another."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from openpyxl import load_workbook

from jinzhi.apps.cases.actions import take
from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.evidence.events.actions import Conflict
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.actions import add_milestone, save_content
from jinzhi.apps.plan.models import Figure, Period, Report
from jinzhi.apps.plan.reporting import save_report
from tests.apps.plan_fixtures import milestone, round_of_reports, small_plan

LIST = "/plan/reports/"
CODE = "test-plan-U1-tj-binhai-1"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def release(city):
    return small_plan()


@pytest.fixture
def reports(release, above):
    milestone(release, "U1", "tj-binhai", date(2026, 9, 30), 10)
    milestone(release, "C1", "tj-binhai", date(2026, 12, 20), 1)
    return round_of_reports(release, above.acting)


@pytest.fixture
def report(reports):
    return reports["tj-binhai"]


def again(report: Report) -> Report:
    return Report.objects.unrestricted("test").select_related("unit", "period", "case").get(pk=report.pk)


def page_of(report: Report) -> str:
    return f"{LIST}{report.pk}/"


def text_of(answer) -> str:
    return answer.content.decode()


def form_of(answer) -> dict[str, str]:
    """What a browser would send back: the values of the form as shown."""
    form = answer.context["form"]
    html = text_of(answer).split('id="content"', 1)[1]
    key = re.search(r'name="_key" value="([^"]+)"', html)
    seq = re.search(r'name="_seq" value="(\d+)"', html)
    assert key
    assert seq
    return {"_key": key[1], "_seq": seq[1], **{c.name: c.value for c in form.by_name.values()}}


def control(answer, place: str, name: str) -> str:
    return answer.context["form"].controls[place, name].name


def fill(person, report, *, progress="按计划推进", achieved="10", reached="2026-09-20"):
    """Fill in everything that the report needs, through its form."""
    shown = person.client.get(page_of(report))
    data = form_of(shown)
    for row in ("C1", "U1"):
        if (row, "progress") in shown.context["form"].controls:
            data[control(shown, row, "progress")] = progress
    if (CODE, "achieved") in shown.context["form"].controls:
        data[control(shown, CODE, "achieved")] = achieved
        data[control(shown, CODE, "reached_on")] = reached
    return person.client.post(page_of(report), data)


def step(person, report, id: str, **data):
    shown = person.client.get(f"{page_of(report)}steps/{id}/")
    seq = shown.context["seq"] if shown.context else 0
    seen = dict(re.findall(r'name="(_version)" value="(\d+)"', text_of(shown)))
    sent = {"_seq": seq, "_key": f"{person.user.username}-{report.pk}-{id}-{seq}", "_on": "2026-11-22", **seen, **data}
    return person.client.post(f"{page_of(report)}steps/{id}/", sent)


def check_children(reports, make_person):
    """Hand in and approve the report of the bureau below Binhai."""
    bureau = make_person("bureau", "tj-binhai-ip", "reporter")
    boss = make_person("boss", "tj-binhai", "approver")
    child = reports["tj-binhai-ip"]
    assert fill(bureau, child).status_code == 302
    assert step(bureau, child, "submit").status_code == 302
    assert step(boss, child, "approve", _confirm="on").status_code == 302
    return boss


# the list


def test_a_unit_sees_its_own_reports_and_those_below(reports, district, elsewhere, above):
    assert [r.cells[0].value for r in rows_of(district)] == ["滨海新区政府", "滨海新区知识产权局"]
    assert [r.cells[0].value for r in rows_of(elsewhere)] == ["东丽区政府"]
    assert len(rows_of(above)) == 4


def rows_of(person, **query) -> list:
    return [r for r in person.client.get(LIST, query).context["table"].rows if hasattr(r, "cells")]


def groups_of(person, **query) -> list:
    found = [g for g in person.client.get(LIST, query).context["table"].rows if not hasattr(g, "cells")]
    return [(g.tag.zh, str(g.label), g.count) for g in found]


def test_what_waits_for_somebody_is_a_view_of_its_own(reports, district, above, make_person):
    assert groups_of(district, view="mine") == [("待填报", "待我填报", 1)]
    fill(district, reports["tj-binhai"])
    step(district, reports["tj-binhai"], "submit")
    assert groups_of(above, view="mine") == [("待审核", "待我审核", 1)]
    assert rows_of(district, view="mine") == []
    boss = make_person("boss", "tj-binhai", "approver")
    assert [r.cells[0].value for r in rows_of(boss, view="below")] == ["滨海新区知识产权局"]


def test_filters_stand_in_the_address_and_a_wrong_one_is_refused(reports, above):
    assert len(rows_of(above, level="district")) == 2
    assert len(rows_of(above, unit="tj-binhai")) == 2
    assert len(rows_of(above, period="2026Q3", state="overdue")) == 4
    assert rows_of(above, state="approved") == []
    assert above.client.get(LIST, {"state": "lost"}).status_code == 400
    assert above.client.get(LIST, {"period": "1999Q1"}).status_code == 400


def test_the_form_says_how_much_of_what_is_required_is_saved(report, release, district):
    def said():
        bar = re.search(r'id="save-bar".*?</div>', text_of(district.client.get(page_of(report))), re.S)
        return re.search(r"已填 (\d+)/(\d+)", bar[0]).groups()

    first, wanted = map(int, said())
    assert first == 0 < wanted
    now = again(report)
    save_content(
        now, release, notes={"U1": {"progress": "按计划推进"}}, figures={}, who=district.acting, expected=now.version
    )
    assert said() == ("1", str(wanted))


def test_units_that_are_ticked_are_called_and_none_ticked_is_said(release, above):
    given = {"code": "2026Q4", "starts": "2026-10-01", "ends": "2026-12-31", "due": "2027-01-20", "chosen": "1"}
    page = "/plan/reports/open/"
    assert "tj-dongli" in text_of(above.client.get(page, given))
    refused = above.client.post(page, given)
    assert refused.status_code == 422 and "请至少选择一个单位" in text_of(refused)
    assert above.client.post(page, {**given, "unit": "tj-dongli"}).status_code == 302
    found = Report.objects.unrestricted("test").filter(period__code="2026Q4")
    assert [r.unit.code for r in found] == ["tj-dongli"]
    again_ = above.client.post(page, {"period": "2026Q4", "chosen": "1"})
    assert again_.status_code == 422 and "请至少选择一个单位" in text_of(again_)


def test_the_table_of_levels_counts_first_submissions(reports, district, above):
    fill(district, reports["tj-binhai"])
    take(again(reports["tj-binhai"]).case, "submit", {}, who=district.acting, on=date(2026, 10, 20))
    take(again(reports["tj-binhai"]).case, "return", {"reason": "补"}, who=above.acting, on=date(2026, 11, 2))
    levels = above.client.get(LIST).context["levels"]
    shown = {str(r.cells[0]): [c.value if hasattr(c, "value") else c for c in r.cells[1:]] for r in levels.rows}
    assert shown["区"] == [2, 1, 1, 0, "50.0%"]
    assert shown["合计"] == [4, 1, 1, 0, "25.0%"]
    link = next(r for r in levels.rows if str(r.cells[0]) == "区").cells[3].href
    assert len([r for r in above.client.get(link).context["table"].rows if hasattr(r, "cells")]) == 1


def test_the_list_takes_the_same_few_queries_whatever_its_size(release, above, django_assert_max_num_queries):
    for code in ("2026Q1", "2026Q2", "2026Q3"):
        round_of_reports(release, above.acting, code)
    above.client.get(LIST)
    with django_assert_max_num_queries(16):
        assert len(rows_of(above)) == 12


def test_the_export_holds_every_row_of_the_filter_and_says_how_it_was_made(reports, above):
    book = load_workbook(BytesIO(above.client.get(f"{LIST}export.xlsx?level=district").content))
    assert book.worksheets[0].max_row == 3
    notes = {a.value: b.value for a, b in book["说明"].iter_rows(max_col=2)}
    assert (notes["层级"], notes["行数"]) == ("区", "2")


def test_without_a_plan_the_list_says_what_to_do(above):
    assert "还没有生效的规划" in text_of(above.client.get(LIST))


# a round

NEW = {"code": "2026Q4", "starts": "2026-10-01", "ends": "2026-12-31", "due": "2027-01-20"}


def test_a_round_is_previewed_confirmed_and_not_doubled(reports, above):
    preview = above.client.get(f"{LIST}open/", NEW)
    assert len(preview.context["asked"]) == 4
    assert not Period.objects.filter(code="2026Q4").exists()
    for _ in range(2):
        answer = above.client.post(f"{LIST}open/", {**NEW, "_key": "round-1"}, follow=True)
        assert answer.redirect_chain[0][0] == f"{LIST}?period=2026Q4"
    assert Report.objects.unrestricted("test").filter(period__code="2026Q4").count() == 4
    assert Event.objects.filter(stream="period:test-plan:2026Q4").count() == 1


def test_a_round_asks_only_those_that_have_no_report(reports, above):
    Report.objects.unrestricted("test").filter(pk=reports["tj-dongli"].pk).delete()
    preview = above.client.get(f"{LIST}open/", {"period": "2026Q3"})
    assert [u.code for u in preview.context["asked"]] == ["tj-dongli"]
    late = above.client.post(f"{LIST}open/", {"period": "2026Q3", "_key": "again"})
    assert late.status_code == 422
    assert "已经过去，布置后即为逾期：请写明理由" in late.content.decode()
    assert Report.objects.unrestricted("test").filter(period__code="2026Q3").count() == 3
    given = {"period": "2026Q3", "_key": "again2", "reason": "该单位补报"}
    assert above.client.post(f"{LIST}open/", given).status_code == 302
    called = Event.objects.filter(stream__startswith="period:", verb="call").latest("pk")
    assert called.data["reason"] == "该单位补报"
    assert Report.objects.unrestricted("test").filter(period__code="2026Q3").count() == 4


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"starts": "2026-09-15"}, "重叠"),
        ({"ends": "2026-09-30"}, "不能早于开始日期"),
        ({"code": "第四季度"}, "只能用字母"),
        ({"due": "后天"}, "不是日期"),
        ({"starts": "2040-01-01", "ends": "2040-03-31", "due": "2040-04-20"}, "不在规划期"),
        ({"code": "2026Q3"}, "已存在"),
    ],
)
def test_a_round_that_cannot_be_is_refused_beside_its_field(reports, above, change, why):
    answer = above.client.get(f"{LIST}open/", {**NEW, **change})
    assert answer.status_code == 422
    assert why in text_of(answer)
    assert above.client.post(f"{LIST}open/", {**NEW, **change, "_key": "k"}).status_code == 422
    assert Period.objects.count() == 1


def test_only_the_office_opens_a_round(reports, district, elsewhere, make_person):
    for person in (district, elsewhere, make_person("boss", "tj-binhai", "approver")):
        assert person.client.get(f"{LIST}open/").status_code == 403
        assert person.client.post(f"{LIST}open/", {**NEW, "_key": "x"}).status_code == 403


# a report: who


def test_the_unit_fills_in_the_one_above_reads_another_does_not_see_it(report, district, above, elsewhere):
    assert district.client.get(page_of(report)).context["editing"]
    assert above.client.get(page_of(report)).status_code == 200
    assert not above.client.get(page_of(report)).context["editing"]
    assert elsewhere.client.get(page_of(report)).status_code == 404


@pytest.mark.parametrize("path", ["sheet.xlsx", "report.docx", "import/", "steps/submit/"])
def test_no_page_of_a_report_opens_to_another_unit(report, elsewhere, path):
    assert elsewhere.client.get(page_of(report) + path).status_code == 404


def test_nobody_else_saves(report, district, above, elsewhere):
    data = form_of(district.client.get(page_of(report)))
    assert above.client.post(page_of(report), data).status_code == 403
    assert elsewhere.client.post(page_of(report), data).status_code == 404
    assert above.client.post(f"{page_of(report)}import/").status_code == 403
    assert again(report).version == 0


@pytest.mark.parametrize("id", ["submit", "return", "approve", "remind", "cancel", "withdraw"])
def test_another_unit_takes_no_step(report, elsewhere, id):
    assert elsewhere.client.post(f"{page_of(report)}steps/{id}/", {"_on": "2026-11-22"}).status_code == 404


def test_the_unit_itself_does_not_approve_and_the_one_above_does_not_submit(report, district, above):
    fill(district, report)
    refused = step(above, report, "submit")
    assert refused.status_code == 422
    assert "您的角色不能办理此步骤" in text_of(refused)
    step(district, report, "submit")
    assert step(district, report, "approve", _confirm="on").status_code in (403, 422)
    assert step(district, report, "return", reason="退").status_code in (403, 422)
    assert again(report).state == "submitted"


def test_the_unit_below_does_not_see_the_report_of_the_unit_above(report, make_person):
    bureau = make_person("bureau", "tj-binhai-ip", "reporter")
    assert bureau.client.get(page_of(report)).status_code == 404


# a report: the round


def test_a_report_is_sent_back_mended_approved_and_locked(reports, report, district, above, make_person):
    check_children(reports, make_person)
    assert fill(district, report).status_code == 302
    assert step(district, report, "submit", note="首次").status_code == 302
    locked = district.client.get(page_of(report))
    assert not locked.context["editing"]
    assert "等待上级审核，内容锁定" in text_of(locked)

    assert step(above, report, "return").status_code == 422
    assert step(above, report, "return", reason="请补充佐证").status_code == 302
    back = district.client.get(page_of(report))
    assert 'id="returned"' in text_of(back)
    assert "请补充佐证" in text_of(back)
    assert fill(district, report, progress="已补充佐证").status_code == 302
    assert step(district, report, "submit").status_code == 302

    unsure = step(above, report, "approve")
    assert unsure.status_code == 422
    assert "审核通过后数据锁定" in text_of(unsure)
    assert step(above, report, "approve", _confirm="on", opinion="同意").status_code == 302
    done = again(report)
    assert (done.state, done.approved_on) == ("approved", date(2026, 11, 22))
    assert "审核通过，内容锁定" in text_of(district.client.get(page_of(report)))
    assert done.figures.get(milestone__code=CODE).milestone.met_on == date(2026, 9, 20)
    assert all(r.sound for r in run_all())


def test_what_was_typed_while_the_report_was_locked_is_given_back(report, district):
    fill(district, report)
    late = form_of(district.client.get(page_of(report)))
    progress = next(k for k in late if k.endswith("progress"))
    step(district, report, "submit")
    answer = district.client.post(page_of(report), {**late, progress: "来不及保存的话"})
    assert answer.status_code == 409
    assert "来不及保存的话" in text_of(answer)


def test_a_report_is_taken_back_by_its_unit(report, district):
    fill(district, report)
    step(district, report, "submit")
    step(district, report, "withdraw")
    assert district.client.get(page_of(report)).context["editing"]


def test_the_office_reminds_and_cancels(report, above):
    assert step(above, report, "remind", note="请抓紧").status_code == 302
    assert again(report).state == "draft"
    assert step(above, report, "cancel", reason="单位撤并", _confirm="on").status_code == 302
    assert again(report).state == "cancelled"


def test_what_is_missing_is_said_with_links_to_the_fields(report, district):
    shown = district.client.get(page_of(report))
    assert [label for _a, label in shown.context["lacking"]] == [
        "C1 提升企业知识产权创造水平：未填写进展情况",
        "U1 健全知识产权运营体系：未填写进展情况",
        "U1 里程碑“U1 的里程碑”：未填写本期累计",
    ]
    html = text_of(shown)
    for anchor, _label in shown.context["lacking"]:
        assert f'href="#{anchor}"' in html
        assert f'id="{anchor}"' in html


def typed(person, report, **more) -> dict[str, str]:
    """The form filled in completely and not saved."""
    shown = person.client.get(page_of(report))
    data = form_of(shown) | {control(shown, row, "progress"): "按计划推进" for row in ("C1", "U1")}
    return data | {control(shown, CODE, "achieved"): "10", control(shown, CODE, "reached_on"): "2026-09-20"} | more


def test_submitting_saves_what_was_typed_and_shows_it_before_it_is_handed_in(report, district):
    answer = district.client.post(page_of(report), typed(district, report, then="submit"))
    assert answer["Location"] == f"{page_of(report)}steps/submit/"
    assert Figure.objects.get(report=report).achieved == 10
    assert again(report).state == "draft"
    shown = district.client.get(answer["Location"])
    html = text_of(shown)
    assert "按计划推进" in html
    assert "2026-09-20" in html
    sent = {"_seq": shown.context["seq"], "_key": "k", "_on": "2026-11-22", "_version": shown.context["version"]}
    assert district.client.post(answer["Location"], sent).status_code == 302
    assert again(report).state == "submitted"


def test_no_button_of_the_page_hands_a_report_in_beside_its_form(report, district):
    fill(district, report)
    html = text_of(district.client.get(page_of(report)))
    assert 'form="content" name="then" value="submit"' in html
    assert f'action="{page_of(report)}steps/submit/"' not in html


@pytest.mark.parametrize(
    ("then", "where"), [("copy", "?copy=all#content"), ("excel", "import/"), ("", ""), ("elsewhere", "")]
)
def test_every_way_out_of_the_form_saves_first(report, district, then, where):
    answer = district.client.post(page_of(report), typed(district, report, then=then))
    assert answer["Location"] == page_of(report) + where
    assert Figure.objects.get(report=report).achieved == 10


def test_a_wrong_figure_stops_the_submission_and_keeps_what_was_typed(report, district):
    shown = district.client.get(page_of(report))
    data = typed(district, report, then="submit") | {control(shown, CODE, "achieved"): "十二"}
    answer = district.client.post(page_of(report), data)
    assert answer.status_code == 422
    assert answer.context["form"].controls[CODE, "achieved"].value == "十二"
    assert again(report).version == 0


def test_no_report_is_handed_in_that_was_not_shown_first(report, district):
    fill(district, report)
    address = f"{page_of(report)}steps/submit/"
    answer = district.client.post(address, {"_seq": 1, "_key": "unseen", "note": "附言"})
    assert answer.status_code == 422
    html = text_of(answer)
    assert "还没有提交：请先核对将要提交的内容" in html and "按计划推进" in html and "附言" in html
    assert again(report).state == "draft"


def test_the_page_of_the_case_leads_to_the_check_and_hands_nothing_in_by_itself(report, district):
    fill(district, report)
    case = f"/cases/{report.case_id}/"
    check = f"{page_of(report)}steps/submit/"
    html = text_of(district.client.get(case))
    assert f'href="{check}"' in html
    assert f'action="{case}steps/submit/"' not in html
    assert district.client.get(f"{case}steps/submit/")["Location"] == check
    sent_on = district.client.post(f"{case}steps/submit/", {"_seq": 1, "_key": "old-page", "note": "附言"}, follow=True)
    assert sent_on.redirect_chain == [(check, 307)]
    assert "按计划推进" in text_of(sent_on) and "附言" in text_of(sent_on)
    assert again(report).state == "draft"


def test_what_is_lacking_is_listed_where_the_answers_are_checked_and_nothing_is_offered(report, district):
    shown = district.client.get(f"{page_of(report)}steps/submit/")
    assert len(shown.context["lacks"]) == 3
    assert 'id="hand-in"' not in text_of(shown)
    assert step(district, report, "submit").status_code == 422
    assert again(report).state == "draft"


def test_what_a_colleague_saved_since_the_check_is_shown_and_not_handed_in(report, district, make_person):
    fill(district, report)
    shown = district.client.get(f"{page_of(report)}steps/submit/")
    sent = {"_seq": shown.context["seq"], "_key": "k", "_on": "2026-11-22", "_version": shown.context["version"]}
    colleague = make_person("colleague", "tj-binhai", "reporter")
    fill(colleague, report, achieved="12")
    answer = district.client.post(f"{page_of(report)}steps/submit/", sent | {"note": "请审核"})
    assert answer.status_code == 409
    assert again(report).state == "draft"
    assert "请审核" in text_of(answer)
    assert [(c.old, c.new) for c in answer.context["between"]] == [("10", "12")]
    assert (
        district.client.post(
            f"{page_of(report)}steps/submit/", sent | {"_version": answer.context["version"]}
        ).status_code
        == 302
    )


def test_children_that_are_not_approved_are_linked(reports, report, district, above):
    fill(district, report)
    step(district, report, "submit")
    shown = above.client.get(page_of(report))
    [waiting] = shown.context["blocked"]
    assert [r.unit.code for r in waiting.children] == ["tj-binhai-ip"]
    assert f'href="{page_of(reports["tj-binhai-ip"])}"' in text_of(shown)
    assert step(above, report, "approve", _confirm="on").status_code == 422


def test_a_step_pressed_twice_is_taken_once(report, district):
    fill(district, report)
    data = {"_seq": 1, "_key": "once", "_on": "2026-11-22", "_version": again(report).version}
    for _ in range(2):
        assert district.client.post(f"{page_of(report)}steps/submit/", data).status_code == 302
    assert Event.objects.filter(stream=again(report).case.stream, verb="submit").count() == 1


# a report: the form


def test_saving_keeps_the_values_and_the_history_says_who_changed_what(report, district):
    fill(district, report)
    fill(district, report, progress="又有进展")
    shown = district.client.get(page_of(report))
    changes = [(c.field, c.old, c.new) for c in shown.context["changes"]]
    assert ("进展情况", "按计划推进", "又有进展") in changes
    assert ("本期累计", "", "10") in changes
    assert shown.context["changes"][0].event.actor == "滨海填报人"


def test_saving_unchanged_writes_nothing(report, district):
    fill(district, report)
    fill(district, report)
    assert again(report).version == 1


def test_line_ends_of_the_browser_are_no_change(report, release, district):
    save_content(report, release, notes={"U1": {"progress": "一\n二"}}, figures={}, who=district.acting, expected=0)
    data = form_of(district.client.get(page_of(report)))
    sent = {k: v.replace("\n", "\r\n") for k, v in data.items()}
    assert district.client.post(page_of(report), sent).status_code == 302
    assert again(report).version == 1


def test_every_error_stands_beside_its_field_and_nothing_is_saved(report, district):
    shown = district.client.get(page_of(report))
    data = form_of(shown)
    cell, day = control(shown, CODE, "achieved"), control(shown, CODE, "reached_on")
    other = control(shown, "test-plan-C1-tj-binhai-1", "achieved")
    data |= {cell: "十", day: "昨天", other: "-1", control(shown, "U1", "progress"): "写好了"}
    answer = district.client.post(page_of(report), data)
    html = text_of(answer)
    assert answer.status_code == 422
    for name in (cell, day, other):
        assert f'href="#c-{name}"' in html
        assert f'aria-describedby="c-{name}-error"' in html
    assert 'value="十"' in html
    assert "写好了" in html
    assert again(report).version == 0


def test_a_double_click_saves_once(report, district):
    shown = district.client.get(page_of(report))
    data = {**form_of(shown), control(shown, "U1", "progress"): "一次"}
    for _ in range(2):
        assert district.client.post(page_of(report), data).status_code == 302
    assert again(report).version == 1


def test_two_clicks_at_the_same_moment_are_one_saving_and_no_conflict(report, district, monkeypatch):
    def second_after_first(*args, **more):
        save_report(*args, **more)  # the other click, between this one's reading and writing
        raise Conflict(f"report:{report.pk}", 0, 1)

    shown = district.client.get(page_of(report))
    data = {**form_of(shown), control(shown, "U1", "progress"): "一次"}
    monkeypatch.setattr("jinzhi.web.plan.reports.saving.save_report", second_after_first)
    assert district.client.post(page_of(report), data).status_code == 302
    assert again(report).version == 1


def test_a_stale_form_keeps_what_was_typed_and_takes_over_the_rest(report, district, make_person):
    colleague = make_person("colleague", "tj-binhai", "reporter", "同事")
    shown = district.client.get(page_of(report))
    mine = form_of(shown)
    theirs = form_of(colleague.client.get(page_of(report)))
    progress, difficulty = control(shown, "U1", "progress"), control(shown, "U1", "difficulty")
    colleague.client.post(page_of(report), {**theirs, progress: "同事写的", difficulty: "缺人"})

    answer = district.client.post(page_of(report), {**mine, progress: "我写的"})
    assert answer.status_code == 409
    html = text_of(answer)
    assert "我写的" in html
    assert "别人刚保存的是" in html
    assert "同事 保存了下面的内容" in html
    form = answer.context["form"]
    assert [c.name for c in form.clashing] == [progress]
    assert form.by_name[difficulty].value == "缺人"
    assert again(report).notes.get(row_key="U1").progress == "同事写的"

    assert district.client.post(page_of(report), form_of(answer)).status_code == 302
    note = again(report).notes.get(row_key="U1")
    assert (note.progress, note.difficulty) == ("我写的", "缺人")


def test_a_field_of_a_milestone_that_has_gone_is_not_dropped_in_silence(report, district):
    data = {**form_of(district.client.get(page_of(report))), "m-999999-achieved": "7"}
    answer = district.client.post(page_of(report), data)
    assert "“7”没有保存" in text_of(answer)
    assert answer.status_code == 422


def test_files_come_and_go_with_the_same_save(report, district, above, elsewhere):
    shown = district.client.get(page_of(report))
    line = shown.context["form"].rows[1].lines[0]
    data = {**form_of(shown), line.file_name: SimpleUploadedFile("佐证.pdf", b"%PDF-1.4 evidence", "application/pdf")}
    assert district.client.post(page_of(report), data).status_code == 302
    [kept] = Figure.objects.get(milestone__code=CODE).attachments.unrestricted("test")
    assert above.client.get(f"/attachments/{kept.token}/").content == b"%PDF-1.4 evidence"
    assert elsewhere.client.get(f"/attachments/{kept.token}/").status_code == 404

    shown = district.client.get(page_of(report))
    figure = Figure.objects.get(milestone__code=CODE)
    district.client.post(page_of(report), {**form_of(shown), "remove": f"{figure.pk}:{kept.pk}"})
    assert not figure.attachments.unrestricted("test").exists()
    verbs = Event.objects.filter(stream=f"report:{report.pk}").order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["attach", "detach"]
    assert again(report).version == 2


def test_a_file_sent_twice_by_a_double_click_is_kept_once(report, district):
    shown = district.client.get(page_of(report))
    line = shown.context["form"].rows[1].lines[0]
    for _ in range(2):
        sent = {**form_of(shown), line.file_name: SimpleUploadedFile("a.txt", b"a", "text/plain")}
        assert district.client.post(page_of(report), sent).status_code == 302
    assert Figure.objects.get(milestone__code=CODE).attachments.unrestricted("test").count() == 1


def test_an_empty_file_refuses_the_whole_save(report, district):
    shown = district.client.get(page_of(report))
    line = shown.context["form"].rows[1].lines[0]
    data = {**form_of(shown), control(shown, "U1", "progress"): "有字"}
    answer = district.client.post(page_of(report), {**data, line.file_name: SimpleUploadedFile("a.txt", b"")})
    assert answer.status_code == 422
    assert "是空文件" in text_of(answer)
    assert "有字" in text_of(answer)
    assert again(report).version == 0


def test_the_text_of_the_period_before_can_be_brought_in_and_its_change_is_shown(
    release, reports, report, district, above
):
    fill(district, report, progress="上期写的")
    later = round_of_reports(release, above.acting, "2026Q4")["tj-binhai"]
    shown = district.client.get(f"{page_of(later)}?copy=all")
    assert shown.context["form"].controls["U1", "progress"].value == "上期写的"
    assert "尚未保存" in text_of(shown)
    assert again(later).version == 0
    district.client.post(page_of(later), form_of(shown))
    told = above.client.get(page_of(later)).context["form"].rows[1].told[0]
    assert told.same
    assert f'href="{page_of(report)}"' in text_of(shown)
    assert f'href="{page_of(later)}"' in text_of(district.client.get(page_of(report)))


def test_the_approver_sees_the_change_against_the_figure_before(release, reports, report, district, above, make_person):
    check_children(reports, make_person)
    fill(district, report, achieved="4", reached="")
    step(district, report, "submit")
    step(above, report, "approve", _confirm="on")
    later = round_of_reports(release, above.acting, "2026Q4")["tj-binhai"]
    fill(district, later, achieved="7", reached="")
    line = above.client.get(page_of(later)).context["form"].rows[1].lines[0]
    assert (line.before, line.achieved, line.change) == ("4", "7", "+3")


def test_a_report_takes_the_same_queries_with_more_milestones(release, report, district, django_assert_max_num_queries):
    for n in range(6):
        milestone(release, "U1", "tj-binhai", date(2026, 9, n + 1), 2)
    district.client.get(page_of(report))
    with django_assert_max_num_queries(42):
        district.client.get(page_of(report))


def test_reading_and_printing_need_no_form(report, district):
    shown = district.client.get(f"{page_of(report)}?read=1")
    assert not shown.context["editing"]
    assert "<textarea" not in text_of(shown).split('<aside class="aside"')[0]


# Excel and Word


def upload(person, report, content: bytes, name="表.xlsx"):
    return person.client.post(f"{page_of(report)}import/", {"file": SimpleUploadedFile(name, content, XLSX)})


def sheet_of(person, report, **cells) -> bytes:
    book = load_workbook(BytesIO(person.client.get(f"{page_of(report)}sheet.xlsx").content))
    for place, value in cells.items():
        book["里程碑"][place] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_sheet_filled_in_is_looked_over_then_saved_in_one_go(report, district):
    looked = upload(district, report, sheet_of(district, report, H3=4))
    assert looked.status_code == 200
    assert [(f, o, n) for _p, f, o, n in looked.context["lines"]] == [("本期累计", "", "4")]
    assert again(report).version == 0
    data = {"payload": looked.context["payload"], "_seq": 0, "_key": "excel-1"}
    for _ in range(2):
        assert district.client.post(f"{page_of(report)}import/confirm/", data).status_code == 302
    assert again(report).figures.get(milestone__code=CODE).achieved == 4
    [event] = Event.objects.filter(stream=f"report:{report.pk}")
    assert event.data["source"] == "excel:表.xlsx"
    assert "由 Excel 导入" in text_of(district.client.get(page_of(report)))


def test_two_clicks_or_two_windows_confirm_one_import(report, district, monkeypatch):
    """The second finds what the first saved, whether it comes in between, with a key of its own, or by going back."""

    def second_after_first(*args, **more):
        save_report(*args, **more)
        raise Conflict(f"report:{report.pk}", 0, 1)

    address = f"{page_of(report)}import/confirm/"
    first, second = (upload(district, report, sheet_of(district, report, H3=4)).context["payload"] for _ in range(2))
    monkeypatch.setattr("jinzhi.web.plan.reports.excel.save_report", second_after_first)
    for payload, key in ((first, "click"), (second, "window"), (first, "back")):
        said = text_of(district.client.post(address, {"payload": payload, "_key": key}, follow=True))
        assert "没有保存；" not in said and "没有保存：" not in said.replace("草稿没有保存：", "")
    assert "表中的内容已经保存" in said
    assert Event.objects.filter(stream=f"report:{report.pk}").count() == 1


def test_a_wrong_cell_is_named_on_the_page_and_nothing_is_offered(report, district):
    looked = upload(district, report, sheet_of(district, report, H3="十", I2="某日"))
    assert looked.status_code == 422
    assert "工作表“里程碑”第 3 行 H 列“本期累计”：“十”不是数字" in text_of(looked)
    assert len(looked.context["errors"]) == 2
    assert "确认导入" not in text_of(looked)


def test_an_unchanged_sheet_says_so(report, district):
    looked = upload(district, report, sheet_of(district, report))
    assert "没有任何差别" in text_of(looked)
    assert "确认导入" not in text_of(looked)


def test_a_stale_sheet_shows_what_changed_since(report, district):
    old = sheet_of(district, report, H3=4)
    fill(district, report)
    looked = upload(district, report, old)
    assert looked.status_code == 409
    assert "第 0 版导出的，报告现在是第 1 版" in text_of(looked)
    assert ("进展情况", "", "按计划推进") in [(c.field, c.old, c.new) for c in looked.context["between"]]


def test_a_save_between_look_and_confirmation_keeps_the_sheet_out(report, district):
    looked = upload(district, report, sheet_of(district, report, H3=4))
    fill(district, report)
    data = {"payload": looked.context["payload"], "_key": "late"}
    answer = district.client.post(f"{page_of(report)}import/confirm/", data, follow=True)
    assert "预览之后报告又有变化" in text_of(answer)
    assert again(report).figures.get(milestone__code=CODE).achieved == 10


def test_a_forged_or_foreign_preview_is_refused(reports, report, district, make_person):
    looked = upload(district, report, sheet_of(district, report, H3=4))
    url = f"{page_of(report)}import/confirm/"
    assert district.client.post(url, {"payload": looked.context["payload"] + "x"}).status_code == 400
    bureau = make_person("bureau", "tj-binhai-ip", "reporter")
    other = f"{page_of(reports['tj-binhai-ip'])}import/confirm/"
    assert bureau.client.post(other, {"payload": looked.context["payload"]}).status_code == 400


def test_a_sheet_of_another_unit_or_no_sheet_is_refused(reports, report, district, above):
    other = above.client.get(f"{page_of(reports['tj-dongli'])}sheet.xlsx").content
    assert "另一个单位" in text_of(upload(district, report, other))
    assert "不是 Excel" in text_of(upload(district, report, b"nonsense"))
    assert upload(district, report, b"").status_code == 422


def test_the_word_report_says_whether_it_is_approved_and_marks_a_demonstration(report, district):
    doc = Document(BytesIO(district.client.get(f"{page_of(report)}report.docx").content))
    assert doc.tables[0].rows[2].cells[1].text == "待填报（未经审核，不作统计依据）"
    assert doc.sections[0].header.paragraphs[0].text == ""
    Installation.objects.update(demo=True)
    doc = Document(BytesIO(district.client.get(f"{page_of(report)}report.docx").content))
    assert doc.sections[0].header.paragraphs[0].text == "演示数据，非官方统计"


def test_a_form_of_many_milestones_is_saved_at_once(release, report, district):
    for n in range(30):
        add_milestone(release, "U1", report.unit, title=f"第 {n} 项", due=date(2026, 8, 1), who=None)
    shown = district.client.get(page_of(report))
    data = form_of(shown)
    for c in shown.context["form"].by_name.values():
        if c.field.id == "achieved":
            data[c.name] = "0"
    assert district.client.post(page_of(report), data).status_code == 302
    assert again(report).figures.count() == 32


def test_a_file_for_a_milestone_that_has_gone_is_not_dropped_in_silence(report, district):
    data = form_of(district.client.get(page_of(report)))
    answer = district.client.post(page_of(report), {**data, "m-999999-file": SimpleUploadedFile("迟到.txt", b"a")})
    assert answer.status_code == 422
    assert "“迟到.txt”没有保存" in text_of(answer)
