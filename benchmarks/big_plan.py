"""A plan as large as a city may ever have: rows × units × periods, made in bulk, alike in every run.

Written past the actions, for speed; but every case has sealed events, its columns are their fold, milestones agree
with the approved figures: the integrity checkers pass (see tests/test_benchmarks.py), and the pages read what they
would read in service.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256

from django.db import connection, transaction

from jinzhi.apps.accounts.models import Membership, User
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.catalogue.registry import calendar, catalogue
from jinzhi.apps.evidence.events.actions import enter_earlier, sealed
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.models import Duty, Figure, Measure, Milestone, Period, Release, Report, Row, RowNote
from jinzhi.apps.units.actions import sync_units
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.canonical import digest_value
from jinzhi.kernel.plan import PlanRow
from jinzhi.kernel.procedure import Event as KernelEvent
from jinzhi.kernel.procedure import Procedure, fold

TODAY = date(2026, 11, 22)
PLAN = "big-plan"
LAST_QUARTER = (2026, 3)
FIRST_YEAR, LAST_YEAR = 2022, 2026
#: of the units, how many answer for one row: 200 rows × 30 = 20 rows a unit where there are 300
UNITS_A_ROW = 30
SECTIONS = 12
MEASURES_A_ROW = 4
ORDERS = 400
CHUNK = 2000


def pick(n: int, *names: object) -> int:
    """A number below n, always the same for the same names."""
    return int.from_bytes(sha256("/".join(map(str, names)).encode()).digest()[:4], "big") % n


@dataclass
class Big:
    """What was made, for the addresses to measure."""

    release: Release
    office: User
    row: Row
    unit: Unit
    report: Report
    case: Case
    counts: dict[str, int]


@transaction.atomic
def make(rows: int, units: int, periods: int, say: Callable[[str], object]) -> Big:
    """Fill an empty, migrated database with a plan of that size; the day is fixed at 2026-11-22."""
    Installation.objects.create(pk=1, city_zh="天津", city_en="Tianjin", demo=True, today=TODAY)
    office = _people()
    answering = _units(units)
    release, kept = _rows(rows, answering)
    say(f"{rows} rows, {len(answering)} units")
    quarters = _periods(periods)
    milestones = _milestones(kept, answering, quarters)
    say(f"{sum(map(len, milestones.values()))} milestones")
    reports = _reports(release, quarters, answering, milestones, office)
    say(f"{len(reports)} reports")
    order = _orders(kept, office)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    counts = {
        "rows": rows, "units": len(answering), "periods": len(quarters),
        "milestones": sum(map(len, milestones.values())),
        "reports": len(reports), "figures": Figure.objects.count(), "events": Event.objects.count(),
    }  # fmt: skip
    last = max(reports, key=lambda r: (r.period.starts, r.pk))
    return Big(release, office, kept[0][0], kept[0][1][0], last, order, counts)


def _people() -> User:
    sync_units()
    user = User.objects.create(username="bench-office", name="规划办（基准）", password="!")
    Membership.objects.create(
        user=user, unit=Unit.objects.get(code="tianjin"), role="plan-office", since=date(2021, 1, 1)
    )
    return user


def _units(wanted: int) -> list[Unit]:
    """The declared units and as many streets below the districts as are needed; the city itself does not answer."""
    have = Unit.objects.exclude(code="tianjin").count()
    districts = list(Unit.objects.filter(level="district").order_by("path"))
    for n in range(max(0, wanted - have)):
        above = districts[n % len(districts)]
        above.refresh_from_db()
        above.add_child(
            code=f"{above.code}-bench-{n}", zh=f"{above.short or above.zh}第{n + 1}街道", en=f"Street {n + 1}",
            short=f"第{n + 1}街道", level="street", position=1000 + n,
        )  # fmt: skip
    return list(Unit.objects.exclude(code="tianjin").order_by("path"))[:wanted]


def _rows(count: int, units: list[Unit]) -> tuple[Release, list[tuple[Row, list[Unit]]]]:
    release = Release.objects.create(
        plan=PLAN, number=1, title=f"{count} 项任务的规划（基准）", issued_by="基准", issued_on=date(2021, 12, 1),
        starts=date(FIRST_YEAR, 1, 1), ends=date(LAST_YEAR, 12, 31), in_force=True,
        stored_at=_moment(date(2021, 12, 1)),
    )  # fmt: skip
    known = [r.id for r in catalogue().all(PlanRow)]
    made: list[tuple[Row, list[Unit]]] = []
    for n in range(count):
        bound = known[n] if n < len(known) else ""
        section = f"第{n * SECTIONS // count + 1}部分 基准章节"
        row = Row.objects.create(
            release=release, key=bound or f"R{n + 1}", bound=bound, position=n, part="主要任务", section=section,
            number=n + 1, title=f"第 {n + 1} 项任务：建设知识产权工作机制并按期取得成效",
        )  # fmt: skip
        Measure.objects.bulk_create(
            Measure(
                row=row, position=m, text=f"第 {n + 1} 项任务的第 {m + 1} 项措施，推动数据共享、协同办理和成效评估。"
            )
            for m in range(MEASURES_A_ROW)
        )
        share = min(UNITS_A_ROW, len(units))
        chosen = [units[(n * share + i) % len(units)] for i in range(share)]
        for i, unit in enumerate(chosen):
            duty = Duty.objects.create(row=row, position=i, kind="led" if i == 0 else "support", raw=unit.zh, unit=unit)
            duty.units.add(unit)
        made.append((row, chosen))
    return release, made


def _periods(count: int) -> list[Period]:
    """The last ``count`` quarters up to the third of 2026."""
    year, quarter = LAST_QUARTER
    last = year * 4 + quarter - 1
    made = []
    for n in range(last - count + 1, last + 1):
        y, q = divmod(n, 4)
        starts = date(y, 3 * q + 1, 1)
        after = date(y + (q == 3), (3 * q + 3) % 12 + 1, 1)
        made.append(
            Period(plan=PLAN, code=f"{y}Q{q + 1}", year=y, starts=starts, ends=after - timedelta(days=1),
                   due=after + timedelta(days=19))
        )  # fmt: skip
    return Period.objects.bulk_create(made)


def _milestones(
    rows: list[tuple[Row, list[Unit]]], units: list[Unit], periods: list[Period]
) -> dict[int, list[Milestone]]:
    """One a year for each unit and row, by the unit's primary key; most are met, some late, some partly, some not."""
    fates = _fates(units)
    out: dict[int, list[Milestone]] = {u.pk: [] for u in units}
    for row, chosen in rows:
        for unit in chosen:
            for year in range(FIRST_YEAR, LAST_YEAR + 1):
                due = date(year, (3, 6, 9, 12)[pick(4, "due", row.key, unit.code, year)], 20)
                m = Milestone(
                    plan=PLAN, code=f"{PLAN}-{row.key}-{unit.code}-{year}", row_key=row.key, unit=unit,
                    unit_path=unit.path, title=f"{year} 年完成本单位承担的第 {row.number} 项任务年度安排",
                    due=due, target=Decimal(10), measured_in="项",
                )  # fmt: skip
                for period in periods:
                    if period.year == year and (period is not periods[-1] or fates[unit.pk] == "approved"):
                        m.achieved, m.met_on = _figure(m, period)
                out[unit.pk].append(m)
    Milestone.objects.bulk_create((m for found in out.values() for m in found), batch_size=CHUNK)
    return out


