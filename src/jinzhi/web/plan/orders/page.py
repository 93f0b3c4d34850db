"""Supervision orders 督办单: the list with the share answered in time, one or all as Word, and issuing several at once.

An order is a case of ``supervision-order``; its page and its steps are those of every case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import BooleanField, CharField, ExpressionWrapper, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.actions import StepRefused
from jinzhi.apps.cases.inbox import UNREAD, look_into, read_by_nobody
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import as_kernel, moment_on
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.catalogue.registry import calendar, catalogue
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.models import Measure, Release
from jinzhi.apps.plan.plans import first_plan, key_of_subject, row_of_subject, subject_of
from jinzhi.apps.plan.supervising import NAMED, ORDER, Pair, issue_orders, pairs
from jinzhi.apps.units.models import Unit
from jinzhi.engines import documents, spreadsheet
from jinzhi.kernel import procedure as kernel
from jinzhi.kernel.access import successor
from jinzhi.kernel.fields import Field, FieldError, Type
from jinzhi.kernel.indicator import Indicator
from jinzhi.kernel.procedure import CaseView, ClockView, Procedure, may_open
from jinzhi.web.cases import list as case_list
from jinzhi.web.plan.reports.page import MARK, XLSX, download, is_demo, plan_in_force
from jinzhi.web.plan.titles import titled
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, paged
from jinzhi.web.shell.plan_choice import names_plan, release_shown, several
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.boxes import Link
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.forms import Choices, FieldsForm, visible_units
from jinzhi.web.ui.language import english, named
from jinzhi.web.ui.shares import share_text
from jinzhi.web.ui.states import Due, Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Row, Table

LONGEST = 80
#: one document with more papers than this is not printed by anybody; the filter has to be narrowed
MOST_PAPERS = 200
ANSWERED = {
    "met": Tag("按期答复", "Answered in time", "done"),
    "late": Tag("逾期答复", "Answered late", "late"),
    "expired": Tag("超期未答复", "Overdue", "late"),
    "running": Tag("未到期", "Not yet due", "open"),
}
SORTS = ("due", "number", "title", "unit", "state", "issued")


def procedure() -> Procedure:
    return catalogue().get(Procedure, ORDER)


def may_issue(who: Acting) -> bool:
    opening = {s.id for s in may_open(procedure(), who.roles)}
    return who.user is not None and "issue" in opening and who.may(f"case.{ORDER}.issue")


# ── the list ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Order:
    """An order with its fold on a day: the day by which it is to be answered, and what came of it. ``unread``: nobody
    of its unit has opened it in time."""

    case: Case
    view: CaseView
    unread: bool = False

    @property
    def clock(self) -> ClockView | None:
        """The answer's clock in its last run: an order sent back gets a new one."""
        runs = [c for c in self.view.clocks if c.clock.id == "answer"]
        return runs[-1] if runs else None

    @property
    def due(self) -> date | None:
        return self.clock.due if self.clock else None

    @property
    def answered(self) -> str:
        """met, late, expired or running; empty where the order was withdrawn before anybody answered."""
        if self.clock is None or self.view.state.id == "withdrawn":
            return ""
        return self.clock.status

    def said(self, step: str, name: str) -> str:
        """What the last such step says in a field."""
        found = [e for e in self.view.history if e.step == step]
        return str(found[-1].data.get(name) or "") if found else ""


def folded(cases: QuerySet[Case], day: date) -> list[Order]:
    """The orders with their folds, in two queries."""
    unread = ExpressionWrapper(read_by_nobody(today()), output_field=BooleanField())
    found = list(cases.select_related("unit", "office").annotate(unread=unread))
    streams = cases.order_by().annotate(own_stream=Concat(Value("case:"), Cast("pk", CharField()))).values("own_stream")
    events: dict[str, list[Event]] = defaultdict(list)
    for e in Event.objects.filter(stream__in=streams).order_by("stream", "seq"):
        events[e.stream].append(e)
    days, declared = calendar(), procedure()
    return [
        Order(c, kernel.fold(declared, as_kernel(events[c.stream]), days, day, at=moment_on(day)), c.unread)
        for c in found
    ]


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    state: str
    unit: Unit | None
    answered: str
    row: str
    text: str
    sort: str
    units: Choices
    plan: str = ""


def asked(request: HttpRequest) -> Asked:
    """Read the address. A wrong value is a clear 400."""
    units = visible_units(request.acting)
    code = choice(request, "unit", {code for code, _label in units})
    shown = release_shown(request)
    return Asked(
        state=choice(request, "state", {*(s.id for s in procedure().states), "open", UNREAD}),
        unit=Unit.objects.get(code=code) if code else None,
        answered=choice(request, "answered", ANSWERED),
        row=request.GET.get("row", "").strip()[:LONGEST],
        text=request.GET.get("q", "").strip()[:LONGEST],
        sort=choice(request, "sort", {*SORTS, *(f"-{s}" for s in SORTS)}, "due"),
        units=units,
        plan=shown.plan if shown and several(request) else "",
    )


