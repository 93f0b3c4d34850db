"""The pairs of keys that have signed the log, known though their files be lost; a row is never changed or removed."""

import django.db.models.deletion
from django.db import migrations, models

TABLE, WORDS = "evidence_logkey", "the log is append-only: a key that has signed is never forgotten"


def forward(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for what in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {TABLE}_no_{what.lower()} BEFORE {what} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
            )
        return
    schema_editor.execute(
        f"CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for what, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_no_{what.lower()} BEFORE {what} ON {TABLE} FOR EACH {each} "
            f"EXECUTE FUNCTION {TABLE}_refuse()"
        )


def back(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for what in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER {TABLE}_no_{what}")
        return
    for what in ("update", "delete", "truncate"):
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_{what} ON {TABLE}")
    schema_editor.execute(f"DROP FUNCTION {TABLE}_refuse()")


class Migration(migrations.Migration):

    dependencies = [
        ('evidence', '0007_witnesses'),
    ]

    operations = [
        migrations.CreateModel(
            name='LogKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255)),
                ('ed25519', models.CharField(max_length=400)),
                ('sm2', models.CharField(max_length=500)),
                ('at', models.DateTimeField()),
                ('event', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.event')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('ed25519', 'sm2'), name='one_row_for_a_pair')],
            },
        ),
        migrations.RunPython(forward, back),
    ]
