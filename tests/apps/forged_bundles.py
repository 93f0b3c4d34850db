"""Bundles that somebody made up from nothing, with the keys that a reader would give; and honest ones beside them.

Each case is (bundle, keys given, verdict). Program, console, API and page are all held against the same cases.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jinzhi.engines.signing import Signer, SigningKeys, load_or_make
from jinzhi.kernel import note
from jinzhi.kernel.canonical import canonical, digests
from jinzhi.verifier import verify
from tests.apps.bundle_files import MOMENT, Made, pack, signed_anew


@dataclass(frozen=True)
class Case:
    content: bytes
    pins: tuple[str, ...]
    verdict: str
    #: what one of the lines says
    says: str = ""


def forge(
    signer: SigningKeys,
    listed: Iterable[str],
    *,
    name: str = "",
    manifest: SigningKeys | None = None,
    witnesses: Sequence[Signer] = (),
    cosigners: Sequence[Signer] = (),
    trees: Sequence[str] = ("sha256", "sm3"),
    policy: dict | None = None,
) -> bytes:
    """A bundle of one invented entry, right in itself. ``signer`` signs the checkpoint, ``manifest`` the manifest."""
    content = "从未登记过的内容".encode()
    made = digests(content)
    body = canonical({
        "kind": "evidence", "object": "custody:EV-2026-00001", "actor": "规划办", "unit": "tj-ip", "on": "2026-11-22",
        "at": "2026-11-22T01:02:03+00:00", "media_type": "text/plain", "length": len(content), "sha256": made.sha256,
        "sm3": made.sm3, "prev": None, "procedure": "", "salted": False,
    }).encode()  # fmt: skip
    files = {"entries/2026-0.json": body}
    files["entries/2026-0.proof.json"] = canonical({"checkpoint": "2026-1", "sha256": [], "sm3": []}).encode()
    files["contents/2026-0.txt"] = content
    for family in verify.FAMILIES:
        root = base64.b64encode(verify.leaf_hash(family, body)).decode()
        text = f"{name or signer.ed25519.name}/2026/{family}\n1\n{root}\n"
        files[f"checkpoints/2026-1/{family}.note"] = str(
            note.SignedNote(text, (signer.ed25519.line(text), signer.sm2.line(text)))
        ).encode()
        if cosigners and family in trees:
            lines = "".join(w.cosign(text, MOMENT).line() for w in cosigners)
            files[f"checkpoints/2026-1/{family}.cosignatures"] = lines.encode()
    told = [w.vkey for w in witnesses]
    files["keys.json"] = canonical({"log": list(listed), "witnesses": told}).encode()
    files["policy.json"] = canonical(policy or {"need": 0, "of": told}).encode()
    head = canonical({"format": verify.FORMAT, "entry": "2026-0", "made": "2026-11-22T01:02:03+00:00", "demo": False})
    files["manifest.note"] = f"{head}\n\n\u2014 x AAAAAAA=\n".encode()
    return pack(signed_anew(files, manifest or signer))


def cases(made: Made, folder: Path) -> dict[str, Case]:
    """Every way of leaning on the victim's published keys that we know, and the honest bundles of the same form."""
    victim, log = made.keys, made.keys.ed25519.name
    evil = load_or_make(folder / "evil", log)
    stranger = load_or_make(folder / "stranger", "jinzhi-elsewhere")
    witness = load_or_make(folder / "witness0", "witness0.example").witness
    fake = load_or_make(folder / "fake", "witness0.example").witness
    ed, sm = victim.vkeys
    both, theirs = (ed, sm), evil.vkeys
    half = replace(evil, ed25519=victim.ed25519)  # whoever stole one of the two keys
    no, other = "不是用您给定的公钥", f"{log}-old"
    renamed = load_or_make(folder / "renamed", other)
    found = {
        # listed beside the attacker's, who signs everything
        "listed after": Case(forge(evil, theirs + both), both, "failed", no),
        "listed before": Case(forge(evil, both + theirs), both, "failed", no),
        "listed, Ed25519 given": Case(forge(evil, theirs + both), (ed,), "failed", no),
        "listed, SM2 given": Case(forge(evil, theirs + both), (sm,), "failed", no),
        "not listed": Case(forge(evil, theirs), both, "failed", no),
        "nobody given": Case(forge(evil, theirs + both), (), "intact", "公钥取自证据包本身"),
        "named as theirs": Case(forge(evil, theirs + both), both, "failed", evil.ed25519.vkey),
        # the two halves of a bundle by two pairs
        "manifest by another": Case(forge(victim, both + theirs, manifest=evil), both, "failed", no),
        "checkpoint by another": Case(forge(evil, both + theirs, manifest=victim), both, "failed", no),
        "mixed pair": Case(forge(half, (ed, evil.sm2.vkey)), both, "failed", no),
        "mixed pair, SM2 given": Case(forge(half, (ed, evil.sm2.vkey)), (sm,), "failed", no),
        "crossed pairs": Case(forge(half, (ed, evil.sm2.vkey, evil.ed25519.vkey, sm)), both, "failed", no),
        # keys of another log
        "other log, its keys listed": Case(forge(stranger, (*stranger.vkeys, *both)), both, "failed", no),
        "other log signs for this name": Case(
            forge(stranger, (*stranger.vkeys, *both), name=log), (*stranger.vkeys, *both), "failed", "签名"
        ),
        "manifest of another given log": Case(
            forge(victim, (*stranger.vkeys, *both), manifest=stranger), (*stranger.vkeys, *both), "failed", "另"
        ),
        "other log alone": Case(forge(stranger, stranger.vkeys), both, "failed", no),
        # names and lists
        "same key twice": Case(forge(victim, (*both, *both)), both, "failed", "列了两次"),
        "witness is the platform": Case(
            forge(evil, theirs, witnesses=[replace(evil.ed25519, kind=b"\x04")]), (), "failed", "自己的密钥"
        ),
        "spoilt key": Case(made.content, (ed[:-4] + "AAA=",), "failed", "公钥"),
        "another writing of the key": Case(made.content, (ed.replace("+", "+0", 1),), "failed", "公钥"),
        # a renamed or rotated log: every pair that signed must be given
        "renamed, new alone": Case(forge(renamed, (*renamed.vkeys, *both)), both, "failed", no),
        "renamed, both given": Case(forge(renamed, (*renamed.vkeys, *both)), (*both, *renamed.vkeys), "proven"),
        "rotated, old alone": Case(forge(victim, theirs + both, manifest=evil), both, "failed", no),
        "rotated, all given": Case(forge(victim, theirs + both, manifest=evil), both + theirs, "proven"),
        # witnesses
        "witness listed but silent": Case(
            forge(victim, both, witnesses=[witness]), (*both, witness.vkey), "failed", "没有共同签名"
        ),
        "witness silent, another in its name": Case(
            forge(victim, both, witnesses=[witness, fake], cosigners=[fake]), (*both, witness.vkey), "failed",
            "没有共同签名",
        ),
        "witness not listed": Case(forge(victim, both), (*both, witness.vkey), "failed", "没有共同签名"),
        "witness cosigned": Case(
            forge(victim, both, witnesses=[witness], cosigners=[witness]), (*both, witness.vkey), "proven",
            "1 位见证者核对",
        ),
        "witness cosigned one tree": Case(
            forge(victim, both, witnesses=[witness], cosigners=[witness], trees=["sha256"],
                  policy={"need": 1, "of": [witness.vkey], "trees": {witness.vkey: ["sha256"]}}),
            (*both, witness.vkey), "proven", "witness0.example（仅 SHA-256 树）",
        ),
        "witness lacks a tree": Case(
            forge(victim, both, witnesses=[witness], cosigners=[witness], trees=["sm3"],
                  policy={"need": 1, "of": [witness.vkey], "trees": {witness.vkey: ["sha256"]}}),
            both, "failed", "规则要求 1 位见证者，只有 0 位",
        ),
        "tree that is none": Case(
            forge(victim, both, witnesses=[witness],
                  policy={"need": 0, "of": [witness.vkey], "trees": {witness.vkey: []}}),
            both, "failed", "见证规则格式不对",
        ),
        "witness not given": Case(
            forge(victim, both, witnesses=[fake], cosigners=[fake]), both, "proven", "您没有给定，不作数：witness0"
        ),
        "witness given, log not": Case(
            forge(evil, theirs, witnesses=[witness], cosigners=[witness]), (witness.vkey,), "intact", "只给定了见证者"
        ),
        # honest bundles
        "good, both given": Case(made.content, both, "proven", "由您给定的公钥签名"),
        "good, one given": Case(made.content, (ed,), "proven"),
        "good, SM2 given": Case(made.content, (sm,), "proven"),
        "good, more given": Case(made.content, (*both, *stranger.vkeys), "proven"),
        "good, nobody given": Case(made.content, (), "intact"),
        "good, witness given": Case(made.content, (*both, witness.vkey), "proven", "1 位见证者核对"),
        "good, false witness given": Case(made.content, (*both, fake.vkey), "failed", "没有共同签名"),
    }  # fmt: skip
    pin = json.loads(made.files["keys.json"])["witnesses"]
    assert pin == [witness.vkey], "the cases of witnesses rest on the key that made this bundle"
    return found
