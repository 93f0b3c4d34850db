"""Milestones copied from year to year: looked at, edited, confirmed once; no target invented, none copied twice."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.actions import add_milestone, drop_milestone
from jinzhi.apps.plan.milestone_copies import moved
from jinzhi.apps.plan.models import Duty, Milestone, Release, Row
from jinzhi.apps.units.models import Unit
from tests.web.api.test_api import V1, Program, problem
from tests.web.plan.city import PLAN, plan_city

COPY = "/plan/milestones/copy/?from=2026&to=2027"
API = f"{V1}/plan/milestone-copies?from=2026&to=2027"
C1 = f"{PLAN}-C1-tj-ip-office-1"
C1_LATE = f"{PLAN}-C1-tj-ip-office-2"


@pytest.fixture
def release(city):
    return plan_city()


def kept(**where):
    return Milestone.objects.unrestricted("test").filter(**{"plan": PLAN, **where})


def ticked(answer, *codes, **more):
    """What a browser would send of the page, with only these rows ticked."""
    text = answer.content.decode()
    sent = dict(re.findall(r'name="(_key)" value="([^"]+)"', text))
    for shown in answer.context["rows"]:
        code = shown.proposal.source.code
        if code in codes:
            sent |= {f"take-{code}": "on", f"title-{code}": shown.title, f"due-{code}": shown.due}
            sent |= {f"unit-{code}": shown.unit, f"target-{code}": "", f"was-{code}": str(shown.proposal.source.target)}
    return {**sent, **more}


def test_every_milestone_of_the_year_is_shown_with_its_day_moved_and_no_target(release, above):
    answer = above.client.get(COPY)
    rows = {r.proposal.source.code: r for r in answer.context["rows"]}
    assert set(rows) == set(kept(due__year=2026).values_list("code", flat=True))
    assert (rows[C1].due, rows[C1].target, rows[C1].before, rows[C1].keep) == ("2027-06-30", "", "10", False)
    assert "沿用 10" in answer.content.decode()


def test_a_copy_without_a_target_is_refused_and_keeps_what_was_typed(release, above):
    looked = above.client.get(COPY)
    answer = above.client.post(COPY, ticked(looked, C1, **{f"title-{C1}": "改过的名称"}))
    assert answer.status_code == 422 and not kept(due__year=2027, row_key="C1").exists()
    assert "请给出目标值（原来是 10" in answer.content.decode() and "改过的名称" in answer.content.decode()


def test_the_target_of_before_is_taken_only_where_it_is_ticked(release, above):
    looked = above.client.get(COPY)
    sent = ticked(looked, C1, C1_LATE, **{f"keep-{C1}": "on", f"target-{C1_LATE}": "12.5"})
    assert above.client.post(COPY, sent).status_code == 302
    made = {m.due: m.target for m in kept(due__year=2027, row_key="C1")}
    assert made == {date(2027, 6, 30): Decimal(10), date(2027, 12, 20): Decimal("12.5")}


def test_two_clicks_make_one_copy_with_one_event_that_names_its_source(release, above):
    sent = ticked(above.client.get(COPY), C1, **{"keep-all": "on"})
    assert above.client.post(COPY, sent).status_code == 302
    assert above.client.post(COPY, sent).status_code == 302
    copy = kept(due__year=2027, row_key="C1").get()
    assert re.fullmatch(rf"{PLAN}-C1-tj-ip-office-\d+", copy.code) and copy.code not in (C1, C1_LATE)
    [event] = Event.objects.filter(stream=copy.stream)
    assert event.data["copied_from"] == C1
    assert f"复制自 {C1}" in above.client.get(f"/plan/milestones/{copy.code}/").content.decode()


def test_what_was_copied_is_shown_as_there_even_under_another_title(release, above):
    sent = ticked(above.client.get(COPY), C1, **{"keep-all": "on", f"title-{C1}": "另一个名称"})
    above.client.post(COPY, sent)
    copy = kept(due__year=2027, row_key="C1").get()
    [row] = [r for r in above.client.get(COPY).context["rows"] if r.proposal.source.code == C1]
    assert row.proposal.there == copy.code and row.proposal.barred and not row.take
    drop_milestone(copy, reason="不做了", who=above.acting, expected=None)
    [row] = [r for r in above.client.get(COPY).context["rows"] if r.proposal.source.code == C1]
    assert not row.proposal.there


def test_one_wrong_row_stops_all_and_is_named(release, above):
    looked = above.client.get(COPY)
    sent = ticked(looked, C1, C1_LATE, **{"keep-all": "on", f"due-{C1_LATE}": "2028-01-01"})
    answer = above.client.post(COPY, sent)
    assert answer.status_code == 422 and "期限应在 2027 年之内" in answer.content.decode()
    assert not kept(due__year=2027, row_key="C1").exists()


def test_two_rows_made_alike_by_hand_are_refused(release, above):
    looked = above.client.get(COPY)
    alike = {"keep-all": "on", f"due-{C1_LATE}": "2027-06-30", f"title-{C1_LATE}": "同", f"title-{C1}": "同"}
    answer = above.client.post(COPY, ticked(looked, C1, C1_LATE, **alike))
    assert answer.status_code == 422 and "是同一个里程碑" in answer.content.decode()


def test_a_unit_without_the_duty_is_listed_not_ticked_and_wants_a_reason(release, above):
    Duty.objects.filter(row__key="C1", units__code="tj-ip-office").delete()
    looked = above.client.get(COPY)
    [row] = [r for r in looked.context["rows"] if r.proposal.source.code == C1]
    assert not row.take and "已不在这项任务的现行分工内" in looked.content.decode()
    sent = ticked(looked, C1, **{"keep-all": "on"})
    assert above.client.post(COPY, sent).status_code == 422
    other = {**sent, f"unit-{C1}": "tj-binhai", "_key": "other"}
    assert above.client.post(COPY, other).status_code == 302
    assert kept(due__year=2027, row_key="C1").get().unit.code == "tj-binhai"


def test_with_its_reason_a_unit_without_the_duty_gets_the_copy_on_record(release, above):
    Duty.objects.filter(row__key="C1", units__code="tj-ip-office").delete()
    sent = ticked(above.client.get(COPY), C1, **{"keep-all": "on", "reason": "过渡期内仍由其承担"})
    assert above.client.post(COPY, sent).status_code == 302
    copy = kept(due__year=2027, row_key="C1").get()
    assert Event.objects.get(stream=copy.stream).data["reason"] == "过渡期内仍由其承担"


def test_a_closed_unit_gets_no_copy(release, above):
    Unit.objects.filter(code="tj-ip-office").update(active=False)
    looked = above.client.get(COPY)
    [row] = [r for r in looked.context["rows"] if r.proposal.source.code == C1]
    assert not row.take and "已停用" in looked.content.decode()
    answer = above.client.post(COPY, ticked(looked, C1, **{"keep-all": "on", "reason": "仍要"}))
    assert answer.status_code == 422


def test_a_title_with_the_year_is_pointed_out(release, above):
    unit = Unit.objects.get(code="tj-ip-office")
    add_milestone(release, "C1", unit, title="2026年培训", due=date(2026, 12, 1), who=above.acting)
    assert "名称中有 2026，请核对" in above.client.get(COPY).content.decode()


@pytest.mark.parametrize("query", ["from=2026&to=2026", "from=2026&to=2035", "from=1999&to=2027"])
def test_years_that_do_not_fit_are_refused_in_words(release, above, query):
    answer = above.client.get(f"/plan/milestones/copy/?{query}")
    assert answer.status_code == 422 and "没有复制任何里程碑" in answer.content.decode()


def test_the_last_of_february_finds_a_day_and_says_so(release, above):
    assert moved(date(2028, 2, 29), 1) == date(2029, 2, 28)
    assert moved(date(2027, 2, 28), 1) == date(2028, 2, 28)
    unit = Unit.objects.get(code="tj-ip-office")
    add_milestone(release, "C1", unit, title="闰日", due=date(2028, 2, 29), who=above.acting)
    page = above.client.get("/plan/milestones/copy/?from=2028&to=2027").content.decode()
    assert "原期限 2028-02-29，当年没有这一天" in page


def test_who_may_not_edit_the_plan_copies_nothing(release, district):
    assert district.client.get(COPY).status_code == 403
    assert district.client.post(COPY, {f"take-{C1}": "on"}).status_code == 403
    problem(Program(district).post(API, {"items": [{"source": C1, "target": "1"}]}), 403, "forbidden")


def other_plan() -> Release:
    made = Release.objects.create(
        plan="next-plan", number=1, title="下一规划", starts=date(2027, 1, 1), ends=date(2030, 12, 31),
        in_force=True, stored_at="2026-11-01T00:00:00Z",
    )  # fmt: skip
    row = Row.objects.create(release=made, key="N7", bound="C1", position=0, number=1, title="改了名的任务")
    duty = Duty.objects.create(row=row, position=0, kind="alone", raw="知识产权局")
    duty.units.add(Unit.objects.get(code="tj-ip-office"))
    return made


def test_from_another_plan_a_row_is_found_by_what_it_is_bound_to(release, above):
    other_plan()
    items = Program(above).get(f"{API}&plan=next-plan&from_plan={PLAN}").json()["items"]
    rows = {i["source"]: i["row"] for i in items}
    assert rows[C1] == "N7" and rows[f"{PLAN}-C2-tj-science-1"] is None
    sent = {"items": [{"source": C1, "target": "3"}]}
    [code] = Program(above).post(f"{API}&plan=next-plan&from_plan={PLAN}", sent).json()["added"]
    assert kept(plan="next-plan").get().code == code


def test_by_api_what_is_offered_can_be_sent_and_the_same_lines_make_nothing(release, above):
    api = Program(above)
    offered = [i for i in api.get(API).json()["items"] if i["offered"]]
    sent = {"items": [{"source": i["source"], "target": i["previous_target"]} for i in offered]}
    dry = api.post(API, {**sent, "dry_run": True}).json()
    assert dry["added"] == [] and not kept(due__year=2027, row_key="C1").exists()
    done = api.post(API, sent).json()
    assert len(done["added"]) == len(offered) > 5
    again = api.post(API, sent).json()
    assert (again["added"], set(again["there"])) == ([], {i["source"] for i in offered})


def test_by_api_every_refused_line_is_named_and_none_is_made(release, above):
    items = [{"source": C1, "target": "1"}, {"source": C1_LATE}, {"source": "nothing", "target": "1"}]
    items += [{"source": C1, "target": "2"}]
    said = problem(Program(above).post(API, {"items": items}), 422, "invalid")
    assert {e["field"] for e in said["errors"]} == {"items[1].target", "items[2].source", "items[3].source"}
    assert not kept(due__year=2027, row_key="C1").exists()


def run(*words):
    out = StringIO()
    call_command("plan", "copy-milestones", "--from", "2026", "--to", "2027", *words, stdout=out)
    return out.getvalue()


def test_the_command_shows_first_and_copies_with_confirm(release):
    before = kept().count()
    assert "加 --confirm 复制" in run() and kept().count() == before
    with pytest.raises(CommandError, match="请给出目标值"):
        run("--confirm")
    said = json.loads(run("--only", C1, "--target", f"{C1}=4", "--confirm", "--json"))
    assert kept(code=said["added"][0]).get().target == 4 and kept().count() == before + 1
    assert "已复制" in run("--keep-targets", "--confirm")
    assert "已复制 0 个" in run("--keep-targets", "--confirm")


def test_the_command_names_what_it_does_not_know(release):
    with pytest.raises(CommandError, match="没有里程碑 nothing"):
        run("--only", "nothing")
    with pytest.raises(CommandError, match="没有名为 nobody"):
        run("--as", "nobody")


def test_a_copy_that_is_due_already_wants_its_reason(release, above):
    late = f"{PLAN}-C2-tj-science-2"
    query = {"source": late, "target": "1"}
    address = f"{V1}/plan/milestone-copies?from=2027&to=2026"
    said = problem(Program(above).post(address, {"items": [query]}), 422, "invalid")
    assert [e["field"] for e in said["errors"]] == ["items[0].due"]
    [code] = Program(above).post(address, {"items": [query], "reason": "补列"}).json()["added"]
    assert Event.objects.get(stream=f"milestone:{code}").data["reason"] == "补列"


def test_by_api_the_years_are_this_one_and_the_next_where_none_is_named(release, above):
    said = Program(above).get(f"{V1}/plan/milestone-copies").json()
    assert (said["from"], said["to"]) == (2026, 2027) and said["items"]
    said = Program(above).get(f"{V1}/plan/milestone-copies?from=2028").json()
    assert (said["to"], said["items"]) == (None, [])
