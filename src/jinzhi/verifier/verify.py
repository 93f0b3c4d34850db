#!/usr/bin/env python3
"""Verify an evidence bundle of Jinzhi 津知. Standard library only, no network: python3 -I verify.py BUNDLE

Exit status 0: everything the bundle claims is proven, by the keys that you gave. 3: nothing was altered since the
bundle was signed, but by whose keys it was signed you have not said, so anybody may have made it. 1: something failed.
2: this is not a bundle, or a file cannot be read. What a bundle does not claim is said, too.

    python3 -I verify.py BUNDLE --key VKEY [--key VKEY ...] [--content FILE]

--key      a verifier key that you know from elsewhere (the platform's site, a gazette): of the platform or of a
           witness. The manifest and every checkpoint must then be signed by keys that you gave, and each witness that
           you gave must have cosigned. Keys that only the bundle names count for nothing.
--content  your own copy of the original file: it must be what was recorded, whether the bundle holds it or not.

The file stands alone on purpose: it is put into each bundle, and it is a second implementation of what the platform
does with libraries. Formats: RFC 9162 (Merkle trees), C2SP signed-note, tlog-checkpoint, tlog-cosignature,
RFC 8032 (Ed25519), GB/T 32918 (SM2), GB/T 32905 (SM3), RFC 3161 with RFC 5816 (time stamps), RFC 8785 (JSON).
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import struct
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import pairwise
from typing import BinaryIO

UTC = timezone.utc  # noqa: UP017 - an older interpreter must get as far as the message at the end
FORMAT = "jinzhi-evidence-bundle/1"
#: the archive is a zip without zip64: nothing in it reaches 4 GiB
LIMIT = 0xFFFFFFFF
MOST_FILES = 5000
#: the exit status of each verdict
EXITS = {"proven": 0, "failed": 1, "intact": 3}
#: everything except contents, the certificate and this program is small
SMALL, LARGE = 1 << 20, 64 << 20
CHUNK = 1 << 20
SM2_KIND = b"\xffjinzhi-sm2"
SM2_ID = b"1234567812345678"
NUMBER = r"[1-9][0-9]{3}-(?:0|[1-9][0-9]{0,15})"


class NotABundle(Exception):
    """The file is no bundle at all."""


class Bad(Exception):
    """A check failed: in Chinese and in English."""

    def __init__(self, zh: str, en: str):
        super().__init__(zh, en)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Line:
    """One finding. ``mark``: "proven", "failed", or "open" for what is not claimed or left to the reader."""

    mark: str
    zh: str
    en: str

    def __str__(self) -> str:
        sign = {"proven": "✓", "failed": "✗", "open": "—"}[self.mark]
        return f"{sign} {self.zh}\n  {self.en}"


@dataclass
class Findings:
    """What a verification found; ``ok`` where something was proven and nothing failed, by whatever keys.

    ``by_given``: manifest and checkpoints are signed by keys that the reader gave. Without that a bundle that is
    ``ok`` is whole, but anybody can have made it.
    """

    lines: list[Line] = field(default_factory=list)
    by_given: bool = False
    #: number of the entry the bundle is about, when it was stamped, whether it is demonstration data
    entry: str = ""
    moment: datetime | None = None
    demo: bool = False

    @property
    def ok(self) -> bool:
        marks = [line.mark for line in self.lines]
        return "proven" in marks and "failed" not in marks

    @property
    def verdict(self) -> str:
        """ "proven" (by the keys that the reader gave), "intact" (by keys that nobody gave) or "failed"."""
        return "failed" if not self.ok else "proven" if self.by_given else "intact"

    @property
    def sentence(self) -> tuple[str, str]:
        """The verdict in a sentence, in Chinese and English."""
        bad = sum(line.mark == "failed" for line in self.lines)
        return {
            "proven": (
                f"通过：条目 {self.entry}，所声称的每一字节都已由您给定的公钥证明",
                "VERIFIED: every byte that is claimed is proven by the keys you gave",
            ),
            "intact": (
                f"完整，但未认定出自何人：条目 {self.entry} 自签名后未改动，签名的公钥只见于证据包自身，您没有给定；"
                "请用 --key 给定平台公布的公钥后再采用",
                "INTACT, but by keys you have not given: anybody can have made it; give the published keys by --key",
            ),
            "failed": (
                f"未通过：{bad} 项不成立，本证据包不可采用",
                f"FAILED: {bad} checks failed, do not rely on this bundle",
            ),
        }[self.verdict]

    def proven(self, zh: str, en: str) -> None:
        self.lines.append(Line("proven", zh, en))

    def failed(self, zh: str, en: str) -> None:
        self.lines.append(Line("failed", zh, en))

    def open(self, zh: str, en: str) -> None:
        self.lines.append(Line("open", zh, en))


# --- SM3 (GB/T 32905) ------------------------------------------------------------------------------------------------


class Sm3:
    """SM3 in Python, for an interpreter whose OpenSSL has none. Slow: about a third of a megabyte a second."""

    digest_size, block_size, name = 32, 64, "sm3"
    _start = (0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E)
    _constants = tuple(
        ((t << (j % 32)) | (t >> (32 - j % 32))) & 0xFFFFFFFF for j in range(64)
        for t in (0x79CC4519 if j < 16 else 0x7A879D8A,)
    )  # fmt: skip

    def __init__(self, content: bytes = b""):
        self._state: tuple[int, ...] = self._start
        self._rest, self._length = b"", 0
        self.update(content)

    def update(self, content: bytes) -> None:
        self._length += len(content)
        content = self._rest + content
        whole = len(content) - len(content) % 64
        for at in range(0, whole, 64):
            self._state = self._compress(self._state, content[at : at + 64])
        self._rest = content[whole:]

    def digest(self) -> bytes:
        padded = self._rest + b"\x80" + bytes((55 - self._length) % 64) + struct.pack(">Q", self._length * 8)
        state: tuple[int, ...] = self._state
        for at in range(0, len(padded), 64):
            state = self._compress(state, padded[at : at + 64])
        return struct.pack(">8I", *state)

    def hexdigest(self) -> str:
        return self.digest().hex()

    @classmethod
    def _compress(cls, state: tuple[int, ...], block: bytes) -> tuple[int, ...]:
        mask = 0xFFFFFFFF
        w = list(struct.unpack(">16I", block))
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ (w[j - 3] << 15 & mask | w[j - 3] >> 17)
            x ^= (x << 15 & mask | x >> 17) ^ (x << 23 & mask | x >> 9)
            w.append(x ^ (w[j - 13] << 7 & mask | w[j - 13] >> 25) ^ w[j - 6])
        a, b, c, d, e, f, g, h = state
        for j in range(64):
            a12 = a << 12 & mask | a >> 20
            ss1 = a12 + e + cls._constants[j] & mask
            ss1 = ss1 << 7 & mask | ss1 >> 25
            if j < 16:
                ff, gg = a ^ b ^ c, e ^ f ^ g
            else:
                ff, gg = a & b | a & c | b & c, e & f | ~e & mask & g
            tt1 = ff + d + (ss1 ^ a12) + (w[j] ^ w[j + 4]) & mask
            tt2 = gg + h + ss1 + w[j] & mask
            a, b, c, d = tt1, a, b << 9 & mask | b >> 23, c
            p0 = tt2 ^ (tt2 << 9 & mask | tt2 >> 23) ^ (tt2 << 17 & mask | tt2 >> 15)
            e, f, g, h = p0, e, f << 19 & mask | f >> 13, g
        return tuple(x ^ y for x, y in zip(state, (a, b, c, d, e, f, g, h), strict=True))


def hasher(name: str):  # type: ignore[no-untyped-def]
    """A fresh hash object of "sha256" or "sm3"."""
    if name == "sm3":
        try:
            return hashlib.new("sm3")
        except ValueError:
            return Sm3()
    return hashlib.new(name)


def digest(name: str, content: bytes) -> bytes:
    made = hasher(name)
    made.update(content)
    return made.digest()  # type: ignore[no-any-return]


# --- Merkle trees (RFC 9162 sections 2.1.3.2 and 2.1.4.2) ------------------------------------------------------------


def leaf_hash(family: str, body: bytes) -> bytes:
    return digest(family, b"\x00" + body)


def _node(family: str, left: bytes, right: bytes) -> bytes:
    return digest(family, b"\x01" + left + right)


def check_inclusion(family: str, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise Bad unless ``proof`` shows the leaf hash at ``index`` under the root of ``size`` leaves."""
    if not 0 <= index < size:
        raise Bad(f"第 {index} 条不在 {size} 条的日志里", f"leaf {index} is not in a tree of {size}")
    if any(len(h) != 32 for h in (leaf, root, *proof)):
        raise Bad("证明中有长度不对的哈希", "a hash in the proof has the wrong length")
    fn, sn, value = index, size - 1, leaf
    for step in proof:
        if sn == 0:
            raise Bad("存在证明过长", "the inclusion proof is too long")
        if fn % 2 or fn == sn:
            value = _node(family, step, value)
            while fn % 2 == 0 and fn:
                fn, sn = fn // 2, sn // 2
        else:
            value = _node(family, value, step)
        fn, sn = fn // 2, sn // 2
    if sn:
        raise Bad("存在证明过短", "the inclusion proof is too short")
    if value != root:
        raise Bad("存在证明通向另一个根", "the inclusion proof leads to another root")


