"""Orders as Excel and Word."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.cases.inbox import UNREAD, look_into
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.plan.models import Measure
from jinzhi.apps.plan.plans import first_plan, row_of_subject
from jinzhi.apps.plan.supervising import ORDER
from jinzhi.engines import documents, spreadsheet
from jinzhi.kernel.fields import Field, Type
from jinzhi.web.plan.orders.list import (
    MOST_PAPERS,
    Order,
    answered_names,
    chosen,
    filter_of,
    folded,
    procedure,
    row_key,
    share_words,
)
from jinzhi.web.plan.reports.find import MARK, XLSX, download, is_demo
from jinzhi.web.shell.access import page
from jinzhi.web.shell.plan_choice import names_plan
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.language import named, page_language


@page(nav="orders", scope="case.read")
@require_GET
@names_plan
def excel(request: PageRequest) -> HttpResponse:
    """Every order of the filter as Excel."""
    who, day = request.acting, today()
    what = filter_of(request)
    orders = chosen(what, who, day)
    fields = (
        Field(id="number", zh="编号", en="Number"),
        Field(id="title", zh="督办事项", en="Matter"),
        Field(id="unit", zh="承办单位", en="Unit"),
        Field(id="row", zh="任务编号", en="Row"),
        Field(id="task", zh="任务", en="Task"),
        Field(id="demand", zh="督办要求", en="What is wanted", type=Type.LONG),
        Field(id="grounds", zh="督办缘由", en="Grounds", type=Type.LONG),
        Field(id="state", zh="状态", en="State"),
        Field(id="unread", zh="单位未读", en="Unread by the unit", type=Type.BOOL),
        Field(id="due", zh="答复期限", en="Due", type=Type.DATE),
        Field(id="answered", zh="答复", en="Answer"),
        Field(id="answered_on", zh="答复日期", en="Answered on", type=Type.DATE),
        Field(id="answer", zh="办理情况", en="What was done", type=Type.LONG),
        Field(id="issued", zh="下达日期", en="Issued on", type=Type.DATE),
        Field(id="office", zh="下达单位", en="Issued by"),
    )
    names = answered_names()
    lines = [
        {
            "number": o.case.number,
            "title": o.case.title,
            "unit": o.case.unit.name,
            "row": row_key(o.case),
            "task": o.case.subject_title,
            "demand": o.field_of("issue", "demand"),
            "grounds": o.field_of("issue", "grounds"),
            "state": named(o.view.state),
            "unread": o.unread,
            "due": o.due,
            "answered": names.get(o.answered, ""),
            "answered_on": o.clock.stopped if o.clock and o.answered in ("met", "late") else None,
            "answer": o.field_of("answer", "answer"),
            "issued": o.view.opened,
            "office": o.case.office.name,
        }
        for o in orders
    ]
    state_names = {"open": _("未办结"), UNREAD: _("单位未读"), **{s.id: named(s) for s in procedure().states}}
    notes = [
        (_("内容"), _("督办单清单")),
        *([(_("数据性质"), _("演示数据，非官方统计"))] if is_demo() else []),
        (_("状态"), state_names.get(what.state, _("全部"))),
        (_("承办单位（含下级）"), what.unit.name if what.unit else _("全部可见单位")),
        (_("答复"), names.get(what.answered, _("全部"))),
        (_("任务编号"), what.row or _("全部")),
        (_("检索词"), what.text or _("无")),
        (_("按期答复"), " · ".join(w for w in share_words(orders, day) if w)),
        (_("行数"), len(lines)),
        (_("数据截至"), day.isoformat()),
        (_("导出时间"), now().strftime("%Y-%m-%d %H:%M")),
        (_("导出人"), f"{who.name}（{who.unit.name} · {named(who.role)}）"),
    ]
    wide = ("title", "demand", "grounds", "answer")
    columns = tuple(spreadsheet.SheetColumn(field=f, width=36 if f.id in wide else 14) for f in fields)
    sheet = spreadsheet.Sheet(title=_("督办单"), columns=columns, rows=lines, language=page_language())
    return download(spreadsheet.write([sheet], notes), f"orders-{day.isoformat()}.xlsx", XLSX)


def wordings(orders: Sequence[Order]) -> dict[str, str]:
    """The measures of the rows that the orders are about, by subject, from the release in force of each one's plan."""
    first = first_plan()
    about = {row_of_subject(o.case.subject, first): o.case.subject for o in orders}
    found = Measure.objects.filter(row__release__in_force=True, row__key__in={key for _plan, key in about})
    out: dict[str, str] = {}
    texts = found.order_by("row__position", "position").values_list("row__release__plan", "row__key", "text")
    for plan, key, text in texts:
        if (plan, key) in about:
            out[about[plan, key]] = out.get(about[plan, key], "") + text
    return out


