"""Milestones that a revision of the plan leaves behind: their row is gone, or their unit no longer answers for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.plan.actions import drop_milestone
from jinzhi.apps.plan.comparing import Wording, pair
from jinzhi.apps.plan.models import Duty, Milestone, Release
from jinzhi.apps.units.models import Unit


@dataclass(frozen=True)
class Left:
    """A row of a unit that loses its ground, with its milestones that still count. ``gone``: the whole row goes."""

    row_key: str
    unit: Unit
    gone: bool
    milestones: tuple[Milestone, ...]

    @property
    def zh(self) -> str:
        unit = self.unit.short or self.unit.zh
        what = f"没有 {self.row_key}" if self.gone else f"{self.row_key} 不再由{unit}承担"
        return f"新版本{what}，{unit}在这项任务还有 {len(self.milestones)} 个里程碑"

    @property
    def en(self) -> str:
        what = f"has no {self.row_key}" if self.gone else f"takes {self.unit.en} off {self.row_key}"
        return f"the new release {what}, where {self.unit.en} still has {len(self.milestones)} milestones"


def answered_for(release: Release) -> set[tuple[str, str]]:
    """(row key, unit code) of every duty of a release."""
    pairs = Duty.units.through.objects.filter(duty__row__release=release)
    return set(pairs.values_list("duty__row__key", "unit__code"))


def left_by(
    release: Release, before: Sequence[Wording], after: Sequence[Wording], members: Mapping[int, set[str]]
) -> list[Left]:
    """What would be left behind if ``after`` followed ``release``, whose wordings are ``before``.

    ``members``: the codes of the units that answer for each row of ``after``, by its position. A unit that had
    milestones for a row without ever answering for it is none of the revision's business.
    """
    known = {w.key for w in before}
    stays = {before[i].key: members[j] for j, i in pair(before, after).items()}
    had = answered_for(release)
    held = Milestone.objects.unrestricted("listed for the person who issues the plan")
    groups: dict[tuple[str, str], list[Milestone]] = defaultdict(list)
    for m in held.filter(plan=release.plan, dropped_on=None).select_related("unit").order_by("row_key", "unit__path"):
        off = (m.row_key, m.unit.code) in had and m.unit.code not in stays.get(m.row_key, set())
        if off or (m.row_key in known and m.row_key not in stays):
            groups[m.row_key, m.unit.code].append(m)
    return [Left(key, ms[0].unit, key not in stays, tuple(ms)) for (key, _code), ms in groups.items()]


def drop_left(left: Sequence[Left], release: Release, *, who: Acting | None) -> list[str]:
    """Take what was left behind out of the plan, each milestone with its event; their codes."""
    reason = f"《{release.title}》第 {release.number} 版不再有这一分工"
    codes = []
    for each in left:
        for m in each.milestones:
            drop_milestone(m, reason=reason, who=who, expected=None)
            codes.append(m.code)
    return codes
