"""Bundles taken apart and put together again, as somebody who alters them would."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.custody import actions
from jinzhi.apps.custody.models import Item
from jinzhi.apps.evidence.bundle import bundles
from jinzhi.apps.evidence.log import checkpoints, log
from jinzhi.apps.evidence.models import Cosignature, Entry
from jinzhi.engines.signing import SigningKeys, load_or_make
from jinzhi.kernel import note
from jinzhi.kernel.canonical import canonical
from jinzhi.verifier import verify
from tests.apps.test_custody import take

Files = dict[str, bytes]
#: no moment of the demonstration's day is later than this
MOMENT = 1_795_392_000


@dataclass
class Made:
    """A bundle with what was needed to make it."""

    content: bytes
    files: Files
    keys: SigningKeys
    item: Item
    main: Entry

    def checked(self, files: Files | None = None, **how) -> verify.Findings:
        return checked(pack(files) if files is not None else self.content, **how)


def make(person, tmp_path, *, witnesses: int = 1) -> Made:
    """An item of evidence taken in, mended and put on hold, with two checkpoints between, cosigned, stamped."""
    Installation.objects.update(demo=True)
    item = take(person, b"the page as it was" * 20)
    log.checkpoint()
    item = actions.correct(item, {"place": "别处"}, reason="笔误", who=person.acting)
    item = actions.hold(item, reason="诉讼中", who=person.acting)
    log.sequence()
    main = Entry.objects.select_related("shard", "event").get(object=item.stream, kind="evidence")
    chain = list(Entry.objects.filter(event__stream=item.stream).order_by("event__seq"))
    latest = log.checkpoint()
    cosigners = [load_or_make(tmp_path / f"witness{n}", f"witness{n}.example") for n in range(witnesses)]
    for point in (bundles.chosen(main), latest):
        for keys in cosigners:
            cosign(point, keys)
    policy = bundles.Policy(min(1, witnesses), tuple(k.witness.vkey for k in cosigners))
    out = io.BytesIO()
    bundles.build(main, out, content=bundles.content_for(main), custody=chain, policy=policy)
    return Made(out.getvalue(), unpack(out.getvalue()), checkpoints.keys_of(main.shard), item, main)


def cosign(point, keys: SigningKeys) -> None:
    for family, text in (("sha256", point.note_sha256), ("sm3", point.note_sm3)):
        line = keys.witness.cosign(note.parse_note(text).text, MOMENT)
        Cosignature.objects.create(
            checkpoint=point, family=family, witness=keys.witness.name, line=line.line(), moment=point.at
        )


def checked(content: bytes, pins: Sequence[str] = (), outside: str | None = None) -> verify.Findings:
    return verify.verify_file(io.BytesIO(content), pins, outside)


def unpack(content: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(files: Files) -> bytes:
    """An archive in the bundles' own form, right in itself."""
    out, directory = b"", b""
    for name, content in files.items():
        raw, crc = name.encode(), zlib.crc32(content)
        directory += verify.central_header(raw, crc, len(content), len(out))
        out += verify.local_header(raw, crc, len(content)) + content
    return out + directory + verify.end_record(len(files), len(directory), len(out))


def signed_anew(files: Files, keys: SigningKeys, change: Callable[[dict], None] = lambda told: None) -> Files:
    """The files under a manifest that fits them, signed by the given keys: what only their holder can do."""
    told = json.loads(verify.parse_note(files["manifest.note"])[0])
    told["files"] = [
        {
            "path": path,
            "length": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "sm3": hashlib.new("sm3", content).hexdigest(),
        }
        for path, content in files.items()
        if path != "manifest.note"
    ]
    change(told)
    text = canonical(told) + "\n"
    last = str(note.SignedNote(text, (keys.ed25519.line(text), keys.sm2.line(text)))).encode()
    return {**{p: c for p, c in files.items() if p != "manifest.note"}, "manifest.note": last}


def flipped(content: bytes, place: int | None = None) -> bytes:
    """The bytes with one bit changed, in the middle unless a place is given."""
    out = bytearray(content)
    out[len(out) // 2 if place is None else place] ^= 1
    return bytes(out)


def failures(found: verify.Findings) -> str:
    return " | ".join(line.zh for line in found.lines if line.mark == "failed")


DAY = date(2026, 11, 22)
