"""Milestones from a sheet and by API: what is exported is what is imported, twice is once, refused lines are named."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.models import Milestone
from tests.web.api.test_api import V1, Program, problem
from tests.web.plan.city import PLAN, plan_city

SHEET, IMPORT = "/plan/milestones/export.xlsx?year=all", "/plan/milestones/import/"


@pytest.fixture
def release(city):
    return plan_city()


def kept(**where):
    return Milestone.objects.unrestricted("test").filter(plan=PLAN, **where)


def export(person):
    answer = person.client.get(SHEET)
    assert answer.status_code == 200
    return load_workbook(BytesIO(b"".join(answer) if answer.streaming else answer.content))


def upload(person, book):
    out = BytesIO()
    book.save(out)
    return person.client.post(IMPORT, {"file": SimpleUploadedFile("里程碑.xlsx", out.getvalue())})


def heads(page):
    for row in page.iter_rows():
        found = {c.value: c.column for c in row}
        if "代码" in found:
            return row[0].row, found
    raise AssertionError("no head row")


def confirm(person, answer, **more):
    text = answer.content.decode()
    hidden = dict(re.findall(r'name="(payload|_key)" value="([^"]+)"', text))
    return person.client.post(IMPORT, {**hidden, **more})


def add_line(page, **values):
    _top, at = heads(page)
    y = page.max_row + 1
    for head, value in values.items():
        page.cell(y, at[head]).value = value
    return y


NEW = {"任务编号": "C1", "单位": "tj-ip-office", "里程碑": "建成数据库", "期限": "2027-06-30", "目标": 3}
NEW |= {"计量单位": "个", "权重": 1}


def test_the_exported_sheet_brought_back_changes_nothing(release, above):
    answer = upload(above, export(above))
    assert answer.status_code == 200, answer.content.decode()
    assert "没有任何差别" in answer.content.decode()


def test_a_sheet_adds_and_changes_after_a_look_and_once_only(release, above):
    before = kept().count()
    book = export(above)
    page = book.worksheets[0]
    add_line(page, **NEW)
    top, at = heads(page)
    code = page.cell(top + 1, at["代码"]).value
    page.cell(top + 1, at["期限"]).value = "2027-01-15"
    looked = upload(above, book)
    assert looked.status_code == 200, looked.content.decode()
    assert kept().count() == before and "建成数据库" in looked.content.decode()
    assert confirm(above, looked).status_code == 422  # a change wants its reason
    assert confirm(above, looked, reason="随年度计划调整").status_code == 302
    assert kept().count() == before + 1
    assert str(kept().get(code=code).due) == "2027-01-15"
    assert Event.objects.get(stream=f"milestone:{code}", verb="change").data["reason"] == "随年度计划调整"
    again = upload(above, book)
    assert "没有任何差别" in again.content.decode() and kept().count() == before + 1


@pytest.mark.parametrize("key", ["click", "another window"])
def test_a_sheet_confirmed_twice_makes_its_milestones_once_and_the_second_says_so(release, above, key):
    before = kept().count()
    book = export(above)
    add_line(book.worksheets[0], **NEW)
    looked = upload(above, book)
    assert confirm(above, looked, _key="click").status_code == 302
    events = Event.objects.count()
    text = looked.content.decode()
    payload = re.search(r'name="payload" value="([^"]+)"', text)[1]
    again = above.client.post(IMPORT, {"payload": payload, "_key": key}, follow=True)
    assert again.status_code == 200
    assert "已设立 0 个、修改 0 个里程碑" in again.content.decode()
    assert (kept().count(), Event.objects.count()) == (before + 1, events)


def test_a_new_milestone_that_is_due_already_wants_a_reason_from_sheet_form_and_program(release, above):
    book = export(above)
    add_line(book.worksheets[0], **{**NEW, "期限": "2026-11-01"})
    looked = upload(above, book)
    assert confirm(above, looked).status_code == 422
    assert confirm(above, looked, reason="补录").status_code == 302
    made = kept().get(title="建成数据库")
    assert Event.objects.get(stream=f"milestone:{made.code}", verb="add").data["reason"] == "补录"
    typed = {
        "unit": "tj-ip-office",
        "title": "已过期限",
        "due": "2026-11-01",
        "target": "1",
        "measured_in": "项",
        "weight": "1",
    }
    refused = above.client.post("/plan/rows/C1/milestones/new/", typed)
    assert refused.status_code in (200, 422)
    assert "期限已经过去，设立后即为超期：请写明理由" in refused.content.decode()
    assert above.client.post("/plan/rows/C1/milestones/new/", {**typed, "reason": "补录"}).status_code == 302
    sent = line(title="另一项", due="2026-11-01")
    problem(Program(above).post(f"{V1}/plan/milestones", {"items": [sent]}), 422, "invalid")
    assert Program(above).post(f"{V1}/plan/milestones", {"items": [sent], "reason": "补录"}).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"任务编号": "Z9"}, "没有编号为“Z9”的任务"),
        ({"单位": "火星局"}, "没有名为“火星局”的单位"),
        ({"期限": "2035-01-01"}, "应在规划期"),
        ({"目标": 0}, "应大于 0"),
        ({"代码": "nothing-1"}, "没有代码为“nothing-1”的里程碑"),
    ],
)
def test_a_refused_row_is_named_and_nothing_is_read(release, above, wrong, said):
    before = kept().count()
    book = export(above)
    page = book.worksheets[0]
    add_line(page, **NEW)
    y = add_line(page, **{**NEW, "里程碑": "另一项", **wrong})
    answer = upload(above, book)
    assert answer.status_code == 422
    assert said in answer.content.decode() and f"第 {y} 行" in answer.content.decode()
    assert kept().count() == before


def test_who_may_not_edit_the_plan_brings_nothing_in(release, district):
    assert district.client.get(IMPORT).status_code == 403


def line(**more):
    return {"row": "C1", "unit": "tj-ip-office", "title": "建成数据库", "due": "2027-06-30", "target": "3", **more}


def test_by_api_what_is_read_is_sent_and_the_same_lines_change_nothing(release, above):
    api = Program(above)
    items = api.get(f"{V1}/plan/milestones", {"limit": 100}).json()["items"]
    sent = [{k: v for k, v in i.items() if k not in ("achieved", "met_on")} for i in items]
    assert len(sent) == kept().count() > 5
    done = api.post(f"{V1}/plan/milestones", {"items": sent}).json()
    assert (done["added"], done["changed"], done["same"]) == ([], [], len(sent))


def test_by_api_a_dry_run_writes_nothing_and_twice_is_once(release, above):
    api, before = Program(above), kept().count()
    dry = api.post(f"{V1}/plan/milestones", {"items": [line()], "dry_run": True}).json()
    assert (dry["to_add"], dry["added"], kept().count()) == (1, [], before)
    [code] = api.post(f"{V1}/plan/milestones", {"items": [line()]}).json()["added"]
    assert api.post(f"{V1}/plan/milestones", {"items": [line()]}).json()["same"] == 1
    assert kept().count() == before + 1
    change = {"items": [line(code=code, target="5")]}
    assert problem(api.post(f"{V1}/plan/milestones", change), 422, "invalid")
    done = api.post(f"{V1}/plan/milestones", {**change, "reason": "加大力度"}).json()
    assert done["changed"] == [{"code": code, "before": {"target": "3"}, "after": {"target": "5"}}]


def test_by_api_every_refused_line_is_named_and_none_is_taken(release, above, district):
    before = kept().count()
    items = [line(), line(title="二", row="Z9"), line(title="三", due="soon"), line()]
    said = problem(Program(above).post(f"{V1}/plan/milestones", {"items": items}), 422, "invalid")
    assert {e["field"] for e in said["errors"]} == {"items[1].row", "items[2].due", "items[3]"}
    assert kept().count() == before
    problem(Program(district).post(f"{V1}/plan/milestones", {"items": [line()]}), 403, "forbidden")
