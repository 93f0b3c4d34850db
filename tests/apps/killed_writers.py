"""Writers of the log, killed at random moments; what stands afterwards must be whole. Run by the tests of the log.

    python -m tests.apps.killed_writers --appends 10000 --seed 1

The settings of the environment say where (JINZHI_VAR, DATABASE_URL); the database is migrated first. A round forks two
writers that record events, number and sign them, and say what was acknowledged; both get a SIGKILL. Then everything
acknowledged must be there, numbered once and without a gap, and every checkpoint that was handed out must be that of
the entries. Prints what was done as JSON; a broken promise is an AssertionError.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import signal
import sys
import time
from collections import Counter
from datetime import date
from importlib import import_module

import django
from django.db import connections

DAY = date(2026, 11, 20)
#: at least so many rounds, however much is written in one
ROUNDS = 8


def write(out: int, name: str, seed: int) -> None:
    """Record until killed; a line for each promise: an event's entry, a checkpoint."""
    log, actions = import_module("jinzhi.apps.evidence.log.log"), import_module("jinzhi.apps.evidence.events.actions")
    chance = random.Random(seed)
    for n in range(1_000_000):
        event = actions.record(f"{name}:{n}", "say", {"n": n}, who=None, on=DAY)
        os.write(out, f"E {event.pk}\n".encode())
        if chance.random() < 0.1:
            made = log.checkpoint()
            roots = bytes(made.root_sha256).hex(), bytes(made.root_sm3).hex()
            os.write(out, f"C {made.size} {roots[0]} {roots[1]}\n".encode())


def round_of(writers: int, number: int, chance: random.Random) -> list[list[str]]:
    """Let writers write for a random while, kill them, and give the promises that they had made."""
    connections.close_all()
    children = []
    for n in range(writers):
        come, go = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(come)
            try:
                write(go, f"w{number}-{n}", chance.randrange(10**6) + n)
            finally:
                os._exit(1)
        os.close(go)
        children.append((pid, come))
    select.select([come for _, come in children], [], [], 20)
    time.sleep(chance.uniform(0, 0.3))
    for pid, _ in children:
        os.kill(pid, signal.SIGKILL)
    said = []
    for pid, come in children:
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL, "a writer stopped by itself"
        with os.fdopen(come, "rb") as file:
            said += [line.decode().split() for line in file.read().split(b"\n")[:-1]]
    return said


def check(said: list[list[str]], verified: set[int]) -> int:
    """Everything promised is there; returns how many entries there are. ``verified``: whose notes were read before."""
    log = import_module("jinzhi.apps.evidence.log.log")
    models = import_module("jinzhi.apps.evidence.models")
    merkle = import_module("jinzhi.kernel.merkle")
    checkpoints = import_module("jinzhi.apps.evidence.log.checkpoints")
    log.sequence()
    rows = list(models.Entry.objects.order_by("index").values_list("index", "event_id", "body", "shard__size"))
    assert [row[0] for row in rows] == list(range(len(rows))), "the numbers have a gap or come twice"
    assert all(row[3] == len(rows) for row in rows), "the size is not the number of entries"
    assert max(Counter(row[1] for row in rows).values(), default=1) == 1, "an event has two entries"
    assert models.Event.objects.filter(entry__isnull=True).count() == 0, "an event has no entry"
    lost = {int(line[1]) for line in said if line[0] == "E"} - {row[1] for row in rows}
    assert not lost, f"acknowledged and lost: {sorted(lost)}"
    bodies = [row[2].encode() for row in rows]
    handed_out = {(int(line[1]), line[2], line[3]) for line in said if line[0] == "C"}
    kept = set()
    for mark in models.Checkpoint.objects.select_related("shard"):
        kept.add((mark.size, bytes(mark.root_sha256).hex(), bytes(mark.root_sm3).hex()))
        if mark.pk in verified:
            continue
        verified.add(mark.pk)
        for family in merkle.FAMILIES:
            found = checkpoints.opened(checkpoints.note_in(mark, family), checkpoints.keys_of(mark.shard).vkeys)
            assert (found.size, found.root) == (mark.size, checkpoints.root_in(mark, family))
    assert handed_out <= kept, "a checkpoint was handed out and lost"
    sizes = {size: roots for size, *roots in kept}
    assert len(sizes) == len(kept), "two checkpoints of one size contradict each other"
    edges = [merkle.Frontier(family) for family in merkle.FAMILIES]
    for body in bodies:
        for edge in edges:
            for _ in edge.append(edge.family.leaf(body)):
                pass
        if edges[0].size in sizes:
            assert [edge.root().hex() for edge in edges] == sizes[edges[0].size], "a checkpoint is not of the entries"
    shard = models.Shard.objects.get()
    assert log.root(shard, len(rows), merkle.SHA256) == edges[0].root(), "the kept nodes are not those of the entries"
    return len(rows)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--appends", type=int, required=True)
    parser.add_argument("--writers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinzhi.config.settings")
    django.setup()
    import_module("django.core.management").call_command("migrate", verbosity=0)
    # every module that a writer needs is loaded before the first fork
    for name in ("events.actions", "log.log", "log.checkpoints"):
        import_module(f"jinzhi.apps.evidence.{name}")
    chance = random.Random(args.seed)
    promised: list[list[str]] = []
    verified: set[int] = set()
    rounds = entries = left = 0
    while entries < args.appends or rounds < ROUNDS:
        rounds += 1
        assert rounds < ROUNDS + args.appends, "the writers write nothing"
        promised += round_of(args.writers, rounds, chance)
        models = import_module("jinzhi.apps.evidence.models")
        left += models.Entry.objects.filter(shard__isnull=True).count()
        entries = check(promised, verified)
    kinds = Counter(line[0] for line in promised)
    said = {"rounds": rounds, "entries": entries, "acknowledged": kinds["E"], "checkpoints": kinds["C"], "left": left}
    sys.stdout.write(json.dumps(said) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
