"""The tree of numbered headings in running text, by the order of their signs: 一、 over (一) over 1. over (1).

A sign counts where it can stand (at the beginning of a paragraph, after a full stop or a bracket) and where its
number is the next of its kind, or the first of a new list. What is enumerated within a sentence is no heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from jinzhi.sources.plan_document.areas import Area
from jinzhi.sources.plan_document.flow import Flow
from jinzhi.sources.plan_document.headings import ITEM, PART, ROW, SECTION, HeadingSign, sign_at

#: numbers that a list may leap over before it is taken for another list
_LEAP = 5
_GLUED = 40
#: words that announce the measures of a row
MEASURES = re.compile(
    r"(?:具体|主要|重点|工作|落实|推进|配套|相关|细化|实施)(?:工作)?(?:措施|举措|做法)(?:如下|包括|有)?[:。]?\Z|具体(?:任务|事项|安排|工作|内容):\Z"
)


@dataclass(eq=False)
class OutlineNode:
    """A heading or an item: its sign, and the words and areas up to the next sign. The root has no sign."""

    sign: HeadingSign | None
    kind: str = ""
    parent: OutlineNode | None = None
    children: list[OutlineNode] = field(default_factory=list)
    #: (start, end, area or None) in order
    pieces: list[tuple[int, int, Area | None]] = field(default_factory=list)
    leapt: int = 0
    role: str = ""

    @property
    def areas(self) -> list[Area]:
        return [a for _, _, a in self.pieces if a is not None]

    @property
    def below(self) -> bool:
        """Whether anything under it has an area."""
        return any(c.areas or c.below for c in self.children)

    @property
    def start(self) -> int:
        return self.sign.start if self.sign else (self.pieces[0][0] if self.pieces else 0)

    @property
    def end(self) -> int:
        last = self.children[-1].end if self.children else 0
        return max([last, *(b for _, b, _ in self.pieces), self.sign.end if self.sign else 0])

    def walk(self) -> Iterator[OutlineNode]:
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def leaf(self) -> OutlineNode:
        return self.children[-1].leaf if self.children else self


def kind_of(chars: str, sign: HeadingSign) -> str:
    """The form of a sign with its number left out: 一、 and 第一章 are two kinds of one rank."""
    shown = chars[sign.start : sign.end]
    shown = re.sub(r"[一二三四五六七八九十]+|[0-9]+", "#", shown)
    shown = re.sub(r"[㈠-㈩]", "(#)", re.sub(r"[①-⑳]", "○", re.sub(r"[⑴-⒇]", "(#)", re.sub(r"[⒈-⒛]", "#.", shown))))
    shown = shown.rstrip("、.:,") if shown.startswith(("第", "(")) or "○" in shown else shown
    return f"{sign.rank}{shown.replace('.', '、')}"


def depth_of(kind: str) -> float:
    """How deep a kind stands before any document says otherwise."""
    if kind.startswith(f"{PART}第"):
        return 0.0
    if "节" in kind:
        return 1.5
    if kind == f"{ROW}#、":
        return 3.0
    if kind.startswith(str(ROW)):
        return 2.8
    return {PART: 1.0, SECTION: 2.0, ITEM: 4.0}[int(kind[0])] + (
        0.5 if "○" in kind or (kind.endswith("#)") and "(" not in kind) else 0.0
    )


def grow(flow: Flow, areas: Sequence[Area], start: int, end: int) -> OutlineNode:
    """The tree of a stretch. Every character from ``start`` to ``end`` is in one sign or one piece."""
    return _Grower(flow, areas, start, end).grow()


class _Grower:
    def __init__(self, flow: Flow, areas: Sequence[Area], start: int, end: int) -> None:
        self.flow, self.chars, self.start, self.end = flow, flow.chars, start, end
        self.areas = [a for a in areas if start <= a.start < end]
        self.root = OutlineNode(None)
        self.at = self.root
        self.last: dict[str, int] = {}
        self.after_area = True
        self.piece = start

    def grow(self) -> OutlineNode:
        p, nth = self.start, 0
        while p < self.end:
            if nth < len(self.areas) and p >= self.areas[nth].start:
                area = self.areas[nth]
                self._text(area.start)
                self.at.pieces.append((area.start, area.end, area))
                p = self.piece = area.end
                nth += 1
                self.after_area = True
                while p < self.end and self.chars[p] in "。;,":
                    p += 1
                self.after_area = True
                # a heading may follow at once
                if not self._opens(p):
                    self.after_area = False
                    continue
            elif not self._opens(p):
                p += 1
                continue
            p = self.at.sign.end if self.at.sign else p + 1
        self._text(self.end)
        return self.root

    def _text(self, stop: int) -> None:
        if stop > self.piece:
            self.at.pieces.append((self.piece, stop, None))
        self.piece = stop

    def _opens(self, p: int) -> bool:
        """Whether a heading begins at ``p``; it is added where it belongs."""
        if p >= self.end:
            return False
        sign = self._sign(p)
        if sign is None:
            return False
        kind = kind_of(self.chars, sign)
        place = self._place(sign, kind)
        if place is None:
            return False
        self._text(p)
        parent, leapt = place
        node = OutlineNode(sign, kind, parent, leapt=leapt)
        parent.children.append(node)
        self.at = node
        self.last[kind] = sign.value
        for deeper in [k for k in self.last if depth_of(k) > depth_of(kind) and int(k[0]) >= ITEM]:
            del self.last[deeper]
        self.piece = sign.end
        self.after_area = False
        return True

    def _sign(self, p: int) -> HeadingSign | None:
        sign = sign_at(self.chars, p, self.end)
        if sign is not None and self.chars[p] in "任举措事" and self._torn(p, sign.end):
            # 主要任务 at the end of a line and 1. on the next are not 任务1.
            return None
        if sign is None and (self.flow.bol[p] or self.after_area):
            # 12.30%以上…: digits after the point, at the beginning of a paragraph
            weak = re.match(r"([0-9]{1,3})\.(?=[0-9]+[\u4e00-\u9fff%])", self.chars[p : p + 12])
            if weak:
                sign = HeadingSign(p, p + weak.end(), ROW, int(weak.group(1)))
                if self.last.get(f"{ROW}#、", 0) + 1 != sign.value:
                    return None
        return sign

    def _torn(self, p: int, end: int) -> bool:
        """Whether a line ends between two places of the stream."""
        return any(c in "\n\r\f" for c in self.flow.text[self.flow.at[p] : self.flow.at[end - 1]])

    def _free(self, p: int) -> bool:
        return p == self.start or bool(self.flow.bol[p]) or self.chars[p - 1] in "。!?;):" or self.after_area

    def _glued(self, p: int) -> bool:
        """Whether only a short name stands between the heading before and ``p``."""
        first = self.at.sign.end if self.at.sign and not self.at.pieces else -1
        if first < 0:
            return False
        words = self.chars[first:p]
        return 2 <= len(words) <= _GLUED and not re.search(r"[。,;:()]", words) and not words[-1].isdigit()

    def _place(self, sign: HeadingSign, kind: str) -> tuple[OutlineNode, int] | None:
        """Under which node a sign at its place opens, and how many numbers it leaps over; None: it is no heading."""
        p, value = sign.start, sign.value
        free = self._free(p)
        firm = self.after_area or bool(self.flow.bol[p]) or p == self.start
        late = not free and self._late(p)
        if not free and not late and not (value == 1 and self._glued(p)):
            return None
        if value == 1 and int(kind[0]) < ITEM and self.at.sign and free:
            words = MEASURES.search(self.chars, max(self.at.sign.end, p - 10), p)
            # 一、主要措施 is a heading; the words announce measures where something stands before them
            if words and words.start() > self.at.sign.end:
                return self.at, 0
        node: OutlineNode | None = self.at
        nearest = None
        while node is not None and node.parent is not None:
            if node.kind == kind and node.sign is not None:
                if value == node.sign.value + 1:
                    return node.parent, 0
                nearest = nearest or node
            node = node.parent
        if late:
            return None
        if nearest is not None:
            return self._irregular(nearest, value, firm)
        if firm and value > 1 and kind not in self.last:
            # 第四部分 after 三、: another form of the same rank goes on with the list
            node = self.at
            while node is not None and node.sign is not None:
                if node.sign.rank == sign.rank < ITEM and node.sign.value + 1 == value:
                    return node.parent or self.root, 0
                node = node.parent
        if firm and value > 1 and self.at is self.root and not self.root.children and int(kind[0]) < ITEM:
            # an excerpt begins in the middle: 三、主要任务
            return (self.root, 0) if not self.root.areas else None
        above = self.at
        while above.kind and depth_of(above.kind) >= depth_of(kind):
            assert above.parent is not None
            above = above.parent
        if value == 1 and (firm or int(kind[0]) < ITEM or above is not self.root):
            return above, 0
        if value == self.last.get(kind, -1) + 1 and firm:
            return above, 0
        if firm and self.last.get(kind, 0) < value <= self.last.get(kind, 0) + _LEAP and kind in self.last:
            return above, value - self.last[kind] - 1
        return None

    def _late(self, p: int) -> bool:
        """Whether ``p`` stands a few words after an area: words that belong nowhere may run into the heading due."""
        pieces = self.at.pieces
        if not pieces or pieces[-1][2] is None or p - self.piece > 2 * _GLUED:
            return False
        words = self.chars[self.piece : p]
        return "。" not in words and not words[-1:].isdigit()

    def _irregular(self, node: OutlineNode, value: int, firm: bool) -> tuple[OutlineNode, int] | None:
        """A number that is not the next of its list: leapt, printed twice, or the first of another list."""
        assert node.sign is not None and node.parent is not None
        before = node.sign.value
        if firm and before < value <= before + _LEAP:
            return node.parent, value - before - 1
        anew = int(node.kind[0]) == PART and not any(a.start < self.piece for a in self.areas)
        if value == 1 and firm and (anew or self.after_area or node.areas or node.below or node.children):
            return (node.parent, 0) if int(node.kind[0]) < ITEM else None
        if self.after_area and value == before:
            return node.parent, -1
        return None
