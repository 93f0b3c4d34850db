"""What a mediation of a patent dispute needs to begin and to be closed, one check at a time."""

from __future__ import annotations

from datetime import date

import pytest

from jinzhi.apps.catalogue.registry import calendar, catalogue
from jinzhi.kernel.expression import judged
from jinzhi.kernel.procedure import Event, Procedure, fold

ASKED = {"kind": "damages", "domicile_here": "yes"}


def answers(step: str, *said: tuple[str, str, dict[str, object]]) -> dict[str, str]:
    """What the checks of a step come to after a history of (day, step, data)."""
    procedure = catalogue().get(Procedure, "patent-mediation")
    history = [Event(n, id, date.fromisoformat(day), data) for n, (day, id, data) in enumerate(said, 1)]
    record = fold(procedure, history, calendar(), history[-1].on).record
    return {one.id: str(judged(one, record).answer) for one in procedure.step(step).needs}


@pytest.mark.parametrize(
    ("check", "data", "answer"),
    [
        ("m1", {}, "yes"),
        ("m1", {"domicile_here": "no"}, "no"),
        ("m1", {"domicile_here": "unknown"}, "unknown"),
        # a fee for use before grant waits for the grant; other kinds do not ask
        ("m2", {"kind": "provisional", "granted": "no"}, "no"),
        ("m2", {"kind": "provisional", "granted": "yes"}, "yes"),
        ("m2", {"granted": "no"}, "yes"),
        ("m3", {"kind": "open-licence", "licence_stands": "no"}, "no"),
        ("m3", {"kind": "open-licence", "licence_stands": "yes"}, "yes"),
        ("m3", {"licence_stands": "no"}, "yes"),
    ],
)
def test_what_was_asked_is_fit_for_mediation(check, data, answer):
    assert answers("file", ("2026-03-02", "open", {**ASKED, **data}))[check] == answer


@pytest.mark.parametrize("agrees", ["yes", "no", "unknown"])
def test_the_respondent_agrees_or_not(agrees):
    said = answers("file", ("2026-03-02", "open", ASKED), ("2026-03-09", "answer", {"agrees": agrees}))
    assert said["m4"] == agrees


@pytest.mark.parametrize(
    ("kind", "copied", "answer"),
    [("ownership", False, "no"), ("ownership", True, "yes"), ("damages", False, "yes")],
)
def test_a_case_about_ownership_is_copied_before_it_is_closed(kind, copied, answer):
    history = [
        ("2026-01-05", "open", {**ASKED, "kind": kind}), ("2026-01-12", "file", {}), ("2026-02-13", "settle", {})
    ]  # fmt: skip
    copy = [("2026-02-27", "copy", {"number": "1"})] if copied else []
    assert answers("close", *history, *copy)["copied"] == answer


def test_silence_is_no_agreement():
    said = answers("file", ("2026-03-02", "open", ASKED), ("2026-03-18", "silent", {}))
    assert said["m4"] != "yes"
