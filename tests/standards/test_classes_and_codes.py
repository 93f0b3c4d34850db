"""Classes (IPC, Locarno), kind codes, INID codes, legal events, ST.96."""

from __future__ import annotations

import csv
import gzip
from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from jinzhi.kernel.patent import PatentCitation, PatentDocument, PatentParty, Priority, Symbol, Text
from jinzhi.standards import ipc, locarno, st3, st9, st16, st27, st96
from tests.shared import SHARED

CLASSES = SHARED / "data" / "classification"
needs_data = pytest.mark.shared("data/classification")


@pytest.mark.parametrize(
    ("written", "short", "wipo", "version"),
    [
        ("G09G  5/10  (2006.01)", "G09G5/10", "G09G0005100000", "2006.01"),
        ("C10L   1/    00            A I                    ", "C10L1/00", "C10L0001000000", ""),
        ("A61B005/00", "A61B5/00", "A61B0005000000", ""),
        ("B60R  900", "B60R9/00", "B60R0009000000", ""),
        ("A01B0001020000", "A01B1/02", "A01B0001020000", ""),
        ("G06F 15/16 20060101AFI20150106BHUS", "G06F15/16", "G06F0015160000", "2006.01"),
        ("H04L", "H04L", "H04L", ""),
        ("A01", "A01", "A01", ""),
    ],
)
def test_forms_of_a_symbol(written: str, short: str, wipo: str, version: str) -> None:
    parsed = ipc.parse(written)
    assert (parsed.short, parsed.wipo, parsed.version) == (short, wipo, version)
    assert ipc.parse(parsed.wipo).short == short
    assert ipc.parse(parsed.printed).short == short


@given(st.text(max_size=30))
def test_any_text_is_a_symbol_or_a_symbol_error(written: str) -> None:
    try:
        parsed = ipc.parse(written)
    except ipc.IpcSymbolError:
        return
    assert ipc.parse(parsed.short).short == parsed.short


def test_a_main_group_is_no_prefix_of_a_longer_number() -> None:
    assert ipc.matches("H04B1", "H04B1/38")
    assert not ipc.matches("H04B1", "H04B10/00")
    assert ipc.matches("H04B", "H04B10/00") and ipc.matches("H04", "H04L9/32")
    assert ipc.matches("H04L9/32", "H04L9/32") and not ipc.matches("H04L9/3", "H04L9/32")


TREE = [
    ("G", 0),
    ("G06", 0),
    ("G06F", 0),
    ("G06F9/00", 0),
    ("G06F9/06", 1),
    ("G06F9/30", 2),
    ("G06F9/318", 3),
    ("G06F9/32", 3),
    ("G06F9/38", 3),
    ("G06F9/44", 2),
    ("G06F11/00", 0),
]


def test_dots_make_the_tree_and_not_digits() -> None:
    scheme = ipc.Scheme(TREE, "test")
    assert scheme.parent("G06F9/32") == "G06F9/30"
    assert scheme.subtree("G06F9/30") == ("G06F9/30", "G06F9/318", "G06F9/32", "G06F9/38")
    assert scheme.ancestors("G06F9/32") == ("G06F9/30", "G06F9/06", "G06F9/00", "G06F", "G06", "G")
    assert scheme.children("G06F9/06") == ("G06F9/30", "G06F9/44")
    assert scheme.prefixed("G06F9")[-1] == "G06F9/44"
    with pytest.raises(ipc.IpcSymbolError, match="test"):
        scheme.parent("G06F9/99")


def test_a_broken_table_is_mended_and_says_so() -> None:
    scheme = ipc.Scheme([("H04L", 0), ("H04L9/06", None), ("H04L9/08", 1), ("E01D101/0", 1)])
    assert scheme.parent("H04L9/06") == "H04L9/00"
    assert len(scheme.problems) == 3
    assert ipc.dots_in_title("与执行机器指令相关的设计，例如指令译码..") == 2
    assert ipc.dots_in_title("没有点") is None


