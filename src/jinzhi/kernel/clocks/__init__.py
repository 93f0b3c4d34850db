"""Clocks of a case: what starts, stops and lengthens them, on which days they stand still, and when they end.

A :class:`~jinzhi.kernel.clock.Clock` is declared; a :class:`Run` is one run of it while the events of a case are read
in order (:meth:`Folding.take`, one :class:`~jinzhi.kernel.happening.Happening` an event); :meth:`Folding.views` says
how each stands on a day. No event and no case is known here: what an event did and the case as it stood after it are
handed in, the latter as a record that expressions are judged on.

**One event, in order**: what it stops ends; stretches that do not count begin or end; more time is granted; what it
restarts counts anew; what it starts starts. A step that both starts and stops a clock ends what runs, or starts and
ends a run at once.

**Standing still.** Each aside or state that a clock names is a span of its own: from the day on which it begins to the
day before it ends; one that begins and ends on the same day takes out nothing. Spans may overlap: a day is taken out
once (:mod:`jinzhi.kernel.period`). One that began before the clock started holds from its start. An aside about one
element stops the run of that element, and any run that is about the whole case.

**Told dates.** A day told to a party holds against a later holiday notice or law, but not against what is recorded
afterwards: a suspension, an exclusion, an extension, another day. The clock then counts anew and says so
(``tell_again``).
"""

from __future__ import annotations

from jinzhi.kernel.clocks.folding import Folding
from jinzhi.kernel.clocks.run import Run
from jinzhi.kernel.clocks.view import ClockStatus, ClockView

__all__ = ["ClockStatus", "ClockView", "Folding", "Run"]
