"""More time for a report in words: what stands beside its own due date."""

from __future__ import annotations

from django.utils.translation import gettext as _

from jinzhi.apps.plan.models import Report
from jinzhi.apps.plan.more_time import MoreTime


def first_due(report: Report) -> str:
    """What stands beside a unit's own due date where it is another than that of the period."""
    if report.due == report.period.due:
        return ""
    return _("原定 %(day)s") % {"day": report.period.due.isoformat()}


def more_words(more: MoreTime | None) -> str:
    """The grant of more time in words; empty where there is none."""
    if more is None:
        return ""
    said = _("延期至 %(until)s（原定 %(was)s）：%(office)s %(by)s 于 %(on)s 给予，理由：%(reason)s") % {
        "until": more.until, "was": more.was, "office": more.office, "by": more.by, "on": more.on,
        "reason": more.reason,
    }  # fmt: skip
    return f"{said}；{_('截止日已过之后给予')}" if more.afterwards else said
