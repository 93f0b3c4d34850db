"""One more matter costs one file: dropped into a package, it has its page, its list and its tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.urls import reverse

from jinzhi.apps.catalogue import registry
from jinzhi.apps.catalogue.checks import declarations

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "one_file_matters"

PROCEDURE = '''
"""借阅: somebody borrows a book of the office and brings it back."""

from jinzhi.kernel.fields import Field
from jinzhi.kernel.period import days
from jinzhi.kernel.procedure import Clock, Example, Procedure, State, Step

lending = Procedure(
    id="lending",
    zh="图书借阅",
    en="Lending",
    serves=("S2",),
    title="lend.book",
    states=(State("lent", "已借出", "Lent"), State("back", "已归还", "Back", tone="done", final=True)),
    steps=(
        Step(id="lend", zh="借出", en="Lend", to="lent", roles=("plan-office",),
             inputs=(Field(id="book", zh="书名", en="Book"),)),
        Step(id="bring-back", zh="归还", en="Bring back", sources=("lent",), to="back", roles=("plan-office",)),
    ),
    clocks=(Clock(id="return", zh="归还期限", en="Return", start=("lend",), stop=("bring-back",), length=days(30)),),
    # 2 November + 30 days = 2 December, a Wednesday
    examples=(Example("thirty days", "2026-11-02  lend", state="lent", clocks={"return": "2026-12-02"}),),
)
'''
REGISTER = '''
"""图书: the books of the office."""

from jinzhi.kernel.fields import Field
from jinzhi.kernel.register import RegisterEntry, Register

office_books = Register(
    id="office-books",
    zh="办公图书",
    en="Office books",
    serves=("S2",),
    title="name",
    key=("name",),
    writes=("plan-office",),
    fields=(Field(id="name", zh="书名", en="Name", searchable=True), Field(id="shelf", zh="书架", en="Shelf")),
    examples=(RegisterEntry("a book on a shelf", {"name": "专利法详解", "shelf": "甲一"}),),
)
'''
INDICATOR = '''
"""图书数量: how many books the office has."""

from jinzhi.kernel.indicator import Count, Indicator

book_count = Indicator(
    id="book-count",
    zh="办公图书数量",
    en="Books of the office",
    serves=("S2",),
    why="Shows that an indicator over a new register is one file.",
    measure=Count("register:office-books"),
    unit="册",
    unit_en="books",
)
'''
FILES = {"lending": PROCEDURE, "office_books": REGISTER, "book_count": INDICATOR}
Drop = Callable[..., Path]


@pytest.fixture
def drop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings) -> Iterator[Drop]:
    """Drops files into a scratch package that the installation's matters name."""
    package = tmp_path / PACKAGE
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))

    def put(**files: str) -> Path:
        for name, content in files.items():
            (package / f"{name}.py").write_text(content, encoding="utf-8")
        settings.JINZHI_MATTERS = (*settings.JINZHI_MATTERS, PACKAGE)
        registry._collected.cache_clear()
        registry._calendar.cache_clear()
        return tmp_path

    yield put
    registry._collected.cache_clear()
    registry._calendar.cache_clear()
    for name in [m for m in sys.modules if m.split(".")[0] == PACKAGE]:
        del sys.modules[name]


