"""The headline indicators as tiles of the cockpit: value, target, light, trend, owner, frequency, as-of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.indicators.models import Snapshot
from jinzhi.apps.indicators.queries import TargetStanding, as_of, quarter_ends, scope_of, standing, values
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Reach
from jinzhi.kernel.indicator import Count, Indicator, Ratio, Value
from jinzhi.kernel.text import Words
from jinzhi.web.catalogue.declared import address
from jinzhi.web.plan.board import Board
from jinzhi.web.ui.figures import Kpi
from jinzhi.web.ui.language import named, speak
from jinzhi.web.ui.states import Tag


def headline() -> list[Indicator]:
    return [i for i in catalogue().all(Indicator) if i.headline]


def counted_unit(board: Board) -> Unit:
    """The unit whose values are shown: the chosen one, the reader's, or the root for who sees everything."""
    if board.unit is not None:
        return board.unit
    return next(iter(board.units.values())) if board.who.reach is Reach.ALL else board.who.unit


def kpis(board: Board) -> list[Kpi]:
    """The tiles. Trends come from frozen values alone, so that the first page computes no past."""
    wanted = headline()
    if not wanted:
        return []
    on = as_of(board.year if board.year and board.year <= board.day.year else None, board.day)
    scope = scope_of(board.who, board.unit)
    now = values(wanted, scope, on)
    unit = counted_unit(board)
    days = quarter_ends(on)
    frozen = Snapshot.objects.visible_to(board.who).filter(
        unit=unit, day__in=days, indicator__in=[i.id for i in wanted]
    )
    past = {(i, d): n for i, d, n in frozen.values_list("indicator", "day", "number")}
    units = {u.code: u for u in board.units.values()}
    out = []
    for indicator in wanted:
        value = now[indicator.id]
        frozen_on = [past.get((indicator.id, d), "") for d in days[:-1]]
        numbers = [*(Decimal(n) if n else None for n in frozen_on), value.number]
        trend = trend_of(days, numbers, within_year=indicator.within_year)
        owner = units.get(indicator.owner)
        stands = standing(indicator, value)
        out.append(
            Kpi(
                named(indicator),
                shown(value.number, indicator),
                speak(indicator.measured_in),
                shown(stands.target, indicator) if stands.target is not None else "",
                tag_of(stands, value),
                trend,
                address("indicator", indicator.id),
                owner.label if owner else "",
                address("unit", owner.code) if owner else "",
                frequency(indicator),
                value.as_of.isoformat(),
                counted=counted(indicator, value),
            )
        )
    return out


def trend_of(days: Sequence[date], numbers: Sequence[Decimal | None], *, within_year: bool) -> list[float | None]:
    """The points of a tile's line; where the number begins again each January, with a gap after December."""
    out: list[float | None] = []
    for n, (day, number) in enumerate(zip(days, numbers, strict=True)):
        if within_year and n and day.year != days[n - 1].year:
            out.append(None)
        out.append(None if number is None else float(number))
    return out


def frequency(indicator: Indicator) -> str:
    """How often the number is taken, and whether it is cumulated within the year."""
    said = speak(indicator.frequency)
    return _("%(frequency)s · 年内累计") % {"frequency": said} if indicator.within_year else said


def counted(indicator: Indicator, value: Value) -> str:
    """What a share is a share of, as 2/5: for an indicator that counts records above and below the line."""
    measure = indicator.measure
    if not (isinstance(measure, Ratio) and isinstance(measure.top, Count) and isinstance(measure.bottom, Count)):
        return ""
    return "/".join(f"{n:,.0f}" for n in value.parts if n is not None) if value.number is not None else ""


def shown(number: Decimal | None, indicator: Indicator) -> str:
    return "—" if number is None else f"{number:,.{indicator.decimals}f}"


def tag_of(stands: TargetStanding, value: Value) -> Tag:
    """The light with the ratio to what was due; without one, what is missing."""
    if stands.light is None:
        if value.number is None:
            return Tag("无数据", "No data", "neutral", "○", title=speak(Words(value.why_none_zh, value.why_none_en)))
        return Tag("未设目标", "No target", "neutral", "○")
    ratio = f" {stands.ratio:.0%}" if stands.ratio is not None else ""
    light = stands.light
    why = speak(stands)
    return Tag(f"{light.zh}{ratio}", f"{light.en}{ratio}", light.tone, light.symbol, title=why)


def facts(board: Board) -> list[tuple[str, str]]:
    """The tiles as pairs for the sheet 说明."""
    return [
        (
            _("指标：%(name)s") % {"name": k.name},
            f"{k.value} {k.unit}" + (_("，目标 %(target)s") % {"target": k.target} if k.target else ""),
        )
        for k in kpis(board)
    ]