@pytest.mark.parametrize(
    ("cell", "yes", "no"),
    [
        ("G06F11*(不含 G06F11/14、G06F11/36)、H04L1*", ["G06F11/00", "H04L1/18"], ["G06F11/14", "H04L12/24"]),
        ("(C05G3/00 NOT C05G3/02)", ["C05G3/00"], ["C05G3/02", "C05G3/04"]),
        ("B60L; B62D", ["B60L50/60", "B62D1/00"], ["B60K1/00"]),
        ("C08*", ["C08G1/00"], ["C09K1/00"]),
        ("H04B1*，H04B7/14", ["H04B1/38", "H04B7/14"], ["H04B17/00", "H04B7/15"]),
        ("B41J*(不含 B41J2*)、G06F3*", ["B41J3/00", "G06F3/12"], ["B41J2/01"]),
    ],
)
def test_cells_of_concordance_tables(cell: str, yes: list[str], no: list[str]) -> None:
    understood = ipc.parse_cell(cell)
    assert understood.unrecognised == ()
    assert all(understood.matches(s) for s in yes)
    assert not any(understood.matches(s) for s in no)


def test_a_subgroup_with_a_star_takes_what_stands_below_it_by_dots() -> None:
    cell = ipc.parse_cell("G06F9/30*")
    assert cell.matches("G06F9/32", ipc.Scheme(TREE))
    assert not cell.matches("G06F9/32")
    assert not cell.matches("G06F9/44", ipc.Scheme(TREE))


@pytest.mark.parametrize(
    ("cell", "bad"),
    [("A61B90*)", (")",)), ("B63H19/02-04", ("B63H19/02-04",)), ("H04L1*、乱", ("乱",)), ("(A01B", ("(",))],
)
def test_dirt_in_a_cell_is_reported(cell: str, bad: tuple[str, ...]) -> None:
    assert ipc.parse_cell(cell).unrecognised == bad


