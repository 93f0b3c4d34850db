"""Indicators and the records behind them."""

from __future__ import annotations

from datetime import date

from ninja import Schema
from pydantic import Field


class IndicatorOut(Schema):
    id: str
    zh: str
    en: str
    number: str | None = Field(description="The value as a plain decimal; null where there is nothing to compute.")
    unit_of_measure: str
    as_of: date
    target: str | None = Field(description="Target of the year.")
    light: str | None = Field(description="ahead, normal, risk or late; null without a target.")
    why_zh: str
    why_en: str
    why_none_zh: str
    why_none_en: str
    corrected: int = Field(description="How many of the records behind it were corrected.")
    uncorrected: str | None = Field(description="The number without the corrections; null where there are none.")
    left_out: int = Field(description="Records that could not be read as declared, and so were not counted.")
    unknown: int = Field(description="Records of which it is not known whether they count; they were not counted.")
    parts: list[str | None] = Field(description="The number; for a ratio its top and its bottom.")
    record_count: int


class IndicatorList(Schema):
    items: list[IndicatorOut]


class RecordOut(Schema):
    id: str
    title: str
    url: str
    unit: str
    parts: list[int] = Field(description="Which parts of the measure count it: 0 the top, 1 the bottom.")


class RecordList(Schema):
    as_of: date
    count: int
    items: list[RecordOut]
    next: str | None = Field(description="Cursor of the next page; null on the last.")
