"""Collections of topics (专题库): a tree of each unit's, whose nodes are shared queries or documents picked by hand.

Everybody who sees the unit sees its tree; people of the unit itself write it. Each change leaves an event. A topic
holds what stands below it, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Count

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.evidence.events.actions import Conflict, record
from jinzhi.apps.evidence.events.verb import Call, verb
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.patents.models import Document, SavedQuery, Topic, TopicItem
from jinzhi.apps.patents.refused import SearchRefused
from jinzhi.apps.patents.search.asking import Desk, above, bound, topic_paths, visible_topics
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.canonical import digest_value
from jinzhi.kernel.query import Query, QueryError
from jinzhi.kernel.streams import TOPIC

LONGEST = 60
#: an event names so many documents, and of more their number and digest
NAMED = 1000
MANY = 800
#: levels of a tree
DEEPEST = 8


@dataclass(frozen=True)
class Branch:
    """A topic in its tree: how deep it stands, its path of names, how many documents were picked into it by hand."""

    topic: Topic
    depth: int
    path: tuple[str, ...]
    picked: int


def tree(who: Acting) -> list[Branch]:
    """Every topic that somebody may see, unit by unit, each below its parent."""
    topics = visible_topics(who)
    paths = topic_paths(topics)
    counts = dict(
        TopicItem.objects.filter(topic__in=[t.pk for t in topics]).order_by().values_list("topic").annotate(Count("pk"))
    )
    ordered = sorted(topics, key=lambda t: (t.unit_path, paths[t.pk], t.pk))
    return [Branch(t, len(paths[t.pk]) - 1, paths[t.pk], counts.get(t.pk, 0)) for t in ordered]


def find(who: Acting, pk: int, *, gone: bool = False) -> Topic | None:
    """A topic, if somebody may see it; ``gone``: one that was removed."""
    rows = Topic.objects.visible_to(who).select_related("saved__unit", "saved__owner", "unit", "owner", "parent")
    rows = rows.exclude(removed_at=None) if gone else rows.filter(removed_at=None)
    return rows.filter(pk=pk).first()


def removed(who: Acting) -> list[Topic]:
    """The removed topics of one's own unit, the last first."""
    rows = Topic.objects.visible_to(who).filter(unit=who.unit).exclude(removed_at=None)
    return list(rows.select_related("unit", "parent").order_by("-removed_at", "-pk"))


def may_write(who: Acting, unit: Unit | None = None) -> bool:
    """Whether somebody writes the topics, tags and notes of a unit (their own): a signed-in person of it."""
    return who.user is not None and (unit is None or unit.pk == who.unit.pk)


def query_of(topic: Topic, desk: Desk) -> Query:
    """What a topic and those below it hold, as a query. Raises QueryError where one of its queries cannot be run."""
    return bound(Query(desk.topic(topic.pk)), desk)


def choices(who: Acting) -> list[SavedQuery]:
    """The shared queries of one's own unit: those that a topic can stand on."""
    rows = SavedQuery.objects.visible_to(who).filter(unit=who.unit, shared=True, removed_at=None)
    return list(rows.order_by("name"))


# --- writing ----------------------------------------------------------------------------------------------------


def _name(text: str) -> str:
    name = text.strip()
    if not name:
        raise SearchRefused("请写名称", "give it a name", "name")
    if len(name) > LONGEST:
        raise SearchRefused(f"名称最多 {LONGEST} 个字符", f"a name has at most {LONGEST} characters", "name")
    if found := next((sign for sign in '/@"“”*?#\n' if sign in name), None):
        raise SearchRefused(f"名称里不能有“{found}”", f"a name cannot hold {found!r}", "name")
    return name


def _signed_in(who: Acting, unit: Unit | None = None) -> None:
    if who.user is None:
        raise SearchRefused("修改专题库需要登录", "changing topics needs signing in")
    if not may_write(who, unit):
        raise SearchRefused(
            f"这是{unit.label if unit else ''}的专题，只有该单位的人可以修改",
            "only people of the unit itself may change its topics",
        )


