"""Reading custody: lists, duplicates, what the events of an item lead to, who may be handed something."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from jinzhi.apps.accounts.acting import Acting, acting_as
from jinzhi.apps.accounts.models import Membership
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.custody.fields import BY_ID, ITEM, parse_time
from jinzhi.apps.custody.models import Folder, HandOver, Item, Version
from jinzhi.apps.evidence.events.verb import event_of
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel.fields import Value

READ, WRITE, DISPOSE = "custody.read", "custody.write", "custody.dispose"
STATES = ("kept", "held", "offered", "due", "disposed")
SORTS = {
    "number": "number",
    "title": "title",
    "captured": "captured_at",
    "size": "size",
    "expires": "expires_on",
    "updated": "updated_at",
    "unit": "unit__position",
}


@dataclass(frozen=True)
class ItemsAsked:
    """What a list was asked for."""

    q: str = ""
    kind: str = ""
    way: str = ""
    state: str = ""
    unit: str = ""
    folder: int | None = None
    case: str = ""
    mine: bool = False
    first: str = ""
    last: str = ""
    sort: str = "-number"


def moment(day: str, clock: str) -> datetime:
    """The moment that a day and a time of day name, on the clock of this place."""
    hour, minute = parse_time(clock) or (0, 0)
    return timezone.make_aware(datetime.combine(date.fromisoformat(day), time(hour, minute)))


def words(item: Item, data: dict[str, Value]) -> str:
    """What a search looks through."""
    texts = [BY_ID[f.id].show(data.get(f.id)) for f in ITEM if f.searchable]
    return "\n".join([item.number, item.name, item.sha256, *texts]).casefold()


def items(who: Acting, asked: ItemsAsked | None = None) -> QuerySet[Item]:
    """The items that somebody sees, narrowed and in order."""
    asked = asked or ItemsAsked()
    rows = Item.objects.visible_to(who).select_related("unit", "holder", "folder")
    for word in asked.q.casefold().split():
        rows = rows.filter(words__contains=word)
    plain = {"kind": asked.kind, "way": asked.way, "unit__code": asked.unit, "cases__number": asked.case}
    rows = rows.filter(**{k: v for k, v in plain.items() if v})
    if asked.folder is not None:
        rows = rows.filter(folder__in=below(who, asked.folder))
    if asked.mine:
        rows = rows.filter(holder=who.user)
    if asked.first:
        rows = rows.filter(captured_at__gte=moment(asked.first, "00:00"))
    if asked.last:
        rows = rows.filter(captured_at__lt=moment(asked.last, "00:00") + timedelta(days=1))
    rows = rows.filter(state_query(asked.state)) if asked.state else rows
    down, key = asked.sort.startswith("-"), asked.sort.lstrip("-")
    return rows.order_by(("-" if down else "") + SORTS[key], "-pk" if down else "pk")


def state_query(state: str) -> Q:
    """The condition of a state as the list offers them; an item may be in several (held and offered)."""
    match state:
        case "held":
            return Q(held=True)
        case "due":
            return Q(expires_on__lt=today(), held=False) & ~Q(state="disposed")
        case _:
            return Q(state=state)


def folders(who: Acting) -> QuerySet[Folder]:
    return Folder.objects.visible_to(who).select_related("unit").order_by("unit_path", "path")


def below(who: Acting, folder: int) -> list[int]:
    """The folder and those in it, as far as somebody sees them."""
    found = {f.pk: f.parent_id for f in Folder.objects.visible_to(who)}
    inside = {folder}
    while more := {pk for pk, parent in found.items() if parent in inside} - inside:
        inside |= more
    return sorted(inside)


def newest(item: Item) -> Version:
    return item.versions.get(n=item.version)


# --- duplicates ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Duplicates:
    """Items with the same content: those that the reader sees, and whether others keep it too."""

    seen: tuple[Item, ...] = ()
    elsewhere: bool = False

    def __bool__(self) -> bool:
        return bool(self.seen) or self.elsewhere


def duplicates(sha256: str, who: Acting, *, apart_from: int | None = None) -> Duplicates:
    """Which items hold this content in any version. Of items of others only that there are some is said."""
    every = Item.objects.unrestricted("whether others keep the same content is said, without detail")
    others = ~Q(pk=apart_from) if apart_from is not None else Q()
    holding = every.filter(others, versions__sha256=sha256).distinct()
    seen = Item.objects.visible_to(who).filter(others, versions__sha256=sha256).distinct()
    mine = tuple(seen.order_by("number")[:20])
    return Duplicates(mine, holding.exclude(pk__in=[i.pk for i in mine]).exists() if len(mine) < 20 else False)


def seen_duplicates(sha256: str, who: Acting) -> tuple[Item, ...]:
    """Items with this content that the reader sees; of others nothing, for who asks has shown no content yet."""
    seen = Item.objects.visible_to(who).filter(versions__sha256=sha256).distinct()
    return tuple(seen.order_by("number")[:20])


# --- hands -----------------------------------------------------------------------------------------------------
def takers(who: Acting) -> list[Membership]:
    """The posts that may be handed something: their role keeps evidence; not one's own."""
    day = today()
    held = Membership.objects.filter(since__lte=day, unit__active=True, user__is_active=True)
    held = held.filter(Q(until=None) | Q(until__gte=day)).select_related("unit", "user").order_by("unit__path", "pk")
    return [m for m in held if m.user_id != (who.user.pk if who.user else None) and acting_as(m).may(WRITE)]