def check_consistency(family: str, old: int, new: int, proof: Sequence[bytes], first: bytes, second: bytes) -> None:
    """Raise Bad unless the tree of ``new`` leaves under root ``second`` begins with that of ``old`` under ``first``."""
    if not 0 < old <= new:
        raise Bad(f"{old} 到 {new} 之间没有一致性证明", f"no proof leads from {old} leaves to {new}")
    if old == new:
        if proof or first != second:
            raise Bad("同样大小的日志有两个根：日志分叉", "two roots for one size: the log was forked")
        return
    if any(len(h) != 32 for h in (first, second, *proof)):
        raise Bad("证明中有长度不对的哈希", "a hash in the proof has the wrong length")
    path = [first, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        raise Bad("一致性证明是空的", "the consistency proof is empty")
    fn, sn = old - 1, new - 1
    while fn % 2:
        fn, sn = fn // 2, sn // 2
    fr = sr = path[0]
    for step in path[1:]:
        if sn == 0:
            raise Bad("一致性证明过长", "the consistency proof is too long")
        if fn % 2 or fn == sn:
            fr, sr = _node(family, step, fr), _node(family, step, sr)
            while fn % 2 == 0 and fn:
                fn, sn = fn // 2, sn // 2
        else:
            sr = _node(family, sr, step)
        fn, sn = fn // 2, sn // 2
    if sn:
        raise Bad("一致性证明过短", "the consistency proof is too short")
    if fr != first or sr != second:
        raise Bad("两个检查点不一致：日志被改写或分叉", "the checkpoints do not agree: the log was rewritten or forked")


# --- Ed25519 (RFC 8032) ----------------------------------------------------------------------------------------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]


def _ed_add(p: _Point, q: _Point) -> _Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _ed_times(scalar: int, p: _Point) -> _Point:
    out = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            out = _ed_add(out, p)
        p = _ed_add(p, p)
        scalar >>= 1
    return out


def _ed_point(raw: bytes) -> _Point | None:
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= _P:
        return None
    x2 = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(x2, (_P + 3) // 8, _P)
    if (x * x - x2) % _P:
        x = x * _ROOT % _P
    if (x * x - x2) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


_BASE = _ed_point(bytes.fromhex("58" + "66" * 31))


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature holds; strict about ranges and encodings, without cofactor, as OpenSSL is."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, s = _ed_point(public), int.from_bytes(signature[32:], "little")
    if a is None or s >= _L or _BASE is None:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    minus = (_P - a[0], a[1], 1, _P - a[3])
    x, y, z, _ = _ed_add(_ed_times(s, _BASE), _ed_times(k, minus))
    inverse = pow(z, -1, _P)
    x, y = x * inverse % _P, y * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# --- SM2 and ECDSA: curves y² = x³ + ax + b over a prime -------------------------------------------------------------


@dataclass(frozen=True)
class Curve:
    p: int
    a: int
    b: int
    n: int
    x: int
    y: int

    @property
    def width(self) -> int:
        return (self.p.bit_length() + 7) // 8

    def holds(self, x: int, y: int) -> bool:
        return 0 <= x < self.p and 0 <= y < self.p and (y * y - x * x * x - self.a * x - self.b) % self.p == 0

    def add(self, one: tuple[int, int, int], two: tuple[int, int, int]) -> tuple[int, int, int]:
        """Sum of two points in Jacobian coordinates; z = 0 is the point at infinity."""
        p = self.p
        if not one[2]:
            return two
        if not two[2]:
            return one
        z1, z2 = one[2] * one[2] % p, two[2] * two[2] % p
        u1, u2 = one[0] * z2 % p, two[0] * z1 % p
        s1, s2 = one[1] * two[2] * z2 % p, two[1] * one[2] * z1 % p
        h, r = (u2 - u1) % p, (s2 - s1) % p
        if h == 0:
            return self.double(one) if r == 0 else (1, 1, 0)
        hh = h * h % p
        hhh, v = h * hh % p, u1 * hh % p
        x = (r * r - hhh - 2 * v) % p
        return x, (r * (v - x) - s1 * hhh) % p, one[2] * two[2] * h % p

    def double(self, point: tuple[int, int, int]) -> tuple[int, int, int]:
        p = self.p
        x, y, z = point
        if not y or not z:
            return 1, 1, 0
        yy, zz = y * y % p, z * z % p
        s, m = 4 * x * yy % p, (3 * x * x + self.a * zz * zz) % p
        out = (m * m - 2 * s) % p
        return out, (m * (s - out) - 8 * yy * yy) % p, 2 * y * z % p

    def sum_x(self, u: int, v: int, point: tuple[int, int]) -> int | None:
        """The x coordinate of u·G + v·point; None at infinity."""
        base, other = (self.x, self.y, 1), (*point, 1)
        both, out = self.add(base, other), (1, 1, 0)
        for bit in range(max(u.bit_length(), v.bit_length()) - 1, -1, -1):
            out = self.double(out)
            if u >> bit & 1:
                out = self.add(out, both if v >> bit & 1 else base)
            elif v >> bit & 1:
                out = self.add(out, other)
        return out[0] * pow(out[2], -2, self.p) % self.p if out[2] else None


def _curve(text: str) -> Curve:
    return Curve(*(int(word, 16) for word in text.split()))


SM2 = _curve("""
    FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
    FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC
    28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
    FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
    32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7
    BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0""")
P256 = _curve("""
    FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
    FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC
    5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296
    4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5""")
P384 = _curve("""
    FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFF
    FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFC
    B3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF
    FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
    AA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7
    3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F""")


def sm2_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an SM2 signature (r ‖ s) holds under a public key (0x04 ‖ x ‖ y), with Z of the usual signer id."""
    if len(public) != 65 or public[0] != 4 or len(signature) != 64:
        return False
    x, y = int.from_bytes(public[1:33]), int.from_bytes(public[33:])
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    if not SM2.holds(x, y) or not 0 < r < SM2.n or not 0 < s < SM2.n or (r + s) % SM2.n == 0:
        return False
    fixed = b"".join(v.to_bytes(32) for v in (SM2.a, SM2.b, SM2.x, SM2.y))
    z = digest("sm3", struct.pack(">H", len(SM2_ID) * 8) + SM2_ID + fixed + public[1:])
    found = SM2.sum_x(s, (r + s) % SM2.n, (x, y))
    return found is not None and (int.from_bytes(digest("sm3", z + message)) + found) % SM2.n == r


def ecdsa_verify(curve: Curve, public: bytes, hashed: bytes, r: int, s: int) -> bool:
    """Whether an ECDSA signature over a digest holds under an uncompressed public key."""
    width = curve.width
    if len(public) != 1 + 2 * width or public[0] != 4:
        return False
    x, y = int.from_bytes(public[1 : 1 + width]), int.from_bytes(public[1 + width :])
    if not curve.holds(x, y) or not 0 < r < curve.n or not 0 < s < curve.n:
        return False
    e = int.from_bytes(hashed) >> max(0, len(hashed) * 8 - curve.n.bit_length())
    w = pow(s, -1, curve.n)
    found = curve.sum_x(e * w % curve.n, r * w % curve.n, (x, y))
    return found is not None and found % curve.n == r


# --- notes and checkpoints (C2SP) ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """A verifier key: name, the four bytes of its id, type ‖ public key, as written."""

    name: str
    id: bytes
    material: bytes
    text: str

    @property
    def kind(self) -> str:
        return {1: "Ed25519", 4: "witness", 255: "SM2"}[self.material[0]]

    def verify(self, message: bytes, signature: bytes) -> bool:
        if self.material[0] == 255:
            return sm2_verify(self.material[len(SM2_KIND) :], message, signature)
        return ed25519_verify(self.material[1:], message, signature)


def parse_key(text: str) -> Key:
    """Read a verifier key. Raises Bad."""
    parts = text.strip().split("+", 2)
    try:
        name, given, material = parts[0], bytes.fromhex(parts[1]), base64.b64decode(parts[2], validate=True)
        if (given.hex(), _b64(material)) != (parts[1], parts[2]):
            raise ValueError  # one key has one text, so that texts can be compared
    except (IndexError, ValueError, binascii.Error):
        raise Bad(f"“{text}”不是公钥", f"{text!r} is no verifier key") from None
    known = (
        (material[:1] in (b"\x01", b"\x04") and len(material) == 33)
        or (material.startswith(SM2_KIND + b"\x04") and len(material) == len(SM2_KIND) + 65)
    )  # fmt: skip
    if not name or any(c.isspace() for c in name) or not known:
        raise Bad(f"“{text}”不是公钥", f"{text!r} is no verifier key")
    if hashlib.sha256(name.encode() + b"\n" + material).digest()[:4] != given:
        raise Bad(f"公钥 {name} 的编号不符", f"the id of key {name} does not fit")
    return Key(name, given, material, text.strip())


def parse_lines(text: str) -> list[tuple[str, bytes, bytes]]:
    """Signature lines as (name, key id, signature). Raises Bad."""
    out = []
    if not text.endswith("\n"):
        raise Bad("签名行没有结尾换行", "signature lines end in a newline")
    for line in text[:-1].split("\n"):
        parts = line.split(" ")
        try:
            raw = base64.b64decode(parts[2], validate=True)
        except (IndexError, ValueError, binascii.Error):
            raw = b""
        if len(parts) != 3 or parts[0] != "\u2014" or not parts[1] or "+" in parts[1] or len(raw) < 5:
            raise Bad(f"签名行格式不对：{line[:80]}", f"not a signature line: {line[:80]}")
        if base64.b64encode(raw).decode() != parts[2]:
            raise Bad(f"签名行的 base64 不规范：{line[:80]}", f"not canonical base64: {line[:80]}")
        out.append((parts[1], raw[:4], raw[4:]))
    return out


def parse_note(content: bytes) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """A signed note's text and signature lines. Raises Bad."""
    text = _utf8(content)
    if any(ord(c) < 32 and c != "\n" for c in text):
        raise Bad("签名文本含控制字符", "a note holds no control characters")
    head, blank, tail = text.rpartition("\n\n")
    if not blank:
        raise Bad("不是带签名的文本", "not a signed note")
    return head + "\n", parse_lines(tail)


def check_signed(content: bytes, keys: Sequence[Key]) -> str:
    """The text of a note that each of the keys signed exactly once, and nobody else. Raises Bad."""
    text, lines = parse_note(content)
    if len(lines) != len(keys):
        raise Bad(
            f"应有 {len(keys)} 个签名，实际 {len(lines)} 个", f"{len(keys)} signatures expected, {len(lines)} found"
        )
    for key in keys:
        mine = [signature for name, id_, signature in lines if (name, id_) == (key.name, key.id)]
        if len(mine) != 1 or not key.verify(text.encode(), mine[0]):
            raise Bad(f"{key.kind} 签名不成立（{key.name}）", f"the {key.kind} signature of {key.name} does not hold")
    return text


def signer_of(content: bytes, pairs: Sequence[tuple[Key, Key]]) -> tuple[Key, Key]:
    """The pair of keys that signed a note; more than one can have the log's name after a rotation. Raises Bad."""
    why = Bad("没有该日志的公钥", "no keys of this log are in the bundle")
    for n, pair in enumerate(pairs):
        try:
            check_signed(content, pair)
        except Bad as e:
            why = e if n == 0 else why
        else:
            return pair
    raise why


@dataclass(frozen=True)
class Point:
    """A checkpoint: the names before the year, the size, the root, the text as signed."""

    base: str
    size: int
    root: bytes
    text: str


def parse_point(text: str, year: str, family: str) -> Point:
    """A checkpoint of a year and family. Raises Bad."""
    lines = text[:-1].split("\n")
    bad = Bad("检查点格式不对", "not a checkpoint")
    if len(lines) < 3 or any(not line for line in lines):
        raise bad
    base, slash, rest = lines[0].rpartition(f"/{year}/{family}")
    if not slash or rest or not base:
        raise Bad(f"检查点是另一日志的：{lines[0]}", f"a checkpoint of another log: {lines[0]}")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except (ValueError, binascii.Error):
        raise bad from None
    if not re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]) or len(root) != 32 or _b64(root) != lines[2]:
        raise bad
    return Point(base, int(lines[1]), root, text)


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _utf8(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Bad("不是 UTF-8 文本", "not UTF-8") from None


# --- canonical JSON (RFC 8785; no floats) ----------------------------------------------------------------------------


def canonical(value: object) -> str:
    """The canonical text of strings, whole numbers, booleans, null, lists and objects."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda k: k.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{canonical(value[k])}" for k in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _no_float(text: str) -> object:
    raise ValueError(f"a float: {text}")


def read_json(content: bytes, *, newline: bool = False) -> dict[str, object]:
    """An object in canonical form, so that no key stands twice and nothing can be read in two ways. Raises Bad."""
    text = _utf8(content)
    try:
        value = json.loads(text, parse_float=_no_float, parse_constant=_no_float)
        same = isinstance(value, dict) and canonical(value) + ("\n" if newline else "") == text
    except (ValueError, RecursionError):
        same = False
    if not same:
        raise Bad("不是规范的 JSON", "not canonical JSON")
    return value  # type: ignore[no-any-return]


# --- the archive: a zip of stored files whose every byte follows from names and contents ------------------------------

_DATE = 0x21
_UTF8 = 0x800


def local_header(name: bytes, crc: int, size: int) -> bytes:
    """The header before a stored file: no date, no extra field, a name in UTF-8."""
    return struct.pack("<4s5H3I2H", b"PK\3\4", 20, _UTF8, 0, 0, _DATE, crc, size, size, len(name), 0) + name


def central_header(name: bytes, crc: int, size: int, offset: int) -> bytes:
    """The line of a stored file in the archive's directory."""
    head = struct.pack("<4s6H3I", b"PK\1\2", 20, 20, _UTF8, 0, 0, _DATE, crc, size, size)
    return head + struct.pack("<5H2I", len(name), 0, 0, 0, 0, 0, offset) + name


def end_record(count: int, length: int, offset: int) -> bytes:
    """What ends the archive; without a comment."""
    return struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, length, offset, 0)


