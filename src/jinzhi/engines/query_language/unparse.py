"""A query as canonical native text: reading it again gives the same query, without any warning about brackets."""

from __future__ import annotations

import re

from jinzhi.engines.query_language.grammar import ONE_WORD, SIGNS
from jinzhi.kernel.query import (
    And,
    Freq,
    History,
    Ids,
    Near,
    Node,
    Or,
    Prox,
    Query,
    QueryNot,
    QueryTerm,
    Range,
    Saved,
    Semantic,
    Xor,
    leaves,
)

SAVED_NAME = re.compile(r"[^\s()\[\]{}\"=<>:,;“”„「」『』、　\uff01-\uff5e]+\Z")


def unparse(query: Query | Node) -> str:
    """The native text of a query or of one node."""
    return _open(query.root if isinstance(query, Query) else query, ())


def _shared(node: Node) -> tuple[str, ...]:
    """The fields that all leaves of a group share and that can stand before its bracket; none where there are none."""
    found = set()
    count = 0
    for leaf in leaves(node):
        if isinstance(leaf, (QueryTerm, Range)):
            found.add((leaf.fields, leaf.op if isinstance(leaf, QueryTerm) else "="))
            count += 1
    if count > 1 and len(found) == 1:
        fields, op = next(iter(found))
        return fields if op == "=" else ()
    return ()


def _open(node: Node, scope: tuple[str, ...]) -> str:
    """The text of a node where nothing around it binds tighter."""
    if isinstance(node, (And, Or, Xor)):
        shared = _shared(node)
        if shared and shared != scope:
            return f"{','.join(shared)}=({_group(node, shared)})"
        return _group(node, scope)
    if isinstance(node, QueryNot):
        return f"NOT {_closed(node.inner, scope, prox=True)}"
    return _closed(node, scope, prox=True)


def _group(node: And | Or | Xor, scope: tuple[str, ...]) -> str:
    if not isinstance(node, And):
        return (" OR " if isinstance(node, Or) else " XOR ").join(
            _closed(item, scope, prox=True) for item in node.items
        )
    text = ""
    for item in node.items:
        if isinstance(item, QueryNot):
            text += f" NOT {_closed(item.inner, scope, prox=True)}"
        else:
            text += f" AND {_closed(item, scope, prox=True)}" if text else _closed(item, scope, prox=True)
    return text.strip()


def _closed(node: Node, scope: tuple[str, ...], prox: bool = False) -> str:
    """The text of a node that may stand beside an operator; ``prox``: a chain of proximity needs no brackets."""
    match node:
        case QueryTerm() | Range():
            return _leaf(node, scope)
        case History():
            return f"#{node.number}"
        case Saved():
            return f"##{node.name}" if SAVED_NAME.match(node.name) else f'##"{_quotable(node.name)}"'
        case Semantic():
            return f'~{"" if node.top is None else node.top}"{_quotable(node.text)}"'
        case Ids():
            return _closed(node.asked, scope, prox)
        case Freq():
            return f"{_closed(node.inner, scope)} $FREQ{node.least}"
        case Prox():
            shared = _shared(node)
            if shared and shared != scope:
                return f"{','.join(shared)}=({_chain(node, shared)})"
            return _chain(node, scope) if prox else f"({_chain(node, scope)})"
        case _:
            text = _open(node, scope)
            shared = _shared(node)
            return text if not isinstance(node, QueryNot) and shared and shared != scope else f"({text})"


def _chain(node: Prox, scope: tuple[str, ...]) -> str:
    left = _closed(node.left, scope, prox=True)
    return f"{left} {near_sign(node)} {_closed(node.right, scope)}"


def near_sign(node: Prox) -> str:
    """The native sign of an operator of proximity."""
    no = "NOT " if node.negated else ""
    match node.near:
        case Near.W | Near.D:
            return f"({no}{node.n or ''}{node.near})"
        case Near.EQU:
            return f"{no}EQU/{node.n}"
        case Near.S | Near.P if node.n:
            return f"{no}{'WITH' if node.near is Near.S else 'SAME'}{node.n}"
        case _:
            return f"({no}{node.near})"


def _leaf(leaf: QueryTerm | Range, scope: tuple[str, ...]) -> str:
    if isinstance(leaf, Range):
        text = f"{'[' if leaf.low_in else '{'}{leaf.low} TO {leaf.high}{']' if leaf.high_in else '}'}"
        op = "="
    else:
        text, op = _value(leaf), leaf.op
    if isinstance(leaf, QueryTerm) and leaf.as_written:
        text += "/asis"
    if leaf.fields == scope and op == "=":
        return text
    return f"{','.join(leaf.fields)}{op}{text}"


def _value(leaf: QueryTerm) -> str:
    if leaf.phrase or not ONE_WORD.match(leaf.text) or leaf.text.translate(SIGNS) != leaf.text:
        return f'"{_quotable(leaf.text)}"' + ("" if leaf.slop is None else f"~{leaf.slop}")
    return leaf.text


def _quotable(text: str) -> str:
    """Quotes cannot stand within quotes, and are no part of what is searched."""
    return re.sub(r"[\"“”„「」『』＂]", " ", text).strip()
