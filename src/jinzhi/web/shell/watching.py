"""Watching: a person follows cases, milestones and rows; what others do to them is listed in the inbox.

A watch gives no right: what may be seen is asked of the acting post at every look, and a thing that it may not see
(any more) is left out of lists, counts and the mark, without a word that it exists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.db import DatabaseError
from django.db.models import Q
from django.urls import reverse

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Case, Watch
from jinzhi.apps.cases.watches import last_event
from jinzhi.apps.catalogue.strain import busy, disk_full
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.models import Milestone, Row
from jinzhi.apps.plan.plans import first_plan, subject_of
from jinzhi.web.shell.plan_choice import NAME as PLAN

CASE, MILESTONE, ROW = "case", "milestone", "row"


@dataclass(frozen=True)
class Watched:
    """A watched thing that its reader sees: what it is called, where it stands, the streams of its events."""

    watch: Watch
    title: str
    sub: str
    href: str
    streams: tuple[str, ...]
    news: list[Event] = field(default_factory=list)


def _cases(who: Acting, refs: Iterable[str]) -> dict[str, tuple[str, str, str, tuple[str, ...]]]:
    if not who.may("case.read"):
        return {}
    found = Case.objects.visible_to(who).filter(pk__in=[int(r) for r in refs if r.isdecimal()])
    return {str(c.pk): (c.title, c.number, reverse("case", args=[c.pk]), (c.stream,)) for c in found}


def _milestones(who: Acting, refs: Iterable[str]) -> dict[str, tuple[str, str, str, tuple[str, ...]]]:
    if not who.may("plan.read"):
        return {}
    found = Milestone.objects.visible_to(who).filter(code__in=list(refs))
    return {m.code: (m.title, m.row_key, reverse("milestone", args=[m.code]), (m.stream,)) for m in found}


def _rows(who: Acting, refs: Iterable[str]) -> dict[str, tuple[str, str, str, tuple[str, ...]]]:
    """A row moves with its milestones and with the orders and adjustments about it, as far as the reader sees them."""
    if not who.may("plan.read"):
        return {}
    asked = [tuple(r.split("/", 1)) for r in refs if "/" in r]
    if not asked:
        return {}
    of_rows = Q(pk__in=[])
    for plan, key in asked:
        of_rows |= Q(release__plan=plan, key=key)
    newest = {(r.release.plan, r.key): r for r in Row.objects.filter(of_rows).select_related("release").order_by("pk")}
    streams: dict[tuple[str, str], list[str]] = defaultdict(list)
    keys = {key for _plan, key in newest}
    for m in Milestone.objects.visible_to(who).filter(row_key__in=keys):
        streams[m.plan, m.row_key].append(m.stream)
    if who.may("case.read"):
        first = first_plan()
        about = {subject_of(plan, key, first): (plan, key) for plan, key in newest}
        for c in Case.objects.visible_to(who).filter(subject__in=list(about)):
            streams[about[c.subject]].append(c.stream)
    out = {}
    for (plan, key), row in newest.items():
        href = f"{reverse('row', args=[key])}?{PLAN}={plan}"
        out[f"{plan}/{key}"] = (f"{key} {row.title}", row.release.title, href, tuple(streams[plan, key]))
    return out


Finder = Callable[[Acting, Iterable[str]], Mapping[str, tuple[str, str, str, tuple[str, ...]]]]
KINDS: dict[str, Finder] = {CASE: _cases, MILESTONE: _milestones, ROW: _rows}


def watched(who: Acting) -> list[Watched]:
    """What a person follows and the acting post may see, each with what others did to it since the last look.

    A fixed number of statements, however much is followed.
    """
    if who.user is None:
        return []
    rows = list(Watch.objects.filter(user=who.user))
    out = []
    for kind, find in KINDS.items():
        refs = [w.ref for w in rows if w.kind == kind]
        seen = find(who, refs) if refs else {}
        out += [Watched(w, *seen[w.ref]) for w in rows if w.kind == kind and w.ref in seen]
    _add_news(out, who)
    return sorted(out, key=lambda w: (w.news[0].pk if w.news else 0, w.watch.pk), reverse=True)


def _add_news(found: list[Watched], who: Acting) -> None:
    if not found:
        return
    by_stream: dict[str, list[Watched]] = defaultdict(list)
    for w in found:
        for stream in w.streams:
            by_stream[stream].append(w)
    since = min(w.watch.event for w in found)
    events = Event.objects.filter(stream__in=list(by_stream), pk__gt=since).exclude(user=who.user)
    for event in events.select_related("unit").order_by("-pk"):
        for w in by_stream[event.stream]:
            if event.pk > w.watch.event:
                w.news.append(event)


def may_watch(who: Acting, kind: str, ref: str) -> bool:
    return who.user is not None and kind in KINDS and ref in KINDS[kind](who, [ref])


def look_at(who: Acting, kind: str, ref: str) -> bool:
    """Whether a person follows the thing before them; what happened to it is seen by that.

    Reading goes on where that cannot be written just now.
    """
    found = Watch.objects.filter(user=who.user, kind=kind, ref=ref).first() if who.user else None
    if found is None:
        return False
    try:
        Watch.objects.filter(pk=found.pk).update(event=last_event())
    except DatabaseError as e:
        if not busy(e) and not disk_full(e):
            raise
    return True


def look_at_all(who: Acting) -> None:
    """What the acting post sees of what is followed has been looked at; the rest keeps its place."""
    pks = [w.watch.pk for w in watched(who)]
    Watch.objects.filter(pk__in=pks).update(event=last_event())
