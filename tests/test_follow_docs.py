"""The commands that README, CONTRIBUTING and the how-to pages print are ones that the programs take."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("follow_docs", ROOT / "scripts" / "follow_docs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["follow_docs"] = module
    spec.loader.exec_module(module)
    return module


follow_docs = _script()
PRINTED = follow_docs.printed(ROOT)


@pytest.fixture(scope="module")
def reader() -> object:
    return follow_docs.Reader(ROOT)


def read(reader: object, text: str) -> None:
    (command,) = follow_docs.commands(f"```\n{text}\n```\n", "page.md")
    reader.read(command)  # type: ignore[attr-defined]


def test_the_pages_print_commands() -> None:
    assert len(PRINTED) > 40
    assert {command.words[0] for command in PRINTED} >= {"make", "jinzhi", "python3"}


@pytest.mark.parametrize("command", PRINTED, ids=str)
def test_a_printed_command_is_one_that_the_program_takes(command: object, reader: object) -> None:
    reader.read(command)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("make nothing-of-the-kind", "no target"),
        ("jinzhi nothing-of-the-kind", "no command"),
        ("jinzhi evidence nothing FILE", "invalid choice"),
        ("jinzhi doctor --nothing", "unrecognized arguments"),
        ("jinzhi passwordlink NAME --reason", "expected one argument"),
        ("python3 nothing_of_the_kind.py FILE", "no file"),
        ("python -m nothing_of_the_kind", "no module"),
    ],
)
def test_a_command_that_nobody_takes_is_named(text: str, why: str, reader: object) -> None:
    with pytest.raises(follow_docs.NotSo, match=why):
        read(reader, text)


def test_remarks_settings_and_what_is_left_to_the_reader_are_no_words() -> None:
    shell = "```\nHOST=a jinzhi backup FILE   # while it runs\nmake a && make b\n{ code }\n```\n"
    text = f"# x\n{shell}```python\nmake(1)\n```\n"
    words = [(command.line, command.words) for command in follow_docs.commands(text, "page.md")]
    assert words == [(3, ("jinzhi", "backup", "FILE")), (4, ("make", "a")), (4, ("make", "b"))]
    ((dots,),) = [[command.words for command in follow_docs.commands("```\nmake x '…' … PATH…\n```", "page.md")]]
    assert dots == ("make", "x", "…", "PATH…")
