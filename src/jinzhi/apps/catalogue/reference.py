"""The reference pages and the glossary, written from the declarations: they cannot say anything else.

``pages`` gives the text of every generated file by its path below the root of the checkout. It is a function of
the declarations, the settings and the commands alone, so the same checkout gives the same pages everywhere.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from jinzhi.kernel.access import Role
from jinzhi.kernel.clock import own_lengths_of, terms_of
from jinzhi.kernel.declare import Catalogue, Citation, Declaration
from jinzhi.kernel.fields import Field
from jinzhi.kernel.indicator import Indicator, Measure, Ratio, parts
from jinzhi.kernel.law import Law, Silence
from jinzhi.kernel.period import Length
from jinzhi.kernel.procedure import Clock, Example, Procedure
from jinzhi.kernel.register import Register

REFERENCE = "docs/reference"
GLOSSARY = "GLOSSARY.md"
MADE = "<!-- Made by `make docs` from the declarations. Do not edit: CI fails where this page is stale. -->"

#: kinds whose terms are proper names (offices, places, festivals), no terms of the trade
NAMES = ("holiday-notice", "unit", "unit-group")


class Variable(Protocol):
    """A variable of the environment, as the settings list it."""

    @property
    def name(self) -> str: ...

    @property
    def default(self) -> str: ...

    @property
    def help(self) -> str: ...


@dataclasses.dataclass(frozen=True)
class OutsideVariable:
    """A variable that is read by make, the scripts or the tests, not by a running installation."""

    name: str
    default: str
    help: str


OUTSIDE = (
    OutsideVariable("HOST", "127.0.0.1", "`make run`: address to listen on. Add the name to JINZHI_HOSTS too."),
    OutsideVariable("PORT", "8000", "`make run`: port to listen on."),
    OutsideVariable("WORKERS", "2", "`make run`: processes of the server."),
    OutsideVariable(
        "PYTHON", "", "make: the Python (3.11 or later) that .venv is made with; empty: the first one found."
    ),
    OutsideVariable("JOBS", "2", "`make test`: how many tests run at once."),
    OutsideVariable("ARGS", "", "`make test`, `make bench`: what else is handed on."),
    OutsideVariable("CHROMIUM", "", "Tests: the browser of the journeys; empty: the chromium found on the path."),
    OutsideVariable(
        "JINZHI_REQUIRE_ALL", "0", "Tests: 1 makes a test fail that would be skipped for something not installed."
    ),
    OutsideVariable("JINZHI_SHARED", "../shared", "Tests: the folder of real data that a few tests look at."),
    OutsideVariable(
        "JINZHI_WITHOUT_SHARED", "0", "Tests: 1 lets those few be left out where that folder is not there."
    ),
    OutsideVariable("JINZHI_TEST_DB", "", "Tests: file of the SQLite test database; empty: in memory."),
)


def cell(text: object) -> str:
    """Text that cannot break out of a cell of a table."""
    return str(text).replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").strip() or "–"


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """A table in Markdown; nothing where there is no row."""
    heads, body = list(heads), [list(row) for row in rows]
    if not body:
        return []
    lines = [heads, ["---"] * len(heads), *([cell(c) for c in row] for row in body)]
    return ["| " + " | ".join(line) + " |" for line in lines] + [""]


def code(words: Iterable[object]) -> str:
    """Identifiers, divided by commas."""
    return ", ".join(f"`{word}`" for word in words)


def cited(basis: Iterable[Citation], catalogue: Catalogue) -> str:
    """Articles with the Chinese title of their law."""
    out = []
    for citation in basis:
        law = catalogue.find(Law, citation.law)
        title = law.title_zh if law else citation.law
        out.append(f"{title} § {citation.article}{citation.clause}" if citation.article else title)
    return "；".join(out)


def length_of(clock: Clock, catalogue: Catalogue) -> str:
    """How long a clock runs, each version with the day it holds from and its article."""
    if clock.due is not None:
        return f"the day given as {code(clock.due_paths)}"
    own = [f"{length.zh} ({length.en})" for length in own_lengths_of(clock.length)]
    dated = [
        f"from {v.since}: "
        + f"{v.value.zh} ({v.value.en})"
        + f", {cited((v.cite,), catalogue)}"
        + (", takes pending cases" if v.takes_pending else "")
        + ("" if v.verified else ", **unverified**")
        for term in terms_of(clock.length)
        for v in term.versions
    ]
    return "; ".join([*own, *dated]) or f"the length given as {code(clock.length_paths)}"


def _figure(value: object) -> object:
    """A figure that a law sets, or what it says in its place."""
    return f"{value.zh} ({value.en})" if isinstance(value, Silence) else value


def fields_table(fields: Iterable[Field]) -> list[str]:
    def marks(f: Field) -> str:
        said = [
            ("required", f.required),
            ("personal data", f.personal),
            ("searchable", f.searchable),
            ("filter", f.filtered),
        ]
        return ", ".join(word for word, holds in said if holds)

    def holds(f: Field) -> str:
        if f.choices:
            return f"{f.type}: " + ", ".join(f"{c.zh} (`{c.id}`)" for c in f.choices)
        return f"{f.type}" + (f", {f.unit}" if f.unit else "") + (f" → `{f.of}`" if f.of else "")

    return table(
        ("field", "code", "中文", "English", "holds", ""),
        ((f"`{f.id}`", f.code, f.zh, f.en, holds(f), marks(f)) for f in fields),
    )


def procedure(p: Procedure, catalogue: Catalogue) -> Iterator[str]:
    states = ((f"`{s.id}`", s.zh, s.en, "final" if s.final else "") for s in p.states)
    yield from table(("state", "中文", "English", ""), states)
    yield from table(
        ("step", "中文", "English", "from", "to", "by", "basis"),
        (
            (
                f"`{s.id}`",
                s.zh,
                s.en,
                code(s.sources) or "opens",
                code(s.targets) if s.targets else "stays",
                code(s.roles),
                cited(s.basis, catalogue),
            )
            for s in p.steps
        ),
    )
    yield from table(
        ("clock", "中文", "English", "runs", "starts", "stops", "stands still"),
        (
            (
                f"`{c.id}`",
                c.zh,
                c.en,
                length_of(c, catalogue),
                code(c.start),
                code(c.stop),
                code((*c.suspend, *c.exclude)),
            )
            for c in p.clocks
        ),
    )
    for example in p.examples:
        if isinstance(example, Example):
            yield f"Example: {example.name}"
            yield ""
            yield "```"
            yield from (line.strip() for line in example.history.strip().splitlines())
            due = ", ".join(f"{clock} {day}" for clock, day in example.clocks.items())
            yield f"→ {example.state}" + (f"; {due}" if due else "")
            yield "```"
            yield ""


def register(r: Register, catalogue: Catalogue) -> Iterator[str]:
    yield f"Kept by {code(r.writes)}; read by {code(r.reads) or 'everybody signed in'}; numbered `{r.numbering}`."
    yield ""
    yield from fields_table(r.fields)


def measured(measure: Measure) -> str:
    """A measure in words: what is counted, over what."""
    if isinstance(measure, Ratio):
        return f"{measured(measure.top)} ÷ {measured(measure.bottom)} × {measure.scale}"
    field = getattr(measure, "field", "")
    return f"{type(measure).__name__}({measure.source}{'.' + field if field else ''})"


def indicator(i: Indicator, catalogue: Catalogue) -> Iterator[str]:
    yield f"`{measured(i.measure)}` in {i.unit} ({i.unit_en}); {i.direction} is good; {i.frequency_en}."
    yield f"Sources: {code(sorted({part.source for part in parts(i.measure)}))}."
    yield ""
    if i.base:
        yield f"Base: {i.base[1]} ({i.base[0]})."
        yield ""
    yield from table(("year", "target"), sorted(i.targets.items()))


def role(r: Role, catalogue: Catalogue) -> Iterator[str]:
    yield f"Reach: {r.reach}. May: {code(r.may)}." + (" Sees personal data; each viewing is logged." * r.personal)
    yield ""


def law(x: Law, catalogue: Catalogue) -> Iterator[str]:
    until = f" to {x.repealed}" if x.repealed else ""
    doubt = "" if x.verified else f" **Unverified**: {x.note}"
    yield f"{x.title_zh}, {x.rank.zh}, {x.number or 'without number'}, {x.issuer}. In force from {x.in_force}{until}."
    yield f"Source: {x.source}.{doubt}"
    yield ""
    yield from table(("article", "gist", "in English"), ((p.article, p.gist_zh, p.gist_en) for p in x.provisions))
    yield from table(
        ("figure", "中文", "English", "article", "value", "printed", ""),
        (
            (
                f"`{q.id}`",
                q.zh,
                q.en,
                p.article,
                _figure(q.value),
                q.printed,
                "" if q.verified else f"unverified: {q.note}",
            )
            for p, q in x.parameters
        ),
    )


DETAILS: Mapping[type[Declaration], Callable[..., Iterator[str]]] = {
    Procedure: procedure,
    Register: register,
    Indicator: indicator,
    Role: role,
    Law: law,
}


def kind_page(kind: str, catalogue: Catalogue) -> str:
    """The page of all declarations of a kind."""
    found = catalogue.found[kind]
    lines = [MADE, "", f"# {title(kind)}", ""]
    lines += table(
        ("id", "中文", "English", "serves", "checked by", "declared in"),
        (
            (
                f"`{f.value.id}`",
                f.value.zh,
                f.value.en,
                " ".join(f.value.serves),
                f.value.checked_by or "not yet",
                f"`{f.module}`",
            )
            for f in found.values()
        ),
    )
    for f in found.values():
        detail = next((d for cls, d in DETAILS.items() if isinstance(f.value, cls)), None)
        if detail is None:
            continue
        lines += [f"## {f.value.zh} · {f.value.en}", "", f"`{f.value.id}`"]
        if f.value.basis:
            lines[-1] += f", on {cited(f.value.basis, catalogue)}"
        lines += ["", *([f.value.why, ""] if f.value.why else []), *detail(f.value, catalogue)]
    return ended(lines)


def title(kind: str) -> str:
    return f"{kind.replace('-', ' ').capitalize()}s"


def ended(lines: Iterable[str]) -> str:
    """The text of a page: no blanks at the ends of lines, one line end at the end."""
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


def terms(value: object, seen: frozenset[int] = frozenset()) -> Iterator[tuple[str, str]]:
    """Every Chinese and English name in a declaration and in the values it is made of."""
    if id(value) in seen:
        return
    seen |= {id(value)}
    if isinstance(value, (tuple, list)):
        for item in value:
            yield from terms(item, seen)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        zh, en = getattr(value, "zh", None), getattr(value, "en", None)
        if isinstance(zh, str) and isinstance(en, str) and not isinstance(value, Length):
            yield zh, en
        for part in dataclasses.fields(value):
            yield from terms(getattr(value, part.name), seen)


def glossary(catalogue: Catalogue) -> str:
    """Every term with its English and the matters that use it, in the order of the English."""
    used: dict[tuple[str, str], list[str]] = {}
    for kind in catalogue.kinds():
        if kind in NAMES:
            continue
        for f in catalogue.found[kind].values():
            for term in terms(f.value):
                places = used.setdefault(term, [])
                place = f"`{f.value.id}`"
                if place not in places:
                    places.append(place)
    rows = []
    for (zh, en), places in sorted(used.items(), key=lambda item: (item[0][1].casefold(), item[0])):
        more = f" and {len(places) - 3} more" if len(places) > 3 else ""
        rows.append((en, zh, ", ".join(places[:3]) + more))
    head = [MADE, "", "# Glossary", "", "The words of the matters, as they are declared.", ""]
    return ended([*head, *table(("English", "中文", "used in"), rows)])


def settings_page(variables: Iterable[Variable]) -> str:
    def listed(chosen: Iterable[Variable]) -> list[str]:
        return table(
            ("variable", "default", "what it does"),
            ((f"`{v.name}`", f"`{v.default}`" if v.default else "empty", v.help) for v in chosen),
        )

    lines = [MADE, "", "# Settings", "", "Everything is set in the environment. An empty variable counts as unset.", ""]
    lines += ["## An installation", "", *listed(variables)]
    lines += ["## Make, scripts and tests", "", *listed(OUTSIDE)]
    return ended(lines)


def commands_page(commands: Mapping[str, str]) -> str:
    lines = [MADE, "", "# Commands", "", "`jinzhi COMMAND --help` says more. Django's own commands are there too.", ""]
    rows = ((f"`jinzhi {name}`", text) for name, text in sorted(commands.items()))
    return ended([*lines, *table(("command", "what it does"), rows)])


def serving_page(catalogue: Catalogue) -> str:
    """Which declarations serve each row of the plan; a row that none serves says so."""
    rows = catalogue.found.get("plan-row", {})
    lines = [MADE, "", "# What serves each row of the plan", ""]
    lines += table(
        ("row", "中文", "English", "served by"),
        (
            (id, f.value.zh, f.value.en, code(d.id for d in catalogue.serving(id)) or "nothing yet")
            for id, f in rows.items()
        ),
    )
    return ended(lines)


def api_page(schema: Mapping[str, Any]) -> str:
    """The JSON API, from its own OpenAPI document: each operation with what it takes and what it answers."""
    lines = [MADE, "", "# JSON API", "", str(schema.get("info", {}).get("description", "")), ""]
    operations = [
        (path, method, said)
        for path, item in sorted(schema.get("paths", {}).items())
        for method, said in item.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]
    lines += table(
        ("", "path", "what it does"), ((m.upper(), f"`{p}`", o.get("summary", "")) for p, m, o in operations)
    )
    for path, method, said in operations:
        lines += [
            f"## {method.upper()} {path}",
            "",
            str(said.get("description") or said.get("summary", "")).strip(),
            "",
        ]
        lines += table(
            ("parameter", "in", "holds", "what it is"),
            (
                (
                    f"`{p['name']}`" + (" (required)" if p.get("required") else ""),
                    p["in"],
                    shape(p.get("schema", {})),
                    p.get("description") or p.get("schema", {}).get("description", ""),
                )
                for p in said.get("parameters", ())
            ),
        )
        bodies = said.get("requestBody", {}).get("content", {})
        for media, content in bodies.items():
            lines += [f"Body: {shape(content.get('schema', {}))} as `{media}`.", ""]
        lines += table(
            ("answer", "what it means", "holds"),
            (
                (
                    status,
                    answer.get("description", ""),
                    ", ".join(shape(c.get("schema", {})) for c in answer.get("content", {}).values()),
                )
                for status, answer in said.get("responses", {}).items()
            ),
        )
    for name, said in sorted(schema.get("components", {}).get("schemas", {}).items()):
        lines += [f"## {name}", "", str(said.get("description", "")).strip(), ""]
        required = said.get("required", ())
        lines += table(
            ("member", "holds", "what it is"),
            (
                (f"`{member}`" + ("" if member in required else " (may be absent)"), shape(s), s.get("description", ""))
                for member, s in said.get("properties", {}).items()
            ),
        )
    return ended(lines)


def shape(schema: Mapping[str, Any]) -> str:
    """A JSON schema in a few words."""
    if "$ref" in schema:
        return f"`{schema['$ref'].rsplit('/', 1)[1]}`"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(shape(s) for s in schema[several])
    if schema.get("type") == "array":
        return f"list of {shape(schema.get('items', {}))}"
    if "enum" in schema:
        return code(schema["enum"])
    words = str(schema.get("type", "any"))
    return f"{words} ({schema['format']})" if "format" in schema else words


def pages(
    catalogue: Catalogue,
    variables: Iterable[Variable],
    commands: Mapping[str, str],
    api: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """Every generated file: its path below the root of the checkout and its text. ``api``: an OpenAPI document."""
    out = {f"{REFERENCE}/{kind}s.md": kind_page(kind, catalogue) for kind in catalogue.kinds()}
    out[f"{REFERENCE}/settings.md"] = settings_page(variables)
    out[f"{REFERENCE}/commands.md"] = commands_page(commands)
    out[f"{REFERENCE}/rows-served.md"] = serving_page(catalogue)
    if api:
        out[f"{REFERENCE}/api.md"] = api_page(api)
    index = [MADE, "", "# Reference", "", "Generated from the declarations, the settings and the commands.", ""]
    index += [f"- [{path.rsplit('/', 1)[1]}]({path.rsplit('/', 1)[1]})" for path in sorted(out)]
    out[f"{REFERENCE}/README.md"] = ended([*index, "- [Glossary](../../GLOSSARY.md)"])
    out[GLOSSARY] = glossary(catalogue)
    return out
