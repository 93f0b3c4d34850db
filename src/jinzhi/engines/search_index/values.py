"""Queries of the inverted index: put together, and those that compare the values of fields."""

from __future__ import annotations

from collections.abc import Sequence

import tantivy
from tantivy import Occur

from jinzhi.engines.search_index.opened import OpenIndex
from jinzhi.engines.search_index.terms import WRITTEN, class_term, shortened
from jinzhi.engines.search_memory import QueryPlan, below, bounds, key_text
from jinzhi.kernel.query import (
    WILDCARDS,
    Kind,
    QueryTerm,
    Range,
    class_begins,
    class_symbol,
    get_field,
    plain_number,
    wildcard_test,
)


def every(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    """All of some queries."""
    return queries[0] if len(queries) == 1 else tantivy.Query.boolean_query([(Occur.Must, one) for one in queries])


def either(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    """Any of some queries."""
    if not queries:
        return tantivy.Query.empty_query()
    return queries[0] if len(queries) == 1 else tantivy.Query.boolean_query([(Occur.Should, one) for one in queries])


def without(query: tantivy.Query) -> tantivy.Query:
    """Everything that a query does not find."""
    # Must(all): a query of MustNot alone finds nothing
    return tantivy.Query.boolean_query([(Occur.Must, tantivy.Query.all_query()), (Occur.MustNot, query)])


class ValueQueries:
    """For the leaves of a query that compare values: queries that find just these documents."""

    def __init__(self, engine: OpenIndex, plan: QueryPlan):
        self.engine, self.plan = engine, plan
        self._schema = engine.schema

    def of(self, leaf: QueryTerm | Range) -> list[tantivy.Query]:
        """Exact queries for the fields of a leaf that compare values."""
        return [self._query(leaf, code, stored) for code, stored in self.plan.value_fields(leaf)]

    def _query(self, leaf: QueryTerm | Range, code: str, stored: str) -> tantivy.Query:
        kinds = tantivy.Query
        kind = get_field(stored).kind
        if kind in (Kind.DATE, Kind.COUNT):
            low, high = bounds(leaf, kind)
            if low is not None and high is not None and low > high:
                return kinds.empty_query()
            return kinds.range_query(self._schema, stored, tantivy.FieldType.Integer, low, high)
        assert isinstance(leaf, QueryTerm)
        wild = bool(WILDCARDS & set(leaf.text))
        match kind:
            case Kind.CLASS:
                text = class_symbol(leaf.text)
                asking = get_field(code)
                if not wild and asking.whole:
                    return self._terms(stored, [text])
                if not wild and asking.below and "/" in text:
                    return self._terms(stored, sorted(below(self.plan.context.tree, stored, text, leaf.at)))
                if not wild:
                    term = class_term(text)
                    if term is not None:
                        return kinds.term_query(self._schema, stored, term, index_option="basic")
                    found = [one for one in self.engine.values(stored, text) if class_begins(one, text)]
                    return self._terms(stored, found)
            case Kind.NUMBER:
                text = plain_number(leaf.text) if wild else self.plan.context.numbers.asked(leaf.text, stored)
            case _:
                text = key_text(leaf.text, leaf.as_written)
        mark = WRITTEN if leaf.as_written and kind is Kind.KEY else ""
        if not wild:
            return self._terms(stored, [mark + text])
        test = wildcard_test(text)
        prefix = mark + text[: min(index for index, one in enumerate(text) if one in WILDCARDS)]
        return self._terms(stored, [one for one in self.engine.values(stored, prefix) if test(one.removeprefix(mark))])

    def _terms(self, stored: str, terms: list[str]) -> tantivy.Query:
        if not terms:
            return tantivy.Query.empty_query()
        if len(terms) == 1:
            return tantivy.Query.term_query(self._schema, stored, shortened(terms[0]), index_option="basic")
        return tantivy.Query.term_set_query(self._schema, stored, [shortened(one) for one in terms])
