"""The log as pages: how it stands, its entries, one entry with its proof, a checkpoint, the chain of an object."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import StrIndex, Substr
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.evidence.bundle import bundles
from jinzhi.apps.evidence.events import seals
from jinzhi.apps.evidence.events.actions import content_of
from jinzhi.apps.evidence.events.personal import reveal
from jinzhi.apps.evidence.events.seals import SealVerdict, Verdicts, entry_verdicts, verdicts, with_cover
from jinzhi.apps.evidence.log import checkpoints, log
from jinzhi.apps.evidence.log.authority import is_local, time_authority
from jinzhi.apps.evidence.models import Checkpoint, Cosignature, Entry, Event, Shard
from jinzhi.apps.evidence.witness.witnesses import WitnessRefused, policy
from jinzhi.apps.units.models import Unit
from jinzhi.engines import signing
from jinzhi.engines.timestamps import CheckedStamp, TimestampRefused, check
from jinzhi.kernel import note
from jinzhi.kernel.merkle import FAMILIES, Family, ProofError
from jinzhi.kernel.streams import ERASURE, VIEWING
from jinzhi.web.evidence.objects import ObjectPlace, body_of, kinds, places, tells_personal
from jinzhi.web.evidence.objects import kind_named as object_named
from jinzhi.web.evidence.words import KINDS, kind_named, verb_named
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import PAGE_SIZE, choice, paged
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.forms import visible_units
from jinzhi.web.ui.language import named
from jinzhi.web.ui.records import SEALS
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

HIDDEN = Tag("不在您的可见范围", "Outside of what you may see", "neutral", "◇")
SIGNED = Tag("签名有效", "Signature holds", "ahead", "▲")
UNSIGNED = Tag("签名无效", "Signature does not hold", "late", "■")
LATEST = 3
#: how many matches are counted
COUNTED = 10_000
#: of how many events of one object a page checks the whole chain
WHOLE = 2_000
LINKS = 100


# --- the list -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class LogFilter:
    """What the address of the list asks for."""

    kind: str
    of: str
    object: str
    unit: str
    on: date | None

    @property
    def narrowed(self) -> bool:
        return bool(self.kind or self.of or self.object or self.unit or self.on)


def filter_of(request: PageRequest, units: Sequence[tuple[str, str]]) -> LogFilter:
    raw = request.GET.get("on", "").strip()
    try:
        on = date.fromisoformat(raw) if raw else None
    except ValueError:
        reason = _("地址参数 %(name)s=“%(raw)s” 应为日期，如 2026-11-22")
        raise BadRequest(reason % {"name": "on", "raw": raw}) from None
    return LogFilter(
        kind=choice(request, "kind", set(KINDS)),
        of=choice(request, "of", {k.prefix for k in kinds()}),
        object=request.GET.get("object", "").strip()[:200],
        unit=choice(request, "unit", {code for code, _name in units}),
        on=on,
    )


def narrowed(what: LogFilter) -> QuerySet[Entry]:
    """The numbered entries that the filters leave."""
    rows = Entry.objects.filter(shard__isnull=False)
    if what.kind:
        rows = rows.filter(kind=what.kind)
    if what.of:
        # not a range: the order of a database's letters is not that of their numbers
        rows = rows.filter(object__startswith=what.of)
    if what.object:
        rows = rows.filter(object=what.object)
    if what.unit:
        rows = rows.filter(
            Q(event__unit__code=what.unit) | Q(event__isnull=True, body__contains=f'"unit":"{what.unit}"')
        )
    if what.on:
        first = timezone.make_aware(datetime.combine(what.on, time()))
        last = first + timedelta(days=1)
        # an entry without an event says its moment in its body only, in UTC and always as long
        rows = rows.annotate(moment=Substr("body", StrIndex("body", Value('"at":"')) + 6, 26)).filter(
            Q(event__at__gte=first, event__at__lt=last)
            | Q(event__isnull=True, moment__gte=_utc(first), moment__lt=_utc(last))
        )
    return rows


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:26]


@dataclass(frozen=True)
class ListPiece:
    """A piece of the list, newest first, with the addresses of the pieces beside it."""

    rows: list[Entry]
    newer: str = ""
    older: str = ""


def piece(request: PageRequest, rows: QuerySet[Entry]) -> ListPiece:
    """The entries around the cursor ``?page=before-2026-17`` or ``after-2026-17``; without one, the newest."""
    way, year, index = _cursor(request.GET.get("page", "").strip())
    rows = with_cover(rows).select_related("shard", "event", "event__unit")
    if way == "after":
        rows = rows.filter(Q(shard__year__gt=year) | Q(shard__year=year, index__gt=index))
        found = list(rows.order_by("shard__year", "index")[: PAGE_SIZE + 1])
        more_newer, more_older = len(found) > PAGE_SIZE, True
        found = found[:PAGE_SIZE][::-1]
    else:
        if way:
            rows = rows.filter(Q(shard__year__lt=year) | Q(shard__year=year, index__lt=index))
        found = list(rows.order_by("-shard__year", "-index")[: PAGE_SIZE + 1])
        more_newer, more_older = bool(way), len(found) > PAGE_SIZE
        found = found[:PAGE_SIZE]
    if not found:
        return ListPiece([], newer=_to(request, "") if way else "")
    return ListPiece(
        found,
        newer=_to(request, f"after-{found[0].number}") if more_newer else "",
        older=_to(request, f"before-{found[-1].number}") if more_older else "",
    )


def _cursor(raw: str) -> tuple[str, int, int]:
    if not raw:
        return "", 0, 0
    way, _dash, number = raw.partition("-")
    year, _dash, index = number.partition("-")
    if way not in ("before", "after") or not _digits(year, 4) or not _digits(index, 15):
        raise BadRequest(_("地址参数 page=“%(raw)s” 无效，形如 before-2026-17") % {"raw": raw[:40]})
    return way, int(year), int(index)


def _digits(text: str, most: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= most


def _to(request: PageRequest, cursor: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    if cursor:
        query["page"] = cursor
    return f"?{query.urlencode()}"


def entry_table(found: Sequence[Entry], seen: dict[str, ObjectPlace], empty: Empty) -> Table:
    """Entries as a table; of objects that the reader may not open, numbers and digests only."""
    checked, labels = entry_verdicts(found), unit_labels(found)
    columns = [
        Column(_("条目")), Column(_("对象"), wide=True), Column(_("内容")), Column(_("经办")), Column(_("登记时间")),
        Column(_("叶子哈希 SHA-256")), Column(_("核验")),
    ]  # fmt: skip
    rows = []
    for e in found:
        href = reverse("log-entry", args=[e.number])
        place = seen.get(e.object)
        told = body_of(e)
        rows.append(
            TableRow(
                (
                    Cell(e.number, href=href),
                    Cell(place.title, href=reverse("log-object", args=[e.object]), sub=object_named(e.object))
                    if place
                    else Cell(tag=HIDDEN),
                    what_of(e, place) if place else "—",
                    Cell(told.get("actor", ""), sub=unit_in(e, told, labels)) if place else "—",
                    moment_of(told) if place else "—",
                    f"{bytes(e.leaf_sha256).hex()[:12]}…",
                    Cell(tag=SEALS[checked[e.pk].state]),
                ),
                id=f"entry-{e.number}",
            )
        )
    return Table(_("日志条目"), columns, rows, empty, stack=True, caption_hidden=True, id="entries")


def unit_labels(found: Sequence[Entry]) -> dict[str, str]:
    """The names of the units that entries without an event name by their codes; asks nothing where none does."""
    codes = {str(body_of(e).get("unit", "")) for e in found if e.event is None} - {""}
    return {u.code: u.label for u in Unit.objects.filter(code__in=codes)} if codes else {}


def unit_in(entry: Entry, told: dict[str, Any], labels: Mapping[str, str]) -> str:
    """The name of the unit in whose name an entry was made; its code only where no such unit is left."""
    code = str(told.get("unit", ""))
    if entry.event is not None and entry.event.unit is not None:
        return str(entry.event.unit.label)
    return labels.get(code, code)


def what_of(entry: Entry, place: ObjectPlace) -> str:
    return verb_named(entry.event, place.procedure) if entry.event else kind_named(entry.kind)


def moment_of(told: dict[str, Any]) -> str:
    try:
        return f"{timezone.localtime(datetime.fromisoformat(str(told['at']))):%Y-%m-%d %H:%M:%S}"
    except (KeyError, ValueError):
        return str(told.get("at", "—"))


def counted(rows: QuerySet[Entry], what: LogFilter, total: int) -> str:
    if not what.narrowed:
        return _("共 %(n)s 条") % {"n": f"{total:,}"}
    n = rows.order_by()[: COUNTED + 1].count()
    if n > COUNTED:
        return _("超过 %(n)s 条") % {"n": f"{COUNTED:,}"}
    return _("共 %(n)s 条") % {"n": f"{n:,}"}


# --- checkpoints ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ShownSignature:
    """A signature line of a note, and whether it holds."""

    name: str
    kind: str
    key_id: str
    tag: Tag


def signatures(point: Checkpoint, family: Family) -> list[ShownSignature]:
    """Our signatures under one note of a checkpoint, each verified with the key that signed at the time."""
    text = checkpoints.note_in(point, family)
    out = []
    for kind, key in zip(("Ed25519", "SM2"), checkpoints.signers_of(point), strict=False):
        name, id, _material = note.parse_vkey(key)
        try:
            checkpoints.opened(text, (key,))
        except checkpoints.NoteRefused:
            out.append(ShownSignature(name, kind, id.hex(), UNSIGNED))
        else:
            out.append(ShownSignature(name, kind, id.hex(), SIGNED))
    return out


@dataclass(frozen=True)
class ShownCosignature:
    """A cosignature under a checkpoint."""

    witness: str
    family: str
    moment: datetime
    tag: Tag


def witnessed(point: Checkpoint) -> list[ShownCosignature]:
    """The cosignatures of a checkpoint; of a witness whose key the settings do not know, that is said."""
    try:
        known = {note.parse_vkey(k)[0]: k for k in policy()[1]}
    except WitnessRefused:
        known = {}
    rows = Cosignature.objects.filter(checkpoint=point).order_by("witness", "family", "moment")
    return [
        ShownCosignature(c.witness, c.family, c.moment, _cosigned(c, point, known.get(c.witness, ""))) for c in rows
    ]


def _cosigned(row: Cosignature, point: Checkpoint, key: str) -> Tag:
    if not key:
        return Tag("没有公布的公钥", "No key is known", "neutral", "○")
    family = next(f for f in FAMILIES if f.name == row.family)
    text = note.parse_note(checkpoints.note_in(point, family)).text
    try:
        raw = base64.b64decode(row.line.split()[-1], validate=True)
        moment, signature = note.parse_cosignature(raw[4:])
        holds = signing.verify(key, note.cosigned(moment, text), signature)
    except (ValueError, IndexError):
        holds = False
    return SIGNED if holds else UNSIGNED


@dataclass(frozen=True)
class Time:
    """What a time stamp says, and how far it can be trusted."""

    tag: Tag
    stamp: CheckedStamp | None = None
    local: bool = False
    why: str = ""


def time_of(point: Checkpoint) -> Time:
    """The time stamp of a checkpoint, checked against the roots of the authority of this installation."""
    if point.token is None:
        return Time(Tag("没有时间戳", "No time stamp", "neutral", "○"))
    try:
        authority = time_authority()
        if authority is None:
            return Time(
                Tag("不能核对时间戳", "Time stamp not checked", "risk", "◆"), why=_("没有配置时间戳机构的根证书")
            )
        stamp = check(bytes(point.token), checkpoints.imprint(point), authority.roots)
    except TimestampRefused as e:
        return Time(Tag("时间戳不符", "Time stamp fails", "late", "■"), why=str(e))
    return Time(Tag("时间戳有效", "Time stamp holds", "ahead", "▲"), stamp, is_local(authority))


@dataclass(frozen=True)
class PointLine:
    """A checkpoint on the page of the log."""

    point: Checkpoint
    signed: Tag
    stamped: Tag
    witnesses: str


def point_lines(points: Iterable[Checkpoint]) -> list[PointLine]:
    return [
        PointLine(
            p,
            SIGNED if seals.signed_rightly(p) else UNSIGNED,
            time_of(p).tag,
            "、".join(bundles.named(p.cosignatures.all())),
        )
        for p in points
    ]


# --- pages ----------------------------------------------------------------------------------------------------
def crumbs() -> list[PageLink]:
    return [PageLink(_("存证日志"), reverse("evidence"))]


@page(nav="evidence", scope="evidence.read")
@require_GET
def index(request: PageRequest) -> HttpResponse:
    """How the log stands, and its entries."""
    who = request.acting
    units = visible_units(who)
    what = filter_of(request, units)
    number, missing = request.GET.get("number", "").strip()[:30], ""
    if number:
        try:
            return redirect("log-entry", log.entry(number).number)
        except log.Unknown as e:
            missing = str(e)
    signed = Checkpoint.objects.filter(shard=OuterRef("pk"))
    shards = list(Shard.objects.annotate(signed=Exists(signed)).order_by("-year"))
    rows = narrowed(what)
    here = piece(request, rows)
    seen = places(who, [e.object for e in here.rows])
    points = Checkpoint.objects.select_related("shard").prefetch_related("cosignatures").order_by("-id")[:LATEST]
    keys = [checkpoints.published(s) for s in {s.origin: s for s in shards}.values()]
    nothing = Empty(_("没有符合条件的条目"), _("去掉部分条件再试"), reverse("evidence"), _("全部条目"))
    context = {
        "crumbs": [PageLink(_("首页"), "/")],
        "filters": [
            Filter("number", _("条目号"), "text"),
            Filter("kind", _("类别"), "select", [Option(k, str(v)) for k, v in KINDS.items()]),
            Filter("of", _("对象类别"), "select", [Option(k.prefix, named(k)) for k in kinds()]),
            Filter("object", _("对象"), "text"),
            Filter("unit", _("经办单位"), "select", [Option(c, n) for c, n in units]),
            Filter("on", _("登记日"), "date"),
        ],
        "missing": missing,
        "note": counted(rows, what, sum(s.size for s in shards)),
        "table": entry_table(here.rows, seen, nothing),
        "piece": here,
        "queue": log.queue(),
        "queued": SEALS["queued"],
        "shards": shards,
        "points": point_lines(points),
        "families": [f.name for f in FAMILIES],
        "open": settings.JINZHI_LOG_ENTRIES,
        "keys": [(("Ed25519", "SM2")[n % 2], key) for some in keys for n, key in enumerate(some)],
        "tree_keys": [
            (checkpoints.origin(shard, family), key)
            for shard in shards[:1]
            for family in FAMILIES
            for key in checkpoints.tree_keys(shard, family)
        ],
        "site": request.build_absolute_uri("/log/").rstrip("/"),
        "print_title": _("存证日志"),
    }
    return render(request, "evidence/index.html", context)


def find_entry(number: str) -> Entry:
    try:
        found = log.entry(number)
    except log.Unknown as e:
        raise Http404(str(e)) from None
    return with_cover(Entry.objects.filter(pk=found.pk)).select_related("shard", "event", "event__unit").get()


@dataclass(frozen=True)
class CheckingWay:
    """A proof as it is shown: leaf, steps, the root they lead to, and whether that is the checkpoint's."""

    family: str
    leaf: str
    steps: list[tuple[int, bool, str, str]]
    root: str
    reaches: bool


