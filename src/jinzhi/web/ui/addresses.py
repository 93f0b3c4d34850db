"""Addresses that differ from this one in a part, and the hidden keys of a form."""

from __future__ import annotations

import secrets
from typing import Any

from django import template
from django.http import HttpRequest, QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


def query_of(request: HttpRequest) -> QueryDict:
    return request.GET.copy()


def address_of(query: QueryDict) -> str:
    encoded = query.urlencode()
    return f"?{encoded}" if encoded else "?"


@register.simple_tag
def url_with(request: HttpRequest, **values: Any) -> str:
    """This page with some GET parameters set (None or "" removes); a new filter starts again at page 1."""
    query = query_of(request)
    if "page" not in values:
        query.pop("page", None)
    for name, value in values.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return address_of(query)


@register.simple_tag
def url_without(request: HttpRequest, *args: Any) -> str:
    """This page without parameter ``args[0]``, or without one of its values if ``args[1]`` is given."""
    query = query_of(request)
    query.pop("page", None)
    name = str(args[0])
    if len(args) > 1:
        kept = [v for v in query.getlist(name) if v != str(args[1])]
        if kept:
            query.setlist(name, kept)
        else:
            query.pop(name, None)
    else:
        query.pop(name, None)
    return address_of(query)


@register.simple_tag
def form_key(seq: Any = None) -> SafeString:
    """The hidden fields that ``web.shell.submitted`` reads: ``_key`` knows the same submission sent twice,

    ``_seq`` (the number of events the form was made from) a record changed in between.
    """
    key = format_html('<input type="hidden" name="_key" value="{}">', secrets.token_urlsafe(12))
    if seq is None or seq == "":
        return key
    return key + format_html('<input type="hidden" name="_seq" value="{}">', seq)
