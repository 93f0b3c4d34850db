"""What must hold of the source as a whole: layers, purity, plain habits. Each test names the file that breaks it."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.left_over import DOUBLED_CLASSES, VAGUE_NAMES

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src" / "jinzhi"
MODULES = sorted(SRC.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MARKUP = sorted(p for p in SRC.rglob("*.html") if "node_modules" not in p.parts)
REQUIREMENTS = ROOT / "requirements"

#: calls that ask the machine what day or time it is
CLOCKS = {"today", "now", "utcnow", "localdate", "localtime", "time_ns", "monotonic"}
#: modules that reach outside a pure function
OUTSIDE = {"os", "io", "socket", "subprocess", "pathlib", "random", "secrets", "time", "urllib", "http", "sqlite3"}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def here(path: Path, node: ast.AST | None = None) -> str:
    line = f":{node.lineno}" if node is not None and hasattr(node, "lineno") else ""
    return f"{path.relative_to(ROOT)}{line}"


def pure(path: Path) -> bool:
    return path.relative_to(SRC).parts[0] in ("kernel", "standards")


def imported(node: ast.AST) -> list[str]:
    """The modules that an import statement names; none for any other statement."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return ["." * node.level + (node.module or "")]
    return []


def inner_imports(module: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Imports inside functions. Django hands AppConfig.ready its moment after all apps are loaded: that one may."""
    for function in ast.walk(module):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for node in ast.walk(function):
                for name in imported(node):
                    yield node, f"{function.name}: {name}"


def test_the_import_contracts_are_kept() -> None:
    command = "from importlinter.cli import lint_imports_command as main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-logo", "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils.py", "util.py", "helpers.py", "misc.py", "common.py"}
    assert [here(p) for p in [*MODULES, *TESTS] if p.name in drawers] == []


def test_no_star_imports() -> None:
    stars = [
        here(path, node)
        for path in [*MODULES, *TESTS]
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]
    assert stars == []


def test_imports_are_absolute() -> None:
    relative = [
        here(path, node)
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_our_own_modules_are_imported_at_the_top() -> None:
    inside = [
        f"{here(path, node)} {what}"
        for path in MODULES
        for node, what in inner_imports(tree(path))
        if "jinzhi" in what and not (path.name == "apps.py" and what.startswith("ready:"))
    ]
    assert inside == []


def test_only_the_standard_library_is_under_kernel_and_standards() -> None:
    allowed = set(sys.stdlib_module_names) - OUTSIDE | {"jinzhi"}
    foreign = [
        f"{here(path, node)} {name}"
        for path in MODULES
        if pure(path)
        for node in ast.walk(tree(path))
        for name in imported(node)
        if name.split(".")[0] not in allowed
    ]
    assert foreign == []


def test_kernel_and_standards_read_no_clock_and_open_no_file() -> None:
    calls = [
        f"{here(path, node)} {ast.unparse(node.func)}()"
        for path in MODULES
        if pure(path)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS)
            or (isinstance(node.func, ast.Name) and node.func.id in ("open", "input", "print"))
        )
    ]
    assert calls == []


def test_only_the_clock_of_the_installation_knows_what_day_it_is() -> None:
    """The demonstration lives on a fixed day, so ``date.today()`` anywhere else would be a second opinion."""
    asked = [
        f"{here(path, node)} {ast.unparse(node.func)}()"
        for path in MODULES
        if path != SRC / "apps" / "catalogue" / "clock.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("today", "localdate")
        and ast.unparse(node.func.value) in ("date", "datetime", "datetime.date", "timezone", "datetime.datetime")
    ]
    assert asked == []


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in MODULES}
    assert sorted(here(f) for f in folders if not (f / "__init__.py").exists()) == []


def test_every_module_says_in_its_first_sentence_what_it_is() -> None:
    silent = [
        here(path)
        for path in MODULES
        if path.read_text(encoding="utf-8").strip()
        and "migrations" not in path.parts
        and not ast.get_docstring(tree(path))
    ]
    assert silent == []


def test_writes_stand_in_actions() -> None:
    """Pages and the API go through a verb; a view that saves would leave no event behind."""
    written = [
        f"{here(path, node)} {ast.unparse(node.func)}()"
        for path in MODULES
        if path.relative_to(SRC).parts[0] == "web"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("save", "bulk_create", "bulk_update", "update_or_create", "get_or_create")
        and "form" not in ast.unparse(node.func.value)
        and "book" not in ast.unparse(node.func.value)
    ]
    assert written == []


#: what records outside the runner of verbs, each with its reason; what calls itself from a verb is found below
BESIDE_THE_RUNNER = {
    "apps/accounts/following.py": "a merger of units takes posts along, in the transaction of its verb",
    "apps/cases/bringing.py:enter": "a case comes to be, in the transaction of the verb or of the step that opens it",
    "apps/cases/bringing.py:follow": "a step that follows of itself, in the transaction of the step before",
    "apps/catalogue/management/commands/passwordlink.py:handle": "the operator of the machine, at the command line",
    "apps/custody/actions.py:log_download": "who took a copy: nothing is asked that could be repeated",
    "apps/evidence/bundle/exports.py:trace": "who took a copy: nothing is asked that could be repeated",
    "apps/evidence/events/erasing.py:erase_left": "what an erasure did to files, in the transaction of its verb",
    "apps/evidence/events/viewing.py:viewing_recorded": "who was shown personal data or took a copy: nothing to repeat",
    "apps/evidence/events/inventory.py:take": "the system counts, by the timer",
    "apps/evidence/witness/accusations.py:answer": "the evidence app keeps its own log",
    "apps/evidence/witness/rotation.py:rotate": "the operator of the machine, at the command line",
    "apps/indicators/actions.py:freeze": "the system, by the timer",
    "apps/patents/store/columns.py:answer": "the operator of the machine, at the command line",
    "apps/cases/endings.py:end_clocks": "the timer: it asks the case itself whether it was done",
    "apps/patents/store/importing.py:_finish": "the operator of the machine, at the command line",
    "apps/plan/actions.py:adjust_milestone": "an approved adjustment, in the transaction of its step",
    "apps/plan/following.py:_hand_milestones": "a merger of units, in the transaction of its verb",
    "apps/plan/following.py:_take_back_milestones": "a merger of units, in the transaction of its verb",
}


def _is_verb(function: ast.FunctionDef) -> bool:
    made = [d.func for d in function.decorator_list if isinstance(d, ast.Call)]
    return any(isinstance(f, ast.Name) and f.id == "verb" for f in made)


def _names_called(function: ast.FunctionDef) -> set[str]:
    return {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}


def _recording_beside(path: Path) -> set[str]:
    """The functions of a module that come to record an event and are called by no verb of it."""
    functions = {n.name: n for n in ast.walk(tree(path)) if isinstance(n, ast.FunctionDef)}
    calls = {name: _names_called(f) for name, f in functions.items()}
    recording = {name for name, called in calls.items() if called & {"record", "record_next"}}
    out: set[str] = set()
    waiting, looked = list(recording), set(recording)
    while waiting:
        name = waiting.pop()
        if _is_verb(functions[name]):
            continue
        callers = {other for other, called in calls.items() if name in called and other != name}
        if not callers:
            out.add(name)
        waiting += callers - looked
        looked |= callers
    return out


def test_every_app_writes_its_events_through_the_runner_of_verbs() -> None:
    beside = {
        f"{path.relative_to(SRC)}:{name}"
        for path in MODULES
        if path.is_relative_to(SRC / "apps") and path != SRC / "apps/evidence/events/actions.py"
        for name in _recording_beside(path)
    }
    allowed = {at for at in beside if at in BESIDE_THE_RUNNER or at.partition(":")[0] in BESIDE_THE_RUNNER}
    assert sorted(beside - allowed) == []
    assert sorted(at for at in BESIDE_THE_RUNNER if ":" in at and at not in beside) == []


def test_only_the_runner_asks_for_the_event_of_a_key() -> None:
    asking = [here(p) for p in MODULES if "Event.objects.filter(key=" in p.read_text(encoding="utf-8")]
    assert asking == ["src/jinzhi/apps/evidence/events/verb.py"]


def test_there_are_templates_to_look_at() -> None:
    assert len(MARKUP) > 10


@pytest.mark.parametrize("path", MARKUP, ids=lambda p: str(p.relative_to(SRC)))
def test_a_template_keeps_the_strict_policy(path: Path) -> None:
    """``default-src 'self'`` forbids style attributes, inline scripts and handlers: the browser would drop them."""
    text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert not re.search(r"<[a-z][^>]*\sstyle\s*=", text), "a style attribute: give it a class"
    assert not re.search(r"<style\b", text), "a style element: the rule belongs in the style sheet"
    assert not re.search(r"<[a-z][^>]*\son[a-z]+\s*=", text), "an inline handler: listen in the script"
    for script in re.finditer(r"<script\b([^>]*)>(.*?)</script>", text, flags=re.S):
        data = re.search(r'type="application/(json|ld\+json)"', script[1])
        assert data or ("src=" in script[1] and not script[2].strip()), "an inline script"
    assert not re.search(r"(?:src|href)\s*=\s*\"(?:https?:)?//[^\"]+\.(?:js|css|woff2?)", text), "an outside file"


# --- packages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(REQUIREMENTS.glob("*.in")), ids=lambda p: p.name)
def test_every_package_has_its_reason_and_its_version(path: Path) -> None:
    reason = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            reason = line
        elif line.startswith("-c ") or not line.strip():
            reason = ""
        else:
            assert len(reason) > 20, f"{line}: say in the line above why it is there"
            assert re.fullmatch(r"[A-Za-z0-9-]+(\[[a-z,]+\])?==[0-9][0-9a-z.]*", line), f"{line}: pin it"
            reason = ""


@pytest.mark.parametrize("path", sorted(REQUIREMENTS.glob("*.in")), ids=lambda p: p.name)
def test_the_lock_holds_what_is_asked_for(path: Path) -> None:
    locked = path.with_suffix(".txt").read_text(encoding="utf-8").lower()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "-")):
            name = re.sub(r"\[.*?\]", "", line).lower()
            assert f"{name} " in locked, f"{line}: run make lock"


@pytest.mark.parametrize("path", sorted(REQUIREMENTS.glob("*.txt")), ids=lambda p: p.name)
def test_a_lock_has_hashes_and_no_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^--?(index|extra|find|trusted)", text, flags=re.M)
    packages = [block for block in re.split(r"^(?=[a-z0-9])", text, flags=re.M) if "==" in block]
    assert packages
    assert [block.split("\n")[0] for block in packages if "--hash=sha256:" not in block] == []


def test_the_front_end_lock_has_hashes_and_no_address() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert text.count('"integrity"') > 3


def test_packages_are_imported_only_if_they_are_listed() -> None:
    """A package that is there only because another brought it may be gone tomorrow."""
    listed = (REQUIREMENTS / "base.in").read_text(encoding="utf-8").lower()
    named_otherwise = {
        "docx": "python-docx",
        "ninja": "django-ninja",
        "treebeard": "django-treebeard",
        "allauth": "django-allauth",
        "axes": "django-axes",
        "csp": "django-csp",
        "py_mini_racer": "mini-racer",
        "pydantic": "django-ninja",
        "opencc": "opencc-python-reimplemented",
    }
    # mypy brings _typeshed, and only mypy reads it
    known = set(sys.stdlib_module_names) | {"jinzhi", "_typeshed"}
    unlisted = {
        f"{here(path)} {top}"
        for path in MODULES
        for node in ast.walk(tree(path))
        for top in (name.split(".")[0] for name in imported(node))
        if top not in known and named_otherwise.get(top, top.replace("_", "-")).lower() not in listed
    }
    assert sorted(unlisted) == []


# --- rooms and names ---------------------------------------------------------------------------------------

WEB = SRC / "web"
AREAS = sorted(path.parent for path in WEB.glob("*/__init__.py"))
#: rooms whose components and pages every area may show
SHARED_ROOMS = {"shell", "ui"}
#: words for anything: what bears one has a name of its own
VAGUE = {"asked", "found", "it", "one", "said", "told"}
#: names that Django looks for; they are not ours to choose
DJANGOS = {"Command", "Meta"}


def definitions(path: Path) -> Iterator[str]:
    """Names of all functions and classes of a module, and of what it assigns at its top."""
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
    for node in tree(path).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def against(listed: dict[str, int], counted: dict[str, int]) -> list[str]:
    """What is wrong between a list of what is left over and the code: the list may only shrink, and must."""
    grown = [
        f"{name} stands {times} times, {listed.get(name, 0)} are listed: give the new one a name of its own"
        for name, times in counted.items()
        if times > listed.get(name, 0)
    ]
    gone = [
        f"{name} is gone from the code: take it out of tests/left_over.py" for name in listed if name not in counted
    ]
    return sorted(grown + gone)


def test_every_room_says_in_one_sentence_what_it_is() -> None:
    silent = [
        here(path)
        for path in MODULES
        if path.name == "__init__.py"
        and not {"management", "migrations"} & set(path.parts)
        and not (ast.get_docstring(tree(path)) or "").split("\n\n")[0].rstrip().endswith(".")
    ]
    assert silent == []


def test_no_class_name_stands_twice() -> None:
    counted = Counter(
        node.name
        for path in MODULES
        if "migrations" not in path.parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and node.name not in DJANGOS
    )
    assert against(DOUBLED_CLASSES, {name: times for name, times in counted.items() if times > 1}) == []


def test_nothing_is_called_by_a_word_for_anything() -> None:
    counted = Counter(
        name
        for path in MODULES
        if "migrations" not in path.parts
        for name in definitions(path)
        if name.strip("_").lower() in VAGUE
    )
    assert against(VAGUE_NAMES, counted) == []


def test_the_lists_of_what_is_left_over_are_sorted() -> None:
    assert list(DOUBLED_CLASSES) == sorted(DOUBLED_CLASSES)
    assert list(VAGUE_NAMES) == sorted(VAGUE_NAMES)


def test_a_name_that_comes_back_is_named_and_one_that_is_gone_has_to_leave_the_list() -> None:
    assert against({"Line": 2}, {"Line": 2}) == []
    assert against({"Line": 3}, {"Line": 2}) == []
    assert "Line stands 3 times" in against({"Line": 2}, {"Line": 3})[0]
    assert "Asked stands 2 times" in against({}, {"Asked": 2})[0]
    assert "Line is gone" in against({"Line": 2}, {})[0]


def templates() -> dict[str, list[Path]]:
    """Every template by the name that views give it."""
    named: dict[str, list[Path]] = {}
    for path in MARKUP:
        *_, name = path.as_posix().partition("/templates/")
        named.setdefault(name, []).append(path)
    return named


def room_of(path: Path) -> str:
    return path.relative_to(WEB).parts[0]


def rendered(area: Path) -> Iterator[tuple[Path, str]]:
    """The templates that the modules of an area name."""
    for path in sorted(area.rglob("*.py")):
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"[\w/]+\.html", node.value)
            ):
                yield path, node.value


def included(area: Path) -> Iterator[tuple[Path, str]]:
    """The templates that the templates of an area extend or include."""
    for path in sorted(area.rglob("*.html")):
        for name in re.findall(r"{%-?\s*(?:include|extends)\s+\"([^\"]+)\"", path.read_text(encoding="utf-8")):
            yield path, name


def layers_of_web() -> dict[str, int]:
    """How high each area stands, by the contract in pyproject.toml: 0 is the top."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if "jinzhi.web.ui" in contract.get("layers", ()))
    return {name.strip().split(".")[2]: at for at, layer in enumerate(layers) for name in layer.split("|")}


def test_every_template_is_given_one_name() -> None:
    assert {name: [here(path) for path in paths] for name, paths in templates().items() if len(paths) > 1} == {}


def test_every_area_of_pages_has_its_layer() -> None:
    assert {area.name for area in AREAS} - set(layers_of_web()) == set()


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.name)
def test_a_page_lies_in_one_folder(area: Path) -> None:
    """What a view of an area renders lies beside it, or in the rooms that every area shows."""
    named = templates()
    astray = [
        f"{here(path)} renders {name} of {', '.join(room_of(there) for there in named[name])}"
        for path, name in rendered(area)
        if name in named and not {room_of(there) for there in named[name]} & {area.name, *SHARED_ROOMS}
    ]
    assert astray == []


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.name)
def test_a_template_shows_parts_of_what_lies_below_it(area: Path) -> None:
    named, height = templates(), layers_of_web()
    astray = [
        f"{here(path)} includes {name} of {room_of(there)}"
        for path, name in included(area)
        for there in named.get(name, ())
        if room_of(there) not in {area.name, *SHARED_ROOMS} and height[room_of(there)] <= height[area.name]
    ]
    assert astray == []


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.name)
def test_an_area_of_pages_has_its_tests_under_its_name(area: Path) -> None:
    assert list((ROOT / "tests" / "web" / area.name).glob("test_*.py")), f"there is no test in tests/web/{area.name}"


def test_tests_of_pages_lie_under_the_name_of_an_area() -> None:
    names = {area.name for area in AREAS}
    assert [
        here(path) for path in TESTS if path.parent.parent == ROOT / "tests" / "web" and path.parent.name not in names
    ] == []
