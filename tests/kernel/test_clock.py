"""A clock as declared: what may be said of it, and what is wrong with saying so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jinzhi.kernel.clock import Clock, Extension, Tell
from jinzhi.kernel.declare import Catalogue
from jinzhi.kernel.period import days, hours, workdays
from jinzhi.kernel.procedure import Aside, Letter, Procedure, State, Step

SOUND = Clock(
    "answer", "答辩", "Answer", start=("served:copy",), stop=("answer", "to:done"), length=days(15), suspend=("stay",),
    exclude=("appraisal",), restart=("again",), extensions=(Extension("longer", up_to=days(15), asked="ask"),),
    at_end="lapse", tell=(Tell(("r",), ahead=workdays(2)), Tell(("r",))), whose="party",
)  # fmt: skip


def step(id: str, **more) -> Step:
    return Step(id, id, id, **{"sources": ("new",), "roles": ("r",)} | more)


def matter(clock: Clock) -> Procedure:
    stays = ("answer", "again", "longer", "ask", "lapse", "stay", "stayed")
    return Procedure(
        id="matter", zh="事项", en="Matter", serves=("C1",), clocks=(clock,),
        states=(State("new", "新", "New"), State("appraisal", "鉴定中", "Under appraisal"),
                State("done", "毕", "Done", final=True)),
        asides=(Aside("stay", "中止", "Stayed", begin=("stay",), end=("stayed",)),),
        steps=(step("open", sources=(), to="new", letters=(Letter("copy", "副本", "Copy", to="open.respondent"),)),
               *(step(s) for s in stays), step("finish", to="done")),
    )  # fmt: skip


def said(**changes) -> str:
    return "; ".join(matter(replace(SOUND, **changes)).clocks[0].problems(matter(SOUND), Catalogue()))


def test_a_clock_may_start_with_service_and_stop_on_entering_a_state():
    assert said() == ""


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"start": ("served:none",)}, "names 'served:none', which is no declared letter"),
        ({"stop": ("to:nowhere",)}, "names 'to:nowhere', which is no declared state"),
        ({"restart": ("none",)}, "names the step 'none'"),
        ({"at_end": "none"}, "names the step 'none'"),
        ({"suspend": ("none",)}, "names 'none', which is no declared aside or state"),
        ({"suspend": ("stay",), "exclude": ("stay",)}, "stay both suspends it and does not count"),
        ({"length": None}, "needs a length or a due day"),
        ({"due": object()}, "needs a length or a due day, and only one"),
        ({"whose": "nobody"}, "whose='nobody' is not us or party or other"),
        ({"extensions": (Extension("none", up_to=days(1)),)}, "extension by='none' is no declared step"),
        ({"extensions": (Extension("longer"),)}, "says no up_to, and the step asks no 'length'"),
        ({"extensions": (Extension("longer", up_to=days(1), after="none"),)}, "after='none' is no declared step"),
        ({"extensions": (Extension("longer", up_to=hours(1)),)}, "hours and another unit"),
        ({"extensions": (Extension("longer", up_to=days(1), times=0),)}, "times=0 is less than 1"),
        ({"tell": (Tell(()),)}, "tells nobody"),
        ({"tell": (Tell(("r",), ahead=days(1), after=days(1)),)}, "both ahead and after"),
    ],
)
def test_what_is_wrong_is_said(changes, problem):
    assert problem in said(**changes)


def test_a_step_that_leads_to_a_state_starts_and_times_what_starts_there():
    clock = Clock("c", "期限", "Term", start=("to:done",), stop=("answer",), length=hours(24))
    finish, other = step("finish", to="done"), step("other")
    assert (clock.starts_with(finish), clock.starts_with(other)) == (True, False)
    assert (clock.asks_time(finish), clock.asks_time(other), clock.asks_time(step("answer"))) == (True, False, True)
