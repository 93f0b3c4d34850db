"""The store of patents: what a document is after it was given once, twice, anew, and by two sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db.models import F

from jinzhi.apps.catalogue.ticks import run_ticks
from jinzhi.apps.patents import models
from jinzhi.apps.patents.models import Alias, AliasKind, Applicant, Document, LegalState, unpack
from jinzhi.apps.patents.search import index
from jinzhi.apps.patents.search.result import search
from jinzhi.apps.patents.store import queries
from jinzhi.apps.patents.store.documents import as_index_doc
from jinzhi.apps.patents.store.families import FamilyLink, Unions, simple_of
from jinzhi.apps.patents.store.status import plain
from jinzhi.apps.patents.store.storing import Fate, end_terms, prepare, prepare_event, store
from jinzhi.kernel import patent
from jinzhi.kernel.patent import Claim, LegalEvent, PatentCitation, PatentParty, Priority, Source, Symbol, Text
from jinzhi.standards.cn_numbers import check_digit

BINHAI = PatentParty("天津演示甲电池有限公司", "zh", "天津市滨海新区某路1号", "天津市", "市辖区", "滨海新区")


def document(digits: str = "900000001", kind: str = "A", **more: object) -> patent.PatentDocument:
    said: dict[str, object] = {
        "application_number": f"CN2020190{digits[-5:]}.1",
        "publication_date": date(2021, 3, 2),
        "filing_date": date(2020, 5, 5),
        "language": "zh",
        "titles": (Text("zh", "一种电池"),),
        "ipc": (Symbol("ipc", "H01M10/0525", main=True),),
        "applicants": (BINHAI,),
        "source": Source("test", "one.xml"),
    }
    return patent.PatentDocument("CN", digits, kind, f"CN{digits}{kind}", **{**said, **more})  # type: ignore[arg-type]


def put(*documents: patent.PatentDocument, events: tuple[LegalEvent, ...] = ()):
    return store([prepare(one) for one in documents], [prepare_event(one) for one in events])


def row(number: str) -> Document:
    found = queries.find(number)
    assert found is not None
    return found


def event(name: str, on: date, text: str = "", number: str = "CN202019000001.1") -> LegalEvent:
    return LegalEvent(number, "H", name, on, text, source=Source("test-status"))


def test_what_is_kept_is_the_exact_json_of_the_document(db) -> None:
    told = document(claims=(Claim(1, "一种电池，“其”特征\n在于 \\ \t"),), rest=(("a/b", 2),))
    put(told)
    bare = replace(told, source=Source("test"))
    assert unpack(row("CN900000001A").body).decode() == bare.to_json()
    assert row("CN900000001A").content == told


def test_a_document_given_twice_is_one_row_and_one_version(db) -> None:
    assert put(document()).fates == [Fate.NEW]
    assert put(document()).fates == [Fate.SAME]
    assert put(document(), document()).fates == [Fate.SAME, Fate.SAME]
    assert Document.objects.count() == 1
    assert row("CN900000001A").version == 1


def test_the_same_bytes_in_another_file_change_nothing(db) -> None:
    put(document())
    assert put(document(source=Source("test", "two.xml"))).fates == [Fate.SAME]


def test_a_changed_document_is_a_new_version_and_the_old_one_is_kept(db) -> None:
    put(document())
    assert put(document(titles=(Text("zh", "一种电池（更正）"),))).fates == [Fate.CHANGED]
    now = row("CN900000001A")
    assert (now.title, now.version, now.revision > 1) == ("一种电池（更正）", 2, True)
    assert [v.content.title for v in now.versions.all()] == ["一种电池"]


def test_two_versions_in_one_chunk_are_told_as_in_two(db) -> None:
    told = put(document(), document(titles=(Text("zh", "改"),)))
    assert told.fates == [Fate.NEW, Fate.CHANGED]
    assert (row("CN900000001A").title, row("CN900000001A").version) == ("改", 2)


def test_a_row_of_a_table_takes_no_text_from_a_full_document(db) -> None:
    full = document(claims=(Claim(1, "一种电池。"),), abstracts=(Text("zh", "摘要"),))
    table = document(titles=(Text("zh", "电池"),), place="天津市滨海新区", source=Source("table", "t.csv"))
    put(full)
    put(table)
    now = row("CN900000001A").content
    assert (now.title, now.claims, now.place) == ("一种电池", full.claims, "天津市滨海新区")
    assert put(full).fates == [Fate.SAME]
    assert put(table).fates == [Fate.SAME]


def test_application_and_grant_of_one_application_are_one_family(db) -> None:
    put(document(), document("900000002", "B", application_number="CN202019000001.1"))
    assert [d.number for d in queries.family(row("CN900000001A"))] == ["CN900000001A", "CN900000002B"]


def test_families_joined_through_a_shared_priority_are_one_extended_family(db) -> None:
    first = document("900000011", priorities=(Priority("CN", "CN202019000071.1"),), application_number="")
    second = document("900000012", priorities=(Priority("CN", "CN202019000072.X"),), application_number="")
    put(first)
    put(second)
    assert row("CN900000011A").extended != row("CN900000012A").extended
    both = (Priority("CN", "CN202019000071.1"), Priority("CN", "CN202019000072.X"))
    put(document("900000013", priorities=both, application_number=""))
    assert len({row(f"CN90000001{n}A").extended for n in (1, 2, 3)}) == 1
    assert len({row(f"CN90000001{n}A").simple for n in (1, 2, 3)}) == 3
    # the joining document is corrected: what it joined falls apart again
    put(document("900000013", priorities=both[:1], application_number=""))
    assert row("CN900000011A").extended == row("CN900000013A").extended != row("CN900000012A").extended


def test_unions_name_a_set_by_its_smallest_number() -> None:
    unions = Unions()
    for one, other in (("d", "c"), ("b", "a"), ("c", "b")):
        unions.unite(one, other)
    assert {unions.root(one) for one in "abcd"} == {"a"}


def test_the_simple_family_is_the_set_of_priorities_whatever_their_order() -> None:
    a, b, own = FamilyLink("CN1", False), FamilyLink("CN2", False), FamilyLink("CN9", True)
    assert simple_of([a, b]) == simple_of([b, own, a]) != simple_of([a])
    assert simple_of([own]) == "CN9"


def test_citations_run_both_ways_and_may_run_in_a_circle(db) -> None:
    put(
        document(
            "900000021",
            citations=(PatentCitation("CN900000022A"), PatentCitation(text="A book")),
            application_number="",
        )
    )
    put(document("900000022", citations=(PatentCitation("CN900000021A", phase="SEA"),), application_number=""))
    one, other = row("CN900000021A"), row("CN900000022A")
    assert [c.document for c in queries.cites(one)] == [other, None]
    assert [c.citing for c in queries.cited_by(one)] == [other]
    told = as_index_doc(one)
    assert (told.keys["ct"], told.keys["citing"]) == (("CN900000022A",), ("CN900000022A",))
    assert (told.numbers["nbwd"], told.numbers["nfwd"], told.numbers["ncit"]) == (1, 1, 1)


def test_a_document_cited_anew_is_to_be_indexed_anew(db) -> None:
    put(document("900000021", application_number=""))
    before = row("CN900000021A").revision
    put(document("900000022", citations=(PatentCitation("CN900000021A"),), application_number=""))
    assert row("CN900000021A").revision == before + 1


def test_without_status_records_nothing_is_said_to_be_in_force(db) -> None:
    put(document("900000001", "B"))
    assert row("CN900000001B").state == LegalState.UNCONFIRMED


def test_an_end_without_a_reason_is_no_lapse_for_fees(db) -> None:
    put(document("900000001", "B"), events=(event("专利权的终止", date(2024, 1, 2)),))
    now = row("CN900000001B")
    told = queries.events(now).get()
    assert (now.state, told.category, told.cause) == (LegalState.ENDED, "H", "")
    assert now.state_on == date(2024, 1, 2)
    assert "test-status" in now.state_why


def test_what_may_still_be_restored_is_not_confirmed(db) -> None:
    put(document("900000001", "B"), events=(event("等恢复的专利权", date(2024, 1, 2)),))
    assert row("CN900000001B").state == LegalState.UNCONFIRMED


def test_events_decide_in_the_order_of_their_days_not_of_their_coming(db) -> None:
    put(document("900000001", "B"))
    put(events=(event("专利权的恢复", date(2024, 6, 4)),))
    put(events=(event("未缴年费专利权终止", date(2024, 1, 2)),))
    assert row("CN900000001B").state == LegalState.IN_FORCE
    assert put(events=(event("专利权的恢复", date(2024, 6, 4)),)).event_fates == [False]


@pytest.mark.parametrize(
    ("kind", "code", "filed", "ended"),
    [
        ("utility-model", "U", date(2012, 3, 1), date(2022, 3, 1)),
        ("design", "S", date(2013, 3, 1), date(2023, 3, 1)),
        ("invention", "B", date(2003, 3, 1), date(2023, 3, 1)),
        ("invention", "B", date(2020, 3, 1), None),
        ("design", "S", date(2021, 6, 1), None),
    ],
)
def test_no_right_outlives_its_term_and_the_end_is_said_as_computed(
    db, kind: str, code: str, filed: date, ended
) -> None:
    given = {"application_type": kind, "filing_date": filed, "publication_date": date(filed.year + 1, 3, 2)}
    put(document("900000001", code, **given), events=(event("授权", date(filed.year + 1, 3, 2)),))
    now = row(f"CN900000001{code}")
    assert (now.state, now.state_on) == (
        (LegalState.ENDED, ended) if ended else (LegalState.IN_FORCE, date(filed.year + 1, 3, 2))
    )
    assert now.state_why.startswith("届满（推算）") == bool(ended)


def test_the_timer_tells_the_reason_anew_where_its_words_have_changed(db) -> None:
    given = {"application_type": "utility-model", "filing_date": date(2012, 3, 1), "publication_date": date(2013, 3, 2)}
    put(document("900000001", "U", **given), events=(event("授权", date(2013, 3, 2)),))
    said = row("CN900000001U").state_why
    Document.objects.update(state_why="届满（推算）：自申请日起 10 年")
    assert end_terms(date(2026, 1, 2)) == 1 and row("CN900000001U").state_why == said
    assert "待核实" in said


def test_a_right_that_ended_before_its_term_keeps_the_announced_end(db) -> None:
    given = {"application_type": "utility-model", "filing_date": date(2012, 3, 1), "publication_date": date(2013, 3, 2)}
    put(document("900000001", "U", **given), events=(event("未缴年费专利权终止", date(2018, 1, 2)),))
    assert row("CN900000001U").state_on == date(2018, 1, 2)


def test_an_application_that_was_never_granted_has_no_term_to_end(db) -> None:
    put(document("900000001", "A", application_type="invention", filing_date=date(2003, 3, 1)))
    assert row("CN900000001A").state == LegalState.UNCONFIRMED


def test_the_timer_ends_the_rights_whose_term_is_over(db) -> None:
    given = {"application_type": "utility-model", "filing_date": date(2012, 3, 1), "publication_date": date(2013, 3, 2)}
    put(document("900000001", "U", **given), document("900000002", "U"))
    Document.objects.update(state=LegalState.IN_FORCE, state_why="授权公告", indexed=F("revision"))
    assert end_terms(date(2022, 2, 28)) == 0
    assert end_terms(date(2022, 3, 1)) == 1
    over = row("CN900000001U")
    assert over.state == LegalState.ENDED and over.revision > over.indexed
    assert row("CN900000002U").state == LegalState.IN_FORCE


def test_a_transfer_does_not_change_whether_a_right_stands() -> None:
    told = [models.Event(name="专利权的转移", category="R", on=date(2023, 1, 3), source="x")]
    assert plain(told, published=None, granted=date(2022, 1, 4)).state == LegalState.IN_FORCE


@pytest.mark.parametrize(
    ("party", "district"),
    [
        (BINHAI, "tj-binhai"),
        (PatentParty("x", address="天津市南开区某路", province="天津市"), "tj-nankai"),
        (PatentParty("x", province="天津市", city="市辖区"), "tianjin"),
        (PatentParty("x", province="辽宁省", city="沈阳市", county="和平区"), ""),
        (PatentParty("x", address="辽宁省沈阳市和平区"), ""),
    ],
)
def test_a_district_is_read_county_first_and_only_in_the_city(party: PatentParty, district: str) -> None:
    assert prepare(document(applicants=(party,))).columns["district"] == district


def test_names_are_joined_by_links_and_never_by_cutting_suffixes(db) -> None:
    put(
        document("900000031", applicants=(PatentParty("演示石油化工股份有限公司"),)),
        document("900000032", applicants=(PatentParty("演示石油化工集团公司"),)),
        document("900000033", applicants=(PatentParty("演示石化"),)),
    )
    stock = Applicant.objects.get(name="演示石油化工股份有限公司")
    Alias.objects.create(applicant=stock, name="演示石化", kind=AliasKind.SHORT)
    found = {r.number: as_index_doc(r).keys["pan"] for r in Document.objects.order_by("number")}
    assert found == {
        "CN900000031A": ("演示石油化工股份有限公司",),
        "CN900000032A": ("演示石油化工集团公司",),
        "CN900000033A": ("演示石油化工股份有限公司",),
    }
    assert queries.names_of("演示石化").all == ("演示石油化工股份有限公司", "演示石化")


def test_a_document_is_found_by_any_written_form_of_its_numbers(db) -> None:
    filed = f"202010000001.{check_digit('202010000001')}"
    put(document(application_number=f"CN{filed}"))
    found = queries.find_all(["CN 900000001 A", "CN900000001", filed, f"ZL{filed}", "CN900000009A"])
    assert [one and one.number for one in found.values()] == ["CN900000001A"] * 4 + [None]


def test_missing_issues_are_seen_once_the_usual_step_is_known() -> None:
    days = [date(2026, 1, 6), date(2026, 1, 13), date(2026, 1, 20), date(2026, 2, 10), date(2026, 2, 17)]
    (gap,) = queries.gaps(days)
    assert (gap.before, gap.after, gap.issues) == (date(2026, 1, 20), date(2026, 2, 10), 2)
    assert queries.gaps(days[:3]) == ()


def test_the_index_answers_as_the_definition_and_says_when_it_is_behind(db, settings, tmp_path) -> None:
    settings.JINZHI_INDEX = tmp_path / "index"
    put(document(), document("900000002", "B", titles=(Text("zh", "一种电机"),)))
    with pytest.raises(index.NoIndex, match="jinzhi patents index"):
        search("ti=电池", engine="tantivy")
    assert index.update() == 2
    for text in ("ti=电池", "ti=电*", "ipc=H01M", "st=未确认", "city=滨海新区", "pn=CN900000002B", "NOT ti=电池"):
        asked = [search(text, engine=name, sort="pn").ids for name in ("memory", "tantivy")]
        assert asked[0] == asked[1], text
    put(document("900000003", titles=(Text("zh", "另一种电池"),)))
    assert (search("ti=电池", engine="tantivy").count, search("ti=电池", engine="tantivy").behind) == (1, 1)
    assert index.update() == 1
    assert (search("ti=电池", engine="tantivy").count, index.behind()) == (2, 0)
    put(document(titles=(Text("zh", "一种开关"),)))
    index.update()
    assert [r.number for r in search("ti=电池", engine="tantivy").page()] == ["CN900000003A"]
    assert index.update(rebuild=True) == 3
    Document.objects.update(revision=F("revision") + 1)
    for expected in (3, 0):
        assert {d.tick.id: d.count for d in run_ticks(date(2026, 11, 22))}["patent-index"] == expected, (
            "the timer brings it up, once"
        )
    assert search("ti=电池", engine="tantivy").count == 1
