"""The demonstration city: a plan of our own wording, run over five quarters by generated units and people.

Everything follows from the text of ``plan.txt`` and from hashes of names, so two cities made by the same version
are alike. Every write goes through the platform's own actions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import cast

from django.db import transaction
from django.utils.translation import gettext_noop

from jinzhi.apps.accounts.acting import Acting, acting_as
from jinzhi.apps.accounts.models import Membership
from jinzhi.apps.cases.actions import open_case, take
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.clock import standing_on
from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.store.store import attach_bytes
from jinzhi.apps.indicators.actions import freeze
from jinzhi.apps.plan import importing, issuing
from jinzhi.apps.plan.actions import add_milestone, attach_to_figure, open_round, save_content
from jinzhi.apps.plan.models import Figure, Milestone, Period, Release, Report
from jinzhi.apps.plan.queries import children_open, content, responsible
from jinzhi.apps.units.actions import sync_units
from jinzhi.apps.units.models import Unit
from jinzhi.demo.cases import make_cases
from jinzhi.demo.custody import make_evidence
from jinzhi.demo.entries import make_entries
from jinzhi.demo.goals import goal_of
from jinzhi.demo.moments import at, pick
from jinzhi.demo.people import SURNAMES, People, make_people
from jinzhi.demo.saying import Say, silent
from jinzhi.kernel.procedure import Procedure

TODAY = date(2026, 11, 22)
PLAN = "demo-2025-2029"
STARTS, ENDS = date(2025, 1, 1), date(2029, 12, 31)
TEXT = Path(__file__).with_name("plan.txt")
QUARTERS = ("2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3")
#: how fast a unit works on a row: reached = elapsed share of the time × pace
PACES = (Decimal("1.45"), Decimal("1.12"), Decimal("1.05"), Decimal("1.02"), Decimal("0.92"), Decimal("0.55"))
DUE_DAYS = ((3, 31), (6, 30), (9, 30), (11, 30), (12, 20))


#: how the last round stands at the units one can sign in for (see _report), so that there is something to do
LAST_FATES = {"tj-binhai": 1, "tj-binhai-ip": 3, "tj-dongli": 2, "tj-dongli-huaming": 0, "tj-ip-office": 1}


class NotEmpty(Exception):
    """This installation already holds a city."""


@dataclass
class City:
    """What is being made."""

    release: Release
    people: People
    say: Say

    @cached_property
    def first_measures(self) -> dict[str, str]:
        """The text of each row's first measure, by the row's key."""
        rows = self.release.rows.prefetch_related("measures")
        return {row.key: row.measures.all()[0].text for row in rows}


@transaction.atomic
def make_city(say: Say = silent) -> Release:
    """Make the demonstration city in an empty installation. Raises NotEmpty."""
    if Installation.objects.exists() or Release.objects.exists():
        raise NotEmpty("this installation already holds a city; name another folder in JINZHI_VAR")
    Installation.objects.create(pk=1, city_zh="天津", city_en="Tianjin", demo=True, today=TODAY)
    with standing_on(TODAY):
        return _make(say)


def _make(say: Say) -> Release:
    sync_units()
    _contacts()
    people = make_people(list(Unit.objects.exclude(code="tianjin").order_by("path")))
    say(gettext_noop("单位和人员已生成"))
    release = _plan(people)
    city = City(release, people, say)
    say(gettext_noop("规划已导入：%(n)d 行"), n=release.rows.count())
    _milestones(city)
    milestones = Milestone.objects.unrestricted("the city is being made").count()
    say(gettext_noop("里程碑已生成：%(n)d 项"), n=milestones)
    say(gettext_noop("名录条目已生成：%(n)d 条"), n=make_entries(people))
    for code in QUARTERS:
        _quarter(city, code)
    say(gettext_noop("各期报告已生成"))
    _orders(city)
    _adjustments(city)
    _complaints(city)
    make_cases()
    say(gettext_noop("督办单、规划调整和投诉已生成"))
    say(gettext_noop("电子证据已生成：%(n)d 件"), n=make_evidence(people))
    return release


def _contacts() -> None:
    """Most units have a contact; a few lack one, so that the number is not full marks."""
    for unit in Unit.objects.exclude(code="tianjin"):
        if pick(range(9), "contact", unit.code):
            Unit.objects.filter(pk=unit.pk).update(contact=contact_of(unit))


def contact_of(unit: Unit) -> str:
    """A contact as offices write one: somebody and an office telephone that begins with a 0 nobody is given."""
    return (
        f"{pick(SURNAMES, 'contact', unit.code)}某，022-0000{pick(range(1000, 10000), 'telephone', unit.code)}（演示）"
    )


def _plan(people: People) -> Release:
    imported = importing.start(TEXT.read_bytes(), TEXT.name, people.office)
    return issuing.store(
        imported, plan=PLAN, new=True, starts=STARTS, ends=ENDS, who=people.office, expected=imported.seq
    )


def _pace(unit: Unit, row_key: str) -> Decimal:
    return pick(PACES, "pace", unit.code, row_key)


def _milestones(city: City) -> None:
    answering = responsible(city.release)
    units = {u.pk: u for u in Unit.objects.filter(pk__in=answering)}
    for row in city.release.rows.prefetch_related("measures"):
        measures = [m.text.rstrip("。") for m in row.measures.all()]
        for unit in sorted((u for pk, u in units.items() if row.key in answering[pk]), key=lambda u: u.path):
            for year in (2025, 2026, 2027):
                for n in range(1 + pick((0, 1), "two", unit.code, row.key)):
                    names = (unit.code, row.key, str(year), str(n))
                    month, day = DUE_DAYS[(n * 2 + pick(range(len(DUE_DAYS)), "due", *names)) % len(DUE_DAYS)]
                    text = pick(measures, "measure", *names)
                    goal = goal_of(text)
                    add_milestone(
                        city.release, row.key, unit, title=f"{year} 年：{text}", due=date(year, month, day),
                        target=goal.target, measured_in=goal.unit, weight=Decimal(pick((1, 1, 2, 3), "weight", *names)),
                        who=city.people.office, on=STARTS + timedelta(days=30),
                    )  # fmt: skip


def _period(code: str) -> Period:
    year, q = int(code[:4]), int(code[-1])
    month = 3 * q
    after = date(year + month // 12, month % 12 + 1, 1)
    return Period.objects.create(
        plan=PLAN, code=code, year=year, starts=date(year, month - 2, 1), ends=after - timedelta(days=1),
        due=after + timedelta(days=19),
    )  # fmt: skip


def _reached(milestone: Milestone, unit: Unit, day: date) -> tuple[Decimal, date | None]:
    """How much of a milestone is reached by a day at the unit's pace, and when all of it was."""
    begin = date(milestone.due.year, 1, 1)
    span = (milestone.due - begin).days + 1
    pace = _pace(unit, milestone.row_key)
    full = begin + timedelta(days=int(span / pace))
    if full <= day:
        return milestone.target, full
    share = Decimal((day - begin).days + 1) / span * pace
    if milestone.target == 1 or day < begin:
        return Decimal(0), None
    return min((milestone.target * share).to_integral_value(), milestone.target - 1), None


