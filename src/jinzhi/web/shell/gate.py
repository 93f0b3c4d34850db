"""The one gate of text that comes in with a request: address, query, cookies, form and names of files.

Bodies of the API pass the same rule in its parser; cells of sheets pass it in ``Field.parse``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jinzhi.kernel.text import shown, unfit_words
from jinzhi.web.shell.errors import typed
from jinzhi.web.shell.problems import Problem, Wrong, answer
from jinzhi.web.ui.language import speak

API = "/api/"


def in_address(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """What the address and the cookies say, each with its name."""
    for name, values in request.GET.lists():
        yield name, name
        yield from ((name, value) for value in values)
    yield from request.COOKIES.items()


def in_form(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """What a form hands over, each with the name of its control."""
    for name, values in request.POST.lists():
        yield name, name
        yield from ((name, value) for value in values)
    for name, files in request.FILES.lists():
        yield name, name
        yield from ((name, file.name or "") for file in files)


def first_unfit(found: Iterator[tuple[str, str]]) -> Wrong | None:
    """The first text that cannot be kept, named by its place."""
    for name, text in found:
        words = unfit_words(text)
        if words:
            return Wrong(shown(name), *words)
    return None


class TextGate:
    """Refuses text that cannot be kept before any view sees it; what a person typed is given back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        api = request.path.startswith(API)
        wrong = first_unfit(iter([("path", request.path)]))
        if wrong is not None:
            if api:
                return answer(request, Problem("not-found", wrong.zh, wrong.en))
            return render(request, "404.html", {"reason": speak(wrong)}, status=404)
        wrong = first_unfit(in_address(request))
        if wrong is not None and api:
            said = (f"{wrong.field}：{wrong.zh}", f"{wrong.field}: {wrong.en}")
            return answer(request, Problem("bad-request", *said, errors=[wrong]))
        if wrong is None and not api:
            wrong = first_unfit(in_form(request))
        if wrong is None:
            return None
        why = speak(wrong)
        reason = _("“%(field)s”：%(why)s") % {"field": wrong.field, "why": why}
        kept = [(k, shown(v)) for k, v in typed(request)]
        if not kept:
            return render(request, "400.html", {"reason": reason}, status=400)
        return render(request, "422.html", {"reason": reason, "typed": kept}, status=422)
