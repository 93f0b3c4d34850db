"""Laws as dated values: what is in force on a day, which version of a rule a case keeps, which law a case is under."""

from __future__ import annotations

from jinzhi.kernel.law.dated import Dated, NoRuleInForce, Version
from jinzhi.kernel.law.norms import Force, Law, Parameter, Provision, Rank
from jinzhi.kernel.law.regime import Regime, Term
from jinzhi.kernel.law.silence import NO_TERM, UNSET, Silence

__all__ = [
    "NO_TERM",
    "UNSET",
    "Dated",
    "Force",
    "Law",
    "NoRuleInForce",
    "Parameter",
    "Provision",
    "Rank",
    "Regime",
    "Silence",
    "Term",
    "Version",
]
