"""Importing a plan: upload, review beside the source, mend, store. Only for those who may ``plan.import``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models.fields.json import KT
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import installation, today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.seals import Verdicts, verdicts
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.evidence.store.store import FileRefused
from jinzhi.apps.evidence.store.store import read as read_kept
from jinzhi.apps.plan import importing, issuing
from jinzhi.apps.plan.comparing import compare
from jinzhi.apps.plan.mending import LONGEST, Doc, MendRefused, find, numbers, place_of
from jinzhi.apps.plan.models import Import
from jinzhi.apps.plan.plans import in_force
from jinzhi.apps.plan.readings import undecided
from jinzhi.apps.units.models import Group, Unit
from jinzhi.engines import spreadsheet
from jinzhi.kernel.fields import Field
from jinzhi.kernel.plan import DUTIES, PlanRow
from jinzhi.kernel.text import id_of
from jinzhi.sources.plan_document import TYPES, PlanDocumentError
from jinzhi.sources.plan_document.read import LARGEST
from jinzhi.web.plan.releases import page as plan_releases
from jinzhi.web.plan.releases.page import DUTY_NAMES, diff_context, known_rows
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, paged, sort_of
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.boxes import Link
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.language import english, named
from jinzhi.web.ui.records import TimelineItem
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Row, Table

STATES = {
    "review": Tag("待核对", "Under review", "open", "○"),
    "stored": Tag("已入库", "Stored", "done", "✓"),
    "discarded": Tag("已作废", "Discarded", "closed", "□"),
}
VERBS = {
    "import": gettext_lazy("导入"),
    "edit-row": gettext_lazy("修改任务"),
    "split-row": gettext_lazy("拆分任务"),
    "merge-row": gettext_lazy("合并任务"),
    "move-row": gettext_lazy("移动任务"),
    "delete-row": gettext_lazy("删除任务"),
    "add-row": gettext_lazy("新增任务"),
    "bind-row": gettext_lazy("绑定任务"),
    "resolve": gettext_lazy("识别单位"),
    "head": gettext_lazy("修改文件信息"),
    "choose-reading": gettext_lazy("选定理解"),
    "take-points": gettext_lazy("选定里程碑"),
    "restore": gettext_lazy("恢复解析结果"),
    "undo": gettext_lazy("撤销"),
    "store": gettext_lazy("入库"),
    "discard": gettext_lazy("作废"),
}
LEVELS = (
    ("department", gettext_lazy("市级部门")),
    ("external", gettext_lazy("其他单位")),
    ("district", gettext_lazy("区")),
    ("bureau", gettext_lazy("区级部门")),
    ("street", gettext_lazy("街镇")),
    ("city", gettext_lazy("市")),
)


def said(refusal: Any) -> str:
    """A refusal in the language of the page."""
    return refusal.en if english() else refusal.zh


def of(request: HttpRequest, pk: int) -> Import:
    """The import that the address names, if who asks sees it."""
    found = Import.objects.visible_to(request.acting).select_related("user", "unit").filter(pk=pk).first()
    if found is None:
        raise Http404(_("没有这份导入，或您没有查看它的权限"))
    return found


# --- list and upload --------------------------------------------------------------------------------------
@page(nav="rows", scope="plan.import")
def index(request: HttpRequest) -> HttpResponse:
    """All imports, newest first."""
    state = choice(request, "state", STATES)
    text = request.GET.get("q", "").strip()[:80]
    _raw, order = sort_of(request, {"at": "pk", "file": "filename", "state": "state"}, "-at")
    found = importing.imports(request.acting).annotate(title=KT("mended__title")).order_by(order, "-pk")
    if state:
        found = found.filter(state=state)
    if text:
        found = found.filter(filename__icontains=text)
    if choice(request, "format", ("xlsx",)):
        return _exported(list(found), state, text, request.acting)
    shown = paged(request, found)
    rows = [
        Row(
            (
                Cell(i.filename, href=reverse("plan-import-review", args=[i.pk])), i.title or "",
                Cell(tag=STATES[i.state]), Cell(str(i.user or _("系统")), sub=i.unit.label),
                f"{localtime(i.at):%Y-%m-%d}",
            )
        )
        for i in shown
    ]  # fmt: skip
    columns = (
        Column(_("文件"), "file", wide=True), Column(_("标题"), wide=True), Column(_("状态"), "state"),
        Column(_("导入人")), Column(_("导入日期"), "at"),
    )  # fmt: skip
    empty = Empty(
        _("没有符合条件的导入") if state or text else _("还没有导入过任务分工文件"),
        _("上传分工文件，核对解析结果，确认后入库。"), reverse("plan_import"), _("上传文件"),
    )  # fmt: skip
    query = request.GET.copy()
    query["format"] = "xlsx"
    context = {
        "table": Table(_("导入记录"), columns, rows, empty, stack=True), "page": shown,
        "filters": [
            Filter("state", _("状态"), options=[Option(k, named(t)) for k, t in STATES.items()]),
            Filter("q", _("文件名"), "text"),
        ],
        "exports": [Link(_("Excel（全部行）"), f"?{query.urlencode()}", key="export", download=True)],
        "crumbs": [(_("规划任务"), reverse("rows"))],
    }  # fmt: skip
    return render(request, "plan_import/index.html", context)


def _exported(found: list[Import], state: str, text: str, who: Acting) -> HttpResponse:
    heads = (
        ("filename", "文件", "File"), ("title", "标题", "Title"), ("state", "状态", "State"), ("who", "导入人", "By"),
        ("at", "导入日期", "On"), ("sha256", "SHA-256", "SHA-256"),
    )  # fmt: skip
    columns = tuple(spreadsheet.SheetColumn(field=Field(id=id, zh=zh, en=en, required=False)) for id, zh, en in heads)
    rows = [
        {
            "filename": i.filename, "title": i.title or "", "state": named(STATES[i.state]),
            "who": str(i.user or _("系统")), "at": f"{localtime(i.at):%Y-%m-%d}", "sha256": i.sha256,
        }
        for i in found
    ]  # fmt: skip
    here = installation()
    notes = [
        (_("内容"), _("任务分工文件的导入记录")), (_("城市"), here.city_zh if here else ""),
        (_("状态"), named(STATES[state]) if state else _("全部")), (_("文件名"), text or _("全部")),
        (_("行数"), len(rows)), (_("截至"), today().isoformat()), (_("导出人"), who.name),
    ]  # fmt: skip
    sheet = spreadsheet.Sheet(title=_("导入记录"), columns=columns, rows=rows, language="en" if english() else "zh")
    response = HttpResponse(
        spreadsheet.write([sheet], notes),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Content-Disposition"] = f'attachment; filename="imports-{today().isoformat()}.xlsx"'
    return response


@page(nav="rows", scope="plan.import")
def upload(request: HttpRequest) -> HttpResponse:
    """Hand over a file; what is no plan is refused beside the field."""
    errors: list[str] = []
    earlier: Import | None = None
    if request.method == "POST":
        file = request.FILES.get("file")
        _seq, key = submitted(request)
        if file is None:
            errors.append(_("请选择要导入的文件"))
        else:
            try:
                made = importing.start(
                    file.read(), file.name or "", request.acting, again=bool(request.POST.get("again")), key=key
                )
            except PlanDocumentError as e:
                errors.append(e.message)
            except MendRefused as e:
                errors.append(said(e))
            except importing.AlreadyImported as e:
                earlier = e.earlier
                errors.append(_("这个文件已经导入过，内容完全相同"))
            else:
                messages.success(request, _("已读取文件。请对照原文核对，确认后入库；入库之前不影响在用的规划。"))
                return redirect("plan-import-review", pk=made.pk)
    context = {
        "errors": errors, "earlier": earlier, "accept": ",".join(TYPES), "limit": LARGEST,
        "crumbs": [(_("规划任务"), reverse("rows")), (_("导入记录"), reverse("plan-imports"))],
    }  # fmt: skip
    return render(request, "plan_import/upload.html", context, status=422 if errors else 200)


# --- review -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Stretch:
    """A stretch of the source: ``kind`` placed, furniture or unplaced; ``anchor`` where a row begins."""

    kind: str
    text: str
    uid: str = ""
    anchor: bool = False
    label: str = ""
    nth: int = 0
    doubt: str = ""


def stretches(imported: Import) -> list[Stretch]:
    """The whole source text in order, neighbours of one kind and row together."""
    labels = {r["uid"]: str(r["number"] or n) for n, r in enumerate(imported.parse["rows"], 1)}
    out: list[Stretch] = []
    met: set[str] = set()
    unplaced = 0
    doubts = [d for d in imported.mended.get("doubts") or [] if d["end"]]
    for (kind, uid), spans in groupby(imported.parse["spans"], key=lambda s: (s[2], s[3])):
        part = list(spans)
        unplaced += kind == "unplaced"
        start, end = part[0][0], part[-1][1]
        inside = [d for d in doubts if start <= d["start"] < end]
        for nth, (doubt, a, b) in enumerate(_cut(inside, start, end)):
            out.append(
                Stretch(
                    kind, imported.text[a:b], uid, nth == 0 and bool(uid) and uid not in met, labels.get(uid, ""),
                    unplaced if kind == "unplaced" and nth == 0 else 0, doubt,
                )
            )  # fmt: skip
        met.add(uid)
    return out


def _cut(doubts: list[Doc], start: int, end: int) -> list[tuple[str, int, int]]:
    """A stretch cut where doubts begin: (the doubt or "", from, to)."""
    begins = {d["start"]: d["id"] for d in reversed(doubts)}
    edges = sorted({start, *begins, end})
    return [(begins.get(a, ""), a, b) for a, b in pairwise(edges)]


def targets() -> list[tuple[str, list[tuple[str, str]]]]:
    """Units and groups to choose from, as option groups of a select."""
    units: dict[str, list[tuple[str, str]]] = {}
    for unit in Unit.objects.filter(active=True).order_by("position", "path"):
        units.setdefault(unit.level, []).append((f"unit:{unit.code}", unit.label))
    groups = [(f"group:{g.code}", g.en if english() else g.zh) for g in Group.objects.order_by("code")]
    out = [(_("单位组合"), groups)]
    return out + [(str(name), units[level]) for level, name in LEVELS if level in units]


def timeline_of(events: list[Event], doc: Doc, checked: Verdicts) -> list[TimelineItem]:
    titles = {r["uid"]: place_of(r) for r in doc["rows"]}
    out = []
    for e in reversed(events):
        row = titles.get(e.data.get("row", ""), e.data.get("row", ""))
        what = row or e.data.get("raw") or e.data.get("reason") or e.data.get("plan") or ""
        if e.verb == "undo":
            what = _("第 %(seq)s 次修改：%(verb)s") % {
                "seq": e.data["undoes"], "verb": VERBS.get(e.data["verb"], e.data["verb"])
            }  # fmt: skip
        out.append(
            TimelineItem(
                VERBS.get(e.verb, e.verb), e.at, e.actor, what, notes=[f"#{e.seq}"], tone="normal", seal=checked.of(e)
            )
        )
    return out


def _warnings(imported: Import) -> list[dict[str, Any]]:
    """The parser's warnings with a link to the row or to the place in the source."""
    out = []
    unplaced = 0
    here = {r["uid"] for r in imported.mended["rows"]}
    for w in imported.parse["warned"]:
        href = ""
        if w["code"] == "unplaced":
            unplaced += 1
            href = f"#u-{unplaced}"
        elif w["row"] in here:
            href = f"#p-{w['row']}"
        out.append({"text": w["text"], "href": href})
    return out


