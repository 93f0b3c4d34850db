"""The components of the pages, as template tags over small frozen values.

A view builds values (``Table``, ``Filter``, ``Kpi`` …) and hands them to a tag; the tag writes the markup that
the style sheet, the keys and the accessibility tests know. ``/ui/`` shows each one (``jinzhi.web.ui.gallery``).
Colour never stands alone: every state has a symbol and a word (design/ui.md 1.5).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.http import HttpRequest, QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

register = template.Library()

MISSING = "—"
EVERYTHING = _("全部")


# --- values -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Tag:
    """A status: ``tone`` picks colour and default symbol, the word is always written."""

    zh: str
    en: str = ""
    tone: str = "neutral"
    symbol: str = ""
    href: str = ""
    title: str = ""


#: the closed list of tones; the four lights are ▲超前 ●正常 ◆有风险 ■滞后
TONES: Mapping[str, Tag] = {
    "ahead": Tag("超前", "Ahead", "ahead", "▲"),
    "normal": Tag("正常", "On track", "normal", "●"),
    "risk": Tag("有风险", "At risk", "risk", "◆"),
    "late": Tag("滞后", "Behind", "late", "■"),
    "done": Tag("已完成", "Done", "done", "✓"),
    "open": Tag("进行中", "In progress", "open", "○"),
    "closed": Tag("已结束", "Closed", "closed", "□"),
    "neutral": Tag("不涉及", "Not applicable", "neutral", "–"),
}


@dataclass(frozen=True)
class Due:
    """A date by which something is owed; ``today`` decides what is left, ``done`` silences the count."""

    on: date
    today: date
    done: bool = False
    soon: int = 10
    unit: str = "calendar"  # or "working": the days are said to be working days, ``left`` must be given
    left: int | None = None
    provisional: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of a table: text with an optional link, a second line, a status, a due date or a share."""

    value: Any = ""
    href: str = ""
    sub: Any = ""
    tag: Any = None
    due: Due | None = None
    share: float | None = None
    tone: str = ""
    lang: str = ""


@dataclass(frozen=True)
class Column:
    """A column; ``sort`` is the key written into ``?sort=`` (descending: ``-key``), empty: not sortable."""

    label: Any
    sort: str = ""
    numeric: bool = False
    wide: bool = False
    help: Any = ""


@dataclass(frozen=True)
class Row:
    """Cells in the order of the columns; ``value`` is what the checkbox sends; ``href`` opens with key o."""

    cells: Sequence[Any]
    value: str = ""
    id: str = ""


@dataclass(frozen=True)
class Group:
    """A heading row inside a table: a status, a label and how many rows follow."""

    label: Any = ""
    tag: Any = None
    count: int | None = None


@dataclass(frozen=True)
class Empty:
    """Why there is nothing, and the next step."""

    title: Any
    text: Any = ""
    href: str = ""
    action: Any = ""


NOTHING = Empty(_("没有记录"))


@dataclass(frozen=True)
class Table:
    """A table with a caption (always), heads that sort through the URL, and what to say when it is empty."""

    caption: Any
    columns: Sequence[Column]
    rows: Sequence[Row | Group]
    empty: Empty = NOTHING
    select: str = ""  # name of the checkboxes, empty: none
    tall: bool = False  # scrolls inside itself with a sticky head
    stack: bool = False  # rows become cards on a narrow screen
    caption_hidden: bool = False
    id: str = ""


@dataclass(frozen=True)
class Option:
    value: str
    label: Any
    count: int | None = None


@dataclass(frozen=True)
class Filter:
    """A field of the filter bar; ``kind`` is select, text, date or check."""

    name: str
    label: Any
    kind: str = "select"
    options: Sequence[Option] = ()
    any_label: Any = EVERYTHING


@dataclass(frozen=True)
class TimelineItem:
    """Something that happened: who, when, what; ``seal`` how the log bears it out (a seals.Verdict)."""

    what: Any
    when: date | datetime | str
    who: Any = ""
    text: Any = ""
    tone: str = "done"
    tag: Any = None
    href: str = ""
    seal: Any = None
    notes: Sequence[Any] = ()


