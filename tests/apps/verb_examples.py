"""One worked call of every declared verb, for what must hold of all of them (on SQLite, and on PostgreSQL)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from jinzhi.apps.accounts import actions as accounts
from jinzhi.apps.accounts import persons, two_people
from jinzhi.apps.cases.actions import correct, decide, erase_personal, open_case, take
from jinzhi.apps.cases.telling import tell
from jinzhi.apps.custody import actions as custody
from jinzhi.apps.custody import uploads
from jinzhi.apps.custody.folders import make_folder, remove_folder, rename_folder
from jinzhi.apps.custody.models import Item, Upload
from jinzhi.apps.evidence.store.store import attach_bytes
from jinzhi.apps.patents.desk import collections, notes, saved
from jinzhi.apps.patents.models import Alias, Applicant, Document, SavedQuery, Topic
from jinzhi.apps.patents.store import applicants
from jinzhi.apps.plan import actions as plan
from jinzhi.apps.plan import importing, issuing, reporting
from jinzhi.apps.plan.models import Import, Report
from jinzhi.apps.registers import actions as registers
from jinzhi.apps.registers.models import Entry
from jinzhi.apps.units import changing
from jinzhi.apps.units.actions import set_contact
from jinzhi.apps.units.models import Unit
from tests.apps.patent_documents import document, prepare, store
from tests.apps.plan_fixtures import milestone, round_of_reports, small_plan
from tests.conftest import Person, person

_next = count(1)


@dataclass
class Example:
    """A call that is right: what is called, by whom, with what; the same with other content; the version it saw.

    ``expected``: None where the verb makes something new or answers a hand-over, which is settled once.
    """

    function: Callable[..., Any]
    who: Person
    asks: dict[str, Any]
    other: dict[str, Any]
    expected: int | None = None
    #: the argument that is made anew for each submission (an upload), by name
    anew: dict[str, Callable[[], Any]] = field(default_factory=dict)
    #: how many events it leaves
    events: int = 1

    def call(self, *, key: str = "", **changed: Any) -> Any:
        arguments = {**self.asks, **{k: make() for k, make in self.anew.items()}, "who": self.who.acting, "key": key}
        if self.expected is not None:
            arguments["expected"] = self.expected
        return self.function(**(arguments | changed))


FACTS = {
    "title": "某店铺销售页面", "kind": "web", "description": "证明被诉商品在售", "captured_by": "李某",
    "captured_on": "2026-11-20", "captured_time": "09:30", "place": "滨海新区某办公室", "device": "台式机 A-17",
    "way": "web-page", "tool": "某浏览器 156", "source": "https://shop.example/item/1", "steps": "打开网址，整页截图。",
    "env_result": "clean", "env_by": "李某", "env_what": "病毒查杀、系统时间、代理",
}  # fmt: skip
POINT = {
    "kind": "workstation", "unit": "tj-binhai", "address": "弘程道 1 号", "telephone": "022-00000000",
    "opened_on": "2024-04-26", "online": "是", "contact": "王某", "contact_mobile": "13000000000",
}  # fmt: skip


def _sent(who: Person, content: bytes) -> Upload:
    return uploads.received([content], name="page.html", media_type="text/html", who=who.acting)


def _content() -> bytes:
    return f"page {next(_next)}".encode()


def _item(who: Person) -> Item:
    return custody.take_in(FACTS, _sent(who, _content()), who=who.acting)


def _on_item(function: Callable[..., Any], other: dict[str, Any], **asks: Any) -> Callable[[Person, Person], Example]:
    def made(who: Person, _unit: Person) -> Example:
        item = _item(who)
        return Example(function, who, {"item": item, **asks}, other, item.seq)

    return made


def _take_in(who: Person, _other: Person) -> Example:
    content = _content()
    return Example(
        custody.take_in, who, {"raw": FACTS}, {"raw": {**FACTS, "title": "另一件"}},
        anew={"upload": lambda: _sent(who, content)},
    )  # fmt: skip


def _new_version(who: Person, _other: Person) -> Example:
    item, content = _item(who), _content()
    return Example(
        custody.new_version, who, {"item": item, "raw": FACTS, "note": "重新截图"}, {"note": "另一说明"}, item.seq,
        anew={"upload": lambda: _sent(who, content)},
    )  # fmt: skip


def _move(who: Person, _other: Person) -> Example:
    item = _item(who)
    one, two = (make_folder(f"案卷 {next(_next)}", None, who=who.acting) for _ in "ab")
    return Example(custody.move, who, {"item": item, "folder": one}, {"folder": two}, item.seq)


def _lift(who: Person, _other: Person) -> Example:
    item = custody.hold(_item(who), reason="诉讼", who=who.acting)
    return Example(custody.lift, who, {"item": item, "n": 1, "reason": "已判决"}, {"reason": "撤诉"}, item.seq)


def _order(who: Person, unit: Person) -> str:
    raw = {"title": "督办", "demand": "请办理", "grounds": "逾期", "due": "2026-12-20"}
    return open_case("supervision-order", "issue", raw, who=who.acting, unit=unit.acting.unit).number


def _link(who: Person, unit: Person) -> Example:
    item, number = _item(who), _order(who, unit)
    return Example(custody.link, who, {"item": item, "number": number}, {"number": _order(who, unit)}, item.seq)


def _unlink(who: Person, unit: Person) -> Example:
    number = _order(who, unit)
    item = custody.link(_item(who), number, who=who.acting)
    asks = {"item": item, "number": number, "reason": "关联有误"}
    return Example(custody.unlink, who, asks, {"reason": "另一原因"}, item.seq)


def _offer(who: Person, taker: Person) -> Example:
    item = _item(who)
    asks = {"item": item, "taker": taker.membership, "reason": "归档"}
    return Example(custody.offer, who, asks, {"reason": "出差"}, item.seq)


def _answer(function: Callable[..., Any], word: str, taking: bool) -> Callable[[Person, Person], Example]:
    def made(who: Person, taker: Person) -> Example:
        offered = custody.offer(_item(who), taker.membership, reason="归档", who=who.acting)
        return Example(function, taker if taking else who, {"handover": offered, word: "已点验"}, {word: "另一句"})

    return made


def _dispose(who: Person, _other: Person) -> Example:
    item = custody.take_in({**FACTS, "expires_on": "2026-11-22"}, _sent(who, _content()), who=who.acting)
    Item.objects.unrestricted("its term has run out since").filter(pk=item.pk).update(expires_on="2026-11-01")
    asks = {"item": item, "confirm": item.number, "reason": "保管期满"}
    return Example(custody.dispose, who, asks, {"reason": "另一原因"}, item.seq)


def _make_folder(who: Person, _other: Person) -> Example:
    return Example(make_folder, who, {"name": f"案卷 {next(_next)}", "parent": None}, {"name": f"案卷 {next(_next)}"})


def _on_folder(function: Callable[..., Any], **asks: Any) -> Callable[[Person, Person], Example]:
    def made(who: Person, _unit: Person) -> Example:
        folder = make_folder(f"案卷 {next(_next)}", None, who=who.acting)
        again = make_folder(f"案卷 {next(_next)}", None, who=who.acting)
        given = {k: f"{v} {next(_next)}" for k, v in asks.items()}
        other = {k: f"{v} {next(_next)}" for k, v in asks.items()} or {"folder": again}
        return Example(function, who, {"folder": folder, **given}, other, folder.seq)

    return made


def _entry(who: Person) -> Entry:
    return registers.create("service-points", {**POINT, "name": f"工作站 {next(_next)}"}, who=who.acting)


def _create(who: Person, _other: Person) -> Example:
    raw = {**POINT, "name": f"工作站 {next(_next)}"}
    asks = {"register_id": "service-points", "raw": raw}
    return Example(registers.create, who, asks, {"raw": {**raw, "address": "另一地址"}})


def _update(who: Person, _other: Person) -> Example:
    entry = _entry(who)
    asks = {"entry": entry, "raw": {"address": "新址 2 号"}, "reason": "迁址"}
    return Example(registers.update, who, asks, {"reason": "更正"}, entry.seq)


def _turn(function: Callable[..., Any], closed: bool) -> Callable[[Person, Person], Example]:
    def made(who: Person, _unit: Person) -> Example:
        entry = _entry(who)
        if closed:
            entry = registers.close(entry, reason="停办", who=who.acting)
        return Example(function, who, {"entry": entry, "reason": "停办"}, {"reason": "另一原因"}, entry.seq)

    return made


def _erase_entry(_who: Person, _unit: Person) -> Example:
    handler = person(f"handler-{next(_next)}", "tianjin", "case-handler")
    office = person(f"office-{next(_next)}", "tianjin", "plan-office")
    asks = {"entry": _entry(office), "reason": "本人申请"}
    return Example(registers.erase_personal, handler, asks, {"reason": "另一原因"})


WHY = {"reason": "机构改革", "ground": "津编〔2026〕1 号"}


def _new_unit(who: Person, day: str = "2026-11-01") -> Unit:
    n = next(_next)
    names = {"zh": f"新设单位 {n}", "short": f"新单位 {n}", "en": f"New unit {n}"}
    raw = {"code": f"new-unit-{n}", **names, "level": "department", "parent": "tianjin", "day": day, **WHY}
    return changing.add_unit(raw, who=who.acting)


def _keeper() -> Person:
    return person(f"keeper-{next(_next)}", "tianjin", "administrator")


def _add_unit(_who: Person, _unit: Person) -> Example:
    n = next(_next)
    raw = {"code": f"new-unit-{n}", "zh": f"新设单位 {n}", "short": f"新单位 {n}", "en": f"New unit {n}",
           "level": "department", "parent": "tianjin", "day": "2026-11-01", **WHY}  # fmt: skip
    return Example(changing.add_unit, _keeper(), {"given": raw}, {"given": {**raw, "reason": "另一理由"}})


def _rename_unit(_who: Person, _other: Person) -> Example:
    who, n = _keeper(), next(_next)
    raw = {"zh": f"更名单位 {n}", "short": f"更名 {n}", "en": f"Renamed {n}", "day": "2026-11-10", **WHY}
    asks = {"unit": _new_unit(who), "given": raw}
    return Example(changing.rename, who, asks, {"given": {**raw, "reason": "另一理由"}}, 1)


def _merge_unit(_who: Person, _other: Person) -> Example:
    who = _keeper()
    raw = {"into": _new_unit(who).code, "day": "2026-12-01", **WHY}
    asks = {"unit": _new_unit(who), "given": raw}
    return Example(changing.merge, who, asks, {"given": {**raw, "reason": "另一理由"}}, 1)


def _close_unit(_who: Person, _other: Person) -> Example:
    who, raw = _keeper(), {"day": "2026-11-10", **WHY}
    asks = {"unit": _new_unit(who), "given": raw}
    return Example(changing.close, who, asks, {"given": {**raw, "reason": "另一理由"}}, 1)


def _undo_unit(_who: Person, _other: Person) -> Example:
    who = _keeper()
    asks = {"unit": _new_unit(who), "reason": "设立有误"}
    return Example(changing.undo, who, asks, {"reason": "另一理由"}, 1)


# --- cases ------------------------------------------------------------------------------------------------------
ORDER = {"title": "督办", "demand": "请办理", "grounds": "逾期", "due": "2026-12-20"}
COMPLAINT = {
    "title": "购机纠纷", "channel": "post", "complainant": "张三丰", "contact": "13800001111", "respondent": "某商行",
    "facts": "要求退货",
}  # fmt: skip


def _open(who: Person, unit: Person) -> Example:
    asks = {"procedure": "supervision-order", "step": "issue", "raw": ORDER, "unit": unit.acting.unit}
    return Example(open_case, who, asks, {"raw": {**ORDER, "demand": "请尽快办理"}})


def _issued(who: Person, unit: Person) -> Any:
    return open_case("supervision-order", "issue", ORDER, who=who.acting, unit=unit.acting.unit)


def _take(who: Person, unit: Person) -> Example:
    asks = {"case": _issued(who, unit), "step": "answer", "raw": {"answer": "已完成"}}
    return Example(take, unit, asks, {"raw": {"answer": "尚未完成"}}, 1)


def _tell(who: Person, unit: Person) -> Example:
    asks = {"case": _issued(who, unit), "clock": "answer", "day": date(2026, 12, 20), "how": "当面"}
    return Example(tell, who, asks, {"how": "邮寄"}, 1)


def _correct(who: Person, unit: Person) -> Example:
    asks = {"case": _issued(who, unit), "seq": 1, "reason": "录错", "data": {"due": "2026-12-25"}}
    return Example(correct, who, asks, {"reason": "另一原因"}, 1)


def _decide(who: Person, unit: Person) -> Example:
    case = _issued(who, unit)
    take(case, "answer", {"answer": "已完成"}, who=unit.acting)
    correct(case, 1, reason="录错", who=who.acting, expected=2, data={"due": "2026-12-25"})
    leader = person(f"leader-{next(_next)}", "tianjin", "leader")
    return Example(decide, leader, {"case": case, "ask": 3, "agree": True, "reason": "在卷"}, {"agree": False}, 3)


def _erase_case(_who: Person, unit: Person) -> Example:
    handler = person(f"handler-{next(_next)}", "tj-binhai", "case-handler")
    case = open_case("complaint", "open", COMPLAINT, who=handler.acting, unit=unit.acting.unit)
    return Example(erase_personal, handler, {"case": case, "reason": "本人申请"}, {"reason": "另一原因"})


# --- the plan ---------------------------------------------------------------------------------------------------
def _plan() -> Any:
    return small_plan(f"plan-{next(_next)}")


def _add_milestone(who: Person, unit: Person) -> Example:
    asks = {"release": _plan(), "row_key": "U1", "unit": unit.acting.unit, "title": "新设", "due": date(2027, 6, 30)}
    return Example(plan.add_milestone, who, asks, {"title": "另一个"})


def _on_milestone(function: Callable[..., Any], **asks: Any) -> Callable[[Person, Person], Example]:
    def made(who: Person, _unit: Person) -> Example:
        point = milestone(_plan(), "U1", "tj-binhai", date(2027, 6, 30))
        return Example(function, who, {"milestone": point, **asks, "reason": "会议议定"}, {"reason": "另一原因"}, 1)

    return made


def _report(who: Person, unit: Person) -> tuple[Any, Report, Any]:
    """A report that was saved once."""
    release = _plan()
    point = milestone(release, "U1", "tj-binhai", date(2026, 12, 31), target=10)
    report = round_of_reports(release, who.acting)["tj-binhai"]
    notes = {"U1": {"progress": "起草"}}
    plan.save_content(report, release, notes=notes, figures={}, who=unit.acting, expected=0)
    return release, report, point


def _save(function: Callable[..., Any]) -> Callable[[Person, Person], Example]:
    def made(who: Person, unit: Person) -> Example:
        release, report, _point = _report(who, unit)
        asks = {"report": report, "release": release, "notes": {"U1": {"progress": "印发"}}, "figures": {}}
        return Example(function, unit, asks, {"notes": {"U1": {"progress": "另写"}}}, 1)

    return made


def _attach(who: Person, unit: Person) -> Example:
    _release, report, point = _report(who, unit)
    kept, other = (
        attach_bytes(f"page {next(_next)}".encode(), name="a.txt", media_type="text/plain", unit=report.unit,
                     stream=report.stream, user=unit.user)
        for _ in "ab"
    )  # fmt: skip
    asks = {"report": report, "milestone": point, "attachment": kept}
    return Example(plan.attach_to_figure, unit, asks, {"attachment": other}, 1)


def _call_round(who: Person, _unit: Person) -> Example:
    wanted = reporting.Round("2026Q3", date(2026, 7, 1), date(2026, 9, 30), date(2026, 12, 20))
    asks = {"release": _plan(), "wanted": wanted, "units": ["tj-dongli"]}
    return Example(reporting.call_round, who, asks, {"units": ["tj-binhai"]}, events=2)


def _document() -> bytes:
    return f"""《天津市知识产权“十四五”规划》主要任务工作分工
