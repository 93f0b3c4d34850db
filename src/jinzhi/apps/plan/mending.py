"""Mending a parse: each change is one small value, and the mended plan is the fold of the changes over the parse.

The parse is never touched. What a person did stands in the events; undoing takes the last change out of the fold.
All functions here are pure: they take the JSON of a parse (see ``kept``) and give a new one.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jinzhi.apps.plan.readings import choose, find_points, kept_doubts
from jinzhi.kernel.plan import DUTIES, ParsedRow, PlanDocument
from jinzhi.kernel.text import id_of

Doc = dict[str, Any]
Change = Mapping[str, Any]

#: longest texts that the tables hold; a longer one is refused, never cut
LONGEST = {"title": 300, "part": 100, "section": 200, "time_limit": 100, "raw": 200, "wording": 200}
HEAD_LONGEST = {"title": 300, "issued_by": 200, "number": 100}


class MendRefused(ValueError):
    """A change that cannot be made. ``field`` is the field of the form it concerns ("" for none)."""

    def __init__(self, field: str, zh: str, en: str):
        self.field, self.zh, self.en = field, zh, en
        super().__init__(zh)


@dataclass(frozen=True)
class Counts:
    """What a plan holds, for the head of the review: ``unresolved`` are names, the others numbers or row uids."""

    rows: int
    measures: int
    duties: int
    units: int
    unresolved: tuple[str, ...]
    untitled: tuple[str, ...]
    unbound: tuple[str, ...]
    placed: int
    furniture: int
    unplaced: int


def kept(document: PlanDocument) -> Doc:
    """The parse as an import keeps it: the shape of ``jinzhi plan parse --json`` and, beyond it, ``spans``
    ([start, end, kind, row id, what]), ``warned`` (warnings with their place), and each row's ``uid`` and place
    in the source."""
    out: Doc = dict(document.as_dict())
    rows: list[Doc] = copy.deepcopy(out["rows"])
    for n, (row, parsed) in enumerate(zip(rows, document.rows, strict=True), 1):
        row["uid"] = f"r{n}"
        row["start"], row["end"] = parsed.start, parsed.end
    out["rows"] = rows
    out["doubts"] = kept_doubts(document)
    uids = _uid_of(document.rows)
    out["spans"] = [[s.start, s.end, s.kind, uids.get(s.row_id or "", ""), s.what] for s in document.spans]
    out["warned"] = [
        {"code": w.code, "text": w.text, "start": w.start, "end": w.end, "row": uids.get(w.row_id, "")}
        for w in document.warnings
    ]
    return out


def _uid_of(rows: Iterable[ParsedRow]) -> dict[str, str]:
    out: dict[str, str] = {}
    for n, row in enumerate(rows, 1):
        out.setdefault(row.id, f"r{n}")
    return out


def find(doc: Doc, uid: str) -> Doc:
    """The row with this uid. Raises MendRefused where it is gone."""
    row: Doc = doc["rows"][_index(doc, uid)]
    return row


def _index(doc: Doc, uid: str) -> int:
    for i, row in enumerate(doc["rows"]):
        if row["uid"] == uid:
            return i
    raise MendRefused("", f"任务 {uid} 已经不在这份导入中，请刷新", f"row {uid} is no longer in this import; reload")


def place_of(row: Doc) -> str:
    """How a row is named in messages: its number and title, or where it stands."""
    number = row.get("number")
    return f"{number}. {row['title']}" if number and row["title"] else row["title"] or f"({row['uid']})"


def numbers(doc: Doc) -> Counts:
    rows = doc["rows"]
    duties = [d for r in rows for d in r["duties"]]
    accounted = doc["accounted"]
    return Counts(
        rows=len(rows),
        measures=sum(len(r["measures"]) for r in rows),
        duties=len(duties),
        units=len({d["unit_id"] for d in duties if d["unit_id"]}),
        unresolved=tuple(dict.fromkeys(d["raw"] for d in duties if not d["unit_id"])),
        untitled=tuple(r["uid"] for r in rows if not r["title"].strip()),
        unbound=tuple(r["uid"] for r in rows if not r["matched"]),
        placed=accounted["placed"],
        furniture=accounted["furniture"],
        unplaced=accounted["unplaced"],
    )


def faults(doc: Doc) -> list[tuple[str, str, str]]:
    """What the tables cannot hold, as (row uid, Chinese, English); empty where all fits."""
    out: list[tuple[str, str, str]] = []
    for name, longest in HEAD_LONGEST.items():
        if len(doc.get(name) or "") > longest:
            out.append(("", f"文件的 {name} 超过 {longest} 字", f"the document's {name} is longer than {longest}"))
    for row in doc["rows"]:
        for field in ("title", "part", "section", "time_limit"):
            if len(row.get(field) or "") > LONGEST[field]:
                out.append((row["uid"], *_too_long(row, field)))
        for duty in row["duties"]:
            for field in ("raw", "wording", "time_limit"):
                if len(duty.get(field) or "") > LONGEST[field]:
                    out.append((row["uid"], *_too_long(row, field)))
            if duty["duty"] not in DUTIES:
                out.append(
                    (row["uid"], f"“{place_of(row)}”中“{duty['raw']}”的职责“{duty['duty']}”不在可选范围内",
                     f"duty {duty['duty']!r} of {duty['raw']!r} in {place_of(row)!r} is not one that is known")
                )  # fmt: skip
    return out


_FIELDS = {
    "title": "标题", "part": "部分", "section": "章节", "time_limit": "时限", "raw": "单位原文", "wording": "职责表述",
}  # fmt: skip


def _too_long(row: Doc, field: str) -> tuple[str, str]:
    return (
        f"“{place_of(row)[:30]}”的{_FIELDS[field]}超过 {LONGEST[field]} 字，请改短",
        f"{field} of {place_of(row)[:30]!r} is longer than {LONGEST[field]}; shorten it",
    )


# --- changes ----------------------------------------------------------------------------------------------
def _edit_row(doc: Doc, change: Change, uid: str) -> None:
    row = find(doc, change["row"])
    values = dict(change["values"])
    if not str(values.get("title", row["title"])).strip():
        raise MendRefused("title", "请填写标题", "give a title")
    measures = values["measures"] if "measures" in values else row["measures"]
    for duty in values.get("duties", ()):
        n = duty.get("measure")
        if n is not None and not 0 <= n < len(measures):
            raise MendRefused(
                "duties", f"“{duty['raw']}”针对第 {n + 1} 条措施，但本任务没有这一条",
                f"{duty['raw']!r} is for measure {n + 1}, which this row does not have",
            )  # fmt: skip
    if all(row.get(k) == v for k, v in values.items()):
        raise MendRefused("", "没有改动任何内容", "nothing was changed")
    row.update(copy.deepcopy(values))
    row["uncertain"] = False
    find_points(row)


def _split_row(doc: Doc, change: Change, uid: str) -> None:
    i = _index(doc, change["row"])
    row, at = doc["rows"][i], change["at"]
    if not 0 < at < len(row["measures"]):
        raise MendRefused("at", "请选择从第几条措施起拆成新任务（不能是第一条）", "choose the measure to split at")
    new = copy.deepcopy(row)
    new.update(uid=uid, id=uid, title=change["title"], number=None, matched=None, match={"how": "", "score": 0})
    row["measures"], new["measures"] = row["measures"][:at], row["measures"][at:]
    whole = [d for d in row["duties"] if d["measure"] is None]
    row["duties"] = [d for d in row["duties"] if d["measure"] is None or d["measure"] < at]
    new["duties"] = copy.deepcopy(whole) + [
        {**copy.deepcopy(d), "measure": d["measure"] - at}
        for d in new["duties"]
        if d["measure"] is not None and d["measure"] >= at
    ]
    doc["rows"].insert(i + 1, new)
    find_points(row)
    find_points(new)


def _merge_row(doc: Doc, change: Change, uid: str) -> None:
    i = _index(doc, change["row"])
    if i + 1 == len(doc["rows"]):
        raise MendRefused("", "这是最后一项任务，后面没有可以合并的任务", "this is the last row: none to merge with")
    row, after = doc["rows"][i], doc["rows"].pop(i + 1)
    shift = len(row["measures"])
    row["measures"] = row["measures"] + after["measures"]
    have = {(d["unit_id"] or d["raw"], d["duty"], d["measure"]) for d in row["duties"]}
    for duty in after["duties"]:
        moved = {**duty, "measure": None if duty["measure"] is None else duty["measure"] + shift}
        if (moved["unit_id"] or moved["raw"], moved["duty"], moved["measure"]) not in have:
            row["duties"].append(moved)
    row["time_limit"] = row["time_limit"] or after["time_limit"]
    row["end"] = max(row["end"], after["end"])
    row["remarks"] = [*(row.get("remarks") or []), *(after.get("remarks") or [])]
    row["points"] = [*(row.get("points") or []), *(after.get("points") or [])]
    find_points(row)


def _move_row(doc: Doc, change: Change, uid: str) -> None:
    row = doc["rows"].pop(_index(doc, change["row"]))
    to = 0
    if change["after"]:
        to = _index(doc, change["after"]) + 1
        near = doc["rows"][to - 1]
        for field in ("part", "part_number", "section", "section_number"):
            row[field] = near[field]
    doc["rows"].insert(to, row)


def _delete_row(doc: Doc, change: Change, uid: str) -> None:
    del doc["rows"][_index(doc, change["row"])]


def _add_row(doc: Doc, change: Change, uid: str) -> None:
    if not change["title"].strip():
        raise MendRefused("title", "请填写新任务的标题", "give the new row a title")
    to = _index(doc, change["after"]) + 1 if change["after"] else 0
    near: Doc = doc["rows"][max(0, to - 1)] if doc["rows"] else {}
    doc["rows"].insert(
        to,
        {
            "uid": uid, "id": uid, "part": near.get("part", ""), "section": near.get("section", ""), "number": None,
            "part_number": near.get("part_number"), "section_number": near.get("section_number"),
            "title": change["title"], "measures": [], "duties": [], "time_limit": None, "matched": None,
            "match": {"how": "", "score": 0}, "uncertain": False, "start": 0, "end": 0, "remarks": [], "points": [],
        },
    )  # fmt: skip


def _bind_row(doc: Doc, change: Change, uid: str) -> None:
    row, bound = find(doc, change["row"]), change["bound"]
    if (row["matched"] or "") == bound:
        raise MendRefused("bound", "绑定没有变化", "the binding is already so")
    for other in doc["rows"]:
        if bound and other is not row and other["matched"] == bound:
            raise MendRefused(
                "bound", f"{bound} 已经绑定到“{place_of(other)}”，请先解除那一处的绑定",
                f"{bound} is already bound to {place_of(other)!r}; unbind it there first",
            )  # fmt: skip
    row["matched"] = bound or None
    row["match"] = {"how": "人工绑定" if bound else "人工解除绑定", "score": 1 if bound else 0}


def _resolve(doc: Doc, change: Change, uid: str) -> None:
    met = False
    for row in doc["rows"]:
        for duty in row["duties"]:
            if duty["raw"] == change["raw"] and not duty["unit_id"]:
                met = True
                duty.update(
                    unit=change["unit"], unit_id=change["unit_id"], kind=change["kind"],
                    group=change["kind"] == "group", members=list(change["members"].get(row["uid"], ())),
                )  # fmt: skip
    if not met:
        raise MendRefused("raw", f"没有未识别的单位“{change['raw']}”", f"no unresolved unit {change['raw']!r}")


def _head(doc: Doc, change: Change, uid: str) -> None:
    values = dict(change["values"])
    if not (values.get("title") or "").strip():
        raise MendRefused("title", "请填写文件标题", "give the document a title")
    if all(doc.get(k) == v for k, v in values.items()):
        raise MendRefused("", "没有改动任何内容", "nothing was changed")
    doc.update(values)


def _choose_reading(doc: Doc, change: Change, uid: str) -> None:
    doubt = next((d for d in doc.get("doubts") or [] if d["id"] == change["doubt"]), None)
    if doubt is None or not 0 <= change["reading"] < len(doubt["readings"]):
        raise MendRefused("reading", "没有这一处存疑或这一种理解，请刷新页面", "no such doubt or reading; reload")
    if doubt["decided"] and doubt["chosen"] == change["reading"]:
        raise MendRefused("reading", "已经选定这一种理解", "this reading is already chosen")
    changed = choose(doc, doubt, change["reading"], uid)
    if changed:
        row = next((r for r in doc["rows"] if r["uid"] == changed), None)
        name = place_of(row) if row else changed
        raise MendRefused(
            "reading", f"“{name}”在这以后又改过或已删除，不能再换一种理解；请直接修改这项任务，或先撤销后来的修改",
            f"{name!r} was changed or deleted since; edit the row, or undo the later changes first",
        )  # fmt: skip
    bound = [r["matched"] for r in doc["rows"] if r["matched"]]
    twice = next((b for b in bound if bound.count(b) > 1), None)
    if twice:
        raise MendRefused("bound", f"{twice} 已经绑定到另一项任务，请先解除", f"{twice} is bound to another row")


def _take_points(doc: Doc, change: Change, uid: str) -> None:
    """``take``: {index of a time limit: the day, or "" where the words say it}; the others are not milestones."""
    row = find(doc, change["row"])
    before = copy.deepcopy(row.get("points") or [])
    take: Mapping[str, str] = change["take"]
    if any((n := id_of(k)) is None or n >= len(before) for k in take):
        raise MendRefused("points", "没有这一处时限，请刷新页面", "no such time limit; reload")
    for n, point in enumerate(row.get("points") or []):
        point.pop("taken", None)
        point.pop("due", None)
        if str(n) not in take:
            continue
        day = take[str(n)]
        if not day and not point["year"] and not point["every_year"]:
            raise MendRefused(
                "points",
                f"“{point['words']}”没有写年份，请填写到期日",
                f"{point['words']!r} names no year: give the day",
            )
        point.update(taken=True, due=day or None)
    if (row.get("points") or []) == before:
        raise MendRefused("", "没有改动任何内容", "nothing was changed")


CHANGES: dict[str, Callable[[Doc, Change, str], None]] = {
    "edit-row": _edit_row,
    "split-row": _split_row,
    "merge-row": _merge_row,
    "move-row": _move_row,
    "delete-row": _delete_row,
    "add-row": _add_row,
    "bind-row": _bind_row,
    "resolve": _resolve,
    "head": _head,
    "choose-reading": _choose_reading,
    "take-points": _take_points,
}
RESTORE, UNDO = "restore", "undo"


def apply(doc: Doc, verb: str, change: Change, seq: int) -> Doc:
    """The plan after one change; ``seq`` is the number of its event and names a row that it makes.

    Raises MendRefused. ``doc`` stays as it is.
    """
    out = copy.deepcopy(doc)
    CHANGES[verb](out, change, f"n{seq}")
    out["units"] = _units(out)
    return out


def _units(doc: Doc) -> list[Doc]:
    """Who is named, in order of first mention: the ``units`` of the mended plan."""
    found: dict[str, Doc] = {}
    for row in doc["rows"]:
        for duty in row["duties"]:
            item = found.setdefault(
                duty["unit_id"] or duty["raw"],
                {"name": duty["unit"], "id": duty["unit_id"], "kind": duty["kind"], "raw": [], "rows": [],
                 "members": []},
            )  # fmt: skip
            for name, values in (("raw", [duty["raw"]]), ("rows", [row["id"]]), ("members", duty["members"])):
                item[name] += [v for v in values if v not in item[name]]
    return list(found.values())


def standing(changes: Iterable[tuple[int, str, Change]]) -> list[tuple[int, str, Change]]:
    """The changes (seq, verb, data) that hold: an undo takes the one it names out; other verbs are left out."""
    out: list[tuple[int, str, Change]] = []
    for seq, verb, data in changes:
        if verb == UNDO:
            out = [c for c in out if c[0] != data["undoes"]]
        elif verb == RESTORE or verb in CHANGES:
            out.append((seq, verb, data))
    return out


def fold(parse: Doc, changes: Iterable[tuple[int, str, Change]]) -> Doc:
    """The mended plan: the changes that hold, one after another, over the parse."""
    doc = copy.deepcopy(parse)
    for seq, verb, data in standing(changes):
        doc = copy.deepcopy(parse) if verb == RESTORE else apply(doc, verb, data, seq)
    return doc
