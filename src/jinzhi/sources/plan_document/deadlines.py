"""Time limits inside measures (2023年6月底前, 每年4月): what may become milestones. They are offered, never taken."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import replace

from jinzhi.kernel.plan import TimePoint
from jinzhi.sources.plan_document.flow import fold

_CN = "零一二三四五六七八九"
_DIGITS = {"〇": "0", "○": "0", "零": "0"} | {c: str(n) for n, c in enumerate(_CN)}
_YEAR = r"(?:(?P<y>20\s?[0-9]{2})|(?P<yc>二[〇○零]二[〇○零一二三四五六七八九]))\s?年度?"
_RANGE = rf"(?:20[0-9]{{2}}年?\s?(?:至|到|-|—|–|~)\s?)?{_YEAR}"
_PART = (
    r"(?:(?:(?:1[0-2]|[1-9])\s?月?\s?(?:[-—–~]{1,2}|至|到)\s?)?(?P<m>1[0-2]|[1-9])\s?月(?:份)?(?:(?P<d>3[01]|[12][0-9]|[1-9])\s?日)?(?P<third>上旬|中旬|下旬)?"
    r"|(?P<half>上半年|下半年)|第?(?P<q>[一二三四1-4])季度)"
)
_END = r"(?P<end>(?:年)?(?:底|末|终|初)?(?:之?前|以前|内)?)"
_POINT = re.compile(
    rf"(?:(?P<lead>截至|到|至)?(?:{_RANGE}|(?P<every>每年)度?|(?P<this>今年|当年|本年度?)|(?P<term>“?十[四五六]五”?)(?:期|规划期)?)"
    rf"\s?{_PART}?{_END}|(?P<bare>(?:(?<![0-9年])(?P<m2>1[0-2]|[1-9])\s?月(?:份)?(?:(?P<d2>[0-9]{{1,2}})\s?日)?|年)(?:底|末)(?:之?前)?))"
)
_NOT = re.compile(
    r"(?:以来|起(?!草)|以后|之后|开始|后(?!续)|版|同期|度?(?:工作|重点|计划|要点)"
    r"|(?:新增|修订|修正|发布|印发|出台|制定|认定|获批)的|(?:修订|修正|印发)\)?》?)"
)
_TERMS = {"四": 2025, "五": 2030, "六": 2035}
_QUARTER = {"一": 3, "二": 6, "三": 9, "四": 12, "1": 3, "2": 6, "3": 9, "4": 12}
_CLAUSE = ",;。!?,;!?"


def time_points(
    measures: Sequence[str], title: str = "", limit: str = "", own: Sequence[tuple[int, str]] = ()
) -> tuple[TimePoint, ...]:
    """Every time limit in the measures, with the clause that it stands in and its last day where that is known.

    Then those that duties of one measure have of their ``own``; the ``limit`` of the whole row comes last, its clause
    is the row's ``title``.
    """
    out: list[TimePoint] = []
    for n, measure in enumerate(measures):
        shape = fold(measure)
        for found in _POINT.finditer(shape):
            point = _point(n, measure, shape, found)
            if point is not None:
                out.append(point)
    for n, words in dict.fromkeys(own):
        if words == limit or n >= len(measures):
            continue
        shape = fold(words)
        points = [_point(n, words, shape, found) for found in _POINT.finditer(shape)]
        out += [replace(p, clause=measures[n]) for p in points if p is not None]
    shape = fold(limit)
    for found in _POINT.finditer(shape):
        point = _point(0, limit, shape, found)
        if point is not None:
            out.append(replace(point, measure=None, clause=title))
    return tuple(out)


def _point(n: int, measure: str, shape: str, found: re.Match[str]) -> TimePoint | None:
    before, after = shape[: found.start()], shape[found.end() :]
    year = 0
    if found["y"] or found["yc"]:
        year = int(found["y"].replace(" ", "")) if found["y"] else int("".join(_DIGITS[c] for c in found["yc"]))
    elif found["term"]:
        year = _TERMS.get(found["term"].strip("“”")[1], 0)
        if not re.search("末|底|内", found["end"] or "") and not after.startswith(("期末", "时期末", "末")):
            return None
    dated = found["m"] or found["half"] or found["q"] or found["end"] or found["lead"] or found["bare"]
    free = not before or before[-1] in _CLAUSE + "::、" or before.endswith(("其中", "力争", "确保", "计划", "争取"))
    if not dated and not (free and year):
        return None
    bare_year = year and not (found["m"] or found["half"] or found["q"] or found["end"])
    if bare_year and re.match(r"[0-9]", after):
        return None
    if found["every"] and not (found["m"] or found["half"] or found["q"] or found["end"]):
        return None
    if _NOT.match(after) or before.endswith(("《", "自", "从", "较", "比", "于是")) or re.search(r"《[^》]*\Z", before):
        return None
    words = measure[found.start() : found.end()].strip()
    return TimePoint(
        measure=n, words=words, clause=_clause(measure, found.start(), found.end()), year=year,
        month_day=_month_day(found, year or 2023), every_year=bool(found["every"]),
    )  # fmt: skip


def _month_day(found: re.Match[str], year: int) -> tuple[int, int]:
    """The last day that the words still mean."""
    month, day = found["m"] or found["m2"], found["d"] or found["d2"]
    if month:
        last = calendar.monthrange(year, int(month))[1]
        if day and 1 <= int(day) <= last:
            return int(month), int(day)
        third = {"上旬": 10, "中旬": 20}.get(found["third"] or "", last)
        if (found["end"] or "").startswith("初"):
            third = 10
        return int(month), third
    if found["half"]:
        return (6, 30) if found["half"] == "上半年" else (12, 31)
    if found["q"]:
        month_ = _QUARTER[found["q"]]
        return month_, calendar.monthrange(year, month_)[1]
    return 12, 31


def _clause(measure: str, start: int, end: int) -> str:
    """The words between commas that a time limit stands in: what is to be reached by it."""
    first = max((i + 1 for i in range(start) if measure[i] in ",;。，；。"), default=0)
    last = next((i for i in range(end, len(measure)) if measure[i] in ",;。，；。"), len(measure))
    clause = measure[first:last].strip()
    if end >= last and last < len(measure):
        # the limit stands alone before a comma: what is to be done follows it
        more = next((i for i in range(last + 1, len(measure)) if measure[i] in ",;。，；。"), len(measure))
        clause = measure[first:more].strip()
    return clause
