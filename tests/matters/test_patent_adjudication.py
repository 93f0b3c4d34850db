"""The checks of an adjudication one by one, what its forms refuse, and a case with three respondents, one abroad."""

from __future__ import annotations

from datetime import date

import pytest

from jinzhi.apps.cases.actions import StepRefused, open_case, take
from jinzhi.apps.cases.judging import StepSaid
from jinzhi.apps.cases.queries import view
from jinzhi.apps.catalogue.registry import calendar, catalogue
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.expression import judged
from jinzhi.kernel.fields import FieldError
from jinzhi.kernel.procedure import Event, Procedure, fold

GOOD = {
    "title": "案", "kind": "utility", "right": "ZL202320000001.1", "requester": "某公司", "standing": "holder",
    "respondents": [{"_key": "a", "party": "甲公司", "abroad": False},
                    {"_key": "b", "party": "乙公司", "abroad": False},
                    {"_key": "c", "party": "丙公司", "abroad": True}],
    "addresses": "略", "facts": "略", "claims_named": "yes", "place": "西青区", "known_on": "2023-09-28",
    "still_going": "no", "no_suit": "yes", "in_force": "yes", "report": "not-asked", "copies": "yes",
    "foreign_papers": "yes",
}  # fmt: skip
FILED = (("2026-09-24", "open", GOOD), ("2026-09-28", "file", {}))
PANEL = [{"_key": str(n), "member": name} for n, name in enumerate("甲乙丙丁", 1)]


@pytest.fixture
def procedure() -> Procedure:
    return catalogue().get(Procedure, "patent-adjudication")


def events(*said: tuple[str, str, dict[str, object]]) -> list[Event]:
    """A history of (day, step or step[item], data)."""
    out = []
    for n, (day, named, data) in enumerate(said, 1):
        step, _, item = named.rstrip("]").partition("[")
        out.append(Event(n, step, date.fromisoformat(day), data, None, item))
    return out


def answers(procedure: Procedure, step: str, *said: tuple[str, str, dict[str, object]]) -> dict[str, str]:
    """What the checks of a step come to once it is proposed as the last of a history."""
    history = events(*said)
    record = fold(procedure, history, calendar(), history[-1].on).record
    return {one.id: str(judged(one, record).answer) for one in procedure.step(step).needs}


def deciding(procedure: Procedure, day: str, repeat: str, *heard: tuple[str, str, dict[str, object]]) -> dict[str, str]:
    """What the checks of a ruling come to, while it is proposed on a day."""
    on, history = date.fromisoformat(day), events(*FILED, *heard)
    said = {"repeat": repeat, "claims_stand": "yes"}
    record = fold(procedure, history, calendar(), on).record.proposing(Event(len(history) + 1, "decide", on, said))
    return {one.id: str(judged(one, record).answer) for one in procedure.step("decide").needs}


@pytest.mark.parametrize(
    ("check", "data", "answer"),
    [
        ("a1", {}, "yes"),
        ("a1", {"standing": "exclusive"}, "yes"),
        ("a1", {"standing": "ordinary", "may_ask": "no"}, "no"),
        ("a1", {"standing": "sole", "may_ask": "yes"}, "yes"),
        ("a1", {"standing": "ordinary", "may_ask": "unknown"}, "unknown"),
        ("a2", {}, "yes"),
        ("a3", {"claims_named": "no"}, "no"),
        ("a3", {"claims_named": "no", "kind": "design"}, "yes"),
        ("a4", {}, "yes"),
        ("a4", {"agent": "某律师", "power": "no"}, "no"),
        ("a5", {"no_suit": "unknown"}, "unknown"),
        ("a6", {"in_force": "no"}, "no"),
        ("a7", {}, "yes"),
        ("a7", {"report": "without"}, "no"),
        ("a7", {"report": "reasoned"}, "yes"),
        ("a7", {"report": "without", "kind": "invention"}, "yes"),
        ("a8", {}, "yes"),
        ("a8", {"known_on": "2023-09-27"}, "no"),
        ("a8", {"known_on": "2023-09-27", "still_going": "yes"}, "yes"),
        ("a9", {"copies": "no"}, "no"),
        ("a10", {"foreign_papers": "no"}, "no"),
    ],
)
def test_what_a_case_needs_to_be_opened(procedure, check, data, answer):
    assert answers(procedure, "file", ("2026-09-28", "open", {**GOOD, **data}))[check] == answer


@pytest.mark.parametrize(
    ("kind", "ground", "answer"),
    [("invention", "invalidation", "no"), ("utility", "invalidation", "yes"), ("invention", "other", "yes")],
)
def test_the_invalidation_of_an_invention_suspends_nothing(procedure, kind, ground, answer):
    said = answers(
        procedure, "suspend",
        ("2026-09-24", "open", {**GOOD, "kind": kind}), ("2026-09-28", "file", {}),
        ("2026-10-12", "suspend", {"ground": ground}),
    )  # fmt: skip
    assert said == {"s1": answer}