def ways(entry: Entry, verdict: SealVerdict) -> list[CheckingWay]:
    """The inclusion proofs of an entry in both families, recomputed from its body."""
    point = verdict.checkpoint
    out: list[CheckingWay] = []
    if point is None:
        return out
    proofs = seals.Proofs([(entry, point)])
    for family in FAMILIES:
        leaf = family.leaf(entry.body.encode())
        root = checkpoints.root_in(point, family)
        try:
            proof = proofs.proof(entry, point, family)
        except (ProofError, log.LogBroken):
            out.append(CheckingWay(family.name, leaf.hex(), [], root.hex(), False))
            continue
        steps = seals.walk(family, leaf, entry.index or 0, point.size, proof)
        reached = steps[-1].value if steps else leaf
        shown = [(n, s.left, s.sibling.hex(), s.value.hex()) for n, s in enumerate(steps, 1)]
        out.append(CheckingWay(family.name, leaf.hex(), shown, root.hex(), reached == root))
    return out


LABELS = (
    ("kind", "类别", "Kind"), ("object", "对象", "Object"), ("actor", "经办人", "By"), ("unit", "单位", "Unit"),
    ("on", "业务日期", "Day"), ("at", "登记时间（UTC）", "Recorded (UTC)"), ("media_type", "内容类型", "Media type"),
    ("length", "内容长度（字节）", "Length (bytes)"), ("sha256", "内容 SHA-256", "SHA-256 of the content"),
    ("sm3", "内容 SM3", "SM3 of the content"), ("prev", "前一条的摘要", "Digests of the one before"),
    ("procedure", "规程版本", "Version of the procedure"), ("salted", "加盐", "Salted"),
)  # fmt: skip


