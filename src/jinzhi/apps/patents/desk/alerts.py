"""Alerts: a saved query is asked again and again, and what differs from the last look is shown.

What a query found is kept whole, as sorted lines of publication number, state and its day, compressed (3 to 6 bytes a
document), so differences are exact however many documents there are: new, changed in status (from what to what), gone.
There is no limit but memory: two states of a million documents take some 300 MB and a few seconds to be compared.

An alert is asked in the name of the post that made it. While the index is behind the store nothing is compared, for a
difference could be one of the index: the alert says so and waits.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from jinzhi.apps.accounts.acting import Acting, acting_as, memberships
from jinzhi.apps.accounts.models import Membership
from jinzhi.apps.catalogue.clock import now
from jinzhi.apps.evidence.events.actions import Conflict
from jinzhi.apps.patents.models import Alert, Document, LegalState, SavedQuery, WatchInterval
from jinzhi.apps.patents.refused import SearchRefused
from jinzhi.apps.patents.search.asking import reference, refers
from jinzhi.apps.patents.search.index import NoIndex, behind, engine_named, stamp
from jinzhi.apps.patents.search.orders import NEWEST
from jinzhi.apps.patents.search.result import search_parsed
from jinzhi.engines.query_language.parse import parse
from jinzhi.kernel.query import QueryError

log = logging.getLogger("jinzhi.patents")
MANY = 800
#: one letter a state
LETTERS: Mapping[str, str] = {
    LegalState.IN_FORCE: "F",
    LegalState.PENDING: "P",
    LegalState.ENDED: "E",
    LegalState.UNCONFIRMED: "U",
}
STATES = {letter: LegalState(state) for state, letter in LETTERS.items()}
#: backends that send nothing to anybody
SILENT = ("filebased", "console", "dummy")
PAUSES = {
    WatchInterval.CHANGE: timedelta(0),
    WatchInterval.DAY: timedelta(days=1),
    WatchInterval.WEEK: timedelta(days=7),
}


# --- a set of documents with their states ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DocumentStanding:
    """The plain state of a document and since when."""

    state: LegalState
    on: date | None


def snapshot(ids: Iterable[int]) -> bytes:
    """Documents as they stand now, as an alert keeps them."""
    wanted = list(ids)
    lines: list[str] = []
    for at in range(0, len(wanted), MANY):
        rows = Document.objects.filter(pk__in=wanted[at : at + MANY]).values_list("number", "state", "state_on")
        lines += [f"{number}\t{LETTERS[state]}{on.strftime('%Y%m%d') if on else ''}" for number, state, on in rows]
    return zlib.compress("\n".join(sorted(lines)).encode(), 6)


def _lines(kept: bytes | memoryview | None) -> list[str]:
    text = zlib.decompress(bytes(kept)).decode() if kept else ""
    return text.split("\n") if text else []


def lines_of(kept: bytes | memoryview | None) -> dict[str, str]:
    """Number → state and day of a snapshot, as kept."""
    return {number: mark for number, _, mark in (line.partition("\t") for line in _lines(kept))}


def standing(mark: str) -> DocumentStanding:
    """State and day in their own types."""
    on = date(int(mark[1:5]), int(mark[5:7]), int(mark[7:9])) if len(mark) == 9 else None
    return DocumentStanding(STATES[mark[0]], on)


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs between two snapshots, each by number, ascending."""

    new: tuple[tuple[str, DocumentStanding], ...]
    changed: tuple[tuple[str, DocumentStanding, DocumentStanding], ...]
    gone: tuple[tuple[str, DocumentStanding], ...]

    @property
    def count(self) -> int:
        return len(self.new) + len(self.changed) + len(self.gone)

    def numbers(self, most: int | None = None) -> list[str]:
        """The numbers of what is new, changed and gone, at most so many of each."""
        changed = [number for number, _before, _after in self.changed[:most]]
        return [*(n for n, _ in self.new[:most]), *changed, *(n for n, _ in self.gone[:most])]


