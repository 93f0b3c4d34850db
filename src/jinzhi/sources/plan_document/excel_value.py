"""What a cell of a workbook shows, unrounded: 12.5% stays 12.5%, 2025年6月 gets no day, 亿元 in a format stays."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal

_LITERAL = re.compile(r'"([^"]*)"|\\(.)')


def value_shown(value: object, form: str) -> str:
    """A value in its number format: the exact figure, with the percent sign, words and parts of a day that it shows."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime | date):
        return _day(value, form)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, int | float):
        return _figure(value, form)
    return str(value)


def _figure(value: float, form: str) -> str:
    if form in ("General", "@", ""):
        return _plain(Decimal(str(value)))
    first = form.split(";")[0]
    bare = _LITERAL.sub("", first)
    exact = Decimal(str(value)) * 100 if "%" in bare else Decimal(str(value))
    digits = re.search(r"[0#?][0#?.,]*", bare)
    before = after = ""
    if digits:
        placed = re.search(r"[0#?][0#?.,]*", first)
        at = placed.start() if placed else 0
        before, after = _words(first[:at]), _words(first[at:])
    return f"{before}{_plain(exact)}{'%' if '%' in bare else ''}{after}"


def _words(form: str) -> str:
    return "".join(a or b for a, b in _LITERAL.findall(form)).strip()


def _plain(value: Decimal) -> str:
    shown = format(value, "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _day(value: date, form: str) -> str:
    shape = _LITERAL.sub("", re.sub(r"\[[^\]]*\]", "", form)).lower()
    words = f"{value.year}年"
    if "y" in shape and "d" not in shape and "m" not in shape:
        return words
    words += f"{value.month}月"
    if "y" in shape and "d" not in shape:
        return words
    words += f"{value.day}日"
    if isinstance(value, datetime) and (value.hour or value.minute):
        words += f" {value:%H:%M}"
    return words
