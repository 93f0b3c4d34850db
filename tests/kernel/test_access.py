"""Access: which scopes a role covers, and whose rows a reach sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinzhi.kernel.access import Reach, Role, allowed, holds, matches, may_grant, successor, within
from jinzhi.kernel.declare import Catalogue

PATHS = st.lists(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=4, max_size=4), min_size=1, max_size=4).map(
    "".join
)
WORDS = st.sampled_from(["case", "plan", "read", "write", "progress-report"])
SCOPES = st.lists(WORDS, min_size=1, max_size=4).map(".".join)


@pytest.mark.parametrize(
    ("pattern", "scope", "covered"),
    [
        ("plan.read", "plan.read", True),
        ("plan.read", "plan.write", False),
        ("plan.*", "plan.read", True),
        ("plan.*", "plan", False),
        ("case.*", "case.order.sign", True),
        ("case.*.sign", "case.order.sign", True),
        ("case.*.sign", "case.order.close", False),
        ("case.*.sign", "case.order.sign.again", False),
        ("plan", "plan.read", False),
        ("*", "anything.at.all", True),
        ("plan.*", "planning.read", False),
    ],
)
def test_a_pattern_covers_a_scope(pattern, scope, covered):
    assert matches(pattern, scope) is covered


@given(SCOPES)
def test_a_scope_covers_itself_and_a_star_covers_all(scope):
    assert matches(scope, scope)
    assert matches("*", scope)


@given(SCOPES, SCOPES)
def test_without_a_star_only_the_same_scope_is_covered(pattern, scope):
    assert matches(pattern, scope) is (pattern == scope)


@given(SCOPES, SCOPES)
def test_a_role_never_allows_what_no_pattern_covers(a, b):
    role = Role(id="r", zh="角色", en="Role", may=(a,))
    assert allowed([role], b) is matches(a, b)
    assert not allowed([], b)


@given(PATHS, PATHS)
def test_own_is_within_below_and_below_within_all(path, row):
    assert within(path, Reach.ALL, row)
    assert within(path, Reach.BELOW, path)
    if within(path, Reach.OWN, row):
        assert within(path, Reach.BELOW, row)


@given(PATHS, PATHS)
def test_a_range_of_paths_is_the_rows_below(path, row):
    """The database asks path <= row < successor(path): the same as beginning with path."""
    try:
        end = successor(path)
    except ValueError:
        assert set(path) == {"Z"}
        return
    assert (path <= row < end) is within(path, Reach.BELOW, row)


def test_the_last_of_all_paths_has_no_successor():
    with pytest.raises(ValueError, match="ZZZZ"):
        successor("ZZZZ")
    assert successor("000Z") == "001"


def test_a_wrong_scope_is_named():
    role = Role(id="r", zh="角色", en="Role", may=("plan.Read",))
    assert [p for p in role.problems(Catalogue()) if "plan.Read" in p]


def role(id: str, *may: str, **more) -> Role:
    return Role(id=id, zh=id, en=id, may=may, **more)


KEEPER = role("keeper", "accounts.*", "plan.read", grants=("clerk", "office"))
CLERK = role("clerk", "case.*", personal=True)
OFFICE = role("office", "plan.*", reach=Reach.ALL)
ROOT, DISTRICT, STREET, OTHER = "0001", "00010001", "000100010001", "00010002"


@pytest.mark.parametrize(
    ("at", "granted", "to", "may"),
    [
        (ROOT, CLERK, ROOT, True),
        (ROOT, OFFICE, ROOT, True),
        (ROOT, OFFICE, DISTRICT, True),
        (DISTRICT, CLERK, DISTRICT, True),
        (DISTRICT, CLERK, STREET, True),
        (DISTRICT, CLERK, OTHER, False),
        (DISTRICT, CLERK, ROOT, False),
        (DISTRICT, OFFICE, DISTRICT, False),
        (DISTRICT, role("reader", "plan.read"), DISTRICT, True),
        (DISTRICT, role("writer", "plan.write"), DISTRICT, False),
        (DISTRICT, role("nosy", "plan.read", personal=True), DISTRICT, False),
        (DISTRICT, role("everything", "*"), DISTRICT, False),
    ],
)
def test_nobody_grants_beyond_his_post_or_what_he_does_not_hold(at, granted, to, may):
    assert may_grant(KEEPER, at, granted, to, ROOT) is may


def test_a_role_holds_itself_and_not_what_sees_more():
    for one in (KEEPER, CLERK, OFFICE):
        assert holds(one, one)
    assert not holds(KEEPER, role("wide", "plan.read", reach=Reach.ALL))
    assert holds(OFFICE, role("narrow", "plan.read", "plan.write", reach=Reach.OWN))


def test_a_role_that_grants_what_is_not_declared_is_a_problem():
    said = list(role("boss", grants=("king",)).problems(Catalogue()))
    assert any("king" in p for p in said)
