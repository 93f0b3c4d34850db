"""A witness and readers in another language: transparency-dev's own programs, against a log that is served.

They know nothing of Jinzhi: SHA-256, Ed25519, and what C2SP says. Where Go is not installed, or its modules cannot be
had, these tests are skipped and say so.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from jinzhi.apps.evidence.audit import audit
from jinzhi.apps.evidence.bundle import bundles
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.log import checkpoints, log
from jinzhi.apps.evidence.log.mirror import Own, mirror
from jinzhi.apps.evidence.models import Cosignature, CosignTrouble, Entry, Shard
from jinzhi.apps.evidence.witness import cosigning, witnesses
from jinzhi.apps.evidence.witness.witnesses import Witness, Witnesses
from jinzhi.kernel.merkle import SHA256
from tests.apps.bundle_files import DAY, checked
from tests.apps.test_evidence_log import behind_the_triggers, fill

GO = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
SOURCE = Path(__file__).with_name("go_witness")


@pytest.fixture(scope="session")
def program(tmp_path_factory) -> Path:
    """The witness and reader, built once."""
    if GO is None:
        pytest.skip("no go command: no witness in another language is asked")
    out = tmp_path_factory.mktemp("go") / "go_witness"
    got = subprocess.run([GO, "mod", "download"], cwd=SOURCE, capture_output=True, text=True, timeout=300, check=False)
    if got.returncode:
        pytest.skip(f"the Go modules cannot be had: no witness in another language is asked ({got.stderr[-200:]})")
    built = subprocess.run(
        [GO, "build", "-mod=readonly", "-o", str(out), "."], cwd=SOURCE, capture_output=True, text=True, timeout=600,
        check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    return out


@pytest.fixture
def shard(city, settings, tmp_path, monkeypatch) -> Shard:
    """A log with an entry, signed."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    settings.JINZHI_KEYS, settings.JINZHI_WITNESSES = tmp_path / "keys", tmp_path / "witnesses.json"
    record("thing:1", "make", {}, who=None, on=DAY)
    log.checkpoint()
    return Shard.objects.get()


@pytest.fixture(params=["the name of the log", "the origin of the tree"])
def witness(program, shard, request) -> Iterator[Witness]:
    """A running witness that knows the SHA-256 tree of the log, and the log's key by one of its two names."""
    of_log, of_tree = checkpoints.published(shard)[0], checkpoints.tree_keys(shard, SHA256)[0]
    key = of_log if request.param == "the name of the log" else of_tree
    command = [str(program), "serve", checkpoints.origin(shard, SHA256), key]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    url, vkey = running.stdout.readline().split()
    yield Witness(vkey, url, ("sha256",))
    running.kill()
    running.wait()


def asked(witness: Witness) -> list[tuple[str, str]]:
    return [(a.family, a.state) for a in cosigning.cosign()]


def test_a_witness_of_another_make_cosigns_one_tree_as_it_grows(shard, witness):
    witnesses.save(Witnesses(witnesses=(witness,)))
    assert asked(witness) == [("sha256", "cosigned")]
    for start in (1, 4, 300):
        fill(296 if start == 4 else 3, start)
        log.checkpoint()
        assert asked(witness) == [("sha256", "cosigned")]
    assert asked(witness) == [("sha256", "held")]
    assert Cosignature.objects.count() == 4
    assert not CosignTrouble.objects.filter(state="contradicts").exists()
    done = audit()
    assert done.sound, done.findings


def test_a_bundle_names_it_for_its_tree(shard, witness):
    witnesses.save(Witnesses(witnesses=(witness,)))
    cosigning.cosign()
    out = io.BytesIO()
    facts = bundles.build(Entry.objects.get(), out)
    assert facts.witnessed and facts.witnesses == ("witness.example.org/go（仅 SHA-256 树）",)
    found = checked(out.getvalue(), (*checkpoints.published(shard), witness.vkey))
    assert found.verdict == "proven"


def test_declared_for_both_trees_it_accuses_nobody(shard, witness):
    """It hashes with SHA-256 whatever the tree is, so that a proof of the SM3 tree cannot hold for it."""
    both = Witness(witness.vkey, witness.url)
    witnesses.save(Witnesses(witnesses=(both,)))
    assert asked(both) == [("sha256", "cosigned"), ("sm3", "refused")]
    fill(3, 1)
    log.checkpoint()
    assert asked(both) == [("sha256", "cosigned"), ("sm3", "refused")]
    assert "--tree sha256" in CosignTrouble.objects.get(family="sm3").said or "404" in CosignTrouble.objects.get().said
    assert audit().sound


def test_it_refuses_another_history(shard, witness):
    witnesses.save(Witnesses(witnesses=(witness,)))
    fill(3, 1)
    log.checkpoint()
    cosigning.cosign()
    for table in ("evidence_cosignature", "evidence_checkpoint"):
        behind_the_triggers(f"DELETE FROM {table}")
    behind_the_triggers('DELETE FROM evidence_entry WHERE "index" >= 2')
    behind_the_triggers("UPDATE evidence_shard SET size = 2")
    fill(2, 50)
    log.checkpoint()
    (answer,) = cosigning.cosign()
    assert answer.state == "refused" and "未附可核实的证明" in answer.said
    assert not Cosignature.objects.exists()


@pytest.mark.parametrize("size", [1, 256, 300])
def test_a_reader_of_another_make_proves_every_entry_of_a_mirror(program, shard, tmp_path, size):
    for n in range(1, size):
        record("thing:1", "change", {"n": n}, who=None, on=DAY)
    log.checkpoint()
    assert [one.size for one in mirror(Own(), tmp_path / "mirror")] == [size, size]
    serving = partial(Quiet, directory=str(tmp_path / "mirror" / "2026" / "sha256"))
    with ThreadingHTTPServer(("127.0.0.1", 0), serving) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        origin, key = checkpoints.origin(shard, SHA256), checkpoints.keys_of(shard).ed25519.vkey
        at = f"http://127.0.0.1:{server.server_address[1]}/"
        command = [str(program), "read", at, origin, key]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        server.shutdown()
    assert (done.returncode, done.stdout) == (0, f"{size}\n"), done.stderr


class Quiet(SimpleHTTPRequestHandler):
    """Files of a folder, without a word."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""
