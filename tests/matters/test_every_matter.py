"""What must hold in every matter: parametrised over the catalogue, so a new file is tested by being there.

No matter is named here. A test that needs a person makes one in a role that the declaration names; a test that
needs an answer to a form takes the declaration's own example or fills the fields by their types.
"""

from __future__ import annotations

import random
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.actions import StepRefused, open_case, take
from jinzhi.apps.cases.judging import StepSaid
from jinzhi.apps.cases.models import Case
from jinzhi.apps.cases.queries import steps_for, view
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.integrity import run_all
from jinzhi.apps.catalogue.registry import calendar, catalogue
from jinzhi.apps.evidence.events.actions import sealed
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.registers.actions import create
from jinzhi.apps.units.models import Unit
from jinzhi.engines import flow
from jinzhi.kernel.access import Role
from jinzhi.kernel.canonical import digest_value
from jinzhi.kernel.declare import Declaration
from jinzhi.kernel.expression import NOT_HELD, Answer, Check, answer_of
from jinzhi.kernel.fields import Type
from jinzhi.kernel.indicator import Indicator
from jinzhi.kernel.law import Law
from jinzhi.kernel.procedure import AT, CaseView, Example, Procedure, Step, fold, offers, run_example
from jinzhi.kernel.procedure.step import BY_ITSELF
from jinzhi.kernel.register import Register, RegisterEntry
from tests.procedures import fill, histories

DECLARED: list[Declaration] = [f.value for held in catalogue().found.values() for f in held.values()]
#: the unit whose case it is, and the one above it that issues and decides
OWN, ABOVE = "tj-binhai", "tianjin"


def each(cls: type[Declaration]) -> pytest.MarkDecorator:
    """Every declaration of a class, called by its kind and id (``-k procedure-complaint``)."""
    return pytest.mark.parametrize("it", [pytest.param(d, id=f"{d.kind}-{d.id}") for d in catalogue().all(cls)])


# ── soundness ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("it", [pytest.param(d, id=f"{d.kind}-{d.id}") for d in DECLARED])
def test_it_is_sound(it):
    assert list(it.problems(catalogue())) == []


@each(Procedure)
def test_its_law_is_in_force_at_its_use(it, db):
    for clock in it.clocks:
        for term in clock.terms:
            for version in term.versions:
                law = catalogue().get(Law, version.cite.law)
                assert law.in_force_on(version.since), f"{clock.id}: {law.id} on {version.since}"
                if version.until:
                    assert law.in_force_on(version.until - timedelta(days=1)), f"{clock.id}: {law.id}"
            assert term.find_on(today()), f"{clock.id}: no version holds today"
    for step in it.steps:
        cited = [catalogue().get(Law, c.law) for c in step.basis]
        assert not cited or any(law.in_force_on(today()) for law in cited), f"{step.id} rests on no law of today"


@each(Procedure)
def test_every_article_it_cites_is_declared(it):
    for citation in (*it.basis, *(c for s in it.steps for c in s.basis)):
        law = catalogue().get(Law, citation.law)
        assert not citation.article or law.find_provision(citation.article), str(citation)


def leading_on(it: Procedure, folded: CaseView) -> list[Step]:
    """The steps that somebody may take by hand where a case stands."""
    asides, record = folded.open_asides(), folded.record
    return [
        s for s in it.steps
        if folded.state.id in it.sources(s) and it.place(s).allows(asides) and not set(s.roles) <= set(BY_ITSELF)
        and (not s.under or record.value("law") in (*s.under, NOT_HELD))
        and (s.when is None or answer_of(s.when, record) is not Answer.NO) and (not s.per or record.keys(s.per))
    ]  # fmt: skip


@each(Procedure)
def test_it_has_examples_and_they_come_out(it):
    examples = [e for e in it.examples if isinstance(e, Example)]
    assert examples, "a procedure proves itself by examples"
    for example in examples:
        assert run_example(it, example, calendar()) == ()


@each(Procedure)
def test_every_role_that_a_step_names_may_take_it(it):
    for step in it.steps:
        for id in (r for r in step.roles if r not in BY_ITSELF):
            role = catalogue().get(Role, id)
            assert role.allows(f"case.{it.id}.{step.id}"), f"{id} is named by {step.id} but has no scope for it"


