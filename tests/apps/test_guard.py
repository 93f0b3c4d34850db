"""The guard of rows: no way to the database is open before somebody says whose eyes a query is for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pytest
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jinzhi.apps.cases.models import Case
from jinzhi.apps.units.guard import Unguarded
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Reach, within

WAYS: dict[str, Callable[[QuerySet], object]] = {
    "list": list,
    "len": len,
    "bool": bool,
    "iterate": lambda q: next(iter(q), None),
    "index": lambda q: q[0],
    "slice": lambda q: list(q[:5]),
    "count": lambda q: q.count(),
    "exists": lambda q: q.exists(),
    "contains": lambda q: q.contains(Case(pk=1)),
    "get": lambda q: q.get(pk=1),
    "first": lambda q: q.first(),
    "last": lambda q: q.last(),
    "earliest": lambda q: q.earliest("opened_on"),
    "latest": lambda q: q.latest("opened_on"),
    "in_bulk": lambda q: q.in_bulk([1]),
    "values": lambda q: list(q.values("pk")),
    "values_list": lambda q: list(q.values_list("pk", flat=True)),
    "dates": lambda q: list(q.dates("opened_on", "year")),
    "aggregate": lambda q: q.aggregate(n=Count("pk")),
    "annotate": lambda q: list(q.annotate(n=Count("children"))),
    "iterator": lambda q: list(q.iterator()),
    "chunks": lambda q: list(q.iterator(chunk_size=10)),
    "update": lambda q: q.update(state="closed"),
    "delete": lambda q: q.delete(),
    "get_or_create": lambda q: q.get_or_create(pk=1),
    "update_or_create": lambda q: q.update_or_create(pk=1, defaults={"state": "closed"}),
    "subquery": lambda q: list(Unit.objects.filter(pk__in=q.values("unit"))),
    "subquery expression": lambda q: list(Unit.objects.annotate(n=Subquery(q.values("pk")[:1]))),
    "exists expression": lambda q: list(Unit.objects.filter(Exists(q.filter(unit=OuterRef("pk"))))),
    "union": lambda q: list(q.union(q)),
    "union with one side cleared": lambda q: list(q.order_by().unrestricted("test").union(q.order_by())),
    "and": lambda q: list(q & q),
    "or": lambda q: list(q | q.filter(pk=1)),
    "order and distinct": lambda q: list(q.order_by("pk").distinct()),
    "none of it": lambda q: list(q.exclude(pk=1).select_related("unit")),
    "explain": lambda q: q.explain(),
    "raw": lambda q: list(Case.objects.raw("select * from cases_case")),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_way_is_open_before_it_is_cleared(db, way):
    with pytest.raises(Unguarded, match="Case"):
        WAYS[way](Case.objects.all())


@pytest.mark.parametrize("way", WAYS)
def test_a_filter_before_it_changes_nothing(db, way):
    with pytest.raises(Unguarded, match="Case"):
        WAYS[way](Case.objects.filter(state="issued").order_by("-pk"))


def test_a_related_manager_is_guarded_too(db):
    with pytest.raises(Unguarded, match="Case"):
        list(Case(pk=1).children.all())
    with pytest.raises(Unguarded, match="Case"):
        Case(pk=1).children.count()


def test_a_prefetch_is_guarded_too(above, case_at):
    case_at("tj-binhai")
    with pytest.raises(Unguarded, match="Case"):
        list(Case.objects.visible_to(above.acting).prefetch_related("children"))


def test_the_default_manager_is_no_way_round(db):
    with pytest.raises(Unguarded, match="Case"):
        Case._default_manager.count()


def test_why_all_rows_are_needed_must_be_said(db):
    with pytest.raises(ValueError, match="why"):
        Case.objects.unrestricted("")


@pytest.fixture
def case_at(city) -> Callable[[str], Case]:
    def make(code: str) -> Case:
        unit = Unit.objects.get(code=code)
        number = f"T-{Case.objects.unrestricted('test').count()}"
        return Case.objects.create(
            procedure="supervision-order", number=number, title=code, unit=unit, unit_path=unit.path,
            office=unit, opened_on=date(2026, 11, 1), state="issued",
        )  # fmt: skip

    return make


def test_three_people_see_what_is_theirs(case_at, district, above, elsewhere):
    for code in ("tj-binhai", "tj-dongli", "tj-dongli-huaming"):
        case_at(code)

    def seen(who):
        return {c.title for c in Case.objects.visible_to(who.acting)}

    assert seen(district) == {"tj-binhai"}
    assert seen(elsewhere) == {"tj-dongli", "tj-dongli-huaming"}
    assert seen(above) == {"tj-binhai", "tj-dongli", "tj-dongli-huaming"}


def test_clearing_lasts_through_further_filters(case_at, district):
    case_at("tj-binhai")
    found = Case.objects.visible_to(district.acting).filter(state="issued").order_by("pk")
    assert found.exists()
    assert found.count() == 1
    assert Unit.objects.filter(pk__in=found.values("unit")).get().code == "tj-binhai"


# --- the database and the kernel say the same ------------------------------------------------------------
# the last path of all has no successor; no tree grows so many roots
STEP = st.integers(1, 36**4 - 2).map(Unit._int2str).map(lambda s: s.rjust(Unit.steplen, "0"))
TREES = st.lists(st.lists(st.sampled_from(range(4)), min_size=1, max_size=4), min_size=1, max_size=12)
DIGITS = ("0001", "0009", "000A", "00ZZ")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    trees=TREES,
    names=st.lists(st.one_of(st.sampled_from(DIGITS), STEP), min_size=4, max_size=4, unique=True),
    at=st.lists(st.sampled_from(range(4)), min_size=1, max_size=4),
    reach=st.sampled_from(list(Reach)),
)
def test_visible_to_is_what_the_kernel_says(db, city, trees, names, at, reach):
    """Random trees of paths, also with the last digit of the alphabet, where the next path carries over."""
    Case.objects.unrestricted("test").delete()
    unit = Unit.objects.get_first_root_node()
    paths = {"".join(names[i] for i in steps) for steps in trees}
    Case.objects.bulk_create(
        Case(
            procedure="p", number=path, title=path, unit=unit, unit_path=path, office=unit,
            opened_on=date(2026, 1, 1), state="open",
        )
        for path in paths
    )  # fmt: skip
    who = SimpleNamespace(path="".join(names[i] for i in at), reach=reach)
    seen = {c.unit_path for c in Case.objects.visible_to(who)}
    assert seen == {p for p in paths if within(who.path, reach, p)}
