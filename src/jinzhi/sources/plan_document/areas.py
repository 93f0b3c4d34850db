"""Where a document says who is responsible.

An *area* is a stretch of the stream that names units and their duties: a bracket with a label (责任单位:…), a label
on a line of its own, a bracket without a label (甲局牵头,乙局配合), or a sentence that is nothing but units and
their duties.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from jinzhi.sources.plan_document.duties import Lexicon, read_area
from jinzhi.sources.plan_document.flow import Flow
from jinzhi.sources.plan_document.wording import HEADING, LABEL, TIME, VERB_END, like_unit

_LONGEST = 600
_LONGEST_PIECE = 26
_DASHES = "-—–―"
_FREE = "。;)!?”:"
_IMPRINT = re.compile(r"ICP|公网安备|网站|技术支持|版权所有|联系电话|网址|邮编|copyright", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Area:
    """``start``–``end`` in the stream is taken up; ``inner`` is what is said in it; ``label`` how it begins.

    ``remark`` is what stands in the bracket before its label (约束性指标,…). ``sure`` is False where the bracket has
    neither a label nor a name that is known.
    """

    start: int
    end: int
    inner: tuple[int, int]
    label: str
    closed: bool = True
    remark: tuple[int, int] = (0, 0)
    sure: bool = True


def find_areas(flow: Flow, lexicon: Lexicon, start: int = 0, end: int | None = None) -> list[Area]:
    """Every area of duties, in order, neighbours put together."""
    chars = flow.chars
    end = len(chars) if end is None else end
    out: list[Area] = []
    p = start
    while p < end:
        area = _area_at(flow, p, end, lexicon)
        if area is None or _imprint(flow, area):
            p = p + 1 if area is None else max(area.end, p + 1)
            continue
        if out and _touch(chars, out[-1].end, area.start):
            before = out[-1]
            out[-1] = replace(
                before, end=area.end, inner=(before.inner[0], area.inner[1]), closed=before.closed and area.closed,
                sure=before.sure and area.sure,
            )  # fmt: skip
        else:
            out.append(area)
        p = max(area.end, p + 1)
    return out


def _imprint(flow: Flow, area: Area) -> bool:
    """A line of a site's own imprint (主办单位:… ICP备…), which is labelled like a duty."""
    line = flow.chars[area.start : flow.next_bol(area.start, len(flow))]
    if line.startswith("(") or not re.match("主办|承办|协办", line):
        return False
    return _IMPRINT.search(line) is not None


def _touch(chars: str, a: int, b: int) -> bool:
    return b - a <= 1 and chars[a:b] in ("", ";", ",", "。", ")")


def _area_at(flow: Flow, p: int, end: int, lexicon: Lexicon) -> Area | None:
    chars = flow.chars
    if chars[p] == "(":
        named = LABEL.match(chars, p + 1, end)
        if named:
            return _bracket(flow, p, named, end)
        return _remarked(flow, p, end, lexicon) or _plain_bracket(flow, p, end, lexicon)
    if chars[p] in ",;" or (chars[p] in _DASHES and p and chars[p - 1] not in _DASHES):
        return _closing_clause(flow, p, end, lexicon)
    opened = p == 0 or flow.bol[p] or chars[p - 1] in _FREE
    if not opened:
        return None
    named = LABEL.match(chars, p, end)
    if named:
        inner = _after_label(chars, named.end(), end)
        if inner:
            return _open_area(flow, p, inner, str(named.lastgroup), end)
        if flow.bol[p] and named.end() < end and lexicon.at(chars, named.end(), end) > named.end():
            return _open_area(flow, p, named.end(), str(named.lastgroup), end)
        return None
    if p == 0 or flow.bol[p] or chars[p - 1] in "。!?":
        return _sentence(flow, p, end, lexicon)
    return None


def _after_label(chars: str, p: int, end: int) -> int:
    """Past the colon of a label, with what a bracket between them says: 责任单位(排第一位的为牵头单位):. Else 0."""
    if chars.startswith("(", p):
        close = chars.find(")", p, min(end, p + 30))
        if close > 0 and chars.startswith(":", close + 1):
            return p
    return p + 1 if chars.startswith((":", "为:"), p) else 0


