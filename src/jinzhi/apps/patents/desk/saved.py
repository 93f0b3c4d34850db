"""Saved queries: written, shared, renamed, removed and restored. What is shared leaves an event; what is one's own not.

A saved query never refers to history, which is one person's and can be deleted: on saving, ``#n`` is written out. A
shared one refers only to shared ones, so that it means the same to everybody who may see it (but for tags, topics and
notes, which are always those of who asks).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.evidence.events.actions import Conflict, record
from jinzhi.apps.evidence.events.verb import Call, verb
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.patents.models import Alert, SavedQuery, Topic
from jinzhi.apps.patents.refused import SearchRefused
from jinzhi.apps.patents.search.asking import Desk, bound, visible_saved
from jinzhi.engines.query_language.parse import parse
from jinzhi.engines.query_language.unparse import unparse
from jinzhi.kernel.query import (
    And,
    History,
    Node,
    Or,
    QueryError,
    QueryNot,
    Saved,
    Xor,
    all_of,
    any_of,
    check,
    leaves,
    one_of,
)
from jinzhi.kernel.streams import SAVED_QUERY

#: what cannot stand in a name: signs of the language, and @, which names another unit's
WRONG = re.compile(r"[\"“”„「」『』@#=]|\s{2,}|[\r\n\t]")
LONGEST = 80


def doneof(text: str) -> str:
    """A name as it is kept. Raises SearchRefused."""
    name = text.strip()
    if not name:
        raise SearchRefused("请写名称", "give it a name", "name")
    if len(name) > LONGEST:
        raise SearchRefused(f"名称最多 {LONGEST} 个字符", f"a name has at most {LONGEST} characters", "name")
    if found := WRONG.search(name):
        raise SearchRefused(
            f"名称里不能有“{found[0].strip() or '换行或连续空格'}”",
            f"a name cannot hold {found[0]!r}",
            "name",
        )
    return name


def text_of(text: str, desk: Desk) -> str:
    """A query as it is kept: readable, runnable, without history. Raises SearchRefused with the place."""
    text = text.strip()
    if not text:
        raise SearchRefused("请写检索式", "write the query", "text")
    try:
        query = parse(text)
        check(bound(query, desk).root)
        if any(isinstance(leaf, History) for leaf in leaves(query.root)):
            return unparse(_written_out(query.root, desk))
    except QueryError as e:
        raise SearchRefused(e.zh, e.en, "text", e.at, e.end) from None
    return text


def _written_out(node: Node, desk: Desk) -> Node:
    """The tree with history put in; saved queries, tags and topics stay names. That it has no circle was checked."""
    match node:
        case History():
            found = desk.history(node.number)
            assert found is not None
            return _written_out(found.root, desk)
        case And():
            return all_of([_written_out(item, desk) for item in node.items], node.at)
        case Or():
            return any_of([_written_out(item, desk) for item in node.items], node.at)
        case Xor():
            return one_of([_written_out(item, desk) for item in node.items], node.at)
        case QueryNot():
            return QueryNot(_written_out(node.inner, desk), node.at)
        case _:
            return node


def names_in(text: str) -> set[str]:
    """The saved queries that a text refers to; none of one that cannot be read any more."""
    try:
        root = parse(text).root
    except QueryError:
        return set()
    return {leaf.name for leaf in leaves(root) if isinstance(leaf, Saved)}


def said(row: SavedQuery) -> dict[str, object]:
    """What an event tells of a shared query."""
    return {"name": row.name, "text": row.text, "about": row.about, "owner": str(row.owner), "unit": row.unit.code}


# --- writing ----------------------------------------------------------------------------------------------------


def _signs(call: Call) -> None:
    _signed_in(call.who)
    if not call.who.may("plan.read"):
        raise SearchRefused("当前身份或令牌不能保存检索", "this role or token saves no queries")


def _own(call: Call) -> SavedQuery:
    return _locked(call.subject, call.who, call.expected)


def _same_query(call: Call, event: Event) -> SavedQuery:
    rows = SavedQuery.objects.unrestricted("the caller's own earlier submission").select_related("unit", "owner")
    return rows.get(pk=SAVED_QUERY.number(event.stream))


@verb("patents", "keep-query", right=_signs, again=_same_query, recorded=lambda call: "share")
def keep(who: Acting, *, name: str, text: str, about: str = "", shared: bool = False, key: str = "") -> SavedQuery:
    """A new saved query. Raises SearchRefused, KeyReused."""
    name = doneof(name)
    kept = text_of(text, Desk(who))
    made = _earlier(who, name, kept, about.strip(), shared)
    if made is not None:
        return made
    moment = now()
    row = SavedQuery(
        name=name, text=kept, about=about.strip(), owner=who.user, shared=shared, unit=who.unit,
        unit_path=who.unit.path, created_at=moment, updated_at=moment,
    )  # fmt: skip
    _checked(row, who)
    _stored(row)
    _no_circle(row, who)
    if shared:
        record(row.stream, "share", said(row), who=who, on=today(), key=key)
    return row


def _earlier(who: Acting, name: str, text: str, about: str, shared: bool) -> SavedQuery | None:
    """What the same form made a moment ago: a form sent twice makes one."""
    rows = SavedQuery.objects.unrestricted("one's own queries").filter(owner=who.user, name=name, removed_at=None)
    row = rows.select_related("unit").first()
    same = row is not None and (row.text, row.about, row.shared) == (text, about, shared)
    return row if same else None


@verb("patents", "change-query", right=_signs, lock=_own, again=_same_query, recorded=lambda call: "change")
def change(
    row: SavedQuery,
    who: Acting,
    *,
    name: str,
    text: str,
    about: str,
    shared: bool,
    expected: int | None = None,
    key: str = "",
) -> SavedQuery:
    """Change one's own saved query. Raises SearchRefused, Conflict."""
    before = (row.name, row.text, row.about, row.shared)
    was = said(row)
    new = (doneof(name), text_of(text, Desk(who)), about.strip(), shared)
    if before == new:
        return row
    if before[0] != new[0] or (row.shared and not shared):
        _unreferenced(row)
    if row.shared and not shared:
        _no_topic(row)
    row.name, row.text, row.about, row.shared = new
    _checked(row, who)
    row.version += 1
    row.updated_at = now()
    _stored(row)
    _no_circle(row, who)
    if row.shared or before[3]:
        done = "change" if row.shared and before[3] else "share" if row.shared else "unshare"
        event: Mapping[str, object] = said(row) if done != "change" else {"before": was, "after": said(row)}
        record(row.stream, done, event, who=who, on=today(), key=key)
    return row


