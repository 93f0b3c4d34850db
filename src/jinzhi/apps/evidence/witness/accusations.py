"""What a witness showed against this log, and what was answered: examined, answered and closed, each on record.

Only a note that the witness and this log both signed accuses. Closing one silences it, not the witness: where it shows
another note, or still keeps one that the log does not fit, that is told anew.
"""

from __future__ import annotations

from django.db import transaction

from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.log.entries import Actor
from jinzhi.apps.evidence.models import CosignTrouble
from jinzhi.apps.evidence.witness.cosigning import CONTRADICTS

VERB = "answer-accusation"


class AnswerRefused(ValueError):
    """An accusation that is not closed; ``args[0]`` says why, in Chinese."""


def all_of_them() -> list[CosignTrouble]:
    """Every accusation, the first one first."""
    return list(CosignTrouble.objects.filter(state=CONTRADICTS).select_related("shard").order_by("first", "id"))


@transaction.atomic
def answer(id: int, reason: str, *, who: Actor | None = None) -> CosignTrouble:
    """Close an accusation with what was found out. Raises AnswerRefused."""
    row = CosignTrouble.objects.select_for_update().filter(pk=id, state=CONTRADICTS).first()
    if row is None:
        raise AnswerRefused(f"没有编号为 {id} 的不一致：见 jinzhi evidence witness accusations")
    if row.answered_at is not None:
        raise AnswerRefused(f"编号 {id} 已于 {row.answered_at:%Y-%m-%d} 了结")
    if not reason.strip():
        raise AnswerRefused("请写明查明的情况和结论（--reason）")
    row.answer, row.answered_at = reason.strip(), now()
    said = {
        "witness": row.witness, "log": f"{row.shard.origin}/{row.shard.year}/{row.family}", "size": row.size,
        "known": row.known, "said": row.said, "note": row.note, "answer": row.answer,
    }  # fmt: skip
    record(f"log:witness:{row.pk}", VERB, said, who=who, on=today())
    row.save(update_fields=["answer", "answered_at"])
    return row
