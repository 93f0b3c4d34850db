"""Corrections as declared: who may correct what a step recorded. What follows from it: ``kernel.correcting``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinzhi.kernel.access import unknown_roles
from jinzhi.kernel.declare import Catalogue

#: a correction, one that is asked for, one that is refused: events about another event
CORRECT, ASK, REFUSE = "correct", "ask-correction", "refuse-correction"
ABOUT_OTHERS = (CORRECT, ASK, REFUSE)
#: the built-in event that records a day told to a party: ``clock``, ``day``, and how it was told
TELL = "told"
#: built-in events: a letter was served (``letter``, ``to``: the key of who it was served on); the case was given to
#: handlers (``handlers``); somebody may not act (``person``); what others say was looked up again; a case was tied on
SERVED, ASSIGN, RECUSE, REFRESH, LINK = "served", "assign", "recuse", "refresh", "link"
#: the events that every procedure knows
BUILT_IN = (*ABOUT_OTHERS, TELL, SERVED, ASSIGN, RECUSE, REFRESH, LINK)
#: of these, the names that a procedure may give to a step of its own, which then stands instead
OWN_INSTEAD = (ASSIGN, RECUSE, REFRESH, LINK)


@dataclass(frozen=True, slots=True)
class Corrections:
    """Who may correct. ``roles``: instead of those of the step. ``sealed``: roles that still may once it is sealed
    (empty: nobody). ``second``: roles of another person who must agree where it is sealed or moves a clock of the
    asking party.
    """

    roles: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()
    second: tuple[str, ...] = ()

    def problems(self, catalogue: Catalogue, where: str) -> Iterator[str]:
        """What is wrong with the corrections of a place (the procedure, a step)."""
        for role in unknown_roles((*self.roles, *self.sealed, *self.second), catalogue):
            yield f"corrections of {where} name the role {role!r}, which is not declared"