def _bracket(flow: Flow, p: int, named: re.Match[str], end: int) -> Area:
    chars = flow.chars
    inner = named.end()
    if chars.startswith(")", inner):
        # 【责任单位】甲局、乙局: the label alone stands in the bracket
        inner += 1
        if chars.startswith(":", inner):
            inner += 1
        return _open_area(flow, p, inner, str(named.lastgroup), end)
    if chars.startswith(":", inner):
        inner += 1
    stop, closed = _close(flow, inner, end)
    label = str(named.lastgroup)
    return Area(p, stop + 1 if closed else stop, (named.start(), stop), label, closed)


def _remarked(flow: Flow, p: int, end: int, lexicon: Lexicon) -> Area | None:
    """A bracket that says something else before its label: (约束性指标,牵头单位:…)."""
    chars = flow.chars
    if HEADING.match(chars, p, end):
        return None
    for q in range(p + 2, min(end, p + 80)):
        if chars[q] == ")" or (flow.bol[q] and HEADING.match(chars, q, end)):
            return None
        if chars[q - 1] not in ",;。、:":
            continue
        named = LABEL.match(chars, q, end)
        if named and chars.startswith(":", named.end()):
            said = read_area(chars, p + 1, q, lexicon)
            stop, closed = _close(flow, named.end() + 1, end)
            known = len(said.units) > said.unknown or said.verbs > 0
            inner = p + 1 if known else named.start()
            remark = (0, 0) if known else (p + 1, q - 1)
            after = stop + 1 if closed else stop
            return Area(p, after, (inner, stop), "who" if known else str(named.lastgroup), closed, remark)
    return None


def _close(flow: Flow, inner: int, end: int) -> tuple[int, bool]:
    """Where the bracket closes; where it does not, where its words of duty end."""
    chars = flow.chars
    depth, p = 0, inner
    limit = min(end, inner + _LONGEST)
    full = 0
    while p < limit:
        c = chars[p]
        heads = p > inner and HEADING.match(chars, p, end) and not TIME.match(chars, p, end)
        if c == ")":
            if depth == 0:
                return p, True
            depth -= 1
        elif (heads and (c == "(" or full or flow.bol[p] or c not in "0123456789")) or (
            heads and not _goes_on(chars, p)
        ):
            break
        elif c == "(":
            depth += 1
        elif c == "。" and not chars.startswith(")", p + 1) and not LABEL.match(chars, p + 1, end):
            full = full or p
        p += 1
    # a full stop inside is all right where the bracket closes; where it does not, it ends there
    stop = full or p
    verbs = [m.end() for m in re.finditer(r"负责|牵头|配合|参加|参与|落实", chars[inner:stop])]
    return (inner + verbs[-1] if verbs else stop), False


def _goes_on(chars: str, p: int) -> bool:
    """Whether digits at ``p`` go on with what stands before them (a list inside the bracket: 1.甲局 2.乙局)."""
    return chars[p - 1] in ":、,;"


def _open_area(flow: Flow, start: int, inner: int, label: str, end: int) -> Area:
    """A label without a bracket: its words end with the paragraph, a full stop or the next heading."""
    chars = flow.chars
    p = inner
    depth = 0
    while p < min(end, inner + _LONGEST):
        c = chars[p]
        if p > inner and flow.bol[p] and chars[p - 1] not in "、,:":
            break
        if (c == "。" and depth == 0) or (c == ")" and depth == 0):
            p += 1
            break
        if c == "(":
            if p > inner and (HEADING.match(chars, p, end) or LABEL.match(chars, p + 1, end)):
                break
            depth += 1
        elif c == ")":
            depth -= 1
        elif p > inner and HEADING.match(chars, p, end) and not TIME.match(chars, p, end):
            break
        p += 1
    return Area(start, p, (start, p), label)


