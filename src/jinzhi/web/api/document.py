"""The OpenAPI 3.1 document: ninja's own, with an operation for every declared register, procedure and indicator.

The routes are general (``/registers/{id}/entries``); the document adds the address of each declared one with the
very fields that it takes and gives, so that a client can be made from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from types import ModuleType
from typing import Any

from ninja import Schema

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.registers.queries import filterable
from jinzhi.kernel.declare import DeclarationError
from jinzhi.kernel.fields import Type
from jinzhi.kernel.indicator import Indicator
from jinzhi.kernel.procedure import Procedure
from jinzhi.kernel.register import Register
from jinzhi.web.api.plain import field_schema, object_schema
from jinzhi.web.api.shapes import ProblemOut
from jinzhi.web.shell.problems import MEDIA_TYPE, TYPES

METHODS = ("get", "post", "put", "patch", "delete")
SECURITY = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token made on the page /tokens/, within its scopes.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "jz_session",
        "description": "Signed in to the pages; writing also needs the header X-CSRFToken.",
    },
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    "description": "The ETag that was read.",
}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag that is known: 304 where it still holds.",
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 200},
    "description": "The same key twice is one submission.",
}
ETAG = {"ETag": {"schema": {"type": "string"}, "description": "The version, for If-Match."}}
#: operations with a version, and what they need
VERSIONED = {"get_entry", "get_evidence", "get_case", "get_patent", "search_patents", "count_patents"}
#: operations that ask the index of patents
SEARCHING = {"search_patents", "count_patents", "explain_query"}
LOCKED = {"change_entry", "take_step", "hand_over"}
KEYED = {"create_entry", "change_entry", "create_case", "take_step", "take_evidence", "hand_over", "answer_hand_over"}


def written(schema: Mapping[str, Any], base: str) -> dict[str, Any]:
    """The whole document from ninja's; ``base`` is the path of the API."""
    out: dict[str, Any] = deepcopy(dict(schema))
    out["paths"] = {_named_plainly(p): i for p, i in out["paths"].items()}
    for item in out["paths"].values():
        for method, operation in item.items():
            if method in METHODS:
                _completed(operation)
    out["components"]["securitySchemes"] = SECURITY
    _problem_refs(out)
    for r in catalogue().all(Register):
        _register(out, r, base)
    for p in catalogue().all(Procedure):
        _procedure(out, p, base)
    for i in catalogue().all(Indicator):
        _indicator(out, i, base)
    for name, shape in out["components"]["schemas"].items():
        _titled(name, shape)
    out["paths"] = dict(sorted(out["paths"].items()))
    out["components"]["schemas"] = dict(sorted(out["components"]["schemas"].items()))
    return out


def shapes_of(module: ModuleType) -> Iterator[type[Schema]]:
    """The shapes that a module declares."""
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Schema) and value.__module__ == module.__name__:
            yield value


def doubled(shapes: Iterable[type[Schema]]) -> list[str]:
    """What is wrong with the names of shapes: the document knows a shape by its name alone, so two of one are one."""
    first: dict[str, type[Schema]] = {}
    out = []
    for shape in shapes:
        before = first.setdefault(shape.__name__, shape)
        if before is not shape:
            out.append(f"{shape.__module__}.{shape.__name__}: {before.__module__} has a shape of that name")
    return out


def _put(schemas: dict[str, Any], name: str, shape: dict[str, Any]) -> None:
    """Add the shape of a declared thing. Raises DeclarationError where another one has its name."""
    if name in schemas:
        raise DeclarationError(f"two shapes of the API would be called {name!r}: give the declaration another id")
    schemas[name] = shape


#: members of a schema that hold values, not schemas
VALUES = ("const", "default", "enum", "examples")


def _titled(name: str, shape: dict[str, Any]) -> None:
    """A shape's title is its name, once in the document: clients name their classes after titles.

    What stood there goes into the description; so does a title inside a shape, which is only a label: of two that
    read alike a client would make one class, and drop what uses the other.
    """
    _described(shape, name)
    shape["title"] = name


