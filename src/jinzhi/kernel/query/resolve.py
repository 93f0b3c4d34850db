"""History, saved queries and fields that no engine holds, put into the tree that refers to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol, runtime_checkable

from jinzhi.kernel.query.limits import MAX_LEAVES, MAX_REFERENCES, QueryError, TooWide
from jinzhi.kernel.query.nodes import (
    And,
    Freq,
    History,
    Ids,
    Node,
    Or,
    Prox,
    Query,
    QueryNot,
    QueryTerm,
    Saved,
    Xor,
    all_of,
    any_of,
    leaves,
    one_of,
    stored_fields,
)


class Resolver(Protocol):
    """What a query may refer to."""

    def history(self, number: int) -> Query | None:
        """The query of that number in the searcher's history."""

    def saved(self, name: str) -> Query | None:
        """The query saved under that name, as far as the searcher may see it."""


@runtime_checkable
class Keeper(Resolver, Protocol):
    """A resolver that also answers for fields that no engine holds, since what they hold differs by who asks.

    ``kept`` gives for a leaf of one such field, or proximity within them, a tree that stands for it: ``Ids``, or a
    tree with references of its own. It raises QueryError where the field cannot be asked.
    """

    @property
    def fields(self) -> frozenset[str]:
        """The stored fields it answers for."""

    def kept(self, node: QueryTerm | Prox | Freq) -> Node:
        """What stands for the node."""


def resolved(node: Node, resolver: Resolver | None) -> Node:
    """The tree with history and saved queries put in. Raises QueryError for what is not there or holds itself.

    A query that refers to queries that refer to queries … may grow without end: TooWide past ``MAX_LEAVES`` leaves.
    """
    return _Resolving(resolver).put_in(node, ())


class _Circle(QueryError):
    """A query that refers to itself; the message names the whole circle."""


class _Resolving:
    """One walk over a tree, counting the leaves it makes."""

    def __init__(self, resolver: Resolver | None):
        self.resolver = resolver
        self.fields = resolver.fields if isinstance(resolver, Keeper) else frozenset()
        self.made = 0

    def put_in(self, node: Node, seen: tuple[str, ...]) -> Node:
        match node:
            case History() | Saved():
                return self._referred(node, seen)
            case QueryTerm() | Prox() | Freq() if self.fields and self.fields & _sought(node):
                return self._kept(node, seen)
            case And():
                return all_of([self.put_in(item, seen) for item in node.items], node.at)
            case Or():
                return any_of([self.put_in(item, seen) for item in node.items], node.at)
            case Xor():
                return one_of([self.put_in(item, seen) for item in node.items], node.at)
            case QueryNot():
                return replace(node, inner=self.put_in(node.inner, seen))
            case Freq():
                return replace(node, inner=self.put_in(node.inner, seen))
            case Prox():
                return replace(node, left=self.put_in(node.left, seen), right=self.put_in(node.right, seen))
            case _:
                self.made += 1
                if self.made > MAX_LEAVES:
                    raise TooWide("引用展开后的检索词", "words after references", self.made, MAX_LEAVES, node.at)
                return node

    def _referred(self, node: History | Saved, seen: tuple[str, ...]) -> Node:
        name = f"#{node.number}" if isinstance(node, History) else f"##{node.name}"
        self._enter(name, node, seen)
        found = None
        if self.resolver is not None:
            try:
                found = (
                    self.resolver.history(node.number) if isinstance(node, History) else self.resolver.saved(node.name)
                )
            except QueryError as error:
                raise _moved(error, name, node, inside=error.at is not None) from None
        if found is None:
            what = ("检索历史", "history") if isinstance(node, History) else ("已存检索", "the saved queries")
            raise QueryError(
                f"{what[0]}里没有 {name}", f"there is no {name} in {what[1]}", node.at, node.at + len(name)
            )
        return self._inside(found.root, name, node, seen)

    def _enter(self, name: str, node: Node, seen: tuple[str, ...]) -> None:
        if name in seen:
            circle = " → ".join([*seen, name])
            raise _Circle(f"{name} 引用了自身：{circle}", f"{name} refers to itself: {circle}", node.at)
        if len(seen) >= MAX_REFERENCES:
            raise TooWide("引用的层数", "levels of references", len(seen) + 1, MAX_REFERENCES, node.at)

    def _inside(self, root: Node, name: str, node: Node, seen: tuple[str, ...]) -> Node:
        """What a reference stands for. Its places are those of the reference: its own text is not before the reader."""
        try:
            return _placed(self.put_in(root, (*seen, name)), node.at)
        except QueryError as error:
            raise _moved(error, name, node, inside=not isinstance(error, _Circle)) from None

    def _kept(self, node: QueryTerm | Prox | Freq, seen: tuple[str, ...]) -> Node:
        """A node in fields that the resolver answers for; a word in others too is sought in each by itself."""
        keeper = self.resolver
        assert isinstance(keeper, Keeper)
        if not isinstance(node, QueryTerm):
            if _sought(node) <= self.fields:
                return self._stands_for(keeper.kept(node), "", node, seen)
            raise QueryError(
                "位置算式和词频算式里不能既有标引、专题、备注，又有其他字段：请分开写，用 AND 或 OR 连接",
                "proximity cannot mix tags, topics and notes with other fields: write them apart, joined by AND or OR",
                node.at,
            )
        parts: list[Node] = []
        for code in (code for code in node.fields if code in self.fields):
            alone = replace(node, fields=(code,))
            name = f"{code}={node.text}"
            self._enter(name, node, seen)
            parts.append(self._stands_for(keeper.kept(alone), name, alone, seen))
        others = tuple(code for code in node.fields if code not in self.fields)
        if others:
            parts.append(self.put_in(replace(node, fields=others), seen))
        return any_of(parts, node.at)

    def _stands_for(self, found: Node, name: str, node: Node, seen: tuple[str, ...]) -> Node:
        return found if isinstance(found, Ids) else self._inside(found, name, node, seen)


def _sought(node: Node) -> frozenset[str]:
    """The stored fields of all words of a node."""
    return frozenset(code for leaf in leaves(node) if isinstance(leaf, QueryTerm) for code in stored_fields(leaf))


def _placed(node: Node, at: int) -> Node:
    """The tree with every place at one place."""
    match node:
        case And() | Or() | Xor():
            return replace(node, items=tuple(_placed(item, at) for item in node.items), at=at)
        case QueryNot() | Freq():
            return replace(node, inner=_placed(node.inner, at), at=at)
        case Prox():
            return replace(node, left=_placed(node.left, at), right=_placed(node.right, at), at=at)
        case _:
            return replace(node, at=at)


def _moved(error: QueryError, name: str, node: Node, inside: bool) -> QueryError:
    """An error of a query referred to, told at the reference to it."""
    error.at, error.end = node.at, node.at + max(1, len(name))
    if inside:
        error.zh, error.en = f"{name} 之内：{error.zh}", f"within {name}: {error.en}"
    error.args = (error.say("zh"),)
    return error
