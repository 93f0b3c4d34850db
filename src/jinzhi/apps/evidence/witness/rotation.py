"""Changing the keys that sign the log, in the open: the change is an entry, under a checkpoint that is cosigned.

With the old keys at hand they sign the checkpoint that holds the entry, and so vouch for the new ones. Where they are
lost nobody can: the entry says so, and whoever relies on the log compares the new keys by another way.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from django.conf import settings
from django.db import transaction

from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.log import checkpoints, log
from jinzhi.apps.evidence.log.checkpoints import KeysLost
from jinzhi.apps.evidence.log.entries import Actor
from jinzhi.apps.evidence.models import Checkpoint, Event, LogKey, Shard
from jinzhi.apps.evidence.witness import cosigning
from jinzhi.apps.evidence.witness.witnesses import WitnessRefused
from jinzhi.engines import signing

STREAM, VERB = "log:keys", "rotate-keys"
NEXT, RETIRED = "next", "retired"


class RotationRefused(ValueError):
    """Keys that are not changed; ``args[0]`` says why and what to do, in Chinese."""


@dataclass(frozen=True)
class Rotated:
    """What came of a change of keys: the entry, the keys before and now, and what the witnesses answered."""

    event: Event
    before: tuple[str, ...]
    vkeys: tuple[str, ...]
    answers: tuple[cosigning.WitnessAnswer, ...]


def rotate(reason: str, *, who: Actor | None = None, lost: bool = False) -> Rotated:
    """Make new keys and sign with them from now on; taken up again where it broke off. Raises RotationRefused.

    ``lost``: the old keys are not there any more, so that they cannot vouch for the new ones.
    """
    if not reason.strip():
        raise RotationRefused("请写明更换密钥的原因（--reason）")
    log.sequence()
    shard = Shard.objects.order_by("-year").first()
    if shard is None or not Checkpoint.objects.exists():
        raise RotationRefused("日志还没有签发过检查点，没有需要更换的密钥")
    folder = Path(settings.JINZHI_KEYS)
    if lost:
        before: tuple[str, ...] = next(reversed(checkpoints.pairs_of(shard.origin)), ())
        _must_be_lost(shard)
    else:
        before = _present(shard)
    event, fresh = _said(shard, folder, before, reason.strip(), who, lost)
    if not lost and not _installed(folder, fresh):
        log.checkpoint(shard)  # by the old keys, over the entry that names the new ones
        _cosigned()
    _install(folder, fresh)
    with transaction.atomic():
        LogKey.objects.get_or_create(
            ed25519=fresh.ed25519.vkey, sm2=fresh.sm2.vkey,
            defaults={"name": shard.origin, "event": event, "at": now()},
        )  # fmt: skip
    log.checkpoint(shard, again=True)
    return Rotated(event, before, fresh.vkeys, _cosigned())


def _must_be_lost(shard: Shard) -> None:
    try:
        checkpoints.keys_of(shard)
    except (KeysLost, signing.KeyRefused):
        return
    raise RotationRefused("原密钥仍在，可由其证明新密钥：请不带 --lost 执行")


def _present(shard: Shard) -> tuple[str, ...]:
    """The keys that are to vouch for the new ones."""
    broken_off = _waiting()
    if broken_off is not None:
        return tuple(broken_off.data["old"])
    try:
        return checkpoints.keys_of(shard).vkeys
    except (KeysLost, signing.KeyRefused) as e:
        raise RotationRefused(str(e)) from None


def _waiting() -> Event | None:
    """A change of keys that was entered in the log and not carried out yet."""
    last = Event.objects.filter(stream=STREAM, verb=VERB).order_by("-seq").first()
    return last if last is not None and not LogKey.objects.filter(event=last).exists() else None


def _said(
    shard: Shard, folder: Path, before: tuple[str, ...], reason: str, who: Actor | None, lost: bool
) -> tuple[Event, signing.LogKeys]:
    """The entry that names the new keys, and these; a change that broke off goes on with what it had entered."""
    waiting = _waiting()
    if waiting is not None:
        for place in (folder / NEXT, folder):
            try:
                found = checkpoints.keys_in(place, shard.origin)
            except signing.KeyRefused:
                continue
            if list(found.vkeys) == waiting.data["new"]:
                return waiting, found
    fresh = checkpoints.keys_in(folder / NEXT, shard.origin, make=True)
    said = {"log": shard.origin, "old": list(before), "new": list(fresh.vkeys), "lost": lost, "reason": reason}
    event = record(STREAM, VERB, said, who=who, on=today())
    log.sequence()
    return event, fresh


def _installed(folder: Path, fresh: signing.LogKeys) -> bool:
    try:
        return checkpoints.keys_in(folder, fresh.ed25519.name).vkeys == fresh.vkeys
    except signing.KeyRefused:
        return False


def _install(folder: Path, fresh: signing.LogKeys) -> None:
    """Put the new files in the place of the old ones, which are kept aside: what they signed stays to be explained."""
    if _installed(folder, fresh):
        return
    aside = folder / RETIRED / f"{now().astimezone(UTC):%Y%m%dT%H%M%S}"
    aside.mkdir(parents=True, exist_ok=True, mode=0o700)
    for file in signing.LOG_FILES:
        if (folder / file).exists():
            os.link(folder / file, aside / file)
        os.replace(folder / NEXT / file, folder / file)


def _cosigned() -> tuple[cosigning.WitnessAnswer, ...]:
    """Have the witnesses cosign now; one that cannot be asked is asked again by the timer."""
    try:
        return tuple(cosigning.cosign())
    except WitnessRefused:
        return ()
