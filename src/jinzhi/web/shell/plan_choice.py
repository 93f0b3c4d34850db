"""Which plan a page shows: named in the address, remembered for the next page, said in the head.

While one plan is in force no address need name it. As soon as there are several, a page of the plan whose address
names none is sent on to the one that does, so that every address that is kept or passed on says which plan it means.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.plan.models import Release, Row
from jinzhi.apps.plan.plans import in_force
from jinzhi.web.shell.requests import PageRequest

P = ParamSpec("P")
View = Callable[Concatenate[PageRequest, P], HttpResponseBase]
NAME, KEPT = "plan", "plan"


def plans(request: HttpRequest) -> list[Release]:
    """The plans in force, the main one first; read once a request."""
    kept: list[Release] | None = vars(request).get("plans_in_force")
    if kept is None:
        kept = vars(request)["plans_in_force"] = in_force()
    return kept


def several(request: HttpRequest) -> bool:
    return len(plans(request)) > 1


def release_shown(request: HttpRequest) -> Release | None:
    """The plan of the address, else of the page one comes from, else the one looked at last, else the main one.

    The page one comes from goes first, so that two windows with two plans do not mix. None before the first plan.
    Raises Http404 where the address names a plan that is not in force.
    """
    found = {r.plan: r for r in plans(request)}
    name = (request.GET.get(NAME) or request.POST.get(f"_{NAME}") or "").strip()
    if name:
        if name not in found:
            known = "、".join(found) or _("还没有")
            raise Http404(
                _("没有代号为“%(plan)s”的现行规划；现行规划：%(known)s") % {"plan": name[:60], "known": known}
            )
        if len(found) > 1 and request.session.get(KEPT) != name:
            request.session[KEPT] = name
        return found[name]
    for kept in (came_from(request), request.session.get(KEPT, "")) if len(found) > 1 else ():
        if kept in found:
            return found[kept]
    return next(iter(found.values()), None)


def came_from(request: HttpRequest) -> str:
    """The plan that the page named from which this one was opened; empty where it was another site's or none."""
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc != request.get_host():
        return ""
    return parse_qs(page.query).get(NAME, [""])[0]


def names_plan(view: View[P]) -> View[P]:
    """A page of the plan: where several are in force, its address names the one it shows."""

    @wraps(view)
    def named(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method in ("GET", "HEAD") and not request.GET.get(NAME) and several(request):
            shown = release_shown(request)
            if "key" in kwargs and shown is not None and "release" not in request.GET:
                shown = with_row(request, str(kwargs["key"]), shown)
            query = request.GET.copy()
            query[NAME] = shown.plan if shown else ""
            return redirect(f"{request.path}?{query.urlencode()}")
        return view(request, *args, **kwargs)

    return named


def with_row(request: HttpRequest, key: str, shown: Release) -> Release:
    """The plan shown if it has the row; else the first that has it: an old address of a row finds its plan."""
    having = set(Row.objects.filter(release__in=plans(request), key=key).values_list("release_id", flat=True))
    return next((r for r in [shown, *plans(request)] if r.pk in having), shown)


def at_plan(request: HttpRequest, href: str, plan: str) -> str:
    """An address that names its plan, where several are in force."""
    if not several(request) or not plan:
        return href
    path, hash_, anchor = href.partition("#")
    return f"{path}{'&' if '?' in path else '?'}{urlencode({NAME: plan})}{hash_}{anchor}"


def switch_href(request: HttpRequest, plan: str) -> str:
    """This page for another plan: filters that only the first plan has (its years, its sections) are left behind."""
    match = request.resolver_match
    path = request.path if match is None or not match.kwargs else reverse("rows")
    query = {NAME: plan, **{k: request.GET[k] for k in ("view", "tab") if request.GET.get(k)}}
    return f"{path}?{urlencode(query)}"


def head(request: HttpRequest) -> dict[str, object] | None:
    """What the head of a page says of the plan: its title and the others; None while there is only one."""
    if not several(request):
        return None
    try:
        shown = release_shown(request)
    except Http404:  # the page that says so has a head as well
        return None
    return {"shown": shown, "others": [(r, switch_href(request, r.plan)) for r in plans(request) if r != shown]}
