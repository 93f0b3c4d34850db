"""Who is responsible: where a document says so, and what it says.

An *area* is a stretch of the stream that names units and their duties: a bracket with a label (责任单位:…), a label
on a line of its own, a bracket without a label (甲局牵头,乙局配合), or a sentence that is nothing but units and
their duties.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from jinzhi.kernel.organisation import NameBook
from jinzhi.sources.plan_document.flow import Flow, fold

_WHO = r"(?:单位|部门|主体|机构|处室|科室|各方)"
LABEL = re.compile(
    rf"(?P<led>(?:总)?牵头(?:责任)?{_WHO}|主办{_WHO}|主责{_WHO}|第一责任{_WHO})"
    rf"|(?P<support>(?:主要)?(?:配合|协办|协同|协助|参加|参与|会同|协作|支持|配合责任){_WHO})"
    rf"|(?P<who>(?:主要|首要|共同)?责任{_WHO}|(?:承办|负责|落实|实施|分工|执行|组织实施){_WHO}|责任分工|任务分工)"
    r"|(?P<time>(?:完成|办理|办结|推进|落实)?(?:时限|期限)(?:要求)?|完成时间|时间节点|时间要求|时间进度|完成日期)"
)
_DAY = (
    r"(?:20[0-9]{2}年(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?"
    r"|20[0-9]{2}[-./][0-9]{1,2}(?:[-./][0-9]{1,2})?|[0-9]{1,2}月(?:[0-9]{1,2}日)?|每年(?:[0-9]{1,2}月)?|当年|年)"
)
TIME = re.compile(
    rf"(?:{_DAY}(?:年?底|年?末|上半年|下半年|[一二三四]季度|第[一二三四]季度|上旬|中旬|下旬|底)*"
    rf"(?:(?:至|到|-|—|~){_DAY}(?:底|末)?)?(?:之?前)?(?:完成|启动|基本完成)?"
    r"|(?:长期|持续|常年|常态化)(?:坚持|推进|实施|开展|落实)?|“?(?:十[一二三四五六]五)”?(?:时期|期间|期末)?)"
)
_DIVIDED = re.compile(
    r"(?:分别|共同)?(?:按照?|依据?|根据|依照)(?:各自|本)?(?:的)?(?:工作|部门)?(?:职责|职能|任务|责任)(?:和|及)?(?:任务)?(?:分工)?"
    r"(?:分别|共同|做好|抓好)?(?:负责|落实|组织实施|实施|推进|配合|参与|牵头负责)?(?:相关工作)?"
    r"|分工负责|分头负责|分别负责|各负其责|共同负责|共同牵头|分工落实|分工实施|联合实施"
)
_LED = re.compile(r"(?:共同|负责)?牵头(?:负责|落实|实施|组织实施|组织|推进|抓总|抓)?(?!单位|部门|责任)|主办|抓总")
_SUPPORT = re.compile(
    r"(?:积极|密切|共同|分别)?(?:配合|协助|协同|参与|参加|协办)(?:落实|实施|负责|推进|做好)?(?!单位|部门|责任)"
)
_ALONE = re.compile(
    r"(?:具体|组织|统筹)?负责(?:落实|实施|组织实施|推进|组织|牵头)?(?!单位|部门|人)|(?:组织)?(?:落实|实施|承办|推进)(?=[,;、。:)]|$)"
)
_WITH = re.compile(r"会同|会商|联合|协同|商(?=市|各|天津|有关)|指导(?=市|各|有关)")
_JOIN = re.compile(r"[、,;。:.·/]|以及|及其|及|和|与|等(?:单位|部门|有关单位|有关部门)?|由|暨|以")
_HARD_JOIN = re.compile(r"[、,;。:()]|以及|及")
_VERB_END = re.compile(
    r"(?:负责|牵头|配合|参加|参与|落实|实施|协助|协办|承办|推进)(?:[,;]?\S{0,14}?(?:完成|底前|年底))?\Z"
)
_HEADING = re.compile(
    r"\([一二三四五六七八九十]{1,3}\)|(?<![0-9.])[0-9]{1,2}[.、](?=[^0-9])|[一二三四五六七八九十]{1,3}、"
)
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Area:
    """``start``–``end`` in the stream is taken up; ``inner`` is what is said in it; ``label`` how it begins."""

    start: int
    end: int
    inner: tuple[int, int]
    label: str
    closed: bool = True


@dataclass(slots=True)
class Found:
    """One unit in an area: its name's place in the stream, its duty and the words of it."""

    start: int
    end: int
    duty: str = ""
    wording: str = ""
    key: str = ""


