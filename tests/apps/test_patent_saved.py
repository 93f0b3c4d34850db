"""History, saved queries and alerts: whose they are, what they mean, what cannot be written."""

from __future__ import annotations

import zlib
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from jinzhi.apps.catalogue.clock import standing_on
from jinzhi.apps.catalogue.integrity import checkers
from jinzhi.apps.evidence.events.actions import Conflict
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.patents.desk import alerts, collections, history, notes, saved
from jinzhi.apps.patents.models import Alert, Document, LegalState, WatchInterval
from jinzhi.apps.patents.refused import SearchRefused
from jinzhi.apps.patents.search.asking import Desk, bound
from jinzhi.apps.patents.search.index import update
from jinzhi.apps.patents.search.result import search
from jinzhi.apps.patents.store.storing import prepare, prepare_event, store
from jinzhi.engines.query_language.parse import parse
from jinzhi.kernel.patent import LegalEvent, Source
from jinzhi.kernel.query import QueryError
from tests.apps.patent_documents import DETECTOR, document, stored

TODAY = date(2026, 11, 22)
NUMBERS = st.from_regex(r"(CN|US)[0-9]{1,3}[AB]", fullmatch=True)
MARKS = st.sampled_from(["F", "P20240101", "E20250228", "U"])


@pytest.fixture
def patents(city) -> None:
    stored()


@pytest.fixture
def colleague(make_person, district):
    """Somebody else at the district's own unit."""
    return make_person("binhai2", "tj-binhai", "reporter", "滨海另一人")


def numbers(text: str, who=None) -> set[str]:
    return {row.number for row in search(text, who=who).page(0, 1000)}


# --- history ----------------------------------------------------------------------------------------------------


def test_history_is_numbered_on_and_repeats_make_no_number(district):
    user = district.user
    for text, count in (("隔膜", 3), ("隔膜", 3), ("电池", 2), ("隔膜", 3)):
        history.remember(user, text, count=count)
    assert [(e.number, e.text) for e in history.entries(user)] == [(3, "隔膜"), (2, "电池"), (1, "隔膜")]


def test_numbers_of_deleted_searches_are_not_used_again(district):
    history.remember(district.user, "隔膜", count=3)
    history.remember(district.user, "电池", count=3)
    assert history.forget(district.user, [2]) == 1
    assert history.remember(district.user, "涂覆", count=1).number == 3
    assert history.forget(district.user) == 2
    assert history.remember(district.user, "涂覆", count=1).number == 4


def test_history_can_be_reckoned_with(district, patents):
    history.remember(district.user, "隔膜", count=3)
    history.remember(district.user, "#1 NOT ti=涂覆机", count=2)
    found = numbers("#2 AND pd=2024", district.acting)
    assert found == {"CN117000001A"}


def test_history_is_each_persons_own(district, colleague, above, patents):
    history.remember(district.user, "隔膜", count=3)
    for other in (colleague, above):
        with pytest.raises(QueryError, match="检索历史里没有 #1"):
            search("#1", who=other.acting)


def test_nobody_in_particular_has_no_history_and_is_told_what_to_do(patents):
    with pytest.raises(QueryError, match="--as") as told:
        search("隔膜 AND #1")
    assert told.value.at == 7


def test_a_visitor_has_the_history_that_the_page_remembers(patents):
    assert bound(parse("#4"), Desk(None, {4: "隔膜"})).root == parse("隔膜").root


# --- saved queries ----------------------------------------------------------------------------------------------


def test_a_saved_query_is_ones_own_until_it_is_shared(district, colleague, elsewhere, patents):
    row = saved.keep(district.acting, name="隔膜", text="ti=隔膜")
    assert numbers("##隔膜", district.acting) == {"CN117000001A", "CN119000004A"}
    with pytest.raises(QueryError, match="已存检索里没有 ##隔膜"):
        search("##隔膜", who=colleague.acting)
    saved.change(row, district.acting, name="隔膜", text="ti=隔膜", about="", shared=True)
    assert numbers("##隔膜", colleague.acting) == {"CN117000001A", "CN119000004A"}
    with pytest.raises(QueryError, match="已存检索里没有 ##隔膜"):
        search("##隔膜", who=elsewhere.acting)


def test_who_sees_below_names_the_unit(district, above, patents):
    saved.keep(district.acting, name="隔膜", text="ti=隔膜", shared=True)
    with pytest.raises(QueryError, match="没有 ##隔膜"):
        search("##隔膜", who=above.acting)
    assert len(numbers("##隔膜@tj-binhai", above.acting)) == 2


