"""``jinzhi evidence export --entry ID --out FILE.zip``: the bundle that proves an entry without this platform."""

from __future__ import annotations

import json
import os
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from django.core.management.base import CommandError

from jinzhi.apps.evidence.bundle.bundles import BundleRefused
from jinzhi.apps.evidence.bundle.exports import export
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.store.store import FileRefused

HELP = "导出条目的证据包（zip），不依赖本平台即可核验"


def add(parser: ArgumentParser) -> None:
    parser.add_argument("--entry", required=True, metavar="ID", help="条目号，如 2026-17")
    parser.add_argument("--out", required=True, metavar="FILE", help="证据包写到哪里；已有的文件不会覆盖")
    parser.add_argument("--without-content", action="store_true", help="不含内容，只含其摘要和证明")
    parser.add_argument("--without-custody", action="store_true", help="不含流转记录")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(options: dict[str, object], say: Callable[[str], object]) -> None:
    out = Path(str(options["out"]))
    if out.exists():
        raise CommandError(f"文件 {out} 已存在，不覆盖：请换一个名称")
    try:
        entry = log.entry(str(options["entry"]))
        with tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.") as file:
            done = export(
                entry,
                file,  # type: ignore[arg-type]
                content=not options["without_content"],
                chain=not options["without_custody"],
            )
            os.chmod(file.name, 0o644)
            try:
                os.link(file.name, out)  # the bundle appears under its name whole, or not at all
            except FileExistsError:
                raise CommandError(f"文件 {out} 已存在，不覆盖：请换一个名称") from None
    except (log.Unknown, log.LogBroken, BundleRefused, FileRefused) as e:
        raise CommandError(str(e)) from None
    except OSError as e:
        raise CommandError(f"写不了 {out}：{e.strerror}", returncode=2) from None
    point = done.facts.checkpoint
    said = {
        "entry": done.facts.entry.number, "file": str(out), "bytes": out.stat().st_size,
        "checkpoint": f"{point.shard.year}-{point.size}", "stamped": done.facts.stamp is not None,
        "witnesses": list(done.facts.witnesses), "custody": len(done.facts.custody),
        "content": done.facts.has_content, "lacking": list(done.lacking),
    }  # fmt: skip
    if options["json"]:
        say(json.dumps(said, ensure_ascii=False))
        return
    say(f"已导出条目 {said['entry']} 的证据包：{out}（{said['bytes']} 字节）")
    for words in done.lacking:
        say(f"注意：{words}")
