"""Indicators over tables: the conditions run in the database, the meaning is that of ``indicator_memory``.

A condition compiles to an expression that is 2 for yes, 1 for unknown and 0 for no, never NULL: ``All`` is the least
of its parts, ``Any`` the greatest, ``Not`` what is missing to 2. Conditions over lists, and values other than constants
and fields, stay in memory: they are refused here. Sums and medians are taken in Python over the numbers of the matching
rows, because SQLite adds decimals as doubles. SQLite also compares decimals as doubles: exact up to 15 significant
digits, which is what fields of registers hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    Case,
    CharField,
    DecimalField,
    F,
    Func,
    IntegerField,
    Model,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable, Expression
from django.db.models.functions import Cast, Greatest, Least
from django.db.models.sql.compiler import SQLCompiler

from jinzhi.engines.indicator_memory import combine, in_period, part_value
from jinzhi.kernel.expression import (
    All,
    Answer,
    Any,
    AtLeast,
    AtMost,
    Given,
    Is,
    Not,
    OneOf,
)
from jinzhi.kernel.expression import F as Path
from jinzhi.kernel.indicator import (
    TODAY,
    Count,
    Indicator,
    Median,
    Scalar,
    Sum,
    kind_of,
    parts,
)
from jinzhi.kernel.indicator import Value as IndicatorValue

NUMBER = DecimalField(max_digits=40, decimal_places=12)


class JsonText(Func):
    """A member of a JSON object as text; NULL where it is missing or null. Yes and no are 'true' and 'false'."""

    output_field = TextField()

    def __init__(self, column: str, key: str):
        self.column, self.key = column, key
        super().__init__(F(column))

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: object
    ) -> tuple[str, tuple[str | int, ...]]:
        column, params = compiler.compile(self.source_expressions[0])
        path = f'$."{self.key}"'
        kind = f"JSON_TYPE({column}, %s)"
        sql = (
            f"CASE WHEN {kind} IN ('true', 'false') THEN {kind} WHEN {kind} = 'null' THEN NULL "
            f"ELSE CAST(JSON_EXTRACT({column}, %s) AS TEXT) END"
        )
        return sql, (*params, path, *params, path, *params, path, *params, path)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: object
    ) -> tuple[str, tuple[str | int, ...]]:
        column, params = compiler.compile(self.source_expressions[0])
        return f"({column} ->> %s)", (*params, self.key)


@dataclass(frozen=True)
class SqlColumn:
    """A field of a source as a column: an expression and the kind of its values (text, number, date, bool).

    ``json``: the expression gives text (ISO dates, plain decimals, 'true'/'false'), as :class:`JsonText` does.
    """

    expression: str | Combinable
    kind: str
    json: bool = False

    @property
    def ref(self) -> Combinable:
        return F(self.expression) if isinstance(self.expression, str) else self.expression

    @property
    def comparable(self) -> Combinable:
        """The expression as the database compares it."""
        if self.kind == "number" and self.json:
            return Cast(self.ref, NUMBER)
        return self.ref

    def constant(self, value: Scalar) -> Value:
        """A value of the right kind as the database compares it."""
        if self.kind == "number":
            return Value(Decimal(value), output_field=NUMBER)  # type: ignore[arg-type]
        if self.json:
            text = ("true" if value else "false") if self.kind == "bool" else str(value)
            return Value(text, output_field=TextField())
        return Value(value)


@dataclass(frozen=True)
class SqlSource:
    """Rows of a table as records: a query set (already narrowed to whom it is for) and its fields.

    ``id`` is an expression that gives the id of the record, equal to the one that the provider of records gives.
    """

    rows: QuerySet[Model]
    columns: Mapping[str, SqlColumn]
    id: str | Combinable = "pk"

    def column(self, field: str) -> SqlColumn | None:
        return self.columns.get(field)


RANK = {Answer.NO: 0, Answer.UNKNOWN: 1, Answer.YES: 2}


def _always(answer: Answer) -> Expression:
    return Value(RANK[answer], output_field=IntegerField())


NO, UNKNOWN, YES = (_always(answer) for answer in (Answer.NO, Answer.UNKNOWN, Answer.YES))


def _answer(yes: Q, unknown: Q | None = None) -> Expression:
    """Yes where one condition on rows holds, else unknown where the other does, else no."""
    cases = [When(unknown, then=UNKNOWN)] if unknown is not None else []
    return Case(*cases, When(yes, then=YES), default=NO, output_field=IntegerField())


class _Compiler:
    """Compiles conditions over a source; every value that is compared becomes an annotation."""

    def __init__(self, source: SqlSource, as_of: date):
        self.rows = source.rows
        self.source, self.as_of = source, as_of
        self.made = 0

    def name(self, expression: Combinable) -> str:
        self.made += 1
        alias = f"jz_{self.made}"
        self.rows = self.rows.alias(**{alias: expression})
        return alias

    def compile(self, condition: object) -> Expression:
        """The answer of a condition as 0, 1 or 2. Raises TypeError for what only memory answers."""
        match condition:
            case Is(str(field), value):
                return self._is(field, value)
            case OneOf(str(field), values):
                return self._joined([self._is(field, value) for value in values], Greatest, NO)
            case Given(str(field)):
                column = self.source.column(field)
                return NO if column is None else _answer(Q(**{f"{self.name(column.ref)}__isnull": False}))
            case AtLeast(str(field), bound):
                return self._ordered(field, bound, "gte")
            case AtMost(str(field), bound):
                return self._ordered(field, bound, "lte")
            case Not(inner):
                return YES - self.compile(inner)
            case All(inner):
                return self._joined([self.compile(part) for part in inner], Least, YES)
            case Any(inner):
                return self._joined([self.compile(part) for part in inner], Greatest, NO)
        raise TypeError(f"the database does not answer {condition!r}")

    def _joined(self, answers: list[Expression], how: type[Least | Greatest], empty: Expression) -> Expression:
        if len(answers) < 2:
            return answers[0] if answers else empty
        return how(*answers, output_field=IntegerField())

    def _other(self, value: object) -> SqlColumn | Scalar:
        """What a field is held against: another field, or a constant; None where there is nothing."""
        if value == TODAY:
            return self.as_of
        if isinstance(value, Path):
            return self.source.column(value.path)
        if value is None or isinstance(value, (str, int, Decimal, bool, date)):
            return value
        raise TypeError(f"the database does not answer {value!r}")

    def _is(self, field: str, value: object) -> Expression:
        column, other = self.source.column(field), self._other(value)
        if value is None:
            return YES if column is None else _answer(Q(**{f"{self.name(column.ref)}__isnull": True}))
        sides = self._sides(column, other)
        if sides is None:
            return NO
        left, right = sides
        return _answer(Q(**{left: F(right) if isinstance(right, str) else right}))

    def _ordered(self, field: str, bound: object, how: str) -> Expression:
        column, other = self.source.column(field), self._other(bound)
        sides = self._sides(column, other)
        if sides is None or column is None or column.kind not in ("number", "date"):
            return UNKNOWN
        left, right = sides
        blank = Q(**{f"{left}__isnull": True})
        if isinstance(right, str):
            blank |= Q(**{f"{right}__isnull": True})
        return _answer(Q(**{f"{left}__{how}": F(right) if isinstance(right, str) else right}), blank)

    def _sides(self, column: SqlColumn | None, other: SqlColumn | Scalar) -> tuple[str, str | Value] | None:
        """A field and what it is held against, as the database compares them; None where they are of two kinds."""
        if column is None or other is None:
            return None
        if isinstance(other, SqlColumn):
            if column.kind != other.kind:
                return None
            left, right = column.comparable, other.comparable
            if column.kind == "date" and column.json != other.json:
                left, right = _iso(column), _iso(other)
            return self.name(left), self.name(right)
        if kind_of(other) != column.kind:
            return None
        return self.name(column.comparable), column.constant(other)


def _iso(column: SqlColumn) -> Combinable:
    """A date as ISO text."""
    return column.ref if column.json else Cast(column.ref, CharField())


def _number(text: object) -> Decimal | None:
    return None if text is None else Decimal(str(text))


def evaluate(indicator: Indicator, sources: Mapping[str, SqlSource], as_of: date) -> IndicatorValue:
    """The value of an indicator; agrees with ``indicator_memory.evaluate`` over the same rows.

    One query for each part of the measure. KeyError where a source is missing.
    """
    values: list[Decimal | None] = []
    behind: list[tuple[str, ...]] = []
    open_: list[str] = []
    for part in parts(indicator.measure):
        counted, unknown = _judged(indicator, part, sources[part.source], as_of)
        values.append(part_value(part, [number for _id, number in counted]))
        behind.append(tuple(id for id, _number in counted))
        open_ += unknown
    return combine(indicator, values, behind, as_of, open_)


def _judged(
    indicator: Indicator, part: Count | Sum | Median, source: SqlSource, as_of: date
) -> tuple[list[tuple[str, Decimal | None]], list[str]]:
    """The rows that a part counts, each with its number, and those of which it is not known."""
    compiler = _Compiler(source, as_of)
    period = compiler.name(compiler.compile(in_period(indicator, as_of)))
    where = compiler.name(compiler.compile(part.where))
    column = None if isinstance(part, Count) else source.column(part.field)
    known = column is not None and column.kind == "number"
    wanted: dict[str, Combinable] = {"jz_id": F(source.id) if isinstance(source.id, str) else source.id}
    wanted["jz_answer"] = F(where)
    wanted["jz_number"] = column.ref if column is not None and known else Value(None, output_field=TextField())
    rows = compiler.rows.filter(**{period: RANK[Answer.YES], f"{where}__gt": RANK[Answer.NO]})
    found = list(rows.annotate(**wanted).values_list(*wanted))
    sure = [(str(id), _number(number)) for id, answer, number in found if answer == RANK[Answer.YES]]
    counted = sure if isinstance(part, Count) else [row for row in sure if row[1] is not None]
    return counted, [str(id) for id, answer, _number in found if answer == RANK[Answer.UNKNOWN]]
