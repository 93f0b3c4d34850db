"""Reading indicators: the value for somebody's eyes on a day, its parts by unit, its past, the records behind it."""

from __future__ import annotations

import calendar as months
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.core.cache import cache

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.reading import closed_source
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.catalogue.sources_registry import SeesRecords, past_records, read, today_only
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.indicators.models import Snapshot
from jinzhi.apps.units.models import Unit
from jinzhi.apps.units.succession import merged_into
from jinzhi.engines.indicator_memory import breakdown, evaluate
from jinzhi.kernel.access import Reach, Role, within
from jinzhi.kernel.expression import paths_of
from jinzhi.kernel.indicator import TODAY, Count, Indicator, Record, Scalar, Value, parts
from jinzhi.kernel.status import AHEAD, LATE, NORMAL, RISK, LightRule, Status
from jinzhi.kernel.text import Words

#: values are kept for this long at most, in seconds; a new event makes them stale at once
KEPT = 600
QUARTERS_SHOWN = 9


@dataclass(frozen=True)
class Below:
    """A unit and all below it, as somebody to whom rows are visible. ``also``: paths of units merged into it."""

    path: str
    reach: Reach = Reach.BELOW
    role: Role | None = None
    also: tuple[str, ...] = ()


@dataclass
class RecordPool:
    """The records of every source, read once for several indicators."""

    who: SeesRecords
    on: date
    kept: dict[str, tuple[Record, ...]] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)

    def of(self, indicator: Indicator) -> Mapping[str, Sequence[Record]]:
        for part in parts(indicator.measure):
            if part.source not in self.kept:
                given = read(part.source, self.who, self.on)
                self.kept[part.source], self.left_out[part.source] = given.records, len(given.left_out)
        return self.kept

    def past(self, indicator: Indicator, days: Sequence[date]) -> dict[date, dict[str, Sequence[Record]]]:
        """The records of an indicator's sources as of days gone by."""
        given = {p.source: past_records(p.source, self.who, days) for p in parts(indicator.measure)} if days else {}
        return {day: {source: rows[day] for source, rows in given.items()} for day in days}

    def value(self, indicator: Indicator) -> Value:
        """The value on the day of the pool; none, and why, where a past day's cannot be known."""
        closed = is_closed(indicator, self.who)
        if self.on < today() and not closed and not knows_past(indicator):
            return unknown_past(indicator, self.on)
        value = value_of(indicator, self.of(indicator), self.who, self.on)
        if closed:
            return value
        return replace(value, left_out=sum(self.left_out[s] for s in {p.source for p in parts(indicator.measure)}))

    def find(self, ids: Iterable[str]) -> Iterator[Record]:
        wanted = set(ids)
        for rows in self.kept.values():
            yield from (r for r in rows if r.id in wanted)


def scope_of(who: Acting, unit: Unit | None) -> SeesRecords:
    """Whose records are counted: a chosen unit and all below it, or all that somebody sees."""
    if unit is None:
        return who
    also = tuple(u.path for u in merged_into(unit, today()))
    return Below(unit.path, Reach.OWN if who.reach is Reach.OWN else Reach.BELOW, who.role, also)


def sees_unit(who: SeesRecords, unit: Unit) -> bool:
    return within(who.path, who.reach, unit.path)


def stamp() -> str:
    """Changes with every write: the digest of the last event."""
    return Event.objects.order_by("-pk").values_list("sha256", flat=True).first() or ""


def _name(indicator: Indicator, who: SeesRecords, on: date, seal: str) -> str:
    open_to = "closed" if is_closed(indicator, who) else "open"
    paths = "+".join((who.path, *getattr(who, "also", ())))
    return f"indicator:{indicator.id}:{hash(indicator.measure)}:{on}:{who.reach}:{paths}:{open_to}:{seal}"


def is_closed(indicator: Indicator, who: SeesRecords) -> bool:
    """Whether a source of the indicator is kept from the role: the number is then withheld, not counted as nothing."""
    return any(closed_source(p.source, getattr(who, "role", None)) for p in parts(indicator.measure))


def value_of(indicator: Indicator, rows: Mapping[str, Sequence[Record]], who: SeesRecords, on: date) -> Value:
    """The value of an indicator for who looks, and what it would be had nobody corrected the records behind it."""
    if not is_closed(indicator, who):
        return beside_uncorrected(indicator, rows, evaluate(indicator, rows, on), on)
    none = tuple(() for _ in parts(indicator.measure))
    zh, en = "数据来源限定查阅角色，当前角色不显示", "its source is open to other roles only"
    return Value(None, on, none, tuple(None for _ in none), zh, en)


