"""Comparing the log with what its witnesses keep: what the audit asks, and what pages say without asking anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinzhi.apps.evidence.log import trees
from jinzhi.apps.evidence.log.trees import LogBroken
from jinzhi.apps.evidence.models import Checkpoint, Cosignature, CosignTrouble, RefusedCheckpoint, Shard
from jinzhi.apps.evidence.witness import witnessing
from jinzhi.apps.evidence.witness.cosigning import CONTRADICTS, Unreachable, newest, witnessed
from jinzhi.apps.evidence.witness.witnesses import Witness, Witnesses, WitnessRefused, load
from jinzhi.kernel.merkle import FAMILIES, Family


@dataclass(frozen=True)
class WitnessFinding:
    """Something a comparison found. ``detector``: the witness who shows it; empty where nobody has to.

    ``serious``: the log is not what a witness cosigned, or a log that is witnessed here was forked. Otherwise
    something is lacking, such as an answer. ``proof``: signed notes that show it to anybody.
    """

    detector: str
    serious: bool
    zh: str
    en: str
    proof: tuple[str, ...] = ()


def cosigners(checkpoint: Checkpoint, declared: Witnesses) -> tuple[str, ...]:
    """The declared witnesses that cosigned each of their trees as this checkpoint has it."""
    # an older or younger checkpoint of the same size says the same
    rows = Cosignature.objects.filter(checkpoint__shard=checkpoint.shard_id, checkpoint__size=checkpoint.size)
    held = set(rows.values_list("witness", "family"))
    return tuple(w.name for w in declared.witnesses if all((w.name, f) in held for f in w.trees))


def witness_findings(*, ask: bool = True) -> list[WitnessFinding]:
    """What witnesses show of the log and what is lacking. ``ask``: fetch from each what it cosigned last."""
    try:
        declared = load()
    except WitnessRefused as e:
        return [WitnessFinding("", True, str(e), f"the declaration of witnesses cannot be used: {e}")]
    found = [*_forgotten(), *_forks_of_others(), *_kept(declared)]
    if ask:
        for one in declared.witnesses:
            found += _compare(one)
    return _once([*found, *_lacking(declared)])


def _once(found: list[WitnessFinding]) -> list[WitnessFinding]:
    return list({(f.detector, f.zh): f for f in found}.values())


def _compare(witness: Witness) -> Iterator[WitnessFinding]:
    """Ask a witness for what it cosigned last, and derive the same root from what is kept here."""
    for shard in Shard.objects.order_by("year"):
        for family in [f for f in FAMILIES if f.name in witness.trees]:
            tree = f"{shard.year}/{family.name}"
            try:
                found = witnessed(witness, shard, family)
            except Unreachable as e:
                words = f"见证者 {witness.name} 没有可用的答复，未能比对：{e}"
                yield WitnessFinding(witness.name, False, words, f"witness {witness.name} could not be asked")
                return
            except ValueError as e:
                words = f"见证者 {witness.name} 对日志 {tree} 的答复不成立，不能据以认定：{e}"
                yield WitnessFinding(witness.name, False, words, f"what {witness.name} gives for {tree} does not hold")
                continue
            if found is not None:
                yield from _against(witness, shard, family, found[0].size, found[0].root, found[1])
            elif Cosignature.objects.filter(witness=witness.name, family=family.name, checkpoint__shard=shard).exists():
                words = f"见证者 {witness.name} 已不记得日志 {tree}：请向其查明，它的数据可能丢失"
                yield WitnessFinding(witness.name, False, words, f"{witness.name} no longer knows {tree}")


def _against(
    witness: Witness, shard: Shard, family: Family, size: int, root: bytes, text: str
) -> Iterator[WitnessFinding]:
    tree = f"{shard.year}/{family.name}"
    if size > shard.size:
        yield WitnessFinding(
            witness.name, True,
            f"见证者 {witness.name} 共同签名过日志 {tree} 的 {size} 条，这里只有 {shard.size} 条："
            "数据库被恢复为旧副本或被截短",
            f"{witness.name} cosigned {size} entries of {tree}, {shard.size} are here: put back or cut short",
            (text,),
        )  # fmt: skip
        return
    try:
        same = size == 0 or trees.root(shard, size, family) == root
    except LogBroken as e:
        yield WitnessFinding("", True, f"不能与见证者 {witness.name} 比对：{e}", f"{tree} is not whole")
        return
    if not same:
        yield WitnessFinding(
            witness.name, True,
            f"日志 {tree} 的前 {size} 条与见证者 {witness.name} 共同签名的根不一致：日志被改动或分叉",
            f"the first {size} entries of {tree} are not those that {witness.name} cosigned: changed or forked",
            (text,),
        )  # fmt: skip


def _kept(declared: Witnesses) -> Iterator[WitnessFinding]:
    """Contradictions met earlier, unless the witness has cosigned as much of the same tree since."""
    for row in CosignTrouble.objects.filter(state=CONTRADICTS).select_related("shard").order_by("first", "id"):
        since = Cosignature.objects.filter(
            witness=row.witness, family=row.family, checkpoint__shard=row.shard, checkpoint__at__gt=row.last,
            checkpoint__size__gte=row.known or 0,
        )  # fmt: skip
        if row.answered_at is not None:
            yield WitnessFinding(
                row.witness, False,
                f"见证者 {row.witness} 曾指出日志 {row.shard.year}/{row.family} 不一致，"
                f"已于 {row.answered_at:%Y-%m-%d} 查明了结：{row.answer}",
                f"what {row.witness} showed of {row.shard.year}/{row.family} was answered", (row.note,),
            )  # fmt: skip
        elif not since.exists():
            yield WitnessFinding(
                row.witness, bool(row.note),  # a bare answer accuses nobody
                f"见证者 {row.witness} 拒绝了日志 {row.shard.year}/{row.family} 的 {row.size} 条"
                f"（首次 {row.first:%Y-%m-%d %H:%M:%S} UTC，共 {row.times} 次）：{row.said}",
                f"{row.witness} refused {row.size} entries of {row.shard.year}/{row.family}",
                (row.note,) if row.note else (),
            )  # fmt: skip


def _forgotten() -> Iterator[WitnessFinding]:
    """Trees of others that were cosigned farther than the database knows: it was put back to an older copy."""
    for origin, marked, size in witnessing.forgotten():
        yield WitnessFinding(
            "", True,
            f"本机曾为日志 {origin} 共同签名到 {marked} 条，数据库只记得 {size} 条："
            "数据库被恢复为旧副本，已停止为其见证",
            f"{origin} was cosigned here up to {marked} entries, the database knows {size}: it was put back",
        )  # fmt: skip


def _forks_of_others() -> Iterator[WitnessFinding]:
    """Logs witnessed here that signed two roots for one size."""
    for row in RefusedCheckpoint.objects.filter(forked=True).order_by("id"):
        yield WitnessFinding(
            "", True,
            f"本机见证的日志 {row.origin} 为 {row.size} 条签了两个不同的根，已拒绝；两份签名的检查点均已保存",
            f"{row.origin}, witnessed here, signed two roots for {row.size} entries",
            (row.before, row.note),
        )  # fmt: skip


def _lacking(declared: Witnesses) -> Iterator[WitnessFinding]:
    """Newest checkpoints that fewer witnesses cosigned than the policy needs."""
    for checkpoint in newest():
        have = cosigners(checkpoint, declared)
        if len(have) < declared.needed:
            gone = "、".join(w.name for w in declared.witnesses if w.name not in have)
            yield WitnessFinding(
                "", False,
                f"日志 {checkpoint.shard.year} 的检查点（{checkpoint.size} 条）规则要求 {declared.needed} 位见证者，"
                f"只有 {len(have)} 位；未签：{gone}",
                f"the checkpoint of {checkpoint.size} entries has {len(have)} of {declared.needed} cosignatures",
            )  # fmt: skip