def chosen(what: Asked, who: Acting, day: date) -> list[Order]:
    """The orders of the filter, in the order asked for."""
    rows = Case.objects.visible_to(who).filter(procedure=ORDER)
    if what.state == "open":
        rows = rows.filter(closed_on=None)
    elif what.state == UNREAD:
        rows = rows.filter(read_by_nobody(day))
    elif what.state:
        rows = rows.filter(state=what.state)
    if what.unit:
        rows = rows.filter(unit_path__gte=what.unit.path, unit_path__lt=successor(what.unit.path))
    if what.row:
        plans = [what.plan] if what.plan else Release.objects.values_list("plan", flat=True).distinct()
        rows = rows.filter(subject__in={subject_of(plan, what.row) for plan in plans})
    if what.text:
        rows = rows.filter(Q(number__icontains=what.text) | Q(title__icontains=what.text))
    orders = [o for o in folded(rows, day) if not what.answered or o.answered == what.answered]
    if what.plan:  # an order about something else than a row belongs to no plan and is shown with each
        first = first_plan()
        orders = [o for o in orders if row_of_subject(o.case.subject, first)[0] in ("", what.plan)]
    return ordered(orders, what.sort)


def ordered(orders: list[Order], sort: str) -> list[Order]:
    """By due date those still open come first; ties keep the latest issued first."""
    ranks = {s.id: n for n, s in enumerate(procedure().states)}
    key = sort.lstrip("-")

    def value(o: Order) -> Any:
        match key:
            case "number":
                return (o.view.opened.year, o.case.pk)
            case "title":
                return o.case.title
            case "unit":
                return o.case.unit.path
            case "state":
                return ranks[o.view.state.id]
            case "issued":
                return o.view.opened
        return o.due or date.max

    orders.sort(key=lambda o: o.case.pk, reverse=True)
    orders.sort(key=value, reverse=sort.startswith("-"))
    if key == "due":
        orders.sort(key=lambda o: o.clock is None or not o.clock.open)
    return orders


def answered_names() -> dict[str, str]:
    return {k: named(ANSWERED[k]) for k in ANSWERED}


def share(orders: Iterable[Order], day: date) -> tuple[int, int, int]:
    """(answered in time, those whose day came, answered before their day), counted as the indicator orders-in-time.

    Of this year: an order counts once the day of its answer has come. What is answered earlier counts from that day.
    """
    fates = [(o.answered, o.due) for o in orders if o.due and o.answered in ("met", "late", "expired")]
    came = [fate for fate, due in fates if due <= day and due.year == day.year]
    return came.count("met"), len(came), sum(fate == "met" and due > day for fate, due in fates)


def share_words(orders: Iterable[Order], day: date) -> tuple[str, str]:
    """The share, and what it counts."""
    met, owed, early = share(orders, day)
    words = _("%(year)s 年答复期限已到的 %(owed)s 件中，%(met)s 件按期") % {"year": day.year, "owed": owed, "met": met}
    if early:
        words += _("；另有 %(n)s 件提前答复，到期后计入") % {"n": early}
    return share_text(met, owed), words


@page(nav="orders", scope="case.read")
@require_GET
@names_plan
def index(request: HttpRequest) -> HttpResponse:
    who, day = request.acting, today()
    what = asked(request)
    orders = chosen(what, who, day)
    here = paged(request, orders)
    query = request.GET.copy()
    query.pop("page", None)
    issue = Link(_("批量下达"), reverse("orders-issue")) if may_issue(who) else None
    narrow = bool(query)
    empty = Empty(
        _("没有符合条件的督办单"),
        _("去掉部分条件再试。") if narrow else _("还没有下达过督办单。"),
        reverse("orders") if narrow else (issue.href if issue else ""),
        _("看全部督办单") if narrow else (issue.label if issue else ""),
    )
    text = query.urlencode()
    return render(
        request,
        "orders/index.html",
        {
            "crumbs": [Link(_("办理事项"), reverse("cases"))],
            "filters": filters(what),
            "note": _("共 %(n)s 件") % {"n": len(orders)},
            "table": table(list(here.object_list), day, empty),
            "page": here,
            "tallies": tallies(request, orders),
            "share": share_words(orders, day),
            "indicator": catalogue().find(Indicator, "orders-in-time"),
            "issue": issue,
            "exports": [
                Link("Excel", f"{reverse('orders-excel')}?{text}", "export", download=True),
                *([Link(_("督办单 Word"), f"{reverse('orders-docx')}?{text}", download=True)] if orders else ()),
            ],
            "print_title": _("督办单"),
            "print_facts": text,
        },
    )


