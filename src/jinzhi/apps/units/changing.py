"""Units added, renamed, merged and closed from a day on. Each verb leaves one event with reason and ground.

A day to come is kept on record and carried out by ``settle`` when it has come (the verbs call it, and the timer does).
Nothing past is rewritten: what was closed stays with the unit that closed it, an earlier day shows the name of its
day. ``undo`` takes back the last change of a unit where nothing has happened since.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.apps import apps
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.timezone import localtime

from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.actions import Conflict, last_seq, record
from jinzhi.apps.evidence.events.verb import Call, verb
from jinzhi.apps.evidence.log.entries import Actor
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.units.actions import stream_of, sync_groups
from jinzhi.apps.units.following import Merger, kinds
from jinzhi.apps.units.guard import UnitOwned
from jinzhi.apps.units.models import Handed, Unit, UnitName
from jinzhi.apps.units.succession import life_of, lives
from jinzhi.kernel.declare import KEBAB, Named
from jinzhi.kernel.fields import Field, Type, parse_all
from jinzhi.kernel.organisation import LEVELS, OrgUnit
from jinzhi.kernel.streams import UNIT
from jinzhi.kernel.unit_changes import Life, WrongChange, waiting, wrong_end, wrong_merger, wrong_name

_LEVEL_WORDS = {
    "department": ("市级部门", "City department"), "district": ("区", "District"), "bureau": ("区级部门", "Bureau"),
    "street": ("街镇", "Street or town"), "external": ("其他单位", "Other"),
}  # fmt: skip
CODE = Field(id="code", zh="代码", en="Code", max_length=80, help_zh="小写字母、数字和连字符，定后不改，如 tj-data",
             help_en="small letters, digits and hyphens; it stays, such as tj-data")  # fmt: skip
ZH = Field(id="zh", zh="全称", en="Full name in Chinese", max_length=120)
EN = Field(id="en", zh="英文名称", en="Full name in English", max_length=160)
SHORT = Field(id="short", zh="简称", en="Short name", required=False, max_length=60)
LEVEL = Field(id="level", zh="层级", en="Level", type=Type.CHOICE,
              choices=tuple(Named(x, *_LEVEL_WORDS[x]) for x in LEVELS if x in _LEVEL_WORDS))  # fmt: skip
PARENT = Field(id="parent", zh="上级单位", en="Unit above", type=Type.UNIT)
INTO = Field(id="into", zh="并入哪个单位", en="Goes into", type=Type.UNIT)
DAY = Field(id="day", zh="自哪一天起", en="From which day on", type=Type.DATE)
REASON = Field(id="reason", zh="理由", en="Reason", type=Type.LONG, max_length=1000)
GROUND = Field(id="ground", zh="依据文号", en="Ground (number of the document)", required=False, max_length=200)
WHY = (DAY, REASON, GROUND)
NAMES = (ZH, SHORT, EN)
CHANGES = ("add", "rename", "merge", "close")
SCOPE = "units.write"


class UnitRefused(ValueError):
    """A change of a unit that cannot be; ``errors`` names each field and why."""

    def __init__(self, *errors: WrongChange):
        self.errors = errors
        self.zh, self.en = "；".join(e.zh for e in errors), "; ".join(e.en for e in errors)
        super().__init__(self.zh)


def _parsed(fields: tuple[Field, ...], given: Mapping[str, object]) -> dict[str, str]:
    """The values as text. Raises UnitRefused with every wrong one."""
    values, errors = parse_all(fields, {f.id: given.get(f.id) for f in fields})
    if errors:
        raise UnitRefused(*(WrongChange(e.field.id, e.zh, e.en) for e in errors))
    return {k: "" if v is None else str(v) for k, v in values.items()}


def _why(values: Mapping[str, str]) -> dict[str, object]:
    """What an event says of the day, the reason and the ground."""
    return {"day": values["day"], "reason": values["reason"].strip(), "ground": values["ground"].strip()}


def _free(values: Mapping[str, str], own: Unit | None) -> list[WrongChange]:
    """Names that an open unit bears already."""
    others = Unit.objects.filter(until=None)
    if own is not None:
        others = others.exclude(pk=own.pk)
    out = []
    for f in NAMES:
        if values[f.id] and (there := others.filter(Q(zh=values[f.id]) | Q(short=values[f.id]) | Q(en=values[f.id]))):
            code = there[0].code
            out.append(WrongChange(f.id, f"{code} 已用这个名称", f"{code} bears this name"))
    return out


def _last_named(unit: Unit) -> date | None:
    day: date | None = unit.names.aggregate(day=Max("since"))["day"]
    return day


def _last_used(unit: Unit) -> date | None:
    """The last day on which somebody at the unit recorded something."""
    last = Event.objects.filter(unit=unit).aggregate(on=Max("on"), at=Max("at"))
    days = [d for d in (last["on"], localtime(last["at"]).date() if last["at"] else None) if d]
    return max(days, default=None)


def _keeps(call: Call) -> None:
    """Whoever keeps units; nobody in particular is the operator of the machine."""
    if call.who is not None and not call.who.may(SCOPE):
        raise UnitRefused(WrongChange("", f"需要权限 {SCOPE}", f"this needs the scope {SCOPE}"))


def _locked(call: Call) -> Unit:
    """The unit, for one writer at a time; refused where it is stale."""
    unit = Unit.objects.select_for_update(of=("self",)).select_related("successor").filter(pk=call.subject.pk).first()
    if unit is None:
        raise UnitRefused(WrongChange("", "没有这个单位", "no such unit"))
    seq = last_seq(stream_of(unit))
    if call.expected is not None and call.expected != seq:
        raise Conflict(stream_of(unit), call.expected, seq)
    return unit


def _same_unit(call: Call, event: Event) -> Unit:
    unit = Unit.objects.filter(code=UNIT.key(event.stream)).first()
    if unit is None:
        raise UnitRefused(WrongChange("", "设立此后已撤销", "its making was undone since"))
    return unit


def _nothing(call: Call, event: Event) -> None:
    return None


# --- verbs ----------------------------------------------------------------------------------------------------
@verb("units", "add", right=_keeps, again=_same_unit)
def add_unit(given: Mapping[str, object], *, who: Actor | None, key: str = "") -> Unit:
    """A unit from a day on. Raises UnitRefused."""
    values = _parsed((CODE, *NAMES, LEVEL, PARENT, *WHY), given)
    code, day = values["code"], date.fromisoformat(values["day"])
    parent = Unit.objects.filter(code=values["parent"]).first()
    errors = _free(values, None)
    if not KEBAB.match(code):
        errors.append(WrongChange("code", "只用小写字母、数字和连字符", "small letters, digits and hyphens only"))
    elif Unit.objects.filter(code=code).exists() or catalogue().find(OrgUnit, code):
        errors.append(WrongChange("code", "已有这个代码的单位", "a unit has this code already"))
    if parent is None:
        errors.append(WrongChange("parent", "没有这个单位", "no such unit"))
    elif not life_of(parent).on(day):
        errors.append(WrongChange("parent", f"{day} 没有这个单位", f"the unit above does not exist on {day}"))
    if errors or parent is None:
        raise UnitRefused(*errors)
    names = {f.id: values[f.id] for f in NAMES}
    said = {**names, "level": values["level"], "parent": parent.code, **_why(values)}
    record(UNIT.of(code), "add", said, who=who, on=today(), key=key)
    last = Unit.objects.get_children(parent).aggregate(n=Max("position"))["n"] or 0
    node = {"code": code, **names, "level": values["level"], "position": last + 1}
    Unit.objects.add_child(parent, {**node, "since": day, "active": day <= today()})
    sync_groups()
    return Unit.objects.get(code=code)


@verb("units", "rename", right=_keeps, lock=_locked, again=_nothing)
def rename(
    unit: Unit, given: Mapping[str, object], *, who: Actor | None, expected: int | None = None, key: str = ""
) -> None:
    """Another name from a day on; the old one holds before. Raises UnitRefused, Conflict."""
    values = _parsed((*NAMES, *WHY), given)
    day, names = date.fromisoformat(values["day"]), {f.id: values[f.id] for f in NAMES}
    last = unit.names.order_by(F("since").desc(nulls_last=True)).first() or unit
    wrong = [w for w in (wrong_name(life_of(unit), day, _last_named(unit)),) if w]
    before = {f.id: getattr(last, f.id) for f in NAMES}
    if names == before:
        wrong.append(WrongChange("zh", "与现名相同", "is the name it has"))
    if wrong := [*wrong, *_free(values, unit)]:
        raise UnitRefused(*wrong)
    said = {"before": before, "after": names, **_why(values)}
    record(stream_of(unit), "rename", said, who=who, on=today(), expected=expected, key=key)
    if not unit.names.exists():
        UnitName.objects.create(unit=unit, zh=unit.zh, en=unit.en, short=unit.short, since=unit.since)
    unit.names.filter(until=None).update(until=day - timedelta(days=1))
    UnitName.objects.create(unit=unit, since=day, **names)
    settle(today())


@verb("units", "merge", right=_keeps, lock=_locked, again=_nothing)
def merge(
    unit: Unit, given: Mapping[str, object], *, who: Actor | None, expected: int | None = None, key: str = ""
) -> None:
    """From a day on another unit answers for this one's open work. Raises UnitRefused, Conflict."""
    values = _parsed((INTO, *WHY), given)
    day, into = date.fromisoformat(values["day"]), Unit.objects.filter(code=values["into"]).first()
    if into is None:
        raise UnitRefused(WrongChange("into", "没有这个单位", "no such unit"))
    known = {**lives(), unit.code: life_of(unit), into.code: life_of(into)}
    wrong = [*_ends_wrong(unit, day, known), wrong_merger(unit.code, into.code, day, known)]
    merger = Merger(unit, into, day, values["reason"], who)
    wrong += [WrongChange("into", *said) for k in kinds() if k.refuses and (said := k.refuses(merger))]
    if any(wrong):
        raise UnitRefused(*(w for w in wrong if w))
    data = {"into": values["into"], **_why(values)}
    record(stream_of(unit), "merge", data, who=who, on=today(), expected=expected, key=key)
    Unit.objects.filter(pk=unit.pk).update(until=day - timedelta(days=1), successor=into)
    settle(today(), who)