@dataclass(frozen=True)
class Member:
    """A file in the archive: where its bytes begin, how many, their digests."""

    name: str
    start: int
    size: int
    sha256: str
    sm3: str


def read_archive(file: BinaryIO) -> dict[str, Member]:
    """The files of an archive, hashed on the way. Raises NotABundle, or Bad where it is not exactly such an archive.

    A zip can say the same thing twice, differently. Here local headers, directory and end must be the very bytes
    that the names and contents make; nothing lies between, before or behind them.
    """
    if file.read(4) != b"PK\3\4":
        raise NotABundle("不是证据包（不是 zip 文件） / not a bundle: no zip file")
    odd = Bad(
        "压缩包结构与导出时不同：被改动、截断或重新打包，请使用原始文件",
        "the archive is not as exported: altered, truncated or packed again; use the original file",
    )
    members: dict[str, Member] = {}
    directory, offset = b"", 0
    file.seek(0)
    while True:
        head = file.read(30)
        if head[:4] != b"PK\3\4":
            break
        if len(head) != 30 or len(members) >= MOST_FILES:
            raise odd
        crc, size, length = struct.unpack_from("<I", head, 14)[0], *struct.unpack_from("<IxxxxH", head, 18)[:2]
        raw = file.read(length)
        if head + raw != local_header(raw, crc, size):
            raise odd
        try:
            name = raw.decode()
        except UnicodeDecodeError:
            raise odd from None
        if not re.fullmatch(r"[a-z0-9-]+(?:/[a-z0-9-]+)*(?:\.[a-z0-9]+){0,2}|README\.txt", name):
            raise Bad(f"文件名不许可：{name!r}", f"file name not allowed: {name!r}")
        if name in members:
            raise Bad(f"文件 {name} 出现两次", f"{name} is there twice")
        if size > (LIMIT if name.startswith("contents/") else LARGE if name in BESIDE else SMALL):
            raise Bad(f"文件 {name} 过大", f"{name} is too large")
        start, left, check = offset + len(head) + length, size, 0
        hashes = hasher("sha256"), hasher("sm3")
        while left:
            chunk = file.read(min(CHUNK, left))
            if not chunk:
                raise odd
            left, check = left - len(chunk), zlib.crc32(chunk, check)
            for made in hashes:
                made.update(chunk)
        if check != crc:
            raise Bad(f"文件 {name} 的内容被改动（CRC 不符）", f"{name} was altered (CRC)")
        members[name] = Member(name, start, size, hashes[0].hexdigest(), hashes[1].hexdigest())
        directory += central_header(raw, crc, size, offset)
        offset = start + size
    if head + file.read(len(directory) + 23) != directory + end_record(len(members), len(directory), offset):
        raise odd
    return members


