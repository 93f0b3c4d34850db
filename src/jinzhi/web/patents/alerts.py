"""Alerts: what changed in what a saved query finds since the last look, as a page and as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.patents.desk import alerts, saved
from jinzhi.apps.patents.desk.alerts import Differences, DocumentStanding
from jinzhi.apps.patents.models import Alert, Document
from jinzhi.apps.patents.refused import SearchRefused
from jinzhi.apps.patents.store.queries import collection
from jinzhi.engines.spreadsheet import Sheet, SheetColumn, write
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.text import Words, id_of
from jinzhi.web.patents.address import library_line, query_string
from jinzhi.web.patents.export import XLSX, attached, safe
from jinzhi.web.patents.saved import asking_for, crumbs, every_choices, moment, shown, understood
from jinzhi.web.patents.words import SYMBOLS, TONES, state_name
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.language import page_language, speak
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

#: rows of each kind that the page itself shows; the files have them all
SHOWN = 200
NEWS = Tag("有变化", "Changed", "risk", "◆")
QUIET = Tag("没有变化", "No change", "normal", "●")
PAUSED = Tag("已暂停", "Paused", "closed", "□")
STUCK = Tag("没有比较", "Not compared", "late", "■")


def state_of(alert: Alert) -> Tag:
    if not alert.active:
        return PAUSED
    if alert.error_zh:
        return STUCK
    return NEWS if alert.differences else QUIET


def find(request: PageRequest, pk: int) -> Alert:
    """One's own alert; anybody else's is as good as not there."""
    alert = alerts.find(request.acting, pk)
    if alert is None:
        raise Http404(_("没有这个订阅"))
    return alert


@page(nav="patents", scope="plan.read")
@require_GET
def index(request: PageRequest) -> HttpResponse:
    """One's alerts, those with news first."""
    who = request.acting
    context: dict[str, Any] = {"crumbs": crumbs(), "signed_in": who.user is not None, "print_title": _("订阅")}
    if who.user is not None:
        kept = sorted(alerts.alerts_of(who), key=lambda a: (-a.differences, a.saved.name, a.pk))
        context |= {"table": _table(kept, who), "mails": alerts.mails(), "address": who.user.email}
    return render(request, "patents/alerts.html", context)


def _table(kept: list[Alert], who: Any) -> Table:
    rows = []
    for alert in kept:
        href = reverse("patents-alert", args=[alert.pk])
        rows.append(
            TableRow(
                [
                    Cell(alert.saved.name, href=href, sub=asking_for(alert.saved, who)),
                    Cell(tag=state_of(alert), sub=speak(Words(alert.error_zh, alert.error_en))),
                    Cell(alert.new, href=f"{href}#new" if alert.new else ""),
                    Cell(alert.changed, href=f"{href}#changed" if alert.changed else ""),
                    Cell(alert.gone, href=f"{href}#gone" if alert.gone else ""),
                    alert.count,
                    Cell(moment(alert.seen_at) or "—", sub=speak(Words(alert.get_every_display(), alert.every_en))),
                    moment(alert.base_at),
                ],
                id=f"alert-{alert.pk}",
            )
        )
    heads = [
        Column(_("已存检索"), wide=True), Column(_("状态")), Column(_("新出现"), numeric=True),
        Column(_("状态变化"), numeric=True), Column(_("不再命中"), numeric=True), Column(_("现在命中"), numeric=True),
        Column(_("最近比较")), Column(_("上次查看")),
    ]  # fmt: skip
    empty = Empty(
        _("还没有订阅"), _("保存检索式时选择“订阅变化”，或在已存检索里订阅。"), reverse("patents-saved"), _("已存检索")
    )
    return Table(_("订阅"), heads, rows, empty, stack=True, caption_hidden=True)


# --- one alert --------------------------------------------------------------------------------------------------


def tag_of(one: DocumentStanding) -> Tag:
    """A state with its day, as documents show it."""
    word = state_name(one.state)
    said = f"{word} {one.on.isoformat()}" if one.on else word
    return Tag(said, said, TONES.get(one.state, "neutral"), SYMBOLS.get(one.state, ""))


def titles(numbers: Sequence[str]) -> dict[str, Document]:
    """The rows of some numbers, without bodies."""
    return {row.number: row for row in Document.objects.filter(number__in=numbers).defer("body")}


