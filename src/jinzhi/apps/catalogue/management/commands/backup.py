"""``jinzhi backup FILE``: everything kept, in one file, while the platform runs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from jinzhi.apps.catalogue.backup import BackupRefused, back_up

ELSEWHERE = (
    "the database is PostgreSQL: back it up with pg_dump -Fc, then copy the folder store/ of JINZHI_VAR, in this order"
)


class Command(BaseCommand):
    help = "Back the installation up into one file while it runs; keys and the secret only with --with-keys."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument(
            "--with-keys", action="store_true", help="also the signing keys, the store's key, the secret"
        )

    def handle(self, *, file: str, with_keys: bool, **options: object) -> None:
        if connection.vendor != "sqlite":
            raise CommandError(ELSEWHERE)
        var = Path(settings.VAR)
        try:
            told = back_up(var, Path(connection.settings_dict["NAME"]), Path(file).absolute(), keys=with_keys)
        except (BackupRefused, OSError) as e:
            raise CommandError(str(e)) from None
        self.stdout.write(f"{file}: {told.files} files, {told.size:,} bytes, {told.rows:,} rows")
        if not told.keys:
            self.stdout.write(
                "keys are not in it: keep JINZHI_VAR/keys and JINZHI_VAR/secret elsewhere, or --with-keys"
            )
