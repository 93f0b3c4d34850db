"""All hits of a search as a file: Excel with a sheet that says how they came about, csv, RIS."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.patents.models import Document
from jinzhi.apps.patents.queries import by_ids, collection
from jinzhi.engines.query_language.echo import echo
from jinzhi.engines.spreadsheet import Column, Sheet, write
from jinzhi.kernel.fields import Field, Type
from jinzhi.web.patent_address import asked, library_line
from jinzhi.web.patent_search import TYPES, Names, Search, state_name
from jinzhi.web.shell import english, page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: key, Chinese, English, type, the value of a document
COLUMNS: tuple[tuple[str, str, str, Type, Callable[[Document, Names], Any]], ...] = (
    ("number", "公开（公告）号", "Publication number", Type.TEXT, lambda d, n: d.number),
    ("application", "申请号", "Application number", Type.TEXT, lambda d, n: d.application),
    ("title", "名称", "Title", Type.TEXT, lambda d, n: d.title),
    ("title_en", "英文名称", "English title", Type.TEXT, lambda d, n: d.title_en),
    ("type", "专利类型", "Type", Type.TEXT, lambda d, n: str(TYPES.get(d.type, d.type))),
    ("kind", "文献种类代码", "Kind code", Type.TEXT, lambda d, n: d.kind),
    ("applicants", "申请人", "Applicants", Type.TEXT, lambda d, n: d.applicants),
    ("inventors", "发明人", "Inventors", Type.TEXT, lambda d, n: d.inventors),
    ("filed", "申请日", "Filing date", Type.DATE, lambda d, n: d.filed),
    ("published", "公开（公告）日", "Publication date", Type.DATE, lambda d, n: d.published),
    ("granted", "授权公告日", "Grant date", Type.DATE, lambda d, n: d.granted),
    ("ipc", "主分类号", "Main IPC", Type.TEXT, lambda d, n: d.ipc),
    ("district", "区", "District", Type.TEXT, lambda d, n: n.district(d.district)),
    ("state", "法律状态", "Status", Type.TEXT, lambda d, n: state_name(d.state)),
    ("state_on", "状态日期", "Status since", Type.DATE, lambda d, n: d.state_on),
    ("state_why", "状态依据", "Basis of status", Type.TEXT, lambda d, n: d.state_why),
    ("claims", "权利要求数", "Number of claims", Type.INT, lambda d, n: d.claims),
    ("family", "简单同族标识", "Simple family", Type.TEXT, lambda d, n: d.simple),
    ("source", "来源", "Source", Type.TEXT, lambda d, n: d.source),
)
WIDE = ("title", "state_why")


def attached(body: bytes, media: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=media)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def workbook(
    documents: Sequence[Document], notes: Sequence[tuple[str, object]], names: Names, title: str = ""
) -> bytes:
    """One row a document, and the sheet 说明."""
    columns = tuple(
        Column(field=Field(id=key, zh=zh, en=en, type=type, required=False), width=44 if key in WIDE else 18)
        for key, zh, en, type, _of in COLUMNS
    )
    rows = [{key: of(d, names) for key, _zh, _en, _type, of in COLUMNS} for d in documents]
    language = "en" if english() else "zh"
    return write([Sheet(title=title or _("专利"), columns=columns, rows=rows, language=language)], notes)


def safe(cell: Any) -> str:
    """A text that a spreadsheet would run as a formula is kept a text."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def as_csv(documents: Iterable[Document], names: Names) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([en if english() else zh for _key, zh, en, _type, _of in COLUMNS])
    writer.writerows([safe(of(d, names)) for *_rest, of in COLUMNS] for d in documents)
    return ("\ufeff" + out.getvalue()).encode()


def as_ris(documents: Iterable[Document]) -> bytes:
    """RIS records of type PAT, as reference managers read them."""
    lines: list[str] = []
    for d in documents:
        fields = [("TY", "PAT"), ("TI", d.title or d.title_en)]
        fields += [("AU", name) for name in d.inventors.split("；")]
        fields += [("PB", name) for name in d.applicants.split("；")]
        if d.published:
            fields += [("PY", str(d.published.year)), ("DA", d.published.strftime("%Y/%m/%d"))]
        fields += [("SN", d.number), ("M1", d.application), ("CY", d.country)]
        # a line break inside a value would begin another field
        lines += [f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value]
        lines += ["ER  - ", ""]
    return "\r\n".join(lines).encode()


def notes_of(request: HttpRequest, text: str, search: Search, names: Names) -> list[tuple[str, object]]:
    """The sheet 说明: what was asked, what it means, how many, as of when, by whom."""
    told = collection()
    found: list[tuple[str, object]] = [(_("检索式"), text or _("（全部文献）"))]
    if search.query is not None:
        said = echo(search.query)
        found.append((_("含义"), said.en if english() else said.zh))
    for one in search.chosen:
        label = f"{one.facet.label} {_('排除')}" if one.without else str(one.facet.label)
        found.append((label, names.of(one.facet.key, one.value)))
    found += [
        (_("命中"), _("%(n)s 件 / %(f)s 个同族") % {"n": search.total, "f": search.families}),
        (_("文献库"), library_line(told)),
        (_("检索引擎"), search.library.engine.name),
        *([(_("未进入索引"), search.library.behind)] if search.library.behind else []),
        (_("生成时间"), now().strftime("%Y-%m-%d %H:%M")),
        (_("导出人"), request.acting.name),
    ]
    return found


@page(nav="patents", scope="plan.read")
@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Every hit of the search in the address, in its order. A query that finds nothing at all leads to its page."""
    if kind not in ("xlsx", "csv", "ris"):
        raise Http404
    ask = asked(request)
    search = ask.search
    if search is None:
        return redirect(f"{reverse('patents')}?{request.GET.urlencode()}")
    documents = by_ids([line.id for line in search.hits])
    names = Names()
    name = f"{_('专利检索')} {today().isoformat()}.{kind}"
    if kind == "xlsx":
        return attached(workbook(documents, notes_of(request, ask.text, search, names), names), XLSX, name)
    if kind == "csv":
        return attached(as_csv(documents, names), "text/csv; charset=utf-8", name)
    return attached(as_ris(documents), "application/x-research-info-systems; charset=utf-8", name)


urlpatterns = [path("patents/export/<str:kind>/", export, name="patents-export")]
