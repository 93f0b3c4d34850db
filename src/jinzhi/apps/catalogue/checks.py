"""Django's check for declarations: a wrong one stops the start and says what and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.kernel.counted import unresolved
from jinzhi.kernel.declare import Catalogue

#: what ``jinzhi new`` writes where no name was given
NOT_NAMED = "待命名"


def unnamed(found: Catalogue) -> Iterator[str]:
    """Every declaration that still bears the name its skeleton came with."""
    for kind in found.kinds():
        for id in found.ids(kind):
            if NOT_NAMED in found.found[kind][id].value.zh:
                yield f"{found.where(kind, id)} ({kind} {id}): {NOT_NAMED} is no name; give it the law's own term"


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
    return [
        checks.Error(problem, id="jinzhi.E001") for problem in (*found.problems(), *unresolved(found), *unnamed(found))
    ]