@dataclass(slots=True)
class Said:
    """What an area says."""

    units: list[Found] = field(default_factory=list)
    time_limit: str = ""
    verbs: int = 0
    unknown: int = 0


class Lexicon:
    """Known names of units, to cut lists by: the longest name that fits is taken, so 文化和旅游 stays whole."""

    def __init__(self, names: NameBook) -> None:
        self.city = fold(names.city)
        self.by_first: dict[str, list[str]] = {}
        for key in names.lexicon():
            shape = fold(key)
            self.by_first.setdefault(shape[0], []).append(shape)

    def at(self, chars: str, p: int, end: int) -> int:
        """Where a known name that begins at ``p`` ends, or ``p``."""
        best = self._at(chars, p, end)
        if best == p and self.city and chars.startswith(self.city, p):
            # 天津市教委 is known as 市教委, 天津市滨海新区政府 as 滨海新区政府
            for cut in (len(self.city) - 1, len(self.city)):
                reached = self._at(chars, p + cut, end)
                if reached > p + cut:
                    return reached
        return best

    def _at(self, chars: str, p: int, end: int) -> int:
        if p >= end:
            return p
        for name in self.by_first.get(chars[p], ()):
            if len(name) >= 2 and chars.startswith(name, p) and p + len(name) <= end:
                return p + len(name)
        return p


def _labelled(chars: str, p: int, end: int) -> bool:
    """Whether a label and its colon stand at ``p``: the next list begins."""
    named = LABEL.match(chars, p, end)
    return named is not None and chars.startswith((":", "):"), named.end())


def _ends_here(chars: str, p: int, end: int, lexicon: Lexicon) -> bool:
    if p >= end or _labelled(chars, p, end):
        return True
    if any(x.match(chars, p, end) for x in (_JOIN, _DIVIDED, _LED, _SUPPORT, _ALONE, _WITH, TIME)):
        return True
    return chars[p] in "()" or chars.startswith(("共同", "分别", "具体"), p) or lexicon.at(chars, p, end) > p