def inbox(who: Acting) -> QuerySet[HandOver]:
    """Hand-overs that wait for this person at this post."""
    rows = HandOver.objects.filter(taker=who.user, taker_unit=who.unit, state="offered")
    return rows.select_related("item", "giver", "giver_unit", "taker", "taker_unit")


def passed(who: Acting) -> QuerySet[HandOver]:
    """Hand-overs that this person gave or took, the latest first."""
    rows = HandOver.objects.filter(Q(giver=who.user) | Q(taker=who.user))
    return rows.select_related("item", "giver", "giver_unit", "taker", "taker_unit")


# --- the fold --------------------------------------------------------------------------------------------------
@dataclass
class Folded:
    """What the events of an item lead to: the columns of its row, derived."""

    state: str = "kept"
    version: int = 0
    sha256: str = ""
    unit: str = ""
    holder: str = ""
    expires_on: str | None = None
    title: str = ""
    holds: set[int] = field(default_factory=set)
    cases: set[str] = field(default_factory=set)
    _offer: dict[str, Any] = field(default_factory=dict)

    @property
    def held(self) -> bool:
        return bool(self.holds)


def fold(events: Iterable[Event]) -> Folded:
    """The item that a stream of events leads to."""
    out = Folded()
    for event in events:
        said = event.data
        match event.verb:
            case "take-in":
                out.unit, out.holder = said["unit"], said["holder"]
                out.title, out.expires_on = said["about"]["title"], said["expires_on"]
                out.version, out.sha256 = 1, said["content"]["sha256"]
                out.cases = set(said["cases"])
            case "new-version":
                out.version, out.sha256 = said["version"], said["content"]["sha256"]
            case "correct":
                out.title = said["changes"].get("title", [None, out.title])[1]
            case "retain":
                out.expires_on = said["expires_on"]
            case "hold":
                out.holds.add(said["hold"])
            case "lift":
                out.holds.discard(said["hold"])
            case "link":
                out.cases.add(said["case"])
            case "unlink":
                out.cases.discard(said["case"])
            case "offer":
                out.state, out._offer = "offered", said
            case "accept":
                out.state, out.unit, out.holder = "kept", out._offer["unit"], out._offer["taker"]
            case "refuse" | "withdraw":
                out.state = "kept"
            case "dispose":
                out.state = "disposed"
    return out


def taken_in_before(key: str, who: Acting) -> Event | None:
    """The taking in that somebody's same submission left, whose upload is used up by now."""
    before = event_of(key)
    same = before is not None and before.verb == "take-in" and before.user_id == (who.user.pk if who.user else None)
    return before if same else None