def body_pairs(told: dict[str, Any]) -> list[tuple[str, Any]]:
    out: list[tuple[str, Any]] = []
    for key, zh, en in LABELS:
        value = told.get(key)
        label = f"{named(Tag(zh, en))} {key}"
        if isinstance(value, dict):
            value = [Cell(f"{k}: {v}") for k, v in value.items()]
        elif value is True:
            value = _("是")
        elif key == "prev" and value is None:
            value = _("没有：这是第一条")
        out.append((label, value))
    return out


@page(nav="evidence", scope="evidence.read")
@require_GET
def entry(request: PageRequest, number: str) -> HttpResponse:
    """One entry: what it says, how it is proven, what it stands for."""
    who = request.acting
    found = find_entry(number)
    place = places(who, [found.object]).get(found.object)
    verdict = entry_verdicts([found])[found.pk]
    event = found.event
    content = ""
    withheld = bool(place and event and tells_personal(event, place, who))
    if place and event and not withheld:
        content = content_of(event).decode()
    point = verdict.checkpoint
    around = found.index or 0
    context = {
        "crumbs": crumbs(),
        "entry": found,
        "title": _("日志条目 %(number)s") % {"number": found.number},
        "verdict": verdict,
        "tag": SEALS[verdict.state],
        "place": place,
        "object_kind": object_named(found.object),
        "pairs": body_pairs(body_of(found)) if place else [],
        "event": event,
        "what": what_of(found, place) if place else "",
        "content": content,
        "withheld": withheld,
        "bundle": reverse("evidence-bundle", args=[number]) if place and not withheld else "",
        "leaves": [("SHA-256", bytes(found.leaf_sha256).hex()), ("SM3", bytes(found.leaf_sm3).hex())],
        "ways": ways(found, verdict),
        "point": point,
        "stamped": time_of(point) if point else None,
        "witnesses": witnessed(point) if point else [],
        "newer": f"{found.shard.year}-{around + 1}" if found.shard and around + 1 < found.shard.size else "",
        "older": f"{found.shard.year}-{around - 1}" if found.shard and around else "",
        "print_title": _("日志条目 %(number)s") % {"number": found.number},
    }
    return render(request, "evidence/entry.html", context)


