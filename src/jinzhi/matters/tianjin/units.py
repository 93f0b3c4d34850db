"""The units of Tianjin that the plan of 2021 names, and the words that stand for many of them.

Source: the plan division document of 2021-11-02 for the short names; domain rules 10.3 for full and later names.
A later name that nobody has read in a source is an alias with ``verified=False``.
"""

from __future__ import annotations

from datetime import date

from jinzhi.kernel.organisation import OrgUnit, UnitAlias, UnitGroup

tianjin = OrgUnit(id="tianjin", zh="天津市", en="Tianjin Municipality", level="city", code="120000",
                  code_verified=False)  # fmt: skip


def _unit(
    id: str, short: str, zh: str, en: str, *aliases: UnitAlias, level: str = "department", note: str = ""
) -> OrgUnit:
    return OrgUnit(
        id=id, zh=zh, en=en, short=short, level=level, parent="tianjin", aliases=aliases, note=note,
        next_review=date(2027, 1, 31),
    )  # fmt: skip


leading_group_office = _unit(
    "tj-leading-group-office", "市知识产权战略领导小组办公室", "天津市知识产权战略领导小组办公室",
    "Office of the Tianjin Leading Group for IP Strategy",
    UnitAlias("领导小组办公室"),
    note="办公室在市知识产权局;领导小组后续是否更名未检到",
)  # fmt: skip

departments = (
    _unit("tj-ip-office", "市知识产权局", "天津市知识产权局", "Tianjin IP Administration",
          note="由市市场监管委管理(未核);2025 年仍用此名"),
    _unit("tj-industry", "市工业和信息化局", "天津市工业和信息化局", "Tianjin Bureau of Industry and IT",
          UnitAlias("市工信局", verified=False)),
    _unit("tj-science", "市科技局", "天津市科学技术局", "Tianjin Science and Technology Bureau",
          UnitAlias("市科学技术局")),
    _unit("tj-sasac", "市国资委", "天津市人民政府国有资产监督管理委员会",
          "Tianjin State-owned Assets Commission", UnitAlias("市国有资产监督管理委员会", verified=False)),
    _unit("tj-commerce", "市商务局", "天津市商务局", "Tianjin Commerce Bureau"),
    _unit("tj-culture-tourism", "市文化和旅游局", "天津市文化和旅游局", "Tianjin Bureau of Culture and Tourism",
          UnitAlias("市文旅局", verified=False)),
    _unit("tj-publicity", "市委宣传部", "中共天津市委宣传部", "Publicity Department of the Municipal Committee",
          UnitAlias("天津市委宣传部"), UnitAlias("市版权局", note="挂牌(未核)", verified=False),
          UnitAlias("市委宣传部(市版权局)", verified=False)),
    _unit("tj-education", "市教委", "天津市教育委员会", "Tianjin Education Commission"),
    _unit("tj-finance-regulation", "市金融局", "天津市地方金融监督管理局", "Tianjin Local Financial Bureau",
          UnitAlias("市金融工作局", verified=False),
          UnitAlias("天津市地方金融管理局", note="2024 年机构改革后的名称,未核", verified=False),
          UnitAlias("市委金融办", note="2024 年机构改革后,未核", verified=False)),
    _unit("tj-development-reform", "市发展改革委", "天津市发展和改革委员会",
          "Tianjin Development and Reform Commission",
          UnitAlias("市发改委", verified=False), UnitAlias("市发展和改革委")),
    _unit("tj-market-regulation", "市市场监管委", "天津市市场监督管理委员会",
          "Tianjin Administration for Market Regulation", UnitAlias("市市场监督管理委")),
    _unit("tj-agriculture", "市农业农村委", "天津市农业农村委员会",
          "Tianjin Agriculture and Rural Affairs Commission",
          UnitAlias("市农委", note="同一机构的另一写法")),
    _unit("tj-public-security", "市公安局", "天津市公安局", "Tianjin Public Security Bureau"),
    _unit("tj-justice", "市司法局", "天津市司法局", "Tianjin Justice Bureau"),
    _unit("tj-human-resources", "市人社局", "天津市人力资源和社会保障局",
          "Tianjin Bureau of Human Resources and Social Security", UnitAlias("市人力社保局", verified=False)),
    _unit("tj-finance", "市财政局", "天津市财政局", "Tianjin Finance Bureau"),
)  # fmt: skip

