"""Find-similar against simple baselines, on stand-ins for what people would call similar.

    python -m benchmarks similar                      20,000 real titles, 100 of them as subjects
    python -m benchmarks similar --docs 5000 --subjects 50

Nobody has judged these documents, so three proxies stand for judgement, and each says less than it seems to:

- classes (real titles): a document is relevant by the share of IPC main groups that it has in common with the subject.
  Likeness is asked by words alone, since classes would give the answer away. Titles are all the text there is.
- citations (real pairs): two documents that a third one cites are meant to be near. The third is hidden; found is what
  other documents cite together with the first. Documents cited once cannot be found by anything.
- citations (generated patents): what a subject cites or is cited by, with citations left out of likeness. The
  generator draws citations at random within a trade, so nothing can do much better than find the trade.

Baselines: documents of the same main subclass, newest first; BM25 of the title's words; and by chance.
"""

from __future__ import annotations

import argparse
import gzip
import math
import os
import platform
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from random import Random
from time import perf_counter

import numpy as np

from benchmarks.search_data import GAZETTE, gazette
from jinzhi.engines.search_collection import Collection
from jinzhi.engines.similar import WEIGHTS, Subject, Why, idf, similar, words
from jinzhi.kernel.query import Doc, class_symbol

PAIRS = GAZETTE.with_name("cn_citation_pairs.txt.gz")
NDCG, RECALL = 10, 50
ONLY_WORDS = {Why.WORDS: 1.0}
#: what finds: the ids in order for a subject
Finder = Callable[[Doc], Sequence[int]]


@dataclass
class Measured:
    """Means over the subjects of one finder."""

    name: str
    ndcg: float
    recall: float
    ms: float


def main_groups(doc: Doc) -> frozenset[str]:
    return frozenset(class_symbol(one).partition("/")[0] for one in doc.keys.get("ipc", ()))


def ndcg(found: Sequence[int], gains: Mapping[int, float]) -> float:
    """Normalised discounted gain of the first NDCG."""
    got = sum(gains.get(one, 0.0) / math.log2(place + 2) for place, one in enumerate(found[:NDCG]))
    best = sum(gain / math.log2(place + 2) for place, gain in enumerate(sorted(gains.values(), reverse=True)[:NDCG]))
    return got / best if best else 0.0


def recall(found: Sequence[int], gains: Mapping[int, float]) -> float:
    """The share of relevant documents among the first RECALL, of as many as could stand there."""
    return len(gains.keys() & set(found[:RECALL])) / min(RECALL, len(gains)) if gains else 0.0


def measure(name: str, finder: Finder, cases: Sequence[tuple[Doc, Mapping[int, float]]]) -> Measured:
    ranks, shares, began = [], [], perf_counter()
    for doc, gains in cases:
        found = [one for one in finder(doc) if one != doc.id]
        ranks.append(ndcg(found, gains))
        shares.append(recall(found, gains))
    ms = (perf_counter() - began) * 1000 / max(1, len(cases))
    return Measured(name, float(np.mean(ranks)), float(np.mean(shares)), ms)


# --- baselines ----------------------------------------------------------------------------------------------------


def by_class(docs: Sequence[Doc]) -> Finder:
    """The same main subclass, newest first."""
    groups: dict[str, list[Doc]] = defaultdict(list)
    for doc in docs:
        groups[doc.keys.get("ipcm", doc.keys.get("ipc", ("",)))[0][:4]].append(doc)
    ordered = {
        code: [one.id for one in sorted(held, key=lambda d: (-d.dates.get("pd", 0), d.id))]
        for code, held in groups.items()
    }
    return lambda doc: ordered[doc.keys.get("ipcm", doc.keys.get("ipc", ("",)))[0][:4]][: RECALL + 1]


