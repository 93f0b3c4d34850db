"""A plan for the tests of pages: six rows in three sections, units at three levels, every light and every state."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.actions import open_case
from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.plan.actions import add_milestone, open_round
from jinzhi.apps.plan.models import Duty, Measure, Milestone, Release, Report, Row
from jinzhi.apps.units.models import Group, Unit
from tests.apps.plan_fixtures import quarter

PLAN = "page-plan"
#: key, bound, section, title, ((unit, kind), …), measures
ROWS = (
    ("C1", "C1", "高质量推进知识产权创造", "提升企业知识产权创造水平",
     (("tj-ip-office", "led"), ("tj-binhai", "support")), ("为企业建立台账。", "每年复核 ＡＩ 企业名单。")),
    ("C2", "C2", "高质量推进知识产权创造", "激发高校院所创造活力",
     (("tj-science", "alone"),), ("支持高校设立转化机构。",)),
    ("U1", "U1", "高效益促进知识产权运用", "健全知识产权运营体系",
     (("tj-binhai", "divided"), ("tj-binhai-ip", "divided"), ("tj-dongli", "divided")), ("建设运营平台 <试点>。",)),
    ("U2", "U2", "高效益促进知识产权运用", "优先信创产业知识产权发展",
     (("tj-ip-office", "alone"),), ("梳理信创企业名录。",)),
    ("K1", "K1", "", "加强组织领导", (("tj-ip-office", "alone"),), ("健全工作机制。",)),
    ("9.9", "", "", "没有绑定的任务", (("tj-dongli", "alone"),), ("与企业座谈。",)),
)  # fmt: skip

#: row, unit, due, target, achieved, met on
MILESTONES = (
    ("C1", "tj-ip-office", date(2026, 6, 30), 10, 10, date(2026, 6, 1)),
    ("C1", "tj-ip-office", date(2026, 12, 20), 10, 4, None),
    ("C1", "tj-binhai", date(2026, 9, 30), 10, 0, None),
    ("C2", "tj-science", date(2026, 3, 31), 1, 1, date(2026, 4, 8)),
    ("C2", "tj-science", date(2027, 3, 31), 1, 0, None),
    ("U1", "tj-binhai", date(2026, 11, 10), 8, 7, None),
    ("U1", "tj-binhai-ip", date(2026, 12, 1), 1, 0, None),
    ("U1", "tj-dongli", date(2026, 6, 30), 1, 1, date(2026, 6, 30)),
    ("U1", "tj-dongli", date(2026, 12, 31), 2, 1, None),
    ("U2", "tj-ip-office", date(2027, 6, 30), 1, 0, None),
    ("9.9", "tj-dongli", date(2026, 5, 31), 4, 1, None),
)  # fmt: skip


def plan_city() -> Release:
    """The release in force with its milestones, as if reports had been approved."""
    release = Release.objects.create(
        plan=PLAN, number=1, title="测试规划", issued_by="测试单位", issued_on=date(2026, 1, 5),
        starts=date(2026, 1, 1), ends=date(2028, 12, 31), in_force=True, stored_at=now(),
    )  # fmt: skip
    group = Group.objects.create(code="some-districts", zh="有关区政府", en="Some districts")
    for position, (key, bound, section, title, units, measures) in enumerate(ROWS):
        part = "主要任务" if section else "实施保障"
        row = Row.objects.create(
            release=release, key=key, bound=bound, position=position, part=part, section=section, number=1, title=title
        )
        for n, text in enumerate(measures):
            Measure.objects.create(row=row, position=n, text=text)
        for n, (code, kind) in enumerate(units):
            unit = Unit.objects.get(code=code)
            through = group if (key, code) == ("U1", "tj-dongli") else None
            duty = Duty.objects.create(
                row=row, position=n, kind=kind, raw=group.zh if through else unit.short or unit.zh,
                unit=None if through else unit, group=through,
            )  # fmt: skip
            duty.units.add(unit)
    for row_key, code, due, target, achieved, met_on in MILESTONES:
        made = add_milestone(
            release, row_key, Unit.objects.get(code=code), title=f"{row_key} 到 {due:%Y-%m}", due=due,
            target=Decimal(target), who=None, on=date(2026, 1, 5),
        )  # fmt: skip
        Milestone.objects.unrestricted("what approved reports would have said").filter(pk=made.pk).update(
            achieved=achieved, met_on=met_on
        )
    return release


def reports_of(release: Release, who: Acting) -> dict[str, Report]:
    """A round for the third quarter, due 20 October."""
    made = open_round(release, quarter(release, "2026Q3"), who=who, on=date(2026, 10, 9))
    return {r.unit.code: r for r in made}


def order(who: Acting, unit: str, row: str = "C1", due: str = "2026-11-13", **more: str):
    return open_case(
        "supervision-order", "issue", {"title": f"加快推进 {row}", "demand": "说明原因", "due": due, **more}, who=who,
        unit=Unit.objects.get(code=unit), on=date(2026, 11, 2), subject=f"row:{row}", subject_title=row,
    )  # fmt: skip
