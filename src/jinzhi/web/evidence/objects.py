"""What the log's objects are to a reader: how an object is called, where its page is, whether they may open it.

The log knows objects by streams ("case:41"). Each kind says how it finds those that a reader may open, many at once,
by the same rules as its own pages. Whatever no kind knows, or the reader may not open, is shown by numbers and
digests only.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.accounts.models import Membership
from jinzhi.apps.accounts.reach import seen
from jinzhi.apps.cases.models import Case
from jinzhi.apps.catalogue.doors import KINDS
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.custody.models import Folder, Item
from jinzhi.apps.evidence.events.personal import MARK
from jinzhi.apps.evidence.models import Deposit, Event
from jinzhi.apps.evidence.models import Entry as LogEntry
from jinzhi.apps.patents.desk.notes import visible_notes
from jinzhi.apps.patents.models import Applicant, Batch, SavedQuery, Topic
from jinzhi.apps.plan.models import Import, Milestone, Release, Report
from jinzhi.apps.registers.models import Entry
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Reach, within
from jinzhi.kernel.fields import Field, personal_closed_to
from jinzhi.kernel.procedure import Procedure
from jinzhi.kernel.register import Register
from jinzhi.kernel.text import Words
from jinzhi.web.ui.language import named, speak


@dataclass(frozen=True)
class ObjectPlace:
    """An object that a reader may open.

    ``personal``: the names of members of its events that only some roles may read. ``procedure``: whose steps its
    events are.
    """

    title: str
    url: str = ""
    personal: Mapping[str, str] = field(default_factory=dict)
    procedure: str = ""


#: gives the places of those ids that the reader may open
Find = Callable[[Acting, Collection[str]], Mapping[str, ObjectPlace]]


@dataclass(frozen=True)
class ObjectKind:
    """A kind of object: what its streams begin with, how it is called, who finds its places."""

    prefix: str
    zh: str
    en: str
    find: Find


def kind(prefix: str, zh: str, en: str) -> Callable[[Find], Find]:
    """Register the decorated function for streams that begin with ``prefix``."""

    def register(find: Find) -> Find:
        KINDS.enter(prefix, ObjectKind(prefix, zh, en, find), find)
        return find

    return register


def kinds() -> tuple[ObjectKind, ...]:
    return KINDS.entries()


def kind_of(stream: str) -> ObjectKind | None:
    """The kind of a stream: the longest beginning that fits."""
    prefix = KINDS.longest(stream)
    return None if prefix is None else KINDS[prefix]


def kind_named(stream: str) -> str:
    found = kind_of(stream)
    return named(found) if found else _("其他")


def places(who: Acting, streams: Iterable[str]) -> dict[str, ObjectPlace]:
    """The places of those streams whose objects the reader may open."""
    asked: dict[str, list[str]] = defaultdict(list)
    for stream in dict.fromkeys(streams):
        if found := kind_of(stream):
            asked[found.prefix].append(stream)
    out: dict[str, ObjectPlace] = {}
    for prefix, some in asked.items():
        by_id = {s.removeprefix(prefix): s for s in some}
        for id, place in KINDS[prefix].find(who, by_id).items():
            out[by_id[id]] = place
    return out


def tells_personal(event: Event, place: ObjectPlace, who: Acting) -> bool:
    """Whether what an event holds includes personal values, in the open, that the reader's role may not see."""
    return bool(place.personal) and personal_closed_to(who.role) and _holds(event.sealed_data, place.personal)


def _holds(data: object, names: Collection[str]) -> bool:
    if isinstance(data, Mapping):
        return any(
            (k in names and v not in (None, "") and not (isinstance(v, Mapping) and MARK in v)) or _holds(v, names)
            for k, v in data.items()
        )
    return isinstance(data, list) and any(_holds(v, names) for v in data)