@verb("patents", "remove-query", right=_signs, lock=_own, again=_same_query, recorded=lambda call: "remove")
def remove(row: SavedQuery, who: Acting, *, expected: int | None = None, key: str = "") -> SavedQuery:
    """Take a saved query away; it can be restored. Raises SearchRefused, Conflict."""
    _no_topic(row)
    row.removed_at = row.updated_at = now()
    row.version += 1
    row.save()
    if row.shared:
        record(row.stream, "remove", {"name": row.name}, who=who, on=today(), key=key)
    return row


@verb("patents", "restore-query", right=_signs, lock=_own, again=_same_query, recorded=lambda call: "restore")
def restore(row: SavedQuery, who: Acting, *, key: str = "") -> SavedQuery:
    """Bring a removed query back. Raises SearchRefused where its name is taken by now."""
    if row.removed_at is None:
        return row
    row.removed_at = None
    row.version += 1
    row.updated_at = now()
    _stored(row)
    if row.shared:
        record(row.stream, "restore", {"name": row.name}, who=who, on=today(), key=key)
    return row


def _signed_in(who: Acting) -> None:
    if who.user is None:
        raise SearchRefused("保存检索需要登录", "saving needs signing in")


def _locked(row: SavedQuery, who: Acting, expected: int | None) -> SavedQuery:
    _signed_in(who)
    rows = SavedQuery.objects.unrestricted("one's own queries").select_for_update(of=("self",))
    fresh = rows.select_related("unit", "owner").filter(pk=row.pk, owner=who.user).first()
    if fresh is None:
        raise SearchRefused(
            f"“{row.name}”属于{row.owner}，只有本人可以更改；您可以另存一份",
            f"{row.name} belongs to {row.owner}, who alone may change it; you may save a copy",
        )
    if expected is not None and expected != fresh.version:
        raise Conflict(fresh.stream, expected, fresh.version)
    return fresh