def filters(what: Asked) -> list[Filter]:
    narrow = [Option("open", _("未办结")), Option(UNREAD, _("单位未读"))]
    states = narrow + [Option(s.id, named(s)) for s in procedure().states]
    return [
        Filter("q", _("编号或督办事项"), "text"),
        Filter("state", _("状态"), options=states),
        Filter("unit", _("承办单位（含下级）"), options=[Option(code, name) for code, name in what.units]),
        Filter("answered", _("答复"), options=[Option(k, label) for k, label in answered_names().items()]),
        *([Filter("row", _("任务编号"), "text")] if what.row else []),
    ]


def tallies(request: HttpRequest, orders: Sequence[Order]) -> list[Link]:
    """How the answers stand, each with its list."""
    out = []
    for key, label in answered_names().items():
        query = request.GET.copy()
        query.pop("page", None)
        query["answered"] = key
        count = sum(o.answered == key for o in orders)
        out.append(Link(label, f"?{query.urlencode()}", current=request.GET.get("answered") == key, count=count))
    return out


def row_key(case: Case) -> str:
    return key_of_subject(case.subject)


def table(orders: Sequence[Order], day: date, empty: Empty) -> Table:
    rows = []
    for o in orders:
        state, clock = o.view.state, o.clock
        due = Due(o.due, day, done=not clock.open) if clock and o.due else None
        fate = ANSWERED[o.answered] if o.answered else None
        rows.append(
            Row(
                [
                    Cell(o.case.number, href=reverse("case", args=[o.case.pk])),
                    Cell(o.case.title, sub=f"{row_key(o.case)} {o.case.subject_title}".strip()),
                    Cell(o.case.unit.label, href=reverse("unit", args=[o.case.unit.code])),
                    Cell(tag=Tag(state.zh, state.en, state.tone), sub=_("◆未读") if o.unread else ""),
                    Cell(due=due) if due else "—",
                    Cell(tag=fate, sub=" · ".join(case_list.marks(o.case))) if fate else "—",
                    o.view.opened.isoformat(),
                    Cell(_("下载"), href=reverse("order-docx", args=[o.case.pk])),
                ],
                id=f"order-{o.case.pk}",
            )
        )
    columns = [
        Column(_("编号"), "number"),
        Column(_("督办事项"), "title", wide=True),
        Column(_("承办单位"), "unit"),
        Column(_("状态"), "state"),
        Column(_("答复期限"), "due"),
        Column(_("答复")),
        Column(_("下达日期"), "issued"),
        Column(_("Word")),
    ]
    return Table(_("督办单"), columns, rows, empty, stack=True, caption_hidden=True)


@page(nav="orders", scope="case.read")
@require_GET
@names_plan
def excel(request: HttpRequest) -> HttpResponse:
    """Every order of the filter as Excel."""
    who, day = request.acting, today()
    what = asked(request)
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
            "demand": o.said("issue", "demand"),
            "grounds": o.said("issue", "grounds"),
            "state": named(o.view.state),
            "unread": o.unread,
            "due": o.due,
            "answered": names.get(o.answered, ""),
            "answered_on": o.clock.stopped if o.clock and o.answered in ("met", "late") else None,
            "answer": o.said("answer", "answer"),
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
    sheet = spreadsheet.Sheet(title=_("督办单"), columns=columns, rows=lines, language="en" if english() else "zh")
    return download(spreadsheet.write([sheet], notes), f"orders-{day.isoformat()}.xlsx", XLSX)