def _figure(m: Milestone, period: Period) -> tuple[Decimal, date | None]:
    """What has been reached of a milestone by the end of a period, and when all of it was."""
    way = pick(12, "way", m.code)
    met = m.due + timedelta(days=25 if way == 8 else -way) if way < 9 else None
    if met and met <= period.ends:
        return m.target, met
    return Decimal(4 if way == 9 else 0), None


def _fates(units: list[Unit]) -> dict[int, str]:
    """The state of each unit's report of the last period; all earlier ones are approved.

    Every state occurs, but no report is approved before those of units below.
    """
    out: dict[int, str] = {}
    for n, unit in enumerate(units):
        above_others = any(u.path.startswith(unit.path) for u in units[n + 1 : n + 2])
        out[unit.pk] = ("draft", "submitted", "returned", "approved")[n % (3 if above_others else 4)]
    return out


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(2, 30), UTC)


@dataclass
class Story:
    """A case and what happened to it: (step, day, data)."""

    case: Case
    steps: list[tuple[str, date, dict[str, object]]]


def _tell(stories: list[Story], office: User) -> None:
    """Write cases with their events: columns by the fold, events sealed one after the other."""
    city = Unit.objects.get(code="tianjin")
    for s in stories:
        declared = catalogue().get(Procedure, s.case.procedure)
        events = tuple(
            KernelEvent(n, verb, day, data, datetime.combine(day, time(10, 30)))
            for n, (verb, day, data) in enumerate(s.steps, start=1)
        )
        folded = fold(declared, events, calendar(), TODAY)
        due = folded.next_due
        s.case.state, s.case.closed_on, s.case.seq = folded.state.id, folded.closed, folded.seq
        s.case.next_due, s.case.next_clock = (due.due, due.clock.id) if due else (None, "")
        s.case.provisional = bool(due and due.deadline and due.deadline.provisional)
    Case.objects.bulk_create([s.case for s in stories], batch_size=CHUNK)
    written = []
    for s in stories:
        before = ("", "")
        for n, (verb, day, data) in enumerate(s.steps, start=1):
            event = Event(
                stream=s.case.stream, seq=n, verb=verb, on=day, at=_moment(day), user=office, actor=office.name,
                role="plan-office", unit=city, basis=[], data=data, prev_sha256=before[0], prev_sm3=before[1],
            )  # fmt: skip
            seal = digest_value(sealed(event))
            event.sha256, event.sm3 = before = (seal.sha256, seal.sm3)
            written.append(event)
    Event.objects.bulk_create(written, batch_size=CHUNK)
    enter_earlier()


