"""The paths that a case has, to the last segment, and which of them lead out of it."""

from __future__ import annotations

from collections.abc import Iterable

from jinzhi.kernel.declare import Catalogue
from jinzhi.kernel.expression import Schema
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.law import Law
from jinzhi.kernel.procedure.parts import Parts
from jinzhi.kernel.procedure.step import CASE, OF_STEP, Step
from jinzhi.kernel.register import Register

#: what stands at a path of a clock
OF_CLOCK = ("status", "due", "started")
#: what linked cases say of themselves
OF_LINK = ("procedure", "kind", "state", "final")
#: what a case says of itself in one word
OF_CASE = ("today", "state", "opened_on", "closed_on", "unit", "here")
#: what a built-in event says beside its day and person
OF_BUILT_IN = ("letter", "to", "handlers", "person", "case", "link")
#: before the colon of a source
SOURCES = ("procedure", "register", "clock", "event", "series", "indicator", "patent", "right", "party", "unit", "plan")


class Anything:
    """The paths of a record that no declaration describes here."""

    def knows(self, path: str) -> bool:
        return True

    def inside(self, over: str) -> Schema | None:
        return self


class FieldsSchema:
    """The paths of the fields of a register, of a linked case, or of an element."""

    def __init__(self, fields: Iterable[Field], words: Iterable[str], catalogue: Catalogue):
        self._fields = {f.id: f for f in fields}
        self._words = frozenset(words)
        self._catalogue = catalogue

    def knows(self, path: str) -> bool:
        head, _, rest = path.partition(".")
        field = self._fields.get(head)
        if field is None:
            return path in self._words
        return not rest or knows_beyond(field, rest, self._catalogue)

    def inside(self, over: str) -> Schema | None:
        field = self._fields.get(over)
        return inside_field(field, self._catalogue) if field else None


class CaseSchema:
    """The paths of the cases of a procedure."""

    def __init__(self, procedure: Parts, catalogue: Catalogue):
        self.procedure, self.catalogue = procedure, catalogue

    def knows(self, path: str) -> bool:
        head, _, rest = path.partition(".")
        if head in OF_CASE:
            return not rest
        step = self.procedure.find_step(head)
        if step is not None:
            return self._of_step(step, rest)
        match head:
            case "law":
                return not rest or self._figure(rest)
            case "aside":
                return self.procedure.find_aside(rest) is not None
            case "clock":
                id, _, what = rest.partition(".")
                return self.procedure.find_clock(id) is not None and what in OF_CLOCK
            case "checklist":
                return any(c.id == rest for s in self.procedure.steps for c in s.shows)
        if head in self.procedure.built_in:
            return not rest or rest in (*OF_STEP, *OF_BUILT_IN)
        return self._named(head, rest)

    def _of_step(self, step: Step, rest: str) -> bool:
        name, _, beyond = rest.partition(".")
        if not rest or (name in OF_STEP or name in step.gives):
            return not beyond
        field = step.find_input(name)
        return field is not None and (not beyond or knows_beyond(field, beyond, self.catalogue))

    def _figure(self, id: str) -> bool:
        regime = self.procedure.law
        laws = [v.value for v in regime.versions if isinstance(v.value, Law)] if regime else []
        return any(q.id == id for law in laws for _, q in law.parameters)

    def _named(self, head: str, rest: str) -> bool:
        if any(d.id == head for d in self.procedure.derived):
            return not rest
        field = next((f for f in self.procedure.fields if f.id == head), None)
        return field is not None and (not rest or knows_beyond(field, rest, self.catalogue))

    def inside(self, over: str) -> Schema | None:
        if over == "links":
            return FieldsSchema((), OF_LINK, self.catalogue)
        if ":" in over:
            return source_schema(over, self.catalogue)
        head, _, rest = over.partition(".")
        step = self.procedure.find_step(head)
        field = step.find_input(rest) if step else next((f for f in self.procedure.fields if f.id == over), None)
        if field is None or not (field.many or field.type is Type.LIST):
            return None
        return ElementSchema(self, field)


class ElementSchema:
    """The paths of an element of a list of a case: its fields, what names it, and the steps taken for it."""

    def __init__(self, case: CaseSchema, field: Field):
        self._case, self._field = case, field

    def knows(self, path: str) -> bool:
        head, _, rest = path.partition(".")
        if path in ("item", "key"):
            return True
        inner = next((f for f in self._field.items if f.id == head), None)
        if inner is not None:
            return not rest or knows_beyond(inner, rest, self._case.catalogue)
        step = self._case.procedure.find_step(head)
        return (head in ("aside", "clock") or bool(step and step.per)) and self._case.knows(path)

    def inside(self, over: str) -> Schema | None:
        return None


def knows_beyond(field: Field, path: str, catalogue: Catalogue) -> bool:
    """Whether something stands at a path of the record that a field points at, or of the elements that it holds."""
    if field.type is Type.LIST:
        return FieldsSchema(field.items, (), catalogue).knows(path)
    if field.type in (Type.UNIT, Type.PERSON):
        return True
    if field.type is not Type.REF:
        return False
    schema = source_schema(field.of if ":" in field.of else f"register:{field.of}", catalogue)
    return schema is not None and schema.knows(path)


def inside_field(field: Field, catalogue: Catalogue) -> Schema | None:
    """The paths of the elements of a field that holds several."""
    if field.type is Type.LIST:
        return FieldsSchema(field.items, ("item", "key"), catalogue)
    return FieldsSchema((), ("item", "key"), catalogue) if field.many else None


def source_schema(source: str, catalogue: Catalogue) -> Schema | None:
    """The paths of the records of a source; None where it is none. What no declaration describes answers to any."""
    kind, _, of = source.partition(":")
    if kind == "register":
        register = catalogue.find(Register, of)
        return (
            FieldsSchema(register.fields, ("since", "until", "key"), catalogue) if register else _unknown(of, catalogue)
        )
    if kind == "procedure":
        procedure = catalogue.find(Parts, of)
        return CaseSchema(procedure, catalogue) if procedure else None
    return Anything() if kind in SOURCES else None


def _unknown(of: str, catalogue: Catalogue) -> Schema | None:
    """A register that is not declared: an error, unless it is a kind of record that stands elsewhere."""
    elsewhere = of in (CASE, "milestone", "right", "party", "patent", "unit", "paper", "event")
    return Anything() if elsewhere or not catalogue.ids("register") else None
