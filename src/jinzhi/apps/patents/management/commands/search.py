"""``jinzhi search 'QUERY'``: the collection asked from the console; every answer is exact and whole."""

from __future__ import annotations

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jinzhi.apps.accounts.acting import NoPost, acting_named
from jinzhi.apps.patents.search.index import NoIndex
from jinzhi.apps.patents.search.result import SearchAnswer, search
from jinzhi.apps.patents.store.queries import numbers_of
from jinzhi.kernel.query import QueryError


class Command(BaseCommand):
    help = "检索专利：jinzhi search 'ti=锂电池 AND ipc=H01M'"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("query", nargs="?", default="", help="检索式")
        parser.add_argument("--batch", metavar="FILE", help="文件中每行一个检索式，每行答一个 JSON 对象")
        parser.add_argument("--count", action="store_true", help="只输出命中数")
        parser.add_argument("--ids", action="store_true", help="每行一个公开（公告）号")
        parser.add_argument("--explain", action="store_true", help="输出系统对检索式的理解")
        parser.add_argument("--limit", type=int, default=None, help="最多列出多少件；--ids 和 --batch 默认列出全部")
        parser.add_argument("--sort", default="", help="relevance pd ad gd pn ti pa ipc nclm；倒序写 --sort=-pd")
        parser.add_argument(
            "--as", dest="who", metavar="USER", default="",
            help="以谁的名义：历史 #1、已存检索 ##名称、标引、专题、备注按此人所见；多个任职时写 用户名@单位代码",
        )  # fmt: skip
        parser.add_argument("--engine", default="", help="memory（定义本身）或索引引擎的名称")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *args: object, **options: object) -> None:
        limit = options["limit"]
        if limit is not None and int(str(limit)) < 0:
            raise CommandError("--limit 不能是负数")
        try:
            self.who = acting_named(str(options["who"])) if options["who"] else None
        except NoPost as e:
            raise CommandError(str(e)) from None
        if options["batch"]:
            self._batch(Path(str(options["batch"])), options)
            return
        if not options["query"]:
            raise CommandError("请写检索式，如 jinzhi search 'ti=锂电池'，或用 --batch 文件")
        try:
            found = self._search(str(options["query"]), options)
        except (QueryError, NoIndex) as e:
            if options["json"]:
                self.stdout.write(json.dumps(error(str(options["query"]), e), ensure_ascii=False))
            raise CommandError(str(e), returncode=2) from None
        self._say(found, options)

    def _search(self, text: str, options: dict[str, object]) -> SearchAnswer:
        return search(text, who=self.who, sort=str(options["sort"]), engine=str(options["engine"]))

    def _batch(self, path: Path, options: dict[str, object]) -> None:
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as e:
            raise CommandError(f"{path}：读不了（{e}）") from None
        for line in lines:
            if not line.strip():
                continue
            try:
                found = self._search(line, options)
            except (QueryError, NoIndex) as e:
                said = error(line, e)
            else:
                said = {
                    "query": line, "count": found.count, "ids": numbers(found, options["limit"]),
                    "ms": round(found.ms, 2),
                }  # fmt: skip
            self.stdout.write(json.dumps(said, ensure_ascii=False))

    def _say(self, found: SearchAnswer, options: dict[str, object]) -> None:
        if found.behind:
            self.stderr.write(f"索引落后：还有 {found.behind} 件未入索引，请运行 jinzhi patents index")
        limit = options["limit"]
        if options["json"]:
            said: dict[str, object] = {
                "query": found.text, "native": found.echo.native, "understood": found.echo.zh,
                "notices": [n.zh for n in found.echo.notices], "count": found.count, "ms": round(found.ms, 2),
                "engine": found.engine, "behind": found.behind, "as_of": str(found.collection["as_of"] or ""),
            }  # fmt: skip
            if not options["count"]:
                said["ids"] = numbers(found, limit)
            self.stdout.write(json.dumps(said, ensure_ascii=False, indent=2))
            return
        if options["explain"]:
            self.stdout.write(found.echo.zh)
            self.stdout.write(f"规范写法：{found.echo.native}")
            for notice in found.echo.notices:
                self.stdout.write(f"提示：{notice.zh}")
        if options["count"]:
            self.stdout.write(str(found.count))
        elif options["ids"]:
            for number in numbers(found, limit):
                self.stdout.write(number)
        else:
            shown = 20 if limit is None else int(str(limit))
            self.stdout.write(
                f"命中 {found.count} 件（{found.engine}，{found.ms:.0f} 毫秒），列出 {min(shown, found.count)} 件"
            )
            for row in found.page(0, shown):
                self.stdout.write(f"{row.number}\t{row.published or ''}\t{row.applicants[:30]}\t{row.title}")


def numbers(found: SearchAnswer, limit: object) -> list[str]:
    """Publication numbers in the order of the answer; all of them where no limit is given."""
    most = found.count if limit is None else int(str(limit))
    return numbers_of(found.ids[:most])


def error(text: str, problem: Exception) -> dict[str, object]:
    """What a failed query answers; positions count characters from 0."""
    said: dict[str, object] = {"query": text, "error": str(problem)}
    if isinstance(problem, QueryError):
        said |= {"at": problem.at, "end": problem.end, "error_en": problem.say("en")}
    return said
