"""The streets and towns that the plan of 2021 names for its IP towns (domain rules 10.2)."""

from __future__ import annotations

from jinzhi.kernel.organisation import OrgUnit

_BUILT = "规划写明深入建设的知识产权特色小镇"
_PLANNED = "规划写明重点培育的知识产权特色小镇"

huaming = OrgUnit(id="tj-dongli-huaming", zh="东丽区华明街道", en="Huaming Subdistrict, Dongli", short="华明街",
                  level="street", parent="tj-dongli", note=_BUILT)  # fmt: skip
xiaodian = OrgUnit(id="tj-beichen-xiaodian", zh="北辰区小淀镇", en="Xiaodian Town, Beichen", short="小淀镇",
                   level="street", parent="tj-beichen", note=_BUILT)  # fmt: skip
daqiuzhuang = OrgUnit(id="tj-jinghai-daqiuzhuang", zh="静海区大邱庄镇", en="Daqiuzhuang Town, Jinghai",
                      short="大邱庄镇", level="street", parent="tj-jinghai", note=_PLANNED)  # fmt: skip
jingwu = OrgUnit(id="tj-xiqing-jingwu", zh="西青区精武镇", en="Jingwu Town, Xiqing", short="精武镇",
                 level="street", parent="tj-xiqing", note=_PLANNED)  # fmt: skip