def _fill(city: City, report: Report, who: Acting, on: date) -> datetime:
    """Figures and words of a report; the moment at which they were saved."""
    notes, figures = {}, {}
    for r in content(report, city.release):
        slow = _pace(report.unit, r.row.key) < 1
        measure = city.first_measures[r.row.key]
        notes[r.row.key] = {
            "progress": f"{report.period.code}：{measure}本期按分工推进，已完成阶段安排。（演示）",
            "difficulty": "人手和数据不足，进度偏慢。（演示）" if slow else "",
            "next": "下期继续推进并补充佐证材料。（演示）",
        }
        for line in r.lines:
            achieved, full = _reached(line.milestone, report.unit, report.period.ends)
            figures[line.milestone.code] = {"achieved": f"{achieved:f}", "reached_on": full, "note": ""}
    saved = at(on, "save", report.unit.code, report.period.code)
    save_content(
        report, city.release, notes=notes, figures=figures, who=who, expected=report.version, source="demo", on=on,
        at=saved,
    )  # fmt: skip
    return saved


def _quarter(city: City, code: str) -> None:
    period = _period(code)
    freeze(period.ends)
    called = period.ends + timedelta(days=1)
    reports = open_round(city.release, period, who=city.people.office, on=called, at=at(called, "round", code))
    last = code == QUARTERS[-1]
    for report in sorted(reports, key=lambda r: r.unit_path, reverse=True):
        _report(city, report, called, last)
    if last:
        _evidence_files(city, period)


