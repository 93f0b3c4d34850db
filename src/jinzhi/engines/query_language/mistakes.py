"""What is wrong with a text that cannot be read: the place, the reason and the way out."""

from __future__ import annotations

import re

from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from jinzhi.engines.query_language.grammar import BOOLEAN, EDGE, SPOKEN
from jinzhi.kernel.query import MAX_DEPTH, Node, QueryError, TooWide
from jinzhi.kernel.query import children as inner_nodes

#: words beside others that may be meant as operators, and how these are written
LIKE_OPERATORS = {
    **dict.fromkeys(("和", "及", "并且"), "AND 或 与"),
    **dict.fromkeys(("W", "/W"), "(5W)"),
    **dict.fromkeys(("D", "N", "/D"), "(5D)"),
    "或者": "OR 或 或",
    "不含": "NOT 或 非",
}

OPERANDS = {"WORD", "PHRASE", "FIELDOP", "LPAR", "HISTORY", "SAVED", "SEMANTIC", "LSQB", "LBRACE", "SPAN"}


def check_brackets(plain: str) -> None:
    """Raises QueryError for a bracket without its partner, a quote without its end, or nesting past the limit."""
    closing = {"(": ")", "[": "]}", "{": "]}"}
    stack: list[tuple[str, int]] = []
    quote = -1
    for at, sign in enumerate(plain):
        if sign == '"':
            quote = at if quote < 0 else -1
        elif quote >= 0:
            continue
        elif sign in closing:
            stack.append((sign, at))
            if len(stack) > MAX_DEPTH:
                raise TooWide("括号的层数", "levels of brackets", len(stack), MAX_DEPTH, at)
        elif sign in ")]}":
            if not stack or sign not in closing[stack[-1][0]]:
                raise QueryError(
                    f"多出的“{sign}”：没有与它配对的左括号", f"“{sign}” has no opening bracket before it", at
                )
            stack.pop()
    if quote >= 0:
        raise QueryError("引号没有结束：请补上另一半引号", "the quotation has no end: add the other quote", quote)
    if stack:
        sign, at = stack[-1]
        raise QueryError(
            f"“{sign}”没有配对的右括号：请补上“{closing[sign][0]}”",
            f"“{sign}” is not closed: add “{closing[sign][0]}”",
            at,
        )


def check_depth(root: Node) -> None:
    """Raises TooWide for a tree deeper than the limit, such as a very long chain of proximity."""
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            at = next((one.at for one in level), 0)
            raise TooWide("检索式的层数", "levels of the query", depth, MAX_DEPTH, at)
        level = [child for one in level for child in inner_nodes(one)]


def explained(error: UnexpectedInput, plain: str) -> QueryError:
    """What is wrong, in the searcher's words."""
    at = error.pos_in_stream if error.pos_in_stream is not None else len(plain)
    expected = set(getattr(error, "expected", None) or getattr(error, "accepts", None) or ())
    if isinstance(error, UnexpectedCharacters):
        expected = set(error.allowed or ())
    sign = ""
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        sign = str(error.token)
    elif isinstance(error, UnexpectedCharacters):
        sign = re.match(rf"{SPOKEN}|{BOOLEAN}(?={EDGE}|$)|\S", plain[at:], re.I)[0]  # type: ignore[index]
    elif isinstance(error, (UnexpectedEOF, UnexpectedToken)):
        at = len(plain.rstrip())
    end = at + max(1, len(sign))
    if expected & {"RV", "TO"} or expected <= {"RSQB", "RBRACE"}:
        return QueryError(
            "范围没有写完整：请写成 [2016 TO 2017] 或 [2016 至 2017]，一端不限写 *",
            "the range is not complete: write [2016 TO 2017], with * for an open end",
            at,
            end,
        )
    if not sign:
        last = plain[:at].split()[-1] if plain[:at].split() else ""
        return QueryError(
            f"“{last}”之后缺少检索词", f"something to search is missing after “{last}”", max(0, at - 1), at
        )
    if sign in "=<>:":
        return QueryError(
            f"“{sign}”前面不是字段名：字段写作 ti=、申请人=；要检索符号本身请加引号",
            f"no field name stands before “{sign}”: write ti= or pa=; quote the sign to search it",
            at,
            end,
        )
    if sign == ")":
        return QueryError("括号里缺少检索词", "something to search is missing before the closing bracket", at, end)
    if sign[0] in ",;":
        return QueryError(
            f"这里不能用“{sign}”：逗号和分号只用于号码列表（如 pn=(A, B)）和并列字段（如 ti,ab=）",
            f"“{sign}” cannot stand here: commas and semicolons part numbers (pn=(A, B)) and fields (ti,ab=)",
            at,
            end,
        )
    if sign[0] == "/":
        return QueryError(
            "“/”后面要写字段代码（如 /TI）或接数字（如 H04L9/32）；要检索符号本身请加引号",
            "after “/” comes a field (/TI) or a digit (H04L9/32); quote the words to search the sign itself",
            at,
            end,
        )
    if expected & OPERANDS:
        return QueryError(
            f'“{sign}”是算符，它前面缺少检索词；要检索这个词本身请加引号："{sign}"',
            f'“{sign}” is an operator and needs something before it; to search the word, quote it: "{sign}"',
            at,
            end,
        )
    return QueryError(f"这里不应出现“{sign}”", f"“{sign}” cannot stand here", at, end)
