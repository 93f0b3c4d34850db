"""What a row of the plan is called on a page: in English the name of the declared row that it is bound to.

The document prints Chinese. A row that is bound to none has no English name: it stays Chinese and is marked so.
"""

from __future__ import annotations

from django import template
from django.utils.html import format_html

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.plan.models import Row
from jinzhi.kernel.plan import PlanRow
from jinzhi.web.ui.language import english

CHINESE = "zh-Hans"
register = template.Library()


def english_title(row: Row) -> str:
    """The English name of the declared row that a row is bound to; empty where there is none."""
    declared = catalogue().find(PlanRow, row.bound) if row.bound else None
    return declared.en if declared else ""


def title_of(row: Row, *, short: bool = False) -> tuple[str, str]:
    """The title of a row and its language, empty where it is that of the page.

    ``short``: on Chinese pages too the official short title of the declared row, where there is one.
    """
    if english():
        en = english_title(row)
        return (en, "") if en else (row.title, CHINESE)
    declared = catalogue().find(PlanRow, row.bound) if row.bound else None
    return (declared.zh if declared and short else row.title), ""


@register.filter(name="plan_row_name")
def name_of(row: Row) -> str:
    """The number and the title of a row as plain text, for sheets, titles and labels."""
    return f"{row.key} {title_of(row)[0]}"


@register.simple_tag(name="plan_row")
def titled(row: Row, *, key: bool = True, short: bool = False) -> str:
    """The title of a row for a page, after its number if ``key``; Chinese on an English page says so."""
    text, lang = title_of(row, short=short)
    title = format_html('<span lang="{}">{}</span>', lang, text) if lang else text
    return format_html("{} {}", row.key, title) if key else title


def heading_of(heading: str) -> tuple[str, str]:
    """A section or part of the plan as :func:`title_of` gives a title."""
    if not english() or not heading:
        return heading, ""
    known = {r.section: r.section_en for r in catalogue().all(PlanRow)}
    known |= {r.part: r.part_en for r in catalogue().all(PlanRow)}
    return (known[heading], "") if known.get(heading) else (heading, CHINESE)


def heading_name(heading: str) -> str:
    """A section or part as plain text."""
    return heading_of(heading)[0]


@register.filter(name="plan_heading")
def titled_heading(heading: str) -> str:
    """A section or part for a page; Chinese on an English page says so."""
    text, lang = heading_of(heading)
    return format_html('<span lang="{}">{}</span>', lang, text) if lang else text
