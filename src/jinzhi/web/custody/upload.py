"""The way in for large files: announce with digests, send pieces, ask how far it came, finish.

Answers are JSON. A refusal says why in ``message`` and, where the piece was not the next one, the right offset in
``received``: 409 wrong offset, 413 too large, 422 not what was announced, 507 no room.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jinzhi.apps.custody import uploads
from jinzhi.apps.custody.models import Upload
from jinzhi.apps.custody.queries import WRITE, seen_duplicates
from jinzhi.web.shell.access import page
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.ui.language import speak

STATUS: dict[type[uploads.UploadRefused], int] = {
    uploads.TooLarge: 413,
    uploads.OffsetWrong: 409,
    uploads.NoRoom: 507,
}
TEXTS = ("name", "media_type", "sha256", "sm3")


def plainly(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refusals as JSON."""

    @wraps(view)
    def guarded(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except uploads.UploadRefused as e:
            said: dict[str, Any] = {"message": speak(e)}
            if isinstance(e, uploads.OffsetWrong):
                said["received"] = e.received
            return JsonResponse(said, status=STATUS.get(type(e), 422))
        except Upload.DoesNotExist:
            return JsonResponse({"message": _("上传已失效，请重新选择文件")}, status=404)

    return guarded


def shown(upload: Upload) -> dict[str, Any]:
    return {
        "url": reverse("custody-upload", args=[upload.token]),
        "token": upload.token,
        "size": upload.size,
        "received": upload.received,
        "complete": upload.complete,
        "piece": uploads.PIECE,
    }


@page(nav="custody", scope=WRITE)
@require_POST
@plainly
def begin(request: PageRequest) -> HttpResponse:
    """Announce a file. The items with the same content that the person sees are named before anything is sent."""
    try:
        said = json.loads(request.body)
        size = int(said["size"])
        name, media_type, sha256, sm3 = (str(said.get(k) or "") for k in TEXTS)
    except (ValueError, KeyError, TypeError, AttributeError):
        return JsonResponse({"message": _("上传的申报无法读取")}, status=400)
    upload = uploads.begin(name, media_type, size, sha256, sm3, who=request.acting)
    same = [
        {"label": str(i), "url": reverse("custody-item", args=[i.number])}
        for i in seen_duplicates(sha256, request.acting)
    ]
    return JsonResponse({**shown(upload), "same": same}, status=201)


def upload_of(request: PageRequest, token: str) -> Upload:
    upload = uploads.find(token, request.acting)
    if upload is None:
        raise Upload.DoesNotExist
    return upload


@page(nav="custody", scope=WRITE)
@require_http_methods(["GET", "PUT", "DELETE"])
@plainly
def upload_piece(request: PageRequest, token: str) -> HttpResponse:
    """How far an upload came; its next piece; or throw it away."""
    upload = upload_of(request, token)
    if request.method == "DELETE":
        uploads.discard(upload)
        return HttpResponse(status=204)
    if request.method == "PUT":
        if int(request.headers.get("Content-Length") or 0) > uploads.PIECE:
            raise uploads.TooLarge(
                f"每次最多 {uploads.PIECE // 1048576} MB", f"at most {uploads.PIECE // 1048576} MB at a time"
            )
        offset = request.GET.get("offset", "")
        if not offset.isdecimal() or len(offset) > 18:
            raise uploads.OffsetWrong(upload.received)
        upload = uploads.append(upload, int(offset), request.body, who=request.acting)
    return JsonResponse(shown(upload))


@page(nav="custody", scope=WRITE)
@require_POST
@plainly
def finish(request: PageRequest, token: str) -> HttpResponse:
    """Read the whole through: the digests on arrival must be those that were announced."""
    upload = uploads.finish(upload_of(request, token), who=request.acting)
    return JsonResponse({**shown(upload), "sha256": upload.sha256, "sm3": upload.sm3})


urlpatterns = [
    path("custody/uploads/", begin, name="custody-uploads"),
    path("custody/uploads/<str:token>/", upload_piece, name="custody-upload"),
    path("custody/uploads/<str:token>/finish", finish, name="custody-upload-finish"),
]