def test_a_shared_query_means_the_same_to_everybody(district, colleague, patents):
    saved.keep(district.acting, name="词", text="ti=隔膜", shared=True)
    saved.keep(district.acting, name="新", text="##词 AND pd>=20240601", shared=True)
    saved.keep(colleague.acting, name="词", text="ti=电芯")
    assert numbers("##词", colleague.acting) == {"CN218000003U"}
    assert numbers("##新", colleague.acting) == {"CN119000004A"}


def test_history_is_written_out_when_it_is_saved(district, patents):
    history.remember(district.user, "隔膜 OR 电芯", count=4)
    row = saved.keep(district.acting, name="甲", text="#1 NOT 涂覆")
    assert row.text == "(隔膜 OR 电芯) NOT 涂覆"
    history.forget(district.user)
    assert numbers("##甲", district.acting) == {"CN116000002A", "CN218000003U"}


def test_a_circle_is_refused_and_nothing_is_changed(district):
    first = saved.keep(district.acting, name="甲", text="隔膜")
    saved.keep(district.acting, name="乙", text="##甲 OR 电池")
    with pytest.raises(SearchRefused, match="引用了自身"):
        saved.change(first, district.acting, name="甲", text="##乙", about="", shared=False)
    assert saved.find(district.acting, first.pk).text == "隔膜"


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("", "隔膜", "请写名称"),
        ("甲@乙", "隔膜", "名称里不能有"),
        ("甲" * 81, "隔膜", "最多 80"),
        ("甲", "", "请写检索式"),
        ("甲", "nosuch=隔膜", "没有字段"),
        ("甲", "##无", "已存检索里没有"),
        ("甲", "(隔膜", "括号"),
    ],
)
def test_what_cannot_be_saved_says_why(district, name, text, why):
    with pytest.raises(SearchRefused, match=why):
        saved.keep(district.acting, name=name, text=text)
    assert not saved.listed(district.acting)


def test_a_name_stands_once_for_a_person_and_once_in_a_unit(district, colleague):
    saved.keep(district.acting, name="甲", text="隔膜", shared=True)
    with pytest.raises(SearchRefused, match="已有名为“甲”"):
        saved.keep(district.acting, name="甲", text="电池")
    with pytest.raises(SearchRefused, match="本单位共享"):
        saved.keep(colleague.acting, name="甲", text="电池", shared=True)
    assert saved.keep(colleague.acting, name="甲", text="电池").pk


def test_the_same_form_sent_twice_makes_one(district):
    first = saved.keep(district.acting, name="甲", text="隔膜")
    assert saved.keep(district.acting, name="甲", text="隔膜").pk == first.pk


def test_what_is_shared_refers_only_to_what_is_shared(district):
    saved.keep(district.acting, name="甲", text="隔膜")
    with pytest.raises(SearchRefused, match="没有共享的 ##甲"):
        saved.keep(district.acting, name="乙", text="##甲 OR 电池", shared=True)


def test_a_name_that_others_refer_to_stays(district):
    row = saved.keep(district.acting, name="甲", text="隔膜")
    saved.keep(district.acting, name="乙", text="##甲 OR 电池")
    with pytest.raises(SearchRefused, match="有 1 个已存检索引用 ##甲"):
        saved.change(row, district.acting, name="丙", text="隔膜", about="", shared=False)


def test_only_the_owner_changes_and_an_old_form_is_told(district, colleague):
    row = saved.keep(district.acting, name="甲", text="隔膜", shared=True)
    with pytest.raises(SearchRefused, match="只有本人可以更改"):
        saved.change(row, colleague.acting, name="甲", text="电池", about="", shared=True)
    saved.change(row, district.acting, name="甲", text="电池", about="", shared=True, expected=1)
    with pytest.raises(Conflict):
        saved.change(row, district.acting, name="甲", text="涂覆", about="", shared=True, expected=1)


def test_a_removed_query_can_be_restored_unless_its_name_is_taken(district, patents):
    row = saved.remove(saved.keep(district.acting, name="甲", text="隔膜"), district.acting)
    with pytest.raises(QueryError, match="没有 ##甲"):
        search("##甲", who=district.acting)
    assert [r.name for r in saved.removed(district.acting)] == ["甲"]
    saved.restore(row, district.acting)
    assert len(numbers("##甲", district.acting)) == 3
    saved.remove(row, district.acting)
    saved.keep(district.acting, name="甲", text="电池")
    with pytest.raises(SearchRefused, match="已有名为“甲”"):
        saved.restore(row, district.acting)


