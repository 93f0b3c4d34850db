"""The US office's older full texts: ST.32 tagged text (`PATDOC`, 2001 to 2004) and Greenbook (1976 to 2001)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from jinzhi.kernel.patent import PatentDocument
from jinzhi.sources.patents.refused import RefusedRecord
from jinzhi.sources.patents.uspto_text import greenbook, st32
from jinzhi.sources.patents.xml import LIMITS, Limits

NAME_ST32 = st32.NAME
NAME_GREENBOOK = greenbook.NAME


def read_st32(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Iterator[PatentDocument | RefusedRecord]:
    """The documents of one ST.32 file."""
    return st32.read(stream, name, limits)


def read_greenbook(stream: BinaryIO, name: str, limits: Limits = LIMITS) -> Iterator[PatentDocument | RefusedRecord]:
    """The documents of one Greenbook file."""
    return greenbook.read(stream, name, limits)
