"""What the pages of custody are made of: filters, rows, states, the chain of hands, the history of an item."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.custody.fields import ABOUT, BY_ID, CAPTURE, ENVIRONMENT, FORENSIC, KINDS, WAYS
from jinzhi.apps.custody.models import Folder, HandOver, Item, Version
from jinzhi.apps.custody.queries import SORTS, STATES, ItemsAsked, folders
from jinzhi.apps.evidence.events.seals import SealVerdict, Verdicts
from jinzhi.apps.evidence.models import Event
from jinzhi.engines import spreadsheet
from jinzhi.kernel.fields import Field, Type
from jinzhi.web.shell.listing import choice, whole
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.forms import visible_units
from jinzhi.web.ui.language import enumerated, named, page_language
from jinzhi.web.ui.records import TimelineItem, declared_first
from jinzhi.web.ui.states import Due, Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

TAGS = {
    "kept": Tag("保管中", "Kept", "normal"),
    "held": Tag("保全", "Under a hold", "risk"),
    "offered": Tag("移交待确认", "Hand-over waiting", "open"),
    "due": Tag("保管期满", "Past its retention", "late"),
    "disposed": Tag("已处置", "Disposed of", "closed"),
}
HANDS = {
    "offered": Tag("等待确认", "Waiting", "open"),
    "accepted": Tag("已接收", "Taken", "done"),
    "refused": Tag("已拒收", "Refused", "late"),
    "withdrawn": Tag("已撤回", "Withdrawn", "closed"),
}
VERBS = {
    "take-in": gettext_lazy("入库"),
    "correct": gettext_lazy("更正"),
    "new-version": gettext_lazy("新版本"),
    "move": gettext_lazy("移动文件夹"),
    "retain": gettext_lazy("设定保管期限"),
    "hold": gettext_lazy("保全"),
    "lift": gettext_lazy("解除保全"),
    "link": gettext_lazy("关联事项"),
    "unlink": gettext_lazy("取消关联"),
    "offer": gettext_lazy("移交"),
    "accept": gettext_lazy("接收"),
    "refuse": gettext_lazy("拒收"),
    "withdraw": gettext_lazy("撤回移交"),
    "dispose": gettext_lazy("处置"),
}
TONES = {"dispose": "closed", "hold": "risk", "refuse": "late", "correct": "risk"}


def states_of(item: Item, day: date) -> list[Tag]:
    """Every state an item is in, the one that matters most first."""
    if item.state == "disposed":
        return [TAGS["disposed"]]
    out = [TAGS["offered"]] if item.state == "offered" else []
    out += [TAGS["held"]] if item.held else []
    out += [TAGS["due"]] if item.expires_on and item.expires_on < day and not item.held else []
    return out or [TAGS["kept"]]


# --- the list --------------------------------------------------------------------------------------------------
def _day(request: PageRequest, name: str) -> str:
    raw = request.GET.get(name, "").strip()
    try:
        return date.fromisoformat(raw).isoformat() if raw else ""
    except ValueError:
        raise BadRequest(
            _("地址参数 %(name)s=“%(raw)s” 应为日期，如 2026-11-22") % {"name": name, "raw": raw}
        ) from None


def filter_of(request: PageRequest) -> ItemsAsked:
    """Filters and sort of the list from the address; a wrong value is a clear 400."""
    return ItemsAsked(
        q=request.GET.get("q", "").strip()[:200],
        kind=choice(request, "kind", {k.id for k in KINDS}),
        way=choice(request, "way", {w.id for w in WAYS}),
        state=choice(request, "state", STATES),
        unit=request.GET.get("unit", "").strip()[:80],
        folder=whole(request, "folder"),
        case=request.GET.get("case", "").strip()[:80],
        mine=choice(request, "mine", {"1"}) == "1",
        first=_day(request, "from"),
        last=_day(request, "to"),
        sort=choice(request, "sort", {*SORTS, *(f"-{s}" for s in SORTS)}, "-number"),
    )


def filters(who: Acting) -> list[Filter]:
    return [
        Filter("q", _("检索"), "text"),
        Filter("kind", _("种类"), "select", [Option(k.id, named(k)) for k in KINDS]),
        Filter("way", _("采集方式"), "select", [Option(w.id, named(w)) for w in WAYS]),
        Filter("state", _("状态"), "select", [Option(s, named(TAGS[s])) for s in STATES]),
        Filter("folder", _("文件夹"), "select", [Option(str(f.pk), folder_name(f, who)) for f in folders(who)]),
        Filter("unit", _("保管单位"), "select", [Option(c, n) for c, n in visible_units(who)]),
        Filter("case", _("事项编号"), "text"),
        Filter("from", _("采集日期自"), "date"),
        Filter("to", _("采集日期至"), "date"),
        Filter("mine", _("在我手中"), "check"),
    ]


def folder_name(folder: Folder, who: Acting) -> str:
    return folder.path if folder.unit_id == who.unit.pk else f"{folder.unit.label}：{folder.path}"


def sized(size: int) -> str:
    """A number of bytes as people say it."""
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.2f} GB"


def when(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def table(rows: Sequence[Item], empty: Empty) -> Table:
    day = today()
    columns = [
        Column(_("编号"), "number"),
        Column(_("名称"), "title", wide=True),
        Column(_("种类")),
        Column(_("状态")),
        Column(_("保管单位"), "unit"),
        Column(_("持有人")),
        Column(_("采集时间"), "captured"),
        Column(_("保管期限至"), "expires"),
        Column(_("大小"), "size", numeric=True),
    ]

    def row(item: Item) -> TableRow:
        href = reverse("custody-item", args=[item.number])
        first, *more = states_of(item, day)
        return TableRow(
            [
                Cell(item.number, href=href),
                Cell(item.title, href=href, sub=item.folder.path if item.folder else ""),
                BY_ID["kind"].show(item.kind, page_language()),
                Cell(tag=first, sub=enumerated(named(t) for t in more)),
                item.unit.label,
                str(item.holder),
                when(item.captured_at),
                item.expires_on.isoformat() if item.expires_on else _("长期"),
                sized(item.size),
            ],
            id=item.number,
        )

    return Table(_("证据"), columns, [row(i) for i in rows], empty, stack=True, caption_hidden=True, id="items")


def workbook(rows: Sequence[Item], notes: Sequence[tuple[str, object]]) -> bytes:
    """All rows of the filter as a spreadsheet."""
    language, day = (page_language()), today()
    fields = (
        Field(id="number", zh="编号", en="Number"),
        Field(id="title", zh="名称", en="Title"),
        Field(id="kind", zh="证据种类", en="Kind"),
        Field(id="way", zh="采集方式", en="Way of capture"),
        Field(id="state", zh="状态", en="State"),
        Field(id="unit", zh="保管单位", en="Kept by"),
        Field(id="holder", zh="持有人", en="Holder"),
        Field(id="folder", zh="文件夹", en="Folder"),
        Field(id="captured", zh="采集时间", en="Captured at"),
        Field(id="expires_on", zh="保管期限至", en="Kept until", type=Type.DATE),
        Field(id="name", zh="文件名", en="File"),
        Field(id="version", zh="版本", en="Version", type=Type.INT),
        Field(id="size", zh="字节", en="Bytes", type=Type.INT),
        Field(id="sha256", zh="SHA-256", en="SHA-256"),
        Field(id="sm3", zh="SM3", en="SM3"),
    )
    lines = [
        {
            "number": i.number,
            "title": i.title,
            "kind": BY_ID["kind"].show(i.kind, language),
            "way": BY_ID["way"].show(i.way, language),
            "state": "、".join(named(t) for t in states_of(i, day)),
            "unit": i.unit.name,
            "holder": str(i.holder),
            "folder": i.folder.path if i.folder else "",
            "captured": when(i.captured_at),
            "expires_on": i.expires_on,
            "name": i.name,
            "version": i.version,
            "size": i.size,
            "sha256": i.sha256,
            "sm3": i.sm3,
        }
        for i in rows
    ]
    columns = tuple(
        spreadsheet.SheetColumn(field=f, width={"title": 40, "sha256": 66, "sm3": 66}.get(f.id, 18)) for f in fields
    )
    page = spreadsheet.Sheet(title=_("证据"), columns=columns, rows=lines, language=language)
    return spreadsheet.write([page], notes)


# --- an item ---------------------------------------------------------------------------------------------------
def pairs(item: Item, version: Version, cases: Sequence[Any]) -> list[tuple[str, Any]]:
    """What an item is."""
    day = today()
    return [
        (_("编号"), item.number),
        (_("状态"), states_of(item, day)),
        *((named(f), shown(f, version)) for f in ABOUT if f.id != "title"),
        (_("保管单位"), Cell(item.unit.name, href=reverse("unit", args=[item.unit.code]))),
        (_("持有人"), str(item.holder)),
        (_("文件夹"), item.folder.path if item.folder else _("未归入文件夹")),
        (_("文件"), Cell(item.name, sub=f"{sized(item.size)} · {item.media_type}")),
        (
            _("保管期限至"),
            Due(item.expires_on, day, done=item.state == "disposed") if item.expires_on else _("长期"),
        ),
        (
            _("关联事项"),
            [Cell(f"{c.number} {c.title}", href=reverse("case", args=[c.pk])) for c in cases] or _("无"),
        ),
        (_("处置日"), item.disposed_on.isoformat() if item.disposed_on else ""),
    ]


def shown(field: Field, version: Version) -> Any:
    text = field.show(version.data.get(field.id), page_language())
    if field.type is Type.LONG and text:
        return [Cell(line) for line in text.splitlines() if line]
    return text or "—"


def capture(version: Version) -> list[tuple[str, Any]]:
    """How a version was captured; what is empty is said to be."""
    out: list[tuple[str, Any]] = []
    for field in (*CAPTURE, *ENVIRONMENT, *FORENSIC):
        if field.id == "captured_time":
            continue
        if field.id == "captured_on":
            out.append((_("采集时间"), f"{version.data['captured_on']} {version.data['captured_time']}"))
        else:
            out.append((named(field), shown(field, version)))
    return out


def stated(version: Version) -> list[tuple[str, str]]:
    """What was said of a capture, in Chinese, for the statement in a bundle."""
    said = [(f.zh, text) for f in (*ABOUT, *CAPTURE, *ENVIRONMENT) if (text := f.show(version.data.get(f.id)))]
    # what a criminal court asks beside is told though it was left out: it is for the reader to know that it is missing
    return said + [(f.zh, f.show(version.data.get(f.id)) or "未登记") for f in FORENSIC]


def digests(version: Version) -> list[dict[str, Any]]:
    """The digests of a version on arrival, and whether those made at capture agree."""
    out = []
    for name, key, found in (("SHA-256", "before_sha256", version.sha256), ("SM3", "before_sm3", version.sm3)):
        before = str(version.data.get(key) or "").lower()
        out.append({"name": name, "value": found, "agrees": (before == found) if before else None})
    return out


def hands(events: Iterable[Event], handovers: Iterable[HandOver]) -> list[TimelineItem]:
    """In whose hands it was: each giving and taking, the latest first."""
    known = {h.n: h for h in handovers}
    out = []
    for e in events:
        if e.verb == "take-in":
            out.append(
                TimelineItem(
                    what=_("采集入库"),
                    when=e.at,
                    who=f"{e.actor} · {e.unit.label if e.unit else ''}",
                    notes=[f"SHA-256 {e.data['content']['sha256'][:16]}…"],
                )
            )
        if e.verb not in ("offer", "accept", "refuse", "withdraw"):
            continue
        h = known[int(e.data["handover"])]
        route = f"{h.giver}（{h.giver_unit.label}）→ {h.taker}（{h.taker_unit.label}）"
        out.append(
            TimelineItem(
                what=str(VERBS[e.verb]),
                when=e.at,
                who=e.actor,
                text=route,
                tone={"offer": "open", "accept": "done", "refuse": "late", "withdraw": "closed"}[e.verb],
                notes=[n for n in (e.data.get("reason"), e.data.get("note"), _verified(e)) if n],
            )
        )
    return out[::-1]


def _verified(e: Event) -> str:
    """What was read through when an item was taken."""
    found = e.data.get("verified_sha256")
    return _("已核验 SHA-256 %(digest)s…") % {"digest": found[:16]} if found else ""


@dataclass(frozen=True)
class ItemHappening:
    """An event of an item as the page shows it; ``changes``: (field, old, new)."""

    event: Event
    what: str
    tone: str
    text: str
    changes: list[tuple[str, str, str]]
    seal: SealVerdict


def happenings(events: Sequence[Event], sealed: Verdicts, cases: Container[str]) -> list[ItemHappening]:
    """All events, the latest first; ``cases``: the numbers of cases that the reader may see."""
    language = page_language()
    out = []
    for e in reversed(events):
        changes = [
            (named(BY_ID[k]), BY_ID[k].show(old, language), BY_ID[k].show(new, language))
            for k, (old, new) in declared_first(e.data.get("changes", {}), BY_ID)
        ]
        out.append(
            ItemHappening(
                e, str(VERBS[e.verb]), TONES.get(e.verb, "done"), _event_words(e, cases), changes, sealed.of(e)
            )
        )
    return out


def _event_words(e: Event, cases: Container[str]) -> str:
    said = e.data
    parts = []
    match e.verb:
        case "new-version":
            parts.append(_("第 %(n)s 版") % {"n": said["version"]})
        case "retain":
            parts.append(said["expires_on"] or _("长期"))
        case "hold" | "lift":
            parts.append(_("第 %(n)s 号") % {"n": said["hold"]})
        case "link" | "unlink":
            parts.append(said["case"] if said["case"] in cases else _("不在可见范围的事项"))
        case "move":
            parts.append(said["to"] or _("未归入文件夹"))
    parts += [str(said[k]) for k in ("reason", "note") if said.get(k)]
    return " · ".join(parts)
