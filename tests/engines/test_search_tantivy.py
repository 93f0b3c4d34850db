"""The embedded engine finds what the definition finds, and nothing that was committed is ever lost."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhi.engines.query_language.generate import queries
from jinzhi.engines.query_language.parse import parse
from jinzhi.engines.search_collection import Collection
from jinzhi.engines.search_memory import ALONE, QueryContext, SearchRecord, explain, search, spans
from jinzhi.engines.search_tantivy import Engine, IndexWriter, build
from jinzhi.engines.search_values import OFFICE_NUMBERS, Trees
from jinzhi.kernel.query import Doc, QueryError
from jinzhi.standards.ipc import Scheme
from tests.engines.query_strategies import collections, nodes

OFFICE = replace(ALONE, numbers=OFFICE_NUMBERS)
PLACES = ("天津市滨海新区", "天津市东丽区", "北京市海淀区", "河北省沧州市")
STATES = ("有效", "失效", "审中")
NOUNS = (
    "锂电池",
    "隔膜",
    "节流阀",
    "机器人",
    "5G基站",
    "LED灯",
    "电池组",
    "控制装置",
    "方法",
    "OLT与ONU",
    "pH值",
    "water",
)
JOINS = ("", "的", "与", "，", "。", "；", "和", " and ", "、", "-")


def made(count: int, seed: int = 1) -> list[Doc]:
    """Documents with all kinds of fields, their words repeated often enough to meet each other."""
    chance = random.Random(seed)

    def text(most: int) -> str:
        return "".join(chance.choice(NOUNS) + chance.choice(JOINS) for _ in range(chance.randint(1, most)))

    found = []
    for number in range(1, count + 1):
        texts = {"ti": (text(4),), "ab": (text(12),), "clm": tuple(text(8) for _ in range(chance.randint(1, 4)))}
        texts["desc_b"] = tuple(text(6) for _ in range(chance.randint(0, 2)))
        subclass = chance.choice(("H04L", "H01M", "F16K"))
        keys = {
            "pn": (f"CN{103000000 + number}{chance.choice('AB')}",),
            "an": (f"20141050{number:04}.2",),
            "ipc": tuple(f"{subclass}{chance.randint(1, 20)}/{chance.randint(0, 60):02}" for _ in range(3)),
            "pa": tuple(f"{chance.choice(PLACES)}{chance.choice(NOUNS)}有限公司" for _ in range(chance.randint(1, 2))),
            "addr": (chance.choice(PLACES),),
            "st": (chance.choice(STATES),),
        }
        dates = {"ad": chance.randint(2010, 2016) * 10000 + chance.randint(1, 12) * 100 + chance.randint(1, 28)}
        found.append(Doc(number, keys["pn"][0], texts, keys, dates, {"nclm": len(texts["clm"])}))
    return found


@pytest.fixture(scope="module")
def docs() -> list[Doc]:
    return made(400)


@pytest.fixture(scope="module")
def engine(docs, tmp_path_factory) -> Engine:
    path = tmp_path_factory.mktemp("index")
    build(path, docs, batch=90)
    return Engine(path)


# --- the same documents ---------------------------------------------------------------------------------------


def test_a_fixed_sample_of_generated_queries_finds_what_the_definition_finds(engine, docs):
    definition, compared = Collection(docs), 0
    for text in queries(docs, 400, seed=7):
        try:
            query = parse(text)
        except QueryError:
            continue
        assert engine.ids(query) == sorted(definition.search(query, OFFICE)), text
        compared += 1
    assert compared > 300


@settings(max_examples=60, deadline=None)
@given(collections(), st.lists(nodes(), min_size=1, max_size=8))
def test_any_tree_over_any_documents_finds_what_the_definition_finds(tmp_path_factory, docs, trees):
    path = tmp_path_factory.mktemp("any")
    build(path, docs, batch=2)
    engine = Engine(path)
    for tree in trees:
        try:
            expected = search(tree, docs, OFFICE)
        except QueryError as refused:
            with pytest.raises(QueryError, match="^" + re_escaped(str(refused)) + "$"):
                engine.ids(tree)
        else:
            assert engine.ids(tree) == sorted(expected), tree


def re_escaped(text: str) -> str:
    return "".join("\\" + one if one in r"\.^$*+?{}[]|()" else one for one in text)


@pytest.mark.parametrize(
    "text",
    [
        "锂*电池", "*电池", "电池*", "锂?池", "#电池", "l?d", "*er", "LED灯", '"5G 基站"', "灯", "锂电池 $FREQ2",
        '"隔膜 电池 方法"~6', "ti=(锂电池 (3W) 方法)", "锂电池 (NOT 5W) 方法", "(a OR 灯) (2D) (电池 OR l*)",
        "clm=(锂电池 (S) 方法)", "clm=(锂电池 (NOT P) 方法)", "ab=(灯 EQU/1 方法)", "NOT 电池", "电池 XOR 方法 XOR 灯",
        "ipc=H04L", "ipc=H04", "ipc=H", "ipc=H04L1", 'ipc="H04L1/"', "ipc=H01M4/?0", "ipcx=H04L1/02", "an=*1050*",
        "an=ZL201410500007.2", "pa=天津市*公司", "st=有效 NOT ad=2013", "ad=[201202 TO 2014}", "nclm>2", "ad>2015",
        "鋰電池", "鋰電池/asis", "锂电池/asis", "(電池 (2D) 方法)/asis", "電*池 $FREQ2", "灯/asis OR 燈",
        "st=失傚/asis OR st=*效/asis", "area=天津",
        "NOT (锂*电池 OR 灯 (2W) 方法)", "电池 NOT (灯 (2W) 方法)", "(电池 (2D) 方法) XOR 灯", "st=*效",
    ],
)  # fmt: skip
def test_each_kind_of_query_finds_what_the_definition_finds(engine, docs, text):
    query = parse(text)
    expected = search(query, docs, OFFICE)
    assert engine.ids(query) == expected
    assert engine.count(query) == len(expected)


def test_a_class_and_what_lies_below_it_is_found_by_the_tree(engine, docs):
    rows = [("H04L1/00", 0), *((f"H04L1/{sub:02}", 1 if sub < 30 else 2) for sub in range(1, 61))]
    context = QueryContext(OFFICE_NUMBERS, Trees({"ipc": Scheme(rows)}))
    for text in ("ipclow=H04L1/00", "ipclow=H04L1/29 OR ipclow=F16K"):
        expected = search(parse(text), docs, context)
        assert expected
        assert engine.ids(parse(text), context) == expected
    with pytest.raises(QueryError, match="没有装入分类表"):
        engine.ids(parse("ipclow=H04L1/00"))


def test_spans_and_reasons_come_from_stored_positions(engine, docs):
    for text in ("锂*电池 OR 灯", "ti=(锂电池 (9D) 方法)", "pa=天津市 AND st=有效", "锂电池 $FREQ2"):
        query = parse(text)
        for number in engine.ids(query)[:20]:
            doc = docs[number - 1]
            assert engine.spans(query, number) == spans(query, doc, OFFICE), text
            assert engine.explain(query, number) == explain(query, doc, OFFICE), text


def test_a_stored_document_has_its_tokens_and_values(engine, docs):
    for doc in docs[:30]:
        stored, plain = engine.record(doc.id), SearchRecord(doc)
        assert stored.doc.number == doc.number
        assert (stored.doc.keys, stored.doc.dates, stored.doc.numbers) == (doc.keys, doc.dates, doc.numbers)
        for code in ("ti", "ab", "clm", "pa"):
            ours, theirs = stored.tokens(code), plain.tokens(code)
            assert (ours.texts, ours.runs, ours.sentences, ours.paragraphs) == (
                theirs.texts, theirs.runs, theirs.sentences, theirs.paragraphs,
            )  # fmt: skip
    with pytest.raises(KeyError):
        engine.record(9999)


# --- pages, order -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sort", "descending"), [("relevance", True), ("ad", True), ("ad", False), ("pa", False)])
def test_pages_together_are_all_hits_each_once_and_in_order(engine, sort, descending):
    query = parse("电池 OR 灯")
    seen, cursor = [], None
    while True:
        page = engine.search(query, sort=sort, descending=descending, limit=37, cursor=cursor)
        seen += page.ids
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == list(engine.search(query, sort=sort, descending=descending, limit=10_000).ids)
    assert sorted(seen) == engine.ids(query)
    assert page.count == len(seen)


def test_sorting_by_a_day_is_by_the_day(engine, docs):
    ids = engine.search(parse("电池"), sort="ad", descending=False, limit=1000).ids
    days = [docs[number - 1].dates["ad"] for number in ids]
    assert days == sorted(days)


def test_a_word_in_the_title_stands_before_one_far_down(tmp_path):
    build(tmp_path, [
        Doc(1, "A", {"ti": ["一种方法"], "ab": ["它有很多很多别的部件，还有隔膜"]}),
        Doc(2, "B", {"ti": ["一种隔膜"], "ab": ["它有很多很多别的部件"]}),
        Doc(3, "C", {"ti": ["一种阀门"]}),
    ])  # fmt: skip
    assert Engine(tmp_path).search(parse("隔膜")).ids == (2, 1)


def test_documents_without_a_value_stand_last_both_ways(tmp_path):
    build(tmp_path, [Doc(1, "A", {"ti": ["阀"]}), Doc(2, "B", {"ti": ["阀"]}, {}, {"ad": 20160101})])
    engine = Engine(tmp_path)
    assert engine.search(parse("阀"), sort="ad", descending=True).ids == (2, 1)
    assert engine.search(parse("阀"), sort="ad", descending=False).ids == (2, 1)


def test_a_cursor_of_another_order_or_from_nowhere_is_refused(engine):
    cursor = engine.search(parse("电池"), sort="ad", limit=2).cursor
    for bad in (cursor[:-4], "x", "", "W10"):
        with pytest.raises(QueryError, match="翻页标记无效"):
            engine.search(parse("电池"), sort="ad", cursor=bad)
    with pytest.raises(QueryError, match="翻页标记无效"):
        engine.search(parse("电池"), sort="relevance", cursor=cursor)


# --- writing --------------------------------------------------------------------------------------------------


def test_a_document_added_again_takes_the_place_of_the_first(tmp_path):
    with IndexWriter(tmp_path) as writer:
        writer.add(Doc(1, "A", {"ti": ["节流阀"]}))
        writer.add(Doc(1, "A", {"ti": ["调节阀"]}))
        writer.add(Doc(2, "B", {"ti": ["节流阀"]}))
        writer.commit()
    engine = Engine(tmp_path)
    assert (engine.ids(parse("节流阀")), engine.ids(parse("调节阀")), len(engine)) == ([2], [1], 2)
    with IndexWriter(tmp_path) as writer:
        writer.delete(2)
        writer.commit()
    assert engine.ids(parse("节流阀")) == [2]
    engine.refresh()
    assert (engine.ids(parse("节流阀")), engine.ids(parse("NOT 节流阀"))) == ([], [1])


def test_what_was_not_committed_is_not_there(tmp_path):
    build(tmp_path, made(3))
    with IndexWriter(tmp_path) as writer:
        writer.add(made(4)[3])
    assert len(Engine(tmp_path)) == 3


def test_only_one_writer_at_a_time(tmp_path):
    with IndexWriter(tmp_path), pytest.raises(ValueError, match=r"[Ll]ock"):
        IndexWriter(tmp_path)


def test_many_commits_are_joined_into_few_parts_and_mean_the_same(tmp_path):
    docs = made(60)
    build(tmp_path, docs, batch=2)
    engine = Engine(tmp_path)
    assert len(engine.forward.parts) <= 13
    for text in ("锂*电池", "ti=(电池 (9D) 方法)", "nclm>2", "st=有效", "clm=(灯 (S) 方法)"):
        assert engine.ids(parse(text)) == search(parse(text), docs, OFFICE)


KILLED = """
import sys
from pathlib import Path
from jinzhi.engines.search_tantivy import IndexWriter
from jinzhi.kernel.query import Doc
number = int(sys.argv[2])
with IndexWriter(Path(sys.argv[1])) as writer:
    while True:
        for _ in range(40):
            number += 1
            writer.add(Doc(number, f"CN{number}A", {"ti": [f"第{number}种锂电池"]}, {"st": ("有效",)}))
        writer.commit()
        print(number, flush=True)
"""


def test_a_killed_writer_loses_nothing_that_it_committed(tmp_path):
    chance, last = random.Random(3), 0
    for _ in range(4):
        # a process of its own, killed while it works
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path), str(last)],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(Path("src").resolve())},
        )  # fmt: skip
        said = process.stdout.readline()
        time.sleep(chance.random() / 2)
        os.kill(process.pid, signal.SIGKILL)
        acknowledged = [int(line) for line in (said + process.stdout.read()).split()]
        process.wait()
        engine = Engine(tmp_path)
        assert len(engine) >= acknowledged[-1]
        assert len(engine) % 40 == 0, "a batch is there whole or not at all"
        last = len(engine)
        assert engine.ids(parse("第 (3W) 电池")) == list(range(1, last + 1))
        assert engine.ids(parse("st=有效")) == list(range(1, last + 1))
