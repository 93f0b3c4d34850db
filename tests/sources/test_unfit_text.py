"""Text that no database can keep does not come in with a file: the record is refused by name."""

from __future__ import annotations

import pytest

from jinzhi.apps.patents.store.workers import unfit_in
from jinzhi.kernel.patent import LegalEvent, PatentDocument, Source, Text
from jinzhi.sources.plan_document.read import read

SOURCE = Source("tables", "a.csv")


@pytest.mark.parametrize("bad", ["\x00", "\x08", "\x0c", "\x1f", "\ud800", "\ufffe"])
def test_a_record_with_unfit_text_is_named_with_its_place(bad):
    document = PatentDocument(
        country="CN",
        doc_number="1",
        kind="A",
        publication_number="CN1A",
        titles=(Text("zh", f"隔{bad}膜"),),
        source=SOURCE,
    )
    place, (zh, en) = unfit_in(document)
    assert place.startswith("titles.0")
    assert "第 2 个字符" in zh
    assert f"U+{ord(bad):04X}" in en
    event = LegalEvent("CN202210000001.0", "AA", f"授{bad}权", source=SOURCE)
    assert unfit_in(event)[0] == "name"


def test_quotation_marks_line_ends_and_backslashes_are_fit():
    document = PatentDocument(
        country="CN",
        doc_number="1",
        kind="A",
        publication_number="CN1A",
        titles=(Text("zh", 'a"b\\u0000\\b\n\t'),),
        source=SOURCE,
    )
    assert unfit_in(document) is None


def test_a_plan_with_unfit_characters_says_the_lines_and_keeps_the_rest():
    found = read("一、任务\n建设\x07中心\n".encode(), "plan.txt")
    assert "建设\ufffd中心" in found.text
    assert any("第 2 行" in note for note in found.notes)
