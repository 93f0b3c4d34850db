"""``jinzhi patents …``: import, columns, status, index, classes."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from time import perf_counter

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jinzhi.apps.patents.classes import tree as classes
from jinzhi.apps.patents.desk import alerts
from jinzhi.apps.patents.search import index
from jinzhi.apps.patents.store import columns, importing, pictures, queries
from jinzhi.apps.patents.store.workers import WorkerLost


class Command(BaseCommand):
    help = "专利数据：导入、现状、索引、分类表"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, title="子命令")
        self.add_import(verbs.add_parser("import", help="导入文件、文件夹或压缩包；中断后重跑同一命令即继续"))
        self.add_columns(verbs.add_parser("columns", help="表格各列是什么：查看、指定；按来源保存，供以后的导入使用"))
        status = verbs.add_parser("status", help="各来源的数量、最后完整的一期、数据截至日、缺期")
        status.add_argument("--json", action="store_true", help="以 JSON 输出")
        indexing = verbs.add_parser("index", help="把检索索引更新到与库一致；中断后重跑即继续")
        indexing.add_argument("--rebuild", action="store_true", help="删去索引，从库中重建")
        indexing.add_argument("--commit", type=int, default=index.COMMIT, help="每多少件提交一次")
        self.add_classes(
            verbs.add_parser("classes", help="装入分类表（csv：symbol,kind,dots,title；tsv：分类号、名称）")
        )

    def add_import(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("--source", default="", help="来源名称；不写则用读取程序自己的名称")
        parser.add_argument("--workers", type=int, default=None, help="读取进程数，默认为处理器核数，0 为不另开进程")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")

    def add_columns(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--source", default="", help="来源名称，与导入时的 --source 相同")
        parser.add_argument(
            "--set", action="append", default=[], metavar="列名=字段", help="指定一列；字段为空则不读这一列；可写多次"
        )
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def add_classes(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--scheme", default="ipc")
        parser.add_argument("--edition", default="", help="版本，如 2026.01")
        parser.add_argument("--language", default="", choices=("", "zh", "en"), help="名称的语言")

    def handle(self, *args: object, **options: object) -> None:
        getattr(self, f"handle_{options['verb']}")(options)

    def handle_import(self, options: dict[str, object]) -> None:
        began = perf_counter()
        paths = [Path(str(path)) for path in options["paths"]]  # type: ignore[attr-defined]
        workers = options["workers"]
        try:
            report = importing.import_paths(
                paths, source=str(options["source"]), workers=None if workers is None else int(str(workers)),
                say=self.stderr.write,
            )  # fmt: skip
        except (importing.Busy, WorkerLost) as e:
            raise CommandError(str(e)) from None
        alerts.fire_due(self.stderr.write)
        said = {**report.as_dict(), "seconds": round(perf_counter() - began, 1)}
        if options["json"]:
            self.stdout.write(json.dumps(said, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(
                f"批次 {report.batch}：文件 {report.files} 个（已导入过 {report.known} 个），"
                f"新增 {report.new} 件，"
                f"更新 {report.changed} 件，相同 {report.same} 件，法律事件 {report.events} 条，"
                f"附图 {report.pictures} 幅（没有文献点名的图像 {report.rest[pictures.UNNAMED]} 个，"
                f"点了名而没有图像的 {report.rest[pictures.ABSENT]} 幅），"
                f"未能读取 {report.refused} 条，待确认的列 {report.asked} 个，用时 {said['seconds']} 秒"
            )

    def handle_columns(self, options: dict[str, object]) -> None:
        path, source = Path(str(options["file"])), str(options["source"])
        given: list[str] = options["set"]  # type: ignore[assignment]
        said = {heading.strip(): field.strip() for one in given for heading, _, field in [one.rpartition("=")]}
        if "" in said:
            raise CommandError("--set 要写成 列名=字段，如 --set 技术领域=title")
        found = list(columns.listed(path, source))
        read = [table for table in found if isinstance(table, list)]
        if said:
            try:
                columns.answer(source, said, path=path, known={str(c["heading"]) for table in read for c in table})
            except columns.ColumnsRefused as e:
                raise CommandError(str(e)) from None
            found = list(columns.listed(path, source))
        if options["json"]:
            tables_ = [t for t in found if isinstance(t, list)]
            self.stdout.write(json.dumps(tables_, ensure_ascii=False, indent=2))
            return
        if not found:
            raise CommandError(f"{path} 里没有表格")
        for table in found:
            if not isinstance(table, list):
                self.stdout.write(f"{table.name}：{table.reason_zh}")
                continue
            for one in table:
                mark = "？" if one["asked"] else " "
                samples = " / ".join(str(v) for v in one["samples"])  # type: ignore[attr-defined]
                self.stdout.write(f"{mark} {one['heading']} → {one['field'] or '（不读）'}：{one['why_zh']}　{samples}")
        self.stdout.write("标“？”的列请确认：--set 列名=字段；字段名见上，或任给一个错的名字看全部可用字段")

    def handle_status(self, options: dict[str, object]) -> None:
        known = queries.sources()
        if options["json"]:
            said = {**queries.status(), "sources": [one.as_dict() for one in known]}
            self.stdout.write(json.dumps(said, ensure_ascii=False, indent=2))
            return
        if not known:
            self.stdout.write("库中还没有专利数据；请运行 jinzhi patents import 路径")
        for one in known:
            demo = "（演示数据）" if one.demo else ""
            self.stdout.write(
                f"{one.source}{demo}：文献 {one.documents} 件，法律事件 {one.events} 条，未能读取 {one.refused} 条，"
                f"最后完整的一期 {one.last_complete or '—'}，数据截至 {one.as_of or '—'}"
            )
            for gap in one.gaps:
                self.stdout.write(f"  缺期：{gap.before} 与 {gap.after} 之间约缺 {gap.issues} 期")
            if one.unfinished:
                self.stdout.write(f"  有 {one.unfinished} 个文件未导入完，请重新运行导入命令")
        for name, column in columns.open_questions():
            self.stdout.write(f"待确认：{name} 的列“{column['heading']}”：{column.get('why_zh', '')}")

    def handle_index(self, options: dict[str, object]) -> None:
        began = perf_counter()
        try:
            count = index.update(
                rebuild=bool(options["rebuild"]), commit_every=int(str(options["commit"])), say=self.stderr.write
            )
        except (index.IndexBusy, OSError) as e:
            raise CommandError(str(e)) from None
        alerts.fire_due(self.stderr.write)
        self.stdout.write(f"已索引 {count} 件，用时 {perf_counter() - began:.1f} 秒")

    def handle_classes(self, options: dict[str, object]) -> None:
        try:
            loaded = classes.load(
                Path(str(options["file"])), scheme=str(options["scheme"]), edition=str(options["edition"]),
                language=str(options["language"]),
            )  # fmt: skip
        except (OSError, classes.ClassesRefused) as e:
            raise CommandError(str(e)) from None
        self.stdout.write(
            f"{loaded.scheme} {loaded.edition}：{loaded.symbols} 个分类号，{loaded.titled} 个有名称，"
            f"{len(loaded.problems)} 处存疑"
        )
        for problem in loaded.problems[:20]:
            self.stdout.write(f"  {problem}")
        if len(loaded.problems) > 20:
            self.stdout.write(f"  ……其余 {len(loaded.problems) - 20} 处未列出")
