"""What the log knows of a record: what happened when, its seal, its digest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import template

from jinzhi.web.ui.bilingual import localised
from jinzhi.web.ui.states import Tag

register = template.Library()


def declared_first(kept: Mapping[str, Any], declared: Iterable[str]) -> list[tuple[str, Any]]:
    """What is kept by name, in the order in which the names are declared, others after them by name: a database need
    not keep the order of JSON."""
    places = {name: n for n, name in enumerate(declared)}
    return sorted(kept.items(), key=lambda item: (places.get(item[0], len(places)), item[0]))


@dataclass(frozen=True)
class TimelineItem:
    """Something that happened: who, when, what; ``seal`` how the log bears it out (a seals.SealVerdict)."""

    what: Any
    when: date | datetime | str
    who: Any = ""
    text: Any = ""
    tone: str = "done"
    tag: Any = None
    href: str = ""
    seal: Any = None
    notes: Sequence[Any] = ()


@register.inclusion_tag("components/timeline.html", takes_context=True)
def timeline(context: template.Context, items: Sequence[TimelineItem]) -> dict[str, Any]:
    return {
        "items": [{"item": i, "is_date": isinstance(i.when, date)} for i in items],
        "acting": context.get("acting"),
    }


#: how far something is sealed, by the state of a ``jinzhi.apps.evidence.events.seals.SealVerdict``
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
