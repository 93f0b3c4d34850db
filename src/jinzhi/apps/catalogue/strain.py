"""What a database says that is busy, out of reach or out of room: nothing is lost, and another try may do."""

from __future__ import annotations

import errno

from django.db import InterfaceError, OperationalError

RETRY_AFTER = 5
#: what SQLite says, and PostgreSQL's codes: lock not available, deadlock, serialisation, too many connections, shutdown
BUSY = ("database is locked", "database table is locked", "database schema is locked")
CODES = ("55P03", "40P01", "40001", "53300", "57P01", "57P02", "57P03", "08000", "08001", "08003", "08004", "08006")
FULL = ("database or disk is full", "disk i/o error")
FULL_CODES = ("53100",)


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
