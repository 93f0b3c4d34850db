"""The two of a two-person act are two persons, as far as the record can tell."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from jinzhi.apps.accounts.acting import acting_as
from jinzhi.apps.accounts.actions import give_post, open_account, stream_of
from jinzhi.apps.accounts.models import Membership, User
from jinzhi.apps.accounts.persons import confirm, one_by_the_other
from jinzhi.apps.accounts.reach import AccountRefused
from jinzhi.apps.accounts.two_people import FACTOR, answer, ask
from jinzhi.apps.cases.actions import StepRefused, correct, decide, open_case, take
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.units.models import Unit
from tests.conftest import Person, person

ORDER = {"title": "加快推进", "demand": "限期完成", "due": "2026-11-30"}


def opened_by(who: Person, name: str, role: str = "administrator", unit: str = "tianjin") -> Person:
    """A person whose account somebody opened, signed in."""
    place = Unit.objects.get(code=unit)
    user = open_account(name, place, role, name=name, email=f"{name}@example.cn", who=who.acting)
    post = Membership.objects.get(user=user)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return Person(user, acting_as(post), client, post)


@pytest.fixture
def keeper(make_person) -> Person:
    return make_person("keeper", "tianjin", "administrator")


@pytest.fixture
def third(make_person) -> Person:
    return make_person("third", "tianjin", "administrator", "第三人")


@pytest.fixture
def lost(district) -> User:
    totp.TOTP.activate(district.user, totp.generate_totp_secret())
    return district.user


def test_an_administrator_does_not_agree_with_an_account_that_he_opened(keeper, lost):
    second = opened_by(keeper, "second")
    ask(lost, FACTOR, reason="手机丢失", who=keeper.acting)
    with pytest.raises(AccountRefused, match="两人"):
        answer(lost, FACTOR, True, who=second.acting)
    assert Authenticator.objects.filter(user=lost).exists()
    page = second.client.get(f"/people/{lost.pk}/factor/").content.decode()
    assert "不能作为两人办理" in page
    assert 'value="agree"' not in page
    assert second.client.post(f"/people/{lost.pk}/factor/", {"answer": "agree"}).status_code == 422
    answer(lost, FACTOR, False, who=second.acting)  # to decline takes nobody else


def test_nor_does_he_agree_to_what_that_account_asked(keeper, lost):
    second = opened_by(keeper, "second")
    ask(lost, FACTOR, reason="手机丢失", who=second.acting)
    with pytest.raises(AccountRefused, match="两人"):
        answer(lost, FACTOR, True, who=keeper.acting)


def test_nor_with_one_that_his_second_account_opened(keeper, lost):
    grandchild = opened_by(opened_by(keeper, "child"), "grandchild")
    assert one_by_the_other(keeper.acting, grandchild.acting)
    assert one_by_the_other(grandchild.acting, keeper.acting)
    with pytest.raises(AccountRefused, match="第三人"):
        confirm(grandchild.user, reason="当面", who=keeper.acting)


def test_a_post_that_the_first_gave_to_somebody_elses_account_does_not_make_a_second(keeper, make_person):
    other = make_person("other", "tj-binhai", "reporter", "滨海某")
    post = give_post(other.user, Unit.objects.get(code="tianjin"), "administrator", who=keeper.acting)
    assert one_by_the_other(keeper.acting, acting_as(post))
    assert not one_by_the_other(keeper.acting, other.acting), "the post of before is nobody's gift"


def test_a_third_confirms_and_then_two_are_two_until_another_post_is_given(keeper, third, lost):
    second = opened_by(keeper, "second")
    for who in (keeper, second):
        with pytest.raises(AccountRefused):
            confirm(second.user, reason="当面核实", who=who.acting)
    with pytest.raises(AccountRefused, match="核实"):
        confirm(second.user, reason=" ", who=third.acting)
    page = f"/people/{second.user.pk}/"
    assert "尚无第三人确认为本人" in third.client.get(page).content.decode()
    assert third.client.post(f"{page}confirm/", {"reason": "当面核对身份证件"}).status_code == 302
    shown = third.client.get(page).content.decode()
    assert "尚无第三人确认为本人" not in shown
    assert "第三人确认为本人：当面核对身份证件" in shown
    ask(lost, FACTOR, reason="手机丢失", who=keeper.acting)
    answer(lost, FACTOR, True, who=second.acting)
    assert not Authenticator.objects.filter(user=lost).exists()
    give_post(second.user, Unit.objects.get(code="tianjin"), "plan-office", who=keeper.acting)
    again = Membership.objects.get(user=second.user, role="plan-office")
    assert one_by_the_other(keeper.acting, acting_as(again))
    assert not one_by_the_other(keeper.acting, second.acting)


def test_a_third_whom_the_first_brought_in_confirms_nobody_but_the_operator_does(keeper, capsys):
    second, tool = opened_by(keeper, "second"), opened_by(keeper, "tool")
    with pytest.raises(AccountRefused, match="第三人"):
        confirm(second.user, reason="当面", who=tool.acting)
    call_command("confirmperson", "second", reason="操作员当面核实")
    assert not one_by_the_other(keeper.acting, second.acting)
    assert Event.objects.filter(stream=stream_of(second.user), verb="confirm-person", user=None).count() == 1
    with pytest.raises(CommandError, match="nobody"):
        call_command("confirmperson", "nobody", reason="x")


def test_a_correction_is_not_agreed_to_by_an_account_that_the_asking_person_opened(keeper, district):
    asker = person("asker", "tianjin", "plan-office", "规划办甲")
    give_post(asker.user, Unit.objects.get(code="tianjin"), "administrator")
    admin = acting_as(Membership.objects.get(user=asker.user, role="administrator"))
    leader = opened_by(Person(asker.user, admin, asker.client, asker.membership), "leader", "leader")
    case = open_case("supervision-order", "issue", ORDER, who=asker.acting, unit=district.acting.unit)
    take(case, "answer", {"answer": "已完成"}, who=district.acting)
    correct(case, 1, reason="录错", who=asker.acting, expected=2, data={"due": "2026-12-10"})
    with pytest.raises(StepRefused, match="不能作为两人"):
        decide(case, 3, agree=True, reason="同意", who=leader.acting, expected=3)
    page = leader.client.get(reverse("case-decide", args=[case.pk, 3])).content.decode()
    assert "不能作为两人办理" in page
    call_command("confirmperson", "leader", reason="当面核实")
    decide(case, 3, agree=True, reason="同意", who=leader.acting, expected=3)
    assert Event.objects.filter(stream=case.stream, verb="correct").count() == 1


def test_who_holds_his_account_by_nobodys_word_is_a_second_at_once(keeper, third):
    assert not one_by_the_other(keeper.acting, third.acting)
