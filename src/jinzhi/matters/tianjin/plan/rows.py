"""The 37 rows of Tianjin's IP plan for 2021–2025: 23 tasks, 9 projects, 5 safeguards.

Ids and short titles after the project's table of the plan; titles and places after the division document of
2021-11-02 issued by the office of the leading group.
"""

from __future__ import annotations

from jinzhi.kernel.plan import PlanRow

_TASKS, _PROJECTS, _SAFEGUARDS = "主要任务", "重点工程", "实施保障"
_TASKS_EN, _PROJECTS_EN, _SAFEGUARDS_EN = "Main tasks", "Key projects", "Safeguards"

# letter, section, its English, and for each row: short title, title as printed, English
_TASK_SECTIONS = (
    ("C", "高质量推进知识产权创造", "High-quality creation of IP", (
        ("提升企业知识产权创造水平", "提升企业知识产权创造水平", "Raise enterprises' IP creation"),
        ("激发高校院所创造活力", "激发高校院所知识产权创造活力", "Bring out universities' and institutes' creation"),
        ("重点研发平台", "提升重点研发平台知识产权创造能力", "Key R&D platforms"),
    )),
    ("U", "高效益促进知识产权运用", "Efficient use of IP", (
        ("健全运营体系", "健全知识产权运营体系", "Complete the IP operation system"),
        ("信创产业", "优先信创产业知识产权发展", "IP of the IT application innovation industry"),
        ("“1+3+4”产业引育", "强化“1+3+4”产业知识产权引育", "Attract and grow the 1+3+4 industries"),
        ("产业化", "提高知识产权产业化水平", "Industrial use of IP"),
        ("金融创新", "推进知识产权金融创新", "IP finance"),
    )),
    ("P", "高标准强化知识产权保护", "High-standard protection of IP", (
        ("侵权打击", "加大知识产权侵权打击力度", "Act against infringement"),
        ("协同保护", "健全知识产权协同保护机制", "Joint protection"),
        ("新技术新业态", "强化新技术应用和新业态保护", "New technology and new forms of business"),
        ("保护基础", "夯实知识产权保护基础", "Foundations of protection"),
        ("纠纷多元化解", "构建知识产权纠纷多元化解机制", "Many ways to settle disputes"),
    )),
    ("S", "高规格完善知识产权服务体系", "IP services", (
        ("便民公共服务", "构建便民利民知识产权公共服务体系", "Public services"),
        ("新型基础平台", "加强知识产权新型基础平台建设", "New basic platforms"),
        ("服务业", "大力推动知识产权服务业发展", "IP service industry"),
    )),
    ("J", "高水平推进京津冀知识产权协同发展", "Joint development of Beijing, Tianjin and Hebei", (
        ("京津冀合作机制", "健全京津冀知识产权部门合作机制", "Cooperation of Beijing, Tianjin and Hebei"),
        ("资源配置", "优化京津冀知识产权资源配置", "Sharing of resources"),
        ("服务合作", "强化京津冀知识产权服务合作", "Cooperation in services"),
    )),
    ("G", "高起点构建知识产权治理体系", "IP governance", (
        ("“四级”管理体系", "健全“四级”知识产权管理体系", "Four-level administration"),
        ("营商环境", "优化知识产权营商环境", "Business environment"),
        ("人才", "加快培养高水平知识产权人才", "Talent"),
        ("文化宣传", "加强知识产权文化宣传", "Culture and publicity"),
    )),
)  # fmt: skip

tasks = tuple(
    PlanRow(
        id=f"{letter}{number}", zh=short, en=en, title=title, part=_TASKS, part_number=1,
        section=section, section_number=section_number, number=number, part_en=_TASKS_EN, section_en=section_en,
    )
    for section_number, (letter, section, section_en, rows) in enumerate(_TASK_SECTIONS, 1)
    for number, (short, title, en) in enumerate(rows, 1)
)  # fmt: skip

_PROJECT_ROWS = (
    ("保护能力提升", "知识产权保护能力提升工程", "Protection capacity"),
    ("企业效能提升", "企业知识产权效能提升工程", "Enterprise IP effectiveness"),
    ("专利密集型产业", "专利密集型产业培育工程", "Patent-intensive industries"),
    ("运营服务体系城市", "国家知识产权运营服务体系城市建设工程", "City of the IP operation service system"),
    ("海外纠纷应对", "海外知识产权纠纷应对指导工程", "Overseas disputes"),
    ("强区建设", "知识产权强区建设提升工程", "Strong districts"),
    ("人才引进培育", "知识产权人才引进培育工程", "Attracting and training talent"),
    ("商标和地理标志", "商标和地理标志品牌价值提升工程", "Trade marks and geographical indications"),
    ("版权及文化产业", "版权及文化产业创新发展工程", "Copyright and cultural industries"),
)

projects = tuple(
    PlanRow(id=f"E{n}", zh=short, en=en, title=title, part=_PROJECTS, part_en=_PROJECTS_EN, part_number=2, number=n)
    for n, (short, title, en) in enumerate(_PROJECT_ROWS, 1)
)

_SAFEGUARD_ROWS = (
    ("组织领导", "加强组织领导", "Leadership"),
    ("体制机制", "创新体制机制", "Institutions and mechanisms"),
    ("政策法规", "健全政策法规", "Policies and rules"),
    ("资金投入", "加大资金投入", "Funding"),
    ("评估考核", "强化评估考核", "Evaluation and assessment"),
)

safeguards = tuple(
    PlanRow(id=f"K{n}", zh=short, en=en, title=title, part=_SAFEGUARDS, part_en=_SAFEGUARDS_EN, part_number=3, number=n)
    for n, (short, title, en) in enumerate(_SAFEGUARD_ROWS, 1)
)
