"""The rule of the lights, explained by examples."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.plan.progress import light_rule
from jinzhi.kernel.status import (
    AHEAD,
    LATE,
    NO_DATA,
    NONE,
    NORMAL,
    RISK,
    DueProgress,
    LightRule,
    threshold,
)
from jinzhi.kernel.text import Words
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.language import named, speak
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell as UiCell
from jinzhi.web.ui.tables import Column, Table, TableRow


def examples(rule: LightRule) -> list[tuple[str, DueProgress]]:
    """Worked examples around the thresholds of a rule: what it looks like in words, and the progress it is."""
    ten = Decimal(10)

    def p(
        done: Decimal | int, planned: Decimal | int, overdue: int = 0, following: int | None = None,
        firm: Decimal | None = None,
    ) -> DueProgress:  # fmt: skip
        return DueProgress(Decimal(done), Decimal(planned), ten * 2, overdue, following, firm)

    late, soon = rule.late_after_days, rule.soon_days
    return [
        (_("应完成 10，已完成 %(n)s") % {"n": ten * rule.ahead_from}, p(ten * rule.ahead_from, ten)),
        (_("尚无到期里程碑，已完成 1"), p(1, 0)),
        (_("应完成 10，已完成 10"), p(ten, ten, following=soon + 30)),
        (_("应完成 10，已完成 10；下一里程碑 %(n)s 天后到期") % {"n": soon}, p(ten, ten, following=soon)),
        (_("应完成 10，已完成 %(n)s") % {"n": ten * rule.risk_from}, p(ten * rule.risk_from, ten)),
        (_("应完成 10，已完成 10；有里程碑超期 %(n)s 天") % {"n": late}, p(ten, ten, late)),
        (_("应完成 10，已完成 10；有里程碑超期 %(n)s 天") % {"n": late + 1}, p(ten, ten, late + 1)),
        (_("应完成 10，已完成 0；都在 %(n)s 天之内到期") % {"n": late}, p(0, ten, late, firm=Decimal(0))),
        (
            _("应完成 10，都已到期超过 %(late)s 天，合计完成 %(n)s") % {"late": late, "n": ten * rule.risk_from - 1},
            p(ten * rule.risk_from - 1, ten),
        ),
        (_("没有里程碑"), DueProgress(Decimal(0), Decimal(0), Decimal(0))),
    ]


@page(nav="cockpit", scope="plan.read")
def lights(request: PageRequest) -> HttpResponse:
    """The published rule: its thresholds, what follows from them, and which rule held when."""
    day = today()
    rules = sorted(catalogue().all(LightRule), key=lambda r: r.since, reverse=True)
    rule = light_rule(day)
    rows = []
    for text, progress in examples(rule):
        light, zh, en = rule.judge(progress)
        rows.append(TableRow((text, UiCell(tag=light), speak(Words(zh, en)))))
    heads = [Column(_("情形"), wide=True), Column(_("亮灯")), Column(_("页面上写出的原因"), wide=True)]
    dated = [
        TableRow((named(r), r.since.isoformat(), Tag("现行", "In force", "normal", "●") if r is rule else "—"))
        for r in rules
    ]
    return render(
        request,
        "plan/lights.html",
        {
            "crumbs": [(_("驾驶舱"), reverse("cockpit"))],
            "rule": rule,
            "statuses": [AHEAD, NORMAL, RISK, LATE, NO_DATA, NONE],
            "examples": Table(_("算例"), heads, rows, stack=True),
            "rules": Table(_("规则的版本"), [Column(h) for h in (_("规则"), _("起用日"), _("状态"))], dated),
            "normal_from": threshold(rule.normal_from),
            "risk_from": threshold(rule.risk_from),
            "ahead_from": threshold(rule.ahead_from),
            "print_title": _("亮灯规则"),
        },
    )
