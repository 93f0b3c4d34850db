"""Handing suspected crimes from agencies to the police."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days, hours

LAW = Law(
    id="transfer-order-310",
    zh="行政执法机关移送涉嫌犯罪案件的规定",
    en="Provisions on the Transfer of Suspected Criminal Cases by Administrative Agencies",
    rank=Rank.REGULATION,
    number="国务院令第310号",
    issuer="国务院",
    promulgated=date(2020, 8, 7),
    in_force=date(2020, 8, 7),
    source="规定文本（2020-08-07 修订，自公布之日起施行）",
    roll=False,
    note="“日”未指明为工作日，按自然日计。规定未写末日逢休假日顺延，按不顺延计（待核实）。",
    provisions=(
        Provision(
            "3",
            "涉嫌犯罪须移送；知识产权案件有合理嫌疑、需公安取证判断是否达标的也应移送。",
            "Suspected crimes must be transferred; in IP cases reasonable suspicion is enough.",
        ),
        Provision(
            "5",
            "立即组成专案组；负责人限期决定，批准后限时移送。",
            "A team at once; the head decides, then the case goes over within hours.",
            (
                Parameter(id="team", zh="专案组最少人数", en="fewest members of the team", value=2, printed="２名"),
                Parameter(
                    id="approve", zh="决定是否批准移送", en="decide on the transfer", value=days(3), printed="３日"
                ),
                Parameter(
                    id="hand-over",
                    zh="批准后移送公安",
                    en="hand over after approval",
                    value=hours(24),
                    printed="２４小时",
                ),
            ),
        ),
        Provision(
            "6",
            "移送应附五类材料。",
            "Five kinds of papers go with a transfer.",
        ),
        Provision(
            "7",
            "不属本机关管辖的，公安转送有管辖权的机关。",
            "Police without jurisdiction pass the case on.",
            (
                Parameter(
                    id="pass-on", zh="公安转送", en="police pass the case on", value=hours(24), printed="２４小时"
                ),
            ),
        ),
        Provision(
            "8",
            "公安审查后决定是否立案并书面通知。",
            "Police decide on opening a case and give notice.",
            (Parameter(id="police-decide", zh="公安审查决定", en="police decide", value=days(3), printed="３日"),),
        ),
        Provision(
            "9",
            "对不立案可提请复议，仍有异议可建议立案监督。",
            "A refusal may be reviewed, then brought to the procuratorate.",
            (
                Parameter(id="ask-review", zh="提请复议", en="ask for review", value=days(3), printed="３日"),
                Parameter(id="review", zh="公安复议决定", en="police decide on review", value=days(3), printed="３日"),
                Parameter(
                    id="ask-supervision", zh="建议立案监督", en="ask for supervision", value=days(3), printed="３日"
                ),
            ),
        ),
        Provision(
            "11",
            "不得以行政处罚代替移送。",
            "A penalty does not stand in for a transfer.",
        ),
        Provision(
            "12",
            "公安立案后移交涉案物品和材料。",
            "Goods and papers follow once police have opened a case.",
            (
                Parameter(
                    id="hand-over-goods",
                    zh="移交涉案物品材料",
                    en="hand over goods and papers",
                    value=days(3),
                    printed="３日",
                ),
            ),
        ),
        Provision(
            "13",
            "公安机关发现没有犯罪事实或者不需要追究刑事责任、依法应当给予行政处罚的，移送行政执法机关处理。",
            "Where there is no crime to prosecute but a penalty is due, the police send the case back.",
        ),
    ),
)
