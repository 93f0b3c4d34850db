"""What people said of the columns of tables: kept for each source, used by the next import, asked for where it is open.

A table is imported with the columns that are sure; a file of which columns were asked is read again once all of them
are answered, and the store puts the new fields to the documents that are there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.db import transaction

from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.patents import models
from jinzhi.sources.patents import tables
from jinzhi.sources.patents.batch import BatchMember, walk
from jinzhi.sources.patents.refused import RefusedRecord, Unreadable


class ColumnsRefused(ValueError):
    """An answer that names no column of the table, or no field; the message says the way out."""


def answers(source: str) -> dict[str, str]:
    """Heading and field, as answered for a source."""
    return dict(models.ColumnAnswer.objects.filter(source=source).values_list("heading", "field"))


def shown(column: tables.ProposedColumn, name: str) -> dict[str, object]:
    """A column as it is asked about and listed."""
    return {
        "table": name, "heading": column.heading, "field": column.field, "suggested": column.suggested or column.field,
        "why_zh": column.why_zh, "why_en": column.why_en, "samples": list(column.samples), "asked": column.asked,
        "held": column.held,
    }  # fmt: skip


def listed(path: Path, source: str) -> Iterator[list[dict[str, object]] | RefusedRecord]:
    """The columns of each table at a path, with what was answered for the source."""
    given = answers(source)
    for member in walk(path):
        if isinstance(member, RefusedRecord):
            yield member
        elif isinstance(member, BatchMember) and member.source == tables.NAME:
            try:
                with member.open() as stream:
                    yield [
                        shown(c, member.name) for c in tables.mapping_of(stream, member.name).answered(given).columns
                    ]
            except Unreadable as e:
                yield e.refused(member.name)


@transaction.atomic
def answer(source: str, said: Mapping[str, str], *, path: Path | None = None, known: set[str] | None = None) -> None:
    """Keep what a person said of columns; the files of the source that asked are read again at the next import.

    ``path``: the file that was looked at, which is read again whether it asked or not. ``known``: its headings.
    Raises ColumnsRefused.
    """
    for heading, field in said.items():
        name, _, first = field.partition(":")
        if name and (name not in tables.HEADINGS or first not in ("", *tables.answers_of(name))):
            fields = "、".join(tables.HEADINGS)
            raise ColumnsRefused(
                f"没有字段“{field}”；可用的字段：{fields}。日期可写 filing_date:day、filing_date:month 或 "
                f"filing_date:serial，名字的分隔可写如 inventors:|（{'、'.join(tables.SEPARATORS)}）"
            )
        if known is not None and heading not in known:
            raise ColumnsRefused(f"表里没有列“{heading}”；列名是：{'、'.join(sorted(known))}")
    for heading, field in said.items():
        models.ColumnAnswer.objects.update_or_create(
            source=source, heading=heading[:200], defaults={"field": field, "at": now()}
        )
    if path is not None and path.is_file():
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        for item in models.Item.objects.filter(source=source, sha256=digest, asked=[]):
            item.asked = [{"heading": heading} for heading in said]
            item.save(update_fields=["asked"])
    record(
        f"patents/columns/{source or '-'}", "patents-columns-answered", {"columns": dict(said)}, who=None, on=today()
    )


def settled(item: models.Item, given: Mapping[str, str]) -> bool:
    """Whether every column that a file asked about is answered."""
    return all(one["heading"] in given for one in item.asked)


def read_again(item: models.Item, batch: models.Batch) -> None:
    """Put a file back to its beginning, as if it had not been read; its documents stay and are completed."""
    item.refusals.all().delete()
    models.Wanted.objects.filter(item=item).delete()
    for name in ("members", "within", "records", "new", "changed", "same", "events", "refused"):
        setattr(item, name, 0)
    item.rest, item.asked, item.finished, item.batch = {}, [], None, batch
    item.save()


def open_questions(source: str = "") -> list[tuple[str, dict[str, object]]]:
    """The columns that wait for an answer: file and column."""
    rows = models.Item.objects.exclude(asked=[]).order_by("pk")
    rows = rows.filter(source=source) if source else rows
    given: dict[str, dict[str, str]] = {}
    return [
        (item.name, one)
        for item in rows
        for one in item.asked
        if one["heading"] not in given.setdefault(item.source, answers(item.source))
    ]
