"""Registers: all of them, the list of one, an entry with its history, writing one, Excel out and in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jinzhi.apps.accounts.acting import Acting, in_nobodys_role
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.seals import verdicts_of
from jinzhi.apps.evidence.models import Attachment, Event
from jinzhi.apps.evidence.store import store
from jinzhi.apps.evidence.store.store import FileRefused
from jinzhi.apps.registers import exchange
from jinzhi.apps.registers.actions import (
    ERASE,
    EntryRefused,
    close,
    create,
    erase_personal,
    log_export,
    log_viewing,
    may_write,
    reopen,
    sheets_of,
    update,
)
from jinzhi.apps.registers.exchange import ChangedMeanwhile, ImportPreview, SheetLine
from jinzhi.apps.registers.models import Entry
from jinzhi.apps.registers.queries import (
    MASK,
    entries,
    hidden,
    history,
    may_read,
    others_keep_some,
    readable,
    reading,
    visible_entries,
)
from jinzhi.engines.spreadsheet import SpreadsheetError
from jinzhi.kernel.access import Role, within
from jinzhi.kernel.fields import Field, Type, Value
from jinzhi.kernel.register import Register
from jinzhi.kernel.text import Words
from jinzhi.web.cases.erasure import erasing
from jinzhi.web.catalogue.declared import serves
from jinzhi.web.registers import list as shown
from jinzhi.web.shell.access import page
from jinzhi.web.shell.errors import NOT_ON_RECORD, WITHHELD
from jinzhi.web.shell.listing import paged
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.boxes import Link
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import english, enumerated, named, page_language, speak
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Row, Table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REASON = Field(id="reason", zh="原因", en="Reason", type=Type.LONG, max_length=500)
KINDS = {
    "new": Tag("新增", "New", "ahead", "＋"),
    "changed": Tag("修改", "Changed", "open", "✎"),
    "same": Tag("不变", "Same", "neutral"),
    "error": Tag("有错", "Wrong", "late"),
}


def crumbs(register: Register | None = None) -> list[Link]:
    out = [Link(_("名录"), reverse("registers"))]
    if register is not None:
        out.append(Link(named(register), reverse("register", args=[register.id])))
    return out


def declared(id: str, who: Acting) -> Register:
    register = catalogue().find(Register, id)
    if register is None:
        raise Http404(_("没有名为“%(id)s”的名录") % {"id": id})
    if not may_read(register, who):
        raise PermissionDenied(
            _("角色“%(role)s”不能查看名录“%(name)s”") % {"role": named(who.role), "name": named(register)}
        )
    return register


def keeper(id: str, who: Acting, verb: str) -> Register:
    register = declared(id, who)
    if not may_write(register, who, verb):
        raise PermissionDenied(
            _("角色“%(role)s”不维护名录“%(name)s”") % {"role": named(who.role), "name": named(register)}
        )
    return register


def find_entry(register: Register, pk: int, who: Acting, *, own: bool = False) -> Entry:
    """The entry, if ``who`` sees it, or (``own``) keeps it; an entry of others is as good as not there."""
    rows = Entry.objects.visible_to(who) if own else visible_entries(who)
    seen = rows.select_related("unit")
    return get_object_or_404(seen, pk=pk, register=register.id)


@page(nav="registers", scope="register.read")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every register that the acting post may read, with how many entries it sees."""
    who = request.acting
    seen = visible_entries(who).filter(state="active").order_by()
    tallies = {t["register"]: t for t in seen.values("register").annotate(n=Count("pk"), last=Max("updated_at"))}
    rows = []
    for register in readable(who):
        tally = tallies.get(register.id, {"n": 0, "last": None})
        href = reverse("register", args=[register.id])
        rows.append(
            Row(
                [
                    Cell(named(register), href=href, sub=register.why),
                    Cell(" ".join(register.serves)),
                    Cell(tally["n"], href=f"{href}?state=active"),
                    timezone.localtime(tally["last"]).date().isoformat() if tally["last"] else "",
                    enumerated(named(catalogue().get(Role, r)) for r in register.writes),
                ],
                id=register.id,
            )
        )
    columns = [
        Column(_("名录"), wide=True),
        Column(_("规划任务")),
        Column(_("有效条目"), numeric=True),
        Column(_("最近更新")),
        Column(_("维护角色")),
    ]
    empty = Empty(_("没有可查看的名录"), _("您的角色没有名录的查看权限；请与规划办联系。"))
    return render(
        request,
        "registers/index.html",
        {"table": Table(_("名录"), columns, rows, empty, stack=True, caption_hidden=True), "print_title": _("名录")},
    )


