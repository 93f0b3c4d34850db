"""The gallery ``/ui/``: every component with realistic values. The tests of the look and of axe run on it.

It is also the reference for writers of pages: each section shows the tag that made it. All values here are
invented.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from jinzhi.apps.catalogue.clock import installation
from jinzhi.apps.evidence.events.seals import Verdicts
from jinzhi.engines import charts
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.filters import Option
from jinzhi.web.ui.samples import (
    CHARTS,
    CLOCK_FACTS,
    DAY,
    EVENTS,
    FACTS,
    FILTERS,
    FLOW,
    HEAT,
    KPIS,
    NO_ORDERS,
    SEALED,
    SECTIONS,
    TASKS,
    TILES,
    VIEWS,
)
from jinzhi.web.ui.states import Due


class GalleryForm(forms.Form):
    """A form as a unit fills it, with each kind of field."""

    period = forms.ChoiceField(label="报告期", choices=[("2026Q3", "2026 年第三季度"), ("2026Q4", "2026 年第四季度")])
    done = forms.DecimalField(
        label="完成值",
        help_text="单位：件；以登记记录为准",
        max_digits=8,
        decimal_places=1,
        # a number input throws a wrong text away; ours is given back to be mended
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    note = forms.CharField(label="进展说明", widget=forms.Textarea(attrs={"rows": 3}), max_length=400)
    duty = forms.ChoiceField(
        label="责任方式",
        widget=forms.RadioSelect,
        choices=[("lead", "牵头"), ("share", "按职责分工负责"), ("assist", "配合")],
    )
    public = forms.BooleanField(label="可以公开", required=False, help_text="公开的内容会出现在公示页")


def gallery(request: HttpRequest) -> HttpResponse:
    """GET: all components, with their state in the URL (unit, state, sort, page)."""
    if request.GET.get("toast"):
        messages.success(request, _("已保存第四季度填报，等待上级审核。"))
        messages.error(request, _("第 3 行“完成值”不是数字：请改正后重新上传。"))
    form = GalleryForm({"period": "2026Q4", "done": "十五", "note": "", "duty": "lead"})
    return render(request, "gallery.html", {**_values(request), "form": form, "print_title": "组件一览"})


def _values(request: HttpRequest) -> dict[str, Any]:
    address = {c: {k: reverse("gallery-chart", args=[c, k]) for k in ("svg", "json", "csv")} for c in CHARTS}
    return {
        "today": DAY,
        "tones": ["ahead", "normal", "risk", "late", "done", "open", "closed", "neutral"],
        "dates": [date(2026, 11, 15), DAY, date(2026, 11, 30), date(2027, 4, 20)],
        "kpis": KPIS,
        "table": TASKS,
        "empty_table": NO_ORDERS,
        "sections": SECTIONS,
        "heat": HEAT,
        "tiles": TILES,
        "filters": FILTERS,
        "facet": [Option("a", "法规规章", 12), Option("b", "平台系统", 9), Option("c", "经费人员", 4)],
        "page": Paginator(range(1, 231), 20).get_page(request.GET.get("page", 4)),
        "events": EVENTS,
        "facts": FACTS,
        "clock": Due(date(2027, 1, 8), DAY),
        "clock_facts": CLOCK_FACTS,
        "flow": FLOW,
        "views": VIEWS,
        "exports": [PageLink("全部记录 Excel", "#export", "export"), PageLink("督办单 Word", "#export")],
        "crumbs": [PageLink("驾驶舱", "/"), PageLink("推进计划", "/")],
        "seals": list(SEALED.values()),
        "sealed": Verdicts({n: SEALED[s] for n, s in enumerate(("broken", "queued", "verified"))}),
        "digest": "7c1e" * 15 + "a90f",
        "charts": [(c, address[c.id]) for c in CHARTS.values()],
    }


def chart_response(
    request: HttpRequest, chart: charts.Chart, kind: str, width: int = 640, height: int = 320
) -> HttpResponse:
    """A chart as svg, json or csv; ``?theme=dark`` for dark screens, ``?narrow=1`` redraws it for a telephone."""
    if kind not in ("svg", "json", "csv"):
        raise Http404(_("图表没有 %(kind)s 格式；可用 svg、json、csv") % {"kind": kind})
    if request.GET.get("narrow"):
        width, height = 340, max(height * 7 // 8, 240)
    theme: charts.Theme = "dark" if request.GET.get("theme") == "dark" else "light"
    content_type, body = chart.file(kind, width=width, height=height, theme=theme)
    return HttpResponse(body, content_type=content_type)


def chart(request: HttpRequest, id: str, kind: str) -> HttpResponse:
    """A chart of the gallery."""
    if id not in CHARTS:
        raise Http404(_("没有图表 %(id)s") % {"id": id})
    return chart_response(request, CHARTS[id], kind)


urlpatterns = [
    path("ui/", gallery, name="gallery"),
    path("ui/charts/<slug:id>.<slug:kind>", chart, name="gallery-chart"),
]


def shown_to_developers(patterns: Sequence[URLPattern]) -> list[URLPattern]:
    """The same addresses, there with ``JINZHI_DEBUG=1`` or in a demonstration only."""

    def closed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            here = installation()
            if not settings.DEBUG and not (here is not None and here.demo):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return [URLPattern(p.pattern, closed(p.callback), p.default_args, p.name) for p in patterns]
