"""Public holidays of 2021, as the State Council's General Office ordered them."""

from datetime import date

from jinzhi.kernel.period import Festival, HolidayNotice

NOTICE = HolidayNotice(
    id="holidays-2021",
    zh="2021 年部分节假日安排",
    en="Public holidays of 2021",
    year=2021,
    number="国办发明电〔2020〕27号",
    issued_on=date(2020, 11, 25),
    source="国务院办公厅关于 2021 年部分节假日安排的通知",
    festivals=(
        Festival("元旦", "New Year", date(2021, 1, 1), date(2021, 1, 3)),
        Festival("春节", "Spring Festival", date(2021, 2, 11), date(2021, 2, 17)),
        Festival("清明节", "Tomb-sweeping Day", date(2021, 4, 3), date(2021, 4, 5)),
        Festival("劳动节", "Labour Day", date(2021, 5, 1), date(2021, 5, 5)),
        Festival("端午节", "Dragon Boat Festival", date(2021, 6, 12), date(2021, 6, 14)),
        Festival("中秋节", "Mid-Autumn Festival", date(2021, 9, 19), date(2021, 9, 21)),
        Festival("国庆节", "National Day", date(2021, 10, 1), date(2021, 10, 7)),
    ),
    workdays=(
        date(2021, 2, 7),
        date(2021, 2, 20),
        date(2021, 4, 25),
        date(2021, 5, 8),
        date(2021, 9, 18),
        date(2021, 9, 26),
        date(2021, 10, 9),
    ),
)
