"""The names that a cell holds: what stands between them is told by all values of the column together.

Where one name and several look alike the column is asked about, and read as what it rather is until then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from jinzhi.sources.patents.tables.cells import ProposedColumn, nothing
from jinzhi.sources.patents.tables.headings import plain

PEOPLE = ("inventors", "agents", "examiners")
PARTIES = ("applicants", "assignees", "agencies", *PEOPLE)

#: what a person may answer stands between names, and how a cell is cut by it; ``one``: a cell is one name
SEPARATORS = {
    "|": r"[|\n]", ";": r"[;；\n]", ",": r"[,，\n]", "、": r"[、\n]", "/": r"[/\n]", "space": r"\s+", "one": r"(?!)",
}  # fmt: skip

_HAN = re.compile(r"[\u3400-\u9fff]")
_HAN_LIST = re.compile(r"[\u3400-\u9fff·•‧・]{2,}(?:\s*[,，、/]\s*[\u3400-\u9fff·•‧・]{2,})+")
_HAN_SPACED = re.compile(r"[\u3400-\u9fff]{2,4}(?:[ \u3000][\u3400-\u9fff]{2,4})+")
#: what may stand behind a family or given name and makes it no full name
_TITLES = re.compile(r"(?:,?\s*\b(?:jr|sr|ii|iii|iv)\b\.?)+$", re.IGNORECASE)
#: the list goes on, but the source does not print it
AND_OTHERS = re.compile(r"(?:[,;]?\s*\bet\s+al\b\.?|\s+等)\s*$", re.IGNORECASE)
_AND_OTHERS_HAN = re.compile(r"\s+等\s*$")  # ``et al.`` stays as printed: it says that the name is not the only one
_HAN_HOLDER = re.compile(
    r"(?:公司|大学|学院|研究院|研究所|集团|厂|医院|中心|学校|合作社|事务所|银行)(?:[(（][^)）]*[)）])?$"
)
_FORM = (
    r"(?:inc|ltd|llc|llp|lp|plc|corp|corporation|incorporated|limited|company|co|gmbh|kg|ag|sa|sas|sarl|spa|srl|bv|nv|"
    r"oy|ab|as|kk|pte|pty)"
)
_BARE_FORM = re.compile(rf"(?:{_FORM}\.?\s*)+", re.IGNORECASE)
_HOLDER = re.compile(rf".*\S[\s.]+{_FORM}\.?", re.IGNORECASE)


def separated(column: ProposedColumn, values: Sequence[str]) -> ProposedColumn:
    """What stands between the names of a column, told by all its values together.

    A bar or a doubled semicolon is stronger than a semicolon, which then belongs to a name (``Doe; Jane | Roe; R.``).
    Without either, Latin names each with one semicolon and a part of a single word are written family; given.
    """
    if column.field not in PARTIES or column.told:
        return column
    values = [AND_OTHERS.sub("", v) for v in values]
    for mark in ("|", ";;"):
        marked = [v for v in values if mark in v]
        if marked:
            pieces = [p for v in marked for p in v.split(mark) if not _HAN.search(p)]
            inside = any(re.search(r"[;；]", p) for p in pieces)
            loose = [p for v in values for p in v.split(mark) if inside and _either(p)]
            column = replace(column, separator=mark if inside else f"{mark};")
            return _asked(column, loose[0]) if loose else column
    latin = [v for v in values if re.search(r"[;；]", v) and not re.search(r"[\u3040-\u9fff]", v)]
    if column.field in PEOPLE and latin:
        reversed_ones = [v for v in latin if _reversed(v)]
        if len(reversed_ones) == len(latin):
            return replace(column, separator="family")
        if reversed_ones:
            return _asked(column, reversed_ones[0])
    if any(re.search(r"[;；\n]", v) for v in values):
        return column
    return _comma(column, values)


def _comma(column: ProposedColumn, values: Sequence[str]) -> ProposedColumn:
    """Columns whose names have commas or spaces between them, or within."""
    if column.field not in PEOPLE:
        loose = [v for v in values if not _HAN.search(v) and len(_glued(v)) > 1 and not all(map(_held, _glued(v)))]
        return _asked(column, loose[0]) if loose else column
    spaced = [v for v in values if _HAN_SPACED.fullmatch(v)]
    if any(len(v.split()) > 2 for v in spaced):
        return replace(column, separator="space")  # a name in Han characters has two parts at most
    if spaced:
        return _asked(column, spaced[0])
    listed = [[p.strip() for p in _TITLES.sub("", v).split(",")] for v in values if not _HAN.search(v)]
    most = max(map(len, listed), default=1)
    if most > 1 and all(" " in p for v in listed for p in v):
        # ``Jane Doe, Richard Roe, Max Moe``: no part is a family name alone
        column = replace(column, separator=",")
        sure = most > 2 or plain(column.heading) == "inventorauthor"
        return column if sure else _asked(column, next(v for v in values if "," in v))
    if most > 2:
        return _asked(column, next(v for v in values if v.count(",") > 1))
    return column


def _asked(column: ProposedColumn, example: str) -> ProposedColumn:
    how = "、".join(f"{column.field}:{mark}" for mark in SEPARATORS)
    english = ", ".join(f"{column.field}:{mark}" for mark in SEPARATORS)
    return replace(
        column, asked=True, suggested=column.suggested or column.field,
        why_zh=f"分不出是一个还是几个名字：{example[:40]}（可答 {how}；one 表示整格是一个名字）",
        why_en=f"one name or several cannot be told: {example[:40]} (answer {english}; one: a cell is one name)",
    )  # fmt: skip


def _reversed(value: str) -> bool:
    """Whether a value is one Latin name written ``Family; Given``."""
    parts = [p.strip() for p in value.split(";")]
    if len(parts) != 2 or not all(parts) or re.search(r"[\u3040-\u9fff|\n]", value):
        return False
    return not all(re.search(r"[\s,]", _TITLES.sub("", p)) for p in parts)


def _either(piece: str) -> bool:
    """Whether a Latin piece with semicolons may be one name or several: no ``Family; Given``, no list of ``Doe, J``."""
    parts = [p.strip() for p in piece.split(";") if p.strip()]
    return len(parts) > 1 and not _HAN.search(piece) and not _reversed(piece) and not all("," in p for p in parts)


def _glued(value: str) -> list[str]:
    """The parts between commas, with a bare legal form put back to the name before it (``Example Co., Ltd.``)."""
    parts: list[str] = []
    for part in (p.strip() for p in value.split(",")):
        if parts and _BARE_FORM.fullmatch(part):
            parts[-1] += f", {part}"
        elif part:
            parts.append(part)
    return parts


def _held(name: str) -> bool:
    """Whether a Latin name ends as those of companies do."""
    return bool(_HOLDER.fullmatch(name))


def names_of(value: str, column: ProposedColumn) -> list[str]:
    """The names that a cell holds."""
    value = _AND_OTHERS_HAN.sub("", value)
    if column.told:
        pieces = re.split(SEPARATORS[column.separator], value)
    else:
        inner = _inner(column)
        pieces = [q for p in re.split(_marks(value, column), value) for q in inner(p.strip())]
    return [p for p in (p.strip() for p in pieces) if p and not nothing(p)]


def _marks(value: str, column: ProposedColumn) -> str:
    """What certainly stands between the names of a cell."""
    if column.separator == ",":
        return ","
    if column.separator == "space":
        return r"[;；\n]|\s+" if _HAN_SPACED.fullmatch(value) else r"[;；\n]"
    if column.separator == "family":
        return r"\n" if _reversed(value) else r"[;；\n]"
    if column.separator:
        if "|" in value:
            return r"\||;" if column.separator == "|;" else r"\|"
        if ";;" in value:
            return ";;"
        # the column's own separator does not occur: one name, unless single semicolons separate elsewhere
        return r"[;；\n]" if column.separator in ("|;", ";;;") else r"\n"
    if "|" in value:
        # a bar first met behind the sample: stronger than semicolons where these stand inside names
        return r"\|" if re.search(r"[;；][^|]*\|", value) else r"[|;；\n]"
    return r"[;；\n]"


def _inner(column: ProposedColumn) -> Callable[[str], list[str]]:
    """What still holds several names between the marks of its column, whatever these are."""

    def cut(piece: str) -> list[str]:
        parts = [p.strip() for p in re.split(r"[;；]", piece) if p.strip()]
        if len(parts) > 1 and (all(map(_HAN.search, parts)) or all("," in p for p in parts)):
            # names in Han characters are not written family; given
            return [q for p in parts for q in cut(p)]
        if column.field in PEOPLE:
            return re.split(r"\s*[,，、/]\s*", piece) if _HAN_LIST.fullmatch(piece) else [piece]
        listed = re.split(r"\s*[,，、]\s*", piece)
        if len(listed) > 1 and all(_HAN_HOLDER.search(p) for p in listed):
            return listed
        glued = _glued(piece)
        return glued if len(glued) > 1 and all(map(_held, glued)) else [piece]

    return cut
