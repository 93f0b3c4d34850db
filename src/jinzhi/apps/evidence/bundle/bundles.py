"""Bundles: an entry with everything that proves it, in one zip that verifies without this platform.

What goes in, and what is checked, is that of ``verify.py``, which lies in every bundle. Its checks are independent of
the code that makes bundles; only the outer form of the archive is shared. A bundle that its own verifier refuses is
never handed out.
"""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from jinzhi.apps.catalogue.clock import installation, now
from jinzhi.apps.evidence.events.actions import content_of
from jinzhi.apps.evidence.log import checkpoints, log
from jinzhi.apps.evidence.log.authority import time_authority
from jinzhi.apps.evidence.models import Checkpoint, Cosignature, Entry
from jinzhi.apps.evidence.store import store
from jinzhi.apps.evidence.witness.witnesses import WitnessRefused
from jinzhi.apps.evidence.witness.witnesses import policy as witness_policy
from jinzhi.apps.evidence.witness.witnesses import trees_of as witness_trees
from jinzhi.engines.timestamps import CheckedStamp, TimestampRefused, check
from jinzhi.kernel.canonical import canonical
from jinzhi.kernel.merkle import FAMILIES
from jinzhi.kernel.note import SignedNote
from jinzhi.verifier import verify
from jinzhi.verifier.verify import Findings

MEDIA_TYPE = "application/zip"
VERIFIER = Path(verify.__file__)
#: how many checkpoints are looked at for one that has all its witnesses
LOOKED_AT = 50
README = """证据包 {number}

本压缩包不依赖津知平台即可核验，不需要联网：

  1. 解压出 verify.py（也可从平台的“核验证据包”页面下载同一程序）；
  2. 从平台网站或公报取得平台公布的公钥（不要用本包内的）；
  3. 执行 python3 -I verify.py 本文件.zip --key '公钥'（Python 3.11 或更高版本）。

退出码 0 表示所声称的每一字节都已由您给定的公钥证明；1 表示有不成立之处；2 表示不是证据包；
3 表示签名后没有改动，但您没有给定公钥，任何人都可能制作这样一个包。
请保存原始 zip 文件：解压后重新打包将不能通过核验。

Evidence bundle {number}

It verifies without the platform and without a network: take verify.py out of the archive, get the platform's keys from
where it publishes them (not from this archive) and run python3 -I verify.py THIS.zip --key 'KEY' (Python 3.11 or
newer). Exit status 0: every byte that is claimed is proven by the keys you gave; 1: something failed; 2: not a bundle;
3: not altered since it was signed, but you gave no key, so anybody can have made it. Keep the zip as it is: packed
again, it does not verify.
"""


class BundleRefused(ValueError):
    """A bundle that cannot be made. ``args[0]`` says why and what to do, in Chinese."""


@dataclass(frozen=True)
class Policy:
    """Whose cosignatures a bundle carries, as verifier keys, and how many of them are needed."""

    need: int = 0
    witnesses: tuple[str, ...] = ()
    #: by verifier key the trees of a witness that does not cosign both
    trees: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, vkey: str) -> tuple[str, ...]:
        """The trees that a witness is to cosign."""
        return self.trees.get(vkey, tuple(f.name for f in FAMILIES))


@dataclass
class Facts:
    """What a bundle is about: the entry, its checkpoint, its time stamp, the chain of custody, what comes along."""

    entry: Entry
    checkpoint: Checkpoint
    stamp: CheckedStamp | None
    witnesses: tuple[str, ...]
    vkeys: tuple[str, ...]
    has_content: bool
    #: how many witnesses the platform asks for, and whether every checkpoint of the bundle has them
    asked: int = 0
    witnessed: bool = True
    custody: tuple[Entry, ...] = ()
    demo: bool = False
    made: datetime = field(default_factory=now)


