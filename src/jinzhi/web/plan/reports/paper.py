"""A report as Word."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.plan.actions import NOTE_FIELDS
from jinzhi.apps.plan.models import Report
from jinzhi.apps.plan.more_time import all_granted
from jinzhi.apps.plan.queries import ReportRow, content
from jinzhi.apps.units.models import Unit, UnitName
from jinzhi.engines import documents
from jinzhi.web.plan.more_time import more_words
from jinzhi.web.plan.reports import list as report_list
from jinzhi.web.plan.reports.find import MARK, download, find_report, is_demo, release_of
from jinzhi.web.plan.reports.form import plain
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest


@page(nav="reports", scope="report.read")
@require_GET
def report_docx(request: PageRequest, pk: int) -> HttpResponse:
    """The report as a Word document."""
    found = find_report(request.acting, pk)
    rows = content(found, release_of(found))
    made = documents.write([paper_of(found, rows)], mark=MARK if is_demo() else "", subject=str(found))
    return download(made, f"{bearing(found).label}-{found.period.code}-进展报告.docx", documents.MEDIA_TYPE)


def bearing(found: Report) -> Unit | UnitName:
    """What bears the unit's name on the day that the report was submitted; today's where it was not yet."""
    return found.unit.named_on(found.submitted_on or today())


def paper_of(found: Report, rows: Sequence[ReportRow]) -> documents.Paper:
    state = report_list.states()[found.state]
    more = more_words(all_granted([found]).get(found.pk))
    blocks: list[documents.Heading | documents.TextBlock | documents.Pairs | documents.DocumentTable] = [
        documents.Pairs(
            [
                ("填报单位", bearing(found).zh),
                ("报告期", f"{found.period.code}（{found.period.starts} 至 {found.period.ends}）"),
                ("状态", state.zh + ("" if found.state == "approved" else "（未经审核，不作统计依据）")),
                ("提交 / 审核", f"{found.submitted_on or '—'} / {found.approved_on or '—'}"),
                ("截止日", found.due.isoformat()),
                *([("延期", more)] if more else []),
            ]
        )
    ]
    for r in rows:
        blocks.append(documents.Heading(f"{r.row.key}　{r.row.title}"))
        for f in NOTE_FIELDS:
            text = getattr(r.note, f.id) if r.note else ""
            blocks.append(documents.TextBlock(f"{f.zh}：{text or '（未填写）'}"))
        if r.lines:
            cells = [
                [
                    line.milestone.title,
                    f"{line.milestone.at_most}{plain(line.milestone.target)} {line.milestone.measured_in}",
                    plain(line.before),
                    plain(line.figure.achieved) if line.figure else "",
                    line.figure.reached_on.isoformat() if line.figure and line.figure.reached_on else "",
                    line.figure.note if line.figure else "",
                ]
                for line in r.lines
            ]
            heads = ("里程碑", "目标", "上期累计", "本期累计", "完成日期", "说明")
            blocks.append(documents.DocumentTable(heads, cells, (52, 20, 18, 18, 24, 24)))
    return documents.Paper("进展报告", [found.case.number], blocks)
