"""Progress reports: the list, opening a round, filling in and reading a report, its steps, Excel and Word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.inbox import look
from jinzhi.apps.cases.queries import events_of, steps_for
from jinzhi.apps.cases.queries import view as fold_of
from jinzhi.apps.catalogue.clock import installation, now, today
from jinzhi.apps.evidence.events.actions import Conflict
from jinzhi.apps.evidence.events.seals import Verdicts, verdicts
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.evidence.store.store import FileRefused
from jinzhi.apps.plan.actions import ContentRefused, Locked
from jinzhi.apps.plan.handing_in import hands_in
from jinzhi.apps.plan.models import Measure, Period, Release, Report, RowNote
from jinzhi.apps.plan.more_time import all_granted, granted
from jinzhi.apps.plan.queries import Lack, ReportRow, children_open, content, current, lacking
from jinzhi.apps.plan.report_sheet import StaleSheet, as_workbook, from_workbook
from jinzhi.apps.plan.reporting import (
    Content,
    Round,
    RoundRefused,
    call_round,
    changed_since,
    merge,
    neighbours,
    round_errors,
    save_report,
    seen_before,
    since,
    to_be_asked,
    would_change,
)
from jinzhi.apps.units.models import Unit, UnitName
from jinzhi.engines import documents
from jinzhi.engines.spreadsheet import SpreadsheetError
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.procedure import may_open
from jinzhi.web.cases.page import OfferCard, offer_cards, step_of
from jinzhi.web.plan.more_time import first_due, more_words
from jinzhi.web.plan.reports import list as report_list
from jinzhi.web.plan.reports.form import FIGURE_FIELDS, NOTE_FIELDS, ReportForm, plain
from jinzhi.web.plan.titles import name_of
from jinzhi.web.shell.access import page, require
from jinzhi.web.shell.listing import choice, paged
from jinzhi.web.shell.plan_choice import at_plan, names_plan, release_shown
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.shell.watching import CASE, look_at
from jinzhi.web.ui.boxes import Link
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import english, named
from jinzhi.web.ui.records import TimelineItem
from jinzhi.web.ui.states import Due
from jinzhi.web.ui.tables import Cell, Empty

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MARK = "演示数据，非官方统计"
#: how long a workbook that was looked over may be confirmed
PREVIEW_SECONDS = 3600
HISTORY = 30
SALT = "report-excel"


def download(content: bytes, name: str, media_type: str) -> HttpResponse:
    disposition = content_disposition_header(True, name) or "attachment"
    return HttpResponse(content, content_type=media_type, headers={"Content-Disposition": disposition})


def is_demo() -> bool:
    here = installation()
    return bool(here and here.demo)


def plan_in_force(request: HttpRequest) -> Release:
    release = release_shown(request)
    if release is None:
        raise Http404(_("还没有生效的规划，请先导入规划文件"))
    return release


def may_call(who: Acting) -> bool:
    """Whether ``who`` may open a round of reports."""
    opening = {s.id for s in may_open(report_list.procedure(), who.roles)}
    return who.user is not None and "open" in opening and who.may("case.progress-report.open")


# ── the list ─────────────────────────────────────────────────────────────────────────────────────────────


@page(nav="reports", scope="report.read")
@require_GET
@names_plan
def index(request: HttpRequest) -> HttpResponse:
    """The reports of the plan in force; ``view=mine`` are those that wait for the acting post."""
    who, day = request.acting, today()
    release = release_shown(request)
    if release is None:
        empty = Empty(_("还没有生效的规划"), _("导入规划文件之后才能布置填报。"), reverse("plan_import"), _("去导入"))
        return render(request, "plan_reports/index.html", {"nothing": empty, "print_title": _("进展报告")})
    what = report_list.asked(request, release.plan)
    rows = report_list.narrowed(what, release.plan, who, day)
    counts = report_list.tallies(rows, what, who, day)
    chosen = rows.filter(report_list.view_query(what.view, who))
    here = paged(request, report_list.ordered(chosen, what))
    shown = what.period or next(iter(what.periods), None)
    query = request.GET.copy()
    query.pop("page", None)
    overdue = request.GET.copy()
    overdue.pop("page", None)
    overdue["state"] = report_list.OVERDUE
    call = Link(_("布置填报"), reverse("round-open")) if may_call(who) else None
    empty = Empty(
        _("没有符合条件的报告"),
        _("去掉部分条件再试。") if request.GET else _("还没有布置填报。"),
        reverse("reports") if request.GET else (call.href if call else ""),
        _("看全部报告") if request.GET else (call.label if call else ""),
    )
    return render(
        request,
        "plan_reports/index.html",
        {
            "crumbs": [Link(_("驾驶舱"), reverse("cockpit"))],
            "views": report_list.view_links(request, what, counts),
            "filters": report_list.filters(what),
            "note": _("共 %(n)s 份") % {"n": here.paginator.count},
            "table": report_list.table(list(here.object_list), what, counts, day, empty),
            "page": here,
            "overdue": Link(_("逾期"), f"?{overdue.urlencode()}", count=counts["overdue"]),
            "levels": report_list.levels(release.plan, shown, who, day) if shown else None,
            "exports": [Link("Excel", f"{reverse('reports-excel')}?{query.urlencode()}", "export", download=True)],
            "call": call,
            "print_title": _("进展报告"),
            "print_facts": query.urlencode(),
        },
    )


@page(nav="reports", scope="report.read")
@require_GET
@names_plan
def index_excel(request: HttpRequest) -> HttpResponse:
    """Every row of the current filter as Excel."""
    who, day, release = request.acting, today(), plan_in_force(request)
    what = report_list.asked(request, release.plan)
    rows = report_list.narrowed(what, release.plan, who, day).filter(report_list.view_query(what.view, who))
    moment = now().strftime("%Y-%m-%d %H:%M")
    made = report_list.workbook(list(report_list.ordered(rows, what)), what, who, day, moment, is_demo())
    return download(made, f"reports-{day.isoformat()}.xlsx", XLSX)


# ── a round ──────────────────────────────────────────────────────────────────────────────────────────────

CODE = Field(id="code", zh="新报告期编号", en="Code of the new period", help_zh="如 2026Q4", help_en="such as 2026Q4")
STARTS = Field(id="starts", zh="开始日期", en="First day", type=Type.DATE)
ENDS = Field(id="ends", zh="结束日期", en="Last day", type=Type.DATE)
DUE = Field(id="due", zh="截止日", en="Due", type=Type.DATE)
WHY_PAST = Field(
    id="reason", zh="截止日已过仍布置的理由", en="Why reports are called after their day", required=False,
    max_length=300,
)  # fmt: skip


@page(nav="reports", scope="report.read")
@require_http_methods(["GET", "POST"])
@names_plan
def round_open(request: HttpRequest) -> HttpResponse:
    """Call for the reports of a period: choose or make it, look who will be asked, confirm. Doing it again is safe."""
    who: Acting = request.acting
    if not may_call(who):
        raise PermissionDenied(_("只有规划办可以布置填报"))
    release = plan_in_force(request)
    periods = list(Period.objects.filter(plan=release.plan).order_by("-starts"))
    given = request.POST if request.method == "POST" else request.GET
    known = next((p for p in periods if p.code == given.get("period")), None)
    if given.get("period") and known is None:
        raise BadRequest(_("没有报告期“%(code)s”") % {"code": given["period"][:20]})
    wanted: Round | None = None
    form = FieldsForm((CODE, STARTS, ENDS, DUE), given if given.get("code") else None, who=who, name="round")
    if known:
        wanted = Round(known.code, known.starts, known.ends, known.due)
    elif form.is_bound and form.is_valid():
        days = {k: date.fromisoformat(str(form.values[k])) for k in ("starts", "ends", "due")}
        wanted = Round(str(form.values["code"]), **days)
        _refuse(form, round_errors(release, wanted))
    why = FieldsForm((WHY_PAST,), request.POST if request.method == "POST" else None, who=who, name="why")
    if request.method == "POST" and wanted and not form.errors and why.is_valid():
        _expected, key = submitted(request)
        some = request.POST.getlist("unit") if "chosen" in request.POST else None
        try:
            period, made = call_round(
                release, wanted, who=who, units=some, reason=str(why.values[WHY_PAST.id] or ""), key=key
            )
        except RoundRefused as e:
            _refuse(why, [one for one in e.errors if one[0] == WHY_PAST.id])
            others = [one for one in e.errors if one[0] != WHY_PAST.id]
            if others and not form.is_bound:  # a period that is there already was chosen, so nothing was typed
                days = {k: getattr(wanted, k).isoformat() for k in ("starts", "ends", "due")}
                form = FieldsForm((CODE, STARTS, ENDS, DUE), {"code": wanted.code, **days}, who=who, name="round")
                form.is_valid()
            _refuse(form, others)
        else:
            if made:
                messages.success(request, _("已布置 %(n)s 份报告") % {"n": len(made)})
            else:
                messages.info(request, _("应报单位都已布置过，没有新增报告"))
            return redirect(at_plan(request, f"{reverse('reports')}?period={period.code}", release.plan))
    asked, has = to_be_asked(release, wanted.code) if wanted and not form.errors else ([], [])
    return render(
        request,
        "plan_reports/round.html",
        {
            "crumbs": [Link(_("进展报告"), reverse("reports"))],
            "form": form,
            "periods": periods,
            "known": known,
            "wanted": wanted if not form.errors else None,
            "late": bool(wanted and wanted.due < today()),
            "why": why,
            "asked": asked,
            "has": has,
            "release": release,
        },
        status=422 if form.errors or why.errors else 200,
    )


def _refuse(form: FieldsForm, errors: Sequence[tuple[str, str, str]]) -> None:
    for name, zh, en in errors:
        form.add_error(name, en if english() else zh)


# ── a report ─────────────────────────────────────────────────────────────────────────────────────────────


def find_report(who: Acting, pk: int) -> Report:
    """The report, if ``who`` sees it; one of another unit is as good as not there."""
    seen = Report.objects.visible_to(who).select_related("unit", "period", "case__unit", "case__office")
    return get_object_or_404(seen, pk=pk)


def reports_of(request: HttpRequest, report: Report) -> str:
    """The list of the reports of this one's plan."""
    return at_plan(request, reverse("reports"), report.plan)


