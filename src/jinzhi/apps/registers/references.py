"""References into registers: by the number of an entry that the person may read."""

from __future__ import annotations

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.references import REGISTER, resolves
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.registers.queries import may_read, visible_entries
from jinzhi.kernel.register import Register


@resolves(REGISTER)
def entry(register: str, number: str, who: Acting) -> str | None:
    """The number of an entry of this register."""
    declared = catalogue().find(Register, register)
    if declared is None or not may_read(declared, who):
        return None
    there = visible_entries(who).filter(register=register, number=number).exists()
    return number if there else None
