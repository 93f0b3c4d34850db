"""Writing accounts: make a person, give a post, end it, make and revoke a token. Each leaves one event."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError

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
from jinzhi.apps.evidence.events.verb import Call, verb
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Role
from jinzhi.kernel.streams import PERSON

#: events name who acted in a column of this length
LONGEST_NAME = 120
LONGEST = timedelta(days=366)


def stream_of(user: User) -> str:
    return PERSON.of(user.pk)


# --- what the verbs share ---------------------------------------------------------------------------------------
def _operator_or_keeper(call: Call) -> None:
    if call.who is not None and not call.who.may("accounts.write"):
        raise AccountRefused(
            "您的任职不管理账号，请联系上级管理员", "your post keeps no accounts: ask an administrator"
        )


def _grants(call: Call) -> None:
    """Whoever may give this role at this unit, to somebody else."""
    _operator_or_keeper(call)
    if call.who is not None:
        if isinstance(call.subject, User):
            require_other(call.who, call.subject)
        require_grant(call.who, catalogue().get(Role, call.arguments["role"]), call.arguments["unit"])


def _ends(call: Call) -> None:
    _operator_or_keeper(call)
    if call.who is not None:
        require_grant(call.who, catalogue().get(Role, call.subject.role), call.subject.unit)


def keeps_account(call: Call) -> None:
    """Whoever keeps this account."""
    _operator_or_keeper(call)
    if call.who is not None:
        require_keeper(call.who, call.subject)


def _in_person(call: Call) -> bool:
    """Whether somebody is signed in and does this for themselves; a token does it for nobody."""
    who = call.who
    return who.user is not None and who.user.pk == call.subject.pk and who.scopes is None


def _own_or_kept(call: Call) -> None:
    """A person changes their own; another's only who keeps the account (two of them: see ``two_people``)."""
    if call.who is not None and not _in_person(call):
        keeps_account(call)


def locked_user(call: Call) -> User:
    """The account as it is now, for one writer at a time."""
    user: User = call.subject
    user.refresh_from_db(from_queryset=User.objects.select_for_update())
    return user


def same_user(call: Call, event: Event) -> User:
    """The account of an earlier submission, as it is now."""
    return User.objects.get(pk=PERSON.number(event.stream))


def nothing(call: Call, event: Event) -> None:
    """What a verb answers that gives nothing back."""


def _same_post(call: Call, event: Event) -> Membership:
    return Membership.objects.select_related("unit").get(
        user_id=PERSON.number(event.stream), unit__code=event.data["unit"], role=event.data["role"]
    )


def _slowly(call: Call) -> dict[str, object]:
    """What is asked, with a password as slow to guess as the one that is kept."""
    given = call.given()
    if given.get("password"):
        salt = f"{call.verb}:{getattr(call.subject, 'pk', call.subject)}".encode()
        given["password"] = hashlib.pbkdf2_hmac("sha256", str(given["password"]).encode(), salt, 600_000)
    return given


