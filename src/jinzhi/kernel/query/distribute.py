"""Proximity as engines evaluate it: every AND inside an operand drawn out."""

from __future__ import annotations

from dataclasses import replace

from jinzhi.kernel.query.fields import Kind, get_field
from jinzhi.kernel.query.limits import MAX_BRANCHES, QueryError, TooWide
from jinzhi.kernel.query.nodes import (
    And,
    Freq,
    History,
    Ids,
    Node,
    Or,
    Prox,
    QueryNot,
    QueryTerm,
    Range,
    Saved,
    Semantic,
    Xor,
    all_of,
    any_of,
    one_of,
    stored_fields,
)


def distributed(node: Node) -> Node:
    """The tree with every AND inside an operand of proximity drawn out: (a AND b) (5W) c = a (5W) c AND b (5W) c.

    This is the form engines evaluate. Raises QueryError for what cannot stand in an operand (NOT, XOR, dates, counts,
    classes, history …) and TooWide where drawing out would make too many branches.
    """
    match node:
        case And():
            return all_of([distributed(item) for item in node.items], node.at)
        case Or():
            return any_of([distributed(item) for item in node.items], node.at)
        case Xor():
            return one_of([distributed(item) for item in node.items], node.at)
        case QueryNot():
            return replace(node, inner=distributed(node.inner))
        case Prox() | Freq():
            return all_of(_alternatives(node), node.at)
        case _:
            return node


def _alternatives(node: Node) -> list[Node]:
    """The branches of an operand that must all be found, each free of And."""
    match node:
        case QueryTerm():
            if not all(get_field(code).kind in (Kind.TEXT, Kind.NAME) for code in stored_fields(node)):
                raise _no_operand(node, "号码、分类、日期、次数等字段", "a number, class, date, key or count")
            return [node]
        case And():
            return _bounded([one for item in node.items for one in _alternatives(item)], node.at)
        case Or():
            branches = [_alternatives(item) for item in node.items]
            if all(len(branch) == 1 for branch in branches):
                return [any_of([branch[0] for branch in branches], node.at)]
            # (a AND b) OR c, as one operand: (a OR c) AND (b OR c)
            chosen: list[list[Node]] = [[]]
            for branch in branches:
                _bounded_count(len(chosen) * len(branch), node.at)
                chosen = [[*one, other] for one in chosen for other in branch]
            return [any_of(one, node.at) for one in chosen]
        case Prox():
            lefts, rights = _alternatives(node.left), _alternatives(node.right)
            _bounded_count(len(lefts) * len(rights), node.at)
            return [replace(node, left=left, right=right) for left in lefts for right in rights]
        case Freq():
            return [replace(node, inner=inner) for inner in _alternatives(node.inner)]
        case QueryNot():
            raise _no_operand(node, "NOT", "NOT", "；请把 NOT 移到位置算符之外，或用 NOT (nW) 等否定位置算符")
        case Xor():
            raise _no_operand(node, "XOR", "XOR")
        case Range():
            raise _no_operand(node, "范围", "a range")
        case History() | Saved():
            raise _no_operand(node, "历史或已存检索", "a query of history or a saved one")
        case Semantic():
            raise _no_operand(node, "语义检索", "a semantic search")
        case Ids():
            raise _no_operand(node, "标引、专题或备注", "a tag, topic or note")


def _bounded(branches: list[Node], at: int) -> list[Node]:
    _bounded_count(len(branches), at)
    return branches


def _bounded_count(count: int, at: int) -> None:
    if count > MAX_BRANCHES:
        raise TooWide("位置算符内的 AND 展开后的分支", "branches of AND inside proximity", count, MAX_BRANCHES, at)


def _no_operand(node: Node, zh: str, en: str, way: str = "") -> QueryError:
    return QueryError(
        f"位置算符和词频算符两边只能是文本字段的词，不能是{zh}{way}",
        f"proximity and frequency take words of text fields, not {en}"
        + ("; move NOT outside, or use NOT (nW)" if isinstance(node, QueryNot) else ""),
        node.at,
    )
