"""The log speaks in words: of verbs, of kinds of entries, of units; and repeats to nobody what was not said to him."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from jinzhi.apps import evidence
from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.models import Entry
from jinzhi.apps.patents.desk.notes import notes_of, write_note
from jinzhi.apps.patents.models import Document
from jinzhi.demo.city import contact_of
from jinzhi.demo.patents import make_patents
from jinzhi.demo.people import SURNAMES
from jinzhi.web.evidence.objects import places
from jinzhi.web.evidence.words import KINDS, VERBS
from tests.apps.test_custody import take


def test_every_verb_that_is_recorded_has_a_word():
    recorded = set()
    for path in sorted(Path(evidence.__file__).parents[1].rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(getattr(node, "func", None), "id", "")
            if called in ("record", "record_next") and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
                recorded.add(node.args[1].value)
    assert len(recorded) > 20
    assert {verb for verb in recorded if verb not in VERBS} == set()


def test_an_entry_that_is_no_event_names_its_kind_and_unit_in_words(elsewhere):
    take(elsewhere)
    log.sequence()
    assert set(Entry.objects.values_list("kind", flat=True)) <= set(KINDS)
    page = elsewhere.client.get(reverse("evidence")).content.decode()
    assert elsewhere.acting.unit.label in page
    assert "tj-dongli<" not in page
    assert ">evidence<" not in page


@pytest.fixture
def note(above):
    make_patents(5, index=False)
    return write_note(above.acting, Document.objects.order_by("pk")[0], "与权利人谈过价格")


def test_a_note_is_named_by_its_document_and_told_only_to_the_signed_in(note, above):
    Installation.objects.update(demo=True)
    log.sequence()
    assert places(above.acting, [note.stream])[note.stream].title == f"{note.document.number} 的笔记"
    page = Client().get(reverse("evidence"), {"of": "patent-note:"}).content.decode()
    assert "谈过价格" not in page
    assert note.document.number not in page
    visitor = Client().get(reverse("patent", args=[note.document.number])).content.decode()
    assert "谈过价格" not in visitor
    assert [n.text for n in notes_of(above.acting, note.document)] == ["与权利人谈过价格"]


def test_contacts_of_the_demonstration_are_people_not_pieces_of_codes(district):
    contact = contact_of(district.acting.unit)
    assert contact[0] in SURNAMES
    assert contact[1:].startswith("某，022-0000")
    assert "HAI" not in contact
