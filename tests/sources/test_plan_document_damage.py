"""Whatever happens to a document, its characters are accounted for and nothing but PlanDocumentError is raised."""

from __future__ import annotations

import re
import time
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jinzhi.kernel.plan import PlanDocument
from jinzhi.sources import plan_document
from jinzhi.sources.patience import TooLong, at_most
from jinzhi.sources.plan_document import PlanDocumentError, parse_file
from jinzhi.sources.plan_document.flow import build, page_marks
from tests.sources.plan_documents import NAMES, OWN, ROWS, read, whole

QUIET = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
#: what documents are made of, in no order
SCRAPS = (
    "一、", "二、", "(一)", "(二)", "1.", "2.", "(1)", "①", "。", ",", "、", ":", ";", "(", ")", "【", "】", "《", "》",
    "“", "”", "\n", "\n\n", "\f", "\t", "|", " ", "\u3000", "-20-", "— 3 —", "第3页共10页", "责任单位:", "牵头单位",
    "配合单位:", "完成时限:", "市知识产权局", "市农委", "各区人民政府", "滨海新区政府", "及", "以及", "按职责分工负责",
    "牵头", "配合", "会同", "负责", "2022年底前", "2021年11月2日印发", "天津市知识产权战略领导小组办公室", "任务分工",
    "主要任务", "重点工程", "提升企业知识产权创造水平", "加强组织领导", "知识产权", "工程", "开展专项行动", "序号",
    "任务", "下载", "关闭", "ID:75344089", "\r\n", "\x00", "\u200b", "產權", "㈠", "⒈", "1+3+4", "4.26", "CPU",
)  # fmt: skip


def attempt(text: str) -> PlanDocument | None:
    try:
        return read(text)
    except PlanDocumentError as e:
        assert e.message
        return None


def words(text: str) -> str:
    return re.sub(r"\s", "", text)


@QUIET
@given(st.lists(st.tuples(st.integers(0, len(OWN)), st.integers(0, 40)), max_size=8))
def test_deletions(cuts):
    text = OWN
    for start, size in cuts:
        text = text[:start] + text[start + size :]
    found = attempt(text)
    assert found is None or whole(found)


@QUIET
@given(
    st.lists(st.tuples(st.integers(0, len(OWN)), st.one_of(st.text(max_size=20), st.sampled_from(SCRAPS))), max_size=8)
)
def test_insertions(additions):
    text = OWN
    for place, more in additions:
        text = text[:place] + more + text[place:]
    found = attempt(text)
    assert found is None or whole(found)


@QUIET
@given(st.lists(st.integers(0, len(OWN)), max_size=10), st.randoms(use_true_random=False))
def test_shuffled_pieces(cuts, chance):
    edges = sorted({0, len(OWN), *cuts})
    pieces = [OWN[a:b] for a, b in pairwise(edges)]
    chance.shuffle(pieces)
    found = attempt("".join(pieces))
    assert found is None or whole(found)


@QUIET
@given(st.lists(st.sampled_from(SCRAPS), max_size=80).map("".join))
def test_scraps_of_documents(text):
    found = attempt(text)
    assert found is None or whole(found)


@QUIET
@given(st.text(max_size=300))
def test_any_text(text):
    found = attempt(text)
    assert found is None or whole(found)


@QUIET
@given(
    st.lists(st.lists(st.sampled_from(SCRAPS), min_size=3, max_size=6), min_size=1, max_size=8), st.sampled_from("\t|")
)
def test_scraps_in_tables(rows, bar):
    head = bar.join(("序号", "任务", "牵头单位", "配合单位", "完成时限"))
    found = attempt(
        "\n".join(["任务分工", head, *(bar.join(r) for r in rows), "1" + bar + "甲" + bar + "市教委" + bar])
    )
    assert found is None or whole(found)


