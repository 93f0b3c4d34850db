"""``jinzhi setup``: make a real city's installation: its row, its units, its first administrator. Asks nothing."""

from __future__ import annotations

import os
from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from jinzhi.apps.accounts.actions import create_person, give_post, new_password
from jinzhi.apps.accounts.models import User
from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.units.actions import sync_units
from jinzhi.apps.units.models import Unit


def password_from(variable: str) -> tuple[str, bool]:
    """The password in a variable of the environment, or a new one; and whether it was made here."""
    if not variable:
        return new_password(), True
    given = os.environ.get(variable, "")
    if not given:
        raise CommandError(
            f"the variable {variable} is empty: export {variable}='…' first, or leave --password-env out"
        )
    return given, False


def sentences(e: ValidationError) -> str:
    if hasattr(e, "error_dict"):
        return "; ".join(f"{field}: {' '.join(texts)}" for field, texts in e.message_dict.items())
    return " ".join(e.messages)


class Command(BaseCommand):
    help = "Make the installation of a real city: its name, its declared units and a first administrator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--city-zh", default="天津", help="name of the city in Chinese")
        parser.add_argument("--city-en", default="Tianjin", help="name of the city in English")
        parser.add_argument("--admin", default="", help="user name of the first administrator")
        parser.add_argument("--name", default="", help="name of the first administrator")
        parser.add_argument(
            "--password-env", default="", help="variable that holds the password; without it one is made and printed"
        )

    @transaction.atomic
    def handle(
        self, *, city_zh: str, city_en: str, admin: str, name: str, password_env: str, **options: object
    ) -> None:
        here = Installation.objects.filter(pk=1).first()
        if here is not None and here.demo:
            raise CommandError("this is a demonstration; name an empty folder in JINZHI_VAR for a real city")
        if here is None:
            here = Installation.objects.create(pk=1, city_zh=city_zh, city_en=city_en)
            self.stdout.write(f"{here.city_zh} {here.city_en}")
        made, changed = sync_units()
        self.stdout.write(f"units: {made} made, {changed} renamed")
        if not admin:
            return
        if User.objects.filter(username=admin).exists():
            raise CommandError(f"somebody is called {admin} already; nothing was changed")
        password, new = password_from(password_env)
        try:
            user = create_person(admin, password, name=name)
        except ValidationError as e:
            raise CommandError(f"{admin}: {sentences(e)}") from None
        root = Unit.objects.get_first_root_node()
        if root is None:
            raise CommandError("no unit is declared: JINZHI_MATTERS names no package with units")
        give_post(user, root, "administrator")
        self.stdout.write(f"administrator: {admin}" + (f", password {password} (shown once)" if new else ""))
