"""What the log says of itself: checkpoints as signed notes (C2SP tlog-checkpoint), made and read again.

Each family has a note of its own under its own origin line, and each note is signed by both keys of the
installation, Ed25519 and SM2: whoever trusts one of the two can check it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.evidence.log.trees import LogBroken, Pair
from jinzhi.apps.evidence.models import Checkpoint, LogKey, Shard
from jinzhi.engines import signing, timestamps
from jinzhi.kernel import note
from jinzhi.kernel.merkle import FAMILIES, SHA256, Family


class NoteRefused(ValueError):
    """A note that is not a checkpoint signed by the keys it should be; ``args[0]`` says why, in Chinese."""


class KeysLost(LogBroken):
    """The keys that signed this log are not there, or others lie in their place: nothing is signed."""


@lru_cache(maxsize=64)
def _loaded(folder: str, name: str, files: tuple[object, ...]) -> signing.LogKeys:
    return signing.log_keys(Path(folder), name)


def keys_in(folder: Path, name: str, *, make: bool = False) -> signing.LogKeys:
    """The keys in a folder, read again whenever a file changes or goes. Raises KeyRefused."""
    if make:
        signing.log_keys(folder, name, make=True)
    paths = [folder / file for file in signing.LOG_FILES]
    marks = [(s.st_ino, s.st_mtime_ns, s.st_mode) if (s := _stat(path)) else None for path in paths]
    if None in marks:
        return signing.log_keys(folder, name)  # says which is missing
    return _loaded(str(folder), name, tuple(marks))


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def keys_of(shard: Shard) -> signing.LogKeys:
    """The keys that sign the checkpoints of a shard, under the name of the log; made where nothing was ever signed.

    Raises KeysLost where something was signed and these are not the keys that signed last, KeyRefused.
    """
    folder, signed = Path(settings.JINZHI_KEYS), Checkpoint.objects.exists()
    try:
        found = keys_in(folder, shard.origin, make=not signed)
    except signing.KeyMissing as e:
        raise KeysLost(f"{e}；{WAY_OUT}") from None
    last = LogKey.objects.order_by("-id").first()
    if last is not None:
        same = materials(found.vkeys) == materials(last.vkeys)
    elif signed:  # from before the pairs were written down
        mark = Checkpoint.objects.select_related("shard").order_by("-id")[0]
        own = keys_in(folder, mark.shard.origin).vkeys
        same = _holds(mark.note_sha256, own) and _holds(mark.note_sm3, own)
    else:
        return found
    if not same:
        raise KeysLost(f"{folder} 中的私钥不是签发过本日志的那一对；{WAY_OUT}")
    return found


WAY_OUT = (
    "已停止签发。请从备份恢复私钥文件（jinzhi doctor 会再核对）；确已丢失时公开更换："
    "jinzhi evidence rotate --lost --reason 原因，并请见证者改用新公钥"
)


def materials(vkeys: Iterable[str]) -> tuple[bytes, ...]:
    """The keys in verifier keys, without the name that they go by."""
    return tuple(note.parse_vkey(key)[2] for key in vkeys)


def _holds(text: str, vkeys: tuple[str, ...]) -> bool:
    try:
        opened(text, vkeys)
    except NoteRefused:
        return False
    return True


def enlist(shard: Shard, keys: signing.LogKeys) -> None:
    """Write down the pair that signs a shard, before it first does."""
    LogKey.objects.get_or_create(
        ed25519=keys.ed25519.vkey, sm2=keys.sm2.vkey, defaults={"name": shard.origin, "at": now()}
    )


def pairs_of(origin: str) -> list[tuple[str, str]]:
    """Every pair of verifier keys that has signed a log of this name, the first one first."""
    return [row.vkeys for row in LogKey.objects.filter(name=origin).order_by("id")]


def published(shard: Shard) -> tuple[str, ...]:
    """The verifier keys to be given to others, those of the newest pair first: none where they are lost unrecorded."""
    pairs = pairs_of(shard.origin)
    if not pairs:
        try:
            pairs = [keys_of(shard).vkeys]
        except (KeysLost, signing.KeyRefused):
            pairs = []
    return tuple(key for pair in reversed(pairs) for key in pair)


def origin(shard: Shard, family: Family) -> str:
    """The origin line of a shard's checkpoints."""
    return f"{shard.origin}/{shard.year}/{family.name}"


