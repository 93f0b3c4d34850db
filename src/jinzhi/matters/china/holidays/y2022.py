"""Public holidays of 2022, as the State Council's General Office ordered them."""

from datetime import date

from jinzhi.kernel.period import Festival, HolidayNotice

NOTICE = HolidayNotice(
    id="holidays-2022",
    zh="2022 年部分节假日安排",
    en="Public holidays of 2022",
    year=2022,
    number="国办发明电〔2021〕11号",
    issued_on=date(2021, 10, 25),
    source="国务院办公厅关于 2022 年部分节假日安排的通知",
    festivals=(
        Festival("元旦", "New Year", date(2022, 1, 1), date(2022, 1, 3)),
        Festival("春节", "Spring Festival", date(2022, 1, 31), date(2022, 2, 6)),
        Festival("清明节", "Tomb-sweeping Day", date(2022, 4, 3), date(2022, 4, 5)),
        Festival("劳动节", "Labour Day", date(2022, 4, 30), date(2022, 5, 4)),
        Festival("端午节", "Dragon Boat Festival", date(2022, 6, 3), date(2022, 6, 5)),
        Festival("中秋节", "Mid-Autumn Festival", date(2022, 9, 10), date(2022, 9, 12)),
        Festival("国庆节", "National Day", date(2022, 10, 1), date(2022, 10, 7)),
    ),
    workdays=(
        date(2022, 1, 29),
        date(2022, 1, 30),
        date(2022, 4, 2),
        date(2022, 4, 24),
        date(2022, 5, 7),
        date(2022, 10, 8),
        date(2022, 10, 9),
    ),
)
