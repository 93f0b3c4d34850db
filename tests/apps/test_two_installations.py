"""Two running installations that witness each other; then the database of one is put back to an older copy."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jinzhi.engines import signing
from jinzhi.kernel import note
from jinzhi.kernel.merkle import FAMILIES
from tests.journeys.site import ROOT, Site, environment, jinzhi, serve

#: runs several commands of ``jinzhi`` in one process; the last word of each on standard output, as JSON
DRIVER = """
import io, json, sys
import django
django.setup()
from django.core.management import CommandError, call_command
said = []
for command in json.loads(sys.stdin.read()):
    out, code = io.StringIO(), 0
    try:
        call_command(*command, stdout=out)
    except CommandError as e:
        code = e.returncode
        out.write(str(e))
    except SystemExit as e:
        code = e.code
    said.append([code, out.getvalue()])
print(json.dumps(said))
"""


@dataclass
class Office:
    """An installation with a log: where it lies, how it is called, its server."""

    name: str
    var: Path
    site: Site | None = None

    @property
    def settings(self) -> dict[str, str]:
        return {"JINZHI_LOG_NAME": f"{self.name}.example.org", "JINZHI_TODAY": "2026-11-22"}

    def start(self) -> None:
        self.site = serve(self.var, **self.settings)

    def run(self, *commands: list[str]) -> list[tuple[int, str]]:
        """Run commands; of each the exit status and what it said."""
        env = environment(self.var, **self.settings)
        args = [sys.executable, "-c", DRIVER]
        done = subprocess.run(args, input=json.dumps(commands), env=env, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-4000:]
        return [(code, text) for code, text in json.loads(done.stdout.splitlines()[-1])]

    def append(self, text: str) -> list[str]:
        """The command that puts a small file into the log."""
        path = self.var / f"{text}.txt"
        path.write_text(f"{self.name} {text}", encoding="utf-8")
        return ["evidence", "append", str(path)]

    def get(self, path: str) -> str:
        assert self.site is not None
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self.site.url + path, timeout=20) as got:
            return got.read().decode()


COSIGN = ["evidence", "cosign", "--json"]
AUDIT = ["evidence", "audit", "--json"]


def both(offices: tuple[Office, Office], act: Any) -> list[Any]:
    """Do the same at both places at once."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(act, offices))


def words(command: str) -> list[str]:
    """A printed command as arguments, without the name of the program."""
    return command.split()[1:]


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Office]]:
    """A court and a notary office, each with entries, each declared to the other by the commands it printed."""
    made = tmp_path_factory.mktemp("made")
    jinzhi(made, "migrate", "--verbosity", "0")
    pair = (Office("court", tmp_path_factory.mktemp("court")), Office("notary", tmp_path_factory.mktemp("notary")))
    for office in pair:
        shutil.copy(made / "jinzhi.sqlite3", office.var)
    both(pair, Office.start)
    key = [["evidence", "witness", "name", f"{o.name}.example.org/witness"] for o in pair]
    texts = both(pair, lambda o: o.run(*(o.append(str(n)) for n in range(3)), key[pair.index(o)])[-1][1])
    for office, other, text in zip(pair, reversed(pair), reversed(texts), strict=True):
        commands = re.findall(r"^  (jinzhi evidence witness .*)$", text, flags=re.M)
        assert len(commands) == 2, text
        assert other.site is not None
        told = [words(c.replace("https://本机地址", other.site.url)) for c in commands]
        assert [code for code, _ in office.run(*told)] == [0, 0]
    yield pair
    for office in pair:
        assert office.site is not None
        office.site.stop()
        office.site.must_not_have_failed()


def reached(text: str) -> set[tuple[str, str]]:
    """Of an audit: which detector found something serious, and which witness shows it."""
    found = json.loads(text)["findings"]
    return {(f["detector"], f["by"]) for f in found if f["serious"]}


@pytest.mark.slow
def test_two_installations_witness_each_other_and_one_that_is_put_back_is_found(offices):
    court, notary = offices
    witness = "notary.example.org/witness"

    # each has its log cosigned by the other
    for office, other in (offices, offices[::-1]):
        (code, answers), (audited, found) = office.run(COSIGN, AUDIT)
        assert (code, audited, reached(found)) == (0, 0, set())
        assert [(a["witness"], a["family"], a["size"], a["state"]) for a in json.loads(answers)] == [
            (f"{other.name}.example.org/witness", family.name, 3, "cosigned") for family in FAMILIES
        ]

    # what the court publishes carries the notary's line, and it holds
    vkey = json.loads((court.var / "witnesses.json").read_text(encoding="utf-8"))["witnesses"][0]["vkey"]
    name, key_id, _ = note.parse_vkey(vkey)
    for family in FAMILIES:
        published = note.parse_note(court.get(f"/log/2026/{family.name}/checkpoint"))
        (line,) = published.by(name, key_id)
        moment, signature = note.parse_cosignature(line.signature)
        assert signing.verify(vkey, note.cosigned(moment, published.text), signature)

    # a copy is taken, and the court goes on
    copy = court.var / "yesterday.sqlite3"
    with sqlite3.connect(court.var / "jinzhi.sqlite3") as live, sqlite3.connect(copy) as kept:
        live.backup(kept)
    bundle = str(court.var / "bundle.zip")
    index = json.loads(court.get("/log/index.json"))
    given = [word for key in (*index["years"][0]["keys"], vkey) for word in ("--key", key)]
    *_, (code, answers), (_, exported), (verified, _) = court.run(
        court.append("3"), court.append("4"), COSIGN,
        ["evidence", "export", "--entry", "2026-4", "--out", bundle, "--json"], ["evidence", "verify", bundle, *given],
    )  # fmt: skip
    assert (code, [a["state"] for a in json.loads(answers)]) == (0, ["cosigned", "cosigned"])
    assert json.loads(exported)["witnesses"] == [witness]
    assert verified == 0

    # the copy is put back, and something else is entered: the log is shorter than the notary has seen it
    assert court.site is not None
    court.site.stop()
    for leftover in court.var.glob("jinzhi.sqlite3-*"):
        leftover.unlink()
    shutil.copy(copy, court.var / "jinzhi.sqlite3")
    before, _, refused, after, _, _, forked, again = court.run(
        AUDIT, court.append("other 3"), ["evidence", "cosign"], AUDIT,
        court.append("other 4"), court.append("other 5"), ["evidence", "cosign"], AUDIT,
    )  # fmt: skip
    # the copy is sound in itself: nobody but the witness can tell
    for code, found in (before, after, again):
        assert (code, reached(found)) == (1, {("witnesses", witness)})
    assert "共同签名过日志 2026/sm3 的 5 条，这里只有 3 条" in before[1]
    assert "已核对过 5 条，这里只有 4 条" in after[1]
    assert "前 5 条与见证者" in again[1]
    for code, said in (refused, forked):
        assert code == 1
        assert witness in said

    # the notary kept what the court signed, beside what it had cosigned
    assert notary.site is not None
    kept = notary.site.rows("SELECT origin, size, forked, note, before FROM evidence_refusedcheckpoint ORDER BY origin")
    assert [(origin, size) for origin, size, *_ in kept] == [
        (f"court.example.org/2026/{family.name}", 6) for family in FAMILIES
    ]
    for origin, _, _, refused_note, cosigned_note in kept:
        two = [note.parse_checkpoint(note.parse_note(text).text) for text in (refused_note, cosigned_note)]
        assert [(c.origin, c.size) for c in two] == [(origin, 6), (origin, 5)]
    assert notary.site.rows("SELECT DISTINCT size FROM evidence_witnessed") == [(5,)]
