"""Public holidays of 2023, as the State Council's General Office ordered them."""

from datetime import date

from jinzhi.kernel.period import Festival, HolidayNotice

NOTICE = HolidayNotice(
    id="holidays-2023",
    zh="2023 年部分节假日安排",
    en="Public holidays of 2023",
    year=2023,
    number="国办发明电〔2022〕16号",
    issued_on=date(2022, 12, 8),
    source="国务院办公厅关于 2023 年部分节假日安排的通知",
    festivals=(
        Festival("元旦", "New Year", date(2022, 12, 31), date(2023, 1, 2)),
        Festival("春节", "Spring Festival", date(2023, 1, 21), date(2023, 1, 27)),
        Festival("清明节", "Tomb-sweeping Day", date(2023, 4, 5), date(2023, 4, 5)),
        Festival("劳动节", "Labour Day", date(2023, 4, 29), date(2023, 5, 3)),
        Festival("端午节", "Dragon Boat Festival", date(2023, 6, 22), date(2023, 6, 24)),
        Festival("中秋节、国庆节", "Mid-Autumn Festival and National Day", date(2023, 9, 29), date(2023, 10, 6)),
    ),
    workdays=(
        date(2023, 1, 28),
        date(2023, 1, 29),
        date(2023, 4, 23),
        date(2023, 5, 6),
        date(2023, 6, 25),
        date(2023, 10, 7),
        date(2023, 10, 8),
    ),
)
