"""``jinzhi evidence append FILE``: put a file into the log."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from django.core.management.base import CommandError

from jinzhi.apps.evidence.events.deposits import deposit
from jinzhi.apps.evidence.store.store import FileRefused

HELP = "保存文件并登记入日志，输出条目号和两种摘要"


def add(parser: ArgumentParser) -> None:
    parser.add_argument("file", help="要登记的文件")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(options: dict[str, object], say: Callable[[str], object]) -> None:
    file = Path(str(options["file"]))
    try:
        entry = deposit(file, who=None)
    except FileRefused as e:
        raise CommandError(str(e)) from None
    except OSError as e:
        raise CommandError(f"读不了文件 {file}：{e.strerror}", returncode=2) from None
    said = {"entry": entry.number, "sha256": entry.deposit.sha256, "sm3": entry.deposit.sm3}
    if options["json"]:
        say(json.dumps(said))
    else:
        say(f"已登记：条目 {said['entry']}\nSHA-256  {said['sha256']}\nSM3      {said['sm3']}")