def paper_of(order: Order, wording: str) -> documents.Paper:
    """An order as a paper: what is wanted of whom by when, the row of the plan, and a slip to answer on."""
    case = order.case
    first = next((e for e in order.view.history if e.step == "issue"), None)
    told_first = str(first.data.get("due", "")) if first else ""
    due = order.due.isoformat() if order.due else ""
    later = f"（原定 {told_first}）" if told_first and told_first != due else ""
    pairs_ = [
        ("编号", case.number),
        ("督办事项", case.title),
        ("承办单位", case.unit.named_on(case.closed_on or today()).zh),
        ("下达单位", case.office.named_on(case.opened_on).zh),
        ("下达日期", order.view.opened.isoformat()),
        ("期限", f"{due}{later}"),
        ("任务", f"{row_key(case)} {case.subject_title}".strip() or "—"),
        ("任务内容", wording or "—"),
        ("督办缘由", order.field_of("issue", "grounds") or "—"),
        ("督办要求", order.field_of("issue", "demand")),
    ]
    reply = [
        ("办理情况", order.field_of("answer", "answer")),
        ("承办人", ""),
        ("负责人", ""),
        ("日期", _answered_on(order)),
    ]
    return documents.Paper(
        "督　办　单",
        [],
        [
            documents.Pairs(pairs_),
            documents.Heading("办理情况回执"),
            documents.TextBlock("请于期限前填写并报送下达单位，也可以在平台上直接答复。", kind="note"),
            documents.Pairs(reply, tall=12),
        ],
    )


def _answered_on(order: Order) -> str:
    days = [e.on for e in order.view.history if e.step == "answer"]
    return days[-1].isoformat() if days else ""


@page(nav="orders", scope="case.read")
@require_GET
def docx(request: PageRequest, pk: int) -> HttpResponse:
    """One order as Word."""
    rows = Case.objects.visible_to(request.acting).filter(procedure=ORDER, pk=pk)
    found = get_object_or_404(rows)
    [order] = folded(rows, today())
    look_into([found], request.acting)
    paper = paper_of(order, wordings([order]).get(found.subject, ""))
    made = documents.write([paper], mark=MARK if is_demo() else "", subject=f"{found.number} {found.title}")
    return download(made, f"督办单-{found.number}.docx", documents.MEDIA_TYPE)


@page(nav="orders", scope="case.read")
@require_GET
@names_plan
def all_docx(request: PageRequest) -> HttpResponse:
    """All orders of the filter as one Word document, each on its own page."""
    orders = chosen(filter_of(request), request.acting, today())
    if not orders:
        raise BadRequest(_("没有符合条件的督办单，没有可以生成的文档"))
    if len(orders) > MOST_PAPERS:
        words = {"n": len(orders), "most": MOST_PAPERS}
        raise BadRequest(_("符合条件的督办单有 %(n)s 件，一次最多生成 %(most)s 件，请缩小筛选范围") % words)
    look_into([o.case for o in orders], request.acting)
    texts = wordings(orders)
    papers = [paper_of(o, texts.get(o.case.subject, "")) for o in orders]
    made = documents.write(papers, mark=MARK if is_demo() else "", subject=_("督办单"))
    return download(made, f"督办单-{len(orders)}件-{today().isoformat()}.docx", documents.MEDIA_TYPE)
