"""``jinzhi evidence audit``: look at everything that the log rests on, and say who found what."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from jinzhi.apps.evidence.audit import DETECTORS, audit, keep
from jinzhi.apps.evidence.events import inventory

HELP = "全面核对：内容、条目、两棵树、检查点、签名、见证者；有不符时退出码为 1"


def add(parser: ArgumentParser) -> None:
    parser.add_argument("--mirror", action="append", default=[], metavar="DIR", help="与镜像文件夹比对，可写多次")
    parser.add_argument("--offline", action="store_true", help="不询问见证者，只看本机所存")
    parser.add_argument("--newest", type=int, help="只核对最新若干个检查点的签名；默认全部")
    told = "没有发现不符时，把日志之外的记录（时间戳、见证签名、附件名称等）清点记入日志；定时任务每日做一次"
    parser.add_argument("--inventory", action="store_true", help=told)
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(options: dict[str, object], say: Callable[[str], object]) -> None:
    mirrors = [Path(str(folder)) for folder in options["mirror"]]  # type: ignore[attr-defined]
    newest = options["newest"]
    done = audit(
        mirrors=mirrors, ask=not options["offline"], newest=None if newest is None else int(str(newest))
    )  # fmt: skip
    keep(done)
    if options["json"]:
        say(json.dumps(done.as_dict(), ensure_ascii=False, indent=2))
    else:
        counted = "，".join(f"{what} {n}" for what, n in done.counted.items())
        say(f"核对：{counted}；用时 {done.seconds:.1f} 秒")
        for one in done.findings:
            mark, by = "■" if one.serious else "◆", f" · {one.by}" if one.by else ""
            say(f"{mark} [{one.detector}{by}] {one.zh}")
        for detector, more in done.more.items():
            say(f"…… {DETECTORS[detector].zh}：还有 {more} 处")
        say("✓ 未发现不符" if done.sound else "■ 有不符之处")
    if done.sound and options["inventory"]:
        inventory.take()
    if not done.sound:
        raise SystemExit(1)