external = (
    _unit("tj-high-court", "市高级人民法院", "天津市高级人民法院", "Tianjin High People's Court",
          UnitAlias("市高级法院", verified=False), UnitAlias("市高院", verified=False), level="external"),
    _unit("tj-procuratorate", "市人民检察院", "天津市人民检察院", "Tianjin People's Procuratorate",
          UnitAlias("市检察院", verified=False), level="external"),
    _unit("tj-customs", "天津海关", "中华人民共和国天津海关", "Tianjin Customs", level="external"),
    _unit("tj-banking-insurance", "天津银保监局", "中国银行保险监督管理委员会天津监管局",
          "Tianjin Office of the Banking and Insurance Regulator",
          UnitAlias("国家金融监督管理总局天津监管局", since=date(2023, 7, 1),
                    note="2023-07 起,日期未核", verified=False),
          UnitAlias("天津金融监管局", verified=False), level="external"),
)  # fmt: skip

strategy_members = UnitGroup(
    id="tj-strategy-members",
    zh="市知识产权战略领导小组各成员单位",
    en="Members of the Leading Group for IP Strategy",
    aliases=(
        UnitAlias("领导小组各成员单位"),
        UnitAlias("领导小组成员单位"),
        UnitAlias("市知识产权战略领导小组成员单位"),
        UnitAlias("知识产权战略领导小组各成员单位"),
        UnitAlias("各成员单位"),
    ),
    members=tuple(u.id for u in departments) + tuple(u.id for u in external),
    verified=False,
    note="文件没有列出成员名单,暂以文件点名的市级单位为成员,须由领导小组办公室核定",
)

district_governments = UnitGroup(
    id="tj-district-governments", zh="各区人民政府", en="All district governments", levels=("district",),
    aliases=(UnitAlias("各区政府"), UnitAlias("各区"), UnitAlias("各区县人民政府"), UnitAlias("各区县政府"),
             UnitAlias("各区县"),
             UnitAlias("各区(县)人民政府"), UnitAlias("16个区人民政府")),
)  # fmt: skip

district_ip_offices = UnitGroup(
    id="tj-district-ip-offices", zh="各区知识产权局", en="IP offices of all districts", levels=("bureau",),
    ends="知识产权局", aliases=(UnitAlias("各区县知识产权局"), UnitAlias("区知识产权局")),
)  # fmt: skip

named_district_ip_offices = UnitGroup(
    id="tj-named-district-ip-offices", zh="相关区知识产权局", en="IP offices of the districts concerned",
    levels=("bureau",), ends="知识产权局", named_only=True,
    aliases=(UnitAlias("有关区知识产权局"), UnitAlias("各相关区知识产权局"), UnitAlias("各有关区知识产权局")),
)  # fmt: skip

named_district_governments = UnitGroup(
    id="tj-named-district-governments", zh="相关区人民政府", en="Governments of the districts concerned",
    levels=("district",), named_only=True,
    aliases=(UnitAlias("有关区人民政府"), UnitAlias("相关区政府"), UnitAlias("有关区政府"),
             UnitAlias("各有关区人民政府"),
             UnitAlias("各相关区人民政府"), UnitAlias("各有关区政府"), UnitAlias("各相关区政府"), UnitAlias("相关区"),
             UnitAlias("有关区"), UnitAlias("各有关区"), UnitAlias("各相关区")),
)  # fmt: skip

departments_concerned = UnitGroup(
    id="tj-departments-concerned", zh="市有关部门", en="Departments concerned", open=True,
    aliases=(UnitAlias("有关部门"), UnitAlias("相关部门"), UnitAlias("市相关部门"), UnitAlias("各有关部门"),
             UnitAlias("各相关部门"),
             UnitAlias("市级有关部门"), UnitAlias("市级相关部门"), UnitAlias("有关单位"), UnitAlias("相关单位"),
             UnitAlias("各有关单位"), UnitAlias("各相关单位"), UnitAlias("市有关单位"), UnitAlias("各责任单位")),
    note="没有固定成员,导入时由人指定",
)  # fmt: skip
