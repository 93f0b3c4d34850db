"""Showing a case and its picture."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.accounts.acting import in_nobodys_role
from jinzhi.apps.cases.actions import (
    ERASE,
    log_viewing,
)
from jinzhi.apps.cases.inbox import look
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import events_of, files_in, plain_view, steps_for
from jinzhi.apps.cases.queries import view as fold_of
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.personal import marked
from jinzhi.apps.evidence.events.seals import verdicts
from jinzhi.engines import flow
from jinzhi.kernel.procedure import CaseView, OpenAside
from jinzhi.web.cases import list as case_list
from jinzhi.web.cases.adjustment import case_pairs
from jinzhi.web.cases.checklists import checklist_cards
from jinzhi.web.cases.find import declared, find_case
from jinzhi.web.cases.linked import linked_cases
from jinzhi.web.cases.next_step import handled_before, handled_by, handlers, whose_turn
from jinzhi.web.cases.page import (
    clock_cards,
    evidence_of,
    happenings,
    offer_cards,
    reader,
    subject_url,
)
from jinzhi.web.shell.access import page
from jinzhi.web.shell.errors import NOT_ON_RECORD
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.watching import CASE, look_at
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import enumerated, named, page_language
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell


@page(nav="cases", scope="case.read")
@require_GET
def case(request: PageRequest, pk: int) -> HttpResponse:
    return case_page(request, find_case(request.acting, pk))


def case_page(
    request: PageRequest,
    found: Case,
    refused: tuple[str, FieldsForm] | None = None,
    untold: tuple[str, FieldsForm] | None = None,
) -> HttpResponse:
    """The page of a case; ``refused``, ``untold``: the form of a step, of a clock's telling, that came back."""
    who, day = request.acting, today()
    procedure = declared(found.procedure)
    events = events_of(found)
    folded = fold_of(found, day, events)
    eyes = reader(who, found, procedure)
    checked = verdicts(events)
    story = happenings(found, folded, events, eyes, checked)
    look(found, who)
    watching = look_at(who, CASE, str(found.pk))
    if not log_viewing(found, eyes.seen, who):
        # nobody sees personal data unseen: they are withheld until the viewing can be recorded
        eyes = reader(in_nobodys_role(who), found, procedure)
        story = happenings(found, folded, events, eyes, checked)
        messages.warning(request, str(NOT_ON_RECORD))
    children = Case.objects.visible_to(who).filter(parent=found).select_related("unit").order_by("pk")
    parent = Case.objects.visible_to(who).filter(pk=found.parent_id).first() if found.parent_id else None
    url = subject_url(found.subject)
    about = found.subject_title or found.subject
    withheld = {id for id, f in files_in(procedure, events) if f.closed_to(who.role)}
    state = folded.state
    offers = offer_cards(found, steps_for(found, folded, who), who, day, refused, folded)
    svg = reverse("case-svg", args=[found.pk])
    context: dict[str, Any] = {
        "crumbs": [
            PageLink(_("办理事项"), reverse("cases")),
            PageLink(named(procedure), f"{reverse('cases')}?procedure={procedure.id}"),
        ],
        "case": found,
        "watching": watching,
        "watch_kind": CASE,
        "watch_ref": found.pk,
        "procedure": procedure,
        "procedure_name": named(procedure),
        "title": f"{found.number} {found.title}",
        "state": Tag(state.zh, state.en, state.tone),
        "asides": [aside_line(folded, a) for a in folded.asides],
        "refused": (refused or untold or ("", None))[1],
        "offers": offers,
        "barred": [o for o in offers if not o.form and not o.elsewhere],
        "checklists": checklist_cards(folded),
        "linked": linked_cases(found, who),
        "next": whose_turn(found, offers, who, request.get_full_path()),
        "seq": len(events),
        "story": story,
        "clocks": clock_cards(
            found, folded, day, who, plain_view(found, day, events) if found.corrected else None, untold
        ),
        "flow_src": f"{svg}?v={len(events)}&lang={page_language()}",
        "flow_size": flow.size(procedure, page_language()),
        "flow_alt": flow.summary(procedure, state.id, folded.history, page_language()),
        "facts": [
            (_("事项"), Cell(named(procedure), href=reverse("procedure", args=[procedure.id]))),
            (_("办理单位"), handled_by(found)),
            (_("原办理单位"), handled_before(found)),
            (_("发起单位"), Cell(found.office.name, href=reverse("unit", args=[found.office.code]))),
            (_("对象"), Cell(about, href=url) if about else ""),
            *case_pairs(found, folded, events),
            (_("经办人"), handlers(story)),
            (_("发起日"), folded.opened.isoformat()),
            (_("办结日"), folded.closed.isoformat() if folded.closed else ""),
            (_("上级事项"), Cell(str(parent), href=reverse("case", args=[parent.pk])) if parent else ""),
        ],
        "files": [
            (kept, str(kept.pk) in withheld)
            for kept in sorted(eyes.files.values(), key=lambda a: a.pk)
            if kept.erased_at is None
        ],
        "evidence": evidence_of(found, who),
        "children": [(c, reverse("case", args=[c.pk]), _tag(procedure_state(c))) for c in children],
        "checked": checked,
        "erasable": who.may(ERASE) and any(any(marked(e.sealed_data)) and not e.erased for e in events),
        "print_title": f"{found.number} {found.title}",
        "print_facts": named(procedure),
    }
    return render(request, "cases/case.html", context, status=422 if refused or untold else 200)


def aside_line(folded: CaseView, stands: OpenAside) -> tuple[Tag, str]:
    """What stands beside the state, since when, and what it does to which clocks."""
    id = stands.aside.id
    out = [c for c in folded.procedure.clocks if id in c.exclude]
    rest = [c for c in folded.procedure.clocks if id in c.suspend]
    since = _("自 %(day)s 起") % {"day": stands.since.isoformat()}
    words = [since]
    if out:
        words.append(_("其间不计入%(clocks)s") % {"clocks": enumerated(named(c) for c in out)})
    if rest:
        words.append(_("其间%(clocks)s中止") % {"clocks": enumerated(named(c) for c in rest)})
    if not out and not rest:
        words.append(_("各期限照常计算"))
    return Tag(stands.aside.zh, stands.aside.en, "normal"), "，".join(words)


def procedure_state(found: Case) -> Any:
    return case_list.state_of(found, case_list.by_name())


def _tag(state: Any) -> Tag:
    return Tag(state.zh, state.en, state.tone) if state else Tag("?", "?")


@page(nav="cases", scope="case.read")
@require_GET
def case_svg(request: PageRequest, pk: int) -> HttpResponse:
    """The flow chart of a case, its present state lit; ``?theme=dark`` for dark screens."""
    found = find_case(request.acting, pk)
    procedure = declared(found.procedure)
    folded = fold_of(found, today())
    theme = "dark" if request.GET.get("theme") == "dark" else "light"
    language = "en" if request.GET.get("lang") == "en" else "zh"
    drawn = flow.svg(procedure, state=folded.state.id, history=folded.history, language=language, theme=theme)
    return HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8")
