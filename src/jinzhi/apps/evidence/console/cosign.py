"""``jinzhi evidence cosign``: have the newest checkpoints cosigned by the witnesses."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable

from django.core.management.base import CommandError

from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.witness import cosigning
from jinzhi.apps.evidence.witness.witnesses import WitnessRefused, load

HELP = "把最新的检查点送各见证者核对并共同签名"
STATES = {
    cosigning.COSIGNED: "已共同签名",
    cosigning.HELD: "此前已共同签名",
    cosigning.OVERTAKEN: "已由更新的检查点取代",
    cosigning.UNREACHABLE: "未应答",
    cosigning.REFUSED: "拒绝",
    cosigning.CONTRADICTS: "不一致",
}


def add(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(options: dict[str, object], say: Callable[[str], object]) -> None:
    """Exit status 1 where a witness has cosigned something else; one that does not answer is no error of the log."""
    try:
        if not load().witnesses:
            raise CommandError("没有见证者：jinzhi evidence witness add 公钥 地址")
        log.checkpoint()
        answers = cosigning.cosign()
    except (WitnessRefused, log.LogBroken) as e:
        raise CommandError(str(e)) from None
    if options["json"]:
        say(json.dumps([vars(one) for one in answers], ensure_ascii=False, indent=2))
    else:
        for one in answers:
            said = f"：{one.said}" if one.said else ""
            say(f"{one.witness}  {one.year}/{one.family}  {one.size} 条  {STATES[one.state]}{said}")
    bad = sorted({one.witness for one in answers if one.state == cosigning.CONTRADICTS})
    if bad:
        raise CommandError(f"日志与见证者 {'、'.join(bad)} 核对过的不一致，请运行 jinzhi evidence audit", returncode=1)
