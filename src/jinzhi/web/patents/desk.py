"""What a searcher has at hand on the pages: their history, saved queries, alerts, and the language they type in.

Who is signed in has a history of rows. A visitor of a demonstration has one in a signed cookie of the browser: nothing
of it is written to the database, and it ends with the browser's session.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.catalogue.strain import while_reading
from jinzhi.apps.patents.desk.alerts import waiting
from jinzhi.apps.patents.desk.history import dialect_of, entries, remember
from jinzhi.apps.patents.search.asking import Desk
from jinzhi.engines.query_language.dialects import DIALECTS
from jinzhi.kernel.query import Query
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.language import named

COOKIE = "jz_patent_history"
SALT = "jinzhi.web.patents.desk"
#: under these names a request keeps its desk, and a visitor's searches where it changed them
DESK, HISTORY = "patent_desk", "patent_history"
#: a visitor's cookie holds so many searches of so many characters in all; the oldest go first
KEPT, ROOM = 20, 1200
#: searches of the history that the search page shows
SHOWN = 7


@dataclass(frozen=True)
class Past:
    """A search of the history as pages show it."""

    number: int
    text: str
    count: int

    @property
    def href(self) -> str:
        query = QueryDict(mutable=True)
        query["q"] = self.text
        # a query of nothing but NOT was confirmed when it was run
        query["all"] = "1"
        return f"{reverse('patents')}?{query.urlencode()}"


def desk_of(request: PageRequest) -> Desk:
    """What the queries of this request may refer to."""
    kept = vars(request)
    if DESK not in kept:
        who = request.acting
        remembered = None if who.user else {one.number: one.text for one in visitor_history(request)}
        kept[DESK] = Desk(who, remembered)
    desk: Desk = kept[DESK]
    return desk


# --- a visitor's history ------------------------------------------------------------------------------------------


def visitor_history(request: PageRequest) -> list[Past]:
    """The searches of a visitor, the oldest first. A cookie that is not ours is as good as none."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
        return [Past(int(number), str(text), int(count)) for number, text, count in told]
    except (signing.BadSignature, TypeError, ValueError):
        return []


def _visited(request: PageRequest, text: str, count: int) -> list[Past]:
    past = visitor_history(request)
    if past and past[-1].text == text:
        past[-1] = Past(past[-1].number, text, count)
    else:
        past.append(Past((past[-1].number if past else 0) + 1, text, count))
    past = past[-KEPT:]
    while len(past) > 1 and sum(len(one.text) for one in past) > ROOM:
        del past[0]
    if len(past[-1].text) > ROOM:
        return visitor_history(request)
    vars(request)[HISTORY] = past
    return past


def forget_visit(request: PageRequest, numbers: set[int] | None = None) -> None:
    """Let a visitor's history go with the answer: some searches, or all but the last number."""
    past = visitor_history(request)
    vars(request)[HISTORY] = [] if numbers is None else [one for one in past if one.number not in numbers]


def with_history(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view whose answer carries the visitor's history where it changed."""

    @wraps(view)
    def kept(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        past: list[Past] | None = vars(request).get(HISTORY)
        if past is not None:
            told = [(one.number, one.text, one.count) for one in past]
            response.set_cookie(
                COOKIE, signing.dumps(told, salt=SALT, compress=True), samesite="Lax", secure=settings.HTTPS,
                httponly=True,
            )  # fmt: skip
        return response

    return kept


# --- on the search page -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Strip:
    """What stands under the box: the last searches, alerts with news, what can be done with this search.

    ``save``, ``mark``: addresses, empty where there is nothing to save or mark.
    """

    past: list[Past]
    more: bool
    signed_in: bool
    news: int
    save: str = ""
    mark: str = ""


def strip_of(
    request: PageRequest, query: Query | None, text: str, found: int | None, typed: str = "", dialect: str = ""
) -> Strip:
    """Keeps the search that this page shows in the history, and says what the page shows of it.

    ``found``: how many documents the words find; None: nothing was searched.
    """
    user = request.acting.user
    kept = query is not None and found is not None
    if user is None:
        past = _visited(request, text, found) if kept and found is not None else visitor_history(request)
        shown, more = past[::-1][:SHOWN], len(past) > SHOWN
    else:
        rows = list(entries(user)[: SHOWN + 1])
        if kept and found is not None:
            conditions = request.GET.copy()
            for name in ("q", "after", "from", "page", "size", "view", "doc", "dialect", "pick", "all", "wait"):
                conditions.pop(name, None)
            with while_reading("a search in the history"):
                now = remember(
                    user, text, count=found, conditions=conditions.urlencode(), typed=typed, dialect=dialect,
                    last=rows[0] if rows else None,
                )  # fmt: skip
                rows = [now, *(row for row in rows if row.pk != now.pk)]
        shown = [Past(row.number, row.text, row.count) for row in rows[:SHOWN]]
        more = len(rows) > SHOWN
    here = QueryDict(mutable=True)
    here["q"] = text
    return Strip(
        shown, more, user is not None, waiting(request.acting),
        f"{reverse('patents-saved-new')}?{here.urlencode()}" if kept else "",
        f"{reverse('patents-mark')}?{request.GET.urlencode()}" if found and user is not None else "",
    )  # fmt: skip


# --- the language of the box --------------------------------------------------------------------------------------


def dialects(request: PageRequest, current: str) -> list[tuple[str, str, bool]]:
    """The languages on offer for the box: id (empty: native), name, whether it is chosen.

    A text in the box is in the language that the address says; an empty box is offered in the person's own.
    """
    chosen = current or ("" if request.GET.get("q", "").strip() else dialect_of(request.acting.user))
    known = [("", _("本系统")), *((one.id, named(one)) for one in DIALECTS.values())]
    return [(id, name, id == chosen) for id, name in known]
