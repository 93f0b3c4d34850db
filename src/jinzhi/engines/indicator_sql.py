"""Indicators over tables: the conditions run in the database, the meaning is that of ``indicator_memory``.

A condition compiles to an expression that is 1 or 0 and never NULL, so ``Not`` is plain negation here too. Sums and
medians are taken in Python over the numbers of the matching rows, because SQLite adds decimals as doubles. SQLite
also compares decimals as doubles: exact up to 15 significant digits, which is what fields of registers hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import and_, or_

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    Case,
    CharField,
    DecimalField,
    F,
    Field,
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
from django.db.models.functions import Cast
from django.db.models.sql.compiler import SQLCompiler

from jinzhi.engines.indicator_memory import combine, in_period, kind_of, part_value
from jinzhi.kernel.indicator import (
    All,
    Any,
    AtLeast,
    AtMost,
    Condition,
    Count,
    Given,
    Indicator,
    Is,
    Not,
    NotAfter,
    OneOf,
    OnOrBeforeAsOf,
    Scalar,
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


def _truth(condition: Q) -> Expression:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


TRUE = Value(1, output_field=IntegerField())
FALSE = Value(0, output_field=IntegerField())


class _Compiler:
    """Compiles conditions over a source; every sub-condition becomes an annotation that is 1 or 0."""

    def __init__(self, source: SqlSource, as_of: date):
        self.rows = source.rows
        self.source, self.as_of = source, as_of
        self.made = 0

    def name(self, expression: Combinable, output: Field[object, object] | None = None) -> str:
        self.made += 1
        alias = f"jz_{self.made}"
        self.rows = self.rows.alias(**{alias: expression})
        return alias

    def compile(self, condition: Condition) -> Expression:
        match condition:
            case Is(field, value):
                return self._is(field, value)
            case OneOf(field, values):
                return self.compile(Any(tuple(Is(field, v) for v in values)))
            case Given(field):
                return self._given(field)
            case AtLeast(field, bound):
                return self._compare(field, bound, "gte")
            case AtMost(field, bound):
                return self._compare(field, bound, "lte")
            case NotAfter(field, other):
                return self._fields(field, other)
            case OnOrBeforeAsOf(field):
                return self._compare(field, self.as_of, "lte")
            case Not(inner):
                return _truth(Q(**{self.name(self.compile(inner)): 0}))
            case All(inner):
                return self._joined(inner, and_, TRUE)
            case Any(inner):
                return self._joined(inner, or_, FALSE)
        raise TypeError(f"{condition!r} is no condition")

    def _joined(self, inner: tuple[Condition, ...], how: Callable[[Q, Q], Q], empty: Expression) -> Expression:
        if not inner:
            return empty
        joined = Q(**{self.name(self.compile(inner[0])): 1})
        for condition in inner[1:]:
            joined = how(joined, Q(**{self.name(self.compile(condition)): 1}))
        return _truth(joined)

    def _given(self, field: str) -> Expression:
        column = self.source.column(field)
        if column is None:
            return FALSE
        return _truth(Q(**{f"{self.name(column.ref)}__isnull": False}))

    def _is(self, field: str, value: Scalar) -> Expression:
        column = self.source.column(field)
        if value is None:
            return TRUE if column is None else _truth(Q(**{f"{self.name(column.ref)}__isnull": True}))
        if column is None or kind_of(value) != column.kind:
            return FALSE
        return _truth(Q(**{self.name(column.comparable): column.constant(value)}))

    def _compare(self, field: str, bound: Scalar, how: str) -> Expression:
        column = self.source.column(field)
        kind = kind_of(bound)
        if column is None or column.kind != kind or kind not in ("number", "date"):
            return FALSE
        return _truth(Q(**{f"{self.name(column.comparable)}__{how}": column.constant(bound)}))

    def _fields(self, field: str, other: str) -> Expression:
        left, right = self.source.column(field), self.source.column(other)
        if left is None or right is None or left.kind != right.kind or left.kind not in ("number", "date"):
            return FALSE
        left_side, right_side = left.comparable, right.comparable
        if left.kind == "date" and left.json != right.json:
            left_side, right_side = _iso(left), _iso(right)
        return _truth(Q(**{f"{self.name(left_side)}__lte": F(self.name(right_side))}))


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
    for part in parts(indicator.measure):
        source = sources[part.source]
        compiler = _Compiler(source, as_of)
        where = compiler.name(compiler.compile(All((in_period(indicator, as_of), part.where))))
        wanted: dict[str, Combinable] = {"jz_id": F(source.id) if isinstance(source.id, str) else source.id}
        column = None if isinstance(part, Count) else source.column(part.field)
        if column is not None:
            wanted["jz_number"] = column.ref
        rows = compiler.rows.filter(**{where: 1})
        found = list(rows.annotate(**wanted).values_list(*wanted))
        ids: list[str]
        numbers: list[Decimal | None]
        if isinstance(part, Count):
            ids, numbers = [str(r[0]) for r in found], [None] * len(found)
        elif column is None or column.kind != "number":
            ids, numbers = [], []
        else:
            known = [(str(r[0]), _number(r[1])) for r in found if r[1] is not None]
            ids, numbers = [k[0] for k in known], [k[1] for k in known]
        values.append(part_value(part, numbers))
        behind.append(tuple(ids))
    return combine(indicator, values, behind, as_of)
