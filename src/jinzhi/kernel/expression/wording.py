"""Conditions and reasons in words, in both languages: what is asked, and the figure against the bound."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any as Anything
from typing import Protocol

import jinzhi.kernel.expression.words as w
from jinzhi.kernel.expression.answers import BLANK, NOT_HELD
from jinzhi.kernel.expression.arithmetic import listed
from jinzhi.kernel.expression.meaning import TODAY, LeafAnswer, Tally
from jinzhi.kernel.period import Length, LengthUnit
from jinzhi.kernel.text import Words

SIGNS = {w.Plus: " + ", w.Minus: " − ", w.Times: " × ", w.Divided: " ÷ "}
ONE_OF_SEVERAL = {
    w.Least: Words("最小者", "the least"),
    w.Most: Words("最大者", "the largest"),
    w.Latest: Words("最近一次", "the latest"),
}
COUNTED_IN = {
    LengthUnit.MINUTE: Words("分钟数", "minutes"),
    LengthUnit.HOUR: Words("小时数", "hours"),
    LengthUnit.DAY: Words("天数", "days"),
    LengthUnit.WORKDAY: Words("工作日数", "working days"),
    LengthUnit.MONTH: Words("月数", "months"),
    LengthUnit.YEAR: Words("年数", "years"),
}


class Names(Protocol):
    """What paths and values are called where a condition stands."""

    def path(self, path: str) -> Words:
        """What a path is called."""

    def value(self, path: str, value: object) -> Words:
        """A value as it is shown beside what stands at a path: a choice by its name."""


class PlainNames:
    """Paths as they are written, values as anybody reads them."""

    def path(self, path: str) -> Words:
        return Words("当日", "the day") if path == TODAY else Words(path, path)

    def value(self, path: str, value: object) -> Words:
        return shown(value)


def shown(value: object) -> Words:
    """A value as anybody reads it."""
    if value is BLANK or value is None:
        return Words("未填", "left blank")
    if value is NOT_HELD:
        return Words("未掌握", "not known")
    if isinstance(value, bool):
        return Words("是", "yes") if value else Words("否", "no")
    if isinstance(value, Length):
        return Words(value.zh, value.en)
    several = listed(value)
    if several is not None:
        return Words.joined([shown(one) for one in several], "、", ", ") or Words("无", "none")
    text = _text(value)
    return Words(text, text)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Fraction):
        near = f"{float(value):.4f}".rstrip("0").rstrip(".")
        return near if Fraction(near) == value else f"{value.numerator}/{value.denominator}"
    return str(value)


def worded(condition: Anything, names: Names) -> Words:
    """A condition in words; says nothing where it always holds."""
    match condition:
        case w.Not(w.Given(of)):
            return _about(of, names, Words("为空", "is empty"))
        case w.Not(w.AtLeast(of, bound)):
            return _bounded(of, bound, names, Words("早于", "is before"), Words("小于", "is less than"))
        case w.Not(w.AtMost(of, bound)):
            return _bounded(of, bound, names, Words("晚于", "is after"), Words("大于", "is more than"))
        case w.Not(w.Is(of, value)) if value is not None:
            said = value_worded(value, of if isinstance(of, str) else "", names)
            return _about(of, names, Words(f"不为“{said.zh}”", f"is not “{said.en}”"))
        case w.Not(inner):
            said = worded(inner, names)
            return Words(f"不属于：{said.zh}", f"not: {said.en}")
        case w.All(parts):
            return _joined(parts, names, "，且 ", " and ")
        case w.Any(parts):
            return _joined(parts, names, "，或 ", " or ")
        case w.Some(over, where) | w.Every(over, where):
            return _of_elements(condition, names.path(over), worded(where, names))
    if isinstance(condition, w.FIRST_IS_PATH):
        return _leaf(condition, names)
    return value_worded(condition, "", names)


def _leaf(condition: Anything, names: Names) -> Words:
    match condition:
        case w.Is(of, None):
            return _about(of, names, Words("为空", "is empty"))
        case w.Given(of):
            return _about(of, names, Words("不为空", "is given"))
        case w.AtLeast(of, bound):
            return _bounded(of, bound, names, Words("不早于", "is on or after"), Words("不小于", "is at least"))
        case w.AtMost(of, bound):
            return _bounded(of, bound, names, Words("不晚于", "is on or before"), Words("不大于", "is at most"))
    others = _others(condition)
    path = condition.of if isinstance(condition.of, str) else ""
    values = Words.joined([value_worded(value, path, names) for value in others], "、", ", ")
    match condition:
        case w.Is():
            return _about(condition.of, names, Words(f"为“{values.zh}”", f"is “{values.en}”"))
        case w.OneOf():
            return _about(condition.of, names, Words(f"为“{values.zh}”之一", f"is one of “{values.en}”"))
        case w.Contains():
            return _about(condition.of, names, Words(f"包含“{values.zh}”", f"holds “{values.en}”"))
    return _about(condition.of, names, Words(f"包含全部“{values.zh}”", f"holds all of “{values.en}”"))


def _others(condition: Anything) -> tuple[object, ...]:
    match condition:
        case w.OneOf(_, values):
            return tuple(values)
        case w.Covers(_, values):
            return listed(values) or (values,)
    return (condition.value,)


def _about(of: object, names: Names, says: Words) -> Words:
    subject = names.path(of) if isinstance(of, str) else value_worded(of, "", names)
    return Words(f"{subject.zh}{says.zh}", f"{subject.en} {says.en}")


def _bounded(of: object, bound: object, names: Names, days: Words, numbers: Words) -> Words:
    """What is held against a bound: of days earlier or later, of numbers less or more."""
    path = of if isinstance(of, str) else ""
    value = value_worded(bound, path, names)
    how = days if isinstance(bound, (date, w.F)) else numbers
    apart = " " if value.zh[:1].isascii() else ""
    return _about(of, names, Words(f"{how.zh}{apart}{value.zh}", f"{how.en} {value.en}"))


def _joined(parts: Sequence[object], names: Names, zh: str, en: str) -> Words:
    said = [(part, worded(part, names)) for part in parts]
    said = [(part, words) for part, words in said if words]
    if len(said) == 1:
        return said[0][1]
    nested = [
        Words(f"（{words.zh}）", f"({words.en})") if isinstance(part, (w.All, w.Any)) else words for part, words in said
    ]
    return Words.joined(nested, zh, en)


def _of_elements(condition: object, over: Words, where: Words) -> Words:
    if isinstance(condition, w.Some):
        return Words(f"{over.zh}中有一项：{where.zh}", f"for one of {over.en}: {where.en}")
    return Words(f"{over.zh}中每一项：{where.zh}", f"for each of {over.en}: {where.en}")


def value_worded(value: Anything, beside: str, names: Names) -> Words:
    """An expression in words; ``beside``: the path that it is held against, whose choices have names."""
    match value:
        case w.F(path):
            return names.path(path)
        case w.Days(first, last, unit):
            one, other = value_worded(first, beside, names), value_worded(last, beside, names)
            of = COUNTED_IN[unit]
            return Words(f"{one.zh}至{other.zh}的{of.zh}", f"{of.en} from {one.en} to {other.en}")
        case w.At(day, inner):
            on, said = value_worded(day, "", names), value_worded(inner, beside, names)
            return Words(f"{on.zh}时的{said.zh}", f"{said.en} as of {on.en}")
        case w.Choose(branches, otherwise):
            several = [value_worded(then, beside, names) for _condition, then in branches]
            of = Words.joined([*several, value_worded(otherwise, beside, names)], "、", ", ")
            return Words(f"视情形为 {of.zh}", f"as the case may be {of.en}")
        case w.Fn(name) | w.Frozen(name):
            return Words(name, name)
    if isinstance(value, w.Several):
        return _several(value, beside, names)
    return names.value(beside, value)


def _several(several: w.Several, beside: str, names: Names) -> Words:
    parts = [value_worded(part, beside, names) for part in several.parts]
    sign = SIGNS.get(type(several))
    if sign is not None:
        return Words.joined(parts, sign, sign)
    which, of = ONE_OF_SEVERAL[type(several)], Words.joined(parts, "、", ", ")
    return Words(f"{which.zh}（{of.zh}）", f"{which.en} of ({of.en})")


def said_of(leaf: LeafAnswer, names: Names) -> Words:
    """A reason in words: what is asked, with the figure that was met and, where it is no constant, the bound."""
    asked = worded(leaf.condition, names)
    if isinstance(leaf.about, Tally):
        figure = _tallied(leaf.about)
    else:
        inner = leaf.condition.condition if isinstance(leaf.condition, w.Not) else leaf.condition
        path = getattr(inner, "of", "")
        path = path if isinstance(path, str) else ""
        figure = _met(names, path, leaf, looked_up=_looked_up(inner))
    return Words(f"{asked.zh}（{figure.zh}）", f"{asked.en} ({figure.en})")


def _met(names: Names, path: str, leaf: LeafAnswer, *, looked_up: bool) -> Words:
    missing = leaf.about in (BLANK, NOT_HELD)
    about = shown(leaf.about) if missing else names.value(path, leaf.about)
    figure = about if missing else Words(f"现为 {about.zh}", f"it is {about.en}")
    if not looked_up:
        return figure
    against = Words.joined([names.value(path, value) for value in leaf.against], "、", ", ")
    return Words(f"{figure.zh}，对照 {against.zh}", f"{figure.en}, against {against.en}")


def _looked_up(condition: object) -> bool:
    """Whether what a condition holds a value against is itself looked up."""
    others = list(w.inner(condition))[1:] if isinstance(condition, w.FIRST_IS_PATH) else []
    return any(not isinstance(one, (w.Literal, tuple, list, frozenset)) for one in others)


def _tallied(tally: Tally) -> Words:
    more = "" if tally.complete else "；名单可能不全"
    lacks = "" if tally.complete else "; the list may lack some"
    return Words(
        f"{tally.yes} 项是，{tally.no} 项否，{tally.unknown} 项不详{more}",
        f"{tally.yes} yes, {tally.no} no, {tally.unknown} unknown{lacks}",
    )
