"""Errors as people see them: what happened, what is kept, the way out. No traceback reaches anybody."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhi.apps.cases.actions import StepRefused
from jinzhi.apps.catalogue.strain import RETRY_AFTER, cannot_write, disk_full, read_only
from jinzhi.apps.evidence.events.actions import Conflict, KeyReused
from jinzhi.apps.patents.search.index import NoIndex
from jinzhi.web.ui.language import speak

log = logging.getLogger("jinzhi.web")
#: said where personal data are withheld because the viewing could not be recorded
NOT_ON_RECORD = gettext_lazy("系统现在不能写入，查阅个人信息无法留痕，个人信息暂不显示；请稍后再打开")
#: sent back by a form that left personal data out: what it does not hold stays as it is
WITHHELD = "_withheld"
HIDDEN = {"csrfmiddlewaretoken", "_seq", "_key", WITHHELD, "password", "next"}


def _page(request: HttpRequest, status: int, template: str, context: dict[str, object] | None = None) -> HttpResponse:
    return render(request, template, context or {}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)):
        return too_large(request)
    return _page(request, 400, "400.html", {"reason": str(exception or "")})


def too_large(request: HttpRequest) -> HttpResponse:
    """413: what was sent was not even read; the browser still has it, and the page says where."""
    limit = settings.MAX_UPLOAD // 1048576
    reason = _(
        "提交的内容过大（文字合计不超过 %(mb)s MB，不超过 %(n)s 项），没有读取，也没有保存。"
        "请按浏览器的“后退”回到表单，填写的内容仍在那里；减少内容或分次提交。"
    ) % {"mb": limit, "n": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS}
    return _page(request, 413, "413.html", {"reason": reason})


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403, "403.html", {"reason": str(exception or "")})


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    reason = str(exception) if exception and exception.args and isinstance(exception.args[0], str) else ""
    return _page(request, 404, "404.html", {"reason": reason})


STRAINED = {
    "title_zh": "系统正忙，没有保存", "title_en": "Busy: nothing was saved",
    "zh": "请稍等几秒后重新提交。", "en": "Send it again in a few seconds.",
}  # fmt: skip
FULL = {
    "title_zh": "服务器磁盘已满，没有保存", "title_en": "The server's disk is full: nothing was saved",
    "zh": "查看不受影响；请联系管理员清理磁盘后再提交。",
    "en": "Reading goes on; ask the administrator to make room, then send it again.",
}  # fmt: skip
READ_ONLY = {
    "title_zh": "系统现在只读，没有保存", "title_en": "Nothing can be written now: nothing was saved",
    "zh": "查看不受影响；请联系管理员恢复写入后再提交。",
    "en": "Reading goes on; ask the administrator to let it write again, then send it again.",
}  # fmt: skip
#: of what only somebody may be given whose taking it is recorded
UNSEEN = {
    "title_zh": "现在不能查阅", "title_en": "This cannot be given now",
    "zh": "系统现在不能写入，这次查阅必须留痕而不能留痕，所以没有给出；请稍后再试。",
    "en": "Taking this must be recorded, and nothing can be written now: it is not given. Try again a little later.",
}  # fmt: skip


def strained(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """503 with Retry-After where the database is busy, full or read-only; None where it is something else."""
    full, fixed = disk_full(error), read_only(error)
    if not cannot_write(error):
        return None
    why = "the disk is full" if full else "nothing can be written" if fixed else "the database is busy"
    log.warning("%s %s: %s", request.method, request.path, why)
    said = UNSEEN if request.method in ("GET", "HEAD") else FULL if full else READ_ONLY if fixed else STRAINED
    # without the frame of our pages, which would ask the database again
    text = loader.render_to_string("503.html", {**said, "typed": typed(request)})
    response = HttpResponse(text, status=503)
    response["Retry-After"] = str(60 if full or fixed else RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def _unready(request: HttpRequest, error: NoIndex) -> HttpResponse:
    """503 with what to run, where patents cannot be searched now."""
    log.warning("%s %s: %s", request.method, request.path, error.en)
    said = {"title_zh": "现在不能检索", "title_en": "Patents cannot be searched now", "zh": error.zh, "en": error.en}
    text = loader.render_to_string("503.html", {**said, "typed": [*request.GET.items(), *typed(request)]})
    response = HttpResponse(text, status=503)
    response["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    return strained(request, sys.exc_info()[1]) or _page(request, 500, "500.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    expired = _("表单已过期，没有保存。您填写的内容列在下面，也仍在上一页上；请刷新表单后重新提交")
    return _page(request, 403, "403.html", {"reason": expired, "typed": typed(request)})


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What a person had typed, so that nothing is lost."""
    return [(k, v) for k in request.POST if k not in HIDDEN for v in request.POST.getlist(k) if v]


class ErrorsMiddleware:
    """Turns the refusals that actions raise into pages: 409 with what came in between, 422 with the reasons."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 503:
            # where nobody knows better: an index is built anew, a disk cleared
            response.setdefault("Retry-After", "60")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        if isinstance(exception, Conflict):
            return _page(request, 409, "409.html", {"since": exception.since, "typed": typed(request)})
        if isinstance(exception, KeyReused):
            return _page(request, 409, "409.html", {"since": [], "typed": typed(request), "reused": True})
        if isinstance(exception, StepRefused):
            reason = speak(exception)
            return _page(request, 422, "422.html", {"reason": reason, "typed": typed(request)})
        if isinstance(exception, NoIndex):
            return _unready(request, exception)
        if answer := strained(request, exception):
            return answer
        if isinstance(exception, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)):
            return too_large(request)
        return None