@page(nav="registers", scope="register.read")
@require_GET
def register(request: HttpRequest, id: str) -> HttpResponse:
    """The list of a register, with filters, sort and pages in the address."""
    who = request.acting
    found = declared(id, who)
    bar = shown.filters(found, who)
    here = paged(request, entries(found, who, shown.asked(request, found)))
    query = request.GET.copy()
    query.pop("page", None)
    writes = bool(who.user) and may_write(found, who, "create")
    if query:
        empty = Empty(_("没有符合条件的条目"), _("去掉部分条件再试"), reverse("register", args=[id]), _("显示全部"))
    else:
        title, body = _("还没有条目"), _("由维护角色登记后在此显示。")
        if not here.paginator.count and others_keep_some(found):
            title, body = _("您的范围内没有条目"), _("其他单位登记了条目，不在您的可见范围内。")
        elif writes:
            body = _("可以逐条新建，或用 Excel 批量导入。")
        empty = Empty(title, body, *((reverse("entry-new", args=[id]), _("新建条目")) if writes else ()))
    exported = f"{reverse('register-export', args=[id])}?{query.urlencode()}"
    return render(
        request,
        "registers/register.html",
        {
            "crumbs": crumbs(),
            "register": found,
            "title": named(found),
            "filters": bar,
            "note": _("共 %(n)s 条") % {"n": here.paginator.count},
            "table": shown.table(found, list(here.object_list), who, empty),
            "page": here,
            "exports": [Link(_("当前清单 Excel（可填写后导入）"), exported, "export", download=True)],
            "writes": writes,
            "facts": facts(found),
            "print_title": named(found),
            "print_facts": shown.said(request, bar),
        },
    )


def facts(found: Register) -> list[tuple[str, Any]]:
    """What a register is for and who answers for it."""
    return [
        (_("用途"), Cell(found.why, lang="zh-Hans") if english() else found.why),
        (_("服务的规划任务"), serves(found)),
        (_("唯一性"), enumerated(named(found.field(k)) for k in found.key) or _("不限")),
        (_("维护角色"), enumerated(named(catalogue().get(Role, r)) for r in found.writes)),
        (_("编写"), found.authored_by),
        (_("复核"), found.checked_by or _("尚无第二人复核")),
        (_("下次复审"), found.next_review.isoformat() if found.next_review else _("未定")),
        (_("完整定义"), Cell(_("字段与示例"), href=reverse("declaration", args=[found.kind, found.id]))),
    ]


