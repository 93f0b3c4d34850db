"""The guard of rows: a query over rows that units keep says whose eyes it is for, or it raises.

Every model that units keep carries the materialised path of its unit and this manager. ``visible_to(who)``
narrows to the rows that ``who`` sees; ``unrestricted(reason)`` says in the code why a query needs all rows.
A query that says neither raises Unguarded when it is about to reach the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol, Self

from django.db import models

from jinzhi.kernel.access import Reach, successor


class Unguarded(RuntimeError):
    """A query over rows of units forgot to say whose eyes it is for. This is a defect of the program."""


class Sees(Protocol):
    """Somebody who looks: the path of the unit and the reach of the role."""

    @property
    def path(self) -> str: ...

    @property
    def reach(self) -> Reach: ...


class GuardedQuerySet(models.QuerySet):
    """A query set that will not run before ``visible_to`` or ``unrestricted`` was said."""

    _cleared: bool = False

    def visible_to(self, who: Sees) -> Self:
        """Only the rows that ``who`` sees."""
        out = self._chain()
        out._cleared = True
        match who.reach:
            case Reach.ALL:
                return out
            case Reach.OWN:
                return out.filter(unit_path=who.path)
            case Reach.BELOW:
                return out.filter(unit_path__gte=who.path, unit_path__lt=successor(who.path))

    def unrestricted(self, reason: str) -> Self:
        """All rows; the reason stands in the code for the reader."""
        if not reason:
            raise ValueError("say why this query needs all rows")
        out = self._chain()
        out._cleared = True
        return out

    def _clone(self) -> Self:
        out = super()._clone()
        out._cleared = self._cleared
        return out

    def _check(self) -> None:
        if not self._cleared:
            raise Unguarded(f"a query over {self.model.__name__} says neither visible_to(who) nor unrestricted(reason)")

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self._check()
        super()._fetch_all()

    def iterator(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        self._check()
        return super().iterator(*args, **kwargs)

    def count(self) -> int:
        self._check()
        return super().count()

    def exists(self) -> bool:
        self._check()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._check()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self._check()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._check()
        return super().delete()

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        self._check()
        return super().resolve_expression(*args, **kwargs)

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
