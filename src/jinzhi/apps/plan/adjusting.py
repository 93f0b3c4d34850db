"""Adjustments that act on the plan: a case asks for another day or target of a milestone; its approval changes it.

What is asked is checked when it is asked, and again when it is approved. Where the milestone was changed in between,
the approval is refused with what came in between, until somebody asks again for it as it stands now (``reconfirm``).
A refused or withdrawn case changes nothing. The event of the milestone names the case, and ``Milestone.adjusted_by``
the last case that changed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from jinzhi.apps.accounts.models import User
from jinzhi.apps.cases.actions import StepRefused, refused
from jinzhi.apps.cases.bringing import follow
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import events_of, procedure_of
from jinzhi.apps.cases.queries import view as fold_of
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.plan.actions import MilestoneRefused, adjust_milestone, unsound
from jinzhi.apps.plan.models import Milestone
from jinzhi.apps.plan.past import CHANGE, parsed, values_before
from jinzhi.apps.plan.plans import row_of_subject
from jinzhi.apps.plan.queries import current
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.correction import ASK, CORRECT
from jinzhi.kernel.fields import Field, FieldError
from jinzhi.kernel.procedure import CaseView
from jinzhi.kernel.text import Words

ADJUSTMENT = "plan-adjustment"
PROPOSE, AGAIN, APPROVE, APPLY = "propose", "reconfirm", "approve", "apply"
MILESTONE = "milestone"
#: the input of the case that asks for a value of the milestone
ASKED = {"new_due": "due", "new_target": "target"}
DROP = "drop"


@dataclass(frozen=True)
class Adjustment:
    """What a case asks of a milestone: ``before`` and ``after`` as text by the milestone's names.

    ``between``: what changed the milestone since it was asked, while it is not decided; ``acted``: the milestone's own
    event once the approval has changed it.
    """

    milestone: Milestone
    before: Mapping[str, str]
    after: Mapping[str, str]
    between: tuple[Event, ...]
    acted: Event | None


@dataclass(frozen=True)
class Recorded:
    """Who took a step, as its event says: in their name the milestone changes."""

    user: User | None
    unit: Unit
    roles: tuple[str, ...]
    name: str


def _asked(view: CaseView) -> tuple[str, dict[str, str]]:
    """The code and the wanted values, as they stand after corrections and asking again; an empty code for neither."""
    code, after = "", dict[str, str]()
    for event in view.history:
        if event.step == PROPOSE:
            code = str(event.data.get(MILESTONE) or "")
        if event.step in (PROPOSE, AGAIN):
            after |= {name: str(event.data[id]) for id, name in ASKED.items() if event.data.get(id)}
    return code, after


def _since(events: Iterable[Event]) -> Event:
    """The event of the case that last said what is asked: what came later to the milestone was not known then."""
    return [e for e in events if e.verb in (PROPOSE, AGAIN, CORRECT)][-1]


def adjustment_of(case: Case, view: CaseView | None = None, events: list[Event] | None = None) -> Adjustment | None:
    """What a case asks of a milestone; None where it names none."""
    if case.procedure != ADJUSTMENT:
        return None
    events = events_of(case) if events is None else events
    code, after = _asked(view or fold_of(case, today(), events))
    found = Milestone.objects.unrestricted("the case itself was read by somebody who sees it")
    milestone = found.select_related("unit").filter(code=code).first() if code else None
    if milestone is None:
        return None
    history = list(Event.objects.filter(stream=milestone.stream).select_related("unit").order_by("seq"))
    acted = next((e for e in history if e.data.get("case") == case.number), None)
    if acted is not None:
        return Adjustment(milestone, acted.data["before"], acted.data["after"], (), acted)
    later = [e for e in history if e.pk > _since(events).pk and e.verb in (CHANGE, DROP)]
    stood = values_before(e for e in later if e.verb == CHANGE)
    before = {name: _text(stood.get(name, getattr(milestone, name))) for name in after}
    return Adjustment(milestone, before, after, tuple(later) if case.closed_on is None else (), None)


def _text(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def act(case: Case, view: CaseView, event: Event) -> None:
    """What a step of an adjustment means for the plan. Raises StepRefused; nothing is recorded then."""
    code, _after = _asked(view)
    if event.verb in (CORRECT, ASK):
        _corrected(case, view, event)
    elif event.verb in (PROPOSE, AGAIN):
        _check(case, view, event)
    elif event.verb == APPROVE and code:
        _approve(case, view, event)
    elif event.verb == APPLY and not code and not event.data.get("release"):
        field = _fields(case, APPLY)["release"]
        raise refused([FieldError(field, "必填，不能为空", "is required")])


def _fields(case: Case, step: str) -> dict[str, Field]:
    return {f.id: f for f in procedure_of(case).step(step).inputs}


def _corrected(case: Case, view: CaseView, event: Event) -> None:
    """What is asked may be corrected until it is decided; what was approved has changed the plan already."""
    target = next((e for e in view.history if e.seq == event.data.get("seq")), None)
    named = {*event.data.get("data", {})} & {MILESTONE, *ASKED}
    if target is None or target.step not in (PROPOSE, AGAIN) or not named:
        return
    if any(e.step == APPROVE for e in view.history):
        zh = "调整已经批准，并已改了里程碑；还要改的，请另提调整"
        raise StepRefused(zh, "the adjustment was approved and has changed the milestone: propose another one")
    if event.verb == CORRECT:
        _check(case, view, event)


def _check(case: Case, view: CaseView, event: Event) -> None:
    """Whether what is asked can be: a milestone of this case's plan, row and unit, with something that changes."""
    step = event.verb if event.verb in (PROPOSE, AGAIN) else PROPOSE
    fields = _fields(case, step)
    code, after = _asked(view)
    errors: list[FieldError] = []

    def wrong(id: str, zh: str, en: str) -> None:
        errors.append(FieldError(fields.get(id) or _fields(case, PROPOSE)[id], zh, en))

    if not code:
        said = next(e.data for e in view.history if e.step == PROPOSE)
        for id in ASKED:
            if said.get(id):
                wrong(
                    MILESTONE,
                    "写了新的期限或目标值的，请填里程碑代码",
                    "is needed where a day or a target is asked for",
                )
                break
        for id in ("before", "after"):
            if not said.get(id):
                wrong(id, "没有指定里程碑的，必填", "is required where no milestone is named")
        if errors:
            raise refused(errors)
        return
    found = Milestone.objects.unrestricted("the step named it, and who took it sees it").select_related("unit")
    milestone = found.get(code=code)
    for zh, en in _elsewhere(case, milestone):
        wrong(MILESTONE, zh, en)
    if not after:
        wrong("new_due", "请填新的期限或新的目标值，至少一项", "give a new day or a new target, or both")
    for id, name in ASKED.items():
        if name in after and getattr(milestone, name) == parsed(name, after[name]):
            zh = f"与现在的{'期限' if name == 'due' else '目标值'} {_text(getattr(milestone, name))} 相同"
            wrong(id, zh, "is what stands already")
    for name, zh, en in unsound(milestone, {n: parsed(n, v) for n, v in after.items()}):
        wrong(next(id for id, n in ASKED.items() if n == name), zh, en)
    if "due" in after and milestone.met_on is not None:
        wrong("new_due", f"里程碑已于 {milestone.met_on} 完成，期限不再调整", "cannot move: the milestone is met")
    if errors:
        raise refused(errors)


