"""Cases of protection in the demonstration: a few of each matter, at different points of their way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from jinzhi.apps.accounts.acting import Acting, acting_as
from jinzhi.apps.accounts.models import Membership
from jinzhi.apps.cases.actions import open_case, take
from jinzhi.apps.cases.judging import StepSaid
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.units.models import Unit
from jinzhi.demo.moments import at
from jinzhi.kernel.procedure import Procedure

MARKET, IP_OFFICE = "tj-market-regulation", "tj-ip-office"


@dataclass(frozen=True)
class DemoStep:
    """A step of a case of the demonstration: its day and what is said; ``by``: the unit and the role that take it."""

    step: str
    on: str
    said: Mapping[str, object]
    by: tuple[str, str] = ("", "case-handler")
    #: the element that it is about, where it is one for each
    item: str = ""


@dataclass(frozen=True)
class DemoCase:
    """A case of the demonstration."""

    procedure: str
    unit: str
    on: str
    said: Mapping[str, object]
    steps: tuple[DemoStep, ...] = ()


ABOVE = ("tianjin", "approver")
HEAD = ("tianjin", "leader")
REPORT = {"channel": "platform", "named": True, "reporter": "演示举报人 000-00000000"}
TRANSFER = {
    "suspects": "演示经营者", "team_of_two": True, "team": "冯某、演示执法员", "repeat": "no", "several": "no",
}  # fmt: skip

CASES = (
    DemoCase("report", MARKET, "2026-11-16", {
        **REPORT, "title": "市场档口销售假冒注册商标的箱包（演示）", "respondent": "演示箱包店",
        "act": "销售假冒注册商标的商品。（演示）",
    }),
    DemoCase("report", MARKET, "2026-10-19", {
        **REPORT, "title": "网店假冒专利标识（演示）", "respondent": "演示网店",
        "act": "在商品上标注无效专利号。（演示）",
    }, (
        DemoStep("verify", "2026-10-26", {"officers": "冯某、演示执法员", "record": "现场检查，标识已下架。（演示）"}),
        DemoStep("decline", "2026-11-02", {"ground": "minor", "reason": "首次、轻微，已改正。（演示）"}, ABOVE),
    )),
    DemoCase("report", MARKET, "2026-09-21", {
        **REPORT, "title": "仓库存放假冒商标白酒（演示）", "respondent": "演示酒业经营部",
        "act": "储存、销售假冒注册商标的白酒。（演示）",
    }, (
        DemoStep("appraise", "2026-09-23", {"body": "演示检测机构", "object": "酒体与包装真伪"}),
        DemoStep("appraised", "2026-10-12", {"result": "包装为假冒。（演示）"}),
        DemoStep("file", "2026-10-16", {"decision": "演示立案〔2026〕1号"}, ABOVE),
    )),
    DemoCase("crime-transfer", MARKET, "2026-11-19", {
        **TRANSFER, "title": "销售假冒注册商标的白酒（演示）", "kind": "mark-sale", "gain": "12000",
        "turnover": "38000", "unsold": "125000",
    }),
    DemoCase("crime-transfer", MARKET, "2026-10-22", {
        **TRANSFER, "title": "非法制造注册商标标识（演示）", "kind": "labels", "pieces": "52000", "gain": "0",
        "turnover": "0", "unsold_pieces": "0",
    }, (
        DemoStep("approve", "2026-10-23", {"decided_by": "钱某", "_at": "15:20"}, HEAD),
        DemoStep("hand-over", "2026-10-24", {
            "police": "演示公安分局", "received_on": "2026-10-24", "receipt": "演示回执1号", "p1": True, "p2": True,
            "p3": True, "p4": True, "p5": False, "_at": "10:05"}),
        DemoStep("police-file", "2026-10-27", {"number": "演示公立〔2026〕8号"}),
        DemoStep("deliver", "2026-10-29", {"list": "演示交接单1号"}),
    )),
    DemoCase("patent-mediation", IP_OFFICE, "2026-11-17", {
        "title": "职务发明报酬（演示）", "kind": "reward", "right": "CN900000231B", "requester": "演示发明人",
        "respondent": "演示隔膜公司", "domicile_here": "yes", "facts": "专利实施后未支付报酬。（演示）",
    }),
    DemoCase("patent-mediation", IP_OFFICE, "2026-10-12", {
        "title": "专利申请权归属（演示）", "kind": "ownership", "right": "CN900009935A", "requester": "演示大学",
        "respondent": "演示电池公司", "domicile_here": "yes", "halted_on": "2026-10-13",
        "facts": "完成人与申请人不一致。（演示）",
    }, (
        DemoStep("serve", "2026-10-14", {"received_on": "2026-10-16", "way": "邮寄，回执签收"}),
        DemoStep("answer", "2026-10-26", {"agrees": "yes", "text": "同意调解。（演示）"}),
        DemoStep("file", "2026-10-28", {"mediators": "演示调解员"}),
        DemoStep("mediate", "2026-11-11", {"place": "演示调解室", "record": "双方交换意见。（演示）"}),
    )),
    DemoCase("penalty", MARKET, "2026-10-19", {
        "title": "仓库存放假冒商标白酒（演示）", "regime": "market", "lead_on": "2026-09-21",
        "parties": [{"party": "演示酒业经营部", "elsewhere": "no"}, {"party": "演示物流公司", "elsewhere": "yes"}],
        "act": "储存、销售假冒注册商标的白酒。（演示）", "statute": "商标法第五十七条", "act_until": "2026-09-21",
        "going_on": "no", "grave_kind": "no", "evidence": "yes", "punishable": "yes", "ours": "yes",
        "first_here": "yes", "review_due": "yes",
    }, (
        DemoStep("file", "2026-10-19", {
            "two_officers": True, "officers": "冯某、演示执法员", "number": "演示立案1号"}, ABOVE),
        DemoStep("preserve", "2026-10-20", {
            "batches": [{"things": "白酒二百箱", "taken_on": "2026-10-20", "place": "演示仓库"}]}),
        DemoStep("dispose", "2026-10-26", {"how": "seized"}, item="1"),
        DemoStep("identify", "2026-10-22", {"holder": "演示酒厂"}),
        DemoStep("identified", "2026-11-02", {"opinion": "非本厂产品。（演示）"}),
        DemoStep("submit-review", "2026-11-09", {"proposal": "拟没收并罚款。（演示）"}),
        DemoStep("reviewed", "2026-11-11", {"passed": "yes", "opinion": "同意。（演示）"}, ABOVE),
        DemoStep("hearing-offered", "2026-11-12", {
            "facts": "销售假冒注册商标的白酒。（演示）", "fine": "50000", "hearing": "yes"}, ABOVE),
        DemoStep("notified", "2026-11-13", {"proof": "直接送达"}, item="1"),
        DemoStep("notified", "2026-11-18", {"proof": "邮寄，回执签收"}, item="2"),
        DemoStep("stated", "2026-11-18", {"text": "请求从轻。（演示）"}, item="1"),
    )),
    DemoCase("patent-adjudication", IP_OFFICE, "2026-11-02", {
        "title": "隔膜涂布装置专利侵权纠纷（演示）", "kind": "utility", "right": "CN900001369U",
        "requester": "演示隔膜公司", "standing": "holder", "respondents": [
            {"party": "演示甲公司", "abroad": "no"}, {"party": "演示乙商店", "abroad": "no"},
            {"party": "演示株式会社", "abroad": "yes"}],
        "addresses": "演示地址", "facts": "产品落入权利要求1。（演示）", "claims_named": "yes", "place": "西青区",
        "known_on": "2026-08-10", "still_going": "yes", "no_suit": "yes", "in_force": "yes", "report": "not-asked",
        "copies": "yes", "foreign_papers": "yes",
    }, (
        DemoStep("file", "2026-11-06", {"panel": [{"member": "演示审理员一"}, {"member": "演示审理员二"},
                                                  {"member": "演示审理员三"}]}, (IP_OFFICE, "approver")),
        *(DemoStep("serve", "2026-11-09", {"way": "直接送达"}, item=str(n)) for n in (1, 2, 3)),
        DemoStep("receipt", "2026-11-10", {"evidence_term": "15 day", "proof": "送达回证"}, item="1"),
        DemoStep("receipt", "2026-11-11", {"evidence_term": "15 day", "proof": "送达回证"}, item="2"),
        DemoStep("answer", "2026-11-19", {"text": "不落入保护范围。（演示）"}, item="1"),
    )),
)  # fmt: skip


def make_cases() -> int:
    """Open the cases whose procedures are declared here, and take them on; returns how many."""
    made = 0
    for one in CASES:
        if catalogue().find(Procedure, one.procedure) is not None:
            _make(one)
            made += 1
    return made


def _make(one: DemoCase) -> None:
    unit = Unit.objects.get(code=one.unit)
    title = str(one.said["title"])
    day = date.fromisoformat(one.on)
    moment: datetime = at(day, "open", title)
    who = _acting(one.unit, "case-handler")
    case = open_case(one.procedure, "open", one.said, who=who, unit=unit, on=day, at=moment)
    for step in one.steps:
        day = date.fromisoformat(step.on)
        moment = at(day, step.step, title, since=moment)
        code, role = step.by
        take(case, step.step, step.said, who=_acting(code or one.unit, role), on=day, at=moment,
             beside=StepSaid(step.item))  # fmt: skip


def _acting(code: str, role: str) -> Acting:
    return acting_as(Membership.objects.select_related("user", "unit").get(unit__code=code, role=role))
