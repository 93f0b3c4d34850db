"""What a query means: single cases that say it, laws that must hold, and a second computation by brute force."""

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhi.engines.query_language.parse import parse
from jinzhi.engines.search_collection import Collection
from jinzhi.engines.search_memory import QueryContext, QueryPlan, SearchRecord, explain, search, spans
from jinzhi.engines.search_values import OFFICE_NUMBERS, Trees
from jinzhi.kernel.query import (
    Doc,
    Freq,
    Near,
    Prox,
    Query,
    QueryError,
    QueryNot,
    QueryTerm,
    TooWide,
    all_of,
    any_of,
    distributed,
    one_of,
    wildcard_regex,
    wildcard_test,
)
from jinzhi.standards.ipc import Scheme
from tests.engines.query_strategies import collections, nodes, operands, queries, runs


def found(text: str, *titles: str, context: QueryContext | None = None) -> list[int]:
    """Which of the titles a query finds."""
    docs = [Doc(i, f"CN{i}A", {"ti": [title]}) for i, title in enumerate(titles)]
    return search(parse(text), docs, context or QueryContext())


def holds(text: str, title: str) -> bool:
    return found(text, title) == [0]


def has(text: str, doc: Doc, context: QueryContext | None = None) -> bool:
    return search(parse(text), [doc], context or QueryContext()) == [doc.id]


# --- words ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("锂电池", "一种锂电池组", True),
        ("锂电池", "锂离子电池", False),
        ("锂电池", "锂、电池", False),
        ("锂电池", "锂 电池", False),
        ('"锂 电池"', "锂、电池", True),
        ("5G基站", "5G 基站", True),
        ("5G基站", "5G移动基站", False),
        ("LED", "ｌｅｄ灯", True),
        ("bat", "battery", False),
        ('"lithium ion"', "Lithium-ion cell", True),
        ('"lithium ion"', "ion lithium", False),
        ("锂*电池", "锂离子电池", True),
        ("锂*电池", "锂电池", True),
        ("锂*电池", "锂，电池", False),
        ("锂*电池", "锂ion电池", False),
        ("锂?电池", "锂电池", True),
        ("锂?电池", "锂离电池", True),
        ("锂?电池", "锂离子电池", False),
        ("锂#电池", "锂电池", False),
        ("锂##电池", "锂离子电池", True),
        ("锂?#电池", "锂离子电池", True),
        ("锂?#电池", "锂电池", False),
        ("电池#", "电池组", True),
        ("电池#", "电池", False),
        ("电池#", "电池，组", False),
        ("#电池", "锂电池", True),
        ("#电池", "电池", False),
        ("5G*基站", "5G移动基站", True),
        ("基站*5G", "基站用5G", True),
        ("基站*5G", "基站，用5G", False),
        ("batter*", "batteries", True),
        ("*ion", "lithium-ion", True),
        ("colo?r", "colour", True),
        ("colo?r", "color", True),
        ("colo#r", "color", False),
        ('"a * c"', "a b c", True),
        ('"a * c"', "a c", False),
        ('"锂 隔膜"~2', "隔膜与锂", True),
        ('"锂 隔膜"~0', "隔膜与锂", False),
        ('"a b c"~1', "c x b a", True),
        ('"a b c"~1', "c x b y a", False),
        ('"a a"~5', "a b", False),
    ],
)
def test_a_word_stands_in_a_title(text: str, title: str, expected: bool) -> None:
    assert holds(text, title) is expected


def test_a_phrase_stays_within_its_paragraph() -> None:
    assert not has('clm="the cell a"', Doc(1, "", {"clm": ["the cell", "a lid"]}))
    assert has('clm="cell a"~0', Doc(1, "", {"clm": ["a cell"]}))


def test_a_word_without_a_field_is_sought_in_title_abstract_and_claims_each_by_itself() -> None:
    assert has("锂", Doc(1, "", {"clm": ["锂"]}))
    assert not has("锂", Doc(1, "", {"desc": ["锂"]}))
    assert not has('"锂 电"', Doc(1, "", {"ti": ["锂"], "ab": ["电"]}))
    assert not has("锂 (9D) 电", Doc(1, "", {"ti": ["锂"], "ab": ["电"]}))
    assert has("锂 AND 电", Doc(1, "", {"ti": ["锂"], "ab": ["电"]}))


def test_the_description_is_sought_with_its_parts() -> None:
    assert has("desc=锂", Doc(1, "", {"desc_e": ["锂"]}))
    assert not has("desc_f=锂", Doc(1, "", {"desc_e": ["锂"]}))