@QUIET
@given(
    st.binary(max_size=400),
    st.sampled_from(["a.txt", "a.docx", "a.xlsx", "a.pdf", "a.html", "a", "a.exe"]),
    st.sampled_from([b"", b"PK\x03\x04", b"%PDF-1.7\n", b"<html>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"]),
)
def test_any_bytes(data, filename, head):
    try:
        found = parse_file(head + data, filename, names=NAMES, rows=ROWS)
    except PlanDocumentError as e:
        assert e.message
    else:
        assert whole(found)


@QUIET
@given(st.integers(0, len(OWN)), st.text(alphabet="柳絮飞花落满园", min_size=12, max_size=30))
def test_inserted_words_are_never_lost(place, stray):
    found = attempt(OWN[:place] + stray + OWN[place:])
    if found is None:
        return
    said = "".join(r.title + "".join(r.measures) + "".join(d.raw for d in r.duties) for r in found.rows)
    shown = "".join(found.text[s.start : s.end] for s in found.spans if s.kind != "placed")
    kept = words(said + shown + found.title + found.issued_by + found.preamble)
    named = "".join(
        found.text[s.start : s.end]
        for s in found.spans
        if s.what in ("part", "section", "introduction", "duty", "letter")
    )
    assert stray[:6] in kept or stray[:6] in words(named)


@QUIET
@given(st.text(max_size=200), st.booleans())
def test_the_stream_keeps_every_character_that_is_seen(text, paragraphs):
    marks = page_marks(text)
    flow = build(text, skip=marks, paragraphs=paragraphs)
    assert len(flow.chars) == len(flow.at) == len(flow.bol) == len(flow.gap)
    assert list(flow.at) == sorted(set(flow.at))
    hidden = {i for a, b in marks for i in range(a, b)}
    seen = [i for i, c in enumerate(text) if i not in hidden and not c.isspace()]
    assert set(flow.at) <= set(seen)
    assert all(text[i] in "\u200b\u200c\u200d\u2060\ufeff\u00ad" for i in set(seen) - set(flow.at))


@pytest.mark.parametrize(
    "scrap",
    [
        *SCRAPS,
        "一、做好工作(责任单位:市农委、市教委)。\n",
        "1.做好工作。责任单位:市教委\n",
        "由市科技局牵头,市教委配合,",
    ],
)
@pytest.mark.parametrize("before", ["", OWN])
def test_one_scrap_over_and_over_ends(before, scrap):
    found = at_most(30, lambda: attempt(before + scrap * (6000 // len(scrap))))
    assert found is None or whole(found)


def test_a_document_that_takes_too_long_is_given_up_with_the_way_out(monkeypatch):
    monkeypatch.setattr(plan_document, "LONGEST", 0.3)
    endless = (OWN + "一、做好工作(责任单位:市农委、市教委)。\n" * 20_000).encode()
    with pytest.raises(PlanDocumentError, match=r"已停止，没有导入.*另存"):
        parse_file(endless, "长.txt", names=NAMES, rows=ROWS)


def test_a_loop_that_hides_its_errors_is_stopped_too():
    def stubborn():
        n = 0
        while True:
            try:
                n += 1
            except Exception:
                continue

    with pytest.raises(TooLong):
        at_most(0.2, stubborn)


def test_what_is_done_in_time_is_never_stopped():
    assert at_most(5, lambda: time.sleep(0.01) or "done") == "done"
    with pytest.raises(ZeroDivisionError):
        at_most(5, lambda: 1 // 0)


@QUIET
@given(
    st.sampled_from(["²", "9" * 5000, "-1", "0", "１", "1e9", "99999999", ""]), st.sampled_from(["colspan", "rowspan"])
)
def test_a_cell_spans_what_can_be_counted(span, side):
    page = f"<table><tr><th>任务<th>责任单位<tr><td {side}='{span}'>开展专项行动<td>市教委</table>"
    try:
        parse_file(page.encode(), "a.html", names=NAMES, rows=ROWS)
    except PlanDocumentError as e:
        assert e.message
