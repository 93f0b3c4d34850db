"""Seals: what a page calls verified is so, and each thing that was changed behind the log's back is named."""

from __future__ import annotations

import pytest
from django.db import connection

from jinzhi.apps.evidence.events import seals
from jinzhi.apps.evidence.events.actions import content_of, record
from jinzhi.apps.evidence.events.personal import erase
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.log.entries import body_of_event
from jinzhi.apps.evidence.models import Checkpoint, Entry, Event
from jinzhi.kernel import merkle
from jinzhi.kernel.canonical import digests
from jinzhi.kernel.merkle import FAMILIES
from tests.apps.test_evidence_log import DAY, behind_the_triggers, fill, without_triggers


def events(stream: str = "thing:1") -> list[Event]:
    return list(Event.objects.filter(stream=stream).select_related("unit").order_by("seq"))


def states(stream: str = "thing:1") -> list[str]:
    return [v.state for v in seals.verdicts(events(stream)).by_event.values()]


def faults(stream: str = "thing:1") -> list[set[str]]:
    return [{f.zh for f in v.faults} for v in seals.verdicts(events(stream)).by_event.values()]


@pytest.fixture
def story(above) -> list[Event]:
    """Three events of one thing among others', under a checkpoint."""
    for n in range(3):
        record("thing:1", "change", {"n": n}, who=above.acting, on=DAY)
        record("thing:2", "change", {"n": n}, who=above.acting, on=DAY)
    log.checkpoint()
    return events()


def test_an_event_waits_then_lies_in_the_log_then_is_verified(above):
    record("thing:1", "make", {}, who=above.acting, on=DAY)
    # on SQLite an act numbers its entry itself
    waiting = "numbered" if connection.vendor == "sqlite" else "queued"
    assert states() == [waiting]
    log.sequence()
    assert states() == ["numbered"]
    made = log.checkpoint()
    [found] = seals.verdicts(events()).by_event.values()
    assert (found.state, found.number, found.checkpoint) == ("verified", "2026-0", made)
    record("thing:1", "change", {}, who=above.acting, on=DAY)
    assert states() == ["verified", waiting]


def test_the_first_checkpoint_that_covers_an_event_is_named(story, above):
    first = Checkpoint.objects.get()
    record("thing:1", "change", {}, who=above.acting, on=DAY)
    log.checkpoint()
    found = list(seals.verdicts(events()).by_event.values())
    assert [v.checkpoint for v in found[:3]] == [first] * 3
    assert found[3].checkpoint.size == 7


@pytest.mark.parametrize(
    "sql, expected",
    [
        ("UPDATE evidence_event SET verb = 'other' WHERE stream = 'thing:1' AND seq = 2", seals.CONTENT),
        ("UPDATE evidence_event SET sha256 = prev_sha256 WHERE stream = 'thing:1' AND seq = 2", seals.ENTRY),
        ("UPDATE evidence_event SET prev_sm3 = sha256 WHERE stream = 'thing:1' AND seq = 2", seals.LINK),
        ("UPDATE evidence_entry SET body = replace(body, '2026', '2025') WHERE \"index\" = 2", seals.LEAF),
        ("UPDATE evidence_entry SET leaf_sm3 = leaf_sha256 WHERE \"index\" = 2", seals.LEAF),
        ("UPDATE evidence_entry SET leaf_sm3 = leaf_sha256 WHERE \"index\" = 3", seals.PROOF),
        ("DELETE FROM evidence_entry WHERE \"index\" = 3", seals.PROOF),
        ("UPDATE evidence_checkpoint SET root_sm3 = root_sha256", seals.PROOF),
        ("UPDATE evidence_checkpoint SET size = 5", seals.SIGNATURE),
        ("UPDATE evidence_checkpoint SET note_sm3 = replace(note_sm3, '6', '7')", seals.SIGNATURE),
    ],
)  # fmt: skip
def test_what_was_changed_is_named(story, sql, expected):
    behind_the_triggers(sql)
    assert expected.zh in faults()[1]
    assert states()[1] == "broken"


