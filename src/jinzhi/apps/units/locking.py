"""A row that a verb is done to: as it is now, for one writer at a time, within reach, and not stale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied

from jinzhi.apps.evidence.events.actions import Conflict, last_seq
from jinzhi.apps.evidence.events.verb import Call
from jinzhi.apps.units.guard import UnitOwned

R = TypeVar("R", bound=UnitOwned)


class NotYours(PermissionDenied):
    """A write without the right to it, or to a row that another unit keeps. ``zh``/``en`` say which."""

    def __init__(self, zh: str, en: str):
        self.zh, self.en = zh, en
        super().__init__(zh)


def needs(scope: str) -> Callable[[Call], None]:
    """The right of a verb that one scope gives; nobody in particular is the operator of the machine."""

    def right(call: Call) -> None:
        if call.who is not None and not call.who.may(scope):
            raise NotYours(
                f"您的角色“{call.who.role.zh}”没有权限 {scope}", f"the role {call.who.role.en} lacks the scope {scope}"
            )

    return right


def fresh_row(call: Call, row: R, refused: Exception, *related: str) -> R:
    """The row itself, read again and locked, and what is ``related`` along. Raises ``refused`` where out of reach."""
    manager: Any = type(row).objects
    rows = manager.visible_to(call.who) if call.who is not None else manager.unrestricted("the operator acts")
    try:
        row.refresh_from_db(from_queryset=rows.select_for_update(of=("self",)).select_related(*related))
    except type(row).DoesNotExist:
        raise refused from None
    return row


def not_stale(call: Call, stream: str, actual: int) -> None:
    """Raise Conflict where the caller saw another version than the actual one."""
    if call.expected is not None and call.expected != actual:
        raise Conflict(stream, call.expected, actual)


def lock_row(call: Call, row: R, refused: Exception, *related: str) -> R:
    """A row whose version is the number of its events (see ``fresh_row`` and ``not_stale``)."""
    row = fresh_row(call, row, refused, *related)
    stream = str(row.stream)  # type: ignore[attr-defined]
    not_stale(call, stream, last_seq(stream))
    return row
