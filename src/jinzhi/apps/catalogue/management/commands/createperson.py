"""``jinzhi createperson``: a person with a first post; for a person already there, a further post."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from jinzhi.apps.accounts.actions import create_person, give_post
from jinzhi.apps.accounts.models import User
from jinzhi.apps.catalogue.management.commands.setup import password_from, sentences
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Role


class Command(BaseCommand):
    help = "Make a person and give them a post; a person who is there already gets a further post."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--unit", required=True, help="code of the unit, as in its address")
        parser.add_argument("--role", required=True, help="id of the role, as in the catalogue")
        parser.add_argument("--name", default="", help="name as people write it")
        parser.add_argument(
            "--password-env", default="", help="variable that holds the password; without it one is made and printed"
        )

    @transaction.atomic
    def handle(self, *, username: str, unit: str, role: str, name: str, password_env: str, **options: object) -> None:
        where = Unit.objects.filter(code=unit).first()
        if where is None:
            raise CommandError(f"no unit has the code {unit!r}; jinzhi setup brings the declared units in")
        if catalogue().find(Role, role) is None:
            raise CommandError(f"no role is called {role!r}; declared: {', '.join(catalogue().ids(Role.kind))}")
        user = User.objects.filter(username=username).first()
        if user is None:
            password, new = password_from(password_env)
            try:
                user = create_person(username, password, name=name)
            except ValidationError as e:
                raise CommandError(f"{username}: {sentences(e)}") from None
            self.stdout.write(f"{username} made" + (f", password {password} (shown once)" if new else ""))
        give_post(user, where, role)
        self.stdout.write(f"{username}: {role} at {unit}")
