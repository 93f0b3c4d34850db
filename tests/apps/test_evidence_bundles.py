"""Bundles: they verify on a bare Python, and no change to one goes unnoticed, whoever makes it."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.evidence.bundle import bundles, exports
from jinzhi.apps.evidence.bundle.bundles import BundleRefused
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.models import Checkpoint, Entry
from jinzhi.apps.evidence.witness import witnesses
from jinzhi.engines.signing import load_or_make
from jinzhi.engines.timestamps import LocalAuthority
from jinzhi.kernel.canonical import canonical, digests
from jinzhi.verifier import verify
from tests.apps.bundle_files import DAY, Made, checked, failures, flipped, make, pack, signed_anew, unpack

PROGRAM = Path(verify.__file__)


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    settings.JINZHI_STORE = tmp_path / "store"
    settings.JINZHI_STORE_KEY = tmp_path / "keys" / "store.key"


@pytest.fixture
def made(above, tmp_path) -> Made:
    return make(above, tmp_path)


def run(folder: Path, content: bytes, *arguments: str, program: Path = PROGRAM) -> subprocess.CompletedProcess:
    """The program by itself, in a folder with nothing else, without the environment's packages."""
    (folder / "bundle.zip").write_bytes(content)
    return subprocess.run(
        [sys.executable, "-I", "-S", str(program), "bundle.zip", *arguments],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", env={"PYTHONIOENCODING": "utf-8"}, check=False,
    )  # fmt: skip


def known(made: Made) -> list[str]:
    """The keys of the log and of its witness, as somebody gives them who has them from elsewhere."""
    witnesses = json.loads(made.files["keys.json"])["witnesses"]
    return [word for key in (*made.keys.vkeys, *witnesses) for word in ("--key", key)]


# --- what holds ------------------------------------------------------------------------------------------------


def test_a_bundle_verifies_with_the_program_that_lies_in_it(made, tmp_path):
    (tmp_path / "verify.py").write_bytes(made.files["verify.py"])
    done = run(tmp_path, made.content, *known(made), program=tmp_path / "verify.py")
    assert done.returncode == 0, done.stdout + done.stderr
    for word in ("✓ 内容", "✓ 流转", "✓ 时间戳", "✓ 见证", "✓ 一致性", "VERIFIED", "— 登记之前的事", "— 这是演示数据"):
        assert word in done.stdout


def test_what_it_proves_and_what_it_does_not_is_said(made):
    found = made.checked()
    assert found.ok and found.entry == made.main.number and found.demo and found.moment is not None
    marks = {line.zh.split("：")[0]: line.mark for line in found.lines}
    assert {"清单", "清单签名", "内容", "流转", "一致性", "见证"} <= {k for k, v in marks.items() if v == "proven"}
    assert "failed" not in marks.values()


def test_keys_known_from_elsewhere_are_compared(made, tmp_path):
    known, other = made.keys.ed25519.vkey, load_or_make(tmp_path / "other", "jinzhi-tianjin-demo").ed25519.vkey
    assert "由您给定的公钥" in next(line.zh for line in made.checked(pins=[known]).lines if line.zh.startswith("公钥"))
    assert "不是用您给定的公钥" in failures(made.checked(pins=[other]))
    assert run(tmp_path, made.content, "--key", other).returncode == 1
    assert run(tmp_path, made.content, "--key", known, "--key", made.keys.sm2.vkey).returncode == 0


def test_an_event_is_bundled_with_its_own_content(above):
    event = record("thing:1", "make", {"a": "甲"}, who=above.acting, on=DAY)
    log.sequence()
    entry = Entry.objects.get(event=event)
    out = io.BytesIO()
    bundles.build(entry, out, content=bundles.content_for(entry))
    files = unpack(out.getvalue())
    assert json.loads(files[f"contents/{entry.number}.json"])["data"] == {"a": "甲"}
    found = checked(out.getvalue())
    assert found.ok and not found.demo
    assert any("没有时间戳" in line.zh for line in found.lines if line.mark == "open")
    assert any("没有流转记录" in line.zh for line in found.lines if line.mark == "open")


