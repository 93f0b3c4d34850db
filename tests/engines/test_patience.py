"""Stopping an evaluation: at its limit, on request, and never where nobody set a limit."""

from __future__ import annotations

import pytest

from jinzhi.engines import patience
from jinzhi.engines.patience import Stopped, Ticket, check, each, within
from jinzhi.engines.query_language.parse import parse
from jinzhi.engines.search_collection import Collection
from jinzhi.engines.search_memory import search
from jinzhi.engines.search_tantivy import Engine, build
from jinzhi.kernel.query import Doc

DOCS = [Doc(n, str(n), {"ti": (f"陶瓷隔膜{n}",), "ab": ("涂层在隔膜上",)}) for n in range(1, 200)]


def test_outside_a_limit_nothing_is_stopped():
    check()
    assert list(each(range(200))) == list(range(200))


def test_the_clock_starts_with_the_first_step():
    ticket = Ticket(0.0)
    with within(ticket):
        check()
        with pytest.raises(Stopped) as stopped:
            check()
    assert not stopped.value.asked
    check()


def test_whoever_asks_is_heard(monkeypatch):
    monkeypatch.setattr(patience, "LOOK", 0.0)
    with within(Ticket(60, lambda: True)), pytest.raises(Stopped) as stopped:
        check()
        check()
    assert stopped.value.asked


@pytest.mark.parametrize("text", ["隔膜 (5D) 涂层", "*膜 OR 涂*", "陶瓷 AND NOT 涂层"])
def test_every_engine_stops_between_its_steps(tmp_path, text):
    build(tmp_path, DOCS)
    query = parse(text)
    for find in (
        lambda: search(query, DOCS),
        lambda: Collection(DOCS).search(query),
        lambda: Engine(tmp_path).ids(query),
    ):
        with within(Ticket(0.0)), pytest.raises(Stopped):
            find()


def test_an_answer_is_whole_after_one_that_was_stopped(tmp_path):
    build(tmp_path, DOCS)
    engine, query = Engine(tmp_path), parse("隔膜 (5D) 上 OR 陶瓷*膜")
    expected = search(query, DOCS)
    with within(Ticket(0.0)), pytest.raises(Stopped):
        engine.ids(query)
    assert engine.ids(query) == expected
