"""The page of an item: its versions, its hands, what may be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.accounts.models import Membership
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.custody import actions
from jinzhi.apps.custody.actions import CustodyRefused
from jinzhi.apps.custody.fields import EXPIRES, REASON
from jinzhi.apps.custody.models import HandOver, Item, Version
from jinzhi.apps.custody.queries import (
    DISPOSE,
    READ,
    WRITE,
    duplicates,
    folders,
    takers,
)
from jinzhi.apps.evidence.events import seals
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel.access import Role, within
from jinzhi.kernel.fields import Field
from jinzhi.web.custody import list as shown
from jinzhi.web.custody.fields import CASE, CONFIRM, FOLDER, HOLD, LINKED, TAKER, crumbs, find_item, refused_by
from jinzhi.web.custody.form import folder_of
from jinzhi.web.custody.versions import content_entry
from jinzhi.web.shell.access import page, require
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import named, speak
from jinzhi.web.ui.tables import Cell, Column, Table, TableRow


@dataclass(frozen=True)
class ItemAct:
    """A verb that stands as a small form on the page of an item."""

    id: str
    fields: tuple[Field, ...]
    run: Callable[..., object]
    scope: str = WRITE
    danger: bool = False
    help: Any = ""


def _offer(item: Item, values: Mapping[str, Any], **how: Any) -> object:
    taker = Membership.objects.select_related("unit", "user").get(pk=int(values["taker"]))
    return actions.offer(item, taker, reason=str(values["reason"]), **how)


def _retain(item: Item, values: Mapping[str, Any], **how: Any) -> object:
    until = date.fromisoformat(values["expires_on"]) if values["expires_on"] else None
    return actions.retain(item, until, reason=str(values["reason"]), **how)


ACTS = {
    a.id: a
    for a in (
        ItemAct("offer", (TAKER, REASON), _offer,
            help=gettext_lazy("对方在“移交”页核验摘要并确认后，证据才转入对方手中。")),
        ItemAct("hold", (REASON,), lambda i, v, **how: actions.hold(i, reason=v["reason"], **how),
            help=gettext_lazy("保全期间不能处置，期满也不例外；写明案件和要求保全的人。")),
        ItemAct("lift", (HOLD, REASON), lambda i, v, **how: actions.lift(i, int(v["hold"]), reason=v["reason"], **how)),
        ItemAct("retain", (EXPIRES, REASON), _retain),
        ItemAct("move", (FOLDER,), lambda i, v, **how: actions.move(i, folder_of(v["folder"], how["who"]), **how)),
        ItemAct("link", (CASE,), lambda i, v, **how: actions.link(i, v["case"], **how)),
        ItemAct("unlink", (LINKED, REASON),
            lambda i, v, **how: actions.unlink(i, v["linked"], reason=v["reason"], **how)),
        ItemAct("dispose", (CONFIRM, REASON),
            lambda i, v, **how: actions.dispose(i, confirm=v["confirm"], reason=v["reason"], **how),
            scope=DISPOSE, danger=True),
    )
}  # fmt: skip


@dataclass
class ItemSeen:
    """An item with what its page needs, read once."""

    item: Item
    who: Acting
    versions: list[Version] = field(default_factory=list)
    holds: list[Any] = field(default_factory=list)
    handovers: list[HandOver] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    named: frozenset[str] = frozenset()  # numbers of cases once linked that the reader may see

    @property
    def mine(self) -> bool:
        who = self.who
        return who.user is not None and within(who.path, who.reach, self.item.unit_path)


def seen(item: Item, who: Acting) -> ItemSeen:
    hands = item.handovers.select_related("giver", "giver_unit", "taker", "taker_unit")
    events = list(Event.objects.filter(stream=item.stream).select_related("unit").order_by("seq"))
    cases = Case.objects.visible_to(who)
    once = {str(e.data["case"]) for e in events if e.verb in ("link", "unlink")}
    return ItemSeen(
        item,
        who,
        list(item.versions.all()),
        list(item.holds.all()),
        list(hands),
        list(cases.filter(evidence=item).order_by("number")),
        events,
        frozenset(cases.filter(number__in=once).values_list("number", flat=True)) if once else frozenset(),
    )


def references(it: ItemSeen, act: ItemAct) -> dict[str, list[tuple[str, str]]]:
    """The choices of the fields of a verb."""
    out: dict[str, list[tuple[str, str]]] = {}
    for f in act.fields:
        match f.of:
            case "post":
                roles = {r.id: named(r) for r in catalogue().all(Role)}
                out["post"] = [(str(m.pk), f"{m.unit.label} · {m.user} · {roles[m.role]}") for m in takers(it.who)]
            case "folder":
                own = folders(it.who).filter(unit=it.item.unit)
                out["folder"] = [(str(f.pk), f.path) for f in own]
            case "hold":
                out["hold"] = [(str(h.n), f"{h.n} · {h.reason}") for h in it.holds if h.lifted_on is None]
            case "case":
                out["case"] = [(c.number, str(c)) for c in it.cases]
    return out


def why_not(it: ItemSeen, act: ItemAct) -> str:
    """Why a verb may not be taken now; empty where it may. "-": it is not shown at all."""
    item, who = it.item, it.who
    if not it.mine or item.state == "disposed":
        return "-"
    if not who.may(act.scope):
        return "-"
    match act.id:
        case "offer":
            if item.state == "offered":
                return "-"
            if item.holder_id != (who.user.pk if who.user else None):
                return _("证据在 %(holder)s 手中，由其移交") % {"holder": item.holder}
        case "lift":
            return "" if item.held else "-"
        case "unlink":
            return "" if it.cases else "-"
        case "dispose":
            if why := actions.why_not_disposed(item, today()):
                return speak(why)
    return ""


@dataclass(frozen=True)
class ActCard:
    id: str
    name: str
    help: str
    danger: bool
    url: str
    form: FieldsForm | None
    why_not: str
    open: bool


def act_cards(it: ItemSeen, refused: tuple[str, FieldsForm] | None) -> list[ActCard]:
    """The verbs of an item with their forms; a refused one comes back open with what was typed."""
    out = []
    for act in ACTS.values():
        why = why_not(it, act)
        if why == "-":
            continue
        back = refused[1] if refused and refused[0] == act.id else None
        form = back
        if form is None and not why:
            initial = {
                "expires_on": it.item.expires_on.isoformat() if it.item.expires_on else "",
                "folder": str(it.item.folder_id or ""),
            }
            form = FieldsForm(
                act.fields, who=it.who, references=references(it, act), initial=initial, name=f"a-{act.id}"
            )
        url = reverse("custody-act", args=[it.item.number, act.id])
        out.append(
            ActCard(act.id, str(shown.VERBS[act.id]), str(act.help), act.danger, url, form, why, back is not None)
        )
    return out


@page(nav="custody", scope=READ)
@require_GET
def item(request: PageRequest, number: str) -> HttpResponse:
    """An item: how it was captured, in whose hands it is, its versions, its history, what may be done."""
    return item_page(request, find_item(request.acting, number))


def item_page(request: PageRequest, kept: Item, refused: tuple[str, FieldsForm] | None = None) -> HttpResponse:
    who = request.acting
    it = seen(kept, who)
    version = it.versions[-1]
    writes = it.mine and who.may(WRITE) and kept.state != "disposed"
    sealed = seals.verdicts(it.events)
    offered = next((h for h in it.handovers if h.state == "offered"), None)
    return render(
        request,
        "custody/item.html",
        {
            "crumbs": crumbs(),
            "title": f"{kept.number} {kept.title}",
            "item": kept,
            "state": shown.states_of(kept, today())[0],
            "pairs": shown.pairs(kept, version, it.cases),
            "capture": shown.capture(version),
            "digests": shown.digests(version),
            "versions": versions_table(it),
            "hands": shown.hands(it.events, it.handovers),
            "holds": it.holds,
            "story": shown.happenings(it.events, sealed, it.named),
            "same": duplicates(kept.sha256, who, apart_from=kept.pk),
            "acts": act_cards(it, refused),
            "refused": refused[1] if refused else None,
            "writes": writes,
            "offered": offered,
            "may_withdraw": bool(offered and who.user and offered.giver_id == who.user.pk),
            "may_answer": bool(offered and who.user and offered.taker_id == who.user.pk),
            "stream": kept.stream,
            "sealed": sealed,
            "bundled": content_entry(version) is not None,
            "print_title": f"{kept.number} {kept.title}",
        },
        status=422 if refused else 200,
    )


def versions_table(it: ItemSeen) -> Table:
    columns = [
        Column(_("版本"), numeric=True),
        Column(_("文件"), wide=True),
        Column(_("大小"), numeric=True),
        Column("SHA-256"),
        Column(_("登记")),
        Column(_("说明")),
    ]
    rows = []
    for v in reversed(it.versions):
        url = "" if v.erased_on else reverse("custody-content", args=[it.item.number, v.n])
        note = _("内容已于 %(day)s 清除") % {"day": v.erased_on.isoformat()} if v.erased_on else v.note
        rows.append(
            TableRow(
                [
                    str(v.n),
                    Cell(v.name, href=url),
                    shown.sized(v.size),
                    Cell(f"{v.sha256[:12]}…"),
                    Cell(v.actor, sub=shown.when(v.at)),
                    note,
                ]
            )
        )
    return Table(_("版本"), columns, rows, stack=True, caption_hidden=True)


@page(nav="custody", scope=READ)
@require_POST
def act(request: PageRequest, number: str, verb: str) -> HttpResponse:
    """One of the verbs that stand on the page of an item."""
    who = request.acting
    kept = find_item(who, number)
    if verb not in ACTS:
        raise Http404
    taken = ACTS[verb]
    require(who, taken.scope)
    it = seen(kept, who)
    form = FieldsForm(taken.fields, request.POST, who=who, references=references(it, taken), name=f"a-{verb}")
    expected, key = submitted(request)
    if form.is_valid():
        try:
            taken.run(kept, form.values, who=who, expected=expected, key=key)
        except CustodyRefused as refused:
            refused_by(form, refused)
        else:
            messages.success(request, _("已办理“%(what)s”") % {"what": shown.VERBS[verb]})
            return redirect("custody-item", number)
    return item_page(request, find_item(who, number), (verb, form))
