"""Pins: the paths by which a fold would look beyond its case. Each is seen once, by the event that set its root; one
that leads through the elements of a list (``open.parties.party.tier``) is seen for each of them."""

from __future__ import annotations

from collections.abc import Iterator

from jinzhi.kernel.expression import Choose, Every, Fn, Frozen, Some, find_function, paths_of
from jinzhi.kernel.expression.meaning import UP
from jinzhi.kernel.expression.words import inner
from jinzhi.kernel.fields import Type
from jinzhi.kernel.procedure.parts import Parts

Position = tuple[str, object, str]


def positions_of(procedure: Parts) -> tuple[Position, ...]:
    """What a fold computes: where a choice leads, and what clocks read; derived values as far as these use them. Each
    with the list in whose elements it stands, where a clock runs for each of them."""
    out: list[Position] = [(f"step {s.id}: to", s.to, "") for s in procedure.steps if isinstance(s.to, Choose)]
    for clock in procedure.clocks:
        said = {"length": clock.length, "due": clock.due, "when": clock.when, "counts_from": clock.counts_from}
        out += [(f"clock {clock.id}: {name}", value, clock.per) for name, value in said.items() if value is not None]
        out += [(f"clock {clock.id}: up_to", e.up_to, clock.per) for e in clock.extensions if e.up_to is not None]
    used = {head for _, value, _ in out for head in _heads(value)}
    while more := {h for d in procedure.derived if d.id in used for h in _heads(d.value)} - used:
        used |= more
    return (*out, *((f"derived {d.id}", d.value, "") for d in procedure.derived if d.id in used))


def _heads(value: object) -> set[str]:
    """What the paths of an expression begin with: a step, a field of the case, a derived value."""
    return {path.removeprefix(UP).partition(".")[0] for path in paths_of(value)}


def pins_of(procedure: Parts) -> tuple[str, ...]:
    """The pins of a procedure, in the order of its declaration."""
    paths = (path for _, value, per in positions_of(procedure) for path in sorted(_read(value, per)))
    return tuple(dict.fromkeys(path for path in paths if leaves_case(procedure, path)))


def list_of(procedure: Parts, pin: str) -> tuple[str, str] | None:
    """The list that a pin leads through and the path inside an element of it; None where it leads through none."""
    head, _, rest = pin.partition(".")
    name, _, inside = rest.partition(".")
    step = procedure.find_step(head)
    field = step.find_input(name) if step else None
    return (f"{head}.{name}", inside) if field is not None and field.type is Type.LIST else None


def seen_for(pin: str, key: str) -> str:
    """What a pin through a list is kept under, for the element of a key."""
    return f"{pin}[{key}]"


def _read(value: object, per: str) -> set[str]:
    """The paths that an expression reads, from the case on; inside a list, those of its elements too."""
    found = {f"{per}.{path}" for path in paths_of(value) if per} | {p.removeprefix(UP) for p in paths_of(value)}
    for node in _nodes(value):
        if isinstance(node, Some | Every) and node.where is not None:
            found |= {f"{node.over}.{path}" for path in paths_of(node.where) if not path.startswith(UP)}
    return found


def pinned_by(procedure: Parts, step: str) -> tuple[str, ...]:
    """The pins whose root a step sets: what its event has to say it saw. A refresh sees all of them again."""
    return tuple(path for path in pins_of(procedure) if path.startswith(f"{step}."))


def leaves_case(procedure: Parts, path: str) -> bool:
    """Whether a path goes on through a reference into another record."""
    head, _, rest = path.partition(".")
    step = procedure.find_step(head)
    name, _, beyond = rest.partition(".")
    field = step.find_input(name) if step else next((f for f in procedure.fields if f.id == head), None)
    beyond = beyond if step else rest
    if field is None or not beyond:
        return False
    if field.type is not Type.LIST:
        return True
    element, _, further = beyond.partition(".")
    return bool(further) and any(f.id == element for f in field.items)


def pin_problems(procedure: Parts) -> Iterator[str]:
    """What a fold may not do: read records of others as a list, or call a function that does."""
    for where, value, _per in positions_of(procedure):
        for node in _nodes(value):
            over = node.over if isinstance(node, Some | Every) else node.source if isinstance(node, Frozen) else ""
            if over == "links" or ":" in over:
                yield f"{where} reads {over!r}: a fold looks at no other record; say it in needs, or take a receipt"
            function = find_function(node.name) if isinstance(node, Fn) else None
            if function is not None and function.reads_sources:
                yield f"{where} calls {function.name}, which reads records: a fold may not"


def _nodes(value: object) -> Iterator[object]:
    yield value
    for part in inner(value):
        yield from _nodes(part)
