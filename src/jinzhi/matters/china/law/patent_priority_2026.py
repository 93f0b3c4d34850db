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
    note="办理期限见来源，条号待核。",
    provisions=(
        Provision(
            "4",
            "按协议的审查和预审合格后的快速审查不适用本办法。",
            "Not for examination by treaty or after pre-examination.",
        ),
        Provision(
            "13",
            "由省级知识产权局推荐。",
            "Recommended by the provincial office.",
        ),
        Provision(
            "",
            "优先审查的办理期限，自通知书发文日起算。",
            "How long priority examination takes, from the notice.",
            (
                Parameter(
                    id="first-action",
                    zh="发明首次处理",
                    en="first action on an invention",
                    value=days(45),
                    verified=False,
                    note="数值见来源，条号待核。",
                ),
                Parameter(
                    id="conclude-invention",
                    zh="发明结案",
                    en="conclude an invention",
                    value=years(1),
                    verified=False,
                    note="数值见来源，条号待核。",
                ),
                Parameter(
                    id="conclude-utility-design",
                    zh="实用新型、外观设计结案",
                    en="conclude a utility model or design",
                    value=months(2),
                    verified=False,
                    note="数值见来源，条号待核。",
                ),
                Parameter(
                    id="conclude-re-examination",
                    zh="复审结案",
                    en="conclude re-examination",
                    value=months(7),
                    verified=False,
                    note="数值见来源，条号待核。",
                ),
                Parameter(
                    id="conclude-invalidity",
                    zh="发明、实用新型无效结案",
                    en="conclude invalidity",
                    value=months(5),
                    verified=False,
                    note="数值见来源，条号待核。",
                ),
                Parameter(
                    id="conclude-invalidity-design",
                    zh="外观设计无效结案",
                    en="conclude invalidity of a design",
                    value=months(4),
                    verified=False,
                    note="数值见来源，条号待核。",
                ),
            ),
        ),
    ),
)
