"""The page of an entry with its history."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.accounts.acting import in_nobodys_role
from jinzhi.apps.evidence.events.seals import verdicts_of
from jinzhi.apps.registers.actions import (
    ERASE,
    erase_personal,
    log_viewing,
    may_write,
)
from jinzhi.apps.registers.models import Entry
from jinzhi.apps.registers.queries import (
    hidden,
    history,
    reading,
)
from jinzhi.kernel.access import within
from jinzhi.kernel.register import Register
from jinzhi.web.cases.erasure import erasing
from jinzhi.web.catalogue.declared import serves
from jinzhi.web.registers import list as shown
from jinzhi.web.registers.find import REASON, crumbs, declared, find_entry
from jinzhi.web.shell.access import page
from jinzhi.web.shell.errors import NOT_ON_RECORD
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import named
from jinzhi.web.ui.tables import Cell


@page(nav="registers", scope="register.read")
@require_GET
def entry(request: PageRequest, id: str, pk: int) -> HttpResponse:
    """An entry: its values, its history, and what may be done with it."""
    found = declared(id, request.acting)
    return entry_page(request, found, find_entry(found, pk, request.acting))


def entry_page(request: PageRequest, found: Register, kept: Entry, refused: FieldsForm | None = None) -> HttpResponse:
    who = reading(request.acting, kept)
    pasts = history(kept, found)
    checked = verdicts_of([kept.stream])[kept.stream]
    eyes = shown.reader(found, [kept], who, pasts)
    seen = {f.id for f in found.fields if f.withheld and not hidden(f, who) and kept.data.get(f.id)}
    if not log_viewing(kept, seen, who):
        who = in_nobodys_role(who)
        eyes = shown.reader(found, [kept], who, pasts)
        messages.warning(request, str(NOT_ON_RECORD))
    turn = "close" if kept.state == "active" else "reopen"
    mine = bool(who.user) and within(who.path, who.reach, kept.unit_path)
    return render(
        request,
        "registers/entry.html",
        {
            "crumbs": crumbs(found),
            "register": found,
            "entry": kept,
            "title": f"{kept.number} {kept.title}",
            "state": shown.STATES[kept.state],
            "pairs": shown.pairs(found, kept, eyes),
            "story": shown.happenings(pasts, eyes, checked),
            "checked": checked,
            "edits": mine and kept.state == "active" and may_write(found, who, "update"),
            "turn": turn if mine and may_write(found, who, turn) else "",
            "turn_url": reverse("entry-turn", args=[found.id, kept.pk, turn]),
            "turn_name": str(shown.VERBS[turn]),
            "turn_form": refused or FieldsForm([REASON], who=who, name="turn"),
            "refused": refused,
            "erasable": mine and who.may(ERASE) and any(f.personal and kept.data.get(f.id) for f in found.fields),
            "masked": any(f.withheld and hidden(f, who) and kept.data.get(f.id) for f in found.fields),
            "facts": [
                (_("编号"), kept.number),
                (_("所属单位"), Cell(kept.unit.name, href=reverse("unit", args=[kept.unit.code]))),
                (_("登记"), timezone.localtime(kept.created_at).strftime("%Y-%m-%d %H:%M")),
                (_("更新"), timezone.localtime(kept.updated_at).strftime("%Y-%m-%d %H:%M")),
                (_("名录"), Cell(named(found), href=reverse("register", args=[found.id]))),
                (_("服务的规划任务"), serves(found)),
            ],
            "print_title": f"{kept.number} {kept.title}",
            "print_facts": named(found),
        },
        status=422 if refused else 200,
    )


@page(nav="registers", scope=ERASE)
def entry_erase(request: PageRequest, id: str, pk: int) -> HttpResponse:
    """Erase the personal data of an entry; its history, the digests and the log stand."""
    who = request.acting
    found = declared(id, who)
    kept = find_entry(found, pk, who, own=True)
    back = reverse("entry", args=[id, pk])
    return erasing(
        request,
        kept.stream,
        found.fields,
        lambda reason: erase_personal(kept, reason=reason, who=who),
        crumbs=[*crumbs(found), (kept.number, back)],
        lead=kept.number,
        back=back,
    )
