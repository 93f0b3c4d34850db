"""Writing accounts: make a person, give a post, end it, make and revoke a token. Each leaves one event."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db import transaction

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.accounts.models import Membership, Token, User
from jinzhi.apps.accounts.tokens import make_token
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.actions import record
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Role

LONGEST = timedelta(days=366)


def stream_of(user: User) -> str:
    return f"person:{user.pk}"


@transaction.atomic
def create_person(username: str, password: str, *, name: str = "", who: Acting | None = None) -> User:
    """A new person. Raises django's ValidationError on a weak password or a name that is taken."""
    user = User(username=username, name=name)
    user.full_clean(exclude=["password"])
    validate_password(password, user)
    user.set_password(password)
    user.save(force_insert=True)
    record(stream_of(user), "create", {"username": username, "name": name}, who=who, on=today())
    return user


@transaction.atomic
def give_post(user: User, unit: Unit, role: str, *, since: date | None = None, who: Acting | None = None) -> Membership:
    """Give a person a post; one that ended begins again. Raises DeclarationError for an unknown role."""
    catalogue().get(Role, role)
    begins = since or today()
    post, _ = Membership.objects.update_or_create(
        user=user, unit=unit, role=role, defaults={"since": begins, "until": None}
    )
    data = {"unit": unit.code, "role": role, "since": begins.isoformat()}
    record(stream_of(user), "give-post", data, who=who, on=today())
    return post


@transaction.atomic
def create_token(
    post: Membership, name: str, scopes: list[str], expires_on: date, *, who: Acting, key: str = ""
) -> tuple[Token, str]:
    """A token for one's own post, and its secret, which is shown once and not kept.

    Raises ValueError on an expiry in the past or more than a year ahead or without scopes, PermissionDenied for
    somebody else's post, KeyReused where the same form is sent twice.
    """
    if who.user is None or post.user_id != who.user.pk:
        raise PermissionDenied("a token is made for one's own post")
    if not today() < expires_on <= today() + LONGEST:
        raise ValueError(f"expires_on {expires_on} is not within a year from now")
    if not scopes:
        raise ValueError("a token without scopes may do nothing")
    token, secret = make_token(post, name, scopes, expires_on)
    data = {"name": name, "prefix": token.prefix, "scopes": scopes, "expires_on": expires_on.isoformat()}
    record(f"tokens:{post.pk}", "make-token", data, who=who, on=today(), key=key)
    return token, secret


@transaction.atomic
def revoke_token(token: Token, *, who: Acting) -> None:
    """Revoke one's own token, or anybody's with the scope accounts.write; twice is once."""
    own = who.user is not None and token.membership.user_id == who.user.pk
    if not own and not who.may("accounts.write"):
        raise PermissionDenied("the token is somebody else's")
    if token.revoked_at is not None:
        return
    token.revoked_at = now()
    token.save(update_fields=["revoked_at"])
    record(f"tokens:{token.membership_id}", "revoke-token", {"prefix": token.prefix}, who=who, on=today())
