"""The history of searches and saved queries: pages to look through them, to keep, share, change and take back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jinzhi.apps.accounts.models import User
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.patents.desk import alerts, history, saved
from jinzhi.apps.patents.models import EVERY_EN, HistoryEntry, SavedQuery, WatchInterval
from jinzhi.apps.patents.refused import SearchRefused
from jinzhi.apps.patents.search.asking import reference
from jinzhi.apps.patents.search.index import subgroups
from jinzhi.apps.patents.store.queries import collection
from jinzhi.engines.query_language.dialects import DIALECTS
from jinzhi.engines.query_language.echo import echo
from jinzhi.engines.query_language.parse import parse
from jinzhi.engines.query_language.unparse import SAVED_NAME
from jinzhi.engines.spreadsheet import Sheet, SheetColumn, write
from jinzhi.kernel.declare import Named
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.query import MAX_LENGTH, QueryError
from jinzhi.kernel.text import Words, id_of
from jinzhi.web.patents.address import library_line, query_string
from jinzhi.web.patents.desk import Past, dialects, forget_visit, visitor_history, with_history
from jinzhi.web.patents.export import XLSX, attached
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import back, paged
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import named, page_language, speak
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

SHARED = Tag("本单位共享", "Shared with the unit", "open", "◇")
OWN = Tag("仅自己", "Own", "neutral", "○")

NAME = Field(id="name", zh="名称", en="Name", max_length=saved.LONGEST,
             help_zh="检索式里写 ##名称 引用", help_en="queries refer to it as ##name")  # fmt: skip
TEXT = Field(id="text", zh="检索式", en="Query", type=Type.LONG, max_length=MAX_LENGTH,
             help_zh="其中的 #1、#2 会换成它们的内容保存",
             help_en="#1, #2 … are written out when it is saved")  # fmt: skip
ABOUT = Field(id="about", zh="说明", en="Description", type=Type.LONG, required=False)
SHARE = Field(id="shared", zh="与本单位共享", en="Share with the unit", type=Type.BOOL, required=False,
              help_zh="本单位和上级单位的人可以查看和引用，只有您能修改",
              help_en="people of the unit and above may read and use it, you alone may change it")  # fmt: skip
WATCH = Field(id="every", zh="订阅变化", en="Alert", type=Type.CHOICE, required=False,
              choices=tuple(Named(id=e.value, zh=str(e.label), en=EVERY_EN[e.value]) for e in WatchInterval),
              help_zh="留空为不订阅", help_en="empty: no alert")  # fmt: skip


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("专利检索"), reverse("patents")), *more]


def shown(refusal: SearchRefused) -> str:
    """A refusal in the language of the page, with the place in the query where it has one."""
    text = speak(refusal)
    if refusal.at is None:
        return text
    return _("第 %(n)s 个字符：%(why)s") % {"n": refusal.at + 1, "why": text}


def understood(text: str) -> str:
    """What a query means in words, or why it cannot be read any more."""
    try:
        told = echo(parse(text), subgroups)
    except QueryError as e:
        return e.say(page_language())
    return speak(told).partition(speak(Words("：", ": ")))[2]


def moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


# --- history ----------------------------------------------------------------------------------------------------


@with_history
@page(nav="patents", scope="plan.read")
@require_GET
def past(request: PageRequest) -> HttpResponse:
    """One's searches, the last first: what was asked, what it meant, how many it found then."""
    user = request.acting.user
    context: dict[str, Any] = {"crumbs": crumbs(), "signed_in": user is not None, "print_title": _("检索历史")}
    if user is None:
        kept = visitor_history(request)[::-1]
        context["table"] = _past_table(
            [TableRow(_past_cells(one, "", ""), value=str(one.number), id=f"n{one.number}") for one in kept]
        )
        context["total"] = len(kept)
    else:
        here = paged(request, history.entries(user))
        rows = []
        for one in here.object_list:
            typed = f"{named(DIALECTS[one.dialect])}：{one.typed}" if one.dialect in DIALECTS else ""
            cells = _past_cells(Past(one.number, one.text, one.count), typed, moment(one.at), one.conditions)
            rows.append(TableRow(cells, value=str(one.number), id=f"n{one.number}"))
        context |= {"table": _past_table(rows), "page": here, "total": here.paginator.count}
    context["dialects"] = dialects(request, "") if user else []
    return render(request, "patents/history.html", context)


