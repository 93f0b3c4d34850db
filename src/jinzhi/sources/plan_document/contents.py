"""The table of contents before a plan: its lines are headings with the number of a page, and no headings."""

from __future__ import annotations

import re

from jinzhi.sources.plan_document.flow import fold

_LEADER = re.compile(r"[^。;]{2,60}?(?:[.…·⋯_]\s?){3,}\s*[0-9]{1,3}")
_PAGED = re.compile(r"[^。;]{2,60}?[^0-9.]\s*[0-9]{1,3}")
_WORD = re.compile(r"目\s*[录次]")


def contents(text: str) -> list[tuple[int, int]]:
    """Where the lines of a table of contents stand: with leaders, or after the word 目录 and with a page each."""
    out: list[tuple[int, int]] = []
    opened = False
    for line in re.finditer(r"[^\n\r\f]+", fold(text)):
        words = line.group().strip()
        if not words:
            continue
        if _WORD.fullmatch(words):
            opened = True
        elif _LEADER.fullmatch(words) or (opened and _PAGED.fullmatch(words)):
            out.append(line.span())
        else:
            opened = False
    return out