def _matching(flow: Flow, p: int, end: int) -> int:
    """Where the bracket at ``p`` closes, before any heading; -1 where it does not."""
    chars = flow.chars
    depth = 0
    for q in range(p, min(end, p + _LONGEST)):
        if chars[q] == "(":
            depth += 1
            if depth > 3:
                return -1
        elif chars[q] == ")":
            depth -= 1
            if depth == 0:
                return q
        elif flow.bol[q] and q > p and HEADING.match(chars, q, end):
            return -1
    return -1


def _plain_bracket(flow: Flow, p: int, end: int, lexicon: Lexicon) -> Area | None:
    """A bracket without a label, if what it says is units and their duties."""
    chars = flow.chars
    if HEADING.match(chars, p, end):
        return None
    q = _matching(flow, p, end)
    words = chars[p + 1 : q]
    if q < 0 or len(words) < 3:
        return None
    before = p == 0 or flow.bol[p] or chars[p - 1] in "。;!?”)"
    after = q + 1 >= end or flow.bol[q + 1] or chars[q + 1] in "。;(" or bool(HEADING.match(chars, q + 1, end))
    ends = VERB_END.search(words) is not None
    if not (before or after or (ends and chars[q + 1] in ",、")):
        return None
    said = read_area(chars, p + 1, q, lexicon, "plain")
    if not said.units:
        return None
    if "。" in words and not said.verbs:
        return None
    known = len(said.units) - said.unknown
    names = [chars[u.start : u.end] for u in said.units]
    likely = sum(map(like_unit, names))
    said_otherwise = sum(b - a for a, b in said.remarks)
    if (
        known
        and (said.verbs or known == len(names))
        and known >= len(names) - likely
        and said_otherwise < len(words) / 2
    ):
        return Area(p, q + 1, (p + 1, q), "plain")
    if not (before and after) and not (ends and after):
        return None
    if said.verbs and ends and likely == len(names):
        # another city's units: no name is known, but each is shaped like one and the words of a duty close the bracket
        return Area(p, q + 1, (p + 1, q), "plain")
    short = all(len(n) <= _LONGEST_PIECE for n in names)
    if said.verbs and ends and short and not said.remarks:
        return Area(p, q + 1, (p + 1, q), "plain", sure=False)
    if likely == len(names) and not said.remarks and before and after:
        return Area(p, q + 1, (p + 1, q), "plain", sure=False)
    return None


def _closing_clause(flow: Flow, p: int, end: int, lexicon: Lexicon) -> Area | None:
    """The end of a sentence that is nothing but known units: …,市科技局负责。 or …——市科技局、市教委."""
    chars = flow.chars
    dashed = chars[p] in _DASHES
    first = p + 1
    while first < end and chars[first] in _DASHES:
        first += 1
    if first < end and chars[first] == "由":
        first += 1
    if first >= end or flow.bol[first] or lexicon.at(chars, first, end) == first:
        return None
    q = first
    while q < min(end, first + 160) and chars[q] not in "。;!?" and not flow.bol[q]:
        q += 1
    if not dashed and not VERB_END.search(chars[first:q]):
        return None
    said = read_area(chars, first, q, lexicon, "plain")
    if said.unknown or said.remarks or not said.units or not (dashed or said.verbs):
        return None
    return Area(p, q, (first, q), "plain", sure=dashed and said.verbs > 0)


def _sentence(flow: Flow, p: int, end: int, lexicon: Lexicon) -> Area | None:
    chars = flow.chars
    first = p + 1 if chars.startswith("由", p) else p
    if lexicon.at(chars, first, end) == first:
        return None
    q = first
    while q < min(end, first + 240) and chars[q] not in "。!?" and not (q > first and flow.bol[q]):
        q += 1
    if not VERB_END.search(chars[first:q]):
        return None
    said = read_area(chars, first, q, lexicon)
    if said.unknown or said.remarks or not said.verbs or not said.units:
        return None
    return Area(p, q + 1 if chars.startswith("。", q) else q, (first, q), "who")
