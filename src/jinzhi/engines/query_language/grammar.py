"""The grammar of the native language: its signs and words as expressions, and the reader that makes a tree of text."""

from __future__ import annotations

import re

from lark import Lark

from jinzhi.kernel.query import FIELDS, Kind, field_names

#: signs read as others, one for one: full-width forms by their distance, and the quotes and stops of Chinese text
SIGNS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(old): ord(new) for old, new in zip("　“”„「」『』、", ' """"""",', strict=True)
}

EDGE = r"[\s()\"]"
START, END = r"(?<![^\s()\"])", rf"(?=$|{EDGE})"
KNOWN = sorted({name for one in FIELDS for name in (one.zh, *one.aliases)} | set(field_names()), key=len, reverse=True)
SPECIAL = [
    name.translate(SIGNS) for name in KNOWN if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*|[\u4e00-\u9fff]{2,}", name)
]
NAME = (
    "(?:"
    + "|".join(re.escape(name).replace("/", r"\/") for name in SPECIAL)
    + r"|[A-Za-z][A-Za-z0-9_-]*|[\u4e00-\u9fff]{2,})"
)
BOOLEAN = r"(?:AND|ANDNOT|OR|XOR|NOT|与|且|&|或|\||异或|非)"
SPOKEN = (
    r"(?:(?-i:ADJ|NEAR|WITH|SAME)|(?:ADJ|NEAR|WITH|SAME)\/?\d{1,2}|(?:PRE|EQU|W|N)\/\d{1,2}"
    r"|\$(?:W|PRE)\d{1,2}|\$WS|\$SEN|\$PARA)"
)

NEAR = r"(?:NOT\s+)?(?:\d{0,2}\s*[WDNA]|[SPFL])"
#: an operator by itself, which no word may be
OPERATOR = rf"(?:{BOOLEAN}|{SPOKEN}|\$FREQ\d*)(?=$|[\s()\"\/])"
#: a comma within a word: 1,4-丁二醇, N,N-二甲基, 2,2'-联吡啶
LOCANT = r"(?<=\d),(?=\d)|(?<=\b[NOSP]),(?=[NOSP]\b)|(?<=[0-9NOSP]['′]),(?=[0-9NOSP])|(?<=[α-ω]),(?=[α-ω])"
SIGN = rf"(?:[^\s()\[\]{{}}\"=<>:,;\/]|\/(?=[\d*?#])|{LOCANT})"
#: a bracket that belongs to the word it touches, as in 某某（上海）有限公司; what holds an operator is none
GLUED = rf"\((?!\s*{NEAR}\s*\)){SIGN}+\)"
TAIL = rf"(?:{GLUED}(?:(?!{OPERATOR}){SIGN}+)?)*"
#: a bracket before the word is part of it only where it is short, as in （株）某某
PLAIN_WORD = rf"(?:{SIGN}+|\((?!\s*{NEAR}\s*\)){SIGN}{{1,6}}\)(?!{OPERATOR}){SIGN}+){TAIL}"
EDITION = r"\(\d{4}\.\d{2}\)(?:\s?[A-Z](?![A-Za-z\d]))?"
#: a class as documents print it, with a space or its edition: H01M 10/05 (2006.01)
PRINTED_CLASS = (
    rf"[A-HY]\d\d[A-Z](?:\s+\d{{1,4}}\/\d{{2,6}}(?![\w*?#.\-])(?:\s*{EDITION})?|\d{{1,4}}\/\d{{2,6}}\s*{EDITION})"
)


def behind(kind: Kind) -> str:
    """A place right behind a field of a kind and its sign."""
    names = {n.translate(SIGNS) for one in FIELDS if one.kind is kind for n in (one.code, one.zh, *one.aliases)}
    found = (rf"(?<={start}{re.escape(n)}[=:])" for n in sorted(names) for start in (r"\A", r"[\s(]"))
    return f"(?:{'|'.join(found)})".replace("/", r"\/")


#: a number or a class with blanks within, right behind its field: pn=EP 1 234 567 B1, ipc=H01M 10
SPACED = (
    rf"(?:{behind(Kind.NUMBER)}[A-Z]{{2}}(?:\s\d{{1,9}}){{1,4}}(?:\s?[A-Z]\d?)?"
    rf"|{behind(Kind.CLASS)}[A-HY]\d\d[A-Z]\s\d{{1,4}}(?:\/\d{{2,6}})?[*?#]?)(?=$|[\s()])"
)
WORD = rf"(?!{START}{OPERATOR})(?:{PRINTED_CLASS}|{SPACED}|{PLAIN_WORD})"
#: from one day or number to another, without brackets: 20170101至20171231, 2017 to 2018
ENDPOINT = r"\d(?:[\d\-.\/年月日]*[\d年月日])?"
SPAN = rf"{ENDPOINT}(?:\s*(?:[至到~—–]+)\s*|\s+to\s+){ENDPOINT}(?=$|[\s()])"
#: suffixes that say how the words before them are read, beside those that name fields
AS_WRITTEN = frozenset({"asis", "原字"})
#: what begins a line of another system's console
FOREIGN_COMMAND = re.compile(r"\s*(\.\.[A-Za-z]+|F\s+XX(?=[\s(]))", re.IGNORECASE)
#: a text that is read as one word by itself
ONE_WORD = re.compile(rf"(?!#\d+\Z|##){WORD}\Z", re.IGNORECASE)

GRAMMAR = rf"""
start: or
?or: xor (OR xor)*
?xor: and (XOR and)*
?and: first (AND first | SEP not | not)*
?first: prox (NOT prox)* | (NOT prox)+  -> complement
?not: prox (NOT prox)*
?prox: suf (PROX suf)*
?suf: prim (SUFFIX | FREQ)*
?prim: FIELDOP value -> scoped | "(" or ")" -> group | atom
?value: "(" or ")" -> group | atom
?atom: range | SPAN | PHRASE | HISTORY | SAVED | SEMANTIC | WORD
range: (LSQB | LBRACE) RV TO RV (RSQB | RBRACE)

SPAN.7: /{SPAN}/i
PROX.6: /\(\s*{NEAR}\s*\)|{START}(?:NOT\s+)?{SPOKEN}{END}/i
FREQ.6: /\$FREQ\d+(?=$|[\s()"\/])/i
FIELDOP.5: /{NAME}(?:\s*,\s*{NAME}){{0,20}}\s*(?:!=|>=|<=|[=:<>≥≤≠])/i
AND.4: /{START}(?:AND|与|且|&){END}/i
XOR.4: /{START}(?:XOR|异或){END}/i
OR.4: /{START}(?:OR|或|\|){END}/i
NOT.4: /{START}(?:NOT|ANDNOT|非){END}/i
SEMANTIC.5: /~\d*"[^"]*"/
PHRASE.5: /"[^"]*"(?:~\d+)?/
SAVED.5: /##(?:"[^"]+"|[^\s()\[\]{{}}"=<>:,;]+)/
HISTORY.5: /#\d+{END}/
SUFFIX.5: /\/(?![\d*?#])[^\s()\[\]{{}}"=<>:,;\/$]+(?:\s*,\s*[^\s()\[\]{{}}"=<>:,;\/$]+)*/
LSQB: "["
LBRACE: "{{"
RSQB: "]"
RBRACE: "}}"
SEP: /[,;]/
TO.5: /TO(?=\s)|至|到/i
RV: /[^\s()\[\]{{}}"=<>:,;至到]+/
WORD: /{WORD}/i
%ignore /\s+/
"""

READER = Lark(GRAMMAR, parser="lalr", lexer="contextual", propagate_positions=True, maybe_placeholders=False)