# --- proximity ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("a (W) b", "a b", True),
        ("a (W) b", "b a", False),
        ("a (2W) b", "a x y b", True),
        ("a (1W) b", "a x y b", False),
        ("a (2D) b", "b x y a", True),
        ("a EQU/2 b", "a x y b", True),
        ("a EQU/2 b", "a x b", False),
        ("锂 (3W) 隔膜", "锂离子的隔膜", True),
        ("锂 (2W) 隔膜", "锂离子的隔膜", False),
        ("a (9W) a", "a", False),
        ("a (9W) a", "a x a", True),
        ("锂电 (9D) 电池", "锂电池", False),
        ("a (S) b", "b x. a", False),
        ("a (S) b", "b x, a", True),
        ("a WITH1 b", "b x. a", True),
        ("a (F) b", "b. a", True),
        ("(a OR c) (W) (b OR d*)", "c dab", True),
        ("(a (1W) b) (1W) c", "a x b y c", True),
        ("(a AND b) (W) c", "a c b c", True),
        ("(a AND b) (W) c", "a c b", False),
        ("bat* (1W) *sep*", "battery with separators", True),
        ("a (NOT 1W) b", "a b", False),
        ("a (NOT 1W) b", "a x y b", True),
        ("a (NOT 1W) b", "a b. a c", True),
        ("a (NOT 1W) b", "b", False),
        ("a (NOT S) b", "a. b", True),
        ("a (NOT S) b", "a b", False),
        ("a NOT WITH b", "a b. a", True),
        ("a $FREQ2", "a b a", True),
        ("a $FREQ3", "a b a", False),
        ("(a OR b) $FREQ3", "a b a", True),
    ],
)
def test_words_stand_near_each_other(text: str, title: str, expected: bool) -> None:
    assert holds(text, title) is expected


def test_paragraphs_and_claims_bound_p() -> None:
    doc = Doc(1, "", {"clm": ["a lid", "a cell", "a cap"]})
    assert not has("clm=(lid (P) cell)", doc)
    assert has("clm=(lid SAME1 cell)", doc)
    assert not has("clm=(lid SAME1 cap)", doc)


def test_proximity_never_crosses_from_field_to_field() -> None:
    doc = Doc(1, "", {"ti": ["a"], "ab": ["b"]})
    assert not has("ti,ab=(a (3W) b)", doc)
    assert has("ti,ab=(a AND b)", doc)


def test_names_are_text_but_nothing_crosses_from_one_to_the_next() -> None:
    doc = Doc(1, "", keys={"pa": ("天津大学", "华为技术有限公司")})
    assert has("pa=天津", doc)
    assert has("pa=(天津 AND 华为)", doc)
    assert not has("pa=(大学 (W) 华为)", doc)
    assert not has("pa=(大学 (F) 华为)", doc)
    assert has("pa=(天津 (F) 大学)", doc)


# --- values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ipc=H04L", True),
        ("ipc=H04", True),
        ("ipc=H04L9", True),
        ("ipc=H04L9/32", True),
        ("ipc=H04L9/3", False),
        ("ipc=H04L99", False),
        ("ipc=H04L9/*", True),
        ("ic_ex=H04L", False),
        ("ic_ex=H04L9/32", True),
        ("cpc=H04L9/32", False),
        ("pan=天津大学", True),
        ("pan=天津", False),
        ("pan=天津*", True),
        ("st=有效", True),
        ("st!=有效", False),
        ("ls!=终止", True),
        ("ad=2017", True),
        ("ad=201703", True),
        ("ad=2017-03-15", True),
        ("ad=2017年3月16日", False),
        ("ad>2017", False),
        ("ad>=2017", True),
        ("ad<2017", False),
        ("ad<=2017", True),
        ("ad<201704", True),
        ("ad=[2016 TO 2017]", True),
        ("ad=[2016 TO 2017}", False),
        ("ad={2016 TO *]", True),
        ("ad={2017 TO *]", False),
        ("pd=2017", False),
        ("pd!=2017", True),
        ("nfwd=3", True),
        ("nfwd>3", False),
        ("nfwd=[1 TO 3}", False),
        ("nfwd=[1 TO 3]", True),
        ("ad,pd=2017", True),
    ],
)
def test_a_value_is_what_is_asked(text: str, expected: bool) -> None:
    doc = Doc(
        1,
        "CN103081473B8",
        keys={"ipc": ("H04L 9/32",), "pan": ("天津大学",), "st": ("有效",)},
        dates={"ad": 20170315},
        numbers={"nfwd": 3},
    )
    assert has(text, doc) is expected


