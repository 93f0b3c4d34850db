"""What a parse leaves to a person: which of two readings is meant, and which time limits become milestones.

Pure, as ``mending``: a document in JSON goes in, and is changed. A doubt keeps what its reading replaced, so that the
first reading can be taken again.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from jinzhi.kernel.plan import PlanDocument, PlanReading, TimePoint
from jinzhi.sources.plan_document import time_points

Doc = dict[str, Any]


def kept_doubts(document: PlanDocument) -> list[Doc]:
    """The doubts of a parse as an import keeps them: rows by uid, nothing chosen yet."""
    return [
        {
            "id": f"d{n}", "code": d.code, "text": d.text, "en": d.en, "start": d.start, "end": d.end,
            "row": f"r{d.row + 1}" if d.row is not None else "", "chosen": 0, "decided": False, "was": None,
            "readings": [_reading(r, len(document.rows)) for r in d.readings],
        }
        for n, d in enumerate(document.doubts, 1)
    ]  # fmt: skip


def _reading(reading: PlanReading, count: int) -> Doc:
    return {
        "text": reading.text,
        "en": reading.en,
        "rows": {f"r{n + 1}": copy.deepcopy(values) for n, values in reading.rows},
        "add": [
            {"before": f"r{n + 1}" if n < count else "", "rows": [copy.deepcopy(r) for r in rows]}
            for n, rows in reading.add
        ],
    }


def undecided(doc: Doc) -> list[Doc]:
    """Doubts that nobody has settled; a guessed title is only shown."""
    return [d for d in doc.get("doubts") or [] if not d["decided"] and d["code"] != "title-guessed"]


def choose(doc: Doc, doubt: Doc, reading: int, uid: str) -> str:
    """Take a reading of a doubt. Gives "" or the uid of a row that was changed since, which forbids it.

    ``uid`` begins the uids of rows that the reading adds.
    """
    if doubt["chosen"] and doubt["chosen"] != reading:
        changed = _take_back(doc, doubt)
        if changed:
            return changed
    if reading and doubt["chosen"] != reading:
        changed = _take(doc, doubt, reading, uid)
        if changed:
            return changed
    doubt["chosen"], doubt["decided"] = reading, True
    return ""


def _take(doc: Doc, doubt: Doc, reading: int, uid: str) -> str:
    wanted = doubt["readings"][reading]
    rows = {r["uid"]: r for r in doc["rows"]}
    missing = next((u for u in wanted["rows"] if u not in rows), "")
    if missing:
        return missing
    known = _resolved(doc)
    was: Doc = {"rows": {}, "dropped": [], "added": []}
    for n, place in enumerate(wanted["add"], 1):
        new = []
        for k, row in enumerate(place["rows"], 1):
            name = f"{uid}-{n}-{k}"
            new.append({**copy.deepcopy(row), "uid": name, "id": name, "duties": _known(row["duties"], known)})
        at = next((i for i, r in enumerate(doc["rows"]) if r["uid"] == place["before"]), len(doc["rows"]))
        doc["rows"][at:at] = new
        was["added"] += [copy.deepcopy(r) for r in new]
    for name, values in wanted["rows"].items():
        row = rows[name]
        if values.get("drop"):
            was["dropped"].append({"row": copy.deepcopy(row), "at": doc["rows"].index(row) - len(was["added"])})
            doc["rows"].remove(row)
            continue
        given = copy.deepcopy(values)
        if "duties" in given:
            given["duties"] = _known(given["duties"], known)
        was["rows"][name] = {"old": {k: copy.deepcopy(row.get(k)) for k in given}, "new": copy.deepcopy(given)}
        row.update(given)
        row["uncertain"] = False
    doubt["was"] = was
    return ""


def _take_back(doc: Doc, doubt: Doc) -> str:
    """Undo what the chosen reading did. Gives the uid of a row that was changed since."""
    was = doubt["was"]
    rows = {r["uid"]: r for r in doc["rows"]}
    for name, both in was["rows"].items():
        if name not in rows or any(rows[name].get(k) != v for k, v in both["new"].items()):
            return str(name)
    for row in was["added"]:
        if rows.get(row["uid"]) != row:
            return str(row["uid"])
    for row in was["added"]:
        doc["rows"].remove(rows[row["uid"]])
    for item in was["dropped"]:
        doc["rows"].insert(item["at"], item["row"])
    for name, both in was["rows"].items():
        rows[name].update(both["old"])
    doubt["was"] = None
    return ""


def _resolved(doc: Doc) -> dict[str, Doc]:
    """What names were said to mean so far."""
    return {d["raw"]: d for r in doc["rows"] for d in r["duties"] if d["unit_id"]}


def _known(duties: list[Doc], known: Mapping[str, Doc]) -> list[Doc]:
    out = copy.deepcopy(duties)
    for duty in out:
        meant = known.get(duty["raw"])
        if meant and not duty["unit_id"]:
            duty.update({k: copy.deepcopy(meant[k]) for k in ("unit", "unit_id", "kind", "group", "members")})
    return out


# --- time limits that become milestones ---------------------------------------------------------------------


def find_points(row: Doc) -> None:
    """Look for the time limits of a row again after its words changed; what was taken stays where it still stands."""
    taken = {(p["words"], p["clause"]): p for p in row.get("points") or [] if p.get("taken")}
    own = [(d["measure"], d["time_limit"]) for d in row["duties"] if d["measure"] is not None and d.get("time_limit")]
    found = [point_dict(p) for p in time_points(row["measures"], row["title"], row["time_limit"] or "", own)]
    row["points"] = [
        {**p, **({"taken": True, "due": old["due"]} if (old := taken.get((p["words"], p["clause"]))) else {})}
        for p in found
    ]


def point_dict(point: TimePoint) -> Doc:
    return {
        "measure": point.measure, "words": point.words, "clause": point.clause, "year": point.year or None,
        "month_day": list(point.month_day), "every_year": point.every_year,
    }  # fmt: skip


def days_of(point: Doc, starts: date, ends: date) -> tuple[date, ...]:
    """The days a time limit that was taken falls due within the plan's term."""
    if point.get("due"):
        day = date.fromisoformat(point["due"])
        return (day,) if starts <= day <= ends else ()
    given = TimePoint(
        point["measure"], point["words"], point["clause"], point["year"] or 0,
        (point["month_day"][0], point["month_day"][1]), point["every_year"],
    )  # fmt: skip
    return given.days(starts, ends)


def answering(row: Doc, point: Doc) -> list[str]:
    """The codes of the units that answer for a time limit: who leads its measure or row, else all responsible."""
    duties = [d for d in row["duties"] if d["measure"] is None or d["measure"] == point["measure"]]
    own = [d for d in duties if d["measure"] is not None] or duties
    chosen = [d for d in own if d["duty"] == "led"] or [d for d in own if d["duty"] != "support"]
    return list(dict.fromkeys(code for d in chosen if d["unit_id"] for code in d["members"]))


def taken(doc: Doc) -> Iterator[tuple[int, Doc, Doc]]:
    """Every time limit that was taken for a milestone: (place of the row, row, point)."""
    for n, row in enumerate(doc["rows"]):
        for point in row.get("points") or []:
            if point.get("taken"):
                yield n, row, point
