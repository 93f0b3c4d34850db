"""专利权的期限: until when a Chinese patent can stand, from its kind and its filing date.

专利法 (2020) § 42: inventions twenty years, utility models ten, designs fifteen, from the filing date. Designs filed
before 1 June 2021 keep the ten years of the law of 2008 (国家知识产权局公告第 423 号). The term ends on the day of the
filing date, that many years on; a holiday does not move it (专利审查指南). The notice's number and the Guidelines'
passage are 待核实: they were written from memory. What can make an invention's term longer (期限补偿) is granted one by
one and known only from its announcement, so the day is computed, not announced: it is shown as 届满（推算）.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

#: since this day designs have fifteen years
DESIGNS_LONGER = date(2021, 6, 1)
#: what begins the reason of a day that no announcement says
COMPUTED = "届满（推算）"
#: written from memory: the sources of these two rules are to be checked
OLD_DESIGNS = "此前申请的外观设计仍为十年（国家知识产权局公告第 423 号）"
NO_HOLIDAY = "届满日不因节假日顺延（专利审查指南）"
_YEARS = {"invention": 20, "utility-model": 10, "design": 15}


@dataclass(frozen=True, slots=True)
class PatentTerm:
    """How long a patent can stand. ends: the day from which it does not; law: the article.

    unverified: what the day also rests on and nobody has checked yet.
    """

    years: int
    ends: date
    law: str
    unverified: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        open_points = f"；待核实：{'、'.join(self.unverified)}" if self.unverified else ""
        return f"{COMPUTED}：自申请日起 {self.years} 年，{self.law}{open_points}"


def term(country: str, application_type: str, filed: date | None) -> PatentTerm | None:
    """The term of a Chinese patent; None where the kind, the day or the law is not known here."""
    years = _YEARS.get(application_type)
    if country != "CN" or filed is None or years is None:
        return None
    law = "专利法（2020）第四十二条"
    unverified: tuple[str, ...] = (NO_HOLIDAY,)
    if application_type == "design" and filed < DESIGNS_LONGER:
        years, law = 10, "专利法（2008）第四十二条（2021 年 6 月 1 日前申请的外观设计）"
        unverified = (OLD_DESIGNS, NO_HOLIDAY)
    return PatentTerm(years, _years_on(filed, years), law, unverified)


def _years_on(day: date, years: int) -> date:
    """The same day that many years on; the last of February for the 29th where the year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, month=3, day=1) - timedelta(days=1)
