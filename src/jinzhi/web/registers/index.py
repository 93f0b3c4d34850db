"""All registers, the list of one, and its workbook."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.accounts.acting import in_nobodys_role
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.registers import exchange
from jinzhi.apps.registers.actions import (
    log_export,
    may_write,
)
from jinzhi.apps.registers.queries import (
    entries,
    hidden,
    others_keep_some,
    readable,
    reading,
    visible_entries,
)
from jinzhi.kernel.access import Role
from jinzhi.kernel.register import Register
from jinzhi.web.catalogue.declared import serves
from jinzhi.web.registers import list as shown
from jinzhi.web.registers.find import XLSX, crumbs, declared
from jinzhi.web.shell.access import page
from jinzhi.web.shell.errors import NOT_ON_RECORD
from jinzhi.web.shell.listing import paged
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.filters import filters_in_words
from jinzhi.web.ui.language import enumerated, lang_unless_page, named, page_language, speak
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow


@page(nav="registers", scope="register.read")
@require_GET
def index(request: PageRequest) -> HttpResponse:
    """Every register that the acting post may read, with how many entries it sees."""
    who = request.acting
    seen = visible_entries(who).filter(state="active").order_by()
    tallies = {t["register"]: t for t in seen.values("register").annotate(n=Count("pk"), last=Max("updated_at"))}
    rows = []
    for register in readable(who):
        tally: dict[str, Any] = {"n": 0, "last": None, **tallies.get(register.id, {})}
        href = reverse("register", args=[register.id])
        rows.append(
            TableRow(
                [
                    Cell(named(register), href=href, sub=register.why),
                    Cell(" ".join(register.serves)),
                    Cell(tally["n"], href=f"{href}?state=active"),
                    timezone.localtime(tally["last"]).date().isoformat() if tally["last"] else "",
                    enumerated(named(catalogue().get(Role, r)) for r in register.writes),
                ],
                id=register.id,
            )
        )
    columns = [
        Column(_("名录"), wide=True),
        Column(_("规划任务")),
        Column(_("有效条目"), numeric=True),
        Column(_("最近更新")),
        Column(_("维护角色")),
    ]
    empty = Empty(_("没有可查看的名录"), _("您的角色没有名录的查看权限；请与规划办联系。"))
    return render(
        request,
        "registers/index.html",
        {"table": Table(_("名录"), columns, rows, empty, stack=True, caption_hidden=True), "print_title": _("名录")},
    )


@page(nav="registers", scope="register.read")
@require_GET
def register(request: PageRequest, id: str) -> HttpResponse:
    """The list of a register, with filters, sort and pages in the address."""
    who = request.acting
    found = declared(id, who)
    bar = shown.filters(found, who)
    here = paged(request, entries(found, who, shown.filters_of(request, found)))
    query = request.GET.copy()
    query.pop("page", None)
    writes = bool(who.user) and may_write(found, who, "create")
    if query:
        empty = Empty(_("没有符合条件的条目"), _("去掉部分条件再试"), reverse("register", args=[id]), _("显示全部"))
    else:
        title, body = _("还没有条目"), _("由维护角色登记后在此显示。")
        if not here.paginator.count and others_keep_some(found):
            title, body = _("您的范围内没有条目"), _("其他单位登记了条目，不在您的可见范围内。")
        elif writes:
            body = _("可以逐条新建，或用 Excel 批量导入。")
        empty = Empty(title, body, *((reverse("entry-new", args=[id]), _("新建条目")) if writes else ()))
    exported = f"{reverse('register-export', args=[id])}?{query.urlencode()}"
    return render(
        request,
        "registers/register.html",
        {
            "crumbs": crumbs(),
            "register": found,
            "title": named(found),
            "filters": bar,
            "note": _("共 %(n)s 条") % {"n": here.paginator.count},
            "table": shown.table(found, list(here.object_list), who, empty),
            "page": here,
            "exports": [PageLink(_("当前清单 Excel（可填写后导入）"), exported, "export", download=True)],
            "writes": writes,
            "facts": facts(found),
            "print_title": named(found),
            "print_facts": filters_in_words(request, bar),
        },
    )


def facts(found: Register) -> list[tuple[str, Any]]:
    """What a register is for and who answers for it."""
    return [
        (_("用途"), Cell(found.why, lang=lang_unless_page("zh-Hans"))),
        (_("服务的规划任务"), serves(found)),
        (_("唯一性"), enumerated(named(found.field(k)) for k in found.key) or _("不限")),
        (_("维护角色"), enumerated(named(catalogue().get(Role, r)) for r in found.writes)),
        (_("编写"), found.authored_by),
        (_("复核"), found.checked_by or _("尚无第二人复核")),
        (_("下次复审"), found.next_review.isoformat() if found.next_review else _("未定")),
        (_("完整定义"), Cell(_("字段与示例"), href=reverse("declaration", args=[found.kind, found.id]))),
    ]


@page(nav="registers", scope="register.read")
@require_GET
def export(request: PageRequest, id: str) -> HttpResponse:
    """Every row of the current filter as Excel, in the columns that can be imported again."""
    who = request.acting
    found = declared(id, who)
    bar = shown.filters(found, who)
    rows = list(entries(found, who, shown.filters_of(request, found)))
    who = reading(who, *rows)
    said = filters_in_words(request, bar)
    notes = [
        (_("名录"), named(found)),
        (_("筛选条件"), said or _("无（全部）")),
        (_("条数"), len(rows)),
        (_("数据截至"), today().isoformat()),
        (_("导出时间"), now().strftime("%Y-%m-%d %H:%M")),
        (_("导出人"), f"{who.name} · {who.unit.name}"),
        (_("填写说明"), _("灰色列不用填写；新增条目时编号留空；修改后在名录页“导入”上传，先预览差异，确认后才写入。")),
    ]
    for field in found.fields:
        text = speak(field.help)
        if text and not hidden(field, who):
            notes.append((named(field), text))
    personal = [f.id for f in found.fields if f.withheld and not hidden(f, who)]
    if not log_export(found, len(rows), personal, said, who):
        who = in_nobodys_role(who)
        notes.append((_("个人信息"), NOT_ON_RECORD))
    content = exchange.workbook(found, rows, who, notes, language=page_language())
    return sheet(content, f"{found.id}-{today().isoformat()}.xlsx")


def sheet(content: bytes, name: str) -> HttpResponse:
    header = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": str(header)})
