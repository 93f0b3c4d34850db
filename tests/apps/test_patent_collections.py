"""Topics, tags and notes: who sees and who writes them, what a search of them finds, Excel out and in."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from jinzhi.apps.evidence.events.actions import Conflict, KeyReused
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.patents.desk import alerts, collections, notes, saved
from jinzhi.apps.patents.models import Document
from jinzhi.apps.patents.refused import SearchRefused
from jinzhi.apps.patents.search.index import update
from jinzhi.apps.patents.search.result import search
from jinzhi.engines.spreadsheet import SpreadsheetError
from jinzhi.kernel.query import QueryError
from tests.apps.patent_documents import stored

SEPARATOR, DETECTOR, MODEL, LATER = "CN117000001A", "CN116000002A", "CN218000003U", "CN119000004A"


@pytest.fixture
def patents(city) -> None:
    stored()


@pytest.fixture
def colleague(make_person, district):
    return make_person("binhai2", "tj-binhai", "reporter", "滨海另一人")


def ids(*numbers: str) -> list[int]:
    return list(Document.objects.filter(number__in=numbers).values_list("pk", flat=True))


def found(text: str, who, engine: str = "") -> set[str]:
    return {row.number for row in search(text, who=who.acting, engine=engine).page(0, 100)}


# --- tags and notes ---------------------------------------------------------------------------------------------


def test_a_tag_is_put_on_once_and_found_however_it_is_written(district, patents):
    assert notes.tag(district.acting, " Key  tag ", ids(SEPARATOR, LATER)) == 2
    assert notes.tag(district.acting, "ＫＥＹ tag", ids(SEPARATOR)) == 0
    assert found('tag="key tag"', district) == {SEPARATOR, LATER}
    assert found("tag=key*", district) == {SEPARATOR, LATER}
    assert found('隔膜 NOT 标引="key tag"', district) == {DETECTOR}
    assert notes.untag(district.acting, "key tag", ids(LATER)) == 1
    assert found('tag="key tag"', district) == {SEPARATOR}


def test_a_tag_is_found_in_traditional_and_simplified_characters(district, patents):
    notes.tag(district.acting, "电池材料", ids(SEPARATOR))
    assert found("tag=電池材料", district) == {SEPARATOR}
    assert found("tag=電池材料/asis", district) == set()
    assert found("tag=电池材料/asis", district) == {SEPARATOR}


def test_tags_and_notes_are_seen_by_the_unit_and_above_only(district, colleague, above, elsewhere, patents):
    notes.tag(district.acting, "重点", ids(SEPARATOR))
    notes.write_note(district.acting, Document.objects.get(number=LATER), "值得进一步关注其结构。")
    for who in (district, colleague, above):
        assert found("tag=重点", who) == {SEPARATOR}
        assert found("note=(关注 (3W) 结构)", who) == {LATER}
    assert found("tag=重点", elsewhere) == set()
    assert found("note=关注", elsewhere) == set()
    assert [t.name for t in notes.tags(elsewhere.acting)] == []


def test_units_tag_alike_without_disturbing_each_other(district, elsewhere, above, patents):
    notes.tag(district.acting, "重点", ids(SEPARATOR))
    notes.tag(elsewhere.acting, "重点", ids(SEPARATOR, LATER))
    notes.untag(elsewhere.acting, "重点", ids(SEPARATOR))
    assert found("tag=重点", district) == {SEPARATOR}
    assert found("tag=重点", elsewhere) == {LATER}
    assert found("tag=重点", above) == {SEPARATOR, LATER}
    (tally,) = notes.tags(above.acting)
    assert (tally.count, tally.own) == (2, 0)


def test_the_index_finds_the_same_as_the_definition(district, patents, settings):
    update(rebuild=True)
    notes.tag(district.acting, "重点", ids(SEPARATOR, MODEL))
    notes.write_note(district.acting, Document.objects.get(number=LATER), "值得关注")
    for text in (
        "tag=重点",
        "tag=重点 AND 隔膜",
        "note=关注 OR tag=重点",
        "NOT tag=重点",
        "tag,ti=重点",
        "note=得?关*",
    ):
        assert found(text, district, "tantivy") == found(text, district, "memory"), text


def test_a_tag_that_grows_when_it_is_folded_is_found_all_the_same(district, patents):
    long = "㎏" * 50
    notes.tag(district.acting, long, ids(SEPARATOR))
    assert found(f"tag={long}", district) == {SEPARATOR}
    assert found(f"tag={'kg' * 50}", district) == {SEPARATOR}
    assert found(f"tag={'kg' * 30}", district) == set()


def test_nobody_in_particular_is_told_whose_tags_are_meant(patents):
    with pytest.raises(QueryError, match="各单位自己的") as told:
        search("隔膜 AND tag=重点")
    assert told.value.at == 11


def test_a_note_is_changed_by_its_writer_and_can_be_restored(district, colleague, patents):
    note = notes.write_note(district.acting, Document.objects.get(number=LATER), "关注")
    assert notes.write_note(district.acting, note.document, "关注").pk == note.pk
    with pytest.raises(SearchRefused, match="只有写备注的人"):
        notes.change_note(colleague.acting, note.pk, "不关注")
    notes.change_note(district.acting, note.pk, "持续关注", expected=1)
    with pytest.raises(Conflict):
        notes.change_note(district.acting, note.pk, "停止", expected=1)
    notes.remove_note(district.acting, note.pk)
    assert found("note=关注", district) == set()
    assert [n.pk for n in notes.notes_of(district.acting, note.document)] == [note.pk]
    assert notes.notes_of(colleague.acting, note.document) == []
    notes.restore_note(district.acting, note.pk)
    assert found("note=持续", district) == {LATER}
    verbs = Event.objects.filter(stream=note.stream).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["write", "change", "remove", "restore"]


def test_tagging_leaves_one_event_with_the_numbers(district, patents):
    notes.tag(district.acting, "重点", ids(SEPARATOR, LATER))
    event = Event.objects.get(stream="patent-tags:tj-binhai")
    assert event.data == {"tag": "重点", "count": 2, "numbers": [SEPARATOR, LATER]}


@pytest.mark.parametrize("name", ["", "  ", "甲；乙", "甲*", "长" * 61])
def test_what_is_no_tag_is_refused(district, patents, name):
    with pytest.raises(SearchRefused):
        notes.tag(district.acting, name, ids(SEPARATOR))


def table(*rows: tuple[str, str]) -> bytes:
    book = Workbook()
    book.active.append(("公开（公告）号", "标引"))
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_tags_go_out_and_come_in_by_excel(district, elsewhere, patents):
    notes.tag(district.acting, "重点", ids(SEPARATOR))
    notes.write_note(district.acting, Document.objects.get(number=LATER), "关注")
    body = notes.workbook(district.acting, [], language="zh")
    page = load_workbook(BytesIO(body)).worksheets[0]
    told = {row[0]: row[1] for row in page.iter_rows(min_row=2, values_only=True) if row[0]}
    assert told == {SEPARATOR: "重点", LATER: None}
    assert notes.bring(elsewhere.acting, body).added == 1
    assert found("tag=重点", elsewhere) == {SEPARATOR}


def test_a_table_of_tags_adds_and_takes_nothing_away(district, patents):
    notes.tag(district.acting, "旧", ids(SEPARATOR))
    done = notes.bring(district.acting, table(("CN 117000001 A", "重点；电池"), ("CN119000004", "重点;")))
    assert (done.rows, done.added, done.errors) == (2, 3, ())
    assert found("tag=旧 AND tag=重点 AND tag=电池", district) == {SEPARATOR}
    assert found("tag=重点", district) == {SEPARATOR, LATER}


def test_one_wrong_row_and_nothing_is_written(district, patents):
    done = notes.bring(district.acting, table((SEPARATOR, "重点"), ("CN999999999A", "重点"), (LATER, "甲*")))
    assert [(e.row, e.zh) for e in done.errors] == [(3, "库中没有这件"), (4, "标引里不能有“*”")]
    assert found("tag=重点", district) == set()


def test_a_file_that_is_no_table_says_so(district):
    with pytest.raises(SpreadsheetError):
        notes.bring(district.acting, b"no workbook")


# --- topics -----------------------------------------------------------------------------------------------------


@pytest.fixture
def battery(district, patents):
    return collections.create(district.acting, name="电池", about="储能电池")


@pytest.fixture
def separators(district, battery):
    query = saved.keep(district.acting, name="隔膜", text="ti=隔膜", shared=True)
    return collections.create(district.acting, name="隔膜", parent=battery, saved=query)


def test_a_topic_holds_what_its_query_finds_and_what_stands_below_it(district, battery, separators):
    assert collections.pick(battery, district.acting, ids(MODEL)) == 1
    assert found("topic=隔膜", district) == {SEPARATOR, LATER}
    assert found("topic=电池", district) == {MODEL, SEPARATOR, LATER}
    assert found('专题="电池/隔膜" AND 涂覆机', district) == {LATER}
    assert found("topic=电* NOT topic=隔膜", district) == {MODEL}


def test_a_topic_is_seen_above_and_named_with_its_unit(district, above, elsewhere, separators):
    assert found('topic="电池/隔膜@tj-binhai"', above) == {SEPARATOR, LATER}
    with pytest.raises(QueryError, match="没有您能看到的专题"):
        search("topic=隔膜", who=elsewhere.acting)


def test_a_misspelt_topic_is_told_what_is_near(district, separators):
    with pytest.raises(QueryError, match="是否为：隔膜"):
        search("topic=隔模", who=district.acting)


def test_people_of_the_unit_write_and_others_do_not(district, colleague, above, battery):
    collections.change(battery, colleague.acting, name="储能", about="", parent=None, saved=None)
    with pytest.raises(SearchRefused, match="只有该单位的人可以修改"):
        collections.change(battery, above.acting, name="电池", about="", parent=None, saved=None)
    with pytest.raises(SearchRefused, match="只有该单位的人可以修改"):
        collections.pick(battery, above.acting, ids(MODEL))


def test_the_same_form_sent_twice_makes_one_topic(district, patents):
    first = collections.create(district.acting, name="电池", key="form-1")
    assert collections.create(district.acting, name="电池", key="form-1").pk == first.pk
    with pytest.raises(KeyReused):
        collections.create(district.acting, name="电芯", key="form-1")


def test_an_old_form_is_told(district, battery):
    collections.change(battery, district.acting, name="储能", about="", parent=None, saved=None, expected=1)
    with pytest.raises(Conflict):
        collections.change(battery, district.acting, name="电池", about="", parent=None, saved=None, expected=1)


def test_a_topic_never_stands_below_itself(district, battery, separators):
    with pytest.raises(SearchRefused, match="不能放在自己之下"):
        collections.change(battery, district.acting, name="电池", about="", parent=separators, saved=None)


def test_a_topic_whose_query_asks_for_the_topic_is_refused(district, battery):
    query = saved.keep(district.acting, name="圈", text="topic=电池 OR 涂覆", shared=True)
    with pytest.raises(SearchRefused, match="引用了自身"):
        collections.create(district.acting, name="内", parent=battery, saved=query)
    assert [b.topic.name for b in collections.tree(district.acting)] == ["电池"]


def test_a_name_stands_once_on_a_level(district, battery):
    with pytest.raises(SearchRefused, match="已有名为“电池”"):
        collections.create(district.acting, name="电池")
    assert collections.create(district.acting, name="电池", parent=battery).pk


def test_a_query_that_a_topic_stands_on_stays(district, separators):
    with pytest.raises(SearchRefused, match="专题“隔膜”以它为内容"):
        saved.remove(separators.saved, district.acting)
    with pytest.raises(SearchRefused, match="专题“隔膜”以它为内容"):
        saved.change(separators.saved, district.acting, name="隔膜", text="ti=隔膜", about="", shared=False)


def test_nothing_is_put_by_hand_into_what_a_query_finds(district, separators):
    with pytest.raises(SearchRefused, match="不能手工加入"):
        collections.pick(separators, district.acting, ids(MODEL))


def test_a_removed_topic_comes_back_with_what_it_held(district, battery):
    collections.pick(battery, district.acting, ids(MODEL, LATER))
    collections.take_out(battery, district.acting, ids(LATER))
    collections.remove(battery, district.acting)
    with pytest.raises(QueryError, match="没有您能看到的专题"):
        search("topic=电池", who=district.acting)
    collections.restore(collections.find(district.acting, battery.pk, gone=True), district.acting)
    assert found("topic=电池", district) == {MODEL}
    verbs = Event.objects.filter(stream=battery.stream).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["create", "pick", "take-out", "remove", "restore"]


def test_a_topic_with_others_below_it_stays(district, battery, separators):
    with pytest.raises(SearchRefused, match="下面还有 1 个专题"):
        collections.remove(battery, district.acting)


def test_an_alert_on_a_tag_sees_that_it_was_put_on(district, patents):
    alert = alerts.watch(district.acting, saved.keep(district.acting, name="重点", text="tag=重点"))
    notes.tag(district.acting, "重点", ids(LATER))
    alerts.fire_due()
    alert.refresh_from_db()
    assert alert.new == 1
