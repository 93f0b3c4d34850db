"""The console command ``jinzhi``: a thin face of Django's management commands."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

NOT_MIGRATED = (
    "数据库的表还没有建好，或比程序旧。请先运行 jinzhi migrate，再运行这条命令。\n"
    "        The tables of the database are not made yet, or older than the program: run `jinzhi migrate` first."
)


def _wants_migrating() -> bool:
    """Whether tables that the program needs are not there; no where the database cannot be asked."""
    try:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return False


def main() -> None:
    """Run a command; a wrong setting, or tables not made yet, is one sentence and exit code 2, not a traceback."""
    # what an installation keeps is for its own account only; what these write belongs to the checkout
    if not {"docs", "new", "makemigrations"} & set(sys.argv[1:2]):
        os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinzhi.config.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as e:
        print(f"jinzhi: {e}", file=sys.stderr)
        raise SystemExit(2) from None
    except DatabaseError:
        if not _wants_migrating():
            raise
        print(f"jinzhi: {NOT_MIGRATED}", file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
