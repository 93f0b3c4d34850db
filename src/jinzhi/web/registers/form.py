"""Writing an entry: new, changed, turned."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.evidence.store import store
from jinzhi.apps.evidence.store.store import FileRefused
from jinzhi.apps.registers.actions import (
    EntryRefused,
    close,
    create,
    log_viewing,
    reopen,
    update,
)
from jinzhi.apps.registers.models import Entry
from jinzhi.apps.registers.queries import (
    MASK,
    hidden,
    visible_entries,
)
from jinzhi.kernel.fields import Field, Type, Value
from jinzhi.kernel.register import Register
from jinzhi.kernel.streams import REGISTER
from jinzhi.web.registers import list as shown
from jinzhi.web.registers.entry import entry_page
from jinzhi.web.registers.find import REASON, crumbs, find_entry, keeper
from jinzhi.web.shell.access import page
from jinzhi.web.shell.errors import NOT_ON_RECORD, WITHHELD
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import named, speak


def form_fields(found: Register, who: Acting, kept: Entry | None) -> list[Field]:
    """The fields of the form; a hidden personal value is not shown, and stays where its control is left empty."""
    out = []
    for field in found.fields:
        if kept is not None and hidden(field, who) and kept.data.get(field.id):
            out.append(
                replace(
                    field,
                    required=False,
                    help_zh=f"{MASK} 已登记，您的角色不能查看；留空则不变",
                    help_en=f"{MASK} is kept, your role may not see it; left empty it stays",
                )
            )
        elif kept is not None and field.type is Type.FILE:
            out.append(replace(field, required=False))
        else:
            out.append(field)
    return out


def references(found: Register, who: Acting) -> dict[str, list[tuple[str, str]]]:
    wanted = {f.of for f in found.fields if f.type is Type.REF}
    out: dict[str, list[tuple[str, str]]] = {}
    for name in wanted:
        rows = visible_entries(who).filter(register=name, state="active").order_by("number")
        out[name] = [(e.number, str(e)) for e in rows]
    return out


def values_of(form: FieldsForm, found: Register, who: Acting) -> dict[str, Value]:
    """The values of a valid form, files kept in the store. Raises FileRefused."""
    out = dict(form.values)
    for id, file in form.given.items():
        kept = store.attach(file, unit=who.unit, stream=REGISTER.of(found.id), user=who.user)
        out[id] = str(kept.pk)
    return out


def form_page(
    request: PageRequest, found: Register, form: FieldsForm, kept: Entry | None, seq: str = "", withheld: bool = False
) -> HttpResponse:
    """``withheld``: what is personal is not in the form, which says so when it comes back."""
    back = reverse("entry", args=[found.id, kept.pk]) if kept else reverse("register", args=[found.id])
    title = _("编辑 %(name)s") % {"name": kept} if kept else _("新建：%(name)s") % {"name": named(found)}
    trail = [*crumbs(found), *([PageLink(str(kept), back)] if kept else [])]
    files = any(f.type is Type.FILE for f in found.fields)
    return render(
        request,
        "form.html",
        {
            "crumbs": trail,
            "register": found,
            "form": form,
            "title": title,
            "back": back,
            "seq": seq or (kept.seq if kept else ""),
            "multipart": files,
            "withheld": withheld,
            "print_title": title,
        },
        status=422 if form.is_bound else 200,
    )


@page(nav="registers", scope="register.read")
@require_http_methods(["GET", "POST"])
def entry_new(request: PageRequest, id: str) -> HttpResponse:
    """A new entry."""
    who = request.acting
    found = keeper(id, who, "create")
    fields = form_fields(found, who, None)
    refs = references(found, who)
    if request.method == "GET":
        initial = {found.unit_field: who.unit.code} if found.unit_field else {}
        return form_page(request, found, FieldsForm(fields, who=who, initial=initial, references=refs), None)
    form = FieldsForm(fields, request.POST, request.FILES, who=who, references=refs)
    if form.is_valid():
        try:
            made = create(id, values_of(form, found, who), who=who, key=submitted(request)[1])
        except EntryRefused as refused:
            put(form, refused)
        except FileRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已登记 %(name)s。") % {"name": made})
            return redirect("entry", id, made.pk)
    return form_page(request, found, form, None)


def put(form: FieldsForm, refused: EntryRefused) -> None:
    """Show what an action refused, beside the fields it names."""
    if refused.errors:
        form.refuse(refused.errors)
    else:
        form.add_error(None, speak(refused))


@page(nav="registers", scope="register.read")
@require_http_methods(["GET", "POST"])
def entry_edit(request: PageRequest, id: str, pk: int) -> HttpResponse:
    """Change an entry; what somebody else wrote meanwhile is a conflict, nothing is lost."""
    who = request.acting
    found = keeper(id, who, "update")
    kept = find_entry(found, pk, who, own=True)
    fields = form_fields(found, who, kept)
    refs = references(found, who)
    seen = {f.id for f in found.fields if f.withheld and not hidden(f, who) and kept.data.get(f.id)}
    withheld = bool(seen) and (
        WITHHELD in request.POST if request.method == "POST" else not log_viewing(kept, seen, who)
    )
    if withheld:
        # what is not in the form stays as it is
        fields = [f for f in fields if f.id not in seen]
        messages.warning(request, str(NOT_ON_RECORD))
    if request.method == "GET":
        initial = {f.id: kept.data.get(f.id) for f in fields if not hidden(f, who)}
        form = FieldsForm(fields, who=who, initial=initial, references=refs)
        return form_page(request, found, form, kept, withheld=withheld)
    form = FieldsForm(fields, request.POST, request.FILES, who=who, references=refs)
    expected, key = submitted(request)
    if form.is_valid():
        try:
            done = update(kept, values_of(form, found, who), who=who, expected=expected, key=key)
        except EntryRefused as refused:
            put(form, refused)
        except FileRefused as refused:
            form.add_error(None, str(refused))
        else:
            if done.seq == kept.seq:
                messages.info(request, _("内容没有变化，未作更新。"))
            else:
                messages.success(request, _("已更新 %(name)s。") % {"name": done})
            return redirect("entry", id, pk)
    seen_seq = str(expected if expected is not None else "")
    return form_page(request, found, form, kept, seq=seen_seq, withheld=withheld)


@page(nav="registers", scope="register.read")
@require_POST
def entry_turn(request: PageRequest, id: str, pk: int, turn: str) -> HttpResponse:
    """Close or reopen an entry, with the reason."""
    who = request.acting
    if turn not in ("close", "reopen"):
        raise Http404
    found = keeper(id, who, turn)
    kept = find_entry(found, pk, who, own=True)
    form = FieldsForm([REASON], request.POST, who=who, name="turn")
    if not form.is_valid():
        return entry_page(request, found, kept, form)
    expected, key = submitted(request)
    act = close if turn == "close" else reopen
    try:
        act(kept, reason=str(form.values["reason"]), who=who, expected=expected, key=key)
    except EntryRefused as refused:
        form.add_error(None, speak(refused))
        return entry_page(request, found, kept, form)
    messages.success(request, _("已%(what)s %(name)s。") % {"what": shown.VERBS[turn], "name": kept})
    return redirect("entry", id, pk)
