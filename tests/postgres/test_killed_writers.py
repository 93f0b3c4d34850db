"""Writers killed at random points lose nothing that was acknowledged, on PostgreSQL."""

from __future__ import annotations

import os
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.apps.killed_writers import ROUNDS
from tests.apps.test_evidence_killed import killed_writers


def test_killed_writers_lose_nothing_and_sign_nothing_twice(postgres_url, tmp_path):
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("CREATE DATABASE killed")
    url = urlunsplit(urlsplit(postgres_url)._replace(path="/killed"))
    appends = os.environ.get("JINZHI_KILL_APPENDS", "200")
    done = killed_writers({"JINZHI_VAR": str(tmp_path), "DATABASE_URL": url}, appends)
    assert done["rounds"] >= ROUNDS
    assert int(appends) <= done["entries"]
    assert done["acknowledged"] > done["entries"] / 2
    assert done["checkpoints"] > 0
