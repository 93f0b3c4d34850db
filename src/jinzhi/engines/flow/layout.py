"""Where the states and steps of a procedure stand on the chart."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from jinzhi.kernel.procedure import Clock, Event, Procedure, State, Step, corrected

FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, WenQuanYi Micro Hei, system-ui, sans-serif"
START = ""
BOX, GAP, MARGIN, TRACK, HEAD, LINE = 148, 36, 14, 22, 50, 17
#: the tokens of the style sheet, for a picture that cannot read it (contrast: design/ui.md)
THEMES = {
    "light": {
        "bg": "#ffffff", "box": "#f8fafc", "line": "#8494a5", "ink": "#1c2733", "ink2": "#4a5a6a",
        "done": "#e3f3ea", "done-line": "#1e7145", "doing": "#1f5fa8", "on-doing": "#ffffff",
    },
    "dark": {
        "bg": "#17212c", "box": "#1d2935", "line": "#61748a", "ink": "#e6edf4", "ink2": "#a9b8c7",
        "done": "#173226", "done-line": "#7fd0a0", "doing": "#7db4f0", "on-doing": "#0f1720",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """Where a state stands. ``id`` is the state's, or START for the point where a case begins."""

    id: str
    column: int
    lane: int
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(slots=True)
class Arrow:
    """Steps from one state to another, drawn as one line. ``points`` are filled in by the layout."""

    source: str
    target: str
    steps: list[Step]
    points: list[tuple[float, float]] = field(default_factory=list)
    label_at: tuple[float, float] = (0, 0)


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes by state, arrows, and the size of the whole."""

    boxes: dict[str, Box]
    arrows: tuple[Arrow, ...]
    width: float
    height: float


def text_width(text: str, size: float = 13) -> float:
    """A cautious guess of a text's width: a full-width letter is as wide as its size, others 0.58 of it."""
    return sum(size if unicodedata.east_asian_width(c) in "WF" else size * 0.58 for c in text)


def wrapped(text: str, width: float, size: float = 13) -> list[str]:
    """The text in lines of at most this width, broken at blanks where there are any; nothing is cut off."""
    lines: list[str] = []
    line = ""
    words = text.split(" ")
    for i, word in enumerate(words):
        piece = word if i == 0 else " " + word
        if line and text_width(line + piece, size) > width:
            lines.append(line)
            line, piece = "", word
        for letter in piece:
            if line and text_width(line + letter, size) > width:
                lines.append(line)
                line = ""
            line += letter
    return [*lines, line] if line else lines or [""]


def name_of(thing: State | Step | Clock | Procedure, language: str) -> str:
    return thing.en if language == "en" else thing.zh


def staying(procedure: Procedure, state: State) -> list[Step]:
    """Steps that can be taken in a state and leave it where it is."""
    return [s for s in procedure.steps if state.id in procedure.sources(s) and (not s.targets or state.id in s.targets)]


def _arrows(procedure: Procedure) -> list[Arrow]:
    kept: dict[tuple[str, str], Arrow] = {}
    for step in procedure.steps:
        for source in procedure.sources(step) or (START,):
            for target in step.targets:
                if target != source:
                    kept.setdefault((source, target), Arrow(source, target, [])).steps.append(step)
    return list(kept.values())


def _columns(procedure: Procedure) -> dict[str, int]:
    """The column of each state: the main path in its order, a branch under the last state that leads to it."""
    out = {START: 0}
    for state in procedure.states:
        if state.lane <= 0:
            out[state.id] = len(out)
    taken: set[tuple[int, int]] = set()
    for state in sorted((s for s in procedure.states if s.lane > 0), key=lambda s: s.lane):
        leading = [s for s in procedure.steps if state.id in s.targets]
        leads = [out[x] for s in leading for x in procedure.sources(s) if x in out and x != state.id]
        column = max(leads, default=1)
        while (state.lane, column) in taken:
            column += 1
        taken.add((state.lane, column))
        out[state.id] = column
    return out


def _lane(state: State) -> int:
    return max(0, state.lane)


