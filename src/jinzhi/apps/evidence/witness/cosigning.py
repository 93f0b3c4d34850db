"""Having the log witnessed: each new checkpoint goes to the witnesses of the policy (C2SP tlog-witness, asking side).

A witness that cannot be reached delays nothing: the reason is kept and shown, and the timer asks again. A witness
that has cosigned something else than what is kept here is the one thing that finds a database put back to an older
copy; that is never overwritten by a later answer.
"""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import F

from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.evidence.log import checkpoints, trees
from jinzhi.apps.evidence.log.trees import LogBroken, Unknown
from jinzhi.apps.evidence.models import Checkpoint, Cosignature, CosignTrouble, Shard
from jinzhi.apps.evidence.witness.witnesses import Witness, load
from jinzhi.apps.evidence.witness.witnessing import SIZE_TYPE, Request, origin_hash
from jinzhi.engines import signing
from jinzhi.kernel import merkle, note
from jinzhi.kernel.merkle import FAMILIES, SHA256, Family, ProofError

TIMEOUT, LARGEST = 10.0, 64 * 1024
#: the states of an answer
COSIGNED, HELD, UNREACHABLE, REFUSED, CONTRADICTS, OVERTAKEN = (
    "cosigned", "held", "unreachable", "refused", "contradicts", "overtaken",
)  # fmt: skip


@dataclass(frozen=True)
class WitnessAnswer:
    """What came of asking a witness for one tree.

    ``state``: "cosigned"; "held" (it had cosigned this checkpoint before); "overtaken" (another process sent a later
    one); "unreachable"; "refused"; "contradicts" (it has cosigned ``known`` entries that are not those kept here).
    """

    witness: str
    year: int
    family: str
    size: int
    state: str
    said: str = ""
    known: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP."""

    status: int
    media_type: str
    text: str


class Unreachable(Exception):
    """No answer that can be used; ``args[0]`` says why, in Chinese."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A witness is asked at its address and nowhere else."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def _fetch(url: str, body: bytes | None = None) -> Reply:
    """Ask an address; POST where there is a body. Raises Unreachable."""
    headers = {"User-Agent": "jinzhi", **({"Content-Type": "text/plain; charset=utf-8"} if body is not None else {})}
    request = urllib.request.Request(url, data=body, headers=headers)
    until = time.monotonic() + 2 * TIMEOUT
    try:
        try:
            answer = urllib.request.build_opener(_NoRedirects()).open(request, timeout=TIMEOUT)
        except urllib.error.HTTPError as e:
            answer = e
        with answer:
            content = b""
            while piece := answer.read1(LARGEST):
                content += piece
                if len(content) > LARGEST:
                    raise Unreachable(f"{url} 的应答超过 {LARGEST} 字节")
                if time.monotonic() > until:
                    raise Unreachable(f"{url} 的应答太慢")
            return Reply(answer.status, answer.headers.get_content_type(), content.decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException, ValueError) as e:
        raise Unreachable(f"{url} 未应答：{e}") from None


def newest() -> list[Checkpoint]:
    """The last checkpoint of each year."""
    out = []
    for shard in Shard.objects.order_by("year"):
        last = shard.checkpoints.select_related("shard").order_by("-size", "-id").first()
        if last is not None:
            out.append(last)
    return out


def cosign(given: Iterable[Checkpoint] | None = None) -> list[WitnessAnswer]:
    """Have the newest checkpoint of each year cosigned by every witness. Call it outside of a transaction.

    Raises WitnessRefused where the declaration of witnesses cannot be used; everything else is an answer.
    """
    declared = load()
    asked = list(newest() if given is None else given) if declared.witnesses else []
    return [answer for one in declared.witnesses for answer in _ask_for(one, asked)]


def _ask_for(witness: Witness, asked: Iterable[Checkpoint]) -> Iterator[WitnessAnswer]:
    """Ask one witness; one that cannot be reached is not asked a second time."""
    lost = ""
    for checkpoint in asked:
        for family in [f for f in FAMILIES if f.name in witness.trees]:
            if not lost:
                answer = ask(witness, checkpoint, family)
                lost = answer.said if answer.state == UNREACHABLE else ""
            else:
                answer = _answer(witness, checkpoint, family, UNREACHABLE, lost)
            _keep(checkpoint.shard, answer)
            yield answer


