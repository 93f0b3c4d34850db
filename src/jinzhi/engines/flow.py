"""Flow charts from a procedure's declaration: SVG for pages and print, BPMN 2.0 XML for other tools.

Neither is ever drawn by hand. The SVG shows states as boxes (the main path on one line, branches in the lanes
below) and steps as arrows; each arrow that is not a straight one to the neighbour has a track of its own, so
no line lies on another. Everything is a presentation attribute: the picture needs no style sheet, works as
``<img>`` and breaks no content security policy. The same declaration always gives the same bytes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from jinzhi.kernel.clock import lengths_of
from jinzhi.kernel.law import Dated
from jinzhi.kernel.period import Length, Unit
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


def _name(thing: State | Step | Clock | Procedure, language: str) -> str:
    return thing.en if language == "en" else thing.zh


def staying(procedure: Procedure, state: State) -> list[Step]:
    """Steps that can be taken in a state and leave it where it is."""
    return [s for s in procedure.steps if state.id in s.sources and (s.to is None or s.to == state.id)]


def _arrows(procedure: Procedure) -> list[Arrow]:
    kept: dict[tuple[str, str], Arrow] = {}
    for step in procedure.steps:
        for source in step.sources or (START,):
            if step.to is not None and step.to != source:
                kept.setdefault((source, step.to), Arrow(source, step.to, [])).steps.append(step)
    return list(kept.values())


def _columns(procedure: Procedure) -> dict[str, int]:
    """The column of each state: the main path in its order, a branch under the last state that leads to it."""
    out = {START: 0}
    for state in procedure.states:
        if state.lane <= 0:
            out[state.id] = len(out)
    taken: set[tuple[int, int]] = set()
    for state in sorted((s for s in procedure.states if s.lane > 0), key=lambda s: s.lane):
        leads = [out[x] for s in procedure.steps if s.to == state.id for x in s.sources if x in out and x != state.id]
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
        longest = max(text_width(_name(s, language)) for s in a.steps)
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
        label = max(text_width(_name(s, language)) for s in a.steps)
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
        half = max(text_width(_name(s, language)) for s in a.steps) / 2
        low_x, high_x = min(low_x, a.label_at[0] - half - 4), max(high_x, a.label_at[0] + half + 4)
    if low_x < 0:
        # a long label hangs out on the left: everything moves to the right
        boxes = {id: replace(box, x=box.x - low_x) for id, box in boxes.items()}
        for a in arrows:
            a.points = [(x - low_x, y) for x, y in a.points]
            a.label_at = (a.label_at[0] - low_x, a.label_at[1])
    return Layout(boxes, tuple(arrows), high_x - low_x, height)


def _box_height(procedure: Procedure, state: State, language: str) -> float:
    lines = len(wrapped(_name(state, language), BOX - 14, 15))
    loops = sum(len(wrapped(f"↻ {_name(s, language)}", BOX - 14, 12.5)) for s in staying(procedure, state))
    return HEAD + (lines - 1) * 19 + loops * LINE


def _visits(procedure: Procedure, history: Sequence[Event]) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """The day on which each state was last entered, and the arrows that were taken."""
    entered: dict[str, str] = {}
    taken: set[tuple[str, str]] = set()
    here = START
    for event in corrected(history):
        step = procedure.find_step(event.step)
        to = step.to if step else None
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
    entered, _ = _visits(procedure, history)
    english = language == "en"
    parts = []
    for s in procedure.states:
        word = _name(s, language)
        if s.id == state:
            word += (" (now)" if english else "（当前）") if not s.final else (" (ended)" if english else "（已结）")
        elif s.id in entered:
            word += f" ✓ {entered[s.id]}"
        parts.append(word)
    title = f"Flow of {procedure.en}: " if english else f"{procedure.zh}流程："
    return title + (", " if english else "、").join(parts)


def svg(
    procedure: Procedure,
    *,
    state: str | None = None,
    history: Sequence[Event] = (),
    language: str = "zh",
    theme: str = "light",
) -> str:
    """The flow chart. ``state``: where a case stands; ``history``: its events (done states carry their day)."""
    colours = THEMES[theme]
    plan = layout(procedure, language)
    entered, taken = _visits(procedure, history)
    label = summary(procedure, state, history, language)
    w, h = round(plan.width), round(plan.height)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" '
        f'aria-label={quoteattr(label)} font-family="{FONT}" font-size="13">',
        f"<title>{escape(label)}</title>",
        f'<rect width="{w}" height="{h}" fill="{colours["bg"]}"/>',
    ]
    for a in plan.arrows:
        colour = colours["done-line"] if (a.source, a.target) in taken else colours["line"]
        out += _line(a, colour)
    for a in plan.arrows:
        x, y = a.label_at
        for k, step in enumerate(reversed(a.steps)):
            out.append(_text(_name(step, language), x, y - k * LINE, 13, colours["ink2"], halo=colours["bg"]))
    begin = plan.boxes[START]
    out.append(
        f'<circle cx="{begin.x + 12:.1f}" cy="{begin.y + 12:.1f}" r="11" fill="{colours["box"]}" '
        f'stroke="{colours["line"]}" stroke-width="1.4"/>'
    )
    for s in procedure.states:
        out += _box(procedure, s, plan.boxes[s.id], state, entered, language, colours)
    out.append("</svg>")
    return "\n".join(out)


def _line(a: Arrow, colour: str) -> list[str]:
    path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in a.points)
    (x0, y0), (x, y) = a.points[-2:]
    dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
    tip = [(x, y), (x - 8 * dx - 4 * dy, y - 8 * dy - 4 * dx), (x - 8 * dx + 4 * dy, y - 8 * dy + 4 * dx)]
    points = " ".join(f"{px:.1f},{py:.1f}" for px, py in tip)
    return [
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.4"/>',
        f'<polygon points="{points}" fill="{colour}"/>',
    ]


def _text(text: str, x: float, y: float, size: float, colour: str, *, halo: str = "", anchor: str = "middle") -> str:
    plate = f' paint-order="stroke" stroke="{halo}" stroke-width="4" stroke-linejoin="round"' if halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" fill="{colour}"{plate}>'
        f"{escape(text)}</text>"
    )


def _box(
    procedure: Procedure,
    s: State,
    box: Box,
    now: str | None,
    entered: dict[str, str],
    language: str,
    colours: dict[str, str],
) -> list[str]:
    doing = s.id == now and not s.final
    done = (s.id in entered and not doing) or (s.id == now and s.final)
    fill = colours["doing"] if doing else colours["done"] if done else colours["box"]
    stroke = colours["doing"] if doing else colours["done-line"] if done else colours["line"]
    ink = colours["on-doing"] if doing else colours["ink"]
    small = colours["on-doing"] if doing else colours["ink2"]
    kind = "doing" if doing else "done" if done else "todo"
    out = [
        f'<g data-state="{s.id}" data-kind="{kind}">',
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" '
        f'rx="{18 if s.final else 6}" fill="{fill}" stroke="{stroke}" stroke-width="{2 if s.final else 1.3}"/>',
    ]
    lines = wrapped(_name(s, language), box.width - 14, 15)
    loops = [x for st in staying(procedure, s) for x in wrapped(f"↻ {_name(st, language)}", box.width - 14, 12.5)]
    note = f"{'●' if doing else '✓'} {entered[s.id]}" if s.id in entered else "●" if doing else ""
    middle = box.x + box.width / 2
    y = box.y + (21 if note else 30)
    for line in lines:
        out.append(_text(line, middle, y, 15, ink))
        y += 19
    if note:
        out.append(_text(note, middle, y - 1, 12.5, small))
    y = box.y + HEAD + (len(lines) - 1) * 19 + 11
    for loop in loops:
        out.append(_text(loop, middle, y, 12.5, small))
        y += LINE
    out.append("</g>")
    return out


# ── BPMN 2.0 ─────────────────────────────────────────────────────────────────────────────────────────────

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI_BPMN = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
OURS = "https://jinzhi.example/bpmn"
_PREFIXES = {"": BPMN, "bpmndi": DI_BPMN, "dc": DC, "di": DI, "xsi": XSI}
_SIZE = {"startEvent": (36, 36), "endEvent": (36, 36), "exclusiveGateway": (50, 50), "userTask": (130, 70)}
_ISO = {Unit.HOUR: "PT{}H", Unit.DAY: "P{}D", Unit.MONTH: "P{}M", Unit.YEAR: "P{}Y"}


@dataclass(slots=True)
class _Node:
    id: str
    tag: str
    name: str
    doc: str = ""
    roles: tuple[str, ...] = ()
    layer: int = 0
    x: float = 0
    y: float = 0
    incoming: list[str] = field(default_factory=list)
    outgoing: list[str] = field(default_factory=list)


def _graph(procedure: Procedure) -> tuple[dict[str, _Node], list[tuple[str, str, str]]]:
    """Nodes and flows: a step is a task, a state that goes on is a gateway, a final state an end."""
    nodes: dict[str, _Node] = {"start": _Node("start", "startEvent", "开始")}
    flows: list[tuple[str, str, str]] = []

    def flow(source: str, target: str) -> None:
        flows.append((f"flow-{len(flows) + 1}", source, target))
        nodes[source].outgoing.append(flows[-1][0])
        nodes[target].incoming.append(flows[-1][0])

    for s in procedure.states:
        nodes[f"state-{s.id}"] = _Node(f"state-{s.id}", "endEvent" if s.final else "exclusiveGateway", s.zh, s.en)
    for step in procedure.steps:
        basis = "；".join(str(c) for c in step.basis)
        doc = "\n".join(x for x in (step.en, step.help_zh, f"依据：{basis}" if basis else "") if x)
        if step.opens:
            nodes[f"step-{step.id}"] = _Node(f"step-{step.id}", "userTask", step.zh, doc, step.roles)
            flow("start", f"step-{step.id}")
            flow(f"step-{step.id}", f"state-{step.to}")
        elif step.to is not None:
            nodes[f"step-{step.id}"] = _Node(f"step-{step.id}", "userTask", step.zh, doc, step.roles)
            for source in step.sources:
                flow(f"state-{source}", f"step-{step.id}")
            flow(f"step-{step.id}", f"state-{step.to}")
        else:
            # a step that stays goes back to where it came from: one task a state, or the way back is lost
            for i, source in enumerate(step.sources):
                id = f"step-{step.id}" if i == 0 else f"step-{step.id}--{source}"
                nodes[id] = _Node(id, "userTask", step.zh, doc, step.roles)
                flow(f"state-{source}", id)
                flow(id, f"state-{source}")
    return nodes, flows


def _place(nodes: dict[str, _Node], flows: list[tuple[str, str, str]]) -> None:
    """Columns by the distance from the start, one under another in a column."""
    seen = {"start": 0}
    todo = ["start"]
    while todo:
        here = todo.pop(0)
        for _, source, target in flows:
            if source == here and target not in seen:
                seen[target] = seen[here] + 1
                todo.append(target)
    filled: dict[int, int] = {}
    for node in nodes.values():
        node.layer = seen.get(node.id, 0)
        w, h = _SIZE[node.tag]
        k = filled.get(node.layer, 0)
        filled[node.layer] = k + 1
        node.x, node.y = 60 + node.layer * 190 + (130 - w) / 2, 60 + k * 120 + (70 - h) / 2


def _said(clock: Clock) -> str:
    """The clock in words with its articles, for the documentation of its timer."""
    lines = [clock.en]
    if isinstance(clock.length, Dated):
        for v in clock.length.versions:
            until = f" 至 {v.until.isoformat()} 前" if v.until else ""
            doubt = "" if v.verified else "（未核实）"
            lines.append(
                f"{v.since.isoformat()} 起{until}：{v.value.zh if v.value else '不设此期限'}，依据 {v.cite}{doubt}"
            )
    elif clock.length is not None:
        lines.append(f"{clock.length.zh}；{clock.basis_note_zh or '平台工作期限，非法定期限'}")
    else:
        lines.append(f"以所填“{clock.due_input}”为准；{clock.basis_note_zh}")
    for e in clock.extensions:
        basis = "；".join(str(c) for c in e.basis)
        more = "、".join(x.zh for x in lengths_of(e.length) if x)
        lines.append(f"延长 {more}（{e.step}，最多 {e.times} 次）{basis}")
    lines.append(f"起：{'、'.join(clock.start)}；止：{'、'.join(clock.stop)}")
    if clock.on_expiry_zh:
        lines.append(f"届满：{clock.on_expiry_zh}")
    return "\n".join(lines)


def _timer(parent: ET.Element, clock: Clock, node: str) -> None:
    """What the timer waits for. Working days are no ISO 8601 duration: they say so by their language."""
    definition = ET.SubElement(parent, f"{{{BPMN}}}timerEventDefinition", {"id": f"{node}-timer"})
    length = next((x for x in reversed(lengths_of(clock.length)) if x), None)
    if length is None:
        tag, language, text = "timeDate", f"{OURS}/input", clock.due_input
    elif isinstance(length, Length) and length.unit in _ISO:
        tag, language, text = "timeDuration", "", _ISO[length.unit].format(length.n)
    else:
        tag, language, text = "timeDuration", f"{OURS}/working-days", str(length.n)
    attributes = {f"{{{XSI}}}type": "tFormalExpression"}
    if language:
        attributes["language"] = language
    ET.SubElement(definition, f"{{{BPMN}}}{tag}", attributes).text = text


def bpmn(procedure: Procedure) -> bytes:
    """BPMN 2.0 XML with diagram interchange, UTF-8. A clock is a boundary timer on the step that answers it."""
    nodes, flows = _graph(procedure)
    _place(nodes, flows)
    for prefix, uri in _PREFIXES.items():
        ET.register_namespace(prefix, uri)
    root = ET.Element(f"{{{BPMN}}}definitions", {"id": f"definitions-{procedure.id}", "targetNamespace": OURS})
    process = ET.SubElement(
        root, f"{{{BPMN}}}process", {"id": f"process-{procedure.id}", "name": procedure.zh, "isExecutable": "false"}
    )
    _document(process, "\n".join(x for x in (procedure.en, procedure.why) if x))
    for node in nodes.values():
        element = ET.SubElement(process, f"{{{BPMN}}}{node.tag}", {"id": node.id, "name": node.name})
        if node.tag == "exclusiveGateway":
            element.set("gatewayDirection", _direction(node))
        _document(element, node.doc)
        for id in node.incoming:
            ET.SubElement(element, f"{{{BPMN}}}incoming").text = id
        for id in node.outgoing:
            ET.SubElement(element, f"{{{BPMN}}}outgoing").text = id
        for role in node.roles:
            owner = ET.SubElement(element, f"{{{BPMN}}}potentialOwner", {"id": f"{node.id}-{role}"})
            assignment = ET.SubElement(owner, f"{{{BPMN}}}resourceAssignmentExpression")
            ET.SubElement(assignment, f"{{{BPMN}}}formalExpression").text = role
    timers = _timers(procedure, nodes)
    for clock, id, on, _x, _y in timers:
        element = ET.SubElement(
            process,
            f"{{{BPMN}}}boundaryEvent",
            {"id": id, "name": clock.zh, "attachedToRef": on, "cancelActivity": "false"},
        )
        _document(element, _said(clock))
        _timer(element, clock, id)
    for id, source, target in flows:
        ET.SubElement(process, f"{{{BPMN}}}sequenceFlow", {"id": id, "sourceRef": source, "targetRef": target})
    _diagram(root, procedure, nodes, flows, timers)
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _document(element: ET.Element, text: str) -> None:
    if text:
        ET.SubElement(element, f"{{{BPMN}}}documentation").text = text


def _direction(node: _Node) -> str:
    many_in, many_out = len(node.incoming) > 1, len(node.outgoing) > 1
    if many_in and many_out:
        return "Mixed"
    return "Diverging" if many_out else "Converging" if many_in else "Unspecified"


def _timers(procedure: Procedure, nodes: dict[str, _Node]) -> list[tuple[Clock, str, str, float, float]]:
    out: list[tuple[Clock, str, str, float, float]] = []
    on_task: dict[str, int] = {}
    for clock in procedure.clocks:
        stop = next((s for s in clock.stop if f"step-{s}" in nodes), None)
        if stop is None:
            continue
        node = nodes[f"step-{stop}"]
        k = on_task.get(node.id, 0)
        on_task[node.id] = k + 1
        out.append((clock, f"clock-{clock.id}", node.id, node.x + 4 + k * 38, node.y + 52))
    return out


def _diagram(
    root: ET.Element,
    procedure: Procedure,
    nodes: dict[str, _Node],
    flows: Iterable[tuple[str, str, str]],
    timers: Iterable[tuple[Clock, str, str, float, float]],
) -> None:
    diagram = ET.SubElement(root, f"{{{DI_BPMN}}}BPMNDiagram", {"id": f"diagram-{procedure.id}"})
    plane = ET.SubElement(
        diagram, f"{{{DI_BPMN}}}BPMNPlane", {"id": f"plane-{procedure.id}", "bpmnElement": f"process-{procedure.id}"}
    )

    def shape(id: str, x: float, y: float, w: float, h: float) -> None:
        element = ET.SubElement(plane, f"{{{DI_BPMN}}}BPMNShape", {"id": f"{id}-shape", "bpmnElement": id})
        if id in nodes and nodes[id].tag == "exclusiveGateway":
            element.set("isMarkerVisible", "true")
        ET.SubElement(element, f"{{{DC}}}Bounds", {"x": f"{x:g}", "y": f"{y:g}", "width": f"{w:g}", "height": f"{h:g}"})

    for node in nodes.values():
        shape(node.id, node.x, node.y, *_SIZE[node.tag])
    for _clock, id, _on, x, y in timers:
        shape(id, x, y, 36, 36)
    lowest = max(n.y + _SIZE[n.tag][1] for n in nodes.values())
    for i, (id, source, target) in enumerate(flows):
        element = ET.SubElement(plane, f"{{{DI_BPMN}}}BPMNEdge", {"id": f"{id}-edge", "bpmnElement": id})
        a, b = nodes[source], nodes[target]
        (aw, ah), (bw, bh) = _SIZE[a.tag], _SIZE[b.tag]
        if b.layer > a.layer:
            points = [(a.x + aw, a.y + ah / 2), (b.x, b.y + bh / 2)]
        else:
            below = lowest + 30 + 8 * i
            points = [(a.x + aw / 2, a.y + ah), (a.x + aw / 2, below), (b.x + bw / 2, below), (b.x + bw / 2, b.y + bh)]
        for x, y in points:
            ET.SubElement(element, f"{{{DI}}}waypoint", {"x": f"{x:g}", "y": f"{y:g}"})
