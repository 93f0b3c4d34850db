"""Operations: how the installation stands, what it keeps, and whether everything that must hold does."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.health import facts, keep, last, records
from jinzhi.apps.catalogue.integrity import checkers, run_all
from jinzhi.apps.catalogue.ticks import ticks
from jinzhi.web.shell import english, page
from jinzhi.web.templatetags.ui import Cell, Column, Empty, Row, Table, Tag

STATES = {
    "good": Tag("正常", "Good", "done", "✓"),
    "note": Tag("请留意", "Note", "risk", "◆"),
    "missing": Tag("缺失", "Missing", "late", "■"),
}
SOUND = Tag("成立", "Holds", "done", "✓")
#: facts that name folders of the machine
PRIVATE = ("var", "mail", "chromium", "node")
BROKEN = Tag("不成立", "Broken", "late", "■")


def said(zh: str, en: str) -> str:
    return en if english() else zh


def fact_table(who: Acting) -> Table:
    """How the installation stands; a visitor is not told where things lie on the machine."""
    rows = [
        Row((said(f.zh, f.en), Cell(tag=STATES[f.state]), Cell(f.value, sub=said(f.way_zh, f.way_en))))
        for f in facts()
        if who.user is not None or f.id not in PRIVATE
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
        rows.append(Row((Cell(said(checker.zh, checker.en), sub=checker.id), cell, detail)))
    heads = (_("必须成立的事"), _("结果"), _("不符之处"))
    return Table(_("完整性检查"), [Column(h) for h in heads], rows, stack=True, caption_hidden=True)


def record_table() -> Table:
    rows = [Row((app, model, f"{count:,}")) for app, model, count in records()]
    heads = [Column(_("应用")), Column(_("表")), Column(_("记录数"), numeric=True)]
    return Table(_("各表记录数"), heads, rows)


def tick_table() -> Table:
    rows = [Row((Cell(said(t.zh, t.en), sub=t.id),)) for t in ticks()]
    return Table(_("定时任务"), [Column(_("任务"))], rows, Empty(_("没有定时任务")))


@page(nav="operations", scope="ops.read")
def index(request: HttpRequest) -> HttpResponse:
    """A POST runs the integrity checkers; nothing else is changed."""
    if request.method == "POST":
        results = run_all()
        keep(results)
        broken = sum(not r.sound for r in results)
        if broken:
            messages.error(request, _("完整性检查：%(n)s 项不成立") % {"n": broken})
        else:
            messages.success(request, _("完整性检查：%(n)s 项全部成立") % {"n": len(results)})
        return redirect("operations")
    before = last()
    context = {
        "crumbs": [(_("首页"), "/")],
        "facts": fact_table(request.acting),
        "integrity": integrity_table(),
        "ran_at": localtime(before[0]) if before else None,
        "records": record_table(),
        "ticks": tick_table(),
    }
    return render(request, "operations/index.html", context)


urlpatterns = [path("operations/", index, name="operations")]
