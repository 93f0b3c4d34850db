"""Whether events are what the log says they were: checked anew each time a page shows them, many at once.

An event is *verified* when its content has the digests it was recorded with, links to its forerunner, is what its
entry says, and the entry's leaf hash leads to both roots of the first checkpoint that covers it, whose note our
Ed25519 key signed. (The SM2 signatures, files, and everything outside of the events asked for are the audit's.)
Many events take the same few queries: the hashes around their leaves are read in one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery

from jinzhi.apps.evidence.events.actions import content_of
from jinzhi.apps.evidence.events.personal import copied, marked, place_of, salted
from jinzhi.apps.evidence.log import checkpoints
from jinzhi.apps.evidence.log.entries import body_of_event
from jinzhi.apps.evidence.log.trees import LEVELS, STEP, TILE, LogBroken, Pair
from jinzhi.apps.evidence.models import Checkpoint, Entry, Event, Node, Personal, Shard
from jinzhi.engines.signing import KeyRefused
from jinzhi.kernel import merkle
from jinzhi.kernel.canonical import digests
from jinzhi.kernel.merkle import FAMILIES, Family, ProofError
from jinzhi.kernel.note import CheckpointBody as Said

#: runs of hashes that one query asks for at most
RUNS = 200


@dataclass(frozen=True)
class Fault:
    """What a check found wrong."""

    zh: str
    en: str


CONTENT = Fault("内容与登记时的摘要不符", "the content differs from the digests it was recorded with")
LINK = Fault("与前一条记录不相连", "it does not link to the record before it")
ABSENT = Fault("日志中没有这条记录", "the log has no entry for it")
ENTRY = Fault("与日志条目所述不符", "it differs from what its entry in the log says")
LEAF = Fault("条目与它的叶子哈希不符", "the entry differs from its leaf hash")
PROOF = Fault("不能证明在检查点的树中", "it cannot be proven to be in the tree of the checkpoint")
SIGNATURE = Fault("检查点的内容或签名无效", "the checkpoint or its signature is not valid")
PERSONAL = Fault("所存个人信息与记录的摘要不符", "the personal data kept for it differ from its digests")


def gap(seq: int) -> Fault:
    return Fault(f"缺少第 {seq} 条记录", f"record {seq} is missing")


@dataclass(frozen=True)
class SealVerdict:
    """How far an event, or an entry, is sealed.

    ``state``: "verified"; "numbered" (in the log, no checkpoint covers it yet); "queued" (waits for its number);
    "broken", and then ``faults`` say why. ``checkpoint`` is the first that covers it.
    """

    state: str
    entry: Entry | None = None
    checkpoint: Checkpoint | None = None
    faults: tuple[Fault, ...] = ()
    seq: int = 0

    @property
    def number(self) -> str:
        return self.entry.number if self.entry is not None else ""


@dataclass(frozen=True)
class Verdicts:
    """What became of events, by their keys; ``lost``: entries of the log whose events are no longer there."""

    by_event: Mapping[int, SealVerdict]
    lost: tuple[Entry, ...] = ()

    def of(self, event: Event) -> SealVerdict:
        return self.by_event[event.pk]

    def at(self, seq: int) -> SealVerdict | None:
        """That of an event by its number, where all are of one object."""
        return next((v for v in self.by_event.values() if v.seq == seq), None)

    def among(self, events: Iterable[Event]) -> Verdicts:
        """Those of some of the events only."""
        return Verdicts({e.pk: self.by_event[e.pk] for e in events}, self.lost)

    @property
    def last(self) -> SealVerdict | None:
        """That of the last event, which stands for the object: it covers all before it."""
        return max(self.by_event.values(), key=lambda v: v.seq, default=None)

    @property
    def worst(self) -> SealVerdict | None:
        """The one that says least: a broken one, then queued, then numbered; else the last."""
        for state in ("broken", "queued", "numbered"):
            for verdict in self.by_event.values():
                if verdict.state == state:
                    return verdict
        return self.last


#: the attribute of an entry from :func:`with_cover`
COVERED = "covered"


def covered(entries: Iterable[Entry]) -> dict[int, Checkpoint]:
    """The first checkpoint over each entry, by the entry's key; ``entries`` come from :func:`with_cover`."""
    wanted = {e.pk: by for e in entries if (by := getattr(e, COVERED))}
    found = Checkpoint.objects.select_related("shard").in_bulk(set(wanted.values())) if wanted else {}
    return {pk: found[id] for pk, id in wanted.items()}


