"""What we extend of axes' handler; the library says no types. mypy reads this, nothing runs it."""

from typing import Any

from django.http import HttpRequest

class AxesDatabaseHandler:
    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool: ...
    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int: ...
