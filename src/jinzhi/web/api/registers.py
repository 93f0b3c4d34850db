"""Registers: their entries, read and written as on the pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Body, Query, Router

from jinzhi.apps.accounts.acting import Acting, in_nobodys_role
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.registers.actions import CREATE, UPDATE, create, log_export, log_viewing, may_write, update
from jinzhi.apps.registers.models import Entry
from jinzhi.apps.registers.queries import (
    EntryFilter,
    entries,
    filterable,
    hidden,
    may_read,
    readable,
    reading,
    visible_entries,
)
from jinzhi.kernel.fields import Field, FieldError, Type
from jinzhi.kernel.register import Register
from jinzhi.web.api.caller import caller, only, submission, tagged, unchanged, version
from jinzhi.web.api.paging import Cursor, Limit, page_of
from jinzhi.web.api.plain import object_schema
from jinzhi.web.api.shapes import Entries, EntryOut, RegisterList
from jinzhi.web.shell.problems import Problem, Wrong, invalid, missing

router = Router(tags=["registers"], by_alias=True)
READ = {"x-scope": "register.read"}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def declared(id: str, who: Acting) -> Register:
    """The register, if the role may read it; else it is as good as not there."""
    register = catalogue().find(Register, id)
    if register is None or not may_read(register, who):
        raise missing(
            f"没有名为“{id}”的名录，或当前身份不能查看", f"no register is called {id!r}, or it is not yours to read"
        )
    return register


def shown(entry: Entry, register: Register, who: Acting, *, recorded: bool = True) -> dict[str, Any]:
    """An entry as JSON; personal fields are left out for whom they are not meant, and for all while that they are
    shown cannot be recorded."""
    who = reading(who, entry)
    unrecorded = not recorded and bool(personal([entry], register, who))
    if unrecorded:
        who = in_nobodys_role(who)
    names = ("register", "number", "title", "state", "seq", "created_at", "updated_at")
    kept = [f for f in register.fields if f.id in entry.data]
    return {
        "id": entry.pk,
        **{n: getattr(entry, n) for n in names},
        "unit": entry.unit.code,
        "values": {f.id: entry.data[f.id] for f in kept if not hidden(f, who)},
        "hidden": [f.id for f in kept if hidden(f, who)],
        "unrecorded": unrecorded,
    }


def personal(found: Iterable[Entry], register: Register, who: Acting) -> set[str]:
    """The personal fields that these entries show to this caller."""
    fields = [f for f in register.fields if f.withheld]
    return {f.id for e in found for f in fields if e.data.get(f.id) and not hidden(f, reading(who, e))}


def filters_of(register: Register) -> dict[str, tuple[Field, str]]:
    """The parameters that narrow a list, from the fields declared as filters; a day has ``_from`` and ``_to``.

    A declared field called unit or state takes the place of the general parameter.
    """
    out: dict[str, tuple[Field, str]] = {}
    for field in filterable(register):
        if field.id in ("limit", "cursor", "q"):
            continue
        if field.type is Type.DATE:
            out[f"{field.id}_from"] = (field, "from")
            out[f"{field.id}_to"] = (field, "to")
        else:
            out[field.id] = (field, "")
    return out


def narrowed(request: HttpRequest, register: Register) -> dict[str, str | tuple[str, str]]:
    """What the address asks of the declared fields, as stored values; every wrong one is named."""
    out: dict[str, str | tuple[str, str]] = {}
    wrong: list[Wrong] = []
    for name, (field, side) in filters_of(register).items():
        given = request.GET.get(name, "").strip()
        if not given:
            continue
        try:
            value = field.parse(given)
        except FieldError as e:
            wrong.append(Wrong(name, e.zh, e.en))
            continue
        stored = ("true" if value else "false") if isinstance(value, bool) else str(value)
        if side:
            so_far = out.get(field.id)
            first, last = so_far if isinstance(so_far, tuple) else ("", "")
            out[field.id] = (stored, str(last)) if side == "from" else (str(first), stored)
        else:
            out[field.id] = stored
    if wrong:
        raise invalid(*wrong)
    return out


def writable(register: Register, given: Mapping[str, Any]) -> None:
    """Refuse members that no field of the register takes."""
    wrong = []
    for name in given:
        try:
            field = register.field(name)
        except KeyError:
            wrong.append(Wrong(name, "名录没有这个字段", "is no field of the register"))
            continue
        if field.type is Type.FILE:
            wrong.append(Wrong(name, "附件请在网页上提交", "files are handed over on the pages"))
    if wrong:
        raise invalid(*wrong)


def keeper(register: Register, who: Acting, verb: str) -> None:
    if not may_write(register, who, verb):
        scope = f"register.{register.id}.{verb}"
        said = (f"当前身份或令牌不能维护“{register.zh}”", f"role or token do not keep {register.en}")
        raise Problem("forbidden", *said, scope=scope)


@router.get("/registers", response=RegisterList, summary="The registers that the caller may read", openapi_extra=READ)
def list_registers(request: HttpRequest) -> dict[str, Any]:
    who = caller(request, "register.read")
    only(request)
    items = [
        {
            "id": r.id,
            "zh": r.zh,
            "en": r.en,
            "entries": reverse("api-1:list_entries", args=[r.id]),
            "schema": reverse("api-1:get_register_schema", args=[r.id]),
            "may_write": may_write(r, who, CREATE),
        }
        for r in readable(who)
    ]
    return {"items": items}


@router.get(
    "/registers/{slug:id}/schema",
    response=dict[str, Any],
    summary="JSON Schema of an entry's values",
    openapi_extra=READ,
)
def get_register_schema(request: HttpRequest, id: str) -> dict[str, Any]:
    who = caller(request, "register.read")
    only(request)
    found = declared(id, who)
    return {"$schema": DIALECT, "$id": request.path, **object_schema(found.fields, f"{found.zh} · {found.en}")}


@router.get(
    "/registers/{slug:id}/entries",
    response=Entries,
    summary="Entries of a register that the caller sees",
    description="Besides the parameters below, every field that the register declares as a filter is one: a text is "
    "found in part, a day has `_from` and `_to`.",
    openapi_extra=READ,
)
def list_entries(
    request: HttpRequest,
    id: str,
    limit: Limit,
    cursor: Cursor,
    q: Annotated[str, Query("", max_length=200, description="Words that must all occur.")],
    state: Annotated[str, Query("", max_length=20, description="active or closed")],
    unit: Annotated[str, Query("", max_length=80, description="Code of the unit that keeps it.")],
) -> dict[str, Any]:
    who = caller(request, "register.read")
    found = declared(id, who)
    own = filters_of(found)
    only(request, "limit", "cursor", "q", "state", "unit", *own)
    state, unit = ("" if "state" in own else state), ("" if "unit" in own else unit)
    if state not in ("", "active", "closed"):
        raise invalid(Wrong("state", "应为 active 或 closed", "must be active or closed"))
    asked = EntryFilter(q=q, state=state, unit=unit, values=narrowed(request, found), sort="number")
    rows, after = page_of(entries(found, who, asked), limit, cursor)
    recorded = log_export(found, len(rows), personal(rows, found, who), request.GET.urlencode(), who)
    return {"items": [shown(e, found, who, recorded=recorded) for e in rows], "next": after}


@router.post(
    "/registers/{slug:id}/entries",
    response={201: EntryOut},
    summary="Make an entry",
    description="The body holds the values of the declared fields. Send `Idempotency-Key`: the same key makes one "
    "entry only.",
    openapi_extra={"x-scope": "register.{id}.create"},
)
def create_entry(
    request: HttpRequest, response: HttpResponse, id: str, values: Annotated[dict[str, Any], Body(...)]
) -> dict[str, Any]:
    who = caller(request, "register.read")
    only(request)
    found = declared(id, who)
    keeper(found, who, CREATE)
    writable(found, values)
    entry = create(found.id, values, who=who, key=submission(request))
    tagged(request, response, entry.seq)
    response["Location"] = reverse("api-1:get_entry", args=[entry.pk])
    return shown(entry, found, who)


def visible(pk: int, who: Acting, *, own: bool = False) -> tuple[Entry, Register]:
    """An entry that the caller sees, or (``own``) keeps, with its register."""
    rows = Entry.objects.visible_to(who) if own else visible_entries(who)
    entry = rows.select_related("unit").filter(pk=pk).first()
    if entry is None:
        raise missing(f"没有编号为 {pk} 的条目，或不在可见范围", f"no entry {pk}, or it is not yours to see")
    return entry, declared(entry.register, who)


@router.get(
    "/entries/{int:pk}",
    response={200: EntryOut, 304: None},
    summary="An entry; its ETag is its version",
    openapi_extra=READ,
)
def get_entry(request: HttpRequest, response: HttpResponse, pk: int) -> Any:
    who = caller(request, "register.read")
    only(request)
    entry, register = visible(pk, who)
    if unchanged(request, entry.seq):
        return HttpResponse(status=304, headers={"ETag": f'"{entry.seq}"'})
    recorded = log_viewing(entry, personal([entry], register, who), who)
    if recorded:
        tagged(request, response, entry.seq)
    return shown(entry, register, who, recorded=recorded)


@router.patch(
    "/entries/{int:pk}",
    response=EntryOut,
    summary="Change some fields of an entry",
    description="Needs `If-Match` with the ETag that was read: 428 without it, 412 where somebody was faster. A "
    "member that is null empties its field; one that is left out stays.",
    openapi_extra={"x-scope": "register.{id}.update"},
)
def change_entry(
    request: HttpRequest, response: HttpResponse, pk: int, values: Annotated[dict[str, Any], Body(...)]
) -> dict[str, Any]:
    who = caller(request, "register.read")
    only(request)
    entry, register = visible(pk, who, own=True)
    keeper(register, who, UPDATE)
    expected = version(request)
    writable(register, values)
    changed = update(entry, values, who=who, expected=expected, key=submission(request))
    tagged(request, response, changed.seq)
    return shown(changed, register, who)
