"""``jinzhi procedure``: the procedures that are declared, one of them in words, and a history folded by hand.

A history is plain text, one event a line, as the examples of a declaration are written:
``2026-09-24T09:30  open  lead_on=2026-09-17`` or, for one of several parties, ``2026-10-09  answer[a]``. Inputs that no
term needs may be left out. Nothing is written.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jinzhi.apps.catalogue.registry import calendar, catalogue
from jinzhi.kernel.clocks import ClockView
from jinzhi.kernel.procedure import CaseView, Example, Procedure, ProcedureError, fold


class Command(BaseCommand):
    help = "办事流程：列出、显示，按一段经过推算状态和期限（不保存）"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, title="子命令")
        verbs.add_parser("list", help="列出所有流程")
        verbs.add_parser("show", help="显示一个流程：环节、步骤、期限").add_argument("id")
        folding = verbs.add_parser("fold", help="按一段经过推算：每行“日期 步骤 项=值”，- 为标准输入")
        folding.add_argument("id")
        folding.add_argument("file", help="经过文件，- 为标准输入")
        folding.add_argument("--on", type=date.fromisoformat, default=None, help="看到哪一天；省略为最后一条的日期")
        folding.add_argument("--working", action="store_true", help="逐日算法")

    def handle(self, *args: object, **options: Any) -> None:
        match options["verb"]:
            case "list":
                for procedure in catalogue().all(Procedure):
                    examples = len(procedure.examples)
                    self.stdout.write(f"{procedure.id}\t{procedure.zh}\t{procedure.en}\t{examples} examples")
            case "show":
                self._show(named(options["id"]))
            case "fold":
                self._fold(named(options["id"]), options["file"], options["on"], options["working"])

    def _show(self, procedure: Procedure) -> None:
        say = self.stdout.write
        say(f"{procedure.id}  {procedure.zh}  {procedure.en}")
        for state in procedure.states:
            say(f"  {'■' if state.final else '□'} {state.id}  {state.zh}  {state.en}")
        for aside in procedure.asides:
            say(f"  ‖ {aside.id}  {aside.zh}: {', '.join(aside.begin)} … {', '.join(aside.end)}")
        for step in procedure.steps:
            each = f" [{step.per}]" if step.per else ""
            say(f"  → {step.id}{each}  {step.zh}: {', '.join(step.sources) or '—'} → {', '.join(step.targets) or '='}")
        for clock in procedure.clocks:
            each = f" [{clock.per}]" if clock.per else ""
            say(f"  ⏱ {clock.id}{each}  {clock.zh}: {', '.join(clock.start)} … {', '.join(clock.stop)}")

    def _fold(self, procedure: Procedure, file: str, on: date | None, working: bool) -> None:
        try:
            text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
            events = Example("", text, "").events()
        except (OSError, UnicodeDecodeError, ValueError, IndexError) as e:
            raise CommandError(f"读不懂经过 {file}：{e}") from None
        if not events:
            raise CommandError(f"{file} 里没有事件：每行写“日期 步骤 项=值”")
        unknown = [e.step for e in events if procedure.find_step(e.step) is None and e.step not in procedure.built_in]
        if unknown:
            known = ", ".join(s.id for s in procedure.steps)
            raise CommandError(f"流程 {procedure.id} 没有步骤 {'、'.join(unknown)}；可用：{known}")
        try:
            view = fold(procedure, events, calendar(), on or events[-1].on)
        except ProcedureError as e:
            raise CommandError(str(e)) from None
        self._say(view, working)

    def _say(self, view: CaseView, working: bool) -> None:
        say = self.stdout.write
        say(f"{view.state.id}  {view.state.zh}  {view.state.en}")
        for aside in view.asides:
            say(f"  ‖ {aside.aside.id} {aside.item} {aside.since}".rstrip())
        for clock in view.clocks:
            say(f"  ⏱ {self._ended(clock)}")
            for step in clock.deadline.steps if working and clock.deadline else ():
                say(f"      {step.day} – {step.last}  {step.zh}")
        for odd in view.strange:
            say(f"  ◆ {odd.seq} {odd.step}: {odd.zh}")

    def _ended(self, clock: ClockView) -> str:
        item = f"[{clock.item}]" if clock.item else ""
        end = clock.due_at.isoformat(" ", "minutes") if clock.due_at else str(clock.due or "—")
        cite = f"  {clock.citation}" if clock.citation else ""
        why = f"  {clock.why_zh}" if clock.why_zh else ""
        return f"{clock.clock.id}{item}  {clock.status}  {end}{cite}{why}"


def named(id: str) -> Procedure:
    """The procedure with this id. Raises CommandError with those that there are."""
    found = catalogue().find(Procedure, id)
    if found is None:
        raise CommandError(f"没有流程 {id}；可用：{', '.join(p.id for p in catalogue().all(Procedure))}")
    return found
