"""All components as one library of template tags, ``{% load ui %}``.

A view builds values (``Table``, ``Filter``, ``Kpi`` …) and hands them to a tag; the tag writes the markup that
the style sheet, the keys and the accessibility tests know. ``/ui/`` shows each one (``jinzhi.web.ui.gallery``).
Colour never stands alone: every state has a symbol and a word (design/ui.md 1.5).
"""

from __future__ import annotations

from django import template

from jinzhi.web.ui import addresses, bilingual, boxes, controls, figures, filters, records, states, tables

register = template.Library()
for part in (addresses, bilingual, boxes, controls, figures, filters, records, states, tables):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
