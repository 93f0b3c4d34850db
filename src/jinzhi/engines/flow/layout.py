"""Where the states and steps of a procedure stand on the chart."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from jinzhi.kernel.procedure import Clock, Event, Procedure, State, Step, corrected, visits_of

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
class ChartLayout:
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
    here = state.id
    return [
        s for s in procedure.steps if here in procedure.sources(s) and (not s.targets or here in s.targets_in(here))
    ]


def _arrows(procedure: Procedure) -> list[Arrow]:
    kept: dict[tuple[str, str], Arrow] = {}
    for step in procedure.steps:
        for source in procedure.sources(step) or (START,):
            for target in step.targets_in(source):
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


class _Grid:
    """Which row and column each state has, which way each arrow goes, and where the columns begin."""

    def __init__(self, procedure: Procedure, language: str) -> None:
        self.procedure, self.language = procedure, language
        self.columns = _columns(procedure)
        lanes = {START: 0, **{s.id: _lane(s) for s in procedure.states}}
        used = sorted(set(lanes.values()))
        self.rows = {id: used.index(lane) for id, lane in lanes.items()}
        self.depth = len(used)
        self.arrows = _arrows(procedure)
        self.straight = [a for a in self.arrows if self._is_straight(a)]
        self.xs, self.width = self._placed()

    def _is_straight(self, arrow: Arrow) -> bool:
        """Whether an arrow leads to the next box of the main path."""
        on_main = self.rows[arrow.source] == self.rows[arrow.target] == 0
        return on_main and self.columns[arrow.target] == self.columns[arrow.source] + 1

    def _placed(self) -> tuple[list[float], float]:
        """Where each column begins, and the width of all."""
        count = max(self.columns.values()) + 1
        gaps = [float(GAP)] * count
        for arrow in self.straight:
            column = self.columns[arrow.source]
            gaps[column] = max(gaps[column], min(self.label_width(arrow), 120) + 26)
        on_main = {column: id for id, column in self.columns.items() if self.rows[id] == 0}
        widths = [(24 if on_main.get(column) == START else BOX) + gaps[column] for column in range(count)]
        xs = list(accumulate(widths, initial=float(MARGIN)))
        return xs[:-1], xs[-1] - gaps[-1] + MARGIN

    def label_width(self, arrow: Arrow) -> float:
        return max(text_width(name_of(s, self.language)) for s in arrow.steps)

    def x_of(self, id: str) -> float:
        return self.xs[self.columns[id]]


@dataclass(slots=True)
class _Route:
    """The way of an arrow that bends: the sides it leaves and enters by, where, and the tracks that it runs on."""

    arrow: Arrow
    leave: str
    enter: str
    start: float = 0
    arrival: float = 0
    #: the channel and the track in it: one, or two with the gutter between them
    way: tuple[tuple[int, int], ...] = ()
    gutter: float = 0

    def draw(self, boxes: dict[str, Box], tops: Sequence[float]) -> None:
        """Give the arrow its points, and its label a place over the first track."""
        source, target = boxes[self.arrow.source], boxes[self.arrow.target]
        tracks = [tops[channel] + 12 + TRACK * track + TRACK / 2 - 6 for channel, track in self.way]
        first, last = tracks[0], tracks[-1]
        turns = [] if len(tracks) == 1 else [(self.gutter, first), (self.gutter, last)]
        self.arrow.points = [
            (self.start, source.bottom if self.leave == "bottom" else source.y),
            (self.start, first),
            *turns,
            (self.arrival, last),
            (self.arrival, target.bottom if self.enter == "bottom" else target.y),
        ]
        self.arrow.label_at = ((self.start + (self.gutter if turns else self.arrival)) / 2, first - 5)


def _routes(grid: _Grid) -> list[_Route]:
    """The ways of the arrows that bend, with the points where they leave and enter."""
    routes: list[_Route] = []
    for arrow in (a for a in grid.arrows if a not in grid.straight):
        down = grid.rows[arrow.target] - grid.rows[arrow.source]
        leave, enter = ("bottom", "top") if down > 0 else ("top", "bottom") if down < 0 else ("top", "top")
        routes.append(_Route(arrow, leave, enter))
    ends: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for i, route in enumerate(routes):
        ends.setdefault((route.arrow.source, route.leave), []).append((i, "out"))
        ends.setdefault((route.arrow.target, route.enter), []).append((i, "in"))
    for (id, side), held in ends.items():
        _place_ends(grid, routes, id, side, held)
    return routes


def _place_ends(grid: _Grid, routes: Sequence[_Route], id: str, side: str, held: list[tuple[int, str]]) -> None:
    """Spread the ends of lines over one side of a box."""

    def neighbour(end: tuple[int, str]) -> tuple[int, tuple[int, str]]:
        # the far neighbour's column decides the order, so that lines cross less
        arrow = routes[end[0]].arrow
        return grid.columns[arrow.target if end[1] == "out" else arrow.source], end

    width = 24 if id == START else BOX
    # arrivals stand a little to the right of departures, so that lines in one column keep apart
    apart = 0 if id == START else 5 if side == "top" else 12
    for k, (i, way) in enumerate(sorted(held, key=neighbour), 1):
        x = grid.x_of(id) + width * k / (len(held) + 1) + (apart if way == "in" else -apart)
        if way == "in":
            routes[i].arrival = x
        else:
            routes[i].start = x


def _channels(grid: _Grid, routes: Sequence[_Route]) -> list[_Tracks]:
    """Put each route on its tracks. Channel r lies above row r."""
    channels = [_Tracks() for _ in range(grid.depth + 1)]
    for i, route in enumerate(routes):
        arrow = route.arrow
        here, there = grid.rows[arrow.source], grid.rows[arrow.target]
        first = here + 1 if route.leave == "bottom" else here
        last = there + 1 if there < here else there
        route.gutter = grid.x_of(arrow.target) - 8 - 4 * (i % 5)
        stop = route.arrival if first == last else route.gutter
        half, middle = grid.label_width(arrow) / 2, (route.start + stop) / 2
        low, high = min(route.start, stop, middle - half), max(route.start, stop, middle + half)
        route.way = ((first, channels[first].place(low, high, len(arrow.steps))),)
        if first != last:
            low, high = sorted((route.gutter, route.arrival))
            route.way += ((last, channels[last].place(low, high)),)
    return channels


def _rows(grid: _Grid, channels: Sequence[_Tracks], tall: Mapping[str, float]) -> tuple[list[float], list[float]]:
    """Where the channels begin (one more than rows) and where the rows do, from above."""
    labels = max((len(a.steps) for a in grid.straight), default=0) * LINE
    tops: list[float] = []
    rows: list[float] = []
    y = float(MARGIN)
    for r in range(grid.depth):
        tops.append(y)
        y += channels[r].height
        if r == 0:
            y += max(0.0, labels + 8 - HEAD / 2)
        rows.append(y)
        highest = max((height for id, height in tall.items() if grid.rows[id] == r), default=float(HEAD))
        y += highest + (14 if r + 1 < grid.depth else 0)
    return [*tops, y], rows


def layout(procedure: Procedure, language: str = "zh") -> ChartLayout:
    """Where everything stands. Boxes never overlap: a lane is a row, and a column of a lane holds one box."""
    grid = _Grid(procedure, language)
    routes = _routes(grid)
    channels = _channels(grid, routes)
    tall = {s.id: _box_height(procedure, s, language) for s in procedure.states}
    tops, rows = _rows(grid, channels, tall)
    boxes = {START: Box(START, 0, 0, grid.xs[0], rows[0] + HEAD / 2 - 12, 24, 24)}
    for s in procedure.states:
        boxes[s.id] = Box(s.id, grid.columns[s.id], _lane(s), grid.x_of(s.id), rows[grid.rows[s.id]], BOX, tall[s.id])
    for arrow in grid.straight:
        left, right, line = boxes[arrow.source].right, boxes[arrow.target].x, rows[0] + HEAD / 2
        arrow.points = [(left, line), (right, line)]
        arrow.label_at = ((left + right) / 2, line - 6)
    for route in routes:
        route.draw(boxes, tops)
    return _framed(grid, boxes, [r.arrow for r in routes], tops[-1] + channels[-1].height + MARGIN)


def _framed(grid: _Grid, boxes: dict[str, Box], bent: Sequence[Arrow], height: float) -> ChartLayout:
    """The layout with room for its labels; where a long one hangs out on the left, everything moves to the right."""
    low, high = 0.0, grid.width
    for arrow in bent:
        half = grid.label_width(arrow) / 2 + 4
        low, high = min(low, arrow.label_at[0] - half), max(high, arrow.label_at[0] + half)
    if low < 0:
        boxes = {id: replace(box, x=box.x - low) for id, box in boxes.items()}
        for arrow in grid.arrows:
            arrow.points = [(x - low, y) for x, y in arrow.points]
            arrow.label_at = (arrow.label_at[0] - low, arrow.label_at[1])
    return ChartLayout(boxes, tuple(grid.arrows), high - low, height)


def _box_height(procedure: Procedure, state: State, language: str) -> float:
    lines = len(wrapped(name_of(state, language), BOX - 14, 15))
    loops = sum(len(wrapped(f"↻ {name_of(s, language)}", BOX - 14, 12.5)) for s in staying(procedure, state))
    return HEAD + (lines - 1) * 19 + loops * LINE


def visits(procedure: Procedure, history: Sequence[Event]) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """The day on which each state was last entered, and the arrows that were taken."""
    entered: dict[str, str] = {}
    taken: set[tuple[str, str]] = set()
    here = START
    for visit in visits_of(procedure, corrected(history)):
        taken.add((here, visit.state.id))
        entered[visit.state.id] = visit.on.isoformat()
        here = visit.state.id
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
