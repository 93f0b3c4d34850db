"""In whose name somebody acts: a person, the unit and the role of one of their posts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db.models import Q

from jinzhi.apps.accounts.models import Membership, User
from jinzhi.apps.catalogue.clock import installation, today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Reach, Role, matches

VISITOR = "visitor"
#: the reader whom every installation lets in without signing in: public registers and nothing else
PUBLIC = "public"


@dataclass(frozen=True)
class Acting:
    """Who acts, at which unit, in which role. ``user`` is None for a visitor of a demonstration."""

    user: User | None
    unit: Unit
    role: Role
    membership_id: int | None = None
    scopes: tuple[str, ...] | None = None

    @property
    def person(self) -> User:
        """The person who acts; a visitor is none, so ask for the right first."""
        if self.user is None:
            raise LookupError(f"{self.name} has not signed in")
        return self.user

    @property
    def path(self) -> str:
        return self.unit.path

    @property
    def reach(self) -> Reach:
        return self.role.reach

    @property
    def roles(self) -> tuple[str, ...]:
        return (self.role.id,)

    @property
    def name(self) -> str:
        return str(self.user) if self.user else self.role.zh

    def may(self, scope: str) -> bool:
        """Whether the role allows the scope, and the token (if one is used) as well."""
        if self.scopes is not None and not any(matches(p, scope) for p in self.scopes):
            return False
        return self.role.allows(scope)

    def standing(self, unit: Unit, office: Unit | None = None) -> tuple[str, ...]:
        """How the acting unit stands to a case of ``unit`` issued by ``office``: own, above, office."""
        out: list[str] = []
        if unit.path == self.path:
            out.append("own")
        elif unit.path.startswith(self.path):
            out.append("above")
        if office is not None and office.path.startswith(self.path):
            out.append("office")
        return tuple(out)


def memberships(user: User) -> list[Membership]:
    """The posts that a person holds today, in order of their making."""
    day = today()
    held = user.memberships.filter(since__lte=day).filter(Q(until=None) | Q(until__gte=day))
    return list(held.select_related("unit").filter(unit__active=True))


def acting_as(membership: Membership, *, scopes: tuple[str, ...] | None = None) -> Acting:
    role = catalogue().get(Role, membership.role)
    return Acting(membership.user, membership.unit, role, membership.pk, scopes)


class NoPost(ValueError):
    """Nobody of that name holds a post; the text says which posts there are."""


def acting_named(name: str) -> Acting:
    """The first post of a person, or that at the unit named behind @. Raises NoPost."""
    username, _at, unit = name.partition("@")
    user = User.objects.filter(username=username, is_active=True).first()
    held = memberships(user) if user else []
    if not held:
        raise NoPost(f"没有名为 {username} 且有任职的账号")
    for post in held:
        if unit in ("", post.unit.code):
            return acting_as(post)
    raise NoPost(f"{username} 在 {unit} 没有任职，可用：{'、'.join(p.unit.code for p in held)}")


def visitor() -> Acting | None:
    """The reader that a demonstration lets in without signing in; None elsewhere."""
    here = installation()
    role = catalogue().find(Role, VISITOR)
    root = Unit.objects.get_first_root_node()
    if here is None or not here.demo or role is None or root is None:
        return None
    return Acting(None, root, role)


def anybody() -> Acting | None:
    """Who reads without signing in: the visitor of a demonstration, elsewhere the public; None before a set-up."""
    role = catalogue().find(Role, PUBLIC)
    root = Unit.objects.get_first_root_node()
    return visitor() or (Acting(None, root, role) if role is not None and root is not None else None)


def in_nobodys_role(who: Acting) -> Acting:
    """The same person, shown neither personal data nor what is sealed for a role."""
    return replace(who, role=replace(who.role, id="", personal=False))
