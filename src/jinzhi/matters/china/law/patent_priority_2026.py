"""Priority examination of patents."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days, months, years

LAW = Law(
    id="patent-priority-examination-2026",
    zh="专利优先审查管理办法",
    en="Measures on Priority Examination of Patents",
    rank=Rank.RULE,
    number="",
    issuer="国家知识产权局",
    promulgated=None,
    in_force=date(2026, 9, 1),
    source="IPR 书73",
    note="条文全文未随项目，期限按来源录入。",
    provisions=(
        Provision(
            "4",
            "按协议的审查和预审合格后的快速审查不适用本办法。",
            "Not for examination by treaty or after pre-examination.",
        ),
        Provision(
            "8",
            "不予优先审查的四种情形：母案已优先审查的分案、同日申请的实用新型、已作快速审查的、明显没有授权前景的。",
            "Four bars: a divisional whose parent was sped up, a utility model of the same day, already sped "
            "up, no prospect.",
        ),
        Provision(
            "13",
            "由省级知识产权局推荐。",
            "Recommended by the provincial office.",
        ),
        Provision(
            "15",
            "优先审查的办理期限，自通知书发文日起算；疑难案件除外。",
            "How long priority examination takes, from the notice; difficult cases excepted.",
            (
                Parameter(
                    id="first-action",
                    zh="发明首次处理",
                    en="first action on an invention",
                    value=days(45),
                ),
                Parameter(
                    id="conclude-invention",
                    zh="发明结案",
                    en="conclude an invention",
                    value=years(1),
                ),
                Parameter(
                    id="conclude-utility-design",
                    zh="实用新型、外观设计结案",
                    en="conclude a utility model or design",
                    value=months(2),
                ),
                Parameter(
                    id="conclude-re-examination",
                    zh="复审结案",
                    en="conclude re-examination",
                    value=months(7),
                ),
                Parameter(
                    id="conclude-invalidity",
                    zh="发明、实用新型无效结案",
                    en="conclude invalidity",
                    value=months(5),
                ),
                Parameter(
                    id="conclude-invalidity-design",
                    zh="外观设计无效结案",
                    en="conclude invalidity of a design",
                    value=months(4),
                ),
            ),
        ),
        Provision(
            "16",
            "申请人答复审查意见的期限，自发文日起算。",
            "How long the applicant has to answer, from the day of issue.",
            (
                Parameter(id="answer-invention", zh="发明答复", en="answer, invention", value=months(1)),
                Parameter(
                    id="answer-utility-design",
                    zh="实用新型、外观设计答复",
                    en="answer, utility model or design",
                    value=days(15),
                ),
            ),
        ),
        Provision(
            "17",
            "停止优先审查的三种情形：主动修改、逾期或延期答复、提交虚假材料。",
            "Three grounds that end it: own amendment, a late or extended answer, false material.",
        ),
    ),
)
