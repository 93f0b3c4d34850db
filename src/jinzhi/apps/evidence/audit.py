"""The audit: everything that the log rests on, looked at again from the contents up, each finding with its detector.

Nothing that is kept is believed: contents are read and hashed, leaves are made of the bodies, nodes and roots of the
leaves, signatures are checked, events are held against their entries. What a database cannot show of itself, that the
whole of it was put back to an older copy, only witnesses and mirrors can.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from jinzhi.apps.accounts.models import User
from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.apps.evidence.events import inventory
from jinzhi.apps.evidence.log import checkpoints, guards, log, mirror
from jinzhi.apps.evidence.log.authority import time_authority
from jinzhi.apps.evidence.log.checkpoints import NoteRefused
from jinzhi.apps.evidence.log.trees import LEVELS, LogBroken, Pair
from jinzhi.apps.evidence.models import Attachment, Checkpoint, Cosignature, Deposit, Entry, Event, LogKey, Node, Shard
from jinzhi.apps.evidence.store import holdings, store
from jinzhi.apps.evidence.witness import rotation
from jinzhi.apps.evidence.witness.comparing import witness_findings
from jinzhi.apps.evidence.witness.witnesses import WitnessRefused, load
from jinzhi.engines import signing, timestamps
from jinzhi.engines.signing import KeyRefused
from jinzhi.engines.timestamps import TimestampRefused
from jinzhi.kernel import note
from jinzhi.kernel.merkle import FAMILIES, Frontier

#: how far two clocks may lie apart
CLOCKS = timedelta(minutes=5)
#: how many findings of one detector are told; more are counted
SHOWN = 20
#: invariants that the audit looks at in its own way
OWN = ("attachment-content", "event-in-log")
TABLES = (
    "evidence_event", "evidence_entry", "evidence_shard", "evidence_node", "evidence_checkpoint",
    "evidence_cosignature", "evidence_logkey", "evidence_witnessed", "evidence_refusedcheckpoint",
)  # fmt: skip


@dataclass(frozen=True)
class Detector:
    """Who finds something: a permanent id, and what it looks at, in Chinese and English."""

    id: str
    zh: str
    en: str


DETECTORS = {
    d.id: d
    for d in (
        Detector("triggers", "数据库的防改触发器都在", "The database's guards stand"),
        Detector("accounts", "没有平台之外给出的权限", "No account has rights that the platform did not give"),
        Detector("inventory", "日志之外的记录与日志中的清点一致", "What lies beside the log is as it was counted"),
        Detector("contents", "存储中的内容与登记的两种摘要一致", "Contents have both of their digests"),
        Detector("entries", "条目的内容与其叶哈希和所记事件一致", "Entries fit their leaf hashes and their events"),
        Detector("numbers", "条目编号连续，与日志大小一致", "Entries are numbered without a gap, up to the log's size"),
        Detector("unlogged", "每条事件都有日志条目", "Every event has its entry"),
        Detector("nodes", "保存的节点可由条目推出", "Kept nodes follow from the entries"),
        Detector("roots", "检查点的根可由条目推出", "The roots of checkpoints follow from the entries"),
        Detector("signatures", "检查点由本机的两把密钥签名", "Checkpoints are signed by both keys"),
        Detector(
            "keys", "签名密钥就是登记过的，更换都有条目", "The signing keys are those on record, each change entered"
        ),
        Detector("stamps", "检查点的时间戳成立", "The time stamps of checkpoints hold"),
        Detector("cosignatures", "见证者的签名成立", "The cosignatures of witnesses hold"),
        Detector("witnesses", "见证者共同签名的日志就是本日志", "What witnesses cosigned is this log"),
        Detector("mirror", "镜像中的日志就是本日志", "What a mirror holds is this log"),
        Detector("invariants", "其他必须成立的事", "Whatever else must hold"),
    )
}


@dataclass(frozen=True)
class Finding:
    """Something that does not hold, or (not ``serious``) could not be looked at. ``by``: the witness or the checker."""

    detector: str
    zh: str
    serious: bool = True
    by: str = ""
    proof: tuple[str, ...] = ()


@dataclass
class Audited:
    """What an audit found and what it looked at; ``more`` counts what is not told of each detector."""

    findings: list[Finding] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    more: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        return not any(f.serious for f in self.findings)

    def find(self, detector: str, zh: str, *, serious: bool = True, by: str = "", proof: Sequence[str] = ()) -> None:
        if sum(f.detector == detector for f in self.findings) >= SHOWN:
            self.more[detector] += 1
        else:
            self.findings.append(Finding(detector, zh, serious, by, tuple(proof)))

    def as_dict(self) -> dict[str, object]:
        return {
            "sound": self.sound,
            "findings": [
                {**asdict(f), "looks_at": {"zh": DETECTORS[f.detector].zh, "en": DETECTORS[f.detector].en}}
                for f in self.findings
            ],
            "more": dict(self.more),
            "counted": dict(self.counted),
            "seconds": round(self.seconds, 1),
        }


def audit(*, mirrors: Sequence[Path] = (), ask: bool = True, newest: int | None = None) -> Audited:
    """Look at everything. ``mirrors``: folders to compare with. ``ask``: ask the declared witnesses.

    ``newest``: check the signatures and stamps of so many checkpoints only (a signature of SM2 takes milliseconds,
    and there may be one a minute); the roots are derived for all, and what was left out is counted.
    """
    began, out = perf_counter(), Audited()
    log.sequence()
    _triggers(out)
    _accounts(out)
    _inventory(out)
    # the contents that must be there, and the SM3 digest that entries and rows give each
    digests: dict[str, str] = {sha256: "" for _, sha256 in holdings.held()}
    for shard in Shard.objects.order_by("year"):
        _shard(out, shard, digests)
    _events(out)
    _keys(out)
    _signatures(out, newest)
    _cosignatures(out)
    _contents(out, digests)
    for one in store.healed():
        told = f"内容 {one.sha256} 曾损坏（{one.why}），{one.at:%Y-%m-%d %H:%M} UTC 再次交来时已换回"
        out.find("contents", told, serious=False)
    for found in witness_findings(ask=ask):
        out.find("witnesses", found.zh, serious=found.serious, by=found.detector, proof=found.proof)
    for folder in mirrors:
        _mirror(out, folder)
    for result in run_all():
        if result.checker.id not in OWN:
            for violation in result.violations:
                out.find("invariants", violation, by=result.checker.id)
            out.counted["invariants"] += 1
    out.seconds = perf_counter() - began
    return out


# --- the database --------------------------------------------------------------------------------------------


def triggers() -> Iterator[tuple[str, str]]:
    """Table and name of every trigger that is there and switched on."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'"
            )
        yield from cursor.fetchall()


