"""The cases that stand beside one: how, and as much of them as the reader may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Case, CaseLink
from jinzhi.apps.cases.queries import links_of, procedure_of, visible_among
from jinzhi.kernel.text import Words
from jinzhi.web.ui.language import named, speak
from jinzhi.web.ui.states import Tag

#: what the other case is to this one, where this one made the link and where the other did
HOW = {
    "child": (Words("下级", "Below"), Words("上级", "Above")),
    "successor": (Words("后续", "Follows"), Words("前案", "Before")),
    "sibling": (Words("并行", "Beside"), Words("并行", "Beside")),
    "partner": (Words("同案", "The same elsewhere"), Words("同案", "The same elsewhere")),
}


@dataclass(frozen=True)
class LinkedCase:
    """Another case; without ``href`` the reader may know its number and its matter, no more."""

    how: str
    name: str
    href: str
    state: Tag | None


def linked_cases(case: Case, who: Acting) -> list[LinkedCase]:
    """The cases linked to one, in the order in which they were linked."""
    pairs = [(link, link.beside(case)) for link in links_of(case)]
    return list(_shown(case, pairs, visible_among([other for _, other in pairs], who)))


def _shown(case: Case, pairs: list[tuple[CaseLink, Case]], seen: set[int]) -> Iterator[LinkedCase]:
    for link, other in pairs:
        procedure = procedure_of(other)
        how = HOW[link.link][0 if link.case_id == case.pk else 1]
        if other.pk in seen:
            state = procedure.find_state(other.state)
            tag = Tag(state.zh, state.en, state.tone) if state else None
            yield LinkedCase(speak(how), f"{other.number} {other.title}", reverse("case", args=[other.pk]), tag)
        else:
            yield LinkedCase(speak(how), f"{other.number} {named(procedure)}", "", None)
