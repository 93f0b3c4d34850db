"""The inbox as shown: one line a thing that waits for the acting post, and the panel 今天要办 of the landing page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.inbox import for_today, step_for, waiting
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.custody.models import HandOver
from jinzhi.apps.plan.models import Report
from jinzhi.web.cases.list import by_name, clock_name, state_of
from jinzhi.web.evidence.words import verb_named
from jinzhi.web.shell.watching import Watched
from jinzhi.web.ui.language import labelled, named
from jinzhi.web.ui.states import Due, Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableGroup, TableRow

#: how many lines the panel of the landing page shows; the rest is one click away
SHOWN = 5
NEW = Tag("新", "New", "open", "◆")
UNREAD = Tag("单位未读", "Unread by the unit", "late", "◆")


@dataclass(frozen=True)
class InboxUrgency:
    """A group of the inbox: how near the day is. What is due today is not overdue."""

    id: str
    zh: str
    en: str
    tone: str
    symbol: str


OVERDUE = InboxUrgency("overdue", "已超期", "Overdue", "late", "■")
TODAY = InboxUrgency("today", "今天到期", "Due today", "risk", "◆")
WEEK = InboxUrgency("week", "7 日内到期", "Due within 7 days", "normal", "●")
LATER = InboxUrgency("later", "以后到期", "Due later", "ahead", "▲")
NONE = InboxUrgency("none", "无期限", "No due date", "neutral", "○")
URGENCIES = (OVERDUE, TODAY, WEEK, LATER, NONE)


def urgency_of(case: Case, day: date) -> InboxUrgency:
    if case.next_due is None:
        return NONE
    if case.next_due < day or (case.next_due_at is not None and case.next_due_at < now()):
        return OVERDUE
    if case.next_due == day:
        return TODAY
    return WEEK if case.next_due <= day + timedelta(days=7) else LATER


@dataclass(frozen=True)
class Thing:
    """One thing to do: the verb, what it is about, where it is done, what is said of the day and why."""

    case: Case
    verb: str
    href: str
    matter: str
    state: str
    clock: str
    urgency: InboxUrgency
    due: Due | None
    new: bool
    lifted: bool = False


def things(cases: Iterable[Case], who: Acting, day: date) -> list[Thing]:
    """The lines of cases that wait; a report leads to its own page."""
    found = list(cases)
    procedures = by_name()
    reports = dict(
        Report.objects.visible_to(who).filter(case__in=[c.pk for c in found]).values_list("case_id", "pk")
        if any(c.procedure == "progress-report" for c in found)
        else ()
    )
    out = []
    for case in found:
        procedure, state, step = procedures.get(case.procedure), state_of(case, procedures), step_for(case, who)
        report = reports.get(case.pk)
        out.append(
            Thing(
                case,
                named(step) if step else _("办理"),
                reverse("report", args=[report]) if report else reverse("case", args=[case.pk]),
                named(procedure) if procedure else case.procedure,
                named(state) if state else case.state,
                clock_name(case, procedures),
                urgency_of(case, day),
                Due(case.next_due, day, provisional=case.provisional) if case.next_due else None,
                bool(getattr(case, "unread", False)),
                bool(getattr(case, "lifted", False)),
            )
        )
    return out


@dataclass(frozen=True)
class Panel:
    """今天要办: what is overdue, due today or new. ``more``: how many of them are not shown; ``rest``: what waits
    besides, without haste."""

    things: Sequence[Thing]
    pressing: int
    more: int
    rest: int


def today_panel(who: Acting, day: date) -> Panel | None:
    """The first panel of the landing page; None for who has nothing to do here."""
    if who.user is None or not who.may("case.read"):
        return None
    found = for_today(who, day)
    pressing, all_ = found.order_by().count(), waiting(who).order_by().count()
    shown = things(found.select_related("unit", "office")[:SHOWN], who, day)
    return Panel(shown, pressing, pressing - len(shown), all_ - pressing)


def table(found: Sequence[Thing], day: date) -> Table:
    """The whole inbox, grouped by urgency; a thing that has not been looked at is marked."""
    rows: list[TableRow | TableGroup] = []
    for urgency in URGENCIES:
        lines = [t for t in found if t.urgency is urgency]
        if lines:
            rows.append(TableGroup(tag=urgency))
        rows += [
            TableRow(
                [
                    Cell(labelled(t.verb, t.case.title), href=t.href, sub=t.case.number),
                    Cell(tag=UNREAD, sub=_("本单位还没有人打开")) if t.lifted else Cell(tag=NEW) if t.new else "",
                    Cell(t.matter, sub=t.state),
                    Cell(due=t.due, sub=t.clock) if t.due else "—",
                    t.case.unit.label,
                    t.case.office.label,
                ],
                id=f"todo-{t.case.pk}",
            )
            for t in lines
        ]
    columns = [
        Column(_("要办的事"), wide=True), Column(_("未读")), Column(_("事项")), Column(_("期限")),
        Column(_("办理单位")), Column(_("发起单位")),
    ]  # fmt: skip
    empty = Empty(
        _("没有待办"),
        _("轮到您的单位和角色时，督办单、报告和事项会出现在这里。"),
        reverse("cases"),
        _("看全部办理事项"),
    )
    return Table(_("待办"), columns, rows, empty, stack=True, caption_hidden=True)


# --- custody and what is followed ---------------------------------------------------------------------------


def hands_table(found: Iterable[HandOver]) -> Table | None:
    rows = [
        TableRow(
            [
                Cell(
                    _("答复移交：%(title)s") % {"title": h.item.title}, href=reverse("custody-hands"), sub=h.item.number
                ),
                Cell(tag=NEW),
                h.reason,
                Cell(h.giver.get_full_name() or h.giver.username, sub=h.giver_unit.label),
                localtime(h.offered_at).strftime("%Y-%m-%d %H:%M"),
            ],
            id=f"hand-{h.pk}",
        )
        for h in found
    ]
    columns = [
        Column(_("要办的事"), wide=True),
        Column(_("未读")),
        Column(_("理由")),
        Column(_("移交人")),
        Column(_("移交")),
    ]
    return Table(_("等我答复的证据移交"), columns, rows, stack=True, caption_hidden=True) if rows else None


def watched_table(found: Iterable[Watched], caption: str) -> Table:
    """What is followed, the latest change first: what was done last, by whom, and how often since the last look."""
    rows = []
    for w in found:
        last = w.news[0] if w.news else None
        told = Cell(verb_named(last), sub=f"{last.actor} · {last.on.isoformat()}") if last else "—"
        rows.append(
            TableRow(
                [Cell(w.title, href=w.href, sub=w.sub), told, str(len(w.news)) if w.news else ""], id=f"w{w.watch.pk}"
            )
        )
    empty = Empty(_("没有关注的变化"), _("在事项、任务和里程碑的页面上点“关注”。"), reverse("watching"), _("我关注的"))
    columns = [Column(_("关注的"), wide=True), Column(_("最近的变化")), Column(_("新变化"), numeric=True)]
    return Table(caption, columns, rows, empty, stack=True, caption_hidden=True)
