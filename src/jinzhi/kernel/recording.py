"""The legal day of a step: the day on which it is recorded, or, where the law gives the day, the one said with proof.

A submission that starts or stops a clock of the platform's own counts on the day on which it is recorded: nobody
chooses it. Where the law gives the day (receipt by post, a decision on paper) the step declares :class:`Given`: it
asks for the day and for what proves it; a gap to the recording beyond ``gap`` days wants a reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from jinzhi.kernel.fields import Field, FieldError, Type

#: what a person says of the day; no field of a declaration begins with an underscore
DAY = Field(id="_on", zh="办理日期", en="Day", type=Type.DATE, required=False)
PROOF = Field(
    id="_proof", zh="日期凭证", en="What proves the day", required=False, max_length=300,
    help_zh="办理日期早于今天时必填，如邮戳、收文登记号、决定书文号",
    help_en="Wanted where the day lies before today: postmark, number in the book of receipts, number of the decision",
)  # fmt: skip
LATE = Field(
    id="_late", zh="晚录理由", en="Why it is recorded late", type=Type.LONG, required=False, max_length=500,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """The law gives the day of the step. ``zh``/``en`` name that day; ``gap``: days of delay that need no reason."""

    zh: str
    en: str
    gap: int = 3

    @property
    def field(self) -> Field:
        return Field(id=DAY.id, zh=self.zh, en=self.en, type=Type.DATE)

    @property
    def reason(self) -> Field:
        zh = f"登记晚于该日超过 {self.gap} 日时必填；晚录会列给领导查看"
        en = f"wanted where it is recorded more than {self.gap} days after that day; leaders see a list of such records"
        return Field(
            id=LATE.id, zh=LATE.zh, en=LATE.en, type=LATE.type, required=False, max_length=LATE.max_length,
            help_zh=zh, help_en=en,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of the day of a step; None: nothing."""

    on: date | None = None
    proof: str = ""
    late: str = ""


def fields_of(given: Given | None) -> tuple[Field, ...]:
    """What a form asks about the day."""
    return (given.field, PROOF, given.reason) if given else ()


def wrong(given: Given | None, said: Said, recorded: date, before: date | None) -> Iterator[FieldError]:
    """What speaks against a day; ``before``: that of the event that led here."""
    on = said.on or recorded
    if on > recorded:
        yield FieldError(DAY, "日期不能晚于今天", "the day must not lie in the future")
    elif given is None and on != recorded:
        yield FieldError(
            DAY,
            f"此步骤以登记当日 {recorded.isoformat()} 为准，不能另填日期",
            f"this step counts on the day of recording, {recorded.isoformat()}: no other day can be given",
        )
    elif before is not None and on < before:
        yield FieldError(
            DAY,
            f"日期不能早于前一步的日期 {before.isoformat()}",
            f"the day must not be before that of the step before, {before.isoformat()}",
        )
    if given is None or on >= recorded:
        return
    if not said.proof.strip():
        yield FieldError(PROOF, "日期早于今天，请写明日期凭证", "the day lies before today: say what proves it")
    if late_by(on, recorded) > given.gap and not said.late.strip():
        yield FieldError(
            LATE,
            f"登记晚于该日 {late_by(on, recorded)} 日，超过 {given.gap} 日，请写明晚录理由",
            f"recorded {late_by(on, recorded)} days later, more than {given.gap}: say why",
        )


def late_by(on: date, recorded: date) -> int:
    """How many days after its legal day something was recorded."""
    return (recorded - on).days
