"""Reviewing an import beside its source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.seals import Verdicts, verdicts
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan import importing
from jinzhi.apps.plan.mending import Doc, MendRefused, numbers, place_of
from jinzhi.apps.plan.models import Import
from jinzhi.apps.plan.readings import undecided
from jinzhi.apps.units.models import Group, Unit
from jinzhi.kernel.plan import PlanRow
from jinzhi.kernel.text import id_of
from jinzhi.web.plan.releases.import_words import LEVELS, STATES, VERBS, of
from jinzhi.web.plan.releases.page import DUTY_NAMES
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.language import named, speak
from jinzhi.web.ui.records import TimelineItem
from jinzhi.web.ui.tables import Cell


@dataclass(frozen=True)
class SourceStretch:
    """A stretch of the source: ``kind`` placed, furniture or unplaced; ``anchor`` where a row begins."""

    kind: str
    text: str
    uid: str = ""
    anchor: bool = False
    label: str = ""
    nth: int = 0
    doubt: str = ""


def stretches(imported: Import) -> list[SourceStretch]:
    """The whole source text in order, neighbours of one kind and row together."""
    labels = {r["uid"]: str(r["number"] or n) for n, r in enumerate(imported.parse["rows"], 1)}
    out: list[SourceStretch] = []
    met: set[str] = set()
    unplaced = 0
    doubts = [d for d in imported.mended.get("doubts") or [] if d["end"]]
    for (kind, uid), spans in groupby(imported.parse["spans"], key=lambda s: (s[2], s[3])):
        part = list(spans)
        unplaced += kind == "unplaced"
        start, end = part[0][0], part[-1][1]
        inside = [d for d in doubts if start <= d["start"] < end]
        for nth, (doubt, a, b) in enumerate(_cut(inside, start, end)):
            out.append(
                SourceStretch(
                    kind, imported.text[a:b], uid, nth == 0 and bool(uid) and uid not in met, labels.get(uid, ""),
                    unplaced if kind == "unplaced" and nth == 0 else 0, doubt,
                )
            )  # fmt: skip
        met.add(uid)
    return out


def _cut(doubts: list[Doc], start: int, end: int) -> list[tuple[str, int, int]]:
    """A stretch cut where doubts begin: (the doubt or "", from, to)."""
    begins = {d["start"]: d["id"] for d in reversed(doubts)}
    edges = sorted({start, *begins, end})
    return [(begins.get(a, ""), a, b) for a, b in pairwise(edges)]


def targets() -> list[tuple[str, list[tuple[str, str]]]]:
    """Units and groups to choose from, as option groups of a select."""
    units: dict[str, list[tuple[str, str]]] = {}
    for unit in Unit.objects.filter(active=True).order_by("position", "path"):
        units.setdefault(unit.level, []).append((f"unit:{unit.code}", unit.label))
    groups = [(f"group:{g.code}", speak(g)) for g in Group.objects.order_by("code")]
    out = [(_("单位组合"), groups)]
    return out + [(str(name), units[level]) for level, name in LEVELS if level in units]


def timeline_of(events: list[Event], doc: Doc, checked: Verdicts) -> list[TimelineItem]:
    titles = {r["uid"]: place_of(r) for r in doc["rows"]}
    out = []
    for e in reversed(events):
        row = titles.get(e.data.get("row", ""), e.data.get("row", ""))
        what = row or e.data.get("raw") or e.data.get("reason") or e.data.get("plan") or ""
        if e.verb == "undo":
            what = _("第 %(seq)s 次修改：%(verb)s") % {
                "seq": e.data["undoes"], "verb": VERBS.get(e.data["verb"], e.data["verb"])
            }  # fmt: skip
        out.append(
            TimelineItem(
                VERBS.get(e.verb, e.verb), e.at, e.actor, what, notes=[f"#{e.seq}"], tone="normal", seal=checked.of(e)
            )
        )
    return out


def _warnings(imported: Import) -> list[dict[str, Any]]:
    """The parser's warnings with a link to the row or to the place in the source."""
    out = []
    unplaced = 0
    here = {r["uid"] for r in imported.mended["rows"]}
    for w in imported.parse["warned"]:
        href = ""
        if w["code"] == "unplaced":
            unplaced += 1
            href = f"#u-{unplaced}"
        elif w["row"] in here:
            href = f"#p-{w['row']}"
        out.append({"text": w["text"], "href": href})
    return out


def _grouped(doc: Doc) -> list[dict[str, Any]]:
    """The rows under their part and section, with the names of their duties and of what they are bound to."""
    known = {r.id: named(r) for r in catalogue().all(PlanRow)}
    out: list[dict[str, Any]] = []
    for (part, section), rows in groupby(doc["rows"], key=lambda r: (r["part"], r["section"])):
        out.append(
            {
                "part": part,
                "section": section,
                "rows": [
                    {
                        **row,
                        "known": known.get(row["matched"] or "", ""),
                        "doubts": [d for d in doc.get("doubts") or [] if d["row"] == row["uid"]],
                        "duties": [{**d, "word": DUTY_NAMES.get(d["duty"], d["duty"])} for d in row["duties"]],
                    }
                    for row in rows
                ],
            }
        )
    return out


def _loose_doubts(doc: Doc) -> list[Doc]:
    """Doubts that stand at no row, or whose row is gone: shown before the rows."""
    here = {r["uid"] for r in doc["rows"]}
    return [d for d in doc.get("doubts") or [] if d["row"] not in here]