@dataclass(frozen=True)
class Heat:
    """A heat cell: figure and word; without a tone it is blank, read out as 不涉及. ``label`` is read out
    before the figure. With a ``symbol`` the word is read out only: the cell is one line."""

    value: Any = ""
    tone: str = ""
    href: str = ""
    word: Any = ""
    label: Any = ""
    symbol: str = ""


@dataclass(frozen=True)
class Tile:
    """One area of the tile map; ``row`` and ``col`` count from 0 (at most 7 rows, 5 columns)."""

    name: Any
    row: int
    col: int
    value: Any = ""
    tone: str = ""
    href: str = ""


@dataclass(frozen=True)
class Kpi:
    """An indicator tile: value, target, light, trend, owner, frequency, as-of."""

    name: Any
    value: Any
    unit: Any = ""
    target: Any = ""
    tag: Any = None
    trend: Sequence[float | None] = ()
    href: str = ""
    owner: Any = ""
    owner_href: str = ""
    frequency: Any = ""
    as_of: Any = ""
    estimated: bool = False
    counted: Any = ""


@dataclass(frozen=True)
class Link:
    label: Any
    href: str
    key: str = ""  # a key of the keyboard, e.g. "export"
    current: bool = False
    count: int | None = None
    download: bool = False


@dataclass(frozen=True)
class FlowNode:
    """A step of a flow chart. ``lane`` 0 is the main path; lane 1 a branch drawn below, over its neighbours."""

    name: Any
    note: Any = ""
    state: str = "todo"  # done, doing, todo
    lane: int = 0


# --- language ---------------------------------------------------------------------------------------------
def in_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def _read(thing: Any, name: str) -> Any:
    if isinstance(thing, Mapping):
        return thing.get(name, "")
    return getattr(thing, name, "")


@register.simple_tag
def bilingual(thing: Any) -> str:
    """``thing.zh`` or ``thing.en`` by the interface language; text without an English name is marked zh."""
    return localised(thing)


@register.filter(name="bilingual")
def localised(thing: Any) -> str:
    """The filter form: ``{{ unit|bilingual }}``; a plain text is given back as it is."""
    if thing is None or thing == "":
        return ""
    zh, en = _read(thing, "zh"), _read(thing, "en")
    if not zh and not en:
        return str(thing)
    if in_chinese():
        return zh or en
    if en:
        return en
    return format_html('<span lang="zh-Hans">{}</span>', zh)


# --- addresses --------------------------------------------------------------------------------------------
def _query(request: HttpRequest) -> QueryDict:
    return request.GET.copy()


def _address(query: QueryDict) -> str:
    encoded = query.urlencode()
    return f"?{encoded}" if encoded else "?"


@register.simple_tag
def url_with(request: HttpRequest, **values: Any) -> str:
    """This page with some GET parameters set (None or "" removes); a new filter starts again at page 1."""
    query = _query(request)
    if "page" not in values:
        query.pop("page", None)
    for name, value in values.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return _address(query)


@register.simple_tag
def url_without(request: HttpRequest, *args: Any) -> str:
    """This page without parameter ``args[0]``, or without one of its values if ``args[1]`` is given."""
    query = _query(request)
    query.pop("page", None)
    name = str(args[0])
    if len(args) > 1:
        kept = [v for v in query.getlist(name) if v != str(args[1])]
        if kept:
            query.setlist(name, kept)
        else:
            query.pop(name, None)
    else:
        query.pop(name, None)
    return _address(query)


@register.simple_tag
def form_key(seq: Any = None) -> SafeString:
    """The hidden fields that ``web.shell.submitted`` reads: ``_key`` knows the same submission sent twice,

    ``_seq`` (the number of events the form was made from) a record changed in between.
    """
    key = format_html('<input type="hidden" name="_key" value="{}">', secrets.token_urlsafe(12))
    if seq is None or seq == "":
        return key
    return key + format_html('<input type="hidden" name="_seq" value="{}">', seq)


# --- states -----------------------------------------------------------------------------------------------
def _tag(thing: Any) -> dict[str, Any]:
    """Anything with zh/en/tone/symbol, or the name of a tone, as the context of components/state.html."""
    if isinstance(thing, str):
        if thing not in TONES:
            raise template.TemplateSyntaxError(f"no tone {thing!r}; known: {', '.join(TONES)}")
        thing = TONES[thing]
    tone = str(_read(thing, "tone") or "neutral")
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"no tone {tone!r}; known: {', '.join(TONES)}")
    return {
        "tone": tone,
        "symbol": _read(thing, "symbol") or (TONES[tone].symbol if tone != "neutral" else ""),
        "word": localised(thing),
        "href": _read(thing, "href"),
        "title": _read(thing, "title"),
    }