def test_what_is_shared_leaves_events_and_what_is_ones_own_none(district):
    own = saved.keep(district.acting, name="甲", text="隔膜")
    shared = saved.keep(district.acting, name="乙", text="电池", shared=True)
    saved.change(shared, district.acting, name="乙", text="电池 OR 电芯", about="", shared=True)
    saved.remove(shared, district.acting)
    saved.restore(shared, district.acting)
    saved.change(shared, district.acting, name="乙", text="电池", about="", shared=False)
    verbs = list(Event.objects.filter(stream=shared.stream).order_by("seq").values_list("verb", flat=True))
    assert verbs == ["share", "change", "remove", "restore", "unshare"]
    assert not Event.objects.filter(stream=own.stream).exists()


def test_somebody_who_is_not_signed_in_is_told_to_sign_in(patents):
    with pytest.raises(QueryError, match="需要登录") as told:
        search("隔膜 OR ##甲")
    assert (told.value.at, told.value.end) == (6, 9)


def test_classifications_without_a_concordance_are_refused_and_not_empty(district, patents):
    for text in ("nic=C3841", "sei=1", "隔膜 NOT 国民经济行业=C38"):
        with pytest.raises(QueryError, match="没有专利分类与它的对照表"):
            search(text, who=district.acting)


# --- the console ------------------------------------------------------------------------------------------------


def asked(*args: str) -> str:
    out = StringIO()
    call_command("search", *args, stdout=out)
    return out.getvalue()


def test_the_console_asks_in_somebodys_name(district, patents):
    saved.keep(district.acting, name="隔膜", text="ti=隔膜")
    history.remember(district.user, "涂覆", count=1)
    assert asked("##隔膜 AND #1", "--as", "binhai", "--count").strip() == "2"
    assert asked("##隔膜", "--as", "binhai@tj-binhai", "--count").strip() == "2"
    with pytest.raises(CommandError, match="可用：tj-binhai"):
        asked("##隔膜", "--as", "binhai@tj-dongli")
    with pytest.raises(CommandError, match="没有名为 nobody"):
        asked("##隔膜", "--as", "nobody")


# --- alerts -----------------------------------------------------------------------------------------------------


@pytest.fixture
def watched(district, patents) -> Alert:
    row = saved.keep(district.acting, name="隔膜", text="隔膜")
    return alerts.watch(district.acting, row)


def fresh(alert: Alert) -> Alert:
    return Alert.objects.select_related("saved__unit").get(pk=alert.pk)


def test_the_first_comparison_starts_from_what_is_there(watched):
    alert = fresh(watched)
    assert (alert.count, alert.differences, alert.error_zh) == (3, 0, "")
    assert set(alerts.lines_of(alert.base)) == {"CN119000004A", "CN117000001A", "CN116000002A"}


def test_new_changed_and_gone_are_told_exactly(watched):
    store([prepare(document("CN120000005A", "隔膜检测方法"))])
    granted = LegalEvent(DETECTOR.application_number, "AA", "授权", date(2024, 5, 1), source=Source("cnipa-prs"))
    store([], [prepare_event(granted)])
    store([prepare(document("CN119000004A", "一种涂覆机", publication_date=date(2024, 10, 1)))])
    assert alerts.fire_due() == 1
    alert = fresh(watched)
    assert (alert.count, alert.new, alert.changed, alert.gone) == (3, 1, 1, 1)
    told = alerts.compare(alert.base, alert.seen)
    assert [n for n, _ in told.new] == ["CN120000005A"]
    assert [n for n, _ in told.gone] == ["CN119000004A"]
    ((number, before, after),) = told.changed
    assert number == "CN116000002A"
    assert (before.state, after.state, after.on) == (LegalState.UNCONFIRMED, LegalState.IN_FORCE, date(2024, 5, 1))


def test_differences_stay_until_they_are_looked_at(watched):
    store([prepare(document("CN120000005A", "隔膜检测方法"))])
    alerts.fire_due()
    store([prepare(document("CN120000006A", "隔膜切割方法"))])
    alerts.fire_due()
    assert fresh(watched).new == 2
    alerts.look(watched, fresh(watched).version)
    alerts.fire_due()
    assert fresh(watched).differences == 0


