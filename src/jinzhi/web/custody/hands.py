"""Hand-overs: what waits for an answer, and answering."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.custody import actions
from jinzhi.apps.custody.actions import CustodyRefused
from jinzhi.apps.custody.fields import REASON
from jinzhi.apps.custody.models import HandOver
from jinzhi.apps.custody.queries import (
    READ,
    WRITE,
    inbox,
    passed,
)
from jinzhi.kernel.access import within
from jinzhi.web.custody import list as shown
from jinzhi.web.custody.fields import NOTE, crumbs, refused_by
from jinzhi.web.shell.access import page, require
from jinzhi.web.shell.listing import paged
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow


def may_open(h: HandOver, who: Acting) -> bool:
    return within(who.path, who.reach, h.item.unit_path)


@page(nav="custody", scope=READ)
@require_GET
def hands(request: PageRequest) -> HttpResponse:
    """Hand-overs that wait for me, and those that I gave or took."""
    return hands_page(request)


def hands_page(request: PageRequest, refused: tuple[int, str, FieldsForm] | None = None) -> HttpResponse:
    who = request.acting
    require(who, WRITE)
    here = paged(request, passed(who))
    rows = [
        TableRow(
            [
                Cell(
                    f"{h.item.number} {h.item.title}",
                    href=reverse("custody-item", args=[h.item.number]) if may_open(h, who) else "",
                ),
                shown.HANDS[h.state],
                f"{h.giver}（{h.giver_unit.label}）",
                f"{h.taker}（{h.taker_unit.label}）",
                Cell(shown.when(h.offered_at), sub=h.reason),
                Cell(shown.when(h.answered_at) if h.answered_at else "", sub=h.answer),
            ]
        )
        for h in here.object_list
    ]
    columns = [
        Column(_("证据"), wide=True),
        Column(_("结果")),
        Column(_("移交人")),
        Column(_("接收人")),
        Column(_("移交")),
        Column(_("答复")),
    ]
    waiting = []
    for h in inbox(who):
        back = refused[2] if refused and refused[0] == h.pk else None
        waiting.append(
            {
                "hand": h,
                "size": shown.sized(h.item.size),
                "accept": back if refused and back and refused[1] == "accept" else answer_form(h, "accept", who),
                "refuse": back if refused and back and refused[1] == "refuse" else answer_form(h, "refuse", who),
                "open": bool(back and refused and refused[1] == "refuse"),
            }
        )
    return render(
        request,
        "custody/hands.html",
        {
            "crumbs": crumbs(),
            "title": _("移交"),
            "waiting": waiting,
            "refused": refused[2] if refused else None,
            "table": Table(
                _("我的移交记录"), columns, rows, Empty(_("还没有移交记录")), stack=True, caption_hidden=True
            ),
            "page": here,
            "print_title": _("移交"),
        },
        status=422 if refused else 200,
    )


def answer_form(h: HandOver, verb: str, who: Acting, data: Any = None) -> FieldsForm:
    return FieldsForm((NOTE,) if verb == "accept" else (REASON,), data, who=who, name=f"h{h.pk}-{verb}")


@page(nav="custody", scope=READ)
@require_POST
def answer(request: PageRequest, pk: int, verb: str) -> HttpResponse:
    """Take, refuse or withdraw a hand-over."""
    who = request.acting
    require(who, WRITE)
    if verb not in ("accept", "refuse", "withdraw"):
        raise Http404
    mine = {"taker": who.user, "taker_unit": who.unit} if verb != "withdraw" else {"giver": who.user}
    found = get_object_or_404(HandOver.objects.select_related("item"), pk=pk, **mine)
    form = answer_form(found, verb, who, request.POST)
    _expected, key = submitted(request)
    if form.is_valid():
        try:
            if verb == "accept":
                done = actions.accept(found, note=str(form.values["note"] or ""), who=who, key=key)
            elif verb == "refuse":
                done = actions.refuse(found, reason=str(form.values["reason"]), who=who, key=key)
            else:
                done = actions.withdraw(found, reason=str(form.values["reason"]), who=who, key=key)
        except CustodyRefused as refused:
            refused_by(form, refused)
        else:
            messages.success(request, _("已办理“%(what)s”") % {"what": shown.VERBS[verb]})
            return redirect("custody-item", done.number) if verb == "accept" else redirect("custody-hands")
    if verb == "withdraw":
        messages.error(request, "；".join(str(e) for errors in form.errors.values() for e in errors))
        return redirect("custody-item", found.item.number)
    return hands_page(request, (found.pk, verb, form))
