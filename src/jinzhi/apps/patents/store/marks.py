"""Marks: one number that changes with every change of a table, so that what was read from it can be kept.

Triggers of the database set it, whoever writes and by whatever way. It is drawn at random, so that a mark that was
rolled back, or that a restored backup brings, never stands for other rows than it did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connections, router

from jinzhi.apps.patents.models import ClassSymbol, Document, Mark

#: by mark: the table it watches, and which changes of a row count (of documents: those that the index would show)
WATCHED = {
    "documents": (Document, "UPDATE OF revision"),
    "classes": (ClassSymbol, "UPDATE OF scheme, edition, symbol, parent, dots, position, zh, en"),
}


def mark(name: str) -> int:
    """The mark of a table as it is now; 0 where nothing has been written yet."""
    return Mark.objects.filter(name=name).values_list("value", flat=True).first() or 0


P = ParamSpec("P")
T = TypeVar("T")


def while_unchanged(name: str, most: int = 8) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep what a function gives for its arguments as long as a table stays the same; at most so many answers."""

    def keeping(function: Callable[P, T]) -> Callable[P, T]:
        held: dict[object, tuple[object, T]] = {}

        @wraps(function)
        def kept(*args: P.args, **kwargs: P.kwargs) -> T:
            # the mark first: what is read after it is never older
            now = (str(connections[router.db_for_read(Mark)].settings_dict["NAME"]), mark(name))
            key = (args, tuple(sorted(kwargs.items())))
            known = held.get(key)
            if known is not None and known[0] == now:
                return known[1]
            found = function(*args, **kwargs)
            if len(held) >= most:
                held.clear()
            held[key] = (now, found)
            return found

        return kept

    return keeping


# --- keeping them -----------------------------------------------------------------------------------------------


def sqlite() -> Iterator[str]:
    """The triggers of SQLite, one for each kind of change of a row."""
    for name, (model, update) in WATCHED.items():
        table = model._meta.db_table
        for when in ("INSERT", "DELETE", update):
            trigger = f"{table}_mark_{when.split()[0].lower()}"
            yield f"DROP TRIGGER IF EXISTS {trigger}"
            yield (
                f"CREATE TRIGGER {trigger} AFTER {when} ON {table} BEGIN "
                f"INSERT OR REPLACE INTO patents_mark (name, value) VALUES ('{name}', random()); END"
            )


def postgresql() -> Iterator[str]:
    """The triggers of PostgreSQL, once for each statement."""
    for name, (model, update) in WATCHED.items():
        table = model._meta.db_table
        yield (
            f"CREATE OR REPLACE FUNCTION {table}_mark() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"INSERT INTO patents_mark (name, value) VALUES ('{name}', (random() * 9e18)::bigint) "
            "ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value; RETURN NULL; END $$"
        )
        yield f"DROP TRIGGER IF EXISTS {table}_mark ON {table}"
        yield (
            f"CREATE TRIGGER {table}_mark AFTER INSERT OR DELETE OR {update} OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_mark()"
        )


def ensure(using: str, **kwargs: object) -> None:
    """Make the triggers, after every migration: SQLite drops them with a table that a migration makes anew."""
    connection = connections[using]
    if Mark._meta.db_table not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in postgresql() if connection.vendor == "postgresql" else sqlite():
            cursor.execute(statement)
        # whatever was written while there were none
        Mark.objects.using(using).all().delete()


def missing(using: str = "default") -> tuple[str, ...]:
    """The triggers that should be there and are not."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        wanted = {f"{model._meta.db_table}_mark" for model, _update in WATCHED.values()}
        query = "SELECT tgname FROM pg_trigger"
    else:
        wanted = {s.split()[2] for s in sqlite() if s.startswith("CREATE")}
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return tuple(sorted(wanted - {row[0] for row in cursor.fetchall()}))