@pytest.mark.parametrize(
    ("day", "repeat", "answer"),
    [
        # the term of c, who is abroad, ends on Monday 21 December
        ("2026-12-22", "no", "yes"),
        ("2026-12-21", "no", "no"),
        ("2026-12-21", "yes", "yes"),
        # nobody may put an unknown in the place of a repeat
        ("2026-12-21", "unknown", "unknown"),
    ],
)
def test_a_ruling_waits_for_every_answer_but_for_a_repeat(procedure, day, repeat, answer):
    heard = (("2026-10-09", "receipt[a]", {}), ("2026-10-12", "receipt[b]", {}), ("2026-10-26", "answer[a]", {}),
             ("2026-11-20", "receipt[c]", {}))  # fmt: skip
    assert deciding(procedure, day, repeat, *heard) == {"b1": answer, "b3": "yes"}
    assert procedure.step("decide").needs[0].unknown == "stop"


def test_no_ruling_before_everybody_was_served(procedure):
    assert deciding(procedure, "2026-12-22", "no")["b1"] != "yes"


@pytest.mark.parametrize(("members", "sound"), [(1, False), (2, False), (3, True), (4, False)])
def test_a_panel_is_three_or_more_and_odd(procedure, members, sound):
    panel = procedure.step("file").find_input("panel")
    if sound:
        assert len(panel.parse(PANEL[:members])) == members
    else:
        with pytest.raises(FieldError):
            panel.parse(PANEL[:members])


@pytest.mark.parametrize(
    ("term", "answer"), [("15-day", "yes"), ("14-day", "no"), ("30-day", "yes"), ("15-workday", "unknown")]
)
def test_the_term_for_evidence_is_fifteen_days_or_more(procedure, term, answer):
    said = answers(
        procedure, "receipt",
        ("2026-09-24", "open", GOOD), ("2026-09-28", "file", {}), ("2026-10-09", "receipt[a]", {"evidence_term": term}),
    )  # fmt: skip
    assert said == {"evidence-least": answer}
    assert procedure.step("receipt").needs[0].unknown == "stop"


@pytest.mark.parametrize(
    ("told", "answer"),
    # Friday 9, Saturday 10 (worked) and Monday 12 October lie between the 8th and the hearing, the 12th counted
    [("2026-10-08", "yes"), ("2026-10-09", "no"), ("2026-09-30", "yes"), ("2026-10-12", "no")],
)
def test_a_hearing_is_told_three_working_days_before(procedure, told, answer):
    said = answers(procedure, "oral", *FILED, ("2026-10-12", "oral", {"told_on": told}))
    assert said == {"oral-notice": answer}


def test_the_office_above_extends_only_after_the_office_itself(procedure):
    (clock,) = (c for c in procedure.clocks if c.id == "decide")
    assert [e.after for e in clock.extensions] == ["", "extend"]
    assert {procedure.step(e.by).at for e in clock.extensions} == {"own", "above"}


def test_a_ruling_asks_for_no_sum(procedure):
    assert not {f.type for f in procedure.step("decide").inputs} & {"money", "decimal", "int"}


# ── a case in the books: three respondents, one abroad ──────────────────────────────────────────────────────


def test_three_respondents_have_days_of_their_own(db, make_person):
    handler = make_person("handler", "tj-binhai", "case-handler").acting
    head = make_person("head", "tj-binhai", "approver").acting
    unit = Unit.objects.get(code="tj-binhai")
    case = open_case("patent-adjudication", "open", GOOD, who=handler, unit=unit, on=date(2026, 9, 24))

    def step(day: str, named: str, data: dict[str, object] | None = None, who=handler, **attested: str) -> None:
        id, _, item = named.rstrip("]").partition("[")
        beside = StepSaid(item=item, attested=attested)
        take(case, id, data or {}, who=who, on=date.fromisoformat(day), beside=beside)

    step("2026-09-28", "file", {"panel": PANEL[:3]}, who=head)
    for key in "abc":
        step("2026-10-08", f"serve[{key}]", {"way": "邮寄"})
    served = {"evidence_term": "15-day", "proof": "签收单"}
    with pytest.raises(StepRefused) as refusal:
        step("2026-10-09", "receipt[a]", {**served, "evidence_term": "10-day"})
    assert "十五日" in str(refusal.value)
    step("2026-10-09", "receipt[a]", served)
    step("2026-10-12", "receipt[b]", served)
    step("2026-11-20", "receipt[c]", served)
    dues = {c.item: str(c.due) for c in view(case, date(2026, 11, 20)).clocks if c.clock.id == "answer"}
    assert dues == {"a": "2026-10-26", "b": "2026-10-27", "c": "2026-12-21"}