def test_an_entry_that_no_checkpoint_holds_yet_gets_one(above):
    record("thing:1", "make", {}, who=above.acting, on=DAY)
    assert not Checkpoint.objects.exists()
    bundles.build(Entry.objects.get(), io.BytesIO())
    assert Checkpoint.objects.count() == 1


def test_without_its_content_a_bundle_claims_only_the_digests(above, tmp_path):
    made = make(above, tmp_path, witnesses=0)
    out = io.BytesIO()
    bundles.build(made.main, out)
    assert "不在包内" in " ".join(line.zh for line in checked(out.getvalue()).lines if line.mark == "open")
    (tmp_path / "original").write_bytes(b"the page as it was" * 20)
    assert run(tmp_path, out.getvalue(), "--content", "original", "--key", made.keys.sm2.vkey).returncode == 0
    (tmp_path / "original").write_bytes(b"another page")
    done = run(tmp_path, out.getvalue(), "--content", "original")
    assert done.returncode == 1 and "内容与登记的摘要不符" in done.stdout


def test_salted_content_verifies_with_its_salt_only(above):
    salt, content = b"s" * 32, "李某".encode()
    seal = digests(salt + content)
    entry = log.append(
        "evidence", "x:1", who=above.acting, on=DAY, media_type="text/plain", length=len(content), sha256=seal.sha256,
        sm3=seal.sm3, salted=True,
    )  # fmt: skip
    with_salt = io.BytesIO()
    bundles.build(entry, with_salt, content=content, salt=salt)
    assert checked(with_salt.getvalue()).ok
    with pytest.raises(BundleRefused, match="缺少盐"):
        bundles.build(entry, io.BytesIO(), content=content)


def test_entries_of_two_years_verify_together(above, settings, tmp_path):
    made = make(above, tmp_path)
    settings.JINZHI_TODAY = "2027-01-04"
    record(made.item.stream, "note", {}, who=above.acting, on=date(2027, 1, 4))
    log.sequence()
    chain = list(Entry.objects.filter(event__stream=made.item.stream).order_by("event__seq"))
    out = io.BytesIO()
    bundles.build(made.main, out, custody=chain)
    assert (made.main.number, chain[-1].number) == ("2026-1", "2027-0")
    assert {"2026", "2027"} == {n.split("/")[1][:4] for n in unpack(out.getvalue()) if n.startswith("checkpoints/")}


def test_content_that_is_not_what_was_recorded_is_never_bundled(made):
    with pytest.raises(BundleRefused, match="内容与登记的摘要不符"):
        bundles.build(made.main, io.BytesIO(), content=b"something else")


# --- what somebody without the keys can try ------------------------------------------------------------------------


def test_one_byte_of_any_file_is_noticed(made):
    for name in made.files:
        assert not made.checked({**made.files, name: flipped(made.files[name])}).ok, name


def test_one_byte_anywhere_in_the_archive_is_noticed(made):
    for place in random.Random(4).sample(range(len(made.content)), 60):
        try:
            assert not checked(flipped(made.content, place)).ok, place
        except verify.NotABundle:
            assert place < 4


def test_a_missing_file_is_noticed(made):
    for name in made.files:
        assert not made.checked({n: c for n, c in made.files.items() if n != name}).ok, name


def test_an_added_swapped_renamed_or_moved_file_is_noticed(made):
    files = made.files
    assert "不在清单中" in failures(made.checked({"contents/2026-9.html": b"x", **files}))
    names = sorted(n for n in files if n.startswith("entries/"))
    assert not made.checked({**files, names[0]: files[names[1]], names[1]: files[names[0]]}).ok
    assert not made.checked({n.replace("2026-1.", "2026-7."): c for n, c in files.items()}).ok
    turned = dict(sorted(files.items(), key=lambda f: f[0] == "manifest.note"))
    turned = {"README.txt": turned["README.txt"], **turned}
    assert "次序" in failures(made.checked(turned))


