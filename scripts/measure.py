"""`make measure`: count the house (files, functions, branches, rooms, arrows) and write the table of before and after.

It reads sources and imports nothing of ours, so it also runs on an older tree: `python scripts/measure.py --json ROOT`.
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
PAGE = "docs/explanation/architecture.md"
#: written by `make test` of everything: pytest's own report, whose suites carry their seconds
DURATIONS = ".venv/tests.xml"
NOT_MEASURED = "not measured"
LEFT_OUT = {"__pycache__", "node_modules", "migrations", "static", "dist"}
#: a file that imports one of these cannot be read or tested without its framework
FRAMEWORKS = {"django", "ninja", "allauth", "treebeard", "axes", "csp"}
BRANCHES = (ast.If, ast.IfExp, ast.For, ast.While, ast.ExceptHandler, ast.comprehension, ast.match_case)

Node = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of the source, parsed."""

    name: str
    text: str
    is_package: bool

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    @property
    def written_lines(self) -> int:
        """Lines that are not empty: what shares are counted in."""
        return sum(1 for line in self.text.splitlines() if line.strip())

    def functions(self) -> Iterator[Node]:
        return (node for node in ast.walk(self.tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))

    def imports(self) -> Iterator[str]:
        """Every name that a statement of import could mean, wherever it stands, but for those that only types need."""
        for node in _read_at_run_time(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                yield base
                yield from (f"{base}.{alias.name}" for alias in node.names)

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        parts = parts[: len(parts) - node.level + (1 if self.is_package else 0)]
        return ".".join([*parts, *([node.module] if node.module else [])])


def _read_at_run_time(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from _read_at_run_time(child)


def read_modules(root: Path) -> dict[str, Module]:
    """The modules of `src/jinzhi` by name; migrations are records of what was, and are not counted."""
    src = root / "src"
    modules = {}
    for path in sorted((src / "jinzhi").rglob("*.py")):
        parts = path.relative_to(src).with_suffix("").parts
        if LEFT_OUT & set(parts):
            continue
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        modules[name] = Module(name, path.read_text(encoding="utf-8"), is_package)
    return modules


def percentile(values: Sequence[int], share: float) -> int:
    """The value at this share of the way through the sorted values: the nearest one that is there, no average."""
    ordered = sorted(values)
    return ordered[round(share * (len(ordered) - 1))] if ordered else 0


def branches(function: Node) -> int:
    """One way through, and one more for each place where a way forks (a chain of `and` and `or` forks at each)."""
    forks = 1
    for node in ast.walk(function):
        if isinstance(node, BRANCHES):
            forks += 1
        elif isinstance(node, ast.BoolOp):
            forks += len(node.values) - 1
    return forks


Arrows = dict[str, set[str]]


def circles(arrows: Arrows) -> list[set[str]]:
    """Groups of at least two in which each reaches each (Tarjan), largest first."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[set[str]] = []

    def visit(at: str) -> None:
        order[at] = low[at] = len(order)
        stack.append(at)
        for to in arrows.get(at, ()):
            if to not in order:
                visit(to)
                low[at] = min(low[at], low[to])
            elif to in stack:
                low[at] = min(low[at], order[to])
        if low[at] == order[at]:
            first = stack.index(at)
            groups.append(set(stack[first:]))
            del stack[first:]

    sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))
    for name in arrows:
        if name not in order:
            visit(name)
    return sorted((group for group in groups if len(group) > 1), key=len, reverse=True)


def module_arrows(modules: dict[str, Module]) -> Arrows:
    return {
        name: {target for target in module.imports() if target in modules and target != name}
        for name, module in modules.items()
    }


def web_room(module: str) -> str | None:
    """The folder or file right under `web` that a module lies in; none for the root of addresses and the app itself."""
    parts = module.split(".")
    if parts[:2] != ["jinzhi", "web"] or len(parts) < 3 or parts[2] in ("urls", "apps"):
        return None
    return parts[2]


def web_arrows(modules: dict[str, Module], between: Arrows) -> Arrows:
    rooms: Arrows = {room: set() for room in map(web_room, modules) if room}
    for module, targets in between.items():
        room = web_room(module)
        if room:
            rooms[room] |= {target for target in map(web_room, targets) if target and target != room}
    return rooms


def strict_packages(root: Path) -> tuple[str, ...]:
    """The packages that pyproject.toml hands to mypy, where it says strict."""
    mypy = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    return tuple(mypy.get("packages", ())) if mypy.get("strict") else ()


def loosened(root: Path) -> tuple[str, ...]:
    """Modules that an override of mypy takes out of strictness again."""
    mypy = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    names: list[str] = []
    for override in mypy.get("overrides", ()):
        if override.get("ignore_errors") or override.get("disallow_untyped_defs") is False:
            named = override["module"]
            names += [named] if isinstance(named, str) else named
    return tuple(names)


def _lies_in(module: str, patterns: Iterable[str]) -> bool:
    heads = [pattern.removesuffix(".*") for pattern in patterns]
    return any(module == head or module.startswith(head + ".") for head in heads)


def tests_seconds(report: Path) -> str:
    """What a run of all tests took, as pytest's report has it."""
    if not report.exists():
        return NOT_MEASURED
    suites = ET.parse(report).getroot().iter("testsuite")
    return f"{sum(float(suite.get('time', 0)) for suite in suites):.0f}"


@dataclass(frozen=True)
class Measures:
    """What is counted of one tree, in the order of the table."""

    files: int
    lines: int
    file_median: int
    file_p95: int
    file_max: int
    file_max_but_verifier: int
    functions: int
    function_median: int
    function_p95: int
    function_max: int
    branches_p95: int
    branches_max: int
    web_rooms: int
    web_arrows: int
    web_arrows_in_circles: int
    largest_circle: int
    framework_free_percent: float
    strict_percent: float
    doubled_class_names: int


def doubled_class_names(modules: dict[str, Module]) -> dict[str, list[str]]:
    """Names of classes that stand in two places; a `Meta` and a `Command` are Django's names, not ours."""
    places: dict[str, list[str]] = {}
    for module in modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and node.name not in ("Meta", "Command"):
                places.setdefault(node.name, []).append(module.name)
    return {name: where for name, where in sorted(places.items()) if len(where) > 1}


def measure(root: Path) -> Measures:
    modules = read_modules(root)
    sizes = {name: module.lines for name, module in modules.items() if module.lines}
    functions = [node for module in modules.values() for node in module.functions()]
    lengths = [(node.end_lineno or node.lineno) - node.lineno + 1 for node in functions]
    forks = [branches(node) for node in functions]
    between = module_arrows(modules)
    rooms = web_arrows(modules, between)
    rings = circles(rooms)
    written = sum(module.written_lines for module in modules.values())
    free = sum(module.written_lines for module in modules.values() if not uses_framework(module))
    strict, loose = strict_packages(root), loosened(root)
    strictly = sum(
        module.written_lines for name, module in modules.items() if _lies_in(name, strict) and not _lies_in(name, loose)
    )
    return Measures(
        files=len(sizes),
        lines=written,
        file_median=int(median(sizes.values())),
        file_p95=percentile(list(sizes.values()), 0.95),
        file_max=max(sizes.values()),
        file_max_but_verifier=max(size for name, size in sizes.items() if not name.endswith(".verify")),
        functions=len(functions),
        function_median=int(median(lengths)),
        function_p95=percentile(lengths, 0.95),
        function_max=max(lengths),
        branches_p95=percentile(forks, 0.95),
        branches_max=max(forks),
        web_rooms=len(rooms),
        web_arrows=sum(len(targets) for targets in rooms.values()),
        web_arrows_in_circles=sum(len(rooms[room] & ring) for ring in rings for room in ring),
        largest_circle=max((len(ring) for ring in circles(between)), default=1),
        framework_free_percent=round(100 * free / written, 1),
        strict_percent=round(100 * strictly / written, 1),
        doubled_class_names=len(doubled_class_names(modules)),
    )


def uses_framework(module: Module) -> bool:
    return any(name.split(".")[0] in FRAMEWORKS for name in module.imports())


# --- the table ---------------------------------------------------------------------------------------------

#: what this script prints on `git archive 4d5bdbe`, the last commit before the house was rebuilt by rooms
BEFORE_COMMIT = "4d5bdbe"
BEFORE = Measures(
    files=523,
    lines=77240,
    file_median=106,
    file_p95=519,
    file_max=1559,
    file_max_but_verifier=1126,
    functions=4882,
    function_median=7,
    function_p95=32,
    function_max=242,
    branches_p95=14,
    branches_max=60,
    web_rooms=47,
    web_arrows=131,
    web_arrows_in_circles=2,
    largest_circle=3,
    framework_free_percent=46.3,
    strict_percent=15.3,
    doubled_class_names=109,
)
BEFORE_SECONDS = "960 to 1,140"

LABELS = (
    ("files", "files", ""),
    ("lines", "lines that are not empty", ""),
    ("file_median", "lines a file, median", ""),
    ("file_p95", "lines a file, p95", "≤ 350"),
    ("file_max", "lines a file, max", ""),
    ("file_max_but_verifier", "lines a file, max but for the stand-alone verifier", "≤ 700"),
    ("functions", "functions", ""),
    ("function_median", "lines a function, median", ""),
    ("function_p95", "lines a function, p95", "≤ 30"),
    ("function_max", "lines a function, max", "≤ 80"),
    ("branches_p95", "branches a function, p95", "≤ 8"),
    ("branches_max", "branches a function, max", ""),
    ("web_rooms", "rooms of `web` at top", "≤ 20"),
    ("web_arrows", "arrows between them", ""),
    ("web_arrows_in_circles", "arrows that climb (lie in a circle of rooms)", "0"),
    ("largest_circle", "modules in the largest import cycle (1: none)", "1"),
    ("framework_free_percent", "lines free of a framework, %", ""),
    ("strict_percent", "lines under mypy strict, %", "100"),
    ("doubled_class_names", "class names that stand twice", "0"),
)
TESTS_LABEL = "all tests, seconds on two cores"


def table(now: Measures, seconds: str) -> str:
    rows = [
        "| counted by `make measure` | before (" + BEFORE_COMMIT + ") | now | goal |",
        "| --- | ---: | ---: | ---: |",
    ]
    before, after = asdict(BEFORE), asdict(now)
    rows += [f"| {label} | {before[key]:,} | {after[key]:,} | {goal} |" for key, label, goal in LABELS]
    rows.append(f"| {TESTS_LABEL} | {BEFORE_SECONDS} | {seconds} | ≤ 480 |")
    return "\n".join(rows)


# --- the rooms ---------------------------------------------------------------------------------------------

#: rooms whose inside is drawn too
OPENED = ("jinzhi.web", "jinzhi.web.plan", "jinzhi.apps", "jinzhi.apps.patents", "jinzhi.apps.evidence")


def is_room(module: Module) -> bool:
    """A package in which somebody works: not Django's folders for commands, which hold no idea of their own."""
    return module.is_package and "management" not in module.name.split(".")


def first_sentence(module: Module) -> str:
    """The first sentence of a docstring, on one line; empty where there is none."""
    head = (ast.get_docstring(module.tree) or "").split("\n\n")[0]
    return " ".join(head.split()).replace("``", "`")


def rooms_list(root: Path) -> str:
    """The tree of rooms, each with its sentence: what lies right under `jinzhi`, and the inside of what is opened."""
    modules = read_modules(root)
    lines = []
    for name in sorted(modules):
        module, above = modules[name], name.rpartition(".")[0]
        if above and is_room(module) and (above == "jinzhi" or above in OPENED):
            depth = name.count(".") - 1
            lines.append(f"{'  ' * depth}- `{name.rpartition('.')[2]}`: {first_sentence(module)}")
    return "\n".join(lines)


# --- the page ----------------------------------------------------------------------------------------------


def marks(part: str) -> tuple[str, str]:
    return f"<!-- {part}: written by make measure -->", f"<!-- end of {part} -->"


def between_marks(text: str, part: str) -> str:
    """What stands between the marks of a part; an error that names them where they are gone."""
    start, end = marks(part)
    if start not in text or end not in text:
        raise SystemExit(f"{PAGE}: the lines “{start}” and “{end}” say where the {part} go: put them back")
    return text.split(start)[1].split(end)[0].strip()


def with_part(text: str, part: str, wanted: str) -> str:
    start, end = marks(part)
    between_marks(text, part)
    head, rest = text.split(start, 1)
    return f"{head}{start}\n\n{wanted}\n\n{end}{rest.split(end, 1)[1]}"


def kept_seconds(page: str) -> str:
    """The seconds that the page has: a tree without a report does not forget what another measured."""
    for line in page.splitlines():
        if line.startswith(f"| {TESTS_LABEL} |"):
            return line.split("|")[3].strip()
    return NOT_MEASURED


def new_page(root: Path, report: Path) -> str:
    page = (root / PAGE).read_text(encoding="utf-8")
    seconds = tests_seconds(report)
    if seconds == NOT_MEASURED:
        seconds = kept_seconds(page)
    page = with_part(page, "rooms", rooms_list(root))
    return with_part(page, "figures", table(measure(root), seconds))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", nargs="?", type=Path, default=ROOT, help="root of a checkout (default: this one)")
    parser.add_argument("--json", action="store_true", help="print the figures alone, and write nothing")
    parser.add_argument("--durations", type=Path, help=f"pytest's --junitxml of all tests (default {DURATIONS})")
    options = parser.parse_args(arguments)
    if options.json:
        print(json.dumps(asdict(measure(options.root)), indent=2))
        return
    page = new_page(options.root, options.durations or options.root / DURATIONS)
    (options.root / PAGE).write_text(page, encoding="utf-8")
    print(between_marks(page, "figures"))


if __name__ == "__main__":
    main()
