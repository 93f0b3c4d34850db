"""A session that ends while writing loses nothing, and a draft is its author's alone."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from jinzhi.apps.accounts.drafts import clear_old
from jinzhi.apps.accounts.models import Draft
from jinzhi.apps.cases.models import Case
from tests.conftest import PASSWORD

OPEN = "/procedures/supervision-order/open/"
TYPED = {"title": "加快推进", "demand": "一段很长的话", "grounds": "超期", "_unit": "tj-binhai", "due": "2026-12-20"}


def signed_in_by_form(person) -> None:
    person.client.logout()
    person.client.post("/accounts/login/", {"login": person.user.username, "password": PASSWORD})


def test_what_is_handed_in_after_the_session_ended_waits_behind_the_login(above):
    signed_in_by_form(above)
    above.client.cookies.pop(settings.SESSION_COOKIE_NAME)
    page = f"{OPEN}?unit=tj-binhai"
    answer = above.client.post(OPEN, {**TYPED, "password": "x"}, headers={"referer": f"http://testserver{page}"})
    assert answer.status_code == 302
    assert "next=/procedures/supervision-order/open/%3Funit%3Dtj-binhai" in answer["Location"]
    assert not Case.objects.unrestricted("test").exists()
    back = above.client.post(answer["Location"], {"login": above.user.username, "password": PASSWORD})
    assert back["Location"] == page
    kept = above.client.get("/drafts/one/", {"at": OPEN}).json()["fields"]
    assert kept["demand"] == ["一段很长的话"] and "password" not in kept
    assert "一段很长的话" in above.client.get("/drafts/").content.decode()


def test_a_draft_goes_when_the_form_is_handed_in_and_stays_when_it_is_refused(above):
    above.client.post("/drafts/save/", {"_at": OPEN, "_page": OPEN, **TYPED})
    above.client.post(OPEN, {**TYPED, "due": "not a day"})
    assert Draft.objects.count() == 1
    assert above.client.post(OPEN, TYPED).status_code == 302
    assert Draft.objects.count() == 0


def test_a_draft_is_its_authors_alone(above, district, client):
    above.client.post("/drafts/save/", {"_at": OPEN, "_page": OPEN, **TYPED})
    assert district.client.get("/drafts/one/", {"at": OPEN}).status_code == 204
    assert "一段很长的话" not in district.client.get("/drafts/").content.decode()
    assert client.get("/drafts/one/", {"at": OPEN}).status_code == 401
    assert client.post("/drafts/save/", {"_at": OPEN, "_page": OPEN, **TYPED}).status_code == 401


def test_a_draft_is_thrown_away_on_demand_and_after_thirty_days(above):
    above.client.post("/drafts/save/", {"_at": OPEN, "_page": OPEN, **TYPED})
    Draft.objects.update(at=timezone.now() - timedelta(days=31))
    assert above.client.get("/drafts/one/", {"at": OPEN}).status_code == 204
    assert clear_old() == 1
    above.client.post("/drafts/save/", {"_at": OPEN, "_page": OPEN, **TYPED})
    above.client.post("/drafts/drop/", {"_at": OPEN})
    assert Draft.objects.count() == 0


def test_a_text_beyond_all_measure_is_refused_not_cut(above):
    given = {"_at": OPEN, "_page": OPEN, "demand": "长" * 200_001}
    assert above.client.post("/drafts/save/", given).status_code == 413