def compare(before: bytes | memoryview | None, after: bytes | memoryview | None) -> Differences:
    """What differs between two snapshots: both are sorted by number, so they are walked side by side."""
    old, new = _lines(before), _lines(after)
    came: list[tuple[str, DocumentStanding]] = []
    changed: list[tuple[str, DocumentStanding, DocumentStanding]] = []
    gone: list[tuple[str, DocumentStanding]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if old[i] == new[j]:
            i, j = i + 1, j + 1
            continue
        (a, was), (b, now_is) = _cut(old[i]), _cut(new[j])
        if a == b:
            changed.append((a, standing(was), standing(now_is)))
            i, j = i + 1, j + 1
        elif a < b:
            gone.append((a, standing(was)))
            i += 1
        else:
            came.append((b, standing(now_is)))
            j += 1
    gone += [(number, standing(mark)) for number, mark in map(_cut, old[i:])]
    came += [(number, standing(mark)) for number, mark in map(_cut, new[j:])]
    return Differences(tuple(came), tuple(changed), tuple(gone))


def _cut(line: str) -> tuple[str, str]:
    number, _tab, mark = line.partition("\t")
    return number, mark


# --- keeping alerts ---------------------------------------------------------------------------------------------


def alerts_of(who: Acting) -> QuerySet[Alert]:
    """A person's alerts. The sets are read when asked for."""
    return Alert.objects.filter(user=who.user).select_related("saved__unit").defer("base", "seen")


def find(who: Acting, pk: int) -> Alert | None:
    """One of a person's alerts."""
    return alerts_of(who).filter(pk=pk).first() if who.user else None


def waiting(who: Acting) -> int:
    """How many of a person's alerts have something to show."""
    if who.user is None:
        return 0
    told = Alert.objects.filter(user=who.user, active=True, saved__removed_at=None)
    return sum(1 for row in told.values_list("new", "changed", "gone") if any(row))


def watch(who: Acting, saved: SavedQuery, every: str = WatchInterval.CHANGE) -> Alert:
    """Watch a saved query from now on: what it finds now is what the first comparison starts from.

    Raises SearchRefused. Watching twice gives the same alert, with the frequency asked for last.
    """
    if who.user is None or who.membership_id is None:
        raise SearchRefused("订阅需要登录", "an alert needs signing in")
    if every not in WatchInterval.values:
        raise SearchRefused(f"没有“{every}”这个频率", f"there is no frequency {every!r}", "every")
    held = alerts_of(who).filter(saved=saved).first()
    if held is not None:
        held.every, held.active = every, True
        held.save(update_fields=["every", "active"])
        return held
    try:
        with transaction.atomic():
            alert = Alert.objects.create(
                saved=saved, membership_id=who.membership_id, user=who.user, every=every, created_at=now()
            )
    except IntegrityError:
        return alerts_of(who).get(saved=saved)
    fire(alert)
    return alert


def set_every(alert: Alert, every: str) -> None:
    """Compare so often from now on. Raises SearchRefused."""
    if every not in WatchInterval.values:
        raise SearchRefused(f"没有“{every}”这个频率", f"there is no frequency {every!r}", "every")
    Alert.objects.filter(pk=alert.pk).update(every=every)


def pause(alert: Alert, active: bool) -> None:
    """Stop comparing, or go on: what came in between shows at the next comparison."""
    Alert.objects.filter(pk=alert.pk).update(active=active)


@transaction.atomic
def look(alert: Alert, expected: int | None = None) -> None:
    """What the last comparison found has been seen. Raises Conflict where another came since the page was made."""
    fresh = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    if expected is not None and expected != fresh.version:
        raise Conflict(f"alert:{alert.pk}", expected, fresh.version)
    fresh.base, fresh.base_at, fresh.base_text = fresh.seen, fresh.seen_at, fresh.text
    fresh.new = fresh.changed = fresh.gone = 0
    fresh.version += 1
    fresh.save()


def drop(alert: Alert) -> None:
    """Watch no longer."""
    Alert.objects.filter(pk=alert.pk).delete()


# --- comparing --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fired:
    """What a comparison came to: what is new since the comparison before, or why there was none."""

    alert: Alert
    compared: bool
    fresh: int = 0


def due(alert: Alert, at: datetime, mark: str) -> bool:
    """Whether an alert is to be compared: its time has come, and something may have changed."""
    if alert.seen_at is None or alert.error_zh:
        return True
    if at - alert.seen_at < PAUSES[WatchInterval(alert.every)] - timedelta(minutes=5):
        return False
    if alert.stamp != mark or alert.text != alert.saved.text:
        return True
    try:
        return refers(parse(alert.saved.text).root)
    except QueryError:
        return True


def fire_due(say: Callable[[str], object] = lambda _: None) -> int:
    """Compare every alert that is due; how many were compared. One that fails keeps none from being compared."""
    mark, at, count = str(stamp()), now(), 0
    rows = Alert.objects.filter(active=True, saved__removed_at=None).select_related("saved__unit").defer("base", "seen")
    for alert in rows.order_by("pk"):
        if due(alert, at, mark):
            done = fire(alert)
            count += done.compared
            if done.fresh:
                say(f"订阅“{alert.saved.name}”有 {done.fresh} 处新变化")
    return count


def fire(alert: Alert) -> Fired:
    """Compare one alert now."""
    mark, saved = str(stamp()), alert.saved
    try:
        ids = _ask(alert)
    except QueryError as e:
        return _failed(alert, e.zh, e.en)
    except Exception as e:
        # one query that breaks the engine must not keep the others from being asked
        log.exception("the alert %s failed", alert.pk)
        return _failed(alert, f"检索出错：{type(e).__name__}", f"the search failed: {type(e).__name__}")
    seen = snapshot(ids)
    with transaction.atomic():
        fresh = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
        since = compare(fresh.seen, seen).count if fresh.seen is not None else 0
        fresh.seen, fresh.seen_at, fresh.text, fresh.stamp = seen, now(), saved.text, mark
        if fresh.base is None:
            fresh.base, fresh.base_at, fresh.base_text = seen, fresh.seen_at, saved.text
        found = compare(fresh.base, seen)
        fresh.count, fresh.new = len(ids), len(found.new)
        fresh.changed, fresh.gone = len(found.changed), len(found.gone)
        fresh.error_zh = fresh.error_en = ""
        fresh.version += 1
        fresh.save()
    if since:
        _mail(fresh, saved, since)
    return Fired(fresh, True, since)


def _ask(alert: Alert) -> list[int]:
    """The ids that the query finds for the post that watches. Raises QueryError with what keeps it."""
    saved = alert.saved
    post = Membership.objects.select_related("user", "unit").get(pk=alert.membership_id)
    if not post.user.is_active or post not in memberships(post.user):
        raise QueryError("订阅时的任职已经结束", "the post that this alert was made in has ended")
    who = acting_as(post)
    if saved.removed_at is not None or not _may_see(who, saved):
        raise QueryError("已存检索已删除或不再共享", "the saved query was removed or is no longer shared")
    if engine_named().name != "memory" and (lacking := behind()):
        raise NoIndex(
            f"检索索引落后 {lacking} 件，等索引更新后再比较", f"the index is {lacking} documents behind: waiting for it"
        )
    # by its reference, so that what a shared query refers to is what its own unit calls so
    query = parse(f'##"{reference(saved)}"')
    return list(search_parsed(query, who=who, sort=NEWEST).ids)


def _may_see(who: Acting, saved: SavedQuery) -> bool:
    if saved.owner_id == (who.user.pk if who.user else None):
        return True
    return SavedQuery.objects.visible_to(who).filter(pk=saved.pk, shared=True).exists()


def _failed(alert: Alert, zh: str, en: str) -> Fired:
    Alert.objects.filter(pk=alert.pk).update(error_zh=zh, error_en=en)
    return Fired(alert, False)


# --- e-mail -----------------------------------------------------------------------------------------------------


def mails() -> bool:
    """Whether this installation can send e-mail."""
    return not any(word in settings.EMAIL_BACKEND for word in SILENT)


def _mail(alert: Alert, saved: SavedQuery, since: int) -> None:
    """Tell the person by e-mail, where the installation sends any and an address is known. A failure is kept."""
    if not mails() or not alert.user.email:
        return
    try:
        send_mail(
            f"津知：订阅“{saved.name}”有 {since} 处新变化",
            f"新增 {alert.new} 件，状态变化 {alert.changed} 件，不再命中 {alert.gone} 件（自上次查看以来）。\n"
            f"检索式：{saved.text}\n",
            None,
            [alert.user.email],
        )
    except OSError as e:
        Alert.objects.filter(pk=alert.pk).update(
            error_zh=f"邮件没有发出：{e}", error_en=f"the e-mail could not be sent: {e}"
        )
