"""What waits for a post: open cases from whose state a step leads that the post may take, and which are unread.

Nothing is stored but how far each person has looked (``Seen``): a thing leaves the inbox when anybody has done it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value, When
from django.db.models import Case as Choose

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Case, Seen
from jinzhi.apps.catalogue.clock import today
from jinzhi.apps.catalogue.registry import calendar, catalogue
from jinzhi.apps.catalogue.strain import cannot_write
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Role, matches, successor
from jinzhi.kernel.procedure import Procedure, Step

#: more unread than this are said as "99+": the count stops there, so that it costs the same in a large city
MOST = 100
#: what a list calls the cases that nobody of their unit has opened in time
UNREAD = "unread"


@dataclass(frozen=True)
class Turn:
    """A step that a role may take, and the names and states of the cases that wait for it."""

    step: Step
    names: tuple[str, ...]
    states: tuple[str, ...]


def awaited(procedure: Procedure, step: Step) -> bool:
    """Whether a case can be said to wait for a step. Nothing waits for one that stays (remind, extend), nor for one
    that breaks off (withdraw) where others lead on."""
    if step.opens or not step.targets:
        return False
    return not _breaks_off(procedure, step) or not any(
        set(procedure.sources(other)) & set(procedure.sources(step))
        and other.targets
        and not _breaks_off(procedure, other)
        for other in procedure.steps
    )


def _breaks_off(procedure: Procedure, step: Step) -> bool:
    ends = [procedure.state(to) for to in step.targets]
    return bool(ends) and all(end.final and end.lane > 0 for end in ends)


@cache
def _turns(packages: tuple[str, ...], role: Role, scopes: tuple[str, ...] | None) -> tuple[Turn, ...]:
    out = []
    for procedure in catalogue().all(Procedure):
        for step in procedure.steps:
            if role.id not in step.roles or not awaited(procedure, step):
                continue
            scope = f"case.{procedure.id}.{step.id}"
            if role.allows(scope) and (scopes is None or any(matches(p, scope) for p in scopes)):
                out.append(Turn(step, procedure.names, tuple(procedure.kept_as(step.sources))))
    return tuple(out)


def turns(who: Acting) -> tuple[Turn, ...]:
    """The steps that ``who`` may take, as far as the role decides it, in the order of the declarations."""
    return _turns(tuple(settings.JINZHI_MATTERS), who.role, who.scopes)


def waiting_for(who: Acting) -> Q:
    """Open cases in a state from which a step leads that ``who`` may take, as far as role and place decide it."""
    end = successor(who.path)
    own = Q(unit_path=who.path)
    office = Q(office__in=Unit.objects.filter(path__gte=who.path, path__lt=end).values("pk"))
    places = {"own": own, "above": Q(unit_path__gt=who.path, unit_path__lt=end), "office": office, "any": own | office}
    mine = Q(pk__in=[])
    for turn in turns(who):
        mine |= Q(procedure__in=turn.names, state__in=turn.states) & places[turn.step.at]
    return Q(closed_on=None) & (mine | (lifted_to(who) or Q(pk__in=[])))


def read_by_nobody(day: date, to: str = "") -> Q:
    """Cases that nobody of their unit has opened though the term for it has run out; ``to``: of those, what goes to
    this role. A case on which the unit has acted was read."""
    late = Q(pk__in=[])
    for procedure in catalogue().all(Procedure):
        rule = procedure.first_reading
        if rule is None or (to and rule.to != to):
            continue
        fresh = procedure.kept_as(to for s in procedure.opening for to in s.targets)
        term = Q(opened_on__gte=rule.since, opened_on__lte=rule.opened_by(day, calendar()))
        late |= Q(procedure__in=procedure.names, state__in=fresh) & term
    opened = Seen.objects.filter(case=OuterRef("pk"), opened=True, user__memberships__unit=OuterRef("unit"))
    return Q(closed_on=None) & late & Q(~Exists(opened))


def lifted_to(who: Acting) -> Q | None:
    """The cases of the own unit that nobody there has opened in time; None where the role has no part in that."""
    if not any(p.first_reading and p.first_reading.to == who.role.id for p in catalogue().all(Procedure)):
        return None
    return Q(unit_path=who.path) & read_by_nobody(today(), who.role.id)


#: the attribute of a case from :func:`waiting`
LIFTED = "lifted"


def waiting(who: Acting) -> QuerySet[Case]:
    """The cases that wait for ``who``; each says whether its reader has yet to see it (``unread``), and whether it came
    up because nobody of the unit has opened it in time (``lifted``): such a one stays unread until somebody does."""
    looked = Seen.objects.filter(user=who.user, case=OuterRef("pk"), seq__gte=OuterRef("seq"))
    lifted = lifted_to(who)
    found = Case.objects.visible_to(who).filter(waiting_for(who))
    if lifted is None:
        return found.annotate(unread=~Exists(looked), lifted=Value(False))
    return found.annotate(
        unread=ExpressionWrapper(Q(~Exists(looked)) | lifted, output_field=BooleanField()),
        lifted=ExpressionWrapper(lifted, output_field=BooleanField()),
    )


def unread(who: Acting) -> int:
    """How many unread cases wait for ``who``, counted up to MOST; one statement, whatever the city's size."""
    return waiting(who).filter(Q(unread=True)).order_by()[:MOST].count()


def for_today(who: Acting, day: date) -> QuerySet[Case]:
    """What ``who`` must do today: what is overdue, due today or read by nobody, and what is new.

    The most urgent stands first.
    """
    due = Q(next_due__lte=day) | Q(lifted=True)
    pressing = Choose(When(due, then=Value(True)), default=Value(False), output_field=BooleanField())
    found = waiting(who).filter(due | Q(unread=True)).annotate(pressing=pressing)
    return found.order_by("-pressing", F("next_due").asc(nulls_last=True), "pk")


def step_for(case: Case, who: Acting) -> Step | None:
    """The first step that a waiting case wants of ``who``, by role, state and place."""
    standing = who.standing(case.unit, case.office)
    for turn in turns(who):
        if case.procedure in turn.names and case.state in turn.states:
            at = turn.step.at
            if at in standing or (at == "any" and ("own" in standing or "office" in standing)):
                return turn.step
    return None


def look(case: Case, who: Acting) -> None:
    """Note that a person has the case before them. Reading goes on where that cannot be written just now."""
    look_into([case], who)


def look_into(cases: Sequence[Case], who: Acting) -> None:
    """Note that a person has these cases before them."""
    if who.user is None or not cases:
        return
    looked = Seen.objects.filter(user=who.user, case__in=cases, opened=True)
    known = dict(looked.values_list("case_id", "seq"))
    new = [c for c in cases if known.get(c.pk, -1) < c.seq]
    if not new:
        return
    try:
        _note(new, who, opened=True)
    except DatabaseError as e:
        if not cannot_write(e):
            raise


def look_at_all(who: Acting) -> int:
    """Note that a person has seen all that waits; how many of them were unread. It is no opening of any."""
    found = [c for c in waiting(who).filter(Q(unread=True)).only("pk", "seq") if not getattr(c, LIFTED)]
    _note(found, who, opened=False)
    return len(found)


@transaction.atomic
def _note(cases: Sequence[Case], who: Acting, *, opened: bool) -> None:
    Seen.objects.bulk_create(
        [Seen(user=who.user, case=c, seq=c.seq, opened=opened) for c in cases],
        update_conflicts=True, unique_fields=["user", "case"], update_fields=["seq", *(["opened"] if opened else [])],
        batch_size=200,
    )  # fmt: skip
