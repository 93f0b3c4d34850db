"""The one place where the viewing of personal data is put on record, in a stream beside that of what was viewed."""

from __future__ import annotations

from collections.abc import Mapping

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.strain import was_written
from jinzhi.apps.evidence.events.actions import record_next
from jinzhi.apps.evidence.log.entries import Actor
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel.streams import VIEWING

VIEW, EXPORT = "view-personal-data", "export-personal-data"


def record_viewing(stream: str, said: Mapping[str, object], *, who: Actor, verb: str = VIEW) -> Event:
    """Leave an event that somebody is shown personal data, or (EXPORT) takes them away in a file."""
    seen = VIEWING.key(stream) if VIEWING.has(stream) else stream
    return record_next(VIEWING.of(seen), verb, said, who=who, on=today())


def viewing_recorded(stream: str, said: Mapping[str, object], *, who: Actor, verb: str = VIEW) -> bool:
    """The same beside a reading. False where it cannot be recorded now: then the data are not to be shown."""
    what = "the export of personal data" if verb == EXPORT else "the viewing of personal data"
    return was_written(what, lambda: record_viewing(stream, said, who=who, verb=verb))