@page(nav="patents", scope="plan.read")
@require_GET
def alert_page(request: PageRequest, pk: int) -> HttpResponse:
    """What is new, changed and gone since the last look."""
    alert = find(request, pk)
    found = alerts.compare(alert.base, alert.seen)
    rows = titles(found.numbers(SHOWN))
    ask = asking_for(alert.saved, request.acting)
    context = {
        "crumbs": crumbs((_("订阅"), reverse("patents-alerts"))),
        "alert": alert,
        "state": state_of(alert),
        "found": found,
        "sections": sections(found, rows),
        "run": f"{reverse('patents')}{query_string(ask, ())}",
        "news": f"{reverse('patents')}{query_string(_as_query(found), ())}" if found.new else "",
        "query_changed": alert.base_text != alert.text,
        "choices": every_choices(alert.every),
        "error": speak(Words(alert.error_zh, alert.error_en)),
        "pairs": [
            (_("检索式"), Cell(alert.saved.text, sub=understood(alert.saved.text))),
            (_("现在命中"), alert.count),
            (_("最近比较"), moment(alert.seen_at)),
            (_("上次查看"), moment(alert.base_at)),
            (_("比较频率"), speak(Words(alert.get_every_display(), alert.every_en))),
        ],
        "print_title": _("订阅：%(name)s") % {"name": alert.saved.name},
        "print_facts": library_line(collection()),
    }
    return render(request, "patents/alert.html", context)


def _as_query(found: Differences) -> str:
    numbers = [n for n, _state in found.new][:SHOWN]
    return f"pn=({' OR '.join(numbers)})"


def sections(found: Differences, rows: dict[str, Document]) -> list[tuple[str, str, int, int, Table]]:
    """(anchor, heading, how many, how many not shown, table) of each kind."""

    def cells(number: str) -> list[Any]:
        row = rows.get(number)
        if row is None:
            return [number, _("库中已没有这件"), ""]
        return [
            Cell(number, href=reverse("patent", args=[number])),
            Cell(row.title or row.title_en, sub=row.applicants),
            row.published.isoformat() if row.published else "",
        ]

    heads = [Column(_("公开（公告）号")), Column(_("名称"), wide=True), Column(_("公开日"))]
    one_state = [*heads, Column(_("状态"))]
    two_states = [*heads, Column(_("原状态")), Column(_("现状态"))]
    new = [TableRow([*cells(n), Cell(tag=tag_of(s))]) for n, s in found.new[:SHOWN]]
    changed = [TableRow([*cells(n), Cell(tag=tag_of(a)), Cell(tag=tag_of(b))]) for n, a, b in found.changed[:SHOWN]]
    gone = [TableRow([*cells(n), Cell(tag=tag_of(s))]) for n, s in found.gone[:SHOWN]]
    told = (
        ("new", _("新出现"), found.new, one_state, new, _("没有新出现的")),
        ("changed", _("状态变化"), found.changed, two_states, changed, _("没有状态变化")),
        ("gone", _("不再命中"), found.gone, one_state, gone, _("没有不再命中的")),
    )
    return [
        (id, name, len(every), len(every) - len(some), Table(name, columns, some, Empty(none), stack=True,
                                                            caption_hidden=True))
        for id, name, every, columns, some, none in told
    ]  # fmt: skip


@page(nav="patents", scope="plan.read")
@require_POST
def new(request: PageRequest) -> HttpResponse:
    """Watch a saved query."""
    who = request.acting
    raw = request.POST.get("saved", "")
    row = saved.find(who, pk) if (pk := id_of(raw)) is not None else None
    if row is None:
        raise Http404(_("没有这个已存检索，或者它没有与您共享"))
    try:
        alert = alerts.watch(who, row, request.POST.get("every", ""))
    except SearchRefused as e:
        raise BadRequest(shown(e)) from None
    messages.success(request, _("已订阅“%(name)s”：以现在的命中为起点") % {"name": row.name})
    return redirect("patents-alert", pk=alert.pk)


