"""The guards of the log in the database, as the migrations made them: what each must say, not only that it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module

from django.db import connection

MIGRATIONS = ("0002_append_only", "0004_log_append_only", "0005_personal", "0007_witnesses", "0008_log_keys")


class _Listening:
    """Takes the statements of a migration instead of a database."""

    def __init__(self) -> None:
        self.connection = connection
        self.said: list[str] = []

    def execute(self, statement: str) -> None:
        self.said.append(statement)


@cache
def _expected(vendor: str) -> dict[str, str]:
    """By name what each trigger (SQLite) or function of a trigger (PostgreSQL) says."""
    ear = _Listening()
    for name in MIGRATIONS:
        import_module(f"jinzhi.apps.evidence.migrations.{name}").forward(None, ear)
    out = {}
    for statement in ear.said:
        if vendor == "sqlite" and (found := re.match(r'CREATE TRIGGER "?(\w+)', statement)):
            out[found[1]] = _even(statement)
        elif vendor != "sqlite" and (found := re.match(r"CREATE (?:OR REPLACE )?FUNCTION (\w+)", statement)):
            out[found[1]] = _even(statement.split("$$")[1])
    return out


def _even(text: str) -> str:
    return " ".join(text.split()).rstrip(";")


def replaced() -> Iterator[str]:
    """The guards that are there under their name and say something else."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'evidence\\_%'")
        there = {name: _even(text or "") for name, text in cursor.fetchall()}
    for name, text in _expected(connection.vendor).items():
        if name in there and there[name] != text:
            yield name
