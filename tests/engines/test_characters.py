"""Traditional and simplified characters as one."""

from jinzhi.engines.characters import simplified, table, variants, written_as
from jinzhi.engines.query_language.echo import echo
from jinzhi.engines.query_language.parse import parse
from jinzhi.engines.search_memory import search, spans
from jinzhi.kernel.query import Doc
from jinzhi.kernel.tokens import fold

DOCS = [
    Doc(1, "", {"ti": ["鋰電池組"]}, {"pa": ("國家電網公司",), "pan": ("國家電網公司",)}),
    Doc(2, "", {"ti": ["锂电池组"]}, {"pa": ("国家电网公司",), "pan": ("国家电网公司",)}),
]


def found(text: str) -> list[int]:
    return search(parse(text), DOCS)


def test_one_character_becomes_one_and_folding_twice_changes_nothing():
    assert all(len(old) == len(new) == 1 and old != new for old, new in table().items())
    assert all(simplified(new) == new for new in table().values())
    assert all(fold(new) == new for new in table().values())


def test_positions_are_those_of_the_text_as_written():
    assert spans(parse("ti=电池"), DOCS[0]) == {"ti": [(1, 3, 0)]}
    assert spans(parse("ti=(鋰 (W) 電池)"), DOCS[1]) == {"ti": [(0, 1, 0), (1, 3, 1)]}


def test_both_forms_find_both_in_texts_names_and_whole_values():
    for text in (
        "ti=電池",
        "ti=电池",
        "pa=國家電網",
        "pa=国家电网",
        "pan=國家电網公司",
        "pan=国家電*",
        '"電池"',
        "鋰*組",
    ):
        assert found(text) == [1, 2], text


def test_as_written_finds_just_the_characters_written():
    assert found("ti=電池/asis") == [1]
    assert found("ti=电池/asis") == [2]
    assert found("pan=国家電*/asis") == []
    assert found("(ti=電池 OR pa=国家)/asis") == [1, 2]
    assert found("(ti=電池 (1W) 組)/asis") == [1]


def test_one_character_of_many_readings_stands_for_all_of_them():
    assert set(written_as("干")) >= {"干", "乾", "幹"}
    assert variants("乾a") == (("乾", tuple(one for one in written_as("干") if one != "乾")),)
    # 著 is a word of its own in the simplified script
    assert simplified("著") == "著"


def test_the_echo_says_that_other_forms_are_found_and_how_to_leave_them_out():
    for text, pair in (("ti=電池", "電=电"), ("ti=电池", "电=電"), ("地区=灣", "灣=湾")):
        (notice,) = echo(parse(text)).notices
        assert notice.kind == "variants"
        assert pair in notice.zh and "/asis" in notice.zh and "/asis" in notice.en
    for text in ("ti=電池/asis", "ti=的", "ipc=H01M", "battery"):
        assert not echo(parse(text)).notices
    assert "仅所写的字" in echo(parse("ti=電池/asis")).zh
