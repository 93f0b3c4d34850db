"""Releases: a mended import becomes the release in force, releases are compared, a row is bound by hand later.

A release is stored whole or not at all. The key of a row is permanent: a row that a new release carries on keeps
its key, so that milestones and reports stay with it; a key is never given to another row of the same plan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.actions import last_seq, record
from jinzhi.apps.evidence.events.verb import Call, verb
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.actions import add_milestone
from jinzhi.apps.plan.comparing import Difference, DutyText, Wording, compare, pair
from jinzhi.apps.plan.importing import OpenPoint, open_points
from jinzhi.apps.plan.leaving import Left, drop_left, left_by
from jinzhi.apps.plan.mending import Doc, faults, numbers
from jinzhi.apps.plan.models import Duty, Import, Measure, Milestone, Release, Row
from jinzhi.apps.plan.progress import forget
from jinzhi.apps.plan.queries import rows_of
from jinzhi.apps.plan.readings import answering, days_of, taken
from jinzhi.apps.units.locking import NotYours, lock_row, needs, not_stale
from jinzhi.apps.units.models import Group, Unit
from jinzhi.kernel.plan import PlanRow, likeness

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
#: the five-year plans whose years are known from their name; others are asked for
TERMS: Mapping[str, tuple[date, date]] = {
    "十四五": (date(2021, 1, 1), date(2025, 12, 31)),
    "十五五": (date(2026, 1, 1), date(2030, 12, 31)),
}


@dataclass(frozen=True)
class WrongEntry:
    """A refused value: the field of the form ("" for none) and why."""

    field: str
    zh: str
    en: str


class StoreRefused(Exception):
    """A plan was not stored; every reason is listed and nothing was half-stored."""

    def __init__(self, errors: Sequence[WrongEntry]):
        self.errors = tuple(errors)
        super().__init__("；".join(e.zh for e in errors))


# --- reading ----------------------------------------------------------------------------------------------
def term(title: str) -> tuple[date, date] | None:
    """The years of a plan by its name (“十四五”), where exactly one is named and known."""
    found = {TERMS[name] for name in TERMS if name in title}
    return found.pop() if len(found) == 1 else None


def slug_of(years: tuple[date | None, date | None]) -> str:
    """A name for a new plan of these years; empty where they are not known."""
    starts, ends = years
    return f"plan-{starts.year}-{ends.year}" if starts and ends else ""


def likely(doc: Doc, plans: Sequence[Release]) -> Release | None:
    """The plan that a document most likely is a new release of: the same years and the same name."""
    years = term(doc["title"])
    for release in plans:
        if years == (release.starts, release.ends) and likeness(release.title, doc["title"]) >= 0.5:
            return release
    return next((r for r in plans if likeness(r.title, doc["title"]) >= 0.9), None)


def releases() -> QuerySet[Release]:
    """All releases with the number of their rows and of those that are bound to no known row."""
    return Release.objects.annotate(row_count=Count("rows")).select_related("source").order_by("plan", "-number")


def history(release: Release) -> list[Event]:
    return list(Event.objects.filter(stream=release.stream).select_related("unit").order_by("seq"))


def wordings(release: Release) -> list[Wording]:
    """The rows of a release, for comparison."""
    return [
        Wording(
            ref=row.key, key=row.key, bound=row.bound, part=row.part, section=row.section, number=row.number,
            title=row.title, measures=tuple(m.text for m in row.measures.all()), time_limit=row.time_limit,
            duties=tuple(
                DutyText(
                    d.unit.code if d.unit else d.group.code if d.group else d.raw, d.raw, d.kind, d.wording,
                    d.time_limit, d.measure,
                )
                for d in row.duties.all()
            ),
        )
        for row in rows_of(release)
    ]  # fmt: skip


def wordings_of(doc: Doc) -> list[Wording]:
    """The rows of a parse or of a mended plan, for comparison."""
    return [
        Wording(
            ref=row["uid"], bound=row["matched"] or "", part=row["part"], section=row["section"],
            number=row["number"] or 0, title=row["title"], measures=tuple(row["measures"]),
            time_limit=row["time_limit"] or "",
            duties=tuple(
                DutyText(
                    d["unit_id"] or d["raw"], d["raw"], d["duty"], d["wording"], d["time_limit"] or "", d["measure"]
                )
                for d in row["duties"]
            ),
        )
        for row in doc["rows"]
    ]  # fmt: skip


def difference(release: Release, doc: Doc) -> Difference:
    """From a release to a plan under review."""
    return compare(wordings(release), wordings_of(doc))


def left_behind(release: Release, doc: Doc) -> list[Left]:
    """The milestones that would lose their row or their unit: somebody has to say what becomes of them."""
    members = {
        j: {code for d in row["duties"] if d["unit_id"] for code in d["members"]} for j, row in enumerate(doc["rows"])
    }
    return left_by(release, wordings(release), wordings_of(doc), members)


def left_points(left: Sequence[Left]) -> list[OpenPoint]:
    return [OpenPoint("milestones", x.zh, x.en) for x in left]


# --- storing ----------------------------------------------------------------------------------------------
def _keys(before: Sequence[Wording], doc: Doc, used: set[str]) -> list[str]:
    """The key of each row: that of the row it carries on, the bound row's id, or one of its place."""
    pairs = pair(before, wordings_of(doc))
    out: dict[int, str] = {j: before[i].key for j, i in pairs.items()}
    taken = set(out.values())
    for j, row in enumerate(doc["rows"]):
        if j in out:
            continue
        key = row["matched"] or ""
        if not key or key in taken:
            where = [row["part_number"] or 0, row["section_number"] or 0, row["number"] or 0]
            base = "-".join(map(str, where)) if where[2] else f"row-{j + 1}"
            key, nth = base, 2
            while key in taken or key in used:
                key, nth = f"{base}-{nth}", nth + 1
        out[j] = key
        taken.add(key)
    return [out[j] for j in range(len(doc["rows"]))]


