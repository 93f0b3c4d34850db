"""The database itself keeps the log append-only, on SQLite and on PostgreSQL.

An entry takes its number once, a shard only grows, a checkpoint takes its time stamp once and never contradicts an
earlier one; everything else is refused. A migration that makes one of these tables anew (as SQLite does for most
changes) must make its triggers anew: the audit says so where they are missing.
"""

from django.db import migrations

#: by table: what may be changed, as a condition over OLD and NEW ("" for nothing at all), and the words of refusal
ENTRY = (
    'OLD.shard_id IS NULL AND OLD."index" IS NULL AND NEW.shard_id IS NOT NULL AND NEW."index" IS NOT NULL '
    "AND NEW.id = OLD.id AND NEW.kind = OLD.kind AND NEW.object = OLD.object AND NEW.body = OLD.body "
    "AND COALESCE(NEW.event_id, 0) = COALESCE(OLD.event_id, 0) "
    "AND NEW.leaf_sha256 = OLD.leaf_sha256 AND NEW.leaf_sm3 = OLD.leaf_sm3"
)
SHARD = (
    "NEW.id = OLD.id AND NEW.year = OLD.year AND NEW.origin = OLD.origin AND NEW.size >= OLD.size "
    "AND NOT (OLD.closed AND (NOT NEW.closed OR NEW.size <> OLD.size))"
)
CHECKPOINT = (
    "OLD.token IS NULL AND NEW.token IS NOT NULL AND NEW.id = OLD.id AND NEW.shard_id = OLD.shard_id "
    "AND NEW.size = OLD.size AND NEW.root_sha256 = OLD.root_sha256 AND NEW.root_sm3 = OLD.root_sm3 "
    "AND NEW.note_sha256 = OLD.note_sha256 AND NEW.note_sm3 = OLD.note_sm3 AND NEW.at = OLD.at"
)
TABLES = {
    "evidence_entry": (ENTRY, "the log is append-only: an entry takes its number once and is never changed"),
    "evidence_shard": (SHARD, "the log is append-only: a shard only grows, until it is closed"),
    "evidence_checkpoint": (CHECKPOINT, "the log is append-only: a checkpoint takes its time stamp once"),
    "evidence_node": ("", "the log is append-only: a node is never changed"),
    "evidence_cosignature": ("", "the log is append-only: a cosignature is never changed"),
}
CONTRADICTS = (
    "SELECT 1 FROM evidence_checkpoint c WHERE c.shard_id = NEW.shard_id AND (c.size > NEW.size OR "
    "(c.size = NEW.size AND (c.root_sha256 <> NEW.root_sha256 OR c.root_sm3 <> NEW.root_sm3)))"
)
CONTRADICTION = "the log is append-only: this checkpoint contradicts an earlier one"


def sqlite():
    for table, (allowed, words) in TABLES.items():
        when = f"WHEN NOT ({allowed}) " if allowed else ""
        refuse = f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
        yield f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {when}{refuse}"
        yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}"
    yield (
        f"CREATE TRIGGER evidence_checkpoint_no_fork BEFORE INSERT ON evidence_checkpoint WHEN EXISTS ({CONTRADICTS}) "
        f"BEGIN SELECT RAISE(ABORT, '{CONTRADICTION}'); END"
    )


def sqlite_back():
    for table in TABLES:
        yield f"DROP TRIGGER {table}_no_update"
        yield f"DROP TRIGGER {table}_no_delete"
    yield "DROP TRIGGER evidence_checkpoint_no_fork"


def postgresql():
    for table, (allowed, words) in TABLES.items():
        when = f"WHEN (NOT ({allowed})) " if allowed else ""
        yield (
            f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        run = f"EXECUTE FUNCTION {table}_refuse()"
        yield f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW {when}{run}"
        yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {run}"
        yield f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}"
    yield (
        "CREATE FUNCTION evidence_checkpoint_compare() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF EXISTS ({CONTRADICTS}) THEN RAISE EXCEPTION '{CONTRADICTION}' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )
    yield (
        "CREATE TRIGGER evidence_checkpoint_no_fork BEFORE INSERT ON evidence_checkpoint "
        "FOR EACH ROW EXECUTE FUNCTION evidence_checkpoint_compare()"
    )


def postgresql_back():
    yield "DROP TRIGGER evidence_checkpoint_no_fork ON evidence_checkpoint"
    yield "DROP FUNCTION evidence_checkpoint_compare()"
    for table in TABLES:
        for what in ("update", "delete", "truncate"):
            yield f"DROP TRIGGER {table}_no_{what} ON {table}"
        yield f"DROP FUNCTION {table}_refuse()"


def forward(apps, schema_editor):
    for statement in {"sqlite": sqlite, "postgresql": postgresql}[schema_editor.connection.vendor]():
        schema_editor.execute(statement)


def back(apps, schema_editor):
    for statement in {"sqlite": sqlite_back, "postgresql": postgresql_back}[schema_editor.connection.vendor]():
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("evidence", "0003_log")]
    operations = [migrations.RunPython(forward, back)]