class BundleWriter:
    """An archive under way: stored files whose bytes are hashed as they pass. ``to`` can be sought in."""

    def __init__(self, to: BinaryIO):
        self.to = to
        self.files: list[dict[str, object]] = []
        self._directory = b""

    def add(self, path: str, content: bytes | Iterable[bytes]) -> None:
        """Add a file; its header is written again once its length is known. Raises BundleRefused."""
        name, offset = path.encode(), self.to.tell()
        self.to.write(verify.local_header(name, 0, 0))
        sha256, sm3, crc, size = hashlib.sha256(), hashlib.new("sm3"), 0, 0
        for piece in [content] if isinstance(content, bytes) else content:
            size += len(piece)
            if offset + size > verify.LIMIT - 64 * 1024 * 1024:
                raise BundleRefused("内容超过 4 GB，不能放入证据包：请导出不含内容的证据包，另行提供原文件")
            sha256.update(piece)
            sm3.update(piece)
            crc = zlib.crc32(piece, crc)
            self.to.write(piece)
        end = self.to.tell()
        self.to.seek(offset)
        self.to.write(verify.local_header(name, crc, size))
        self.to.seek(end)
        self._directory += verify.central_header(name, crc, size, offset)
        self.files.append({"path": path, "length": size, "sha256": sha256.hexdigest(), "sm3": sm3.hexdigest()})

    def json(self, path: str, value: object) -> None:
        self.add(path, canonical(value).encode())

    def close(self) -> None:
        offset = self.to.tell()
        self.to.write(self._directory)
        self.to.write(verify.end_record(len(self.files), len(self._directory), offset))
        self.to.flush()


def label(checkpoint: Checkpoint) -> str:
    """How a bundle calls a checkpoint: year and size."""
    return f"{checkpoint.shard.year}-{checkpoint.size}"


def own_policy() -> Policy:
    """What this installation asks of its checkpoints. Raises BundleRefused where its declaration is spoilt."""
    try:
        need, vkeys = witness_policy()
        trees = witness_trees()
    except WitnessRefused as e:
        raise BundleRefused(str(e)) from None
    return Policy(need, vkeys, {k: t for k, t in trees.items() if len(t) < len(FAMILIES)})


def satisfied(checkpoint: Checkpoint, policy: Policy) -> bool:
    """Whether enough witnesses of the policy cosigned each of their trees."""
    held = {(c.witness, c.family) for c in _cosignatures(checkpoint, policy)}
    return sum(all((k.split("+", 1)[0], f) in held for f in policy.of(k)) for k in policy.witnesses) >= policy.need


def chosen(entry: Entry, policy: Policy | None = None) -> Checkpoint:
    """The checkpoint that proves an entry best, made where there is none.

    The first with a time stamp and the witnesses asked for; else the first with a time stamp; else the first.
    """
    policy = policy or Policy()
    if entry.shard is None:
        log.sequence()
        entry.refresh_from_db()
    if entry.shard is None or entry.index is None:
        raise BundleRefused("条目还没有编号，请稍后再试")
    covering = Checkpoint.objects.select_related("shard").filter(shard=entry.shard, size__gt=entry.index)
    found = covering.order_by("size", "id")
    if not found.exists():
        log.checkpoint(entry.shard)
    stamped = found.filter(token__isnull=False)
    best = next((p for p in stamped[:LOOKED_AT] if satisfied(p, policy)), None) or stamped.first() or found.first()
    if best is None:
        raise BundleRefused("日志没有能够签发检查点，请运行 jinzhi evidence audit")
    if best.token is None:
        log.stamp(best)
    return best


def content_for(entry: Entry) -> Iterable[bytes] | bytes | None:
    """The content that an entry stands for, where the platform still has it: an event, or a file of the store."""
    if entry.event is not None:
        return content_of(entry.event)
    said = body(entry)
    sha256 = str(said["sha256"])
    return store.stream(sha256) if not said.get("salted") and store.there(sha256) else None


def body(entry: Entry) -> dict[str, object]:
    """What the entry says."""
    return verify.read_json(entry.body.encode())


