"""A small plan for tests: three rows, a district with a bureau below it, milestones, one round of reports."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.plan.actions import add_milestone, open_round
from jinzhi.apps.plan.models import Duty, Measure, Period, Release, Report, Row
from jinzhi.apps.units.models import Unit

ROWS = (
    ("C1", "主要任务", "高质量推进知识产权创造", "提升企业知识产权创造水平", ("tj-ip-office", "tj-binhai")),
    ("U1", "主要任务", "高效益促进知识产权运用", "健全知识产权运营体系", ("tj-binhai", "tj-binhai-ip", "tj-dongli")),
    ("K1", "实施保障", "", "加强组织领导", ("tj-ip-office",)),
)


def small_plan(plan: str = "test-plan") -> Release:
    release = Release.objects.create(
        plan=plan, number=1, title="测试规划", issued_by="测试单位", issued_on=date(2026, 1, 5),
        starts=date(2026, 1, 1), ends=date(2030, 12, 31), in_force=True, stored_at=now(),
    )  # fmt: skip
    for position, (key, part, section, title, units) in enumerate(ROWS):
        row = Row.objects.create(
            release=release, key=key, bound=key, position=position, part=part, section=section, number=1, title=title
        )
        Measure.objects.create(row=row, position=0, text=f"{title}的第一项措施。")
        for n, code in enumerate(units):
            unit = Unit.objects.get(code=code)
            duty = Duty.objects.create(row=row, position=n, kind="divided", raw=unit.short or unit.zh, unit=unit)
            duty.units.add(unit)
    return release


def quarter(release: Release, code: str = "2026Q3") -> Period:
    year, q = int(code[:4]), int(code[-1])
    ends = {1: (3, 31), 2: (6, 30), 3: (9, 30), 4: (12, 31)}[q]
    return Period.objects.create(
        plan=release.plan, code=code, year=year, starts=date(year, 3 * q - 2, 1), ends=date(year, *ends),
        due=date(year, ends[0] + 1, 20) if q < 4 else date(year + 1, 1, 20),
    )  # fmt: skip


def milestone(release: Release, row: str, unit: str, due: date, target: int = 1, **more: object):
    return add_milestone(
        release,
        row,
        Unit.objects.get(code=unit),
        title=f"{row} 的里程碑",
        due=due,
        target=Decimal(target),
        who=None,
        **more,
    )


def round_of_reports(release: Release, who: Acting, code: str = "2026Q3") -> dict[str, Report]:
    made = open_round(release, quarter(release, code), who=who, on=date(2026, 10, 9))
    return {r.unit.code: r for r in made}
