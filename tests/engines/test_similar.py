"""Likeness: which words speak, what each part is worth, that reasons add up, and both engines agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinzhi.engines.patience import Stopped, Ticket, within
from jinzhi.engines.query_language.parse import parse
from jinzhi.engines.search_collection import Collection
from jinzhi.engines.search_memory import QueryContext
from jinzhi.engines.search_tantivy import Engine, build
from jinzhi.engines.similar import FORMAL, Subject, Why, blended, joined, ranked, similar, words
from jinzhi.kernel.query import Doc


def doc(id: int, title: str, claim: str = "", **keys: tuple[str, ...]) -> Doc:
    text = {"ti": (title,)} | ({"clm": (claim,)} if claim else {})
    return Doc(id, f"CN{id}A", text, {**keys, "pn": (f"CN{id}A",)})


DOCS = [
    doc(1, "一种陶瓷涂覆隔膜", "一种隔膜，其特征在于，所述基膜上涂覆勃姆石。", ipc=("H01M50/446",), ct=("CN4A", "CN5A"),
        fam=("CN1A", "CN2A")),
    doc(2, "陶瓷涂覆隔膜的制备", ipc=("H01M50/446",), fam=("CN1A", "CN2A")),
    doc(3, "一种隔膜", ipc=("H01M50/403",), ct=("CN4A",)),
    doc(4, "一种造纸机", ipc=("D21F1/00",), citing=("CN1A", "CN3A")),
    doc(5, "一种温度计", ipc=("G01K1/00",), citing=("CN1A",)),
    doc(6, "一种水泵", ipc=("F04D1/00",)),
]  # fmt: skip


def answer(subject: Subject, **more):
    return similar(subject, Collection(DOCS).search, len(DOCS), **more)


def reasons(found, id: int) -> dict[Why, tuple[str, ...]]:
    return {r.why: r.shared for one in found if one.id == id for r in one.reasons}


def test_formal_words_and_what_overlaps_them_do_not_speak():
    assert list(words(["一种隔膜，其特征在于，所述基膜的厚度"])) == ["隔膜", "基膜", "厚度"]
    assert list(words(["the PET film 12 said"])) == ["pet", "film"]


def test_words_classes_citations_and_family_are_reasons():
    found = answer(Subject.of(DOCS[0])).found
    assert reasons(found, 2) == {Why.WORDS: ("陶瓷涂覆隔膜",), Why.CLASSES: ("H01M50/446",), Why.FAMILY: ()}
    assert reasons(found, 3)[Why.CITATIONS] == ("both-cite:CN4A",)
    assert reasons(found, 3)[Why.CLASSES] == ("H01M50",)
    assert reasons(found, 5) == {Why.CITATIONS: ("cites:",)}


def test_what_is_cited_by_the_same_documents_is_near():
    assert reasons(answer(Subject.of(DOCS[3])).found, 5)[Why.CITATIONS] == ("cited-together:CN1A",)
    assert reasons(answer(Subject.of(DOCS[3])).found, 3)[Why.CITATIONS] == ("cited-by:",)


def test_the_subject_itself_and_what_shares_nothing_are_left_out():
    ids = [one.id for one in answer(Subject.of(DOCS[0])).found]
    assert 1 not in ids
    assert 6 not in ids


def test_members_of_the_family_are_left_out_on_demand():
    assert 2 not in [one.id for one in answer(Subject.of(DOCS[0]), family=False).found]


def test_reasons_add_up_to_the_score_and_stay_below_one():
    for one in answer(Subject.of(DOCS[0])).found:
        assert one.score == pytest.approx(sum(r.adds for r in one.reasons))
        assert 0 < one.score <= 1
        assert all(0 < r.value <= 1 for r in one.reasons)


def test_a_text_finds_by_its_words_alone():
    found = answer(Subject.of_text("涂覆隔膜")).found
    assert [one.id for one in found] == [1, 2, 3]
    assert set(reasons(found, 1)) == {Why.WORDS}
    assert answer(Subject.of_text("涂覆隔膜")).phrases == ("涂覆隔膜",)


def test_an_empty_text_is_like_nothing():
    assert answer(Subject.of_text("，。")).found == []
    assert answer(Subject.of_text("所述的")).found == []


def test_shared_bigrams_are_drawn_together_as_the_subject_has_them():
    subject = Subject.of_text("锂离子电池隔膜")
    assert joined(subject, {"锂离": 1.0, "离子": 1.0, "隔膜": 3.0}) == [("隔膜", 3.0), ("锂离子", 2.0)]


def test_vectors_add_a_reason_and_move_the_order():
    before = answer(Subject.of_text("涂覆隔膜"))
    after = blended(before, {3: 1.0}, 0.5, "model.npz")
    assert after.found[0].id == 3
    assert after.found[0].reasons[-1].shared == ("model.npz",)
    assert after.found[0].score == pytest.approx(sum(r.adds for r in after.found[0].reasons))


def test_the_operator_of_the_language_keeps_the_nearest():
    def find(node):
        return Collection(DOCS).search(node)

    def semantic(text: str, top: int | None):
        return ranked(Subject.of_text(text), find, len(DOCS), top or 100)

    context = QueryContext(semantic=semantic)
    collection = Collection(DOCS)
    assert collection.search(parse('~"陶瓷涂覆隔膜"'), context) == [1, 2, 3]
    assert collection.search(parse('~1"陶瓷涂覆隔膜"'), context) == list(semantic("陶瓷涂覆隔膜", 1))
    assert collection.search(parse('~"陶瓷涂覆隔膜" NOT 制备'), context) == [1, 3]


def test_the_index_gives_what_the_definition_gives(tmp_path):
    build(tmp_path, DOCS)
    engine = Engine(tmp_path)
    for one in DOCS:
        subject = Subject.of(one)
        assert similar(subject, engine.ids, len(DOCS)) == answer(subject)
    context = QueryContext(numbers=engine.numbers, semantic=lambda text, top: (3, 2))
    assert engine.search(parse('~2"隔膜"'), context).ids == (3, 2)  # in the order of likeness


@given(st.lists(st.text(alphabet="一种所述隔膜涂覆的abc ，。", max_size=40), max_size=4))
def test_any_text_is_answered(paragraphs):
    found = answer(Subject({"ab": paragraphs}), top=2).found
    assert len(found) <= 2
    assert not FORMAL & set(words(paragraphs))


def test_likeness_can_be_stopped():
    with pytest.raises(Stopped), within(Ticket(0.0)):
        answer(Subject.of(DOCS[0]))
