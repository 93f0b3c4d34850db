"""Accounts as administrators keep them, and as others may not."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from jinzhi.apps.accounts.actions import end_post, give_post, reset_password, set_active, stream_of
from jinzhi.apps.accounts.models import Membership, User
from jinzhi.apps.accounts.reach import AccountRefused
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.units.models import Unit
from tests.conftest import PASSWORD


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


@pytest.fixture
def keeper(make_person):
    return make_person("keeper", "tianjin", "administrator")


NEW = {
    "username": "wang", "name": "王一", "email": "wang@example.cn", "unit": "tj-binhai", "role": "unit-reporter",
    "since": "2026-11-20",
}  # fmt: skip


CHOSEN = "correct horse 滨海"


def role_at(district) -> str:
    return Membership.objects.get(user=district.acting.user).role


def opened(keeper, district, **change):
    said = {**NEW, "role": role_at(district), **change}
    return keeper.client.post("/people/new/", said)


def link_in(mail) -> str:
    return re.search(r"http://testserver(/accounts/choose/\S+)", mail.body)[1]


def test_an_account_is_opened_and_its_link_mailed_to_the_person_alone(keeper, district, mailoutbox):
    answer = opened(keeper, district)
    user = User.objects.get(username="wang")
    assert not user.has_usable_password()
    (mail,) = mailoutbox
    assert mail.to == ["wang@example.cn"]
    link = link_in(mail)
    shown = answer.content.decode() + keeper.client.get(answer["Location"]).content.decode()
    assert link not in shown and "/accounts/choose/" not in shown
    assert link.split("/")[-2] not in str([e.data for e in Event.objects.filter(stream=stream_of(user))])
    assert user.memberships.get().unit.code == "tj-binhai"


def test_a_one_time_link_sets_a_password_once(keeper, district, mailoutbox):
    opened(keeper, district)
    link = link_in(mailoutbox[0])
    client = Client()
    assert client.post(link, {"password1": "12345", "password2": "12345"}).status_code == 422
    assert client.post(link, {"password1": CHOSEN, "password2": "another"}).status_code == 422
    assert client.post(link, {"password1": CHOSEN, "password2": CHOSEN}).status_code == 302
    assert client.get("/profile/").status_code == 302, "the link signs nobody in"
    assert client.get(link).status_code == 410
    assert client.post(link, {"password1": "yet another 津", "password2": "yet another 津"}).status_code == 410
    client.post("/accounts/login/", {"login": "wang", "password": CHOSEN})
    assert client.get("/profile/").status_code == 200


@pytest.mark.parametrize("link", ["/accounts/choose/x/y/", "/accounts/choose/MQ/c-1/", "/accounts/choose/%F0%9F/a/"])
def test_a_link_that_is_none_says_whom_to_ask(client, city, link):
    answer = client.get(link)
    assert answer.status_code == 410
    assert "管理员" in answer.content.decode()


def test_a_taken_name_is_said_beside_its_field_and_nothing_is_lost(keeper, district):
    opened(keeper, district)
    answer = opened(keeper, district, name="王二")
    assert answer.status_code == 422
    assert "王二" in answer.content.decode() and "aria-invalid" in answer.content.decode()
    assert User.objects.filter(username="wang").count() == 1


def test_a_post_ends_and_a_further_one_begins(keeper, district):
    user = district.acting.user
    post = user.memberships.get()
    given = {"unit": "tj-dongli", "role": post.role, "since": "2026-11-22"}
    assert keeper.client.post(f"/people/{user.pk}/", given).status_code == 302
    assert keeper.client.post(f"/people/{user.pk}/end/?post={post.pk}").status_code == 302
    page = district.client.get("/profile/").content.decode()
    assert "不在任期内" in page
    verbs = list(Event.objects.filter(stream=stream_of(user)).order_by("seq").values_list("verb", flat=True))
    assert verbs[-2:] == ["give-post", "end-post"]


def test_who_is_shut_out_is_out_at_once_and_can_be_let_in_again(keeper, district):
    user = district.acting.user
    assert keeper.client.post(f"/people/{user.pk}/shut/", {"reason": ""}).status_code == 422
    keeper.client.post(f"/people/{user.pk}/shut/", {"reason": "调离"})
    assert district.client.get("/profile/").status_code == 302
    keeper.client.post(f"/people/{user.pk}/open/", {"reason": "调回"})
    assert district.client.get("/profile/").status_code in (200, 302)
    assert User.objects.get(pk=user.pk).is_active


def test_the_last_keeper_of_accounts_cannot_be_lost(keeper):
    user = keeper.acting.user
    post = user.memberships.get()
    answer = keeper.client.post(f"/people/{user.pk}/end/?post={post.pk}", follow=True)
    assert "最后一个" in answer.content.decode()
    keeper.client.post(f"/people/{user.pk}/shut/", {"reason": "误点"})
    assert User.objects.get(pk=user.pk).is_active
    post.refresh_from_db()
    assert post.until is None


def test_a_reset_ends_password_and_sessions_and_goes_to_the_person(keeper, district, mailoutbox):
    user = district.acting.user
    User.objects.filter(pk=user.pk).update(email="binhai@example.cn")
    keeper.client.post(f"/people/{user.pk}/password/")
    assert district.client.get("/profile/").status_code == 302
    user.refresh_from_db()
    assert not user.check_password(PASSWORD)
    first = link_in(mailoutbox[0])
    keeper.client.post(f"/people/{user.pk}/password/")
    assert Client().get(first).status_code == 410, "a later link makes an earlier one void"
    assert Client().get(link_in(mailoutbox[1])).status_code == 200


def test_without_an_address_nothing_is_reset(keeper, district):
    user = district.acting.user
    answer = keeper.client.post(f"/people/{user.pk}/password/")
    assert answer.status_code == 422
    assert "登记邮箱" in answer.content.decode()
    assert district.client.get("/profile/").status_code == 200


def test_mail_that_does_not_go_out_is_said(keeper, district, settings):
    User.objects.filter(pk=district.user.pk).update(email="binhai@example.cn")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = keeper.client.post(f"/people/{district.user.pk}/password/", follow=True).content.decode()
    assert "邮件没有发出" in page


# --- reach follows the post -------------------------------------------------------------------------------
@pytest.fixture
def district_keeper(make_person):
    return make_person("binhai-keeper", "tj-binhai", "administrator")


@pytest.mark.parametrize(
    ("unit", "role", "given"),
    [
        ("tj-binhai", "reporter", True),
        ("tj-binhai", "administrator", True),
        ("tj-dongli", "reporter", False),
        ("tianjin", "administrator", False),
        ("tianjin", "reporter", False),
        ("tj-binhai", "plan-office", False),
    ],
)
def test_a_district_administrator_gives_posts_of_the_district_only(district_keeper, district, unit, role, given):
    answer = district_keeper.client.post("/people/new/", {**NEW, "unit": unit, "role": role})
    assert answer.status_code == (302 if given else 422)
    assert User.objects.filter(username="wang").exists() is given
    if not given:
        more = {"unit": unit, "role": role, "since": "2026-11-22"}
        assert district_keeper.client.post(f"/people/{district.user.pk}/", more).status_code == 422
        assert district.user.memberships.count() == 1
        with pytest.raises(AccountRefused):
            give_post(district.user, Unit.objects.get(code=unit), role, who=district_keeper.acting)


def test_a_district_administrator_neither_sees_nor_touches_who_is_beyond(district_keeper, district, above, elsewhere):
    for other in (above, elsewhere):
        assert district_keeper.client.get(f"/people/{other.user.pk}/").status_code == 404
        for verb in ("shut", "password", "factor", "address"):
            assert district_keeper.client.post(f"/people/{other.user.pk}/{verb}/", {"reason": "x"}).status_code == 404
        with pytest.raises(AccountRefused):
            reset_password(other.user, who=district_keeper.acting)
        with pytest.raises(AccountRefused):
            set_active(other.user, False, reason="x", who=district_keeper.acting)
        with pytest.raises(AccountRefused):
            end_post(other.membership, who=district_keeper.acting)
    page = district_keeper.client.get("/people/").content.decode()
    assert f"/people/{district.user.pk}/" in page
    assert not [p for p in (above, elsewhere) if f"/people/{p.user.pk}/" in page]


def test_one_post_beyond_reach_takes_the_whole_account_out_of_it(district_keeper, district, make_person):
    Membership.objects.create(
        user=district.user, unit=Unit.objects.get(code="tianjin"), role="plan-office", since=date(2024, 1, 1)
    )
    assert district_keeper.client.get(f"/people/{district.user.pk}/").status_code == 200
    for verb in ("shut", "password", "factor", "address"):
        assert district_keeper.client.get(f"/people/{district.user.pk}/{verb}/").status_code == 403
        assert district_keeper.client.post(f"/people/{district.user.pk}/{verb}/", {"reason": "x"}).status_code == 403
    beyond = district.user.memberships.get(role="plan-office")
    assert district_keeper.client.post(f"/people/{district.user.pk}/end/?post={beyond.pk}").status_code == 403
    district.user.refresh_from_db()
    assert district.user.is_active
    assert district.user.check_password(PASSWORD)


def test_nobody_gives_himself_a_post(keeper):
    more = {"unit": "tj-binhai", "role": "case-handler", "since": "2026-11-22"}
    assert keeper.client.post(f"/people/{keeper.user.pk}/", more).status_code == 422
    assert keeper.user.memberships.count() == 1


def test_the_last_keeper_of_the_whole_is_not_lost_to_one_of_a_part(keeper, district_keeper):
    post = keeper.user.memberships.get()
    keeper.client.post(f"/people/{keeper.user.pk}/end/?post={post.pk}")
    post.refresh_from_db()
    assert post.until is None


def test_a_district_administrator_writes_no_contact_of_another_unit(district_keeper):
    assert district_keeper.client.post("/units/tj-dongli/", {"contact": "x"}).status_code == 403
    assert district_keeper.client.get("/units/tj-dongli/").context["people"] is None
    assert district_keeper.client.post("/units/tj-binhai/", {"contact": "王某"}).status_code == 302


def test_a_district_administrator_does_not_run_the_installation(district_keeper):
    assert district_keeper.client.post("/operations/", {"act": "checkpoint"}).status_code == 403


# --- what takes two people --------------------------------------------------------------------------------
@pytest.fixture
def second(make_person):
    return make_person("second", "tianjin", "administrator")


@pytest.fixture
def lost(district):
    totp.TOTP.activate(district.user, totp.generate_totp_secret())
    RecoveryCodes.activate(district.user)
    return f"/people/{district.user.pk}/factor/"


def factors(district) -> int:
    return Authenticator.objects.filter(user=district.user).count()


def test_a_lost_second_factor_takes_two_people(keeper, second, district, lost):
    assert keeper.client.post(lost, {"reason": ""}).status_code == 422
    assert keeper.client.post(lost, {"reason": "手机丢失，已当面核实"}).status_code == 302
    assert factors(district) == 2
    assert keeper.client.post(lost, {"answer": "agree"}).status_code == 422, "who asked does not agree"
    assert factors(district) == 2
    page = second.client.get(lost).content.decode()
    assert "手机丢失" in page and "同意" in page
    assert second.client.post(lost, {"answer": "agree"}).status_code == 302
    assert factors(district) == 0
    told = Event.objects.filter(stream=stream_of(district.user)).order_by("seq")
    assert [(e.verb, e.user_id) for e in told] == [("ask-factor", keeper.user.pk), ("agree-factor", second.user.pk)]


def test_an_asking_is_declined_or_lapses(keeper, second, district, lost, monkeypatch):
    keeper.client.post(lost, {"reason": "手机丢失"})
    second.client.post(lost, {"answer": "decline"})
    assert second.client.post(lost, {"answer": "agree"}).status_code == 422
    keeper.client.post(lost, {"reason": "手机又丢失"})
    monkeypatch.setattr("jinzhi.apps.accounts.two_people.LAPSES", timedelta(seconds=-1))
    assert second.client.post(lost, {"answer": "agree"}).status_code == 422
    assert factors(district) == 2


def test_nobody_takes_off_the_own_second_factor_this_way(keeper, second):
    totp.TOTP.activate(keeper.user, totp.generate_totp_secret())
    mine = f"/people/{keeper.user.pk}/factor/"
    keeper.client.post(mine, {"reason": "丢失"})
    assert keeper.client.post(mine, {"answer": "agree"}).status_code == 422
    assert Authenticator.objects.filter(user=keeper.user).exists()


def test_an_address_is_entered_by_two_people_and_is_not_in_the_log(keeper, second, district):
    page = f"/people/{district.user.pk}/address/"
    assert keeper.client.post(page, {"email": "no address", "reason": "x"}).status_code == 422
    assert keeper.client.post(page, {"email": "binhai@example.cn", "reason": "新邮箱"}).status_code == 302
    district.user.refresh_from_db()
    assert district.user.email == ""
    assert keeper.client.post(page, {"answer": "agree"}).status_code == 422
    assert second.client.post(page, {"answer": "agree"}).status_code == 302
    district.user.refresh_from_db()
    assert district.user.email == "binhai@example.cn"
    assert "binhai@example.cn" not in str([e.data for e in Event.objects.filter(stream=stream_of(district.user))])


def test_the_operator_of_the_machine_helps_the_only_administrator(keeper, capsys):
    totp.TOTP.activate(keeper.user, totp.generate_totp_secret())
    call_command("passwordlink", "keeper", reason="手机和密码都丢失", drop_second_factor=True)
    link = re.search(r"^/accounts/choose/\S+", capsys.readouterr().out, re.M)[0]
    assert Client().get(link).status_code == 200
    assert not Authenticator.objects.filter(user=keeper.user).exists()
    assert keeper.client.get("/profile/").status_code == 302
    told = Event.objects.filter(stream=stream_of(keeper.user)).values_list("verb", flat=True)
    assert set(told) == {"reset-password", "drop-factor"}
    with pytest.raises(CommandError, match="nobody"):
        call_command("passwordlink", "nobody", reason="x")


def test_one_enters_the_own_address_with_the_password(district):
    assert district.client.post("/profile/address/", {"email": "a@b.cn", "password": "no"}).status_code == 422
    assert district.client.post("/profile/address/", {"email": "a@b.cn", "password": PASSWORD}).status_code == 302
    district.user.refresh_from_db()
    assert district.user.email == "a@b.cn"


def test_others_neither_see_nor_change(district, above, elsewhere):
    for person in (district, above, elsewhere):
        assert person.client.get("/people/").status_code == 403
        assert person.client.post("/people/new/", NEW).status_code == 403
        assert person.client.post(f"/people/{district.acting.user.pk}/shut/", {"reason": "x"}).status_code == 403


def test_the_list_filters_and_asks_little(keeper, district, elsewhere, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        page = keeper.client.get("/people/?unit=tj-binhai").content.decode()
    assert district.acting.user.username in page and f">{elsewhere.acting.user.username}<" not in page
    assert keeper.client.get("/people/?role=nobody").status_code == 400
    assert "没有找到人员" in keeper.client.get("/people/?q=无此人").content.decode()
