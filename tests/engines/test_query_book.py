"""The query book: every example of docs/explanation/query-book.md does what the book says."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from jinzhi.engines.query_language.dialects import translate
from jinzhi.engines.query_language.parse import parse
from jinzhi.engines.query_language.unparse import unparse
from jinzhi.engines.search_memory import QueryContext, search
from jinzhi.engines.search_values import OFFICE_NUMBERS, Trees
from jinzhi.engines.similar import Subject, ranked
from jinzhi.kernel.query import SEMANTIC_TOP, Doc, Kind, Near, Node, QueryError, field_by_code, get_field
from jinzhi.standards.ipc import Scheme

BOOK = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "query-book.md"
TEXT = BOOK.read_text(encoding="utf-8")
EXAMPLES = [block.strip().splitlines() for block in re.findall(r"^```query\n(.*?)^```", TEXT, flags=re.M | re.S)]
TREE = Trees({"ipc": Scheme([("H04L9/00", 0), ("H04L9/28", 1), ("H04L9/30", 2), ("H04L9/32", 1)])})
CONTEXT = QueryContext(OFFICE_NUMBERS, TREE)


def asked_of(doc: Doc) -> QueryContext:
    """What a query over one document needs; likeness is told by the words of that document alone."""

    def find(node: Node) -> list[int]:
        return search(node, [doc], CONTEXT)

    return replace(CONTEXT, semantic=lambda text, top: ranked(Subject.of_text(text), find, 1, top or SEMANTIC_TOP))


def document(written: str) -> Doc:
    """A document of the book: a title, or parts ``field: text`` after |, with paragraphs and values after /."""
    text: dict[str, list[str]] = {}
    keys: dict[str, tuple[str, ...]] = {}
    dates: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for part in written.split(" | "):
        code, colon, value = part.partition(": ")
        if not colon or code not in field_by_code():
            code, value = "ti", part
        values = value.split(" / ")
        match get_field(code).kind:
            case Kind.TEXT:
                text[code] = values
            case Kind.DATE:
                dates[code] = int(value)
            case Kind.COUNT:
                numbers[code] = int(value)
            case _:
                keys[code] = tuple(values)
    return Doc(1, "CN1A", text, keys, dates, numbers)


def test_the_book_has_its_examples() -> None:
    assert len(EXAMPLES) > 50
    verbs = {line.split()[0] for example in EXAMPLES for line in example[1:]}
    assert verbs == {"reads", "finds", "misses", "says", "refused", "becomes", "loses"}
    assert all(len(example) > 1 for example in EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example[0])
def test_an_example_does_what_the_book_says(example: list[str]) -> None:
    query, *lines = example
    for line in lines:
        verb, _, said = line.partition(" ")
        if foreign := re.match(r"\[(\w+)\] (.*)", query):
            made = translate(foreign[2], foreign[1])
            if verb == "becomes":
                assert made.native == said
            else:
                assert any(said in loss.zh for loss in made.losses), made.losses
        elif verb == "refused":
            with pytest.raises(QueryError, match=re.escape(said)):
                search(parse(query), [], CONTEXT)
        elif verb == "reads":
            assert unparse(parse(query)) == said
        elif verb == "says":
            assert said in [notice.kind for notice in parse(query).notices]
        else:
            doc = document(said)
            assert (search(parse(query), [doc], asked_of(doc)) == [1]) is (verb == "finds"), line


def test_every_kind_of_nearness_and_every_wildcard_stands_in_the_book() -> None:
    for sign in (*(f"({one})" for one in (Near.S, Near.P, Near.F)), "(nW)", "(nD)", "EQU/n", "`*`", "`?`", "`#`"):
        assert sign in TEXT, sign
