"""Stopping a search that takes long: whoever waits holds a ticket's name, and any process may be told to stop it.

The name of a ticket is a file while somebody has asked for it to stop: the process that evaluates and the one that
takes the request to stop share nothing else.
"""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from time import time

from django.conf import settings

from jinzhi.engines.patience import Ticket

NAME = re.compile(r"[A-Za-z0-9_-]{16,32}")
#: seconds after which a request to stop that nobody saw is swept away
STALE = 600


def new_name() -> str:
    """A name that nobody else can guess."""
    return secrets.token_urlsafe(15)


def ticket(name: str, seconds: float) -> Ticket:
    """Patience that ends when ``stop`` is called with its name."""
    flag = _flag(name)
    return Ticket(seconds, flag.exists)


def stop(name: str) -> None:
    """Ask the evaluation under this name to stop; without effect where none runs. Raises ValueError for no name."""
    flag = _flag(name)
    flag.parent.mkdir(parents=True, exist_ok=True)
    for other in flag.parent.iterdir():
        if other.stat().st_mtime < time() - STALE:
            other.unlink(missing_ok=True)
    flag.touch()


def done(name: str) -> None:
    """The evaluation under this name has ended."""
    _flag(name).unlink(missing_ok=True)


def _flag(name: str) -> Path:
    if not NAME.fullmatch(name):
        raise ValueError("no name of a ticket")
    return Path(settings.VAR) / "stops" / name