@page(nav="evidence", scope="evidence.read")
@require_GET
def checkpoint(request: PageRequest, pk: int) -> HttpResponse:
    """A checkpoint: both notes with their signatures, its time stamp, its cosignatures."""
    point = get_object_or_404(Checkpoint.objects.select_related("shard"), pk=pk)
    title = _("检查点 %(year)s · %(size)s 条") % {"year": point.shard.year, "size": f"{point.size:,}"}
    context = {
        "crumbs": crumbs(),
        "point": point,
        "title": title,
        "tag": SIGNED if seals.signed_rightly(point) else UNSIGNED,
        "notes": [
            (f.name, checkpoints.note_in(point, f), signatures(point, f), checkpoints.root_in(point, f).hex())
            for f in FAMILIES
        ],
        "stamped": time_of(point),
        "witnesses": witnessed(point),
        "first": f"{point.shard.year}-0",
        "last": f"{point.shard.year}-{point.size - 1}",
        "print_title": title,
    }
    return render(request, "evidence/checkpoint.html", context)


@dataclass(frozen=True)
class LinkRow:
    """An event in the chain of an object."""

    event: Event
    verdict: SealVerdict
    what: str
    erased: list[str]
    before: str


@page(nav="evidence", scope="evidence.read")
@require_GET
def chain(request: PageRequest, stream: str) -> HttpResponse:
    """All events of an object with their links and seals; of an object of others, numbers and digests."""
    who = request.acting
    events = Event.objects.filter(stream=stream).select_related("unit").order_by("seq")
    total = events.count()
    others = list(
        with_cover(Entry.objects.filter(object=stream, event__isnull=True).exclude(kind="event"))
        .select_related("shard")
        .order_by("id")[:LINKS]
    )
    if not total and not others:
        raise Http404(_("日志中没有对象“%(stream)s”") % {"stream": stream[:80]})
    beside = ERASURE.of(stream)
    found = places(who, [stream])
    place = found.get(stream)
    here = paged(request, events.reverse(), LINKS)
    shown = list(here.object_list)
    whole = total <= WHOLE
    checked: Verdicts = verdicts(list(events) if whole else shown, whole=whole)
    erasures = list(Event.objects.filter(stream=beside).select_related("unit").order_by("seq")) if place else []
    viewing = VIEWING.of(stream)
    viewed = Event.objects.filter(stream=viewing).count() if place else 0
    reveal(shown)
    rows = [
        LinkRow(
            e,
            checked.of(e),
            verb_named(e, place.procedure) if place else "",
            [place.personal.get(p.rpartition("/")[2], p) for p in e.erased] if place else [],
            e.prev_sha256,
        )
        for e in shown
    ]
    title = place.title if place else _("对象的完整链")
    context = {
        "crumbs": crumbs(),
        "stream": stream,
        "title": title,
        "place": place,
        "object_kind": object_named(stream) if place else "",
        "rows": rows,
        "total": total,
        "page": here,
        "checked": checked if whole else None,
        "states": _states(checked),
        "lost": checked.lost,
        "erasures": erasures,
        "viewing": viewing,
        "viewed": viewed,
        "gone": any(r.erased for r in rows),
        "others": entry_table(others, found, Empty(_("没有"))) if others else None,
        "print_title": title,
    }
    return render(request, "evidence/chain.html", context)


def _states(checked: Verdicts) -> list[tuple[Tag, int]]:
    counts: dict[str, int] = {}
    for verdict in checked.by_event.values():
        counts[verdict.state] = counts.get(verdict.state, 0) + 1
    return [(SEALS[s], counts[s]) for s in SEALS if s in counts]


urlpatterns = [
    path("evidence/", index, name="evidence"),
    path("evidence/entries/<str:number>/", entry, name="log-entry"),
    path("evidence/checkpoints/<int:pk>/", checkpoint, name="log-checkpoint"),
    path("evidence/objects/<path:stream>/", chain, name="log-object"),
]