def release_of(report: Report) -> Release:
    release = current(report.plan)
    if release is None:
        raise Http404(_("这份报告所属的规划没有生效的版本"))
    return release


def may_edit(report: Report, who: Acting) -> bool:
    """Whether ``who`` fills in this report: somebody of the unit itself."""
    return who.user is not None and who.may("report.write") and report.unit_id == who.unit.pk


def require_editor(report: Report, who: Acting) -> None:
    require(who, "report.write")
    if not may_edit(report, who):
        raise PermissionDenied(_("只有本单位（%(unit)s）可以填报这份报告") % {"unit": report.unit.label})


@dataclass(frozen=True)
class Change:
    """A saved change as the history shows it."""

    event: Event
    place: str
    field: str
    old: str
    new: str

    @property
    def from_excel(self) -> bool:
        return str(self.event.data.get("source", "")).startswith("excel:")


FIELD_NAMES = {**{f.id: f for f in FIGURE_FIELDS}, **{f.id: f for f in NOTE_FIELDS}}


def place_names(rows: Sequence[ReportRow]) -> dict[str, str]:
    """Row keys and milestone codes by what people call them."""
    names = {r.row.key: name_of(r.row) for r in rows}
    return names | {line.milestone.code: f"{r.row.key} {line.milestone.title}" for r in rows for line in r.lines}


