"""Custody of evidence: the list, an item with its hands and versions, taking in, folders, hand-overs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.accounts.models import Membership
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.custody import actions, uploads
from jinzhi.apps.custody.actions import CONTENT, CustodyRefused
from jinzhi.apps.custody.fields import ABOUT, BEFORE, CAPTURE, ENVIRONMENT, EXPIRES, FORENSIC, REASON
from jinzhi.apps.custody.models import Folder, HandOver, Item, Upload, Version
from jinzhi.apps.custody.queries import (
    DISPOSE,
    READ,
    WRITE,
    Duplicates,
    duplicates,
    folders,
    inbox,
    items,
    newest,
    passed,
    takers,
)
from jinzhi.apps.evidence.bundle import bundles
from jinzhi.apps.evidence.bundle.exports import export as write_bundle
from jinzhi.apps.evidence.events import seals
from jinzhi.apps.evidence.models import Entry, Event
from jinzhi.apps.evidence.store import store
from jinzhi.kernel.access import Role, within
from jinzhi.kernel.fields import Field, Type
from jinzhi.web.custody import list as shown
from jinzhi.web.shell.access import page, require
from jinzhi.web.shell.listing import paged
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.boxes import Link
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import english, named, speak
from jinzhi.web.ui.tables import Cell, Column, Empty, Row, Table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FOLDER = Field(id="folder", zh="文件夹", en="Folder", type=Type.REF, of="folder", required=False)
CASES = Field(
    id="cases", zh="关联事项编号", en="Numbers of linked cases", required=False,
    help_zh="可填多个，用空格或逗号分开", help_en="Several are divided by spaces or commas",
)  # fmt: skip
CASE = Field(id="case", zh="事项编号", en="Number of the case", max_length=80)
TAKER = Field(id="taker", zh="接收人", en="Taker", type=Type.REF, of="post")
HOLD = Field(id="hold", zh="保全", en="Hold", type=Type.REF, of="hold")
LINKED = Field(id="linked", zh="事项", en="Case", type=Type.REF, of="case")
NOTE = Field(id="note", zh="备注", en="Note", type=Type.LONG, required=False, max_length=500)
CONFIRM = Field(
    id="confirm", zh="请输入证据编号以确认", en="Type its number to confirm", max_length=40,
    help_zh="处置后内容从存储中清除，不能恢复；登记信息和日志保留",
    help_en="The content is erased and cannot be brought back; record and log stay",
)  # fmt: skip
NAME = Field(id="name", zh="名称", en="Name", max_length=60)
PARENT = Field(id="parent", zh="上级文件夹", en="Folder above", type=Type.REF, of="folder", required=False)


def crumbs(*more: Link) -> list[Link]:
    return [Link(_("证据保管"), reverse("custody")), *more]


def refused_by(form: FieldsForm, refused: CustodyRefused) -> list[str]:
    """Show what an action refused beside its fields; gives what it said of the file."""
    mine = [e for e in refused.errors if e.field.id != CONTENT.id]
    if mine:
        form.refuse(mine)
    elif not refused.errors and not refused.duplicate:
        form.add_error(None, refused.en if english() else refused.zh)
    return [e.en if english() else e.zh for e in refused.errors if e.field.id == CONTENT.id]


def own_folders(who: Acting) -> list[tuple[str, str]]:
    return [(str(f.pk), f.path) for f in folders(who).filter(unit=who.unit)]


def find_item(who: Acting, number: str) -> Item:
    """The item, if ``who`` sees it; an item of others is as good as not there."""
    return get_object_or_404(Item.objects.visible_to(who).select_related("unit", "holder", "folder"), number=number)


# --- lists -----------------------------------------------------------------------------------------------------
@page(nav="custody", scope=READ)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All items that the acting post sees."""
    who = request.acting
    bar = shown.filters(who)
    here = paged(request, items(who, shown.asked(request)))
    query = request.GET.copy()
    query.pop("page", None)
    writes = who.user is not None and who.may(WRITE)
    if query:
        empty = Empty(_("没有符合条件的证据"), _("去掉部分条件再试"), reverse("custody"), _("显示全部"))
    elif writes:
        empty = Empty(_("还没有证据"), _("采集后在此入库保管。"), reverse("custody-new"), _("证据入库"))
    else:
        empty = Empty(_("还没有证据"), _("由有权限的人员入库后在此显示。"))
    waiting = inbox(who).count() if writes else 0
    return render(
        request,
        "custody/list.html",
        {
            "filters": bar,
            "note": _("共 %(n)s 件") % {"n": here.paginator.count},
            "table": shown.table(list(here.object_list), empty),
            "page": here,
            "writes": writes,
            "waiting": waiting,
            "exports": [
                Link(_("当前清单 Excel"), f"{reverse('custody-export')}?{query.urlencode()}", "export", download=True)
            ],
            "print_title": _("证据保管"),
            "print_facts": shown.said(request, bar),
        },
    )


