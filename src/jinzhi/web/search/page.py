"""Search over everything that the reader may see, with counts by kind: the plan, units, cases, registers, patents,
evidence, saved queries and topics, declarations.

Every word of the query must occur, in traditional or simplified characters. A number known exactly (C1, the number of
a case, an entry, a patent, an item of evidence) leads straight to its page. Patents are asked in the search language,
every word in title, abstract, claims, applicants or inventors; their page says so and goes on from there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import Q, QuerySet, Value
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.custody.models import Item
from jinzhi.apps.custody.queries import READ
from jinzhi.apps.patents.models import Document, SavedQuery, Topic
from jinzhi.apps.patents.search.asking import visible_saved, visible_topics
from jinzhi.apps.patents.search.index import NoIndex
from jinzhi.apps.patents.search.library import library
from jinzhi.apps.patents.store.queries import by_ids
from jinzhi.apps.patents.store.queries import find as find_patent
from jinzhi.apps.plan.models import Measure, Release, Row
from jinzhi.apps.registers.models import Entry
from jinzhi.apps.registers.queries import readable, visible_entries
from jinzhi.apps.units.models import Unit, UnitName
from jinzhi.engines.characters import simplified
from jinzhi.engines.query_language.unparse import unparse
from jinzhi.kernel.declare import Declaration
from jinzhi.kernel.organisation import OrgUnit, UnitGroup
from jinzhi.kernel.plan import PlanRow
from jinzhi.kernel.procedure import Procedure
from jinzhi.kernel.query import Node, QueryError, QueryTerm, all_of
from jinzhi.kernel.query import check as check_query
from jinzhi.kernel.register import Register
from jinzhi.web.patents.words import state_name
from jinzhi.web.plan.titles import heading_name, name_of, title_of
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, paged
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.language import named

LONGEST = 200
SHOWN = 10
AROUND = 40
#: what may be the number of a patent, in any written form
NUMBER = re.compile(r"(?:ZL|[A-Za-z]{2})?\s*[\d\s./]{7,}[\dXx](?:\.[\dXx])?\s*[A-Za-z]?\d?")
#: declarations found elsewhere on the page: rows and units as kept
KEPT = (PlanRow.kind, OrgUnit.kind, UnitGroup.kind)


def words_of(query: str) -> list[str]:
    """The words of a query, each once; full-width spaces divide as well."""
    return list(dict.fromkeys(query.split()))


def highlight(text: object, words: Sequence[str]) -> SafeString:
    """The text, escaped, with every occurrence of a word marked."""
    plain = str(text)
    if not words:
        return conditional_escape(plain)
    parts = re.split(
        "(" + "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)) + ")", plain, flags=re.I
    )
    marked = [format_html("<mark>{}</mark>", p) if i % 2 else conditional_escape(p) for i, p in enumerate(parts)]
    return mark_safe("".join(marked))


def excerpt(text: str, words: Sequence[str]) -> SafeString:
    """What stands around the first hit; what is left out is said by …"""
    places = [at for at in (text.casefold().find(w.casefold()) for w in words) if at >= 0]
    first = min(places) if places else 0
    start, end = max(0, first - AROUND), first + 2 * AROUND
    shown = ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
    return highlight(shown, words)


def forms(word: str) -> tuple[str, ...]:
    """A word as typed, and with simplified characters where that is another."""
    return tuple(dict.fromkeys((word, simplified(word))))


def every(words: Iterable[str], *fields: str) -> Q:
    """Each word occurs in one of the fields."""
    out = Q()
    for word in words:
        one = Q()
        for field in fields:
            for form in forms(word):
                one |= Q(**{f"{field}__icontains": form})
        out &= one
    return out


@dataclass(frozen=True)
class ResultHit:
    """Something found: its name, its page, what it belongs to, and the words around the hit."""

    title: SafeString
    href: str
    meta: str = ""
    text: SafeString | str = ""


#: what is found of a kind: rows to be counted and cut, or all of them
FoundOfKind: TypeAlias = "QuerySet[Any] | list[Any] | Patents"


@dataclass(frozen=True)
class ResultKind:
    """A group of results: who is found by words, and how one is shown."""

    id: str
    label: Any
    find: Callable[[Sequence[str], Acting], FoundOfKind]
    show: Callable[[Any, Sequence[str]], ResultHit]
    #: the page of its own that shows all of a kind, if it has one
    elsewhere: Callable[[Sequence[str]], str] | None = None


@dataclass(frozen=True)
class ResultGroup:
    """Results of a kind: how many in all, those shown, the address that shows all of them."""

    kind: ResultKind
    total: int
    hits: list[ResultHit]
    all_href: str


def row_href(row: Row, several: bool) -> str:
    """The page of a row; where several plans are in force the address names the one that is meant."""
    href = reverse("row", args=[row.key])
    return f"{href}?{urlencode({'plan': row.release.plan})}" if several else href


def several_plans() -> Value:
    """Whether several plans are in force, beside every hit: then each says which one it is of."""
    return Value(Release.objects.filter(in_force=True).count() > 1)


def is_of_several(found: Row | Measure) -> bool:
    """What ``several_plans`` asked beside a hit."""
    return bool(vars(found)["several"])


def of_plan(row: Row, several: bool, text: str) -> str:
    return " · ".join(x for x in (text, row.release.title if several else "") if x)


def find_rows(words: Sequence[str], who: Acting) -> QuerySet[Row]:
    rows = Row.objects.filter(release__in_force=True).filter(every(words, "title", "key", "section", "part"))
    found = rows.select_related("release").annotate(several=several_plans())
    return found.order_by("-release__starts", "release", "position")


def show_row(row: Row, words: Sequence[str]) -> ResultHit:
    heading = heading_name(row.heading)
    title, _lang = title_of(row)
    meta = of_plan(row, is_of_several(row), heading if title == row.title else f"{row.title} · {heading}")
    return ResultHit(highlight(f"{row.key} {title}", words), row_href(row, is_of_several(row)), meta)


def find_measures(words: Sequence[str], who: Acting) -> QuerySet[Measure]:
    found = Measure.objects.filter(row__release__in_force=True).filter(every(words, "text"))
    found = found.select_related("row__release").annotate(several=several_plans())
    return found.order_by("-row__release__starts", "row__release", "row__position", "position")


def show_measure(measure: Measure, words: Sequence[str]) -> ResultHit:
    row = measure.row
    meta = of_plan(row, is_of_several(measure), name_of(row))
    return ResultHit(excerpt(measure.text, words), row_href(row, is_of_several(measure)), meta)


def find_units(words: Sequence[str], who: Acting) -> QuerySet[Unit]:
    declared = [u.id for u in catalogue().all(OrgUnit) if all(_in(w, u.names()) for w in words)]
    named_so = every(words, "zh", "en", "short", "code")
    earlier = UnitName.objects.filter(every(words, "zh", "en", "short")).values("unit")
    # a unit that was merged is found by its names and leads on
    found = Unit.objects.filter(named_so | Q(code__in=declared) | Q(pk__in=earlier))
    return found.exclude(active=False, until=None, since=None).order_by("path")


def _in(word: str, names: Iterable[str]) -> bool:
    return any(form.casefold() in n.casefold() for form in forms(word) for n in names)


def show_unit(unit: Unit, words: Sequence[str]) -> ResultHit:
    return ResultHit(
        highlight(unit.name, words), reverse("unit", args=[unit.code]), unit.label if unit.label != unit.name else ""
    )


def find_cases(words: Sequence[str], who: Acting) -> QuerySet[Case]:
    if not who.may("case.read"):
        return Case.objects.visible_to(who).none()
    seen = Case.objects.visible_to(who).select_related("unit")
    return seen.filter(every(words, "number", "title", "subject_title")).order_by("-opened_on", "-pk")


def show_case(case: Case, words: Sequence[str]) -> ResultHit:
    procedure = catalogue().find(Procedure, case.procedure)
    meta = " · ".join(x for x in (named(procedure) if procedure else "", case.unit.label, str(case.opened_on)) if x)
    return ResultHit(highlight(f"{case.number} {case.title}", words), reverse("case", args=[case.pk]), meta)


def find_entries(words: Sequence[str], who: Acting) -> QuerySet[Entry]:
    seen = visible_entries(who).filter(register__in=[r.id for r in readable(who)])
    for word in words:
        one = Q()
        for form in forms(word):
            one |= Q(words__contains=form.casefold())
        seen = seen.filter(one)
    return seen.select_related("unit").order_by("register", "number")


def entry_href(entry: Entry) -> str:
    return reverse("entry", args=[entry.register, entry.pk])


def show_entry(entry: Entry, words: Sequence[str]) -> ResultHit:
    register = catalogue().find(Register, entry.register)
    meta = " · ".join(x for x in (named(register) if register else "", entry.unit.label) if x)
    return ResultHit(highlight(f"{entry.number} {entry.title}", words), entry_href(entry), meta)


def find_declarations(words: Sequence[str], who: Acting) -> list[Declaration]:
    kinds = catalogue().found
    every_one = [f.value for kind in catalogue().kinds() if kind not in KEPT for f in kinds[kind].values()]
    return [d for d in every_one if all(_in(w, (d.id, d.zh, d.en, d.why)) for w in words)]


def show_declaration(found: Declaration, words: Sequence[str]) -> ResultHit:
    hit = excerpt(found.why, words) if any(_in(w, (found.why,)) for w in words) else ""
    return ResultHit(highlight(named(found), words), reverse("declaration", args=[found.kind, found.id]), found.id, hit)


class Patents:
    """The patents that hold every word, newest first: counted as a whole, read a page at a time."""

    def __init__(self, ids: Sequence[int]):
        self.ids = ids

    def count(self) -> int:
        return len(self.ids)

    def __getitem__(self, part: slice) -> list[Document]:
        return by_ids(self.ids[part])


#: where a word is sought in a patent
IN_PATENTS = ("ti", "ab", "clm", "pa", "in")


def patents_query(words: Sequence[str]) -> Node:
    """The query of the words in the search language."""
    return all_of([QueryTerm(word, IN_PATENTS, True) for word in words])


def find_patents(words: Sequence[str], who: Acting) -> Patents:
    """Raises NoIndex where patents cannot be asked now; words that hold nothing to search find none."""
    node = patents_query(words)
    try:
        check_query(node)
        held = library()
        newest = held.in_order(held.find(node))
    except NoIndex:
        raise
    except QueryError:
        return Patents([])
    return Patents(newest.tolist())


def show_patent(row: Document, words: Sequence[str]) -> ResultHit:
    parts = (row.applicants, row.published and row.published.isoformat(), state_name(row.state))
    meta = " · ".join(str(x) for x in parts if x)
    return ResultHit(highlight(f"{row.number} {row.title}", words), reverse("patent", args=[row.number]), meta)


def patents_href(words: Sequence[str]) -> str:
    return f"{reverse('patents')}?{urlencode({'q': unparse(patents_query(words))})}"


def find_evidence(words: Sequence[str], who: Acting) -> QuerySet[Item]:
    if not who.may(READ):
        return Item.objects.visible_to(who).none()
    seen = Item.objects.visible_to(who).select_related("unit")
    for word in words:
        one = Q()
        for form in forms(word):
            one |= Q(words__contains=form.casefold())
        seen = seen.filter(one)
    return seen.order_by("-captured_at", "-pk")


def show_evidence(item: Item, words: Sequence[str]) -> ResultHit:
    meta = " · ".join(x for x in (item.name, item.unit.label, localtime(item.captured_at).strftime("%Y-%m-%d")) if x)
    return ResultHit(highlight(f"{item.number} {item.title}", words), reverse("custody-item", args=[item.number]), meta)


def find_saved(words: Sequence[str], who: Acting) -> list[SavedQuery | Topic]:
    """Saved queries and topics of patents that the reader may see; who is not signed in has none of their own."""
    if who.user is None:
        return []
    named_so: list[SavedQuery | Topic] = [*visible_saved(who), *visible_topics(who)]
    return [one for one in named_so if all(_in(w, (one.name, getattr(one, "text", ""))) for w in words)]


def show_saved(found: SavedQuery | Topic, words: Sequence[str]) -> ResultHit:
    if isinstance(found, Topic):
        return ResultHit(highlight(found.name, words), reverse("patents-topic", args=[found.pk]), _("专题"))
    href = f"{reverse('patents')}?{urlencode({'q': found.text})}"
    return ResultHit(highlight(found.name, words), href, _("已存检索"), highlight(found.text, words))


KINDS = (
    ResultKind("rows", gettext_lazy("规划任务"), find_rows, show_row),
    ResultKind("measures", gettext_lazy("措施"), find_measures, show_measure),
    ResultKind("units", gettext_lazy("单位"), find_units, show_unit),
    ResultKind("cases", gettext_lazy("办理事项"), find_cases, show_case),
    ResultKind("entries", gettext_lazy("名录条目"), find_entries, show_entry),
    ResultKind("patents", gettext_lazy("专利"), find_patents, show_patent, patents_href),
    ResultKind("evidence", gettext_lazy("证据"), find_evidence, show_evidence),
    ResultKind("saved", gettext_lazy("已存检索与专题"), find_saved, show_saved),
    ResultKind("declarations", gettext_lazy("事项目录"), find_declarations, show_declaration),
)


@dataclass(frozen=True)
class KindCount:
    """How many of a kind there are, and where they are shown."""

    label: Any
    total: int
    href: str
    current: bool


def found_of(kind: ResultKind, words: Sequence[str], who: Acting) -> FoundOfKind | None:
    """What is found of a kind; None where it cannot be asked now."""
    try:
        return kind.find(words, who)
    except NoIndex:
        return None


def count(found: FoundOfKind | None) -> int:
    if found is None:
        return 0
    return len(found) if isinstance(found, list) else found.count()


def exact(query: str, who: Acting) -> str:
    """The page of a number known exactly, if the reader may see it; empty where there is none."""
    rows = list(Row.objects.filter(release__in_force=True, key__iexact=query).select_related("release")[:2])
    if len(rows) == 1:  # in two plans: both are shown, to be chosen from
        return row_href(rows[0], Release.objects.filter(in_force=True).count() > 1)
    if who.may("case.read"):
        case = Case.objects.visible_to(who).filter(number=query).first()
        if case is not None:
            return reverse("case", args=[case.pk])
    entry = visible_entries(who).filter(number=query, register__in=[r.id for r in readable(who)]).first()
    if entry is not None:
        return entry_href(entry)
    item = Item.objects.visible_to(who).filter(number=query).first() if who.may(READ) else None
    if item is not None:
        return reverse("custody-item", args=[item.number])
    patent = find_patent(query) if NUMBER.fullmatch(query) else None
    return reverse("patent", args=[patent.number]) if patent else ""


def address(query: str, kind: str = "") -> str:
    """The search for a query, of one kind where it is named."""
    return f"{reverse('search')}?{urlencode({'q': query, **({'kind': kind} if kind else {})})}"


def without_each(words: list[str], who: Acting) -> list[tuple[str, str, int]]:
    """For a query that found nothing: each query with one word less, its address and how much it finds."""
    out = []
    for dropped in words[:6]:
        rest = [w for w in words if w != dropped]
        total = sum(count(found_of(k, rest, who)) for k in KINDS)
        if total:
            out.append((" ".join(rest), address(" ".join(rest)), total))
    return out


@page(nav="search", scope="plan.read")
def index(request: PageRequest) -> HttpResponse:
    who: Acting = request.acting
    query = request.GET.get("q", "").strip()
    only = choice(request, "kind", [k.id for k in KINDS])
    context: dict[str, Any] = {"crumbs": [(_("首页"), "/")], "query": query, "longest": LONGEST}
    if len(query) > LONGEST:
        said = _("检索词最多 %(n)s 字，现有 %(m)s 字，请缩短后再试") % {"n": LONGEST, "m": len(query)}
        return render(request, "search/index.html", {**context, "error": said}, status=400)
    if "\x00" in query:
        return render(request, "search/index.html", {**context, "error": _("检索词含有不可见的空字符")}, status=400)
    words = words_of(query)
    if not words:
        return render(request, "search/index.html", context)
    if not only:
        straight = exact(query, who)
        if straight:
            return redirect(straight)
    groups: list[ResultGroup] = []
    counts: list[KindCount] = []
    unready: list[Any] = []
    here: Page[Any] | None = None
    for kind in KINDS:
        if kind.id == only and kind.elsewhere:
            return redirect(kind.elsewhere(words))
        found = found_of(kind, words, who)
        if found is None:
            unready.append(kind.label)
            continue
        total = count(found)
        href = kind.elsewhere(words) if kind.elsewhere else address(query, kind.id)
        if total or kind.id == only:
            counts.append(KindCount(kind.label, total, href, kind.id == only))
        if kind.id == only:
            here = paged(request, found)
            groups.append(ResultGroup(kind, total, [kind.show(x, words) for x in here], ""))
        elif total and not only:
            groups.append(ResultGroup(kind, total, [kind.show(x, words) for x in found[:SHOWN]], href))
    total = sum(g.total for g in groups)
    context |= {
        "counts": counts,
        "everything": sum(c.total for c in counts),
        "unready": unready,
        "words": words,
        "groups": groups,
        "total": total,
        "shown": SHOWN,
        "page": here,
        "only": only,
        "all_href": address(query),
        "variants": without_each(words, who) if not total and len(words) > 1 and not only else [],
    }
    return render(request, "search/index.html", context)


urlpatterns = [path("search/", index, name="search")]