def _triggers(out: Audited) -> None:
    """Each table of the log has its guards: against updates and deletions, and on PostgreSQL against truncation."""
    there = Counter(table for table, _ in triggers())
    for table in TABLES:
        least = 2 if connection.vendor == "sqlite" or table == "evidence_event" else 3
        wanted = least + (table == "evidence_checkpoint")
        if there[table] < wanted:
            out.find("triggers", f"表 {table} 应有 {wanted} 个防改触发器，只有 {there[table]} 个：有人移除或停用了它")
        out.counted["triggers"] += there[table]
    for name in guards.replaced():
        out.find("triggers", f"防改触发器 {name} 的内容不是平台所建的：有人把它换成了别的")


def _accounts(out: Audited) -> None:
    """Nobody is a superuser or staff of the framework: the platform gives rights by posts alone."""
    for user in User.objects.filter(Q(is_superuser=True) | Q(is_staff=True)).order_by("id"):
        out.find("accounts", f"账号 {user.username} 被设为超级用户或后台人员：平台从不这样做，权限只由任职产生")
    out.counted["accounts"] = User.objects.count()


def _inventory(out: Audited) -> None:
    """What lies beside the log is as the inventories in the log found it."""
    for words in inventory.differences():
        out.find("inventory", words)
    out.counted["inventories"] = Event.objects.filter(stream=inventory.STREAM).count()


# --- the trees -----------------------------------------------------------------------------------------------


