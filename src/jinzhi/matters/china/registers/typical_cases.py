"""典型案例: cases published so that others learn from them."""

from datetime import date

from jinzhi.kernel.declare import Named
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.register import Register, RegisterEntry

typical_cases = Register(
    id="typical-cases",
    zh="典型案例",
    en="Typical cases",
    serves=("G4", "P2"),
    next_review=date(2027, 6, 30),
    why="公开的案例让公众知道什么受保护、怎样保护；发布之日起计入。",
    public=True,
    fields=(
        Field(id="title", zh="案例名称", en="Title", searchable=True),
        Field(
            id="protection", zh="保护方式", en="Protection", type=Type.CHOICE, filtered=True,
            choices=(
                Named("administrative", "行政保护", "Administrative"),
                Named("civil", "民事审判", "Civil trial"),
                Named("criminal", "刑事保护", "Criminal"),
                Named("mediation", "纠纷调解", "Mediation"),
                Named("customs", "海关保护", "Customs"),
            ),
        ),
        Field(
            id="right", zh="权利类型", en="Right", type=Type.CHOICE, filtered=True,
            choices=(
                Named("patent", "专利", "Patent"),
                Named("trademark", "商标", "Trade mark"),
                Named("copyright", "著作权", "Copyright"),
                Named("gi", "地理标志", "Geographical indication"),
                Named("trade-secret", "商业秘密", "Trade secret"),
                Named("plant", "植物新品种", "Plant variety"),
                Named("layout", "集成电路布图设计", "Layout design"),
            ),
        ),
        Field(id="handled_by", zh="办理单位", en="Handled by", type=Type.UNIT, filtered=True),
        Field(id="document", zh="案号或文书号", en="Document number", required=False, searchable=True),
        Field(id="summary", zh="基本案情", en="Facts", type=Type.LONG, listed=False, searchable=True, max_length=5000),
        Field(id="significance", zh="典型意义", en="Why it matters", type=Type.LONG, listed=False, max_length=3000),
        Field(id="batch", zh="发布批次", en="Batch", required=False, help_zh="如：2026 年度知识产权保护十大案例"),
        Field(
            id="published_on", zh="发布日期", en="Published on", type=Type.DATE, required=False, filtered=True,
            help_zh="尚未发布的留空", help_en="leave empty until it is published",
        ),
        Field(id="parties", zh="当事人", en="Parties", required=False, open_to="personal", listed=False),
    ),
    title="title",
    key=("title",),
    unit_field="handled_by",
    numbering="案例〔{year}〕{seq:03d}",
    writes=("plan-office", "approver", "reporter", "case-handler"),
    examples=(
        RegisterEntry("a case that is not published yet has no day", {
            "title": "某商标侵权案", "protection": "行政保护", "right": "商标", "handled_by": "tj-market-regulation",
            "summary": "销售假冒注册商标的商品。", "significance": "源头追溯。",
        }),
        RegisterEntry("an unknown right and a day that does not exist are refused", {
            "title": "某案", "protection": "civil", "right": "域名", "handled_by": "tj-high-court", "summary": "略",
            "significance": "略", "published_on": "2026-04-31",
        }, refused=("right", "published_on")),
    ),
)  # fmt: skip
