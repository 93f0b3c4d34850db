"""The checklists of a case as its page shows them: each check with its answer and its article, the answer of the whole.

They are worked out from what the case holds now; what was frozen with a step is said beside where it differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from jinzhi.kernel.expression import Answer, Checklist, Listed, Missing, went_through
from jinzhi.kernel.procedure import CaseView
from jinzhi.web.cases.page import cite
from jinzhi.web.ui.language import named
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

ANSWERS = {
    Answer.YES: Tag("是", "Yes", "risk", "◆"),
    Answer.NO: Tag("否", "No", "neutral", "○"),
    Answer.UNKNOWN: Tag("不明", "Unknown", "neutral", "?"),
}
#: what speaks for itself first, then what somebody has to find out
ORDER = (Answer.YES, Answer.UNKNOWN, Answer.NO)
BY_WORD = {str(answer): tag for answer, tag in ANSWERS.items()}


@dataclass(frozen=True)
class ChecklistCard:
    """A checklist: what the whole comes to now, what was frozen when its step was taken, and its checks."""

    id: str
    name: str
    answer: Tag | None
    frozen: Tag | None
    differs: bool
    table: Table


def checklist_cards(folded: CaseView) -> list[ChecklistCard]:
    """The checklists of the steps that were taken."""
    taken = {e.step for e in folded.history}
    lists = {c.id: c for step in folded.procedure.steps if step.id in taken for c in step.shows}
    return [card for checklist in lists.values() for card in _cards(checklist, folded)]


def _cards(checklist: Checklist, folded: CaseView) -> Iterator[ChecklistCard]:
    found = went_through(checklist, folded.record)
    if isinstance(found, Missing):
        return
    kept = folded.record.value(f"checklist.{checklist.id}")
    for listed in found:
        now = ANSWERS.get(listed.answer) if listed.answer else None
        then = BY_WORD.get(str(kept))
        yield ChecklistCard(
            checklist.id, named(checklist), now, then, then is not None and then is not now, _table(checklist, listed)
        )


def _table(checklist: Checklist, listed: Listed) -> Table:
    rows = [
        TableRow(
            (Cell(named(one.check)), Cell(tag=ANSWERS[one.answer]), cite(one.check.cite) if one.check.cite else "")
        )
        for one in sorted(listed.checks, key=lambda one: ORDER.index(one.answer))
    ]
    heads = (Column(_("项目"), wide=True), Column(_("结论")), Column(_("依据")))
    return Table(named(checklist), heads, rows, Empty(_("没有项目")), stack=True, caption_hidden=True)
