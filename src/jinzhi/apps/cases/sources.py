"""Cases as records of indicators (sources ``procedure:<id>``): their state, days and clocks on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import takewhile

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import as_kernel, moment_on
from jinzhi.apps.catalogue.registry import calendar, catalogue
from jinzhi.apps.catalogue.sources_registry import LeftOut, Sees, UnknownSource, provides
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel import procedure as kernel
from jinzhi.kernel.correction import CORRECT
from jinzhi.kernel.indicator import Record, Scalar
from jinzhi.kernel.period import Calendar
from jinzhi.kernel.procedure import Procedure


@provides("procedure")
def case_records(name: str, who: Sees, on: date) -> Iterable[Record | LeftOut]:
    """The cases of a procedure that were open by ``on``, folded over their events up to that day.

    Fields: ``state``, ``office``, ``opened_on``, ``closed_on``, and for each clock ``<clock>_due``,
    ``<clock>_stopped``, ``<clock>_status`` (running, paused, met, late, expired), with ``-`` in ids written ``_``. A
    clock that has run more than once counts as in the last run; ``<clock>_first_due`` and ``<clock>_first_stopped``
    are those of the first.
    """
    procedure = catalogue().find(Procedure, name)
    if procedure is None:
        raise UnknownSource(f"procedure:{name}")
    mine = Case.objects.visible_to(who).filter(procedure__in=procedure.names, opened_on__lte=on)
    cases = list(mine.select_related("unit", "office").order_by("opened_on", "pk"))
    streams = mine.annotate(own_stream=Concat(Value("case:"), Cast("pk", CharField()))).values("own_stream")
    events: dict[str, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(stream__in=streams).order_by("stream", "seq").iterator(chunk_size=5000):
        events[event.stream].append(event)
    days = calendar()
    for case in cases:
        # what happened by the day, in the order of recording; a later day ends it, so that the fold stays whole
        known = list(takewhile(lambda e: e.on <= on, events[case.stream]))
        if not known:
            continue
        view = kernel.fold(procedure, as_kernel(known), days, on, at=moment_on(on))
        if view.strange:
            odd = view.strange[0]
            title = f"{case.number} {case.title}"
            yield LeftOut(f"case:{case.pk}", title, f"/cases/{case.pk}/", case.unit.code, odd.zh, odd.en)
            continue
        mended = any(e.verb == CORRECT for e in known)
        yield Record(
            id=f"case:{case.pk}",
            title=f"{case.number} {case.title}",
            url=f"/cases/{case.pk}/",
            unit=case.unit.code,
            fields=_fields(case, view),
            uncorrected=_fields(case, _plain(procedure, known, days, on)) if mended else None,
        )


def _plain(procedure: Procedure, known: list[Event], days: Calendar, on: date) -> kernel.CaseView:
    """How a case would stand on a day had nobody corrected it."""
    return kernel.fold(procedure, kernel.uncorrected(as_kernel(known)), days, on, at=moment_on(on))


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
