"""What a query finds, in an order and page by page."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

import numpy as np

from jinzhi.engines.search_index.matching import Matches
from jinzhi.engines.search_index.opened import OpenIndex
from jinzhi.engines.search_index.rank import bm25f
from jinzhi.engines.search_index.store import MISSING, Array, beginnings
from jinzhi.engines.search_memory import QueryPlan
from jinzhi.kernel.query import Kind, QueryError, get_field

RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class HitPage:
    """Ids of one page in order, the exact number of all hits, and where the next page begins (None: the last)."""

    ids: tuple[int, ...]
    count: int
    cursor: str | None


class Results(Matches):
    """What a query finds, to be counted, paged and sorted."""

    def __init__(self, engine: OpenIndex, plan: QueryPlan):
        super().__init__(engine, plan)
        self._orders: dict[str, Array] = {}

    def keys(self, sort: str) -> Array:
        """What hits are sorted by, a number for each row; MISSING where a document has no value."""
        if sort not in self._orders:
            self._orders[sort] = self._keys(sort)
        return self._orders[sort]

    def _keys(self, sort: str) -> Array:
        forward = self.engine.forward
        if sort == RELEVANCE:
            return bm25f(self)
        if sort == "number":
            return self.engine.value_ranks[forward.column(self.rows, "number")]
        one = get_field(sort)
        if one.members or one.kind is Kind.TEXT:
            raise QueryError(f"不能按{one.zh}（{one.code}）排序", f"results cannot be sorted by {one.en} ({one.code})")
        if one.kind in (Kind.DATE, Kind.COUNT):
            return forward.column(self.rows, f"{sort}.num")
        owners, values = forward.lists(self.rows, sort)
        keys = np.full(len(self.rows), MISSING, dtype=np.int64)
        # the first value of each row: rows stand in order
        first = beginnings(owners)
        keys[owners[first]] = self.engine.value_ranks[values[first]]
        return keys

    def in_order(self, sort: str = RELEVANCE, descending: bool = True) -> Array:
        """The ids of all hits. Hits that are alike stand by id; those without a value stand last in any direction."""
        ids = self.ids
        return ids[np.lexsort((ids, self._wanted(sort, descending)))]

    def _wanted(self, sort: str, descending: bool) -> Array:
        """What hits are sorted by, ascending."""
        keys = self.keys(sort)
        wanted = -keys.astype(np.float64) if descending else keys.astype(np.float64)
        return np.where(keys == MISSING, np.inf, wanted)

    def page(
        self, sort: str = RELEVANCE, descending: bool = True, limit: int = 20, cursor: str | None = None
    ) -> HitPage:
        """One page. Hits that are alike stand by id; those without a value stand last, whatever the direction."""
        if limit < 1:
            raise ValueError("a page holds one document or more")
        wanted, ids = self._wanted(sort, descending), self.ids
        start = 0
        if cursor is None:
            order = _first(wanted, ids, limit + 1)
        else:
            key, last = _cursor(cursor, sort, descending)
            after = np.flatnonzero((wanted > key) | ((wanted == key) & (ids > last)))
            order = after[_first(wanted[after], ids[after], limit + 1)]
        chosen = order[start : start + limit]
        more = len(order) > limit
        last_key = float(wanted[chosen[-1]]) if more else 0.0
        following = _cursor_text(sort, descending, last_key, int(ids[chosen[-1]])) if more else None
        return HitPage(tuple(ids[chosen].tolist()), self.count, following)


def _first(keys: Array, ids: Array, limit: int) -> Array:
    """The places of the first by key, then id."""
    if len(keys) > 4 * limit:
        bound = np.partition(keys, limit)[limit]
        chosen = np.flatnonzero(keys <= bound)
        return chosen[np.lexsort((ids[chosen], keys[chosen]))][:limit]
    return np.lexsort((ids, keys))[:limit]


def _cursor_text(sort: str, descending: bool, key: float, last: int) -> str:
    held = json.dumps([sort, descending, key.hex(), last]).encode()
    return base64.urlsafe_b64encode(held).decode().rstrip("=")


def _cursor(text: str, sort: str, descending: bool) -> tuple[float, int]:
    wrong = QueryError("翻页标记无效：请从第一页重新检索", "this is no place in the list: begin at the first page")
    try:
        held = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        was, way, key, last = held
        found = float.fromhex(key), int(last)
    except (ValueError, TypeError, AttributeError) as error:
        raise wrong from error
    if (was, way) != (sort, descending):
        raise wrong
    return found
