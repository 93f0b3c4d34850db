"""Patent agencies."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days

LAW = Law(
    id="patent-agency-regulation-2018",
    zh="专利代理条例",
    en="Regulation on Patent Agencies",
    rank=Rank.REGULATION,
    number="国务院令第706号",
    issuer="国务院",
    promulgated=date(2018, 11, 6),
    in_force=date(2019, 3, 1),
    source="条例文本",
    provisions=(
        Provision(
            "9",
            "执业许可。",
            "Licensing an agency.",
            (Parameter(id="licence", zh="决定是否颁证", en="decide on the licence", value=days(20), printed="20日"),),
        ),
        Provision(
            "12",
            "专利代理师首次执业备案。",
            "Recording a first practice.",
            (
                Parameter(
                    id="record-practice",
                    zh="首次执业备案",
                    en="record a first practice",
                    value=days(30),
                    printed="30日",
                ),
            ),
        ),
        Provision(
            "25",
            "代理机构违法的处罚。",
            "Penalties for agencies.",
            (
                Parameter(
                    id="agency-fine-max", zh="罚款上限（元）", en="highest fine (yuan)", value=100_000, printed="10万元"
                ),
            ),
        ),
        Provision(
            "26",
            "专利代理师违法的处罚。",
            "Penalties for attorneys.",
            (
                Parameter(
                    id="attorney-fine-max", zh="罚款上限（元）", en="highest fine (yuan)", value=50_000, printed="5万元"
                ),
            ),
        ),
    ),
)
