"""Declarations: found by being there, known by their id, and each says what is wrong with it."""

from __future__ import annotations

import sys
from dataclasses import FrozenInstanceError, dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest

from jinzhi.kernel.declare import Catalogue, Citation, Declaration, DeclarationError, collect


@dataclass(frozen=True, kw_only=True)
class Rule(Declaration):
    kind: ClassVar[str] = "rule"
    needs_row: ClassVar[bool] = True


RULE = Rule(id="a-rule", zh="一条规则", en="A rule", serves=("C1",))
FILE = """
from tests.kernel.test_declare import Rule
first = Rule(id="first", zh="一", en="First", serves=("C1",))
_hidden = Rule(id="hidden", zh="藏", en="Hidden", serves=("C1",))
MORE = (Rule(id="second", zh="二", en="Second", serves=("C1",)), "no declaration")
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Makes a package of files and gives its name; it is forgotten afterwards."""

    def make(name: str, **files: str) -> str:
        root = tmp_path / name
        root.mkdir()
        (root / "__init__.py").touch()
        for module, content in files.items():
            path = root.joinpath(*module.split("__")).with_suffix(".py")
            path.parent.mkdir(exist_ok=True)
            path.parent.joinpath("__init__.py").touch()
            path.write_text(content, encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))
        return name

    before = set(sys.modules)
    yield make
    for module in set(sys.modules) - before:
        del sys.modules[module]


def test_a_file_is_found_by_being_there(package):
    found = collect([package("matters_a", one=FILE, below__two="from matters_a.one import first")])
    assert found.ids("rule") == ("first", "second")
    assert found.where("rule", "second") == "matters_a.one.MORE[0]"
    assert not found.doubled


def test_a_name_with_an_underscore_is_private(package):
    assert collect([package("matters_b", one=FILE)]).find(Rule, "hidden") is None


def test_an_import_is_not_a_second_declaration(package):
    found = collect([package("matters_c", a="from matters_c.b import first", b=FILE)])
    assert not found.problems()


def test_the_place_of_a_declaration_is_where_it_is_written(package):
    found = collect([package("matters_d", b=FILE)])
    assert found.where("rule", "first") == "matters_d.b.first"


def test_two_with_one_id_are_told_with_both_places(package):
    found = collect([package("matters_e", a=FILE, b=FILE)])
    (said, _other) = found.problems()
    assert "matters_e.b.first" in said
    assert "already declared at matters_e.a.first" in said


def test_a_problem_begins_with_where_it_is(package):
    found = collect([package("matters_f", one=FILE.replace('"First"', '""'))])
    assert found.problems() == ("matters_f.one.first (rule first): en (the English term) is empty",)


def test_the_order_is_that_of_files_and_lines(package):
    later = FILE.replace('"first"', '"zero"').replace('"second"', '"one"')
    found = collect([package("matters_g", b=FILE, a=later)])
    assert [r.id for r in found.all(Rule)] == ["zero", "one", "first", "second"]


def test_get_raises_naming_what_there_is_and_find_gives_nothing(package):
    found = collect([package("matters_h", one=FILE)])
    assert found.get(Rule, "first").zh == "一"
    assert found.find(Rule, "third") is None
    with pytest.raises(DeclarationError, match=r"'third' \(declared: first, second\)"):
        found.get(Rule, "third")
    with pytest.raises(DeclarationError, match="none"):
        Catalogue().get(Rule, "first")


def test_what_serves_a_row_is_found_over_all_kinds(package):
    found = collect([package("matters_i", one=FILE)])
    assert [d.id for d in found.serving("C1")] == ["first", "second"]
    assert found.serving("C2") == ()


def test_a_file_that_does_not_import_stops_the_walk(package):
    with pytest.raises(NameError):
        collect([package("matters_j", one="x = nothing")])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (replace(RULE, id="Not Kebab"), "is not kebab-case"),
        (replace(RULE, zh=" "), "zh (the Chinese term) is empty"),
        (replace(RULE, en=""), "en (the English term) is empty"),
        (replace(RULE, authored_by=""), "authored_by is empty"),
        (replace(RULE, serves=()), "serves is empty"),
        (replace(RULE, basis=(Citation("no-law", "1"),)), "cites the law 'no-law', which is not declared"),
    ],
)
def test_a_wrong_declaration_says_what_is_wrong(wrong, said):
    assert any(said in p for p in wrong.problems(Catalogue()))


def test_a_sound_declaration_says_nothing():
    assert list(RULE.problems(Catalogue())) == []


def test_a_declaration_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        RULE.zh = "改"  # type: ignore[misc]


def test_a_citation_reads_as_law_and_article():
    assert str(Citation("patent-law", "65", "(2)")) == "patent-law § 65(2)"
    assert str(Citation("patent-law")) == "patent-law"
