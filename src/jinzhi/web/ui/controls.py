"""Controls of a form and what is wrong with it."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect

register = template.Library()


@register.inclusion_tag("components/field.html")
def form_field(field: BoundField) -> dict[str, Any]:
    """A field of a form with label, help and errors tied to it; choices become a fieldset."""
    widget = field.field.widget
    if isinstance(widget, (CheckboxSelectMultiple, RadioSelect)):
        kind = "choices"
    elif isinstance(widget, CheckboxInput):
        kind = "check"
    else:
        kind = "plain"
    ids = [f"{field.id_for_label}_help"] if field.help_text else []
    attrs: dict[str, Any] = {}
    if field.errors:
        ids.append(f"{field.id_for_label}_error")
        attrs["aria-invalid"] = "true"
    if ids:
        attrs["aria-describedby"] = " ".join(ids)
    return {"field": field, "kind": kind, "rendered": field.as_widget(attrs=attrs)}


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """What has to be mended, at the head of the form, each with a link to its field."""
    return {
        "form": form,
        "fields": [f for f in form if f.errors] if form.is_bound else [],
        "general": form.non_field_errors() if form.is_bound else [],
    }
