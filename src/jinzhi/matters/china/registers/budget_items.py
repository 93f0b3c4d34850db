"""资金投入: what a unit has set aside in a year for a row of the plan, and what it has spent of it."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.declare import Named
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.register import Register, RegisterEntry

budget_items = Register(
    id="budget-items",
    zh="资金投入",
    en="Budget items",
    serves=("K4", "E6"),
    next_review=date(2027, 6, 30),
    why="资金为规划任务而安排、而支出；执行率由登记数推算，不由人填。",
    fields=(
        Field(id="project", zh="项目名称", en="Project", searchable=True),
        Field(id="row", zh="规划任务编号", en="Row of the plan", filtered=True, max_length=10,
              help_zh="如 K4", help_en="such as K4"),
        Field(id="unit", zh="预算单位", en="Unit", type=Type.UNIT, filtered=True),
        Field(id="year", zh="预算年度", en="Year", type=Type.INT, min=Decimal(2021), max=Decimal(2035), filtered=True),
        Field(
            id="source", zh="资金来源", en="Source of money", type=Type.CHOICE, filtered=True,
            choices=(
                Named("central", "中央财政", "Central budget"),
                Named("city", "市级财政", "City budget"),
                Named("district", "区级财政", "District budget"),
                Named("social", "社会资金", "Private money"),
            ),
        ),
        Field(id="budget", zh="预算数", en="Budget", type=Type.DECIMAL, unit="万元", min=Decimal(0)),
        Field(id="spent", zh="执行数", en="Spent", type=Type.DECIMAL, unit="万元", min=Decimal(0)),
        Field(id="as_of", zh="执行数截至", en="Spent by", type=Type.DATE),
        Field(id="note", zh="绩效说明", en="Performance", type=Type.LONG, required=False, listed=False),
    ),
    title="project",
    key=("project", "unit", "year", "source"),
    unit_field="unit",
    numbering="资金〔{year}〕{seq:03d}",
    writes=("plan-office", "approver", "reporter"),
    examples=(
        RegisterEntry("amounts in 10,000 yuan, with a separator as people write them", {
            "project": "公共服务网点建设", "row": "S2", "unit": "tj-dongli", "year": 2026, "source": "区级财政",
            "budget": "1,200.50", "spent": "800", "as_of": "2026-10-31",
        }),
        RegisterEntry("a negative amount and a year before the plan are refused", {
            "project": "某项目", "row": "K4", "unit": "tj-finance", "year": 2019, "source": "city", "budget": "-1",
            "spent": "0", "as_of": "2026-10-31",
        }, refused=("year", "budget")),
    ),
)  # fmt: skip