@page(nav="registers", scope="register.read")
@require_GET
def export(request: HttpRequest, id: str) -> HttpResponse:
    """Every row of the current filter as Excel, in the columns that can be imported again."""
    who = request.acting
    found = declared(id, who)
    bar = shown.filters(found, who)
    rows = list(entries(found, who, shown.asked(request, found)))
    who = reading(who, *rows)
    said = shown.said(request, bar)
    notes = [
        (_("名录"), named(found)),
        (_("筛选条件"), said or _("无（全部）")),
        (_("条数"), len(rows)),
        (_("数据截至"), today().isoformat()),
        (_("导出时间"), now().strftime("%Y-%m-%d %H:%M")),
        (_("导出人"), f"{who.name} · {who.unit.name}"),
        (_("填写说明"), _("灰色列不用填写；新增条目时编号留空；修改后在名录页“导入”上传，先预览差异，确认后才写入。")),
    ]
    for field in found.fields:
        text = speak(field.help)
        if text and not hidden(field, who):
            notes.append((named(field), text))
    personal = [f.id for f in found.fields if f.withheld and not hidden(f, who)]
    if not log_export(found, len(rows), personal, said, who):
        who = in_nobodys_role(who)
        notes.append((_("个人信息"), NOT_ON_RECORD))
    content = exchange.workbook(found, rows, who, notes, language=page_language())
    return sheet(content, f"{found.id}-{today().isoformat()}.xlsx")


def sheet(content: bytes, name: str) -> HttpResponse:
    header = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": str(header)})


# --- an entry -------------------------------------------------------------------------------------------------
@page(nav="registers", scope="register.read")
@require_GET
def entry(request: HttpRequest, id: str, pk: int) -> HttpResponse:
    """An entry: its values, its history, and what may be done with it."""
    found = declared(id, request.acting)
    return entry_page(request, found, find_entry(found, pk, request.acting))


def entry_page(request: HttpRequest, found: Register, kept: Entry, refused: FieldsForm | None = None) -> HttpResponse:
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
        kept = store.attach(file, unit=who.unit, stream=f"register:{found.id}", user=who.user)
        out[id] = str(kept.pk)
    return out


def form_page(
    request: HttpRequest, found: Register, form: FieldsForm, kept: Entry | None, seq: str = "", withheld: bool = False
) -> HttpResponse:
    """``withheld``: what is personal is not in the form, which says so when it comes back."""
    back = reverse("entry", args=[found.id, kept.pk]) if kept else reverse("register", args=[found.id])
    title = _("编辑 %(name)s") % {"name": kept} if kept else _("新建：%(name)s") % {"name": named(found)}
    trail = [*crumbs(found), *([Link(str(kept), back)] if kept else [])]
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
def entry_new(request: HttpRequest, id: str) -> HttpResponse:
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
def entry_edit(request: HttpRequest, id: str, pk: int) -> HttpResponse:
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
def entry_turn(request: HttpRequest, id: str, pk: int, turn: str) -> HttpResponse:
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


# --- Excel in -------------------------------------------------------------------------------------------------
@page(nav="registers", scope="register.read")
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, id: str) -> HttpResponse:
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
def preview(request: HttpRequest, id: str, token: str) -> HttpResponse:
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
        Row(
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


def _change(found: Register, eyes: shown.Reader, id: str, new: Value, *old: Value) -> str:
    field = found.field(id)
    if not old:
        return f"{named(field)}：{eyes.text(field, new)}"
    return f"{named(field)}：{eyes.text(field, old[0]) or _('（空）')} → {eyes.text(field, new) or _('（空）')}"


@page(nav="registers", scope=ERASE)
def entry_erase(request: HttpRequest, id: str, pk: int) -> HttpResponse:
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


urlpatterns = [
    path("registers/", index, name="registers"),
    path("registers/<slug:id>/", register, name="register"),
    path("registers/<slug:id>/export.xlsx", export, name="register-export"),
    path("registers/<slug:id>/new/", entry_new, name="entry-new"),
    path("registers/<slug:id>/import/", upload, name="register-import"),
    path("registers/<slug:id>/import/<slug:token>/", preview, name="register-import-preview"),
    path("registers/<slug:id>/<int:pk>/", entry, name="entry"),
    path("registers/<slug:id>/<int:pk>/edit/", entry_edit, name="entry-edit"),
    path("registers/<slug:id>/<int:pk>/erase/", entry_erase, name="entry-erase"),
    path("registers/<slug:id>/<int:pk>/<slug:turn>/", entry_turn, name="entry-turn"),
]
