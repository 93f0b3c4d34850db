"""What adjustments changed, as pages and sheets say it: "changed by adjustment …, was …"."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.adjusting import adjusted
from jinzhi.apps.plan.models import Milestone
from jinzhi.web.cases.adjustment import FIELDS, moved, plain
from jinzhi.web.ui.language import named
from jinzhi.web.ui.tables import Cell


def was(event: Event | None) -> str:
    """What a milestone asked for before it was adjusted, for the line below its title; empty where it was not."""
    if event is None:
        return ""
    before = event.data.get("before", {})
    stood = "，".join(f"{named(FIELDS[n]) if n in FIELDS else n} {plain(str(v))}" for n, v in before.items())
    return _("经规划调整 %(case)s 修改，原%(stood)s") % {"case": event.data.get("case"), "stood": stood}


def all_was(milestones: Iterable[Milestone]) -> dict[int, str]:
    """``was`` of those that were adjusted, by primary key."""
    return {pk: was(event) for pk, event in adjusted(milestones).items()}


def milestone_pair(milestone: Milestone) -> Cell | str:
    """The line of a milestone's page: the case that changed it last, from what to what."""
    event = adjusted([milestone]).get(milestone.pk)
    if event is None or milestone.adjusted_by is None:
        return ""
    said = f"{moved(event.data['before'], event.data['after'])} · {event.on}"
    return Cell(milestone.adjusted_by.number, href=reverse("case", args=[milestone.adjusted_by_id]), sub=said)


def shown(event: Event | None) -> dict[str, Any] | None:
    """The change for a client of the API."""
    if event is None:
        return None
    return {"case": event.data["case"], "on": event.on, "before": event.data["before"], "after": event.data["after"]}
