"""The orders of hits, said once: pages, the API, files, the console and alerts sort by these.

Documents that are alike stand by number; those without a value stand last, whatever the direction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinzhi.apps.patents.search.facets import Traits

#: by key what a document is sorted by; a leading - turns the order round
ORDERS: Mapping[str, Callable[[Traits], Any]] = {
    "pd": lambda doc: doc.published,
    "ad": lambda doc: doc.filed,
    "gd": lambda doc: doc.granted,
    "pn": lambda doc: doc.number,
    "ti": lambda doc: doc.title or None,
    "pa": lambda doc: doc.names[0] if doc.names else None,
    "ipc": lambda doc: doc.symbol or None,
    "nclm": lambda doc: doc.claims or None,
}
NEWEST = "-pd"
#: what fits the query best; only where the engine ranks
RELEVANCE = "relevance"


def is_order(sort: str) -> bool:
    """Whether a text names an order that every engine has."""
    return sort.removeprefix("-") in ORDERS


def in_order(docs: Iterable[Traits], sort: str) -> list[Traits]:
    """Documents sorted: the definition, which ``columns`` is held to."""
    value = ORDERS[sort.removeprefix("-")]
    by_number = sorted(docs, key=lambda doc: doc.number)
    valued = [doc for doc in by_number if value(doc) is not None]
    return [
        *sorted(valued, key=value, reverse=sort.startswith("-")),
        *(doc for doc in by_number if value(doc) is None),
    ]
