"""After a migration: what was recorded before the log existed enters it."""

from __future__ import annotations

from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from jinzhi.apps.evidence.events.actions import enter_earlier
from jinzhi.apps.evidence.log.log import sequence


def after_migrate(using: str, **kwargs: object) -> None:
    """Enter the events without an entry; nothing where the tables are not at their newest state."""
    executor = MigrationExecutor(connections[using])
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()) and enter_earlier():
        sequence()
