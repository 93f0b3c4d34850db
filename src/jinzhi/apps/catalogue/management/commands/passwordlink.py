"""``jinzhi passwordlink``: the way back in for whoever no other administrator can help. For the machine's operator."""

from __future__ import annotations

from argparse import ArgumentParser

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse

from jinzhi.apps.accounts.actions import reset_password, stream_of
from jinzhi.apps.accounts.links import link_parts
from jinzhi.apps.accounts.models import User
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.events.actions import record


class Command(BaseCommand):
    help = "Print a one-time link by which a person sets a password; the old password ends. It stands on record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="why; kept in the account's history")
        parser.add_argument("--drop-second-factor", action="store_true", help="also take a lost second factor off")

    @transaction.atomic
    def handle(self, *, username: str, reason: str, drop_second_factor: bool, **options: object) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"nobody is called {username!r}")
        if not reason.strip():
            raise CommandError("give the reason: --reason '…'")
        user = reset_password(user, reason=reason.strip())
        if drop_second_factor:
            record(stream_of(user), "drop-factor", {"reason": reason.strip()}, who=None, on=today())
            Authenticator.objects.filter(user=user).delete()
        self.stdout.write(f"the password of {username} no longer holds; hand over this address, which works once:")
        self.stdout.write(reverse("choose_password", args=link_parts(user)))
        self.stdout.write(f"it is void after {settings.PASSWORD_RESET_TIMEOUT // 3600} hours")