def _described(shape: Any, name: str = "") -> None:
    """Move the titles of a shape and of all inside it into their descriptions; what only repeats a name goes."""
    if isinstance(shape, list):
        for one in shape:
            _described(one, name)
    if not isinstance(shape, dict):
        return
    title = shape.pop("title", None) if isinstance(shape.get("title"), str) else None
    if title and title.replace(" ", "").lower() != name.replace("_", "").lower():
        before = shape.get("description", "")
        shape["description"] = f"{title}. {before}" if before else title
    for key, value in shape.items():
        if key == "properties":
            for member, inner in value.items():
                _described(inner, member)
        elif key not in VALUES:
            _described(value, name)


def _named_plainly(path: str) -> str:
    """``/cases/{int:pk}`` as ``/cases/{pk}``."""
    return re.sub(r"{[a-z]+:", "{", path)


def _completed(operation: dict[str, Any]) -> None:
    """What every operation has: security, versions, keys, and its problems."""
    id = operation["operationId"]
    operation["security"] = [{"token": []}, {"session": []}]
    operation.setdefault("parameters", [])
    for parameter in operation["parameters"]:
        # ninja gives the list of JSON Schema; a parameter of OpenAPI names each of its examples
        if isinstance(parameter.get("examples"), list):
            parameter["examples"] = {str(n): {"value": v} for n, v in enumerate(parameter["examples"], 1)}
    if id in LOCKED:
        operation["parameters"].append(deepcopy(IF_MATCH))
    if id in VERSIONED:
        operation["parameters"].append(deepcopy(IF_NONE_MATCH))
    if id in KEYED:
        operation["parameters"].append(deepcopy(KEY))
    answers = {str(k): v for k, v in operation["responses"].items()}
    for said in answers.values():
        if id in VERSIONED | LOCKED | KEYED:
            said["headers"] = deepcopy(ETAG)
    wanted = ["401", "403", "404", "422", "429"]
    wanted += ["412", "428"] if id in LOCKED else []
    wanted += ["409"] if id in KEYED else []
    wanted += ["503"] if id in SEARCHING else []
    wanted += ["400", "413"] if "requestBody" in operation else []
    for status in sorted(wanted):
        titles = [t.title for t in TYPES.values() if t.status == int(status)]
        answers[status] = {
            "description": "; or: ".join(titles),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}},
        }
    operation["responses"] = dict(sorted(answers.items()))


def _problem_refs(out: dict[str, Any]) -> None:
    whole = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    out["components"]["schemas"] |= whole.pop("$defs", {})
    out["components"]["schemas"]["ProblemOut"] = whole


def _copy(operation: Mapping[str, Any], suffix: str, summary: str, *without: str) -> dict[str, Any]:
    """An operation for one declared thing: its own id and summary, without the parameters that are now fixed."""
    made = deepcopy(dict(operation))
    made["operationId"] = f"{made['operationId']}_{suffix.replace('-', '_')}"
    made["summary"] = summary
    made["parameters"] = [p for p in made["parameters"] if p["name"] not in without]
    return made


def _body(operation: dict[str, Any], ref: str) -> None:
    operation["requestBody"] = {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{ref}"}}},
    }


def _answer(operation: dict[str, Any], status: str, schema: Mapping[str, Any]) -> None:
    operation["responses"][status]["content"] = {"application/json": {"schema": dict(schema)}}


def _with_values(schemas: Mapping[str, Any], base: str, values: str) -> dict[str, Any]:
    """A shape whose ``values`` are those of one register."""
    made: dict[str, Any] = deepcopy(schemas[base])
    made.pop("title", None)
    made["properties"]["values"] = {"$ref": f"#/components/schemas/{values}"}
    return made


