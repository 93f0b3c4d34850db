"""Writing accounts: make a person, give a post, end it, make and revoke a token. Each leaves one event."""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.accounts.models import Membership, Token, User
from jinzhi.apps.accounts.reach import (
    AccountRefused,
    keeps,
    require_grant,
    require_keeper,
    require_other,
    root_path,
)
from jinzhi.apps.accounts.tokens import make_token
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Role

#: events name who acted in a column of this length
LONGEST_NAME = 120
LONGEST = timedelta(days=366)


def stream_of(user: User) -> str:
    return f"person:{user.pk}"


@transaction.atomic
def create_person(
    username: str, password: str | None, *, name: str = "", email: str = "", who: Acting | None = None
) -> User:
    """A new person; ``password`` None: none yet, it is set by a one-time link.

    Raises django's ValidationError on a weak password, a name that is taken or an address that is none.
    """
    user = User(username=username, name=name, email=email)
    user.full_clean(exclude=["password"])
    if len(username) > LONGEST_NAME:
        raise ValidationError({"username": f"用户名最多 {LONGEST_NAME} 字符 (at most {LONGEST_NAME} characters)"})
    if password is not None:
        validate_password(password, user)
    user.set_password(password)
    user.save(force_insert=True)
    data = {"username": username, "name": name, **({"email": email} if email else {})}
    record(stream_of(user), "create", data, who=who, on=today(), personal=("email",))
    return user


@transaction.atomic
def give_post(user: User, unit: Unit, role: str, *, since: date | None = None, who: Acting | None = None) -> Membership:
    """Give a person a post; one that ended begins again.

    Raises DeclarationError for an unknown role, AccountRefused for one's own person and for a post that ``who`` may
    not give (``who`` None: the operator of the machine, at the command line).
    """
    declared = catalogue().get(Role, role)
    if who is not None:
        require_other(who, user)
        require_grant(who, declared, unit)
    begins = since or today()
    post, _ = Membership.objects.update_or_create(
        user=user, unit=unit, role=role, defaults={"since": begins, "until": None}
    )
    data = {"unit": unit.code, "role": role, "since": begins.isoformat()}
    record(stream_of(user), "give-post", data, who=who, on=today())
    return post


@transaction.atomic
def open_account(
    username: str, unit: Unit, role: str, *, name: str, email: str, since: date | None = None, who: Acting
) -> User:
    """A person with a first post and no password yet: that comes by a one-time link to ``email``."""
    user = create_person(username, None, name=name, email=email, who=who)
    give_post(user, unit, role, since=since, who=who)
    return user


def keepers(day: date) -> list[Membership]:
    """The posts in force on a day whose role keeps accounts, of people who may sign in."""
    held = Membership.objects.filter(user__is_active=True, since__lte=day).exclude(until__lt=day)
    held = held.select_related("unit")
    return [m for m in held if catalogue().get(Role, m.role).allows("accounts.write")]


def _some_keeper_besides(gone: list[int], day: date) -> None:
    """Raise AccountRefused where without these posts nobody kept accounts, or nobody from the root of the units."""
    root = root_path()
    held = keepers(day)
    left = [m for m in held if m.pk not in gone]
    from_root = [m for m in left if m.unit.path == root]
    loses_root = any(m.pk in gone and m.unit.path == root for m in held)
    if not left or (loses_root and not from_root):
        raise AccountRefused(
            "这是最后一个能管理账号的任职，请先给别人一个这样的任职",
            "this is the last post that keeps accounts: give somebody else one first",
        )


@transaction.atomic
def end_post(post: Membership, *, who: Acting | None = None, until: date | None = None) -> Membership:
    """End a post after the day ``until`` (yesterday if left out, so that it ends at once). Raises AccountRefused."""
    post = Membership.objects.select_for_update(of=("self",)).select_related("unit", "user").get(pk=post.pk)
    last = until or today() - timedelta(days=1)
    if who is not None:
        require_grant(who, catalogue().get(Role, post.role), post.unit)
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
    """Let a person sign in, or no longer.

    Raises AccountRefused without a reason, beyond one's reach and for the last keeper.
    """
    if not reason.strip():
        raise AccountRefused("请写明原因", "give the reason")
    user = User.objects.select_for_update().get(pk=user.pk)
    if who is not None:
        require_keeper(who, user)
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
def reset_password(user: User, *, reason: str = "", who: Acting | None = None) -> User:
    """The old password and its sessions no longer hold; a new one is set by a one-time link to the person's mail.

    Raises AccountRefused beyond one's reach and where no address is known. Nobody is shown anything: the caller
    mails the link (see ``links``) after the commit.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if who is not None:
        require_keeper(who, user)
        if not user.email:
            raise AccountRefused(
                "此人没有登记邮箱，一次性链接无处可发：请本人在“我的账号”里登记，或由两位管理员登记",
                "no address is known to send the one-time link to: the person enters one in the own account, "
                "or two administrators do",
            )
    user.set_unusable_password()
    user.save(update_fields=["password"])
    record(stream_of(user), "reset-password", {"reason": reason} if reason else {}, who=who, on=today())
    return user


@transaction.atomic
def choose_password(user: User, password: str) -> None:
    """Set the password that a person chose through a one-time link. Raises django's ValidationError on a weak one."""
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    record(stream_of(user), "choose-password", {}, who=None, on=today())


@transaction.atomic
def set_address(user: User, email: str, *, who: Acting | None) -> None:
    """Where one-time links go. One's own, or as two people agreed (see ``two_people``)."""
    user.email = email
    user.full_clean(exclude=["password", "username"])
    user.save(update_fields=["email"])
    record(stream_of(user), "set-address", {"email": email}, who=who, on=today(), personal=("email",))


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
    """Revoke one's own token, or that of an account one keeps; twice is once."""
    own = who.user is not None and token.membership.user_id == who.user.pk
    if not own and not (who.may("accounts.write") and keeps(who, token.membership.user)):
        raise PermissionDenied("the token is somebody else's")
    if token.revoked_at is not None:
        return
    token.revoked_at = now()
    token.save(update_fields=["revoked_at"])
    record(f"tokens:{token.membership_id}", "revoke-token", {"prefix": token.prefix}, who=who, on=today())