def changes_of(events: Sequence[Event], names: Mapping[str, str]) -> list[Change]:
    out: list[Change] = []
    for e in events:
        if e.verb in ("attach", "detach"):
            file = str(e.data.get("name", ""))
            old, new = ("", file) if e.verb == "attach" else (file, "")
            code = str(e.data.get("milestone", ""))
            out.append(Change(e, names.get(code, code), _("附件"), old, new))
        for place, fields in e.data.get("changes", {}).items():
            for name, (before, after) in fields.items():
                declared = FIELD_NAMES.get(name)
                label = named(declared) if declared else name
                out.append(Change(e, names.get(place, place), label, before or "", after or ""))
    return out


def happened(events: Sequence[Event], checked: Verdicts) -> list[TimelineItem]:
    """The steps of a report, the latest first."""
    procedure = report_list.procedure()
    out = []
    for e in reversed(events):
        step = step_of(procedure, e.verb)
        said = [str(e.data[k]) for k in ("reason", "note", "opinion") if e.data.get(k)]
        tone = {
            "return": "risk",
            "cancel": "neutral",
            "remind": "risk",
            "extend": "normal",
            "undo-extension": "risk",
        }.get(e.verb, "done")
        who = f"{e.actor} · {e.unit.label}" if e.unit else e.actor
        out.append(TimelineItem(named(step) if step else e.verb, e.on, who, "；".join(said), tone, seal=checked.of(e)))
    return out


