"""What a step does to other cases, in its own transaction and in the order in which it is declared.

A case that is opened says because of which event (``_because``); both are linked. What it cannot be given is refused,
and with it the step: nothing stands half done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.bringing import CaseAbout, enter
from jinzhi.apps.cases.models import Case, CaseLink
from jinzhi.apps.cases.queries import view
from jinzhi.apps.cases.refusals import StepRefused
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.expression import Answer, Inside, Missing, RecordView, answer_of, value_of
from jinzhi.kernel.fields import parse_all
from jinzhi.kernel.period import Length
from jinzhi.kernel.procedure import CaseRecord, Link, Opens, Procedure, Step

#: the member of an event's data that says because of which event it was recorded
BECAUSE = "_because"
#: so many cases may open one another in a row; more is a circle
MOST = 8


def carry_out(case: Case, step: Step, event: Event, who: Acting, depth: int = 0) -> int:
    """Do what a step does to other cases; returns how many effects there were. Raises StepRefused."""
    effects = [e for e in step.effects if isinstance(e, Opens | Link)]
    if not effects:
        return 0
    if depth >= MOST:
        raise StepRefused("关联办理的事项一环套一环，没有尽头", "cases open one another without end")
    stands = view(case, event.on).record
    done = 0
    for effect in effects:
        if effect.when is not None and answer_of(effect.when, stands) is not Answer.YES:
            continue
        if isinstance(effect, Opens):
            for about in _records(effect, stands):
                _open(case, effect, about, event, who, depth)
        else:
            _link(case, effect, stands, event, who)
        done += 1
    return done


def _records(effect: Opens, stands: CaseRecord) -> Iterator[RecordView]:
    """The records for which a case is opened: the case itself, or each element of a list."""
    if not effect.per:
        yield stands
        return
    for key in stands.keys(effect.per):
        if (element := stands.element(effect.per, key)) is not None:
            yield Inside(element, stands)


def _open(case: Case, effect: Opens, about: RecordView, event: Event, who: Acting, depth: int) -> None:
    procedure = catalogue().get(Procedure, effect.procedure)
    opening = procedure.step(effect.step)
    carried = {name: stored(value_of(value, about)) for name, value in effect.carry.items()}
    values, errors = parse_all((*opening.inputs, *procedure.fields), carried)
    if errors:
        said = "；".join(str(e) for e in errors)
        raise StepRefused(f"不能发起“{procedure.zh}”：{said}", f"{procedure.en} cannot be opened: {said}")
    data = {k: v for k, v in values.items() if v is not None} | {BECAUSE: f"{case.stream}#{event.seq}"}
    place = CaseAbout(_unit(effect, about, case), case.unit, parent=case if effect.link == "child" else None)
    made, opened = enter(procedure, opening, data, event.on, place, who=who)
    CaseLink.objects.create(case=case, other=made, link=str(effect.link), seq=event.seq)
    carry_out(made, opening, opened, who, depth + 1)


def _unit(effect: Opens, about: RecordView, case: Case) -> Unit:
    """The unit whose case it is: that of the effect, else that of the case."""
    if effect.unit is None:
        return case.unit
    code = value_of(effect.unit, about)
    unit = Unit.objects.filter(code=str(code), active=True).first()
    if isinstance(code, Missing) or unit is None:
        raise StepRefused("没有写明由哪个单位办理关联事项", "no unit is named for the linked case")
    return unit


def _link(case: Case, effect: Link, stands: CaseRecord, event: Event, who: Acting) -> None:
    named = stands.value(effect.case)
    other = Case.objects.visible_to(who).filter(number=str(named)).first()
    if isinstance(named, Missing) or other is None:
        raise StepRefused("没有这个关联事项，或不在可见范围", "there is no such case to link, or you do not see it")
    CaseLink.objects.get_or_create(case=case, other=other, link=str(effect.link), defaults={"seq": event.seq})


def stored(value: object) -> object:
    """A value of an expression as an input takes it; None where it is blank or not held."""
    match value:
        case Missing():
            return None
        case datetime():
            return value.isoformat(timespec="minutes")
        case date():
            return value.isoformat()
        case bool():
            return "yes" if value else "no"
        case Decimal() | Fraction():
            return (
                f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
                if isinstance(value, Fraction)
                else f"{value:f}"
            )
        case Length():
            return value.code
        case tuple() | list():
            return [stored(one) for one in value]
        case Mapping():
            return {name: stored(one) for name, one in value.items()}
    return value
