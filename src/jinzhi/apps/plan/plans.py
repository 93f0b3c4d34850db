"""Which plan is meant: several may run at once (a five-year plan, a year's work points, a district's plan).

A plan is named by its slug. Where nothing names one, the main plan is meant. The subject of a case names its row as
``row:C1`` for the plan that was stored first and as ``row:C1@slug`` for every other, so that what was recorded while
there was one plan keeps its meaning.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Subquery

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.plan.models import Release

ROW, AT = "row:", "@"


def in_force(day: date | None = None) -> list[Release]:
    """The release in force of each plan, the main one first.

    The main plan is the one that runs on the day; of several, the one with the longest term, then the one stored
    first: a year's work points or a district's plan never take the place of the city's. Then come those that have
    ended, the last one first, and those that are still to begin. Each knows the ``first_plan`` and whether there are
    ``several``.
    """
    on = day or today()
    oldest = Release.objects.order_by("pk").values("plan")[:1]
    others = Release.objects.filter(in_force=True).exclude(plan=OuterRef("plan"))
    running = Release.objects.filter(in_force=True).annotate(first_plan=Subquery(oldest), several=Exists(others))
    found: list[Release] = [*running]
    if len(found) < 2:
        return found
    first = {plan: pk for pk, plan in Release.objects.order_by("-pk").values_list("pk", "plan")}

    def rank(r: Release) -> tuple[int, int, int]:
        if r.starts <= on <= r.ends:
            return (0, -(r.ends - r.starts).days, first[r.plan])
        if r.ends < on:
            return (1, -r.ends.toordinal(), first[r.plan])
        return (2, r.starts.toordinal(), first[r.plan])

    return sorted(found, key=rank)


def first_plan(release: Release | None = None) -> str:
    """The plan that was stored first, whose rows cases name without it; empty before there is one.

    A release that ``in_force`` gave knows it already.
    """
    known = getattr(release, "first_plan", None)
    return known or Release.objects.order_by("pk").values_list("plan", flat=True).first() or ""


def subject_of(plan: str, key: str, first: str | None = None) -> str:
    """How a case names a row of a plan. ``first``: the plan stored first, where it is at hand."""
    return f"{ROW}{key}" if plan in ("", first_plan() if first is None else first) else f"{ROW}{key}{AT}{plan}"


def row_of_subject(subject: str, first: str | None = None) -> tuple[str, str]:
    """(plan, row key) that a case's subject names; both empty where it names no row."""
    if not subject.startswith(ROW):
        return "", ""
    key, _at, plan = subject.removeprefix(ROW).partition(AT)
    return plan or (first_plan() if first is None else first), key


def key_of_subject(subject: str) -> str:
    """The row key that a case's subject names; empty where it names no row."""
    return subject.removeprefix(ROW).partition(AT)[0] if subject.startswith(ROW) else ""
