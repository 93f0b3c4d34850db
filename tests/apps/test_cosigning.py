"""The log asks its witnesses; whatever they answer, or do not, is checked, kept and shown, and holds nothing up."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, load_command_class

from jinzhi.apps.catalogue.ticks import ticks
from jinzhi.apps.evidence.log import checkpoints, log, tiles
from jinzhi.apps.evidence.models import Cosignature, CosignTrouble
from jinzhi.apps.evidence.witness import cosigning, witnesses, witnessing
from jinzhi.apps.evidence.witness.comparing import cosigners, witness_findings
from jinzhi.apps.evidence.witness.witnesses import Witness, Witnesses
from jinzhi.engines import signing
from jinzhi.kernel import merkle, note
from jinzhi.kernel.merkle import FAMILIES
from tests.apps.test_evidence_log import behind_the_triggers, fill

NAME = "court.example.org/witness"
Answer = tuple[int, str, bytes]


@dataclass
class Court:
    """A witness of another make on a port of this machine; ``spoil`` replaces its answers."""

    key: signing.Signer
    url: str = ""
    known: dict[str, tuple[int, bytes, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    spoil: Callable[[str, Answer], Answer] | None = None

    def add(self, body: str) -> Answer:
        head, _, text = body.partition("\n\n")
        first, *lines = head.split("\n")
        found = note.parse_note(text)
        said = note.parse_checkpoint(found.text)
        size, root, _ = self.known.get(said.origin, (0, b"", ""))
        if first != f"old {size}":
            return 409, "text/x.tlog.size", f"{size}\n".encode()
        if size:
            family = next(f for f in FAMILIES if said.origin.endswith(f.name))
            proof = [base64.b64decode(line) for line in lines]
            try:
                merkle.verify_consistency(family, size, said.size, proof, root, said.root)
            except merkle.ProofError as e:
                return 422, "text/plain", str(e).encode()
        line = self.key.cosign(found.text, 1_795_000_000 + len(self.asked))
        self.known[said.origin] = (said.size, said.root, str(note.merged(found, (line,))))
        return 200, "text/plain", line.line().encode()

    def show(self, path: str) -> Answer:
        for origin, (_, _, text) in self.known.items():
            if path == f"/w/{witnessing.origin_hash(origin)}/checkpoint":
                return 200, "text/plain", text.encode()
        return 404, "text/plain", b"nothing"

    def answer(self, path: str, body: str) -> Answer:
        self.asked.append(f"{path} {body.partition(chr(10))[0]}")
        answer = self.add(body) if path == "/w/add-checkpoint" else self.show(path)
        return self.spoil(path, answer) if self.spoil else answer

    def forget(self, origin: str) -> None:
        self.known = {k: v for k, v in self.known.items() if k != origin}


@pytest.fixture
def court(city, settings, tmp_path, monkeypatch) -> Iterator[Court]:
    """A witness that the log of this installation is declared to."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    made = Court(signing.load_or_make(tmp_path / "court", NAME).witness)

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            status, kind, content = made.answer(self.path, body)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if status == 302:
                self.send_header("Location", made.url + "/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = handle_any

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_address[1]}/w"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.JINZHI_WITNESSES = tmp_path / "witnesses.json"
    witnesses.save(Witnesses(witnesses=(Witness(made.key.vkey, made.url),)))
    yield made
    server.shutdown()
    server.server_close()


def grow(count: int, start: int = 0):
    fill(count, start)
    return log.checkpoint()


def states(answers: list[cosigning.WitnessAnswer]) -> list[str]:
    assert [a.family for a in answers] == ["sha256", "sm3"]
    return [a.state for a in answers]


# --- as it should be ------------------------------------------------------------------------------------------


def test_a_checkpoint_is_cosigned_once_and_shown_with_the_line(court):
    made = grow(3)
    assert states(cosigning.cosign()) == ["cosigned", "cosigned"]
    assert states(cosigning.cosign()) == ["held", "held"]
    for family in FAMILIES:
        published = note.parse_note(tiles.published(made, family))
        line, moment = cosigning.own_line(witnesses.load().witnesses[0], published)
        assert Cosignature.objects.get(family=family.name).moment == moment
        assert published.signatures[-1] == line
    assert cosigners(made, witnesses.load()) == (NAME,)
    assert witness_findings() == []


