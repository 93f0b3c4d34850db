"""Expressions: three answers, missing values, lists that may not be complete, arithmetic, what is wrong at start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhi.kernel.declare import Catalogue, Citation
from jinzhi.kernel.expression import (
    BLANK,
    NOT_HELD,
    All,
    Answer,
    Any,
    At,
    AtLeast,
    AtMost,
    Check,
    Checklist,
    Choose,
    Contains,
    Covers,
    Days,
    Divided,
    Elements,
    Every,
    F,
    Fn,
    Frozen,
    Function,
    Given,
    Inside,
    Is,
    Latest,
    Least,
    Minus,
    Missing,
    Most,
    Not,
    OneOf,
    Plus,
    Some,
    Tally,
    Times,
    answer_of,
    condition_problems,
    declare_function,
    functions_of,
    judged,
    negated,
    paths_of,
    problems_of,
    reasons_of,
    value_of,
    went_through,
)
from jinzhi.kernel.period import Calendar, Festival, HolidayNotice, LengthUnit, days, hours, months, workdays, years

CALENDAR = Calendar.of(
    [
        HolidayNotice(
            id="year-2026", zh="某年", en="A year", serves=(), year=2026, number="1", issued_on=date(2025, 11, 1),
            source="test", festivals=(Festival("清明节", "Qingming", date(2026, 4, 4), date(2026, 4, 6)),),
        )
    ]
)  # fmt: skip
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN


@dataclass(frozen=True)
class Held:
    """A record in memory: values by path, lists by path, days on which it was otherwise."""

    values: Mapping[str, object] = field(default_factory=dict)
    lists: Mapping[str, Elements | Missing] = field(default_factory=dict)
    order: Sequence[str] = ()
    then: Mapping[date, Held] = field(default_factory=dict)

    def value(self, path: str) -> object:
        return self.values.get(path, NOT_HELD)

    def moment(self, path: str) -> tuple[int, ...] | None:
        return (self.order.index(path),) if path in self.order else None

    def elements(self, over: str) -> Elements | Missing:
        return self.lists.get(over, NOT_HELD)

    def frozen(self, source: str, where: object) -> object:
        return self.value(source)

    def at(self, day: date) -> Held:
        return self.then[day]

    @property
    def calendar(self) -> Calendar:
        return CALENDAR


CASE = Held(
    {
        "n": 5, "half": Decimal("0.5"), "empty": BLANK, "on": date(2026, 3, 31), "at": datetime(2026, 3, 31, 9),
        "word": "yes", "list": ("a", "b"), "some": ("b",), "term": workdays(7),
    },
    {
        "parties": Elements((Held({"abroad": True}), Held({"abroad": False}))),
        "known": Elements((Held({"abroad": False}),), complete=False),
        "blank": BLANK,
    },
)  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "given_", "blank", "not_held"),
    [
        (Given, YES, NO, UNKNOWN),
        (lambda of: Is(of, 5), YES, NO, UNKNOWN),
        (lambda of: Is(of, None), NO, YES, UNKNOWN),
        (lambda of: OneOf(of, (4, 5)), YES, NO, UNKNOWN),
        (lambda of: OneOf(of, (4, None)), NO, YES, UNKNOWN),
        (lambda of: AtLeast(of, 5), YES, UNKNOWN, UNKNOWN),
        (lambda of: AtMost(of, 4), NO, UNKNOWN, UNKNOWN),
        (lambda of: AtMost(Plus(F(of), 1), 6), YES, UNKNOWN, UNKNOWN),
        (lambda of: Not(Is(of, 5)), NO, YES, UNKNOWN),
        (lambda of: Contains("list", F(of)), NO, NO, UNKNOWN),
    ],
)
def test_what_is_given_blank_or_not_held_is_answered_each_in_its_way(condition, given_, blank, not_held):
    answers = [answer_of(condition(of), CASE) for of in ("n", "empty", "nowhere")]
    assert answers == [given_, blank, not_held]


def test_lists_contain_and_cover():
    assert answer_of(Contains("list", "a"), CASE) is YES
    assert answer_of(Contains("list", "c"), CASE) is NO
    assert answer_of(Covers("list", F("some")), CASE) is YES
    assert answer_of(Covers("some", F("list")), CASE) is NO
    assert answer_of(Contains("empty", "a"), CASE) is NO
    assert answer_of(Covers("list", F("nowhere")), CASE) is UNKNOWN


def test_a_list_holds_what_is_equal_and_nothing_else():
    record = Held({"mixed": (True, "1"), "list": ["a", "b"], "tuple": ("a", "b"), "one": 1})
    assert answer_of(Contains("mixed", 1), record) is NO
    assert answer_of(Contains("mixed", True), record) is YES
    assert answer_of(Contains("tuple", F("nowhere")), record) is UNKNOWN
    assert answer_of(Covers("tuple", F("list")), record) is YES
    assert answer_of(Covers("tuple", ()), record) is YES
    assert answer_of(Covers("tuple", "ab"), record) is NO
    assert answer_of(Is("list", F("tuple")), record) is YES


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        (AtLeast("term", workdays(7)), YES),
        (AtLeast("term", workdays(8)), NO),
        (AtLeast("term", days(7)), UNKNOWN),
        (AtMost("on", datetime(2026, 3, 31, 23)), YES),
        (AtMost("at", datetime(2026, 3, 31, 8)), NO),
        (AtLeast("at", datetime(2026, 3, 31, 8, tzinfo=UTC)), UNKNOWN),
        (AtLeast("word", "yes"), UNKNOWN),
        (AtLeast("n", True), UNKNOWN),
        (AtLeast("n", F("on")), UNKNOWN),
        (AtLeast(Plus(F("n"), F("half")), Divided(11, 2)), YES),
        (Not(AtLeast("n", 5)), NO),
        (Is(Days(F("on"), date(2026, 4, 2)), 2), YES),
    ],
)
def test_what_cannot_be_compared_is_unknown(condition, answer):
    assert answer_of(condition, CASE) is answer


def test_true_is_not_one_and_two_blanks_are_not_the_same_thing():
    record = Held({"yes": True, "one": 1, "a": BLANK, "b": BLANK})
    assert answer_of(Is("yes", 1), record) is NO
    assert answer_of(Is("one", True), record) is NO
    assert answer_of(Is("a", F("b")), record) is NO


def test_where_elements_may_be_missing_some_is_never_no_and_every_never_yes():
    abroad = Is("abroad", True)
    assert answer_of(Some("parties", abroad), CASE) is YES
    assert answer_of(Every("parties", abroad), CASE) is NO
    assert answer_of(Some("known", abroad), CASE) is UNKNOWN
    assert answer_of(Every("known", Not(abroad)), CASE) is UNKNOWN
    assert answer_of(Every("known", abroad), CASE) is NO
    assert answer_of(Some("blank", abroad), CASE) is NO
    assert answer_of(Every("blank", abroad), CASE) is YES
    assert answer_of(Some("nowhere", abroad), CASE) is UNKNOWN


def test_an_element_sees_the_record_around_it():
    record = Held({"limit": 3}, {"lots": Elements((Held({"n": 2}), Held({"n": 4})))})
    assert answer_of(Some("lots", AtLeast("n", F("up.limit"))), record) is YES
    assert answer_of(Every("lots", AtMost("n", F("up.limit"))), record) is NO
    inside = Inside(Held({"n": 2}), Inside(Held({"n": 9}), record))
    assert value_of(F("up.up.limit"), inside) == 3


def test_a_choice_takes_the_first_that_holds_and_stops_at_what_nobody_knows():
    assert value_of(Choose((Is("n", 4), "a"), (Is("n", 5), "b"), otherwise="c"), CASE) == "b"
    assert value_of(Choose((Is("n", 4), "a"), otherwise="c"), CASE) == "c"
    assert value_of(Choose((Is("nowhere", 4), "a"), (Is("n", 5), "b"), otherwise="c"), CASE) is NOT_HELD


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (Plus(F("n"), F("half")), Fraction(11, 2)),
        (Minus(F("n"), 1, 1), 3),
        (Times(3, F("n")), 15),
        (Divided(F("n"), 2), Fraction(5, 2)),
        (Divided(F("n"), 0), NOT_HELD),
        (Divided(F("n"), Decimal("0.1")), 50),
        (Plus(F("on"), days(1)), date(2026, 4, 1)),
        (Plus(F("on"), months(1)), date(2026, 4, 30)),
        (Minus(F("on"), months(1)), date(2026, 2, 28)),
        (Plus(F("on"), years(1)), date(2027, 3, 31)),
        (Plus(F("on"), workdays(1)), date(2026, 4, 1)),
        (Plus(F("on"), workdays(4)), date(2026, 4, 7)),
        (Minus(date(2026, 4, 7), workdays(4)), date(2026, 3, 31)),
        (Plus(date(2026, 12, 31), workdays(1)), NOT_HELD),
        (Plus(F("at"), days(1)), datetime(2026, 4, 1, 9)),
        (Plus(F("at"), hours(20)), datetime(2026, 4, 1, 5)),
        (Plus(F("on"), hours(20)), NOT_HELD),
        (Plus(F("on"), years(9999)), NOT_HELD),
        (Minus(F("on"), days(9_999_999)), NOT_HELD),
        (Plus(months(6), years(1)), months(18)),
        (Minus(years(2), months(1)), months(23)),
        (Times(months(2), 3), months(6)),
        (Times(months(2), F("half")), NOT_HELD),
        (Plus(F("list"), "c"), NOT_HELD),
        (Plus(F("list"), 1), NOT_HELD),
        (Minus(F("list"), "a"), NOT_HELD),
        (Plus(True, 1), NOT_HELD),
        (Plus(Decimal("NaN"), 1), NOT_HELD),
        (Least(1, F("on")), NOT_HELD),
        (Most(years(1), months(13)), months(13)),
        (Plus(F("term"), workdays(3)), workdays(10)),
        (Plus(F("term"), days(3)), NOT_HELD),
        (Minus(F("term"), workdays(7)), NOT_HELD),
        (Plus(F("list"), ("c", "a")), ("a", "b", "c")),
        (Minus(F("list"), F("some")), ("a",)),
        (Least(F("n"), 3, 9), 3),
        (Most(F("on"), date(2026, 5, 1)), date(2026, 5, 1)),
        (Plus(F("empty"), 1), NOT_HELD),
        (Plus(F("word"), 1), NOT_HELD),
        (Days(F("on"), date(2026, 4, 2)), 2),
        (Days(date(2026, 4, 2), F("on")), -2),
        (Days(date(2026, 4, 3), date(2026, 4, 8), LengthUnit.WORKDAY), 2),
        (Days(date(2026, 4, 8), date(2026, 4, 3), LengthUnit.WORKDAY), -2),
        (Days(date(2026, 12, 30), date(2027, 1, 4), LengthUnit.WORKDAY), NOT_HELD),
        (Days(F("on"), date(2026, 4, 30), LengthUnit.MONTH), 1),
        (Days(F("on"), date(2026, 4, 29), LengthUnit.MONTH), 0),
        (Days(date(2026, 4, 29), date(2024, 4, 29), LengthUnit.YEAR), -2),
        (Days(F("at"), datetime(2026, 4, 1, 8, 59), LengthUnit.HOUR), 23),
        (Days(F("on"), date(2026, 4, 1), LengthUnit.HOUR), NOT_HELD),
        (Days(F("empty"), F("on")), NOT_HELD),
        (Frozen("n"), 5),
        (None, BLANK),
    ],
)
def test_arithmetic_is_exact_or_says_that_there_is_no_value(expression, value):
    assert value_of(expression, CASE) == value


def test_the_latest_of_several_is_what_the_most_recent_event_gave():
    record = Held({"book.starts": 1, "move.starts": 2}, order=("book.starts", "move.starts"))
    assert value_of(Latest(F("book.starts"), F("move.starts")), record) == 2
    assert value_of(Latest(F("book.starts"), F("move.starts")), replace(record, order=("book.starts",))) == 1
    assert value_of(Latest(F("other")), record) is BLANK


def test_another_day_is_asked_of_the_record_of_that_day():
    record = replace(CASE, then={date(2026, 1, 1): Held({"n": 1})})
    assert value_of(At(date(2026, 1, 1), F("n")), record) == 1
    assert value_of(At(F("empty"), F("n")), record) is NOT_HELD


TWICE = declare_function(Function("test.twice", "1", {"n": int}, lambda n: 2 * n))


def test_a_function_is_called_by_its_name_and_refused_where_nobody_declared_it():
    assert value_of(Fn("test.twice", {"n": F("n")}), CASE) == 10
    assert value_of(Fn("test.twice", {"n": F("nowhere")}), CASE) is NOT_HELD
    assert list(problems_of(Fn("nobody", {}), KNOWN)) == ["no function is called 'nobody'"]
    assert list(problems_of(Fn("test.twice", {"m": 1}), KNOWN)) == [
        "test.twice takes no 'm'",
        "test.twice lacks 'n'",
    ]
    assert list(problems_of(Fn("test.twice", {"n": "two"}), KNOWN)) == [
        "test.twice: n is 'two', which is of another type"
    ]
    with pytest.raises(ValueError, match="two functions"):
        declare_function(Function("test.twice", "2", {}, lambda: 0))


SOURCED = declare_function(Function("test.count", "3", {"kind": (str, bool)}, lambda kind: None, reads_sources=True))


def test_a_function_gets_arguments_of_its_types_and_may_have_no_value():
    assert value_of(Fn("test.twice", {"n": F("word")}), CASE) is NOT_HELD
    assert value_of(Fn("test.twice", {"n": True}), CASE) is NOT_HELD
    assert value_of(Fn("test.twice", {"m": 1}), CASE) is NOT_HELD
    assert value_of(Fn("test.count", {"kind": True}), CASE) is NOT_HELD
    assert value_of(Fn("nobody", {}), CASE) is NOT_HELD


def test_the_functions_of_an_expression_are_found_with_their_versions_wherever_they_stand():
    counted = Fn("test.count", {"kind": "a"})
    found = functions_of(All(AtLeast("n", Fn("test.twice", {"n": 1})), Some("parties", Is("n", Plus(counted, 1)))))
    assert [(function.name, function.version, function.public) for function in found] == [
        ("test.count", "3", False),
        ("test.twice", "1", True),
    ]
    assert functions_of(Is("n", 1)) == ()


# --- properties -------------------------------------------------------------------------------------------------

NAMES = ("a", "b", "c")
LISTS = ("one", "many", "open")
FIGURES = st.sampled_from((1, 2)) | st.sampled_from(NAMES).map(F)
VALUE_WORDS = st.recursive(
    FIGURES,
    lambda inner: st.builds(
        lambda word, left, right: word(left, right),
        st.sampled_from((Plus, Minus, Times, Divided, Least, Most)),
        inner,
        inner,
    ),
    max_leaves=3,
)
LEAVES = (
    st.builds(Is, st.sampled_from(NAMES), st.none() | VALUE_WORDS)
    | st.builds(Given, st.sampled_from(NAMES))
    | st.builds(OneOf, st.sampled_from(NAMES), st.lists(FIGURES, max_size=2).map(tuple))
    | st.builds(AtLeast, st.sampled_from(NAMES), VALUE_WORDS)
    | st.builds(AtMost, VALUE_WORDS.filter(lambda v: not isinstance(v, int)), VALUE_WORDS)
)


def deeper(inner):
    several = st.lists(inner, max_size=3)
    choice = st.builds(
        lambda first, then, last: Is(Choose((first, then), otherwise=last), 1), inner, VALUE_WORDS, VALUE_WORDS
    )
    return (
        st.builds(Not, inner)
        | several.map(lambda parts: All(*parts))
        | several.map(lambda parts: Any(*parts))
        | st.builds(Some, st.sampled_from(LISTS), inner)
        | st.builds(Every, st.sampled_from(LISTS), inner)
        | choice
    )


CONDITIONS = st.recursive(LEAVES, deeper, max_leaves=8)
VALUES = st.fixed_dictionaries({name: st.sampled_from((1, 2, BLANK, NOT_HELD)) for name in NAMES})
LISTED = st.none() | st.tuples(st.lists(VALUES, max_size=3), st.booleans())
RECORDS = st.builds(
    lambda values, lists: Held(
        values,
        {
            name: Elements([Held(element) for element in found[0]], found[1])
            for name, found in lists.items()
            if found is not None
        },
    ),
    VALUES,
    st.fixed_dictionaries(dict.fromkeys(LISTS, LISTED)),
)


def filled(record, by):
    """The record, where it holds nothing, with what another one holds: values, lists, elements that were missing."""
    values = {n: by.values[n] if value is NOT_HELD else value for n, value in record.values.items()}
    lists = dict(by.lists)
    for name, found in record.lists.items():
        more = by.lists.get(name)
        elements = [filled(e, Held(by.values)) for e in found.records]
        if not found.complete and more is not None:
            lists[name] = Elements([*elements, *more.records], more.complete)
        else:
            lists[name] = Elements(elements, found.complete)
    return Held(values, lists)


@settings(max_examples=400, deadline=None)
@given(CONDITIONS, RECORDS, RECORDS)
def test_filling_in_what_is_not_held_never_turns_a_yes_into_a_no_or_back(condition, known, filling):
    before, after = answer_of(condition, known), answer_of(condition, filled(known, filling))
    assert before is UNKNOWN or before is after


@settings(max_examples=200, deadline=None)
@given(VALUE_WORDS, RECORDS, RECORDS)
def test_filling_in_what_is_not_held_never_changes_a_value(expression, known, filling):
    before, after = value_of(expression, known), value_of(expression, filled(known, filling))
    assert before is NOT_HELD or before == after


@given(st.lists(CONDITIONS, max_size=3), RECORDS)
def test_not_all_is_any_not(conditions, record):
    assert answer_of(Not(All(*conditions)), record) is answer_of(Any(*(Not(c) for c in conditions)), record)
    assert negated(negated(answer_of(All(*conditions), record))) is answer_of(All(*conditions), record)


@given(CONDITIONS, RECORDS, st.sampled_from(LISTS))
def test_not_every_is_some_not(condition, record, over):
    assert answer_of(Not(Every(over, condition)), record) is answer_of(Some(over, Not(condition)), record)


@given(CONDITIONS, RECORDS)
def test_every_question_gives_its_reasons_without_fail(condition, record):
    assert all(isinstance(leaf.answer, Answer) for leaf in reasons_of(condition, record))


def test_all_of_nothing_is_yes_and_any_of_nothing_no():
    assert answer_of(All(), CASE) is YES
    assert answer_of(Any(), CASE) is NO


# --- reasons, checks, lists of checks ---------------------------------------------------------------------------

LAW = Citation("some-law", "7")
FIGURE = Check("figure", "达到数额", "The figure is reached", AtLeast("amount", 30_000), LAW)
POWER = Check("power", "有权处理", "Within our powers", Is("power", True), LAW, unknown="stop")


def test_a_reason_shows_the_figure_against_the_bound():
    (reason,) = reasons_of(FIGURE.holds, Held({"amount": 20_000}))
    assert (reason.answer, reason.about, reason.against) == (NO, 20_000, (30_000,))
    record = Held({"amount": 20_000, "power": True})
    both = reasons_of(All(FIGURE.holds, Not(POWER.holds)), record)
    assert [(r.answer, r.about) for r in both] == [(NO, 20_000), (NO, True)]


def test_the_reason_of_a_list_says_for_how_many_elements_it_holds():
    abroad = Is("abroad", True)
    reasons = reasons_of(All(Every("parties", abroad), Not(Some("known", abroad)), Some("nowhere", abroad)), CASE)
    assert [(r.answer, r.about) for r in reasons] == [
        (NO, Tally(1, 1, 0)),
        (UNKNOWN, Tally(0, 1, 0, complete=False)),
        (UNKNOWN, NOT_HELD),
    ]


def test_an_unknown_is_attested_or_bars_for_good_and_a_no_always_bars():
    assert [(j.bars, j.asks) for j in (judged(FIGURE, Held()), judged(POWER, Held()))] == [(False, True), (True, False)]
    assert judged(FIGURE, Held({"amount": 1})).bars


@pytest.mark.parametrize(
    ("mode", "values", "answer", "decided"),
    [
        ("all", {"amount": 40_000, "power": True}, YES, None),
        ("all", {"amount": 40_000}, UNKNOWN, None),
        ("any", {"amount": 40_000}, YES, None),
        ("first", {"amount": 1, "power": True}, YES, POWER),
        ("first", {"power": True}, UNKNOWN, None),
        ("first", {"amount": 1, "power": False}, NO, None),
        ("show", {"amount": 1}, None, None),
    ],
)
def test_a_list_of_checks_comes_to_one_answer_in_its_mode(mode, values, answer, decided):
    checklist = Checklist("list", "清单", "List", checks=(FIGURE, POWER), mode=mode)
    (listed,) = went_through(checklist, Held(values))
    assert (listed.answer, listed.decided) == (answer, decided)
    assert [one.check for one in listed.checks] == [FIGURE, POWER]


def test_a_list_over_elements_is_gone_through_for_each():
    checklist = Checklist("list", "清单", "List", checks=(FIGURE,), over="goods")
    record = Held({}, {"goods": Elements((Held({"amount": 1}), Held({"amount": 50_000})))})
    assert [listed.answer for listed in went_through(checklist, record)] == [NO, YES]
    assert went_through(checklist, Held()) is NOT_HELD


# --- what is wrong at start -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """A schema in memory: the paths, and those of lists."""

    paths: frozenset[str]
    lists: Mapping[str, Known] = field(default_factory=dict)

    def knows(self, path: str) -> bool:
        return path in self.paths

    def inside(self, over: str) -> Known | None:
        return self.lists.get(over)


KNOWN = Known(frozenset({"n", "open.amount", "today"}), {"open.parties": Known(frozenset({"abroad"}))})


@pytest.mark.parametrize(
    ("expression", "problems"),
    [
        (Is("open.amuont", 1), ["nothing stands at 'open.amuont'"]),
        (All(Given("n"), Not(AtLeast("open.amount", F("bound")))), ["nothing stands at 'bound'"]),
        (Some("open.party", Is("abroad", True)), ["'open.party' is no list and no source"]),
        (Every("open.parties", Is("abraod", True)), ["nothing stands at 'abraod'"]),
        (Every("open.parties", Is("abroad", F("up.n"))), []),
        (Every("open.parties", Is("abroad", F("up.m"))), ["nothing stands at 'up.m'"]),
        (Choose((Is("n", 1), F("x")), otherwise=Plus(F("y"), 1)), ["nothing stands at 'x'", "nothing stands at 'y'"]),
        (Latest(F("n"), 5), ["Latest takes paths: F(…)"]),
        (AtMost(Days(F("z"), F("n")), 3), ["nothing stands at 'z'"]),
        (Every("open.parties", AtMost("today", F("today"))), []),
        (AtLeast("n", 0.5), ["0.5 is not exact: write a Decimal"]),
        (
            OneOf("n", ("word")),
            ["OneOf takes several values in brackets, not 'word'; of a list write Contains(list, value)"],
        ),
        (Plus(), ["Plus of nothing has no value"]),
        (All("n"), ["'n' is a path, no condition: write Given('n') or Is('n', …)"]),
        (Not(5), ["5 is no condition"]),
        (Choose((5, 1), otherwise=2), ["5 is no condition"]),
        (
            Every("open.parties", "abroad"),
            ["'abroad' is a path, no condition: write Given('abroad') or Is('abroad', …)"],
        ),
        (Any(F("n"), True, Given("n")), []),
    ],
)
def test_a_path_that_nothing_answers_is_named_at_start(expression, problems):
    assert list(problems_of(expression, KNOWN)) == problems


def test_a_check_holds_a_condition():
    assert list(condition_problems(F("n"), KNOWN)) == []
    assert list(condition_problems(Plus(F("n"), 1), KNOWN)) == ["Plus(F(path='n'), 1) is no condition"]


def test_the_paths_that_leave_the_record_are_found_wherever_they_stand():
    condition = All(
        Given("open"),
        Some("open.parties", Is("party.city", F("up.unit.city"))),
        AtMost(Plus(F("a"), Choose((Is("b", F("c")), F("d")), otherwise=1)), Fn("test.twice", {"n": F("e")})),
    )
    assert paths_of(condition) == {"open", "open.parties", "unit.city", "a", "b", "c", "d", "e"}


def test_a_check_names_its_faults():
    wrong = Check("c", "检查", "", Is("m", 1), LAW, unknown="maybe")
    assert list(wrong.problems(KNOWN, Catalogue({}))) == [
        "check c has no words in one of the languages",
        "check c: unknown='maybe' is not attest or stop",
        "check c cites 'some-law', which is no declared law",
        "check c: nothing stands at 'm'",
    ]
    twice = Checklist("l", "清单", "List", checks=(FIGURE, FIGURE), over="nowhere", mode="most")
    said = list(twice.problems(KNOWN, Catalogue({})))
    assert said == [
        "checklist l: two checks are called 'figure'",
        "checklist l: mode='most' is not all, any, first or show",
        "checklist l: 'nowhere' is no list here",
    ]
