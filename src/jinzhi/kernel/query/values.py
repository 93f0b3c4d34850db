"""Values of fields in the form in which they are compared: dates, counts, classes, document numbers."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

from jinzhi.kernel.query.limits import QueryError
from jinzhi.kernel.tokens import fold

DATE = re.compile(r"(\d{4})(?:[-./年]?(\d{1,2})(?:[-./月]?(\d{1,2}))?)?[年月日]?\Z")


def date_bounds(text: str, at: int = 0) -> tuple[int, int]:
    """First and last day (yyyymmdd) of a year, month or day: 2017, 201703, 20170315, 2017-03-15, 2017年3月15日."""
    found = DATE.match(fold(text).strip())
    wrong = QueryError(
        f"“{text}”不是日期，请写成 2017、201703 或 20170315（可用 - . / 分隔）",
        f"“{text}” is no date: write 2017, 201703 or 20170315 (with - . / between, if you like)",
        at,
        at + len(text),
    )
    if not found:
        raise wrong
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    try:
        first = date(year, month or 1, day or 1)
        last_month = month or 12
        last = date(year, last_month, day or monthrange(year, last_month)[1])
    except ValueError as error:
        raise wrong from error
    return int(first.strftime("%Y%m%d").zfill(8)), int(last.strftime("%Y%m%d").zfill(8))


def count_of(text: str, at: int = 0) -> int:
    """A whole number. Raises QueryError."""
    plain = fold(text).strip()
    if not re.fullmatch(r"\d{1,9}", plain):
        raise QueryError(
            f"“{text}”不是整数，请写成 5 或 [5 TO 10]",
            f"“{text}” is no whole number: write 5 or [5 TO 10]",
            at,
            at + len(text),
        )
    return int(plain)


LONG_SYMBOL = re.compile(r"([A-HY]\d\d[A-Z])(\d{4})(\d{6})\Z")
SYMBOL = re.compile(r"([A-HY]\d\d[A-Z])0*(\d+)(?:/(.*))?\Z")
GROUP = re.compile(r"[A-HY]\d\d[A-Z]\d+\Z")


@lru_cache(maxsize=1 << 16)
def class_symbol(text: str) -> str:
    """A class symbol as it is compared: upper case, no spaces, no edition.

    H04L9/32 also for H04L0009320000, H04L 009/32 and H04L9/32 (2006.01).
    """
    plain = re.sub(r"\s+|\(\d{4}\.\d\d\)[A-Za-z]?\Z", "", fold(text)).upper()
    if long := LONG_SYMBOL.match(plain):
        group, sub = str(int(long[2])), long[3].rstrip("0")
        return f"{long[1]}{group}/{sub.ljust(2, '0')}"
    if found := SYMBOL.match(plain):
        return f"{found[1]}{found[2]}" + ("" if found[3] is None else f"/{found[3]}")
    return plain


def class_begins(symbol: str, asked: str) -> bool:
    """Whether a class symbol lies at or under the written prefix asked for; both in their compared form.

    H04L is every H04L…, H04L9 the main group 9 (not 99), H04L9/32 that symbol only.
    """
    if symbol == asked:
        return True
    if not symbol.startswith(asked) or "/" in asked:
        return False
    if GROUP.match(asked):
        return symbol[len(asked)] == "/"
    return not (asked[-1:].isdigit() and symbol[len(asked)].isdigit() and set(asked) & set(".-"))


def plain_number(text: str, code: str = "") -> str:
    """A document number without what writing varies: case, width, spaces, dots, dashes, slashes, commas, brackets."""
    return re.sub(r"[\s.,/\-()（）]+", "", fold(text)).upper()


def plain_number_keys(text: str, code: str = "") -> frozenset[str]:
    """Under what a stored number answers: as written, and without its kind code (CN103081473B8: CN103081473)."""
    whole = plain_number(text)
    return frozenset({whole, re.sub(r"(?<=\d)[A-Z]\d?\Z", "", whole)})


class ClassTree(Protocol):
    """The hierarchy of a classification by dots, handed to engines."""

    def subtree(self, scheme: str, symbol: str) -> frozenset[str] | None:
        """The symbol with all below it, in the form of ``class_symbol``; None where the scheme lacks the symbol."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """How document numbers compare: what is asked for must be among the keys of what is stored.

    Both functions take the text and the code of the stored field (pn, an …).
    """

    asked: Callable[[str, str], str] = plain_number
    keys: Callable[[str, str], frozenset[str]] = plain_number_keys
