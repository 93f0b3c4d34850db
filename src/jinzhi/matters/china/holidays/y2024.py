"""Public holidays of 2024, as the State Council's General Office ordered them."""

from datetime import date

from jinzhi.kernel.period import Festival, HolidayNotice

NOTICE = HolidayNotice(
    id="holidays-2024",
    zh="2024 年部分节假日安排",
    en="Public holidays of 2024",
    year=2024,
    number="国办发明电〔2023〕7号",
    issued_on=date(2023, 10, 25),
    source="国务院办公厅关于 2024 年部分节假日安排的通知",
    festivals=(
        Festival("元旦", "New Year", date(2024, 1, 1), date(2024, 1, 1)),
        Festival("春节", "Spring Festival", date(2024, 2, 10), date(2024, 2, 17)),
        Festival("清明节", "Tomb-sweeping Day", date(2024, 4, 4), date(2024, 4, 6)),
        Festival("劳动节", "Labour Day", date(2024, 5, 1), date(2024, 5, 5)),
        Festival("端午节", "Dragon Boat Festival", date(2024, 6, 10), date(2024, 6, 10)),
        Festival("中秋节", "Mid-Autumn Festival", date(2024, 9, 15), date(2024, 9, 17)),
        Festival("国庆节", "National Day", date(2024, 10, 1), date(2024, 10, 7)),
    ),
    workdays=(
        date(2024, 2, 4),
        date(2024, 2, 18),
        date(2024, 4, 7),
        date(2024, 4, 28),
        date(2024, 5, 11),
        date(2024, 9, 14),
        date(2024, 9, 29),
        date(2024, 10, 12),
    ),
)
