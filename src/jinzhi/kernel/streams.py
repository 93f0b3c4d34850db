"""Streams of events: the history of one object, named by its kind and its key (``case:17``).

The text is what the log keeps and never changes; nobody but this module puts one together or takes it apart.
"""

from __future__ import annotations

from dataclasses import dataclass

SIGN = ":"


@dataclass(frozen=True, slots=True)
class StreamKind:
    """A kind of objects with a history."""

    name: str

    def of(self, key: object) -> str:
        """The stream of the object with this key."""
        return f"{self.name}{SIGN}{key}"

    def has(self, stream: str) -> bool:
        """Whether a stream is one of this kind."""
        return stream.partition(SIGN)[0] == self.name

    def key(self, stream: str) -> str:
        """The key of the object whose stream this is. Raises ValueError for one of another kind."""
        kind, sign, key = stream.partition(SIGN)
        if kind != self.name or not sign:
            raise ValueError(f"{stream!r} is no stream of the kind {self.name!r}")
        return key

    def number(self, stream: str) -> int:
        """The key as the number it is. Raises ValueError for another kind or another key."""
        return int(self.key(stream))


CASE = StreamKind("case")
CUSTODY = StreamKind("custody")
CUSTODY_FOLDER = StreamKind("custody-folder")
ENTRY = StreamKind("entry")
INDICATORS = StreamKind("indicators")
APPLICANT = StreamKind("applicant")
MILESTONE = StreamKind("milestone")
#: files handed over with a form that opens a case, before there is one
OPENING = StreamKind("opening")
PATENT_NOTE = StreamKind("patent-note")
PATENT_TAGS = StreamKind("patent-tags")
PERSON = StreamKind("person")
PLAN_IMPORT = StreamKind("plan-import")
PLAN_RELEASE = StreamKind("plan-release")
REGISTER = StreamKind("register")
REGISTER_IMPORT = StreamKind("register-import")
REPORT = StreamKind("report")
SAVED_QUERY = StreamKind("saved-query")
TOPIC = StreamKind("topic")
UNIT = StreamKind("unit")

#: beside the stream of an object: who was shown its personal data, and what was erased of it; the key is that stream
VIEWING = StreamKind("viewing")
ERASURE = StreamKind("erasure")
