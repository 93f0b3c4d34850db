"""Forms made from kernel fields: what a field accepts is said once, by :meth:`jinzhi.kernel.fields.Field.parse`.

``FieldsForm`` is an ordinary Django form over a tuple of fields, so the tags ``form_field`` and ``form_errors``
show it; ``{% include "components/fields.html" with form=form %}`` shows all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Reach, successor
from jinzhi.kernel.fields import Field, FieldError, Type, Value
from jinzhi.web.ui.language import named, speak
from jinzhi.web.ui.list_input import ListInput, answers_of

Choices = Sequence[tuple[str, str]]


def set_choices(form: forms.BaseForm, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """Give a field of choices those that this reader has."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


class DateInput(forms.DateInput):
    """A date control; a text that is no date is given back in a text control, where it can be mended."""

    input_type = "date"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        try:
            date.fromisoformat(shown or "2026-01-01")
        except ValueError:
            context["widget"]["type"] = "text"
        return context


class KernelField(forms.Field):
    """A control for a kernel field; ``clean`` is the field's own ``parse``."""

    def __init__(self, declared: Field, **options: Any):
        self.declared = declared
        super().__init__(required=declared.required and declared.type is not Type.BOOL, **options)

    def clean(self, value: Any) -> Value:
        try:
            return self.declared.parse(value)
        except FieldError as e:
            raise forms.ValidationError(speak(e)) from None


class KernelFile(forms.FileField):
    """A file; ``clean`` gives the uploaded file, or None where there is none and none is needed."""

    declared: Field

    def clean(self, data: Any, initial: Any = None) -> UploadedFile[Any] | None:
        given = super().clean(data, None)
        return given or None


def visible_units(who: Acting) -> Choices:
    """The units that somebody sees, as choices in the order of the tree, indented by their depth."""
    units = Unit.objects.filter(active=True)
    match who.reach:
        case Reach.OWN:
            units = units.filter(pk=who.unit.pk)
        case Reach.BELOW:
            units = units.filter(path__gte=who.path, path__lt=successor(who.path))
    found = list(units.order_by("path"))
    top = min((u.depth for u in found), default=1)
    return [(u.code, "\u3000" * (u.depth - top) + u.name) for u in found]


def label_of(field: Field) -> str:
    """The field's name with its unit of measure, and a word where it is personal data."""
    text = named(field)
    if field.unit:
        text = f"{text}（{field.unit}）"
    return f"{text} · {_('个人信息')}" if field.personal else text


class FieldsForm(forms.Form):
    """A form over kernel fields.

    ``values`` (after ``is_valid``) are the stored values of all fields but files, None where an optional one was
    left empty; ``given`` the uploaded files by field id. ``who`` narrows the choices of UNIT fields to the units that
    person sees. ``references`` maps a register's id to the choices of the REF fields that point into it. ``name``
    begins the ids of the controls, so that several forms can stand on one page.
    """

    def __init__(
        self,
        fields: Iterable[Field],
        data: Any = None,
        files: Any = None,
        *,
        who: Acting,
        initial: Mapping[str, Any] | None = None,
        references: Mapping[str, Choices] | None = None,
        name: str = "f",
    ):
        super().__init__(data, files, initial=dict(initial or {}), auto_id=f"{name}-%s")
        self.declared = tuple(fields)
        self._units: Choices | None = None
        self._who = who
        self._references = references or {}
        for field in self.declared:
            self.fields[field.id] = self._control(field, name)

    def _control(self, field: Field, name: str) -> forms.Field:
        options: dict[str, Any] = {
            "label": label_of(field),
            "help_text": speak(field.help),
        }
        if field.type is Type.FILE:
            widget = forms.FileInput(attrs={"data-hash": f"{name}-{field.id}-list", "data-limit": settings.MAX_UPLOAD})
            control = KernelFile(required=field.required, widget=widget, **options)
            control.declared = field
            control.error_messages["required"] = _("请选择文件")
            return control
        return KernelField(field, widget=self._widget(field), **options)

    def _widget(self, field: Field) -> forms.Widget:
        match field.type:
            case Type.LONG:
                return forms.Textarea(attrs={"rows": 4})
            case Type.INT:
                return forms.TextInput(attrs={"inputmode": "numeric"})
            case Type.DECIMAL | Type.MONEY:
                return forms.TextInput(attrs={"inputmode": "decimal"})
            case Type.DATE:
                return DateInput()
            case Type.BOOL:
                return forms.CheckboxInput()
            case Type.CHOICE if field.many:
                return forms.CheckboxSelectMultiple(choices=[(c.id, named(c)) for c in field.choices])
            case Type.CHOICE:
                return self._select([(c.id, named(c)) for c in field.choices])
            case Type.ANSWER:
                return self._select(answers_of(field))
            case Type.LIST:
                return ListInput(field)
            case Type.DATETIME:
                return forms.TextInput(attrs={"type": "datetime-local"})
            case Type.UNIT:
                if self._units is None:
                    self._units = visible_units(self._who)
                return self._select(self._units)
            case Type.REF if field.of in self._references:
                return self._select(self._references[field.of])
        # no maxlength: a browser would cut a pasted text without a word
        return forms.TextInput()

    def _select(self, choices: Choices) -> forms.Select:
        return forms.Select(choices=[("", _("请选择")), *choices])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for field in self.declared:
            value = cleaned.get(field.id)
            if field.type is Type.UNIT and value and self._units is not None and value not in dict(self._units):
                self.add_error(field.id, _("不在您可见的单位之内，请重新选择"))
            choices = self._references.get(field.of) if field.type is Type.REF else None
            if choices is not None and value and value not in dict(choices):
                self.add_error(field.id, _("所选条目不存在，请重新选择"))
        return cleaned

    @property
    def values(self) -> dict[str, Value]:
        return {f.id: self.cleaned_data[f.id] for f in self.declared if f.type is not Type.FILE}

    @property
    def given(self) -> dict[str, UploadedFile[Any]]:
        return {f.id: self.cleaned_data[f.id] for f in self.declared if f.type is Type.FILE and self.cleaned_data[f.id]}

    def refuse(self, errors: Iterable[FieldError]) -> None:
        """Set errors that an action found beside their fields."""
        for e in errors:
            where = e.field.id if e.field.id in self.fields else None
            self.add_error(where, speak(e))
