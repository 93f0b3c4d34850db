"""Evidence in custody: read, taken in with its content, handed over, as on the pages."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from ninja import Body, File, Form, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field as Said

from jinzhi.apps.accounts.acting import Acting, acting_as
from jinzhi.apps.accounts.models import Membership
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.custody import actions, uploads
from jinzhi.apps.custody.fields import ITEM, KINDS
from jinzhi.apps.custody.models import HandOver, Item, Version
from jinzhi.apps.custody.queries import READ, STATES, WRITE, ItemsAsked, inbox, items, taken_in_before
from jinzhi.apps.evidence.store import store
from jinzhi.kernel.streams import CUSTODY
from jinzhi.web.api.caller import caller, only, submission, tagged, unchanged, version
from jinzhi.web.api.paging import Cursor, Limit, page_of
from jinzhi.web.shell.problems import Problem, Wrong, invalid, missing

router = Router(tags=["custody"], by_alias=True)
SCOPE_READ, SCOPE_WRITE = {"x-scope": READ}, {"x-scope": WRITE}
KNOWN = {f.id for f in ITEM}


class EvidenceOut(Schema):
    """An item of evidence with its newest version."""

    number: str
    title: str
    kind: str
    way: str
    unit: str = Said(description="Code of the unit that keeps it.")
    holder: str = Said(description="Username of the person in whose hands it is.")
    state: str = Said(description="kept, offered or disposed")
    held: bool = Said(description="Whether a legal hold is open.")
    expires_on: date | None
    captured_at: datetime
    version: int
    name: str
    media_type: str
    size: int
    sha256: str
    sm3: str
    seq: int = Said(description="The number of its events, also its ETag.")
    created_at: datetime
    updated_at: datetime


class EvidenceList(Schema):
    items: list[EvidenceOut]
    next: str | None = Said(description="Cursor of the next page; null on the last.")


class VersionOut(Schema):
    n: int
    name: str
    media_type: str
    size: int
    sha256: str
    sm3: str
    at: datetime
    actor: str
    erased_on: date | None
    content: str | None = Said(description="Address of its content; null once it is erased.")


class EvidenceFull(EvidenceOut):
    """An item with the facts of its capture and all its versions."""

    facts: dict[str, Any]
    cases: list[str] = Said(description="Numbers of the linked cases that the caller sees.")
    versions: list[VersionOut]


class HandOverIn(Schema):
    taker: str = Said(max_length=150, description="Username of who is to take it.")
    unit: str = Said(max_length=80, description="Code of the unit at which they take it.")
    reason: str = Said(max_length=500)


class AnswerIn(Schema):
    answer: str = Said(description="accept or refuse")
    note: str = Said("", max_length=500, description="The reason, where it is refused.")


class HandOverOut(Schema):
    id: int
    item: str
    title: str
    state: str = Said(description="offered, accepted, refused or withdrawn")
    giver: str
    giver_unit: str
    taker: str
    taker_unit: str
    reason: str
    sha256: str
    offered_at: datetime
    answered_at: datetime | None
    answer: str


class HandOverList(Schema):
    items: list[HandOverOut]


def shown(item: Item) -> dict[str, Any]:
    names = set(EvidenceOut.model_fields) - {"unit", "holder"}
    return {**{n: getattr(item, n) for n in names}, "unit": item.unit.code, "holder": item.holder.username}


def whole(item: Item, who: Acting) -> dict[str, Any]:
    versions = list(item.versions.all())
    linked = Case.objects.visible_to(who).filter(evidence=item).order_by("number")
    return {
        **shown(item),
        "facts": versions[-1].data,
        "cases": list(linked.values_list("number", flat=True)),
        "versions": [version_shown(item, v) for v in versions],
    }


def version_shown(item: Item, v: Version) -> dict[str, Any]:
    names = set(VersionOut.model_fields) - {"content"}
    content = None if v.erased_on else reverse("api-1:get_evidence_content", args=[item.number, v.n])
    return {**{n: getattr(v, n) for n in names}, "content": content}


def hand_shown(h: HandOver) -> dict[str, Any]:
    names = ("id", "state", "reason", "sha256", "offered_at", "answered_at", "answer")
    return {
        **{n: getattr(h, n) for n in names},
        "item": h.item.number,
        "title": h.item.title,
        "giver": h.giver.username,
        "giver_unit": h.giver_unit.code,
        "taker": h.taker.username,
        "taker_unit": h.taker_unit.code,
    }


def visible(number: str, who: Acting) -> Item:
    found = Item.objects.visible_to(who).select_related("unit", "holder").filter(number=number).first()
    if found is None:
        raise missing(f"没有编号为 {number} 的证据，或不在可见范围", f"no evidence {number}, or it is not yours to see")
    return found


def writer(request: HttpRequest) -> Acting:
    who = caller(request, READ)
    if not who.may(WRITE):
        said = (f"当前身份或令牌没有权限 {WRITE}", f"role or token lack the scope {WRITE}")
        raise Problem("forbidden", *said, scope=WRITE)
    return who


@router.get("/custody", response=EvidenceList, summary="Evidence that the caller sees", openapi_extra=SCOPE_READ)
def list_evidence(
    request: HttpRequest,
    limit: Limit,
    cursor: Cursor,
    q: Annotated[str, Query("", max_length=200, description="Words that must all occur.")],
    kind: Annotated[str, Query("", max_length=40, description="One of the declared kinds.")],
    state: Annotated[str, Query("", max_length=20, description="kept, held, offered, due or disposed")],
    unit: Annotated[str, Query("", max_length=80, description="Code of the unit that keeps it.")],
    case: Annotated[str, Query("", max_length=80, description="Number of a linked case.")],
) -> dict[str, Any]:
    who = caller(request, READ)
    only(request, "limit", "cursor", "q", "kind", "state", "unit", "case")
    for name, given, allowed in (("kind", kind, [k.id for k in KINDS]), ("state", state, list(STATES))):
        if given and given not in allowed:
            known = ", ".join(allowed)
            raise invalid(Wrong(name, f"应为其中之一：{known}", f"must be one of {known}"))
    rows, after = page_of(items(who, ItemsAsked(q=q, kind=kind, state=state, unit=unit, case=case)), limit, cursor)
    return {"items": [shown(i) for i in rows], "next": after}


@router.post(
    "/custody",
    response={201: EvidenceFull},
    summary="Take a content into custody",
    description="As `multipart/form-data`: `values` holds the facts of the capture as a JSON object, `content` the "
    "file, up to the limit of ordinary uploads; a larger one comes in through the page. Content that is kept already "
    "is refused unless `twice` is true. Send `Idempotency-Key`: the same key takes in one item only.",
    openapi_extra=SCOPE_WRITE,
)
def take_evidence(
    request: HttpRequest,
    response: HttpResponse,
    values: Annotated[str, Form(..., description="The facts of the capture, a JSON object.")],
    content: Annotated[UploadedFile, File(..., description="The content.")],
    cases: Annotated[str, Form("", max_length=500, description="Numbers of linked cases.")] = "",
    twice: Annotated[bool, Form(False, description="Keep it although the same content is kept already.")] = False,
) -> dict[str, Any]:
    who = writer(request)
    only(request)
    try:
        raw = json.loads(values)
        if not isinstance(raw, dict):
            raise ValueError
    except ValueError:
        raise invalid(Wrong("values", "应为 JSON 对象", "must be a JSON object")) from None
    unknown = [n for n in raw if n not in KNOWN]
    if unknown:
        raise invalid(*(Wrong(n, "没有这个字段", "is no field of evidence") for n in unknown))
    key = submission(request)
    before = taken_in_before(key, who)
    if before is not None:  # sent twice: the content is here already
        item = visible(CUSTODY.key(before.stream), who)
    else:
        upload = uploads.receive(content, who=who)
        item = actions.take_in(
            raw, upload, who=who, cases=actions.find_cases(cases, who), twice=twice, key=key
        )  # fmt: skip
    tagged(request, response, item.seq)
    response["Location"] = reverse("api-1:get_evidence", args=[item.number])
    return whole(item, who)


@router.get("/custody/hand-overs", response=HandOverList, summary="Hand-overs that wait for the caller",
            openapi_extra=SCOPE_WRITE)  # fmt: skip
def list_hand_overs(request: HttpRequest) -> dict[str, Any]:
    who = writer(request)
    only(request)
    return {"items": [hand_shown(h) for h in inbox(who)[:200]]}


@router.post(
    "/custody/hand-overs/{int:pk}/answer",
    response=HandOverOut,
    summary="Take or refuse what was offered",
    description="On `accept` the content is read through first and must be what was offered.",
    openapi_extra=SCOPE_WRITE,
)
def answer_hand_over(request: HttpRequest, pk: int, said: Annotated[AnswerIn, Body(...)]) -> dict[str, Any]:
    who = writer(request)
    only(request)
    found = inbox(who).filter(pk=pk).first()
    if found is None:
        raise missing(f"没有等待您答复的移交 {pk}", f"no hand-over {pk} waits for you")
    if said.answer == "accept":
        actions.accept(found, who=who, note=said.note, key=submission(request))
    elif said.answer == "refuse":
        actions.refuse(found, who=who, reason=said.note, key=submission(request))
    else:
        raise invalid(Wrong("answer", "应为 accept 或 refuse", "must be accept or refuse"))
    settled = HandOver.objects.select_related("item", "giver", "giver_unit", "taker", "taker_unit").get(pk=pk)
    return hand_shown(settled)


@router.get(
    "/custody/{slug:number}",
    response={200: EvidenceFull, 304: None},
    summary="An item of evidence; its ETag is its version",
    openapi_extra=SCOPE_READ,
)
def get_evidence(request: HttpRequest, response: HttpResponse, number: str) -> Any:
    who = caller(request, READ)
    only(request)
    item = visible(number, who)
    if unchanged(request, item.seq):
        return HttpResponse(status=304, headers={"ETag": f'"{item.seq}"'})
    tagged(request, response, item.seq)
    return whole(item, who)


@router.get(
    "/custody/{slug:number}/versions/{int:n}/content",
    summary="The content of a version, proven against its digests",
    description="The bytes as they were taken in; their digests in `X-Content-SHA256` and `X-Content-SM3`.",
    openapi_extra=SCOPE_READ,
)
def get_evidence_content(request: HttpRequest, number: str, n: int) -> Any:
    who = caller(request, READ)
    only(request)
    item = visible(number, who)
    kept = item.versions.filter(n=n, erased_on=None).first()
    if kept is None:
        raise missing(f"没有第 {n} 版的内容", f"there is no content of version {n}")
    try:
        store.check(kept.sha256)
    except store.FileRefused as e:
        raise missing(str(e), "the content is gone or does not verify") from None
    actions.log_download(item, kept, who)
    response = StreamingHttpResponse(store.stream(kept.sha256), content_type=kept.media_type)
    response["Content-Length"] = str(kept.size)
    response["Content-Disposition"] = "attachment"
    response["X-Content-SHA256"], response["X-Content-SM3"] = kept.sha256, kept.sm3
    return response


@router.post(
    "/custody/{slug:number}/hand-overs",
    response={201: HandOverOut},
    summary="Offer an item to somebody",
    description="It changes hands when they accept. Needs `If-Match` with the ETag that was read.",
    openapi_extra=SCOPE_WRITE,
)
def hand_over(request: HttpRequest, number: str, said: Annotated[HandOverIn, Body(...)]) -> dict[str, Any]:
    who = writer(request)
    only(request)
    item = visible(number, who)
    expected = version(request)
    posts = Membership.objects.filter(user__username=said.taker, unit__code=said.unit, since__lte=today())
    taker = next((m for m in posts.select_related("user", "unit") if acting_as(m).may(WRITE)), None)
    if taker is None:
        raise invalid(Wrong("taker", "该单位没有可以接收证据的这个人", "holds no post there that takes evidence"))
    made = actions.offer(
        item, taker, reason=said.reason, who=who, expected=expected, key=submission(request)
    )  # fmt: skip
    return hand_shown(made)
