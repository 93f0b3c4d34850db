"""The request as a view of a page gets it."""

from __future__ import annotations

from django.http import HttpRequest

from jinzhi.apps.accounts.acting import Acting


class PageRequest(HttpRequest):
    """A request that :func:`jinzhi.web.shell.access.page` let through: it says who acts. For types alone."""

    acting: Acting
