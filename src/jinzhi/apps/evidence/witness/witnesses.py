"""Who witnesses whom: the logs that this installation cosigns, and the witnesses and the policy of its own log.

All of it stands in one file, ``witnesses.json`` in the installation's folder, which ``jinzhi evidence witness``
writes and a person may read::

    {"name": "notary.example.org/witness",
     "logs": [{"origin": "jinzhi-tianjin", "vkeys": ["jinzhi-tianjin+…", "jinzhi-tianjin+…"]}],
     "witnesses": [{"vkey": "court.example.org/witness+…", "url": "https://court.example.org/witness"}],
     "need": "all"}

It is a file and no table, so that putting the database back does not put back who is trusted.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from jinzhi.apps.evidence.models import Witnessed
from jinzhi.engines import signing
from jinzhi.kernel import note
from jinzhi.kernel.merkle import FAMILIES, SHA256, Family

_YEAR = re.compile(r"/([1-9][0-9]{3})/([a-z0-9]+)")
_BY_NAME = {family.name: family for family in FAMILIES}
#: the columns that keep them are as wide
LONGEST_NAME, LONGEST_ORIGIN = 120, 200
KEYS_OF_LOGS = (signing.KIND_ED25519, signing.KIND_SM2)


class WitnessRefused(ValueError):
    """A declaration of logs or witnesses that cannot be used. ``args[0]`` says which and why, in Chinese."""


@dataclass(frozen=True)
class KnownLog:
    """A log that this installation cosigns: the origin without year and family, and the keys that sign it.

    ``origin`` stands for the two trees of each year of a Jinzhi log (``origin/2026/sha256``, ``origin/2026/sm3``), and
    for a log of another make whose origin line it is (one tree, SHA-256).
    """

    origin: str
    vkeys: tuple[str, ...]

    def family(self, line: str) -> Family | None:
        """The hash family of the tree with this origin line; None where it is not one of this log."""
        if line == self.origin:
            return SHA256
        found = _YEAR.fullmatch(line.removeprefix(self.origin)) if line.startswith(self.origin) else None
        return _BY_NAME.get(found[2]) if found else None


@dataclass(frozen=True)
class Witness:
    """Somebody who cosigns this installation's log: the key, and the address below which ``add-checkpoint`` lies."""

    vkey: str
    url: str
    #: the trees that it cosigns: a witness of another make knows SHA-256 only
    trees: tuple[str, ...] = tuple(_BY_NAME)

    @property
    def name(self) -> str:
        return note.parse_vkey(self.vkey)[0]