def test_a_grown_log_is_proven_from_what_the_witness_saw_last(court):
    grow(3)
    cosigning.cosign()
    court.asked.clear()
    grow(4, 3)
    assert states(cosigning.cosign()) == ["cosigned", "cosigned"]
    assert court.asked == ["/w/add-checkpoint old 3", "/w/add-checkpoint old 3"]


def test_a_witness_that_knows_another_size_is_asked_again_from_that_one(court):
    grow(3)
    cosigning.cosign()
    made = grow(2, 3)
    origin = checkpoints.origin(made.shard, FAMILIES[0])
    court.forget(origin)
    court.asked.clear()
    assert states(cosigning.cosign()) == ["cosigned", "cosigned"]
    assert [a[-5:] for a in court.asked] == ["old 3", "old 0", "old 3"]


def test_the_signatures_of_others_are_not_sent(court):
    grow(3)
    cosigning.cosign()
    court.known.clear()
    grow(1, 3)
    cosigning.cosign()
    names = {s.name for _, _, text in court.known.values() for s in note.parse_note(text).signatures}
    # the log's own keys, by its name and by the names of its trees
    own = {"jinzhi-tianjin", "jinzhi-tianjin/2026/sha256", "jinzhi-tianjin/2026/sm3"}
    assert names == {*own, NAME}


def test_without_witnesses_nobody_is_asked(city, settings, tmp_path):
    settings.JINZHI_WITNESSES = tmp_path / "none.json"
    grow(1)
    assert cosigning.cosign() == []
    assert witness_findings() == []
    with pytest.raises(CommandError, match="没有见证者"):
        call_command("evidence", "cosign", stdout=StringIO())


def test_the_timer_has_new_checkpoints_cosigned(court):
    (task,) = (t for t in ticks() if t.id == "log-cosign")
    grow(2)
    assert [task.run(date(2026, 11, 22)), task.run(date(2026, 11, 22))] == [2, 0]


# --- a witness that does not do its part ----------------------------------------------------------------------


def test_a_witness_that_does_not_answer_holds_nothing_up_and_is_asked_once(court):
    court.spoil = lambda path, answer: (500, "text/plain", b"out of order")
    grow(2)
    assert states(cosigning.cosign()) == ["refused", "refused"]
    save = witnesses.load().witnesses[0]
    witnesses.save(Witnesses(witnesses=(Witness(save.vkey, "http://127.0.0.1:9/w"),)))
    assert states(cosigning.cosign()) == ["unreachable", "unreachable"]
    assert states(cosigning.cosign()) == ["unreachable", "unreachable"]
    row = CosignTrouble.objects.get(family="sm3", state="unreachable")
    assert (row.times, row.witness) == (2, NAME)
    found = witness_findings()
    assert [f.serious for f in found] == [False, False]
    assert "要求 1 位见证者，只有 0 位" in found[1].zh
    assert grow(1, 2).size == 3


def spoilt(status: int = 200, content: bytes = b"", kind: str = "text/plain") -> Callable[[str, Answer], Answer]:
    return lambda path, answer: (status, kind, content)


def by_another_key(path: str, answer: Answer) -> Answer:
    """The right line with one bit of the signature turned."""
    head, _, encoded = answer[2].decode().rpartition(" ")
    raw = bytearray(base64.b64decode(encoded))
    raw[-1] ^= 1
    return 200, "text/plain", f"{head} {base64.b64encode(raw).decode()}\n".encode()


