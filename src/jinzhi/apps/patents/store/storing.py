"""Writing documents and events into the store: idempotent, in chunks, one transaction a chunk.

Readers in other processes call ``prepare``, which needs no database; ``store`` writes what they prepared.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import Enum

from django.db import transaction
from django.db.models import F

from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.patents import models
from jinzhi.apps.patents.store.families import FamilyLink, join, keep, rejoin
from jinzhi.apps.patents.store.places import district_of
from jinzhi.apps.patents.store.status import plain
from jinzhi.engines.search_values import asked_number
from jinzhi.kernel.patent import LegalEvent, PatentDocument, Source
from jinzhi.standards.cn_numbers import PatentNumberError, normalise, standard
from jinzhi.standards.cn_terms import COMPUTED, term
from jinzhi.standards.st16 import is_grant
from jinzhi.standards.st27 import place

#: how many values go into one SQL IN
MANY = 800


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to be written: the columns, the packed body, and what hangs on it."""

    columns: Mapping[str, object]
    digest: str
    body: bytes
    cited: tuple[tuple[str, str, str, str, str], ...]
    links: tuple[FamilyLink, ...]
    names: tuple[str, ...]
    rest: tuple[tuple[str, int], ...]
    figures: int = 0
    #: it holds a number and what hangs on one, nothing that makes a document: it only completes one that is there
    bare: bool = False

    @property
    def number(self) -> str:
        return str(self.columns["number"])


@dataclass(frozen=True, slots=True)
class PreparedEvent:
    """An announced event ready to be written."""

    columns: Mapping[str, object]
    rest: tuple[tuple[str, int], ...] = ()


class Fate(Enum):
    """What became of a document that was given."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(slots=True)
class StoringTold:
    """What a chunk came to: the fate of each document in its order, and of each event whether it was new."""

    fates: list[Fate] = field(default_factory=list)
    event_fates: list[bool] = field(default_factory=list)

    def count(self, fate: Fate) -> int:
        return self.fates.count(fate)


def key_of(number: str) -> str:
    """Country and digits of a publication number, without the kind code."""
    try:
        read = normalise(number, kind="publication")
    except PatentNumberError:
        return number[:40]
    return f"{read.country}{read.digits}"[:40]


def prepare(document: PatentDocument) -> Prepared:
    """What is written of a document. Pure."""
    # the bytes of PatentDocument.to_json, four times as fast: the model holds texts, whole numbers and lists only
    data = replace(document, source=Source(document.source.name)).to_data()
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    title_en = next((t.text for t in document.titles if t.lang == "en"), "")
    grant = is_grant(
        document.country, document.kind, document.publication_date.year if document.publication_date else None
    )
    granted = document.grant_date or (document.publication_date if grant else None)
    columns = {
        # papers of an application that is not published, and rows of tables, have the application's number only
        "number": (document.publication_number or document.application_number)[:40],
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
        # a European patent has its claims in three languages: they are the same claims
        "claims": max(Counter(c.lang for c in document.claims).values(), default=0),
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
        len({d.file.casefold() for d in document.drawings if d.file}),
        not any(getattr(document, name) for name in _MAKING),
    )


#: what makes a document of a number, or ties it to others that are there
_MAKING = (
    "titles", "abstracts", "claims", "description", "applicants", "inventors", "assignees", "ipc", "cpc", "fi",
    "locarno", "other_classes", "application_number", "priorities",
)  # fmt: skip


def known_numbers(numbers: Iterable[str]) -> set[str]:
    """Which of the numbers have a document in the store."""
    found: set[str] = set()
    for part in parts(sorted(set(numbers))):
        found |= set(models.Document.objects.filter(number__in=part).values_list("number", flat=True))
    return found


def _links(document: PatentDocument) -> tuple[FamilyLink, ...]:
    """The applications that make the family: the priorities and the document's own application."""
    found: dict[str, FamilyLink] = {}
    if document.application_number:
        own = asked_number(document.application_number, "an")[:40]
        found[own] = FamilyLink(own, True, document.filing_date)
    for priority in document.priorities:
        number = asked_number(standard(priority.number, country=priority.country, kind="application"), "pr")[:40]
        if number:
            found.setdefault(number, FamilyLink(number, False, _day(priority.filing_date)))
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
    items: Sequence[models.Item | None] = (),
    demo: bool = False,
) -> StoringTold:
    """Write a chunk: a document once, a changed one as a new version with the old kept, an event once.

    ``items``: the file of each document. Families, both ways of citation and the plain status of what the chunk
    touches are brought up to date in the same transaction, so that a chunk is there whole or not at all.
    """
    told = StoringTold([Fate.SAME] * len(documents))
    told.event_fates, applications = _store_events(events)
    settled: set[int] = set()
    for round_ in _rounds(documents):
        before = _by_number(documents[n].number for n in round_)
        fresh = [n for n in round_ if documents[n].number not in before]
        changed: list[tuple[models.Document, Prepared, models.Item | None]] = []
        for n in round_:
            row = before.get(documents[n].number)
            if row is not None and (merged := _merged(row, documents[n])) is not None:
                changed.append((row, merged, items[n] if items else None))
                told.fates[n] = Fate.CHANGED
        touched = _create([(documents[n], items[n] if items else None) for n in fresh], demo)
        settled |= {row.pk for row, _ in touched}
        for n in fresh:
            told.fates[n] = Fate.NEW
        if changed:
            _replace(changed)
            touched += [(row, one) for row, one, _ in changed]
        _hang(touched)
        _cited_anew([one for _, one in touched])
        applications |= {str(one.columns["application"]) for _, one in touched}
    refresh_states(applications - {""}, settled)
    return told


