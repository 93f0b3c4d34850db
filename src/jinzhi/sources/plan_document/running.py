"""Running text: every row is what stands between two areas of duties, headings first.

The areas of duties are the firmest thing in such a document, so the text is cut there; a stretch before an area
opens with the headings of its part, section and row, in any mixture, and the rest are its measures. Damaged or
missing signs are made up for by the declared names of parts, sections and rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from jinzhi.sources.plan_document.areas import Area
from jinzhi.sources.plan_document.draft import DraftRow, PlanDraft, duties_of, sentences
from jinzhi.sources.plan_document.duties import Lexicon, read_area
from jinzhi.sources.plan_document.flow import Flow
from jinzhi.sources.plan_document.headings import (
    ITEM,
    LONGEST_TITLE,
    PART,
    ROW,
    SECTION,
    HeadingSign,
    KnownHeading,
    Title,
    Vocabulary,
    sign_at,
    title_end,
)
from jinzhi.sources.plan_document.standing import StandingDuties
from jinzhi.sources.plan_document.surroundings import ends_title


@dataclass
class ReadingPlace:
    """Where the reader is: the part, section and number it has reached."""

    part: str = ""
    part_number: int = 0
    section: str = ""
    section_number: int = 0
    number: int = 0
    row_rank: int = ROW
    ranks: set[int] = field(default_factory=lambda: {PART, SECTION, ROW})
    seen: set[str] = field(default_factory=set)

    def enter_part(self, name: str, number: int) -> None:
        self.part, self.part_number = name, number or self.part_number + 1
        self.section, self.section_number, self.number = "", 0, 0

    def enter_section(self, name: str, number: int) -> None:
        self.section, self.section_number = name, number or self.section_number + 1
        self.number = 0

    def enter_row(self, number: int, rank: int) -> None:
        if rank <= SECTION and self.row_rank > rank:
            self.section, self.section_number = "", 0
        self.row_rank = rank
        self.number = number or self.number + 1

    def expected(self, rank: int) -> int:
        if rank == PART:
            return self.part_number + 1
        if rank == SECTION and self.row_rank != SECTION:
            return self.section_number + 1
        return self.number + 1


class StreamReader:
    """Reads one stream into a draft."""

    def __init__(
        self, draft: PlanDraft, flow: Flow, lexicon: Lexicon, vocabulary: Vocabulary, standing: StandingDuties
    ) -> None:
        self.draft, self.flow, self.lexicon, self.vocabulary = draft, flow, lexicon, vocabulary
        self.standing = standing
        self.chars = flow.chars
        self.at = ReadingPlace()
        self.current = -1
        self.continues = False
        self.bare_rows = False

    # -- the whole ------------------------------------------------------------------------------------------------

    def read(self, areas: list[Area], start: int, tail: int) -> None:
        """Read from the first heading at ``start`` to ``tail``, where the plan's own text ends."""
        self.at.ranks = self._ranks(areas, start)
        self.continues = self._continues(areas, start)
        self.bare_rows = not self.continues and self._bare_rows(areas)
        p = start
        for area in areas:
            self._stretch(p, area.start, area)
            p = area.end
        if p < tail:
            self._after(p, tail)

    def first_heading(self, areas: list[Area]) -> int:
        """Where the plan's text begins in the stretch before the first area: its first heading."""
        end = areas[0].start if areas else len(self.chars)
        for p in range(end):
            free = self._free(p, 0)
            sign = sign_at(self.chars, p, end)
            if sign and sign.rank in (PART, SECTION, ROW):
                known = self.vocabulary.at(self.chars, sign.end, end)
                if known:
                    return p
                if free and sign.value == 1 and not self._is_hint(p, end):
                    return p
                if sign.rank < ROW and sign.value == 1 and ends_title(self.chars, p):
                    return p
            elif free:
                known = self.vocabulary.at(self.chars, p, end)
                if known and self._stands_alone(known, p, end):
                    return p
        for p in range(end):
            known = self.vocabulary.at(self.chars, p, end, (ROW,))
            if known and self.chars.startswith("。", known.end):
                return self._back_over_names(p)
        # no heading: the paragraph of the first measures
        p = end
        while p > 0 and not self.flow.bol[p - 1]:
            p -= 1
        return max(0, p - 1)

    def _back_over_names(self, p: int) -> int:
        """From a row's title back over the names of its section and part, where they run together."""
        for rank in (SECTION, PART):
            for size in range(4, 40):
                known = self.vocabulary.at(self.chars, max(0, p - size), p, (rank,))
                if known and known.end == p:
                    p = max(0, p - size)
                    break
        return p

    def _is_hint(self, p: int, end: int) -> bool:
        """A numbered line of the site's own hints, not a heading."""
        stop = self.flow.next_bol(p, end)
        words = self.chars[p:stop]
        return any(w in words for w in ("预览", "下载", "用户上传", "本站"))

    def _stands_alone(self, known: KnownHeading, p: int, end: int) -> bool:
        after = known.end
        if after >= end or self.flow.bol[after] or self.chars[after] in "。:":
            return True
        sign = sign_at(self.chars, after, end)
        return sign is not None or self.vocabulary.at(self.chars, after, end) is not None

    # -- what kind of document ------------------------------------------------------------------------------------

    def _ranks(self, areas: list[Area], start: int) -> set[int]:
        """The ranks of signs that open stretches: the others enumerate within measures."""
        ranks = set()
        for area in [Area(start, start, (start, start), ""), *areas[:-1]]:
            sign = sign_at(self.chars, self._skip(area.end, len(self.chars)), len(self.chars))
            if sign:
                ranks.add(sign.rank)
        if len(areas) < 3:
            ranks |= {PART, SECTION, ROW}
        return ranks

    def _continues(self, areas: list[Area], start: int) -> bool:
        """Whether an area without a heading before it goes on with the same row (several areas a row)."""
        bare = headed = 0
        p = start
        for area in areas:
            q = self._skip(p, area.start)
            if sign_at(self.chars, q, area.start) or self.vocabulary.at(self.chars, q, area.start):
                headed += 1
            else:
                bare += 1
            p = area.end
        return headed > 0 and bare > max(1, 0.2 * (headed + bare))

    def _bare_rows(self, areas: list[Area]) -> bool:
        """Whether a row begins with its title alone, without a sign, right after another row."""
        for area, following in pairwise(areas):
            q = self._skip(area.end, following.start)
            if q >= following.start or sign_at(self.chars, q, following.start) is not None:
                continue
            above = self.vocabulary.at(self.chars, q, following.start, (PART, SECTION))
            if above is None and self._title_like(q, following.start):
                return True
        return False

    # -- one stretch ----------------------------------------------------------------------------------------------

    def _skip(self, p: int, end: int) -> int:
        while p < end and self.chars[p] in "。;,.、":
            p += 1
        return p

    def _free(self, p: int, start: int) -> bool:
        return p == start or bool(self.flow.bol[p]) or self.chars[p - 1] in "。!?;)"

    def _stretch(self, start: int, stop: int, area: Area | None) -> None:
        p = start
        body = self._skip(p, stop)
        if body > p:
            if self.current >= 0:
                self._closing_stop(p, body)
            p = body
        while True:
            opened, p = self._headings(p, stop)
            if not opened:
                break
            following = self._next_row(p, stop)
            if following is None:
                self._measures(p, stop)
                p = stop
                break
            self._measures(p, following)
            self._no_duty(self.current)
            p = following
        if p < stop:
            self._headless(p, stop, area)
        if area is not None:
            self._area(area)

    def _closing_stop(self, p: int, body: int) -> None:
        """A full stop after the bracket closes the sentence before it."""
        row = self.draft.rows[self.current]
        self.draft.paint(self.flow, p, body, "duty", self.current)
        if row.measures and self.chars[p] in "。;" and row.measures[-1][-1] not in "。!?;;":
            row.measures[-1] += self.flow.original(p, p + 1)

    def _headings(self, p: int, stop: int) -> tuple[bool, int]:
        """Read the headings that begin at ``p``. Gives whether a row was opened, and where its body begins."""
        nested = False
        while p < stop:
            sign = sign_at(self.chars, p, stop)
            if sign and sign.rank == ITEM and ITEM not in self.at.ranks:
                sign = None
            q = sign.end if sign else p
            known = self.vocabulary.at(self.chars, q, stop)
            if known and known.rank == ROW and known.row is not None:
                if not sign and known.row.id in self.at.seen:
                    return False, p
                self.at.seen.add(known.row.id)
                return True, self._open(sign, q, Title(known.end, self._after_title(known.end, stop), True))
            if known:
                known_end = self._after_title(known.end, stop)
                if not sign and not nested and not self._stands_alone(known, p, stop) and not self.flow.bol[p]:
                    return False, p
                self._enter(known.rank, self.flow.original(q, known.end), sign, known.number)
                self.draft.paint(self.flow, p, known_end, "part" if known.rank == PART else "section")
                p = self._intro(known_end, stop)
                nested = True
                continue
            if sign is None:
                return False, p
            deeper = self._deeper(sign, stop)
            if deeper is not None and sign.rank < ROW:
                title_stop = min(deeper.start, self._line_or_stop(q, deeper.start))
                self._enter(sign.rank, self.flow.original(q, title_stop), sign, 0)
                self.draft.paint(self.flow, p, title_stop, "part" if sign.rank == PART else "section")
                p = self._intro(title_stop, stop, deeper.start)
                nested = True
                continue
            inner = self._known_inside(q, stop)
            if inner is not None and sign.rank < ROW:
                # (一)节名 runs into a row's title whose number was lost
                self._enter(sign.rank, self.flow.original(q, inner), sign, 0)
                self.draft.paint(self.flow, p, inner, "part" if sign.rank == PART else "section")
                p = inner
                nested = True
                continue
            if sign.rank < ROW and self._only_heading(sign.rank, q, stop):
                line = self._line_or_stop(q, stop)
                self._enter(sign.rank, self.flow.original(q, line), sign, 0)
                self.draft.paint(self.flow, p, line, "part" if sign.rank == PART else "section")
                p = self._intro(line, stop)
                nested = True
                continue
            projects = re.search("工程|项目|行动|专项", self.at.part + self.at.section) is not None
            return True, self._open(sign, q, title_end(self.flow, q, stop, projects=projects))
        return False, p

    def _after_title(self, p: int, stop: int) -> int:
        return p + 1 if p < stop and self.chars[p] in "。:.,;" else p

    def _only_heading(self, rank: int, q: int, stop: int) -> bool:
        """The name of a part or section on a line of its own, with rows that carry no sign after it."""
        line = self.flow.next_bol(q, stop)
        if line >= stop or line - q > 20 or "。" in self.chars[q:line]:
            return False
        if rank == PART and self.at.ranks - {PART}:
            return True
        return self.bare_rows and sign_at(self.chars, line, stop) is None and self._title_like(line, stop)

    def _line_or_stop(self, q: int, stop: int) -> int:
        line = self.flow.next_bol(q, stop)
        full = self.chars.find("。", q, stop)
        return min(line, stop if full < 0 else full)

    def _deeper(self, sign: HeadingSign, stop: int) -> HeadingSign | None:
        """The first sign of a deeper rank that makes ``sign`` the heading of what is above rows."""
        limit = min(stop, sign.end + LONGEST_TITLE)
        full = self.chars.find("。", sign.end, limit)
        inline = limit if full < 0 else full + 1
        for p in range(sign.end + 2, inline):
            inner = sign_at(self.chars, p, stop)
            if inner is None or inner.rank <= sign.rank or inner.rank not in self.at.ranks or inner.rank == ITEM:
                continue
            if inner.value == 1 or self.flow.bol[p] or self.vocabulary.at(self.chars, inner.end, stop):
                return inner
        # a paragraph of introduction may stand between a heading on its own line and the first row
        line = self.flow.next_bol(sign.end, stop)
        if line < min(stop, sign.end + LONGEST_TITLE):
            for p in range(line, stop):
                if self.flow.bol[p]:
                    inner = sign_at(self.chars, p, stop)
                    if inner and inner.rank <= sign.rank:
                        return None
                    if inner and inner.rank > sign.rank and inner.rank in self.at.ranks and inner.value == 1:
                        return inner
        return None

    def _known_inside(self, q: int, stop: int) -> int | None:
        """Where a declared row's title begins right after a short name, all before the first full stop."""
        full = self.chars.find("。", q, stop)
        limit = min(q + LONGEST_TITLE, stop if full < 0 else full)
        for p in range(q + 2, limit):
            known = self.vocabulary.at(self.chars, p, stop, (ROW,))
            if known and known.row and known.row.id not in self.at.seen and len(known.name) >= 8:
                return p
        return None

    def _enter(self, rank: int, name: str, sign: HeadingSign | None, declared: int) -> None:
        value = sign.value if sign and sign.rank == rank else declared
        if rank == PART:
            self.at.enter_part(name.strip("。:、"), value)
            self.at.row_rank = ROW
        else:
            self.at.enter_section(name.strip("。:、"), value)
        self.current = -1

    def _intro(self, p: int, stop: int, until: int | None = None) -> int:
        """A paragraph that introduces a part or section, up to its first heading."""
        if until is None:
            until = None
            for q in range(p, stop):
                if q == p or self.flow.bol[q] or self.chars[q - 1] == "。":
                    sign = sign_at(self.chars, q, stop)
                    row = self.vocabulary.at(self.chars, sign.end if sign else q, stop)
                    if (sign and sign.rank in self.at.ranks and sign.rank != ITEM) or row:
                        until = q
                        break
            if until is None:
                return p
        if until > p:
            self.draft.paint(self.flow, p, until, "introduction")
        return until

    def _open(self, sign: HeadingSign | None, q: int, title: Title) -> int:
        rank = sign.rank if sign else self.at.row_rank
        self.at.enter_row(sign.value if sign else 0, rank)
        at = self.at
        row = DraftRow(
            part=at.part, part_number=at.part_number, section=at.section, section_number=at.section_number,
            number=at.number, printed_number=sign is not None, title=self.flow.original(q, title.end).strip("。:："),
            sure=title.sure, whole=title.whole,
        )  # fmt: skip
        self.draft.rows.append(row)
        self.current = len(self.draft.rows) - 1
        if sign:
            self.draft.paint(self.flow, sign.start, sign.end, "number", self.current)
        if title.body > title.end or not title.whole:
            self.draft.paint(self.flow, q, title.body, "row-title", self.current)
        return title.body

    def _next_row(self, p: int, stop: int) -> int | None:
        """Where another row begins before the area: the one before it has lost its units."""
        for q in range(p + 1, stop):
            if not (self.flow.bol[q] or self.chars[q - 1] in "。)!?"):
                continue
            sign = sign_at(self.chars, q, stop)
            known = self.vocabulary.at(self.chars, sign.end if sign else q, stop)
            if sign and known and not (known.row and known.row.id in self.at.seen):
                return q
            fresh = known and known.row and known.row.id not in self.at.seen and len(known.name) >= 8
            if known and fresh and (self.flow.bol[q] or self.chars.startswith("。", known.end)):
                return q
            if sign is None or sign.rank not in self.at.ranks or sign.rank > self.at.row_rank or sign.rank == ITEM:
                continue
            deeper = sign.rank < self.at.row_rank and sign.value == self.at.expected(sign.rank)
            beside = sign.rank == self.at.row_rank and sign.value == self.at.expected(sign.rank)
            if (deeper or beside) and self._title_like(sign.end, stop):
                return q
        return None

    def _title_like(self, q: int, stop: int) -> bool:
        title = title_end(self.flow, q, stop)
        return not title.whole and title.end - q >= 4

    def _measures(self, start: int, stop: int) -> None:
        row = self.draft.rows[self.current]
        for first, last in sentences(self.flow, start, stop):
            row.measures.append(self.flow.original(first, last))
        self.draft.paint(self.flow, start, stop, "measure", self.current)

    def _no_duty(self, index: int) -> None:
        row = self.draft.rows[index]
        self.draft.warn("no-duty", f"“{row.title}”没有找到责任单位,请对照原文补上", row.start, row.end, index)

    # -- stretches without a heading ------------------------------------------------------------------------------

    def _headless(self, start: int, stop: int, area: Area | None) -> None:
        found = self._heading_inside(start, stop)
        if found is not None:
            self._unplaced(start, found)
            self._stretch_from(found, stop)
            return
        if area is None:
            return
        title = title_end(self.flow, start, stop)
        title_like = (
            not title.whole and title.sure and title.end - start >= 4 and "," not in self.chars[start : title.end]
        )
        if self.current >= 0 and self.continues and not title_like:
            self._measures(start, stop)
            return
        if self.current >= 0 and not title_like and stop - start < 4:
            self._measures(start, stop)
            return
        body = self._open(None, start, title)
        row = self.draft.rows[self.current]
        if not title_like:
            row.sure = False
        self._measures(body, stop)

    def _stretch_from(self, p: int, stop: int) -> None:
        opened, p = self._headings(p, stop)
        while opened:
            following = self._next_row(p, stop)
            self._measures(p, following if following is not None else stop)
            if following is None:
                return
            self._no_duty(self.current)
            opened, p = self._headings(following, stop)
        if p < stop:
            if self.current >= 0:
                self._measures(p, stop)
            else:
                self._unplaced(p, stop)

    def _heading_inside(self, start: int, stop: int) -> int | None:
        for q in range(start + 1, stop):
            sign = sign_at(self.chars, q, stop)
            known = self.vocabulary.at(self.chars, sign.end, stop) if sign else None
            if sign and known and not (known.row and known.row.id in self.at.seen):
                return q
            free = self.flow.bol[q] or self.chars[q - 1] in "。!?)"
            if not free:
                continue
            bare = self.vocabulary.at(self.chars, q, stop)
            if bare and self._stands_alone(bare, q, stop) and not (bare.row and bare.row.id in self.at.seen):
                return q
            if (
                sign and sign.rank in self.at.ranks and sign.rank <= self.at.row_rank
                and sign.value == self.at.expected(sign.rank) and self._title_like(sign.end, stop)
            ):  # fmt: skip
                return q
        # words that belong nowhere may run straight into the heading that is due
        for q in range(start + 1, min(stop, start + 2 * LONGEST_TITLE)):
            sign = sign_at(self.chars, q, stop)
            if sign is None or sign.rank not in self.at.ranks or sign.rank > self.at.row_rank or sign.rank == ITEM:
                continue
            if sign.value == self.at.expected(sign.rank) and "。" not in self.chars[start:q]:
                if sign.rank == self.at.row_rank and self._title_like(sign.end, stop):
                    return q
                if sign.rank < self.at.row_rank and self._deeper(sign, stop):
                    return q
        return None

    def _unplaced(self, start: int, stop: int) -> None:
        """Left unmarked; the warning is made where all unplaced text is gathered."""

    def _after(self, start: int, stop: int) -> None:
        """Rows after the last area: they have no units of their own."""
        p = self._skip(start, stop)
        if p > start and self.current >= 0:
            self._closing_stop(start, p)
        before = len(self.draft.rows)
        opened, q = self._headings(p, stop)
        while opened:
            following = self._next_row(q, stop)
            self._measures(q, following if following is not None else stop)
            if following is None:
                break
            opened, q = self._headings(following, stop)
        for index in range(before, len(self.draft.rows)):
            self._no_duty(index)

    # -- duties ---------------------------------------------------------------------------------------------------

    def _area(self, area: Area) -> None:
        if self.current < 0:
            return
        row = self.draft.rows[self.current]
        said = read_area(self.chars, *area.inner, self.lexicon, area.label)
        measure = None
        if row.measures and row.duties and self.continues:
            # several areas in one row: each is for the measure before it, and so was the first
            measure = len(row.measures) - 1
            for duty in row.duties:
                duty.measure = row.first_area if duty.measure is None else duty.measure
        elif not row.duties:
            row.first_area = len(row.measures) - 1
        made = duties_of(self.flow, said.units, said.time_limit, measure)
        row.duties += made
        self.standing.met(self.draft, self.current, said, made, area, self.flow, again=False)
        row.time_limit = row.time_limit or said.time_limit
        for a, b in [*([area.remark] if area.remark[1] else []), *said.remarks]:
            row.remarks.append(self.flow.original(a, b).strip(",;:，；：、。 "))
        self.draft.paint(self.flow, area.start, area.end, "duty", self.current)
        if not area.closed:
            first, last = self.flow.at[area.start], self.flow.at[area.end - 1] + 1
            self.draft.warn("bracket", f"“{row.title}”的责任单位括号没有闭合,请核对单位", first, last, self.current)
        if not said.units and not said.time_limit:
            self._no_duty(self.current)