def read_area(
    chars: str, start: int, end: int, lexicon: Lexicon, label: str = "who", breaks: frozenset[int] = frozenset()
) -> Said:
    """Cut an area's words into units and duties. ``label`` is the area's own: who, led, support or time.

    At ``breaks`` (lines of a cell) a name that nobody declared ends.
    """
    said = Said()
    mode = label
    pending: list[Found] = []
    lead_waits = False  # 会同 has been met: those before it lead
    p = start

    def give(duty: str, wording: str) -> None:
        for unit in pending:
            if not unit.duty:
                unit.duty, unit.wording = duty, wording
        pending.clear()

    def settle() -> None:
        """Units for whom no words of duty came: the label speaks for them."""
        nonlocal lead_waits
        bare = [u for u in pending if not u.duty]
        if mode == "led":
            give("led", "牵头")
        elif mode == "support":
            give("support", "配合")
        else:
            give("divided" if len(bare) > 1 else "alone", "")
        lead_waits = False

    while p < end:
        named = LABEL.match(chars, p, end)
        if named and (chars[named.end() : named.end() + 1] in (":", ")", "") or p == start):
            settle()
            mode = str(named.lastgroup)
            p = named.end()
            continue
        if mode == "time":
            stop = p
            while stop < end and chars[stop] not in ";。" and not LABEL.match(chars, stop, end):
                stop += 1
            words = chars[p:stop].strip(":,()")
            if words:
                said.time_limit = said.time_limit or words
            p = max(stop, p)
            if p < end and chars[p] in ";。":
                p += 1
                mode = label if label != "time" else "who"
            elif p < end and not LABEL.match(chars, p, end):
                p += 1
            continue
        moment = TIME.match(chars, p, end)
        if moment and moment.end() > p and len(moment.group()) > 1:
            said.time_limit = said.time_limit or moment.group()
            p = moment.end()
            continue
        reached = lexicon.at(chars, p, end)
        if reached > p and _ends_here(chars, reached, end, lexicon):
            if chars.startswith("(", reached) and (close := chars.find(")", reached, end)) > 0:
                inside = chars[reached + 1 : close]
                if len(inside) <= 12 and not _VERB_END.search(inside):
                    reached = close + 1
            found = Found(p, reached, "support" if lead_waits else "", "会同" if lead_waits else "")
            said.units.append(found)
            pending.append(found)
            p = reached
            continue
        verb = _DIVIDED.match(chars, p, end)
        if verb:
            said.verbs += 1
            helped = any(u.duty == "support" for u in pending)
            duty = "support" if re.search("配合|参与", verb.group()) else "divided"
            if "牵头" in verb.group() or (helped and duty == "divided"):
                duty = "led"
            give(duty, verb.group())
            p = verb.end()
            continue
        verb = _LED.match(chars, p, end)
        if verb:
            said.verbs += 1
            if pending:
                give("led", verb.group())
            else:
                mode = "led"
            p = verb.end()
            continue
        verb = _SUPPORT.match(chars, p, end)
        if verb and (pending or p > start):
            said.verbs += 1
            if any(not u.duty for u in pending):
                give("support", verb.group())
            else:
                lead_waits = True
            p = verb.end()
            continue
        verb = _ALONE.match(chars, p, end)
        if verb:
            said.verbs += 1
            bare = [u for u in pending if not u.duty]
            with_help = any(u.duty == "support" for u in pending)
            give("led" if with_help else "alone" if len(bare) == 1 else "divided", verb.group())
            lead_waits = False
            p = verb.end()
            continue
        verb = _WITH.match(chars, p, end)
        if verb:
            lead_waits = True
            p = verb.end()
            continue
        joint = _JOIN.match(chars, p, end)
        if joint:
            if joint.group() in (";", "。"):
                settle()
            p = joint.end()
            continue
        if chars[p] in "()“”\"'" or chars.startswith(("共同", "分别", "具体"), p):
            p += 1 if chars[p] in "()“”\"'" else 2
            continue
        # a name nobody declared: up to the next separator, or to the words of a duty
        stop = p + 1
        while stop < end and stop not in breaks and not _HARD_JOIN.match(chars, stop, end):
            if any(x.match(chars, stop, end) for x in (_DIVIDED, _LED, _SUPPORT, _ALONE, _WITH)):
                break
            if _labelled(chars, stop, end):
                break
            if chars[stop] in "和与" and _like_unit(chars[p:stop]):
                break
            if chars[stop] == "等" and stop + 1 <= end and _like_unit(chars[p:stop]):
                break
            stop += 1
        if chars.startswith("(", stop) and (close := chars.find(")", stop, end)) > 0 and close - stop <= 13:
            stop = close + 1
        found = Found(p, stop, "support" if lead_waits else "", "会同" if lead_waits else "")
        said.units.append(found)
        said.unknown += 1
        pending.append(found)
        p = stop
    settle()
    return said


def _like_unit(words: str) -> bool:
    return len(words) >= 3 and words.endswith(
        ("局", "委", "办", "部", "院", "厅", "政府", "中心", "委员会", "公司", "单位", "部门", "海关", "办公室", "会")
    )


def find_areas(flow: Flow, lexicon: Lexicon, start: int = 0, end: int | None = None) -> list[Area]:
    """Every area of duties, in order, neighbours put together."""
    chars = flow.chars
    end = len(chars) if end is None else end
    out: list[Area] = []
    p = start
    while p < end:
        area = _area_at(flow, p, end, lexicon)
        if area is None:
            p += 1
            continue
        if out and _touch(chars, out[-1].end, area.start):
            before = out[-1]
            out[-1] = Area(before.start, area.end, (before.inner[0], area.inner[1]), before.label,
                           before.closed and area.closed)  # fmt: skip
        else:
            out.append(area)
        p = max(area.end, p + 1)
    return out


def _touch(chars: str, a: int, b: int) -> bool:
    return b - a <= 1 and chars[a:b] in ("", ";", ",", "。", ")")


def _area_at(flow: Flow, p: int, end: int, lexicon: Lexicon) -> Area | None:
    chars = flow.chars
    char = chars[p]
    if char == "(":
        named = LABEL.match(chars, p + 1, end)
        if named:
            return _bracket(flow, p, named, end)
        return _plain_bracket(flow, p, end, lexicon)
    if char in "责牵配协参主承负落实分会首共第总执组完时办推支期":
        named = LABEL.match(chars, p, end)
        opened = p == 0 or flow.bol[p] or chars[p - 1] in "。;)!?”:"
        if named and chars.startswith(":", named.end()) and opened:
            inner = named.end() + 1
            return _open_area(flow, p, inner, str(named.lastgroup), end)
        if named and flow.bol[p] and named.end() < end and lexicon.at(chars, named.end(), end) > named.end():
            return _open_area(flow, p, named.end(), str(named.lastgroup), end)
        return None
    if p == 0 or flow.bol[p] or chars[p - 1] in "。!?":
        return _sentence(flow, p, end, lexicon)
    return None


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
    stop, closed = _close(chars, inner, end)
    label = str(named.lastgroup)
    return Area(p, stop + 1 if closed else stop, (named.start(), stop), label, closed)


