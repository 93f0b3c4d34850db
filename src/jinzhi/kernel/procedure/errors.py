"""What is raised where events do not fit a procedure."""

from __future__ import annotations


class ProcedureError(ValueError):
    """Events that do not fit the procedure; the message names the event."""
