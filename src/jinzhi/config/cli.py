"""The console command ``jinzhi``: a thin face of Django's management commands."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    """Run a command; a wrong setting is one sentence and exit code 2, not a traceback."""
    # what an installation keeps is for its own account only; what these write belongs to the checkout
    if not {"docs", "new", "makemigrations"} & set(sys.argv[1:2]):
        os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinzhi.config.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as e:
        print(f"jinzhi: {e}", file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
