"""Mending one row of an import."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.plan import importing
from jinzhi.apps.plan.mending import LONGEST, Doc, MendRefused, find, place_of
from jinzhi.apps.plan.models import Import
from jinzhi.kernel.plan import DUTIES, PlanRow
from jinzhi.web.plan.releases.import_words import VERBS, of
from jinzhi.web.plan.releases.page import DUTY_NAMES, known_rows
from jinzhi.web.plan.releases.review import targets
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.forms import set_choices
from jinzhi.web.ui.language import speak


class RowForm(forms.Form):
    """The words of a row; measures one a line."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=LONGEST["title"])
    part = forms.CharField(label=gettext_lazy("部分"), max_length=LONGEST["part"], required=False)
    section = forms.CharField(label=gettext_lazy("章节"), max_length=LONGEST["section"], required=False)
    number = forms.IntegerField(label=gettext_lazy("序号"), min_value=1, max_value=9999, required=False)
    time_limit = forms.CharField(label=gettext_lazy("完成时限"), max_length=LONGEST["time_limit"], required=False)
    measures = forms.CharField(
        label=gettext_lazy("措施"), help_text=gettext_lazy("每行一条"), required=False,
        widget=forms.Textarea({"rows": 10}),
    )  # fmt: skip

    def clean_measures(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["measures"].splitlines() if line.strip()]


