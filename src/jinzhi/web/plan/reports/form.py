"""The form of a report: every cell to fill in, what was typed, what is wrong with it, what others saved meanwhile."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from jinzhi.apps.evidence.models import Attachment
from jinzhi.apps.plan.actions import ACHIEVED, FIGURE_NOTE, NOTE_FIELDS, PROGRESS, REACHED_ON, WrongFigure
from jinzhi.apps.plan.models import Figure, Milestone, Row, RowNote
from jinzhi.apps.plan.queries import DUTY_KINDS, ReportedMilestone, ReportRow
from jinzhi.apps.plan.reporting import Merged
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.text import Words, id_of
from jinzhi.web.ui.forms import label_of
from jinzhi.web.ui.language import named, speak

FIGURE_FIELDS = (ACHIEVED, REACHED_ON, FIGURE_NOTE)


def plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


@dataclass
class Control:
    """One cell to fill in. ``place`` is the row key or the milestone's code, as save_content names it.

    ``theirs``: what others saved there while this person typed something else; ``taken``: filled with what others
    saved; ``copied``: filled from the period before, not yet saved.
    """

    name: str
    field: Field
    place: str
    about: str
    value: str = ""
    errors: list[str] = dataclasses.field(default_factory=list)
    theirs: str | None = None
    taken: bool = False
    copied: bool = False

    @property
    def id(self) -> str:
        return f"c-{self.name}"

    @property
    def label(self) -> str:
        return label_of(self.field)

    @property
    def kind(self) -> str:
        return {Type.LONG: "area", Type.DATE: "date", Type.DECIMAL: "number"}.get(self.field.type, "text")

    @property
    def needed(self) -> bool:
        """Needed before the report is handed in (it can be saved without); milestones say so in their line."""
        return self.field is PROGRESS

    @property
    def typed_day(self) -> bool:
        """Whether a date control can show the value; a wrong one is given back as text to mend."""
        return self.kind == "date" and (not self.value or (len(self.value) == 10 and self.value[4] == "-"))

    @property
    def described(self) -> str:
        ids = [f"{self.id}-error"] if self.errors else []
        return " ".join(ids + ([f"{self.id}-theirs"] if self.theirs is not None else []))


@dataclass
class FormLine:
    """A milestone: what is given, its three cells, its files."""

    line: ReportedMilestone
    controls: tuple[Control, ...]
    files: list[Attachment]
    removed: frozenset[int] = frozenset()

    @property
    def milestone(self) -> Milestone:
        return self.line.milestone

    @property
    def anchor(self) -> str:
        return self.controls[0].id

    @property
    def target(self) -> str:
        return f"{self.milestone.at_most}{plain(self.milestone.target)}"

    @property
    def before(self) -> str:
        return plain(self.line.before)

    @property
    def achieved(self) -> str:
        return plain(self.line.figure.achieved) if self.line.figure else ""

    @property
    def change(self) -> str:
        """Against the figure approved last, with its sign; empty where nothing was filled in."""
        figure = self.line.figure
        if figure is None or figure.achieved is None:
            return ""
        by = figure.achieved - self.line.before
        return "±0" if not by else f"{'+' if by > 0 else '−'}{plain(abs(by))}"

    @property
    def reached(self) -> bool:
        figure = self.line.figure
        return bool(figure and figure.achieved is not None and self.milestone.reached_by(figure.achieved))

    @property
    def file_name(self) -> str:
        return f"m-{self.milestone.pk}-file"


@dataclass(frozen=True)
class ReportTold:
    """What a report says of a row in one field, beside what the period before said."""

    label: str
    now: str
    before: str

    @property
    def same(self) -> bool:
        return bool(self.now) and self.now.strip() == self.before.strip()


@dataclass
class FormRow:
    """A row of the plan in the form."""

    row: Row
    duty: str
    controls: tuple[Control, ...]
    lines: list[FormLine]
    told: list[ReportTold]

    @property
    def anchor(self) -> str:
        return f"row-{self.row.pk}"


def duty_words(r: ReportRow) -> str:
    if r.duty is None:
        return ""
    zh, en = DUTY_KINDS.get(r.duty.kind, (r.duty.kind, r.duty.kind))
    words = [r.duty.raw, r.duty.wording or speak(Words(zh, en))]
    if r.duty.time_limit:
        words.append(r.duty.time_limit)
    return " · ".join(words)


class ReportForm:
    """The rows of a report as controls; ``data`` is a submitted form. Nothing is judged here: save_content does."""

    def __init__(
        self,
        rows: Sequence[ReportRow],
        *,
        earlier: Mapping[str, RowNote],
        data: QueryDict | None = None,
        copy: str = "",
    ):
        self.general: list[str] = []
        self.copied = 0
        self.controls: dict[tuple[str, str], Control] = {}
        self.by_name: dict[str, Control] = {}
        removed = frozenset(_removals(data)) if data is not None else frozenset()
        self.rows = [self._row(r, earlier.get(r.row.key), copy, removed) for r in rows]
        self.removed = removed
        if data is not None:
            self._type(data)

    def _control(self, name: str, declared: Field, place: str, about: str, value: str) -> Control:
        made = Control(name, declared, place, about, value)
        self.controls[place, declared.id] = self.by_name[name] = made
        return made

    def _row(self, r: ReportRow, earlier: RowNote | None, copy: str, removed: frozenset[tuple[int, int]]) -> FormRow:
        notes, told = [], []
        for f in NOTE_FIELDS:
            now = getattr(r.note, f.id) if r.note else ""
            before = getattr(earlier, f.id) if earlier else ""
            control = self._control(f"n-{r.row.pk}-{f.id}", f, r.row.key, f"{r.row.key} {named(f)}", now)
            if copy in ("all", r.row.key) and before and not now:
                control.value, control.copied = before, True
                self.copied += 1
            notes.append(control)
            told.append(ReportTold(named(f), now, before))
        lines = []
        for line in r.lines:
            m, figure = line.milestone, line.figure
            values = {
                "achieved": plain(figure.achieved) if figure else "",
                "reached_on": figure.reached_on.isoformat() if figure and figure.reached_on else "",
                "note": figure.note if figure else "",
            }
            cells = tuple(
                self._control(f"m-{m.pk}-{f.id}", f, m.code, f"{r.row.key} {m.title} {named(f)}", values[f.id])
                for f in FIGURE_FIELDS
            )
            files = sorted(figure.attachments.all(), key=lambda a: a.pk) if figure else []
            gone = frozenset(a for f_pk, a in removed if figure and f_pk == figure.pk)
            lines.append(FormLine(line, cells, files, gone))
        return FormRow(r.row, duty_words(r), tuple(notes), lines, told)

    def _type(self, data: QueryDict) -> None:
        for name in data:
            if name[:2] not in ("n-", "m-"):
                continue
            if name in self.by_name:
                self.by_name[name].value = data.get(name, "").replace("\r\n", "\n")
            elif text := data.get(name, "").strip():
                self._gone(text)
        self.sent = {name for name in data if name in self.by_name}

    def typed(self) -> tuple[dict[str, dict[str, object]], dict[str, dict[str, object]]]:
        """(notes by row key, figures by milestone code) as typed, for save_content; only what was sent."""
        notes: dict[str, dict[str, object]] = {}
        figures: dict[str, dict[str, object]] = {}
        for row in self.rows:
            for c in row.controls:
                if c.name in self.sent:
                    notes.setdefault(c.place, {})[c.field.id] = c.value
            for line in row.lines:
                if any(c.name in self.sent for c in line.controls):
                    figures[line.milestone.code] = {c.field.id: c.value for c in line.controls}
        return notes, figures

    def files(self, given: MultiValueDict[str, UploadedFile[Any]]) -> list[tuple[Milestone, UploadedFile[Any]]]:
        """The uploaded files by milestone; one whose milestone has gone is an error, not dropped."""
        known = {line.file_name: line.milestone for row in self.rows for line in row.lines}
        out: list[tuple[Milestone, UploadedFile[Any]]] = []
        for name, files in given.lists():
            for file in files:
                if name in known:
                    out.append((known[name], file))
                else:
                    self._gone(file.name or "")
        return out

    def _gone(self, value: str) -> None:
        self.general.append(
            _("“%(value)s”没有保存：它所在的任务或里程碑已不在本期报告中，请核对") % {"value": value[:80]}
        )

    def removals(self) -> list[tuple[Figure, Attachment]]:
        return [
            (line.line.figure, kept)
            for row in self.rows
            for line in row.lines
            for kept in line.files
            if line.line.figure and kept.pk in line.removed
        ]

    def refuse(self, errors: Iterable[WrongFigure]) -> None:
        for e in errors:
            text = speak(e)
            control = self.controls.get((e.milestone or e.row_key, e.field))
            if control:
                control.errors.append(text)
            else:
                self.general.append(f"{e.row_key} {e.milestone} {text}".strip())

    def bring_up(self, merged: Merged, theirs: Mapping[str, Mapping[str, Sequence[str | None]]]) -> None:
        """Show the merged values; where both changed a field, what the others wrote stands beside it."""
        for content in (merged.notes, merged.figures):
            for place, fields in content.items():
                for name, value in fields.items():
                    control = self.controls.get((place, name))
                    if control:
                        control.value = str(value or "")
                        control.taken = (place, name) in merged.taken
                        if (place, name) in merged.clashes:
                            control.theirs = theirs[place][name][1] or ""

    @property
    def wrong(self) -> list[Control]:
        return [c for c in self.by_name.values() if c.errors]

    @property
    def clashing(self) -> list[Control]:
        return [c for c in self.by_name.values() if c.theirs is not None]


def _removals(data: QueryDict) -> Iterable[tuple[int, int]]:
    for text in data.getlist("remove"):
        figure, _mark, kept = text.partition(":")
        ids = id_of(figure), id_of(kept)
        if ids[0] is not None and ids[1] is not None:
            yield ids[0], ids[1]
