"""``jinzhi tick``: everything a timer has to do, once. Safe to run at any time and again."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.ticks import run_ticks


class Command(BaseCommand):
    help = "Do what a timer has to do (call it every hour); exit code 1 where a task failed."

    def handle(self, *args: object, **options: object) -> None:
        day = today()
        done = run_ticks(day)
        for d in done:
            outcome = f"■ {d.error}" if d.error else str(d.count)
            self.stdout.write(f"{d.tick.zh} {d.tick.en} ({d.tick.id}): {outcome}")
        self.stdout.write(f"{day.isoformat()}: {len(done)} tasks, {sum(d.count for d in done)} things done")
        if any(d.error for d in done):
            raise SystemExit(1)
