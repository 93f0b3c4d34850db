"""Accounts as administrators keep them, and as others may not."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.test import Client

from jinzhi.apps.accounts.actions import stream_of
from jinzhi.apps.accounts.models import Membership, User
from jinzhi.apps.evidence.models import Event


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


@pytest.fixture
def keeper(make_person):
    return make_person("keeper", "tianjin", "administrator")


NEW = {"username": "wang", "name": "王一", "unit": "tj-binhai", "role": "unit-reporter", "since": "2026-11-20"}


def role_at(district) -> str:
    return Membership.objects.get(user=district.acting.user).role


def opened(keeper, district, **change):
    said = {**NEW, "role": role_at(district), **change}
    return keeper.client.post("/people/new/", said)


def test_an_account_is_opened_and_its_password_shown_once(keeper, district):
    answer = opened(keeper, district)
    password = re.search(r'id="password">([^<]+)<', answer.content.decode())[1]
    user = User.objects.get(username="wang")
    client = Client()
    client.post("/accounts/login/", {"login": "wang", "password": password})
    assert client.get("/profile/").status_code == 200
    assert user.memberships.get().unit.code == "tj-binhai"
    assert password not in str([e.data for e in Event.objects.filter(stream=stream_of(user))])
    assert password not in keeper.client.get(f"/people/{user.pk}/").content.decode()


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


def test_a_new_password_ends_the_old_sessions(keeper, district):
    user = district.acting.user
    keeper.client.post(f"/people/{user.pk}/password/")
    assert district.client.get("/profile/").status_code == 302


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