def test_a_look_at_an_old_page_is_told_that_more_came(watched):
    store([prepare(document("CN120000005A", "隔膜检测方法"))])
    alerts.fire_due()
    seen = fresh(watched).version
    store([prepare(document("CN120000006A", "隔膜切割方法"))])
    alerts.fire_due()
    with pytest.raises(Conflict):
        alerts.look(watched, seen)
    assert fresh(watched).new == 2


def test_nothing_is_asked_again_while_nothing_changed(watched, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        assert alerts.fire_due() == 0


def test_a_daily_alert_waits_for_its_day(watched):
    alerts.set_every(watched, WatchInterval.DAY)
    store([prepare(document("CN120000005A", "隔膜检测方法"))])
    assert alerts.fire_due() == 0
    with standing_on(TODAY + timedelta(days=1)):
        assert alerts.fire_due() == 1
    assert fresh(watched).new == 1


def test_a_paused_alert_is_not_asked_and_tells_everything_afterwards(watched):
    alerts.pause(watched, False)
    store([prepare(document("CN120000005A", "隔膜检测方法"))])
    assert alerts.fire_due() == 0
    alerts.pause(watched, True)
    alerts.fire_due()
    assert fresh(watched).new == 1


def test_an_alert_that_cannot_be_asked_says_why_and_keeps_no_other_from_being_asked(watched, district, colleague):
    shared = saved.keep(colleague.acting, name="电池", text="电池", shared=True)
    other = alerts.watch(district.acting, shared)
    saved.change(shared, colleague.acting, name="电池", text="电池", about="", shared=False)
    store([prepare(document("CN120000005A", "隔膜检测方法"))])
    alerts.fire_due()
    assert "不再共享" in fresh(other).error_zh
    assert fresh(watched).new == 1


def test_an_alert_of_a_post_that_ended_stops(watched, district):
    district.membership.until = date(2026, 11, 1)
    district.membership.save()
    store([prepare(document("CN120000005A", "隔膜检测方法"))])
    alerts.fire_due()
    assert "任职已经结束" in fresh(watched).error_zh
    assert fresh(watched).new == 0


def test_while_the_index_is_behind_nothing_is_compared(watched, settings):
    settings.JINZHI_SEARCH = "tantivy"
    update(rebuild=True)
    store([prepare(document("CN120000005A", "隔膜检测方法"))])
    alerts.fire_due()
    assert "索引落后 1 件" in fresh(watched).error_zh
    call_command("patents", "index", stdout=StringIO(), stderr=StringIO())
    alert = fresh(watched)
    assert (alert.error_zh, alert.new) == ("", 1)


def test_watching_twice_is_one_alert(watched, district):
    again = alerts.watch(district.acting, watched.saved, WatchInterval.WEEK)
    assert again.pk == watched.pk
    assert fresh(watched).every == WatchInterval.WEEK


def test_who_has_an_address_is_told_by_mail_where_mail_is_set_up(watched, district, mailoutbox):
    district.user.email = "binhai@example.org"
    district.user.save()
    store([prepare(document("CN120000005A", "隔膜检测方法"))])
    alerts.fire_due()
    (mail,) = mailoutbox
    assert "隔膜" in mail.subject
    assert "新增 1 件" in mail.body


def test_no_mail_where_none_is_set_up(settings):
    assert alerts.mails()
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    assert not alerts.mails()


def test_the_paths_of_the_rows_are_those_of_their_units(watched, district):
    notes.tag(district.acting, "重点", [Document.objects.get(number="CN117000001A").pk])
    collections.create(district.acting, name="电池")
    assert [list(one.run()) for one in checkers() if one.id == "unit-path"] == [[]]


@given(st.dictionaries(NUMBERS, MARKS, max_size=12), st.dictionaries(NUMBERS, MARKS, max_size=12))
def test_differences_are_those_of_the_two_sets(old, new):
    told = alerts.compare(kept(old), kept(new))
    assert [n for n, _ in told.new] == sorted(new.keys() - old.keys())
    assert [n for n, _ in told.gone] == sorted(old.keys() - new.keys())
    assert [n for n, *_rest in told.changed] == sorted(n for n in old.keys() & new.keys() if old[n] != new[n])


def kept(marks: dict[str, str]) -> bytes:
    return zlib.compress("\n".join(sorted(f"{n}\t{mark}" for n, mark in marks.items())).encode())
