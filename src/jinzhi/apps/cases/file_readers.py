"""Files of cases: for those who see the case; one in a personal or sealed field for roles that see it."""

from __future__ import annotations

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import events_of, files_in, procedure_of
from jinzhi.apps.evidence.events.files import Opened, reads_files
from jinzhi.apps.evidence.models import Attachment
from jinzhi.kernel.streams import CASE, VIEWING


@reads_files("case:")
def of_case(who: Acting, kept: Attachment) -> Opened | None:
    id = CASE.key(kept.stream)
    seen = Case.objects.visible_to(who).filter(pk=int(id) if id.isdecimal() else 0).first()
    if seen is None or not who.may("case.read"):
        return None
    fields = [f for id, f in files_in(procedure_of(seen), events_of(seen)) if id == str(kept.pk) and f.withheld]
    if not fields:
        return Opened()
    if any(f.closed_to(who.role) for f in fields):
        return None
    name = f"attachment:{kept.pk}"
    return Opened((name,), VIEWING.of(seen.stream), {"case": seen.number, "fields": [name]})
