"""Implementing regulations of the Trademark Law."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days, months, years

LAW = Law(
    id="trademark-rules-2014",
    zh="中华人民共和国商标法实施条例",
    en="Implementing Regulations of the Trademark Law (2014)",
    rank=Rank.REGULATION,
    number="国务院令第651号",
    issuer="国务院",
    promulgated=date(2014, 4, 29),
    in_force=date(2014, 5, 1),
    source="条例文本（2014 修订）",
    note="为 2019 修正的商标法配套；2026 修订法的配套条例未见。",
    provisions=(
        Provision(
            "12",
            "首日不计，相应日届满，逢节假日顺延；但注册有效期以相应日的前一日届满。",
            "Periods as usual; but the term of a registration ends the day before the corresponding day.",
        ),
        Provision(
            "27",
            "被异议人答辩与补充证据。",
            "Answering an opposition.",
            (
                Parameter(id="answer-opposition", zh="异议答辩", en="answer", value=days(30), printed="30日"),
                Parameter(
                    id="opposition-evidence", zh="补充证据", en="further evidence", value=months(3), printed="3个月"
                ),
            ),
        ),
        Provision(
            "58",
            "评审答辩。",
            "Answering in review.",
            (Parameter(id="answer-review", zh="评审答辩", en="answer", value=days(30), printed="30日"),),
        ),
        Provision(
            "59",
            "评审补充证据。",
            "Further evidence in review.",
            (
                Parameter(
                    id="review-evidence", zh="评审补充证据", en="further evidence", value=months(3), printed="3个月"
                ),
            ),
        ),
        Provision(
            "66",
            "以不使用为由申请撤销，注册满三年后提出。",
            "Non-use may be claimed once registration is old enough.",
            (
                Parameter(
                    id="non-use-after", zh="注册公告后满", en="after registration", value=years(3), printed="满3年"
                ),
            ),
        ),
    ),
)