def _reports(
    release: Release, periods: list[Period], units: list[Unit], milestones: dict[int, list[Milestone]], office: User
) -> list[Report]:
    """A report of every unit for every period, with a note and a figure for each of its rows."""
    city = Unit.objects.get(code="tianjin")
    stories, reports, fates = [], [], _fates(units)
    for period in periods:
        called = period.ends + timedelta(days=1)
        sent, seen = called + timedelta(days=12), called + timedelta(days=15)
        for n, unit in enumerate(units):
            state = fates[unit.pk] if period is periods[-1] else "approved"
            steps: list[tuple[str, date, dict[str, object]]] = [
                ("open", called, {"period": period.code, "due": period.due.isoformat()})
            ]
            if state != "draft":
                steps.append(("submit", sent, {}))
            if state == "returned":
                steps.append(("return", seen, {"reason": "缺少佐证材料。"}))
            if state == "approved":
                steps.append(("approve", seen, {"opinion": "同意。"}))
            case = Case(
                procedure="progress-report", number=f"BENCH-{period.code}-{n:04d}", unit=unit, unit_path=unit.path,
                title=f"{unit.zh} {period.code} 进展报告", office=city, subject=f"period:{period.code}",
                subject_title=release.title, opened_on=called,
            )  # fmt: skip
            stories.append(Story(case, steps))
            reports.append(
                Report(
                    case=case, plan=PLAN, period=period, unit=unit, unit_path=unit.path, state=state,
                    due=period.due, submitted_on=sent if state in ("submitted", "approved") else None,
                    approved_on=seen if state == "approved" else None,
                )
            )  # fmt: skip
    _tell(stories, office)
    for report in reports:
        report.case_id = report.case.pk
    Report.objects.bulk_create(reports, batch_size=CHUNK)
    _content(reports, milestones)
    return reports


def _content(reports: list[Report], milestones: dict[int, list[Milestone]]) -> None:
    notes, figures = [], []
    for report in reports:
        if report.state == "draft":
            continue
        for m in milestones[report.unit_id]:
            if m.due.year != report.period.year:
                continue
            progress = f"{report.period.code} 按分工推进 {m.row_key} 任务，完成阶段安排。"
            notes.append(RowNote(report=report, row_key=m.row_key, progress=progress))
            achieved, reached_on = _figure(m, report.period)
            figures.append(Figure(report=report, milestone=m, achieved=achieved, reached_on=reached_on))
    RowNote.objects.bulk_create(notes, batch_size=CHUNK)
    Figure.objects.bulk_create(figures, batch_size=CHUNK)


def _orders(rows: list[tuple[Row, list[Unit]]], office: User) -> Case:
    """Supervision orders, half of them overdue today."""
    city = Unit.objects.get(code="tianjin")
    stories = []
    for n in range(ORDERS):
        row, chosen = rows[n % len(rows)]
        unit = chosen[pick(len(chosen), "order", n)]
        issued, due = TODAY - timedelta(days=30 + n % 9), TODAY + timedelta(days=n % 40 - 20)
        case = Case(
            procedure="supervision-order", number=f"BENCH-督办-{n + 1}", unit=unit, unit_path=unit.path, office=city,
            title=f"加快推进第 {row.number} 项任务", opened_on=issued, subject=f"row:{row.key}",
            subject_title=row.title,
        )  # fmt: skip
        data: dict[str, object] = {"title": case.title, "demand": "请按期完成。", "due": due.isoformat()}
        stories.append(Story(case, [("issue", issued, data)]))
    _tell(stories, office)
    return stories[0].case
