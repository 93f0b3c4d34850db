"""A figure that stands on two pages is the same on both, and each page says what it counts."""

from __future__ import annotations

import re

import pytest
from lxml import html

from tests.journeys.crawl import Crawl
from tests.journeys.test_every_page import cookie

PEOPLE = ("demo-office", "demo-binhai", "")
OF = re.compile(r"(\d+)/(\d+)")


class Reader:
    """Reads pages of the site in somebody's name, without a browser."""

    def __init__(self, site, window, who: str):
        self.crawl = Crawl(site.url, cookie(window, who))
        self.kept: dict[str, html.HtmlElement] = {}

    def __call__(self, link: str) -> html.HtmlElement:
        if link not in self.kept:
            answer = self.crawl.get(link)
            assert answer.status == 200, (link, answer.status)
            self.kept[link] = html.fromstring(answer.body)
        return self.kept[link]


@pytest.fixture(scope="module")
def readers() -> dict[str, Reader]:
    return {}


@pytest.fixture(params=PEOPLE)
def page(request, site, window, readers) -> Reader:
    who = request.param
    if who not in readers:
        readers[who] = Reader(site, window, who)
    return readers[who]


def words(node) -> str:
    return " ".join(node.text_content().split())


def pairs(nodes) -> list[tuple[int, int]]:
    found = (OF.search(words(n)) for n in nodes)
    return [(int(m[1]), int(m[2])) for m in found if m]


def total(found: list[tuple[int, int]]) -> tuple[int, int]:
    return sum(a for a, _b in found), sum(b for _a, b in found)


def sum_of(tree) -> tuple[int, int]:
    """What the head of the list of rows says: (met, due)."""
    said = tree.xpath("//*[@id='sum']")
    due, met = re.findall(r"\d+", words(said[0])) if said and re.search(r"\d", words(said[0])) else (0, 0)
    return int(met), int(due)


def kpis(tree) -> dict[str, tuple[str, str]]:
    """The tiles: name to (value, what it counts)."""
    out = {}
    for tile in tree.xpath("//article[contains(@class, 'kpi')]"):
        counted = [m for h in tile.xpath(".//p[@class='kpi-value']/span") for m in OF.findall(words(h))]
        value = words(tile.xpath(".//p[@class='kpi-value']/b")[0])
        out[words(tile.xpath(".//h3")[0])] = (value, "/".join(counted[0]) if counted else "")
    return out


def test_the_heat_table_its_lines_and_the_list_of_rows_count_the_same_milestones(page):
    heat = page("/plan/").xpath("//section[@id='heat']//table")[0]
    lines = [pairs(line.xpath("./td")) for line in heat.xpath(".//tr[td]")]
    rows = page("/plan/rows/")
    assert sum_of(rows)[1] > 0
    *units, last = [line[-1] for line in lines if line]
    assert total(units) == last == sum_of(rows)
    assert total(pairs(rows.xpath("//section[@id='rows']//tbody//td"))) == sum_of(rows)


def test_a_district_counts_the_same_in_the_heat_table_on_its_tile_and_in_its_list(page):
    tiles = page("/plan/?tab=districts").xpath("//section[@id='tiles']//a")
    for tile in tiles[:4]:
        listed = sum_of(page(tile.get("href")))
        found = pairs([tile])
        assert (found[0] if found else (0, 0)) == listed, words(tile)


def test_an_indicator_has_one_value_on_every_page(page):
    tiles = kpis(page("/plan/"))
    listed = {
        words(line.xpath("./*")[0]): words(line.xpath("./*")[1])
        for line in page("/indicators/").xpath("//main//tbody/tr[count(./*) > 4]")
    }
    wall = words(page("/plan/?view=wall").xpath("//body")[0])
    assert tiles
    for name, (value, _counted) in tiles.items():
        assert listed[name].startswith(value) or value == "—", name
        assert f"{name}{value}" in wall.replace(" ", ""), name
    for link in page("/plan/").xpath("//article[contains(@class, 'kpi')]//h3/a"):
        own = words(page(link.get("href")).xpath("//main")[0])
        assert f"数值{tiles[words(link)][0]}" in own.replace(" ", "") or tiles[words(link)][0] == "—", words(link)


def test_the_list_of_orders_answers_in_time_what_the_indicator_says(page):
    orders = page("/plan/orders/")
    value, counted = kpis(page("/plan/"))["督办按期答复率"]
    shown = orders.xpath("//*[@id='share']")
    assert (words(shown[0]).rstrip("%") if shown else "—") == value
    owed, met = re.search(r"已到的 (\d+) 件中，(\d+) 件按期", words(orders)).groups()
    assert counted in ("", f"{met}/{owed}")


def test_the_rounds_of_a_year_together_are_what_the_indicator_says(page):
    reports = page("/plan/reports/")
    value, counted = kpis(page("/plan/"))["进展报告按期报送率"]
    # the rounds whose day came in 2026; each says how many of its reports were in time, of those whose own day has come
    rounds = [o.get("value") for o in reports.xpath("//select[@name='period']/option") if o.get("value")]
    called = in_time = 0
    for code in rounds:
        tree = page(f"/plan/reports/?period={code}")
        caption = words(tree.xpath("//caption[contains(., '填报进度')]")[0])
        if "截止 2026-" not in caption:
            continue
        lines = tree.xpath("//table[caption[contains(., '填报进度')]]//tbody/tr")
        share = re.search(r"(\d+)/(\d+)$", words(lines[-1].xpath("./*")[-1]))
        if share:
            in_time, called = in_time + int(share[1]), called + int(share[2])
    assert counted == f"{in_time}/{called}"
    assert value == f"{100 * in_time / called:.1f}"


def test_what_needs_attention_is_as_much_as_is_listed(page):
    said = re.search(r"需关注 ?\((\d+)\)", words(page("/plan/?tab=attention")))
    listed, groups, n = 0, {}, 0
    while listed < int(said[1]):
        n += 1
        tree = page(f"/plan/?tab=attention&page={n}")
        listed += len(tree.xpath("//table[@id='attention-table']//tr[@data-item]"))
        groups.update(re.findall(r"(\S+)：(\d+) 项", words(tree.xpath("//table[@id='attention-table']")[0])))
    assert listed == int(said[1]) == sum(map(int, groups.values()))
