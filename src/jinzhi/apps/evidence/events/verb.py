"""The protocol of a verb: what every write does before and after the few lines that are its own.

A verb is declared where it is written::

    @verb("custody", "move", right=may_write, lock=locked_item, again=same_item)
    def move(item, folder, *, who, expected=None, key=""): ...

Calling it runs, in this order: the right (``right``); the answer of the same submission, where it was made before;
what must not stand in a transaction (``first``); one transaction with the object locked and found within reach
(``lock``, which also raises Conflict where the caller saw fewer events) and the function's own lines, which
record the event and bring the rows up to it. Effects wait for the commit by ``transaction.on_commit``.

A key means: the same person, post, verb, object and content is the same submission, and gets the same answer without
writing again; with anything else the key is refused (KeyReused). Contents are compared by a keyed digest that the
event keeps beside what is sealed (``asked``), so that personal data cannot be guessed from it; files count by their
own digests and names.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from django.conf import settings
from django.db import models, transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from jinzhi.apps.evidence.events.actions import KeyReused, Submission
from jinzhi.apps.evidence.models import Event
from jinzhi.kernel.canonical import canonical

#: arguments that say how a submission is made, not what it asks
MANNER = ("who", "key", "expected", "at")
P = ParamSpec("P")
A = TypeVar("A")


@dataclass(frozen=True)
class Verb:
    """A declared write. ``name`` is the verb of its event; ``app`` tells it from others of that name.

    ``content``: what a submission asks, where it is not simply its arguments. ``recorded``: the verb of its event,
    where one declaration stands for many (the steps of a case).
    """

    app: str
    name: str
    right: Callable[[Call], None]
    again: Callable[[Call, Event], Any]
    lock: Callable[[Call], models.Model] | None = None
    first: Callable[[Call], None] | None = None
    content: Callable[[Call], object] | None = None
    recorded: Callable[[Call], str] | None = None

    def __str__(self) -> str:
        return f"{self.app}.{self.name}"


@dataclass
class Call:
    """One call of a verb: its arguments by name; ``subject`` names the first, what it is done to."""

    verb: Verb
    arguments: dict[str, Any]
    subject_name: str = field(repr=False)

    @property
    def who(self) -> Any:
        return self.arguments["who"]

    @property
    def key(self) -> str:
        return str(self.arguments.get("key") or "")

    @property
    def expected(self) -> int | None:
        seen: int | None = self.arguments.get("expected")
        return seen

    @property
    def subject(self) -> Any:
        return self.arguments[self.subject_name]

    def given(self) -> dict[str, Any]:
        """The arguments that say what is asked."""
        return {k: v for k, v in self.arguments.items() if k not in MANNER}

    def text(self) -> str:
        """The canonical JSON of what is asked, and by whom."""
        given = self.verb.content(self) if self.verb.content is not None else self.given()
        user, unit = (self.who.user, self.who.unit) if self.who is not None else (None, None)
        return canonical(
            {
                "verb": str(self.verb),
                "user": user.pk if user is not None else None,
                "unit": unit.code if unit is not None else None,
                "asked": comparable(given),
            }
        )


#: every declared verb by its full name, for the test that runs them all
VERBS: dict[str, Verb] = {}


def comparable(value: object) -> object:
    """A value as two submissions are compared by: rows by their ids, files by digest and name.

    Raises TypeError for what has no such form: then the verb declares its ``content``.
    """
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal() | date() | time():
            return str(value)
        case bytes():
            return {"sha256": hashlib.sha256(value).hexdigest()}
        case models.Model():
            if hasattr(value, "sha256") and hasattr(value, "name") and hasattr(value, "media_type"):
                return {"sha256": value.sha256, "name": value.name}
            return f"{value._meta.label}:{value.pk}"
        case Mapping():
            return {str(k): comparable(v) for k, v in value.items()}
        case set() | frozenset():
            return sorted((comparable(v) for v in value), key=str)
        case Iterable():
            return [comparable(v) for v in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: comparable(getattr(value, f.name)) for f in fields(value)}
    raise TypeError(f"{type(value).__name__} cannot be compared with that of an earlier submission")


def asked(text: str, secret: str | bytes | None = None) -> str:
    """The keyed digest of what a submission asks."""
    return salted_hmac("jinzhi.evidence.verb", text, secret, algorithm="sha256").hexdigest()


def event_of(key: str) -> Event | None:
    """The event that was recorded under a key; None where none was, or there is no key."""
    return Event.objects.filter(key=key).first() if key else None


def earlier(call: Call, text: str) -> Event | None:
    """The event that the same submission left. Raises KeyReused where the key came with anything else."""
    before = event_of(call.key)
    if before is None:
        return None
    if before.asked is None:
        # recorded before digests were kept: the most that can still be compared
        user = call.who.user if call.who is not None else None
        name = call.verb.recorded(call) if call.verb.recorded is not None else call.verb.name
        same = before.verb == name and before.user_id == (user.pk if user is not None else None)
        stream = getattr(call.subject, "stream", None) if call.verb.lock else None
        same = same and stream in (None, before.stream)
    else:
        secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        same = any(constant_time_compare(before.asked, asked(text, s)) for s in secrets)
    if not same:
        raise KeyReused(f"the key {call.key!r} was used for {before}")
    return before


def _call(verb: Verb, signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    # an iterator is read twice: for the content, and by the verb
    given = {k: tuple(v) if isinstance(v, Iterator) else v for k, v in bound.arguments.items()}
    return Call(verb, given, next(iter(signature.parameters)))


def _locked(call: Call) -> dict[str, Any]:
    """The arguments of a call, what it is done to locked."""
    given = dict(call.arguments)
    if call.verb.lock is not None:
        given[call.subject_name] = call.verb.lock(call)
    return given


def run(call: Call, act: Callable[[dict[str, Any]], A]) -> A:
    """Run one call of a verb (see the module). ``act`` gets the arguments, the first one locked.

    A verb that calls another hands on its own key: the submission is answered where it came in.
    """
    call.verb.right(call)
    if isinstance(call.arguments.get("key"), Submission):
        if call.verb.first is not None:
            call.verb.first(call)
        with transaction.atomic():
            return act(_locked(call))
    text = call.text() if call.key else ""
    if (before := earlier(call, text)) is not None:
        return cast(A, call.verb.again(call, before))
    submission = {"key": Submission(call.key, asked(text))} if call.key else {}
    try:
        if call.verb.first is not None:
            call.verb.first(call)
        with transaction.atomic():
            return act(_locked(call) | submission)
    except Exception:
        # the same submission, sent twice at once: the other one was through first, and its answer is this one's
        if (before := earlier(call, text)) is None:
            raise
        return cast(A, call.verb.again(call, before))


def verb(
    app: str,
    name: str,
    *,
    right: Callable[[Call], None],
    again: Callable[[Call, Event], Any],
    lock: Callable[[Call], models.Model] | None = None,
    first: Callable[[Call], None] | None = None,
    content: Callable[[Call], object] | None = None,
    recorded: Callable[[Call], str] | None = None,
) -> Callable[[Callable[P, A]], Callable[P, A]]:
    """Declare a write; the function keeps its arguments, among them ``who`` and ``key``. Names occur once."""
    declared = Verb(app, name, right, again, lock, first, content, recorded)
    if str(declared) in VERBS:
        raise ValueError(f"the verb {declared} is declared twice")
    VERBS[str(declared)] = declared

    def decorated(function: Callable[P, A]) -> Callable[P, A]:
        signature = inspect.signature(function)
        if missing := {"who", "key"} - set(signature.parameters):
            raise ValueError(f"the verb {declared} takes no {', '.join(sorted(missing))}")
        positional = [p.name for p in signature.parameters.values() if p.kind is not p.KEYWORD_ONLY]

        @wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> A:
            def act(given: dict[str, Any]) -> A:
                by_name = {k: v for k, v in given.items() if k not in positional}
                return function(*(given[p] for p in positional), **by_name)

            return run(_call(declared, signature, args, dict(kwargs)), act)

        return called

    return decorated
