"""Register entries of the demonstration: service points, policies, budgets, typical cases, white papers.

They are written by hand for the registers that the platform brings; a register of another city stays empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.registers.actions import create
from jinzhi.apps.units.models import Unit
from jinzhi.demo.people import People
from jinzhi.kernel.register import Register

Values = dict[str, object]

POINT_KINDS = (
    ("tisc", "技术与创新支持中心"),
    ("university", "高校信息服务中心"),
    ("workstation", "工作站"),
    ("window", "综合窗口"),
)
POLICIES = (
    ("知识产权保护条例实施细则（演示）", "government-rule", "2025-02-20", "2025-03-01", ""),
    ("专利转化运用专项办法（演示）", "normative", "2025-05-12", "2025-06-01", "2028-05-31"),
    ("知识产权质押融资风险补偿办法（演示）", "normative", "2025-07-02", "2025-08-01", ""),
    ("专利资助办法（演示，已失效）", "policy", "2023-01-05", "2023-02-01", "2025-12-31"),
    ("知识产权人才培养方案（演示）", "policy", "2025-10-10", "2025-10-10", ""),
    ("地理标志保护工程实施方案（演示）", "policy", "2026-03-08", "2026-04-01", "2029-03-31"),
    ("数据知识产权登记管理办法（演示）", "normative", "2026-06-18", "2026-07-01", ""),
    ("下一年度知识产权工作要点（演示，尚未施行）", "plan", "2026-11-10", "2027-01-01", ""),
)
PROJECTS = (
    ("专利导航与预警", "U3", "tj-ip-office", "city", 600, 430),
    ("知识产权保护专项执法", "P1", "tj-market-regulation", "city", 820, 700),
    ("质押融资风险补偿", "U5", "tj-finance-regulation", "city", 1500, 610),
    ("公共服务网点建设", "S2", "tj-ip-office", "central", 400, 352),
    ("知识产权人才培训", "G3", "tj-human-resources", "city", 180, 121),
    ("运营服务体系建设", "E4", "tj-binhai", "district", 2600, 1840),
    ("特色街镇培育", "E6", "tj-dongli", "district", 350, 205),
    ("版权服务站建设", "E9", "tj-publicity", "city", 240, 236),
)
CASES = (
    ("电池隔膜专利侵权行政裁决案（演示）", "administrative", "patent", "tj-ip-office"),
    ("网络销售假冒注册商标商品案（演示）", "criminal", "trademark", "tj-public-security"),
    ("影视动漫著作权纠纷调解案（演示）", "mediation", "copyright", "tj-justice"),
    ("出口货物侵犯商标权扣留案（演示）", "customs", "trademark", "tj-customs"),
    ("地理标志产品名称冒用查处案（演示）", "administrative", "gi", "tj-market-regulation"),
    ("离职员工侵犯商业秘密案（演示）", "civil", "trade-secret", "tj-high-court"),
)


def _points() -> Iterator[Values]:
    districts = list(Unit.objects.filter(level="district").order_by("path"))
    for n, district in enumerate(districts):
        for k in range(1 + n % 2):
            kind, word = POINT_KINDS[(n + k) % len(POINT_KINDS)]
            yield {
                "name": f"{district.label.removesuffix('政府')}知识产权{word}（演示）",
                "kind": kind,
                "unit": district.code,
                "host": f"{word}承办机构（演示）",
                "address": f"{district.zh}示例路 {10 + n} 号（演示）",
                "telephone": f"022-0000{n:02d}{k:02d}",
                "services": "检索咨询、维权指引、质押登记辅导（演示）",
                "opened_on": date(2025 + (n + k) % 2, 1 + (3 * n + k) % 10, 15),
                "online": (n + k) % 3 != 0,
            }


def _policies() -> Iterator[Values]:
    for n, (title, level, issued, begins, ends) in enumerate(POLICIES, start=1):
        yield {
            "title": title, "document": f"津知演示〔{issued[:4]}〕{n}号", "level": level, "issued_by": "tj-ip-office",
            "issued_on": issued, "in_force_from": begins, "expires_on": ends, "summary": "演示文本，非真实政策。",
        }  # fmt: skip


def _budgets() -> Iterator[Values]:
    for year, share in ((2025, "1.00"), (2026, "0.80")):
        for project, row, unit, source, budget, spent in PROJECTS:
            done = budget - (budget - spent) // 3 if year == 2025 else spent
            yield {
                "project": f"{project}（演示）", "row": row, "unit": unit, "year": year, "source": source,
                "budget": budget, "spent": done, "as_of": f"{year}-12-31" if share == "1.00" else "2026-10-31",
            }  # fmt: skip


def _cases() -> Iterator[Values]:
    for n, (title, protection, right, unit) in enumerate(CASES):
        yield {
            "title": title, "protection": protection, "right": right, "handled_by": unit,
            "summary": "演示案情：权利人举报后，有关单位依法调查并作出处理。",
            "significance": "演示意义：说明证据固定和协同处理的做法。",
            "batch": "2026 年第一批" if n < 4 else "", "published_on": date(2026, 4, 24) if n < 4 else "",
        }  # fmt: skip


def _papers() -> Iterator[Values]:
    for year, late in ((2024, 0), (2025, 3)):
        for kind, word in (("development", "发展状况"), ("protection", "保护状况")):
            day = 25 + (late if kind == "protection" else 0)
            yield {
                "title": f"{year} 年知识产权{word}白皮书（演示）", "kind": kind, "year": year,
                "issued_by": "tj-ip-office", "published_on": date(year + 1, 4, day), "due": date(year + 1, 4, 26),
            }  # fmt: skip


ENTRIES = {
    "service-points": _points,
    "policy-documents": _policies,
    "budget-items": _budgets,
    "typical-cases": _cases,
    "white-papers": _papers,
}


def make_entries(people: People) -> int:
    """Write the entries of every register that this installation declares; returns how many."""
    made = 0
    for register in catalogue().all(Register):
        for values in ENTRIES.get(register.id, lambda: iter(()))():
            create(register.id, values, who=people.office)
            made += 1
    return made
