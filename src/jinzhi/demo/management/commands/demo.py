"""``jinzhi demo``: make the demonstration city in an empty installation."""

from __future__ import annotations

from argparse import ArgumentParser
from time import perf_counter

from django.core.management.base import BaseCommand, CommandError

from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.evidence import log
from jinzhi.apps.patents.models import Batch
from jinzhi.demo.city import NotEmpty, make_city
from jinzhi.demo.patents import SOURCE, make_patents
from jinzhi.demo.people import CAST, PASSWORD
from jinzhi.demo.searches import make_searches


class Command(BaseCommand):
    help = "Make the demonstration city (演示数据) in an empty installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--patents", type=int, default=20_000, help="how many patents to generate (0: none)")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where a city already is")

    def handle(self, *args: object, **options: object) -> None:
        if options["if_empty"] and Installation.objects.exists():
            self._patents(int(str(options["patents"])))
            make_searches(self.stdout.write)
            self._sign()
            self._accounts()
            return
        began = perf_counter()
        try:
            make_city(self.stdout.write)
        except NotEmpty as e:
            raise CommandError(str(e)) from None
        self.stdout.write(f"演示城市已生成，用时 {perf_counter() - began:.1f} 秒")
        self._patents(int(str(options["patents"])))
        make_searches(self.stdout.write)
        self._sign()
        self._accounts()

    def _sign(self) -> None:
        """Sign the log of a demonstration, so that its pages show what a checkpoint proves."""
        if Installation.objects.filter(demo=True).exists() and (made := log.checkpoint()):
            self.stdout.write(f"存证日志：{made.size} 条已有检查点")

    def _patents(self, count: int) -> None:
        """The patents of a demonstration, unless they are there whole."""
        here = Installation.objects.filter(demo=True).exists()
        if not here or not count or Batch.objects.filter(source=SOURCE, demo=True, finished__isnull=False).exists():
            return
        began = perf_counter()
        make_patents(count, self.stdout.write)
        self.stdout.write(f"用时 {perf_counter() - began:.1f} 秒")

    def _accounts(self) -> None:
        if Installation.objects.filter(demo=True).exists():
            self.stdout.write(f"演示账号（口令均为 {PASSWORD}）：" + "、".join(username for username, *_ in CAST))
