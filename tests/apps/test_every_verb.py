"""What holds of every declared write: repeated, changed, stale, without the right, by others, two at once."""

from __future__ import annotations

import inspect
from dataclasses import replace

import pytest

from jinzhi.apps.evidence.events.actions import Conflict, KeyReused, record
from jinzhi.apps.evidence.events.verb import VERBS, Call, comparable, run, verb
from jinzhi.apps.evidence.models import Event
from tests.apps.verb_examples import EXAMPLES, Example
from tests.conftest import Person


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.JINZHI_STORE = tmp_path / "store"
    settings.JINZHI_STORE_KEY = tmp_path / "keys" / "store.key"


@pytest.fixture(params=sorted(VERBS))
def example(request, above, district) -> Example:
    return EXAMPLES[request.param](above, district)


def written() -> int:
    return Event.objects.count()


def identity(answer: object) -> object:
    return (type(answer), getattr(answer, "pk", None))


def test_every_declared_verb_is_tried_here():
    assert set(EXAMPLES) == set(VERBS)


def test_repeated_it_writes_nothing_and_gives_the_same_answer(example):
    first = example.call(key="k")
    before = written()
    assert identity(example.call(key="k")) == identity(first)
    assert written() == before


def test_the_key_with_other_content_is_refused_and_writes_nothing(example):
    example.call(key="k")
    before = written()
    with pytest.raises(KeyReused):
        example.call(key="k", **example.other)
    assert written() == before


def test_the_key_of_somebody_else_is_refused(example, elsewhere):
    example.call(key="k")
    before = written()
    with pytest.raises(Exception) as refusal:
        example.call(key="k", who=elsewhere.acting)
    assert isinstance(refusal.value, KeyReused) or hasattr(refusal.value, "zh")
    assert written() == before


def test_stale_it_says_what_came_between(example):
    if example.expected is None:
        assert "expected" not in inspect.signature(example.function).parameters
        return
    with pytest.raises(Conflict) as conflict:
        example.call(expected=example.expected - 1)
    assert [e.seq for e in conflict.value.since] == [example.expected]


def test_without_the_right_nothing_is_written(example):
    before = written()
    with pytest.raises(Exception) as refusal:
        example.call(key="k", who=replace(example.who.acting, scopes=()))
    assert refusal.value.zh and written() == before


def test_who_has_lost_the_right_gets_no_answer_to_a_repetition_either(example):
    example.call(key="k")
    with pytest.raises(Exception) as refusal:
        example.call(key="k", who=replace(example.who.acting, scopes=()))
    assert refusal.value.zh


def test_from_another_unit_what_stands_there_is_out_of_reach(example, elsewhere):
    name = next(iter(inspect.signature(example.function).parameters))
    if not hasattr(example.asks.get(name), "stream"):
        return  # it makes something new, of one's own unit
    before = written()
    with pytest.raises(Exception) as refusal:
        example.call(key="k", who=elsewhere.acting)
    assert refusal.value.zh and written() == before


def test_of_two_at_once_both_get_the_one_answer(example, request):
    """The second looks for the key before the first is through, and comes to the lock after it."""
    name, before = request.node.callspec.params["example"], written()
    first: list[object] = []

    def the_other(call: Call) -> None:
        first.append(example.call(key="k"))
        if VERBS[name].first is not None:
            VERBS[name].first(call)

    seen = {} if example.expected is None else {"expected": example.expected}
    arguments = inspect.signature(example.function).bind(
        **example.asks, **{k: make() for k, make in example.anew.items()}, **seen, who=example.who.acting, key="k",
    )  # fmt: skip
    arguments.apply_defaults()
    late = Call(replace(VERBS[name], first=the_other), dict(arguments.arguments), next(iter(arguments.arguments)))
    second = run(late, lambda given: inspect.unwrap(example.function)(**given))
    assert identity(second) == identity(first[0])
    assert written() == before + example.events


def test_a_verb_is_declared_once_and_takes_a_person_and_a_key():
    declared = next(iter(VERBS.values()))
    with pytest.raises(ValueError, match="twice"):
        verb(declared.app, declared.name, right=declared.right, again=declared.again)


def test_a_value_that_cannot_be_compared_is_an_error():
    with pytest.raises(TypeError, match="compared"):
        comparable(object())


def test_a_key_from_before_digests_were_kept_is_compared_by_verb_person_and_stream(above: Person, district: Person):
    example = EXAMPLES["registers.close"](above, district)
    entry = example.asks["entry"]
    record(entry.stream, "close", {"register": entry.register, "reason": "停办"}, who=above.acting,
           on=entry.created_at.date(), key="old")  # fmt: skip
    assert example.call(key="old").pk == entry.pk
    with pytest.raises(KeyReused):
        EXAMPLES["registers.close"](above, district).call(key="old")