def _elsewhere(case: Case, milestone: Milestone) -> Iterable[tuple[str, str]]:
    """Why a milestone cannot be adjusted by this case: dropped, of another plan, row or unit, asked for already."""
    if milestone.dropped_on:
        day = milestone.dropped_on
        yield f"里程碑 {milestone.code} 已于 {day} 取消，不能调整", f"was dropped on {day}"
    plan, row = row_of_subject(case.subject)
    release = current(milestone.plan)
    if release is None:
        yield f"里程碑所属的规划 {milestone.plan} 没有现行发布", f"belongs to the plan {milestone.plan}, not in force"
    if plan and plan != milestone.plan:
        yield (
            f"里程碑属于规划 {milestone.plan}，本事项针对规划 {plan}",
            f"belongs to the plan {milestone.plan}, not {plan}",
        )
    elif row and row != milestone.row_key:
        yield (
            f"里程碑属于任务 {milestone.row_key}，本事项针对任务 {row}",
            f"belongs to row {milestone.row_key}, this case is about {row}",
        )
    if not milestone.unit_path.startswith(case.unit_path):
        yield (
            f"里程碑的责任单位是{milestone.unit.label}，不属于本事项的办理单位{case.unit.label}",
            f"is a milestone of {milestone.unit.en}, not of {case.unit.en}",
        )
    for other in _running(milestone, case):
        yield (
            f"已有未办结的调整 {other.number} 针对这一里程碑，请先办结或撤回",
            f"is asked about by {other.number} already, which is not closed",
        )


