"""Expressions: three answers, missing values, lists that may not be complete, arithmetic, what is wrong at start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
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
    Times,
    answer_of,
    declare_function,
    judged,
    negated,
    paths_of,
    problems_of,
    reasons_of,
    value_of,
    went_through,
)
from jinzhi.kernel.period import Calendar, Unit, days, months, workdays, years

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
        return Calendar.of(())


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
        (Plus(F("on"), workdays(1)), NOT_HELD),
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
        (Days(date(2026, 4, 3), date(2026, 4, 8), Unit.WORKDAY), 3),
        (Days(date(2026, 4, 8), date(2026, 4, 3), Unit.WORKDAY), -3),
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


# --- properties -------------------------------------------------------------------------------------------------

NAMES = ("a", "b", "c")
LEAVES = st.builds(Is, st.sampled_from(NAMES), st.sampled_from((1, 2, None))) | st.builds(
    AtLeast, st.sampled_from(NAMES), st.sampled_from((1, 2))
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(Not, inner)
        | st.lists(inner, max_size=3).map(lambda parts: All(*parts))
        | st.lists(inner, max_size=3).map(lambda parts: Any(*parts))
    ),
    max_leaves=8,
)
VALUES = st.fixed_dictionaries({name: st.sampled_from((1, 2, BLANK, NOT_HELD)) for name in NAMES})


@given(CONDITIONS, VALUES, VALUES)
def test_filling_in_what_is_not_held_never_turns_a_yes_into_a_no_or_back(condition, known, filling):
    filled = {n: filling[n] if value is NOT_HELD else value for n, value in known.items()}
    before, after = answer_of(condition, Held(known)), answer_of(condition, Held(filled))
    assert before is UNKNOWN or before is after


@given(st.lists(CONDITIONS, max_size=3), VALUES)
def test_not_all_is_any_not(conditions, values):
    record = Held(values)
    assert answer_of(Not(All(*conditions)), record) is answer_of(Any(*(Not(c) for c in conditions)), record)
    assert negated(negated(answer_of(All(*conditions), record))) is answer_of(All(*conditions), record)


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


KNOWN = Known(frozenset({"n", "open.amount"}), {"open.parties": Known(frozenset({"abroad"}))})


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
    ],
)
def test_a_path_that_nothing_answers_is_named_at_start(expression, problems):
    assert list(problems_of(expression, KNOWN)) == problems


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