def _report(city: City, report: Report, called: date, last: bool) -> None:
    """A report's way: filled in, submitted (some late), sent back (some), approved – not yet all in the last round."""
    people, names = city.people, (report.unit.code, report.period.code)
    who = people.reporters[report.unit.code]
    fate = pick(range(10), "fate", *names)
    if last:
        fate = LAST_FATES.get(report.unit.code, fate)
    if last and fate == 0:
        return  # not filled in: overdue today
    on = called + timedelta(days=pick((5, 9, 12, 15, 18, 19, 19, 24), "submit", *names))
    saved = _fill(city, report, who, on)
    if last and fate == 1:
        return  # filled in, not submitted
    case = Case.objects.unrestricted("the city is being made").get(pk=report.case_id)
    take(case, "submit", {}, who=who, on=on, at=at(on, "submit", *names, since=saved))
    parent = Unit.objects.get_parent(report.unit)
    above = people.approvers.get(parent.code, people.office) if parent and parent.code != "tianjin" else people.office
    checked = on + timedelta(days=pick((1, 2, 3, 4), "check", *names))
    if fate == 2:
        reason = {"reason": "个别里程碑缺少佐证材料，请补充后再报。（演示）"}
        take(case, "return", reason, who=above, on=checked, at=at(checked, "return", *names))
        if last:
            return
        on = checked + timedelta(days=3)
        take(case, "submit", {"note": "已补充。（演示）"}, who=who, on=on, at=at(on, "again", *names))
        checked = on + timedelta(days=2)
    if (last and fate in (3, 4)) or children_open(report).exists():
        return
    take(case, "approve", {"opinion": "同意。（演示）"}, who=above, on=checked, at=at(checked, "approve", *names))


def _evidence_files(city: City, period: Period) -> None:
    """A few attachments, on reports that can still be changed."""
    open_ones = Report.objects.unrestricted("the city is being made").filter(
        period=period, state__in=("draft", "returned")
    )
    figures = Figure.objects.filter(report__in=open_ones).select_related("report__unit", "milestone")
    for figure in figures.order_by("pk")[:6]:
        report = figure.report
        who = city.people.reporters[report.unit.code]
        report.refresh_from_db(from_queryset=Report.objects.unrestricted("the city is being made"))
        body = f"演示数据：{figure.milestone.title}的佐证说明。\n".encode()
        kept = attach_bytes(
            body, name="佐证说明（演示）.txt", media_type="text/plain", unit=report.unit, stream=report.stream,
            user=who.user,
        )  # fmt: skip
        attach_to_figure(report, figure.milestone, kept, who=who, expected=report.version)


def _late(city: City) -> list[Milestone]:
    """Milestones overdue today, one a unit and row, the oldest first."""
    found = Milestone.objects.unrestricted("the city is being made").filter(due__lt=TODAY, met_on=None)
    out: dict[tuple[int, str], Milestone] = {}
    for m in found.select_related("unit").order_by("due", "pk"):
        out.setdefault((m.unit_id, m.row_key), m)
    return list(out.values())


#: what happens to an order after it is issued: (step, days later, values, who)
ORDER_WAYS: tuple[tuple[tuple[str, int, dict[str, str], str], ...], ...] = (
    (),
    (("sign", 1, {}, "unit"),),
    (("sign", 2, {}, "unit"), ("answer", 9, {"answer": "已制定赶进度方案，月底前完成。（演示）"}, "unit")),
    (
        ("sign", 1, {}, "unit"),
        ("answer", 8, {"answer": "已完成并补报材料。（演示）"}, "unit"),
        ("close", 12, {"verdict": "属实，同意办结。（演示）"}, "office"),
    ),
    (("sign", 4, {}, "unit"), ("extend", 6, {"new_due": "2026-12-15", "reason": "外部数据未到。（演示）"}, "office")),
    (
        ("sign", 1, {}, "unit"),
        ("answer", 5, {"answer": "正在推进。（演示）"}, "unit"),
        ("reject", 7, {"reason": "未说明完成时间。（演示）", "due": "2026-11-30"}, "office"),
    ),
    (("withdraw", 3, {"reason": "与另一督办单重复。（演示）"}, "office"),),
)


