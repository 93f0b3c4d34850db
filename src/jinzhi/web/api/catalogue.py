"""The declarations of the installation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Router

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.kernel.declare import Declaration
from jinzhi.web.api.caller import caller, only
from jinzhi.web.api.plain import plain
from jinzhi.web.api.shapes import DeclaredList, Kinds
from jinzhi.web.shell.problems import missing

router = Router(tags=["catalogue"], by_alias=True)
SCOPE = {"x-scope": "plan.read"}


def declared(kind: str, id: str) -> Declaration:
    found = catalogue().found.get(kind, {}).get(id)
    if found is None:
        raise missing(f"没有名为“{id}”的 {kind}", f"no {kind} is called {id!r}")
    return found.value


@router.get("/catalogue", response=Kinds, summary="The kinds of declarations", openapi_extra=SCOPE)
def list_kinds(request: HttpRequest) -> dict[str, Any]:
    caller(request, "plan.read")
    only(request)
    found = catalogue()
    items = [
        {"kind": k, "count": len(found.ids(k)), "href": reverse("api-1:list_declarations", args=[k])}
        for k in found.kinds()
    ]
    return {"items": items}


@router.get("/catalogue/{slug:kind}", response=DeclaredList, summary="The declarations of a kind", openapi_extra=SCOPE)
def list_declarations(request: HttpRequest, kind: str) -> dict[str, Any]:
    caller(request, "plan.read")
    only(request)
    found = catalogue()
    if kind not in found.kinds():
        raise missing(f"没有“{kind}”这一类声明", f"no kind of declarations is called {kind!r}")
    items = [
        {
            "id": f.value.id,
            "zh": f.value.zh,
            "en": f.value.en,
            "serves": list(f.value.serves),
            "href": reverse("api-1:get_declaration", args=[kind, f.value.id]),
        }
        for f in found.found[kind].values()
    ]
    return {"items": items}


@router.get(
    "/catalogue/{slug:kind}/{slug:id}",
    response=dict[str, Any],
    summary="A declaration with everything it says",
    openapi_extra=SCOPE,
)
def get_declaration(request: HttpRequest, kind: str, id: str) -> dict[str, Any]:
    caller(request, "plan.read")
    only(request)
    value = declared(kind, id)
    return {"kind": kind, "declared_in": catalogue().where(kind, id), **plain(value)}
