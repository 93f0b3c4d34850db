"""Beside the box: a batch of numbers, a form that builds the expression, and what every field and sign means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.patents.models import Document
from jinzhi.apps.patents.store.queries import collection, find_all
from jinzhi.engines.query_language.parse import parse
from jinzhi.engines.query_language.unparse import unparse
from jinzhi.kernel.query import FIELDS, Kind, Node, QueryError, all_of, get_field
from jinzhi.kernel.text import Words
from jinzhi.web.patents.address import library_line, query_string
from jinzhi.web.patents.document import columns, row_of
from jinzhi.web.patents.export import XLSX, streamed, workbook
from jinzhi.web.patents.words import FacetWords
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.language import named, speak
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

#: numbers of one batch, and rows of it that the page itself shows; the file has them all
MOST, SHOWN = 10_000, 200
#: bytes of a file of numbers
LARGEST = 1_000_000
#: so many numbers still make an expression that a person can read
READABLE = 100


# --- a batch of numbers ---------------------------------------------------------------------------------------


def numbers_of(text: str) -> list[str]:
    """The numbers of a text, each once: parted by line ends, commas and semicolons. Spaces stand within numbers."""
    parts = re.split(r"[\r\n,;，；、\t]+", text)
    return list(dict.fromkeys(p for p in (part.strip().strip('"') for part in parts) if p))


def decoded(data: bytes) -> str | None:
    """A text file in UTF-8 or GB 18030, None where it is neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def given(request: PageRequest) -> tuple[list[str], str]:
    """(the numbers of a form, or of an address, which holds fewer; why they are refused)."""
    text = request.POST.get("numbers", "") or request.GET.get("numbers", "")
    if upload := request.FILES.get("file"):
        if (upload.size or 0) > LARGEST:
            return [], _("文件超过 %(n)s 字节") % {"n": LARGEST}
        read = decoded(upload.read())
        if read is None or "\x00" in read:
            return [], _("文件不是文本：请用每行一个号码的 txt 或 csv 文件")
        text = f"{text}\n{read}"
    numbers = numbers_of(text)
    if not numbers:
        return [], _("没有号码：请粘贴或选择文件")
    if len(numbers) > MOST:
        return [], _("有 %(n)s 个号码，一次最多 %(most)s 个，请分批") % {"n": len(numbers), "most": MOST}
    return numbers, ""


@page(nav="patents", scope="plan.read", reads=True)
@require_http_methods(["GET", "POST"])
def numbers(request: PageRequest) -> HttpResponseBase:
    """Documents of many numbers at once. Reads only; a POST, since ten thousand numbers are no address."""
    context: dict[str, Any] = {
        "limit": LARGEST,
        "crumbs": [(_("专利检索"), reverse("patents"))],
        "most": MOST,
        "typed": "",
        "library": library_line(collection()),
        "print_title": _("号码批量检索"),
    }
    if request.method != "POST" and "numbers" not in request.GET:
        return render(request, "patents/numbers.html", context)
    asked, error = given(request)
    typed = request.POST.get("numbers", "") or request.GET.get("numbers", "")
    context |= {"typed": "\n".join(asked) or typed, "error": error}
    if error:
        return render(request, "patents/numbers.html", context, status=422)
    answers = find_all(asked)
    missing = [number for number in asked if answers[number] is None]
    found: dict[int, Document] = {row.pk: row for number in asked if (row := answers[number]) is not None}
    rows = list(found.values())
    if request.POST.get("format") == "xlsx":
        notes: list[tuple[str, object]] = [
            (_("号码"), len(asked)),
            (_("找到的文献"), len(rows)),
            (_("没有找到"), len(missing)),
            (_("文献库"), library_line(collection())),
            (_("生成时间"), now().strftime("%Y-%m-%d %H:%M")),
            (_("导出人"), request.acting.name),
            *((_("没有找到"), number) for number in missing),
        ]
        return streamed(workbook(rows, notes, FacetWords()), XLSX, f"{_('号码批量检索')} {today().isoformat()}.xlsx")
    shown = [row_of(row) for row in rows[:SHOWN]]
    context |= {
        "asked": len(asked),
        "found": len(rows),
        "missing": missing,
        "more": len(rows) - len(shown),
        "table": Table(
            _("找到的文献"), columns(), shown, Empty(_("没有找到任何一件")), stack=True, caption_hidden=True, tall=True
        ),
        "as_query": _as_query(rows) if rows and len(rows) <= READABLE else "",
    }
    return render(request, "patents/numbers.html", context)