@dataclass(frozen=True)
class Blocked:
    """A step that only waits for something around the report: what, with links."""

    name: str
    why: str
    children: list[Report]
    more: int


@page(nav="reports", scope="report.read")
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    found = find_report(request.acting, pk)
    return saved(request, found) if request.method == "POST" else report_page(request, found)


def report_page(
    request: HttpRequest,
    found: Report,
    form: ReportForm | None = None,
    *,
    status: int = 200,
    between: Sequence[Event] = (),
) -> HttpResponse:
    """The page of a report. ``form``: what came back; ``between``: what others saved since it was made."""
    who, day, release = request.acting, today(), release_of(found)
    look(found.case, who)
    watching = look_at(who, CASE, str(found.case_id))
    rows = content(found, release)
    before, after = neighbours(found, who)
    earlier = {n.row_key: n for n in RowNote.objects.filter(report=before)} if before else {}
    editing = may_edit(found, who) and not found.locked and choice(request, "read", ("1",)) != "1"
    if form is None:
        copy = request.GET.get("copy", "") if editing else ""
        form = ReportForm(rows, earlier=earlier, copy=copy)
        if copy and form.copied:
            messages.info(request, _("已带入上期文字 %(n)s 处，尚未保存，请核对后保存") % {"n": form.copied})
        elif copy:
            messages.info(request, _("没有可以带入的文字：上期为空，或本期已经填写"))
    measures: dict[int, list[str]] = {}
    for m in Measure.objects.filter(row__in=[r.row.pk for r in rows]).order_by("row", "position"):
        measures.setdefault(m.row_id, []).append(m.text)
    case_events = events_of(found.case)
    folded = fold_of(found.case, day, case_events)
    offers = steps_for(found.case, folded, who)
    cards = [
        replace(c, url=reverse("report-step", args=[found.pk, c.step.id]))
        for c in offer_cards(found.case, offers, who, day, None)
    ]
    lacks = lacking(rows)
    handing = next((c for o, c in pair(offers, cards) if hands_in(c.step) and (c.form or waits(o, c))), None)
    cards = [c for c in cards if c is not handing]
    offers = [o for o in offers if handing is None or o.step is not handing.step]
    waiting = Report.objects.visible_to(who).filter(pk__in=children_open(found).values("pk"))
    children = list(waiting.select_related("unit").order_by("unit__path")[:21]) if found.state == "submitted" else []
    everything = choice(request, "history", ("all",)) == "all"
    saves = list(Event.objects.filter(stream=f"report:{found.pk}").select_related("unit").order_by("-seq"))
    checked = verdicts([*case_events, *saves])
    changes = changes_of(saves, place_names(rows))
    back = next((e for e in reversed(case_events) if e.verb == "return"), None) if found.state == "returned" else None
    undone = next((e for e in reversed(case_events) if e.verb in ("undo-approval", "approve", "return")), None)
    undone = undone if undone and undone.verb == "undo-approval" else None
    state, more = folded.state, granted(found, case_events)
    context: dict[str, Any] = {
        "crumbs": [
            Link(_("进展报告"), reports_of(request, found)),
            Link(found.period.code, at_plan(request, f"{reverse('reports')}?period={found.period.code}", found.plan)),
        ],
        "report": found,
        "watching": watching,
        "watch_kind": CASE,
        "watch_ref": found.case_id,
        "title": _("%(unit)s %(period)s 进展报告") % {"unit": bearing(found).label, "period": found.period.code},
        "state": report_list.tag_of(found),
        "release": release,
        "form": form,
        "rows": [(r, measures.get(r.row.pk, [])) for r in form.rows],
        "editing": editing,
        "may_edit": may_edit(found, who) and not found.locked,
        "lock": lock_note(found, state.final),
        "seq": found.version,
        "between": changes_of(between, place_names(rows)),
        "between_who": sorted({e.actor for e in between}),
        "back": back,
        "undone": undone,
        "cards": [(c, kind_of(c)) for c in cards if c.form],
        "blocked": [b for b in (blocked(o, c, children) for o, c in pair(offers, cards)) if b],
        "others": [(c.name, c.why_not) for o, c in pair(offers, cards) if not c.form and not waits(o, c)],
        "handing": handing,
        "case_seq": len(case_events),
        "file_limit": settings.MAX_UPLOAD,
        "before": before,
        "after": after,
        "copyable": bool(editing and earlier),
        "facts": [
            (_("报告编号"), Cell(found.case.number, href=reverse("case", args=[found.case_id]))),
            (_("单位"), Cell(bearing(found).name, href=reverse("unit", args=[found.unit.code]))),
            (_("报告期"), f"{found.period.code}（{found.period.starts} – {found.period.ends}）"),
            (_("填报截止"), Cell(found.due.isoformat(), sub=first_due(found))),
            (_("延期"), more_words(more)),
            (_("当前期限"), due_cell(found, day)),
            (_("提交日"), found.submitted_on.isoformat() if found.submitted_on else ""),
            (_("审核日"), found.approved_on.isoformat() if found.approved_on else ""),
            (_("规划"), release.title),
            (_("版本"), _("第 %(n)s 版") % {"n": found.version}),
        ],
        "lacking": [(lack_anchor(x, form, editing), lack_label(x)) for x in lacks],
        "wanted": wanted(rows),
        "filled": wanted(rows) - len(lacks),
        "steps": happened(case_events, checked),
        "checked": checked.among(saves),
        "stream": f"report:{found.pk}",
        "changes": changes if everything else changes[:HISTORY],
        "changes_count": len(changes),
        "everything": everything,
        "more_changes": 0 if everything else max(0, len(changes) - HISTORY),
        "exports": [
            Link(_("填报表 Excel"), reverse("report-excel", args=[found.pk]), "export", download=True),
            Link(_("报告 Word"), reverse("report-docx", args=[found.pk]), download=True),
        ],
        "print_title": _("%(unit)s %(period)s 进展报告") % {"unit": bearing(found).name, "period": found.period.code},
        "print_facts": f"{found.case.number} · {named(state)}",
    }
    return render(request, "plan_reports/report.html", context, status=status)


