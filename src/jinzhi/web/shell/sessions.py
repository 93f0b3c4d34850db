"""Sessions, as Django keeps them; one that cannot be written while somebody only reads does not fail the page."""

from __future__ import annotations

import logging

from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from jinzhi.apps.catalogue.strain import cannot_write

log = logging.getLogger("jinzhi.web")


class Sessions(SessionMiddleware):
    """What a reading would remember (the plan last looked at) is forgotten where the database is busy or full."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except (OperationalError, InterfaceError) as e:
            if request.method not in ("GET", "HEAD") or not cannot_write(e):
                raise
            log.warning("the session was not kept: %s", e)
            return response
