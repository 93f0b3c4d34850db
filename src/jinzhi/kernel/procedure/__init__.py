"""Procedures: a case is the fold of its events; status, clocks and due dates are derived from them.

A procedure declares states, steps between them, clocks with their articles, and what each step asks for.
``fold`` gives the state and clocks of a case on a day; ``offers`` says which steps a role may take now, and for
each that it may not, why. Nothing here reads a clock or a database.

Events known to every procedure: ``correct`` replaces the day or the data of an earlier event (the earlier one stays in
the history); ``told`` records the day that a party was told for a clock. An event whose data hold ``_told`` does the
same beside its step; ``_at`` is the time of day at which it happened, where hours count.

An old case is never refused for what its declaration has become. A name that something had before (``was``) stands for
what it is called now. An event that nothing declares any more, or that does not fit the state it meets, is kept,
followed as far as it says where, and listed (:class:`Strange`); who counts cases leaves such a case out and says so.
``strict`` raises instead: that is for whoever is about to write.
"""

from __future__ import annotations

from jinzhi.kernel.clock import Clock, Extension
from jinzhi.kernel.clocks import ClockView
from jinzhi.kernel.correction import BUILT_IN, CORRECT, TELL
from jinzhi.kernel.events import AT, Event, Strange, corrected, moment_of, standing_events, uncorrected, with_members
from jinzhi.kernel.procedure.aside import Aside
from jinzhi.kernel.procedure.computing import gives_of, moved_pins, seen_of, shows_of
from jinzhi.kernel.procedure.declare import Procedure
from jinzhi.kernel.procedure.effects import Closes, Effect, Link, Linked, On, Opens, Writes
from jinzhi.kernel.procedure.errors import ProcedureError
from jinzhi.kernel.procedure.examples import Example, run_example
from jinzhi.kernel.procedure.fold import TOLD, fold, visits_of
from jinzhi.kernel.procedure.letters import Letter, Service, Way
from jinzhi.kernel.procedure.offers import ANYBODY, Asker, Needs, Offer, may_open, needs_of, offers
from jinzhi.kernel.procedure.order import earliest_day
from jinzhi.kernel.procedure.reasons import ELSEWHERE, NO_EXTENSION_LEFT, NOT_YOUR_ROLE, Objection, Reason, label_of
from jinzhi.kernel.procedure.record import CaseRecord, Element, Outside
from jinzhi.kernel.procedure.state import UNKNOWN, Place, State
from jinzhi.kernel.procedure.step import CASE, MILESTONE, REFERRED, Door, Fact, Step, TakenBy, TakenFrom
from jinzhi.kernel.procedure.view import CaseView, OpenAside, Tied, Visit

__all__ = [
    "ANYBODY",
    "AT",
    "BUILT_IN",
    "CASE",
    "CORRECT",
    "ELSEWHERE",
    "MILESTONE",
    "NOT_YOUR_ROLE",
    "NO_EXTENSION_LEFT",
    "REFERRED",
    "TELL",
    "TOLD",
    "UNKNOWN",
    "Aside",
    "Asker",
    "CaseRecord",
    "CaseView",
    "Clock",
    "ClockView",
    "Closes",
    "Door",
    "Effect",
    "Element",
    "Event",
    "Example",
    "Extension",
    "Fact",
    "Letter",
    "Link",
    "Linked",
    "Needs",
    "Objection",
    "Offer",
    "On",
    "OpenAside",
    "Opens",
    "Outside",
    "Place",
    "Procedure",
    "ProcedureError",
    "Reason",
    "Service",
    "State",
    "Step",
    "Strange",
    "TakenBy",
    "TakenFrom",
    "Tied",
    "Visit",
    "Way",
    "Writes",
    "corrected",
    "earliest_day",
    "fold",
    "gives_of",
    "label_of",
    "may_open",
    "moment_of",
    "moved_pins",
    "needs_of",
    "offers",
    "run_example",
    "seen_of",
    "shows_of",
    "standing_events",
    "uncorrected",
    "visits_of",
    "with_members",
]
