"""What is said when a file is not a plan that can be read."""

from __future__ import annotations


class PlanDocumentError(Exception):
    """The document can't be read or holds no division of work. The message is for the user: Chinese, with a way out.

    ``code`` is stable: empty, type, size, bomb, encrypted, scanned, damaged, drawn-table,
    not-a-plan.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