@page(nav="patents", scope="plan.read")
@require_POST
def turn(request: PageRequest, pk: int, verb: str) -> HttpResponse:
    """Mark as seen, compare now, pause, go on, change the frequency, or watch no longer."""
    alert = find(request, pk)
    match verb:
        case "look":
            alerts.look(alert, submitted(request)[0])
            messages.success(request, _("已标记为看过，之后的变化从现在算起"))
        case "compare":
            done = alerts.fire(alert)
            if done.compared:
                messages.success(request, _("已比较，有 %(n)s 处新变化") % {"n": done.fresh})
            else:
                messages.error(request, _("没有比较，原因见页面"))
        case "pause" | "resume":
            alerts.pause(alert, verb == "resume")
            messages.success(request, _("已恢复比较") if verb == "resume" else _("已暂停比较"))
        case "every":
            try:
                alerts.set_every(alert, request.POST.get("every", ""))
            except SearchRefused as e:
                raise BadRequest(shown(e)) from None
            messages.success(request, _("已更改比较频率"))
        case "drop":
            alerts.drop(alert)
            messages.success(request, _("已取消订阅“%(name)s”") % {"name": alert.saved.name})
            return redirect("patents-alerts")
        case _:
            raise Http404
    return redirect("patents-alert", pk=pk)


# --- files ------------------------------------------------------------------------------------------------------

COLUMNS = (
    ("kind", "变化", "Change"), ("number", "公开（公告）号", "Publication number"), ("title", "名称", "Title"),
    ("applicants", "申请人", "Applicants"), ("before", "原状态", "Status before"), ("before_on", "原状态日期", "Since"),
    ("after", "现状态", "Status now"), ("after_on", "现状态日期", "Since (now)"),
)  # fmt: skip


def rows_of(found: Differences) -> list[dict[str, str]]:
    """Every difference as a row of a file."""
    numbers = found.numbers()
    known: dict[str, Document] = {}
    for at in range(0, len(numbers), 800):
        known |= titles(numbers[at : at + 800])

    def row(kind: str, number: str, before: DocumentStanding | None, after: DocumentStanding | None) -> dict[str, str]:
        there = known.get(number)
        return {
            "kind": kind, "number": number, "title": there.title if there else "",
            "applicants": there.applicants if there else "",
            "before": state_name(before.state) if before else "", "before_on": str(before.on or "") if before else "",
            "after": state_name(after.state) if after else "", "after_on": str(after.on or "") if after else "",
        }  # fmt: skip

    return [
        *(row(_("新出现"), n, None, s) for n, s in found.new),
        *(row(_("状态变化"), n, a, b) for n, a, b in found.changed),
        *(row(_("不再命中"), n, s, None) for n, s in found.gone),
    ]


@page(nav="patents", scope="plan.read")
@require_GET
def export(request: PageRequest, pk: int, kind: str) -> HttpResponse:
    """Every difference as Excel or csv."""
    if kind not in ("xlsx", "csv"):
        raise Http404
    alert = find(request, pk)
    found = alerts.compare(alert.base, alert.seen)
    rows = rows_of(found)
    name = f"{_('订阅')} {alert.saved.name} {today().isoformat()}.{kind}"
    if kind == "csv":
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([speak(Words(zh, en)) for _id, zh, en in COLUMNS])
        writer.writerows([safe(row[id]) for id, _zh, _en in COLUMNS] for row in rows)
        return attached(("\ufeff" + out.getvalue()).encode(), "text/csv; charset=utf-8", name)
    columns = tuple(
        SheetColumn(field=Field(id=id, zh=zh, en=en, type=Type.TEXT, required=False), width=40 if id == "title" else 18)
        for id, zh, en in COLUMNS
    )
    notes = [
        (_("已存检索"), alert.saved.name), (_("检索式"), alert.saved.text), (_("含义"), understood(alert.saved.text)),
        (_("上次查看"), moment(alert.base_at)), (_("最近比较"), moment(alert.seen_at)), (_("新出现"), len(found.new)),
        (_("状态变化"), len(found.changed)), (_("不再命中"), len(found.gone)),
        (_("文献库"), library_line(collection())), (_("生成时间"), now().strftime("%Y-%m-%d %H:%M")),
        (_("导出人"), request.acting.name),
    ]  # fmt: skip
    sheet = Sheet(title=_("订阅变化"), columns=columns, rows=rows, language=page_language())
    return attached(write([sheet], notes), XLSX, name)


urlpatterns = [
    path("patents/alerts/", index, name="patents-alerts"),
    path("patents/alerts/new/", new, name="patents-alert-new"),
    path("patents/alerts/<int:pk>/", alert_page, name="patents-alert"),
    path("patents/alerts/<int:pk>/export/<str:kind>/", export, name="patents-alert-export"),
    path("patents/alerts/<int:pk>/<str:verb>/", turn, name="patents-alert-turn"),
]
