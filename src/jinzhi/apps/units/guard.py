"""The guard of rows: a query over rows that units keep says whose eyes it is for, or it raises.

Every model that units keep carries the materialised path of its unit and this manager. ``visible_to(who)``
narrows to the rows that ``who`` sees; ``unrestricted(reason)`` says in the code why a query needs all rows.
A query that says neither raises Unguarded when it is about to reach the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, Self, TypeVar

from django.db import models
from django.db.models import sql

from jinzhi.kernel.access import Reach, Role, successor


class Unguarded(RuntimeError):
    """A query over rows of units forgot to say whose eyes it is for. This is a defect of the program."""


class Sees(Protocol):
    """Somebody who looks: the path of the unit and the reach of the role."""

    @property
    def path(self) -> str: ...

    @property
    def reach(self) -> Reach: ...


def seen_by(who: Sees) -> models.Q:
    """The condition under which ``who`` sees a row, to be put beside others; alone, say ``visible_to``.

    ``also``, where who looks has it: paths of units that were merged into the one looked at.
    """
    also: tuple[str, ...] = getattr(who, "also", ())
    match who.reach:
        case Reach.ALL:
            return models.Q()
        case Reach.OWN:
            return models.Q(unit_path__in=(who.path, *also)) if also else models.Q(unit_path=who.path)
        case Reach.BELOW:
            out = models.Q(unit_path__gte=who.path, unit_path__lt=successor(who.path))
            for path in also:
                out |= models.Q(unit_path__gte=path, unit_path__lt=successor(path))
            return out


#: a model of rows that units keep
Owned = TypeVar("Owned", bound="UnitOwned", covariant=True)
#: whether a query was cleared; a query that another one holds may be no GuardedQuery
CLEARED = "cleared"


class GuardedQuery(sql.Query):
    """The SQL of a guarded query set: it is not compiled, alone or inside another query, before it is cleared."""

    cleared: bool = False

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        check(self)
        return super().get_compiler(*args, **kwargs)


def check(query: sql.Query) -> None:
    """Raise Unguarded where nobody said for whom a query is."""
    if not getattr(query, CLEARED, False):
        name = query.model.__name__ if query.model else "no model"
        raise Unguarded(f"a query over {name} says neither visible_to(who) nor unrestricted(reason)")


class GuardedQuerySet(models.QuerySet[Owned]):
    """A query set that will not run before ``visible_to`` or ``unrestricted`` was said."""

    def __init__(
        self,
        model: type[Owned] | None = None,
        query: sql.Query | None = None,
        using: str | None = None,
        hints: dict[str, Any] | None = None,
    ):
        super().__init__(model, query if query is not None or model is None else GuardedQuery(model), using, hints)

    def visible_to(self, who: Sees) -> Self:
        """Only the rows that ``who`` sees: within reach, and none that the declarations keep from the role."""
        out = self._cleared().filter(seen_by(who))
        kept = self.model.kept_from(getattr(who, "role", None))
        return out if kept is None else out.exclude(kept)

    def unrestricted(self, reason: str) -> Self:
        """All rows; the reason stands in the code for the reader."""
        if not reason:
            raise ValueError("say why this query needs all rows")
        return self._cleared()

    def _cleared(self) -> Self:
        out = self.all()
        setattr(out.query, CLEARED, True)
        return out

    def update(self, **kwargs: Any) -> int:
        check(self.query)
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        check(self.query)
        return super().delete()

    def raw(self, *args: Any, **kwargs: Any) -> Any:
        raise Unguarded(f"raw SQL over {self.model.__name__} cannot say for whom it is: build the query with the ORM")

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        return super(GuardedQuerySet, self.unrestricted("rows already read are written back")).bulk_update(
            objs, fields, batch_size
        )


GuardedManager = models.Manager.from_queryset(GuardedQuerySet, "GuardedManager")


class UnitOwned(models.Model):
    """A row that a unit keeps. ``unit_path`` copies the unit's path; a checker proves that they agree."""

    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=255, db_index=True)

    objects = GuardedManager()

    class Meta:
        abstract = True

    @classmethod
    def kept_from(cls, role: Role | None) -> models.Q | None:
        """Which rows the declarations keep from a role (``reads``); the platform itself has none and sees all."""
        return None