def _standing(who: Acting, parent: Topic | None, saved: SavedQuery | None, topic: Topic | None = None) -> None:
    """What a topic stands under and on must be there, and must not be itself."""
    if saved is not None and not (saved.shared and saved.unit_id == who.unit.pk and saved.removed_at is None):
        raise SearchRefused(
            f"“{saved.name}”没有与本单位共享，不能作为专题内容", f"{saved.name} is not shared with the unit", "saved"
        )
    if parent is None:
        return
    if parent.unit_id != who.unit.pk or parent.removed_at is not None:
        raise SearchRefused("上级专题不属于本单位或已删除", "the topic above is not the unit's, or removed", "parent")
    topics = visible_topics(who)
    higher = [parent.pk, *above(parent, topics)]
    if topic is not None and topic.pk in higher:
        raise SearchRefused("专题不能放在自己之下", "a topic cannot stand below itself", "parent")
    if len(higher) >= DEEPEST:
        raise SearchRefused(f"专题库最多 {DEEPEST} 层", f"a tree has at most {DEEPEST} levels", "parent")


def _stored(topic: Topic) -> None:
    try:
        with transaction.atomic():
            topic.save()
    except IntegrityError:
        raise SearchRefused(
            f"这一级已有名为“{topic.name}”的专题", f"a topic called {topic.name} stands there already", "name"
        ) from None


def _runs(topic: Topic, who: Acting) -> None:
    """Raises SearchRefused, which undoes the writing, where the topic by now holds itself."""
    try:
        query_of(topic, Desk(who))
    except QueryError as e:
        raise SearchRefused(e.zh, e.en, "saved") from None


def said(topic: Topic) -> dict[str, object]:
    """What an event tells of a topic."""
    return {
        "name": topic.name, "about": topic.about, "parent": topic.parent.name if topic.parent else "",
        "query": topic.saved.name if topic.saved else "",
    }  # fmt: skip


def _writes(call: Call) -> None:
    _signed_in(call.who)
    if not call.who.may("plan.read"):
        raise SearchRefused("当前身份或令牌不能修改专题库", "this role or token changes no topics")


def _in_reach(call: Call) -> Topic:
    return _locked(call.subject, call.who, call.expected)


def _same_topic(call: Call, event: Event) -> Topic:
    rows = Topic.objects.unrestricted("the caller's own earlier submission").select_related("unit")
    return rows.get(pk=TOPIC.number(event.stream))


def _nothing(call: Call, event: Event) -> None:
    return None


def _counted(call: Call, event: Event) -> int:
    """How many documents an earlier submission concerned."""
    return int(event.data["count"])


@verb("patents", "create-topic", right=_writes, again=_same_topic, recorded=lambda call: "create")
def create(
    who: Acting,
    *,
    name: str,
    about: str = "",
    parent: Topic | None = None,
    saved: SavedQuery | None = None,
    key: str = "",
) -> Topic:
    """A new topic of one's own unit; the same form sent twice makes one. Raises SearchRefused, KeyReused."""
    name = _name(name)
    _standing(who, parent, saved)
    moment = now()
    topic = Topic(
        name=name, about=about.strip(), parent=parent, saved=saved, owner=who.user, unit=who.unit,
        unit_path=who.unit.path, created_at=moment, updated_at=moment,
    )  # fmt: skip
    _stored(topic)
    _runs(topic, who)
    record(topic.stream, "create", said(topic), who=who, on=today(), key=key)
    return topic


def _locked(topic: Topic, who: Acting, expected: int | None) -> Topic:
    rows = Topic.objects.visible_to(who).select_for_update(of=("self",))
    fresh = rows.select_related("unit", "parent", "saved__unit").filter(pk=topic.pk).first()
    if fresh is None:
        raise SearchRefused("此专题不在您的可见范围之内", "this topic is not one that you see")
    _signed_in(who, fresh.unit)
    if expected is not None and expected != fresh.version:
        raise Conflict(fresh.stream, expected, fresh.version)
    return fresh


def _changed(topic: Topic) -> None:
    topic.version += 1
    topic.updated_at = now()
    _stored(topic)


@verb("patents", "change-topic", right=_writes, lock=_in_reach, again=_same_topic, recorded=lambda call: "change")
def change(
    topic: Topic,
    who: Acting,
    *,
    name: str,
    about: str,
    parent: Topic | None,
    saved: SavedQuery | None,
    expected: int | None = None,
    key: str = "",
) -> Topic:
    """Rename, describe, move a topic, or let it stand on another query. Raises SearchRefused, Conflict."""
    before = said(topic)
    if saved is not None and topic.saved_id is None and topic.items.exists():
        raise SearchRefused(
            "专题里有手工挑选的文献，改为检索式之前请先移出它们",
            "documents were picked into it by hand: take them out before it stands on a query",
            "saved",
        )
    topic.name, topic.about, topic.parent, topic.saved = _name(name), about.strip(), parent, saved
    _standing(who, parent, saved, topic)
    if said(topic) == before:
        return topic
    _changed(topic)
    _runs(topic, who)
    record(
        topic.stream, "change", {"before": before, "after": said(topic)}, who=who, on=today(), key=key
    )  # fmt: skip
    return topic


