"""A hit beside the list of hits: what one looks at before opening the document."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString

from jinzhi.apps.patents.models import Document
from jinzhi.apps.patents.search.result import Search
from jinzhi.apps.patents.store.documents import index_docs
from jinzhi.kernel.patent import Claim
from jinzhi.web.patents.address import joined, state_tag
from jinzhi.web.patents.marks import Alternative, Marked
from jinzhi.web.patents.words import district_names
from jinzhi.web.ui.states import Tag


@dataclass(frozen=True)
class Preview:
    """A document in short, with the places where the query finds it."""

    row: Document
    title: SafeString | str
    state: Tag
    applicants: SafeString
    classes: str
    district: str
    abstract: SafeString | None
    claim: Claim | None
    claim_text: SafeString | None
    counted: list[Alternative]
    href: str


def preview_of(number: str, search: Search | None, suffix: str) -> Preview:
    """The document of a number as printed; ``suffix`` hands the search on to its page. Raises DoesNotExist."""
    row = Document.objects.get(number=number)
    marked = Marked(next(index_docs([row])), search.plan if search else None)
    content = row.content
    doc = marked.record.doc
    titles = doc.text.get("ti", ())
    abstracts = doc.text.get("ab", ())
    at = min(marked.pieces("ab"), default=0)
    first = content.claims[0] if content.claims else None
    return Preview(
        row,
        marked.show("ti", titles.index(row.title), row.title) if row.title in titles else row.title or row.number,
        state_tag(row),
        joined(marked, "pa", doc.keys.get("pa", ())),
        "，".join(doc.keys.get("ipc", ())[:6]),
        district_names().get(row.district, row.district),
        marked.show("ab", at, abstracts[at]) if abstracts else None,
        first,
        marked.show("clm", 0, first.text) if first else None,
        marked.counted(),
        reverse("patent", args=[row.number]) + suffix,
    )