def _shard(out: Audited, shard: Shard, digests: dict[str, str]) -> None:
    """Derive both trees of a year from the bodies, and compare leaves, nodes, size and the roots of checkpoints."""
    year = shard.year
    nodes: dict[tuple[int, int], Pair] = {
        (level, index): (bytes(sha256), bytes(sm3))
        for level, index, sha256, sm3 in Node.objects.filter(shard=shard).values_list("level", "index", "sha256", "sm3")
    }
    marks: dict[int, list[Checkpoint]] = defaultdict(list)
    for mark in Checkpoint.objects.filter(shard=shard).defer("note_sha256", "note_sm3", "token"):
        marks[mark.size].append(mark)
    edges, expected, whole = [Frontier(family) for family in FAMILIES], 0, True
    for entry in _rows(shard):
        if entry.index != expected:
            gone = f"第 {expected} 条" if entry.index == expected + 1 else f"第 {expected} 至 {entry.index - 1} 条"
            out.find("numbers", f"日志 {year} 缺少{gone}：条目被删除")
            whole = False
        expected = entry.index + 1
        leaves = _entry(out, year, entry, digests)
        if not whole:
            continue
        derived: dict[tuple[int, int], list[bytes]] = defaultdict(list)
        for edge, leaf in zip(edges, leaves, strict=True):
            for level, index, value in edge.append(leaf):
                if level in LEVELS:
                    derived[level, index].append(value)
        for (level, index), pair in derived.items():
            if nodes.pop((level, index), None) != (pair[0], pair[1]):
                out.find(
                    "nodes", f"日志 {year} 第 {level} 层第 {index} 个节点与条目推出的不一致：节点或其下的条目被改动"
                )
        for mark in marks.pop(expected, ()):
            _compare_roots(out, mark, [edge.root() for edge in edges])
        out.counted["entries"] += 1
    if expected != shard.size:
        out.find("numbers", f"日志 {year} 记有 {shard.size} 条，实有 {expected} 条：条目被删除，或大小被改动")
    for level, index in sorted(nodes):
        if whole:
            out.find("nodes", f"日志 {year} 第 {level} 层第 {index} 个节点之下没有条目：条目被删除，或节点是添加的")
    for size in sorted(marks):
        why = "条目被删除" if size > expected else "其前的条目不完整"
        out.find("roots", f"日志 {year} 签发过 {size} 条的检查点，现有条目推不出它的根：{why}")
    out.counted["checkpoints"] += Checkpoint.objects.filter(shard=shard).count()


@dataclass(frozen=True, slots=True)
class _Row:
    """An entry as the audit reads it, with what its event says."""

    index: int
    kind: str
    object: str
    body: str
    leaves: Pair
    event: tuple[str, str, str] | None


def _rows(shard: Shard) -> Iterator[_Row]:
    found = Entry.objects.filter(shard=shard).order_by("index")
    columns = (
        "index", "kind", "object", "body", "leaf_sha256", "leaf_sm3", "event__stream", "event__sha256", "event__sm3",
    )  # fmt: skip
    for index, kind, object, body, sha256, sm3, *event in found.values_list(*columns).iterator(chunk_size=5000):
        known = (event[0], event[1], event[2]) if event[0] is not None else None
        yield _Row(index, kind, object, body, (bytes(sha256), bytes(sm3)), known)


def _entry(out: Audited, year: int, row: _Row, digests: dict[str, str]) -> list[bytes]:
    """Hold an entry against its leaf hashes and its event; gives the leaf hashes that its body has."""
    raw, number = row.body.encode(), f"{year}-{row.index}"
    made = [family.leaf(raw) for family in FAMILIES]
    for family, leaf, kept in zip(FAMILIES, made, row.leaves, strict=True):
        if leaf != kept:
            out.find("entries", f"条目 {number} 的内容与其叶哈希不一致（{family.name}）：内容或哈希被改动")
    try:
        said = json.loads(row.body)
        told = (said["kind"], said["object"], said["sha256"], said["sm3"])
    except (ValueError, TypeError, KeyError):
        out.find("entries", f"条目 {number} 的内容不是日志的条目")
        return made
    if told[:2] != (row.kind, row.object):
        out.find("entries", f"条目 {number} 的类别或对象与其内容不一致：列被改动")
    if row.event is not None and (row.kind != "event" or told[1:] != row.event):
        out.find("entries", f"条目 {number} 与它所记的事件不一致：条目或事件被改动")
    if row.event is None and not said.get("salted") and told[2] in digests:
        _same(out, digests, told[2], told[3])
    return made


