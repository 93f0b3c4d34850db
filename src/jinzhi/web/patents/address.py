"""What the pages about patents share: the search that an address asks for, and how its parts are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from jinzhi.apps.patents.models import Document, LegalState
from jinzhi.apps.patents.search.facets import Chosen, chosen_of, written
from jinzhi.apps.patents.search.index import NoIndex
from jinzhi.apps.patents.search.library import library
from jinzhi.apps.patents.search.orders import RELEVANCE
from jinzhi.apps.patents.search.result import Search
from jinzhi.engines.query_language.dialects import DIALECTS, Translation, translate
from jinzhi.engines.query_language.parse import parse
from jinzhi.kernel.query import MAX_LENGTH, Query, QueryError
from jinzhi.web.patents.desk import desk_of
from jinzhi.web.patents.marks import Marked
from jinzhi.web.patents.words import ORDER_LABELS, SYMBOLS, TONES, FacetWords, facet_label, state_name
from jinzhi.web.shell.listing import choice
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.language import page_language
from jinzhi.web.ui.states import Tag


@dataclass(frozen=True)
class WrongQuery:
    """A query that cannot be read: the message, and its text cut at the place that is wrong."""

    message: str
    #: the query is well; the index is not there
    unready: bool = False
    before: str = ""
    place: str = ""
    after: str = ""

    @classmethod
    def of(cls, error: QueryError, text: str) -> WrongQuery:
        message = error.say(page_language())
        if error.at is None:
            return cls(message)
        at = min(error.at, len(text))
        end = max(at + 1, error.end or 0)
        # where the query ends too early there is no character to mark
        return cls(message, False, text[:at], text[at:end] or "␣", text[end:])


@dataclass(frozen=True)
class AskedQuery:
    """A search as its address says it. ``wrong``: why there is none."""

    text: str
    query: Query | None
    search: Search | None
    wrong: WrongQuery | None = None
    #: the query finds documents for what they lack, and nobody has confirmed that it is meant
    unconfirmed: bool = False
    #: what was typed, if it was in another system's language (``dialect``), and its translation to ``text``
    typed: str = ""
    dialect: str = ""
    translation: Translation | None = None

    @property
    def box(self) -> str:
        """What stands in the box."""
        return self.typed or self.text


def read_address(request: PageRequest) -> AskedQuery:
    """The search of an address. Conditions and order that do not exist are a clear 400, a wrong query is not."""
    text = request.GET.get("q", "").strip()
    if len(text) > MAX_LENGTH:
        raise BadRequest(_("检索式超过 %(n)s 个字符") % {"n": MAX_LENGTH})
    chosen = chosen_of(request.GET)
    sort = choice(request, "sort", {*ORDER_LABELS, RELEVANCE})
    folded = choice(request, "fold", {"family"}) == "family"
    picked(request.GET)
    if dialect := choice(request, "dialect", DIALECTS):
        return _foreign(request, text, dialect, chosen, sort, folded)
    return _native(request, text, chosen, sort, folded)


def _foreign(
    request: PageRequest, typed: str, dialect: str, chosen: Sequence[Chosen], sort: str, folded: bool
) -> AskedQuery:
    """The search that a text in another system's language asks for."""
    if not typed:
        return replace(_native(request, "", chosen, sort, folded), dialect=dialect)
    try:
        translation = translate(typed, dialect)
    except QueryError as error:
        return AskedQuery(typed, None, None, WrongQuery.of(error, typed), typed=typed, dialect=dialect)
    ask = _native(request, translation.native, chosen, sort, folded)
    return replace(ask, typed=typed, dialect=dialect, translation=translation)


def _native(request: PageRequest, text: str, chosen: Sequence[Chosen], sort: str, folded: bool) -> AskedQuery:
    if not text:
        whole = chosen or request.GET.get("all") == "1"
        # the whole collection has no relevance
        sort = "" if sort == RELEVANCE else sort
        return AskedQuery("", None, Search(None, chosen, sort, folded=folded) if whole else None)
    try:
        query = parse(text)
        if sort == RELEVANCE and not library().ranks:
            raise BadRequest(_("当前检索引擎不能按相关度排序"))
        search = Search(query, chosen, sort, folded=folded, desk=desk_of(request))
        if search.whole is not None and search.whole.complement and request.GET.get("all") != "1":
            return AskedQuery(text, query, None, unconfirmed=True)
        search.matching  # noqa: B018 - what only running finds (budgets, classes without a tree) belongs to the query
    except NoIndex as error:
        return AskedQuery(text, None, None, WrongQuery(error.say(page_language()), unready=True))
    except QueryError as error:
        return AskedQuery(text, None, None, WrongQuery.of(error, text))
    return AskedQuery(text, query, search)


#: documents that can be picked by hand: an address has to hold them
PICKS = 100


def picked(query: QueryDict) -> tuple[str, ...]:
    """The numbers of the documents picked by hand, each once. Too many are a clear 400."""
    found = tuple(dict.fromkeys(n.strip() for text in query.getlist("pick") for n in text.split(",") if n.strip()))
    if len(found) > PICKS:
        raise BadRequest(
            _("一次最多勾选 %(most)s 件，现为 %(n)s 件；更多的请用号码批量检索") % {"most": PICKS, "n": len(found)}
        )
    return found


def address(query: QueryDict, **changes: Any) -> str:
    """The query string of an address with some names set or (None) taken away; paging begins anew."""
    copy = query.copy()
    for name in ("after", "from", "page", "format", "doc", *(name for name, value in changes.items() if value is None)):
        copy.pop(name, None)
    for name, value in changes.items():
        if value is not None:
            copy[name] = str(value)
    return f"?{copy.urlencode()}"


def query_string(text: str, chosen: Sequence[Chosen], sort: str = "") -> str:
    """The query string of a search."""
    query = QueryDict(mutable=True)
    query["q"] = text
    for one in chosen:
        query.appendlist(one.name, written(one.value))
    if sort:
        query["sort"] = sort
    return f"?{query.urlencode()}"


# --- in words ---------------------------------------------------------------------------------------------------


def state_tag(row: Document) -> Tag:
    """The plain status as a tag that says from where and since when."""
    since = f"{row.state_why} {row.state_on or ''}".strip()
    word = state_name(row.state)
    return Tag(
        word, word, TONES.get(LegalState(row.state), "neutral"), SYMBOLS.get(LegalState(row.state), ""), title=since
    )


def joined(marked: Marked, code: str, values: Sequence[str]) -> SafeString:
    """Several values of a field with their hits, parted by a semicolon."""
    return SafeString("；".join(marked.show(code, n, value) for n, value in enumerate(values)))


def facts(asked: AskedQuery, names: FacetWords, told: Mapping[str, Any]) -> str:
    """What stands in the head of the printed page: query, conditions, how many, as of when."""
    search = asked.search
    if search is None:
        return asked.text
    pieces = [f"{_('检索式')} {asked.text or _('（全部文献）')}"]
    for one in search.chosen:
        pieces.append(f"{facet_label(one.facet)}{'≠' if one.without else '='}{names.condition(one)}")
    pieces.append(_("%(n)s 件 / %(f)s 个同族") % {"n": search.total, "f": search.families})
    return " · ".join([*pieces, library_line(told)])


def library_line(told: Mapping[str, Any]) -> str:
    """How many documents the collection holds, and as of when."""
    as_of: date | None = told["as_of"]
    said = _("库内 %(n)s 件文献，最近公开日 %(day)s") % {"n": told["documents"], "day": as_of or "—"}
    return said + ("，" + _("演示数据") if told["demo"] else "")
