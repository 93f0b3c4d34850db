"""``jinzhi evidence witness …``: who witnesses this log, and which logs this installation witnesses."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import replace

from django.core.management.base import CommandError

from jinzhi.apps.evidence.log import checkpoints, log
from jinzhi.apps.evidence.models import Shard, Witnessed
from jinzhi.apps.evidence.witness import accusations
from jinzhi.apps.evidence.witness.witnesses import (
    KnownLog,
    Witness,
    WitnessRefused,
    load,
    path,
    save,
    signer,
    with_log,
    with_witness,
)
from jinzhi.kernel.merkle import FAMILIES

HELP = "见证：本日志的见证者和规则，以及本机为哪些日志作见证"
Say = Callable[[str], object]


def add(parser: ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="what", required=True, title="子命令")
    verbs.add_parser("list", help="列出见证者、规则和本机见证的日志")
    verbs.add_parser("key", help="显示要交给对方的公钥")
    one = verbs.add_parser("name", help="为本机的见证起名；签过名后不能再改")
    one.add_argument("name", help="名称，如 notary.example.org/witness")
    one.add_argument("--lost", action="store_true", help="见证私钥已丢失：以新名称和新密钥重新开始")
    one = verbs.add_parser("add", help="加一位见证者")
    one.add_argument("vkey", help="见证者的公钥")
    one.add_argument("url", help="见证者的地址，如 https://notary.example.org/witness")
    told = "只见证这一棵树；其他软件的见证者只认 SHA-256"
    one.add_argument("--tree", action="append", choices=[f.name for f in FAMILIES], help=told)
    one = verbs.add_parser("remove", help="去掉一位见证者")
    one.add_argument("name", help="见证者名称")
    one = verbs.add_parser("need", help="规则：一个检查点要有几位见证者共同签名")
    one.add_argument("need", help="all（全部）或个数")
    one = verbs.add_parser("add-log", help="为一个日志作见证")
    one.add_argument("origin", help="日志名称，不含年份")
    one.add_argument("vkey", nargs="+", help="日志的公钥")
    verbs.add_parser("accusations", help="列出见证者以签名的检查点指出的不一致")
    one = verbs.add_parser("answer", help="查明后答复并了结一项不一致，记入日志")
    one.add_argument("id", type=int, help="编号，见 accusations")
    one.add_argument("--reason", required=True, help="查明的情况和结论")
    one = verbs.add_parser("remove-log", help="不再为一个日志作见证")
    one.add_argument("origin", help="日志名称")


def run(options: dict[str, object], say: Say) -> None:
    try:
        VERBS[str(options["what"])](options, say)
    except WitnessRefused as e:
        raise CommandError(str(e)) from None


def _list(options: dict[str, object], say: Say) -> None:
    given = load()
    say(f"文件：{path()}{'' if path().exists() else '（还没有）'}")
    need = "全部" if given.need is None else str(given.need)
    say(f"本日志的见证者 {len(given.witnesses)} 位，规则要求 {need}：")
    for one in given.witnesses:
        only = "" if len(one.trees) == len(FAMILIES) else f"（仅 {one.trees[0]} 树）"
        say(f"  {one.name}{only}  {one.url}\n    {one.vkey}")
    say(f"本机以“{given.name or '（未起名）'}”为 {len(given.logs)} 个日志作见证：")
    for known in given.logs:
        say(f"  {known.origin}")
        for key in known.vkeys:
            say(f"    {key}")
        for row in Witnessed.objects.exclude(note="").order_by("origin"):
            if known.family(row.origin) is not None:
                say(f"    {row.origin}：{row.size} 条，{row.at:%Y-%m-%d %H:%M:%S} UTC")


def _key(options: dict[str, object], say: Say) -> None:
    given = load()
    log.sequence()
    shard = Shard.objects.order_by("-year").first()
    if given.name:
        say("本机作见证，请日志一方执行：")
        say(f"  jinzhi evidence witness add {signer(given).vkey} https://本机地址/witness")
    else:
        say("本机还没有见证者名称；要为别人作见证，先执行 jinzhi evidence witness name 名称")
    if shard is None:
        say("本机的日志还没有条目，因此还没有名称")
    else:
        say("本机的日志，请见证者一方执行：")
        say(f"  jinzhi evidence witness add-log {shard.origin} {' '.join(checkpoints.published(shard))}")


def _name(options: dict[str, object], say: Say) -> None:
    given, name = load(), str(options["name"])
    if not options["lost"] and given.name and name != given.name and Witnessed.objects.exclude(note="").exists():
        raise WitnessRefused(f"已经以“{given.name}”签过名，不能改名：别人按这个名称认公钥")
    save(replace(given, name=name))
    _key(options, say)


def _add(options: dict[str, object], say: Say) -> None:
    given = load()
    trees = options["tree"] or [f.name for f in FAMILIES]
    assert isinstance(trees, list)
    save(with_witness(given, Witness(str(options["vkey"]), str(options["url"]).rstrip("/"), tuple(trees))))
    _list(options, say)


def _remove(options: dict[str, object], say: Say) -> None:
    given = load()
    left = tuple(w for w in given.witnesses if w.name != options["name"])
    if len(left) == len(given.witnesses):
        raise WitnessRefused(f"没有见证者 {options['name']}")
    save(replace(given, witnesses=left))
    _list(options, say)


def _need(options: dict[str, object], say: Say) -> None:
    text = str(options["need"])
    if text != "all" and not (text.isascii() and text.isdigit()):
        raise WitnessRefused(f"“{text}”应为 all 或个数")
    save(replace(load(), need=None if text == "all" else int(text)))
    _list(options, say)


def _add_log(options: dict[str, object], say: Say) -> None:
    vkeys = options["vkey"]
    assert isinstance(vkeys, list)
    save(with_log(load(), KnownLog(str(options["origin"]), tuple(vkeys))))
    _list(options, say)


def _remove_log(options: dict[str, object], say: Say) -> None:
    given = load()
    left = tuple(k for k in given.logs if k.origin != options["origin"])
    if len(left) == len(given.logs):
        raise WitnessRefused(f"没有日志 {options['origin']}")
    save(replace(given, logs=left))
    _list(options, say)


def _accusations(options: dict[str, object], say: Say) -> None:
    rows = accusations.all_of_them()
    if not rows:
        say("没有见证者指出过不一致")
    for row in rows:
        state = f"已了结：{row.answer}" if row.answered_at else "未了结"
        say(
            f"{row.pk}  {row.witness}  {row.shard.year}/{row.family}  {row.first:%Y-%m-%d %H:%M}  {state}\n  {row.said}"
        )
        say("".join(f"    {line}\n" for line in row.note.splitlines()))


def _answer(options: dict[str, object], say: Say) -> None:
    try:
        row = accusations.answer(int(str(options["id"])), str(options["reason"]))
    except accusations.AnswerRefused as e:
        raise CommandError(str(e)) from None
    say(f"已了结并记入日志：{row.witness} {row.shard.year}/{row.family}")


VERBS = {
    "list": _list, "key": _key, "name": _name, "add": _add, "remove": _remove, "need": _need, "add-log": _add_log,
    "remove-log": _remove_log, "accusations": _accusations, "answer": _answer,
}  # fmt: skip