def _grouped(doc: Doc) -> list[dict[str, Any]]:
    """The rows under their part and section, with the names of their duties and of what they are bound to."""
    known = {r.id: named(r) for r in catalogue().all(PlanRow)}
    out: list[dict[str, Any]] = []
    for (part, section), rows in groupby(doc["rows"], key=lambda r: (r["part"], r["section"])):
        out.append(
            {
                "part": part,
                "section": section,
                "rows": [
                    {
                        **row,
                        "known": known.get(row["matched"] or "", ""),
                        "doubts": [d for d in doc.get("doubts") or [] if d["row"] == row["uid"]],
                        "duties": [{**d, "word": DUTY_NAMES.get(d["duty"], d["duty"])} for d in row["duties"]],
                    }
                    for row in rows
                ],
            }
        )
    return out


def _loose_doubts(doc: Doc) -> list[Doc]:
    """Doubts that stand at no row, or whose row is gone: shown before the rows."""
    here = {r["uid"] for r in doc["rows"]}
    return [d for d in doc.get("doubts") or [] if d["row"] not in here]


class HeadForm(forms.Form):
    """What the document says of itself."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=300)
    issued_by = forms.CharField(label=gettext_lazy("印发单位"), max_length=200, required=False)
    issued_on = forms.DateField(
        label=gettext_lazy("印发日期"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    number = forms.CharField(label=gettext_lazy("文号"), max_length=100, required=False)


def _review(request: HttpRequest, imported: Import, head: HeadForm | None = None) -> HttpResponse:
    doc = imported.mended
    events = importing.history(imported)
    checked = verdicts(events)
    counts = numbers(doc)
    total = len(imported.text) or 1
    context = {
        "imported": imported,
        "doc": doc,
        "state": STATES[imported.state],
        "open": imported.state == "review",
        "counts": counts,
        "facts": [
            (_("文件"), Cell(imported.filename, href=reverse("plan-import-source", args=[imported.pk]))),
            (_("标题"), doc["title"]),
            (_("印发单位"), doc["issued_by"]),
            (_("印发日期"), doc["issued_on"] or ""),
            (_("文号"), doc["number"]),
            (_("导入"), f"{localtime(imported.at):%Y-%m-%d %H:%M} · {imported.user or _('系统')}"),
            (
                _("原文字符"),
                _("共 %(n)s：已归位 %(placed)s，页面装饰 %(furniture)s，未归位 %(unplaced)s")
                % {"n": total, "placed": counts.placed, "furniture": counts.furniture, "unplaced": counts.unplaced},
            ),
            (
                _("解析结果"),
                _("任务 %(rows)s 项（未绑定 %(unbound)s），措施 %(measures)s 条，职责 %(duties)s 条，单位 %(units)s 个")
                % {
                    "rows": counts.rows,
                    "unbound": len(counts.unbound),
                    "measures": counts.measures,
                    "duties": counts.duties,
                    "units": counts.units,
                },
            ),
        ],
        "warnings": _warnings(imported),
        "notes": imported.parse.get("notes", []),
        "stretches": stretches(imported),
        "groups": _grouped(doc),
        "loose_doubts": _loose_doubts(doc),
        "undecided": undecided(doc),
        "targets": targets() if counts.unresolved and imported.state == "review" else [],
        "head": head or HeadForm(initial={k: doc[k] for k in ("title", "issued_by", "issued_on", "number")}),
        "changed": doc != imported.parse,
        "events": timeline_of(events, doc, checked),
        "stream": imported.stream,
        "checked": checked,
        "release": imported.releases.first(),
        "crumbs": [(_("规划任务"), reverse("rows")), (_("导入记录"), reverse("plan-imports"))],
    }
    return render(request, "plan_import/review.html", context, status=422 if head else 200)


@page(nav="rows", scope="plan.import")
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The parse beside the source; a POST changes the document as a whole (``do`` says how)."""
    imported = of(request, pk)
    if request.method != "POST":
        return _review(request, imported)
    seq, key = submitted(request)
    how = {"who": request.acting, "expected": seq, "key": key}
    done = request.POST.get("do", "")
    try:
        if done == "head":
            form = HeadForm(request.POST)
            if not form.is_valid():
                return _review(request, imported, form)
            values = dict(form.cleaned_data)
            values["issued_on"] = values["issued_on"].isoformat() if values["issued_on"] else None
            importing.mend(imported, "head", {"values": values}, **how)
        elif done == "resolve":
            importing.resolve(imported, request.POST.get("raw", ""), request.POST.get("target", ""), **how)
        elif done == "add-row":
            change = {"after": request.POST.get("after", ""), "title": request.POST.get("title", "").strip()}
            importing.mend(imported, "add-row", change, **how)
        elif done.startswith("reading-"):
            number = done.removeprefix("reading-")
            chosen = {"doubt": request.POST.get("doubt", ""), "reading": -1 if (n := id_of(number)) is None else n}
            done = "choose-reading"
            importing.mend(imported, done, chosen, **how)
        elif done == "take-points":
            take = {n: _day_of(request, n) for n in request.POST.getlist("point")}
            importing.mend(imported, done, {"row": request.POST.get("row", ""), "take": take}, **how)
        elif done == "restore":
            importing.mend(imported, "restore", {}, **how)
        elif done == "undo":
            importing.undo(imported, **how)
        else:
            raise BadRequest(_("不认识的操作，请刷新页面后重试"))
    except MendRefused as e:
        messages.error(request, said(e))
    else:
        messages.success(request, _("已保存：%(what)s") % {"what": VERBS[done]})
    place = request.POST.get("place", "")
    here = f"#{place}" if re.fullmatch(r"[a-z]-[a-z0-9-]{1,20}", place) else ""
    return redirect(reverse("plan-import-review", args=[pk]) + here)


