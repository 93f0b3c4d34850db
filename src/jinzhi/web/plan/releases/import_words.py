"""Words of imports, and finding one."""

from __future__ import annotations

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhi.apps.plan.models import Import
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.states import Tag

STATES = {
    "review": Tag("待核对", "Under review", "open", "○"),
    "stored": Tag("已入库", "Stored", "done", "✓"),
    "discarded": Tag("已作废", "Discarded", "closed", "□"),
}
VERBS = {
    "import": gettext_lazy("导入"),
    "edit-row": gettext_lazy("修改任务"),
    "split-row": gettext_lazy("拆分任务"),
    "merge-row": gettext_lazy("合并任务"),
    "move-row": gettext_lazy("移动任务"),
    "delete-row": gettext_lazy("删除任务"),
    "add-row": gettext_lazy("新增任务"),
    "bind-row": gettext_lazy("绑定任务"),
    "resolve": gettext_lazy("识别单位"),
    "head": gettext_lazy("修改文件信息"),
    "choose-reading": gettext_lazy("选定理解"),
    "take-points": gettext_lazy("选定里程碑"),
    "restore": gettext_lazy("恢复解析结果"),
    "undo": gettext_lazy("撤销"),
    "store": gettext_lazy("入库"),
    "discard": gettext_lazy("作废"),
}
LEVELS = (
    ("department", gettext_lazy("市级部门")),
    ("external", gettext_lazy("其他单位")),
    ("district", gettext_lazy("区")),
    ("bureau", gettext_lazy("区级部门")),
    ("street", gettext_lazy("街镇")),
    ("city", gettext_lazy("市")),
)


def of(request: PageRequest, pk: int) -> Import:
    """The import that the address names, if who asks sees it."""
    found = Import.objects.visible_to(request.acting).select_related("user", "unit").filter(pk=pk).first()
    if found is None:
        raise Http404(_("没有这份导入，或您没有查看它的权限"))
    return found
