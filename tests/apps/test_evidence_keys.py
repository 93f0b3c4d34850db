"""The keys of the log are never remade in silence, and changed in the open; so are those that cosign and that seal."""

from __future__ import annotations

import io
import shutil

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, transaction

from jinzhi.apps.catalogue.looks import looks
from jinzhi.apps.evidence.audit import audit
from jinzhi.apps.evidence.bundle import bundles
from jinzhi.apps.evidence.events import seals
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.log import checkpoints, log
from jinzhi.apps.evidence.log.checkpoints import KeysLost
from jinzhi.apps.evidence.models import Checkpoint, Entry, Event, LogKey, Shard, Witnessed
from jinzhi.apps.evidence.store import cipher, store
from jinzhi.apps.evidence.witness import rotation, witnesses
from jinzhi.apps.evidence.witness.witnesses import Witnesses, WitnessRefused
from jinzhi.engines import signing
from tests.apps.bundle_files import DAY, checked
from tests.apps.test_evidence_log import without_triggers


@pytest.fixture
def keys(settings, tmp_path):
    """A folder of keys of the test's own."""
    settings.JINZHI_KEYS = tmp_path / "keys"
    settings.JINZHI_WITNESSES = tmp_path / "witnesses.json"
    settings.JINZHI_STORE, settings.JINZHI_STORE_KEY = tmp_path / "store", tmp_path / "keys" / "store.key"
    return settings.JINZHI_KEYS


@pytest.fixture
def signed(above, keys) -> Shard:
    """A log that was signed once."""
    record("thing:1", "make", {}, who=above.acting, on=DAY)
    log.checkpoint()
    return Shard.objects.get()


def lost(keys, what: str) -> None:
    for file in {"all": signing.LOG_FILES, "one": signing.LOG_FILES[1:], "replaced": signing.LOG_FILES}[what]:
        (keys / file).unlink()
    if what == "folder":
        shutil.rmtree(keys)
    if what == "replaced":
        signing.load_or_make(keys, "jinzhi-tianjin")


def keys_fact():
    return next(fact for look in looks() for fact in look() if fact.id == "log-keys")


@pytest.mark.parametrize("what", ["all", "one", "replaced"])
def test_where_something_was_signed_lost_keys_stop_signing_and_none_are_made(signed, keys, what):
    before = checkpoints.published(signed)
    lost(keys, what)
    files = {p.name: p.read_bytes() for p in keys.glob("*.pem")}
    record("thing:2", "make", {}, who=None, on=DAY)  # what happens is still recorded
    with pytest.raises(KeysLost, match=r"从备份恢复.*rotate --lost"):
        log.checkpoint()
    assert Checkpoint.objects.count() == 1
    assert {p.name: p.read_bytes() for p in keys.glob("*.pem")} == files
    assert checkpoints.published(signed) == before, "the published keys stay those that signed"
    done = audit()
    assert not done.sound and "keys" in {f.detector for f in done.findings}
    fact = keys_fact()
    assert fact.state == "missing" and "rotate --lost" in str(fact)
    with pytest.raises(CommandError, match="rotate --lost"):
        call_command("evidence", "checkpoint", stdout=io.StringIO())


def test_a_process_that_runs_notices_that_the_keys_went(signed, keys):
    checkpoints.keys_of(signed)
    kept = (keys / "sm2.pem").read_bytes()
    (keys / "sm2.pem").unlink()
    with pytest.raises(KeysLost):
        checkpoints.keys_of(signed)
    (keys / "sm2.pem").write_bytes(kept)
    (keys / "sm2.pem").chmod(0o600)
    assert checkpoints.keys_of(signed).vkeys == checkpoints.pairs_of(signed.origin)[0]
    assert keys_fact().state == "good" and audit().sound


def test_a_log_signed_before_pairs_were_written_down_knows_its_keys(signed, keys):
    without_triggers("evidence_logkey")
    LogKey.objects.all().delete()
    assert checkpoints.keys_of(signed)
    lost(keys, "replaced")
    with pytest.raises(KeysLost):
        checkpoints.keys_of(signed)


def test_pages_answer_though_the_keys_are_lost(signed, keys, client, above):
    lost(keys, "all")
    for page in ("/evidence/verify/", "/log/index.json"):
        assert client.get(page).status_code == 200, page
    for page in ("/evidence/", f"/evidence/checkpoints/{Checkpoint.objects.get().pk}/"):
        assert above.client.get(page).status_code in (200, 404), page
    assert not seals.signed_rightly(Checkpoint.objects.select_related("shard").get())


# --- a change in the open ------------------------------------------------------------------------------------------