def _close(chars: str, inner: int, end: int) -> tuple[int, bool]:
    """Where the bracket closes; where it does not, where its words of duty end."""
    depth, p = 0, inner
    limit = min(end, inner + _LONGEST)
    while p < limit:
        c = chars[p]
        if c == ")":
            if depth == 0:
                return p, True
            depth -= 1
        elif c == "(":
            if _HEADING.match(chars, p, end):
                break
            depth += 1
        else:
            stops = c == "。" and not LABEL.match(chars, p + 1, end) and not chars.startswith(")", p + 1)
            if stops or (p > inner and _HEADING.match(chars, p, end) and not TIME.match(chars, p, end)):
                break
        p += 1
    verbs = [m.end() for m in re.finditer(r"负责|牵头|配合|参加|参与|落实", chars[inner:p])]
    return (inner + verbs[-1] if verbs else p), False


def _open_area(flow: Flow, start: int, inner: int, label: str, end: int) -> Area:
    """A label without a bracket: its words end with the paragraph, a full stop or the next heading."""
    chars = flow.chars
    p = inner
    depth = 0
    while p < min(end, inner + _LONGEST):
        c = chars[p]
        if p > inner and flow.bol[p] and chars[p - 1] not in "、,:":
            break
        if c == "。" or (c == ")" and depth == 0):
            p += 1
            break
        if c == "(":
            if p > inner and (_HEADING.match(chars, p, end) or LABEL.match(chars, p + 1, end)):
                break
            depth += 1
        elif c == ")":
            depth -= 1
        elif p > inner and _HEADING.match(chars, p, end) and not TIME.match(chars, p, end):
            break
        p += 1
    return Area(start, p, (start, p), label)


def _plain_bracket(flow: Flow, p: int, end: int, lexicon: Lexicon) -> Area | None:
    chars = flow.chars
    if _HEADING.match(chars, p, end):
        return None
    depth, q = 0, p + 1
    while q < min(end, p + _LONGEST):
        if chars[q] == "(":
            depth += 1
            if depth > 3:
                return None
        elif chars[q] == ")":
            if depth == 0:
                break
            depth -= 1
        elif chars[q] == "。":
            return None
        q += 1
    else:
        return None
    if q >= end:
        return None
    words = chars[p + 1 : q]
    before = p == 0 or flow.bol[p] or chars[p - 1] in "。;!?”)"
    after = q + 1 >= end or flow.bol[q + 1] or chars[q + 1] in "。;(" or bool(_HEADING.match(chars, q + 1, end))
    if len(words) < 3 or not (before or after):
        return None
    said = read_area(chars, p + 1, q, lexicon)
    known = len(said.units) - said.unknown
    if known and (said.verbs or known == len(said.units)) and known >= said.unknown:
        return Area(p, q + 1, (p + 1, q), "who")
    # another city's units: no name is known, but the words of a duty close the bracket
    if said.verbs and _VERB_END.search(words) and (before and after):
        units = [chars[u.start : u.end] for u in said.units]
        if units and all(_like_unit(u) or "各" in u for u in units):
            return Area(p, q + 1, (p + 1, q), "who")
    return None


def _sentence(flow: Flow, p: int, end: int, lexicon: Lexicon) -> Area | None:
    chars = flow.chars
    first = p + 1 if chars.startswith("由", p) else p
    if lexicon.at(chars, first, end) == first:
        return None
    q = first
    while q < min(end, first + 240) and chars[q] not in "。!?" and not (q > first and flow.bol[q]):
        q += 1
    words = chars[first:q]
    if not _VERB_END.search(words):
        return None
    said = read_area(chars, first, q, lexicon)
    if said.unknown or not said.verbs or not said.units:
        return None
    return Area(p, q + 1 if chars.startswith("。", q) else q, (first, q), "who")


def wordings(said: Said) -> Sequence[str]:
    """The words of duty that an area uses, in order, each once."""
    return tuple(dict.fromkeys(u.wording for u in said.units if u.wording))