def _rounds(documents: Sequence[Prepared]) -> list[list[int]]:
    """The documents by index, so that no number stands twice in one round: what a chunk holds does not matter."""
    rounds: list[list[int]] = []
    seen: Counter[str] = Counter()
    for n, one in enumerate(documents):
        if seen[one.number] == len(rounds):
            rounds.append([])
        rounds[seen[one.number]].append(n)
        seen[one.number] += 1
    return rounds


def _merged(row: models.Document, given: Prepared) -> Prepared | None:
    """What the store shall hold when a source gives a document anew; None where nothing changes.

    Of one source the later word counts, of two the fuller document; what the one lacks is taken from the other. So a
    row of a table takes no text from a full document, whichever came first.
    """
    if row.digest == given.digest:
        return None
    old, new = row.content, PatentDocument.from_json(models.unpack(given.body))
    new = replace(new, source=Source(new.source.name, str(given.columns["file"])))
    first, second = (new, old) if old.source.name == new.source.name or _filled(new) > _filled(old) else (old, new)
    gaps = {f.name: getattr(second, f.name) for f in fields(PatentDocument) if not getattr(first, f.name)}
    merged = prepare(replace(first, **gaps))
    return None if merged.digest == row.digest else replace(merged, rest=given.rest)


def _filled(document: PatentDocument) -> int:
    return sum(1 for f in fields(PatentDocument) if getattr(document, f.name))


def _create(fresh: Sequence[tuple[Prepared, models.Item | None]], demo: bool) -> list[tuple[models.Document, Prepared]]:
    joined = join([one.links for one, _ in fresh])
    for part in parts(sorted({simple for simple, _ in joined.names} - {""})):
        models.Document.objects.filter(simple__in=part).update(revision=F("revision") + 1)
    rows = [
        models.Document(
            **one.columns, digest=one.digest, body=one.body, item=item, demo=demo, simple=simple, extended=extended
        )
        for (one, item), (simple, extended) in zip(fresh, joined.names, strict=True)
    ]
    announced = _events_of({row.application for row in rows} - {""})
    granted = _granted_of(rows) if announced else {}
    day = today()
    for row in rows:
        state = plain(
            announced.get(row.application, ()),
            published=row.published,
            granted=granted.get(row.application, row.granted),
            limit=term(row.country, row.type, row.filed),
            day=day,
        )
        row.state, row.state_on, row.state_why = state.state, state.on, state.why
    models.Document.objects.bulk_create(rows)
    made = [(row, one) for row, (one, _) in zip(rows, fresh, strict=True)]
    keep((row.pk, one.links) for row, one in made)
    return made


def _by_number(numbers: Iterable[str]) -> dict[str, models.Document]:
    found: dict[str, models.Document] = {}
    for part in parts(list(numbers)):
        found |= {row.number: row for row in models.Document.objects.filter(number__in=part)}
    return found


def parts(values: Sequence[str]) -> Iterable[Sequence[str]]:
    """The values in portions that every database takes in one statement."""
    return (values[at : at + MANY] for at in range(0, len(values), MANY))


