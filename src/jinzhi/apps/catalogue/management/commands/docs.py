"""``jinzhi docs``: write docs/reference and GLOSSARY.md from the declarations; ``--check`` fails when stale."""

from __future__ import annotations

from argparse import ArgumentParser
from difflib import unified_diff
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

import jinzhi
from jinzhi.apps.catalogue.reference import MADE, REFERENCE, pages
from jinzhi.kernel.declare import collect

ROOT = Path(jinzhi.__file__).resolve().parents[2]


def own_commands() -> dict[str, str]:
    """The commands of our own apps and the first line of their help."""
    out = {}
    for name, app in get_commands().items():
        if isinstance(app, str) and app.startswith("jinzhi."):
            out[name] = str(load_command_class(app, name).help).strip().split("\n")[0]
    return out


def openapi() -> dict[str, Any] | None:
    """The OpenAPI document of the API that the settings name by string (``JINZHI_API``); None where they name none."""
    name = getattr(settings, "JINZHI_API", "")
    return dict(import_string(name).get_openapi_schema()) if name else None


class Command(BaseCommand):
    help = "Write docs/reference and GLOSSARY.md from the declarations; --check only compares, exit code 1 when stale."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is stale")
        parser.add_argument("--root", type=Path, default=ROOT, help="root of the checkout to write into")

    def handle(self, *, check: bool, root: Path, **options: object) -> None:
        if not (root / "pyproject.toml").exists():
            raise CommandError(f"{root} is no checkout of Jinzhi: the pages are part of the source")
        wanted = pages(collect(settings.JINZHI_MATTERS), settings.SETTINGS, own_commands(), openapi())
        stale = [path for path, text in wanted.items() if self.read(root / path) != text]
        left = [
            file
            for file in sorted((root / REFERENCE).glob("*.md"))
            if f"{REFERENCE}/{file.name}" not in wanted and (self.read(file) or "").startswith(MADE)
        ]
        if check:
            self.compare(root, wanted, stale, left)
            return
        for path in stale:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(wanted[path], encoding="utf-8")
            self.stdout.write(path)
        for file in left:
            file.unlink()
            self.stdout.write(f"{REFERENCE}/{file.name} removed")
        self.stdout.write(f"{len(wanted)} pages, {len(stale)} written")

    @staticmethod
    def read(file: Path) -> str | None:
        return file.read_text(encoding="utf-8") if file.exists() else None

    def compare(self, root: Path, wanted: dict[str, str], stale: list[str], left: list[Path]) -> None:
        for path in stale:
            there = (self.read(root / path) or "").splitlines()
            for line in list(unified_diff(there, wanted[path].splitlines(), path, "as declared", lineterm="", n=0))[:8]:
                self.stdout.write(line)
        names = [*stale, *(f"{REFERENCE}/{file.name} (no longer made)" for file in left)]
        if names:
            raise CommandError(f"stale: {', '.join(names)}. Run: make docs")
        self.stdout.write(f"{len(wanted)} pages as declared")
