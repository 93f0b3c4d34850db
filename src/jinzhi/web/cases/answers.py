"""What the form of a step hands over."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.actions import (
    StepRefused,
)
from jinzhi.apps.cases.timing import TIME
from jinzhi.apps.evidence.models import Attachment
from jinzhi.apps.evidence.store import store
from jinzhi.apps.evidence.store.store import FileRefused
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.fields import FieldError
from jinzhi.kernel.law import NoRuleInForce
from jinzhi.kernel.procedure import ProcedureError, Step
from jinzhi.kernel.recording import DAY, LATE, PROOF, Said
from jinzhi.web.cases.page import (
    SURE,
)
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import speak


def kept_files(form: FieldsForm, who: Acting, unit: Unit, stream: str) -> dict[str, Attachment]:
    """Keep the files of a form. A refused one becomes an error beside its field and raises FileRefused."""
    out: dict[str, Attachment] = {}
    for id, file in form.given.items():
        try:
            out[id] = store.attach(file, unit=unit, stream=stream, user=who.user)
        except FileRefused as e:
            form.add_error(id, str(e))
            raise
    return out


def answers(form: FieldsForm, files: dict[str, Attachment]) -> tuple[dict[str, object], Said]:
    """What an action is handed: the values and the ids of the files; and what is said of the day."""
    raw: dict[str, object] = {k: v for k, v in form.values.items() if not k.startswith("_") or k == TIME.id}
    raw |= {id: str(kept.pk) for id, kept in files.items()}
    return raw, said_in(form)


def said_in(form: FieldsForm) -> Said:
    """What a form says of the day. A day that was not asked for is handed on: the action refuses another than today."""
    try:
        day = form.values.get(DAY.id) or DAY.parse(form.data.get(DAY.id, ""))
    except FieldError as e:
        raise StepRefused(e.zh, e.en, (e,)) from None
    on = date.fromisoformat(str(day)) if day else None
    return Said(on, str(form.values.get(PROOF.id) or ""), str(form.values.get(LATE.id) or ""))


def sound(form: FieldsForm, step: Step) -> bool:
    """Whether the form holds, the second question included."""
    if form.is_valid() and step.confirm and not form.values[SURE.id]:
        form.add_error(SURE.id, _("请勾选确认后再办理"))
    return form.is_valid()


def refusal(form: FieldsForm, e: Exception) -> None:
    """Put what an action refused beside its field, or at the head of the form."""
    if isinstance(e, StepRefused) and e.errors:
        form.refuse(e.errors)
    elif isinstance(e, StepRefused):
        form.add_error(None, speak(e))
    elif isinstance(e, NoRuleInForce):
        form.add_error(DAY.id, _("这一天没有可以适用的规定版本，请核对日期"))
    elif isinstance(e, ProcedureError):
        form.add_error(None, _("这样办理与已有记录不相容：%(reason)s") % {"reason": e})
