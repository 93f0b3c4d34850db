"""The components: what the tags write, and that the gallery shows them within the rules of the house."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.urls import include, path
from django.utils import translation
from playwright.sync_api import sync_playwright

import jinzhi.web
from jinzhi.web.ui import gallery
from jinzhi.web.ui import tags as tags_of_all
from jinzhi.web.ui.figures import FigureTile, Heat
from jinzhi.web.ui.filters import Filter, Option
from jinzhi.web.ui.records import TimelineItem, declared_first
from jinzhi.web.ui.states import TONES, Due, Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableGroup, TableRow

pytestmark = pytest.mark.urls(__name__)
urlpatterns = [*gallery.urlpatterns, path("", include("jinzhi.config.urls"))]
handler404 = "jinzhi.web.shell.errors.not_found"

DAY = date(2026, 11, 22)
WEB = Path(jinzhi.web.__file__).parent
TEMPLATES = sorted(p for p in WEB.glob("*/templates/**/*.html"))
FRONTEND = WEB / "frontend"


def show(source: str, url: str = "/rows/", **context) -> str:
    request = RequestFactory().get(url)
    with translation.override(context.pop("language", "zh-hans")):
        text = Template("{% load ui %}" + source).render(Context({"request": request, "today": DAY, **context}))
    return re.sub(r"\s+", " ", text)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


class Office:
    zh, en = "市知识产权局", "IP Office"


@pytest.mark.parametrize(
    ("tone", "symbol", "zh", "en"),
    [("ahead", "▲", "超前", "Ahead"), ("normal", "●", "正常", "On track"), ("risk", "◆", "有风险", "At risk"),
     ("late", "■", "滞后", "Behind")],
)  # fmt: skip
def test_a_light_is_symbol_word_and_colour(tone, symbol, zh, en):
    html = show("{% light tone '72%' %}", tone=tone)
    assert f"tone-{tone}" in html
    assert words(html) == f"{symbol} {zh} 72%"
    assert words(show("{% light tone %}", tone=tone, language="en")) == f"{symbol} {en}"


def test_a_light_that_is_not_known_is_said_to_be_so():
    assert words(show("{% light none %}")) == "– 未定"


def test_an_unknown_tone_is_an_error_not_grey():
    with pytest.raises(TemplateSyntaxError, match="purple"):
        show("{% state 'purple' %}")


@pytest.mark.parametrize(
    ("on", "said", "tone"),
    [
        (date(2026, 11, 15), "超 7 天", "is-late"),
        (DAY, "今天到期", "is-soon"),
        (date(2026, 11, 30), "剩 8 天", "is-soon"),
        (date(2027, 4, 20), "剩 149 天", ""),
    ],
)
def test_a_due_date_says_what_is_left(on, said, tone):
    html = show("{% due on %}", on=on)
    assert words(html) == f"{on.isoformat()} {said}"
    assert tone in html


def test_a_due_date_of_something_done_counts_no_days():
    assert words(show("{% due on done=True %}", on=date(2026, 11, 15))) == "2026-11-15"


def test_working_days_are_called_so():
    assert words(show("{% due on unit='working' left=5 %}", on=date(2026, 11, 27))) == "2026-11-27 剩 5 个工作日"


def test_a_name_follows_the_language_and_a_missing_one_is_marked_chinese():
    assert show("{% bilingual it %}", it=Office()) == "市知识产权局"
    assert show("{% bilingual it %}", it=Office(), language="en") == "IP Office"
    assert show("{{ it|bilingual }}", it={"zh": "名录"}, language="en") == '<span lang="zh-Hans">名录</span>'


def test_text_is_escaped_in_every_component():
    nasty = "<script>x</script>"
    html = show(
        "{% state tag %}{% key_value facts %}{% data_table table %}{% empty_state nasty %}{% timeline events %}",
        tag=Tag(nasty), facts=[(nasty, Cell(nasty, href='"><script>'))], nasty=nasty,
        table=Table(nasty, [Column(nasty)], [TableRow([Cell(nasty, sub=nasty)])]),
        events=[TimelineItem(nasty, DAY, nasty, nasty)],
    )  # fmt: skip
    assert "<script" not in html


def test_a_filter_set_anew_starts_at_page_one_and_keeps_the_rest():
    html = show("{% url_with request unit='x' %}", "/rows/?state=late&page=3&q=a%26b")
    assert html == "?state=late&amp;q=a%26b&amp;unit=x"
    assert show("{% url_with request page=2 %}", "/rows/?state=late&page=3") == "?state=late&amp;page=2"


def test_one_value_of_several_can_be_taken_away():
    url = "/rows/?unit=a&unit=b&state=late&page=2"
    assert show("{% url_without request 'unit' 'a' %}", url) == "?unit=b&amp;state=late"
    assert show("{% url_without request 'unit' %}", url) == "?state=late"


FILTERS = [
    Filter("unit", "责任单位", options=[Option("zscq", "市知识产权局", 32), Option("kjj", "市科技局", 11)]),
    Filter("q", "任务含有", "text"),
    Filter("mine", "只看本单位", "check"),
]


def test_the_filter_bar_shows_its_state_and_each_condition_as_a_removable_chip():
    html = show("{% filter_bar filters %}", "/rows/?unit=zscq&q=网点&mine=1&sort=-due&page=3", filters=FILTERS)
    assert '<option value="zscq" selected>' in html
    assert '<input type="hidden" name="sort" value="-due">' in html
    assert 'name="page"' not in html
    chips = re.findall(r'<a class="chip" href="([^"]+)"><span>([^<]+)', html)
    assert [label for _, label in chips] == ["责任单位：市知识产权局", "任务含有：网点", "只看本单位"]
    assert "unit=" not in chips[0][0]
    assert "sort=-due" in chips[0][0]


def test_a_filter_without_conditions_shows_no_chips():
    assert "chip" not in show("{% filter_bar filters %}", filters=FILTERS)


TABLE = Table(
    "任务", [Column("任务"), Column("期限", "due", numeric=True)],
    [TableGroup("", "late", 1), TableRow([Cell("修订办案规程", href="/rows/c1/"), Due(date(2026, 11, 15), DAY)])],
    empty=Empty("没有任务", "换一个单位试试", "/rows/", "看全部"),
)  # fmt: skip


def test_a_table_has_a_caption_scoped_heads_and_scrolls_in_its_own_region():
    html = show("{% data_table table %}", table=TABLE)
    assert '<div class="table-wrap" role="region" tabindex="0" aria-label="任务">' in html
    assert "<caption>任务</caption>" in html
    assert html.count('scope="col"') == 2
    assert "超 7 天" in html


@pytest.mark.parametrize(
    ("now", "link", "aria"),
    [
        ("", "?state=late&amp;sort=due", ""),
        ("&sort=due", "sort=-due", "ascending"),
        ("&sort=-due", "sort=due", "descending"),
    ],
)
def test_a_head_sorts_through_the_address(now, link, aria):
    html = show("{% data_table table %}", f"/rows/?state=late{now}", table=TABLE)
    assert link in html
    assert (f'aria-sort="{aria}"' in html) if aria else ("aria-sort" not in html)


def test_an_empty_table_says_why_and_the_next_step():
    html = show("{% data_table table %}", table=Table("任务", TABLE.columns, [], empty=TABLE.empty))
    assert words(html) == "没有任务 换一个单位试试 看全部"
    assert "<table" not in html


def test_a_row_with_a_cell_too_few_is_an_error():
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        show("{% data_table table %}", table=Table("任务", TABLE.columns, [TableRow(["一"])]))


def test_the_pages_keep_the_filters_and_the_total_is_said():
    page = Paginator(range(230), 20).get_page(4)
    html = show("{% pagination page %}", "/rows/?state=late&page=4", page=page)
    assert 'href="?state=late&amp;page=5"' in html
    assert 'aria-current="page"' in html
    assert "第 61–80 条，共 230 条" in words(html)


def test_a_dialog_is_a_link_to_a_page_where_there_is_no_script():
    html = show(
        '{% dialog id="d" title="督办" label="发出" href="/orders/new/" %}<p>{{ x }}</p>{% enddialog %}', x="<b>"
    )
    assert '<a class="btn" href="/orders/new/" data-dialog="d"' in html
    assert "<p>&lt;b&gt;</p>" in html


def test_a_heat_cell_without_a_tone_is_not_a_zero():
    assert words(show("{% heat_cell none %}")) == "— 不涉及"
    assert words(show("{% heat_cell c %}", c=Heat("72%", "risk", "/rows/"))) == "72% 有风险"


def test_a_missing_share_draws_no_bar():
    assert "<progress" not in show("{% meter none '完成率' %}")
    assert 'value="72"' in show("{% meter 72 '完成率' %}")


def test_a_gap_in_a_trend_stays_a_gap():
    assert show("{% sparkline v %}", v=[1, 2, None, 3, 4]).count("<polyline") == 2
    assert show("{% sparkline v %}", v=[1]) == ""


def test_a_tile_beyond_the_map_is_an_error():
    with pytest.raises(ValueError, match="off the map"):
        show("{% tile_map tiles '区' %}", tiles=[FigureTile("某区", 9, 0)])


def test_a_form_key_is_new_each_time():
    first, second = show("{% form_key seq=7 %}"), show("{% form_key seq=7 %}")
    assert first != second
    assert 'name="_seq" value="7"' in first
    assert "_seq" not in show("{% form_key %}")


def test_a_digest_is_short_to_read_and_whole_to_copy():
    digest = "7c1e" * 16
    html = show("{% hash_badge d agrees=False %}", d=digest)
    assert f'data-copy="{digest}"' in html
    assert "7c1e7c1e…1e7c1e" in html
    assert "■ 不一致" in words(html)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda p: p.name)
def test_no_template_breaks_the_content_security_policy(file):
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text), "a style attribute"
    assert not re.search(r"\son[a-z]+\s*=", text), "an inline handler"
    assert not re.search(r"<script(?![^>]*\ssrc=)", text), "an inline script"
    assert "hx-boost" not in text


def test_every_tone_has_its_colour_in_the_style_sheet():
    css = (FRONTEND / "css" / "components.css").read_text()
    assert [tone for tone in TONES if f".tone-{tone}" not in css] == []


def test_every_component_is_in_the_gallery():
    shown = (WEB / "ui" / "templates" / "gallery.html").read_text(encoding="utf-8") + (
        WEB / "shell" / "templates" / "base.html"
    ).read_text(encoding="utf-8")
    parts = "".join(p.read_text(encoding="utf-8") for p in (WEB / "ui" / "templates" / "components").glob("*.html"))
    tags = set(tags_of_all.register.tags) - {"th", "url_with", "url_without"}
    assert sorted(t for t in tags if "{% " + t + " " not in shown + parts) == []


@pytest.fixture
def page(client, city):
    answer = client.get("/ui/?unit=zscq&toast=1")
    assert answer.status_code == 200
    return answer


@pytest.mark.django_db
def test_the_gallery_answers_under_a_strict_policy(page):
    policy = page["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_the_shell_has_its_landmarks_skip_link_and_language(page):
    html = page.content.decode()
    assert '<html lang="zh-Hans"' in html
    assert '<a class="skip" href="#main">' in html
    assert html.count("<h1") == 1
    assert html.count("<main ") == 1
    assert 'role="status"' in html
    assert '"allowEval":false' in html


@pytest.mark.django_db
def test_large_and_dark_are_kept_in_cookies_and_said_on_the_root(client, city):
    client.cookies["jz_large"], client.cookies["jz_theme"] = "1", "dark"
    assert '<html lang="zh-Hans" data-theme="dark" data-large>' in client.get("/ui/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "start"), [("svg", "<svg"), ("json", "{"), ("csv", "\ufeff")])
def test_a_chart_of_the_gallery_comes_in_three_forms(client, kind, start):
    answer = client.get(f"/ui/charts/patents.{kind}")
    assert answer.status_code == 200
    assert answer.content.decode().startswith(start)


@pytest.mark.django_db
def test_a_chart_for_a_telephone_is_drawn_narrow_and_one_that_is_not_there_is_not_found(client, city):
    assert 'width="340"' in client.get("/ui/charts/patents.svg?narrow=1").content.decode()
    assert client.get("/ui/charts/nothing.svg").status_code == 404
    assert client.get("/ui/charts/patents.gif").status_code == 404


def test_ids_in_the_gallery_are_single(page):
    ids = re.findall(r'\sid="([^"]+)"', page.content.decode())
    assert sorted({i for i in ids if ids.count(i) > 1}) == []


AXE = Path(jinzhi.web.__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
LOOKS = {
    "light": ({"jz_theme": "light"}, 1440),
    "dark": ({"jz_theme": "dark"}, 1440),
    "large": ({"jz_large": "1"}, 1440),
    "telephone": ({}, 390),
    "telephone-large": ({"jz_large": "1"}, 390),
    "english": ({"jz_language": "en"}, 1440),
}
SMALL = """() => {
  const least = document.documentElement.hasAttribute("data-large") ? 15 : 12.5;
  return Array.from(document.querySelectorAll("body *"))
    .filter((e) => e.offsetParent && Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.textContent.trim()))
    .filter((e) => parseFloat(getComputedStyle(e).fontSize) < least).map((e) => e.tagName + "." + e.className);
}"""
LOW = """() => {
  const touch = document.documentElement.hasAttribute("data-large") || innerWidth < 640;
  const controls = "button, .btn, select, summary, .plain, .nav a, input:not([type=checkbox])";
  return Array.from(document.querySelectorAll(controls))
    .filter((e) => e.type !== "hidden" && e.type !== "radio")
    .map((e) => [e.tagName + "." + e.className, e.getBoundingClientRect()])
    .filter(([, box]) => box.width && box.height < (touch ? 43.5 : 31.5)).map(([name, box]) => name + " " + box.height);
}"""


@pytest.mark.browser
@pytest.mark.parametrize("look", LOOKS)
def test_the_gallery_is_accessible_and_quiet_in_every_look(look, city, live_server):
    cookies, width = LOOKS[look]
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
        context.add_cookies([{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()])
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{live_server.url}/ui/?unit=zscq&toast=1&sort=-due")
        for figure in page.locator("figure[data-island]").all():
            figure.scroll_into_view_if_needed()
        page.wait_for_selector("figure:last-of-type .chart-plate canvas")
        sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        small, low = page.evaluate(SMALL), page.evaluate(LOW)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})")
        browser.close()
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found["violations"]] == []
    assert sideways <= 0
    assert small == []
    assert low == []
    assert said == []


def test_what_is_kept_by_name_comes_in_the_order_in_which_it_is_declared():
    kept = {"note": 3, "zz": 5, "share": 2, "aa": 4, "figure": 1}
    assert [v for _name, v in declared_first(kept, ("figure", "share", "note"))] == [1, 2, 3, 4, 5]
