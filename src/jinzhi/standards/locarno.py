"""洛迦诺分类 (Locarno): classes of designs, in the written form ``14-02``."""

from __future__ import annotations

import re

_FORMS = re.compile(r"(?<!\d)(\d{1,2})\s*[-/—–－]\s*(\d{2})(?!\d)|(?<!\d)(\d{2})(\d{2})(?!\d)")
_EDITION = re.compile(r"LOC\s*\(\s*(\d{1,2})\s*\)", re.IGNORECASE)


class LocarnoSymbolError(ValueError):
    """A text that is no Locarno class."""


def short(text: str) -> str:
    """``14-02`` of ``1402``, ``14/02``, ``LOC(10)Cl. 14-02``. Raises SymbolError."""
    found = all_in(text)
    if len(found) != 1:
        raise LocarnoSymbolError(f"{text.strip()[:40]!r} 不是洛迦诺分类号（应如 14-02）")
    return found[0]


def all_in(text: str) -> tuple[str, ...]:
    """Every class a text names, in its order; classes run from 1 to 32."""
    found = []
    for m in _FORMS.finditer(_EDITION.sub(" ", text)):
        main, sub = (m[1], m[2]) if m[1] else (m[3], m[4])
        if 1 <= int(main) <= 32:
            found.append(f"{int(main):02d}-{sub}")
    return tuple(found)


def edition(text: str) -> str:
    """The edition of ``LOC(10)Cl.``, empty where the text names none."""
    m = _EDITION.search(text)
    return m[1] if m else ""
