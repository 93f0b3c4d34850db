"""Encryption of kept files: AES-256-GCM by chunks, so that a large file is written and read as a stream.

A sealed file is a head (mark, id of the key, salt) and chunks of CHUNK bytes, each with its tag. Every file has a key
of its own (HKDF-SHA256 of the operator's key and the salt). The nonce of a chunk is its number and whether it is the
last, so chunks cannot be exchanged, repeated or cut off without being found; the head is authenticated with each.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MARK = b"jinzhi-store-1\n"
CHUNK = 256 * 1024
TAG = 16
ID, SALT = 8, 16
HEAD = len(MARK) + ID + SALT


class KeyProblem(Exception):
    """The key file is missing, unreadable or holds no key. ``args[0]`` says why and what to do."""


class Tampered(Exception):
    """A sealed file that does not open: changed, cut off, or sealed with a key that is not there."""


def id_of(key: bytes) -> bytes:
    """What a sealed file says of the key that opens it; nothing of the key follows from it."""
    return hashlib.sha256(b"jinzhi store key" + key).digest()[:ID]


@dataclass(frozen=True)
class CipherKeys:
    """The keys of the store: the first seals, all of them open."""

    keys: tuple[bytes, ...]

    @property
    def present(self) -> bytes:
        return self.keys[0]

    def find(self, id: bytes) -> bytes | None:
        return next((k for k in self.keys if id_of(k) == id), None)


def load(path: Path) -> CipherKeys:
    """The keys of a file: one a line as 64 hexadecimal digits, the present one first. Raises KeyProblem."""
    try:
        lines = path.read_text(encoding="ascii").split()
        keys = tuple(bytes.fromhex(line) for line in lines)
    except FileNotFoundError:
        raise KeyProblem(f"密钥文件 {path} 不存在；如有备份请恢复，密钥丢失后加密内容无法读取") from None
    except (ValueError, OSError) as e:
        raise KeyProblem(f"密钥文件 {path} 无法读取：{e}") from None
    if not keys or any(len(k) != 32 for k in keys):
        raise KeyProblem(f"密钥文件 {path} 应每行一个密钥（64 位十六进制）")
    return CipherKeys(keys)


def load_or_make(path: Path, *, sealed: Callable[[], bool] = lambda: False) -> CipherKeys:
    """The keys of a file, which is made with one key where it is not there: readable by its owner only.

    ``sealed``: whether something was sealed before. Then a file that is not there is lost, and none is made: Raises
    KeyProblem.
    """
    if not path.exists() and not sealed():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = _written(path, (secrets.token_bytes(32),))
        try:
            os.link(fresh, path)  # where another process was faster, its key stands
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return load(path)


def rotate(path: Path) -> CipherKeys:
    """Put a new key first; the old ones stay, to open what they sealed."""
    old = load(path)
    os.replace(_written(path, (secrets.token_bytes(32), *old.keys)), path)
    return load(path)


def forget(path: Path, used: set[bytes]) -> int:
    """Drop the old keys that no sealed file needs (``used``: ids of those that do); how many went."""
    keys = load(path).keys
    left = (keys[0], *(k for k in keys[1:] if id_of(k) in used))
    os.replace(_written(path, left), path)
    return len(keys) - len(left)


def _written(path: Path, keys: tuple[bytes, ...]) -> Path:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    with open(fresh, "x", encoding="ascii", opener=lambda p, f: os.open(p, f, 0o600)) as file:
        file.writelines(f"{k.hex()}\n" for k in keys)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def exposed(path: Path) -> bool:
    """Whether others than the owner may read the key file."""
    return bool(path.stat().st_mode & 0o077)


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=MARK).derive(key))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def seal(content: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """The bytes of a sealed file, from content in pieces of any size."""
    salt = secrets.token_bytes(SALT)
    head = MARK + id_of(key) + salt
    cipher = _cipher(key, salt)
    yield head
    number, waiting = 0, bytearray()
    for piece in content:
        waiting += piece
        while len(waiting) > CHUNK:
            yield cipher.encrypt(_nonce(number, False), bytes(waiting[:CHUNK]), head)
            del waiting[:CHUNK]
            number += 1
    yield cipher.encrypt(_nonce(number, True), bytes(waiting), head)


def unseal(file: BinaryIO, keys: CipherKeys) -> Iterator[bytes]:
    """The content of a sealed file, chunk by chunk, each proven before it is given out. Raises Tampered."""
    head = file.read(HEAD)
    if len(head) != HEAD or not head.startswith(MARK):
        raise Tampered("the head of the sealed file is damaged")
    id, salt = head[len(MARK) : len(MARK) + ID], head[len(MARK) + ID :]
    key = keys.find(id)
    if key is None:
        raise Tampered(f"no key {id.hex()} is in the key file")
    cipher = _cipher(key, salt)
    number, piece = 0, file.read(CHUNK + TAG)
    while True:
        after = file.read(CHUNK + TAG)
        try:
            yield cipher.decrypt(_nonce(number, not after), piece, head)
        except (InvalidTag, ValueError):
            raise Tampered(f"chunk {number} of the sealed file is damaged or the end is missing") from None
        if not after:
            return
        number, piece = number + 1, after


def key_of(file: BinaryIO) -> bytes:
    """The id of the key that sealed a file."""
    head = file.read(HEAD)
    return head[len(MARK) : len(MARK) + ID]
