"""Bundles from the console: export, verify, and what they exit with."""

from __future__ import annotations

import io
import json

import pypdfium2
import pytest
from django.core.management import CommandError, call_command

from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.evidence.bundle import bundles, certificate, exports
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.log import checkpoints, log
from jinzhi.apps.evidence.models import Entry, Shard
from jinzhi.engines import typesetting
from tests.apps.bundle_files import DAY, checked, flipped, make, unpack
from tests.apps.test_evidence_bundles import own_folders

__all__ = ["own_folders"]


def said(*arguments: str) -> str:
    out = io.StringIO()
    call_command("evidence", *arguments, stdout=out)
    return out.getvalue()


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "").replace("\n", "")


def test_append_export_verify(city, tmp_path):
    (tmp_path / "a.txt").write_text("甲")
    entry = json.loads(said("append", str(tmp_path / "a.txt"), "--json"))["entry"]
    told = json.loads(said("export", "--entry", entry, "--out", str(tmp_path / "b.zip"), "--json"))
    assert (told["entry"], told["content"], told["bytes"]) == (entry, True, (tmp_path / "b.zip").stat().st_size)
    assert told["lacking"] == ["该对象没有流转记录"]
    with pytest.raises(CommandError, match="完整，但未认定出自何人") as e:
        said("verify", str(tmp_path / "b.zip"))
    assert e.value.returncode == 3
    key = checkpoints.keys_of(Shard.objects.get()).sm2.vkey
    assert f"通过：条目 {entry}" in said("verify", str(tmp_path / "b.zip"), "--key", key)
    told = json.loads(said("verify", str(tmp_path / "b.zip"), "--key", key, "--json"))
    assert (told["verdict"], told["ok"]) == ("proven", True)


def test_verify_exits_with_1_for_an_altered_bundle_and_2_for_none(city, tmp_path):
    (tmp_path / "a.txt").write_text("甲")
    entry = json.loads(said("append", str(tmp_path / "a.txt"), "--json"))["entry"]
    said("export", "--entry", entry, "--out", str(tmp_path / "b.zip"))
    (tmp_path / "c.zip").write_bytes(flipped((tmp_path / "b.zip").read_bytes()))
    for file, code in (("c.zip", 1), ("a.txt", 2), ("none.zip", 2)):
        with pytest.raises(CommandError) as e:
            said("verify", str(tmp_path / file))
        assert e.value.returncode == code


def test_export_does_not_overwrite_and_leaves_nothing_behind_where_it_fails(city, tmp_path):
    (tmp_path / "there.zip").write_bytes(b"mine")
    record("thing:1", "make", {}, who=None, on=DAY)
    log.sequence()
    with pytest.raises(CommandError, match="不覆盖"):
        said("export", "--entry", "2026-0", "--out", str(tmp_path / "there.zip"))
    with pytest.raises(CommandError, match="没有条目"):
        said("export", "--entry", "2026-9", "--out", str(tmp_path / "new.zip"))
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["there.zip"]
    assert (tmp_path / "there.zip").read_bytes() == b"mine"


def test_without_content_and_custody_only_the_proof_is_exported(city, tmp_path):
    record("thing:1", "make", {"secret": "甲乙丙丁戊"}, who=None, on=DAY)
    log.sequence()
    out = tmp_path / "b.zip"
    said("export", "--entry", "2026-0", "--out", str(out), "--without-content", "--without-custody")
    assert "甲乙丙丁戊".encode() not in out.read_bytes()
    assert checked(out.read_bytes()).ok


def test_the_statement_says_what_is_proven_and_what_is_not(above, tmp_path):
    made = make(above, tmp_path)
    out = io.BytesIO()
    exports.export(made.main, out, stated=[("采集人", "李某#set page()")])
    files = unpack(out.getvalue())
    pdf = files["certificate.pdf"]
    text = text_of(pdf)
    for words in (
        "电子数据登记与核验说明", "演示数据", "已证明的", "不证明的", "登记之前的事", "不是公证文书", "仅供演示与测试",
        "第94条", "平台自己签名不等于中立第三方", "不主张", "李某#set page()", made.main.number, made.item.sha256,
    ):  # fmt: skip
        assert words.replace(" ", "") in text.replace(" ", ""), words
    for words in ("文件名", "page.html", "经办人（签名）", "出具单位（盖章）", "原始存储介质封存", "见证人", "未登记"):
        assert words.replace(" ", "") in text.replace(" ", ""), words
    assert "待核" not in text and "《最高人民法院关于民事诉讼证据的若干规定》" in text
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf and b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert checked(out.getvalue()).ok


def test_the_time_of_this_machine_is_not_claimed_as_proven(above, tmp_path):
    """Only somebody else's time stamp is; that of the demonstration stands under what is not proven."""
    made = make(above, tmp_path)
    facts = bundles.build(made.main, io.BytesIO())
    assert facts.stamp is not None
    assert not any("时间戳" in words for words in certificate.proven(facts))
    assert any("只反映本机时钟" in words for words in certificate.unproven(facts))


def test_an_installation_in_service_is_not_marked_as_demonstration(city):
    record("thing:1", "make", {}, who=None, on=DAY)
    out = io.BytesIO()
    exports.export(Entry.objects.get(), out)
    assert "演示数据" not in text_of(unpack(out.getvalue())["certificate.pdf"])
    assert not Installation.objects.get().demo


def test_without_a_chinese_font_the_bundle_lacks_the_statement_and_says_so(city, monkeypatch, tmp_path):
    record("thing:1", "make", {}, who=None, on=DAY)
    log.sequence()
    typesetting.chinese_font.cache_clear()
    monkeypatch.setattr(typesetting, "SERIF", ("No Such Font",))
    try:
        words = said("export", "--entry", "2026-0", "--out", str(tmp_path / "b.zip"))
    finally:
        typesetting.chinese_font.cache_clear()
    assert "没有找到中文字体" in words and "fonts-noto-cjk" in words
    assert "certificate.pdf" not in unpack((tmp_path / "b.zip").read_bytes())
    assert checked((tmp_path / "b.zip").read_bytes()).ok
