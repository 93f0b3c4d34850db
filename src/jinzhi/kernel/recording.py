"""The legal day of a step: the day on which it is recorded, or, where the law gives the day, the one said with proof.

A submission that starts or stops a clock of the platform's own counts on the day on which it is recorded: nobody
chooses it. Where the law gives the day (receipt by post, a decision on paper) the step declares :class:`DayGiven`: it
asks for the day and for what proves it; a gap to the recording beyond the declared days (:class:`Gap`) wants a reason.
A correction of such a day asks for the same as the step did.
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
class Gap:
    """How many days may lie between a legal day and its record without a reason, of records made from ``since`` on.

    No law sets it: the figure is ours, and whoever reads it is told so（平台工作期限）.
    """

    since: date
    days: int


#: what holds where a step declares nothing else; oldest first
GAPS = (Gap(date(2021, 1, 1), 3),)
OURS_ZH, OURS_EN = "平台工作期限，非法定期限", "a term of the platform, not of a law"


@dataclass(frozen=True, slots=True)
class DayGiven:
    """The law gives the day of the step. ``zh``/``en`` name that day; ``gaps``: the delay that needs no reason."""

    zh: str
    en: str
    gaps: tuple[Gap, ...] = GAPS

    def gap_on(self, recorded: date) -> int:
        """The days of delay that need no reason for what is recorded on a day; before the first version, its own."""
        return next((g for g in reversed(self.gaps) if g.since <= recorded), self.gaps[0]).days

    def late(self, on: date, recorded: date) -> bool:
        """Whether a record was made so long after its legal day that it wants a reason."""
        return late_by(on, recorded) > self.gap_on(recorded)

    @property
    def field(self) -> Field:
        return Field(id=DAY.id, zh=self.zh, en=self.en, type=Type.DATE)

    def reason_on(self, recorded: date) -> Field:
        gap = self.gap_on(recorded)
        zh = f"登记晚于该日超过 {gap} 日（{OURS_ZH}）时必填；晚录会列给领导查看"
        en = f"wanted where it is recorded more than {gap} days ({OURS_EN}) after that day; leaders see a list of these"
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


def fields_of(given: DayGiven | None, recorded: date) -> tuple[Field, ...]:
    """What a form asks about the day of something recorded on ``recorded``."""
    return (given.field, PROOF, given.reason_on(recorded)) if given else ()


def wrong(given: DayGiven | None, said: Said, recorded: date, before: date | None) -> Iterator[FieldError]:
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
    if given.late(on, recorded) and not said.late.strip():
        yield late_without_reason(given, on, recorded)


def wrong_correction(given: DayGiven, said: Said, on: date, recorded: date, kept_late: str) -> Iterator[FieldError]:
    """What speaks against a corrected day or its proof.

    ``on``: the day as it stands with the correction; ``recorded``: when the step was recorded; ``kept_late``: the
    reason for the delay that stands already. A changed day is proven anew: the proof that stands is of the old one.
    """
    if said.on is not None and not said.proof.strip():
        yield FieldError(
            PROOF, "更正办理日期，请写明证明新日期的凭证", "the day is corrected: say what proves the new one"
        )
    if given.late(on, recorded) and not (said.late.strip() or kept_late.strip()):
        yield late_without_reason(given, on, recorded)


def late_without_reason(given: DayGiven, on: date, recorded: date) -> FieldError:
    days, gap = late_by(on, recorded), given.gap_on(recorded)
    return FieldError(
        LATE,
        f"登记晚于该日 {days} 日，超过 {gap} 日（{OURS_ZH}），请写明晚录理由",
        f"recorded {days} days later, more than {gap} ({OURS_EN}): say why",
    )


def late_by(on: date, recorded: date) -> int:
    """How many days after its legal day something was recorded."""
    return (recorded - on).days
