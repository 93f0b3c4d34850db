"""What a field may be written in: identifiers with check characters and symbols, each read into its standard form.

A form is handed to a field (``form=USCC``). ``read`` gives the standard form of a text, or raises ValueError with two
arguments: what is wrong and what would be right, in Chinese and in English.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from jinzhi.standards import cn_numbers, ipc

#: the characters of a unified social credit code (GB 32100-2015): no I, O, S, V, Z
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, n, 31) for n in range(17))


@dataclass(frozen=True, slots=True)
class Notation:
    """A standard that a text is written in."""

    id: str
    zh: str
    en: str
    read: Callable[[str], str]


def uscc_check(first: str) -> str:
    """The check character of the first 17 of a unified social credit code (GB 32100-2015: weights 3^n modulo 31).
    Raises KeyError for a character that none has."""
    rank = {c: n for n, c in enumerate(_USCC)}
    return _USCC[-sum(rank[c] * w for c, w in zip(first, _USCC_WEIGHTS, strict=True)) % 31]


def _uscc(text: str) -> str:
    code = "".join(unicodedata.normalize("NFKC", text).upper().split())
    if len(code) != 18:
        zh = f"统一社会信用代码应为 18 位，现有 {len(code)} 位"
        raise ValueError(zh, f"a unified social credit code has 18 characters, not {len(code)}")
    wrong = next((c for c in code if c not in _USCC), "")
    if wrong:
        zh = f"统一社会信用代码不含字符“{wrong}”（不用 I、O、S、V、Z）"
        raise ValueError(zh, f"a unified social credit code has no {wrong!r} (never I, O, S, V, Z)")
    if uscc_check(code[:17]) != code[17]:
        zh = f"统一社会信用代码“{code}”的校验位不对，请核对原件"
        raise ValueError(zh, f"the check character of {code} is wrong: compare it with the paper")
    return code


def _application(text: str) -> str:
    try:
        number = cn_numbers.normalise(text, kind="application")
    except cn_numbers.PatentNumberError as e:
        raise ValueError(str(e), e.english) from None
    if number.country != "CN":
        zh = f"“{text.strip()[:40]}”不是中国申请号，请写成 202310123456.X"
        raise ValueError(zh, f"{text.strip()[:40]!r} is no Chinese application, write 202310123456.X")
    if number.written:
        raise ValueError(number.warning, number.warning_english)
    return number.text


def _ipc(text: str) -> str:
    try:
        symbol = ipc.parse(unicodedata.normalize("NFKC", text))
    except ipc.IpcSymbolError as e:
        raise ValueError(str(e), f"{text.strip()[:40]!r} is no IPC symbol, write G06F 17/30 or G06F") from None
    return symbol.short


USCC = Notation("uscc", "统一社会信用代码", "unified social credit code", _uscc)
CN_APPLICATION = Notation("cn-application", "中国专利申请号", "Chinese application number", _application)
IPC = Notation("ipc", "国际专利分类号", "IPC symbol", _ipc)
