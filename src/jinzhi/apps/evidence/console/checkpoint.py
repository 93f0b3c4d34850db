"""``jinzhi evidence checkpoint``: sign what the log is now."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable

from django.core.management.base import CommandError

from jinzhi.apps.evidence.log import log, tiles
from jinzhi.apps.evidence.log.authority import time_authority
from jinzhi.engines.timestamps import TimestampRefused
from jinzhi.kernel.merkle import SHA256, SM3

HELP = "为日志签发检查点；没有新条目时给出已有的检查点"


def add(parser: ArgumentParser) -> None:
    parser.add_argument("--year", type=int, help="哪一年的日志；默认为当前的")
    parser.add_argument("--again", action="store_true", help="没有新条目也重新签发")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(options: dict[str, object], say: Callable[[str], object]) -> None:
    try:
        shard = log.shard_of(int(str(options["year"]))) if options["year"] else None
        made = log.checkpoint(shard, again=bool(options["again"]))
    except (log.Unknown, log.LogBroken) as e:
        raise CommandError(str(e)) from None
    if made is None:
        raise CommandError("日志中还没有条目，没有可签发的检查点")
    notes = {family.name: tiles.published(made, family) for family in (SHA256, SM3)}
    if options["json"]:
        said = {
            "year": made.shard.year, "size": made.size, "at": made.at.isoformat(), "stamped": made.token is not None,
            "root": {"sha256": bytes(made.root_sha256).hex(), "sm3": bytes(made.root_sm3).hex()}, "note": notes,
        }  # fmt: skip
        say(json.dumps(said, ensure_ascii=False, indent=2))
        return
    for text in notes.values():
        say(text)
    say("时间戳：" + _stamped(made.token is not None))


def _stamped(stamped: bool) -> str:
    if stamped:
        return "已加盖"
    try:
        named = time_authority() is not None
    except TimestampRefused as e:
        return f"没有（{e}）"
    return "服务未应答，由 jinzhi tick 重试" if named else "没有（未设置 JINZHI_TSA_URL）"
