"""What each heading of the tree is: a part or section, a row, a measure of a row, or words without any units."""

from __future__ import annotations

from collections import Counter

from jinzhi.sources.plan_document.areas import Area
from jinzhi.sources.plan_document.draft import BULLET
from jinzhi.sources.plan_document.flow import Flow
from jinzhi.sources.plan_document.headings import ITEM, PART
from jinzhi.sources.plan_document.outline import MEASURES, OutlineNode, grow

LONGEST_NAME = 60
STOPS = "。;,"
Text = tuple[int, int]


class OutlineRoles:
    """A tree and the roles of its nodes."""

    def __init__(self, flow: Flow) -> None:
        self.flow, self.chars = flow, flow.chars
        self.root = OutlineNode(None)
        self.row_kinds: Counter[str] = Counter()

    # -- the tree -------------------------------------------------------------------------------------------------

    def grow(self, areas: list[Area], tail: int) -> int | None:
        """Grow the tree up to ``tail``. Gives where the plan's first heading stands; None: there is none."""
        first = self._first(areas)
        if first is None:
            return None
        self.root = grow(self.flow, areas, first, tail)
        lists = self._lists()
        # numbered points of the letter before the plan: a list without a single unit, and then it begins again
        while len(lists) > 1 and not any(n.areas or n.below for n in lists[0]):
            self.root = grow(self.flow, areas, lists[1][0].start, tail)
            lists = self._lists()
        self._roles()
        return self.root.children[0].start if self.root.children else None

    def _first(self, areas: list[Area]) -> int | None:
        tree = grow(self.flow, areas, 0, areas[-1].end)
        for node in tree.children:
            if node.sign and not self._of_site(node):
                return node.start
        return None

    def _of_site(self, node: OutlineNode) -> bool:
        words = self.chars[node.start : self.flow.next_bol(node.start, len(self.chars))]
        return any(w in words for w in ("预览", "下载", "用户上传", "本站"))

    def _lists(self) -> list[list[OutlineNode]]:
        out: list[list[OutlineNode]] = []
        for node in self.root.children:
            if not out or (node.sign and node.sign.value == 1 and node.kind == out[-1][0].kind):
                out.append([])
            out[-1].append(node)
        return out

    # -- what each node is ----------------------------------------------------------------------------------------

    def _roles(self) -> None:
        for node in self.root.walk():
            if node.areas and not self._only_last(node):
                self.row_kinds[node.kind] += 1
        for node in self.root.children:
            self._role(node)

    def _role(self, node: OutlineNode) -> None:
        if node.areas:
            heads = node.below and not self._announces(node)
            heads = heads and (node.kind.startswith(str(PART)) or self._numbered_through(node))
            heads = heads or (not node.children and self._over_plain_rows(node))
            node.role = "heading" if heads else "row"
        elif node.below:
            node.role = "row" if self._carried_below(node) else "heading"
        elif node.children:
            node.role = "row" if self._is_row_kind(node) else "remark"
        else:
            node.role = "row" if self._is_row_kind(node) else "remark"
        for child in node.children:
            if node.role == "heading":
                self._role(child)
            else:
                for inner in child.walk():
                    inner.role = "measure" if node.role == "row" else node.role

    def _is_row_kind(self, node: OutlineNode) -> bool:
        """Whether a node without units is a row that lost them: its like are rows, and something beside it is one."""
        assert node.parent is not None
        beside = [n for n in node.parent.children if n is not node and n.kind == node.kind]
        if self.row_kinds[node.kind] == 0:
            return False
        return any(n.areas for n in beside) or (node.parent is not self.root and not beside)

    def _numbered_through(self, node: OutlineNode) -> bool:
        """Whether what is numbered under a heading goes on with the numbers under the one before: 1 2, then 3 4."""
        assert node.parent is not None
        lists = [n.children for n in node.parent.children if n.kind == node.kind and n.children]
        firsts = [c[0].sign.value for c in lists if c[0].sign]
        return len(firsts) > 1 and any(v > 1 for v in firsts)

    def _announces(self, node: OutlineNode) -> bool:
        texts = [self.chars[a:b].strip("。:;") for a, b, area in node.pieces if area is None]
        return any(MEASURES.search(t) for t in texts[1:])

    def _only_last(self, node: OutlineNode) -> bool:
        """Whether a node is the last of a list whose others have no units: the area may be for all of them."""
        parent = node.parent
        if parent is None or parent.sign is None or node.children or len(parent.children) < 2:
            return False
        return parent.children[-1] is node and not any(n.areas or n.children for n in parent.children[:-1])

    def _carried_below(self, node: OutlineNode) -> bool:
        """Whether the one area under a node, at the very end of it, is the node's own."""
        with_area = [n for n in node.walk() if n.areas]
        if len(with_area) != 1 or not self._only_last(with_area[0]) or with_area[0].parent is not node:
            return False
        if int(node.children[0].kind[0]) >= ITEM:
            return True
        assert node.parent is not None
        beside = [n for n in node.parent.children if n is not node]
        return any(n.areas for n in beside) or sum(map(self._alike, beside)) > 0

    def _alike(self, node: OutlineNode) -> bool:
        with_area = [n for n in node.walk() if n.areas]
        return len(with_area) == 1 and self._only_last(with_area[0]) and with_area[0].parent is node

    def _over_plain_rows(self, node: OutlineNode) -> bool:
        """Whether a heading stands over rows without a number: several paragraphs with units, or one with a bullet."""
        rows = self._unnumbered(node)
        return len(rows) > 1 or (len(rows) == 1 and BULLET.match(self.chars, rows[0][0][0]) is not None)

    def _unnumbered(self, node: OutlineNode) -> list[tuple[Text, list[Area]]]:
        """Paragraphs with units under a heading that stands on a line of its own: rows without a number."""
        pieces = node.pieces
        if not pieces or pieces[0][2] is not None or node.sign is None:
            return []
        line = self.flow.next_bol(node.sign.end, pieces[0][1])
        if line >= pieces[0][1] or line - node.sign.end > LONGEST_NAME:
            return []
        out: list[tuple[Text, list[Area]]] = []
        for a, b, area in [(line, pieces[0][1], None), *pieces[1:]]:
            if area is not None:
                if out:
                    out[-1][1].append(area)
            elif not self._only_stops(a, b):
                if not self.flow.bol[a]:
                    return []
                out.append(((a, b), []))
        return [r for r in out if r[1]]

    def _only_stops(self, a: int, b: int) -> bool:
        return all(c in STOPS for c in self.chars[a:b])
