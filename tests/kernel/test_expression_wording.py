"""Conditions and reasons as a page says them, in both languages."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from jinzhi.kernel.expression import (
    BLANK,
    NOT_HELD,
    All,
    Answer,
    Any,
    At,
    AtLeast,
    AtMost,
    Choose,
    Contains,
    Covers,
    Days,
    Divided,
    Every,
    F,
    Fn,
    Given,
    Is,
    LeafAnswer,
    Least,
    Minus,
    Not,
    OneOf,
    PlainNames,
    Plus,
    Some,
    Tally,
    said_of,
    shown,
    worded,
)
from jinzhi.kernel.period import LengthUnit, workdays
from jinzhi.kernel.text import Words

DAY = date(2026, 3, 1)


class Named(PlainNames):
    """Names for two fields, and one choice."""

    def path(self, path: str) -> Words:
        if path == "today":
            return super().path(path)
        return {"amount": Words("数额", "amount"), "channel": Words("渠道", "channel")}.get(path, Words(path, path))

    def value(self, path: str, value: object) -> Words:
        return Words("网上", "online") if (path, value) == ("channel", "web") else shown(value)


NAMES = Named()


@pytest.mark.parametrize(
    ("condition", "zh", "en"),
    [
        (AtLeast("amount", 30000), "数额不小于 30000", "amount is at least 30000"),
        (Not(AtLeast("amount", 30000)), "数额小于 30000", "amount is less than 30000"),
        (Not(AtMost("amount", 5)), "数额大于 5", "amount is more than 5"),
        (AtMost("d", DAY), "d不晚于 2026-03-01", "d is on or before 2026-03-01"),
        (Not(AtMost("d", F("today"))), "d晚于当日", "d is after the day"),
        (Is("channel", "web"), "渠道为“网上”", "channel is “online”"),
        (OneOf("channel", ("web", "post")), "渠道为“网上、post”之一", "channel is one of “online, post”"),
        (Is("amount", None), "数额为空", "amount is empty"),
        (Not(Given("amount")), "数额为空", "amount is empty"),
        (Given("amount"), "数额不为空", "amount is given"),
        (Not(Is("a", True)), "a不为“是”", "a is not “yes”"),
        (Not(Is("a", None)), "不属于：a为空", "not: a is empty"),
        (Not(OneOf("a", (1, 2))), "不属于：a为“1、2”之一", "not: a is one of “1, 2”"),
        (All(), "", ""),
        (All(Given("a"), Any(Given("b"), Given("c"))), "a不为空，且 （b不为空，或 c不为空）",
         "a is given and (b is given or c is given)"),
        (Contains("list", "x"), "list包含“x”", "list holds “x”"),
        (Covers("list", ("x", "y")), "list包含全部“x、y”", "list holds all of “x, y”"),
        (Some("lots", Given("a")), "lots中有一项：a不为空", "for one of lots: a is given"),
        (Every("lots", Given("a")), "lots中每一项：a不为空", "for each of lots: a is given"),
        (AtLeast("amount", Plus(F("a"), 1)), "数额不小于 a + 1", "amount is at least a + 1"),
        (AtMost(Minus(F("a"), F("b")), Least(1, F("c"))), "a − b不大于最小者（1、c）",
         "a − b is at most the least of (1, c)"),
        (AtMost(Days(F("a"), F("today"), LengthUnit.WORKDAY), 7), "a至当日的工作日数不大于 7",
         "working days from a to the day is at most 7"),
        (Is("a", Choose((Given("b"), 1), otherwise=2)), "a为“视情形为 1、2”", "a is “as the case may be 1, 2”"),
        (Is("a", At(DAY, F("b"))), "a为“2026-03-01时的b”", "a is “b as of 2026-03-01”"),
        (Is("a", Fn("score", {})), "a为“score”", "a is “score”"),
        (F("amount"), "数额", "amount"),
    ],
)  # fmt: skip
def test_a_condition_is_said_in_both_languages(condition, zh, en):
    assert worded(condition, NAMES) == Words(zh, en)


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (BLANK, "未填", "left blank"),
        (NOT_HELD, "未掌握", "not known"),
        (True, "是", "yes"),
        (workdays(7), "7 个工作日", "7 working days"),
        (("a", 1), "a、1", "a, 1"),
        ((), "无", "none"),
        (Decimal("1E+3"), "1000", "1000"),
        (Fraction(5, 2), "2.5", "2.5"),
        (Fraction(1, 3), "1/3", "1/3"),
        (datetime(2026, 3, 1, 9, 5), "2026-03-01 09:05", "2026-03-01 09:05"),
    ],
)
def test_a_value_is_shown_as_anybody_reads_it(value, zh, en):
    assert shown(value) == Words(zh, en)


NO, UNKNOWN = Answer.NO, Answer.UNKNOWN


@pytest.mark.parametrize(
    ("leaf", "zh", "en"),
    [
        (LeafAnswer(AtLeast("amount", 30000), NO, 20000, (30000,)), "数额不小于 30000（现为 20000）",
         "amount is at least 30000 (it is 20000)"),
        (LeafAnswer(Not(AtLeast("amount", 3)), NO, 4, (3,)), "数额小于 3（现为 4）", "amount is less than 3 (it is 4)"),
        (LeafAnswer(AtLeast("amount", Divided(F("a"), 2)), NO, 1, (Fraction(5, 2),)),
         "数额不小于 a ÷ 2（现为 1，对照 2.5）", "amount is at least a ÷ 2 (it is 1, against 2.5)"),
        (LeafAnswer(AtLeast("amount", 3), UNKNOWN, BLANK, (3,)), "数额不小于 3（未填）",
         "amount is at least 3 (left blank)"),
        (LeafAnswer(Is("channel", "post"), NO, "web", ("post",)), "渠道为“post”（现为 网上）",
         "channel is “post” (it is online)"),
        (LeafAnswer(Given("amount"), UNKNOWN, NOT_HELD, ()), "数额不为空（未掌握）", "amount is given (not known)"),
        (LeafAnswer(Every("lots", Given("a")), UNKNOWN, Tally(2, 0, 1, complete=False), ()),
         "lots中每一项：a不为空（2 项是，0 项否，1 项不详；名单可能不全）",
         "for each of lots: a is given (2 yes, 0 no, 1 unknown; the list may lack some)"),
    ],
)  # fmt: skip
def test_a_reason_says_the_figure_against_the_bound(leaf, zh, en):
    assert said_of(leaf, NAMES) == Words(zh, en)
