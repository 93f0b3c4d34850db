"""The API of patents: the words of the search box and of the console, positions of errors, cursors, entity tags."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command

from jinzhi.apps.patents.desk.history import remember
from jinzhi.apps.patents.models import Document
from jinzhi.apps.patents.search.index import update
from jinzhi.web.api.application import api
from tests.web.api.test_api import V1, Program, fields_of, problem
from tests.web.patents.test_patents import DETECTOR, LATER, MODEL, SEPARATOR, document, patents  # noqa: F401 - fixture

PATENTS = f"{V1}/patents"
pytestmark = pytest.mark.usefixtures("patents")


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


@pytest.fixture
def program(district) -> Program:
    return Program(district, "plan.read")


def found(program: Program, **query) -> dict:
    answer = program.get(PATENTS, query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def numbers(said: dict) -> list[str]:
    return [item["number"] for item in said["items"]]


def test_a_query_finds_what_the_page_finds_and_says_what_it_means(program):
    said = found(program, q="隔膜")
    assert numbers(said) == [LATER.publication_number, SEPARATOR.publication_number, DETECTOR.publication_number]
    assert (said["count"], said["families"], said["engine"], said["behind"]) == (3, 2, "memory", 0)
    assert said["understood"].startswith("系统理解为")
    assert said["understood_en"].startswith("Understood as")
    assert said["collection"] == {"documents": 4, "as_of": "2024-10-01", "demo": False}
    first = said["items"][0]
    assert (first["title"], first["applicants"], first["district"]) == (
        "一种隔膜涂覆机", ["天津某电池有限公司"], "tj-binhai",
    )  # fmt: skip
    assert first["page"] == "/patents/CN119000004A/"


def test_no_query_is_the_whole_collection(program):
    assert found(program)["count"] == Document.objects.count() == 4


def test_the_words_are_those_of_the_console(program):
    out = StringIO()
    call_command("search", "ti=(电池 OR 电芯)", "--json", stdout=out)
    console = json.loads(out.getvalue())
    said = found(program, q="ti=(电池 OR 电芯)")
    for word in ("query", "native", "understood", "count", "engine", "behind", "as_of"):
        assert said[word] == console[word], word
    assert [n["zh"] for n in said["notices"]] == console["notices"]
    assert numbers(said) == console["ids"]


@pytest.mark.parametrize("sort", ["-pd", "pd", "-ad", "ad", "gd", "pn", "-pn", "ti", "pa", "-ipc"])
def test_every_order_is_that_of_the_console(program, sort):
    out = StringIO()
    call_command("search", "电池 OR 隔膜 OR 电芯", "--ids", f"--sort={sort}", stdout=out)
    assert numbers(found(program, q="电池 OR 隔膜 OR 电芯", sort=sort)) == out.getvalue().split()


def test_relevance_is_an_order_where_the_engine_ranks(program, settings, tmp_path):
    assert fields_of(problem(program.get(PATENTS, {"q": "隔膜", "sort": "relevance"}), 422, "invalid")) == {"sort"}
    settings.JINZHI_SEARCH, settings.JINZHI_INDEX = "tantivy", tmp_path / "index"
    update()
    said = found(program, q="隔膜")
    assert (said["sort"], said["engine"], said["count"]) == ("relevance", "tantivy", 3)
    assert sorted(numbers(said)) == sorted(numbers(found(program, q="隔膜", sort="-pd")))


def test_cursors_walk_every_hit_once_in_every_order(program):
    for sort in ("", "pd", "-pn", "ti"):
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            said = found(program, q="电池 OR 隔膜 OR 电芯", sort=sort, limit=1, cursor=cursor)
            seen += numbers(said)
            cursor = said["next"]
        assert len(seen) == len(set(seen)) == said["count"] == 4
        assert seen == numbers(found(program, q="电池 OR 隔膜 OR 电芯", sort=sort))


def test_a_cursor_that_is_not_of_this_result_is_said(program):
    other = found(program, q="电芯", limit=1)
    assert other["next"] is None
    elsewhere = found(program, q="电池 OR 电芯", limit=1, sort="-pd")["next"]
    said = problem(program.get(PATENTS, {"q": "pn=CN116000002A", "cursor": elsewhere}), 422, "invalid")
    assert fields_of(said) == {"cursor"}


def test_facets_count_all_hits_and_narrow_as_on_the_page(program):
    said = found(program, q="电池 OR 隔膜 OR 电芯", facets="typ, st,year", limit=1)
    assert [one["facet"] for one in said["facets"]] == ["typ", "st", "year"]
    kinds = said["facets"][0]
    assert (kinds["zh"], kinds["distinct"]) == ("专利类型", 2)
    assert {v["value"]: v["count"] for v in kinds["values"]} == {"invention": 3, "utility-model": 1}
    for facet in said["facets"]:
        for value in facet["values"]:
            narrowed = found(program, q="电池 OR 隔膜 OR 电芯", **{facet["facet"]: value["value"]})
            assert narrowed["count"] == value["count"], (facet["facet"], value)
            rest = found(program, q="电池 OR 隔膜 OR 电芯", **{f"not_{facet['facet']}": value["value"]})
            assert rest["count"] == 4 - value["count"]
    short = found(program, facets="ipc", facet_limit=1)["facets"][0]
    assert (len(short["values"]), short["distinct"]) == (1, 2)
    assert fields_of(problem(program.get(PATENTS, {"facets": "colour"}), 422, "invalid")) == {"facets"}


def test_a_wrong_query_names_its_position(program):
    text = "隔膜 AND (涂层"
    for path in (PATENTS, f"{PATENTS}/count", f"{PATENTS}/explain"):
        said = problem(program.get(path, {"q": text}), 422, "query")
        at, end = said["position"]["at"], said["position"]["end"]
        assert 0 <= at <= len(text)
        assert at < end
        assert fields_of(said) == {"q"}
    field = problem(program.get(PATENTS, {"q": "隔膜 tii=涂层"}), 422, "query")
    assert field["position"]["at"] == 3
    assert "ti（名称）" in field["zh"]
    assert "character 4" in field["en"]


def test_without_an_index_it_says_what_to_run(program, settings, tmp_path):
    settings.JINZHI_SEARCH = "tantivy"
    settings.JINZHI_INDEX = tmp_path / "none"
    said = problem(program.get(PATENTS, {"q": "隔膜"}), 503, "not-ready")
    assert "jinzhi patents index" in said["zh"]


def test_a_count_is_exact(program):
    said = program.get(f"{PATENTS}/count", {"q": "隔膜", "typ": "invention"}).json()
    assert (said["count"], said["native"]) == (3, "隔膜")


def test_a_query_is_explained_with_the_hits_of_its_parts(program):
    said = program.get(f"{PATENTS}/explain", {"q": "隔膜 NOT 涂布 OR 夹具"}).json()
    assert [n["kind"] for n in said["notices"]]
    counts = {c["native"]: c["count"] for c in said["clauses"]}
    assert counts["夹具"] == 1
    bare = program.get(f"{PATENTS}/explain", {"q": "隔膜 OR 夹具", "counts": "false"}).json()
    assert [c["count"] for c in bare["clauses"]] == [None, None]
    assert program.get(f"{PATENTS}/explain").json()["understood"] == "全部文献"


def test_another_dialect_is_translated_and_its_losses_are_named(program):
    said = found(program, q="隔膜/TI", dialect="depatis")
    assert said["native"] == "ti=隔膜"
    assert said["dialect"] == "depatis"
    assert said["count"] == found(program, q="ti=隔膜")["count"] == 2
    lossy = program.get(f"{PATENTS}/explain", {"q": "battery $W5 pack", "dialect": "patsnap"}).json()
    assert lossy["native"]
    assert fields_of(problem(program.get(PATENTS, {"q": "a", "dialect": "klingon"}), 422, "invalid")) == {"dialect"}


def test_a_batch_of_numbers_lists_what_is_not_there(program):
    asked = ["CN117000001A", "cn 116000002 a", "CN999999999A", "CN117000001A"]
    said = program.post(f"{PATENTS}/numbers", {"numbers": asked})
    assert said.status_code == 200, said.content.decode()
    answer = said.json()
    assert answer["asked"] == 3
    assert {one["asked"]: one["number"] for one in answer["found"]} == {
        "CN117000001A": "CN117000001A", "cn 116000002 a": "CN116000002A",
    }  # fmt: skip
    assert answer["missing"] == ["CN999999999A"]


def test_a_batch_that_is_empty_or_too_large_is_refused(program):
    problem(program.post(f"{PATENTS}/numbers", {"numbers": []}), 422, "invalid")
    problem(program.post(f"{PATENTS}/numbers", {"numbers": ["1"] * 10_001}), 422, "invalid")
    said = problem(program.post(f"{PATENTS}/numbers", {"numbers": ["CN117000001A", " "]}), 422, "invalid")
    assert fields_of(said) == {"numbers.1"}


def test_a_document_with_its_events_family_and_citations_both_ways(program):
    said = program.get(f"{PATENTS}/CN117000001A").json()
    assert said["content"]["titles"] == [{"lang": "zh", "text": SEPARATOR.title}]
    assert said["cites"][0]["held"] == "CN116000002A"
    assert set(said["simple_family"]) == {"CN117000001A", "CN119000004A"}
    cited = program.get(f"{PATENTS}/CN116000002A").json()
    assert cited["cited_by"] == ["CN117000001A"]
    assert [e["name"] for e in cited["events"]] == ["授权"]
    assert cited["state"] == "in-force"
    assert program.get(f"{PATENTS}/CN 117000001 A").json()["number"] == "CN117000001A"
    problem(program.get(f"{PATENTS}/CN999999999A"), 404, "not-found")


def test_history_and_tags_are_those_of_the_caller(district, elsewhere):
    number = remember(district.user, "隔膜", count=3).number
    assert found(Program(district), q=f"#{number} AND 涂覆机")["count"] == 1
    said = problem(Program(elsewhere).get(PATENTS, {"q": f"#{number}"}), 422, "query")
    assert said["position"]["at"] == 0


def test_what_has_not_changed_is_not_sent_again(program):
    for path, query in ((f"{PATENTS}/CN117000001A", {}), (PATENTS, {"q": "隔膜"}), (f"{PATENTS}/count", {"q": "隔膜"})):
        first = program.get(path, query)
        again = program.get(path, query, **{"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]
    assert program.get(PATENTS, {"q": "涂层"})["ETag"] != program.get(PATENTS, {"q": "隔膜"})["ETag"]


def test_an_unknown_parameter_is_named(program):
    assert fields_of(problem(program.get(PATENTS, {"q": "隔膜", "page": "2"}), 422, "invalid")) == {"page"}


def test_three_people_find_the_same_and_a_scope_is_needed(district, above, elsewhere):
    counts = {found(Program(one, "plan.read"), q="隔膜")["count"] for one in (district, above, elsewhere)}
    assert counts == {3}
    lacking = Program(district, "register.read")
    for path in (PATENTS, f"{PATENTS}/count", f"{PATENTS}/explain", f"{PATENTS}/CN117000001A"):
        assert problem(lacking.get(path), 403, "forbidden")["scope"] == "plan.read"
    problem(lacking.post(f"{PATENTS}/numbers", {"numbers": ["1"]}), 403, "forbidden")


def test_a_page_costs_the_same_whatever_it_finds(program, django_assert_max_num_queries):
    found(program, q="隔膜")
    with django_assert_max_num_queries(10):
        assert found(program, q="隔膜", limit=1)["count"] == 3
    with django_assert_max_num_queries(10):
        assert found(program, q="隔膜")["count"] == 3


def test_every_example_of_the_document_runs(program):
    operation = api.get_openapi_schema()["paths"][PATENTS]["get"]
    examples = {p["name"]: [e["value"] for e in p.get("examples", {}).values()] for p in operation["parameters"]}
    assert len(examples["q"]) == 3
    for name, values in examples.items():
        for value in values:
            assert program.get(PATENTS, {name: value}).status_code == 200, (name, value)
