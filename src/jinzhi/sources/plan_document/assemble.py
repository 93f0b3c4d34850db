"""A finished draft as a :class:`PlanDocument`: names resolved, rows bound, everything doubtful said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from jinzhi.kernel.organisation import NameBook
from jinzhi.kernel.plan import (
    Doubt,
    ParsedDuty,
    ParsedRow,
    ParseWarning,
    PlanDocument,
    PlanPlace,
    PlanReading,
    PlanRow,
    RowMatch,
    SourceSpan,
    UnitSeen,
    duty_dict,
    match_rows,
    row_dict,
)
from jinzhi.sources.plan_document.deadlines import time_points
from jinzhi.sources.plan_document.draft import DraftDuty, DraftRow, PlanDraft, Readings
from jinzhi.sources.plan_document.flow import fold

_PLACE = re.compile(r"[\u4e00-\u9fff]{1,4}?(?:省|自治区|自治州|市|兵团)|国务院|国家|全国")
_NO_PLACE = re.compile(r"(?:全|我|本|各|城|省|强|都|上|超|股|入)市|市场|城市|全省|我省")


def assemble(draft: PlanDraft, names: NameBook, rows: Sequence[PlanRow], notes: tuple[str, ...]) -> PlanDocument:
    """The document that a draft amounts to."""
    found = [(_place(r), r.title) for r in draft.rows]
    matches = match_rows([(place, fold(title)) for place, title in found], rows)
    ours = of_this_plan(draft, names, matches, rows)
    kept = matches if ours else tuple(RowMatch(None, _NOT_OURS if m.row else m.how, 0.0) for m in matches)
    ids = _ids([place for place, _ in found], kept)
    parsed = [_row(row, match, id, names) for row, match, id in zip(draft.rows, kept, ids, strict=True)]
    seen = _units(parsed)
    spans = draft.spans(ids)
    warnings = [
        *(replace(w, row_id=ids[int(w.row_id)] if w.row_id else "") for w in draft.warnings),
        *_warnings(draft, parsed, rows, seen, spans),
    ]
    doubts = [_doubt(r, draft, names) for r in draft.doubts]
    if not ours:
        doubts += [_binding(n, m, parsed[n]) for n, m in enumerate(matches) if m.row]
    issued_on = None
    if draft.issued_on:
        try:
            issued_on = date(*draft.issued_on)
        except ValueError:
            warnings.append(ParseWarning("date", "文末的印发日期不是一个真实的日期,请填写印发日期"))
    if not draft.title:
        warnings.append(ParseWarning("title", "没有认出文件标题,请填写标题"))
    return PlanDocument(
        text=draft.text,
        title=draft.title,
        issued_by=draft.issued_by,
        issued_on=issued_on,
        rows=tuple(parsed),
        units=tuple(seen.values()),
        spans=spans,
        warnings=tuple(warnings),
        number=draft.number,
        preamble=draft.preamble,
        notes=notes,
        doubts=tuple(doubts),
    )


_NOT_OURS = "标题相同,但这份文件不像本市的这个规划,没有绑定"


def of_this_plan(draft: PlanDraft, names: NameBook, matches: Sequence[RowMatch], rows: Sequence[PlanRow]) -> bool:
    """Whether a document is of the plan whose rows are declared: 加强组织领导 stands in every city's.

    Most of its rows must be declared ones; and it names the city, or no place at all, or is nearly the whole plan.
    """
    bound = [m for m in matches if m.row]
    if not bound:
        return True
    if 2 * len(bound) >= len(rows):
        return True
    if 2 * len(bound) < len(matches):
        return False
    said = fold(draft.title + draft.issued_by + draft.number)
    city = fold(names.city)
    if city and city.removesuffix("市") in said:
        return True
    others = _PLACE.search(_NO_PLACE.sub("", said))
    in_place = [m for m in bound if "位置" in m.how]
    return others is None and len(in_place) >= 2


def _place(row: DraftRow) -> PlanPlace:
    return PlanPlace(row.part, row.section, row.part_number, row.section_number, row.number)


def _ids(places: Sequence[PlanPlace], matches: Sequence[RowMatch]) -> list[str]:
    ids: list[str] = []
    taken: Counter[str] = Counter()
    for place, match in zip(places, matches, strict=True):
        base = match.row.id if match.row else f"row-{place.part_number}-{place.section_number}-{place.number}"
        taken[base] += 1
        # a base is row-1-2-3 or declared: with one more number it can be no other's
        ids.append(base if taken[base] == 1 else f"{base}-{taken[base]}")
    return ids


def _row(row: DraftRow, match: RowMatch, id: str, names: NameBook) -> ParsedRow:
    led = {d.measure for d in row.duties if d.duty == "led"}
    for duty in row.duties:
        # beside a lead nobody is responsible alone, though each has a column of its own
        if duty.duty == "alone" and not duty.wording and (duty.measure in led or None in led):
            duty.duty = "divided"
    context = fold(row.title + "".join(row.measures))
    return ParsedRow(
        id, _place(row), row.title, tuple(row.measures), tuple(_duty(d, names, context) for d in row.duties),
        match.row.id if match.row else "", match.how, match.score, row.time_limit,
        not row.sure and match.row is None, max(row.start, 0), max(row.end, 0), tuple(row.remarks),
        time_points(row.measures, row.title, row.time_limit,
                    [(d.measure, d.time_limit) for d in row.duties if d.measure is not None and d.time_limit]),
    )  # fmt: skip


def _duty(duty: DraftDuty, names: NameBook, context: str) -> ParsedDuty:
    known = names.resolve(duty.key, context=context)
    if not known.known:
        known = replace(known, name=duty.raw)
    # a group named alone under 责任单位 is many units, none of which is responsible alone
    kind = "divided" if duty.duty == "alone" and known.kind == "group" else duty.duty
    return ParsedDuty(
        known.name, kind, duty.raw, known.id, known.kind, known.members, duty.wording, duty.time_limit, duty.measure,
    )  # fmt: skip


def _units(parsed: Sequence[ParsedRow]) -> dict[tuple[str, str], UnitSeen]:
    seen: dict[tuple[str, str], UnitSeen] = {}
    for row in parsed:
        for duty in row.duties:
            key = (duty.kind, duty.unit_id or duty.unit)
            was = seen.get(key)
            if was is None:
                seen[key] = UnitSeen(duty.unit, duty.unit_id, duty.kind, (duty.raw,), (row.id,), duty.members)
            else:
                seen[key] = replace(
                    was,
                    raw=tuple(dict.fromkeys((*was.raw, duty.raw))),
                    rows=tuple(dict.fromkeys((*was.rows, row.id))),
                    members=tuple(dict.fromkeys((*was.members, *duty.members))),
                )
    return seen


# -- what can be read in two ways -------------------------------------------------------------------------------------


def _doubt(readings: Readings, draft: PlanDraft, names: NameBook) -> Doubt:
    return Doubt(
        readings.code, readings.said[0], readings.start, readings.end, readings.row if readings.row >= 0 else None,
        tuple(
            PlanReading(
                zh,
                tuple((n, _fields(values, draft.rows[n], names)) for n, values in changes.items()),
                tuple((n, tuple(_added(row, names) for row in made)) for n, made in add),
                en,
            )
            for (zh, en), changes, add in readings.options
        ),
        readings.said[1],
    )  # fmt: skip


def _fields(values: Mapping[str, object], row: DraftRow, names: NameBook) -> dict[str, object]:
    out = dict(values)
    if "duties" in out:
        context = fold(row.title + "".join(row.measures))
        out["duties"] = [duty_dict(_duty(d, names, context)) for d in out["duties"]]  # type: ignore[attr-defined]
    if "measures" in out:
        out["points"] = row_dict(_row(replace(row, measures=list(out["measures"])), _NONE, "", names))["points"]  # type: ignore[call-overload]
    return out


_NONE = RowMatch(None, "", 0.0)


def _added(row: DraftRow, names: NameBook) -> dict[str, object]:
    return {**row_dict(_row(row, _NONE, "", names)), "start": max(row.start, 0), "end": max(row.end, 0)}


def _binding(n: int, match: RowMatch, row: ParsedRow) -> Doubt:
    assert match.row is not None
    known = f"{match.row.id} {match.row.zh}"
    return Doubt(
        "binding", f"“{row.title}”与规划任务 {known} 同名,但这份文件不像本市的这个规划", row.start, row.end, n,
        (
            PlanReading("不绑定", en="Not bound"),
            PlanReading(
                f"绑定到 {known}",
                ((n, {"matched": match.row.id, "match": {"how": "人工绑定", "score": 1}}),),
                en=f"Bound to {match.row.id} {match.row.en}",
            ),
        ),
        f"“{row.title}” has the name of {match.row.id}, but the document does not look like this city's plan",
    )  # fmt: skip


# -- warnings ---------------------------------------------------------------------------------------------------------


def _warnings(
    draft: PlanDraft,
    parsed: Sequence[ParsedRow],
    rows: Sequence[PlanRow],
    seen: dict[tuple[str, str], UnitSeen],
    spans: Sequence[SourceSpan],
) -> list[ParseWarning]:
    out: list[ParseWarning] = []
    for span in spans:
        if span.kind == "unplaced":
            words = " ".join(draft.text[span.start : span.end].split())
            shown = words if len(words) <= 60 else f"{words[:40]}……{words[-15:]}"
            out.append(
                ParseWarning("unplaced", f"未能归位的文字({span.end - span.start} 字):{shown}", span.start, span.end)
            )
    titles = {row.id: row.title for row in parsed}
    for unit in seen.values():
        if unit.kind == "unknown":
            named = [titles[r] for r in unit.rows[:3]]
            where = "、".join(f"“{t}”" if t else "没有标题的任务" for t in named)
            more = f"等 {len(unit.rows)} 项任务" if len(unit.rows) > 3 else ""
            out.append(ParseWarning("unit", f"不认识的单位“{unit.raw[0]}”(见{where}{more}),请选择对应单位或新增别名"))
    for row in parsed:
        if row.uncertain:
            out.append(
                ParseWarning("title-guessed", f"“{row.title}”是推测的标题,请对照原文确认", row.start, row.end, row.id)
            )
    if rows:
        bound = {r.matched for r in parsed if r.matched}
        if bound:
            missing = [r for r in rows if r.id not in bound]
            if missing:
                listed = "、".join(f"{r.id} {r.zh}" for r in missing[:8]) + ("等" if len(missing) > 8 else "")
                out.append(ParseWarning("missing-row", f"已知的规划任务有 {len(missing)} 行在文件中没有找到:{listed}"))
        loose = [r for r in parsed if not r.matched]
        if loose:
            out.append(ParseWarning("unmatched-row", f"{len(loose)} 行没有与已知的规划任务对应,可以手工绑定"))
    doubled = [t for t, n in Counter(r.title for r in parsed).items() if n > 1]
    for title in doubled:
        out.append(ParseWarning("doubled-title", f"标题“{title}”出现了不止一次,请核对"))
    return out
