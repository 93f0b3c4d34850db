"""Queries made at random from documents, so that engines can be compared and timed. The same seed, the same queries.

They are realistic in that their words, names, numbers and classes stand in the documents, mostly; every operator,
wildcard and kind of field occurs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from jinzhi.engines.characters import written_as
from jinzhi.kernel.query import FIELDS, Doc, Kind, get_field
from jinzhi.kernel.tokens import Tokens, is_han, tokenise

NEARS = ("({n}W)", "({n}D)", "(NOT {n}W)", "(NOT {n}D)", "EQU/{n}", "(S)", "(P)", "(F)", "(NOT S)", "(NOT P)", "WITH1")


def queries(docs: Sequence[Doc], count: int, seed: int = 20261122) -> Iterator[str]:
    """``count`` native queries over the documents (at least one of which has some text)."""
    maker = Maker(docs, Random(seed))
    for _ in range(count):
        yield maker.query()


class Maker:
    """Makes one query after another."""

    def __init__(self, docs: Sequence[Doc], chance: Random):
        self.docs, self.chance = docs, chance
        self.text = sorted({code for doc in docs for code, value in doc.text.items() if any(value)})
        self.keys = sorted({code for doc in docs for code, value in doc.keys.items() if value})
        self.dates = sorted({code for doc in docs for code in doc.dates})
        self.counts = sorted({code for doc in docs for code in doc.numbers})
        if not self.text:
            raise ValueError("there is no text to make queries from")

    def query(self) -> str:
        """A query of one to three levels."""
        return self.group(self.chance.choice((0, 0, 1, 1, 1, 2)))

    def group(self, depth: int) -> str:
        """Parts joined by AND, OR, NOT, XOR or nothing."""
        if depth == 0:
            return self.part()
        parts = [self._closed(self.group(depth - 1)) for _ in range(self.chance.randint(2, 4))]
        sign = self.chance.choice((" AND ", " AND ", " OR ", " OR ", " NOT ", " XOR ", " "))
        return sign.join(parts)

    def _closed(self, text: str) -> str:
        return f"({text})" if " " in text else text

    def part(self) -> str:
        """A word, a proximity, or a value of another field."""
        makers = [self.words, self.words, self.words, self.near, self.near]
        makers += [self.key] * bool(self.keys) + [self.date] * bool(self.dates) + [self.number] * bool(self.counts)
        return self.chance.choice(makers)()

    def words(self) -> str:
        """A word, phrase, loose phrase or frequency, with or without a field."""
        field = self._field()
        kind = self.chance.random()
        if kind < 0.15:
            text = f'"{self.word(False)} {self.word(False)}"~{self.chance.randint(0, 8)}'
        elif kind < 0.3:
            text = f'"{self.stretch()}"'
        elif kind < 0.4:
            text = f"{self.word(False)} $FREQ{self.chance.randint(1, 3)}"
            return f"({text})/{field[:-1]}" if field else text
        else:
            text = self.word()
        return field + text

    def near(self) -> str:
        """A chain of two or three operands in one field or the default fields."""
        field = self._field()
        chain = self.operand()
        for _ in range(self.chance.choice((1, 1, 1, 2))):
            sign = self.chance.choice(NEARS).format(n=self.chance.choice((0, 1, 2, 3, 5, 10, 30)))
            chain += f" {sign} {self.operand()}"
        return f"{field}({chain})" if field else f"({chain})"

    def operand(self) -> str:
        """A word, or a group of words, or a proximity in brackets."""
        kind = self.chance.random()
        if kind < 0.65:
            return self.word()
        sign = self.chance.choice((" OR ", " OR ", " AND ", f" ({self.chance.randint(0, 4)}W) "))
        return f"({self.word()}{sign}{self.word()})"

    def word(self, wild: bool = True) -> str:
        """Some characters of a run, or a Latin word; now and then with a wildcard or of another document."""
        tokens = self._tokens()
        at = self.chance.randrange(len(tokens))
        text = tokens.texts[at]
        if is_han(text):
            length = self.chance.choice((1, 2, 2, 2, 3, 3, 4, 5))
            end = at
            while end < min(len(tokens), at + length) and tokens.runs[end] == tokens.runs[at]:
                end += 1
            text = "".join(tokens.texts[at:end])
        if wild and self.chance.random() < 0.25:
            text = self._wild(text)
        elif wild and self.chance.random() < 0.2:
            text = self._other_form(text)
        return text

    def _other_form(self, text: str) -> str:
        """The word with its characters written otherwise, traditional or simplified, now and then to be found so."""
        text = "".join(self.chance.choice(written_as(one)) for one in text)
        return f"{text}/asis" if text.isalnum() and self.chance.random() < 0.3 else text

    def _wild(self, text: str) -> str:
        sign = self.chance.choice("*?#*")
        at = self.chance.randint(0, len(text))
        drop = self.chance.choice((0, 1)) if len(text) > 1 else 0
        made = text[:at] + sign + text[at + drop :]
        # "#12" is a number of history
        return text if made[1:].isdigit() and made[0] == "#" else made

    def stretch(self) -> str:
        """Some tokens in a row, as a phrase of words."""
        tokens = self._tokens()
        at = self.chance.randrange(len(tokens))
        end = min(len(tokens), at + self.chance.randint(1, 6))
        parts = [tokens.texts[at]]
        for index in range(at + 1, end):
            together = tokens.runs[index] >= 0 and tokens.runs[index] == tokens.runs[index - 1]
            parts.append(("" if together else " ") + tokens.texts[index])
        return "".join(parts)

    def _tokens(self) -> Tokens:
        """The tokens of a random text that has some."""
        for _ in range(1000):
            value = self.chance.choice(self.docs).text.get(self.chance.choice(self.text))
            if value:
                tokens = tokenise(value)
                if len(tokens):
                    return tokens
        raise ValueError("there is hardly any text to make queries from")

    def _field(self) -> str:
        if self.chance.random() < 0.4:
            return ""
        groups = [one.code for one in FIELDS if one.kind is Kind.TEXT and set(one.stored) & set(self.text)]
        return ",".join(self.chance.sample(groups, k=min(len(groups), self.chance.choice((1, 1, 2))))) + "="

    def key(self) -> str:
        """A name, class, number or key that some document has."""
        code = self.chance.choice(self.keys)
        values: tuple[str, ...] = ()
        while not values:
            values = self.chance.choice(self.docs).keys.get(code, ())
        value = self.chance.choice(values)
        match get_field(code).kind:
            case Kind.NAME:
                tokens = tokenise([value])
                if not len(tokens):
                    return self.words()
                at = self.chance.randrange(len(tokens))
                end = min(len(tokens), at + self.chance.randint(1, 6))
                return f'{code}="{"".join(tokens.texts[at:end])}"' if end - at < 4 else f'{code}="{_quoted(value)}"'
            case Kind.CLASS:
                cut = self.chance.choice((1, 3, 4, len(value.split("/")[0]), len(value), len(value)))
                return f'{code}="{_quoted(value[:cut])}"'
            case Kind.NUMBER:
                others = [self.chance.choice(self.docs).keys.get(code, ("CN1",)) for _ in range(2)]
                listed = " ".join(f'"{_quoted(one)}"' for one in (value, *(other[0] for other in others if other)))
                return f"{code}=({listed})" if self.chance.random() < 0.5 else f'{code}="{_quoted(value)}"'
            case _:
                return f'{code}="{_quoted(value)}"'

    def date(self) -> str:
        """A day, month, year, comparison or range."""
        code = self.chance.choice(self.dates)
        day = self._some([doc.dates[code] for doc in self.docs if code in doc.dates])
        text = str(day)[: self.chance.choice((4, 6, 8))]
        if self.chance.random() < 0.3:
            return f"{code}=[{self.chance.choice((text, '*'))} TO {int(str(day)[:4]) + 1}]"
        return f"{code}{self.chance.choice(('=', '>', '<', '>=', '<=', '!='))}{text}"

    def number(self) -> str:
        """A comparison or range of a count."""
        code = self.chance.choice(self.counts)
        value = self._some([doc.numbers[code] for doc in self.docs if code in doc.numbers])
        if self.chance.random() < 0.3:
            return f"{code}={self.chance.choice('[{')}{value} TO {value + self.chance.randint(0, 9)}]"
        return f"{code}{self.chance.choice(('=', '>', '<', '>=', '<=', '!='))}{value}"

    def _some(self, values: Sequence[int]) -> int:
        return self.chance.choice(values)


def _quoted(text: str) -> str:
    return text.replace('"', " ")