def _orders(city: City) -> None:
    people = city.people
    titles = {r.key: r.title for r in city.release.rows.all()}
    for n, m in enumerate(_late(city)[:14]):
        day = date(2026, 10, 26) + timedelta(days=(n * 2) % 14)
        raw = {
            "title": f"加快推进“{titles[m.row_key]}”",
            "demand": f"请于期限前完成：{m.title}，并上传佐证材料。（演示）",
            "grounds": f"里程碑应于 {m.due.isoformat()} 完成，至今未完成。（演示）",
            "due": (day + timedelta(days=pick((10, 14, 25, 40), "order", m.code))).isoformat(),
        }
        moment = at(day, "order", m.code)
        case = open_case(
            "supervision-order", "issue", raw, who=people.office, unit=m.unit, on=day, at=moment,
            subject=f"row:{m.row_key}", subject_title=titles[m.row_key],
        )  # fmt: skip
        for step, later, values, side in ORDER_WAYS[n % len(ORDER_WAYS)]:
            on = min(day + timedelta(days=later), TODAY)
            who = people.office if side == "office" else people.reporters[m.unit.code]
            moment = at(on, step, m.code, since=moment)
            take(case, step, values, who=who, on=on, at=moment)


def _adjustments(city: City) -> None:
    people = city.people
    ways = ((), ("accept",), ("accept", "approve"), ("accept", "approve", "apply"), ("accept", "reject"))
    values = {
        "approve": {"opinion": "同意调整。（演示）"},
        "apply": {"release": city.release.title},
        "reject": {"reason": "现行安排仍可完成。（演示）"},
    }
    rows = list(city.release.rows.prefetch_related("measures")[:30:6])
    for n, (row, steps) in enumerate(zip(rows, ways, strict=True)):
        duty = row.duties.exclude(unit=None)[0]
        unit, measure = cast(Unit, duty.unit), row.measures.all()[0].text
        day = date(2026, 10, 12) + timedelta(days=5 * n)
        raw = {
            "title": f"调整完成时间：{row.title}",
            "kind": pick(("milestone", "measure", "target"), "kind", row.key),
            "before": measure,
            "after": f"{measure.rstrip('。')}，完成时间延至次年一季度。（演示）",
            "grounds": "依托的国家平台推迟上线，须相应顺延。（演示）",
        }
        who = people.reporters[unit.code]
        case = open_case(
            "plan-adjustment", "propose", raw, who=who, unit=unit, office=people.office.unit, on=day,
            at=at(day, "propose", row.key), subject=f"row:{row.key}", subject_title=row.title,
        )  # fmt: skip
        for later, step in enumerate(steps, start=2):
            on = day + timedelta(days=later)
            take(case, step, values.get(step, {}), who=people.office, on=on, at=at(on, step, row.key))


#: (received on, what it is about, steps as (step, day, values)); the first two stand on both sides of 2026-04-15
COMPLAINTS: tuple[tuple[str, str, tuple[tuple[str, str, dict[str, str]], ...]], ...] = (
    ("2026-04-14", "网店销售标注专利号的水杯", (
        ("accept", "2026-04-14", {}),
        ("settle", "2026-06-02", {"terms": "退货退款。（演示）"}),
    )),
    ("2026-04-15", "商场专柜销售疑似冒用商标的运动鞋", (("accept", "2026-04-17", {}),)),
    ("2026-10-09", "购买的茶叶与地理标志标注不符", (
        ("accept", "2026-10-15", {}),
        ("appraise", "2026-10-20", {"body": "演示鉴定机构", "object": "茶叶产地鉴定。（演示）"}),
        ("appraised", "2026-11-06", {"result": "产地不符。（演示）"}),
    )),
    ("2026-11-02", "二手平台购得的耳机疑为假冒", (
        ("reject", "2026-11-06", {"ground": "elsewhere", "reason": "平台已先行赔付并处理完毕。（演示）"}),
    )),
    ("2026-11-17", "图书疑为盗版印刷", ()),
)  # fmt: skip


def _complaints(city: City) -> None:
    """A few complaints at the market regulator, where the demonstration declares such a procedure."""
    if catalogue().find(Procedure, "complaint") is None:
        return
    unit = Unit.objects.get(code="tj-market-regulation")
    who = acting_as(Membership.objects.select_related("user", "unit").get(unit=unit, role="case-handler"))
    for received, about, steps in COMPLAINTS:
        day = date.fromisoformat(received)
        raw = {
            "title": f"{about}（演示）", "channel": "platform", "complainant": "张某（演示）",
            "contact": "000-00000000", "respondent": "演示经营者", "amount": "128.00",
            "facts": f"{about}，要求退款。（演示）",
        }  # fmt: skip
        moment = at(day, "open", about)
        case = open_case("complaint", "open", raw, who=who, unit=unit, on=day, at=moment)
        for step, on, values in steps:
            told = date.fromisoformat(on)
            moment = at(told, step, about, since=moment)
            take(case, step, values, who=who, on=told, at=moment)
