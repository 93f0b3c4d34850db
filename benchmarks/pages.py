"""The pages that are measured, and how: time and SQL queries of each, as a ratio to a bare page of the same run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.big_plan import Big
from jinzhi.apps.plan.models import Snapshot


def nothing() -> None:
    """No preparation."""


def forget_snapshots() -> None:
    Snapshot.objects.all().delete()


@dataclass(frozen=True)
class Address:
    """A page to measure; ``before`` runs, unmeasured, ahead of each request."""

    name: str
    url: str
    before: Callable[[], None] = nothing


#: a page of the whole frame (top bar, print head, footer) with no rows of the plan in it
BASELINE = "one's own profile"


def addresses(big: Big) -> list[Address]:
    """The heaviest pages, the baseline first."""
    row, unit = big.row.key, big.unit.code
    return [
        Address(BASELINE, reverse("profile")),
        Address("cockpit, snapshot to be computed", reverse("cockpit"), forget_snapshots),
        Address("cockpit", reverse("cockpit")),
        Address("cockpit, all years", reverse("cockpit") + "?year=all"),
        Address("cockpit, what needs attention", reverse("cockpit") + "?tab=attention"),
        Address("cockpit, Excel", reverse("cockpit-export")),
        Address("rows", reverse("rows")),
        Address("rows, Excel", reverse("rows-export")),
        Address("a row", reverse("row", args=[row])),
        Address("matrix rows × units", reverse("matrix")),
        Address("matrix, Excel", reverse("matrix-export")),
        Address("milestones", reverse("milestones")),
        Address("milestones, Excel", reverse("milestones-export")),
        Address("reports", reverse("reports")),
        Address("reports, Excel", reverse("reports-excel")),
        Address("a report", reverse("report", args=[big.report.pk])),
        Address("a report, Excel", reverse("report-excel", args=[big.report.pk])),
        Address("a unit", reverse("unit", args=[unit])),
        Address("cases", reverse("cases")),
        Address("a case", reverse("case", args=[big.case.pk])),
        Address("search over measures", reverse("search") + "?q=数据共享"),
    ]


@dataclass(frozen=True)
class Measured:
    """Milliseconds (median of the requests), SQL queries of one request, bytes of the answer."""

    address: Address
    status: int
    ms: float
    queries: int
    size: int


def measure(client: Client, address: Address, repeat: int) -> Measured:
    """One request uncounted (imports, templates), one to count queries, then ``repeat`` timed."""
    address.before()
    client.get(address.url)
    address.before()
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address.url)
    # counted now: the next request empties the log
    queries, size = len(captured), len(answer.getvalue())
    times = []
    for _n in range(repeat):
        address.before()
        began = perf_counter()
        client.get(address.url)
        times.append((perf_counter() - began) * 1000)
    return Measured(address, answer.status_code, median(times), queries, size)
