"""``jinzhi demo``: make the demonstration city in an empty installation."""

from __future__ import annotations

import json
import locale
import os
from argparse import ArgumentParser
from time import perf_counter

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.evidence.log import log
from jinzhi.demo import filling
from jinzhi.demo.city import NotEmpty, make_city
from jinzhi.demo.models import Progress
from jinzhi.demo.people import CAST, PASSWORD

WHAT = ("all", "make", "fill", "status")


def terminal_language() -> str:
    """``zh-hans`` where the terminal's locale is Chinese, else ``en``."""
    told = next((v for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := os.environ.get(name))), "")
    told = told or (locale.getlocale()[0] or "")
    return "zh-hans" if told.lower().startswith(("zh", "chinese")) else "en"


class Command(BaseCommand):
    help = "Make the demonstration city (演示数据) in an empty installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "what", nargs="?", choices=WHAT, default="all",
            help="make: the city, quickly; fill: what is made while pages are served; status: how far; all: both",
        )  # fmt: skip
        parser.add_argument("--patents", type=int, default=20_000, help="how many patents to generate (0: none)")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where a city already is")
        parser.add_argument("--behind", action="store_true", help="pages are served meanwhile; end with the parent")
        parser.add_argument("--json", action="store_true", help="status for programs")

    def handle(self, *args: object, **options: object) -> None:
        patents, what = int(str(options["patents"])), str(options["what"])
        if what == "status":
            self._status(bool(options["json"]))
            return
        if what in ("make", "all"):
            self._make(patents, bool(options["if_empty"]))
        if what in ("fill", "all"):
            self._fill(patents, bool(options["behind"]))
        if what in ("make", "all") and Installation.objects.filter(demo=True).exists():
            names = ", ".join(username for username, *_rest in CAST)
            self._say(gettext_noop("演示账号（口令均为 %(password)s）：%(names)s"), password=PASSWORD, names=names)

    def _say(self, msgid: str, /, **figures: object) -> None:
        with translation.override(terminal_language()):
            self.stdout.write(gettext(msgid) % figures)

    def _make(self, patents: int, if_empty: bool) -> None:
        if not (if_empty and Installation.objects.exists()):
            began = perf_counter()
            try:
                make_city(self._say)
            except NotEmpty as e:
                raise CommandError(str(e)) from None
            # the log of a demonstration is signed, so that its pages show what a checkpoint proves
            log.checkpoint()
            self._say(gettext_noop("演示城市已生成，用时 %(s).1f 秒"), s=perf_counter() - began)
        filling.announce(patents)

    def _fill(self, patents: int, behind: bool) -> None:
        try:
            filling.fill(patents, self._say, behind=behind)
        except filling.FillingBusy:
            self._say(gettext_noop("另一个进程正在生成演示数据，本次不重复生成。"))
        except filling.Orphaned:
            self._say(gettext_noop("服务已结束，演示数据的生成已停止；再次运行时接着生成。"))

    def _status(self, as_json: bool) -> None:
        stages = list(Progress.objects.order_by("began"))
        if as_json:
            rows = [{"stage": s.stage, "done": s.done, "total": s.total, "ended": s.ended is not None} for s in stages]
            self.stdout.write(json.dumps({"stages": rows}))
            return
        for s in stages:
            said = gettext_noop("专利 %(done)d/%(total)d 件，生成中")
            if s.ended:
                said = gettext_noop("专利 %(done)d/%(total)d 件，已完成")
            self._say(said, done=s.done, total=s.total)
        if not stages:
            self._say(gettext_noop("没有正在生成的演示数据。"))
