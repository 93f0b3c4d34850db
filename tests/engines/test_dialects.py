"""Other systems' queries: the native translation, and what is told to be lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhi.engines.query_language.dialects import DIALECTS, translate
from jinzhi.engines.query_language.parse import parse
from jinzhi.kernel.query import QueryError


@pytest.mark.parametrize(
    ("dialect", "text", "native"),
    [
        # the signs of the table of conflicts
        ("ops", "ti=a* and ti=b? and ti=c#", "ti=(a* AND b? AND c#)"),
        ("orbit", "(a+ AND b? AND c#)/TI", "ti=(a* AND b? AND c#)"),
        ("depatis", "ti=(a? AND b# AND c!)", "ti=(a* AND b? AND c#)"),
        ("ppubs", "(a$ AND b$2).ti.", "ti=(a* AND b??)"),
        ("cnipr", "名称=(a% and b?)", "ti=(a* AND b#)"),
        ("cprs", "a$/TI", "ti=a*"),
        ("patsnap", "TTL:(a* AND b# AND c?)", "ti=(a* AND b? AND c#)"),
        # ordered, any order, exact, sentence, paragraph
        ("ops", "a prox/distance<=3/unit=word/ordered=true b", "a (2W) b"),
        ("ops", "a prox/distance<=3/unit=word/ordered=false b", "a (2D) b"),
        ("ops", "a prox/unit=sentence b", "a (S) b"),
        ("ops", "a prox/unit=paragraph b", "a (P) b"),
        ("orbit", "a 3W b", "a (3W) b"),
        ("orbit", "a 3D b", "a (3D) b"),
        ("orbit", "a S b", "a (S) b"),
        ("orbit", "a P b", "a (P) b"),
        ("depatis", "a (3W) b", "a (3W) b"),
        ("depatis", "a (3A) b", "a (3D) b"),
        ("depatis", "a (P) b", "a (P) b"),
        ("ppubs", "a ADJ3 b", "a (2W) b"),
        ("ppubs", "a ADJ b", "a (W) b"),
        ("ppubs", "a NEAR3 b", "a (2D) b"),
        ("ppubs", "a WITH b SAME c", "a (S) b (P) c"),
        ("ppubs", "a NOT SAME b", "a (NOT P) b"),
        ("cnipr", "a pre/3 b", "a (3W) b"),
        ("cnipr", "a equ/3 b", "a EQU/3 b"),
        ("cnipr", "a adj b", "a (W) b"),
        ("patsnap", "a $PRE3 b", "a (3W) b"),
        ("patsnap", "a $W3 b", "a (3D) b"),
        ("patsnap", "a $SEN b", "a (S) b"),
        ("patsnap", "a $PARA b", "a (P) b"),
        ("patsnap", "TACD:(a $FREQ3)", "tacd=a $FREQ3"),
        # what words side by side mean
        ("ppubs", "a b", "a OR b"),
        ("ops", "a b", "a AND b"),
        ("depatis", "a b", "a AND b"),
        # precedence
        ("ops", "a or b and c", "(a OR b) AND c"),
        ("cnipr", "a or b and c", "(a OR b) AND c"),
        ("cprs", "a+b*c", "(a OR b) AND c"),
        ("orbit", "a OR b AND c", "a OR (b AND c)"),
        ("ppubs", "a OR b AND c", "a OR (b AND c)"),
        ("ppubs", "a SAME b ADJ c", "a (P) (b (W) c)"),
        # fields, dates, classes, history
        ("ops", 'pd within "20100101 20121231"', "pd=[20100101 TO 20121231]"),
        ("ops", 'ti any "a b"', "ti=(a OR b)"),
        ("ops", 'ti all "a b"', "ti=(a AND b)"),
        ("depatis", "PUB>=01.02.2010", "pd>=20100201"),
        ("ppubs", "@pd>=20200101<=20201231", "pd>=20200101 AND pd<=20201231"),
        ("ppubs", "L3 AND a", "#3 AND a"),
        ("orbit", "a/TI/AB AND H01M-010/05/IC", "ti,ab=a AND ipc=H01M10/05"),
        ("cprs", "发动机/TI*(丰田+本田)/PA", "ti=发动机 AND pa=(丰田 OR 本田)"),
        ("patsnap", "IPC_LOW:(H01M10/05) NOT ANCS:(华为)", "ipclow=H01M10/05 NOT own=华为"),
        ("patsnap", "APD:[20100101 TO 20121231]", "ad=[20100101 TO 20121231]"),
        ("cnipr", "申请日=20170101 to 20171231", "ad=[20170101 TO 20171231]"),
        ("cnipr", "申请日=(20170101 TO 20171231) and 名称=a", "ad=[20170101 TO 20171231] AND ti=a"),
        ("cnipr", "公开(公告)日=20170101至20171231", "pd=[20170101 TO 20171231]"),
        ("cprs", "F XX (电池*隔膜)/TI", "ti=(电池 AND 隔膜)"),
        ("cprs", "F TI 电池", "ti=电池"),
        ("ops", "cpc=/low H01M10/05 and ti=a", "cpclow=H01M10/05 AND ti=a"),
        ("ops", 'ipc = /low "H01M10/05"', 'ipclow="H01M10/05"'),
        # what has no field is left out, whatever it stood beside
        ("cnipr", "颜色=红 and 名称=a", "ti=a"),
        ("cnipr", "颜色>=5 or 名称=a", "ti=a"),
        ("patsnap", "TTL:(a) AND FOO:(b OR c) AND ABST:d", "ti=a AND ab=d"),
        ("cprs", "F AD 20170101>20171231", "ad=[20170101 TO 20171231]"),
        ("cprs", "20170101>20171231/AD*电池/TI", "ad=[20170101 TO 20171231] AND ti=电池"),
        ("orbit", "(2017-01-01:2017-12-31)/PD AND a/TI", "pd=[2017-01-01 TO 2017-12-31] AND ti=a"),
        ("cnipr", "申请日≥20170101 and 申请日≤2018", "ad>=20170101 AND ad<=2018"),
        ("cnipr", "名称,摘要+=(电池 and 隔膜)", "ti,ab=(电池 AND 隔膜)"),
        ("cnipr", "申请日='20170101' and 名称='锂 电池'", 'ad=20170101 AND ti="锂 电池"'),
        ("ops", 'ti adj "electric motor"', 'ti="electric motor"'),
        ("ppubs", "battery within range", "battery OR within OR range"),
        ("ppubs", "a.ti.ab.", "ti,ab=a"),
        ("cprs", "1,4-丁二醇/TI", "ti=1,4-丁二醇"),
        ("cprs", "X-射线/TI-隔膜/AB", "ti=X-射线 NOT ab=隔膜"),
        ("patsnap", "TTL:(a) AND FOO:[10 TO *]", "ti=a"),
        # as people paste them
        ("cnipr", "申请人=某某（上海）有限公司", "pa=某某(上海)有限公司"),
        ("cnipr", "分类号=H01M 10/05 and 名称=a", "ipc=H01M10/05 AND ti=a"),
        ("ops", "ti=1,4-butanediol", "ti=1,4-butanediol"),
        ("depatis", "电池(3W)管理", "电池 (3W) 管理"),
        ("orbit", "电池(3W)管理", "电池 (3W) 管理"),
    ],
)
def test_a_query_is_translated(dialect: str, text: str, native: str) -> None:
    assert translate(text, dialect).native == native
    assert parse(native)


@pytest.mark.parametrize(
    ("dialect", "text", "at", "said"),
    [
        ("patsnap", "XYZ:(a) AND b", 0, "已略去“XYZ:(a)”"),
        ("orbit", "a/TI AND b/XYZ", 11, "已略去“b/XYZ”"),
        ("orbit", "a/TI/XYZ", 5, "已略去“/XYZ”"),
        ("cnipr", "名称=a not 颜色=红", 9, "已略去“颜色=红”"),
        ("cprs", "F XX (a*b)/TI", 0, "检索命令"),
        ("ppubs", "L3 AND a", 0, "检索历史"),
        ("ops", "ti=a sortby pd/sort.descending", 0, "次序"),
        ("patsnap", "a b", 2, "默认算符"),
        ("patsnap", "a $WS b", 2, "未经其文档证实"),
        ("orbit", "smart card", 6, "相邻"),
        ("cprs", "1,4-丁二醇/TI", 3, "名称的一部分"),
        ("cnipr", "名称=电池+隔膜", 5, "不参与检索"),
        ("patsnap", 'PATENT_TYPE:("A")', 13, "取值"),
        ("ops", 'ti exact "a"', 0, "整体等于"),
        ("orbit", "a* AND b", 1, "不是截词符"),
        ("orbit", "a OR b AND c", 2, "优先次序"),
        ("ppubs", "a ADJ3 b", 2, "同一句"),
        ("ops", "a prox/distance>3/unit=word b", 2, "至少相距"),
        ("ops", "ti==a", 0, "整体等于"),
        ("cprs", "@LX=1", 4, "取值"),
        ("depatis", "a (L) b", 2, "同一字段"),
        ("depatis", "a (999W) b", 2, "99"),
    ],
)
def test_what_has_no_equal_is_listed_with_its_place(dialect: str, text: str, at: int, said: str) -> None:
    losses = translate(text, dialect).losses
    assert any(loss.at == at and said in loss.zh and loss.en for loss in losses), losses


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("ops", "ti=a and (b or c)"),
        ("orbit", "(a 3W b)/TI"),
        ("patsnap", "TTL:(a AND b)"),
        ("cnipr", "名称=a and 摘要=b"),
    ],
)
def test_what_has_an_equal_loses_nothing(dialect: str, text: str) -> None:
    assert translate(text, dialect).losses == ()


@pytest.mark.parametrize(
    ("dialect", "text", "at"),
    [
        ("ops", "ti=", 2),
        ("orbit", "(a", 0),
        ("ppubs", "a AND", 4),
        ("cprs", "*a", 0),
        ("patsnap", "", 0),
        ("ops", ")", 0),
        ("patsnap", "XYZ:(a)", 0),
        ("cnipr", "颜色=红 not 名称=a", 5),
        ("cnipr", "名称=(a pre/3 颜色=红)", 6),
        ("cnipr", "申请日=20170101 20171231", 13),
        ("ops", "cpc=/high H01M10/05", 0),
        ("ops", "ti=/low a", 0),
        ("orbit", "..KEYW 1 AND 2", 0),
        ("orbit", "1 AND 2", 0),
        ("cprs", "J 1*2", 0),
        ("patsnap", "a $FOO3 b", 2),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(dialect: str, text: str, at: int) -> None:
    with pytest.raises(QueryError) as caught:
        translate(text, dialect)
    assert caught.value.at == at


OPERATORS = (" and ", " or ", " NOT ", " xor ", " ADJ3 ", " 3W ", " (3A) ", " $W3 ", " pre/3 ", " any ", " TO ")
OTHERS = (" prox/distance<=3/unit=word ", "TI=", "/TI", ".ti.", "@pd>=", "IPC:", "2017", "$FREQ2", "L1", "H04L9/32")
PIECES = st.sampled_from([*'ab锂 ()"*?#!+$%-/.,:;=<>@[]', *OPERATORS, *OTHERS])


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=150, deadline=None)
@given(text=st.one_of(st.lists(PIECES, max_size=12).map("".join), st.text(max_size=40)))
def test_any_text_is_translated_or_refused(dialect: str, text: str) -> None:
    try:
        made = translate(text, dialect)
    except QueryError as error:
        assert error.zh and error.en
        return
    assert parse(made.native)


@pytest.mark.parametrize(
    ("dialect", "text", "said"),
    [
        ("cnipr", "(电池 and 隔膜)/名称", "/名称"),
        ("cnipr", "名称/摘要=电池", "=电池"),
        ("cnipr", "名称=电池 w/5 隔膜", "w/5"),
        ("orbit", "(battery NEAR3 cell)/TI", "NEAR3"),
        ("orbit", "(battery NOTW cell)", "NOTW"),
        ("orbit", "battery L cell", "L"),
        ("orbit", "SS 1 AND 2", "SS"),
        ("cprs", "F KW 电池", "KW"),
        ("ppubs", "TTL/battery", "TTL/battery"),
        ("ppubs", 'AN/"Example LLC"', "AN/"),
        ("patsnap", 'TTL:("lithium battery"~5)', "~5"),
        ("ops", 'ipc within "H01M10/00 H01M10/60"', "范围"),
        ("cprs", "20170101>20171231", "字段"),
        ("orbit", "PD>=2017:2018", ">="),
    ],
)
def test_what_is_no_word_of_the_system_is_refused_and_not_sought(dialect: str, text: str, said: str) -> None:
    with pytest.raises(QueryError) as refused:
        translate(text, dialect)
    assert said in refused.value.zh and refused.value.en