@each(Procedure)
@given(data=st.data())
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_random_history_breaks_it(it, data):
    events = data.draw(histories(it))
    on = events[-1].on + timedelta(days=data.draw(st.integers(0, 200)))
    folded = fold(it, events, calendar(), on)
    assert folded.state in it.states
    assert (folded.closed is not None) == folded.state.final
    staying = [s for s in it.steps if folded.state.id in it.sources(s) and not s.targets]
    left = [c.clock.id for c in folded.clocks if c.open and not any(s.id in c.clock.stop for s in staying)]
    assert not folded.state.final or left == []
    assert {o.step.id for o in offers(folded, (), {})} == {s.id for s in leading_on(it, folded)}
    assert flow.svg(it, state=folded.state.id, history=folded.history)


# ── the pages of procedures, and cases of them ───────────────────────────────────────────────────────────


@pytest.fixture
def people(make_person):
    """Whoever is wanted: a person in a role at a unit, made once."""
    known: dict[tuple[str, str], object] = {}

    def find(role: str, unit: str):
        if (role, unit) not in known:
            known[role, unit] = make_person(f"{role}-{unit}", unit, role)
        return known[role, unit]

    return find


def taker(people, step: Step):
    """Somebody who may take the step, standing where it wants them."""
    return people(step.roles[0], OWN if step.at == "own" else ABOVE)


def opened(it: Procedure, people) -> Case:
    step = it.opening[0]
    who: Acting = taker(people, step).acting
    values = fill(step.inputs, today())
    return open_case(it.id, step.id, values, who=who, unit=Unit.objects.get(code=OWN))


@each(Procedure)
def test_its_pages_are_linked_and_show(it, people):
    client = taker(people, it.opening[0]).client
    page = reverse("procedure", args=[it.id])
    assert page in client.get(reverse("catalogue")).content.decode()
    shown = client.get(page)
    assert shown.status_code == 200
    for thing in (it, *it.states, *it.steps, *it.clocks):
        assert thing.zh in shown.content.decode()
    assert client.get(reverse("cases"), {"procedure": it.id}).status_code == 200
    for name in ("procedure-svg", "procedure-bpmn"):
        assert client.get(reverse(name, args=[it.id])).status_code == 200


@each(Procedure)
def test_its_opening_form_asks_for_every_input(it, people):
    for step in it.opening:
        url = reverse("case-open", args=[it.id])
        shown = taker(people, step).client.get(url, {"step": step.id})
        if shown.status_code == 302:  # another page opens it together with its records
            continue
        assert shown.status_code == 200
        for field in step.inputs:
            name = f"{field.id}-0-{field.items[0].id}" if field.type is Type.LIST else field.id
            assert f'name="{name}"' in shown.content.decode(), field.id


@each(Procedure)
def test_a_case_of_it_offers_exactly_the_open_steps(it, people):
    case = opened(it, people)
    folded = view(case, today())
    leading = leading_on(it, folded)
    for who in {taker(people, s).user.username: taker(people, s) for s in leading}.values():
        page = who.client.get(reverse("case", args=[case.pk])).content.decode()
        given = {o.step.id: o for o in steps_for(case, folded, who.acting)}
        assert set(given) == {s.id for s in leading}
        for step in it.steps:
            form = reverse("case-step", args=[case.pk, step.id])
            allowed = step.id in given and given[step.id].allowed
            assert (f'action="{form}"' in page) is allowed, step.id
            if step.id in given and not allowed:
                assert given[step.id].why_not.zh in page


def said_of(procedure: Procedure, step: Step) -> dict[str, object]:
    """An answer to a step, with the time of day where hours hang on it."""
    return fill(step.inputs, today()) | ({AT: "00:00"} if procedure.asks_time(step.id) else {})


def beside(case: Case, step: Step, who: Acting) -> StepSaid:
    """For one of those whom it is for, with what is unknown attested and no conflict."""
    offered = next((o for o in steps_for(case, view(case, today()), who, only=step.id) if o.step.id == step.id), None)
    checks = [need.id for need in step.needs if isinstance(need, Check)]
    item = offered.items[0] if offered and offered.items else ""
    return StepSaid(item, dict.fromkeys(checks, "查过"), dict.fromkeys(step.clear_of, "yes"))


