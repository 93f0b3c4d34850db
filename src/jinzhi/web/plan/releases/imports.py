"""The list of imports, and uploading a document."""

from __future__ import annotations

from django.contrib import messages
from django.db.models.fields.json import KT
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import installation, today
from jinzhi.apps.plan import importing
from jinzhi.apps.plan.mending import MendRefused
from jinzhi.apps.plan.models import Import
from jinzhi.engines import spreadsheet
from jinzhi.kernel.fields import Field
from jinzhi.sources.plan_document import TYPES, PlanDocumentError
from jinzhi.sources.plan_document.read import LARGEST
from jinzhi.web.plan.releases.import_words import STATES
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, paged, sort_of
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.language import named, page_language, speak
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow


@page(nav="rows", scope="plan.import")
def index(request: PageRequest) -> HttpResponse:
    """All imports, newest first."""
    state = choice(request, "state", STATES)
    text = request.GET.get("q", "").strip()[:80]
    _raw, order = sort_of(request, {"at": "pk", "file": "filename", "state": "state"}, "-at")
    found = importing.imports(request.acting).annotate(title=KT("mended__title")).order_by(order, "-pk")
    if state:
        found = found.filter(state=state)
    if text:
        found = found.filter(filename__icontains=text)
    if choice(request, "format", ("xlsx",)):
        return _exported(list(found), state, text, request.acting)
    shown = paged(request, found)
    rows = [
        TableRow(
            (
                Cell(i.filename, href=reverse("plan-import-review", args=[i.pk])), i.title or "",
                Cell(tag=STATES[i.state]), Cell(str(i.user or _("系统")), sub=i.unit.label),
                f"{localtime(i.at):%Y-%m-%d}",
            )
        )
        for i in shown
    ]  # fmt: skip
    columns = (
        Column(_("文件"), "file", wide=True), Column(_("标题"), wide=True), Column(_("状态"), "state"),
        Column(_("导入人")), Column(_("导入日期"), "at"),
    )  # fmt: skip
    empty = Empty(
        _("没有符合条件的导入") if state or text else _("还没有导入过任务分工文件"),
        _("上传分工文件，核对解析结果，确认后入库。"), reverse("plan_import"), _("上传文件"),
    )  # fmt: skip
    query = request.GET.copy()
    query["format"] = "xlsx"
    context = {
        "table": Table(_("导入记录"), columns, rows, empty, stack=True), "page": shown,
        "filters": [
            Filter("state", _("状态"), options=[Option(k, named(t)) for k, t in STATES.items()]),
            Filter("q", _("文件名"), "text"),
        ],
        "exports": [PageLink(_("Excel（全部行）"), f"?{query.urlencode()}", key="export", download=True)],
        "crumbs": [(_("规划任务"), reverse("rows"))],
    }  # fmt: skip
    return render(request, "plan_import/index.html", context)


def _exported(found: list[Import], state: str, text: str, who: Acting) -> HttpResponse:
    heads = (
        ("filename", "文件", "File"), ("title", "标题", "Title"), ("state", "状态", "State"), ("who", "导入人", "By"),
        ("at", "导入日期", "On"), ("sha256", "SHA-256", "SHA-256"),
    )  # fmt: skip
    columns = tuple(spreadsheet.SheetColumn(field=Field(id=id, zh=zh, en=en, required=False)) for id, zh, en in heads)
    rows = [
        {
            "filename": i.filename, "title": vars(i)["title"] or "", "state": named(STATES[i.state]),
            "who": str(i.user or _("系统")), "at": f"{localtime(i.at):%Y-%m-%d}", "sha256": i.sha256,
        }
        for i in found
    ]  # fmt: skip
    here = installation()
    notes = [
        (_("内容"), _("任务分工文件的导入记录")), (_("城市"), here.city_zh if here else ""),
        (_("状态"), named(STATES[state]) if state else _("全部")), (_("文件名"), text or _("全部")),
        (_("行数"), len(rows)), (_("截至"), today().isoformat()), (_("导出人"), who.name),
    ]  # fmt: skip
    sheet = spreadsheet.Sheet(title=_("导入记录"), columns=columns, rows=rows, language=page_language())
    response = HttpResponse(
        spreadsheet.write([sheet], notes),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Content-Disposition"] = f'attachment; filename="imports-{today().isoformat()}.xlsx"'
    return response


@page(nav="rows", scope="plan.import")
def upload(request: PageRequest) -> HttpResponse:
    """Hand over a file; what is no plan is refused beside the field."""
    errors: list[str] = []
    earlier: Import | None = None
    if request.method == "POST":
        file = request.FILES.get("file")
        _seq, key = submitted(request)
        if file is None:
            errors.append(_("请选择要导入的文件"))
        else:
            try:
                made = importing.start(
                    file.read(), file.name or "", request.acting, again=bool(request.POST.get("again")), key=key
                )
            except PlanDocumentError as e:
                errors.append(e.message)
            except MendRefused as e:
                errors.append(speak(e))
            except importing.AlreadyImported as e:
                earlier = e.earlier
                errors.append(_("这个文件已经导入过，内容完全相同"))
            else:
                messages.success(request, _("已读取文件。请对照原文核对，确认后入库；入库之前不影响在用的规划。"))
                return redirect("plan-import-review", pk=made.pk)
    context = {
        "errors": errors, "earlier": earlier, "accept": ",".join(TYPES), "limit": LARGEST,
        "crumbs": [(_("规划任务"), reverse("rows")), (_("导入记录"), reverse("plan-imports"))],
    }  # fmt: skip
    return render(request, "plan_import/upload.html", context, status=422 if errors else 200)
