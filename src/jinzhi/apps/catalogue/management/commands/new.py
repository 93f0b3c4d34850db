"""``jinzhi new KIND ID``: one commented file that is a whole matter, already well formed and already found."""

from __future__ import annotations

import importlib
from argparse import ArgumentParser
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from string import Template

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from jinzhi.apps.catalogue.checks import NOT_NAMED
from jinzhi.kernel.declare import KEBAB, Catalogue, collect

SKELETONS = Path(__file__).resolve().parents[2] / "skeletons"
#: where a matter of each kind goes unless --package says otherwise, and what its folder is
HOMES = {
    "law": ("jinzhi.matters.china.law", "Laws, regulations and rules: one version, one file."),
    "procedure": ("jinzhi.matters.china.cases", "Procedures: one matter, one file."),
    "register": ("jinzhi.matters.china.registers", "Registers: one list, one file."),
    "indicator": ("jinzhi.matters.tianjin.indicators", "Indicators: one number, one file."),
    "role": ("jinzhi.matters.tianjin.roles", "Posts of this city, beside those that every city has."),
}
#: the role a skeleton gives its steps to, where it is declared
USUAL_ROLE = "case-handler"


def folder_of(package: str) -> Path:
    """The folder of a package, whether it is there already or not. Raises CommandError where it cannot be one."""
    spec = None
    parent, _, name = package.rpartition(".")
    with suppress(ModuleNotFoundError):
        spec = find_spec(package)
    if spec is not None:
        if not spec.submodule_search_locations:
            raise CommandError(f"{package} is one file, not a folder: name another with --package")
        return Path(next(iter(spec.submodule_search_locations)))
    if not parent or not name.isidentifier():
        raise CommandError(f"{package}: there is no such package")
    return folder_of(parent) / name


#: stands where a skeleton was given no row: no row is called so, and the start stops on it
ROW_NOT_CHOSEN = "row-not-chosen"


class Command(BaseCommand):
    help = "Write a commented skeleton of a matter into one file: a procedure, register, indicator, law or role."
    # a declaration that is wrong elsewhere is reported by `check`; it should not stand in the way of a new one
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(HOMES))
        parser.add_argument("id", help="permanent and kebab-case: layout-design-dispute")
        parser.add_argument("--zh", default="", help="the law's own Chinese term")
        parser.add_argument("--en", default="", help="the English term; default: the words of the id")
        parser.add_argument(
            "--row", default="", help="the row of the plan it serves; without it the start stops until one is chosen"
        )
        parser.add_argument("--package", default="", help="package of matters to write into")

    def handle(self, *, kind: str, id: str, zh: str, en: str, row: str, package: str, **options: object) -> None:
        if not KEBAB.match(id):
            raise CommandError(f"id {id!r} is not kebab-case: small letters and digits, divided by hyphens")
        module = id.replace("-", "_")
        if not module.isidentifier():
            raise CommandError(f"id {id!r} must begin with a letter: it names a file of Python")
        declared = collect(settings.JINZHI_MATTERS)
        if id in declared.ids(kind):
            raise CommandError(f"the {kind} {id!r} is already declared in {declared.where(kind, id)}")
        home, sentence = HOMES[kind]
        package = package or home
        if not any(f"{package}.".startswith(f"{root}.") for root in settings.JINZHI_MATTERS):
            raise CommandError(f"{package} lies in none of JINZHI_MATTERS: {', '.join(settings.JINZHI_MATTERS)}")
        folder = folder_of(package)
        file = folder / f"{module}.py"
        if file.exists():
            raise CommandError(f"{file} is already there")
        words = {
            "id": id,
            "NAME": module,
            "zh": zh or f"{NOT_NAMED}（{id}）",
            "en": en or id.replace("-", " ").capitalize(),
            **self.surroundings(kind, declared, row),
        }
        text = Template((SKELETONS / f"{kind}.txt").read_text(encoding="utf-8")).substitute(words)
        self.make_package(folder, sentence)
        file.write_text(text, encoding="utf-8")
        self.stdout.write(str(file))
        self.look(kind, id, f"{package}.{module}")

    def surroundings(self, kind: str, declared: Catalogue, row: str) -> dict[str, str]:
        """What the skeleton refers to: a row of the plan, a role, a source of records; all must be declared."""
        rows, roles = declared.ids("plan-row"), declared.ids("role")
        if row and row not in rows:
            raise CommandError(f"no row of the plan is called {row!r} (declared: {', '.join(rows)})")
        sources = [f"{k}:{id}" for k in ("register", "procedure") for id in declared.ids(k)]
        needed = {"law": (), "role": (), "indicator": ("row", "source")}.get(kind, ("row", "role"))
        for what, there in (("row", rows), ("role", roles), ("source", sources)):
            if what in needed and not there:
                raise CommandError(f"a new {kind} needs a declared {what}, and there is none yet")
        role = USUAL_ROLE if USUAL_ROLE in roles else next(iter(roles), "")
        return {"row": row or ROW_NOT_CHOSEN, "roles": f'"{role}"', "source": next(iter(sources), "")}

    def make_package(self, folder: Path, sentence: str) -> None:
        """Make the folder, and those above it that are missing, packages that say what they hold."""
        if (folder / "__init__.py").exists():
            return
        self.make_package(folder.parent, "Matters.")
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").write_text(f'"""{sentence}"""\n', encoding="utf-8")

    def look(self, kind: str, id: str, module: str) -> None:
        """Find the new declaration as the catalogue will, and say what it has to say about it."""
        importlib.invalidate_caches()
        declared = collect(settings.JINZHI_MATTERS)
        if id not in declared.ids(kind):
            raise CommandError(f"{module} was written, but no {kind} {id!r} was found in it")
        for problem in declared.problems():
            if problem.startswith(f"{module}."):
                self.stderr.write(problem)
        self.stdout.write(f"found as {declared.where(kind, id)}. Next: fill it in, then make test and make docs")
