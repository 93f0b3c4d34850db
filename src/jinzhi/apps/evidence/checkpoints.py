"""What the log says of itself: checkpoints as signed notes (C2SP tlog-checkpoint), made and read again.

Each family has a note of its own under its own origin line, and each note is signed by both keys of the
installation, Ed25519 and SM2: whoever trusts one of the two can check it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from jinzhi.apps.evidence.models import Checkpoint, Shard
from jinzhi.apps.evidence.trees import Pair
from jinzhi.engines import signing, timestamps
from jinzhi.kernel import note
from jinzhi.kernel.merkle import FAMILIES, SHA256, Family


class NoteRefused(ValueError):
    """A note that is not a checkpoint signed by the keys it should be; ``args[0]`` says why, in Chinese."""


@cache
def _keys(folder: str, name: str) -> signing.Keys:
    return signing.load_or_make(Path(folder), name)


def keys_of(shard: Shard) -> signing.Keys:
    """The keys that sign the checkpoints of a shard, under the name of the log."""
    return _keys(str(settings.JINZHI_KEYS), shard.origin)


def origin(shard: Shard, family: Family) -> str:
    """The origin line of a shard's checkpoints."""
    return f"{shard.origin}/{shard.year}/{family.name}"


def signed(shard: Shard, size: int, root: bytes, family: Family) -> str:
    """The signed note that the shard had ``size`` entries under ``root``."""
    text = note.Checkpoint(origin(shard, family), size, root).text()
    keys = keys_of(shard)
    return str(note.Note(text, (keys.ed25519.line(text), keys.sm2.line(text))))


def opened(text: str, vkeys: tuple[str, ...]) -> note.Checkpoint:
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


def root_in(checkpoint: Checkpoint, family: Family) -> bytes:
    """The root that a kept checkpoint names for a family."""
    return bytes(checkpoint.root_sha256 if family is SHA256 else checkpoint.root_sm3)


def note_in(checkpoint: Checkpoint, family: Family) -> str:
    """The signed note that a kept checkpoint has for a family."""
    return checkpoint.note_sha256 if family is SHA256 else checkpoint.note_sm3


def new(shard: Shard, size: int, roots: Pair) -> Checkpoint:
    """A checkpoint with its notes, not yet saved."""
    notes = [signed(shard, size, root, family) for root, family in zip(roots, FAMILIES, strict=True)]
    return Checkpoint(
        shard=shard, size=size, root_sha256=roots[0], root_sm3=roots[1], note_sha256=notes[0], note_sm3=notes[1]
    )


def imprint(checkpoint: Checkpoint) -> bytes:
    """The digest that the time stamp of a checkpoint is over."""
    return timestamps.imprint(checkpoint.note_sha256, checkpoint.note_sm3)