class DutyForm(forms.Form):
    """A unit's duty for the row."""

    raw = forms.CharField(label=gettext_lazy("原文写法"), max_length=LONGEST["raw"], required=False)
    target = forms.ChoiceField(label=gettext_lazy("单位"), required=False)
    duty = forms.ChoiceField(label=gettext_lazy("职责"), initial=DUTIES[0])
    wording = forms.CharField(label=gettext_lazy("职责表述"), max_length=LONGEST["wording"], required=False)
    measure = forms.IntegerField(
        label=gettext_lazy("只针对第几条措施"), min_value=1, max_value=9999, required=False,
        help_text=gettext_lazy("空：整项任务"),
    )  # fmt: skip
    time_limit = forms.CharField(label=gettext_lazy("时限"), max_length=LONGEST["time_limit"], required=False)
    remove = forms.BooleanField(label=gettext_lazy("删除这条职责"), required=False)

    def __init__(self, *args: Any, options: list[Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        set_choices(self, "target", [("", _("（未识别）")), *options])
        set_choices(self, "duty", [(d, DUTY_NAMES[d]) for d in DUTIES])

    @property
    def empty(self) -> bool:
        data = self.cleaned_data
        return bool(data.get("remove")) or not (data.get("raw") or data.get("target"))


Duties = forms.formset_factory(DutyForm, extra=2, max_num=400, absolute_max=400)


def _duty_values(form: DutyForm, context: str) -> Doc:
    data = form.cleaned_data
    meant: Doc = {"unit": data["raw"], "unit_id": None, "kind": "unknown", "group": False, "members": []}
    if data["target"]:
        meant = importing.target(data["target"], context)
    return {
        **meant,
        "raw": data["raw"] or meant["unit"],
        "duty": data["duty"],
        "wording": data["wording"],
        "time_limit": data["time_limit"] or None,
        "measure": data["measure"] - 1 if data["measure"] else None,
    }


def _choice_of(duty: Doc) -> str:
    return f"{duty['kind']}:{duty['unit_id']}" if duty["unit_id"] else ""


def _row_page(
    request: PageRequest, imported: Import, row: Doc, form: RowForm | None = None, duties: Any = None
) -> HttpResponse:
    options = targets()
    uids = [r["uid"] for r in imported.mended["rows"]]
    at = uids.index(row["uid"])
    if form is None:
        form = RowForm(initial={**row, "measures": "\n".join(row["measures"])})
        initial = [
            {**d, "target": _choice_of(d), "measure": None if d["measure"] is None else d["measure"] + 1}
            for d in row["duties"]
        ]
        duties = Duties(initial=initial, prefix="duty", form_kwargs={"options": options})
    bound = {r["matched"]: place_of(r) for r in imported.mended["rows"] if r["matched"]}
    context = {
        "imported": imported, "row": row, "form": form, "duties": duties, "open": imported.state == "review",
        "source": _source_of(imported, row), "known": known_rows(bound, row["matched"] or ""),
        "others": [(r["uid"], place_of(r)) for r in imported.mended["rows"] if r["uid"] != row["uid"]],
        "before": uids[at - 1] if at else "", "after": uids[at + 1] if at + 1 < len(uids) else "",
        "next_title": place_of(imported.mended["rows"][at + 1]) if at + 1 < len(uids) else "",
        "splits": [(n, m) for n, m in enumerate(row["measures"], 1) if n > 1],
        "confirm": "delete" in request.GET, "name": place_of(row),
        "crumbs": [
            (_("规划任务"), reverse("rows")), (_("导入记录"), reverse("plan-imports")),
            (imported.filename, reverse("plan-import-review", args=[imported.pk])),
        ],
    }  # fmt: skip
    failed = form.is_bound and (form.errors or duties.total_error_count() or duties.non_form_errors())
    return render(request, "plan_import/row.html", context, status=422 if failed else 200)


def _source_of(imported: Import, row: Doc) -> str:
    """The words of the source that a row came from; empty for a row made by hand."""
    mine = [s for s in imported.parse["spans"] if s[3] == row["uid"]]
    return "".join(imported.text[s[0] : s[1]] for s in mine).strip()


@page(nav="rows", scope="plan.import")
def row(request: PageRequest, pk: int, uid: str) -> HttpResponse:
    """One row of an import: its words, its units, its place, what it is bound to."""
    imported = of(request, pk)
    if request.method == "POST":
        return _row_changed(request, imported, uid)
    try:
        return _row_page(request, imported, find(imported.mended, uid))
    except MendRefused as e:
        raise Http404(speak(e)) from None


def _row_changed(request: PageRequest, imported: Import, uid: str) -> HttpResponse:
    seq, key = submitted(request)
    how: dict[str, Any] = {"who": request.acting, "expected": seq, "key": key}
    done = request.POST.get("do", "")
    back = redirect("plan-import-review", pk=imported.pk)
    try:
        if done == "edit-row":
            return _row_edited(request, imported, uid, how)
        change: Mapping[str, Any] = {"row": uid}
        if done == "split-row":
            at = request.POST.get("at", "")
            change = {"row": uid, "at": int(at) - 1 if re.fullmatch(r"[1-9]\d{0,3}", at) else 0,
                      "title": request.POST.get("title", "").strip()}  # fmt: skip
        elif done == "move-row":
            change = {"row": uid, "after": request.POST.get("after", "")}
        elif done == "bind-row":
            bound = request.POST.get("bound", "")
            if bound and catalogue().find(PlanRow, bound) is None:
                raise MendRefused("bound", f"没有编号为 {bound} 的规划任务", f"there is no plan row {bound}")
            change = {"row": uid, "bound": bound}
        elif done not in ("merge-row", "delete-row"):
            raise BadRequest(_("不认识的操作，请刷新页面后重试"))
        if done == "delete-row" and not request.POST.get("confirm"):
            return redirect(reverse("plan-import-row", args=[imported.pk, uid]) + "?delete=1#delete")
        importing.mend(imported, done, change, **how)
    except MendRefused as e:
        messages.error(request, speak(e))
        return redirect("plan-import-row", pk=imported.pk, uid=uid)
    messages.success(request, _("已保存：%(what)s") % {"what": VERBS[done]})
    if done != "delete-row":
        back["Location"] += f"#p-{uid}"
    return back


def _row_edited(request: PageRequest, imported: Import, uid: str, how: dict[str, Any]) -> HttpResponse:
    form = RowForm(request.POST)
    duties = Duties(request.POST, prefix="duty", form_kwargs={"options": targets()})
    found = find(imported.mended, uid)
    # both are asked, so that every error is shown at once
    if all([form.is_valid(), duties.is_valid()]):
        data = form.cleaned_data
        context = data["title"] + "".join(data["measures"])
        values = {
            "title": data["title"], "part": data["part"], "section": data["section"], "number": data["number"],
            "time_limit": data["time_limit"] or None, "measures": data["measures"],
            "duties": [_duty_values(d, context) for d in duties if not d.empty],
        }  # fmt: skip
        try:
            importing.mend(imported, "edit-row", {"row": uid, "values": values}, **how)
        except MendRefused as e:
            form.add_error(e.field if e.field in form.fields else None, speak(e))
        else:
            messages.success(request, _("已保存：%(what)s") % {"what": VERBS["edit-row"]})
            return redirect(reverse("plan-import-review", args=[imported.pk]) + f"#p-{uid}")
    return _row_page(request, imported, found, form, duties)
