"""What a milestone of the demonstration is to reach, read from its measure's own words.

A measure that names a number ("不少于十期", "两项专利导航") is measured by it; any other by how far it is done.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

NUMERALS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
#: a number with the word that counts things delivered; "第一次" counts nothing, and "三地" names places
DELIVERED = re.compile(r"(?<!第)(\d+|[一两二三四五六七八九十]+)(次|项|期|名|批|门|家|件)(?!一)")


@dataclass(frozen=True)
class Goal:
    """How much of what is to be reached."""

    target: Decimal
    unit: str


DONE = Goal(Decimal(100), "%")


def goal_of(measure: str) -> Goal:
    """The goal of a measure: the number it names, else that it is done whole."""
    named = DELIVERED.search(measure)
    if named is None:
        return DONE
    return Goal(Decimal(_number(named[1])), named[2])


def _number(text: str) -> int:
    """A number below a hundred as a plan writes it: 12, 两, 十, 十二, 二十, 三十五."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return NUMERALS[text]
    return 10 * (NUMERALS[tens] if tens else 1) + (NUMERALS[ones] if ones else 0)
