"""What somebody with the database's password changes beside the log: sealed by an inventory in it, and found."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection

from jinzhi.apps.accounts.models import User
from jinzhi.apps.catalogue.ticks import ticks
from jinzhi.apps.evidence.audit import Audited, audit, keep
from jinzhi.apps.evidence.events import inventory
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.events.deposits import deposit
from jinzhi.apps.evidence.log import guards, log
from jinzhi.apps.evidence.models import Attachment, Checkpoint, Event
from jinzhi.apps.evidence.store import store
from jinzhi.engines.timestamps import LocalAuthority
from tests.apps.bundle_files import DAY, make
from tests.apps.test_evidence_bundles import own_folders
from tests.apps.test_evidence_log import behind_the_triggers, without_triggers

__all__ = ["own_folders"]


@pytest.fixture
def kept(above, tmp_path, settings) -> Event:
    """A log with stamps, cosignatures, files and events, after an inventory."""
    made = make(above, tmp_path)
    assert Checkpoint.objects.filter(token__isnull=False).exists() and made.item
    file = tmp_path / "photo.png"
    file.write_bytes(b"picture")
    deposit(file, who=above.acting)
    store.attach(SimpleUploadedFile("a.txt", b"text"), unit=above.acting.unit, stream="thing:1", user=above.user)
    record("thing:1", "make", {}, who=above.acting, on=DAY, key="a key")
    log.checkpoint()
    assert audit(ask=False).sound
    return inventory.take()


def serious(done: Audited) -> set[str]:
    """Who found something; that the guards were switched off is how the tests get in."""
    return {f.detector for f in done.findings if f.serious} - {"triggers"}


def test_what_grows_and_is_stamped_later_is_no_difference(kept, above):
    Checkpoint.objects.order_by("-id").first()
    record("thing:2", "make", {}, who=above.acting, on=DAY)
    log.checkpoint()
    store.attach(SimpleUploadedFile("b.txt", b"more"), unit=above.acting.unit, stream="x:1", user=above.user)
    store.put_under(Attachment.objects.unrestricted("test"), "thing:9")
    assert audit(ask=False).sound
    inventory.take()
    assert audit(ask=False).sound and Event.objects.filter(stream=inventory.STREAM).count() == 2


CHANGES = {
    "every time stamp": "UPDATE evidence_checkpoint SET token = NULL",
    "one time stamp": "UPDATE evidence_checkpoint SET token = NULL WHERE size = 2",
    "the moment of a checkpoint": "UPDATE evidence_checkpoint SET at = '2026-11-01 00:00:00+00:00'",
    "every cosignature": "DELETE FROM evidence_cosignature",
    "the moment of a cosignature": "UPDATE evidence_cosignature SET moment = '2026-01-01 00:00:00+00:00'",
    "the name of a deposit": "UPDATE evidence_deposit SET name = 'other.png'",
    "the name of an attachment": "UPDATE evidence_attachment SET name = 'other.txt'",
    "the type of an attachment": "UPDATE evidence_attachment SET media_type = 'text/html'",
    "who stands behind an event": "UPDATE evidence_event SET user_id = NULL",
    "the key of an event": "UPDATE evidence_event SET \"key\" = 'another' WHERE \"key\" = 'a key'",
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_since_an_inventory_is_found(kept, what):
    behind_the_triggers(CHANGES[what])
    assert serious(audit(ask=False)) >= {"inventory"}


def test_a_later_inventory_does_not_hide_what_an_earlier_one_held(kept):
    behind_the_triggers("UPDATE evidence_attachment SET name = 'other.txt'")
    inventory.take()
    assert "inventory" in serious(audit(ask=False))


def test_a_moment_after_the_time_stamp_is_found_without_an_inventory(above, tmp_path):
    make(above, tmp_path)
    assert audit(ask=False).sound
    behind_the_triggers("UPDATE evidence_checkpoint SET at = '2027-06-01 00:00:00+00:00'")
    assert "stamps" in serious(audit(ask=False))


@pytest.mark.parametrize("column", ["is_superuser", "is_staff"])
def test_a_superuser_is_found(kept, column):
    User.objects.update(**{column: True})
    done = audit(ask=False)
    assert serious(done) == {"accounts"}
    with pytest.raises(SystemExit):
        call_command("evidence", "audit", "--offline", stdout=StringIO())


def test_every_guard_is_the_one_that_the_migrations_made(db):
    assert list(guards.replaced()) == []
    assert len(guards._expected(connection.vendor)) >= 8


def test_a_guard_replaced_by_an_empty_one_of_the_same_name_is_found(kept):
    name = {"sqlite": "evidence_node_no_update"}.get(connection.vendor, "evidence_node_refuse")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(f"CREATE TRIGGER {name} BEFORE UPDATE ON evidence_node BEGIN SELECT 1; END")
        else:
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
            )
    done = audit(ask=False)
    assert [f.zh for f in done.findings if f.detector == "triggers" and name in f.zh]
    assert not done.sound


def test_the_timer_takes_one_a_day_and_never_of_what_is_not_sound(above, tmp_path, settings):
    settings.JINZHI_AUDIT = tmp_path / "audit.json"
    tasks = {t.id: t for t in ticks()}
    make(above, tmp_path)
    assert tasks["log-inventory"].run(date(2026, 11, 22)) == 0, "nothing was audited yet"
    keep(audit(ask=False))
    assert [tasks["log-inventory"].run(date(2026, 11, 22)) for _ in range(2)] == [1, 0]
    behind_the_triggers("DELETE FROM evidence_cosignature")
    settings.JINZHI_TODAY = "2026-11-23"
    assert tasks["log-inventory"].run(date(2026, 11, 23)) == 0
    keep(audit(ask=False))
    assert tasks["log-inventory"].run(date(2026, 11, 23)) == 0
    assert Event.objects.filter(stream=inventory.STREAM).count() == 1


def test_the_console_takes_one_too(kept):
    call_command("evidence", "audit", "--offline", "--inventory", stdout=StringIO())
    assert Event.objects.filter(stream=inventory.STREAM).count() == 2


def test_another_authority_s_stamp_in_the_place_of_one_is_found(kept, tmp_path):
    point = Checkpoint.objects.filter(token__isnull=False).first()
    other = LocalAuthority(tmp_path / "tsa2").stamp(bytes(32))
    without_triggers("evidence_checkpoint")
    Checkpoint.objects.filter(pk=point.pk).update(token=other)
    assert serious(audit(ask=False)) >= {"inventory", "stamps"}
