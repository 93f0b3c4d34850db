"""What every page knows: the city, the day, who acts, where one is."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jinzhi import __version__
from jinzhi.apps.accounts.acting import Acting, acting_as, memberships
from jinzhi.apps.accounts.middleware import acting
from jinzhi.apps.cases.inbox import MOST
from jinzhi.apps.catalogue.clock import installation, today
from jinzhi.demo.progress import being_made
from jinzhi.web.shell.badge import number
from jinzhi.web.shell.plan_choice import head
from jinzhi.web.shell.watching import watched

#: key, url name, label, scope that its pages need: the top bar in its order
NAV = (
    ("cockpit", "cockpit", _("驾驶舱"), "plan.read"),
    ("rows", "rows", _("规划任务"), "plan.read"),
    ("reports", "reports", _("进展报告"), "report.read"),
    ("orders", "orders", _("督办单"), "case.read"),
    ("patents", "patents", _("专利"), "plan.read"),
    ("cases", "cases", _("办理事项"), "case.read"),
    ("indicators", "indicators", _("指标"), "indicator.read"),
    ("registers", "registers", _("名录"), "register.read"),
    ("custody", "custody", _("证据保管"), "custody.read"),
    ("evidence", "evidence", _("存证日志"), "evidence.read"),
    ("units", "units", _("单位"), "plan.read"),
    ("catalogue", "catalogue", _("事项目录"), "plan.read"),
)


#: the entries whose pages show one plan
OF_A_PLAN = ("cockpit", "rows", "reports", "orders", "units", "indicators")


#: what the entries of the bar may take at 1280 pixels, in ems; the brand, the search, the inbox and the name have the
#: rest. What does not fit, and what is beyond the first six, stands in the menu 更多.
ROOM, LARGE_ROOM, MOST_ENTRIES = 43.0, 28.0, 6
_PADDING = 1.2


def width(text: str) -> float:
    """About how wide a text is, in ems: a Chinese character one, a Latin letter a little more than a half."""
    return sum(0.55 if c.isascii() else 1.0 for c in text)


def bar_of(entries: list[dict[str, Any]], room: float) -> dict[str, Any]:
    """The entries that stand in the bar, and those behind 更多."""
    taken = 0.0
    n = 0
    for entry in entries[:MOST_ENTRIES]:
        taken += width(entry["label"]) + _PADDING
        if taken > room:
            break
        n += 1
    more = entries[n:]
    return {"bar": entries[:n], "more": more, "more_active": any(e["active"] for e in more)}


def posts(request: HttpRequest) -> list[dict[str, Any]]:
    """The posts that a signed-in person holds, for the menu: pk, unit, role (the declaration)."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    return [{"pk": m.pk, "unit": m.unit, "role": acting_as(m).role} for m in memberships(user)]


def inbox(who: Acting | None) -> dict[str, Any] | None:
    """The number of the inbox: how many new things want a deed of the acting post. None for who has no inbox."""
    if who is None or who.user is None or not who.may("case.read"):
        return None
    n = number(who)
    return {"n": n, "text": f"{MOST - 1}+" if n >= MOST else str(n), "news": any(w.news for w in watched(who))}


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of ``base.html``."""
    here = installation()
    match = getattr(request, "resolver_match", None)
    section = (match.kwargs.get("nav") if match else None) or (getattr(match.func, "nav", "") if match else "")
    who = acting(request) if hasattr(request, "get_acting") else None
    return {
        "city": here,
        "demo": bool(here and here.demo),
        "being_made": being_made() if here and here.demo else None,
        "today": today(),
        "nav": bar_of(
            [
                {"key": key, "url": reverse(name), "label": str(label), "active": key == section}
                for key, name, label, scope in NAV
                if who is None or who.may(scope)
            ],
            LARGE_ROOM if request.COOKIES.get("jz_large") == "1" else ROOM,
        ),
        "acting": who,
        # called by the template, so that an answer without the bar asks nothing
        "inbox": partial(inbox, who),
        "plan_head": head(request) if who and who.may("plan.read") and section in OF_A_PLAN else None,
        "memberships": posts(request),
        "large": request.COOKIES.get("jz_large") == "1",
        "theme": request.COOKIES.get("jz_theme") if request.COOKIES.get("jz_theme") in ("light", "dark") else "",
        "version": __version__,
    }
