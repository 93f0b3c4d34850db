"""What a query refers to: history, saved queries, and fields that only the asker's resolver can answer for."""

from __future__ import annotations

import pytest

from jinzhi.engines.query_language.parse import parse
from jinzhi.engines.query_language.unparse import unparse
from jinzhi.engines.search_collection import Collection
from jinzhi.engines.search_memory import search
from jinzhi.engines.search_tantivy import Engine, build
from jinzhi.kernel.query import Doc, Freq, Ids, Node, Prox, Query, QueryError, QueryTerm, resolved

DOCS = [
    Doc(1, "CN1A", {"ti": ("锂电池隔膜",)}),
    Doc(2, "CN2A", {"ti": ("隔膜涂覆机",)}),
    Doc(3, "CN3A", {"ti": ("电池管理系统",)}),
]


class Desk:
    """What one searcher has: a history, saved queries, tags (by value the documents), a topic that is a query."""

    fields = frozenset({"tag", "topic", "note", "nic"})

    def __init__(self, saved: dict[str, str] | None = None, topics: dict[str, str] | None = None):
        self._saved = saved or {}
        self._topics = topics or {}

    def history(self, number: int) -> Query | None:
        return {1: parse("ti=隔膜"), 2: parse("#1 NOT 锂")}.get(number)

    def saved(self, name: str) -> Query | None:
        return parse(self._saved[name]) if name in self._saved else None

    def kept(self, node: QueryTerm | Prox | Freq) -> Node:
        if isinstance(node, QueryTerm) and node.fields == ("nic",):
            raise QueryError("没有对照数据", "there is no concordance", node.at, node.at + len(node.text))
        if isinstance(node, QueryTerm) and node.fields == ("topic",):
            return parse(self._topics[node.text]).root
        return Ids(frozenset({2, 3}), node, node.at)


def found(text: str, desk: Desk) -> list[int]:
    return search(resolved(parse(text).root, desk), DOCS)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("#1", [1, 2]),
        ("#2", [2]),
        ("#1 AND tag=重点", [2]),
        ("ti=电池 NOT tag=重点", [1]),
        ("tag,ti=重点", [2, 3]),
        ("##机 OR #2", [2]),
        ("topic=隔膜 NOT ##机", [1]),
        ("note=(值得 (3D) 看)", [2, 3]),
    ],
)
def test_references_mean_what_they_stand_for_in_every_engine(text, ids, tmp_path):
    desk = Desk({"机": "ti=涂覆*机"}, {"隔膜": "#1"})
    root = resolved(parse(text).root, desk)
    build(tmp_path / "index", DOCS)
    assert search(root, DOCS) == ids
    assert Collection(DOCS).search(root) == ids
    assert Engine(tmp_path / "index").ids(root) == ids


def test_what_a_set_stands_for_is_written_again():
    assert unparse(resolved(parse('tag="重点 关注"').root, Desk())) == 'tag="重点 关注"'


def error(text: str, desk: Desk) -> QueryError:
    with pytest.raises(QueryError) as caught:
        found(text, desk)
    return caught.value


def test_an_error_within_a_saved_query_is_told_at_the_reference_to_it():
    told = error("隔膜 AND ##甲", Desk({"甲": "##乙 OR 膜", "乙": "电池 AND ##丙"}))
    assert (told.at, told.end) == (7, 10)
    assert told.zh == "##甲 之内：##乙 之内：已存检索里没有 ##丙"


def test_a_saved_query_that_cannot_be_read_any_more_is_told_at_the_reference():
    told = error("隔膜 AND ##甲", Desk({"甲": "nosuch=膜"}))
    assert told.at == 7
    assert "##甲 之内：没有字段" in told.zh


def test_a_circle_is_named_once_and_whole():
    told = error("膜 OR ##甲", Desk({"甲": "##乙 OR 膜", "乙": "topic=丙"}, {"丙": "##甲"}))
    assert told.zh == "##甲 引用了自身：##甲 → ##乙 → topic=丙 → ##甲"
    assert told.at == 5


def test_a_refused_field_is_told_at_its_value():
    told = error("ti=锂 AND nic=C38", Desk())
    assert told.zh == "没有对照数据"
    assert told.at == 13


def test_proximity_cannot_mix_what_engines_hold_with_what_they_do_not():
    assert "请分开写" in error("note,ti=(值得 (3W) 看)", Desk()).zh
