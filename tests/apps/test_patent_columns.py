"""Orders, facets, conditions and families over all documents at once are those said of one document at a time."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinzhi.apps.patents.models import Document
from jinzhi.apps.patents.search import index
from jinzhi.apps.patents.search.columns import DocumentColumns, traits
from jinzhi.apps.patents.search.facets import FACET, FACETS, GROUP, Chosen, Traits, chosen_of, keeps
from jinzhi.apps.patents.search.orders import ORDERS, in_order
from jinzhi.apps.patents.search.result import Search, search
from jinzhi.engines.query_language.parse import parse
from jinzhi.kernel.query import QueryError
from tests.apps.patent_documents import document, prepare, store, stored

NAMES = st.lists(st.sampled_from(("甲公司", "乙大学", "丙", "")), max_size=3, unique=True).map(tuple)
DAYS = st.one_of(st.none(), st.dates(date(2019, 1, 1), date(2021, 12, 31)))
SORTS = [sign + key for key in ORDERS for sign in ("", "-")]


@st.composite
def documents(draw: st.DrawFn) -> list[Traits]:
    ids = draw(st.lists(st.integers(1, 500), min_size=1, max_size=25, unique=True).map(sorted))
    numbers = draw(st.permutations([f"CN{n:03}A" for n in range(len(ids))]))
    return [
        Traits(
            id=pk, number=number,
            typ=draw(st.sampled_from(("invention", "design", ""))), state=draw(st.sampled_from(("pending", "ended"))),
            names=draw(NAMES), printed=draw(NAMES), inventors=draw(NAMES),
            title=draw(st.sampled_from(("", "电池", "隔膜"))),
            symbol=draw(st.sampled_from(("", "H01M10/05", "B09B3/00"))), subclass=draw(st.sampled_from(("", "H01M"))),
            group=draw(st.sampled_from(("", "H01M10"))), district=draw(st.sampled_from(("", "heping"))),
            family=draw(st.sampled_from(("F1", "F2", number))), filed=draw(DAYS), published=draw(DAYS),
            granted=draw(DAYS), claims=draw(st.integers(0, 3)),
        )
        for pk, number in zip(ids, numbers, strict=True)
    ]  # fmt: skip


def some(docs: list[Traits], data: st.DataObject) -> list[int]:
    return data.draw(st.lists(st.integers(0, len(docs) - 1), unique=True).map(sorted))


@given(documents(), st.data())
def test_every_order_is_that_of_the_definition(docs, data):
    places = some(docs, data)
    columns = DocumentColumns(docs)
    for sort in SORTS:
        wanted = [doc.id for doc in in_order([docs[place] for place in places], sort)]
        assert columns.ids[columns.sorted(np.array(places, dtype=np.int64), sort)].tolist() == wanted, sort


@given(documents(), st.data())
def test_every_facet_counts_what_its_definition_gives(docs, data):
    places = some(docs, data)
    columns = DocumentColumns(docs)
    for facet in (*FACET.values(), GROUP):
        wanted = Counter(value for place in places for value in dict.fromkeys(facet.of(docs[place])))
        assert columns.holding(facet).counted(np.array(places, dtype=np.int64)) == dict(wanted), facet.key
    for first in (FACET["pa"], FACET["pap"]):
        pairs = Counter((name, docs[place].subclass) for place in places for name in first.of(docs[place]))
        assert columns.crossed(np.array(places, dtype=np.int64), first, FACET["ipc"]) == pairs


@given(documents(), st.data())
def test_conditions_keep_what_their_definition_keeps(docs, data):
    columns = DocumentColumns(docs)
    values = st.sampled_from(("甲公司", "乙大学", "", "invention", "2020", "丙｜甲公司", "H01M", "never"))
    condition = st.builds(Chosen, st.sampled_from(list(FACET.values())), values, st.booleans(), st.booleans())
    chosen = data.draw(st.lists(condition, max_size=4))
    assert columns.kept(chosen).tolist() == [keeps(doc, chosen) for doc in docs]


@given(documents())
def test_an_id_that_no_document_has_is_no_place(docs):
    columns = DocumentColumns(docs)
    ids = columns.ids[::-1]
    assert columns.ids[columns.places(ids)].tolist() == ids.tolist()
    assert columns.places(np.array([ids[0], 501])) is None
    assert DocumentColumns([]).places(np.array([1])) is None


# --- a search of the store ----------------------------------------------------------------------------------------


@pytest.fixture
def patents(city) -> None:
    stored()


def address(**values: list[str]):
    class Given:
        def getlist(self, key: str) -> list[str]:
            return values.get(key, [])

    return Given()


@pytest.mark.django_db
@pytest.mark.parametrize("engine", ["memory", "tantivy"])
def test_a_search_is_its_definition_over_what_the_store_holds(patents, engine):
    index.update()
    docs = list(traits())
    words = {doc.id for doc in docs if doc.id in set(search("电池 OR 隔膜", engine="memory").ids)}
    for chosen in ((), chosen_of(address(typ=["invention"])), chosen_of(address(not_ipc=["H01M"]))):
        kept = [doc for doc in docs if doc.id in words and keeps(doc, chosen)]
        for sort in SORTS:
            asked = Search(parse("电池 OR 隔膜"), chosen, sort, engine=engine)
            assert asked.ids.tolist() == [doc.id for doc in in_order(kept, sort)], sort
            assert asked.families == len({doc.family for doc in kept})
            for facet in FACETS:
                assert asked.counted(facet) == dict(Counter(value for doc in kept for value in facet.of(doc)))
        folded = Search(parse("电池 OR 隔膜"), chosen, "pn", folded=True, engine=engine)
        first = {doc.family: doc.id for doc in reversed(in_order(kept, "pn"))}
        assert sorted(folded.shown.tolist()) == sorted(first.values())
        assert [folded.at(doc.number) for doc in kept] == [
            folded.shown.tolist().index(first[doc.family]) for doc in kept
        ]


@pytest.mark.django_db
def test_few_documents_are_put_in_order_as_in_the_whole_collection(patents):
    for sort in SORTS:
        alone = search("电池 OR 隔膜", sort=sort, engine="memory").ids
        assert list(alone) == Search(parse("电池 OR 隔膜"), sort=sort, engine="memory").ids.tolist()


@pytest.mark.django_db
def test_an_order_that_nobody_declared_is_refused_by_its_name(patents):
    with pytest.raises(QueryError, match="luck"):
        search("电池", sort="luck")
    with pytest.raises(QueryError, match="relevance"):
        search("电池", sort="relevance", engine="memory")


@pytest.mark.django_db
def test_a_search_again_reads_one_mark_and_no_document(patents, django_assert_num_queries):
    asked = Search(parse("电池"), engine="memory")
    assert asked.total and asked.counted(FACET["pa"])
    with django_assert_num_queries(1):
        again = Search(parse("电池"), sort="-ad", engine="memory")
        assert again.total and again.families and again.counted(FACET["year"])


@pytest.mark.django_db
def test_columns_follow_a_change_of_the_store(patents):
    before = Search(None).total
    store([prepare(document("CN117000009A", "一种夹具"))])
    assert Search(None).total == before + 1
    Document.objects.filter(number="CN117000009A").delete()
    assert Search(None).total == before
