"""The evidence log: put a file in, read and prove an entry, take out its bundle, verify one, sign a checkpoint."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from ninja import File, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field as Said

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.evidence.bundle import bundles, exports
from jinzhi.apps.evidence.console.prove import proof_of
from jinzhi.apps.evidence.events.deposits import KIND, deposit_content
from jinzhi.apps.evidence.log import checkpoints, log
from jinzhi.apps.evidence.log.tiles import published
from jinzhi.apps.evidence.models import Checkpoint, Entry
from jinzhi.apps.evidence.store import store
from jinzhi.kernel.merkle import FAMILIES, ProofError
from jinzhi.verifier import verify
from jinzhi.web.api.caller import caller, only
from jinzhi.web.evidence.objects import body_of, places, tells_personal, visible_deposits
from jinzhi.web.shell.problems import Problem, Wrong, invalid, missing

router = Router(tags=["evidence"], by_alias=True)
KEY = "A verifier key known from elsewhere, of the platform or of a witness: only what these signed counts."
READ, WRITE, SIGN = "evidence.read", "evidence.write", "ops.write"


class AppendedOut(Schema):
    entry: str = Said(description="Number in the log: year and index.")
    sha256: str
    sm3: str


class LogEntryOut(Schema):
    """An entry of the log. What it says is told to those who may open its object."""

    entry: str
    kind: str
    body: dict[str, Any] | None = Said(description="The canonical JSON that both trees hash; null where not yours.")
    leaf_sha256: str
    leaf_sm3: str
    checkpoint: str | None = Said(description="Year and size of the first checkpoint that holds it; null: none yet.")
    stamped: bool = Said(description="Whether that checkpoint has a time stamp.")


class FamilyProofOut(Schema):
    leaf: str
    proof: list[str]
    root: str
    checkpoint: str | None = Said(description="The signed note, where one was made at this size.")


class ProofOut(Schema):
    """That an entry is in the log of a size; hashes in hexadecimal."""

    entry: str
    index: int
    size: int
    sha256: FamilyProofOut
    sm3: FamilyProofOut


class FindingOut(Schema):
    mark: str = Said(description="proven, failed, or open for what is not claimed")
    zh: str
    en: str


class FindingsOut(Schema):
    """What verify.py says of a bundle."""

    verdict: Literal["proven", "intact", "failed"] = Said(
        description="proven: by the keys given with `key`. intact: nothing was altered, but by keys that only the "
        "bundle names, so anybody can have made it. failed: something does not hold."
    )
    ok: bool = Said(description="Nothing failed: proven or intact.")
    entry: str
    moment: datetime | None = Said(description="When the checkpoint of the entry was stamped.")
    demo: bool
    lines: list[FindingOut]


class CheckpointOut(Schema):
    year: int
    size: int
    at: datetime
    stamped: bool
    keys: list[str] = Said(description="The verifier keys of the log.")
    sha256: str = Said(description="The signed note (C2SP tlog-checkpoint), with cosignatures.")
    sm3: str


def scope(name: str) -> dict[str, str]:
    return {"x-scope": name}


def entry_of(number: str) -> Entry:
    try:
        return log.entry(number)
    except log.Unknown as e:
        raise missing(str(e), f"the log has no entry {number}") from None


def readable(entry: Entry, who: Acting) -> bool:
    """Whether the caller may know what an entry says: by the rules of its object's own pages."""
    if entry.kind == KIND:
        return bool(visible_deposits(who, [entry.deposit]))
    return entry.object in places(who, [entry.object])


@router.post(
    "/evidence/entries",
    response={201: AppendedOut},
    summary="Put a file into the log",
    description="As `multipart/form-data`. The content is kept and an entry with both its digests is made; the same "
    "file sent twice makes two entries.",
    openapi_extra=scope(WRITE),
)
def append_to_log(
    request: HttpRequest,
    response: HttpResponse,
    content: Annotated[UploadedFile, File(..., description="The content.")],
) -> dict[str, Any]:
    who = caller(request, WRITE)
    only(request)
    try:
        name = store.checked_name(content)
        entry = deposit_content(name, content.chunks(store.PIECE), who=who)
    except store.FileRefused as e:
        raise invalid(Wrong("content", str(e), "is empty, too large or has no name")) from None
    response["Location"] = reverse("api-1:get_log_entry", args=[entry.number])
    return {"entry": entry.number, "sha256": entry.deposit.sha256, "sm3": entry.deposit.sm3}


@router.get(
    "/evidence/entries/{str:number}", response=LogEntryOut, summary="An entry of the log", openapi_extra=scope(READ)
)
def get_log_entry(request: HttpRequest, number: str) -> dict[str, Any]:
    who = caller(request, READ)
    only(request)
    entry = entry_of(number)
    covering = log.covering(entry)
    return {
        "entry": entry.number,
        "kind": entry.kind,
        "body": body_of(entry) if readable(entry, who) else None,
        "leaf_sha256": bytes(entry.leaf_sha256).hex(),
        "leaf_sm3": bytes(entry.leaf_sm3).hex(),
        "checkpoint": bundles.label(covering) if covering else None,
        "stamped": covering is not None and covering.token is not None,
    }


