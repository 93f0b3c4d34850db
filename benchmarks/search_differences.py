"""The embedded engine against the definition over generated queries: every set of documents must be the same.

    python -m benchmarks.search_differences              10,000 queries on the real titles, and on full records
    python -m benchmarks.search_differences --docs 3000 --queries 500 --only records --seconds 600

Prints each query whose answers differ, then how many were really compared. 1 where any differs. The definition costs
about half a second a query on the 85,329 titles: the full run takes some three hours; ``--seconds`` stops it sooner,
and says after how many.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter

from benchmarks.search_data import Records, gazette
from jinzhi.engines.query_language.generate import queries
from jinzhi.engines.query_language.parse import parse
from jinzhi.engines.search_collection import Collection
from jinzhi.engines.search_memory import ALONE
from jinzhi.engines.search_tantivy import Engine, build
from jinzhi.engines.search_values import OFFICE_NUMBERS
from jinzhi.kernel.query import Doc, Query, QueryError

CONTEXT = replace(ALONE, numbers=OFFICE_NUMBERS)


@dataclass
class Compared:
    """How many queries were compared, refused by both, left unread (the generator made what the language refuses)."""

    same: int = 0
    refused: int = 0
    unread: int = 0
    differ: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.same + self.refused + len(self.differ)


def answer(search: object, query: Query) -> list[int] | str:
    """The ids, sorted, or the message."""
    try:
        return sorted(search(query))  # type: ignore[operator]
    except QueryError as error:
        return str(error)


def compare(docs: Sequence[Doc], folder: Path, count: int, seed: int, seconds: float = float("inf")) -> Compared:
    """Index the documents in the folder and ask both engines ``count`` generated queries."""
    build(folder, docs, batch=max(1, len(docs) // 5))
    engine, definition = Engine(folder), Collection(docs)
    found, began = Compared(), perf_counter()
    for text in queries(docs, count, seed):
        if perf_counter() - began > seconds:
            break
        try:
            query = parse(text)
        except QueryError:
            found.unread += 1
            continue
        ours = answer(engine.ids, query)
        theirs = answer(lambda one: definition.search(one, CONTEXT), query)
        if ours != theirs:
            found.differ.append(text)
        elif isinstance(ours, str):
            found.refused += 1
        else:
            found.same += 1
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search_differences", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--docs", type=int, default=None, help="documents of each kind; all titles, 20,000 records")
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--only", choices=["titles", "records"], default=None)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="for each kind; stops and says so")
    args = parser.parse_args()
    wrong = 0
    for kind in [args.only] if args.only else ["titles", "records"]:
        if kind == "titles":
            docs = list(gazette(args.docs))
        else:
            docs = list(Records(list(gazette(20_000))).make(args.docs or 20_000))
        with tempfile.TemporaryDirectory(prefix="jinzhi-search-") as folder:
            found = compare(docs, Path(folder), args.queries, args.seed, args.seconds)
        for text in found.differ:
            print(f"differs: {text}")
        print(
            f"{kind}: {len(docs)} documents, {found.total} queries compared of {args.queries} asked for, "
            f"{len(found.differ)} differ, {found.refused} refused alike, {found.unread} not in the language",
            flush=True,
        )
        wrong += len(found.differ)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
