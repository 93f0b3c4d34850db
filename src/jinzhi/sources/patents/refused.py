"""What a reader gives in place of a document that it cannot read: the name, the reason, a piece of what was there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """One file or record set aside. name: the member as the batch calls it; excerpt: at most 200 characters."""

    name: str
    reason_zh: str
    reason_en: str
    excerpt: str = ""


class Unreadable(ValueError):
    """Raised inside a reader, turned into `RefusedRecord` at its edge."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.en = en

    def refused(self, name: str, excerpt: bytes | str = "") -> RefusedRecord:
        return RefusedRecord(name, str(self), self.en, excerpt_of(excerpt))


def excerpt_of(data: bytes | str) -> str:
    """The first 200 characters, with what cannot be shown replaced."""
    text = data[:800].decode("utf-8", "replace") if isinstance(data, bytes) else data
    return "".join(c if c.isprintable() else " " for c in text[:200])
