"""``jinzhi plan …``: what can be done with plan documents from the console."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jinzhi.apps.accounts.acting import NoPost, acting_named
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.plan import importing, issuing, milestone_copies
from jinzhi.apps.plan.actions import MilestoneRefused
from jinzhi.apps.plan.mending import MendRefused, numbers
from jinzhi.apps.plan.milestone_sheet import LinesRefused
from jinzhi.apps.plan.models import Import, Release
from jinzhi.apps.plan.plans import in_force
from jinzhi.apps.units.naming import names_book
from jinzhi.kernel.plan import PlanDocument, PlanRow
from jinzhi.sources.plan_document import PlanDocumentError, parse_file, simplify

_DUTIES = {"alone": "负责", "divided": "分工负责", "led": "牵头", "support": "配合"}


class Command(BaseCommand):
    help = "读取、检查任务分工文件"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, title="子命令")
        self.add_parse(verbs.add_parser("parse", help="解析任务分工文件并显示结果,不保存"))
        self.add_import(verbs.add_parser("import", help="导入任务分工文件供核对;加 --store 直接入库"))

        self.add_copy(verbs.add_parser("copy-milestones", help="按年度复制里程碑；不加 --confirm 只显示会复制什么"))

    def add_copy(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="year", type=int, required=True, help="来源年度")
        parser.add_argument("--to", dest="to_year", type=int, required=True, help="复制到哪一年")
        parser.add_argument("--plan", default="", help="复制到哪个规划；省略为主规划")
        parser.add_argument("--from-plan", default="", help="来源规划；省略为同一规划")
        parser.add_argument("--target", action="append", default=[], metavar="代码=目标值", help="新的目标值，可多次")
        parser.add_argument("--keep-targets", action="store_true", help="没有给新目标值的，沿用原目标值")
        parser.add_argument("--only", action="append", default=[], metavar="代码", help="只复制这些，可多次")
        parser.add_argument("--skip", action="append", default=[], metavar="代码", help="不复制这些，可多次")
        parser.add_argument("--reason", default="", help="复制给不在现行分工内的单位时必填")
        parser.add_argument("--as", dest="who", metavar="USER", default="", help="以谁的名义；省略为系统")
        parser.add_argument("--confirm", action="store_true", help="复制")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def add_parse(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help=".txt .docx .xlsx .pdf .html 文件")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def add_import(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help=".txt .docx .xlsx .pdf .html 文件")
        parser.add_argument("--store", action="store_true", help="没有待核对的问题时直接入库,否则退出码为 2")
        parser.add_argument("--plan", default="", help="规划代号;已有的规划入为新版本,没有的新建")
        parser.add_argument("--starts", type=_day, help="起始日期,如 2021-01-01;“十四五”“十五五”可省略")
        parser.add_argument("--ends", type=_day, help="结束日期,如 2025-12-31")
        parser.add_argument("--again", action="store_true", help="同一文件已导入过时仍再导入一次")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *args: object, **options: object) -> None:
        getattr(self, f"handle_{str(options['verb']).replace('-', '_')}")(options)

    def handle_parse(self, options: dict[str, object]) -> None:
        document = read_plan(str(options["file"]))
        if options["json"]:
            self.stdout.write(json.dumps(document.as_dict(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(summary(document))

    def handle_import(self, options: dict[str, object]) -> None:
        file = Path(str(options["file"]))
        imported = self._import(file, again=bool(options["again"]))
        counts = numbers(imported.mended)
        said = {
            "import": imported.pk, "review": f"/plan/imports/{imported.pk}/", "rows": counts.rows,
            "measures": counts.measures, "units": counts.units, "unbound": len(counts.unbound),
            "unresolved": list(counts.unresolved), "untitled": len(counts.untitled),
            "accounted": {"placed": counts.placed, "furniture": counts.furniture, "unplaced": counts.unplaced},
        }  # fmt: skip
        release: Release | None = None
        refused: list[str] = []
        if options["store"]:
            try:
                release = self._store(imported, options)
            except issuing.StoreRefused as e:
                refused = [w.zh for w in e.errors]
        if options["json"]:
            stored = {"id": release.pk, "plan": release.plan, "number": release.number} if release else None
            self.stdout.write(json.dumps({**said, "release": stored, "open": refused}, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(
                f"导入 {imported.pk}:任务 {counts.rows} 项,措施 {counts.measures} 条,单位 {counts.units} 个;"
                f"未绑定 {len(counts.unbound)},未识别单位 {len(counts.unresolved)},未归位 {counts.unplaced} 字"
            )
            if release:
                self.stdout.write(f"已入库:{release.plan} 第 {release.number} 版,现行有效")
            else:
                self.stdout.write(f"请在网页 /plan/imports/{imported.pk}/ 核对后入库")
        if refused:
            raise CommandError(f"没有入库(导入 {imported.pk} 已保留,可在网页核对):" + ";".join(refused), returncode=2)

    def handle_copy_milestones(self, options: dict[str, Any]) -> None:
        plans = {r.plan: r for r in in_force()}
        plan = _named_plan(plans, str(options["plan"]))
        source = _named_plan(plans, str(options["from_plan"]) or plan.plan)
        years = int(options["year"]), int(options["to_year"])
        if said := milestone_copies.unfit(source, years[0], plan, years[1]):
            raise CommandError(said[0], returncode=2)
        try:
            who = acting_named(str(options["who"])) if options["who"] else None
        except NoPost as e:
            raise CommandError(str(e), returncode=2) from None
        offered = milestone_copies.proposals(source, years[0], plan, years[1], who)
        wanted = _wanted(offered, options)
        done = milestone_copies.Copied()
        if options["confirm"]:
            try:
                done = milestone_copies.copy_over(
                    source, years[0], plan, years[1], wanted, who=who, reason=str(options["reason"])
                )
            except LinesRefused as e:
                lines = [f"  {wanted[x.number - 1].source} {x.zh}" for x in e.errors]
                raise CommandError("\n".join(["没有复制任何里程碑：", *lines]), returncode=2) from None
            except MilestoneRefused as e:
                raise CommandError(str(e), returncode=2) from None
        asked = {w.source: w.values.get("target", "") for w in wanted}
        if options["json"]:
            items = [{**milestone_copies.told(p), "copy": p.source.code in asked} for p in offered]
            said_ = {"plan": plan.plan, "from_plan": source.plan, "items": items, "added": list(done.codes)}
            self.stdout.write(json.dumps(said_, ensure_ascii=False, indent=2))
            return
        for p in offered:
            mark = f"目标 {asked[p.source.code] or '未给'}" if p.source.code in asked else "不复制"
            remarks = "；".join(r.zh for r in p.remarks)
            self.stdout.write(f"{p.source.code}\t{p.source.title}\t{p.due}\t{mark}\t{remarks}".rstrip())
        self.stdout.write(f"已复制 {len(done.codes)} 个" if options["confirm"] else "以上没有复制；加 --confirm 复制")

    def _import(self, file: Path, *, again: bool) -> Import:
        try:
            return importing.start(file.read_bytes(), file.name, None, again=again)
        except importing.AlreadyImported as e:
            raise CommandError(f"{e},导入号 {e.earlier.pk};要再导入一次请加 --again", returncode=2) from None
        except (PlanDocumentError, MendRefused) as e:
            raise CommandError(str(e), returncode=2) from None
        except OSError as e:
            raise CommandError(f"读不了文件 {file}:{e.strerror}", returncode=2) from None

    def _store(self, imported: Import, options: dict[str, Any]) -> Release:
        plans = in_force()
        guess = issuing.likely(imported.mended, plans)
        years = issuing.term(imported.mended["title"] or "") or (None, None)
        plan = str(options["plan"]) or (guess.plan if guess else issuing.slug_of(years))
        current = next((r for r in plans if r.plan == plan), None)
        if current:
            years = (current.starts, current.ends)
        return issuing.store(
            imported,
            plan=plan,
            new=current is None,
            starts=options["starts"] or years[0],
            ends=options["ends"] or years[1],
            who=None,
            expected=imported.seq,
        )


def _named_plan(plans: dict[str, Release], name: str) -> Release:
    found = plans.get(name) if name else next(iter(plans.values()), None)
    if found is None:
        known = "、".join(plans) or "还没有"
        raise CommandError(f"没有代号为“{name}”的现行规划；现行规划：{known}", returncode=2)
    return found


def _wanted(offered: list[milestone_copies.Proposal], options: dict[str, Any]) -> list[milestone_copies.WantedCopy]:
    """The copies that the options ask for: those of --only, else all without a doubt; never those of --skip."""
    codes = {p.source.code for p in offered}
    targets: dict[str, str] = {}
    for text in options["target"]:
        code, equals, value = text.partition("=")
        if not equals:
            raise CommandError(f"--target {text!r} 应写成 代码=目标值", returncode=2)
        targets[code] = value
    for option, given in (("--target", targets), ("--only", options["only"]), ("--skip", options["skip"])):
        if unknown := [c for c in given if c not in codes]:
            raise CommandError(f"{option}：该年度没有里程碑 {'、'.join(unknown)}", returncode=2)
    out = list[milestone_copies.WantedCopy]()
    for p in offered:
        code = p.source.code
        asked = code in options["only"] if options["only"] else not (p.barred or p.doubtful)
        if asked and code not in options["skip"]:
            target = targets.get(code) or (f"{p.source.target:f}" if options["keep_targets"] else "")
            out.append(milestone_copies.WantedCopy(len(out) + 1, code, {"target": target}))
    return out


def _day(text: str) -> date:
    """A day of the command line; argparse names the argument where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} 不是日期,请写成 2021-01-01") from None


def read_plan(file: str) -> PlanDocument:
    """Parse a file with the units and rows of this installation; CommandError (exit code 2) where it is no plan."""
    declared = catalogue()
    names = names_book(simplify)
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
