"""What is wrong with an expression, said at start: paths that nothing answers, words in the wrong place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any as Anything
from typing import Protocol

import jinzhi.kernel.expression.words as w
from jinzhi.kernel.expression.functions import Function, find_function
from jinzhi.kernel.expression.meaning import TODAY, UP

OVER_RECORDS = (w.Some, w.Every, w.Frozen)


class Schema(Protocol):
    """The paths that a record declares, to the last segment."""

    def knows(self, path: str) -> bool:
        """Whether something stands at a path."""

    def inside(self, over: str) -> Schema | None:
        """The paths of the elements of a list, or of the records of a source; None where it is neither."""


class InsideSchema:
    """The paths inside an element: its own, ``up.…`` those one scope out, and the day of judgement."""

    def __init__(self, element: Schema, outer: Schema):
        self._element, self._outer = element, outer

    def knows(self, path: str) -> bool:
        if path == TODAY:
            return self._outer.knows(path)
        return self._outer.knows(path[len(UP) :]) if path.startswith(UP) else self._element.knows(path)

    def inside(self, over: str) -> Schema | None:
        return self._outer.inside(over[len(UP) :]) if over.startswith(UP) else self._element.inside(over)


def paths_of(node: object) -> frozenset[str]:
    """Every path that an expression reads of its own record: from inside a list, those that lead out (``up.``)."""
    return frozenset(_paths(node))


def _paths(node: object) -> Iterator[str]:
    if isinstance(node, w.F):
        yield node.path
    elif isinstance(node, OVER_RECORDS):
        yield over_of(node)
        inner = _paths(node.where) if node.where is not None else ()
        yield from (
            path if path == TODAY else path[len(UP) :] for path in inner if path == TODAY or path.startswith(UP)
        )
    else:
        for part in w.inner(node):
            yield from _paths(part)


def over_of(node: w.Some | w.Every | w.Frozen) -> str:
    """The list or source that a word goes over."""
    return node.source if isinstance(node, w.Frozen) else node.over


def functions_of(node: object) -> tuple[Function, ...]:
    """Every function of the registry that an expression calls, once, by name: their versions are kept with a value.

    Where a case is folded, none of them may read sources.
    """
    found = {function.name: function for name in _called(node) if (function := find_function(name))}
    return tuple(found[name] for name in sorted(found))


def _called(node: object) -> Iterator[str]:
    if isinstance(node, w.Fn):
        yield node.name
    for part in (node.where,) if isinstance(node, OVER_RECORDS) else w.inner(node):
        yield from _called(part)


def problems_of(node: Anything, schema: Schema) -> Iterator[str]:
    """What is wrong with an expression or a condition where this schema says which paths there are."""
    yield from _own_problems(node, schema)
    if not isinstance(node, OVER_RECORDS):
        for part in w.inner(node):
            yield from problems_of(part, schema)


def condition_problems(node: Anything, schema: Schema) -> Iterator[str]:
    """What is wrong with what has to be a condition."""
    yield from _no_condition(node)
    yield from problems_of(node, schema)


def _own_problems(node: Anything, schema: Schema) -> Iterator[str]:
    """What is wrong with a word itself, its parts apart."""
    match node:
        case float():
            yield f"{node!r} is not exact: write a Decimal"
        case w.F():
            if not schema.knows(node.path):
                yield f"nothing stands at {node.path!r}"
        case w.Some() | w.Every() | w.Frozen():
            yield from _inside(node, schema)
        case w.Fn():
            yield from _function(node)
        case w.OneOf(_, values) if not isinstance(values, (tuple, list, frozenset)):
            yield f"OneOf takes several values in brackets, not {values!r}; of a list write Contains(list, value)"
        case w.Latest(parts):
            yield from ("Latest takes paths: F(…)" for part in parts if not isinstance(part, w.F))
        case w.Choose(branches):
            yield from ("Choose takes pairs (condition, value)" for pair in branches if len(pair) != 2)
            for pair in branches:
                yield from _no_condition(pair[0])
        case w.All(parts) | w.Any(parts):
            for part in parts:
                yield from _no_condition(part)
        case w.Not(inner):
            yield from _no_condition(inner)
    if isinstance(node, w.ARITHMETIC) and not node.parts:
        yield f"{type(node).__name__} of nothing has no value"


def _no_condition(node: object) -> Iterator[str]:
    """What answers neither yes nor no in the place of a condition. A path may be one of yes and no: F("…")."""
    if isinstance(node, str):
        yield f"{node!r} is a path, no condition: write Given({node!r}) or Is({node!r}, …)"
    elif not isinstance(node, (w.Condition, bool, w.F, w.Fn, w.Choose, w.Latest, w.At)):
        yield f"{node!r} is no condition"


def _inside(node: w.Some | w.Every | w.Frozen, schema: Schema) -> Iterator[str]:
    inner = schema.inside(over_of(node))
    if inner is None:
        yield f"{over_of(node)!r} is no list and no source"
    elif node.where is not None:
        yield from condition_problems(node.where, InsideSchema(inner, schema))


def _function(fn: w.Fn) -> Iterator[str]:
    function = find_function(fn.name)
    if function is None:
        yield f"no function is called {fn.name!r}"
        return
    for name in sorted(function.arguments.keys() ^ fn.arguments.keys()):
        yield f"{fn.name} {'lacks' if name in function.arguments else 'takes no'} {name!r}"
    for name, argument in fn.arguments.items():
        literal = isinstance(argument, w.Literal) and argument is not None
        if name in function.arguments and literal and not function.fits(name, argument):
            yield f"{fn.name}: {name} is {argument!r}, which is of another type"
