"""Merkle trees: the RFC's leaves, 196 published vectors, a second implementation, and mutations."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhi.kernel.merkle import (
    FAMILIES,
    SHA256,
    Family,
    Frontier,
    ProofError,
    consistency_proof,
    inclusion_proof,
    root_at,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests import merkle_vectors
from tests.shared import SHARED

VECTORS = SHARED / "data" / "evidence" / "merkle_vectors"
# the eight leaves of the test data that RFC 6962 implementations share
LEAVES = [bytes.fromhex(h) for h in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip


def vectors(kind: str) -> list[Path]:
    return sorted((VECTORS / kind).rglob("*.json"))


def raw(text: str) -> bytes:
    return base64.b64decode(text)


def second(family: Family, leaves: list[bytes]) -> bytes:
    """The definition of RFC 9162 section 2.1.1, written down once more, recursively and over the entries."""
    if not leaves:
        return family.digest(b"")
    if len(leaves) == 1:
        return family.digest(b"\x00" + leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return family.digest(b"\x01" + second(family, leaves[:k]) + second(family, leaves[k:]))


class Kept:
    """A tree kept in a dictionary."""

    def __init__(self, family: Family, entries: list[bytes]):
        self.family, self.nodes, self.edge = family, {}, Frontier(family)
        for entry in entries:
            for level, index, value in self.edge.append(family.leaf(entry)):
                self.nodes[level, index] = value

    def node(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]


def test_the_eight_leaves_have_the_published_root():
    root = root_of(SHA256, [SHA256.leaf(x) for x in LEAVES])
    assert root.hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def check_inclusion(v):
    args = (raw(v["leafHash"]), v["leafIdx"], v["treeSize"], [raw(p) for p in v["proof"] or []], raw(v["root"]))
    if v["wantErr"]:
        with pytest.raises(ProofError):
            verify_inclusion(SHA256, *args)
    else:
        verify_inclusion(SHA256, *args)


def check_consistency(v):
    args = (v["size1"], v["size2"], [raw(p) for p in v["proof"] or []], raw(v["root1"]), raw(v["root2"]))
    if v["wantErr"]:
        with pytest.raises(ProofError):
            verify_consistency(SHA256, *args)
    else:
        verify_consistency(SHA256, *args)


@pytest.mark.parametrize("vector", merkle_vectors.inclusion(), ids=lambda v: v["path"])
def test_inclusion_vector(vector):
    check_inclusion(vector)


@pytest.mark.parametrize("vector", merkle_vectors.consistency(), ids=lambda v: v["path"])
def test_consistency_vector(vector):
    check_consistency(vector)


@pytest.mark.shared("data/evidence/merkle_vectors")
@pytest.mark.parametrize(("kind", "check"), [("inclusion", check_inclusion), ("consistency", check_consistency)])
def test_the_98_published_vectors(kind, check):
    assert len(vectors(kind)) == 98
    for path in vectors(kind):
        check(json.loads(path.read_text()))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_roots_agree_with_the_recursive_definition_at_every_size(family):
    entries = [bytes([i]) * i for i in range(70)]
    kept = Kept(family, entries)
    for size in range(71):
        assert root_at(family, size, kept.node) == second(family, entries[:size])


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_every_proof_of_every_small_tree_holds(family):
    entries = [bytes([i]) for i in range(33)]
    kept = Kept(family, entries)
    for size in range(1, 34):
        root = second(family, entries[:size])
        for index in range(size):
            proof = inclusion_proof(family, index, size, kept.node)
            verify_inclusion(family, family.leaf(entries[index]), index, size, proof, root)
        for old in range(1, size + 1):
            proof = consistency_proof(family, old, size, kept.node)
            verify_consistency(family, old, size, proof, second(family, entries[:old]), root)


@settings(deadline=None, max_examples=300)
@given(st.integers(1, 60), st.data())
def test_a_changed_proof_is_refused(size, data):
    entries = [i.to_bytes(2) for i in range(size)]
    kept = Kept(SHA256, entries)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(SHA256, index, size, kept.node)
    leaf, root = SHA256.leaf(entries[index]), kept.edge.root()
    hashes = [leaf, root, *proof]
    which = data.draw(st.integers(0, len(hashes) - 1))
    bit = data.draw(st.integers(0, 255))
    hashes[which] = (int.from_bytes(hashes[which]) ^ (1 << bit)).to_bytes(32)
    with pytest.raises(ProofError):
        verify_inclusion(SHA256, hashes[0], index, size, hashes[2:], hashes[1])


@settings(deadline=None, max_examples=300)
@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_a_forked_log_has_no_consistency_proof(old, more, data):
    new = old + more
    entries = [i.to_bytes(2) for i in range(new)]
    kept = Kept(SHA256, entries)
    proof = consistency_proof(SHA256, old, new, kept.node)
    forked = list(entries)
    forked[data.draw(st.integers(0, old - 1))] = b"another"
    with pytest.raises(ProofError):
        verify_consistency(SHA256, old, new, proof, second(SHA256, forked[:old]), kept.edge.root())
