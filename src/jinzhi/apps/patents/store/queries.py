"""Reading the collection: what pages, the API and the console ask. Patents are public, nothing here is guarded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from django.db.models import Count, F, Max, QuerySet, Sum

from jinzhi.apps.patents.models import Alias, Applicant, Batch, Citation, Document, Event, Item, Refusal
from jinzhi.apps.patents.store.marks import while_unchanged
from jinzhi.standards.cn_numbers import PatentNumberError, normalise

MANY = 800


# --- one document ---------------------------------------------------------------------------------------------


def find(number: str) -> Document | None:
    """The document of a publication number in any written form; without kind code the last one published."""
    return find_all([number])[number]


def find_all(numbers: Sequence[str]) -> dict[str, Document | None]:
    """For each number (publication or application, any written form) the document, or None; a few statements in all.

    An application number gives its last publication.
    """
    publications: dict[str, str] = {}
    applications: dict[str, str] = {}
    for text in numbers:
        try:
            read = normalise(text)
        except PatentNumberError:
            publications[text] = "".join(text.split()).upper()
            continue
        if read.kind == "application":
            applications[text] = read.text
        else:
            publications[text] = read.text
    exact = _by("number", publications.values())
    bare = _by("key", [v for v in publications.values() if v not in exact])
    filed = _by("application", applications.values())
    found: dict[str, Document | None] = {}
    for text in numbers:
        if text in applications:
            found[text] = filed.get(applications[text])
        else:
            found[text] = exact.get(publications[text]) or bare.get(publications[text])
    return found


def _by(column: str, values: Iterable[str]) -> dict[str, Document]:
    wanted = sorted(set(values))
    found: dict[str, Document] = {}
    for at in range(0, len(wanted), MANY):
        rows = Document.objects.filter(**{f"{column}__in": wanted[at : at + MANY]}).order_by("published", "number")
        found |= {getattr(row, column): row for row in rows.defer("body")}
    return found


def by_ids(ids: Sequence[int]) -> list[Document]:
    """The rows of these ids in this order, without bodies (``content`` reads one when asked)."""
    found: dict[int, Document] = {}
    for at in range(0, len(ids), MANY):
        found |= Document.objects.defer("body").in_bulk(ids[at : at + MANY])
    return [found[one] for one in ids if one in found]


def events(document: Document) -> QuerySet[Event]:
    """The announced events of a document's application, oldest first."""
    return Event.objects.filter(application=document.application).exclude(application="").order_by("on", "id")


def publications(document: Document) -> QuerySet[Document]:
    """The other publications of the same application."""
    same = Document.objects.filter(application=document.application).exclude(application="")
    return same.exclude(pk=document.pk).defer("body").order_by("published", "number")


def family(document: Document, *, extended: bool = False) -> QuerySet[Document]:
    """The documents of the family, this one among them, oldest first."""
    column = "extended" if extended else "simple"
    name = getattr(document, column)
    rows = Document.objects.filter(**{column: name}) if name else Document.objects.filter(pk=document.pk)
    return rows.defer("body").order_by("published", "number")


@dataclass(frozen=True, slots=True)
class CitedDocument:
    """A citation with the document in the store that it names, if it is there."""

    citation: Citation
    document: Document | None


def cites(document: Document) -> list[CitedDocument]:
    """What a document cites, in its order."""
    rows = list(document.citations.all())
    known = _by("number", [c.cited for c in rows if c.cited])
    bare = _by("key", [c.cited_key for c in rows if c.cited_key])
    return [CitedDocument(c, known.get(c.cited) or (bare.get(c.cited_key) if c.cited_key else None)) for c in rows]


def cited_by(document: Document) -> list[Citation]:
    """The citations of a document by others (``citation.citing``), newest first."""
    found = Citation.objects.filter(cited_key=document.key).select_related("citing").defer("citing__body")
    return list(found.order_by("-citing__published", "citing__number"))


# --- applicants -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ApplicantNames:
    """An applicant with all names that stand for it: what a search with variants asks, and why."""

    applicant: Applicant | None
    asked: str
    aliases: tuple[Alias, ...]

    @property
    def all(self) -> tuple[str, ...]:
        first = self.applicant.name if self.applicant else self.asked
        return tuple(dict.fromkeys([first, *(a.name for a in self.aliases)]))


def names_of(name: str) -> ApplicantNames:
    """An applicant by its name or any of its aliases."""
    alias = Alias.objects.filter(name=name).select_related("applicant").order_by("pk").first()
    applicant = alias.applicant if alias else Applicant.objects.filter(name=name).first()
    aliases = tuple(applicant.aliases.order_by("kind", "name")) if applicant else ()
    return ApplicantNames(applicant, name, aliases)