@verb("units", "close", right=_keeps, lock=_locked, again=_nothing)
def close(
    unit: Unit, given: Mapping[str, object], *, who: Actor | None, expected: int | None = None, key: str = ""
) -> None:
    """The unit ends, and nobody follows. Refused while something of it is open. Raises UnitRefused, Conflict."""
    values = _parsed(WHY, given)
    day = date.fromisoformat(values["day"])
    wrong = _ends_wrong(unit, day, {**lives(), unit.code: life_of(unit)})
    open_ = [(k, n) for k in kinds() if k.blocks and (n := k.count(unit, day))]
    if open_:
        zh = "、".join(f"{k.zh} {n}" for k, n in open_)
        en = ", ".join(f"{k.en} {n}" for k, n in open_)
        wrong.append(
            WrongChange("", f"还有未了事项：{zh}；请先办结，或改为并入另一单位", f"still open: {en}; or merge it")
        )
    if wrong:
        raise UnitRefused(*wrong)
    record(stream_of(unit), "close", _why(values), who=who, on=today(), expected=expected, key=key)
    Unit.objects.filter(pk=unit.pk).update(until=day - timedelta(days=1))
    settle(today(), who)


def _ends_wrong(unit: Unit, day: date, known: Mapping[str, Life]) -> list[WrongChange]:
    """Why a unit cannot end on a day, whatever comes after."""
    wrong = wrong_end(life_of(unit), day, _last_named(unit), _last_used(unit))
    out = [wrong] if wrong else []
    if unit.depth == 1:
        out.append(WrongChange("", "全市的根单位不能撤并", "the unit above all others stays"))
    if below := list(Unit.objects.get_children(unit).filter(until=None)[:5]):
        names = "、".join(u.zh for u in below)
        out.append(WrongChange("", f"下面还有单位：{names}；请先处理它们", f"units below it stand: {names}"))
    if later := waiting(unit.code, day, known.values()):
        zh = f"{later.code} 定于 {later.until} 后并入本单位，须在其后"
        out.append(WrongChange("day", zh, f"{later.code} goes into it after {later.until}: end it later"))
    return out