class Bm25:
    """BM25 of titles, over the same words."""

    K1, B = 1.2, 0.75

    def __init__(self, docs: Sequence[Doc]):
        self.lengths: dict[int, int] = {}
        self.postings: dict[str, dict[int, int]] = defaultdict(dict)
        for doc in docs:
            counts = Counter(words(doc.text.get("ti", ())))
            self.lengths[doc.id] = counts.total()
            for word, times in counts.items():
                self.postings[word][doc.id] = times
        self.mean = sum(self.lengths.values()) / max(1, len(docs))

    def __call__(self, doc: Doc) -> Sequence[int]:
        scores: Counter[int] = Counter()
        for word in set(words(doc.text.get("ti", ()))):
            weight = idf(len(self.postings[word]), len(self.lengths))
            for one, times in self.postings[word].items():
                long = 1 - self.B + self.B * self.lengths[one] / self.mean
                scores[one] += weight * times * (self.K1 + 1) / (times + self.K1 * long)
        return [one for one, _ in sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[: RECALL + 1]]


def by_chance(docs: Sequence[Doc], random: Random) -> Finder:
    ids = [doc.id for doc in docs]
    return lambda doc: random.sample(ids, min(len(ids), RECALL + 1))


def likeness(docs: Sequence[Doc], weights: Mapping[Why, float]) -> Finder:
    collection = Collection(docs)

    def find(doc: Doc) -> Sequence[int]:
        subject = Subject.of(doc)
        return [one.id for one in similar(subject, collection.search, len(docs), top=RECALL + 1, weights=weights).found]

    return find


# --- proxies ------------------------------------------------------------------------------------------------------


def class_cases(docs: Sequence[Doc], subjects: int, random: Random) -> list[tuple[Doc, Mapping[int, float]]]:
    """Subjects with the documents that share a main group of theirs, by the share in common."""
    holders: dict[str, list[Doc]] = defaultdict(list)
    for doc in docs:
        for group in main_groups(doc):
            holders[group].append(doc)
    cases = []
    for doc in random.sample([d for d in docs if main_groups(d)], k=min(len(docs), subjects * 3)):
        own = main_groups(doc)
        near = {one.id: one for group in own for one in holders[group] if one.id != doc.id}
        gains = {id: len(own & main_groups(one)) / len(own | main_groups(one)) for id, one in near.items()}
        if gains:
            cases.append((doc, gains))
    return cases[:subjects]


def titles(args: argparse.Namespace, random: Random) -> None:
    docs = list(gazette())
    docs = random.sample(docs, min(args.docs, len(docs)))
    cases = class_cases(docs, args.subjects, random)
    finders = {
        "likeness, words only": likeness(docs, ONLY_WORDS),
        "BM25 of the title": Bm25(docs),
        "by chance": by_chance(docs, random),
    }
    show(f"classes, {len(docs):,} real titles, {len(cases)} subjects", finders, cases)


def pairs(args: argparse.Namespace, random: Random) -> None:
    cites: dict[str, list[str]] = defaultdict(list)
    citing: dict[str, list[str]] = defaultdict(list)
    with gzip.open(PAIRS, "rt", encoding="utf-8") as file:
        for one, other in dict.fromkeys(tuple(line.split()) for line in file):
            if one != other:
                cites[one].append(other)
                citing[other].append(one)
    numbers = {number: at for at, number in enumerate(dict.fromkeys([*cites, *citing]), 1)}
    docs = [
        Doc(id, number, keys={c: tuple(v) for c, v in (("ct", cites.get(number)), ("citing", citing.get(number))) if v})
        for number, id in numbers.items()
    ]
    collection = Collection(docs)
    # each subject with one of its citers hidden: the others that this one cites are to be found
    usable = [n for n, held in citing.items() if len(held) > 1 and any(len(cites[one]) > 1 for one in held)]
    cases = []
    hidden: dict[int, str] = {}
    for number in random.sample(usable, min(len(usable), args.subjects)):
        third = random.choice([one for one in citing[number] if len(cites[one]) > 1])
        gains = {numbers[other]: 1.0 for other in cites[third] if other != number}
        hidden[numbers[number]] = third
        cases.append((docs[numbers[number] - 1], gains))

    def linked(doc: Doc) -> Sequence[int]:
        rest = tuple(one for one in doc.keys.get("citing", ()) if one != hidden[doc.id])
        subject = Subject({}, doc.id, doc.number, (), doc.keys.get("ct", ()), rest)
        found = similar(subject, collection.search, len(docs), top=RECALL + 2, weights={Why.CITATIONS: 1.0}).found
        return [one.id for one in found if one.id != numbers[hidden[doc.id]]]

    cited_most = [numbers[n] for n, held in sorted(citing.items(), key=lambda one: -len(one[1]))[: RECALL + 1]]
    finders = {
        "likeness, citations only": linked,
        "the most cited": lambda doc: cited_most,
        "by chance": by_chance(docs, random),
    }
    show(f"citations, {len(docs):,} real documents, {len(cases)} subjects", finders, cases)


