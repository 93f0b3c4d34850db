"""The log: entries in the order in which they were numbered, under two Merkle trees a year (RFC 9162).

``append`` writes an entry in the transaction of what it tells of. On SQLite, which has one writer at a time anyway,
the entry takes its number there. On PostgreSQL it is *queued*, takes no lock and waits for nobody; ``sequence`` numbers
what is queued, in a short transaction that locks the open shard. A crash between the two loses nothing: the next
``sequence`` takes up what was left.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Min, OuterRef, Subquery
from django.utils import timezone
from django.utils.text import slugify

from jinzhi.apps.catalogue.clock import installation, now, today
from jinzhi.apps.evidence.log import checkpoints, trees
from jinzhi.apps.evidence.log.authority import time_authority
from jinzhi.apps.evidence.log.entries import Actor, LogLine, body_of, line
from jinzhi.apps.evidence.log.trees import TILE, LogBroken, Pair, Unknown, consistency, grow, inclusion, root
from jinzhi.apps.evidence.models import Checkpoint, Entry, Event, Node, Shard
from jinzhi.engines.timestamps import TimestampRefused
from jinzhi.kernel import merkle
from jinzhi.kernel.canonical import Digests
from jinzhi.kernel.log_year import turns
from jinzhi.kernel.merkle import FAMILIES, ProofError

__all__ = [
    "Actor", "Inconsistent", "LogBroken", "Unknown", "append", "checkpoint", "consistency", "covering", "entry",
    "inclusion", "root", "seal_of", "sequence", "shard_of", "size",
]  # fmt: skip

logger = logging.getLogger("jinzhi.evidence")
#: a name that others can reach: not an address, not this machine
PUBLIC_HOST = r"(?=.{4,60}$)(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]+"
COLUMNS = "kind, object, event_id, body, leaf_sha256, leaf_sm3"
ENTER_SQLITE = f'INSERT INTO evidence_entry (shard_id, "index", {COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)'
QUEUE_POSTGRESQL = (
    f"INSERT INTO evidence_entry ({COLUMNS}) SELECT * FROM "
    "unnest(%s::text[], %s::text[], %s::bigint[], %s::text[], %s::bytea[], %s::bytea[]) RETURNING id"
)
GROW_SQLITE = (
    "UPDATE evidence_shard SET size = size + %s WHERE NOT closed AND year >= %s "
    "AND NOT EXISTS (SELECT 1 FROM evidence_entry WHERE shard_id IS NULL) RETURNING id, year, origin, size, closed"
)
#: how many entries one transaction numbers at most, so that nobody waits long for the shard
CHUNK = 8192


def append(
    kind: str,
    object: str,
    *,
    who: Actor | None,
    on: date,
    media_type: str,
    length: int,
    sha256: str,
    sm3: str,
    at: datetime | None = None,
    prev: Digests | None = None,
    procedure: str = "",
    salted: bool = False,
    event: Event | None = None,
) -> Entry:
    """Enter content of ``length`` bytes with these digests (hexadecimal) in the caller's transaction.

    ``prev``: the digests of the content that this one follows. ``procedure``: the version of the rule that was in
    force. ``salted``: the digests are of a salt and the content, so that they tell nothing once the salt is erased.
    Raises ValueError for an entry that is longer than the log's formats carry.
    """
    body = body_of(
        kind, object, actor=who.name if who else "系统", unit=who.unit.code if who else "", on=on, at=at or now(),
        media_type=media_type, length=length, sha256=sha256, sm3=sm3, prev=prev, procedure=procedure, salted=salted,
    )  # fmt: skip
    made = [line(kind, object, body, event.pk if event else None)]
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        pk = enter_lines(made)
        assert pk is not None, "a single entry has its key"
        return Entry.objects.get(pk=pk)


def enter_lines(lines: Sequence[LogLine]) -> int | None:
    """Write entries in the caller's transaction; gives the key of a single one.

    On SQLite they are numbered at once: whoever writes there holds the only lock anyway. Elsewhere they queue, and are
    numbered once the transaction is through.
    """
    if connection.vendor == "sqlite":
        return _enter_numbered(lines)
    with connection.cursor() as cursor:
        cursor.execute(QUEUE_POSTGRESQL, [list(column) for column in zip(*lines, strict=True)])
        pk: int = cursor.fetchone()[0]
    # one hook a transaction is enough; if it was registered in a savepoint that is rolled back, so is this entry.
    # An entry that cannot be numbered now stays queued: that is no error of what was recorded
    hooks = connection.run_on_commit
    last: Any = hooks[-1][1] if hooks else None
    if last is not sequence:
        transaction.on_commit(sequence, robust=True)
    return pk if len(lines) == 1 else None


def _enter_numbered(lines: Sequence[LogLine]) -> int | None:
    shard = _grown(len(lines))
    start = shard.size - len(lines)
    values = [(shard.pk, index, *x) for index, x in enumerate(lines, start)]
    with connection.cursor() as cursor:
        if len(values) > 1:
            cursor.executemany(ENTER_SQLITE, values)
            pk = None
        else:
            cursor.execute(f"{ENTER_SQLITE} RETURNING id", values[0])
            (pk,) = cursor.fetchall()[0]
    _keep_nodes(shard, start, [(x.leaf_sha256, x.leaf_sm3) for x in lines])
    return pk


def _grown(count: int) -> Shard:
    """The open shard, by ``count`` entries larger; what still queues is numbered first."""
    with connection.cursor() as cursor:
        cursor.execute(GROW_SQLITE, [count, today().year])
        if rows := cursor.fetchall():
            return Shard(*rows[0])
    # no year is open, another one begins or is in doubt, or entries queue that an earlier version left
    while _sequence_some():
        pass
    shard = _open_shard()
    shard.size += count
    shard.save(update_fields=["size"])
    return shard


def _keep_nodes(shard: Shard, start: int, leaves: list[Pair]) -> None:
    """Keep what becomes complete when ``leaves`` follow the first ``start`` entries."""
    if start // TILE != (start + len(leaves)) // TILE:
        Node.objects.bulk_create(grow(shard, start, leaves), batch_size=200)


def _origin() -> str:
    """How the log of this installation is called: the setting; as it was called before; or where it can be read.

    C2SP asks for a URL without its scheme: with a public host that is where the static files of the log lie.
    """
    if settings.JINZHI_LOG_NAME:
        return str(settings.JINZHI_LOG_NAME)
    before = Shard.objects.order_by("-year").values_list("origin", flat=True).first()
    if before is not None:
        return before
    here = installation()
    host = next((h for h in settings.ALLOWED_HOSTS if re.fullmatch(PUBLIC_HOST, h)), "")
    if host and not (here and here.demo):
        return f"{host}/log"
    city = slugify(here.city_en) if here else ""
    return "-".join(part for part in ("jinzhi", city, "demo" if here and here.demo else "") if part)


def year_turns(open_year: int) -> bool:
    """Whether the log goes on in another year than the open one: not for a clock that was wrong for a while."""
    moment = now()
    if moment.year <= open_year:
        return False
    new_year = timezone.make_aware(datetime(moment.year, 1, 1))
    last = Event.objects.filter(at__lt=new_year).order_by("-pk").values("pk", "at").first()
    since = Event.objects.filter(pk__gt=last["pk"]) if last else Event.objects.all()
    first = since.aggregate(first=Min("at"))["first"]
    here = timezone.get_current_timezone()
    return turns(
        open_year, moment, first.astimezone(here) if first else None, last["at"].astimezone(here) if last else None
    )


def _open_shard() -> Shard:
    """The shard that entries go to, locked until the transaction ends; a new year closes the old one."""
    while True:
        year = today().year
        found = Shard.objects.select_for_update().filter(closed=False).first()
        if found is None:
            Shard.objects.get_or_create(year=year, defaults={"origin": _origin()})
        elif found.year < year and not year_turns(found.year):
            logger.warning("the clock says %s, the log stays in %s until that is certain", year, found.year)
            return found
        elif found.year < year:
            found.closed = True
            found.save(update_fields=["closed"])
            Shard.objects.create(year=year, origin=_origin())
        else:
            return found


def queue() -> int:
    """How many entries wait for their number."""
    return Entry.objects.filter(shard__isnull=True).count()


def sequence() -> int:
    """Number everything that is queued; returns how many entries that were. Call it outside of a transaction."""
    done = 0
    while Entry.objects.filter(shard__isnull=True).exists():
        some = _sequence_some()
        if not some:
            break
        done += some
    return done


@transaction.atomic
def _sequence_some() -> int:
    shard = _open_shard()
    queued = Entry.objects.filter(shard__isnull=True).order_by("id").values_list("id", "leaf_sha256", "leaf_sm3")
    rows = [(pk, bytes(sha256), bytes(sm3)) for pk, sha256, sm3 in queued[:CHUNK]]
    if not rows:
        return 0
    _number(shard, [pk for pk, _, _ in rows])
    _keep_nodes(shard, shard.size, [(sha256, sm3) for _, sha256, sm3 in rows])
    shard.size += len(rows)
    shard.save(update_fields=["size"])
    return len(rows)


def _number(shard: Shard, ids: list[int]) -> None:
    """Give the entries the next numbers, in this order."""
    table = '"evidence_entry"'
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f'UPDATE {table} e SET shard_id = %s, "index" = %s + q.n - 1 '
                "FROM unnest(%s::bigint[]) WITH ORDINALITY AS q(id, n) WHERE e.id = q.id AND e.shard_id IS NULL",
                [shard.pk, shard.size, ids],
            )
            changed = cursor.rowcount
        else:
            cursor.executemany(
                f'UPDATE {table} SET shard_id = %s, "index" = %s WHERE id = %s AND shard_id IS NULL',
                [(shard.pk, shard.size + n, pk) for n, pk in enumerate(ids)],
            )
            changed = cursor.rowcount
    if changed != len(ids):
        raise LogBroken(f"日志 {shard.year} 的队列在编号时被改动：应有 {len(ids)} 条，实际 {changed} 条")


def shard_of(year: int) -> Shard:
    """The shard of a year. Raises Unknown."""
    found = Shard.objects.filter(year=year).first()
    if found is None:
        raise Unknown(f"没有 {year} 年的日志")
    return found


def size(shard: Shard) -> int:
    """How many entries the shard holds now."""
    return Shard.objects.values_list("size", flat=True).get(pk=shard.pk)


def entry(number: str) -> Entry:
    """The entry with a printed id such as "2026-17". Raises Unknown."""
    year, dash, index = number.strip().partition("-")
    if len(number) > 40 or not (dash and year.isascii() and year.isdigit() and index.isascii() and index.isdigit()):
        raise Unknown(f"“{number}”不是日志条目号，条目号形如 2026-17")
    found = Entry.objects.select_related("shard").filter(shard__year=int(year), index=int(index)).first()
    if found is None:
        raise Unknown(f"日志中没有条目 {number}")
    return found


class Inconsistent(LogBroken):
    """What is kept now does not begin with what was signed before; nothing more is signed."""


def checkpoint(shard: Shard | None = None, *, again: bool = False, stamped: bool = True) -> Checkpoint | None:
    """Sign what the log is now: a shard, or the newest one; None where it holds nothing yet.

    Where nothing came since the last checkpoint that one is returned, or with ``again`` a new one made of the same
    size. ``stamped``: ask the time-stamp authority, if there is one, before returning; where it refuses, the
    checkpoint stays without a token until the next tick. Raises Inconsistent and LogBroken: then nothing is signed.
    """
    sequence()
    with transaction.atomic():
        locked = Shard.objects.select_for_update()
        found = locked.filter(pk=shard.pk).first() if shard else locked.order_by("-year").first()
        if found is None or not found.size:
            return None
        last = found.checkpoints.order_by("-size", "-id").first()
        if last is not None and last.size == found.size and not again:
            made = last
        else:
            made = _signed(found, last)
    if stamped and made.token is None:
        stamp(made)
    return made


def _signed(shard: Shard, last: Checkpoint | None) -> Checkpoint:
    """A new checkpoint, once the tree is seen to begin with the one that was signed last."""
    roots = trees.roots(shard, shard.size)
    if last is not None:
        for family, now_root in zip(FAMILIES, roots, strict=True):
            before = checkpoints.root_in(last, family)
            try:
                proof = consistency(shard, last.size, shard.size, family)
                merkle.verify_consistency(family, last.size, shard.size, proof, before, now_root)
            except (ProofError, Unknown) as e:
                raise Inconsistent(
                    f"日志 {shard.year} 与 {last.size} 条时签发的检查点不一致（{family.name}：{e}），"
                    "已停止签发，请运行 jinzhi evidence audit"
                ) from None
    made = checkpoints.new(shard, shard.size, roots)
    made.at = now()
    made.save(force_insert=True)
    return made


def stamp(checkpoint: Checkpoint) -> bool:
    """Ask for the time stamp of a checkpoint; whether it has one now. A refusal is logged, and tick tries again."""
    try:
        authority = time_authority()
        token = authority.stamp(checkpoints.imprint(checkpoint)) if authority else None
    except TimestampRefused as e:
        logger.warning("checkpoint %s has no time stamp: %s", checkpoint, e)
        return False
    if token is None:
        return False
    Checkpoint.objects.filter(pk=checkpoint.pk, token__isnull=True).update(token=token)
    checkpoint.refresh_from_db(fields=["token"])
    return True


def covering(entry: Entry) -> Checkpoint | None:
    """The first checkpoint that holds the entry; None while it is queued or none was made since."""
    if entry.index is None:
        return None
    found = Checkpoint.objects.select_related("shard").filter(shard=entry.shard_id, size__gt=entry.index)
    return found.order_by("size", "id").first()


@dataclass(frozen=True)
class Seal:
    """How far an event is sealed: its number in the stream, its entry, the first checkpoint that holds the entry."""

    seq: int
    entry: Entry
    checkpoint: Checkpoint | None

    @property
    def state(self) -> str:
        """ "queued" (recorded, no number yet), "numbered" (no checkpoint yet) or "sealed"."""
        if self.checkpoint is not None:
            return "sealed"
        return "queued" if self.entry.index is None else "numbered"


def seal_of(stream: str) -> list[Seal]:
    """The seals of all events of a stream, in their order. Numbers what is still queued; call it outside of a write."""
    waiting = Entry.objects.filter(object=stream, shard__isnull=True, event__isnull=False)
    if waiting.exists():
        sequence()
    first = Checkpoint.objects.filter(shard=OuterRef("shard"), size__gt=OuterRef("index")).order_by("size", "id")
    entries = list(
        Entry.objects.filter(event__stream=stream)
        .select_related("shard")
        .annotate(seq=F("event__seq"), covered=Subquery(first.values("pk")[:1]))
        .order_by("event__seq")
    )
    known = Checkpoint.objects.in_bulk({e.covered for e in entries if e.covered})
    return [Seal(e.seq, e, known.get(e.covered)) for e in entries]
