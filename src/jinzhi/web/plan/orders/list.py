"""Supervision orders: filtered, counted, as a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, CharField, ExpressionWrapper, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.inbox import UNREAD, read_by_nobody
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import as_kernel, moment_on
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import calendar, catalogue
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.models import Release
from jinzhi.apps.plan.plans import first_plan, key_of_subject, row_of_subject, subject_of
from jinzhi.apps.plan.supervising import ORDER
from jinzhi.apps.units.models import Unit
from jinzhi.kernel import procedure as kernel
from jinzhi.kernel.access import successor
from jinzhi.kernel.indicator import Indicator
from jinzhi.kernel.procedure import CaseView, ClockView, Procedure, may_open
from jinzhi.web.cases import list as case_list
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, paged
from jinzhi.web.shell.plan_choice import names_plan, release_shown, several
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.forms import Choices, visible_units
from jinzhi.web.ui.language import named
from jinzhi.web.ui.shares import share_text
from jinzhi.web.ui.states import Due, Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

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

    def field_of(self, step: str, name: str) -> str:
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
class OrderListAsked:
    """What the address asks for."""

    state: str
    unit: Unit | None
    answered: str
    row: str
    text: str
    sort: str
    units: Choices
    plan: str = ""


def filter_of(request: PageRequest) -> OrderListAsked:
    """Read the address. A wrong value is a clear 400."""
    units = visible_units(request.acting)
    code = choice(request, "unit", {code for code, _label in units})
    shown = release_shown(request)
    return OrderListAsked(
        state=choice(request, "state", {*(s.id for s in procedure().states), "open", UNREAD}),
        unit=Unit.objects.get(code=code) if code else None,
        answered=choice(request, "answered", ANSWERED),
        row=request.GET.get("row", "").strip()[:LONGEST],
        text=request.GET.get("q", "").strip()[:LONGEST],
        sort=choice(request, "sort", {*SORTS, *(f"-{s}" for s in SORTS)}, "due"),
        units=units,
        plan=shown.plan if shown and several(request) else "",
    )


def chosen(what: OrderListAsked, who: Acting, day: date) -> list[Order]:
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
def index(request: PageRequest) -> HttpResponse:
    who, day = request.acting, today()
    what = filter_of(request)
    orders = chosen(what, who, day)
    here = paged(request, orders)
    query = request.GET.copy()
    query.pop("page", None)
    issue = PageLink(_("批量下达"), reverse("orders-issue")) if may_issue(who) else None
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
            "crumbs": [PageLink(_("办理事项"), reverse("cases"))],
            "filters": filters(what),
            "note": _("共 %(n)s 件") % {"n": len(orders)},
            "table": table(list(here.object_list), day, empty),
            "page": here,
            "tallies": tallies(request, orders),
            "share": share_words(orders, day),
            "indicator": catalogue().find(Indicator, "orders-in-time"),
            "issue": issue,
            "exports": [
                PageLink("Excel", f"{reverse('orders-excel')}?{text}", "export", download=True),
                *([PageLink(_("督办单 Word"), f"{reverse('orders-docx')}?{text}", download=True)] if orders else ()),
            ],
            "print_title": _("督办单"),
            "print_facts": text,
        },
    )


def filters(what: OrderListAsked) -> list[Filter]:
    narrow = [Option("open", _("未办结")), Option(UNREAD, _("单位未读"))]
    states = narrow + [Option(s.id, named(s)) for s in procedure().states]
    return [
        Filter("q", _("编号或督办事项"), "text"),
        Filter("state", _("状态"), options=states),
        Filter("unit", _("承办单位（含下级）"), options=[Option(code, name) for code, name in what.units]),
        Filter("answered", _("答复"), options=[Option(k, label) for k, label in answered_names().items()]),
        *([Filter("row", _("任务编号"), "text")] if what.row else []),
    ]


def tallies(request: PageRequest, orders: Sequence[Order]) -> list[PageLink]:
    """How the answers stand, each with its list."""
    out = []
    for key, label in answered_names().items():
        query = request.GET.copy()
        query.pop("page", None)
        query["answered"] = key
        count = sum(o.answered == key for o in orders)
        out.append(PageLink(label, f"?{query.urlencode()}", current=request.GET.get("answered") == key, count=count))
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
            TableRow(
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
