"""States, lights and days by which something is owed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import template
from django.utils.translation import gettext, ngettext

from jinzhi.web.ui.bilingual import localised, reading

register = template.Library()


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


def _tag(thing: Any) -> dict[str, Any]:
    """Anything with zh/en/tone/symbol, or the name of a tone, as the context of components/state.html."""
    if isinstance(thing, str):
        if thing not in TONES:
            raise template.TemplateSyntaxError(f"no tone {thing!r}; known: {', '.join(TONES)}")
        thing = TONES[thing]
    tone = str(reading(thing, "tone") or "neutral")
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"no tone {tone!r}; known: {', '.join(TONES)}")
    return {
        "tone": tone,
        "symbol": reading(thing, "symbol") or (TONES[tone].symbol if tone != "neutral" else ""),
        "word": localised(thing),
        "href": reading(thing, "href"),
        "title": reading(thing, "title"),
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
    return {**_tag(value if isinstance(value, str) else str(reading(value, "tone"))), "extra": extra}


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


def as_due(item: Due) -> dict[str, Any]:
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
    return {**as_due(Due(on=on, today=day, **options)), "stacked": stacked}


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
        "due": as_due(due),
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
