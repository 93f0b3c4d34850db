"""Being a witness: the answering side of C2SP tlog-witness, for trees of both hash families.

A witness keeps, for each tree it knows, the largest state that it has cosigned, and cosigns only what is proven to
follow from it. What it refuses although the log signed it, it keeps: two signed notes that cannot both be true show
everybody what happened. Cosignatures are Ed25519 only (cosignature/v1 knows no SM2).
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.evidence.models import RefusedCheckpoint, Witnessed
from jinzhi.apps.evidence.witness import witnesses
from jinzhi.apps.evidence.witness.witnesses import KnownLog
from jinzhi.engines import signing
from jinzhi.kernel import merkle, note
from jinzhi.kernel.merkle import Family, ProofError
from jinzhi.kernel.note import CheckpointBody, SignedNote

#: a request is an old size, at most 63 hashes and a note with a few signatures
LONGEST, MOST_HASHES = 64 * 1024, 63
SIZE_TYPE, TEXT_TYPE = "text/x.tlog.size", "text/plain; charset=utf-8"


class CosignRefused(Exception):
    """A checkpoint that is not cosigned: the HTTP status that says so, and the text and type of the answer."""

    def __init__(self, status: int, text: str, media_type: str = TEXT_TYPE):
        super().__init__(text)
        self.status, self.text, self.media_type = status, text, media_type


@dataclass(frozen=True)
class Request:
    """A checkpoint that wants a cosignature: from which size on it is proven, the proof, the note."""

    old: int
    proof: tuple[bytes, ...]
    note: SignedNote
    checkpoint: CheckpointBody

    def written(self) -> str:
        lines = "".join(base64.b64encode(h).decode() + "\n" for h in self.proof)
        return f"old {self.old}\n{lines}\n{self.note}"


def parse(body: bytes) -> Request:
    """Read a request. Raises Refused (400)."""
    try:
        head, blank, text = body.decode().partition("\n\n")
        first, *lines = head.split("\n")
        word, _, size = first.partition(" ")
        if not blank or word != "old" or not size.isascii() or not size.isdigit() or size != str(int(size)):
            raise ValueError("the first line is not: old, a size")
        if len(lines) > MOST_HASHES:
            raise ValueError(f"more than {MOST_HASHES} lines of proof")
        proof = tuple(base64.b64decode(line, validate=True) for line in lines)
        found = note.parse_note(text)
        checkpoint = note.parse_checkpoint(found.text)
    except (ValueError, binascii.Error) as e:
        raise CosignRefused(400, f"malformed request: {e}\n") from None
    if max(checkpoint.size, int(size)) >= 1 << 63:
        raise CosignRefused(400, "malformed request: no tree is that large\n")
    return Request(int(size), proof, found, checkpoint)


def add_checkpoint(body: bytes) -> str:
    """Cosign the checkpoint of a request; gives the cosignature line. Raises Refused, and WitnessRefused for a
    declaration that cannot be used."""
    asked = parse(body)
    declared = witnesses.load()
    known = declared.log_with(asked.checkpoint.origin)
    if known is None:
        raise CosignRefused(404, "this witness does not know that log\n")
    log, family = known
    signed = _signed_by(log, asked.note)
    if len(asked.checkpoint.root) != family.size:
        raise CosignRefused(400, f"a root of {family.name} has {family.size} bytes\n")
    if asked.old > asked.checkpoint.size:
        raise CosignRefused(400, "the old size is larger than the checkpoint's\n")
    try:
        line = _cosign(asked, signed, family, witnesses.signer(declared))
        _mark(asked.checkpoint)
        return line
    except _Unproven as e:
        # after the transaction, which left nothing behind
        _keep(asked, signed, e)
        # C2SP tlog-witness: two roots of one size are a conflict, a proof that does not hold cannot be processed
        raise CosignRefused(
            409 if e.forked else 422, f"not consistent with what this witness cosigned: {e}\n"
        ) from None


class _Unproven(Exception):
    """The checkpoint is not shown to follow from the one cosigned last, whose note is ``before``."""

    def __init__(self, reason: str, before: str, forked: bool):
        super().__init__(reason)
        self.before, self.forked = before, forked


def _signed_by(log: KnownLog, given: note.SignedNote) -> note.SignedNote:
    """The note with the signatures of the log's known keys only; a wrong one under a known key refuses all."""
    kept = []
    for key in log.vkeys:
        name, key_id, _ = note.parse_vkey(key)
        for line in given.by(name, key_id):
            if not signing.verify(key, given.text.encode(), line.signature):
                raise CosignRefused(403, f"the signature of {name} ({key_id.hex()}) does not hold\n")
            kept.append(line)
    if not kept:
        raise CosignRefused(403, "no signature by a known key of that log\n")
    return note.SignedNote(given.text, tuple(kept))


