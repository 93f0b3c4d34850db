"""The reference of the API: its OpenAPI document, and the same as a page of our own, without outside scripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from jinzhi.kernel.text import Words
from jinzhi.web.api.application import api
from jinzhi.web.api.document import METHODS
from jinzhi.web.shell.problems import TYPES, Problem, answer
from jinzhi.web.ui.language import speak


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document; it holds no data, so everybody may read it."""
    return JsonResponse(api.get_openapi_schema(), json_dumps_params={"ensure_ascii": False})


@csrf_exempt
def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """An address below /api/ that is no operation."""
    zh = "接口没有这个地址；全部地址见 /api/v1/openapi.json"
    return answer(request, Problem("not-found", zh, "no such address in the API: see /api/v1/openapi.json"))


def shape(schema: Mapping[str, Any]) -> str:
    """A JSON Schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " | ".join(shape(s) for s in schema[several])
    if "const" in schema:
        return str(schema["const"])
    if "enum" in schema:
        return " | ".join(str(v) for v in schema["enum"])
    kind = schema.get("type", "any")
    words = " | ".join(kind) if isinstance(kind, list) else str(kind)
    if words == "array":
        return f"[{shape(schema.get('items', {}))}]"
    return f"{words} ({schema['format']})" if "format" in schema else words


@dataclass(frozen=True)
class ShownOperation:
    """An operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    parameters: list[tuple[str, str, bool, str, str]]
    body: str
    answers: list[tuple[str, str, str]]


def operations(document: Mapping[str, Any]) -> dict[str, list[ShownOperation]]:
    """The operations by the area they belong to."""
    out: dict[str, list[ShownOperation]] = {}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method not in item:
                continue
            said = item[method]
            body = said.get("requestBody", {}).get("content", {})
            shown = ShownOperation(
                said["operationId"],
                method.upper(),
                path,
                said["summary"],
                said.get("description", ""),
                said.get("x-scope", ""),
                [
                    (p["name"], p["in"], p.get("required", False), shape(p["schema"]), p.get("description", ""))
                    for p in said["parameters"]
                ],
                ", ".join(shape(c["schema"]) for c in body.values()),
                [
                    (status, a["description"], ", ".join(shape(c["schema"]) for c in a.get("content", {}).values()))
                    for status, a in said["responses"].items()
                ],
            )
            out.setdefault(said["tags"][0], []).append(shown)
    return out


def shapes(document: Mapping[str, Any]) -> list[tuple[str, str, list[tuple[str, str, bool, str]]]]:
    """The shapes of bodies and answers: name, what it is, and each member with its kind, need and meaning."""
    out = []
    for name, said in document["components"]["schemas"].items():
        needed = said.get("required", ())
        members = [
            (m, shape(s), m in needed, s.get("description") or s.get("title", ""))
            for m, s in said.get("properties", {}).items()
        ]
        out.append((name, said.get("description") or said.get("title", ""), members))
    return out


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The reference as a page."""
    document = api.get_openapi_schema()
    context = {
        "crumbs": [(_("首页"), "/")],
        "about": document["info"]["description"],
        "areas": operations(document),
        "shapes": shapes(document),
        "problems": [(t, speak(Words(t.zh, t.title))) for t in TYPES.values()],
        "openapi_href": reverse("openapi"),
        "curl": f"curl -H 'Authorization: Bearer jz_…' {request.build_absolute_uri(reverse('api-1:list_rows'))}",
    }
    return render(request, "api/reference.html", context)
