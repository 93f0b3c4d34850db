"""The verifier's own arithmetic, against published vectors and against the libraries that the platform signs with."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from gmssl_pyx import sm2_key_generate, sm2_sign
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhi.verifier import verify
from jinzhi.verifier.verify import Bad
from tests import merkle_vectors
from tests.apps.bundle_files import make
from tests.shared import SHARED

VECTORS = SHARED / "data" / "evidence" / "merkle_vectors"
OPENSSL = shutil.which("openssl")
RAW = (Encoding.Raw, PublicFormat.Raw)


def vectors(kind: str) -> list[Path]:
    return sorted((VECTORS / kind).rglob("*.json"))


def raw(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def check_inclusion(told):
    def holds() -> None:
        proof = [raw(h) for h in told["proof"] or []]
        verify.check_inclusion(
            "sha256", raw(told["leafHash"]), told["leafIdx"], told["treeSize"], proof, raw(told["root"])
        )

    if told["wantErr"]:
        with pytest.raises(Bad):
            holds()
    else:
        holds()


def check_consistency(told):
    def holds() -> None:
        proof = [raw(h) for h in told["proof"] or []]
        verify.check_consistency("sha256", told["size1"], told["size2"], proof, raw(told["root1"]), raw(told["root2"]))

    if told["wantErr"]:
        with pytest.raises(Bad):
            holds()
    else:
        holds()


@pytest.mark.parametrize("vector", merkle_vectors.inclusion(), ids=lambda v: v["path"])
def test_inclusion_vector(vector):
    check_inclusion(vector)


@pytest.mark.parametrize("vector", merkle_vectors.consistency(), ids=lambda v: v["path"])
def test_consistency_vector(vector):
    check_consistency(vector)


@pytest.mark.shared("data/evidence/merkle_vectors")
@pytest.mark.parametrize(("kind", "check"), [("inclusion", check_inclusion), ("consistency", check_consistency)])
def test_the_98_published_vectors(kind, check):
    assert len(vectors(kind)) == 98
    for path in vectors(kind):
        check(json.loads(path.read_text()))


def test_sm3_in_python_gives_the_standard_s_two_examples():
    assert verify.Sm3(b"abc").hexdigest() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert verify.Sm3(b"abcd" * 16).hexdigest() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"


@given(st.lists(st.binary(max_size=200), max_size=4))
def test_sm3_in_python_is_openssl_s_however_it_is_fed(pieces):
    made = verify.Sm3()
    for piece in pieces:
        made.update(piece)
    assert made.digest() == hashlib.new("sm3", b"".join(pieces)).digest()


def test_an_interpreter_without_sm3_falls_back(monkeypatch):
    def none(name: str, *_: object) -> None:
        raise ValueError(name)

    monkeypatch.setattr(verify.hashlib, "new", none)
    assert isinstance(verify.hasher("sm3"), verify.Sm3)


@settings(max_examples=20)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100), st.integers(0, 511))
def test_ed25519_in_python_is_the_library_s(seed, message, bit):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes(*RAW), key.sign(message)
    assert verify.ed25519_verify(public, message, signature)
    assert not verify.ed25519_verify(public, message + b"x", signature)
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    assert not verify.ed25519_verify(public, message, bytes(changed))


def test_an_ed25519_signature_has_one_form():
    """s + L would verify, too, with a lenient verifier (RFC 8032 section 5.1.7)."""
    key = Ed25519PrivateKey.generate()
    signature = key.sign(b"m")
    longer = int.from_bytes(signature[32:], "little") + 2**252 + 27742317777372353535851937790883648493
    assert not verify.ed25519_verify(
        key.public_key().public_bytes(*RAW), b"m", signature[:32] + longer.to_bytes(32, "little")
    )


@settings(max_examples=20)
@given(st.binary(max_size=100), st.integers(0, 511))
def test_sm2_in_python_is_the_library_s(message, bit):
    public, private = sm2_key_generate()
    r, s = decode_dss_signature(sm2_sign(private, public, message))
    signature = r.to_bytes(32) + s.to_bytes(32)
    assert verify.sm2_verify(b"\x04" + public, message, signature)
    assert not verify.sm2_verify(b"\x04" + public, message + b"x", signature)
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    assert not verify.sm2_verify(b"\x04" + public, message, bytes(changed))


def test_a_point_off_the_curve_is_no_key():
    public, private = sm2_key_generate()
    r, s = decode_dss_signature(sm2_sign(private, public, b"m"))
    off = bytes([public[0] ^ 1]) + public[1:]
    assert not verify.sm2_verify(b"\x04" + off, b"m", r.to_bytes(32) + s.to_bytes(32))
    assert not verify.sm2_verify(b"\x04" + bytes(64), b"m", r.to_bytes(32) + s.to_bytes(32))
    assert not verify.sm2_verify(b"\x04" + public, b"m", bytes(64))


@pytest.mark.parametrize(
    "curve, ours, algorithm",
    [(ec.SECP256R1(), verify.P256, hashes.SHA256()), (ec.SECP384R1(), verify.P384, hashes.SHA384())],
    ids=["P-256", "P-384"],
)
def test_ecdsa_in_python_is_the_library_s(curve, ours, algorithm):
    key = ec.generate_private_key(curve)
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    r, s = decode_dss_signature(key.sign(b"text", ec.ECDSA(algorithm)))
    digest = hashlib.new(algorithm.name, b"text").digest()
    assert verify.ecdsa_verify(ours, public, digest, r, s)
    assert not verify.ecdsa_verify(ours, public, digest, s, r)
    assert not verify.ecdsa_verify(ours, public, hashlib.new(algorithm.name, b"other").digest(), r, s)


@pytest.mark.parametrize("text", ['{"a":1,"a":2}', '{"a": 1}', '{"b":1,"a":1}', '{"a":1.0}', "[1]", '{"a":NaN}', "{"])
def test_json_that_could_be_read_in_two_ways_is_refused(text):
    with pytest.raises(Bad, match="JSON"):
        verify.read_json(text.encode())


@pytest.mark.parametrize(
    "data", ["30", "3081", "308100", "30810100", "30820001", "308000", "3003", "1f0100", "3005020100"]
)
def test_der_in_another_form_is_refused(data):
    with pytest.raises(Bad):
        verify.whole_der(bytes.fromhex(data))


# --- time stamps of an authority made by OpenSSL, with RSA and a certificate authority between --------------------


CONFIG = """
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[tsa]
basicConstraints = critical,CA:false
extendedKeyUsage = {eku}
[tsa_config]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = {ess}
"""


def openssl(folder: Path, *args: str) -> None:
    done = subprocess.run([OPENSSL, *args], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def stamped(folder: Path, digest: bytes, *, eku: str = "critical,timeStamping", ess: str = "sha256") -> bytes:
    """A token over a digest by OpenSSL's own authority: root, intermediate and stamping certificate, all RSA."""
    (folder / "c").write_text(CONFIG.format(eku=eku, ess=ess))
    (folder / "serial").write_text("01")
    for name, issuer, section in (("root", "", "ca"), ("middle", "root", "ca"), ("tsa", "middle", "tsa")):
        openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-subj", f"/CN={name}",
                "-out", f"{name}.csr")  # fmt: skip
        sign = ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key"] if issuer else ["-key", "root.key"]
        openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-days", "30", "-extfile", "c", "-extensions", section,
                "-out", f"{name}.pem", "-set_serial", "7", *sign)  # fmt: skip
    openssl(folder, "ts", "-query", "-digest", digest.hex(), "-cert", "-out", "query")
    openssl(folder, "ts", "-reply", "-config", "c", "-section", "tsa_config", "-queryfile", "query",
            "-signer", "tsa.pem", "-inkey", "tsa.key", "-chain", "middle.pem", "-out", "token")  # fmt: skip
    return (folder / "token").read_bytes()


