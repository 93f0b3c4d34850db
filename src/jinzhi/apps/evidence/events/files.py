"""Who may have a file: told by the app that keeps what the file belongs to, by the same rules as its page.

An app registers a reader for the streams that begin with a prefix (modules called ``file_readers`` are found at
start-up). What no reader knows is given to nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jinzhi.apps.catalogue.doors import FILE_READERS
from jinzhi.apps.evidence.models import Attachment


@dataclass(frozen=True)
class Opened:
    """A file that somebody may have. ``personal``: names of the personal data in it; the viewing goes on record in
    the stream ``viewing`` with ``said``.
    """

    personal: tuple[str, ...] = ()
    viewing: str = ""
    said: dict[str, Any] = field(default_factory=dict)


Reader = Callable[[Any, Attachment], Opened | None]


def reads_files(prefix: str) -> Callable[[Reader], Reader]:
    """Register the decorated function for files under streams that begin with ``prefix``."""

    def register(function: Reader) -> Reader:
        FILE_READERS.enter(prefix, function)
        return function

    return register


def opened(who: Any, attachment: Attachment) -> Opened | None:
    """What somebody may know of a file, or None: it is as good as not there. An erased one is nobody's."""
    if attachment.erased_at is not None:
        return None
    prefix = FILE_READERS.longest(attachment.stream)
    return FILE_READERS[prefix](who, attachment) if prefix is not None else None
