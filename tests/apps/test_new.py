"""``jinzhi new`` writes one file that is a whole matter: found, well formed, with examples that come out."""

import ast
import importlib
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings
from ruff import find_ruff_bin

from jinzhi.apps.catalogue.checks import unnamed
from jinzhi.apps.catalogue.registry import calendar
from jinzhi.kernel.declare import Catalogue, collect
from jinzhi.kernel.procedure import Example, Procedure, run_example

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("indicator", "law", "procedure", "register", "role")


@pytest.fixture
def scratch(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty package of matters beside the installation's own."""
    folder = tmp_path / "scratch_matters"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""A city of tests."""\n', encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.split(".")[0] == folder.name]:
        monkeypatch.delitem(sys.modules, name)
    importlib.invalidate_caches()
    settings.JINZHI_MATTERS = (*settings.JINZHI_MATTERS, folder.name)
    return folder


def new(kind: str, id: str, **options: str) -> str:
    said = StringIO()
    if kind in ("procedure", "register", "indicator"):
        options = {"row": "U1", **options}
    call_command("new", kind, id, stdout=said, stderr=said, **options)
    return said.getvalue()


def declared(settings: Settings) -> Catalogue:
    return collect(settings.JINZHI_MATTERS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_skeleton_is_found_and_has_no_problem(kind: str, scratch: Path, settings: Settings) -> None:
    said = new(kind, "test-matter", package=f"{scratch.name}.things")
    found = declared(settings)
    assert f"found as {scratch.name}.things.test_matter.test_matter" in said
    assert found.where(kind, "test-matter") == f"{scratch.name}.things.test_matter.test_matter"
    assert [problem for problem in found.problems() if scratch.name in problem] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_skeleton_is_one_file(kind: str, scratch: Path) -> None:
    before = set(scratch.rglob("*.py"))
    new(kind, "test-matter", package=scratch.name)
    assert {p.name for p in scratch.rglob("*.py")} - {p.name for p in before} == {"test_matter.py"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_skeleton_keeps_the_style(kind: str, scratch: Path) -> None:
    new(kind, "test-matter", package=scratch.name)
    file = scratch / "test_matter.py"
    assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    assert "#" in file.read_text(encoding="utf-8"), "a skeleton explains itself in comments"
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [find_ruff_bin(), *command, "--no-cache", "--config", ROOT / "pyproject.toml", file],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_examples_of_a_new_procedure_come_out(scratch: Path, settings: Settings) -> None:
    new("procedure", "test-matter", package=scratch.name)
    procedure = declared(settings).get(Procedure, "test-matter")
    assert len(procedure.examples) >= 3
    for example in procedure.examples:
        assert isinstance(example, Example)
        assert run_example(procedure, example, calendar()) == ()


def test_names_and_row_are_taken_over(scratch: Path, settings: Settings) -> None:
    new("register", "seed-banks", package=scratch.name, zh="种质库", en="Seed banks", row="U1")
    register = declared(settings).found["register"]["seed-banks"].value
    assert (register.zh, register.en, register.serves) == ("种质库", "Seed banks", ("U1",))


def test_an_id_is_given_only_once(scratch: Path) -> None:
    new("role", "test-matter", package=scratch.name)
    with pytest.raises(CommandError, match="already declared in scratch_matters"):
        new("role", "test-matter", package=f"{scratch.name}.elsewhere")


@pytest.mark.parametrize("id", ["Test", "test_matter", "test--matter", "3d-models", "../evil"])
def test_an_id_that_is_no_name_of_a_file_is_refused(id: str, scratch: Path) -> None:
    with pytest.raises(CommandError, match=r"kebab-case|letter"):
        new("role", id, package=scratch.name)
    assert [p.name for p in scratch.rglob("*.py")] == ["__init__.py"]


def test_a_package_that_nobody_reads_is_refused(scratch: Path) -> None:
    with pytest.raises(CommandError, match="JINZHI_MATTERS"):
        new("role", "test-matter", package="jinzhi.apps.plan")


def test_a_row_that_is_not_in_the_plan_is_refused(scratch: Path) -> None:
    with pytest.raises(CommandError, match="no row of the plan is called 'Z9'"):
        new("procedure", "test-matter", package=scratch.name, row="Z9")


def test_a_skeleton_that_was_left_as_it_came_stops_the_start(scratch: Path, settings: Settings) -> None:
    new("register", "seed-banks", package=scratch.name, row="")
    found = declared(settings)
    assert any("row-not-chosen" in problem for problem in found.problems())
    assert [problem for problem in unnamed(found) if "seed-banks" in problem]


def test_a_named_declaration_with_its_row_may_start(scratch: Path, settings: Settings) -> None:
    new("register", "seed-banks", package=scratch.name, zh="种质库", row="U1")
    assert list(unnamed(declared(settings))) == []