@pytest.mark.parametrize("written", ["H04L9/32", "H04L 9/32", "h04l9/32", "H04L0009320000", "H04L 009/32"])
def test_a_class_has_one_meaning_in_every_spelling(written: str) -> None:
    assert has("ipc=H04L9/32", Doc(1, "", keys={"ipc": (written,)}))


@pytest.mark.parametrize(
    ("asked", "stored", "expected"),
    [
        ("CN103081473", "CN103081473B8", True),
        ("CN103081473B8", "CN103081473B8", True),
        ("CN103081473A", "CN103081473B8", False),
        ("CN10308*", "CN103081473B8", True),
        ("103081473", "CN103081473B8", True),
    ],
)
def test_a_publication_number(asked: str, stored: str, expected: bool) -> None:
    assert has(f"pn={asked}", Doc(1, "", keys={"pn": (stored,)}), QueryContext(OFFICE_NUMBERS)) is expected


@pytest.mark.parametrize(
    "asked",
    [
        "CN201410503258.2",
        "201410503258",
        "ZL201410503258.2",
        "CN102014000503258",
        '"CN 2014 1 0503258.2"',
        "2014105032583",
    ],
)
@pytest.mark.parametrize("stored", ["CN201410503258.2", "CN102014000503258"])
def test_an_application_number_is_one_in_every_spelling(asked: str, stored: str) -> None:
    assert has(f"an={asked}", Doc(1, "", keys={"an": (stored,)}), QueryContext(OFFICE_NUMBERS))
    assert has(f"num={asked}", Doc(1, "", keys={"an": (stored,)}), QueryContext(OFFICE_NUMBERS))


TREE = Trees({"ipc": Scheme([("H04L9/00", 0), ("H04L9/28", 1), ("H04L9/30", 2), ("H04L9/32", 1), ("H04L12/00", 0)])})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ipclow=H04L9/00", True),
        ("ipc=H04L9/00/low", True),
        ("ipc=H04L9/00", False),
        ("ipclow=H04L9/28", True),
        ("ipclow=H04L9/32", False),
        ("ipclow=H04L", True),
    ],
)
def test_below_is_by_dots_and_not_by_writing(text: str, expected: bool) -> None:
    assert has(text, Doc(1, "", keys={"ipc": ("H04L9/30",)}), QueryContext(tree=TREE)) is expected


def test_a_class_without_its_tree_or_outside_it_is_refused() -> None:
    with pytest.raises(QueryError, match="没有装入分类表"):
        found("ipclow=H04L9/00", "a")
    with pytest.raises(QueryError, match="分类表里没有"):
        found("ipclow=H04L77/00", "a", context=QueryContext(tree=TREE))


# --- references -----------------------------------------------------------------------------------------------


class Kept:
    """History and saved queries."""

    def __init__(self, history: dict[int, str], saved: dict[str, str]):
        self._history = {number: parse(text) for number, text in history.items()}
        self._saved = {name: parse(text) for name, text in saved.items()}

    def history(self, number: int) -> Query | None:
        return self._history.get(number)

    def saved(self, name: str) -> Query | None:
        return self._saved.get(name)


KEPT = Kept({1: "ti=a", 2: "#1 NOT b"}, {"mine": "#2 OR c", "round": "##round2 OR a", "round2": "##round"})


def test_history_is_an_algebra() -> None:
    context = QueryContext(resolver=KEPT)
    assert found("#1 AND b", "a", "a b", "b", context=context) == [1]
    assert found("#2", "a", "a b", "b", context=context) == [0]
    assert found("##mine", "a", "a b", "c", context=context) == [0, 2]


def test_what_is_not_kept_or_holds_itself_is_refused() -> None:
    with pytest.raises(QueryError, match="没有 #7"):
        found("a AND #7", "a", context=QueryContext(resolver=KEPT))
    with pytest.raises(QueryError, match="引用了自身"):
        found("##round", "a", context=QueryContext(resolver=KEPT))
    with pytest.raises(QueryError, match="没有 #1"):
        found("#1", "a")


