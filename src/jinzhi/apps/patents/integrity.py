"""Invariants of the patent store: what is kept beside the documents must be what follows from them.

Fast enough for each run of ``jinzhi doctor``: everything is read in few statements and compared here; bodies, the
bulk of the store, are read once.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

import tantivy
from django.db.models import Count, F, Max, Min

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.integrity import invariant
from jinzhi.apps.evidence.models import Event as Recorded
from jinzhi.apps.evidence.store.store import path_of
from jinzhi.apps.patents.models import (
    Alias,
    Citation,
    Document,
    Earlier,
    Event,
    Item,
    Named,
    Refusal,
    Version,
    unpack,
)
from jinzhi.apps.patents.search.index import Damaged, NoIndex, examine, reader, whole
from jinzhi.apps.patents.store.applicants import LINKED, UNDONE, UNLINKED
from jinzhi.apps.patents.store.families import FamilyLink, Unions, simple_of
from jinzhi.apps.patents.store.status import plain
from jinzhi.apps.patents.store.storing import key_of
from jinzhi.kernel.patent import ModelError
from jinzhi.standards.cn_numbers import PatentNumberError, check_digit
from jinzhi.standards.cn_terms import term

CHUNK = 2000
#: bodies that are read whole
TRIED = 200


@invariant(
    "patent-versions", "专利文献的各版连续，没有缺号", "The versions of every patent document run on without a gap"
)
def versions() -> Iterator[str]:
    kept = {
        one["document"]: (one["first"], one["last"], one["count"])
        for one in Version.objects.order_by()
        .values("document")
        .annotate(first=Min("version"), last=Max("version"), count=Count("pk"))
    }
    later = Document.objects.filter(version__gt=1).values_list("pk", "number", "version")
    for pk, number, version in later.iterator(chunk_size=CHUNK):
        if kept.pop(pk, None) != (1, version - 1, version - 1):
            yield f"{number}: is version {version}, and those before it are not all kept"
    for pk in kept:
        yield f"document {pk}: has earlier versions and says that it is the first"


@invariant(
    "patent-bodies", "专利文献的内容与其摘要值一致（最近 200 件并按模型试读）",
    "The body of every patent document has its digest; the newest 200 are read by the model",
)  # fmt: skip
def bodies() -> Iterator[str]:
    rows = Document.objects.order_by("pk").values_list("number", "digest", "body")
    for number, digest, body in rows.iterator(chunk_size=500):
        try:
            data = unpack(body)
        except zlib.error as e:
            yield f"{number}: its body cannot be unpacked ({e})"
            continue
        if hashlib.sha256(data).hexdigest() != digest:
            yield f"{number}: its body has not the digest that is kept"
    for row in Document.objects.order_by("-pk")[:TRIED]:
        try:
            told = row.content
        except (ModelError, zlib.error) as e:
            yield f"{row.number}: {e}"
            continue
        if told.publication_number[:40] != row.number:
            yield f"{row.number}: its body is that of {told.publication_number}"


@invariant(
    "patent-families", "同族由优先权和申请号推出，与所存一致",
    "The families of patent documents are what their priorities and applications make",
)  # fmt: skip
def families() -> Iterator[str]:
    links: dict[int, list[FamilyLink]] = defaultdict(list)
    unions = Unions()
    for pk, number, same in Earlier.objects.order_by("id").values_list("document", "number", "own").iterator(CHUNK):
        links[pk].append(FamilyLink(number, same))
        if len(links[pk]) > 1:
            unions.unite(links[pk][0].number, number)
    rows = Document.objects.order_by("pk").values_list("pk", "number", "simple", "extended")
    for pk, number, simple, extended in rows.iterator(chunk_size=CHUNK):
        own = links.get(pk, [])
        meant = (simple_of(own), unions.root(own[0].number) if own else "")
        if (simple, extended) != meant:
            yield f"{number}: stands in the families {simple!r}, {extended!r} and belongs to {meant[0]!r}, {meant[1]!r}"


@invariant(
    "patent-citations", "每条引证都能从被引文献一侧找到", "Every citation can be found from the document that it cites"
)
def citations() -> Iterator[str]:
    numbers = dict(Document.objects.values_list("number", "key"))
    rows = Citation.objects.exclude(cited="").order_by("pk").values_list("citing__number", "cited", "cited_key")
    for citing, cited, key in rows.iterator(chunk_size=CHUNK):
        if cited in numbers and numbers[cited] != key:
            yield f"{citing} cites {cited}, which is kept under {numbers[cited]}, not under {key}"
        elif cited not in numbers and key != key_of(cited):
            yield f"{citing} cites {cited} under {key}, which is not its number without the kind code"
    for citing, n, first, last in (
        Citation.objects.order_by()
        .values_list("citing__number")
        .annotate(n=Count("pk"), first=Min("position"), last=Max("position"))
        .exclude(first=0, last=F("n") - 1)
    ):
        yield f"{citing}: its {n} citations are numbered {first} to {last}"


@invariant(
    "patent-names", "每件文献的申请人名称各占一位，与其栏目一致",
    "The names of applicants stand in their places, as the document has them",
)  # fmt: skip
def names() -> Iterator[str]:
    kept: dict[int, list[str]] = defaultdict(list)
    for pk, name in Named.objects.order_by("document", "position").values_list("document", "name").iterator(CHUNK):
        kept[pk].append(name)
    rows = Document.objects.order_by("pk").values_list("pk", "number", "applicants")
    for pk, number, applicants in rows.iterator(chunk_size=CHUNK):
        said = list(dict.fromkeys(name[:300] for name in applicants.split("；") if name))
        own = kept.get(pk, [])
        # a name may itself hold the sign that parts names
        if own != said and "；".join(own) != applicants[: len("；".join(own))]:
            yield f"{number}: names {own} and says {applicants!r}"


#: how long the timer may take to count a term as ended
OVERDUE = timedelta(days=3)


@invariant(
    "patent-states", "专利的法律状态由公告事件推出，与所存一致",
    "The plain status of every patent is what its announced events come to",
)  # fmt: skip
def states() -> Iterator[str]:
    events: dict[str, list[Event]] = defaultdict(list)
    needed = Event.objects.only("application", "on", "name", "source", "category", "effect", "why")
    for event in needed.exclude(application="").order_by("on", "id").iterator(chunk_size=CHUNK):
        events[event.application].append(event)
    granted: dict[str, date] = {}
    told = Document.objects.exclude(application="").filter(granted__isnull=False)
    for application, day in told.values_list("application", "granted").iterator(chunk_size=CHUNK):
        if day is not None:
            granted[application] = min(day, granted.get(application, day))
    columns = (
        "number", "application", "published", "granted", "state", "state_on", "state_why", "country", "type", "filed",
    )  # fmt: skip
    day = today()
    for number, application, published, own, state, on, why, country, kind, filed in (
        Document.objects.order_by("pk").values_list(*columns).iterator(chunk_size=CHUNK)
    ):
        first = granted.get(application, own) if application else own
        limit = term(country, kind, filed)
        meant = plain(events.get(application, ()), published=published, granted=first, limit=limit, day=day)
        if limit is not None and meant.on == limit.ends and day - limit.ends < OVERDUE and state != meant.state:
            continue  # the timer has not come by since the term ended
        if (state, on, why) != (meant.state, meant.on, meant.why):
            said = f"its events say {meant.state} since {meant.on} ({meant.why})"
            yield f"{number}: is {state} since {on} ({why}), {said}"


@invariant(
    "patent-index", "检索索引中的文献都在库中，库中标为已索引的都在索引中",
    "The search index holds documents of the store only, and all that are marked as indexed",
)  # fmt: skip
def indexed() -> Iterator[str]:
    rows = dict(Document.objects.filter(indexed__gt=0).values_list("pk", "number"))
    for number, has, revision in Document.objects.filter(indexed__gt=F("revision")).values_list(
        "number", "indexed", "revision"
    ):
        yield f"{number}: the index is said to hold revision {has}, the store has {revision}"
    try:
        if what := examine():
            raise Damaged(what)
        with whole():
            engine = reader()
            held = set(engine.forward.column(engine.rows(tantivy.Query.all_query()), "id").tolist())
    except Damaged as e:
        yield e.en
        return
    except NoIndex:
        if rows:
            yield f"{len(rows)} documents are marked as indexed and there is no index: run jinzhi patents index"
        return
    for pk in sorted(rows.keys() - held):
        yield f"{rows[pk]}: is marked as indexed and not in the index: run jinzhi patents index --rebuild"
    everything = set(Document.objects.values_list("pk", flat=True))
    for pk in sorted(held - everything):
        yield f"document {pk} is in the index and not in the store: run jinzhi patents index --rebuild"


@invariant("patent-numbers", "中国申请号的校验位正确", "The check digit of every Chinese application number is right")
def numbers() -> Iterator[str]:
    rows = Document.objects.filter(country="CN", application__contains=".").order_by("pk")
    for number, application in rows.values_list("number", "application").iterator(chunk_size=CHUNK):
        digits, _point, written = application.removeprefix("CN").partition(".")
        try:
            right = check_digit(digits)
        except PatentNumberError as e:
            yield f"{number}: its application {application} is no number ({e})"
            continue
        if written != right:
            yield f"{number}: the check digit of its application {application} should be {right}"


@invariant(
    "patent-items", "每个导入文件的记录数等于各种结果之和，未能读取的都已留存",
    "Every imported file's records are accounted for, and what was refused is kept",
)  # fmt: skip
def items() -> Iterator[str]:
    refused = dict(Refusal.objects.order_by().values_list("item").annotate(Count("pk")))
    for item in Item.objects.filter(finished__isnull=False).order_by("pk"):
        sum_ = item.new + item.changed + item.same + item.events + item.refused
        if sum_ != item.records:
            yield f"{item.name}: {item.records} records, of which {sum_} are accounted for"
        if refused.get(item.pk, 0) != item.refused:
            yield f"{item.name}: {item.refused} records were refused, {refused.get(item.pk, 0)} are kept"
    for name, sha256 in Refusal.objects.exclude(sha256="").values_list("name", "sha256"):
        if not path_of(sha256).exists():
            yield f"{name}: was refused, and its bytes {sha256[:12]} are not in the store"


@invariant("patent-aliases", "申请人名称的关联与其事件一致", "The names of applicants are linked as their events say")
def aliases() -> Iterator[str]:
    there = {f"{a.applicant_id}|{a.kind}|{a.name}" for a in Alias.objects.all()}
    meant: dict[str, bool] = {}
    events = Recorded.objects.filter(stream__startswith="applicant:").order_by("stream", "seq")
    for event in events.iterator(chunk_size=CHUNK):
        data = event.data
        key = f"{event.stream.partition(':')[2]}|{data['kind']}|{data['name']}"
        match event.verb:
            case verb if verb == LINKED:
                meant[key] = True
            case verb if verb == UNLINKED:
                meant[key] = False
            case verb if verb == UNDONE:
                meant[key] = data["verb"] == UNLINKED
    for key, linked in meant.items():
        if linked != (key in there):
            yield f"{key}: is {'not ' if linked else ''}linked, and its last event says otherwise"
