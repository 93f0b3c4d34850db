"""Protection of IP by customs."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import months, workdays, years

LAW = Law(
    id="customs-protection-regulation-2018",
    zh="中华人民共和国知识产权海关保护条例",
    en="Regulation on Customs Protection of IP",
    rank=Rank.REGULATION,
    number="国务院令第395号",
    issuer="国务院",
    promulgated=date(2018, 3, 19),
    in_force=date(2018, 3, 19),
    source="条例文本（2018 修订）",
    verified=False,
    note="2018 修订的施行日期待核。",
    provisions=(
        Provision(
            "8",
            "备案审批。",
            "Recordal.",
            (
                Parameter(
                    id="record", zh="决定是否备案", en="decide on recordal", value=workdays(30), printed="30个工作日"
                ),
            ),
        ),
        Provision(
            "10",
            "备案有效期与续展。",
            "Term of recordal, renewal.",
            (
                Parameter(id="term", zh="备案有效期", en="term", value=years(10), printed="10年"),
                Parameter(
                    id="renew-before", zh="届满前续展", en="renew before the end", value=months(6), printed="6个月"
                ),
            ),
        ),
        Provision(
            "11",
            "备案变更或注销。",
            "Changing a recordal.",
            (
                Parameter(
                    id="change",
                    zh="办理变更或注销",
                    en="have a change recorded",
                    value=workdays(30),
                    printed="30个工作日",
                ),
            ),
        ),
        Provision(
            "16",
            "权利人收到海关通知后申请扣留。",
            "Asking for detention after notice.",
            (
                Parameter(
                    id="ask-detention", zh="申请扣留", en="ask for detention", value=workdays(3), printed="3个工作日"
                ),
            ),
        ),
        Provision(
            "20",
            "海关调查认定。",
            "Customs finds.",
            (Parameter(id="find", zh="调查认定", en="find", value=workdays(30), printed="30个工作日"),),
        ),
        Provision(
            "24",
            "未收到法院协助执行通知的放行。",
            "Release without a court's notice.",
            (
                Parameter(
                    id="release",
                    zh="依申请扣留的放行",
                    en="release, detained on request",
                    value=workdays(20),
                    printed="20个工作日",
                ),
                Parameter(
                    id="release-recorded",
                    zh="依备案扣留的放行",
                    en="release, detained by recordal",
                    value=workdays(50),
                    printed="50个工作日",
                ),
            ),
        ),
    ),
)