def test_references_that_double_are_refused_with_the_number() -> None:
    doubling = Kept({}, {f"s{i}": f"##s{i + 1} OR ##s{i + 1} OR ##s{i + 1}" for i in range(11)} | {"s11": "a OR b"})
    with pytest.raises(TooWide):
        found("##s0", "a", context=QueryContext(resolver=doubling))


def test_semantic_search_is_refused_unless_someone_answers_it() -> None:
    with pytest.raises(QueryError, match="没有启用语义检索"):
        found('~"锂"', "a")
    assert found('~2"锂" AND a', "a", "a", "b", context=QueryContext(semantic=lambda text, top: {1, 2})) == [1]


# --- highlighting and explanation -----------------------------------------------------------------------------


def test_every_word_has_its_colour() -> None:
    doc = Doc(1, "", {"ti": ["锂电池隔膜"], "ab": ["隔膜"]}, {"ipc": ("B01D", "H01M2/14")})
    assert spans(parse("锂电 AND 隔膜 AND ipc=H01M AND NOT 铝"), doc) == {
        "ab": [(0, 2, 1)],
        "ipc": [(1, 2, 2)],
        "ti": [(0, 2, 0), (3, 5, 1)],
    }


def test_only_what_takes_part_in_a_proximity_is_marked() -> None:
    doc = Doc(1, "", {"ti": ["a b x x x a"]})
    assert spans(parse("a (W) b"), doc) == {"ti": [(0, 1, 0), (1, 2, 1)]}
    assert spans(parse("a (NOT W) b"), doc) == {"ti": [(5, 6, 0)]}


def test_an_explanation_says_which_part_fails() -> None:
    why = explain(parse("a AND b"), Doc(1, "", {"ti": ["a a"]}))
    assert (why.found, [(part.found, part.counts) for part in why.inner]) == (False, [(True, {"ti": 2}), (False, {})])


# --- laws -----------------------------------------------------------------------------------------------------

terms = operands(1).filter(runs)


def ids(node, docs) -> set[int]:
    return set(search(node, docs))


@settings(deadline=None)
@given(nodes(1).filter(runs), nodes(1).filter(runs), collections())
def test_booleans_are_operations_on_sets(left, right, docs) -> None:
    a, b, everything = ids(left, docs), ids(right, docs), {doc.id for doc in docs}
    assert ids(all_of([left, right]), docs) == a & b
    assert ids(any_of([left, right]), docs) == a | b
    assert ids(one_of([left, right]), docs) == a ^ b
    assert ids(QueryNot(left), docs) == everything - a


@settings(deadline=None)
@given(terms, terms, st.integers(0, 4), collections())
def test_more_room_finds_no_less_and_either_order_is_symmetric(left, right, n, docs) -> None:
    if not runs(Prox(left, right, Near.W)):
        return
    ordered = ids(Prox(left, right, Near.W, n), docs)
    assert ordered <= ids(Prox(left, right, Near.W, n + 1), docs)
    either = ids(Prox(left, right, Near.D, n), docs)
    assert either == ids(Prox(right, left, Near.D, n), docs)
    assert ordered <= either <= ids(Prox(left, right, Near.F), docs)
    assert ids(Prox(left, right, Near.S), docs) <= ids(Prox(left, right, Near.P), docs)
    assert ids(Prox(left, right, Near.EQU, n), docs) <= ordered


@settings(deadline=None)
@given(terms, terms, terms, st.integers(0, 3), collections())
def test_and_in_an_operand_is_drawn_out(a, b, c, n, docs) -> None:
    whole = Prox(all_of([a, b]), c, Near.W, n)
    if runs(whole) and runs(all_of([Prox(a, c, Near.W, n), Prox(b, c, Near.W, n)])):
        assert ids(whole, docs) == ids(Prox(a, c, Near.W, n), docs) & ids(Prox(b, c, Near.W, n), docs)


@settings(deadline=None)
@given(terms, terms, terms, st.integers(0, 3), collections())
def test_or_in_an_operand_is_the_union_of_places(a, b, c, n, docs) -> None:
    apart = [Prox(a, c, Near.W, n), Prox(b, c, Near.W, n)]
    if all(map(runs, apart)):
        assert ids(Prox(any_of([a, b]), c, Near.W, n), docs) == ids(any_of(apart), docs)


@settings(deadline=None)
@given(terms, terms, collections())
def test_a_negated_proximity_keeps_some_of_the_left_and_never_invents(left, right, docs) -> None:
    negated = Prox(left, right, Near.S, 0, True)
    if runs(negated):
        assert ids(left, docs) - ids(right, docs) <= ids(negated, docs) <= ids(left, docs)


