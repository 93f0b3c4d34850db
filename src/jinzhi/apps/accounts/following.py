"""The posts at a unit follow it into another: each ends with the unit and begins anew, in its role, at the other."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.accounts.actions import end_post, give_post
from jinzhi.apps.accounts.models import Membership
from jinzhi.apps.accounts.reach import grants
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.units.following import Following, Merger, Things, follows
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Role
from jinzhi.kernel.text import Words


def _held(unit: Unit, day: date) -> QuerySet[Membership]:
    """The posts at a unit that would still run on a day."""
    found = Membership.objects.filter(unit=unit).filter(Q(until=None) | Q(until__gte=day))
    return found.select_related("user", "unit").order_by("pk")


def _count(unit: Unit, day: date) -> int:
    return _held(unit, day).count()


def _refuses(m: Merger) -> Words | None:
    """Who merges units gives posts, and so must be allowed to give each of them; nobody gives himself one."""
    if not isinstance(m.who, Acting):
        return None
    for post in _held(m.giver, m.day):
        role = catalogue().get(Role, post.role)
        if m.who.user is not None and post.user_id == m.who.user.pk:
            return Words(
                "您自己在该单位任职，请由另一位管理员办理",
                "you hold a post there yourself: ask another administrator",
            )
        if not grants(m.who, role, m.taker):
            zh = f"该单位的任职要随之转到 {m.taker.zh}，您不能在那里授予“{role.zh}”，请由上级管理员办理"
            return Words(zh, f"its posts go to {m.taker.en}, where you may not give the role {role.en}")
    return None


def _hand(m: Merger) -> Things:
    """A post given by the merger, by its number. Whoever holds the role at the taker already keeps that post."""
    out: dict[str, int] = {}
    for post in list(_held(m.giver, m.day)):
        there = _held(m.taker, m.day).filter(user=post.user, role=post.role).exists()
        if not there:
            begins = max(m.day, post.since)
            given = give_post(post.user, m.taker, post.role, since=begins)
            out[f"post:{given.pk}"] = post.pk
            if post.until is not None:
                end_post(given, until=post.until)
        if post.since < m.day:
            end_post(post, until=m.day - timedelta(days=1))
        else:  # it would have begun after the end of the unit
            end_post(post, until=post.since - timedelta(days=1))
    return out


def _take_back(m: Merger, things: Things) -> None:
    for thing, former in things.items():
        given = Membership.objects.filter(pk=int(thing.partition(":")[2])).first()
        post = Membership.objects.filter(pk=former).select_related("user", "unit").first()
        if given is None or post is None:
            continue
        until = given.until
        again = give_post(post.user, post.unit, post.role, since=post.since)
        if until is not None:
            end_post(again, until=until)
        end_post(given)


def _touched(things: Things) -> list[str]:
    """Posts given by the merger that have ended since."""
    pks = [int(t.partition(":")[2]) for t in things]
    running = Membership.objects.filter(pk__in=pks).filter(Q(until=None) | Q(until__gte=today()))
    standing = set(running.values_list("pk", flat=True))
    return [f"post {pk}" for pk in pks if pk not in standing]


follows(
    Following("posts", "在任的任职", "posts", _count, _hand, _touched, _take_back, _refuses, blocks=False, order=90)
)
