"""What the pages about patents say in words: orders, facets and their values, states, districts, sources."""

from __future__ import annotations

from functools import cached_property

from django.db.models import Count, Max
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.patents.models import STATES_EN, ClassSymbol, Event, Item, LegalState
from jinzhi.apps.patents.search import result
from jinzhi.apps.patents.search.facets import Chosen, Facet
from jinzhi.apps.patents.search.index import stamp
from jinzhi.apps.patents.search.orders import RELEVANCE
from jinzhi.apps.patents.search.result import Search
from jinzhi.apps.patents.store.marks import while_unchanged
from jinzhi.apps.patents.store.queries import SourceStatus, collection, sources
from jinzhi.kernel.organisation import OrgUnit
from jinzhi.kernel.text import Words
from jinzhi.web.ui.language import page_language, speak

#: hits on a page
PAGE = 20
#: so many values of a facet are offered; the analysis page has them all
OFFERED = 8

TYPES = {
    "invention": _("发明申请"),
    "invention-grant": _("发明授权"),
    "utility-model": _("实用新型"),
    "design": _("外观设计"),
    "plant": _("植物专利"),
    "reissue": _("再颁专利"),
    "other": _("其他"),
    "": _("未说明"),
}
#: how a state is shown: tone of its tag
TONES = {
    LegalState.IN_FORCE: "ahead",
    LegalState.PENDING: "normal",
    LegalState.ENDED: "closed",
    LegalState.UNCONFIRMED: "neutral",
}
SYMBOLS = {LegalState.UNCONFIRMED: "?"}

#: the orders that pages offer
ORDER_LABELS = {
    "-pd": _("公开日，新的在前"),
    "pd": _("公开日，旧的在前"),
    "-ad": _("申请日，新的在前"),
    "ad": _("申请日，旧的在前"),
    "-nclm": _("权利要求数，多的在前"),
    "pn": _("公开（公告）号"),
    "pa": _("第一申请人"),
}


def orders_of(search: Search) -> list[tuple[str, object]]:
    """The orders on offer for a search, with their names."""
    best = [(RELEVANCE, _("相关度"))] if search.library.ranks and search.query is not None else []
    return [*best, *ORDER_LABELS.items()]


def facet_label(facet: Facet) -> str:
    """What a facet is called."""
    return speak(facet)


def warm() -> None:
    """Read what the first page of results would wait for; nothing where there is no patent."""
    if collection()["documents"]:
        result.warm()
        for language in ("zh", "en"):
            subclass_titles(language)


_sources: tuple[object, list[SourceStatus]] | None = None


def sources_now() -> list[SourceStatus]:
    """What each source has given as of now; worked out anew when documents, events or files have changed."""
    global _sources
    files = Item.objects.aggregate(Count("pk"), last=Max("finished"))
    now = (stamp(), tuple(files.values()), Event.objects.aggregate(last=Max("pk"))["last"])
    kept = _sources
    if kept is None or kept[0] != now:
        kept = _sources = (now, sources())
    return kept[1]


class FacetWords:
    """Values of facets in words; districts and classes are read once a page, where one of them is shown."""

    @cached_property
    def _districts(self) -> dict[str, str]:
        return district_names()

    @cached_property
    def _classes(self) -> dict[str, str]:
        return subclass_titles(page_language())

    def of(self, key: str, value: str) -> str:
        """The name of a value of a facet."""
        match key:
            case "typ":
                return str(TYPES.get(value, value))
            case "st":
                return state_name(value)
            case "dist":
                return self._districts.get(value, value) or str(_("未说明"))
            case "ipc" if value:
                title = self._classes.get(value, "")
                return f"{value} {title}".strip()
        return value or str(_("未说明"))

    def condition(self, chosen: Chosen) -> str:
        """The name of the value that a condition asks for."""
        return self.of(chosen.facet.key, chosen.value)

    def district(self, code: str) -> str:
        """The name of a district."""
        return self._districts.get(code, code)


@while_unchanged("classes")
def subclass_titles(language: str) -> dict[str, str]:
    """The titles of all subclasses that are loaded, those of the newest edition that has one."""
    rows = ClassSymbol.objects.annotate(length=Length("symbol")).filter(scheme="ipc", length=4).order_by("edition")
    return {row.symbol: Words(row.zh, row.en).say(language) for row in rows}


def district_names() -> dict[str, str]:
    """Districts, and the city itself, by code. A district is called by its own name, not by its government's."""
    found = {}
    for unit in catalogue().all(OrgUnit):
        if unit.level in ("city", "district"):
            own = unit.aliases[0].name if unit.level == "district" and unit.aliases else unit.zh
            found[unit.id] = speak(Words(own, unit.en))
    return found


def state_name(value: str) -> str:
    return speak(Words(str(LegalState(value).label), STATES_EN[value]))
