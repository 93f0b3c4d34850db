"""A flow chart as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from jinzhi.engines.flow.layout import (
    FONT,
    HEAD,
    LINE,
    START,
    THEMES,
    Arrow,
    Box,
    layout,
    name_of,
    staying,
    summary,
    visits,
    wrapped,
)
from jinzhi.kernel.procedure import Event, Procedure, State


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
    entered, taken = visits(procedure, history)
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
            out.append(_text(name_of(step, language), x, y - k * LINE, 13, colours["ink2"], halo=colours["bg"]))
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
    lines = wrapped(name_of(s, language), box.width - 14, 15)
    loops = [x for st in staying(procedure, s) for x in wrapped(f"↻ {name_of(st, language)}", box.width - 14, 12.5)]
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
