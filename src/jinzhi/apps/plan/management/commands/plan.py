"""``jinzhi plan …``: what can be done with plan documents from the console."""

from __future__ import annotations

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.kernel.organisation import NameBook
from jinzhi.kernel.plan import PlanDocument, PlanRow
from jinzhi.sources.plan_document import PlanDocumentError, parse_file, simplify

_DUTIES = {"alone": "负责", "divided": "分工负责", "led": "牵头", "support": "配合"}


class Command(BaseCommand):
    help = "读取、检查任务分工文件"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, title="子命令")
        self.add_parse(verbs.add_parser("parse", help="解析任务分工文件并显示结果,不保存"))

    def add_parse(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help=".txt .docx .xlsx .pdf .html 文件")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *args: object, **options: object) -> None:
        getattr(self, f"handle_{options['verb']}")(options)

    def handle_parse(self, options: dict[str, object]) -> None:
        document = read_plan(str(options["file"]))
        if options["json"]:
            self.stdout.write(json.dumps(document.as_dict(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(summary(document))


def read_plan(file: str) -> PlanDocument:
    """Parse a file with the units and rows of this installation; CommandError (exit code 2) where it is no plan."""
    declared = catalogue()
    names = NameBook.from_catalogue(declared, simplify)
    try:
        return parse_file(file, names=names, rows=declared.all(PlanRow))
    except PlanDocumentError as e:
        raise CommandError(e.message, returncode=2) from None


def summary(document: PlanDocument) -> str:
    """The parse for a reader: what it is, its rows with their units, how the characters are accounted for."""
    counted = document.accounted()
    out = [
        f"标题  {document.title or '(未认出)'}",
        f"印发  {document.issued_by or '(未认出)'} {document.issued_on or ''}".rstrip(),
        f"任务  {len(document.rows)} 行,措施 {sum(len(r.measures) for r in document.rows)} 条,"
        f"单位 {len(document.units)} 个",
        f"字符  归位 {counted['placed']},页面杂项 {counted['furniture']},未能归位 {counted['unplaced']},"
        f"合计 {len(document.text)}",
    ]
    heading = None
    for row in document.rows:
        if heading != (row.place.part, row.place.section):
            heading = (row.place.part, row.place.section)
            out += ["", "  ".join(x for x in heading if x) or "(无标题的部分)"]
        duties: dict[str, list[str]] = {}
        for duty in row.duties:
            duties.setdefault(_DUTIES[duty.duty], []).append(duty.unit)
        who = ";".join(f"{'、'.join(units)} {how}" for how, units in duties.items())
        limit = f"  时限 {row.time_limit}" if row.time_limit else ""
        out.append(f"  {row.id:<6}{row.title}  措施 {len(row.measures)} 条  {who or '(无责任单位)'}{limit}")
    out += ["", *(f"注意  {w.text}" for w in document.warnings), *(f"说明  {n}" for n in document.notes)]
    return "\n".join(out).rstrip()