@each(Procedure)
def test_a_step_of_it_is_recorded_and_sealed(it, people):
    case = opened(it, people)
    folded = view(case, today())
    for step in leading_on(it, folded):
        who = taker(people, step).acting
        if next(o.allowed for o in steps_for(case, folded, who) if o.step.id == step.id):
            take(case, step.id, said_of(it, step), who=who, expected=1)
            break
    else:
        # every way on needs a fact that only records beside the case can establish
        assert all(s.needs for s in leading_on(it, folded))
        return
    first, second = Event.objects.filter(stream=case.stream)
    assert second.verb == step.id
    for event in (first, second):
        assert (event.sha256, event.sm3) == (digest_value(sealed(event)).sha256, digest_value(sealed(event)).sm3)
    assert (second.prev_sha256, second.prev_sm3) == (first.sha256, first.sm3)


@each(Procedure)
@pytest.mark.parametrize("seed", range(3))
def test_its_columns_follow_its_events_on_any_way(it, seed, people):
    chance = random.Random(f"{it.id}-{seed}")
    case = opened(it, people)
    for _ in range(8):
        folded = view(case, today())
        onward = leading_on(it, folded)
        if not onward:
            break
        step = chance.choice(onward)
        # made before: what is undone with a refusal must not take the person along
        who = taker(people, step).acting
        try:
            with transaction.atomic():
                take(case, step.id, said_of(it, step), who=who, beside=beside(case, step, who))
        except StepRefused:
            continue  # a fact is not established, or its extensions are spent
    assert taker(people, it.opening[0]).client.get(reverse("case", args=[case.pk])).status_code == 200
    broken = [r for r in run_all() if not r.sound and r.checker.id.startswith("case-")]
    assert not broken


# ── registers ────────────────────────────────────────────────────────────────────────────────────────────


def sound_entry(register: Register) -> dict[str, object]:
    """The declaration's first sound example."""
    found = [e for e in register.examples if isinstance(e, RegisterEntry) and not e.refused]
    assert found, "a register proves itself by an entry that it takes"
    return dict(found[0].values)


@each(Register)
def test_its_list_form_entry_and_workbook_show(it, people):
    who = people(it.writes[0], ABOVE)
    entry = create(it.id, sound_entry(it), who=who.acting)
    for url in (reverse("register", args=[it.id]), reverse("entry", args=[it.id, entry.pk])):
        shown = who.client.get(url)
        assert shown.status_code == 200
        assert entry.title in shown.content.decode()
    form = who.client.get(reverse("entry-new", args=[it.id])).content.decode()
    for field in it.fields:
        assert f'name="{field.id}"' in form, field.id
    got = who.client.get(reverse("register-export", args=[it.id]))
    sheet = load_workbook(BytesIO(got.content)).worksheets[0]
    heads = [c.value for row in sheet.iter_rows(max_row=20) for c in row if isinstance(c.value, str)]
    for field in it.fields:
        kept_back = field.personal and not who.acting.role.personal
        assert any(field.zh in head for head in heads) is not kept_back, field.id


@each(Register)
def test_an_entry_of_it_is_sealed(it, people):
    entry = create(it.id, sound_entry(it), who=people(it.writes[0], ABOVE).acting)
    (event,) = Event.objects.filter(stream=f"entry:{entry.pk}")
    assert event.sha256 == digest_value(sealed(event)).sha256


@each(Register)
def test_who_does_not_keep_it_gets_no_form(it, people):
    stranger = next(r.id for r in catalogue().all(Role) if r.id not in it.writes)
    assert people(stranger, ABOVE).client.get(reverse("entry-new", args=[it.id])).status_code in (403, 404, 422)


# ── indicators, and all the rest ─────────────────────────────────────────────────────────────────────────


@each(Indicator)
def test_it_has_a_page_that_says_why(it, people):
    client = people("plan-office", ABOVE).client
    page = reverse("indicator", args=[it.id])
    assert page in client.get(reverse("indicators")).content.decode()
    shown = client.get(page)
    assert shown.status_code == 200
    assert it.zh in shown.content.decode()


@pytest.mark.parametrize("kind", sorted(catalogue().kinds()))
def test_every_declaration_of_the_kind_has_a_page(kind, people):
    client = people("plan-office", ABOVE).client
    for id, found in catalogue().found[kind].items():
        shown = client.get(
            reverse("law" if kind == "law" else "declaration", args=[id] if kind == "law" else [kind, id]), follow=True
        )
        assert shown.status_code == 200, id
        assert found.value.zh in shown.content.decode(), id


def test_no_two_matters_number_their_cases_alike():
    said = [p.numbering.format(id=p.id, year=2026, seq=1) for p in catalogue().all(Procedure)]
    assert len(said) == len(set(said)), sorted(said)
