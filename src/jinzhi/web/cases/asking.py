"""What the form of a step asks beside its inputs: for whom it is, where an unknown check was looked up, conflicts."""

from __future__ import annotations

from collections.abc import Mapping

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.judging import StepSaid, attest_field, free_field, said_in_form
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import steps_for, view
from jinzhi.apps.catalogue.clock import today
from jinzhi.kernel.declare import Named
from jinzhi.kernel.expression import NOT_HELD, Answer, Check, CheckAnswer, IfUnknown, Missing
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.procedure import CaseView, Element, Offer, Procedure, Step
from jinzhi.web.ui.forms import FieldsForm

#: the input that says which element a step is about
CHOSEN = "_item"


def beside_fields(folded: CaseView, offer: Offer, who: Acting) -> tuple[Field, ...]:
    """The fields that a step asks beside its inputs, for this reader."""
    out: list[Field] = []
    step = offer.step
    if step.per:
        names = item_names(folded, step.per, who)
        choices = tuple(Named(key, names.get(key, key), names.get(key, key)) for key in offer.items)
        out.append(Field(id=CHOSEN, zh="办理对象", en="For", type=Type.CHOICE, choices=choices))
    open_checks = [a.check for a in offer.attests]
    open_checks += [c for c in offer.below if c.unknown is IfUnknown.ATTEST]
    out += [attest_field(CheckAnswer(check, Answer.UNKNOWN, ())) for check in dict.fromkeys(open_checks)]
    out += [free_field(folded.procedure, path) for path in step.clear_of]
    return tuple(out)


def attested_when_opening(step: Step) -> tuple[Field, ...]:
    """What the form of an opening step asks of its checks: nothing is held yet, so that any may be unknown."""
    checks = [c for c in step.needs if isinstance(c, Check) and c.unknown is IfUnknown.ATTEST]
    return tuple(attest_field(CheckAnswer(check, Answer.UNKNOWN, ())) for check in checks)


def item_names(folded: CaseView, path: str, who: Acting) -> Mapping[str, str]:
    """What the elements of a list are called, by their keys: their first field, or a number where it is withheld."""
    head, _, rest = path.partition(".")
    source = folded.procedure.find_step(head)
    question = source.find_input(rest) if source else None
    found = folded.record.elements(path) if rest else NOT_HELD
    if question is None or isinstance(found, Missing):
        return {}
    hidden = question.closed_to(who.role)
    out: dict[str, str] = {}
    for n, element in enumerate((e for e in found.records if isinstance(e, Element)), 1):
        first = question.items[0].id if question.items else ""
        name = "" if hidden else str(element.data.get(first) or element.plain or "")
        out[element.key] = name or f"{n}（{element.key}）"
    return out


def asked_beside(case: Case, step: str, who: Acting) -> tuple[Field, ...]:
    """What the step of a case asks beside its inputs now; nothing where it is not on offer."""
    folded = view(case, today())
    offer = next((o for o in steps_for(case, folded, who, only=step) if o.step.id == step), None)
    return beside_fields(folded, offer, who) if offer else ()


def said_beside(procedure: Procedure, step: Step, form: FieldsForm) -> StepSaid:
    """What a form says beside the inputs of a step."""
    return said_in_form(procedure, step, form.values, str(form.values.get(CHOSEN) or ""))
