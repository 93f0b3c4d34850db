"""Files of cases: for those who see the case; one in a personal field for roles that see personal data."""

from __future__ import annotations

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import events_of, personal_files, procedure_of
from jinzhi.apps.evidence.files import Opened, reads_files
from jinzhi.apps.evidence.models import Attachment


@reads_files("case:")
def of_case(who: Acting, kept: Attachment) -> Opened | None:
    id = kept.stream.removeprefix("case:")
    seen = Case.objects.visible_to(who).filter(pk=int(id) if id.isdecimal() else 0).first()
    if seen is None or not who.may("case.read"):
        return None
    if str(kept.pk) not in personal_files(procedure_of(seen), events_of(seen)):
        return Opened()
    if not who.role.personal:
        return None
    name = f"attachment:{kept.pk}"
    return Opened((name,), f"viewing:{seen.stream}", {"case": seen.number, "fields": [name]})