def _as_query(rows: list[Document]) -> str:
    return reverse("patents") + query_string(f"pn=({' OR '.join(row.number for row in rows)})", ())


# --- the form -------------------------------------------------------------------------------------------------

#: what the form asks: fields of text in their order, then the days with two ends
TEXTS = ("tac", "ti", "ab", "clm", "desc", "pa", "in", "ag", "addr", "ipc", "pn", "an", "st", "typ")
DAYS = ("ad", "pd", "gd")
HINTS = {
    "tac": gettext_lazy("空格是“且”，可以用 OR、NOT、(5D) 等"),
    "ipc": gettext_lazy("如 H01M 或 H01M50/446"),
    "st": gettext_lazy("有效、审中、失效、未确认"),
    "typ": gettext_lazy("发明、实用新型、外观设计"),
}


@dataclass(frozen=True)
class AskedTool:
    """A field of the form with what was typed and what is wrong with it."""

    code: str
    label: str
    hint: str
    value: str
    error: str = ""
    kind: str = "text"


def built(request: PageRequest) -> tuple[list[AskedTool], list[Node]]:
    """The fields of the form, and the parts of the expression in their order."""
    fields: list[AskedTool] = []
    parts: list[Node] = []
    for code in TEXTS:
        value = request.GET.get(code, "").strip()
        error = ""
        if value:
            try:
                parts.append(parse(f"{code}=({value})").root)
            except QueryError as wrong:
                error = speak(wrong)
        fields.append(AskedTool(code, named(get_field(code)), str(HINTS.get(code, "")), value, error))
    for code in DAYS:
        low, high = (request.GET.get(f"{code}_{end}", "").strip() for end in ("from", "to"))
        error = ""
        if low or high:
            try:
                parts.append(parse(f"{code}=[{low or '*'} TO {high or '*'}]").root)
            except QueryError as wrong:
                error = speak(wrong)
        for end, value, label in (("from", low, _("起")), ("to", high, _("止"))):
            said = f"{named(get_field(code))} {label}"
            fields.append(AskedTool(f"{code}_{end}", said, _("如 2024 或 2024-03-01"), value, error))
    return fields, parts


@page(nav="patents", scope="plan.read")
@require_GET
def form(request: PageRequest) -> HttpResponse:
    """A form whose fields all must hold; it leads to the search page with the expression that it built."""
    fields, parts = built(request)
    errors = [one for one in fields if one.error]
    if parts and not errors and "edit" not in request.GET:
        node = all_of(parts) if len(parts) > 1 else parts[0]
        return redirect(reverse("patents") + query_string(unparse(node), ()))
    context = {
        "fields": fields,
        "errors": errors,
        "crumbs": [(_("专利检索"), reverse("patents"))],
        "print_title": _("表格检索"),
    }
    return render(request, "patents/form.html", context, status=422 if errors else 200)


# --- help -----------------------------------------------------------------------------------------------------

