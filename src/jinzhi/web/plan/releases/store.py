"""Storing, discarding and comparing an import."""

from __future__ import annotations

from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhi.apps.evidence.store.store import FileRefused
from jinzhi.apps.evidence.store.store import read as read_kept
from jinzhi.apps.plan import importing, issuing
from jinzhi.apps.plan.comparing import compare
from jinzhi.apps.plan.mending import MendRefused, numbers
from jinzhi.apps.plan.plans import in_force
from jinzhi.web.plan.releases.import_words import of
from jinzhi.web.plan.releases.page import diff_context
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.language import speak


class StoreForm(forms.Form):
    """Which plan, which years, and whether what is open is accepted."""

    plan = forms.CharField(
        label=gettext_lazy("规划代号"), max_length=60,
        help_text=gettext_lazy("小写字母、数字和连字符，用在网址里，以后不变"),
    )  # fmt: skip
    starts = forms.DateField(
        label=gettext_lazy("起始日期"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    ends = forms.DateField(
        label=gettext_lazy("结束日期"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    drop = forms.BooleanField(
        label=gettext_lazy("同时取消失去分工的里程碑：自今天起不再计入进度和灯，已填报的内容保留"), required=False,
        help_text=gettext_lazy("不取消的，继续计入并要求有关单位填报，在各页标明“未列入分工”"),
    )  # fmt: skip
    accepted = forms.BooleanField(label=gettext_lazy("我已知悉以上问题，仍然入库（会记入记录）"), required=False)


@page(nav="rows", scope="plan.import")
def store(request: PageRequest, pk: int) -> HttpResponse:
    """Choose the plan (in the address), see the difference and what is open, and store."""
    imported = of(request, pk)
    doc = imported.mended
    plans = in_force()
    guess = issuing.likely(doc, plans)
    slug = choice(request, "plan", {r.plan for r in plans} | {"new"}, guess.plan if guess else "new")
    current = next((r for r in plans if r.plan == slug), None)
    years = (current.starts, current.ends) if current else issuing.term(doc["title"] or "") or (None, None)
    left = issuing.left_behind(current, doc) if current else []
    points = [*importing.open_points(doc), *issuing.left_points(left)]
    if request.method == "POST":
        if imported.state == "stored":  # a second click or window: there is one release, and here it is
            messages.info(request, _("这份导入已经入库，无需再次确认"))
            return redirect("plan-release", pk=imported.releases.get().pk)
        form = StoreForm(request.POST)
        seq, key = submitted(request)
        if form.is_valid():
            data = form.cleaned_data
            try:
                release = issuing.store(
                    imported, plan=data["plan"], new=current is None, starts=data["starts"], ends=data["ends"],
                    accepted=data["accepted"], drop=data["drop"], who=request.acting, expected=seq, key=key,
                )  # fmt: skip
            except issuing.StoreRefused as e:
                for wrong in e.errors:
                    form.add_error(wrong.field if wrong.field in form.fields else None, speak(wrong))
            else:
                what = {"title": release.title, "n": release.number}
                messages.success(request, _("已入库：%(title)s 第 %(n)s 版，现行有效") % what)
                return redirect("plan-release", pk=release.pk)
    else:
        name = current.plan if current else issuing.slug_of(years)
        form = StoreForm(initial={"plan": name, "starts": years[0], "ends": years[1]})
    if current:
        form.fields["plan"].widget = forms.HiddenInput()
    if not left:
        form.fields["drop"].widget = forms.HiddenInput()
    if not points:
        form.fields["accepted"].widget = forms.HiddenInput()
    context = {
        "imported": imported, "form": form, "points": [speak(p) for p in points], "left": left,
        "open": imported.state == "review",
        "plans": plans, "slug": slug, "current": current, "guess": guess, "counts": numbers(doc),
        "summary": diff_context(issuing.difference(current, doc)) if current else None,
        "crumbs": [
            (_("规划任务"), reverse("rows")), (_("导入记录"), reverse("plan-imports")),
            (imported.filename, reverse("plan-import-review", args=[imported.pk])),
        ],
    }  # fmt: skip
    return render(request, "plan_import/store.html", context, status=422 if form.is_bound else 200)


class DiscardForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("作废理由"), max_length=300)


@page(nav="rows", scope="plan.import")
def discard(request: PageRequest, pk: int) -> HttpResponse:
    """Give an import up, with a reason; it stays in the list."""
    imported = of(request, pk)
    form = DiscardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        seq, key = submitted(request)
        try:
            importing.discard(imported, form.cleaned_data["reason"], who=request.acting, expected=seq, key=key)
        except MendRefused as e:
            form.add_error("reason" if e.field == "reason" else None, speak(e))
        else:
            messages.success(request, _("已作废这份导入"))
            return redirect("plan-imports")
    context = {
        "imported": imported, "form": form, "open": imported.state == "review",
        "crumbs": [
            (_("规划任务"), reverse("rows")), (_("导入记录"), reverse("plan-imports")),
            (imported.filename, reverse("plan-import-review", args=[imported.pk])),
        ],
    }  # fmt: skip
    return render(request, "plan_import/discard.html", context, status=422 if form.is_bound else 200)


@page(nav="rows", scope="plan.import")
def source(request: PageRequest, pk: int) -> HttpResponse:
    """The file as it was uploaded."""
    file = importing.original(of(request, pk))
    if file is None:
        raise Http404(_("这份导入没有保存原文件"))
    try:
        content = read_kept(file)
    except FileRefused as e:
        raise Http404(str(e)) from None
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return response


@page(nav="rows", scope="plan.import")
def difference(request: PageRequest, pk: int) -> HttpResponse:
    """What an import would change: against a plan in force, or against its own parse as it came."""
    imported = of(request, pk)
    plans = in_force()
    guess = issuing.likely(imported.mended, plans) or (plans[0] if plans else None)
    against = choice(request, "against", {r.plan for r in plans} | {"parse"}, guess.plan if guess else "parse")
    release = next((r for r in plans if r.plan == against), None)
    if release is not None:
        found = issuing.difference(release, imported.mended)
        left = _("在用：%(title)s 第 %(n)s 版") % {"title": release.title, "n": release.number}
    else:
        found = compare(issuing.wordings_of(imported.parse), issuing.wordings_of(imported.mended))
        left = _("解析结果")
    here = reverse("plan-import-difference", args=[pk])
    views = [PageLink(_("与解析结果"), f"{here}?against=parse", current=release is None)]
    for r in plans:
        views.append(
            PageLink(_("与在用的 %(plan)s") % {"plan": r.plan}, f"{here}?against={r.plan}", current=r == release)
        )
    context = {
        "title": _("差异"), "lead": _("%(left)s → 这份导入（核对后的内容）") % {"left": left}, "views": views,
        **diff_context(found),
        "crumbs": [
            (_("规划任务"), reverse("rows")), (_("导入记录"), reverse("plan-imports")),
            (imported.filename, reverse("plan-import-review", args=[imported.pk])),
        ],
    }  # fmt: skip
    return render(request, "plan_import/difference.html", context)
