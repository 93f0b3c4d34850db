"""Documents as engines see them: one ``kernel.query.Doc`` a row, with what only the collection knows.

What is found by a field is said here and nowhere else:
``pan`` the names of the applicants behind the printed ones (alias links); ``city`` province, city, county and district;
``st`` the plain status in both languages; ``ls`` the last announced event; ``le`` all of them; ``fam`` the numbers that
the source calls family and those of the simple family; ``citing`` the documents in the store that cite this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.patents.models import Citation, Document, Earlier, Event
from jinzhi.apps.patents.store.queries import standard_names
from jinzhi.kernel.organisation import OrgUnit
from jinzhi.kernel.patent import PatentParty
from jinzhi.kernel.query import Doc

MANY = 800
PARTS = {
    "field": "desc_f", "background": "desc_b", "disclosure": "desc_s", "drawings": "desc_d", "mode": "desc_e",
    "other": "desc",
}  # fmt: skip
TYPES = {
    "invention": "发明", "utility-model": "实用新型", "design": "外观设计", "plant": "植物", "reissue": "再颁",
    "other": "其他",
}  # fmt: skip


@dataclass
class DocumentRelations:
    """What the collection knows of some documents, read in a few statements."""

    events: dict[str, list[Event]] = field(default_factory=dict)
    citing: dict[str, list[str]] = field(default_factory=dict)
    families: dict[str, list[str]] = field(default_factory=dict)
    standard: dict[str, tuple[str, ...]] = field(default_factory=dict)
    priorities: dict[int, date] = field(default_factory=dict)


def around(rows: Sequence[Document]) -> DocumentRelations:
    """What is needed beside the rows themselves."""
    found = DocumentRelations()
    applications = sorted({row.application for row in rows} - {""})
    for event in Event.objects.filter(application__in=applications).order_by("on", "id"):
        found.events.setdefault(event.application, []).append(event)
    keys = [row.key for row in rows]
    cited = Citation.objects.filter(cited_key__in=keys).exclude(cited_key="").order_by("citing__number")
    for key, number in cited.values_list("cited_key", "citing__number"):
        found.citing.setdefault(key, []).append(number)
    names = sorted({row.simple for row in rows} - {""})
    for name, number in Document.objects.filter(simple__in=names).order_by("number").values_list("simple", "number"):
        found.families.setdefault(name, []).append(number)
    printed = {name for row in rows for name in row.applicants.split("；") if name}
    found.standard = standard_names(printed)
    days = Earlier.objects.filter(document__in=[r.pk for r in rows], own=False, on__isnull=False).order_by("-on")
    found.priorities = {pk: on for pk, on in days.values_list("document_id", "on") if on is not None}
    return found


def index_docs(rows: Sequence[Document]) -> Iterator[Doc]:
    """The documents of rows (with bodies), in their order; a few statements for every ``MANY`` of them."""
    for at in range(0, len(rows), MANY):
        part = rows[at : at + MANY]
        known = around(part)
        for row in part:
            yield as_index_doc(row, known)


def as_index_doc(row: Document, known: DocumentRelations | None = None) -> Doc:
    """One document as engines see it."""
    known = known or around([row])
    told = row.content
    events = known.events.get(row.application, [])
    citing = tuple(dict.fromkeys(known.citing.get(row.key, ())))
    members = known.families.get(row.simple, [row.number])
    text: dict[str, tuple[str, ...]] = {
        "ti": tuple(t.text for t in told.titles),
        "ab": tuple(t.text for t in told.abstracts),
        "clm": tuple(c.text for c in told.claims),
        "iclm": tuple(c.text for c in told.claims if c.independent),
    }
    for part in told.description:
        code = PARTS.get(part.kind, "desc")
        text[code] = text.get(code, ()) + tuple(p.text for p in part.paragraphs)
    holders = told.assignees or (told.applicants if row.granted else ())
    printed = told.applicants or told.assignees
    cited = tuple(c.number for c in told.citations if c.number)
    keys = {
        "pa": _names(printed),
        "in": _names(told.inventors),
        "ag": _names(told.agencies),
        "agt": _names(told.agents),
        "own": _names(holders),
        "pan": tuple(dict.fromkeys(n for p in printed for n in known.standard.get(p.name, (p.name,)))),
        "addr": _unique(p.address for p in printed),
        "prov": _unique(p.province for p in printed),
        "city": _unique(
            [*(level for p in printed for level in (p.province, p.city, p.county)), *_district(row.district), row.place]
        ),
        "pc": _unique(p.postcode for p in printed),
        "pn": (row.number,),
        "an": _unique([row.application]),
        "pr": _unique(p.number for p in told.priorities),
        "fam": _unique([told.family_id, *told.family, *members]),
        "ipc": _unique(s.symbol for s in told.ipc),
        "ipcm": _unique([row.ipc]),
        "cpc": _unique(s.symbol for s in told.cpc),
        "loc": _unique(s.symbol for s in told.locarno),
        "fi": _unique(s.symbol for s in told.fi),
        "kd": _unique([row.kind]),
        "typ": _unique([TYPES.get(row.type, ""), row.type]),
        "cc": _unique([row.country]),
        "st": (row.get_state_display(), row.state),
        "ls": _unique([events[-1].name] if events else []),
        "le": _unique(e.name for e in events),
        "ct": _unique(cited),
        "citing": citing,
    }
    days = {
        "ad": row.filed, "pd": row.published, "gd": row.granted, "prd": known.priorities.get(row.pk),
        "led": events[-1].on if events else None,
    }  # fmt: skip
    numbers = {
        "ncit": sum(1 for c in told.citations if not c.number),
        "nfwd": len(citing),
        "nbwd": len(cited),
        "nclm": len(told.claims),
        "nfam": len(members),
    }
    if not told.claims:
        del numbers["nclm"]
    return Doc(
        row.pk,
        row.number,
        {code: values for code, values in text.items() if values},
        {code: values for code, values in keys.items() if values},
        {code: day.year * 10000 + day.month * 100 + day.day for code, day in days.items() if day},
        numbers,
    )


def _names(parties: Sequence[PatentParty]) -> tuple[str, ...]:
    return _unique(p.name for p in parties)


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(v for v in values if v))


@cache
def _district(code: str) -> tuple[str, ...]:
    """The names of a unit as an address writes them: of a district its own and its city's."""
    units = {unit.id: unit for unit in catalogue().all(OrgUnit)}
    unit = units.get(code)
    if unit is None:
        return ()
    if unit.level == "district":
        return (*_district(unit.parent or ""), *(alias.name for alias in unit.aliases))
    return (unit.zh,)