def test_a_truncated_or_lengthened_archive_is_noticed(made):
    for length in (5, 100, len(made.content) // 2, len(made.content) - 1):
        assert not checked(made.content[:length]).ok
    assert not checked(made.content + b"\0").ok
    assert not checked(made.content + made.content).ok


def test_a_repacked_archive_is_refused_with_a_word_on_why(made):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in made.files.items():
            archive.writestr(name, content)
    assert "重新打包" in failures(checked(out.getvalue()))


def test_the_same_name_twice_is_refused(made):
    first = next(iter(made.files))
    raw, content = first.encode(), made.files[first]
    crc = verify.zlib.crc32(content)
    twice = verify.local_header(raw, crc, len(content)) + content + made.content
    assert not checked(twice).ok


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "a\\b", "C:evil", "entries/../x.json", "con\0", "é.txt"])
def test_a_name_that_leads_elsewhere_is_refused(made, name):
    assert not made.checked({name: b"x", **made.files}).ok


def test_what_is_no_zip_is_no_bundle(tmp_path):
    for content in (b"", b"%PDF-1.7", b"PK"):
        assert run(tmp_path, content).returncode == 2
    assert run(tmp_path, b"PK\3\4").returncode == 1
    done = subprocess.run(
        [sys.executable, "-I", str(PROGRAM), str(tmp_path / "none")], capture_output=True, check=False
    )
    assert done.returncode == 2


def test_an_empty_archive_of_the_right_form_proves_nothing():
    assert not checked(pack({"README.txt": b""})).ok


def test_a_bundle_signed_by_strange_keys_fails_against_the_known_ones(made, tmp_path):
    strange = load_or_make(tmp_path / "strange", made.keys.ed25519.name)
    keys = canonical({"log": list(strange.vkeys), "witnesses": []}).encode()
    forged = signed_anew({**made.files, "keys.json": keys}, strange)
    assert "Ed25519 签名不成立" in failures(made.checked(forged)) or "个签名" in failures(made.checked(forged))
    assert "不是用您给定的公钥" in failures(made.checked(forged, pins=[made.keys.sm2.vkey]))


# --- what somebody who holds the platform's keys can try --------------------------------------------------------------


def altered(made: Made, name: str, content: bytes | None) -> str:
    """What fails where the holder of the keys alters or removes a file and signs the manifest anew."""
    files = {n: c for n, c in made.files.items() if n != name or content is not None}
    if content is not None:
        files[name] = content
    found = made.checked(signed_anew(files, made.keys))
    assert not found.ok, name
    return failures(found)


def test_the_platform_cannot_change_an_entry(made):
    name = f"entries/{made.main.number}.json"
    told = json.loads(made.files[name])
    assert "通向另一个根" in altered(made, name, canonical({**told, "actor": "别人"}).encode())
    assert "规范" in altered(made, name, made.files[name] + b" ")


def test_the_platform_cannot_change_a_content(made):
    name = next(n for n in made.files if n.startswith(f"contents/{made.main.number}."))
    assert "内容与登记的摘要不符" in altered(made, name, b"another page")


def test_the_platform_cannot_change_a_proof(made):
    name = f"entries/{made.main.number}.proof.json"
    proof = json.loads(made.files[name])
    for family in ("sha256", "sm3"):
        assert "过短" in altered(made, name, canonical({**proof, family: proof[family][1:]}).encode())
        assert "过长" in altered(made, name, canonical({**proof, family: [*proof[family], proof[family][0]]}).encode())
        turned = {**proof, family: proof[family][::-1] if len(proof[family]) > 1 else ["A" * 43 + "="]}
        assert "另一个根" in altered(made, name, canonical(turned).encode())


def test_the_platform_cannot_change_what_was_stamped_or_cosigned(made):
    """A checkpoint signed anew over another root is right in itself: the stamp and the witnesses tell."""
    label = bundles.label(bundles.chosen(made.main))
    name = f"checkpoints/{label}/sha256.note"
    origin, size, _ = verify.parse_note(made.files[name])[0][:-1].split("\n")
    text = f"{origin}\n{size}\n{'A' * 43}=\n"
    lines = "".join(s.line(text).line() for s in (made.keys.ed25519, made.keys.sm2))
    said = altered(made, name, f"{text}\n{lines}".encode())
    assert "时间戳针对的是另一份内容" in said and "见证者 witness0.example 的签名不成立" in said


