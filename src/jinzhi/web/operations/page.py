"""Operations: how the installation stands, what it keeps, and whether everything that must hold does."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.health import facts, keep, last, records
from jinzhi.apps.catalogue.integrity import checkers, run_all
from jinzhi.apps.catalogue.ticks import ticks
from jinzhi.apps.evidence import audit
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.log.authority import is_local, time_authority
from jinzhi.apps.evidence.models import Checkpoint, Entry
from jinzhi.apps.evidence.store import store
from jinzhi.apps.evidence.witness.witnesses import WitnessRefused, load
from jinzhi.engines.signing import KeyRefused
from jinzhi.engines.timestamps import TimestampRefused
from jinzhi.kernel.text import Words
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.language import speak
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

STATES = {
    "good": Tag("正常", "Good", "done", "✓"),
    "note": Tag("请留意", "Note", "risk", "◆"),
    "missing": Tag("缺失", "Missing", "late", "■"),
}
SOUND = Tag("成立", "Holds", "done", "✓")
#: facts that name folders of the machine
PRIVATE = ("var", "mail", "chromium", "node", "store")
BROKEN = Tag("不成立", "Broken", "late", "■")
ENCRYPTED = Tag("已打开", "On", "done", "✓")
PLAIN = Tag("没有打开", "Off", "neutral", "○")
STAMPED = Tag("最新检查点有时间戳", "The newest checkpoint is stamped", "done", "✓")
UNSTAMPED = Tag("最新检查点没有时间戳", "The newest checkpoint is not stamped", "risk", "◆")
#: the largest log that is audited while somebody waits, and of how many checkpoints the signatures are checked then
WAITED, NEWEST = 50_000, 200


def spoken(zh: str, en: str) -> str:
    return speak(Words(zh, en))


def fact_table(who: Acting) -> Table:
    """How the installation stands; only who keeps the whole of it is told where things lie on the machine."""
    rows = [
        TableRow((spoken(f.zh, f.en), Cell(tag=STATES[f.state]), Cell(f.value, sub=spoken(f.way_zh, f.way_en))))
        for f in facts()
        if (who.user is not None and who.unit.is_root()) or f.id not in PRIVATE
    ]
    return Table(_("安装情况"), [Column(h) for h in (_("项目"), _("状态"), _("内容"))], rows, stack=True)


def integrity_table() -> Table:
    """Every checker with what its last run found; one that never ran says so."""
    before = last()
    found = {k.id: k for k in before[1]} if before else {}
    rows = []
    for checker in checkers():
        kept = found.get(checker.id)
        if kept is None:
            cell, detail = Cell(tag=Tag("未运行", "Not run", "neutral")), ""
        else:
            cell = Cell(tag=SOUND if kept.sound else BROKEN)
            detail = "；".join(kept.violations) + (_("……还有更多") if kept.more else "")
        rows.append(TableRow((Cell(spoken(checker.zh, checker.en), sub=checker.id), cell, detail)))
    heads = (_("必须成立的事"), _("结果"), _("不符之处"))
    return Table(_("完整性检查"), [Column(h) for h in heads], rows, stack=True, caption_hidden=True)


def record_table() -> Table:
    rows = [TableRow((app, model, f"{count:,}")) for app, model, count in records()]
    heads = [Column(_("应用")), Column(_("表")), Column(_("记录数"), numeric=True)]
    return Table(_("各表记录数"), heads, rows)


def tick_table() -> Table:
    rows = [TableRow((Cell(spoken(t.zh, t.en), sub=t.id),)) for t in ticks()]
    return Table(_("定时任务"), [Column(_("任务"))], rows, Empty(_("没有定时任务")))


def log_facts() -> list[tuple[str, Any]]:
    """How the log stands: its size, what was signed last, who stamps and witnesses, whether files are encrypted."""
    last_point = Checkpoint.objects.select_related("shard").order_by("-shard__year", "-size", "-id").first()
    queued = log.queue()
    point: Any = Cell(tag=Tag("没有签发过", "Never signed", "risk", "◆"))
    if last_point is not None:
        point = Cell(
            f"{last_point.shard.year} · {last_point.size:,}",
            href=reverse("log-checkpoint", args=[last_point.pk]),
            sub=f"{localtime(last_point.at):%Y-%m-%d %H:%M:%S}",
        )
    return [
        (_("条目"), Cell(f"{Entry.objects.count():,}", href=reverse("evidence"))),
        (_("待入树"), str(queued)),
        (_("最新检查点"), point),
        (_("时间戳"), _authority(last_point)),
        (_("见证"), _witnesses()),
        (_("文件加密"), Cell(tag=ENCRYPTED if store.encrypting() else PLAIN)),
    ]


def _authority(last_point: Checkpoint | None) -> list[Any]:
    stamped = [] if last_point is None else [Cell(tag=STAMPED if last_point.token is not None else UNSTAMPED)]
    try:
        authority = time_authority()
    except TimestampRefused as e:
        return [Cell(tag=STATES["missing"], value=str(e))]
    if authority is None:
        return [Cell(tag=STATES["note"], value=_("没有配置时间戳机构")), *stamped]
    return [Cell(_("本机演示机构，不能作为可信时间") if is_local(authority) else _("外部机构")), *stamped]


def _witnesses() -> Any:
    try:
        declared = load()
    except WitnessRefused as e:
        return Cell(tag=STATES["missing"], value=str(e))
    if not declared.witnesses:
        return Cell(tag=STATES["note"], value=_("没有见证方：整库回退无人能发现"))
    return _("%(n)s 个见证方，需 %(need)s 个签名") % {"n": len(declared.witnesses), "need": declared.needed}


def audit_table(said_: dict[str, Any], who: Acting) -> Table:
    """What the last audit found, by detector; a visitor is not told where, it may name folders of the machine."""
    rows = []
    for finding in said_["findings"]:
        looked = finding["looks_at"]
        tag = BROKEN if finding["serious"] else STATES["note"]
        by, what = (finding["by"], finding["zh"]) if who.user is not None else ("", _("登录后可看"))
        rows.append(TableRow((Cell(tag=tag), Cell(spoken(looked["zh"], looked["en"]), sub=by), what)))
    for detector, more in said_["more"].items():
        rows.append(TableRow((Cell(tag=BROKEN), detector, _("还有 %(n)s 处") % {"n": more})))
    nothing = Empty(_("没有发现不符"))
    heads = [Column(_("结果")), Column(_("谁发现")), Column(_("不符之处"), wide=True)]
    return Table(_("日志核对"), heads, rows, nothing, stack=True, caption_hidden=True)


def sign_now(request: PageRequest) -> None:
    """Sign a checkpoint of the log as it is."""
    try:
        made = log.checkpoint()
    except (log.LogBroken, KeyRefused) as e:
        messages.error(request, str(e))
        return
    if made is None:
        messages.info(request, _("日志还是空的，没有可以签发的内容"))
    else:
        messages.success(request, _("日志 %(year)s 的 %(n)s 条已有检查点") % {"year": made.shard.year, "n": made.size})


def audit_now(request: PageRequest) -> None:
    """Audit the log, where that is done while somebody waits."""
    if Entry.objects.count() > WAITED:
        messages.error(request, _("日志超过 %(n)s 条，请在命令行运行 jinzhi evidence audit") % {"n": f"{WAITED:,}"})
        return
    done = audit.audit(newest=NEWEST)
    audit.keep(done)
    if done.sound:
        messages.success(request, _("日志核对：未发现不符"))
    else:
        messages.error(request, _("日志核对：%(n)s 处不符") % {"n": sum(f.serious for f in done.findings)})


def check_now(request: PageRequest) -> None:
    """Run the integrity checkers."""
    results = run_all()
    keep(results)
    broken = sum(not r.sound for r in results)
    if broken:
        messages.error(request, _("完整性检查：%(n)s 项不成立") % {"n": broken})
    else:
        messages.success(request, _("完整性检查：%(n)s 项全部成立") % {"n": len(results)})


ACTS = {"": check_now, "checkpoint": sign_now, "audit": audit_now}


@page(nav="operations", scope="ops.read")
def index(request: PageRequest) -> HttpResponse:
    """A POST runs the integrity checkers, signs a checkpoint or audits the log; nothing else is changed."""
    if request.method == "POST":
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise BadRequest(_("没有这项操作"))
        if not request.acting.unit.is_root():
            raise PermissionDenied(_("整个安装的运行维护只由全市一级的任职办理"))
        act(request)
        return redirect("operations")
    before = last()
    audited = audit.last()
    context = {
        "crumbs": [(_("首页"), "/")],
        "facts": fact_table(request.acting),
        "integrity": integrity_table(),
        "ran_at": localtime(before[0]) if before else None,
        "records": record_table(),
        "ticks": tick_table(),
        "log": log_facts(),
        "audited_at": localtime(audited[0]) if audited else None,
        "audited": audited[1] if audited else None,
        "sound": SOUND if audited and audited[1]["sound"] else BROKEN,
        "audit": audit_table(audited[1], request.acting) if audited else None,
    }
    return render(request, "operations/index.html", context)


urlpatterns = [path("operations/", index, name="operations")]
