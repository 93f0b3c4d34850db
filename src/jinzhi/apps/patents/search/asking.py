"""In whose name a query is read: their history, the saved queries they may see, and tags, topics and notes.

Tags, topics and notes differ by who asks, so no index holds them: they are put into the query as sets of documents
before an engine sees it (``kernel.query.Keeper``). The definition itself decides what a word in a tag or note finds,
over small documents made of the rows that the asker may see. So every engine agrees, and none can tell too much.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import cached_property

from django.db.models import Q

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.patents.models import HistoryEntry, Note, SavedQuery, Tagging, Topic, TopicItem
from jinzhi.engines.characters import variants
from jinzhi.engines.query_language.parse import parse
from jinzhi.engines.search_memory import SearchRecord, key_text, records, search
from jinzhi.kernel.query import (
    WILDCARDS,
    And,
    Doc,
    Freq,
    History,
    Ids,
    Node,
    Or,
    Prox,
    Query,
    QueryError,
    QueryNot,
    QueryTerm,
    Saved,
    Xor,
    any_of,
    check_leaf,
    get_field,
    leaves,
    resolved,
    stored_fields,
    wildcard_test,
)
from jinzhi.kernel.tokens import fold

#: characters of a tag as it is compared
KEY_LENGTH = 60
#: fields of what people write, which the resolver answers for
WRITTEN = frozenset({"tag", "topic", "note"})
#: fields that need a concordance between patent classes and another classification, of which none is kept here
UNKNOWN = frozenset({"nic", "sei"})


class Desk:
    """What one searcher's queries may refer to. ``who`` None: nobody in particular, who has nothing.

    ``remembered``: the history of a visitor, by number. Everything is read once, when first asked for.
    """

    fields = WRITTEN | UNKNOWN

    def __init__(self, who: Acting | None = None, remembered: Mapping[int, str] | None = None):
        self.who, self.remembered = who, remembered
        self._history: dict[int, Query | None] = {}

    # --- references

    def history(self, number: int) -> Query | None:
        """The searcher's query of that number."""
        if number not in self._history:
            text = self._past(number)
            self._history[number] = None if text is None else parse(text)
        return self._history[number]

    def _past(self, number: int) -> str | None:
        if self.who is not None and self.who.user is not None:
            past = HistoryEntry.objects.filter(user=self.who.user, number=number).first()
            return past.text if past else None
        if self.remembered is None:
            raise QueryError(
                "检索历史是每个人自己的：请登录后使用 #号；命令行请加 --as 用户名",
                "history is each person's own: sign in to use # and a number; on the console add --as USER",
            )
        return self.remembered.get(number)

    def saved(self, name: str) -> Query | None:
        """The query of that name: the searcher's own, else the unit's; ``name@unit`` one shared by another unit."""
        row = self.saved_row(name)
        if row is None:
            return None
        read = parse(row.text)
        # what a shared query refers to is shared by its unit, whatever the reader calls so
        return replace(read, root=_of_unit(read.root, row.unit.code)) if row.shared else read

    def saved_row(self, name: str) -> SavedQuery | None:
        """The row of a name, as ``saved`` finds it. Raises QueryError for who is not signed in and so has none.

        What a unit shares is named with its unit by topics and by shared queries: a visitor reads it, too.
        """
        if self.who is None or (self.who.user is None and "@" not in name):
            raise QueryError(
                "已存检索需要登录后使用；命令行请加 --as 用户名",
                "saved queries need signing in; on the console add --as USER",
            )
        head, sign, unit = name.rpartition("@")
        if sign:
            return next((r for r in self._saved if r.shared and r.name == head and r.unit.code == unit), None)
        user = self.who.user
        own = (r for r in self._saved if r.name == name and user is not None and r.owner_id == user.pk)
        units = (r for r in self._saved if r.name == name and r.shared and r.unit_id == self.who.unit.pk)
        return next(own, None) or next(units, None)

    @cached_property
    def _saved(self) -> list[SavedQuery]:
        return visible_saved(self.who) if self.who is not None else []

    # --- fields that differ by who asks

    def kept(self, node: QueryTerm | Prox | Freq) -> Node:
        """See ``kernel.query.Keeper``. Raises QueryError with what to do."""
        codes = {code for leaf in leaves(node) if isinstance(leaf, QueryTerm) for code in stored_fields(leaf)}
        for code in sorted(codes & UNKNOWN):
            field = get_field(code)
            raise QueryError(
                f"“{field.zh}（{code}）”不能检索：库中没有专利分类与它的对照表，请改用 ipc",
                f"{field.en} ({code}) cannot be searched: no concordance of patent classes with it is here; use ipc",
                node.at,
            )
        if self.who is None:
            raise QueryError(
                "标引、专题、备注是各单位自己的：请登录后检索；命令行请加 --as 用户名",
                "tags, topics and notes are each unit's own: sign in; on the console add --as USER",
                node.at,
            )
        if codes == {"topic"} and isinstance(node, QueryTerm):
            check_leaf(node)
            return self._topic(node)
        if codes == {"tag"} and isinstance(node, QueryTerm):
            check_leaf(node)
            key = fold(node.text).strip()
            # what the definition says of a whole value, asked of the database; a key is never longer than its column
            plain = node.as_written or not variants(key)
            if plain and not WILDCARDS & set(node.text) and len(key) < KEY_LENGTH:
                rows = Tagging.objects.visible_to(self.who).filter(key=key)
                return Ids(frozenset(rows.values_list("document_id", flat=True)), node, node.at)
        return Ids(frozenset(search(node, self._written)), node, node.at)

    @cached_property
    def _written(self) -> list[SearchRecord]:
        """Tags and notes that the searcher may see, as documents of their own."""
        assert self.who is not None
        tags: dict[int, list[str]] = {}
        notes: dict[int, list[str]] = {}
        for pk, name in Tagging.objects.visible_to(self.who).order_by("pk").values_list("document_id", "name"):
            tags.setdefault(pk, []).append(name)
        kept = Note.objects.visible_to(self.who).filter(removed_at=None).order_by("pk")
        for pk, text in kept.values_list("document_id", "text"):
            notes.setdefault(pk, []).append(text)
        docs = []
        for pk in sorted(tags.keys() | notes.keys()):
            keys = {"tag": tuple(tags.get(pk, ())), "note": tuple(notes.get(pk, ()))}
            docs.append(Doc(pk, str(pk), keys={code: values for code, values in keys.items() if values}))
        return records(docs)

    def _topic(self, node: QueryTerm) -> Node:
        """What the topics of a name, path or path@unit hold, with all below them."""
        names = topic_paths(self._topics)
        asked = key_text(node.text, node.as_written)
        test = wildcard_test(asked) if WILDCARDS & set(asked) else asked.__eq__
        chosen = set()
        for t in self._topics:
            path = "/".join(names[t.pk])
            if any(test(key_text(one, node.as_written)) for one in (t.name, path, f"{path}@{t.unit.code}")):
                chosen.add(t.pk)
        if not chosen:
            near = get_close_matches(asked, [t.name for t in self._topics], n=4, cutoff=0.3)
            raise QueryError(
                f"没有您能看到的专题“{node.text}”" + (f"，是否为：{'、'.join(near)}" if near else ""),
                f"there is no topic “{node.text}” that you may see"
                + (f"; did you mean {', '.join(near)}?" if near else ""),
                node.at,
                node.at + len(node.text),
            )
        return self._held(chosen, node)

    def topic(self, pk: int) -> Node:
        """What a topic and those below it hold; references are still to be put in (``bound``)."""
        return self._held({pk}, QueryTerm("/".join(topic_paths(self._topics)[pk]), ("topic",), phrase=True))

    def _held(self, chosen: set[int], node: QueryTerm) -> Node:
        members = [t for t in self._topics if t.pk in chosen or chosen & set(above(t, self._topics))]
        picked = [pk for t in members if t.saved_id is None for pk in self._picked.get(t.pk, ())]
        parts: list[Node] = [Ids(frozenset(picked), node, node.at)]
        parts += [Saved(reference(t.saved), node.at) for t in members if t.saved is not None]
        return any_of(parts, node.at)

    @cached_property
    def _picked(self) -> dict[int, list[int]]:
        """The documents picked by hand into each topic."""
        found: dict[int, list[int]] = {}
        rows = TopicItem.objects.filter(topic__in=[t.pk for t in self._topics if t.saved_id is None])
        for topic, document in rows.order_by().values_list("topic", "document_id"):
            found.setdefault(topic, []).append(document)
        return found

    @cached_property
    def _topics(self) -> list[Topic]:
        assert self.who is not None
        return visible_topics(self.who)