@page(nav="custody", scope=READ)
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Every row of the current filter as Excel."""
    who = request.acting
    rows = list(items(who, shown.asked(request)))
    notes = [
        (_("清单"), _("证据保管")),
        (_("筛选条件"), shown.said(request, shown.filters(who)) or _("无（全部）")),
        (_("条数"), len(rows)),
        (_("数据截至"), today().isoformat()),
        (_("导出时间"), now().strftime("%Y-%m-%d %H:%M")),
        (_("导出人"), f"{who.name} · {who.unit.name}"),
    ]
    header = content_disposition_header(True, f"custody-{today().isoformat()}.xlsx")
    return HttpResponse(
        shown.workbook(rows, notes), content_type=XLSX, headers={"Content-Disposition": header or "attachment"}
    )


# --- files that come with a form -------------------------------------------------------------------------------
def uploaded(request: HttpRequest, who: Acting) -> tuple[Upload | None, list[str]]:
    """The file of a form: one that was sent in pieces before (``_upload``), or one that comes with the form.

    A file that came stays here while its form is mended: the form names it the next time.
    """
    file = request.FILES.get(CONTENT.id)
    if file is not None:
        try:
            return uploads.receive(file, who=who), []
        except CustodyRefused as e:
            return None, [e.en if english() else e.zh]
    token = request.POST.get("_upload", "")
    found = uploads.find(token, who) if token else None
    if found is not None and found.complete:
        return found, []
    return None, [_("上传已失效，请重新选择文件") if token else _("请选择文件")]


def upload_context(upload: Upload | None = None, errors: Iterable[str] = ()) -> dict[str, Any]:
    return {
        "upload": upload,
        "upload_size": shown.sized(upload.size) if upload else "",
        "content_errors": list(errors),
        "plain_limit": settings.MAX_UPLOAD // 1048576,
        "large_limit": settings.MAX_EVIDENCE // 1048576,
        "multipart": True,
    }


def groups(form: FieldsForm, parts: Iterable[tuple[str, Sequence[Field]]]) -> list[dict[str, Any]]:
    """The controls of a form under headings; long texts take the whole width."""
    return [{"title": title, "fields": [(form[f.id], f.type is Type.LONG) for f in fields]} for title, fields in parts]


@page(nav="custody", scope=READ)
@require_http_methods(["GET", "POST"])
def item_new(request: HttpRequest) -> HttpResponse:
    """Take something into custody."""
    who = request.acting
    require(who, WRITE)
    fields = (*ABOUT, FOLDER, CASES, *CAPTURE, *ENVIRONMENT, *FORENSIC, *BEFORE, EXPIRES)
    refs = {"folder": own_folders(who)}
    form = FieldsForm(
        fields, request.POST if request.method == "POST" else None, who=who, references=refs,
        initial={"captured_by": who.name, "cases": request.GET.get("case", ""), "folder": request.GET.get("folder")},
    )  # fmt: skip
    upload, errors, same = None, [], Duplicates()
    if request.method == "POST":
        if who.user is not None and (made := _made_before(request, who)):
            return redirect("custody-item", made.number)
        upload, errors = uploaded(request, who)
        if form.is_valid() and upload is not None:
            try:
                values = form.values
                made = actions.take_in(
                    values, upload, who=who, folder=_folder(values["folder"], who),
                    cases=actions.find_cases(str(values["cases"] or ""), who), twice=bool(request.POST.get("_twice")),
                    key=submitted(request)[1],
                )  # fmt: skip
            except CustodyRefused as refused:
                errors = refused_by(form, refused)
                same = duplicates(upload.sha256, who) if refused.duplicate else same
            else:
                messages.success(request, _("已入库 %(name)s。") % {"name": made})
                return redirect("custody-item", made.number)
    context = {
        "crumbs": crumbs(),
        "title": _("证据入库"),
        "form": form,
        "groups": groups(
            form,
            [
                (_("证据"), (*ABOUT, FOLDER, CASES)),
                (_("采集"), CAPTURE),
                (_("采集前环境检查"), ENVIRONMENT),
                (_("封存、见证和笔录（可能进入刑事程序时）"), FORENSIC),
                (_("采集时的摘要和保管期限"), (*BEFORE, EXPIRES)),
            ],
        ),
        "same": same,
        "back": reverse("custody"),
        "action": _("入库"),
        "print_title": _("证据入库"),
        **upload_context(upload, errors),
    }
    return render(request, "custody/form.html", context, status=422 if form.is_bound else 200)


def _made_before(request: HttpRequest, who: Acting) -> Item | None:
    """The item of the same submission, if the button was pressed twice: its upload is used up by then."""
    key = submitted(request)[1]
    before = Event.objects.filter(key=key, verb="take-in", user=who.user).first() if key else None
    return Item.objects.visible_to(who).filter(number=before.stream[8:]).first() if before else None


def _folder(pk: object, who: Acting) -> Folder | None:
    return folders(who).filter(pk=int(str(pk))).first() if pk else None


# --- an item ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Act:
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
        Act("offer", (TAKER, REASON), _offer,
            help=gettext_lazy("对方在“移交”页核验摘要并确认后，证据才转入对方手中。")),
        Act("hold", (REASON,), lambda i, v, **how: actions.hold(i, reason=v["reason"], **how),
            help=gettext_lazy("保全期间不能处置，期满也不例外；写明案件和要求保全的人。")),
        Act("lift", (HOLD, REASON), lambda i, v, **how: actions.lift(i, int(v["hold"]), reason=v["reason"], **how)),
        Act("retain", (EXPIRES, REASON), _retain),
        Act("move", (FOLDER,), lambda i, v, **how: actions.move(i, _folder(v["folder"], how["who"]), **how)),
        Act("link", (CASE,), lambda i, v, **how: actions.link(i, v["case"], **how)),
        Act("unlink", (LINKED, REASON),
            lambda i, v, **how: actions.unlink(i, v["linked"], reason=v["reason"], **how)),
        Act("dispose", (CONFIRM, REASON),
            lambda i, v, **how: actions.dispose(i, confirm=v["confirm"], reason=v["reason"], **how),
            scope=DISPOSE, danger=True),
    )
}  # fmt: skip


@dataclass
class Seen:
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


def seen(item: Item, who: Acting) -> Seen:
    hands = item.handovers.select_related("giver", "giver_unit", "taker", "taker_unit")
    events = list(Event.objects.filter(stream=item.stream).select_related("unit").order_by("seq"))
    cases = Case.objects.visible_to(who)
    once = {str(e.data["case"]) for e in events if e.verb in ("link", "unlink")}
    return Seen(
        item,
        who,
        list(item.versions.all()),
        list(item.holds.all()),
        list(hands),
        list(cases.filter(evidence=item).order_by("number")),
        events,
        frozenset(cases.filter(number__in=once).values_list("number", flat=True)) if once else frozenset(),
    )


def references(it: Seen, act: Act) -> dict[str, list[tuple[str, str]]]:
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


def why_not(it: Seen, act: Act) -> str:
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


def act_cards(it: Seen, refused: tuple[str, FieldsForm] | None) -> list[ActCard]:
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
def item(request: HttpRequest, number: str) -> HttpResponse:
    """An item: how it was captured, in whose hands it is, its versions, its history, what may be done."""
    return item_page(request, find_item(request.acting, number))


def item_page(request: HttpRequest, kept: Item, refused: tuple[str, FieldsForm] | None = None) -> HttpResponse:
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


def versions_table(it: Seen) -> Table:
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
            Row(
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
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
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


@page(nav="custody", scope=READ)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """Mend what was written of an item; the history holds old and new."""
    who = request.acting
    require(who, WRITE)
    kept = find_item(who, number)
    version = newest(kept)
    fields = (*ABOUT, *CAPTURE, *ENVIRONMENT, *FORENSIC, REASON)
    expected, key = submitted(request)
    form = FieldsForm(fields, request.POST if request.method == "POST" else None, who=who, initial=version.data)
    if form.is_valid():
        try:
            done = actions.correct(
                kept, form.values, reason=str(form.values["reason"]), who=who, expected=expected, key=key
            )
        except CustodyRefused as refused:
            refused_by(form, refused)
        else:
            if done.seq == kept.seq:
                messages.info(request, _("内容没有变化，未作更正。"))
            else:
                messages.success(request, _("已更正 %(name)s。") % {"name": done})
            return redirect("custody-item", number)
    return render(
        request,
        "custody/form.html",
        {
            "crumbs": crumbs(Link(str(kept), reverse("custody-item", args=[number]))),
            "title": _("更正 %(name)s") % {"name": kept},
            "form": form,
            "groups": groups(
                form,
                [
                    (_("证据"), ABOUT),
                    (_("采集"), CAPTURE),
                    (_("采集前环境检查"), ENVIRONMENT),
                    (_("封存、见证和笔录（可能进入刑事程序时）"), FORENSIC),
                    (_("为什么更正"), (REASON,)),
                ],
            ),
            "seq": expected if expected is not None else kept.seq,
            "back": reverse("custody-item", args=[number]),
            "action": _("更正"),
            "print_title": _("更正"),
        },
        status=422 if form.is_bound else 200,
    )


@page(nav="custody", scope=READ)
@require_http_methods(["GET", "POST"])
def version_new(request: HttpRequest, number: str) -> HttpResponse:
    """A new version of an item; the versions before stay."""
    who = request.acting
    require(who, WRITE)
    kept = find_item(who, number)
    before = newest(kept)
    fields = (*CAPTURE, *ENVIRONMENT, *FORENSIC, *BEFORE, REASON)
    expected, key = submitted(request)
    initial = {
        f.id: before.data.get(f.id) for f in (*CAPTURE, *ENVIRONMENT, *FORENSIC) if not f.id.startswith("captured_")
    }
    form = FieldsForm(fields, request.POST if request.method == "POST" else None, who=who, initial=initial)
    upload, errors = None, []
    if request.method == "POST":
        if key and Event.objects.filter(key=key, stream=kept.stream, verb="new-version").exists():
            return redirect("custody-item", number)
        upload, errors = uploaded(request, who)
        if form.is_valid() and upload is not None:
            try:
                done = actions.new_version(
                    kept, form.values, upload, note=str(form.values["reason"]), who=who, expected=expected, key=key
                )
            except CustodyRefused as refused:
                errors = refused_by(form, refused)
            else:
                messages.success(request, _("已登记第 %(n)s 版。") % {"n": done.version})
                return redirect("custody-item", number)
    return render(
        request,
        "custody/form.html",
        {
            "crumbs": crumbs(Link(str(kept), reverse("custody-item", args=[number]))),
            "title": _("新版本：%(name)s") % {"name": kept},
            "form": form,
            "groups": groups(
                form,
                [
                    (_("为什么有新版本"), (REASON,)),
                    (_("采集"), CAPTURE),
                    (_("采集前环境检查"), ENVIRONMENT),
                    (_("封存、见证和笔录（可能进入刑事程序时）"), FORENSIC),
                    (_("采集时的摘要"), BEFORE),
                ],
            ),
            "seq": expected if expected is not None else kept.seq,
            "back": reverse("custody-item", args=[number]),
            "action": _("登记新版本"),
            "print_title": _("新版本"),
            **upload_context(upload, errors),
        },
        status=422 if form.is_bound else 200,
    )


@page(nav="custody", scope=READ)
@require_GET
def content(request: HttpRequest, number: str, n: int) -> HttpResponse | StreamingHttpResponse:
    """A version's content as a download: proven before the first byte leaves, and again while it passes."""
    who = request.acting
    kept = find_item(who, number)
    version = get_object_or_404(kept.versions, n=n)
    if version.erased_on:
        raise Http404(_("内容已于 %(day)s 处置清除，登记信息和日志保留") % {"day": version.erased_on.isoformat()})
    try:
        store.check(version.sha256)
    except store.FileRefused as e:
        raise Http404(str(e)) from None
    actions.log_download(kept, version, who)
    response = StreamingHttpResponse(store.stream(version.sha256), content_type=version.media_type)
    response.headers["Content-Length"] = str(version.size)
    response.headers["Content-Disposition"] = content_disposition_header(True, version.name) or "attachment"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def content_entry(version: Version) -> Entry | None:
    """The entry of the log that stands for a version's content: the n-th of its item."""
    own = Entry.objects.filter(kind=actions.ENTRY_KIND, object=version.item.stream).order_by("pk")
    return own[version.n - 1 : version.n].first()


