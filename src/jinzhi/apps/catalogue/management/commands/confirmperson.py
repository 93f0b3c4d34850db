"""``jinzhi confirmperson``: that a natural person of its own stands behind an account. For the machine's operator."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from jinzhi.apps.accounts.models import User
from jinzhi.apps.accounts.persons import confirm
from jinzhi.apps.accounts.reach import AccountRefused


class Command(BaseCommand):
    help = (
        "Confirm, where no third administrator can, that an account and its posts belong to a natural person of its "
        "own; it may then be the second of a two-person act. It stands on record."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument(
            "--reason", required=True, help="how the person was verified; kept in the account's history"
        )

    def handle(self, *, username: str, reason: str, **options: object) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"nobody is called {username!r}")
        try:
            confirm(user, reason=reason, who=None)
        except AccountRefused as e:
            raise CommandError(e.en) from None
        self.stdout.write(f"{username} is confirmed as a person of its own")
