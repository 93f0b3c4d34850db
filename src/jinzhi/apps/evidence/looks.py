"""What ``jinzhi doctor`` says of the store, the log and its witnesses: what is encrypted, sealed, found, lacking."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.timezone import localtime

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.looks import HealthFact, look
from jinzhi.apps.evidence import audit
from jinzhi.apps.evidence.events.erasing import left
from jinzhi.apps.evidence.log import checkpoints
from jinzhi.apps.evidence.log.trees import LogBroken
from jinzhi.apps.evidence.models import Checkpoint, Entry, Shard
from jinzhi.apps.evidence.store import cipher, store
from jinzhi.apps.evidence.witness.comparing import witness_findings
from jinzhi.apps.evidence.witness.witnesses import WitnessRefused, load
from jinzhi.engines.signing import KeyRefused
from jinzhi.kernel.merkle import FAMILIES


@look
def encryption() -> Iterator[HealthFact]:
    """Whether contents are encrypted at rest."""
    head = ("store", "文件存储加密", "Encryption of kept files")
    sealed = plain = 0
    for found in store.lying():
        sealed, plain = sealed + found.sealed, plain + (not found.sealed)
    counted = f"{sealed} encrypted, {plain} plain"
    path = store.key_path()
    if not store.encrypting() and not sealed:
        way = (
            "用 JINZHI_ENCRYPT_STORE=1 打开加密，再运行 jinzhi store encrypt",
            "switch it on with JINZHI_ENCRYPT_STORE=1, then run jinzhi store encrypt",
        )
        yield HealthFact(*head, "note", f"off; {counted}", *way)
        return
    try:
        keys = cipher.load(path) if sealed or path.exists() else None
    except cipher.KeyProblem as e:
        yield HealthFact(
            *head, "missing", f"{counted}; {e}", "恢复密钥文件的备份", "restore the key file from its backup"
        )
        return
    id = cipher.id_of(keys.present).hex() if keys else "none yet"
    value = f"{'on' if store.encrypting() else 'off'}, AES-256-GCM, key {id} in {path}; {counted}"
    if keys and cipher.exposed(path):
        yield HealthFact(*head, "missing", value, f"运行 chmod 600 {path}", f"run chmod 600 {path}")
    elif store.encrypting() and plain:
        yield HealthFact(*head, "note", value, "运行 jinzhi store encrypt", "run jinzhi store encrypt")
    elif not store.encrypting():
        yield HealthFact(
            *head, "note", value, "加密已关闭；运行 jinzhi store decrypt", "it is off: run jinzhi store decrypt"
        )
    else:
        yield HealthFact(*head, "good", value)


@look
def healed() -> Iterator[HealthFact]:
    """Which contents were damaged until they were handed in again: the disk, or somebody, changes files."""
    found = store.healed()
    if found:
        last = f"{len(found)}, last {found[-1].sha256[:16]} {localtime(found[-1].at):%Y-%m-%d %H:%M}"
        way = (
            "查明文件为何损坏（磁盘或人为），并运行 jinzhi evidence audit",
            "find out why files change: disk or people",
        )
        yield HealthFact("healed", "曾损坏并已换回的文件", "Damaged contents put right", "note", last, *way)


@look
def left_by_erasures() -> Iterator[HealthFact]:
    """Which files an erasure of personal data left behind: those of before this version were not erased with it."""
    if found := left():
        way = ("运行 jinzhi store erase-left --reason 理由", "run jinzhi store erase-left --reason '…'")
        yield HealthFact(
            "erased-files", "删除后仍在的附件", "Files that outlived an erasure", "missing", str(len(found)), *way
        )


@look
def log() -> Iterator[HealthFact]:
    """How large the log is, how much of it is signed and stamped, and what the last audit found."""
    head = ("log", "证据日志", "Evidence log")
    mark = Checkpoint.objects.select_related("shard").order_by("-shard__year", "-size", "-id").first()
    entries, queued = Entry.objects.count(), Entry.objects.filter(shard=None).count()
    signed = f"{mark} signed {localtime(mark.at):%Y-%m-%d %H:%M}" if mark else "nothing signed"
    stamped = "" if mark is None else ", stamped" if mark.token is not None else ", no time stamp"
    value = f"{entries} entries, {queued} queued; {signed}{stamped}"
    before = audit.last()
    if before is None:
        yield HealthFact(
            *head, "note", f"{value}; never audited", "运行 jinzhi evidence audit", "run jinzhi evidence audit"
        )
        return
    at, said = before
    value = f"{value}; audited {localtime(at):%Y-%m-%d %H:%M}"
    grave = [f for f in said["findings"] if f["serious"]]
    if grave:
        way = (f"核对发现：{grave[0]['zh']}", "run jinzhi evidence audit and look into what it finds")
        yield HealthFact(*head, "missing", value, *way)
    elif timezone.now() - at > timedelta(days=2):
        yield HealthFact(
            *head, "note", value, "定时运行 jinzhi tick，它每日核对", "call jinzhi tick, which audits daily"
        )
    else:
        yield HealthFact(*head, "good", value)


@look
def keys() -> Iterator[HealthFact]:
    """Whether the keys that sign the log are there, and are those that signed it before."""
    head = ("log-keys", "日志签名密钥", "Keys of the log")
    shard = Shard.objects.order_by("-year").first()
    if shard is None:
        yield HealthFact(*head, "note", "none yet: made with the first checkpoint")
        return
    try:
        found = checkpoints.keys_of(shard)
    except (LogBroken, KeyRefused) as e:
        way = "restore the files from their backup, or: jinzhi evidence rotate --lost --reason WHY"
        yield HealthFact(*head, "missing", f"signing has stopped ({settings.JINZHI_KEYS})", str(e), way)
        return
    pairs = len(checkpoints.pairs_of(shard.origin))
    origins = " and ".join(checkpoints.origin(shard, family) for family in FAMILIES)
    named = f"key name {found.ed25519.name}, of the log; checkpoints are signed under {origins} too"
    yield HealthFact(*head, "good", f"{named}; Ed25519 {found.ed25519.key_id.hex()}, pair {max(pairs, 1)}")


@look
def year() -> Iterator[HealthFact]:
    """Whether the log is in the year that the clock says."""
    open_shard = Shard.objects.filter(closed=False).first()
    if open_shard is None or open_shard.year >= today().year:
        return
    zh = "请核对系统时钟；时钟无误的，连续 7 日后自动转入新年度"
    en = "check the clock; if it is right, the log moves on after it has stood so for 7 days"
    said = f"the log is in {open_shard.year}, the clock says {today().year}"
    yield HealthFact("log-year", "日志年度", "Year of the log", "note", said, zh, en)


@look
def witnesses() -> Iterator[HealthFact]:
    """Who cosigns the log, and what they last said; nobody is asked now."""
    head = ("witnesses", "日志见证", "Witnesses of the log")
    try:
        declared = load()
    except WitnessRefused as e:
        yield HealthFact(*head, "missing", str(e), "更正该文件", "put the file right")
        return
    counted = f"{len(declared.witnesses)} witnesses, {declared.needed} needed; {len(declared.logs)} logs witnessed here"
    found = witness_findings(ask=False)
    grave = [f for f in found if f.serious]
    if grave:
        way = (f"{grave[0].zh}；运行 jinzhi evidence audit", f"{grave[0].en}; run jinzhi evidence audit")
        yield HealthFact(*head, "missing", counted, *way)
    elif found:
        way = (f"{found[0].zh}；运行 jinzhi evidence cosign", f"{found[0].en}; run jinzhi evidence cosign")
        yield HealthFact(*head, "note", counted, *way)
    elif not declared.witnesses:
        lacking = "没有见证者，整个数据库被换回旧副本时无人能发现：见 docs/howto/witness.md"
        yield HealthFact(*head, "note", counted, lacking, "nobody would notice a roll-back: see docs/howto/witness.md")
    else:
        yield HealthFact(*head, "good", counted)
