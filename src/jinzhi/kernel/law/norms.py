"""A law as declared: its dates, its articles, and the figures that they set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from jinzhi.kernel.declare import KEBAB, Catalogue, Citation, Declaration, DeclarationError
from jinzhi.kernel.law.silence import UNSET, Silence
from jinzhi.kernel.period import Length
from jinzhi.kernel.text import Words


class Rank(StrEnum):
    """What kind of norm this is."""

    LAW = "law"
    REGULATION = "regulation"
    RULE = "rule"
    INTERPRETATION = "interpretation"
    LOCAL = "local"
    NORMATIVE = "normative"

    @property
    def zh(self) -> str:
        return _RANK_ZH[self]

    @property
    def en(self) -> str:
        return self.value


_RANK_ZH = {
    Rank.LAW: "法律",
    Rank.REGULATION: "行政法规",
    Rank.RULE: "部门规章",
    Rank.INTERPRETATION: "司法解释",
    Rank.LOCAL: "地方性法规",
    Rank.NORMATIVE: "规范性文件",
}


class Force(StrEnum):
    """Whether a law holds on a day."""

    COMING = "coming"
    IN_FORCE = "in-force"
    REPEALED = "repealed"

    @property
    def zh(self) -> str:
        return {Force.COMING: "尚未施行", Force.IN_FORCE: "现行有效", Force.REPEALED: "已失效"}[self]

    @property
    def en(self) -> str:
        return {Force.COMING: "not yet in force", Force.IN_FORCE: "in force", Force.REPEALED: "repealed"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A figure that a provision sets: a length of time, an amount, a number, a rate.

    ``printed``: the few words of the article that carry it (七日), because the unit meant may differ from the
    word printed (working days by § 85 of the Penalty Law). ``verified`` is False where the figure is known
    only from memory or a second hand: the pages say so, and ``note`` says what to check. A value may also be
    ``NO_TERM`` (this law sets none, where another version does) or ``UNSET``（待核实）.
    """

    id: str
    zh: str
    en: str
    value: Length | int | Decimal | str | Silence
    printed: str = ""
    verified: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Provision:
    """An article: its number ("20"), what it says in our words, and the figures it sets.

    ``article`` is empty where our source gives the figures but not the article; they are then unverified.
    """

    article: str
    gist_zh: str
    gist_en: str
    parameters: tuple[Parameter, ...] = ()

    @property
    def gist(self) -> Words:
        """What it says, in our words."""
        return Words(self.gist_zh, self.gist_en)


@dataclass(frozen=True, kw_only=True)
class Law(Declaration):
    """A law, regulation, rule or interpretation, in one version.

    ``zh`` is its full title without brackets. A new version is a new Law that ``replaces`` the old one.
    ``promulgated`` is None where our sources do not say. ``verified`` speaks of the dates; ``note`` says what
    is not sure. ``takes_pending``: it says itself that it applies to cases opened before it. ``roll``: whether the last
    day of its periods moves off days off to the next working day; left out, as the unit does (hours: it does not).
    """

    kind: ClassVar[str] = "law"

    rank: Rank
    number: str
    issuer: str
    promulgated: date | None
    in_force: date
    repealed: date | None = None
    replaces: str = ""
    source: str
    takes_pending: bool = False
    roll: bool | None = None
    verified: bool = True
    note: str = ""
    provisions: tuple[Provision, ...] = ()

    @property
    def title(self) -> Words:
        """Its full title: in brackets in Chinese."""
        return Words(self.title_zh, self.en)

    @property
    def title_zh(self) -> str:
        return f"《{self.zh}》"

    def in_force_on(self, day: date) -> bool:
        return self.status(day) is Force.IN_FORCE

    def status(self, day: date) -> Force:
        if day < self.in_force:
            return Force.COMING
        return Force.REPEALED if self.repealed is not None and day >= self.repealed else Force.IN_FORCE

    def find_provision(self, article: str) -> Provision | None:
        return next((p for p in self.provisions if p.article == article), None)

    def get_provision(self, article: str) -> Provision:
        """The article. Raises DeclarationError naming those that are declared."""
        found = self.find_provision(article)
        if found is None:
            known = ", ".join(p.article for p in self.provisions) or "none"
            raise DeclarationError(f"{self.id} declares no article {article!r} (declared: {known})")
        return found

    @property
    def parameters(self) -> tuple[tuple[Provision, Parameter], ...]:
        return tuple((p, q) for p in self.provisions for q in p.parameters)

    def get_parameter(self, id: str) -> Parameter:
        """The parameter of this id. Raises DeclarationError naming those that are declared."""
        for _, parameter in self.parameters:
            if parameter.id == id:
                return parameter
        known = ", ".join(q.id for _, q in self.parameters) or "none"
        raise DeclarationError(f"{self.id} sets no {id!r} (it sets: {known})")

    def length(self, parameter: str) -> Length:
        """A parameter that is a length of time. Raises DeclarationError where it is something else."""
        value = self.get_parameter(parameter).value
        if not isinstance(value, Length):
            raise DeclarationError(f"{self.id} {parameter!r} is {value!r}, not a length of time")
        return value

    def cite(self, parameter: str) -> Citation:
        """The article that sets this parameter."""
        self.get_parameter(parameter)
        return next(Citation(self.id, p.article) for p, q in self.parameters if q.id == parameter)

    def problems(self, catalogue: Catalogue) -> Iterator[str]:
        yield from super().problems(catalogue)
        if not self.issuer.strip() or not self.source.strip():
            yield "issuer and source must be given"
        if self.promulgated is not None and self.in_force < self.promulgated:
            yield f"in force ({self.in_force}) before it was promulgated ({self.promulgated})"
        if self.repealed is not None and self.repealed <= self.in_force:
            yield f"repealed ({self.repealed}) no later than in force ({self.in_force})"
        if self.replaces:
            old = catalogue.find(Law, self.replaces)
            if old is None:
                yield f"replaces the law {self.replaces!r}, which is not declared"
            elif old.repealed != self.in_force:
                yield f"replaces {old.id} from {self.in_force}, but that one says it is repealed on {old.repealed}"
        articles = [p.article for p in self.provisions]
        for article in sorted({a for a in articles if articles.count(a) > 1}):
            yield f"article {article} is declared more than once"
        for provision in self.provisions:
            if not provision.gist_zh.strip() or not provision.gist_en.strip():
                yield f"article {provision.article!r} needs a gist in both languages"
            if not provision.article and any(q.verified for q in provision.parameters):
                yield "figures without an article must say verified=False"
        ids = [q.id for _, q in self.parameters]
        for id in sorted({i for i in ids if ids.count(i) > 1}):
            yield f"parameter {id!r} is declared more than once"
        for provision, parameter in self.parameters:
            where = f"parameter {parameter.id!r} of article {provision.article}"
            if not KEBAB.match(parameter.id):
                yield f"{where}: the id is not kebab-case"
            if not parameter.zh.strip() or not parameter.en.strip():
                yield f"{where} needs a name in both languages"
            if parameter.value is UNSET and parameter.verified:
                yield f"{where} is UNSET: it must say verified=False"
            if not parameter.verified and not parameter.note.strip():
                yield f"{where} is unverified: note what is to be checked"
        if not self.verified and not self.note.strip():
            yield "the dates are unverified: note what is to be checked"
