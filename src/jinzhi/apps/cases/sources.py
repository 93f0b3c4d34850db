"""Cases as records of indicators (sources ``procedure:<id>``): their state, days and clocks on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from itertools import takewhile

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import as_kernel, moment_on
from jinzhi.apps.catalogue.registry import calendar, catalogue
from jinzhi.apps.catalogue.sources_registry import LeftOut, SeesRecords, UnknownSource, provides, provides_past
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel import procedure as kernel
from jinzhi.kernel.correction import CORRECT
from jinzhi.kernel.indicator import Record, Scalar
from jinzhi.kernel.procedure import Procedure


@provides("procedure")
def case_records(name: str, who: SeesRecords, on: date) -> Iterable[Record | LeftOut]:
    """The cases of a procedure that were open by ``on``, folded over their events up to that day.

    Fields: ``state``, ``office``, ``opened_on``, ``closed_on``, and for each clock ``<clock>_due``,
    ``<clock>_stopped``, ``<clock>_status`` (running, paused, met, late, expired), with ``-`` in ids written ``_``. A
    clock that has run more than once counts as in the last run; ``<clock>_first_due`` and ``<clock>_first_stopped``
    are those of the first.
    """
    return cases_past(name, who, (on,))[on]


@provides_past("procedure")
def cases_past(name: str, who: SeesRecords, days: Sequence[date]) -> dict[date, list[Record | LeftOut]]:
    """The cases as of several days. A case that was closed by then is folded once for all of them."""
    procedure = catalogue().find(Procedure, name)
    if procedure is None:
        raise UnknownSource(f"procedure:{name}")
    mine = Case.objects.visible_to(who).filter(procedure__in=procedure.names, opened_on__lte=max(days))
    cases = list(mine.select_related("unit", "office").order_by("opened_on", "pk"))
    streams = mine.annotate(own_stream=Concat(Value("case:"), Cast("pk", CharField()))).values("own_stream")
    events: dict[str, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(stream__in=streams).order_by("stream", "seq").iterator(chunk_size=5000):
        events[event.stream].append(event)
    out: dict[date, list[Record | LeftOut]] = {day: [] for day in days}
    for case in cases:
        given = as_kernel(events[case.stream])
        standing, odd = kernel.standing_events(given)
        plain = kernel.standing_events(kernel.uncorrected(given))[0] if any(e.step == CORRECT for e in given) else ()
        ended: Record | LeftOut | None = None
        for day in sorted(days):
            if ended is None:
                # what happened by the day, as it is corrected now; a later day ends it, so that the fold stays whole
                known = list(takewhile(partial(_by, day), standing))
                before = list(takewhile(partial(_by, day), plain))
                made = _counted(case, procedure, known, before, odd, day) if known else None
                whole = case.closed_on is not None and len(known) == len(standing)
                ended = made if whole else None
            else:
                made = ended
            if made is not None:
                out[day].append(made)
    return out


def _by(day: date, event: kernel.Event) -> bool:
    return event.on <= day


def _counted(
    case: Case,
    procedure: Procedure,
    known: Sequence[kernel.Event],
    plain: Sequence[kernel.Event],
    odd: Sequence[kernel.Strange],
    on: date,
) -> Record | LeftOut:
    """A case on a day, or why it cannot be counted. ``plain``: the events without corrections, if there are any."""
    head = (f"case:{case.pk}", f"{case.number} {case.title}", f"/cases/{case.pk}/", case.unit.code)
    view = kernel.fold(procedure, known, calendar(), on, at=moment_on(on))
    if strange := [*odd, *view.strange]:
        return LeftOut(*head, strange[0].zh, strange[0].en)
    mended = kernel.fold(procedure, plain, calendar(), on, at=moment_on(on)) if plain else None
    return Record(*head, _fields(case, view), uncorrected=_fields(case, mended) if mended else None)


def _fields(case: Case, view: kernel.CaseView) -> dict[str, Scalar]:
    return {
        "state": view.state.id,
        "office": case.office.code,
        "opened_on": view.opened,
        "closed_on": view.closed,
        **_clocks(view),
    }


def _clocks(view: kernel.CaseView) -> dict[str, Scalar]:
    out: dict[str, Scalar] = {}
    for clock in view.clocks:
        id = clock.clock.id.replace("-", "_")
        out.setdefault(f"{id}_first_due", clock.due)
        out.setdefault(f"{id}_first_stopped", clock.stopped)
        out |= {f"{id}_due": clock.due, f"{id}_stopped": clock.stopped, f"{id}_status": clock.status}
    return out