def _past_cells(one: Past, typed: str, at: str, conditions: str = "") -> list[Any]:
    again = one.href + (f"&{conditions}" if conditions else "")
    return [
        Cell(f"#{one.number}", href=again),
        Cell(one.text, href=again, sub=typed),
        understood(one.text),
        one.count,
        at,
        Cell(_("保存"), href=f"{reverse('patents-saved-new')}{query_string(one.text, ())}"),
    ]


def _past_table(rows: list[TableRow]) -> Table:
    heads = [
        Column(_("编号")), Column(_("检索式"), wide=True), Column(_("含义"), wide=True),
        Column(_("当时命中"), numeric=True), Column(_("时间")), Column(_("操作")),
    ]  # fmt: skip
    empty = Empty(_("还没有检索历史"), _("每次检索都会在这里编号。"), reverse("patents"), _("去检索"))
    return Table(_("检索历史"), heads, rows, empty, select="n", stack=True, caption_hidden=True)


@with_history
@require_POST
def forget(request: PageRequest) -> HttpResponseBase:
    """Delete the chosen searches, or all: a visitor's from the cookie, else one's rows."""
    return _forget(request)


def _searcher(request: PageRequest) -> User:
    """Whose searches these are: what is kept in rows is kept for somebody signed in, and ``page`` saw to that."""
    assert request.acting.user is not None
    return request.acting.user


@page(nav="patents", scope="plan.read")
def _forget_rows(request: PageRequest) -> HttpResponse:
    numbers, every = _chosen(request)
    count = history.forget(_searcher(request), None if every else numbers)
    messages.success(request, _("已删除 %(n)s 条检索历史；编号不会再用") % {"n": count})
    return redirect("patents-history")


def _forget(request: PageRequest) -> HttpResponseBase:
    if request.user.is_authenticated:
        return _forget_rows(request)
    numbers, every = _chosen(request)
    forget_visit(request, None if every else numbers)
    return redirect("patents-history")


def _chosen(request: PageRequest) -> tuple[set[int], bool]:
    raw = request.POST.getlist("n")
    if any(id_of(one) is None for one in raw):
        raise BadRequest(_("检索历史的编号应为数字"))
    return {int(one) for one in raw}, request.POST.get("do") == "all"


@page(nav="patents", scope="plan.read")
@require_GET
def past_export(request: PageRequest) -> HttpResponse:
    """The whole history as Excel."""
    user = request.acting.user
    kept: list[HistoryEntry] = list(history.entries(user)) if user else []
    fields = (
        ("number", "编号", "Number", Type.TEXT), ("text", "检索式", "Query", Type.TEXT),
        ("meant", "含义", "Meaning", Type.TEXT), ("count", "当时命中", "Found then", Type.INT),
        ("at", "时间", "Time", Type.TEXT), ("typed", "原文", "As typed", Type.TEXT),
    )  # fmt: skip
    columns = tuple(
        SheetColumn(
            field=Field(id=id, zh=zh, en=en, type=type, required=False), width=50 if id in ("text", "meant") else 16
        )
        for id, zh, en, type in fields
    )
    rows = [
        {
            "number": f"#{one.number}", "text": one.text, "meant": understood(one.text), "count": one.count,
            "at": moment(one.at), "typed": one.typed,
        }
        for one in kept
    ]  # fmt: skip
    notes = [
        (_("条数"), len(rows)), (_("文献库"), library_line(collection())),
        (_("生成时间"), now().strftime("%Y-%m-%d %H:%M")), (_("导出人"), request.acting.name),
    ]  # fmt: skip
    sheet = Sheet(title=_("检索历史"), columns=columns, rows=rows, language=page_language())
    return attached(write([sheet], notes), XLSX, f"{_('检索历史')} {today().isoformat()}.xlsx")


@page(nav="patents", scope="plan.read")
@require_POST
def dialect(request: PageRequest) -> HttpResponse:
    """Read what one types in another system's language from now on."""
    try:
        history.set_dialect(_searcher(request), request.POST.get("dialect", ""))
    except SearchRefused as e:
        raise BadRequest(shown(e)) from None
    chosen = DIALECTS.get(request.POST.get("dialect", ""))
    messages.success(
        request,
        _("检索框今后按 %(name)s 的写法读；页面会显示译文和没有对等写法的地方") % {"name": named(chosen)}
        if chosen
        else _("检索框今后按本系统的写法读"),
    )
    return redirect(back(request, reverse("patents-history")))


