"""Telling a party the last day of a clock, as the page of a case asks for it and shows it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.telling import may_tell_of
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.procedure import ClockView, Procedure
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import named

HOW = Field(id="_how", zh="告知方式", en="How the party was told", max_length=200)
TOLD_DAY = Field(id="_day", zh="告知的届满日", en="Last day, as told", type=Type.DATE)


def tell_form(who: Acting, clock: ClockView, data: Any = None) -> FieldsForm:
    """The form that records what a party was told: the day that is computed stands in it."""
    initial = {TOLD_DAY.id: clock.due.isoformat() if clock.due else ""}
    return FieldsForm((TOLD_DAY, HOW), data, who=who, initial=initial, name=f"tell-{clock.clock.id}")


def tellable(
    case: Case, clock: ClockView, who: Acting, refused: tuple[str, FieldsForm] | None
) -> tuple[FieldsForm | None, str]:
    """The form of a clock that may be told, and its address. ``refused``: a clock's form that came back with errors."""
    if who.user is None or not clock.open or not clock.due or (clock.told and not clock.tell_again):
        return None, ""
    if not may_tell_of(case, clock.clock, who):
        return None, ""
    form = refused[1] if refused and refused[0] == clock.clock.id else tell_form(who, clock)
    return form, reverse("case-tell", args=[case.pk, clock.clock.id])


def told_words(procedure: Procedure, event: Event) -> tuple[str, list[tuple[str, Any]]]:
    """How the history calls a telling, and what it says."""
    clock = procedure.find_clock(str(event.data.get("clock")))
    what = _("告知期限“%(name)s”") % {"name": named(clock) if clock else event.data.get("clock")}
    return what, [(named(TOLD_DAY), event.data.get("day", "")), (named(HOW), event.data.get("how", ""))]
