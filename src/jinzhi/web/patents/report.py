"""A result set as a Word report: what was asked and what it means, figures with their tables, the list of documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import QueryDict
from django.utils.translation import gettext as _

from jinzhi.apps.catalogue.clock import installation, now, today
from jinzhi.apps.patents.models import Document
from jinzhi.apps.patents.search.result import Search
from jinzhi.engines.charts import Chart
from jinzhi.engines.documents import TEXT_WIDTH, DocumentPicture, DocumentTable, Heading, Pairs, Paper, TextBlock, write
from jinzhi.engines.pictures import SvgPicture, png
from jinzhi.web.patents.figures import TITLES, Figures, PatentFigure
from jinzhi.web.patents.words import FacetWords, state_name
from jinzhi.web.ui.language import labelled

#: documents that the report lists; more make a paper that nobody opens, and the report says where they are
LISTED = 5000
#: rows of a figure that the report prints
ROWS = 20
#: pixels of a chart
WIDTH = 640


def report(
    search: Search,
    query: QueryDict,
    names: FacetWords,
    notes: Sequence[tuple[str, object]],
    documents: Iterable[Document],
    rest: str,
) -> bytes:
    """The report as .docx. ``documents``: the first ``LISTED`` hits; ``rest``: where the whole list is."""
    figures = Figures(search, query, names, today())
    made = [figures.get(key) for key in TITLES]
    pictures = png([SvgPicture(chart_of(f).svg(WIDTH, f.height), WIDTH, f.height) for f in made])
    blocks: list[Heading | TextBlock | Pairs | DocumentTable | DocumentPicture] = [
        Heading(_("一、检索")),
        Pairs([(label, str(value)) for label, value in notes]),
        Heading(_("二、统计")),
        TextBlock(_("下列统计均按全部 %(n)s 件命中文献计算。") % {"n": f"{search.total:,}"}),
    ]
    for figure, picture in zip(made, pictures, strict=True):
        blocks += figure_blocks(figure, picture, search.total)
    listed = list(documents)
    blocks += [
        Heading(_("三、文献清单")),
        TextBlock(listing(len(listed), search.total, rest), kind="note"),
        grid(listed),
    ]
    here = installation()
    mark = _("演示数据，非官方统计") if here and here.demo else ""
    line = f"{here.city_zh if here else ''} {now().strftime('%Y-%m-%d %H:%M')}".strip()
    title = _("专利检索报告")
    return write([Paper(title, [line], blocks)], mark=mark, subject=title)


def chart_of(figure: PatentFigure) -> Chart:
    return figure.chart(today(), "")


def figure_blocks(
    figure: PatentFigure, picture: bytes, total: int
) -> list[Heading | TextBlock | DocumentTable | DocumentPicture]:
    """A figure: its picture, what it says, its first rows and how many there are."""
    if not figure.rows:
        return [TextBlock(labelled(figure.title, _("没有数据")), kind="note")]
    shown = figure.rows[:ROWS]
    said = f"{figure.title}。{figure.conclusion}" + (f"。{figure.note}" if figure.note else "")
    if len(shown) < len(figure.rows):
        said += "。" + _("下表为前 %(a)s 行，共 %(n)s 行") % {"a": len(shown), "n": f"{len(figure.rows):,}"}
    width = (TEXT_WIDTH - 50) // len(figure.heads)
    heads = [*figure.heads, _("件"), _("占比")]
    rows = [
        [
            *(label + (f"（{row.sub}）" if row.sub and n == 0 else "") for n, label in enumerate(row.labels)),
            f"{row.count:,}",
            f"{row.count / total:.1%}" if total else "—",
        ]
        for row in shown
    ]
    return [
        DocumentPicture(picture, 150, f"{figure.title}：{figure.conclusion}"),
        TextBlock(said, kind="note"),
        DocumentTable(heads, rows, [*(width for _head in figure.heads), 25, 25]),
    ]


def listing(listed: int, total: int, rest: str) -> str:
    """Whether the list is whole; where it is not, where the rest is."""
    if listed >= total:
        return _("下表为全部 %(n)s 件命中文献。") % {"n": f"{total:,}"}
    return _("下表为前 %(a)s 件，命中文献共 %(n)s 件；完整清单见 Excel：%(where)s") % {
        "a": f"{listed:,}",
        "n": f"{total:,}",
        "where": rest,
    }


def grid(documents: Sequence[Document]) -> DocumentTable:
    heads = [_("序号"), _("公开（公告）号"), _("名称"), _("申请人"), _("公开日"), _("法律状态")]
    rows = [
        [str(n), d.number, d.title or d.title_en, d.applicants, str(d.published or "—"), state_name(d.state)]
        for n, d in enumerate(documents, 1)
    ]
    return DocumentTable(heads, rows, [12, 30, 46, 32, 20, 16])
