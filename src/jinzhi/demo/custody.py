"""Evidence of the demonstration: items in every state, with small files that are generated from their names."""

from __future__ import annotations

import hashlib
import struct
import zlib
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.accounts.models import Membership
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.clock import standing_on
from jinzhi.apps.custody import actions, uploads
from jinzhi.apps.custody.folders import make_folder
from jinzhi.apps.custody.models import Folder, Item, Upload
from jinzhi.demo.people import People

#: kind, way, title, name of the file, source, tool
SORTS = (
    (
        "web",
        "web-page",
        "网店“{n}号铺”商品销售页面",
        "页面.html",
        "https://shop{n}.example/item/{n}",
        "网页固定工具 3.2",
    ),
    ("web", "screen-record", "直播间展示商品的录屏", "录屏说明.txt", "https://live.example/room/{n}", "录屏工具 2.1"),
    ("file", "photograph", "展会展位照片（{n} 号馆）", "照片.png", "国家会展中心（天津）{n} 号馆", "相机自带程序 1.0"),
    ("messages", "file-copy", "双方往来邮件", "邮件.txt", "当事人邮箱导出文件", "邮件客户端 12"),
    ("records", "system-export", "平台订单记录", "订单.csv", "订单系统导出，编号 {n}", "订单系统 5.4"),
    ("other", "scan", "授权合同扫描件", "合同.pdf", "当事人提交的合同原件", "扫描仪驱动 4.0"),
)
#: unit, how many, what becomes of each in turn (see _fate)
UNITS = (
    ("tj-binhai", ("kept", "held", "versions", "offered", "due", "kept", "linked", "corrected")),
    ("tj-dongli", ("kept", "held", "disposed", "kept", "returned", "due")),
    ("tj-ip-office", ("kept", "given", "versions", "held", "unchecked")),
    ("tj-market-regulation", ("linked", "kept", "offered", "disposed", "lifted", "kept")),
)
FIRST = date(2026, 8, 3)
LAST = date(2026, 11, 20)