class _Tracks:
    """Horizontal tracks of a channel between two lanes: intervals that meet get different ones."""

    def __init__(self) -> None:
        self.rows: list[list[tuple[float, float]]] = []

    def place(self, low: float, high: float, lines: int = 1) -> int:
        """Take a track with ``lines`` lines of label on it; returns the lowest of its rows, where the line runs."""
        i = 0
        while not all(high + 10 < a or b + 10 < low for row in self.rows[i : i + lines] for a, b in row):
            i += 1
        while len(self.rows) < i + lines:
            self.rows.append([])
        for row in self.rows[i : i + lines]:
            row.append((low, high))
        return i + lines - 1

    @property
    def height(self) -> float:
        return TRACK * len(self.rows) + (12 if self.rows else 0)


def layout(procedure: Procedure, language: str = "zh") -> Layout:
    """Where everything stands. Boxes never overlap: a lane is a row, and a column of a lane holds one box."""
    columns = _columns(procedure)
    lanes = {START: 0, **{s.id: _lane(s) for s in procedure.states}}
    used = sorted(set(lanes.values()))
    row_of = {lane: i for i, lane in enumerate(used)}
    arrows = _arrows(procedure)
    count = max(columns.values()) + 1
    on_main = {columns[s]: s for s in lanes if lanes[s] == 0}
    straight = [
        a for a in arrows if lanes[a.source] == lanes[a.target] == 0 and columns[a.target] == columns[a.source] + 1
    ]
    gaps = [float(GAP)] * count
    for a in straight:
        longest = max(text_width(name_of(s, language)) for s in a.steps)
        gaps[columns[a.source]] = max(gaps[columns[a.source]], min(longest, 120) + 26)
    xs: list[float] = []
    x = float(MARGIN)
    for c in range(count):
        xs.append(x)
        x += (24 if on_main.get(c) == START else BOX) + gaps[c]
    width = x - gaps[-1] + MARGIN
    tall = {s.id: _box_height(procedure, s, language) for s in procedure.states}
    rows = len(used)
    highest = [max([tall[s.id] for s in procedure.states if row_of[_lane(s)] == r] or [HEAD]) for r in range(rows)]

    # which side each arrow leaves and enters, and its place among the arrows of that side
    others = [a for a in arrows if a not in straight]
    ends: dict[tuple[str, str], list[tuple[int, str]]] = {}
    sides: list[tuple[str, str]] = []
    for i, a in enumerate(others):
        down = row_of[lanes[a.target]] - row_of[lanes[a.source]]
        leave, enter = ("bottom", "top") if down > 0 else ("top", "bottom") if down < 0 else ("top", "top")
        sides.append((leave, enter))
        ends.setdefault((a.source, leave), []).append((i, "out"))
        ends.setdefault((a.target, enter), []).append((i, "in"))
    port: dict[tuple[int, str], float] = {}
    for (id, side), held in ends.items():
        w = 24 if id == START else BOX
        # the far neighbour's column decides the order, so that lines cross less
        held.sort(key=lambda e: (columns[others[e[0]].target if e[1] == "out" else others[e[0]].source], e))
        for k, end in enumerate(held):
            # arrivals stand a little to the right of departures, so that lines in one column keep apart
            apart = 5 if side == "top" else 12
            aside = 0 if id == START else apart if end[1] == "in" else -apart
            port[end] = xs[columns[id]] + w * (k + 1) / (len(held) + 1) + aside

    # tracks: channel r lies above row r
    channels = [_Tracks() for _ in range(rows + 1)]
    ways: list[list[tuple[int, int]]] = []
    gutters: list[float] = []
    for i, a in enumerate(others):
        here, there = row_of[lanes[a.source]], row_of[lanes[a.target]]
        leave, _enter = sides[i]
        first = here + 1 if leave == "bottom" else here
        last = there + 1 if there < here else there
        start, arrival = port[(i, "out")], port[(i, "in")]
        label = max(text_width(name_of(s, language)) for s in a.steps)
        gutter = xs[columns[a.target]] - 8 - 4 * (i % 5)
        stop = arrival if first == last else gutter
        middle = (start + stop) / 2
        span = (min(start, stop, middle - label / 2), max(start, stop, middle + label / 2))
        way = [(first, channels[first].place(*span, len(a.steps)))]
        if first != last:
            way.append((last, channels[last].place(min(gutter, arrival), max(gutter, arrival))))
        ways.append(way)
        gutters.append(gutter)

    ys: list[float] = []
    above = max((len(a.steps) for a in straight), default=0) * LINE
    y = float(MARGIN)
    tops: list[float] = []
    for r in range(rows):
        tops.append(y)
        y += channels[r].height
        if r == 0:
            y += max(0.0, above + 8 - HEAD / 2)
        ys.append(y)
        y += highest[r] + (14 if r + 1 < rows else 0)
    tops.append(y)
    height = y + channels[rows].height + MARGIN

    boxes = {START: Box(START, 0, 0, xs[0], ys[0] + HEAD / 2 - 12, 24, 24)}
    for s in procedure.states:
        boxes[s.id] = Box(s.id, columns[s.id], _lane(s), xs[columns[s.id]], ys[row_of[_lane(s)]], BOX, tall[s.id])
    low_x, high_x = 0.0, width
    for a in straight:
        left, right = boxes[a.source], boxes[a.target]
        line = ys[0] + HEAD / 2
        a.points = [(left.right, line), (right.x, line)]
        a.label_at = ((left.right + right.x) / 2, line - 6)
    for i, a in enumerate(others):
        (leave, enter), way = sides[i], ways[i]
        source, target = boxes[a.source], boxes[a.target]
        x0, x1 = port[(i, "out")], port[(i, "in")]
        y0 = source.bottom if leave == "bottom" else source.y
        y1 = target.bottom if enter == "bottom" else target.y
        track = [tops[c] + 12 + TRACK * t + TRACK / 2 - 6 for c, t in way]
        if len(way) == 1:
            a.points = [(x0, y0), (x0, track[0]), (x1, track[0]), (x1, y1)]
            a.label_at = ((x0 + x1) / 2, track[0] - 5)
        else:
            g = gutters[i]
            a.points = [(x0, y0), (x0, track[0]), (g, track[0]), (g, track[1]), (x1, track[1]), (x1, y1)]
            a.label_at = ((x0 + g) / 2, track[0] - 5)
        half = max(text_width(name_of(s, language)) for s in a.steps) / 2
        low_x, high_x = min(low_x, a.label_at[0] - half - 4), max(high_x, a.label_at[0] + half + 4)
    if low_x < 0:
        # a long label hangs out on the left: everything moves to the right
        boxes = {id: replace(box, x=box.x - low_x) for id, box in boxes.items()}
        for a in arrows:
            a.points = [(x - low_x, y) for x, y in a.points]
            a.label_at = (a.label_at[0] - low_x, a.label_at[1])
    return Layout(boxes, tuple(arrows), high_x - low_x, height)


