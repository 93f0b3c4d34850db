"""The database itself refuses to change or delete an event, on SQLite and on PostgreSQL."""

from django.db import migrations

TABLE = "evidence_event"
WORDS = "events are append-only: record a correction instead"

SQLITE = [
    f"CREATE TRIGGER {TABLE}_no_{verb} BEFORE {verb} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    f"CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
    f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()",
    f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()",
]
SQLITE_BACK = [f"DROP TRIGGER {TABLE}_no_{verb}" for verb in ("UPDATE", "DELETE")]
POSTGRESQL_BACK = [f"DROP TRIGGER {TABLE}_no_{what} ON {TABLE}" for what in ("change", "truncate")] + [
    f"DROP FUNCTION {TABLE}_refuse()"
]


def _run(schema_editor, sqlite, postgresql):
    statements = {"sqlite": sqlite, "postgresql": postgresql}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


def forward(apps, schema_editor):
    _run(schema_editor, SQLITE, POSTGRESQL)


def back(apps, schema_editor):
    _run(schema_editor, SQLITE_BACK, POSTGRESQL_BACK)


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]
    operations = [migrations.RunPython(forward, back)]
