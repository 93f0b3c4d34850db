"""A witness that many ask at once, on a server with real concurrency. Run by test_postgres.py."""

from __future__ import annotations

import pytest
from django.db import connection

from jinzhi.apps.evidence.models import Witnessed
from jinzhi.apps.evidence.witness import witnesses, witnessing
from jinzhi.apps.evidence.witness.witnesses import KnownLog, Witnesses
from jinzhi.engines import signing
from tests.apps.test_witnessing import NAME, ORIGIN, Tree
from tests.postgres.on_postgres import race


@pytest.fixture
def logs(django_db_setup, django_db_blocker, settings, tmp_path):
    """Trees of one log, in years of their own: what is committed here stays."""
    settings.JINZHI_WITNESSES = tmp_path / "witnesses.json"
    keys = signing.load_or_make(tmp_path / "log", ORIGIN)
    witnesses.save(Witnesses(NAME, (KnownLog(ORIGIN, keys.vkeys),)))
    with django_db_blocker.unblock():
        assert connection.vendor == "postgresql"
        witnesses.signer(witnesses.load())
        yield lambda year, fork=10**9: Tree(keys, origin=f"{ORIGIN}/{year}/sha256", fork=fork)


def test_nothing_is_witnessed_yet(db):
    # also what makes pytest-django create the database where this file runs alone
    assert connection.vendor == "postgresql"
    assert not Witnessed.objects.exists()


def answers(bodies: list[bytes]) -> list[int]:
    """The status of each of several requests made at the same moment."""
    got = race(len(bodies), lambda n: witnessing.add_checkpoint(bodies[n]))
    for one in got:
        assert isinstance(one, (str, witnessing.CosignRefused)), one
    return sorted(200 if isinstance(one, str) else one.status for one in got)


@pytest.mark.parametrize("again", range(5))
def test_of_two_branches_of_a_new_log_one_is_cosigned(logs, again):
    one, two = logs(3000 + again), logs(3000 + again, fork=0)
    assert answers([one.ask(0, 4), two.ask(0, 4), one.ask(0, 5), two.ask(0, 6)]) == [200, 409, 409, 409]


@pytest.mark.parametrize("again", range(5))
def test_of_two_branches_of_a_known_log_one_is_cosigned(logs, again):
    one, two = logs(4000 + again), logs(4000 + again, fork=5)
    witnessing.add_checkpoint(one.ask(0, 5))
    statuses = answers([one.ask(5, 8), two.ask(5, 8), one.ask(5, 9), two.ask(5, 7)])
    assert statuses == [200, 409, 409, 409]
    kept = Witnessed.objects.get(origin=one.origin)
    assert bytes(kept.root) in (one.root(kept.size), two.root(kept.size))


def test_a_witnessed_tree_cannot_be_truncated(logs):
    with pytest.raises(Exception, match="goes forward"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE evidence_witnessed CASCADE")
