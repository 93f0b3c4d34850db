"""Writing documents and events into the store: idempotent, in chunks, one transaction a chunk.

Readers in other processes call ``prepare``, which needs no database; ``store`` writes what they prepared.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.patents import models
from jinzhi.apps.patents.families import Link, join, keep, rejoin
from jinzhi.apps.patents.places import district_of
from jinzhi.apps.patents.status import plain
from jinzhi.engines.search_values import asked_number
from jinzhi.kernel.patent import Document, LegalEvent, Source
from jinzhi.standards.cn_numbers import NumberError, normalise, standard
from jinzhi.standards.st16 import is_grant
from jinzhi.standards.st27 import place

#: how many values go into one SQL IN
MANY = 800


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to be written: the columns, the packed body, and what hangs on it."""

    columns: dict[str, object]
    digest: str
    body: bytes
    cited: tuple[tuple[str, str, str, str, str], ...]
    links: tuple[Link, ...]
    names: tuple[str, ...]
    rest: tuple[tuple[str, int], ...]

    @property
    def number(self) -> str:
        return str(self.columns["number"])


@dataclass(frozen=True, slots=True)
class PreparedEvent:
    """An announced event ready to be written."""

    columns: dict[str, object]
    rest: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class Told:
    """What a chunk came to."""

    new: int = 0
    changed: int = 0
    same: int = 0
    events: int = 0
    rest: Counter[str] = field(default_factory=Counter)


def key_of(number: str) -> str:
    """Country and digits of a publication number, without the kind code."""
    try:
        read = normalise(number, kind="publication")
    except NumberError:
        return number[:40]
    return f"{read.country}{read.digits}"[:40]


def prepare(document: Document) -> Prepared:
    """What is written of a document. Pure."""
    text = replace(document, source=Source(document.source.name)).to_json()
    title_en = next((t.text for t in document.titles if t.lang == "en"), "")
    grant = is_grant(
        document.country, document.kind, document.publication_date.year if document.publication_date else None
    )
    granted = document.grant_date or (document.publication_date if grant else None)
    columns = {
        "number": document.publication_number[:40],
        "key": f"{document.country}{document.doc_number}"[:40],
        "application": document.application_number[:40],
        "country": document.country[:4],
        "kind": document.kind[:8],
        "type": document.application_type,
        "filed": document.filing_date,
        "published": document.publication_date,
        "granted": granted,
        "title": document.title,
        "title_en": title_en,
        "applicants": "；".join(p.name for p in document.applicants or document.assignees),
        "inventors": "；".join(p.name for p in document.inventors),
        "ipc": document.main_ipc[:40],
        "place": document.place[:200],
        "district": district_of(document),
        "claims": len(document.claims),
        "source": document.source.name,
        "file": document.source.file[-400:],
    }
    cited = tuple(
        (c.number[:40], key_of(c.number) if c.number else "", c.text or c.name, c.phase[:40], c.category[:20])
        for c in document.citations
    )
    names = tuple(dict.fromkeys(p.name[:300] for p in document.applicants or document.assignees if p.name))
    return Prepared(
        columns,
        hashlib.sha256(text.encode()).hexdigest(),
        models.pack(text),
        cited,
        _links(document),
        names,
        document.rest,
    )


def _links(document: Document) -> tuple[Link, ...]:
    """The applications that make the family: the priorities and the document's own application."""
    found: dict[str, Link] = {}
    if document.application_number:
        own = asked_number(document.application_number, "an")[:40]
        found[own] = Link(own, True, document.filing_date)
    for priority in document.priorities:
        number = asked_number(standard(priority.number, country=priority.country, kind="application"), "pr")[:40]
        if number:
            found.setdefault(number, Link(number, False, _day(priority.filing_date)))
    return tuple(found.values())


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if len(text) == 10 else None


def prepare_event(event: LegalEvent) -> PreparedEvent:
    """What is written of an event. Pure."""
    placed = place(event.name, event.text)
    bare = replace(event, source=Source(""))
    return PreparedEvent(
        {
            "application": event.application_number[:40],
            "number": event.number[:40],
            "country": event.country,
            "on": event.publication_date,
            "code": event.code[:40],
            "name": event.name[:200],
            "text": event.text,
            "category": event.category or placed.category,
            "cause": placed.cause,
            "effect": placed.effect,
            "why": (event.why or placed.zh)[:300],
            "source": event.source.name,
            "file": event.source.file[-400:],
            "digest": hashlib.sha256(bare.to_json().encode()).hexdigest(),
        },
        event.rest,
    )


@transaction.atomic
def store(
    documents: Sequence[Prepared],
    events: Sequence[PreparedEvent] = (),
    *,
    item: models.Item | None = None,
    demo: bool = False,
) -> Told:
    """Write a chunk: a document once, a changed one as a new version with the old kept, an event once.

    Families, both ways of citation and the plain status of what the chunk touches are brought up to date in the same
    transaction, so that a chunk is there whole or not at all.
    """
    told = Told()
    latest = {one.number: one for one in documents}
    told.same += len(documents) - len(latest)
    before = _by_number(latest)
    fresh: list[Prepared] = []
    changed: list[tuple[models.Document, Prepared]] = []
    for number, one in latest.items():
        told.rest.update(dict(one.rest))
        row = before.get(number)
        if row is None:
            fresh.append(one)
        elif row.digest != one.digest:
            changed.append((row, one))
        else:
            told.same += 1
    told.events, told_of = _store_events(events)
    touched = _create(fresh, item, demo)
    if changed:
        _replace(changed, item)
        touched += changed
    _hang(touched)
    told.new, told.changed = len(fresh), len(changed)
    refresh_states(told_of | {str(one.columns["application"]) for one in (*fresh, *(c for _, c in changed))} - {""})
    _cited_anew([one for _, one in touched])
    return told