def _png(seed: str) -> bytes:
    """A small picture of stripes whose colours follow from the seed."""
    size, colours = 48, hashlib.sha256(seed.encode()).digest()
    rows = b"".join(
        b"\x00" + bytes(colours[(y // 8 * 3 + c) % 30] for _x in range(size) for c in range(3)) for y in range(size)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def _pdf(text: str) -> bytes:
    """A PDF of one empty page with a title: the least that a reader opens."""
    title = ("\ufeff" + text).encode("utf-16-be").hex().upper()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        f"<< /Title <{title}> >>".encode(),
    ]
    out, places = b"%PDF-1.4\n", []
    for n, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, part)
    table = b"".join(b"%010d 00000 n \n" % p for p in places)
    xref = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + table
    return out + b"trailer << /Size 5 /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n" % xref


def _file(name: str, title: str, seed: str) -> tuple[bytes, str]:
    """The content of a generated file and its media type."""
    match name.rpartition(".")[2]:
        case "png":
            return _png(seed), "image/png"
        case "pdf":
            return _pdf(f"{title}（演示 {seed}）"), "application/pdf"
        case "csv":
            lines = "".join(f"{seed}-{n},演示商品,{n + 1},{(n + 1) * 99}\n" for n in range(8))
            return f"订单号,商品,数量,金额\n{lines}".encode(), "text/csv"
        case "html":
            page = f'<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>'
            return f"{page}<p>演示数据 {seed}</p></html>\n".encode(), "text/html"
    return f"{title}\n演示数据 {seed}\n".encode(), "text/plain"


class CustodyMaker:
    """Makes the items, each on a day of its own."""

    def __init__(self, people: People):
        self.people = people
        self.n = 0
        self.folders: dict[str, Folder] = {}
        posts = Membership.objects.select_related("user", "unit").order_by("pk")
        self.posts = {(m.unit.code, m.role): m for m in posts}

    def at(self, day: date) -> datetime:
        """A moment of that day, later for each item."""
        return timezone.make_aware(datetime.combine(day, time(9 + self.n % 8, self.n * 7 % 60)))

    def send(self, content: bytes, name: str, media_type: str, who: Acting) -> Upload:
        return uploads.received([content], name=name, media_type=media_type, who=who)

    def facts(self, sort: tuple[str, ...], day: date, who: Acting) -> dict[str, object]:
        kind, way, title, _name, source, tool = sort
        checked = self.n % 5 != 4
        return {
            "title": title.format(n=self.n), "kind": kind, "way": way, "source": source.format(n=self.n), "tool": tool,
            "description": "证明被诉行为的存在和时间。（演示）", "captured_by": who.name,
            "captured_on": day.isoformat(), "captured_time": f"{8 + self.n % 9:02d}:{self.n * 11 % 60:02d}",
            "place": f"{who.unit.short or who.unit.zh}办公室", "device": f"取证工作站 JZ-{self.n % 4 + 1:02d}（演示）",
            "steps": "1. 检查环境；2. 打开来源；3. 固定内容并算出摘要；4. 封存后入库。（演示）",
            "env_result": "clean" if checked else "abnormal", "env_by": who.name,
            "env_what": "病毒查杀、系统时间与授时中心核对、代理和 hosts 文件、浏览器缓存。（演示）",
            "env_note": "" if checked else "系统时间慢 40 秒，已记录偏差，对内容无影响。（演示）",
        }  # fmt: skip

    def folder(self, who: Acting) -> Folder:
        """The folder of the year and below it that of the cases, of each unit."""
        if who.unit.code not in self.folders:
            with standing_on(FIRST):
                top = make_folder("2026 年", None, who=who, at=self.at(FIRST))
                self.folders[who.unit.code] = make_folder("侵权案件", top, who=who, at=self.at(FIRST))
        return self.folders[who.unit.code]

    def make(self, unit: str, fate: str) -> Item:
        """An item and what becomes of it."""
        self.n += 1
        who = self.people.reporters[unit]
        sort = SORTS[self.n % len(SORTS)]
        day = FIRST + (LAST - FIRST - timedelta(days=30)) * self.n // 26
        name = sort[3]
        content, media_type = _file(name, sort[2].format(n=self.n), f"{unit}-{self.n}")
        raw = self.facts(sort, day, who)
        if fate == "unchecked":
            raw |= {"env_result": "not-checked", "env_by": "", "env_what": "", "env_note": "现场紧急取证。（演示）"}
        if self.n % 3 == 0:
            raw |= {"before_sha256": hashlib.sha256(content).hexdigest()}
            raw |= {"before_sm3": hashlib.new("sm3", content).hexdigest()}
        if fate in ("due", "disposed"):
            raw["expires_on"] = (day + timedelta(days=20)).isoformat()
        elif self.n % 2:
            raw["expires_on"] = date(2029 + self.n % 3, 12, 31).isoformat()
        upload = self.send(content, name, media_type, who)
        with standing_on(day + timedelta(days=1)):
            on = day + timedelta(days=1)
            folder = self.folder(who) if self.n % 2 else None
            item = actions.take_in(raw, upload, who=who, folder=folder, on=on, at=self.at(on))
        self._fate(item, fate, who, raw, day)
        return item

    def _fate(self, item: Item, fate: str, who: Acting, raw: dict[str, object], day: date) -> None:
        later = day + timedelta(days=6)
        at = self.at(later)
        with standing_on(later):
            match fate:
                case "held" | "lifted":
                    item = actions.hold(item, reason="法院要求保全，案号略。（演示）", who=who, on=later, at=at)
                    if fate == "lifted":
                        on = later + timedelta(days=9)
                        actions.lift(item, 1, reason="案件已审结。（演示）", who=who, on=on, at=self.at(on))
                case "versions":
                    content, kind = _file(item.name, item.title, f"{item.number}-2")
                    before = later - timedelta(days=1)  # the day's own clock may stand before the morning
                    again = raw | {"captured_on": before.isoformat(), "captured_time": "08:05"}
                    again |= {"before_sha256": "", "before_sm3": ""}
                    upload = self.send(content, item.name, kind, who)
                    actions.new_version(
                        item, again, upload, note="页面更新后重新采集。（演示）", who=who, on=later, at=at
                    )
                case "corrected":
                    actions.correct(
                        item, {"place": "现场（演示）"}, reason="采集地点填写有误。（演示）", who=who, at=at
                    )
                case "linked":
                    cases = Case.objects.visible_to(who).order_by("pk")
                    case = cases.filter(procedure="complaint").first() or cases.first()
                    if case is not None:
                        actions.link(item, case.number, who=who, at=at)
                case "offered" | "given" | "returned":
                    target = ("tj-binhai", "reporter") if fate == "given" else ("tj-market-regulation", "case-handler")
                    if target[0] == who.unit.code:
                        target = ("tj-dongli", "reporter")
                    taker = self.posts[target]
                    reason = "移送办理，请核对摘要后接收。（演示）"
                    given = actions.offer(item, taker, reason=reason, who=who, on=later, at=at)
                    on = later + timedelta(days=2)
                    other = self.people.reporters[target[0]] if fate == "given" else None
                    if fate == "given" and other is not None:
                        actions.accept(given, who=other, note="摘要一致，已接收。（演示）", on=on, at=self.at(on))
                    elif fate == "returned":
                        actions.withdraw(given, reason="移送对象有误。（演示）", who=who, on=on, at=self.at(on))
                case "disposed":
                    on = day + timedelta(days=25)
                    with standing_on(on):
                        chief = self.people.approvers[who.unit.code]
                        actions.dispose(
                            item, confirm=item.number, reason="保管期满，无未结事项。（演示）", who=chief, on=on,
                            at=self.at(on),
                        )  # fmt: skip


@transaction.atomic
def make_evidence(people: People) -> int:
    """Make the items; how many. Two of them hold the same content."""
    maker = CustodyMaker(people)
    made = [maker.make(unit, fate) for unit, fates in UNITS for fate in fates]
    first = made[0]
    who = people.reporters["tj-dongli"]
    content, media_type = _file(first.name, first.title, "tj-binhai-1")
    raw = maker.facts(SORTS[1], LAST - timedelta(days=1), who) | {"title": "同一内容由两单位分别采集"}
    with standing_on(LAST):
        upload = maker.send(content, first.name, media_type, who)
        actions.take_in(raw, upload, who=who, twice=True, on=LAST, at=maker.at(LAST))
    return len(made) + 1