def test_the_platform_cannot_swap_in_another_time_stamp(made, tmp_path):
    label = bundles.label(bundles.chosen(made.main))
    name = f"checkpoints/{label}/token.tsr"
    strange = LocalAuthority(tmp_path / "strange")
    imprint = bundles.checkpoints.imprint(bundles.chosen(made.main))
    assert "根证书" in altered(made, name, strange.stamp(imprint))
    assert "另一份内容" in altered(made, name, strange.stamp(bytes(32)))
    for place in range(0, len(made.files[name]), 23):
        altered(made, name, flipped(made.files[name], place))


def test_the_platform_cannot_drop_witnesses_that_the_policy_asks_for(made):
    label = bundles.label(bundles.chosen(made.main))
    assert "只签了两个根中的一个" in altered(made, f"checkpoints/{label}/sm3.cosignatures", None)
    files = {n: c for n, c in made.files.items() if not n.endswith(".cosignatures")}
    assert "规则要求 1 位见证者" in failures(made.checked(signed_anew(files, made.keys)))


def test_one_witness_is_not_counted_twice(made):
    label = bundles.label(bundles.chosen(made.main))
    name = f"checkpoints/{label}/sha256.cosignatures"
    assert "签了两次" in altered(made, name, made.files[name] * 2)


def test_the_platform_cannot_leave_out_turn_or_replace_a_custody_row(made):
    told = json.loads(made.files["custody.json"])
    rows = told["entries"]
    for wrong in (rows[1:], rows[:1] + rows[2:], rows[::-1], [], [*rows, rows[-1]]):
        said = altered(made, "custody.json", canonical({**told, "entries": wrong}).encode())
        assert "流转" in said
    assert "属于另一对象" in altered(made, "custody.json", canonical({**told, "stream": "custody:other"}).encode())


def test_two_checkpoints_that_do_not_agree_are_noticed(made):
    (name,) = [n for n in made.files if n.startswith("consistency/")]
    told = json.loads(made.files[name])
    spoilt = canonical({**told, "sm3": ["A" * 43 + "=", *told["sm3"][1:]]}).encode()
    assert "不一致" in altered(made, name, spoilt)
    assert "缺少文件" in altered(made, name, None)


def test_files_without_a_meaning_are_refused_though_signed(made):
    for name in ("extra.json", "entries/2026-99.json", "checkpoints/2026-999/sha256.note", "contents/2026-99.html"):
        assert not made.checked(signed_anew({name: b"{}", **made.files}, made.keys)).ok, name


def test_the_manifest_needs_both_signatures(made):
    text, _ = verify.parse_note(made.files["manifest.note"])
    for signer in (made.keys.ed25519, made.keys.sm2):
        half = f"{text}\n{signer.line(text).line()}".encode()
        assert "应有 2 个签名" in failures(made.checked({**made.files, "manifest.note": half}))


def test_what_is_not_an_installation_of_demonstration_is_not_marked(above, tmp_path):
    made = make(above, tmp_path)
    Installation.objects.update(demo=False)
    out = io.BytesIO()
    bundles.build(made.main, out)
    assert not checked(out.getvalue()).demo


def test_a_bundle_that_lacks_the_witnesses_asked_for_says_so_and_claims_none(above, tmp_path, settings):
    settings.JINZHI_WITNESSES = tmp_path / "witnesses.json"
    made = make(above, tmp_path)
    keys = [load_or_make(tmp_path / f"witness{n}", f"witness{n}.example").witness.vkey for n in range(2)]
    told = [witnesses.Witness(key, f"https://{n}.example") for n, key in enumerate(keys)]
    witnesses.save(witnesses.Witnesses(witnesses=(told[0],)))
    out = io.BytesIO()
    assert bundles.build(made.main, out).witnessed
    assert any("共同签名（规则要求 1 位）" in line.zh for line in checked(out.getvalue()).lines)
    witnesses.save(witnesses.Witnesses(witnesses=tuple(told)))
    done = exports.export(made.main, out := io.BytesIO())
    assert not done.facts.witnessed and "平台要求 2 位见证者" in done.lacking[-1]
    assert checked(out.getvalue()).ok
    with pytest.raises(BundleRefused, match="规则要求 2 位见证者，只有 1 位"):
        bundles.build(made.main, io.BytesIO(), policy=bundles.Policy(2, tuple(keys)))