# --- days that have come ------------------------------------------------------------------------------------------
@transaction.atomic
def settle(day: date, who: Actor | None = None) -> int:
    """Bring units in line with a day: their names, who is there, what a merger hands over; how many changed."""
    changed = 0
    dated = Unit.objects.filter(Q(since__isnull=False) | Q(until__isnull=False) | Q(names__isnull=False)).distinct()
    for unit in dated.select_related("successor").prefetch_related("names"):
        named = unit.named_on(day)
        wanted = {f.id: getattr(named, f.id) for f in NAMES} | {"active": life_of(unit).on(day)}
        if all(getattr(unit, k) == v for k, v in wanted.items()):
            continue
        ends = unit.active and not wanted["active"]
        Unit.objects.filter(pk=unit.pk).update(**wanted)
        changed += 1
        if ends and unit.successor is not None and unit.until is not None:
            _hand_over(unit, unit.successor, who)
    if changed:
        sync_groups()
    return changed


def _hand_over(unit: Unit, into: Unit, who: Actor | None) -> None:
    """Hand over what is open, each kind by its app, and say on record what went."""
    said = _last_change(unit)
    first = (unit.until or today()) + timedelta(days=1)
    merger = Merger(unit, into, first, str(said.data["reason"]) if said else "", who)
    things = {k.id: dict(k.hand(merger)) for k in kinds() if k.hand}
    data = {"into": into.code, "day": first.isoformat(), "things": {k: v for k, v in things.items() if v}}
    record(stream_of(unit), "hand-over", data, who=who, on=today())
    Handed.objects.bulk_create(
        Handed(thing=thing, giver=unit, taker=into, on=first) for kept in things.values() for thing in kept
    )


