"""What a search costs beside the engine: the engine's own time and the whole call, in one run, query by query.

    python -m benchmarks call                      every real title of the gazette (85,329), else generated ones
    python -m benchmarks call --records 10000      so many documents
    python -m benchmarks call --profile            the functions in which the time beside the engine is spent

The documents are imported and indexed as an office would. Each query is asked by three ways: what `jinzhi search` does,
the API with two facets, the page. What one asked is forgotten before the next, so every answer is worked out anew; only
what a served process has read at its start (`warming.warm`) is there. CPU time counts where other work runs beside.
"""

from __future__ import annotations

import argparse
import cProfile
import csv
import io
import os
import pstats
import re
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time
from typing import Any

from benchmarks.search_data import GAZETTE, gazette

HEADS = ("公开（公告）号", "申请号", "标题", "申请人", "申请日", "公开（公告）日", "分类号")
FIRST, LAST = tuple("电池材料装置方法系统隔膜控制"), ("及其制备方法", "的控制系统", "用装置", "检测设备")
MADE = 20_000


def rows(count: int | None) -> list[tuple[str, ...]]:
    """The rows of a table: real ones where they are at hand, else of words drawn alike in every run."""
    if GAZETTE.exists():
        return [
            (doc.number, *(";".join(doc.keys.get(code, ())) for code in ("an",)), doc.text["ti"][0],
             ";".join(doc.keys.get("pa", ())), *(str(doc.dates.get(code, "")) for code in ("ad", "pd")),
             ";".join(doc.keys.get("ipc", ())))
            for doc in gazette(count)
        ]  # fmt: skip
    chance = Random(7)
    return [
        (f"CN{100_000_000 + n}A", "", f"一种{''.join(chance.sample(FIRST, 5))}{chance.choice(LAST)}",
         f"某某{n % 977}有限公司", "20160301", "20170103", f"H01M{n % 60 + 1}/0{n % 9}")
        for n in range(count or MADE)
    ]  # fmt: skip


def queries_of(titles: list[str], count: int) -> list[str]:
    """Words, phrases, proximity, classes and combinations made of the titles."""
    chance = Random(11)
    words = sorted({pair for title in titles for pair in re.findall(r"[\u4e00-\u9fff]{2}", title)[1:-1]})
    made = []
    for n in range(count):
        one, other = chance.sample(words, 2)
        forms = (f"ti={one}", f"{one} OR {other}", f"{one} AND ipc=H", f"{one} (9D) {other}", f"{one} NOT {other}",
                 f"ti={one} AND pd=[2017 TO 2018]")  # fmt: skip
        made.append(forms[n % len(forms)])
    return made


class Clocked:
    """Adds up what runs inside the engine."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            wall, cpu = perf_counter(), process_time()
            try:
                return work(*args, **kwargs)
            finally:
                self.wall += perf_counter() - wall
                self.cpu += process_time() - cpu

        return timed


def at(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def run(count: int | None, asked: int, profiled: bool, folder: Path) -> None:
    import_module("django").setup()
    call = import_module("django.core.management").call_command
    call("migrate", verbosity=0)
    call("setup", admin="chief", verbosity=0, stdout=io.StringIO())
    table = rows(count)
    with (folder / "titles.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADS, *table])
    began = perf_counter()
    call("patents", "import", str(folder / "titles.csv"), stdout=sys.stderr)
    call("patents", "index", stdout=sys.stderr)
    index, search = (
        import_module("jinzhi.apps.patents.search.index"),
        import_module("jinzhi.apps.patents.search.library"),
    )
    documents = import_module("jinzhi.apps.patents.store.queries").collection()["documents"]
    print(f"{documents} documents imported and indexed in {perf_counter() - began:.0f} s", file=sys.stderr)
    began = perf_counter()
    import_module("jinzhi.web.patents.warming").warm()
    warmed = perf_counter() - began
    ways = ways_of(import_module("jinzhi.apps.patents.search.result"))
    engine = Clocked()
    for name in ("ids", "relevance"):
        setattr(index._tantivy, name, engine.around(getattr(index._tantivy, name)))
    profile = cProfile.Profile()
    print(f"\n{documents} documents, {asked} queries, load {os.getloadavg()[0]:.1f}; warm in {warmed:.1f} s")
    print(f"{'ms, p50 / p95':14} {'engine':>15} {'whole call':>15} {'beside':>15} {'beside, CPU':>15} {'first':>8}")
    questions = queries_of([row[2] for row in table], asked)
    for name, ask in ways.items():
        own, whole, beside, cpu = [], [], [], []
        for text in questions:
            held = search.library()
            held.found.clear(), held.best.clear(), index.reader()._results.clear()
            engine.wall = engine.cpu = 0.0
            wall, spent = perf_counter(), process_time()
            if profiled:
                profile.enable()
            ask(text)
            profile.disable()
            wall, spent = perf_counter() - wall, process_time() - spent
            own.append(engine.wall * 1000), whole.append(wall * 1000)
            beside.append((wall - engine.wall) * 1000), cpu.append((spent - engine.cpu) * 1000)
        shown = " ".join(f"{median(one):7.1f}{at(one, 0.95):8.1f}" for one in (own, whole, beside, cpu))
        print(f"{name:14} {shown} {whole[0]:8.1f}")
    if profiled:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(r"jinzhi|sqlite3|render", 60)


def ways_of(result: Any) -> dict[str, Callable[[str], object]]:
    """The three ways in which a query is asked, each to the hits of its first page."""
    client = import_module("django.test").Client()
    user = import_module("jinzhi.apps.accounts.models").User.objects.get(username="chief")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def got(path: str, query: dict[str, str]) -> object:
        answer = client.get(path, query)
        if answer.status_code != 200:
            raise SystemExit(f"{path} {query} answered {answer.status_code}: {answer.content[:300]!r}")
        return answer

    return {
        "console": lambda text: result.search(text).page(0, 20),
        "API, 2 facets": lambda text: got("/api/v1/patents", {"q": text, "facets": "typ,year", "limit": "20"}),
        "page": lambda text: got("/patents/", {"q": text}),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks call", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--records", type=int, default=None, help="documents; all real titles if not said")
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--profile", action="store_true")
    args = parser.parse_args()
    for name in [n for n in os.environ if n.startswith("JINZHI_") or n == "DATABASE_URL"]:
        del os.environ[name]
    with tempfile.TemporaryDirectory(prefix="jinzhi-call-") as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "jinzhi.config.settings", "JINZHI_HOSTS": "testserver",
                       "JINZHI_VAR": folder, "JINZHI_SEARCH": "tantivy"}  # fmt: skip
        run(args.records, args.queries, args.profile, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