def _replace(changed: Sequence[tuple[models.Document, Prepared, models.Item | None]]) -> None:
    at: datetime = now()
    pks = [row.pk for row, _, _ in changed]
    models.Version.objects.bulk_create(
        models.Version(
            document=row, version=row.version, digest=row.digest, body=bytes(row.body), source=row.source,
            file=row.file, replaced=at,
        )
        for row, _, _ in changed
    )  # fmt: skip
    left = set(models.Earlier.objects.filter(document__in=pks).values_list("number", flat=True))
    models.Citation.objects.filter(citing__in=pks).delete()
    models.Earlier.objects.filter(document__in=pks).delete()
    models.Named.objects.filter(document__in=pks).delete()
    for row, one, item in changed:
        for name, value in one.columns.items():
            setattr(row, name, value)
        row.digest, row.body, row.item = one.digest, one.body, item or row.item
        row.version += 1
        row.revision += 1
        row.save()
    keep((row.pk, one.links) for row, one, _ in changed)
    rejoin(left | {link.number for _, one, _ in changed for link in one.links})
    for row, one, _ in changed:
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


def _store_events(events: Sequence[PreparedEvent]) -> tuple[list[bool], set[str]]:
    """Write the events that are new; which of them were, and of which applications."""
    unique = {str(one.columns["digest"]): one for one in events}
    known: set[str] = set()
    for part in parts(list(unique)):
        known |= set(models.Event.objects.filter(digest__in=part).values_list("digest", flat=True))
    fresh = [models.Event(**one.columns) for digest, one in unique.items() if digest not in known]
    models.Event.objects.bulk_create(fresh)
    told = []
    for one in events:
        digest = str(one.columns["digest"])
        told.append(digest not in known)
        known.add(digest)
    return told, {event.application for event in fresh}


def _events_of(applications: Iterable[str]) -> dict[str, list[models.Event]]:
    found: dict[str, list[models.Event]] = {}
    for part in parts(sorted(applications)):
        for event in models.Event.objects.filter(application__in=part):
            found.setdefault(event.application, []).append(event)
    return found


def _granted_of(rows: Iterable[models.Document]) -> dict[str, date]:
    """The day of grant of each application: the first that any of its publications, here or in the store, tells."""
    told = [(row.application, row.granted) for row in rows]
    for part in parts(sorted({application for application, _ in told} - {""})):
        known = models.Document.objects.filter(application__in=part, granted__isnull=False)
        told += known.values_list("application", "granted")
    found: dict[str, date] = {}
    for application, day in told:
        if application and day and day < found.get(application, date.max):
            found[application] = day
    return found


def refresh_states(applications: Iterable[str], settled: Container[int] = ()) -> int:
    """Work out the plain status of the documents of these applications anew; returns how many changed.

    A document whose application has events is to be indexed anew in any case: they are searched themselves.
    ``settled``: rows whose status was worked out just now.
    """
    changed: list[models.Document] = []
    day = today()
    for part in parts(sorted(applications)):
        rows = [
            row for row in models.Document.objects.filter(application__in=part).defer("body") if row.pk not in settled
        ]
        if not rows:
            continue
        events, granted = _events_of(part), _granted_of(rows)
        for row in rows:
            state = plain(
                events.get(row.application, ()), published=row.published, granted=granted.get(row.application),
                limit=term(row.country, row.type, row.filed), day=day,
            )  # fmt: skip
            told = (state.state, state.on, state.why)
            if (row.state, row.state_on, row.state_why) != told or row.application in events:
                row.state, row.state_on, row.state_why = told
                row.revision += 1
                changed.append(row)
    models.Document.objects.bulk_update(changed, ["state", "state_on", "state_why", "revision"], batch_size=200)
    return len(changed)


def end_terms(day: date) -> int:
    """Work out anew the status of the patents whose term the law has ended by a day; how many changed."""
    standing = models.Document.objects.filter(
        country="CN",
        state__in=(models.LegalState.IN_FORCE, models.LegalState.UNCONFIRMED),
        filed__lte=date(day.year - 9, 1, 1),
    ).exclude(application="")
    over = {
        application
        for application, kind, filed in standing.values_list("application", "type", "filed").iterator(chunk_size=2000)
        if (limit := term("CN", kind, filed)) is not None and limit.ends <= day
    }
    # the reason of those that were ended before is told anew where its words have changed
    ended = models.Document.objects.filter(state=models.LegalState.ENDED, state_why__startswith=COMPUTED)
    over.update(
        application
        for application, kind, filed, why in ended.values_list("application", "type", "filed", "state_why").iterator(
            chunk_size=2000
        )
        if (limit := term("CN", kind, filed)) is not None and limit.why != why
    )
    with transaction.atomic():
        return refresh_states(over)


def _cited_anew(touched: Sequence[Prepared]) -> None:
    """Documents that these cite must be indexed anew: they are cited once more."""
    keys = {key for one in touched for _, key, *_ in one.cited if key}
    for part in parts(sorted(keys)):
        models.Document.objects.filter(key__in=part).update(revision=F("revision") + 1)
