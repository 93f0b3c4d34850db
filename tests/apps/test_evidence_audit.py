"""The audit: whoever changes something behind the platform is found, and each finding says who found it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, transaction

from jinzhi.apps.catalogue.looks import looks
from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.catalogue.ticks import ticks
from jinzhi.apps.evidence.audit import TABLES, Audited, audit, begin, last
from jinzhi.apps.evidence.events.actions import content_of, record
from jinzhi.apps.evidence.events.deposits import deposit
from jinzhi.apps.evidence.log import checkpoints, log
from jinzhi.apps.evidence.log.mirror import Own, mirror
from jinzhi.apps.evidence.models import Attachment, Checkpoint, Entry, Event, Shard
from jinzhi.apps.evidence.store import store
from jinzhi.kernel import note
from jinzhi.kernel.merkle import SHA256, SM3
from tests.apps.test_evidence_log import DAY, behind_the_triggers, fill, without_triggers


@pytest.fixture
def sealed(above, tmp_path) -> Shard:
    """A log with files, events and 300 entries, signed twice, sound."""
    file = tmp_path / "photo.png"
    file.write_bytes(b"picture")
    deposit(file, who=above.acting)
    store.attach(SimpleUploadedFile("a.txt", b"text"), unit=above.acting.unit, stream="thing:1", user=above.user)
    for n in range(5):
        record("thing:1", "change", {"n": n}, who=above.acting, on=DAY)
    fill(294)
    log.checkpoint()
    record("thing:2", "make", {}, who=above.acting, on=DAY)
    log.checkpoint()
    return Shard.objects.get()


def found(done: Audited) -> set[str]:
    """The detectors that found something; that the triggers are off is how the tests get in."""
    return {f.detector for f in done.findings} - {"triggers"}


def words(done: Audited, detector: str) -> str:
    return " ".join(f.zh for f in done.findings if f.detector == detector)


def blob(content: bytes) -> str:
    """Bytes as SQL of both databases."""
    return f"X'{content.hex()}'" if connection.vendor == "sqlite" else f"'\\x{content.hex()}'::bytea"


def test_an_untouched_log_is_sound_and_everything_was_looked_at(sealed):
    done = audit()
    assert done.sound
    assert done.findings == []
    counted = {k: done.counted[k] for k in ("entries", "events", "checkpoints", "signatures", "contents", "bytes")}
    assert counted == {"entries": 301, "events": 6, "checkpoints": 2, "signatures": 2, "contents": 2, "bytes": 11}
    assert done.counted["invariants"] > 3


# --- tampering, each with its detectors -----------------------------------------------------------------------


def test_one_byte_of_a_content_is_found_by_contents(sealed):
    path = store.path_of(SHA256.digest(b"picture").hex())
    before = path.read_bytes()
    path.write_bytes(b"Picture")
    try:
        done = audit()
    finally:
        path.write_bytes(before)
    assert found(done) == {"contents"}
    assert SHA256.digest(b"picture").hex() in words(done, "contents")


def test_a_content_that_is_gone_is_found_by_contents(sealed):
    path = store.path_of(SHA256.digest(b"text").hex())
    path.rename(path.with_suffix(".away"))
    try:
        done = audit()
    finally:
        path.with_suffix(".away").rename(path)
    assert found(done) == {"contents"}
    assert "attachments" in words(done, "contents")


def test_an_sm3_digest_that_is_not_the_contents_is_found_by_contents(sealed):
    Attachment.objects.unrestricted("a test").update(sm3="0" * 64)
    assert found(audit()) == {"contents"}


def test_one_byte_of_an_entry_is_found_by_entries_nodes_and_roots(sealed):
    behind_the_triggers('UPDATE evidence_entry SET body = REPLACE(body, \'"n":7\', \'"n":8\') WHERE "index" = 13')
    done = audit()
    assert found(done) == {"entries", "nodes", "roots"}
    assert "2026-13" in words(done, "entries")


def test_an_entry_changed_with_its_leaf_hashes_is_found_by_nodes_and_roots(sealed):
    body = Entry.objects.get(index=20).body.replace("test:", "best:")
    leaves = f"leaf_sha256 = {blob(SHA256.leaf(body.encode()))}, leaf_sm3 = {blob(SM3.leaf(body.encode()))}"
    behind_the_triggers(f"UPDATE evidence_entry SET body = '{body}', {leaves} WHERE \"index\" = 20")
    behind_the_triggers("UPDATE evidence_entry SET object = REPLACE(object, 'test:', 'best:') WHERE \"index\" = 20")
    assert found(audit()) == {"nodes", "roots"}


@pytest.mark.parametrize("column", ["leaf_sha256", "leaf_sm3"])
def test_one_byte_of_a_leaf_hash_is_found_by_entries(sealed, column):
    behind_the_triggers(f'UPDATE evidence_entry SET {column} = {blob(b"x" * 32)} WHERE "index" = 299')
    done = audit()
    assert found(done) == {"entries"}
    assert "2026-299" in words(done, "entries")


@pytest.mark.parametrize("column", ["sha256", "sm3"])
def test_one_byte_of_a_node_is_found_by_nodes(sealed, column):
    behind_the_triggers(f"UPDATE evidence_node SET {column} = {blob(b'x' * 32)}")
    assert found(audit()) == {"nodes"}


def test_a_node_that_is_gone_or_made_up_is_found_by_nodes(sealed):
    behind_the_triggers('UPDATE evidence_node SET "index" = 5')
    done = audit()
    assert found(done) == {"nodes"}
    assert len(done.findings) - len([f for f in done.findings if f.detector == "triggers"]) == 2


def test_the_last_entry_deleted_is_found_by_numbers_and_roots(sealed):
    behind_the_triggers('DELETE FROM evidence_entry WHERE "index" = 300')
    done = audit()
    assert found(done) == {"numbers", "roots", "unlogged"}
    assert "记有 301 条，实有 300 条" in words(done, "numbers")
    assert "thing:2 #1" in words(done, "unlogged")


def test_the_last_entry_and_its_number_deleted_is_found_by_roots(sealed):
    behind_the_triggers('DELETE FROM evidence_entry WHERE "index" = 300')
    behind_the_triggers("UPDATE evidence_shard SET size = 300")
    done = audit()
    assert found(done) == {"roots", "unlogged"}
    assert "签发过 301 条" in words(done, "roots")


def test_an_entry_deleted_from_the_middle_is_found_by_numbers_and_roots(sealed):
    behind_the_triggers('DELETE FROM evidence_entry WHERE "index" = 100')
    done = audit()
    assert found(done) == {"numbers", "roots"}
    assert "缺少第 100 条" in words(done, "numbers")


def test_an_event_changed_is_found_by_the_chain(sealed):
    behind_the_triggers("UPDATE evidence_event SET actor = 'somebody else' WHERE stream = 'thing:2'")
    done = audit()
    assert found(done) == {"invariants"}
    assert {f.by for f in done.findings if f.detector == "invariants"} == {"event-chain"}


def test_an_event_changed_with_its_digests_is_found_by_entries(sealed):
    event = Event.objects.get(stream="thing:2")
    event.actor = "somebody else"
    content = content_of(event)
    behind_the_triggers(
        f"UPDATE evidence_event SET actor = 'somebody else', sha256 = '{SHA256.digest(content).hex()}',"
        f" sm3 = '{SM3.digest(content).hex()}' WHERE id = {event.pk}"
    )
    assert found(audit()) == {"entries"}


def test_an_event_added_past_the_platform_is_found_by_unlogged(sealed):
    event = Event.objects.get(stream="thing:2")
    event.pk, event.stream, event.key = None, "thing:3", None
    event.save(force_insert=True)
    done = audit()
    assert found(done) >= {"unlogged"}
    assert "thing:3" in words(done, "unlogged")


def test_a_fork_is_found_by_roots(sealed):
    """Somebody with the keys signed another history of the same size."""
    other = checkpoints.new(sealed, 301, (b"x" * 32, b"y" * 32))
    other.at = Checkpoint.objects.get(size=301).at
    without_triggers("evidence_checkpoint")
    other.save(force_insert=True)
    done = audit()
    assert found(done) == {"roots"}
    assert words(done, "roots").count("属于另一分叉") == 2


def test_a_checkpoint_with_another_size_than_it_signed_is_found(sealed):
    behind_the_triggers("UPDATE evidence_checkpoint SET size = 300 WHERE size = 301")
    assert found(audit()) == {"roots", "signatures"}


def test_a_note_signed_by_others_is_found_by_signatures(sealed):
    mark = Checkpoint.objects.get(size=301)
    parsed = note.parse_note(mark.note_sm3)
    forged = note.Signature(parsed.signatures[0].name, parsed.signatures[0].key_id, b"x" * 64)
    text = str(note.SignedNote(parsed.text, (forged, parsed.signatures[1])))
    behind_the_triggers(f"UPDATE evidence_checkpoint SET note_sm3 = '{text}' WHERE size = 301")
    assert found(audit()) == {"signatures"}


def test_a_time_stamp_of_another_checkpoint_is_found_by_stamps(city):
    Installation.objects.update(demo=True)
    fill(1)
    first = log.checkpoint()
    fill(1, 1)
    second = log.checkpoint()
    assert audit().counted["stamps"] == 2
    behind_the_triggers(f"UPDATE evidence_checkpoint SET token = {blob(bytes(first.token))} WHERE id = {second.pk}")
    assert found(audit()) == {"stamps"}


@pytest.mark.parametrize("table", TABLES)
def test_triggers_that_were_taken_off_are_found_by_triggers(sealed, table):
    behind_the_triggers(f"DELETE FROM {table} WHERE 1 = 0")
    done = audit()
    assert {f.detector for f in done.findings} == {"triggers"}
    assert table in words(done, "triggers")
    assert not done.sound


# --- what only others can see ---------------------------------------------------------------------------------


def put_back(change: Callable[[], object], then: Callable[[], object]) -> None:
    """Do something, then put the whole database back to before it."""
    copy = transaction.savepoint()
    change()
    then()
    transaction.savepoint_rollback(copy)


def test_the_database_put_back_to_an_older_copy_is_found_by_a_mirror_only(sealed, tmp_path):
    def later() -> None:
        fill(3, 1000)
        log.checkpoint()

    put_back(later, lambda: list(mirror(Own(), tmp_path / "mirror")))
    assert audit().findings == []
    done = audit(mirrors=[tmp_path / "mirror"])
    assert found(done) == {"mirror"}
    assert "镜像" in words(done, "mirror")
    assert "304 条，这里只有 301 条" in words(done, "mirror")
    assert all("— jinzhi-tianjin " in f.proof[0] for f in done.findings)


def test_a_log_put_back_and_grown_again_is_found_by_a_mirror_that_names_the_entry(sealed, tmp_path):
    put_back(lambda: (fill(3, 1000), log.checkpoint()), lambda: list(mirror(Own(), tmp_path / "mirror")))
    fill(10, 2000)
    log.checkpoint()
    assert audit().findings == []
    done = audit(mirrors=[tmp_path / "mirror"])
    assert found(done) == {"mirror"}
    assert "最先不同的是第 301 条" in words(done, "mirror")


def test_a_mirror_that_is_behind_agrees(sealed, tmp_path):
    list(mirror(Own(), tmp_path / "mirror"))
    fill(5, 1000)
    log.checkpoint()
    done = audit(mirrors=[tmp_path / "mirror"])
    assert (done.findings, done.counted["mirrored trees"]) == ([], 2)


def test_a_folder_without_a_mirror_is_said_to_have_none(sealed, tmp_path):
    done = audit(mirrors=[tmp_path / "nothing"])
    assert done.sound
    assert "没有镜像" in words(done, "mirror")


# --- the console, the timer, the operations page ---------------------------------------------------------------


def test_the_console_says_who_found_what(sealed, capsys):
    behind_the_triggers(f"UPDATE evidence_node SET sm3 = {blob(b'x' * 32)}")
    with pytest.raises(SystemExit) as stopped:
        call_command("evidence", "audit", "--json")
    said = json.loads(capsys.readouterr().out)
    assert stopped.value.code == 1
    assert not said["sound"]
    assert {f["detector"] for f in said["findings"]} == {"triggers", "nodes"}
    with pytest.raises(SystemExit):
        call_command("evidence", "audit", "--offline")
    assert "■ [nodes]" in capsys.readouterr().out


def test_a_sound_log_is_said_to_be_sound(sealed, capsys):
    call_command("evidence", "audit", "--newest", "1")
    told = capsys.readouterr().out
    assert "✓ 未发现不符" in told
    assert "signatures left out 1" in told


def test_many_findings_are_counted_not_told(sealed):
    behind_the_triggers("UPDATE evidence_entry SET kind = 'other' WHERE kind = 'test'")
    done = audit()
    assert sum(f.detector == "entries" for f in done.findings) == 20
    assert done.more["entries"] == 274


@pytest.fixture
def fresh(settings, tmp_path) -> Path:
    settings.JINZHI_AUDIT = tmp_path / "audit.json"
    return tmp_path


def nightly(day: date) -> int:
    (task,) = (t for t in ticks() if t.id == "log-audit")
    return task.run(day)


def log_fact():
    return next(fact for look in looks() for fact in look() if fact.id == "log")


def test_the_timer_audits_once_a_day_and_the_operations_page_knows(sealed, fresh):
    assert log_fact().state == "note"
    assert (nightly(DAY), nightly(DAY)) == (1, 0)
    _, said = last()
    assert said["sound"]
    assert log_fact().state == "good"
    assert "301 entries, 0 queued; jinzhi-tianjin/2026 301 signed" in log_fact().value


def test_what_the_timer_finds_fails_it_and_stays_on_the_operations_page(sealed, fresh):
    behind_the_triggers(f"UPDATE evidence_node SET sm3 = {blob(b'x' * 32)}")
    with pytest.raises(log.LogBroken):
        nightly(DAY)
    assert log_fact().state == "missing"
    assert "触发器" in log_fact().way_zh


def test_an_audit_of_a_day_begins_once(fresh):
    assert begin(DAY)
    assert not begin(DAY)
    assert begin(date(2026, 11, 21))
