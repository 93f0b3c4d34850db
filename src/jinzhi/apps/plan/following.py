"""What of the plan follows a unit into another: duties of the plans in force and open milestones; reports stay."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.actions import last_seq, record
from jinzhi.apps.plan.models import Duty, Milestone, Report
from jinzhi.apps.plan.progress import forget
from jinzhi.apps.units.following import Following, Merger, Things, cases_stay, follows
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.streams import MILESTONE
from jinzhi.kernel.text import Words

#: a report stays with the unit that was asked for it, and so does its case
cases_stay(Q(procedure="progress-report"))


def _duties(unit: Unit) -> QuerySet[Duty]:
    return Duty.objects.filter(units=unit, row__release__in_force=True)


def _hand_duties(m: Merger) -> Things:
    """The taker answers as well; the giver stays named in the plan, which is as it was issued."""
    found = list(_duties(m.giver).exclude(units=m.taker).select_related("row__release"))
    for duty in found:
        duty.units.add(m.taker)
        forget(duty.row.release.plan)
    return {f"duty:{d.pk}": 0 for d in found}


def _take_back_duties(m: Merger, things: Things) -> None:
    for duty in Duty.objects.filter(pk__in=_keys(things)).select_related("row__release"):
        duty.units.remove(m.taker)
        forget(duty.row.release.plan)


def _keys(things: Things) -> list[int]:
    return [int(t.partition(":")[2]) for t in things]


def _milestones() -> QuerySet[Milestone]:
    return Milestone.objects.unrestricted("what a merger of units hands over, whoever sees it")


def _open_milestones(unit: Unit) -> QuerySet[Milestone]:
    return _milestones().filter(unit=unit, met_on=None, dropped_on=None)


def _hand_milestones(m: Merger) -> Things:
    return {MILESTONE.of(x.pk): _give(x, "hand-over", m.giver, m.taker, m) for x in _open_milestones(m.giver)}


def _take_back_milestones(m: Merger, things: Things) -> None:
    for x in _milestones().filter(pk__in=_keys(things)):
        _give(x, "hand-back", m.taker, m.giver, m)


def _give(x: Milestone, verb: str, giver: Unit, taker: Unit, m: Merger) -> int:
    said = {"from": giver.code, "to": taker.code, "day": m.day.isoformat(), "reason": m.reason}
    event = record(x.stream, verb, said, who=m.who, on=today())
    x.unit, x.unit_path = taker, taker.path
    x.save(update_fields=["unit", "unit_path"])
    forget(x.plan)
    return event.seq


def _milestones_touched(things: Things) -> list[str]:
    """Milestones that were changed since, or of which the taker has reported a figure."""
    out = []
    for x in _milestones().filter(pk__in=_keys(things)).prefetch_related("figures__report"):
        reported = any(f.report.unit_id == x.unit_id for f in x.figures.all())
        if reported or last_seq(x.stream) != things[MILESTONE.of(x.pk)]:
            out.append(x.code)
    return out


def _open_reports(unit: Unit, _day: date) -> int:
    found = Report.objects.unrestricted("how many reports a unit still owes").filter(unit=unit)
    return found.exclude(state__in=("approved", "cancelled")).count()


follows(
    Following(
        "duties",
        "现行规划的职责分工",
        "duties in the plans in force",
        lambda unit, day: _duties(unit).count(),
        _hand_duties,
        lambda things: [],
        _take_back_duties,
        blocks=False,
        order=10,
    )
)
follows(
    Following(
        "milestones",
        "未完成的里程碑",
        "milestones not met",
        lambda unit, day: _open_milestones(unit).count(),
        _hand_milestones,
        _milestones_touched,
        _take_back_milestones,
        order=20,
    )
)
follows(
    Following(
        "reports",
        "未办结的进展报告",
        "progress reports not approved",
        _open_reports,
        order=60,
        way_out=Words(
            "并入之后本单位无人可以填报。请在并入之日前提交并审核，或由规划办在报告页上“撤销”；"
            "未完成的里程碑转给接收单位，由其报告续报",
            "nobody of this unit can report after the merger. Hand them in and approve them before that day, or let "
            "the plan office cancel them on their page; open milestones go along, and the receiving unit reports them",
        ),
    )
)
