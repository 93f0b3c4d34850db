"""The declared laws: sound, and their figures found in the article that they name."""

import re
from datetime import date
from decimal import Decimal

import pytest

from jinzhi.kernel.declare import collect
from jinzhi.kernel.law import Force, Law, Parameter, Provision, Rank, Silence
from jinzhi.kernel.period import Length, LengthUnit, days, months, workdays
from tests import shared

CATALOGUE = collect(["jinzhi.matters.china.law"])
LAWS = CATALOGUE.all(Law)

SHARED = shared.SHARED / "domain" / "laws"
needs_texts = pytest.mark.shared("domain/laws")
TEXTS = {
    "complaints-order-20": "市场监督管理投诉举报处理暂行办法(2022-03-24).md",
    "complaints-order-121": "市场监督管理投诉举报处理办法(2026-04-15).md",
    "administrative-penalty-law": "行政处罚法(2021-01-22).md",
    "transfer-order-310": "行政执法机关移送涉嫌犯罪案件的规定(2020-08-07).md",
    "procuratorate-transfer-2001": "人民检察院办理行政执法机关移送涉嫌犯罪案件的规定(2001-12-03).md",
    "penalty-publication-order-45": "市场监督管理行政处罚信息公示规定(2021-07-30).md",
    "peoples-mediation-law": "人民调解法(2010-08-28).md",
    "judicial-confirmation-2011": "最高人民法院关于人民调解协议司法确认程序的若干规定(2011-03-23).md",
    "arbitration-law-2025": "仲裁法.md",
    "e-commerce-law": "电子商务法(2018-08-31).md",
    "patent-law-2020": "专利法(2020-10-17).md",
    "patent-rules-2023": "专利法实施细则(2023-12-11).md",
    "trademark-law-2019": "商标法(2019-04-23).md",
    "trademark-law-2026": "商标法2026.md",
    "trademark-rules-2014": "商标法实施条例(2014-04-29).md",
    "copyright-law-2020": "著作权法(2020-11-11).md",
    "anti-unfair-competition-law-2025": "反不正当竞争法2025.md",
    "ic-layout-regulation-300": "集成电路布图设计保护条例(2001-04-02).md",
    "ic-layout-enforcement-2001": "集成电路布图设计行政执法办法(2001-11-28).md",
    "plant-variety-regulation-2014": "植物新品种保护条例(2014-07-29).md",
    "customs-protection-regulation-2018": "知识产权海关保护条例(2018-03-19).md",
    "foreign-ip-disputes-2025": "国务院关于涉外知识产权纠纷处理的规定(2025-03-13).md",
    "patent-agency-regulation-2018": "专利代理条例(2018-11-06).md",
    "technology-transfer-law-2015": "促进科技成果转化法(2015-08-29).md",
    "online-litigation-2021": "人民法院在线诉讼规则(2021-06-16).md",
    "internet-courts-2018": "最高人民法院关于互联网法院审理案件若干问题的规定(2018-09-06).md",
    "civil-evidence-2019": "最高人民法院关于民事诉讼证据的若干规定(2019-12-25).md",
    "ip-civil-evidence-2020": "最高人民法院关于知识产权民事诉讼证据的若干规定(2020-11-16).md",
}
#: figures printed as plain days that § 85 of the Penalty Law makes working days
PRINTED_AS_DAYS = {"administrative-penalty-law"}

DIGITS = "零一二三四五六七八九"
UNITS = {
    "个工作日": LengthUnit.WORKDAY,
    "日": LengthUnit.DAY,
    "个月": LengthUnit.MONTH,
    "年": LengthUnit.YEAR,
    "小时": LengthUnit.HOUR,
}


