"""Answers that are the same for everybody: no language and no cookie makes a difference, and caches may know it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class AlikeMiddleware:
    """Take the words for language and cookie off ``Vary`` where a view said that its answer is ``alike`` for all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(response, "alike", False):
            named = [word.strip() for word in response.get("Vary", "").split(",")]
            kept = [word for word in named if word and word.lower() not in ("accept-language", "cookie")]
            del response["Vary"], response["Content-Language"]
            if kept:
                response["Vary"] = ", ".join(kept)
        return response
