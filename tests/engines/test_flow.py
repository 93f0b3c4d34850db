"""Flow charts: whatever the procedure, all of it is in the picture and nothing lies on anything else."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

from jinzhi.engines.flow import START, Box, bpmn, layout, size, summary, svg, text_width, wrapped
from jinzhi.kernel.procedure import Procedure
from jinzhi.matters.china.cases.complaint import complaint
from jinzhi.matters.china.plan.supervision_order import supervision_order
from tests.procedures import procedures, procedures_with_histories

SVG = "{http://www.w3.org/2000/svg}"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"


def apart(a: Box, b: Box) -> bool:
    return a.right < b.x or b.right < a.x or a.bottom < b.y or b.bottom < a.y


def on_edge(box: Box, x: float, y: float) -> bool:
    hair = 0.01  # of a pixel: sums of floats
    inside = box.x - hair <= x <= box.right + hair and box.y - hair <= y <= box.bottom + hair
    near = min(abs(x - box.x), abs(x - box.right), abs(y - box.y), abs(y - box.bottom))
    return inside and near <= hair


def crosses(box: Box, a: tuple[float, float], b: tuple[float, float]) -> bool:
    """Whether a level or upright stretch runs through the inside of a box."""
    (x0, x1), (y0, y1) = sorted((a[0], b[0])), sorted((a[1], b[1]))
    hair = 0.01
    across = x0 < box.right - hair and x1 > box.x + hair
    return across and y0 < box.bottom - hair and y1 > box.y + hair


# ── the picture ──────────────────────────────────────────────────────────────────────────────────────────


@given(procedures())
@settings(deadline=None)
def test_no_box_lies_on_another_and_all_are_inside(procedure: Procedure):
    plan = layout(procedure)
    assert set(plan.boxes) == {START, *(s.id for s in procedure.states)}
    for a, b in combinations(plan.boxes.values(), 2):
        assert apart(a, b), (a, b)
    for box in plan.boxes.values():
        assert box.x >= 0
        assert box.y >= 0
        assert box.right <= plan.width
        assert box.bottom <= plan.height


@given(procedures())
@settings(deadline=None)
def test_every_arrow_joins_its_boxes_and_runs_through_none(procedure: Procedure):
    plan = layout(procedure)
    for arrow in plan.arrows:
        for (x0, y0), (x1, y1) in zip(arrow.points, arrow.points[1:], strict=False):
            assert min(abs(x0 - x1), abs(y0 - y1)) < 0.01, "a slanted line"
        assert on_edge(plan.boxes[arrow.target], *arrow.points[-1])
        if arrow.source != START:
            assert on_edge(plan.boxes[arrow.source], *arrow.points[0])
        for box in plan.boxes.values():
            for a, b in zip(arrow.points, arrow.points[1:], strict=False):
                assert not crosses(box, a, b), (arrow.source, arrow.target, box.id)


@given(procedures_with_histories())
@settings(deadline=None)
def test_every_state_and_every_step_is_in_the_picture(made):
    procedure, events = made
    words = "".join(ET.fromstring(svg(procedure, history=events)).itertext())
    for thing in (*procedure.states, *procedure.steps):
        for piece in thing.zh.split(" "):
            assert all(letter in words for letter in piece)
    drawn = {g.get("data-state") for g in ET.fromstring(svg(procedure)).iter(f"{SVG}g")}
    assert drawn == {s.id for s in procedure.states}


@given(procedures_with_histories())
@settings(deadline=None)
def test_the_same_declaration_gives_the_same_bytes(made):
    procedure, events = made
    assert svg(procedure, history=events) == svg(procedure, history=list(events))
    assert bpmn(procedure) == bpmn(procedure)


def test_states_say_where_a_case_has_been_and_is():
    example = supervision_order.examples[0]
    drawn = ET.fromstring(svg(supervision_order, state="answered", history=example.events()[:3]))
    kinds = {g.get("data-state"): g.get("data-kind") for g in drawn.iter(f"{SVG}g")}
    assert kinds == {"issued": "done", "accepted": "done", "answered": "doing", "closed": "todo", "withdrawn": "todo"}
    assert "2026-11-20" in "".join(drawn.itertext())


def test_an_ended_case_is_done_not_doing():
    events = supervision_order.examples[0].events()
    drawn = ET.fromstring(svg(supervision_order, state="closed", history=events))
    kinds = {g.get("data-state"): g.get("data-kind") for g in drawn.iter(f"{SVG}g")}
    assert kinds["closed"] == "done"
    assert "doing" not in kinds.values()


def test_the_picture_says_itself_in_words():
    events = supervision_order.examples[0].events()[:2]
    label = ET.fromstring(svg(supervision_order, state="accepted", history=events)).get("aria-label")
    assert label == summary(supervision_order, "accepted", events)
    assert label == "督办单流程：待签收 ✓ 2026-11-02、办理中（当前）、待核查、已办结、已撤回"


def test_the_picture_breaks_no_content_security_policy():
    for theme in ("light", "dark"):
        drawn = svg(complaint, theme=theme)
        assert "style" not in drawn
        assert "<script" not in drawn
        assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")


def test_a_long_english_name_is_wrapped_not_cut():
    assert "".join(ET.fromstring(svg(complaint, language="en")).itertext()).count("Withdrawn") == 2  # title, box
    name = "Withdrawn before acceptance by the complainant"
    lines = wrapped(name, 100)
    assert " ".join(lines) == name
    assert all(text_width(line) <= 100 for line in lines)


def test_a_name_with_signs_of_markup_is_escaped():
    states = (supervision_order.states[0], *supervision_order.states[1:])
    odd = Procedure(
        id="odd", zh='<b>"督" & 办', en="Odd", states=states, steps=supervision_order.steps, serves=("K1",)
    )  # fmt: skip
    assert ET.fromstring(svg(odd)).get("aria-label").startswith('<b>"督" & 办')
    assert ET.fromstring(bpmn(odd)).find(f"{BPMN}process").get("name") == '<b>"督" & 办'


def test_the_size_is_that_of_the_picture():
    drawn = ET.fromstring(svg(complaint))
    assert (drawn.get("width"), drawn.get("height")) == tuple(map(str, size(complaint)))


# ── BPMN ─────────────────────────────────────────────────────────────────────────────────────────────────


@given(procedures())
@settings(deadline=None)
def test_bpmn_names_every_state_step_and_clock_once(procedure: Procedure):
    root = ET.fromstring(bpmn(procedure))
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert {f"state-{s.id}" for s in procedure.states} <= set(ids)
    assert {f"step-{s.id}" for s in procedure.steps} <= set(ids)
    assert {f"clock-{c.id}" for c in procedure.clocks} <= set(ids)
    ends = {e.get("id") for e in root.iter(f"{BPMN}endEvent")}
    assert ends == {f"state-{s.id}" for s in procedure.states if s.final}


@given(procedures())
@settings(deadline=None)
def test_every_flow_joins_what_is_there_and_is_drawn(procedure: Procedure):
    root = ET.fromstring(bpmn(procedure))
    process = root.find(f"{BPMN}process")
    nodes = {e.get("id"): e for e in process if e.tag != f"{BPMN}sequenceFlow" and e.get("id")}
    flows = list(root.iter(f"{BPMN}sequenceFlow"))
    for flow in flows:
        out = [e.text for e in nodes[flow.get("sourceRef")].iter(f"{BPMN}outgoing")]
        into = [e.text for e in nodes[flow.get("targetRef")].iter(f"{BPMN}incoming")]
        assert flow.get("id") in out
        assert flow.get("id") in into
    drawn = {e.get("bpmnElement") for e in (*root.iter(f"{DI}BPMNShape"), *root.iter(f"{DI}BPMNEdge"))}
    assert drawn == {*nodes, *(f.get("id") for f in flows)}


@given(procedures())
@settings(deadline=None)
def test_no_shape_of_the_diagram_lies_on_another(procedure: Procedure):
    root = ET.fromstring(bpmn(procedure))
    boxes = []
    for shape in root.iter(f"{DI}BPMNShape"):
        if not shape.get("bpmnElement").startswith("clock-"):  # a boundary event sits on the edge of its task
            b = shape.find(f"{DC}Bounds")
            x, y, w, h = (float(b.get(k)) for k in ("x", "y", "width", "height"))
            boxes.append(Box(shape.get("bpmnElement"), 0, 0, x, y, w, h))
    for a, b in combinations(boxes, 2):
        assert apart(a, b)


def test_a_timer_carries_its_articles_and_length():
    root = ET.fromstring(bpmn(complaint))
    timers = {e.get("id"): e for e in root.iter(f"{BPMN}boundaryEvent")}
    mediate = timers["clock-mediate"]
    said = mediate.find(f"{BPMN}documentation").text
    assert "complaints-order-20 § 21" in said
    assert "complaints-order-121 § 23" in said
    duration = mediate.find(f"{BPMN}timerEventDefinition/{BPMN}timeDuration")
    assert duration.text == "P60D"
    assert mediate.get("attachedToRef") == "step-settle"
    working = timers["clock-accept"].find(f"{BPMN}timerEventDefinition/{BPMN}timeDuration")
    assert (working.text, working.get("language").rsplit("/", 1)[-1]) == ("7", "working-days")


def test_a_step_that_stays_comes_back_to_each_state_it_left():
    root = ET.fromstring(bpmn(supervision_order))
    flows = {(f.get("sourceRef"), f.get("targetRef")) for f in root.iter(f"{BPMN}sequenceFlow")}
    assert {("state-issued", "step-extend"), ("step-extend", "state-issued")} <= flows
    assert {("state-accepted", "step-extend--accepted"), ("step-extend--accepted", "state-accepted")} <= flows


@pytest.mark.parametrize("language", ["zh", "en"])
def test_labels_stay_inside_the_picture(language):
    for procedure in (complaint, supervision_order):
        plan = layout(procedure, language)
        for arrow in plan.arrows:
            half = max(text_width(s.zh if language == "zh" else s.en) for s in arrow.steps) / 2
            assert arrow.label_at[0] - half >= 0
            assert arrow.label_at[0] + half <= plan.width
