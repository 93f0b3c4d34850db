"""公共服务网点: where the public is advised on intellectual property, who keeps the place, what it offers."""

from datetime import date

from jinzhi.kernel.declare import Named
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.register import Register, RegisterEntry

service_points = Register(
    id="service-points",
    zh="知识产权公共服务网点",
    en="IP public service points",
    serves=("S2", "S1"),
    next_review=date(2027, 6, 30),
    why="有地址、有电话、有人答复，公共服务才落得到群众身边。",
    public=True,
    fields=(
        Field(id="name", zh="网点名称", en="Name", searchable=True),
        Field(
            id="kind", zh="网点类型", en="Kind", type=Type.CHOICE, filtered=True,
            choices=(
                Named("tisc", "技术与创新支持中心（TISC）", "Technology and innovation support centre (TISC)"),
                Named("university", "高校国家知识产权信息服务中心", "University IP information service centre"),
                Named("national", "国家知识产权信息公共服务网点", "National IP information service point"),
                Named("workstation", "知识产权工作站", "IP workstation"),
                Named("window", "政务服务窗口", "Service window"),
            ),
        ),
        Field(id="unit", zh="所属单位", en="Unit in charge", type=Type.UNIT, filtered=True),
        Field(id="host", zh="承办机构", en="Host", searchable=True, required=False),
        Field(id="address", zh="地址", en="Address", searchable=True, listed=False),
        Field(id="telephone", zh="服务电话", en="Telephone", listed=False),
        Field(
            id="services", zh="服务事项", en="Services", type=Type.LONG, listed=False, required=False, searchable=True,
            help_zh="一行一项，如：专利检索、维权援助、版权登记咨询", help_en="one a line",
        ),
        Field(id="opened_on", zh="设立日期", en="Opened on", type=Type.DATE, filtered=True),
        Field(id="online", zh="可网上预约", en="Appointments online", type=Type.BOOL, filtered=True),
        Field(id="contact", zh="联系人", en="Contact person", required=False, open_to="personal", listed=False),
        Field(id="contact_mobile", zh="联系人手机", en="Contact's mobile", required=False, open_to="personal",
              listed=False),
    ),
    title="name",
    key=("name", "unit"),
    unit_field="unit",
    numbering="网点〔{year}〕{seq:03d}",
    writes=("plan-office", "approver", "reporter"),
    examples=(
        RegisterEntry("a point with an address and a telephone is kept", {
            "name": "东丽区华明街知识产权工作站", "kind": "workstation", "unit": "tj-dongli", "address": "华明街弘程道",
            "telephone": "022-00000000", "opened_on": "2024-04-26", "online": "是",
        }),
        RegisterEntry("the kind may be given by its Chinese name", {
            "name": "某大学信息服务中心", "kind": "高校国家知识产权信息服务中心", "unit": "tj-education",
            "address": "卫津路", "telephone": "022-00000001", "opened_on": "2023年9月1日",
        }),
        RegisterEntry("a point nobody can reach is no service point", {
            "name": "某工作站", "kind": "workstation", "unit": "tj-dongli", "opened_on": "2024-04-26",
        }, refused=("address", "telephone")),
    ),
)  # fmt: skip
