"""Whose accounts somebody keeps: those whose posts all lie at and below the keeper's own unit."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from django.db.models import Q, QuerySet

from jinzhi.apps.accounts.models import Membership, User
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Reach, Role, may_grant, within


class AccountKeeper(Protocol):
    """Who keeps accounts (see accounts.acting.Acting)."""

    @property
    def user(self) -> User | None: ...

    @property
    def unit(self) -> Unit: ...

    @property
    def role(self) -> Role: ...


class AccountRefused(Exception):
    """What may not be done to an account. ``zh``/``en`` say why and the way out."""

    def __init__(self, zh: str, en: str):
        self.zh, self.en = zh, en
        super().__init__(zh)


def root_path() -> str:
    """The path of the unit that stands above all others; empty where there is none yet."""
    root = Unit.objects.get_first_root_node()
    return root.path if root else ""


def grants(who: AccountKeeper, role: Role, unit: Unit) -> bool:
    """Whether somebody may give this role at this unit, or take it."""
    if not who.role.allows("accounts.write"):
        return False
    return may_grant(who.role, who.unit.path, role, unit.path, root_path())


def require_grant(who: AccountKeeper, role: Role, unit: Unit) -> None:
    """Raise AccountRefused where somebody may neither give nor take this role at this unit."""
    if not grants(who, role, unit):
        raise AccountRefused(
            f"您的任职管不到“{unit.zh} · {role.zh}”：只能在本单位及下级授予您可以授予的角色，请联系上级管理员",
            f"your post does not reach {role.en} at {unit.en}: ask an administrator above you",
        )


def require_other(who: AccountKeeper, user: User) -> None:
    """Raise AccountRefused where somebody would change his own rights."""
    if who.user is not None and who.user.pk == user.pk:
        raise AccountRefused(
            "不能为自己办理，请由另一位管理员办理", "nobody does this for himself: ask another administrator"
        )


def posts_that_count(user: User, day: date) -> list[Membership]:
    """The posts by which a person is somebody's to keep: those in force or to come, else all that have ended."""
    held = list(user.memberships.select_related("unit"))
    return [m for m in held if m.until is None or m.until >= day] or held


def keeps(who: AccountKeeper, user: User) -> bool:
    """Whether somebody keeps this account: may give every post that counts. Without posts: from the root only."""
    if not who.role.allows("accounts.write"):
        return False
    posts = posts_that_count(user, today())
    if not posts:
        return who.unit.path == root_path()
    return all(grants(who, catalogue().get(Role, m.role), m.unit) for m in posts)


def require_keeper(who: AccountKeeper, user: User) -> None:
    """Raise AccountRefused where somebody does not keep this account."""
    if not keeps(who, user):
        raise AccountRefused(
            "此人有您管不到的任职，账号由上级管理员管理",
            "this person holds a post beyond your reach: an administrator above you keeps the account",
        )


def seen(who: AccountKeeper) -> QuerySet[User]:
    """The people whose accounts somebody sees: with a post in reach; without any post, from the root only."""
    people = User.objects.all()
    if who.role.reach is Reach.ALL or who.unit.path == root_path():
        return people
    below = Q(memberships__unit__path__startswith=who.unit.path)
    return people.filter(Q(memberships__unit=who.unit) if who.role.reach is Reach.OWN else below).distinct()


def sees_unit(who: AccountKeeper, unit: Unit) -> bool:
    """Whether the people of a unit are shown to somebody."""
    return within(who.unit.path, who.role.reach, unit.path)