# ── Word ─────────────────────────────────────────────────────────────────────────────────────────────────


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
        ("督办缘由", order.said("issue", "grounds") or "—"),
        ("督办要求", order.said("issue", "demand")),
    ]
    reply = [
        ("办理情况", order.said("answer", "answer")),
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
def docx(request: HttpRequest, pk: int) -> HttpResponse:
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
def all_docx(request: HttpRequest) -> HttpResponse:
    """All orders of the filter as one Word document, each on its own page."""
    orders = chosen(asked(request), request.acting, today())
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


# ── issuing several ──────────────────────────────────────────────────────────────────────────────────────

DEMAND = Field(id="demand", zh="督办要求", en="What is wanted", type=Type.LONG)
GROUNDS = Field(
    id="grounds", zh="督办缘由", en="Grounds", type=Type.LONG, required=False,
    help_zh="留空则按每项任务的超期里程碑自动写明；正常推进的任务必须写明缘由。",
    help_en="Left empty, each order names its overdue milestones; needed where a row is on track.",
)  # fmt: skip
DUE = Field(id="due", zh="办结期限", en="Due date", type=Type.DATE)


@page(nav="orders", scope="case.read")
@require_http_methods(["GET", "POST"])
@names_plan
def issue(request: HttpRequest) -> HttpResponse:
    """Choose late rows of units (``pair=C1:tj-binhai``), write one demand, look at the orders, issue all at once."""
    who: Acting = request.acting
    if not may_issue(who):
        raise PermissionDenied(_("只有规划办和领导可以下达督办单"))
    release, day = plan_in_force(request), today()
    given = request.POST if request.method == "POST" else request.GET
    wanted = [p for p in given.getlist("pair") if p]
    found, unknown = pairs(release, who, day, wanted=wanted)
    if unknown:
        words = {"p": "、".join(unknown[:5])}
        raise BadRequest(_("没有这样的任务和单位，或不在您的可见范围：%(p)s") % words)
    if not wanted:
        return render(request, "orders/choose.html", choosing(release, found, day))
    form = FieldsForm(
        (DEMAND, GROUNDS, DUE), request.POST if request.method == "POST" else None, who=who, name="orders"
    )
    preview = False
    if request.method == "POST" and form.is_valid():
        due = date.fromisoformat(str(form.values["due"]))
        smooth = [p for p in found if p.on_track]
        if due < day:
            words = {"day": day.isoformat()}
            form.refuse([FieldError(DUE, _("不能早于今天 %(day)s") % words, f"must not be before {day}")])
        elif smooth and not form.values[GROUNDS.id]:
            names = "、".join(f"{p.row.key}（{p.unit.label}）" for p in smooth[:NAMED])
            words = {"rows": names, "n": len(smooth)}
            zh = _("%(n)s 项任务正常推进、没有超期里程碑：%(rows)s。仍要督办的，请写明缘由") % words
            form.add_error(GROUNDS.id, zh)
        elif request.POST.get("_step") != "confirm":
            preview = True
        else:
            _expected, key = submitted(request)
            try:
                made = issue_orders(
                    found, demand=str(form.values["demand"]), grounds=str(form.values["grounds"] or ""), due=due,
                    who=who, key=key,
                )  # fmt: skip
            except StepRefused as e:
                form.add_error(None, e.en if english() else e.zh)
            else:
                messages.success(request, _("已下达 %(n)s 件督办单") % {"n": len(made)})
                return redirect(f"{reverse('orders')}?sort=-issued")
    context = {
        "crumbs": [Link(_("督办单"), reverse("orders")), Link(_("选择任务"), reverse("orders-issue"))],
        "pairs": found,
        "form": form,
        "preview": preview,
        "orders": [(p, form.values["grounds"] or p.grounds) for p in found] if preview else [],
        "running": any(p.running for p in found),
        "smooth": any(p.on_track for p in found),
    }
    return render(request, "orders/issue.html", context, status=422 if form.errors else 200)


def choosing(release: Release, found: Sequence[Pair], day: date) -> dict[str, Any]:
    """The page on which late rows are ticked."""
    rows = [
        Row(
            [
                Cell(titled(p.row)),
                Cell(p.unit.label),
                Cell(tag=p.judged.light) if p.judged else "—",
                (p.judged.why_en if english() else p.judged.why_zh) if p.judged else "",
                Cell(
                    _("已有 %(n)s 件未办结") % {"n": len(p.running)},
                    href=f"{reverse('orders')}?state=open&row={p.row.key}&unit={p.unit.code}",
                )
                if p.running
                else "—",
            ],
            value=p.key,
        )
        for p in found
    ]
    columns = [Column(_("任务"), wide=True), Column(_("单位")), Column(_("状态")), Column(_("原因"), wide=True)]
    columns.append(Column(_("督办")))
    nothing = Empty(_("没有滞后或有风险的任务"), _("现在没有需要督办的任务。"), reverse("orders"), _("看全部督办单"))
    caption = _("滞后和有风险的任务（%(n)s 项）") % {"n": len(rows)}
    return {
        "crumbs": [Link(_("督办单"), reverse("orders"))],
        "release": release,
        "table": Table(caption, columns, rows, nothing, select="pair", stack=True),
        "any": bool(rows),
    }


urlpatterns = [
    path("plan/orders/", index, name="orders"),
    path("plan/orders/export.xlsx", excel, name="orders-excel"),
    path("plan/orders/orders.docx", all_docx, name="orders-docx"),
    path("plan/orders/issue/", issue, name="orders-issue"),
    path("plan/orders/<int:pk>/order.docx", docx, name="order-docx"),
]