def _running(milestone: Milestone, case: Case) -> list[Case]:
    """Other adjustments of the same milestone that are not closed."""
    found = Case.objects.unrestricted("only the number of a case about the same milestone")
    others = found.filter(procedure=ADJUSTMENT, closed_on=None).exclude(pk=case.pk)
    others = others.filter(unit_path__in=_lineage(milestone.unit_path))
    return [c for c in others if _asked(fold_of(c, today()))[0] == milestone.code]


def _lineage(path: str) -> list[str]:
    """The paths of a unit and of those above it."""
    return [path[:n] for n in range(Unit.steplen, len(path) + 1, Unit.steplen)]


def came_between(events: Iterable[Event]) -> Words:
    """What changed a milestone."""
    zh, en = [], []
    for e in events:
        changes = [(n, e.data.get("before", {}).get(n, ""), v) for n, v in e.data.get("after", {}).items()]
        said = "、".join(f"{NAMES.get(n, (n, n))[0]} {old} → {new}" for n, old, new in changes) or "取消"
        say = ", ".join(f"{NAMES.get(n, (n, n))[1]} {old} → {new}" for n, old, new in changes) or "dropped"
        zh.append(f"{e.on} {e.actor}：{said}（{e.data.get('reason', '')}）")
        en.append(f"{e.on} {e.actor}: {say} ({e.data.get('reason', '')})")
    return Words("；".join(zh), "; ".join(en))


NAMES = {
    "due": ("期限", "due"), "target": ("目标值", "target"), "title": ("名称", "title"), "weight": ("权重", "weight"),
    "measured_in": ("计量单位", "measured in"), "direction": ("方向", "direction"),
}  # fmt: skip


def _approve(case: Case, view: CaseView, event: Event) -> None:
    events = events_of(case)
    asked = adjustment_of(case, view, events)
    if asked is None or asked.acted is not None:
        return
    milestone = asked.milestone
    if asked.between:
        zh, en = came_between(asked.between)
        raise StepRefused(
            f"提出之后里程碑已有变化：{zh}。请先由提出单位或规划办“按现状再次提出”，再批准",
            f"the milestone was changed since this was asked: {en}. It must be asked again as it stands now",
        )
    _check(case, view, event)
    by = Recorded(event.user, event.unit or case.office, tuple(event.role.split(",")), event.actor)
    grounds = next(str(e.data.get("grounds", "")) for e in view.history if e.step == PROPOSE)
    release = current(milestone.plan)
    try:
        adjust_milestone(milestone, asked.after, case=case, reason=grounds, who=by, on=event.on, at=event.at)
    except MilestoneRefused as e:
        raise StepRefused(str(e), "the milestone cannot be changed so") from None
    follow(case, APPLY, {"release": str(release) if release else ""}, after=event)


def wants_again(case: Case) -> bool:
    """Whether the milestone of an open adjustment was changed since it was asked."""
    asked = adjustment_of(case)
    return asked is not None and bool(asked.between)


def adjusted(milestones: Iterable[Milestone]) -> dict[int, Event]:
    """For each milestone that an adjustment changed, by primary key: its own event of the last such change."""
    codes = {m.stream: m.pk for m in milestones if m.adjusted_by_id}
    out: dict[int, Event] = {}
    streams = list(codes)
    for n in range(0, len(streams), 500):
        found = Event.objects.filter(stream__in=streams[n : n + 500], verb=CHANGE).order_by("seq")
        out |= {codes[e.stream]: e for e in found if e.data.get("case")}
    return out
