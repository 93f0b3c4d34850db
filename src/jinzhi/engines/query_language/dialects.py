"""Queries of other systems, translated to the native language, with everything listed that has no equal.

Each system is a table (``systems``): its signs, its operators and how tightly they bind, its fields, and how it
counts distance. The query is read by those and written natively with brackets, so that systems which read from left
to right keep their meaning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from jinzhi.engines.query_language.grammar import GLUED, LOCANT, PRINTED_CLASS, SIGNS
from jinzhi.engines.query_language.mistakes import check_brackets, check_depth
from jinzhi.engines.query_language.systems import DIALECTS, OPS, Dialect, ProximityStep
from jinzhi.engines.query_language.typed import COMPARISONS, is_operator_elsewhere, quoted, refuse_class_range
from jinzhi.engines.query_language.unparse import unparse
from jinzhi.kernel.query import (
    BELOW,
    MAX_DEPTH,
    Freq,
    History,
    Kind,
    Near,
    Node,
    Prox,
    QueryError,
    QueryNot,
    QueryTerm,
    Range,
    TooWide,
    all_of,
    any_of,
    check,
    find_field,
    get_field,
    one_of,
)

__all__ = ["DIALECTS", "MAX_FOREIGN", "Loss", "Translation", "translate"]

MAX_N = 99
#: a query is typed or pasted; a list of numbers belongs into the batch search
MAX_FOREIGN = 8_000


@dataclass(frozen=True, slots=True)
class Loss:
    """A place of the foreign query whose meaning is not, or not surely, kept."""

    at: int
    sign: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Translation:
    """The native query, and what was lost on the way, in the order of the text."""

    native: str
    losses: tuple[Loss, ...]


def translate(text: str, dialect: str) -> Translation:
    """The native query for a query of another system. Raises QueryError with the place, KeyError for no such system."""
    if len(text) > MAX_FOREIGN:
        raise TooWide("检索式的长度", "characters in the query", len(text), MAX_FOREIGN)
    reader = DialectReader(quoted(text.translate(SIGNS)), DIALECTS[dialect])
    reader.without_command()
    node = reader.read()
    check_depth(node)
    check(node)
    return Translation(unparse(node), tuple(sorted(set(reader.losses), key=lambda loss: (loss.at, loss.sign))))


@dataclass(frozen=True, slots=True)
class DialectSign:
    """One sign of the foreign text: what it is, its text, where it stands, and for proximity its step and n."""

    kind: str
    text: str
    at: int
    step: ProximityStep | None = None
    n: int = 0
    field: str = ""
    relation: str = ""
    modifier: str = ""


#: another system's commands, which no query begins with
COMMAND = re.compile(r"\s*(\.\.\s*[A-Za-z]+|SS(?=\s+\d)|[A-Z](?=\s+\d))")
TO = frozenset({"to", "至", "到"})
DATELIKE = re.compile(r"\d{4}(?:[-./年]?\d{1,2}){0,2}[年月日]?\Z")

COMPARE = r"\s*(==|!=|<>|>=|<=|=|:|>|<|≥|≤|≠"
#: the relations of CQL in words
RELATIONS = r"|(?<=\s)(?:any|all|within|exact|adj)(?=[\s\"])"
_DAY = r"\d{4}(?:[-./]?\d{1,2}){0,2}"
#: from one day to another, as CPRS (>), Orbit (:) and others write it
SPAN = rf"(?<![\w<>])({_DAY})\s*(?:->|[>:~—])\s*({_DAY})(?=$|[\s()/])"
#: fields of PatFT, which the public search no longer reads
PATFT = frozenset(
    {"ttl", "abst", "aclm", "spec", "an", "apd", "ccl", "ccls", "isd", "apn", "icl", "icn", "lrep", "ref"}
)
#: a hyphen that belongs to a name where a hyphen excludes: 1,4-丁二醇, X-射线
NAME_HYPHEN = r"(?<=\d)-(?=[A-Za-z\u4e00-\u9fff])|(?<=\b[A-Za-z])-(?=[\u4e00-\u9fff])"


class DialectReader:
    """Cuts a foreign query into signs and reads them by how tightly the dialect's operators bind."""

    def __init__(self, text: str, dialect: Dialect):
        self.text, self.dialect = text, dialect
        self.losses: list[Loss] = []
        self.signs: list[DialectSign] = []
        self.next = 0
        self.depth = 0

    def lose(self, sign: DialectSign | str, zh: str, en: str, at: int | None = None) -> None:
        """List a place whose meaning is not kept."""
        text = sign if isinstance(sign, str) else sign.text
        where = at if at is not None else (sign.at if isinstance(sign, DialectSign) else 0)
        self.losses.append(Loss(where, text, zh, en))

    # --- signs

    def without_command(self) -> None:
        """Leave out the command that begins a search; places stay what they were. Raises QueryError for any other."""
        if self.dialect.command and (found := re.match(rf"\s*{self.dialect.command}", self.text, re.IGNORECASE)):
            said = found[0].strip()
            self.text = " " * found.end() + self.text[found.end() :]
            # F TI 电池: the field stands before its value without a sign
            named = re.match(r"\s*([A-Za-z]{2})(\s+)(?=[^\s=:<>)])", self.text)
            if named and said.upper() == "F" and named[1].lower() not in self.dialect.fields:
                raise QueryError(
                    f"字段 {named[1]} 在本系统没有对应：请改写后再检索",
                    f"the field {named[1]} has no equal here: write the query otherwise",
                    named.start(1),
                    named.end(1),
                )
            if named and named[1].lower() in self.dialect.fields:
                self.text = f"{self.text[: named.start(2)]}={self.text[named.start(2) + 1 :]}"
            self.lose(
                said, f"“{said}”是该系统的检索命令，已略去", f"“{said}” is that system's command and was left out", 0
            )
        if self.dialect.modifiers and (order := re.search(r"\s+sortby\s+\S.*\Z", self.text, re.IGNORECASE)):
            self.text = self.text[: order.start()]
            said = order[0].strip()
            self.lose(
                said, f"“{said}”已略去：次序在结果页选择", f"“{said}” was left out: choose the order at the results", 0
            )
        if not self.losses and (found := COMMAND.match(self.text)):
            raise QueryError(
                f"“{found[1]}”是该系统的命令，不是检索式：请只粘贴其后的检索式；要合并检索历史，请用本系统的 #1 AND #2",
                f"“{found[1]}” is a command of that system, not a query: paste the query alone; to join queries of"
                " history write #1 AND #2 natively",
                found.start(1),
                found.end(1),
            )

    def cut(self) -> None:
        """The signs of the text."""
        one = self.dialect
        edge = r"(?=$|[\s()\"])"
        words = "|".join(re.escape(word) for word in one.signs if word.isalpha())
        signs = "|".join(re.escape(word) for word in one.signs if not word.isalpha())
        boundary = r"(?<![^\s()\"])"
        rules: list[tuple[str, str]] = [("space", r"\s+")]
        # brackets part an operator from words by themselves: 电池(3W)管理
        before, behind = rf"(?:{boundary}|(?=\())", rf"(?:{edge}|(?<=\)))"
        rules += [(f"step{i}", rf"{before}(?:{step.pattern}){behind}") for i, step in enumerate(one.steps)]
        rules += [("freq", r"\$freq(\d+)" + edge)]
        if one.history:
            rules += [("history", boundary + one.history + edge)]
        rules += [("op", rf"{boundary}(?:{words}){edge}")]
        if signs:
            rules += [("op", rf"(?!{NAME_HYPHEN})(?:{signs})")]
        # 名称,摘要+=电池: a value in several fields
        prefix = rf"(?:{one.prefix})(?:\s*,\s*(?:{one.prefix}))*"
        relations, modifier = (RELATIONS, r"(?:\s*/\s*([a-z]+))?") if one.modifiers else ("", "()")
        rules += [
            ("field", rf"({prefix})(?:\+(?==))?{COMPARE}{relations}){modifier}"),
            ("range", SPAN),
            ("open", r"\("),
            ("close", r"\)"),
            ("phrase", r'"([^"]*)"'),
            ("range", r"[\[{]\s*([^\s\[\]{}]+)\s+TO\s+([^\s\[\]{}]+)\s*[\]}]"),
        ]
        if one.suffix:
            rules += [("suffix", one.suffix)]
        rules += [("compare", r">=|<=|[<>]"), ("comma", r"[,;]")]
        compiled = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in rules]
        at = 0
        while at < len(self.text):
            for kind, pattern in compiled:
                found = pattern.match(self.text, at)
                if found and found.end() > at and not (kind.startswith("step") and not self._operand_before()):
                    self._add(kind, found)
                    at = found.end()
                    break
            else:
                printed = re.compile(PRINTED_CLASS, re.IGNORECASE).match(self.text, at)
                end = printed.end() if printed else self._word_end(at, signs)
                self.signs.append(DialectSign("word", self.text[at:end], at))
                at = end

    def _operand_before(self) -> bool:
        return bool(self.signs) and self.signs[-1].kind in ("word", "phrase", "close", "suffix", "history", "freq")

    def _word_end(self, at: int, signs: str) -> int:
        """Where a word ends: before space, brackets, quotes, operators in signs, and a suffix of fields."""
        end = at + 1
        stop = re.compile(rf'[\s()"\[\]{{}},;<>=]{"|" + signs if signs else ""}')
        suffix = re.compile(self.dialect.suffix, re.IGNORECASE) if self.dialect.suffix else None
        glued, locant = re.compile(GLUED), re.compile(LOCANT)
        operator = re.compile("|".join([signs] if signs else [r"(?!)"]))
        hyphen = re.compile(NAME_HYPHEN)
        while end < len(self.text):
            # a bracket within a name and a comma within a chemical name belong to the word, as natively
            bracket = glued.match(self.text, end)
            if bracket and not operator.search(self.text, *bracket.span()):
                end = bracket.end()
                continue
            if signs and self.text[end] == "-" and "\\-" in signs and hyphen.match(self.text, end):
                self.lose(
                    "-", "“-”紧贴数字或字母，读作名称的一部分；要排除请在前后加空格",
                    "“-” beside a number or letter was read as part of the name; put spaces around it to exclude", end,
                )  # fmt: skip
                end += 1
                continue
            if (stop.match(self.text, end) and not locant.match(self.text, end)) or (
                suffix and suffix.match(self.text, end)
            ):
                break
            end += 1
        return end

    def _add(self, kind: str, found: re.Match[str]) -> None:
        at = found.start()
        if kind == "space":
            return
        if kind.startswith("step"):
            step = self.dialect.steps[int(kind[4:])]
            if self.dialect is OPS:
                self.signs.append(self._cql(found[0], at))
                return
            number = found[1] if found.re.groups and found[1] else ""
            n = int(number[:6]) + step.shift if number else 0
            sign = DialectSign("step", found[0], at, step, max(0, n))
            if step.loss_zh:
                self.lose(sign, step.loss_zh, step.loss_en)
            self.signs.append(self._within(sign))
            return
        if kind == "field":
            modifier = (found[3] or "").lower()
            relation = COMPARISONS.get(found[2], found[2].lower())
            self.signs.append(DialectSign(kind, found[0], at, field=found[1], relation=relation, modifier=modifier))
            return
        self.signs.append(DialectSign(kind, found[0], at))

    def _within(self, sign: DialectSign) -> DialectSign:
        if sign.n <= MAX_N:
            return sign
        self.lose(sign, f"词距最多 {MAX_N}，已按 {MAX_N} 写出", f"a distance is at most {MAX_N} here and was set to it")
        return replace(sign, n=MAX_N)

    def _cql(self, text: str, at: int) -> DialectSign:
        """prox with its modifiers: distance<=n (adjacent words are 1 apart), unit, ordered."""
        parts = {
            found[1].lower(): (found[2], found[3].lower())
            for found in re.finditer(r"/([a-z]+)\s*(<=|>=|=|<|>)\s*(\w+)", text, re.IGNORECASE)
        }
        unit = parts.get("unit", ("=", "word"))[1]
        told = parts.get("ordered", ("=", ""))[1]
        ordered = told == "true" or (not told and "/ordered" in text.lower())
        relation, distance = parts.get("distance", ("<=", "1"))
        n = int(distance[:6]) if distance.isdigit() else 1
        sign = DialectSign("step", text, at, ProximityStep("", Near.W if ordered else Near.D), 0)
        if unit in ("sentence", "paragraph"):
            near = Near.S if unit == "sentence" else Near.P
            if ordered:
                self.lose(sign, "同句、同段不分先后，次序未保留", "a sentence or paragraph has no order here")
            return replace(sign, step=ProximityStep("", near), n=0)
        if unit != "word":
            self.lose(sign, f"没有 unit={unit}，按词读", f"there is no unit={unit}; words are counted")
        n -= 1 if relation in ("<=", "=") else 2
        if relation == "=" and n:
            if ordered:
                return self._within(replace(sign, step=ProximityStep("", Near.EQU), n=n))
            self.lose(sign, "“恰好相距”须按次序，这里按“至多”写出", "exactly n needs an order here; at most n is used")
        if relation in (">", ">="):
            self.lose(sign, "没有“至少相距”，按“至多”写出，请核对", "there is no distance of at least; at most is used")
        return self._within(replace(sign, n=max(0, n)))

    # --- reading

    def read(self) -> Node:
        """The tree of the whole text."""
        if not self.text.strip():
            raise QueryError("检索式是空的", "the query is empty", 0)
        check_brackets(self.text)
        self.cut()
        self._must_be_words()
        node = self.expression(0, ())
        if self.next < len(self.signs):
            raise self._unexpected(self.signs[self.next])
        if node is None:
            raise QueryError(
                f"检索式里没有一项能在本系统检索：{'；'.join(dict.fromkeys(loss.zh for loss in self.losses))}",
                f"nothing of the query can be searched here: "
                f"{'; '.join(dict.fromkeys(loss.en for loss in self.losses))}",
                0,
            )
        used = {sign.text.lower() for sign in self.signs if sign.kind == "op"}
        kinds = {self.dialect.signs[text] for text in used}
        if self.dialect.mixed_loss and len(kinds) > 1 and self._mixes():
            self.lose(next(sign for sign in self.signs if sign.kind == "op"), *self.dialect.mixed_loss)
        return node

    def _must_be_words(self) -> None:
        """Raises QueryError for what only looks like words: that system's own signs, and numbers of its history."""
        words = [sign for sign in self.signs if sign.kind == "word"]
        for sign in words:
            first = sign.text[0]
            if (self._is_own(sign.text) and first not in self.dialect.wild) or is_operator_elsewhere(sign.text):
                raise QueryError(
                    f"“{sign.text}”是该系统或其他系统的写法，这里没有对应：请去掉它或改写；若是检索词请加引号",
                    f"“{sign.text}” is a system's own and has no equal here: leave it out, or quote it as words",
                    sign.at,
                    sign.at + len(sign.text),
                )
        operands = [sign for sign in self.signs if sign.kind in ("word", "phrase", "field", "history", "range")]
        if operands and all(
            sign.kind == "word" and re.fullmatch(r"[SL]?\d{1,3}(?:-[SL]?\d{1,3})*", sign.text, re.I)
            for sign in operands
        ):
            raise QueryError(
                "这里的数字像是该系统检索历史的编号，本系统没有那些检索：请粘贴原检索式，或用本系统的 #1 AND #2",
                "the numbers look like those of that system's history, which is not here: paste the queries themselves,"
                " or write #1 AND #2 natively",
                operands[0].at,
            )

    def _is_own(self, word: str) -> bool:
        """Whether a word is a suffix, comparison, command or field that this system's table does not hold."""
        if re.match(r"\.\.|[/@$~^][A-Za-z]|/[\u3400-\u9fff]|=|~\d+\Z", word) or (len(word) > 1 and word.endswith("/")):
            return True
        if self.dialect.id == "orbit":
            return word in ("W", "D", "S", "P", "F", "L")
        found = re.match(r"([A-Za-z]{2,4})/", word) if self.dialect.id == "ppubs" else None
        return found is not None and found[1].lower() in PATFT | self.dialect.fields.keys()

    def _mixes(self) -> bool:
        """Whether different operators stand side by side within one bracket."""
        levels: list[set[str]] = [set()]
        for sign in self.signs:
            if sign.kind == "open":
                levels.append(set())
            elif sign.kind == "close":
                if len(levels.pop()) > 1:
                    return True
            elif sign.kind == "op":
                levels[-1].add(self.dialect.signs[sign.text.lower()])
        return any(len(level) > 1 for level in levels)

    def _peek(self) -> DialectSign | None:
        return self.signs[self.next] if self.next < len(self.signs) else None

    def _unexpected(self, sign: DialectSign | None) -> QueryError:
        if sign is None:
            return QueryError(
                "检索式没有写完：缺少检索词",
                "the query breaks off: something to search is missing",
                max(0, len(self.text.rstrip()) - 1),
            )
        return QueryError(
            f"这里不应出现“{sign.text}”", f"“{sign.text}” cannot stand here", sign.at, sign.at + len(sign.text)
        )

    def _operator(self, sign: DialectSign) -> tuple[str, int, bool]:
        """What joins the operand before a sign to the one after: operator, how tightly, and whether it is written."""
        one = self.dialect
        if sign.kind == "op":
            name = one.signs[sign.text.lower()]
            return name, one.levels[name], True
        if sign.kind == "step":
            word = re.sub(r"[^a-z]", "", sign.text.lower()).removeprefix("not")
            return "prox", one.levels.get(word, one.levels["prox"]), True
        return one.beside, one.levels[one.beside], False

    def expression(self, least: int, fields: tuple[str, ...]) -> Node | None:
        """Operands joined by operators that bind at least so tightly; None where all of it is left out."""
        self.depth += 1
        if self.depth > MAX_DEPTH * 4:
            at = self.signs[min(self.next, len(self.signs) - 1)].at
            raise TooWide("检索式的层数", "levels of the query", self.depth, MAX_DEPTH * 4, at)
        left = self._chain(self.operand(fields), least, fields)
        self.depth -= 1
        return left

    def _chain(self, left: Node | None, least: int, fields: tuple[str, ...]) -> Node | None:
        while (sign := self._peek()) is not None and sign.kind != "close":
            name, level, written = self._operator(sign)
            if level < least:
                break
            if written:
                self.next += 1
                following = self._peek()
                if name == "and" and following and self._is_not(following):
                    name = "not"
                    self.next += 1
            elif self.dialect.beside_loss:
                self.lose(sign, *self.dialect.beside_loss)
            right = self.expression(level + 1, fields)
            left = self._joined(name, left, right, sign)
        return left

    def _is_not(self, sign: DialectSign) -> bool:
        return sign.kind == "op" and self.dialect.signs[sign.text.lower()] == "not"

    def _joined(self, name: str, left: Node | None, right: Node | None, sign: DialectSign) -> Node | None:
        if left is None or right is None:
            if name == "prox" or (name == "not" and left is None and right is not None):
                what, en = self.losses[-1].zh, self.losses[-1].en
                raise QueryError(
                    f"“{sign.text.strip()}”的一边不能略去：{what}",
                    f"one side of “{sign.text.strip()}” cannot be left out: {en}",
                    sign.at,
                    sign.at + len(sign.text),
                )
            return left if right is None else right
        match name:
            case "and":
                return all_of([left, right], sign.at)
            case "or":
                return any_of([left, right], sign.at)
            case "xor":
                return one_of([left, right], sign.at)
            case "not":
                return all_of([left, QueryNot(right, sign.at)], sign.at)
            case _:
                assert sign.step is not None
                return Prox(left, right, sign.step.near, sign.n, sign.step.negated, sign.at)

    def operand(self, fields: tuple[str, ...]) -> Node | None:
        """A word, a group, a field with its value, or NOT of an operand; then its suffixes."""
        sign = self._peek()
        if sign is None:
            raise self._unexpected(None)
        self.next += 1
        start = self.next
        suffixed = self._suffix_ahead(start - 1)
        scope = suffixed or fields
        node: Node | None
        match sign.kind:
            case "open":
                node = self.expression(0, scope)
                closing = self._peek()
                if closing is None or closing.kind != "close":
                    raise self._unexpected(closing)
                self.next += 1
            case "field":
                node = self._value(sign)
            case "word":
                node = self._leaf(self._wild(sign.text, sign.at), scope, False, sign.at)
            case "phrase":
                node = self._leaf(self._wild(sign.text[1:-1], sign.at + 1), scope, True, sign.at)
            case "range":
                node = self._range(sign, scope)
            case "history":
                number = int(re.sub(r"\D", "", sign.text)[:9])
                self.lose(
                    sign,
                    f"“{sign.text}”是该系统检索历史的编号，这里读作本系统检索历史的 #{number}，请核对",
                    f"“{sign.text}” is of that system's history; it is read as #{number} of the history here: check it",
                )
                node = History(number, sign.at)
            case "op" if self._is_not(sign):
                inner = self.expression(self.dialect.levels["not"], fields)
                return None if inner is None else QueryNot(inner, sign.at)
            case _:
                raise self._unexpected(sign)
        if suffixed is None:
            node = None
        while (after := self._peek()) is not None and after.kind in ("suffix", "freq"):
            self.next += 1
            if after.kind == "freq":
                least = int(after.text[5:][:9])
                node = None if node is None else Freq(node, max(1, least), after.at)
        return node

    def _suffix_ahead(self, at: int) -> tuple[str, ...] | None:
        """The fields of the suffix that follows the operand beginning at a sign; None: they have no equal."""
        depth = 0
        for index in range(at, len(self.signs)):
            kind = self.signs[index].kind
            depth += (kind == "open") - (kind == "close")
            if depth <= 0:
                after = self.signs[index + 1] if index + 1 < len(self.signs) else None
                if after is None or after.kind != "suffix":
                    return ()
                return self._suffix_fields(after, self.text[self.signs[at].at : after.at + len(after.text)])
        return ()

    def _suffix_fields(self, sign: DialectSign, part: str) -> tuple[str, ...] | None:
        names = [(one[0], sign.at + one.start()) for one in re.finditer(r"[A-Za-z_]+", sign.text)]
        known = {name: self._fields(name) for name, _at in names}
        every = not any(known.values())
        for name, at in names:
            if not known[name]:
                self._left_out(name, part if every else f"/{name}", at)
        return None if every else tuple(dict.fromkeys(code for codes in known.values() for code in codes))

    def _left_out(self, name: str, part: str, at: int) -> None:
        """List a part of the query that was left out since its field is not known."""
        shown = part.strip()
        self.lose(
            name,
            f"字段 {name} 没有对应，已略去“{shown}”，结果与原式不同",
            f"the field {name} has no equal: “{shown}” was left out, so the result differs",
            at,
        )

    def _fields(self, name: str) -> tuple[str, ...]:
        """The native codes of a foreign field; none where it has no equal.

        A Chinese name means the same everywhere; a code of letters only what that system's table says.
        """
        known = self.dialect.fields
        if "," in name:
            each = [self._fields(one.strip()) for one in name.split(",")]
            return tuple(dict.fromkeys(code for codes in each for code in codes)) if all(each) else ()
        if codes := known.get(name.lower()) or known.get(name.lower().removeprefix("@")):
            return tuple(codes.split(","))
        if not name.isascii() and (one := find_field(name)):
            return (one.code,)
        return ()

    # --- values

    def _value(self, sign: DialectSign) -> Node | None:
        fields = self._fields(sign.field)
        if not fields:
            if (after := self._peek()) and after.kind == "range":
                self.next += 1
            else:
                self._valued(sign, fields)
            last = self.signs[self.next - 1]
            self._left_out(sign.field, self.text[sign.at : last.at + len(last.text)], sign.at)
            return None
        return self._valued(sign, self._modified(sign, fields))

    def _modified(self, sign: DialectSign, fields: tuple[str, ...]) -> tuple[str, ...]:
        """The fields that a relation's modifier makes of them: ``cpc=/low`` is the class and all below it."""
        if not sign.modifier:
            return fields
        below = tuple(BELOW.get(code, "") for code in fields)
        if sign.modifier != "low" or "" in below:
            raise QueryError(
                f"“{sign.text.strip()}”：/{sign.modifier} 在这里没有对应；/low 只用于分类号",
                f"“{sign.text.strip()}”: /{sign.modifier} has no equal here; /low is for classes",
                sign.at,
                sign.at + len(sign.text),
            )
        return below

    def _valued(self, sign: DialectSign, fields: tuple[str, ...]) -> Node | None:
        relation = sign.relation
        negated = relation in ("!=", "<>")
        if relation in ("==", "exact"):
            self.lose(sign, "没有“整体等于”，按“包含”检索", "there is no exact equality of a text; it is sought within")
        after = self._peek()
        if relation in ("any", "all") and after and after.kind == "phrase":
            self.next += 1
            words = [
                QueryTerm(self._wild(word, after.at), fields, False, at=after.at) for word in after.text[1:-1].split()
            ]
            if not words:
                raise self._unexpected(after)
            return any_of(words, sign.at) if relation == "any" else all_of(words, sign.at)
        dated = bool(fields) and all(get_field(code).kind in (Kind.DATE, Kind.COUNT) for code in fields)
        if relation in (">", "<", ">=", "<=") or dated:
            return self._compared(fields, relation if relation in (">", "<", ">=", "<=") else "=", sign)
        node = self.operand(fields)
        return QueryNot(node, sign.at) if negated and node is not None else node

    def _until(self, text: str, op: str) -> str | None:
        """The other end of a range written with a word between: 20170101 to 20171231; it is read past."""
        following = self._peek()
        if following is None or following.kind != "word" or not DATELIKE.match(text):
            return None
        after = self.signs[self.next + 1] if self.next + 1 < len(self.signs) else None
        spoken = following.text.lower() in TO and after is not None and after.kind in ("word", "phrase")
        if spoken and op == "=":
            assert after is not None
            self.next += 2
            return after.text.strip('"')
        if spoken or following.text.lower() in TO or DATELIKE.match(following.text):
            raise QueryError(
                "两个日期之间请写 to，前面用 =：如 20170101 to 20171231",
                "between two days write to, and = before them: 20170101 to 20171231",
                following.at,
                following.at + len(following.text),
            )
        return None

    def _compared(self, fields: tuple[str, ...], op: str, sign: DialectSign) -> Node:
        """A comparison, a range, or two comparisons in a row (@pd>=2020<=2021)."""
        nodes: list[Node] = []
        while True:
            after = self._peek()
            if after is None:
                raise self._unexpected(None)
            self.next += 1
            if after.kind == "open":
                inner = self._compared(fields, op, sign)
                closing = self._peek()
                if closing is None or closing.kind != "close":
                    raise self._unexpected(closing)
                self.next += 1
                nodes.append(inner)
            elif after.kind == "range":
                if op != "=":
                    raise QueryError(
                        f"范围前面要用 =，不能用 {op}",
                        f"before a range write =, not {op}",
                        after.at,
                        after.at + len(after.text),
                    )
                nodes.append(self._range(after, fields))
            elif after.kind in ("word", "phrase"):
                text = after.text.strip('"').strip()
                span = re.fullmatch(r"(\S+?)(?:\s*(?::|,|\bto\b|[至到~]|\s|-(?=\d{6,8}\Z))\s*)(\S+)", text, re.I)
                if end := self._until(text, op):
                    nodes.append(Range(self._date(text), self._date(end), fields, at=after.at))
                elif span and op == "=" and not re.fullmatch(r"\d{4}-\d{2}", text):
                    nodes.append(Range(self._date(span[1]), self._date(span[2]), fields, at=after.at))
                else:
                    nodes.append(QueryTerm(self._date(text), fields, op=op, at=after.at))
            else:
                raise self._unexpected(after)
            following = self._peek()
            if following is None or following.kind != "compare":
                return all_of(nodes, sign.at)
            op = following.text
            self.next += 1

    def _range(self, sign: DialectSign, fields: tuple[str, ...]) -> Range:
        """From one value to another: ``[a TO b]``, or ``a>b`` of CPRS and ``a:b`` of Orbit."""
        if not fields:
            raise QueryError("范围要写在字段后面", "a range needs its field", sign.at, sign.at + len(sign.text))
        closed = sign.text[-1] != "}", sign.text[0] != "{"
        if sign.text[0] in "[{":
            low, high = re.findall(r"[^\s\[\]{}]+", sign.text)[::2]
        else:
            low, high = re.findall(_DAY, sign.text)
        return Range(self._date(low), self._date(high), fields, closed[1], closed[0], sign.at)

    def _date(self, text: str) -> str:
        if self.dialect.european_dates and (found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)):
            return f"{found[3]}{int(found[2]):02}{int(found[1]):02}"
        return text

    def _leaf(self, text: str, fields: tuple[str, ...], phrase: bool, at: int) -> Node:
        if fields and all(get_field(code).kind is Kind.CLASS for code in fields):
            refuse_class_range(text, at)
            text = re.sub(r"\s+|-0*(?=\d)", "", text)
        coded = {"typ", "cc", "st", "ls"} if self.dialect.id == "cprs" else {"typ", "st", "ls"}
        if fields and coded & set(fields) and text.isascii():
            self.lose(
                text,
                "该系统的代码值照原样写出，请核对本系统的取值",
                "that system's code is written as it stands; check it against the values here",
                at,
            )
        return QueryTerm(text.strip(), fields, phrase, at=at)

    def _wild(self, text: str, at: int) -> str:
        """The word with the dialect's wildcards as native ones; native signs that mean nothing there are left out."""
        made = ""
        index = 0
        while index < len(text):
            one = text[index]
            index += 1
            if one in self.dialect.wild:
                if self.dialect.bounded_wild and one == "$" and (found := re.match(r"\d{1,2}", text[index:])):
                    made += "?" * int(found[0])
                    index += len(found[0])
                else:
                    made += self.dialect.wild[one]
            elif one in "*?#":
                self.lose(
                    one,
                    f"“{one}”在该系统不是截词符，已去掉",
                    f"“{one}” is no wildcard there and was left out",
                    at + index - 1,
                )
                made += " "
            elif one in "+%$!^":
                self.lose(one, f"“{one}”不参与检索", f"“{one}” is not searched", at + index - 1)
                made += one
            else:
                made += one
        return made.strip()
