"""What one row says for the rows below it, or the document for all: who is named first leads, who else owes them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from jinzhi.sources.plan_document.areas import Area
from jinzhi.sources.plan_document.draft import DraftDuty, PlanDraft, Readings
from jinzhi.sources.plan_document.duties import AreaReading
from jinzhi.sources.plan_document.flow import Flow, fold
from jinzhi.sources.plan_document.wording import FIRST_LEADS, SAME_AS, STAR_LEADS


@dataclass
class StandingDuties:
    """What holds at the place the reader has reached."""

    #: who is named first leads, for every row from here on
    first_leads: bool = False
    #: ★ marks who leads
    star_leads: bool = False
    #: rows with stars that nothing explains: the units that bear one
    starred: dict[int, list[str]] = field(default_factory=dict)
    #: the row that said so without 下同, and the rows since whose units stand in a list
    said_once: int = -1
    since: list[int] = field(default_factory=list)
    once_at: tuple[int, int] = (0, 0)
    #: units that every row from here on owes too
    owed: list[DraftDuty] = field(default_factory=list)
    owed_by: int = -1
    owed_at: tuple[int, int] = (0, 0)
    owed_rows: list[int] = field(default_factory=list)
    #: rows that have had what is owed
    done: set[int] = field(default_factory=set)

    def listen(self, flow: Flow, areas: list[Area]) -> None:
        """A rule outside the areas (in the letter, in a note) holds for the whole document."""
        self.star_leads = STAR_LEADS.search(flow.chars) is not None
        for found in FIRST_LEADS.finditer(flow.chars):
            if not any(a.start <= found.start() < a.end for a in areas):
                self.first_leads = True

    def met(
        self,
        draft: PlanDraft,
        index: int,
        said: AreaReading,
        made: list[DraftDuty],
        area: Area,
        flow: Flow,
        *,
        again: bool,
    ) -> None:
        """Apply what holds to the duties just made for row ``index``, and take up what they say for those below."""
        row = draft.rows[index]
        stars = [flow.chars[u.start : u.end] for u in said.units if u.starred]
        if stars and self.star_leads:
            lead_by_star(made, stars)
        elif stars and not any(d.duty == "led" for d in made):
            self.starred.setdefault(index, []).extend(stars)
        if self.first_leads and not said.first_leads:
            lead(made)
        elif self.said_once >= 0 and not said.first_leads and _listed(made):
            self.since.append(index)
        if index not in self.done and self.owed:
            self.done.add(index)
            keys = {d.key for d in row.duties}
            row.duties += [replace(d, measure=None) for d in self.owed if d.key not in keys]
            self.owed_rows.append(index)
        if again:
            return
        place = flow.at[area.start], flow.at[area.end - 1] + 1
        if said.first_leads:
            if said.below:
                self.first_leads = True
            else:
                self.said_once, self.once_at = index, place
        below = [d for d in made if any(u.below and flow.chars[u.start : u.end] == d.key for u in said.units)]
        if below:
            self.owed, self.owed_by, self.owed_at = below, index, place
            self.done.add(index)

    def close(self, draft: PlanDraft) -> None:
        """At the end: what held over several rows is said at its place, with the other reading."""
        for index, stars in self.starred.items():
            row = draft.rows[index]
            led = [replace(d) for d in row.duties]
            lead_by_star(led, stars)
            said = f"“{row.title}”的责任单位带有星号一类的记号,文中没有说明"
            said_en = f"Units of “{row.title}” bear a star or the like, which the document does not explain"
            readings = Readings("star", (said, said_en), row.start, row.end, index)
            readings.first("记号没有意义,按同样的职责", "It means nothing; the duties are alike")
            readings.other(
                f"带记号的牵头:{'、'.join(stars)}", f"Who bears it leads: {', '.join(stars)}", {index: {"duties": led}}
            )
            draft.doubts.append(readings)
        if self.said_once >= 0 and self.since and not self.first_leads:
            readings = Readings(
                "first-leads",
                ("“列第一位的为牵头单位”没有写“下同”", "“The first named leads” is said without “and so below”"),
                *self.once_at,
                self.said_once,
            )
            readings.first("只用于这一项", "For this task only")
            changes: dict[int, dict[str, object]] = {}
            for n in self.since:
                duties = [replace(d) for d in draft.rows[n].duties]
                lead(duties)
                changes[n] = {"duties": duties}
            readings.other(
                f"以后各项也是(影响 {len(changes)} 项)", f"For those below too ({len(changes)} tasks)", changes
            )
            draft.doubts.append(readings)
        if self.owed:
            names = "、".join(d.raw for d in self.owed)
            readings = Readings("owed-below",
                (f"“{self.owed[0].wording}”:{names} 对以下各项都负有责任",
                 f"“{self.owed[0].wording}”: {names} owe every task below"),
                                *self.owed_at, self.owed_by)  # fmt: skip
            readings.first(
                f"已加到本项和以后 {len(self.owed_rows)} 项", f"Added here and to the {len(self.owed_rows)} tasks below"
            )
            without = {n: {"duties": [d for d in draft.rows[n].duties if not self._is_owed(d)]} for n in self.owed_rows}
            here = draft.rows[self.owed_by]
            readings.other("只加到本项", "Added to this task only", without)
            readings.other(
                "哪一项都不加",
                "Added to none",
                {**without, self.owed_by: {"duties": [d for d in here.duties if not self._is_owed(d)]}},
            )
            draft.doubts.append(readings)

    def _is_owed(self, duty: DraftDuty) -> bool:
        return any(duty.key == d.key and duty.wording == d.wording for d in self.owed)


def repeat_what_stands_above(draft: PlanDraft) -> None:
    """责任单位:同上 or 同第3项: the units of that row, said at its place with the other reading."""
    for index, row in enumerate(draft.rows):
        said = next((m for r in row.remarks if (m := SAME_AS.fullmatch(fold(r)))), None)
        if fold(row.time_limit) in ("同上", "〃") and index:
            row.time_limit = draft.rows[index - 1].time_limit
        if said is None or row.duties:
            continue
        above = [r for r in draft.rows[:index] if not said["n"] or r.number == int(said["n"])]
        if not above or not above[-1].duties:
            continue
        meant = above[-1]
        row.duties = [replace(d, measure=None) for d in meant.duties]
        draft.warnings = [w for w in draft.warnings if w.code != "no-duty" or w.row_id != str(index)]
        names = "、".join(d.raw for d in row.duties)
        readings = Readings(
            "same-as",
            (f"“{row.title}”的责任单位写的是“{said.group()}”", f"The units of “{row.title}” read “{said.group()}”"),
            row.start,
            row.end,
            index,
        )
        readings.first(f"与“{meant.title}”相同:{names}", f"The same as “{meant.title}”: {names}")
        readings.other("没有责任单位", "No units", {index: {"duties": []}})
        draft.doubts.append(readings)


def _listed(duties: list[DraftDuty]) -> bool:
    return len(duties) > 1 and all(d.duty == "divided" and not d.wording for d in duties)


def lead_by_star(duties: list[DraftDuty], stars: list[str]) -> None:
    """Those that bear a star lead; the others, whom no words of duty set apart, help."""
    for duty in duties:
        if duty.key in stars:
            duty.duty, duty.wording = "led", duty.wording or "★"
        elif not duty.wording and duty.duty in ("alone", "divided"):
            duty.duty = "support"


def lead(duties: list[DraftDuty]) -> None:
    """The first of a list leads; those whom no words of duty set apart help."""
    if len(duties) < 2 or any(d.duty == "led" for d in duties):
        return
    duties[0].duty, duties[0].wording = "led", duties[0].wording or "列第一位"
    for duty in duties[1:]:
        if not duty.wording and duty.duty in ("alone", "divided"):
            duty.duty = "support"
