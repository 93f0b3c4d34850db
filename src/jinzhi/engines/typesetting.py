"""PDF papers for the archive (PDF/A-2b), set by Typst from a template and plain data.

The data go in as JSON and are never read as Typst code, so nothing that somebody typed can change the paper. Chinese
needs a font of this machine: without one a paper is refused, not printed with empty boxes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import typst

MEDIA_TYPE = "application/pdf"
#: in order of preference: those of Debian's fonts-noto-cjk first, then what offices have
SERIF = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "SimSun",
    "宋体",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Zen Hei",
)
MONO = "DejaVu Sans Mono"


class NoChineseFont(RuntimeError):
    """No font of this machine holds Chinese. ``args[0]`` says what to install, in Chinese."""


class NotSet(RuntimeError):
    """A paper could not be set: a fault of its template."""


@cache
def chinese_font() -> str:
    """The name of the best Chinese font there is. Raises NoChineseFont."""
    have = set(typst.Fonts().families())
    for name in SERIF:
        if name in have:
            return name
    raise NoChineseFont("没有找到中文字体，不能生成 PDF：请安装字体（Debian：apt install fonts-noto-cjk）后重试")


def pdf(template: Path, data: Mapping[str, object], *, made: datetime) -> bytes:
    """The paper that a template makes of data, with the moment of its making. Raises NoChineseFont, NotSet.

    The template reads ``json(bytes(sys.inputs.data))``; ``fonts`` in it holds the names of a Chinese and a fixed-width
    font.
    """
    told = {**data, "fonts": {"text": chinese_font(), "mono": MONO}}
    try:
        out = typst.compile(
            template.read_bytes(),
            format="pdf",
            sys_inputs={"data": json.dumps(told, ensure_ascii=False)},
            pdf_standards=["a-2b"],
            timestamp=made.astimezone(UTC).replace(microsecond=0),
        )
    except typst.TypstError as e:
        raise NotSet(f"{template.name}: {e}") from e
    if not isinstance(out, bytes):
        raise NotSet(f"{template.name}: no single document")
    return out
