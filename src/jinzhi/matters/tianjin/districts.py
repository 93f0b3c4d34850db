"""The sixteen districts of Tianjin, each with its IP office.

Codes of GB/T 2260 as domain rules 10.1 give them: not yet checked with the statistics office, so
``code_verified=False``. Old codes are still met in data (Jinghai's own documents are filed under 120223).
District IP offices mostly sit in the district's market regulation bureau (domain rules 10.3).
"""

from __future__ import annotations

from jinzhi.kernel.organisation import OrgUnit, UnitAlias

# id, name, English, code, codes it had before
_DISTRICTS = (
    ("heping", "和平区", "Heping", "120101", ()),
    ("hedong", "河东区", "Hedong", "120102", ()),
    ("hexi", "河西区", "Hexi", "120103", ()),
    ("nankai", "南开区", "Nankai", "120104", ()),
    ("hebei", "河北区", "Hebei", "120105", ()),
    ("hongqiao", "红桥区", "Hongqiao", "120106", ()),
    ("dongli", "东丽区", "Dongli", "120110", ()),
    ("xiqing", "西青区", "Xiqing", "120111", ()),
    ("jinnan", "津南区", "Jinnan", "120112", ()),
    ("beichen", "北辰区", "Beichen", "120113", ()),
    ("wuqing", "武清区", "Wuqing", "120114", ()),
    ("baodi", "宝坻区", "Baodi", "120115", ()),
    ("binhai", "滨海新区", "Binhai New Area", "120116", ("120107", "120108", "120109")),
    ("ninghe", "宁河区", "Ninghe", "120117", ("120221",)),
    ("jinghai", "静海区", "Jinghai", "120118", ("120223",)),
    ("jizhou", "蓟州区", "Jizhou", "120119", ("120225",)),
)

districts = tuple(
    OrgUnit(
        id=f"tj-{id}",
        zh=f"{name}人民政府",
        en=f"{en} District" if en != "Binhai New Area" else en,
        short=f"{name}政府",
        level="district",
        parent="tianjin",
        aliases=(UnitAlias(name),),
        code=code,
        code_verified=False,
        old_codes=old,
    )
    for id, name, en, code, old in _DISTRICTS
)

ip_offices = tuple(
    OrgUnit(
        id=f"tj-{id}-ip",
        zh=f"{name}知识产权局",
        en=f"{en} IP Office",
        level="bureau",
        parent=f"tj-{id}",
        aliases=(UnitAlias(f"{name}市场监督管理局(知识产权局)"),) if id == "binhai" else (),
        note="多设在区市场监督管理局",
    )
    for id, name, en, code, old in _DISTRICTS
)
