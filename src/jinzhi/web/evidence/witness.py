"""Where this installation is a witness (C2SP tlog-witness). Public: the signature of the log is the pass."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path, re_path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from jinzhi.apps.evidence.witness.witnesses import WitnessRefused
from jinzhi.apps.evidence.witness.witnessing import LONGEST, TEXT_TYPE, CosignRefused, add_checkpoint, latest
from jinzhi.web.shell.requests import PageRequest


@csrf_exempt
@require_POST
@never_cache
def add(request: PageRequest) -> HttpResponse:
    """Another log asks for a cosignature."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST:
        return HttpResponse("the request is too long\n", status=413, content_type=TEXT_TYPE)
    try:
        return HttpResponse(add_checkpoint(request.body), content_type=TEXT_TYPE)
    except CosignRefused as e:
        return HttpResponse(e.text, status=e.status, content_type=e.media_type)
    except WitnessRefused:
        return HttpResponse("this witness is not set up rightly\n", status=503, content_type=TEXT_TYPE)


@require_GET
@never_cache
def newest(request: PageRequest, origin: str) -> HttpResponse:
    """The note that was cosigned last for a tree."""
    found = latest(origin)
    if found is None:
        return HttpResponse("this witness has cosigned nothing of that log\n", status=404, content_type=TEXT_TYPE)
    return HttpResponse(found, content_type=TEXT_TYPE)


urlpatterns = [
    path("witness/add-checkpoint", add, name="witness-add"),
    re_path(r"^witness/(?P<origin>[0-9a-f]{64})/checkpoint$", newest, name="witness-newest"),
]
