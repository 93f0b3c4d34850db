"""Who calls the API: a program with a token, or a person signed in to the pages; how often; which version they saw."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from ninja.throttling import SimpleRateThrottle
from ninja.utils import check_csrf

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.accounts.middleware import acting
from jinzhi.apps.accounts.tokens import acting_by_token
from jinzhi.web.shell.problems import Problem, Wrong, invalid
from jinzhi.web.shell.submissions import content_of, keyed

SAFE = ("GET", "HEAD", "OPTIONS")
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="jinzhi"'}
RATE = "600/m"


class Caller:
    """Finds in whose name a request is made; ninja puts it on ``request.auth``."""

    def __call__(self, request: HttpRequest) -> Acting:
        header = request.headers.get("Authorization", "")
        if header:
            scheme, _space, secret = header.partition(" ")
            who = acting_by_token(secret.strip()) if scheme.lower() == "bearer" else None
            if who is None:
                said = ("令牌无效、已过期或已撤销", "the token is unknown, expired or revoked")
                raise Problem("unauthenticated", *said, headers=CHALLENGE)
            return who
        who = acting(request)
        if not request.user.is_authenticated:
            if who is None or request.method not in SAFE:
                said = ("请在 Authorization 请求头里给出令牌", "give a token in the header Authorization")
                raise Problem("unauthenticated", *said, headers=CHALLENGE)
            return who
        if check_csrf(request) is not None:
            said = ("用登录会话写入时须带 X-CSRFToken", "writing with a session needs the header X-CSRFToken")
            raise Problem("forbidden", *said)
        if who is None:
            raise Problem("forbidden", "您的账号还没有任职", "you hold no post yet")
        return who


class Rate(SimpleRateThrottle):
    """So many requests a minute for each post, and for each address of visitors; counted in each process."""

    scope = "api"

    def get_cache_key(self, request: HttpRequest) -> str:
        who: Acting = request.auth  # type: ignore[attr-defined]
        ident = who.membership_id if who.membership_id is not None else request.META.get("REMOTE_ADDR", "")
        return self.cache_format % {"scope": self.scope, "ident": ident}


def caller(request: HttpRequest, scope: str) -> Acting:
    """Who calls, if role and token allow the scope; else a 403 that names it."""
    who: Acting = request.auth  # type: ignore[attr-defined]
    if not who.may(scope):
        if who.user is None:
            said = ("请在 Authorization 请求头里给出令牌", "give a token in the header Authorization")
            raise Problem("unauthenticated", *said, headers=CHALLENGE)
        said = (f"需要权限 {scope}，当前身份或令牌没有", f"this needs the scope {scope}, which role or token lack")
        raise Problem("forbidden", *said, scope=scope)
    return who


def only(request: HttpRequest, *names: str) -> None:
    """Refuse a parameter of the address that nobody knows: nothing is ignored silently."""
    unknown = [n for n in request.GET if n not in names]
    if unknown:
        known = ", ".join(sorted(names)) or "–"
        raise invalid(
            *(Wrong(n, f"没有这个参数；可用：{known}", f"is no parameter here; known: {known}") for n in unknown)
        )


# --- versions ---------------------------------------------------------------------------------------------
def tag(seq: int) -> str:
    """The entity tag of an object that has so many events."""
    return f'"{seq}"'


def tagged(request: HttpRequest, response: HttpResponse, seq: int) -> None:
    response["ETag"] = tag(seq)
    response["Cache-Control"] = "private, no-cache"


def unchanged(request: HttpRequest, seq: int) -> bool:
    """Whether the caller has this version already (If-None-Match)."""
    known = [t.strip().removeprefix("W/") for t in request.headers.get("If-None-Match", "").split(",")]
    return tag(seq) in known or "*" in known


def version(request: HttpRequest) -> int:
    """The version that the caller saw (If-Match). Missing: 428; not one version: 422."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        said = ("请在 If-Match 请求头里写明读取时得到的 ETag", "give the ETag that you read in the header If-Match")
        raise Problem("precondition-required", *said)
    found = re.fullmatch(r'"(\d{1,9})"', given)
    if not found:
        raise invalid(Wrong("If-Match", '应为读取时得到的 ETag，例如 "3"', 'must be the ETag as read, such as "3"'))
    return int(found[1])


def submission(request: HttpRequest) -> str:
    """The key of a submission from Idempotency-Key, kept apart for each caller; empty where none is given.

    Raises KeyReused where the caller used it for another request.
    """
    given = request.headers.get("Idempotency-Key", "").strip()
    if not given:
        return ""
    if len(given) > 200:
        raise invalid(Wrong("Idempotency-Key", "最多 200 字符", "at most 200 characters"))
    who: Acting = request.auth  # type: ignore[attr-defined]
    return keyed(f"api:{who.membership_id}:{given}", content_of(request))
