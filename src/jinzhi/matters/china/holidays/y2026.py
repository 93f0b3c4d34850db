"""Public holidays of 2026, as the State Council's General Office ordered them."""

from datetime import date

from jinzhi.kernel.period import Festival, HolidayNotice

NOTICE = HolidayNotice(
    id="holidays-2026",
    zh="2026 年部分节假日安排",
    en="Public holidays of 2026",
    year=2026,
    number="国办发明电〔2025〕7号",
    issued_on=date(2025, 11, 4),
    source="国务院办公厅关于 2026 年部分节假日安排的通知",
    festivals=(
        Festival("元旦", "New Year", date(2026, 1, 1), date(2026, 1, 3)),
        Festival("春节", "Spring Festival", date(2026, 2, 15), date(2026, 2, 23)),
        Festival("清明节", "Tomb-sweeping Day", date(2026, 4, 4), date(2026, 4, 6)),
        Festival("劳动节", "Labour Day", date(2026, 5, 1), date(2026, 5, 5)),
        Festival("端午节", "Dragon Boat Festival", date(2026, 6, 19), date(2026, 6, 21)),
        Festival("中秋节", "Mid-Autumn Festival", date(2026, 9, 25), date(2026, 9, 27)),
        Festival("国庆节", "National Day", date(2026, 10, 1), date(2026, 10, 7)),
    ),
    workdays=(
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ),
)
