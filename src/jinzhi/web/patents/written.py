"""What people wrote on a document, for its page: tags, notes and the topics that it was picked into."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from jinzhi.apps.patents.desk.collections import may_write, tree
from jinzhi.apps.patents.desk.notes import notes_of, own_names, tags_of
from jinzhi.apps.patents.models import Document, Note, Tagging, TopicItem
from jinzhi.web.patents.address import query_string
from jinzhi.web.shell.requests import PageRequest


def tag_text(name: str) -> str:
    """The query that asks for a tag."""
    return f'tag="{name}"'


@dataclass(frozen=True)
class Written:
    """What people wrote on a document, as far as one sees, and what one may write."""

    number: str
    tags: list[tuple[Tagging, str, bool]]
    notes: list[tuple[Note, bool]]
    topics: list[tuple[str, str]]
    writes: bool
    own_tags: list[str]
    lists: list[tuple[int, str]]


def written_of(request: PageRequest, document: Document) -> Written:
    """Tags, notes and topics of a document for its page."""
    who = request.acting
    user = who.user
    branches = tree(who)
    held = set(TopicItem.objects.filter(document=document).values_list("topic_id", flat=True))
    mine = [b for b in branches if b.topic.unit_id == who.unit.pk and b.topic.saved_id is None]
    return Written(
        document.number,
        [
            (
                t,
                f"{reverse('patents')}{query_string(tag_text(t.name), ())}",
                user is not None and t.unit_id == who.unit.pk,
            )
            for t in tags_of(who, document)
        ],
        [(n, user is not None and n.owner_id == user.pk) for n in notes_of(who, document)],
        [("/".join(b.path), reverse("patents-topic", args=[b.topic.pk])) for b in branches if b.topic.pk in held],
        may_write(who),
        own_names(who) if user is not None else [],
        [(b.topic.pk, "/".join(b.path)) for b in mine if b.topic.pk not in held] if user is not None else [],
    )
