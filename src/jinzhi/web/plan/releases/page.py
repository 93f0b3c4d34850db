"""Releases of plans: their history, the text of one, the difference of two, and binding a row by hand."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.seals import verdicts
from jinzhi.apps.plan import issuing
from jinzhi.apps.plan.comparing import Difference, DutyText, RowChange, compare
from jinzhi.apps.plan.models import Release
from jinzhi.apps.plan.models import Row as PlanLine
from jinzhi.apps.plan.queries import rows_of
from jinzhi.kernel.plan import PlanRow
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, paged
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.language import labelled, named, speak
from jinzhi.web.ui.records import TimelineItem
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

DUTY_NAMES = {
    "alone": gettext_lazy("负责"),
    "divided": gettext_lazy("按职责分工负责"),
    "led": gettext_lazy("牵头"),
    "support": gettext_lazy("配合"),
}
IN_FORCE = Tag("现行", "In force", "normal", "●")
REPLACED = Tag("已被替代", "Replaced", "closed", "□")
UNBOUND = Tag("未绑定", "Not bound", "risk", "◆")
KINDS = {
    "added": Tag("新增", "Added", "ahead", "＋"),
    "removed": Tag("删除", "Removed", "late", "－"),
    "changed": Tag("修改", "Changed", "risk", "≠"),
    "renumbered": Tag("仅序号变化", "Renumbered only", "neutral", "№"),
    "same": Tag("相同", "Same", "neutral", "＝"),
}
FIELDS = {
    "title": gettext_lazy("标题"),
    "place": gettext_lazy("章节"),
    "number": gettext_lazy("序号"),
    "time_limit": gettext_lazy("完成时限"),
    "bound": gettext_lazy("绑定"),
    "measures": gettext_lazy("措施"),
    "duties": gettext_lazy("职责"),
}


def known_rows(bound: dict[str, str], own: str) -> list[dict[str, Any]]:
    """The declared rows to bind to; ``bound`` says which are taken, and by whom, ``own`` is chosen now."""
    return [
        {"id": r.id, "name": named(r), "taken": bound.get(r.id, "") if r.id != own else "", "chosen": r.id == own}
        for r in catalogue().all(PlanRow)
    ]


def _duty(duty: DutyText | None) -> str:
    if duty is None:
        return ""
    parts = [duty.name, str(DUTY_NAMES.get(duty.kind, duty.kind))]
    if duty.wording and duty.wording != parts[1]:
        parts.append(f"“{duty.wording}”")
    if duty.measure is not None:
        parts.append(_("第 %(n)s 条措施") % {"n": duty.measure + 1})
    if duty.time_limit:
        parts.append(duty.time_limit)
    return " · ".join(parts)


def _pairs(change: RowChange) -> list[tuple[Any, str, str]]:
    """The short fields that changed: (name, before, after)."""
    old, new = change.before, change.after
    if old is None or new is None:
        return []
    values = {
        "place": (f"{old.part} {old.section}".strip(), f"{new.part} {new.section}".strip()),
        "number": (str(old.number or "—"), str(new.number or "—")),
        "time_limit": (old.time_limit or "—", new.time_limit or "—"),
        "bound": (old.bound or _("未绑定"), new.bound or _("未绑定")),
    }
    return [(FIELDS[f], *values[f]) for f in change.fields if f in values]


def diff_context(found: Difference) -> dict[str, Any]:
    """What the template of a difference needs."""
    items = [
        {
            "change": c,
            "tag": KINDS[c.kind],
            "row": c.row,
            "pairs": _pairs(c),
            "fields": [FIELDS[f] for f in c.fields],
            "duties": [
                {"tag": KINDS[d.kind], "before": _duty(d.before), "after": _duty(d.after)}
                for d in c.duties
                if d.kind != "same"
            ],
            "measures": [{"tag": KINDS[m.kind], "m": m} for m in c.measures if m.kind != "same"],
        }
        for c in found.of("added", "removed", "changed", "renumbered")
    ]
    return {
        "items": items,
        "nothing": found.nothing,
        "summary": [(KINDS[k], len(found.of(k))) for k in ("added", "removed", "changed", "renumbered", "same")],
    }


def _release(pk: int) -> Release:
    found = Release.objects.select_related("source").filter(pk=pk).first()
    if found is None:
        raise Http404(_("没有这个规划版本"))
    return found


@page(nav="rows", scope="plan.read")
def index(request: PageRequest) -> HttpResponse:
    """All releases, by plan; the one in force first."""
    plans = sorted(set(Release.objects.values_list("plan", flat=True)))
    plan = choice(request, "plan", plans)
    found = issuing.releases().filter(plan=plan) if plan else issuing.releases()
    shown = paged(request, found)
    earlier = {(r.plan, r.number): r.pk for r in Release.objects.only("plan", "number")}
    rows = []
    for r in shown:
        before = earlier.get((r.plan, r.number - 1))
        diff = Cell(_("与上一版的差异"), href=reverse("plan-release-diff", args=[before, r.pk])) if before else ""
        rows.append(
            TableRow(
                (
                    Cell(r.title, href=reverse("plan-release", args=[r.pk]), sub=r.plan), r.number,
                    Cell(tag=IN_FORCE if r.in_force else REPLACED), r.row_count,
                    f"{r.starts:%Y-%m-%d} – {r.ends:%Y-%m-%d}", f"{localtime(r.stored_at):%Y-%m-%d}", diff,
                )
            )
        )  # fmt: skip
    columns = (
        Column(_("规划"), wide=True), Column(_("版次"), numeric=True), Column(_("状态")),
        Column(_("任务数"), numeric=True), Column(_("起止")), Column(_("入库日期")), Column(_("比较")),
    )  # fmt: skip
    may = request.acting.may("plan.import")
    empty = Empty(
        _("还没有入库的规划"), _("由规划办上传任务分工文件，核对后入库。"),
        reverse("plan_import") if may else "", _("上传文件"),
    )  # fmt: skip
    context = {
        "table": Table(_("规划版本"), columns, rows, empty, stack=True), "page": shown, "may": may,
        "filters": [Filter("plan", _("规划代号"), options=[Option(p, p) for p in plans])],
        "crumbs": [(_("规划任务"), reverse("rows"))],
    }  # fmt: skip
    return render(request, "plan_import/releases.html", context)


@page(nav="rows", scope="plan.read")
def release(request: PageRequest, pk: int) -> HttpResponse:
    """The whole text of a release, to read and to print."""
    found = _release(pk)
    lines = list(rows_of(found))
    known = {r.id: named(r) for r in catalogue().all(PlanRow)}
    bound = {r.bound: str(r) for r in lines if r.bound}
    groups = [
        {
            "part": part,
            "section": section,
            "rows": [
                {
                    "row": r,
                    "known": known.get(r.bound, ""),
                    "duties": [
                        {"raw": d.raw, "word": DUTY_NAMES.get(d.kind, d.kind), "d": d, "n": (d.measure or 0) + 1,
                         "count": len(d.units.all())}
                        for d in r.duties.all()
                    ],
                }
                for r in rows
            ],
        }
        for (part, section), rows in groupby(lines, key=lambda r: (r.part, r.section))
    ]  # fmt: skip
    may = request.acting.may("plan.import")
    unbound = [r for r in lines if not r.bound]
    others = list(Release.objects.filter(plan=found.plan).exclude(pk=pk).order_by("-number"))
    verbs = {"issue": _("入库"), "bind": _("绑定任务")}
    events = issuing.history(found)
    checked = verdicts(events)
    context = {
        "release": found, "groups": groups, "tag": IN_FORCE if found.in_force else REPLACED, "may": may,
        "unbound": unbound, "unbound_tag": UNBOUND, "known": known_rows(bound, "") if may else [],
        "bound_rows": [r for r in lines if r.bound], "others": others,
        "facts": [
            (_("规划代号"), found.plan), (_("版次"), str(found.number)), (_("印发单位"), found.issued_by),
            (_("印发日期"), found.issued_on.isoformat() if found.issued_on else ""),
            (_("起止"), f"{found.starts:%Y-%m-%d} – {found.ends:%Y-%m-%d}"), (_("任务"), str(len(lines))),
            (_("入库"), f"{localtime(found.stored_at):%Y-%m-%d}"),
            (
                _("来源"),
                Cell(found.source.filename, href=reverse("plan-import-review", args=[found.source_id]) if may else "")
                if found.source
                else "",
            ),
        ],
        "events": [
            TimelineItem(
                verbs.get(e.verb, e.verb), e.at, e.actor,
                labelled(e.data["row"], f"{e.data['from'] or '—'} → {e.data['to'] or '—'}") if e.verb == "bind" else "",
                tone="normal", notes=[*e.data.get("accepted", [])], seal=checked.of(e),
            )
            for e in reversed(events)
        ],
        "checked": checked,
        "print_title": found.title, "print_facts": _("第 %(n)s 版") % {"n": found.number},
        "crumbs": [(_("规划任务"), reverse("rows")), (_("规划版本"), reverse("plan-releases"))],
    }  # fmt: skip
    return render(request, "plan_import/release.html", context)


@page(nav="rows", scope="plan.read")
def difference(request: PageRequest, a: int, b: int) -> HttpResponse:
    """From one release to another of the same plan."""
    old, new = _release(a), _release(b)
    if old.plan != new.plan:
        raise BadRequest(_("只能比较同一规划的两个版本"))
    found = compare(issuing.wordings(old), issuing.wordings(new))
    context = {
        "title": _("版本差异"), "views": [],
        "lead": _("%(title)s：第 %(a)s 版 → 第 %(b)s 版") % {"title": new.title, "a": old.number, "b": new.number},
        **diff_context(found),
        "crumbs": [
            (_("规划任务"), reverse("rows")), (_("规划版本"), reverse("plan-releases")),
            (new.title, reverse("plan-release", args=[new.pk])),
        ],
    }  # fmt: skip
    return render(request, "plan_import/difference.html", context)


@page(nav="rows", scope="plan.import")
def bind(request: PageRequest, pk: int) -> HttpResponse:
    """Bind a row of a release to a known row, or take the binding away."""
    found = _release(pk)
    if request.method != "POST":  # the way back from a conflict
        return redirect("plan-release", pk=pk)
    line = PlanLine.objects.filter(release=found, key=request.POST.get("row", "")).first()
    if line is None:
        raise BadRequest(_("没有选择任务，请刷新页面后重试"))
    seq, key = submitted(request)
    try:
        issuing.bind(line, request.POST.get("bound", ""), who=request.acting, expected=seq, key=key)
    except issuing.StoreRefused as e:
        messages.error(request, "；".join(speak(w) for w in e.errors))
    else:
        messages.success(request, _("已保存绑定"))
    return redirect(reverse("plan-release", args=[pk]) + f"#row-{line.key}")


urlpatterns = [
    path("plan/releases/", index, name="plan-releases"),
    path("plan/releases/<int:pk>/", release, name="plan-release"),
    path("plan/releases/<int:pk>/bind/", bind, name="plan-release-bind"),
    path("plan/releases/<int:a>/<int:b>/", difference, name="plan-release-diff"),
]