def beside_uncorrected(indicator: Indicator, rows: Mapping[str, Sequence[Record]], value: Value, on: date) -> Value:
    """The value with how many records behind it were corrected, and the number without the corrections."""
    sources = {p.source for p in parts(indicator.measure)}
    mended = {r.id for s in sources for r in rows[s] if r.uncorrected is not None}
    if not mended:
        return value
    plain = {
        s: [replace(r, fields=r.uncorrected) if r.uncorrected is not None else r for r in rows[s]] for s in sources
    }
    other = evaluate(indicator, plain, on)
    counted = {id for part in (*value.records, *other.records) for id in part} & mended
    return replace(value, corrected=len(counted), uncorrected=other.number) if counted else value


def _cached(indicator: Indicator, who: SeesRecords, on: date, seal: str, compute: Callable[[], Value]) -> Value:
    name = _name(indicator, who, on, seal)
    got: Value | None = cache.get(name)
    if got is None:
        got = compute()
        cache.set(name, got, KEPT)
    return got


def values(indicators: Iterable[Indicator], who: SeesRecords, on: date) -> dict[str, Value]:
    """The value of each indicator for who looks, by id. Sources are read once, and only where a value is not kept."""
    pool, seal = RecordPool(who, on), stamp()
    return {
        i.id: _cached(i, who, on, seal, lambda i=i: pool.value(i))  # type: ignore[misc]
        for i in indicators
    }


def as_of(year: int | None, today: date) -> date:
    """The day that a year stands for: its last day, or today in the running year."""
    if year is None or year == today.year:
        return today
    return date(year, 12, 31)


def years(indicator: Indicator | None, today: date) -> tuple[int, ...]:
    """The years on offer, newest first: from the first target or base, or the plan's first year, to today's."""
    known = [*indicator.targets, *([indicator.base[0]] if indicator and indicator.base else [])] if indicator else []
    return tuple(range(today.year, min([2021, *known]) - 1, -1))


# --- light ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class TargetStanding:
    """A value against its target: the target, what was to be reached by the day, the ratio, the light and why."""

    target: Decimal | None
    expected: Decimal | None
    ratio: Decimal | None
    light: Status | None
    zh: str
    en: str


def rule_on(day: date) -> LightRule | None:
    """The published rule of the lights in force on a day."""
    held = [r for r in catalogue().all(LightRule) if r.since <= day]
    return max(held, key=lambda r: r.since) if held else None


def standing(indicator: Indicator, value: Value) -> TargetStanding:
    """The light of a value by the ratio to its target of the year.

    A Count or Sum that flows over the year (``date_field``) is held against the share of the target that belongs to
    the days gone by, whole numbers for a Count; every other value against the whole target.
    """
    target = indicator.targets.get(value.as_of.year)
    if target is None:
        return TargetStanding(
            None, None, None, None, f"{value.as_of.year} 年未设目标", f"no target for {value.as_of.year}"
        )
    if value.number is None:
        return TargetStanding(target, None, None, None, value.why_none_zh, value.why_none_en)
    expected = target
    if indicator.within_year and indicator.direction == "up":
        first = date(value.as_of.year, 1, 1)
        length = (date(value.as_of.year, 12, 31) - first).days + 1
        expected = target * ((value.as_of - first).days + 1) / length
        if isinstance(indicator.measure, Count):
            expected = Decimal(int(expected))
    rule = rule_on(value.as_of)
    if rule is None:
        return TargetStanding(target, expected, None, None, "没有生效的亮灯规则", "no rule of the lights is in force")
    if indicator.direction == "up":
        ratio = value.number / expected if expected else None
    else:
        ratio = expected / value.number if value.number else None
    if ratio is None:
        light = AHEAD if value.number else NORMAL
        if indicator.direction == "down":
            light = AHEAD
        return TargetStanding(
            target, expected, None, light, "按时间进度尚无应完成数", "nothing is due yet by the time gone"
        )
    steps = ((rule.ahead_from, AHEAD), (rule.normal_from, NORMAL), (rule.risk_from, RISK))
    light = next((light for bound, light in steps if ratio >= bound), LATE)
    of_zh = "应完成数" if expected != target else "目标"
    of_en = "what was due by now" if expected != target else "the target"
    return TargetStanding(target, expected, ratio, light, f"达到{of_zh}的 {ratio:.0%}", f"{ratio:.0%} of {of_en}")


# --- past -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ValuePoint:
    """A value on a day. ``source``: frozen, computed (from what held then, as known now), or none."""

    day: date
    number: Decimal | None
    source: str


