"""What is wrong with an expression, said at start: paths that nothing answers, words in the wrong place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any as Anything
from typing import Protocol

from jinzhi.kernel.expression import words as w
from jinzhi.kernel.expression.functions import find_function


class Schema(Protocol):
    """The paths that a record declares, to the last segment."""

    def knows(self, path: str) -> bool:
        """Whether something stands at a path."""

    def inside(self, over: str) -> Schema | None:
        """The paths of the elements of a list, or of the records of a source; None where it is neither."""


class InsideSchema:
    """The paths inside an element: its own, and ``up.…`` those one scope out."""

    def __init__(self, element: Schema, outer: Schema):
        self._element, self._outer = element, outer

    def knows(self, path: str) -> bool:
        return self._outer.knows(path[3:]) if path.startswith("up.") else self._element.knows(path)

    def inside(self, over: str) -> Schema | None:
        return self._outer.inside(over[3:]) if over.startswith("up.") else self._element.inside(over)


def paths_of(node: object) -> frozenset[str]:
    """Every path that an expression reads of its own record: from inside a list, those that lead out (``up.``)."""
    return frozenset(_paths(node))


def _paths(node: object) -> Iterator[str]:
    if isinstance(node, w.F):
        yield node.path
    elif isinstance(node, (w.Some, w.Every, w.Frozen)):
        yield node.over if not isinstance(node, w.Frozen) else node.source
        inner = node.where if node.where is not None else ()
        yield from (path[3:] for path in _paths(inner) if path.startswith("up."))
    else:
        for part in w.inner(node):
            yield from _paths(part)


def problems_of(node: Anything, schema: Schema) -> Iterator[str]:
    """What is wrong with an expression or a condition where this schema says which paths there are."""
    match node:
        case w.F():
            if not schema.knows(node.path):
                yield f"nothing stands at {node.path!r}"
        case w.Some() | w.Every() | w.Frozen():
            yield from _inside(node, schema)
        case w.Fn():
            yield from _function(node)
        case w.Latest():
            yield from ("Latest takes paths: F(…)" for part in node.parts if not isinstance(part, w.F))
        case w.Choose():
            yield from ("Choose takes pairs (condition, value)" for pair in node.branches if len(pair) != 2)
    if isinstance(node, (w.Some, w.Every, w.Frozen)):
        return
    for part in w.inner(node):
        yield from problems_of(part, schema)


def _inside(node: w.Some | w.Every | w.Frozen, schema: Schema) -> Iterator[str]:
    over = node.source if isinstance(node, w.Frozen) else node.over
    inner = schema.inside(over)
    if inner is None:
        yield f"{over!r} is no list and no source"
    elif node.where is not None:
        yield from problems_of(node.where, InsideSchema(inner, schema))


def _function(fn: w.Fn) -> Iterator[str]:
    function = find_function(fn.name)
    if function is None:
        yield f"no function is called {fn.name!r}"
        return
    for name in sorted(function.arguments.keys() ^ fn.arguments.keys()):
        yield f"{fn.name} {'lacks' if name in function.arguments else 'takes no'} {name!r}"
    for name, argument in fn.arguments.items():
        wanted = function.arguments.get(name)
        literal = isinstance(argument, w.Literal) and argument is not None
        if wanted and literal and not isinstance(argument, wanted):
            yield f"{fn.name}: {name} is {argument!r}, which is of another type"