def problems(imported: Import, *, plan: str, new: bool, starts: date | None, ends: date | None) -> list[WrongEntry]:
    """What is wrong with storing an import so; what a person may accept is not in it."""
    out: list[WrongEntry] = []
    if not SLUG.match(plan) or len(plan) > 60:
        out.append(
            WrongEntry("plan", "规划代号只用小写字母、数字和连字符，最多 60 个", "use a–z, 0–9, hyphens; at most 60")
        )
    elif new == Release.objects.filter(plan=plan).exists():
        out.append(
            WrongEntry("plan", f"规划代号“{plan}”已经有了，请选择“作为新版本”", f"the plan {plan!r} exists; choose it")
            if new
            else WrongEntry("plan", f"没有代号为“{plan}”的规划", f"there is no plan {plan!r}")
        )
    if starts is None:
        out.append(WrongEntry("starts", "请填写规划的起始日期", "give the day the plan starts"))
    if ends is None:
        out.append(WrongEntry("ends", "请填写规划的结束日期", "give the day the plan ends"))
    if starts and ends and starts >= ends:
        out.append(WrongEntry("ends", "结束日期应晚于起始日期", "the end must be after the start"))
    doc = imported.mended
    if not (doc["title"] or "").strip():
        out.append(
            WrongEntry("", "文件没有标题，请先在核对页填写", "the document has no title; give it one in the review")
        )
    if not doc["rows"]:
        out.append(WrongEntry("", "没有任何任务，不能入库", "there is no row to store"))
    out += [WrongEntry("", zh, en) for _uid, zh, en in faults(doc)]
    bound = [r["matched"] for r in doc["rows"] if r["matched"]]
    out += [
        WrongEntry("", f"{b} 绑定了不止一项任务，请解除多余的绑定", f"{b} is bound to more than one row")
        for b in sorted({b for b in bound if bound.count(b) > 1})
    ]
    codes = {c for r in doc["rows"] for d in r["duties"] for c in (d["members"] if d["unit_id"] else ())}
    if starts and ends:
        out += _unfit_points(doc, starts, ends)
    unknown = codes - set(Unit.objects.filter(code__in=codes).values_list("code", flat=True))
    groups = {d["unit_id"] for r in doc["rows"] for d in r["duties"] if d["kind"] == "group" and d["unit_id"]}
    unknown |= groups - set(Group.objects.filter(code__in=groups).values_list("code", flat=True))
    if unknown:
        names = "、".join(sorted(unknown))
        out.append(
            WrongEntry("", f"单位目录里没有：{names}，请联系管理员同步单位", f"not in the directory of units: {names}")
        )
    return out


