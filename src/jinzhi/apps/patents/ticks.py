"""What the timer does for patents: brings the index up to the store, compares the alerts that are due."""

from __future__ import annotations

import logging
from datetime import date

from jinzhi.apps.catalogue.ticks import tick
from jinzhi.apps.patents.desk.alerts import fire_due
from jinzhi.apps.patents.search.index import IndexBusy, behind, examine, folder, found_damaged, readable, update
from jinzhi.apps.patents.store.storing import end_terms

log = logging.getLogger(__name__)


@tick("patent-terms", "专利权期限届满（推算）的记为失效", "Count patents as ended whose term is over (computed)")
def terms(day: date) -> int:
    """Before the alerts and the index, which tell and show it."""
    return end_terms(day)


@tick("patent-alerts", "比较到期的专利订阅", "Compare the patent alerts that are due")
def alerts(day: date) -> int:
    return fire_due()


@tick("patent-index", "把专利检索索引更新到与库一致", "Bring the index of patents up to the store")
def index(day: date) -> int:
    """Documents that an import, a name linked or a class table changed; while another process writes it, nothing.

    The first timer of a day compares every byte of the index; one that is damaged is built anew.
    """
    if what := _examined(day):
        log.warning("the search index of patents is damaged (%s): it is built anew", what)
    if not what and not behind() and readable(folder()):
        return 0
    try:
        return update()
    except IndexBusy:
        return 0


def _examined(day: date) -> str:
    """What the examination of a day finds broken, once a day; at other times what the last one found."""
    told = folder().with_name("patents.examined")
    if not folder().exists() or (told.exists() and told.read_text("utf-8") == day.isoformat()):
        return found_damaged()
    what = examine()
    told.write_text(day.isoformat(), "utf-8")
    return what
