"""IP disputes abroad."""

from datetime import date

from jinzhi.kernel.law import Law, Provision, Rank

LAW = Law(
    id="foreign-ip-disputes-2025",
    zh="国务院关于涉外知识产权纠纷处理的规定",
    en="State Council Provisions on IP Disputes Involving Foreign Interests",
    rank=Rank.REGULATION,
    number="",
    issuer="国务院",
    promulgated=date(2025, 3, 13),
    in_force=date(2025, 5, 1),
    source="规定文本",
    provisions=(
        Provision(
            "3",
            "县级以上政府及其部门结合实际做好相关工作。",
            "Local governments do their part.",
        ),
        Provision(
            "5",
            "跟踪国外制度变化，发布预警。",
            "Watching foreign law, giving warnings.",
        ),
        Provision(
            "6",
            "健全指导机构和规程，提供应对指导和维权援助。",
            "Guidance and help in disputes.",
        ),
    ),
)