def _register(out: dict[str, Any], r: Register, base: str) -> None:
    paths, schemas = out["paths"], out["components"]["schemas"]
    name = "".join(w.capitalize() for w in r.id.split("-"))
    _put(schemas, f"{name}Values", object_schema(r.fields, f"{r.zh} · {r.en}", partial=True))
    _put(schemas, f"{name}Write", object_schema([f for f in r.fields if f.type is not Type.FILE], f"{r.zh} · {r.en}"))
    _put(schemas, f"{name}Entry", _with_values(schemas, "EntryOut", f"{name}Values"))
    general = paths[f"{base}registers/{{id}}/entries"]
    listed = _copy(general["get"], r.id, f"Entries of {r.en} ({r.zh})", "id")
    for field in (f for f in filterable(r) if f.id not in ("limit", "cursor", "q")):
        schema = {k: v for k, v in field_schema(field).items() if k not in ("title", "description")}
        if isinstance(schema.get("type"), list):
            schema["type"] = schema["type"][0]
            if "enum" in schema:
                schema["enum"] = [v for v in schema["enum"] if v is not None]
        suffixes = ("_from", "_to") if field.type is Type.DATE else ("",)
        named = {f"{field.id}{s}" for s in suffixes}
        listed["parameters"] = [p for p in listed["parameters"] if p["name"] not in named]
        for suffix in suffixes:
            listed["parameters"].append(
                {
                    "in": "query",
                    "name": f"{field.id}{suffix}",
                    "required": False,
                    "schema": schema,
                    "description": f"{field.zh} · {field.en}",
                }
            )
    page = {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": {"$ref": f"#/components/schemas/{name}Entry"}},
            "next": {"type": ["string", "null"]},
        },
        "required": ["items", "next"],
    }
    _answer(listed, "200", page)
    made = _copy(general["post"], r.id, f"Make an entry of {r.en} ({r.zh})", "id")
    made["x-scope"] = f"register.{r.id}.create"
    _body(made, f"{name}Write")
    _answer(made, "201", {"$ref": f"#/components/schemas/{name}Entry"})
    paths[f"{base}registers/{r.id}/entries"] = {"get": listed, "post": made}
    schema_path = paths[f"{base}registers/{{id}}/schema"]["get"]
    told = _copy(schema_path, r.id, f"JSON Schema of {r.en} ({r.zh})", "id")
    paths[f"{base}registers/{r.id}/schema"] = {"get": told}


def _procedure(out: dict[str, Any], p: Procedure, base: str) -> None:
    paths, schemas = out["paths"], out["components"]["schemas"]
    name = "".join(w.capitalize() for w in p.id.split("-"))
    openings = []
    for step in p.opening:
        one = f"{name}Open{''.join(w.capitalize() for w in step.id.split('-'))}"
        made = deepcopy(schemas["OpenIn"])
        made["title"] = f"{step.zh} · {step.en}"
        made["properties"]["step"] = {"const": step.id, "type": "string"}
        takes = [f for f in step.inputs if f.type is not Type.FILE]
        made["properties"]["inputs"] = object_schema(takes, f"{step.zh} · {step.en}")
        _put(schemas, one, made)
        openings.append({"$ref": f"#/components/schemas/{one}"})
    general = paths[f"{base}procedures/{{id}}/cases"]
    listed = _copy(general["get"], p.id, f"Cases of {p.en} ({p.zh})", "id")
    for parameter in listed["parameters"]:
        if parameter["name"] == "state":
            parameter["schema"] = {"type": "string", "enum": [s.id for s in p.states]}
    opened = _copy(general["post"], p.id, f"Open a case of {p.en} ({p.zh})", "id")
    opened["x-scope"] = f"case.{p.id}.{{step}}"
    body = openings[0] if len(openings) == 1 else {"oneOf": openings}
    opened["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    paths[f"{base}procedures/{p.id}/cases"] = {"get": listed, "post": opened}


def _indicator(out: dict[str, Any], i: Indicator, base: str) -> None:
    general = out["paths"][f"{base}indicators/{{id}}"]["get"]
    out["paths"][f"{base}indicators/{i.id}"] = {"get": _copy(general, i.id, f"{i.en} ({i.zh})", "id")}