def _same(out: Audited, digests: dict[str, str], sha256: str, sm3: str) -> None:
    """Whoever names a content by its SHA-256 gives it the same SM3."""
    if digests.get(sha256) not in ("", None, sm3):
        out.find("contents", f"内容 {sha256} 登记了两个不同的 SM3 摘要")
    digests[sha256] = sm3


def _compare_roots(out: Audited, mark: Checkpoint, derived: list[bytes]) -> None:
    for family, root in zip(FAMILIES, derived, strict=True):
        if checkpoints.root_in(mark, family) != root:
            out.find(
                "roots",
                f"日志 {mark.shard.year} 在 {mark.size} 条时签发的根与条目推出的不一致（{family.name}）："
                "条目在签发后被改动，或检查点属于另一分叉",
            )


def _events(out: Audited) -> None:
    for event in Event.objects.filter(entry__isnull=True).order_by("id").iterator():
        out.find("unlogged", f"事件 {event} 没有日志条目：条目被删除，或事件是绕过平台添加的")
    out.counted["events"] = Event.objects.count()


# --- signatures ----------------------------------------------------------------------------------------------


def _signatures(out: Audited, newest: int | None) -> None:
    """Each checkpoint is signed by both keys, says what its row says, and bears a stamp that holds."""
    marks = Checkpoint.objects.select_related("shard").order_by("-id")
    roots = _roots_of_authority(out)
    pairs = {origin: checkpoints.pairs_of(origin) for origin in Shard.objects.values_list("origin", flat=True)}
    for mark in marks.iterator(chunk_size=500) if newest is None else marks[:newest]:
        out.counted["signatures"] += 1
        for family in FAMILIES:
            try:
                found, _ = checkpoints.opened_by(checkpoints.note_in(mark, family), pairs[mark.shard.origin])
            except NoteRefused as e:
                out.find("signatures", str(e))
                continue
            root = checkpoints.root_in(mark, family)
            if found != note.CheckpointBody(checkpoints.origin(mark.shard, family), mark.size, root):
                out.find("signatures", f"检查点 {mark}（{family.name}）签名的内容与登记的大小或根不一致")
        if mark.token is not None and roots is not None:
            try:
                stamp = timestamps.check(bytes(mark.token), checkpoints.imprint(mark), roots)
                if mark.at > stamp.moment + CLOCKS:
                    words = f"检查点 {mark} 记为 {mark.at:%Y-%m-%d %H:%M} UTC 签发，却已在此前盖过时间戳：时刻被改动"
                    out.find("stamps", words)
                out.counted["stamps"] += 1
            except TimestampRefused as e:
                out.find("stamps", f"检查点 {mark} 的时间戳不成立：{e}")
    left = marks.count() - out.counted["signatures"]
    if left:
        out.counted["signatures left out"] = left


def _keys(out: Audited) -> None:
    """The keys that are to sign next are those that signed, and each other pair came by a change that was entered."""
    shard = Shard.objects.order_by("-year").first()
    if shard is None:
        return
    try:
        checkpoints.keys_of(shard)
    except (LogBroken, KeyRefused) as e:
        out.find("keys", str(e))
    known: set[tuple[bytes, ...]] = set()
    for row in LogKey.objects.select_related("event").order_by("id"):
        out.counted["keys"] += 1
        pair, event = checkpoints.materials(row.vkeys), row.event
        named = event is not None and event.stream == rotation.STREAM and event.data.get("new") == list(row.vkeys)
        if known and pair not in known and not named:
            out.find("keys", f"密钥 {row.ed25519} 签发过日志，却没有更换它的条目：密钥被暗中更换")
        known.add(pair)


def _roots_of_authority(out: Audited) -> bytes | None:
    try:
        authority = time_authority()
    except TimestampRefused as e:
        out.find("stamps", str(e), serious=False)
        return None
    if authority is not None:
        return authority.roots
    unchecked = Checkpoint.objects.filter(token__isnull=False).count()
    if unchecked:
        words = f"{unchecked} 个时间戳未核对：没有设置 JINZHI_TSA_URL 和 JINZHI_TSA_ROOTS"
        out.find("stamps", words, serious=False)
    return None


