"""How far the patents of a demonstration have come, for the notice on every page."""

from __future__ import annotations

from dataclasses import dataclass

from jinzhi.demo.models import Progress


@dataclass(frozen=True)
class BeingMade:
    """A stage that is not whole yet: ``done`` of ``total`` documents."""

    done: int
    total: int

    @property
    def percent(self) -> int:
        """Whole percent, rounded down, so that 100 is never said before the end."""
        return min(99, self.done * 100 // max(self.total, 1))


def being_made() -> BeingMade | None:
    """The stage that is being made now, or None once all are whole."""
    row = Progress.objects.filter(ended=None).order_by("began").first()
    return BeingMade(row.done, row.total) if row else None