@dataclass(frozen=True)
class Witnesses:
    """The whole file. ``name``: under which this installation cosigns; ``need``: how many must cosign, None for all."""

    name: str = ""
    logs: tuple[KnownLog, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    need: int | None = None

    @property
    def needed(self) -> int:
        return len(self.witnesses) if self.need is None else self.need

    def log_with(self, line: str) -> tuple[KnownLog, Family] | None:
        """The known log that an origin line belongs to, and the family of that tree."""
        for known in self.logs:
            family = known.family(line)
            if family is not None:
                return known, family
        return None


def path() -> Path:
    return Path(settings.JINZHI_WITNESSES)


def load() -> Witnesses:
    """What the file says; nothing where there is none. Raises WitnessRefused."""
    try:
        said = json.loads(path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Witnesses()
    except (OSError, ValueError) as e:
        raise WitnessRefused(f"读不了 {path()}：{e}") from None
    try:
        return checked(_read(said))
    except (KeyError, TypeError, AttributeError) as e:
        raise WitnessRefused(
            f"{path()} 的格式不对：{type(e).__name__} {e}，请用 jinzhi evidence witness 改写"
        ) from None


def _read(said: dict[str, Any]) -> Witnesses:
    strange = set(said) - {"name", "logs", "witnesses", "need"}
    if strange:
        raise WitnessRefused(f"{path()} 中有不认识的项：{'、'.join(sorted(strange))}")
    need = said.get("need", "all")
    if need != "all" and (isinstance(need, bool) or not isinstance(need, int)):
        raise WitnessRefused(f'{path()}：need 应为 "all" 或整数，现为 {need!r}')
    return Witnesses(
        name=str(said.get("name", "")),
        logs=tuple(KnownLog(str(one["origin"]), tuple(map(str, one["vkeys"]))) for one in said.get("logs", ())),
        witnesses=tuple(
            Witness(str(one["vkey"]), str(one["url"]).rstrip("/"), tuple(map(str, one.get("trees", _BY_NAME))))
            for one in said.get("witnesses", ())
        ),
        need=None if need == "all" else need,
    )


def checked(given: Witnesses) -> Witnesses:
    """The same, once every name, key and address is seen to be one. Raises WitnessRefused."""
    if given.name and (not note.valid_name(given.name) or len(given.name) > LONGEST_NAME):
        raise WitnessRefused(f"见证者名称“{given.name}”不可用：不能含空格或加号，不超过 {LONGEST_NAME} 字")
    if given.logs and not given.name:
        raise WitnessRefused("先为本机的见证起名：jinzhi evidence witness name 名称（如 notary.example.org/witness）")
    for known in given.logs:
        if not known.origin or len(known.origin) > LONGEST_ORIGIN or any(ord(c) < 0x20 for c in known.origin):
            raise WitnessRefused(f"日志名称“{known.origin}”不可用：不能为空、含控制字符或超过 {LONGEST_ORIGIN} 字")
        if not known.vkeys:
            raise WitnessRefused(f"日志 {known.origin} 没有公钥")
        for key in known.vkeys:
            kind_of(key, KEYS_OF_LOGS, f"日志 {known.origin} 的公钥")
    for one in given.witnesses:
        kind_of(one.vkey, (signing.KIND_COSIGNATURE,), "见证者的公钥")
        if len(one.name) > LONGEST_NAME:
            raise WitnessRefused(f"见证者名称“{one.name}”超过 {LONGEST_NAME} 字")
        if not one.trees or len(set(one.trees)) != len(one.trees) or not set(one.trees) <= set(_BY_NAME):
            raise WitnessRefused(f"见证者 {one.name} 的树应为 {'、'.join(_BY_NAME)} 之一或全部")
        parts = urlsplit(one.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise WitnessRefused(f"见证者 {one.name} 的地址“{one.url}”不是 http(s) 地址")
    for what, names in (("日志", [k.origin for k in given.logs]), ("见证者", [w.name for w in given.witnesses])):
        twice = {n for n in names if names.count(n) > 1}
        if twice:
            raise WitnessRefused(f"{what} {'、'.join(sorted(twice))} 列了两次")
    if given.need is not None and not 0 <= given.need <= len(given.witnesses):
        raise WitnessRefused(f"规则要求 {given.need} 位见证者，只列了 {len(given.witnesses)} 位")
    return given


def kind_of(key: str, kinds: tuple[bytes, ...], what: str) -> bytes:
    """The type of a verifier key, one of ``kinds``. Raises WitnessRefused."""
    try:
        _, _, material = note.parse_vkey(key)
    except note.NoteError as e:
        raise WitnessRefused(f"{what}不对：{e}") from None
    for kind in kinds:
        if material.startswith(kind) and len(material) - len(kind) == (65 if kind == signing.KIND_SM2 else 32):
            return kind
    raise WitnessRefused(f"{what}不是所需的类型：{key}")


def save(given: Witnesses) -> None:
    """Write the file whole. Raises WitnessRefused."""
    checked(given)
    said = {
        "name": given.name,
        "logs": [{"origin": k.origin, "vkeys": list(k.vkeys)} for k in given.logs],
        "witnesses": [
            {"vkey": w.vkey, "url": w.url, **({} if len(w.trees) == len(_BY_NAME) else {"trees": list(w.trees)})}
            for w in given.witnesses
        ],
        "need": "all" if given.need is None else given.need,
    }
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=target.parent, prefix=".new-", delete=False) as file:
        json.dump(said, file, ensure_ascii=False, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    os.chmod(file.name, 0o644)
    os.replace(file.name, target)


def with_log(given: Witnesses, known: KnownLog) -> Witnesses:
    """With one more log; one of the same origin is replaced."""
    return replace(given, logs=(*(k for k in given.logs if k.origin != known.origin), known))


def with_witness(given: Witnesses, one: Witness) -> Witnesses:
    """With one more witness; one of the same name is replaced."""
    return replace(given, witnesses=(*(w for w in given.witnesses if w.name != one.name), one))


def trees_of() -> dict[str, tuple[str, ...]]:
    """By verifier key the trees that each witness cosigns. Raises WitnessRefused."""
    return {w.vkey: w.trees for w in load().witnesses}


def policy() -> tuple[int, tuple[str, ...]]:
    """How many cosignatures a checkpoint of this log needs, and the keys of whom. Raises WitnessRefused."""
    given = load()
    return given.needed, tuple(w.vkey for w in given.witnesses)


def signer(given: Witnesses) -> signing.Signer:
    """The key with which this installation cosigns; made where nothing was cosigned yet.

    Raises WitnessRefused where it has no name for that, or where the key with which it cosigned is lost.
    """
    if not given.name:
        raise WitnessRefused("本机没有见证者名称：jinzhi evidence witness name 名称")
    notes = Witnessed.objects.exclude(note="").values_list("note", flat=True)
    signed = {line.key_id for text in notes for line in note.parse_note(text).signatures if line.name == given.name}
    try:
        found = signing.witness_key(Path(settings.JINZHI_KEYS), given.name, make=not signed)
    except signing.KeyMissing as e:
        raise WitnessRefused(
            f"{e}；已停止见证。确已丢失时另起名称：jinzhi evidence witness name 新名称 --lost"
        ) from None
    if signed and found.key_id not in signed:
        raise WitnessRefused(
            f"{settings.JINZHI_KEYS} 中的见证私钥不是曾以“{given.name}”见证的那一把，已停止见证：请从备份恢复；"
            "确已丢失时另起名称：jinzhi evidence witness name 新名称 --lost"
        )
    return found
