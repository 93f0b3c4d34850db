"""Signed notes and checkpoints, after C2SP signed-note, tlog-checkpoint and tlog-cosignature. Text only, no keys.

A note is text that ends in a newline, an empty line, and signature lines ``— <name> <base64(key id ‖ signature)>``.
A checkpoint is a note whose text is origin, tree size, base64 root and optional extension lines.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

ED25519 = 0x01
COSIGNATURE = 0x04
#: signature types from 0xff on are named by a string after the type byte: SM2 has no number of its own
UNASSIGNED = 0xFF
SM2_NAME = b"jinzhi-sm2"


class NoteError(ValueError):
    """A note or checkpoint that is not well formed; the message says where."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line: the signer's name, the four bytes of its key id, the signature."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        return f"\u2014 {self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text with its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(s.line() for s in self.signatures)

    def by(self, name: str, key_id: bytes) -> tuple[Signature, ...]:
        return tuple(s for s in self.signatures if s.name == name and s.key_id == key_id)


def key_id(name: str, kind: bytes, public: bytes) -> bytes:
    """The first four bytes of SHA-256 over name, newline, signature type and public key."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def valid_name(name: str) -> bool:
    """Whether a signer may be called so: no white space, no plus sign, not empty."""
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)


def vkey(name: str, kind: bytes, public: bytes) -> str:
    """A verifier key in its written form: name+hex(key id)+base64(type ‖ public key)."""
    return f"{name}+{key_id(name, kind, public).hex()}+{base64.b64encode(kind + public).decode()}"


def renamed(key: str, name: str) -> str:
    """The same public key as a verifier key under another name. Raises NoteError."""
    material = parse_vkey(key)[2]
    return vkey(name, b"", material)


def parse_vkey(text: str) -> tuple[str, bytes, bytes]:
    """(name, key id, type ‖ public key) of a written verifier key. Raises NoteError."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not valid_name(parts[0]):
        raise NoteError(f"{text!r} is no verifier key")
    try:
        given, material = bytes.fromhex(parts[1]), base64.b64decode(parts[2], validate=True)
    except (ValueError, binascii.Error):
        raise NoteError(f"{text!r} is no verifier key") from None
    if not material or key_id(parts[0], b"", material) != given:
        raise NoteError(f"the key id of {parts[0]} does not fit its key")
    return parts[0], given, material


def parse_note(text: str) -> SignedNote:
    """Read a note. Raises NoteError on anything that is not exactly one."""
    head, blank, tail = text.rpartition("\n\n")
    if not blank or not tail or not tail.endswith("\n"):
        raise NoteError("a note is a text, an empty line and at least one signature line")
    body = head + "\n"
    if any(ord(c) < 0x20 and c != "\n" for c in text):
        raise NoteError("a note holds no control characters")
    signatures: list[Signature] = []
    for line in tail[:-1].split("\n"):
        mark, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        if mark != "\u2014" or not valid_name(name):
            raise NoteError(f"{line!r} is no signature line")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error):
            raise NoteError(f"{line!r}: the signature is not base64") from None
        if len(raw) < 5:
            raise NoteError(f"{line!r}: the signature is too short")
        signatures.append(Signature(name, raw[:4], raw[4:]))
    return SignedNote(body, tuple(signatures))


@dataclass(frozen=True, slots=True)
class CheckpointBody:
    """What a log says it is: its origin, how many entries, under which root."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> CheckpointBody:
    """Read the text of a checkpoint (without signatures). Raises NoteError."""
    if not text.endswith("\n"):
        raise NoteError("a checkpoint ends in a newline")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not lines[0]:
        raise NoteError("a checkpoint has an origin, a size and a root")
    if not lines[1].isascii() or not lines[1].isdigit() or (lines[1] != "0" and lines[1].startswith("0")):
        raise NoteError(f"{lines[1]!r} is no tree size")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except (ValueError, binascii.Error):
        raise NoteError(f"{lines[2]!r} is no base64 root") from None
    if any(not line for line in lines[3:]):
        raise NoteError("an extension line is not empty")
    return CheckpointBody(lines[0], int(lines[1]), root, tuple(lines[3:]))


def cosigned(timestamp: int, text: str) -> bytes:
    """What a witness signs over a checkpoint at a moment (C2SP tlog-cosignature, cosignature/v1)."""
    if timestamp <= 0:
        raise NoteError("a cosignature has a moment after 1970")
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def cosignature(timestamp: int, signature: bytes) -> bytes:
    """The bytes of a cosignature: the moment in eight bytes, then the signature."""
    return timestamp.to_bytes(8) + signature


def parse_cosignature(raw: bytes) -> tuple[int, bytes]:
    """(moment, signature) of a cosignature. Raises NoteError."""
    if len(raw) != 72:
        raise NoteError("a cosignature has 72 bytes")
    return int.from_bytes(raw[:8]), raw[8:]


def line_under(given: SignedNote, key: str, name: str) -> Signature | None:
    """The line of a verifier key once more, under another name: what is signed is the text, without any name.

    None where the note has no line of this key, or nobody may be called so.
    """
    lines = given.by(*parse_vkey(key)[:2])
    if not lines or not valid_name(name):
        return None
    return Signature(name, parse_vkey(renamed(key, name))[1], lines[0].signature)


def merged(note: SignedNote, more: Iterable[Signature]) -> SignedNote:
    """The note with further signatures; one of the same name and key id is replaced."""
    kept = {(s.name, s.key_id): s for s in note.signatures}
    for s in more:
        kept[s.name, s.key_id] = s
    return SignedNote(note.text, tuple(kept.values()))