@transaction.atomic
def _cosign(asked: Request, signed: note.SignedNote, family: Family, key: signing.Signer) -> str:
    """Compare, keep and sign in one transaction, in which nobody else moves this tree."""
    said = asked.checkpoint
    Witnessed.objects.get_or_create(
        origin=said.origin,
        defaults={"hash": origin_hash(said.origin), "size": 0, "root": family.empty, "at": now()},
    )
    last = Witnessed.objects.select_for_update().get(origin=said.origin)
    if marked(last.hash) > last.size:
        raise CosignRefused(503, "this witness lost part of its memory: its operator must look first\n")
    if asked.old != last.size:
        raise CosignRefused(409, f"{last.size}\n", SIZE_TYPE)
    _must_follow(asked, last, family)
    moment = now()
    line = key.cosign(signed.text, int(moment.timestamp()))
    last.size, last.root, last.at = said.size, said.root, moment
    last.note = str(note.merged(signed, (line,)))
    last.save()
    return line.line()


def _must_follow(asked: Request, last: Witnessed, family: Family) -> None:
    said, root = asked.checkpoint, bytes(last.root)
    forked = said.size == last.size and said.root != root
    try:
        if last.size == 0:
            if asked.proof:
                raise ProofError("from an empty tree there is nothing to prove")
            if said.size == 0 and forked:
                raise ProofError("an empty tree with the root of something")
        else:
            merkle.verify_consistency(family, last.size, said.size, asked.proof, root, said.root)
    except ProofError as e:
        raise _Unproven(str(e), last.note, forked and bool(last.note)) from None


def _keep(asked: Request, signed: note.SignedNote, why: _Unproven) -> None:
    """Keep what the log signed and this witness refused, once for each size and root."""
    said = asked.checkpoint
    RefusedCheckpoint.objects.get_or_create(
        origin=said.origin, size=said.size, root=said.root, forked=why.forked,
        defaults={"old": asked.old, "note": str(signed), "before": why.before, "reason": str(why), "at": now()},
    )  # fmt: skip


def origin_hash(origin: str) -> str:
    """How a tree is called in the addresses of a witness."""
    return hashlib.sha256(origin.encode()).hexdigest()


def latest(origin: str) -> str | None:
    """The note that was cosigned last, by the hash of its origin; None where none was."""
    return Witnessed.objects.filter(hash=origin).exclude(note="").values_list("note", flat=True).first()


def marks() -> Path:
    """The folder of the files that say how far each tree was cosigned."""
    return witnesses.path().parent / "witnessed"


def marked(origin: str) -> int:
    """How many entries of a tree were cosigned at least, as the file beside the database says."""
    try:
        return int((marks() / origin).read_text())
    except FileNotFoundError:
        return 0


def _mark(said: note.CheckpointBody) -> None:
    """Let the file say so, after the database does: where it lags behind after a crash, nothing is refused for it."""
    marks().mkdir(parents=True, exist_ok=True)
    path = marks() / origin_hash(said.origin)
    with open(marks() / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if said.size > marked(path.name):
            fresh = path.with_suffix(".new")
            with open(fresh, "w") as file:
                file.write(f"{said.size}\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, path)


def forgotten() -> Iterator[tuple[str, int, int]]:
    """Trees of which the database knows less than was cosigned: origin (or its hash), marked and known size."""
    rows = {row.hash: (row.origin, row.size) for row in Witnessed.objects.defer("note")}
    for path in sorted(marks().glob("?" * 64)):
        origin, size = rows.get(path.name, (path.name, 0))
        if marked(path.name) > size:
            yield origin, marked(path.name), size
