"""Entries from Excel: upload, preview, take in."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.evidence.models import Attachment, Event
from jinzhi.apps.evidence.store import store
from jinzhi.apps.evidence.store.store import FileRefused
from jinzhi.apps.registers import exchange
from jinzhi.apps.registers.actions import (
    EntryRefused,
    sheets_of,
)
from jinzhi.apps.registers.exchange import ChangedMeanwhile, ImportPreview, SheetLine
from jinzhi.apps.registers.models import Entry
from jinzhi.engines.spreadsheet import SpreadsheetError
from jinzhi.kernel.fields import Value
from jinzhi.kernel.register import Register
from jinzhi.kernel.text import Words
from jinzhi.web.registers import list as shown
from jinzhi.web.registers.find import KINDS, crumbs, keeper
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import paged
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.language import named, page_language, speak
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow


@page(nav="registers", scope="register.read")
@require_http_methods(["GET", "POST"])
def upload(request: PageRequest, id: str) -> HttpResponse:
    """Choose the sheet; what it would do is shown on the next page, nothing is written here."""
    who = request.acting
    found = keeper(id, who, "create")
    errors: list[str] = []
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            errors.append(_("请选择文件"))
        else:
            try:
                kept = store.attach(file, unit=who.unit, stream=sheets_of(found), user=who.user)
                exchange.preview(found, store.read(kept), who)
                return redirect("register-import-preview", id, kept.token)
            except FileRefused as refused:
                errors.append(str(refused))
            except SpreadsheetError as refused:
                errors.append(speak(refused))
    context = {
        "crumbs": crumbs(found),
        "register": found,
        "title": _("导入：%(name)s") % {"name": named(found)},
        "errors": errors,
        "back": reverse("register", args=[id]),
        "print_title": _("导入"),
    }
    return render(request, "registers/import.html", context, status=422 if errors else 200)


@page(nav="registers", scope="register.read")
@require_http_methods(["GET", "POST"])
def preview(request: PageRequest, id: str, token: str) -> HttpResponse:
    """What the sheet would do, row by row; confirmed, it is done as a whole or not at all."""
    who = request.acting
    found = keeper(id, who, "create")
    kept = get_object_or_404(Attachment.objects.visible_to(who), token=token, stream=sheets_of(found), user=who.user)
    if kept.erased_at is not None:
        raise Http404(_("这份表格含个人信息，已依法删除"))
    content = store.read(kept)
    changed = False
    if request.method == "POST":
        # the key is that of the sheet as it was shown: whichever window confirms it, it is done once
        digest = request.POST.get("_digest", "")
        key = f"sheet:{kept.pk}:{digest[:32]}"
        if digest and Event.objects.filter(key__startswith=f"{key}:").exists():
            messages.info(request, _("这份表格已经导入，无需再次确认"))
            return redirect("register", id)
        try:
            done = exchange.carry_out(found, content, digest, who=who, key=key)
        except ChangedMeanwhile:
            changed = True
        except EntryRefused as refused:
            messages.error(request, _("没有导入任何一行：%(why)s") % {"why": speak(refused)})
        else:
            counted = {"new": done.count("new"), "changed": done.count("changed"), "same": done.count("same")}
            messages.success(request, _("已导入：新增 %(new)s 条，修改 %(changed)s 条，不变 %(same)s 条。") % counted)
            return redirect("register", id)
    plan = exchange.preview(found, content, who)
    here = paged(request, sorted(plan.lines, key=lambda line: (line.kind != "error", line.kind == "same", line.row)))
    return render(
        request,
        "registers/preview.html",
        {
            "crumbs": crumbs(found),
            "register": found,
            "file": kept,
            "title": _("导入预览：%(name)s") % {"name": kept.name},
            "plan": plan,
            "counts": [(KINDS[k], plan.count(k)) for k in KINDS],
            "table": preview_table(found, plan, list(here.object_list), who),
            "page": here,
            "notes": [speak(Words(*note)) for note in plan.notes],
            "changed": changed,
            "back": reverse("register-import", args=[id]),
            "print_title": _("导入预览"),
        },
        status=409 if changed else 200,
    )


def preview_table(found: Register, plan: ImportPreview, lines: list[SheetLine], who: Acting) -> Table:
    held = [
        Entry(data={k: v[n] for k, v in line.changes.items() if v[n] is not None}) for line in lines for n in (0, 1)
    ]
    eyes = shown.reader(found, held, who)
    language = page_language()

    def what(line: SheetLine) -> str:
        if line.errors:
            return "；".join(e.say(language) for e in line.errors)
        if line.kind == "new":
            return "；".join(_change(found, eyes, k, v[1]) for k, v in line.changes.items())
        return "；".join(_change(found, eyes, k, v[1], v[0]) for k, v in line.changes.items())

    rows = [
        TableRow(
            [
                str(line.row),
                KINDS[line.kind],
                Cell(
                    line.entry.number if line.entry else _("（新编号）"),
                    href=reverse("entry", args=[found.id, line.entry.pk]) if line.entry else "",
                ),
                line.title,
                what(line),
            ]
        )
        for line in lines
    ]
    columns = [
        Column(_("表中行"), numeric=True),
        Column(_("结果")),
        Column(_("编号")),
        Column(label_name(found)),
        Column(_("差异或错误"), wide=True),
    ]
    return Table(_("导入预览"), columns, rows, Empty(_("表里没有数据行")), stack=True, caption_hidden=True)


def label_name(found: Register) -> str:
    return named(found.field(found.title))


def _change(found: Register, eyes: shown.EntryReader, id: str, new: Value, *old: Value) -> str:
    field = found.field(id)
    if not old:
        return f"{named(field)}：{eyes.text(field, new)}"
    return f"{named(field)}：{eyes.text(field, old[0]) or _('（空）')} → {eyes.text(field, new) or _('（空）')}"
