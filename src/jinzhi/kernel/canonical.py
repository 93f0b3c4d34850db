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


def canonical(value: object, where: str = "$") -> str:
    """The canonical JSON text. Raises NotCanonical on floats, huge integers and foreign types."""
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
            return "{" + ",".join(f"{_text(k, where)}:{canonical(value[k], f'{where}.{k}')}" for k in keys) + "}"
        case Sequence() if not isinstance(value, (bytes, bytearray)):
            return "[" + ",".join(canonical(v, f"{where}[{i}]") for i, v in enumerate(value)) + "]"
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