# --- time stamps: DER, X.509, CMS (RFC 3161, 5652, 5280, 5816) -------------------------------------------------------


@dataclass(frozen=True)
class Der:
    """A value in DER: its tag, its content, and all of its bytes."""

    tag: int
    body: bytes
    raw: bytes

    def parts(self, tag: int = 0x30) -> list[Der]:
        """The values in a value with this tag: of a SEQUENCE, or of what is told. Raises Bad."""
        if self.tag != tag:
            raise _DER
        out, at = [], 0
        while at < len(self.body):
            part = read_der(self.body[at:])
            out.append(part)
            at += len(part.raw)
        return out

    @property
    def oid(self) -> str:
        if self.tag != 6 or not self.body or self.body[-1] & 0x80:
            raise _DER
        numbers, value = [], 0
        for byte in self.body:
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                numbers.append(value)
                value = 0
        first = min(numbers[0] // 40, 2)
        return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))

    @property
    def number(self) -> int:
        if self.tag != 2 or not self.body:
            raise _DER
        return int.from_bytes(self.body, signed=True)

    @property
    def time(self) -> datetime:
        text = self.body.decode("ascii", "replace")
        try:
            if self.tag == 0x17:
                short = datetime.strptime(text, "%y%m%d%H%M%SZ")
                year = short.year if short.year < 2050 else short.year - 100
                return short.replace(year=year, tzinfo=UTC)
            if self.tag == 0x18:
                form = "%Y%m%d%H%M%S.%fZ" if "." in text else "%Y%m%d%H%M%SZ"
                return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            pass
        raise _DER


_DER = Bad("时间戳或证书的编码不对", "time stamp or certificate is not proper DER")


def read_der(data: bytes) -> Der:
    """The first value in ``data``. Definite, minimal lengths and one-byte tags only. Raises Bad."""
    if len(data) < 2 or data[0] & 0x1F == 0x1F:
        raise _DER
    length, at = data[1], 2
    if length & 0x80:
        width = length & 0x7F
        if not 1 <= width <= 4 or len(data) < 2 + width:
            raise _DER
        length, at = int.from_bytes(data[2 : 2 + width]), 2 + width
        if length < 0x80 or length >> 8 * (width - 1) == 0:
            raise _DER
    if len(data) < at + length:
        raise _DER
    return Der(data[0], data[at : at + length], data[: at + length])


def whole_der(data: bytes) -> Der:
    """The one value that ``data`` is. Raises Bad."""
    value = read_der(data)
    if len(value.raw) != len(data):
        raise _DER
    return value


