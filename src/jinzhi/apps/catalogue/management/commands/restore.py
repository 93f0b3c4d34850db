"""``jinzhi restore FILE``: a backup into an empty folder, compared file by file, brought to this version."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from jinzhi.apps.catalogue.backup import BackupRefused, restore
from jinzhi.apps.catalogue.management.commands.backup import ELSEWHERE


class Command(BaseCommand):
    help = "Bring a backup into the empty folder JINZHI_VAR, compare every file, and bring it to this version."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")

    def handle(self, *, file: str, **options: object) -> None:
        if connection.vendor != "sqlite":
            raise CommandError(ELSEWHERE)
        connection.close()
        try:
            told = restore(Path(file), Path(settings.VAR))
        except (BackupRefused, OSError) as e:
            raise CommandError(str(e)) from None
        self.stdout.write(f"{told.files} files equal by SHA-256, {told.rows:,} rows")
        call_command("migrate", verbosity=0)
        if not told.keys:
            self.stdout.write("the backup holds no keys: put keys/ and secret back before the log is signed again")
        self.stdout.write(
            "the search index is not in a backup: make run makes it anew while pages are served; "
            "to have it at once run jinzhi patents index --rebuild"
        )
        self.stdout.write("now run: jinzhi doctor")
