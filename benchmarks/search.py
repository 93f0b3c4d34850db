"""Search, side by side in one run: the embedded engine, plain Tantivy, SQLite FTS5 (trigram) and a linear scan.

    python -m benchmarks.search                                   the real gazette titles
    python -m benchmarks.search --records 100000                  generated full records of about 1 KB
    python -m benchmarks.search --docs 20000 --queries 50         a quick look

Queries of each kind are made from the documents, alike in every run, and asked of all engines in turn, one after
another, so that a busy machine slows all of them. Each answers with the exact number of hits and a page of 20. An
engine is left out of a kind that it cannot express (–). "wrong" counts queries whose number of hits is not that of
the embedded engine, which differs from the definition in no query (benchmarks.search_differences): plain Tantivy is
asked as people ask it, with the users' text to its own parser over an index of words cut by rjieba, where that is at
hand, or else by its own tokeniser.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from random import Random
from time import perf_counter, thread_time

import numpy as np
import tantivy

from benchmarks.search_data import Records, gazette
from jinzhi.engines.query_language.generate import Maker
from jinzhi.engines.query_language.parse import parse
from jinzhi.engines.search_tantivy import Engine, IndexWriter
from jinzhi.kernel.query import Doc
from jinzhi.kernel.tokens import is_han

PAGE = 20
FIELDS = ("ti", "ab", "clm")
#: kinds of queries with the target of design/search.md for p99 in ms at 85k and at 1 M
TARGETS = {
    "word or phrase": (10, 30),
    "6–10 phrases, AND OR NOT": (30, 150),
    "proximity": (100, 1000),
    "wildcard at one side": (100, 1000),
    "wildcards on both sides": (100, 1000),
    "proximity of groups, wildcards": (100, 1000),
}


@dataclass
class Asked:
    """One query in the languages of the engines; None: it cannot be said there."""

    kind: str
    native: str
    plain: str | None = None
    fts: str | None = None
    scan: Callable[[str], bool] | None = None


@dataclass
class Times:
    """Milliseconds and numbers of hits of one engine for one kind."""

    ms: list[float] = field(default_factory=list)
    wrong: int = 0

    def shown(self) -> str:
        if not self.ms:
            return f"{'–':>9} {'–':>9} {'':>6}"
        median, p99 = np.percentile(self.ms, [50, 99])
        wrong = f"{self.wrong / len(self.ms):.0%}" if self.wrong else "0"
        return f"{median:9.2f} {p99:9.2f} {wrong:>6}"


# --- queries --------------------------------------------------------------------------------------------------


class Asker:
    """Makes queries of each kind from the documents."""

    def __init__(self, docs: list[Doc], seed: int = 20261122):
        self.chance = Random(seed)
        self.maker = Maker(docs, self.chance)
        self.docs = docs

    def han(self, least: int = 2, most: int = 4) -> str:
        """Some Han characters of one run."""
        while True:
            text = self.maker.word(False)
            if least <= len(text) <= most and all(map(is_han, text)):
                return text

    def asked(self, kind: str) -> Asked:
        """One query of a kind."""
        chance = self.chance
        match kind:
            case "word or phrase":
                word = self.han(2, 5)
                return Asked(kind, word, f'"{word}"', phrase(word), lambda text: word in text)
            case "6–10 phrases, AND OR NOT":
                words = [self.han() for _ in range(chance.randint(6, 10))]
                cut = max(2, len(words) // 2)
                groups = " OR ".join(words[:cut]), " OR ".join(words[cut:-1])
                native = f"({groups[0]}) AND ({groups[1]}) NOT {words[-1]}"
                plain = re.sub(r"[^\s()A-Z]+", lambda one: f'"{one[0]}"', native).replace(" NOT ", " -")
                short = any(len(word) < 3 for word in words)
                fts = None if short else re.sub(r"[^\s()A-Z]+", lambda one: phrase(one[0]) or "", native)
                return Asked(kind, native, plain, fts, None)
            case "proximity":
                one, other = self.han(), self.han()
                n = chance.choice((0, 2, 5, 10))
                return Asked(kind, f"{one} ({n}D) {other}", f'"{one} {other}"~{n}', None, None)
            case "wildcard at one side":
                word = self.han(2, 3)
                sign = chance.choice((f"{word}*{self.han(1, 2)}", f"{word}#"))
                return Asked(kind, sign, sign)
            case "wildcards on both sides":
                sign = f"#{self.han(2, 3)}*{self.han(1, 2)}"
                return Asked(kind, sign, sign)
            case _:
                first, second = (
                    f"({self.han()} OR #{self.han()})",
                    f"({self.han()} OR {self.han(1, 2)}*{self.han(1, 2)})",
                )
                return Asked(kind, f"{first} ({chance.choice((2, 5, 10))}W) {second}")


def phrase(word: str) -> str | None:
    """A phrase of FTS5's trigrams, which say nothing of two characters."""
    return f'"{word}"' if len(word) >= 3 else None


