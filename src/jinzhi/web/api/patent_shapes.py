"""What the API answers about patents. Words are those of ``jinzhi search --json`` wherever it says the same."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Schema
from pydantic import Field

from jinzhi.web.api.shapes import Strict


class CollectionOut(Schema):
    documents: int
    as_of: date | None = Field(description="The newest publication date in the collection.")
    demo: bool = Field(description="Whether any of it is generated for the demonstration.")


class NoticeOut(Schema):
    """What the searcher should know about how the query was read."""

    kind: str
    zh: str
    en: str
    at: int = Field(description="The character of the query it is about, from 0.")


class LossOut(Schema):
    """A place of a foreign query whose meaning is not, or not surely, kept."""

    at: int
    sign: str
    zh: str
    en: str


class Understood(Schema):
    query: str = Field(description="The query as it was given.", examples=["ti=(隔膜 OR 隔离膜) AND ipc=H01M50"])
    dialect: str = Field(description="The system in whose language it was given; empty: the native one.")
    native: str = Field(description="The query in canonical native writing; empty for the whole collection.")
    understood: str = Field(description="What it means, in Chinese.")
    understood_en: str
    notices: list[NoticeOut]
    losses: list[LossOut] = Field(description="What a translation from another dialect could not keep.")


class Answered(Understood):
    count: int = Field(description="How many documents are found, exactly.", examples=[1248])
    families: int = Field(description="How many simple families they belong to.")
    engine: str = Field(description="tantivy or memory; both find the same.")
    behind: int = Field(description="Documents that the index does not hold as they are; 0: it is up to date.")
    as_of: str = Field(description="The newest publication date in the collection.")
    ms: float = Field(description="Time of the search.")
    collection: CollectionOut


class PatentOut(Schema):
    number: str = Field(description="Publication number.", examples=["CN104751825B"])
    application: str = Field(examples=["CN201510163325.6"])
    country: str
    kind: str
    type: str = Field(description="invention, utility-model, design, plant, reissue, other; empty: not said.")
    title: str
    title_en: str
    applicants: list[str]
    inventors: list[str]
    filed: date | None
    published: date | None
    granted: date | None
    ipc: str = Field(description="Main symbol.")
    district: str = Field(description="Code of the unit of the district; see /units.")
    state: str = Field(description="in-force, pending, ended or unconfirmed.")
    state_on: date | None
    state_why: str = Field(description="The event that the state rests on, and its source.")
    claims: int
    family: str = Field(description="Name of the simple family.")
    source: str
    page: str = Field(description="The document's page.")


class FacetValue(Schema):
    value: str = Field(description="As the parameter of the facet takes it; - for documents that say nothing.")
    label: str = Field(description="In the language of Accept-Language.")
    count: int


class FacetOut(Schema):
    facet: str
    zh: str
    en: str
    values: list[FacetValue] = Field(description="The most frequent first; of years the latest.")
    distinct: int = Field(
        description="How many values there are in all; more than `values` says: ask with facet_limit."
    )


class Hits(Answered):
    sort: str
    items: list[PatentOut]
    next: str | None = Field(description="Cursor of the next page; null on the last.")
    facets: list[FacetOut]


class ClauseOut(Schema):
    native: str
    zh: str
    en: str
    count: int | None = Field(description="How many documents it finds by itself; null where counts=false.")


class Explained(Understood):
    clauses: list[ClauseOut] = Field(description="The parts that the outermost operator joins.")


class PatentEventOut(Schema):
    on: date | None
    name: str
    code: str
    text: str
    category: str = Field(description="WIPO ST.27 category; empty where it could not be placed.")
    effect: str
    source: str


class CitationOut(Schema):
    number: str = Field(description="The cited document; empty for other literature.")
    text: str
    phase: str
    category: str
    held: str | None = Field(description="The number under which the collection holds it; null where it does not.")


class PatentFull(PatentOut):
    content: dict[str, Any] = Field(
        description="The document as its source gave it, in WIPO ST.9 and ST.96 terms; members at their default are "
        "left out. `rest` counts, by path, what the source holds and this does not."
    )
    version: int = Field(description="How often a source gave it anew.")
    events: list[PatentEventOut] = Field(description="Announced events of its application, the oldest first.")
    publications: list[str] = Field(description="Other publications of the same application.")
    simple_family: list[str]
    extended_family: list[str]
    cites: list[CitationOut]
    cited_by: list[str]


class NumbersIn(Strict):
    numbers: list[str] = Field(
        min_length=1,
        max_length=10_000,
        description="Publication or application numbers in any written form.",
        examples=[["CN104751825B", "ZL 2015 1 0163325.6"]],
    )


class NumberFound(PatentOut):
    asked: str = Field(description="The number as it was given.")


class NumbersOut(Schema):
    asked: int = Field(description="How many different numbers were given.")
    found: list[NumberFound]
    missing: list[str] = Field(description="Numbers that the collection does not hold, as given.")
    collection: CollectionOut
