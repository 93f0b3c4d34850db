"""What the tests of plan documents share: the city's names and rows, our own document, the seed where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from jinzhi.kernel.declare import collect
from jinzhi.kernel.organisation import NameBook
from jinzhi.kernel.plan import PlanDocument, PlanRow
from jinzhi.sources.plan_document import parse, simplify
from tests.shared import SHARED

CITY = collect(["jinzhi.matters.tianjin"])
NAMES = NameBook.from_catalogue(CITY, simplify)
ROWS = CITY.all(PlanRow)
HERE = Path(__file__).parent
OWN = (HERE / "plan_document_own.txt").read_text(encoding="utf-8")
SEED = SHARED / "seed" / "plan_division_2021.txt"

needs_seed = pytest.mark.shared("seed/plan_division_2021.txt")
#: who answers for the rows of the invented document, in turn
_UNITS = (
    "市知识产权局、市科技局按职责分工负责",
    "市教委",
    "市农委、各区人民政府按职责分工负责",
    "市知识产权局牵头,市商务局、天津海关按职责分工负责",
    "市财政局、市知识产权局牵头,各区人民政府按职责分工负责",
    "市文化和旅游局、市委宣传部按职责分工负责",
)
_WORDS = (
    "支持园区设立工作室,每年评选一批样板,并向社会公布结果。",
    "编印手册。组织骨干培训,建设网点。",
    "在口岸设立核查窗口,查验时间压减到2日以内。",
    "汇集三类数据,接入城市平台。定期公布进度。完善配套办法。",
)


def seed() -> str:
    return SEED.read_text(encoding="utf-8")


def declared() -> str:
    """A division of work with the titles of all declared rows and invented words: the shape of the real one, with
    signs and pages run into the text."""
    out = ["示范文档网\nID:75340000\n大小:21.00 KB\n\n《天津市知识产权“十四五”规划》主要任务工作分工"]
    part = section = ""
    for n, row in enumerate(ROWS):
        if row.part != part:
            part, section = row.part, ""
            out.append(f"{CHINESE[row.part_number]}、{part}")
        if row.section and row.section != section:
            section = row.section
            out.append(f"({CHINESE[row.section_number]}){section}")
        sign = f"{row.number}." if row.section or row.part_number == 3 else f"({CHINESE[row.number]})"
        words = _WORDS[n % len(_WORDS)]
        middle = len(words) // 2
        page = "-20- " if n % 3 == 0 else ""
        out.append(f"{sign}{row.title}。{words[:middle]}{page}{words[middle:]}(责任单位:{_UNITS[n % len(_UNITS)]})")
    out.append("天津市知识产权战略领导小组办公室2021年11月2日印发-20-\n\n当前文档最多预览三页,下载文档查看全文\n关闭\n")
    return "".join(out)


CHINESE = "零一二三四五六七八九十"


def read(text: str, rows: tuple[PlanRow, ...] = ROWS) -> PlanDocument:
    return parse(text, names=NAMES, rows=rows)


def content(document: PlanDocument) -> list[tuple[object, ...]]:
    """Rows as what they say: id, title, measures, units with their duty."""
    return [(r.id, r.title, r.measures, tuple((d.unit, d.duty) for d in r.duties)) for r in document.rows]


def whole(document: PlanDocument) -> bool:
    """Whether the spans cover the text once, in order, and the count is that of its characters."""
    edges = [s.start for s in document.spans] + [len(document.text)]
    ends = [0] + [s.end for s in document.spans]
    return edges == ends and sum(document.accounted().values()) == len(document.text)
