"""The page that verifies bundles: public, says what it cannot show, and its script finds what verify.py finds."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from jinzhi.apps.evidence.bundle import exports
from jinzhi.apps.evidence.log import checkpoints
from jinzhi.apps.evidence.models import Shard
from jinzhi.verifier import verify
from tests import merkle_vectors
from tests.apps.bundle_files import Made, checked, flipped, make, pack, signed_anew
from tests.apps.forged_bundles import Case, cases
from tests.apps.test_evidence_bundles import made, own_folders
from tests.apps.test_evidence_verify import stamped, vectors
from tests.engines.test_timestamps import USES, authority_for

__all__ = ["made", "own_folders"]

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "src" / "jinzhi" / "verifier" / "browser" / "bundle.js"
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(not NODE, reason="no node command: the page's script is not compared with verify.py")


def test_the_page_is_open_to_everybody_and_names_the_keys(client, above, tmp_path):
    make(above, tmp_path)
    page = client.get(reverse("evidence-verify"))
    text = page.content.decode()
    assert page.status_code == 200 and "不会上传" in text
    for key in checkpoints.keys_of(Shard.objects.get()).vkeys:
        assert text.count(key.replace("+", "&#x2B;")) + text.count(key) >= 1
    assert "不主张" in text and 'type="module" src="/static/dist/verify.js"' in text
    assert 'method="post"' not in text.split("<main", 1)[1].split("</main>")[0]


def test_without_a_log_the_page_says_that_there_are_no_keys(client, city):
    assert "尚无公钥" in client.get(reverse("evidence-verify")).content.decode()


def test_the_page_in_english(city):
    client = Client(headers={"accept-language": "en"})
    client.cookies["jz_language"] = "en"
    assert client.get(reverse("evidence-verify")).status_code == 200


def test_the_program_is_downloaded_as_it_is(client, city):
    answer = client.get(reverse("evidence-verify-program"))
    assert answer.content == Path(verify.__file__).read_bytes()
    assert "attachment" in answer["Content-Disposition"]
    assert hashlib.sha256(answer.content).hexdigest() in client.get(reverse("evidence-verify")).content.decode()


def test_the_page_asks_the_database_little(client, above, tmp_path, django_assert_max_num_queries):
    make(above, tmp_path)
    with django_assert_max_num_queries(8):
        client.get(reverse("evidence-verify"))


def variants(made: Made, tmp_path: Path) -> dict[str, bytes]:
    """A good bundle and many altered ones, by those without and those with the platform's keys."""
    files = made.files
    out = io.BytesIO()
    exports.export(made.main, out)
    found = {
        "good": made.content, "with a statement": out.getvalue(), "cut": made.content[: len(made.content) // 2],
        "longer": made.content + b"\0", "no zip": b"%PDF-1.7", "repeated": made.content * 2,
    }  # fmt: skip
    for n, name in enumerate(files):
        found[f"flip {n}"] = pack({**files, name: flipped(files[name])})
        found[f"drop {n}"] = pack({k: v for k, v in files.items() if k != name})
        if name != "manifest.note":
            found[f"signed flip {n}"] = pack(signed_anew({**files, name: flipped(files[name])}, made.keys))
            found[f"signed drop {n}"] = pack(signed_anew({k: v for k, v in files.items() if k != name}, made.keys))
    token = next(n for n in files if n.endswith(".tsr"))
    for place in range(0, len(files[token]), 61):
        altered = {**files, token: flipped(files[token], place)}
        found[f"token {place}"] = pack(signed_anew(altered, made.keys))
    told = json.loads(files["custody.json"])
    rows = told["entries"]
    for n, wrong in enumerate((rows[1:], rows[::-1], [], rows[:1] + rows[2:])):
        altered = {**files, "custody.json": verify.canonical({**told, "entries": wrong}).encode()}
        found[f"custody {n}"] = pack(signed_anew(altered, made.keys))
    point = token.rsplit("/", 1)[0]
    digest = hashlib.sha256(files[f"{point}/sha256.note"] + files[f"{point}/sm3.note"]).digest()
    points = {n: c for n, c in files.items() if not n.endswith(".tsr") or n == token}
    for n, (uses, critical, _good) in enumerate(USES.values()):
        authority = authority_for(tmp_path / f"uses {n}", uses, critical)
        altered = {**points, token: authority.stamp(digest), "tsa-roots.pem": authority.roots}
        found[f"uses {n}"] = pack(signed_anew(altered, made.keys))
    if shutil.which("openssl"):
        label = token.rsplit("/", 1)[0]
        notes = files[f"{label}/sha256.note"] + files[f"{label}/sm3.note"]
        other = stamped(tmp_path, hashlib.sha256(notes).digest())
        roots = (tmp_path / "root.pem").read_bytes()
        # of another authority, by RSA and through a certificate between: good with its root, bad with ours
        found["rsa bad"] = pack(signed_anew({**files, token: other}, made.keys))
        points = {n: c for n, c in files.items() if not n.endswith(".tsr") or n == token}
        found["rsa good"] = pack(signed_anew({**points, token: other, "tsa-roots.pem": roots}, made.keys))
    return found


@needs_node
def test_the_page_finds_what_verify_py_finds(made, tmp_path):
    folder = tmp_path / "bundles"
    folder.mkdir()
    stamps = tmp_path / "stamps"
    stamps.mkdir()
    found = variants(made, stamps)
    for name, content in found.items():
        (folder / name).write_bytes(content)
    done = subprocess.run(
        [NODE, str(Path(__file__).with_name("verify_all.mjs")), str(SCRIPT), str(folder)],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    good = {name for name in found if said[name].get("ok")}
    # the holder of the keys may leave out what nothing claims, or write another README: that is a bundle, too
    beside = {n for n in good if n.startswith("signed ")}
    assert {said[name]["verdict"] for name in good} == {"intact"}
    assert good - beside == {"good", "with a statement", "uses 0"} | ({"rsa good"} & set(found))
    for name, content in found.items():
        if name == "no zip":
            assert said[name]["none"]
            continue
        ours = checked(content)
        assert ours.ok == said[name]["ok"], name
        theirs = [(line["mark"], comparable(line["zh"])) for line in said[name]["lines"]]
        assert theirs == [(line.mark, comparable(line.zh)) for line in ours.lines], name


@needs_node
def test_the_page_finds_what_verify_py_finds_with_keys_and_own_copies(made, tmp_path):
    folder, how = tmp_path / "bundles", {}
    folder.mkdir()
    given = cases(made, tmp_path)
    original = made.files[next(n for n in made.files if n.startswith(f"contents/{made.main.number}."))]
    copies = {"own copy": original, "own copy, longer": original + b" ", "own copy, empty": b""}
    for name, content in copies.items():
        (tmp_path / name).write_bytes(content)
        given[name] = Case(made.content, made.keys.vkeys, "proven" if content == original else "failed", "原文件")
    for name, case in given.items():
        (folder / name).write_bytes(case.content)
        how[name] = {"pins": case.pins, "content": str(tmp_path / name) if name in copies else None}
    (tmp_path / "how.json").write_text(json.dumps(how))
    done = subprocess.run(
        [NODE, str(Path(__file__).with_name("verify_all.mjs")), str(SCRIPT), str(folder), "",
         str(tmp_path / "how.json")],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    for name, case in given.items():
        ours = checked(case.content, case.pins, how[name]["content"])
        assert (said[name]["verdict"], ours.verdict) == (case.verdict, case.verdict), name
        theirs = [(line["mark"], comparable(line["zh"])) for line in said[name]["lines"]]
        assert theirs == [(line.mark, comparable(line.zh)) for line in ours.lines], name
        assert case.says in " ".join(line["zh"] for line in said[name]["lines"]), name


def comparable(text: str) -> str:
    """A line without what the two say in words of their own: what was unreadable, and how a key is given."""
    for words in ("（或用 --key 给定）", "（或给定公钥）"):
        text = text.replace(words, "")
    if any(words in text for words in ("无法读取", "base64", "编码不对", "不认识")):
        return text.split("：")[0]
    return text.replace("本程序", "").replace("本页面", "")


@needs_node
def test_the_page_refuses_every_lenient_proof(tmp_path):
    told = [*merkle_vectors.inclusion(), *merkle_vectors.consistency()]
    assert answers(tmp_path, told) == {v["path"]: not v["wantErr"] for v in told}


@needs_node
@pytest.mark.shared("data/evidence/merkle_vectors")
def test_the_page_refuses_every_published_lenient_proof(tmp_path):
    told = [
        {**json.loads(p.read_text()), "path": str(p)} for kind in ("inclusion", "consistency") for p in vectors(kind)
    ]
    assert len(told) == 196
    assert answers(tmp_path, told) == {v["path"]: not v["wantErr"] for v in told}


def answers(tmp_path, told) -> dict[str, bool]:
    """What the page's script says of each proof."""
    (tmp_path / "vectors.json").write_text(json.dumps(told))
    (tmp_path / "empty").mkdir()
    done = subprocess.run(
        [NODE, str(Path(__file__).with_name("verify_all.mjs")), str(SCRIPT), str(tmp_path / "empty"),
         str(tmp_path / "vectors.json")],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["vectors"]
