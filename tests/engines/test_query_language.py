"""The search language: what is read, what is said about it, what is refused and where."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhi.engines.query_language.echo import echo
from jinzhi.engines.query_language.generate import queries as random_queries
from jinzhi.engines.query_language.parse import near_of, parse
from jinzhi.engines.query_language.unparse import unparse
from jinzhi.kernel.query import (
    FIELDS,
    And,
    Doc,
    Freq,
    History,
    Near,
    Or,
    Prox,
    Query,
    QueryError,
    QueryNot,
    QueryTerm,
    Range,
    Saved,
    Semantic,
    TooWide,
    Xor,
    find_field,
)
from tests.engines.query_strategies import queries

A, B, C = QueryTerm("a"), QueryTerm("b"), QueryTerm("c")


def kinds(text: str) -> list[str]:
    return [notice.kind for notice in parse(text).notices]


def refusal(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("锂电池", QueryTerm("锂电池")),
        ("a b", And((A, B))),
        ("a OR b AND c", Or((A, And((B, C))))),
        ("a XOR b AND c OR b", Or((Xor((A, And((B, C)))), B))),
        ("a AND b NOT c", And((A, B, QueryNot(C)))),
        ("a NOT b (3W) c", And((A, QueryNot(Prox(B, C, Near.W, 3))))),
        ("NOT a AND b", And((QueryNot(A), B))),
        ("a 且 b 非 c", And((A, B, QueryNot(C)))),
        ("a 或 b 异或 c", Or((A, Xor((B, C))))),
        ("a & b | c", Or((And((A, B)), C))),
        ("或门", QueryTerm("或门")),
        ("ti=a", QueryTerm("a", ("ti",))),
        ("名称：a", QueryTerm("a", ("ti",))),
        ("TI,摘要=(a OR b)", Or((QueryTerm("a", ("ti", "ab")), QueryTerm("b", ("ti", "ab"))))),
        ("(a OR ti=b)/AB", Or((QueryTerm("a", ("ab",)), QueryTerm("b", ("ti",))))),
        ("申请人（标准化/集团）=a", QueryTerm("a", ("pan",))),
        ("公开（公告）号=CN1", QueryTerm("CN1", ("pn",))),
        ("pn=(CN1 CN2,CN3)", Or(tuple(QueryTerm(f"CN{n}", ("pn",)) for n in (1, 2, 3)))),
        ("pa!=a", QueryNot(QueryTerm("a", ("pa",)))),
        ("ad>=2017", QueryTerm("2017", ("ad",), op=">=")),
        ("ad=[2016 TO 2017}", Range("2016", "2017", ("ad",), True, False)),
        ("ad=[2016至*]", Range("2016", "*", ("ad",))),
        ("ipc=H04L9/32", QueryTerm("H04L9/32", ("ipc",))),
        ("ipc=H04L9/00/low", QueryTerm("H04L9/00", ("ipclow",))),
        ("ic_ex=H04L", QueryTerm("H04L", ("ipcx",))),
        ("A47J27/66", QueryTerm("A47J27/66")),
        ('"a b"', QueryTerm("a b", (), True)),
        ("“a b”~3", QueryTerm("a b", (), True, 3)),
        ("a $FREQ3", Freq(A, 3)),
        ("#12", History(12)),
        ("##我的", Saved("我的")),
        ('##"two words"', Saved("two words")),
        ('~50"锂"', Semantic("锂", 50)),
        ("（a　or　b）", Or((A, B))),
        ("pa=某某（上海）有限公司", QueryTerm("某某(上海)有限公司", ("pa",))),
        ("pa=某某（上海）（集团）有限公司", QueryTerm("某某(上海)(集团)有限公司", ("pa",))),
        ("pa=（株）某某", QueryTerm("(株)某某", ("pa",))),
        ("ti=锂(电池 OR 电芯)", And((QueryTerm("锂", ("ti",)), Or((QueryTerm("电池"), QueryTerm("电芯")))))),
        ("(锂)与(钠)", And((QueryTerm("锂"), QueryTerm("钠")))),
        ("a(3W)b", Prox(A, B, Near.W, 3)),
        ("a(b)AND c", And((QueryTerm("a(b)"), C))),
        ("NOT(a)", QueryNot(A)),
        ("a OR(b)", Or((A, B))),
        ("ipc=H01M 10/05", QueryTerm("H01M10/05", ("ipc",))),
        ("ipc=(H01M 10/05 OR H01M 4/00)", Or(tuple(QueryTerm(one, ("ipc",)) for one in ("H01M10/05", "H01M4/00")))),
        ("ipc=H01M 10/05/low", QueryTerm("H01M10/05", ("ipclow",))),
        ("ipc=H01M10/05 (2006.01)I", QueryTerm("H01M10/05", ("ipc",))),
        ("ti=1，4-丁二醇", QueryTerm("1,4-丁二醇", ("ti",))),
        ("2,2'-联吡啶", QueryTerm("2,2'-联吡啶")),
        (
            "an=201410503258.2,201410503259.7",
            Or(tuple(QueryTerm(n, ("an",)) for n in ("201410503258.2", "201410503259.7"))),
        ),
        ("申请日=20170101至20171231", Range("20170101", "20171231", ("ad",))),
        ("申请日=(20170101 TO 20171231)", Range("20170101", "20171231", ("ad",))),
        ("ad=2016-2017", Range("2016", "2017", ("ad",))),
        ("ad=2017-03", QueryTerm("2017-03", ("ad",))),
        ("nclm=5到10", Range("5", "10", ("nclm",))),
        ("2017至2018年", QueryTerm("2017至2018年")),
        ("地区=滨海新区", QueryTerm("滨海新区", ("area",))),
        ("電池/asis", QueryTerm("電池", as_written=True)),
        ("(電池 OR ipc=H01M)/原字", Or((QueryTerm("電池", as_written=True), QueryTerm("H01M", ("ipc",))))),
        ("a $FREQ3/TI", Freq(QueryTerm("a", ("ti",)), 3)),
        ("a (5W) b (D) c", Prox(Prox(A, B, Near.W, 5), C, Near.D)),
        ("a (5W) (b (D) c)", Prox(A, Prox(B, C, Near.D), Near.W, 5)),
    ],
)
def test_a_text_is_read_as(text: str, root: object) -> None:
    assert parse(text).root == root


@pytest.mark.parametrize(
    ("sign", "near"),
    [
        ("(5W)", (Near.W, 5, False)),
        ("(w)", (Near.W, 0, False)),
        ("(3N)", (Near.D, 3, False)),
        ("(2A)", (Near.D, 2, False)),
        ("(NOT 5D)", (Near.D, 5, True)),
        ("(S)", (Near.S, 0, False)),
        ("(NOT P)", (Near.P, 0, True)),
        ("(L)", (Near.F, 0, False)),
        ("ADJ", (Near.W, 0, False)),
        ("adj4", (Near.W, 4, False)),
        ("NOT NEAR3", (Near.D, 3, True)),
        ("WITH", (Near.S, 0, False)),
        ("SAME2", (Near.P, 2, False)),
        ("PRE/6", (Near.W, 6, False)),
        ("EQU/2", (Near.EQU, 2, False)),
        ("W/5", (Near.W, 5, False)),
        ("N/5", (Near.D, 5, False)),
        ("$W4", (Near.D, 4, False)),
        ("$PRE4", (Near.W, 4, False)),
        ("$SEN", (Near.S, 0, False)),
        ("$WS", (Near.S, 0, False)),
        ("$PARA", (Near.P, 0, False)),
    ],
)
def test_a_sign_of_proximity_is_read_as(sign: str, near: tuple[Near, int, bool]) -> None:
    assert near_of(sign) == near
    assert parse(f"a {sign} b").root == Prox(A, B, near[0], near[1], near[2])


def test_small_with_is_a_word_and_capital_with_an_operator() -> None:
    assert parse("device with handle").root == And((QueryTerm("device"), QueryTerm("with"), QueryTerm("handle")))
    assert isinstance(parse("device WITH handle").root, Prox)


@pytest.mark.parametrize("one", FIELDS, ids=lambda one: one.code)
def test_every_name_of_a_field_can_be_typed(one) -> None:
    value = {"date": "2017", "count": "5", "class": "H04L"}.get(one.kind, "a")
    for name in (one.code, one.zh, *one.aliases):
        assert find_field(name) is one
        assert parse(f"{name}={value}").root == QueryTerm(value, (one.code,)), name
        assert parse(f"{name.upper()}={value}").root == QueryTerm(value, (one.code,)), name


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a b", "and"),
        ("pn=(CN1 CN2)", "or"),
        ("a OR b AND c", "mixed"),
        ("a OR b c", "mixed"),
        ("a OR b NOT c", "mixed"),
        ("a and b", "lower"),
        ("锂?电", "sign-?"),
        ("锂#电", "sign-#"),
        ("锂*", "sign-*"),
        ("a (3W) b", "near"),
        ("NOT a", "complement"),
        ("a OR NOT b", "complement"),
        ("pa!=a", "not-equal"),
        ("a $FREQ2", "freq"),
        ('"a b"~2', "slop"),
        ('~"a"', "semantic"),
        ("pa=某某（上海）公司", "bracket"),
        ("C++", "unsearched-+"),
        ("电池%", "unsearched-%"),
        ("H01M 10/05", "class-like"),
        ("ad=2016-2017", "span"),
    ],
)
def test_the_searcher_is_told(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize("text", ["a AND b", "(a OR b) AND c", "a OR (b AND c)", "a OR b OR c", "a NOT b"])
def test_nothing_is_said_about_what_is_plain(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("", 0, "空"),
        ("tj=1", 0, "ti（名称）"),
        ("a AND 申请=x", 6, "申请人"),
        ("(a", 0, "右括号"),
        ("a)", 1, "左括号"),
        ('a "b', 2, "引号"),
        ("a AND", 4, "缺少检索词"),
        ("AND a", 0, "算符"),
        ("a AND OR b", 6, "算符"),
        ("a (3W)", 5, "缺少检索词"),
        ("()", 1, "括号里"),
        ("=5", 0, "字段名"),
        ("a,b", 1, "号码列表"),
        ("a/DC", 2, "引号"),
        ("ti=(a)/", 6, "字段代码"),
        ("ad=2017年13月", 3, "日期"),
        ("ad=[2016 TO]", 9, "范围"),
        ("[1 TO 2]", 0, "字段后面"),
        ("ti=[1 TO 2]", 3, "范围"),
        ("ti>5", 3, "日期或次数"),
        ("nfwd=x", 5, "整数"),
        ("*", 0, "没有可检索的字词"),
        ("、", 0, "号码列表"),
        ('"锂电池"~3', 0, "空格分开"),
        ("(a NOT b) (5W) c", 7, "NOT"),
        ("ipc=H04L (5W) c", 4, "文本字段"),
        ("ti=a (3W) ab=b", 5, "没有共同的字段"),
        ("a/low", 0, "分类号"),
        ("a $FREQ0", 2, "词频"),
    ],
)
def test_an_error_names_the_place_and_the_way_out(text: str, at: int, said: str) -> None:
    error = refusal(text)
    assert (error.at, said in error.zh) == (at, True), (error.at, error.zh)
    assert error.say("zh").startswith(f"第 {at + 1} 个字符")
    assert error.say("en").startswith(f"character {at + 1}")


def test_positions_are_those_of_the_text_as_typed() -> None:
    assert refusal("（锂　ＯＲ　电）ＡＮＤ　ｔｊ＝１").at == 12


@pytest.mark.parametrize(
    "text",
    [
        "(" * 31 + "a" + ")" * 31,
        "a" + " (W) a" * 40,
        "a " * 30_000,
        "a" * 3000,
        " (W) ".join("(a AND b AND c)" for _ in range(10)),
        "a" * 400_000,
    ],
)
def test_past_a_budget_the_number_is_said(text: str) -> None:
    with pytest.raises(TooWide) as caught:
        parse(text)
    assert caught.value.needed > caught.value.budget
    assert str(caught.value.needed) in caught.value.zh


def test_the_echo_says_the_fields_once_and_the_operators_in_words() -> None:
    said = echo(parse("ti=((锂 OR 钠) (3W) 电池) AND ad>=2017 NOT ipc=H01M10/00/low"), lambda scheme, symbol: 42)
    assert "在名称中" in said.zh
    assert "其间最多 3 个词" in said.zh
    assert "不小于（不早于） 2017" in said.zh
    assert "共 42 个" in said.zh
    assert "at most 3 tokens between" in said.en
    assert [clause.native for clause in said.clauses] == [
        "ti=((锂 OR 钠) (3W) 电池)",
        "ad>=2017",
        "NOT ipclow=H01M10/00",
    ]


def test_the_echo_names_the_default_fields() -> None:
    assert "名称、摘要、权利要求（任一）" in echo(parse("锂")).zh


@settings(deadline=None)
@given(queries)
def test_what_is_written_back_is_read_the_same(query: Query) -> None:
    text = unparse(query)
    again = parse(text)
    assert again == query, text
    assert unparse(again) == text
    assert "mixed" not in [notice.kind for notice in again.notices]


@settings(deadline=None)
@given(queries)
def test_every_query_can_be_said_in_words(query: Query) -> None:
    said = echo(query)
    assert said.zh.startswith("系统理解为：")
    assert said.clauses


OPERATORS = (" AND ", " OR ", " NOT ", " XOR ", " (5W) ", " (NOT 3D) ", " (S) ", " WITH ", "$FREQ2", " TO ")
OTHERS = ("ti=", "pa,in=", "ad>=", "2017", "##", "#1", "~5", "with", "adj", "/TI", "/low", "ipc=", "H04L9/32")
SIGNS = st.sampled_from([*"锂电池ab ()[]{}\"'=<>:,;/*?#$~！？（）“”：＃", *OPERATORS, *OTHERS])


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.lists(SIGNS, max_size=14).map("".join), st.text(max_size=60)))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as error:
        assert error.zh and error.en
        assert error.at is None or 0 <= error.at <= len(text)
        return
    assert parse(unparse(query)) == query


@pytest.mark.parametrize(
    "text",
    [
        "pn=(" + "CN1," * 15_000 + "CN1)",
        "*a" * 900,
        "锂" * 2000,
        "NOT (" * 29 + "a" + ")" * 29,
        "((" * 50_000,
        "a,b," * 50_000,
    ],
    ids=["numbers", "stars", "han", "not", "open", "commas"],
)
def test_no_text_takes_long(text: str) -> None:
    begun = time.process_time()
    try:
        parse(text)
    except QueryError as error:
        assert error.zh
    assert time.process_time() - begun < 20


def test_random_queries_are_the_same_for_the_same_seed_and_can_all_be_read() -> None:
    docs = [
        Doc(
            0,
            "CN1A",
            {"ti": ["一种锂离子电池隔膜"], "ab": ["A 5G device。其包括壳体"]},
            {"pa": ("天津大学",)},
            {"ad": 20170301},
        ),
        Doc(1, "CN2A", {"ti": ["电池"]}, {"ipc": ("H01M10/05",), "pn": ("CN2A",)}, {}, {"nfwd": 3}),
    ]
    made = list(random_queries(docs, 300, seed=7))
    assert made == list(random_queries(docs, 300, seed=7))
    assert made != list(random_queries(docs, 300, seed=8))
    for text in made:
        query = parse(text)
        assert parse(unparse(query)) == query


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("pn=EP 1 234 567 B1 AND ti=a", "pn=EP1234567B1 AND ti=a"),
        ("公开（公告）号：CN 106822079 A OR ti=a", "pn=CN106822079A OR ti=a"),
        ("pn=(US10,467,880B2, US7,272,630)", "pn=(US10467880B2 OR US7272630)"),
        ("an=US15/283,264", "an=US15/283264"),
        ("pan=AB 12", "pan=AB AND 12"),
        ("NOT ti=ab 12", "NOT ti=ab AND 12"),
        ("ipc=H01M 10 AND a", "ipc=H01M10 AND a"),
        ("ipc=H01M 10/05*", "ipc=H01M10/05*"),
        ("ipc=H01M-010/05", "ipc=H01M10/05"),
        ("ipc=H01M10/05 (2006.01) I AND a", "ipc=H01M10/05 AND a"),
        ("申请日≥20170101 AND 申请日≤2018", "ad>=20170101 AND ad<=2018"),
        ("申请日=2017.01.01-2017.12.31", "ad=[2017.01.01 TO 2017.12.31]"),
        ("申请年=2017", "ad=2017"),
        ("当前申请（专利权）人=甲", "own=甲"),
        ("申请人地区=滨海新区", "area=滨海新区"),
        ("pa=‘某某 公司’", 'pa="某某 公司"'),
        ("ti=（'a b' OR c）", 'ti=("a b" OR c)'),
        ("pa=O'Brien", "pa=O'Brien"),
        ("ti=α,β-不饱和酮", "ti=α,β-不饱和酮"),
        ("a NEAR/3 b", "a (3D) b"),
        ("a ADJ/3 b", "a (3W) b"),
    ],
)
def test_what_people_paste_is_read_as_they_mean_it(text: str, read: str) -> None:
    assert unparse(parse(text).root) == unparse(parse(read).root)


@pytest.mark.parametrize("text", ["ipc=H01M10/00-H01M10/60", "ipc=H01M10/00至H01M10/60", "cpc=H01M10/00~H01M10/60"])
def test_classes_from_one_to_another_are_refused(text: str) -> None:
    with pytest.raises(QueryError, match="范围"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("电池 -隔膜", "不是排除"),
        ("电池 3D 隔膜", "不是算符"),
        ("电池 和 隔膜", "不是算符"),
        ("ad=20171231至20170101", "之后"),
        ("nclm=[10 TO 5]", "之后"),
    ],
)
def test_what_may_be_meant_otherwise_is_said(text: str, said: str) -> None:
    assert any(said in notice.zh and notice.en for notice in parse(text).notices)