@page(nav="custody", scope=READ)
@require_GET
def bundle(request: HttpRequest, number: str, n: int) -> HttpResponse:
    """A version as a bundle that verifies without the platform: content, entry, proofs, chain of hands, statement."""
    who = request.acting
    kept = find_item(who, number)
    version = get_object_or_404(kept.versions.select_related("item"), n=n)
    entry = content_entry(version)
    if entry is None:
        raise Http404(_("日志中没有此内容的条目"))
    file = bundles.temporary()
    try:
        # what was disposed of stays out, also where another item keeps the same content
        done = write_bundle(entry, file, content=version.erased_on is None, stated=shown.stated(version))
    except (bundles.BundleRefused, store.FileRefused) as e:
        file.close()
        messages.error(request, str(e))
        return redirect("custody-item", number)
    actions.log_download(kept, version, who, bundle=True)
    file.seek(0)
    name = f"{number}-v{n}-{done.facts.entry.number}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


# --- hands -----------------------------------------------------------------------------------------------------
def may_open(h: HandOver, who: Acting) -> bool:
    return within(who.path, who.reach, h.item.unit_path)


@page(nav="custody", scope=READ)
@require_GET
def hands(request: HttpRequest) -> HttpResponse:
    """Hand-overs that wait for me, and those that I gave or took."""
    return hands_page(request)


