"""Invariants of the patent store: a sound store has none broken, and each finds what was broken for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from jinzhi.apps.catalogue.integrity import checkers
from jinzhi.apps.patents import looks
from jinzhi.apps.patents.models import Alias, Applicant, Batch, Citation, Document, Item, Named, Refusal, Version
from jinzhi.apps.patents.search.index import update
from jinzhi.apps.patents.store import applicants
from jinzhi.apps.patents.store.storing import prepare, prepare_event, store
from jinzhi.kernel.patent import LegalEvent, PatentParty, Priority, Source, Text
from jinzhi.kernel.patent import PatentCitation as Cites
from jinzhi.kernel.patent import PatentDocument as Content

CHECKERS = {one.id: one for one in checkers() if one.id.startswith("patent-")}
MADE = Source("office")


def made(number: str, title: str = "一种电池", **more) -> Content:
    given = {
        "publication_date": date(2024, 3, 1), "application_number": "CN201510163325.6", "titles": (Text("zh", title),),
        "applicants": (PatentParty("甲公司"), PatentParty("乙大学")), "source": MADE, "filing_date": date(2015, 4, 8),
    }  # fmt: skip
    return Content("CN", number[2:-1], number[-1], number, **{**given, **more})


@pytest.fixture
def sound(city, settings, tmp_path, above) -> None:
    settings.JINZHI_INDEX = tmp_path / "index"
    first = made("CN104751825A")
    priority = (Priority("CN", "CN201510163325.6", "2015-04-08"),)
    second = made(
        "CN104751826A", application_number="CN201610158350.X", priorities=priority,
        citations=(Cites("CN104751825A"), Cites("US123456A"), Cites(text="一本书")),
    )  # fmt: skip
    granted = LegalEvent("CN201510163325.6", "AA", "授权", date(2024, 5, 1), source=Source("status"))
    store([prepare(first), prepare(second)], [prepare_event(granted)])
    store([prepare(made("CN104751825A", "一种新电池"))])
    firm = Applicant.objects.get(name="甲公司")
    applicants.link(firm, "甲厂", "former", basis="登记", who=above.acting)
    applicants.undo(firm, who=above.acting, expected=1)
    applicants.link(firm, "甲厂", "former", basis="登记", who=above.acting)
    update()


def found(id: str) -> list[str]:
    return list(CHECKERS[id].run())


def first() -> Document:
    return Document.objects.get(number="CN104751825A")


def test_nothing_is_wrong_with_a_sound_store(sound):
    assert {id: found(id) for id in CHECKERS} == {id: [] for id in CHECKERS}
    assert Version.objects.count() == 1


def _lone_item(**more) -> None:
    batch = Batch.objects.create(source="office", started="2024-01-01T00:00Z")
    Item.objects.create(batch=batch, source="office", name="a.zip", size=1, sha256="0" * 64,
                        finished="2024-01-01T00:00Z", **more)  # fmt: skip


def _lost_refusal() -> None:
    _lone_item(records=1, refused=1)
    Refusal.objects.create(item=Item.objects.get(), name="a.xml", position=1, reason_zh="坏", reason_en="bad",
                           sha256="f" * 64)  # fmt: skip


BREAKING: list[tuple[str, Callable[[], object], str]] = [
    ("patent-versions", lambda: Version.objects.all().delete(), "version 2"),
    ("patent-versions", lambda: Document.objects.update(version=1), "earlier versions"),
    ("patent-bodies", lambda: Document.objects.update(digest="0" * 64), "digest"),
    ("patent-bodies", lambda: Document.objects.update(body=b"x"), "unpacked"),
    ("patent-families", lambda: Document.objects.filter(number="CN104751826A").update(simple="F0"), "F0"),
    ("patent-families", lambda: Document.objects.update(extended=""), "belongs to"),
    ("patent-citations", lambda: Citation.objects.update(cited_key="CN1"), "under CN1"),
    ("patent-citations", lambda: Citation.objects.filter(position=1).delete(), "are numbered 0 to 2"),
    ("patent-names", lambda: Named.objects.filter(name="乙大学").update(name="丙大学"), "丙大学"),
    ("patent-states", lambda: Document.objects.update(state="ended"), "its events say in-force"),
    ("patent-index", lambda: Document.objects.filter(number="CN104751826A").delete(), "not in the store"),
    ("patent-index", lambda: Document.objects.update(indexed=99), "revision 99"),
    ("patent-numbers", lambda: Document.objects.update(application="CN201510163325.7"), "should be 6"),
    ("patent-numbers", lambda: Document.objects.update(application="CN2015.7"), "no number"),
    ("patent-items", lambda: _lone_item(records=3, new=1), "3 records, of which 1"),
    ("patent-items", lambda: _lone_item(records=1, refused=1), "1 records were refused, 0 are kept"),
    ("patent-items", _lost_refusal, "not in the store"),
    ("patent-aliases", lambda: Alias.objects.all().delete(), "not linked"),
]


@pytest.mark.parametrize(("id", "break_it", "word"), BREAKING)
def test_what_is_broken_is_found(sound, id, break_it, word):
    break_it()
    assert any(word in said for said in found(id)), found(id)


def test_without_an_index_what_is_marked_is_found(sound, settings, tmp_path):
    settings.JINZHI_INDEX = tmp_path / "elsewhere"
    assert "run jinzhi patents index" in found("patent-index")[0]
    Document.objects.update(indexed=0)
    assert found("patent-index") == []


def test_every_checker_is_tried():
    assert {id for id, _break, _word in BREAKING} == set(CHECKERS)


def test_checkers_make_few_statements(sound, django_assert_max_num_queries):
    for id in CHECKERS:
        with django_assert_max_num_queries(8):
            found(id)


def told() -> dict[str, tuple[str, str]]:
    return {fact.id: (fact.state, fact.value) for run in (looks.patents, looks.classes) for fact in run()}


def test_the_doctor_says_how_the_collection_stands(sound, settings, tmp_path):
    assert set(told()) == {"patents", "patent-classes"}
    settings.JINZHI_SEARCH = "tantivy"
    assert told() == {
        "patents": ("good", "2 documents, as of 2024-03-01"), "patent-index": ("good", "up to date"),
        "patent-classes": ("note", "none"),
    }  # fmt: skip
    Document.objects.update(revision=9)
    assert told()["patent-index"] == ("note", "2 documents behind")
    settings.JINZHI_INDEX = tmp_path / "elsewhere"
    assert told()["patent-index"] == ("missing", "none")
    Batch.objects.create(source="office", started="2024-01-01T00:00Z")
    assert told()["patents"] == ("note", "2 documents, as of 2024-03-01; 1 imports not finished")


def test_an_empty_collection_is_a_note(city):
    assert told()["patents"] == ("note", "0")