@settings(deadline=None)
@given(terms, st.integers(1, 4), collections())
def test_more_occurrences_find_no_more(inner, least, docs) -> None:
    assert ids(Freq(inner, least + 1), docs) <= ids(Freq(inner, least), docs) <= ids(inner, docs)
    assert ids(Freq(inner, 1), docs) == ids(inner, docs)


@settings(deadline=None)
@given(operands(2).filter(runs))
def test_no_and_is_left_under_proximity(node) -> None:
    parts = distributed(node)
    for part in getattr(parts, "items", (parts,)) if not isinstance(parts, (Prox, Freq)) else (parts,):
        assert distributed(part) == part


@settings(max_examples=150, deadline=None)
@given(queries, collections())
def test_the_table_of_tokens_finds_the_same(query: Query, docs: list[Doc]) -> None:
    assert Collection(docs).search(query) == search(query, docs)


@settings(deadline=None)
@given(queries, collections(3))
def test_marks_stand_where_the_query_finds(query: Query, docs: list[Doc]) -> None:
    plan = QueryPlan(query)
    for doc in docs:
        record = SearchRecord(doc)
        for code, marks in plan.marks(record).items():
            most = len(record.tokens(code)) if code not in ("ipc", "cpc", "pn", "st", "an") else len(doc.keys[code])
            assert all(0 <= start < end <= most for start, end, _ in marks)


# --- a second computation -------------------------------------------------------------------------------------

letters = st.text("ab锂电", min_size=1, max_size=7)


@settings(deadline=None)
@given(letters, st.sampled_from("ab锂电"), st.sampled_from("ab锂电"), st.integers(0, 4))
def test_distances_by_counting_letters(text: str, left: str, right: str, n: int) -> None:
    title = " ".join(text)
    places = [(i, j) for i, j in product(range(len(text)), repeat=2) if text[i] == left and text[j] == right and i != j]
    a, b = QueryTerm(left), QueryTerm(right)
    doc = [Doc(1, "", {"ti": [title]})]
    assert bool(search(Prox(a, b, Near.W, n), doc)) == any(0 < j - i <= n + 1 for i, j in places)
    assert bool(search(Prox(a, b, Near.D, n), doc)) == any(abs(j - i) <= n + 1 for i, j in places)
    assert bool(search(Prox(a, b, Near.EQU, n), doc)) == any(j - i == n + 1 for i, j in places)
    apart = [
        i for i, one in enumerate(text) if one == left and not any(i == k and 0 < j - i <= n + 1 for k, j in places)
    ]
    assert bool(search(Prox(a, b, Near.W, n, True), doc)) == bool(apart)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["锂", "电", "池", "，"]), max_size=10).map("".join),
    st.lists(st.sampled_from(["锂", "电", "*", "?", "#"]), min_size=1, max_size=6).map("".join),
)
def test_wildcards_among_han_by_regular_expressions_over_runs(title: str, word: str) -> None:
    if not set(word) & set("锂电"):
        return
    pattern = "".join({"*": ".*", "?": ".?", "#": "."}.get(one, one) for one in word)
    expected = any(re.search(pattern, run) for run in title.split("，"))
    assert bool(search(QueryTerm(word), [Doc(1, "", {"ti": [title]})])) == expected


@settings(deadline=None)
@given(st.text("ab", max_size=12), st.text("ab*?#", min_size=1, max_size=9))
def test_wildcards_within_a_word_by_trying_everything(word: str, asked: str) -> None:
    def matches(rest: str, signs: str) -> bool:
        if not signs:
            return not rest
        one, more = signs[0], signs[1:]
        if one == "*":
            return any(matches(rest[i:], more) for i in range(len(rest) + 1))
        if one == "?":
            return matches(rest, more) or bool(rest and matches(rest[1:], more))
        return bool(rest) and (one == "#" or rest[0] == one) and matches(rest[1:], more)

    assert wildcard_test(asked)(word) == matches(word, asked)
    assert bool(re.fullmatch(wildcard_regex(asked), word)) == matches(word, asked)


def test_many_wildcards_over_a_long_word_end() -> None:
    assert not wildcard_test("*a" * 200 + "b")("a" * 20_000)


def test_too_many_places_fail_with_the_number() -> None:
    with pytest.raises(TooWide, match="2000000"):
        search(parse("ab=(a (F) a)"), [Doc(1, "", {"ab": ["a " * 2500]})])
