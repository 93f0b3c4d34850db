"""Patents: asked in the language of the search box, with the same words as ``jinzhi search``.

Patents are public: whoever may read the pages finds all of them. A query that cannot be understood is a problem with
its ``position``. Paging goes on after the last document seen, to any depth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from time import perf_counter
from typing import Annotated, Any

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Body, Query, Router

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.patents.models import Citation, Document
from jinzhi.apps.patents.search.asking import Desk
from jinzhi.apps.patents.search.facets import FACET, Facet, chosen_of
from jinzhi.apps.patents.search.facets import written as written_value
from jinzhi.apps.patents.search.index import subgroups
from jinzhi.apps.patents.search.library import library
from jinzhi.apps.patents.search.orders import ORDERS, RELEVANCE, is_order
from jinzhi.apps.patents.search.result import Search
from jinzhi.apps.patents.store import queries
from jinzhi.engines.query_language.dialects import DIALECTS, Translation, translate
from jinzhi.engines.query_language.echo import Echo, echo
from jinzhi.engines.query_language.parse import parse
from jinzhi.engines.search_index.store import Array
from jinzhi.kernel import query as language
from jinzhi.kernel.canonical import canonical
from jinzhi.web.api.caller import caller, only
from jinzhi.web.api.paging import Cursor, Limit, read, written
from jinzhi.web.api.patent_shapes import Answered, Explained, Hits, NumbersIn, NumbersOut, PatentFull
from jinzhi.web.api.plain import plain
from jinzhi.web.patents.words import FacetWords
from jinzhi.web.shell.problems import Wrong, invalid, missing

router = Router(tags=["patents"], by_alias=True)
READ = {"x-scope": "plan.read"}
#: the whole collection, where no query is given
EVERYTHING = ("全部文献", "all documents")
#: what narrows a search beside the words: each facet, each left out, each asked for beside others
CONDITIONS = tuple(name for key in FACET for name in (key, f"not_{key}", f"also_{key}"))

QueryText = Annotated[
    str,
    Query(
        "",
        description="The query; empty: all documents. What every sign and field means stands on the page "
        "/patents/fields/.",
        examples=["ti=(隔膜 OR 隔离膜) AND ipc=H01M50", "涂覆 (5D) 陶瓷", "pa=大学 AND pd=[2024 TO 2026]"],
    ),
]
Tongue = Annotated[
    str,
    Query(
        "",
        description=f"The system in whose language `q` is: {', '.join(DIALECTS)}. Empty: the native one. What the "
        "translation does not keep stands in `losses`.",
    ),
]
Sort = Annotated[
    str,
    Query(
        "",
        description=f"relevance (only where the engine ranks) or one of {', '.join(ORDERS)}; a minus before it sorts "
        "downward. Empty: relevance where a query is given and the engine ranks, else -pd.",
        examples=["-pd"],
    ),
]
Parts = Annotated[
    str,
    Query("", description=f"Facets over all hits, parted by commas: {', '.join(FACET)}.", examples=["typ,year"]),
]
Most = Annotated[int, Query(10, ge=1, le=1000, description="How many values of each facet.")]
NARROWED = (
    "Every facet narrows the search: " + ", ".join(f"`{key}`" for key in FACET) + ", repeated for alternatives, "
    "`-` for documents that say nothing; `not_` before its name leaves out, `also_` asks for it beside the others."
)


@dataclass(frozen=True)
class ReadQuery:
    """A query as read: its text and dialect, its translation, its tree and its echo (None: the whole collection)."""

    text: str
    dialect: str
    translation: Translation | None
    query: language.Query | None
    echo: Echo | None

    def as_dict(self) -> dict[str, Any]:
        zh, en = (self.echo.zh, self.echo.en) if self.echo else EVERYTHING
        return {
            "query": self.text,
            "dialect": self.dialect,
            "native": self.echo.native if self.echo else "",
            "understood": zh,
            "understood_en": en,
            "notices": [_members(n, "kind", "zh", "en", "at") for n in (self.echo.notices if self.echo else ())],
            "losses": [
                _members(one, "at", "sign", "zh", "en") for one in (self.translation.losses if self.translation else ())
            ],
        }


def _members(thing: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


def read_query(q: str, dialect: str) -> ReadQuery:
    """Read a query. Raises QueryError with the place, or a 422 for a dialect that nobody speaks."""
    text = q.strip()
    if dialect and dialect not in DIALECTS:
        known = "、".join(DIALECTS)
        raise invalid(Wrong("dialect", f"应为 {known} 之一，或不写", f"must be one of {', '.join(DIALECTS)}, or empty"))
    if not text:
        return ReadQuery(q, dialect, None, None, None)
    translation = translate(q, dialect) if dialect else None
    query = parse(translation.native if translation else q)
    return ReadQuery(q, dialect, translation, query, echo(query, subgroups))


def searched(request: HttpRequest, asked: ReadQuery, sort: str = "") -> Search:
    """The search with the conditions of the address. Raises QueryError, and NoIndex where there is no index."""
    if sort == RELEVANCE and (asked.query is None or not library().ranks):
        known = ", ".join(ORDERS)
        raise invalid(
            Wrong("sort", f"此处不能按相关度排序；可用 {known}", f"cannot be relevance here; there are {known}")
        )
    if sort and sort != RELEVANCE and not is_order(sort):
        known = ", ".join(ORDERS)
        raise invalid(Wrong("sort", f"应为 {known}，前加 - 为倒序", f"must be one of {known}, with - downward"))
    return Search(asked.query, chosen_of(request.GET), sort, desk=desk_of(request))


def desk_of(request: HttpRequest) -> Desk:
    """In whose name history, saved queries, tags, topics and notes are read."""
    who: Acting = request.auth  # type: ignore[attr-defined]
    return Desk(who)


def answered(asked: ReadQuery, search: Search, began: float) -> dict[str, Any]:
    """What every answer says beside the documents."""
    collection = queries.collection()
    return {
        **asked.as_dict(),
        "count": search.total,
        "families": search.families,
        "engine": search.library.engine.name,
        "behind": search.library.behind,
        "as_of": str(collection["as_of"] or ""),
        "ms": round((perf_counter() - began) * 1000, 2),
        "collection": collection,
    }


def shown(row: Document) -> dict[str, Any]:
    """A document as lists have it."""
    names = ("number", "application", "country", "kind", "type", "title", "title_en", "filed", "published", "granted",
             "ipc", "district", "state", "state_on", "state_why", "claims", "source")  # fmt: skip
    return {
        **_members(row, *names),
        "applicants": [name for name in row.applicants.split("；") if name],
        "inventors": [name for name in row.inventors.split("；") if name],
        "family": row.simple,
        "page": reverse("patent", args=[row.number]),
    }


def kept(request: HttpRequest, response: HttpResponse, value: object) -> bool:
    """Put the entity tag of what an answer is made of; whether the caller has that answer already."""
    tag = f'"{sha256(canonical(value).encode()).hexdigest()[:32]}"'
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Accept-Language, Authorization, Cookie"
    known = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    return tag in known or "*" in known


def unchanged(response: HttpResponse) -> HttpResponse:
    """304 with the same tag."""
    answer = HttpResponse(status=304)
    for name in ("ETag", "Cache-Control", "Vary"):
        answer[name] = response[name]
    return answer


def version_of(request: HttpRequest, search: Search) -> list[str]:
    """What an answer to a search depends on: its address, its language, the collection, the index, what was found.

    The last for queries that refer to what somebody wrote, which may change while the collection does not.
    """
    ids = sha256(search.ids.tobytes()).hexdigest()
    return [request.get_full_path(), request.headers.get("Accept-Language", ""), *map(str, search.library.stamp), ids]


# --- searching ------------------------------------------------------------------------------------------------


@router.get(
    "/patents",
    response={200: Hits, 304: None},
    summary="Search the collection",
    description=f"Every document that the query finds, page by page, with exact counts. {NARROWED}",
    openapi_extra=READ,
)
def search_patents(
    request: HttpRequest,
    response: HttpResponse,
    q: QueryText,
    limit: Limit,
    cursor: Cursor,
    sort: Sort,
    facets: Parts,
    facet_limit: Most,
    dialect: Tongue,
) -> Any:
    caller(request, "plan.read")
    only(request, "q", "limit", "cursor", "sort", "facets", "facet_limit", "dialect", *CONDITIONS)
    wanted = facets_of(facets)
    began = perf_counter()
    asked = read_query(q, dialect)
    search = searched(request, asked, sort)
    if kept(request, response, version_of(request, search)):
        return unchanged(response)
    first = place_after(search.ids, cursor)
    here = search.ids_at(first, limit)
    return {
        **answered(asked, search, began),
        "sort": search.sort,
        "items": [shown(row) for row in queries.by_ids(here)],
        "next": written(here[-1]) if first + limit < search.total else None,
        "facets": [facet_shown(search, facet, facet_limit) for facet in wanted],
    }


def place_after(ids: Array, cursor: str) -> int:
    """Where the page begins: after the last document that was seen, wherever it now stands."""
    last = read(cursor)
    if not last:
        return 0
    places = np.flatnonzero(ids == last)
    if not len(places):
        raise invalid(
            Wrong(
                "cursor",
                "结果已变化，上一页最后一件已不在其中，请从第一页重新读取",
                "the result has changed and lacks the last document of the page before: begin again",
            )
        )
    return int(places[0]) + 1


def facets_of(text: str) -> list[Facet]:
    """The facets asked for; an unknown one is named."""
    names = [name for name in (part.strip() for part in text.split(",")) if name]
    if unknown := [name for name in names if name not in FACET]:
        said = "、".join(unknown)
        known = ", ".join(FACET)
        raise invalid(Wrong("facets", f"没有 {said}；可用 {known}", f"{', '.join(unknown)}: there are {known}"))
    return [FACET[name] for name in dict.fromkeys(names)]


def facet_shown(search: Search, facet: Facet, most: int) -> dict[str, Any]:
    """A facet over all hits."""
    values = search.values(facet, FacetWords())
    return {
        "facet": facet.key,
        "zh": facet.zh,
        "en": facet.en,
        "values": [{"value": written_value(v.value), "label": v.label, "count": v.count} for v in values[:most]],
        "distinct": len(values),
    }


@router.get(
    "/patents/count",
    response={200: Answered, 304: None},
    summary="How many documents a query finds",
    description=f"Exact, whatever the number. {NARROWED}",
    openapi_extra=READ,
)
def count_patents(request: HttpRequest, response: HttpResponse, q: QueryText, dialect: Tongue) -> Any:
    caller(request, "plan.read")
    only(request, "q", "dialect", *CONDITIONS)
    began = perf_counter()
    asked = read_query(q, dialect)
    search = searched(request, asked)
    if kept(request, response, version_of(request, search)):
        return unchanged(response)
    return answered(asked, search, began)


@router.get(
    "/patents/explain",
    response=Explained,
    summary="What a query means",
    description="The query in words with precedence made plain, its canonical writing, notices, and the hits of each "
    "of its parts. With `dialect` it is translated first.",
    openapi_extra=READ,
)
def explain_query(
    request: HttpRequest,
    q: QueryText,
    dialect: Tongue,
    counts: Annotated[bool, Query(True, description="Whether to search each part.")],
) -> dict[str, Any]:
    caller(request, "plan.read")
    only(request, "q", "dialect", "counts")
    asked = read_query(q, dialect)
    count: Callable[[language.Node], int | None] = lambda node: None  # noqa: E731 - one of two ways to count
    if counts and asked.query is not None:
        search = Search(asked.query, desk=desk_of(request))
        count = lambda node: search.count(node, ())  # noqa: E731
    clauses = asked.echo.clauses if asked.echo else ()
    return {
        **asked.as_dict(),
        "clauses": [{**_members(c, "native", "zh", "en"), "count": count(c.node)} for c in clauses],
    }


@router.post(
    "/patents/numbers",
    response=NumbersOut,
    summary="The documents of many numbers",
    description="At most 10,000 numbers in any written form; those that the collection does not hold are listed. "
    "Reads only: a POST because so many numbers are no address.",
    openapi_extra=READ,
)
def find_numbers(request: HttpRequest, body: Annotated[NumbersIn, Body(...)]) -> dict[str, Any]:
    caller(request, "plan.read")
    only(request)
    numbers = list(dict.fromkeys(number.strip() for number in body.numbers))
    empty = [
        Wrong(f"numbers.{n}", "号码是空的", "is empty") for n, number in enumerate(body.numbers) if not number.strip()
    ]
    if empty:
        raise invalid(*empty[:20])
    found = queries.find_all(numbers)
    return {
        "asked": len(numbers),
        "found": [{"asked": number, **shown(row)} for number in numbers if (row := found[number]) is not None],
        "missing": [number for number in numbers if found[number] is None],
        "collection": queries.collection(),
    }


# --- one document ---------------------------------------------------------------------------------------------


@router.get(
    "/patents/{number}",
    response={200: PatentFull, 304: None},
    summary="A document, by any written form of its number",
    description="Without a kind code the last publication. What its source gave, its events, family and citations "
    "both ways.",
    openapi_extra=READ,
)
def get_patent(request: HttpRequest, response: HttpResponse, number: str) -> Any:
    caller(request, "plan.read")
    only(request)
    row = queries.find(number)
    if row is None:
        raise missing(f"库中没有号码为“{number}”的专利文献", f"the collection holds no document {number!r}")
    said = full(row)
    if kept(request, response, plain(said)):
        return unchanged(response)
    return said


def full(row: Document) -> dict[str, Any]:
    """A document with everything around it."""
    cited = queries.cites(row)
    return {
        **shown(row),
        "content": row.content.to_data(),
        "version": row.version,
        "events": [
            _members(e, "on", "name", "code", "text", "category", "effect", "source") for e in queries.events(row)
        ],
        "publications": _numbers(queries.publications(row)),
        "simple_family": _numbers(queries.family(row)),
        "extended_family": _numbers(queries.family(row, extended=True)),
        "cites": [
            {**_citation(c.citation), "held": c.document.number if c.document is not None else None} for c in cited
        ],
        "cited_by": list(dict.fromkeys(c.citing.number for c in queries.cited_by(row))),
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {"number": citation.cited, **_members(citation, "text", "phase", "category")}


def _numbers(rows: Iterable[Document]) -> list[str]:
    return [row.number for row in rows]
