"""What a server reads before anybody asks."""

from __future__ import annotations

import logging

from django.db import connections

from jinzhi.web.patents import search as patent_search

log = logging.getLogger(__name__)


def warm() -> None:
    """Read the patents' index; pages are served meanwhile, and a failure is only told."""
    try:
        patent_search.warm()
    except Exception:
        log.warning("the search of patents is not warm yet", exc_info=True)
    finally:
        connections.close_all()
