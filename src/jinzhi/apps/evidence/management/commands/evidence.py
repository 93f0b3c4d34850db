"""``jinzhi evidence …``: the log from the console; each subcommand is a module of ``jinzhi.apps.evidence.console``."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jinzhi.apps.evidence.console import (
    append,
    audit,
    checkpoint,
    cosign,
    export,
    mirror,
    prove,
    rotate,
    verify,
    witness,
)
from jinzhi.apps.evidence.log.trees import LogBroken
from jinzhi.engines.signing import KeyRefused

VERBS = {
    "append": append,
    "prove": prove,
    "checkpoint": checkpoint,
    "cosign": cosign,
    "witness": witness,
    "rotate": rotate,
    "export": export,
    "verify": verify,
    "mirror": mirror,
    "audit": audit,
}


class Command(BaseCommand):
    help = "证据日志：登记、证明、检查点、见证、密钥、导出、验证、镜像、核对"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, title="子命令")
        for name, module in VERBS.items():
            module.add(verbs.add_parser(name, help=module.HELP))

    def handle(self, *args: object, **options: object) -> None:
        try:
            VERBS[str(options["verb"])].run(options, self.stdout.write)
        except (KeyRefused, LogBroken) as e:
            raise CommandError(str(e)) from None
