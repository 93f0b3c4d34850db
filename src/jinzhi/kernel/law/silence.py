"""Where a law gives no figure: it sets none, or nobody has confirmed which."""

from __future__ import annotations

from enum import Enum


class Silence(Enum):
    """What stands in the place of a value. ``NO_TERM``: this version sets no such term, and the clock does not start.
    ``UNSET``（待核实）: there is one, but nobody has confirmed it; the clock starts without a date and says so."""

    NO_TERM = "no-term"
    UNSET = "unset"

    @property
    def zh(self) -> str:
        return {Silence.NO_TERM: "不设此期限", Silence.UNSET: "待核实"}[self]

    @property
    def en(self) -> str:
        return {Silence.NO_TERM: "no such term", Silence.UNSET: "to be confirmed"}[self]


NO_TERM, UNSET = Silence.NO_TERM, Silence.UNSET
