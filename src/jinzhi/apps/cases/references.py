"""References to cases: by the number of a case that the person sees."""

from __future__ import annotations

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.references import resolves
from jinzhi.kernel.procedure import CASE


@resolves(CASE)
def case(_of: str, number: str, who: Acting) -> str | None:
    """The number of a case."""
    if not who.may("case.read"):
        return None
    return number if Case.objects.visible_to(who).filter(number=number).exists() else None
