"""Tables that a plain text draws with spaces or with box signs: known by their head, and not read by guessing."""

from __future__ import annotations

import re

from jinzhi.sources.plan_document.flow import fold
from jinzhi.sources.plan_document.tables import is_head, role_of, settled

_GAP = re.compile(r"[ \u3000]{2,}|\u3000|\s*[│┃|]\s*")


def drawn_head(text: str) -> str:
    """The first line that is the head of a table of work by its spaces or box signs, or nothing."""
    for line in text.splitlines():
        words = [w for w in _GAP.split(line.strip()) if w.strip()]
        if len(words) < 2 or "\t" in line:
            continue
        roles = [role_of(re.sub(r"\s", "", fold(w))) for w in words]
        if all(roles) and is_head(settled(roles)):
            return " ".join(words)
    return ""