def chinese(n: int) -> str:
    """A number below a thousand as articles are counted: 115 is 一百一十五."""
    if n < 10:
        return DIGITS[n]
    if n < 20:
        return "十" + (DIGITS[n - 10] if n > 10 else "")
    if n < 100:
        return DIGITS[n // 10] + "十" + (DIGITS[n % 10] if n % 10 else "")
    rest = n % 100
    if not rest:
        return DIGITS[n // 100] + "百"
    tail = "零" + DIGITS[rest] if rest < 10 else (DIGITS[1] if rest < 20 else "") + chinese(rest)
    return DIGITS[n // 100] + "百" + tail


def number(said: str) -> int:
    """The number that a few printed words carry, in Chinese or Arabic figures."""
    found = re.search(r"[0-9]+", said)
    if found:
        return int(found[0]) * (10_000 if said[found.end() :].startswith("万") else 1)
    total = part = digit = 0
    for sign in re.search(r"[零一二两三四五六七八九十百千万]+", said)[0]:  # type: ignore[index]
        if sign == "万":
            total, part, digit = (total + part + digit) * 10_000, 0, 0
        elif sign in "十百千":
            part += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[sign]
            digit = 0
        else:
            digit = 2 if sign == "两" else DIGITS.index(sign)
    return total + part + digit


def text_of(law: Law) -> str:
    """The text with full-width figures made plain."""
    raw = (SHARED / TEXTS[law.id]).read_text(encoding="utf-8")
    return raw.translate({0xFF10 + i: str(i) for i in range(10)})


def article_of(text: str, article: str) -> str:
    """The words of one article, up to the next heading or article."""
    if article.isdigit():
        head, any_head = rf"\**第{chinese(int(article))}条\**[\s　]", r"\**第[零一二三四五六七八九十百]+条\**[\s　]"
    else:
        head, any_head = rf"{article}、", r"[一二三四五六七八九十]+、"
    found = re.search(rf"^{head}.*?(?=^{any_head}|^## |\Z)", text, re.M | re.S)
    assert found, f"the text has no article {article}"
    return found[0]


def test_every_law_is_well_formed() -> None:
    assert CATALOGUE.problems() == ()


def test_every_law_with_a_text_is_declared() -> None:
    assert set(TEXTS) <= set(CATALOGUE.ids("law"))


@needs_texts
def test_every_text_beside_the_project_is_a_declared_law() -> None:
    assert sorted(TEXTS.values()) == sorted(path.name for path in SHARED.glob("*.md"))


@pytest.mark.parametrize(
    ("n", "said"), [(5, "五"), (10, "十"), (33, "三十三"), (100, "一百"), (115, "一百一十五"), (101, "一百零一")]
)
def test_articles_are_counted_in_chinese(n: int, said: str) -> None:
    assert chinese(n) == said
    assert number(said) == n


def check_figure(law: Law, provision: Provision, parameter: Parameter, text: str) -> None:
    if isinstance(parameter.value, Silence):
        assert (parameter.printed, bool(parameter.note)) == ("", True), "a law that is silent has no words: say why"
        return
    assert parameter.printed, "the words that carry the figure are not given"
    printed = parameter.printed.translate({0xFF10 + i: str(i) for i in range(10)})
    words = re.sub(r"\s", "", article_of(text, provision.article))
    assert re.search(rf"(?<![0-9零一二两三四五六七八九十百千万]){re.escape(printed)}", words)
    value = parameter.value
    if isinstance(value, Length):
        assert number(printed) == value.n
        unit = next(unit for word, unit in UNITS.items() if word in printed)
        if law.id in PRINTED_AS_DAYS and value.unit is LengthUnit.WORKDAY:
            assert (unit, value.n in (2, 3, 5, 7)) == (LengthUnit.DAY, True)
        else:
            assert unit is value.unit
    elif isinstance(value, Decimal):
        assert Decimal(number(printed.removeprefix("百分之"))) / 100 == value
    else:
        assert number(printed) == value


def failures(law: Law, text: str) -> list[str]:
    """Every article and figure of a law that its text does not bear out."""
    out = []
    for provision in law.provisions:
        try:
            assert article_of(text, provision.article)
        except AssertionError as wrong:
            out.append(f"{law.id} {provision.article}: {wrong}")
    for provision, parameter in law.parameters:
        try:
            check_figure(law, provision, parameter, text)
        except (AssertionError, StopIteration, TypeError) as wrong:
            out.append(f"{law.id} {parameter.id}: {wrong or parameter.printed}")
    return out


@needs_texts
def test_every_article_and_figure_is_in_the_text_of_its_law() -> None:
    laws = [law for law in LAWS if law.id in TEXTS]
    assert sum(len(law.provisions) for law in laws) > 150
    assert [line for law in laws for line in failures(law, text_of(law))] == []


OWN_LAW = Law(
    id="own", zh="甲市乙事规定", en="Own rules", rank=Rank.LAW, number="", issuer="甲市", promulgated=None,
    in_force=date(2020, 1, 1), source="invented",
    provisions=(
        Provision(
            "11", "答复", "Answer",
            (
                Parameter(id="answer", zh="答复", en="Answer", value=workdays(15), printed="15个工作日"),
                Parameter(id="share", zh="比例", en="Share", value=Decimal("0.3"), printed="百分之三十"),
            ),
        ),
        Provision(
            "12", "保存", "Keep", (Parameter(id="keep", zh="保存", en="Keep", value=months(6), printed="六个月"),)
        ),
    ),
)  # fmt: skip
OWN_TEXT = """## 第二章
**第十一条** 应当自收到之日起15个工作日内答复，不得超过总数的百分之三十。
**第十二条** 材料保存六个月。
## 附则
"""


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ("", "", []), ("15个工作日", "25个工作日", ["own answer"]), ("15个工作日", "15日", ["own answer"]),
        ("百分之三十", "百分之六十", ["own share"]), ("六个月", "十六个月", ["own keep"]),
        ("第十二条", "第十三条", ["own 12", "own keep"]),
    ],
)  # fmt: skip
def test_a_figure_that_its_article_does_not_bear_out_is_found(before: str, after: str, wrong: list[str]) -> None:
    text = OWN_TEXT.replace(before, after) if before else OWN_TEXT
    assert [line.split(":")[0] for line in failures(OWN_LAW, text)] == wrong


def test_the_penalty_law_counts_its_four_short_terms_in_working_days() -> None:
    law = CATALOGUE.get(Law, "administrative-penalty-law")
    for provision, parameter in law.parameters:
        if isinstance(parameter.value, Length) and parameter.value.unit in (LengthUnit.DAY, LengthUnit.WORKDAY):
            short = parameter.value.n in (2, 3, 5, 7)
            assert (parameter.value.unit is LengthUnit.WORKDAY) == short, provision.article


def test_mediation_has_45_working_days_in_the_old_order_and_60_days_in_the_new() -> None:
    assert CATALOGUE.get(Law, "complaints-order-20").length("mediate") == workdays(45)
    assert CATALOGUE.get(Law, "complaints-order-121").length("mediate") == days(60)


def test_opposition_has_three_months_in_the_old_law_and_two_in_the_new() -> None:
    assert CATALOGUE.get(Law, "trademark-law-2019").length("oppose") == months(3)
    assert CATALOGUE.get(Law, "trademark-law-2026").length("oppose") == months(2)


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("complaints-order-20", "complaints-order-121", date(2026, 4, 15)),
        ("trademark-law-2019", "trademark-law-2026", date(2027, 1, 1)),
        ("ic-layout-regulation-300", "ic-layout-regulation-842", date(2026, 10, 15)),
        ("arbitration-law-2017", "arbitration-law-2025", date(2026, 3, 1)),
        ("plant-variety-regulation-2014", "plant-variety-regulation-2025", date(2025, 6, 1)),
    ],
)
def test_one_version_ends_where_the_next_begins(old: str, new: str, change: date) -> None:
    before, after = CATALOGUE.get(Law, old), CATALOGUE.get(Law, new)
    assert after.replaces == old
    eve = date.fromordinal(change.toordinal() - 1)
    assert (before.status(eve), after.status(eve)) == (Force.IN_FORCE, Force.COMING)
    assert (before.status(change), after.status(change)) == (Force.REPEALED, Force.IN_FORCE)


