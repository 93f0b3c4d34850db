"""Fields of the forms of custody, and what every page of it begins with."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.custody.actions import CONTENT, CustodyRefused
from jinzhi.apps.custody.models import Item
from jinzhi.apps.custody.queries import (
    folders,
)
from jinzhi.kernel.fields import Field, Type
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import speak

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FOLDER = Field(id="folder", zh="文件夹", en="Folder", type=Type.REF, of="folder", required=False)
CASES = Field(
    id="cases", zh="关联事项编号", en="Numbers of linked cases", required=False,
    help_zh="可填多个，用空格或逗号分开", help_en="Several are divided by spaces or commas",
)  # fmt: skip
CASE = Field(id="case", zh="事项编号", en="Number of the case", max_length=80)
TAKER = Field(id="taker", zh="接收人", en="Taker", type=Type.REF, of="post")
HOLD = Field(id="hold", zh="保全", en="Hold", type=Type.REF, of="hold")
LINKED = Field(id="linked", zh="事项", en="Case", type=Type.REF, of="case")
NOTE = Field(id="note", zh="备注", en="Note", type=Type.LONG, required=False, max_length=500)
CONFIRM = Field(
    id="confirm", zh="请输入证据编号以确认", en="Type its number to confirm", max_length=40,
    help_zh="处置后内容从存储中清除，不能恢复；登记信息和日志保留",
    help_en="The content is erased and cannot be brought back; record and log stay",
)  # fmt: skip
NAME = Field(id="name", zh="名称", en="Name", max_length=60)
PARENT = Field(id="parent", zh="上级文件夹", en="Folder above", type=Type.REF, of="folder", required=False)


def crumbs(*more: PageLink) -> list[PageLink]:
    return [PageLink(_("证据保管"), reverse("custody")), *more]


def refused_by(form: FieldsForm, refused: CustodyRefused) -> list[str]:
    """Show what an action refused beside its fields; gives what it said of the file."""
    mine = [e for e in refused.errors if e.field.id != CONTENT.id]
    if mine:
        form.refuse(mine)
    elif not refused.errors and not refused.duplicate:
        form.add_error(None, speak(refused))
    return [speak(e) for e in refused.errors if e.field.id == CONTENT.id]


def own_folders(who: Acting) -> list[tuple[str, str]]:
    return [(str(f.pk), f.path) for f in folders(who).filter(unit=who.unit)]


def find_item(who: Acting, number: str) -> Item:
    """The item, if ``who`` sees it; an item of others is as good as not there."""
    return get_object_or_404(Item.objects.visible_to(who).select_related("unit", "holder", "folder"), number=number)