def body_of(entry: LogEntry) -> dict[str, Any]:
    """What the body of an entry says; nothing where it is not JSON, because somebody changed it."""
    try:
        value = json.loads(entry.body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _numbers(ids: Iterable[str]) -> list[int]:
    return [int(id) for id in ids if id.isdecimal() and len(id) < 18]


# --- the kinds ----------------------------------------------------------------------------------------------
@kind("case:", "办理事项", "Cases")
def cases(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    if not who.may("case.read"):
        return {}
    found = Case.objects.visible_to(who).filter(pk__in=_numbers(ids))
    out = {}
    for c in found:
        declared = catalogue().find(Procedure, c.procedure)
        fields = [f for s in declared.steps for f in s.inputs] if declared else []
        out[str(c.pk)] = ObjectPlace(
            f"{c.number} {c.title}", reverse("case", args=[c.pk]), _personal(fields), c.procedure
        )
    return out


def _personal(fields: Iterable[Field]) -> dict[str, str]:
    return {f.id: named(f) for f in fields if f.personal}


@kind("entry:", "名录条目", "Register entries")
def entries(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    if not who.may("register.read"):
        return {}
    out = {}
    for e in Entry.objects.visible_to(who).filter(pk__in=_numbers(ids)):
        declared = catalogue().find(Register, e.register)
        personal = _personal(declared.fields) if declared else {}
        out[str(e.pk)] = ObjectPlace(f"{e.number} {e.title}", reverse("entry", args=[e.register, e.pk]), personal)
    return out


@kind("report:", "进展报告填报", "Filling in of reports")
def reports(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    if not who.may("report.read"):
        return {}
    found = Report.objects.visible_to(who).filter(pk__in=_numbers(ids)).select_related("unit", "period")
    return {
        str(r.pk): ObjectPlace(
            _("%(unit)s %(period)s 进展报告") % {"unit": r.unit.label, "period": r.period.code},
            reverse("report", args=[r.pk]),
        )
        for r in found
    }


@kind("period:", "报告期", "Reporting periods")
def periods(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    if not who.may("report.read"):
        return {}
    return {
        id: ObjectPlace(id.rpartition(":")[2], f"{reverse('reports')}?period={id.rpartition(':')[2]}") for id in ids
    }


@kind("milestone:", "里程碑", "Milestones")
def milestones(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    if not who.may("plan.read"):
        return {}
    found = Milestone.objects.visible_to(who).filter(code__in=ids)
    return {m.code: ObjectPlace(f"{m.code} {m.title}", reverse("milestone", args=[m.code])) for m in found}


@kind("plan-import:", "规划导入", "Imports of plans")
def imports(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    if not who.may("plan.import"):
        return {}
    found = Import.objects.visible_to(who).filter(pk__in=_numbers(ids))
    return {str(i.pk): ObjectPlace(str(i), reverse("plan-import-review", args=[i.pk])) for i in found}


@kind("plan-release:", "规划版本", "Releases of the plan")
def releases(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    if not who.may("plan.read"):
        return {}
    found = Release.objects.filter(pk__in=_numbers(ids))
    return {str(r.pk): ObjectPlace(f"{r.title} #{r.number}", reverse("plan-release", args=[r.pk])) for r in found}


@kind("indicators:", "指标冻结", "Frozen indicators")
def frozen(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    if not who.may("indicator.read"):
        return {}
    return {id: ObjectPlace(_("%(day)s 冻结的指标值") % {"day": id}, reverse("indicators")) for id in ids if _day(id)}


def _day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


@kind("unit:", "单位", "Units")
def units(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    if not who.may("units.write"):
        return {}
    return {u.code: ObjectPlace(u.name, reverse("unit", args=[u.code])) for u in Unit.objects.filter(code__in=ids)}


@kind("person:", "账号", "Accounts")
def people(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    if not who.may("accounts.read"):
        return {}
    found = seen(who).filter(pk__in=_numbers(ids))
    return {str(u.pk): ObjectPlace(str(u), reverse("person", args=[u.pk])) for u in found}


@kind("tokens:", "访问令牌", "Access tokens")
def tokens(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    found = Membership.objects.filter(pk__in=_numbers(ids)).select_related("user")
    if not who.may("accounts.read"):
        found = found.filter(user=who.user) if who.user else found.none()
    else:
        found = found.filter(user__in=seen(who).values("pk"))
    return {
        str(m.pk): ObjectPlace(
            str(m.user), reverse("tokens") if who.user == m.user else reverse("person", args=[m.user_id])
        )
        for m in found
    }


@kind("custody:", "证据", "Items of evidence")
def items(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    if not who.may("custody.read"):
        return {}
    found = Item.objects.visible_to(who).filter(number__in=ids)
    return {i.number: ObjectPlace(str(i), reverse("custody-item", args=[i.number])) for i in found}


@kind("custody-folder:", "证据文件夹", "Folders of evidence")
def folders(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    if not who.may("custody.read"):
        return {}
    found = Folder.objects.visible_to(who).filter(pk__in=_numbers(ids))
    return {str(f.pk): ObjectPlace(str(f), reverse("custody-folder", args=[f.pk])) for f in found}


@kind("patents/batch/", "专利导入", "Imports of patents")
def batches(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    if not who.may("plan.read"):
        return {}
    return {str(b.pk): ObjectPlace(str(b), reverse("patents")) for b in Batch.objects.filter(pk__in=_numbers(ids))}


@kind("saved-query:", "已存检索", "Saved queries")
def saved(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    if not who.may("plan.read"):
        return {}
    wanted = _numbers(ids)
    seen = SavedQuery.objects.visible_to(who).filter(pk__in=wanted, shared=True, removed_at=None)
    own = SavedQuery.objects.unrestricted("one's own queries").filter(pk__in=wanted, owner=who.user)
    rows = [*seen, *(own if who.user else ())]
    return {str(q.pk): ObjectPlace(str(q), reverse("patents-saved-one", args=[q.pk])) for q in rows}


@kind("topic:", "专利专题", "Patent topics")
def topics(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    if not who.may("plan.read"):
        return {}
    found = Topic.objects.visible_to(who).filter(pk__in=_numbers(ids))
    return {str(t.pk): ObjectPlace(str(t), reverse("patents-topic", args=[t.pk])) for t in found}


@kind("patent-note:", "专利笔记", "Notes on patents")
def notes(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    """Notes are named by the document they stand on, never by what somebody wrote."""
    found = visible_notes(who).filter(pk__in=_numbers(ids)).select_related("document")
    return {
        str(n.pk): ObjectPlace(
            _("%(number)s 的笔记") % {"number": n.document.number}, reverse("patent", args=[n.document.number])
        )
        for n in found
    }


@kind("patent-tags:", "专利标引", "Tags on patents")
def tags(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    """The tags that a unit gave: for those within whose reach the unit lies."""
    if not who.may("plan.read"):
        return {}
    found = Unit.objects.filter(code__in=set(ids) & set(_units_below(who)))
    return {u.code: ObjectPlace(u.name, reverse("patents-tags")) for u in found}


@kind("applicant:", "专利申请人", "Applicants")
def applicants(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    if not who.may("plan.read"):
        return {}
    found = Applicant.objects.filter(pk__in=_numbers(ids))
    return {str(a.pk): ObjectPlace(a.name, reverse("patents-applicant", args=[a.pk])) for a in found}


@kind("file:", "文件", "Files")
def files(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
    """Files put into the log by themselves: for those who see every unit that put the same content in."""
    found = list(Deposit.objects.filter(sha256__in=ids).select_related("entry").order_by("pk"))
    seen = visible_deposits(who, found)
    hidden = {d.sha256 for d in found if d.pk not in seen}
    return {d.sha256: ObjectPlace(d.name) for d in found if d.sha256 not in hidden}


def visible_deposits(who: Acting, deposits: Collection[Deposit]) -> set[int]:
    """Which of the deposits were made at units that the reader sees; one from the console belongs to the city."""
    codes = {d.pk: str(body_of(d.entry).get("unit")) for d in deposits}
    units = dict(Unit.objects.filter(code__in=set(codes.values())).values_list("code", "path"))
    return {pk for pk, code in codes.items() if within(who.path, who.reach, units.get(code, ""))}


def _units_below(who: Acting) -> list[str]:
    found = Unit.objects.all() if who.reach is Reach.ALL else Unit.objects.filter(path__startswith=who.path)
    return list(found.values_list("code", flat=True))


def _beside(zh: str, en: str, prefix: str) -> Find:
    """Places of records that stand beside an object: whoever may open the object sees them."""

    def find(who: Acting, ids: Collection[str]) -> Mapping[str, ObjectPlace]:
        word = speak(Words(zh, en))
        return {id: replace(p, title=f"{word} {p.title}", procedure="") for id, p in places(who, ids).items()}

    return kind(prefix, zh, en)(find)


_beside("查阅记录", "Viewings", "viewing:")
_beside("删除记录", "Erasures", "erasure:")
