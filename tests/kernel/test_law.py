"""Laws in time: what holds on a day, what a case keeps, and what a wrong declaration says."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhi.kernel.declare import Catalogue, Citation, DeclarationError, Found
from jinzhi.kernel.law import (
    NO_TERM,
    UNSET,
    Dated,
    Force,
    Law,
    NoRuleInForce,
    Parameter,
    Provision,
    Rank,
    Regime,
    Silence,
    Term,
    Version,
)  # fmt: skip
from jinzhi.kernel.period import Length, days, workdays

CHANGE = date(2026, 4, 15)


def a_law(id: str, provision: Provision, in_force: date, repealed: date | None = None, replaces: str = "") -> Law:
    return Law(
        id=id,
        zh=f"办法{id}",
        en=f"Measures {id}",
        rank=Rank.RULE,
        number="令",
        issuer="总局",
        promulgated=in_force - timedelta(days=30),
        in_force=in_force,
        repealed=repealed,
        replaces=replaces,
        source="文本",
        provisions=(provision,),
    )


def mediate(article: str, length: Length) -> Provision:
    return Provision(
        article, "调解期限", "how long", (Parameter(id="mediate", zh="调解期限", en="mediation", value=length),)
    )


OLD = a_law("old", mediate("21", workdays(45)), date(2020, 1, 1), CHANGE)
NEW = a_law("new", mediate("23", days(60)), CHANGE, replaces="old")


def catalogue(*laws: Law) -> Catalogue:
    return Catalogue({"law": {law.id: Found(law, "here", law.id) for law in laws}})


BOTH = catalogue(OLD, NEW)
RULE = Dated(
    (
        Version(since=OLD.in_force, value=workdays(45), cite=Citation("old", "21")),
        Version(since=CHANGE, value=days(60), cite=Citation("new", "23")),
    ),
    name="mediation",
)


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_law_holds_from_its_first_day_until_the_day_its_successor_begins() -> None:
    eve = CHANGE - timedelta(days=1)
    assert OLD.status(date(2019, 12, 31)) is Force.COMING
    assert (OLD.in_force_on(date(2020, 1, 1)), OLD.in_force_on(eve), OLD.in_force_on(CHANGE)) == (True, True, False)
    assert (NEW.in_force_on(eve), NEW.in_force_on(CHANGE)) == (False, True)
    assert [force.zh for force in Force] == ["尚未施行", "现行有效", "已失效"]


def test_a_figure_is_found_with_its_article() -> None:
    assert OLD.length("mediate") == workdays(45)
    assert OLD.cite("mediate") == Citation("old", "21")
    assert OLD.get_provision("21").gist_zh == "调解期限"
    assert OLD.title_zh == "《办法old》"


def test_a_missing_figure_or_article_names_what_there_is() -> None:
    with pytest.raises(DeclarationError, match=r"sets no 'appeal' \(it sets: mediate\)"):
        OLD.get_parameter("appeal")
    with pytest.raises(DeclarationError, match=r"no article '99' \(declared: 21\)"):
        OLD.get_provision("99")
    assert OLD.find_provision("99") is None


def test_an_amount_is_no_length() -> None:
    fine = Parameter(id="fine", zh="罚款", en="fine", value=Decimal("0.05"))
    with pytest.raises(DeclarationError, match="not a length of time"):
        replace(OLD, provisions=(Provision("1", "罚", "fine", (fine,)),)).length("fine")


def test_sound_laws_have_no_problem() -> None:
    assert BOTH.problems() == ()


DOUBLE = Parameter(id="mediate", zh="调解", en="mediation", value=days(1))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"promulgated": date(2026, 5, 1)}, "before it was promulgated"),
        ({"repealed": CHANGE}, "no later than in force"),
        ({"replaces": "older"}, "replaces the law 'older', which is not declared"),
        ({"in_force": date(2026, 5, 1)}, "but that one says it is repealed on 2026-04-15"),
        ({"issuer": ""}, "issuer and source"),
        ({"verified": False}, "the dates are unverified"),
        (
            {"provisions": (mediate("23", days(60)), Provision("23", "二", "two"))},
            "article 23 is declared more than once",
        ),
        ({"provisions": (Provision("23", "", "x"),)}, "needs a gist"),
        ({"provisions": (mediate("", days(60)),)}, "figures without an article"),
        (
            {"provisions": (mediate("23", days(60)), Provision("24", "二", "two", (DOUBLE,)))},
            "'mediate' is declared more",
        ),
        (
            {"provisions": (Provision("1", "一", "one", (replace(DOUBLE, verified=False),)),)},
            "note what is to be checked",
        ),
        ({"provisions": (Provision("1", "一", "one", (replace(DOUBLE, id="Two Days"),)),)}, "not kebab-case"),
        ({"provisions": (Provision("1", "一", "one", (replace(DOUBLE, en=" "),)),)}, "a name in both languages"),
    ],
)
def test_a_wrong_law_says_what_is_wrong(change: dict[str, object], said: str) -> None:
    wrong = replace(NEW, **change)  # type: ignore[arg-type]
    assert any(said in problem for problem in wrong.problems(catalogue(OLD, wrong)))


# ── rules through time ───────────────────────────────────────────────────────────────────────────────────


def test_the_rule_of_a_day_is_that_in_force_on_it() -> None:
    assert RULE.on(date(2026, 4, 14)).value == workdays(45)
    assert RULE.on(CHANGE).value == days(60)


def test_before_the_first_version_there_is_no_rule() -> None:
    with pytest.raises(NoRuleInForce, match=r"mediation is in force on 2019-12-31 \(versions: 2020-01-01"):
        RULE.on(date(2019, 12, 31))
    assert RULE.find_on(date(2019, 12, 31)) is None


def test_after_the_end_without_a_successor_there_is_no_rule() -> None:
    ended = Dated((replace(RULE.versions[0], until=CHANGE),), name="mediation")
    assert ended.on(CHANGE - timedelta(days=1)).value == workdays(45)
    with pytest.raises(NoRuleInForce):
        ended.on(CHANGE)


def test_a_case_keeps_the_rule_of_its_opening_day() -> None:
    assert RULE.for_case(date(2026, 4, 14), date(2026, 6, 1)).value == workdays(45)
    assert RULE.for_case(CHANGE, date(2026, 6, 1)).value == days(60)


def test_a_rule_that_takes_pending_cases_takes_them_from_its_first_day() -> None:
    taking = replace(RULE, versions=(RULE.versions[0], replace(RULE.versions[1], takes_pending=True)))
    assert taking.for_case(date(2026, 4, 14), date(2026, 4, 14)).value == workdays(45)
    assert taking.for_case(date(2026, 4, 14), CHANGE).value == days(60)


def test_a_sound_rule_has_no_problem() -> None:
    assert list(RULE.problems(BOTH)) == []


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        ((), "has no version"),
        (tuple(reversed(RULE.versions)), "stands after"),
        (
            (replace(RULE.versions[0], until=date(2026, 5, 1)), RULE.versions[1]),
            "overlap from 2026-04-15 to 2026-05-01",
        ),
        (
            (replace(RULE.versions[0], until=date(2026, 4, 1)), RULE.versions[1]),
            "no version from 2026-04-01 to 2026-04-15",
        ),
        ((replace(RULE.versions[0], until=date(2019, 1, 1)),), "before it begins"),
        ((replace(RULE.versions[0], cite=Citation("none", "1")),), "cites the law 'none', which is not declared"),
        ((replace(RULE.versions[0], cite=Citation("old", "99")),), "declares no article 99"),
        ((replace(RULE.versions[0], cite=Citation("new", "23")),), "which was not yet in force that day"),
        ((replace(RULE.versions[1], cite=Citation("old", "21")),), "which was repealed that day"),
    ],
)
def test_a_wrong_rule_says_what_is_wrong(versions: tuple[Version[Length], ...], said: str) -> None:
    assert any(said in problem for problem in Dated(versions, name="mediation").problems(BOTH))


@settings(deadline=None)
@given(
    st.lists(st.dates(date(2000, 1, 1), date(2030, 1, 1)), min_size=1, max_size=6, unique=True),
    st.lists(st.booleans(), min_size=6, max_size=6),
    st.integers(0, 8000),
    st.integers(0, 4000),
)
def test_a_case_is_under_its_own_version_or_a_later_one_that_takes_it(
    begins: list[date], takes: list[bool], after: int, running: int
) -> None:
    begins.sort()
    versions = tuple(
        Version(since=day, value=i, cite=Citation("old"), takes_pending=take)
        for i, (day, take) in enumerate(zip(begins, takes, strict=False))
    )
    rule = Dated(versions)
    opened = begins[0] + timedelta(days=after)
    today = opened + timedelta(days=running)
    kept, own = rule.for_case(opened, today), rule.on(opened)
    passed_over = [v for v in versions if own.value < v.value and v.since <= today and v.value > kept.value]
    assert kept.value == own.value or (kept.takes_pending and kept.since <= today)
    assert not any(v.takes_pending for v in passed_over)


# ── a term in several laws, and the law that a case is under ─────────────────────────────────────────────


def order(old: Law, value: Length | int | Silence, **more: Any) -> Law:
    """An order like another, that sets something else."""
    figure = Parameter(id="mediate", zh="调解", en="Mediation", value=value, note="待核实", verified=value is not UNSET)
    return replace(old, provisions=(Provision("20", "调解期限", "Mediation", (figure,)),), **more)


def test_a_term_is_the_parameter_of_its_id_in_each_law() -> None:
    term = Term("mediate", NEW, OLD)
    assert [(v.since, v.until, v.value) for v in term.versions] == [
        (date(2020, 1, 1), CHANGE, workdays(45)),
        (CHANGE, None, days(60)),
    ]
    assert term.on(date(2026, 4, 14)).cite == Citation("old", "21")
    assert term.find_under("new") == term.on(CHANGE)
    assert term.find_under("third") is None


def test_a_law_that_does_not_declare_the_term_stops_the_start() -> None:
    with pytest.raises(DeclarationError, match="sets no 'hearing'"):
        Term("hearing", OLD)
    with pytest.raises(DeclarationError, match="not a length"):
        Term("mediate", order(OLD, 7))


def test_a_law_may_set_no_term_or_one_that_nobody_has_confirmed() -> None:
    later = date(2027, 1, 1)
    ended, open = order(NEW, NO_TERM, repealed=later), order(NEW, UNSET, id="third", in_force=later)
    term = Term("mediate", OLD, ended, open)
    assert [v.value for v in term.versions] == [workdays(45), NO_TERM, UNSET]
    assert [v.verified for v in term.versions] == [True, True, False]


def test_a_case_is_under_the_law_of_its_opening_day() -> None:
    regime = Regime.of(OLD, NEW)
    assert regime.for_case(date(2026, 4, 14), date(2026, 12, 1)).value is OLD
    assert regime.for_case(CHANGE, CHANGE).value is NEW


def test_a_later_law_that_takes_pending_cases_takes_them_from_its_day() -> None:
    taking = replace(NEW, takes_pending=True)
    regime = Regime.of(OLD, taking)
    assert regime.for_case(date(2026, 4, 14), date(2026, 4, 14)).value is OLD
    assert regime.for_case(date(2026, 4, 14), CHANGE).value is taking


def test_a_party_that_chose_a_law_is_under_it_whatever_the_day() -> None:
    regime = Regime.of(OLD, NEW, chosen_by="ask.rule")
    assert regime.for_case(date(2026, 4, 14), CHANGE, "new").value is NEW
    # a choice of a law that is none of them counts as none
    assert regime.for_case(date(2026, 4, 14), CHANGE, "ninth").value is OLD


def test_a_regime_says_what_is_wrong_with_it() -> None:
    said = list(Regime.of(OLD, NEW, chosen_by="rule").problems(Catalogue()))
    assert "chosen_by='rule' is no path of an input (step.input)" in said
    assert any("which is not declared" in p for p in said)