def _create(fresh: Sequence[Prepared], item: models.Item | None, demo: bool) -> list[tuple[models.Document, Prepared]]:
    joined = join([one.links for one in fresh])
    for part in parts(sorted({simple for simple, _ in joined.names} - {""})):
        models.Document.objects.filter(simple__in=part).update(revision=F("revision") + 1)
    rows = [
        models.Document(
            **one.columns, digest=one.digest, body=one.body, item=item, demo=demo, simple=simple, extended=extended
        )
        for one, (simple, extended) in zip(fresh, joined.names, strict=True)
    ]
    for row in rows:
        state = plain((), published=row.published, granted=row.granted)
        row.state, row.state_on, row.state_why = state.state, state.on, state.why
    models.Document.objects.bulk_create(rows)
    keep((row.pk, one.links) for row, one in zip(rows, fresh, strict=True))
    return list(zip(rows, fresh, strict=True))


def _by_number(numbers: Iterable[str]) -> dict[str, models.Document]:
    found: dict[str, models.Document] = {}
    for part in parts(list(numbers)):
        found |= {row.number: row for row in models.Document.objects.filter(number__in=part).defer("body")}
    return found


def parts(values: Sequence[str]) -> Iterable[Sequence[str]]:
    """The values in portions that every database takes in one statement."""
    return (values[at : at + MANY] for at in range(0, len(values), MANY))


def _replace(changed: Sequence[tuple[models.Document, Prepared]], item: models.Item | None) -> None:
    at: datetime = now()
    pks = [row.pk for row, _ in changed]
    models.Version.objects.bulk_create(
        models.Version(
            document=row, version=row.version, digest=row.digest, body=bytes(row.body), source=row.source,
            file=row.file, replaced=at,
        )
        for row, _ in changed
    )  # fmt: skip
    left = set(models.Earlier.objects.filter(document__in=pks).values_list("number", flat=True))
    models.Citation.objects.filter(citing__in=pks).delete()
    models.Earlier.objects.filter(document__in=pks).delete()
    models.Named.objects.filter(document__in=pks).delete()
    for row, one in changed:
        for name, value in one.columns.items():
            setattr(row, name, value)
        row.digest, row.body, row.item = one.digest, one.body, item
        row.version += 1
        row.revision += 1
        row.save()
    keep((row.pk, one.links) for row, one in changed)
    rejoin(left | {link.number for _, one in changed for link in one.links})
    for row, one in changed:
        if not one.links:
            models.Document.objects.filter(pk=row.pk).update(simple="", extended="")


def _hang(touched: Sequence[tuple[models.Document, Prepared]]) -> None:
    """Citations, names and families of documents just written."""
    models.Citation.objects.bulk_create(
        models.Citation(
            citing=row, position=n, cited=number, cited_key=key, text=text, phase=phase, category=category
        )
        for row, one in touched
        for n, (number, key, text, phase, category) in enumerate(one.cited)
    )  # fmt: skip
    models.Named.objects.bulk_create(
        models.Named(document=row, position=n, name=name) for row, one in touched for n, name in enumerate(one.names)
    )
    models.Applicant.objects.bulk_create(
        [
            models.Applicant(name=name, district=row.district if n == 0 else "", demo=row.demo)
            for row, one in touched
            for n, name in enumerate(one.names)
        ],
        ignore_conflicts=True,
    )


def _store_events(events: Sequence[PreparedEvent]) -> tuple[int, set[str]]:
    """Write the events that are new; how many, and of which applications."""
    unique = {str(one.columns["digest"]): one for one in events}
    known: set[str] = set()
    for part in parts(list(unique)):
        known |= set(models.Event.objects.filter(digest__in=part).values_list("digest", flat=True))
    fresh = [models.Event(**one.columns) for digest, one in unique.items() if digest not in known]
    models.Event.objects.bulk_create(fresh)
    return len(fresh), {event.application for event in fresh}


def refresh_states(applications: Iterable[str]) -> int:
    """Work out the plain status of the documents of these applications anew; returns how many changed.

    A document whose application has events is to be indexed anew in any case: they are searched themselves.
    """
    changed: list[models.Document] = []
    for part in parts(sorted(applications)):
        events: dict[str, list[models.Event]] = {}
        for event in models.Event.objects.filter(application__in=part):
            events.setdefault(event.application, []).append(event)
        rows = list(models.Document.objects.filter(application__in=part).defer("body"))
        granted: dict[str, date] = {}
        for row in rows:
            if row.granted and row.granted < granted.get(row.application, date.max):
                granted[row.application] = row.granted
        for row in rows:
            state = plain(
                events.get(row.application, ()), published=row.published, granted=granted.get(row.application)
            )
            told = (state.state, state.on, state.why)
            if (row.state, row.state_on, row.state_why) != told or row.application in events:
                row.state, row.state_on, row.state_why = told
                row.revision += 1
                changed.append(row)
    models.Document.objects.bulk_update(changed, ["state", "state_on", "state_why", "revision"], batch_size=200)
    return len(changed)


def _cited_anew(touched: Sequence[Prepared]) -> None:
    """Documents that these cite must be indexed anew: they are cited once more."""
    keys = {key for one in touched for _, key, *_ in one.cited if key}
    for part in parts(sorted(keys)):
        models.Document.objects.filter(key__in=part).update(revision=F("revision") + 1)
