"""A session that ends while writing loses nothing, and a draft is its author's alone."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
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


def test_what_is_typed_and_cannot_be_kept_is_shown(above, client):
    """Nobody knows whose it is once somebody has signed out; it is shown, and kept under nobody's name."""
    signed_in_by_form(above)
    above.client.logout()
    above.client.cookies.pop("jz_author", None)
    answer = above.client.post(OPEN, {**TYPED, "_key": "of the form"})
    assert answer.status_code == 401
    assert "一段很长的话" in answer.content.decode() and "在新窗口登录" in answer.content.decode()
    assert Draft.objects.count() == 0


def test_who_signs_out_is_no_longer_the_author_in_this_browser(above):
    signed_in_by_form(above)
    assert above.client.cookies["jz_author"].value
    above.client.post("/accounts/logout/")
    assert above.client.cookies["jz_author"].value == ""


def test_a_page_made_for_somebody_else_keeps_nothing_under_my_name(above, district):
    given = {"_at": OPEN, "_page": OPEN, "_for": str(above.user.pk), **TYPED}
    assert district.client.post("/drafts/save/", given).status_code == 409
    assert above.client.post("/drafts/save/", given).status_code == 204


def test_a_draft_knows_the_record_it_was_written_on_and_names_the_files_it_has_not(above):
    above.client.post("/drafts/save/", {"_at": OPEN, "_page": OPEN, "_seq": "3", "_file": "证明.pdf", **TYPED})
    kept = above.client.get("/drafts/one/", {"at": OPEN}).json()
    assert (kept["seq"], kept["files"]) == ("3", ["证明.pdf"])
    assert "_file" not in kept["fields"]
    assert "请重新选择：证明.pdf" in above.client.get("/drafts/").content.decode()


def test_files_of_a_form_sent_after_the_session_ended_are_named_as_not_kept(above):
    signed_in_by_form(above)
    above.client.cookies.pop(settings.SESSION_COOKIE_NAME)
    sent = {**TYPED, "proof": SimpleUploadedFile("证明.pdf", b"%PDF-1.4")}
    page = above.client.post(OPEN, sent, headers={"referer": f"http://testserver{OPEN}"}, follow=True).content.decode()
    assert "存为草稿" in page and "请重新选择：证明.pdf" in page
    assert Draft.objects.get().files == ["证明.pdf"]


def test_a_visitors_accepted_form_lets_the_device_forget_its_draft(above, client):
    """A refused one, or one that leads to the sign-in, does not."""
    for address, taken in ((OPEN, False), ("/accounts/login/", False), ("/preferences/", True)):
        client.cookies["jz_sent"] = quote("/preferences/" if taken else OPEN, safe="")
        client.post(address, {"theme": "dark", **TYPED, "login": above.user.username, "password": PASSWORD})
        assert (client.cookies["jz_sent"].value == "") is taken, address
        client.logout()


@pytest.mark.parametrize(
    ("setting", "limit"), [("DATA_UPLOAD_MAX_MEMORY_SIZE", 1000), ("DATA_UPLOAD_MAX_NUMBER_FIELDS", 2)]
)
def test_what_is_too_large_is_said_in_words_with_the_way_back(above, settings, setting, limit):
    setattr(settings, setting, limit)
    answer = above.client.post(OPEN, {**TYPED, "demand": "长" * 2000})
    assert answer.status_code == 413
    assert "请按浏览器的“后退”回到表单" in answer.content.decode()


def test_a_form_that_expired_gives_back_what_was_typed(above):
    client = Client(enforce_csrf_checks=True)
    client.force_login(above.user)
    answer = client.post(OPEN, TYPED)
    assert answer.status_code == 403
    assert "一段很长的话" in answer.content.decode()


def test_a_file_field_says_its_limit_before_anything_is_sent(above):
    assert (
        f'data-limit="{settings.MAX_UPLOAD}"' in above.client.get("/registers/typical-cases/import/").content.decode()
    )