def _cosignatures(out: Audited) -> None:
    """The lines of declared witnesses are theirs, under the text that was signed here."""
    try:
        keys = {w.name: w.vkey for w in load().witnesses}
    except WitnessRefused as e:
        out.find("cosignatures", str(e))
        return
    for row in Cosignature.objects.select_related("checkpoint__shard").order_by("id").iterator():
        if row.witness not in keys:
            words = f"见证者 {row.witness} 不在见证者名单中，其签名未核对"
            if not any(f.zh == words for f in out.findings):
                out.find("cosignatures", words, serious=False)
            continue
        family = next(f for f in FAMILIES if f.name == row.family)
        if not _cosigned(checkpoints.note_in(row.checkpoint, family), row.line, keys[row.witness]):
            out.find("cosignatures", f"见证者 {row.witness} 在检查点 {row.checkpoint}（{row.family}）下的签名不成立")
        out.counted["cosignatures"] += 1


def _cosigned(text: str, line: str, key: str) -> bool:
    try:
        own = note.parse_note(text)
        (given,) = note.parse_note(f"{own.text}\n{line.rstrip()}\n").signatures
        name, key_id, _ = note.parse_vkey(key)
        moment, signature = note.parse_cosignature(given.signature)
        message = note.cosigned(moment, own.text)
    except (note.NoteError, ValueError):
        return False
    return (given.name, given.key_id) == (name, key_id) and signing.verify(key, message, signature)


# --- contents and copies -------------------------------------------------------------------------------------


def _contents(out: Audited, digests: dict[str, str]) -> None:
    """Read every content that some row needs, and hash it with both families."""
    for rows in (Attachment.objects.unrestricted("audit"), Deposit.objects.all()):
        for sha256, sm3 in rows.values_list("sha256", "sm3").iterator():
            _same(out, digests, sha256, sm3)
    seen: set[str] = set()
    for holding, sha256 in holdings.held():
        if sha256 in seen:
            continue
        seen.add(sha256)
        made = hashlib.new("sm3")
        try:
            for piece in store.stream(sha256):
                made.update(piece)
                out.counted["bytes"] += len(piece)
        except store.FileRefused as e:
            out.find("contents", f"内容 {sha256}（{holding}）：{e}")
            continue
        if digests.get(sha256) and made.hexdigest() != digests[sha256]:
            out.find("contents", f"内容 {sha256}（{holding}）的 SM3 摘要与登记的不一致")
        out.counted["contents"] += 1


def _mirror(out: Audited, folder: Path) -> None:
    """A mirror must hold a beginning of this log; names the first entry that differs."""
    years = mirror.held_years(folder)
    if not years:
        out.find("mirror", f"{folder} 中没有镜像", serious=False, by=str(folder))
    for year in sorted(years):
        for family in FAMILIES:
            try:
                for words, proof in mirror.differences(folder, year, family):
                    out.find("mirror", words, by=str(folder), proof=proof)
            except (mirror.MirrorRefused, LogBroken) as e:
                out.find("mirror", str(e), by=str(folder))
            out.counted["mirrored trees"] += 1


# --- the last audit ------------------------------------------------------------------------------------------


def _file() -> Path:
    """A file and no table, so that putting the database back does not put back what was found."""
    return Path(settings.JINZHI_AUDIT)


def begin(day: date) -> bool:
    """Note that the audit of a day has begun; False where it had, so that two timers do not both run it."""
    path = _file().with_suffix(".day")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_text() == day.isoformat():
        return False
    path.write_text(day.isoformat())
    return True


def keep(done: Audited) -> None:
    """Write down what an audit found, for the operations page and ``jinzhi doctor``."""
    path = _file()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    said = {"at": timezone.now().isoformat(), **done.as_dict()}
    fresh.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    os.replace(fresh, path)


def last() -> tuple[datetime, dict[str, Any]] | None:
    """When the last audit ended and what it said; None where there was none."""
    try:
        said = json.loads(_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return datetime.fromisoformat(said.pop("at")), said