@verb("accounts", "create", right=_operator_or_keeper, again=same_user, content=_slowly)
def create_person(
    username: str,
    password: str | None,
    *,
    name: str = "",
    email: str = "",
    who: Acting | None = None,
    key: str = "",
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
    record(stream_of(user), "create", data, who=who, on=today(), personal=("email",), key=key)
    return user


@verb("accounts", "give-post", right=_grants, again=_same_post)
def give_post(
    user: User, unit: Unit, role: str, *, since: date | None = None, who: Acting | None = None, key: str = ""
) -> Membership:
    """Give a person a post; one that ended begins again.

    Raises DeclarationError for an unknown role, AccountRefused for one's own person and for a post that ``who`` may
    not give (``who`` None: the operator of the machine, at the command line).
    """
    catalogue().get(Role, role)
    begins = since or today()
    post, _ = Membership.objects.update_or_create(
        user=user, unit=unit, role=role, defaults={"since": begins, "until": None}
    )
    data = {"unit": unit.code, "role": role, "since": begins.isoformat()}
    record(stream_of(user), "give-post", data, who=who, on=today(), key=key)
    return post


@verb("accounts", "open-account", right=_grants, again=same_user, recorded=lambda call: "create")
def open_account(
    username: str,
    unit: Unit,
    role: str,
    *,
    name: str,
    email: str,
    since: date | None = None,
    who: Acting,
    key: str = "",
) -> User:
    """A person with a first post and no password yet: that comes by a one-time link to ``email``."""
    user = create_person(username, None, name=name, email=email, who=who, key=key)
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


def _locked_post(call: Call) -> Membership:
    post: Membership = call.subject
    rows = Membership.objects.select_for_update(of=("self",)).select_related("unit", "user")
    post.refresh_from_db(from_queryset=rows)
    return post


@verb("accounts", "end-post", right=_ends, lock=_locked_post, again=_same_post)
def end_post(post: Membership, *, who: Acting | None = None, until: date | None = None, key: str = "") -> Membership:
    """End a post after the day ``until`` (yesterday if left out, so that it ends at once). Raises AccountRefused."""
    last = until or today() - timedelta(days=1)
    if post.until is not None and post.until <= last:
        return post
    if last < today():
        _some_keeper_besides([post.pk], today())
    post.until = last
    post.save(update_fields=["until"])
    data = {"unit": post.unit.code, "role": post.role, "until": last.isoformat()}
    record(stream_of(post.user), "end-post", data, who=who, on=today(), key=key)
    return post


@verb("accounts", "set-active", right=keeps_account, lock=locked_user, again=same_user,
      recorded=lambda call: "open" if call.arguments["active"] else "shut")  # fmt: skip
def set_active(user: User, active: bool, *, reason: str, who: Acting | None = None, key: str = "") -> User:
    """Let a person sign in, or no longer.

    Raises AccountRefused without a reason, beyond one's reach and for the last keeper.
    """
    if not reason.strip():
        raise AccountRefused("请写明原因", "give the reason")
    if user.is_active == active:
        return user
    if not active:
        _some_keeper_besides(list(user.memberships.values_list("pk", flat=True)), today())
    user.is_active = active
    user.save(update_fields=["is_active"])
    record(stream_of(user), "open" if active else "shut", {"reason": reason.strip()}, who=who, on=today(), key=key)
    return user


def new_password() -> str:
    """A password nobody chose, long enough that nobody guesses it."""
    return secrets.token_urlsafe(15)


@verb("accounts", "reset-password", right=keeps_account, lock=locked_user, again=same_user)
def reset_password(user: User, *, reason: str = "", who: Acting | None = None, key: str = "") -> User:
    """The old password and its sessions no longer hold; a new one is set by a one-time link to the person's mail.

    Raises AccountRefused beyond one's reach and where no address is known. Nobody is shown anything: the caller
    mails the link (see ``links``) after the commit.
    """
    if who is not None and not user.email:
        raise AccountRefused(
            "此人没有登记邮箱，一次性链接无处可发：请本人在“我的账号”里登记，或由两位管理员登记",
            "no address is known to send the one-time link to: the person enters one in the own account, "
            "or two administrators do",
        )
    user.set_unusable_password()
    user.save(update_fields=["password"])
    record(stream_of(user), "reset-password", {"reason": reason} if reason else {}, who=who, on=today(), key=key)
    return user


def _own_link(call: Call) -> None:
    """Whoever holds the one-time link, which the page has looked at: nobody is signed in yet, or the person is."""
    if call.who is not None and not _in_person(call):
        raise AccountRefused("只能由本人设置密码", "only the person sets the password")


@verb("accounts", "choose-password", right=_own_link, lock=locked_user, again=nothing, content=_slowly)
def choose_password(user: User, password: str, *, who: Acting | None = None, key: str = "") -> None:
    """Set the password that a person chose through a one-time link. Raises django's ValidationError on a weak one."""
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    record(stream_of(user), "choose-password", {}, who=who, on=today(), key=key)


@verb("accounts", "set-address", right=_own_or_kept, lock=locked_user, again=nothing)
def set_address(user: User, email: str, *, who: Acting | None, key: str = "") -> None:
    """Where one-time links go. One's own, or as two people agreed (see ``two_people``)."""
    user.email = email
    user.full_clean(exclude=["password", "username"])
    user.save(update_fields=["email"])
    record(stream_of(user), "set-address", {"email": email}, who=who, on=today(), personal=("email",), key=key)


class TokenRefused(PermissionDenied):
    """A token of somebody else. ``zh``/``en`` say so."""

    def __init__(self, zh: str, en: str):
        self.zh, self.en = zh, en
        super().__init__(en)


def _own_post(call: Call) -> None:
    who = call.who
    if who.user is None or call.subject.user_id != who.user.pk:
        raise TokenRefused("只能为自己的任职建立令牌", "a token is made for one's own post")
    if not who.may("token.manage"):
        raise TokenRefused("当前身份或令牌不能管理令牌", "this role or token keeps no tokens")


def _own_or_kept_token(call: Call) -> None:
    who, user = call.who, call.subject.membership.user
    own = who.user is not None and user.pk == who.user.pk and who.may("token.manage")
    if not own and not (who.may("accounts.write") and keeps(who, user)):
        raise TokenRefused("这是别人的令牌", "the token is somebody else's")


def _made_token(call: Call, event: Event) -> tuple[Token, str]:
    """The token of an earlier submission; its secret was shown once and is not kept."""
    return Token.objects.get(prefix=event.data["prefix"]), ""


def _locked_token(call: Call) -> Token:
    token: Token = call.subject
    token.refresh_from_db(
        from_queryset=Token.objects.select_for_update(of=("self",)).select_related("membership__user")
    )
    return token


@verb("accounts", "make-token", right=_own_post, again=_made_token)
def create_token(
    post: Membership, name: str, scopes: list[str], expires_on: date, *, who: Acting, key: str = ""
) -> tuple[Token, str]:
    """A token for one's own post, and its secret, which is shown once and not kept.

    Raises ValueError on an expiry in the past or more than a year ahead or without scopes, PermissionDenied for
    somebody else's post. The same form sent twice makes one; the second answer has no secret.
    """
    if not today() < expires_on <= today() + LONGEST:
        raise ValueError(f"expires_on {expires_on} is not within a year from now")
    if not scopes:
        raise ValueError("a token without scopes may do nothing")
    token, secret = make_token(post, name, scopes, expires_on)
    data = {"name": name, "prefix": token.prefix, "scopes": scopes, "expires_on": expires_on.isoformat()}
    record(f"tokens:{post.pk}", "make-token", data, who=who, on=today(), key=key)
    return token, secret


@verb("accounts", "revoke-token", right=_own_or_kept_token, lock=_locked_token, again=nothing)
def revoke_token(token: Token, *, who: Acting, key: str = "") -> None:
    """Revoke one's own token, or that of an account one keeps; twice is once."""
    if token.revoked_at is not None:
        return
    token.revoked_at = now()
    token.save(update_fields=["revoked_at"])
    record(f"tokens:{token.membership_id}", "revoke-token", {"prefix": token.prefix}, who=who, on=today(), key=key)