一、主要任务
（一）高质量推进知识产权创造
1.提升企业知识产权创造水平。围绕龙头企业布局{next(_next)}。（责任单位：市知识产权局、市科技局按职责分工负责）
2.激发高校院所知识产权创造活力。建立转化机构。（责任单位：市教委牵头，市科技局配合）
""".encode()


def _import(who: Person, _unit: Person) -> Example:
    return Example(importing.start, who, {"content": _document(), "filename": "分工.txt"}, {"filename": "另.txt"})


def _imported(who: Person) -> Import:
    return importing.start(_document(), "分工.txt", who.acting)


def _mend(who: Person, _unit: Person) -> Example:
    imported = _imported(who)
    first, second = ({"row": row["uid"]} for row in imported.mended["rows"])
    asks = {"imported": imported, "verb": "delete-row", "change": first}
    return Example(importing.mend, who, asks, {"change": second}, 1)


def _undo_mend(who: Person, _unit: Person) -> Example:
    imported = _imported(who)
    importing.mend(imported, "delete-row", {"row": imported.mended["rows"][0]["uid"]}, who=who.acting, expected=1)
    return Example(importing.undo, who, {"imported": imported}, {"imported": _imported(who)}, 2)


def _discard(who: Person, _unit: Person) -> Example:
    return Example(importing.discard, who, {"imported": _imported(who), "reason": "重复"}, {"reason": "有误"}, 1)


def _storing(who: Person) -> dict[str, Any]:
    years = {"starts": date(2021, 1, 1), "ends": date(2025, 12, 31)}
    return {"imported": _imported(who), "plan": f"ip-{next(_next)}", "new": True, **years}


def _store_plan(who: Person, _unit: Person) -> Example:
    return Example(issuing.store, who, _storing(who), {"accepted": True}, 1, events=2)


def _bind(who: Person, _unit: Person) -> Example:
    release = issuing.store(**_storing(who), who=who.acting, expected=1)
    row = release.rows.order_by("position").first()
    assert row is not None
    bound, other = [k for k in ("U1", "K1", "C2") if k != row.bound][:2]
    return Example(issuing.bind, who, {"row": row, "bound": bound}, {"bound": other}, 1)


# --- people -----------------------------------------------------------------------------------------------------
def _user(unit: str = "tj-binhai", **more: Any) -> Any:
    made = person(f"user-{next(_next)}", unit, "reporter")
    for name, value in {"email": "a@example.org", **more}.items():
        setattr(made.user, name, value)
    made.user.save()
    return made


def _create_person(_who: Person, _unit: Person) -> Example:
    asks = {"username": f"new-{next(_next)}", "password": None, "name": "新人"}
    return Example(accounts.create_person, _keeper(), asks, {"name": "另一人"})


def _open_account(_who: Person, unit: Person) -> Example:
    asks = {"username": f"new-{next(_next)}", "unit": unit.acting.unit, "role": "reporter", "name": "新人",
            "email": "new@example.org"}  # fmt: skip
    return Example(accounts.open_account, _keeper(), asks, {"name": "另一人"}, events=2)


def _give_post(_who: Person, unit: Person) -> Example:
    asks = {"user": _user().user, "unit": unit.acting.unit, "role": "approver"}
    return Example(accounts.give_post, _keeper(), asks, {"since": date(2026, 12, 1)})


def _end_post(_who: Person, _unit: Person) -> Example:
    return Example(accounts.end_post, _keeper(), {"post": _user().membership}, {"until": date(2026, 12, 1)})


def _on_user(function: Callable[..., Any], other: dict[str, Any], **asks: Any) -> Callable[[Person, Person], Example]:
    def made(_who: Person, _unit: Person) -> Example:
        return Example(function, _keeper(), {"user": _user().user, **asks}, other)

    return made


def _choose_password(_who: Person, _unit: Person) -> Example:
    mine = _user()
    asks = {"user": mine.user, "password": "correct horse 津知 2"}
    return Example(accounts.choose_password, mine, asks, {"password": "another 津知 horse"})


def _set_address(_who: Person, _unit: Person) -> Example:
    mine = _user()
    return Example(
        accounts.set_address, mine, {"user": mine.user, "email": "b@example.org"}, {"email": "c@example.org"}
    )


def _make_token(who: Person, _unit: Person) -> Example:
    asks = {"post": who.membership, "name": "程序", "scopes": ["plan.read"], "expires_on": date(2026, 12, 22)}
    return Example(accounts.create_token, who, asks, {"name": "另一程序"})


def _revoke_token(who: Person, _unit: Person) -> Example:
    token, other = (
        accounts.create_token(who.membership, "程序", ["plan.read"], date(2026, 12, 22), who=who.acting)[0]
        for _ in "ab"
    )
    return Example(accounts.revoke_token, who, {"token": token}, {"token": other})


def _answer_asking(_who: Person, _unit: Person) -> Example:
    user = _user().user
    two_people.ask(user, "address", reason="换了邮箱", email="d@example.org", who=_keeper().acting)
    asks = {"user": user, "what": "address", "yes": True}
    return Example(two_people.answer, _keeper(), asks, {"yes": False}, events=2)


# --- patents ----------------------------------------------------------------------------------------------------
def _document_of() -> Document:
    number = f"CN{117000000 + next(_next)}A"
    store([prepare(document(number, "一种夹具"))])
    return Document.objects.get(number=number)


def _name() -> str:
    return f"名称{next(_next)}"


def _query(who: Person) -> SavedQuery:
    return saved.keep(who.acting, name=_name(), text="夹具", shared=True)


def _keep_query(who: Person, _unit: Person) -> Example:
    return Example(saved.keep, who, {"name": _name(), "text": "夹具", "shared": True}, {"text": "轴承"})


def _change_query(who: Person, _unit: Person) -> Example:
    asks = {"row": _query(who), "name": _name(), "text": "轴承", "about": "", "shared": True}
    return Example(saved.change, who, asks, {"text": "齿轮"}, 1)


def _remove_query(who: Person, _unit: Person) -> Example:
    return Example(saved.remove, who, {"row": _query(who)}, {"row": _query(who)}, 1)


def _restore_query(who: Person, _unit: Person) -> Example:
    first, second = (saved.remove(_query(who), who.acting) for _ in "ab")
    return Example(saved.restore, who, {"row": first}, {"row": second})


def _topic(who: Person, picked: Document | None = None) -> Topic:
    made = collections.create(who.acting, name=_name())
    if picked is not None:
        collections.pick(made, who.acting, [picked.pk])
    return made


def _create_topic(who: Person, _unit: Person) -> Example:
    return Example(collections.create, who, {"name": _name()}, {"name": _name()})


def _change_topic(who: Person, _unit: Person) -> Example:
    asks = {"topic": _topic(who), "name": _name(), "about": "", "parent": None, "saved": None}
    return Example(collections.change, who, asks, {"about": "另一说明"}, 1)


def _remove_topic(who: Person, _unit: Person) -> Example:
    return Example(collections.remove, who, {"topic": _topic(who)}, {"topic": _topic(who)}, 1)


def _restore_topic(who: Person, _unit: Person) -> Example:
    gone, other = _topic(who), _topic(who)
    collections.remove(gone, who.acting)
    return Example(collections.restore, who, {"topic": gone}, {"topic": other})


def _pick(who: Person, _unit: Person) -> Example:
    asks = {"topic": _topic(who), "ids": [_document_of().pk]}
    return Example(collections.pick, who, asks, {"ids": [_document_of().pk]})


def _take_out(who: Person, _unit: Person) -> Example:
    picked = _document_of()
    asks = {"topic": _topic(who, picked), "ids": [picked.pk]}
    return Example(collections.take_out, who, asks, {"ids": []})


def _tag(who: Person, _unit: Person) -> Example:
    return Example(notes.tag, who, {"name": _name(), "ids": [_document_of().pk]}, {"name": _name()})


def _untag(who: Person, _unit: Person) -> Example:
    name, tagged = _name(), _document_of()
    notes.tag(who.acting, name, [tagged.pk])
    return Example(notes.untag, who, {"name": name, "ids": [tagged.pk]}, {"name": _name()})


def _write_note(who: Person, _unit: Person) -> Example:
    return Example(notes.write_note, who, {"document": _document_of(), "text": "可参考"}, {"text": "另一句"})


def _note(who: Person) -> int:
    return notes.write_note(who.acting, _document_of(), "可参考").pk


def _change_note(who: Person, _unit: Person) -> Example:
    return Example(notes.change_note, who, {"pk": _note(who), "text": "已核对"}, {"text": "另一句"}, 1)


def _remove_note(who: Person, _unit: Person) -> Example:
    return Example(notes.remove_note, who, {"pk": _note(who)}, {"pk": _note(who)}, 1)


def _restore_note(who: Person, _unit: Person) -> Example:
    first, second = (notes.remove_note(who.acting, _note(who)).pk for _ in "ab")
    return Example(notes.restore_note, who, {"pk": first}, {"pk": second})


def _linked(who: Person) -> tuple[Applicant, Alias]:
    applicant = Applicant.objects.create(name=_name())
    return applicant, applicants.link(applicant, _name(), "former", basis="登记信息", who=who.acting)


def _link_names(who: Person, _unit: Person) -> Example:
    applicant, _alias = _linked(who)
    asks = {"applicant": applicant, "name": _name(), "kind": "former", "basis": "登记信息"}
    return Example(applicants.link, who, asks, {"basis": "公告"}, 1)


def _unlink_names(who: Person, _unit: Person) -> Example:
    _applicant, alias = _linked(who)
    return Example(applicants.unlink, who, {"alias": alias, "reason": "有误"}, {"reason": "另一原因"}, 1)


def _undo_names(who: Person, _unit: Person) -> Example:
    (applicant, _alias), (other, _other) = _linked(who), _linked(who)
    return Example(applicants.undo, who, {"applicant": applicant}, {"applicant": other}, 1)


def _set_contact(_who: Person, _unit: Person) -> Example:
    who = _keeper()
    asks = {"unit": _new_unit(who), "contact": "王处"}
    return Example(set_contact, who, asks, {"contact": "李处"}, 1)


EXAMPLES: dict[str, Callable[[Person, Person], Example]] = {
    "custody.take-in": _take_in,
    "custody.correct": _on_item(
        custody.correct, {"reason": "另一原因"}, raw={"title": "更正后的名称"}, reason="名称写错"
    ),
    "custody.new-version": _new_version,
    "custody.move": _move,
    "custody.retain": _on_item(custody.retain, {"reason": "另一原因"}, until=date(2027, 1, 1), reason="案卷"),
    "custody.hold": _on_item(custody.hold, {"reason": "仲裁"}, reason="诉讼"),
    "custody.lift": _lift,
    "custody.link": _link,
    "custody.unlink": _unlink,
    "custody.offer": _offer,
    "custody.accept": _answer(custody.accept, "note", True),
    "custody.refuse": _answer(custody.refuse, "reason", True),
    "custody.withdraw": _answer(custody.withdraw, "reason", False),
    "custody.dispose": _dispose,
    "custody.make-folder": _make_folder,
    "custody.rename-folder": _on_folder(rename_folder, name="新名"),
    "custody.remove-folder": _on_folder(remove_folder),
    "registers.create": _create,
    "registers.update": _update,
    "registers.close": _turn(registers.close, False),
    "registers.reopen": _turn(registers.reopen, True),
    "registers.erase-personal-data": _erase_entry,
    "units.add": _add_unit,
    "units.rename": _rename_unit,
    "units.merge": _merge_unit,
    "units.close": _close_unit,
    "units.undo": _undo_unit,
    "units.set-contact": _set_contact,
    "patents.keep-query": _keep_query,
    "patents.change-query": _change_query,
    "patents.remove-query": _remove_query,
    "patents.restore-query": _restore_query,
    "patents.create-topic": _create_topic,
    "patents.change-topic": _change_topic,
    "patents.remove-topic": _remove_topic,
    "patents.restore-topic": _restore_topic,
    "patents.pick": _pick,
    "patents.take-out": _take_out,
    "patents.tag": _tag,
    "patents.untag": _untag,
    "patents.write-note": _write_note,
    "patents.change-note": _change_note,
    "patents.remove-note": _remove_note,
    "patents.restore-note": _restore_note,
    "patents.alias-linked": _link_names,
    "patents.alias-unlinked": _unlink_names,
    "patents.alias-undone": _undo_names,
    "accounts.create": _create_person,
    "accounts.open-account": _open_account,
    "accounts.give-post": _give_post,
    "accounts.end-post": _end_post,
    "accounts.set-active": _on_user(accounts.set_active, {"reason": "另一原因"}, active=False, reason="离职"),
    "accounts.reset-password": _on_user(accounts.reset_password, {"reason": "另一原因"}, reason="忘记"),
    "accounts.choose-password": _choose_password,
    "accounts.set-address": _set_address,
    "accounts.make-token": _make_token,
    "accounts.revoke-token": _revoke_token,
    "accounts.confirm-person": _on_user(persons.confirm, {"reason": "电话核实"}, reason="当面核实"),
    "accounts.ask": _on_user(
        two_people.ask, {"reason": "另一原因"}, what="address", reason="换了邮箱", email="d@example.org"
    ),
    "accounts.answer": _answer_asking,
    "cases.open": _open,
    "cases.take": _take,
    "cases.told": _tell,
    "cases.correct": _correct,
    "cases.decide": _decide,
    "cases.erase-personal-data": _erase_case,
    "plan.add-milestone": _add_milestone,
    "plan.change-milestone": _on_milestone(plan.change_milestone, changes={"due": "2027-09-30"}),
    "plan.drop-milestone": _on_milestone(plan.drop_milestone),
    "plan.save": _save(plan.save_content),
    "plan.save-report": _save(reporting.save_report),
    "plan.attach": _attach,
    "plan.call": _call_round,
    "plan.import": _import,
    "plan.mend": _mend,
    "plan.undo-mend": _undo_mend,
    "plan.discard": _discard,
    "plan.store": _store_plan,
    "plan.bind": _bind,
}
