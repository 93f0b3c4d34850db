"""Follow the commands that README, CONTRIBUTING and docs/howto print, in a clean folder, and fail where one is not so.

Two ways, and the output says which was taken for each command:

- **run**: `make help`, `make new …`, `make docs`, and commands of `jinzhi` that need no city are run in a copy of the
  files under version control, with a `var/` of its own; what the page says they write must be there.
- **read**: what needs a city, a server, hours, or other people's files is read as the program would read it: the
  target of `make` exists, the subcommand and each option of `jinzhi` is one that it takes, a script that is named lies
  where it is said to lie.

    python scripts/follow_docs.py            needs the packages of this checkout (.venv); takes well under a minute
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", flags=re.S | re.M)
#: words that begin a line of a block which is a command; other blocks show code, output or settings
PROGRAMS = ("make", "jinzhi", "bash", "python", "python3", "git")
#: what `make new` is printed with is followed: the file, and the pages that `make docs` is said to write from it
RUN_MAKE = ("help", "new", "docs")
RUN_JINZHI = ("setup --help",)
#: dots that stand alone are no word: “and so on”; in quotes or behind a word they are left to the reader
BARE_DOTS = re.compile(r"(?<!\S)…(?!\S)")


@dataclass(frozen=True)
class Command:
    """A command that a page prints, in words, with where it stands."""

    page: str
    line: int
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {shlex.join(self.words)}"


class NotSo(Exception):
    """A command does not do what the page says; the message says why."""


def pages(root: Path) -> list[Path]:
    return [*sorted(root.glob("README*.md")), root / "CONTRIBUTING.md", *sorted((root / "docs" / "howto").glob("*.md"))]


def commands(text: str, page: str) -> Iterator[Command]:
    """Every command in the fenced blocks of a page."""
    for block in FENCE.finditer(text):
        first = text[: block.start(2)].count("\n") + 1
        if block[1] not in ("", "sh", "bash", "console", "shell"):
            continue
        for at, line in enumerate(block[2].splitlines()):
            for part in re.split(r"\s(?:&&|;|\|)\s", line):
                if words := _words(part):
                    yield Command(page, first + at, words)


def _words(part: str) -> tuple[str, ...]:
    """The words of one command without its remark and what is set before it; none where it is no command of ours."""
    try:
        words = shlex.split(BARE_DOTS.sub(" ", part).replace("[", " ").replace("]", " "), comments=True)
    except ValueError:
        return ()
    while words and (re.fullmatch(r"[A-Z_]+=.*", words[0]) or words[0] in ("$", "sudo") or words[0] == "*"):
        words = words[1:]
    if not words or Path(words[0]).name not in PROGRAMS:
        return ()
    return (Path(words[0]).name, *words[1:])


class Reader:
    """Reads a command as its program would, without running it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.targets = set(re.findall(r"^([a-z][a-z-]*):", (root / "Makefile").read_text(encoding="utf-8"), flags=re.M))
        sys.path.insert(0, str(root / "src"))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinzhi.config.settings")
        import django
        from django.core.management import get_commands

        django.setup()
        self.known: dict[str, Any] = get_commands()

    def read(self, command: Command) -> None:
        """Raises NotSo."""
        program, *rest = command.words
        if program == "make":
            self._make(rest)
        elif program == "jinzhi":
            self._jinzhi(rest)
        elif program in ("bash", "python", "python3"):
            self._script(rest)

    def _make(self, words: Iterable[str]) -> None:
        for target in (word for word in words if "=" not in word and not word.startswith("-")):
            if target not in self.targets:
                raise NotSo(f"make has no target {target!r}")

    def _jinzhi(self, words: list[str]) -> None:
        from django.core.management import load_command_class

        if not words or words[0] not in self.known:
            raise NotSo(f"jinzhi has no command {' '.join(words[:1])!r}")
        name = words[0]
        parser = load_command_class(self.known[name], name).create_parser("jinzhi", name)
        wrong = io.StringIO()
        try:
            with contextlib.redirect_stderr(wrong), contextlib.redirect_stdout(io.StringIO()):
                parser.parse_args(words[1:])
        except SystemExit as end:
            if end.code:
                raise NotSo(wrong.getvalue().strip().splitlines()[-1]) from None
        except Exception as error:
            raise NotSo(str(error)) from None

    def _script(self, words: list[str]) -> None:
        named = next((word for word in words if word.endswith((".py", ".sh")) or word.startswith(".ci/")), None)
        if "-m" in words:
            module = words[words.index("-m") + 1]
            if not (self.root / module).exists() and not shutil.which(module):
                raise NotSo(f"there is no module {module}")
        elif named and not any(self.root.rglob(named) if "/" not in named else [self.root / named]):
            raise NotSo(f"there is no file {named}")


