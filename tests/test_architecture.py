"""What must hold of the source as a whole: layers, purity, plain habits. Each test names the file that breaks it."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

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
    known = set(sys.stdlib_module_names) | {"jinzhi"}
    unlisted = {
        f"{here(path)} {top}"
        for path in MODULES
        for node in ast.walk(tree(path))
        for top in (name.split(".")[0] for name in imported(node))
        if top not in known and named_otherwise.get(top, top.replace("_", "-")).lower() not in listed
    }
    assert sorted(unlisted) == []
