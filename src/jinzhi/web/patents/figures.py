"""A result set in figures, each declared once: chart, table, csv, and for every count the address of its documents.

Counts are exact over all hits. A chart that draws only the first says so and of how many; the csv has them all. The
address of a row finds exactly the documents that it counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, partial
from itertools import combinations
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.patents.search.facets import FACET, GROUP, Facet, written
from jinzhi.apps.patents.search.index import NoIndex
from jinzhi.apps.patents.search.result import CountedValue, Search
from jinzhi.apps.patents.search.subclasses import subclasses
from jinzhi.apps.patents.store.queries import standard_names
from jinzhi.engines import charts
from jinzhi.kernel.text import Words
from jinzhi.kernel.tilemap import TileMap
from jinzhi.standards.ipc import SECTIONS
from jinzhi.web.patents.words import FacetWords, facet_label
from jinzhi.web.ui.language import speak

#: values drawn in a chart, and listed on the page; the csv has all
DRAWN, LISTED = 15, 30
#: applicants and classes of the matrix, and classes that are drawn together
ACROSS, DOWN = 8, 10
#: applications are published up to 18 months after filing (专利法 art. 34), so later years are not complete
UNPUBLISHED = timedelta(days=548)
#: the share of one subclass from which a picture by subclasses would be one block
NEARLY_ALL = 0.9
#: what an address holds beside the search: none of it belongs into the address of documents
BESIDE = ("after", "from", "page", "size", "view", "doc", "pick", "fold", "theme", "narrow", "variants", "only")


@dataclass(frozen=True)
class Counted:
    """A row of a figure: its names, how many documents, the address that finds them. ``sub``: what is meant with it."""

    labels: tuple[str, ...]
    count: int
    #: makes the address; of thousands of rows a page shows thirty
    finds: Callable[[], str]
    sub: str = ""

    @property
    def query(self) -> str:
        """The query string that finds these documents."""
        return self.finds()


@dataclass(frozen=True)
class PatentFigure:
    """A figure over a result set. ``heads`` name the columns of labels; ``rows`` are all, the most first."""

    key: str
    title: str
    heads: tuple[str, ...]
    rows: Sequence[Counted]
    option: charts.Option
    conclusion: str
    height: int = 320
    #: what is counted where a document may stand in several rows
    note: str = ""
    #: cells of a table across: (names of the columns, for each row its label and cells)
    cross: tuple[tuple[str, ...], tuple[tuple[str, tuple[Counted | None, ...]], ...]] | None = None

    def chart(self, as_of: date, source: str) -> charts.Chart:
        """The picture with what stands under it."""
        return charts.Chart(self.key, self.title, self.option, _("件"), as_of, source, self.conclusion)

    @property
    def more(self) -> int:
        """How many rows the page does not list."""
        return max(0, len(self.rows) - LISTED)


class Figures:
    """The figures of a search, each worked out when asked for. ``variants``: applicants with all their names."""

    def __init__(self, search: Search, query: QueryDict, names: FacetWords, on: date, *, variants: bool = True):
        self.search, self.query, self.names, self.on, self.variants = search, query, names, on, variants

    @property
    def keys(self) -> tuple[str, ...]:
        """Every figure, in the order of the page."""
        return tuple(DECLARED)

    def get(self, key: str) -> PatentFigure:
        """A figure. Raises KeyError."""
        return DECLARED[key](self)

    # --- addresses

    def narrowed(self, *conditions: tuple[str, str]) -> str:
        """The address of the search with values of facets asked for beside what is asked already."""
        copy = self._plain()
        for key, value in conditions:
            given, text = copy.getlist(key), written(value)
            if not given or text in given:
                copy.setlist(key, [text])
            else:
                # a document may have several values: this one beside those, not instead
                copy.appendlist(f"also_{key}", text)
        return f"?{copy.urlencode()}"

    def within(self, text: str) -> str:
        """The address of the search with more words."""
        copy = self._plain()
        # what was typed in another system's language is asked natively
        copy.pop("dialect", None)
        copy["q"] = f"({self.search.query.text}) AND {text}" if self.search.query is not None else text
        return f"?{copy.urlencode()}"

    def _plain(self) -> QueryDict:
        copy = self.query.copy()
        for name in BESIDE:
            copy.pop(name, None)
        if not copy:
            copy["all"] = "1"
        return copy

    # --- what figures are made of

    def values(self, facet: Facet) -> list[CountedValue]:
        return self.search.values(facet, self.names)

    def rows(self, facet: Facet) -> list[Counted]:
        return [Counted((v.label,), v.count, partial(self.narrowed, (facet.key, v.value))) for v in self.values(facet)]

    def bars(self, facet: Facet, title: str, note: str = "", rows: Sequence[Counted] | None = None) -> PatentFigure:
        """The most frequent values as bars."""
        rows = self.rows(facet) if rows is None else rows
        shown = rows[:DRAWN]
        option = charts.bar(
            {_("件"): [r.count for r in shown]}, [short(r.labels[0]) for r in shown],
            unit=_("件"), name=facet_label(facet), horizontal=True, labels=True,
        )  # fmt: skip
        heads = (facet_label(facet),)
        return PatentFigure(
            facet.key, title, heads, rows, option, most(rows, len(shown)), 60 + 26 * max(4, len(shown)), note
        )

    @property
    def applicant(self) -> Facet:
        return FACET["pa" if self.variants else "pap"]

    @cached_property
    def variants_used(self) -> dict[str, list[str]]:
        """For each applicant the other names under which the hits print it."""
        printed = self.search.counted(FACET["pap"])
        found: dict[str, list[str]] = {}
        for name, standard in sorted(standard_names(printed).items()):
            for one in standard:
                if one != name:
                    found.setdefault(one, []).append(name)
        return found


def short(label: str, most: int = 26) -> str:
    """A label that leaves room for its bar; the table has it whole."""
    return label if len(label) <= most else label[: most - 1] + "…"


def most(rows: Sequence[Counted], drawn: int) -> str:
    """The sentence to take away: what there is most of, and how much is not drawn."""
    if not rows:
        return _("没有数据")
    first = max(rows, key=lambda one: one.count)
    said = _("最多的是 %(what)s（%(n)s 件）") % {"what": " × ".join(first.labels), "n": f"{first.count:,}"}
    if len(rows) > drawn:
        said += _("；图中为前 %(a)s 个，共 %(n)s 个") % {"a": drawn, "n": f"{len(rows):,}"}
    return said


def incomplete_year(on: date) -> str:
    """The first filing year of which applications may still be unpublished."""
    return str((on - UNPUBLISHED).year)


# --- the figures ----------------------------------------------------------------------------------------------


def trend(of: Figures) -> PatentFigure:
    """Applications by year of filing, every year from the first to the last; the last 18 months are not complete."""
    facet = FACET["year"]
    rows = of.rows(facet)
    counts = {r.labels[0]: r.count for r in rows if r.labels[0].isdigit()}
    years = [str(y) for y in range(int(min(counts)), int(max(counts)) + 1)] if counts else []
    late = incomplete_year(of.on)
    incomplete = next((year for year in years if year >= late), None)
    option = charts.line(
        {_("件"): [counts.get(year, 0) for year in years]}, years,
        unit=_("件"), name=facet_label(facet), incomplete_from=incomplete,
    )  # fmt: skip
    said = _("没有数据")
    if counts:
        best = max(counts, key=lambda year: (counts[year], year))
        said = _("申请量最多的年份是 %(year)s（%(n)s 件）") % {"year": best, "n": f"{counts[best]:,}"}
        if incomplete:
            said += _("；%(year)s 年起申请可能还没有公开，阴影部分不完整") % {"year": late}
    return PatentFigure("year", _("申请趋势"), (facet_label(facet),), rows, option, said)


def applicants(of: Figures) -> PatentFigure:
    """Applicants with all their names, or as printed."""
    note = _("一件文献有几个申请人时，在每个申请人处各计一次")
    if not of.variants:
        return replace(of.bars(of.applicant, _("申请人（按印本名称）"), note), key="pa")
    used = of.variants_used
    rows = []
    for row in of.rows(of.applicant):
        others = "、".join(used.get(row.labels[0], ()))
        rows.append(Counted(row.labels, row.count, row.finds, _("含 %(names)s") % {"names": others} if others else ""))
    return of.bars(of.applicant, _("申请人（合并异名）"), note, rows)


def inventors(of: Figures) -> PatentFigure:
    """Inventors with the applicant of the document: one name alone may be many people."""
    note = _("发明人与文献的申请人并列；同名而申请人不同的分开计，是否同一人未经核实")
    return of.bars(FACET["inv"], _("发明人及其单位"), note)


def main_groups(of: Figures) -> PatentFigure:
    """Main groups as a tree map in their subclasses, where nearly all hits lie in one subclass."""
    counted = of.search.crossed(FACET["ipc"], GROUP)
    rows: list[Counted] = []
    areas: dict[str, int] = {}
    for (subclass, group), count in sorted(counted.items(), key=lambda one: (-one[1], one[0])):
        label = group or _("未说明")
        finds = partial(of.within, f"ipcm={group}") if group else partial(of.narrowed, ("ipc", subclass))
        rows.append(Counted((label,), count, finds))
        areas[label] = areas.get(label, 0) + count
    option = charts.treemap({"": areas}, unit=_("件"), name=_("IPC 主组"))
    note = _("按主分类号计，每件文献一次；绝大多数在一个小类内，故按主组细分")
    return PatentFigure("ipc", _("技术分类"), (_("IPC 主组"),), rows, option, most(rows, len(rows)), 400, note)


def classes(of: Figures) -> PatentFigure:
    """Main subclasses as a tree map in their sections; the areas add up to all hits.

    Where one subclass would be nearly the whole picture, it is parted into its main groups.
    """
    rows = of.rows(FACET["ipc"])
    if rows and rows[0].count > NEARLY_ALL * of.search.total:
        return main_groups(of)
    groups: dict[str, dict[str, int]] = {}
    for value in of.values(FACET["ipc"]):
        section = value.value[:1] or _("未说明")
        zh, en = SECTIONS.get(section, ("", ""))
        title = speak(Words(zh, en))
        groups.setdefault(f"{section} {title}".strip(), {})[value.value or _("未说明")] = value.count
    option = charts.treemap(groups, unit=_("件"), name=facet_label(FACET["ipc"]))
    note = _("按主分类号计，每件文献一次")
    return PatentFigure(
        "ipc", _("技术分类"), (facet_label(FACET["ipc"]),), rows, option, most(rows, len(rows)), 400, note
    )


def districts(of: Figures) -> PatentFigure:
    """Districts as tiles in their rough places."""
    facet = FACET["dist"]
    rows = of.rows(facet)
    declared = next(iter(catalogue().all(TileMap)), None)
    counts = {v.value: v.count for v in of.values(facet)}
    places = {of.names.district(code): place for code, place in (declared.tiles if declared else {}).items()}
    values = {of.names.district(code): counts.get(code, 0) for code in (declared.tiles if declared else {})}
    off = sum(counts.values()) - sum(values.values())
    option = charts.tiles(places, values, unit=_("件"), name=facet_label(facet))
    said = most(rows, len(rows))
    if off:
        said += _("；另有 %(n)s 件不在图上的区内或没有说明地址") % {"n": f"{off:,}"}
    note = _("按第一申请人的地址；方格只表示大致方位，不是边界")
    return PatentFigure("dist", _("各区分布"), (facet_label(facet),), rows, option, said, 420, note)


def status(of: Figures) -> PatentFigure:
    note = _("状态依据库中已有的法律状态公告；没有公告的为未确认")
    return of.bars(FACET["st"], _("法律状态"), note)


def types(of: Figures) -> PatentFigure:
    return of.bars(FACET["typ"], _("专利类型"))


def matrix(of: Figures) -> PatentFigure:
    """Applicants across main subclasses."""
    pa, ipc = of.applicant, FACET["ipc"]
    pairs = of.search.crossed(pa, ipc)
    people = [v for v in of.values(pa) if v.value]
    kinds = [v for v in of.values(ipc) if v.value]
    rows = [
        _pair(of, (pa.key, a), (ipc.key, b), n)
        for (a, b), n in sorted(pairs.items(), key=lambda one: (-one[1], one[0]))
    ]
    down, across = people[:DOWN], kinds[:ACROSS]
    cells = tuple(
        (
            a.label,
            tuple(
                _pair(of, (pa.key, a.value), (ipc.key, b.value), n) if (n := pairs[a.value, b.value]) else None
                for b in across
            ),
        )
        for a in down
    )
    option = charts.heat(
        [b.value for b in across], [short(a.label, 18) for a in down],
        [[pairs[a.value, b.value] or None for b in across] for a in down],
        unit=_("件"), name=facet_label(pa),
        high=max((pairs[a.value, b.value] for a in down for b in across), default=1),
    )  # fmt: skip
    said = most(rows, len(rows)) + drawn_of(len(down), len(people), len(across), len(kinds))
    heads = (facet_label(pa), facet_label(ipc))
    cross = (tuple(b.value for b in across), cells)
    return PatentFigure(
        "matrix", _("申请人 × 技术分类"), heads, rows, option, said, 110 + 32 * max(3, len(down)), cross=cross
    )


def drawn_of(down: int, rows: int, across: int, columns: int) -> str:
    """How much of a table across is drawn."""
    if down == rows and across == columns:
        return ""
    words = {"a": down, "b": f"{rows:,}", "c": across, "d": f"{columns:,}"}
    return _("；图中为前 %(a)s 个（共 %(b)s 个）× 前 %(c)s 个（共 %(d)s 个）") % words


def _pair(of: Figures, a: tuple[str, str], b: tuple[str, str], count: int) -> Counted:
    return Counted((of.names.of(*a), of.names.of(*b)), count, partial(of.narrowed, a, b))


def together(of: Figures) -> PatentFigure:
    """Subclasses that stand in the same document, whether as main class or beside it."""
    heads = (_("IPC 小类"), _("同时分入"))
    try:
        known = subclasses()
    except NoIndex as error:
        why = speak(error)
        return PatentFigure("together", _("技术分类共现"), heads, (), charts.heat((), (), ()), why)
    singles: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for document in of.search.ids.tolist():
        own = known.get(document, ())
        singles.update(own)
        pairs.update(combinations(own, 2))
    order = [s for s, _n in sorted(singles.items(), key=lambda one: (-one[1], one[0]))]
    rows = [
        Counted((a, b), n, partial(of.within, f"ipc={a} AND ipc={b}"))
        for (a, b), n in sorted(pairs.items(), key=lambda one: (-one[1], one[0]))
    ]
    drawn = [s for s in order if any(s in pair for pair in pairs)][:DOWN]

    def count(a: str, b: str) -> int:
        return singles[a] if a == b else pairs[min(a, b), max(a, b)]

    def cell(a: str, b: str) -> Counted | None:
        if not count(a, b):
            return None
        asked = f"ipc={a}" if a == b else f"ipc={a} AND ipc={b}"
        return Counted((a, b), count(a, b), partial(of.within, asked))

    option = charts.heat(
        drawn, drawn, [[count(a, b) or None for b in drawn] for a in drawn],
        unit=_("件"), name=_("IPC 小类"), high=max((count(a, b) for a in drawn for b in drawn), default=1),
    )  # fmt: skip
    involved = len({s for pair in pairs for s in pair})
    said = most(rows, len(rows)) + drawn_of(len(drawn), involved, len(drawn), involved)
    note = _("按全部分类号计，不限主分类号；对角线为含该小类的文献数")
    cross = (tuple(drawn), tuple((a, tuple(cell(a, b) for b in drawn)) for a in drawn))
    height = 110 + 32 * max(3, len(drawn))
    return PatentFigure("together", _("技术分类共现"), heads, rows, option, said, height, note, cross)


DECLARED: Mapping[str, Callable[[Figures], PatentFigure]] = {
    "year": trend,
    "pa": applicants,
    "ipc": classes,
    "dist": districts,
    "st": status,
    "typ": types,
    "inv": inventors,
    "matrix": matrix,
    "together": together,
}
#: what each is called before it is worked out
TITLES: Mapping[str, Any] = {
    "year": gettext_lazy("申请趋势"),
    "pa": gettext_lazy("申请人"),
    "ipc": gettext_lazy("技术分类"),
    "dist": gettext_lazy("各区分布"),
    "st": gettext_lazy("法律状态"),
    "typ": gettext_lazy("专利类型"),
    "inv": gettext_lazy("发明人及其单位"),
    "matrix": gettext_lazy("申请人 × 技术分类"),
    "together": gettext_lazy("技术分类共现"),
}


def lines(figure: PatentFigure) -> Iterable[list[str | int]]:
    """Every row for a csv: labels, count, and what is meant with it where that is said."""
    sub = any(row.sub for row in figure.rows)
    for row in figure.rows:
        yield [*row.labels, row.count, *([row.sub] if sub else [])]