class Follower:
    """Runs commands in a copy of what is under version control, with a `var/` of its own."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.folder = folder / "checkout with spaces"
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root, capture_output=True, text=True, check=True,
        )  # fmt: skip
        for name in filter(None, listed.stdout.split("\0")):
            if (root / name).is_file():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, self.folder / name)
        (self.folder / ".venv").symlink_to(root / ".venv")
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(self.folder / "src"),
            "JINZHI_VAR": str(folder / "var"),
            "MAKEFLAGS": "",
        }

    def takes(self, command: Command) -> bool:
        program, *rest = command.words
        if program == "make":
            return bool(rest) and rest[0] in RUN_MAKE
        return program == "jinzhi" and " ".join(rest) in RUN_JINZHI

    def run(self, command: Command) -> None:
        """Raises NotSo."""
        program, *rest = command.words
        words = [str(self.folder / ".venv" / "bin" / program), *rest] if program == "jinzhi" else list(command.words)
        if words[:2] == ["make", "new"]:
            self._forget_new(rest)
        done = subprocess.run(words, cwd=self.folder, env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise NotSo((done.stdout + done.stderr).strip()[-600:])
        if words[:2] == ["make", "new"]:
            self._file_of(rest, there=True)
        if words[:2] == ["make", "docs"] and "pages" not in done.stdout:
            raise NotSo("it wrote no page")

    def _file_of(self, words: Iterable[str], *, there: bool) -> Path | None:
        named = dict(word.split("=", 1) for word in words if "=" in word)
        files = list((self.folder / "src" / "jinzhi" / "matters").rglob(named["id"].replace("-", "_") + ".py"))
        if there and not files:
            raise NotSo(f"no file of {named['id']} was written")
        return files[0] if files else None

    def _forget_new(self, words: Iterable[str]) -> None:
        """Two pages print the same example: the second finds the folder as the first did."""
        if file := self._file_of(words, there=False):
            file.unlink()

    def look(self) -> None:
        """After all: the start must not stop on what the pages told us to write."""
        done = subprocess.run(
            [str(self.folder / ".venv" / "bin" / "jinzhi"), "check"],
            cwd=self.folder, env=self.environment, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise NotSo(f"jinzhi check, after all of this: {(done.stdout + done.stderr).strip()[-600:]}")


def printed(root: Path) -> list[Command]:
    """All commands of all pages, each once: where two pages print the same, where it stands first."""
    once: dict[tuple[str, ...], Command] = {}
    for page in pages(root):
        for command in commands(page.read_text(encoding="utf-8"), str(page.relative_to(root))):
            once.setdefault(command.words, command)
    return list(once.values())


def follow(root: Path, *, run: bool) -> list[str]:
    """What is not so, each with its place."""
    wrong: list[str] = []
    reader = Reader(root)
    with tempfile.TemporaryDirectory() as folder:
        follower = Follower(root, Path(folder)) if run else None
        for command in printed(root):
            runs = follower is not None and follower.takes(command)
            print("run " if runs else "read", command, flush=True)
            try:
                reader.read(command)
                if follower is not None and runs:
                    follower.run(command)
            except NotSo as error:
                wrong.append(f"{command}\n    {error}")
        if follower is not None and not wrong:
            try:
                follower.look()
            except NotSo as error:
                wrong.append(str(error))
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--read", action="store_true", help="read all commands, run none")
    options = parser.parse_args()
    wrong = follow(ROOT, run=not options.read)
    for problem in wrong:
        print(f"not so: {problem}", file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
