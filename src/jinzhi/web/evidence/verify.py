"""Verifying a bundle in the open: a page that needs no account and sends nothing, and the program to download."""

from __future__ import annotations

from functools import cache

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jinzhi.apps.evidence.bundle.bundles import VERIFIER
from jinzhi.apps.evidence.log import checkpoints
from jinzhi.apps.evidence.models import Shard
from jinzhi.kernel.canonical import Digests, digests
from jinzhi.web.shell.requests import PageRequest


@cache
def program() -> tuple[bytes, Digests]:
    """The verifier and its digests."""
    content = VERIFIER.read_bytes()
    return content, digests(content)


def own_keys() -> list[str]:
    """The verifier keys of this installation's log, each once, the newest name first."""
    found: dict[str, None] = {}
    for shard in Shard.objects.order_by("-year"):
        found.update(dict.fromkeys(checkpoints.published(shard)))
    return list(found)


@require_safe
def verify_page(request: PageRequest) -> HttpResponse:
    """Check a bundle in the browser; without scripts, how to check it with the program."""
    context = {"title": _("核验证据包"), "keys": own_keys(), "program": program()[1]}
    return render(request, "evidence/verify.html", context)


@require_safe
def verify_program(request: PageRequest) -> HttpResponse:
    """verify.py as a file."""
    headers = {"Content-Disposition": 'attachment; filename="verify.py"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(program()[0], content_type="text/x-python; charset=utf-8", headers=headers)


urlpatterns = [
    path("evidence/verify/", verify_page, name="evidence-verify"),
    path("evidence/verify.py", verify_program, name="evidence-verify-program"),
]