@verb("patents", "remove-topic", right=_writes, lock=_in_reach, again=_nothing, recorded=lambda call: "remove")
def remove(topic: Topic, who: Acting, *, expected: int | None = None, key: str = "") -> None:
    """Take a topic away; it can be restored with what was picked into it. Raises SearchRefused, Conflict."""
    below = Topic.objects.unrestricted("what stands below a topic is of its unit").filter(parent=topic, removed_at=None)
    if count := below.count():
        raise SearchRefused(
            f"下面还有 {count} 个专题，请先移动或删除它们", f"{count} topics stand below it: move or remove them first"
        )
    topic.removed_at = now()
    _changed(topic)
    record(topic.stream, "remove", {"name": topic.name}, who=who, on=today(), key=key)


@verb("patents", "restore-topic", right=_writes, lock=_in_reach, again=_nothing, recorded=lambda call: "restore")
def restore(topic: Topic, who: Acting, *, key: str = "") -> None:
    """Bring a removed topic back to its place. Raises SearchRefused where that is taken or gone."""
    if topic.removed_at is None:
        return
    if topic.parent is not None and topic.parent.removed_at is not None:
        raise SearchRefused(f"请先恢复它的上级“{topic.parent.name}”", f"restore {topic.parent.name} above it first")
    if topic.saved is not None and topic.saved.removed_at is not None:
        raise SearchRefused(
            f"请先恢复已存检索“{topic.saved.name}”", f"restore the saved query {topic.saved.name} first"
        )
    topic.removed_at = None
    _changed(topic)
    record(topic.stream, "restore", {"name": topic.name}, who=who, on=today(), key=key)


def named(numbers: Sequence[str]) -> dict[str, object]:
    """Documents as an event names them: all numbers, or how many and the digest of the sorted list."""
    numbers = sorted(numbers)
    if len(numbers) <= NAMED:
        return {"count": len(numbers), "numbers": list(numbers)}
    return {"count": len(numbers), "sha256": digest_value(list(numbers)).sha256}


def numbers_of(ids: Iterable[int]) -> list[str]:
    """The publication numbers of documents."""
    wanted = sorted(set(ids))
    found: list[str] = []
    for at in range(0, len(wanted), MANY):
        found += Document.objects.filter(pk__in=wanted[at : at + MANY]).values_list("number", flat=True)
    return found


@verb("patents", "pick", right=_writes, lock=_in_reach, again=_counted)
def pick(topic: Topic, who: Acting, ids: Iterable[int], *, key: str = "") -> int:
    """Put documents into a topic; how many were not in it. Raises SearchRefused for a topic that is a query."""
    if topic.saved is not None:
        raise SearchRefused(
            f"专题“{topic.name}”由检索式“{topic.saved.name}”组成，不能手工加入",
            f"the topic {topic.name} is what a query finds: nothing can be put in by hand",
        )
    held = set(topic.items.values_list("document_id", flat=True))
    new = sorted(set(ids) - held)
    if not new:
        return 0
    moment = now()
    TopicItem.objects.bulk_create(
        [TopicItem(topic=topic, document_id=pk, user=who.user, at=moment) for pk in new], batch_size=MANY
    )
    _changed(topic)
    record(topic.stream, "pick", named(numbers_of(new)), who=who, on=today(), key=key)
    return len(new)


@verb("patents", "take-out", right=_writes, lock=_in_reach, again=_counted)
def take_out(topic: Topic, who: Acting, ids: Iterable[int], *, key: str = "") -> int:
    """Take documents out of a topic; how many were in it."""
    held = set(topic.items.values_list("document_id", flat=True)) & set(ids)
    if not held:
        return 0
    gone = sorted(held)
    for at in range(0, len(gone), MANY):
        topic.items.filter(document_id__in=gone[at : at + MANY]).delete()
    _changed(topic)
    record(topic.stream, "take-out", named(numbers_of(gone)), who=who, on=today(), key=key)
    return len(gone)


def past(topic: Topic) -> list[Event]:
    """What happened to a topic, the last first."""
    return list(Event.objects.filter(stream=topic.stream).select_related("unit").order_by("-seq"))
