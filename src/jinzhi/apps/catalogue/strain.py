"""What a database says that is busy, out of reach or out of room: nothing is lost, and another try may do."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, connection

log = logging.getLogger("jinzhi.strain")

RETRY_AFTER = 5
#: how long a write that a reading can do without may wait
PATIENCE_MS = 500
#: what SQLite says, and PostgreSQL's codes: lock not available, deadlock, serialisation, too many connections, shutdown
BUSY = ("database is locked", "database table is locked", "database schema is locked")
CODES = ("55P03", "40P01", "40001", "53300", "57P01", "57P02", "57P03", "08000", "08001", "08003", "08004", "08006")
FULL = ("database or disk is full", "disk i/o error")
FULL_CODES = ("53100",)
#: what a database says that takes no writes: a read-only disk or file, a standby
READ_ONLY = ("readonly database", "read-only", "unable to open database file")
READ_ONLY_CODES = ("25006",)


def _chain(error: BaseException | None) -> list[BaseException]:
    out: list[BaseException] = []
    while error is not None and error not in out:
        out.append(error)
        error = error.__cause__ or error.__context__
    return out


def disk_full(error: BaseException | None) -> bool:
    """Whether something could not be written because there is no room."""
    for e in _chain(error):
        if isinstance(e, OSError) and e.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if isinstance(e, OperationalError) and any(w in str(e).lower() for w in FULL):
            return True
        if getattr(e, "sqlstate", None) in FULL_CODES:
            return True
    return False


def busy(error: BaseException | None) -> bool:
    """Whether the database was busy or out of reach, so that the same request may do in a moment."""
    for e in _chain(error):
        if isinstance(e, OperationalError) and any(w in str(e).lower() for w in (*BUSY, "connection", "server closed")):
            return True
        if isinstance(e, InterfaceError) or getattr(e, "sqlstate", None) in CODES:
            return True
    return False


def read_only(error: BaseException | None) -> bool:
    """Whether nothing can be written because what it would be written to takes no writes."""
    for e in _chain(error):
        if isinstance(e, OSError) and e.errno == errno.EROFS:
            return True
        if isinstance(e, OperationalError) and any(w in str(e).lower() for w in READ_ONLY):
            return True
        if getattr(e, "sqlstate", None) in READ_ONLY_CODES:
            return True
    return False


def cannot_write(error: BaseException | None) -> bool:
    """Whether a write failed for what passes or is put right elsewhere: busy, full, read-only."""
    return busy(error) or disk_full(error) or read_only(error)


def was_written(what: str, write: Callable[[], object]) -> bool:
    """Make a write beside a reading; False where it cannot be made now."""
    with while_reading(what):
        write()
        return True
    return False


@contextmanager
def while_reading(what: str) -> Iterator[None]:
    """A write beside a reading that the page can do without: where it cannot be made now, the reading goes on.

    The write inside is one transaction of its own.
    """
    try:
        with _impatient():
            yield
    except (OSError, OperationalError, InterfaceError) as e:
        if not cannot_write(e):
            raise
        log.warning("%s was not kept: %s", what, e)


@contextmanager
def _impatient() -> Iterator[None]:
    """Nobody who only reads waits long for SQLite's one writer."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        (before,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout={before}")