def with_cover(entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """A query of entries, with their shard and the key of the first checkpoint over each as ``covered``."""
    first = Checkpoint.objects.filter(shard=OuterRef("shard"), size__gt=OuterRef("index")).order_by("size", "id")
    return entries.select_related("shard").annotate(**{COVERED: Subquery(first.values("pk")[:1])})


def verdicts(events: Sequence[Event], *, whole: bool = True) -> Verdicts:
    """Check events, which come with their units. ``whole``: they are all events of their objects, none is left out."""
    if not events:
        return Verdicts({})
    if whole:
        asked = Entry.objects.filter(kind="event", object__in={e.stream for e in events})
    else:
        asked = Entry.objects.filter(event__in=[e.pk for e in events])
    entries = list(with_cover(asked).order_by("id"))
    by_event = {e.event_id: e for e in entries}
    points = covered(entries)
    proofs = Proofs((e, points[e.pk]) for e in entries if e.pk in points)
    wrong = _personal(events)
    links = _links(events, whole)
    out: dict[int, SealVerdict] = {}
    for event in events:
        faults = [*links.get(event.pk, ()), *([PERSONAL] if event.pk in wrong else [])]
        content = content_of(event)
        seal = digests(content)
        if (seal.sha256, seal.sm3) != (event.sha256, event.sm3):
            faults.append(CONTENT)
        entry = by_event.get(event.pk)
        if entry is None:
            faults.append(ABSENT)
        elif (entry.kind, entry.object, entry.body) != ("event", event.stream, body_of_event(event, len(content))):
            faults.append(ENTRY)
        out[event.pk] = replace(_verdict(entry, points.get(entry.pk) if entry else None, proofs, faults), seq=event.seq)
    known = {e.pk for e in events}
    lost = tuple(e for e in entries if whole and e.event_id not in known)
    return Verdicts(out, lost)


def verdicts_of(streams: Iterable[str]) -> dict[str, Verdicts]:
    """Check all events of objects at once."""
    events: dict[str, list[Event]] = {stream: [] for stream in streams}
    for event in Event.objects.filter(stream__in=list(events)).select_related("unit").order_by("stream", "seq"):
        events[event.stream].append(event)
    found = verdicts([e for some in events.values() for e in some])
    lost = defaultdict(list)
    for entry in found.lost:
        lost[entry.object].append(entry)
    return {stream: Verdicts({e.pk: found.of(e) for e in some}, tuple(lost[stream])) for stream, some in events.items()}


def entry_verdicts(entries: Sequence[Entry]) -> dict[int, SealVerdict]:
    """Check entries, by their keys: body, leaf and proof; events where they come with theirs (``event__unit``)."""
    points = covered(entries)
    proofs = Proofs((e, points[e.pk]) for e in entries if e.pk in points)
    events = [e.event for e in entries if e.event is not None]
    wrong = _personal(events)
    out = {}
    for entry in entries:
        faults = []
        event = entry.event
        if event is not None:
            content = content_of(event)
            seal = digests(content)
            if (seal.sha256, seal.sm3) != (event.sha256, event.sm3):
                faults.append(CONTENT)
            if (entry.object, entry.body) != (event.stream, body_of_event(event, len(content))):
                faults.append(ENTRY)
            if event.pk in wrong:
                faults.append(PERSONAL)
        out[entry.pk] = _verdict(entry, points.get(entry.pk), proofs, faults)
    return out


def _verdict(entry: Entry | None, point: Checkpoint | None, proofs: Proofs, faults: list[Fault]) -> SealVerdict:
    if entry is not None:
        faults += proofs.faults(entry, point)
    if faults:
        return SealVerdict("broken", entry, point, tuple(dict.fromkeys(faults)))
    if point is not None:
        return SealVerdict("verified", entry, point)
    return SealVerdict("numbered" if entry is not None and entry.index is not None else "queued", entry)


def _links(events: Sequence[Event], whole: bool) -> dict[int, list[Fault]]:
    """What is wrong in the chains that the events make."""
    out: dict[int, list[Fault]] = defaultdict(list)
    chains: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        chains[event.stream].append(event)
    for chain in chains.values():
        before: Event | None = None
        for event in sorted(chain, key=lambda e: e.seq):
            last = before.seq if before else 0
            if event.seq != last + 1 and whole:
                out[event.pk].append(gap(last + 1))
            elif event.seq == last + 1:
                said = (before.sha256, before.sm3) if before else ("", "")
                if (event.prev_sha256, event.prev_sm3) != said:
                    out[event.pk].append(LINK)
            before = event
    return out


def _personal(events: Sequence[Event]) -> set[int]:
    """The keys of events for which other personal values are kept than they hold the digests of."""
    wanted = {e.pk: e for e in events if any(marked(e.sealed_data))}
    if not wanted:
        return set()
    kept = {(p.event_id, p.path): p for p in Personal.objects.filter(event__in=list(wanted))}
    return {pk for pk, event in wanted.items() if not _kept_rightly(event, kept)}


def _kept_rightly(event: Event, kept: Mapping[tuple[int, str], Personal]) -> bool:
    for path in marked(event.sealed_data):
        row, place = kept.get((event.pk, path)), place_of(path, copied(event.sealed_data))
        if row is None or place is None:
            return False
        said = place[0][place[1]]
        if row.erased_at is None and (
            not isinstance(said, Mapping)
            or {k: said.get(k) for k in ("sha256", "sm3")} != salted(bytes(row.salt or b""), row.value)
        ):
            return False
    return True


@lru_cache(maxsize=4096)
def _signed(text: str, key: str) -> Said | None:
    """What a note says, if this key signed it."""
    try:
        return checkpoints.opened(text, (key,))
    except checkpoints.NoteRefused:
        return None


def signed_rightly(point: Checkpoint) -> bool:
    """Whether both notes of a checkpoint say its size and roots and carry an Ed25519 signature of ours.

    What the database names as our keys is believed only where the key files of this installation are the newest.
    """
    right = [
        (
            checkpoints.note_in(point, f),
            Said(checkpoints.origin(point.shard, f), point.size, checkpoints.root_in(point, f)),
        )
        for f in FAMILIES
    ]

    def by(key: str) -> bool:
        return all(_signed(text, key) == said for text, said in right)

    try:
        if by(checkpoints.keys_in(Path(settings.JINZHI_KEYS), point.shard.origin).ed25519.vkey):
            return True
        checkpoints.keys_of(point.shard)  # before a rotation others signed, which the newest pair vouches for
    except (LogBroken, KeyRefused):
        return False
    return any(by(ed25519) for ed25519, _ in checkpoints.pairs_of(point.shard.origin))


class Proofs:
    """Inclusion proofs of many entries, each to a checkpoint: all hashes that they need are read at once."""

    def __init__(self, wanted: Iterable[tuple[Entry, Checkpoint]]):
        runs: set[tuple[int, int, int]] = set()
        for entry, point in wanted:
            for level in (0, *LEVELS):
                if point.size >> level:
                    for place in (entry.index or 0, point.size):
                        runs.add((entry.shard_id or 0, level, place >> (level + STEP)))
        self._kept: dict[tuple[int, int, int], Pair] = dict(_read(sorted(runs)))
        self._made: dict[tuple[Family, int, int, int], bytes] = {}
        self._sound: dict[int, bool] = {}

    def node(self, shard: Shard, family: Family, level: int, index: int) -> bytes:
        """The hash of a complete subtree. Raises LogBroken where a kept one is missing."""
        base = min(level - level % STEP, LEVELS[-1])
        if level == base:
            pair = self._kept.get((shard.pk, level, index))
            if pair is None:
                raise LogBroken(f"日志 {shard.year} 缺少第 {level} 层第 {index} 个哈希，请运行 jinzhi evidence audit")
            return pair[FAMILIES.index(family)]
        made = self._made.get((family, shard.pk, level, index))
        if made is None:
            left = self.node(shard, family, level - 1, 2 * index)
            made = family.node(left, self.node(shard, family, level - 1, 2 * index + 1))
            self._made[family, shard.pk, level, index] = made
        return made

    def proof(self, entry: Entry, point: Checkpoint, family: Family) -> list[bytes]:
        """The siblings from the leaf up. Raises ProofError, LogBroken."""
        return merkle.inclusion_proof(
            family, entry.index or 0, point.size, lambda level, index: self.node(point.shard, family, level, index)
        )

    def faults(self, entry: Entry, point: Checkpoint | None) -> Iterator[Fault]:
        """What is wrong with an entry's leaf, with its way to the roots of the checkpoint, with the checkpoint."""
        leaves = [family.leaf(entry.body.encode()) for family in FAMILIES]
        if leaves != [bytes(entry.leaf_sha256), bytes(entry.leaf_sm3)]:
            yield LEAF
        if point is None:
            return
        try:
            for family, leaf in zip(FAMILIES, leaves, strict=True):
                proof, root = self.proof(entry, point, family), checkpoints.root_in(point, family)
                merkle.verify_inclusion(family, leaf, entry.index or 0, point.size, proof, root)
        except (ProofError, LogBroken):
            yield PROOF
        if point.pk not in self._sound:
            self._sound[point.pk] = signed_rightly(point)
        if not self._sound[point.pk]:
            yield SIGNATURE


def _read(runs: Sequence[tuple[int, int, int]]) -> Iterator[tuple[tuple[int, int, int], Pair]]:
    """The kept hashes of runs (shard, level, number of the run)."""
    leaves = [r for r in runs if not r[1]]
    nodes = [r for r in runs if r[1]]
    for start in range(0, len(leaves), RUNS):
        where = Q()
        for shard, _, run in leaves[start : start + RUNS]:
            where |= Q(shard=shard, index__gte=run * TILE, index__lt=(run + 1) * TILE)
        for pk, index, sha256, sm3 in Entry.objects.filter(where).values_list(
            "shard_id", "index", "leaf_sha256", "leaf_sm3"
        ):
            if index is not None:
                yield (pk, 0, index), (bytes(sha256), bytes(sm3))
    for start in range(0, len(nodes), RUNS):
        where = Q()
        for shard, level, run in nodes[start : start + RUNS]:
            where |= Q(shard=shard, level=level, index__gte=run * TILE, index__lt=(run + 1) * TILE)
        for pk, level, index, sha256, sm3 in Node.objects.filter(where).values_list(
            "shard_id", "level", "index", "sha256", "sm3"
        ):
            yield (pk, level, index), (bytes(sha256), bytes(sm3))


@dataclass(frozen=True)
class ProofStep:
    """One step of a proof: the sibling, on which side it lies, and the hash that comes out."""

    left: bool
    sibling: bytes
    value: bytes


def walk(family: Family, leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> list[ProofStep]:
    """The steps of a proof that :func:`merkle.verify_inclusion` takes, to be shown."""
    out: list[ProofStep] = []
    place, last, value = index, size - 1, leaf
    for sibling in proof:
        left = bool(place & 1 or place == last)
        value = family.node(sibling, value) if left else family.node(value, sibling)
        out.append(ProofStep(left, sibling, value))
        if left:
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    return out
