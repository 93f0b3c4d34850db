"""Addresses of the API; whatever else is asked below /api/ gets a problem, not a page."""

from __future__ import annotations

from django.urls import path, re_path
from django.urls.resolvers import URLPattern, URLResolver

from jinzhi.web.api.application import api
from jinzhi.web.api.reference import openapi, page, unknown
from jinzhi.web.shell.problems import guarded


def wrapped(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = guarded(pattern.callback)
    return patterns


_operations, _app, _namespace = api.urls
urlpatterns = [
    path("api/v1/", page, name="api_reference"),
    path("api/v1/openapi.json", guarded(openapi), name="openapi"),
    path("api/v1/", (wrapped(_operations), _app, _namespace)),
    re_path(r"^api/(?P<rest>.*)$", unknown, name="api_unknown"),
]