def pair(offers: Sequence[Any], cards: Sequence[OfferCard]) -> list[tuple[Any, OfferCard]]:
    by_step = {c.step.id: c for c in cards}
    return [(o, by_step[o.step.id]) for o in offers]


def waits(offer: Any, card: OfferCard) -> bool:
    """Whether the step is refused only because something around the report is missing."""
    return card.form is None and bool(offer.missing)


def blocked(offer: Any, card: OfferCard, children: list[Report]) -> Blocked | None:
    if not waits(offer, card):
        return None
    return Blocked(card.name, card.why_not, children[:20], max(0, len(children) - 20))


def wanted(rows: Sequence[ReportRow]) -> int:
    """How many things a report needs before it is handed in: the account of each row, the figures that are due."""
    return len(rows) + sum(line.required for r in rows for line in r.lines)


def lack_label(lack: Lack) -> str:
    if lack.milestone is None:
        return _("%(row)s：未填写进展情况") % {"row": name_of(lack.row)}
    return _("%(row)s 里程碑“%(m)s”：未填写本期累计") % {"row": lack.row.key, "m": lack.milestone.title}


def lack_anchor(lack: Lack, form: ReportForm, editing: bool) -> str:
    if not editing:
        return f"row-{lack.row.pk}"
    place = (lack.milestone.code, "achieved") if lack.milestone else (lack.row.key, "progress")
    control = form.controls.get(place)
    return control.id if control else f"row-{lack.row.pk}"