def _checked(row: SavedQuery, who: Acting) -> None:
    """A shared query refers to shared ones only."""
    if not row.shared:
        return
    desk = Desk(who)
    for name in sorted(names_in(row.text)):
        other = desk.saved_row(name)
        if other is not None and not (other.shared and ("@" in name or other.unit_id == row.unit_id)):
            raise SearchRefused(
                f"引用了没有共享的 ##{name}，请先共享它，或把它的内容写进检索式",
                f"it refers to ##{name}, which is not shared: share that first, or write out what it says",
                "text",
            )


def _stored(row: SavedQuery) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise SearchRefused(
            f"已有名为“{row.name}”的已存检索" + ("（本单位共享的）" if row.shared else "") + "，请换一个名称",
            f"a saved query called {row.name} exists: choose another name",
            "name",
        ) from None


def _no_circle(row: SavedQuery, who: Acting) -> None:
    """Raises SearchRefused, which undoes the writing, where the query by now refers to itself."""
    try:
        bound(parse(f'##"{row.name}"'), Desk(who))
    except QueryError as e:
        raise SearchRefused(e.zh, e.en, "text") from None


def _no_topic(row: SavedQuery) -> None:
    """Raises SearchRefused where topics stand on a query that is to go."""
    held = list(Topic.objects.unrestricted("a query that topics stand on").filter(saved=row, removed_at=None))
    if held:
        names = "、".join(t.name for t in held)
        raise SearchRefused(
            f"专题“{names}”以它为内容，请先更改专题", f"the topics {names} stand on it: change them first"
        )


def _unreferenced(row: SavedQuery) -> None:
    """Raises SearchRefused where others refer to a query whose name is to go."""
    rows = SavedQuery.objects.unrestricted("who refers to a name that is to go").filter(removed_at=None)
    near = rows.filter(Q(owner=row.owner) | Q(unit=row.unit) | Q(text__contains="@")).exclude(pk=row.pk)
    known = {row.name, f"{row.name}@{row.unit.code}"}
    count = sum(1 for other in near.filter(text__contains=row.name) if known & names_in(other.text))
    if count:
        raise SearchRefused(
            f"有 {count} 个已存检索引用 ##{row.name}，改名或取消共享会使它们失效，请先更改它们",
            f"{count} saved queries refer to ##{row.name}: change them before it is renamed or unshared",
            "name",
        )


# --- reading ----------------------------------------------------------------------------------------------------


def listed(who: Acting) -> list[SavedQuery]:
    """What somebody may use, by name."""
    return visible_saved(who)


def removed(who: Acting) -> list[SavedQuery]:
    """One's own removed queries, the last first."""
    rows = SavedQuery.objects.unrestricted("one's own queries").filter(owner=who.user).exclude(removed_at=None)
    return list(rows.select_related("unit", "owner").order_by("-removed_at", "-pk")) if who.user else []


def find(who: Acting, pk: int, *, gone: bool = False) -> SavedQuery | None:
    """A saved query, if somebody may see it; ``gone``: one of one's own removed ones."""
    return next((row for row in (removed(who) if gone else listed(who)) if row.pk == pk), None)


def uses(rows: list[SavedQuery]) -> dict[int, int]:
    """How many people watch each."""
    counted = Alert.objects.filter(saved__in=[row.pk for row in rows]).order_by()
    return dict(counted.values_list("saved").annotate(Count("pk")))


def past(row: SavedQuery) -> list[Event]:
    """What happened to a shared query, oldest first."""
    return list(Event.objects.filter(stream=row.stream).order_by("seq"))
