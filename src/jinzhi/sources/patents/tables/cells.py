"""One cell and one column of a table: what stands for nothing, signs by name, and what is known of a column."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

#: what stands in a cell instead of a value
_NOTHING = re.compile(
    r"[（(【\[]?\s*(?:[-—–−_.·/\\*0\s]*|无|空|暂无|没有|未知|不详|null|none|nan|nil|n\s*/?\s*a|unknown|#n/a|#value!|#ref!)\s*"
    r"[)）】\]]?",
    re.IGNORECASE,
)


def nothing(value: str) -> bool:
    """Whether a cell says that there is no value."""
    return bool(_NOTHING.fullmatch(value))


_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
#: the marks of a web page that exports leave in titles and abstracts; other angle brackets are text
_TAG = re.compile(r"</?(?:b|i|u|em|strong|sub|sup|span|font|p|a|div)(?:\s+[a-z-]+\s*=[^<>]*)?\s*/?>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
#: how a number is kept from Excel: ="CN106822079A", and a leading apostrophe
_PROTECTED = re.compile(
    r"=\"([^\"]*)\"{1,3}|'([A-Za-z0-9][A-Za-z0-9./ -]*)"
    r"|=HYPERLINK\(\s*\"[^\"]*\"\s*[,;]\s*\"([^\"]*)\"\s*\)",
    re.IGNORECASE,
)
#: a formula whose result was not kept
FORMULA = re.compile(r"=[A-Z(\"'+]", re.IGNORECASE)


def unescaped(cell: str) -> str:
    """A cell without the signs by name that web exports leave in it (``&#x26;``, ``&amp;amp;``)."""
    cell = _TAG.sub("", _BREAK.sub("\n", cell)) if "<" in cell else cell
    if m := _PROTECTED.fullmatch(cell.strip()):
        cell = "".join(g or "" for g in m.groups())
    for _ in range(3):
        plain = _ENTITY.sub(lambda m: html.unescape(m[0]), cell) if "&" in cell else cell
        if plain == cell:
            break
        cell = plain
    return cell.strip()


@dataclass(frozen=True, slots=True)
class ProposedColumn:
    """One column of a proposal. field: of the model, empty where nothing fits; why: heading, values, or why not.

    asked: a person should confirm it; held: it is not used before that; suggested: the field that is asked about.
    separator: what stands between several values, ``;`` and line breaks where it is empty; told: a person said so.
    first: ``day`` or ``month``, what stands first in dates like 03/02/2017; ``serial``: dates are Excel's numbers.
    """

    heading: str
    field: str
    why_zh: str
    why_en: str
    samples: tuple[str, ...] = ()
    asked: bool = False
    held: bool = False
    suggested: str = ""
    separator: str = ""
    first: str = ""
    told: bool = False
