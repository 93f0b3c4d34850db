"""Posts, in whose name somebody acts, tokens, and the actions that write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from jinzhi.apps.accounts.acting import acting_as, memberships, visitor
from jinzhi.apps.accounts.actions import create_person, create_token, give_post, revoke_token
from jinzhi.apps.accounts.models import Membership, Token, User
from jinzhi.apps.accounts.tokens import acting_by_token, make_token
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.declare import DeclarationError
from tests.conftest import PASSWORD

DAY = timedelta(days=1)


def held(person) -> list[str]:
    return [m.unit.code for m in memberships(person.user)]


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (-1, None, True),
        (0, None, True),
        (1, None, False),
        (-9, 0, True),
        (-9, -1, False),
    ],
)
def test_a_post_is_held_from_its_first_to_its_last_day(district, since, until, holds):
    post = district.membership
    post.since, post.until = today() + since * DAY, None if until is None else today() + until * DAY
    post.save()
    assert bool(held(district)) is holds
    _token, secret = make_token(post, "t", ["*"], today() + DAY)
    assert bool(acting_by_token(secret)) is holds


def test_a_unit_that_is_closed_takes_its_posts_along(district):
    Unit.objects.filter(code="tj-binhai").update(active=False)
    assert held(district) == []


def test_how_a_post_stands_to_a_case(district, above, elsewhere):
    binhai, root = district.acting.unit, above.acting.unit
    assert district.acting.standing(binhai, root) == ("own",)
    assert above.acting.standing(binhai, root) == ("above", "office")
    assert elsewhere.acting.standing(binhai, root) == ()


def test_scopes_only_narrow(district):
    narrow = acting_as(district.membership, scopes=("report.*",))
    assert narrow.may("report.write")
    assert not narrow.may("plan.read")
    assert not acting_as(district.membership, scopes=("accounts.*",)).may("accounts.write")
    assert not acting_as(district.membership, scopes=()).may("plan.read")


def test_a_visitor_exists_in_a_demonstration_only(city):
    assert visitor() is None
    city.demo = True
    city.save()
    who = visitor()
    assert who
    assert who.user is None
    assert not [s for s in ("report.write", "case.x.y", "accounts.read", "units.write") if who.may(s)]


# --- actions ----------------------------------------------------------------------------------------------
def test_making_a_person_and_a_post_leaves_events(city):
    user = create_person("wang", PASSWORD, name="王某")
    give_post(user, Unit.objects.get(code="tj-binhai"), "reporter")
    assert [e.verb for e in Event.objects.filter(stream=f"person:{user.pk}")] == ["create", "give-post"]
    assert PASSWORD not in str(list(Event.objects.values()))


def test_an_ended_post_begins_again(district):
    post = district.membership
    post.until = today() - DAY
    post.save()
    give_post(district.user, post.unit, post.role)
    assert held(district) == ["tj-binhai"]
    assert Membership.objects.count() == 1


def test_an_undeclared_role_is_no_post(district):
    with pytest.raises(DeclarationError, match="king"):
        give_post(district.user, district.acting.unit, "king")
    assert Event.objects.count() == 0


@pytest.mark.parametrize(("username", "password"), [("wang", "short"), ("", PASSWORD), ("a b", PASSWORD)])
def test_a_person_with_a_weak_password_or_a_wrong_name_is_not_made(city, username, password):
    with pytest.raises(ValidationError):
        create_person(username, password)
    assert not User.objects.exists()


def token(person, **changes):
    said = {"name": "t", "scopes": ["plan.read"], "expires_on": today() + DAY, **changes}
    return create_token(person.membership, said["name"], said["scopes"], said["expires_on"], who=person.acting, key="k")


def test_the_secret_is_kept_nowhere(district):
    _made, secret = token(district)
    kept = str([*Token.objects.values(), *Event.objects.values()])
    assert secret not in kept
    assert secret.removeprefix("jz_")[:12] not in kept


@pytest.mark.parametrize("expires_on", [date(2026, 11, 22), date(2020, 1, 1), date(2027, 11, 24)])
def test_a_token_lives_between_tomorrow_and_a_year(district, expires_on):
    with pytest.raises(ValueError, match="year"):
        token(district, expires_on=expires_on)


def test_the_same_form_makes_one_token(district):
    made, _secret = token(district)
    assert token(district) == (made, "")
    assert Token.objects.count() == 1


def test_nobody_makes_or_revokes_a_token_of_another(district, elsewhere, make_person):
    made, secret = token(district)
    with pytest.raises(PermissionDenied):
        create_token(district.membership, "t", ["*"], today() + DAY, who=elsewhere.acting)
    with pytest.raises(PermissionDenied):
        revoke_token(made, who=elsewhere.acting)
    assert acting_by_token(secret)
    revoke_token(made, who=make_person("admin", "tianjin", "administrator").acting)
    assert acting_by_token(secret) is None


def test_revoking_twice_is_revoking_once(district):
    made, _secret = token(district)
    revoke_token(made, who=district.acting)
    revoke_token(made, who=district.acting)
    assert Event.objects.filter(verb="revoke-token").count() == 1


def test_a_person_who_is_inactive_has_no_token(district):
    _made, secret = token(district)
    User.objects.update(is_active=False)
    assert acting_by_token(secret) is None
