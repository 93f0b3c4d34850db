"""Checkpoints: signed by both keys, never two that contradict, stamped where there is an authority."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.catalogue.ticks import ticks
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.log import checkpoints, log
from jinzhi.apps.evidence.log.authority import time_authority
from jinzhi.apps.evidence.models import Checkpoint, Shard
from jinzhi.engines import signing, timestamps
from jinzhi.kernel import note
from jinzhi.kernel.merkle import FAMILIES, SHA256, SM3
from tests.apps.test_evidence_log import DAY, behind_the_triggers, fill

TODAY = date(2026, 11, 22)


def test_an_empty_log_has_no_checkpoint(city):
    assert log.checkpoint() is None


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_a_checkpoint_names_size_and_root_and_is_signed_by_both_keys(city, family):
    fill(5)
    made = log.checkpoint()
    text = checkpoints.note_in(made, family)
    keys = checkpoints.keys_of(made.shard)
    found = checkpoints.opened(text, keys.vkeys)
    assert found == note.CheckpointBody(f"jinzhi-tianjin/2026/{family.name}", 5, log.root(made.shard, 5, family))
    parsed = note.parse_note(text)
    assert [s.key_id for s in parsed.signatures] == [keys.ed25519.key_id, keys.sm2.key_id]
    assert checkpoints.root_in(made, family) == found.root


@pytest.mark.parametrize("which", [0, 1])
def test_a_checkpoint_without_one_of_the_signatures_is_refused(city, which):
    fill(1)
    made = log.checkpoint()
    parsed = note.parse_note(made.note_sm3)
    half = str(note.SignedNote(parsed.text, (parsed.signatures[which],)))
    with pytest.raises(checkpoints.NoteRefused, match="没有"):
        checkpoints.opened(half, checkpoints.keys_of(made.shard).vkeys)


def test_a_checkpoint_signed_with_strange_keys_is_refused(city, tmp_path):
    fill(1)
    made = log.checkpoint()
    strange = signing.load_or_make(tmp_path, "jinzhi-tianjin")
    with pytest.raises(checkpoints.NoteRefused):
        checkpoints.opened(made.note_sha256, strange.vkeys)
    with pytest.raises(checkpoints.NoteRefused, match="没有公钥"):
        checkpoints.opened(made.note_sha256, ())


def test_a_checkpoint_with_another_root_in_its_text_is_refused(city):
    fill(2)
    made = log.checkpoint()
    parsed = note.parse_note(made.note_sha256)
    forged = str(note.SignedNote(parsed.text.replace("\n2\n", "\n3\n"), parsed.signatures))
    with pytest.raises(checkpoints.NoteRefused):
        checkpoints.opened(forged, checkpoints.keys_of(made.shard).vkeys)


def test_the_checkpoint_stands_until_something_comes(city):
    fill(3)
    first = log.checkpoint()
    assert log.checkpoint() == first
    fill(1, 3)
    assert log.checkpoint().size == 4
    assert Checkpoint.objects.count() == 2


def test_an_entry_is_covered_by_the_first_checkpoint_that_holds_it(above):
    one = record("thing:1", "make", {}, who=above.acting, on=DAY)
    assert log.covering(one.entry) is None
    first = log.checkpoint()
    two = record("thing:1", "change", {}, who=above.acting, on=DAY)
    log.sequence()
    assert [s.state for s in log.seal_of("thing:1")] == ["sealed", "numbered"]
    second = log.checkpoint()
    log.checkpoint(again=True)
    assert log.covering(log.entry("2026-0")) == first
    assert log.covering(log.entry("2026-1")) == second
    assert [s.checkpoint for s in log.seal_of("thing:1")] == [first, second]
    assert (one.seq, two.seq) == (1, 2)


def test_a_changed_log_is_never_signed_again(city):
    """An entry that was covered by a checkpoint is changed, with leaf hashes that fit the change."""
    fill(10)
    log.checkpoint()
    forged = log.entry("2026-3")
    body = forged.body.replace("3", "33")
    behind_the_triggers(
        f"UPDATE evidence_entry SET body = '{body}', leaf_sha256 = {literal(SHA256.leaf(body.encode()))},"
        f' leaf_sm3 = {literal(SM3.leaf(body.encode()))} WHERE "index" = 3'
    )
    fill(1, 10)
    with pytest.raises(log.Inconsistent, match="已停止签发"):
        log.checkpoint()
    with pytest.raises(log.Inconsistent):
        log.checkpoint(again=True)
    assert Checkpoint.objects.count() == 1


def test_a_shortened_log_is_never_signed_again(city):
    fill(10)
    log.checkpoint()
    behind_the_triggers('DELETE FROM evidence_entry WHERE "index" = 9')
    behind_the_triggers("UPDATE evidence_shard SET size = 9")
    with pytest.raises(log.Inconsistent):
        log.checkpoint()


def literal(content: bytes) -> str:
    """Bytes as SQL of both databases."""
    return f"X'{content.hex()}'" if connection.vendor == "sqlite" else f"'\\x{content.hex()}'::bytea"


# --- the time -----------------------------------------------------------------------------------------------


def test_without_an_authority_a_checkpoint_has_no_token(city):
    fill(1)
    assert log.checkpoint().token is None


def test_a_demonstration_stamps_with_an_authority_of_its_own(city):
    Installation.objects.update(demo=True)
    fill(1)
    made = log.checkpoint()
    stamp = timestamps.check(bytes(made.token), checkpoints.imprint(made), time_authority().roots)
    assert stamp.moment.astimezone().date() == TODAY
    assert made.shard.origin == "jinzhi-tianjin-demo"


def test_an_authority_that_does_not_answer_leaves_a_checkpoint_to_be_stamped_later(city, settings, tmp_path, caplog):
    roots = tmp_path / "roots.pem"
    local = timestamps.LocalAuthority(tmp_path / "tsa")
    roots.write_bytes(local.roots)
    settings.JINZHI_TSA_URL, settings.JINZHI_TSA_ROOTS = "http://127.0.0.1:9/", str(roots)
    fill(1)
    made = log.checkpoint()
    assert made.token is None
    assert "no time stamp" in caplog.text
    settings.JINZHI_TSA_URL = ""
    Installation.objects.update(demo=True)
    assert signed_by_tick(TODAY) == 0
    made.refresh_from_db()
    assert made.token is not None


# --- the timer ----------------------------------------------------------------------------------------------


def signed_by_tick(day: date) -> int:
    (task,) = (t for t in ticks() if t.id == "log-checkpoint")
    return task.run(day)


def test_the_timer_signs_what_came_and_once_a_day_where_nothing_came(city, settings):
    assert signed_by_tick(TODAY) == 0
    fill(2)
    assert signed_by_tick(TODAY) == 1
    assert signed_by_tick(TODAY) == 0
    settings.JINZHI_TODAY = "2026-11-23"
    assert signed_by_tick(date(2026, 11, 23)) == 1
    assert signed_by_tick(date(2026, 11, 23)) == 0
    assert list(Checkpoint.objects.values_list("size", flat=True)) == [2, 2]


def test_the_timer_signs_the_end_of_a_closed_year_once(city, settings):
    fill(2)
    log.sequence()
    settings.JINZHI_TODAY = "2027-01-02"
    fill(1, 2)
    assert signed_by_tick(date(2027, 1, 2)) == 2
    assert signed_by_tick(date(2027, 1, 2)) == 0
    settings.JINZHI_TODAY = "2027-01-03"
    assert signed_by_tick(date(2027, 1, 3)) == 1
    closed = Shard.objects.get(year=2026)
    assert (closed.closed, closed.checkpoints.count()) == (True, 1)


def test_the_name_of_the_log_is_that_of_the_settings(city, settings):
    settings.JINZHI_LOG_NAME = "log.example.org/jinzhi"
    fill(1)
    made = log.checkpoint()
    assert made.note_sm3.startswith("log.example.org/jinzhi/2026/sm3\n1\n")
    settings.JINZHI_LOG_NAME = "renamed"
    fill(1, 1)
    assert log.checkpoint().note_sm3.startswith("log.example.org/jinzhi/2026/sm3\n2\n")
