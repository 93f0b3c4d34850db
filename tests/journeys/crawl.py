"""Walks a site along its own links, one page for each pattern of address and set of parameters."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.urls import resolve
from django.urls.exceptions import Resolver404
from lxml import html

#: more than this would mean that addresses multiply without end
MOST = 600
#: a page reached with more parameters than this is looked at, but not walked on from: filters multiply
DEEPEST = 1
#: static files are not pages; signing out would end the walk
PASSED_OVER = ("/static/", "/accounts/logout/")


@dataclass(frozen=True)
class Answer:
    """What a GET gave: where it was linked, the address after redirects, status, kind and body."""

    link: str
    found_on: str
    url: str
    status: int
    kind: str
    body: bytes

    @property
    def is_page(self) -> bool:
        return self.kind.startswith("text/html")

    @property
    def route(self) -> str:
        """The pattern of the address that was linked, without its parameters."""
        return route_of(self.link)

    def problems(self) -> list[str]:
        """What is wrong with the answer, each as a sentence with the address and where it is linked."""
        where = f"{self.link} (linked on {self.found_on})"
        if self.status != 200:
            return [f"{where}: {self.status}"]
        if not self.body:
            return [f"{where}: empty"]
        if not self.is_page:
            return []
        out = []
        tree = html.fromstring(self.body)
        if len(tree.xpath("//h1")) != 1:
            out.append(f"{where}: {len(tree.xpath('//h1'))} h1")
        if tree.get("lang") not in ("zh-Hans", "en"):
            out.append(f"{where}: lang={tree.get('lang')!r}")
        title = (tree.findtext(".//title") or "").strip()
        if not title.strip("· 津知"):
            out.append(f"{where}: title {title!r}")
        if b"Traceback" in self.body:
            out.append(f"{where}: a traceback")
        ids = tree.xpath("//@id")
        doubled = sorted({i for i in ids if ids.count(i) > 1})
        if doubled:
            out.append(f"{where}: ids used twice: {doubled[:5]}")
        known = {*ids, ""}
        lost = [h for h in tree.xpath("//a/@href") if h.startswith("#") and h[1:] not in known]
        if lost:
            out.append(f"{where}: links to nowhere on the page: {lost[:3]}")
        return out


@dataclass
class Crawl:
    """A walk from one address, in somebody's name (the value of the Cookie header; empty: a visitor)."""

    base: str
    cookie: str = ""
    answers: list[Answer] = field(default_factory=list)

    def walk(self, start: str) -> list[Answer]:
        queue: deque[tuple[str, str]] = deque([(start, "the start")])
        seen = {pattern_of(start)}
        while queue:
            link, found_on = queue.popleft()
            answer = self.get(link, found_on)
            self.answers.append(answer)
            assert len(self.answers) <= MOST, f"addresses without end, lately {link}"
            if not (answer.is_page and answer.status == 200) or len(pattern_of(link)[1]) > DEEPEST:
                continue
            for href in html.fromstring(answer.body).xpath("//a/@href"):
                url = urljoin(answer.url, href).split("#")[0]
                if not url.startswith(f"{self.base}/"):
                    continue
                path = url.removeprefix(self.base)
                if path.startswith(PASSED_OVER) or pattern_of(path) in seen:
                    continue
                seen.add(pattern_of(path))
                queue.append((path, urlsplit(answer.url).path))
        return self.answers

    def get(self, link: str, found_on: str = "") -> Answer:
        request = urllib.request.Request(self.base + link, headers={"Cookie": self.cookie} if self.cookie else {})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as got:
                return Answer(link, found_on, got.url, got.status, got.headers.get_content_type(), got.read())
        except urllib.error.HTTPError as e:
            return Answer(link, found_on, e.url, e.code, e.headers.get_content_type(), e.read())


def route_of(link: str) -> str:
    path = urlsplit(link).path
    try:
        return resolve(path).route
    except Resolver404:
        return path


def pattern_of(link: str) -> tuple[str, tuple[str, ...]]:
    """Two addresses of one pattern differ only in the values of their parameters and in which record they show."""
    names = tuple(sorted({name for name, _ in parse_qsl(urlsplit(link).query, keep_blank_values=True)}))
    return route_of(link), names