_HASHES = {
    "1.3.14.3.2.26": "sha1", "2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}  # fmt: skip
_RSA = {"1.2.840.113549.1.1.11": "sha256", "1.2.840.113549.1.1.12": "sha384", "1.2.840.113549.1.1.13": "sha512"}
_ECDSA = {"1.2.840.10045.4.3.2": "sha256", "1.2.840.10045.4.3.3": "sha384", "1.2.840.10045.4.3.4": "sha512"}
_CURVES = {"1.2.840.10045.3.1.7": P256, "1.3.132.0.34": P384}
_KNOWN_CRITICAL = {"2.5.29.15", "2.5.29.19", "2.5.29.37", "2.5.29.32"}


@dataclass(frozen=True)
class Certificate:
    """What this program reads of an X.509 certificate."""

    raw: bytes
    signed: bytes
    algorithm: Der
    signature: bytes
    serial: int
    issuer: bytes
    subject: Der
    since: datetime
    until: datetime
    key: Der
    extensions: dict[str, tuple[bool, bytes]]

    @property
    def name(self) -> str:
        """The common name of the subject, or the last part of it that is readable."""
        out = "?"
        for part in self.subject.parts():
            for pair in part.parts(0x31):
                kind, value = pair.parts()
                text = value.body.decode("utf-16-be" if value.tag == 0x1E else "utf-8", "replace")
                if kind.oid == "2.5.4.3":
                    return text
                out = text
        return out

    def may_sign_certificates(self, below: int) -> bool:
        """Whether it is an authority's, with ``below`` authorities between it and the end of the chain."""
        basic = self.extensions.get("2.5.29.19")
        usage = self.extensions.get("2.5.29.15")
        if basic is None or not (parts := whole_der(basic[1]).parts()) or parts[0].raw != b"\x01\x01\xff":
            return False
        if len(parts) > 1 and parts[1].number < below:
            return False
        if usage is None:
            return True
        bits = whole_der(usage[1]).body
        return len(bits) > 1 and bool(bits[1] & 0x04)

    def fits(self, moment: datetime) -> bool:
        return self.since <= moment <= self.until


def parse_certificate(raw: bytes) -> Certificate:
    """Read a certificate. Raises Bad."""
    tbs, algorithm, bits = whole_der(raw).parts()
    parts = tbs.parts()
    if parts[0].tag == 0xA0:
        parts = parts[1:]
    serial, inner, issuer, validity, subject, key = parts[:6]
    if inner.raw != algorithm.raw or bits.tag != 3 or bits.body[:1] != b"\0":
        raise _DER
    extensions: dict[str, tuple[bool, bytes]] = {}
    for part in parts[6:]:
        if part.tag == 0xA3:
            for entry in part.parts(0xA3)[0].parts():
                kind, *middle, value = entry.parts()
                if kind.oid in extensions:
                    raise _DER
                extensions[kind.oid] = (bool(middle) and middle[0].body == b"\xff", value.body)
    since, until = validity.parts()
    return Certificate(
        raw, tbs.raw, algorithm, bits.body[1:], serial.number, issuer.raw, subject,
        since.time, until.time, key, extensions,
    )  # fmt: skip


def check_signature(key: Der, algorithm: Der, hash_name: str | None, content: bytes, signature: bytes) -> None:
    """Raise Bad unless an RSA (PKCS #1 v1.5) or ECDSA signature over ``content`` holds under a public key."""
    oid = algorithm.parts()[0].oid
    spec, bits = key.parts()
    kind, *parameters = spec.parts()
    public = bits.body[1:]
    name = _RSA.get(oid) or _ECDSA.get(oid) or (hash_name if oid == "1.2.840.113549.1.1.1" else None)
    if name not in ("sha256", "sha384", "sha512"):
        raise Bad(f"本程序不认识签名算法 {oid}", f"signature algorithm {oid} is not known to this program")
    hashed = hashlib.new(name, content).digest()
    if kind.oid == "1.2.840.113549.1.1.1" and oid not in _ECDSA:
        n, e = (part.number for part in whole_der(public).parts())
        width = (n.bit_length() + 7) // 8
        oid_of_hash = {"sha256": 1, "sha384": 2, "sha512": 3}[name]
        told = bytes.fromhex("0609608648016503040200")[:-1] + bytes([oid_of_hash]) + b"\x05\x00"
        info = b"\x30" + bytes([len(told)]) + told + b"\x04" + bytes([len(hashed)]) + hashed
        info = b"\x30" + bytes([len(info)]) + info
        expected = b"\x00\x01" + b"\xff" * (width - len(info) - 3) + b"\x00" + info
        holds = (
            n.bit_length() >= 2048 and e > 2 and len(signature) == width
            and pow(int.from_bytes(signature), e, n).to_bytes(width) == expected
        )  # fmt: skip
    elif kind.oid == "1.2.840.10045.2.1" and oid in _ECDSA and parameters and parameters[0].oid in _CURVES:
        r, s = (part.number for part in whole_der(signature).parts())
        holds = ecdsa_verify(_CURVES[parameters[0].oid], public, hashed, r, s)
    else:
        raise Bad("本程序不认识证书的公钥", "the certificate's key is of a kind not known to this program")
    if not holds:
        raise Bad("时间戳或证书的签名不成立", "a signature in the time stamp does not hold")


def check_chain(
    leaf: Certificate, pool: Sequence[Certificate], roots: Sequence[Certificate], moment: datetime, depth: int = 0
) -> None:
    """Raise Bad unless a chain of certificates, all valid at the moment, leads from the leaf to a root."""
    if not leaf.fits(moment):
        raise Bad(f"证书“{leaf.name}”在盖戳时不在有效期内", f"certificate {leaf.name!r} was not valid at that time")
    if any(critical and oid not in _KNOWN_CRITICAL for oid, (critical, _) in leaf.extensions.items()):
        raise Bad(f"证书“{leaf.name}”有本程序不认识的关键扩展", f"{leaf.name!r} has an unknown critical extension")
    if any(leaf.raw == root.raw for root in roots):
        return
    for issuer in (*roots, *pool):
        if issuer.subject.raw != leaf.issuer or not issuer.may_sign_certificates(depth) or depth > 5:
            continue
        try:
            check_signature(issuer.key, leaf.algorithm, None, leaf.signed, leaf.signature)
            check_chain(issuer, pool, roots, moment, depth + 1)
        except Bad:
            continue
        return
    raise Bad("时间戳证书链不通向所给的根证书", "the time stamp's certificates do not lead to the given root")


def read_pem(content: bytes) -> list[Certificate]:
    """The certificates in a PEM file. Raises Bad."""
    found = re.findall(r"-----BEGIN CERTIFICATE-----\s([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----", _utf8(content))
    return [parse_certificate(base64.b64decode("".join(text.split()))) for text in found]


def check_token(token: bytes, imprint: bytes, roots: Sequence[Certificate]) -> tuple[datetime, str]:
    """(moment, authority) of an RFC 3161 response over a SHA-256 digest. Raises Bad."""
    try:
        return _check_token(token, imprint, roots)
    except (ValueError, IndexError, KeyError, OverflowError):
        raise _DER from None


def _check_token(token: bytes, imprint: bytes, roots: Sequence[Certificate]) -> tuple[datetime, str]:
    status, info = whole_der(token).parts()
    if status.parts()[0].number != 0:
        raise Bad("时间戳机构没有给出时间戳", "the authority granted no time stamp")
    kind, wrapped = info.parts()
    if kind.oid != "1.2.840.113549.1.7.2":
        raise _DER
    (signed,) = wrapped.parts(0xA0)
    version, algorithms, capsule, *rest = signed.parts()
    content_kind, content_wrapped = capsule.parts()
    (content,) = content_wrapped.parts(0xA0)
    if content_kind.oid != "1.2.840.113549.1.9.16.1.4" or content.tag != 4:
        raise _DER
    told = whole_der(content.body).parts()
    algorithm, hashed = told[2].parts()
    moment = told[4].time
    if _HASHES.get(algorithm.parts()[0].oid) != "sha256" or hashed.body != imprint:
        raise Bad("时间戳针对的是另一份内容", "the time stamp is over something else")
    pool = [parse_certificate(part.raw) for field_ in rest if field_.tag == 0xA0 for part in field_.parts(0xA0)]
    (signer,) = rest[-1].parts(0x31)
    signer_version, sid, hash_algorithm, attributes, algorithm, signature, *_ = signer.parts()
    hash_name = _HASHES.get(hash_algorithm.parts()[0].oid)
    if (version.number, signer_version.number, told[0].number, signature.tag) != (3, 1, 1, 4):
        raise _DER
    if hash_name in (None, "sha1") or hash_algorithm.raw not in [a.raw for a in algorithms.parts(0x31)]:
        raise _DER
    values: dict[str, Der] = {}
    for attribute in attributes.parts(0xA0):
        name, held = attribute.parts()
        (values[name.oid],) = held.parts(0x31)
    if values["1.2.840.113549.1.9.3"].oid != content_kind.oid:
        raise _DER
    if values["1.2.840.113549.1.9.4"].body != hashlib.new(str(hash_name), content.body).digest():
        raise Bad("时间戳的内容被改动", "the time stamp's content was altered")
    issuer, serial = sid.parts()
    (leaf,) = {c.raw: c for c in pool if c.issuer == issuer.raw and c.serial == serial.number}.values()
    _check_bound(values, leaf)
    usage = leaf.extensions.get("2.5.29.37")
    if usage is None or not usage[0] or [p.oid for p in whole_der(usage[1]).parts()] != ["1.3.6.1.5.5.7.3.8"]:
        raise Bad("证书不是专用于时间戳的", "the certificate is not one for time stamps alone")
    check_signature(leaf.key, algorithm, hash_name, b"\x31" + attributes.raw[1:], signature.body)
    check_chain(leaf, pool, roots, moment)
    return moment, leaf.name


def _check_bound(values: dict[str, Der], leaf: Certificate) -> None:
    """The signed attributes name the certificate by its digest (RFC 5816, or RFC 3161 with SHA-1)."""
    if "1.2.840.113549.1.9.16.2.47" in values:
        first = values["1.2.840.113549.1.9.16.2.47"].parts()[0].parts()[0].parts()
        name = _HASHES[first[0].parts()[0].oid] if first[0].tag == 0x30 else "sha256"
        held = first[1] if first[0].tag == 0x30 else first[0]
    else:
        name, held = "sha1", values["1.2.840.113549.1.9.16.2.12"].parts()[0].parts()[0].parts()[0]
    if held.body != hashlib.new(name, leaf.raw).digest():
        raise Bad("时间戳未绑定签发它的证书", "the time stamp is not bound to its certificate")


# --- the bundle ------------------------------------------------------------------------------------------------------

BESIDE = ("certificate.pdf", "verify.py", "README.txt")
_ENTRY = re.compile(rf"entries/({NUMBER})\.json")
_PROOF = re.compile(rf"entries/({NUMBER})\.proof\.json")
_CONTENT = re.compile(rf"contents/({NUMBER})\.[a-z0-9]{{1,8}}")
_SALT = re.compile(rf"contents/({NUMBER})\.salt")
_POINT = re.compile(rf"checkpoints/({NUMBER})/(sha256|sm3|token)\.(note|cosignatures|tsr)")
_POINT_FILES = {"sha256.note", "sm3.note", "sha256.cosignatures", "sm3.cosignatures", "token.tsr"}
_BETWEEN = re.compile(rf"consistency/({NUMBER})-([1-9][0-9]{{0,15}})\.json")
FAMILIES = ("sha256", "sm3")


class Bundle:
    """A bundle under verification: its files, what was found so far."""

    def __init__(self, file: BinaryIO, pins: Sequence[str], content: str | None):
        self.file, self.pins, self.outside = file, pins, content
        self.found = Findings()
        self.members = read_archive(file)
        #: the keys that the reader gave
        self.given: list[Key] = []
        self.keys: list[Key] = []
        #: Ed25519 and SM2: an installation that was renamed, or whose keys were rotated, has had several pairs
        self.pairs: list[tuple[Key, Key]] = []
        #: the name in the keys that signed the manifest
        self.exporter = ""
        self.witnesses: list[Key] = []
        #: by checkpoint and family the witnesses whose lines hold
        self.held: dict[str, dict[str, set[str]]] = {}
        self.points: dict[str, dict[str, Point]] = {}
        self.moments: dict[str, datetime] = {}
        self.bodies: dict[str, dict[str, object]] = {}
        #: entries whose two proofs hold
        self.proven: set[str] = set()

    def read(self, name: str) -> bytes:
        member = self.members.get(name)
        if member is None:
            raise Bad(f"缺少文件 {name}", f"{name} is missing")
        self.file.seek(member.start)
        return self.file.read(member.size)

    def run(self, check: Callable[[], None], zh: str, en: str) -> bool:
        """Run one check; what it raises becomes a failed line under its name. Whether it passed."""
        try:
            check()
        except Bad as e:
            self.found.failed(f"{zh}：{e.zh}", f"{en}: {e.en}")
        except Exception as e:  # whatever a hostile file brings about is a failure, never a pass
            self.found.failed(f"{zh}：无法读取（{type(e).__name__}）", f"{en}: unreadable ({type(e).__name__}: {e})")
        else:
            return True
        return False

    # each step reports its own proven lines

    def manifest(self) -> None:
        text, _ = parse_note(self.read("manifest.note"))
        said = read_json(text.encode(), newline=True)
        if said.get("format") != FORMAT:
            raise Bad(f"不认识的格式 {said.get('format')!r}", f"unknown format {said.get('format')!r}")
        self.found.entry, self.found.demo = str(said["entry"]), said.get("demo") is True
        listed = said["files"]
        there = [
            {"path": m.name, "length": m.size, "sha256": m.sha256, "sm3": m.sm3}
            for m in self.members.values() if m.name != "manifest.note"
        ]  # fmt: skip
        if not isinstance(listed, list) or next(reversed(self.members)) != "manifest.note":
            raise Bad("清单不在最后或不是列表", "the manifest is not last, or no list")
        have, told = {m["path"]: m for m in there}, {one["path"]: one for one in listed}
        for path in told:
            if have.get(path) != told[path]:
                raise Bad(f"文件 {path} 缺失或被改动", f"{path} is missing or was altered")
        for path in have:
            if path not in told:
                raise Bad(f"文件 {path} 不在清单中", f"{path} is not in the manifest")
        if listed != there:
            raise Bad("文件次序与清单不同", "the files are not in the manifest's order")
        self.found.proven(
            f"清单：{len(there)} 个文件与清单的 SHA-256、SM3 摘要逐一相符，没有多余或缺少的文件",
            f"manifest: all {len(there)} files match their SHA-256 and SM3 digests; none is missing or extra",
        )

    def load_keys(self) -> None:
        said = read_json(self.read("keys.json"))
        self.keys = [parse_key(str(k)) for k in _list(said["log"])]
        self.witnesses = [parse_key(str(k)) for k in _list(said["witnesses"])]
        for ed25519, sm2 in zip(self.keys[::2], self.keys[1::2], strict=True):
            if (ed25519.kind, sm2.kind) != ("Ed25519", "SM2") or ed25519.name != sm2.name:
                raise Bad("密钥种类不对", "keys of the wrong kinds")
            self.pairs.append((ed25519, sm2))
        if not self.pairs or any(k.kind != "witness" for k in self.witnesses):
            raise Bad("密钥种类不对", "keys of the wrong kinds")
        listed = [k.text for k in (*self.keys, *self.witnesses)]
        if len(set(listed)) != len(listed):
            raise Bad("同一公钥列了两次", "a key is listed twice")
        if {k.material[1:] for k in self.witnesses} & {k.material[1:] for k in self.keys}:
            raise Bad("见证者用的是平台自己的密钥", "a witness uses the platform's own key")
        self.given = [parse_key(pin) for pin in self.pins]
        if not self.given_of("Ed25519", "SM2"):
            ids = "，".join(f"{k.kind} {k.text}" for k in self.keys)
            self.found.open(
                f"公钥取自证据包本身，请与平台公布的核对（或用 --key 给定）：{ids}",
                "the keys are the bundle's own: compare them with those the platform publishes, or give them by --key",
            )
        strange = [k for k in (*self.keys, *self.witnesses) if k.text not in {g.text for g in self.given}]
        if self.given and strange:
            ids = "，".join(f"{k.kind} {k.text}" for k in strange)
            self.found.open(
                f"以下公钥只是列在证据包内，您没有给定，其签名不作数：{ids}",
                "these keys are only named by the bundle, you have not given them, their signatures count for nothing",
            )

    def given_of(self, *kinds: str) -> list[Key]:
        return [k for k in self.given if k.kind in kinds]

    def check_given(self, pair: tuple[Key, Key], zh: str, en: str) -> None:
        """Raise Bad unless those who signed are those that the reader gave, where keys of a log were given."""
        given = self.given_of("Ed25519", "SM2")
        known = {k.text for k in given}
        # one of the two kinds may be given alone; of a kind that is given for this name no other key will do
        strange = [
            k for k in pair if k.text not in known and any((g.name, g.kind) == (k.name, k.kind) for g in given)
        ]  # fmt: skip
        if given and (strange or not any(k.text in known for k in pair)):
            ids = "，".join(f"{k.kind} {k.text}" for k in pair if k.text not in known)
            raise Bad(
                f"{zh}不是用您给定的公钥签名的，而是 {ids}", f"{en} is not signed by the keys you gave, but by {ids}"
            )

    def signed_manifest(self) -> None:
        pair = signer_of(self.read("manifest.note"), self.pairs)
        self.exporter = pair[0].name
        self.check_given(pair, "清单", "the manifest")
        self.found.proven(
            "清单签名：Ed25519 与 SM2 两个签名都成立，所有文件（含证书文件）均由该公钥的持有者导出",
            "manifest: both signatures hold (Ed25519, SM2); every file was exported by the holder of these keys",
        )

    def by_given(self) -> None:
        """What is by keys that the reader gave; call it last."""
        witnesses = self.given_of("witness")
        for key in witnesses:
            self.cosigned_all(key)
        if not self.given_of("Ed25519", "SM2"):
            if witnesses:
                self.found.open(
                    "您只给定了见证者的公钥：日志确经其见证，但清单由谁签名、由谁导出，仍须与平台公布的公钥核对",
                    "you gave keys of witnesses only: whose keys signed the manifest remains to be compared",
                )
            return
        if any(line.mark == "failed" for line in self.found.lines):
            return
        self.found.by_given = True
        self.found.proven(
            f"公钥：清单与 {len(self.points)} 个检查点都由您给定的公钥签名",
            f"keys: the manifest and all {len(self.points)} checkpoints are signed by keys that you gave",
        )

    def cosigned_all(self, key: Key) -> None:
        """A witness that the reader gave cosigned every checkpoint, or a later one that extends it."""
        covered: set[str] = set()
        for label in sorted(self.points, key=_order, reverse=True):
            year = label.partition("-")[0]
            if any(key.text in held for held in self.held.get(label, {}).values()):
                covered.add(year)
            if year not in covered:
                raise Bad(
                    f"您给定的见证者 {key.name} 没有共同签名检查点 {label}",
                    f"the witness {key.name} that you gave did not cosign checkpoint {label}",
                )

    def known_files(self) -> None:
        """Every file has a meaning, and what belongs together is there together."""
        names = set(self.members)
        entries = {m[1] for n in names if (m := _ENTRY.fullmatch(n))}
        proofs = {m[1] for n in names if (m := _PROOF.fullmatch(n))}
        for name in names - {"manifest.note", "keys.json", "policy.json", "custody.json", "tsa-roots.pem", *BESIDE}:
            point = _POINT.fullmatch(name)
            content = _SALT.fullmatch(name) or _CONTENT.fullmatch(name)
            known = (
                _ENTRY.fullmatch(name) or _PROOF.fullmatch(name) or _BETWEEN.fullmatch(name)
                or (point and f"{point[2]}.{point[3]}" in _POINT_FILES) or (content and content[1] in entries)
            )  # fmt: skip
            if not known:
                raise Bad(f"文件 {name} 没有含义", f"{name} has no meaning in a bundle")
        if entries != proofs or self.found.entry not in entries:
            raise Bad("条目与证明不成对，或缺少主条目", "entries and proofs do not pair, or the main entry is missing")

    def policy(self) -> tuple[int, dict[str, tuple[str, ...]]]:
        """How many witnesses are needed, and of whom: by key the trees that each of them cosigns."""
        said = read_json(self.read("policy.json"))
        need, of, trees = said["need"], _list(said["of"]), said.get("trees", {})
        malformed = Bad("见证规则格式不对", "the witness policy is malformed")
        if not isinstance(need, int) or isinstance(need, bool) or need < 0 or len(of) != len(set(map(str, of))):
            raise malformed
        ones = [[f] for f in FAMILIES]
        if not isinstance(trees, dict) or any(k not in of or v not in ones for k, v in trees.items()):
            raise malformed
        return need, {str(k): tuple(trees.get(str(k), FAMILIES)) for k in of}

    def load_points(self) -> None:
        need, of = self.policy()
        roots = read_pem(self.read("tsa-roots.pem")) if "tsa-roots.pem" in self.members else []
        used = {str(read_json(self.read(f"entries/{n}.proof.json"))["checkpoint"]) for n in self.numbers()}
        there = {m[1] for n in self.members if (m := _POINT.fullmatch(n))}
        if used != there:
            raise Bad("检查点与条目不对应", "checkpoints and entries do not belong together")
        for root in roots:
            mark = hashlib.sha256(root.raw).hexdigest()
            self.found.open(
                f"时间戳根证书“{root.name}”取自证据包，请与该机构公布的核对：SHA-256 {mark}",
                f"the root of the time stamps, {root.name!r}, is the bundle's own: compare its SHA-256 {mark}",
            )
        for label in sorted(there, key=_order):
            self.run(lambda label=label: self.load_point(label, roots), f"检查点 {label}", f"checkpoint {label}")  # type: ignore[misc]
            self.run(
                lambda label=label: self.cosigned(label, need, of),  # type: ignore[misc]
                f"检查点 {label} 的见证", f"witnesses of checkpoint {label}",
            )  # fmt: skip

    def load_point(self, label: str, roots: Sequence[Certificate]) -> None:
        year, _, size = label.partition("-")
        notes = {f: self.read(f"checkpoints/{label}/{f}.note") for f in FAMILIES}
        points = {f: parse_point(parse_note(notes[f])[0], year, f) for f in FAMILIES}
        for family in FAMILIES:
            pair = signer_of(notes[family], [p for p in self.pairs if p[0].name == points[family].base])
            self.check_given(pair, "检查点", "the checkpoint")
        if {p.base for p in points.values()} != {points["sha256"].base} or any(
            p.size != int(size) for p in points.values()
        ):
            raise Bad("两个检查点说的不是同一日志", "the two notes are not of one log")
        self.points[label] = points
        log = f"{points['sha256'].base}/{year}"
        self.found.proven(
            f"检查点 {label}：日志 {log} 共 {size} 条，SHA-256 与 SM3 两个根各有 Ed25519、SM2 签名且都成立",
            f"checkpoint {label}: log {log} with {size} entries; both roots are signed by both keys",
        )
        if f"checkpoints/{label}/token.tsr" not in self.members:
            self.found.open(
                f"检查点 {label} 没有时间戳：不声称第三方时间，只有平台自己记录的时间",
                f"checkpoint {label} has no time stamp: no time by a third party is claimed",
            )
            return
        imprint = hashlib.sha256(notes["sha256"] + notes["sm3"]).digest()
        moment, name = check_token(self.read(f"checkpoints/{label}/token.tsr"), imprint, roots)
        self.moments[label] = moment
        self.found.proven(
            f"时间戳（RFC 3161）：检查点 {label} 在 {moment:%Y-%m-%d %H:%M:%S} UTC 之前已存在，签发者“{name}”",
            f"time stamp (RFC 3161): checkpoint {label} existed at {moment:%Y-%m-%d %H:%M:%S} UTC, says {name!r}",
        )

    def cosigned(self, label: str, need: int, of: dict[str, tuple[str, ...]]) -> None:
        """Cosignatures are valid, and enough of them are there: each witness of the policy under each of its trees."""
        first = self.cosignatures(label)
        held = self.held[label]
        anyone = held["sha256"] | held["sm3"]
        counted = [k for k, trees in of.items() if all(k in held[f] for f in trees)]
        if len(counted) < need:
            half = "，有见证者只签了两个根中的一个" if held["sha256"] ^ held["sm3"] else ""
            raise Bad(
                f"规则要求 {need} 位见证者，只有 {len(counted)} 位{half}",
                f"{need} witnesses needed, {len(counted)} found",
            )
        given = {k.text for k in self.given}
        strange = anyone - given if given else set()
        known, last = anyone - strange, datetime.fromtimestamp(first, UTC)
        if known:
            names = self.named(known, held)
            self.found.proven(
                f"见证：{len(known)} 位见证者核对一致性后共同签名（规则要求 {need} 位），"
                f"最晚 {last:%Y-%m-%d %H:%M:%S} UTC：{names[0]}",
                f"witnesses: {len(known)} cosigned after a consistency check ({need} needed): {names[1]}",
            )
        if strange:
            names = self.named(strange, held)
            self.found.open(
                f"检查点 {label} 另有 {len(strange)} 位见证者的签名，其公钥您没有给定，不作数：{names[0]}",
                f"checkpoint {label} is cosigned by witnesses whose keys you have not given: {names[1]}",
            )
        if not anyone:
            self.found.open(
                f"检查点 {label} 没有外部见证：整个数据库被换回旧版本时，本包不能单独发现",
                f"checkpoint {label} has no witness: a roll-back of the whole log is not ruled out by this bundle",
            )

    def named(self, keys: set[str], held: dict[str, set[str]]) -> tuple[str, str]:
        """The names of witnesses, each with its tree where it cosigned one of the two only."""
        zh, en = [], []
        for key in sorted(keys, key=lambda k: (parse_key(k).name, k)):
            name, trees = parse_key(key).name, [f for f in FAMILIES if key in held[f]]
            tree = {"sha256": "SHA-256", "sm3": "SM3"}[trees[0]]
            zh.append(name if len(trees) == 2 else f"{name}（仅 {tree} 树）")
            en.append(name if len(trees) == 2 else f"{name} ({tree} tree only)")
        return "、".join(zh), ", ".join(en)

    def cosignatures(self, label: str) -> int:
        """Check every line of the witnesses under a checkpoint, and note whose they are; gives the last moment."""
        by_key = {(k.name, k.id): k for k in self.witnesses}
        held: dict[str, set[str]] = {f: set() for f in FAMILIES}
        last = 0
        self.held[label] = {f: set() for f in FAMILIES}
        for family in FAMILIES:
            name = f"checkpoints/{label}/{family}.cosignatures"
            if name not in self.members:
                continue
            for signer, id_, raw in parse_lines(_utf8(self.read(name))):
                key = by_key.get((signer, id_))
                if key is None:
                    raise Bad(f"见证者 {signer} 的公钥不在证据包中", f"no key of witness {signer}")
                moment = int.from_bytes(raw[:8])
                message = f"cosignature/v1\ntime {moment}\n{self.points[label][family].text}".encode()
                if len(raw) != 72 or not 0 < moment < 2**53 or not key.verify(message, raw[8:]):
                    raise Bad(f"见证者 {signer} 的签名不成立", f"the cosignature of {signer} does not hold")
                if key.text in held[family]:
                    raise Bad(f"见证者 {signer} 签了两次", f"{signer} cosigned twice")
                held[family].add(key.text)
                last = max(last, moment)
        self.held[label] = held
        return last

    def between(self) -> None:
        """Checkpoints of one year agree with each other."""
        labels, expected = sorted(self.points, key=_order), set()
        for old, new in pairwise(labels):
            if old.partition("-")[0] != new.partition("-")[0]:
                continue
            size = new.partition("-")[2]
            name = f"consistency/{old}-{size}.json"
            expected.add(name)
            said = read_json(self.read(name))
            for family in FAMILIES:
                one, two = self.points[old][family], self.points[new][family]
                if one.base != two.base:
                    raise Bad("两个检查点属于不同日志", "checkpoints of different logs")
                check_consistency(family, one.size, two.size, _hashes(said[family]), one.root, two.root)
        if expected != {n for n in self.members if n.startswith("consistency/")}:
            raise Bad("一致性证明与检查点不对应", "consistency proofs and checkpoints do not belong together")
        if expected:
            self.found.proven(
                f"一致性：{len(labels)} 个检查点属于同一条只增不改的日志",
                f"consistency: the {len(labels)} checkpoints are of one log that only grew",
            )

    def entry(self, number: str) -> None:
        raw = self.read(f"entries/{number}.json")
        body, proof = read_json(raw), read_json(self.read(f"entries/{number}.proof.json"))
        year, _, index = number.partition("-")
        label = str(proof["checkpoint"])
        if label.partition("-")[0] != year or label not in self.points or set(proof) != {"checkpoint", *FAMILIES}:
            raise Bad("证明不属于该条目的检查点", "the proof is not for a checkpoint of this entry that holds")
        for family in FAMILIES:
            point = self.points[label][family]
            check_inclusion(family, leaf_hash(family, raw), int(index), point.size, _hashes(proof[family]), point.root)
        self.bodies[number] = body
        self.proven.add(number)
        if number == self.found.entry:
            self.found.moment = self.moments.get(label)
            if self.points[label]["sha256"].base != self.exporter:
                raise Bad(
                    f"主条目属于日志 {self.points[label]['sha256'].base}，清单却由 {self.exporter} 的公钥签名",
                    f"the main entry is of another log than {self.exporter}, whose keys signed the manifest",
                )
        told = "，".join(str(body[k]) for k in ("kind", "object", "at", "actor"))
        self.found.proven(
            f"条目 {number}：在检查点 {label} 的 SHA-256、SM3 两棵树中（{told}）",
            f"entry {number}: in both trees of checkpoint {label} ({told})",
        )

    def content(self, number: str) -> None:
        body = self.bodies[number]
        names = [n for n in self.members if (m := _CONTENT.fullmatch(n)) and m[1] == number and not _SALT.fullmatch(n)]
        salt = b""
        if body.get("salted") is True and f"contents/{number}.salt" in self.members:
            salt = self.read(f"contents/{number}.salt")
        elif f"contents/{number}.salt" in self.members:
            raise Bad("未加盐的条目带了盐", "a salt for an entry that has none")
        if len(names) > 1:
            raise Bad("同一条目有多份内容", "several contents for one entry")
        if names and not salt:
            member = self.members[names[0]]  # hashed when the archive was read
            self.compare(number, member.size, {"sha256": member.sha256, "sm3": member.sm3}, salt)
        elif names:
            member = self.members[names[0]]
            self.file.seek(member.start)
            self.same(number, _pieces(self.file, member.size), salt)
        if self.outside is not None and number == self.found.entry:
            with open(self.outside, "rb") as given:
                self.same(number, _pieces(given, None), salt, own=True)
        elif not names:
            self.found.open(
                f"条目 {number} 的内容不在包内：只证明摘要 SHA-256 {body['sha256']}、SM3 {body['sm3']} 已登记",
                f"the content of entry {number} is not in the bundle: only its digests are proven",
            )

    def same(self, number: str, pieces: Iterator[bytes], salt: bytes, *, own: bool = False) -> None:
        length, made = 0, {f: hasher(f) for f in FAMILIES}
        for one in made.values():
            one.update(salt)
        for piece in pieces:
            length += len(piece)
            for one in made.values():
                one.update(piece)
        self.compare(number, length, {f: made[f].hexdigest() for f in FAMILIES}, salt, own=own)

    def compare(self, number: str, length: int, digests: dict[str, str], salt: bytes, *, own: bool = False) -> None:
        body = self.bodies[number]
        if length != body["length"] or any(digests[f] != body[f] for f in FAMILIES):
            if body.get("salted") is True and not salt:
                raise Bad("缺少盐，无法核对内容", "the salt is missing: the content cannot be compared")
            if own:
                raise Bad("您给定的原文件的内容与登记的摘要不符", "the file that you gave is not what was recorded")
            raise Bad("内容与登记的摘要不符", "the content is not what was recorded")
        if own:
            self.found.proven(
                f"原文件：您给定的 {length} 字节就是条目 {number} 登记的内容",
                f"original: the {length} bytes that you gave are those recorded as entry {number}",
            )
            return
        self.found.proven(
            f"内容：条目 {number} 的 {length} 字节与登记的 SHA-256、SM3 摘要相符，登记后未改动",
            f"content: the {length} bytes of entry {number} are those recorded (SHA-256 and SM3)",
        )

    def custody(self) -> None:
        """The custody list is one stream's whole chain of events, each linked to the one before it."""
        said = read_json(self.read("custody.json"))
        numbers, stream = [str(n) for n in _list(said["entries"])], said["stream"]
        main, named = self.bodies.get(self.found.entry), self.found.entry in numbers
        if main is None or main["object"] != stream:
            raise Bad("流转记录属于另一对象", "the custody list is of another object")
        prev: dict[str, object] = {"sha256": "", "sm3": ""}
        for seq, number in enumerate(numbers, 1):
            if number not in self.proven:
                raise Bad(f"流转记录的条目 {number} 未得到证明", f"custody entry {number} is not proven")
            event = read_json(self.read(f"contents/{number}.json"))
            body = self.bodies[number]
            if (event["stream"], event["seq"], body["object"], body["kind"]) != (stream, seq, stream, "event"):
                raise Bad(
                    f"流转记录缺失、错位或属于别的对象（第 {seq} 条）", f"custody row {seq} is missing or misplaced"
                )
            if event["prev"] != prev:
                raise Bad(f"流转记录第 {seq} 条不接上一条", f"custody row {seq} does not link to the one before")
            prev = {f: body[f] for f in FAMILIES}
            data = event["data"]
            content = data.get("content") if isinstance(data, dict) else None
            if isinstance(content, dict) and all(content.get(f) == main[f] for f in FAMILIES):
                named = True
        if not numbers or not named:
            raise Bad("流转记录没有说到这份内容", "the custody list does not name this content")
        self.found.proven(
            f"流转：{stream} 从第 1 条到第 {len(numbers)} 条首尾相连，无缺漏；之后是否还有新的流转，本包不声称",
            f"custody: rows 1 to {len(numbers)} of {stream} link without a gap; later ones are not ruled out",
        )

    def numbers(self) -> list[str]:
        return sorted((m[1] for n in self.members if (m := _ENTRY.fullmatch(n))), key=_order)

    def verify(self) -> Findings:
        if not self.run(self.manifest, "清单", "manifest"):
            return self.found
        if not self.run(self.load_keys, "公钥", "keys"):
            return self.found
        self.run(self.signed_manifest, "清单签名", "manifest")
        if not self.run(self.known_files, "文件", "files"):
            return self.found
        self.run(self.load_points, "检查点", "checkpoints")
        self.run(self.between, "一致性", "consistency")
        for number in self.numbers():
            if self.run(lambda n=number: self.entry(n), f"条目 {number}", f"entry {number}"):  # type: ignore[misc]
                self.run(lambda n=number: self.content(n), f"内容 {number}", f"content {number}")  # type: ignore[misc]
        if "custody.json" in self.members:
            self.run(self.custody, "流转", "custody")
        else:
            self.found.open("包内没有流转记录", "no custody list is in the bundle")
        self.run(self.by_given, "公钥", "keys")
        self.found.open(
            "登记之前的事不在证明之内：由谁、用什么设备、在什么环境、从何处取得，须另行查明",
            "what happened before recording is not proven: who took it, with which device, where from is asked apart",
        )
        if self.found.demo:
            self.found.open("这是演示数据", "this is demonstration data")
        return self.found


def _order(number: str) -> tuple[int, int]:
    year, _, index = number.partition("-")
    return int(year), int(index)


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise Bad("应为列表", "a list is expected")
    return value


def _hashes(value: object) -> list[bytes]:
    return [base64.b64decode(str(text), validate=True) for text in _list(value)]


def _pieces(file: BinaryIO, size: int | None) -> Iterator[bytes]:
    left = size
    while left is None or left:
        piece = file.read(CHUNK if left is None else min(CHUNK, left))
        if not piece:
            return
        if left is not None:
            left -= len(piece)
        yield piece


def verify_file(file: BinaryIO, pins: Sequence[str] = (), content: str | None = None) -> Findings:
    """Verify the bundle in an open file, from its beginning. Raises NotABundle; everything else is a finding."""
    try:
        bundle = Bundle(file, pins, content)
    except Bad as e:
        found = Findings()
        found.failed(f"压缩包：{e.zh}", f"archive: {e.en}")
        return found
    return bundle.verify()


def verify_bundle(path: str, pins: Sequence[str] = (), content: str | None = None) -> Findings:
    """Verify the bundle at a path. Raises NotABundle, OSError; everything else is a finding."""
    if content is not None:
        with open(content, "rb"):
            pass  # a file that is not there is no answer to whether it is the one that was recorded
    with open(path, "rb") as file:
        return verify_file(file, pins, content)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="verify.py", description="核验津知证据包 / verify an evidence bundle of Jinzhi"
    )
    parser.add_argument("bundle", help="证据包 zip / the bundle")
    parser.add_argument(
        "--key", action="append", default=[], help="已知的平台或见证者公钥，可多次 / a key known from elsewhere"
    )
    parser.add_argument("--content", help="您自己的原文件，须与登记的相同 / your own copy, which must be the same")
    given = parser.parse_args(arguments)
    say = sys.stdout.write
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    if isinstance(hasher("sm3"), Sm3):
        sys.stderr.write("此 Python 没有 SM3，改用较慢的算法 / no SM3 in this Python: large contents take long\n")
    try:
        found = verify_bundle(given.bundle, given.key, given.content)
    except NotABundle as e:
        say(f"{e}\n")
        return 2
    except OSError as e:
        say(f"读不到文件 / cannot be read: {e}\n")
        return 2
    for line in found.lines:
        say(f"{line}\n")
    say(" / ".join(found.sentence) + "\n")
    return EXITS[found.verdict]


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - this file runs where the package is not installed
        sys.exit("需要 Python 3.11 或更高版本 / Python 3.11 or newer is needed")
    sys.exit(main(sys.argv[1:]))
