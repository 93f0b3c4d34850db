"""The labels of Word's automatic numbering, which are shown on the page but are not in its text."""

from __future__ import annotations

import re

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

_CN = "零一二三四五六七八九"


def _chinese(n: int) -> str:
    if n < 10:
        return _CN[n]
    tens, units = divmod(n, 10)
    return ("" if tens == 1 else _CN[tens % 10]) + "十" + (_CN[units] if units else "")


def _shown(n: int, form: str) -> str:
    if "chinese" in form.lower() or form in ("ideographDigital", "japaneseCounting", "taiwaneseCountingThousand"):
        return _chinese(n)
    if form == "decimalEnclosedCircle" and n <= 20:
        return chr(0x2460 + n - 1)
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (n - 1) % 26)
        return letter.upper() if form == "upperLetter" else letter
    return str(n)


class Numbering:
    """Counts the numbered paragraphs of a document in their order."""

    def __init__(self, document: Document) -> None:
        self.used = False
        self.levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self.counts: dict[str, dict[int, int]] = {}
        self.abstract: dict[str, str] = {}
        self.styles: dict[str, tuple[str, int]] = {}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        for item in root.iter(qn("w:abstractNum")):
            levels = {}
            for level in item.iter(qn("w:lvl")):
                form, text, start = (_val(level, n) for n in ("w:numFmt", "w:lvlText", "w:start"))
                levels[int(level.get(qn("w:ilvl")) or 0)] = (form or "decimal", text or "", int(start or 1))
            self.levels[item.get(qn("w:abstractNumId"))] = levels
        for item in root.iter(qn("w:num")):
            self.abstract[item.get(qn("w:numId"))] = _val(item, "w:abstractNumId") or ""
        for style in document.styles.element.iter(qn("w:style")):
            num = style.find(f".//{qn('w:numPr')}")
            if num is not None and _val(num, "w:numId"):
                self.styles[style.get(qn("w:styleId"))] = (_val(num, "w:numId") or "", int(_val(num, "w:ilvl") or 0))

    def label(self, paragraph: BaseOxmlElement) -> str:
        """The label Word shows before a paragraph, or nothing."""
        num = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if num is not None:
            id, depth = _val(num, "w:numId") or "0", int(_val(num, "w:ilvl") or 0)
        else:
            style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            if style is None or style.get(qn("w:val")) not in self.styles:
                return ""
            id, depth = self.styles[style.get(qn("w:val"))]
        abstract = self.abstract.get(id, "")
        levels = self.levels.get(abstract, {})
        if depth not in levels or not "".join(t.text or "" for t in paragraph.iter(qn("w:t"))).strip():
            return ""
        form, text, start = levels[depth]
        if form in ("bullet", "none"):
            return ""
        counts = self.counts.setdefault(abstract, {})
        counts[depth] = counts.get(depth, start - 1) + 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        self.used = True

        def put(found: re.Match[str]) -> str:
            nth = int(found.group(1)) - 1
            known = levels.get(nth, ("decimal", "", 1))
            return _shown(counts.get(nth, known[2]), known[0])

        return re.sub(r"%([1-9])", put, text)


def _val(parent: BaseOxmlElement, name: str) -> str | None:
    node = parent.find(qn(name))
    return node.get(qn("w:val")) if node is not None else None