@pytest.mark.parametrize(
    "spoil, state, words",
    [
        (spoilt(content=b""), "refused", "签名不成立"),
        (spoilt(content=b"thank you\n"), "refused", "签名不成立"),
        (spoilt(content=b"\xff\xfe\n"), "refused", "签名不成立"),
        (by_another_key, "refused", "没有 court.example.org/witness 的有效签名"),
        (spoilt(403, b"no signature by a known key"), "refused", "HTTP 403：no signature by a known key"),
        (spoilt(404, b"unknown"), "refused", "HTTP 404"),
        (spoilt(302), "refused", "HTTP 302"),
        (spoilt(409, b"3\n"), "refused", "HTTP 409"),
        (spoilt(409, b"-3\n", "text/x.tlog.size"), "refused", "不是数"),
        (spoilt(409, b"9" * 30, "text/x.tlog.size"), "refused", "不是数"),
        (spoilt(content=b"x" * 100_000), "unreachable", "超过"),
    ],
)
def test_an_answer_that_does_not_hold_is_kept_as_trouble_and_not_as_a_cosignature(court, spoil, state, words):
    court.spoil = spoil
    grow(2)
    assert states(cosigning.cosign()) == [state, state]
    assert not Cosignature.objects.exists()
    assert words in CosignTrouble.objects.get(family="sm3").said
    assert not any(f.serious for f in witness_findings(ask=False))
    assert not any("elsewhere" in a for a in court.asked)


def test_a_witness_that_changes_its_mind_all_the_time_is_given_up(court):
    sizes = iter([1, 2, 1, 2, 1, 2, 1, 2])
    court.spoil = lambda path, answer: (409, "text/x.tlog.size", f"{next(sizes)}\n".encode())
    grow(5)
    assert states(cosigning.cosign()) == ["refused", "refused"]
    assert len(court.asked) == 6


def test_a_witness_that_lost_its_memory_is_named_but_accuses_nobody(court):
    grow(2)
    cosigning.cosign()
    court.known.clear()
    found = witness_findings()
    assert [(f.detector, f.serious) for f in found] == [(NAME, False), (NAME, False)]
    assert "已不记得" in found[0].zh


# --- a log that is not what was witnessed ---------------------------------------------------------------------


@pytest.fixture
def seen(court) -> Court:
    """The witness has cosigned ten entries."""
    grow(10)
    assert states(cosigning.cosign()) == ["cosigned", "cosigned"]
    return court


def put_back(size: int) -> None:
    """Let the log be as short as it was, as an older copy of the database would have it."""
    for table in ("evidence_cosignature", "evidence_checkpoint"):
        behind_the_triggers(f"DELETE FROM {table}")
    behind_the_triggers(f'DELETE FROM evidence_entry WHERE "index" >= {size}')
    behind_the_triggers(f"UPDATE evidence_shard SET size = {size}")


def accused() -> set[tuple[str, bool]]:
    return {(f.detector, f.serious) for f in witness_findings() if f.serious}


def test_a_log_that_was_put_back_is_found_by_its_witness_alone(seen):
    put_back(6)
    assert accused() == {(NAME, True)}
    made = log.checkpoint()
    answers = cosigning.cosign()
    assert states(answers) == ["contradicts", "contradicts"]
    assert answers[0].known == 10
    row = CosignTrouble.objects.get(family="sm3")
    assert "已核对过 10 条，这里只有 6 条" in row.said
    # the note that shows it is signed by this log's own keys
    proof = checkpoints.opened(row.note, checkpoints.keys_of(made.shard).vkeys)
    assert (proof.origin, proof.size) == ("jinzhi-tianjin/2026/sm3", 10)
    # what was kept tells it without asking anybody
    assert {f.detector for f in witness_findings(ask=False) if f.serious} == {NAME}


@pytest.mark.parametrize("more", [4, 9])
def test_another_history_is_refused_where_it_comes_as_far_as_the_first(seen, more):
    put_back(6)
    fill(more, 100)
    log.checkpoint()
    answers = cosigning.cosign()
    assert states(answers) == ["contradicts", "contradicts"]
    assert all("前 10 条与见证者核对过的不一致" in a.said for a in answers)
    assert accused() == {(NAME, True)}
    assert not Cosignature.objects.exists()


def test_a_witness_of_the_older_specification_refuses_a_fork_with_its_own_size(seen):
    """Before version 1 of tlog-witness two roots for one size were answered with 409, as an unknown size is."""
    put_back(6)
    fill(4, 100)
    log.checkpoint()
    seen.spoil = lambda path, a: (409, "text/x.tlog.size", b"10\n") if a[0] == 422 else a
    answers = cosigning.cosign()
    assert states(answers) == ["contradicts", "contradicts"]
    assert "在 10 条时核对过另一个根" in answers[0].said


