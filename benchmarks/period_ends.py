"""The end of a clock by sums of working days beside the same end found day by day, in one run.

python -m benchmarks clocks                  20,000 periods with stretches that do not count
python -m benchmarks clocks --cases 2000
"""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from random import Random
from time import perf_counter

from jinzhi.kernel.declare import collect
from jinzhi.kernel.period import Calendar, HolidayNotice, Length, LengthUnit, Span, deadline
from jinzhi.kernel.period.deadline import worked_out
from jinzhi.kernel.period.span import find_pieces

LONGEST = {LengthUnit.DAY: 120, LengthUnit.WORKDAY: 90, LengthUnit.MONTH: 12, LengthUnit.YEAR: 3}
Asked = tuple[date, Length, list[Span]]


def cases(count: int, unit: LengthUnit) -> list[Asked]:
    """Periods of one unit, a third of them with two stretches that do not count, alike in every run."""
    chance, out = Random(7), []
    for n in range(count):
        begin = date(2020, 1, 6) + timedelta(days=chance.randrange(2200))
        spans = [
            Span(begin + timedelta(days=at), begin + timedelta(days=at + chance.randrange(1, 30)), "鉴定")
            for at in (chance.randrange(1, 60), chance.randrange(1, 60))
        ]
        out.append((begin, Length(chance.randint(1, LONGEST[unit]), unit), spans if n % 3 == 0 else []))
    return out


def main() -> int:
    """Measure, print; 1 where the two ways differ."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks clocks", description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    args = parser.parse_args()
    calendar = Calendar.of(collect(["jinzhi.matters.china.holidays"]).all(HolidayNotice))
    differ = 0
    print("| unit | by sums, µs | day by day, µs | ratio |\n|---|---:|---:|---:|")
    for unit in LONGEST:
        asked = cases(args.cases // len(LONGEST), unit)
        deadline(*asked[0][:2], calendar)
        began = perf_counter()
        fast = [deadline(begin, length, calendar, excluded=spans) for begin, length, spans in asked]
        between = perf_counter()
        slow = [worked_out(begin, (length,), calendar, find_pieces((), spans), True) for begin, length, spans in asked]
        ended = perf_counter()
        differ += sum(a != b for a, b in zip(fast, slow, strict=True))
        one, other = (1e6 * t / len(asked) for t in (between - began, ended - between))
        print(f"| {unit} | {one:.1f} | {other:.1f} | {other / one:.0f} × |")
    print(f"\n{differ} of {args.cases} ends differ.")
    return 1 if differ else 0