# --- engines --------------------------------------------------------------------------------------------------


def cutter() -> tuple[str, Callable[[str], str]]:
    """How plain Tantivy gets words."""
    if find_spec("rjieba"):
        cut = import_module("rjieba").cut
        return "words by rjieba", lambda text: " ".join(cut(text))
    return "its own tokeniser", lambda text: text


class Plain:
    """Tantivy as it comes: words, its own query parser over the users' text."""

    def __init__(self, folder: Path):
        made = tantivy.SchemaBuilder()
        made.add_unsigned_field("id", stored=True, indexed=True, fast=True)
        for code in FIELDS:
            made.add_text_field(code)
        folder.mkdir()
        self.index = tantivy.Index(made.build(), path=str(folder))
        self.writer = self.index.writer(heap_size=200_000_000, num_threads=1)
        self.how, self.cut = cutter()

    def add(self, doc: Doc) -> None:
        made = tantivy.Document()
        made.add_unsigned("id", doc.id)
        for code in FIELDS:
            if doc.text.get(code):
                made.add_text(code, self.cut("\n".join(doc.text[code])))
        self.writer.add_document(made)

    def done(self) -> None:
        self.writer.commit()
        self.writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()

    def count(self, text: str) -> int:
        words = re.sub(r'"([^"]+)"', lambda one: f'"{self.cut(one[1])}"', text)
        query = self.index.parse_query(words, list(FIELDS), conjunction_by_default=True)
        return int(self.searcher.search(query, limit=PAGE, count=True).count)  # type: ignore[attr-defined]


class Trigram:
    """SQLite FTS5 with its trigram tokeniser."""

    def __init__(self, path: Path):
        self.base = sqlite3.connect(path)
        self.base.execute(f"CREATE VIRTUAL TABLE t USING fts5({', '.join(FIELDS)}, tokenize='trigram', detail=full)")

    def add(self, doc: Doc) -> None:
        texts = ["\n".join(doc.text.get(code, ())) for code in FIELDS]
        self.base.execute(f"INSERT INTO t(rowid, {', '.join(FIELDS)}) VALUES (?, ?, ?, ?)", [doc.id, *texts])

    def done(self) -> None:
        self.base.commit()

    def count(self, text: str) -> int:
        self.base.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT ?", (text, PAGE)).fetchall()
        return int(self.base.execute("SELECT count(*) FROM t WHERE t MATCH ?", (text,)).fetchone()[0])


#: what --clock chooses from; each engine answers a query in the thread that asks
CLOCKS = {"wall": perf_counter, "cpu": thread_time}
clock: Callable[[], float] = perf_counter


def timed(work: Callable[[], int]) -> tuple[float, int]:
    """Milliseconds and the answer."""
    began = clock()
    answer = work()
    return (clock() - began) * 1000, answer


# --- the run --------------------------------------------------------------------------------------------------


def say(text: str) -> None:
    print(f"· {text}", file=sys.stderr, flush=True)


