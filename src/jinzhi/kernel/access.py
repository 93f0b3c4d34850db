"""Who may do what: roles are declarations, scopes are dotted names, reach follows the tree of units.

A scope such as ``case.progress-report.submit`` names an action. A role lists scopes; ``*`` stands for one
segment, and as the last segment for all that follow. Reach says whose rows a role sees: its own unit's,
those below it too, or all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from jinzhi.kernel.declare import Catalogue, Declaration

SCOPE = re.compile(r"(\*|[a-z0-9-]+)(\.(\*|[a-z0-9-]+))*\Z")


class Reach(StrEnum):
    """Whose rows a role sees."""

    OWN = "own"
    BELOW = "below"
    ALL = "all"


def unknown_roles(named: Iterable[str], catalogue: Catalogue) -> Iterator[str]:
    """The roles named that are not declared; none where no role is declared at all."""
    roles = catalogue.ids(Role.kind)
    return (role for role in named if roles and role not in roles)


def matches(pattern: str, scope: str) -> bool:
    """Whether a pattern of a role covers a scope."""
    left, right = pattern.split("."), scope.split(".")
    for i, part in enumerate(left):
        if part == "*" and i == len(left) - 1:
            return len(right) > i
        if i >= len(right) or part not in ("*", right[i]):
            return False
    return len(left) == len(right)


@dataclass(frozen=True, kw_only=True)
class Role(Declaration):
    """A post that a person holds at a unit. ``personal``: sees personal data, and each viewing is logged.

    ``grants``: ids of the roles whose holders it appoints, though it may not do itself what they may.
    """

    kind: ClassVar[str] = "role"

    may: tuple[str, ...] = ()
    reach: Reach = Reach.BELOW
    personal: bool = False
    grants: tuple[str, ...] = ()

    def allows(self, scope: str) -> bool:
        return any(matches(pattern, scope) for pattern in self.may)

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        yield from super().problems(catalogue)
        for pattern in self.may:
            if not SCOPE.match(pattern):
                yield f"may holds {pattern!r}, which is not a dotted scope"
        for role in self.grants:
            if role not in catalogue.ids(self.kind):
                yield f"grants names the role {role!r}, which is not declared"


def holds(giver: Role, role: Role) -> bool:
    """Whether a role holds all that another one holds: its scopes, its reach, its view of personal data."""
    scopes = all(any(matches(mine, theirs) for mine in giver.may) for theirs in role.may)
    reaches = list(Reach)
    return scopes and giver.personal >= role.personal and reaches.index(giver.reach) >= reaches.index(role.reach)


def may_grant(giver: Role, at: str, role: Role, to: str, root: str) -> bool:
    """Whether somebody with the role ``giver`` at the path ``at`` may give ``role`` at the path ``to``, or take it.

    Reach follows the post: only at and below its own unit, whatever the role sees. Nobody grants what he does not
    hold: the role is among those he appoints, or he holds all of it himself; and a role that reaches the whole
    installation is given from its root.
    """
    if not to.startswith(at) or (role.reach is Reach.ALL and at != root):
        return False
    return role.id in giver.grants or holds(giver, role)


def within(path: str, reach: Reach, row_path: str) -> bool:
    """Whether somebody at ``path`` with this reach sees a row kept under ``row_path``.

    Paths are materialised paths of the tree of units with steps of a fixed width, so a prefix is an ancestor.
    """
    match reach:
        case Reach.ALL:
            return True
        case Reach.BELOW:
            return row_path.startswith(path)
        case Reach.OWN:
            return row_path == path


def successor(path: str) -> str:
    """The first path after every path that begins with ``path``: rows below it are ``path <= p < successor``.

    Only the digits and capitals of a materialised path occur, so this holds in every collation.
    """
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    head = path
    while head:
        i = alphabet.index(head[-1])
        if i + 1 < len(alphabet):
            return head[:-1] + alphabet[i + 1]
        head = head[:-1]
    raise ValueError(f"no path comes after {path!r}")


def allowed(roles: Iterable[Role], scope: str) -> bool:
    """Whether any of these roles allows the scope."""
    return any(role.allows(scope) for role in roles)