def generated(args: argparse.Namespace, random: Random) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinzhi.config.settings")
    import_module("django").setup()
    rights = import_module("jinzhi.demo.patents").rights
    docs = []
    for documents, _events in rights(min(args.docs, 5000)):
        for told in documents:
            text = {
                "ti": tuple(t.text for t in told.titles),
                "ab": tuple(t.text for t in told.abstracts),
                "clm": tuple(c.text for c in told.claims),
            }
            keys = {"ipc": tuple(s.symbol for s in told.ipc), "ct": tuple(c.number for c in told.citations)}
            day = told.publication_date
            docs.append(
                Doc(len(docs) + 1, told.publication_number, {c: v for c, v in text.items() if v},
                    {c: v for c, v in keys.items() if v}, {"pd": int(day.strftime("%Y%m%d"))} if day else {})
            )  # fmt: skip
    at = {doc.number: doc.id for doc in docs}
    linked: dict[int, dict[int, float]] = defaultdict(dict)
    for doc in docs:
        for number in doc.keys.get("ct", ()):
            if number in at:
                linked[doc.id][at[number]] = linked[at[number]][doc.id] = 1.0
    chosen = random.sample([doc for doc in docs if linked[doc.id]], min(args.subjects, len(linked)))
    cases = [(doc, linked[doc.id]) for doc in chosen]
    weights = {why: weight for why, weight in WEIGHTS.items() if why in (Why.WORDS, Why.CLASSES)}
    finders = {
        "likeness, words and classes": likeness(docs, weights),
        "same main subclass, newest": by_class(docs),
        "BM25 of the title": Bm25(docs),
        "by chance": by_chance(docs, random),
    }
    show(f"citations, {len(docs):,} generated patents, {len(cases)} subjects", finders, cases)


def show(name: str, finders: Mapping[str, Finder], cases: Sequence[tuple[Doc, Mapping[int, float]]]) -> None:
    relevant = np.median([len(gains) for _, gains in cases]) if cases else 0
    print(f"\n{name}; relevant a subject, median: {relevant:.0f}")
    print(f"{'':32} {f'nDCG@{NDCG}':>9} {f'recall@{RECALL}':>10} {'ms':>8}")
    for title, finder in finders.items():
        told = measure(title, finder, cases)
        print(f"{told.name:32} {told.ndcg:9.3f} {told.recall:10.3f} {told.ms:8.1f}")


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks similar", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--docs", type=int, default=20_000)
    parser.add_argument("--subjects", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20261122)
    args = parser.parse_args(None if arguments is None else list(arguments))
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; proxies, not judgements: see this file's head")
    generated(args, Random(args.seed))
    if not GAZETTE.exists():
        print(f"\nno real titles and pairs: {GAZETTE.parent} is not there")
        return 0
    titles(args, Random(args.seed))
    pairs(args, Random(args.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
