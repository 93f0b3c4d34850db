"""An indicator and its records as files."""

from __future__ import annotations

import csv
import io

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from jinzhi.apps.units.models import Unit
from jinzhi.engines.indicator_memory import rounded
from jinzhi.engines.spreadsheet import Sheet, SheetColumn, write
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.indicator import Ratio, parts
from jinzhi.web.indicators.asked import ORIGINS, XLSX, measured_in, unit_words
from jinzhi.web.indicators.breakdown import behind, groups, record_fields
from jinzhi.web.indicators.index import attached, notes, text
from jinzhi.web.indicators.seen import seen
from jinzhi.web.indicators.words import SourceWords, definition
from jinzhi.web.plan.cockpit.kpis import shown
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.language import named, page_language


@page(nav="indicators", scope="indicator.read")
@require_GET
def csv_of(request: PageRequest, id: str) -> HttpResponse:
    """The past of an indicator as CSV, with how each value came about."""
    view = seen(request, id)
    i = view.indicator
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_("截至"), f"{named(i)}（{unit_words(i)}）", _("来历")])
    for p in view.points:
        number = rounded(p.number, i.decimals)
        writer.writerow([p.day.isoformat(), "" if number is None else f"{number:f}", str(ORIGINS[p.source])])
    body = ("\ufeff" + out.getvalue()).encode()
    return attached(body, "text/csv; charset=utf-8", f"{i.id}-{view.on.isoformat()}.csv")


@page(nav="indicators", scope="indicator.read")
@require_GET
def records_of(request: PageRequest, id: str) -> HttpResponse:
    """Every record behind the number as Excel, its parts by unit on a second sheet."""
    view = seen(request, id)
    i = view.indicator
    chosen = int(choice(request, "part", {"1", "2"}, "1")) - 1
    part = chosen if isinstance(i.measure, Ratio) else 0
    source = parts(i.measure)[part].source
    words = SourceWords(source)
    found = behind(view, part)
    names = {u.code: u.name for u in Unit.objects.filter(code__in={r.unit for r in found})}
    ids = record_fields(i, source)
    columns = (
        SheetColumn(field=text("title", "记录", "Record"), width=44),
        SheetColumn(field=text("kept_by", "单位", "Unit"), width=24),
        *(
            SheetColumn(field=Field(id=f"f_{f}", zh=words.field(f), en=words.field(f), required=False), width=18)
            for f in ids
        ),
    )
    rows = [
        {
            "title": r.title,
            "kept_by": names.get(r.unit, r.unit),
            **{f"f_{f}": words.value(f, r.fields.get(f)) if r.fields.get(f) is not None else None for f in ids},
        }
        for r in found
    ]
    by = (
        SheetColumn(field=text("unit", "单位", "Unit"), width=28),
        SheetColumn(field=text("value", "数值", "Value", Type.DECIMAL)),
    )
    split = [{"unit": g.label, "value": rounded(g.value.number, i.decimals)} for g in groups(view, "unit")]
    language = page_language()
    said = [
        (_("指标"), named(i)),
        (_("数值"), f"{shown(view.value.number, i)} {measured_in(i)}"),
        *definition(i),
        *notes(request, view.unit, len(rows)),
    ]
    sheets = [
        Sheet(title=_("背后的记录"), columns=columns, rows=rows, language=language),
        Sheet(title=_("按单位"), columns=by, rows=split, language=language),
    ]
    return attached(write(sheets, said), XLSX, f"{i.id}-{view.on.isoformat()}.xlsx")
