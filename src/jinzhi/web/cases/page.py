"""The page of a case: what its events and declaration say, as values for the template.

Personal data are shown only to a role that needs them; :class:`CaseReader` decides, and remembers what was shown, so
that the view can put the viewing on record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases import timing
from jinzhi.apps.cases.actions import party_of
from jinzhi.apps.cases.judging import ANSWERS
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import is_late, late_records, pending, procedure_of, recorded_on
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.custody import queries as custody
from jinzhi.apps.custody.models import Item
from jinzhi.apps.evidence.events.seals import SealVerdict, Verdicts
from jinzhi.apps.evidence.models import Attachment, Event
from jinzhi.apps.plan.handing_in import report_handed_in
from jinzhi.apps.plan.plans import in_force, row_of_subject
from jinzhi.apps.units.models import Unit
from jinzhi.kernel import correcting
from jinzhi.kernel.correction import ASK, CORRECT, REFUSE, TELL
from jinzhi.kernel.declare import Citation
from jinzhi.kernel.events import ITEM
from jinzhi.kernel.fields import Field, Type, current
from jinzhi.kernel.law import Law
from jinzhi.kernel.procedure import CaseView, ClockView, Offer, Procedure, Step
from jinzhi.kernel.recording import DAY, LATE, PROOF, fields_of
from jinzhi.kernel.text import Words
from jinzhi.web.cases.asking import beside_fields, item_names
from jinzhi.web.cases.telling import tellable, told_words
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import enumerated, named, page_language, speak
from jinzhi.web.ui.states import Due, Tag
from jinzhi.web.ui.tables import Cell

#: the second question before harm; no field of a declaration begins with an underscore
SURE = Field(id="_confirm", zh="我已核对，确认办理（此步骤不能撤回）", en="I have checked this", type=Type.BOOL)
ERASED = Tag("个人信息，已依法删除", "Personal data, erased by law", "neutral", "□")
#: as many items of evidence stand on the page; the list of custody shows all
EVIDENCE_SHOWN = 50
SEALED = Tag("密封，当前角色不显示", "Sealed, not shown to this role", "neutral", "◇")
HIDDEN = Tag("个人信息，当前角色不显示", "Personal data, not shown to this role", "neutral", "◇")

CLOCK_TAGS = {
    "running": Tag("计时中", "Running", "open"),
    "paused": Tag("中止", "Suspended", "neutral", "‖"),
    "met": Tag("按期完成", "Met", "done"),
    "late": Tag("逾期完成", "Met late", "late"),
    "expired": Tag("已超期", "Overdue", "late"),
    "undated": Tag("无法计算", "No date", "neutral", "?"),
    "none": Tag("不设期限", "No such term", "neutral", "○"),
}
#: of a clock that its own end has closed: nobody is late with it
RAN_OUT = Tag("已届满", "Ran out", "neutral", "■")


@dataclass
class CaseReader:
    """Shows values to one person; ``seen`` holds the personal fields that were shown with a value in them."""

    who: Acting
    units: Mapping[str, Unit]
    files: Mapping[str, Attachment]
    seen: set[str] = field(default_factory=set)

    def show(self, declared: Field, value: object) -> Any:
        """What the page shows for a stored value: text, a cell with a link, or why it is not shown."""
        if value is None or value == "":
            return ""
        if declared.closed_to(self.who.role):
            return HIDDEN if declared.personal else SEALED
        if declared.withheld:
            self.seen.add(declared.id)
        if declared.type is Type.FILE:
            kept = self.files.get(str(value))
            if kept is not None and kept.erased_at is not None:
                return ERASED
            if kept is None:
                return _("附件不在可见范围或已不存在")
            return Cell(kept.name, href=reverse("attachment", args=[kept.token]), sub=f"SHA-256 {kept.sha256}")
        if declared.type is Type.UNIT:
            unit = self.units.get(str(value))
            return unit.name if unit else str(value)
        text = declared.show(value, page_language())
        return f"{text} {declared.unit}" if declared.unit else text

    def pairs(
        self, fields: Iterable[Field], data: Mapping[str, Any], erased: Collection[str] = ()
    ) -> list[tuple[str, Any]]:
        """Names and values as shown; ``erased``: the ids of fields whose personal values were erased."""
        out: list[tuple[str, Any]] = []
        fields = tuple(fields)
        data, erased = current(fields, data), set(current(fields, dict.fromkeys(erased)))
        for f in fields:
            shown = ERASED if f.id in erased else self.show(f, data.get(f.id))
            if shown != "":
                out.append((named(f), shown))
        return out


def reader(who: Acting, case: Case, procedure: Procedure) -> CaseReader:
    """A reader with the attachments of the case; unit names only where the procedure asks for units."""
    files = {str(a.pk): a for a in Attachment.objects.visible_to(who).filter(stream=case.stream)}
    asks = any(f.type is Type.UNIT for s in procedure.steps for f in s.inputs)
    units = {u.code: u for u in Unit.objects.all()} if asks else {}
    return CaseReader(who, units, files)


@dataclass(frozen=True)
class CaseHappening:
    """An event as the timeline shows it. ``corrected``: a later event replaced its day or data. ``late``: recorded
    long after its legal day, as that stands; ``was_late``: so by the day it said first, before corrections.
    ``decide_url``: where a correction that waits is decided on.
    """

    seq: int
    what: str
    event: Event
    pairs: list[tuple[str, Any]]
    basis: list[Cell]
    correction: bool = False
    corrected: bool = False
    correct_url: str = ""
    decide_url: str = ""
    late: bool = False
    was_late: bool = False
    seal: SealVerdict | None = None
    strange: str = ""


def cite(text: str | Citation) -> Cell:
    """A citation with the title of its law, linked to its page."""
    said = str(text)
    id, _mark, article = said.partition(" § ")
    law = catalogue().find(Law, id)
    if law is None:
        return Cell(said)
    title = speak(law.title)
    place = speak(Words(f"第{article}条", f" § {article}")) if article else ""
    return Cell(f"{title}{place}", href=reverse("law", args=[id]) + (f"#art-{article}" if article else ""))


def applicable(cites: Iterable[str | Citation], opened: date, day: date) -> list[Cell]:
    """The citations that hold for a case: of laws in force when it was opened (it keeps them) or on the day.

    A step names the articles of every version. Where none was in force, all are shown rather than none.
    """
    kept = list(cites)
    laws = {str(c): catalogue().find(Law, str(c).partition(" § ")[0]) for c in kept}
    at_opening = [c for c in kept if (x := laws[str(c)]) and x.in_force_on(opened)]
    on_day = [c for c in kept if (x := laws[str(c)]) and x.in_force_on(day)]
    return [cite(c) for c in at_opening or on_day or kept]


def step_of(procedure: Procedure, id: str) -> Step | None:
    return procedure.find_step(id)


def happenings(
    case: Case, view: CaseView, events: list[Event], reader: CaseReader, checked: Verdicts
) -> list[CaseHappening]:
    """All events, the latest first, each with what came of checking it against the log and the declaration."""
    procedure = view.procedure
    odd = {s.seq: speak(s) for s in view.strange}
    by_seq = {e.seq: e for e in events}
    mended = {e.data.get("seq") for e in events if e.verb == CORRECT}
    waiting = {e.seq for e in pending(events)}
    late = late_records(procedure, events)
    who = reader.who
    may_correct = who.may(f"case.{procedure.id}.{CORRECT}") and who.user is not None
    party = party_of(case, who)
    out: list[CaseHappening] = []
    for e in events:
        target = by_seq.get(int(e.data.get("seq") or 0))
        if e.verb in (CORRECT, ASK, REFUSE):
            decides = False
            if e.seq in waiting and may_correct and target is not None:
                same = who.user is not None and e.user_id == who.user.pk
                decides = correcting.may_decide(procedure, view, target.seq, party, same).allowed
            url = reverse("case-decide", args=[case.pk, e.seq]) if decides else ""
            what, pairs = _correction(e, target, procedure, reader, e.seq in waiting)
            out.append(
                CaseHappening(
                    e.seq,
                    what,
                    e,
                    pairs,
                    [],
                    correction=True,
                    decide_url=url,
                    seal=checked.of(e),
                    strange=odd.get(e.seq, ""),
                )
            )
            continue
        if e.verb == TELL:
            what, told = told_words(procedure, e)
            out.append(CaseHappening(e.seq, what, e, told, [], seal=checked.of(e), strange=odd.get(e.seq, "")))
            continue
        step = step_of(procedure, e.verb)
        author = e.unit.code if e.unit else ""
        mine = may_correct and correcting.may_touch(procedure, view, e.seq, author, party)[1].allowed
        out.append(
            CaseHappening(
                e.seq,
                _taken(step, e, view, who) if step else _("“%(step)s”（此步骤已不在声明中）") % {"step": e.verb},
                e,
                [*(reader.pairs(step.inputs, e.data, e.erased) if step else []), *attested(step, e), *said_of_day(e)],
                applicable(e.basis, case.opened_on, e.on),
                corrected=e.seq in mended,
                correct_url=reverse("case-correct", args=[case.pk, e.seq]) if step and mine else "",
                late=e.seq in late,
                was_late=e.seq not in late and is_late(procedure, e.verb, e.on, recorded_on(e)),
                seal=checked.of(e),
                strange=odd.get(e.seq, ""),
            )
        )
    return out[::-1]


def _taken(step: Step, event: Event, view: CaseView, who: Acting) -> str:
    """The name of a step that was taken, and for whom where it is one for each."""
    item = str(event.data.get(ITEM) or "")
    return f"{named(step)} · {item_names(view, step.per, who).get(item, item)}" if item else named(step)


def attested(step: Step | None, event: Event) -> list[tuple[str, Any]]:
    """What was attested where a check could not be judged from what is held: the check, and where somebody looked."""
    checks = {need.id: need for need in step.needs} if step else {}
    answers = event.data.get(ANSWERS)
    found = [a for a in answers if isinstance(a, dict) and a.get("attested")] if isinstance(answers, list) else []
    return [(named(checks[a["check"]]) if a["check"] in checks else a["check"], a["attested"]) for a in found]


def said_of_day(event: Event) -> list[tuple[str, Any]]:
    """What was said of the legal day of an event."""
    return _said(event.data)


def _said(data: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(named(f), str(data[f.id])) for f in (PROOF, LATE) if data.get(f.id)]


def _correction(
    event: Event, target: Event | None, procedure: Procedure, reader: CaseReader, waits: bool
) -> tuple[str, list[tuple[str, Any]]]:
    """How a correction, asked for, made or refused, is called, and what it says: what it puts, and what stood."""
    step = step_of(procedure, target.verb) if target else None
    said = {"seq": event.data.get("seq"), "name": named(step) if step else "?"}
    if event.verb == REFUSE:
        return _("不同意更正第 %(seq)s 条“%(name)s”") % said, [(_("决定理由"), event.data.get("reason", ""))]
    pairs: list[tuple[str, Any]] = [(_("更正理由"), event.data.get("reason", ""))]
    if event.data.get("agreed"):
        pairs.append((_("决定理由"), event.data["agreed"]))
    if event.data.get("on"):
        pairs.append((_("改为日期"), event.data["on"]))
        pairs.append((_("原日期"), target.on.isoformat() if target else ""))
    changed = event.data.get("data")
    if step and target and isinstance(changed, Mapping):
        gone = [p.removeprefix("data/") for p in event.erased]
        pairs += reader.pairs(step.inputs, changed, gone)
        pairs += _said(changed)
        before = {k: target.data.get(k) for k in changed}
        pairs += [
            (_("原%(field)s") % {"field": n}, v)
            for n, v in [*reader.pairs(step.inputs, before, target.erased), *_said(before)]
        ]
    if event.verb == ASK and waits:
        return _("申请更正第 %(seq)s 条“%(name)s”，待另一人决定") % said, pairs
    if event.verb == ASK:
        return _("申请更正第 %(seq)s 条“%(name)s”") % said, pairs
    return _("更正第 %(seq)s 条“%(name)s”") % said, pairs


@dataclass(frozen=True)
class ClockCard:
    """A clock as the page shows it.

    ``working``: the day-by-day working, as (days, what, counted). ``why``: why there is no date, or what is not sure.
    """

    id: str
    name: str
    tag: Tag
    due: Due | None
    used: float | None
    pairs: list[tuple[str, Any]]
    working: list[tuple[str, str, str]]
    note: str
    unverified: bool
    why: str
    tell: FieldsForm | None = None
    tell_url: str = ""


def clock_cards(
    case: Case,
    view: CaseView,
    day: date,
    who: Acting,
    plain: CaseView | None = None,
    refused: tuple[str, FieldsForm] | None = None,
) -> list[ClockCard]:
    """The clocks of a case, running ones first, then those that are done.

    ``plain``: how the case would stand without its corrections; a clock that they moved says both. ``refused``: the
    form of a clock's telling that came back with errors.
    """
    stood = correcting.runs(plain.clocks) if plain else {}
    cards = []
    for run, c in correcting.runs(view.clocks).items():
        form, url = tellable(case, c, who, refused)
        card = _card(c, view, day, stood.get(run))
        whose = item_names(view, c.clock.per, who).get(c.item, c.item) if c.item else ""
        cards.append(replace(card, name=f"{card.name} · {whose}" if whose else card.name, tell=form, tell_url=url))
    order = [not c.open for c in view.clocks]
    return [card for _shut, card in sorted(zip(order, cards, strict=True), key=lambda pair: pair[0])]


def without(c: ClockView, plain: ClockView | None) -> str:
    """How a clock would stand without the corrections; empty where they change nothing of it."""
    if plain is None or plain.clock.id != c.clock.id:
        return ""
    if (plain.started, plain.due, plain.stopped, plain.status) == (c.started, c.due, c.stopped, c.status):
        return ""
    tag = _tag_of(plain)
    return _("起算 %(start)s，期限 %(due)s，%(state)s") % {
        "start": plain.started.isoformat(),
        "due": plain.due.isoformat() if plain.due else "—",
        "state": speak(tag),
    }


def _tag_of(c: ClockView) -> Tag:
    return RAN_OUT if c.status == "expired" and not c.open else CLOCK_TAGS[c.status]


def _card(c: ClockView, view: CaseView, day: date, plain: ClockView | None = None) -> ClockCard:
    length = c.length
    pairs: list[tuple[str, Any]] = [(_("起算"), _("%(day)s 当日不计入") % {"day": c.started.isoformat()})]
    if length and length.unit.timed and c.started_at:
        pairs = [(_("起算"), c.started_at.strftime("%Y-%m-%d %H:%M"))]
    if length:
        pairs.append((_("期限长度"), speak(length)))
    if c.extended:
        pairs.append((_("延长"), enumerated(speak(x) for x in c.extended)))
    if c.due_at:
        pairs.append((_("届满时刻"), c.due_at.strftime("%Y-%m-%d %H:%M")))
    d = c.deadline
    if d and d.rolled_from:
        pairs.append((_("顺延"), _("%(day)s 逢休假日") % {"day": d.rolled_from.isoformat()}))
    if d and d.unmoved_to and c.due == d.on:
        pairs.append((_("逢休假日"), _("期限不顺延；下一工作日为 %(day)s") % {"day": d.unmoved_to.isoformat()}))
    if d and d.on is None and d.left:
        pairs.append((_("剩余"), " ".join(speak(x) for x in d.left)))
    if c.told:
        pairs.append((_("已告知的日期"), c.told.isoformat()))
    if c.tell_again and c.due:
        pairs.append((_("应重新告知"), _("告知后期限有变动，现为 %(day)s") % {"day": c.due.isoformat()}))
    if c.moves:
        pairs.append((_("逐日顺延"), _("不计入的时间尚未结束，届满日每日顺延")))
    if c.stopped:
        at = c.stopped_at if c.due_at else None
        pairs.append((_("完成于"), at.strftime("%Y-%m-%d %H:%M") if at else c.stopped.isoformat()))
    if said := without(c, plain):
        pairs.append((_("不计更正"), said))
    if c.citation:
        pairs.append((_("依据"), cite(c.citation)))
    note = speak(c.clock.basis_note)
    if not c.citation and length and not note:
        note = _("平台期限，非法定期限")
    expiry = speak(c.clock.on_expiry)
    if expiry:
        pairs.append((_("届满后果"), expiry))
    if d and d.provisional:
        pairs.append((_("暂算"), speak(d.note)))
    due = None
    if c.due:
        provisional = bool(d and d.provisional and (not c.told or c.tell_again))
        due = Due(c.due, day, done=not c.open, provisional=provisional)
    used = None
    if c.due and c.open:
        total = (c.due - c.started).days
        used = 100.0 if total <= 0 else min(100.0, 100 * (day - c.started).days / total)
    working = [
        (
            s.day.isoformat() if s.day == s.last else f"{s.day.isoformat()} — {s.last.isoformat()}",
            speak(s),
            f"{s.counted:g}" if s.counted else "",
        )
        for s in (d.steps if d else ())
    ]
    why = speak(c.why)
    if c.status == "paused":
        why = _("中止中，没有届满日")
    unsure = not c.verified
    return ClockCard(c.clock.id, named(c.clock), _tag_of(c), due, used, pairs, working, note, unsure, why)


@dataclass(frozen=True)
class OfferCard:
    """A step on offer: its form, or why it may not be taken."""

    step: Step
    name: str
    help: str
    basis: list[Cell]
    url: str
    form: FieldsForm | None
    why_not: str = ""
    open: bool = False
    #: the page on which it is taken instead, because it first shows what is handed in
    elsewhere: str = ""


def form_fields(procedure: Procedure, step: Step, day: date, beside: Iterable[Field] = ()) -> tuple[Field, ...]:
    """The day where the law gives it, the time where hours hang on it, the inputs, what is asked beside them, before
    harm the second question."""
    sure = (SURE,) if step.confirm else ()
    return (*fields_of(step.day, day), *timing.fields_of(procedure, step), *step.inputs, *beside, *sure)


def step_form(
    procedure: Procedure, step: Step, who: Acting, day: date, data: Any = None, files: Any = None,
    beside: Iterable[Field] = (),
) -> FieldsForm:  # fmt: skip
    """The form of a step. ``beside``: what is asked beside its inputs (see :mod:`jinzhi.web.cases.asking`)."""
    fields = form_fields(procedure, step, day, beside)
    return FieldsForm(fields, data, files, who=who, initial={DAY.id: day.isoformat()}, name=f"s-{step.id}")


def shown_first(case: Case, step: Step) -> str:
    """The page on which a step that hands something in is taken: it shows first what that is. Empty for others."""
    report = report_handed_in(case, step)
    return reverse("report-step", args=[report.pk, step.id]) if report else ""


def offer_cards(
    case: Case, offers: Iterable[Offer], who: Acting, day: date, refused: tuple[str, FieldsForm] | None,
    folded: CaseView | None = None,
) -> list[OfferCard]:  # fmt: skip
    """Those that may be taken first. ``refused``: a step's form that came back with errors; ``folded``: the case,
    where its steps ask something beside their inputs."""
    out: list[OfferCard] = []
    procedure = procedure_of(case)
    for offer in offers:
        step = offer.step
        back = refused[1] if refused and refused[0] == step.id else None
        allowed, why = offer.allowed, speak(offer.why_not)
        if allowed and not who.may(f"case.{case.procedure}.{step.id}"):
            allowed, why = False, _("您的角色不能办理此步骤")
        if allowed and who.user is None:
            allowed, why = False, _("登录后才能办理")
        out.append(
            OfferCard(
                step,
                named(step),
                speak(step.help),
                applicable(step.basis, case.opened_on, day),
                reverse("case-step", args=[case.pk, step.id]),
                back or (_form_of(procedure, offer, who, day, folded) if allowed else None),
                why,
                open=back is not None,
                elsewhere=shown_first(case, step) if allowed else "",
            )
        )
    return sorted(out, key=lambda o: o.form is None)


def _form_of(procedure: Procedure, offer: Offer, who: Acting, day: date, folded: CaseView | None) -> FieldsForm:
    beside = beside_fields(folded, offer, who) if folded else ()
    return step_form(procedure, offer.step, who, day, beside=beside)


def subject_url(subject: str) -> str:
    """Where the page of a case's subject is; empty where this installation has no page for it."""
    plan, key = row_of_subject(subject)
    if key:
        href = reverse("row", args=[key])
        return f"{href}?{urlencode({'plan': plan})}" if len(in_force()) > 1 else href
    kind, _mark, id = subject.partition(":")
    routes = {"row": "row", "indicator": "indicator", "register": "register", "unit": "unit", "case": "case"}
    if not id or kind not in routes:
        return ""
    try:
        return reverse(routes[kind], args=[id])
    except NoReverseMatch:
        return ""


@dataclass(frozen=True)
class Evidence:
    """The electronic evidence of a case that somebody sees, and where more of it is taken in (empty: not by them)."""

    items: list[Item]
    new_url: str


def evidence_of(case: Case, who: Acting) -> Evidence | None:
    """The items linked to a case; None for a role that does not read evidence."""
    if not who.may(custody.READ):
        return None
    found = list(Item.objects.visible_to(who).filter(cases=case).order_by("number")[:EVIDENCE_SHOWN])
    writes = who.user is not None and who.may(custody.WRITE) and case.closed_on is None
    return Evidence(found, f"{reverse('custody-new')}?case={quote(case.number)}" if writes else "")