def build(
    entry: Entry,
    to: BinaryIO,
    *,
    content: bytes | Iterable[bytes] | None = None,
    salt: bytes | None = None,
    custody: Sequence[Entry] = (),
    policy: Policy | None = None,
    certificate: Callable[[Facts], bytes] | None = None,
) -> Facts:
    """Write the bundle of an entry to a file that can be read and sought, and verify it there.

    ``content``: the bytes that the entry's digests are of (without the salt); None leaves them out. ``custody``: the
    entries of all events of the object, in order. ``policy``: the witnesses that must have cosigned; left out, those
    of this installation, and a bundle that lacks them says so. ``certificate`` makes the statement (PDF) of the
    facts. Raises BundleRefused, and the store's FileRefused.
    """
    strict, policy = policy is not None, policy or own_policy()
    entries = _unique((entry, *custody))
    points = _points(entry, entries, policy)
    facts = _facts(entry, points[entry.pk], content is not None, custody, policy)
    facts.asked = policy.need
    facts.witnessed = all(satisfied(p, policy) for p in points.values())
    if not facts.witnessed and not strict:
        # the bundle claims what it can show: without the witnesses asked for it claims none are needed
        policy = replace(policy, need=0)
    writer = BundleWriter(to)
    for one in entries:
        _add_entry(writer, one, points[one.pk])
        given = content if one.pk == entry.pk else content_for(one)
        if given is not None:
            writer.add(f"contents/{one.number}{_suffix(one)}", given)
    if salt is not None:
        writer.add(f"contents/{entry.number}.salt", salt)
    kept = {label(p): p for p in points.values()}
    for name in sorted(kept, key=lambda n: tuple(map(int, n.split("-")))):
        _add_point(writer, kept[name], facts, policy)
    _add_between(writer, list(kept.values()))
    shards = {p.shard.origin: p.shard for p in (facts.checkpoint, *kept.values())}
    keys = [k for shard in shards.values() for pair in checkpoints.pairs_of(shard.origin) for k in pair]
    writer.json("keys.json", {"log": keys, "witnesses": list(policy.witnesses)})
    asked: dict[str, object] = {"need": policy.need, "of": list(policy.witnesses)}
    if policy.trees:
        asked["trees"] = {key: list(trees) for key, trees in policy.trees.items()}
    writer.json("policy.json", asked)
    authority = time_authority()
    if authority is not None and any(str(f["path"]).endswith("/token.tsr") for f in writer.files):
        writer.add("tsa-roots.pem", authority.roots)
    if custody:
        writer.json("custody.json", {"stream": entry.object, "entries": [e.number for e in custody]})
    if certificate is not None:
        writer.add("certificate.pdf", certificate(facts))
    writer.add("README.txt", README.format(number=entry.number).encode())
    writer.add("verify.py", VERIFIER.read_bytes())
    writer.add("manifest.note", _manifest(entry, writer, facts))
    writer.close()
    to.seek(0)
    found = verify.verify_file(to)
    if not found.ok:
        raise BundleRefused("；".join(line.zh for line in found.lines if line.mark == "failed"))
    to.seek(0)
    return facts


def verify_bundle(path: Path | str, pins: Sequence[str] = (), content: Path | str | None = None) -> Findings:
    """Verify a bundle at a path, as verify.py does. Raises verify.NotABundle, OSError."""
    return verify.verify_bundle(str(path), pins, str(content) if content else None)


def temporary() -> BinaryIO:
    """A nameless file in the folder of the store, which has room for contents, to build a bundle in."""
    folder = Path(settings.JINZHI_STORE)
    folder.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryFile(dir=folder)


def _unique(entries: Iterable[Entry]) -> list[Entry]:
    log.sequence()
    found = {e.pk: e for e in entries}
    rows = Entry.objects.select_related("shard", "event", "event__unit").in_bulk(list(found))
    if any(e.shard is None for e in rows.values()):
        raise BundleRefused("条目还没有编号，请稍后再试")
    return sorted(rows.values(), key=lambda e: (e.shard.year, e.index))  # type: ignore[union-attr]


def _points(entry: Entry, entries: Sequence[Entry], policy: Policy) -> dict[int, Checkpoint]:
    """A checkpoint for each entry: the best for the main one, and as few others as will do."""
    main = chosen(entry, policy)
    latest: dict[int | None, Checkpoint] = {}
    for one in reversed(entries):
        if not (one.shard_id == main.shard_id and (one.index or 0) < main.size):
            latest.setdefault(one.shard_id, chosen(one, policy))
    return {
        e.pk: main if e.shard_id == main.shard_id and (e.index or 0) < main.size else latest[e.shard_id]
        for e in entries
    }


def _stamp_of(checkpoint: Checkpoint) -> CheckedStamp | None:
    """The time stamp of a checkpoint, where it holds against the roots of the authority of this installation."""
    authority = time_authority()
    if checkpoint.token is None or authority is None:
        return None
    try:
        return check(bytes(checkpoint.token), checkpoints.imprint(checkpoint), authority.roots)
    except TimestampRefused:
        return None


