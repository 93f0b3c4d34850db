"""What the documents say is so: generated pages are fresh, links lead somewhere, every setting is described."""

import re
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(?<!\\)\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|<(?:img|a)\b[^>]*?(?:src|href)=\"([^\"]+)\"")


def documents() -> list[Path]:
    skipped = {".venv", "node_modules", "var"}
    return sorted(p for p in ROOT.rglob("*.md") if not skipped & set(p.relative_to(ROOT).parts))


def prose(path: Path) -> str:
    """A document without its code, where square brackets mean other things."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.S | re.M)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+\s+(.*)$", prose(path), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def test_the_generated_pages_are_fresh() -> None:
    call_command("docs", check=True, stdout=StringIO())


def test_a_stale_page_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    call_command("docs", root=tmp_path, stdout=StringIO())
    call_command("docs", root=tmp_path, check=True, stdout=StringIO())
    (tmp_path / "docs/reference/settings.md").write_text("typed by hand", encoding="utf-8")
    with pytest.raises(CommandError, match=r"stale: docs/reference/settings\.md"):
        call_command("docs", root=tmp_path, check=True, stdout=StringIO())


def test_a_page_of_a_kind_that_is_gone_is_removed(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    call_command("docs", root=tmp_path, stdout=StringIO())
    left, own = tmp_path / "docs/reference/dragons.md", tmp_path / "docs/reference/by-hand.md"
    left.write_text((tmp_path / "docs/reference/settings.md").read_text(encoding="utf-8"), encoding="utf-8")
    own.write_text("# Written by a person\n", encoding="utf-8")
    with pytest.raises(CommandError, match="dragons"):
        call_command("docs", root=tmp_path, check=True, stdout=StringIO())
    call_command("docs", root=tmp_path, stdout=StringIO())
    assert own.exists()
    assert not left.exists()


@pytest.mark.parametrize("path", documents(), ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for match in LINK.finditer(prose(path)):
        target = match[1] or match[2]
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), f"{target}: there is no such file"
        assert there.is_relative_to(ROOT), f"{target}: leads out of the checkout"
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there), f"{target}: there is no such heading"


def test_every_variable_that_is_read_is_described() -> None:
    described = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    read: dict[str, str] = {}
    by_name = re.compile(r"\b(JINZHI_[A-Z_]+[A-Z])\b")
    from_environment = re.compile(r"(?:os\.environ(?:\.get\(|\[)|os\.getenv\(|\benv\(|\bflag\(|\bwhole\()\"([A-Z_]+)\"")
    places = [*(ROOT / "src").rglob("*.py"), *(ROOT / "tests").rglob("conftest.py"), *(ROOT / "benchmarks").glob("*")]
    for path in places:
        if path.is_file():
            for name in from_environment.findall(path.read_text(encoding="utf-8")):
                read.setdefault(name, str(path.relative_to(ROOT)))
    for path in [ROOT / "Makefile", ROOT / ".ci/run", *(ROOT / "scripts").glob("*.sh")]:
        for name in by_name.findall(path.read_text(encoding="utf-8")):
            read.setdefault(name, str(path.relative_to(ROOT)))
    ours = {name: where for name, where in read.items() if name not in ("PATH", "DJANGO_SETTINGS_MODULE", "CI")}
    assert {"JINZHI_VAR", "DATABASE_URL"} <= set(ours)
    assert {name: where for name, where in ours.items() if f"`{name}`" not in described} == {}


def test_every_setting_has_a_help_that_ends() -> None:
    for variable in settings.SETTINGS:
        assert variable.help.endswith("."), variable.name


def test_every_target_of_make_is_in_its_help() -> None:
    targets = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M)
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = re.findall(r"^\s+make ([a-z-]+)\s{2,}\S", shown, flags=re.M)
    assert {"run", "test"} <= set(targets)
    assert sorted(set(targets)) == sorted(listed)


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs/adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    decisions = sorted(p.name for p in folder.glob("[0-9]*.md"))
    assert decisions
    assert [name for name in decisions if f"]({name})" not in index] == []


def test_every_decision_has_the_parts_of_the_template() -> None:
    folder = ROOT / "docs/adr"
    wanted = re.findall(r"^## (.*)$", (folder / "0000-template.md").read_text(encoding="utf-8"), flags=re.M)
    for path in sorted(folder.glob("[0-9]*.md")):
        heads = re.findall(r"^## (.*)$", path.read_text(encoding="utf-8"), flags=re.M)
        assert [head for head in wanted if head not in heads] == [], path.name
