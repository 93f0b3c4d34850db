"""Files of registers: those of an entry for its readers, an imported sheet for keepers who see all that is in it."""

from __future__ import annotations

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.files import Opened, reads_files
from jinzhi.apps.evidence.models import Attachment
from jinzhi.apps.registers.actions import CREATE, may_write
from jinzhi.apps.registers.queries import hidden, may_read, reading, visible_entries
from jinzhi.kernel.fields import Type
from jinzhi.kernel.register import Register
from jinzhi.kernel.streams import REGISTER, REGISTER_IMPORT, VIEWING


@reads_files("register:")
def of_entry(who: Acting, kept: Attachment) -> Opened | None:
    register = catalogue().find(Register, REGISTER.key(kept.stream))
    if register is None or not may_read(register, who):
        return None
    fields = [f for f in register.fields if f.type is Type.FILE]
    for field in fields:
        entry = visible_entries(who).filter(register=register.id, **{f"data__{field.id}": str(kept.pk)}).first()
        if entry is not None and not hidden(field, reading(who, entry)):
            said = {"entry": entry.number, "fields": [field.id]}
            return Opened((field.id,) if field.withheld else (), VIEWING.of(entry.stream), said)
    return None


@reads_files("register-import:")
def of_sheet(who: Acting, kept: Attachment) -> Opened | None:
    register = catalogue().find(Register, REGISTER_IMPORT.key(kept.stream))
    seen = Attachment.objects.visible_to(who).filter(pk=kept.pk).exists()
    if register is None or who.user is None or not seen or not may_write(register, who, CREATE):
        return None
    personal = tuple(f.id for f in register.fields if f.withheld)
    if any(hidden(f, who) for f in register.fields):
        return None
    said = {"fields": sorted(personal), "sheet": kept.sha256}
    return Opened(personal, f"viewing:register:{register.id}", said)
