"""Writing custody: take in, correct, new version, folders, holds, retention, cases, hand-over, disposal.

Each verb is one transaction and one event of the stream ``custody:<number>``; a content that comes in also gets an
entry of its own in the evidence log, with the digests of the content itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from jinzhi.apps.accounts.acting import Acting, acting_as
from jinzhi.apps.accounts.models import Membership
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.catalogue.models import Counter
from jinzhi.apps.catalogue.numbers import next_number
from jinzhi.apps.custody.fields import ABOUT, BY_ID, EXPIRES, FACTS, ITEM, contradictions
from jinzhi.apps.custody.models import Folder, HandOver, Hold, Item, Upload, Version
from jinzhi.apps.custody.queries import DISPOSE, WRITE, duplicates, moment, newest, words
from jinzhi.apps.evidence.events.actions import Conflict, last_seq, record, record_next
from jinzhi.apps.evidence.events.verb import Call, verb
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.evidence.store import holdings, store
from jinzhi.kernel.canonical import Digests
from jinzhi.kernel.fields import Field, FieldError, Value, parse_all
from jinzhi.kernel.streams import CUSTODY, VIEWING
from jinzhi.kernel.text import Words

ENTRY_KIND = "evidence"
CONTENT = Field(id="content", zh="文件", en="File")


class CustodyRefused(Exception):
    """What may not be done with an item. ``zh``/``en`` say why; ``errors`` are those of fields.

    ``duplicate``: it was refused only because the same content is kept already and nobody said to keep it twice.
    """

    def __init__(self, zh: str, en: str, errors: tuple[FieldError, ...] = (), *, duplicate: bool = False):
        self.zh, self.en, self.errors, self.duplicate = zh, en, errors, duplicate
        super().__init__(zh)


def _wrong(errors: Iterable[FieldError]) -> CustodyRefused:
    found = tuple(errors)
    return CustodyRefused(
        "请更正：" + "；".join(str(e) for e in found),
        "please mend: " + "; ".join(f"{e.field.en} {e.en}" for e in found),
        found,
    )


def _require(who: Acting, scope: str) -> None:
    if who.user is None or not who.may(scope):
        raise CustodyRefused(f"角色“{who.role.zh}”没有权限 {scope}", f"the role {who.role.en} lacks the scope {scope}")


def _reasoned(reason: str) -> str:
    if not reason.strip():
        raise CustodyRefused("请写明原因", "give the reason")
    return reason.strip()[:500]


def _gate() -> None:
    """Let one transaction at a time take contents in or erase them, so that none is erased while it comes in."""
    Counter.objects.get_or_create(name="custody.contents", year=0)
    Counter.objects.select_for_update().get(name="custody.contents", year=0)


# --- what the verbs share ---------------------------------------------------------------------------------------
def _writes(call: Call) -> None:
    _require(call.who, WRITE)


def _disposes(call: Call) -> None:
    _require(call.who, DISPOSE)


def _locked(call: Call) -> Item:
    """The item, for one writer at a time; refused where it is not theirs, stale, or disposed of."""
    rows = Item.objects.visible_to(call.who).select_for_update(of=("self",)).select_related("unit")
    fresh = rows.filter(pk=call.subject.pk).first()
    if fresh is None:
        raise CustodyRefused("此证据不在您的单位之内", "this item is not kept by a unit that you answer for")
    if call.expected is not None and call.expected != fresh.seq:
        raise Conflict(fresh.stream, call.expected, last_seq(fresh.stream))
    if fresh.state == "disposed":
        raise CustodyRefused("此证据已处置，不能再办理", "this item was disposed of")
    return fresh


def _same_item(call: Call, event: Event) -> Item:
    """The item of an earlier submission, as it is now."""
    return Item.objects.unrestricted("the caller's own earlier submission").get(number=CUSTODY.key(event.stream))


def _made_offer(call: Call, event: Event) -> HandOver:
    return HandOver.objects.get(item__number=CUSTODY.key(event.stream), n=event.data["handover"])


# --- taking in -------------------------------------------------------------------------------------------------
def parsed(raw: Mapping[str, object], fields: Iterable[Field] = ITEM) -> dict[str, Value]:
    """The values of the fields of an item. Raises CustodyRefused with every wrong one."""
    values, errors = parse_all(fields, raw)
    found = [*errors]
    if not found:
        found += contradictions(values)
        if not found and moment(str(values["captured_on"]), str(values["captured_time"])) > now():
            found.append(FieldError(BY_ID["captured_on"], "采集时间不能晚于现在", "cannot lie in the future"))
    if found:
        raise _wrong(found)
    return values


def _content(upload: Upload, values: Mapping[str, Value]) -> dict[str, Any]:
    """What an event says of a content; refuses one whose digest is not the one made at capture."""
    for id, found in (("before_sha256", upload.sha256), ("before_sm3", upload.sm3)):
        said = str(values.get(id) or "").lower()
        if said and said != found:
            raise _wrong(
                [FieldError(BY_ID[id], f"与收到的文件不一致，收到的是 {found}", f"is not that of the file: {found}")]
            )
    if not upload.complete or not store.there(upload.sha256):
        raise _wrong([FieldError(CONTENT, "还没有完整收到，请重新上传", "has not arrived whole: send it again")])
    return {
        "name": upload.name,
        "media_type": upload.media_type,
        "size": upload.size,
        "sha256": upload.sha256,
        "sm3": upload.sm3,
        "announced": upload.announced,
    }


def _facts(values: Mapping[str, Value]) -> dict[str, Value]:
    return {f.id: values[f.id] for f in FACTS if values.get(f.id) is not None}


def _enter(item: Item, content: Mapping[str, Any], who: Acting, on: date, at: datetime, before: Version | None) -> None:
    """Give a content its own entry in the log."""
    prev = Digests(before.sha256, before.sm3) if before else None
    log.append(
        ENTRY_KIND, item.stream, who=who, on=on, at=at, media_type=content["media_type"], length=content["size"],
        sha256=content["sha256"], sm3=content["sm3"], prev=prev,
    )  # fmt: skip


def find_cases(numbers: str, who: Acting) -> list[Case]:
    """The cases with these numbers, divided by spaces or commas. Raises CustodyRefused for one nobody sees."""
    asked = [n for n in numbers.replace(",", " ").replace("，", " ").replace("、", " ").split() if n]
    found = {c.number: c for c in Case.objects.visible_to(who).filter(number__in=asked)} if asked else {}
    lacking = [n for n in asked if n not in found]
    if lacking:
        raise CustodyRefused(
            f"没有编号为“{'、'.join(lacking)}”的事项，或不在可见范围",
            f"no case is numbered {', '.join(lacking)}, or it is not yours to see",
        )
    return list(dict.fromkeys(found[n] for n in asked))


def _own_upload(upload: Upload, who: Acting) -> Upload:
    fresh = Upload.objects.select_for_update().filter(pk=upload.pk, user=who.user).first()
    if fresh is None:
        raise _wrong([FieldError(CONTENT, "上传已失效，请重新选择文件", "is gone: choose the file again")])
    return fresh


@verb("custody", "take-in", right=_writes, again=_same_item)
def take_in(
    raw: Mapping[str, object],
    upload: Upload,
    *,
    who: Acting,
    folder: Folder | None = None,
    cases: Iterable[Case] = (),
    twice: bool = False,
    key: str = "",
    on: date | None = None,
    at: datetime | None = None,
) -> Item:
    """Take an uploaded content into custody. ``twice``: keep it although the same content is kept already.

    Raises CustodyRefused with every wrong field, or (``duplicate``) naming the items that hold the same content.
    """
    values = parsed(raw)
    linked = list(cases)
    about = {f.id: values[f.id] for f in ABOUT if values.get(f.id) is not None}
    said: dict[str, Any] = {
        "about": about,
        "facts": _facts(values),
        "expires_on": values.get("expires_on"),
        "cases": sorted(c.number for c in linked),
        "folder": folder.path if folder else "",
    }
    day, moment_ = on or today(), at or now()
    _not_past(values.get("expires_on"), day)
    if folder is not None and folder.unit_id != who.unit.pk:
        raise CustodyRefused("文件夹属于其他单位，请重新选择", "the folder is another unit's: choose one of yours")
    _gate()
    upload = _own_upload(upload, who)
    content = _content(upload, values)
    if not twice and (same := duplicates(content["sha256"], who)):
        known = "、".join(str(i) for i in same.seen)
        raise CustodyRefused(
            f"相同内容已有保管：{known}" if same.seen else "相同内容已由其他单位保管",
            f"the same content is kept already: {known}"
            if same.seen
            else "another unit keeps the same content already",
            duplicate=True,
        )
    number = f"EV-{day.year}-{next_number('custody', day.year):05d}"
    item = Item(
        number=number, title=str(values["title"]), kind=str(values["kind"]), way=str(values["way"]),
        captured_at=moment(str(values["captured_on"]), str(values["captured_time"])), folder=folder, holder=who.user,
        unit=who.unit, unit_path=who.unit.path, name=content["name"], media_type=content["media_type"],
        size=content["size"], sha256=content["sha256"], sm3=content["sm3"], created_at=moment_, updated_at=moment_,
        expires_on=_day(values.get("expires_on")),
    )  # fmt: skip
    said |= {"unit": who.unit.code, "holder": who.person.username, "content": content}
    event = record(item.stream, "take-in", said, who=who, on=day, expected=0, key=key, at=moment_)
    item.seq = event.seq
    item.words = words(item, {**about, **said["facts"]})
    item.save(force_insert=True)
    item.cases.add(*linked)
    Version.objects.create(
        item=item, n=1, name=item.name, media_type=item.media_type, size=item.size, sha256=item.sha256, sm3=item.sm3,
        data={**about, **said["facts"]}, actor=who.name, at=moment_,
    )  # fmt: skip
    _enter(item, content, who, day, moment_, None)
    upload.delete()
    return item


def _day(value: Value) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _not_past(value: Value, day: date) -> None:
    if value and date.fromisoformat(str(value)) < day:
        raise _wrong([FieldError(EXPIRES, "不能早于今天", "must not lie in the past")])


# --- verbs on an item ------------------------------------------------------------------------------------------
def _done(item: Item, event: Event, *fields: str) -> Item:
    item.seq, item.updated_at = event.seq, event.at
    item.save(update_fields=["seq", "updated_at", *fields])
    return item


@verb("custody", "correct", right=_writes, lock=_locked, again=_same_item)
def correct(
    item: Item,
    raw: Mapping[str, object],
    *,
    reason: str,
    who: Acting,
    expected: int | None = None,
    key: str = "",
    at: datetime | None = None,
) -> Item:
    """Mend what was written of an item and of the capture of its newest version; the event holds old and new.

    Digests made at capture are not mended: a content whose digest differs is a new version.
    """
    version = newest(item)
    mendable = [f for f in (*ABOUT, *FACTS) if not f.id.startswith("before_")]
    values = parsed({**version.data, **{k: v for k, v in raw.items() if k in {f.id for f in mendable}}}, mendable)
    changes = {
        f.id: [version.data.get(f.id), values.get(f.id)] for f in mendable if version.data.get(f.id) != values.get(f.id)
    }
    if not changes:
        return item
    said = {"version": version.n, "changes": changes, "reason": _reasoned(reason)}
    event = record(item.stream, "correct", said, who=who, on=today(), expected=expected, key=key, at=at)
    for id, (_old, new) in changes.items():
        if new is None:
            version.data.pop(id, None)
        else:
            version.data[id] = new
    version.save(update_fields=["data"])
    item.title, item.kind, item.way = (str(version.data[k]) for k in ("title", "kind", "way"))
    item.captured_at = moment(str(version.data["captured_on"]), str(version.data["captured_time"]))
    item.words = words(item, version.data)
    return _done(item, event, "title", "kind", "way", "captured_at", "words")


@verb("custody", "new-version", right=_writes, lock=_locked, again=_same_item)
def new_version(
    item: Item,
    raw: Mapping[str, object],
    upload: Upload,
    *,
    note: str,
    who: Acting,
    expected: int | None = None,
    key: str = "",
    on: date | None = None,
    at: datetime | None = None,
) -> Item:
    """Add a content to an item; the versions before stay as they are. ``raw`` holds the facts of the new capture."""
    _gate()
    before = newest(item)
    about = {f.id: before.data[f.id] for f in ABOUT if f.id in before.data}
    values = parsed({**about, **raw}, (*ABOUT, *FACTS))
    upload = _own_upload(upload, who)
    content = _content(upload, values)
    if content["sha256"] == before.sha256:
        raise _wrong([FieldError(CONTENT, "与现有版本内容相同", "is the same as the present version")])
    day, moment_ = on or today(), at or now()
    facts, why = _facts(values), _reasoned(note)
    said = {"version": item.version + 1, "content": content, "facts": facts, "reason": why}
    event = record(item.stream, "new-version", said, who=who, on=day, expected=expected, key=key, at=moment_)
    data = {**about, **facts}
    version = Version.objects.create(
        item=item, n=item.version + 1, name=content["name"], media_type=content["media_type"], size=content["size"],
        sha256=content["sha256"], sm3=content["sm3"], data=data, note=why, actor=who.name, at=moment_,
    )  # fmt: skip
    item.version, item.name, item.media_type, item.size = version.n, version.name, version.media_type, version.size
    item.sha256, item.sm3, item.way = version.sha256, version.sm3, str(values["way"])
    item.captured_at = moment(str(values["captured_on"]), str(values["captured_time"]))
    item.words = words(item, data)
    _enter(item, content, who, day, moment_, before)
    upload.delete()
    return _done(
        item, event, "version", "name", "media_type", "size", "sha256", "sm3", "way", "captured_at", "words"
    )  # fmt: skip


@verb("custody", "move", right=_writes, lock=_locked, again=_same_item)
def move(item: Item, folder: Folder | None, *, who: Acting, expected: int | None = None, key: str = "") -> Item:
    """Put an item into a folder of its unit, or into none."""
    if folder is not None and folder.unit_id != item.unit_id:
        raise CustodyRefused("文件夹与证据不属于同一单位", "the folder is not one of the item's unit")
    if item.folder_id == (folder.pk if folder else None):
        return item
    said = {"from": item.folder.path if item.folder else "", "to": folder.path if folder else ""}
    event = record(item.stream, "move", said, who=who, on=today(), expected=expected, key=key)
    item.folder = folder
    return _done(item, event, "folder")


@verb("custody", "retain", right=_writes, lock=_locked, again=_same_item)
def retain(
    item: Item, until: date | None, *, reason: str, who: Acting, expected: int | None = None, key: str = ""
) -> Item:
    """Say until when an item is kept; None: without end."""
    if until == item.expires_on:
        return item
    if until is not None:
        _not_past(until.isoformat(), today())
    said = {
        "before": item.expires_on.isoformat() if item.expires_on else None,
        "expires_on": until.isoformat() if until else None,
        "reason": _reasoned(reason),
    }
    event = record(item.stream, "retain", said, who=who, on=today(), expected=expected, key=key)
    item.expires_on = until
    return _done(item, event, "expires_on")


@verb("custody", "hold", right=_writes, lock=_locked, again=_same_item)
def hold(
    item: Item,
    *,
    reason: str,
    who: Acting,
    expected: int | None = None,
    key: str = "",
    on: date | None = None,
    at: datetime | None = None,
) -> Item:
    """Put a legal hold on an item: it is not disposed of until every hold is lifted."""
    n, day = item.holds.count() + 1, on or today()
    why = _reasoned(reason)
    said = {"hold": n, "reason": why}
    event = record(item.stream, "hold", said, who=who, on=day, expected=expected, key=key, at=at)
    Hold.objects.create(item=item, n=n, reason=why, by=who.name, since=day)
    item.held = True
    return _done(item, event, "held")


@verb("custody", "lift", right=_writes, lock=_locked, again=_same_item)
def lift(
    item: Item,
    n: int,
    *,
    reason: str,
    who: Acting,
    expected: int | None = None,
    key: str = "",
    on: date | None = None,
    at: datetime | None = None,
) -> Item:
    """Lift the n-th hold of an item."""
    found = item.holds.filter(n=n, lifted_on=None).first()
    if found is None:
        raise CustodyRefused(f"没有待解除的第 {n} 号保全", f"there is no open hold {n}")
    day = on or today()
    said = {"hold": n, "reason": _reasoned(reason)}
    event = record(item.stream, "lift", said, who=who, on=day, expected=expected, key=key, at=at)
    found.lifted_on, found.lifted_by, found.lift_reason = day, who.name, str(said["reason"])
    found.save(update_fields=["lifted_on", "lifted_by", "lift_reason"])
    item.held = item.holds.filter(lifted_on=None).exists()
    return _done(item, event, "held")


@verb("custody", "link", right=_writes, lock=_locked, again=_same_item)
def link(
    item: Item,
    number: str,
    *,
    who: Acting,
    expected: int | None = None,
    key: str = "",
    at: datetime | None = None,
) -> Item:
    """Link an item to the case with this number."""
    found = find_cases(number, who)
    if len(found) != 1:
        raise CustodyRefused("请填写一个事项编号", "give the number of one case")
    if Item.cases.through.objects.filter(item=item, case=found[0]).exists():
        return item
    said = {"case": found[0].number}
    event = record(item.stream, "link", said, who=who, on=today(), expected=expected, key=key, at=at)
    item.cases.add(found[0])
    return _done(item, event)


@verb("custody", "unlink", right=_writes, lock=_locked, again=_same_item)
def unlink(item: Item, number: str, *, reason: str, who: Acting, expected: int | None = None, key: str = "") -> Item:
    """Take an item off a case."""
    found = item.cases.unrestricted("the case is named by its link to this item").filter(number=number).first()
    if found is None:
        raise CustodyRefused(f"没有关联事项 {number}", f"it is not linked to the case {number}")
    said = {"case": number, "reason": _reasoned(reason)}
    event = record(item.stream, "unlink", said, who=who, on=today(), expected=expected, key=key)
    Item.cases.through.objects.filter(item=item, case=found).delete()
    return _done(item, event)


# --- hands -----------------------------------------------------------------------------------------------------
@verb("custody", "offer", right=_writes, lock=_locked, again=_made_offer)
def offer(
    item: Item,
    taker: Membership,
    *,
    reason: str,
    who: Acting,
    expected: int | None = None,
    key: str = "",
    on: date | None = None,
    at: datetime | None = None,
) -> HandOver:
    """Offer an item to a post. It stays where it is until the taker confirms; only its holder may give it."""
    if item.holder_id != who.person.pk:
        raise CustodyRefused(
            f"证据在 {item.holder} 手中，由其移交", f"it is in the hands of {item.holder}, who gives it"
        )
    if item.state == "offered":
        raise CustodyRefused("已有移交等待对方确认", "a hand-over is waiting for its taker")
    if taker.user_id == who.person.pk or not acting_as(taker).may(WRITE):
        raise CustodyRefused("对方的职务不能接收证据", "that post cannot be handed evidence")
    n, moment_, why = item.handovers.count() + 1, at or now(), _reasoned(reason)
    said = {
        "handover": n,
        "taker": taker.user.username,
        "unit": taker.unit.code,
        "reason": why,
        "sha256": item.sha256,
        "sm3": item.sm3,
    }
    event = record(item.stream, "offer", said, who=who, on=on or today(), expected=expected, key=key, at=moment_)
    made = HandOver.objects.create(
        item=item, n=n, giver=who.person, giver_unit=who.unit, taker=taker.user, taker_unit=taker.unit,
        reason=why, sha256=item.sha256, offered_at=moment_,
    )  # fmt: skip
    item.state = "offered"
    _done(item, event, "state")
    return made


def _open(call: Call) -> HandOver:
    rows = HandOver.objects.select_for_update(of=("self",)).select_related("item", "taker_unit", "giver_unit", "taker")
    fresh = rows.filter(pk=call.subject.pk).first()
    if fresh is None or fresh.state != "offered":
        raise CustodyRefused("此移交已经办结", "this hand-over is settled already")
    return fresh


def _for_taker(call: Call) -> HandOver:
    """An open hand-over, for the one who is to take it."""
    fresh = _open(call)
    if fresh.taker_id != call.who.user.pk or fresh.taker_unit_id != call.who.unit.pk:
        raise CustodyRefused("此移交等待另一人确认", "this hand-over waits for somebody else")
    return fresh


def _for_giver(call: Call) -> HandOver:
    """An open hand-over, for the one who offered it."""
    fresh = _open(call)
    if fresh.giver_id != call.who.user.pk:
        raise CustodyRefused("只有移交人可以撤回", "only the giver may withdraw it")
    return fresh


def _read_through(call: Call) -> None:
    """Read the content that is handed over, before anything is locked."""
    try:
        store.check(call.subject.sha256)
    except store.FileRefused as e:
        raise CustodyRefused(
            f"内容核验没有通过，不能接收：{e}", "the content does not verify: it cannot be taken"
        ) from e


def _answered(
    handover: HandOver,
    verb: str,
    state: str,
    said: dict[str, Any],
    *,
    who: Acting,
    key: str,
    on: date | None,
    at: datetime | None,
) -> Item:
    rows = Item.objects.unrestricted("the taker's word settles the hand-over; the item may be another unit's")
    item = rows.select_for_update().get(pk=handover.item_id)
    moment_ = at or now()
    event = record(item.stream, verb, said, who=who, on=on or today(), expected=item.seq, key=key, at=moment_)
    handover.state, handover.answered_at, handover.answer = state, moment_, str(said.get("note") or "")
    handover.save(update_fields=["state", "answered_at", "answer"])
    item.state = "kept"
    fields = ["state"]
    if state == "accepted":
        if item.unit_id != handover.taker_unit_id:
            item.folder = None  # folders are the unit's own
        item.holder, item.unit, item.unit_path = handover.taker, handover.taker_unit, handover.taker_unit.path
        fields += ["holder", "unit", "unit_path", "folder"]
    return _done(item, event, *fields)


@verb("custody", "accept", right=_writes, first=_read_through, lock=_for_taker, again=_same_item)
def accept(
    handover: HandOver,
    *,
    who: Acting,
    note: str = "",
    key: str = "",
    on: date | None = None,
    at: datetime | None = None,
) -> Item:
    """Take what was offered: the content is read through first, and must still be what was offered."""
    if handover.item.sha256 != handover.sha256:
        raise CustodyRefused(
            "移交发起后又有了新版本，请对方撤回后重新移交", "it has a new version since: ask for a new hand-over"
        )
    said = {"handover": handover.n, "note": note.strip()[:500], "verified_sha256": handover.sha256}
    return _answered(handover, "accept", "accepted", said, who=who, key=key, on=on, at=at)


@verb("custody", "refuse", right=_writes, lock=_for_taker, again=_same_item)
def refuse(
    handover: HandOver,
    *,
    reason: str,
    who: Acting,
    key: str = "",
    on: date | None = None,
    at: datetime | None = None,
) -> Item:
    """Not take what was offered; it stays with the giver."""
    said = {"handover": handover.n, "note": _reasoned(reason)}
    return _answered(handover, "refuse", "refused", said, who=who, key=key, on=on, at=at)


@verb("custody", "withdraw", right=_writes, lock=_for_giver, again=_same_item)
def withdraw(
    handover: HandOver,
    *,
    reason: str,
    who: Acting,
    key: str = "",
    on: date | None = None,
    at: datetime | None = None,
) -> Item:
    """Take an offer back before it is answered."""
    said = {"handover": handover.n, "note": _reasoned(reason)}
    return _answered(handover, "withdraw", "withdrawn", said, who=who, key=key, on=on, at=at)


# --- disposal --------------------------------------------------------------------------------------------------
def why_not_disposed(item: Item, day: date) -> Words | None:
    """Why an item may not be disposed of today; None where it may."""
    if item.state == "disposed":
        return Words("已经处置", "it was disposed of already")
    if item.held:
        return Words("处于保全中，须先解除全部保全", "it is under a legal hold: lift every hold first")
    if item.state == "offered":
        return Words("有移交等待确认", "a hand-over is waiting")
    if item.expires_on is None:
        return Words("长期保管；须先写明保管期限和原因", "it is kept without end: set a day and the reason first")
    if item.expires_on >= day:
        return Words(
            f"保管期限至 {item.expires_on.isoformat()}，尚未届满",
            f"it is kept until {item.expires_on.isoformat()}",
        )
    open_cases = item.cases.unrestricted("an open case keeps its evidence, whoever sees it").filter(closed_on=None)
    if open_cases.exists():
        return Words("关联事项尚未办结", "a linked case is still open")
    return None


@verb("custody", "dispose", right=_disposes, lock=_locked, again=_same_item)
def dispose(
    item: Item,
    *,
    confirm: str,
    reason: str,
    who: Acting,
    expected: int | None = None,
    key: str = "",
    on: date | None = None,
    at: datetime | None = None,
) -> Item:
    """Erase the contents of an item; its record, its events and the log stay.

    ``confirm`` must be its number, typed again. A content that another item needs stays in the store.
    """
    day = on or today()
    if why := why_not_disposed(item, day):
        raise CustodyRefused(f"不能处置：{why.zh}", f"it cannot be disposed of: {why.en}")
    if confirm.strip() != item.number:
        raise CustodyRefused(f"请输入证据编号 {item.number} 以确认", f"type its number {item.number} to confirm")
    versions = list(item.versions.filter(erased_on=None))
    said = {
        "reason": _reasoned(reason),
        "contents": [{"version": v.n, "sha256": v.sha256, "sm3": v.sm3, "size": v.size} for v in versions],
    }
    event = record(item.stream, "dispose", said, who=who, on=day, expected=expected, key=key, at=at)
    item.versions.filter(erased_on=None).update(erased_on=day)
    item.state, item.disposed_on = "disposed", day
    digests = tuple({v.sha256 for v in versions})
    transaction.on_commit(lambda: erase(digests))
    return _done(item, event, "state", "disposed_on")


@transaction.atomic
def erase(digests: Iterable[str]) -> int:
    """Take contents out of the store that nothing needs any more; how many went."""
    _gate()
    gone = 0
    for sha256 in digests:
        if not holdings.needed(sha256):
            store.remove(sha256)
            gone += 1
    return gone


# --- reading that leaves a trace -------------------------------------------------------------------------------
def log_download(item: Item, version: Version, who: Acting, *, bundle: bool = False) -> None:
    """Leave an event that somebody took a content out; in a stream beside the item's own."""
    said = {"item": item.number, "version": version.n, "sha256": version.sha256, "bundle": bundle}
    record_next(VIEWING.of(item.stream), "download", said, who=who, on=today())
