"""``jinzhi evidence verify FILE``: what verify.py does, the same file of code; exit status 0, 1, 2 or 3 as there."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable

from django.core.management.base import CommandError

from jinzhi.apps.evidence.bundle.bundles import verify_bundle
from jinzhi.verifier.verify import EXITS, NotABundle

HELP = "核验证据包，与证据包内的 verify.py 相同"


def add(parser: ArgumentParser) -> None:
    parser.add_argument("file", help="证据包（zip）")
    told = "事先得知的平台或见证者公钥，可写多次；没有时只能认定完整，退出码 3"
    parser.add_argument("--key", action="append", default=[], metavar="VKEY", help=told)
    parser.add_argument("--content", metavar="FILE", help="您自己的原文件，须与登记的相同")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(options: dict[str, object], say: Callable[[str], object]) -> None:
    file, content = str(options["file"]), options["content"]
    keys = [str(key) for key in options["key"]]  # type: ignore[attr-defined]
    try:
        found = verify_bundle(file, keys, str(content) if content else None)
    except NotABundle as e:
        raise CommandError(str(e), returncode=2) from None
    except OSError as e:
        raise CommandError(f"读不了文件：{e}", returncode=2) from None
    if options["json"]:
        lines = [{"mark": line.mark, "zh": line.zh, "en": line.en} for line in found.lines]
        moment = found.moment.isoformat() if found.moment else None
        said = {"verdict": found.verdict, "ok": found.ok, "entry": found.entry, "moment": moment, "demo": found.demo}
        said["lines"] = lines
        say(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        for line in found.lines:
            say(str(line))
    if found.verdict != "proven":
        raise CommandError(found.sentence[0], returncode=EXITS[found.verdict])
    if not options["json"]:
        say(found.sentence[0])
