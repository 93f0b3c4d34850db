"""The digests that the browser makes: the same as Python's, for vectors, every length around a block, in any pieces."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FRONTEND = Path(__file__).resolve().parents[3] / "src" / "jinzhi" / "verifier" / "browser"
SCRIPT = """
import { Sm3 } from %(sm3)s;
import { Sha256 } from %(sha256)s;
const bytes = (n) => Uint8Array.from({ length: n }, (_, i) => (i * 7 + n) %% 251);
const out = [];
for (const [n, step] of %(cases)s) {
  const whole = bytes(n), a = new Sm3(), b = new Sha256();
  for (let at = 0; at < n; at += step) for (const hash of [a, b]) hash.update(whole.subarray(at, at + step));
  if (a.digest() !== a.digest()) throw new Error("the digest changed the hash");
  out.push([a.digest(), b.digest()]);
}
const words = ["abc", "abcd".repeat(16)].map((w) => new Sm3().update(new TextEncoder().encode(w)).digest());
console.log(JSON.stringify({ out, words }));
"""
CASES = [(n, step) for n in (*range(130), 1000, 65537, 300001) for step in (1 if n < 1000 else 997, 64, 65)]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    beside = str(Path(sys.executable).parent)
    node = shutil.which("node") or shutil.which("node", path=beside)
    if node is None:
        pytest.skip("no node: run make setup")
    script = tmp_path_factory.mktemp("digests") / "run.mjs"
    urls = {name: json.dumps((FRONTEND / f"{name}.js").as_uri()) for name in ("sm3", "sha256")}
    script.write_text(SCRIPT % {**urls, "cases": json.dumps(CASES)})
    done = subprocess.run([node, str(script)], capture_output=True, text=True, check=True, timeout=120)
    return json.loads(done.stdout)


def test_the_examples_of_the_standard(made):
    """GB/T 32905-2016, appendix A."""
    assert made["words"] == [
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
    ]


def test_every_length_in_any_pieces_is_as_python_says(made):
    for (n, step), (sm3, sha256) in zip(CASES, made["out"], strict=True):
        whole = bytes((i * 7 + n) % 251 for i in range(n))
        assert sm3 == hashlib.new("sm3", whole).hexdigest(), (n, step)
        assert sha256 == hashlib.sha256(whole).hexdigest(), (n, step)
