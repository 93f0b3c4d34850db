"""政策文件: rules and policies on intellectual property, with the days on which they hold and are to be reviewed."""

from datetime import date

from jinzhi.kernel.declare import Named
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.register import Register, RegisterEntry

policy_documents = Register(
    id="policy-documents",
    zh="知识产权政策文件",
    en="IP policy documents",
    serves=("K3",),
    next_review=date(2027, 6, 30),
    why="文件在某日是否有效，由施行、失效和废止日期推算，不由人标记。",
    public=True,
    fields=(
        Field(id="title", zh="文件名称", en="Title", searchable=True, max_length=300),
        Field(id="document", zh="发文字号", en="Document number", searchable=True, required=False),
        Field(
            id="level", zh="文件类别", en="Kind", type=Type.CHOICE, filtered=True,
            choices=(
                Named("regulation", "地方性法规", "Local regulation"),
                Named("government-rule", "政府规章", "Government rule"),
                Named("normative", "行政规范性文件", "Normative document"),
                Named("policy", "政策措施", "Policy"),
                Named("plan", "规划计划", "Plan"),
            ),
        ),
        Field(id="issued_by", zh="制定单位", en="Issued by", type=Type.UNIT, filtered=True),
        Field(id="jointly", zh="联合发文单位", en="Issued jointly with", required=False, listed=False),
        Field(id="issued_on", zh="印发日期", en="Issued on", type=Type.DATE),
        Field(id="in_force_from", zh="施行日期", en="In force from", type=Type.DATE, filtered=True),
        Field(
            id="expires_on", zh="失效日期", en="Expires on", type=Type.DATE, required=False,
            help_zh="自该日起不再有效；长期有效的留空", help_en="it no longer holds from this day on",
        ),
        Field(id="repealed_on", zh="废止日期", en="Repealed on", type=Type.DATE, required=False, filtered=True,
              help_zh="自该日起不再有效", help_en="it no longer holds from this day on"),
        Field(id="review_on", zh="下次评估日期", en="Next review", type=Type.DATE, required=False),
        Field(id="address", zh="公开网址", en="Public address", required=False, listed=False),
        Field(id="summary", zh="主要内容", en="Main content", type=Type.LONG, required=False, listed=False,
              searchable=True),
    ),
    title="title",
    key=("title", "document"),
    unit_field="issued_by",
    numbering="政策〔{year}〕{seq:03d}",
    writes=("plan-office", "approver", "reporter"),
    examples=(
        RegisterEntry("the city's own regulation", {
            "title": "天津市知识产权保护条例", "level": "地方性法规", "issued_by": "tianjin", "issued_on": "2019-09-27",
            "in_force_from": "2019-11-01",
        }),
        RegisterEntry("a document without the day it holds from is refused", {
            "title": "某措施", "level": "policy", "issued_by": "tj-ip-office", "issued_on": "2026-01-05",
        }, refused=("in_force_from",)),
    ),
)  # fmt: skip