@register.inclusion_tag("components/state.html")
def state(tag: Any, extra: Any = "") -> dict[str, Any]:
    """A status tag; ``extra`` is written after the word: ``{% state "late" "72%" %}``."""
    return {**_tag(tag), "extra": extra}


@register.inclusion_tag("components/state.html")
def light(value: Any, extra: Any = "") -> dict[str, Any]:
    """One of the four lights by its tone (or an object that has one); nothing known is said so."""
    if value is None or value == "":
        return {**_tag(Tag("未定", "Not set", "neutral", "–")), "extra": extra}
    return {**_tag(value if isinstance(value, str) else str(_read(value, "tone"))), "extra": extra}


def _left(n: int, working: bool) -> str:
    """n days left or past, in the words of the office."""
    if n == 0:
        return gettext("今天到期")
    if n > 0:
        if working:
            return ngettext("剩 %(n)s 个工作日", "剩 %(n)s 个工作日", n) % {"n": n}
        return ngettext("剩 %(n)s 天", "剩 %(n)s 天", n) % {"n": n}
    if working:
        return ngettext("超 %(n)s 个工作日", "超 %(n)s 个工作日", -n) % {"n": -n}
    return ngettext("超 %(n)s 天", "超 %(n)s 天", -n) % {"n": -n}


def _due(item: Due) -> dict[str, Any]:
    left = item.left if item.left is not None else (item.on - item.today).days
    tone = "" if item.done else "late" if left < 0 else "soon" if left <= item.soon else ""
    return {
        "on": item.on,
        "left": "" if item.done else _left(left, item.unit == "working"),
        "tone": tone,
        "provisional": item.provisional,
    }


@register.inclusion_tag("components/due.html", takes_context=True)
def due(context: template.Context, on: date | None, today: date | None = None, **options: Any) -> dict[str, Any]:
    """A due date with 剩 n 天 / 超 n 天; ``today`` comes from the shell unless given. Options: those of Due."""
    if on is None:
        return {"on": None}
    day = today or context.get("today")
    if day is None:
        raise template.TemplateSyntaxError("due: no `today` in the context; hand it over")
    stacked = bool(options.pop("stacked", False))
    return {**_due(Due(on=on, today=day, **options)), "stacked": stacked}