def _answer(
    witness: Witness, checkpoint: Checkpoint, family: Family, state: str, said: str = "", known: int | None = None,
    note: str = "",
) -> WitnessAnswer:  # fmt: skip
    return WitnessAnswer(witness.name, checkpoint.shard.year, family.name, checkpoint.size, state, said, known, note)


def _accused(witness: Witness, checkpoint: Checkpoint, family: Family, said: str, known: int) -> WitnessAnswer:
    """What a witness says against this log, once its signed note shows it; a bare answer accuses nobody."""
    try:
        found = witnessed(witness, checkpoint.shard, family)
    except (Unreachable, ValueError) as e:
        why = str(e)
    else:
        if found is None:
            why = "它不公布签名的检查点"
        elif _differs(checkpoint.shard, family, found[0]):
            return _answer(witness, checkpoint, family, CONTRADICTS, said, known, found[1])
        else:
            why = f"它签名的检查点（{found[0].size} 条）与本日志一致"
    only = "" if family is SHA256 else "；只认 SHA-256 的见证者请改为 --tree sha256"
    return _answer(witness, checkpoint, family, REFUSED, f"见证者称：{said}。未附可核实的证明，只作待查：{why}{only}")


def _differs(shard: Shard, family: Family, said: note.CheckpointBody) -> bool:
    """Whether what a witness cosigned is not the beginning of what is kept here."""
    now_kept = Shard.objects.get(pk=shard.pk)
    try:
        return said.size > now_kept.size or (said.size > 0 and trees.root(now_kept, said.size, family) != said.root)
    except LogBroken:
        return True


def ask(witness: Witness, checkpoint: Checkpoint, family: Family) -> WitnessAnswer:
    """Ask a witness for its cosignature under one tree's checkpoint, and keep it."""

    def answer(state: str, said: str = "", known: int | None = None) -> WitnessAnswer:
        return _answer(witness, checkpoint, family, state, said, known)

    held = Cosignature.objects.filter(family=family.name, witness=witness.name)
    if held.filter(checkpoint=checkpoint).exists():
        return answer(HELD)
    shard = checkpoint.shard
    last = held.filter(checkpoint__shard=shard, checkpoint__size__lte=checkpoint.size).order_by("-checkpoint__size")
    old = last.values_list("checkpoint__size", flat=True).first() or 0
    for _ in range(3):
        try:
            request = _request(checkpoint, family, old)
        except (LogBroken, Unknown, ProofError) as e:
            return answer(REFUSED, f"本日志不能证明自 {old} 条以来只增不改：{e}")
        try:
            reply = _fetch(f"{witness.url}/add-checkpoint", request.written().encode())
        except Unreachable as e:
            return answer(UNREACHABLE, str(e))
        if reply.status == 200:
            return _taken(witness, checkpoint, family, reply.text)
        if reply.status == 422:
            said = f"前 {old} 条与见证者核对过的不一致：日志被改动或分叉（{_brief(reply.text)}）"
            return _accused(witness, checkpoint, family, said, old)
        if reply.status == 409 and reply.media_type != SIZE_TYPE and old == checkpoint.size:
            said = f"在 {old} 条时核对过另一个根：日志被改动或分叉"
            return _accused(witness, checkpoint, family, said, old)
        if reply.status != 409 or reply.media_type != SIZE_TYPE:
            return answer(REFUSED, f"HTTP {reply.status}：{_brief(reply.text)}")
        text = reply.text.removesuffix("\n")
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            return answer(REFUSED, f"见证者答复的日志大小不是数：{_brief(text)}")
        known = int(text)
        if known == old:
            said = f"见证者在 {known} 条时核对过另一个根：日志被改动或分叉"
            return _accused(witness, checkpoint, family, said, known)
        if known > checkpoint.size:
            if Checkpoint.objects.filter(shard=shard, size__gte=known).exists():
                return answer(OVERTAKEN)
            said = f"见证者已核对过 {known} 条，这里只有 {checkpoint.size} 条：数据库被恢复为旧副本或被截短"
            return _accused(witness, checkpoint, family, said, known)
        old = known
    return answer(REFUSED, "见证者核对过的大小一再变化，请稍后再试")


