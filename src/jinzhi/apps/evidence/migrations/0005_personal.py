"""Personal values stand beside the events; a row may be emptied once and is otherwise never changed."""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "evidence_personal"
ALLOWED = (
    "OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.erased_on IS NOT NULL AND NEW.value IS NULL "
    "AND NEW.salt IS NULL AND NEW.id = OLD.id AND NEW.event_id = OLD.event_id AND NEW.path = OLD.path"
)
WORDS = "a personal value may be erased once and is otherwise never changed"


def sqlite():
    refuse = f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    yield f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE} WHEN NOT ({ALLOWED}) {refuse}"
    yield f"CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE} {refuse}"


def sqlite_back():
    yield f"DROP TRIGGER {TABLE}_no_update"
    yield f"DROP TRIGGER {TABLE}_no_delete"


def postgresql():
    yield (
        f"CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    run = f"EXECUTE FUNCTION {TABLE}_refuse()"
    yield f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN (NOT ({ALLOWED})) {run}"
    yield f"CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE} FOR EACH ROW {run}"
    yield f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT {run}"


def postgresql_back():
    for what in ("update", "delete", "truncate"):
        yield f"DROP TRIGGER {TABLE}_no_{what} ON {TABLE}"
    yield f"DROP FUNCTION {TABLE}_refuse()"


def forward(apps, schema_editor):
    for statement in {"sqlite": sqlite, "postgresql": postgresql}[schema_editor.connection.vendor]():
        schema_editor.execute(statement)


def back(apps, schema_editor):
    for statement in {"sqlite": sqlite_back, "postgresql": postgresql_back}[schema_editor.connection.vendor]():
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("evidence", "0004_log_append_only")]

    operations = [
        migrations.CreateModel(
            name="Personal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(max_length=120)),
                ("salt", models.BinaryField(max_length=32, null=True)),
                ("value", models.JSONField(null=True)),
                ("erased_at", models.DateTimeField(null=True)),
                ("erased_on", models.DateField(null=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="personal", to="evidence.event"
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("event", "path"), name="personal_once")]},
        ),
        migrations.RunPython(forward, back),
    ]