def _box_height(procedure: Procedure, state: State, language: str) -> float:
    lines = len(wrapped(name_of(state, language), BOX - 14, 15))
    loops = sum(len(wrapped(f"↻ {name_of(s, language)}", BOX - 14, 12.5)) for s in staying(procedure, state))
    return HEAD + (lines - 1) * 19 + loops * LINE


def visits(procedure: Procedure, history: Sequence[Event]) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """The day on which each state was last entered, and the arrows that were taken."""
    entered: dict[str, str] = {}
    taken: set[tuple[str, str]] = set()
    here = START
    for event in corrected(history):
        step = procedure.find_step(event.step)
        to = step.targets[0] if step and step.targets else None
        if to is not None and to != here:
            taken.add((here, to))
            entered[to] = event.on.isoformat()
            here = to
    return entered, taken


def size(procedure: Procedure, language: str = "zh") -> tuple[int, int]:
    """Width and height of the picture in pixels."""
    plan = layout(procedure, language)
    return round(plan.width), round(plan.height)


def summary(procedure: Procedure, state: str | None, history: Sequence[Event], language: str = "zh") -> str:
    """What the picture shows, in words."""
    entered, _ = visits(procedure, history)
    english = language == "en"
    parts = []
    for s in procedure.states:
        word = name_of(s, language)
        if s.id == state:
            word += (" (now)" if english else "（当前）") if not s.final else (" (ended)" if english else "（已结）")
        elif s.id in entered:
            word += f" ✓ {entered[s.id]}"
        parts.append(word)
    title = f"Flow of {procedure.en}: " if english else f"{procedure.zh}流程："
    return title + (", " if english else "、").join(parts)
