"""A bilingual value in the language of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html

from jinzhi.web.ui.language import english

register = template.Library()


def reading(thing: Any, name: str) -> Any:
    if isinstance(thing, Mapping):
        return thing.get(name, "")
    return getattr(thing, name, "")


@register.simple_tag
def bilingual(thing: Any) -> str:
    """``thing.zh`` or ``thing.en`` by the interface language; text without an English name is marked zh."""
    return localised(thing)


@register.filter(name="bilingual")
def localised(thing: Any) -> str:
    """The filter form: ``{{ unit|bilingual }}``; a plain text is given back as it is."""
    if thing is None or thing == "":
        return ""
    zh, en = reading(thing, "zh"), reading(thing, "en")
    if not zh and not en:
        return str(thing)
    if not english():
        return str(zh or en)
    if en:
        return str(en)
    return format_html('<span lang="zh-Hans">{}</span>', zh)