def kind_of(card: OfferCard) -> str:
    return "primary" if card.step.id == "approve" else "danger" if card.step.confirm else ""


def lock_note(found: Report, final: bool) -> str:
    if found.state == "approved":
        return _("已于 %(day)s 审核通过，内容锁定，不能再修改。") % {"day": found.approved_on}
    if found.state == "submitted":
        return _("已于 %(day)s 提交，等待上级审核，内容锁定；本单位需要修改的，请先“撤回修改”。") % {
            "day": found.submitted_on
        }
    if final:
        return _("报告已撤销，内容锁定。")
    return ""


def due_cell(found: Report, day: date) -> Any:
    if found.case.closed_on or found.case.next_due is None:
        return ""
    name = report_list.clock_name(found)
    return Cell(due=Due(found.case.next_due, day, provisional=found.case.provisional), sub=name)


def earlier_notes(found: Report, who: Acting) -> dict[str, RowNote]:
    before, _after = neighbours(found, who)
    return {n.row_key: n for n in RowNote.objects.filter(report=before)} if before else {}


def after_saving(found: Report, then: str) -> str:
    """Where a saved form goes on to: every way out of the form that could lose what was typed saves first."""
    here = reverse("report", args=[found.pk])
    steps = {s.id for s in report_list.procedure().steps if hands_in(s)}
    if then in steps:
        return reverse("report-step", args=[found.pk, then])
    return {"copy": f"{here}?copy=all#content", "excel": reverse("report-excel-import", args=[found.pk])}.get(
        then, here
    )


def saved(request: HttpRequest, found: Report) -> HttpResponse:
    """Save the form and go where its button leads (``then``); whatever refuses it, what was typed is shown again."""
    who: Acting = request.acting
    require_editor(found, who)
    expected, key = submitted(request)
    if expected is None:
        raise BadRequest(_("表单缺少版本号，请刷新页面后重试"))
    release = release_of(found)
    then = request.POST.get("then", "")
    form = ReportForm(content(found, release), earlier=earlier_notes(found, who), data=request.POST)
    files = form.files(request.FILES)
    notes, figures = form.said()
    if form.general and expected == found.version:
        return report_page(request, found, form, status=422)
    try:
        if expected == found.version:
            done = save_report(
                found, release, notes=notes, figures=figures, files=files,
                remove=form.removals(), who=who, expected=expected, key=key,
            )  # fmt: skip
            if done:
                words = {"n": len(done.changes), "a": done.attached, "r": done.removed}
                messages.success(request, _("已保存：%(n)s 处内容，新增附件 %(a)s 个，移除附件 %(r)s 个") % words)
            elif not then:
                messages.info(request, _("没有改动，无需保存"))
            return redirect(after_saving(found, then))
    except Locked:
        return kept_typed(request, found, form)
    except Conflict:
        found = find_report(who, found.pk)
    except ContentRefused as e:
        form.refuse(e.errors)
        return report_page(request, found, form, status=422)
    except FileRefused as e:
        form.general.append(str(e))
        return report_page(request, found, form, status=422)
    try:
        if pressed_twice(found, key, release, notes, figures, who):
            messages.success(request, _("已保存"))
            return redirect(after_saving(found, then))
    except Locked:
        return kept_typed(request, found, form)
    between = since(found, expected)
    theirs = changed_since(between)
    form.bring_up(merge(notes, figures, theirs), theirs)
    return report_page(request, found, form, status=409, between=between)


def pressed_twice(found: Report, key: str, release: Release, notes: Content, figures: Content, who: Acting) -> bool:
    """Whether this very form was saved, a moment ago or by the other of two clicks, and says nothing else."""
    try:
        return seen_before(found, key) and not would_change(found, release, notes=notes, figures=figures, who=who)
    except ContentRefused:
        return False


