"""The statement that goes with a bundle: what is proven, what is not, and on which articles it rests. In Chinese.

It claims what the verifier can show and nothing else. It is no notarial deed and no expert opinion; the presumption
for data on a chain (在线诉讼规则 16) is not claimed, for the log is not anchored on a registered chain.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinzhi.apps.catalogue.clock import installation
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.bundle.bundles import Facts, body, label
from jinzhi.apps.evidence.log import checkpoints
from jinzhi.apps.evidence.log.authority import is_local, time_authority
from jinzhi.apps.evidence.models import Deposit, Entry, Event
from jinzhi.apps.units.models import Unit
from jinzhi.engines.typesetting import pdf
from jinzhi.kernel.law import Law

TEMPLATE = Path(__file__).with_name("certificate.typ")
PLACE = ZoneInfo("Asia/Shanghai")
TITLE = "电子数据登记与核验说明"
#: which articles, and how this statement stands to each; the words of the law stand with the declared laws
BASIS = (
    (
        "civil-evidence-2019",
        "93",
        "真实性由人民法院综合判断。本说明只涉及其中是否被完整地保存、传输、提取，以及监测、核查手段；其余须另行说明。",
    ),
    (
        "civil-evidence-2019",
        "94",
        "是否属于中立第三方平台提供或者确认、在正常业务活动中形成、以档案管理方式保管，由人民法院认定。"
        "平台自己签名不等于中立第三方。",
    ),
    (
        "internet-courts-2018",
        "11",
        "本说明所用的技术手段是{means}；生成、收集环节的主体、环境和过程仍须另行说明。",
    ),
    (
        "online-litigation-2021",
        "16",
        "不主张：本日志没有锚定在已备案的区块链上，不主张“上链后未经篡改”的认定。",
    ),
    (
        "online-litigation-2021",
        "18",
        "登记以前的真实性须另行证明：具体来源、生成机制、存储过程、公证、见证、关联印证。",
    ),
)


def certificate(facts: Facts, stated: Sequence[tuple[str, str]] = ()) -> bytes:
    """The statement as PDF/A-2b. Raises typesetting.NoChineseFont.

    ``stated``: what the person who recorded the content says of its capture, as (label, value): printed as their
    statement, which nothing here proves.
    """
    return pdf(TEMPLATE, told(facts, stated), made=facts.made)


def told(facts: Facts, stated: Sequence[tuple[str, str]] = ()) -> dict[str, object]:
    """What the statement says, as the template takes it."""
    sections = [
        _rows("一、所涉数据", _about(facts)),
        _points("二、已证明的", proven(facts), "✓"),
        _points("三、不证明的", unproven(facts), "—"),
        _table("四、依据", (1.7, 0.5, 2.4), ("规定", "条", "与本说明的关系"), _basis(facts)),
        _rows("五、检查点", _checkpoint(facts)),
    ]
    if facts.custody:
        sections.append(_table("六、流转记录", (0.7, 1.2, 1.4, 1.1, 1.1), CUSTODY, _custody(facts)))
    if stated:
        told_of = {name for name, _ in stated}
        rows = [(name, value, False) for name, value in stated]
        rows += [(name, "未登记", False) for name in ASKED if name not in told_of]
        sections.append(_rows("登记人所述的采集情况", rows, "以下由登记人填写，本说明不证明其内容。"))
    else:
        sections.append(_points("登记人所述的采集情况", [NOT_TOLD], "—"))
    sections.append({"kind": "signatures", "title": "出具", "lead": SIGNED, "lines": list(SIGNATURES)})
    sections.append(_points("怎样自行核验", HOW, "·"))
    here = installation()
    return {
        "title": TITLE,
        "number": facts.entry.number,
        "origin": f"{here.zh}津知平台" if here else "津知平台",
        "subtitle": f"{here.zh if here else ''}津知平台　{_moment(facts.made)}（北京时间）导出",
        "mark": "演示数据 · 不得作为证据使用" if facts.demo else "",
        "sections": sections,
    }


#: what a court asks of the capture of electronic data; where it was not said, that is printed
ASKED = (
    "采集人", "采集方式", "采集工具", "采集前环境检查", "原始存储介质封存", "封存情况", "见证人", "提取笔录",
    "笔录签名",
)  # fmt: skip
NOT_TOLD = (
    "本说明没有附上登记人对采集情况的陈述（"
    + "、".join(ASKED)
    + "）；如已登记，见证据包内各流转事件的内容，否则须另行说明。"
)
SIGNED = "以下由出具单位在纸质件上填写；电子件的签名是证据包清单上的 Ed25519 和 SM2 签名，见包内 manifest.note。"
SIGNATURES = ("经办人（签名）", "出具单位（盖章）", "日期")
CUSTODY = ("条目", "时刻（北京时间）", "单位", "经手人", "办理")
HOW = (
    "证据包内的 verify.py 不依赖本平台、不联网即可核验：python3 -I verify.py 证据包.zip，"
    "以 --key 给定平台公布的公钥；退出码 0 表示所声称的每一字节都已由给定的公钥证明。",
    "也可在平台的“核验证据包”公开页面选择文件，在浏览器内核验，文件不会上传。",
    "请将上列公钥与平台公布的公钥核对；请保存原始 zip 文件，不要解压后重新打包。",
)


def proven(facts: Facts) -> list[str]:
    """What the bundle proves, one sentence each."""
    said = body(facts.entry)
    point = facts.checkpoint
    out = [
        f"条目 {facts.entry.number} 在日志 {point.shard.origin}/{point.shard.year} 中，"
        f"位于检查点 {label(point)} 的 SHA-256 和 SM3 两棵默克尔树内。",
        "检查点的两个根各有平台的 Ed25519 和 SM2 两个签名；此后改动、删除或调换任何一条已登记的条目，都与检查点不符。",
    ]
    if facts.has_content:
        out.insert(0, f"证据包所含内容共 {said['length']} 字节，与登记的 SHA-256、SM3 摘要一致，登记后未改动。")
    if facts.stamp is not None and not _own_clock():
        out.append(
            f"检查点在 {_moment(facts.stamp.moment)}（北京时间）之前已经存在："
            f"时间戳机构“{facts.stamp.authority}”签发的 RFC 3161 时间戳，序号 {facts.stamp.serial}。"
        )
    if facts.witnesses:
        out.append(f"下列见证者核对一致性后对检查点共同签名：{'、'.join(facts.witnesses)}。")
    if facts.custody:
        out.append(f"流转记录第 1 条至第 {len(facts.custody)} 条首尾相连，无缺漏、无调换。")
    return out


def unproven(facts: Facts) -> list[str]:
    """What the bundle does not prove, one sentence each."""
    out = [
        "登记之前的事：由谁、用什么设备和工具、在什么环境、从何处、以何种过程取得。登记人对此如有陈述，其真实性须另行查明。",
        "内容所反映的事实是否真实、是否合法取得。",
        "登记人的身份以平台账号为准；本说明不是公证文书，也不是司法鉴定意见。",
    ]
    if not facts.has_content:
        out.insert(0, "证据包不含内容，只证明其摘要已登记；须另行提供原文件，用 --content 核对。")
    if facts.stamp is None:
        out.append("第三方时间：检查点没有时间戳，登记时刻只是平台自己的记录。")
    elif _own_clock():
        out.append(
            f"第三方时间：时间戳由本机签发（{_moment(facts.stamp.moment)}，北京时间），只反映本机时钟，仅供演示与测试。"
        )
    if not facts.witnessed:
        out.append(f"平台要求 {facts.asked} 位见证者共同签名，检查点导出时还没有那么多。")
    if not facts.witnesses:
        out.append("没有外部见证者共同签名：整个日志被换回旧版本的可能，不能单凭本证据包排除。")
    if facts.custody:
        out.append("导出之后是否还有新的流转。")
    return out


def _about(facts: Facts) -> list[tuple[str, str, bool]]:
    said = body(facts.entry)
    at = datetime.fromisoformat(str(said["at"]))
    return [
        ("条目", facts.entry.number, True),
        ("对象", str(said["object"]), True),
        ("登记人与单位", f"{said['actor']}　{_unit(said['unit'])}", False),
        ("登记时刻", f"{_moment(at)}（北京时间，平台记录）；所属日期 {said['on']}", False),
        ("文件名", file_name(facts.entry) or "没有文件名（内容为平台事件记录）", False),
        ("类型与长度", f"{said['media_type']}，{said['length']} 字节", False),
        ("SHA-256", str(said["sha256"]), True),
        ("SM3", str(said["sm3"]), True),
        *([("摘要方式", "摘要针对“随机盐 ‖ 内容”，盐随证据包提供时方可核对", False)] if said.get("salted") else []),
    ]


def file_name(entry: Entry) -> str:
    """What the content was called when it came: by the event that names its digests, or by the deposit."""
    deposit = Deposit.objects.filter(entry=entry).first()
    if deposit is not None:
        return deposit.name
    said = body(entry)
    for event in Event.objects.filter(stream=entry.object).order_by("-seq"):
        content = event.data.get("content") if isinstance(event.data, dict) else None
        if isinstance(content, dict) and (content.get("sha256"), content.get("sm3")) == (said["sha256"], said["sm3"]):
            return str(content.get("name") or "")
    return ""


def _checkpoint(facts: Facts) -> list[tuple[str, str, bool]]:
    point = facts.checkpoint
    out = [
        ("检查点", f"{point.shard.origin}/{point.shard.year}，共 {point.size} 条", True),
        ("SHA-256 根", bytes(point.root_sha256).hex(), True),
        ("SM3 根", bytes(point.root_sm3).hex(), True),
        ("时间戳", _stamped(facts), False),
        ("见证者", "、".join(facts.witnesses) or "无", False),
    ]
    for key, kind in zip(facts.vkeys, ("Ed25519", "SM2"), strict=True):
        out.append((f"公钥 {kind}", "\n".join(key[i : i + 60] for i in range(0, len(key), 60)), True))
    out.append(("盖戳的摘要", checkpoints.imprint(point).hex(), True))
    return out


def _stamped(facts: Facts) -> str:
    if facts.stamp is None:
        return "无"
    name = facts.stamp.authority
    return f"{_moment(facts.stamp.moment)}（北京时间），{name}，序号 {facts.stamp.serial}"


def _own_clock() -> bool:
    return is_local(time_authority())


def _basis(facts: Facts) -> list[list[str]]:
    means = ["电子签名", "哈希值校验", *(["可信时间戳"] if facts.stamp and not _own_clock() else [])]
    out = []
    for law_id, article, words in BASIS:
        law = catalogue().find(Law, law_id)
        if law is not None and any(p.article == article for p in law.provisions):
            # a number that nobody has compared with the text is no word for a court paper
            name = f"《{law.zh}》" + ("" if "待核" in law.note else law.number)
            out.append([name, f"第{article}条", words.format(means="、".join(means))])
    return out


def _custody(facts: Facts) -> list[list[str]]:
    out = []
    for entry in facts.custody:
        said = body(entry)
        verb = entry.event.verb if entry.event else str(said["kind"])
        at = datetime.fromisoformat(str(said["at"]))
        out.append([entry.number, _moment(at), _unit(said["unit"]), str(said["actor"]), VERBS.get(verb, verb)])
    return out


#: how the verbs of custody are called; others are printed as they are
VERBS = {
    "take-in": "入库", "correct": "更正", "new-version": "新版本", "move": "归档", "hold": "保全", "lift": "解除保全",
    "retain": "保管期限", "link": "关联事项", "unlink": "取消关联", "offer": "移交", "accept": "接收", "refuse": "拒收",
    "withdraw": "撤回移交", "dispose": "处置",
}  # fmt: skip


def _unit(code: object) -> str:
    """The name of a unit by its code; the code itself where the unit is no more."""
    return Unit.objects.filter(code=str(code)).values_list("zh", flat=True).first() or str(code)


def _moment(moment: datetime) -> str:
    return moment.astimezone(PLACE).strftime("%Y-%m-%d %H:%M:%S")


def _rows(title: str, rows: Sequence[tuple[str, str, bool]], lead: str = "") -> dict[str, object]:
    return {"kind": "rows", "title": title, "lead": lead, "rows": [list(r) for r in rows]}


def _points(title: str, items: Sequence[str], mark: str) -> dict[str, object]:
    return {"kind": "points", "title": title, "lead": "", "items": list(items), "mark": mark}


def _table(
    title: str, columns: Sequence[float], head: Sequence[str], rows: Sequence[Sequence[str]]
) -> dict[str, object]:
    return {"kind": "table", "title": title, "lead": "", "columns": columns, "head": head, "rows": rows}
