"""What is measured must be what an installation would hold: the big plan is sound, only small here."""

from __future__ import annotations

from argparse import Namespace

import pytest
from benchmarks import evidence
from benchmarks.big_plan import make
from benchmarks.pages import addresses
from django.test import Client

from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.kernel.merkle import SHA256, root_of


@pytest.fixture
def small(db):
    return make(rows=4, units=40, periods=3, say=lambda _: None)


def test_the_big_plan_passes_the_integrity_checkers(small):
    assert {r.checker.id: r.violations for r in run_all() if not r.sound} == {}


def test_every_address_that_is_measured_answers(small):
    client = Client()
    client.force_login(small.office, backend="django.contrib.auth.backends.ModelBackend")
    assert {a.name: client.get(a.url).status_code for a in addresses(small)} == {a.name: 200 for a in addresses(small)}


def test_what_is_measured_of_the_log_is_a_sound_log(city, tmp_path):
    side, root = evidence.the_log(Namespace(entries=1200), tmp_path)
    assert {"append, one by one", "proof, sm3", "storage", "mirror, all checked", "audit"} <= set(side.cells)
    bodies = (tmp_path / "entries.txt").read_text().splitlines()
    assert root_of(SHA256, [SHA256.leaf(body.encode()) for body in bodies]) == root
    assert "storage" in evidence.a_table(tmp_path).cells
