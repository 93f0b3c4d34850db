"""Which register and which entry a page shows, and whether to this reader."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.registers.actions import (
    may_write,
)
from jinzhi.apps.registers.models import Entry
from jinzhi.apps.registers.queries import (
    may_read,
    visible_entries,
)
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.register import Register
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.language import named
from jinzhi.web.ui.states import Tag

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REASON = Field(id="reason", zh="原因", en="Reason", type=Type.LONG, max_length=500)
KINDS = {
    "new": Tag("新增", "New", "ahead", "＋"),
    "changed": Tag("修改", "Changed", "open", "✎"),
    "same": Tag("不变", "Same", "neutral"),
    "error": Tag("有错", "Wrong", "late"),
}


def crumbs(register: Register | None = None) -> list[PageLink]:
    out = [PageLink(_("名录"), reverse("registers"))]
    if register is not None:
        out.append(PageLink(named(register), reverse("register", args=[register.id])))
    return out


def declared(id: str, who: Acting) -> Register:
    register = catalogue().find(Register, id)
    if register is None:
        raise Http404(_("没有名为“%(id)s”的名录") % {"id": id})
    if not may_read(register, who):
        raise PermissionDenied(
            _("角色“%(role)s”不能查看名录“%(name)s”") % {"role": named(who.role), "name": named(register)}
        )
    return register


def keeper(id: str, who: Acting, verb: str) -> Register:
    register = declared(id, who)
    if not may_write(register, who, verb):
        raise PermissionDenied(
            _("角色“%(role)s”不维护名录“%(name)s”") % {"role": named(who.role), "name": named(register)}
        )
    return register


def find_entry(register: Register, pk: int, who: Acting, *, own: bool = False) -> Entry:
    """The entry, if ``who`` sees it, or (``own``) keeps it; an entry of others is as good as not there."""
    rows = Entry.objects.visible_to(who) if own else visible_entries(who)
    seen = rows.select_related("unit")
    return get_object_or_404(seen, pk=pk, register=register.id)
