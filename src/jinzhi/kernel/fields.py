"""A field: one meaning for a form, a cell of a sheet, a member of JSON and a stored value.

Stored values are JSON: dates and amounts are text (ISO 8601, plain decimal), so nothing is rounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from jinzhi.kernel.numbers import NumberError, number_of
from jinzhi.kernel.period import Length, length_of
from jinzhi.kernel.text import Words, unfit_words

FIELD_ID = re.compile(r"[a-z][a-z0-9_]*\Z")
#: the member of an element of a list that names it, and stays
KEY = "_key"
Value = str | int | bool | list[Any] | None


#: open to whoever reads the case or entry, or to everybody
OPEN = ("public", "case")


class Choice(Protocol):
    """What a field asks of a choice: its id, its names and the ids it had (kernel.declare.Named, a check)."""

    @property
    def id(self) -> str: ...

    @property
    def zh(self) -> str: ...

    @property
    def en(self) -> str: ...

    @property
    def was(self) -> tuple[str, ...]: ...


class TextForm(Protocol):
    """The standard that a text is written in (:mod:`jinzhi.standards.forms`)."""

    @property
    def id(self) -> str: ...

    def read(self, text: str, /) -> str:
        """The standard form of a text. Raises ValueError(zh, en)."""


class ReaderRole(Protocol):
    """What a field asks of a role: its id, and whether it sees personal data (kernel.access.Role is one)."""

    @property
    def id(self) -> str: ...

    @property
    def personal(self) -> bool: ...


class Type(StrEnum):
    """What a field holds."""

    TEXT = "text"
    LONG = "long"
    INT = "int"
    DECIMAL = "decimal"
    DATE = "date"
    BOOL = "bool"
    CHOICE = "choice"
    UNIT = "unit"
    FILE = "file"
    REF = "ref"
    MONEY = "money"
    DATETIME = "datetime"
    ANSWER = "answer"
    LENGTH = "length"
    PERSON = "person"
    LIST = "list"


class FieldError(ValueError):
    """A value that a field refuses. ``zh`` and ``en`` say what is wrong and what would be right."""

    def __init__(self, field: Field, zh: str, en: str):
        self.field, self.zh, self.en = field, zh, en
        super().__init__(f"{field.zh}：{zh}")


def personal_closed_to(role: ReaderRole) -> bool:
    """Whether a role does not see personal values, whatever field they stand in."""
    return not role.personal


@dataclass(frozen=True)
class Field:
    """``code``: INID or GB code. ``listed``: a column of lists. ``filtered``: a filter.

    ``unit`` is the unit of measure (件, 万元). ``of`` names the register that a REF points into. ``many``: several
    values; a LIST has elements with the fields ``items``, each with a key that stays; of either ``min_items`` and
    ``max_items``, ``odd``: an odd number. ``was``: ids it had before; a choice has its own; a check may be a choice.
    ``form``: the standard that a text is written in; it is kept in its standard form.
    ``open_to``: "public", "case" (whoever reads the case or entry), "personal" (personal data: roles that see them) or
    "sealed:role,role" (these roles only). A personal or sealed value stands beside its event, which holds a salted
    digest; of a list, all of it.
    """

    id: str
    zh: str
    en: str
    _: KW_ONLY
    type: Type = Type.TEXT
    required: bool = True
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    code: str = ""
    of: str = ""
    help_zh: str = ""
    help_en: str = ""
    searchable: bool = False
    listed: bool = True
    filtered: bool = False
    min: Decimal | None = None
    max: Decimal | None = None
    max_length: int = 2000
    was: tuple[str, ...] = ()
    open_to: str = "case"
    many: bool = False
    items: tuple[Field, ...] = ()
    min_items: int = 0
    max_items: int | None = None
    odd: bool = False
    form: TextForm | None = None

    @property
    def help(self) -> Words:
        """What is said beside it; false where nothing is."""
        return Words(self.help_zh, self.help_en)

    @property
    def personal(self) -> bool:
        """Whether it holds personal data."""
        return self.open_to == "personal"

    @property
    def sealed_for(self) -> tuple[str, ...]:
        """The roles that a sealed field is open to; empty where it is not sealed."""
        head, _, roles = self.open_to.partition(":")
        return tuple(roles.split(",")) if head == "sealed" else ()

    @property
    def withheld(self) -> bool:
        """Whether some readers of the case do not see it: personal or sealed."""
        return self.open_to not in OPEN

    def closed_to(self, role: ReaderRole) -> bool:
        """Whether a role does not see the value."""
        if self.personal:
            return personal_closed_to(role)
        return self.withheld and role.id not in self.sealed_for

    def problems(self) -> Iterator[str]:
        if not FIELD_ID.match(self.id):
            yield f"field id {self.id!r} is not lower_case"
        if not self.zh or not self.en:
            yield f"field {self.id} lacks a name in Chinese or English"
        if self.withheld and not self.personal and not (self.sealed_for and all(self.sealed_for)):
            yield f"field {self.id}: open_to={self.open_to!r} is not public, case, personal or sealed:role,role"
        if (self.type is Type.CHOICE) != bool(self.choices):
            yield f"field {self.id}: choices go with type CHOICE and only with it"
        if (self.type is Type.REF) != bool(self.of):
            yield f"field {self.id}: of goes with type REF and only with it"
        if self.form is not None and self.type is not Type.TEXT:
            yield f"field {self.id}: form goes with type TEXT and only with it"
        if len({c.id for c in self.choices}) != len(self.choices):
            yield f"field {self.id}: two choices share an id"
        yield from self._misfit()

    def _misfit(self) -> Iterator[str]:
        """What is wrong with how many values it holds."""
        several = self.many or self.type is Type.LIST
        if (self.type is Type.LIST) != bool(self.items):
            yield f"field {self.id}: items go with type LIST and only with it"
        if not several and (self.min_items or self.max_items is not None or self.odd):
            yield f"field {self.id}: min_items, max_items and odd go with many or LIST"
        if self.max_items is not None and self.max_items < self.min_items:
            yield f"field {self.id}: max_items={self.max_items} is less than min_items={self.min_items}"
        if len({i.id for i in self.items}) != len(self.items):
            yield f"field {self.id}: two items share an id"
        for item in self.items:
            yield from item.problems()
            if item.withheld:
                yield f"field {self.id}: the list itself, not its item {item.id}, says open_to={item.open_to!r}"
            if item.id in (KEY, "item", "up"):
                yield f"field {self.id}: an item may not be called {item.id!r}"

    def parse(self, raw: object) -> Value:
        """The stored value of what a person, a sheet or a client gave. Raises FieldError."""
        if isinstance(raw, str):
            raw = raw.strip()
        if raw is None or raw == "" or raw == []:
            if self.required and self.type is not Type.BOOL:
                raise FieldError(self, "必填，不能为空", "is required")
            return False if self.type is Type.BOOL else None
        if self.many or self.type is Type.LIST:
            return self._several(raw)
        match self.type:
            case Type.BOOL:
                return self._bool(raw)
            case Type.DATE:
                return self._date(raw)
            case Type.INT | Type.DECIMAL | Type.MONEY:
                return self._number(raw)
            case Type.CHOICE:
                return self._choice(raw)
            case Type.DATETIME:
                return self._moment(raw)
            case Type.ANSWER:
                return self._answer(raw)
            case Type.LENGTH:
                return self._length(raw)
        if not isinstance(raw, (str, int, Decimal)):
            raise FieldError(self, "应为文字", "must be text")
        text = str(raw)
        if len(text) > self.max_length:
            raise FieldError(
                self,
                f"最多 {self.max_length} 字，现有 {len(text)} 字",
                f"at most {self.max_length} characters, got {len(text)}",
            )
        unfit = unfit_words(text)
        if unfit:
            raise FieldError(self, *unfit)
        return self._formed(text)

    def _formed(self, text: str) -> str:
        """A text in the standard that it is written in. Raises FieldError."""
        if self.form is None:
            return text
        try:
            return self.form.read(text)
        except ValueError as e:
            raise FieldError(self, *e.args) from None

    def _several(self, raw: object) -> Value:
        """Several values, or elements that each have a key that stays. Raises FieldError."""
        given = raw if isinstance(raw, (list, tuple)) else [raw]
        count = len(given)
        if count < self.min_items:
            raise FieldError(self, f"至少 {self.min_items} 项，现有 {count} 项", f"wants at least {self.min_items}")
        if self.max_items is not None and count > self.max_items:
            raise FieldError(self, f"最多 {self.max_items} 项，现有 {count} 项", f"takes at most {self.max_items}")
        if self.odd and count % 2 == 0:
            raise FieldError(self, f"应为单数，现为 {count} 项", f"must be an odd number, got {count}")
        if self.type is Type.LIST:
            return [self._element(element, n) for n, element in enumerate(given, 1)]
        return [replace(self, many=False, min_items=0, max_items=None, odd=False).parse(one) for one in given]

    def _element(self, raw: object, n: int) -> dict[str, Value]:
        if not isinstance(raw, Mapping):
            raise FieldError(self, f"第 {n} 项应为一组值", f"element {n} must be a group of values")
        values, errors = parse_all(self.items, raw)
        if errors:
            raise FieldError(self, f"第 {n} 项：{errors[0]}", f"element {n}: {errors[0].field.en} {errors[0].en}")
        return {KEY: str(raw.get(KEY) or n), **{k: v for k, v in values.items() if v is not None}}

    def _moment(self, raw: object) -> str:
        text = raw.isoformat() if isinstance(raw, datetime) else str(raw).replace(" ", "T")
        try:
            return datetime.fromisoformat(text).isoformat(timespec="minutes")
        except ValueError:
            why = f"{raw!r} is no moment, write 2026-11-22 09:30"
            raise FieldError(self, f"“{raw}”不是时刻，请写成 2026-11-22 09:30", why) from None

    def _answer(self, raw: object) -> str:
        word = str(raw).lower()
        known = {"yes": "yes", "是": "yes", "no": "no", "否": "no", "unknown": "unknown", "不明": "unknown"}
        if word not in known:
            raise FieldError(self, f"应为 是、否 或 不明，得到“{raw}”", f"must be yes, no or unknown, got {raw!r}")
        return known[word]

    def _length(self, raw: object) -> str:
        try:
            return (raw if isinstance(raw, Length) else length_of(str(raw))).code
        except ValueError:
            why = f"{raw!r} is no length of time, write 15 workday, 30 day, 3 month or 24 hour"
            raise FieldError(self, f"“{raw}”不是期限，请写成 15 workday、30 day、3 month、24 hour", why) from None

    def _bool(self, raw: object) -> bool:
        word = str(raw).lower()
        if word in ("true", "1", "on", "yes", "是"):
            return True
        if word in ("false", "0", "off", "no", "否"):
            return False
        raise FieldError(self, f"应为 是 或 否，得到“{raw}”", f"must be yes or no, got {raw!r}")

    def _date(self, raw: object) -> str:
        if isinstance(raw, datetime):
            return raw.date().isoformat()
        if isinstance(raw, date):
            return raw.isoformat()
        text = str(raw).replace("/", "-").replace(".", "-")
        text = re.sub(r"\A(\d{4})年(\d{1,2})月(\d{1,2})日\Z", r"\1-\2-\3", text)
        m = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text, re.ASCII)
        try:
            if not m:
                raise ValueError
            return date(int(m[1]), int(m[2]), int(m[3])).isoformat()
        except ValueError:
            raise FieldError(
                self, f"“{raw}”不是日期，请写成 2026-11-22", f"{raw!r} is no date, write 2026-11-22"
            ) from None

    def _number(self, raw: object) -> Value:
        try:
            number = number_of(raw)
        except NumberError as e:
            raise FieldError(self, e.zh, e.en) from None
        if self.type is Type.INT and number != number.to_integral_value():
            raise FieldError(self, f"“{raw}”应为整数", f"{raw!r} must be a whole number")
        if self.min is not None and number < self.min:
            raise FieldError(self, f"不能小于 {self.min}", f"must not be below {self.min}")
        if self.max is not None and number > self.max:
            raise FieldError(self, f"不能大于 {self.max}", f"must not be above {self.max}")
        if abs(number) >= Decimal(10) ** 15:
            raise FieldError(self, "数字过大，请核对单位", "is too large: check the unit")
        if self.type is Type.INT:
            return int(number)
        return f"{number:f}"

    def _choice(self, raw: object) -> str:
        for choice in self.choices:
            if raw in (choice.id, choice.zh, choice.en, *choice.was):
                return choice.id
        known = "、".join(c.zh for c in self.choices)
        raise FieldError(self, f"“{raw}”不在可选项中：{known}", f"{raw!r} is not one of the choices")

    def show(self, value: object, language: str = "zh") -> str:
        """The value as a person reads it."""
        if value is None or value == "":
            return ""
        if isinstance(value, list | tuple):
            one = replace(self, many=False)
            return ("；" if language == "zh" else "; ").join(one.show(v, language) for v in value)
        if isinstance(value, Mapping):
            return self._show_element(value, language)
        match self.type:
            case Type.BOOL:
                return ("是" if value else "否") if language == "zh" else ("yes" if value else "no")
            case Type.ANSWER if language == "zh":
                return {"yes": "是", "no": "否", "unknown": "不明"}.get(str(value), str(value))
            case Type.CHOICE:
                for choice in self.choices:
                    if value == choice.id or value in choice.was:
                        return choice.zh if language == "zh" else choice.en
        return str(value)

    def _show_element(self, element: Mapping[str, object], language: str) -> str:
        """An element of a list: its first value, the others by their names beside it."""
        said = [(f, f.show(element.get(f.id), language)) for f in self.items]
        (_, first), *others = said
        zh = language == "zh"
        beside = [f"{f.zh}：{text}" if zh else f"{f.en}: {text}" for f, text in others if text]
        if not beside:
            return first
        return f"{first}（{'，'.join(beside)}）" if zh else f"{first} ({', '.join(beside)})"


def current(fields: Iterable[Field], data: Mapping[str, object]) -> dict[str, object]:
    """Stored data by the names that fields and choices have today; what no field claims stays as it is."""
    out = dict(data)
    for field in fields:
        for old in field.was:
            if old in out:
                value = out.pop(old)
                out.setdefault(field.id, value)
        if field.type is Type.CHOICE and field.id in out:
            out[field.id] = next((c.id for c in field.choices if out[field.id] in c.was), out[field.id])
        elements = out.get(field.id)
        if field.items and isinstance(elements, list):
            out[field.id] = [current(field.items, e) if isinstance(e, Mapping) else e for e in elements]
    return out


def parse_all(fields: Iterable[Field], raw: Mapping[str, object]) -> tuple[dict[str, Value], tuple[FieldError, ...]]:
    """Every field of a form or row at once: the values that hold, and every error, not only the first."""
    values: dict[str, Value] = {}
    errors: list[FieldError] = []
    for field in fields:
        try:
            values[field.id] = field.parse(raw.get(field.id))
        except FieldError as e:
            errors.append(e)
    return values, tuple(errors)
