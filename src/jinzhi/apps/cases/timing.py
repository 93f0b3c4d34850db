"""The time of day of a step on which a term in hours hangs, and the days that a step tells to the party."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from django.utils import timezone

from jinzhi.apps.cases.queries import as_kernel, moment_on
from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.catalogue.registry import calendar
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel import procedure as kernel
from jinzhi.kernel.fields import Field, FieldError
from jinzhi.kernel.procedure import AT, TOLD, CaseView, ClockView, Procedure, Step

#: asked for by a step that starts or stops a term in hours; given in the inputs under its id
TIME = Field(id=AT, zh="办理时刻", en="Time of day", help_zh="当地时刻，写成 09:30", help_en="Local time, as 09:30")


def fields_of(procedure: Procedure, step: Step) -> tuple[Field, ...]:
    """What a form asks about the time of day of a step."""
    return (TIME,) if procedure.asks_time(step.id) else ()


def time_said(procedure: Procedure, step: Step, raw: Mapping[str, object], day: date) -> dict[str, object]:
    """The time of day that the inputs give, to be kept with them; nothing where no hours hang on the step.

    Raises FieldError where it is missing, no time, in the future, or given for nothing.
    """
    said = str(raw.get(AT) or "").strip()
    if not procedure.asks_time(step.id):
        if said:
            raise FieldError(
                TIME, "此步骤不按小时计时，不填时刻", "is not asked for: no term in hours hangs on the step"
            )
        return {}
    if not said:
        raise FieldError(TIME, "必填：此步骤关系到按小时计算的期限", "is required: a term in hours hangs on it")
    try:
        moment = datetime.combine(day, time.fromisoformat(said))
    except ValueError:
        raise FieldError(TIME, f"“{said}”不是时刻，请写成 09:30", f"{said!r} is no time of day, write 09:30") from None
    if moment.tzinfo is not None:
        raise FieldError(TIME, "请写当地时刻，不带时区", "is to be the local time, without a zone")
    if moment > timezone.make_naive(now()):
        raise FieldError(TIME, "时刻不能晚于现在", "must not lie in the future")
    return {AT: moment.time().isoformat(timespec="minutes")}


def due_not_before(procedure: Procedure, step: Step, data: Mapping[str, object], day: date) -> None:
    """A last day that a step says does not lie before the day of the step. Raises FieldError."""
    for field in step.inputs:
        said = str(data.get(field.id) or "")
        if field.id in procedure.due_inputs(step.id) and said and said < day.isoformat():
            raise FieldError(
                field,
                f"不能早于办理当日 {day.isoformat()}",
                f"must not lie before the day of the step, {day.isoformat()}",
            )


def not_before_start(folded: CaseView, event: kernel.Event) -> None:
    """A term in hours is not stopped before it began. Raises FieldError."""
    moment = kernel.moment_of(event)
    step = folded.procedure.find_step(event.step)
    for clock in folded.clocks:
        start, asks = clock.started_at, step is not None and clock.clock.asks_time(step)
        if clock.open and asks and start and moment and moment < start:
            said = start.strftime("%Y-%m-%d %H:%M")
            raise FieldError(TIME, f"不能早于期限起算的 {said}", f"must not be before {said}, when the term began")


def days_told(
    procedure: Procedure, step: Step, before: Sequence[Event], day: date, data: Mapping[str, object]
) -> dict[str, object]:
    """The days that a step tells to the party: those that its clocks have once it is taken."""
    if not step.tells:
        return {}
    taken = kernel.Event(len(before) + 1, step.id, day, data)
    folded = kernel.fold(procedure, [*as_kernel(before), taken], calendar(), day, at=moment_on(day))
    told = {c.clock.id: last_day(c) for c in folded.clocks if c.clock.id in step.tells and c.open and c.due}
    return {TOLD: told} if told else {}


def last_day(clock: ClockView) -> str:
    """The end of a clock as it is told: the day, for hours the minute; empty where there is none."""
    if clock.due_at is not None:
        return clock.due_at.isoformat(timespec="minutes")
    return clock.due.isoformat() if clock.due else ""
