"""How long an evaluation may take, and whether somebody has asked it to stop.

Cooperative: whoever has patience says so with ``within``; engines ask ``check`` between their steps (blocks of
positions, batches of documents, queries of the inverted index), none of which takes long by itself. Outside
``within`` nothing is ever stopped. It lives beside the arguments, in a context variable, because answers are cached
with what they were asked by, and an answer must not remember whose patience it was made under.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter
from typing import TypeVar

#: seconds between two looks at whether somebody asked
LOOK = 0.1
#: documents looked at between two checks
EVERY = 64


class Stopped(Exception):
    """The evaluation was given up: by somebody (``asked``), or at its limit; after so many seconds."""

    def __init__(self, asked: bool, seconds: float):
        super().__init__(f"stopped {'on request' if asked else 'at its limit'} after {seconds:.1f} s")
        self.asked, self.seconds = asked, seconds


@dataclass
class Ticket:
    """Patience of so many seconds from the first step on. ``stop`` says whether somebody asked to stop."""

    seconds: float
    stop: Callable[[], bool] | None = None
    _began: float | None = field(default=None, repr=False)
    _looked: float = field(default=0.0, repr=False)

    def check(self) -> None:
        """Raises Stopped."""
        now = perf_counter()
        if self._began is None:
            self._began = self._looked = now
        if now - self._began > self.seconds:
            raise Stopped(False, now - self._began)
        if self.stop and now - self._looked >= LOOK:
            self._looked = now
            if self.stop():
                raise Stopped(True, now - self._began)


_ticket: ContextVar[Ticket | None] = ContextVar("patience", default=None)


@contextmanager
def within(ticket: Ticket | None) -> Iterator[None]:
    """What is evaluated inside has this patience (None: it is never stopped)."""
    before = _ticket.set(ticket)
    try:
        yield
    finally:
        _ticket.reset(before)


def check() -> None:
    """A step between two others. Raises Stopped."""
    ticket = _ticket.get()
    if ticket is not None:
        ticket.check()


T = TypeVar("T")


def each(items: Iterable[T]) -> Iterator[T]:
    """The items, with a check every so many."""
    for number, item in enumerate(items):
        if not number % EVERY:
            check()
        yield item
