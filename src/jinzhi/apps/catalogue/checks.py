"""Django's check for declarations: a wrong one stops the start and says what and where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.kernel.counted import unresolved


@checks.register("declarations")
def declarations(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """One error for each problem of each declaration."""
    try:
        found = catalogue()
    except Exception as e:
        return [
            checks.Error(
                f"the declarations cannot be read: {type(e).__name__}: {e}",
                hint="Mend the file named in the message; JINZHI_MATTERS names the packages.",
                id="jinzhi.E000",
            )
        ]
    return [checks.Error(problem, id="jinzhi.E001") for problem in (*found.problems(), *unresolved(found))]
