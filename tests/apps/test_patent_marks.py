"""What was read of the patents is kept until they change, whoever changes them; a query reads only what it needs."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F

from jinzhi.apps.patents.classes import tree as classes
from jinzhi.apps.patents.models import ClassSymbol, Document
from jinzhi.apps.patents.search import index
from jinzhi.apps.patents.search.result import search, warm
from jinzhi.apps.patents.store import marks
from jinzhi.apps.patents.store.queries import collection, numbers_of
from tests.apps.patent_documents import document, prepare, store, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def patents(city) -> None:
    stored()


def test_a_mark_changes_with_every_kind_of_change_and_not_with_indexing(patents):
    seen = {marks.mark("documents")}
    for change in (
        lambda: store([prepare(document("CN117000009A", "一种夹具"))]),
        lambda: Document.objects.filter(number="CN117000009A").update(revision=F("revision") + 1),
        lambda: Document.objects.filter(number="CN117000009A").delete(),
    ):
        change()
        assert marks.mark("documents") not in seen
        seen.add(marks.mark("documents"))
    before = marks.mark("documents")
    Document.objects.update(indexed=7)
    assert marks.mark("documents") == before


def test_what_was_kept_is_read_again_after_a_change_and_after_its_rollback(patents):
    assert collection()["documents"] == 4
    with pytest.raises(RuntimeError), transaction.atomic():
        store([prepare(document("CN117000009A", "一种夹具"))])
        assert collection()["documents"] == 5
        raise RuntimeError
    assert collection()["documents"] == 4
    Document.objects.filter(number="CN117000001A").delete()
    assert collection()["documents"] == 3


def test_the_classes_are_read_again_when_a_table_is_loaded(patents):
    assert classes.editions() == []
    ClassSymbol.objects.create(scheme="ipc", edition="2026.01", symbol="H01M50/00", position=0)
    assert classes.editions() == ["2026.01"]
    tree = classes.trees()
    assert tree is not None and tree.subtree("ipc", "H01M50/00") == {"H01M50/00"}
    ClassSymbol.objects.create(
        scheme="ipc", edition="2026.01", symbol="H01M50/10", parent="H01M50/00", dots=1, position=1
    )
    again = classes.trees()
    assert again is not None and again.subtree("ipc", "H01M50/00") == {"H01M50/00", "H01M50/10"}


def test_a_lost_trigger_is_told_and_made_anew_by_the_next_migration(patents):
    assert marks.missing() == ()
    lost = next(s for s in (marks.postgresql() if connection.vendor == "postgresql" else marks.sqlite()) if "DROP" in s)
    with connection.cursor() as cursor:
        cursor.execute(lost)
    assert marks.missing()
    marks.ensure("default")
    assert marks.missing() == ()


def test_a_query_reads_no_class_table_and_no_document(patents, django_assert_max_num_queries):
    index.update()
    warm()
    with django_assert_max_num_queries(6) as read:
        found = search("ti=隔膜 AND ipc=H01M", engine="tantivy")
    assert found.count
    assert not [q["sql"] for q in read if "patents_classsymbol" in q["sql"] or '"body"' in q["sql"]]


def test_numbers_of_an_answer_are_read_without_their_documents(
    patents, tmp_path, capsys, django_assert_max_num_queries
):
    index.update()
    file = tmp_path / "queries.txt"
    file.write_text("隔膜\nti=隔膜\n", encoding="utf-8")
    with django_assert_max_num_queries(20) as read:
        call_command("search", batch=str(file), engine="tantivy")
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [a["count"] for a in answers] == [len(a["ids"]) for a in answers]
    assert not [q["sql"] for q in read if '"title"' in q["sql"]]
    pks = list(Document.objects.order_by("-number").values_list("pk", flat=True))
    assert numbers_of([*pks, 10**9]) == sorted(Document.objects.values_list("number", flat=True), reverse=True)


def test_an_index_of_an_earlier_version_says_what_to_run_and_is_made_anew(patents):
    index.update()
    manifest = index.folder() / "forward" / "manifest.json"
    held = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**held, "format": 1}))
    index._tantivy._engine = None
    with pytest.raises(index.NoIndex, match="jinzhi patents index"):
        search("隔膜", engine="tantivy")
    assert index.update() == 4
    assert search("隔膜", engine="tantivy").count == 3