def _facts(entry: Entry, checkpoint: Checkpoint, has_content: bool, custody: Sequence[Entry], policy: Policy) -> Facts:
    here = installation()
    entry.refresh_from_db()
    return Facts(
        entry=entry,
        checkpoint=checkpoint,
        stamp=_stamp_of(checkpoint),
        witnesses=named(_cosignatures(checkpoint, policy)),
        vkeys=checkpoints.signers_of(checkpoint),
        has_content=has_content,
        custody=tuple(custody),
        demo=here is not None and here.demo,
    )


def named(cosignatures: Iterable[Cosignature]) -> tuple[str, ...]:
    """Whose cosignatures these are, each with its tree where it cosigned one of the two only."""
    trees: dict[str, set[str]] = {}
    for row in cosignatures:
        trees.setdefault(row.witness, set()).add(row.family)
    words = {"sha256": "SHA-256", "sm3": "SM3"}
    return tuple(
        name if len(have) == len(FAMILIES) else f"{name}（仅 {words[min(have)]} 树）"
        for name, have in sorted(trees.items())
    )


def _cosignatures(checkpoint: Checkpoint, policy: Policy) -> list[Cosignature]:
    """The first cosignature of each witness of the policy under each tree."""
    names = {key.split("+", 1)[0] for key in policy.witnesses}
    first: dict[tuple[str, str], Cosignature] = {}
    for row in Cosignature.objects.filter(checkpoint=checkpoint, witness__in=names).order_by("moment", "id"):
        first.setdefault((row.witness, row.family), row)
    return list(first.values())


def _add_entry(writer: BundleWriter, entry: Entry, point: Checkpoint) -> None:
    writer.add(f"entries/{entry.number}.json", entry.body.encode())
    proof: dict[str, object] = {"checkpoint": label(point)}
    for family in FAMILIES:
        hashes = log.inclusion(point.shard, entry.index or 0, point.size, family)
        proof[family.name] = [base64.b64encode(h).decode() for h in hashes]
    writer.json(f"entries/{entry.number}.proof.json", proof)


def _add_point(writer: BundleWriter, point: Checkpoint, facts: Facts, policy: Policy) -> None:
    folder = f"checkpoints/{label(point)}"
    cosignatures = _cosignatures(point, policy)
    for family in FAMILIES:
        writer.add(f"{folder}/{family.name}.note", checkpoints.note_in(point, family).encode())
        lines = [c.line.rstrip("\n") + "\n" for c in cosignatures if c.family == family.name]
        if lines:
            writer.add(f"{folder}/{family.name}.cosignatures", "".join(lines).encode())
    if point.token is not None and _stamp_of(point) is not None:
        writer.add(f"{folder}/token.tsr", bytes(point.token))


def _add_between(writer: BundleWriter, points: Sequence[Checkpoint]) -> None:
    """Proofs that the checkpoints of a year follow from each other."""
    ordered = sorted(points, key=lambda p: (p.shard.year, p.size))
    for old, new in pairwise(ordered):
        if old.shard_id != new.shard_id:
            continue
        proofs = {
            f.name: [base64.b64encode(h).decode() for h in log.consistency(new.shard, old.size, new.size, f)]
            for f in FAMILIES
        }
        writer.json(f"consistency/{label(old)}-{new.size}.json", proofs)


def _manifest(entry: Entry, writer: BundleWriter, facts: Facts) -> bytes:
    """The list of all files before it, signed by both keys."""
    told = {
        "format": verify.FORMAT,
        "entry": entry.number,
        "made": facts.made.astimezone(UTC).isoformat(timespec="seconds"),
        "demo": facts.demo,
        "files": writer.files,
    }
    text = canonical(told) + "\n"
    keys = checkpoints.keys_of(facts.checkpoint.shard)
    return str(SignedNote(text, (keys.ed25519.line(text), keys.sm2.line(text)))).encode()


def _suffix(entry: Entry) -> str:
    """How the content's file name ends, by its media type; never taken from what somebody called the file."""
    guessed = mimetypes.guess_extension(str(body(entry)["media_type"]).split(";")[0].strip()) or ".bin"
    return guessed if re.fullmatch(r"\.[a-z0-9]{1,8}", guessed) and guessed != ".salt" else ".bin"


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """A built bundle, in pieces."""
    while piece := file.read(store.PIECE):
        yield piece
