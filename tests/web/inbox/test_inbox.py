"""The inbox: a number on every page, what must be done today on the first one; as three people."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jinzhi.apps.cases.actions import open_case, take
from jinzhi.apps.cases.inbox import MOST, unread, waiting
from jinzhi.apps.cases.models import Case, Seen, Watch
from jinzhi.apps.custody.actions import accept, offer
from jinzhi.apps.plan.actions import change_milestone
from jinzhi.apps.plan.reporting import open_round
from jinzhi.apps.units.models import Unit
from jinzhi.web.shell.watching import watched
from tests.apps.plan_fixtures import milestone, quarter, small_plan
from tests.apps.test_custody import take as take_evidence

INBOX = "/inbox/"


@pytest.fixture
def release(city):
    return small_plan()


def order(above, unit: str = "tj-binhai", title: str = "加快推进", due: str = "2026-12-20", **more) -> Case:
    raw = {"title": title, "demand": "说明原因", "grounds": "超期", "due": due}
    return open_case("supervision-order", "issue", raw, who=above.acting, unit=Unit.objects.get(code=unit), **more)


def number(person, url: str = INBOX) -> int:
    return person.client.get(url).context["inbox"]()["n"]


def todo(person) -> list[str]:
    return [r.cells[0].value for r in person.client.get(INBOX).context["table"].rows if hasattr(r, "cells")]


def panel(person):
    return person.client.get("/plan/").context["today_panel"]


@pytest.mark.parametrize("url", ["/plan/", "/cases/", "/catalogue/", "/units/", "/inbox/", "/nothing/here/"])
def test_an_order_just_issued_is_a_number_on_every_page_of_its_unit(release, above, district, elsewhere, url):
    order(above)
    page = district.client.get(url).content.decode()
    assert '<span class="inbox-n" aria-hidden="true">1</span>' in page
    assert "1 条新的待处理" in page
    assert "inbox-n" not in elsewhere.client.get(url).content.decode()
    assert "inbox-n" not in above.client.get(url).content.decode()


def test_the_number_goes_when_the_order_is_read_and_the_order_when_it_is_done(release, above, district):
    made = order(above)
    assert (number(district), todo(district)) == (1, ["签收：加快推进"])
    district.client.get(f"/cases/{made.pk}/")
    assert (number(district), todo(district)) == (0, ["签收：加快推进"])
    take(made, "sign", {}, who=district.acting)
    take(made, "answer", {"answer": "已办"}, who=district.acting)
    assert (number(district), todo(district)) == (0, [])
    assert (number(above), todo(above)) == (1, ["退回重办：加快推进"])


def test_what_happens_to_a_read_order_makes_it_new_again(release, above, district):
    made = order(above)
    district.client.get(f"/cases/{made.pk}/")
    take(made, "extend", {"new_due": "2026-12-31", "reason": "数据未到"}, who=above.acting)
    assert number(district) == 1


def test_each_reads_for_oneself_but_what_a_colleague_did_is_done(release, above, district, make_person):
    colleague = make_person("binhai2", "tj-binhai", "approver", "滨海审核人")
    made = order(above)
    district.client.get(f"/cases/{made.pk}/")
    assert (number(district), number(colleague)) == (0, 1)
    take(made, "answer", {"answer": "已办"}, who=colleague.acting)
    assert todo(district) == todo(colleague) == []


def test_a_report_that_is_called_for_leads_to_its_form(release, above, district):
    milestone(release, "U1", "tj-binhai", date(2026, 9, 30), 10)
    made = open_round(release, quarter(release, "2026Q3"), who=above.acting, on=date(2026, 10, 9))
    mine = next(r for r in made if r.unit.code == "tj-binhai")
    page = district.client.get(INBOX)
    [row] = [r for r in page.context["table"].rows if hasattr(r, "cells")]
    assert row.cells[0].href == f"/plan/reports/{mine.pk}/"
    assert number(district) == 1
    district.client.get(f"/plan/reports/{mine.pk}/")
    assert number(district) == 0


def test_the_first_page_says_what_must_be_done_today(release, above, district):
    for title, due in (("超期", "2026-11-10"), ("今天", "2026-11-22"), ("以后", "2026-12-20")):
        made = order(above, title=title, due=due, on=date(2026, 11, 2))
        take(made, "sign", {}, who=district.acting, on=date(2026, 11, 3))
    district.client.post("/inbox/seen/")
    shown = panel(district)
    assert [(t.case.title, t.urgency.id) for t in shown.things] == [("超期", "overdue"), ("今天", "today")]
    assert (shown.pressing, shown.more, shown.rest) == (2, 0, 1)
    order(above, title="新来", due="2026-12-20")
    assert [t.case.title for t in panel(district).things] == ["超期", "今天", "新来"]
    assert "今天要办" in district.client.get("/plan/").content.decode()


def test_the_panel_stands_before_there_is_a_plan(city, above, district):
    order(above, title="没有规划也要办")
    assert "没有规划也要办" in district.client.get("/plan/").content.decode()


def test_all_can_be_marked_as_read_and_stay_until_done(release, above, district):
    for n in range(3):
        order(above, title=f"第{n}件")
    district.client.post("/inbox/seen/")
    assert number(district) == 0
    assert len(todo(district)) == 3
    assert Seen.objects.filter(user=district.user).count() == 3


def test_who_is_not_signed_in_has_no_inbox(release, above, client):
    order(above)
    assert client.get(INBOX).status_code == 302
    assert "inbox-n" not in client.get("/").content.decode()


def test_the_number_costs_one_statement_whatever_waits(release, above, district):
    who = district.acting
    made = order(above)
    unread(who)
    with CaptureQueriesContext(connection) as few:
        assert unread(who) == 1
    Case.objects.bulk_create(
        [
            Case(
                procedure=made.procedure, number=f"n{n}", title="多", unit=made.unit, unit_path=made.unit_path,
                office=made.office, opened_on=made.opened_on, state=made.state, seq=1,
            )
            for n in range(2 * MOST)
        ]
    )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        assert unread(who) == MOST
    assert len(few) == len(many) == 1
    assert f"{MOST - 1}+" in district.client.get("/units/").content.decode()


def test_the_number_is_answered_by_an_index(release, above, district):
    order(above)
    if connection.vendor == "postgresql":  # it reads a table of a few rows whole, whatever the indexes
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = waiting(district.acting).filter(unread=True).order_by().explain()
    assert "SCAN cases_case" not in plan and "Seq Scan on cases_case" not in plan


# hand-overs of evidence


def handed_over(giver, taker):
    item = take_evidence(giver)
    return offer(item, taker.membership, reason="交专人保管", who=giver.acting, expected=item.seq)


def test_a_hand_over_waits_in_the_inbox_of_its_taker_until_it_is_answered(release, district, make_person):
    taker = make_person("keeper", "tj-binhai", "case-handler", "保管人")
    assert number(taker) == 0
    hand = handed_over(district, taker)
    page = taker.client.get(INBOX)
    assert number(taker) == 1 == page.context["total"]
    assert hand.item.title in page.content.decode()
    assert (number(district), district.client.get(INBOX).context["hands"]) == (0, None)
    taker.client.post("/inbox/seen/")
    assert number(taker) == 1, "a hand-over is new until it is answered"
    accept(hand, who=taker.acting)
    assert (number(taker), taker.client.get(INBOX).context["hands"]) == (0, None)


def test_the_number_is_that_of_the_things_marked_new_in_the_list(release, above, district):
    for n in range(3):
        order(above, title=f"第{n}件")
    read = order(above, title="读过的")
    district.client.get(f"/cases/{read.pk}/")
    page = district.client.get(INBOX)
    marked = [r for r in page.context["table"].rows if hasattr(r, "cells") and r.cells[1]]
    assert len(marked) == page.context["inbox"]()["n"] == 3
    assert page.context["total"] == 4


# watching


def follow(person, kind: str, ref: object, on: str = "1"):
    return person.client.post("/watching/follow/", {"kind": kind, "ref": str(ref), "on": on})


def news(person, url: str = INBOX) -> list[tuple[str, str]]:
    """What is told of the things a person follows: the thing, and how many changes are new."""
    rows = person.client.get(url).context["news" if url == INBOX else "table"].rows
    return [(r.cells[0].value, r.cells[2]) for r in rows]


def dot(person) -> bool:
    return "inbox-news" in person.client.get("/units/").content.decode()


def test_what_others_do_to_a_watched_case_is_told_until_it_is_looked_at(release, above, district):
    made = order(above)
    assert follow(above, "case", made.pk).status_code == 302
    take(made, "extend", {"new_due": "2026-12-31", "reason": "我自己延的"}, who=above.acting)
    assert (news(above), dot(above)) == ([], False)
    take(made, "sign", {}, who=district.acting)
    assert (news(above), dot(above), number(above)) == ([("加快推进", "1")], True, 0)
    assert "签收" in above.client.get(INBOX).content.decode()
    above.client.get(f"/cases/{made.pk}/")
    assert (news(above), dot(above)) == ([], False)
    assert news(above, "/watching/") == [("加快推进", "")]


def test_a_watch_is_given_up_and_twice_is_as_once(release, above, district):
    made = order(above)
    for _ in range(2):
        follow(above, "case", made.pk)
    assert Watch.objects.count() == 1
    assert "取消关注" in above.client.get(f"/cases/{made.pk}/").content.decode()
    follow(above, "case", made.pk, on="0")
    take(made, "sign", {}, who=district.acting)
    assert (Watch.objects.count(), news(above)) == (0, [])


def test_a_row_tells_of_its_milestones_and_of_the_orders_about_it(release, above, district, elsewhere):
    m = milestone(release, "U1", "tj-binhai", date(2026, 9, 30), 10)
    for person in (above, elsewhere):
        assert follow(person, "row", f"{release.plan}/U1").status_code == 302
    assert follow(district, "milestone", m.code).status_code == 302
    raw = {"title": "督办此任务", "demand": "说明", "grounds": "超期", "due": "2026-12-20"}
    unit = Unit.objects.get(code="tj-binhai")
    made = open_case("supervision-order", "issue", raw, who=above.acting, unit=unit, subject="row:U1")
    take(made, "sign", {}, who=district.acting)
    change_milestone(m, {"title": "改过的"}, reason="更正", who=above.acting, expected=None)
    assert [n for _t, n in news(above)] == ["1"], "what one did oneself is no news"
    assert [n for _t, n in news(district)] == ["1"]
    assert news(elsewhere) == [], "another district hears nothing of it"


def test_who_may_not_see_a_thing_cannot_follow_it(release, above, elsewhere, client):
    made = order(above)
    assert follow(elsewhere, "case", made.pk).status_code == 404
    assert follow(elsewhere, "case", "0' or 1").status_code == 404
    assert follow(elsewhere, "people", "1").status_code == 404
    assert Watch.objects.count() == 0
    assert client.post("/watching/follow/", {"kind": "case", "ref": made.pk, "on": "1"}).status_code == 302
    assert client.get("/watching/").status_code == 302


def test_a_watch_shows_nothing_of_what_may_no_longer_be_seen(release, above, district):
    """The post has moved to another unit: the thing is neither listed, nor counted, nor marked."""
    made = order(above)
    follow(district, "case", made.pk)
    take(made, "extend", {"new_due": "2026-12-31", "reason": "数据未到"}, who=above.acting)
    assert dot(district)
    district.membership.unit = Unit.objects.get(code="tj-dongli")
    district.membership.save()
    for url in (INBOX, "/watching/", "/units/"):
        page = district.client.get(url).content.decode()
        assert "加快推进" not in page and "inbox-news" not in page
    assert follow(district, "case", made.pk, on="0").status_code == 302


def test_following_more_costs_no_more_statements(release, above, district):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            watched(above.acting)
        return len(asked)

    first = order(above, title="第一件")
    m = milestone(release, "U1", "tj-binhai", date(2026, 9, 30), 10)
    for kind, ref in (("case", first.pk), ("milestone", m.code), ("row", f"{release.plan}/U1")):
        follow(above, kind, ref)
    few = cost()
    for n in range(6):
        made = order(above, title=f"第{n}件")
        follow(above, "case", made.pk)
        take(made, "sign", {}, who=district.acting)
    assert cost() == few <= 9


def test_who_follows_nothing_pays_one_statement(release, above):
    with CaptureQueriesContext(connection) as asked:
        assert watched(above.acting) == []
    assert len(asked) == 1