# --- saved queries ----------------------------------------------------------------------------------------------


def asking_for(row: SavedQuery, who: Any) -> str:
    """The query that asks for a saved one, as this person writes it."""
    mine = row.owner_id == (who.user.pk if who.user else None) or row.unit_id == who.unit.pk
    name = row.name if mine else reference(row)
    return f"##{name}" if SAVED_NAME.match(name) else f'##"{name}"'


@page(nav="patents", scope="plan.read")
@require_GET
def index(request: PageRequest) -> HttpResponse:
    """One's saved queries and those that units within reach share, and one's removed ones."""
    who = request.acting
    context: dict[str, Any] = {"crumbs": crumbs(), "signed_in": who.user is not None, "print_title": _("已存检索")}
    if who.user is None:
        return render(request, "patents/saved.html", context)
    rows = saved.listed(who)
    watched = set(alerts.alerts_of(who).values_list("saved_id", flat=True))
    table = []
    for row in rows:
        ask = asking_for(row, who)
        own = row.owner_id == who.user.pk
        table.append(
            TableRow(
                [
                    Cell(row.name, href=f"{reverse('patents')}{query_string(ask, ())}", sub=row.about),
                    Cell(row.text, sub=ask),
                    Cell(tag=SHARED if row.shared else OWN),
                    Cell(str(row.owner), sub=row.unit.label),
                    moment(row.updated_at),
                    Cell(_("已订阅"), href=reverse("patents-alerts")) if row.pk in watched else "",
                    Cell(_("修改") if own else _("查看"), href=reverse("patents-saved-one", args=[row.pk])),
                ],
                id=f"saved-{row.pk}",
            )
        )
    heads = [
        Column(_("名称")), Column(_("检索式"), wide=True), Column(_("范围")), Column(_("所有人")),
        Column(_("更新时间")), Column(_("订阅")), Column(_("操作")),
    ]  # fmt: skip
    empty = Empty(
        _("还没有已存检索"), _("检索后按“保存或订阅”，或在这里新建。"), reverse("patents-saved-new"), _("新建")
    )
    context |= {
        "table": Table(_("已存检索"), heads, table, empty, stack=True, caption_hidden=True),
        "removed": saved.removed(who),
    }
    return render(request, "patents/saved.html", context)


def _form(
    request: PageRequest, data: Any = None, initial: dict[str, Any] | None = None, new: bool = True
) -> FieldsForm:
    fields = (NAME, TEXT, ABOUT, SHARE, *((WATCH,) if new else ()))
    return FieldsForm(fields, data, who=request.acting, initial=initial, name="saved")


def _show(request: PageRequest, form: FieldsForm, row: SavedQuery | None = None) -> HttpResponse:
    title = _("修改已存检索") if row else _("保存检索式")
    text = str(form["text"].value() or "")
    context = {
        "crumbs": crumbs((_("已存检索"), reverse("patents-saved"))),
        "form": form,
        "row": row,
        "title": title,
        "meaning": understood(text) if text else "",
        "mails": alerts.mails(),
        "choices": every_choices(WatchInterval.CHANGE),
        "print_title": title,
    }
    return render(request, "patents/saved_form.html", context, status=422 if form.is_bound else 200)


def _refuse(form: FieldsForm, refusal: SearchRefused) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, shown(refusal))


@page(nav="patents", scope="plan.read")
@require_http_methods(["GET", "POST"])
def new(request: PageRequest) -> HttpResponse:
    """Save a query, and watch it if wanted."""
    who = request.acting
    if who.user is None:
        return redirect(f"{reverse('account_login')}?next={reverse('patents')}")
    if request.method != "POST":
        return _show(request, _form(request, initial={"text": request.GET.get("q", "")}))
    form = _form(request, request.POST)
    if form.is_valid():
        given = form.values
        try:
            row = saved.keep(
                who, name=str(given["name"]), text=str(given["text"]), about=str(given["about"] or ""),
                shared=bool(given["shared"]), key=submitted(request)[1],
            )  # fmt: skip
        except SearchRefused as e:
            _refuse(form, e)
        else:
            ask = asking_for(row, who)
            messages.success(request, _("已保存，检索式里写 %(ask)s 引用") % {"ask": ask})
            if given["every"]:
                alert = alerts.watch(who, row, str(given["every"]))
                return redirect("patents-alert", pk=alert.pk)
            return redirect("patents-saved")
    return _show(request, form)


