"""What changed in a report, and what happened to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from jinzhi.apps.evidence.events.seals import Verdicts
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.actions import NOTE_FIELDS
from jinzhi.apps.plan.queries import ReportRow
from jinzhi.web.cases.page import step_of
from jinzhi.web.plan.reports import list as report_list
from jinzhi.web.plan.reports.form import FIGURE_FIELDS
from jinzhi.web.plan.titles import name_of
from jinzhi.web.ui.language import named
from jinzhi.web.ui.records import TimelineItem, declared_first


@dataclass(frozen=True)
class Change:
    """A saved change as the history shows it."""

    event: Event
    place: str
    field: str
    old: str
    new: str

    @property
    def from_excel(self) -> bool:
        return str(self.event.data.get("source", "")).startswith("excel:")


FIELD_NAMES = {**{f.id: f for f in FIGURE_FIELDS}, **{f.id: f for f in NOTE_FIELDS}}


def place_names(rows: Sequence[ReportRow]) -> dict[str, str]:
    """Row keys and milestone codes by what people call them."""
    names = {r.row.key: name_of(r.row) for r in rows}
    return names | {line.milestone.code: f"{r.row.key} {line.milestone.title}" for r in rows for line in r.lines}


def changes_of(events: Sequence[Event], names: Mapping[str, str]) -> list[Change]:
    out: list[Change] = []
    for e in events:
        if e.verb in ("attach", "detach"):
            file = str(e.data.get("name", ""))
            old, new = ("", file) if e.verb == "attach" else (file, "")
            code = str(e.data.get("milestone", ""))
            out.append(Change(e, names.get(code, code), _("附件"), old, new))
        for place, fields in declared_first(e.data.get("changes", {}), names):
            for name, (before, after) in declared_first(fields, FIELD_NAMES):
                declared = FIELD_NAMES.get(name)
                label = named(declared) if declared else name
                out.append(Change(e, names.get(place, place), label, before or "", after or ""))
    return out


def happened(events: Sequence[Event], checked: Verdicts) -> list[TimelineItem]:
    """The steps of a report, the latest first."""
    procedure = report_list.procedure()
    out = []
    for e in reversed(events):
        step = step_of(procedure, e.verb)
        said = [str(e.data[k]) for k in ("reason", "note", "opinion") if e.data.get(k)]
        tone = {
            "return": "risk",
            "cancel": "neutral",
            "remind": "risk",
            "extend": "normal",
            "undo-extension": "risk",
        }.get(e.verb, "done")
        who = f"{e.actor} · {e.unit.label}" if e.unit else e.actor
        out.append(TimelineItem(named(step) if step else e.verb, e.on, who, "；".join(said), tone, seal=checked.of(e)))
    return out
