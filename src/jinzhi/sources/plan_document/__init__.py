"""Work-division documents (任务分工): a file to its text, a text to rows, units and what could not be placed."""

from collections.abc import Sequence
from pathlib import Path

from jinzhi.kernel.organisation import NameBook
from jinzhi.kernel.plan import PlanDocument, PlanRow
from jinzhi.sources.patience import TooLong, at_most
from jinzhi.sources.plan_document.deadlines import time_points
from jinzhi.sources.plan_document.errors import PlanDocumentError
from jinzhi.sources.plan_document.flow import simplify
from jinzhi.sources.plan_document.parse import TextLayout, parse
from jinzhi.sources.plan_document.read import TYPES, PlanText, read

#: seconds that one document may take; a plan of 40 pages takes one or two
LONGEST = 60

__all__ = [
    "TYPES",
    "PlanDocumentError",
    "PlanText",
    "TextLayout",
    "parse",
    "parse_file",
    "read",
    "simplify",
    "time_points",
]


def parse_file(
    file: Path | str | bytes, filename: str = "", *, names: NameBook, rows: Sequence[PlanRow] = ()
) -> PlanDocument:
    """Read a file and parse its text. Raises PlanDocumentError, also where that takes longer than ``LONGEST``."""

    def work() -> PlanDocument:
        source = read(file, filename)
        return parse(source.text, names=names, rows=rows, layout=source.layout, notes=source.notes)

    try:
        return at_most(LONGEST, work)
    except TooLong:
        raise PlanDocumentError(
            "too-long",
            f"读了 {LONGEST} 秒还没有读完，已停止，没有导入。请只保留任务分工部分，另存为 .docx 或 .txt 再导入。",
        ) from None
