"""The page of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.inbox import look
from jinzhi.apps.cases.queries import events_of, steps_for
from jinzhi.apps.cases.queries import view as fold_of
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.seals import verdicts
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.handing_in import hands_in
from jinzhi.apps.plan.models import Measure, Release, Report, RowNote
from jinzhi.apps.plan.more_time import granted
from jinzhi.apps.plan.queries import Lack, ReportRow, children_open, content, lacking
from jinzhi.apps.plan.reporting import neighbours
from jinzhi.web.cases.page import OfferCard, offer_cards
from jinzhi.web.plan.more_time import first_due, more_words
from jinzhi.web.plan.reports import list as report_list
from jinzhi.web.plan.reports.find import HISTORY, may_edit, release_of, reports_of
from jinzhi.web.plan.reports.form import ReportForm
from jinzhi.web.plan.reports.history import changes_of, happened, place_names
from jinzhi.web.plan.reports.paper import bearing
from jinzhi.web.plan.titles import name_of
from jinzhi.web.shell.listing import choice
from jinzhi.web.shell.plan_choice import at_plan
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.watching import CASE, look_at
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.language import named
from jinzhi.web.ui.states import Due
from jinzhi.web.ui.tables import Cell


@dataclass(frozen=True)
class Blocked:
    """A step that only waits for something around the report: what, with links."""

    name: str
    why: str
    children: list[Report]
    more: int


def report_page(
    request: PageRequest,
    found: Report,
    form: ReportForm | None = None,
    *,
    status: int = 200,
    between: Sequence[Event] = (),
) -> HttpResponse:
    """The page of a report. ``form``: what came back; ``between``: what others saved since it was made."""
    who, day, release = request.acting, today(), release_of(found)
    look(found.case, who)
    rows = content(found, release)
    before, after = neighbours(found, who)
    earlier = {n.row_key: n for n in RowNote.objects.filter(report=before)} if before else {}
    may = may_edit(found, who) and not found.locked
    editing = may and choice(request, "read", ("1",)) != "1"
    if form is None:
        form = form_of(request, rows, earlier, request.GET.get("copy", "") if editing else "")
    case_events = events_of(found.case)
    folded = fold_of(found.case, day, case_events)
    lacks = lacking(rows)
    saves = list(Event.objects.filter(stream=found.stream).select_related("unit").order_by("-seq"))
    checked = verdicts([*case_events, *saves])
    texts = measures_of(rows)
    context: dict[str, Any] = {
        **heading(request, found),
        **steps_on_offer(found, who, steps_for(found.case, folded, who)),
        **changes_shown(saves, rows, whole=choice(request, "history", ("all",)) == "all"),
        "report": found,
        "watching": look_at(who, CASE, str(found.case_id)),
        "watch_kind": CASE,
        "watch_ref": found.case_id,
        "state": report_list.tag_of(found),
        "release": release,
        "form": form,
        "rows": [(r, texts.get(r.row.pk, [])) for r in form.rows],
        "editing": editing,
        "may_edit": may,
        "lock": lock_note(found, folded.state.final),
        "seq": found.version,
        "between": changes_of(between, place_names(rows)),
        "between_who": sorted({e.actor for e in between}),
        "back": next((e for e in reversed(case_events) if e.verb == "return"), None)
        if found.state == "returned"
        else None,
        "undone": approval_undone(case_events),
        "case_seq": len(case_events),
        "file_limit": settings.MAX_UPLOAD,
        "before": before,
        "after": after,
        "copyable": bool(editing and earlier),
        "facts": facts_of(found, release, day, case_events),
        "lacking": [(lack_anchor(x, form, editing), lack_label(x)) for x in lacks],
        "wanted": wanted(rows),
        "filled": wanted(rows) - len(lacks),
        "steps": happened(case_events, checked),
        "checked": checked.among(saves),
        "stream": found.stream,
        "print_facts": f"{found.case.number} · {named(folded.state)}",
    }
    return render(request, "plan_reports/report.html", context, status=status)


def form_of(request: PageRequest, rows: Sequence[ReportRow], earlier: Mapping[str, RowNote], copy: str) -> ReportForm:
    """The form as it is first shown; ``copy``: whether the texts of the period before are taken over."""
    form = ReportForm(rows, earlier=earlier, copy=copy)
    if copy and form.copied:
        messages.info(request, _("已带入上期文字 %(n)s 处，尚未保存，请核对后保存") % {"n": form.copied})
    elif copy:
        messages.info(request, _("没有可以带入的文字：上期为空，或本期已经填写"))
    return form


def measures_of(rows: Sequence[ReportRow]) -> dict[int, list[str]]:
    """The texts of the measures of each row, by its key in the database."""
    texts: dict[int, list[str]] = {}
    for m in Measure.objects.filter(row__in=[r.row.pk for r in rows]).order_by("row", "position"):
        texts.setdefault(m.row_id, []).append(m.text)
    return texts


def heading(request: PageRequest, found: Report) -> dict[str, Any]:
    """Titles, the way back and the files."""
    unit, period = bearing(found), found.period.code
    listed = at_plan(request, f"{reverse('reports')}?period={period}", found.plan)
    return {
        "crumbs": [PageLink(_("进展报告"), reports_of(request, found)), PageLink(period, listed)],
        "title": _("%(unit)s %(period)s 进展报告") % {"unit": unit.label, "period": period},
        "print_title": _("%(unit)s %(period)s 进展报告") % {"unit": unit.name, "period": period},
        "exports": [
            PageLink(_("填报表 Excel"), reverse("report-excel", args=[found.pk]), "export", download=True),
            PageLink(_("报告 Word"), reverse("report-docx", args=[found.pk]), download=True),
        ],
    }


def steps_on_offer(found: Report, who: Acting, offers: Sequence[Any]) -> dict[str, Any]:
    """The steps of the report: handing in stands apart; those with a form, those that wait, those not allowed."""
    cards = [
        replace(c, url=reverse("report-step", args=[found.pk, c.step.id]))
        for c in offer_cards(found.case, offers, who, today(), None)
    ]
    both = pair(offers, cards)
    handing = next((c for o, c in both if hands_in(c.step) and (c.form or waits(o, c))), None)
    both = [(o, c) for o, c in both if c is not handing]
    waiting = Report.objects.visible_to(who).filter(pk__in=children_open(found).values("pk"))
    children = list(waiting.select_related("unit").order_by("unit__path")[:21]) if found.state == "submitted" else []
    return {
        "handing": handing,
        "cards": [(c, kind_of(c)) for _o, c in both if c.form],
        "blocked": [b for b in (blocked(o, c, children) for o, c in both) if b],
        "others": [(c.name, c.why_not) for o, c in both if not c.form and not waits(o, c)],
    }


def changes_shown(saves: Sequence[Event], rows: Sequence[ReportRow], *, whole: bool) -> dict[str, Any]:
    """What was saved of the report, the latest first: all of it, or what fits the page."""
    changes = changes_of(saves, place_names(rows))
    return {
        "changes": changes if whole else changes[:HISTORY],
        "changes_count": len(changes),
        "everything": whole,
        "more_changes": 0 if whole else max(0, len(changes) - HISTORY),
    }


def approval_undone(case_events: Sequence[Event]) -> Event | None:
    """The event that took an approval back, where nothing was decided since."""
    last = next((e for e in reversed(case_events) if e.verb in ("undo-approval", "approve", "return")), None)
    return last if last and last.verb == "undo-approval" else None


def facts_of(found: Report, release: Release, day: date, case_events: Sequence[Event]) -> list[tuple[str, Any]]:
    """The number, unit, period, term and dates of a report."""
    unit, period = bearing(found), found.period
    return [
        (_("报告编号"), Cell(found.case.number, href=reverse("case", args=[found.case_id]))),
        (_("单位"), Cell(unit.name, href=reverse("unit", args=[found.unit.code]))),
        (_("报告期"), f"{period.code}（{period.starts} – {period.ends}）"),
        (_("填报截止"), Cell(found.due.isoformat(), sub=first_due(found))),
        (_("延期"), more_words(granted(found, case_events))),
        (_("当前期限"), due_cell(found, day)),
        (_("提交日"), found.submitted_on.isoformat() if found.submitted_on else ""),
        (_("审核日"), found.approved_on.isoformat() if found.approved_on else ""),
        (_("规划"), release.title),
        (_("版本"), _("第 %(n)s 版") % {"n": found.version}),
    ]


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