KINDS = {
    Kind.TEXT: gettext_lazy("文本：按词、短语、位置检索"),
    Kind.NAME: gettext_lazy("名称：按词检索，不跨越两个名称"),
    Kind.KEY: gettext_lazy("代码：与整个值相等"),
    Kind.CLASS: gettext_lazy("分类号：前缀，含 / 时恰为该号"),
    Kind.NUMBER: gettext_lazy("号码：各种写法视为同一号码"),
    Kind.DATE: gettext_lazy("日期：年、月、日或范围"),
    Kind.COUNT: gettext_lazy("数目：= > < >= <= 或范围"),
}
SIGNS = (
    ('~"…"', '~50"锂电池隔膜"', gettext_lazy("与一段文字用词最相近的若干篇；~ 后写篇数，不写是 100 篇")),
    ("AND  且  &", "锂 AND 隔膜", gettext_lazy("两边都要命中；文本词之间的空格也是 AND")),
    ("OR  或  |", "隔膜 OR 隔离膜", gettext_lazy("至少一边命中；号码之间的空格是 OR")),
    ("NOT  非", "电池 NOT 回收", gettext_lazy("左边命中而右边不命中")),
    ("XOR  异或", "正极 XOR 负极", gettext_lazy("恰好一边命中")),
    ("*", "锂*电池", gettext_lazy("任意多个字符；在汉字旁代表同一串汉字中的任意多个字")),
    ("?", "涂?层", gettext_lazy("没有或一个字符（PatSnap、CNIPR 中含义相反）")),
    ("#", "涂#层", gettext_lazy("恰好一个字符（PatSnap 中含义相反）")),
    ("(nW)", "涂覆 (5W) 陶瓷", gettext_lazy("左在前、右在后，其间最多 n 个字或词；也可写 ADJn、PRE/n")),
    ("(nD)", "涂覆 (5D) 陶瓷", gettext_lazy("不分先后，其间最多 n 个字或词；也可写 NEARn")),
    ("EQU/n", "涂覆 EQU/2 陶瓷", gettext_lazy("左在前、右在后，其间恰好 n 个字或词")),
    ("(S)  (P)  (F)", "涂覆 (S) 陶瓷", gettext_lazy("在同一句、同一段（一项权利要求）、同一字段中")),
    ("NOT (nD)", "涂覆 NOT (5D) 陶瓷", gettext_lazy("左边至少有一处，附近没有右边")),
    ("$FREQn", "隔膜 $FREQ3", gettext_lazy("在一个字段中至少出现 n 次")),
    ("“…”~n", '"陶瓷 涂层"~5', gettext_lazy("各词不分先后，其间总共最多 n 个其他词")),
    ("[… TO …]", "pd=[2024-01 TO 2026]", gettext_lazy("范围；花括号不含端点，* 表示不限")),
)  # fmt: skip


def fields_table() -> Table:
    rows = []
    for one in FIELDS:
        about = speak(Words(one.help_zh, one.help_en))
        members = "、".join(named(get_field(code)) for code in one.members)
        note = "；".join(
            str(x)
            for x in (
                KINDS[one.kind],
                _("包含：%(m)s") % {"m": members} if members else "",
                _("含分类表中的下位") if one.below else "",
                _("不含下位") if one.whole else "",
                about,
            )
            if x
        )
        rows.append(TableRow([one.code, named(one), ", ".join(one.aliases), note], id=f"field-{one.code}"))
    heads = [Column(_("代码")), Column(_("字段")), Column(_("别名")), Column(_("含义"), wide=True)]
    return Table(_("字段"), heads, rows, stack=True, caption_hidden=True)


def signs_table() -> Table:
    rows = []
    for sign, example, means in SIGNS:
        rows.append(TableRow([sign, Cell(example, href=reverse("patents") + query_string(example, ())), str(means)]))
    heads = [Column(_("符号")), Column(_("例")), Column(_("含义"), wide=True)]
    return Table(_("算符"), heads, rows, stack=True, caption_hidden=True)


@page(nav="patents", scope="plan.read")
@require_GET
def fields(request: PageRequest) -> HttpResponse:
    """What every sign and field of the language means."""
    context = {
        "fields": fields_table(),
        "signs": signs_table(),
        "crumbs": [(_("专利检索"), reverse("patents"))],
        "print_title": _("检索式说明"),
    }
    return render(request, "patents/fields.html", context)


urlpatterns = [
    path("patents/numbers/", numbers, name="patents-numbers"),
    path("patents/form/", form, name="patents-form"),
    path("patents/fields/", fields, name="patents-fields"),
]