def _request(checkpoint: Checkpoint, family: Family, old: int) -> Request:
    """What is sent: the checkpoint with the signatures of this log alone, and the proof from ``old`` entries on.

    They stand under the name of the log and under the origin line of the tree: a witness may know the keys by either.
    """
    found = checkpoints.named_by_tree(checkpoints.note_in(checkpoint, family), checkpoints.signers_of(checkpoint))
    said = note.parse_checkpoint(found.text)
    proof: tuple[bytes, ...] = ()
    if old > 0:
        shard = Shard.objects.get(pk=checkpoint.shard_id)
        proof = trees.consistency(shard, old, checkpoint.size, family)
        # our own tree must agree with our own checkpoint, or the witness would be blamed for what is wrong here
        merkle.verify_consistency(
            family, old, checkpoint.size, proof, trees.root(shard, old, family), checkpoints.root_in(checkpoint, family)
        )
    return Request(old, proof, found, said)


def _taken(witness: Witness, checkpoint: Checkpoint, family: Family, text: str) -> WitnessAnswer:
    """Check the lines that a witness answered, and keep its own."""
    body = checkpoints.note_in(checkpoint, family)
    try:
        given = note.parse_note(note.parse_note(body).text + "\n" + text)
        line, moment = own_line(witness, given)
    except (note.NoteError, ValueError) as e:
        return _answer(witness, checkpoint, family, REFUSED, f"见证者的签名不成立：{e}")
    Cosignature.objects.get_or_create(
        checkpoint=checkpoint, family=family.name, witness=witness.name, moment=moment, defaults={"line": line.line()}
    )
    return _answer(witness, checkpoint, family, COSIGNED)


def own_line(witness: Witness, given: note.SignedNote) -> tuple[note.Signature, datetime]:
    """The witness's line under a note, and its moment. Raises ValueError where there is none that holds."""
    name, key_id, _ = note.parse_vkey(witness.vkey)
    for line in given.by(name, key_id):
        seconds, signature = note.parse_cosignature(line.signature)
        if signing.verify(witness.vkey, note.cosigned(seconds, given.text), signature):
            try:
                return line, datetime.fromtimestamp(seconds, UTC)
            except (OverflowError, OSError, ValueError):
                raise ValueError(f"{seconds} 不是可用的时刻") from None
    raise ValueError(f"没有 {name} 的有效签名（{key_id.hex()}）")


def witnessed(witness: Witness, shard: Shard, family: Family) -> tuple[note.CheckpointBody, str] | None:
    """The checkpoint that a witness cosigned last for a tree of this log, and its note; None where it has none.

    Both signatures are checked: the witness's, and at least one of this log's own keys. Raises Unreachable, ValueError.
    """
    origin = checkpoints.origin(shard, family)
    reply = _fetch(f"{witness.url}/{origin_hash(origin)}/checkpoint")
    if reply.status == 404:
        return None
    if reply.status != 200:
        raise Unreachable(f"{witness.url} 答复 HTTP {reply.status}：{_brief(reply.text)}")
    found = note.parse_note(reply.text)
    said = note.parse_checkpoint(found.text)
    if said.origin != origin:
        raise ValueError(f"见证者给出的检查点属于另一日志 {said.origin}")
    own_line(witness, found)
    for key in checkpoints.published(shard):
        name, key_id, _ = note.parse_vkey(key)
        for line in found.by(name, key_id):
            if signing.verify(key, found.text.encode(), line.signature):
                return said, reply.text
    raise ValueError(f"见证者给出的检查点没有本日志密钥的签名（{said.size} 条）：密钥被更换，或另有人以本日志之名签发")


def _keep(shard: Shard, answer: WitnessAnswer) -> None:
    """Keep why a witness did not cosign. What contradicts stays as it was seen first."""
    if answer.state not in (UNREACHABLE, REFUSED, CONTRADICTS):
        return
    same = {"shard": shard, "family": answer.family, "witness": answer.witness, "state": answer.state}
    at = now()
    said: dict[str, object] = {"size": answer.size, "known": answer.known, "said": answer.said, "note": answer.note}
    row, fresh = CosignTrouble.objects.get_or_create(**same, defaults={**said, "first": at, "last": at})
    if not fresh:
        later: dict[str, object] = {} if answer.state == CONTRADICTS else said
        if answer.state == CONTRADICTS and (not row.note or (row.answered_at and row.note != answer.note)):
            later = {**said, "answered_at": None}  # shown for the first time, or anew after it was answered
        CosignTrouble.objects.filter(pk=row.pk).update(last=at, times=F("times") + 1, **later)


def _brief(text: str) -> str:
    return " ".join(text.split())[:200]