# --- undo -----------------------------------------------------------------------------------------------------
def _last_change(unit: Unit) -> Event | None:
    return Event.objects.filter(stream=stream_of(unit), verb__in=CHANGES).order_by("-seq").first()


def undoable(unit: Unit) -> Event | None:
    """The last change of a unit, where no other event of the unit came after it; None where there is none."""
    last = Event.objects.filter(stream=stream_of(unit)).exclude(verb="hand-over").order_by("-seq").first()
    return last if last is not None and last.verb in CHANGES else None


@verb("units", "undo", right=_keeps, lock=_locked, again=_nothing)
def undo(unit: Unit, *, reason: str, who: Actor | None, expected: int | None = None, key: str = "") -> None:
    """Take back the last change of a unit. Raises UnitRefused where something has happened since, Conflict."""
    if not reason.strip():
        raise UnitRefused(WrongChange("reason", "请写明理由", "give the reason"))
    last = undoable(unit)
    if last is None:
        raise UnitRefused(
            WrongChange("", "没有可以撤销的变动：此后已有别的记录", "nothing to undo: other records came after")
        )
    data = {"undoes": last.seq, "verb": last.verb, "reason": reason.strip()}
    match last.verb:
        case "add":
            _undo_add(unit)
        case "rename":
            _undo_name(unit)
        case "merge":
            _undo_merger(unit, last, who)
        case "close":
            Unit.objects.filter(pk=unit.pk).update(until=None, active=True)
    record(UNIT.of(unit.code), "undo", data, who=who, on=today(), expected=expected, key=key)
    settle(today(), who)
    sync_groups()


def _undo_add(unit: Unit) -> None:
    owned = [m for m in apps.get_models() if issubclass(m, UnitOwned)]
    used = any(m.objects.unrestricted("is anything kept by the unit").filter(unit=unit).exists() for m in owned)
    used = used or any(k.count(unit, unit.since or today()) for k in kinds())
    if used or unit.numchild or unit.merged.exists() or Event.objects.filter(unit=unit).exists():
        raise UnitRefused(
            WrongChange("", "该单位已在使用，不能撤销设立；可以撤销单位（停用）", "the unit is in use: close it")
        )
    unit.delete()


def _undo_name(unit: Unit) -> None:
    gone = unit.names.get(until=None)
    assert gone.since is not None, "the name that a unit was given later has its first day"
    before = unit.names.get(until=gone.since - timedelta(days=1))
    gone.delete()
    Unit.objects.filter(pk=unit.pk).update(zh=before.zh, en=before.en, short=before.short)
    if before.since == unit.since:
        before.delete()  # the first name: nothing is dated any more
    else:
        unit.names.filter(pk=before.pk).update(until=None)


def _undo_merger(unit: Unit, last: Event, who: Actor | None) -> None:
    if unit.successor is None:
        return
    handed = Event.objects.filter(stream=stream_of(unit), verb="hand-over", seq__gt=last.seq).first()
    merger = Merger(unit, unit.successor, date.fromisoformat(str(last.data["day"])), str(last.data["reason"]), who)
    things: Mapping[str, Mapping[str, int]] = handed.data["things"] if handed else {}
    touched = [t for k in kinds() if k.touched for t in k.touched(things.get(k.id, {}))]
    if touched:
        zh = f"移交的事项此后已有办理：{'、'.join(touched[:5])}（共 {len(touched)} 项），不能撤销"
        raise UnitRefused(WrongChange("", zh, f"what was handed over was worked on since: {', '.join(touched[:5])}"))
    Unit.objects.filter(pk=unit.pk).update(until=None, successor=None, active=True)
    for k in reversed(kinds()):
        if k.back and things.get(k.id):
            k.back(merger, things[k.id])
    Handed.objects.filter(giver=unit, taker=unit.successor, on=merger.day).delete()
