"""What we extend of allauth's adapter; the library says no types. mypy reads this, nothing runs it."""

from django.http import HttpRequest

class DefaultAccountAdapter:
    def is_open_for_signup(self, request: HttpRequest) -> bool: ...
    def pre_authenticate(self, request: HttpRequest, **credentials: object) -> None: ...
