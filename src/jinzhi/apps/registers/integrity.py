"""Invariants of registers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from jinzhi.apps.catalogue.integrity import invariant
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.erasing import VERB, left_behind
from jinzhi.apps.evidence.events.personal import reveal
from jinzhi.apps.evidence.models import Attachment, Event
from jinzhi.apps.registers.actions import sheets_of
from jinzhi.apps.registers.models import Entry
from jinzhi.apps.registers.queries import key_digest, replay, search_words, title_of
from jinzhi.kernel.fields import Type
from jinzhi.kernel.register import Register
from jinzhi.kernel.streams import ENTRY, ERASURE, REGISTER


@left_behind("register entries")
def files_left() -> Iterator[Attachment]:
    """Sheets and files of a register that are older than an erasure in it: any sheet may name the person; a file of an
    entry does where it stood in a personal field and no history names it any more.
    """
    erased: dict[int, datetime] = {}
    for stream, at in Event.objects.filter(stream__startswith="erasure:entry:", verb=VERB).values_list("stream", "at"):
        pk = ENTRY.number(ERASURE.key(stream))
        erased[pk] = max(at, erased.get(pk, at))
    last: dict[str, datetime] = {}
    for entry in Entry.objects.unrestricted("integrity checker").filter(pk__in=erased):
        last[entry.register] = max(erased[entry.pk], last.get(entry.register, erased[entry.pk]))
    kept = Attachment.objects.unrestricted("integrity checker").filter(erased_at=None)
    for id, at in last.items():
        register = catalogue().find(Register, id)
        if register is None:
            continue
        yield from kept.filter(stream=sheets_of(register), at__lt=at)
        if any(f.personal and f.type is Type.FILE for f in register.fields):
            named = _files_named(register)
            yield from (f for f in kept.filter(stream=REGISTER.of(id), at__lt=at) if str(f.pk) not in named)


def _files_named(register: Register) -> set[str]:
    """The files that the entries of a register name, or named."""
    streams = [e.stream for e in Entry.objects.unrestricted("integrity checker").filter(register=register.id)]
    named: set[str] = set()
    for e in reveal(list(Event.objects.filter(stream__in=streams))):
        said = e.data.get("changes") or {k: [v] for k, v in e.data.get("values", {}).items()}
        named |= {str(v) for f in register.fields if f.type is Type.FILE for v in said.get(f.id) or () if v}
    return named


def _histories() -> Iterator[tuple[str, list[Event]]]:
    events = Event.objects.filter(stream__startswith="entry:").order_by("stream", "seq").iterator(chunk_size=2000)
    for stream, own in groupby(events, key=lambda e: e.stream):
        yield stream, list(own)


@invariant("entry-projection", "名录条目各列与其事件一致", "Every entry's columns are what its events lead to")
def projections() -> Iterator[str]:
    kept = {e.stream: e for e in Entry.objects.unrestricted("integrity checker").select_related("unit")}
    for stream, events in _histories():
        entry = kept.pop(stream, None)
        if entry is None:
            yield f"{stream}: has events but is no entry"
            continue
        data, state = replay(events)
        found = (entry.data, entry.state, entry.seq, entry.unit_path)
        if found != (data, state, events[-1].seq, entry.unit.path):
            yield f"{entry.number}: the columns are not what its {len(events)} events lead to"
    for entry in kept.values():
        yield f"{entry.number}: has no events"


@invariant("entry-declared", "名录条目符合其名录的定义", "Every entry fits the declaration of its register")
def declared() -> Iterator[str]:
    for entry in Entry.objects.unrestricted("integrity checker").iterator(chunk_size=2000):
        register = catalogue().find(Register, entry.register)
        if register is None:
            yield f"{entry.number}: no register is called {entry.register!r}"
            continue
        values, errors = register.check(entry.data)
        for error in errors:
            yield f"{entry.number}: {error}"
        known = {f.id for f in register.fields}
        for id in entry.data:
            if id not in known:
                yield f"{entry.number}: holds {id!r}, which is no field of {register.id}"
        if not errors and {k: v for k, v in values.items() if v is not None and k in entry.data} != entry.data:
            yield f"{entry.number}: the stored values are not in the form that the fields give"
        derived = (title_of(register, entry.data)[:300], key_digest(register, entry.data))
        if (entry.title, entry.key_digest) != derived:
            yield f"{entry.number}: title or key differ from the data"
        if entry.words != search_words(register, entry.data, entry.number):
            yield f"{entry.number}: the words of the search differ from the data"
