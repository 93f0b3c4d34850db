"""The API as one object: its operations, its errors, its document."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser

from jinzhi.kernel.text import shown, texts, unfit_words
from jinzhi.web.api import cases, catalogue, custody, evidence, indicators, patents, plan, registers, told, units
from jinzhi.web.api.caller import RATE, Caller, Rate
from jinzhi.web.api.document import written
from jinzhi.web.shell import problems

ABOUT = (
    "Jinzhi 津知. Reads and writes what the pages show, made from the same declarations. Give a token in the header "
    "Authorization (Bearer) or a session; every operation names the scope that it needs (`x-scope`). Lists are paged "
    "by cursor. What can change has an ETag; changing it needs If-Match. Every error is `application/problem+json` "
    "(RFC 9457) with the wrong fields in `errors`, in Chinese and English."
)


def fit(found: Iterable[tuple[str, str]]) -> None:
    """Raise the problem that names the first text that cannot be kept."""
    for name, text in found:
        words = unfit_words(text)
        if words:
            raise problems.invalid(problems.Wrong(shown(name), *words))


class Exact(Parser):
    """JSON bodies with amounts as they are written, not as binary fractions; NaN and Infinity are no JSON."""

    def parse_body(self, request: HttpRequest) -> Any:
        def refuse(word: str) -> None:
            raise ValueError(f"{word} is no JSON")

        said = json.loads(request.body, parse_float=Decimal, parse_constant=refuse)
        fit(texts(said))
        return said

    def parse_querydict(self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest) -> Any:
        fit((name, text) for name, values in data.lists() for text in (name, *values) if isinstance(text, str))
        return super().parse_querydict(data, list_fields, request)


class Api(NinjaAPI):
    """Ninja's API with our document; operations are called by the names of their functions."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return str(operation.view_func.__name__)

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The OpenAPI 3.1 document as plain JSON values."""
        home = problems.HOME if path_prefix is None else path_prefix
        schema = super().get_openapi_schema(path_prefix=home, path_params=path_params)
        plain = json.loads(json.dumps(schema))
        schema.clear()
        schema.update(written(plain, problems.HOME))
        return schema


api = Api(
    # a client's package is named after it: ASCII
    title="Jinzhi",
    version="1",
    urls_namespace="api-1",
    description=ABOUT,
    openapi_url=None,
    docs_url=None,
    auth=Caller(),
    throttle=Rate(RATE),
    parser=Exact(),
)
problems.install(api)
for module in (catalogue, units, plan, registers, cases, told, indicators, patents, custody, evidence):
    api.add_router("", module.router)