@router.get(
    "/evidence/entries/{str:number}/proof",
    response=ProofOut,
    summary="The proof that an entry is in the log",
    description="In both families. Without `size`: against the first checkpoint that holds it, made where none is.",
    openapi_extra=scope(READ),
)
def prove_log_entry(
    request: HttpRequest,
    number: str,
    size: Annotated[int | None, Query(None, ge=1, description="The log's size to prove against.")],
) -> dict[str, Any]:
    caller(request, READ)
    only(request, "size")
    entry_of(number)
    try:
        return proof_of(number, size)
    except (log.Unknown, ProofError) as e:
        raise invalid(Wrong("size", str(e), "the log of this size does not hold the entry")) from None


@router.get(
    "/evidence/entries/{str:number}/bundle",
    summary="The bundle that proves an entry without this platform",
    description="A zip that `python3 -I verify.py BUNDLE` verifies. Taking it out leaves an event.",
    openapi_extra=scope(READ),
)
def export_log_entry(
    request: HttpRequest,
    number: str,
    content: Annotated[bool, Query(True, description="With the content, not only its digests.")],
    custody: Annotated[bool, Query(True, description="With all events of its object.")],
) -> HttpResponseBase:
    who = caller(request, READ)
    only(request, "content", "custody")
    entry = entry_of(number)
    if not readable(entry, who):
        raise missing(f"没有条目 {number}，或不在可见范围", f"no entry {number}, or it is not yours to see")
    shown = exports.chain_of(entry) if custody else [entry] if content else []
    place = places(who, [entry.object]).get(entry.object)
    if place and any(e.event and tells_personal(e.event, place, who) for e in shown):
        raise Problem(
            "forbidden",
            "其中有当前身份不能看的个人信息：请用 content=false&custody=false 只取证明",
            "it holds personal data that this role may not see: ask with content=false&custody=false",
        )
    file = bundles.temporary()
    try:
        done = exports.export(entry, file, content=content, chain=custody)
    except (bundles.BundleRefused, store.FileRefused) as e:
        file.close()
        raise Problem("refused", str(e), "the bundle cannot be made now") from None
    exports.trace(entry, done, who)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{entry.number}.zip", content_type=bundles.MEDIA_TYPE)


@router.post(
    "/evidence/verify",
    response=FindingsOut,
    summary="Verify a bundle",
    description="What verify.py does, done here. Whoever does not want to send a bundle uses the page "
    "/evidence/verify/ or the program. A bundle that fails is an answer with `ok` false, not an error.",
    openapi_extra=scope(READ),
)
def verify_evidence_bundle(
    request: HttpRequest,
    bundle: Annotated[UploadedFile, File(..., description="The bundle.")],
    key: Annotated[list[str], Query([], max_length=20, description=KEY)],
) -> dict[str, Any]:
    caller(request, READ)
    only(request, "key")
    try:
        done = verify.verify_file(bundle.file, key)  # type: ignore[arg-type]
    except verify.NotABundle:
        raise invalid(Wrong("bundle", "不是证据包", "is no bundle")) from None
    lines = [{"mark": line.mark, "zh": line.zh, "en": line.en} for line in done.lines]
    said = {"ok": done.ok, "entry": done.entry, "moment": done.moment, "demo": done.demo, "lines": lines}
    return {"verdict": done.verdict, **said}


def shown_checkpoint(point: Checkpoint) -> dict[str, Any]:
    notes = {family.name: published(point, family) for family in FAMILIES}
    return {
        "year": point.shard.year,
        "size": point.size,
        "at": point.at.astimezone(UTC),
        "stamped": point.token is not None,
        "keys": list(checkpoints.published(point.shard)),
        **notes,
    }


@router.get(
    "/evidence/checkpoint",
    response=CheckpointOut,
    summary="The newest checkpoint of the log",
    openapi_extra=scope(READ),
)
def get_log_checkpoint(
    request: HttpRequest,
    year: Annotated[int | None, Query(None, ge=2000, le=9999, description="Of that year's log.")],
) -> dict[str, Any]:
    caller(request, READ)
    only(request, "year")
    rows = Checkpoint.objects.select_related("shard")
    rows = rows.filter(shard__year=year) if year else rows
    newest = rows.order_by("-shard__year", "-size", "-id").first()
    if newest is None:
        raise missing("日志还没有检查点", "the log has no checkpoint yet")
    return shown_checkpoint(newest)


@router.post(
    "/evidence/checkpoint",
    response=CheckpointOut,
    summary="Sign what the log is now",
    description="Where nothing came since, the last checkpoint is given again.",
    openapi_extra=scope(SIGN),
)
def sign_log_checkpoint(request: HttpRequest) -> dict[str, Any]:
    who = caller(request, SIGN)
    only(request)
    if not who.unit.is_root():
        raise Problem("forbidden", "只由全市一级的任职签发检查点", "only a post at the root of the units signs")
    try:
        made = log.checkpoint()
    except log.LogBroken as e:
        raise Problem("refused", str(e), "the log is not sound: nothing is signed") from None
    if made is None:
        raise missing("日志中还没有条目", "the log holds nothing yet")
    return shown_checkpoint(made)
