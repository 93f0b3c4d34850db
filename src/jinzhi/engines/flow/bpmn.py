"""A procedure as BPMN 2.0."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from jinzhi.kernel.clock import lengths_of, own_lengths_of, terms_of
from jinzhi.kernel.period import Length, LengthUnit
from jinzhi.kernel.procedure import Clock, Procedure

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI_BPMN = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
OURS = "https://jinzhi.example/bpmn"
_PREFIXES = {"": BPMN, "bpmndi": DI_BPMN, "dc": DC, "di": DI, "xsi": XSI}
_SIZE = {"startEvent": (36, 36), "endEvent": (36, 36), "exclusiveGateway": (50, 50), "userTask": (130, 70)}
_ISO = {
    LengthUnit.MINUTE: "PT{}M", LengthUnit.HOUR: "PT{}H", LengthUnit.DAY: "P{}D", LengthUnit.MONTH: "P{}M",
    LengthUnit.YEAR: "P{}Y",
}  # fmt: skip


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
            for target in step.targets:
                flow(f"step-{step.id}", f"state-{target}")
        elif step.targets:
            nodes[f"step-{step.id}"] = _Node(f"step-{step.id}", "userTask", step.zh, doc, step.roles)
            for source in procedure.sources(step):
                flow(f"state-{source}", f"step-{step.id}")
            for target in step.targets:
                flow(f"step-{step.id}", f"state-{target}")
        else:
            # a step that stays goes back to where it came from: one task a state, or the way back is lost
            for i, source in enumerate(procedure.sources(step)):
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
    for v in (v for term in terms_of(clock.length) for v in term.versions):
        until = f" 至 {v.until.isoformat()} 前" if v.until else ""
        doubt = "" if v.verified else "（未核实）"
        lines.append(f"{v.since.isoformat()} 起{until}：{v.value.zh}，依据 {v.cite}{doubt}")
    for length in own_lengths_of(clock.length):
        lines.append(f"{length.zh}；{clock.basis_note_zh or '平台工作期限，非法定期限'}")
    if clock.due is not None:
        lines.append(f"以所填“{'、'.join(clock.due_paths)}”为准；{clock.basis_note_zh}")
    for e in clock.extensions:
        basis = "；".join(str(c) for c in e.basis)
        more = "、".join(x.zh for x in lengths_of(e.up_to))
        lines.append(f"延长 {more}（{e.by}，最多 {e.times} 次）{basis}")
    lines.append(f"起：{'、'.join(clock.start)}；止：{'、'.join(clock.stop)}")
    if clock.on_expiry_zh:
        lines.append(f"届满：{clock.on_expiry_zh}")
    return "\n".join(lines)


def _timer(parent: ET.Element, clock: Clock, node: str) -> None:
    """What the timer waits for. Working days are no ISO 8601 duration: they say so by their language."""
    definition = ET.SubElement(parent, f"{{{BPMN}}}timerEventDefinition", {"id": f"{node}-timer"})
    length = next(reversed(lengths_of(clock.length)), None)
    if length is None:
        tag, language, text = "timeDate", f"{OURS}/input", ", ".join(clock.due_paths)
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
