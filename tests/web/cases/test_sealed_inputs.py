"""Sealed inputs: open to the roles that they name, on the page, in the API, in the log, with corrections and files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from jinzhi.apps.cases.actions import StepRefused, correct, open_case, take
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.personal import marked
from jinzhi.apps.evidence.models import Attachment, Event
from jinzhi.apps.evidence.store.store import attach
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.procedure import Procedure

ORDER = {"title": "加快推进", "demand": "限期完成", "due": "2026-11-30"}
SECRET = "密封意见丙"
SEALED = "sealed:plan-office,reporter"


@pytest.fixture
def sealing() -> Iterator[Procedure]:
    """The answer to an order has an opinion and a file that only the plan's office and the reporter see."""
    order = catalogue().get(Procedure, "supervision-order")
    more = Field(id="opinion", zh="内部意见", en="Opinion", open_to=SEALED, required=False)
    steps = tuple(
        replace(s, inputs=(*(replace(f, open_to=SEALED) if f.type is Type.FILE else f for f in s.inputs), more))
        if s.id == "answer"
        else s
        for s in order.steps
    )
    kept = dict(vars(order))
    vars(order).clear()
    vars(order).update({k: v for k, v in kept.items() if not k.startswith("_")}, steps=steps)
    yield order
    vars(order).clear()
    vars(order).update(kept)


@pytest.fixture
def order(sealing, above, district) -> Case:
    case = open_case("supervision-order", "issue", ORDER, who=above.acting, unit=district.acting.unit)
    file = SimpleUploadedFile("密.txt", b"x", "text/plain")
    kept = attach(file, unit=case.unit, stream=case.stream, user=district.user)
    take(case, "answer", {"answer": "好", "opinion": SECRET, "file": str(kept.pk)}, who=district.acting)
    return case


def test_the_event_holds_a_digest_only(order):
    event = Event.objects.get(stream=order.stream, verb="answer")
    assert set(marked(event.sealed_data)) == {"opinion", "file"}
    assert SECRET not in str(event.data)


@pytest.mark.parametrize(("role", "sees"), [("plan-office", True), ("leader", False), ("case-handler", False)])
def test_page_api_log_and_file_follow_the_seal(order, make_person, role, sees):
    person = make_person(f"p-{role}", "tianjin", role)
    page = person.client.get(reverse("case", args=[order.pk])).content.decode()
    assert (SECRET in page) is sees
    assert ("密封，当前角色不显示" in page) is not sees
    got = person.client.get(f"/api/v1/cases/{order.pk}").json()
    said = next(e for e in got["events"] if e["step"] == "answer")
    assert (said["data"].get("opinion") == SECRET, "opinion" in said["hidden"]) == (sees, not sees)
    assert SECRET not in person.client.get(reverse("log-object", args=[order.stream])).content.decode() or sees
    kept = Attachment.objects.unrestricted("test").get(stream=order.stream)
    assert (person.client.get(reverse("attachment", args=[kept.token])).status_code == 200) is sees
    viewed = Event.objects.filter(stream=f"viewing:{order.stream}", user=person.user)
    assert viewed.exists() is sees


def test_what_a_role_does_not_see_it_does_not_correct(sealing, above, make_person):
    chief = make_person("chief", "tj-binhai", "approver")
    case = open_case("supervision-order", "issue", ORDER, who=above.acting, unit=chief.acting.unit)
    take(case, "answer", {"answer": "好"}, who=chief.acting)
    with pytest.raises(StepRefused, match="看不到"):
        correct(case, 2, reason="x", who=chief.acting, expected=2, data={"opinion": "改"})


@pytest.mark.parametrize("word", ["sealed", "sealed:", "sealed:a,", "secret", "personal:a"])
def test_a_seal_without_roles_stops_the_start(word):
    assert any("open_to" in p for p in Field(id="x", zh="甲", en="X", open_to=word).problems())


def test_a_sealed_input_names_declared_roles_and_no_title(sealing):
    issue = sealing.step("issue")
    wrong = replace(issue, inputs=(Field(id="title", zh="甲", en="X", open_to="sealed:nobody"), *issue.inputs[1:]))
    found = list(replace(sealing, steps=(*(s for s in sealing.steps if s is not issue), wrong)).problems(catalogue()))
    assert any("title is sealed" in p for p in found)
    assert any("'nobody'" in p for p in found)