@page(nav="patents", scope="plan.read")
@require_http_methods(["GET", "POST"])
def saved_query(request: PageRequest, pk: int) -> HttpResponse:
    """A saved query: one's own to change, another's to read."""
    who = request.acting
    row = saved.find(who, pk)
    if row is None:
        raise Http404(_("没有这个已存检索，或者它没有与您共享"))
    if who.user is None or row.owner_id != who.user.pk:
        return _read(request, row)
    if request.method != "POST":
        initial = {"name": row.name, "text": row.text, "about": row.about, "shared": row.shared}
        return _show(request, _form(request, initial=initial, new=False), row)
    form = _form(request, request.POST, new=False)
    if form.is_valid():
        given = form.values
        expected, key = submitted(request)
        try:
            saved.change(
                row, who, name=str(given["name"]), text=str(given["text"]), about=str(given["about"] or ""),
                shared=bool(given["shared"]), expected=expected, key=key,
            )  # fmt: skip
        except SearchRefused as e:
            _refuse(form, e)
        else:
            messages.success(request, _("已保存修改"))
            return redirect("patents-saved")
    return _show(request, form, row)


def _read(request: PageRequest, row: SavedQuery) -> HttpResponse:
    context = {
        "crumbs": crumbs((_("已存检索"), reverse("patents-saved"))),
        "row": row,
        "ask": asking_for(row, request.acting),
        "run": f"{reverse('patents')}{query_string(asking_for(row, request.acting), ())}",
        "copy": f"{reverse('patents-saved-new')}{query_string(row.text, ())}",
        "pairs": [
            (_("检索式"), row.text), (_("含义"), understood(row.text)), (_("说明"), row.about),
            (_("所有人"), f"{row.owner} · {row.unit.label}"), (_("更新时间"), moment(row.updated_at)),
        ],
        "signed_in": request.acting.user is not None,
        "choices": every_choices(WatchInterval.CHANGE),
        "print_title": row.name,
    }  # fmt: skip
    return render(request, "patents/saved_read.html", context)


def every_choices(current: str) -> list[tuple[str, str, bool]]:
    """How often an alert can be compared."""
    return [(e.value, speak(Words(str(e.label), EVERY_EN[e.value])), e.value == current) for e in WatchInterval]


@page(nav="patents", scope="plan.read")
@require_POST
def remove(request: PageRequest, pk: int) -> HttpResponse:
    """Take one's saved query away; the list offers to restore it."""
    row = saved.find(request.acting, pk)
    if row is None:
        raise Http404
    try:
        saved.remove(row, request.acting, expected=submitted(request)[0])
    except SearchRefused as e:
        messages.error(request, shown(e))
        return redirect("patents-saved-one", pk=pk)
    messages.success(request, _("已删除“%(name)s”，可以在下面恢复") % {"name": row.name})
    return redirect(f"{reverse('patents-saved')}#removed")


@page(nav="patents", scope="plan.read")
@require_POST
def restore(request: PageRequest, pk: int) -> HttpResponse:
    """Bring one's removed query back."""
    row = saved.find(request.acting, pk, gone=True)
    if row is None:
        raise Http404
    try:
        saved.restore(row, request.acting)
    except SearchRefused as e:
        messages.error(request, shown(e))
    else:
        messages.success(request, _("已恢复“%(name)s”") % {"name": row.name})
    return redirect("patents-saved")


urlpatterns = [
    path("patents/history/", past, name="patents-history"),
    path("patents/history/forget/", forget, name="patents-history-forget"),
    path("patents/history/export/", past_export, name="patents-history-export"),
    path("patents/dialect/", dialect, name="patents-dialect"),
    path("patents/saved/", index, name="patents-saved"),
    path("patents/saved/new/", new, name="patents-saved-new"),
    path("patents/saved/<int:pk>/", saved_query, name="patents-saved-one"),
    path("patents/saved/<int:pk>/remove/", remove, name="patents-saved-remove"),
    path("patents/saved/<int:pk>/restore/", restore, name="patents-saved-restore"),
]
