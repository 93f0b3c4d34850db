"""The difference of two wordings of a plan: which rows came, went and changed, sentence by sentence, word by word.

Pure functions over frozen values; what is compared (a release, an import) is turned into ``Wording`` by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from jinzhi.kernel.plan import ALIKE, letters, likeness

#: sentences less alike than this are one that went and one that came, not one that was changed
SAME_SENTENCE = 0.5


@dataclass(frozen=True, slots=True)
class DutyText:
    """A duty for comparison: whose (id and name), which kind, its words, the measure it is for (from 0)."""

    id: str
    name: str
    kind: str
    wording: str = ""
    time_limit: str = ""
    measure: int | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """A row for comparison. ``ref`` is what the caller finds it by again; ``key`` the permanent key, if it has one."""

    ref: str
    bound: str
    part: str
    section: str
    number: int
    title: str
    measures: tuple[str, ...]
    duties: tuple[DutyText, ...]
    time_limit: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a changed text: ``kind`` is same, removed or added."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """``kind``: same, added, removed, changed; ``segments`` where changed."""

    kind: str
    before: str
    after: str
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class DutyChange:
    """``kind``: same, added, removed, changed."""

    kind: str
    before: DutyText | None
    after: DutyText | None


@dataclass(frozen=True, slots=True)
class RowChange:
    """What became of a row. ``kind``: same, renumbered (only its number), changed, added, removed.

    ``fields`` are the names of what changed: title, place, number, time_limit, bound, measures, duties.
    """

    kind: str
    before: Wording | None
    after: Wording | None
    fields: tuple[str, ...] = ()
    title: tuple[Segment, ...] = ()
    measures: tuple[MeasureChange, ...] = ()
    duties: tuple[DutyChange, ...] = ()

    @property
    def row(self) -> Wording:
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Difference:
    """All rows of both sides, in the order of the later one; a row that went stands after its forerunner."""

    rows: tuple[RowChange, ...]

    def of(self, *kinds: str) -> tuple[RowChange, ...]:
        return tuple(r for r in self.rows if r.kind in kinds)

    @property
    def nothing(self) -> bool:
        return not self.of("added", "removed", "changed", "renumbered")


def pair(before: Sequence[Wording], after: Sequence[Wording]) -> dict[int, int]:
    """Which later row (index) is which earlier one (index): by bound row, by title, then by likeness of titles."""
    out: dict[int, int] = {}
    taken: set[int] = set()

    def take(j: int, i: int) -> None:
        out[j] = i
        taken.add(i)

    bound = {w.bound: i for i, w in enumerate(before) if w.bound}
    for j, w in enumerate(after):
        if w.bound in bound and bound[w.bound] not in taken:
            take(j, bound[w.bound])

    def clash(a: Wording, b: Wording) -> bool:
        return bool(a.bound and b.bound and a.bound != b.bound)

    titles: dict[str, list[int]] = {}
    for i, w in enumerate(before):
        titles.setdefault(letters(w.title), []).append(i)
    for j, w in enumerate(after):
        if j in out or not letters(w.title):
            continue
        same = [i for i in titles.get(letters(w.title), ()) if i not in taken and not clash(before[i], w)]
        if same:
            here = [i for i in same if (before[i].part, before[i].section) == (w.part, w.section)]
            take(j, (here or same)[0])
    near: list[tuple[float, int, int]] = []
    for j, w in enumerate(after):
        if j in out:
            continue
        for i, old in enumerate(before):
            if i not in taken and not clash(old, w) and (score := likeness(old.title, w.title)) >= ALIKE:
                near.append((-score, j, i))
    for _score, j, i in sorted(near):
        if j not in out and i not in taken:
            take(j, i)
    return out


def compare(before: Sequence[Wording], after: Sequence[Wording]) -> Difference:
    """The difference from ``before`` to ``after``."""
    pairs = pair(before, after)
    gone = [i for i in range(len(before)) if i not in pairs.values()]
    later = {i: j for j, i in pairs.items()}
    rows: list[RowChange] = [
        _row(before[pairs[j]], w) if j in pairs else RowChange("added", None, w) for j, w in enumerate(after)
    ]
    where: dict[int, int] = {}  # index of an earlier row to how many of the later ones stand before it
    for i in gone:
        neighbours = [later[k] for k in range(i) if k in later]
        where[i] = max(neighbours) + 1 if neighbours else 0
    out: list[RowChange] = []
    for j in range(len(after) + 1):
        out += [RowChange("removed", before[i], None) for i in gone if where[i] == j]
        if j < len(after):
            out.append(rows[j])
    return Difference(tuple(out))


def _row(old: Wording, new: Wording) -> RowChange:
    measures = _measures(old.measures, new.measures)
    duties = _duties(old.duties, new.duties)
    fields = [
        name
        for name, differs in (
            ("title", old.title != new.title),
            ("place", (old.part, old.section) != (new.part, new.section)),
            ("number", old.number != new.number),
            ("time_limit", old.time_limit != new.time_limit),
            ("bound", old.bound != new.bound),
            ("measures", any(m.kind != "same" for m in measures)),
            ("duties", any(d.kind != "same" for d in duties)),
        )
        if differs
    ]
    kind = "same" if not fields else "renumbered" if fields == ["number"] else "changed"
    title = words(old.title, new.title) if old.title != new.title else ()
    return RowChange(kind, old, new, tuple(fields), title, measures, duties)


def _measures(old: Sequence[str], new: Sequence[str]) -> tuple[MeasureChange, ...]:
    out: list[MeasureChange] = []
    for op, a1, a2, b1, b2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            out += [MeasureChange("same", a, b) for a, b in zip(old[a1:a2], new[b1:b2], strict=True)]
        else:
            out += _sentences(old[a1:a2], new[b1:b2])
    return tuple(out)


def _sentences(old: Sequence[str], new: Sequence[str]) -> list[MeasureChange]:
    """A stretch of sentences that was rewritten: the likest are paired, in order."""
    out: list[MeasureChange] = []
    i = 0
    for sentence in new:
        scores = [(likeness(o, sentence), -k) for k, o in enumerate(old) if k >= i]
        best, k = max(scores, default=(0.0, 0))
        if best >= SAME_SENTENCE:
            out += [MeasureChange("removed", o, "") for o in old[i:-k]]
            out.append(MeasureChange("changed", old[-k], sentence, words(old[-k], sentence)))
            i = -k + 1
        else:
            out.append(MeasureChange("added", "", sentence))
    return out + [MeasureChange("removed", o, "") for o in old[i:]]


def _duties(old: Sequence[DutyText], new: Sequence[DutyText]) -> tuple[DutyChange, ...]:
    left = list(old)
    out: list[DutyChange] = []
    for duty in new:
        if duty in left:
            left.remove(duty)
            out.append(DutyChange("same", duty, duty))
    rest = list(new)
    for change in out:
        if change.after is not None:
            rest.remove(change.after)
    for duty in rest:
        was = next((d for d in left if d.id == duty.id), None)
        if was is None:
            out.append(DutyChange("added", None, duty))
        else:
            left.remove(was)
            out.append(DutyChange("changed", was, duty))
    return tuple(out + [DutyChange("removed", d, None) for d in left])


_TOKEN = re.compile(r"[A-Za-z0-9]+|\s+|.", re.S)


def words(before: str, after: str) -> tuple[Segment, ...]:
    """A changed text as stretches: Chinese by character, Latin words and numbers whole."""
    a, b = _TOKEN.findall(before), _TOKEN.findall(after)
    out: list[Segment] = []
    for op, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if op == "equal":
            out.append(Segment("same", "".join(a[a1:a2])))
            continue
        if a2 > a1:
            out.append(Segment("removed", "".join(a[a1:a2])))
        if b2 > b1:
            out.append(Segment("added", "".join(b[b1:b2])))
    return tuple(out)