def tree_keys(shard: Shard, family: Family) -> tuple[str, ...]:
    """The log's verifier keys under the origin line of one of its trees, as C2SP tlog-checkpoint would have them.

    The published keys go by the name of the log, which has two trees a year. A client that holds a key to the origin
    line takes these; they are the same keys. None where the origin line cannot be a name.
    """
    name = origin(shard, family)
    return tuple(note.renamed(key, name) for key in published(shard)) if note.valid_name(name) else ()


def named_by_tree(text: str, vkeys: Iterable[str]) -> note.SignedNote:
    """A note with the lines of these keys once more, under the origin line of its tree. Raises NoteError."""
    given = note.parse_note(text)
    name = note.parse_checkpoint(given.text).origin
    lines = (note.line_under(given, key, name) for key in vkeys)
    return note.merged(given, (line for line in lines if line))


def signed(shard: Shard, size: int, root: bytes, family: Family) -> str:
    """The signed note that the shard had ``size`` entries under ``root``."""
    return _noted(shard, size, root, family, keys_of(shard))


def _noted(shard: Shard, size: int, root: bytes, family: Family, keys: signing.LogKeys) -> str:
    text = note.CheckpointBody(origin(shard, family), size, root).text()
    return str(note.SignedNote(text, (keys.ed25519.line(text), keys.sm2.line(text))))


def opened(text: str, vkeys: tuple[str, ...]) -> note.CheckpointBody:
    """The checkpoint in a note, once every one of the verifier keys is seen to have signed it. Raises NoteRefused."""
    try:
        found = note.parse_note(text)
        checkpoint = note.parse_checkpoint(found.text)
    except note.NoteError as e:
        raise NoteRefused(f"检查点格式不对：{e}") from None
    if not vkeys:
        raise NoteRefused("没有公钥，不能验证检查点")
    for key in vkeys:
        name, key_id, _ = note.parse_vkey(key)
        lines = found.by(name, key_id)
        if not any(signing.verify(key, found.text.encode(), line.signature) for line in lines):
            raise NoteRefused(f"检查点 {checkpoint.origin} {checkpoint.size} 没有 {name} 的有效签名（{key_id.hex()}）")
    return checkpoint


def opened_by(text: str, pairs: Iterable[tuple[str, ...]]) -> tuple[note.CheckpointBody, tuple[str, ...]]:
    """The checkpoint in a note and the pair of keys that both signed it. Raises NoteRefused, for the newest pair."""
    refusals = []
    for pair in reversed(list(pairs)):
        try:
            return opened(text, pair), pair
        except NoteRefused as e:
            refusals.append(e)
    raise refusals[0] if refusals else NoteRefused("没有公钥，不能验证检查点")


def signers_of(checkpoint: Checkpoint) -> tuple[str, ...]:
    """The verifier keys of the pair that signed a checkpoint; those of the newest pair where none of ours did."""
    pairs = pairs_of(checkpoint.shard.origin)
    try:
        return opened_by(checkpoint.note_sha256, pairs)[1]
    except NoteRefused:
        return published(checkpoint.shard)[:2]


def in_pairs(vkeys: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Verifier keys as they are published, the newest pair first, as pairs, the newest last; one or two stay as is."""
    return [vkeys[n : n + 2] for n in range(0, len(vkeys), 2)][::-1]


def root_in(checkpoint: Checkpoint, family: Family) -> bytes:
    """The root that a kept checkpoint names for a family."""
    return bytes(checkpoint.root_sha256 if family is SHA256 else checkpoint.root_sm3)


def note_in(checkpoint: Checkpoint, family: Family) -> str:
    """The signed note that a kept checkpoint has for a family."""
    return checkpoint.note_sha256 if family is SHA256 else checkpoint.note_sm3


def new(shard: Shard, size: int, roots: Pair) -> Checkpoint:
    """A checkpoint with its notes, not yet saved."""
    keys = keys_of(shard)
    enlist(shard, keys)
    notes = [_noted(shard, size, root, family, keys) for root, family in zip(roots, FAMILIES, strict=True)]
    return Checkpoint(
        shard=shard, size=size, root_sha256=roots[0], root_sm3=roots[1], note_sha256=notes[0], note_sm3=notes[1]
    )


def imprint(checkpoint: Checkpoint) -> bytes:
    """The digest that the time stamp of a checkpoint is over."""
    return timestamps.imprint(checkpoint.note_sha256, checkpoint.note_sm3)
