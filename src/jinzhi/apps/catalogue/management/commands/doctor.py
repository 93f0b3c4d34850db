"""``jinzhi doctor``: what is set up, what is missing and the way out, which engines serve, and whether all holds."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict

from django.core.management.base import BaseCommand

from jinzhi.apps.catalogue.health import KeptFinding, facts, keep, kept
from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.apps.catalogue.looks import HealthFact

MARKS = {"good": "✓", "note": "◆", "missing": "■"}


class Command(BaseCommand):
    help = (
        "Say what is set up and what is missing, and run the integrity checkers; exit code 1 where something is wrong."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the same as JSON")

    def handle(self, *args: object, **options: object) -> None:
        found = facts()
        missing = [f for f in found if f.state == "missing"]
        checked: list[KeptFinding] = []
        # without tables there is nothing to check
        if not any(f.id in ("database", "migrations") for f in missing):
            results = run_all()
            keep(results)
            checked = kept(results)
        sound = not missing and all(k.sound for k in checked)
        if options["json"]:
            said = {"sound": sound, "facts": [asdict(f) for f in found], "integrity": [asdict(k) for k in checked]}
            self.stdout.write(json.dumps(said, ensure_ascii=False, indent=2))
        else:
            self.say(found, checked, sound)
        if not sound:
            raise SystemExit(1)

    def say(self, found: tuple[HealthFact, ...], checked: list[KeptFinding], sound: bool) -> None:
        for fact in found:
            self.stdout.write(f"{MARKS[fact.state]} {fact.zh} {fact.en}: {fact.value}")
            if fact.way_zh:
                self.stdout.write(f"    → {fact.way_zh} / {fact.way_en}")
        self.stdout.write("")
        for k in checked:
            self.stdout.write(f"{MARKS['good' if k.sound else 'missing']} {k.zh} {k.en} ({k.id})")
            for violation in k.violations:
                self.stdout.write(f"    - {violation}")
            if k.more:
                self.stdout.write("    … 还有更多 and more")
        if not checked:
            self.stdout.write("■ 完整性检查未运行 integrity checkers not run: 先改正上面的问题 mend the above first")
        self.stdout.write("")
        self.stdout.write("健全 sound" if sound else "有问题 something is wrong")
