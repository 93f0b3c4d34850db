"""``jinzhi evidence rotate``: new keys for the log, in the open."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable

from django.core.management.base import CommandError

from jinzhi.apps.evidence.log.trees import LogBroken
from jinzhi.apps.evidence.models import Shard
from jinzhi.apps.evidence.witness import rotation

HELP = "公开更换签名密钥：更换作为条目记入日志，由旧密钥和见证者共同签名"


def add(parser: ArgumentParser) -> None:
    parser.add_argument("--reason", required=True, help="更换的原因，记入日志")
    parser.add_argument("--lost", action="store_true", help="旧密钥已丢失，不能由其证明新密钥")


def run(options: dict[str, object], say: Callable[[str], object]) -> None:
    try:
        done = rotation.rotate(str(options["reason"]), lost=bool(options["lost"]))
    except (rotation.RotationRefused, LogBroken) as e:
        raise CommandError(str(e)) from None
    say(f"已更换，记为条目 {done.event.entry.number}。新公钥：")
    for key in done.vkeys:
        say(f"  {key}")
    for one in done.answers:
        say(f"  见证者 {one.witness} {one.year}/{one.family}：{one.state} {one.said}".rstrip())
    shard = Shard.objects.order_by("-year").first()
    assert shard is not None
    known = " ".join((*done.before, *done.vkeys))
    say("请公布新公钥，并请每位见证者执行：")
    say(f"  jinzhi evidence witness add-log {shard.origin} {known}")