# --- lists and tables -------------------------------------------------------------------------------------
@register.inclusion_tag("components/key_value.html")
def key_value(pairs: Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """Pairs (label, value); a value may be a Cell, a Tag, a Due, a list of these or text. Empty ones are left out."""
    items = list(pairs.items()) if isinstance(pairs, Mapping) else list(pairs)
    return {"pairs": [(label, _cells(value)) for label, value in items if value is not None and value != ""]}


def _cells(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, (list, tuple)):
        return [_cell(v) for v in value]
    return [_cell(value)]


def _cell(value: Any) -> dict[str, Any]:
    if isinstance(value, Due):
        return {"due": _due(value)}
    if isinstance(value, Tag):
        return {"tag": value}
    if isinstance(value, Cell):
        out = {name: getattr(value, name) for name in ("value", "href", "sub", "tag", "share", "lang")}
        out["tone"] = value.tone
        out["due"] = _due(value.due) if value.due else None
        return out
    if value is None or value == "":
        return {"value": MISSING}
    return {"value": value}


def _heads(context: template.Context, columns: Sequence[Column]) -> list[dict[str, Any]]:
    request = context.get("request")
    current = request.GET.get("sort", "") if request else ""
    heads = []
    for column in columns:
        head: dict[str, Any] = {"column": column, "sorted": "", "href": ""}
        if column.sort and request:
            if current == column.sort:
                head["sorted"], upcoming = "ascending", f"-{column.sort}"
            elif current == f"-{column.sort}":
                head["sorted"], upcoming = "descending", column.sort
            else:
                upcoming = column.sort
            head["href"] = url_with(request, sort=upcoming)
        heads.append(head)
    return heads


@register.inclusion_tag("components/table.html", takes_context=True)
def data_table(context: template.Context, table: Table) -> dict[str, Any]:
    """A whole table; columns sort through the URL and keep the other parameters."""
    rows = []
    for row in table.rows:
        if isinstance(row, Group):
            rows.append({"group": row})
        else:
            if len(row.cells) != len(table.columns):
                raise ValueError(f"table {table.caption}: {len(row.cells)} cells for {len(table.columns)} columns")
            rows.append(
                {
                    "row": row,
                    "cells": [
                        {**_cell(value), "column": column}
                        for value, column in zip(row.cells, table.columns, strict=True)
                    ],
                }
            )
    return {
        "table": table,
        "heads": _heads(context, table.columns),
        "rows": rows,
        "width": len(table.columns) + (1 if table.select else 0),
        "request": context.get("request"),
    }


@register.inclusion_tag("components/th.html", takes_context=True)
def th(context: template.Context, label: Any, sort: str = "", numeric: bool = False) -> dict[str, Any]:
    """One head cell for tables written by hand: ``{% th "期限" "due" %}``."""
    return {"head": _heads(context, [Column(label, sort, numeric)])[0]}


@register.inclusion_tag("components/filter_bar.html", takes_context=True)
def filter_bar(
    context: template.Context, filters: Sequence[Filter], note: Any = "", target: str = ""
) -> dict[str, Any]:
    """A GET form with its removable chips; other GET parameters ride along. ``target``: an element's id for htmx."""
    request: HttpRequest = context["request"]
    names = {f.name for f in filters}
    fields, chips = [], []
    for item in filters:
        values = [v for v in request.GET.getlist(item.name) if v]
        labels = {o.value: o.label for o in item.options}
        fields.append({"filter": item, "values": values, "value": values[0] if values else ""})
        for value in values:
            shown = labels.get(value, item.label if item.kind == "check" else value)
            prefix = "" if item.kind == "check" else item.label
            chips.append({"prefix": prefix, "label": shown, "href": url_without(request, item.name, value)})
    kept = [
        (name, value)
        for name in request.GET
        for value in request.GET.getlist(name)
        if name not in names and name != "page" and value
    ]
    cleared = _query(request)
    for name in (*names, "page"):
        cleared.pop(name, None)
    return {
        "fields": fields,
        "chips": chips,
        "kept": kept,
        "note": note,
        "target": target,
        "clear": _address(cleared),
        "request": request,
    }


@register.inclusion_tag("components/facet.html", takes_context=True)
def facet(context: template.Context, name: str, label: Any, options: Sequence[Option]) -> dict[str, Any]:
    """A group of links with counts; a chosen value is taken away again by its own link."""
    request: HttpRequest = context["request"]
    chosen = request.GET.getlist(name)
    rows = []
    for option in options:
        query = _query(request)
        query.pop("page", None)
        if option.value in chosen:
            href = url_without(request, name, option.value)
        else:
            query.appendlist(name, option.value)
            href = _address(query)
        rows.append({"option": option, "chosen": option.value in chosen, "href": href})
    return {"label": label, "rows": rows}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Links to the pages of a Django ``Page``; the total is always said."""
    request = context["request"]
    numbers = [
        {"n": n, "href": url_with(request, page=n) if isinstance(n, int) else "", "current": n == page.number}
        for n in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]
    return {
        "page": page,
        "numbers": numbers,
        "previous": url_with(request, page=page.number - 1) if page.has_previous() else "",
        "next": url_with(request, page=page.number + 1) if page.has_next() else "",
    }


@register.inclusion_tag("components/timeline.html", takes_context=True)
def timeline(context: template.Context, items: Sequence[TimelineItem]) -> dict[str, Any]:
    return {
        "items": [{"item": i, "is_date": isinstance(i.when, date)} for i in items],
        "acting": context.get("acting"),
    }


# --- the log ----------------------------------------------------------------------------------------------
#: how far something is sealed, by the state of a ``jinzhi.apps.evidence.events.seals.Verdict``
SEALS: Mapping[str, Tag] = {
    "verified": Tag("已核验", "Verified", "ahead", "▲"),
    "numbered": Tag("待入检查点", "Awaiting checkpoint", "open", "◆"),
    "queued": Tag("待入树", "Queued for the log", "neutral", "○"),
    "broken": Tag("核验不符", "Check failed", "late", "■"),
}


def _may_read_log(context: template.Context) -> bool:
    who = context.get("acting")
    return who is not None and who.may("evidence.read")


@register.inclusion_tag("components/seal.html", takes_context=True)
def seal(context: template.Context, verdict: Any) -> dict[str, Any]:
    """How the log bears something out, as checked for this page: a ``Verdict``, or None where nothing was sealed.

    Numbers are links for those who may read the log.
    """
    if verdict is None:
        return {"verdict": None}
    return {
        "verdict": verdict,
        "tag": SEALS[verdict.state],
        "faults": [localised(f) for f in verdict.faults],
        "links": _may_read_log(context),
    }


@register.inclusion_tag("components/seal_box.html", takes_context=True)
def seal_box(context: template.Context, stream: str, found: Any) -> dict[str, Any]:
    """The card of an object: what all its events came to (``Verdicts``), the last one, the way to the whole chain."""
    if found is None or not (found.by_event or found.lost):
        return {"found": None}
    counts: dict[str, int] = {}
    for verdict in found.by_event.values():
        counts[verdict.state] = counts.get(verdict.state, 0) + 1
    return {
        "found": found,
        "stream": stream,
        "states": [(SEALS[state], counts[state]) for state in SEALS if state in counts],
        "total": len(found.by_event),
        "lost": len(found.lost),
        "lost_tag": SEALS["broken"],
        "last": found.last,
        "links": _may_read_log(context),
        "acting": context.get("acting"),
    }


# --- boxes ------------------------------------------------------------------------------------------------
@register.inclusion_tag("components/empty.html")
def empty_state(title: Any, text: Any = "", href: str = "", action: Any = "") -> dict[str, Any]:
    return {"empty": Empty(title, text, href, action)}


@register.simple_block_tag(takes_context=True)
def dialog(
    context: template.Context, content: str, id: str, title: Any, label: Any, href: str = "#", kind: str = ""
) -> SafeString:
    """A button that opens ``content`` in a ``<dialog>``; without script the same link leads to ``href``, a page."""
    page = template.loader.get_template("components/dialog.html")
    return mark_safe(
        page.render(
            {
                "content": mark_safe(content),
                "id": id,
                "title": title,
                "label": label,
                "href": href,
                "kind": kind,
            }
        )
    )


@register.simple_block_tag(takes_context=True)
def page_bar(context: template.Context, content: str, title: Any, lead: Any = "", tag: Any = None) -> SafeString:
    """The head of a page: h1, a status, a line of context; what stands between the tags are its buttons."""
    page = template.loader.get_template("components/page_bar.html")
    return mark_safe(
        page.render(
            {
                "content": mark_safe(content.strip()),
                "title": title,
                "lead": lead,
                "tag": tag,
            }
        )
    )


@register.simple_block_tag(name="help")
def help_box(content: str, label: Any = "") -> SafeString:
    """A question mark that opens an explanation in place (``<details>``)."""
    page = template.loader.get_template("components/help.html")
    return mark_safe(page.render({"content": mark_safe(content), "label": label}))


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(links: Sequence[Link | tuple[Any, str]]) -> dict[str, Any]:
    """The way up; pairs (label, href); the page itself is not in it."""
    return {"links": [x if isinstance(x, Link) else Link(*x) for x in links]}


@register.inclusion_tag("components/tabs.html")
def tabs(links: Sequence[Link], label: Any = "") -> dict[str, Any]:
    """Views of one thing as links; the current one is marked."""
    return {"links": links, "label": label or _("视图")}


@register.inclusion_tag("components/export_menu.html")
def export_menu(links: Sequence[Link], label: Any = "") -> dict[str, Any]:
    return {"links": links, "label": label or _("导出")}


@register.inclusion_tag("components/file_drop.html")
def file_drop(
    name: str,
    label: Any,
    accept: str = "",
    help: Any = "",
    multiple: bool = False,
    required: bool = False,
    errors: Any = (),
    limit: int | None = None,
) -> dict[str, Any]:
    """A file field that can be dropped on; name, size and SHA-256 are shown before anything is sent.

    ``limit``: the largest file in bytes that the page takes; a larger one is refused before it is sent.
    """
    return {
        "limit": settings.MAX_UPLOAD if limit is None else limit,
        "name": name,
        "label": label,
        "accept": accept,
        "help": help,
        "multiple": multiple,
        "required": required,
        "errors": errors,
    }


@register.inclusion_tag("components/hash_badge.html")
def hash_badge(value: str, algorithm: str = "SHA-256", agrees: bool | None = None) -> dict[str, Any]:
    """A digest, shortened but complete for copying; ``agrees`` says how a check came out."""
    short = f"{value[:8]}…{value[-6:]}" if len(value) > 16 else value
    tag = (
        None
        if agrees is None
        else (Tag("一致", "Matches", "ahead", "▲") if agrees else Tag("不一致", "Differs", "late", "■"))
    )
    return {"value": value, "short": short, "algorithm": algorithm, "tag": tag}


@register.inclusion_tag("components/heat_cell.html")
def heat_cell(cell: Heat | None) -> dict[str, Any]:
    if not cell or not cell.tone:
        return {"cell": cell, "tone": "", "word": _("不涉及")}
    plain = cell.tone not in TONES  # a figure with nothing to say beside it
    return {"cell": cell, "tone": cell.tone, "word": cell.word or ("" if plain else localised(TONES[cell.tone]))}


@register.inclusion_tag("components/tile_map.html")
def tile_map(tiles: Sequence[Tile], label: Any) -> dict[str, Any]:
    """Areas as equal tiles in their rough places: our own drawing, so no licence and no boundary is claimed."""
    for tile in tiles:
        if not (0 <= tile.row <= 6 and 0 <= tile.col <= 4):
            raise ValueError(f"tile {tile.name}: row {tile.row}, column {tile.col} is off the map (7 × 5)")
    return {
        "label": label,
        "tiles": [{"tile": t, "word": localised(TONES[t.tone]) if t.tone else "", "tone": t.tone} for t in tiles],
    }


@register.simple_tag
def sparkline(values: Sequence[float | None], width: int = 92, height: int = 26) -> SafeString:
    """A trend as inline SVG without styles; gaps stay gaps. Decoration: the figures stand beside it."""
    known = [float(v) for v in values if v is not None]
    if len(known) < 2:
        return mark_safe("")
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    gap = (width - 8) / (len(values) - 1)
    runs: list[list[str]] = [[]]
    last = ""
    for i, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        x, y = 4 + i * gap, height - 4 - (float(value) - low) / span * (height - 8)
        last = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4"/>'
        runs[-1].append(f"{x:.1f},{y:.1f}")
    lines = "".join(f'<polyline points="{" ".join(run)}"/>' for run in runs if len(run) > 1)
    return mark_safe(
        f'<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true">'
        f"{lines}{last}</svg>"
    )


@register.inclusion_tag("components/kpi.html")
def kpi(tile: Kpi) -> dict[str, Any]:
    return {"kpi": tile}


@register.inclusion_tag("components/meter.html")
def meter(value: float | None, label: Any, text: Any = "", tone: str = "", maximum: float = 100) -> dict[str, Any]:
    """A bar with its figure in words; None is said as missing, not drawn as zero."""
    if value == "":  # what a template hands over for a missing variable
        value = None
    shown = text or (MISSING if value is None else f"{value:g}%")
    return {
        "value": value,
        "bar": None if value is None else max(0.0, min(float(value), float(maximum))),
        "maximum": maximum,
        "label": label,
        "text": shown,
        "tone": tone,
    }


@register.inclusion_tag("components/deadline.html", takes_context=True)
def deadline(
    context: template.Context,
    due: Due,
    pairs: Any = (),
    used: float | None = None,
    basis: Any = "",
    working_href: str = "",
) -> dict[str, Any]:
    """The clock of a case: what is left, ``used`` per cent of the period, its steps, its basis, 逐日算法."""
    left = due.left if due.left is not None else (due.on - due.today).days
    return {
        "due": _due(due),
        "n": abs(left),
        "late": left < 0,
        "left": left,
        "done": due.done,
        "working": due.unit == "working",
        "used": used,
        "pairs": pairs,
        "basis": basis,
        "working_href": working_href,
    }


@register.inclusion_tag("components/chart.html", takes_context=True)
def chart(
    context: template.Context,
    chart: Any,
    src: str,
    data: str = "",
    csv: str = "",
    width: int = 640,
    height: int = 320,
    heading: int = 3,
) -> dict[str, Any]:
    """A figure for a ``jinzhi.engines.charts.Chart``: picture, title, unit, as-of, table, CSV.

    ``src`` is the address of the SVG (``theme=dark`` is added for dark screens, ``narrow=1`` for narrow ones;
    ``gallery.chart_response`` reads both), ``data`` that of the option
    as JSON, which makes the figure interactive, ``csv`` that of the table.
    """
    head, rows = chart.table()
    joint = "&" if "?" in src else "?"
    return {
        "chart": chart,
        "src": src,
        "src_dark": f"{src}{joint}theme=dark",
        "src_narrow": f"{src}{joint}narrow=1",
        "src_narrow_dark": f"{src}{joint}narrow=1&theme=dark",
        "data": data,
        "csv": csv,
        "width": width,
        "height": height,
        "head": head,
        "heading": heading,
        "rows": [[MISSING if c is None else c for c in row] for row in rows],
        "theme": context.get("theme", ""),
    }


@register.inclusion_tag("components/flow.html")
def flow(nodes: Sequence[FlowNode], label: Any) -> dict[str, Any]:
    """A flow chart drawn from its steps: the main path on one line, a branch below between its neighbours."""
    box, gap, high, top = 150, 40, 56, 12
    placed: list[dict[str, Any]] = []
    x = 12
    main: list[dict[str, Any]] = []
    paths: list[str] = []
    waiting: list[dict[str, Any]] = []
    for node in nodes:
        item = {"node": node, "x": x, "y": top + node.lane * (high + 26)}
        item["mid"], item["line"], item["sub"] = x + box // 2, item["y"] + (25 if node.note else 33), item["y"] + 45
        placed.append(item)
        x += box + gap
        if node.lane:
            waiting.append(item)
            continue
        if main:
            before = main[-1]
            centre = top + high // 2
            paths.append(f"M{before['x'] + box} {centre}H{item['x']}")
            for branch in waiting:
                low = branch["y"] + high // 2
                paths.append(f"M{before['mid']} {top + high}V{low}H{branch['x']}")
                paths.append(f"M{branch['x'] + box} {low}H{item['mid']}V{top + high}")
        waiting = []
        main.append(item)
    lanes = max((n.lane for n in nodes), default=0) + 1
    return {
        "label": label,
        "items": placed,
        "paths": paths,
        "box": box,
        "high": high,
        "width": x - gap + 12,
        "height": top * 2 + lanes * high + (lanes - 1) * 26,
    }


# --- forms ------------------------------------------------------------------------------------------------
@register.inclusion_tag("components/field.html")
def form_field(field: BoundField) -> dict[str, Any]:
    """A field of a form with label, help and errors tied to it; choices become a fieldset."""
    widget = field.field.widget
    if isinstance(widget, (CheckboxSelectMultiple, RadioSelect)):
        kind = "choices"
    elif isinstance(widget, CheckboxInput):
        kind = "check"
    else:
        kind = "plain"
    ids = [f"{field.id_for_label}_help"] if field.help_text else []
    attrs: dict[str, Any] = {}
    if field.errors:
        ids.append(f"{field.id_for_label}_error")
        attrs["aria-invalid"] = "true"
    if ids:
        attrs["aria-describedby"] = " ".join(ids)
    return {"field": field, "kind": kind, "rendered": field.as_widget(attrs=attrs)}


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """What has to be mended, at the head of the form, each with a link to its field."""
    return {
        "form": form,
        "fields": [f for f in form if f.errors] if form.is_bound else [],
        "general": form.non_field_errors() if form.is_bound else [],
    }


@register.filter
def figure(value: Any, digits: int = 0) -> str:
    """A number with thousands separators, or — where there is none."""
    if value is None or value == "":
        return MISSING
    if isinstance(value, (int, float, Decimal)):
        return f"{value:,.{digits}f}"
    return str(value)


@register.filter
def percent(value: Any, digits: int = 0) -> str:
    """A ratio 0.891 as 89%; — where there is none."""
    return MISSING if value is None or value == "" else f"{float(value) * 100:.{digits}f}%"
