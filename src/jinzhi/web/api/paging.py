"""Paging by cursor: stable while others write, because a page goes on after the last row seen, not after a count."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, TypeVar

from django.db.models import Model, QuerySet
from ninja import Query

from jinzhi.web.shell.problems import Wrong, invalid

LARGEST = 200
DEFAULT = 50
Limit = Annotated[int, Query(DEFAULT, ge=1, le=LARGEST, description=f"How many items, at most {LARGEST}.")]
Cursor = Annotated[str, Query("", max_length=60, description="`next` of the page before; empty for the first page.")]


def written(pk: int) -> str:
    return base64.urlsafe_b64encode(f"after:{pk}".encode()).decode().rstrip("=")


def read(cursor: str) -> int:
    """The primary key after which the page goes on. Raises a 422 for what is no cursor."""
    if not cursor:
        return 0
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        word, _colon, pk = text.partition(":")
        if word != "after" or not pk.isdecimal() or len(pk) > 18:
            raise ValueError
        return int(pk)
    except (ValueError, binascii.Error):
        wrong = Wrong("cursor", "不是本接口给出的游标，请从第一页重新读取", "is no cursor of this API: begin again")
        raise invalid(wrong) from None


M = TypeVar("M", bound=Model)


def page_of(rows: QuerySet[M], limit: int, cursor: str) -> tuple[list[M], str | None]:
    """The rows of a page in the order of their keys, and the cursor of the next page (None on the last)."""
    found = list(rows.order_by("pk").filter(pk__gt=read(cursor))[: limit + 1])
    shown = found[:limit]
    return shown, written(shown[-1].pk) if len(found) > limit else None
