"""What a witness keeps of others, and what witnesses answered. The database lets no witnessed tree shrink or fork."""

import django.db.models.deletion
from django.db import migrations, models


WITNESSED = (
    "NEW.id = OLD.id AND NEW.origin = OLD.origin AND NEW.hash = OLD.hash "
    "AND (NEW.size > OLD.size OR (NEW.size = OLD.size AND NEW.root = OLD.root))"
)
TABLES = {
    "evidence_witnessed": (WITNESSED, "a witness goes forward only: no tree shrinks, and none has two roots"),
    "evidence_refusedcheckpoint": ("", "what a witness refused is kept as it came"),
}


def forward(apps, schema_editor):
    for table, (allowed, words) in TABLES.items():
        if schema_editor.connection.vendor == "sqlite":
            when = f"WHEN NOT ({allowed}) " if allowed else ""
            refuse = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
            schema_editor.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {when}{refuse}")
            schema_editor.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
            continue
        when = f"WHEN (NOT ({allowed})) " if allowed else ""
        run = f"EXECUTE FUNCTION {table}_refuse()"
        for statement in (
            f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW {when}{run}",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {run}",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}",
        ):
            schema_editor.execute(statement)


def back(apps, schema_editor):
    for table in TABLES:
        if schema_editor.connection.vendor == "sqlite":
            for what in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER {table}_no_{what}")
            continue
        for what in ("update", "delete", "truncate"):
            schema_editor.execute(f"DROP TRIGGER {table}_no_{what} ON {table}")
        schema_editor.execute(f"DROP FUNCTION {table}_refuse()")


class Migration(migrations.Migration):

    dependencies = [
        ('evidence', '0006_deposit'),
    ]

    operations = [
        migrations.CreateModel(
            name='Witnessed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(max_length=255, unique=True)),
                ('hash', models.CharField(max_length=64, unique=True)),
                ('size', models.PositiveBigIntegerField()),
                ('root', models.BinaryField(max_length=32)),
                ('note', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='RefusedCheckpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(max_length=255)),
                ('size', models.PositiveBigIntegerField()),
                ('root', models.BinaryField(max_length=32)),
                ('old', models.PositiveBigIntegerField()),
                ('note', models.TextField()),
                ('before', models.TextField(blank=True)),
                ('forked', models.BooleanField()),
                ('reason', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('origin', 'size', 'root', 'forked'), name='one_refused_checkpoint')],
            },
        ),
        migrations.CreateModel(
            name='CosignTrouble',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('family', models.CharField(max_length=10)),
                ('witness', models.CharField(max_length=120)),
                ('state', models.CharField(max_length=20)),
                ('size', models.PositiveBigIntegerField()),
                ('known', models.PositiveBigIntegerField(null=True)),
                ('said', models.TextField()),
                ('note', models.TextField(blank=True)),
                ('first', models.DateTimeField()),
                ('last', models.DateTimeField()),
                ('times', models.PositiveIntegerField(default=1)),
                ('shard', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evidence.shard')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('shard', 'family', 'witness', 'state'), name='one_trouble_of_a_kind')],
            },
        ),
        migrations.RunPython(forward, back),
    ]
