"""The page that erases the personal data of one object: what goes, why, and a second question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jinzhi.apps.cases.actions import StepRefused
from jinzhi.apps.evidence.events.personal import kept_of
from jinzhi.apps.registers.actions import EntryRefused
from jinzhi.kernel.fields import Field, Type
from jinzhi.web.cases.page import SURE
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import named, speak

WHY = Field(
    id="reason", zh="理由和依据", en="Reason and legal basis", type=Type.LONG, max_length=500,
    help_zh="例如：当事人申请删除（文号），或保存期限届满。此项写入日志。",
    help_en="For example: the person asked for it (number), or the retention period has ended. The log keeps it.",
)  # fmt: skip


def erasing(
    request: PageRequest,
    stream: str,
    fields: Iterable[Field],
    act: Callable[[str], object],
    *,
    crumbs: Sequence[Any],
    lead: str,
    back: str,
) -> HttpResponse:
    """Ask, then let ``act`` erase with the reason given; ``fields`` gives the names of what may be kept."""
    form = FieldsForm((WHY, SURE), request.POST if request.method == "POST" else None, who=request.acting, name="erase")
    if request.method == "POST" and form.is_valid():
        if not form.values[SURE.id]:
            form.add_error(SURE.id, _("请勾选确认后再办理"))
        else:
            try:
                act(str(form.values[WHY.id]))
            except (StepRefused, EntryRefused) as e:
                form.add_error(None, speak(e))
            else:
                messages.success(request, _("个人信息已删除，办理记录和日志不受影响"))
                return redirect(back)
    names = {f.id: named(f) for f in fields if f.personal}
    kept = [f"{p.event.seq}. {names.get(p.path.rpartition('/')[2], p.path)}" for p in kept_of(stream)]
    context = {"crumbs": crumbs, "lead": lead, "kept": kept, "form": form, "back": back}
    return render(request, "components/erase.html", context, status=422 if form.is_bound else 200)
