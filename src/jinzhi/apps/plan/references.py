"""References to milestones: by the code of a milestone that the person sees."""

from __future__ import annotations

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.references import resolves
from jinzhi.apps.plan.models import Milestone
from jinzhi.kernel.procedure import MILESTONE


@resolves(MILESTONE)
def milestone(_of: str, code: str, who: Acting) -> str | None:
    """The code of a milestone; one that was dropped is found, so that the step can say since when."""
    if not who.may("plan.read"):
        return None
    return code if Milestone.objects.visible_to(who).filter(code=code).exists() else None
