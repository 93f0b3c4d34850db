"""The test database starts from a copy of one that was migrated before, so that migrations run once and not in every
process.

The copy is a head start and no more: Django migrates it as ever, and finds nothing left to do. Tests of migrations run
them on databases of their own.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import django
from django.apps import apps
from django.db import connection

from tests.kept import CACHE, digest, one_process

KIND = "migrated"
#: what is left to do once Django has set the test database up
Finish = Callable[[], None]


def migrations() -> list[Path]:
    """The files of every migration that there is, of our own apps and of others'."""
    folders = (Path(app.path) / "migrations" for app in apps.get_app_configs())
    return [file for folder in folders for file in folder.glob("*.py")]


def start_from_template() -> Finish:
    """Before Django sets the test database up: lay a migrated one there, or keep the one that it will migrate."""
    if connection.vendor == "postgresql":
        return _in_postgresql(f"test_{KIND}_{digest(migrations(), django.__version__)}")
    name = str(connection.creation._get_test_db_name())
    if not connection.creation.is_in_memory_db(name):
        # named by JINZHI_TEST_DB: Django empties such a file first
        return lambda: None
    made_from = digest(migrations(), django.__version__, sqlite3.sqlite_version)
    return _in_memory(name, CACHE / f"{KIND}-{made_from}.sqlite3")


def _in_memory(name: str, template: Path) -> Finish:
    waiting = ExitStack()
    waiting.enter_context(one_process(KIND))
    if template.exists():
        waiting.close()
        # a database in memory lasts as long as somebody is connected: until Django is
        memory = sqlite3.connect(name, uri=True)
        with closing(sqlite3.connect(f"{template.as_uri()}?mode=ro", uri=True)) as kept:
            kept.backup(memory)
        return memory.close

    def keep() -> None:
        making = template.with_suffix(f".{os.getpid()}")
        connection.ensure_connection()
        with closing(sqlite3.connect(making)) as kept:
            connection.connection.backup(kept)
        making.rename(template)
        waiting.close()

    return keep


def _in_postgresql(template: str) -> Finish:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"test_{KIND}_%"])
        kept = {name for (name,) in cursor.fetchall()}
        for old in kept - {template}:
            cursor.execute(f'DROP DATABASE "{old}"')
    if template in kept:
        connection.settings_dict["TEST"]["TEMPLATE"] = template
        return lambda: None

    def keep() -> None:
        migrated = connection.settings_dict["NAME"]
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{template}" TEMPLATE "{migrated}"')

    return keep
