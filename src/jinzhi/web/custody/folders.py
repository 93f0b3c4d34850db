"""Folders of items."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinzhi.apps.custody.actions import CustodyRefused
from jinzhi.apps.custody.folders import make_folder, remove_folder, rename_folder
from jinzhi.apps.custody.models import Item
from jinzhi.apps.custody.queries import (
    READ,
    WRITE,
    folders,
    items,
)
from jinzhi.web.custody import list as shown
from jinzhi.web.custody.fields import NAME, PARENT, crumbs, own_folders, refused_by
from jinzhi.web.custody.form import folder_of
from jinzhi.web.shell.access import page, require
from jinzhi.web.shell.listing import paged
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow


@page(nav="custody", scope=READ)
@require_http_methods(["GET", "POST"])
def folder_list(request: PageRequest) -> HttpResponse:
    """The tree of folders with how many items lie in each; making one."""
    who = request.acting
    writes = who.user is not None and who.may(WRITE)
    refs = {"folder": own_folders(who) if writes else []}
    form = FieldsForm((NAME, PARENT), request.POST if request.method == "POST" else None, who=who, references=refs)
    if request.method == "POST":
        require(who, WRITE)
        if form.is_valid():
            try:
                parent = folder_of(form.values["parent"], who)
                made = make_folder(str(form.values["name"]), parent, who=who, key=submitted(request)[1])
            except CustodyRefused as refused:
                refused_by(form, refused)
            else:
                messages.success(request, _("已新建文件夹“%(name)s”。") % {"name": made.path})
                return redirect("custody-folders")
    counted: dict[int, int] = {}
    for pk in Item.objects.visible_to(who).exclude(folder=None).values_list("folder_id", flat=True):
        counted[pk] = counted.get(pk, 0) + 1
    rows = []
    for f in folders(who):
        depth = f.path.count("／")
        rows.append(
            TableRow(
                [
                    Cell("\u3000" * depth + f.name, href=reverse("custody-folder", args=[f.pk])),
                    f.unit.label,
                    Cell(str(counted.get(f.pk, 0)), href=f"{reverse('custody')}?folder={f.pk}"),
                ]
            )
        )
    columns = [Column(_("文件夹"), wide=True), Column(_("单位")), Column(_("证据件数"), numeric=True)]
    empty = Empty(_("还没有文件夹"), _("文件夹由各单位自己建立，最多 6 层。"))
    return render(
        request,
        "custody/folders.html",
        {
            "crumbs": crumbs(),
            "title": _("文件夹"),
            "table": Table(_("文件夹"), columns, rows, empty, caption_hidden=True),
            "form": form,
            "writes": writes,
            "print_title": _("文件夹"),
        },
        status=422 if form.is_bound else 200,
    )


@page(nav="custody", scope=READ)
@require_http_methods(["GET", "POST"])
def folder(request: PageRequest, pk: int) -> HttpResponse:
    """A folder: what lies in it; rename it, or remove it when it is empty."""
    who = request.acting
    found = get_object_or_404(folders(who), pk=pk)
    mine = who.user is not None and who.may(WRITE) and found.unit_id == who.unit.pk
    expected, key = submitted(request)
    form = FieldsForm((NAME,), who=who, initial={"name": found.name})
    if request.method == "POST":
        require(who, WRITE)
        try:
            if request.POST.get("do") == "remove":
                form = FieldsForm((NAME,), {"name": found.name}, who=who)
                form.is_valid()
                remove_folder(found, who=who, expected=expected, key=key)
                messages.success(request, _("已删除文件夹“%(name)s”。") % {"name": found.path})
                return redirect("custody-folders")
            form = FieldsForm((NAME,), request.POST, who=who)
            if form.is_valid():
                done = rename_folder(found, str(form.values["name"]), who=who, expected=expected, key=key)
                messages.success(request, _("文件夹已改名为“%(name)s”。") % {"name": done.name})
                return redirect("custody-folder", pk)
        except CustodyRefused as refused:
            refused_by(form, refused)
    here = paged(request, items(who).filter(folder=found))
    empty = Empty(_("文件夹是空的"))
    above = [PageLink(_("文件夹"), reverse("custody-folders"))]
    if found.parent_id and (parent := folders(who).filter(pk=found.parent_id).first()):
        above.append(PageLink(parent.path, reverse("custody-folder", args=[parent.pk])))
    return render(
        request,
        "custody/folder.html",
        {
            "crumbs": crumbs(*above),
            "title": found.path,
            "folder": found,
            "inner": list(folders(who).filter(parent=found)),
            "table": shown.table(list(here.object_list), empty),
            "page": here,
            "form": form,
            "mine": mine,
            "print_title": found.path,
        },
        status=422 if form.is_bound else 200,
    )
