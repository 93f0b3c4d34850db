"""What people type and other systems print: quotes of all kinds, classes from one to another, signs that look like
operators and are none here."""

from __future__ import annotations

import re

from jinzhi.kernel.query import QueryError

#: single quotes around words, straight and curly; an apostrophe and a prime stand within a word
_SINGLE = re.compile(r"(?<![^\s()=:,<>])(['‘])([^'‘’\"]+)(['’])(?=$|[\s()/])")
_SYMBOL = r"[A-HY]\d\d[A-Z]\s*-?\d{1,4}/\d{2,6}"
_CLASSES = re.compile(rf"{_SYMBOL}\s*(?:->|[-~—–至到]|\s|to)?\s*{_SYMBOL}", re.IGNORECASE)
_OTHERS_OPERATOR = re.compile(
    r"(?:W|N|PRE|NEAR|ADJ|EQU|WITH|SAME)/\d{1,2}|(?:NEAR|ADJ|PRE|WITH|SAME)\d{1,2}|NOT[WDPSF]", re.IGNORECASE
)
#: the comparisons that have a sign of their own
COMPARISONS = {"≥": ">=", "≤": "<=", "≠": "!="}


def quoted(text: str) -> str:
    """The text with single quotes around words as double ones; every place stays what it was."""
    return _SINGLE.sub(r'"\2"', text)


def refuse_class_range(text: str, at: int) -> None:
    """Raises QueryError for classes from one to another, which no field has."""
    if _CLASSES.fullmatch(text.strip()):
        raise QueryError(
            f"“{text}”：分类号没有范围检索；请逐个列出，如 ipc=(H01M10/05 OR H01M10/42)，或用 ipclow=（含下位）",
            f"“{text}”: classes have no ranges; list them, ipc=(H01M10/05 OR H01M10/42), or use ipclow= (and below)",
            at,
            at + len(text),
        )


def is_operator_elsewhere(word: str) -> bool:
    """Whether a word is how some system writes a distance."""
    return bool(_OTHERS_OPERATOR.fullmatch(word))


def numbers_in(text: str) -> list[str]:
    """The numbers of a list with commas; one that groups digits (US10,467,880B2, US15/283,264) or blanks within a
    number (EP 1 234 567 B1) part nothing."""
    whole = re.sub(r"(?:(?<=\D\d)|(?<=\D\d\d)|(?<=\D\d{3})),(?=\d{3}(?!\d))", "\0", f" {text}")
    while (more := re.sub(r"(?<=\0\d{3}),(?=\d{3}(?!\d))", "\0", whole)) != whole:
        whole = more
    return [re.sub(r"[\0\s]", "", one) for one in whole.split(",") if one.strip()]
