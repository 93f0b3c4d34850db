"""The words in which pages tell of the log: verbs of events, kinds of entries."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel.correction import ASK, CORRECT, REFUSE, TELL
from jinzhi.kernel.procedure import Procedure
from jinzhi.web.ui.language import named

KINDS = {"event": gettext_lazy("记录"), "file": gettext_lazy("文件"), "evidence": gettext_lazy("证据")}
VERBS = {
    "create": gettext_lazy("新建"),
    "update": gettext_lazy("更新"),
    "close": gettext_lazy("注销"),
    "reopen": gettext_lazy("恢复"),
    "add": gettext_lazy("设立"),
    "change": gettext_lazy("修改"),
    "drop": gettext_lazy("取消"),
    "save": gettext_lazy("保存"),
    "attach": gettext_lazy("添加附件"),
    "detach": gettext_lazy("移除附件"),
    "call": gettext_lazy("布置填报"),
    "import": gettext_lazy("导入"),
    "store": gettext_lazy("入库"),
    "issue": gettext_lazy("发布"),
    "bind": gettext_lazy("绑定"),
    "undo": gettext_lazy("撤销修改"),
    "discard": gettext_lazy("放弃"),
    "set-address": gettext_lazy("修改邮箱"),
    "set-contact": gettext_lazy("修改联系人"),
    "rename": gettext_lazy("更名"),
    "merge": gettext_lazy("并入"),
    "hand-over": gettext_lazy("移交"),
    "hand-back": gettext_lazy("退回原单位"),
    "freeze": gettext_lazy("冻结指标值"),
    "share": gettext_lazy("共享"),
    "remove": gettext_lazy("移除"),
    "restore": gettext_lazy("恢复"),
    "patents-columns-answered": gettext_lazy("专利表格的列已指定"),
    "patents-imported": gettext_lazy("专利导入"),
    "view-personal-data": gettext_lazy("查看个人信息"),
    "export-personal-data": gettext_lazy("导出个人信息"),
    "erase-personal-data": gettext_lazy("删除个人信息"),
    "download": gettext_lazy("下载"),
    "confirm-person": gettext_lazy("确认为本人"),
    "give-post": gettext_lazy("任职"),
    "end-post": gettext_lazy("结束任职"),
    "open": gettext_lazy("启用"),
    "shut": gettext_lazy("停用"),
    "reset-password": gettext_lazy("重置密码"),
    "choose-password": gettext_lazy("设定口令"),
    "drop-factor": gettext_lazy("解除第二因素"),
    "answer-accusation": gettext_lazy("答复见证者指出的不一致"),
    "take-inventory": gettext_lazy("清点"),
    "rotate-keys": gettext_lazy("更换签名密钥"),
    "make-token": gettext_lazy("签发令牌"),
    "revoke-token": gettext_lazy("吊销令牌"),
    "take-in": gettext_lazy("接收登记"),
    "correct": gettext_lazy("更正"),
    "new-version": gettext_lazy("登记新版本"),
    "move": gettext_lazy("移动"),
    "retain": gettext_lazy("保管期限"),
    "hold": gettext_lazy("保全"),
    "lift": gettext_lazy("解除保全"),
    "link": gettext_lazy("关联案件"),
    "unlink": gettext_lazy("取消关联"),
    "offer": gettext_lazy("移交"),
    "accept": gettext_lazy("接收移交"),
    "refuse": gettext_lazy("拒收移交"),
    "withdraw": gettext_lazy("撤回移交"),
    "export": gettext_lazy("导出证据包"),
    "pick": gettext_lazy("加入文献"),
    "take-out": gettext_lazy("移出文献"),
    "tag": gettext_lazy("标引"),
    "untag": gettext_lazy("取消标引"),
    "write": gettext_lazy("写备注"),
    "alias-linked": gettext_lazy("关联名称"),
    "alias-unlinked": gettext_lazy("取消关联名称"),
    "alias-undone": gettext_lazy("撤销名称变动"),
    "dispose": gettext_lazy("处置"),
    "make-folder": gettext_lazy("新建文件夹"),
    "rename-folder": gettext_lazy("改名文件夹"),
    "remove-folder": gettext_lazy("删除文件夹"),
}


def verb_named(event: Event, procedure: str = "") -> str:
    """What an event did: the step of its procedure, or the word for its verb."""
    declared = catalogue().find(Procedure, procedure) if procedure else None
    step = declared.find_step(event.verb) if declared else None
    if step is not None:
        return named(step)
    known = {CORRECT: _("更正"), ASK: _("申请更正"), REFUSE: _("不同意更正")}
    if declared is not None:
        known[TELL] = _("告知期限")
    if event.verb in known:
        return known[event.verb]
    return str(VERBS.get(event.verb, event.verb))


def kind_named(kind: str) -> str:
    return str(KINDS.get(kind, kind))
