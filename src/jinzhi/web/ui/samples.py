"""What the gallery shows: invented values of every component."""

from __future__ import annotations

from datetime import UTC, date, datetime

from jinzhi.apps.evidence.events.seals import CONTENT, PROOF, SealVerdict
from jinzhi.apps.evidence.models import Checkpoint, Entry, Shard
from jinzhi.engines import charts
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.figures import FigureTile, FlowNode, Heat, Kpi
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.records import TimelineItem
from jinzhi.web.ui.states import Due, Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableGroup, TableRow

DAY = date(2026, 11, 22)
YEARS = ["2019年", "2020年", "2021年", "2022年", "2023年", "2024年", "2025年"]
SECTIONS = [
    "一、完善知识产权制度",
    "二、强化知识产权保护",
    "三、促进转化运用",
    "四、优化公共服务",
    "五、建设人文社会环境",
]
UNITS = ["市知识产权局", "市高级人民法院", "市市场监管委", "市科技局", "滨海新区政府", "天津海关"]

#: rough places of the sixteen districts, row and column: our own drawing
DISTRICTS = {
    "蓟州区": (0, 2),
    "武清区": (1, 1),
    "宝坻区": (1, 2),
    "宁河区": (1, 3),
    "北辰区": (2, 2),
    "西青区": (3, 0),
    "红桥区": (3, 1),
    "河北区": (3, 2),
    "东丽区": (3, 3),
    "滨海新区": (3, 4),
    "南开区": (4, 1),
    "和平区": (4, 2),
    "河东区": (4, 3),
    "静海区": (5, 0),
    "河西区": (5, 2),
    "津南区": (5, 3),
}

CHARTS = {
    chart.id: chart
    for chart in (
        charts.Chart(
            "patents",
            "有效发明专利拥有量",
            charts.line(
                {
                    "有效发明专利": [33000, 37000, 43000, 51000, 59000, 66000, 74000],
                    "高价值发明专利": [12000, 14100, 16800, 19900, 23400, 26800, None],
                },
                YEARS,
                unit="件",
                name="年份",
                incomplete_from="2025年",
                target=70000,
            ),
            "件",
            date(2025, 12, 31),
            "演示数据",
            "七年增长一倍多，二〇二五年超过目标 70,000 件",
        ),
        charts.Chart(
            "tasks",
            "各单位任务状态",
            charts.bar(
                {
                    "超前": [3, 1, 4, 2, 2, 1],
                    "正常": [8, 6, 9, 7, 5, 4],
                    "有风险": [1, 2, 0, 2, 1, 1],
                    "滞后": [1, 2, 1, 0, 1, 3],
                },
                UNITS,
                unit="项",
                name="单位",
                stacked=True,
                horizontal=True,
                colours=charts.STATE_COLOURS,
            ),
            "项",
            DAY,
            "演示数据",
            "天津海关滞后 3 项，最多",
        ),
        charts.Chart(
            "heat",
            "单位 × 章节完成率",
            charts.heat(
                ["制度", "保护", "运用", "服务", "环境"],
                UNITS[:4],
                [
                    [72, None, 97, None, None],
                    [59, None, 81, 51, None],
                    [81, 97, 94, 68, None],
                    [None, 92, 91, None, 88],
                ],
                unit="%",
                name="单位",
            ),
            "%",
            DAY,
            "演示数据",
            "市高级人民法院的公共服务最低",
        ),
    )
}


_SHARD = Shard(year=2026)
_ENTRY = Entry(shard=_SHARD, index=1304)
_POINT = Checkpoint(pk=1, shard=_SHARD, size=1310, at=datetime(2026, 11, 21, 16, 3, tzinfo=UTC))
#: what came of checking something against the log, in each state
SEALED = {
    "verified": SealVerdict("verified", _ENTRY, _POINT),
    "numbered": SealVerdict("numbered", _ENTRY),
    "queued": SealVerdict("queued", Entry()),
    "broken": SealVerdict("broken", _ENTRY, _POINT, (CONTENT, PROOF)),
}


def tone(share: float) -> str:
    """Only the gallery's: the published rule of the lights lives with the plan."""
    return "ahead" if share >= 95 else "normal" if share >= 80 else "risk" if share >= 60 else "late"