def standard_names(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each name the names of the applicants behind it (itself where no alias says otherwise)."""
    wanted = sorted(set(names))
    found: dict[str, list[str]] = {}
    for at in range(0, len(wanted), MANY):
        rows = Alias.objects.filter(name__in=wanted[at : at + MANY]).values_list("name", "applicant__name")
        for name, standard in rows.order_by("applicant__name"):
            found.setdefault(name, []).append(standard)
    return {name: tuple(dict.fromkeys(found.get(name, [name]))) for name in wanted}


# --- sources --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IssueGap:
    """Days between which issues seem to be missing: the last before, the first after, about how many lack."""

    before: date
    after: date
    issues: int


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """What a source has given: counts, the last complete issue, as of when, what is open, what lacks."""

    source: str
    documents: int
    events: int
    refused: int
    unfinished: int
    last_complete: date | None
    as_of: date | None
    gaps: tuple[IssueGap, ...]
    demo: bool

    def as_dict(self) -> dict[str, object]:
        return {
            "source": self.source,
            "documents": self.documents,
            "events": self.events,
            "refused": self.refused,
            "unfinished": self.unfinished,
            "last_complete_issue": self.last_complete.isoformat() if self.last_complete else None,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "gaps": [
                {"after": g.before.isoformat(), "before": g.after.isoformat(), "issues": g.issues} for g in self.gaps
            ],
            "demo": self.demo,
        }


def sources() -> list[SourceStatus]:
    """Every source that documents or events came from."""
    counts = dict(Document.objects.values_list("source").annotate(Count("pk")).order_by())
    told = dict(Event.objects.values_list("source").annotate(Count("pk")).order_by())
    refused = dict(Item.objects.values_list("source").annotate(Sum("refused")).order_by())
    open_items = dict(Item.objects.filter(finished=None).values_list("source").annotate(Count("pk")).order_by())
    demo = set(Batch.objects.filter(demo=True).values_list("source", flat=True))
    event_days = dict(Event.objects.values_list("source").annotate(Max("on")).order_by())
    found = []
    for source in sorted(counts.keys() | told.keys() | refused.keys()):
        days = issue_days(source)
        unfinished = open_items.get(source, 0)
        as_of = max((d for d in (days[-1] if days else None, event_days.get(source)) if d), default=None)
        complete = as_of
        if unfinished:
            partial = Document.objects.filter(source=source, item__finished=None, published__isnull=False)
            first_open = partial.order_by("published").values_list("published", flat=True).first()
            earlier = [day for day in days if first_open is None or day < first_open]
            complete = earlier[-1] if earlier else None
        found.append(
            SourceStatus(
                source, counts.get(source, 0), told.get(source, 0), refused.get(source, 0) or 0, unfinished, complete,
                as_of, gaps(days), source in demo,
            )
        )  # fmt: skip
    return found


def issue_days(source: str) -> list[date]:
    """The days on which a source's documents were published, ascending."""
    rows = Document.objects.filter(source=source, published__isnull=False).values_list("published", flat=True)
    return [day for day in rows.distinct().order_by("published") if day is not None]


def gaps(days: Sequence[date]) -> tuple[IssueGap, ...]:
    """Where issues seem to be missing: steps longer than one and a half times the usual step. At least four issues
    must be there to know the usual step."""
    steps = [(b - a).days for a, b in pairwise(days)]
    if len(steps) < 3:
        return ()
    usual = median(steps)
    return tuple(
        IssueGap(a, b, round((b - a) / timedelta(days=usual)) - 1)
        for a, b, step in zip(days, days[1:], steps, strict=False)
        if step > usual * 1.5
    )


def refusals(source: str = "") -> QuerySet[Refusal]:
    """Refused records, newest first."""
    rows = Refusal.objects.select_related("item").order_by("-pk")
    return rows.filter(item__source=source) if source else rows


@while_unchanged("documents")
def _collection() -> dict[str, object]:
    told = Document.objects.aggregate(documents=Count("pk"), as_of=Max("published"))
    return {**told, "demo": Document.objects.filter(demo=True).exists()}


@while_unchanged("documents")
def _all_numbers() -> dict[int, str]:
    return dict(Document.objects.values_list("pk", "number"))


def numbers_of(ids: Sequence[int]) -> list[str]:
    """The numbers of these ids in this order; those that are not there are left out."""
    if len(ids) > MANY:
        known = _all_numbers()
    else:
        known = dict(Document.objects.filter(pk__in=list(ids)).values_list("pk", "number"))
    return [known[one] for one in ids if one in known]


def collection() -> dict[str, Any]:
    """What every result page says of the collection: how many documents, as of when, whether it is demonstration."""
    return dict(_collection())


def status() -> dict[str, object]:
    """The collection as a whole, for the console and the API."""
    told = collection()
    as_of = told["as_of"]
    unfinished = Batch.objects.filter(finished=None).count()
    return {
        "documents": told["documents"],
        "as_of": str(as_of) if as_of else None,
        "demo": told["demo"],
        "not_indexed": Document.objects.exclude(indexed=F("revision")).count(),
        "unfinished_batches": unfinished,
    }
