"""Milestones copied from year to year: what would be copied, edited in the table, confirmed once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.plan.actions import MilestoneRefused
from jinzhi.apps.plan.milestone_copies import Proposal, WantedCopy, copy_over, proposals, unfit
from jinzhi.apps.plan.milestone_sheet import ASKED, MOST, LinesRefused
from jinzhi.apps.plan.models import Release
from jinzhi.apps.plan.queries import years
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.text import Words
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import choice, whole
from jinzhi.web.shell.plan_choice import at_plan, names_plan, plans, release_shown
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import form_key, submitted
from jinzhi.web.ui.boxes import PageLink
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import labelled, named, speak

REASON = Field(
    id="reason", zh="理由", en="Reason", type=Type.LONG, required=False, max_length=1000,
    help_zh="复制给不在现行分工内的单位时必填", help_en="needed where a unit does not answer for the row",
)  # fmt: skip


@dataclass
class Shown:
    """A proposal as the table shows it: what was typed, or what is proposed; and what is wrong with it."""

    proposal: Proposal
    number: int
    take: bool
    title: str
    due: str
    target: str
    keep: bool
    unit: str
    errors: list[str] = field(default_factory=list)

    @property
    def before(self) -> str:
        m = self.proposal.source
        return f"{m.at_most}{m.target.normalize():f}"

    @property
    def remarks(self) -> list[str]:
        return [named(r) for r in self.proposal.remarks]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The units that answer for the row, and the source's own where it is still open."""
        own = self.proposal.source.unit
        units = [*self.proposal.units, *([own] if own.active and own not in self.proposal.units else [])]
        return [(u.code, u.label) for u in units]


@page(nav="rows", scope="plan.edit")
@require_http_methods(["GET", "POST"])
@names_plan
def copies(request: PageRequest) -> HttpResponse:
    """Choose the two years, look at the copies and edit them, confirm."""
    release = release_shown(request)
    if release is None:
        raise Http404(_("还没有规划"))
    found = {r.plan: r for r in plans(request)}
    source = found[choice(request, "from_plan", found, release.plan)]
    year, to_year = whole(request, "from"), whole(request, "to")
    if year is None or to_year is None:
        return shown(request, release, source)
    if said := unfit(source, year, release, to_year):
        return shown(request, release, source, 422, refused=speak(Words(*said)), year=year, to=to_year)
    offered = proposals(source, year, release, to_year, request.acting)
    at: dict[str, Any] = {"year": year, "to": to_year}
    if len(offered) > MOST:
        told = _("该年度有 %(n)s 个里程碑，网页一次最多复制 %(most)s 个；请用接口或 jinzhi plan copy-milestones")
        return shown(request, release, source, 422, refused=told % {"n": len(offered), "most": MOST}, **at)
    if request.method == "POST":
        return confirmed(request, release, source, year, to_year, offered)
    return shown(request, release, source, rows=[row_of(p, n, None) for n, p in enumerate(offered, 1)], **at)


def row_of(p: Proposal, number: int, post: Any) -> Shown:
    code = p.source.code
    if post is None:
        return Shown(p, number, not p.barred and not p.doubtful, p.source.title, p.due.isoformat(), "", False,
                     p.source.unit.code)  # fmt: skip
    typed = {name: post.get(f"{name}-{code}", "").strip() for name in ("title", "due", "target", "unit")}
    take, keep = f"take-{code}" in post, f"keep-{code}" in post
    return Shown(p, number, take, keep=keep, **{**typed, "unit": typed["unit"] or p.source.unit.code})


def wanted_of(row: Shown, post: Any) -> WantedCopy:
    """A ticked row as a copy; the target of before only as it was shown beside a tick."""
    code = row.proposal.source.code
    kept = post.get(f"was-{code}", "") if row.keep or "keep-all" in post else ""
    values = {"title": row.title, "due": row.due, "target": row.target or kept, "unit": row.unit}
    return WantedCopy(row.number, code, values)


def confirmed(
    request: PageRequest, release: Release, source: Release, year: int, to_year: int, offered: list[Proposal]
) -> HttpResponse:
    who: Acting = request.acting
    _expected, key = submitted(request)
    rows = [row_of(p, n, request.POST) for n, p in enumerate(offered, 1)]
    form = FieldsForm((REASON,), request.POST, who=who)
    at: dict[str, Any] = {"year": year, "to": to_year, "rows": rows, "form": form}
    if not form.is_valid():
        return shown(request, release, source, 422, **at)
    wanted = [wanted_of(r, request.POST) for r in rows if r.take]
    # what was ticked on the page and has no row any more: its source was dropped or moved in between
    known = {r.proposal.source.code for r in rows}
    gone = [k.removeprefix("take-") for k in request.POST if k.startswith("take-")]
    wanted += [WantedCopy(0, code, {}) for code in gone if code not in known]
    if not wanted:
        return shown(request, release, source, 422, refused=_("没有勾选要复制的里程碑"), **at)
    reason = str(form.values["reason"] or "")
    try:
        done = copy_over(source, year, release, to_year, wanted, who=who, reason=reason, key=key)
    except LinesRefused as e:
        return shown(request, release, source, 422, errors=set_errors(rows, e), **at)
    except MilestoneRefused as e:
        return shown(request, release, source, 422, refused=str(e), **at)
    told = {"n": len(done.codes), "to": to_year, "there": len(done.there)}
    messages.success(request, _("已复制 %(n)s 个里程碑到 %(to)s 年；%(there)s 个早已存在，没有改动") % told)
    listed = reverse("milestones") + f"?year={to_year}"
    return redirect(at_plan(request, listed, release.plan))


def set_errors(rows: list[Shown], refused: LinesRefused) -> list[str]:
    """Set every error beside its row; in words for the summary."""
    names = {f.id: named(f) for f in ASKED}
    by_number = {r.number: r for r in rows}
    out = []
    for e in refused.errors:
        said = speak(e)
        text = labelled(names[e.field], said) if e.field in names else said
        row = by_number.get(e.number)
        if row is not None:
            row.errors.append(text)
        place = _("第 %(n)s 行") % {"n": e.number} if row else ""
        out.append(f"{place} {row.proposal.source.title if row else ''} {text}".strip())
    return out


def shown(
    request: PageRequest, release: Release, source: Release, status: int = 200, *, form: FieldsForm | None = None,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    listed = at_plan(request, reverse("milestones"), release.plan)
    day = today().year
    context = {
        "crumbs": [
            PageLink(_("规划任务"), at_plan(request, reverse("rows"), release.plan)), PageLink(_("里程碑"), listed),
        ],
        "release": release, "source": source, "sources": plans(request), "back": listed, "key": form_key(),
        "here": reverse("milestones-copy"), "years": sorted({y for r in plans(request) for y in years(r)}),
        "to_years": years(release), "form": form or FieldsForm((REASON,), who=request.acting),
        "year": day, "to": day + 1, "query": request.GET.urlencode(), **more,
    }  # fmt: skip
    return render(request, "plan/milestones_copy.html", context, status=status)
