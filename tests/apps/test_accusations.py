"""Only a note that a witness and this log both signed accuses, and is answered on record; trees are told apart."""

from __future__ import annotations

import io
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from jinzhi.apps.evidence.audit import audit
from jinzhi.apps.evidence.bundle import bundles
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.models import Cosignature, CosignTrouble, Entry, Event
from jinzhi.apps.evidence.witness import cosigning, witnesses
from jinzhi.apps.evidence.witness.comparing import cosigners, witness_findings
from jinzhi.apps.evidence.witness.witnesses import Witness, Witnesses, WitnessRefused
from jinzhi.web.evidence.views import point_lines
from tests.apps.bundle_files import DAY, checked, unpack
from tests.apps.test_cosigning import NAME, accused, court, grow, put_back, seen, spoilt, states

__all__ = ["court", "seen"]

SIZE = "text/x.tlog.size"


@pytest.mark.parametrize(
    "answer",
    [spoilt(409, b"99999999\n", SIZE), spoilt(409, b"3\n", SIZE), spoilt(409, b"", "text/plain"), spoilt(422, b"no")],
    ids=["larger", "same size", "two roots", "no proof"],
)
def test_a_bare_answer_accuses_nobody(court, answer):
    grow(3)
    court.spoil = answer
    assert states(cosigning.cosign()) == ["refused", "refused"]
    assert accused() == set()
    court.spoil = None
    grow(1, 3)
    assert states(cosigning.cosign()) == ["cosigned", "cosigned"], "and it does not stay"
    assert audit().sound


def test_a_note_that_does_not_hold_accuses_nobody(seen):
    """The witness's note must be signed by the witness and by this log."""
    seen.spoil = lambda path, a: (200, "text/plain", a[2].replace(b"\n10\n", b"\n99\n")) if "checkpoint" in path else a
    seen.known.clear()
    assert {f.serious for f in witness_findings()} <= {False}
    assert audit().sound


def test_what_is_kept_without_a_note_accuses_nobody(court):
    """As an installation from before may hold it."""
    made = grow(3)
    CosignTrouble.objects.create(
        shard=made.shard, family="sha256", witness=NAME, state="contradicts", size=3, known=99999999, said="x",
        first=made.at, last=made.at,
    )  # fmt: skip
    assert not any(f.serious for f in witness_findings())


def answered(*words: str) -> str:
    out = StringIO()
    call_command("evidence", "witness", *words, stdout=out)
    return out.getvalue()


def test_an_accusation_is_shown_answered_and_closed_on_record(seen):
    put_back(6)
    log.checkpoint()
    cosigning.cosign()
    rows = list(CosignTrouble.objects.filter(state="contradicts").order_by("id"))
    assert all(NAME in row.note and "jinzhi-tianjin" in row.note for row in rows)
    assert rows[0].note.splitlines()[0] in answered("accusations")
    with pytest.raises(CommandError, match="结论"):
        answered("answer", str(rows[0].pk), "--reason", " ")
    for row in rows:
        assert "已了结并记入日志" in answered("answer", str(row.pk), "--reason", "误恢复旧备份，已查明")
    event = Event.objects.get(stream=f"log:witness:{rows[0].pk}")
    assert event.data["note"] == rows[0].note and event.data["answer"] == "误恢复旧备份，已查明"
    closed = [f for f in witness_findings(ask=False) if "已于" in f.zh]
    assert len(closed) == 2 and not any(f.serious for f in witness_findings(ask=False))
    with pytest.raises(CommandError, match="已于"):
        answered("answer", str(rows[0].pk), "--reason", "again")
    # the witness still shows a note that this log does not fit: that is told as long as it is so
    assert accused() == {(NAME, True)}


def test_another_note_opens_a_closed_accusation_again(seen):
    put_back(6)
    log.checkpoint()
    cosigning.cosign()
    row = CosignTrouble.objects.get(family="sha256", state="contradicts")
    answered("answer", str(row.pk), "--reason", "查明")
    cosigning.cosign()
    row.refresh_from_db()
    assert row.answered_at is not None, "the same note again says nothing new"
    CosignTrouble.objects.filter(pk=row.pk).update(note="another")
    cosigning.cosign()
    row.refresh_from_db()
    assert row.answered_at is None and NAME in row.note


# --- a witness of one tree ---------------------------------------------------------------------------------------


@pytest.fixture
def half(court) -> Witness:
    """The witness knows SHA-256 only, as those of other makes do."""
    one = Witness(court.key.vkey, court.url, ("sha256",))
    witnesses.save(Witnesses(witnesses=(one,)))
    assert witnesses.load().witnesses == (one,)
    return one


def entered() -> Entry:
    """An event in a signed log."""
    event = record("thing:1", "make", {}, who=None, on=DAY)
    log.checkpoint()
    return Entry.objects.get(event=event)


def test_a_witness_of_one_tree_is_asked_for_that_tree_and_counts(court, half):
    made = grow(3)
    assert [(a.family, a.state) for a in cosigning.cosign()] == [("sha256", "cosigned")]
    assert cosigners(made, witnesses.load()) == (NAME,)
    assert witness_findings() == [] and audit().sound
    assert [p.witnesses for p in point_lines([made])] == [f"{NAME}（仅 SHA-256 树）"]


def test_a_bundle_says_which_tree_is_witnessed_by_whom(court, half, above):
    entry = entered()
    cosigning.cosign()
    out = io.BytesIO()
    facts = bundles.build(entry, out)
    assert facts.witnessed and facts.witnesses == (f"{NAME}（仅 SHA-256 树）",)
    found = checked(out.getvalue(), (*facts.vkeys, court.key.vkey))
    assert found.verdict == "proven"
    assert any("规则要求 1 位），最晚" in line.zh and f"{NAME}（仅 SHA-256 树）" in line.zh for line in found.lines)
    assert '"trees":{' in unpack(out.getvalue())["policy.json"].decode()


def test_a_witness_of_both_trees_that_cosigned_one_does_not_count(court):
    entry = entered()
    made = log.checkpoint()
    first = iter([None])
    court.spoil = lambda path, a: a if next(first, 1) is None else (404, "text/plain", b"unknown")
    assert states(cosigning.cosign()) == ["cosigned", "refused"]
    assert Cosignature.objects.get().family == "sha256"
    assert cosigners(made, witnesses.load()) == ()
    facts = bundles.build(entry, io.BytesIO())
    assert not facts.witnessed


def test_trees_that_are_none_are_refused(court):
    for trees in ((), ("md5",), ("sha256", "sha256")):
        with pytest.raises(WitnessRefused, match="树"):
            witnesses.save(Witnesses(witnesses=(Witness(court.key.vkey, court.url, trees),)))
    assert "仅 sha256 树" in answered("add", court.key.vkey, court.url, "--tree", "sha256")
