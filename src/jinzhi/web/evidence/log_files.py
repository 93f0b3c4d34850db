"""The log as files that anybody may fetch and mirror, without signing in (see jinzhi.apps.evidence.log.tiles)."""

from __future__ import annotations

import gzip
import re

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from jinzhi.apps.catalogue.clock import installation
from jinzhi.apps.evidence.log import tiles
from jinzhi.apps.evidence.log.trees import Unknown
from jinzhi.web.shell.requests import PageRequest

LASTING = "public, max-age=31536000, immutable"


def _served(request: PageRequest, found: tiles.File) -> HttpResponse:
    cached = LASTING if found.lasting else "no-cache"
    # pages of other platforms may check proofs in the browser: nothing here is secret, and no cookie is read
    headers = {"Cache-Control": cached, "Access-Control-Allow-Origin": "*"}
    content = found.content
    if found.packed:
        headers["Vary"] = "Accept-Encoding"
        if _takes_gzip(request):
            content = gzip.compress(content, mtime=0)
            headers["Content-Encoding"] = "gzip"
    answer = HttpResponse(content, content_type=found.media_type, headers=headers)
    answer.alike = True  # type: ignore[attr-defined]
    return answer


def _takes_gzip(request: PageRequest) -> bool:
    """Whether the caller asks for gzip, and not with a weight of nothing."""
    for part in request.headers.get("Accept-Encoding", "").split(","):
        coding, _, weight = part.strip().partition(";")
        if coding.strip().lower() in ("gzip", "*"):
            return not re.fullmatch(r"\s*q=0(?:\.0*)?\s*", weight)
    return False


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """Which years the log has, and under which keys they are signed."""
    return _served(request, tiles.index())


@require_safe
def file(request: PageRequest, year: int, family: str, name: str) -> HttpResponse:
    """A checkpoint, a tile or a bundle of entries."""
    if name.startswith("tile/entries/") and not settings.JINZHI_LOG_ENTRIES and not _invented():
        raise Http404("the entries of this log are not published")
    try:
        return _served(request, tiles.file(year, family, name))
    except Unknown as e:
        raise Http404(str(e)) from None


def _invented() -> bool:
    here = installation()
    return here is not None and here.demo


urlpatterns = [
    path("log/index.json", index, name="log-index"),
    path("log/<int:year>/<str:family>/<path:name>", file, name="log-file"),
]
