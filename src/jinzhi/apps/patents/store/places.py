"""The district of an applicant: read from what a source says, never guessed.

In a municipality City says 市辖区 and the district stands in County, so County is asked first. A name such as 和平区
belongs to several cities: it counts only where province, city or text names the municipality.
"""

from __future__ import annotations

from functools import cache

from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.kernel.organisation import OrgUnit
from jinzhi.kernel.patent import PatentDocument, PatentParty


@cache
def _names() -> tuple[dict[str, str], dict[str, str]]:
    """Names of cities and of districts, each to the code of the unit."""
    cities: dict[str, str] = {}
    districts: dict[str, str] = {}
    for unit in catalogue().all(OrgUnit):
        if unit.level == "city":
            cities[unit.zh] = unit.id
        elif unit.level == "district":
            for alias in unit.aliases:
                districts[alias.name] = unit.id
    return cities, districts


def district_of(document: PatentDocument) -> str:
    """The unit code of the first applicant's district; the city's where only the city is said; else empty."""
    for party in document.applicants[:1] or document.assignees[:1]:
        if found := _of_party(party):
            return found
    return _of_text(document.place)


def _of_party(party: PatentParty) -> str:
    cities, districts = _names()
    city = next((code for name, code in cities.items() if name in (party.province, party.city)), "")
    if city:
        for level in (party.county, party.city):
            if level in districts:
                return districts[level]
        return _of_text(party.province + party.address) or city
    return _of_text(party.address)


def _of_text(text: str) -> str:
    cities, districts = _names()
    for name, code in cities.items():
        at = text.find(name)
        if at >= 0:
            after = text[at + len(name) :]
            found = [(after.find(one), unit) for one, unit in districts.items() if one in after]
            return min(found)[1] if found else code
    return ""
