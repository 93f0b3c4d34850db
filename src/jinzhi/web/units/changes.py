"""Units added, renamed, merged and closed from a day on, for the administrator: one form each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.accounts.reach import sees_unit
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.actions import last_seq
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.units import changing
from jinzhi.apps.units.actions import stream_of
from jinzhi.apps.units.changing import UnitRefused
from jinzhi.apps.units.following import kinds
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.fields import Field
from jinzhi.kernel.unit_changes import WrongChange
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import form_key, submitted
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import named, speak

#: the list of what is open of a kind at a unit
LISTS = {"reports": "/plan/reports/?unit={}"}


@dataclass(frozen=True)
class Open:
    """A kind of what is open at a unit, whether it goes along, what to do where it does not, and where that is."""

    kind: str
    count: int
    goes: bool
    way_out: str = ""
    href: str = ""
    blocks: bool = True


def open_at(unit: Unit, day: date) -> list[Open]:
    return [
        Open(named(k), n, k.hand is not None, speak(k.way_out), LISTS.get(k.id, "").format(unit.code), k.blocks)
        for k in kinds() if (n := k.count(unit, day))
    ]  # fmt: skip


def refuse(form: FieldsForm, errors: Iterable[WrongChange]) -> None:
    for e in errors:
        form.add_error(e.field if e.field in form.fields else None, speak(e))


def reached(who: Acting, code: str) -> Unit:
    """The unit of the address, where the post reaches it."""
    found = get_object_or_404(Unit.objects.select_related("successor"), code=code)
    if not sees_unit(who, found):
        raise PermissionDenied(_("您的任职管不到这个单位"))
    return found


def carry_out(
    request: PageRequest, fields: tuple[Field, ...], initial: Mapping[str, str], act: Callable[..., object]
) -> tuple[FieldsForm, bool]:
    """The form, and whether it was carried out. ``act`` takes the values, ``expected`` and ``key``."""
    who: Acting = request.acting
    if request.method != "POST":
        return FieldsForm(fields, who=who, initial=initial), False
    form = FieldsForm(fields, request.POST, who=who)
    expected, key = submitted(request)
    if not form.is_valid():
        return form, False
    try:
        act(form.values, expected=expected, key=key)
    except UnitRefused as e:
        refuse(form, e.errors)
        return form, False
    return form, True


def shown(
    request: PageRequest, title: str, form: FieldsForm, submit: str, unit: Unit | None, **more: Any
) -> HttpResponse:
    crumbs = [PageLink(_("单位"), reverse("units"))]
    if unit is not None:
        crumbs.append(PageLink(unit.label, reverse("unit", args=[unit.code])))
    context = {
        "title": title, "form": form, "submit": submit, "unit": unit, "crumbs": crumbs, "key": form_key(),
        "seq": last_seq(stream_of(unit)) if unit else "", "back": crumbs[-1].href, **more,
    }  # fmt: skip
    return render(request, "units/change.html", context, status=422 if form.errors else 200)


@page(nav="units", scope="units.write")
@require_http_methods(["GET", "POST"])
def add(request: PageRequest) -> HttpResponse:
    who: Acting = request.acting
    fields = (changing.CODE, *changing.NAMES, changing.LEVEL, changing.PARENT, *changing.WHY)

    def act(values: Mapping[str, object], *, expected: int | None, key: str) -> None:
        reached(who, str(values["parent"]))
        changing.add_unit(values, who=who, key=key)

    form, done = carry_out(request, fields, {"day": today().isoformat()}, act)
    if done:
        messages.success(request, _("已设立单位“%(name)s”") % {"name": form.values["zh"]})
        return redirect("unit", code=form.values["code"])
    return shown(request, _("设立单位"), form, _("设立"), None)


@page(nav="units", scope="units.write")
@require_http_methods(["GET", "POST"])
def rename(request: PageRequest, code: str) -> HttpResponse:
    who: Acting = request.acting
    found = reached(who, code)
    initial = {"zh": found.zh, "short": found.short, "en": found.en, "day": today().isoformat()}
    form, done = carry_out(
        request, (*changing.NAMES, *changing.WHY), initial,
        lambda values, **more: changing.rename(found, values, who=who, **more),
    )  # fmt: skip
    if done:
        told = {"name": form.values["zh"], "day": form.values["day"]}
        messages.success(request, _("自 %(day)s 起更名为“%(name)s”") % told)
        return redirect("unit", code=code)
    note = _("原名在此日之前继续有效：以前的报告和文书仍用原名，按原名也能找到本单位。")
    return shown(request, _("更名"), form, _("更名"), found, note=note)


@page(nav="units", scope="units.write")
@require_http_methods(["GET", "POST"])
def merge(request: PageRequest, code: str) -> HttpResponse:
    who: Acting = request.acting
    found = reached(who, code)

    def act(values: Mapping[str, object], *, expected: int | None, key: str) -> None:
        reached(who, str(values["into"]))
        changing.merge(found, values, who=who, expected=expected, key=key)

    form, done = carry_out(request, (changing.INTO, *changing.WHY), {"day": today().isoformat()}, act)
    if done:
        messages.success(request, _("已记录：自 %(day)s 起并入") % {"day": form.values["day"]})
        return redirect("unit", code=code)
    note = _(
        "未了的事项自并入之日起由接收单位承担，逐项留痕；已办结的留在本单位，不作改动。以后的指标计入接收单位，以前的仍属本单位。"
    )
    return shown(
        request, _("并入另一单位"), form, _("确认并入"), found, note=note, open=open_at(found, today()), danger=True
    )


@page(nav="units", scope="units.write")
@require_http_methods(["GET", "POST"])
def close(request: PageRequest, code: str) -> HttpResponse:
    who: Acting = request.acting
    found = reached(who, code)
    form, done = carry_out(
        request, changing.WHY, {"day": today().isoformat()},
        lambda values, **more: changing.close(found, values, who=who, **more),
    )  # fmt: skip
    if done:
        messages.success(request, _("已记录：自 %(day)s 起撤销") % {"day": form.values["day"]})
        return redirect("unit", code=code)
    note = _("撤销后没有单位承接。还有未了事项的不能撤销，请先办结，或改为并入另一单位。")
    return shown(
        request,
        _("撤销单位"),
        form,
        _("确认撤销"),
        found,
        note=note,
        open=open_at(found, today()),
        closing=True,
        danger=True,
    )


@page(nav="units", scope="units.write")
@require_http_methods(["GET", "POST"])
def undo(request: PageRequest, code: str) -> HttpResponse:
    """Take back the last change of the unit."""
    who: Acting = request.acting
    found = reached(who, code)
    last = changing.undoable(found)
    form, done = carry_out(
        request, (changing.REASON,), {},
        lambda values, **more: changing.undo(found, reason=str(values["reason"]), who=who, **more),
    )  # fmt: skip
    if done:
        messages.success(request, _("已撤回上一次变动"))
        there = Unit.objects.filter(pk=found.pk).exists()
        return redirect("unit", code=code) if there else redirect("units")
    note = change_words(last) if last else _("没有可以撤回的变动：此后已有别的记录。")
    return shown(request, _("撤回上一次变动"), form, _("撤回"), found, note=note, danger=True)


def change_words(event: Event) -> str:
    """A change of a unit in words."""
    data = event.data
    match event.verb:
        case "set-contact":
            return _("联系人改为“%(c)s”") % {"c": data.get("contact", "")}
        case "add":
            return _("设立，自 %(day)s 起") % {"day": data["day"]}
        case "rename":
            names = {"day": data["day"], "old": data["before"]["zh"], "new": data["after"]["zh"]}
            return _("自 %(day)s 起更名：%(old)s → %(new)s") % names
        case "merge":
            into = Unit.objects.filter(code=data["into"]).first()
            return _("自 %(day)s 起并入 %(into)s") % {"day": data["day"], "into": into.name if into else data["into"]}
        case "close":
            return _("自 %(day)s 起撤销") % {"day": data["day"]}
        case "hand-over":
            words = {k.id: named(k) for k in kinds()}
            parts = [f"{words.get(kind, kind)} {len(things)}" for kind, things in data["things"].items()]
            return _("移交给 %(into)s：%(what)s") % {"into": data["into"], "what": "；".join(parts) or _("无未了事项")}
        case "undo":
            return _("撤回上一次变动")
    return event.verb


def grounds(event: Event) -> str:
    """The reason and the ground of a change."""
    said = [_("理由：%(reason)s") % {"reason": event.data["reason"]}] if event.data.get("reason") else []
    said += [_("依据：%(ground)s") % {"ground": event.data["ground"]}] if event.data.get("ground") else []
    return "；".join(said)
