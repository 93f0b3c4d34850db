"""What milestones of the demonstration are to reach follows from the words of their measures."""

from decimal import Decimal

import pytest

from jinzhi.demo.city import TEXT
from jinzhi.demo.goals import DONE, Goal, goal_of


@pytest.mark.parametrize(
    ("measure", "target", "unit"),
    [
        ("每年举办不少于十期业务培训", 10, "期"),
        ("每年开设不少于二十门继续教育课程", 20, "门"),
        ("每年完成两项专利导航项目并公开摘要", 2, "项"),
        ("每年开展12次走访", 12, "次"),
        ("建成三十五家工作站", 35, "家"),
    ],
)
def test_a_measure_that_names_a_number_is_measured_by_it(measure, target, unit):
    assert goal_of(measure) == Goal(Decimal(target), unit)


@pytest.mark.parametrize("measure", ["建立区级指标体系，按年公布各区进展", "联合发布执法案例", "第一次会议后公开名单"])
def test_a_measure_without_a_number_is_measured_by_how_far_it_is_done(measure):
    assert goal_of(measure) == DONE


def test_no_measure_of_the_plan_is_measured_in_what_its_words_do_not_name():
    for sentence in TEXT.read_text(encoding="utf-8").split("。"):
        goal = goal_of(sentence)
        assert goal == DONE or goal.unit in sentence
