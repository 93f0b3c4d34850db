"""Keys that sign: Ed25519 and SM2 (GB/T 32918), each with its written verifier key (C2SP signed-note).

Three keys make an installation's set. Ed25519 and SM2 sign its log; the witness key, an Ed25519 key of its own as
C2SP tlog-cosignature asks, cosigns the logs of others. Private keys lie as PKCS#8 in PEM, readable by their owner
only; OpenSSL's command line reads both kinds.

SM2 is gmssl-pyx's (libgmssl): `cryptography` has none. A message is hashed with Z of the usual signer id, and a
signature is written as the 64 bytes r ‖ s. libgmssl says on standard error where it refused a signature.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from asn1crypto.keys import ECPrivateKey, NamedCurve, PrivateKeyInfo
from asn1crypto.pem import armor, unarmor
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from gmssl_pyx import GmsslInnerError, sm2_key_generate, sm2_sign, sm2_verify

from jinzhi.kernel.note import (
    COSIGNATURE,
    ED25519,
    SM2_NAME,
    UNASSIGNED,
    NoteError,
    Signature,
    cosignature,
    cosigned,
    key_id,
    parse_vkey,
    valid_name,
    vkey,
)

KIND_ED25519 = bytes([ED25519])
KIND_COSIGNATURE = bytes([COSIGNATURE])
KIND_SM2 = bytes([UNASSIGNED]) + SM2_NAME
#: the signer id of GM/T 0009 that is used where none is agreed
SM2_ID = b"1234567812345678"
SM2_CURVE = "1.2.156.10197.1.301"
NamedCurve.register("sm2p256v1", SM2_CURVE, 32)


class KeyRefused(ValueError):
    """A key file or key that cannot be used. ``args[0]`` says which, why and what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key under a name. ``kind`` is the type of signature as the note formats number it."""

    name: str
    kind: bytes
    public: bytes
    _sign: Callable[[bytes], bytes]

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, self.kind, self.public)

    @property
    def vkey(self) -> str:
        """The verifier key, to be given to others: name+key id+base64."""
        return vkey(self.name, self.kind, self.public)

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of the signature over the message."""
        return self._sign(message)

    def line(self, text: str) -> Signature:
        """The signature line under a note's text."""
        if self.kind == KIND_COSIGNATURE:
            raise ValueError("a witness key signs a checkpoint at a moment: use cosign()")
        return Signature(self.name, self.key_id, self.sign(text.encode()))

    def cosign(self, text: str, timestamp: int) -> Signature:
        """The cosignature line of a witness under a checkpoint's text at a moment (seconds since 1970)."""
        if self.kind != KIND_COSIGNATURE:
            raise ValueError("only a witness key cosigns")
        return Signature(self.name, self.key_id, cosignature(timestamp, self.sign(cosigned(timestamp, text))))


class KeyMissing(KeyRefused):
    """A key file that should be there and is not."""


@dataclass(frozen=True, slots=True)
class LogKeys:
    """The two keys that sign an installation's log."""

    ed25519: Signer
    sm2: Signer

    @property
    def vkeys(self) -> tuple[str, str]:
        """The verifier keys of the log."""
        return self.ed25519.vkey, self.sm2.vkey


@dataclass(frozen=True, slots=True)
class SigningKeys(LogKeys):
    """The keys of an installation: two sign its own log, the third cosigns others'."""

    witness: Signer


#: the files of the keys that sign the log, and of the one that cosigns
LOG_FILES, WITNESS_FILE = ("ed25519.pem", "sm2.pem"), "witness.pem"


def load_or_make(folder: Path, name: str) -> SigningKeys:
    """The keys in a folder; made there at the first call, and never again. Raises KeyRefused.

    Two processes that make them at once end with the same keys: the one that comes second takes the first's. Where
    something was signed before, keys that are not there are lost: load them (``log_keys``, ``witness_key``).
    """
    found = log_keys(folder, name, make=True)
    return SigningKeys(found.ed25519, found.sm2, witness_key(folder, name, make=True))


def log_keys(folder: Path, name: str, *, make: bool = False) -> LogKeys:
    """The keys in a folder that sign a log. Raises KeyMissing where one is not there and none is to be made."""
    _named(folder, name, make)
    ed25519, sm2 = (folder / file for file in LOG_FILES)
    return LogKeys(
        _ed25519(_kept(ed25519, _new_ed25519 if make else None), name, KIND_ED25519),
        _sm2(_kept(sm2, _new_sm2 if make else None), name),
    )


