"""The definition over many documents: a table says which documents hold a token or value, the definition decides.

The same documents as ``search_memory.search``, sooner: a word is only looked for where all its plain tokens stand, a
value is compared once however many documents have it. For comparisons of engines over tens of thousands of documents;
everything is kept in memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from jinzhi.engines.characters import simplified
from jinzhi.engines.patience import check, each
from jinzhi.engines.search_memory import (
    ALONE,
    QueryContext,
    QueryPlan,
    SearchRecord,
    bounds,
    key_test,
    number_test,
    records,
)
from jinzhi.kernel.query import (
    WILDCARDS,
    And,
    Doc,
    Freq,
    Ids,
    Kind,
    Node,
    Numbers,
    Or,
    Prox,
    Query,
    QueryNot,
    QueryTerm,
    Range,
    Semantic,
    Xor,
    get_field,
    stored_fields,
    text_fields,
)


class Collection:
    """Documents with the table of their tokens and values. ``search`` may be called any number of times."""

    def __init__(self, docs: Iterable[Doc | SearchRecord]):
        self.records = records(docs)
        self.everything = frozenset(range(len(self.records)))
        self._holders: dict[tuple[str, str], set[int]] = {}
        self._with_text: dict[str, set[int]] = {}
        self._values: dict[str, dict[str | int, set[int]]] = {}
        self._numbers: dict[tuple[str, Numbers], dict[str, set[int]]] = {}
        for number, record in enumerate(self.records):
            self._add(number, record)

    def _add(self, number: int, record: SearchRecord) -> None:
        doc = record.doc
        for code in (*doc.text, *doc.keys):
            if get_field(code).kind in (Kind.TEXT, Kind.NAME):
                for token in set(record.folded(code).texts):
                    self._holders.setdefault((code, token), set()).add(number)
                self._with_text.setdefault(code, set()).add(number)
        for code, values in doc.keys.items():
            for value in values:
                self._values.setdefault(code, {}).setdefault(value, set()).add(number)
        for code, count in (*doc.dates.items(), *doc.numbers.items()):
            self._values.setdefault(code, {}).setdefault(count, set()).add(number)

    def search(self, query: Query | Node, context: QueryContext = ALONE) -> list[int]:
        """The ids of the documents that the query finds, in the documents' order. Raises QueryError."""
        plan = QueryPlan(query, context)
        return [self.records[number].doc.id for number in sorted(self._find(plan, plan.root))]

    def _find(self, plan: QueryPlan, node: Node) -> frozenset[int] | set[int]:
        check()
        match node:
            case And():
                return reduce(lambda a, b: a & b, (self._find(plan, item) for item in node.items))
            case Or():
                return reduce(lambda a, b: a | b, (self._find(plan, item) for item in node.items))
            case Xor():
                return reduce(lambda a, b: a ^ b, (self._find(plan, item) for item in node.items))
            case QueryNot():
                return self.everything - self._find(plan, node.inner)
            case Semantic() | Ids():
                return {number for number in self.everything if plan.holds(node, self.records[number])}
            case QueryTerm() | Range():
                return self._leaf(plan, node)
            case _:
                where = self._operand(plan, node)
                return {number for number in each(where) if plan.holds(node, self.records[number])}

    def _leaf(self, plan: QueryPlan, leaf: QueryTerm | Range) -> set[int]:
        found: set[int] = set()
        for code, stored in plan.value_fields(leaf):
            found |= self._by_values(plan, leaf, code, stored)
        if isinstance(leaf, QueryTerm) and text_fields(leaf):
            where = self._operand(plan, leaf) - found
            found |= {number for number in each(where) if plan.holds(leaf, self.records[number])}
        return found

    def _by_values(self, plan: QueryPlan, leaf: QueryTerm | Range, code: str, stored: str) -> set[int]:
        """Documents with a value that the leaf asks for; each value is compared once."""
        kind = get_field(stored).kind
        if kind is Kind.NUMBER:
            assert isinstance(leaf, QueryTerm)
            return self._by_numbers(leaf, stored, plan.context)
        values = self._values.get(stored, {}).items()
        if kind in (Kind.DATE, Kind.COUNT):
            low, high = bounds(leaf, kind)
            chosen = [
                holders
                for value, holders in values
                if (low is None or int(value) >= low) and (high is None or int(value) <= high)
            ]
        else:
            assert isinstance(leaf, QueryTerm)
            test = key_test(leaf, code, stored, plan.context)
            chosen = [holders for value, holders in values if test(str(value))]
        return set().union(*chosen)

    def _by_numbers(self, leaf: QueryTerm, stored: str, context: QueryContext) -> set[int]:
        """Documents with a number that answers to what the leaf asks for; keys are made once."""
        by_key = self._numbers.get((stored, context.numbers))
        if by_key is None:
            by_key = self._numbers[stored, context.numbers] = {}
            for value, holders in self._values.get(stored, {}).items():
                for key in context.numbers.keys(str(value), stored):
                    by_key.setdefault(key, set()).update(holders)
        if not WILDCARDS & set(leaf.text):
            return by_key.get(context.numbers.asked(leaf.text, stored), set())
        test = number_test(leaf, stored, context)
        return {number for key, holders in by_key.items() if test(frozenset((key,))) for number in holders}

    def _operand(self, plan: QueryPlan, node: Node) -> frozenset[int] | set[int]:
        """Documents in which an operand may have spans: a superset."""
        match node:
            case QueryTerm():
                steps = plan.pattern(node).needed
                found: set[int] = set()
                for code in stored_fields(node):
                    if code in self._with_text:
                        held = [self._holders.get((code, simplified(text)), set()) for text in steps]
                        held.sort(key=len)
                        found |= reduce(lambda a, b: a & b, held) if held else self._with_text[code]
                return found
            case Or():
                return reduce(lambda a, b: a | b, (self._operand(plan, item) for item in node.items))
            case Freq():
                return self._operand(plan, node.inner)
            case Prox():
                left = self._operand(plan, node.left)
                return left if node.negated else left & self._operand(plan, node.right)
            case _:
                return self.everything
