"""A procedure: its parts, and whether they make a sound whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinzhi.kernel.access import unknown_roles
from jinzhi.kernel.declare import Catalogue
from jinzhi.kernel.procedure.circles import circle_problems
from jinzhi.kernel.procedure.naming import naming_problems
from jinzhi.kernel.procedure.parts import Parts
from jinzhi.kernel.procedure.pins import pin_problems
from jinzhi.kernel.procedure.soundness import soundness_problems
from jinzhi.kernel.procedure.standing import expression_problems


@dataclass(frozen=True, kw_only=True)
class Procedure(Parts):
    """A matter with steps, roles and deadlines."""

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        yield from super().problems(catalogue)
        yield from naming_problems(self)
        yield from self._outside(catalogue)
        for state in self.states:
            yield from state.problems()
        for aside in self.asides:
            yield from aside.problems([s.id for s in self.steps])
        for step in self.steps:
            yield from step.problems(self, catalogue)
        for clock in self.clocks:
            yield from clock.problems(self, catalogue)
        yield from soundness_problems(self)
        yield from expression_problems(self, catalogue)
        yield from pin_problems(self)
        yield from circle_problems(self, catalogue)

    def _outside(self, catalogue: Catalogue) -> Iterator[str]:
        """What is wrong with who reads and corrects it, with its title and with how letters are served."""
        yield from self.corrections.problems(catalogue, "the procedure")
        for role in unknown_roles(self.reads, catalogue):
            yield f"reads names the role {role!r}, which is not declared"
        for role in unknown_roles([self.first_reading.to] if self.first_reading else [], catalogue):
            yield f"first_reading names the role {role!r}, which is not declared"
        step, _, input = self.title.partition(".")
        if self.title and not any(s.id == step and f.id == input for s in self.steps for f in s.inputs):
            yield f"title={self.title!r} is no input of a step"
        yield from self.law.problems(catalogue) if self.law else ()
        for given in self.fields:
            yield from given.problems()
        for service in self.service:
            yield from service.problems()
        laws = [service.law for service in self.service]
        for law in dict.fromkeys(laws):
            if laws.count(law) > 1:
                yield f"service is said twice for {law or 'every law'}"