def witness_key(folder: Path, name: str, *, make: bool = False) -> Signer:
    """The key in a folder that cosigns. Raises KeyMissing where it is not there and none is to be made."""
    _named(folder, name, make)
    return _ed25519(_kept(folder / WITNESS_FILE, _new_ed25519 if make else None), name, KIND_COSIGNATURE)


def _named(folder: Path, name: str, make: bool) -> None:
    if not valid_name(name):
        raise KeyRefused(f"签名者名称“{name}”不可用：不能为空，不能含空格或加号")
    if make:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def verify(key: str, message: bytes, signature: bytes) -> bool:
    """Whether the signature over the message is that of a written verifier key, of either kind.

    For a witness key the message is that of :func:`jinzhi.kernel.note.cosigned` and the signature its last 64
    bytes. False for a key or a signature of the wrong shape, too.
    """
    try:
        _, _, material = parse_vkey(key)
    except NoteError:
        return False
    if len(signature) != 64:
        return False
    if material[:1] in (KIND_ED25519, KIND_COSIGNATURE):
        try:
            Ed25519PublicKey.from_public_bytes(material[1:]).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True
    if material.startswith(KIND_SM2 + b"\x04") and len(material) == len(KIND_SM2) + 65:
        point = material[len(KIND_SM2) + 1 :]
        r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        try:
            return bool(sm2_verify(point, message, encode_dss_signature(r, s), SM2_ID))
        except GmsslInnerError:
            return False
    return False


def _ed25519(path: Path, name: str, kind: bytes) -> Signer:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError):
        raise KeyRefused(_damaged(path)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyRefused(_damaged(path))
    return Signer(name, kind, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), key.sign)


def _sm2(path: Path, name: str) -> Signer:
    try:
        label, _, der = unarmor(path.read_bytes())
        info = PrivateKeyInfo.load(der, strict=True)
        inner = info["private_key"].parsed
        curve = info["private_key_algorithm"]["parameters"].chosen.dotted
        private = inner["private_key"].contents
        public = bytes(inner["public_key"])
    except (ValueError, TypeError, KeyError, AttributeError):
        raise KeyRefused(_damaged(path)) from None
    if (label, curve, len(private), len(public), public[:1]) != ("PRIVATE KEY", SM2_CURVE, 32, 65, b"\x04"):
        raise KeyRefused(_damaged(path))

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(sm2_sign(private, public[1:], message, SM2_ID))
        return r.to_bytes(32) + s.to_bytes(32)

    signer = Signer(name, KIND_SM2, public, sign)
    try:
        fits = verify(signer.vkey, b"jinzhi", sign(b"jinzhi"))
    except GmsslInnerError:
        fits = False
    if not fits:
        raise KeyRefused(_damaged(path))
    return signer


def _damaged(path: Path) -> str:
    return f"私钥文件 {path} 已损坏或类型不对：请从备份恢复"


def _new_ed25519() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _new_sm2() -> bytes:
    public, private = sm2_key_generate()
    inner = ECPrivateKey({"version": 1, "private_key": int.from_bytes(private), "public_key": b"\x04" + public})
    # asn1crypto writes the number without leading zeros unless it is told the curve's width (RFC 5915 asks for 32)
    inner["private_key"].set_encoded_width(32)
    info = PrivateKeyInfo(
        {
            "version": 0,
            "private_key_algorithm": {"algorithm": "ec", "parameters": ("named", SM2_CURVE)},
            "private_key": inner,
        }
    )
    pem: bytes = armor("PRIVATE KEY", info.dump())
    return pem


def _kept(path: Path, make: Callable[[], bytes] | None) -> Path:
    """The path of a private file; written whole and with its rights before it appears under its name."""
    if make is None and not path.exists():
        raise KeyMissing(f"私钥文件 {path} 不在：请从备份恢复")
    if make is not None and not path.exists():
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as temp:
            temp.write(make())
            temp.flush()
            os.fsync(temp.fileno())
            with suppress(FileExistsError):
                os.link(temp.name, path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise KeyRefused(f"私钥文件 {path} 的权限是 {mode:o}，他人可读：请执行 chmod 600 {path}，并考虑更换密钥")
    return path
