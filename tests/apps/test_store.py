"""The store: streams in and out, encryption that can be switched on later, and every way a file can be damaged."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from jinzhi.apps.catalogue.health import facts
from jinzhi.apps.catalogue.looks import looks
from jinzhi.apps.evidence.audit import audit
from jinzhi.apps.evidence.models import Attachment
from jinzhi.apps.evidence.store import cipher, holdings, store

KEYS = cipher.CipherKeys((bytes(range(32)),))


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.JINZHI_STORE = tmp_path / "store"
    settings.JINZHI_STORE_KEY = tmp_path / "keys" / "store.key"
    settings.JINZHI_ENCRYPT_STORE = False


@pytest.fixture
def encrypted(settings):
    settings.JINZHI_ENCRYPT_STORE = True


def large(pieces: int = 5) -> Iterator[bytes]:
    """A content of a few chunks and a bit."""
    for n in range(pieces):
        yield bytes([n]) * 300_000


def command(*words: str) -> str:
    out = StringIO()
    call_command("store", *words, stdout=out, stderr=out)
    return out.getvalue()


def open_sealed(path: Path) -> bytes:
    with open(path, "rb") as file:
        return b"".join(cipher.unseal(file, KEYS))


# --- plain -----------------------------------------------------------------------------------------------------
def test_content_comes_in_pieces_and_both_digests_are_made_while_it_passes():
    whole = b"".join(large())
    kept = store.keep(large())
    assert kept == store.Kept(hashlib.sha256(whole).hexdigest(), hashlib.new("sm3", whole).hexdigest(), len(whole))
    assert store.content(kept.sha256) == whole


def test_the_same_content_lies_there_once():
    assert store.keep([b"a", b"b"]) == store.keep([b"ab"])
    assert len(list(store.lying())) == 1
    assert [p.name for p in Path(store.settings.JINZHI_STORE).glob(".new-*")] == []


@pytest.mark.parametrize("said", [{"sha256": "0" * 64}, {"sm3": "0" * 64}, {"size": 3}])
def test_what_is_not_what_was_announced_is_not_kept(said):
    with pytest.raises(store.DigestDiffers, match="没有保存"):
        store.keep([b"ab"], **said)
    assert list(store.lying()) == []


def test_an_empty_content_is_a_content():
    kept = store.keep([])
    assert store.content(kept.sha256) == b""


def test_a_changed_byte_stops_the_stream_before_its_last_piece():
    kept = store.keep(large())
    path = store.path_of(kept.sha256)
    raw = bytearray(path.read_bytes())
    raw[10] ^= 1
    path.write_bytes(raw)
    got = bytearray()
    with pytest.raises(store.ContentChanged):
        for piece in store.stream(kept.sha256):
            got += piece
    assert len(got) < kept.size


def test_a_content_that_is_gone_is_said_to_be_gone():
    with pytest.raises(store.ContentMissing):
        store.check("0" * 64)


def test_a_full_disk_is_said_and_leaves_nothing_behind(monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(store.DiskFull, match="存储空间不足"):
        store.keep([b"x"])
    assert list(Path(store.settings.JINZHI_STORE).iterdir()) == []


def test_content_that_stops_coming_leaves_nothing_behind():
    def broken():
        yield b"x"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        store.keep(broken())
    assert list(Path(store.settings.JINZHI_STORE).iterdir()) == []


def test_what_a_killed_process_left_is_cleared_a_day_later():
    store.keep([b"kept"])
    left = Path(store.settings.JINZHI_STORE) / ".new-abc"
    left.write_bytes(b"half")
    assert store.clear_unfinished() == 0
    os.utime(left, (0, 0))
    assert store.clear_unfinished() == 1
    assert len(list(store.lying())) == 1


# --- sealed ----------------------------------------------------------------------------------------------------
@given(st.lists(st.binary(max_size=2000), max_size=5))
def test_what_is_sealed_opens_again(tmp_path_factory, pieces):
    path = tmp_path_factory.getbasetemp() / "sealed"
    path.write_bytes(b"".join(cipher.seal(pieces, KEYS.present)))
    assert open_sealed(path) == b"".join(pieces)


@pytest.mark.parametrize("size", [0, 1, cipher.CHUNK - 1, cipher.CHUNK, cipher.CHUNK + 1, 2 * cipher.CHUNK])
def test_every_length_around_a_chunk_opens_again(tmp_path, size):
    path = tmp_path / "sealed"
    path.write_bytes(b"".join(cipher.seal([b"x" * size], KEYS.present)))
    assert open_sealed(path) == b"x" * size


def test_nothing_of_the_content_can_be_read_in_the_sealed_file(encrypted):
    kept = store.keep([b"a secret of the trade " * 50])
    path = store.sealed_path_of(kept.sha256)
    assert path.exists() and not store.path_of(kept.sha256).exists()
    assert b"secret" not in path.read_bytes()
    assert store.content(kept.sha256) == b"a secret of the trade " * 50


@pytest.mark.parametrize("where", [0, 16, 30, 45, 200_000, 700_000, -1])
def test_a_changed_byte_anywhere_in_a_sealed_file_is_found(encrypted, where):
    kept = store.keep(large())
    path = store.sealed_path_of(kept.sha256)
    raw = bytearray(path.read_bytes())
    raw[where] ^= 1
    path.write_bytes(raw)
    with pytest.raises(store.ContentChanged):
        store.check(kept.sha256)


@pytest.mark.parametrize("left", [0, 20, 39, 39 + cipher.CHUNK + 16, 39 + 3 * (cipher.CHUNK + 16), -1])
def test_a_sealed_file_that_was_cut_off_is_found(encrypted, left):
    kept = store.keep(large())
    path = store.sealed_path_of(kept.sha256)
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(store.ContentChanged):
        store.check(kept.sha256)


def test_chunks_cannot_change_places(encrypted):
    kept = store.keep(large())
    path = store.sealed_path_of(kept.sha256)
    raw, size = path.read_bytes(), cipher.CHUNK + cipher.TAG
    first, second = raw[cipher.HEAD : cipher.HEAD + size], raw[cipher.HEAD + size : cipher.HEAD + 2 * size]
    path.write_bytes(raw[: cipher.HEAD] + second + first + raw[cipher.HEAD + 2 * size :])
    with pytest.raises(store.ContentChanged):
        store.check(kept.sha256)


def test_one_sealed_file_cannot_stand_for_another(encrypted):
    one, two = store.keep([b"one"]), store.keep([b"two"])
    store.sealed_path_of(one.sha256).write_bytes(store.sealed_path_of(two.sha256).read_bytes())
    with pytest.raises(store.ContentChanged):
        store.check(one.sha256)


def test_the_key_is_made_once_and_only_its_owner_may_read_it(encrypted):
    store.keep([b"a"])
    made = store.key_path().read_text()
    store.keep([b"b"])
    assert store.key_path().read_text() == made
    assert stat.S_IMODE(store.key_path().stat().st_mode) == 0o600


def test_without_its_key_a_sealed_file_says_what_is_missing(encrypted):
    kept = store.keep([b"a"])
    store.key_path().unlink()
    with pytest.raises(store.FileRefused, match="密钥文件"):
        store.check(kept.sha256)


# --- converting ------------------------------------------------------------------------------------------------
def test_plain_content_stays_readable_and_a_command_seals_it(settings):
    kept = store.keep([b"from before"])
    settings.JINZHI_ENCRYPT_STORE = True
    assert store.content(kept.sha256) == b"from before"
    assert "1 encrypted" in command("encrypt")
    assert [f.sealed for f in store.lying()] == [True]
    assert store.content(kept.sha256) == b"from before"
    assert "0 encrypted" in command("encrypt"), "nothing is left to do"


def test_a_new_key_seals_all_and_the_old_one_goes_when_it_is_no_longer_needed(encrypted):
    kept = store.keep([b"a"])
    before = store.sealed_path_of(kept.sha256).read_bytes()
    command("rotate")
    assert store.sealed_path_of(kept.sha256).read_bytes() != before
    assert len(cipher.load(store.key_path()).keys) == 2
    assert "1 old keys removed" in command("forget")
    assert store.content(kept.sha256) == b"a"


def test_an_old_key_that_a_file_still_needs_stays(encrypted):
    kept = store.keep([b"a"])
    cipher.rotate(store.key_path())
    assert "0 old keys removed" in command("forget")
    assert store.content(kept.sha256) == b"a"


def test_switched_off_a_command_opens_all(encrypted, settings):
    kept = store.keep([b"a"])
    with pytest.raises(CommandError):
        command("decrypt")
    settings.JINZHI_ENCRYPT_STORE = False
    assert "1 decrypted" in command("decrypt")
    assert store.path_of(kept.sha256).read_bytes() == b"a"


def test_a_damaged_file_is_named_and_left_while_the_others_are_converted(settings):
    good, bad = store.keep([b"good"]), store.keep([b"bad"])
    store.path_of(bad.sha256).write_bytes(b"worse")
    settings.JINZHI_ENCRYPT_STORE = True
    said = command("encrypt")
    assert bad.sha256 in said and "1 encrypted" in said
    assert store.content(good.sha256) == b"good"


# --- who needs what --------------------------------------------------------------------------------------------
def test_an_attachment_holds_its_content(district):
    file = SimpleUploadedFile("a.txt", b"held")
    kept = store.attach(file, unit=district.acting.unit, stream="x:1", user=district.user)
    assert holdings.needed(kept.sha256) == "attachments"
    assert holdings.needed("0" * 64) == ""
    assert ("attachments", kept.sha256) in list(holdings.held())


def test_check_finds_what_is_changed_and_what_is_gone(district):
    acting = district.acting
    for name in ("a", "b"):
        store.attach_bytes(
            name.encode(), name=name, media_type="text/plain", unit=acting.unit, stream="x:1", user=district.user
        )
    assert "2 files checked, 0 wrong" in command("check")
    a, b = Attachment.objects.unrestricted("test").order_by("pk")
    store.path_of(a.sha256).write_bytes(b"changed")
    store.remove(b.sha256)
    with pytest.raises(CommandError):
        command("check")


def test_the_doctor_says_whether_files_are_encrypted(city, settings):
    def said():
        return next(f for f in facts() if f.id == "store")

    kept = store.keep([b"plain"])
    assert said().value.startswith("off") and said().state == "note"
    settings.JINZHI_ENCRYPT_STORE = True
    store.keep([b"sealed"])
    assert "1 encrypted, 1 plain" in said().value and "jinzhi store encrypt" in said().way_en
    command("encrypt")
    assert said().state == "good"
    store.key_path().chmod(0o644)
    assert said().state == "missing" and "chmod 600" in said().way_en
    assert store.content(kept.sha256) == b"plain"


# --- handed in again ---------------------------------------------------------------------------------------------
def spoilt(path: Path, how: str) -> None:
    raw = path.read_bytes()
    changed = {"flipped": raw[:-1] + bytes([raw[-1] ^ 1]), "cut": raw[: len(raw) // 2], "emptied": b""}
    path.chmod(0o600)
    path.write_bytes(changed[how])


@pytest.mark.parametrize("how", ["flipped", "cut", "emptied"])
@pytest.mark.parametrize("sealing", [False, True], ids=["plain", "sealed"])
@pytest.mark.parametrize("by", ["keep", "keep_bytes"])
def test_a_damaged_content_is_put_right_when_it_is_handed_in_again(settings, how, sealing, by):
    settings.JINZHI_ENCRYPT_STORE = sealing
    content = b"".join(large())
    sha256 = store.keep((content,)).sha256
    path = store.sealed_path_of(sha256) if sealing else store.path_of(sha256)
    spoilt(path, how)
    with pytest.raises(store.ContentChanged):
        store.check(sha256)
    if by == "keep":
        assert store.keep(large()).healed
    else:
        store.keep_bytes(content)
    assert store.content(sha256) == content
    (one,) = store.healed()
    assert (one.sha256, bool(one.why)) == (sha256, True)


def test_a_damaged_content_of_the_other_form_is_put_right_too(settings):
    settings.JINZHI_ENCRYPT_STORE = True
    sha256 = store.keep(large()).sha256
    spoilt(store.sealed_path_of(sha256), "flipped")
    settings.JINZHI_ENCRYPT_STORE = False
    assert store.keep(large()).healed
    assert store.content(sha256) == b"".join(large())


def test_a_content_that_is_whole_is_left_as_it_is():
    first = store.keep(large())
    before = store.path_of(first.sha256).stat().st_ino
    assert store.keep(large()) == first and not store.healed()
    assert store.path_of(first.sha256).stat().st_ino == before


def test_an_upload_that_arrives_again_heals_and_the_audit_and_doctor_say_so(above):
    def upload() -> Attachment:
        file = SimpleUploadedFile("a.txt", b"text")
        return store.attach(file, unit=above.acting.unit, stream="thing:1", user=above.user)

    kept = upload()
    spoilt(store.path_of(kept.sha256), "flipped")
    assert not audit(ask=False).sound
    assert store.read(upload()) == b"text"
    done = audit(ask=False)
    assert done.sound and any("曾损坏" in f.zh for f in done.findings)
    assert any(fact.id == "healed" for look in looks() for fact in look())