def not_known(indicator: Indicator) -> tuple[tuple[str, str], ...]:
    """What a past value of an indicator would need and nothing keeps: (source, field); the field "*" for all."""
    out = []
    for part in parts(indicator.measure):
        lost = today_only(part.source)
        used = {*(paths_of(part.where) - {TODAY.path}), *([indicator.date_field] if indicator.date_field else [])}
        used |= set() if isinstance(part, Count) else {part.field}
        out += [(part.source, name) for name in lost if name == "*" or name in used]
    return tuple(dict.fromkeys(out))


def knows_past(indicator: Indicator) -> bool:
    """Whether the value of a day gone by can be told: all that it rests on is known as of that day."""
    return not not_known(indicator)


def unknown_past(indicator: Indicator, day: date) -> Value:
    """No value, and why: what the indicator rests on was not kept as of the day."""
    lost = not_known(indicator)
    zh = "、".join(source if name == "*" else f"{source} 的 {name}" for source, name in lost)
    en = ", ".join(source if name == "*" else f"{name} of {source}" for source, name in lost)
    nothing: tuple[tuple[str, ...], ...] = tuple(() for _ in parts(indicator.measure))
    return Value(
        None, day, nothing, tuple(None for _ in nothing),
        f"{day.isoformat()} 的数值无法得知：{zh} 没有保留当日的情况",
        f"the value of {day.isoformat()} cannot be known: {en} is not kept as of a past day",
    )  # fmt: skip


def quarter_ends(until: date, count: int = QUARTERS_SHOWN) -> tuple[date, ...]:
    """The last days of the quarters before a day, and the day itself, oldest first."""
    out = [until]
    year, month = until.year, (until.month - 1) // 3 * 3  # the last month of the quarter before
    while len(out) < count:
        if month == 0:
            year, month = year - 1, 12
        end = date(year, month, months.monthrange(year, month)[1])
        if end < until:
            out.append(end)
        month -= 3
    return tuple(reversed(out))


def past(indicator: Indicator, who: SeesRecords, unit: Unit, pool: RecordPool) -> list[ValuePoint]:
    """The value at each quarter's end up to the day of the pool, kept until something is written.

    A frozen value is taken where there is one. Where there is none, it is computed from the records as of that day, as
    they are known now; where something it rests on is not kept as of a past day, there is no value.
    """
    name = f"{_name(indicator, pool.who, pool.on, stamp())}:{who.reach}:{who.path}:{unit.pk}"
    got: list[ValuePoint] | None = cache.get(name)
    if got is None:
        got = list(_points(indicator, who, unit, pool))
        cache.set(name, got, KEPT)
    return got


def _points(indicator: Indicator, who: SeesRecords, unit: Unit, pool: RecordPool) -> Iterator[ValuePoint]:
    days = quarter_ends(pool.on)
    if is_closed(indicator, who):
        yield from (ValuePoint(day, None, "none") for day in days)
        return
    frozen = {
        s.day: s.number
        for s in Snapshot.objects.visible_to(who)
        .filter(indicator=indicator.id, unit=unit, day__in=days)
        .only("day", "number", "indicator")
    }
    open_days = [day for day in days if day != pool.on and day not in frozen] if knows_past(indicator) else []
    then = pool.past(indicator, open_days)
    for day in days:
        if day == pool.on:
            yield ValuePoint(day, pool.value(indicator).number, "computed")
        elif day in frozen:
            yield ValuePoint(day, Decimal(frozen[day]) if frozen[day] else None, "frozen")
        elif day in then:
            yield ValuePoint(day, evaluate(indicator, then[day], day).number, "computed")
        else:
            yield ValuePoint(day, None, "none")


# --- parts ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class BreakdownGroup:
    """One group of a breakdown; ``unit`` where it is broken down by unit."""

    key: Scalar
    label: str
    value: Value
    unit: Unit | None = None


def by_unit(
    indicator: Indicator, rows: Mapping[str, Sequence[Record]], on: date, language: str
) -> list[BreakdownGroup]:
    """The value of each unit that keeps records of it, in the order of the units; units are named in the language."""
    found = breakdown(indicator, rows, "unit", on)
    units = {u.code: u for u in Unit.objects.filter(code__in=[str(k) for k, _ in found])}
    out = []
    for key, value in found:
        unit = units.get(str(key))
        label = str(key) if unit is None else (Words(unit.short or unit.zh, unit.en).say(language))
        out.append(BreakdownGroup(key, label, value, unit))
    return sorted(out, key=lambda g: (g.unit.position if g.unit else 10**6, g.label))
