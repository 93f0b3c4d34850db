"""Queries and documents at random, for the tests of every engine of search."""

from __future__ import annotations

from hypothesis import strategies as st

from jinzhi.kernel.query import (
    Doc,
    Freq,
    Near,
    Node,
    Prox,
    Query,
    QueryError,
    QueryNot,
    QueryTerm,
    Range,
    all_of,
    any_of,
    check,
    one_of,
)

HAN = "锂电池隔膜的鋰電"
LATIN = ("a", "ab", "abc", "b", "2", "x1")
JOINTS = ("", "", "", " ", "，", "。", "; ", ". ", "-", "；")

pieces = st.one_of(st.text(HAN, min_size=1, max_size=4), st.sampled_from(LATIN))
paragraphs = st.lists(st.tuples(pieces, st.sampled_from(JOINTS)), max_size=8).map(
    lambda parts: "".join(piece + joint for piece, joint in parts)
)
texts = st.lists(paragraphs, min_size=0, max_size=3)
names = st.sampled_from(["天津大学", "天津市锂电池厂", "ABC Ltd.", "鋰電科技", "锂電(上海)公司", "A B"])
symbols = st.sampled_from(["H01M10/05", "H01M10/0525", "H01M4/00", "H04L9/32", "H04L99/00", "B01D", "14-03"])
numbers = st.sampled_from(["CN103081473B", "CN103081473B8", "CN1037A", "201410503258.2", "US7272630B2"])
days = st.sampled_from([20161231, 20170101, 20170315, 20171231, 20180101])

docs = st.builds(
    lambda text, keys, dates, counts: Doc(0, "", text, keys, dates, counts),
    st.fixed_dictionaries({}, optional=dict.fromkeys(("ti", "ab", "clm", "iclm", "desc_f", "desc_e"), texts)),
    st.fixed_dictionaries(
        {},
        optional={
            "pa": st.lists(names, max_size=3).map(tuple),
            "ipc": st.lists(symbols, max_size=3).map(tuple),
            "pn": st.lists(numbers, max_size=2).map(tuple),
            "st": st.lists(st.sampled_from(["有效", "失效", "審中"]), max_size=1).map(tuple),
        },
    ),
    st.fixed_dictionaries({}, optional={"ad": days, "pd": days}),
    st.fixed_dictionaries({}, optional={"nfwd": st.integers(0, 5)}),
)


def collections(most: int = 6) -> st.SearchStrategy[list[Doc]]:
    """Some documents with ids and numbers of their own."""
    return st.lists(docs, min_size=1, max_size=most).map(
        lambda found: [Doc(i, f"CN{i}A", doc.text, doc.keys, doc.dates, doc.numbers) for i, doc in enumerate(found)]
    )


signs = st.sampled_from(["*", "?", "#", "?#"])
plain_words = st.one_of(st.text(HAN, min_size=1, max_size=3), st.sampled_from(LATIN))
wild_words = st.one_of(
    st.tuples(plain_words, signs, plain_words).map("".join),
    st.tuples(signs, plain_words).map("".join).filter(lambda text: not text[1:].isdigit()),
    st.tuples(plain_words, signs).map("".join),
)
some_words = st.one_of(plain_words, plain_words, wild_words)
text_fields = st.sampled_from([(), (), ("ti",), ("ab",), ("ti", "ab"), ("ta",), ("tacd",), ("clm",), ("pa",)])


def terms(fields: st.SearchStrategy[tuple[str, ...]] = text_fields) -> st.SearchStrategy[QueryTerm]:
    """Words, phrases and loose phrases in text fields."""
    return st.one_of(
        st.builds(QueryTerm, some_words, fields, as_written=st.booleans()),
        st.builds(QueryTerm, st.lists(some_words, min_size=1, max_size=3).map(" ".join), fields, st.just(True)),
        st.builds(
            QueryTerm,
            st.lists(plain_words, min_size=2, max_size=3).map(" ".join),
            fields,
            st.just(True),
            st.integers(0, 4),
            as_written=st.booleans(),
        ),
    )


values: st.SearchStrategy[Node] = st.one_of(
    st.builds(
        QueryTerm,
        st.sampled_from(["H01M", "H04L9", "H01M10/05", "H04L9/*", "H", "14"]),
        st.sampled_from([("ipc",), ("ipcx",), ("ipc", "cpc")]),
    ),
    st.builds(QueryTerm, numbers, st.sampled_from([("pn",), ("num",), ("an",)])),
    st.builds(
        QueryTerm, st.sampled_from(["有效", "失?", "审中", "審*", "?中"]), st.just(("st",)), as_written=st.booleans()
    ),
    st.builds(
        QueryTerm,
        st.sampled_from(["2017", "201703", "20170315", "2016"]),
        st.sampled_from([("ad",), ("pd",), ("ad", "pd")]),
        op=st.sampled_from(["=", "<", ">", "<=", ">="]),
    ),
    st.builds(
        QueryTerm, st.sampled_from(["0", "3"]), st.just(("nfwd",)), op=st.sampled_from(["=", "<", ">", "<=", ">="])
    ),
    st.builds(
        Range,
        st.sampled_from(["2017", "20170101", "*"]),
        st.sampled_from(["2017", "20171231", "2018"]),
        st.just(("ad",)),
        st.booleans(),
        st.booleans(),
    ),
)


def operands(depth: int = 2) -> st.SearchStrategy[Node]:
    """What may stand under proximity: words, groups by OR and AND, proximity, frequency."""
    if depth == 0:
        return terms()
    below = operands(depth - 1)
    return st.one_of(
        terms(),
        st.lists(below, min_size=2, max_size=3).map(any_of),
        st.lists(below, min_size=2, max_size=2).map(all_of),
        st.builds(
            lambda left, right, near, n, negated: Prox(
                left,
                right,
                near,
                n if near in (Near.W, Near.D, Near.EQU) else min(n, 1) * (near is not Near.F),
                negated,
            ),
            below,
            below,
            st.sampled_from(list(Near)),
            st.integers(0, 4),
            st.booleans(),
        ),
        st.builds(Freq, below, st.integers(1, 3)),
    )


def runs(node: Node) -> bool:
    """Whether the query can be run: its two sides of proximity share a field."""
    try:
        check(node)
    except QueryError:
        return False
    return True


def nodes(depth: int = 2) -> st.SearchStrategy[Node]:
    """Trees with every operator; not all can be run (``runs``)."""
    if depth == 0:
        return st.one_of(terms(), operands(1), values)
    below = nodes(depth - 1)
    return st.one_of(
        operands(2),
        values,
        st.lists(below, min_size=2, max_size=3).map(all_of),
        st.lists(below, min_size=2, max_size=3).map(any_of),
        st.lists(below, min_size=2, max_size=3).map(one_of),
        st.builds(QueryNot, below),
    )


queries: st.SearchStrategy[Query] = nodes().filter(runs).map(Query)