def test_the_first_sight_of_a_contradiction_is_kept(seen):
    put_back(6)
    log.checkpoint()
    cosigning.cosign()
    grow(9, 100)
    cosigning.cosign()
    row = CosignTrouble.objects.get(family="sha256")
    assert (row.state, row.size, row.known, row.times) == ("contradicts", 6, 10, 2)


def test_a_changed_entry_is_found_by_the_witness_even_without_old_checkpoints(seen):
    forged = [(f.leaf(b"forged"), f.name) for f in FAMILIES]
    leaves = ", ".join(f"leaf_{name} = X'{leaf.hex()}'" for leaf, name in forged)
    behind_the_triggers(f'UPDATE evidence_entry SET {leaves} WHERE "index" = 2')
    assert accused() == {(NAME, True)}
    assert "前 10 条与见证者" in witness_findings()[0].zh


def test_another_process_that_was_faster_is_no_contradiction(seen):
    old = log.checkpoint()
    newer = grow(5, 10)
    assert states(cosigning.cosign([newer])) == ["cosigned", "cosigned"]
    behind_the_triggers("DELETE FROM evidence_cosignature")
    assert states(cosigning.cosign([old])) == ["overtaken", "overtaken"]
    assert accused() == set()


def test_the_command_says_who_refused_and_fails(seen):
    put_back(6)
    out = StringIO()
    with pytest.raises(CommandError, match=f"{NAME} 核对过的不一致") as e:
        call_command("evidence", "cosign", "--json", stdout=out)
    assert e.value.returncode == 1
    assert [a["state"] for a in json.loads(out.getvalue())] == ["contradicts", "contradicts"]


def test_the_timer_fails_visibly_over_a_contradiction(seen):
    (task,) = (t for t in ticks() if t.id == "log-cosign")
    put_back(6)
    log.checkpoint()
    with pytest.raises(log.LogBroken, match=NAME):
        task.run(date(2026, 11, 22))


# --- the console ----------------------------------------------------------------------------------------------


def said_by(*command: str) -> str:
    out = StringIO()
    call_command("evidence", "witness", *command, stdout=out)
    return out.getvalue()


def test_the_console_declares_witnesses_and_logs(court, settings, tmp_path):
    settings.JINZHI_WITNESSES = tmp_path / "own.json"
    keys = signing.load_or_make(tmp_path / "other", "log.example.org")
    assert "0 位" in said_by("list")
    assert court.url in said_by("add", court.key.vkey, court.url + "/")
    with pytest.raises(CommandError, match="起名"):
        said_by("add-log", "log.example.org", *keys.vkeys)
    said_by("name", "here.example.org/witness")
    assert keys.sm2.vkey in said_by("add-log", "log.example.org", *keys.vkeys)
    assert "规则要求 1" in said_by("need", "1")
    with pytest.raises(CommandError, match="只列了 1 位"):
        said_by("need", "2")
    assert witnesses.load().need == 1
    said_by("need", "all")
    assert "0 个日志" in said_by("remove-log", "log.example.org")
    assert "0 位" in said_by("remove", NAME)
    for wrong in (("remove", NAME), ("remove-log", "x"), ("need", "most"), ("add", "x", court.url)):
        with pytest.raises(CommandError):
            said_by(*wrong)


def test_the_keys_that_others_need_are_printed_as_the_commands_they_run(court):
    assert "还没有条目" in said_by("key")
    grow(1)
    printed = said_by("name", "here.example.org/witness")
    shard = log.shard_of(2026)
    assert f"jinzhi evidence witness add-log jinzhi-tianjin {' '.join(checkpoints.keys_of(shard).vkeys)}" in printed
    assert f"jinzhi evidence witness add {witnesses.signer(witnesses.load()).vkey} https://" in printed


def test_every_command_of_the_guide_is_one(db):
    """The parser of the real command takes each line of docs/howto/witness.md."""
    text = (Path(__file__).parents[2] / "docs/howto/witness.md").read_text(encoding="utf-8")
    lines = re.findall(r"^ *jinzhi (evidence [^#\n]+)", text, flags=re.M)
    assert len(lines) >= 5
    parser = load_command_class("jinzhi.apps.evidence", "evidence").create_parser("jinzhi", "evidence")
    for line in lines:
        parser.parse_args(line.split()[1:])
