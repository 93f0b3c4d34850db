"""Errors of the API after RFC 9457: ``application/problem+json``, in Chinese and English, with the wrong fields."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import HttpError, Throttled, ValidationError

from jinzhi.apps.cases.actions import StepRefused
from jinzhi.apps.catalogue.strain import RETRY_AFTER, busy, cannot_write, disk_full, read_only
from jinzhi.apps.custody.actions import CustodyRefused
from jinzhi.apps.custody.uploads import TooLarge
from jinzhi.apps.evidence.events.actions import Conflict, KeyReused
from jinzhi.apps.patents.search.index import NoIndex
from jinzhi.apps.registers.actions import EntryRefused
from jinzhi.kernel.fields import FieldError
from jinzhi.kernel.query import QueryError
from jinzhi.web.shell.errors import UNSEEN
from jinzhi.web.ui.language import speak

log = logging.getLogger("jinzhi.api")
MEDIA_TYPE = "application/problem+json"
HOME = "/api/v1/"


@dataclass(frozen=True)
class Wrong:
    """A field (or header, or parameter) that is wrong, and what would be right."""

    field: str
    zh: str
    en: str


@dataclass(frozen=True)
class ProblemType:
    """A kind of problem: its id in ``type``, its status and its title."""

    id: str
    status: int
    title: str
    zh: str


TYPES = {
    t.id: t
    for t in (
        ProblemType("bad-request", 400, "The request cannot be read", "请求无法读取"),
        ProblemType("unauthenticated", 401, "Nobody is signed in", "没有登录或令牌无效"),
        ProblemType("forbidden", 403, "The role or the token does not allow this", "当前身份或令牌不允许"),
        ProblemType("not-found", 404, "There is no such thing, or it is not yours to see", "不存在，或不在可见范围"),
        ProblemType("method-not-allowed", 405, "The address does not know this method", "此地址不支持这种方法"),
        ProblemType("key-reused", 409, "The idempotency key was used for another request", "幂等键已用于别的请求"),
        ProblemType("stale", 412, "Somebody else was faster", "已被别人更新"),
        ProblemType("too-large", 413, "The request is too large", "请求过大"),
        ProblemType("invalid", 422, "Some fields are wrong", "有字段不对"),
        ProblemType("refused", 422, "This cannot be done now", "现在不能这样办理"),
        ProblemType("query", 422, "The query cannot be understood or run", "检索式有误，或无法执行"),
        ProblemType("precondition-required", 428, "Say which version you saw", "须写明所见的版本"),
        ProblemType("too-many-requests", 429, "Too many requests", "请求过多"),
        ProblemType("internal", 500, "Something is broken on our side", "平台出错"),
        ProblemType("busy", 503, "Busy: nothing was saved, try again shortly", "系统正忙，没有保存，请稍后再试"),
        ProblemType("not-ready", 503, "The search index is not there yet", "检索索引还没有建立"),
    )
}
_BY_STATUS = {t.status: t.id for t in reversed(TYPES.values())}


class Problem(Exception):
    """Raise this anywhere in the API: the answer is made of it."""

    def __init__(
        self,
        type: str,
        zh: str = "",
        en: str = "",
        errors: Iterable[Wrong] = (),
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ):
        self.type = TYPES[type]
        self.zh, self.en = zh or self.type.zh, en or self.type.title
        self.errors, self.headers, self.members = tuple(errors), dict(headers or {}), members
        super().__init__(f"{self.type.id}: {self.en}")


def invalid(*wrong: Wrong) -> Problem:
    return Problem("invalid", "；".join(f"{w.field}：{w.zh}" for w in wrong), errors=wrong)


def missing(zh: str, en: str) -> Problem:
    return Problem("not-found", zh, en)


def of_fields(errors: Iterable[FieldError]) -> list[Wrong]:
    return [Wrong(e.field.id, e.zh, e.en) for e in errors]


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as a response."""
    said = {
        "type": f"{HOME}#problem-{problem.type.id}",
        "title": problem.type.title,
        "status": problem.type.status,
        "detail": speak(problem),
        "instance": request.path,
        "zh": problem.zh,
        "en": problem.en,
        "errors": [{"field": w.field, "zh": w.zh, "en": w.en} for w in problem.errors],
        **problem.members,
    }
    body = json.dumps(said, ensure_ascii=False)
    response = HttpResponse(body, status=problem.type.status, content_type=MEDIA_TYPE, headers=problem.headers)
    response["Cache-Control"] = "no-store"
    return response


#: what pydantic calls an error, and how it is said in Chinese
WORDS = {
    "missing": "必填",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "string_type": "应为文字",
    "bool_parsing": "应为 true 或 false",
    "dict_type": "应为对象",
    "list_type": "应为列表",
    "date_from_datetime_parsing": "应为日期，例如 2026-11-22",
    "date_parsing": "应为日期，例如 2026-11-22",
    "date_type": "应为日期，例如 2026-11-22",
    "extra_forbidden": "没有这个字段",
}


