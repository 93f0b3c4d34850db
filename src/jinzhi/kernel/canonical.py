"""Canonical JSON (RFC 8785) and its two digests, SHA-256 and SM3 (GB/T 32905).

Only what the platform's records hold is written: objects, arrays, strings, booleans, null, and integers that
a double holds exactly. Amounts and ratios are kept as decimal strings, so a float is an error here, not a
rounding.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SAFE = 2**53 - 1


class NotCanonical(ValueError):
    """A value that canonical JSON of this platform cannot hold; the message says where."""


def _text(value: str, where: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as e:
        raise NotCanonical(f"{where}: a lone surrogate cannot be written") from e
    return json.dumps(value, ensure_ascii=False)


#: sorts keys by code points, which for ASCII is the order of RFC 8785, and escapes as it says
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False).encode


def canonical(value: object) -> str:
    """The canonical JSON text. Raises NotCanonical on floats, huge integers and foreign types."""
    if _plain(value):
        text = _encode(value)
        if _writable(text):
            return text
    return spelled(value)


_LEAVES = (str, bool, type(None))


def _plain(value: object) -> bool:
    """Whether the standard encoder writes this canonically: JSON's own types only, ASCII keys, no float."""
    kind = type(value)
    if kind in _LEAVES:
        return True
    if isinstance(value, int):
        return kind is int and -SAFE <= value <= SAFE
    if isinstance(value, dict):
        return kind is dict and _plain_members(value)
    return isinstance(value, (list, tuple)) and kind in (list, tuple) and all(map(_plain, value))


def _plain_members(value: dict[object, object]) -> bool:
    for key, inner in value.items():
        if type(key) is not str or not key.isascii():
            return False
        if type(inner) not in _LEAVES and not _plain(inner):
            return False
    return True


def _writable(text: str) -> bool:
    """Whether the text has no lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def spelled(value: object, where: str = "$") -> str:
    """The canonical JSON text by the letter of RFC 8785, for everything that it can hold; it says where it cannot."""
    match value:
        case None:
            return "null"
        case True:
            return "true"
        case False:
            return "false"
        case int():
            if abs(value) > SAFE:
                raise NotCanonical(f"{where}: {value} is beyond what a double holds exactly")
            return str(value)
        case str():
            return _text(value, where)
        case Mapping():
            for key in value:
                if not isinstance(key, str):
                    raise NotCanonical(f"{where}: the key {key!r} is not a string")
            keys = sorted(value, key=lambda k: k.encode("utf-16-be", "surrogatepass"))
            return "{" + ",".join(f"{_text(k, where)}:{spelled(value[k], f'{where}.{k}')}" for k in keys) + "}"
        case Sequence() if not isinstance(value, (bytes, bytearray)):
            return "[" + ",".join(spelled(v, f"{where}[{i}]") for i, v in enumerate(value)) + "]"
    raise NotCanonical(f"{where}: {type(value).__name__} has no canonical form (write it as text)")


@dataclass(frozen=True, slots=True)
class Digests:
    """The two digests of the same bytes, in lower-case hexadecimal."""

    sha256: str
    sm3: str


def digests(content: bytes) -> Digests:
    return Digests(hashlib.sha256(content).hexdigest(), hashlib.new("sm3", content).hexdigest())


def digest_value(value: object) -> Digests:
    """Digests of the canonical JSON of a value."""
    return digests(canonical(value).encode("utf-8"))
