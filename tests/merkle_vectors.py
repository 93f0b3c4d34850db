"""Proofs for small trees by the definitions of RFC 9162 written down once more, and the ways to spoil them.

The same in kind as the published vectors (C2SP, transparency-dev), made here from the definitions alone.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

SIZES = (1, 2, 3, 4, 5, 7, 8, 13)


def _leaf(n: int) -> bytes:
    return hashlib.sha256(b"\x00" + f"entry {n}".encode()).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = _split(len(leaves))
    return _node(root(leaves[:k]), root(leaves[k:]))


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 9162, 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), root(leaves[k:])]
    return [*path(m - k, leaves[k:]), root(leaves[:k])]


def proof(m: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """RFC 9162, 2.1.4.1: from a tree of ``m`` to all ``leaves``."""
    if m == len(leaves):
        return [] if whole else [root(leaves)]
    k = _split(len(leaves))
    if m <= k:
        return [*proof(m, leaves[:k], whole), root(leaves[k:])]
    return [*proof(m - k, leaves[k:], False), root(leaves[:k])]


def _said(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _spoilt(hashes: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    extra = hashlib.sha256(b"another").digest()
    yield "one hash more", [*hashes, extra]
    if hashes:
        yield "one hash less", hashes[:-1]
        yield "a hash of another", [extra, *hashes[1:]]
        yield "a short hash", [hashes[0][:31], *hashes[1:]]
        yield "the first hash twice", [hashes[0], *hashes]
    if len(hashes) > 1:
        yield "turned round", hashes[::-1]


def inclusion() -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for size in SIZES:
        leaves = [_leaf(n) for n in range(size)]
        for n in {0, size // 2, size - 1}:
            good = {"leafHash": _said(leaves[n]), "leafIdx": n, "treeSize": size, "root": _said(root(leaves))}
            hashes = path(n, leaves)
            out.append({**good, "path": f"{n} of {size}", "proof": [*map(_said, hashes)], "wantErr": False})
            for what, bad in _spoilt(hashes):
                out.append({**good, "path": f"{n} of {size}: {what}", "proof": [*map(_said, bad)], "wantErr": True})
            for what, change in (
                ("beyond the tree", {"leafIdx": size}), ("another root", {"root": _said(_leaf(99))}),
                ("another leaf", {"leafHash": _said(_leaf(98))}), ("an empty root", {"root": ""}),
            ):  # fmt: skip
                spoilt = {**good, "proof": [*map(_said, hashes)], **change}
                out.append({**spoilt, "path": f"{n} of {size}: {what}", "wantErr": True})
    return out


def consistency() -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for size in SIZES:
        leaves = [_leaf(n) for n in range(size)]
        for m in sorted({1, (size + 1) // 2, size}):
            hashes = proof(m, leaves)
            good = {"size1": m, "size2": size, "root1": _said(root(leaves[:m])), "root2": _said(root(leaves))}
            out.append({**good, "path": f"{m} to {size}", "proof": [*map(_said, hashes)], "wantErr": False})
            for what, bad in _spoilt(hashes):
                out.append({**good, "path": f"{m} to {size}: {what}", "proof": [*map(_said, bad)], "wantErr": True})
            for what, change in (
                ("another first root", {"root1": _said(_leaf(97))}),
                ("another second root", {"root2": _said(_leaf(96))}), ("backwards", {"size1": size + 1}),
            ):  # fmt: skip
                spoilt = {**good, "proof": [*map(_said, hashes)], **change}
                out.append({**spoilt, "path": f"{m} to {size}: {what}", "wantErr": True})
    return out
