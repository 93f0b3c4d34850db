"""权利要求的引用关系: which claims a claim refers to, and whether it depends on them, from its text."""

from __future__ import annotations

import re

from jinzhi.kernel.patent import Claim

_SPAN = r"\d{1,4}(?:\s*(?:-|~|～|—|–|－|至|到|to|through)\s*(?:权利要求|claims?)?\s*\d{1,4})?"
_LIST = rf"{_SPAN}(?:\s*(?:、|，|；|,|;|和|或|及|与|以及|或者|or|and|\s)+\s*(?:权利要求|claims?|of)?\s*{_SPAN})*"
_CHINESE = re.compile(rf"权利要求(?:书)?\s*(?:第)?\s*({_LIST})")
_ENGLISH = re.compile(rf"\bclaims?\s+(?:no\.?\s*)?({_LIST})", re.IGNORECASE)
_ALL_BEFORE = re.compile(
    r"(?:前述|上述|以上|前面)(?:的)?(?:任一|任意一|各|任何一)?(?:项|个)?权利要求"
    r"|any\s+(?:one\s+)?of\s+the\s+(?:preceding|previous|foregoing|above)\s+claims"
    r"|(?:preceding|foregoing|previous)\s+claims?",
    re.IGNORECASE,
)
#: without one of these no text can match _ALL_BEFORE, whose search is the dearest of all
_BEFORE_WORDS = ("前述", "上述", "以上", "前面")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_CLAUSE = re.compile(r"[，,。：:；;]")
_PIECE = re.compile(
    r"(\d{1,4})(?:\s*(?:-|~|～|—|–|－|至|到|to|through)\s*(?:权利要求|claims?)?\s*(\d{1,4}))?", re.IGNORECASE
)
_NUMBER = re.compile(r"\s*(\d{1,4})\s*(?:[.．、:：)）]|\s(?=[A-Z\u4e00-\u9fff]))\s*")
#: 从属权利要求以引用部分开头: 根据、如、按照 … 权利要求 N 所述
_LEAD = re.compile(r"\s*(?:一种)?(?:根据|如|按照|按|依据|依照|由|基于)?\s*(?:前述|上述|以上|权利要求)")
#: its first clause names another thing than the claim referred to: 权利要求1所述的组合物的制备方法, …的用途
_OTHER = re.compile(
    r"的(?:用途|应用|使用方法|制备方法|制造方法|生产方法|加工方法|检测方法|合成方法|方法的装置)\s*[，,。：:；;]?\s*$"
)
#: an English claim of its own kind may name another claim as what it uses or makes
_OWN = re.compile(
    r"\b(?:for\s+(?:carrying\s+out|performing|using|making|producing)|comprising|including|containing|having|"
    r"obtain(?:ed|able)\s+by|produced\s+by|prepared\s+by|made\s+by|using|use\s+of)\b[^,;:]*$",
    re.IGNORECASE,
)


def numbered(text: str, expected: int = 0) -> tuple[int, str]:
    """The number a claim's text begins with and the text behind it; 0 where none or not the expected one."""
    m = _NUMBER.match(text)
    if not m or (expected and int(m[1]) != expected):
        return 0, text.strip()
    return int(m[1]), text[m.end() :].strip()


def references(text: str, number: int) -> tuple[int, ...]:
    """The earlier claims that the text of claim `number` refers to, ascending; itself and later ones are left out."""
    found: set[int] = set()
    chinese = "权利要求" in text
    if not chinese and "laim" not in text and "LAIM" not in text:
        return ()
    for m in (_CHINESE if chinese else _ENGLISH).finditer(text):
        for first, last in _PIECE.findall(m[1]):  # \d and int() know full-width digits too
            low, high = int(first), int(last or first)
            found.update(range(low, min(high, number) + 1))
    if (any(word in text for word in _BEFORE_WORDS) or "cla" in text.lower()) and _ALL_BEFORE.search(text):
        found.update(range(1, number))
    return tuple(sorted(n for n in found if 0 < n < number))


def depends(text: str, refers: tuple[int, ...]) -> bool:
    """Whether a claim that refers to others is a dependent one: in Chinese it begins with the reference
    and does not turn to another thing; in English no word before the reference makes it a thing of its own kind."""
    if not refers:
        return False
    if _HAN.search(text, 0, 40):
        if not _LEAD.match(text):
            return False
        clause = _CLAUSE.search(text)
        return not _OTHER.search(text[: clause.start()] if clause else text)
    m = _ENGLISH.search(text) or _ALL_BEFORE.search(text)
    return m is not None and m.start() < 300 and not _OWN.search(text[: m.start()])


def claim(text: str, number: int, lang: str, refers: tuple[int, ...] | None = None) -> Claim:
    """A claim from its printed text. refers: where the source marks the references itself."""
    printed, body = numbered(text, number)
    at = number or printed
    found = references(body, at)
    if refers:
        found = tuple(sorted({*found, *(n for n in refers if 0 < n < at)}))
    return Claim(at, body, found, not depends(body, found), lang)