def _unfit_points(doc: Doc, starts: date, ends: date) -> list[WrongEntry]:
    """Time limits taken for milestones that nobody answers for, or that lie outside the plan's years."""
    out: list[WrongEntry] = []
    for _n, row, point in taken(doc):
        if not days_of(point, starts, ends):
            out.append(
                WrongEntry(
                    "",
                    f"“{row['title']}”的里程碑“{point['words']}”不在规划期 {starts} 至 {ends} 之内，"
                    "请在核对页取消或改期",
                    f"the milestone {point['words']!r} of {row['title']!r} lies outside {starts} to {ends}: "
                    "take it off in the review or change its day",
                )
            )  # fmt: skip
        elif not answering(row, point):
            out.append(
                WrongEntry(
                    "", f"“{row['title']}”的里程碑“{point['words']}”没有识别出责任单位，请先识别单位，或取消这一里程碑",
                    f"nobody is known to answer for the milestone {point['words']!r} of {row['title']!r}",
                )
            )  # fmt: skip
    return out


def _write_milestones(release: Release, doc: Doc, keys: Sequence[str], who: Acting | None) -> int:
    """The time limits that were taken, as milestones of the units that answer; what is there already stays as it is."""
    units = {u.code: u for u in Unit.objects.all()}
    there = Milestone.objects.unrestricted("the milestones of the plan that is issued").filter(plan=release.plan)
    have = set(there.values_list("row_key", "unit__code", "title", "due"))
    made = 0
    for n, row, point in taken(doc):
        title = point["clause"][:300]
        for code in answering(row, point):
            for due in days_of(point, release.starts, release.ends):
                if (keys[n], code, title, due) not in have:
                    origin = {"reason": "规划文本载明的期限"} if due < today() else None
                    add_milestone(release, keys[n], units[code], title=title, due=due, who=who, origin=origin)
                    have.add((keys[n], code, title, due))
                    made += 1
    return made


def _reviewed(call: Call) -> Import:
    refusal = NotYours("这份导入不在您的可见范围之内", "this import is not one that you see")
    imported: Import = lock_row(call, call.subject, refusal, "unit")
    return imported


def _stored_as(call: Call, event: Event) -> Release:
    return Release.objects.get(source=call.subject)


@verb("plan", "store", right=needs("plan.import"), lock=_reviewed, again=_stored_as)
def store(
    imported: Import,
    *,
    plan: str,
    new: bool,
    starts: date | None,
    ends: date | None,
    accepted: bool = False,
    drop: bool = False,
    who: Acting | None,
    expected: int | None,
    key: str = "",
) -> Release:
    """Make the mended plan the next release of ``plan``, in force from now on; the old one stays, not in force.

    ``new``: the plan does not exist yet. ``drop``: the milestones that lose their row or unit are taken out
    from today on; without it they go on counting, and who accepts what is open accepts that. Raises
    StoreRefused (with what is open, unless ``accepted``), Conflict, KeyReused. The same form sent twice
    gives the same release.
    """
    data = {
        "plan": plan, "new": new, "accepted": accepted, **({"drop": True} if drop else {}),
        "starts": starts.isoformat() if starts else None, "ends": ends.isoformat() if ends else None,
    }  # fmt: skip
    event = record(imported.stream, "store", data, who=who, on=today(), expected=expected, key=key)
    if imported.state != "review":
        raise StoreRefused([WrongEntry("", "这份导入已经入库或作废，不能再入库", "this import is stored or discarded")])
    errors = problems(imported, plan=plan, new=new, starts=starts, ends=ends)
    if errors or starts is None or ends is None:
        raise StoreRefused(errors)
    doc = imported.mended
    previous = Release.objects.select_for_update().filter(plan=plan).order_by("-number").first()
    left = left_behind(previous, doc) if previous else []
    open_ = [*open_points(doc), *left_points([] if drop else left)]
    if open_ and not accepted:
        raise StoreRefused([WrongEntry("accepted", p.zh, p.en) for p in open_])
    Release.objects.filter(plan=plan, in_force=True).update(in_force=False)
    issued = date.fromisoformat(doc["issued_on"]) if doc["issued_on"] else None
    release = Release.objects.create(
        plan=plan, number=previous.number + 1 if previous else 1, title=doc["title"], issued_by=doc["issued_by"] or "",
        issued_on=issued, starts=starts, ends=ends, in_force=True, source=imported, stored_at=now(), seq=1,
    )  # fmt: skip
    used = set(Row.objects.filter(release__plan=plan).exclude(release=release).values_list("key", flat=True))
    keys = _keys(wordings(previous) if previous else [], doc, used)
    _write_rows(release, doc, keys)
    dropped = drop_left(left, release, who=who) if drop else []
    milestones = _write_milestones(release, doc, keys, who)
    counts = numbers(doc)
    record(
        release.stream, "issue",
        {
            "plan": plan, "number": release.number, "title": release.title, "import": imported.pk,
            "sha256": imported.sha256, "rows": counts.rows, "measures": counts.measures, "duties": counts.duties,
            "replaces": previous.number if previous else None, "accepted": [p.zh for p in open_],
            **({"dropped": dropped} if dropped else {}),
            "milestones": milestones,
        },
        who=who, on=today(),
    )  # fmt: skip
    imported.state, imported.seq = "stored", event.seq
    imported.save(update_fields=["state", "seq"])
    forget(plan)
    return release


