"""`make measure`: what it counts is counted rightly, and the table in the architecture page is that of this tree."""

import importlib.util
import re
import sys
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: a figure of the page may lag behind the tree by this share (or by this much) before it has to be written anew
LAG, LEAST = 0.1, 3
#: figures that are goals met: they may not lag at all
EXACT = ("web_arrows_in_circles", "largest_circle", "web_rooms")


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("measure", ROOT / "scripts" / "measure.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["measure"] = module
    spec.loader.exec_module(module)
    return module


measure = _script()


@pytest.fixture(scope="module")
def page() -> str:
    return (ROOT / measure.PAGE).read_text(encoding="utf-8")


def _tree(root: Path, files: dict[str, str]) -> Path:
    (root / "pyproject.toml").write_text('[tool.mypy]\nstrict = true\npackages = ["jinzhi.kernel"]\n', encoding="utf-8")
    for name, text in files.items():
        file = root / "src" / "jinzhi" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


def test_the_table_is_that_of_this_tree(page: str) -> None:
    rows = [re.split(r"\s*\|\s*", line.strip("| ")) for line in measure.between_marks(page, "figures").splitlines()]
    shown = {row[0]: float(row[2].replace(",", "")) for row in rows[2:] if row[0] != measure.TESTS_LABEL}
    labels = {label: key for key, label, _goal in measure.LABELS}
    assert set(shown) == set(labels)
    now = asdict(measure.measure(ROOT))
    behind = {
        label: (figure, now[key])
        for label, figure in shown.items()
        for key in [labels[label]]
        if abs(figure - now[key]) > (0 if key in EXACT else max(LEAST, LAG * now[key]))
    }
    assert behind == {}, "run make measure: the page says the first, the tree the second"


def test_the_list_of_rooms_is_that_of_this_tree(page: str) -> None:
    assert measure.between_marks(page, "rooms") == measure.rooms_list(ROOT), "run make measure"


def test_every_figure_has_a_row_and_a_value_before() -> None:
    keys = [key for key, _label, _goal in measure.LABELS]
    assert keys == list(asdict(measure.BEFORE))
    assert re.fullmatch(r"[0-9a-f]{7}", measure.BEFORE_COMMIT)


def test_branches_are_counted_where_a_way_forks(tmp_path: Path) -> None:
    code = "def f(a, b):\n    if a and b or a:\n        return [x for x in b]\n    return a if b else 1\n"
    counted = measure.measure(_tree(tmp_path, {"__init__.py": "", "a.py": code, "b.py": "def g():\n    return 1\n"}))
    # one way, if, and, or, comprehension, conditional expression
    assert counted.branches_max == 6
    assert (counted.functions, counted.function_max, counted.files, counted.lines) == (2, 4, 2, 6)


def test_arrows_between_rooms_that_close_a_circle_are_named(tmp_path: Path) -> None:
    files = {
        "__init__.py": "",
        "web/__init__.py": "",
        "web/urls.py": "from jinzhi.web.a import page\n",
        "web/a/__init__.py": "",
        "web/a/page.py": "from jinzhi.web.b import form\nfrom jinzhi.web.c import tags\n",
        "web/b/__init__.py": "",
        "web/b/form.py": "def f():\n    from jinzhi.web.a import page\n",
        "web/c/__init__.py": "",
        "web/c/tags.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from jinzhi.web.a import page\n",
    }
    counted = measure.measure(_tree(tmp_path, files))
    assert (counted.web_rooms, counted.web_arrows, counted.web_arrows_in_circles) == (3, 3, 2)
    assert counted.largest_circle == 2


def test_lines_that_are_strict_or_free_of_a_framework(tmp_path: Path) -> None:
    files = {
        "__init__.py": "",
        "kernel/__init__.py": "",
        "kernel/a.py": "def x():\n\n    return 2\n",
        "apps/__init__.py": "",
        "apps/b.py": "from django.db import models\nz = 1\n",
    }
    counted = measure.measure(_tree(tmp_path, files))
    assert counted.lines == 4
    assert (counted.strict_percent, counted.framework_free_percent) == (50.0, 50.0)


def test_the_seconds_are_those_of_the_report_or_not_measured(tmp_path: Path) -> None:
    report = tmp_path / "tests.xml"
    assert measure.tests_seconds(report) == "not measured"
    report.write_text('<testsuites><testsuite time="61.2"/><testsuite time="2.0"/></testsuites>', encoding="utf-8")
    assert measure.tests_seconds(report) == "63"


def test_a_page_without_marks_is_an_error_that_says_which() -> None:
    with pytest.raises(SystemExit, match="figures: written by make measure"):
        measure.with_part("# A page", "figures", "| |")
