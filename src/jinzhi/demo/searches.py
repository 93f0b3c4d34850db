"""What people of the demonstration keep about searches: saved queries, alerts with news, topics, tags and notes.

The alerts were looked at on an earlier day: what their queries found then, and how the documents stood, is worked out
from the days of publication and of the announced events, so the differences shown are those that there would be.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from django.utils import timezone

from jinzhi.apps.accounts.acting import Acting, acting_as
from jinzhi.apps.accounts.models import Membership
from jinzhi.apps.patents.desk import alerts, collections, history, notes, saved
from jinzhi.apps.patents.models import Alert, Document, Event, LegalState, SavedQuery
from jinzhi.apps.patents.search.result import search
from jinzhi.apps.patents.store.queries import MANY, by_ids
from jinzhi.apps.patents.store.status import PlainState, plain

#: when the alerts were looked at last
LOOKED = date(2026, 6, 1)
#: name, query, description, whether the unit shares it
QUERIES = (
    ("储能电池", "ti=(电池 OR 电池模组 OR 负极材料)", "锂电和固态电池；名称检索", True),
    ("隔膜涂布", "隔膜 AND 涂布", "电池隔膜的涂布工艺", True),
    ("重点产业", "ipc=(H01M OR H02S OR C02F OR B25J)", "电池、光伏、水处理、机器人", True),
    ("重点产业有效", "##重点产业 AND st=有效", "维持有效的专利，用于盘活清单", True),
    ("海水淡化", "ipc=(C02F OR B01D) AND (淡化 OR 反渗透)", "海水淡化与膜法水处理", True),
    ("机器人近两年", "机器人 AND ad>=2025", "自己跟踪用", False),
)  # fmt: skip
PAST = ("电池 AND 管理", "隔膜", "#1 OR #2", "ipc=H01M AND pd=[2025 TO 2026]")


def make_searches() -> bool:
    """Make them, unless there are patents for none, or somebody has saved a query already."""
    if not Document.objects.filter(demo=True).exists():
        return False
    if SavedQuery.objects.unrestricted("whether anything is there yet").exists():
        return False
    office = _person("demo-office")
    desk = _person("demo-ip-office")
    district = _person("demo-binhai")
    for who in (office, desk):
        for text in PAST:
            if who.user is not None:
                history.remember(who.user, text, count=search(text, who=who).count)
    for who in (office, desk):
        kept = {
            name: saved.keep(who, name=name, text=text, about=f"{about}（演示）", shared=shared)
            for name, text, about, shared in QUERIES
        }
        _alert(who, kept["重点产业"], kept["重点产业"].text)
        _alert(who, kept["重点产业有效"], kept["重点产业"].text, state=LegalState.IN_FORCE)
        if who is desk:
            _topics(desk, kept)
    _written(district, ("夹具", "机械臂"), "重点企业")
    alerts.fire_due()
    return True


def _person(username: str) -> Acting:
    post = Membership.objects.select_related("user", "unit").filter(user__username=username).order_by("pk").first()
    assert post is not None, f"the demonstration has no {username}"
    return acting_as(post)


def _topics(who: Acting, kept: dict[str, SavedQuery]) -> None:
    energy = collections.create(who, name="新能源", about="新能源产业专利专题（演示）")
    battery = collections.create(
        who, name="储能电池", about="由已存检索组成（演示）", parent=energy, saved=kept["储能电池"]
    )
    collections.create(who, name="隔膜涂布", parent=battery, saved=kept["隔膜涂布"])
    sun = collections.create(who, name="光伏与储热", about="手工挑选（演示）", parent=energy)
    collections.pick(sun, who, _some("光伏 OR 储热", who, 12))
    water = collections.create(who, name="海水淡化", about="海水淡化产业链（演示）", saved=kept["海水淡化"])
    collections.create(who, name="待核", about="待核对权属（演示）", parent=water)
    _written(who, ("隔膜", "反渗透膜"), "待转化")


def _some(text: str, who: Acting, most: int) -> list[int]:
    return list(search(text, who=who, sort="-pd").ids[:most])


def _written(who: Acting, words: Sequence[str], tag: str) -> None:
    """A tag on the newest documents of each word, and notes on two of them."""
    found = [pk for word in words for pk in _some(word, who, 6)]
    if not found:
        return
    notes.tag(who, tag, found)
    notes.tag(who, "已联系权利人", found[:2])
    for document in Document.objects.filter(pk__in=found[:2]).defer("body").order_by("number"):
        notes.write_note(who, document, "与企业沟通过，愿意许可；下周补充报价。（演示）")


# --- how things stood on an earlier day ---------------------------------------------------------------------------


def _alert(who: Acting, row: SavedQuery, among: str, state: LegalState | None = None) -> None:
    """An alert looked at on ``LOOKED``. Its query then found what ``among`` finds, of one state if so said."""
    alert = alerts.watch(who, row)
    lines = list(_then(search(among, who=who).ids, state))
    at = timezone.make_aware(datetime.combine(LOOKED, time(9)))
    Alert.objects.filter(pk=alert.pk).update(
        base=zlib.compress("\n".join(sorted(lines)).encode(), 6), base_at=at, stamp="", seen_at=at
    )


def _then(ids: Sequence[int], state: LegalState | None) -> Iterable[str]:
    """The lines that ``alerts.snapshot`` would have made on that day."""
    known = [row for row in by_ids(ids) if row.published and row.published <= LOOKED]
    told: dict[str, list[Event]] = {}
    for at in range(0, len(known), MANY):
        some = [row.application for row in known[at : at + MANY]]
        for event in Event.objects.filter(application__in=some, on__lte=LOOKED):
            told.setdefault(event.application, []).append(event)
    for row in known:
        granted = row.granted if row.granted and row.granted <= LOOKED else None
        now: PlainState = plain(told.get(row.application, ()), published=row.published, granted=granted)
        if state is None or now.state == state:
            day = now.on.strftime("%Y%m%d") if now.on else ""
            yield f"{row.number}\t{alerts.LETTERS[now.state]}{day}"
