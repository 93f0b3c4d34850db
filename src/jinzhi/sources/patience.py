"""No document keeps a reader for ever: work on one file gets so many seconds, and is then given up with a reason.

The work runs in a thread of its own. When its time is up, ``TooLong`` is raised there wherever it is in Python code,
ours or a library's, again and again until it ends. A single call into C (one regular expression) can't be cut short:
patterns must be linear.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from threading import Thread
from typing import TypeVar

#: seconds between two attempts to stop the work, and how many there are before it is left to itself
AGAIN, ATTEMPTS = 0.2, 50
T = TypeVar("T")


class TooLong(BaseException):
    """The work did not end in time. No ``Exception``, so that no library takes it for a damaged file."""


def at_most(seconds: float, work: Callable[[], T]) -> T:
    """What ``work`` gives. Raises what it raises, and TooLong where it is not done in time."""
    given: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            try:
                given.append(work())
            except BaseException as e:
                failed.append(e)
        except TooLong:
            pass  # came while we were at the door

    worker = Thread(target=run, daemon=True, name="reader")
    worker.start()
    worker.join(seconds)
    for _ in range(ATTEMPTS):
        if not worker.is_alive():
            break
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident or 0), ctypes.py_object(TooLong))
        worker.join(AGAIN)
    if given:
        return given[0]
    raise failed[0] if failed else TooLong
