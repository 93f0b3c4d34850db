"""What waits for a post: open cases from whose state a step leads that the post may take, and which are unread.

Nothing is stored but how far each person has looked (``Seen``): a thing leaves the inbox when anybody has done it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import BooleanField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models import Case as Choose

from jinzhi.apps.accounts.acting import Acting
from jinzhi.apps.cases.models import Case, Seen
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.catalogue.strain import cannot_write
from jinzhi.apps.units.models import Unit
from jinzhi.kernel.access import Role, matches, successor
from jinzhi.kernel.procedure import Procedure, Step

#: more unread than this are said as "99+": the count stops there, so that it costs the same in a large city
MOST = 100


@dataclass(frozen=True)
class Turn:
    """A step that a role may take, and the names and states of the cases that wait for it."""

    step: Step
    names: tuple[str, ...]
    states: tuple[str, ...]


def awaited(procedure: Procedure, step: Step) -> bool:
    """Whether a case can be said to wait for a step. Nothing waits for one that stays (remind, extend), nor for one
    that breaks off (withdraw) where others lead on."""
    if step.opens or step.to is None:
        return False
    return not _breaks_off(procedure, step) or not any(
        set(other.sources) & set(step.sources) and other.to is not None and not _breaks_off(procedure, other)
        for other in procedure.steps
    )


def _breaks_off(procedure: Procedure, step: Step) -> bool:
    end = procedure.find_state(step.to or "")
    return end is not None and end.final and end.lane > 0


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
    return Q(closed_on=None) & mine


def waiting(who: Acting) -> QuerySet[Case]:
    """The cases that wait for ``who``; each says whether its reader has yet to see it (``unread``)."""
    looked = Seen.objects.filter(user=who.user, case=OuterRef("pk"), seq__gte=OuterRef("seq"))
    return Case.objects.visible_to(who).filter(waiting_for(who)).annotate(unread=~Exists(looked))


def unread(who: Acting) -> int:
    """How many unread cases wait for ``who``, counted up to MOST; one statement, whatever the city's size."""
    return waiting(who).filter(unread=True).order_by()[:MOST].count()


def for_today(who: Acting, day: date) -> QuerySet[Case]:
    """What ``who`` must do today: what is overdue or due today, and what is new; the most urgent first."""
    due = Q(next_due__lte=day)
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
    if who.user is None or Seen.objects.filter(user=who.user, case=case, seq__gte=case.seq).exists():
        return
    try:
        _note([case], who)
    except DatabaseError as e:
        if not cannot_write(e):
            raise


def look_at_all(who: Acting) -> int:
    """Note that a person has seen all that waits; how many of them were unread."""
    found = list(waiting(who).filter(unread=True).only("pk", "seq"))
    _note(found, who)
    return len(found)


@transaction.atomic
def _note(cases: list[Case], who: Acting) -> None:
    Seen.objects.bulk_create(
        [Seen(user=who.user, case=c, seq=c.seq) for c in cases],
        update_conflicts=True, unique_fields=["user", "case"], update_fields=["seq"], batch_size=200,
    )  # fmt: skip