needs_openssl = pytest.mark.skipif(not OPENSSL, reason="no openssl command: its time stamps are not checked")


@needs_openssl
@pytest.mark.parametrize("ess", ["sha256", "sha1"])
def test_a_token_of_openssl_holds_through_a_chain(tmp_path, ess):
    digest = hashlib.sha256(b"text").digest()
    token = stamped(tmp_path, digest, ess=ess)
    roots = verify.read_pem((tmp_path / "root.pem").read_bytes())
    moment, name = verify.check_token(token, digest, roots)
    assert name == "tsa" and moment.year >= 2026
    with pytest.raises(Bad, match="另一份内容"):
        verify.check_token(token, bytes(32), roots)
    with pytest.raises(Bad, match="根证书"):
        verify.check_token(token, digest, [])
    altered = bytearray(token)
    altered[-1] ^= 1
    with pytest.raises(Bad, match="签名不成立"):
        verify.check_token(bytes(altered), digest, roots)


@needs_openssl
def test_a_stamping_certificate_cannot_issue_another(tmp_path):
    """A chain that runs through a certificate that is no authority's is refused."""
    token = stamped(tmp_path, bytes(32))
    (leaf,) = verify.read_pem((tmp_path / "tsa.pem").read_bytes())
    (middle,) = verify.read_pem((tmp_path / "middle.pem").read_bytes())
    (root,) = verify.read_pem((tmp_path / "root.pem").read_bytes())
    assert not leaf.may_sign_certificates(0) and middle.may_sign_certificates(0)
    moment, _ = verify.check_token(token, bytes(32), [root])
    with pytest.raises(Bad):
        verify.check_chain(leaf, [], [root], moment)
    with pytest.raises(Bad, match="有效期"):
        verify.check_chain(leaf, [middle], [root], moment.replace(year=moment.year + 5))


def test_on_an_interpreter_without_sm3_the_program_still_verifies(above, tmp_path, settings):
    """OpenSSL can be built without SM3; then hashlib has none and the program computes it."""
    settings.JINZHI_STORE = tmp_path / "store"
    made = make(above, tmp_path)
    (tmp_path / "bundle.zip").write_bytes(made.content)
    without = (
        "import hashlib, runpy, sys; has = hashlib.new\n"
        "def new(name, *args, **more):\n"
        "    if name == 'sm3': raise ValueError('unsupported hash type sm3')\n"
        "    return has(name, *args, **more)\n"
        "hashlib.new = new; program = sys.argv.pop(1); runpy.run_path(program, run_name='__main__')"
    )
    arguments = [verify.__file__, str(tmp_path / "bundle.zip"), "--key", made.keys.sm2.vkey]
    command = [sys.executable, "-I", "-c", without, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no SM3" in done.stderr and "VERIFIED" in done.stdout