def _day_of(request: HttpRequest, n: str) -> str:
    """The day typed for a time limit that names no year. Raises MendRefused."""
    given = request.POST.get(f"due-{n}", "").strip()
    try:
        return date.fromisoformat(given).isoformat() if given else ""
    except ValueError:
        raise MendRefused("points", f"“{given}”不是日期，请写成 2026-06-30", f"{given!r} is not a date") from None


# --- one row ----------------------------------------------------------------------------------------------
class RowForm(forms.Form):
    """The words of a row; measures one a line."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=LONGEST["title"])
    part = forms.CharField(label=gettext_lazy("部分"), max_length=LONGEST["part"], required=False)
    section = forms.CharField(label=gettext_lazy("章节"), max_length=LONGEST["section"], required=False)
    number = forms.IntegerField(label=gettext_lazy("序号"), min_value=1, max_value=9999, required=False)
    time_limit = forms.CharField(label=gettext_lazy("完成时限"), max_length=LONGEST["time_limit"], required=False)
    measures = forms.CharField(
        label=gettext_lazy("措施"), help_text=gettext_lazy("每行一条"), required=False,
        widget=forms.Textarea({"rows": 10}),
    )  # fmt: skip

    def clean_measures(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["measures"].splitlines() if line.strip()]


class DutyForm(forms.Form):
    """A unit's duty for the row."""

    raw = forms.CharField(label=gettext_lazy("原文写法"), max_length=LONGEST["raw"], required=False)
    target = forms.ChoiceField(label=gettext_lazy("单位"), required=False)
    duty = forms.ChoiceField(label=gettext_lazy("职责"), initial=DUTIES[0])
    wording = forms.CharField(label=gettext_lazy("职责表述"), max_length=LONGEST["wording"], required=False)
    measure = forms.IntegerField(
        label=gettext_lazy("只针对第几条措施"), min_value=1, max_value=9999, required=False,
        help_text=gettext_lazy("空：整项任务"),
    )  # fmt: skip
    time_limit = forms.CharField(label=gettext_lazy("时限"), max_length=LONGEST["time_limit"], required=False)
    remove = forms.BooleanField(label=gettext_lazy("删除这条职责"), required=False)

    def __init__(self, *args: Any, options: list[Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = [("", _("（未识别）")), *options]
        self.fields["duty"].choices = [(d, DUTY_NAMES[d]) for d in DUTIES]

    @property
    def empty(self) -> bool:
        data = self.cleaned_data
        return bool(data.get("remove")) or not (data.get("raw") or data.get("target"))


Duties = forms.formset_factory(DutyForm, extra=2, max_num=400, absolute_max=400)


def _duty_values(form: DutyForm, context: str) -> Doc:
    data = form.cleaned_data
    meant: Doc = {"unit": data["raw"], "unit_id": None, "kind": "unknown", "group": False, "members": []}
    if data["target"]:
        meant = importing.target(data["target"], context)
    return {
        **meant,
        "raw": data["raw"] or meant["unit"],
        "duty": data["duty"],
        "wording": data["wording"],
        "time_limit": data["time_limit"] or None,
        "measure": data["measure"] - 1 if data["measure"] else None,
    }


def _choice_of(duty: Doc) -> str:
    return f"{duty['kind']}:{duty['unit_id']}" if duty["unit_id"] else ""


def _row_page(
    request: HttpRequest, imported: Import, row: Doc, form: RowForm | None = None, duties: Any = None
) -> HttpResponse:
    options = targets()
    uids = [r["uid"] for r in imported.mended["rows"]]
    at = uids.index(row["uid"])
    if form is None:
        form = RowForm(initial={**row, "measures": "\n".join(row["measures"])})
        initial = [
            {**d, "target": _choice_of(d), "measure": None if d["measure"] is None else d["measure"] + 1}
            for d in row["duties"]
        ]
        duties = Duties(initial=initial, prefix="duty", form_kwargs={"options": options})
    bound = {r["matched"]: place_of(r) for r in imported.mended["rows"] if r["matched"]}
    context = {
        "imported": imported, "row": row, "form": form, "duties": duties, "open": imported.state == "review",
        "source": _source_of(imported, row), "known": known_rows(bound, row["matched"] or ""),
        "others": [(r["uid"], place_of(r)) for r in imported.mended["rows"] if r["uid"] != row["uid"]],
        "before": uids[at - 1] if at else "", "after": uids[at + 1] if at + 1 < len(uids) else "",
        "next_title": place_of(imported.mended["rows"][at + 1]) if at + 1 < len(uids) else "",
        "splits": [(n, m) for n, m in enumerate(row["measures"], 1) if n > 1],
        "confirm": "delete" in request.GET, "name": place_of(row),
        "crumbs": [
            (_("规划任务"), reverse("rows")), (_("导入记录"), reverse("plan-imports")),
            (imported.filename, reverse("plan-import-review", args=[imported.pk])),
        ],
    }  # fmt: skip
    failed = form.is_bound and (form.errors or duties.total_error_count() or duties.non_form_errors())
    return render(request, "plan_import/row.html", context, status=422 if failed else 200)


def _source_of(imported: Import, row: Doc) -> str:
    """The words of the source that a row came from; empty for a row made by hand."""
    mine = [s for s in imported.parse["spans"] if s[3] == row["uid"]]
    return "".join(imported.text[s[0] : s[1]] for s in mine).strip()


@page(nav="rows", scope="plan.import")
def row(request: HttpRequest, pk: int, uid: str) -> HttpResponse:
    """One row of an import: its words, its units, its place, what it is bound to."""
    imported = of(request, pk)
    if request.method == "POST":
        return _row_changed(request, imported, uid)
    try:
        return _row_page(request, imported, find(imported.mended, uid))
    except MendRefused as e:
        raise Http404(said(e)) from None


def _row_changed(request: HttpRequest, imported: Import, uid: str) -> HttpResponse:
    seq, key = submitted(request)
    how = {"who": request.acting, "expected": seq, "key": key}
    done = request.POST.get("do", "")
    back = redirect("plan-import-review", pk=imported.pk)
    try:
        if done == "edit-row":
            return _row_edited(request, imported, uid, how)
        change: Mapping[str, Any] = {"row": uid}
        if done == "split-row":
            at = request.POST.get("at", "")
            change = {"row": uid, "at": int(at) - 1 if re.fullmatch(r"[1-9]\d{0,3}", at) else 0,
                      "title": request.POST.get("title", "").strip()}  # fmt: skip
        elif done == "move-row":
            change = {"row": uid, "after": request.POST.get("after", "")}
        elif done == "bind-row":
            bound = request.POST.get("bound", "")
            if bound and catalogue().find(PlanRow, bound) is None:
                raise MendRefused("bound", f"没有编号为 {bound} 的规划任务", f"there is no plan row {bound}")
            change = {"row": uid, "bound": bound}
        elif done not in ("merge-row", "delete-row"):
            raise BadRequest(_("不认识的操作，请刷新页面后重试"))
        if done == "delete-row" and not request.POST.get("confirm"):
            return redirect(reverse("plan-import-row", args=[imported.pk, uid]) + "?delete=1#delete")
        importing.mend(imported, done, change, **how)
    except MendRefused as e:
        messages.error(request, said(e))
        return redirect("plan-import-row", pk=imported.pk, uid=uid)
    messages.success(request, _("已保存：%(what)s") % {"what": VERBS[done]})
    if done != "delete-row":
        back["Location"] += f"#p-{uid}"
    return back


def _row_edited(request: HttpRequest, imported: Import, uid: str, how: dict[str, Any]) -> HttpResponse:
    form = RowForm(request.POST)
    duties = Duties(request.POST, prefix="duty", form_kwargs={"options": targets()})
    found = find(imported.mended, uid)
    # both are asked, so that every error is shown at once
    if all([form.is_valid(), duties.is_valid()]):
        data = form.cleaned_data
        context = data["title"] + "".join(data["measures"])
        values = {
            "title": data["title"], "part": data["part"], "section": data["section"], "number": data["number"],
            "time_limit": data["time_limit"] or None, "measures": data["measures"],
            "duties": [_duty_values(d, context) for d in duties if not d.empty],
        }  # fmt: skip
        try:
            importing.mend(imported, "edit-row", {"row": uid, "values": values}, **how)
        except MendRefused as e:
            form.add_error(e.field if e.field in form.fields else None, said(e))
        else:
            messages.success(request, _("已保存：%(what)s") % {"what": VERBS["edit-row"]})
            return redirect(reverse("plan-import-review", args=[imported.pk]) + f"#p-{uid}")
    return _row_page(request, imported, found, form, duties)


# --- storing, discarding, comparing -----------------------------------------------------------------------
class StoreForm(forms.Form):
    """Which plan, which years, and whether what is open is accepted."""

    plan = forms.CharField(
        label=gettext_lazy("规划代号"), max_length=60,
        help_text=gettext_lazy("小写字母、数字和连字符，用在网址里，以后不变"),
    )  # fmt: skip
    starts = forms.DateField(
        label=gettext_lazy("起始日期"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    ends = forms.DateField(
        label=gettext_lazy("结束日期"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    drop = forms.BooleanField(
        label=gettext_lazy("同时取消失去分工的里程碑：自今天起不再计入进度和灯，已填报的内容保留"), required=False,
        help_text=gettext_lazy("不取消的，继续计入并要求有关单位填报，在各页标明“未列入分工”"),
    )  # fmt: skip
    accepted = forms.BooleanField(label=gettext_lazy("我已知悉以上问题，仍然入库（会记入记录）"), required=False)


@page(nav="rows", scope="plan.import")
def store(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the plan (in the address), see the difference and what is open, and store."""
    imported = of(request, pk)
    doc = imported.mended
    plans = in_force()
    guess = issuing.likely(doc, plans)
    slug = choice(request, "plan", {r.plan for r in plans} | {"new"}, guess.plan if guess else "new")
    current = next((r for r in plans if r.plan == slug), None)
    years = (current.starts, current.ends) if current else issuing.term(doc["title"] or "") or (None, None)
    left = issuing.left_behind(current, doc) if current else []
    points = [*importing.open_points(doc), *issuing.left_points(left)]
    if request.method == "POST":
        if imported.state == "stored":  # a second click or window: there is one release, and here it is
            messages.info(request, _("这份导入已经入库，无需再次确认"))
            return redirect("plan-release", pk=imported.releases.get().pk)
        form = StoreForm(request.POST)
        seq, key = submitted(request)
        if form.is_valid():
            data = form.cleaned_data
            try:
                release = issuing.store(
                    imported, plan=data["plan"], new=current is None, starts=data["starts"], ends=data["ends"],
                    accepted=data["accepted"], drop=data["drop"], who=request.acting, expected=seq, key=key,
                )  # fmt: skip
            except issuing.StoreRefused as e:
                for wrong in e.errors:
                    form.add_error(wrong.field if wrong.field in form.fields else None, said(wrong))
            else:
                what = {"title": release.title, "n": release.number}
                messages.success(request, _("已入库：%(title)s 第 %(n)s 版，现行有效") % what)
                return redirect("plan-release", pk=release.pk)
    else:
        name = current.plan if current else issuing.slug_of(years)
        form = StoreForm(initial={"plan": name, "starts": years[0], "ends": years[1]})
    if current:
        form.fields["plan"].widget = forms.HiddenInput()
    if not left:
        form.fields["drop"].widget = forms.HiddenInput()
    if not points:
        form.fields["accepted"].widget = forms.HiddenInput()
    context = {
        "imported": imported, "form": form, "points": [said(p) for p in points], "left": left,
        "open": imported.state == "review",
        "plans": plans, "slug": slug, "current": current, "guess": guess, "counts": numbers(doc),
        "summary": diff_context(issuing.difference(current, doc)) if current else None,
        "crumbs": [
            (_("规划任务"), reverse("rows")), (_("导入记录"), reverse("plan-imports")),
            (imported.filename, reverse("plan-import-review", args=[imported.pk])),
        ],
    }  # fmt: skip
    return render(request, "plan_import/store.html", context, status=422 if form.is_bound else 200)


class DiscardForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("作废理由"), max_length=300)


@page(nav="rows", scope="plan.import")
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an import up, with a reason; it stays in the list."""
    imported = of(request, pk)
    form = DiscardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        seq, key = submitted(request)
        try:
            importing.discard(imported, form.cleaned_data["reason"], who=request.acting, expected=seq, key=key)
        except MendRefused as e:
            form.add_error("reason" if e.field == "reason" else None, said(e))
        else:
            messages.success(request, _("已作废这份导入"))
            return redirect("plan-imports")
    context = {
        "imported": imported, "form": form, "open": imported.state == "review",
        "crumbs": [
            (_("规划任务"), reverse("rows")), (_("导入记录"), reverse("plan-imports")),
            (imported.filename, reverse("plan-import-review", args=[imported.pk])),
        ],
    }  # fmt: skip
    return render(request, "plan_import/discard.html", context, status=422 if form.is_bound else 200)


@page(nav="rows", scope="plan.import")
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """The file as it was uploaded."""
    file = importing.original(of(request, pk))
    if file is None:
        raise Http404(_("这份导入没有保存原文件"))
    try:
        content = read_kept(file)
    except FileRefused as e:
        raise Http404(str(e)) from None
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return response


@page(nav="rows", scope="plan.import")
def difference(request: HttpRequest, pk: int) -> HttpResponse:
    """What an import would change: against a plan in force, or against its own parse as it came."""
    imported = of(request, pk)
    plans = in_force()
    guess = issuing.likely(imported.mended, plans) or (plans[0] if plans else None)
    against = choice(request, "against", {r.plan for r in plans} | {"parse"}, guess.plan if guess else "parse")
    release = next((r for r in plans if r.plan == against), None)
    if release is not None:
        found = issuing.difference(release, imported.mended)
        left = _("在用：%(title)s 第 %(n)s 版") % {"title": release.title, "n": release.number}
    else:
        found = compare(issuing.wordings_of(imported.parse), issuing.wordings_of(imported.mended))
        left = _("解析结果")
    here = reverse("plan-import-difference", args=[pk])
    views = [Link(_("与解析结果"), f"{here}?against=parse", current=release is None)]
    for r in plans:
        views.append(Link(_("与在用的 %(plan)s") % {"plan": r.plan}, f"{here}?against={r.plan}", current=r == release))
    context = {
        "title": _("差异"), "lead": _("%(left)s → 这份导入（核对后的内容）") % {"left": left}, "views": views,
        **diff_context(found),
        "crumbs": [
            (_("规划任务"), reverse("rows")), (_("导入记录"), reverse("plan-imports")),
            (imported.filename, reverse("plan-import-review", args=[imported.pk])),
        ],
    }  # fmt: skip
    return render(request, "plan_import/difference.html", context)


urlpatterns = [
    path("plan/import/", upload, name="plan_import"),
    path("plan/imports/", index, name="plan-imports"),
    path("plan/imports/<int:pk>/", review, name="plan-import-review"),
    path("plan/imports/<int:pk>/rows/<slug:uid>/", row, name="plan-import-row"),
    path("plan/imports/<int:pk>/store/", store, name="plan-import-store"),
    path("plan/imports/<int:pk>/discard/", discard, name="plan-import-discard"),
    path("plan/imports/<int:pk>/source/", source, name="plan-import-source"),
    path("plan/imports/<int:pk>/difference/", difference, name="plan-import-difference"),
    *plan_releases.urlpatterns,
]