def visible_saved(who: Acting) -> list[SavedQuery]:
    """The saved queries that somebody may see: all of their own, and what units within reach share."""
    shared = SavedQuery.objects.visible_to(who).filter(shared=True, removed_at=None)
    rows = SavedQuery.objects.unrestricted("one's own queries, and those that visible_to lets through").filter(
        Q(owner=who.user) | Q(pk__in=shared.values("pk")) if who.user else Q(pk__in=shared.values("pk"))
    )
    return list(rows.filter(removed_at=None).select_related("unit", "owner").order_by("name", "pk"))


def visible_topics(who: Acting) -> list[Topic]:
    """The topics that somebody may see, with their queries, in the order of names."""
    rows = Topic.objects.visible_to(who).filter(removed_at=None).select_related("saved__unit", "unit", "owner")
    return list(rows.order_by("unit_path", "name", "pk"))


def topic_paths(topics: Iterable[Topic]) -> dict[int, tuple[str, ...]]:
    """For each topic the names from the root to it."""
    by_id = {t.pk: t for t in topics}
    return {pk: (*(by_id[one].name for one in reversed(above(t, by_id.values()))), t.name) for pk, t in by_id.items()}


def above(topic: Topic, topics: Iterable[Topic]) -> list[int]:
    """The topics above one, nearest first; a circle of parents ends where it closes."""
    parents = {t.pk: t.parent_id for t in topics}
    found: list[int] = []
    at = topic.parent_id
    while at is not None and at in parents and at not in found:
        found.append(at)
        at = parents[at]
    return found


def reference(row: SavedQuery) -> str:
    """How a query names a saved one whoever reads it."""
    return f"{row.name}@{row.unit.code}" if row.shared else row.name


def _of_unit(node: Node, unit: str) -> Node:
    """The tree with the saved queries that it names meant as those of a unit."""
    match node:
        case Saved() if "@" not in node.name:
            return replace(node, name=f"{node.name}@{unit}")
        case And() | Or() | Xor():
            return replace(node, items=tuple(_of_unit(item, unit) for item in node.items))
        case QueryNot() | Freq():
            return replace(node, inner=_of_unit(node.inner, unit))
        case Prox():
            return replace(node, left=_of_unit(node.left, unit), right=_of_unit(node.right, unit))
        case _:
            return node


def bound(query: Query, desk: Desk) -> Query:
    """The query with everything that it refers to put in, as an engine takes it. Raises QueryError with the place."""
    return replace(query, root=resolved(query.root, desk))


def refers(node: Node) -> bool:
    """Whether what a query finds depends on who asks it."""
    for leaf in leaves(node):
        if isinstance(leaf, (History, Saved)):
            return True
        if isinstance(leaf, QueryTerm) and WRITTEN & set(stored_fields(leaf)):
            return True
    return False
