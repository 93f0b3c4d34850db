"""Which procedures and registers the declarations keep from a role: ``reads``, asked in one place."""

from __future__ import annotations

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.kernel.access import Role
from jinzhi.kernel.procedure import Procedure
from jinzhi.kernel.register import Register


def may_read(declared: Procedure | Register, role: Role | None) -> bool:
    """Whether a role reads the cases, or the entries, at all. The platform itself (no role) reads everything."""
    if role is None or not declared.reads:
        return True
    keepers = declared.writes if isinstance(declared, Register) else ()
    return role.id in (*declared.reads, *keepers)


def closed_procedures(role: Role | None) -> list[str]:
    """The procedures kept from a role, under every name that a case may be kept by."""
    return [name for p in catalogue().all(Procedure) if not may_read(p, role) for name in p.names]


def closed_registers(role: Role | None) -> list[str]:
    """The registers kept from a role."""
    return [r.id for r in catalogue().all(Register) if not may_read(r, role)]


def closed_source(source: str, role: Role | None) -> bool:
    """Whether a source of records (``procedure:…``, ``register:…``) is kept from a role."""
    kind, _, name = source.partition(":")
    if kind == Procedure.kind:
        return name in closed_procedures(role)
    return kind == Register.kind and name in closed_registers(role)
