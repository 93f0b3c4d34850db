"""Files: whoever may read what a file belongs to may have it, nobody else; addresses tell nothing; erasure reaches."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import load_workbook

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.actions import erase_personal as erase_case
from jinzhi.apps.cases.actions import open_case
from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events import files
from jinzhi.apps.evidence.events.erasing import left
from jinzhi.apps.evidence.looks import left_by_erasures
from jinzhi.apps.evidence.models import Attachment, Event
from jinzhi.apps.evidence.store import store
from jinzhi.apps.registers.actions import create, erase_personal
from jinzhi.apps.registers.models import Entry
from jinzhi.kernel.access import Role
from jinzhi.kernel.register import Register

CONTACT = "13912345678"
POINT = {
    "name": "测试服务站", "kind": "workstation", "unit": "tj-binhai", "address": "测试路1号",
    "telephone": "022-00000000", "opened_on": "2024-04-26", "online": "true", "contact": f"王某某 {CONTACT}",
}  # fmt: skip
LIST = "/registers/service-points/"


@pytest.fixture
def handler(make_person):
    return make_person("handler", "tj-binhai", "case-handler", "承办人")


@pytest.fixture
def keeper(handler, monkeypatch):
    """Somebody who keeps the register and sees personal data."""
    register = catalogue().get(Register, "service-points")
    monkeypatch.setitem(vars(register), "writes", (*register.writes, "case-handler"))
    return handler


def sheet_of(person) -> Attachment:
    """A sheet that names a contact, brought in and not yet confirmed."""
    create("service-points", POINT, who=person.acting)
    book = load_workbook(BytesIO(person.client.get(LIST + "export.xlsx").content))
    out = BytesIO()
    book.save(out)
    file = SimpleUploadedFile("网点.xlsx", out.getvalue())
    assert person.client.post(LIST + "import/", {"file": file}).status_code == 302
    return Attachment.objects.unrestricted("test").get(stream="register-import:service-points")


def got(person, kept: Attachment):
    return person.client.get(reverse("attachment", args=[kept.token]))


def test_a_sheet_with_personal_data_goes_only_to_keepers_who_see_them(keeper, make_person, client):
    kept = sheet_of(keeper)
    assert got(keeper, kept).status_code == 200
    seen = Event.objects.get(stream="viewing:register:service-points", data__sheet=kept.sha256)
    assert "contact" in seen.data["fields"]
    for n, role in enumerate(r.id for r in catalogue().all(Role) if r.id != "case-handler"):
        for place in ("tianjin", "tj-binhai"):
            assert got(make_person(f"p{n}{place}", place, role), kept).status_code in (403, 404), role
    assert client.get(reverse("attachment", args=[kept.token])).status_code in (302, 404)


def test_a_visitor_of_the_demonstration_gets_no_sheet(keeper, client, city):
    kept = sheet_of(keeper)
    city.demo = True
    city.save()
    assert client.get(reverse("attachment", args=[kept.token])).status_code == 404


def test_erasing_an_entry_erases_the_sheets_that_may_name_the_person(keeper, django_capture_on_commit_callbacks):
    kept = sheet_of(keeper)
    entry = Entry.objects.unrestricted("test").get()
    with django_capture_on_commit_callbacks(execute=True):
        erase_personal(entry, reason="当事人申请", who=keeper.acting)
    kept = Attachment.objects.unrestricted("test").get(pk=kept.pk)
    assert (kept.erased_at is None, "网点" in kept.name, store.there(kept.sha256)) == (False, False, False)
    assert got(keeper, kept).status_code == 404
    assert kept.sha256 in Event.objects.get(stream=f"erasure:{entry.stream}").data["files"]
    preview = reverse("register-import-preview", args=["service-points", kept.token])
    assert keeper.client.get(preview).status_code == 404


def test_a_sheet_that_an_erasure_of_before_left_is_found_and_erased_by_command(
    keeper, django_capture_on_commit_callbacks, monkeypatch, capsys
):
    kept = sheet_of(keeper)
    entry = Entry.objects.unrestricted("test").get()
    monkeypatch.setattr("jinzhi.apps.registers.actions._files_of", lambda entry, register: [])  # as before this version
    erase_personal(entry, reason="当事人申请", who=keeper.acting)
    monkeypatch.undo()
    assert store.there(kept.sha256)
    found = {r.checker.id: r for r in run_all()}
    assert not found["erased-files"].sound
    assert [f.value for f in left_by_erasures()] == ["1"]
    with pytest.raises(CommandError, match="理由"):
        call_command("store", "erase-left")
    with django_capture_on_commit_callbacks(execute=True):
        call_command("store", "erase-left", reason="升级后清理")
    assert kept.sha256 in capsys.readouterr().out
    assert not store.there(kept.sha256)
    said = Event.objects.get(stream="erasure:files-left").data
    assert (said["files"], said["reason"]) == ([kept.sha256], "升级后清理")
    assert list(left_by_erasures()) == []
    assert {r.checker.id: r for r in run_all()}["erased-files"].sound


def test_a_sheet_that_came_after_an_erasure_is_not_left_by_it(keeper, django_capture_on_commit_callbacks):
    sheet_of(keeper)
    erase_personal(Entry.objects.unrestricted("test").get(), reason="当事人申请", who=keeper.acting)
    store.attach_bytes(
        b"later", name="later.xlsx", media_type="x/y", unit=keeper.acting.unit,
        stream="register-import:service-points", user=keeper.user,
    )  # fmt: skip
    assert left() == []


def test_a_file_of_a_case_that_an_erasure_left_is_found(make_person):
    handler = make_person("handler9", "tj-binhai", "case-handler")
    raw = {
        "title": "退货",
        "channel": "post",
        "complainant": "张三丰",
        "contact": "1",
        "respondent": "商行",
        "facts": "退",
    }
    case = open_case("complaint", "open", raw, who=handler.acting, unit=handler.acting.unit)
    kept = store.attach_bytes(
        b"id card", name="a.txt", media_type="text/plain", unit=handler.acting.unit, stream=case.stream,
        user=handler.user,
    )  # fmt: skip
    assert left() == []
    erase_case(case, reason="当事人申请", who=handler.acting)
    assert [f.pk for f in left()] == [kept.pk]


def test_a_content_that_another_row_needs_stays_for_that_row(keeper, django_capture_on_commit_callbacks):
    kept = sheet_of(keeper)
    again = store.attach_bytes(
        store.read(kept),
        name="同一内容.xlsx",
        media_type="x/y",
        unit=keeper.acting.unit,
        stream="x:1",
        user=keeper.user,
    )
    with django_capture_on_commit_callbacks(execute=True):
        erase_personal(Entry.objects.unrestricted("test").get(), reason="当事人申请", who=keeper.acting)
    assert store.there(again.sha256)
    assert got(keeper, kept).status_code == 404


def test_a_file_that_nothing_answers_for_goes_to_nobody(above):
    kept = store.attach_bytes(
        b"x",
        name="a.txt",
        media_type="text/plain",
        unit=above.acting.unit,
        stream="opening:left-behind",
        user=above.user,
    )
    assert files.opened(above.acting, kept) is None
    assert got(above, kept).status_code == 404


def test_the_address_of_a_file_tells_nothing(above):
    made = [
        store.attach_bytes(b"x", name="a", media_type="x/y", unit=above.acting.unit, stream="x:1", user=None)
        for _ in range(2)
    ]
    assert len({m.token for m in made} | {str(m.pk) for m in made}) == 4
    assert all(len(m.token) == 32 for m in made)
    assert above.client.get(f"/attachments/{made[0].pk}/").status_code == 404


def test_a_token_without_the_right_to_registers_gets_no_sheet(keeper):
    kept = sheet_of(keeper)
    narrow: Acting = replace(keeper.acting, scopes=("plan.read",))
    assert files.opened(narrow, kept) is None
