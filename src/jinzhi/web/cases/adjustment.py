"""What the page of an adjustment says of its milestone, and the words for what a milestone was and is to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.cases.models import Case
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.adjusting import adjustment_of, came_between
from jinzhi.apps.plan.milestone_fields import CHANGED
from jinzhi.kernel.procedure import CaseView
from jinzhi.web.ui.language import labelled, named, speak
from jinzhi.web.ui.tables import Cell

FIELDS = {f.id: f for f in CHANGED}


def plain(text: str) -> str:
    """A figure without needless zeros; other text as it is."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def moved(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """期限：2026-09-30 → 2026-12-31；…"""
    return "；".join(
        labelled(named(FIELDS[n]) if n in FIELDS else n, f"{plain(str(before.get(n, '')))} → {plain(str(v))}")
        for n, v in after.items()
    )


def case_pairs(case: Case, view: CaseView, events: list[Event]) -> list[tuple[str, Any]]:
    """What the page of an adjustment says of its milestone: which, from what to what, and what came in between."""
    asked = adjustment_of(case, view, events)
    if asked is None:
        return []
    milestone = asked.milestone
    done = _("已改到里程碑") if asked.acted else _("未改动里程碑") if case.closed_on else _("批准后改到里程碑")
    pairs: list[tuple[str, Any]] = [
        (_("里程碑"), Cell(milestone.title, href=reverse("milestone", args=[milestone.code]), sub=milestone.code)),
        (_("调整内容"), Cell(moved(asked.before, asked.after), sub=done)),
    ]
    if asked.between:
        pairs.append((_("提出之后的变化"), speak(came_between(asked.between))))
    return pairs