def _wrong(error: Mapping[str, Any]) -> Wrong:
    place = [str(p) for p in error.get("loc", ())]
    name = ".".join(p for p in place[1:] if p != "body") or (place[0] if place else "")
    limit = error.get("ctx", {})
    match error.get("type"):
        case "less_than_equal":
            zh = f"不能大于 {limit.get('le')}"
        case "greater_than_equal":
            zh = f"不能小于 {limit.get('ge')}"
        case "string_too_long":
            zh = f"最多 {limit.get('max_length')} 字"
        case kind:
            zh = WORDS.get(str(kind), "格式不对")
    return Wrong(name, zh, str(error.get("msg", "")))


def understood(exception: Exception, reading: bool = False) -> Problem:
    """The problem that an exception is; an unknown one is logged and told without its insides."""
    match exception:
        case Problem():
            return exception
        case ValidationError():
            return invalid(*(_wrong(e) for e in exception.errors))
        case TooLarge():
            return Problem("too-large", exception.zh, exception.en)
        case StepRefused() | EntryRefused() | CustodyRefused():
            kind = "invalid" if exception.errors else "refused"
            return Problem(kind, exception.zh, exception.en, of_fields(exception.errors))
        case Conflict():
            return Problem(
                "stale",
                f"现在是第 {exception.actual} 版，您所见的是第 {exception.expected} 版；请重新读取后再提交",
                f"it is at version {exception.actual}, you saw {exception.expected}: read it again",
                headers={"ETag": f'"{exception.actual}"'},
                current=exception.actual,
            )
        case KeyReused():
            return Problem("key-reused")
        case NoIndex():
            return Problem("not-ready", exception.zh, exception.en)
        case QueryError():
            wrong = [Wrong("q", exception.say("zh"), exception.say("en"))]
            position = None if exception.at is None else {"at": exception.at, "end": exception.end}
            return Problem("query", exception.say("zh"), exception.say("en"), wrong, position=position)
        case Throttled():
            return Problem("too-many-requests", "请求过多，请稍后再试", "too many requests: wait a little")
        case Http404():
            return Problem("not-found")
        case PermissionDenied():
            return Problem("forbidden", str(exception), str(exception))
        case RequestDataTooBig():
            return Problem("too-large")
        case MultiPartParserError() | UnreadablePostError():
            zh = "multipart 内容不完整，或 Content-Type 缺少 boundary"
            return Problem("bad-request", zh, "the multipart body is broken or lacks its boundary")
        case BadRequest() | SuspiciousOperation():
            return Problem("bad-request", str(exception), str(exception))
        case HttpError() if isinstance(exception.__cause__, Problem):
            # raised while the body was read: ninja wraps whatever its parser raises
            return exception.__cause__
        case HttpError():
            kind_id = _BY_STATUS.get(exception.status_code, "bad-request")
            return Problem(kind_id, en=str(exception))
    if reading and cannot_write(exception):
        return Problem("busy", UNSEEN["zh"], UNSEEN["en"], headers={"Retry-After": "60"})
    if read_only(exception):
        said = (
            "系统现在只读，没有保存；查看不受影响", "nothing can be written now: nothing was saved; reading goes on",
        )  # fmt: skip
        return Problem("busy", *said, headers={"Retry-After": "60"})
    if disk_full(exception):
        said = (
            "服务器磁盘已满，没有保存；查看不受影响",
            "the server's disk is full: nothing was saved; reading goes on",
        )
        return Problem("busy", *said, headers={"Retry-After": "60"})
    if busy(exception):
        return Problem("busy", headers={"Retry-After": str(RETRY_AFTER)})
    log.error("the API failed", exc_info=exception)
    return Problem("internal", "平台出错，已记入日志；没有保存任何内容", "this was logged; nothing was saved")


def install(api: NinjaAPI) -> None:
    """Make every exception of every operation a problem."""

    def handle(request: HttpRequest, exc: Any) -> HttpResponse:
        return answer(request, understood(exc, request.method in ("GET", "HEAD")))

    for kind in (Exception, HttpError, ValidationError, Http404):
        api.add_exception_handler(kind, handle)


def guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view whose every refusal is a problem, also those that ninja makes itself (405)."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Exception as e:
            return answer(request, understood(e, request.method in ("GET", "HEAD")))
        if response.status_code < 400 or response["Content-Type"] == MEDIA_TYPE:
            return response
        if response.status_code == 405:
            allowed = response["Allow"]
            said = (f"此地址支持 {allowed}", f"this address knows {allowed}")
            return answer(request, Problem("method-not-allowed", *said, headers={"Allow": allowed}))
        return answer(request, Problem(_BY_STATUS.get(response.status_code, "bad-request")))

    return wrapped
