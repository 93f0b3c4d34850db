"""The two trees of a shard, read from what is kept: leaf hashes with the entries, subtree hashes at levels 8, 16, 24.

A hash in between is computed from at most 128 kept ones. A proof at a million entries touches five runs of 256
hashes at most: the one around the leaf and the one at the right edge, on each of the three levels.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from jinzhi.apps.evidence.models import Entry, Node, Shard
from jinzhi.kernel import merkle
from jinzhi.kernel.merkle import FAMILIES, SHA256, SM3, Family, Frontier

#: eight levels of the tree lie between two levels that are kept
STEP, TILE = 8, 256
LEVELS = (8, 16, 24)

#: the hashes of one node or leaf: SHA-256, SM3
Pair = tuple[bytes, bytes]


class LogBroken(Exception):
    """What is kept of the log is not whole; ``args[0]`` says what is missing, in Chinese."""


class Unknown(LookupError):
    """There is no such entry, or not yet; ``args[0]`` says so in Chinese."""


def hashes(shard: Shard, level: int, low: int, high: int) -> list[Pair]:
    """The kept hashes [low, high) of a level: 0 for the leaves, 8, 16 or 24. Raises LogBroken where one is missing."""
    rows: Sequence[tuple[int | None, bytes | memoryview, bytes | memoryview]]
    if level == 0:
        leaves = Entry.objects.filter(shard=shard, index__gte=low, index__lt=high).order_by("index")
        rows = list(leaves.values_list("index", "leaf_sha256", "leaf_sm3"))
    else:
        nodes = Node.objects.filter(shard=shard, level=level, index__gte=low, index__lt=high).order_by("index")
        rows = list(nodes.values_list("index", "sha256", "sm3"))
    if len(rows) != max(0, high - low):
        have = {row[0] for row in rows}
        gone = next(i for i in range(low, high) if i not in have)
        what = f"第 {gone} 条的记录" if level == 0 else f"第 {level} 层第 {gone} 个节点"
        raise LogBroken(f"日志 {shard.year} 缺少{what}，请运行 jinzhi evidence audit")
    return [(bytes(sha256), bytes(sm3)) for _, sha256, sm3 in rows]


class TreeReader:
    """The nodes of a shard for :mod:`jinzhi.kernel.merkle`; a run of 256 hashes is read once, for both families."""

    def __init__(self, shard: Shard, size: int | None = None):
        self.shard, self.size = shard, shard.size if size is None else size
        if self.size > shard.size:
            raise Unknown(f"日志 {shard.year} 只有 {shard.size} 条，没有 {self.size} 条时的状态")
        self._runs: dict[tuple[int, int], list[Pair]] = {}

    def run(self, level: int, number: int) -> list[Pair]:
        """The hashes of a kept level from ``number`` × 256 on: 256 of them, or as many as there are."""
        if (level, number) not in self._runs:
            high = min((number + 1) * TILE, self.size >> level)
            self._runs[level, number] = hashes(self.shard, level, number * TILE, high)
        return self._runs[level, number]

    def node(self, family: Family, level: int, index: int) -> bytes:
        kept = min(level - level % STEP, LEVELS[-1])
        width = 1 << (level - kept)
        low, which = index * width, FAMILIES.index(family)
        if width <= TILE:
            run, start = self.run(kept, low // TILE), low % TILE
            row = [pair[which] for pair in run[start : start + width]]
        else:
            # above level 32: four thousand million entries
            row = [pair[which] for n in range(low // TILE, (low + width) // TILE) for pair in self.run(kept, n)]
        return fold(family, row)

    def of(self, family: Family) -> merkle.Node:
        return lambda level, index: self.node(family, level, index)


def fold(family: Family, row: list[bytes]) -> bytes:
    """The root over 2^n sibling hashes."""
    while len(row) > 1:
        row = [family.node(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]


def root(shard: Shard, size: int, family: Family) -> bytes:
    """The root that the shard's tree had at ``size`` entries."""
    return merkle.root_at(family, size, TreeReader(shard, size).of(family))


def roots(shard: Shard, size: int) -> Pair:
    """Both roots at ``size`` entries, read at once."""
    reader = TreeReader(shard, size)
    return merkle.root_at(SHA256, size, reader.of(SHA256)), merkle.root_at(SM3, size, reader.of(SM3))


def inclusion(shard: Shard, index: int, size: int, family: Family) -> tuple[bytes, ...]:
    """The proof that entry ``index`` is under the root of ``size`` entries. Raises merkle.ProofError, Unknown."""
    return tuple(merkle.inclusion_proof(family, index, size, TreeReader(shard, size).of(family)))


def consistency(shard: Shard, old: int, new: int, family: Family) -> tuple[bytes, ...]:
    """The proof that the log of ``new`` entries begins with that of ``old``. Raises merkle.ProofError, Unknown."""
    return tuple(merkle.consistency_proof(family, old, new, TreeReader(shard, new).of(family)))


def grow(shard: Shard, start: int, leaves: list[Pair]) -> list[Node]:
    """The nodes to keep that become complete when ``leaves`` follow the first ``start`` entries."""
    out: list[Node] = []
    level, low, fresh = 0, start, leaves
    while level < LEVELS[-1]:
        first, last = low // TILE, (low + len(fresh)) // TILE
        if first == last:
            break
        row = [*hashes(shard, level, first * TILE, low), *fresh] if low % TILE else fresh
        level += STEP
        fresh = []
        for low, high in pairwise(range(0, (last - first + 1) * TILE, TILE)):
            pair = fold(SHA256, [p[0] for p in row[low:high]]), fold(SM3, [p[1] for p in row[low:high]])
            out.append(Node(shard=shard, level=level, index=first + len(fresh), sha256=pair[0], sm3=pair[1]))
            fresh.append(pair)
        low = first
    return out


def frontier(shard: Shard, family: Family) -> Frontier:
    """The right edge of the shard's tree as it stands."""
    return merkle.frontier_of(family, shard.size, TreeReader(shard).of(family))