def test_what_is_not_verified_says_what_to_check() -> None:
    unsure = [law for law in LAWS if not law.verified] + [
        q for law in LAWS for _, q in law.parameters if not q.verified
    ]
    assert unsure
    assert all(item.note for item in unsure)


def test_of_the_penalty_procedure_only_article_64_is_still_to_be_seen() -> None:
    law = CATALOGUE.get(Law, "penalty-procedure-order-2")
    assert {p.article for p, q in law.parameters if not q.verified} == {"64"}
    assert (law.length("open-case"), law.length("open-case-extension")) == (workdays(15), workdays(15))
    assert law.in_force == date(2021, 7, 15)
    assert all("权利人辨认或者鉴别" in law.get_provision(article).gist_zh for article in ("18", "64"))


# each with its article and figures in yuan or pieces; confirmed article by article in the source that the law names
CRIMES = [
    ("mark-goods-gain", "3", 30_000), ("mark-goods-turnover", "3", 50_000), ("mark-services-gain", "3", 50_000),
    ("mark-goods-gain-repeat", "3", 20_000), ("mark-goods-turnover-repeat", "3", 30_000),
    ("mark-services-gain-repeat", "3", 30_000),
    ("mark-sale-gain", "5", 30_000), ("mark-sale-turnover", "5", 50_000),
    ("mark-sale-gain-repeat", "5", 20_000), ("mark-sale-turnover-repeat", "5", 30_000),
    ("mark-sale-unsold-multiple", "5", 3),
    ("labels-count", "6", 10_000), ("labels-gain", "6", 20_000), ("labels-turnover", "6", 30_000),
    ("labels-count-repeat", "6", 5_000), ("labels-gain-repeat", "6", 10_000), ("labels-turnover-repeat", "6", 20_000),
    ("labels-unsold-multiple", "6", 3), ("labels-grave-multiple", "6", 5),
    ("patent-gain", "10", 100_000), ("patent-turnover", "10", 200_000), ("patent-loss", "10", 300_000),
    ("patent-gain-repeat", "10", 50_000), ("patent-turnover-repeat", "10", 100_000),
    ("copyright-gain", "13", 30_000), ("copyright-turnover", "13", 50_000), ("copyright-copies", "13", 500),
    ("copyright-gain-repeat", "13", 20_000), ("copyright-turnover-repeat", "13", 30_000),
    ("copyright-works", "13", 500), ("copyright-downloads", "13", 10_000), ("copyright-clicks", "13", 100_000),
    ("copyright-members", "13", 1_000), ("copyright-half", "13", Decimal("0.5")),
    ("copyright-grave-multiple", "13", 10),
    ("copies-sale-gain", "14", 50_000), ("copies-sale-turnover", "14", 100_000), ("copies-sale-count", "14", 1_000),
    ("copies-sale-gain-repeat", "14", 30_000), ("copies-sale-turnover-repeat", "14", 50_000),
    ("copies-sale-unsold-multiple", "14", 3),
    ("secret-loss", "17", 300_000), ("secret-gain", "17", 300_000), ("secret-repeat", "17", 100_000),
    ("secret-grave-multiple", "17", 10),
]  # fmt: skip


