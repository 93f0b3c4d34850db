"""A report as Excel, out and in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.evidence.events.actions import Conflict
from jinzhi.apps.plan.actions import ContentRefused, Locked
from jinzhi.apps.plan.models import Report
from jinzhi.apps.plan.queries import content
from jinzhi.apps.plan.report_sheet import StaleSheet, as_workbook, from_workbook
from jinzhi.apps.plan.reporting import (
    save_report,
    seen_before,
    since,
    would_change,
)
from jinzhi.engines.spreadsheet import SpreadsheetError
from jinzhi.kernel.text import Words
from jinzhi.web.plan.reports.find import (
    PREVIEW_SECONDS,
    SALT,
    XLSX,
    download,
    find_report,
    is_demo,
    release_of,
    reports_of,
    require_editor,
)
from jinzhi.web.plan.reports.history import FIELD_NAMES, changes_of, place_names
from jinzhi.web.plan.reports.page import lock_note
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.language import named, page_language, speak


@page(nav="reports", scope="report.read")
@require_GET
def report_excel(request: PageRequest, pk: int) -> HttpResponse:
    """The report's sheet, to fill in and bring back."""
    found = find_report(request.acting, pk)
    made = as_workbook(found, release_of(found), demo=is_demo())
    return download(made, f"{found.unit.label}-{found.period.code}-第{found.version}版.xlsx", XLSX)


@page(nav="reports", scope="report.read")
@require_http_methods(["GET", "POST"])
def report_excel_import(request: PageRequest, pk: int) -> HttpResponse:
    """Bring a filled sheet back: every error at once, or what would change, to be confirmed."""
    who: Acting = request.acting
    found = find_report(who, pk)
    require_editor(found, who)
    release = release_of(found)
    context: dict[str, Any] = {
        "crumbs": [
            PageLink(_("进展报告"), reports_of(request, found)),
            PageLink(f"{found.unit.label} {found.period.code}", reverse("report", args=[pk])),
        ],
        "report": found,
        "locked": found.locked,
        "lock": lock_note(found, False),
        "title": _("导入 Excel：%(unit)s %(period)s") % {"unit": found.unit.label, "period": found.period.code},
    }
    status = 200
    if request.method == "POST":
        status = 422
        file = request.FILES.get("file")
        if file is None or not file.size:
            context["refused"] = _("请选择填好的 .xlsx 文件")
        else:
            try:
                read = from_workbook(file.read(), found, release, who=who)
            except Locked:
                context["refused"], status = lock_note(found, False), 409
            except StaleSheet as e:
                context["refused"], status = speak(e), 409
                names = place_names(content(found, release))
                context["between"] = changes_of(since(found, e.origin.version), names)
            except SpreadsheetError as e:
                context["refused"] = speak(e)
            else:
                names = place_names(content(found, release))
                lines = [
                    (names.get(place, place), named(FIELD_NAMES[name]), old or "", new or "")
                    for place, fields in read.changes.items()
                    for name, (old, new) in fields.items()
                ]
                sealed = {"r": found.pk, "v": found.version, "n": read.notes, "f": read.figures, "name": file.name}
                context |= {
                    "file": file.name,
                    "errors": [e.say(page_language()) for e in read.errors],
                    "remarks": [speak(Words(zh, en)) for zh, en in read.remarks],
                    "lines": lines,
                    "same": not read.errors and not lines,
                    "payload": signing.dumps(sealed, salt=SALT, compress=True) if lines else "",
                    "seq": found.version,
                }
                status = 422 if read.errors else 200
    return render(request, "plan_reports/excel.html", context, status=status)


@page(nav="reports", scope="report.read")
@require_POST
def report_excel_confirm(request: PageRequest, pk: int) -> HttpResponse:
    """Save what was looked over, all in one go."""
    who: Acting = request.acting
    found = find_report(who, pk)
    require_editor(found, who)
    _expected, key = submitted(request)
    try:
        told = signing.loads(request.POST.get("payload", ""), salt=SALT, max_age=PREVIEW_SECONDS)
    except signing.SignatureExpired:
        messages.warning(request, _("预览已超过一小时，请重新上传"))
        return redirect("report-excel-import", pk=pk)
    except signing.BadSignature:
        raise BadRequest(_("预览内容不完整，请重新上传文件")) from None
    if told["r"] != found.pk:
        raise BadRequest(_("预览的是另一份报告，请重新上传文件"))
    if seen_before(found, key):
        return redirect("report", pk=pk)
    try:
        done = save_report(
            found, release_of(found), notes=told["n"], figures=told["f"], who=who, expected=told["v"],
            source=f"excel:{told['name']}", key=key,
        )  # fmt: skip
    except (Conflict, Locked):
        if there_already(find_report(who, pk), key, told, who):
            messages.info(request, _("表中的内容已经保存，无需再次导入"))
        else:
            messages.error(request, _("预览之后报告又有变化，没有保存；请重新导出并填写"))
        return redirect("report", pk=pk)
    except ContentRefused as e:
        messages.error(request, _("没有保存：%(why)s") % {"why": "；".join(speak(x) for x in e.errors)})
        return redirect("report-excel-import", pk=pk)
    messages.success(request, _("已从 Excel 导入 %(n)s 处内容") % {"n": len(done.changes)})
    return redirect("report", pk=pk)


def there_already(found: Report, key: str, told: Mapping[str, Any], who: Acting) -> bool:
    """Whether what a preview holds is saved by now: by the other of two clicks, or from a second window."""
    if seen_before(found, key):
        return True
    try:
        return not would_change(found, release_of(found), notes=told["n"], figures=told["f"], who=who)
    except (Locked, ContentRefused):
        return False
