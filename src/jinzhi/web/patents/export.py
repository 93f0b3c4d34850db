"""All hits of a search as a file: Excel with a sheet that says how they came about, csv, RIS, ST.96 XML, a Word report.

A file is written while the store is read: it grows from the first second, whatever its length. Each is the answer to
an address, the same as the result's; nothing is cut off but what the file itself says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.patents.models import Document, LegalState
from jinzhi.apps.patents.search.result import Search
from jinzhi.apps.patents.store.queries import MANY, collection
from jinzhi.engines import documents as papers
from jinzhi.engines import large_table
from jinzhi.engines.query_language.echo import echo
from jinzhi.kernel.text import Words
from jinzhi.standards import st96
from jinzhi.web.patents.address import address, facts, library_line, read_address
from jinzhi.web.patents.report import LISTED, report
from jinzhi.web.patents.words import TYPES, FacetWords, facet_label, orders_of, sources_now, state_name
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.language import speak
from jinzhi.web.ui.tables import Cell, Column, Table, TableRow

safe = large_table.safe
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: key, Chinese, English, the value of a document
COLUMNS: tuple[tuple[str, str, str, Callable[[Document, FacetWords], large_table.Value]], ...] = (
    ("number", "公开（公告）号", "Publication number", lambda d, n: d.number),
    ("application", "申请号", "Application number", lambda d, n: d.application),
    ("title", "名称", "Title", lambda d, n: d.title),
    ("title_en", "英文名称", "English title", lambda d, n: d.title_en),
    ("type", "专利类型", "Type", lambda d, n: d.type),
    ("kind", "文献种类代码", "Kind code", lambda d, n: d.kind),
    ("applicants", "申请人", "Applicants", lambda d, n: d.applicants),
    ("inventors", "发明人", "Inventors", lambda d, n: d.inventors),
    ("filed", "申请日", "Filing date", lambda d, n: d.filed),
    ("published", "公开（公告）日", "Publication date", lambda d, n: d.published),
    ("granted", "授权公告日", "Grant date", lambda d, n: d.granted),
    ("ipc", "主分类号", "Main IPC", lambda d, n: d.ipc),
    ("district", "区", "District", lambda d, n: n.district(d.district)),
    ("state", "法律状态", "Status", lambda d, n: d.state),
    ("state_on", "状态日期", "Status since", lambda d, n: d.state_on),
    ("state_why", "状态依据", "Basis of status", lambda d, n: d.state_why),
    ("claims", "权利要求数", "Number of claims", lambda d, n: d.claims),
    ("family", "简单同族标识", "Simple family", lambda d, n: d.simple),
    ("source", "来源", "Source", lambda d, n: d.source),
)
WIDE = ("title", "state_why")
#: columns of the store that files are made of
READ = (
    "number", "application", "country", "kind", "type", "title", "title_en", "applicants", "inventors", "filed",
    "published", "granted", "ipc", "district", "state", "state_on", "state_why", "claims", "simple", "source",
)  # fmt: skip


def attached(body: bytes, media: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=media)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def streamed(pieces: Iterable[bytes], media: str, name: str) -> StreamingHttpResponse:
    """A file that is sent while it is written."""
    response = StreamingHttpResponse(pieces, content_type=media)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def rows_of(ids: Sequence[int]) -> Iterator[Any]:
    """What files say of the documents of these ids, in this order, some hundreds at a time.

    Bare rows with the names of the columns: making 50,000 model objects costs more than writing them.
    """
    for at in range(0, len(ids), MANY):
        part = ids[at : at + MANY]
        found = {row.pk: row for row in Document.objects.filter(pk__in=part).values_list("pk", *READ, named=True)}
        yield from (found[pk] for pk in part if pk in found)


def heads() -> list[str]:
    return [speak(Words(zh, en)) for _key, zh, en, _of in COLUMNS]


def cells(documents: Iterable[Any], names: FacetWords) -> Iterator[list[large_table.Value]]:
    """What a table has of each document."""
    # translated once, not in each of 50,000 rows
    types = {key: str(word) for key, word in TYPES.items()}
    states = {state.value: state_name(state.value) for state in LegalState}
    said: dict[str, Callable[[Any, FacetWords], large_table.Value]] = {
        "type": lambda d, n: types.get(d.type, d.type),
        "state": lambda d, n: states[d.state],
    }
    made = [said.get(key, of) for key, _zh, _en, of in COLUMNS]
    for document in documents:
        yield [of(document, names) for of in made]


def workbook(
    documents: Iterable[Document], notes: Sequence[tuple[str, object]], names: FacetWords, title: str = ""
) -> Iterator[bytes]:
    """The pieces of a workbook: one row a document, and the sheet 说明, which also counts the rows written."""
    columns = [
        large_table.TableColumn(head, 44 if key in WIDE else 18)
        for head, (key, *_rest) in zip(heads(), COLUMNS, strict=True)
    ]

    def last_notes(written: int) -> Sequence[tuple[str, object]]:
        return [*notes, (_("本表行数"), written)]

    return large_table.xlsx(title or _("专利"), columns, cells(documents, names), last_notes, notes_title=_("说明"))


def as_ris(documents: Iterable[Document]) -> Iterator[bytes]:
    """RIS records of type PAT, as reference managers read them."""
    for d in documents:
        fields = [("TY", "PAT"), ("TI", d.title or d.title_en)]
        fields += [("AU", name) for name in d.inventors.split("；")]
        fields += [("PB", name) for name in d.applicants.split("；")]
        if d.published:
            fields += [("PY", str(d.published.year)), ("DA", d.published.strftime("%Y/%m/%d"))]
        fields += [("SN", d.number), ("M1", d.application), ("CY", d.country)]
        # a line break inside a value would begin another field
        lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value]
        yield "\r\n".join([*lines, "ER  - ", "", ""]).encode()


def as_st96(ids: Sequence[int], notes: Sequence[tuple[str, object]]) -> Iterator[bytes]:
    """A package with one ``pat:BibliographicData`` a document, and a text that says what is and is not in it."""
    return large_table.package(st96_files(ids, notes))


def st96_files(ids: Sequence[int], notes: Sequence[tuple[str, object]]) -> Iterator[tuple[str, str]]:
    left: dict[str, int] = {}
    written = 0
    for at in range(0, len(ids), MANY):
        rows = Document.objects.in_bulk(ids[at : at + MANY])
        for pk in ids[at : at + MANY]:
            if (row := rows.get(pk)) is not None:
                content = row.content
                for name in st96.left_out(content):
                    left[name] = left.get(name, 0) + 1
                written += 1
                yield f"{row.number}.xml", st96.write(content)
    partly = speak(Words(st96.PARTLY_ZH, st96.PARTLY_EN))
    said: list[tuple[str, object]] = [
        *notes,
        (_("文件数"), written),
        (_("写出的字段"), ", ".join(sorted(st96.WRITTEN))),
        (_("只写一部分的字段"), partly),
        (_("没有写出的字段（有内容的文献数）"), ", ".join(f"{name} {n}" for name, n in sorted(left.items())) or "—"),
        (_("校验"), _("每个文件格式良好；未用 WIPO 的模式文件校验")),
    ]
    yield f"{_('说明')}.txt", "".join(f"{label}\t{value}\r\n" for label, value in said)


def notes_of(request: PageRequest, text: str, search: Search, names: FacetWords) -> list[tuple[str, object]]:
    """The sheet 说明: what was asked, what it means, how many, as of when, by whom."""
    told = collection()
    found: list[tuple[str, object]] = [(_("检索式"), text or _("（全部文献）"))]
    if search.query is not None:
        said = echo(search.query)
        found.append((_("含义"), speak(said)))
    for one in search.chosen:
        label = facet_label(one.facet)
        found.append((f"{label} {_('排除')}" if one.without else label, names.condition(one)))
    found += [
        (_("命中"), _("%(n)s 件 / %(f)s 个同族") % {"n": search.total, "f": search.families}),
        (_("文献库"), library_line(told)),
        *(
            (
                _("来源截至"),
                f"{one.source} {one.as_of or '—'}" + (_("，最后完整一期 %(d)s") % {"d": one.last_complete or "—"}),
            )
            for one in sources_now()
        ),
        (_("排序"), str(dict(orders_of(search))[search.sort])),
        (_("检索引擎"), search.library.engine.name),
        *([(_("未进入索引"), search.library.behind)] if search.library.behind else []),
        (_("生成时间"), now().strftime("%Y-%m-%d %H:%M")),
        (_("导出人"), request.acting.name),
    ]
    return found


# --- what can be had ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Form:
    """A form of export: its media type, how its file ends, what it holds."""

    label: Any
    media: str
    ending: str
    about: Any


FORMS: Mapping[str, Form] = {
    "xlsx": Form("Excel", XLSX, "xlsx", gettext_lazy("全部命中，一件一行；另有一张表写明检索式、含义、命中数和日期")),
    "csv": Form("CSV", "text/csv; charset=utf-8", "csv", gettext_lazy("全部命中，一件一行，UTF-8（带 BOM）")),
    "ris": Form(
        "RIS", "application/x-research-info-systems; charset=utf-8", "ris",
        gettext_lazy("全部命中，供文献管理软件读入"),
    ),
    "st96": Form(
        "ST.96 XML", "application/zip", "zip",
        gettext_lazy("全部命中的著录数据，一件一个 XML 文件；压缩包内的说明写明哪些字段没有写出"),
    ),
    "docx": Form(
        gettext_lazy("Word 报告"), papers.MEDIA_TYPE, "docx",
        gettext_lazy("检索式、含义、命中数和日期，各项统计的图和表，文献清单"),
    ),
}  # fmt: skip


@page(nav="patents", scope="plan.read")
@require_GET
def export(request: PageRequest, kind: str) -> HttpResponseBase:
    """Every hit of the search in the address, in its order. A query that finds nothing at all leads to its page."""
    if kind not in FORMS:
        raise Http404
    ask = read_address(request)
    search = ask.search
    if search is None:
        return redirect(f"{reverse('patents')}?{request.GET.urlencode()}")
    form = FORMS[kind]
    ids = search.ids.tolist()
    names = FacetWords()
    notes = notes_of(request, ask.text, search, names)
    name = f"{_('专利检索报告') if kind == 'docx' else _('专利检索')} {today().isoformat()}.{form.ending}"
    match kind:
        case "xlsx":
            return streamed(workbook(rows_of(ids), notes, names), form.media, name)
        case "csv":
            return streamed(large_table.as_csv(heads(), cells(rows_of(ids), names)), form.media, name)
        case "ris":
            return streamed(as_ris(rows_of(ids)), form.media, name)
        case "st96":
            return streamed(as_st96(ids, notes), form.media, name)
    whole = request.build_absolute_uri(reverse("patents") + address(request.GET))
    rest = request.build_absolute_uri(reverse("patents-export", args=["xlsx"]) + address(request.GET))
    made = report(search, request.GET, names, [*notes, (_("网址"), whole)], rows_of(ids[:LISTED]), rest)
    return attached(made, form.media, name)


@page(nav="patents", scope="plan.read")
@require_GET
def exports(request: PageRequest) -> HttpResponse:
    """What the result in the address can be had as."""
    ask = read_address(request)
    search = ask.search
    if search is None:
        return redirect(f"{reverse('patents')}?{request.GET.urlencode()}")
    query = address(request.GET, pick=None, fold=None)
    names = FacetWords()
    told = collection()
    rows = [
        TableRow([Cell(f.label, href=reverse("patents-export", args=[kind]) + query), f.about, f".{f.ending}"])
        for kind, f in FORMS.items()
    ]
    back = f"{reverse('patents')}{address(request.GET)}"
    context = {
        "ask": ask,
        "search": search,
        "table": Table(
            _("可导出的文件"), [Column(_("文件")), Column(_("内容"), wide=True), Column(_("格式"))], rows,
            stack=True, caption_hidden=True,
        ),
        "notes": notes_of(request, ask.text, search, names),
        "listed": LISTED,
        "left_out": speak(Words(st96.PARTLY_ZH, st96.PARTLY_EN)),
        "back": back,
        "crumbs": [(_("专利检索"), back)],
        "library": library_line(told),
        "print_title": _("导出"),
        "print_facts": facts(ask, names, told),
    }  # fmt: skip
    return render(request, "patents/export.html", context)


urlpatterns = [
    path("patents/export/", exports, name="patents-exports"),
    path("patents/export/<str:kind>/", export, name="patents-export"),
]
