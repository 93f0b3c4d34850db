"""Signing in, guessing, posts, tokens and preferences, as three people and a stranger meet them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from jinzhi.apps.accounts.models import Membership, Token, User
from jinzhi.apps.accounts.tokens import acting_by_token
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.units.models import Unit
from jinzhi.config.proxies import networks
from tests.conftest import PASSWORD

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def fresh_counts():
    """allauth counts requests in the cache: each test begins at nought."""
    cache.clear()


def sign_in(client: Client, username: str, password: str = PASSWORD):
    return client.post(LOGIN, {"login": username, "password": password})


# --- signing in -------------------------------------------------------------------------------------------
def test_the_right_password_opens(client, district):
    assert sign_in(client, "binhai").status_code == 302
    assert client.get("/profile/").status_code == 200


def test_a_wrong_password_is_told_in_chinese(client, district):
    answer = sign_in(client, "binhai", "wrong")
    assert answer.status_code == 200
    assert "用户名或密码不正确" in answer.content.decode()


def test_guessing_is_stopped_after_five_attempts(client, district, settings):
    answers = [sign_in(client, "binhai", f"guess {n}").status_code for n in range(settings.AXES_FAILURE_LIMIT)]
    assert answers[:-1] == [200] * (settings.AXES_FAILURE_LIMIT - 1)
    assert answers[-1] == 429
    locked = sign_in(client, "binhai")
    assert locked.status_code == 429
    assert "尝试次数过多" in locked.content.decode()
    assert locked["Retry-After"] == "30"
    assert client.get("/profile/").status_code == 302


def test_writing_the_name_in_capitals_gives_no_further_attempts(client, district, settings):
    for n in range(settings.AXES_FAILURE_LIMIT):
        last = sign_in(client, "binhai" if n % 2 else "BINHAI", f"guess {n}")
    assert last.status_code == 429


def test_the_lock_is_for_one_name_only(client, district, elsewhere, settings):
    for n in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client, "binhai", f"guess {n}")
    assert sign_in(client, "dongli").status_code == 302


def later(seconds: int) -> None:
    """So much time has passed since every attempt."""
    for attempt in AccessAttempt.objects.all():
        attempt.attempt_time -= timedelta(seconds=seconds)
        attempt.save()


def test_the_wait_grows_and_then_the_right_password_opens(client, district):
    waits = []
    for n in range(8):
        answer = sign_in(client, "binhai", f"guess {n}")
        if answer.status_code == 429:
            waits.append(int(answer["Retry-After"]))
            assert sign_in(client, "binhai").status_code == 429, "not even the right one, while it waits"
            later(waits[-1])
    assert waits == [30, 60, 120, 240]
    assert sign_in(client, "binhai").status_code == 302
    assert not AccessAttempt.objects.filter(username="binhai").exists()


def test_an_outsider_shuts_the_door_for_nobody(client, district, elsewhere):
    """A hundred wrong passwords from outside, for one name and for many, from one address and from many."""
    for desk, name in (("10.1.0.7", "binhai"), ("10.1.0.8", "dongli")):
        assert client.post(LOGIN, {"login": name, "password": PASSWORD}, REMOTE_ADDR=desk).status_code == 302
        client.logout()
    for n in range(60):
        far = f"203.0.113.{n % 30}"
        client.post(LOGIN, {"login": "binhai" if n % 2 else f"name{n}", "password": "x"}, REMOTE_ADDR=far)
        client.post(LOGIN, {"login": f"other{n}", "password": "x"}, REMOTE_ADDR="10.1.0.8")
    assert client.post(LOGIN, {"login": "binhai", "password": PASSWORD}, REMOTE_ADDR="10.1.0.7").status_code == 302
    client.logout()
    assert client.post(LOGIN, {"login": "dongli", "password": PASSWORD}, REMOTE_ADDR="10.1.0.8").status_code == 302
    client.logout()
    guesser = client.post(LOGIN, {"login": "binhai", "password": "x"}, REMOTE_ADDR="203.0.113.99")
    assert guesser.status_code == 429, "but who guesses one name from everywhere waits"


def test_behind_a_trusted_proxy_each_client_counts_by_itself(client, district, settings):
    settings.JINZHI_PROXIES = networks("10.0.0.1")
    proxy = {"REMOTE_ADDR": "10.0.0.1"}
    for n in range(6):
        wrong = {"login": "binhai", "password": f"guess {n}"}
        last = client.post(LOGIN, wrong, headers={"x-forwarded-for": "203.0.113.9"}, **proxy)
    assert last.status_code == 429
    right = {"login": "binhai", "password": PASSWORD}
    assert client.post(LOGIN, right, headers={"x-forwarded-for": "10.9.9.9"}, **proxy).status_code == 302


def test_nobody_else_says_from_where_he_comes(client, district, settings):
    """A new address in the header with each guess gives no further guesses."""
    settings.JINZHI_PROXIES = networks("10.0.0.1")
    for n in range(6):
        wrong = {"login": "binhai", "password": f"guess {n}"}
        last = client.post(LOGIN, wrong, headers={"x-forwarded-for": f"198.51.100.{n}"}, REMOTE_ADDR="203.0.113.9")
    assert last.status_code == 429


def test_nobody_signs_up(client, city):
    assert "不能自行注册" in client.get("/accounts/signup/").content.decode()
    client.post("/accounts/signup/", {"username": "new", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.exists()


def test_the_next_page_must_be_on_this_site(client, district):
    answer = client.post(LOGIN + "?next=https://evil.example/", {"login": "binhai", "password": PASSWORD})
    assert answer.status_code == 302
    assert "evil" not in answer["Location"]


def test_signing_out(district):
    assert district.client.get("/accounts/logout/").status_code == 200
    assert district.client.post("/accounts/logout/").status_code == 302
    assert district.client.get("/profile/").status_code == 302


def test_changing_the_password(district):
    new = "another good password 津"
    page = "/accounts/password/change/"
    wrong = district.client.post(page, {"oldpassword": "no", "password1": new, "password2": new})
    assert "error-summary" in wrong.content.decode()
    weak = district.client.post(page, {"oldpassword": PASSWORD, "password1": "12345", "password2": "12345"})
    assert "error-summary" in weak.content.decode()
    district.client.post(page, {"oldpassword": PASSWORD, "password1": new, "password2": new})
    district.user.refresh_from_db()
    assert district.user.check_password(new)


# --- second factor ----------------------------------------------------------------------------------------
def code_for(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))


@pytest.fixture
def second_factor(district) -> str:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(district.user, secret)
    RecoveryCodes.activate(district.user)
    return secret


def test_the_second_factor_is_set_up_with_a_code(client, district):
    sign_in(client, "binhai")
    assert "未启用" in client.get("/accounts/2fa/").content.decode()
    again = client.get("/accounts/2fa/totp/activate/")
    assert "请再次确认身份" in client.get(again["Location"]).content.decode()
    client.post(again["Location"], {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    assert 'src="data:image/svg' in page.content.decode()
    assert "style=" not in page.content.decode().split("<main")[1].split("data:image")[0]
    client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    kinds = set(Authenticator.objects.filter(user=district.user).values_list("type", flat=True))
    assert kinds == {"totp", "recovery_codes"}
    assert "已启用" in client.get("/accounts/2fa/").content.decode()
    assert client.get("/accounts/2fa/recovery-codes/").status_code == 200
    assert client.get("/accounts/2fa/recovery-codes/generate/").status_code == 200
    assert client.get("/accounts/2fa/totp/deactivate/").status_code == 200


def test_a_password_alone_no_longer_opens(client, second_factor):
    answer = sign_in(client, "binhai")
    assert answer["Location"] == reverse("mfa_authenticate")
    assert "第二重验证" in client.get(answer["Location"]).content.decode()
    assert client.get("/profile/").status_code == 302
    client.post(answer["Location"], {"code": "000000"})
    assert client.get("/profile/").status_code == 302
    client.post(answer["Location"], {"code": code_for(second_factor)})
    assert client.get("/profile/").status_code == 200


def test_a_recovery_code_opens_once(client, district, second_factor):
    code = Authenticator.objects.get(user=district.user, type="recovery_codes").wrap().get_unused_codes()[0]
    for expected in (200, 302):
        client.logout()
        sign_in(client, "binhai")
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert client.get("/profile/").status_code == expected


def test_guessing_the_second_factor_is_stopped(client, second_factor):
    sign_in(client, "binhai")
    for _ in range(12):
        client.post(reverse("mfa_authenticate"), {"code": "123456"})
    client.post(reverse("mfa_authenticate"), {"code": code_for(second_factor)})
    assert client.get("/profile/").status_code == 302


def test_the_issuer_is_named(city):
    assert get_adapter().get_totp_issuer() == "Jinzhi"


# --- demonstration ----------------------------------------------------------------------------------------
@pytest.fixture
def demonstration(city, make_person):
    city.demo = True
    city.save()
    return make_person("demo-binhai", "tj-binhai", "reporter", "演示填报人")


def test_one_click_signs_in_to_a_demonstration(client, demonstration):
    page = client.get(LOGIN).content.decode()
    assert "以演示身份进入" in page
    assert 'value="demo-binhai"' in page
    answer = client.post("/accounts/demo/", {"username": "demo-binhai", "next": "/units/"})
    assert answer["Location"] == "/units/"
    assert client.get("/profile/").status_code == 200


def test_one_click_does_not_exist_elsewhere(client, demonstration, city):
    city.demo = False
    city.save()
    assert "以演示身份进入" not in client.get(LOGIN).content.decode()
    assert client.post("/accounts/demo/", {"username": "demo-binhai"}).status_code == 404


def test_one_click_is_for_invented_people_only(client, demonstration, district):
    assert client.post("/accounts/demo/", {"username": "binhai"}).status_code == 404
    assert client.get("/accounts/demo/").status_code == 405


# --- posts ------------------------------------------------------------------------------------------------
def test_a_person_acts_in_the_name_of_another_post(district):
    second = Membership.objects.create(
        user=district.user, unit=Unit.objects.get(code="tj-dongli"), role="approver", since=date(2024, 1, 1)
    )
    answer = district.client.post("/acting/", {"membership": second.pk, "next": "/profile/"})
    assert answer["Location"] == "/profile/"
    page = district.client.get("/profile/")
    assert page.context["acting"].membership_id == second.pk
    assert "东丽" in page.content.decode()


def test_nobody_acts_in_the_name_of_a_post_of_another(district, elsewhere):
    assert district.client.post("/acting/", {"membership": elsewhere.membership.pk}).status_code == 400
    assert district.client.get("/profile/").context["acting"].membership_id == district.membership.pk


def test_an_ended_post_cannot_be_chosen(district):
    ended = Membership.objects.create(
        user=district.user, unit=Unit.objects.get(code="tj-dongli"), role="approver",
        since=date(2024, 1, 1), until=today() - timedelta(days=1),
    )  # fmt: skip
    assert district.client.post("/acting/", {"membership": ended.pk}).status_code == 400


@pytest.mark.parametrize("address", ["/profile/", "/tokens/"])
def test_one_must_sign_in(client, city, address):
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith(LOGIN)


def test_the_visitor_of_a_demonstration_has_no_account(client, demonstration):
    assert client.get("/profile/").status_code == 302
    assert client.get("/tokens/").status_code == 302


def test_a_person_without_a_post_sees_why(client, city):
    User.objects.create_user("new", password=PASSWORD)
    client.force_login(User.objects.get(username="new"), backend="django.contrib.auth.backends.ModelBackend")
    assert "还没有任职" in client.get("/profile/").content.decode()


# --- tokens -----------------------------------------------------------------------------------------------
def token_form(**values) -> dict:
    soon = (today() + timedelta(days=30)).isoformat()
    return {"name": "晨报程序", "scopes": ["plan.read"], "expires_on": soon, "_key": "k1", **values}


def test_a_token_is_shown_once_and_kept_as_a_digest(district):
    page = district.client.post("/tokens/", token_form())
    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert secret not in district.client.get("/tokens/").content.decode()
    assert Token.objects.get().sha256 not in (secret, "")
    assert "no-store" in page["Cache-Control"]
    acting = acting_by_token(secret)
    assert acting
    assert acting.may("plan.read")
    assert not acting.may("report.write")
    assert Event.objects.filter(verb="make-token").count() == 1


def test_sending_the_form_twice_makes_one_token(district):
    district.client.post("/tokens/", token_form())
    again = district.client.post("/tokens/", token_form())
    assert (again.status_code, again.context["secret"], Token.objects.count()) == (200, "", 1)
    assert "第一次提交时已经建立" in again.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"scopes": []},
        {"scopes": ["accounts.*"]},
        {"scopes": ["token.*"]},
        {"expires_on": "2026-11-22"},
        {"expires_on": "2028-11-22"},
        {"expires_on": "soon"},
    ],
)
def test_a_wrong_token_form_names_the_field(district, wrong):
    page = district.client.post("/tokens/", token_form(**wrong))
    assert page.status_code == 422
    assert "error-summary" in page.content.decode()
    assert not Token.objects.exists()


def test_a_revoked_token_opens_nothing(district):
    secret = district.client.post("/tokens/", token_form()).context["secret"]
    address = f"/tokens/{Token.objects.get().pk}/revoke/"
    assert district.client.get(address).status_code == 200
    assert acting_by_token(secret)
    district.client.post(address)
    assert acting_by_token(secret) is None
    assert "已撤销" in district.client.get("/tokens/").content.decode()


def test_tokens_of_three_people(district, above, elsewhere):
    district.client.post("/tokens/", token_form())
    address = f"/tokens/{Token.objects.get().pk}/revoke/"
    for other in (above, elsewhere):
        assert "晨报程序" not in other.client.get("/tokens/").content.decode()
        assert other.client.post(address).status_code == 404
    assert Token.objects.get().revoked_at is None


def test_a_role_without_tokens_is_refused(make_person):
    assert make_person("boss", "tianjin", "leader").client.get("/tokens/").status_code == 403


# --- preferences ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("field", "value", "cookie", "shown"),
    [
        ("theme", "dark", "jz_theme", 'data-theme="dark"'),
        ("large", "1", "jz_large", "data-large"),
        ("language", "en", "jz_language", 'lang="en"'),
    ],
)
def test_a_preference_is_kept_in_this_browser(client, city, field, value, cookie, shown):
    answer = client.post("/preferences/", {field: value, "next": LOGIN})
    assert answer["Location"] == LOGIN
    assert answer.cookies[cookie].value == value
    assert shown in client.get(LOGIN).content.decode()


def test_going_back_to_the_system_theme_takes_the_cookie_away(client, city):
    client.post("/preferences/", {"theme": "dark"})
    client.post("/preferences/", {"theme": ""})
    assert "data-theme" not in client.get(LOGIN).content.decode()


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "http:///x", ""])
def test_no_preference_leads_off_this_site(client, city, next):
    assert client.post("/preferences/", {"large": "1", "next": next})["Location"] == "/"


def test_a_wrong_preference_is_said(client, city):
    answer = client.post("/preferences/", {"theme": "neon"})
    assert answer.status_code == 400
    assert "neon" in answer.content.decode()
    assert client.get("/preferences/").status_code == 405