@needs_data
def test_all_real_cells_are_understood_but_two_spots_of_dirt() -> None:
    dirt, excluding, patterns = [], 0, 0
    for path in sorted(CLASSES.glob("ipc_concordance_*.csv")):
        with open(path, encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                cell = ipc.parse_cell(row["ipc"])
                dirt.extend(cell.unrecognised)
                patterns += len(cell.patterns)
                if path.name.endswith("emerging_2021.csv"):
                    excluding += any(p.excluded for p in cell.patterns)
    assert dirt == ["B63H19/02-04", ")"]
    assert excluding == 110
    assert patterns > 7000


@needs_data
def test_the_real_trees() -> None:
    with gzip.open(CLASSES / "ipc_2026_zh.csv.gz", "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    dots = [int(r["dots"]) if r["dots"] else None for r in rows]
    mended = [d or ipc.dots_in_title(r["title"]) for r, d in zip(rows, dots, strict=True)]
    scheme = ipc.Scheme(((r["symbol"], d) for r, d in zip(rows, mended, strict=True)), "2026.01")
    assert scheme.ancestors("G06F9/32") == ("G06F9/30", "G06F9/22", "G06F9/06", "G06F9/00", "G06F", "G06", "G") or (
        scheme.parent("G06F9/32") == "G06F9/30" and scheme.parent("G06F9/30") == "G06F9/06"
    )
    assert "B60L50/64" in scheme.subtree("B60L50/60")
    assert len(scheme.prefixed("H04B1")) == len(scheme.subtree("H04B1/00"))
    with gzip.open(CLASSES / "ipc_en.tsv.gz", "rt", encoding="utf-8") as stream:
        symbols = [s for line in stream if (s := line.split("\t")[0].strip()).isalnum() and s[0] in "ABCDEFGH"]
    assert len(symbols) > 75_000
    assert all(ipc.parse(s).wipo == s for s in symbols)


def test_locarno() -> None:
    assert locarno.short("1402") == locarno.short("14/02") == locarno.short("LOC(10)Cl. 14-02") == "14-02"
    assert locarno.edition("LOC(10)Cl. 14-02") == "10"
    assert locarno.all_in("14-02;08-05") == ("14-02", "08-05")
    with pytest.raises(locarno.LocarnoSymbolError):
        locarno.short("99-01")


def test_kind_codes_change_their_meaning_with_the_year() -> None:
    assert st16.is_grant("CN", "B", 2017) and not st16.is_grant("CN", "B", 1988)
    assert not st16.is_grant("CN", "A") and not st16.is_grant("CN", "B8")
    assert st16.find_kind("CN", "U").right == "utility-model"  # type: ignore[union-attr]
    assert st16.find_kind("ZZ", "A") is None


def test_every_field_of_the_model_has_a_chinese_name() -> None:
    assert [f.name for f in fields(PatentDocument)] == list(st9.FIELDS)
    assert all(i.zh and i.en for i in st9.FIELDS.values())


def test_countries() -> None:
    assert st3.find_name("cn") == "中国" and st3.find_name("EP") == "欧洲专利局"
    assert st3.find_name("QQ") is None
    assert len(st3.CODES) > 100


@pytest.mark.parametrize(
    ("name", "text", "category", "cause", "effect"),
    [
        ("未缴年费专利权终止", "", "H", "fee", "ends"),
        ("专利权的终止", "", "H", "", "ends"),
        ("专利权的终止", "未缴年费专利权终止", "H", "fee", "ends"),
        ("专利权有效期届满", "", "H", "term", "ends"),
        ("视为放弃", "", "B", "waiver", "ends"),
        ("等恢复", "", "", "", "pending"),
        ("等年费滞纳金", "", "", "", "pending"),
        ("专利权质押合同登记的生效", "", "S", "pledge", ""),
        ("专利权的无效宣告", "", "", "invalidity", ""),
        ("授权", "", "F", "", "grants"),
        ("从未见过的事件", "", "", "", ""),
    ],
)
def test_categories_of_announcements(name: str, text: str, category: str, cause: str, effect: str) -> None:
    placed = st27.place(name, text)
    assert (placed.category, placed.cause, placed.effect) == (category, cause, effect)
    assert placed.zh and placed.en
    assert not placed.category or placed.category in st27.CATEGORIES


def test_st96_is_xml_and_says_what_it_leaves_out() -> None:
    document = PatentDocument(
        "CN",
        "104751825",
        "B",
        "CN104751825B",
        date(2023, 10, 3),
        "CN201510163325.6",
        titles=(Text("zh", "亮度 <调节> & 装置\x0b"),),
        ipc=(Symbol("ipc", "G09G5/10", "2006.01"), Symbol("ipc", "怪号")),
        citations=(PatentCitation("CN203232659U", date="2013-10-09"), PatentCitation(text="一本书")),
        place="天津市",
    )
    root = etree.fromstring(st96.write(document).encode())
    names = {"com": st96.COMMON, "pat": st96.PATENT}
    assert root.findtext("pat:PatentPublicationIdentification/pat:PublicationNumber", None, names) == "104751825"
    assert root.findtext(".//pat:InventionTitle", None, names) == "亮度 <调节> & 装置\ufffd"
    assert root.findtext(".//pat:MainGroup", None, names) == "5"
    assert len(root.findall(".//pat:ReferenceCitation", names)) == 1
    assert st96.left_out(document) == ("place",)


def test_st96_gives_back_what_was_written() -> None:
    document = PatentDocument(
        "CN",
        "104751825",
        "B",
        "CN104751825B",
        date(2023, 10, 3),
        "CN201510163325.6",
        filing_date=date(2015, 4, 8),
        titles=(Text("zh", "亮度 <调节>"), Text("en", "Brightness & device")),
        ipc=(Symbol("ipc", "G09G5/10", "2006.01"), Symbol("ipc", "H04N"), Symbol("ipc", "怪号")),
        applicants=(
            PatentParty("天津某公司", province="天津市", city="市辖区", postcode="300000", country="CN"),
            PatentParty("南某大学"),
        ),
        inventors=(PatentParty("王某"),),
        priorities=(Priority("JP", "JP2008148514", "2008-06-05"),),
        citations=(
            PatentCitation("CN203232659U", date="2013-10-09"),
            PatentCitation("EP1"),
            PatentCitation(text="一本书"),
        ),
    )
    assert st96.read(st96.write(document).encode()) == st96.Read(
        "CN",
        "104751825",
        "B",
        "2023-10-03",
        "201510163325.6",
        "2015-04-08",
        (("zh", "亮度 <调节>"), ("en", "Brightness & device")),
        ("G09G5/10", "H04N", "怪号"),
        (("JP", "JP2008148514", "2008-06-05"),),
        ("天津某公司", "南某大学"),
        ("王某",),
        ("CN203232659U", "EP1"),
    )


@pytest.mark.parametrize("data", [b"<a/>", b"<a", b""])
def test_what_is_no_st96_is_said(data: bytes) -> None:
    with pytest.raises(st96.NotSt96):
        st96.read(data)
