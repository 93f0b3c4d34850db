"""Keys: what they sign verifies, here, with published notes and with OpenSSL; a spoilt key file says what to do."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from asn1crypto.pem import armor, unarmor
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from jinzhi.engines.signing import (
    KIND_COSIGNATURE,
    KIND_ED25519,
    KIND_SM2,
    KeyRefused,
    SigningKeys,
    load_or_make,
    verify,
)
from jinzhi.kernel.note import SignedNote, cosigned, parse_cosignature, parse_note, parse_vkey

OPENSSL = shutil.which("openssl")
# the example of the C2SP signed-note specification, and that of Go's module x/mod/sumdb/note
PUBLISHED = [
    (
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "This is an example message.\n\n"
        "— example.com/foo "
        "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n",
    ),
    (
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
    ),
]


@pytest.fixture
def keys(tmp_path) -> SigningKeys:
    return load_or_make(tmp_path / "keys", "jinzhi.example/tianjin")


@pytest.mark.parametrize("vkey, text", PUBLISHED, ids=["c2sp", "go"])
def test_a_published_note_verifies_with_its_published_key(vkey, text):
    note = parse_note(text)
    name, key_id, _ = parse_vkey(vkey)
    (signature,) = note.by(name, key_id)
    assert str(note) == text
    assert verify(vkey, note.text.encode(), signature.signature)
    assert not verify(vkey, note.text.replace(" is ", " was ").encode(), signature.signature)


@pytest.mark.parametrize("which, kind", [("ed25519", KIND_ED25519), ("sm2", KIND_SM2)])
def test_a_line_signed_by_either_key_verifies_and_only_over_its_text(keys, which, kind):
    signer = getattr(keys, which)
    note = SignedNote("原文 text\n", (signer.line("原文 text\n"),))
    (line,) = parse_note(str(note)).by(signer.name, signer.key_id)
    assert signer.kind == kind
    assert verify(signer.vkey, note.text.encode(), line.signature)
    assert not verify(signer.vkey, b"other\n", line.signature)


def test_no_bit_of_a_signature_can_be_changed(keys):
    for signer in (keys.ed25519, keys.sm2):
        signature = signer.sign(b"text")
        for place in (0, 31, 32, 63):
            changed = bytearray(signature)
            changed[place] ^= 1
            assert not verify(signer.vkey, b"text", bytes(changed))
        assert not verify(signer.vkey, b"text", signature + b"\0")
        assert not verify(signer.vkey, b"text", bytes(64))


def test_one_key_does_not_verify_what_the_other_signed(keys):
    assert not verify(keys.sm2.vkey, b"text", keys.ed25519.sign(b"text"))
    assert not verify(keys.ed25519.vkey, b"text", keys.sm2.sign(b"text"))


def test_a_key_that_is_none_verifies_nothing(keys):
    signature = keys.sm2.sign(b"text")
    assert not verify("not a key", b"text", signature)
    assert not verify(keys.sm2.vkey[:-8] + "AAAAAAA=", b"text", signature)


def test_a_witness_signs_a_checkpoint_at_a_moment_and_nothing_else(keys):
    text = "jinzhi.example/tianjin/2026/sha256\n1\nq83vEjRWeJA=\n"
    line = keys.witness.cosign(text, 1_795_000_000)
    moment, signature = parse_cosignature(line.signature)
    assert (moment, keys.witness.kind) == (1_795_000_000, KIND_COSIGNATURE)
    assert verify(keys.witness.vkey, cosigned(moment, text), signature)
    assert not verify(keys.witness.vkey, cosigned(moment + 1, text), signature)
    assert keys.witness.public != keys.ed25519.public
    with pytest.raises(ValueError, match="cosign"):
        keys.witness.line(text)
    with pytest.raises(ValueError, match="witness"):
        keys.ed25519.cosign(text, 1)


def test_keys_are_made_once_and_are_private(tmp_path):
    first, again = load_or_make(tmp_path, "a"), load_or_make(tmp_path, "a")
    assert (first.vkeys, first.witness.vkey) == (again.vkeys, again.witness.vkey)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ed25519.pem", "sm2.pem", "witness.pem"]
    assert {stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()} == {0o600}


def test_those_who_make_them_at_once_get_the_same(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: load_or_make(tmp_path, "a").vkeys, range(16)))
    assert len(set(made)) == 1


@pytest.mark.parametrize("file", ["ed25519.pem", "sm2.pem", "witness.pem"])
@pytest.mark.parametrize("spoil", [lambda b: b"", lambda b: b[: len(b) // 2], lambda b: b.swapcase()])
def test_a_spoilt_key_file_is_named_and_kept(tmp_path, file, spoil):
    load_or_make(tmp_path, "a")
    path = tmp_path / file
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(KeyRefused, match=f"{file}.*备份"):
        load_or_make(tmp_path, "a")
    assert path.exists()


def test_an_sm2_file_whose_two_halves_do_not_fit_is_refused(tmp_path):
    keys = load_or_make(tmp_path / "a", "a")
    other = load_or_make(tmp_path / "b", "a")
    assert keys.sm2.public != other.sm2.public
    spoilt = der(tmp_path / "a/sm2.pem").replace(keys.sm2.public, other.sm2.public)
    write_pem(tmp_path / "a/sm2.pem", spoilt)
    with pytest.raises(KeyRefused, match="sm2"):
        load_or_make(tmp_path / "a", "a")


def test_a_key_file_that_others_can_read_is_refused_with_the_way_out(tmp_path):
    load_or_make(tmp_path, "a")
    os.chmod(tmp_path / "sm2.pem", 0o640)
    with pytest.raises(KeyRefused, match="chmod 600"):
        load_or_make(tmp_path, "a")


@pytest.mark.parametrize("name", ["", "a b", "a+b", "甲\u3000乙"])
def test_a_name_that_notes_cannot_hold_is_refused(tmp_path, name):
    with pytest.raises(KeyRefused, match="名称"):
        load_or_make(tmp_path, name)


@pytest.mark.skipif(not OPENSSL, reason="no openssl command: SM2 signatures are not checked by a second program")
@pytest.mark.parametrize("message", [b"", "检查点\n".encode(), b"x" * 100_000])
def test_openssl_verifies_an_sm2_signature_and_refuses_another_message(tmp_path, message):
    signer = load_or_make(tmp_path, "a").sm2
    signature = signer.sign(message)
    (tmp_path / "sig").write_bytes(encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:])))
    openssl("pkey", "-in", tmp_path / "sm2.pem", "-pubout", "-out", tmp_path / "pub")
    assert openssl_verifies(tmp_path, message)
    assert not openssl_verifies(tmp_path, message + b".")


@pytest.mark.skipif(not OPENSSL, reason="no openssl command: SM2 signatures are not checked by a second program")
def test_a_signature_made_by_openssl_verifies_here(tmp_path):
    signer = load_or_make(tmp_path, "a").sm2
    (tmp_path / "text").write_bytes(b"by OpenSSL")
    done = openssl(
        "pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678",
        "-inkey", tmp_path / "sm2.pem", "-in", tmp_path / "text", "-out", tmp_path / "sig",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    raw = (tmp_path / "sig").read_bytes()
    r_len = raw[3]
    r, s = int.from_bytes(raw[4 : 4 + r_len]), int.from_bytes(raw[6 + r_len :])
    assert verify(signer.vkey, b"by OpenSSL", r.to_bytes(32) + s.to_bytes(32))


def openssl(*args: str | Path) -> subprocess.CompletedProcess:
    return subprocess.run([OPENSSL, *map(str, args)], capture_output=True, check=False)


def openssl_verifies(folder: Path, message: bytes) -> bool:
    (folder / "text").write_bytes(message)
    return openssl(
        "pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678",
        "-pubin", "-inkey", folder / "pub", "-in", folder / "text", "-sigfile", folder / "sig",
    ).returncode == 0  # fmt: skip


def der(path: Path) -> bytes:
    return unarmor(path.read_bytes())[2]


def write_pem(path: Path, content: bytes) -> None:
    path.write_bytes(armor("PRIVATE KEY", content))
