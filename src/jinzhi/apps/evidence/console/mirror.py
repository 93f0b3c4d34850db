"""``jinzhi evidence mirror --out DIR``: keep a copy of a log as files, and check everything in it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from django.core.management.base import CommandError

from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.log.mirror import MirrorRefused, Own, kept_keys, mirror, source_at, years_of

HELP = "把日志镜像为静态文件并逐条核对；--from 镜像另一处的日志"


def add(parser: ArgumentParser) -> None:
    parser.add_argument("--out", required=True, metavar="DIR", help="镜像所在的文件夹；再次运行即更新")
    parser.add_argument("--from", dest="source", default="", metavar="URL|DIR", help="另一处的日志；默认为本机的日志")
    parser.add_argument("--key", action="append", default=[], metavar="VKEY", help="事先得知的公钥，可写多次")
    parser.add_argument("--hashes", action="store_true", help="只取哈希和检查点，不取条目内容")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(options: dict[str, object], say: Callable[[str], object]) -> None:
    out, keys = Path(str(options["out"])), [str(key) for key in options["key"]]  # type: ignore[attr-defined]
    source = source_at(str(options["source"])) if options["source"] else Own()
    done = []
    try:
        if isinstance(source, Own):
            log.checkpoint()
        first_seen = [y.year for y in years_of(source) if not keys and not kept_keys(out, y.year)]
        for one in mirror(source, out, keys, entries=not options["hashes"]):
            done.append(one)
            if not options["json"]:
                say(f"{one.year}/{one.family}：{one.before} → {one.size} 条，取 {one.taken} 个文件，全部核对无误")
    except (MirrorRefused, log.LogBroken) as e:
        raise CommandError(f"镜像未更新：{e}", returncode=1) from None
    if options["json"]:
        said = {"out": str(out), "years": [vars(one) for one in done], "keys_first_seen": first_seen}
        say(json.dumps(said, ensure_ascii=False, indent=2))
    elif first_seen and options["source"]:
        say(f"{'、'.join(map(str, first_seen))} 年的公钥是首次见到的，请另行核对 {out} 中的 keys 文件")