def outside(tmp_path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, with the scratch package among its matters."""
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT / "src")]),
        "JINZHI_MATTERS": f"jinzhi.matters.china,jinzhi.matters.tianjin,{PACKAGE}",
        "JINZHI_VAR": str(tmp_path / "var"),
    }
    # a process of its own: nothing of the outer run's database or settings
    for name in ("JINZHI_TEST_DB", "DATABASE_URL"):
        env.pop(name, None)
    return subprocess.run([sys.executable, *command], env=env, cwd=ROOT, capture_output=True, text=True, timeout=550)


# ── the page, the list, the form ─────────────────────────────────────────────────────────────────────────


def test_a_procedure_has_its_page_form_list_and_case(drop: Drop, above, district):
    drop(lending=PROCEDURE)
    assert "图书借阅" in above.client.get(reverse("catalogue")).content.decode()
    page = above.client.get(reverse("procedure", args=["lending"])).content.decode()
    for words in ("已借出", "归还期限", "30 日", "与预期一致"):
        assert words in page
    url = reverse("case-open", args=["lending"])
    assert 'name="book"' in above.client.get(url).content.decode()
    form = {"_step": "lend", "_unit": "tj-binhai", "book": "专利法详解"}
    made = above.client.post(url, form)
    assert made.status_code == 302
    case = above.client.get(made.url).content.decode()
    # lent today, 22 November, for thirty days
    for words in ("专利法详解", "2026-12-22", 'type="submit">归还</button>'):
        assert words in case
    assert "专利法详解" in district.client.get(reverse("cases"), {"procedure": "lending"}).content.decode()


def test_a_register_has_its_list_form_and_entry(drop: Drop, above):
    drop(office_books=REGISTER)
    assert "办公图书" in above.client.get(reverse("registers")).content.decode()
    assert above.client.get(reverse("register", args=["office-books"])).status_code == 200
    form = above.client.get(reverse("entry-new", args=["office-books"])).content.decode()
    assert 'name="name"' in form
    assert 'name="shelf"' in form


def test_an_indicator_has_its_page_and_counts(drop: Drop, above):
    drop(office_books=REGISTER, book_count=INDICATOR)
    assert "办公图书数量" in above.client.get(reverse("indicators")).content.decode()
    assert "办公图书数量" in above.client.get(reverse("indicator", args=["book-count"])).content.decode()


def test_without_the_file_there_is_nothing(above):
    assert above.client.get(reverse("procedure", args=["lending"])).status_code == 404
    assert above.client.get(reverse("register", args=["office-books"])).status_code == 404
    assert above.client.get(reverse("indicator", args=["book-count"])).status_code == 404


# ── the tests ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tests_of_every_matter_pick_it_up(drop: Drop):
    path = drop(**FILES)
    ids = ("procedure-lending", "register-office-books", "indicator-book-count")
    run = outside(
        path, "-m", "pytest", "tests/matters/test_every_matter.py", "-k", " or ".join(ids), "-v", "-p", "no:randomly"
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-2000:]
    collected = outside(
        path, "-m", "pytest", "tests/matters/test_every_matter.py", "-k", " or ".join(ids), "--collect-only"
    ).stdout
    tests = {id: len(re.findall(rf"\[(?:\d+-)?{id}\]", collected)) for id in ids}
    # one is the soundness of every declaration; each kind has its own besides
    assert tests["procedure-lending"] >= 10
    assert tests["register-office-books"] >= 3
    assert tests["indicator-book-count"] >= 2
    assert f"{sum(tests.values())} passed" in run.stdout


# ── a wrong file ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("lending", PROCEDURE.replace('to="back"', 'to="gone"'), "step bring-back names the state 'gone'"),
        ("lending", PROCEDURE.replace('serves=("S2",)', 'serves=("Z9",)'), "serves names the row 'Z9'"),
        ("office_books", REGISTER.replace('title="name"', 'title="author"'), "'author' is named as title"),
        ("book_count", INDICATOR, "names no declared register"),
    ],
)
def test_a_wrong_declaration_is_a_finding_that_names_file_and_problem(drop: Drop, name, content, said):
    drop(**{name: content})
    findings = [str(e.msg) for e in declarations(None)]
    assert any(f"{PACKAGE}.{name}." in f and said in f for f in findings), findings


def test_a_file_that_cannot_be_read_is_a_finding(drop: Drop):
    drop(lending=PROCEDURE.replace('id="lending"', "id=lost"))
    (finding,) = declarations(None)
    assert (finding.id, "NameError" in finding.msg, "lost" in finding.msg) == ("jinzhi.E000", True, True)


def test_the_installation_refuses_to_start_on_a_wrong_one(drop: Drop):
    path = drop(lending=PROCEDURE.replace('to="back"', 'to="gone"'))
    run = outside(path, "-c", "from jinzhi.config.cli import main; main()", "check")
    assert run.returncode != 0
    assert f"{PACKAGE}.lending.lending (procedure lending)" in run.stderr
    assert "names the state 'gone', which is not declared" in run.stderr