def test_a_rotation_is_an_entry_that_the_old_keys_vouch_for(signed, keys):
    old = checkpoints.published(signed)
    done = rotation.rotate("定期更换")
    event = Event.objects.get(stream=rotation.STREAM)
    entry = Entry.objects.get(event=event)
    assert (event.data["old"], event.data["new"], event.data["lost"]) == (list(old), list(done.vkeys), False)
    vouching, newest = Checkpoint.objects.order_by("id").filter(size__gt=entry.index)
    assert checkpoints.opened(vouching.note_sha256, old).size == entry.index + 1
    assert checkpoints.opened(newest.note_sm3, done.vkeys).size == entry.index + 1
    assert checkpoints.published(signed) == (*done.vkeys, *old)
    assert audit().sound and seals.signed_rightly(Checkpoint.objects.select_related("shard").first())
    assert len(list((keys / rotation.RETIRED).rglob("*.pem"))) == 2
    assert {oct(p.stat().st_mode & 0o777) for p in keys.rglob("*.pem")} == {"0o600"}


def test_bundles_of_a_rotated_log_verify_with_all_of_its_keys(signed, above):
    old = checkpoints.published(signed)
    record("thing:1", "change", {}, who=above.acting, on=DAY)
    new = rotation.rotate("定期更换").vkeys
    record("thing:1", "change", {"n": 2}, who=above.acting, on=DAY)
    log.sequence()
    chain = list(Entry.objects.filter(object="thing:1").order_by("index"))
    out = io.BytesIO()
    bundles.build(chain[0], out, content=bundles.content_for(chain[0]), custody=chain)
    assert checked(out.getvalue(), (*old, *new)).verdict == "proven"
    assert checked(out.getvalue(), old).verdict == "failed", "the newest checkpoint is by the new keys"


def test_keys_that_are_really_lost_are_replaced_in_the_open(signed, keys):
    lost(keys, "all")
    out = io.StringIO()
    call_command("evidence", "rotate", "--lost", "--reason", "硬盘损坏", stdout=out)
    assert Event.objects.get(stream=rotation.STREAM).data["lost"] is True
    assert "add-log" in out.getvalue()
    assert log.checkpoint() is not None and audit().sound


def test_what_is_not_lost_is_not_called_lost_and_a_reason_is_wanted(signed):
    with pytest.raises(rotation.RotationRefused, match="不带 --lost"):
        rotation.rotate("x", lost=True)
    with pytest.raises(rotation.RotationRefused, match="原因"):
        rotation.rotate(" ")
    assert not Event.objects.filter(stream=rotation.STREAM).exists()


@pytest.mark.parametrize("at", ["_install", "_cosigned"])
def test_a_rotation_that_broke_off_is_taken_up_again(signed, monkeypatch, at):
    def broken(*_: object) -> None:
        raise OSError("the machine went down")

    with monkeypatch.context() as m:
        m.setattr(rotation, at, broken)
        with pytest.raises(OSError):
            rotation.rotate("定期更换")
    done = rotation.rotate("定期更换")
    assert Event.objects.filter(stream=rotation.STREAM).count() == 1
    assert list(done.vkeys) == done.event.data["new"] and audit().sound


def test_a_pair_that_no_entry_names_is_found(signed, keys):
    strange = signing.load_or_make(keys / "strange", signed.origin)
    LogKey.objects.create(
        name=signed.origin, ed25519=strange.vkeys[0], sm2=strange.vkeys[1], at=Checkpoint.objects.get().at
    )
    for file in signing.LOG_FILES:
        (keys / "strange" / file).replace(keys / file)
    log.checkpoint(again=True)
    done = audit()
    assert [f.detector for f in done.findings if f.serious] == ["keys"]
    assert "暗中更换" in done.findings[0].zh


def test_a_pair_is_never_forgotten(signed):
    for change in (LogKey.objects.all().delete, lambda: LogKey.objects.update(name="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


# --- the other keys ---------------------------------------------------------------------------------------------------


def test_a_witness_s_lost_key_is_not_remade(city, keys):
    given = Witnesses(name="court.example/w")
    first = witnesses.signer(given)
    line = first.cosign("x/2026/sha256\n0\n\n", 1_795_392_000)
    text = f"x/2026/sha256\n0\n\n\n{line.line()}"
    Witnessed.objects.create(origin="x/2026/sha256", hash="0" * 64, size=1, root=b"", note=text, at="2026-11-22T00:00Z")
    assert witnesses.signer(given).vkey == first.vkey
    (keys / signing.WITNESS_FILE).unlink()
    with pytest.raises(WitnessRefused, match="已停止见证"):
        witnesses.signer(given)
    assert not (keys / signing.WITNESS_FILE).exists()
    signing.load_or_make(keys, "other")
    with pytest.raises(WitnessRefused, match="不是曾以"):
        witnesses.signer(given)
    assert witnesses.signer(Witnesses(name="court.example/new")).name == "court.example/new"


def test_the_store_s_lost_key_is_not_remade(city, keys, settings):
    settings.JINZHI_ENCRYPT_STORE = True
    store.keep_bytes(b"sealed")
    assert cipher.load(store.key_path())
    store.key_path().unlink()
    with pytest.raises(store.FileRefused, match="密钥文件"):
        store.keep_bytes(b"another")
    assert not store.key_path().exists()
