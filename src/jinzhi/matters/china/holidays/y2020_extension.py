"""The Spring Festival holiday of 2020, lengthened to 2 February because of the epidemic."""

from datetime import date

from jinzhi.kernel.period import Festival, HolidayNotice

NOTICE = HolidayNotice(
    id="holidays-2020-extension",
    zh="延长 2020 年春节假期",
    en="Spring Festival holiday of 2020 lengthened",
    year=2020,
    number="国办发明电〔2020〕1号",
    issued_on=date(2020, 1, 26),
    source="国务院办公厅关于延长 2020 年春节假期的通知",
    amends="holidays-2020",
    why="1 February had been a working Saturday in the notice of 2019; the later notice makes it a day off.",
    festivals=(Festival("春节", "Spring Festival", date(2020, 1, 31), date(2020, 2, 2)),),
)
