"""Writing accounts: make a person, give a post, end it, make and revoke a token. Each leaves one event."""

from __future__ import annotations

import secrets
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


class AccountRefused(Exception):
    """What may not be done to an account. ``zh``/``en`` say why and the way out."""

    def __init__(self, zh: str, en: str):
        self.zh, self.en = zh, en
        super().__init__(zh)


def keepers(day: date) -> list[Membership]:
    """The posts in force on a day whose role keeps accounts, of people who may sign in."""
    held = Membership.objects.filter(user__is_active=True, since__lte=day).exclude(until__lt=day)
    return [m for m in held if catalogue().get(Role, m.role).allows("accounts.write")]


def _some_keeper_besides(gone: list[int], day: date) -> None:
    if not any(m.pk not in gone for m in keepers(day)):
        raise AccountRefused(
            "这是最后一个能管理账号的任职，请先给别人一个这样的任职",
            "this is the last post that keeps accounts: give somebody else one first",
        )


@transaction.atomic
def end_post(post: Membership, *, who: Acting | None = None, until: date | None = None) -> Membership:
    """End a post after the day ``until`` (yesterday if left out, so that it ends at once). Raises AccountRefused."""
    post = Membership.objects.select_for_update(of=("self",)).select_related("unit", "user").get(pk=post.pk)
    last = until or today() - timedelta(days=1)
    if post.until is not None and post.until <= last:
        return post
    if last < today():
        _some_keeper_besides([post.pk], today())
    post.until = last
    post.save(update_fields=["until"])
    data = {"unit": post.unit.code, "role": post.role, "until": last.isoformat()}
    record(stream_of(post.user), "end-post", data, who=who, on=today())
    return post


@transaction.atomic
def set_active(user: User, active: bool, *, reason: str, who: Acting | None = None) -> User:
    """Let a person sign in, or no longer. Raises AccountRefused without a reason and for the last keeper."""
    if not reason.strip():
        raise AccountRefused("请写明原因", "give the reason")
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active == active:
        return user
    if not active:
        _some_keeper_besides(list(user.memberships.values_list("pk", flat=True)), today())
    user.is_active = active
    user.save(update_fields=["is_active"])
    record(stream_of(user), "open" if active else "shut", {"reason": reason.strip()}, who=who, on=today())
    return user


def new_password() -> str:
    """A password nobody chose, long enough that nobody guesses it."""
    return secrets.token_urlsafe(15)


@transaction.atomic
def reset_password(user: User, *, who: Acting | None = None) -> str:
    """Give a person a new password, shown once; the old one and its sessions no longer hold."""
    password = new_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    record(stream_of(user), "reset-password", {}, who=who, on=today())
    return password


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
