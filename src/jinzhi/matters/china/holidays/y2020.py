"""Public holidays of 2020, as the State Council's General Office ordered them."""

from datetime import date

from jinzhi.kernel.period import Festival, HolidayNotice

NOTICE = HolidayNotice(
    id="holidays-2020",
    zh="2020 年部分节假日安排",
    en="Public holidays of 2020",
    year=2020,
    number="国办发明电〔2019〕16号",
    issued_on=date(2019, 11, 21),
    source="国务院办公厅关于 2020 年部分节假日安排的通知",
    festivals=(
        Festival("元旦", "New Year", date(2020, 1, 1), date(2020, 1, 1)),
        Festival("春节", "Spring Festival", date(2020, 1, 24), date(2020, 1, 30)),
        Festival("清明节", "Tomb-sweeping Day", date(2020, 4, 4), date(2020, 4, 6)),
        Festival("劳动节", "Labour Day", date(2020, 5, 1), date(2020, 5, 5)),
        Festival("端午节", "Dragon Boat Festival", date(2020, 6, 25), date(2020, 6, 27)),
        Festival("国庆节、中秋节", "National Day and Mid-Autumn Festival", date(2020, 10, 1), date(2020, 10, 8)),
    ),
    workdays=(
        date(2020, 1, 19),
        date(2020, 2, 1),
        date(2020, 4, 26),
        date(2020, 5, 9),
        date(2020, 6, 28),
        date(2020, 9, 27),
        date(2020, 10, 10),
    ),
)