class HeadForm(forms.Form):
    """What the document says of itself."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=300)
    issued_by = forms.CharField(label=gettext_lazy("印发单位"), max_length=200, required=False)
    issued_on = forms.DateField(
        label=gettext_lazy("印发日期"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    number = forms.CharField(label=gettext_lazy("文号"), max_length=100, required=False)


def _review(request: PageRequest, imported: Import, head: HeadForm | None = None) -> HttpResponse:
    doc = imported.mended
    events = importing.history(imported)
    checked = verdicts(events)
    counts = numbers(doc)
    total = len(imported.text) or 1
    context = {
        "imported": imported,
        "doc": doc,
        "state": STATES[imported.state],
        "open": imported.state == "review",
        "counts": counts,
        "facts": [
            (_("文件"), Cell(imported.filename, href=reverse("plan-import-source", args=[imported.pk]))),
            (_("标题"), doc["title"]),
            (_("印发单位"), doc["issued_by"]),
            (_("印发日期"), doc["issued_on"] or ""),
            (_("文号"), doc["number"]),
            (_("导入"), f"{localtime(imported.at):%Y-%m-%d %H:%M} · {imported.user or _('系统')}"),
            (
                _("原文字符"),
                _("共 %(n)s：已归位 %(placed)s，页面装饰 %(furniture)s，未归位 %(unplaced)s")
                % {"n": total, "placed": counts.placed, "furniture": counts.furniture, "unplaced": counts.unplaced},
            ),
            (
                _("解析结果"),
                _("任务 %(rows)s 项（未绑定 %(unbound)s），措施 %(measures)s 条，职责 %(duties)s 条，单位 %(units)s 个")
                % {
                    "rows": counts.rows,
                    "unbound": len(counts.unbound),
                    "measures": counts.measures,
                    "duties": counts.duties,
                    "units": counts.units,
                },
            ),
        ],
        "warnings": _warnings(imported),
        "notes": imported.parse.get("notes", []),
        "stretches": stretches(imported),
        "groups": _grouped(doc),
        "loose_doubts": _loose_doubts(doc),
        "undecided": undecided(doc),
        "targets": targets() if counts.unresolved and imported.state == "review" else [],
        "head": head or HeadForm(initial={k: doc[k] for k in ("title", "issued_by", "issued_on", "number")}),
        "changed": doc != imported.parse,
        "events": timeline_of(events, doc, checked),
        "stream": imported.stream,
        "checked": checked,
        "release": imported.releases.first(),
        "crumbs": [(_("规划任务"), reverse("rows")), (_("导入记录"), reverse("plan-imports"))],
    }
    return render(request, "plan_import/review.html", context, status=422 if head else 200)


@page(nav="rows", scope="plan.import")
def review(request: PageRequest, pk: int) -> HttpResponse:
    """The parse beside the source; a POST changes the document as a whole (``do`` says how)."""
    imported = of(request, pk)
    if request.method != "POST":
        return _review(request, imported)
    seq, key = submitted(request)
    how: dict[str, Any] = {"who": request.acting, "expected": seq, "key": key}
    done = request.POST.get("do", "")
    try:
        if done == "head":
            form = HeadForm(request.POST)
            if not form.is_valid():
                return _review(request, imported, form)
            values = dict(form.cleaned_data)
            values["issued_on"] = values["issued_on"].isoformat() if values["issued_on"] else None
            importing.mend(imported, "head", {"values": values}, **how)
        elif done == "resolve":
            importing.resolve(imported, request.POST.get("raw", ""), request.POST.get("target", ""), **how)
        elif done == "add-row":
            change = {"after": request.POST.get("after", ""), "title": request.POST.get("title", "").strip()}
            importing.mend(imported, "add-row", change, **how)
        elif done.startswith("reading-"):
            number = done.removeprefix("reading-")
            chosen = {"doubt": request.POST.get("doubt", ""), "reading": -1 if (n := id_of(number)) is None else n}
            done = "choose-reading"
            importing.mend(imported, done, chosen, **how)
        elif done == "take-points":
            take = {n: _day_of(request, n) for n in request.POST.getlist("point")}
            importing.mend(imported, done, {"row": request.POST.get("row", ""), "take": take}, **how)
        elif done == "restore":
            importing.mend(imported, "restore", {}, **how)
        elif done == "undo":
            importing.undo(imported, **how)
        else:
            raise BadRequest(_("不认识的操作，请刷新页面后重试"))
    except MendRefused as e:
        messages.error(request, speak(e))
    else:
        messages.success(request, _("已保存：%(what)s") % {"what": VERBS[done]})
    place = request.POST.get("place", "")
    here = f"#{place}" if re.fullmatch(r"[a-z]-[a-z0-9-]{1,20}", place) else ""
    return redirect(reverse("plan-import-review", args=[pk]) + here)


def _day_of(request: PageRequest, n: str) -> str:
    """The day typed for a time limit that names no year. Raises MendRefused."""
    given = request.POST.get(f"due-{n}", "").strip()
    try:
        return date.fromisoformat(given).isoformat() if given else ""
    except ValueError:
        raise MendRefused("points", f"“{given}”不是日期，请写成 2026-06-30", f"{given!r} is not a date") from None
