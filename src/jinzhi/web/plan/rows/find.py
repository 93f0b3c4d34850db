"""Finding a row, and its neighbours."""

from __future__ import annotations

from django.http import Http404
from django.utils.translation import gettext as _

from jinzhi.apps.plan.models import Release, Row
from jinzhi.apps.plan.queries import rows_of
from jinzhi.web.plan.board import (
    Board,
)
from jinzhi.web.shell.listing import whole
from jinzhi.web.shell.plan_choice import release_shown
from jinzhi.web.shell.requests import PageRequest


def neighbours(board: Board, row: Row) -> tuple[Row | None, Row | None]:
    """The rows before and after a row, in the order of the document."""
    rows = list(board.rows.values())
    at = next(i for i, r in enumerate(rows) if r.key == row.key)
    return rows[at - 1] if at else None, rows[at + 1] if at + 1 < len(rows) else None


def find_row(request: PageRequest, key: str) -> tuple[Row, Release]:
    """A row of the release in force, or of the one that ``?release=`` names; else of the newest that has it."""
    force = release_shown(request)
    if force is None:
        raise Http404(_("还没有规划"))
    number = whole(request, "release")
    release = force
    if number is not None:
        named = Release.objects.filter(plan=force.plan, number=number).first()
        if named is None:
            raise Http404(_("这份规划没有第 %(n)s 次发布") % {"n": number})
        release = named
    found = rows_of(release).filter(key=key).first()
    if found is None and number is None:
        last = Row.objects.filter(release__plan=force.plan, key=key).order_by("-release__number").first()
        if last is not None:
            release = last.release
            found = rows_of(release).get(key=key)
    if found is None:
        raise Http404(_("没有编号为“%(key)s”的任务") % {"key": key[:40]})
    return found, release
