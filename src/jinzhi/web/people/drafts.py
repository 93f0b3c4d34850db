"""草稿: one's own unsent texts as a page, and what the script of a form asks: keep, give back, throw away."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from jinzhi.apps.accounts.drafts import drafts_of, drop, keep, worth_keeping
from jinzhi.apps.accounts.models import User
from jinzhi.web.shell.drafts import author
from jinzhi.web.shell.requests import PageRequest


@never_cache
@login_required
@require_GET
def drafts(request: PageRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    return render(request, "account/drafts.html", {"drafts": drafts_of(request.user), "print_title": _("草稿")})


@require_POST
def save(request: PageRequest) -> HttpResponse:
    """Keep a draft for its author, though the session has ended meanwhile. 413: too much to keep.

    409: the page was made for somebody else than who is signed in by now; what stands on it is not theirs.
    """
    who, given = author(request), request.POST
    if who is None:
        return HttpResponse(status=401)
    if given.get("_for") and given["_for"] != str(who.pk):
        return HttpResponse(status=409)
    fields = worth_keeping(dict(given.lists()))
    if not fields:
        drop(who, given.get("_at", ""))
        return HttpResponse(status=204)
    at, files = given.get("_at", ""), given.getlist("_file")
    kept = keep(who, at, given.get("_page", ""), fields, seq=given.get("_seq", ""), files=files)
    return HttpResponse(status=204 if kept else 413)


@never_cache
@require_GET
def draft_of_form(request: PageRequest) -> HttpResponse:
    """The draft of a form, for its author only."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    found = drafts_of(request.user).filter(address=request.GET.get("at", "")).first()
    if found is None:
        return HttpResponse(status=204)
    at = localtime(found.at).strftime("%Y-%m-%d %H:%M")
    return JsonResponse({"at": at, "fields": found.fields, "seq": found.seq, "files": found.files})


@login_required
@require_POST
def throw(request: PageRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    drop(request.user, request.POST.get("_at", ""))
    return redirect("drafts")


urlpatterns = [
    path("drafts/", drafts, name="drafts"),
    path("drafts/save/", save, name="draft-save"),
    path("drafts/one/", draft_of_form, name="draft-one"),
    path("drafts/drop/", throw, name="draft-drop"),
]
