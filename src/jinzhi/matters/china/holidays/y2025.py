"""Public holidays of 2025, as the State Council's General Office ordered them."""

from datetime import date

from jinzhi.kernel.period import Festival, HolidayNotice

NOTICE = HolidayNotice(
    id="holidays-2025",
    zh="2025 年部分节假日安排",
    en="Public holidays of 2025",
    year=2025,
    number="国办发明电〔2024〕12号",
    issued_on=date(2024, 11, 12),
    source="国务院办公厅关于 2025 年部分节假日安排的通知",
    festivals=(
        Festival("元旦", "New Year", date(2025, 1, 1), date(2025, 1, 1)),
        Festival("春节", "Spring Festival", date(2025, 1, 28), date(2025, 2, 4)),
        Festival("清明节", "Tomb-sweeping Day", date(2025, 4, 4), date(2025, 4, 6)),
        Festival("劳动节", "Labour Day", date(2025, 5, 1), date(2025, 5, 5)),
        Festival("端午节", "Dragon Boat Festival", date(2025, 5, 31), date(2025, 6, 2)),
        Festival("国庆节、中秋节", "National Day and Mid-Autumn Festival", date(2025, 10, 1), date(2025, 10, 8)),
    ),
    workdays=(
        date(2025, 1, 26),
        date(2025, 2, 8),
        date(2025, 4, 27),
        date(2025, 9, 28),
        date(2025, 10, 11),
    ),
)
