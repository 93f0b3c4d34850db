"""A field: one meaning for a form, a cell of a sheet, a member of JSON and a stored value.

Stored values are JSON: dates and amounts are text (ISO 8601, plain decimal), so nothing is rounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from jinzhi.kernel.declare import Named
from jinzhi.kernel.text import Words, unfit_words

FIELD_ID = re.compile(r"[a-z][a-z0-9_]*\Z")
Value = str | int | bool | list[str] | None


class Role(Protocol):
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


class FieldError(ValueError):
    """A value that a field refuses. ``zh`` and ``en`` say what is wrong and what would be right."""

    def __init__(self, field: Field, zh: str, en: str):
        self.field, self.zh, self.en = field, zh, en
        super().__init__(f"{field.zh}：{zh}")


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


@dataclass(frozen=True)
class Field:
    """``code``: INID or GB code. ``personal``: personal data. ``listed``: a column of lists. ``filtered``: a filter.

    ``unit`` is the unit of measure (件, 万元). ``of`` names the register that a REF points into. ``was``: ids it had
    before; a choice has its own. ``open_to``: "case" (whoever reads the case or entry) or "sealed:role,role" (these
    roles only); like personal data, a sealed value stands beside its event, which holds a salted digest.
    """

    id: str
    zh: str
    en: str
    _: KW_ONLY
    type: Type = Type.TEXT
    required: bool = True
    choices: tuple[Named, ...] = ()
    unit: str = ""
    code: str = ""
    of: str = ""
    help_zh: str = ""
    help_en: str = ""
    searchable: bool = False
    personal: bool = False
    listed: bool = True
    filtered: bool = False
    min: Decimal | None = None
    max: Decimal | None = None
    max_length: int = 2000
    was: tuple[str, ...] = ()
    open_to: str = "case"

    @property
    def help(self) -> Words:
        """What is said beside it; false where nothing is."""
        return Words(self.help_zh, self.help_en)

    @property
    def sealed_for(self) -> tuple[str, ...]:
        """The roles that a sealed field is open to; empty where it is not sealed."""
        head, _, roles = self.open_to.partition(":")
        return tuple(roles.split(",")) if head == "sealed" else ()

    @property
    def withheld(self) -> bool:
        """Whether some readers of the case do not see it: personal or sealed."""
        return self.personal or self.open_to != "case"

    def closed_to(self, role: Role) -> bool:
        """Whether a role does not see the value."""
        return (self.personal and not role.personal) or (self.open_to != "case" and role.id not in self.sealed_for)

    def problems(self) -> Iterator[str]:
        if not FIELD_ID.match(self.id):
            yield f"field id {self.id!r} is not lower_case"
        if not self.zh or not self.en:
            yield f"field {self.id} lacks a name in Chinese or English"
        if self.open_to != "case" and not (self.sealed_for and all(self.sealed_for)):
            yield f"field {self.id}: open_to={self.open_to!r} is not case or sealed:role,role"
        if (self.type is Type.CHOICE) != bool(self.choices):
            yield f"field {self.id}: choices go with type CHOICE and only with it"
        if (self.type is Type.REF) != bool(self.of):
            yield f"field {self.id}: of goes with type REF and only with it"
        if len({c.id for c in self.choices}) != len(self.choices):
            yield f"field {self.id}: two choices share an id"

    def parse(self, raw: object) -> Value:
        """The stored value of what a person, a sheet or a client gave. Raises FieldError."""
        if isinstance(raw, str):
            raw = raw.strip()
        if raw is None or raw == "" or raw == []:
            if self.required and self.type is not Type.BOOL:
                raise FieldError(self, "必填，不能为空", "is required")
            return False if self.type is Type.BOOL else None
        match self.type:
            case Type.BOOL:
                return self._bool(raw)
            case Type.DATE:
                return self._date(raw)
            case Type.INT | Type.DECIMAL:
                return self._number(raw)
            case Type.CHOICE:
                return self._choice(raw)
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
        return text

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
        match self.type:
            case Type.BOOL:
                return ("是" if value else "否") if language == "zh" else ("yes" if value else "no")
            case Type.CHOICE:
                for choice in self.choices:
                    if value == choice.id or value in choice.was:
                        return choice.zh if language == "zh" else choice.en
        return str(value)


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
