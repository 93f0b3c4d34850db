"""Enforcing layout designs."""

from datetime import date

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days

LAW = Law(
    id="ic-layout-enforcement-2001",
    zh="集成电路布图设计行政执法办法",
    en="Measures on Enforcement of Layout Designs",
    rank=Rank.RULE,
    number="国家知识产权局令第17号",
    issuer="国家知识产权局",
    promulgated=date(2001, 11, 28),
    in_force=date(2001, 11, 28),
    source="办法文本",
    note="与 2026 条例如何衔接待核。",
    provisions=(
        Provision(
            "11",
            "启动撤销程序的，可以中止处理。",
            "May be suspended during revocation.",
        ),
        Provision(
            "24",
            "登记保存证据并限期决定。",
            "Registering evidence.",
            (
                Parameter(
                    id="keep-evidence",
                    zh="登记保存后决定",
                    en="decide on registered evidence",
                    value=days(7),
                    printed="七日",
                ),
            ),
        ),
    ),
)
