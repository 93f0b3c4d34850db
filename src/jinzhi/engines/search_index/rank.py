"""Relevance: BM25F with a class prior, the same numbers whatever the segments of the index.

For a hit d, summed over the words and phrases t of the query that are not denied:

    tf(t, d) = Σ over fields f of  weight(f) · spans of t in f / (1 - B + B · length(f, d) / mean length of f)
    score    = Σ over t of  idf(t) · tf · (K1 + 1) / (K1 + tf)
               + PRIOR · (hits in d's subclass / hits in the commonest)
               + LIKE · (1 - place of d / number) for each text of the query that documents are to be like
    idf(t)   = ln(1 + (N - n + 0.5) / (n + 0.5)),  n: documents that the inverted index gives for t

The fields are weighed before the frequency is damped (Robertson, Zaragoza, Taylor: Simple BM25 extension to multiple
weighted fields, CIKM 2004), so that a word in title and claims is not counted as two finds. The prior lifts hits in
the subclass in which most hits lie. It orders, and hides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from jinzhi.engines.search_index.matching import Matches
from jinzhi.engines.search_index.positions import blocks, term_spans
from jinzhi.engines.search_index.store import Array, beginnings
from jinzhi.kernel.query import And, Freq, Node, Or, Prox, QueryNot, QueryTerm, Semantic, Xor, text_fields

K1, B, PRIOR, LIKE = 1.2, 0.6, 0.5, 8.0
#: of a field not named: 1
WEIGHTS = {"ti": 4.0, "ab": 2.0, "iclm": 2.0, "clm": 1.5, "desc": 0.5, "desc_b": 0.3, "desc_d": 0.3, "desc_e": 0.5}
SUBCLASS = 4


def scored_leaves(node: Node) -> Iterator[QueryTerm]:
    """The words that speak for a document: not those under NOT or on the right of a denied proximity."""
    match node:
        case QueryTerm():
            if text_fields(node):
                yield node
        case And() | Or() | Xor():
            for item in node.items:
                yield from scored_leaves(item)
        case Freq():
            yield from scored_leaves(node.inner)
        case Prox():
            yield from scored_leaves(node.left)
            if not node.negated:
                yield from scored_leaves(node.right)


def bm25f(result: Matches) -> Array:
    """The score of each hit, in the order of the rows."""
    rows = result.rows
    score = np.zeros(len(rows))
    done: set[tuple[object, ...]] = set()
    for leaf in scored_leaves(result.plan.root):
        # AND drawn out of proximity repeats words; each counts once
        key = (leaf.text, leaf.fields, leaf.phrase, leaf.slop, leaf.as_written)
        if key in done or not len(rows):
            continue
        done.add(key)
        weighed = sum((frequency(result, leaf, code) for code in sorted(text_fields(leaf))), np.zeros(len(rows)))
        score += idf(result, leaf) * weighed * (K1 + 1) / (K1 + weighed)
    return np.asarray(score + PRIOR * class_prior(result) + LIKE * likeness(result))


def likeness(result: Matches) -> Array:
    """For each hit how far in front it stands among what is like the texts of the query (not those denied)."""
    ids = result.ids
    found = np.zeros(len(ids))
    asked = result.plan.context.semantic
    for leaf in affirmed(result.plan.root):
        if isinstance(leaf, Semantic) and asked is not None:
            ordered = list(asked(leaf.text, leaf.top))
            place = {one: 1 - at / len(ordered) for at, one in enumerate(ordered)}
            found += np.fromiter((place.get(one, 0.0) for one in ids.tolist()), dtype=float, count=len(ids))
    return found


def affirmed(node: Node) -> Iterator[Node]:
    """The leaves that stand under no NOT."""
    match node:
        case And() | Or() | Xor():
            for item in node.items:
                yield from affirmed(item)
        case QueryNot():
            return
        case _:
            yield node


def idf(result: Matches, leaf: QueryTerm) -> float:
    """How rare a word is."""
    total, held = len(result.engine), result.documents_with(leaf)
    return float(np.log(1 + (total - held + 0.5) / (held + 0.5)))


def frequency(result: Matches, leaf: QueryTerm, code: str) -> Array:
    """Weighed spans of a word in a field for each hit."""
    forward = result.engine.forward
    found = np.zeros(len(result.rows))
    mean = result.engine.mean_length(code)
    for part, own in forward.by_part(result.rows):
        for block in blocks(part, code, own):
            spans = term_spans(result.reading(leaf), block)
            if not len(spans):
                continue
            each = np.bincount(block.doc(spans.start), minlength=len(block.rows))
            places = np.flatnonzero(each)
            counts = each[places]
            lengths = block.begin[places + 1] - block.begin[places]
            rows = block.rows[places] + part.first
            at = np.minimum(np.searchsorted(result.rows, rows), len(result.rows) - 1)
            hit = result.rows[at] == rows
            found[at[hit]] += counts[hit] / (1 - B + B * lengths[hit] / mean)
    return found * WEIGHTS.get(code, 1.0)


def class_prior(result: Matches) -> Array:
    """For each hit the share of its main subclass among the hits, 1 for the commonest."""
    forward = result.engine.forward
    prior = np.zeros(len(result.rows))
    for code in ("ipc", "ipcm"):
        owners, values = forward.lists(result.rows, code)
        if not len(owners):
            continue
        first = beginnings(owners)
        owners, values = owners[first], values[first]
        numbers = result.engine.cut_values(values, SUBCLASS)[1][values]
        counts = np.bincount(numbers)
        prior[owners] = (counts / counts.max())[numbers]
    return prior
