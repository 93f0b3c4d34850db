"""Whether the two of a two-person act are two natural persons, as far as the record can tell.

Whoever opens accounts or gives posts could make a second account and agree with himself. So of the two, neither may
hold an account, or the post in which he acts, by the word of the other alone (or of accounts and posts that came from
the other in the same way), unless a third confirmed that a natural person of its own stands behind it. Accounts that
the operator of the machine made hang on nobody. What the record cannot tell: that two people whom a third account
brought in are not one; the history of each names who brought them in.
"""

from __future__ import annotations

from dataclasses import dataclass

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.accounts.actions import keeps_account, locked_user, nothing, stream_of
from jinzhi.apps.accounts.models import User
from jinzhi.apps.accounts.reach import AccountRefused, require_other
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.events.verb import Call, verb
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel.streams import PERSON
from jinzhi.kernel.text import Words

CONFIRM = "confirm-person"


@dataclass(frozen=True)
class Hand:
    """Somebody in the post in which he acted: ids of user and unit, id of the role."""

    user: int
    unit: str
    role: str


def hand_of(who: Acting) -> Hand | None:
    return Hand(who.user.pk, who.unit.code, who.role.id) if who.user is not None else None


def hand_in(event: Event) -> Hand | None:
    """Whose hand an event is; None for the operator of the machine."""
    if event.user_id is None:
        return None
    return Hand(event.user_id, event.unit.code if event.unit else "", event.role)


def _granters(hand: Hand) -> set[Hand]:
    """By whose word somebody holds the account and the post, after the last confirmation by a third."""
    by: dict[str, Hand | None] = {}
    told = Event.objects.filter(stream=PERSON.of(hand.user), verb__in=("create", "give-post", CONFIRM))
    for e in told.select_related("unit").order_by("seq"):
        if e.verb == CONFIRM:
            by = {}
        elif e.verb == "create":
            by["account"] = hand_in(e)
        elif (e.data.get("unit"), e.data.get("role")) == (hand.unit, hand.role):
            by["post"] = hand_in(e)
    return {h for h in by.values() if h is not None}


def _stands_by(hand: Hand) -> set[int]:
    """The users by whose word alone somebody stands where he stands, over any number of steps."""
    found: set[int] = set()
    seen, todo = {hand}, [hand]
    while todo:
        for granter in _granters(todo.pop()):
            found.add(granter.user)
            if granter not in seen:
                seen.add(granter)
                todo.append(granter)
    return found - {hand.user}


def one_by_the_other(first: Event | Acting, second: Acting) -> bool:
    """Whether one of two stands by the word of the other alone: as the record goes they may be one person."""
    one = hand_in(first) if isinstance(first, Event) else hand_of(first)
    other = hand_of(second)
    if one is None or other is None:
        return False
    return one.user in _stands_by(other) or other.user in _stands_by(one)


def two_persons(first: Event | Acting, second: Acting) -> Words | None:
    """Why two are not taken for two persons, and the way out; None where they are."""
    if not one_by_the_other(first, second):
        return None
    return Words(
        "两人中一人的账号或任职由另一人独自开立，尚无第三人确认是另一个自然人，不能作为两人办理："
        "请由第三位管理员在其人员页面“确认为本人”，或由其他人员办理",
        "one of the two holds the account or post by the word of the other alone, and no third has confirmed that "
        "they are two natural persons: let a third administrator confirm it on the person's page, or somebody else act",
    )


def unconfirmed(user: User) -> list[str]:
    """The names of those by whose word alone somebody holds the account and present posts; empty once confirmed."""
    hands = [Hand(user.pk, m.unit.code, m.role) for m in user.memberships.select_related("unit")] or [
        Hand(user.pk, "", "")
    ]
    ids = {g.user for h in hands for g in _granters(h)}
    return [str(u) for u in User.objects.filter(pk__in=ids).order_by("pk")]


def _third(call: Call) -> None:
    """Whoever keeps the account, is somebody else, and gave it nothing."""
    if call.who is not None:
        require_other(call.who, call.subject)
        keeps_account(call)
        _must_be_third(call.subject, call.who)


@verb("accounts", CONFIRM, right=_third, lock=locked_user, again=nothing)
def confirm(user: User, *, reason: str, who: Acting | None, key: str = "") -> None:
    """A third confirms that a natural person of its own stands behind an account and the posts it holds by now.

    ``who`` None: the operator of the machine. Raises AccountRefused for oneself, beyond one's reach, without a reason,
    and for whoever gave the account or a post of it, or stands by the word of who did.
    """
    if not reason.strip():
        raise AccountRefused("请写明如何核实了本人", "say how the person was verified")
    record(stream_of(user), CONFIRM, {"reason": reason.strip()}, who=who, on=today(), key=key)


def _must_be_third(user: User, who: Acting) -> None:
    third = hand_of(who)
    posts = [Hand(user.pk, m.unit.code, m.role) for m in user.memberships.select_related("unit")]
    for hand in [*posts, Hand(user.pk, "", "")]:
        for granter in _granters(hand):
            first = {granter.user, *_stands_by(granter)}
            if third is None or third.user in first or first & _stands_by(third) or user.pk in _stands_by(third):
                raise AccountRefused(
                    "此人的账号或任职由您，或由与您互为开立的账号开立，须由第三人确认",
                    "the account or a post of it was given by you, or by somebody tied to you: a third must confirm",
                )
