"""The demonstration's patents obey cause and law: nobody cites what came later, no right outlives its term."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.patents.models import Document, Event, LegalState
from jinzhi.demo import patents
from jinzhi.demo.patents import make_patents
from jinzhi.kernel.patent import LegalEvent
from jinzhi.kernel.patent import PatentDocument as Patent
from jinzhi.standards.cn_terms import term


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker) -> tuple[list[Patent], list[LegalEvent]]:
    with django_db_blocker.unblock():
        told = list(patents.rights(4000))
    return [d for documents, _ in told for d in documents], [e for _, events in told for e in events]


def test_no_document_cites_one_that_was_published_later(made) -> None:
    documents, _ = made
    days = {d.publication_number: d.publication_date for d in documents}
    cited = [(d, c.number) for d in documents for c in d.citations]
    assert len(cited) > 1000
    assert [(d.publication_number, number) for d, number in cited if not days[number] < d.filing_date] == []


def test_nothing_is_announced_of_a_right_whose_term_is_over_or_before_it_is_published(made) -> None:
    documents, events = made
    filed = {d.application_number: d for d in documents}
    first = {}
    for d in documents:
        first[d.application_number] = min(d.publication_date, first.get(d.application_number, date.max))
    for event in events:
        own = filed[event.application_number]
        limit = term("CN", own.application_type, own.filing_date)
        assert limit is not None and event.publication_date < limit.ends
        assert event.publication_date >= first[event.application_number]


def test_the_announcements_of_a_right_stand_in_the_order_of_their_days(made) -> None:
    told: dict[str, list[LegalEvent]] = {}
    for event in made[1]:
        told.setdefault(event.application_number, []).append(event)
    assert all(a.publication_date <= b.publication_date for some in told.values() for a, b in pairwise(some))
    after_the_end = [b.name for some in told.values() for a, b in pairwise(some) if a.code == "H01"]
    assert set(after_the_end) <= {"专利权的恢复"}


def test_no_utility_model_or_design_of_the_demonstration_stands_past_its_term(db, settings, tmp_path) -> None:
    settings.JINZHI_STORE = tmp_path
    make_patents(1500, index=False)
    assert Event.objects.exists()
    for row in Document.objects.filter(state__in=(LegalState.IN_FORCE, LegalState.UNCONFIRMED), granted__isnull=False):
        limit = term(row.country, row.type, row.filed)
        assert limit is None or limit.ends > today(), row.number
    assert Document.objects.filter(state_why__startswith="届满（推算）").exists()
