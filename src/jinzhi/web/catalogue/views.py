"""The catalogue: every declaration of the installation, from whom it comes, what it rests on, what proves it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.engines import flow
from jinzhi.kernel.access import Role
from jinzhi.kernel.declare import Declaration
from jinzhi.kernel.law import Force, Law, Parameter
from jinzhi.kernel.period import HolidayNotice
from jinzhi.kernel.procedure import Procedure
from jinzhi.kernel.text import Words
from jinzhi.web.cases.opening import openings
from jinzhi.web.catalogue import guide
from jinzhi.web.catalogue.declared import (
    ROUTES,
    address,
    for_developers,
    kind_name,
    parts,
    plain,
    responsible,
    scope_named,
    without_empty,
)
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.language import enumerated, named, page_language, speak
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

FORCE_TAGS = {
    Force.COMING: Tag("尚未施行", "Not yet in force", "open", "○"),
    Force.IN_FORCE: Tag("现行有效", "In force", "normal", "●"),
    Force.REPEALED: Tag("已失效", "Repealed", "closed", "□"),
}
UNVERIFIED = Tag("未核实", "Not verified", "risk", "◆")
VERIFIED = Tag("已核对原文", "Checked against the text", "done", "✓")
#: not worth a page each, and many: the list of the kind links to pages elsewhere
LONGEST = 80


def crumbs(*more: PageLink) -> list[PageLink]:
    return [PageLink(_("事项目录"), reverse("catalogue")), *more]


@page(nav="catalogue", scope="plan.read")
@require_GET
def index(request: PageRequest) -> HttpResponse:
    """Every kind of declaration with how many there are, and the procedures."""
    found = catalogue()
    kinds = Table(
        _("声明种类"),
        [Column(_("种类")), Column(_("数量"), numeric=True), Column(_("已有第二人复核"), numeric=True)],
        [
            TableRow(
                [
                    Cell(kind_name(kind), href=list_address(kind)),
                    Cell(str(len(held)), href=list_address(kind)),
                    str(sum(bool(f.value.checked_by) for f in held.values())),
                ]
            )
            for kind, held in ((k, found.found[k]) for k in found.kinds())
        ],
    )
    procedures = Table(
        _("可以办理的事项"),
        [Column(_("事项"), wide=True), Column(_("服务的规划任务")), Column(_("步骤"), numeric=True), Column(_("办理"))],
        [
            TableRow(
                [
                    Cell(named(p), href=reverse("procedure", args=[p.id])),
                    enumerated(p.serves),
                    str(len(p.steps)),
                    Cell(_("发起"), href=reverse("case-open", args=[p.id]))
                    if request.acting.user and openings(p, request.acting)
                    else "—",
                ]
            )
            for p in found.all(Procedure)
        ],
        Empty(_("还没有声明办理流程")),
    )
    total = sum(len(v) for v in found.found.values())
    return render(
        request,
        "catalogue/index.html",
        {
            "crumbs": [PageLink(_("驾驶舱"), reverse("cockpit"))],
            "note": _("共 %(n)s 项声明") % {"n": total},
            "kinds": kinds,
            "procedures": procedures,
            "print_title": _("事项目录"),
        },
    )


def list_address(kind: str) -> str:
    return reverse("laws") if kind == "law" else reverse("declarations", args=[kind])


@page(nav="catalogue", scope="plan.read")
@require_GET
def declarations(request: PageRequest, kind: str) -> HttpResponse:
    """All declarations of a kind."""
    found = catalogue()
    if kind not in found.found:
        raise Http404(_("没有“%(kind)s”这一种声明") % {"kind": kind})
    held = [f.value for f in found.found[kind].values()]
    text = request.GET.get("q", "").strip()[:LONGEST]
    if text:
        wanted = text.casefold()
        held = [v for v in held if wanted in f"{v.id}\n{v.zh}\n{v.en}".casefold()]
    extra = EXTRA.get(kind)
    columns = [Column(_("名称"), wide=True)]
    columns += [Column(h) for h in extra[0]()] if extra else [Column(_("服务的规划任务")), Column(_("复核"))]
    rows = []
    for v in held:
        cells: list[Any] = [Cell(named(v), href=address(kind, v.id))]
        cells += extra[1](v) if extra else [enumerated(v.serves), v.checked_by or _("尚无")]
        rows.append(TableRow(cells))
    return render(
        request,
        "catalogue/list.html",
        {
            "crumbs": crumbs(),
            "title": kind_name(kind),
            "note": _("共 %(n)s 项") % {"n": len(rows)},
            "filters": [Filter("q", _("名称或标识"), "text")],
            "table": Table(
                kind_name(kind),
                columns,
                rows,
                Empty(_("没有符合条件的声明"), _("换一个词试试"), "?", _("去掉筛选")),
                stack=True,
                caption_hidden=True,
            ),
            "print_title": kind_name(kind),
        },
    )


def role_heads() -> list[str]:
    return [_("可见范围"), _("个人信息"), _("可以做什么")]


def role_cells(role: Any) -> list[Any]:
    return [
        plain(role.reach),
        _("可见，每次查看留痕") if role.personal else _("不可见"),
        enumerated(scope_named(s) for s in role.may),
    ]


def holiday_heads() -> list[str]:
    return [_("年份"), _("文号"), _("发布日"), _("放假天数"), _("调休上班")]


def holiday_cells(notice: Any) -> list[Any]:
    return [
        str(notice.year),
        notice.number,
        notice.issued_on.isoformat(),
        str(len(notice.holidays)),
        enumerated(d.isoformat() for d in notice.workdays) or "—",
    ]


EXTRA = {Role.kind: (role_heads, role_cells), HolidayNotice.kind: (holiday_heads, holiday_cells)}


@page(nav="catalogue", scope="plan.read")
@require_GET
def declaration(request: PageRequest, kind: str, id: str) -> HttpResponse:
    """Any declaration: the common part, its own values, its tables."""
    held = catalogue().found.get(kind, {}).get(id)
    if held is None:
        raise Http404(_("没有声明 %(kind)s “%(id)s”") % {"kind": kind_name(kind), "id": id})
    if kind in ROUTES:
        return redirect(address(kind, id))
    single, tables, raw = parts(held.value)
    return render(
        request,
        "catalogue/declaration.html",
        {
            "crumbs": crumbs(PageLink(kind_name(kind), list_address(kind))),
            "title": named(held.value),
            "kind": kind_name(kind),
            "common": without_empty(responsible(held.value)),
            "developers": without_empty([*for_developers(held.value), *raw]),
            "single": single,
            "tables": [
                Table(p.name, [Column(h) for h in p.heads], [TableRow(list(r)) for r in p.rows]) for p in tables
            ],
            "examples": [plain(e) for e in held.value.examples],
            "print_title": named(held.value),
        },
    )


# ── procedures ───────────────────────────────────────────────────────────────────────────────────────────


def find_procedure(id: str) -> Procedure:
    found = catalogue().find(Procedure, id)
    if found is None:
        raise Http404(_("没有名为“%(id)s”的事项") % {"id": id})
    return found


@page(nav="catalogue", scope="plan.read")
@require_GET
def procedure(request: PageRequest, id: str) -> HttpResponse:
    """A procedure as a guide to whoever asks for it or handles it; what developers look for lies folded below."""
    p = find_procedure(id)
    language = page_language()
    roles = {r.id: named(r) for r in catalogue().all(Role)} | {"system": _("系统"), "import": _("数据导入")}
    cases = Case.objects.visible_to(request.acting).filter(procedure=p.id)
    return render(
        request,
        "catalogue/procedure.html",
        {
            "crumbs": crumbs(PageLink(kind_name(p.kind), list_address(p.kind))),
            "procedure": p,
            "title": named(p),
            "may_open": bool(request.acting.user and openings(p, request.acting)),
            "cases": Cell(_("%(n)s 件") % {"n": cases.count()}, href=f"{reverse('cases')}?procedure={p.id}"),
            "facts": guide.facts(p, roles, today()),
            "papers": guide.papers_table(p),
            "steps": guide.steps_table(p, roles),
            "checks": guide.checks_table(p),
            "clocks": guide.clocks_table(p),
            "grounds": guide.grounds(p),
            "flow_src": f"{reverse('procedure-svg', args=[p.id])}?lang={language}",
            "flow_size": flow.size(p, language),
            "flow_alt": flow.summary(p, None, (), language),
            "common": without_empty(responsible(p)),
            "reads": [
                Cell(named(r.value), href=address("register", id))
                for id in p.reads
                if (r := catalogue().found.get("register", {}).get(id))
            ],
            "developers": without_empty(for_developers(p)),
            "keys": guide.keys_table(p),
            "examples": guide.examples(p),
            "print_title": named(p),
        },
    )


@page(nav="catalogue", scope="plan.read")
@require_GET
def procedure_svg(request: PageRequest, id: str) -> HttpResponse:
    """The flow chart (``?lang=en``, ``?theme=dark``)."""
    theme = choice(request, "theme", ("light", "dark"), "light")
    language = choice(request, "lang", ("zh", "en"), "zh")
    drawn = flow.svg(find_procedure(id), language=language, theme=theme)
    return HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8")


@page(nav="catalogue", scope="plan.read")
@require_GET
def procedure_bpmn(request: PageRequest, id: str) -> HttpResponse:
    """The procedure as BPMN 2.0 XML."""
    content = flow.bpmn(find_procedure(id))
    headers = {"Content-Disposition": f'attachment; filename="{id}.bpmn"'}
    return HttpResponse(content, content_type="application/xml; charset=utf-8", headers=headers)


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────


@page(nav="catalogue", scope="plan.read")
@require_GET
def laws(request: PageRequest) -> HttpResponse:
    """The laws, with whether each is in force today."""
    day = today()
    text = request.GET.get("q", "").strip()[:LONGEST]
    force = choice(request, "force", [f.value for f in Force])
    held = list(catalogue().all(Law))
    if text:
        held = [x for x in held if text.casefold() in f"{x.id}\n{x.zh}\n{x.en}\n{x.number}".casefold()]
    if force:
        held = [x for x in held if x.status(day).value == force]
    columns = [
        Column(_("名称"), wide=True),
        Column(_("位阶")),
        Column(_("文号")),
        Column(_("施行日")),
        Column(_("今日状态")),
        Column(_("条款数"), numeric=True),
        Column(_("核实")),
    ]
    rows = [
        TableRow(
            [
                Cell(named(x), href=reverse("law", args=[x.id])),
                rank_name(x),
                x.number,
                x.in_force.isoformat(),
                Cell(tag=FORCE_TAGS[x.status(day)]),
                str(len(x.provisions)),
                Cell(tag=VERIFIED if sure(x) else UNVERIFIED),
            ]
        )
        for x in held
    ]
    return render(
        request,
        "catalogue/list.html",
        {
            "crumbs": crumbs(),
            "title": kind_name(Law.kind),
            "note": _("共 %(n)s 部，状态截至 %(day)s") % {"n": len(rows), "day": day.isoformat()},
            "filters": [
                Filter("q", _("名称、标识或文号"), "text"),
                Filter("force", _("今日状态"), options=[Option(f.value, speak(f)) for f in Force]),
            ],
            "table": Table(
                kind_name(Law.kind),
                columns,
                rows,
                Empty(_("没有符合条件的法规"), _("换一个词试试"), "?", _("去掉筛选")),
                stack=True,
                caption_hidden=True,
            ),
            "print_title": kind_name(Law.kind),
        },
    )


def sure(law: Law) -> bool:
    """Whether the dates and every figure were checked against the text."""
    return law.verified and all(q.verified for _p, q in law.parameters)


def rank_name(law: Law) -> str:
    return speak(law.rank)


@page(nav="catalogue", scope="plan.read")
@require_GET
def law(request: PageRequest, id: str) -> HttpResponse:
    """A law: its dates, articles and figures, its other versions, and what rests on it."""
    found = catalogue()
    x = found.find(Law, id)
    if x is None:
        raise Http404(_("没有收录法规“%(id)s”") % {"id": id})
    day = today()
    after = [y for y in found.all(Law) if y.replaces == x.id]
    before = found.find(Law, x.replaces) if x.replaces else None
    facts = [
        (_("今日状态"), FORCE_TAGS[x.status(day)]),
        (_("位阶"), rank_name(x)),
        (_("文号"), x.number),
        (_("制定机关"), x.issuer),
        (_("公布日"), x.promulgated.isoformat() if x.promulgated else _("来源未载明")),
        (_("施行日"), x.in_force.isoformat()),
        (_("失效日"), x.repealed.isoformat() if x.repealed else ""),
        (_("取代"), Cell(named(before), href=reverse("law", args=[before.id])) if before else ""),
        (_("被取代"), [Cell(named(y), href=reverse("law", args=[y.id])) for y in after]),
        (_("来源"), x.source),
        (_("日期核实"), VERIFIED if x.verified else UNVERIFIED),
        (_("说明"), x.note),
    ]
    return render(
        request,
        "catalogue/law.html",
        {
            "crumbs": crumbs(PageLink(kind_name(Law.kind), reverse("laws"))),
            "law": x,
            "title": speak(x.title),
            "tag": FORCE_TAGS[x.status(day)],
            "facts": without_empty(facts),
            "common": without_empty(responsible(x)),
            "developers": without_empty(for_developers(x)),
            "provisions": [
                {
                    "article": p.article,
                    "label": article_label(p.article),
                    "gist": speak(p.gist),
                    "figures": [figure(q) for q in p.parameters],
                }
                for p in x.provisions
            ],
            "resting": [Cell(named(d), href=address(d.kind, d.id), sub=kind_name(d.kind)) for d in resting_on(x.id)],
            "print_title": x.zh,
            "print_facts": day.isoformat(),
        },
    )


def article_label(article: str) -> str:
    """How an article is named in a table of a law: 第42条, art. 42; empty where its number is still to be checked."""
    if not article:
        return ""
    return speak(Words(f"第{article}条", f"art. {article}"))


def figure(q: Parameter) -> dict[str, Any]:
    return {
        "name": named(q),
        "value": plain(q.value),
        "printed": q.printed,
        "tag": VERIFIED if q.verified else UNVERIFIED,
        "note": q.note,
    }


def resting_on(law: str) -> list[Declaration]:
    """Declarations that cite a law: as their basis, in a step, an extension or a version of a term."""
    out: list[Declaration] = []
    for kind in catalogue().found.values():
        for held in kind.values():
            cited = {c.law for c in held.value.basis}
            if isinstance(held.value, Procedure):
                cited |= {c.law for s in held.value.steps for c in s.basis}
                for clock in held.value.clocks:
                    cited |= {c.law for e in clock.extensions for c in e.basis}
                    cited |= {v.cite.law for term in clock.terms for v in term.versions}
            if law in cited:
                out.append(held.value)
    return out


urlpatterns = [
    path("catalogue/", index, name="catalogue"),
    path("catalogue/role/", declarations, {"kind": Role.kind}, name="roles"),
    path("catalogue/holiday-notice/", declarations, {"kind": HolidayNotice.kind}, name="holidays"),
    path("catalogue/<slug:kind>/", declarations, name="declarations"),
    path("catalogue/<slug:kind>/<slug:id>/", declaration, name="declaration"),
    path("procedures/<slug:id>/", procedure, name="procedure"),
    path("procedures/<slug:id>/flow.svg", procedure_svg, name="procedure-svg"),
    path("procedures/<slug:id>/process.bpmn", procedure_bpmn, name="procedure-bpmn"),
    path("laws/", laws, name="laws"),
    path("laws/<slug:id>/", law, name="law"),
]