def run(docs: Iterator[Doc], total: int, count: int, folder: Path) -> None:
    """Index, ask, print."""
    ours, plain, trigram = folder / "ours", Plain(folder / "plain"), Trigram(folder / "fts.db")
    spent = dict.fromkeys(("ours", "plain", "fts"), 0.0)
    texts: list[str] = []
    sample: list[Doc] = []
    chance = Random(1)
    with IndexWriter(ours) as writer:
        for index, doc in enumerate(docs):
            for name, add in (("ours", writer.add), ("plain", plain.add), ("fts", trigram.add)):
                spent[name] += timed(lambda add=add, doc=doc: add(doc) or 0)[0]  # type: ignore[misc]
            texts.append("\n".join("\n".join(doc.text.get(code, ())) for code in FIELDS))
            if len(sample) < 2000 or chance.random() < 0.02:
                sample.append(doc)
            if (index + 1) % 20_000 == 0:
                spent["ours"] += timed(lambda: writer.commit() or 0)[0]  # type: ignore[func-returns-value]
                say(f"{index + 1} of {total}")
        spent["ours"] += timed(lambda: writer.commit() or 0)[0]  # type: ignore[func-returns-value]
    spent["plain"] += timed(lambda: plain.done() or 0)[0]  # type: ignore[func-returns-value]
    spent["fts"] += timed(lambda: trigram.done() or 0)[0]  # type: ignore[func-returns-value]
    engine, size = Engine(ours), len(texts)
    say("asking")
    results = {kind: [Times(), Times(), Times(), Times()] for kind in TARGETS}
    asker = Asker(sample)
    pages = Times()
    for kind in list(TARGETS)[:6]:
        for number in range(count):
            asked = asker.asked(kind)
            query = parse(asked.native)
            ms, hits = timed(lambda query=query: engine.count(query))  # type: ignore[misc]
            results[kind][0].ms.append(ms)
            pages.ms.append(timed(lambda query=query: len(engine.search(query, limit=PAGE).ids))[0])  # type: ignore[misc]
            others = [(plain.count, asked.plain, 1), (trigram.count, asked.fts, 2)]
            for work, text, place in others:
                if text is not None:
                    try:
                        ms, theirs = timed(lambda work=work, text=text: work(text))  # type: ignore[misc]
                    except ValueError:
                        theirs = -1
                    results[kind][place].ms.append(ms)
                    results[kind][place].wrong += theirs != hits
            if asked.scan and number < 10:
                scan = asked.scan
                ms, theirs = timed(lambda scan=scan: sum(map(scan, texts)))  # type: ignore[misc]
                results[kind][3].ms.append(ms)
                results[kind][3].wrong += theirs != hits
    show(size, count, results, pages, spent, folder, plain.how)


def show(
    size: int,
    count: int,
    results: dict[str, list[Times]],
    pages: Times,
    spent: dict[str, float],
    folder: Path,
    how: str,
) -> None:
    bytes_of = {
        "ours": sum(path.stat().st_size for path in (folder / "ours").rglob("*") if path.is_file()),
        "plain": sum(path.stat().st_size for path in (folder / "plain").rglob("*") if path.is_file()),
        "fts": (folder / "fts.db").stat().st_size,
    }
    print(f"\n{' '.join(sys.orig_argv[1:])}")
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {size} documents,"
    )
    print(f"{count} queries of each kind; {name_of(clock)} ms: median, p99; wrong: another number of hits")
    for name, label in (("ours", "jinzhi"), ("plain", f"plain Tantivy ({how})"), ("fts", "SQLite FTS5 trigram")):
        print(f"  {label}: {size / spent[name] * 1000:.0f} documents/s in, {bytes_of[name] / 2**20:.0f} MiB")
    head = "".join(f"{name:^27}" for name in ("jinzhi", "plain Tantivy", "FTS5 trigram", "linear scan"))
    print(f"\n{'':32} {'target':>8} {head}")
    at = 0 if size < 300_000 else 1
    for kind, engines in results.items():
        target = TARGETS[kind][at]
        print(f"{kind:32} {'' if target is None else target:>8} " + " ".join(one.shown() for one in engines))
    print(f"{'first page by relevance, ids':32} {'':>8} " + pages.shown())


def name_of(chosen: Callable[[], float]) -> str:
    return next(name for name, one in CLOCKS.items() if one is chosen)


def main() -> int:
    global clock
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--docs", type=int, default=None, help="real titles; all of them if not said")
    parser.add_argument("--records", type=int, default=None, help="generated full records in place of titles")
    parser.add_argument("--queries", type=int, default=100, help="queries of each kind")
    parser.add_argument("--clock", choices=sorted(CLOCKS), default="wall", help="cpu: where other work runs beside")
    args = parser.parse_args()
    clock = CLOCKS[args.clock]
    with tempfile.TemporaryDirectory(prefix="jinzhi-search-") as folder:
        if args.records:
            real = list(gazette(20_000))
            run(Records(real).make(args.records, description=False), args.records, args.queries, Path(folder))
        else:
            run(gazette(args.docs), args.docs or 85_329, args.queries, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
