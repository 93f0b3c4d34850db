"""Merkle trees of RFC 6962 / RFC 9162 over a hash of choice: roots, inclusion and consistency proofs.

The same entries make two trees, one with SHA-256 and one with SM3 (GB/T 32905). A tree is a list of *complete*
nodes: node (level, index) is the hash over the leaves [index·2^level, (index+1)·2^level). Whoever keeps them hands
in ``node(level, index)``; nothing here stores anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

Node = Callable[[int, int], bytes]


class ProofError(ValueError):
    """A proof that does not hold; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Family:
    """A hash family. Leaves are hashed with the prefix 0x00, nodes with 0x01 (RFC 9162 section 2.1.1)."""

    name: str
    size: int = 32

    def digest(self, content: bytes) -> bytes:
        return hashlib.new(self.name, content).digest()

    def leaf(self, entry: bytes) -> bytes:
        return self.digest(b"\x00" + entry)

    def node(self, left: bytes, right: bytes) -> bytes:
        return self.digest(b"\x01" + left + right)

    @property
    def empty(self) -> bytes:
        """The root of a tree without leaves: the hash of nothing."""
        return self.digest(b"")


SHA256 = Family("sha256")
SM3 = Family("sm3")
FAMILIES = (SHA256, SM3)


@dataclass(slots=True)
class Frontier:
    """The right edge of a growing tree: the roots of its complete subtrees, the largest first.

    ``append`` yields the complete nodes that a leaf makes, as (level, index, hash), the leaf first.
    """

    family: Family
    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Add a leaf hash. The iterator must be exhausted; the frontier is then one leaf larger."""
        level, index, value = 0, self.size, leaf
        yield level, index, value
        while index & 1:
            value = self.family.node(self.peaks.pop(), value)
            level, index = level + 1, index >> 1
            yield level, index, value
        self.peaks.append(value)
        self.size += 1

    def root(self) -> bytes:
        if not self.peaks:
            return self.family.empty
        value = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            value = self.family.node(peak, value)
        return value


def frontier_of(family: Family, size: int, node: Node) -> Frontier:
    """The frontier of a kept tree of ``size`` leaves."""
    return Frontier(family, size, [node(level, index) for level, index in peaks_of(size)])


def peaks_of(size: int) -> list[tuple[int, int]]:
    """The complete subtrees that make up a tree of ``size`` leaves, as (level, index), the largest first."""
    out: list[tuple[int, int]] = []
    start = 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            out.append((level, start >> level))
            start += 1 << level
    return out


def root_of(family: Family, leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    edge = Frontier(family)
    for leaf in leaves:
        for _ in edge.append(leaf):
            pass
    return edge.root()


def root_at(family: Family, size: int, node: Node) -> bytes:
    """The root that a kept tree had when it was ``size`` leaves large."""
    return frontier_of(family, size, node).root()


def _range(family: Family, low: int, high: int, node: Node) -> bytes:
    """The hash over leaves [low, high), where low is a multiple of the range's largest power of two."""
    width = high - low
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return node(level, low >> level)
    split = 1 << (width.bit_length() - 1)
    return family.node(_range(family, low, low + split, node), _range(family, low + split, high, node))


def inclusion_proof(family: Family, index: int, size: int, node: Node) -> list[bytes]:
    """The proof that leaf ``index`` is in the tree of ``size`` leaves (RFC 9162 section 2.1.3.1)."""
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of {size}")
    out: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        split = 1 << ((high - low - 1).bit_length() - 1)
        if index - low < split:
            out.append(_range(family, low + split, high, node))
            high = low + split
        else:
            out.append(_range(family, low, low + split, node))
            low += split
    return out[::-1]


def consistency_proof(family: Family, old: int, new: int, node: Node) -> list[bytes]:
    """The proof that the tree of ``new`` leaves begins with that of ``old`` (RFC 9162 section 2.1.4.1)."""
    if not 0 < old <= new:
        raise ProofError(f"no proof leads from a tree of {old} to one of {new}")
    out: list[bytes] = []
    low, high, whole = 0, new, True
    while old != high:
        split = 1 << ((high - low - 1).bit_length() - 1)
        if old - low <= split:
            out.append(_range(family, low + split, high, node))
            high = low + split
        else:
            out.append(_range(family, low, low + split, node))
            low, whole = low + split, False
    if not whole:
        out.append(_range(family, low, high, node))
    return out[::-1]


def _check(family: Family, hashes: Sequence[bytes]) -> None:
    if any(len(h) != family.size for h in hashes):
        raise ProofError(f"a hash of {family.name} has {family.size} bytes")


def verify_inclusion(family: Family, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise ProofError unless the proof shows the leaf hash at ``index`` under ``root`` (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of {size}")
    _check(family, (leaf, root, *proof))
    place, last, value = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise ProofError("the proof is too long")
        if place & 1 or place == last:
            value = family.node(step, value)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            value = family.node(value, step)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    if value != root:
        raise ProofError("the proof leads to another root")


def verify_consistency(
    family: Family, old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Raise ProofError unless the tree under ``new_root`` begins with that under ``old_root`` (RFC 9162 2.1.4.2).

    An empty old tree proves nothing and is refused, as is a smaller new one.
    """
    if not 0 < old <= new:
        raise ProofError(f"no proof leads from a tree of {old} to one of {new}")
    if old == new:
        if proof:
            raise ProofError("trees of one size need no proof")
        if old_root != new_root:
            raise ProofError("two roots for one size: the log was forked")
        return
    _check(family, (old_root, new_root, *proof))
    steps = list(proof)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        raise ProofError("the proof is empty")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise ProofError("the proof is too long")
        if place & 1 or place == last:
            first, second = family.node(step, first), family.node(step, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = family.node(second, step)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    if first != old_root:
        raise ProofError("the proof does not lead to the old root")
    if second != new_root:
        raise ProofError("the proof does not lead to the new root")
