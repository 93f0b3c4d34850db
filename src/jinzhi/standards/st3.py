"""国家和组织代码 (WIPO ST.3): two-letter codes with Chinese names, for offices that publish patents."""

from __future__ import annotations

_TABLE = """
AE 阿联酋 AM 亚美尼亚 AR 阿根廷 AT 奥地利 AU 澳大利亚 AZ 阿塞拜疆 BA 波黑 BE 比利时 BG 保加利亚 BO 玻利维亚
BR 巴西 BY 白俄罗斯 CA 加拿大 CH 瑞士 CL 智利 CN 中国 CO 哥伦比亚 CR 哥斯达黎加 CS 捷克斯洛伐克（已解体）
CU 古巴 CY 塞浦路斯 CZ 捷克 DD 德意志民主共和国（已并入） DE 德国 DK 丹麦 DO 多米尼加 DZ 阿尔及利亚 EC 厄瓜多尔
EE 爱沙尼亚 EG 埃及 ES 西班牙 FI 芬兰 FR 法国 GB 英国 GE 格鲁吉亚 GR 希腊 GT 危地马拉 HK 中国香港 HN 洪都拉斯
HR 克罗地亚 HU 匈牙利 ID 印度尼西亚 IE 爱尔兰 IL 以色列 IN 印度 IR 伊朗 IS 冰岛 IT 意大利 JO 约旦 JP 日本
KE 肯尼亚 KG 吉尔吉斯斯坦 KH 柬埔寨 KP 朝鲜 KR 韩国 KZ 哈萨克斯坦 LA 老挝 LI 列支敦士登 LK 斯里兰卡 LT 立陶宛
LU 卢森堡 LV 拉脱维亚 MA 摩洛哥 MC 摩纳哥 MD 摩尔多瓦 ME 黑山 MK 北马其顿 MN 蒙古 MO 中国澳门 MT 马耳他
MX 墨西哥 MY 马来西亚 NI 尼加拉瓜 NL 荷兰 NO 挪威 NZ 新西兰 PA 巴拿马 PE 秘鲁 PH 菲律宾 PK 巴基斯坦 PL 波兰
PT 葡萄牙 PY 巴拉圭 QA 卡塔尔 RO 罗马尼亚 RS 塞尔维亚 RU 俄罗斯 SA 沙特阿拉伯 SE 瑞典 SG 新加坡 SI 斯洛文尼亚
SK 斯洛伐克 SM 圣马力诺 SU 苏联（已解体） SV 萨尔瓦多 TH 泰国 TJ 塔吉克斯坦 TM 土库曼斯坦 TN 突尼斯 TR 土耳其
TW 中国台湾 UA 乌克兰 US 美国 UY 乌拉圭 UZ 乌兹别克斯坦 VE 委内瑞拉 VN 越南 YU 南斯拉夫（已解体） ZA 南非
ZM 赞比亚 ZW 津巴布韦 AP 非洲地区知识产权组织 BX 比荷卢知识产权局 EA 欧亚专利组织 EM 欧盟知识产权局
EP 欧洲专利局 GC 海湾合作委员会专利局 IB 世界知识产权组织国际局 OA 非洲知识产权组织 WO 世界知识产权组织
XN 北欧专利局 XV 维谢格拉德专利局
"""

_CELLS = _TABLE.split()
#: code → Chinese name
CODES: dict[str, str] = dict(zip(_CELLS[::2], _CELLS[1::2], strict=True))


def find_name(code: str) -> str | None:
    """The Chinese name of a country or organisation, None where the code is not in the table."""
    return CODES.get(code.upper())


_BY_NAME = {name.partition("（")[0]: code for code, name in CODES.items()} | {
    "中国台湾省": "TW", "台湾": "TW", "香港": "HK", "澳门": "MO", "欧洲": "EP", "欧专局": "EP",
}  # fmt: skip


def find_code(text: str) -> str:
    """The code that a text is, or whose Chinese name it is; empty for none."""
    plain = text.strip()
    return plain.upper() if plain.upper() in CODES else _BY_NAME.get(plain, "")