def test_an_event_rewritten_with_its_digests_its_entry_and_its_leaves_still_fails(story):
    """Whoever rewrites everything but the signed root is found by the proof."""
    event = story[2]
    event.verb = "other"
    content = content_of(event)
    told = digests(content)
    event.sha256, event.sm3 = told.sha256, told.sm3
    body = body_of_event(event, len(content))
    leaf = [f.leaf(body.encode()) for f in FAMILIES]
    behind_the_triggers(
        f"UPDATE evidence_event SET verb='other', sha256='{told.sha256}', sm3='{told.sm3}' WHERE id={event.pk}"
    )
    without_triggers("evidence_entry")
    Entry.objects.filter(event=event).update(body=body, leaf_sha256=leaf[0], leaf_sm3=leaf[1])
    assert faults()[2] == {seals.PROOF.zh}


def test_a_note_signed_by_another_key_is_not_ours(story, settings, tmp_path):
    settings.JINZHI_KEYS = tmp_path / "other keys"
    assert {seals.SIGNATURE.zh} == set.union(*faults())


def test_an_event_that_is_gone_leaves_a_gap_and_a_lost_entry(story):
    pk = story[1].pk
    behind_the_triggers(f"UPDATE evidence_entry SET event_id = NULL WHERE event_id = {pk}")
    behind_the_triggers(f"DELETE FROM evidence_event WHERE id = {pk}")
    found = seals.verdicts(events())
    assert [v.state for v in found.by_event.values()] == ["verified", "broken"]
    assert [e.number for e in found.lost] == ["2026-2"]
    pair = [e for e in events() if e.seq == 3]
    assert [v.state for v in seals.verdicts(pair, whole=False).by_event.values()] == ["verified"]


def test_an_event_without_an_entry_is_not_in_the_log(story):
    behind_the_triggers('DELETE FROM evidence_entry WHERE "index" = 4')
    assert seals.ABSENT.zh in faults()[2]


def test_personal_values_are_compared_and_may_be_erased(above):
    record("thing:9", "make", {"who": "张三"}, who=above.acting, on=DAY, personal=["who"])
    log.checkpoint()
    assert states("thing:9") == ["verified"]
    behind_the_triggers("UPDATE evidence_personal SET value = '\"李四\"'")
    assert faults("thing:9") == [{seals.PERSONAL.zh}]
    behind_the_triggers("UPDATE evidence_personal SET value = '\"张三\"'")
    erase("thing:9", reason="当事人申请", on=DAY)
    assert states("thing:9") == ["verified"]


def test_many_events_far_apart_take_the_same_few_queries(above, django_assert_num_queries):
    for n in range(12):
        record("thing:1", "change", {"n": n}, who=above.acting, on=DAY)
        fill(300, 300 * n)
        if n % 3 == 0:
            log.checkpoint()
    log.sequence()
    log.checkpoint()
    asked = events()
    seals.verdicts(asked)
    with django_assert_num_queries(4):
        found = seals.verdicts(asked)
    assert {v.state for v in found.by_event.values()} == {"verified"}
    assert {v.checkpoint.size for v in found.by_event.values()} == {301, 1204, 2107, 3010, 3612}


def test_objects_are_checked_together(story, django_assert_num_queries):
    with django_assert_num_queries(4):
        found = seals.verdicts_of(["thing:1", "thing:2", "thing:3"])
    assert [len(found[f"thing:{n}"].by_event) for n in (1, 2, 3)] == [3, 3, 0]
    assert found["thing:2"].worst.state == "verified"
    assert found["thing:3"].worst is None


def test_the_steps_shown_are_those_of_the_check(db):
    fill(11)
    log.sequence()
    point = log.checkpoint()
    for entry in seals.with_cover(Entry.objects.order_by("index")):
        proofs = seals.Proofs([(entry, point)])
        for family in FAMILIES:
            proof = proofs.proof(entry, point, family)
            root = log.root(point.shard, 11, family)
            leaf = family.leaf(entry.body.encode())
            merkle.verify_inclusion(family, leaf, entry.index, 11, proof, root)
            assert seals.walk(family, leaf, entry.index, 11, proof)[-1].value == root
        assert seals.entry_verdicts([entry])[entry.pk].state == "verified"
