"""A bilingual value in the language of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString

from jinzhi.web.ui.language import english

register = template.Library()
HAN = re.compile(r"[\u3400-\u9fff]")
#: a text with such a word is not Chinese alone
LATIN_WORD = re.compile(r"[A-Za-z]{3,}")


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


@register.filter
def zh_lang(text: Any) -> SafeString:
    """The attribute ``lang`` of an element that holds a Chinese text on a page in another language; else nothing.

    Names of people, titles of papers and what was typed stay as they are: whoever has a page read aloud hears them.
    """
    if text is None or not english():
        return SafeString("")
    plain = strip_tags(str(text))
    chinese = HAN.search(plain) and not LATIN_WORD.search(plain)
    return SafeString(' lang="zh-Hans"' if chinese else "")


@register.simple_tag
def colon() -> str:
    """The sign between a label and its value in the language of the page."""
    return ": " if english() else "："