def kept_typed(request: HttpRequest, found: Report, form: ReportForm) -> HttpResponse:
    """The report was handed in meanwhile: nothing can be saved, but nothing typed is lost either."""
    typed = [(c.about, c.value) for c in form.by_name.values() if c.value and c.name in form.sent]
    since_open = events_of(found.case)[-1:]
    context = {"since": since_open, "typed": typed, "href": reverse("report", args=[found.pk])}
    return render(request, "409.html", context, status=409)


# ── Excel and Word ───────────────────────────────────────────────────────────────────────────────────────


@page(nav="reports", scope="report.read")
@require_GET
def report_excel(request: HttpRequest, pk: int) -> HttpResponse:
    """The report's sheet, to fill in and bring back."""
    found = find_report(request.acting, pk)
    made = as_workbook(found, release_of(found), demo=is_demo())
    return download(made, f"{found.unit.label}-{found.period.code}-第{found.version}版.xlsx", XLSX)


@page(nav="reports", scope="report.read")
@require_http_methods(["GET", "POST"])
def report_excel_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a filled sheet back: every error at once, or what would change, to be confirmed."""
    who: Acting = request.acting
    found = find_report(who, pk)
    require_editor(found, who)
    release = release_of(found)
    context: dict[str, Any] = {
        "crumbs": [
            Link(_("进展报告"), reports_of(request, found)),
            Link(f"{found.unit.label} {found.period.code}", reverse("report", args=[pk])),
        ],
        "report": found,
        "locked": found.locked,
        "lock": lock_note(found, False),
        "title": _("导入 Excel：%(unit)s %(period)s") % {"unit": found.unit.label, "period": found.period.code},
    }
    status = 200
    if request.method == "POST":
        status = 422
        file = request.FILES.get("file")
        if file is None or not file.size:
            context["refused"] = _("请选择填好的 .xlsx 文件")
        else:
            try:
                read = from_workbook(file.read(), found, release, who=who)
            except Locked:
                context["refused"], status = lock_note(found, False), 409
            except StaleSheet as e:
                context["refused"], status = (e.en if english() else e.zh), 409
                names = place_names(content(found, release))
                context["between"] = changes_of(since(found, e.origin.version), names)
            except SpreadsheetError as e:
                context["refused"] = e.en if english() else e.zh
            else:
                names = place_names(content(found, release))
                lines = [
                    (names.get(place, place), named(FIELD_NAMES[name]), old or "", new or "")
                    for place, fields in read.changes.items()
                    for name, (old, new) in fields.items()
                ]
                sealed = {"r": found.pk, "v": found.version, "n": read.notes, "f": read.figures, "name": file.name}
                context |= {
                    "file": file.name,
                    "errors": [e.say("en" if english() else "zh") for e in read.errors],
                    "remarks": [en if english() else zh for zh, en in read.remarks],
                    "lines": lines,
                    "same": not read.errors and not lines,
                    "payload": signing.dumps(sealed, salt=SALT, compress=True) if lines else "",
                    "seq": found.version,
                }
                status = 422 if read.errors else 200
    return render(request, "plan_reports/excel.html", context, status=status)


@page(nav="reports", scope="report.read")
@require_POST
def report_excel_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what was looked over, all in one go."""
    who: Acting = request.acting
    found = find_report(who, pk)
    require_editor(found, who)
    _expected, key = submitted(request)
    try:
        told = signing.loads(request.POST.get("payload", ""), salt=SALT, max_age=PREVIEW_SECONDS)
    except signing.SignatureExpired:
        messages.warning(request, _("预览已超过一小时，请重新上传"))
        return redirect("report-excel-import", pk=pk)
    except signing.BadSignature:
        raise BadRequest(_("预览内容不完整，请重新上传文件")) from None
    if told["r"] != found.pk:
        raise BadRequest(_("预览的是另一份报告，请重新上传文件"))
    if seen_before(found, key):
        return redirect("report", pk=pk)
    try:
        done = save_report(
            found, release_of(found), notes=told["n"], figures=told["f"], who=who, expected=told["v"],
            source=f"excel:{told['name']}", key=key,
        )  # fmt: skip
    except (Conflict, Locked):
        if there_already(find_report(who, pk), key, told, who):
            messages.info(request, _("表中的内容已经保存，无需再次导入"))
        else:
            messages.error(request, _("预览之后报告又有变化，没有保存；请重新导出并填写"))
        return redirect("report", pk=pk)
    except ContentRefused as e:
        messages.error(
            request, _("没有保存：%(why)s") % {"why": "；".join(x.en if english() else x.zh for x in e.errors)}
        )
        return redirect("report-excel-import", pk=pk)
    messages.success(request, _("已从 Excel 导入 %(n)s 处内容") % {"n": len(done.changes)})
    return redirect("report", pk=pk)


