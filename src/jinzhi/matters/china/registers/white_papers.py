"""白皮书: the yearly white papers on the protection and the development of intellectual property."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.declare import Citation, Named
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.register import Register, RegisterEntry

white_papers = Register(
    id="white-papers",
    zh="知识产权白皮书",
    en="IP white papers",
    serves=("G4",),
    basis=(Citation("tianjin-ip-protection-regulation", "6"),),
    next_review=date(2027, 6, 30),
    why="本市每年公布知识产权保护状况；何时公布，在此可查。",
    public=True,
    fields=(
        Field(id="title", zh="名称", en="Title", searchable=True),
        Field(
            id="kind", zh="类别", en="Kind", type=Type.CHOICE, filtered=True,
            choices=(
                Named("protection", "保护状况白皮书", "State of protection"),
                Named("development", "发展状况白皮书", "State of development"),
            ),
        ),
        Field(id="year", zh="所述年度", en="Year described", type=Type.INT, min=Decimal(2000), max=Decimal(2100),
              filtered=True),
        Field(id="issued_by", zh="发布单位", en="Published by", type=Type.UNIT, filtered=True),
        Field(id="published_on", zh="发布日期", en="Published on", type=Type.DATE, required=False, filtered=True,
              help_zh="尚未发布的留空", help_en="leave empty until it is published"),
        Field(id="due", zh="计划发布日期", en="To be published by", type=Type.DATE,
              help_zh="通常为世界知识产权日 4 月 26 日", help_en="as a rule 26 April, World IP Day"),
        Field(id="address", zh="公开网址", en="Public address", required=False, listed=False),
    ),
    title="title",
    key=("kind", "year", "issued_by"),
    unit_field="issued_by",
    numbering="白皮书〔{year}〕{seq:02d}",
    writes=("plan-office", "approver", "reporter"),
    examples=(
        RegisterEntry("a paper in preparation has no day of publication", {
            "title": "2026 年天津市知识产权保护状况", "kind": "protection", "year": 2026, "issued_by": "tj-ip-office",
            "due": "2027-04-26",
        }),
        RegisterEntry("a paper of no year is refused", {
            "title": "白皮书", "kind": "protection", "year": "去年", "issued_by": "tj-ip-office", "due": "2027-04-26",
        }, refused=("year",)),
    ),
)  # fmt: skip