@pytest.mark.parametrize(("id", "article", "figure"), CRIMES)
def test_a_figure_of_the_crime_interpretation_stands_in_its_article(id: str, article: str, figure: object) -> None:
    law = CATALOGUE.get(Law, "ip-crime-interpretation-2025")
    assert (law.cite(id).article, law.get_parameter(id).value, law.get_parameter(id).verified) == (
        article,
        figure,
        True,
    )


def test_labels_are_grave_at_five_times_and_patents_and_copies_never() -> None:
    law = CATALOGUE.get(Law, "ip-crime-interpretation-2025")
    grave = {q.id: q.value for _, q in law.parameters if q.id.endswith("grave-multiple")}
    assert grave == {
        "grave-multiple": 10, "labels-grave-multiple": 5, "copyright-grave-multiple": 10, "secret-grave-multiple": 10,
    }  # fmt: skip
    assert (law.in_force, law.verified) == (date(2025, 4, 26), True)


@pytest.mark.parametrize(
    ("law", "parameter", "article", "in_force"),
    [
        ("gi-products-measures", "oppose", "15", date(2024, 2, 1)),
        ("plant-variety-regulation-2025", "term", "35", date(2025, 6, 1)),
        ("plant-variety-regulation-2025", "term-woody", "35", date(2025, 6, 1)),
        ("ic-layout-regulation-842", "term", "17", date(2026, 10, 15)),
        ("ic-layout-regulation-842", "term-creation", "17", date(2026, 10, 15)),
        ("patent-priority-examination-2026", "first-action", "15", date(2026, 9, 1)),
        ("patent-priority-examination-2026", "conclude-invalidity-design", "15", date(2026, 9, 1)),
        ("patent-priority-examination-2026", "answer-utility-design", "16", date(2026, 9, 1)),
    ],
)
def test_an_article_once_unknown_is_confirmed(law: str, parameter: str, article: str, in_force: date) -> None:
    found = CATALOGUE.get(Law, law)
    assert (found.cite(parameter).article, found.in_force) == (article, in_force)
    assert found.verified
    assert found.get_parameter(parameter).verified


def test_order_81_lists_in_article_29_when_one_need_not_suspend() -> None:
    provision = CATALOGUE.get(Law, "patent-dispute-order-81").get_provision("29")
    assert provision.gist_zh == "可以不中止的情形（即不属于必须中止的情形，不是“可以中止”）。"
    assert "need not" in provision.gist_en