def there_already(found: Report, key: str, told: Mapping[str, Any], who: Acting) -> bool:
    """Whether what a preview holds is saved by now: by the other of two clicks, or from a second window."""
    if seen_before(found, key):
        return True
    try:
        return not would_change(found, release_of(found), notes=told["n"], figures=told["f"], who=who)
    except (Locked, ContentRefused):
        return False


@page(nav="reports", scope="report.read")
@require_GET
def report_docx(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as a Word document."""
    found = find_report(request.acting, pk)
    rows = content(found, release_of(found))
    made = documents.write([paper_of(found, rows)], mark=MARK if is_demo() else "", subject=str(found))
    return download(made, f"{bearing(found).label}-{found.period.code}-进展报告.docx", documents.MEDIA_TYPE)


def bearing(found: Report) -> Unit | UnitName:
    """What bears the unit's name on the day that the report was submitted; today's where it was not yet."""
    return found.unit.named_on(found.submitted_on or today())


def paper_of(found: Report, rows: Sequence[ReportRow]) -> documents.Paper:
    state = report_list.states()[found.state]
    more = more_words(all_granted([found]).get(found.pk))
    blocks: list[documents.Heading | documents.TextBlock | documents.Pairs | documents.DocumentTable] = [
        documents.Pairs(
            [
                ("填报单位", bearing(found).zh),
                ("报告期", f"{found.period.code}（{found.period.starts} 至 {found.period.ends}）"),
                ("状态", state.zh + ("" if found.state == "approved" else "（未经审核，不作统计依据）")),
                ("提交 / 审核", f"{found.submitted_on or '—'} / {found.approved_on or '—'}"),
                ("截止日", found.due.isoformat()),
                *([("延期", more)] if more else []),
            ]
        )
    ]
    for r in rows:
        blocks.append(documents.Heading(f"{r.row.key}　{r.row.title}"))
        for f in NOTE_FIELDS:
            text = getattr(r.note, f.id) if r.note else ""
            blocks.append(documents.TextBlock(f"{f.zh}：{text or '（未填写）'}"))
        if r.lines:
            cells = [
                [
                    line.milestone.title,
                    f"{line.milestone.at_most}{plain(line.milestone.target)} {line.milestone.measured_in}",
                    plain(line.before),
                    plain(line.figure.achieved) if line.figure else "",
                    line.figure.reached_on.isoformat() if line.figure and line.figure.reached_on else "",
                    line.figure.note if line.figure else "",
                ]
                for line in r.lines
            ]
            heads = ("里程碑", "目标", "上期累计", "本期累计", "完成日期", "说明")
            blocks.append(documents.DocumentTable(heads, cells, (52, 20, 18, 18, 24, 24)))
    return documents.Paper("进展报告", [found.case.number], blocks)


urlpatterns = [
    path("plan/reports/", index, name="reports"),
    path("plan/reports/export.xlsx", index_excel, name="reports-excel"),
    path("plan/reports/open/", round_open, name="round-open"),
    path("plan/reports/<int:pk>/", report, name="report"),
    path("plan/reports/<int:pk>/sheet.xlsx", report_excel, name="report-excel"),
    path("plan/reports/<int:pk>/import/", report_excel_import, name="report-excel-import"),
    path("plan/reports/<int:pk>/import/confirm/", report_excel_confirm, name="report-excel-confirm"),
    path("plan/reports/<int:pk>/report.docx", report_docx, name="report-docx"),
]