def hands_page(request: HttpRequest, refused: tuple[int, str, FieldsForm] | None = None) -> HttpResponse:
    who = request.acting
    require(who, WRITE)
    here = paged(request, passed(who))
    rows = [
        Row(
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
def answer(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
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


# --- folders ---------------------------------------------------------------------------------------------------
@page(nav="custody", scope=READ)
@require_http_methods(["GET", "POST"])
def folder_list(request: HttpRequest) -> HttpResponse:
    """The tree of folders with how many items lie in each; making one."""
    who = request.acting
    writes = who.user is not None and who.may(WRITE)
    refs = {"folder": own_folders(who) if writes else []}
    form = FieldsForm((NAME, PARENT), request.POST if request.method == "POST" else None, who=who, references=refs)
    if request.method == "POST":
        require(who, WRITE)
        if form.is_valid():
            try:
                parent = _folder(form.values["parent"], who)
                made = actions.make_folder(str(form.values["name"]), parent, who=who, key=submitted(request)[1])
            except CustodyRefused as refused:
                refused_by(form, refused)
            else:
                messages.success(request, _("已新建文件夹“%(name)s”。") % {"name": made.path})
                return redirect("custody-folders")
    counted: dict[int, int] = {}
    for pk in Item.objects.visible_to(who).exclude(folder=None).values_list("folder_id", flat=True):
        counted[pk] = counted.get(pk, 0) + 1
    rows = []
    for f in folders(who):
        depth = f.path.count("／")
        rows.append(
            Row(
                [
                    Cell("\u3000" * depth + f.name, href=reverse("custody-folder", args=[f.pk])),
                    f.unit.label,
                    Cell(str(counted.get(f.pk, 0)), href=f"{reverse('custody')}?folder={f.pk}"),
                ]
            )
        )
    columns = [Column(_("文件夹"), wide=True), Column(_("单位")), Column(_("证据件数"), numeric=True)]
    empty = Empty(_("还没有文件夹"), _("文件夹由各单位自己建立，最多 6 层。"))
    return render(
        request,
        "custody/folders.html",
        {
            "crumbs": crumbs(),
            "title": _("文件夹"),
            "table": Table(_("文件夹"), columns, rows, empty, caption_hidden=True),
            "form": form,
            "writes": writes,
            "print_title": _("文件夹"),
        },
        status=422 if form.is_bound else 200,
    )


@page(nav="custody", scope=READ)
@require_http_methods(["GET", "POST"])
def folder(request: HttpRequest, pk: int) -> HttpResponse:
    """A folder: what lies in it; rename it, or remove it when it is empty."""
    who = request.acting
    found = get_object_or_404(folders(who), pk=pk)
    mine = who.user is not None and who.may(WRITE) and found.unit_id == who.unit.pk
    expected, key = submitted(request)
    form = FieldsForm((NAME,), who=who, initial={"name": found.name})
    if request.method == "POST":
        require(who, WRITE)
        try:
            if request.POST.get("do") == "remove":
                form = FieldsForm((NAME,), {"name": found.name}, who=who)
                form.is_valid()
                actions.remove_folder(found, who=who, expected=expected, key=key)
                messages.success(request, _("已删除文件夹“%(name)s”。") % {"name": found.path})
                return redirect("custody-folders")
            form = FieldsForm((NAME,), request.POST, who=who)
            if form.is_valid():
                done = actions.rename_folder(found, str(form.values["name"]), who=who, expected=expected, key=key)
                messages.success(request, _("文件夹已改名为“%(name)s”。") % {"name": done.name})
                return redirect("custody-folder", pk)
        except CustodyRefused as refused:
            refused_by(form, refused)
    here = paged(request, items(who).filter(folder=found))
    empty = Empty(_("文件夹是空的"))
    above = [Link(_("文件夹"), reverse("custody-folders"))]
    if found.parent_id and (parent := folders(who).filter(pk=found.parent_id).first()):
        above.append(Link(parent.path, reverse("custody-folder", args=[parent.pk])))
    return render(
        request,
        "custody/folder.html",
        {
            "crumbs": crumbs(*above),
            "title": found.path,
            "folder": found,
            "inner": list(folders(who).filter(parent=found)),
            "table": shown.table(list(here.object_list), empty),
            "page": here,
            "form": form,
            "mine": mine,
            "print_title": found.path,
        },
        status=422 if form.is_bound else 200,
    )


urlpatterns = [
    path("custody/", index, name="custody"),
    path("custody/export.xlsx", export, name="custody-export"),
    path("custody/new/", item_new, name="custody-new"),
    path("custody/folders/", folder_list, name="custody-folders"),
    path("custody/folders/<int:pk>/", folder, name="custody-folder"),
    path("custody/hands/", hands, name="custody-hands"),
    path("custody/hands/<int:pk>/<slug:verb>/", answer, name="custody-answer"),
    path("custody/<slug:number>/", item, name="custody-item"),
    path("custody/<slug:number>/correct/", correct, name="custody-correct"),
    path("custody/<slug:number>/versions/new/", version_new, name="custody-version"),
    path("custody/<slug:number>/versions/<int:n>/content", content, name="custody-content"),
    path("custody/<slug:number>/versions/<int:n>/bundle.zip", bundle, name="custody-bundle"),
    path("custody/<slug:number>/do/<slug:verb>/", act, name="custody-act"),
]
