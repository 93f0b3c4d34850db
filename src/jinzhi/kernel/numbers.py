"""Numbers as people write them, read without guessing."""

from __future__ import annotations

import re
from decimal import Decimal


class NumberError(ValueError):
    """A text that is no number, or that could be two. ``zh`` and ``en`` say why and what would be right."""

    def __init__(self, zh: str, en: str):
        self.zh, self.en = zh, en
        super().__init__(zh)


#: full width as an input method leaves it, and the minus sign that typesetting puts
HALF_WIDTH = str.maketrans("０１２３４５６７８９．，－＋−", "0123456789.,-+-")
PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?\Z", re.ASCII)
#: 1,234,567.8: a comma divides thousands and nothing else
IN_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?\Z", re.ASCII)


def number_of(raw: object) -> Decimal:
    """The number that somebody wrote. A comma stands between thousands only; any other could mean two numbers.

    Raises NumberError.
    """
    text = str(raw).strip().translate(HALF_WIDTH)
    if "," in text and not IN_THOUSANDS.match(text):
        if PLAIN_NUMBER.match(text.replace(",", "")) is None:
            raise NumberError(f"“{raw}”不是数字", f"{raw!r} is not a number")
        raise NumberError(
            f"“{raw}”有歧义：小数点请写成“.”（如 1.2），逗号只用来分隔千位（如 1,200）",
            f"{raw!r} is ambiguous: write a decimal with a point (1.2); a comma divides thousands only (1,200)",
        )
    plain = text.replace(",", "")
    if PLAIN_NUMBER.match(plain) is None:
        raise NumberError(
            f"“{raw}”不是数字：请只写阿拉伯数字，不带单位、百分号和空格",
            f"{raw!r} is not a number: write digits only, without unit, percent sign or blanks",
        )
    number = Decimal(plain)
    return number if number else number.copy_abs()  # -0 is 0
