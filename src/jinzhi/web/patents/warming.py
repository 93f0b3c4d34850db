"""What a server reads before anybody asks."""

from __future__ import annotations

import logging

from django.db import connections
from django.template.loader import get_template
from django.urls import get_resolver

from jinzhi.web.patents import words

log = logging.getLogger(__name__)


def warm() -> None:
    """Read the addresses and pages, then the patents' index; a failure is only told."""
    try:
        # every view, form and answer of the API is made with the addresses: seconds, which the first visitor waited
        _ = get_resolver().url_patterns
        get_template("patents/search.html")
        words.warm()
    except Exception:
        log.warning("the search of patents is not warm yet", exc_info=True)
    finally:
        connections.close_all()
