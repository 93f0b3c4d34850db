"""``jinzhi evidence prove --entry ID``: the proof that an entry is in the log, in both families."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable

from django.core.management.base import CommandError

from jinzhi.apps.evidence.log import checkpoints, log, trees
from jinzhi.apps.evidence.models import Checkpoint
from jinzhi.kernel import merkle
from jinzhi.kernel.merkle import FAMILIES, ProofError

HELP = "证明条目在日志中：两种摘要的叶、证明路径、根和签名的检查点"


def add(parser: ArgumentParser) -> None:
    parser.add_argument("--entry", required=True, metavar="ID", help="条目号，如 2026-17")
    parser.add_argument("--size", type=int, help="对日志有多少条时的根作证明；默认为覆盖该条目的首个检查点")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def proof_of(number: str, size: int | None = None) -> dict[str, object]:
    """The proof of an entry, as JSON; hashes in hexadecimal. Raises log.Unknown, log.LogBroken, ProofError."""
    log.sequence()
    entry = log.entry(number)
    covering: Checkpoint | None
    if size is None:
        covering = log.covering(entry) or log.checkpoint(entry.shard)
        size = covering.size if covering else 0
    else:
        covering = Checkpoint.objects.filter(shard=entry.shard, size=size).order_by("id").first()
    shard, index = entry.shard, entry.index
    if shard is None or index is None:
        raise log.Unknown(f"条目 {number} 尚未编号")
    body, reader = entry.body.encode(), trees.TreeReader(shard, size)
    families = {}
    for family in FAMILIES:
        leaf = family.leaf(body)
        proof = merkle.inclusion_proof(family, index, size, reader.of(family))
        root = merkle.root_at(family, size, reader.of(family))
        merkle.verify_inclusion(family, leaf, index, size, proof, root)
        families[family.name] = {
            "leaf": leaf.hex(),
            "proof": [step.hex() for step in proof],
            "root": root.hex(),
            "checkpoint": checkpoints.note_in(covering, family) if covering else None,
        }
    return {"entry": entry.number, "index": index, "size": size, "body": json.loads(entry.body), **families}


def run(options: dict[str, object], say: Callable[[str], object]) -> None:
    size = options["size"]
    try:
        said = proof_of(str(options["entry"]), None if size is None else int(str(size)))
    except (log.Unknown, log.LogBroken) as e:
        raise CommandError(str(e)) from None
    except ProofError as e:
        raise CommandError(f"条目 {options['entry']} 不能证明：{e}", returncode=1) from None
    if options["json"]:
        say(json.dumps(said, ensure_ascii=False, indent=2))
        return
    say(f"条目 {said['entry']} 在日志的前 {said['size']} 条之中，已证明：")
    for family in FAMILIES:
        found = said[family.name]
        assert isinstance(found, dict)
        say(f"{family.name.upper():8}叶 {found['leaf']}")
        say(f"        根 {found['root']}  路径 {len(found['proof'])} 步")
        say("        " + ("有签名的检查点" if found["checkpoint"] else "此大小没有签名的检查点"))