TASKS = Table(
    caption="需要领导关注的任务",
    columns=[
        Column("编号", "number"),
        Column("任务", wide=True),
        Column("牵头单位", "unit"),
        Column("期限", "due", numeric=True),
        Column("完成率", "share"),
        Column("状态"),
    ],
    rows=[
        TableGroup("", "late", 1),
        TableRow(
            [
                "2.3",
                Cell("修订专利侵权纠纷行政裁决办案规程", href="#table", sub="法制审核意见未返回"),
                "市知识产权局",
                Cell(due=Due(date(2026, 11, 15), DAY)),
                Cell("72%", share=72, tone="late"),
                Tag("滞后", "Behind", "late"),
            ],
            value="2-3",
        ),
        TableGroup("", "risk", 1),
        TableRow(
            [
                "3.1",
                Cell("建成专利开放许可试点平台并上线对接", href="#table", sub="接口联调中"),
                "市科技局",
                Cell(due=Due(date(2026, 11, 30), DAY)),
                Cell("81%", share=81, tone="risk"),
                Tag("有风险", "At risk", "risk"),
            ],
            value="3-1",
        ),
        TableGroup("", "normal", 2),
        TableRow(
            [
                "4.6",
                Cell("十六个区公共服务网点全覆盖", href="#table", sub="剩余：宁河、蓟州"),
                "各区人民政府",
                Cell(due=Due(date(2026, 12, 10), DAY)),
                Cell("88%", share=88),
                Tag("正常", "On track", "normal"),
            ],
            value="4-6",
        ),
        TableRow(
            [
                "5.2",
                Cell("发布年度知识产权保护状况白皮书", href="#table", sub="提纲已定"),
                "市知识产权局",
                Cell(due=Due(date(2027, 4, 20), DAY, provisional=True)),
                Cell("10%", share=10),
                Tag("正常", "On track", "normal"),
            ],
            value="5-2",
        ),
    ],
    select="task",
    stack=True,
    id="tasks",
)
NO_ORDERS = Table(
    "督办单",
    [Column("编号"), Column("任务")],
    [],
    Empty("没有督办单", "当前筛选下没有督办单。去掉单位条件可以看到全市的。", "?", "去掉筛选"),
)
SHARES: list[list[int | None]] = [
    [72, None, 97, None, None],
    [59, None, 81, 51, None],
    [81, 97, 94, 68, None],
    [None, 92, 91, None, 88],
    [81, 87, None, 89, 79],
    [91, 59, 54, 45, 61],
]
HEAT = [
    (
        unit,
        [
            None if v is None else Heat(f"{v}%", tone(v), "#heat", label=f"{unit}，{s}")
            for v, s in zip(row, SECTIONS, strict=True)
        ],
    )
    for unit, row in zip(UNITS, SHARES, strict=True)
]
TILES = [
    FigureTile(name, row, col, f"{50 + (i * 17) % 53}%", tone(50 + (i * 17) % 53), "#tiles")
    for i, (name, (row, col)) in enumerate(DISTRICTS.items())
]
TILES[-1] = FigureTile("津南区", 5, 3)
KPIS = [
    Kpi(
        "每万人口高价值发明专利拥有量",
        "22.8",
        "件",
        "21.0",
        Tag("108.6%", "108.6%", "ahead"),
        [14, 15, 16.2, 17.9, 19, 21, 22.8],
        "#kpi",
        "市知识产权局",
        "#kpi",
        "季度",
        "2026-09-30",
    ),
    Kpi(
        "专利权质押融资登记额",
        "71.5",
        "亿元",
        "90",
        Tag("79.4%", "79.4%", "risk"),
        [40, 44, None, 55, 61, 68, 71.5],
        "#kpi",
        "市金融局",
        "#kpi",
        "月度",
        "2026-10-31",
    ),
    Kpi(
        "侵权纠纷行政裁决按期结案率",
        "98.4",
        "%",
        "95",
        Tag("103.6%", "103.6%", "ahead"),
        [90, 93, 95, 96, 97, 98, 98.4],
        "#kpi",
        "市市场监管委",
        "#kpi",
        "月度",
        "2026-10-31",
    ),
    Kpi(
        "PCT 国际专利申请量",
        "1,034",
        "件",
        "1,200",
        Tag("86.2%", "86.2%", "normal"),
        [700, 760, 820, 900, 980, 1060, 1034],
        "#kpi",
        "滨海新区政府",
        "#kpi",
        "月度",
        "2026-10-31",
    ),
    Kpi(
        "知识产权保护社会满意度",
        "—",
        "分",
        "83",
        None,
        [],
        "#kpi",
        "市知识产权局",
        "#kpi",
        "年度",
        "2025-12-31",
    ),
    Kpi(
        "地理标志产品年产值",
        "64.2",
        "亿元",
        "60",
        Tag("107.0%", "107.0%", "ahead"),
        [50, 52, 54, 58, 60, 62, 64.2],
        "#kpi",
        "市农业农村委",
        "#kpi",
        "年度",
        "2025-12-31",
        True,
    ),
]
FILTERS = [
    Filter("unit", "责任单位", options=[Option("zscq", "市知识产权局", 32), Option("kjj", "市科技局", 11)]),
    Filter("state", "状态", options=[Option("late", "滞后", 8), Option("risk", "有风险", 9)]),
    Filter("q", "任务含有", "text"),
    Filter("before", "期限不晚于", "date"),
    Filter("mine", "只看本单位", "check"),
]
EVENTS = [
    TimelineItem(
        "滨海新区政府填报",
        datetime(2026, 11, 21, 16, 2),
        "周 某",
        "公共服务网点：14/16 → 15/16",
        "done",
        Tag("待审核", "To be approved", "open"),
        seal=SEALED["verified"],
        notes=["附件 2 份"],
    ),
    TimelineItem("市科技局说明风险", datetime(2026, 11, 20, 9, 41), "李 某", "接口联调延期 5 天", "risk"),
    TimelineItem("任务下达", date(2026, 2, 1), "市知识产权局", "", "open"),
]
FACTS = [
    ("任务编号", "2.3"),
    ("牵头单位", Cell("市知识产权局", href="#kv")),
    ("配合单位", ["市高级人民法院", "市司法局"]),
    ("状态", Tag("滞后", "Behind", "late")),
    ("完成时限", Due(date(2026, 11, 15), DAY)),
    ("备注", ""),
]
CLOCK_FACTS = [
    ("起算", "2026-09-08 立案次日"),
    ("法定", "3 个月 → 2026-12-08"),
    ("中止", "2026-10-28 起，已 25 天"),
    ("顺延后", "2027-01-08"),
]
FLOW = [
    FlowNode("立案受理", "09-08 ✓", "done"),
    FlowNode("送达答辩", "09-11 ✓", "done"),
    FlowNode("口头审理", "10-20 ✓", "done"),
    FlowNode("技术鉴定", "进行中 25 天", "doing", 1),
    FlowNode("合议裁决", "01-08 前"),
    FlowNode("送达与公告"),
    FlowNode("结案归档"),
]
VIEWS = [
    PageLink("我的", "?view=mine", current=True, count=8),
    PageLink("本处", "?view=office", count=46),
    PageLink("待分派", "?view=new", count=5),
]