def _write_rows(release: Release, doc: Doc, keys: Sequence[str]) -> None:
    rows = Row.objects.bulk_create(
        Row(
            release=release, key=key, bound=row["matched"] or "", position=n, part=row["part"] or "",
            section=row["section"] or "", number=row["number"] or 0, title=row["title"],
            time_limit=row["time_limit"] or "",
        )
        for n, (row, key) in enumerate(zip(doc["rows"], keys, strict=True), 1)
    )  # fmt: skip
    units = {u.code: u for u in Unit.objects.all()}
    groups = {g.code: g for g in Group.objects.all()}
    pairs = list(zip(rows, doc["rows"], strict=True))
    Measure.objects.bulk_create(
        Measure(row=row, position=n, text=text) for row, parsed in pairs for n, text in enumerate(parsed["measures"], 1)
    )
    given = [(row, n, d) for row, parsed in pairs for n, d in enumerate(parsed["duties"], 1)]
    duties = Duty.objects.bulk_create(
        Duty(
            row=row, position=n, kind=d["duty"], raw=d["raw"], wording=d["wording"] or "",
            time_limit=d["time_limit"] or "", measure=d["measure"],
            unit=units[d["unit_id"]] if d["unit_id"] and d["kind"] == "unit" else None,
            group=groups[d["unit_id"]] if d["unit_id"] and d["kind"] == "group" else None,
        )
        for row, n, d in given
    )  # fmt: skip
    through = Duty.units.through
    through.objects.bulk_create(
        through(duty=duty, unit=units[code])
        for duty, (_row, _n, d) in zip(duties, given, strict=True)
        for code in (dict.fromkeys(d["members"]) if d["unit_id"] else ())
    )


def _of_release(call: Call) -> Row:
    """A row with its release locked; refused where that is stale."""
    release = Release.objects.select_for_update().get(pk=call.subject.release_id)
    not_stale(call, release.stream, last_seq(release.stream))
    row: Row = call.subject
    row.refresh_from_db()
    row.release = release
    return row


def _same_row(call: Call, event: Event) -> Row:
    row: Row = call.subject
    row.refresh_from_db()
    return row


@verb("plan", "bind", right=needs("plan.import"), lock=_of_release, again=_same_row)
def bind(row: Row, bound: str, *, who: Acting | None, expected: int | None, key: str = "") -> Row:
    """Bind a row of a release to a known row by hand, or unbind it (""). Its key stays.

    Raises StoreRefused, Conflict, KeyReused.
    """
    release, data = row.release, {"row": row.key, "from": row.bound, "to": bound}
    event = record(release.stream, "bind", data, who=who, on=today(), expected=expected, key=key)
    if bound and catalogue().find(PlanRow, bound) is None:
        raise StoreRefused([WrongEntry("bound", f"没有编号为 {bound} 的规划任务", f"there is no plan row {bound}")])
    if row.bound == bound:
        raise StoreRefused([WrongEntry("bound", "绑定没有变化", "the binding is already so")])
    other = release.rows.filter(bound=bound).exclude(pk=row.pk).first() if bound else None
    if other is not None:
        raise StoreRefused(
            [
                WrongEntry(
                    "bound", f"{bound} 已经绑定到 {other}，请先解除", f"{bound} is bound to {other}; unbind it first"
                )
            ]
        )
    row.bound = bound
    row.save(update_fields=["bound"])
    release.seq = event.seq
    release.save(update_fields=["seq"])
    forget(release.plan)
    return row
