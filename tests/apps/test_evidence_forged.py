"""Given keys: a bundle is proven by the keys that the reader gave, or it says by whose keys it is."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from jinzhi.apps.evidence.bundle import bundles
from jinzhi.apps.evidence.log import log
from jinzhi.kernel.canonical import digests
from jinzhi.verifier import verify
from tests.apps.bundle_files import DAY, Made, checked
from tests.apps.forged_bundles import cases
from tests.apps.test_evidence_bundles import made, own_folders

__all__ = ["made", "own_folders"]


def test_each_case_has_its_verdict(made: Made, tmp_path):
    for name, case in cases(made, tmp_path).items():
        found = checked(case.content, case.pins)
        said = "\n".join(line.zh for line in found.lines)
        assert found.verdict == case.verdict, f"{name}\n{said}"
        assert case.says in said, f"{name}\n{said}"


def keys(pins) -> list[str]:
    return [word for pin in pins for word in ("--key", pin)]


def test_the_program_s_last_line_and_status_tell_the_three_apart(made: Made, tmp_path):
    found = cases(made, tmp_path)
    expected = {"proven": (0, "VERIFIED"), "failed": (1, "FAILED"), "intact": (3, "INTACT, but by keys you have not")}
    for name in ("good, both given", "good, nobody given", "listed after", "witness given, log not"):
        (tmp_path / "b.zip").write_bytes(found[name].content)
        command = [sys.executable, "-I", "-S", verify.__file__, str(tmp_path / "b.zip"), *keys(found[name].pins)]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
        status, word = expected[found[name].verdict]
        assert (done.returncode, word in done.stdout.splitlines()[-1]) == (status, True), name


def test_the_console_says_the_same(made: Made, tmp_path):
    for name, case in cases(made, tmp_path).items():
        (tmp_path / "b.zip").write_bytes(case.content)
        out = io.StringIO()
        try:
            call_command("evidence", "verify", str(tmp_path / "b.zip"), *keys(case.pins), "--json", stdout=out)
            status = 0
        except CommandError as e:
            status = e.returncode
        assert status == verify.EXITS[case.verdict], name
        assert json.loads(out.getvalue())["verdict"] == case.verdict, name


# --- one's own copy of the content ----------------------------------------------------------------------------------


def with_own(made: Made, tmp_path: Path, content: bytes) -> verify.Findings:
    (tmp_path / "own").write_bytes(content)
    return checked(made.content, made.keys.vkeys, str(tmp_path / "own"))


def test_an_own_copy_is_compared_though_the_bundle_holds_the_content(made: Made, tmp_path):
    original = made.files[next(n for n in made.files if n.startswith(f"contents/{made.main.number}."))]
    same = with_own(made, tmp_path, original)
    assert same.verdict == "proven" and any(line.zh.startswith("原文件：") for line in same.lines)
    for other in (b"", original + b" ", original[:-1], b"another page"):
        differs = with_own(made, tmp_path, other)
        assert differs.verdict == "failed"
        assert any("您给定的原文件的内容与登记的摘要不符" in line.zh for line in differs.lines)


@pytest.mark.parametrize("name", ["no such file", "."])
def test_an_own_copy_that_cannot_be_read_is_no_answer(made: Made, tmp_path, name):
    (tmp_path / "b.zip").write_bytes(made.content)
    command = [sys.executable, "-I", "-S", verify.__file__, "b.zip", *keys(made.keys.vkeys), "--content", name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 2 and "读不到文件" in done.stdout
    with pytest.raises(CommandError) as e:
        call_command("evidence", "verify", str(tmp_path / "b.zip"), "--content", str(tmp_path / name))
    assert e.value.returncode == 2


def test_an_own_copy_of_salted_content_is_compared_with_its_salt(above, tmp_path):
    salt, content = b"s" * 32, "李某".encode()
    seal = digests(salt + content)
    entry = log.append(
        "evidence", "x:1", who=above.acting, on=DAY, media_type="text/plain", length=len(content), sha256=seal.sha256,
        sm3=seal.sm3, salted=True,
    )  # fmt: skip
    out = io.BytesIO()
    bundles.build(entry, out, content=content, salt=salt)
    for own, verdict in ((content, "intact"), ("李四".encode(), "failed")):
        (tmp_path / "own").write_bytes(own)
        assert checked(out.getvalue(), (), str(tmp_path / "own")).verdict == verdict
