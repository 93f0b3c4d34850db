"""Open cases and orders follow a unit into another, those it answers and those it issued; closed ones stay."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from jinzhi.apps.cases.models import Case
from jinzhi.apps.evidence.events.actions import last_seq
from jinzhi.apps.units.following import Following, Merger, Things, follows, staying_cases
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.streams import CASE


def _cases() -> QuerySet[Case]:
    return Case.objects.unrestricted("what a merger of units hands over, whoever sees it")


def _open(unit: Unit) -> QuerySet[Case]:
    return _cases().filter(unit=unit, closed_on=None).exclude(staying_cases())


def _issued(unit: Unit) -> QuerySet[Case]:
    return _cases().filter(office=unit, closed_on=None).exclude(staying_cases())


def _pks(things: Things) -> list[int]:
    return [int(t.partition(":")[2]) for t in things]


def _hand(m: Merger) -> Things:
    things = {CASE.of(c.pk): last_seq(c.stream) for c in _open(m.giver)}
    _cases().filter(pk__in=_pks(things)).update(unit=m.taker, unit_path=m.taker.path)
    return things


def _take_back(m: Merger, things: Things) -> None:
    _cases().filter(pk__in=_pks(things)).update(unit=m.giver, unit_path=m.giver.path)


def _hand_issued(m: Merger) -> Things:
    things = {f"office:{c.pk}": last_seq(c.stream) for c in _issued(m.giver)}
    _cases().filter(pk__in=_pks(things)).update(office=m.taker)
    return things


def _take_back_issued(m: Merger, things: Things) -> None:
    _cases().filter(pk__in=_pks(things)).update(office=m.giver)


def _touched(things: Things) -> list[str]:
    seqs = {int(t.partition(":")[2]): seq for t, seq in things.items()}
    return [c.number for c in _cases().filter(pk__in=seqs) if last_seq(c.stream) != seqs[c.pk]]


def _count(unit: Unit, _day: date) -> int:
    return _open(unit).count()


def _count_issued(unit: Unit, _day: date) -> int:
    return _issued(unit).count()


follows(
    Following("cases", "未办结的督办单和案件", "open orders and cases", _count, _hand, _touched, _take_back, order=30)
)
follows(
    Following(
        "issued",
        "由其下达、尚未办结的督办单和案件",
        "open orders and cases that it issued",
        _count_issued,
        _hand_issued,
        _touched,
        _take_back_issued,
        order=31,
    )
)
