"""How procuratorates handle cases transferred by agencies."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days

LAW = Law(
    id="procuratorate-transfer-2001",
    zh="人民检察院办理行政执法机关移送涉嫌犯罪案件的规定",
    en="Provisions on Procuratorates Handling Suspected Crimes Transferred by Agencies",
    rank=Rank.INTERPRETATION,
    number="高检发释字〔2001〕4号",
    issuer="最高人民检察院",
    promulgated=date(2001, 12, 3),
    in_force=date(2001, 12, 3),
    source="规定文本",
    verified=False,
    note="文号与施行日期待核。",
    provisions=(
        Provision(
            "二",
            "控告检察部门审查后提出处理意见报批并通知移送机关。",
            "The intake office proposes what to do and tells the agency.",
            (Parameter(id="intake", zh="报批处理意见", en="propose what to do", value=days(3), printed="三日"),),
        ),
        Provision(
            "七",
            "对不立案决定的复议与复核。",
            "Review of a refusal, twice.",
            (
                Parameter(id="ask-review", zh="要求复议", en="ask for review", value=days(5), printed="五日"),
                Parameter(id="review", zh="复议", en="review", value=days(7), printed="七日"),
                Parameter(id="second-review", zh="复核", en="second review", value=days(15), printed="十五日"),
            ),
        ),
        Provision(
            "十",
            "要求公安说明不立案理由。",
            "Police are asked why they refused.",
            (
                Parameter(id="explain", zh="公安答复不立案理由", en="police explain", value=days(7), printed="七日"),
                Parameter(
                    id="order",
                    zh="收到通知立案书后决定立案",
                    en="open a case once ordered",
                    value=days(15),
                    printed="十五日",
                ),
            ),
        ),
    ),
)
