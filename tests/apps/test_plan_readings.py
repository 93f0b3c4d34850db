"""What a parse leaves to a person: either of two readings is taken and taken back, time limits become milestones."""

from __future__ import annotations

from datetime import date

import pytest

from jinzhi.apps.plan import importing, issuing
from jinzhi.apps.plan.mending import MendRefused
from jinzhi.apps.plan.models import Import, Milestone

YEARS = {"starts": date(2023, 1, 1), "ends": date(2025, 12, 31)}
TEXT = """某市方案任务分工
一、主要任务
1.健全体系。2023年6月底前出台办法，2024年底前设立基金。（牵头单位：市知识产权局；配合单位：市科技局）
2.强化保护。每年4月发布案例，9月底前开展检查。（责任单位：市科技局、市教委，列第一位的为牵头单位）
3.优化服务。设立窗口。（责任单位：市商务局、市司法局）
二、工作要求
（一）加强领导。明确专人。
（二）严格督查。适时通报。
"""


@pytest.fixture
def imported(above) -> Import:
    return importing.start(TEXT.encode(), "分工.txt", above.acting)


def doubt(imported: Import, code: str) -> dict:
    return next(d for d in imported.mended["doubts"] if d["code"] == code)


def mend(imported: Import, who, verb: str, **change) -> Import:
    return importing.mend(imported, verb, change, who=who.acting, expected=imported.seq)


def duties(imported: Import, n: int) -> list[str]:
    return [d["duty"] for d in imported.mended["rows"][n]["duties"]]


def test_the_other_reading_is_taken_and_taken_back(imported, above):
    id = doubt(imported, "first-leads")["id"]
    assert duties(imported, 2) == ["divided", "divided"]
    imported = mend(imported, above, "choose-reading", doubt=id, reading=1)
    assert duties(imported, 2) == ["led", "support"]
    imported = mend(imported, above, "choose-reading", doubt=id, reading=0)
    assert duties(imported, 2) == ["divided", "divided"]
    assert doubt(imported, "first-leads")["decided"]
    assert list(importing.unfaithful()) == []


def test_words_taken_for_an_explanation_become_rows(imported, above):
    d = doubt(imported, "no-units")
    imported = mend(imported, above, "choose-reading", doubt=d["id"], reading=1)
    assert [(r["part"], r["title"]) for r in imported.mended["rows"]][3:] == [
        ("工作要求", "加强领导"), ("工作要求", "严格督查"),
    ]  # fmt: skip
    imported = importing.undo(imported, who=above.acting, expected=imported.seq)
    assert len(imported.mended["rows"]) == 3
    assert not doubt(imported, "no-units")["decided"]


def test_a_reading_does_not_overwrite_what_was_typed_since(imported, above):
    id = doubt(imported, "first-leads")["id"]
    imported = mend(imported, above, "choose-reading", doubt=id, reading=1)
    row = imported.mended["rows"][2]
    kept = {**row["duties"][0], "duty": "alone"}
    imported = mend(imported, above, "edit-row", row=row["uid"], values={"duties": [kept]})
    with pytest.raises(MendRefused) as refused:
        mend(imported, above, "choose-reading", doubt=id, reading=0)
    assert "优化服务" in refused.value.zh


def test_a_plan_with_doubts_is_stored_only_when_they_are_accepted(imported):
    assert "doubts" in [p.code for p in importing.open_points(imported.mended)]


def settled(imported: Import, who) -> Import:
    for d in [d for d in imported.mended["doubts"] if d["code"] != "title-guessed"]:
        imported = mend(imported, who, "choose-reading", doubt=d["id"], reading=0)
    return imported


def test_time_limits_that_are_taken_become_milestones_of_those_who_lead(imported, above):
    imported = settled(imported, above)
    first, second = imported.mended["rows"][:2]
    assert [p["words"] for p in first["points"]] == ["2023年6月底前", "2024年底前"]
    imported = mend(imported, above, "take-points", row=first["uid"], take={"0": "", "1": ""})
    imported = mend(imported, above, "take-points", row=second["uid"], take={"0": ""})
    release = issuing.store(imported, plan="p", new=True, who=above.acting, expected=imported.seq, **YEARS)
    made = Milestone.objects.unrestricted("test").order_by("row_key", "due")
    assert release.rows.count() == 3
    assert [(m.unit.short, m.title, m.due) for m in made] == [
        ("市知识产权局", "2023年6月底前出台办法", date(2023, 6, 30)),
        ("市知识产权局", "2024年底前设立基金", date(2024, 12, 31)),
        ("市科技局", "每年4月发布案例", date(2023, 4, 30)),
        ("市科技局", "每年4月发布案例", date(2024, 4, 30)),
        ("市科技局", "每年4月发布案例", date(2025, 4, 30)),
    ]


def test_a_new_release_does_not_make_the_same_milestones_again(imported, above):
    imported = settled(imported, above)
    uid = imported.mended["rows"][0]["uid"]
    imported = mend(imported, above, "take-points", row=uid, take={"0": ""})
    issuing.store(imported, plan="p", new=True, who=above.acting, expected=imported.seq, **YEARS)
    again = settled(importing.start(TEXT.encode(), "分工.txt", above.acting, again=True), above)
    again = mend(again, above, "take-points", row=uid, take={"0": ""})
    issuing.store(again, plan="p", new=False, who=above.acting, expected=again.seq, **YEARS)
    assert Milestone.objects.unrestricted("test").count() == 1


def test_a_limit_without_a_year_wants_a_day(imported, above):
    row = imported.mended["rows"][1]
    n = next(str(i) for i, p in enumerate(row["points"]) if p["words"] == "9月底前")
    with pytest.raises(MendRefused) as refused:
        mend(imported, above, "take-points", row=row["uid"], take={n: ""})
    assert "年份" in refused.value.zh
    imported = mend(imported, above, "take-points", row=row["uid"], take={n: "2024-09-30"})
    assert imported.mended["rows"][1]["points"][int(n)]["due"] == "2024-09-30"


def test_a_milestone_outside_the_plans_years_is_refused(imported, above):
    imported = settled(imported, above)
    imported = mend(imported, above, "take-points", row=imported.mended["rows"][0]["uid"], take={"0": ""})
    years = {"starts": date(2026, 1, 1), "ends": date(2030, 12, 31)}
    with pytest.raises(issuing.StoreRefused) as refused:
        issuing.store(imported, plan="p", new=True, who=above.acting, expected=imported.seq, **years)
    assert "规划期" in str(refused.value)


def test_what_was_taken_stays_when_the_words_are_edited(imported, above):
    row = imported.mended["rows"][0]
    imported = mend(imported, above, "take-points", row=row["uid"], take={"1": ""})
    measures = [*row["measures"], "2025年3月前总结。"]
    imported = mend(imported, above, "edit-row", row=row["uid"], values={"measures": measures})
    points = imported.mended["rows"][0]["points"]
    assert [(p["words"], bool(p.get("taken"))) for p in points] == [
        ("2023年6月底前", False), ("2024年底前", True), ("2025年3月前", False),
    ]  # fmt: skip
